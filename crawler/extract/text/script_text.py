"""Article text that a page shows by script alone: in its JSON-LD, or in the state it hands its script.

Asked only when the page as it was sent shows next to no text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import orjson
from selectolax.lexbor import LexborHTMLParser

from archive.model.types import BlockKind
from crawler.extract.page.blocks import Outline, outline
from crawler.extract.page.broken_json import without_halves
from crawler.extract.page.page import Page
from crawler.extract.text.phrases import furniture
from crawler.extract.text.scored import Judged, kind_of

LITTLE = 200
"""Characters below which a page shows next to nothing."""
_LITERAL = re.compile(r'"((?:[^"\\]|\\.){300,})"')
_STREAMED = re.compile(r'__next_f\.push\(\[1,("(?:[^"\\]|\\.)*")\]\)')
_PLACEHOLDER = re.compile(r"[$\[{#%]{2}.*[$\]}#%]{2}$")
_TAG = re.compile(r"<(?:p|br|h[2-4]|li)\b", re.I)


def hidden_text(page: Page) -> tuple[Outline, list[Judged]] | None:
    """The outline of the longest article text among the page's scripts, every run of prose kept."""
    best: tuple[int, Outline, list[Judged]] | None = None
    for source in _sources(page):
        lines = outline(LexborHTMLParser(source))
        judged = [Judged(run, kind_of(run, lines), 0.5) for run in lines.runs]
        for each in judged:
            each.kept = furniture(each.run.text) is None and not _PLACEHOLDER.match(each.run.text)
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
    scripts = [script.text(deep=True) for script in page.tree.css("script:not([src])")]
    # Next.js cuts its state into strings wherever it likes
    streamed = "".join(_decoded(piece[1]) for code in scripts for piece in _STREAMED.finditer(code))
    for code in (streamed, *scripts):
        if "<p" in code or "<\\/p" in code or "\\u003cp" in code:
            yield from _markup(code, depth=0)


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
