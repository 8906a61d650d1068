"""Rates that have fallen on a site, and not by chance: pages behind a gate, articles read, fields filled."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from archive.operations.health_issue import HealthIssue, SiteVisits, how_to_mend, last_bad
from archive.operations.health_signals import (
    FIELDS,
    NONE_STANDS,
    SURE,
    VisitHealth,
    has_lost_its_articles,
)

REDESIGN_TOLD = timedelta(days=7)
"""How long a redesign is told after the last visit that met it."""
ENOUGH = 20
"""Pages that must have been read before their rates say anything."""


UNLIKELY = 1e-5
"""A rate so far from the usual one is no chance."""


Rate = Callable[[VisitHealth], tuple[int, int]]
"""Visit -> (how many had it, of how many)."""


@dataclass(frozen=True, kw_only=True)
class _Fall:
    """A rate that has fallen by half or more, and not by chance."""

    had: int
    of: int
    usual: int
    usual_of: int
    since: datetime

    def __str__(self) -> str:
        return f"{self.had} of {self.of} (before: {self.usual} of {self.usual_of})"


def _fallen(case: SiteVisits, kind: str, subject: str, rate: Rate) -> _Fall | None:
    data = [(each, *rate(each)) for each in case.visits if rate(each)[1]]
    since = case.known.get((kind, subject))
    for tail in range(1, 7) if since is None else (3,):
        now = data[-tail:]
        before = data[:-tail] if since is None else [each for each in data if each[0].at < since]
        usual, usual_of = sum(each[1] for each in before), sum(each[2] for each in before)
        had, of = sum(each[1] for each in now), sum(each[2] for each in now)
        if usual_of < ENOUGH or had >= 0.5 * of * usual / usual_of:
            continue
        chance = (usual + 1) / (usual_of + 2)
        if usual < 0.97 * usual_of:
            chance *= 0.9  # what is not always there goes by rubrics and days, not by lot
        if since is not None or _at_most(had, of, chance) < UNLIKELY:
            return _Fall(had=had, of=of, usual=usual, usual_of=usual_of, since=since or now[0][0].at)
    return None


def _at_most(had: int, of: int, chance: float) -> float:
    """The probability of *had* or fewer of *of*, each with *chance*."""
    return math.fsum(math.comb(of, k) * chance**k * (1 - chance) ** (of - k) for k in range(had + 1))


def new_gates(case: SiteVisits) -> Iterator[HealthIssue]:
    """More pages than before stand behind a gate."""

    def open_pages(visit: VisitHealth) -> tuple[int, int]:
        without = visit.count("pages", "article") + visit.count("pages", "other")
        return without, without + visit.count("failures", "gate")

    since = case.known.get(("gates", ""))
    fall = _fallen(case, "gates", "", open_pages) if since is None else _gated(case, since, open_pages)
    if fall is not None:
        yield HealthIssue(
            kind="gates",
            subject="",
            since=fall.since,
            says=f"{case.site}: pages without a gate before them: {fall}, since {case.day(fall.since)}: "
            "a consent wall, a log-in or a bot challenge is new; gates are not passed: ask the site for "
            "access, or set feed_only",
        )


def _gated(case: SiteVisits, since: datetime, open_pages: Rate) -> _Fall | None:
    """Whether a known gate stands, as the last visit shows that asked for an article: what stood behind the
    gate before counts, too, and the pages before it, such as the front page, do not."""
    before = [open_pages(each) for each in case.visits if each.at < since]
    usual, usual_of = sum(had for had, _ in before), sum(of for _, of in before)
    for visit in reversed([each for each in case.visits if each.at >= since]):
        read, behind = visit.count("pages", "article"), visit.count("lacking", "gate")
        if read or behind:
            stands = 2 * read * usual_of < (read + behind) * usual
            fall = _Fall(had=read, of=read + behind, usual=usual, usual_of=usual_of, since=since)
            return fall if stands else None
    return None


def absent_articles(case: SiteVisits) -> Iterator[HealthIssue]:
    """Most of the newest articles are not there, in two visits."""
    bad = last_bad(
        case.visits, lambda visit: has_lost_its_articles(visit.health_signals.get("absent", (0, 0)))
    )
    if len(bad) < 2:
        return
    lacking, of = bad[-1].health_signals["absent"]
    yield HealthIssue(
        kind="reading",
        subject="newest articles",
        since=case.known.get(("reading", "newest articles"), bad[0].at),
        says=f"{case.site}: {NONE_STANDS.format(lacking, of)}, since {case.day(bad[0].at)}: its server may "
        "be out of order, its articles behind a log-in, or their addresses new ones; look in a browser. They "
        "are gone when others of the site are seen again",
    )


def lost_articles(case: SiteVisits) -> Iterator[HealthIssue]:
    """Fewer known articles, or fewer of the pages that sources name, are read as articles."""

    def standing(visit: VisitHealth) -> tuple[int, int]:
        stands = visit.count("pages", "standing")
        return stands, stands + visit.count("pages", "lost")

    def told(visit: VisitHealth) -> tuple[int, int]:
        article = visit.count("pages", "told article")
        return article, article + visit.count("pages", "told other")

    for subject, rate, says in (
        ("known articles", standing, "articles still read as such"),
        ("new pages", told, "pages its feeds and sitemaps name, read as articles"),
    ):
        if fall := _fallen(case, "reading", subject, rate):
            yield HealthIssue(
                kind="reading",
                subject=subject,
                since=fall.since,
                says=f"{case.site}: {says}: {fall}, since {case.day(fall.since)}: {how_to_mend(case.site)}",
            )


def missing_fields(case: SiteVisits) -> Iterator[HealthIssue]:
    """A field that articles had is missing on many, or their texts are doubtful."""

    for name in (*FIELDS, SURE):

        def filled(visit: VisitHealth, name: str = name) -> tuple[int, int]:
            return visit.count("filled", name), visit.count("filled", "of")

        if fall := _fallen(case, "field", name, filled):
            what = "the text is doubtful" if name == SURE else f"{name} missing"
            lacking = f"{what} on {fall.of - fall.had} of {fall.of} articles"
            mend = f"look at 'legger doubtful {case.site}'" if name == SURE else how_to_mend(case.site)
            yield HealthIssue(
                kind="field",
                subject=name,
                since=fall.since,
                says=f"{case.site}: {lacking} since {case.day(fall.since)} (before: on "
                f"{fall.usual_of - fall.usual} of {fall.usual_of}): {mend}",
            )


def lengths_of_texts(case: SiteVisits) -> Iterator[HealthIssue]:
    """Articles that are much shorter, or longer, than they were."""
    since = case.known.get(("text", ""))
    means = [
        (each.at, int(each.health_signals.get("words", 0)) / each.count("filled", "of"))
        for each in case.visits
        if each.count("filled", "of") >= 3
    ]
    before = [words for at, words in (means[:-2] if since is None else means) if since is None or at < since]
    now = means[-2:]
    if len(before) < 8 or len(now) < 2:
        return
    usual = median(before)
    low, high = min(*before, 0.4 * usual), max(*before, 2.5 * usual)
    if all(words < low for _, words in now) or all(words > high for _, words in now):
        began = since or now[0][0]
        yield HealthIssue(
            kind="text",
            subject="",
            since=began,
            says=f"{case.site}: articles have {now[-1][1]:.0f} words since {case.day(began)} (before: "
            f"{usual:.0f}): the text is cut, or furniture is in it: {how_to_mend(case.site)}",
        )


def redesigns(case: SiteVisits) -> Iterator[HealthIssue]:
    """Most articles came on a template that was not known. Told for a week: the memory learns it at once."""
    last = case.visits[-1].at
    seen = [
        each
        for each in case.visits
        if each.health_signals.get("redesigned") and each.at > last - REDESIGN_TOLD
    ]
    if not seen:
        return
    since = case.known.get(("redesign", ""), seen[0].at)
    built, of = seen[-1].count("pages", "new template"), seen[-1].count("pages", "article")
    yield HealthIssue(
        kind="redesign",
        subject="",
        since=since,
        says=f"{case.site}: {built} of {of} articles read on {case.day(seen[-1].at)} are built on a "
        "template that was not known before: the site was probably redesigned. What its pages repeat is "
        f"learned anew; see whether they read well: legger boilerplate {case.site} --templates, legger "
        f"doubtful {case.site}",
    )
