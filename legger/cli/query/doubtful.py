"""``legger doubtful``: the readings that an operator should look at."""

from __future__ import annotations

import click

from legger.cli.console import (
    CUT,
    NUMBER,
    SITE,
    archive_option,
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
from legger.cli.query.articles import brief, headline


@click.command(epilog=examples("legger doubtful", "legger doubtful hartvanhaaksbergen --json"))
@archive_option
@click.argument("site", required=False)
@limit_option(20, "How many readings")
@json_option
@paged
def doubtful(where: str | None, site: str | None, limit: int, as_json: bool) -> None:
    """Articles whose text was perhaps not read well, the most doubtful first.

    How probable that is, a small model says when a page is read; the usual length of the site's texts counts
    too. 'legger extract ADDRESS --explain' shows why a page is read as it is.
    """
    with reading(where) as archive:
        known_site(archive, site)
        found = archive.doubtful.list(site, limit=limit or None)
    if as_json:
        listed = [
            {**brief(each.version), "doubt": round(each.doubt, 3), "reasons": each.reasons}
            for each in found.most
        ]
        print_json({"doubtful": found.doubtful, "of": found.of, "readings": listed})
        return
    if not found.most:
        out.print(f"None of {found.of:,} readings is doubtful.")
        return
    rows = table(
        ("id", NUMBER),
        SITE,
        ("doubt", NUMBER),
        ("title", CUT),
        ("why", {"overflow": "fold", "max_width": 30}),
    )
    for each in found.most:
        rows.add_row(
            str(each.version.article_id),
            each.version.site,
            f"{each.doubt:.2f}",
            headline(each.version),
            plain("; ".join(each.reasons) or "short, or of unusual length"),
        )
    out.print(rows)
    out.print(f"{found.doubtful:,} of {found.of:,} readings are doubtful.")
