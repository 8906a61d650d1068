"""How things look on a terminal: one style of tables, progress on stderr, JSON for programs."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click
import orjson
from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import measure_renderables
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from archive.errors import ArchiveError, LeggerError, NotFound, SiteError, UnknownSite, UsageError
from legger import logs
from legger.config import load
from legger.logs import legible

if TYPE_CHECKING:
    from archive import Archive


class Terminal(Console):
    """A terminal that only we steer: whatever is printed, a site's or a file's name has no say in it."""

    def render_str(self, text: str, **options: Any) -> Text:
        """The text, as Rich reads it, without signs that would steer the terminal."""
        return super().render_str(legible(text), **options)


WIDE = 100_000
"""Columns of output that goes to a file or a program: there nothing is wrapped or cut."""
_PIPED = not sys.stdout.isatty() and not os.environ.get("COLUMNS")
out = Terminal(highlight=False, soft_wrap=False, width=WIDE if _PIPED else None)
err = Terminal(stderr=True, highlight=False, soft_wrap=True)

F = TypeVar("F", bound=Callable[..., Any])


def examples(*lines: str) -> str:
    """The end of a command's help: lines a person can copy."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def archive_option(command: F) -> F:
    """``--archive``, as every command has it."""
    return click.option(
        "--archive",
        "where",
        metavar="PATH|URL",
        help="The archive: a file, or a SQLAlchemy URL. Default: LEGGER_ARCHIVE, or ./legger.db.",
    )(command)


def json_option(command: F) -> F:
    """``--json``, for programs."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")(command)


def log_json_option(command: F) -> F:
    """``--log-json``, for commands that run unattended; visits of the clock inherit the variable."""
    return click.option(
        "--log-json",
        is_flag=True,
        envvar="LEGGER_LOG_JSON",
        help="Log as JSON, one object a line on stderr; also LEGGER_LOG_JSON=1.",
    )(command)


def existing(where: str | None) -> str:
    """Where the archive is. Raises :class:`NotFound` when there is none yet."""
    location = load(where).archive
    if "://" not in location and not Path(location).exists():
        raise NotFound(
            f"there is no archive at {location}: crawl a site first, "
            "or name the archive with --archive or LEGGER_ARCHIVE"
        )
    return location


def paged(command: F) -> F:
    """Long output goes through the reader's pager, on a terminal only, and not when a program may read."""

    @wraps(command)
    def shown(*arguments: Any, **options: Any) -> Any:
        if not out.is_terminal or options.get("as_json") or os.environ.get("TERM") == "dumb":
            return command(*arguments, **options)
        os.environ.setdefault("LESS", "FRX")  # what fits on a screen is shown at once, with its colours
        with out.pager(styles=not os.environ.get("NO_COLOR") and _pager_shows_colours()):
            return command(*arguments, **options)

    return cast(F, shown)


def _pager_shows_colours() -> bool:
    """Whether the pager passes colours on: ``less`` does when its options say so."""
    if "less" not in os.environ.get("PAGER", "less"):
        return True
    options = os.environ.get("LESS", "").split()
    return any(
        each.lower().startswith("--raw") if each.startswith("--") else "r" in each.lower() for each in options
    )


def reading_width(most: int = 80) -> int:
    """Columns of running text: what the eye follows on a terminal; for a program, all there is."""
    return min(out.width, most) if out.is_terminal or not _PIPED else out.width


@contextmanager
def reading(where: str | None) -> Iterator[Archive]:
    """The archive, open for questions only; it must exist."""
    from archive import Archive  # loads SQLAlchemy

    with Archive.open(existing(where), create=False, read_only=True) as archive:
        yield archive


@contextmanager
def writing(where: str | None) -> Iterator[Archive]:
    """The archive, open for writing; it must exist."""
    from archive import Archive  # loads SQLAlchemy

    with Archive.open(existing(where), create=False) as archive:
        yield archive


@contextmanager
def annotating(where: str | None) -> Iterator[Archive]:
    """The archive whose annotations are to be written: they stand in a file beside it, or in itself."""
    from archive.db.backend import url_of

    in_a_file = url_of(existing(where)).get_backend_name() == "sqlite"
    with reading(where) if in_a_file else writing(where) as archive:
        yield archive


