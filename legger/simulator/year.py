"""A year of the practice newspaper in a few minutes: visited in process by the revisit rule, then audited.

Every page comes through :func:`crawler.ingest.ingest.ingest`, asked for conditionally and when
:mod:`crawler.scheduling.recrawl` says so. On a day of choice the reader gets better (until then it reads
every subhead twice), on others the operator edits the sites' files, and once a week the site's memory learns.
What the archive then says is held against the newsroom's books: every edit that two visits could see must be
a version, and nothing else may be.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from archive import Archive
from archive.compare.judge import is_gone
from archive.compare.pages_together import PagesTogether, VisitSoFar
from archive.errors import NotFound
from archive.model.types import (
    Article,
    BlockKind,
    Capture,
    PageKind,
    ReadAgain,
    Status,
    Verdict,
    VerdictKind,
    Version,
)
from crawler.extract.boilerplate import learn
from crawler.ingest.ingest import file_settled, ingest, reader
from crawler.ingest.learn import WINDOW
from crawler.scheduling import recrawl
from crawler.siteconfig.site import Site
from legger.simulator.houses import House
from legger.simulator.newspaper import Newspaper
from legger.simulator.profile import OPENING
from legger.simulator.story import Access, ArticleState, EditTruth, Item

CARE = 0.005
"""The chance of an edit at which a look is due: many looks, for many edits to hold against the books."""
LEARN = timedelta(days=7)
"""How often a site's memory learns."""
SAW_IT = frozenset(
    {VerdictKind.NEW, VerdictKind.CHANGED, VerdictKind.SAME, VerdictKind.BACK, VerdictKind.FLIP_FLOP}
)


@dataclass(kw_only=True)
class Books:
    """What came of it. ``X_found`` of ``X`` is what the archive has right."""

    captures: int = 0
    articles: int = 0
    """Articles that a visit could read."""
    articles_found: int = 0
    edits: int = 0
    """Changes of an article between two visits that saw it."""
    edits_found: int = 0
    silent: int = 0
    """Edits of the text that the house did not own up to."""
    silent_found: int = 0
    sorted: int = 0
    """Edits that became a version; found: filed under what moved, and nothing else."""
    sorted_found: int = 0
    texts: int = 0
    """Versions; found: title, text and captions are the newsroom's to the letter."""
    texts_found: int = 0
    removed: int = 0
    """Articles taken down long enough for the visits to be sure."""
    removed_found: int = 0
    turns: int = 0
    """Versions that show the other headline of a test, or the first one again; found: marked as such."""
    turns_found: int = 0
    invented: int = 0
    """Versions that no editor made and no page showed; removals that did not happen."""
    differences: list[str] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)

    @property
    def recall(self) -> float:
        """Share of the edits that became a version."""
        return self.edits_found / self.edits if self.edits else 1.0

    @property
    def precision(self) -> float:
        """Share of the versions an editor made."""
        made = self.edits_found + self.invented
        return self.edits_found / made if made else 1.0


@dataclass(kw_only=True)
class _SimulatedPage:
    """What a visitor remembers of an address."""

    house: House
    item: Item
    first_seen: datetime | None = None
    last_visit: datetime | None = None
    last_changed: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    further: list[str] = field(default_factory=list)
    """Paths of its further pages, now or once."""
    sights: list[datetime] = field(default_factory=list)
    """When it was seen standing."""
    missed: list[datetime] = field(default_factory=list)
    """When it was not, since it was last seen."""


