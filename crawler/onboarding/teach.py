"""Rules found by pointing: a page as numbered blocks, and selectors for those that a person points at.

Pure. A selector is worth something when it also holds on other pages of the site: it is tried on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from archive.errors import UsageError

ROLES = {
    "title": "title", "headline": "title", "titel": "title", "kop": "title",
    "date": "published", "published": "published", "datum": "published", "day": "published",
    "author": "author", "byline": "author", "auteur": "author",
    "body": "body", "text": "body", "tekst": "body",
    "drop": "strip", "strip": "strip", "weg": "strip",
    "keep": "keep", "houd": "keep",
}  # fmt: skip
"""What a person may call it -> key of ``[[rules]]``."""
_NO_BLOCKS = ("script", "style", "noscript", "template", "head", "svg", "option")
_INLINE = (
    "a",
    "abbr",
    "b",
    "em",
    "i",
    "small",
    "span",
    "strong",
    "time",
    "sup",
    "sub",
    "u",
    "br",
    "img",
    "q",
)
_GENERATED = re.compile(r"\d{3,}|^[a-z]{1,3}-?[0-9a-f]{5,}$|(?:^|-)(?:post|node|article)-?\d+$", re.I)


@dataclass(frozen=True, kw_only=True)
class TaughtBlock:
    """A piece of a page that can be pointed at."""

    number: int
    tag: Tag
    words: str


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """A selector that was found, and on how many of the other pages it names something."""

    key: str
    block: int
    selector: str
    holds: int
    of: int


def blocks(html: bytes | str) -> list[TaughtBlock]:
    """A page's pieces in reading order: the smallest elements with words that are not part of a line."""
    found = _pieces(BeautifulSoup(html, "lxml"))
    return [
        TaughtBlock(number=number, tag=tag, words=" ".join(tag.get_text(" ").split()))
        for number, tag in enumerate(found, start=1)
    ]


def _pieces(tag: Tag) -> Iterator[Tag]:
    for child in tag.find_all(recursive=False):
        if child.name in _NO_BLOCKS or not child.get_text(strip=True):
            continue
        inner = [each for each in child.find_all(recursive=False) if each.name not in _INLINE]
        own = any(isinstance(each, str) and each.strip() for each in child.children)
        if child.name not in ("html", "body") and (own or not inner):
            yield child
        else:
            yield from _pieces(child)


def pointed_at(words: str) -> list[tuple[int, str]]:
    """(number of a block, key of the rules) of ``12 is the date, 15 the byline, drop 20`` or ``12=date``.

    Raises :class:`UsageError` for what says neither.
    """
    found = []
    for part in re.split(r"[,;\n]+", words):
        if not part.strip():
            continue
        number = re.search(r"\d+", part)
        key = next((ROLES[each] for each in re.findall(r"[a-z]+", part.lower()) if each in ROLES), None)
        if number is None or key is None:
            raise UsageError(
                f"{part.strip()!r}: expected a number and what it is: {', '.join(dict.fromkeys(ROLES))}"
            )
        found.append((int(number[0]), key))
    return found


def learn(pages: Sequence[bytes | str], words: str) -> list[Lesson]:
    """Selectors for what *words* point at on the first of *pages*, tried on the others.

    Raises :class:`UsageError` for a block that there is not, or that no selector tells from the rest.
    """
    here = blocks(pages[0])
    soups = [BeautifulSoup(page, "lxml") for page in pages[1:]]
    lessons = []
    for number, key in pointed_at(words):
        if not 1 <= number <= len(here):
            raise UsageError(f"there is no block {number}: the page has {len(here)}")
        tag = here[number - 1].tag
        root = next(each for each in reversed([tag, *tag.parents]) if isinstance(each, Tag))
        best: tuple[bool, int, int, str] | None = None
        for place, selector in enumerate(_selectors(tag)):
            named = root.select(selector)
            if not any(each is tag for each in named) or (
                key not in ("strip", "keep", "body") and named[0] is not tag
            ):
                continue
            found = [soup.select(selector) for soup in soups]
            holds = sum(0 < len(each) <= max(3 * len(named), 3) and _may_be(key, each[0]) for each in found)
            score = (len(named) == 1, holds, -place)  # one that names nothing else is best
            if best is None or score > best[:3]:
                best = (*score, selector)
        if best is None:
            raise UsageError(f"no selector tells block {number} from the rest of its page")
        lessons.append(Lesson(key=key, block=number, selector=best[3], holds=best[1], of=len(soups)))
    return lessons


def _may_be(key: str, tag: Tag) -> bool:
    """Whether what a selector names on another page can be what was meant."""
    words = f"{tag.get_text(' ')} {tag.get('datetime', '')} {tag.get('content', '')}"
    return bool(re.search(r"\d", words)) if key == "published" else bool(words.strip())


def _selectors(tag: Tag) -> Iterator[str]:
    """Selectors for an element, the simplest and most lasting first; no numbers, no generated names."""
    own = list(_of_one(tag))
    yield from own
    for parent in list(tag.parents)[:4]:
        if parent.name in ("html", "body", "[document]"):
            break
        for outer in _of_one(parent):
            yield from (f"{outer} {inner}" for inner in [*own, tag.name])


def _of_one(tag: Tag) -> Iterator[str]:
    for name in ("itemprop", "data-testid", "property"):
        if value := tag.get(name):
            yield f'{tag.name}[{name}="{value}"]'
    named = tag.get("id")
    if isinstance(named, str) and re.fullmatch(r"[A-Za-z][\w-]*", named) and not _GENERATED.search(named):
        yield f"#{named}"
    for each in tag.get_attribute_list("class"):
        if each and re.fullmatch(r"[A-Za-z_][\w-]*", each) and not _GENERATED.search(each):
            yield f"{tag.name}.{each}"
    if tag.name in ("h1", "time", "article", "main", "address"):
        yield tag.name
