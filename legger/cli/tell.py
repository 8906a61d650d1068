"""``legger tell``: do alarms and digests reach you?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import click

from archive.errors import UsageError
from legger.cli.screen import CUT, WHOLE, archive_option, examples, json_option, out, plain, print_json, table
from legger.config import load
from legger.telling import Channel, Notice, Told, Undelivered, channels
from legger.telling.notice import of_test


@click.command(epilog=examples("legger tell --test", "LEGGER_MAIL_TO=me@example.org legger tell --test"))
@archive_option
@click.option("--test", is_flag=True, help="Send a test message over every channel that is set up.")
@json_option
def tell(where: str | None, test: bool, as_json: bool) -> int:
    """Send a test message to whom legger.toml names ([mail], [webhook], [command]), and say what came of it.

    Exit code 1 when it does not arrive somewhere. What is wrong itself is told by the clock.
    """
    if not test:
        raise UsageError("say --test; what is wrong is told by the clock (legger schedule)")
    config = load(where)
    notice = of_test(where=config.archive, at=datetime.now(UTC))
    told = deliver(notice, channels(config)[1:])  # the log of this command is the terminal
    if as_json:
        print_json(told)
    elif told:
        show(told)
    else:
        out.print(plain(f"Nobody is named in {config.file}: add [mail], [webhook] or [command].", "yellow"))
        out.print("docs/settings.md shows each. Until then alarms go to the clock's log alone.")
    return 1 if any(each.failed for each in told) or not told else 0


def deliver(notice: Notice, ways: Iterable[Channel]) -> list[Told]:
    """A notice over each channel, and what came of it."""
    told = []
    for channel in ways:
        failed = ""
        try:
            channel.deliver(notice)
        except Undelivered as error:
            failed = str(error)
        told.append(Told(channel=channel.name, where=channel.where, alarms=0, failed=failed))
    return told


def show(told: list[Told]) -> None:
    """Channel by channel; why something did not arrive stands below, whole."""
    rows = table(("channel", WHOLE), ("to", CUT), ("", WHOLE))
    for each in told:
        came = plain("failed", "red") if each.failed else plain("arrived", "green")
        rows.add_row(each.channel, plain(each.where), came)
    out.print(rows)
    for each in told:
        if each.failed:
            out.print(plain(f"{each.channel}: {each.failed}", "red"))
