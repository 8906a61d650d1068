"""The fields of an article beside its text, each from its best witness. Reads a page; knows no body.

Witnesses are ranked: a site's own rule, JSON-LD, meta tags, microdata, what stands around the headline, the
address, and last what the feed or listing said that led to the page. Each field is a list of small attempts
in that order; ``Fields.sources`` tells which one it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from archive.model.types import Capture, Image, Precision, StatedTime
from crawler.extract.fields.authors import (
    clean_name,
    distinct,
    is_agency,
    is_person,
    may_introduce,
    organisation,
    read_agencies,
    read_authors,
)
from crawler.extract.fields.dates import (
    AHEAD,
    EARLIEST,
    LABEL_WORDS,
    PARTED,
    FoundDate,
    Label,
    find_dates,
    is_date_alone,
    label_of,
    read_date,
    without_weekday,
)
from crawler.extract.fields.headline_context import DIGIT, HeadlineLine, lines_around, names_related
from crawler.extract.fields.places import is_place
from crawler.extract.fields.title import read_title, shown_headline, without_site
from crawler.extract.normalize import split_credit
from crawler.extract.page.metadata import Metadata, as_list, key, plain, types_of
from crawler.extract.page.page import Page, squeeze, text_of
from crawler.extract.rules import RuledPage, ruled
from crawler.siteconfig.site import Site


@dataclass(frozen=True, kw_only=True)
class Fields:
    """What a page says about its article, beside the text."""

    title: str = ""
    kicker: str | None = None
    headline: str | None = None
    """The headline that readers see, where it is another one."""
    authors: tuple[str, ...] = ()
    byline: str | None = None
    published: StatedTime | None = None
    modified: StatedTime | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    language: str | None = None
    canonical_url: str | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    """Field name -> the witness that gave it."""


def read_fields(
    page: Page,
    site: Site,
    capture: Capture,
    hints: Mapping[str, str | None] | None = None,
    *,
    by_rules: RuledPage | None = None,
) -> Fields:
    """The fields of *page*.

    *hints*: what the feed, sitemap or listing said of this address (``title``, ``published``, ``modified``,
    ``author``, ``section``), believed where the page says nothing or less. *by_rules*: the page as the site's
    rules leave it, where the caller has asked for that already.
    """
    by_rules = by_rules or ruled(page, site)
    view = _View(Metadata(by_rules.page, site), capture, hints or {}, by_rules)
    sources: dict[str, str] = {}
    title, kicker, sources["title"], heading = _title(view)
    view.heading = heading
    view.lines = lines_around(view.page, heading, title)
    authors, byline, sources["authors"] = _authors(view)
    published, others = _published(view)
    modified = _modified(view, published)
    section, sources["section"] = _first(view, _SECTIONS)
    tags, sources["tags"] = _tags(view)
    if published:
        sources["published"] = published.source
    if modified:
        sources["modified"] = modified.source
    others = tuple(each for each in others if not modified or each.value.date() != modified.value.date())
    sources["published_disputed"] = "; ".join(f"{each.source} {each.text}" for each in others)
    return Fields(
        title=title,
        kicker=kicker,
        headline=None if sources["title"] == "rule" else shown_headline(view.meta, title),
        authors=authors,
        byline=byline,
        published=published,
        modified=modified,
        section=section,
        tags=tags,
        images=_images(view),
        language=language_of(page.lang),
        canonical_url=view.meta.canonical,
        sources={name: source for name, source in sources.items() if source},
    )


# ---------------------------------------------------------------- one page


class _View:
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
        self._near: list[tuple[Label, StatedTime, HeadlineLine, bool]] | None = None
        self._dates: dict[str, list[FoundDate]] = {}
        self._owned: dict[int, bool] = {}
        """Identity of an element -> whether what stands in it is the article's own."""
        lang = (self.page.lang or "").replace("_", "-")
        self.sentence_case = lang[:2] in ("nl", "fy", "fr", "it", "es", "")
        """Subheads have no capitals on every word, so a line that has them may be a name."""
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

    def near(self) -> list[tuple[Label, StatedTime, HeadlineLine, bool]]:
        """What the lines around the headline say of dates."""
        if self._near is None:
            self._near = list(_near(self))
        return self._near

    @cached_property
    def _holds_heading(self) -> frozenset[int]:
        holds = set()
        node = self.heading
        while node is not None:
            holds.add(node.mem_id)
            node = node.parent
        return frozenset(holds)

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
        if _names_no_publication(around) or names_related(around):
            return False
        parent = node.parent
        if parent is None:
            return True
        if (own := self._owned.get(parent.mem_id)) is None:
            own = self._owned[parent.mem_id] = self._holds_own(parent)
        return own

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
            if at.tag == "article" and self.heading is not None:
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


@lru_cache(maxsize=4096)
def _names_author(classes: str) -> bool:
    return bool(_AUTHOR_CLASS.search(classes))


# ---------------------------------------------------------------- title


def _title(view: _View) -> tuple[str, str | None, str, LexborNode | None]:
    for node in view.by_rules.title:
        if text := plain(text_of(node)):
            return text, None, "rule", node
    title, kicker, source, heading = read_title(view.meta)
    hint = plain(view.hints.get("title"))
    if not title and hint:
        return without_site(hint, view.meta), None, "feed", None
    return title, kicker, source, heading


# ---------------------------------------------------------------- dates

