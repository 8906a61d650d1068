"""Who wrote an article: by a rule, as stated to machines, as the page shows it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from crawler.extract.dates.words import PARTED, is_date_alone, without_weekday
from crawler.extract.fields.authors import (
    FROM_AN_AGENCY,
    clean_name,
    distinct,
    is_agency,
    is_full,
    is_only_a_label,
    is_person,
    may_introduce,
    opens_with_a_job,
    organisation,
    read_agencies,
    read_authors,
)
from crawler.extract.fields.headline_context import DIGIT, HeadlineLine
from crawler.extract.fields.signatures import (
    SIGNATURES,
    agency_at_the_end,
    called_author,
    is_bare_name,
    signed_in_bold,
)
from crawler.extract.fields.view import View
from crawler.extract.page.metadata import as_list, key, plain, types_of
from crawler.extract.page.page import squeeze, text_of


@lru_cache(maxsize=4096)
def _names_author(classes: str) -> bool:
    return bool(_AUTHOR_CLASS.search(classes))


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
    r"author|byline|auteur|autor|schrijver|writer|reporter|redacteur|journalist|verfasser|signature|kirjoittaja|toimittaja|"
    r"yazar|skribent|forfatter|författare|contributor|(?:^|[\s_-])user-?name(?=\s|$)|firma(?:-articolo)?\b|assinatura|imza\b|podpis\b|авто?р",
    re.I,
)


def authors_of(view: View) -> tuple[tuple[str, ...], str | None, str]:
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
        account = not visible or (same and _is_the_houses(names, view))
        if account and source != "rule" and (bold := signed_in_bold(view, opens=True))[0]:
            return *bold, "byline"  # above the text that the page's description begins with
        if source == "json-ld" and visible and not same and _is_the_editor(names, view):
            names, source = visible, "byline"
        if source.startswith("meta:") and not visible and (called := called_author(view))[0]:
            return *called, "byline"  # many a template states the house there
        return _with_agency(names, view), byline, source
    if visible:
        return visible, byline, "byline"
    for look in SIGNATURES:
        signed, line = look(view)
        if signed:
            return signed, line, "byline"
    if not any(is_agency(name) for name, _ in _stated_authors(view)):
        names, marked = _marked_authors(view)
        if names:
            return names, byline or marked, "byline"
        for below in view.lines:
            if len(below.text) <= 80 and not below.related and (names := read_agencies(below.text)):
                return names, below.text, "byline"
        if agency := agency_at_the_end(view):
            return (agency,), byline, "byline"
    if names := _persons(view, [view.hints.get("author") or ""]):
        return names, byline, "feed"
    stated = _organisation(view)
    return ((stated,) if stated else ()), byline, "json-ld" if stated else ""


def _is_the_houses(names: tuple[str, ...], view: View) -> bool:
    """Whether a name is that of an account of the house: one of its words is the first of the site's name."""
    house = (view.page.meta("og:site_name") or view.site.title or "").casefold().split()
    own = next((word for word in house if len(word) > 3), None)
    return own is not None and any(own in name.casefold().split() for name in names)


def _is_the_editor(names: tuple[str, ...], view: View) -> bool:
    """Whether the page calls the one whom its JSON-LD calls author its editor: "Editor: Ann Lee"."""
    if len(names) != 1:
        return False
    called = re.compile(
        rf"(?:editor|penyunting|redigering|redaktion|editör)\s*:\s*{re.escape(names[0])}\W*$", re.I
    )
    return any(called.match(run.text) for run in view.page.outline.runs if len(run.text) <= 80)


def _with_agency(names: tuple[str, ...], view: View) -> tuple[str, ...]:
    """The persons, and the agencies that JSON-LD names beside them."""
    return distinct((*names, *(name for name, _ in _stated_authors(view) if is_agency(name))))


def _persons(view: View, texts: Iterable[str]) -> tuple[str, ...]:
    """The persons in strings out of author fields, the site's own names left out."""
    names = [name for text in texts for name in read_authors(plain(_TAG.sub(" ", text)), trusted=True)]
    return distinct(name for name in names if not view.meta.is_site_name(name))


