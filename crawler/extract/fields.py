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
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from archive.types import Capture, Dated, Image, Precision
from crawler.extract.around import DIGIT, RELATED, Line, lines_around, names_related
from crawler.extract.authors import (
    clean_name,
    distinct,
    is_agency,
    is_person,
    may_introduce,
    organisation,
    read_authors,
)
from crawler.extract.dates import Found, Label, find_dates, read_date
from crawler.extract.metadata import Metadata, as_list, key, plain, types_of
from crawler.extract.page import Page, squeeze, text_of
from crawler.extract.rules import RuledPage, ruled
from crawler.extract.titles import read_title, without_site
from crawler.places import is_place
from crawler.site import Site


@dataclass(frozen=True, kw_only=True)
class Fields:
    """What a page says about its article, beside the text."""

    title: str = ""
    kicker: str | None = None
    authors: tuple[str, ...] = ()
    byline: str | None = None
    published: Dated | None = None
    modified: Dated | None = None
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
    view.lines = lines_around(view.page, heading, title)
    authors, byline, sources["authors"] = _authors(view)
    published = _published(view)
    modified = _modified(view, published)
    section, sources["section"] = _first(view, _SECTIONS)
    tags, sources["tags"] = _tags(view)
    if published:
        sources["published"] = published.source
    if modified:
        sources["modified"] = modified.source
    return Fields(
        title=title,
        kicker=kicker,
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
        self.lines: list[Line] = []
        self._dates: dict[str, list[Found]] = {}
        lang = (self.page.lang or "").replace("_", "-")
        self.sentence_case = lang[:2] in ("nl", "fy", "fr", "it", "es", "")
        """Subheads have no capitals on every word, so a line that has them may be a name."""
        self.month_first = lang.endswith("-US") or self.site.timezone.startswith("America/")

    def date(self, text: object, source: str) -> Dated | None:
        """The date in a string, read for this page."""
        if not isinstance(text, str) or len(text) > 200:
            return None
        return read_date(
            text, zone=self.site.zone, at=self.capture.at, source=source, month_first=self.month_first
        )

    def dates(self, text: str, source: str) -> Iterator[Found]:
        """The dates in a line; asked for by several fields, read once."""
        if text not in self._dates:
            self._dates[text] = list(
                find_dates(text, zone=self.site.zone, at=self.capture.at, month_first=self.month_first)
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
_MODIFIED_METAS = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "article:modified",
    "datemodified", "dcterms.modified", "dc.date.modified", "last-modified", "lastmod",
    "article:updated_time",
)  # fmt: skip


def _published(view: _View) -> Dated | None:
    """The first witness; where it states no more than a day, another that tells the hour of that day."""
    day: Dated | None = None
    for attempt in _PUBLISHED:
        found = attempt(view)
        if found is None:
            continue
        if day is None and found.precision is not Precision.DAY:
            return found
        if day is None:
            day = found
        elif found.precision is not Precision.DAY and _local_day(found, view) == day.value.date():
            return found
    return day or _published_anywhere_by_label(view)


def _local_day(dated: Dated, view: _View) -> date:
    return dated.value.astimezone(view.site.zone).date()


def _published_by_rule(view: _View) -> Dated | None:
    for node in view.by_rules.published:
        stated = node.attributes.get("datetime") or node.attributes.get("content")
        if dated := view.date(stated, "rule") or view.date(text_of(node)[:200], "rule"):
            return dated
    return None


def _published_in_json_ld(view: _View) -> Dated | None:
    for name in ("datePublished", "dateCreated", "uploadDate"):
        if dated := view.date(view.meta.article.get(name), "json-ld"):
            return dated
    return None


def _published_in_metas(view: _View) -> Dated | None:
    metas = view.page.metas
    for name in _DATE_METAS:
        for content in metas.get(name, ()):
            if dated := view.date(content, f"meta:{name}"):
                return dated
    return None


def _published_in_web_page(view: _View) -> Dated | None:
    for each in view.page.json_ld:
        about_page = {"WebPage", "VideoObject", "ItemPage", "CreativeWork"} & set(types_of(each))
        stated = each.get("datePublished") or each.get("uploadDate")
        if about_page and (dated := view.date(stated, "json-ld")):
            return dated
    return None


def _published_in_microdata(view: _View) -> Dated | None:
    for node in view.page.tree.css('[itemprop="datePublished"], time[pubdate]'):
        stated = node.attributes.get("datetime") or node.attributes.get("content")
        if dated := view.date(stated, "microdata") or view.date(text_of(node), "microdata"):
            return dated
    return None


def _near(view: _View, wanted: Label) -> Iterator[Dated]:
    """Dates that the lines around the headline state under a label."""
    for line in view.lines:
        if not line.dated or len(line.text) > 160 or 2 * line.linked > len(line.text):
            continue  # a line that is a link speaks of another article: "Werk aan brug (update) 21 jan"
        found = list(view.dates(line.text, "label"))
        for each in found:
            if each.label is wanted:
                stamp = view.date(line.datetime, "time") if line.datetime and len(found) == 1 else None
                yield stamp if stamp and stamp.value.date() == each.dated.value.date() else each.dated
        alone = not found and line.datetime and wanted is _label_of(line)
        if alone and (stamp := view.date(line.datetime, "time")):
            yield stamp


def _label_of(line: Line) -> Label:
    return Label.MODIFIED if re.search(r"modif|updat|bijgewerkt", line.classes, re.I) else Label.NONE


def _published_by_label(view: _View) -> Dated | None:
    return next(_near(view, Label.PUBLISHED), None)


def _published_near_headline(view: _View) -> Dated | None:
    """A date without a label. One that is most of its line is meant for the article, others are prose."""
    for line in view.lines:
        if not line.dated or len(line.text) > 160 or line.related:
            continue
        stamp = view.date(line.datetime, "time") if line.datetime and _label_of(line) is Label.NONE else None
        every = list(view.dates(line.text, "headline"))
        found = [each for each in every if each.label is Label.NONE]
        if stamp and (not found or found[0].dated.precision is Precision.RELATIVE or len(found) == 1):
            return stamp
        if found:
            rest = len(line.text) - sum(each.end - each.start for each in every)
            told = _ABOUT_DATES.search(line.classes) or "|" in line.text or len(every) > len(found)
            if rest <= 25 or (told and rest <= 90) or read_authors(line.text):
                return found[0].dated
    return None


_ABOUT_DATES = re.compile(r"date|datum|time|tijd|meta|byline|author|publi|info", re.I)
_URL_PATHS = (
    re.compile(r"/((?:19|20)\d\d)/(\d\d?)/(\d\d?)(?=[/_-]|\.|$)"),
    re.compile(r"/dmf((?:19|20)\d\d)(\d\d)(\d\d)_"),
)
"""Written by the site's system."""
_URL_DATES = (
    re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.](\d\d)[-_.](\d\d)(?!\d)"),
    re.compile(r"(?<!\d)((?:19|20)\d\d)([01]\d)([0-3]\d)(?:[0-2]\d[0-5]\d\d*)?(?!\d)"),
)


