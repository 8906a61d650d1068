"""Full text in PostgreSQL: ``tsvector`` and GIN. :class:`archive.search.fulltext.FullText` says what is what.

Text is cut into words by FTS5, in memory, so that both engines find the same. Each version is one vector:
words with their places, first those of the title (label A), then authors (B), section (C) and text (D).
Between two fields lies a gap, so that no phrase reaches from one into the next. PostgreSQL keeps places up to
16,383, and 256 of one word: beyond that a phrase is not found, words alone are.
"""

from __future__ import annotations

import sqlite3
import struct
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from itertools import islice, permutations, product
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from archive.db.driver_errors import over_the_driver
from archive.errors import UsageError
from archive.search import fts5
from archive.search.language.expression import PHRASES, All, In, Near, Node, Spelling, Term, written
from archive.search.language.expression import Any as AnyOf

_FIELDS = ("title", "authors", "section", "text")
"""In the order in which they stand in a vector."""
_LABELS = {"title": "A", "authors": "B", "section": "C", "text": "D"}
_GAP = 200
"""Places between two fields: words of a NEAR stand closer."""
_WAYS = 2_000
"""Ways in which the words of a NEAR may stand, that are asked for at most."""
_NOTHING = "'\x01'"
"""A word that no text has."""
_STEP = 200

INDEX = table("words", column("id", Integer), column("terms", TSVECTOR))
NUMBER = INDEX.c.id
_QUERY = cast(bindparam("query"), TSQUERY)
MATCHES: ColumnElement[bool] = INDEX.c.terms.op("@@")(_QUERY)
_WEIGHTS: ColumnElement[Any] = literal_column("CAST('{0.125, 0.25, 0.5, 1.0}' AS REAL[])")
"""Of D, C, B and A: as bm25 weighs the fields in SQLite."""
RANK: ColumnElement[float] = (-func.ts_rank_cd(_WEIGHTS, INDEX.c.terms, _QUERY)).label("rank")


# ---------------------------------------------------------------- what is asked


def expression(node: Node, spelling: Spelling | None, loosely: bool) -> str:
    return _emit(node, spelling, loosely, "")


def _emit(node: Node, spelling: Spelling | None, loosely: bool, labels: str) -> str:
    match node:
        case Term():
            return _either(_phrase(_cut(words), prefix, labels) for words, prefix in written(node, spelling))
        case Near(terms, within):
            ways = product(*(written(each, spelling) for each in terms))
            return _either(_near(way, within, labels) for way in islice(ways, PHRASES))
        case In(name, inner):
            return _emit(inner, spelling, loosely, _LABELS[name])
        case All(wanted, unwanted):
            found = " & ".join(f"({_emit(each, spelling, loosely, labels)})" for each in wanted)
            if unwanted and not loosely:
                return f"{found} & !({_either(_emit(each, spelling, loosely, labels) for each in unwanted)})"
            return found
        case AnyOf(nodes):
            return _either(_emit(each, spelling, loosely, labels) for each in nodes)


def _either(ways: Iterator[str]) -> str:
    return " | ".join(f"({each})" for each in ways)


def _phrase(words: Sequence[str], prefix: bool, labels: str) -> str:
    """Words that follow each other; of the last one only the beginning is given where *prefix* says so."""
    if not words:
        return _NOTHING
    last = len(words) - 1
    marks = [("*" if prefix and place == last else "") + labels for place in range(len(words))]
    lexemes = [f"'{word}'" + (f":{mark}" if mark else "") for word, mark in zip(words, marks, strict=True)]
    return " <-> ".join(lexemes)


def _near(phrases: Sequence[tuple[str, bool]], within: int, labels: str) -> str:
    """Phrases in any order, at most *within* words from the end of the first to the start of the last."""
    cut = list(
        dict.fromkeys((_cut(words), prefix) for words, prefix in phrases)
    )  # twice is no more than once
    if not all(words for words, _ in cut):
        return _NOTHING
    if within >= _GAP:
        raise UsageError(f"NEAR: on PostgreSQL at most {_GAP - 1} words apart, not {within}")
    ways: list[str] = []
    for order in dict.fromkeys(permutations(range(len(cut)))):
        between = within - sum(len(cut[each][0]) for each in order[1:-1])
        for distances in _distances(len(cut) - 1, between):
            way = f"({_phrase(*cut[order[0]], labels)})"
            for distance, each in zip(distances, order[1:], strict=True):
                way = f"({way} <{distance + 1}> ({_phrase(*cut[each], labels)}))"
            ways.append(way)
            if len(ways) > _WAYS:
                raise UsageError(
                    "NEAR: so many words, so far apart, cannot be asked for on PostgreSQL; ask for fewer"
                )
    return _either(iter(ways)) if ways else _NOTHING


