"""Words known again without being written down: digests of headlines, addresses and passages of a text.

What a mark stands for cannot be read from it. A text in which the same words stand, written as pages, feeds,
scripts and addresses write them, can be held against it. Pure.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import NamedTuple
from urllib.parse import unquote_to_bytes
from zlib import crc32

from archive.db.mapping import MASK

ENOUGH_LETTERS = 10
"""Letters below which words are only known together with the signs around them (``/p/12``)."""
PASSAGE = 8
"""Words of a passage of which the digest is kept."""
ONE_IN = 4
"""Of so many passages one is kept: from it no neighbour can be worked out word by word."""
NEAR = 40
"""Words between two known passages, or before and after them, that are taken to belong to them."""


class _Word(NamedTuple):
    normal: str
    start: int
    end: int


@dataclass(frozen=True)
class WordMarks:
    """Digests of words that are masked wherever they stand.

    A mark is ``name COUNT FIRST DIGEST``, ``exact COUNT FIRST DIGEST`` or ``text DIGEST``: how many words, a
    sum of the first (so that not every place is tried), and what they come to.
    """

    marks: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.marks)

    @cached_property
    def _names(self) -> dict[int, list[tuple[int, bool, str]]]:
        found: dict[int, list[tuple[int, bool, str]]] = defaultdict(list)
        for mark in self.marks:
            kind, *rest = mark.split()
            if kind != "text":
                found[int(rest[1])].append((int(rest[0]), kind == "exact", rest[2]))
        for each in found.values():
            each.sort(reverse=True)
        return dict(found)

    @cached_property
    def _passages(self) -> frozenset[str]:
        return frozenset(mark.split()[1] for mark in self.marks if mark.startswith("text "))

    def masked(self, text: str, *, passages: bool = False) -> str:
        """The text without these words; *passages*: without longer pieces of their article's text too."""
        if not self.marks or not text:
            return text
        tags = _tags(text)
        everywhere = _words(text, ())
        spans = list(self._named(text, everywhere))
        if tags:
            spans += self._named(text, _words(text, tags))
        if passages and self._passages:
            spans += self._told(text, _words(text, tags), tags)
        return _without(text, spans, tags) if spans else text

    def share_of_text(self, page: str) -> float:
        """How much of their article's text stands on a page, from 0 to 1."""
        if not self._passages:
            return 0.0
        here = {digest for _, digest in _digests(_words(page, _tags(page)))}
        return len(here & self._passages) / len(self._passages)

    def _named(self, text: str, words: Sequence[_Word]) -> Iterator[tuple[int, int]]:
        at = 0
        while at < len(words):
            step = 1
            for count, exact, digest in self._names.get(_sum(words[at].normal), ()):
                run = words[at : at + count]
                if len(run) < count or text[run[-1].end : run[-1].end + 1] == "-":
                    continue
                start, end = run[0].start, run[-1].end
                said = _exactly(text, start, end) if exact else " ".join(each.normal for each in run)
                if _digest(said) == digest:
                    yield start, end
                    step = count
                    break
            at += step

    def _told(
        self, text: str, words: Sequence[_Word], tags: Sequence[tuple[int, int]]
    ) -> Iterator[tuple[int, int]]:
        """Stretches between two known passages, to the ends of the pieces that they stand in."""
        hits = [at for at, digest in _digests(words) if digest in self._passages]
        runs: list[list[int]] = []
        for at in hits:
            if runs and at - runs[-1][-1] <= NEAR:
                runs[-1].append(at)
            else:
                runs.append([at])
        edges = [start for start, end in tags if not _INLINE.match(text, start, end)]
        if text.lstrip()[:1] in ("{", "["):
            edges = sorted({*edges, *(match.start() for match in _STRING_ENDS.finditer(text))})
        for run in runs:
            if len(run) < 2 and len(self._passages) > 2:
                continue  # a quotation
            first, last = run[0], min(run[-1] + PASSAGE, len(words)) - 1
            piece = bisect_right(edges, words[first].start)
            while first > max(0, run[0] - NEAR) and bisect_right(edges, words[first - 1].start) == piece:
                first -= 1
            piece, most = bisect_right(edges, words[last].start), min(last + NEAR, len(words) - 1)
            while last < most and bisect_right(edges, words[last + 1].start) == piece:
                last += 1
            yield words[first].start, words[last].end


def marks_of(names: Iterable[str], texts: Iterable[str] = ()) -> WordMarks:
    """The marks of an article: its headlines and addresses, and the texts that it had."""
    marks = set()
    for name in names:
        words = _words(name, ())
        if not words:
            continue
        first, count = _sum(words[0].normal), len(words)
        if sum(len(each.normal) for each in words) >= ENOUGH_LETTERS:
            marks.add(f"name {count} {first} {_digest(' '.join(each.normal for each in words))}")
        elif words[0].start > 0:
            said = _exactly(name, words[0].start, words[-1].end)
            marks.add(f"exact {count} {first} {_digest(said)}")
    for text in texts:
        marks |= {f"text {digest}" for _, digest in _digests(_words(text, ()))}
    return WordMarks(frozenset(marks))


