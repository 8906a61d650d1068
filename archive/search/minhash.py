"""How alike two texts are, and what a correction says it corrects. Pure.

A **sketch** is a MinHash: the least of each of 96 hashes over the runs of three words of a text. The share of
places where two sketches agree estimates the share of runs that two texts have in common. Its **bands** are
32 numbers, each made of three places; texts that have half of their runs in common all but surely share one,
so that those alike are found by looking numbers up, whatever the size of the archive.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING

from archive.compare.edit_summary import quotes
from archive.model.types import Article

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PLACES, ROWS = 96, 3
RUN = 3
"""Words of a run."""
SHORT = 25
"""Runs below which a text says too little to be compared."""
ALIKE = 0.7
"""Share of the shorter text's runs that must stand in the other one. Two reports written after one pattern
(two burglaries, one reporter) come to 0.65; agency copy under another lead, cut or touched up, to more."""
WORTH_READING = 0.2
"""Estimated likeness below which two texts are not compared in full."""

_WORD = re.compile(r"\w+")


def runs(text: str) -> frozenset[int]:
    """The runs of three words of a text, as numbers; capitals and punctuation count for nothing."""
    words = _WORD.findall(text.casefold())
    return frozenset(
        int.from_bytes(hashlib.blake2b(" ".join(words[at : at + RUN]).encode(), digest_size=8).digest())
        for at in range(len(words) - RUN + 1)
    )


def sketch(found: frozenset[int]) -> bytes | None:
    """96 numbers of four bytes, of the runs of a text; ``None`` for a text too short to be compared."""
    import numpy as np

    if len(found) < SHORT:
        return None
    hashes = np.fromiter(found, dtype=np.uint64, count=len(found))
    factors, shifts = _hashes()
    mixed = (factors[:, None] * hashes[None, :] + shifts[:, None]) >> np.uint64(32)
    return bytes(mixed.min(axis=1).astype("<u4").tobytes())


def bands(sketched: bytes) -> tuple[int, ...]:
    """The 32 numbers by which a sketch is found, each below 2**63."""
    wide = 4 * ROWS
    return tuple(
        int.from_bytes(
            hashlib.blake2b(sketched[at : at + wide], digest_size=8, salt=at.to_bytes(2)).digest()
        ) >> 1
        for at in range(0, len(sketched), wide)
    )  # fmt: skip


def estimate(one: bytes, other: bytes) -> float:
    """The share of runs two texts have in common (Jaccard), by their sketches."""
    import numpy as np

    return float((np.frombuffer(one, "<u4") == np.frombuffer(other, "<u4")).mean())


def likeness(ours: frozenset[int], theirs: frozenset[int]) -> float:
    """Share of the shorter text's runs that stand in the longer one."""
    return max(containment(ours, theirs))


def containment(ours: frozenset[int], theirs: frozenset[int]) -> tuple[float, float]:
    """(share of one text's runs that stand in the other, the same the other way round)."""
    shared = len(ours & theirs)
    return shared / len(ours) if ours else 0.0, shared / len(theirs) if theirs else 0.0


@cache
def _hashes() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Factors (odd) and shifts of the 96 hashes: the same for ever."""
    import numpy as np

    def number(name: str, place: int) -> int:
        return int.from_bytes(hashlib.blake2b(f"{name} {place}".encode(), digest_size=8).digest())

    factors = np.array([number("factor", place) | 1 for place in range(PLACES)], dtype=np.uint64)
    shifts = np.array([number("shift", place) for place in range(PLACES)], dtype=np.uint64)
    return factors, shifts


# ---------------------------------------------------------------- corrections

_CORRECTS = re.compile(
    r"[^\w]*(?:rectificaties?|correctie|verbetering|herstel|rektifikaasje|ferbettering|corrections?|clarification|"
    r"retraction|berichtigung|richtigstellung|korrektur|rectificatif|erratum|rettifica|errata corrige|"
    r"rectificaci[oó]n|fe de errores|rättelse|rettelse|oikaisu|correção)\b[\s:.–-]*",
    re.IGNORECASE,
)
_MARKS = "„“”«»\"‘’',.:;!?…–- "


def heading(title: str) -> int:
    """A headline as a number; capitals, marks around it and white space count for nothing."""
    folded = " ".join(title.casefold().split()).strip(_MARKS)
    return int.from_bytes(hashlib.blake2b(folded.encode(), digest_size=8).digest()) >> 1


def corrected(article: Article) -> frozenset[int]:
    """Headings of what this article may correct: what it names, if it says that it is a correction."""
    named: list[str] = []
    opened = _CORRECTS.match(article.title)
    if opened is None:
        first = article.blocks[0].text if article.blocks else ""
        if _CORRECTS.match(first) is None:
            return frozenset()
    elif rest := article.title[opened.end() :]:
        named.append(rest)
    named += quotes(f"{article.title}\n{article.text}")
    return frozenset(heading(each) for each in named if len(each.split()) > 1)
