"""The query language: words a person types -> what to look for, and where. Pure.

::

    brand school              both words           "jan de vries"        these words in this order
    brand OR vuur             either               brand NOT school      one without the other; also -school
    brandw*                   its beginning        huis~                 its other forms (huizen, huisje)
    NEAR(brand school, 5)     at most 5 words apart (10 when not said)   ( )  to group
    title:brand               in one field: title, text, author, section; also title:(a OR b), author:"a b"

    site:NAME  place:Hengelo  lang:nl  kind:liveblog  status:gone  is:silent  is:edited  is:changed
    kind:correction           edits that are a correction, style, context, removal, headline, update, ...
    tag:raad  note:minutes    what a researcher marked so, or noted beside it
    author:="Anna Bos"        an author by the whole name; also section:=sport (capitals and accents matter)
    author:*  -published:*    what names an author, what states no date; also section, place, lang
    published:2026-03         the day, month or year the site states;     published:2026-03-01..2026-04-15
    seen:2026-06-01..         when we saw it (with in:removed: saw it go) seen:>=2026-06-01
    in:current                what stands there now, or stood last (this is the default)
    in:all                    every version        in:removed            sentences that were taken out

Capitals and accents do not matter; ø, ł, ß, æ and the like are found by o, l, ss, ae. ``OR``, ``NOT``,
``AND`` and ``NEAR`` are read as such in capitals only.
Filters stand beside the words and all hold; two of one kind mean either; a minus before one means not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from archive.search.language.days import Span
from archive.search.language.expression import Any, Node, Spelling, Term, emit, terms_of
from archive.search.language.tokens import tokens_of

COLUMNS = {
    "title": "title",
    "text": "text",
    "author": "authors",
    "authors": "authors",
    "section": "section",
}
"""Fields that hold words -> their column in the index."""

STATED = {
    "author": "authors",
    "authors": "authors",
    "section": "section",
    "place": "place",
    "lang": "language",
    "published": "published",
}
"""Fields that a site may state or not -> their column; ``author:*`` is what states one."""

EXACT = ("author", "authors", "section")
"""Fields whose whole value is asked for with ``=`` before it: ``section:=sport``, ``author:="Anna Bos"``."""

FLAGS = {
    "silent": "edits that the site did not own up to",
    "edited": "articles that were edited",
    "changed": "versions that are edits",
    "alternating": "texts that were shown by turns (A/B tests): no edits",
}
FILTERS = ("site", "place", "lang", "kind", "status", "is", "published", "seen", "in", "tag", "note")


class Scope(StrEnum):
    """In what to look."""

    CURRENT = "current"
    """The latest version of each article."""
    ALL = "all"
    REMOVED = "removed"
    """Sentences that stood in a version and not in the next."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A condition beside the words."""

    field: str
    """That of the language, but ``edit`` for a ``kind:`` of edit, not of page, ``stated`` for a star, and
    ``exact authors`` or ``exact section`` for a whole value."""
    value: str
    unless: bool = False
    """With a minus: what does not match."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A filter as it was typed: ``site:``, ``published:``, ``in:`` and the like."""

    field: str
    value: str
    unless: bool = False
    start: int
    """Where it begins in the query's ``source``, with its minus, NOT or AND."""
    end: int
    """Where it ends."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is looked for."""

    text: str = ""
    """As it was typed."""
    words: Node | None = None
    """``None``: everything that passes the filters."""
    filters: tuple[Filter, ...] = ()
    published: tuple[Span, ...] = ()
    seen: tuple[Span, ...] = ()
    scope: Scope = Scope.CURRENT
    source: str = field(default="", compare=False)
    """What was read: positions count in it."""
    conditions: tuple[Condition, ...] = field(default=(), compare=False)
    """Filters, days and scope as they were typed."""

    def has(self, name: str, value: str) -> bool:
        """Whether the condition ``name:value`` is asked for."""
        return any(
            each.field == name and not each.unless and _is_same(each.value, value) for each in self.conditions
        )

    def without(self, name: str, value: str | None = None) -> str:
        """The query in words without its conditions ``name:value``; without a value, all on *name*."""
        return self._written(
            each
            for each in self.conditions
            if each.field != name or (value is not None and (each.unless or not _is_same(each.value, value)))
        )

    def with_condition(self, name: str, value: str, *, instead: bool = False) -> str:
        """The query in words with ``name:value`` added; *instead* of the other conditions on *name*."""
        mark = "=" if is_exact(name, value) else ""
        plain = _plain(value.removeprefix(mark))
        quoted = f'"{plain}"' if any(not (sign.isalnum() or sign in "-_.") for sign in plain) else plain
        quoted = mark + quoted
        left = (each for each in self.conditions if not instead or each.field != name)
        return self._written(left, f"{name}:{quoted}")

    def lacks(self, name: str) -> bool:
        """Whether what states no *name* is asked for: ``-name:*``."""
        return any(each.field == name and each.unless and each.value == "*" for each in self.conditions)

    def with_lacking(self, name: str) -> str:
        """The query in words with ``-name:*`` instead of its conditions on *name*."""
        return self._written((each for each in self.conditions if each.field != name), f"-{name}:*")

    def with_word(self, term: Term, word: str) -> str:
        """The query in words with another word at the place of *term*."""
        quoted = self.source[term.position : term.position + 1] == '"'
        end = term.position + len(term.words) + 2 * quoted
        return f"{self.source[: term.position]}{word}{self.source[end:]}".strip()

    def _written(self, conditions: Iterable[Condition], *more: str) -> str:
        """The words, then *conditions* and *more*. Words with an OR stand in brackets beside a condition."""
        words, at = "", 0
        for each in sorted(self.conditions, key=lambda each: each.start):
            words, at = f"{words} {self.source[at : each.start].strip()}", each.end
        words = f"{words} {self.source[at:].strip()}".strip()
        left = [re.sub(r"^AND\s+", "", self.source[each.start : each.end]) for each in conditions]
        whole = " ".join(filter(None, (words, *left, *more)))
        beside = any(
            not each.casefold().startswith("in:") for each in (*left, *more)
        )  # a scope is on no side
        if beside and isinstance(self.words, Any) and not _is_bracketed(words):
            return " ".join((f"({words})", *left, *more))
        return whole

    def terms(self) -> Iterator[Term]:
        """Every word that is looked for."""
        if self.words is not None:
            yield from terms_of(self.words)

    def match(self, spelling: Spelling | None = None, *, loosely: bool = False) -> str | None:
        """The expression FTS5 reads; ``None`` when no words are asked for. Without *spelling*: as typed.

        *loosely* leaves out what is not wanted: it then finds at least everything the query would.
        """
        return None if self.words is None else emit(self.words, spelling, loosely)


def is_exact(name: str, value: str) -> bool:
    """Whether a condition asks for a whole value."""
    return name in EXACT and value.startswith("=")


def exactly(name: str, value: str) -> str:
    """What a condition on *name* has to say to find just *value*; its words, where no query can hold it."""
    return f"={value}" if name in EXACT and _plain(value) == value else value


def _is_same(said: str, value: str) -> bool:
    """Whether a condition says *value*. In a whole value capitals matter."""
    plain = _plain(value)
    return said == plain or ("=" not in (said[:1], plain[:1]) and said.casefold() == plain.casefold())


def _is_bracketed(words: str) -> bool:
    """Whether one pair of brackets stands around all of *words*."""
    depth = 0
    for place, token in enumerate(tokens := tokens_of(words)[:-1], 1):
        depth += (token.kind == "(") - (token.kind == ")")
        if not depth:
            return place == len(tokens) and place > 1
    return False


def _plain(text: str) -> str:
    """*text* as a query can hold it between quotation marks."""
    unmarked = text.translate({ord(sign): " " for sign in '"“”„'})
    return "".join(" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in unmarked)