def together(each: Collection[WordMarks]) -> WordMarks:
    """Marks of several articles."""
    return WordMarks(frozenset().union(*(one.marks for one in each)))


_ENTITY = r"&(?:amp;)?(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31}\d?);"
_PIECES = re.compile(
    rf"(?P<letters>[^\W_]+)|(?P<entity>{_ENTITY})|(?P<escape>\\u[0-9a-fA-F]{{4}})|(?P<line>\\[nrtbf])"
    r"|(?P<percent>(?:%[0-9a-fA-F]{2})+)|(?P<byte>[\udc80-\udcff])"
)
_RUN = re.compile(rf"(?:[^\W_]+|{_ENTITY}|\\u[0-9a-fA-F]{{4}}|\\[nrtbf]|%[0-9a-fA-F]{{2}}|[\udc80-\udcff])+")
"""Pieces without anything between them: most are words as they are."""
_TAG = re.compile(
    r"<!--.{0,4000}?-->|<[a-zA-Z/!?][^<>]{0,4000}>"
    r"|&lt;[a-zA-Z/](?:(?!&[gl]t;).){0,2000}?&gt;|\\u003[cC][a-zA-Z/].{0,2000}?\\u003[eE]",
    re.S,
)


_INLINE = re.compile(
    r"(?:<|&lt;|\\u003[cC])(?:\\?/)?(?:a|abbr|b|blockquote|br|cite|em|font|h[1-6]|i|mark|p|q|s|small|span|strong"
    r"|su[bp]|time|u)\b",
    re.I,
)
"""Tags that stand within a text."""
_STRING_ENDS = re.compile(r'"\s*[,:}\]]')
"""Where a string of JSON ends."""


def _tags(text: str) -> list[tuple[int, int]]:
    marked_up = "<" in text or "&lt;" in text or "\\u003" in text
    return [match.span() for match in _TAG.finditer(text)] if marked_up else []


def _words(text: str, tags: Sequence[tuple[int, int]]) -> list[_Word]:
    """Words as a reader sees them, with where they are written; those inside *tags* are left out.

    Letters may be written as references, escapes, or percent-encoded; what joins them is no part of a word.
    """
    found: list[_Word] = []
    tag = 0
    for match in _RUN.finditer(text):
        at, end = match.span()
        while tag < len(tags) and tags[tag][1] <= at:
            tag += 1
        if tag < len(tags) and tags[tag][0] <= at:
            if end <= tags[tag][1]:
                continue
            at = tags[tag][1]
        run = text[at:end]
        if run.isalnum():
            found.append(_Word(run.casefold(), at, end))
        else:
            found += _spelled(text, at, end)
    return found


def _spelled(text: str, at: int, end: int) -> Iterator[_Word]:
    """The words of a run in which some letters are not written as themselves."""
    normal, start, last = "", at, at
    for match in _PIECES.finditer(text, at, end):
        for each in _plain(match):
            if each.isalnum():
                if not normal:
                    start = match.start()
                normal, last = normal + each, match.end()
            elif normal:
                yield _Word(normal.casefold(), start, last)
                normal = ""
    if normal:
        yield _Word(normal.casefold(), start, last)


def _plain(match: re.Match[str]) -> str:
    """What a piece of a text stands for."""
    written = match[0]
    match match.lastgroup:
        case "letters":
            return written
        case "entity":
            return html.unescape(html.unescape(written))
        case "escape":
            return chr(int(written[2:], 16))
        case "percent":
            return unquote_to_bytes(written).decode("utf-8", "replace")
        case "byte":
            return bytes([ord(written) - 0xDC00]).decode("cp1252", "replace")
        case _:
            return " "


def _exactly(text: str, start: int, end: int) -> str:
    return text[max(0, start - 1) : end].casefold()


def _sum(word: str) -> int:
    return crc32(word.encode("utf-8", "replace")) & 0xFFFF


def _digest(words: str, size: int = 16) -> str:
    return blake2b(words.encode("utf-8", "replace"), digest_size=size).hexdigest()


def _digests(words: Sequence[_Word]) -> Iterator[tuple[int, str]]:
    """(place, digest) of one in :data:`ONE_IN` passages: those that begin with certain words."""
    for at in range(len(words) - PASSAGE + 1):
        if _sum(words[at].normal) % ONE_IN == 0:
            yield at, _digest(" ".join(each.normal for each in words[at : at + PASSAGE]), 4)


def _without(text: str, spans: Iterable[tuple[int, int]], tags: Sequence[tuple[int, int]]) -> str:
    """A text with one mask in the place of each span; tags within a span stay, unless it begins in one."""
    parts: list[str] = []
    done = 0
    for start, end in _merged(spans):
        parts += [text[done:start], MASK]
        parts += [text[one:two] for one, two in tags if start <= one and two <= end]
        done = end
    return "".join([*parts, text[done:]])


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found
