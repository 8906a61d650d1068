"""How a site fares, told from its own history: visits in, issues out. Pure.

Each visit leaves :class:`HealthSignals`: what its sources named, what pages were read as, which fields were
filled. What is unlikely for the site, as it was until then, is an :class:`HealthIssue`. A rate (a field
filled, a page that is an article) is held against the site's own by the binomial tail; a source against what
it used to name; silence against the days of the week, with room for August and Christmas.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from statistics import mean, median
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from archive.model.addresses import Miss, Outcome

ENOUGH = 20
"""Pages that must have been read before their rates say anything."""
UNLIKELY = 1e-5
"""A rate so far from the usual one is no chance."""
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
FIELDS = ("title", "authors", "published")
SURE = "sure"
"""Of articles read, those whose text is not doubtful."""
DOUBTFUL = 0.3
"""The probability that a text is not the article's from which a reading is doubtful."""


@dataclass(kw_only=True)
class HealthSignals:
    """What one visit showed of a site's health; filled as it goes, kept as JSON in
    ``runs.health_signals``."""

    sources: dict[str, int | None] = field(default_factory=dict)
    """Source that answered -> addresses it named; ``None``: as before (304)."""
    silent: dict[str, str] = field(default_factory=dict)
    """Source that did not answer -> why."""
    unread: dict[str, str] = field(default_factory=dict)
    """Source that answered with what is none -> what is wrong with it."""
    moved: dict[str, str] = field(default_factory=dict)
    """Source that answered from another address, on another host or for good -> where."""
    budgets: dict[str, str] = field(default_factory=dict)
    """Budget that was used up -> the first address that was left because of it."""
    told: dict[str, list[int]] = field(default_factory=dict)
    """Source that said of pages that they were changed, or kind of source -> looks at these, and how many
    found a change."""
    pages: Counter[str] = field(default_factory=Counter)
    """Pages that answered with a body: ``article``, ``gate`` or ``other``; those met as articles before,
    ``lost`` when they no longer are, ``standing`` when they are."""
    filled: Counter[str] = field(default_factory=Counter)
    """Of articles read (``of``), how many had each of :data:`FIELDS`, and how many were :data:`SURE`."""
    words: int = 0
    """Words of the articles read."""
    failures: Counter[str] = field(default_factory=Counter)
    """Kind of :class:`~archive.model.addresses.Miss` -> questions that came to nothing so, not so before."""
    lacking: Counter[str] = field(default_factory=Counter)
    """Kind of Miss -> addresses that had not come when the visit ended, those behind a gate as before too."""
    good: int = 0
    """Answers that were what was asked for, 304 among them; a redirect is not, nor a gate."""
    errors: Counter[str] = field(default_factory=Counter)
    """Faults of Legger's own, in words -> how often."""
    new: int = 0
    """New articles."""
    skews: list[float] = field(default_factory=list)
    """The server's clock less ours, in seconds, answer by answer."""

    def plain(self) -> dict[str, Any]:
        """As JSON knows it."""
        return {
            "sources": self.sources,
            "silent": self.silent,
            "unread": self.unread,
            "moved": self.moved,
            "budgets": self.budgets,
            "told": self.told,
            "pages": dict(self.pages),
            "filled": dict(self.filled),
            "words": self.words,
            "failures": dict(self.failures),
            "lacking": {kind: number for kind, number in self.lacking.items() if number},
            "good": self.good,
            "errors": dict(self.errors),
            "new": self.new,
            "skew": median(self.skews) if self.skews else None,
        }


_BAD = frozenset(
    {
        Miss.SERVER,
        Miss.WAIT,
        Miss.TIMEOUT,
        Miss.UNREACHABLE,
        Miss.PRIVATE,
        Miss.TOO_LARGE,
        Miss.CUT,
        Miss.ERROR,
        Miss.UNREADABLE,
    }
)
"""What leaves a visit partly done. Dead links, paywalls and what robots.txt keeps to itself do not."""
_NO_ROBOTS = "robots.txt could not be had"
_NOTHING_CAME = "nothing that was asked for came: "
_REFUSALS = frozenset({Miss.ROBOTS, Miss.TDM, Miss.GATE})
_NOT_ASKED = frozenset({Miss.TRAP, Miss.QUEUE})


