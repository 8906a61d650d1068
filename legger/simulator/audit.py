"""What an archive says of the practice newspaper, held against the newsroom's own books."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from archive import Archive
from archive.compare.judge import is_gone
from archive.errors import NotFound
from archive.model.types import Status, VerdictKind, Version
from crawler.urls import article_key
from legger.simulator.houses import House
from legger.simulator.newspaper import Newspaper
from legger.simulator.story import TEXT_EDITS, ArticleTruth, EditTruth, EventKind

SAW_IT = frozenset(
    {VerdictKind.NEW, VerdictKind.CHANGED, VerdictKind.SAME, VerdictKind.BACK, VerdictKind.FLIP_FLOP}
)


@dataclass(kw_only=True)
class Audit:
    """Counts, and every difference in words. ``X_found`` of ``X`` is the share the archive has right."""

    published: int = 0
    """Articles that an honest visitor could read at one of the visits."""
    published_found: int = 0
    texts: int = 0
    """Versions in the archive; found: title, text and captions are the newsroom's to the letter."""
    texts_found: int = 0
    edits: int = 0
    """Changes of an article between two visits that saw it."""
    edits_found: int = 0
    silent: int = 0
    """Edits of the text that the house did not own up to."""
    silent_found: int = 0
    removed: int = 0
    """Articles in the archive that had been taken down long enough for the visits to be sure of it."""
    removed_found: int = 0
    invented: int = 0
    """Versions that no editor made, silent edits that were owned up to, articles that nobody wrote."""
    differences: list[str] = field(default_factory=list)

    def note(self, url: str, what: str) -> None:
        """Put a difference on record."""
        self.differences.append(f"{url}: {what}")

    @property
    def clean(self) -> bool:
        """Whether the archive equals the newsroom's truth as far as visits could see it."""
        return not self.differences


def audit(archive: Archive, paper: Newspaper, visits: Sequence[datetime]) -> Audit:
    """Hold *archive* against the books of *paper*, visited at *visits* (in order, by its own clock)."""
    books = Audit()
    for house in paper.houses:
        truths = {at: house.truth(at) for at in visits}
        readable = {url for truth in truths.values() for url, each in truth.items() if each.visible}
        edits = house.edits(visits[0], visits[-1])
        filed = {latest.article.url: latest for latest in archive.articles.all(house.name)}
        known: set[int] = set()
        for url in sorted(readable):
            books.published += 1
            try:
                # By its identity: a house may show one article at several addresses.
                article = archive.articles.known_as(house.name, article_key(house.site, url))
            except NotFound:
                books.note(url, "is not in the archive")
                continue
            known.add(article)
            books.published_found += 1
            versions = archive.articles.history(str(article))
            _check_versions(books, archive, house, url, versions, edits)
            absent = [at for at in visits if (each := truths[at].get(url)) and each.takedown]
            _check_removal(books, url, versions[-1], truths[visits[-1]].get(url), absent)
        for url, latest in filed.items():
            if latest.article_id not in known:
                books.invented += 1
                books.note(url, f"is filed as article {latest.article_id}, but nobody wrote it")
    return books


def _check_versions(
    books: Audit, archive: Archive, house: House, url: str, versions: list[Version], edits: list[EditTruth]
) -> None:
    sightings = archive.articles.sightings(str(versions[0].article_id))
    seen = [each.at for each in sightings if each.verdict in SAW_IT]
    states = [(at, house.truth(at)[url]) for at in sorted(set(seen))]
    for version in versions:
        books.texts += 1
        wrong = _wrong(version, house.truth(version.first_seen).get(url))
        if wrong:
            books.note(url, f"version {version.number}: {wrong}")
        else:
            books.texts_found += 1
    made = {version.first_seen: version for version in versions[1:]}
    changes = dict(_changes(states))
    for at, since in changes.items():
        books.edits += 1
        if at in made:
            books.edits_found += 1
        else:
            books.note(url, f"the edit seen at {at:%Y-%m-%d %H:%M} has no version")
        silent = _is_silent(url, edits, since, at)
        books.silent += silent
        if at in made and made[at].silent == silent:
            books.silent_found += silent
        elif at in made:
            books.invented += not silent
            books.note(url, f"version {made[at].number} is {'' if silent else 'not '}a silent edit")
    by_turns = {at for at, truth in states if len(truth.titles) > 1}
    for at, version in made.items():
        if at not in changes and not (by_turns and version.changed_fields == ("title",)):
            books.invented += 1
            books.note(
                url, f"version {version.number} ({', '.join(version.changed_fields)}) was made by no editor"
            )


def _changes(states: list[tuple[datetime, ArticleTruth]]) -> Iterator[tuple[datetime, datetime]]:
    """(when a changed article was seen, when it was seen before that)."""
    for (before, old), (at, new) in pairwise(states):
        if (old.story.title, old.text, old.captions) != (new.story.title, new.text, new.captions):
            yield at, before


def _is_silent(url: str, edits: list[EditTruth], since: datetime, until: datetime) -> bool:
    of_text = [
        each for each in edits if each.url == url and since < each.at <= until and each.kind in TEXT_EDITS
    ]
    return bool(of_text) and all(each.silent for each in of_text)


def _wrong(version: Version, truth: ArticleTruth | None) -> str:
    """What of a version is not the newsroom's; empty when all is."""
    if truth is None:
        return "had not been published yet"
    article = version.article
    if article.text != truth.text:
        return f"text differs: {_first_difference(article.text, truth.text)}"
    if article.title not in truth.titles:
        return f"title is {article.title!r}, the newsroom has {truth.title!r}"
    if article.captions != truth.captions:
        return f"captions are {article.captions!r}, the newsroom has {truth.captions!r}"
    return ""


def _first_difference(ours: str, theirs: str) -> str:
    for mine, right in zip(ours.split("\n"), theirs.split("\n"), strict=False):
        if mine != right:
            return f"{mine[:80]!r} for {right[:80]!r}"
    more = ours.split("\n")[len(theirs.split("\n")) :] or theirs.split("\n")[len(ours.split("\n")) :]
    return f"{'too much' if len(ours) > len(theirs) else 'missing'}: {more[0][:80] if more else ''!r}"


def _check_removal(
    books: Audit, url: str, latest: Version, truth: ArticleTruth | None, absent: list[datetime]
) -> None:
    """*absent*: the visits that could not find it. The last ones in a row decide what there is to know."""
    down = truth.takedown if truth is not None else None
    if down is None:
        if latest.status is not Status.LIVE:
            books.invented += 1
            books.note(url, f"stands; its status is {latest.status}")
        return
    missed = tuple(at for at in absent if at > latest.last_seen)
    certain = down is EventKind.GONE_410 or is_gone(missed)
    books.removed += certain
    if certain and latest.status is Status.GONE:
        books.removed_found += 1
    elif certain or latest.status is not Status.SUSPECT:
        books.note(url, f"was taken down; its status is {latest.status}")
