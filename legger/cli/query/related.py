"""``legger elsewhere``: the same story on other sites and addresses, and corrections."""

from __future__ import annotations

from dataclasses import asdict

import click

from archive.queries.related import RelatedArticle
from legger.cli.console import (
    CUT,
    NUMBER,
    SITE,
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
    table,
    take_up,
)
from legger.cli.diffs import show_diff
from legger.cli.query.articles import brief, headline


@click.command(epilog=examples("legger elsewhere https://news.example/1", "legger elsewhere 12 --diff 40"))
@archive_option
@click.argument("article", metavar="URL|ID")
@click.option("--diff", "other", metavar="URL|ID", help="How this other article differs, word by word.")
@json_option
def elsewhere(where: str | None, article: str, other: str | None, as_json: bool) -> None:
    """Where else the same story stands, who had it first, and which corrections name it."""
    take_up(where)
    with reading(where) as archive:
        this = archive.articles.version(article)
        if other is not None:
            that = archive.articles.version(other)
            difference, edited = archive.related.compare(article, other)
            if as_json:
                print_json({**asdict(difference), "edit": edited, "of": brief(this), "beside": brief(that)})
                return
            out.print(headline(that), style="bold")
            out.print(plain(f"{this.site} {this.article_id} -> {that.site} {that.article_id}", "dim"))
            show_diff(difference, edited)
            return
        found = archive.related.of(article)
    if as_json:
        print_rows({**asdict(each), "version": brief(each.version)} for each in found)
        return
    out.print(headline(this), style="bold")
    if not found:
        out.print("Nowhere else in this archive.")
        return
    rows = table(
        ("id", NUMBER),
        SITE,
        ("appeared", WHOLE),
        ("in the other", {"overflow": "fold", "max_width": 14}),
        ("title", CUT),
    )
    for each in found:
        rows.add_row(
            str(each.version.article_id),
            each.version.site,
            day_and_time(each.appeared),
            plain(_says(each)),
            headline(each.version),
        )
    out.print(rows)


def _says(each: RelatedArticle) -> str:
    if each.likeness is None:
        return each.kind
    order = {True: "earlier", False: "later", None: "which was first is not known"}[each.earlier]
    if each.of_this is None or each.of_other is None:
        return order
    return f"{each.of_this:.0%} of this one, {each.of_other:.0%} of that one; {order}"
