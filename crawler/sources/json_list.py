"""A JSON answer that lists articles in a form of its own -> what it names. Pure.

What a site's own lists load as the reader scrolls, WordPress's list of posts, a headless system's answer: an
object with an address and a headline is an entry, wherever it stands.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from archive.model.addresses import Link, Role
from crawler.sources.source_bytes import NO_XML, SourceFault, joined, plain, said
from crawler.sources.source_root import what_it_is_instead

JSON_LIST = re.compile(r"\s*[\[{]\s*[\[{\"\]}]")
"""What the beginning of a JSON answer fits."""
MOST_CHARACTERS = 20_000_000
_ADDRESS = (
    "url", "link", "permalink", "href", "canonical_url", "canonicalUrl", "web_url", "webUrl", "full_url", "fullUrl",
    "share_url", "shareUrl", "uri", "path", "loc",
)  # fmt: skip
_TITLE = ("title", "headline", "heading", "titel", "kop")
_PUBLISHED = (
    "date_gmt", "date", "published", "published_at", "publishedAt", "publish_date", "publishDate", "publicationDate",
    "publication_date", "date_published", "datePublished", "pubDate", "pub_date", "firstPublished", "created_at",
)  # fmt: skip
_MODIFIED = (
    "modified_gmt", "modified", "modified_at", "updated", "updated_at", "updatedAt", "date_modified", "dateModified",
)  # fmt: skip
_NEXT = ("next", "next_url", "nextUrl", "next_page_url", "nextPageUrl", "next_page")
_AROUND = frozenset(("links", "_links", "meta", "paging", "pagination", "pager", "data"))
_ANCHOR = re.compile(r"<a\s[^<>]{0,1000}?\bhref\s{0,5}=\s{0,5}[\"']([^\"'<>]{1,2000})[\"']", re.I)


def read_json_list(text: str, base: str, faults: list[SourceFault]) -> Iterator[Link]:
    """The entries of a JSON answer, in its order; where it has none, the links in the markup that it holds."""
    try:
        if len(text) > MOST_CHARACTERS:
            raise ValueError("it is too long")
        answer = json.loads(text.removeprefix("\ufeff"), strict=False)
    except (ValueError, RecursionError):
        faults.append(SourceFault("its JSON is damaged, or breaks off"))
        return
    if following := _next_page(answer, base):
        yield Link(url=following, role=Role.FEED, how="feed")
    named = False
    for entry in _objects(answer):
        if link := _entry(entry, base):
            named = True
            yield link
    if not named:
        for markup in _markup(answer):
            for href in _ANCHOR.findall(markup):
                if url := joined(base, html.unescape(href)):
                    named = True
                    yield Link(url=url, how="feed")
    if not named and not _lists_nothing(answer):
        faults.append(SourceFault(what_it_is_instead(text, Role.FEED)))


def _lists_nothing(answer: Any) -> bool:
    """Whether an answer is an empty list, or holds one: it lists, and there is nothing to list."""
    return answer == [] or (isinstance(answer, dict) and any(each == [] for each in answer.values()))


def _objects(answer: Any) -> Iterator[Mapping[str, Any]]:
    """The objects with an address and a headline, in order; what stands within one is its own."""
    waiting = [answer]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if _address(each) and _words(each, _TITLE):
                yield each
                continue
            waiting.extend(reversed(each.values()))
        elif isinstance(each, list):
            waiting.extend(reversed(each))


def _entry(entry: Mapping[str, Any], base: str) -> Link | None:
    url = joined(base, _address(entry) or "")
    if url is None:
        return None
    published, modified = _time(entry, _PUBLISHED), _time(entry, _MODIFIED)
    return Link(
        url=url,
        how="feed",
        title=plain(_words(entry, _TITLE)),
        published=said(published or modified),
        modified=said(modified) if published else None,
    )


def _address(entry: Mapping[str, Any]) -> str | None:
    for name in _ADDRESS:
        stated = entry.get(name)
        if isinstance(stated, dict):  # Drupal's {"path": {"alias": ...}}, a link's {"href": ...}
            stated = next((stated[key] for key in ("alias", "href", "url") if key in stated), None)
        if isinstance(stated, str) and stated.strip().startswith(("http://", "https://", "/")):
            return stated.strip()
    return None


def _words(entry: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        stated = entry.get(name)
        if isinstance(stated, dict):  # WordPress's {"rendered": ...}
            stated = next((stated[key] for key in ("rendered", "value", "text") if key in stated), None)
        if isinstance(stated, str) and stated.strip():
            return NO_XML.sub("", stated)
    return None


def _time(entry: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        stated = entry.get(name)
        if isinstance(stated, int) and not isinstance(stated, bool):
            return str(stated)
        if isinstance(stated, str) and stated.strip():
            utc = name.endswith("_gmt") and not stated.endswith("Z")
            return f"{stated.strip()}Z" if utc else stated
    return None


def _next_page(answer: Any, base: str) -> str | None:
    """The address of what follows, where the answer states one beside its entries."""
    if not isinstance(answer, dict):
        return None
    for around in (answer, *(answer[name] for name in answer if name in _AROUND)):
        for name in _NEXT if isinstance(around, dict) else ():
            stated = around.get(name)
            stated = stated.get("href") if isinstance(stated, dict) else stated
            if isinstance(stated, str) and stated.startswith(("http://", "https://", "/", "?")):
                return joined(base, stated)
    return None


def _markup(answer: Any) -> Iterator[str]:
    """The strings that hold links, in order."""
    waiting = [answer]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting.extend(reversed(each.values()))
        elif isinstance(each, list):
            waiting.extend(reversed(each))
        elif isinstance(each, str) and "<a " in each:
            yield each
