"""Links that stand in an article's text are kept, and no others."""

from __future__ import annotations

import pytest

from archive import Capture
from archive.model.types import SiteMemory
from crawler.extract.article import extract
from crawler.siteconfig.site import Site
from tests.archive.newsroom import day

SITE = Site(name="krant", url="https://krant.example/")
TEXT = "<p>De brug over de vaart is dicht, en blijft dat voorlopig, zegt de wethouder van verkeer.</p>" * 6


def _links(inside: str, beside: str = "") -> tuple[str, ...] | None:
    html = (
        f"<html><head><title>Brug dicht</title></head><body><nav><a href='/menu'>Menu</a></nav>{beside}"
        f"<article><h1>Brug dicht</h1>{TEXT}<p>De wethouder zei eerder {inside} dat het zou duren.</p>{TEXT}"
        "</article><footer><a href='/over'>Over ons</a></footer></body></html>"
    )
    capture = Capture(
        site="krant", url="https://krant.example/brug", at=day(0), status=200,
        headers=(("Content-Type", "text/html"),), body=html.encode(),
    )  # fmt: skip
    return extract(capture, SITE, SiteMemory(site="krant")).links


LINKS = {
    "seen from the page": ("<a href='/2?utm_source=x#top'>toen</a>", ("https://krant.example/2",)),
    "of another site": ("<a href='http://blad.example/a'>toen</a>", ("http://blad.example/a",)),
    "several, once each, in order": (
        "<a href='/3'>toen</a> en <a href='/2'>daar</a> en <b><a href='/3'>weer</a></b>",
        ("https://krant.example/3", "https://krant.example/2"),
    ),
    "to the page itself": ("<a href='/brug#meer'>hier</a>", ()),
    "that lead nowhere": (
        "<a name='x'>x</a> <a href='mailto:a@b.example'>y</a> <a href='javascript:z()'>z</a>", (),
    ),
    "none": ("", ()),
}  # fmt: skip


@pytest.mark.parametrize(("inside", "wanted"), LINKS.values(), ids=LINKS)
def test_links_in_the_text(inside: str, wanted: tuple[str, ...]) -> None:
    assert _links(inside) == wanted