_DATE_METAS = (
    "article:published_time", "og:article:published_time", "article:published", "og:published_time",
    "datepublished", "parsely-pub-date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime",
    "sailthru.date", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date", "dc.date.created",
    "citation_publication_date", "prism.publicationdate", "iptc:published", "publish-date", "publish_date",
    "publication_date", "publicationdate", "pubdate", "published", "publishdate", "datecreated", "date",
    "dc.date.publication", "displaydate", "originalpublicationdate", "rnews:datepublished",
    "article.published", "date_published", "shareaholic:article_published_time", "mediator_published_time",
    "creation_date",
)  # fmt: skip
_LOOSE_METAS = frozenset((
    "date", "dc.date", "dc.date.created", "datecreated", "creation_date", "dcterms.created", "published",
    "displaydate",
))  # fmt: skip
"""Systems put the day of creation there as well, of a change, or of today."""
_MODIFIED_METAS = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "article:modified",
    "datemodified", "dcterms.modified", "dc.date.modified", "last-modified", "lastmod",
    "article:updated_time",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Witness:
    """Somebody who says when the article was published."""

    dated: StatedTime
    family: str
    """Witnesses of one family have it from one another: meta tags and JSON-LD are written by one program."""
    weight: float
    """What it is worth: 5 for what says that it is the day of publication, 2 for what may be another."""


def _published(view: _View) -> tuple[StatedTime | None, tuple[StatedTime, ...]]:
    """(when it was published, what other witnesses say instead).

    Witnesses of one day are added up, the best of each family; the day with the most wins, of equal ones the
    one that is met first. A day in the future or from before the web needs two families.
    """
    if by_rule := _published_by_rule(view):
        return by_rule, ()
    said = [each for attempt in _PUBLISHED for each in attempt(view)]
    if not any(each.family == "page" for each in said) and len(said) < 2:
        said += _published_anywhere_by_label(view)
    best: tuple[float, list[_Witness]] = 0.0, []
    for one in said:
        together = [each for each in said if _same_day(each.dated, one.dated, view)]
        families: dict[str, float] = {}
        for each in together:
            families[each.family] = max(families.get(each.family, 0.0), each.weight)
        if len(families) < 2 and not EARLIEST <= one.dated.value <= view.capture.at + AHEAD:
            continue
        total = sum(families.values())
        if total > best[0]:
            best = total, together
    if not best[1]:
        return None, ()
    first = max(best[1], key=lambda each: each.weight)
    exact = (
        each for each in sorted(best[1], key=lambda each: -each.weight)
        if each.dated.precision is Precision.INSTANT
        and _local_day(each.dated, view) == first.dated.value.date()
    )  # fmt: skip
    chosen = first.dated
    if chosen.precision is not Precision.INSTANT:
        chosen = next((each.dated for each in exact), chosen)
    others = {each.dated.text: each.dated for each in said if each not in best[1]}
    return chosen, tuple(others.values())


def _same_day(one: StatedTime, other: StatedTime, view: _View) -> bool:
    """Whether two witnesses speak of one day: the same in the site's zone, or less than half a day apart.

    A machine's midnight in another zone is the evening before.
    """
    return (
        _local_day(one, view) == _local_day(other, view)
        or abs((one.value - other.value).total_seconds()) < 43_200
    )


def _local_day(dated: StatedTime, view: _View) -> date:
    if dated.precision is Precision.DAY:
        return dated.value.date()
    return dated.value.astimezone(view.site.zone).date()


def _witness(dated: StatedTime | None, family: str, weight: float) -> Iterator[_Witness]:
    if dated is not None:
        yield _Witness(dated=dated, family=family, weight=weight)


def _published_by_rule(view: _View) -> StatedTime | None:
    for node in view.by_rules.published:
        stated = node.attributes.get("datetime") or node.attributes.get("content")
        if dated := view.date(stated, "rule") or view.date(text_of(node)[:200], "rule"):
            return dated
    return None


def _published_in_json_ld(view: _View) -> Iterator[_Witness]:
    for name, weight in (("datePublished", 5), ("dateCreated", 3), ("uploadDate", 3)):
        if found := list(_witness(view.date(view.meta.article.get(name), "json-ld"), "machine", weight)):
            yield from found
            return


def _published_in_metas(view: _View) -> Iterator[_Witness]:
    metas = view.page.metas
    for name in _DATE_METAS:
        for content in metas.get(name, ()):
            if dated := view.date(content, f"meta:{name}"):
                yield from _witness(dated, "machine", 3 if name in _LOOSE_METAS else 5)
                return


def _published_in_web_page(view: _View) -> Iterator[_Witness]:
    for each in view.page.json_ld:
        about_page = {"WebPage", "VideoObject", "ItemPage", "CreativeWork"} & set(types_of(each))
        stated = each.get("datePublished") or each.get("uploadDate")
        if about_page and (dated := view.date(stated, "json-ld")):
            yield from _witness(dated, "machine", 3)
            return


def _published_in_microdata(view: _View) -> Iterator[_Witness]:
    """Marked in the article itself; not in a card of another one, nor in a reader's comment."""
    found: list[StatedTime] = []
    page = view.page
    if not (page.mentions(b"pubdate") or (page.mentions(b"itemprop") and page.mentions(b"datepublished"))):
        return
    for node in page.tree.css('[itemprop="datePublished"], time[pubdate]')[:40]:
        if not view.owns(node):
            continue
        stated = node.attributes.get("datetime") or node.attributes.get("content")
        if dated := view.date(stated, "microdata") or view.date(text_of(node), "microdata"):
            found.append(dated)
    # without a headline to go by, several that say different things say nothing
    if found and (view.heading is not None or len({each.value.date() for each in found}) == 1):
        yield from _witness(found[0], "page", 5)


def _role(classes: str, before: str) -> Label | None:
    """What an element with a date calls it; ``None`` when it is no date of the article at all."""
    if _names_no_publication(classes) or names_related(classes):
        return None
    if _CLASS_PUBLISHED.search(classes):
        return Label.PUBLISHED
    if _CLASS_MODIFIED.search(classes):
        return Label.MODIFIED
    return label_of(before)


