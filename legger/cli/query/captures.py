"""``legger captures``: the answers of servers as they came, and one of them as a file."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from archive.errors import UsageError
from legger.cli.console import (
    CUT,
    NUMBER,
    WHOLE,
    archive_option,
    day_and_time,
    examples,
    json_option,
    out,
    plain,
    print_json,
    print_rows,
    reading,
    size,
    table,
)


@click.command(
    epilog=examples(
        "legger captures https://news.example/1",
        "legger captures --body 4711 > page.html",
        "legger captures --screenshot 4711 > page.png",
        "legger captures --body 4711 --json      # its header lines, both ways",
    )
)
@archive_option
@click.argument("address", metavar="[URL|ID]", required=False)
@click.option("--body", type=int, metavar="CAPTURE", help="Write one capture's body to stdout, as it came.")
@click.option(
    "--screenshot", type=int, metavar="CAPTURE", help="Write the picture of one capture's page to stdout."
)
@json_option
def captures(
    where: str | None, address: str | None, body: int | None, screenshot: int | None, as_json: bool
) -> None:
    """Every answer on record at an address or of an article: when, what, and what filing it came to."""
    if sum(each is not None for each in (address, body, screenshot)) != 1:
        raise UsageError("name an address or article, or one capture with --body or --screenshot")
    with reading(where) as archive:
        if screenshot is not None:
            made, data = archive.screenshots.data(screenshot)
            if as_json:
                print_json(asdict(made) | {"digest": made.digest.hex()})
            else:
                sys.stdout.buffer.write(data)
            return
        if body is not None and as_json:
            kept = archive.captures.get(body).capture
            members = ("site", "url", "via", "at", "status", "http_version", "request_headers", "headers")
            exchange = asdict(kept.exchange) | {
                "wire_digest": (kept.exchange.wire_digest or b"").hex() or None
            }
            print_json({"capture": body, **{name: getattr(kept, name) for name in members}, **exchange})
            return
        if body is not None:
            sys.stdout.buffer.write(archive.articles.body(body))
            return
        assert address is not None
        found = archive.articles.sightings(address)
    if as_json:
        print_rows(found)
        return
    rows = table(
        ("capture", NUMBER), ("at", WHOLE), ("HTTP", NUMBER), ("size", NUMBER), ("came to", WHOLE),
        ("v", NUMBER), ("why", CUT),
    )  # fmt: skip
    for each in found:
        rows.add_row(
            str(each.id),
            day_and_time(each.at),
            str(each.status),
            size(each.size) if each.size else "-",
            each.verdict or "not filed",
            str(each.version or ""),
            plain(each.reason),
        )
    out.print(rows)
