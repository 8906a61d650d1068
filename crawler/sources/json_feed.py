"""A JSON Feed (jsonfeed.org) -> what it names. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from archive.model.addresses import Link, Role
from crawler.sources.source_bytes import NO_XML, SourceFault, joined, plain, said

MOST_FRAME = 65_536
"""Characters before the items that are searched for the address of the next page."""
JSON_FEED = re.compile(r"\s*\{(?=[\s\S]{0,4000}\bjsonfeed\.org\\?/version)")
"""What the beginning of a JSON Feed fits."""
JSON_ITEMS = re.compile(
    r"\s*\{(?=[\s\S]{0,60000}\bjsonfeed\.org|[\s\S]{0,60000}\"items\"\s{0,100}:\s{0,100}\[)"
)
"""What the beginning of one fits that the site's file names as a feed: its version may stand last."""

ITEMS_BY_NAME = re.compile(r"\"items\"\s{0,100}:\s{0,100}\{")
"""Items that are no list, but an object with each under a name of its own."""


def read_json_feed(text: str, base: str, faults: list[SourceFault]) -> Iterator[Link]:
    """The items of a JSON Feed, one by one: a broken one costs itself, as far as its end can be told."""
    if found := _NEXT_URL.search(text[:MOST_FRAME]):
        with suppress(ValueError):
            if url := joined(base, json.loads(f'"{found[1]}"')):
                yield Link(url=url, role=Role.FEED, how="feed")
    start = _ITEMS.search(text)
    at, broken, decoder = (start.end() if start else len(text)), 0, json.JSONDecoder(strict=False)
    stated = _HOME_URL.search(text[: min(at, MOST_FRAME)])
    home = None
    with suppress(ValueError):
        home = joined(base, json.loads(f'"{stated[1]}"')) if stated else None
    while (item := _NEXT_ITEM.match(text, at)) is not None:
        try:
            said_of_it, at = decoder.raw_decode(text, item.end())
        except (ValueError, RecursionError):
            end = _end_of_item(text, item.end())
            if end is None:
                faults.append(SourceFault("its JSON is damaged, or breaks off"))
                break
            said_of_it, at = _mended(text[item.end() : end], decoder), end
        link = _json_item(said_of_it, base, home or base) if isinstance(said_of_it, dict) else None
        broken += link is None
        if link is not None:
            yield link
    if broken:
        faults.append(SourceFault(f"{broken:,} entries name no address that can be read"))


def _end_of_item(text: str, at: int) -> int | None:
    """Where the object ends that begins at a place, by its braces outside words; ``None``: that cannot be
    told."""
    depth = 0
    for token in _TOKEN.finditer(text, at, at + MOST_ITEM):
        if token[0] == "{":
            depth += 1
        elif token[0] == "}":
            depth -= 1
            if depth == 0:
                return token.end()
        elif depth == 0:
            return None
    return None


def _mended(text: str, decoder: json.JSONDecoder) -> Any:
    """An item with a comma too many, or a comment; ``None``: it cannot be read."""
    if len(text) > MOST_MENDED:
        return None
    try:
        return decoder.decode(_WORDS_OR_ODD.sub(lambda hit: hit[1] or "", text))
    except (ValueError, RecursionError):
        return None


MOST_ITEM = 1_000_000
MOST_MENDED = 50_000
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|(?<![:\w])//[^\n]*|[{}\]]', re.S)
_WORDS_OR_ODD = re.compile(
    r'("(?:[^"\\]|\\.)*+")|//[^\n]*|/\*.{0,1000}?\*/|,(?:\s|//[^\n]*\n)*+(?=[}\]])', re.S
)
_HOME_URL = re.compile(r'"home_page_url"\s{0,100}:\s{0,100}"((?:[^"\\]|\\.){1,2000})"')


def _json_item(item: dict[str, Any], base: str, home: str) -> Link | None:
    """One item of a JSON Feed. *home*: what a path without its first slash starts from."""

    def text(name: str) -> str | None:
        value = item.get(name)
        return NO_XML.sub("", value) if isinstance(value, str) else None

    number = text("id") or ""
    target = text("url") or (number if number.startswith(("http://", "https://")) else text("external_url"))
    rooted = not target or target.startswith("/") or ":" in target
    url = joined(base if rooted else home, target or "")
    if not url:
        return None
    stated = item.get("authors") or [item.get("author")]
    names = (
        [each.get("name") for each in stated if isinstance(each, dict)] if isinstance(stated, list) else []
    )
    tags = item.get("tags")
    tag = next((each for each in tags if isinstance(each, str)), None) if isinstance(tags, list) else None
    authors = dict.fromkeys(NO_XML.sub("", each) for each in names if isinstance(each, str))
    published = text("date_published")
    return Link(
        url=url,
        how="feed",
        title=plain(text("title")),
        published=said(published or text("date_modified")),
        modified=said(text("date_modified")) if published else None,
        author=plain(", ".join(authors)),
        section=plain(NO_XML.sub("", tag)) if tag else None,
    )


_ITEMS = re.compile(r'"items"\s{0,100}:\s{0,100}\[')
_NEXT_ITEM = re.compile(r"[\s,]{0,1000}(?=[^\s,\]])")
_NEXT_URL = re.compile(r'"next_url"\s{0,100}:\s{0,100}"((?:[^"\\]|\\.){1,2000})"')
