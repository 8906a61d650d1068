"""Article text that a page shows by script alone: in its JSON-LD, or in the state it hands its script.

Asked only when the page as it was sent shows next to no text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import orjson
from selectolax.lexbor import LexborHTMLParser

from archive.model.types import BlockKind
from crawler.extract.page.blocks import Outline, outline
from crawler.extract.page.broken_json import without_halves
from crawler.extract.page.page import Page
from crawler.extract.text.phrases import phrase_kind
from crawler.extract.text.scored import ScoredBlock, kind_of

LITTLE = 200
"""Characters below which a page shows next to nothing."""
_LITERAL = re.compile(r'"((?:[^"\\]|\\.){300,})"')
_STREAMED = re.compile(r'__next_f\.push\(\[1,("(?:[^"\\]|\\.)*")\]\)')
SENTENCE = 40
"""Characters from which a string of a page's state may be a sentence."""
_PLACEHOLDER = re.compile(r"[$\[{#%]{2}.*[$\]}#%]{2}$")
_TAG = re.compile(r"<(?:p|br|h[2-4]|li)\b", re.I)


def hidden_text(page: Page) -> tuple[Outline, list[ScoredBlock]] | None:
    """The outline of the longest article text among the page's scripts, every run of prose kept."""
    best: tuple[int, Outline, list[ScoredBlock]] | None = None
    for source in _sources(page):
        lines = outline(LexborHTMLParser(source))
        judged = [ScoredBlock(run, kind_of(run, lines), 0.5) for run in lines.runs]
        for each in judged:
            each.kept = phrase_kind(each.run.text) is None and not _PLACEHOLDER.match(each.run.text)
            each.why = "stands in a script only"
        size = sum(len(each.run.text) for each in judged if each.kept and each.kind is not BlockKind.CAPTION)
        if size > LITTLE and (best is None or size > best[0]):
            best = size, lines, judged
    return best[1:] if best else None


def _sources(page: Page) -> Iterator[str]:
    """Pieces of HTML that may hold the article: JSON-LD bodies first, and alone when there are any."""
    stated = [
        body
        for thing in page.json_ld
        if isinstance(body := thing.get("articleBody"), str) and len(body) > LITTLE
    ]
    for body in stated:
        text = html.unescape(body)
        yield (
            text
            if _TAG.search(text)
            else "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines())
        )
    if stated:
        return
    scripts = [
        script.text(deep=True) for script in page.tree.css('script:not([src]):not([type*="ld+json" i])')
    ]
    # Next.js cuts its state into strings wherever it likes
    streamed = "".join(_decoded(piece[1]) for code in scripts for piece in _STREAMED.finditer(code))
    for code in map(_plainly_escaped, (streamed, *scripts)):
        if _MARKED_UP.search(code):
            yield from _markup(code, depth=0)
        yield from _state(code)
    if streamed and (elements := _streamed_elements(streamed)):
        yield elements
    yield from _in_attributes(page)
    for node in page.tree.css("noscript"):
        if len(inner := node.inner_html or "") > LITTLE:
            yield inner
    for node in page.tree.css('script[type*="template" i], script[type="text/html" i], textarea'):
        if len(inner := node.text(deep=True)) > LITTLE and len(_TAG.findall(inner)) >= 2:
            yield inner


_MARKED_UP = re.compile(r"(?:<|\\u003c|&lt;)\\?/?p\b", re.I)
_HEX = re.compile(r"\\x([\da-fA-F]{2})")
_OF_ANGULAR = {"&q;": '\\"', "&l;": "<", "&g;": ">", "&s;": "'", "&a;": "&"}


def _plainly_escaped(code: str) -> str:
    """A script whose strings are escaped as JSON has it: ``\\x3C`` of JavaScript, ``&l;`` of Angular."""
    if "&q;" in code or "&l;" in code:
        quoted = '"' in code  # older Angular escapes the quotes of the JSON itself
        for sign, meant in _OF_ANGULAR.items():
            code = code.replace(sign, '"' if sign == "&q;" and not quoted else meant)
    return _HEX.sub(r"\\u00\1", code) if "\\x" in code else code


_ELEMENT = re.compile(
    r'\["\$", ?"(p|h2|h3|h4|li|blockquote)",[^{}]{0,60}\{[^{}]{0,300}?"children": ?("(?:[^"\\]|\\.)*")'
)


def _streamed_elements(code: str) -> str:
    """Paragraphs and headings that Next.js streams: ``["$","p",null,{"children":"..."}]``."""
    found = ((piece[1], _decoded(piece[2])) for piece in _ELEMENT.finditer(code))
    return "".join(f"<{tag}>{html.escape(text)}</{tag}>" for tag, text in found)


_ASSIGNED = re.compile(r"^\s*(?:window|self|globalThis)?[.\[\]\w'\"$]*\s*=\s*(?=[\[{])")
_PARSED = re.compile(r'\bJSON\.parse\(\s*("(?:[^"\\]|\\.)*")\s*\)')
_NOT_THE_TEXT = re.compile(
    r"summar|descri|teaser|excerpt|related|recommend|comment|caption|alt|seo|meta|config|transl|i18n|message|error|"
    r"menu|footer|header|consent|cookie|advert|promo|newsletter",
    re.I,
)
"""Keys under which a page's state keeps other words than the article's."""


