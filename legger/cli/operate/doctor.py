"""``legger doctor``: is this installation fit to run for years?"""

from __future__ import annotations

import click

from legger.cli.console import (
    FOLDED,
    WHOLE,
    archive_option,
    examples,
    json_option,
    out,
    plain,
    print_json,
    table,
)
from legger.config import load
from legger.doctor import Severity, examine

STYLE = {Severity.OK: "green", Severity.WARNING: "yellow", Severity.FAILURE: "red"}


@click.command(epilog=examples("legger doctor", "legger doctor --json | jq '.[] | select(.state != \"ok\")'"))
@archive_option
@json_option
def doctor(where: str | None, as_json: bool) -> int:
    """Check this installation: versions, archive, disk, clock, sites, schedule, and whom it would tell.

    Asks nothing of the network and changes nothing. Exit code 1 when something fails; a warning is none.
    Whether the archive itself is sound is for 'legger verify'.
    """
    findings = examine(load(where))
    failed = any(each.state is Severity.FAILURE for each in findings)
    if as_json:
        print_json(findings)
        return int(failed)
    rows = table(("check", WHOLE), ("", WHOLE), ("", FOLDED))
    for each in findings:
        rows.add_row(each.check, plain(each.state, STYLE[each.state]), plain(each.says))
    out.print(rows)
    for each in findings:
        if each.state is not Severity.OK:
            out.print()
            out.print(plain(f"{each.check}: {each.says}", STYLE[each.state]))
            out.print(plain(f"  what to do: {each.advice}"))
    return int(failed)