def _distances(number: int, most: int) -> Iterator[tuple[int, ...]]:
    """Every way to put at most so many words into so many places."""
    if most < 0:
        return
    if number == 0:
        yield ()
        return
    for first in range(most + 1):
        for rest in _distances(number - 1, most - first):
            yield first, *rest


def marked(
    connection: Connection, numbers: Sequence[int], words: Node, spelling: Spelling | None
) -> Mapping[int, tuple[str, str]]:
    wanted = text("SELECT id, title, text, authors, section FROM searchable WHERE id = ANY(:numbers)")
    rows = connection.execute(wanted, {"numbers": list(numbers)}).all()
    found = fts5.marked_rows(fts5.expression(words, spelling, False), [tuple(row) for row in rows])
    plain = {row.id: (row.title, " ".join(row.text.split()[:32])) for row in rows}
    return plain | found


# ---------------------------------------------------------------- the index


@contextmanager
def _cutter() -> Iterator[sqlite3.Connection]:
    """FTS5 in memory, for the words it cuts text into."""
    with closing(sqlite3.connect(":memory:")) as made:
        made.execute(f'CREATE VIRTUAL TABLE cut USING fts5(said, tokenize="{fts5.SPLIT}")')
        made.execute("CREATE VIRTUAL TABLE terms USING fts5vocab('cut', 'instance')")
        yield made


def _cut_by_fts5(said: Sequence[str]) -> list[list[str]]:
    """The words that FTS5 cuts each of these into."""
    found: list[list[str]] = [[] for _ in said]
    with _cutter() as cutter:
        cutter.executemany("INSERT INTO cut (rowid, said) VALUES (?, ?)", enumerate(said))
        for number, term in cutter.execute('SELECT doc, term FROM terms ORDER BY doc, "offset"'):
            found[number].append(term)
    return found


class _Characters(dict[int, str]):
    """Character -> itself, or a space where it parts two words. Each is asked for once."""

    def __init__(self) -> None:
        self.marks = ""
        """Characters with which a word goes on and does not begin."""

    def __missing__(self, number: int) -> str:
        character = chr(number)
        alone, within = _cut_by_fts5([character, f"a{character}b"])
        joins = len(within) == 1
        if joins and not alone:
            self.marks += character
        self[number] = character if joins else " "
        return self[number]


class _WordCutter:
    """Text cut as FTS5 cuts it, without asking it for each text: a tenth of the time.

    A word begins with a letter or digit, and goes on with those and with accents that stand by themselves;
    how it is written in the index depends on nothing else. So each character and each word is asked for once.
    """

    MOST = 500_000
    """Words that are remembered."""
    LONGEST = 2_000
    """Bytes of a word that PostgreSQL keeps, but for a few."""

    def __init__(self) -> None:
        self._characters = _Characters()
        self._terms: dict[str, str] = {}
        self._sent: dict[str, bytes] = {}

    def words(self, said: Sequence[str]) -> list[list[str]]:
        """The words of each text, in order, as the index has them."""
        spoken = [self._spoken(each) for each in said]
        unknown = set[str]().union(*spoken) - self._terms.keys()
        if unknown:
            self._learn(spoken, unknown)
        return [[self._terms[word] for word in each] for each in spoken]

    def sent(self, said: Sequence[str]) -> list[list[bytes]]:
        """The same words as they are sent: with a null behind each."""
        spoken = [self._spoken(each) for each in said]
        unknown = set[str]().union(*spoken) - self._terms.keys()
        if unknown:
            self._learn(spoken, unknown)
        return [[self._sent[word] for word in each] for each in spoken]

    def _spoken(self, said: str) -> list[str]:
        words = said.translate(self._characters).split()
        if marks := self._characters.marks:
            words = [word for each in words if (word := each.lstrip(marks))]
        return words

    def _learn(self, spoken: Sequence[Sequence[str]], unknown: set[str]) -> None:
        if len(self._terms) > self.MOST:
            self._terms.clear()
            self._sent.clear()
            unknown = set[str]().union(*spoken)
        some = list(unknown)
        for each, terms in zip(some, _cut_by_fts5(some), strict=True):
            (term,) = terms
            if len(term) > self.LONGEST // 4:
                term = term.encode()[: self.LONGEST].decode(errors="ignore")
            self._terms[each], self._sent[each] = term, term.encode() + b"\0"


_cutting = _WordCutter()


@lru_cache(maxsize=4096)
def _cut(words: str) -> tuple[str, ...]:
    """The words of a phrase, as the index has them."""
    return tuple(_cutting.words([words])[0])


