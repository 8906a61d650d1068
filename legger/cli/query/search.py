"""``legger search``: words in the archive, as a table, as JSON, or counted."""

from __future__ import annotations

from collections.abc import Iterator

import click
from rich.cells import cell_len
from rich.text import Text

from archive import Archive, SearchHit, SearchPage
from archive.errors import UsageError
from archive.search.counting import BY, TIMES, By, CountTable, Time
from archive.search.hits import Snippet
from archive.search.language.query import Scope
from archive.search.order import SORTS, Sort
from archive.search.search import RANKED
from legger.cli.completion import saved_queries, sites
from legger.cli.console import (
    NUMBER,
    WHOLE,
    archive_option,
    day_and_time,
    err,
    examples,
    json_option,
    known_site,
    limit_option,
    out,
    paged,
    plain,
    print_json,
    print_rows,
    reading,
    reading_width,
    table,
    take_up,
)
from legger.cli.query.articles import brief

_MINUS = "\0"
"""Stands before a word of the query that begins with a minus: no argument of a program can hold it."""


class QueryCommand(click.Command):
    """A command whose words may begin with a minus: ``-school`` is no option, for there is none with one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Options, and the words of the query."""
        options = {name: each for each in self.get_params(ctx) for name in (*each.opts, *each.secondary_opts)}
        marked, value = [], False
        for each in args:
            word = each.startswith("-") and each.strip("-") and not each.startswith("--")
            marked.append(f"{_MINUS}{each}" if word and not value and each not in options else each)
            option = options.get(each)
            value = isinstance(option, click.Option) and not option.is_flag and not option.count
        return super().parse_args(ctx, marked)


