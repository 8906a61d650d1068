"""The entries of a live blog: which block opens each, and when it was written.

An entry is known by its time: a ``<time>``, a clock in a line of its own, or one that opens a paragraph. A
clock alone has no day; it is that of the article's publication, and the next one where the clock turns over.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from archive.model.types import TEXT_KINDS, BlockKind
from crawler.extract.page.blocks import Outline
from crawler.extract.page.page import Page, squeeze
from crawler.extract.text.heuristics import common_box
from crawler.extract.text.scored import ScoredBlock, bare

FEWEST = 2
"""Times at one kind of place that make entries."""
_CLOCK = re.compile(
    r"(?:om |um |at |à |alle |kl\.? ?)?"
    r"(?P<hour>[01]?\d|2[0-3])\s?[:.h]\s?(?P<minute>[0-5]\d)(?:[:.][0-5]\d)?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?:uur|uhr|h|hrs?|cet|cest|utc|gmt|bst|est|edt)?",
    re.I,
)
_NUMBER = re.compile(r"\d+")
_AFTER = re.compile(r"\s*(?:[-–—|:]\s*)?(?=[\"'“„‘«]?[^\W\d_])")


def entry_times(
    page: Page,
    lines: Outline,
    judged: Sequence[ScoredBlock],
    ld: Mapping[str, Any],
    *,
    began: date,
    zone: ZoneInfo,
) -> dict[int, datetime]:
    """Index of the run that opens an entry -> its time in UTC.

    *ld* is the page's article in JSON-LD; *began* the day of the first entry where the page states none.
    """
    kept = [index for index, each in enumerate(judged) if each.kept and each.kind in TEXT_KINDS]
    if not kept:
        return {}
    if found := _stated(judged, kept, ld, zone) or _marked(page, judged, kept, zone):
        return found
    places: dict[tuple[str, ...], list[tuple[int, datetime | time]]] = {}
    written = _time_elements(page, zone)
    for index, each in enumerate(judged):
        text = each.run.text
        if len(text) < 60 and text in written and len(written[text]) > 0:
            when: datetime | time | None = written[text].pop(0)
        else:
            when = _clock(text, each.kept, heads=each.kind is BlockKind.SUBHEAD)
        if when is not None:
            box = lines.boxes[each.run.box]
            named = _NUMBER.sub("", box.names)  # an entry's own number: id="post-1402"
            places.setdefault((box.tag, named, str(each.kept)), []).append((index, when))
    best = max(places.values(), key=len, default=[])
    if len(best) < FEWEST:
        return {}
    best = _with_those_not_kept(best, places, lines, judged)
    times = _days(best, began=began, zone=zone)
    return _openings(lines, judged, kept, times)


def _with_those_not_kept(
    best: list[tuple[int, datetime | time]],
    places: Mapping[tuple[str, ...], list[tuple[int, datetime | time]]],
    lines: Outline,
    judged: Sequence[ScoredBlock],
) -> list[tuple[int, datetime | time]]:
    """The times at one kind of place, and those at the same in the same list that were not kept as text."""
    box = lines.boxes[judged[best[0][0]].run.box]
    others = places.get((box.tag, _NUMBER.sub("", box.names), "False"), [])
    if others is best or not others:
        return best
    around = lines.boxes[common_box(lines, [judged[index].run for index, _ in best])]
    return sorted([*best, *(each for each in others if around.first <= each[0] < around.last)])


def _clock(text: str, kept: bool, *, heads: bool = False) -> time | None:
    """The clock that a line is, or that opens a kept paragraph; *heads*: a heading of a few words, too."""
    match = _CLOCK.match(text)
    if match is None:
        return None
    rest = text[match.end() :]
    if rest.strip(" .:|–—-") and not (kept and len(rest) > (3 if heads else 20) and _AFTER.match(rest)):
        return None
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
    return time(hour % 24, int(match["minute"]))


def _time_elements(page: Page, zone: ZoneInfo) -> dict[str, list[datetime]]:
    """Text of a ``<time>`` -> the moments that elements with that text state, in page order."""
    found: dict[str, list[datetime]] = {}
    for node in page.times:
        when = _moment(node.attributes.get("datetime"), zone)
        if when is not None:
            found.setdefault(squeeze(node.text(deep=True)), []).append(when)
    return found


def _moment(stated: object, zone: ZoneInfo) -> datetime | None:
    """ISO 8601 with a time of the day as an aware moment in UTC; ``None`` for anything else."""
    if not isinstance(stated, str) or len(stated) > 40 or ":" not in stated:
        return None
    try:
        when = datetime.fromisoformat(stated.strip())
    except ValueError:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)


def _stated(
    judged: Sequence[ScoredBlock], kept: Sequence[int], ld: Mapping[str, Any], zone: ZoneInfo
) -> dict[int, datetime]:
    """The entries that JSON-LD lists, found again by how they begin."""
    updates = ld.get("liveBlogUpdate")
    if not isinstance(updates, list):
        return {}
    openings = {bare(judged[index].run.text)[:60]: index for index in reversed(kept)}
    found: dict[int, datetime] = {}
    for update in updates[:2000]:
        if not isinstance(update, dict):
            continue
        when = _moment(update.get("datePublished"), zone)
        for name in ("headline", "articleBody"):
            said = bare(str(update.get(name) or ""))[:60]
            if when is not None and said and said in openings:
                found[openings[said]] = when
                break
    return found


def _marked(
    page: Page, judged: Sequence[ScoredBlock], kept: Sequence[int], zone: ZoneInfo
) -> dict[int, datetime]:
    """The entries that microdata marks (``itemprop="liveBlogUpdate"``), found again by how they begin."""
    if not page.mentions(b"liveblogupdate"):
        return {}
    openings = {bare(judged[index].run.text)[:60]: index for index in reversed(kept)}
    found: dict[int, datetime] = {}
    for node in page.tree.css('[itemprop="liveBlogUpdate"]')[:2000]:
        stated = node.css_first('[itemprop="datePublished"]')
        attributes = stated.attributes if stated is not None else {}
        when = _moment(attributes.get("datetime") or attributes.get("content"), zone)
        for inner in node.css('[itemprop="headline"], [itemprop="articleBody"], p, h2, h3'):
            said = bare(squeeze(inner.text(deep=True)))[:60]
            if when is not None and said and said in openings:
                found[openings[said]] = when
                break
    return found


def _days(
    times: Sequence[tuple[int, datetime | time]], *, began: date, zone: ZoneInfo
) -> list[tuple[int, datetime]]:
    """The times with their days: clocks go on from *began*, whether the newest stands first or last."""
    clocks = [when for _, when in times if isinstance(when, time)]
    pairs = list(pairwise(clocks))
    backwards = sum(after < before for before, after in pairs) > len(pairs) / 2
    day, last = began, None
    found = []
    for index, when in reversed(times) if backwards else times:
        if isinstance(when, datetime):
            found.append((index, when))
            continue
        if last is not None and when < last and _hours(last) - _hours(when) > 6:
            day += timedelta(days=1)
        last = when
        found.append((index, datetime.combine(day, when, zone).astimezone(UTC)))
    return sorted(found)


def _hours(when: time) -> float:
    return when.hour + when.minute / 60


def _openings(
    lines: Outline, judged: Sequence[ScoredBlock], kept: Sequence[int], times: Sequence[tuple[int, datetime]]
) -> dict[int, datetime]:
    """The first kept run of each entry: in the largest box around its time alone, or after the time."""
    marks = [index for index, _ in times]
    found: dict[int, datetime] = {}
    for number, (index, when) in enumerate(times):
        low = marks[number - 1] + 1 if number else 0
        high = marks[number + 1] if number + 1 < len(marks) else len(judged)
        box = lines.boxes[judged[index].run.box]
        while box.parent > 0:
            above = lines.boxes[box.parent]
            if above.first < low or above.last > high or (above.tag in ("main", "article") and not number):
                break
            box = above
        at = bisect_left(kept, box.first)
        if at == len(kept) or kept[at] >= box.last:
            at = bisect_left(kept, index)
        if at < len(kept) and kept[at] < high:
            found[kept[at]] = when
    return found
