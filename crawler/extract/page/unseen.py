"""What stands in a page and is on no screen, by style and classes; and links that lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from selectolax.lexbor import LexborNode

UNSEEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:left|top|text-indent)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*0|"
    r"font-size\s*:\s*0(?![.\d])",
    re.I,
)
COLLAPSED_STYLE = re.compile(r"(?<![\w-])height\s*:\s*0(?:px)?\s*;\s*overflow\s*:\s*hidden", re.I)
"""The style of an element that a click may open."""
_SPOKEN = re.compile(
    r"(?:^|\s)(?:(?:u-|is-|a11y-)?(?:sr-only|visually-?hidden|hidden-visually)|screen-?reader(?:-text|-only)?|sr-text|"
    r"assistive-text|element-invisible|show-for-sr|off-?screen(?:-text)?|a11y-hidden|a11y|vh|wai|invisible)(?:\s|$)",
    re.I,
)
"""Classes of words that are read aloud and shown to nobody: "(external link)"."""

A_LINK = 150
"""Characters that a link to somewhere on its own page has at most; one with more was never closed."""


def leads_nowhere(link: LexborNode, target: str | None) -> bool:
    """Whether a link around text leads to no page: it was left open, or stands for a script."""
    stated = (target or "").strip()
    if stated and not stated.startswith(("#", "javascript:")):
        return False
    return len(link.text(deep=True)) > A_LINK


def is_unseen(attributes: Mapping[str, str | None]) -> bool:
    """Whether an inline element is shown to nobody, by its own attributes."""
    style, classes = attributes.get("style"), attributes.get("class")
    return "hidden" in attributes or (bool(style or classes) and _says_unseen(style, classes))


@lru_cache(maxsize=4096)  # a page has few classes for its many links and spans
def _says_unseen(style: str | None, classes: str | None) -> bool:
    return bool((style and UNSEEN_STYLE.search(style)) or (classes and _SPOKEN.search(classes)))