def outcome_of(
    health_signals: HealthSignals, reasons: Mapping[str, int], *, stopped: str = ""
) -> tuple[Outcome, str]:
    """How a visit ended that showed these *health_signals*, and why, in words; empty for one that did all.

    *reasons*: why addresses were missed, and how many of each. *stopped*: why it ended before all was asked.
    """
    lacking = Counter({Miss(kind): number for kind, number in health_signals.lacking.items() if number})
    for kind in _NOT_ASKED:
        del lacking[kind]
    first = max(reasons, key=lambda reason: reasons[reason], default="")
    if not health_signals.good and lacking and not (stopped and set(lacking) <= {Miss.WAIT}):
        if set(lacking) <= _REFUSALS and _NO_ROBOTS not in first:
            return Outcome.REFUSED, first
        return Outcome.FAILED, _NOTHING_CAME + first
    unread = health_signals.unread
    if unread and health_signals.sources.keys() <= unread.keys() and not health_signals.pages["article"]:
        return Outcome.FAILED, f"nothing that came can be read: {next(iter(unread.values()))}"
    if stopped:
        return Outcome.STOPPED, stopped
    bad = sum(number for kind, number in lacking.items() if kind in _BAD)
    if lacking[Miss.CLIENT] > health_signals.good:
        bad += lacking[Miss.CLIENT]
    bad = max(
        bad,
        len(health_signals.silent.keys() - health_signals.sources.keys()),
        min(health_signals.errors.total(), 1),
    )
    if not bad:
        return Outcome.DONE, ""
    asked = health_signals.good + bad
    return (
        Outcome.PARTLY,
        f"{health_signals.good:,} of {asked:,} ({health_signals.good / asked:.0%}) came; {first}".rstrip(
            "; "
        ),
    )


@dataclass(frozen=True, kw_only=True)
class VisitHealth:
    """One visit, as far as health goes."""

    at: datetime
    health_signals: Mapping[str, Any]
    """As :meth:`HealthSignals.plain` gives them."""
    why: str = ""
    """Why it ended before everything due was asked for."""

    def count(self, of: str, name: str) -> int:
        """A number of ``pages``, ``filled`` or ``failures``."""
        return int(self.health_signals.get(of, {}).get(name, 0))


@dataclass(frozen=True, kw_only=True)
class HealthIssue:
    """Something that is wrong with a site."""

    kind: str
    subject: str
    since: datetime
    says: str


Open = Mapping[tuple[str, str], datetime]
"""(kind, subject) of what is already known to be wrong -> since when."""


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
        _sources,
        _moved,
        _budgets,
        _gates,
        _lost,
        _fields,
        _length,
        _silence,
        _skew,
    )
    for look in looks:
        found += look(_Case(seen, site, zone, known or {}))
    kinds = {each.kind for each in found}
    if kinds & {"unreachable", "robots"}:  # what follows from it need not be said beside it
        found = [each for each in found if each.kind in ("unreachable", "robots", "clock", "error")]
    if "gates" in kinds:
        found = [each for each in found if each.kind not in ("reading", "field", "text", "silence")]
    return found


@dataclass(frozen=True)
class _Case:
    visits: Sequence[VisitHealth]
    site: str
    zone: ZoneInfo
    known: Open

    def day(self, moment: datetime) -> str:
        """A day as people write it, in the site's zone."""
        return f"{moment.astimezone(self.zone):%-d %B %Y}"


# ---------------------------------------------------------------- whole visits that come to nothing

_HINTS = (
    (
        "gate",
        "gate",
        "a consent wall, a log-in or a bot challenge stands before it: gates are not passed; ask "
        "the site for access, or see whether its feeds answer (feed_only)",
    ),
    ("certificate", "certificate", "its certificate is not accepted: the site must renew it"),
    ("no such host", "no such host", "its name is not known: it may have moved; look in a browser"),
    ("connections", "does not accept", "nothing listens at its address: it may be down, or have moved"),
    ("timeout", "timeout", "it does not answer in time: it may be down"),
    ("no answer", "no answer", "it does not answer in time: it may be down"),
    ("absent", "HTTP 404", "its pages are not at these addresses: it may have moved; look in a browser"),
    ("absent", "HTTP 410", "its pages were taken away: it may have moved, or ended; look in a browser"),
    ("4xx", "HTTP 4", "it refuses us: write to the site, or see whether legger site check says more"),
    ("5xx", "HTTP 5", "its server fails: it may be down"),
)


def _unreachable(case: _Case) -> Iterator[HealthIssue]:
    """Two visits in which nothing answered as it should."""
    bad = _tail(case.visits, _came_to_nothing)
    if len(bad) < 2:
        return
    reasons: Counter[str] = Counter()
    for each in bad:
        reasons.update(each.health_signals.get("lacking") or each.health_signals.get("failures", {}))
        reasons.update(dict.fromkeys(each.health_signals.get("silent", {}).values(), 1))
    said = bad[-1].why.removeprefix(_NOTHING_CAME) or ", ".join(name for name, _ in reasons.most_common(3))
    known = f"{said} {' '.join(reasons)}".replace("4xx", "HTTP 4").replace("5xx", "HTTP 5")
    hint = next((says for _, mark, says in _HINTS if mark in known), "look in a browser")
    yield HealthIssue(
        kind="unreachable",
        subject="",
        since=bad[0].at,
        says=f"{case.site}: nothing it was asked for came, in {len(bad)} visits since {case.day(bad[0].at)} "
        f"({said}): {hint}; visits go on, and take it up when it answers",
    )


