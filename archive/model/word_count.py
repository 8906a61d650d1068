"""How many words a text has, also in languages that put no space between them."""

from __future__ import annotations

import re
from functools import lru_cache

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]"
)
"""Thai, Lao, Burmese, Khmer, kana and Chinese characters."""
CHARACTERS_A_WORD = 2
"""A word of those languages, on average, rounded down."""


def word_count(text: str) -> int:
    """Words of *text*: what white space parts, and where there is none two characters for one."""
    return _of_line(text) if len(text) <= LINE else _counted(text)


LINE = 500
"""Characters of a text whose count is remembered: reading asks for that of a line again and again."""


def _counted(text: str) -> int:
    spaced = len(text.split())
    if text.isascii():
        return spaced
    unspaced = len(_UNSPACED.findall(text))
    if not unspaced:
        return spaced
    return len(_UNSPACED.sub(" ", text).split()) + -(-unspaced // CHARACTERS_A_WORD)


_of_line = lru_cache(maxsize=4096)(_counted)