_CLASS_PUBLISHED = re.compile(r"publi|geplaatst|pubdate|entry-date|post-?date|posted|datecreated", re.I)
_CLASS_MODIFIED = re.compile(r"modif|updat|bijgewerkt|gewijzigd|aktualis|edited", re.I)
_NO_PUBLICATION = re.compile(
    r"event|evenement|agenda|kalend|calend|opening|aanvang|kick-?off|wedstrijd|fixture|duration|duur|player|"
    r"deadline|countdown|dt(?:start|end)|start-?date|end-?date|overl[ei]d|geboren|rouw|condole|slide|"
    r"current|today|vandaag|clock|masthead|"
    r"copyright",
    re.I,
)
"""Names of elements whose dates are an event's, a film's, a reader's."""


@lru_cache(maxsize=4096)  # the lines of a page stand in the same few elements
def _names_no_publication(classes: str) -> bool:
    return bool(_NO_PUBLICATION.search(classes))


_EVENT = re.compile(
    r"\W*(?:locatie|plaats|waar|wanneer|aanvang|entree|toegang|kaarten|prijs|tijd|tijden|kosten|aanmelden|"
    r"location|venue|where|when|doors|admission|tickets?|price|time|hours|aftrap|kick-?off|anstoß|anpfiff|termin|"
    r"coup\s+d[’']envoi|calcio\s+d[’']inizio|saque\s+inicial|"
    r"ort|wo|wann|beginn|einlass|eintritt|veranstaltungsort|lieu|où|quand|horaires?|tarifs?|entrée|"
    r"luogo|dove|quando|orario|ingresso|biglietti|lugar|dónde|cuándo|hora|precio)\s*:",
    re.I,
)
"""A line of an announcement: the day beside it is the event's."""
_NOT_OF_PUBLICATION = re.compile(
    r"\b(?:t/m|tot en met|tot|vanaf|tussen|sinds|t\.e\.m|aanvang|entree|deadline|uiterlijk|overl[ei]d\w*|"
    r"geboren|gestorven|geopend|gesloten|speeldatum|until|till|from|between|since|starts?|begins?|ends?|doors|due|born|"
    r"died|deceased|bis|vom|zwischen|seit|beginn|einlass|gestorben|verstorben|jusqu\w*|du|depuis|entre|"
    r"uitzending|te zien|te horen|ausstrahlung|sendetermin|broadcast|airs|diffusion|emisión|messa in onda|"
    r"décès|obsèques|ferstoarn|stoarn|uitvaart|begrafenis|beerdigung|funeral|fallecimiento|todestag|"
    r"aftrap|kick-?off|anstoß|anpfiff|coup\s+d[’']envoi|saque|inschrijven|aanmelden|anmelde\w+|geldig|gültig|valid|"
    r"né|née|décédé\w*|dal|fino|nato|nata|morto|morta|desde|hasta|nacid\w|fallec\w+)\b|[†‡]|"
    r"\d\s*[-–—]\s*\d\d?\s+[^\W\d_]{3}",
    re.I,
)
"""Words beside a day that make it a span's, an event's or a life's."""
_OF_A_PICTURE = re.compile(
    r"(?:^|[|\x1f(]|\s)(?:foto[’']?s?|fotografie|photos?|photograph\w*|pictures?|bild(?:er)?|beeld|image|video)\s*"
    r"(?::|(?:is\s+|was\s+|wurde\s+)?(?:gemaakt|genomen|taken|made|shot|filmed|aufgenommen|vom|prises?|du|tomadas?|scattat[ae]|del))"
    r"\s*(?:op|on|in|am|le|el|il)?\s*$",
    re.I,
)
"""Words before a day that make it the one on which a picture was taken."""
_BESIDE_A_DATE = re.compile(
    r"\d+\s*(?:x|keer|times|mal|min\w*(?:\s+(?:read|leestijd|lesezeit|lezen))?|m|reacties?|comments?|kommentare?|commentaires?|commenti|comentarios|"
    r"views?|weergaven|gelezen|read|shares?|likes?|woorden|words)\b|\b(?:leestijd|lesezeit|reading time|"
    r"reacties?|comments?|foto|delen|share|teilen|partager|in|on|op|um|om|at|by|door|von|par|uur|uhr|het|nieuws|news|"
    r"datum|date|data|fecha|redactie|redaktion)\b",
    re.I,
)
"""What else a line about an article says, that is not prose."""


def _near(view: _View) -> Iterator[tuple[Label, StatedTime, HeadlineLine, bool]]:
    """The dates that the lines around the headline state: (what they are called, date, line, yearless)."""
    events = [place for place, line in enumerate(view.lines) if _EVENT.match(line.text)]
    for place, line in enumerate(view.lines):
        if not line.dated or len(line.text) > 160 or line.related:
            continue
        announced = any(abs(place - each) <= 2 for each in events)
        covered: list[tuple[int, int]] = []
        stamped: list[tuple[Label, StatedTime]] = []
        for stamp in line.stamps:
            role = _role(
                f"{line.classes if len(line.stamps) == 1 else ''} {stamp.classes}",
                line.parted[_end_before(covered, stamp.at) : stamp.at + _LABEL_INSIDE],
            )
            dated = view.date(stamp.value, "time")
            if role is None or dated is not None:
                covered.append((stamp.at, stamp.at + len(stamp.text)))
            if role is not None and dated is not None:
                stamped.append((role, dated))
        if len(stamped) > 1 and all(role is Label.NONE for role, _ in stamped):
            stamped.sort(key=lambda each: each[1].value)
            stamped = [(Label.PUBLISHED, stamped[0][1]), (Label.MODIFIED, stamped[-1][1])]
        for role, dated in stamped:
            if not announced or role is not Label.NONE:
                yield role, dated, line, False
        if _names_no_publication(line.around):
            continue
        every = list(view.dates(line.parted, ""))
        for each in every:
            if any(start <= each.start <= end for start, end in covered):
                continue  # what an element shows is what it states
            if _OF_A_PICTURE.search(line.parted[max(0, each.start - 60) : each.start]):
                continue
            role = each.label if each.label is not Label.NONE or place == 0 else _called_above(view, place)
            if role is Label.NONE and (announced or not _is_about_dates(line, every, view)):
                continue
            if role is not Label.NONE and _is_prose(line.text) and _says_more(line, every):
                continue
            source = "headline" if role is Label.NONE else "label"
            yield role, replace(each.dated, source=source), line, each.yearless