def _barren(case: _Case) -> Iterator[HealthIssue]:
    """A site that answers, and on which no article was ever read."""
    pages = [each for each in case.visits if each.health_signals.get("good")]
    if len(pages) < 2 or any(
        each.count("pages", "article") or each.count("pages", "standing") for each in pages
    ):
        return
    if all(named is None for each in pages for named in _named(each).values()):
        return  # nothing but "as before": what that was, an earlier visit knew
    yield HealthIssue(
        kind="reading",
        subject="no article",
        since=pages[0].at,
        says=f"{case.site}: it answers, and no article was read in {len(pages)} visits since "
        f"{case.day(pages[0].at)}: it may be made by scripts, have moved, or be described wrongly; look at "
        f"it in a browser, and try legger site check {case.site}",
    )


def _came_to_nothing(visit: VisitHealth) -> bool:
    failures = Counter(visit.health_signals.get("lacking") or visit.health_signals.get("failures", {}))
    asked = (
        failures.total() - failures["robots"] - failures["tdm"] + len(visit.health_signals.get("silent", {}))
    )
    return not visit.health_signals.get("good") and asked > 0 and _NO_ROBOTS not in visit.why


def _tail(visits: Sequence[VisitHealth], bad: Callable[[VisitHealth], bool]) -> list[VisitHealth]:
    """The last visits that are all bad."""
    found: list[VisitHealth] = []
    for each in reversed(visits):
        if not bad(each):
            break
        found.insert(0, each)
    return found


def _errors(case: _Case) -> Iterator[HealthIssue]:
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


