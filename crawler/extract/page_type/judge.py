"""What a captured page is: article, live blog, teaser, or a kind that is none. Reads; cuts nothing.

The questions are asked in order, the certain ones first: is it a web page at all, does it only send the
reader on, does it stand in for the page asked for? Then article, listing or standing page: by the site's own
pattern of addresses, and otherwise by what the page's own structure says. What stands under a headline that
leads to another page (:mod:`crawler.extract.cards`) says nothing for this one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from archive.model.types import Block, PageKind
from crawler.extract.cards import Cards, cards_of
from crawler.extract.fields.fields import Fields
from crawler.extract.page.page import Page
from crawler.extract.page_type.facts import Judgement, PageFacts
from crawler.extract.page_type.instead import (
    challenge,
    gate,
    marked_challenge,
    missing,
    not_a_page,
    stub,
    works,
)
from crawler.extract.page_type.one_or_many import issue, one_or_many, rival
from crawler.extract.page_type.paywall import paywalled
from crawler.siteconfig.site import Site


class JudgedKind(NamedTuple):
    """What a page was judged to be."""

    kind: PageKind
    reason: str
    might_be: PageKind | None = None
    """What it may be as well, as far as the page itself tells."""


def judge_kind(
    page: Page, fields: Fields, blocks: tuple[Block, ...], site: Site, cards: Cards | None = None
) -> JudgedKind:
    """The kind of *page*, and why we think so, given its *fields* and the *blocks* read as its text.

    *cards*: what stands under headlines that lead elsewhere, when it is known already.
    """
    view = PageFacts(page, fields, blocks, site)
    view.cards = cards_of(page, view.meta) if cards is None else cards
    for question in _QUESTIONS:
        if answer := question(view):
            also = rival(view, answer[0]) if question is one_or_many else None
            return JudgedKind(*answer, might_be=also)
    kind = PageKind.OTHER
    return JudgedKind(kind, "nothing says that it is an article", might_be=rival(view, kind))


_QUESTIONS: tuple[Callable[[PageFacts], Judgement | None], ...] = (
    not_a_page,
    marked_challenge,
    stub,
    challenge,
    gate,
    missing,
    works,
    paywalled,
    issue,
    one_or_many,
)