_LABEL_INSIDE = 24
"""So far into an element that states a date, its label may stand: ``<time>Laatste update 25 nov</time>``."""


def _called_above(view: _View, place: int) -> Label:
    """What a label on a line of its own ("Posted on") calls the date on the line below it."""
    line, above = view.lines[place], view.lines[place - 1]
    if above.after is not line.after or len(above.text) > 30 or DIGIT.search(above.text):
        return Label.NONE
    return label_of(above.text)


def _end_before(covered: list[tuple[int, int]], at: int) -> int:
    return max((end for _, end in covered if end <= at), default=0)


def _is_prose(text: str) -> bool:
    """Whether a line is a sentence of its own, not a label."""
    return text.endswith((".", "!", "?", "…")) and text.count(" ") > 11


def _says_more(line: HeadlineLine, every: list[FoundDate]) -> bool:
    """Whether a sentence with a date says more than when the article came out and was changed."""
    rest = line.parted
    for each in reversed(every):
        rest = f"{rest[: each.start]} {rest[each.end :]}"
    return sum(map(str.isalpha, LABEL_WORDS.sub(" ", _BESIDE_A_DATE.sub(" ", rest)))) > 20


def _is_about_dates(line: HeadlineLine, every: list[FoundDate], view: _View) -> bool:
    """Whether a line with a date that nothing labels tells when the article came out, and is no prose."""
    if _NOT_OF_PUBLICATION.search(line.text):
        return False
    marked = bool(_ABOUT_DATES.search(line.classes))
    if line.prose > 1 and not marked:
        return False
    rest = line.parted
    for each in reversed(every):
        rest = f"{without_weekday(rest[: each.start])} | {rest[each.end :]}"
    words = LABEL_WORDS.sub(" ", _BESIDE_A_DATE.sub(" ", rest))
    left = sum(map(str.isalpha, words))
    if not left:
        return True
    if any(each.dated.precision is Precision.RELATIVE for each in every) and not marked:
        return False
    if marked or "|" in line.text or len(every) > 1:
        return left <= 90 and not _is_prose(line.text)
    if read_authors(rest):
        return True
    # a name, a place, a section: nothing in lower case but what joins names
    return left <= 40 and all(
        word[:1].isupper() or word in _JOINS for word in re.findall(r"[^\W\d_]+", words)
    )


_JOINS = frozenset(("van", "de", "der", "den", "het", "en", "und", "and", "et", "e", "y", "la", "le", "von"))
_ABOUT_DATES = re.compile(
    r"date(?!line)|datum|time|tijd|meta|byline|author|publi|posted|stamp|entry-info", re.I
)
_URL_PATHS = (
    re.compile(r"/((?:19|20)\d\d)/(\d\d?)/(\d\d?)(?=[/_-]|\.|$)"),
    re.compile(r"/dmf((?:19|20)\d\d)(\d\d)(\d\d)_"),
)
"""Written by the site's system."""
_URL_DATES = (
    re.compile(r"(?:/|/[A-Za-z]{1,4}_?)((?:19|20)\d\d)[-_.](\d\d)[-_.](\d\d)(?!\d)"),
    re.compile(r"(?:/|/[A-Za-z]{1,4}_?)((?:19|20)\d\d)([01]\d)([0-3]\d)(?:[0-2]\d[0-5]\d\d*)?(?!\d)"),
)
"""At the beginning of a part of the path: after other words, a day is what the article is about."""


def _published_near_headline(view: _View) -> Iterator[_Witness]:
    """Dates of the lines about the article: with a label, without, and with the year left out."""
    for role, dated, _, yearless in view.near():
        if role is Label.MODIFIED:
            continue
        weight = 4.0 if role is Label.PUBLISHED else 3.0
        if yearless or dated.precision is Precision.RELATIVE:
            weight = 2.0
        yield from _witness(dated, "page", weight)
        if role is Label.NONE:
            return  # without a label the first is meant


def _published_anywhere_by_label(view: _View) -> Iterator[_Witness]:
    """A labelled date far from the headline ("Datum: 28.04.2023" under the text): costly, so late."""
    lines = view.page.outline
    texts = [run.text for run in lines.runs]
    for place, run in enumerate(lines.runs):
        if len(run.text) > 80 or run.linked > 30 or not DIGIT.search(run.text) or _is_prose(run.text):
            continue
        if any(map(_EVENT.match, texts[max(0, place - 2) : place + 3])):
            continue
        names = (run.names, *(box.names for box in lines.path(run)[:3]))
        if not any(names_related(each) or _NO_PUBLICATION.search(each) for each in names):
            for each in view.dates(run.text, "label"):
                if _OF_A_PICTURE.search(run.text[max(0, each.start - 60) : each.start]):
                    continue
                labelled = each.label is Label.PUBLISHED or _DAY_AS_LABEL.match(run.text[: each.start])
                if labelled and each.dated.precision is not Precision.RELATIVE and not each.yearless:
                    yield from _witness(each.dated, "page", 3)
                    return


_DAY_AS_LABEL = re.compile(r"\W*(?:datum|date|data|fecha|dato)\b\W*$", re.I)


def _published_in_path(view: _View) -> Iterator[_Witness]:
    yield from _witness(_in_address(view, _URL_PATHS), "address", 4)


def _published_in_slug(view: _View) -> Iterator[_Witness]:
    yield from _witness(_in_address(view, _URL_DATES), "address", 2)


