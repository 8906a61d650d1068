"""Words without capitals and accents, as search compares them. Pure.

Most accents are signs beside a letter, which Unicode can take apart. Some letters only look like that: ``ø``
and ``ł`` are letters of their own, and so are written out here.
"""

from __future__ import annotations

import unicodedata

LETTERS = {
    "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ß": "ss", "æ": "ae", "œ": "oe",
    "þ": "th", "ς": "σ",
}  # fmt: skip
"""Letters that cannot be taken apart -> what a person without them types; of two forms, the usual."""

_TABLE = str.maketrans(LETTERS)


def unaccented(text: str) -> str:
    """Small letters, without the signs beside them: as the full-text index keeps words."""
    apart = unicodedata.normalize("NFKD", text.lower())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def folded(text: str) -> str:
    """The same, with letters of their own written out: ``Łódź`` becomes ``lodz``, ``Straße`` ``strasse``."""
    return unaccented(text).translate(_TABLE)
