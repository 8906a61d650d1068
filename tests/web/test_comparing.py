"""What the page of two versions shows, and what of an edit is shown in a list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser
from starlette.testclient import TestClient

from archive import Archive
from legger.web import WebContext, application
from legger.web.showing.comparing import compared, excerpt, only_changes, strip
from tests.archive.newsroom import Filer, article, day

A = "De brug bij het plein is sinds vanmorgen dicht."
B = "De wethouder zegt dat het hem spijt voor de winkels."
C = "Het regent al dagen en het houdt voorlopig niet op."


def marked(blocks: object) -> str:
    marks = {"": "{}", "del": "[-{}-]", "ins": "{{+{}+}}"}
    return " | ".join("".join(marks[tag].format(words) for tag, words in each.words) for each in blocks)  # type: ignore[attr-defined]


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Filer]:
    with Archive.open(tmp_path / "legger.db") as opened:
        yield Filer(opened)


def test_a_changed_row_has_both_sides_and_one_text_with_both(newsroom: Filer) -> None:
    newsroom.see(article(f"{A}\n{B}"), day(0))
    newsroom.see(article(f"{A} {B.replace('wethouder', 'burgemeester')}"), day(1))
    page = compared(*newsroom.archive.articles.history("1"))
    (row,) = page["rows"]
    assert marked(row.old) == f"{A} | {B.replace('wethouder', '[-wethouder-]')}"
    assert marked(row.new) == f"{A} {B.replace('wethouder', '{+burgemeester+}')}"
    assert marked(row.merged) == f"{A} {B.replace('wethouder', '[-wethouder-]{+burgemeester+}')}"
    assert (page["changes"], page["equal"]) == (1, False)


def test_only_the_changes_are_shown_by_choice(newsroom: Filer) -> None:
    newsroom.see(article(f"{A}\n{B}\n{C}"), day(0))
    newsroom.see(article(f"{A}\n{B}\n{C}\nNog een regel."), day(1))
    rows = compared(*newsroom.archive.articles.history("1"))["rows"]
    assert [(row.skipped, row.kind.value) for row in only_changes(rows)] == [(3, "equal"), (0, "added")]


def test_versions_that_say_the_same_are_called_equal(newsroom: Filer) -> None:
    for number, text in enumerate((A, B, A)):
        newsroom.see(article(text), day(number))
    history = newsroom.archive.articles.history("1")
    assert compared(history[0], history[2])["equal"]
    assert [bar.came > 0 for bar in strip(history)] == [False, True, True]


EXCERPTS = {
    "a word with what stands around it": (
        f"{A} {B} {C}",
        f"{A} {B.replace('spijt', 'niets doet')} {C}",
        "… De wethouder zegt dat het hem [-spijt-]{+niets doet+} voor de winkels. Het regent al …",
    ),
    "a paragraph that came": (A, f"{A}\n{C}", f"… het plein is sinds vanmorgen dicht.{{+ {C}+}}"),
    "white space is no change": (f"{A} {B}", f"{A}\n{B}", ""),
}


@pytest.mark.parametrize(("old", "new", "shown"), EXCERPTS.values(), ids=EXCERPTS)
def test_an_edit_is_told_by_its_words(newsroom: Filer, old: str, new: str, shown: str) -> None:
    newsroom.see(article(old, title="A"), day(0))
    newsroom.see(article(new, title="B"), day(1))
    marks = {"": "{}", "del": "[-{}-]", "ins": "{{+{}+}}"}
    found = excerpt(*newsroom.archive.articles.history("1"))
    assert "".join(marks[tag].format(words) for tag, words in found).strip() == shown


def test_the_page_of_a_comparison_leads_from_change_to_change(client: TestClient) -> None:
    page = LexborHTMLParser(client.get("/articles/1/compare?old=1&new=2").text)
    changes = [node.attributes["id"] for node in page.css('[id^="change-"]')]
    assert changes[0] == "change-1"
    assert page.css_first(f'a[href="#{changes[-1]}"]') is not None
    assert len(page.css(".strip li")) == 3
    one = LexborHTMLParser(client.get("/articles/1/compare?old=1&new=2&view=one&only=true").text)
    assert one.css_first(".aligned.one .merged ins") is not None


def test_words_of_an_article_run_in_their_own_direction(newsroom: Filer) -> None:
    """A page in English may hold an article in Arabic: its full stops stand at its own ends."""
    for number, cost in enumerate(("١٥", "١٧")):
        text = f"أعلن المجلس أن التكلفة تبلغ {cost} مليون."
        newsroom.see(article(text, title="جسر جديد", language="ar"), day(number))
    archive = newsroom.archive
    archive.index.update()
    with TestClient(application(WebContext(archive=archive, stacks=archive))) as client:
        for path, where in {
            "/articles/1": "h1, .text > *",
            "/articles/1/compare": ".old.text > *, .new.text > *",
            "/search?q=جسر": ".hits h2, .snippet",
            "/edits": ".excerpt",
        }.items():
            found = LexborHTMLParser(client.get(path).text).css(where)
            assert {each.attributes.get("dir") for each in found} == {"auto"}, path