def _in_address(view: _View, patterns: tuple[re.Pattern[str], ...]) -> StatedTime | None:
    for address in dict.fromkeys((view.capture.url, view.meta.canonical)):
        path = unquote(urlsplit(address).path) if address else ""
        for pattern in patterns:
            match = pattern.search(path)
            stated = "-".join(part.zfill(2) for part in match.groups()) if match else None
            dated = view.date(stated, "url", wide=True)
            if match and dated:
                return replace(dated, raw=match[0].strip("/_"))
    return None


def _published_in_feed(view: _View) -> Iterator[_Witness]:
    yield from _witness(view.date(view.hints.get("published"), "feed"), "feed", 4)


_PUBLISHED: tuple[Callable[[_View], Iterator[_Witness]], ...] = (
    _published_in_json_ld,
    _published_in_metas,
    _published_in_microdata,
    _published_in_web_page,
    _published_in_path,
    _published_near_headline,
    _published_in_slug,
    _published_in_feed,
)


def _modified(view: _View, published: StatedTime | None) -> StatedTime | None:
    if dated := view.date(view.meta.article.get("dateModified"), "json-ld"):
        return dated
    for name in _MODIFIED_METAS:
        if dated := view.date(view.page.meta(name), f"meta:{name}"):
            return dated
    for role, dated, _, _ in view.near():
        if role is Label.MODIFIED and (published is None or dated.value.date() >= published.value.date()):
            return dated
    return view.date(view.hints.get("modified"), "feed")


# ---------------------------------------------------------------- authors

_AUTHOR_METAS = (
    "article:author_name", "article:byline", "parsely-author", "cxenseparse:author", "sailthru.author", "byl",
    "author", "article:author", "dc.creator", "dcterms.creator", "og:author", "og:article:author",
    "articleauthor", "citation_author", "authors", "byline", "lp.article:author", "rbauthors",
    "article.author",
)  # fmt: skip
_WRITTEN_BY = re.compile(
    r"written|geschreven|verfasst|geschrieben|écrit|escrito|scritto|skrevet|author|auteur|autor", re.I
)
_AUTHOR_CLASS = re.compile(
    r"author|byline|auteur|autor|schrijver|writer|redacteur|journalist|verfasser|signature", re.I
)


def _authors(view: _View) -> tuple[tuple[str, ...], str | None, str]:
    """(persons, the byline as printed, witness). A newsroom or agency only where nobody else signs."""
    visible, byline = _visible_authors(view)
    for attempt in (_authors_by_rule, _authors_in_json_ld, _authors_in_metas):
        names, source = attempt(view)
        if not names:
            continue
        same = {each.casefold() for each in names} & {each.casefold() for each in visible}
        begun = any(each.startswith(name) for each in visible for name in names)  # and a job behind it
        told = byline is not None and not begun and _TOLD.match(byline)
        if source != "rule" and ((same and len(visible) > len(names)) or (visible and not same and told)):
            names, source = visible, "byline"  # not just the first of several, nor the account that posted it
        return _with_agency(names, view), byline, source
    if visible:
        return visible, byline, "byline"
    signed, line = _signed_in_bold(view)
    if signed:
        return signed, line, "byline"
    if not any(is_agency(name) for name, _ in _stated_authors(view)):
        names, marked = _marked_authors(view)
        if names:
            return names, byline or marked, "byline"
        for below in view.lines:
            if len(below.text) <= 80 and not below.related and (names := read_agencies(below.text)):
                return names, below.text, "byline"
    if names := _persons(view, [view.hints.get("author") or ""]):
        return names, byline, "feed"
    stated = _organisation(view)
    return ((stated,) if stated else ()), byline, "json-ld" if stated else ""


def _with_agency(names: tuple[str, ...], view: _View) -> tuple[str, ...]:
    """The persons, and the agencies that JSON-LD names beside them."""
    return distinct((*names, *(name for name, _ in _stated_authors(view) if is_agency(name))))


def _persons(view: _View, texts: Iterable[str]) -> tuple[str, ...]:
    """The persons in strings out of author fields, the site's own names left out."""
    names = [name for text in texts for name in read_authors(plain(text), trusted=True)]
    return distinct(name for name in names if not view.meta.is_site_name(name))


def _authors_by_rule(view: _View) -> tuple[tuple[str, ...], str]:
    names = _persons(view, [text_of(node) for node in view.by_rules.author])
    return names, "rule" if names else ""


def _stated_authors(view: _View) -> Iterator[tuple[str, bool]]:
    """(name, whether it is said to be an organisation) of the JSON-LD authors."""
    for name in ("author", "creator"):
        for each in view.meta.objects(name):
            if isinstance(each, str):
                yield each, False
                continue
            company = any(kind.endswith("Organization") for kind in types_of(each))
            for one in _names_in(each):
                yield one, company


def _names_in(thing: Mapping[str, Any], depth: int = 0) -> Iterator[str]:
    """The names of an author object; some systems wrap a name into a person, and that into a name."""
    stated = thing.get("name")
    whole = plain(stated) or plain(thing.get("byline"))
    whole = whole or f"{plain(thing.get('givenName'))} {plain(thing.get('familyName'))}".strip()
    if whole:
        yield whole
        return
    for each in as_list(stated):
        if isinstance(each, str):
            yield plain(each)
        elif isinstance(each, dict) and depth < 3:
            yield from _names_in(each, depth + 1)


def _authors_in_json_ld(view: _View) -> tuple[tuple[str, ...], str]:
    return _persons(view, [name for name, company in _stated_authors(view) if not company]), "json-ld"


