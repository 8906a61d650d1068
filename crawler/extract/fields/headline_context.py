"""The short lines around a headline, where bylines and dates stand. Walks a page; reads no field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from selectolax.lexbor import LexborNode

from crawler.extract.dates.words import PARTED, Label, is_date_alone, label_of
from crawler.extract.page.metadata import key
from crawler.extract.page.page import Page, squeeze, text_of
from crawler.extract.text.phrases import PhraseKind, phrase_kind


@dataclass(frozen=True, kw_only=True)
class MachineDate:
    """A date that an element states to machines."""

    value: str
    text: str
    """What the element shows."""
    classes: str
    at: int
    """Where its text begins in the line's ``parted``."""


@dataclass(frozen=True, kw_only=True)
class HeadlineLine:
    """A short line near the headline."""

    text: str
    parted: str
    """The same with :data:`PARTED` between what stands in different elements; links to elsewhere left out."""
    classes: str
    """Names of the elements it is made of, and of those around it that do not hold the headline, too."""
    around: str
    """Of the latter alone."""
    marked: int
    """Identity of the outermost of them, to tell which lines stand together; 0 for none."""
    stamps: tuple[MachineDate, ...]
    after: bool
    """Below the headline rather than above it."""
    prose: int
    """How many paragraphs of running text stand between it and the headline."""
    heading: bool = False
    """A heading of a lower level, or all in bold."""
    broken: bool = False
    """A line break ends it: the line below stands in the same element."""
    linked: int = 0
    """Characters that lead elsewhere: links that show nothing but a date do not count."""

    @cached_property
    def related(self) -> bool:
        """Whether it seems to be about another article, or about none."""
        return (self.linked > 30 and 2 * self.linked > len(self.text)) or names_related(self.around)

    @cached_property
    def dated(self) -> bool:
        """Whether there may be a date in it."""
        return bool(self.stamps) or bool(DIGIT.search(self.text)) or len(self.text) < 40


def lines_around(page: Page, heading: LexborNode | None, title: str) -> list[HeadlineLine]:
    """The lines below the headline, then those above it; none when it stands nowhere.

    *heading* is its element; without one, the element that shows *title* is looked for.
    """
    if heading is None and title:
        heading = _where_it_stands(page, title)
    if heading is None:
        return []
    holds = frozenset(_with_all_above(heading))
    inside = _is_inside_an_article(heading)
    return [
        *_lines(_after(heading), holds, after=True, inside=inside),
        *_lines(_before(heading), holds, after=False, inside=inside),
    ]


def _is_inside_an_article(node: LexborNode) -> bool:
    at = node.parent
    while at is not None and at.tag != "article":
        at = at.parent
    return at is not None


def _with_all_above(node: LexborNode | None) -> Iterator[int]:
    """Identities of an element and of those around it."""
    while node is not None:
        yield node.mem_id
        node = node.parent