def limit_option(default: int, says: str) -> Callable[[F], F]:
    """``--limit``: how many; 0 for all of them."""
    return click.option(
        "--limit", type=click.IntRange(0), default=default, show_default=True, help=f"{says}; 0: all."
    )


SOME = 12
"""Names that an error lists; there may be two hundred."""


def known_site(archive: Archive, name: str | None) -> None:
    """Raise :class:`UnknownSite`, with what there is instead, for a site of which nothing is known.

    Known is a site with anything on record or with a file: its empty answer is one. A file that is wrong is
    told: on stderr where there is something to answer with, else raised as :class:`SiteError`.
    """
    from archive.operations.schedule import BULK
    from crawler.siteconfig.files import load_site, operators_folder, operators_sites, site_names

    if name is None:
        return
    entries = (each.site for each in archive.schedule.entries() if each.kind not in BULK)
    recorded = {*archive.holdings.site_names(), *entries}
    known = sorted({*recorded, *site_names()})
    if name in known:
        if name in operators_sites():
            try:
                load_site(name)
            except SiteError as error:
                if name not in recorded:
                    raise
                err.print(plain(str(error), "yellow"), soft_wrap=True)
        return
    near = get_close_matches(name, known, n=3)
    others = f"there are {listing(known)}" if known else "there is none yet"
    hint = f"did you mean {' or '.join(near)}?" if near else others
    raise UnknownSite(f"there is no site {name!r} in {archive.where} or in {operators_folder()}; {hint}")


def known_language(archive: Archive, code: str | None) -> None:
    """Raise :class:`UsageError` for a language in which no article is, with those in which there are some."""
    if code is None:
        return
    held = archive.holdings.languages()
    asked = code.lower()
    if held and not any(each.lower() == asked or each.lower().startswith(f"{asked}-") for each in held):
        raise UsageError(f"no article is in the language {code!r}; there are {listing(held)}")


def listing(names: Sequence[str]) -> str:
    """Names in a sentence; of many, the first."""
    more = f" and {len(names) - SOME} more" if len(names) > SOME else ""
    return f"{', '.join(names[:SOME])}{more}"


def in_order(since: datetime | None, until: datetime | None) -> None:
    """Raise :class:`UsageError` for a period that ends before it begins: nothing can be in it."""
    if since is not None and until is not None and since >= until:
        raise UsageError("--since must be before --until")


def take_up(where: str | None) -> None:
    """Feed the index what was filed lately; an archive that is only to be read is read as it is."""
    with reading(where) as archive:
        waiting = archive.index.pending()
        place = archive.address
    if not waiting:
        return
    from archive import Archive  # loads SQLAlchemy

    try:
        with Archive.open(place, create=False) as archive:
            archive.index.update()
    except ArchiveError as error:
        err.print(plain(f"{waiting:,} articles are not in the index yet ({error})", "yellow"))


def take_up_all(archive: Archive) -> None:
    """Feed the index what a long command filed."""
    if waiting := archive.index.pending():
        with progress("indexing", waiting):
            archive.index.update()


