"""``legger sql``: the archive asked in SQL, read-only; one statement, or a prompt."""

from __future__ import annotations

import csv
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import click
from rich.rule import Rule
from rich.table import Table

from archive.errors import UsageError
from legger.cli.console import (
    CUT,
    NUMBER,
    archive_option,
    err,
    examples,
    json_option,
    many,
    out,
    plain,
    print_rows,
    reading,
    table,
)

if TYPE_CHECKING:
    from archive import Archive

SHOWN = 200
"""Rows of an answer that a terminal shows."""
NARROW = 20
"""Signs that a column of words keeps when a table has to fit."""
LONG = 240
"""Signs of a value that are shown where the columns of a row stand one below the other."""
HELP = """\
A statement ends with a semicolon and may take several lines. Also:
  .views          the documented views, and what each holds
  .columns VIEW   its columns, and what each means
  .quit           leave (or Ctrl+D); Ctrl+C stops a statement
"""


@click.command(
    epilog=examples(
        "legger sql                                  # a prompt; .views shows what can be asked",
        "legger sql 'SELECT site, count(*) FROM edits WHERE silent GROUP BY site'",
        "legger sql --csv 'SELECT url, title FROM disappearances' > gone.csv",
    )
)
@archive_option
@click.argument("statement", required=False)
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, with a line of names first.")
def sql(where: str | None, statement: str | None, as_json: bool, as_csv: bool) -> None:
    """Ask the archive in SQL: the views of docs/schema.md, and the tables behind them.

    Nothing can be written. Without a statement, one is read from stdin, or asked for at a prompt. The tables
    hold the words of redacted articles too; the views do not.
    """
    if as_json and as_csv:
        raise UsageError("choose --json or --csv")
    with reading(where) as archive:
        if statement is None and sys.stdin.isatty():
            _prompt(archive, as_json, as_csv)
            return
        words = statement if statement is not None else sys.stdin.read()
        if not words.strip():
            raise UsageError("there is no statement to ask")
        _answer(archive, words, as_json, as_csv)


def _answer(archive: Archive, statement: str, as_json: bool, as_csv: bool) -> None:
    from archive.queries.sql import ask  # loads SQLAlchemy

    with ask(archive, statement) as answer:
        if as_json:
            print_rows(dict(zip(answer.columns, map(_plain, row), strict=True)) for row in answer.rows)
        elif as_csv:
            written = csv.writer(sys.stdout, lineterminator="\n")
            written.writerow(answer.columns)
            written.writerows([_plain(value) for value in row] for row in answer.rows)
        else:
            _table(answer.columns, answer.rows)


def _plain(value: Any) -> Any:
    """A value as JSON and CSV can have it; bytes in hexadecimal."""
    return value.hex() if isinstance(value, bytes) else value


def _on_a_line(value: Any) -> str:
    return "" if value is None else " ".join(str(_plain(value)).split())


def _table(columns: Sequence[str], rows: Iterator[Sequence[Any]]) -> None:
    """The answer as a table: whole for a program, the first rows of it on a terminal."""
    shown = list(islice(rows, SHOWN)) if out.is_terminal else list(rows)
    if not columns:
        return
    cells = [
        ["" if value is None else " ".join(str(_plain(value)).split()) for value in row] for row in shown
    ]
    if out.is_terminal and not _fit(columns, cells):
        _one_below_the_other(columns, cells)
    else:
        layout = []
        for place, name in enumerate(columns):
            values = [row[place] for row in shown if row[place] is not None]
            numbers = bool(values) and all(isinstance(value, int | float) for value in values)
            wide = max((len(row[place]) for row in cells), default=0) > NARROW
            layout.append((name, NUMBER if numbers else CUT if wide else {"no_wrap": True}))
        made = table(*layout)
        for row in cells:
            made.add_row(*(plain(value) for value in row))
        out.print(made)
    if out.is_terminal:
        more = next(rows, None) is not None
        says = f"the first {many(len(shown), 'row')}; there are more" if more else many(len(shown), "row")
        err.print(plain(says, "dim"))


def _fit(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> bool:
    """Whether the columns can stand beside each other, each wide enough to be read."""
    widths = (
        max(len(name), min(NARROW, max((len(row[place]) for row in cells), default=0)))
        for place, name in enumerate(columns)
    )
    return sum(widths) + 2 * (len(columns) - 1) <= out.width


def _one_below_the_other(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """Each row as a list of its columns, with the beginning of what is long."""
    widest = max(map(len, columns))
    for number, row in enumerate(cells, start=1):
        out.print(Rule(f"row {number}", align="left", style="dim", characters="─"))
        listed = Table.grid(padding=(0, 2, 0, 0))
        listed.add_column(no_wrap=True, min_width=widest, style="dim")
        listed.add_column(overflow="fold")
        for name, value in zip(columns, row, strict=True):
            listed.add_row(plain(name), plain(value if len(value) <= LONG else f"{value[: LONG - 1]}…"))
        out.print(listed)


# ---------------------------------------------------------------- the prompt


def _prompt(archive: Archive, as_json: bool, as_csv: bool) -> None:
    _readline()
    err.print(
        plain(f"{archive.where}, for reading only. .views shows what can be asked, .help the rest.", "dim")
    )
    waiting = ""
    while True:
        try:
            line = input("   ...> " if waiting else "legger> ")
        except EOFError:
            print()
            return
        except KeyboardInterrupt:
            print()
            waiting = ""
            continue
        if not waiting and line.strip().startswith("."):
            if line.strip() in (".quit", ".exit", ".q"):
                return
            _told(line.split())
            continue
        waiting = f"{waiting}\n{line}".strip()
        if not sqlite3.complete_statement(waiting):
            continue
        try:
            _answer(archive, waiting, as_json, as_csv)
        except UsageError as error:
            err.print(plain(str(error), "red"))
        except KeyboardInterrupt:
            err.print(plain("Stopped.", "dim"))
        waiting = ""


def _told(words: list[str]) -> None:
    """What a line that begins with a dot asks for."""
    from archive.queries.sql import described  # loads SQLAlchemy

    views = described()
    if words[0] in (".views", ".tables"):
        _pairs((name, comment) for name, (comment, _) in views.items())
    elif words[0] in (".columns", ".schema") and len(words) == 2 and words[1] in views:
        _pairs(iter(views[words[1]][1].items()))
    elif words[0] in (".columns", ".schema"):
        err.print(plain(f"name one of {', '.join(views)}", "red"))
    else:
        out.print(HELP, highlight=False, end="")


def _pairs(rows: Iterator[tuple[str, str]]) -> None:
    made = table(("name", {"no_wrap": True}), "what it holds")
    for name, says in rows:
        made.add_row(plain(name), plain(says))
    out.print(made)


def _readline() -> None:
    """Lines can be edited and called back; Tab completes names of views and columns."""
    try:
        import readline
    except ImportError:  # a Python without it; the prompt works all the same
        return
    from archive.queries.sql import described  # loads SQLAlchemy

    views = described()
    names = sorted({*views, *(column for _, columns in views.values() for column in columns)})
    words = [*names, "SELECT ", "FROM ", "WHERE ", "GROUP BY ", "ORDER BY ", "LIMIT ", "count(*)"]

    def complete(text: str, state: int) -> str | None:
        fitting = [each for each in words if each.lower().startswith(text.lower())] if text else names
        return fitting[state] if state < len(fitting) else None

    readline.set_completer(complete)
    readline.parse_and_bind(
        "bind ^I rl_complete" if "libedit" in (readline.__doc__ or "") else "tab: complete"
    )
