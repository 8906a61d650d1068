"""``legger extract --explain``: every run of a page with keep or strip, and why."""

from __future__ import annotations

from pathlib import Path

from archive import files
from archive.model.types import Capture, SiteMemory
from crawler.extract.article import read
from crawler.siteconfig.site import Site
from legger.cli.console import NUMBER, WHOLE, err, out, plain, print_rows, table
from legger.cli.extraction.explain_page import explained, not_read


def write(capture: Capture, site: Site, file: Path) -> None:
    """Write what was thought of the page as a page to look at."""
    page = explained(read(capture, site, SiteMemory(site=site.name)))
    files.write(file, page.encode(errors="replace"))
    err.print(plain(f"Explained in {file}."))


def show(capture: Capture, site: Site, memory: SiteMemory, *, as_json: bool) -> None:
    """Show what was thought of every run of the page, in reading order, and which witness gave each field."""
    reading = read(capture, site, memory)
    if as_json:
        print_rows(
            {
                "kept": each.kept,
                "kind": each.kind,
                "score": round(each.score, 3),
                "why": each.why,
                "text": each.run.text,
            }
            for each in reading.judged
        )
        return
    article = reading.article
    out.print(plain(f"{article.kind}: {article.reason}" if article.reason else str(article.kind), "bold"))
    if article.might_be is not None:
        out.print(
            plain(f"the page itself leaves it open: it may be of kind {article.might_be} as well", "yellow")
        )
    for name, witness in sorted(article.sources.items()):
        out.print(plain(f"{name:>14}  {witness}", "dim"))
    rows = table(("", WHOLE), ("score", NUMBER), ("kind", WHOLE), ("why", {"max_width": 24}), "text")
    for each in reading.judged:
        text = each.run.text if len(each.run.text) <= 160 else f"{each.run.text[:159]}…"
        rows.add_row(
            "keep" if each.kept else "strip",
            f"{each.score:.2f}",
            each.kind,
            plain(each.why),
            plain(text),
            style="" if each.kept else "dim",
        )
    out.print(rows)
    if told := not_read(reading.outline):
        out.print(plain(told, "dim"))