def _authors_in_metas(view: _View) -> tuple[tuple[str, ...], str]:
    metas = view.page.metas
    for label, data in (("twitter:label1", "twitter:data1"), ("twitter:label2", "twitter:data2")):
        written = _WRITTEN_BY.search(view.page.meta(label) or "")
        if written and (names := _persons(view, metas.get(data, ()))):
            return names, f"meta:{data}"
    best: tuple[tuple[str, ...], str] = ((), "")
    for name in _AUTHOR_METAS:
        if name in metas:
            names = _persons(view, metas[name])
            if len(names) > len(best[0]):  # sites name the first author here and all of them there
                best = names, f"meta:{name}"
    return best


def _visible_authors(view: _View) -> tuple[tuple[str, ...], str | None]:
    """The persons of the byline near the headline, and the byline itself."""
    raw: str | None = None
    for place, line in enumerate(view.lines):
        if len(line.text) > 160 or line.related:
            continue
        marked = _names_author(line.classes)
        text, dated = line.text, False
        if DIGIT.search(text) and (marked or "|" in text or may_introduce(text)):
            for each in reversed(list(view.dates(text, ""))):
                text, dated = f"{text[: each.start]} | {text[each.end :]}", True
        names = (marked and not dated and _in_elements(view, line)) or read_authors(text, trusted=marked)
        if not names and not line.heading and dated:
            names = tuple(name for name in _bare_names(text) if not view.is_section(name))
        names = tuple(
            each for each in names if " " in each and is_person(each) and not view.meta.is_site_name(each)
        )
        if names and marked:
            names = distinct((*names, *_names_below(view, place)))
        if names:
            return names, line.text
        if raw is None and (marked or _BYLINE.match(text)):
            raw = line.text
    return (), raw


_TOLD = re.compile(
    r"\W*(?:door|tekst(?:\s+en\s+foto[’']?s?)?|troch|scritto\s+da|written\s+by|geschreven\s+door|geschrieben\s+von|"
    r"escrito\s+por)\s*:?\s+(?-i:[A-ZÀ-Ý])",
    re.I,
)


_CALLED_AUTHOR = re.compile(
    r"(?:^|[\s_-])(?:author|auteur|autor|autore|writer|schrijver)(?:[_-]{1,2}(?:name|naam|link))?(?:\s|$)",
    re.I,
)


def _in_elements(view: _View, line: HeadlineLine) -> tuple[str, ...]:
    """The names of a line each of whose elements is an author's: ``<b class="author">Ann Lee</b>``."""
    pieces = [piece.strip(" ,;|&") for piece in line.parted.split(PARTED)]
    pieces = [piece for piece in pieces if piece]
    if len(pieces) < 2 or len(line.text) > 120:
        return ()
    marked = {
        text_of(node)
        for node in view.page.tree.css(
            '[rel~="author"], [itemprop="author"], [class*="aut"], [class*="writer"]'
        )[:60]
        if (node.attributes.get("rel") or node.attributes.get("itemprop"))
        or _CALLED_AUTHOR.search(node.attributes.get("class") or "")
    }
    names = [read_authors(piece, trusted=True) if piece in marked else () for piece in pieces]
    if not all(len(each) == 1 and " " in each[0] and is_person(each[0]) for each in names):
        return ()
    return distinct(name for each in names for name in each)


def _names_below(view: _View, place: int) -> Iterator[str]:
    """The names on the lines after one that is marked as an author's: a list has one in each of its items."""
    first = view.lines[place]
    for line in view.lines[place + 1 : place + 12]:
        if line.marked != first.marked or not _names_author(line.around) or len(line.text) > 60:
            return
        names = [name for name in read_authors(line.text, trusted=True) if " " in name and is_person(name)]
        if not names:
            return
        yield from names


def _bare_names(text: str) -> tuple[str, ...]:
    """Names without an introduction, between bars beside a date."""
    parts = [part.strip() for part in text.split("|") if part.strip(" ,.-–—")]
    if "|" not in text or len(parts) > 4:
        return ()
    names: list[str] = []
    for part in parts:
        people = [piece.strip() for piece in re.split(r"\s*/\s*|\s+(?:en|&)\s+", part)]
        if all(
            " " in each and len(each) <= 40 and is_person(each) and not each.isupper() and not is_place(each)
            for each in people
        ):
            names += people
    return tuple(names)


def _signed_in_bold(view: _View) -> tuple[tuple[str, ...], str | None]:
    """Names alone in bold above the text, which the page's own description has taken for its beginning."""
    said = " ".join(view.page.meta(name) or "" for name in ("description", "og:description"))
    for line in view.lines[:12]:
        text = line.text
        if not line.heading or line.related or not line.after or not 5 <= len(text) <= 80 or text not in said:
            continue
        people = [clean_name(piece) for piece in re.split(r"\s*[/,]\s*|\s+(?:and|en|und|et|&)\s+", text)]
        if all(" " in each and len(each) <= 40 and is_person(each) and not is_place(each) for each in people):
            return distinct(name for name in people if not view.meta.is_site_name(name)), text
    return (), None


_BYLINE = re.compile(r"(?:door|tekst|by|von|par)\s*:?\s+(?-i:[A-Z'’])", re.I)


def _marked_authors(view: _View) -> tuple[tuple[str, ...], str | None]:
    """The persons, or the agency, in elements of the article that are marked as author.

    Not so a photographer's in a caption, a reader's in a comment, another article's on its card.
    """
    nodes = view.page.tree.css('[rel="author"], [itemprop="author"], [class*="author"], [class*="byline"]')
    for node in nodes[:30]:
        text = text_of(node)
        if not 3 <= len(text) <= 120 or not view.owns(node) or _of_a_picture(node):
            continue
        names = tuple(name for name in _persons(view, [text]) if " " in name and not view.is_section(name))
        if names and all(is_person(name) for name in names):
            return names, text
        if is_agency(agency := clean_name(text)):
            return (agency,), text
    return (), None


def _of_a_picture(node: LexborNode) -> bool:
    at: LexborNode | None = node
    for _ in range(5):
        if at is None or at.tag == "body":
            return False
        if at.tag in ("figure", "figcaption", "picture") or _PICTURED.search(
            at.attributes.get("class") or ""
        ):
            return True
        at = at.parent
    return False


