"""``legger site teach``: [[rules]] of a site, found by pointing at blocks of its pages."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import click

from archive.errors import UsageError
from archive.model.types import TEXT_KINDS
from crawler.onboarding.teach import Lesson, blocks, learn
from crawler.siteconfig.files import load_site, operators_folder
from crawler.siteconfig.site import Rules
from crawler.siteconfig.writing import write_site
from legger.cli.console import (
    CUT,
    NUMBER,
    WHOLE,
    archive_option,
    err,
    examples,
    known_site,
    many,
    out,
    plain,
    reading,
    table,
)
from legger.cli.crawling.page_options import page_options, show_page
from legger.cli.crawling.samples_page import of_teach

SAMPLES = 8
"""Pages that a selector is tried on."""


@click.command(
    epilog=examples(
        "legger site teach roskam",
        "legger site teach roskam --open",
        "legger site teach roskam '12 is the date, 15 the byline, drop 20'",
        "legger site teach roskam 12=date 15=author --write",
    )
)
@archive_option
@click.argument("name")
@click.argument("words", nargs=-1)
@click.option(
    "--page", "sample", type=click.IntRange(1), default=1, show_default=True, help="Point at this sample."
)
@click.option("--write", is_flag=True, help="Write the rules into the site's file.")
@page_options
def teach(
    where: str | None,
    name: str,
    words: tuple[str, ...],
    sample: int,
    write: bool,
    page: str | None,
    opened: bool,
) -> None:
    """Find a site's rules by pointing: shows a kept article as numbered blocks, and takes what they are.

    Without WORDS the blocks are shown, with --open all samples in your browser; say then what they are
    ("12 is the date, 15 the byline, drop 20"), as arguments or on standard input (WORDS is -). Each selector
    says on how many other pages it holds. A paragraph that is the text stands for the element that holds the
    whole text; its first and last block say more exactly where that is (17-31 is the text). With
    --write they stand in the site's file; what that changes: legger reread NAME --dry-run.
    """
    site = load_site(name)
    with reading(where) as archive:
        known_site(archive, name)
        kept = list(islice(archive.articles.all(name), SAMPLES))
        pages = [archive.captures.get(each.capture_id).capture for each in kept]
    if len(pages) < sample:
        raise UsageError(
            f"{many(len(pages), 'article')} of {name} in the archive: "
            f"crawl a few first (legger crawl {name} --pages 15)"
        )
    if page is not None or opened:
        show_page(
            of_teach(name, zip(pages, (each.article for each in kept), strict=True)),
            page,
            name=name,
            opened=opened,
        )
    texts = [[block.text for block in each.article.blocks if block.kind in TEXT_KINDS] for each in kept]
    pages.insert(0, pages.pop(sample - 1))
    texts.insert(0, texts.pop(sample - 1))
    said = sys.stdin.read() if words == ("-",) else _sentence(words)
    if not said.strip():
        if page is not None or opened:
            return
        rows = table(("nr", NUMBER), ("element", WHOLE), ("words", CUT))
        for each in blocks(pages[0].body):
            rows.add_row(str(each.number), each.tag.name, plain(each.words[:300]))
        out.print(plain(pages[0].url, "dim"), soft_wrap=True)
        out.print(rows)
        return
    lessons = learn([each.body for each in pages], said, texts)
    rows = table(("nr", NUMBER), ("rule", WHOLE), ("selector", CUT), ("holds on", WHOLE))
    for lesson in lessons:
        held = f"{lesson.holds} of {lesson.of} others"
        rows.add_row(str(lesson.block), lesson.key, plain(lesson.selector), held)
    out.print(rows)
    for lesson in lessons:
        for says in lesson.says:
            out.print(plain(f"{lesson.key}: {says}"))
    if write:
        file = operators_folder() / f"{name}.toml"
        if Path(site.source).resolve() != file.resolve():
            raise UsageError(f"{name} is not yours to change yet: legger site use {name}")
        write_site(replace(site, rules=(_with(site.rules, lessons), *site.rules[1:])), file)
        out.print(plain(f"Written: {file}"))
        out.print(plain(f"Next:    legger reread {name} --dry-run"))
    else:
        err.print("Nothing was written; to do so, say --write as well.")


def _sentence(words: tuple[str, ...]) -> str:
    """What was said: arguments that each say something, or the words of a sentence without quotes."""
    each_says = all(any(map(str.isdigit, word)) and any(map(str.isalpha, word)) for word in words)
    return (", " if each_says else " ").join(words)


def _with(rules: tuple[Rules, ...], lessons: list[Lesson]) -> Rules:
    """The first rules with what was learned put before what they had."""
    known = rules[0] if rules else Rules()
    for each in lessons:
        before = tuple(one for one in getattr(known, each.key) if one != each.selector)
        changed: dict[str, Any] = {each.key: (each.selector, *before)}
        known = replace(known, **changed)
    return known
