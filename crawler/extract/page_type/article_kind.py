"""Which kind of article: live blog, teaser, or simply an article."""

from __future__ import annotations

import re
from collections.abc import Callable

from archive.model.types import BlockKind, PageKind
from crawler.extract.page.metadata import types_of
from crawler.extract.page_type.facts import Judgement, PageFacts
from crawler.extract.page_type.paywall import ELLIPSIS, is_free, says_more_is_paid, shows_paywall

_LIVE = re.compile(
    r"\b(?:news|nieuws)-?(?:blog|ticker)\b|\blive-?\s?(?:blog|ticker|update|verslag|rapport|feed|coverage|stream|bericht)s?\b|^live\b(?=\s*[|:\u2022\u2013\u2014-])|"
    r"[|:,\u2022\u2013\u2014-]\s*(?:live|en direct|in diretta|en vivo|en directo|"
    r"ao vivo|em direto|na żywo|canlı|suora)$|"
    r"^(?:en direct|direct|in diretta|diretta|en vivo|en directo|ao vivo|na żywo|"
    r"canlı|direkte|suora|онлайн)\b(?=\s*[|:.\u2022\u2013\u2014-])|\bminuto a minuto\b|\bas it happened\b",
    re.I,
)
_CLOCK = re.compile(r"^\W*(?:(?:[01]?\d|2[0-3])[:.][0-5]\d)\b")


def kind_of_article(view: PageFacts, why: str) -> Judgement:
    """Live blog, teaser, or article, for the reason given."""
    if answer := live(view):
        return answer
    if answer := _teaser(view):
        return answer
    return PageKind.ARTICLE, why


def live(view: PageFacts) -> Judgement | None:
    """A live blog: named so, or of many timed entries."""
    if "LiveBlogPosting" in types_of(view.meta.article):
        return PageKind.LIVEBLOG, "JSON-LD says so"
    entries = sum(block.at is not None for block in view.blocks)
    told = view.words / max(entries, 1)  # a programme of a day has times too, and a few words to each
    clocks = sum(bool(_CLOCK.match(block.text)) for block in view.texts)
    named = (
        _LIVE.search(view.fields.title) or _LIVE.search(view.path) or _LIVE.search(view.fields.kicker or "")
    )
    if named and (entries >= 2 or clocks >= 2):
        return PageKind.LIVEBLOG, f"called {named[0]!r}, {max(entries, clocks)} timed entries"
    if entries >= 5 and told >= 20:
        return PageKind.LIVEBLOG, f"{entries} timed entries"
    return None


SHORT = 180
"""Words below which a text may be the open part of a longer one."""


def _teaser(view: PageFacts) -> Judgement | None:
    """A text that is cut, with a mark of payment; or one that ends in the air, and soon."""
    last = next(
        (b.text.rstrip(" \"'”’") for b in reversed(view.texts) if b.kind is not BlockKind.SUBHEAD), ""
    )
    cut = last.endswith(ELLIPSIS)
    if not cut and view.words > SHORT:
        return None
    free = is_free(view)
    marks: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("it is not free to read", lambda: free is False),
        ("it says that it is for subscribers", lambda: says_more_is_paid(view)),
        ("its address says premium", lambda: bool(re.search(r"/(?:premium|plus|betaald)/", view.path, re.I))),
        ("it shows a paywall", lambda: not free and shows_paywall(view, empty=cut)),
    )
    for reason, holds in marks:
        if holds():
            return PageKind.TEASER, f"{reason} and the text is {'cut' if cut else 'short'}"
    if (
        cut
        and view.said < min(70, 2 * view.words)
        and len(view.texts) <= 2
        and last.rstrip(".…[]() ")[-1:].islower()
    ):
        return PageKind.TEASER, "the text is cut"
    return None