def _published_anywhere_by_label(view: _View) -> Dated | None:
    """A labelled date far from the headline ("Datum: 28.04.2023" under the text): costly, so late."""
    lines = view.page.outline
    for run in lines.runs:
        if len(run.text) > 80 or run.linked > 30 or not DIGIT.search(run.text):
            continue
        names = (run.names, *(box.names for box in lines.path(run)[:2]))
        if not any(map(names_related, names)):
            for each in view.dates(run.text, "label"):
                if each.label is Label.PUBLISHED and each.dated.precision is not Precision.RELATIVE:
                    return each.dated
    return None


def _published_in_path(view: _View) -> Dated | None:
    return _in_address(view, _URL_PATHS)


def _published_in_slug(view: _View) -> Dated | None:
    return _in_address(view, _URL_DATES)


def _in_address(view: _View, patterns: tuple[re.Pattern[str], ...]) -> Dated | None:
    for address in dict.fromkeys((view.capture.url, view.meta.canonical)):
        path = unquote(urlsplit(address).path) if address else ""
        for pattern in patterns:
            match = pattern.search(path)
            dated = view.date("-".join(part.zfill(2) for part in match.groups()), "url") if match else None
            if match and dated:
                return replace(dated, raw=match[0].strip("/_"))
    return None


def _published_in_feed(view: _View) -> Dated | None:
    return view.date(view.hints.get("published"), "feed")


