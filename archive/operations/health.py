"""How a site fares, told from its own history: visits in, issues out. Pure.

Each visit leaves :class:`HealthSignals`: what its sources named, what pages were read as, which fields were
filled. What is unlikely for the site, as it was until then, is an :class:`HealthIssue`. A rate (a field
filled, a page that is an article) is held against the site's own by the binomial tail; a source against what
it used to name; silence against the days of the week, with room for August and Christmas.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from statistics import mean
from zoneinfo import ZoneInfo

from archive.operations.health_issue import HealthIssue, Open, SiteVisits, last_bad
from archive.operations.health_rates import (
    absent_articles,
    lengths_of_texts,
    lost_articles,
    missing_fields,
    new_gates,
    redesigns,
)
from archive.operations.health_signals import ASKED_TO_WAIT, NO_ROBOTS, NOTHING_CAME, VisitHealth
from archive.operations.health_sources import endless_addresses, moved_sources, named_by, silent_sources

LOOK_BACK = timedelta(days=120)
SLACK = 0.3
"""What is left of a newsroom in August and between Christmas and New Year's Day."""
SILENCE = 7.0
"""New articles that must be lacking, of those to be expected at the slackest, before silence is an alarm."""
HOLIDAYS = 4
"""Whole days on which even a large newsroom may bring nothing."""
ERRORS_STAND = timedelta(days=3)
"""How long a fault of Legger's own is told after it was seen last."""
SKEW = 300.0
"""Seconds between a server's clock and ours that are worth a word."""


def find_issues(
    visits: Sequence[VisitHealth], *, site: str, zone: ZoneInfo, known: Open | None = None
) -> list[HealthIssue]:
    """What is wrong with *site* after the last of its *visits*, which come in the order of time.

    *known*: what was wrong before it; it is held against what was usual before that began, so that
    nothing becomes usual by lasting.
    """
    if not visits:
        return []
    seen = [each for each in visits if each.at > visits[-1].at - LOOK_BACK]
    found: list[HealthIssue] = []
    looks = (
        _errors,
        _unreachable,
        _barren,
        _refused,
        silent_sources,
        moved_sources,
        endless_addresses,
        new_gates,
        absent_articles,
        lost_articles,
        missing_fields,
        lengths_of_texts,
        redesigns,
        _silence,
        _skew,
    )
    for look in looks:
        found += look(SiteVisits(seen, site, zone, known or {}))
    kinds = {each.kind for each in found}
    if kinds & {"unreachable", "robots"}:  # what follows from it need not be said beside it
        found = [each for each in found if each.kind in ("unreachable", "robots", "clock", "error")]
    if "gates" in kinds:
        found = [each for each in found if each.kind not in ("reading", "field", "text", "silence")]
    return found


# ---------------------------------------------------------------- whole visits that come to nothing

LONG_WAIT = timedelta(hours=6)
"""A site that puts us off with HTTP 429 or 503 is told of when it has done so for longer."""

_HINTS: tuple[tuple[str, str], ...] = (
    (
        "asked us to wait",
        "it answers that we ask too often, or too much: ask less (delay, schedule.every), or write to it",
    ),
    (
        "gate",
        "a consent wall, a log-in or a bot challenge stands before it: gates are not passed; ask "
        "the site for access, or see whether its feeds answer (feed_only)",
    ),
    ("certificate", "its certificate is not accepted: the site must renew it"),
    ("no such host", "its name is not known: it may have moved; look in a browser"),
    ("does not accept", "nothing listens at its address: it may be down, or have moved"),
    ("timeout", "it does not answer in time: it may be down"),
    ("no answer", "it does not answer in time: it may be down"),
    ("HTTP 404", "its pages are not at these addresses: it may have moved; look in a browser"),
    ("HTTP 410", "its pages were taken away: it may have moved, or ended; look in a browser"),
    ("HTTP 4", "it refuses us: write to the site, or see whether legger site check says more"),
    ("HTTP 5", "its server fails: it may be down"),
)


