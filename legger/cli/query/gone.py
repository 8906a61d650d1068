"""``legger gone``: articles that disappeared from their site."""

from __future__ import annotations

import re
from itertools import islice

import click

from legger.cli.console import (
    CUT,
    NUMBER,
    SITE,
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
    print_rows,
    reading,
    table,
)
from legger.cli.query.articles import STATUS, STATUS_STYLE, brief, headline
from legger.dates import instant


@click.command(
    epilog=examples(
        "legger gone --site hartvanhaaksbergen --since 2026-03-01", "legger gone --limit 0 --json"
    )
)
@archive_option
@click.option("--site", help="Only this site.")
@click.option("--suspect", is_flag=True, help="Also those that were missed, but not yet on enough days.")
@click.option("--since", metavar="TIME", help="First missed at this time or later.")
@limit_option(50, "How many, missed last first")
@json_option
@paged
def gone(
    where: str | None, site: str | None, suspect: bool, since: str | None, limit: int, as_json: bool
) -> None:
    """Articles that disappeared from their site; what was filed of them stays."""
    begin = instant(since)
    with reading(where) as archive:
        known_site(archive, site)
        every = archive.articles.gone(site, suspect=suspect)
        found = list(islice((each for each in every if begin is None or each.since >= begin), limit or None))
    if as_json:
        print_rows(
            {
                **brief(each.version),
                "missed_since": each.since,
                "gone_at": each.confirmed,
                "gone_reason": each.reason,
            }
            for each in found
        )
        return
    if not found:
        out.print("Nothing has disappeared.")
        return
    rows = table(
        ("id", NUMBER), SITE, ("missed since", WHOLE), ("instead", {"max_width": 12}), ("title", CUT), STATUS
    )
    for each in found:
        rows.add_row(
            str(each.version.article_id),
            each.version.site,
            day_and_time(each.since),
            plain(_INSTEAD.sub("", each.reason)),
            headline(each.version),
            plain(each.version.status, STATUS_STYLE[each.version.status]),
        )
    out.print(rows)


_INSTEAD = re.compile(r": .*|redirects to (?:the )?")
"""What need not be said in a table: ``soft404``, ``front page``."""