def _refused(case: _Case) -> Iterator[HealthIssue]:
    """robots.txt, or a reservation, now keeps us from most of what we ask for."""
    lacking = _tail(case.visits, lambda visit: _NO_ROBOTS in visit.why)
    for kind, bad, says, hint in (
        (
            "robots",
            _tail(case.visits, lambda visit: _mostly(visit, "robots") and _NO_ROBOTS not in visit.why),
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
            _tail(case.visits, lambda visit: _mostly(visit, "tdm")),
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
    return (refused >= 2 and refused >= 4 * good) or (refused > 0 and not good)


# ---------------------------------------------------------------- sources


def _sources(case: _Case) -> Iterator[HealthIssue]:
    """A feed, sitemap or listing that names nothing any more, or is not there."""
    broken = dict(case.visits[-1].health_signals.get("unread", {}))
    for url, why in broken.items():  # no habit is needed to tell
        began = case.known.get(("source", url), case.visits[-1].at)
        yield HealthIssue(
            kind="source",
            subject=url,
            since=began,
            says=f"{case.site}: {url} gives nothing since {case.day(began)}: {why}: "
            f"legger site check {case.site}",
        )
    urls = dict.fromkeys(url for each in case.visits for url in _named(each) | _silent(each).keys())
    for url in urls:
        if url in broken:
            continue
        asked = [each for each in case.visits if url in _named(each) or url in _silent(each)]
        since = case.known.get(("source", url))
        before = [
            number
            for each in asked
            if (number := _named(each).get(url)) is not None and (not since or each.at < since)
        ]
        bad = _tail(asked, partial(_says_nothing, url))
        if bad and not before and _is_lasting(why := _silent(bad[-1]).get(url, "")):
            began = since or bad[0].at
            yield HealthIssue(
                kind="source",
                subject=url,
                since=began,
                says=f"{case.site}: {url} has given nothing since {case.day(began)}: {why}: "
                f"legger site check {case.site}",
            )
            continue
        if len(bad) < 2 or len(before) < 3 or median(before) < 2:
            continue
        whys = {_silent(each).get(url, "it answers, and names nothing") for each in bad[-2:]}
        passing = all("HTTP 5" in why or not why.startswith(("HTTP", "it answers")) for why in whys)
        if passing and bad[-1].at - bad[0].at < timedelta(hours=20):
            continue  # a server that is down for an evening
        began = since or bad[0].at
        yield HealthIssue(
            kind="source",
            subject=url,
            since=began,
            says=f"{case.site}: {url} named {median(before):.0f} addresses and names none since "
            f"{case.day(began)} ({', '.join(sorted(whys))}): the site may have moved it; "
            f"legger site check {case.site}",
        )


def _moved(case: _Case) -> Iterator[HealthIssue]:
    """A source that answers from another address: it is followed, and the operator decides for how long."""
    latest = next((each for each in reversed(case.visits) if _named(each) or _silent(each)), None)
    if latest is None:
        return
    for url, target in latest.health_signals.get("moved", {}).items():
        began = case.known.get(("moved source", url), latest.at)
        yield HealthIssue(
            kind="moved source",
            subject=url,
            since=began,
            says=f"{case.site}: {url} leads to {_another(url, target)}, {target}, since {case.day(began)}, "
            "and is read there; if that is right, put the new address into the site's file",
        )


def _another(url: str, target: str) -> str:
    return "another address" if urlsplit(url).netloc == urlsplit(target).netloc else "another host"


def _budgets(case: _Case) -> Iterator[HealthIssue]:
    """A visit left addresses, for there seemed to be no end of them."""
    latest = next((each for each in reversed(case.visits) if each.health_signals.get("good")), None)
    for reason, url in (latest.health_signals.get("budgets", {}) if latest is not None else {}).items():
        assert latest is not None
        began = case.known.get(("budget", reason), latest.at)
        yield HealthIssue(
            kind="budget",
            subject=reason,
            since=began,
            says=f"{case.site}: addresses such as {url} are left since {case.day(began)}: {reason}; if "
            "nothing is to be found there, put a pattern into ignore in the site's file (legger missed "
            f"{case.site} --kind trap)",
        )


def _is_lasting(why: str) -> bool:
    """Whether a source that gives nothing for this reason will not give more tomorrow."""
    passing = "HTTP 5" in why or "HTTP 429" in why
    return not passing and ("HTTP 4" in why or why.startswith(("redirects", "another site", "a gate")))


def _says_nothing(url: str, visit: VisitHealth) -> bool:
    return url in _silent(visit) or _named(visit)[url] == 0


def _named(visit: VisitHealth) -> dict[str, int | None]:
    return dict(visit.health_signals.get("sources", {}))


def _silent(visit: VisitHealth) -> dict[str, str]:
    return dict(visit.health_signals.get("silent", {}))


# ---------------------------------------------------------------- rates


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


def _fallen(case: _Case, kind: str, subject: str, rate: Rate) -> _Fall | None:
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


def _mend(site: str) -> str:
    return (
        "the template has probably changed; captures are kept: mend [[rules]] in the site's file, then run "
        f"legger reread {site}"
    )


def _gates(case: _Case) -> Iterator[HealthIssue]:
    def open_pages(visit: VisitHealth) -> tuple[int, int]:
        without = visit.count("pages", "article") + visit.count("pages", "other")
        return without, without + visit.count("failures", "gate")

    if fall := _fallen(case, "gates", "", open_pages):
        yield HealthIssue(
            kind="gates",
            subject="",
            since=fall.since,
            says=f"{case.site}: pages without a gate before them: {fall}, since {case.day(fall.since)}: "
            "a consent wall, a log-in or a bot challenge is new; gates are not passed: ask the site for "
            "access, or set feed_only",
        )


def _lost(case: _Case) -> Iterator[HealthIssue]:
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
                says=f"{case.site}: {says}: {fall}, since {case.day(fall.since)}: {_mend(case.site)}",
            )


def _fields(case: _Case) -> Iterator[HealthIssue]:
    for name in (*FIELDS, SURE):

        def filled(visit: VisitHealth, name: str = name) -> tuple[int, int]:
            return visit.count("filled", name), visit.count("filled", "of")

        if fall := _fallen(case, "field", name, filled):
            what = "the text is doubtful" if name == SURE else f"{name} missing"
            lacking = f"{what} on {fall.of - fall.had} of {fall.of} articles"
            mend = f"look at 'legger doubtful {case.site}'" if name == SURE else _mend(case.site)
            yield HealthIssue(
                kind="field",
                subject=name,
                since=fall.since,
                says=f"{case.site}: {lacking} since {case.day(fall.since)} (before: on "
                f"{fall.usual_of - fall.usual} of {fall.usual_of}): {mend}",
            )


def _length(case: _Case) -> Iterator[HealthIssue]:
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
            f"{usual:.0f}): the text is cut, or furniture is in it: {_mend(case.site)}",
        )


# ---------------------------------------------------------------- silence, and the clock


def _silence(case: _Case) -> Iterator[HealthIssue]:
    """No new article for longer than the days of the week, at their slackest, explain."""
    news = [each for each in case.visits if each.health_signals.get("new")]
    if not news:
        return
    last = news[-1].at
    by_day: dict[Any, int] = {}
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


def _skew(case: _Case) -> Iterator[HealthIssue]:
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