_PICTURED = re.compile(r"(?:^|[\s_-])(?:photo|foto|image|img|bild|picture|caption|credit|camera)", re.I)


def _organisation(view: _View) -> str | None:
    """Who signs where no person does: an agency, a newsroom by its name; never the site's own definition."""
    stated = [name for name, _ in _stated_authors(view)]
    stated += [each for name in _AUTHOR_METAS for each in view.page.metas.get(name, ())]
    names = [name for each in stated if (name := organisation(clean_name(plain(each))))]
    names = [name for name in names if key(name) != key(view.site.title)]
    return next((name for name in names if is_agency(name)), names[0] if names else None)


# ---------------------------------------------------------------- section, tags, images, language


def _section_in_json_ld(view: _View) -> tuple[str, str]:
    stated = [plain(each) for each in as_list(view.meta.article.get("articleSection"))]
    return next((each for each in stated if each), ""), "json-ld"


def _section_in_metas(view: _View) -> tuple[str, str]:
    for name in (
        "article:section",
        "og:section",
        "parsely-section",
        "cxenseparse:section",
        "section",
        "category",
    ):
        if text := view.page.meta(name):
            return plain(text), f"meta:{name}"
    return "", ""


def _section_in_breadcrumbs(view: _View) -> tuple[str, str]:
    """The last step before the article itself."""
    for each in view.page.json_ld:
        if "BreadcrumbList" in types_of(each):
            steps = []
            for step in as_list(each.get("itemListElement")):
                if isinstance(step, dict):
                    item = step.get("item")
                    name = step.get("name") or (item.get("name") if isinstance(item, dict) else None)
                    steps.append(plain(name))
            own = {key(text) for text in view.meta.h1_texts}
            steps = [text for text in steps[1:] if text and key(text) not in own]
            if steps and len(steps[-1]) <= 40:
                return steps[-1], "json-ld"
    return "", ""


def _section_in_trail(view: _View) -> tuple[str, str]:
    """The last step of the breadcrumbs that readers see, before the article itself."""
    if not view.page.mentions(b"crumb"):
        return "", ""
    steps = [
        plain(text_of(node))
        for node in view.page.tree.css(
            '[class*="breadcrumb" i] a, [id*="breadcrumb" i] a, [itemtype*="BreadcrumbList"] a, '
            '[class*="crumbs"] a'
        )[:12]
    ]
    own = {key(text) for text in view.meta.h1_texts}
    steps = [text for text in steps[1:] if text and key(text) not in own and len(text) <= 40]
    return (steps[-1], "breadcrumbs") if steps else ("", "")


def _section_in_links(view: _View) -> tuple[str, str]:
    """The article's own link to its category; of several the one whose address is the deepest."""
    if not (view.page.mentions(b"category") or view.page.mentions(b"cat-links")):
        return "", ""
    links = view.page.tree.css(
        'a[rel~="category"], [class*="cat-links"] a, [class*="post-category"] a, [class*="entry-category"] a'
    )
    found = [
        ((node.attributes.get("href") or "").rstrip("/").count("/"), plain(text_of(node)))
        for node in links[:30]
        if view.owns(node)
    ]
    found = [(depth, text) for depth, text in found if text and len(text) <= 40]
    return (max(found, key=lambda each: each[0])[1], "link") if found else ("", "")


def _section_in_address(view: _View) -> tuple[str, str]:
    """The last folder of the address that is a word of a section: ``/nieuws/sport/voetbal/12345/slug``."""
    parts = [part for part in unquote(urlsplit(view.capture.url).path).split("/") if part][:-1]
    words = [part for part in parts if _FOLDER.fullmatch(part) and part.lower() not in _NO_SECTION]
    return (words[-1].replace("-", " ").capitalize(), "url") if words else ("", "")


_FOLDER = re.compile(r"[^\W\d_]{3,}(?:-[^\W\d_]{2,}){0,2}")
_NO_SECTION = frozenset((
    "nieuws", "news", "artikel", "artikelen", "article", "articles", "blog", "blogs", "post", "posts",
    "archief", "archive", "archives", "story", "stories", "category", "categorie", "tag", "author", "auteur",
    "lokaal", "regio", "actueel", "bericht", "berichten", "nachrichten", "actualite", "actualites", "notizie",
    "noticias", "cnt", "item", "page", "pagina", "index", "home", "content", "amp", "www", "site", "web",
    "detail", "view", "read", "nieuwsbericht", "edition", "editie", "uitgave", "latest", "thoughts",
))  # fmt: skip


def _section_in_feed(view: _View) -> tuple[str, str]:
    return plain(view.hints.get("section")), "feed"


_SECTIONS: tuple[Callable[[_View], tuple[str, str]], ...] = (
    _section_in_json_ld,
    _section_in_metas,
    _section_in_breadcrumbs,
    _section_in_trail,
    _section_in_links,
    _section_in_feed,
    _section_in_address,
)


def _first(view: _View, attempts: Iterable[Callable[[_View], tuple[str, str]]]) -> tuple[str | None, str]:
    for attempt in attempts:
        text, source = attempt(view)
        if text:
            return text, source
    return None, ""


def _tags(view: _View) -> tuple[tuple[str, ...], str]:
    stated = [plain(each) for each in as_list(view.meta.article.get("keywords"))]
    if tags := _split_tags(stated):
        return tags, "json-ld"
    for name in ("article:tag", "news_keywords", "parsely-tags", "cxenseparse:tags", "sailthru.tags"):
        if tags := _split_tags(view.page.metas.get(name, ())):
            return tags, f"meta:{name}"
    own = [node for node in view.page.tag_links[:60] if view.owns(node)]
    plainly = [node for node in own if "category" not in (node.attributes.get("rel") or "").split()]
    own = plainly or own  # WordPress calls categories "category tag", and many sites have no others
    linked = [plain(text_of(node)).lstrip("#") for node in own]
    linked = [
        each
        for each in linked
        if each and len(each) <= 60 and key(each) != key(view.meta.page.meta("og:title"))
    ]
    if linked:
        return distinct(linked), "link"
    if tags := _split_tags(view.page.metas.get("keywords", ())):
        return tags, "meta:keywords"
    return (), ""


