"""How often, how soon and at which hours a site edits its articles, learned from those that were watched."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from archive.model.addresses import EditHistory
from crawler.scheduling.recrawl import (
    ALIKE,
    BRING_WEIGHT,
    BRINGING,
    FADINGS,
    HOUR_WEIGHT,
    HOURS_MATTER,
    LEAST_BROUGHT,
    USUAL_FADING,
    EditHabits,
    EditTally,
    born_at,
    first_day,
)


def habits(watched: Sequence[EditHistory]) -> EditHabits:
    """What a site's articles tell of its habits."""
    if not watched:
        return EditHabits()
    born = np.array([born_at(each.first_seen, each.published).timestamp() for each in watched]) / 3600
    first = np.array([each.first_seen.timestamp() for each in watched]) / 3600 - born
    last = np.array([each.last_visit.timestamp() for each in watched]) / 3600 - born
    edits = [
        (index, after.timestamp() / 3600, by.timestamp() / 3600)
        for index, each in enumerate(watched)
        for after, by in each.edits
    ]
    whose = np.array([index for index, _, _ in edits], dtype=int)
    after, by = (np.array([each[place] for each in edits]) - born[whose] for place in (1, 2))
    fading = _fading(first, last, after, by)
    hours = _hours(born, first, last, born[whose], after, by, fading)
    seen = _by_hour(born, first, last, fading, hours)
    brings, brought = _brings(first, last, whose, after, by, fading, float(seen.sum()))
    found = np.bincount(whose, weights=1 - brought, minlength=len(watched))
    sections: dict[str, EditTally] = {}
    names = np.array([each.section or "" for each in watched])
    for name in set(names.tolist()) - {""}:
        of_it = names == name
        sections[name] = EditTally(edits=float(found[of_it].sum()), exposure=float(seen[of_it].sum()))
    site = EditTally(edits=float(found.sum()), exposure=float(seen.sum()))
    share = float(brought.mean()) if len(brought) else 0.0
    return EditHabits(site=site, sections=sections, fading=fading, hours=hours, brings=brings, brought=share)


Ages = NDArray[np.float64]
"""Hours since publication."""


def _fading(first: Ages, last: Ages, after: Ages, by: Ages) -> float:
    """The fading under which edits at these ages are likeliest; without many, the usual one."""

    def likelihood(fading: float) -> float:
        exposed = float((_sum(last, fading) - _sum(first, fading)).sum())
        if exposed <= 0:
            return 0.0
        found = np.maximum(_sum(by, fading) - _sum(after, fading), 1e-12)
        return float(np.log(found / exposed).sum()) - 8 * abs(fading - USUAL_FADING)

    return max(FADINGS, key=likelihood)


def _brings(
    first: Ages, last: Ages, whose: NDArray[np.int_], after: Ages, by: Ages, fading: float, seen: float
) -> tuple[float, Ages]:
    """How many edits an edit brings with it, and of each the chance that it was brought.

    Brought are those that came sooner than the rate of the article explains; expectation and maximization
    in turn.
    """
    none = np.zeros(len(whose))
    if len(whose) < 2:
        return 0.0, none
    order = np.lexsort((by, whose))
    whose, after, by = whose[order], after[order], by[order]
    follows = np.r_[False, whose[1:] == whose[:-1]]
    before = np.arange(len(whose)) - np.maximum.accumulate(np.where(follows, 0, np.arange(len(whose))))
    ends = np.where(np.r_[follows[1:], False], np.r_[by[1:], 0.0], last[whose])
    open_for = (1 - np.exp(-np.maximum(ends - by, 0) / BRINGING)).sum()
    since = np.r_[0.0, by[:-1]]
    near = np.exp(-np.maximum(after - since, 0) / BRINGING) - np.exp(-np.maximum(by - since, 0) / BRINGING)
    near = np.where(follows, near, 0.0)
    watched = _sum(after, fading) - _sum(first[whose], fading)
    exposed = _sum(by, fading) - _sum(after, fading)
    brings, brought = 0.1, none
    for _ in range(20):
        its_own = 1 - float(brought.mean())
        rate = len(whose) * its_own / max(seen, 1e-12)
        own = (ALIKE + before * its_own) / (ALIKE / rate + watched) * exposed
        brought = brings * near / np.maximum(brings * near + own, 1e-12)
        brings = min(float(brought.sum() / (open_for + BRING_WEIGHT)), 0.9)
    if brings < LEAST_BROUGHT:
        return 0.0, none
    found = np.empty_like(brought)
    found[order] = brought
    return brings, found


def _hours(
    born: Ages, first: Ages, last: Ages, edited: Ages, after: Ages, by: Ages, fading: float
) -> tuple[float, ...]:
    """How busy each hour of the day is: edits in it by watching in it, drawn to 1 and to its neighbours."""
    sharp = by - after <= 12  # of the others the hour is not known
    spread = [np.zeros(24), np.zeros(24)]
    busy = np.ones(24)
    for _ in range(3):  # an edit seen in the morning came at night only if nights are busy
        spread = [np.zeros(24), np.zeros(24)]
        _by_hour(born, first, last, fading, tuple(np.ones(24)), into=spread[0])
        whole = _by_hour(edited[sharp], after[sharp], by[sharp], fading, tuple(busy))
        share = 1 / np.maximum(whole, 1e-12)
        _by_hour(edited[sharp], after[sharp], by[sharp], fading, tuple(busy), into=spread[1], times=share)
        watched, found = spread
        mean = found.sum() / max(watched.sum(), 1e-12)
        smooth = [np.convolve(np.r_[each[-1], each, each[0]], (0.25, 0.5, 0.25), "valid") for each in spread]
        busy = (smooth[1] + HOUR_WEIGHT) / (smooth[0] * mean + HOUR_WEIGHT)
        busy *= watched.sum() / max(float((busy * watched).sum()), 1e-12) if watched.sum() else 1.0
    return tuple(busy.tolist())


def _by_hour(
    born: Ages,
    first: Ages,
    last: Ages,
    fading: float,
    hours: tuple[float, ...],
    *,
    into: Ages | None = None,
    times: Ages | None = None,
) -> Ages:
    """The exposure of each article between two ages, hour by hour; its sums by hour of the day *into*."""
    busy = np.array(hours)
    begin = np.floor(born)
    total = np.zeros(len(born))
    low = _sum(first, fading)
    for step in range(1, HOURS_MATTER + 2):
        edge = np.clip(begin + step - born, first, last)
        high = _sum(edge, fading)
        clock = ((begin + step - 1) % 24).astype(int)
        piece = (high - low) * busy[clock]
        total += piece
        if into is not None:
            np.add.at(into, clock, piece if times is None else piece * times)
        low = high
    return np.asarray(total + (_sum(last, fading) - low))


def _sum(age: Ages, fading: float) -> Ages:
    """Exposure from publication to *age*, without the hours of the day; the first day is 1."""
    return np.asarray((1 - (1 + np.maximum(age, 0)) ** (1 - fading)) / first_day(fading))
