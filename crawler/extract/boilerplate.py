"""What repeats on a site, learned from its captures. Reads pages; keeps none of them, and stores nothing.

Two things are learned. *Lines*: blocks that stand on several distinct articles and that are boilerplate by
the evidence (below). *Templates*: which pages are built alike, and for each place on them how its runs read
on other pages, how many of them repeat, how many are links.

An article captured twice, republished, or standing under two addresses counts once. Repetition alone
does not make boilerplate: a series has a standing introduction, and "Uitslagen" stands over every match.
A line is boilerplate when it is on most of the articles of its template that were captured while it was in
use, or when it repeats and its place, its words or its position agree that it is no running text.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from archive.model.types import TEXT_KINDS, Capture, Pin, RepeatedLine, SiteMemory
from crawler.extract.article import ExtractionTrace, read
from crawler.extract.fields.template_fields import FieldCounts, ShownField, shown_fields
from crawler.extract.known_boilerplate import ENOUGH, line_key
from crawler.extract.page import blocks as o
from crawler.extract.page.blocks import TextRun
from crawler.extract.templates import (
    ALIKE,
    SHAPE,
    PagePlaces,
    PageTemplate,
    TemplatePlace,
    agreement,
    shape,
    templates_of,
)
from crawler.extract.text.phrases import phrase_kind
from crawler.siteconfig.site import Site

MOST = 0.6
"""Share of the articles captured while a line was in use that makes it boilerplate wherever it stands."""
PROSE = 5
"""Distinct articles on which a line that reads as a paragraph must stand: three may be a series."""
AGED = 20
"""So many newer articles without a line that used to be everywhere: the site was redesigned."""
LINES = 400
"""At most so many lines are remembered, the most frequent."""
TEMPLATES = 8
"""At most so many templates are remembered, those of most articles."""
TRUSTED = 10
"""A place that so many articles have is known as well as it ever will be."""
MOVED = 0.1
"""How far a figure of a place must move to be worth another version of the memory."""


@dataclass(frozen=True, slots=True)
class CountedRun:
    """One run of an article, as it is counted."""

    text: str
    key: str
    """The line that it is: see :func:`line_key`."""
    where: str
    score: float
    linked: int
    kept: bool
    """Without a memory."""
    prose: bool
    """It reads as a paragraph of its own: long, unlinked, ending as sentences do."""
    line: bool
    """It counts as a line: menus and links are told from text without a memory."""


@dataclass(frozen=True, slots=True)
class CountedArticle:
    """What one article adds to the counts: all that is needed of its reading, and far smaller."""

    url: str
    at: datetime
    title: str
    sketch: tuple[int, ...]
    labels: frozenset[str]
    fields: tuple[ShownField, ...]
    runs: tuple[CountedRun, ...]


def counted_article(reading: ExtractionTrace) -> CountedArticle | None:
    """What a reading adds to the counts; ``None`` for a page that is no article with a text."""
    article, page, judged = reading.article, reading.outline, reading.judged
    if not (article.is_article and any(each.alone and each.kind in TEXT_KINDS for each in judged)):
        return None
    at, places = reading.capture.at, PagePlaces(page)
    runs = []
    for each in judged:
        run = each.run
        linked = 2 * run.linked > len(run.text)
        runs.append(
            CountedRun(
                text=run.text,
                key=line_key(run.text),
                where=places.of(run),
                score=each.score,
                linked=run.linked,
                kept=each.alone,
                prose=_is_prose(run),
                line=each.alone or not (linked or page.boxes[run.box].flags & (o.NAV | o.HIDDEN)),
            )
        )
    return CountedArticle(
        url=reading.capture.url,
        at=at,
        title=article.title,
        sketch=_sketch(" ".join([each.run.text for each in judged if each.alone]).casefold().split()),
        labels=shape(page),
        fields=shown_fields(article, page, places, at=at),
        runs=tuple(runs),
    )


@dataclass(slots=True)
class _Line:
    """A line while we count."""

    text: str
    place: str
    example: str
    times: list[tuple[datetime, int]] = field(default_factory=list)
    """When the articles that have it were captured, and the number of their template."""
    kept: int = 0
    """Times it was kept without a memory."""
    prose: int = 0
    """Times it read as a paragraph of its own: long, unlinked, ending as sentences do."""
    linked: int = 0

    @property
    def seen(self) -> int:
        """Distinct articles that have it."""
        return len(self.times)


@dataclass(slots=True)
class _LinePlace:
    articles: int = 0
    runs: int = 0
    score: float = 0.0
    size: int = 0
    linked: int = 0
    keys: dict[int, int] = field(default_factory=dict)

    @property
    def repeated(self) -> float:
        """Share of the runs whose line repeats there."""
        total = sum(self.keys.values())
        return sum(count for count in self.keys.values() if count > 1) / total if total else 0.0


@dataclass(slots=True)
class _Template:
    """A template while we count."""

    example: str
    labels: Counter[str] = field(default_factory=Counter)
    """Label of a box -> articles that have it."""
    times: list[datetime] = field(default_factory=list)
    places: dict[str, _LinePlace] = field(default_factory=dict)
    fields: FieldCounts = field(default_factory=FieldCounts)
    shape: frozenset[str] = frozenset()
    """The labels that at least half of its articles have."""

    def add(self, labels: frozenset[str], at: datetime) -> None:
        """One more article of these labels."""
        self.times.append(at)
        self.labels.update(labels)
        half = len(self.times) / 2
        self.shape = frozenset(label for label, count in self.labels.items() if count >= half)


class _Distinct:
    """Tells whether an article was met before, by its title and its words; keeps 16 numbers of each."""

    def __init__(self) -> None:
        self.bands: dict[tuple[int, int], list[tuple[int, ...]]] = {}
        self.titles: dict[str, list[tuple[int, ...]]] = {}

    def met(self, title: str, sketch: tuple[int, ...]) -> bool:
        """Whether an article with nearly the words of *sketch* was met; it is from now on."""
        heading = line_key(title).strip()
        bands = [(at, hash(sketch[at : at + 4])) for at in range(0, 16, 4)]
        if any(_alike(sketch, other) >= 0.5 for other in self.titles.get(heading, ()) if heading):
            return True
        if any(_alike(sketch, other) >= 0.8 for band in bands for other in self.bands.get(band, ())):
            return True
        self.titles.setdefault(heading, []).append(sketch)
        for band in bands:
            self.bands.setdefault(band, []).append(sketch)
        return False


def _sketch(words: list[str]) -> tuple[int, ...]:
    """Sixteen minima over the hashed three-word runs, one per class of hashes (one-permutation MinHash)."""
    least = [1 << 32] * 16
    for at in range(max(1, len(words) - 2)):
        digest = hashlib.blake2b(" ".join(words[at : at + 3]).encode(), digest_size=5).digest()
        bucket, value = digest[0] & 15, int.from_bytes(digest[1:], "big")
        least[bucket] = min(least[bucket], value)
    return tuple(least)


def _alike(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    return sum(a == b for a, b in zip(one, other, strict=True)) / 16


def learn(
    captures: Iterable[Capture],
    site: Site,
    previous: SiteMemory,
    *,
    now: datetime,
    enough: int | None = None,
) -> SiteMemory:
    """What repeats on the articles among *captures* (in any number, read one at a time), or on the first
    *enough* distinct ones.

    Pins of *previous* survive, and so does the day since which a line is known. When nothing would be
    read differently from *previous*, it is *previous* that is returned: the version stays.
    """
    lesson = BoilerplateCounts()
    nothing = SiteMemory(site=site.name)
    for capture in captures:
        lesson.add_article(counted_article(read(capture, site, nothing)))
        if enough is not None and len(lesson.times) >= enough:
            break
    return lesson.memory(previous, now=now)


class BoilerplateCounts:
    """The counts over all distinct articles so far, at most *most*: what :func:`learn` learns from.

    It makes no difference with which memory the pages that it hears of were read.
    """

    def __init__(self, *, most: int | None = None) -> None:
        self.most = most
        self.distinct = _Distinct()
        self.times: list[datetime] = []
        self.lines: dict[str, _Line] = {}
        self.templates: list[_Template] = []

    @property
    def full(self) -> bool:
        """Whether no more articles are counted."""
        return self.most is not None and len(self.times) >= self.most

    def add_article(self, article: CountedArticle | None) -> None:
        """Count one page, if it is an article that was not counted before."""
        if article is None or self.full or self.distinct.met(article.title, article.sketch):
            return
        at = article.at
        self.times.append(at)
        number = self._template(article.labels, article.url)
        template = self.templates[number]
        template.add(article.labels, at)
        template.fields.add_article(article.fields)
        lines_here: set[str] = set()
        places_here: set[str] = set()
        for run in article.runs:
            place = template.places.setdefault(run.where, _LinePlace())
            place.runs += 1
            place.score += run.score
            place.size += len(run.text)
            place.linked += run.linked
            if run.where not in places_here:
                places_here.add(run.where)
                place.articles += 1
            if run.key in lines_here:
                continue
            lines_here.add(run.key)
            if len(place.keys) < 2000:
                place.keys[hash(run.key)] = place.keys.get(hash(run.key), 0) + 1
            if not run.line:
                continue
            line = self.lines.get(run.key)
            if line is None:
                line = self.lines[run.key] = _Line(run.text, run.where, article.url)
            line.times.append((at, number))
            line.kept += run.kept
            line.linked += 2 * run.linked > len(run.text)
            line.prose += run.prose
        if len(self.lines) > 300_000:  # lines met once long ago will hardly repeat
            recent = self.times[-50] if len(self.times) > 50 else self.times[0]
            self.lines = {k: v for k, v in self.lines.items() if v.seen > 1 or v.times[-1][0] >= recent}

    def _template(self, labels: frozenset[str], url: str) -> int:
        """The number of the template that a page of this shape is built on, a new one if of none so far."""
        agreements = [agreement(labels, each.shape) for each in self.templates]
        if agreements and (most := max(agreements)) >= ALIKE:
            return agreements.index(most)
        self.templates.append(_Template(url))
        return len(self.templates) - 1

    def memory(self, previous: SiteMemory, *, now: datetime) -> SiteMemory:
        """What the counts amount to."""
        known = {line_key(line.text): line for line in previous.lines}
        lines = [
            remembered
            for key, line in self.lines.items()
            if (remembered := self._remembered(line, known.get(key))) is not None
        ]
        gone = [line for key, line in known.items() if key not in self.lines]
        lines += [replace(line, until=line.until or line.last) for line in gone if line.pin is None]
        lines.sort(key=lambda each: (-each.seen, each.text))
        pinned_lines = [line for line in gone if line.pin is not None]
        learned = SiteMemory(
            site=previous.site,
            version=previous.version,
            learned_at=now,
            articles=len(self.times),
            lines=(*lines[:LINES], *pinned_lines),
            templates={"known": [each.plain() for each in self._known()]},
        )
        return previous if _reads_the_same(learned, previous) else learned

    def _remembered(self, line: _Line, before: RepeatedLine | None) -> RepeatedLine | None:
        """What is to be remembered of a line, of which a memory knew *before*; ``None``: nothing.

        Pages without a line do not make wrong what was known of the pages before them: it is out of use.
        """
        moments = [at for at, _ in line.times]
        since, last = min(moments), max(moments)
        if (before is None or before.pin is None) and not self._is_boilerplate(line):
            if before is None or line.seen >= before.seen:
                return None
            return replace(before, until=before.until or before.last or last)
        return RepeatedLine(
            text=line.text,
            place=line.place,
            seen=line.seen,
            of=len(self.times),
            since=min(since, before.since) if before is not None and before.since is not None else since,
            last=last,
            example=line.example,
            until=last if self._is_out_of_use(line) else None,
            pin=before.pin if before else None,
            note=before.note if before else None,
        )

    def _is_out_of_use(self, line: _Line) -> bool:
        """Whether a line was everywhere, and is nowhere since."""
        seen = [at for at, _ in line.times]
        first, last, hour = min(seen), max(seen), timedelta(hours=1)
        share = len(seen) / sum(first - hour <= at <= last + hour for at in self.times)
        newer = sum(at > last + hour for at in self.times)
        return newer >= AGED and newer * share >= AGED

    def _is_boilerplate(self, line: _Line) -> bool:
        """The verdict on one line: among all articles, or among those of the template that has it most."""
        if line.seen < ENOUGH:
            return False
        if self._is_among(line, [at for at, _ in line.times], self.times):
            return True
        (number, seen), *_ = Counter(number for _, number in line.times).most_common(1)
        times = self.templates[number].times
        return (
            seen >= ENOUGH
            and len(times) < len(self.times)
            and self._is_among(line, [at for at, each in line.times if each == number], times)
        )

    def _is_among(self, line: _Line, seen: list[datetime], times: list[datetime]) -> bool:
        """Whether a line is boilerplate among articles captured at *times*; those at *seen* have it."""
        first, last = min(seen), max(seen)
        hour = timedelta(hours=1)
        in_use = sum(first - hour <= at <= last + hour for at in times)
        share = len(seen) / in_use
        told = phrase_kind(line.text) is not None
        if share >= MOST:
            return not line.prose or told or len(seen) >= PROSE
        if line.prose:
            return False  # a standing introduction, a correction's formula: running text
        if told or line.linked == line.seen:
            return True
        place = self.templates[line.times[0][1]].places[line.place]
        return place.articles >= ENOUGH and place.repeated > 0.8 and line.kept < line.seen

    def _known(self) -> list[PageTemplate]:
        """The templates that enough articles are built on, those of most articles first."""
        known: list[PageTemplate] = []
        for each in sorted(self.templates, key=lambda each: (-len(each.times), each.example)):
            if len(each.times) < ENOUGH or len(known) == TEMPLATES:
                break
            known.append(
                PageTemplate(
                    shape=frozenset(label for label, _ in each.labels.most_common(SHAPE)) & each.shape,
                    articles=len(each.times),
                    since=min(each.times).isoformat(),
                    last=max(each.times).isoformat(),
                    example=each.example,
                    places=_places(each),
                    fields=each.fields.fields(),
                )
            )
        return known


def _places(template: _Template) -> dict[str, TemplatePlace]:
    """The places of a template that enough articles have."""
    return {
        where: TemplatePlace(
            articles=min(place.articles, TRUSTED),
            score=round(place.score / place.runs, 2),
            repeated=round(place.repeated, 2),
            linked=round(place.linked / place.size, 2) if place.size else 0.0,
        )
        for where, place in sorted(template.places.items())
        if place.articles >= ENOUGH
    }


def _is_prose(run: TextRun) -> bool:
    return len(run.text) > 80 and 2 * run.linked < len(run.text) and run.text.rstrip("\"'”’»)")[-1:] in ".!?…"


def _reads_the_same(new: SiteMemory, old: SiteMemory) -> bool:
    """Whether two memories read pages alike, and the new one has not much more to show.

    A version costs reading the site's latest articles again: the figures of a place, which move a little with
    every article, have to move by :data:`MOVED` to make one.
    """
    return old.articles / 1.5 <= new.articles <= 1.5 * old.articles and reads_alike(new, old)


def reads_alike(new: SiteMemory, old: SiteMemory) -> bool:
    """Whether two memories read pages alike, however many articles each was learned from."""
    if _in_use(new) != _in_use(old):
        return False
    ours, theirs = templates_of(new.templates), templates_of(old.templates)
    return len(ours) == len(theirs) and all(map(_is_the_same, ours, theirs))


def _in_use(memory: SiteMemory) -> set[tuple[str, Pin | None, bool]]:
    return {(line.text, line.pin, line.until is None) for line in memory.lines}


def _is_the_same(one: PageTemplate, other: PageTemplate) -> bool:
    """Whether two templates are one, with the same places."""
    return (
        agreement(one.shape, other.shape) >= 1 - MOVED
        and one.fields == other.fields
        and one.places.keys() == other.places.keys()
        and all(abs(place.score - other.places[where].score) <= MOVED for where, place in one.places.items())
    )
