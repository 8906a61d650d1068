"""One page, with what has been found out about it on the way to its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache

from selectolax.lexbor import LexborNode

from archive.model.types import Capture, StatedTime
from crawler.extract.dates.find import FoundDate, find_dates, read_date
from crawler.extract.dates.words import Label, is_date_alone
from crawler.extract.fields.headline_context import HeadlineLine, names_related
from crawler.extract.page.metadata import Metadata, key
from crawler.extract.page.page import text_of
from crawler.extract.rules import RuledPage

_NO_PUBLICATION = re.compile(
    r"event|evenement|agenda|kalend|calend|opening|aanvang|kick-?off|wedstrijd|fixture|duration|duur|player|"
    r"deadline|countdown|dt(?:start|end)|start-?date|end-?date|overl[ei]d|geboren|rouw|condole|slide|"
    r"current|today|vandaag|clock|masthead|"
    r"copyright",
    re.I,
)
"""Names of elements whose dates are an event's, a film's, a reader's."""


@lru_cache(maxsize=4096)  # the lines of a page stand in the same few elements
def names_no_publication(classes: str) -> bool:
    """Whether an element is called something of an event, a film, a reader."""
    return bool(_NO_PUBLICATION.search(classes))


class View:
    """One page, with what has been found out about it on the way."""

    def __init__(
        self, meta: Metadata, capture: Capture, hints: Mapping[str, str | None], by_rules: RuledPage
    ) -> None:
        self.meta = meta
        self.page = meta.page
        self.site = meta.site
        self.capture = capture
        self.hints = hints
        self.by_rules = by_rules
        self.heading: LexborNode | None = None
        """The element of the headline."""
        self.lines: list[HeadlineLine] = []
        self.near: list[tuple[Label, StatedTime, HeadlineLine, bool]] | None = None
        """What the lines around the headline say of dates, once that has been asked."""
        self._dates: dict[str, list[FoundDate]] = {}
        self._owned: dict[int, bool] = {}
        """Identity of an element -> whether what stands in it is the article's own."""
        lang = (self.page.lang or "").replace("_", "-")
        american = lang.endswith("-US") or self.site.timezone.startswith("America/")
        self.month_first = self.site.date_order == "month" if self.site.date_order else american

    def date(self, text: object, source: str, *, wide: bool = True) -> StatedTime | None:
        """The date in a string, read for this page; *wide*: also one that needs a second witness."""
        if not isinstance(text, str) or len(text) > 200:
            return None
        return read_date(
            text,
            zone=self.site.zone,
            at=self.capture.at,
            source=source,
            month_first=self.month_first,
            wide=wide,
        )

    @cached_property
    def _holds_heading(self) -> frozenset[int]:
        holds = set()
        node = self.heading
        while node is not None:
            holds.add(node.mem_id)
            node = node.parent
        return frozenset(holds)

    @cached_property
    def _article_below(self) -> int:
        """Identity of the ``<article>`` that opens next below a headline that stands in none; 0 for none."""
        at = self.heading
        while at is not None and at.tag != "article":
            at = at.parent
        body = self.page.tree.body
        if at is not None or self.heading is None or body is None:
            return 0
        passed = False
        for node in body.traverse():
            if node.mem_id == self.heading.mem_id:
                passed = True
            elif passed and node.tag == "article":
                return node.mem_id
        return 0

    @cached_property
    def _sections(self) -> frozenset[str]:
        """Keys of what the page's menus, breadcrumbs and metadata call parts of the site."""
        links = self.page.tree.css(
            "nav a, header a, footer a, [class*=menu] a, [class*=breadcrumb] a, [rel~=category], [rel~=tag]"
        )
        return self.meta.sections | {key(text_of(node)) for node in links[:400]}

    def is_section(self, text: str) -> bool:
        """Whether *text* names a part of the site rather than a person."""
        return key(text) in self._sections

    def owns(self, node: LexborNode) -> bool:
        """Whether an element is the article's own: not another one's card, a comment, a menu, a caption."""
        around = node.attributes.get("class") or ""
        if names_no_publication(around) or names_related(around):
            return False
        parent = node.parent
        if parent is None:
            return True
        if (own := self._owned.get(parent.mem_id)) is None:
            own = self._owned[parent.mem_id] = self._holds_own(parent)
        return own

    @cached_property
    def _frame(self) -> LexborNode | None:
        """The ``<article>`` or ``<main>`` around the headline."""
        around = self.heading
        while around is not None and around.tag not in ("article", "main"):
            around = around.parent
        return around

    def beside(self, node: LexborNode) -> bool:
        """Whether an element stands in the ``<article>`` or ``<main>`` of the headline."""
        frame = self._frame
        at: LexborNode | None = node if frame is not None else None
        while at is not None and frame is not None and at.mem_id != frame.mem_id:
            at = at.parent
        return at is not None

    def nearest(self, nodes: list[LexborNode]) -> list[LexborNode]:
        """Those of *nodes* that stand beside the headline; all of them where none does."""
        return [node for node in nodes if self.beside(node)] or nodes

    def _holds_own(self, at: LexborNode | None) -> bool:
        """Whether what stands in an element is the article's own."""
        while at is not None and at.tag not in ("body", "html") and at.mem_id not in self._holds_heading:
            if at.tag in ("aside", "nav") or (
                at.tag == "a" and (words := text_of(at)) and not is_date_alone(words)
            ):
                return False
            names = " ".join(filter(None, (at.attributes.get("class"), at.attributes.get("id"))))
            if names and names_related(names):
                return False
            if at.tag == "article" and self.heading is not None and at.mem_id != self._article_below:
                return False  # an article in or beside that of the headline
            if at.tag == "footer" and at.parent is not None and at.parent.tag == "body":
                return False
            at = at.parent
        return True

    def dates(self, text: str, source: str) -> Iterator[FoundDate]:
        """The dates in a line; asked for by several fields, read once."""
        if text not in self._dates:
            self._dates[text] = list(
                find_dates(
                    text, zone=self.site.zone, at=self.capture.at, month_first=self.month_first, wide=True
                )
            )
        for each in self._dates[text]:
            yield replace(each, dated=replace(each.dated, source=source))
