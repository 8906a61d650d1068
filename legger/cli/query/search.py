"""``legger search``: words in the archive, as a table, as JSON, or counted."""

from __future__ import annotations

import click
from rich.text import Text

from archive import Archive, SearchHit, SearchPage
from archive.annotations import Annotations
from archive.search.query import Scope
from archive.search.search import BY, RANKED, By, Snippet, Sort
from legger.cli.console import (
    NUMBER,
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
    table,
    take_up,
)
from legger.cli.query.articles import brief
from legger.config import load


@click.command(
    epilog=examples(
        "legger search 'brand school site:hartvanhaaksbergen'",
        "legger search 'in:removed \"jan de vries\" seen:2026-06-01..'",
        "legger search zwembad --by month",
        "legger search @bruggen",
        "legger search 'burgemeester in:all' --json --limit 0 > hits.jsonl",
    ),
)
@archive_option
@click.argument("query", nargs=-1, required=True)
@click.option("--site", help="Only this site.")
@click.option(
    "--best", is_flag=True, help=f"Best match first, among the newest {RANKED:,}; default: newest first."
)
@limit_option(20, "How many")
@click.option("--count", "only_count", is_flag=True, help="Only how many there are.")
@click.option("--by", type=click.Choice(BY), help="How many there are of each day, month, site, ...")
@json_option
@paged
def search(
    where: str | None,
    query: tuple[str, ...],
    site: str | None,
    best: bool,
    limit: int,
    only_count: bool,
    by: By | None,
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
    words = " ".join(query)
    if words.startswith("@"):
        words = Annotations.of(load(where).archive).query(words[1:])
    take_up(where)
    with reading(where) as archive:
        known_site(archive, site)
        if only_count or by:
            _counted(archive.search.count(words, by=by, site=site), by, as_json)
            return
        sort: Sort = "relevance" if best else "newest"
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


def _counted(counts: dict[str, int], by: By | None, as_json: bool) -> None:
    if as_json:
        print_json(counts if by else counts[""])
        return
    if by is None:
        out.print(str(counts[""]))
        return
    widest = max(counts.values(), default=0)
    rows = table(by, ("matches", NUMBER), "")
    for value, number in counts.items():
        rows.add_row(
            plain(value or "not stated"), f"{number:,}", Text("▇" * round(30 * number / widest), style="cyan")
        )
    out.print(rows if counts else "Nothing found.")


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
        err.print(plain(f"the best of the newest {page.among:,} matches; there are more", "dim"))
    width = min(out.width, 80)
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
