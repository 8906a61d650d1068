"""A site's rules, run on a page: the elements that its selectors name, and the page without what they strip.

BeautifulSoup runs the selectors, with all that soupsieve knows (``:-soup-contains``, ``:has``), on a soup
that is built from the page's own tree: what it finds is an element of that tree. Only pages of sites with
rules are made into a soup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.model.types import BlockKind
from crawler.extract.page.blocks import INLINE, Outline
from crawler.extract.page.page import Page
from crawler.extract.text.scored import ScoredBlock
from crawler.siteconfig.site import Rules, Site

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_KEEP, _BODY = "legger-rule-keep", "legger-rule-body"
"""Classes that elements of the page are given where a selector of that key names them."""


def rules_on(site: Site, day: date) -> Rules | None:
    """The site's rules for pages captured on *day*: the first that hold then."""
    return next((each for each in site.rules if each.hold_on(day)), None)


@dataclass(frozen=True, kw_only=True)
class RuledPage:
    """A page as its site's rules leave it, and the elements that they name on it."""

    page: Page
    """Without the elements that ``strip`` names. The page itself where no rule changes it."""
    rules: Rules | None = None
    """Those that hold on the day of the capture."""
    title: Sequence[LexborNode] = field(default=())
    """What the first selector of ``title`` names that names anything; so for the two below."""
    author: Sequence[LexborNode] = field(default=())
    published: Sequence[LexborNode] = field(default=())
    has_body: bool = False
    """Whether ``body`` names anything on this page."""


def ruled(page: Page, site: Site) -> RuledPage:
    """*page* as the site's rules of the day of its capture leave it."""
    rules = rules_on(site, page.capture.at.astimezone(site.zone).date()) if site.rules else None
    if rules is None:
        return RuledPage(page=page)
    asked = (rules.title, rules.author, rules.published, rules.body, rules.keep, rules.strip)
    if not any(asked):
        return RuledPage(page=page, rules=rules)
    soup, tags = _soup_of(page.tree)
    number = {id(tag): place for place, tag in enumerate(tags)}

    def first(selectors: tuple[str, ...]) -> list[int]:
        """The elements that the first selector names that names any."""
        for selector in selectors:
            if found := soup.select(selector):
                return [number[id(tag)] for tag in found]
        return []

    strip = [tag for selector in rules.strip for tag in soup.select(selector)]
    stripped = {number[id(tag)] for tag in strip}
    for tag in strip:
        tag.extract()  # what stands in it is named by no other selector
    title, author, published, body = map(first, (rules.title, rules.author, rules.published, rules.body))
    keep = [number[id(tag)] for selector in rules.keep for tag in soup.select(selector)]
    if stripped or body or keep:
        page = Page(page.capture)  # parsed anew: a page's tree is never changed
    nodes = _elements(page.tree)
    for mark, places in ((_BODY, body), (_KEEP, keep)):
        for place in places:
            _mark(nodes[place], mark)
    for place in sorted(stripped):
        nodes[place].remove(recursive=True)
    return RuledPage(
        page=page,
        rules=rules,
        title=[nodes[place] for place in title],
        author=[nodes[place] for place in author],
        published=[nodes[place] for place in published],
        has_body=bool(body),
    )


def judge_by_rules(judged: list[ScoredBlock], lines: Outline, ruled_page: RuledPage) -> None:
    """Keep what ``keep`` names; where ``body`` names anything, that and nothing else.

    Within the body, what is known for no part of a text stays out: the headline again, a date, a button.
    """
    if ruled_page.rules is None or not (ruled_page.has_body or ruled_page.rules.keep):
        return
    marks = [frozenset(box.names.split()) & {_KEEP, _BODY} for box in lines.boxes]
    for each in judged:
        around = {mark for index in lines.path_indices(each.run) for mark in marks[index]}
        if _KEEP in around:
            each.kept, each.why, each.ruled = True, "the site's rule: keep", True
            if each.kind is BlockKind.BOX:  # what the operator names is text
                each.kind = BlockKind.PARAGRAPH
        elif ruled_page.has_body and _BODY not in around:
            each.kept, each.why, each.ruled = False, "outside what the site's rule names as body", True
        elif ruled_page.has_body and not each.ruled:
            each.kept, each.why = True, "the site's rule: body"


def _mark(node: LexborNode, mark: str) -> None:
    """Give a class to an element, or to the block around it where it is part of a line."""
    while node.tag in INLINE and node.parent is not None and node.parent.tag != "body":
        node = node.parent
    node.attrs["class"] = f"{node.attributes.get('class') or ''} {mark}".strip()


def _elements(tree: LexborHTMLParser) -> list[LexborNode]:
    """A page's elements in document order."""
    root = tree.root
    return [] if root is None else [node for node in root.traverse() if _is_element(node)]


def _is_element(node: LexborNode) -> bool:
    return bool(node.tag) and node.tag[0] not in "-_!"  # type: ignore[index]  # lexbor calls a text "-text"


def _soup_of(tree: LexborHTMLParser) -> tuple[BeautifulSoup, list[Tag]]:
    """The same tree as a soup, and its elements in document order."""
    from bs4 import BeautifulSoup  # takes a tenth of a second to load, and few sites have rules

    soup = BeautifulSoup("", "html.parser")
    soup.reset()
    tags: list[Tag] = []
    opened: list[LexborNode] = []
    node: LexborNode | None = tree.root
    while node is not None:
        child = None
        if _is_element(node):
            attributes = {name: value or "" for name, value in node.attributes.items()}
            tag = soup.handle_starttag(node.tag or "", None, None, attributes)
            assert tag is not None
            tags.append(tag)
            child = node.first_child
            opened.append(node)
            if child is not None:
                node = child
                continue
        elif node.tag == "-text":
            soup.handle_data(node.text_content or "")
        # on to what follows, closing what has ended
        while True:
            if opened and opened[-1].mem_id == node.mem_id:
                soup.handle_endtag(opened.pop().tag or "")
            following = node.next if opened else None
            if following is not None or not opened:
                node = following
                break
            node = opened[-1]
    soup.endData()
    return soup, tags
