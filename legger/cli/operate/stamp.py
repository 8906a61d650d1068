"""``legger stamp``: the head of the chain stamped by a third party."""

from __future__ import annotations

from pathlib import Path

import click

from archive import files
from archive.errors import UsageError
from archive.integrity.stamps import Stamp, check
from legger.cli.console import (
    NUMBER,
    WHOLE,
    archive_option,
    day_and_time,
    err,
    examples,
    json_option,
    out,
    print_json,
    reading,
    table,
    writing,
)
from legger.config import load
from legger.outside.stamping import roots_of, stamp_of


@click.command(
    epilog=examples(
        "legger stamp --authority https://tsa.example.org/",
        "legger stamp --list",
        "legger stamp -o head.tsr   # openssl ts -verify -digest DIGEST -in head.tsr -CAfile root.pem",
    )
)
@archive_option
@click.option("--authority", metavar="URL", help="Whom to ask (RFC 3161); default: [stamp] in legger.toml.")
@click.option("-o", "--output", metavar="FILE", help="Write the answer to a file too, for other tools.")
@click.option("--list", "listing", is_flag=True, help="The stamps there are; asks nobody.")
@json_option
def stamp(where: str | None, authority: str | None, output: str | None, listing: bool, as_json: bool) -> None:
    """Have the head of the chain time-stamped: proof by a third party that all before it was there then.

    Only the digest of the head goes out. 'legger verify' checks stamps from then on; whose they are it
    checks with the certificates that [stamp] in legger.toml names.
    """
    if listing:
        with reading(where) as archive:
            _tell(archive.stamps.all(), as_json=as_json)
        return
    config = load(where)
    url = authority or (config.stamp.url if config.stamp is not None else None)
    if url is None:
        raise UsageError("no authority: name one with --authority, or as url of [stamp] in legger.toml")
    if output is not None and Path(output).exists():
        raise UsageError(f"{output} stands there already: choose another name")
    with writing(where) as archive:
        head = archive.stamps.head()
        answer = stamp_of(url, bytes.fromhex(head.digest))
        if config.stamp is not None and config.stamp.roots:
            check(answer, bytes.fromhex(head.digest), roots_of(config.stamp.roots))
        made = archive.stamps.add(head, answer, authority=url)
    if output is not None:
        files.write(Path(output), answer)
    if as_json:
        print_json(_plain(made))
        return
    err.print(
        f"Seal {made.seal}, {made.digest[:16]}..., stamped {day_and_time(made.at)} by {url}", markup=False
    )


def _plain(each: Stamp) -> dict[str, object]:
    return {
        "id": each.id, "seal": each.seal, "digest": each.digest, "at": each.at, "authority": each.authority,
    }  # fmt: skip


def _tell(found: list[Stamp], *, as_json: bool) -> None:
    if as_json:
        print_json([_plain(each) for each in found])
        return
    if not found:
        out.print("Nothing was stamped yet.")
        return
    rows = table(("seal", NUMBER), ("digest", WHOLE), ("at", WHOLE), "authority")
    for each in found:
        rows.add_row(str(each.seal), f"{each.digest[:16]}...", day_and_time(each.at), each.authority)
    out.print(rows)
