"""``legger extract``: reading without an archive, one page or a batch."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import click
import orjson
from rich.padding import Padding

from archive import files
from archive.errors import NotFound, UsageError
from archive.model.types import BlockKind, Capture, SiteMemory
from crawler.clock import now
from crawler.extract import extract as read
from crawler.extract.normalize import normalize
from crawler.siteconfig.site import Site
from legger.cli.console import examples, json_option, out, plain, print_json
from legger.cli.crawling.web_access import line_out
from legger.config import load


@click.command(
    epilog=examples(
        "legger extract page.html --url https://news.example/1",
        "legger extract https://news.example/1 --explain",
        "legger extract page.html --explain --html explained.html",
        "legger extract --batch MANIFEST.jsonl --memory site > out.jsonl",
    )
)
@click.argument("page", metavar="FILE|URL", required=False)
@click.option("--url", help="The address the file was saved from.")
@click.option(
    "--batch", "manifest", type=click.Path(exists=True, dir_okay=False), help="A manifest of pages."
)
@click.option(
    "--memory",
    type=click.Choice(["none", "site"]),
    default="none",
    show_default=True,
    help="With --batch: read each page alone, or learn first what repeats on a row's site.",
)
@click.option(
    "--workers", type=click.IntRange(1), default=1, show_default=True, help="With --batch: processes."
)
@click.option("--allow-private", is_flag=True, help="The URL may be on loopback or at a private address.")
@click.option("--explain", is_flag=True, help="Show every block of the page with keep or strip, and why.")
@click.option(
    "--html",
    "look",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --explain: write it as a page to look at.",
)
@json_option
def extract(
    page: str | None,
    url: str | None,
    manifest: str | None,
    memory: Literal["none", "site"],
    workers: int,
    allow_private: bool,
    explain: bool,
    look: Path | None,
    as_json: bool,
) -> None:
    """Read one page and show it; or a batch: rows {id, html_path, url, site, encoding} in, articles out."""
    if (page is None) == (manifest is None):
        raise click.UsageError("give a FILE or URL, or --batch MANIFEST")
    if look is not None and (not explain or as_json or manifest):
        raise click.UsageError("--html FILE goes with --explain, without --json, for one page")
    if (
        look is not None
        and page is not None
        and Path(page).exists()
        and look.resolve() == Path(page).resolve()
    ):
        raise click.UsageError(f"{look} is the page itself: give --html another name")
    if manifest:
        batch(Path(manifest), memory, workers)
    else:
        assert page
        away = page.startswith(("http://", "https://"))
        capture = fetched(page, allow_private=allow_private) if away else page_capture(page, url)
        if look is not None:
            from legger.cli.extraction.explain import write

            write(capture, Site(name="page", url=capture.url), look)
            return
        one(capture, explain=explain, as_json=as_json)


def rows_of(manifest: Path) -> Iterator[dict[str, Any]]:
    """The manifest's rows, with ``html_path`` made absolute."""
    with manifest.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line)
                row["html_path"] = str(manifest.parent / row["html_path"])
                row["id"]
            except (orjson.JSONDecodeError, KeyError, TypeError) as error:
                raise UsageError(
                    f"{manifest}, line {number}: expected a JSON object with id and html_path ({error})"
                ) from error
            yield row


def batch(manifest: Path, memory: Literal["none", "site"], workers: int) -> None:
    """Read every page of a manifest; one row out for one row in, in the same order."""
    from crawler.extract.batch import read_batch

    for row in read_batch(rows_of(manifest), memory=memory, workers=workers):
        sys.stdout.buffer.write(orjson.dumps(row) + b"\n")


def page_capture(page: str, url: str | None) -> Capture:
    """The page as a capture, read from disk."""
    body = files.read(Path(page))
    return Capture(site="", url=url or Path(page).resolve().as_uri(), at=now(), status=200, body=body)


def fetched(url: str, *, allow_private: bool) -> Capture:
    """The page as a capture, asked for now; raises :class:`NotFound` when it does not answer with 200."""

    async def ask() -> Capture:
        async with line_out(load(), site="page", allow_private=allow_private, ask=True) as fetcher:
            return await fetcher.get(url)

    capture = asyncio.run(ask())
    if capture.status != 200:
        raise NotFound(f"{capture.url} answers {capture.status}")
    return capture


def one(capture: Capture, *, explain: bool, as_json: bool) -> None:
    """Show what is read from one page."""
    site = Site(name="page", url=capture.url)
    if explain:
        from legger.cli.extraction.explain import show

        show(capture, site, SiteMemory(site=site.name), as_json=as_json)
        return
    article = normalize(read(capture, site, SiteMemory(site=site.name)), site)
    if as_json:
        print_json({"text": article.text, **_plain(article)})
        return
    facts = [
        ("kind", f"{article.kind}" + (f" ({article.reason})" if article.reason else "")),
        ("by", ", ".join(article.authors)),
        ("published", article.published.text if article.published else ""),
        ("modified", article.modified.text if article.modified else ""),
        ("place", article.dateline or ""),
        ("section", article.section or ""),
        ("language", article.language or ""),
        ("words", str(article.word_count)),
    ]
    out.print(plain(article.title or "(no title)", "bold"))
    for name, value in facts:
        if value:
            witness = article.sources.get({"by": "authors", "place": "dateline"}.get(name, name), "")
            out.print(plain(f"{name:>10}  {value}"), plain(f"[{witness}]" if witness else "", "dim"))
    styles = {
        BlockKind.SUBHEAD: "bold",
        BlockKind.LEAD: "bold",
        BlockKind.CAPTION: "dim",
        BlockKind.BOX: "dim",
    }
    signs = {
        BlockKind.ITEM: "- ",
        BlockKind.QUOTE: "> ",
        BlockKind.CAPTION: "[caption] ",
        BlockKind.BOX: "[box] ",
    }
    for block in article.blocks:
        line = plain(signs.get(block.kind, "") + block.text, styles.get(block.kind, ""))
        out.print(Padding(line, (1, 0, 0, 0)), width=min(out.width, 88))


def _plain(article: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(article)
