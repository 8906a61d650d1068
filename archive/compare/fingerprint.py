"""What the words of an article are: their canonical form, its hash, and the fingerprint of a reading.

The canonical form
------------------
A JSON object with the members ``authors``, ``boxes``, ``captions`` (lists of strings), ``headline``,
``kicker``, ``section``, ``text`` and ``title`` (strings), as exported, without those that are empty; keys in
alphabetical order, no white space between tokens, UTF-8, no escapes but those JSON demands (RFC 8785 for
this data). Its SHA-256, in hexadecimal, is the **content hash**: equal for articles that say the same, to
the letter. In readings whose fingerprint begins with ``1:`` the form has no ``kicker``.

The **fingerprint** is ``2:`` and the SHA-256 of the same form after every run of white space, line breaks
included, has become one space, and after variation selectors have gone, which nobody sees: a paragraph
broken in two is no edit. Nothing else is folded: not a digit, not a comma, not a capital. Members that are
empty count for nothing, so a field that is read from now on does not make every article look changed. The
number in front is the release of this rule.

What sites rewrite without an editor's hand is in neither: dates, tags, pictures, addresses, language.
"""

from __future__ import annotations

import hashlib
import re

import orjson

from archive.model.types import Article, BlockKind

FINGERPRINT = "2"
"""Release of the rule of canonical form and fingerprint."""


def canonical(article: Article, release: str = FINGERPRINT) -> dict[str, str | list[str]]:
    """The canonical form of an article's words, before it is written as JSON."""
    members: dict[str, str | list[str]] = {
        "kicker": (article.kicker or "") if release != "1" else "",
        "headline": article.headline or "",
        "authors": list(article.authors),
        "boxes": [block.text for block in article.blocks if block.kind is BlockKind.BOX],
        "captions": list(article.captions),
        "section": article.section or "",
        "text": article.text,
        "title": article.title,
    }
    return {name: value for name, value in members.items() if value}


def content_hash(article: Article, release: str = FINGERPRINT) -> str:
    """SHA-256 of the canonical form, in hexadecimal; *release* is that of the reading's fingerprint."""
    return hashlib.sha256(orjson.dumps(canonical(article, release), option=orjson.OPT_SORT_KEYS)).hexdigest()


def fingerprint(article: Article) -> str:
    """Equal for readings with equal words, whatever their white space."""
    words = {name: folded_member(value) for name, value in canonical(article).items()}
    kept = {name: value for name, value in words.items() if value}
    return f"{FINGERPRINT}:{hashlib.sha256(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)).hexdigest()}"


def folded_member(value: str | list[str]) -> str | list[str]:
    """A member of the canonical form as the fingerprint covers it."""
    if isinstance(value, str):
        return folded(value)
    return [words for words in map(folded, value) if words]


_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Variation selectors: some newsrooms mark their texts with them (C2PA), and nobody sees them."""


def folded(words: str) -> str:
    """*words* as they are compared: runs of white space are one space, variation selectors are not there."""
    if not words.isascii():
        words = _SELECTORS.sub("", words)
    return " ".join(words.split())


FEW_WORDS = 20
"""A text of fewer words is no witness that two addresses hold one article."""


def words_digest(title: str, text: str) -> bytes | None:
    """Equal for articles with the same headline and text, wherever they stand; ``None`` for too few words."""
    if len(text.split()) < FEW_WORDS:
        return None
    return hashlib.sha256(f"{folded(title)}\n{folded(text)}".encode()).digest()[:16]
