"""``legger missed``: what was found and is not in the archive."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from archive.errors import UsageError
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
from legger.dates import instant


@click.command(
    epilog=examples(
        "legger missed --since 2026-02-01",
        "legger missed hartvanhaaksbergen",
        "legger missed hartvanhaaksbergen --kind timeout --limit 0",
        "legger missed hartvanhaaksbergen --sources",
    )
)
@archive_option
@click.argument("name", required=False)
@click.option("--kind", type=click.Choice([each.value for each in Miss]), help="Only what was missed so.")
@click.option(
    "--sources", is_flag=True, help="What each feed, sitemap and listing named, against what is here."
)
@click.option("--since", metavar="TIME", help="Only what was found, or asked for, from this day or time on.")
@limit_option(20, "How many addresses")
@json_option
@paged
def missed(
    where: str | None,
    name: str | None,
    kind: str | None,
    sources: bool,
    since: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Every address that was found and not captured: why, and when it will be tried again.

    Without NAME: of all sites, how many and why. What came after all is missed no more; visits that failed
    in the meantime are in 'legger runs', and what was wrong in 'legger alarms list --all'.

    Articles that have gone are not missed: they are in 'legger gone'. Of a site's traps (calendars, faceted
    search, log-ins) some examples of each kind are listed. With --sources also how far a source is believed
    that says of pages that they were changed, or that they were not.
    """
    wanted, begin = Miss(kind) if kind else None, instant(since)
    if name is None:
        if sources:
            raise UsageError("--sources is of one site: legger missed NAME --sources")
        with reading(where) as archive:
            _show_all(archive.coverage.missed_everywhere(kind=wanted, since=begin), wanted, as_json)
        return
    with reading(where) as archive:
        known_site(archive, name)
        counts = archive.coverage.missed_counts(name, since=begin)
        coverage = archive.coverage.of_site(name)
        found = list(archive.coverage.missed(name, kind=wanted, since=begin, limit=limit or None))
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
    counts = {key: number for key, number in counts.items() if wanted in (None, key[0])}
    if not counts:
        out.print(NOTHING if wanted is None else f"Nothing was missed so: {wanted.value}.")
        return
    rows = table(("kind", WHOLE), ("reason", CUT), ("addresses", NUMBER))
    for (each, reason), number in counts.items():
        rows.add_row(each.value, plain(reason or "its turn has not come"), f"{number:,}")
    out.print(rows)
    out.print()
    rows = table(("address", {"overflow": "fold"}), ("kind", WHOLE), ("tries", NUMBER), ("next try", WHOLE))
    for address in found:
        again = day_and_time(address.next_visit) if address.next_visit else "never"
        rows.add_row(plain(address.url), address.kind.value, str(address.tries), again)
    out.print(rows)
    total = sum(counts.values())
    if total > len(found):
        out.print(f"{len(found):,} of {total:,}; --limit 0 lists them all.")


NOTHING = "Nothing was missed."


def _show_all(found: dict[str, dict[tuple[Miss, str], int]], wanted: Miss | None, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {"site": site, "kind": kind, "reason": reason, "number": number}
                for site, counts in found.items()
                for (kind, reason), number in counts.items()
            ]
        )
        return
    if not found:
        out.print(NOTHING if wanted is None else f"Nothing was missed so: {wanted.value}.")
        return
    rows = table(("site", WHOLE), ("kind", WHOLE), ("mostly", CUT), ("addresses", NUMBER))
    for site, counts in found.items():
        of_kind: dict[Miss, list[tuple[str, int]]] = {}
        for (each, reason), number in counts.items():
            of_kind.setdefault(each, []).append((reason, number))
        for each, reasons in of_kind.items():
            total = sum(number for _, number in reasons)
            rows.add_row(
                plain(site), each.value, plain(reasons[0][0] or "its turn has not come"), f"{total:,}"
            )
    out.print(rows)
    out.print("The addresses, and when they are tried again: legger missed NAME")
