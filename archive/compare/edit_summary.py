"""(article, article) -> what an editor did: how many words, which numbers, names and quotes. Pure.

A line that stands elsewhere in the new text has moved: its words are neither added nor removed. Numbers,
names and quotes are compared as they stand in title and text together, so one that merely moved is not
named. Names are a matter of capitals and particles: a help to the eye, no register of persons.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from rapidfuzz.distance import Indel

from archive.compare.diff import count_words, words
from archive.compare.judge import changed_fields
from archive.model.types import Article, Change

Swap = tuple[str, str]
"""(what stood there, what stands there now); either may be empty."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What lies between two versions, in figures and in what matters most to a reader."""

    changed_fields: tuple[str, ...] = ()
    """As :func:`archive.compare.judge.changed_fields` names it."""
    added: int = 0
    """Words of the text."""
    removed: int = 0
    shifted: int = 0
    """Words of lines that stand elsewhere now."""
    numbers: tuple[Swap, ...] = ()
    names: tuple[Swap, ...] = ()
    quotes: tuple[Swap, ...] = ()


def edit(old: Article, new: Article) -> Edit:
    """What happened to an article between two readings made the same way."""
    added, removed, shifted = sizes(old.text, new.text)
    before, after = f"{old.title}\n{old.text}", f"{new.title}\n{new.text}"
    return Edit(
        changed_fields=changed_fields(old, new),
        added=added,
        removed=removed,
        shifted=shifted,
        numbers=_swaps(numbers(before), numbers(after)),
        names=_swaps(names(before), names(after)),
        quotes=_swaps(quotes(before), quotes(after)),
    )


def sizes(old: str, new: str) -> tuple[int, int, int]:
    """(words added, words removed, words moved) between two texts."""
    before, after = _lines(old), _lines(new)
    gone: Counter[str] = Counter()
    come: Counter[str] = Counter()
    for step in Indel.opcodes(before, after):
        if step.tag != "equal":
            gone.update(before[step.src_start : step.src_end])
            come.update(after[step.dest_start : step.dest_end])
    elsewhere = gone & come
    pieces = words("\n".join(_without(before, elsewhere)), "\n".join(_without(after, elsewhere)))
    return (
        sum(count_words(piece.text) for piece in pieces if piece.change is Change.ADDED),
        sum(count_words(piece.text) for piece in pieces if piece.change is Change.REMOVED),
        sum(count_words(line) * times for line, times in elsewhere.items()),
    )


def _lines(text: str) -> list[str]:
    return [folded for folded in (" ".join(line.split()) for line in text.split("\n")) if folded]


def _without(lines: list[str], taken: Counter[str]) -> list[str]:
    left = Counter(taken)
    kept = []
    for line in lines:
        if left[line]:
            left[line] -= 1
        else:
            kept.append(line)
    return kept


def _swaps(old: Iterable[str], new: Iterable[str]) -> tuple[Swap, ...]:
    """What is no longer there, or less often, beside what came, once each, in the order of reading."""
    before, after = Counter(old), Counter(new)
    return tuple(zip_longest(before - after, after - before, fillvalue=""))


# ---------------------------------------------------------------- numbers, names, quotes

_NUMBER = re.compile(r"(?<![\w,.])[-−+]?(?:[€$£]\s?)?\d+(?:[.,:]\d+)*(?:\s?%|\s?procent\b)?")
_QUOTE = re.compile(
    r"„[^”“\n]{3,}[”“]|“[^”\n]{3,}”|«[^»\n]{3,}»|\"[^\"\n]{3,}\"|‘[^’\n]+(?:’\w[^’\n]*)*’(?!\w)|,,[^'\n]{3,}''"
)
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w’'-]*"
_PARTICLE = r"(?:van|von|de|den|der|het|'t|’t|te|ten|ter|la|le|op|of|du|di|da|al|el|bin|fan)"
_NAME = re.compile(rf"(?<![\w’'-]){_CAPITAL}(?:(?:\s+{_PARTICLE}){{0,3}}\s+{_CAPITAL})*")
_OPENING = re.compile(r"(?:^|[.!?…:]|[„“‘\"«])\s*$")


def numbers(text: str) -> list[str]:
    """Numbers as written: ``1,5``, ``14:30``, ``€ 200``, ``12%``."""
    return [found.group() for found in _NUMBER.finditer(text)]


def quotes(text: str) -> list[str]:
    """What stands between quotation marks, with them."""
    return [found.group() for found in _QUOTE.finditer(text)]


def names(text: str) -> list[str]:
    """Runs of capitalized words; one word that opens a sentence counts if it also stands within one."""
    found: list[str] = []
    doubtful: list[tuple[int, str]] = []
    for line in text.split("\n"):
        for match in _NAME.finditer(line):
            name = match.group()
            if " " in name or not _OPENING.search(line[: match.start()]):
                found.append(name)
            else:
                doubtful.append((len(found), name))
    certain = set(found)
    for place, name in reversed(doubtful):
        if name in certain:
            found.insert(place, name)
    return found
