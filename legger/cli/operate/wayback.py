"""``legger wayback``: what the Internet Archive was asked to keep too, and what it answered."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import click

from archive.operations.wayback import WaybackRequest
from legger.cli.console import (
    CUT,
    NUMBER,
    SITE,
    WHOLE,
    archive_option,
    err,
    examples,
    json_option,
    limit_option,
    out,
    plain,
    print_rows,
    reading,
    shortly,
    table,
    writing,
)
from legger.config import load
from legger.outside.wayback import GAP, SavePageNow, settings_of


@click.command(epilog=examples("legger wayback", "legger wayback --send", "legger wayback --json --limit 0"))
@archive_option
@limit_option(25, "At most so many, the latest first")
@click.option("--send", is_flag=True, help="Send what waits, one by one; the clock does so by itself.")
@json_option
def wayback(where: str | None, limit: int, send: bool, as_json: bool) -> None:
    """Pages that the Internet Archive was asked to keep too (Save Page Now), and its answers.

    Nothing is sent unless legger.toml has [wayback] with your key. Sent are articles when they are first
    seen and when they were edited, one question at a time; none that may not be shown.
    """
    if send:
        sender = SavePageNow(settings_of(load(where)))
        with writing(where) as archive:
            while sender.step(archive, datetime.now(UTC)):
                time.sleep(GAP.total_seconds())
    with reading(where) as archive:
        found = list(archive.wayback.all(limit=limit or None))
    if as_json:
        print_rows(found)
        return
    rows = table(
        ("article", NUMBER), ("v", NUMBER), SITE, ("sent", WHOLE), ("state", WHOLE), ("tries", NUMBER),
        ("kept as, or why not", CUT),
    )  # fmt: skip
    for each in found:
        rows.add_row(
            str(each.article), str(each.number), plain(each.site), shortly(each.first_asked), each.state,
            str(each.tries), plain(each.address or _why(each)),
        )  # fmt: skip
    if found:
        out.print(rows)
    else:
        err.print("Nothing was sent to the Internet Archive.")


def _why(each: WaybackRequest) -> str:
    said = each.answer if isinstance(each.answer, dict) else {}
    return str(said.get("message") or said.get("status_ext") or said.get("status") or "-")