def _split_tags(texts: Iterable[str]) -> tuple[str, ...]:
    texts = [each for each in texts if each]
    parts = texts if len(texts) > 1 else [part for text in texts for part in re.split(r"[,;|]", text)]
    return distinct(each for part in parts if (each := squeeze(part)) and len(each) <= 80)


def _images(view: _View) -> tuple[Image, ...]:
    """The article's pictures: those stated to machines, then those that stand in it, once each.

    One that is stated and stands in the article has caption, credit and alt from where it stands.
    """
    found: dict[str, Image] = {}
    for each in as_list(view.meta.article.get("image"))[:_MOST_IMAGES]:
        thing = view.meta.references.get(str(each.get("@id")), each) if isinstance(each, dict) else {}
        address = each if isinstance(each, str) else thing.get("url") or thing.get("contentUrl")
        address = as_list(address)[0] if as_list(address) else None
        if isinstance(address, str) and (url := view.page.absolute(address)):
            caption, credit = plain(thing.get("caption")) or None, plain(thing.get("creditText")) or None
            found.setdefault(_file_of(url), Image(url=url, caption=caption, credit=credit))
    if not found:
        for stated in view.page.metas.get("og:image", ())[:1] or view.page.metas.get("og:image:url", ())[:1]:
            if url := view.page.absolute(stated):
                found[_file_of(url)] = Image(url=url, alt=view.page.meta("og:image:alt"))
    for image in _pictures(view):
        other = found.get(_file_of(image.url), image)
        found[_file_of(image.url)] = Image(
            url=other.url,
            caption=image.caption or other.caption,
            credit=image.credit or other.credit,
            alt=image.alt or other.alt,
        )
    return tuple(found.values())[:_MOST_IMAGES]


_MOST_IMAGES = 60
_SIZES = re.compile(r"[-_@]?\d{2,4}x\d{2,4}(?=\.\w+$)|-scaled(?=\.)|@\dx(?=\.)")
_NO_PICTURE = (
    "logo", "icon", "avatar", "emoji", "pixel", "tracking", "spinner", "placeholder", "sprite", "badge",
    "banner",
)  # fmt: skip
"""In the names or the address of what is no picture to look at."""


def _file_of(url: str) -> str:
    """What two sizes of one picture have in common."""
    parts = urlsplit(url)
    return (
        (parts.hostname or "")
        + _SIZES.sub("", unquote(parts.path))
        + ("?" + parts.query if not parts.path else "")
    )


def _pictures(view: _View) -> Iterator[Image]:
    """The pictures that stand in the article itself, in page order."""
    for node in view.page.tree.css("article img, main img, figure img")[:120]:
        attributes = node.attributes
        words = f"{attributes.get('class') or ''} {attributes.get('src') or ''}".lower()
        if any(word in words for word in _NO_PICTURE) or _is_tiny(attributes) or not view.owns(node):
            continue
        address = next(
            (
                stated
                for name in ("data-src", "data-lazy-src", "data-original", "src")
                if (stated := attributes.get(name)) and not stated.startswith("data:")
            ),
            None,
        )
        if not address and (sources := attributes.get("srcset") or attributes.get("data-srcset")):
            address = sources.split(",")[-1].split()[0] if sources.split(",")[-1].split() else None
        if not (url := view.page.absolute(address)):
            continue
        caption, credit = _caption(node)
        yield Image(url=url, caption=caption, credit=credit, alt=plain(attributes.get("alt")) or None)


def _is_tiny(attributes: Mapping[str, str | None]) -> bool:
    sizes = [attributes.get(name) or "" for name in ("width", "height")]
    return any(size.isdecimal() and int(size) < 60 for size in sizes)


def _caption(picture: LexborNode) -> tuple[str | None, str | None]:
    """(caption, credit) of a picture, from the figure it stands in."""
    box = picture.parent
    for _ in range(5):
        if box is None or box.tag in ("article", "main", "body"):
            return None, None
        if box.tag == "figure" or "caption" in (box.attributes.get("class") or ""):
            return _said_below(box)
        box = box.parent
    return None, None


def _said_below(figure: LexborNode) -> tuple[str | None, str | None]:
    node = figure.css_first('figcaption, [class*="caption-text"], [class*="bijschrift"], p[class*="caption"]')
    if node is None:
        return None, None
    text = plain(text_of(node))
    marked = node.css_first(
        '[class*="credit"], [class*="photograph"], [class*="copyright"], [class*="author"]'
    )
    name = plain(text_of(marked)) if marked is not None else ""
    if name:
        caption = plain(text.replace(name, " ")).rstrip(" |–—-(")
        return caption or None, (split_credit(name)[1] or name).strip(" ©:")
    caption, credit = split_credit(text)
    return caption or None, credit


def language_of(stated: str | None) -> str | None:
    """``nl_NL``, ``nl-NL``, ``Dutch`` -> ``nl``; ``None`` when it says no language."""
    text = (stated or "").replace("_", "-").strip().lower()
    if match := re.fullmatch(r"([a-z]{2,3})(?:-[a-z0-9]{1,8})*", text):
        return match[1]
    return _LANGUAGES.get(text)


_LANGUAGES = {
    "dutch": "nl", "nederlands": "nl", "frisian": "fy", "frysk": "fy", "english": "en", "german": "de",
    "deutsch": "de", "french": "fr", "français": "fr", "italiano": "it", "español": "es",
}  # fmt: skip