def _vectors(rows: Sequence[Any]) -> Iterator[tuple[int, str]]:
    """Rows of ``searchable`` -> number and vector, as PostgreSQL reads one."""
    every = iter(_cutting.words([getattr(row, name) or "" for row in rows for name in _FIELDS]))
    for row in rows:
        places: dict[str, list[str]] = {}
        start = 1
        for name in _FIELDS:
            words = next(every)
            at = _PLACES[name][start : start + len(words)]
            at += [_PLACES[name][-1]] * (len(words) - len(at))
            for term, place in zip(words, at, strict=True):
                if term in places:
                    places[term].append(place)
                else:
                    places[term] = [place]
            start += len(words) + _GAP
        yield row.id, " ".join([f"'{term}':{','.join(where)}" for term, where in places.items()])


_PLACES = {name: [f"{place}{label}" for place in range(16_384)] for name, label in _LABELS.items()}
"""Every place that PostgreSQL keeps, as it is written in a vector; what stands behind them has the last."""
_LAST = 16_383
_MOST = 256
"""Places of one word that PostgreSQL keeps."""
_PACKED = {
    name: [(place | weight << 14).to_bytes(2, "big") for place in range(_LAST + 1)]
    for weight, name in enumerate(reversed(_FIELDS))
}
"""The same as it is sent: two bytes, of which the label is the first two bits."""
_NUMBERS = [number.to_bytes(2, "big") for number in range(_MOST + 1)]


def _packed_vectors(rows: Sequence[Any], counts: Counter[bytes]) -> Iterator[bytes]:
    """Rows of ``searchable`` -> rows of a binary COPY of number and vector, as ``tsvectorsend`` has one.

    PostgreSQL takes half the time for it that it takes to read a vector as text. Every word of each is
    counted in *counts*.
    """
    every = iter(_cutting.sent([getattr(row, name) or "" for row in rows for name in _FIELDS]))
    for row in rows:
        places: dict[bytes, bytes] = {}
        start = 1
        for name in _FIELDS:
            words = next(every)
            at = _PACKED[name][start : start + len(words)]
            at += [_PACKED[name][_LAST]] * (len(words) - len(at))
            for term, place in zip(words, at, strict=True):
                if term in places:
                    places[term] += place
                else:
                    places[term] = place
            start += len(words) + _GAP
        counts.update(places.keys())
        if start > _MOST and (start > _LAST or max(map(len, places.values()), default=0) > 2 * _MOST):
            places = {term: _kept_places(where) for term, where in places.items()}
        lexemes = [term + _NUMBERS[len(where) >> 1] + where for term, where in places.items()]
        vector = len(places).to_bytes(4, "big") + b"".join(lexemes)
        yield _ROW_HEAD + int(row.id).to_bytes(8, "big") + len(vector).to_bytes(4, "big") + vector


def _kept_places(where: bytes) -> bytes:
    """Those that PostgreSQL keeps: each once, by the heaviest label, the first 256 of them."""
    kept: dict[int, int] = {}
    for label_and_place in struct.unpack(f">{len(where) // 2}H", where):
        place = label_and_place & _LAST
        kept[place] = max(kept.get(place, 0), label_and_place)
        if len(kept) > _MOST:
            del kept[place]
            break
    return struct.pack(f">{len(kept)}H", *kept.values())


_COPY = "COPY words (id, terms) FROM STDIN (FORMAT BINARY)"
_COPY_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END = b"\xff\xff"
_ROW_HEAD = (2).to_bytes(2, "big") + (8).to_bytes(4, "big")
"""Of a row: two columns, the first of eight bytes."""


_ROWS = text("SELECT id, title, text, authors, section FROM searchable WHERE id = ANY(:numbers) ORDER BY id")
_NEXT_ROWS = text(
    "SELECT id, title, text, authors, section FROM searchable WHERE id > :after AND id <= :until "
    "ORDER BY id LIMIT :step"
)
_SOME = text("SELECT id FROM words WHERE id > :after ORDER BY id LIMIT :step")
_OTHER_WORDS = text(
    "SELECT words.id FROM words JOIN unnest(CAST(:numbers AS BIGINT[]), CAST(:terms AS TEXT[])) "
    "AS said (id, terms) ON said.id = words.id WHERE words.terms <> CAST(said.terms AS TSVECTOR) LIMIT 1"
)
_COUNT_UP = text(
    "INSERT INTO vocabulary (term, doc) "
    "SELECT term, count(*) FROM words, unnest(tsvector_to_array(terms)) AS term "
    "WHERE id = ANY(:numbers) GROUP BY term ORDER BY term "
    "ON CONFLICT (term) DO UPDATE SET doc = vocabulary.doc + excluded.doc"
)
_COUNT_DOWN = text(
    "UPDATE vocabulary SET doc = doc - gone.number FROM "
    "(SELECT term, count(*) AS number FROM words, unnest(tsvector_to_array(terms)) AS term "
    "WHERE id = ANY(:numbers) GROUP BY term) AS gone WHERE vocabulary.term = gone.term"
)


