"""``legger alarms``: what is wrong, and what was."""

from __future__ import annotations

import click
from rich.padding import Padding

from legger.cli.console import (
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
)


@click.command(epilog=examples("legger alarms", "legger alarms roskam --all", "legger alarms --json"))
@archive_option
@click.argument("name", required=False)
@click.option("--all", "everything", is_flag=True, help="Also what is no longer wrong.")
@json_option
@paged
def alarms(where: str | None, name: str | None, everything: bool, as_json: bool) -> int:
    """What is wrong: since when, why it may be so, and what to do. With NAME, of that site alone.

    Exit code 1 when anything is wrong now. What is told to whom stands in legger.toml (legger tell --test).
    """
    with reading(where) as archive:
        known_site(archive, name)
        found = [
            each for each in archive.alarms.all(open_only=not everything) if name is None or each.site == name
        ]
    wrong = any(each.ended is None for each in found)
    if as_json:
        print_rows(found)
        return int(wrong)
    if not found:
        out.print("Nothing is wrong.")
        return 0
    rows = table(SITE, ("what", WHOLE), ("since", WHOLE), ("until", WHOLE))
    for each in found:
        about = f"{each.kind}: {each.subject}" if each.subject else each.kind
        rows.add_row(
            plain(each.site or "(installation)"),
            plain(about if len(about) < 24 else f"{about[:23]}…", "" if each.ended else "red"),
            day_and_time(each.since),
            day_and_time(each.ended),
        )
    out.print(rows)
    for each in found:
        out.print()
        out.print(plain(f"{each.site or 'installation'}: {each.kind}", "" if each.ended else "bold red"))
        out.print(Padding(plain(each.says), (0, 0, 0, 2)), width=min(out.width, 80))
    return int(wrong)
