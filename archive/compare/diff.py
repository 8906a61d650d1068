"""(version, version) -> diff, word by word. Pure."""

from __future__ import annotations

import re

from rapidfuzz.distance import Indel

from archive.model.types import Article, BlockKind, Change, Diff, Piece, Version

_TOKENS = re.compile(r"\s+|\w+(?:[.,:'’-]\w+)*|[^\w\s]")
"""White space, words and numbers ("1,5" is one), single marks: together every character of a text."""


def diff(old: Version, new: Version) -> Diff:
    """What lies between two versions."""
    return between(old.article, new.article, old=old.number, new=new.number)


def between(before: Article, after: Article, *, old: int, new: int) -> Diff:
    """What lies between two readings, of versions *old* and *new*.

    The pieces that are equal or removed, joined, are the old text; those equal or added, the new one.
    """
    pieces = words(before.text, after.text)
    return Diff(
        old=old,
        new=new,
        fields=fields(before, after),
        pieces=pieces,
        added=sum(count_words(piece.text) for piece in pieces if piece.change is Change.ADDED),
        removed=sum(count_words(piece.text) for piece in pieces if piece.change is Change.REMOVED),
    )


def words(old: str, new: str) -> tuple[Piece, ...]:
    """The shortest way from *old* to *new* in words, marks and white space."""
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    pieces: list[Piece] = []
    for step in Indel.opcodes(before, after):
        removed = "".join(before[step.src_start : step.src_end])
        added = "".join(after[step.dest_start : step.dest_end])
        if step.tag == "equal":
            pieces.append(Piece(change=Change.EQUAL, text=removed))
            continue
        if removed:
            pieces.append(Piece(change=Change.REMOVED, text=removed))
        if added:
            pieces.append(Piece(change=Change.ADDED, text=added))
    return _gathered(pieces)


def _gathered(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Join edits that only white space holds apart: "one two" for "three four" is one edit, not two.

    Within a run of edits what is removed comes first, then what is added.
    """
    gathered: list[Piece] = []
    removed = added = ""

    def close() -> None:
        nonlocal removed, added
        if removed:
            gathered.append(Piece(change=Change.REMOVED, text=removed))
        if added:
            gathered.append(Piece(change=Change.ADDED, text=added))
        removed = added = ""

    for index, piece in enumerate(pieces):
        if piece.change is Change.REMOVED:
            removed += piece.text
        elif piece.change is Change.ADDED:
            added += piece.text
        elif (
            piece.text.isspace() and "\n" not in piece.text and removed and added and index + 1 < len(pieces)
        ):
            removed += piece.text
            added += piece.text
        else:
            close()
            gathered.append(piece)
    close()
    return tuple(gathered)


def count_words(text: str) -> int:
    """Words and numbers; marks and white space do not count."""
    return sum(1 for token in _TOKENS.findall(text) if token[0].isalnum())


def fields(old: Article, new: Article) -> dict[str, tuple[str, str]]:
    """Fields other than the text that differ: name -> (old, new), each as one string, empty for absent."""
    before, after = _shown(old), _shown(new)
    return {name: (before[name], after[name]) for name in before if before[name] != after[name]}


def _shown(article: Article) -> dict[str, str]:
    return {
        "title": article.title,
        "headline": article.headline or "",
        "kicker": article.kicker or "",
        "authors": ", ".join(article.authors),
        "captions": "\n".join(article.captions),
        "boxes": "\n".join(block.text for block in article.blocks if block.kind is BlockKind.BOX),
        "section": article.section or "",
        "published": article.published.text if article.published else "",
        "modified": article.modified.text if article.modified else "",
        "dateline": article.dateline or "",
        "tags": ", ".join(article.tags),
        "language": article.language or "",
        "kind": article.kind.value,
    }