class FittingTable(Table):
    """A table whose ``CUT`` columns give way, so that every other one keeps its full width."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give the other columns what they need; the rest is for those that give way."""
        wanted = [
            max(
                len(str(column.header)),
                *(measure_renderables(console, options, [cell]).maximum for cell in column.cells),
                0,
            )
            for column in self.columns
        ]
        giving = [each for each in zip(self.columns, wanted, strict=True) if each[0].ratio]
        left = options.max_width - sum(
            min(width, column.max_width or width) + 2
            for column, width in zip(self.columns, wanted, strict=True)
            if not column.ratio
        )
        giving.sort(key=lambda each: each[1])
        for number, (column, width) in enumerate(giving):  # what one does not need the next may have
            column.max_width = min(width, max(12, left // (len(giving) - number) - 2))
            left -= column.max_width + 2
        return super().__rich_console__(console, options)


def table(*columns: str | tuple[str, dict[str, Any]], title: str | None = None) -> Table:
    """An empty table in the one style; a column is its heading, or (heading, Rich's options)."""
    made = FittingTable(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1, 0, 0),
        title=title,
        title_justify="left",
        pad_edge=False,
        title_style="bold",
    )
    for column in columns:
        heading, options = column if isinstance(column, tuple) else (column, {})
        made.add_column(heading, **options)
    return made


NUMBER: dict[str, Any] = {"justify": "right", "no_wrap": True}
WHOLE: dict[str, Any] = {"no_wrap": True}
CUT: dict[str, Any] = {"overflow": "ellipsis", "no_wrap": True, "ratio": 1}
"""The one column that gives way when a table does not fit; see :class:`FittingTable`."""
FOLDED: dict[str, Any] = {"overflow": "fold", "ratio": 1}
"""The same, but nothing of it is lost: it goes on in the next line."""


def many(count: int, one: str, more: str = "") -> str:
    """``1 word``, ``1,234 words``."""
    return f"{count:,} {one if count == 1 else more or f'{one}s'}"


SITE = ("site", {"no_wrap": True, "max_width": 18})


def size(count: int) -> str:
    """Bytes for a person: ``1.2 MB``."""
    amount = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" or amount >= 100 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def day_and_time(moment: datetime | None) -> str:
    """A time for a person: local, to the minute; for a program with its zone; a dash when there is none."""
    if moment is None:
        return "-"
    local = moment.astimezone()
    return local.isoformat(sep=" ", timespec="minutes") if _PIPED else local.strftime("%Y-%m-%d %H:%M")


def shortly(moment: datetime | None) -> str:
    """The same in twelve signs, as ``ls -l`` does it: ``08 Mar 07:00``; when it is far, ``08 Mar  2019``."""
    if moment is None:
        return "-"
    far = abs(datetime.now(UTC) - moment) > timedelta(days=180)
    return moment.astimezone().strftime("%d %b  %Y" if far else "%d %b %H:%M")


def plain(text: str, style: str = "") -> Text:
    """Text from outside: never read as markup, no control characters that would steer the terminal."""
    return Text(legible(text), style=style)


def tell_of_broken(files: Mapping[str, LeggerError]) -> int:
    """Say on stderr which site files are wrong, and how; returns the exit status: 1 if any is."""
    for error in files.values():
        err.print(plain(str(error), "red"), soft_wrap=True)
    return 1 if files else 0


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(_dumped(value, orjson.OPT_INDENT_2) + "\n")


def print_rows(rows: Iterable[Any]) -> None:
    """JSON Lines on stdout."""
    for row in rows:
        sys.stdout.write(_dumped(row) + "\n")


_HALF = re.compile("[\ud800-\udfff]")
"""Half a character: of a file's name that is no UTF-8, or of a page that was cut. No JSON can hold one."""


def _dumped(value: Any, option: int = 0) -> str:
    try:
        return orjson.dumps(value, default=as_plain, option=option).decode()
    except orjson.JSONEncodeError:
        indent = 2 if option & orjson.OPT_INDENT_2 else None
        return _HALF.sub("\ufffd", json.dumps(value, default=as_plain, ensure_ascii=False, indent=indent))


def as_plain(value: Any) -> Any:
    """What orjson does not know: dataclasses, mappings, sets, bytes."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (frozenset, set, Sequence)):
        return list(value)
    if hasattr(value, "items"):
        return dict(value.items())
    return str(value)


class RateColumn(ProgressColumn):
    """How many a second, once it is known how many there are."""

    def render(self, task: Task) -> Text:
        """``212/s``."""
        speed = task.finished_speed or task.speed
        if task.total is None or not speed:
            return Text("")
        return Text(f"{speed:,.0f}/s" if speed >= 10 else f"{speed:.1f}/s", style="progress.data.speed")


class LeftColumn(TimeRemainingColumn):
    """How long it will take, once that is known; nothing until then."""

    def render(self, task: Task) -> Text:
        """``0:00:41 left``."""
        if task.total is None or task.time_remaining is None:
            return Text("")
        return super().render(task).append(" left")


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Callable[..., None]]:
    """A progress bar on stderr, only on a terminal. Yields ``update(done=..., total=..., says=...)``."""
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[says]}"),
        TimeElapsedColumn(),
        RateColumn(),
        LeftColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal or logs.for_programs(),
    )
    with bar:
        task = bar.add_task(what, total=total, says="")

        def update(done: int | None = None, total: int | None = None, says: str = "") -> None:
            bar.update(task, completed=done, total=total, says=says)

        yield update