def _unreachable(case: SiteVisits) -> Iterator[HealthIssue]:
    """Two visits in which nothing answered as it should, be it each in another way."""
    bad = last_bad(case.visits, _gave_nothing)
    if len(bad) < 2 or all(NO_ROBOTS in each.why for each in bad):  # which is told as it is
        return
    if all(_is_put_off(each) for each in bad) and bad[-1].at - bad[0].at < LONG_WAIT:
        return
    reasons: Counter[str] = Counter()
    for each in bad:
        reasons.update(each.health_signals.get("lacking") or each.health_signals.get("failures", {}))
        reasons.update(dict.fromkeys(each.health_signals.get("silent", {}).values(), 1))
    said = bad[-1].why.removeprefix(NOTHING_CAME) or ", ".join(name for name, _ in reasons.most_common(3))
    known = f"{said} {' '.join(reasons)}".replace("4xx", "HTTP 4").replace("5xx", "HTTP 5")
    hint = next((says for mark, says in _HINTS if mark in known), "look in a browser")
    yield HealthIssue(
        kind="unreachable",
        subject="",
        since=bad[0].at,
        says=f"{case.site}: nothing it was asked for came, in {len(bad)} visits since {case.day(bad[0].at)} "
        f"({said}): {hint}; visits go on, and take it up when it answers",
    )


def _barren(case: SiteVisits) -> Iterator[HealthIssue]:
    """A site that answers, and on which no article was ever read."""
    pages = [
        each
        for each in case.visits
        if each.health_signals.get("good") and not each.health_signals.get("feed_only")
    ]
    if len(pages) < 2 or any(
        each.count("pages", "article") or each.count("pages", "standing") for each in pages
    ):
        return
    if all(named is None for each in pages for named in named_by(each).values()):
        return  # nothing but "as before": what that was, an earlier visit knew
    yield HealthIssue(
        kind="reading",
        subject="no article",
        since=pages[0].at,
        says=f"{case.site}: it answers, and no article was read in {len(pages)} visits since "
        f"{case.day(pages[0].at)}: it may be made by scripts, have moved, or be described wrongly; look at "
        f"it in a browser, and try legger site check {case.site}",
    )


def _gave_nothing(visit: VisitHealth) -> bool:
    """Whether a visit brought nothing: it failed, lacked robots.txt, or was told to come later."""
    if visit.health_signals.get("good"):
        return False
    return _came_to_nothing(visit) or NO_ROBOTS in visit.why or _is_put_off(visit)


def _is_put_off(visit: VisitHealth) -> bool:
    return not visit.health_signals.get("good") and ASKED_TO_WAIT in visit.why


def _came_to_nothing(visit: VisitHealth) -> bool:
    failures = Counter(visit.health_signals.get("lacking") or visit.health_signals.get("failures", {}))
    asked = (
        failures.total() - failures["robots"] - failures["tdm"] + len(visit.health_signals.get("silent", {}))
    )
    return not visit.health_signals.get("good") and asked > 0 and NO_ROBOTS not in visit.why


def _errors(case: SiteVisits) -> Iterator[HealthIssue]:
    """Faults of Legger's own in the last days: what was kept is tried again, and somebody has to know."""
    lately = [each for each in case.visits if each.at > case.visits[-1].at - ERRORS_STAND]
    faulty = [each for each in lately if each.health_signals.get("errors")]
    if not faulty:
        return
    said = Counter(dict(faulty[-1].health_signals["errors"]))
    yield HealthIssue(
        kind="error",
        subject="",
        since=case.known.get(("error", ""), faulty[0].at),
        says=f"{case.site}: {said.total()} answers could not be handled, a fault of Legger's: "
        f"{said.most_common(1)[0][0]}; they are kept and tried again: please report it",
    )


