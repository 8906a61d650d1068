"""Rules found by pointing: a page as numbered blocks, and selectors for those that a person points at.

Pure. A selector is worth something when it also holds on other pages of the site: it is tried on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from archive.errors import UsageError
from crawler.onboarding.teach_text import TaughtSample, harm, text_rule

ROLES = {
    "title": "title", "headline": "title", "titel": "title", "kop": "title",
    "date": "published", "published": "published", "datum": "published", "day": "published",
    "author": "author", "byline": "author", "auteur": "author",
    "body": "body", "text": "body", "tekst": "body",
    "drop": "strip", "strip": "strip", "weg": "strip",
    "keep": "keep", "houd": "keep",
}  # fmt: skip
"""What a person may call it -> key of ``[[rules]]``."""
_SEVERAL = ("body", "strip", "keep")
"""Of these a page may have several."""
MOST_AT_ONCE = 200
"""Blocks that one span may name."""
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
_TELLING = frozenset(
    {"h1", "time", "article", "main", "address", "header", "footer", "nav", "aside", "figure", "figcaption"}
)
"""Elements whose name alone says what they are."""
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
    says: tuple[str, ...] = ()
    """What is to be known of it: how much it takes in, what it lacks."""


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
        own = sum(len(each.strip()) for each in child.children if type(each) is NavigableString)
        whole = not inner or (own and 2 * own >= sum(len(each.get_text(strip=True)) for each in inner))
        if (
            child.name not in ("html", "body") and whole
        ):  # a comment, or a stray sign, makes no block of a page
            yield child
        else:
            yield from _pieces(child)


def pointed_at(words: str) -> list[tuple[int, str]]:
    """(number of a block, key of the rules) of ``12 is the date, 15 the byline, drop 20`` or ``12=date``.

    Of text and of what is to be dropped or kept there may be several: ``12-18 is the text``, ``drop 20 and
    22``. Raises :class:`UsageError` for what says neither.
    """
    found = []
    for part in re.split(r"[,;\n]+", words):
        if not part.strip():
            continue
        spans = re.findall(r"(\d+)(?:\s*(?:-|–|to|tot)\s*(\d+))?", part)
        key = next((ROLES[each] for each in re.findall(r"[a-z]+", part.lower()) if each in ROLES), None)
        if not spans or key is None:
            raise UsageError(
                f"{part.strip()!r}: expected a number and what it is: {', '.join(dict.fromkeys(ROLES))}"
            )
        several = len(spans) > 1 or spans[0][1]
        if several and key not in _SEVERAL:
            raise UsageError(f"{part.strip()!r}: expected one number")
        for first, last in spans:
            found += [(number, key) for number in range(int(first), int(last or first) + 1)][:MOST_AT_ONCE]
    return found


def learn(
    pages: Sequence[bytes | str], words: str, texts: Sequence[Sequence[str]] | None = None
) -> list[Lesson]:
    """Selectors for what *words* point at on the first of *pages*, tried on the others.

    *texts*: the blocks of the text that were read on each page; a selector for the text is held against them.
    Raises :class:`UsageError` for a block that there is not, or that no selector tells from the rest.
    """
    here = blocks(pages[0])
    meant = pointed_at(words)
    for number, _ in meant:
        if not 1 <= number <= len(here):
            raise UsageError(f"there is no block {number}: the page has {len(here)}")
    if not here:
        return []
    known = texts or [()] * len(pages)
    root = next(each for each in reversed([here[0].tag, *here[0].tag.parents]) if isinstance(each, Tag))
    soups = [root, *(BeautifulSoup(page, "lxml") for page in pages[1:])]
    samples = [TaughtSample.of(soup, text) for soup, text in zip(soups, known, strict=True)]
    lessons: list[Lesson] = []
    for number, key in meant:
        block = here[number - 1]
        if key != "body":
            lesson = _lesson(block, key, samples)
            if not any((each.key, each.selector) == (key, lesson.selector) for each in lessons):
                lessons.append(lesson)
        elif not any(each.key == "body" for each in lessons):
            pointed = [here[each - 1] for each, role in meant if role == "body"]
            rule = text_rule(pointed, here, samples, _selectors)
            if rule is None:
                raise UsageError(
                    f"no selector tells the text around block {number} from the rest of its page"
                )
            lessons.append(
                Lesson(
                    key=key,
                    block=number,
                    selector=rule.selector,
                    holds=rule.holds,
                    of=len(samples) - 1,
                    says=rule.says,
                )
            )
    return lessons


def _lesson(block: TaughtBlock, key: str, samples: Sequence[TaughtSample]) -> Lesson:
    """The selector of a single block; the one that takes no text away where it is to be dropped."""
    tag, others = block.tag, samples[1:]
    best: tuple[bool, bool, int, int, str] | None = None
    for place, selector in enumerate(_selectors(tag)):
        named = samples[0].soup.select(selector)
        if not any(each is tag for each in named) or (key not in _SEVERAL and named[0] is not tag):
            continue
        found = [each.soup.select(selector) for each in others]
        holds = sum(0 < len(each) <= max(3 * len(named), 3) and _may_be(key, each[0]) for each in found)
        harmless = key != "strip" or not harm(samples, selector, block)
        score = (harmless, len(named) == 1, holds, -place)  # one that names nothing else is best
        if best is None or score > best[:4]:
            best = (*score, selector)
    if best is None:
        raise UsageError(f"no selector tells block {block.number} from the rest of its page")
    says: tuple[str, ...] = ()
    if not best[0]:
        pages = harm(samples, best[4], block)
        says = (f"it takes the text away on {pages} of {len(samples)} pages: do not write it",)
    return Lesson(key=key, block=block.number, selector=best[4], holds=best[2], of=len(others), says=says)


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
    if tag.name in _TELLING:
        yield tag.name