DIGIT = re.compile(r"\d")
_SKIPPED = frozenset((
    "script", "style", "svg", "nav", "form", "aside", "footer", "button", "noscript", "template", "iframe",
    "figure", "picture", "video", "select", "blockquote",
))  # fmt: skip
_BLOCKS = frozenset((
    "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "section", "article", "header", "main", "h1", "h2", "h3",
    "h4", "h5", "h6", "table", "tbody", "tr", "td", "th", "blockquote", "hr", "br", "address", "details",
    "summary",
))  # fmt: skip
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LONG = 220
"""A line of more characters is text of the article, not a line about it."""
_PROSE = 110
"""So is one of more characters that ends as a sentence does."""
_RELATED = re.compile(
    r"""(?<![a-z])(?:
        related\w*|recommend\w*|recirc\w*|teasers?|sidebar|widgets?|promos?|promoted|popular|latest|recent|
        newsletter|nieuwsbrief|banner|cookies?|carousel|slider|swiper|
        (?<!h-)(?<!hover-)(?<!author-)(?<!profile-)cards?|listing|gerelateerd\w*|verwant\w*|
        aanbevolen|uitgelicht|
        (?:most|meest|lees|read|more|meer|see|ook|also)-?(?:read|gelezen|ook|also|verder|nieuws|news|more|meer|
        articles|artikelen|stories|posts|berichten|from|van|uit)|
        (?:more|meer)(?=-)|
        comments?(?!-?(?:count|counter|links?|number|num|off|open|closed|icon|button|status))|
        respond|reacties?|reactions?|reaktion\w*|kommentar\w*|kommentit?|commentaires?|commenti|comentarios?|disqus|
        komentarz\w*|komentare|diskuse|yorumlar|debatten|
        discussion|diskussion|gastenboek|guestbook|leserbrief\w*|lezersreacties|opiniones
    )(?![a-z])""",
    re.I | re.X,
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_APART = re.compile(r"[^a-z\s]+")


@lru_cache(maxsize=4096)  # a site has few classes, and every page has them
def names_related(classes: str) -> bool:
    """Whether an element is called something of other articles, or of readers' comments.

    Whole words of its names count: ``vcard`` is no card.
    """
    if "elementor-widget" in classes or "so-panel" in classes:
        classes = _OF_A_BUILDER.sub(" ", classes)
    return bool(_RELATED.search(_APART.sub("-", _HUMP.sub("-", classes).lower())))


_OF_A_BUILDER = re.compile(
    r"elementor-widget(?!\S*-(?:posts|archive|nav|sidebar|recent|loop|portfolio|related))\S*|so-panel\b.*"
)
"""What page builders call each piece of a page, the article's own, too."""


def _where_it_stands(page: Page, title: str) -> LexborNode | None:
    """The element that shows the title where no heading element does."""
    body = page.tree.body
    if body is None:
        return None
    wanted = key(title)
    for node in body.traverse(include_text=True):
        if node.tag == "-text" and key(node.text(deep=False)) == wanted:
            return node.parent
    return None


def _after(heading: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Nodes below *heading* in document order: (node, whether it opens); what has ended is closed."""
    node: LexborNode | None = heading
    for _ in range(250):
        assert node is not None
        child = None if node is heading or _is_skipped(node) else node.first_child
        if child is not None:
            node = child
        else:
            while node.next is None:
                node = node.parent
                if node is None or node.tag in ("body", "html"):
                    return
                yield node, False
            if node is not heading and not _is_skipped(node) and node.tag != "-text":
                yield node, False
            node = node.next
        if not _is_skipped(node):
            yield node, True


def _before(heading: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """The same for those above *heading* within its own container."""
    box, steps = heading, 0
    while steps < 3 and box.parent is not None and box.parent.tag not in ("body", "html", "main"):
        box, steps = box.parent, steps + 1
        if box.tag in ("header", "article"):
            break
    if box is heading:
        return
    mem, node = heading.mem_id, box.first_child
    opened: list[LexborNode] = []
    for _ in range(80):
        while node is None:
            if not opened:
                return
            closed = opened.pop()
            yield closed, False
            node = closed.next
        if node.mem_id == mem:
            return
        if _is_skipped(node):
            node = node.next
            continue
        yield node, True
        child = node.first_child
        if child is not None:
            opened.append(node)
            node = child
        else:
            node = node.next


def _called(node: LexborNode) -> str:
    return " ".join(filter(None, map(node.attributes.get, _NAMING)))


_NAMING = ("class", "itemprop", "id", "data-hook")


def _stated(node: LexborNode) -> str | None:
    """The date an element states to machines: ``datetime`` of ``<time>``, ``title`` of an hAtom ``abbr``."""
    attributes = node.attributes
    if stated := attributes.get("datetime"):
        return stated
    for name in ("title", "content", "data-datetime"):
        if (stated := attributes.get(name)) and _MACHINE.match(stated):
            return stated
    return None


_META = re.compile(r"meta|submitted|byline|author|auteur|autor|info|date|datum", re.I)


def _is_skipped(node: LexborNode) -> bool:
    """Whether an element holds no line about the article; Drupal has some in a footer above the text."""
    if node.tag not in _SKIPPED:
        return False
    return node.tag not in ("footer", "aside") or not _META.search(node.attributes.get("class") or "")


def _names_an_article(linked: str) -> bool:
    """Whether the words of a link are a headline rather than a name or a section."""
    return (
        len(linked) > 25
        or linked.count(" ") > 2
        or bool(DIGIT.search(linked))
        or label_of(linked) is not Label.NONE
    )


def _is_of_the_line(link: LexborNode) -> bool:
    """Whether a link shows what the line itself says: a date, or who wrote it."""
    attributes = link.attributes
    if "author" in (attributes.get("rel") or "").split():
        return len(text_of(link)) <= 60
    text = text_of(link)
    shown = link.css_first("time") if len(text) <= 40 and DIGIT.search(text) else None
    dated = shown is not None and text_of(shown) == text
    return dated or is_date_alone(text) or _A_CLOCK.match(text) is not None


_A_CLOCK = re.compile(r"\s*\d{1,2}\s?[:.h]\s?\d\d\s*(?:[ap]\.?m\.?|uur|uhr|h)?\s*$", re.I)


_MACHINE = re.compile(r"\s*\d{4}-\d\d-\d\d(?:[T ]\d\d:?\d\d\S*)?\s*$")


class _Open:
    """The line that is being put together."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.parted: list[str] = []
        self.classes: list[str] = []
        self.stamps: list[tuple[str, LexborNode, int]] = []
        self.first: LexborNode | None = None
        self.linked = self.strong = 0

    def line(
        self, holds_heading: frozenset[int], *, after: bool, prose: int, heading: bool, broken: bool = False
    ) -> HeadlineLine:
        """What it has become."""
        around, marked = [], 0
        node = self.first
        while node is not None and node.mem_id not in holds_heading:
            if node.tag in _BLOCKS and (called := _called(node)):
                around.append(called)
                marked = node.mem_id
            node = node.parent
        text = " ".join(self.texts)
        return HeadlineLine(
            text=text,
            parted=PARTED.join(self.parted),
            classes=" ".join((*around, *self.classes)),
            around=" ".join(around),
            marked=marked,
            stamps=tuple(
                MachineDate(value=value, text=text_of(node), classes=_called(node), at=at)
                for value, node, at in self.stamps
            ),
            after=after,
            prose=prose,
            heading=heading or self.strong > 0.8 * len(text),
            linked=self.linked,
            broken=broken,
        )


def _lines(
    nodes: Iterator[tuple[LexborNode, bool]], holds_heading: frozenset[int], *, after: bool, inside: bool
) -> Iterator[HeadlineLine]:
    """The lines of text in *nodes*, until the article has clearly begun (or some other part has).

    *inside*: the headline stands in an ``<article>``, so one that opens below it is another.
    """
    open_ = _Open()
    in_heading = bold = False
    link: LexborNode | None = None
    leads_away = False
    long = count = prose = 0
    for node, opens in nodes:
        tag = node.tag
        if tag == "-text":
            text = node.text(deep=False)
            if text and not text.isspace() and (text := squeeze(text)):
                open_.first = open_.first or node.parent
                open_.texts.append(text)
                open_.strong += len(text) * bold
                if leads_away:
                    open_.linked += len(text)
                open_.parted.append("|" if leads_away and _names_an_article(text) else text)
            continue
        if tag in _BLOCKS and open_.texts:
            text = " ".join(open_.texts)
            if len(text) > _LONG:
                long, prose = long + 1, prose + 1
            else:
                count += 1
                of_a_team = prose and in_heading and _OF_A_TEAM.match(text)
                others = _RELATED_HEADING.match(text) and not _A_YEAR.search(text)
                over_others = others or (in_heading and phrase_kind(text) is PhraseKind.RELATED)
                if after and (of_a_team or over_others):
                    return
                yield open_.line(
                    holds_heading, after=after, prose=prose, heading=in_heading, broken=tag == "br"
                )
                if len(text) > _PROSE and text[-1] in ".!?…”\"'’»":
                    prose += 1
            open_ = _Open()
            if long >= 2 or count >= 20:
                return
        if tag == "a":
            link = node if opens and node.first_child is not None else None
            leads_away = link is not None and not _is_of_the_line(link)
        elif tag in ("b", "strong"):
            bold = opens and node.first_child is not None
        if not opens:
            continue
        if after and (tag == "h1" or (tag == "article" and (inside or prose))):
            return
        if tag in _BLOCKS:
            in_heading = tag in _HEADINGS
        elif called := _called(node):
            open_.classes.append(called)
        if not leads_away and (value := _stated(node)):
            open_.first = open_.first or node
            open_.stamps.append((value, node, sum(map(len, open_.parted)) + len(open_.parted)))
    if open_.texts and len(" ".join(open_.texts)) <= _LONG:
        yield open_.line(holds_heading, after=after, prose=prose, heading=in_heading)


_RELATED_HEADING = re.compile(
    r"(?:lees (?:ook|meer|verder)|ook (?:interessant|lezen)|meer (?:nieuws|berichten|"
    r"over|uit|van)|gerelateerd|"
    r"laatste nieuws|meest gelezen|net binnen|andere (?:berichten|artikelen)|"
    r"aanbevolen|related|read (?:also|more)|"
    r"more (?:news|from|on)|most read|recommended|mehr zum thema|lesen sie auch|das könnte|à lire|lire aussi|"
    r"leggi anche|lês ek|mear nijs|fierder lêze)\b.{0,40}$",
    re.I,
)
_A_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
"""A line with one tells when the article came out, whatever it opens with."""
_OF_A_TEAM = re.compile(
    r"(?:(?:onze|de|het|our|the|meet (?:the|our)|unsere?|das|die|la|le|l[’']|nos|notre|nuestr[oa]s?|"
    r"el|il|i nostri) ?)?"
    r"(?:redactie|redaksje|team|verslaggevers|journalisten|medewerkers|auteurs|columnisten|correspondenten|"
    r"newsroom|reporters|journalists|writers|authors|contributors|columnists|editors|staff|redaktion|autoren|"
    r"mitarbeiter|redakteure|rédaction|équipe|journalistes|redacción|equipo|periodistas|redazione|redakcja|redaktionen)\W*$",
    re.I,
)
"""A heading over the people of the newsroom, whoever wrote the article above it."""
