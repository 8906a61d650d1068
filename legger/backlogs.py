"""What is still to be asked for at each site, where that takes long: told while its visits go on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urljoin

from archive import Archive
from archive.errors import UsageError
from crawler.scheduling.backlog import Backlog, delay_of
from crawler.siteconfig.files import load_site

_EVER = datetime(1990, 1, 1, tzinfo=UTC)


def backlogs(archive: Archive, names: Iterable[str], *, now: datetime) -> dict[str, Backlog]:
    """The sites of *names* at which asking for what is due takes long, with how long."""
    found = {name: _backlog(archive, name, now) for name in names}
    return {name: each for name, each in found.items() if each is not None and each.is_long}


def _backlog(archive: Archive, name: str, now: datetime) -> Backlog | None:
    from crawler.fetching.robots import MOST_DELAY, Permission  # loads its parser, and few sites need it

    due = archive.urls.how_many_due(name, now=now)
    if not Backlog(addresses=due, delay=MOST_DELAY).is_long:
        return None
    try:
        site = load_site(name)
    except UsageError:  # its file is wrong, or gone: nothing is asked for
        return None
    robots = archive.captures.answer_since(name, urljoin(site.url, "/robots.txt"), since=_EVER)
    asked = Permission.of(robots.capture).delay if robots is not None else 0.0
    return Backlog(addresses=due, delay=max(delay_of(site), asked))
