"""The words of a query as a tree, and the expression FTS5 reads."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Protocol

from archive.model.folding import unaccented

PHRASES = 64
"""Ways to write a phrase that are looked for, at most."""


@dataclass(frozen=True)
class Term:
    """One word, one phrase, or one beginning of a word."""

    words: str
    prefix: bool = False
    forms: bool = False
    position: int = 0


@dataclass(frozen=True)
class Near:
    """Words that stand close together."""

    terms: tuple[Term, ...]
    within: int


@dataclass(frozen=True)
class In:
    """Something within one field."""

    column: str
    node: Node


@dataclass(frozen=True)
class All:
    """All of *wanted* and none of *unwanted*."""

    wanted: tuple[Node, ...]
    unwanted: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Any:
    """At least one of them."""

    nodes: tuple[Node, ...]


Node = Term | Near | In | All | Any


class Spelling(Protocol):
    """What words look like in the index that is asked."""

    def forms(self, word: str) -> Sequence[str]:
        """A word's other forms."""

    def spelled(self, word: str, *, prefix: bool = False) -> Sequence[str]:
        """How a word, or the beginning of one, may be written; the plain spelling first."""


def terms_of(node: Node) -> Iterator[Term]:
    """Every word in the tree, in the order in which they stand."""
    match node:
        case Term():
            yield node
        case Near(terms):
            yield from terms
        case In(_, inner):
            yield from terms_of(inner)
        case All(wanted, unwanted):
            for each in (*wanted, *unwanted):
                yield from terms_of(each)
        case Any(nodes):
            for each in nodes:
                yield from terms_of(each)


def emit(node: Node, spelling: Spelling | None, loosely: bool) -> str:
    """The expression FTS5 reads. *loosely* leaves out what is not wanted."""
    match node:
        case Term():
            phrases = [_quoted(*each) for each in written(node, spelling)]
            return phrases[0] if len(phrases) == 1 else f"({' OR '.join(phrases)})"
        case Near(terms, within):
            chosen = product(*(written(each, spelling) for each in terms))
            near = [
                f"NEAR({' '.join(_quoted(*phrase) for phrase in each)}, {within})"
                for each in islice(chosen, PHRASES)
            ]
            return near[0] if len(near) == 1 else f"({' OR '.join(near)})"
        case In(column, inner):
            return f"{{{column}}} : ({emit(inner, spelling, loosely)})"
        case All(wanted, unwanted):
            found = " AND ".join(f"({emit(each, spelling, loosely)})" for each in wanted)
            if unwanted and not loosely:
                lost = " OR ".join(f"({emit(each, spelling, loosely)})" for each in unwanted)
                return f"({found}) NOT ({lost})"
            return found
        case Any(nodes):
            return " OR ".join(f"({emit(each, spelling, loosely)})" for each in nodes)


def written(term: Term, spelling: Spelling | None) -> list[tuple[str, bool]]:
    """A word, or a phrase, in each way it may be written, and whether it is only a beginning."""
    if spelling is None:
        return [(term.words, term.prefix)]
    words = _WORD.findall(unicodedata.normalize("NFC", term.words))
    spelled = [
        spelling.spelled(each, prefix=term.prefix and place == len(words))
        for place, each in enumerate(words, 1)
    ]
    as_typed = [unaccented(each) for each in words]
    if all(list(each) == [word] for each, word in zip(spelled, as_typed, strict=True)):
        phrases = [(term.words, term.prefix)]
    else:
        phrases = [(" ".join(each), term.prefix) for each in islice(product(*spelled), PHRASES)]
    if term.forms:
        phrases += [(each, False) for each in spelling.forms(term.words)]
    return list(dict.fromkeys(phrases))


_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
"""A word as the index cuts it."""


def _quoted(words: str, prefix: bool) -> str:
    return '"' + words.replace('"', '""') + '"' + ("*" if prefix else "")
