"""What else a word is spelled as in this archive: with other letters, and in its other forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select

from archive.db.schema import indexed
from archive.errors import UsageError
from archive.model.folding import LETTERS, folded, unaccented
from archive.search import fulltext
from archive.search.language.query import Query

FORMS = 40
"""Forms a word is looked for in, at most."""
SPELLINGS = 32
"""Spellings of one word, at most."""


class Spellings:
    """Looks up how words are spelled in the index, and remembers which forms it answered."""

    def __init__(self, connection: Connection, asked: Query) -> None:
        self._connection, self._index = connection, fulltext.of(connection)
        stated = next(
            (each.value for each in asked.filters if each.field == "lang" and not each.unless), None
        )
        self._language = stated
        self.used: dict[str, tuple[str, ...]] = {}
        """Word -> the forms it was looked for in."""

    def forms(self, word: str) -> Sequence[str]:
        """A word and its other forms that stand in the index, the most frequent first."""
        plain = unaccented(word)
        if word not in self.used:
            stem = _stemmer(self._language or self._commonest())
            beginning = plain[: max(2, min(len(stem(plain)) - 1, 4))]
            same = [
                (-count, each)
                for each, count in self._index.vocabulary(self._connection, beginning)
                if each != plain and stem(each) == stem(plain)
            ]
            self.used[word] = (plain, *(each for _, each in sorted(same)[: FORMS - 1]))
        return self.used[word]

    def spelled(self, word: str, *, prefix: bool = False) -> Sequence[str]:
        """How a word (with *prefix*: the beginning of one) may be written: ``strasse``, ``straße``.

        The plain spelling comes first, whether it stands in the index or not; others stand there.
        """
        plain = folded(word)
        found = [plain]
        for each in self._walk(plain, "", 0, prefix):
            there = self._index.stands_in_vocabulary(self._connection, each, beginning=prefix)
            if there and len(found) < SPELLINGS:
                found.append(each)
        return found

    def _walk(self, plain: str, before: str, at: int, prefix: bool) -> Iterator[str]:
        """Spellings with a letter of its own at *at* or later, as far as words in the index begin so."""
        for place in range(at, len(plain)):
            for letter, written in _WRITTEN_SO.get(plain[place], ()):
                rest = plain[place:]
                if not (rest.startswith(written) or (prefix and written.startswith(rest))):
                    continue
                begun = before + plain[at:place] + letter
                if self._index.stands_in_vocabulary(self._connection, begun, beginning=True):
                    after = place + len(written)
                    yield begun + plain[after:]
                    yield from self._walk(plain, begun, after, prefix)

    def _commonest(self) -> str:
        newest = select(indexed.c.language).order_by(indexed.c.version_id.desc()).limit(500)
        counted = Counter(each for each in self._connection.execute(newest).scalars() if each)
        return counted.most_common(1)[0][0] if counted else "nl"


_WRITTEN_SO: dict[str, list[tuple[str, str]]] = {}
"""First sign of what is typed -> (letter of its own, what is typed for it)."""
for _letter, _written in LETTERS.items():
    _WRITTEN_SO.setdefault(_written[0], []).append((_letter, _written))


@lru_cache(maxsize=8)
def _stemmer(code: str) -> Any:
    import snowballstemmer

    names = {
        "nl": "dutch", "en": "english", "de": "german", "fr": "french", "es": "spanish", "it": "italian",
        "pt": "portuguese", "da": "danish", "sv": "swedish", "no": "norwegian", "nb": "norwegian",
        "fi": "finnish", "hu": "hungarian", "ro": "romanian", "pl": "polish", "tr": "turkish",
    }  # fmt: skip
    name = names.get(code.lower().partition("-")[0])
    if name is None or name not in snowballstemmer.algorithms():
        raise UsageError(
            f"~ knows no forms in the language {code!r}; name them, or use a star: huis OR huizen"
        )
    return snowballstemmer.stemmer(name).stemWord