_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")


def _authors_by_rule(view: View) -> tuple[tuple[str, ...], str]:
    names = _persons(view, [text_of(node) for node in view.by_rules.author])
    return names, "rule" if names else ""


def _stated_authors(view: View) -> Iterator[tuple[str, bool]]:
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
    inner = [*as_list(stated), *as_list(thing.get("@value")), *as_list(thing.get("@list"))]
    if not inner:  # an author in an author, or several under numbers
        own = (each for name, each in thing.items() if name in ("author", "creator") or name.isdecimal())
        inner = [one for each in own for one in as_list(each)]
    for each in inner:
        if isinstance(each, str):
            yield plain(each)
        elif isinstance(each, dict) and depth < 3:
            yield from _names_in(each, depth + 1)


def _authors_in_json_ld(view: View) -> tuple[tuple[str, ...], str]:
    return _persons(view, [name for name, company in _stated_authors(view) if not company]), "json-ld"


def _authors_in_metas(view: View) -> tuple[tuple[str, ...], str]:
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


def _introduced(view: View, text: str) -> str:
    """A line with what introduces its writer in a word that only the page's language uses so.

    "De" is "by" in Romanian, and an article in Dutch. A name before the site's own is signed for it.
    """
    if text.startswith("De ") and (view.page.lang or "").lower().startswith("ro"):
        return f"By {text[3:]}"
    name, dash, house = text.rpartition(" - ")
    if dash and len(text) <= 70 and view.meta.is_site_name(house) and " " in name and is_bare_name(name):
        return f"By {name}"
    return text


def _visible_authors(view: View) -> tuple[tuple[str, ...], str | None]:
    """The persons of the byline near the headline, and the byline itself."""
    raw: str | None = None
    for place, line in enumerate(view.lines):
        if len(line.text) > 160 or line.related:
            continue
        if names := _names_under_a_label(view, place):
            return names, f"{line.text} {view.lines[place + 1].text}"
        marked = _names_author(line.classes)
        text, dated = _introduced(view, line.text), False
        if DIGIT.search(text) and (marked or "|" in text or may_introduce(text)):
            for each in reversed(list(view.dates(text, ""))):
                text, dated = f"{without_weekday(text[: each.start])} | {text[each.end :]}", True
        names = (marked and not dated and _in_elements(view, line)) or read_authors(text, trusted=marked)
        apart = PARTED in line.parted and len(text) < 80 and DIGIT.search(text)
        if not names and not line.heading and (dated or apart):
            parted = (_bare_names(text) if dated else ()) or _bare_names(_beside_the_date(view, line))
            names = tuple(name for name in parted if not view.is_section(name))
        names = tuple(
            each for each in names if is_full(each) and is_person(each) and not view.meta.is_site_name(each)
        )
        if not names and _stands_with_a_date(view, place) and not view.is_section(line.text):
            names = (line.text,)
        if not names and (one := _POSTED_BY_ONE.match(line.text)) and is_person(one[1], trusted=True):
            names = (one[1],)
        if names and marked:
            names = distinct((*names, *_names_below(view, place)))
        if names:
            return distinct((*names, *_names_after(view, place))), line.text
        if raw is None and (marked or _BYLINE.match(text)):
            raw = line.text
    return (), raw


def _stands_with_a_date(view: View, place: int) -> bool:
    """Whether a line is a bare name, and a line break parts it from one that is only a date."""
    line = view.lines[place]
    if line.heading or line.prose or not line.after or not 5 <= len(line.text) <= 40:
        return False
    below = view.lines[place + 1] if line.broken and place + 1 < len(view.lines) else None
    above = view.lines[place - 1] if place and view.lines[place - 1].broken else None
    dated = any(each is not None and each.after and is_date_alone(each.text) for each in (above, below))
    name = line.text
    return (
        dated
        and " " in name
        and is_bare_name(name)
        and not name.isupper()
        and not view.meta.is_site_name(name)
    )


