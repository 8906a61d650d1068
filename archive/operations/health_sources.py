"""Sources of a site that give nothing any more, have moved, or have no end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from urllib.parse import urlsplit

from archive.operations.health_issue import HealthIssue, SiteVisits
from archive.operations.health_signals import VisitHealth

NAMES_NOTHING = "it answers, and names nothing"
WINDOWED = 0.25
"""A source that has named so small a share of its most lists what is of the last days only."""
CONTRADICTED = 3
"""New articles from elsewhere that show that a source which names nothing should name something."""


def silent_sources(case: SiteVisits) -> Iterator[HealthIssue]:
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
    for url in dict.fromkeys(url for each in case.visits for url in named_by(each) | _silent(each).keys()):
        if url not in broken:
            yield from _silent_source(case, url)


def _silent_source(case: SiteVisits, url: str) -> Iterator[HealthIssue]:
    looks = _looks_at(case.visits, url)
    since = case.known.get(("source", url))
    bad: list[_Look] = []
    while looks and looks[-1].gave_nothing:
        bad.insert(0, looks.pop())
    before = [look.named for look in looks if look.named is not None and (not since or look.at < since)]
    if not bad:
        return
    began, lasting = since or bad[0].at, _is_lasting(bad[-1].why)
    if not before and lasting:
        yield HealthIssue(
            kind="source",
            subject=url,
            since=began,
            says=f"{case.site}: {url} has given nothing since {case.day(began)}: {bad[-1].why}: "
            f"legger site check {case.site}",
        )
        return
    if len(bad) < 2 or not before or (not lasting and (len(before) < 3 or median(before) < 2)):
        return
    whys = {look.why or NAMES_NOTHING for look in bad[-2:]}
    passing = all("HTTP 5" in why or not why.startswith(("HTTP", NAMES_NOTHING)) for why in whys)
    if passing and bad[-1].at - bad[0].at < timedelta(hours=20):
        return  # a server that is down for an evening
    if not since and whys == {NAMES_NOTHING} and _may_be_empty(before, bad):
        return
    yield HealthIssue(
        kind="source",
        subject=url,
        since=began,
        says=f"{case.site}: {url} named {median(before):.0f} addresses and names none since "
        f"{case.day(began)} ({', '.join(sorted(whys))}): the site may have moved it; "
        f"legger site check {case.site}",
    )


@dataclass(frozen=True)
class _Look:
    """What came of asking for a source in one visit."""

    at: datetime
    named: int | None
    """Addresses it named; of one that said "as before", what it named before. ``None``: not known."""
    why: str
    """Why it did not answer; empty: it did."""
    new: int
    """New articles of the visit, from wherever."""

    @property
    def gave_nothing(self) -> bool:
        return bool(self.why) or self.named == 0


def _looks_at(visits: Sequence[VisitHealth], url: str) -> list[_Look]:
    looks: list[_Look] = []
    named: int | None = None
    for each in visits:
        numbers, why = named_by(each), _silent(each).get(url, "")
        if url in numbers and numbers[url] is not None:
            named = numbers[url]
        if url in numbers or why:
            new = int(each.health_signals.get("new", 0))
            looks.append(
                _Look(each.at, named if url in numbers else None, "" if url in numbers else why, new)
            )
    return looks


def _may_be_empty(before: Sequence[int], bad: Sequence[_Look]) -> bool:
    """Whether a source that answers and names nothing only has nothing to name: it lists what is of the last
    days, as its varying length shows, and the site brings no news from elsewhere meanwhile.
    """
    return min(before) <= WINDOWED * max(before) and sum(look.new for look in bad) < CONTRADICTED


def moved_sources(case: SiteVisits) -> Iterator[HealthIssue]:
    """A source that answers from another address: it is followed, and the operator decides for how long."""
    latest = next((each for each in reversed(case.visits) if named_by(each) or _silent(each)), None)
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


def endless_addresses(case: SiteVisits) -> Iterator[HealthIssue]:
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


def named_by(visit: VisitHealth) -> dict[str, int | None]:
    """Source that answered in *visit* -> addresses it named; ``None``: as before."""
    return dict(visit.health_signals.get("sources", {}))


def _silent(visit: VisitHealth) -> dict[str, str]:
    return dict(visit.health_signals.get("silent", {}))
