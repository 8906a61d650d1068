"""Whether two articles have to do with each other: the same words, a further page, another story."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rapidfuzz.distance import Indel

from archive.compare.fingerprint import FEW_WORDS, fingerprint, folded
from archive.model.types import Article, PageKind, Precision


def says_the_same(one: Article, other: Article) -> bool:
    """Whether two readings, of two addresses, are of one article: one headline, nearly one text, one date."""
    if min(one.word_count, other.word_count) < FEW_WORDS:
        return fingerprint(one) == fingerprint(other)
    lengths = sorted((one.word_count, other.word_count))
    return (
        folded(one.title) == folded(other.title)
        and lengths[0] >= NEARLY * lengths[1]
        and likeness(one.text, other.text) >= NEARLY
        and not newly_published(one, other)
        and not newly_published(other, one)
    )


def is_edited(one: Article, other: Article) -> bool:
    """Whether *other*, read where *one* stood, is that article, as it was or edited: their words still have
    to do with each other, and it was not published anew."""
    if newly_published(one, other) or newly_published(other, one):
        return False
    return says_the_same(one, other) or still_the_same(one, other)


NEARLY = 0.9
"""Two pages of one article may differ in a caption or a notice."""


def is_a_further_page(first: Article, other: Article) -> bool:
    """Whether *other* may be a further page of *first*: one headline, another text."""
    headlines = Indel.normalized_similarity(_unnumbered(first.title), _unnumbered(other.title))
    return headlines >= SAME_HEADLINE and likeness(first.text, other.text) < NEARLY


_NUMBERED = re.compile(
    r"\W+(?:(?:page|pagina|seite|pag|p|deel|teil|part|partie)\.?\W*)?\d{1,2}(?:\s*/\s*\d{1,2}|\s+\w{2,4}\s+\d{1,2})?\W*$"
)


def _unnumbered(title: str) -> str:
    return _NUMBERED.sub("", title.casefold())


def joined(pages: Sequence[Article]) -> Article:
    """One article of its pages, in order: the first one's fields, all of their words. What stands on every
    page (a lead, a caption) is said once."""
    first, *others = pages
    blocks = list(first.blocks)
    known = {(block.kind, folded(block.text)) for block in blocks}
    for page in others:
        new = [block for block in page.blocks if (block.kind, folded(block.text)) not in known]
        known |= {(block.kind, folded(block.text)) for block in new}
        blocks += new
    left_out = None
    if all(page.left_out is not None for page in pages):
        left_out = tuple(words for page in pages for words in page.left_out or ())
    images = tuple(dict.fromkeys(image for page in pages for image in page.images))
    links = None
    if all(page.links is not None for page in pages):
        links = tuple(dict.fromkeys(url for page in pages for url in page.links or ()))
    return replace(first, blocks=tuple(blocks), images=images, links=links, left_out=left_out)


ALIKE = 0.1
"""Share of the shorter text's pairs of words in the longer at which the texts have to do with each other."""


REWRITTEN = 0.5
"""With a new date of publication, a text of which less has stayed is another story."""


STILL_THERE = 0.3
"""Under another headline, so much of the shorter text must stand in the longer for the page to be what it
was: a listing that has the article's excerpt is not it."""


SAME_HEADLINE = 0.8


SPOKEN = 12
"""Fewer words than these are too few to tell stories apart by."""


def likeness(one: str, other: str) -> float:
    """The share of the shorter text's pairs of words that stand in the longer; 1 when it has none."""
    pairs = sorted((_pairs(one), _pairs(other)), key=len)
    return len(pairs[0] & pairs[1]) / len(pairs[0]) if pairs[0] else 1.0


def _pairs(text: str) -> set[tuple[str, str]]:
    words = re.findall(r"\w+", text.casefold())
    return set(pairwise(words))


def still_the_same(old: Article, new: Article) -> bool:
    """Whether a page of another kind is still the article *old*: the words have something to do with each
    other. A page with hardly any words says nothing, however much was cut from it."""
    if 2 * len(new.text.split()) < min(SPOKEN, len(old.text.split())):
        return False
    alike = likeness(old.text, new.text)
    if Indel.normalized_similarity(old.title.casefold(), new.title.casefold()) >= SAME_HEADLINE:
        return alike >= ALIKE
    return alike >= STILL_THERE


def is_hardly_read(old: Article, new: Article) -> bool:
    """Whether *new* lacks the headline and most of the text that *old* has: of a page like that, after a
    redesign or with a text that a script would bring, hardly anything was read."""
    if not old.title or new.title:
        return False
    return new.word_count < REWRITTEN * old.word_count or likeness(old.text, new.text) < REWRITTEN


def is_another_story(old: Article, new: Article) -> bool:
    """Whether an address that held *old* holds another story now: under another headline, its words have
    nothing to do with those before, or little, and no line is what it was; or it states another day of
    publication, and most of its words are new, or no line is what it was: the weather is told in the same
    words each day, with other figures."""
    if PageKind.LIVEBLOG in (old.kind, new.kind):
        return False
    if min(len(old.text.split()), len(new.text.split())) < SPOKEN:
        return False
    alike = likeness(old.text, new.text)
    if newly_published(old, new):
        return alike < REWRITTEN or _shares_no_line(old, new)
    headlines = Indel.normalized_similarity(old.title.casefold(), new.title.casefold())
    unlike = alike < ALIKE or (alike < 2 * ALIKE and _shares_no_line(old, new))
    return unlike and headlines < REWRITTEN


def _shares_no_line(old: Article, new: Article) -> bool:
    """Whether two texts of several lines have none in common."""
    then, now = ({folded(line) for line in each.text.split("\n")} - {""} for each in (old, new))
    return min(len(then), len(now)) >= FEWEST_LINES and not then & now


FEWEST_LINES = 3


def newly_published(old: Article, new: Article) -> bool:
    """Whether *new* states a later day of publication than *old*, in words of its own."""
    if old.published is None or new.published is None or old.published.raw == new.published.raw:
        return False
    if Precision.RELATIVE in (old.published.precision, new.published.precision):
        return False
    return new.published.value.date() > old.published.value.date()