class QueryWord(click.ParamType[str]):
    """A word of a query, as it was typed."""

    name = "query"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word."""
        return value.removeprefix(_MINUS)


@click.command(
    cls=QueryCommand,
    epilog=examples(
        "legger search 'brand school site:hartvanhaaksbergen'",
        "legger search 'in:removed \"jan de vries\" seen:2026-06-01..'",
        "legger search zwembad --by month",
        "legger search zwembad --by site --by year --time seen",
        "legger search zwembad --sort edited",
        "legger search @bruggen",
        "legger search 'burgemeester in:all' --json --limit 0 > hits.jsonl",
        "legger search '-school brand'",
    ),
)
@archive_option
@click.argument(
    "query", type=QueryWord(), nargs=-1, required=True, metavar="QUERY", shell_complete=saved_queries
)
@click.option("--site", help="Only this site.", shell_complete=sites)
@click.option(
    "--sort",
    type=click.Choice(SORTS),
    help="By publication (the default; undated last), when first seen, last edit or relevance.",
)
@click.option("--best", is_flag=True, help=f"The same as --sort relevance: among the latest {RANKED:,}.")
@limit_option(20, "How many")
@click.option("--count", "only_count", is_flag=True, help="Only how many there are.")
@click.option(
    "--by",
    type=click.Choice(BY),
    multiple=True,
    help="How many there are of each day, month, site, ...; twice: of each pair.",
)
@click.option(
    "--time",
    type=click.Choice(TIMES),
    help="Which time --by counts by; default: published, with in:removed removed.",
)
@json_option
@paged
def search(
    where: str | None,
    query: tuple[str, ...],
    site: str | None,
    sort: Sort | None,
    best: bool,
    limit: int,
    only_count: bool,
    by: tuple[By, ...],
    time: Time | None,
    as_json: bool,
) -> None:
    """Find words, in what stands there now, stood there before, or was taken out.

    \b
    brand school           both words              "jan de vries"    a phrase
    brand OR vuur          either                  -school           not this word
    brandw*                a word's beginning      huis~             its other forms
    NEAR(brand school, 5)  close together          title:brand       in one field
    site:NAME  place:Hengelo  kind:liveblog  status:gone  is:silent  lang:nl
    published:2026-03      seen:2026-06-01..       in:all  in:removed

    The whole language is described in docs/search.md.
    """
    if len(by) > 2:
        raise UsageError("--by stands twice at most")
    if time and not by:
        raise UsageError("--time says what --by counts by; add --by month, or another period")
    if best and sort not in (None, "relevance"):
        raise UsageError("choose --best or --sort")
    sort = "relevance" if best else sort
    words = " ".join(query)
    if words.startswith("@"):
        with reading(where) as archive:
            words = archive.annotations.query(words[1:])
    take_up(where)
    with reading(where) as archive:
        known_site(archive, site)
        if len(by) == 2:
            _crossed(archive.search.table(words, by=(by[0], by[1]), time=time, site=site), by, as_json)
            return
        if only_count or by:
            one = by[0] if by else None
            _counted(archive.search.count(words, by=one, time=time, site=site), one, as_json)
            return
        page = archive.search.search(words, site=site, sort=sort, limit=min(limit or 500, 500))
        if as_json:
            left = limit
            while True:
                hits = page.hits[: left or None] if limit else page.hits
                print_rows(_row(hit) for hit in hits)
                left -= len(hits)
                if page.after is None or (limit and left <= 0):
                    return
                page = archive.search.search(words, site=site, sort=sort, limit=500, after=page.after)
        total = archive.search.facets(words, site=site) if page.after else None
        _shown(archive, page, limit)
        while page.after and (limit == 0 or limit > 500):
            page = archive.search.search(words, site=site, sort=sort, limit=500, after=page.after)
            _shown(archive, page, limit)
        if total is not None and limit:
            number = f"more than {total.total:,}" if total.more else f"{total.total:,}"
            err.print(plain(f"{len(page.hits)} of {number}; --limit for more, --by to count them", "dim"))


def _row(hit: SearchHit) -> dict[str, object]:
    return {**brief(hit.version), "snippet": hit.snippet, "removed": hit.gone}


def _named(value: str) -> str:
    return value or "not stated"


def _counted(counts: dict[str, int], by: By | None, as_json: bool) -> None:
    if as_json:
        print_json({_named(value): number for value, number in counts.items()} if by else counts[""])
        return
    if by is None:
        out.print(str(counts[""]))
        return
    if not any(counts.values()):
        out.print("Nothing found.")
        return
    widest = max(counts.values())
    rows = table((by, WHOLE), ("matches", NUMBER), "")
    for value, number in counts.items():
        rows.add_row(
            plain(_named(value)), f"{number:,}", Text("▇" * round(30 * number / widest), style="cyan")
        )
    out.print(rows)


def _crossed(counted: CountTable, by: tuple[By, ...], as_json: bool) -> None:
    """A row for each of the one, a column for each of the other; what does not fit goes to the next lines."""
    if as_json:
        print_json(
            {
                _named(row): {
                    _named(column): counted.counts.get((row, column), 0) for column in counted.columns
                }
                for row in counted.rows
            }
        )
        return
    if not any(counted.counts.values()):
        out.print("Nothing found.")
        return
    for number, some in enumerate(_side_by_side(counted, by)):
        if number:
            out.print()
        rows = table((by[0], WHOLE), *((_named(each), NUMBER) for each in some))
        for row in counted.rows:
            rows.add_row(
                plain(_named(row)), *(f"{counted.counts.get((row, column), 0):,}" for column in some)
            )
        out.print(rows)


def _side_by_side(counted: CountTable, by: tuple[By, ...]) -> Iterator[tuple[str, ...]]:
    """The columns of a table, as many at a time as a terminal is wide."""
    if not out.is_terminal:
        yield tuple(counted.columns)
        return
    label = max(cell_len(each) for each in (by[0], *map(_named, counted.rows)))
    some: list[str] = []
    left = out.width - label
    for column in counted.columns:
        most = max(counted.counts.get((row, column), 0) for row in counted.rows)
        wide = 2 + max(cell_len(_named(column)), len(f"{most:,}"))
        if some and wide > left:
            yield tuple(some)
            some, left = [], out.width - label
        some.append(column)
        left -= wide
    yield tuple(some)


def _shown(archive: Archive, page: SearchPage, limit: int) -> None:
    if not page.hits:
        out.print("Nothing found.")
        for term in page.query.terms():
            if not term.prefix and (near := archive.search.similar_words(term.words)):
                out.print(plain(f"Nearly the same as {term.words}: {', '.join(near)}", "dim"))
        return
    for word, forms in page.forms.items():
        err.print(plain(f"{word}~ was read as {', '.join(forms)}", "dim"))
    if page.among:
        err.print(plain(f"the first of the latest {page.among:,} matches; there are more", "dim"))
    width = reading_width()
    for hit in page.hits:
        version = hit.version
        out.print(_marked(hit.title, "bold"), soft_wrap=False, width=width)
        told = [str(version.article_id), version.site, f"v{version.number}", _when(hit)]
        if page.query.scope is not Scope.REMOVED and version.status.value != "live":
            told.append(version.status.value)
        out.print(plain(" · ".join(told), "dim"), width=width)
        for line in _marked(hit.words, "").wrap(out, width - 2):
            line.rstrip()
            out.print(Text("  ") + line, no_wrap=True, soft_wrap=True)
        out.print()


def _when(hit: SearchHit) -> str:
    if hit.gone is not None:
        return f"missing since {day_and_time(hit.gone)}"
    published = hit.version.article.published
    return f"published {published.text[:10]}" if published else f"seen {day_and_time(hit.version.first_seen)}"


def _marked(snippet: Snippet, style: str) -> Text:
    text = Text(style=style)
    for words, found in snippet:
        text.append(plain(words, "bold yellow" if found else ""))
    return text
