"""Re-reading: what is called a difference, and what is only known otherwise."""

from dataclasses import replace
from typing import Any

import pytest

from archive import Block, BlockKind, StatedTime
from archive.model.types import Image, Precision
from archive.versions.rereading import differences
from tests.archive.newsroom import MONDAY, Filer, article, day, read_with

STORY = article(
    "De brug is dicht.\nHij blijft dicht.",
    published=StatedTime(value=MONDAY, raw="maandag", source="label"),
    images=(Image(url="https://krant.example/brug.jpg"),),
    sources={"text": "rule", "title": "meta"},
)


def box(text: str) -> tuple[Block, ...]:
    return (*STORY.blocks, Block(kind=BlockKind.BOX, text=text))


@pytest.mark.parametrize(
    ("what", "now"),
    [
        ((), {}),
        ((), {"sources": {"text": "memory", "title": "json-ld"}}),
        ((), {"published": StatedTime(value=MONDAY, raw=str(MONDAY), source="json-ld")}),
        ((), {"reason": "json-ld says so", "byline": "door de redactie"}),
        ((), {"blocks": article("De brug is dicht. Hij\nblijft  dicht.").blocks}),
        (("text",), {"blocks": article("De brug is open.\nHij blijft dicht.").blocks}),
        (("lead", "text"), {"blocks": (Block(kind=BlockKind.LEAD, text="Dicht."), *STORY.blocks)}),
        (("boxes",), {"blocks": box("De brug is van 1932.")}),
        (("title",), {"title": "Brug open"}),
        (("authors",), {"authors": ("Eva Bos",)}),
        (
            ("published",),
            {"published": StatedTime(value=MONDAY, raw="2 maart", source="label", precision=Precision.DAY)},
        ),
        (("section", "tags"), {"section": "Regio", "tags": ("brug",)}),
        (("images",), {"images": ()}),
    ],
)
def test_what_differs_is_what_a_reader_would_see(what: tuple[str, ...], now: dict[str, Any]) -> None:
    assert differences(STORY, replace(STORY, **now)) == what


def test_the_same_words_by_other_witnesses_are_kept_anew_and_called_no_difference(desk: Filer) -> None:
    desk.see(read_with("1", STORY), day(0), body=b"1")
    desk.see(
        read_with("1", article("Een andere.")), day(0), body=b"2", key="2", url="https://krant.example/2"
    )
    desk.pages = {
        b"1": read_with("2", replace(STORY, sources={"text": "memory"})),
        b"2": read_with("2", article("Een betere.")),
    }
    tried: dict[int, tuple[str, ...]] = {
        each.article: each.what for each in desk.archive.rereading.would_change("krant", desk.read_again)
    }
    assert tried == {2: ("text",)}
    counts = desk.archive.rereading.reread("krant", desk.read_again)
    assert counts == {"read": 2, "provenance": 1, "differs": 1}
    assert desk.archive.articles.version("1").article.sources == {"text": "memory"}
    assert desk.archive.rereading.reread("krant", desk.read_again) == {"read": 2, "same": 2}
