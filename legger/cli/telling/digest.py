"""``legger digest``: what happened in a week, to read or to send."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

import click

from archive.errors import UsageError
from legger.cli.console import archive_option, examples, in_order, print_json, reading
from legger.cli.telling.tell import deliver, show
from legger.config import load
from legger.dates import instant
from legger.i18n import Translation
from legger.notifications import channels, write_letter

WEEK = timedelta(days=7)


@click.command(
    epilog=examples(
        "legger digest",
        "legger digest --since 2026-03-02 --until 2026-03-09 --format html > week.html",
        "legger digest --send     # from cron or a timer, once a week",
    )
)
@archive_option
@click.option("--since", metavar="TIME", help="From this day or time on. Default: seven days before --until.")
@click.option("--until", metavar="TIME", help="Up to this day or time, without it. Default: now.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "html", "json"]),
    default="text",
    show_default=True,
    help="How to print it.",
)
@click.option("--most", type=click.IntRange(1), default=10, show_default=True, help="Entries per list.")
@click.option(
    "--send", is_flag=True, help="Send it to whom legger.toml names, and print only what came of it."
)
def digest(where: str | None, since: str | None, until: str | None, form: str, most: int, send: bool) -> int:
    """What happened in a week: new, changed, silently edited, gone, missed, and what went amiss.

    It ends with the head of the archive's hash chain: a mail that was sent bears witness that nothing before
    it was changed since (docs/proof.md).
    """
    end = instant(until) or datetime.now(UTC)
    begin = instant(since) or end - WEEK
    in_order(begin, end)
    config = load(where)
    with reading(where) as archive:
        notice = write_letter(archive, begin, end, most=most, t=Translation(config.language))
    if send:
        told = deliver(notice, channels(config)[1:])
        if not told:
            raise UsageError(
                f"nobody is named in {config.file}: add [mail], [webhook], [command] or [apprise]"
            )
        show(told)
        return 1 if any(each.failed for each in told) else 0
    if form == "json":
        print_json(notice.data["digest"])
    else:
        sys.stdout.write(notice.html or "" if form == "html" else notice.text)
    return 0
