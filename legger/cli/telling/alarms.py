"""``legger alarms``: what is wrong, and what was; and to say that somebody knows."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from rich.padding import Padding

from archive.errors import UsageError
from archive.operations.alarms import Alarm
from legger.cli.console import (
    NUMBER,
    SITE,
    WHOLE,
    archive_option,
    day_and_time,
    examples,
    json_option,
    known_site,
    out,
    paged,
    plain,
    print_rows,
    reading,
    table,
    writing,
)


class _WithDefault(click.Group):
    """``legger alarms NAME`` is ``legger alarms list NAME``."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """As the group's own, after the name of the subcommand was put in where it is left out."""
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = ["list", *args]
        return super().parse_args(context, args)


@click.group(
    cls=_WithDefault,
    epilog=examples(
        "legger alarms",
        "legger alarms roskam --all",
        "legger alarms ack 12 --until 2026-06-01 --note 'they rebuild their site'",
    ),
)
def alarms() -> None:
    """What is wrong, and what was. Without a subcommand: legger alarms list."""


@alarms.command(
    "list", epilog=examples("legger alarms", "legger alarms list roskam --all", "legger alarms --json")
)
@archive_option
@click.argument("name", required=False)
@click.option("--all", "everything", is_flag=True, help="Also what is no longer wrong.")
@json_option
@paged
def list_(where: str | None, name: str | None, everything: bool, as_json: bool) -> int:
    """What is wrong: since when, why it may be so, and what to do. With NAME, of that site alone.

    Exit code 1 when anything is wrong now that nobody has acknowledged (legger alarms ack). What is told to
    whom stands in legger.toml (legger tell --test).
    """
    now = datetime.now(UTC)
    with reading(where) as archive:
        known_site(archive, name)
        found = [
            each for each in archive.alarms.all(open_only=not everything) if name is None or each.site == name
        ]
    wrong = any(each.ended is None and not each.is_quiet(now) for each in found)
    if as_json:
        print_rows(found)
        return int(wrong)
    if not found:
        out.print("Nothing is wrong.")
        return 0
    rows = table(("nr", NUMBER), SITE, ("what", WHOLE), ("since", WHOLE), ("until", WHOLE))
    for each in found:
        about = f"{each.kind}: {each.subject}" if each.subject else each.kind
        rows.add_row(
            str(each.id),
            plain(each.site or "(installation)"),
            plain(about if len(about) < 20 else f"{about[:19]}…", "" if each.ended else "red"),
            day_and_time(each.since),
            day_and_time(each.ended),
        )
    out.print(rows)
    for each in found:
        out.print()
        out.print(plain(f"{each.site or 'installation'}: {each.kind}", "" if each.ended else "bold red"))
        out.print(Padding(plain(each.says), (0, 0, 0, 2)), width=min(out.width, 80))
        if said := _said(each, now):
            out.print(Padding(plain(said, "dim"), (0, 0, 0, 2)), width=min(out.width, 80))
    return int(wrong)


def _said(alarm: Alarm, now: datetime) -> str:
    often = f"it comes and goes: begun {alarm.times} times. " if alarm.times > 1 else ""
    if not alarm.is_quiet(now):
        return often.capitalize().strip()
    until = "for good" if alarm.quiet_until == FOR_GOOD else f"until {day_and_time(alarm.quiet_until)}"
    note = f": {alarm.note}" if alarm.note else ""
    return f"{often}acknowledged {until}{note}".capitalize()


FOR_GOOD = datetime(9999, 1, 1, tzinfo=UTC)


@alarms.command(
    epilog=examples(
        "legger alarms ack 12 --until 2026-06-01 --note 'they rebuild their site'",
        "legger alarms ack 12 --note 'the feed is gone for good'",
        "legger alarms ack 12 --not",
    )
)
@archive_option
@click.argument("number", type=click.IntRange(1))
@click.option("--note", default="", help="Why nobody need be told.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Told again from this day on, if it lasts.")
@click.option("--not", "again", is_flag=True, help="Take it back: tell it again.")
def ack(where: str | None, number: int, note: str, until: datetime | None, again: bool) -> None:
    """Acknowledge an alarm: it stays on the list with your note, and is not told again while it lasts.

    NUMBER stands in 'legger alarms'. That it is over is told all the same. When it comes back more than three
    days after that, it is another alarm.
    """
    end = until.astimezone(UTC) if until is not None else FOR_GOOD
    if not again and end <= datetime.now(UTC):
        raise UsageError(f"--until {until:%Y-%m-%d} is past: expected a day to come")
    with writing(where) as archive:
        found = archive.alarms.acknowledge(number, until=None if again else end, note="" if again else note)
    told = "is told again" if again else f"acknowledged until {until:%Y-%m-%d}" if until else "acknowledged"
    out.print(plain(f"{found.site or 'installation'}: {found.kind}: {told}"))
