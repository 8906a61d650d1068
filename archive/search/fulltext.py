"""What search asks of a full-text index. SQLite's is :mod:`archive.search.fts5`, PostgreSQL's
:mod:`archive.search.tsvector`; both cut text into the same words, and find the same versions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Protocol, cast

from sqlalchemy import ColumnElement, Connection, FromClause

from archive.search.language.expression import Node, Spelling

_MODULES = {"sqlite": "archive.search.fts5", "postgresql": "archive.search.tsvector"}
"""Of each dialect of SQLAlchemy."""

OPEN, CLOSE = "\x02", "\x03"
"""Stand around words that were found: signs that no text has."""


class FullText(Protocol):
    """A full-text index of versions, by number of version. A module is one."""

    INDEX: FromClause
    NUMBER: ColumnElement[int]
    """The number of the version."""
    MATCHES: ColumnElement[bool]
    """The words are bound to ``query``, as :meth:`expression` makes them."""
    RANK: ColumnElement[float]
    """Smaller is better; a word in the title weighs most. Needs ``query``, too."""

    def expression(self, node: Node, spelling: Spelling | None, loosely: bool) -> str:
        """What the index reads. *loosely* leaves out what is not wanted."""

    def marked(
        self, connection: Connection, numbers: Sequence[int], words: Node, spelling: Spelling | None
    ) -> Mapping[int, tuple[str, str]]:
        """Title and words around the match, by number; what was found stands between marks."""

    def vocabulary(self, connection: Connection, beginning: str) -> list[tuple[str, int]]:
        """Words of the index that begin so, each with the number of versions that have it."""

    def stands_in_vocabulary(self, connection: Connection, word: str, *, beginning: bool = False) -> bool:
        """Whether a word of the index is spelled so; with *beginning*: begins so."""

    def add_words(self, connection: Connection, numbers: Sequence[int]) -> None:
        """Index versions that stand in the view ``searchable``."""

    def drop_words(self, connection: Connection, numbers: Sequence[int]) -> None:
        """Take versions out while the view still has the words they were indexed with."""

    def check_words(self, connection: Connection) -> str | None:
        """What is wrong with the index, held against its words; ``None`` for nothing. Needs to write."""

    def purge_words(self, connection: Connection) -> None:
        """See to it that words taken out of the index are no longer spelled in it."""

    def rebuild_words(self, connection: Connection) -> None:
        """Make the index anew from the view."""


def of(connection: Connection) -> FullText:
    """The full-text index of the database of a connection."""
    found: Any = import_module(_MODULES[connection.dialect.name])
    return cast(FullText, found)