_ROBOTS_HINTS = {
    False: "the site's server fails at it; look at its address in a browser",
    True: "it answers that we ask too often (HTTP 429): ask less (delay, schedule.every), or write to it",
}


def _refused(case: SiteVisits) -> Iterator[HealthIssue]:
    """robots.txt, or a reservation, now keeps us from most of what we ask for."""
    lacking = last_bad(case.visits, lambda visit: NO_ROBOTS in visit.why)
    for kind, bad, says, hint in (
        (
            "robots",
            last_bad(case.visits, lambda visit: _mostly(visit, "robots") and NO_ROBOTS not in visit.why),
            "robots.txt keeps us out",
            "it is obeyed: ask the site for leave, or set feed_only",
        ),
        (
            "robots",
            lacking if len(lacking) >= 2 else [],
            "robots.txt cannot be had, and without it nothing is fetched",
            _ROBOTS_HINTS[any("HTTP 429" in visit.why for visit in lacking)],
        ),
        (
            "tdm",
            last_bad(case.visits, lambda visit: _mostly(visit, "tdm")),
            "the site reserves text and data mining",
            "see ground in docs/settings.md",
        ),
    ):
        if bad and (len(bad) < len(case.visits) or len(bad) >= 2):
            yield HealthIssue(
                kind=kind,
                subject="",
                since=bad[0].at,
                says=f"{case.site}: {says} since {case.day(bad[0].at)}: {hint}",
            )


def _mostly(visit: VisitHealth, kind: str) -> bool:
    refused, good = visit.count("failures", kind), int(visit.health_signals.get("good", 0))
    signals = visit.health_signals
    other = sum(signals.get("lacking", {}).values()) - visit.count("lacking", kind)
    if refused < other + len(signals.get("unread", {})):  # what else did not come has a reason of its own
        return False
    return (refused >= 2 and refused >= 4 * good) or (refused > 0 and not good)


# ---------------------------------------------------------------- silence, and the clock


def _silence(case: SiteVisits) -> Iterator[HealthIssue]:
    """No new article for longer than the days of the week, at their slackest, explain."""
    news = [each for each in case.visits if each.health_signals.get("new")]
    if not news:
        return
    last = news[-1].at
    by_day: dict[date, int] = {}
    for each in case.visits:
        if each.at <= last:
            day = each.at.astimezone(case.zone).date()
            by_day[day] = by_day.get(day, 0) + int(each.health_signals.get("new", 0))
    first_day = min(by_day)
    by_day[first_day] = 0  # a first visit brings what was there before
    if len(by_day) < 28:
        return
    usual = [mean([n for day, n in by_day.items() if day.weekday() == wanted] or [0]) for wanted in range(7)]
    today, expected = case.visits[-1].at.astimezone(case.zone).date(), 0.0
    day = last.astimezone(case.zone).date() + timedelta(days=1)
    while day < today:
        expected += SLACK * usual[day.weekday()]
        day += timedelta(days=1)
    if expected >= SILENCE and (today - last.astimezone(case.zone).date()).days > HOLIDAYS:
        yield HealthIssue(
            kind="silence",
            subject="",
            since=last,
            says=f"{case.site}: no new article since {case.day(last)}; it used to bring "
            f"{sum(usual):.0f} a week: look whether it still publishes; legger site check {case.site}",
        )


def _skew(case: SiteVisits) -> Iterator[HealthIssue]:
    lately = [
        (each.at, each.health_signals["skew"])
        for each in case.visits[-2:]
        if each.health_signals.get("skew") is not None
    ]
    if len(lately) == 2 and all(abs(skew) > SKEW for _, skew in lately):
        minutes = lately[-1][1] / 60
        yield HealthIssue(
            kind="clock",
            subject="",
            since=case.known.get(("clock", ""), lately[0][0]),
            says=f"{case.site}: its clock is {abs(minutes):.0f} minutes "
            f"{'ahead of' if minutes > 0 else 'behind'} ours; when others say so too, ours is wrong",
        )