_POSTED_BY_ONE = re.compile(
    r"\W*(?i:geplaatst|gepost|ingezonden|toegevoegd|pleatst|posted|submitted|added|eingestellt|erstellt|geschrieben|publié|posté|"
    r"publicado|pubblicato|inserito|dodane|skrevet|indsendt)\s+(?i:door|troch|by|von|par|por|da|przez|af|av)\s*:?\s+"
    r"([A-ZÀ-Þ][^\W\d_]{2,20})\s*(?:[|,–-]\s*|(?:op|on|am|le|il|el|den|d\.)\s+)(?=.{0,14}\d)",
)
"""A first name or an account's between "posted by" and a day: sites of a few people say no more."""


def _names_under_a_label(view: View, place: int) -> tuple[str, ...]:
    """The names on a line of their own below one that only introduces them: "Van onze correspondent"."""
    line = view.lines[place]
    below = view.lines[place + 1] if place + 1 < len(view.lines) else None
    if below is None or below.after is not line.after or below.related or not 5 <= len(below.text) <= 60:
        return ()
    if len(line.text) > 60 or not may_introduce(line.text) or not is_only_a_label(line.text):
        return ()
    names = read_authors(f"{line.text} {below.text}")
    return names if all(" " in name and is_bare_name(name) for name in names) else ()


_TOLD = re.compile(
    r"\W*(?:door|tekst(?:\s+en\s+foto[’']?s?)?|troch|scritto\s+da|written\s+by|geschreven\s+door|geschrieben\s+von|"
    r"escrito\s+por)\s*:?\s+(?-i:[A-ZÀ-Ý])",
    re.I,
)


_CALLED_AUTHOR = re.compile(
    r"(?:^|[\s_-])(?:author|auteur|autor|autore|writer|schrijver)(?:[_-]{1,2}(?:name|naam|link))?(?:\s|$)",
    re.I,
)


def _in_elements(view: View, line: HeadlineLine) -> tuple[str, ...]:
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
    told = [piece for piece in pieces if piece in marked or not opens_with_a_job(piece)]
    if any(is_full(piece) for piece in told):
        told = [piece for piece in told if is_full(piece)]  # beside full names a single word is a place
    names = [read_authors(piece, trusted=True) for piece in told]
    if not names or not all(len(each) == 1 and " " in each[0] and is_person(each[0]) for each in names):
        return ()
    pairs = zip(told, names, strict=True)
    if not all(piece in marked or (piece == name and is_bare_name(name)) for piece, (name,) in pairs):
        return ()
    return distinct(name for each in names for name in each)


def _names_below(view: View, place: int) -> Iterator[str]:
    """The names on the lines after one that is marked as an author's: a list has one in each of its items."""
    first = view.lines[place]
    for line in view.lines[place + 1 : place + 12]:
        if line.marked != first.marked or not _names_author(line.around) or len(line.text) > 60:
            return
        names = [name for name in read_authors(line.text, trusted=True) if " " in name and is_person(name)]
        if not names:
            return
        yield from names


def _names_after(view: View, place: int) -> tuple[str, ...]:
    """The names on the line below a byline that goes on there: "By Ann Lee", "and Bo Day"."""
    below = view.lines[place + 1] if place + 1 < len(view.lines) else None
    if below is None or below.after is not view.lines[place].after or len(below.text) > 80 or below.related:
        return ()
    goes_on = _GOES_ON.match(below.text)
    names = read_authors(below.text[goes_on.end() :], trusted=True) if goes_on else ()
    return names if all(" " in name and is_person(name) for name in names) else ()


_GOES_ON = re.compile(r"(?:and|en|und|et|y|e|og|och|ja|i|&|\+|m\.m\.v\.)\s+(?=[A-ZÀ-Ý])")


def _beside_the_date(view: View, line: HeadlineLine) -> str:
    """What else stands in a line with a date, between bars where elements part it."""
    text = line.parted.replace(PARTED, " | ")
    for each in reversed(list(view.dates(text, ""))):
        text = f"{without_weekday(text[: each.start])} | {text[each.end :]}"
    return text if "|" in text and not DIGIT.search(text) else ""


