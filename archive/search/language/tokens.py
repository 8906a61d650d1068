"""What a query is cut into, each token with its place; and the error that names a place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.errors import UsageError


class QueryError(UsageError):
    """A query that cannot be read: says why, and at which character."""

    def __init__(self, query: str, position: int, reason: str, **values: object) -> None:
        why = reason.format(**values)
        super().__init__(f"{why}\n  {query}\n  {' ' * position}^ character {position + 1}")
        self.query, self.position, self.reason, self.values = query, position, reason, values

    @property
    def why(self) -> str:
        """What is wrong, in words."""
        return self.reason.format(**self.values)


@dataclass(frozen=True)
class Token:
    """A word, a phrase or a sign of a query."""

    kind: str
    """``word``, ``phrase``, ``(``, ``)``, ``,``, ``:``, ``-``, ``end``."""
    text: str
    at: int
    glued: bool
    """No white space before it."""
    mark: str = ""
    """``*`` or ``~`` that stands right behind it."""

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.at + len(self.text) + len(self.mark) + 2 * (self.kind == "phrase")


_TOKEN = re.compile(
    r'(?P<space>\s+)|"(?P<phrase>[^"]*)"(?P<mark1>[*~]?)|(?P<sign>[(),])|(?P<word>[^\s"(),:]+)|(?P<colon>:)'
)


def tokens_of(query: str) -> list[Token]:
    """The tokens of *query*, with an ``end`` behind the last one.

    Raises :class:`QueryError` for a quotation mark without a partner.
    """
    tokens: list[Token] = []
    at, glued = 0, False
    while at < len(query):
        if query[at] == "-" and not glued and at + 1 < len(query) and not query[at + 1].isspace():
            tokens.append(Token("-", "-", at, glued))
            at, glued = at + 1, True
            continue
        found = _TOKEN.match(query, at)
        if found is None:
            raise QueryError(query, at, "this quotation mark has no partner")
        if found["space"]:
            glued = False
            at = found.end()
            continue
        if found["phrase"] is not None:
            tokens.append(Token("phrase", found["phrase"], at, glued, found["mark1"]))
        elif found["sign"]:
            tokens.append(Token(found["sign"], found["sign"], at, glued))
        elif found["colon"]:
            tokens.append(Token(":", ":", at, glued))
        else:
            word = found["word"]
            mark = word[-1] if word[-1] in "*~" else ""
            tokens.append(Token("word", word[:-1] if mark else word, at, glued, mark))
        at, glued = found.end(), True
    tokens.append(Token("end", "", len(query), False))
    return tokens
