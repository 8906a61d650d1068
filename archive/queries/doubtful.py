"""Which readings an operator should look at: the doubt that came with each, and its site's habit."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select

from archive.db.mapping import IS_NEWS, REDACTED, VERSION, version_of
from archive.db.schema import articles, readings, sites, versions
from archive.db.session import Session
from archive.model.types import Version
from archive.operations.health_signals import DOUBTFUL

HABIT = 5
"""Articles that a site must have before their usual length says anything."""
OFF_HABIT = 0.324
"""Log-odds for a text e times as long or short as usual; made by ``python -m bench doubt``."""
_SOME = 30


@dataclass(frozen=True, kw_only=True)
class DoubtfulReading:
    """A latest version whose text may not be the article's."""

    version: Version
    doubt: float
    """How probable that is, from 0 to 1."""
    reasons: tuple[str, ...]
    """What weighs most against it, in words."""


@dataclass(frozen=True, kw_only=True)
class DoubtfulReadings:
    """What is doubtful of the latest readings, and how many of how many that is."""

    most: tuple[DoubtfulReading, ...]
    """The most doubtful first; no more than were asked for."""
    doubtful: int
    of: int
    """Readings whose doubt is known: those of releases that told none are not among them."""


def off_habit(words: int, usual: float | None) -> float:
    """How far a text's length is from what is *usual* on its site: 1 for e times as long or short."""
    return 0.0 if usual is None else min(abs(math.log((words + _SOME) / (usual + _SOME))), 2.0)


class Doubtful:
    """The latest readings, the most doubtful first."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def list(self, site: str | None = None, *, limit: int | None = None) -> DoubtfulReadings:
        """The doubtful readings, at most *limit* of them, and how many there are."""
        doubts = self._doubts(site)
        doubtful = sorted(
            ((doubt, number) for number, doubt in doubts.items() if doubt >= DOUBTFUL),
            key=lambda each: (-each[0], -each[1]),
        )
        found = doubtful[:limit]
        rows: dict[int, Version] = {}
        numbers = [number for _, number in found]
        with self._session.asking() as connection:
            for at in range(0, len(numbers), 500):
                some = VERSION.where(versions.c.id.in_(numbers[at : at + 500]))
                rows |= {row.version_id: version_of(row) for row in connection.execute(some)}
        most = tuple(
            DoubtfulReading(version=rows[number], doubt=doubt, reasons=rows[number].article.doubts)
            for doubt, number in found
        )
        return DoubtfulReadings(most=most, doubtful=len(doubtful), of=len(doubts))

    def _doubts(self, site: str | None) -> dict[int, float]:
        """Latest version -> its doubt, the usual length of its site's texts counted in; no redacted ones."""
        wanted = (
            select(versions.c.id, articles.c.site_id, readings.c.doubt, readings.c.word_count)
            .join(articles, articles.c.id == versions.c.article_id)
            .join(readings, readings.c.id == versions.c.reading_id)
            .where(versions.c.superseded.is_(None), readings.c.doubt.is_not(None), ~REDACTED.element, IS_NEWS)
        )
        if site is not None:
            wanted = wanted.join(sites, sites.c.id == articles.c.site_id).where(sites.c.name == site)
        with self._session.asking() as connection:
            rows = connection.execute(wanted).all()
        lengths: dict[int, list[int]] = defaultdict(list)
        for row in rows:
            lengths[row.site_id].append(row.word_count)
        usual = {number: statistics.median(each) for number, each in lengths.items() if len(each) >= HABIT}
        return {
            row.id: _shifted(row.doubt, OFF_HABIT * off_habit(row.word_count, usual.get(row.site_id)))
            for row in rows
        }


def _shifted(share: float, by: float) -> float:
    """A probability with log-odds added."""
    share = min(max(share, 1e-9), 1 - 1e-9)
    return 1 / (1 + math.exp(-math.log(share / (1 - share)) - by))