def _state(code: str) -> Iterator[str]:
    """Lists of paragraphs in a script's JSON, each paragraph an item of one list: ``items[*].content``."""
    if parsed := _PARSED.search(code):
        code = _decoded(parsed[1])
    try:
        value = orjson.loads(_ASSIGNED.sub("", code).strip().rstrip(";"))
    except orjson.JSONDecodeError:
        return
    yield from _rich_text(value)
    rows: dict[tuple[str | int, ...], list[str]] = {}
    waiting: list[tuple[object, tuple[str | int, ...]]] = [(value, ())]
    while waiting:  # in the order of the document, whatever its depth
        here, path = waiting.pop()
        if isinstance(here, dict):
            inner = [(each, (*path, key)) for key, each in here.items() if not _NOT_THE_TEXT.search(key)]
            waiting.extend(reversed(inner))
        elif isinstance(here, list):
            waiting.extend((each, (*path, index)) for index, each in reversed(list(enumerate(here))))
        elif isinstance(here, str) and _is_a_body(here, path):
            yield "".join(f"<p>{html.escape(line)}</p>" for line in here.splitlines())
        elif isinstance(here, str) and (" " in here or _MARKED_UP.search(here)):
            last = max((at for at, step in enumerate(path) if isinstance(step, int)), default=-1)
            if last >= 0:  # the innermost list is what the paragraphs share
                rows.setdefault((*path[:last], -1, *path[last + 1 :]), []).append(here)
    for texts in rows.values():
        prose = sum(len(text) for text in texts if len(text) >= SENTENCE)
        if 2 * prose < sum(map(len, texts)):
            continue  # names, labels, addresses
        marked = [text if _TAG.search(text) else f"<p>{html.escape(text)}</p>" for text in texts]
        if len(texts) > 1 and sum(map(len, texts)) > LITTLE:
            yield "".join(marked)


_BODY = re.compile(r"body|content|text|story|article", re.I)


def _is_a_body(text: str, path: tuple[str | int, ...]) -> bool:
    """Whether a string without markup is a whole text: under such a key, and of several sentences."""
    return (
        len(text) > LITTLE
        and bool(path)
        and not any(isinstance(step, int) for step in path)  # one of several in a list
        and _BODY.search(str(path[-1])) is not None
        and not _TAG.search(text)
        and '":' not in text
        and len(_SENTENCE_ENDS.findall(text)) >= 3
    )


_SENTENCE_ENDS = re.compile(r"[.!?…。！？][\"'”’»]?(?:\s|$)")
_CHILDREN = ("content", "children")
_LEAVES = frozenset(("text", "span"))
_TITLED = re.compile(r"head|^h[2-6]$", re.I)


def _rich_text(value: object) -> Iterator[str]:
    """Documents of editors (Contentful, Sanity, TipTap): lists of blocks whose words stand in leaves.

    ``{"type": "paragraph", "content": [{"type": "text", "text": "One "}, {"type": "text", "text": "two"}]}``
    """
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            waiting.extend(each for name, each in here.items() if not _NOT_THE_TEXT.search(name))
        elif isinstance(here, list):
            blocks = [(each, words) for each in here if (words := _words_of(each))]
            if len(blocks) > 1 and sum(len(words) for _, words in blocks) > LITTLE:
                yield "".join(
                    f"<{tag}>{html.escape(words)}</{tag}>"
                    for each, words in blocks
                    for tag in ("h2" if _TITLED.search(_type_of(each)) else "p",)
                )
            else:
                waiting.extend(here)


def _type_of(block: dict[str, Any]) -> str:
    stated = block.get("style") or block.get("type") or block.get("nodeType") or block.get("_type")
    return stated if isinstance(stated, str) else ""


def _words_of(block: object, depth: int = 0) -> str:
    """The words in the leaves of a block, put together; nothing where it has no leaves."""
    if not isinstance(block, dict) or depth > 6:
        return ""
    children = next((block[name] for name in _CHILDREN if isinstance(block.get(name), list)), None)
    if children is None:
        kind = block.get("type") or block.get("nodeType") or block.get("_type")
        words = block.get("text") if isinstance(block.get("text"), str) else block.get("value")
        return words if depth and kind in _LEAVES and isinstance(words, str) else ""
    return "".join(_words_of(each, depth + 1) for each in children)


def _in_attributes(page: Page) -> Iterator[str]:
    """Marked-up paragraphs in an attribute that a component reads: ``data-content``, ``props``."""
    body = page.tree.body
    for node in body.traverse() if body is not None else ():
        for name, text in node.attributes.items():
            if not text or len(text) <= LITTLE or name in _OTHER_ATTRIBUTES:
                continue
            if len(_TAG.findall(text)) >= 2 and '":' not in text:
                yield text
            elif text.lstrip()[:1] in ("{", "["):
                yield from _markup(text, depth=0)
                yield from _state(text)


_OTHER_ATTRIBUTES = frozenset(
    ("class", "style", "src", "srcset", "href", "d", "points", "onclick", "alt", "title")
)


def _decoded(literal: str) -> str:
    """The value of a JSON string, or nothing when it is none."""
    try:
        value = orjson.loads(literal)
    except orjson.JSONDecodeError:
        try:
            value = orjson.loads(without_halves(literal))
        except orjson.JSONDecodeError:
            return ""
    return value if isinstance(value, str) else ""


def _markup(code: str, depth: int) -> Iterator[str]:
    """String literals that hold marked-up paragraphs, also inside literals that hold a document."""
    for literal in _LITERAL.finditer(code):
        text = _decoded(literal[0])
        inner = list(_markup(text, depth + 1)) if depth < 2 and '"' in text else []
        if inner:
            yield from inner
        elif len(_TAG.findall(text)) >= 2 and '":' not in text:
            yield text
