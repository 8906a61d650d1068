"""What repeats on a site, learned from its captures. Reads pages; keeps none of them, and stores nothing.

Two things are learned. *Lines*: blocks that stand on several distinct articles and that are furniture by
the evidence (below). *Places*: for each place of the site's templates, how its runs read on other pages,
how many of them repeat, how many are links.

An article captured twice, republished, or standing under two addresses counts once. Repetition alone
does not make furniture: a series has a standing introduction, and "Uitslagen" stands over every match.
A line is furniture when it is on most of the articles that were captured while it was in use, or when it
repeats and its place, its words or its position agree that it is no running text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from archive.types import TEXT_KINDS, Capture, Remembered, SiteMemory
from crawler.extract import outline as o
from crawler.extract.article import Reading, read
from crawler.extract.outline import Run
from crawler.extract.phrases import furniture
from crawler.extract.recall import ENOUGH, line_key, place_of
from crawler.site import Site

MOST = 0.6
"""Share of the articles captured while a line was in use that makes it furniture wherever it stands."""
AGED = 20
"""So many newer articles without a line that used to be everywhere: the site was redesigned."""
LINES = 400
"""At most so many lines are remembered, the most frequent."""
TRUSTED = 10
"""A place that so many articles have is known as well as it ever will be."""
MOVED = 0.1
"""How far a figure of a place must move to be worth another version of the memory."""


@dataclass(slots=True)
class _Line:
    """A line while we count."""

    text: str
    place: str
    example: str
    seen: int = 0
    times: list[datetime] = field(default_factory=list)
    kept: int = 0
    """Times the generic reading would have kept it."""
    prose: int = 0
    """Times it read as a paragraph of its own: long, unlinked, ending as sentences do."""
    linked: int = 0
    afters: list[float] = field(default_factory=list)
    """Share of the article's text that followed it."""
    between: int = 0
    """Times it stood between two kept runs that no other article has (filled in at the end)."""


@dataclass(slots=True)
class _Place:
    articles: int = 0
    runs: int = 0
    score: float = 0.0
    size: int = 0
    linked: int = 0
    keys: dict[int, int] = field(default_factory=dict)


class _Distinct:
    """Tells whether an article was met before, by its title and its words; keeps 16 numbers of each."""

    def __init__(self) -> None:
        self.bands: dict[tuple[int, int], list[tuple[int, ...]]] = {}
        self.titles: dict[str, list[tuple[int, ...]]] = {}

    def met(self, title: str, words: list[str]) -> bool:
        """Whether an article with nearly these words was met; it is from now on."""
        sketch = _sketch(words)
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


def learn(captures: Iterable[Capture], site: Site, previous: SiteMemory, *, now: datetime) -> SiteMemory:
    """What repeats on the articles among *captures* (in any number, read one at a time).

    Pins of *previous* survive, and so does the day since which a line is known. When nothing would be
    read differently from *previous*, it is *previous* that is returned: the version stays.
    """
    lesson = Lesson()
    nothing = SiteMemory(site=site.name)
    for capture in captures:
        lesson.hear(read(capture, site, nothing))
    return lesson.memory(previous, now=now)


