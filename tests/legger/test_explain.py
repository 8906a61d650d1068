"""A page explained, on the terminal and as a page to look at."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from selectolax.lexbor import LexborHTMLParser

from archive.model.types import SiteMemory
from crawler.extract.article import read
from legger.cli import legger
from legger.cli.extraction.explain_page import explained
from tests.crawler.extract.pages import SITE, TEXT, capture, html

PAGE = html(
    '<nav><a href="/">Voorpagina</a> <a href="/sport">Sport</a></nav>'
    "<article><h1>Plein gaat op de schop na zomer</h1><p>Door Ans de Wit, 12 april 2021</p>"
    f"<p>{TEXT}</p><p>De aannemer schreef &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;meer&quot; op de "
    "muur, en de wethouder liet dat \u202e meteen weer weghalen door de gemeente.</p></article>"
    '<footer><img src="https://elsewhere.example/a.gif">Alle rechten voorbehouden</footer>',
    head='<title>Plein gaat op de schop na zomer</title><meta name="author" content="&quot;><b>Ans de Wit">',
)


def test_every_block_is_there_with_its_verdict_and_its_reason() -> None:
    reading = read(capture(PAGE), SITE, SiteMemory(site="bode"))
    page = LexborHTMLParser(explained(reading))
    items = page.css("ol > li")
    assert [(item.css_first("b").text() == "keep") for item in items] == [
        each.kept for each in reading.judged
    ]
    shown = [item.css_first(".text").text() for item in items]
    assert shown == [each.run.text.replace("\u202e", "\ufffd") for each in reading.judged]
    for item, each in zip(items, reading.judged, strict=True):
        assert each.why in item.css_first(".said").text()
        assert each.kind in (item.attributes["class"] or "").split()
    table = page.css_first("table").text()
    assert "Plein gaat op de schop na zomer" in table
    assert "menus and footers of the site, left out unread: 2" in page.css_first(".about").text()
    for witness in reading.article.sources.values():
        assert witness in table


def test_the_page_runs_nothing_and_asks_nobody() -> None:
    text = explained(read(capture(PAGE), SITE, SiteMemory(site="bode")))
    page = LexborHTMLParser(text)
    assert not page.css("script, img, link, iframe, object, embed, base, form, a, meta[http-equiv=refresh]")
    assert not page.css("[src], [href], [onload], [onclick], [style]")
    assert "default-src 'none'" in (page.css_first("meta[http-equiv]").attributes["content"] or "")
    assert "url(" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_page_is_written_where_it_was_asked(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    arguments = ["extract", str(tmp_path / "page.html"), "--explain", "--html"]
    done = CliRunner().invoke(legger, [*arguments, str(tmp_path / "look.html")], standalone_mode=False)
    assert done.exit_code == 0
    assert TEXT.strip() in (tmp_path / "look.html").read_text(encoding="utf-8")
    terminal = CliRunner().invoke(legger, arguments[:-1], standalone_mode=False)
    assert "strip" in terminal.output
    assert "keep" in terminal.output
    assert "left out unread: 2" in terminal.output


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--html", "look.html"], "--explain"),
        (["--explain", "--html", "look.html", "--json"], "--json"),
        (["--explain", "--html", "page.html"], "another name"),
    ],
)
def test_a_page_is_written_over_nothing_and_on_request_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("page.html").write_text(PAGE, encoding="utf-8")
    done = CliRunner().invoke(legger, ["extract", "page.html", *more], standalone_mode=False)
    assert isinstance(done.exception, click.UsageError)
    assert says in done.exception.message
    assert Path("page.html").read_text(encoding="utf-8") == PAGE
