"""What a person types -> a query, or an error that points at the character."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from archive.compare.edit_kinds import EditKind
from archive.model.types import ARTICLE_KINDS, PageKind, Status
from archive.search.language.days import Span, span
from archive.search.language.expression import All, Any, In, Near, Node, Term
from archive.search.language.query import (
    COLUMNS,
    EXACT,
    FILTERS,
    FLAGS,
    STATED,
    Condition,
    Filter,
    Query,
    Scope,
)
from archive.search.language.tokens import QueryError, Token, tokens_of

MOST = 1000
"""Characters of a query."""
DEEPEST = 20
"""Brackets within brackets."""

_FIELDS = sorted({*COLUMNS, *FILTERS} - {"authors"})

_BESIDE_OR = "filters such as site: stand beside the words, not on one side of an OR; put the words in ( )"


@dataclass
class _Parser:
    """One pass over the tokens."""

    query: str
    tokens: list[Token]
    here: int = 0
    filters: list[Filter] = field(default_factory=list)
    published: list[Span] = field(default_factory=list)
    seen: list[Span] = field(default_factory=list)
    scope: Scope = Scope.CURRENT
    conditions: list[Condition] = field(default_factory=list)

    @property
    def now(self) -> Token:
        return self.tokens[self.here]

    def ahead(self) -> Token:
        return self.tokens[min(self.here + 1, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.now
        self.here += 1
        return token

    def wrong(
        self, reason: str, token: Token | None = None, *, further: int = 0, **values: object
    ) -> QueryError:
        return QueryError(
            self.query, min((token or self.now).at + further, len(self.query)), reason, **values
        )

    # expr := all (OR all)*      all := [NOT|-] item ([AND|NOT|-] item)*

    def either(self, depth: int) -> Node | None:
        filters = len(self.filters) + len(self.published) + len(self.seen)
        nodes = []
        last = self.now
        while True:
            node = self.together(depth)
            operator = self.now
            if operator.kind == "word" and operator.text == "OR":
                if node is None:
                    raise self.wrong("OR stands between words; nothing stands before it")
                if len(self.filters) + len(self.published) + len(self.seen) > filters:
                    raise self.wrong(_BESIDE_OR)
                nodes.append(node)
                last = self.take()
                if self.now.kind in ("end", ")"):
                    raise self.wrong("OR stands between words; nothing stands after it", operator)
                continue
            if nodes and node is None:
                raise self.wrong("OR stands between words; only a filter stands after it", last)
            if nodes and len(self.filters) + len(self.published) + len(self.seen) > filters:
                raise self.wrong(_BESIDE_OR, last)
            if node is not None:
                nodes.append(node)
            break
        if not nodes:
            return None
        return nodes[0] if len(nodes) == 1 else Any(tuple(nodes))

    def together(self, depth: int) -> Node | None:
        wanted: list[Node] = []
        unwanted: list[Node] = []
        first_unwanted = None
        while True:
            token = self.now
            if token.kind in ("end", ")") or (
                token.kind == "word" and token.text == "OR" and not self._is_field()
            ):
                break
            unless = False
            if token.kind == "word" and token.text in ("AND", "NOT") and not self._is_field():
                if token.text == "AND" and not wanted:
                    raise self.wrong("AND stands between words; nothing stands before it")
                self.take()
                unless = token.text == "NOT"
                if self.now.kind in ("end", ")"):
                    raise self.wrong("{word} is followed by nothing", token, word=token.text)
                if self.now.kind == "word" and self.now.text in ("AND", "OR", "NOT") and token.text == "NOT":
                    raise self.wrong("{word} is followed by {next}", word=token.text, next=self.now.text)
                if token.text == "AND" and self.now.kind == "word" and self.now.text in ("AND", "OR"):
                    raise self.wrong("{word} is followed by {next}", word="AND", next=self.now.text)
                if token.text == "AND":
                    continue
            elif token.kind == "-":
                self.take()
                unless = True
            node = self.item(depth, unless)
            if node is None:
                continue
            if unless:
                first_unwanted = first_unwanted or token
                unwanted.append(node)
            else:
                wanted.append(node)
        if unwanted and not wanted:
            raise self.wrong(
                "this leaves words out, but nothing says what to look for; add a word", first_unwanted
            )
        if not wanted:
            return None
        return wanted[0] if len(wanted) == 1 and not unwanted else All(tuple(wanted), tuple(unwanted))

    def _is_field(self) -> bool:
        return self.ahead().kind == ":" and self.ahead().glued

    def item(self, depth: int, unless: bool) -> Node | None:
        token = self.now
        if token.kind == "word" and not token.mark and self._is_field():
            return self.filtered(depth, unless)
        return self.word(depth)

    def word(self, depth: int) -> Node:
        token = self.take()
        if token.kind == "(":
            if depth >= DEEPEST:
                raise self.wrong("more than {number} brackets within brackets", token, number=DEEPEST)
            before = len(self.filters) + len(self.published) + len(self.seen)
            inner = self.either(depth + 1)
            if self.now.kind != ")":
                raise self.wrong("this bracket is never closed", token)
            if len(self.filters) + len(self.published) + len(self.seen) > before:
                raise self.wrong("filters such as site: stand beside the words, not between brackets", token)
            self.take()
            if inner is None:
                raise self.wrong("nothing stands between these brackets", token)
            return inner
        if token.kind == "word" and token.text == "NEAR" and self.now.kind == "(" and self.now.glued:
            return self.near(token)
        if token.kind in ("word", "phrase"):
            return self.term(token)
        raise self.wrong(
            {
                ")": "this bracket was never opened",
                ":": "nothing stands before this colon; a field is written as title:word",
                ",": "a comma stands only within NEAR( ); put it between quotation marks to look for it",
                "-": "a minus is followed by the word to leave out",
            }.get(token.kind, "this is not understood"),
            token,
        )

    def term(self, token: Token) -> Term:
        if not any(_is_sign_of_word(sign) for sign in token.text):
            if token.mark == "*" and not token.text:
                raise self.wrong("a star stands behind the beginning of a word, such as brand*", token)
            raise self.wrong("there is no word here to look for", token)
        if token.kind == "word" and ("*" in token.text or "~" in token.text):
            where = min(token.text.find(sign) for sign in "*~" if sign in token.text)
            raise self.wrong("* and ~ stand only at the end of a word", token, further=where)
        if token.mark == "~" and token.kind == "phrase":
            raise self.wrong("~ asks for the forms of one word, not of a phrase", token)
        return Term(token.text, token.mark == "*", token.mark == "~", token.at)

    def near(self, opening: Token) -> Node:
        self.take()
        terms: list[Term] = []
        within = 10
        while self.now.kind in ("word", "phrase"):
            token = self.take()
            term = self.term(token)
            if term.forms:
                raise self.wrong("~ cannot stand within NEAR( ); name the forms, or use a star", token)
            terms.append(term)
        if self.now.kind == ",":
            self.take()
            number = self.take()
            if (
                number.kind != "word"
                or not number.text.isascii()
                or not number.text.isdigit()
                or not 0 < int(number.text) <= 1000
            ):
                raise self.wrong("the distance of NEAR is a number of words from 1 to 1000", number)
            within = int(number.text)
        if self.now.kind != ")":
            raise self.wrong(
                "NEAR is written as NEAR(one two) or NEAR(one two, 5)",
                opening if self.now.kind == "end" else None,
            )
        self.take()
        if len(terms) < 2:
            raise self.wrong("NEAR needs two words or more", opening)
        return Near(tuple(terms), within)

    # ------------------------------------------------------------ fields and filters

    def filtered(self, depth: int, unless: bool) -> Node | None:
        first = self.here
        name = self.take()
        self.take()  # the colon
        known = name.text.lower()
        if known in STATED and self.now.kind == "word" and self.now.mark == "*" and not self.now.text:
            self.take()
            self.filters.append(Filter(field="stated", value=STATED[known], unless=unless))
            self.typed(first, known, "*", unless)
            return None
        if known in EXACT and self.now.kind == "word" and self.now.text.startswith("="):
            whole = self.whole_value(name)
            self.filters.append(Filter(field=f"exact {COLUMNS[known]}", value=whole, unless=unless))
            self.typed(first, known, f"={whole}", unless)
            return None
        if known in COLUMNS:
            if self.now.kind in ("end", ")"):
                raise self.wrong("{word} is followed by nothing", name, word=f"{name.text}:")
            value = self.now
            inside = In(COLUMNS[known], self.word(depth))
            if (
                depth == 0
                and value.kind in ("word", "phrase")
                and not value.mark
                and isinstance(inside.node, Term)
            ):
                self.typed(first, known, value.text, unless)
            return inside
        if known not in FILTERS:
            raise self.wrong(
                "there is no field {field!r}; there are {fields}. "
                "To look for a colon, put the words between quotation marks",
                name,
                field=name.text,
                fields=", ".join(_FIELDS),
            )
        value = self.now
        if value.kind not in ("word", "phrase") or not (value.text or value.mark):
            raise self.wrong("{word} is followed by nothing", name, word=f"{name.text}:")
        words = self.take().text + value.mark
        while self.now.glued and self.now.kind in (":", "word"):  # a time has colons
            words += self.take().text
        self.filter(known, words, unless, value)
        self.typed(first, known, words, unless)
        return None

    def whole_value(self, name: Token) -> str:
        """What stands behind a ``=``: a word, or words between quotation marks."""
        token = self.take()
        value = token.text[1:] + token.mark
        if not value and self.now.kind == "phrase" and self.now.glued:
            value = self.take().text
        if not value.strip():
            raise self.wrong("{word} is followed by nothing", name, word=f"{name.text}:=")
        return value

    def typed(self, first: int, name: str, value: str, unless: bool) -> None:
        """Put on record where a condition stands: from token *first* to the last one taken."""
        start = first
        while start and (
            self.tokens[start - 1].kind == "-"
            or (self.tokens[start - 1].kind == "word" and self.tokens[start - 1].text in ("AND", "NOT"))
        ):
            start -= 1
        self.conditions.append(
            Condition(
                field=name,
                value=value,
                unless=unless,
                start=self.tokens[start].at,
                end=self.tokens[self.here - 1].end,
            )
        )

    def filter(self, name: str, value: str, unless: bool, token: Token) -> None:
        if name in ("published", "seen", "in") and unless:
            raise self.wrong("{field}: takes no minus", token, field=name)
        if name in ("published", "seen"):
            spans = self.published if name == "published" else self.seen
            try:
                spans.append(span(value))
            except ValueError as error:
                raise self.wrong(error.args[0], token, words=value) from None
            return
        allowed: Sequence[str] | None = {
            "in": [each.value for each in Scope],
            "kind": [
                *sorted(each.value for each in ARTICLE_KINDS | {PageKind.PAGE}),
                *(each.value for each in EditKind),
            ],
            "status": [each.value for each in Status],
            "is": list(FLAGS),
        }.get(name)
        if allowed is not None:
            value = value.lower()
            if value not in allowed:
                raise self.wrong(
                    "{field}: is one of {allowed}", token, field=name, allowed=", ".join(allowed)
                )
        if name == "in":
            if any(each.field == "in" and each.value.lower() != value for each in self.conditions):
                raise self.wrong("in: stands once: a query looks in one thing only", token)
            self.scope = Scope(value)
            return
        if name == "kind" and value in {each.value for each in EditKind}:
            name = "edit"
        self.filters.append(Filter(field=name, value=value, unless=unless))


def _is_sign_of_word(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LN" or unicodedata.category(sign) == "Co"


def parse(text: str) -> Query:
    """What a person typed -> a query. Raises :class:`QueryError`, which points at the character."""
    if len(text) > MOST:
        raise QueryError(text[: MOST + 1], MOST, "a query has at most {number} characters", number=MOST)
    cleaned = "".join(" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in text)
    cleaned = cleaned.translate({ord(sign): '"' for sign in "“”„"})
    reader = _Parser(cleaned, tokens_of(cleaned))
    words = reader.either(0)
    if reader.now.kind == ")":
        raise reader.wrong("this bracket was never opened")
    if reader.scope is Scope.REMOVED and words is None:
        raise QueryError(cleaned, len(cleaned), "in:removed needs a word to look for in what was taken out")
    return Query(
        text=text.strip(),
        words=words,
        filters=tuple(reader.filters),
        published=tuple(reader.published),
        seen=tuple(reader.seen),
        scope=reader.scope,
        source=cleaned,
        conditions=tuple(
            each for each in reader.conditions if each.field not in COLUMNS or not isinstance(words, Any)
        ),
    )
