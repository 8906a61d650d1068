"""Sources of a site that give nothing any more, have moved, or have no end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from statistics import median
from urllib.parse import urlsplit

from archive.operations.health_issue import HealthIssue, SiteVisits, last_bad
from archive.operations.health_signals import VisitHealth


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
    urls = dict.fromkeys(url for each in case.visits for url in named_by(each) | _silent(each).keys())
    for url in urls:
        if url in broken:
            continue
        asked = [each for each in case.visits if url in named_by(each) or url in _silent(each)]
        since = case.known.get(("source", url))
        before = [
            number
            for each in asked
            if (number := named_by(each).get(url)) is not None and (not since or each.at < since)
        ]
        bad = last_bad(asked, partial(_says_nothing, url))
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
        lasting = bool(bad) and _is_lasting(_silent(bad[-1]).get(url, ""))
        if len(bad) < 2 or not before or (not lasting and (len(before) < 3 or median(before) < 2)):
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


def _says_nothing(url: str, visit: VisitHealth) -> bool:
    return url in _silent(visit) or named_by(visit)[url] == 0


def named_by(visit: VisitHealth) -> dict[str, int | None]:
    """Source that answered in *visit* -> addresses it named; ``None``: as before."""
    return dict(visit.health_signals.get("sources", {}))


def _silent(visit: VisitHealth) -> dict[str, str]:
    return dict(visit.health_signals.get("silent", {}))