def _bare_names(text: str) -> tuple[str, ...]:
    """Names without an introduction, between bars beside a date."""
    parts = [part.strip() for part in text.split("|") if part.strip(" ,.-–—")]
    if "|" not in text or len(parts) > 4:
        return ()
    names: list[str] = []
    for part in parts:
        people = [piece.strip() for piece in re.split(r"\s*/\s*|\s+(?:en|&)\s+", part)]
        if all(
            " " in each and len(each) <= 40 and is_bare_name(each) and not each.isupper() for each in people
        ):
            names += map(clean_name, people)
    return tuple(names)


_BYLINE = re.compile(r"(?:door|tekst|by|von|par)\s*:?\s+(?-i:[A-Z'’])", re.I)


def _marked_authors(view: View) -> tuple[tuple[str, ...], str | None]:
    """The persons, or the agency, in elements of the article that are marked as author.

    Not so a photographer's in a caption, a reader's in a comment, another article's on its card.
    """
    nodes = view.page.tree.css(_MARKED)
    found = [
        node
        for node in nodes[:30]
        if view.owns(node) and not _of_a_picture(node) and _leads_within(view, node)
    ]
    near = view.nearest(found)
    listed = [node for node in near if _stands_in_a_list(node) and not view.beside(node)]
    if len({text_of(node) for node in listed}) > 1:  # the people of the newsroom, whoever wrote this
        near = [node for node in near if not _stands_in_a_list(node)]
    for node in near:
        text = text_of(node)
        if _RUN_TOGETHER.search(text):
            text = squeeze(node.text(deep=True, separator=" "))
        text = FROM_AN_AGENCY.sub("", text)
        if not 3 <= len(text) <= 120:
            continue
        names = tuple(name for name in _persons(view, [text]) if " " in name and not view.is_section(name))
        if names and all(is_person(name) for name in names):
            return names, text
        if is_agency(agency := clean_name(text)):
            return (agency,), text
    return (), None


_MARKED = '[rel="author"], [itemprop="author"], [class*="author"], [class*="byline"], ' + ", ".join(
    f'a[href*="/{folder}"]'
    for folder in (
        "author/", "authors/", "auteur/", "auteurs/", "autor/", "autores/", "autori/", "autoren/", "@",
        "editor/", "redacteur/", "medewerker/", "forfatter/", "journalist/", "verslaggever/", "yazar/",
    )
)  # fmt: skip
"""Elements that say of themselves that they name who wrote something, and links to a writer's page."""


def _leads_within(view: View, node: LexborNode) -> bool:
    """Whether an element is no link to another site: networks have accounts at such addresses, too."""
    stated = node.attributes.get("href") or ""
    return not stated.startswith(("http:", "https:", "//")) or _host(stated) == _host(view.capture.url)


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")


def _stands_in_a_list(node: LexborNode) -> bool:
    return node.tag == "li" or (node.parent is not None and node.parent.tag == "li")


_RUN_TOGETHER = re.compile(r"[a-zß-ÿ](?=[A-ZÀ-Þ][a-z]{2})")
"""Two elements without a space between: a name and a job."""


def _of_a_picture(node: LexborNode) -> bool:
    """Whether an element stands in a picture's box, or in a quotation."""
    at: LexborNode | None = node
    for _ in range(5):
        if at is None or at.tag == "body":
            return False
        if at.tag in ("figure", "figcaption", "picture", "blockquote") or _PICTURED.search(
            at.attributes.get("class") or ""
        ):
            return True
        at = at.parent
    return False


_PICTURED = re.compile(r"(?:^|[\s_-])(?:photo|foto|image|img|bild|picture|caption|credit|camera)", re.I)


def _organisation(view: View) -> str | None:
    """Who signs where no person does: an agency, a newsroom by its name; never the site's own definition."""
    stated = [name for name, _ in _stated_authors(view)]
    stated += [each for name in _AUTHOR_METAS for each in view.page.metas.get(name, ())]
    names = [name for each in stated if (name := organisation(clean_name(plain(each))))]
    names = [name for name in names if key(name) != key(view.site.title)]
    return next((name for name in names if is_agency(name)), names[0] if names else None)
