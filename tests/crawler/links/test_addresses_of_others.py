"""Addresses as strangers write them: read as browsers read them, and normal once and for all."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from archive.model.types import Capture
from crawler.ingest.ingest import redirect_target
from crawler.siteconfig.files import parse_site
from crawler.urls import as_browsers_read, normal_address


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("https://Caf\u00e9.example/", "https://xn--caf-dma.example/"),
        ("https://cafe\u0301.example/", "https://xn--caf-dma.example/"),
        ("https://stra\u00dfe.example/", "https://xn--strae-oqa.example/"),  # no longer "strasse"
        ("https://dorp\u3002example/", "https://dorp.example/"),
        ("https://\uff24orp.example/", "https://dorp.example/"),
        ("https://do\u00adrp.example/", "https://dorp.example/"),
        ("https://caf%C3%A9.example/", "https://xn--caf-dma.example/"),
        ("https://XN--CAF-DMA.example/", "https://xn--caf-dma.example/"),
        ("https:\\\\dorp.example\\nieuws\\1", "https://dorp.example/nieuws/1"),
        ("https://dorp.example/a?pad=c:\\x", "https://dorp.example/a?pad=c:%5Cx"),
        (" https://dorp.example/nie\nuws/\t1 ", "https://dorp.example/nieuws/1"),
        ("https://dorp.example/index.html?PHPSESSID=1", "https://dorp.example/"),
        ("https://dorp.example/%%37E", "https://dorp.example/~"),
    ],
)
def test_an_address_is_read_as_browsers_read_it(written: str, normal: str) -> None:
    assert normal_address(written) == normal


@pytest.mark.parametrize(
    "written",
    ["https://do|rp.example/", "https://a b/", "https://%00/", "https://xn--\u00fc/", "https://[::1/"],
)
def test_what_is_no_host_name_is_no_address(written: str) -> None:
    with pytest.raises(ValueError, match=r"no|invalid|does not|Invalid|codepoint"):
        normal_address(written)


def test_a_backslash_after_the_path_stays_one() -> None:
    assert as_browsers_read("\\nieuws\\1#a\\b") == "/nieuws/1#a\\b"


@pytest.mark.parametrize("seed", range(3))
def test_the_normal_form_of_a_normal_form_is_itself(seed: int) -> None:
    rng = random.Random(seed)
    starts = (
        "https://www.Dorp.example:443/nieuws/2026/een-kop.html?id=3&utm_source=x&q=a%20b#deel",
        "http://d\u00f6rp.example/a/../b/./index.html?PHPSESSID=1",
        "https://u:p@dorp.example/a;jsessionid=A1/b?a=%7e&b=%zz",
        "HTTPS://dorp.example//a//b/..;x/?&&a",
    )
    pieces = (
        *"/?#&=%;:@.[]\\ \t\n|^`{}<>\"'~\u00e9\u65e5\u00df\u200d\u00ad\u3002\u2167", "%25", "%2f", "%E9",
        "..", "//",
        "/./", "index.html", ";jsessionid=x", "utm_x=1", "%3f", "%", "%2", "www.", ":80", "xn--",
    )  # fmt: skip
    normals = 0
    for _ in range(1500):
        text = rng.choice(starts)
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(text) + 1)
            put = rng.choice(pieces) if rng.random() < 0.7 else ""
            text = text[:at] + put + text[at + (0 if put else rng.randint(1, 6)) :]
        try:
            normal = normal_address(text)
        except ValueError:
            continue
        normals += 1
        assert normal_address(normal) == normal
        assert normal.isascii()
    assert normals > 500


def test_a_site_s_file_may_name_hosts_in_any_letters() -> None:
    site = parse_site(
        {"url": "https://caf\u00e9.example/", "hosts": ["nieuws.stra\u00dfe.example"], "allow_private": True},
        name="dorp",
    )
    assert site.owns("https://xn--caf-dma.example/a")
    assert site.owns("https://www.xn--caf-dma.example/a")
    assert site.owns("https://nieuws.xn--strae-oqa.example/a")
    assert not site.owns("https://nieuws.strasse.example/a")
    assert site.may_be_private("xn--caf-dma.example", 443)


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/caf\u00e9".encode().decode("latin-1"), "https://dorp.example/caf%C3%A9"),
        ("/caf\u00e9", "https://dorp.example/caf%C3%A9"),
        ("\\nieuws\\1", "https://dorp.example/nieuws/1"),
        (" /nieuws/1 ", "https://dorp.example/nieuws/1"),
    ],
)
def test_a_location_in_raw_letters_leads_where_a_browser_goes(location: str, target: str) -> None:
    answer = Capture(
        site="dorp", url="https://dorp.example/oud", at=datetime(2026, 3, 2, tzinfo=UTC), status=301,
        headers=(("Location", location),), body=b"",
    )  # fmt: skip
    assert normal_address(redirect_target(answer)) == target
