"""``legger tell``: do alarms and digests reach you?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import click

from archive.db.backend import shown
from legger import logs
from legger.cli.console import (
    CUT,
    WHOLE,
    archive_option,
    err,
    examples,
    json_option,
    out,
    plain,
    print_json,
    table,
    writing,
)
from legger.config import load
from legger.i18n import Translation
from legger.notifications import Channel, Delivery, Notice, Undelivered, channels, tell_now
from legger.notifications.message import of_test


@click.command(epilog=examples("legger tell --test", "legger crawl --all; legger tell     # without a clock"))
@archive_option
@click.option("--test", is_flag=True, help="Send a test message over every channel that is set up.")
@json_option
def tell(where: str | None, test: bool, as_json: bool) -> int:
    """Tell whom legger.toml names what is wrong, or send a test message.

    The clock does so by itself; what was told is not told again until it changes. Exit code 1 when something
    does not arrive.
    """
    config, now = load(where), datetime.now(UTC)
    if test:
        told = deliver(
            of_test(where=shown(config.archive), at=now, t=Translation(config.language)), channels(config)[1:]
        )
    else:
        logs.configure(json=False)
        with writing(where) as archive:
            told = tell_now(archive, config, now=now)
        there = {each.name for each in channels(config)} - {each.channel for each in told}
        if there and not as_json:
            err.print(plain(f"Another process is telling just now by {', '.join(sorted(there))}."))
    if as_json:
        print_json(told)
    elif told:
        show(told)
    elif test:
        out.print(
            plain(
                f"Nobody is named in {config.file}: add [mail], [webhook], [command] or [apprise].", "yellow"
            )
        )
        out.print("docs/settings.md shows each. Until then alarms go to the clock's log alone.")
    return 1 if any(each.failed for each in told) or (test and not told) else 0


def deliver(notice: Notice, ways: Iterable[Channel]) -> list[Delivery]:
    """A notice over each channel, and what came of it."""
    told = []
    for channel in ways:
        failed = ""
        try:
            channel.deliver(notice)
        except Undelivered as error:
            failed = str(error)
        told.append(Delivery(channel=channel.name, where=channel.where, number=1, failed=failed))
    return told


def show(told: list[Delivery]) -> None:
    """Channel by channel; why something did not arrive stands below, whole."""
    rows = table(("channel", WHOLE), ("to", CUT), ("", WHOLE))
    for each in told:
        came = plain("arrived", "green") if each.number else plain("nothing to tell", "dim")
        rows.add_row(each.channel, plain(each.where), plain("failed", "red") if each.failed else came)
    out.print(rows)
    for each in told:
        if each.failed:
            out.print(plain(f"{each.channel}: {each.failed}", "red"))