def add_words(connection: Connection, numbers: Sequence[int]) -> None:
    for start in range(0, len(numbers), _STEP):
        some = list(numbers[start : start + _STEP])
        _put(connection, connection.execute(_ROWS, {"numbers": some}).all(), Counter())
        connection.execute(_COUNT_UP, {"numbers": some})


def _put(connection: Connection, rows: Sequence[Any], counts: Counter[bytes]) -> None:
    """Put the vectors of rows of ``searchable`` in, and count their words."""
    driver: Any = connection.connection.driver_connection
    with over_the_driver(connection), driver.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.write(_COPY_HEAD)
        for each in _packed_vectors(rows, counts):
            copy.write(each)
        copy.write(_COPY_END)


def take_over(connection: Connection, source: Connection, after: int, until: int) -> Counter[str]:
    """Index the versions behind *after*, up to *until*, by their words in another archive, of any engine.

    Returns how many of them have each word, for :func:`put_vocabulary`.
    """
    counts: Counter[bytes] = Counter()
    while rows := source.execute(_NEXT_ROWS, {"after": after, "until": until, "step": _STEP}).all():
        _put(connection, rows, counts)
        after = rows[-1].id
    return Counter({term[:-1].decode(): number for term, number in counts.items()})


def put_vocabulary(connection: Connection, counts: Mapping[str, int]) -> None:
    """Put in how many versions have each word, where nothing is known yet."""
    driver: Any = connection.connection.driver_connection
    into = "COPY vocabulary (term, doc) FROM STDIN"
    with over_the_driver(connection), driver.cursor() as cursor, cursor.copy(into) as copy:
        for each in sorted(counts.items()):
            copy.write_row(each)


def drop_words(connection: Connection, numbers: Sequence[int]) -> None:
    asked = {"numbers": list(numbers)}
    connection.execute(_COUNT_DOWN, asked)
    connection.execute(text("DELETE FROM vocabulary WHERE doc <= 0"))
    connection.execute(text("DELETE FROM words WHERE id = ANY(:numbers)"), asked)


def check_words(connection: Connection) -> str | None:
    different = connection.execute(
        text(
            "SELECT count(*) FROM indexed FULL JOIN words ON words.id = indexed.version_id "
            "WHERE words.id IS NULL OR indexed.version_id IS NULL"
        )
    ).scalar_one()
    if different:
        return f"{different} versions are indexed and have no words, or the other way round"
    after = 0
    while True:
        numbers = connection.execute(_SOME, {"after": after, "step": _STEP}).scalars().all()
        if not numbers:
            return None
        vectors = dict(_vectors(connection.execute(_ROWS, {"numbers": list(numbers)}).all()))
        asked = {"numbers": list(vectors), "terms": list(vectors.values())}
        wrong = connection.execute(_OTHER_WORDS, asked).scalar()
        if wrong is not None:
            return f"version {wrong} is indexed by other words than it has"
        after = numbers[-1]


def purge_words(connection: Connection) -> None:
    """Rows that were deleted stay on their pages until :func:`archive.db.postgres.rewrite`."""


def rebuild_words(connection: Connection) -> None:
    forget_words(connection)
    put_vocabulary(connection, take_over(connection, connection, 0, 2**62))


def forget_words(connection: Connection) -> None:
    """Take out everything."""
    connection.execute(text("DELETE FROM words"))
    connection.execute(text("DELETE FROM vocabulary"))


def vocabulary(connection: Connection, beginning: str) -> list[tuple[str, int]]:
    rows = connection.execute(
        text("SELECT term, doc FROM vocabulary WHERE term >= :since AND term < :until LIMIT 20000"),
        {"since": beginning, "until": beginning + "\U0010ffff"},
    )
    return [(term, count) for term, count in rows]


def stands_in_vocabulary(connection: Connection, word: str, *, beginning: bool = False) -> bool:
    until = word + "\U0010ffff" if beginning else word
    wanted = text("SELECT 1 FROM vocabulary WHERE term >= :since AND term <= :until LIMIT 1")
    return connection.execute(wanted, {"since": word, "until": until}).first() is not None
