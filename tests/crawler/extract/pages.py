"""Small pages for the tests, in the manner of real ones; every sentence is ours."""

from __future__ import annotations

from datetime import UTC, datetime

from archive.model.types import Block, BlockKind, Capture, PageKind
from crawler.extract.fields.fields import Fields, read_fields
from crawler.extract.page.page import Page
from crawler.extract.page_type import judge_kind
from crawler.siteconfig.site import Site

AT = datetime(2021, 4, 13, 10, 0, tzinfo=UTC)
SITE = Site(name="bode", url="https://www.bode.example/", title="De Bode", language="nl")
TEXT = (
    "De gemeente gaat het plein opnieuw inrichten. Dat heeft het college besloten na overleg met bewoners. "
    * 4
)


def capture(
    body: str,
    *,
    url: str = "https://www.bode.example/nieuws/65363/plein-gaat-op-de-schop-na-zomer",
    status: int = 200,
    media: str = "text/html; charset=utf-8",
    headers: tuple[tuple[str, str], ...] = (),
) -> Capture:
    """A page as a server gave it."""
    return Capture(
        site="bode",
        url=url,
        at=AT,
        status=status,
        headers=(("Content-Type", media), *headers),
        body=body.encode(),
    )


def html(body: str, *, head: str = "", classes: str = "", lang: str = "nl") -> str:
    """A document."""
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">{head}</head>'
        f'<body class="{classes}">{body}</body></html>'
    )


def fields(
    body: str, *, site: Site = SITE, hints: dict[str, str | None] | None = None, **asked: str
) -> Fields:
    """The fields of a page."""
    kept = capture(body, **asked)  # type: ignore[arg-type]
    return read_fields(Page.of(kept), site, kept, hints)


def kind(kept: Capture, texts: tuple[str, ...] = (), *, site: Site = SITE) -> PageKind:
    """The kind of a page whose text was read as *texts*."""
    page = Page.of(kept)
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in texts)
    found, reason, _ = judge_kind(page, read_fields(page, site, kept), blocks, site)
    assert reason
    return found
