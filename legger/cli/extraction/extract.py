"""``legger extract``: reading without an archive, one page or a batch."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
import orjson
from rich.padding import Padding

from archive import files
from archive.errors import NotFound, UsageError
from archive.model.types import BlockKind, Capture, SiteMemory
from crawler.clock import now
from crawler.extract.article import extract as read
from crawler.extract.normalize import normalize
from crawler.siteconfig.files import read_site
from crawler.siteconfig.site import DATE_ORDERS, Site
from legger.cli.console import examples, json_option, out, plain, print_json
from legger.config import load


@click.command(
    epilog=examples(
        "legger extract page.html --url https://news.example/1",
        "legger extract page.html --site sites/bode.toml --captured-at 2021-04-13T10:00",
        "legger extract https://news.example/1 --explain",
        "legger extract page.html --explain --html explained.html",
        "legger extract --batch MANIFEST.jsonl --memory site > out.jsonl",
    )
)
@click.argument("page", metavar="FILE|URL", required=False)
@click.option("--url", help="The address the file was saved from.")
@click.option(
    "--site",
    "site_file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A site's file: its rules, time zone and name are read with.",
)
@click.option("--time-zone", metavar="ZONE", help="Of times that state no offset, such as Europe/Berlin.")
@click.option(
    "--date-order",
    type=click.Choice(DATE_ORDERS),
    help="What comes first in 3/4/2021; without: what the page's language suggests.",
)
@click.option(
    "--captured-at",
    metavar="TIME",
    help='When the file was saved, such as 2021-04-13T10:00+02:00: what "yesterday" is told from.',
)
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
    site_file: Path | None,
    time_zone: str | None,
    date_order: str | None,
    captured_at: str | None,
    manifest: str | None,
    memory: Literal["none", "site"],
    workers: int,
    allow_private: bool,
    explain: bool,
    look: Path | None,
    as_json: bool,
) -> None:
    """Read one page and show it; or a batch of saved pages: rows in, articles out.

    A row of a batch is a JSON object with id and html_path, and where they are known url, site, encoding
    and captured_at.
    """
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
    if manifest and (site_file or time_zone or date_order or captured_at):
        raise click.UsageError("--site, --time-zone, --date-order and --captured-at are for one page")
    if manifest:
        batch(Path(manifest), memory, workers)
    else:
        assert page
        away = page.startswith(("http://", "https://"))
        if away and captured_at:
            raise click.UsageError("--captured-at is of a file: a URL is captured now")
        site = site_of(site_file, time_zone, date_order)
        at = moment(captured_at, site) if captured_at else now()
        capture = fetched(page, allow_private=allow_private) if away else page_capture(page, url, at)
        refuse_what_is_no_page(capture, page)
        site = site or Site(name="page", url=capture.url)
        if look is not None:
            from legger.cli.extraction.explain import write

            write(capture, site, look)
            return
        one(capture, site, explain=explain, as_json=as_json)


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


def site_of(file: Path | None, time_zone: str | None, date_order: str | None) -> Site | None:
    """The site that the options describe; ``None`` where they say nothing."""
    facts: dict[str, Any] = {}
    if time_zone:
        facts["timezone"] = time_zone
    if date_order:
        facts["date_order"] = date_order
    if file is not None:
        site = read_site(file)
    elif facts:
        site = Site(name="page", url="https://page.invalid/")
    else:
        return None
    try:
        site = replace(site, **facts)
        site.zone  # noqa: B018 - made when it is asked for
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise click.UsageError(f"--time-zone: there is no time zone {time_zone!r}") from error
    return site


def moment(text: str, site: Site | None) -> datetime:
    """The time of ``--captured-at``; without an offset, in the site's zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError(
            f"--captured-at: expected a time such as 2021-04-13T10:00, found {text!r}"
        ) from error
    zone = site.zone if site is not None else ZoneInfo(Site(name="page", url="").timezone)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


_NO_PAGES = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG\r\n", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a picture or a sound"),
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x1f\x8b", "a gzip file"),
    (b"ID3", "a sound"),
    (b"OggS", "a sound or a film"),
)
"""How files begin that are no pages."""


def refuse_what_is_no_page(capture: Capture, page: str) -> None:
    """Raise :class:`UsageError` for a PDF, a picture and the like: their bytes are no text."""
    head = capture.body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    what = next((says for begins, says in _NO_PAGES if head.startswith(begins)), None)
    if head[4:8] == b"ftyp":
        what = "a picture or a film"
    media = (capture.header("content-type") or "").partition(";")[0].strip().lower()
    if what is None and media.startswith(("image/", "audio/", "video/", "application/pdf")):
        what = media
    if what:
        raise UsageError(f"{page} is {what}, not a page: nothing to read")


def page_capture(page: str, url: str | None, at: datetime) -> Capture:
    """The page as a capture of that time, read from disk."""
    body = files.read(Path(page))
    return Capture(site="", url=url or Path(page).resolve().as_uri(), at=at, status=200, body=body)


def fetched(url: str, *, allow_private: bool) -> Capture:
    """The page as a capture, asked for now; raises :class:`NotFound` when it does not answer with 200."""
    import asyncio

    from legger.cli.crawling.web_access import line_out  # loads Scrapy

    async def ask() -> Capture:
        async with line_out(load(), site="page", allow_private=allow_private, ask=True) as fetcher:
            return await fetcher.get(url)

    capture = asyncio.run(ask())
    if capture.status != 200:
        raise NotFound(f"{capture.url} answers {capture.status}")
    return capture


def one(capture: Capture, site: Site, *, explain: bool, as_json: bool) -> None:
    """Show what is read from one page."""
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
