"""``legger watch``: what is new for saved queries, told by mail and webhook; and news in feeds, to a hub."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode

import click
import orjson

from archive import Archive, files
from archive.db import mapping
from archive.db.added_since import last_seal, versions_sealed
from archive.db.backend import shown, url_of
from archive.db.schema import versions
from archive.errors import UsageError
from archive.export.choice import RowChoice, numbers
from archive.model.types import Version
from legger.cli.console import archive_option, err, examples, many, plain, reading, take_up
from legger.cli.telling.tell import deliver, show
from legger.config import Config, load
from legger.i18n import Translation
from legger.notifications import channels
from legger.notifications.message import of_saved
from legger.outside.posting import ask, why

MOST = 100
"""Articles that one message names."""


@dataclass(frozen=True, kw_only=True)
class _SavedNews:
    """What is new for one query."""

    name: str
    query: str
    versions: list[Version]
    """The latest first, at most :data:`MOST`."""
    count: int


@click.command(
    epilog=examples(
        "legger saved bruggen 'brug site:krant'",
        "legger watch                       # once: from now on",
        "legger crawl --all; legger watch   # in cron: what came since",
    )
)
@archive_option
@click.argument("names", metavar="NAME", nargs=-1)
@click.option("--again", is_flag=True, help="Tell what is there already too, the first time.")
def watch(where: str | None, names: tuple[str, ...], again: bool) -> int:
    """Tell whom legger.toml names what is new for saved queries (all of them, or these by name).

    New are versions that were filed since the last time and that the query finds: articles, and edits of
    articles. The first time only marks where to begin. A WebSub hub that [reading_room] names is told of the
    feeds that have news. Exit code 1 when something does not arrive; it is told again then.
    """
    config = load(where)
    with reading(where) as archive, archive.snapshot() as connection:
        last = last_seal(connection)  # first: what is filed later may not be in the index, and waits
    take_up(where)
    file = Path(f"{url_of(config.archive).database}.watched.json")  # of a server's: beside legger.toml
    marks = _marks(file)
    with reading(where) as archive:
        queries = archive.annotations.read().queries
        for name in names:
            if name not in queries:
                raise UsageError(
                    f"there is no saved query {name!r}; there are: {', '.join(queries) or 'none'}"
                )
        chosen = {name: queries[name] for name in names or queries}
        begun = {name: 0 if again else last for name in chosen if name not in marks}
        found = [
            _new(archive, name, query, after=marks.get(name, begun.get(name, last)), to=last)
            for name, query in chosen.items()
        ]
    for name in begun:
        if not again:
            err.print(plain(f"{name}: watched from now on; --again tells what is there already too"))
    if not found:
        err.print(plain("There is no saved query to watch: legger saved NAME QUERY"))
    elif err.is_terminal and not begun and not any(each.count for each in found):
        err.print("Nothing is new.")  # not from cron, which would mail it
    failed = False
    for each in found:
        if each.count:
            notice = of_saved(
                each.name, each.query, each.versions, each.count, where=shown(config.archive),
                room=config.reading_room.address or "", at=datetime.now(UTC),
                t=Translation(config.language),
            )  # fmt: skip
            told = deliver(notice, channels(config)[1:])
            show(told)
            if not told:
                err.print(
                    plain(f"{each.name}: {many(each.count, 'version')} new; nobody is named to be told")
                )
            if any(one.failed for one in told):
                failed = True
                continue
        marks[each.name] = last
    everything = marks.get("", 0)
    if last > everything and config.reading_room.hub:
        fed = [each.name for each in found if each.count]
        wrong = _publish(config, fed)
        for each_wrong in wrong:
            err.print(plain(each_wrong, "red"))
        failed = failed or bool(wrong)
        if not wrong:
            marks[""] = last
    files.write(file, orjson.dumps(marks, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
    return 1 if failed else 0


def _marks(file: Path) -> dict[str, int]:
    """Name of a query -> the last seal of what was told; the empty name: of all feeds."""
    if not file.exists():
        return {}
    try:
        return {str(name): int(number) for name, number in orjson.loads(files.read(file)).items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise UsageError(f"{file} is damaged; remove it, and watching begins anew: {error}") from error


def _new(archive: Archive, name: str, query: str, *, after: int, to: int) -> _SavedNews:
    """What a query finds among the versions that were filed by the seals behind *after*, up to *to*."""
    with archive.snapshot() as connection:
        chosen = numbers(connection, RowChoice(query=query)) or ()
        found = versions_sealed(connection, chosen, after=after, to=to)
        wanted = mapping.VERSION.where(versions.c.id.in_(found[-MOST:])).order_by(versions.c.id.desc())
        rows = [mapping.version_of(row) for row in connection.execute(wanted)]
    return _SavedNews(name=name, query=query, versions=rows, count=len(found))


def _publish(config: Config, saved: list[str]) -> list[str]:
    """Tell the hub which feeds have news; what went wrong."""
    if not config.reading_room.address:
        return ["a hub is told of feeds by their address: set address of [reading_room] in legger.toml"]
    base = config.reading_room.address.rstrip("/")
    paths = [f"/feeds/{kind}.atom" for kind in ("new", "edits", "silent", "gone")]
    paths += [f"/feeds/saved/{quote(name)}.atom" for name in saved]
    body = urlencode([("hub.mode", "publish"), *(("hub.url", base + path) for path in paths)]).encode()
    try:
        ask(config.reading_room.hub, body, {"Content-Type": "application/x-www-form-urlencoded"})
    except HTTPError as error:
        with error:
            return [f"the hub answered {error.code} {error.reason}"]
    except (URLError, OSError, ValueError, http.client.HTTPException) as error:
        return [f"the hub could not be told: {why(error)}"]
    return []