class Year:
    """The visits: ``run``, then ``audit``."""

    def __init__(
        self,
        paper: Newspaper,
        archive: Archive,
        *,
        days: float,
        every: timedelta = timedelta(hours=6),
        better_at: float | None = None,
        site_edits: Sequence[float] = (),
        progress: Callable[[int, datetime], None] | None = None,
    ) -> None:
        """*every*: how often a house is visited; what is due is asked for at the next visit. *better_at*:
        days after the opening on which the reader gets better; ``None``: it does not. *site_edits*: days on
        which the operator edits the sites' files.
        """
        self.paper, self.archive, self.every = paper, archive, every
        self.until = OPENING + timedelta(days=days)
        self._better = OPENING + timedelta(days=better_at) if better_at is not None else None
        self._progress = progress or (lambda done, at: None)
        self.pages = {
            house.url(item): _SimulatedPage(house=house, item=item)
            for house in paper.houses
            for item in house.newsroom.items
        }
        self.books = Books()
        self._site_edits = tuple(OPENING + timedelta(days=day) for day in site_edits)
        self._readers: dict[str, tuple[tuple[bool, int], ReadAgain]] = {}
        self._news: Counter[str] = Counter()
        self._edits: dict[str, dict[str, list[EditTruth]]] = {}

    def run(self) -> None:
        """Visit every page whenever it is due, from the opening to the end."""
        due = [(self._at_visit(max(page.item.published, OPENING)), url) for url, page in self.pages.items()]
        heapq.heapify(due)
        learn = [
            (OPENING + LEARN * (place + 1) / len(self.paper.houses), house)
            for place, house in enumerate(self.paper.houses)
        ]
        while due and due[0][0] <= self.until:
            at, url = heapq.heappop(due)
            while learn[0][0] <= at:
                when, house = learn.pop(0)
                self._learn(house, when)
                learn.append((when + LEARN, house))
            again = self._visit(url, self.pages[url], at)
            heapq.heappush(due, (self._at_visit(again), url))
            if self.archive.session.age > 1:
                self.archive.recompression.grow()  # commits first
        self.archive.commit()

    def _at_visit(self, moment: datetime) -> datetime:
        """The first visit at or after *moment*."""
        return OPENING - (OPENING - moment) // self.every * self.every

    def _learn(self, house: House, at: datetime) -> None:
        """What follows a visit (see :mod:`crawler.ingest.learn`), with the reader in use at *at*."""
        if not self._news[house.name]:
            return
        self._news[house.name] = 0
        known = self.archive.boilerplate.get(house.name)
        pages = (kept.capture for kept in self.archive.articles.article_captures(house.name, latest=WINDOW))
        stored = self.archive.boilerplate.remember(learn(pages, self._site(house, at), known, now=at))
        if stored.version != known.version:
            self._readers.pop(house.name, None)
            self.archive.rereading.reread(house.name, self._reader(house, at))

    def _reader(self, house: House, at: datetime) -> ReadAgain:
        """The reader in use at *at*."""
        worse = self._better is not None and at < self._better
        state = worse, sum(each <= at for each in self._site_edits)
        known = self._readers.get(house.name)
        if known is None or known[0] != state:
            read = reader(self._site(house, at), self.archive)
            known = self._readers[house.name] = (state, _worse(read) if worse else read)
        return known[1]

    def _site(self, house: House, at: datetime) -> Site:
        """The house's site as the operator's file has it at *at*: each edit changes what reading looks at.

        The title, the language and the patterns of articles change; what these say stays true.
        """
        site = house.site
        for count, when in enumerate(self._site_edits):
            if when <= at:
                site = replace(
                    site,
                    title=f"{site.title} {count + 2}",
                    language=None if count % 2 == 0 else house.site.language,
                    articles=(*site.articles, r"/"),
                )
        return site

    def _visit(self, url: str, page: _SimulatedPage, at: datetime) -> datetime:
        capture = self.paper.capture(url, at, etag=page.etag, last_modified=page.last_modified)
        site = self._site(page.house, at)
        read, together = self._reader(page.house, at), PagesTogether()
        visit = VisitSoFar(together=together)
        verdict = ingest(capture, site, self.archive, read, visit=visit).verdict
        assert verdict is not None, f"{url} answered {capture.status}"
        standing = page.house.further_paths(page.item, at)
        page.further = list(dict.fromkeys((*page.further, *standing)))
        later = []
        for path in page.further:  # also those that stood there once, as a crawl asks for them
            further = self.paper.capture(page.house.base + path, at)
            later.append(ingest(further, site, self.archive, read, visit=visit).verdict)
        later += [done.verdict for done in file_settled(together, site, self.archive, read)]
        for more in later:
            assert more is not None
            if verdict.held or more.kind in (VerdictKind.NEW, VerdictKind.CHANGED):
                verdict = more
        self.books.captures += 1
        self.books.verdicts[verdict.kind.value] += 1
        if verdict.kind in (VerdictKind.NEW, VerdictKind.CHANGED):
            self._news[page.house.name] += 1
        if capture.status == 200:
            page.etag, page.last_modified = capture.header("etag"), capture.header("last-modified")
        due = self._due(page, verdict, at)
        self.archive.urls.visited(page.house.name, url, at=at, due_at=due, status=capture.status, verdict=verdict,
                             etag=page.etag, last_modified=page.last_modified)  # fmt: skip
        page.last_visit = at
        if verdict.kind in SAW_IT:
            page.sights.append(at)
            page.missed.clear()
        elif verdict.kind in (VerdictKind.SUSPECT, VerdictKind.GONE):
            page.missed.append(at)
        if self.books.captures % 200 == 0:
            self._progress(self.books.captures, at)
        return due

    def _due(self, page: _SimulatedPage, verdict: Verdict, at: datetime) -> datetime:
        if verdict.kind in (VerdictKind.SUSPECT, VerdictKind.GONE):
            gone = verdict.kind is VerdictKind.GONE
            return recrawl.next_look_at_absent(now=at, gone=gone, last_visit=page.last_visit)
        if verdict.version is None:
            return at + recrawl.OTHER_PAGES
        page.first_seen = page.first_seen or at
        if verdict.kind in (VerdictKind.CHANGED, VerdictKind.BACK):
            page.last_changed = at
        state = page.house.newsroom.state(page.item.number, at)
        return recrawl.next_visit(
            first_seen=page.first_seen,
            last_changed=page.last_changed,
            last_visit=page.last_visit,
            now=at,
            published=page.item.published if page.house.profile.states_published else None,
            care=CARE,
            live=state is not None and state.story.kind is PageKind.LIVEBLOG,
        )

    # ------------------------------------------------------------ the books

    def audit(self) -> Books:
        """Hold the archive against the newsroom's books."""
        for url, page in self.pages.items():
            if not page.sights or page.item.access is Access.GATED:
                continue
            self.books.articles += 1
            try:
                versions = self.archive.articles.history(url)
            except NotFound:
                self._note(url, "is not in the archive")
                continue
            self.books.articles_found += 1
            self._check_versions(url, page, versions)
            self._check_removal(url, page, versions[-1])
        return self.books

    def _note(self, url: str, what: str) -> None:
        self.books.differences.append(f"{url}: {what}")

    def _check_versions(self, url: str, page: _SimulatedPage, versions: list[Version]) -> None:
        books = self.books
        made = {version.first_seen: version for version in versions[1:] if version.changed_fields}
        for version in versions:
            books.texts += 1
            wrong = _wrong(version.article, self._state(page, version.first_seen))
            books.texts_found += not wrong
            if wrong:
                self._note(url, f"version {version.number} ({version.first_seen}): {wrong}")
        for before, at, names in self._changes(page):
            books.edits += 1
            found = made.pop(at, None)
            if found is None:
                self._note(url, f"the edit seen at {at} ({', '.join(names)}) has no version")
                continue
            books.edits_found += 1
            books.sorted += 1
            says = {name for name in found.changed_fields if name in ("title", "text", "captions")}
            if says == set(names):
                books.sorted_found += 1
            elif says != set(names) | {"title"} or not self._by_turns(page, at):
                self._note(url, f"version {found.number} says {sorted(says)} moved, not {sorted(names)}")
            silent = self._silent(page, before, at)
            books.silent += silent
            books.silent_found += silent and found.silent
            if silent != found.silent:
                self._note(url, f"version {found.number} is {'' if silent else 'not '}a silent edit")
        for at, version in made.items():
            if version.changed_fields == ("title",) and self._by_turns(page, at):
                books.turns += 1
                books.turns_found += version.alternating
                continue
            books.invented += 1
            self._note(
                url, f"version {version.number} ({', '.join(version.changed_fields)}) was made by no editor"
            )

    def _state(self, page: _SimulatedPage, at: datetime) -> ArticleState:
        state = page.house.newsroom.state(page.item.number, at)
        assert state is not None
        return state

    def _changes(self, page: _SimulatedPage) -> Iterator[tuple[datetime, datetime, tuple[str, ...]]]:
        """(seen before, a change seen, what changed) of an article."""
        for before, at in pairwise(page.sights):
            old, new = self._state(page, before).story, self._state(page, at).story
            names = tuple(
                name for name in ("title", "text", "captions") if getattr(old, name) != getattr(new, name)
            )
            if names:
                yield before, at, names

    def _by_turns(self, page: _SimulatedPage, until: datetime) -> bool:
        """Whether the article stood under two headlines by turns at some moment up to *until*."""
        return any(
            self._state(page, event.at).rival is not None
            for event in page.house.newsroom.events
            if event.number == page.item.number and event.at <= until
        )

    def _silent(self, page: _SimulatedPage, since: datetime, until: datetime) -> bool:
        """Whether the text changed between the two, and nothing on the page said so."""
        edits = [each for each in self._of_text(page) if since < each.at <= until]
        old, new = self._state(page, since).story, self._state(page, until).story
        return bool(edits) and old.text != new.text and all(each.silent for each in edits)

    def _of_text(self, page: _SimulatedPage) -> list[EditTruth]:
        if page.house.name not in self._edits:
            by_url = self._edits[page.house.name] = {}
            for each in page.house.edits(OPENING - timedelta(days=365), self.until):
                if each.url and each.old and each.new and each.old.text != each.new.text:
                    by_url.setdefault(each.url, []).append(each)
        return self._edits[page.house.name].get(page.house.url(page.item), [])

    def _check_removal(self, url: str, page: _SimulatedPage, latest: Version) -> None:
        assert page.last_visit is not None
        down = self._state(page, page.last_visit).takedown is not None
        if not down and latest.status is not Status.LIVE:
            self.books.invented += 1
            self._note(url, f"stood at the last visit; its status is {latest.status}")
        if down and is_gone(tuple(page.missed)):
            self.books.removed += 1
            self.books.removed_found += latest.status is Status.GONE
            if latest.status is not Status.GONE:
                self._note(url, f"was taken down; its status is {latest.status}")


def _worse(read: ReadAgain) -> ReadAgain:
    """An earlier release of the reader, that reads every subhead twice."""

    def twice(capture: Capture) -> Article:
        article = read(capture)
        blocks = (
            each
            for block in article.blocks
            for each in ((block, block) if block.kind is BlockKind.SUBHEAD else (block,))
        )
        earlier = replace(article.reader, extractor=f"{article.reader.extractor}-earlier")
        return replace(article, blocks=tuple(blocks), reader=earlier)

    return twice


def _wrong(article: Article, state: ArticleState) -> str:
    """What of a version is not the newsroom's; empty when all is."""
    titles = (state.story.title, state.rival)
    if article.title not in titles:
        return f"title is {article.title!r}, not {state.story.title!r}"
    if article.captions != state.story.captions:
        return f"captions are {article.captions!r}, not {state.story.captions!r}"
    if article.text != state.story.text:
        ours, theirs = set(article.text.split("\n")), set(state.story.text.split("\n"))
        return f"text differs: too much {sorted(ours - theirs)[:1]}, missing {sorted(theirs - ours)[:1]}"
    return ""
