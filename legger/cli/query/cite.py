"""``legger cite``: a version as scholars write it down, under an id that stays valid."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from archive.errors import UsageError
from archive.model.citation import STYLES
from legger.cli.console import archive_option, examples, json_option, out, plain, print_json, reading
from legger.config import load

FORMATS = ("text", "bibtex", "csl", "ris", *STYLES)


@click.command(
    epilog=examples(
        "legger cite https://news.example/1",
        "legger cite 12 --version 2 --format bibtex >> sources.bib",
        "legger cite legger:12.2-0123456789ab      # is it in this archive, and does the hash agree?",
    )
)
@archive_option
@click.argument("article", metavar="URL|ID|CITATION")
@click.option("--version", "number", type=int, help="This version; default: the latest.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="As text, for a reference manager, or in a style."
)
@json_option
def cite(where: str | None, article: str, number: int | None, form: str | None, as_json: bool) -> None:
    """How to cite a version: a permanent id, and the time and SHA-256 of what was captured.

    The id stays valid whatever is read better later: it means the version as it was first read.
    """
    if form and as_json:
        raise UsageError("--json gives every field; choose it or --format")
    with reading(where) as archive:
        if article.startswith("legger:"):
            if number is not None:
                raise UsageError("the id of a citation says which version it means: leave --version out")
            meant = archive.articles.cited(article)
            article, number = str(meant.article_id), meant.number
        room = load(where).reading_room
        found = archive.articles.cite(article, number).kept_at(room.address, room.name, room.naan)
    if as_json:
        print_json({"citation": found.id, **asdict(found)})
    elif form == "bibtex":
        sys.stdout.write(found.bibtex())
    elif form == "csl":
        print_json([found.csl()])
    elif form == "ris":
        sys.stdout.write(found.ris())
    elif form in STYLES:
        sys.stdout.write(found.styled(str(form)) + "\n")
    elif form == "text":
        sys.stdout.write(found.text() + "\n")
    else:
        out.print(plain(found.text()))
        out.print()
        for name, value in (
            ("id", found.id),
            ("seen", f"{found.seen:%Y-%m-%d %H:%M:%S} UTC, capture {found.capture}"),
            ("content", f"sha256 {found.content_hash}"),
            ("page", f"sha256 {found.capture_digest}" if found.capture_digest else "(it had no body)"),
        ):
            out.print(plain(f"{name:<8}{value}", "dim"), soft_wrap=True)