_PUBLISHED: tuple[Callable[[_View], Dated | None], ...] = (
    _published_by_rule,
    _published_in_json_ld,
    _published_in_metas,
    _published_by_label,
    _published_in_microdata,
    _published_in_web_page,
    _published_in_path,
    _published_near_headline,
    _published_in_slug,
    _published_in_feed,
)


def _modified(view: _View, published: Dated | None) -> Dated | None:
    if dated := view.date(view.meta.article.get("dateModified"), "json-ld"):
        return dated
    for name in _MODIFIED_METAS:
        if dated := view.date(view.page.meta(name), f"meta:{name}"):
            return dated
    for dated in _near(view, Label.MODIFIED):
        if published is None or dated.value.date() >= published.value.date():
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
        told = byline is not None and _TOLD.match(byline)
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
            text = plain(each.get("name")) or plain(each.get("byline"))
            text = text or f"{plain(each.get('givenName'))} {plain(each.get('familyName'))}".strip()
            stated = each.get("name")
            for one in [text] if text else [plain(one) for one in as_list(stated)]:
                yield one, any(kind.endswith("Organization") for kind in types_of(each))


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
        names = read_authors(text, trusted=marked)
        if not names and not line.heading and (dated or (place < 5 and view.sentence_case)):
            names = _bare_names(text, dated=dated)
        names = tuple(
            each for each in names if " " in each and is_person(each) and not view.meta.is_site_name(each)
        )
        if names:
            return names, line.text
        if raw is None and (marked or _BYLINE.match(text)):
            raw = line.text
    return (), raw


_TOLD = re.compile(r"\W*(?:door|tekst(?:\s+en\s+foto[’']?s)?|troch)\s*:?\s+(?-i:[A-Z])", re.I)


def _bare_names(text: str, *, dated: bool) -> tuple[str, ...]:
    """Names without an introduction: between bars beside a date, or alone on a line after the lead."""
    parts = [part.strip() for part in text.split("|") if part.strip(" ,.-–—")]
    if (dated and "|" not in text) or len(parts) > 4 or (not dated and len(parts) != 1):
        return ()
    names: list[str] = []
    for part in parts:
        people = [piece.strip() for piece in re.split(r"\s*/\s*|\s+(?:en|&)\s+", part)]
        if all(" " in each and len(each) <= 40 and is_person(each) and not is_place(each) for each in people):
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
    """The persons in elements that are marked as author anywhere on the page."""
    nodes = view.page.tree.css('[rel="author"], [itemprop="author"], [class*="author"], [class*="byline"]')
    for node in nodes[:12]:
        text = text_of(node)
        if not 3 <= len(text) <= 120 or RELATED.search(node.attributes.get("class") or ""):
            continue
        names = tuple(name for name in _persons(view, [text]) if " " in name)
        if names and all(is_person(name) for name in names):
            return names, text
    return (), None


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


def _section_in_feed(view: _View) -> tuple[str, str]:
    return plain(view.hints.get("section")), "feed"


_SECTIONS: tuple[Callable[[_View], tuple[str, str]], ...] = (
    _section_in_json_ld,
    _section_in_metas,
    _section_in_breadcrumbs,
    _section_in_feed,
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
    linked = [plain(text_of(node)).lstrip("#") for node in view.page.tree.css('a[rel~="tag"]')[:30]]
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
    """The article's own picture as it is stated to machines; captions stand in the body."""
    found: dict[str, Image] = {}
    for each in as_list(view.meta.article.get("image")):
        thing = view.meta.references.get(str(each.get("@id")), each) if isinstance(each, dict) else {}
        address = each if isinstance(each, str) else thing.get("url") or thing.get("contentUrl")
        address = as_list(address)[0] if as_list(address) else None
        if isinstance(address, str) and (url := view.page.absolute(address)):
            caption, credit = plain(thing.get("caption")) or None, plain(thing.get("creditText")) or None
            found.setdefault(url, Image(url=url, caption=caption, credit=credit))
    if not found:
        for stated in view.page.metas.get("og:image", ())[:1] or view.page.metas.get("og:image:url", ())[:1]:
            if url := view.page.absolute(stated):
                found[url] = Image(url=url)
    return tuple(found.values())


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