class Lesson:
    """The counts over all distinct articles so far, at most *most*: what :func:`learn` learns from.

    Every page that it hears of has to be read without a memory.
    """

    def __init__(self, *, most: int | None = None) -> None:
        self.most = most
        self.distinct = _Distinct()
        self.times: list[datetime] = []
        self.lines: dict[str, _Line] = {}
        self.places: dict[str, _Place] = {}

    def hear(self, reading: Reading) -> None:
        """Count one page, if it is an article that was not counted before."""
        article = reading.article
        if self.most is not None and len(self.times) >= self.most:
            return
        if not (article.is_article and any(block.kind in TEXT_KINDS for block in article.blocks)):
            return
        if self.distinct.met(article.title, article.text.casefold().split()):
            return
        at = reading.capture.at
        self.times.append(at)
        total = sum(len(each.run.text) for each in reading.judged if each.kept) or 1
        before = 0
        lines_here: set[str] = set()
        places_here: set[str] = set()
        for each in reading.judged:
            run, key = each.run, line_key(each.run.text)
            where = place_of(reading.outline, run)
            place = self.places.setdefault(where, _Place())
            place.runs += 1
            place.score += each.score
            place.size += len(run.text)
            place.linked += run.linked
            if where not in places_here:
                places_here.add(where)
                place.articles += 1
            if each.kept:
                before += len(run.text)
            if key in lines_here:
                continue
            lines_here.add(key)
            if len(place.keys) < 2000:
                place.keys[hash(key)] = place.keys.get(hash(key), 0) + 1
            flags = reading.outline.boxes[run.box].flags
            if not each.kept and (flags & (o.NAV | o.HIDDEN) or 2 * run.linked > len(run.text)):
                continue  # menus and links are told from text without a memory
            line = self.lines.get(key)
            if line is None:
                line = self.lines[key] = _Line(run.text, where, reading.capture.url)
            line.seen += 1
            line.times.append(at)
            line.kept += each.kept
            line.linked += 2 * run.linked > len(run.text)
            line.prose += _is_prose(run)
            line.afters.append(1 - before / total)
        if len(self.lines) > 300_000:  # lines met once long ago will hardly repeat
            recent = self.times[-50] if len(self.times) > 50 else self.times[0]
            self.lines = {k: v for k, v in self.lines.items() if v.seen > 1 or v.times[-1] >= recent}

    def memory(self, previous: SiteMemory, *, now: datetime) -> SiteMemory:
        """What the counts amount to."""
        known = {line_key(line.text): line for line in previous.lines}
        times = sorted(self.times)
        lines = []
        for key, line in self.lines.items():
            before = known.get(key)
            pinned = before is not None and before.pin is not None
            if not pinned and not self._is_furniture(line, times):
                continue
            since, last = min(line.times), max(line.times)
            if before is not None and before.since is not None:
                since = min(since, before.since)
            lines.append(
                Remembered(
                    text=line.text,
                    place=line.place,
                    seen=line.seen,
                    of=len(times),
                    since=since,
                    last=last,
                    example=line.example,
                    pin=before.pin if before else None,
                    note=before.note if before else None,
                )
            )
        lines.sort(key=lambda each: (-each.seen, each.text))
        pinned_lines = [line for key, line in known.items() if line.pin is not None and key not in self.lines]
        learned = SiteMemory(
            site=previous.site,
            version=previous.version,
            learned_at=now,
            articles=len(times),
            lines=(*lines[:LINES], *pinned_lines),
            templates={"places": self._places(), "ends": self._ends(lines)},
        )
        return previous if _reads_the_same(learned, previous) else learned

    def _is_furniture(self, line: _Line, times: list[datetime]) -> bool:
        """The verdict on one line."""
        if line.seen < ENOUGH:
            return False
        first, last = min(line.times), max(line.times)
        hour = timedelta(hours=1)
        in_use = sum(first - hour <= at <= last + hour for at in times)
        share = line.seen / in_use
        newer = sum(at > last + hour for at in times)
        if newer >= AGED and newer * share >= AGED:
            return False  # it was everywhere, and is nowhere since
        if share >= MOST:
            return True
        if line.prose:
            return False  # a standing introduction, a correction's formula: running text
        if furniture(line.text) is not None or line.linked == line.seen:
            return True
        place = self.places[line.place]
        return place.articles >= ENOUGH and self._repeated(place) > 0.8 and line.kept < line.seen

    def _repeated(self, place: _Place) -> float:
        """Share of a place's runs whose line repeats there."""
        total = sum(place.keys.values())
        return sum(count for count in place.keys.values() if count > 1) / total if total else 0.0

    def _places(self) -> dict[str, list[float]]:
        """Place -> the figures of :class:`crawler.extract.recall.PlaceKnown`, in its order."""
        return {
            where: [
                min(place.articles, TRUSTED),
                round(place.score / place.runs, 2),
                round(self._repeated(place), 2),
                round(place.linked / place.size, 2) if place.size else 0.0,
            ]
            for where, place in sorted(self.places.items())
            if place.articles >= ENOUGH
        }

    def _ends(self, lines: list[Remembered]) -> list[str]:
        """The keys of the short lines after which the article is over."""
        ends = []
        for line in lines:
            counted = self.lines.get(line_key(line.text))
            if counted is None or counted.prose or line.seen < MOST * line.of:
                continue
            if len(line.text) < 60 and median(counted.afters) <= 0.25 and max(counted.afters) < 0.75:
                ends.append(line_key(line.text))
        return sorted(ends)


def _is_prose(run: Run) -> bool:
    return len(run.text) > 80 and 2 * run.linked < len(run.text) and run.text.rstrip("\"'”’»)")[-1:] in ".!?…"


def _reads_the_same(new: SiteMemory, old: SiteMemory) -> bool:
    """Whether two memories read pages alike, and the new one has not much more to show.

    A version costs reading the site's latest articles again: the figures of a place, which move a little with
    every article, have to move by :data:`MOVED` to make one.
    """
    if not old.articles / 1.5 <= new.articles <= 1.5 * old.articles:
        return False

    def lines(memory: SiteMemory) -> object:
        return {(line.text, line.pin) for line in memory.lines}, memory.templates.get("ends")

    places, known = new.templates["places"], old.templates.get("places", {})
    return (
        lines(new) == lines(old)
        and places.keys() == known.keys()
        and all(
            abs(ours - theirs) <= MOVED
            for where, figures in places.items()
            for ours, theirs in zip(figures[1:], known[where][1:], strict=True)
        )
    )
