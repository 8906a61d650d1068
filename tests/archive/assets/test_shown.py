"""Which pictures, style sheets and fonts a page shows, as browsers choose them."""

from __future__ import annotations

import time

import pytest
from selectolax.lexbor import LexborHTMLParser

from archive.assets.kinds import AssetKind, kind_of, media_type
from archive.assets.shown import best_of, candidates, shown_by
from archive.assets.stylesheets import addresses_in, decoded, rewritten

PAGE = "https://dorp.example/nieuws/brug"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def shown(html: str, width: int = 1600) -> list[str]:
    return [each.url for each in shown_by(LexborHTMLParser(html), PAGE, width=width)]


SITUATIONS = {
    "a picture beside its page": ('<img src="foto.jpg">', ["https://dorp.example/nieuws/foto.jpg"]),
    "a base is what addresses are relative to": (
        '<base href="https://cdn.example/a/"><img src="foto.jpg">',
        ["https://cdn.example/a/foto.jpg"],
    ),
    "the widest that is not wider than the bound": (
        '<img src="s.jpg" srcset="s.jpg 400w, m.jpg 1200w, l.jpg 2400w">',
        ["https://dorp.example/nieuws/m.jpg"],
    ),
    "none is narrow enough: the narrowest": (
        '<img srcset="m.jpg 1800w, l.jpg 2400w">',
        ["https://dorp.example/nieuws/m.jpg"],
    ),
    "the sharpest, up to twice": (
        '<img src="1.jpg" srcset="1.jpg, 2.jpg 2x, 3.jpg 3x">',
        ["https://dorp.example/nieuws/2.jpg"],
    ),
    "commas within addresses": (
        '<img srcset="/w_300,h_200/a.jpg 300w, /w_900,h_600/a.jpg 900w">',
        ["https://dorp.example/w_900,h_600/a.jpg"],
    ),
    "what a script would put in the place of a stand-in": (
        '<img src="data:image/gif;base64,R0lGOD" data-src="echt.jpg">',
        ["https://dorp.example/nieuws/echt.jpg"],
    ),
    "the source of a picture that is for a wide window": (
        '<picture><source media="(max-width: 600px)" srcset="klein.webp"><source media="(min-width: 601px)" '
        'srcset="groot.webp"><img src="oud.jpg"></picture>',
        ["https://dorp.example/nieuws/groot.webp"],
    ),
    "sheets come first, whatever stands before them": (
        '<img src="a.jpg"><link rel="stylesheet" href="/s.css">',
        ["https://dorp.example/s.css", "https://dorp.example/nieuws/a.jpg"],
    ),
    "a sheet for print, and one to choose, are not shown": (
        '<link rel="stylesheet" media="print" href="p.css"><link rel="alternate stylesheet" href="h.css">',
        [],
    ),
    "a sheet that a script makes one for screens": (
        """<link rel="stylesheet" media="print" onload="this.media='all'" href="s.css">""",
        ["https://dorp.example/nieuws/s.css"],
    ),
    "pictures in the page's own styles": (
        '<style>.kop{background:url("/kop.png")}</style><p style="background:url(/p.png)">x</p>',
        ["https://dorp.example/kop.png", "https://dorp.example/p.png"],
    ),
    "a poster, and a background as pages once had it": (
        '<video poster="v.jpg"></video><table background="/t.gif"><tr><td>x</table>',
        ["https://dorp.example/nieuws/v.jpg", "https://dorp.example/t.gif"],
    ),
    "each once": ('<img src="a.jpg"><img src="a.jpg#x">', ["https://dorp.example/nieuws/a.jpg"]),
    "what is no address is left": (
        '<img src="javascript:alert(1)"><img src="data:image/png;base64,xx"><img src="">'
        '<img src="//[::1/x"><img src="file:///etc/passwd">',
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("html, wanted", SITUATIONS.values(), ids=SITUATIONS)
def test_a_page_shows_what_browsers_show(html: str, wanted: list[str]) -> None:
    assert shown(html) == wanted


def test_the_bound_is_the_sites_own() -> None:
    assert best_of("a 400w, b 1200w, c 2400w", 500) == "a"
    assert best_of("a 400w, b 1200w, c 2400w", 9000) == "c"


def test_a_srcset_of_any_kind_is_read_to_its_end() -> None:
    assert list(candidates(", a 1x,, b 2x ,c (x,y), d")) == [
        ("a", "1x"),
        ("b", "2x"),
        ("c", "(x,y)"),
        ("d", ""),
    ]


SHEET = "https://dorp.example/css/stijl.css"
IN_SHEETS = {
    "quoted or not": ("a{background:url(x.png)}b{background:url( 'y.png' )}", ["x.png", "y.png"]),
    "a sheet imports others": ("@import 'a.css';@import url(b.css) screen;", ["a.css", "b.css"]),
    "a comment is none": ("/* url(a.png) */a{}/* @import 'b.css';", []),
    "a string is none": ("a:after{content:'url(a.png)'}", []),
    "of a font the file that browsers read best": (
        "@font-face{font-family:K;src:url(k.eot);src:url(k.eot?#iefix) format('embedded-opentype'),"
        "url(k.ttf) format('truetype'),url(k.woff2) format('woff2'),url(k.woff)}",
        ["k.woff2"],
    ),
    "a font that no browser reads": ("@font-face{font-family:K;src:url(k.eot)}", []),
    "a name in escapes": ("a{background:\\75rl(x.png)}b{background:u\\52 L(y.png)}", ["x.png", "y.png"]),
    "an address in escapes": ("a{background:url(x\\2e png)}", ["x.png"]),
    "one of a set": (
        "a{background:image-set('a.png' 1x, url(b.png) 2x)}b{background:-webkit-image-set(url(c.png) 1x)}",
        ["a.png", "c.png"],
    ),
    "in a condition": ("@media screen{a{background:url(x.png)}}", ["x.png"]),
}


@pytest.mark.parametrize("css, wanted", IN_SHEETS.values(), ids=IN_SHEETS)
def test_a_sheet_names_what_it_would_fetch(css: str, wanted: list[str]) -> None:
    found = [each.url.removeprefix("https://dorp.example/css/") for each in addresses_in(css, SHEET)]
    assert found == wanted


@pytest.mark.parametrize("css, _", IN_SHEETS.values(), ids=IN_SHEETS)
def test_a_sheet_of_which_nothing_is_here_fetches_nothing(css: str, _: list[str]) -> None:
    left = rewritten(css, SHEET, lambda link: None)
    assert addresses_in(left, SHEET) == []
    assert "@import" not in left and "@font-face" not in left


def test_a_sheet_is_put_in_the_place_of_its_import_with_its_condition() -> None:
    css = "@import url(a.css) layer(oud) supports(display: grid) (min-width: 10em);b{}"
    assert rewritten(css, SHEET, lambda link: "a{}") == (
        "@media (min-width: 10em){@supports (display: grid){@layer oud{a{}}}}b{}"
    )


def test_an_address_cannot_leave_its_quotes() -> None:
    made = rewritten("a{background:url(x)}", SHEET, lambda link: 'data:image/png;x"),url(//evil)</style>')
    assert made == 'a{background:url("data:image/png;x\\22 ),url(//evil)\\3c /style>")}'


def test_a_large_sheet_is_read_in_little_time() -> None:
    css = "".join(
        f".k{n}>a:hover{{color:#abc;background:url('p{n}.png') no-repeat;margin:0 auto}}" for n in range(4000)
    )
    began = time.process_time()
    assert len(addresses_in(css, SHEET)) == 4000
    for odd in (
        "url(" * 20_000,
        "@import " * 20_000,
        "'" * 20_001,
        "@font-face{" * 5_000,
        "image-set(" * 9_000,
        "/*" * 20_000,
    ):
        rewritten(odd, SHEET, lambda link: None)
    assert time.process_time() - began < 60, "it would take minutes if one of them were read again and again"


def test_a_sheet_is_decoded_as_browsers_do() -> None:
    assert decoded("\u00e9".encode("cp1252"), "text/css; charset=windows-1252") == "\u00e9"
    assert decoded(b'@charset "iso-8859-1";\xe9', "text/css")[-1] == "\u00e9"
    assert decoded(b"\xef\xbb\xbf\xc3\xa9", "text/css; charset=latin1") == "\u00e9"
    assert decoded(b"\xc3\xa9", "text/css; charset=klingon") == "\u00e9"


def test_bytes_say_what_they_are() -> None:
    assert kind_of(PNG, "text/html") is AssetKind.IMAGE
    assert kind_of(b"wOF2....", None) is AssetKind.FONT
    assert kind_of(b"a{color:red}", "text/css") is AssetKind.STYLE
    assert kind_of(b"<!doctype html><h1>Niet gevonden</h1>", "image/png") is None
    assert kind_of(b"<!doctype html>", "text/css") is None
    assert media_type(AssetKind.IMAGE, b"<?xml version='1.0'?><svg xmlns='x'/>", None) == "image/svg+xml"
