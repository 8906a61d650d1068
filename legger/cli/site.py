"""``legger site``: add, list and show the sites that are crawled."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from textwrap import shorten
from typing import Any

import click

from archive.errors import UsageError
from archive.types import Role
from crawler.fetch import Fetcher
from crawler.site import load_site, load_sites, operators_folder, parse_site, site_toml, write_site
from crawler.survey import Survey, survey
from legger.cli.line import line_out
from legger.cli.screen import (
    CUT,
    NUMBER,
    WHOLE,
    err,
    examples,
    json_option,
    out,
    plain,
    print_json,
    progress,
    table,
)
from legger.config import load


@click.group()
def site() -> None:
    """Describe news sites: one small TOML file each, in ./sites or LEGGER_SITES."""


@site.command(
    epilog=examples(
        "legger site add https://www.haaksbergen-nieuws.nl/",
        "legger site add http://127.0.0.1:8700/ --allow-private --yes --name proef",
    )
)
@click.argument("url")
@click.option("--name", help="The site's short name; the file is called after it.")
@click.option("--yes", is_flag=True, help="Ask nothing; write the file.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--allow-private", is_flag=True, help="The site is on loopback or at a private address.")
@json_option
def add(url: str, name: str | None, yes: bool, force: bool, allow_private: bool, as_json: bool) -> int:
    """Look at a site and write its file: feeds, sitemaps, listings, a few articles, and what is unsure."""
    if "://" not in url:
        url = f"https://{url}"
    if name:
        parse_site({"url": url}, name=name, source="--name")  # fit to be a file's name?
    fetcher = line_out(load(), site=name or "survey", allow_private=allow_private, ask=not yes)
    with progress("looking") as update:
        looking = _look(
            url, fetcher, lambda step: update(says=step[-60:]), name=name, allow_private=allow_private
        )
        found = asyncio.run(looking)
    file = operators_folder() / f"{found.site.name}.toml"
    if file.exists() and not force:
        raise UsageError(f"{file} is there already: choose another --name, or say --force to write over it")
    if as_json:
        print_json(
            {"file": str(file), "site": asdict(found.site), "sources": found.sources, "doubts": found.doubts}
        )
    else:
        tell(found)
    if not yes and sys.stdin.isatty() and not click.confirm(f"Write {file}?", default=True, err=True):
        err.print("Nothing was written.")
        return 1
    write_site(found.site, file)
    if not as_json:
        out.print(plain(f"Written: {file}"))
        out.print(plain(f"Next:    legger crawl {found.site.name} --backfill"))
    return 0


async def _look(url: str, fetcher: Fetcher, say: Callable[[str], None], **options: Any) -> Survey:
    async with fetcher:
        return await survey(url, fetcher, say=say, **options)


def tell(found: Survey) -> None:
    """What was seen, on one screen."""
    site = found.site
    out.print(plain(site.title or site.name, "bold"))
    out.print(plain(f"{site.url}  {site.language or 'language not stated'}, {site.timezone}", "dim"))
    out.print()
    rows = table(("source", CUT), ("kind", WHOLE), ("entries", NUMBER), ("told by", WHOLE))
    for source in found.sources:
        where = source.url.removeprefix(site.url.rstrip("/"))
        rows.add_row(plain(where), source.role.value, f"{source.entries:,}", source.how)
    rows.add_row("/", Role.LISTING.value, "", "always asked")
    out.print(rows)
    if found.samples:
        out.print()
        rows = table(("published", WHOLE), ("words", NUMBER), ("kind", WHOLE), ("title", CUT))
        for sample in found.samples:
            article = sample.article
            rows.add_row(
                article.published.text[:16].replace("T", " ") if article.published else "-",
                f"{article.word_count:,}",
                article.kind.value,
                plain(article.title),
            )
        out.print(rows)
    example = next((each.article for each in found.samples if each.article.is_article), None)
    if example:
        lines = example.text.split("\n")
        out.print(plain(f"\nThe first of them opens:  {shorten(lines[0], 140, placeholder=' …')}"))
        if len(lines) > 1:
            out.print(plain(f"and ends:  {shorten(lines[-1], 140, placeholder=' …')}"))
    if found.doubts:
        out.print("\nUnsure:")
        for doubt in found.doubts:
            out.print(plain(f"- {doubt}", "yellow"))
    out.print()


@site.command(name="list", epilog=examples("legger site list", "legger site list --json"))
@json_option
def list_sites(as_json: bool) -> None:
    """The sites there are: the operator's own, and those that come with Legger."""
    own = set(load_sites(shipped=False))
    sites = load_sites()
    if as_json:
        print_json([{**asdict(each), "own": name in own} for name, each in sites.items()])
        return
    rows = table(("name", WHOLE), ("site", CUT), ("feeds", NUMBER), ("sitemaps", NUMBER), ("from", WHOLE))
    for name, each in sites.items():
        rows.add_row(
            name,
            plain(each.url),
            str(len(each.feeds)),
            str(len(each.sitemaps)),
            str(operators_folder()) if name in own else "shipped",
        )
    if not sites:
        err.print("There are no sites yet: legger site add https://your.local.news/")
    out.print(rows)


@site.command(epilog=examples("legger site show haaksbergen-nieuws"))
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """A site's file, as it stands."""
    described = load_site(name)
    if as_json:
        print_json(asdict(described))
        return
    file = Path(described.source)
    out.print(plain(f"# {file}", "dim"))
    out.print(plain(file.read_text(encoding="utf-8") if file.exists() else site_toml(described)), end="")
