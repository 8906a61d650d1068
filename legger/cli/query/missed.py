"""``legger missed``: what was found and is not in the archive."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from archive.model.addresses import Miss
from legger.beliefs import believed, in_words
from legger.cli.console import (
    CUT,
    NUMBER,
    WHOLE,
    archive_option,
    day_and_time,
    examples,
    json_option,
    known_site,
    limit_option,
    out,
    paged,
    plain,
    print_json,
    reading,
    table,
)


@click.command(
    epilog=examples(
        "legger missed hartvanhaaksbergen",
        "legger missed hartvanhaaksbergen --kind timeout --limit 0",
        "legger missed hartvanhaaksbergen --sources",
    )
)
@archive_option
@click.argument("name")
@click.option("--kind", type=click.Choice([each.value for each in Miss]), help="Only what was missed so.")
@click.option(
    "--sources", is_flag=True, help="What each feed, sitemap and listing named, against what is here."
)
@limit_option(20, "How many addresses")
@json_option
@paged
def missed(where: str | None, name: str, kind: str | None, sources: bool, limit: int, as_json: bool) -> None:
    """Every address that was found and not captured: why, and when it will be tried again.

    Articles that have gone are not missed: they are in 'legger gone'. Of a site's traps (calendars, faceted
    search, log-ins) some examples of each kind are listed. With --sources also how far a source is believed
    that says of pages that they were changed, or that they were not.
    """
    with reading(where) as archive:
        known_site(archive, name)
        counts = archive.coverage.missed_counts(name)
        coverage = archive.coverage.of_site(name)
        wanted = Miss(kind) if kind else None
        found = list(archive.coverage.missed(name, kind=wanted, limit=limit or None))
        told, unchanged = believed(archive, name, now=datetime.now(UTC)) if sources or as_json else ([], [])
    if as_json:
        reasons = [
            {"kind": each, "reason": reason, "number": number} for (each, reason), number in counts.items()
        ]
        beliefs = {"believed": told, "believed_unchanged": unchanged}
        print_json({"reasons": reasons, "sources": coverage, **beliefs, "addresses": found})
        return
    if sources:
        rows = table(
            ("source", CUT), *((each, NUMBER) for each in ("named", "captured", "articles", "missed"))
        )
        for source in coverage:
            rows.add_row(
                plain(source.source),
                *(f"{each:,}" for each in (source.found, source.captured, source.articles, source.missed)),
            )
        out.print(rows)
        for says in (*map(in_words, told), *map(in_words, unchanged)):
            out.print(plain(says))
        return
    if not counts:
        out.print("Nothing was missed.")
        return
    rows = table(("kind", WHOLE), ("reason", CUT), ("addresses", NUMBER))
    for (each, reason), number in counts.items():
        if wanted in (None, each):
            rows.add_row(each.value, plain(reason or "its turn has not come"), f"{number:,}")
    out.print(rows)
    rows = table(("address", {"overflow": "fold"}), ("kind", WHOLE), ("tries", NUMBER), ("next try", WHOLE))
    for address in found:
        again = day_and_time(address.next_visit) if address.next_visit else "never"
        rows.add_row(plain(address.url), address.kind.value, str(address.tries), again)
    out.print(rows)
    total = sum(number for (each, _), number in counts.items() if wanted in (None, each))
    if total > len(found):
        out.print(f"{len(found):,} of {total:,}; --limit 0 lists them all.")
