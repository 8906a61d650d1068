"""A page under judgement, and what may be asked of it."""

from __future__ import annotations

from functools import cached_property
from urllib.parse import urlsplit

from archive.model.types import TEXT_KINDS, Block, PageKind
from archive.model.word_count import word_count
from crawler.extract.cards import NO_CARDS
from crawler.extract.fields.fields import Fields
from crawler.extract.page.metadata import Metadata
from crawler.extract.page.page import Page, squeeze
from crawler.siteconfig.site import Site

Judgement = tuple[PageKind, str]
"""(kind, why we think so)."""

SHOWN = frozenset(("label", "time", "headline", "microdata", "rule"))
"""Witnesses of a date that a reader sees."""


class PageFacts:
    """A page under judgement; what is costly to see is looked at once, when asked for."""

    def __init__(self, page: Page, fields: Fields, blocks: tuple[Block, ...], site: Site) -> None:
        self.page = page
        self.fields = fields
        self.site = site
        self.texts = [block for block in blocks if block.kind in TEXT_KINDS]
        self.words = sum(word_count(block.text) for block in self.texts)
        self.blocks = blocks
        self.meta = Metadata(page, site)
        self.cards = NO_CARDS
        self.scores: tuple[tuple[float, str], tuple[float, str], tuple[float, str]] | None = None
        """How much says that it is an article, a listing, a standing page, once that was asked."""
        # a saved file stands at no address of a site's; it may say which one it came from
        away = page.capture.url.startswith(("http://", "https://"))
        self.address = page.capture.url if away else fields.canonical_url or ""
        parts = urlsplit(self.address)
        self.host = (parts.hostname or "").lower()
        self.path = (parts.path or "/") if self.address else ""
        """``""`` when nothing says where the page stood."""
        self.query = parts.query

    @cached_property
    def shown(self) -> str:
        """The page's visible text."""
        return " ".join(run.text for run in self.page.outline.runs)

    @cached_property
    def small(self) -> bool:
        """Whether the page can show little: what stands in for a page is small."""
        return self.words < 200 and (len(self.page.html) < 30_000 or len(self.shown) < 4_000)

    @cached_property
    def page_title(self) -> str:
        """The text of ``<title>``."""
        node = self.page.title_element
        return squeeze(node.text(deep=True)) if node is not None else ""

    @cached_property
    def inline_scripts(self) -> str:
        """The scripts that stand on the page itself."""
        return " ".join(node.text(deep=True) for node in self.page.tree.css("script:not([src])"))

    @cached_property
    def body_classes(self) -> frozenset[str]:
        """The classes of ``<body>``, in lower case."""
        body = self.page.tree.body
        stated = (body.attributes.get("class") or "") if body is not None else ""
        return frozenset(stated.lower().split())

    @cached_property
    def matches_pattern(self) -> bool | None:
        """Whether the address is one of the site's articles; ``None`` when the site does not say."""
        pattern = self.site.article_pattern
        if pattern is None:
            return None
        return any(
            pattern.search(each) for each in (self.page.capture.url, self.fields.canonical_url) if each
        )

    @cached_property
    def own_blocks(self) -> tuple[Block, ...]:
        """The blocks of the text that do not stand under a headline that leads elsewhere."""
        runs = self.page.outline.runs
        theirs = {runs[index].text for index in self.cards.runs}
        return (
            tuple(block for block in self.texts if block.text not in theirs) if theirs else tuple(self.texts)
        )

    @cached_property
    def own_words(self) -> int:
        """Words of those."""
        return sum(word_count(block.text) for block in self.own_blocks)

    @cached_property
    def made_of_cards(self) -> bool:
        """Whether what was read as the text belongs, all but a little, to other pages."""
        return self.cards.count > 0 and 4 * self.own_words <= self.words

    @cached_property
    def said(self) -> int:
        """Words that are no link, captions counted: what a reader has to read here."""
        linked: dict[str, int] = {}
        for run in self.page.outline.runs:
            if run.linked:
                linked[run.text] = run.linked
        read = [block for block in self.blocks if 10 * linked.get(block.text, 0) < 9 * len(block.text)]
        return sum(word_count(block.text) for block in read)

    @property
    def stated_article(self) -> bool:
        """Whether the page tells machines that it is an article."""
        return self.meta.states_an_article

    @property
    def dated(self) -> bool:
        """Whether it states when it was published."""
        return self.fields.published is not None and self.matches_pattern is not False

    @property
    def linked_headings(self) -> int:
        """Headings that lead elsewhere: teasers."""
        return self.page.outline.teasers

    @property
    def of_type_article(self) -> bool:
        """Whether Open Graph calls it an article."""
        return (self.page.meta("og:type") or "").lower().startswith(("article", "newsarticle"))
