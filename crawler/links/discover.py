"""The bytes of a feed, sitemap, listing or page -> links. Pure.

What is passed over on purpose is reported with its reason, so that nothing goes missing in silence.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, urljoin, urlsplit

from archive.model.addresses import Link, Role
from archive.model.types import Capture
from crawler.extract.page.addresses import absolute
from crawler.links.page_links import Attributes, PageLinks, links_on, loaded_later
from crawler.links.unwanted import FEED_PATH, NAMED, is_feed_address, not_wanted
from crawler.links.urlset import UrlSet
from crawler.siteconfig.site import Site
from crawler.sources.json_list import JSON_LIST
from crawler.sources.source_bytes import SourceFault
from crawler.sources.sources import MOST_ENTRIES, read_source, sniff
from crawler.urls import as_browsers_read, first_page, normal_address, page_key, same_page

MAX_PAGE_LINKS = 5_000
MOST_NEXT_PAGES = 5
"""A page that names more pages as its next than these is no listing that goes on."""


class SkippedLink(NamedTuple):
    """An address that was seen and passed over."""

    url: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Discovery:
    """What a source or page gave."""

    links: tuple[Link, ...] = ()
    """In the order of the source, each address once."""
    skipped: tuple[SkippedLink, ...] = ()
    faults: tuple[str, ...] = ()
    """What is wrong with a feed or sitemap."""


def links(capture: Capture, site: Site, *, role: Role) -> list[Link]:
    """The links of a captured feed, sitemap (or index), listing or page, in its order, each address once."""
    return list(discover(capture, site, role=role).links)


def discover(
    capture: Capture,
    site: Site,
    *,
    role: Role,
    standing: PageLinks | None = None,
    known: UrlSet | None = None,
) -> Discovery:
    """The links of a capture, and what was passed over.

    *role* is what the site's file says, or else what we took the address for; bytes that are plainly a feed
    or a sitemap are read as one whatever it says. *standing*: the links of a page that was parsed already.
    *known*: hashes of addresses in normal form that a page need not link to once more. Never raises on bad
    input: what is broken gives the links that can be read.
    """
    kept: dict[str, Link] = {}
    skipped: dict[str, SkippedLink] = {}
    faults: list[str] = []
    for each in walk(capture, site, role=role, standing=standing, known=known):
        if isinstance(each, SourceFault):
            faults.append(each.reason)
        elif isinstance(each, SkippedLink):
            skipped.setdefault(each.url, each)
        else:
            kept[each.url] = each
    return Discovery(links=tuple(kept.values()), skipped=tuple(skipped.values()), faults=tuple(faults))


def walk(
    capture: Capture,
    site: Site,
    *,
    role: Role,
    standing: PageLinks | None = None,
    known: UrlSet | None = None,
) -> Iterator[Link | SkippedLink | SourceFault]:
    """As :func:`discover`, one after the other: a sitemap may hold fifty thousand.

    An address that turns out to be more than a page comes again, as what it is.
    """
    found: Iterable[Link | SkippedLink | SourceFault]
    looks = sniff(capture.body)
    plain = looks or role
    if plain in (Role.FEED, Role.SITEMAP):
        found = read_source(capture, plain)
    elif plain is Role.LISTING and JSON_LIST.match(capture.body[:200].decode("latin-1")):
        found = map(_of_listing, read_source(capture, Role.FEED))
    else:
        found = _page(standing or _parsed(capture), capture, plain, site, known)
    yield from _sifted(found, capture, site, most=MOST_ENTRIES if looks else MAX_PAGE_LINKS)


def _of_listing(each: Link | SourceFault) -> Link | SourceFault:
    """What a listing names that is JSON: what follows it is a listing, too."""
    if isinstance(each, SourceFault) or each.role is not Role.FEED:
        return each
    return replace(each, role=Role.LISTING, how="listing")


def _parsed(capture: Capture) -> PageLinks:
    from crawler.extract.page.page import Page  # a visit that gets feeds alone parses no page

    return links_on(Page.of(capture))


# ---------------------------------------------------------------- pages


def _page(
    standing: PageLinks,
    capture: Capture,
    role: Role,
    site: Site | None = None,
    known: UrlSet | None = None,
) -> Iterator[Link | SkippedLink]:
    """Links of a page in reading order, the next page of a listing first: it is the way to all the others.

    Without those to addresses *known*.
    """
    how = "listing" if role is Role.LISTING else "link"
    base, here = standing.base, capture.url
    yield from _named_in_header(capture)
    for element in standing.elements:
        rel = element["rel"].lower().split()
        if "next" in rel:
            link = _link(element["href"], base, here, role=Role.LISTING, how=how)
        elif ("alternate" in rel or "feed" in rel) and "canonical" not in rel:
            yield from _alternate(element, base)
            continue
        elif "canonical" in rel:
            link = _link(element["href"], base, here, role=Role.PAGE, how="canonical")
        else:
            continue
        if link is not None:
            yield link
    if standing.refresh:
        target = _REFRESH.search(standing.refresh)
        if target and (url := absolute(base, target[1].strip(" '\""))):
            yield Link(url=url, how="refresh")
    for href, words, is_next in standing.anchors:
        if known is not None and hash(_leads_to_page(base, href, site)) in known:
            continue
        goes_on = is_next or (words is not None and _says_older(words))
        as_what = Role.LISTING if goes_on else Role.PAGE
        if (link := _link(href, base, here, role=as_what, how=how, words=words)) is not None:
            yield link
    for href in loaded_later(capture.body.decode("utf-8", "replace")) if role is Role.LISTING else ():
        if (link := _link(href, base, here, role=Role.LISTING, how=how)) is not None:
            yield link


def named_in_page(capture: Capture) -> list[Link]:
    """All that a page links to, in reading order, as it stands there."""
    return [each for each in _page(_parsed(capture), capture, Role.LISTING) if isinstance(each, Link)]


def _link(href: str, base: str, here: str, *, role: Role, how: str, words: str | None = None) -> Link | None:
    url = _leads_to(_from(base, href), href)
    if url is None:
        return None
    if role is Role.PAGE and is_pagination(url):
        role = Role.LISTING
    return Link(url=url, role=role, found_on=here, how=how, title=words)


def _from(base: str, href: str) -> str:
    """What a link starts from: most on a page stand on the others of its site too, and begin at the host."""
    return _origin(base) if href[:1] == "/" and href[:2] != "//" else base


def _leads_to_page(base: str, href: str, site: Site | None) -> str | None:
    """The address in normal form to which a link leads; ``None``: to no other page."""
    return _normal_target(_from(base, href), href, site)


@lru_cache(maxsize=16384)
def _normal_target(base: str, href: str, site: Site | None) -> str | None:
    url = _leads_to(base, href)
    try:
        return normal_address(url, site) if url is not None else None
    except ValueError:
        return None


@lru_cache(maxsize=64)
def _origin(base: str) -> str:
    """Scheme and host of an address."""
    end = base.find("/", base.find("//") + 2)
    return base if end < 0 else base[:end]


@lru_cache(maxsize=16384)
def _leads_to(base: str, href: str) -> str | None:
    """Where a link leads that is written so; ``None``: to no other page. Most links begin at the host."""
    href = as_browsers_read(href)
    if not href or href.startswith("#") or _OTHER_SCHEME.match(href):
        return None
    if href.startswith("/") and not href.startswith("//"):
        return _origin(base) + href  # as ``urljoin``, which costs more than all else about a link
    try:
        return urljoin(base, href)
    except ValueError:
        return None


@lru_cache(maxsize=16384)
def _says_older(words: str) -> bool:
    return bool(_OLDER.fullmatch(words))


def _alternate(element: Attributes, base: str) -> Iterator[Link | SkippedLink]:
    stated = element.get("type", "").strip()
    url = absolute(base, element["href"])
    if url is None:
        return
    title = element.get("title", "")
    if not _FEED_TYPE.match(stated):
        # Without a type, or as plain XML, it is one when its relation, address or title says so.
        said = "feed" in element["rel"].lower().split()
        says = said or FEED_PATH.search(urlsplit(url).path) or _FEED_WORD.search(title)
        if (stated and not _XML_TYPE.match(stated)) or element.get("hreflang") or not says:
            return
    if _COMMENTS.search(title) or _COMMENTS.search(urlsplit(url).path):
        yield SkippedLink(url, "feed of comments")
    else:
        yield Link(url=url, role=Role.FEED, how="alternate", title=" ".join(title.split())[:500] or None)


def names_comments(link: Link) -> bool:
    """Whether a feed is of what readers say, by its name."""
    return bool(_COMMENTS.search(link.title or "") or _COMMENTS.search(urlsplit(link.url).path))


def _named_in_header(capture: Capture) -> Iterator[Link]:
    """The feeds that a ``Link`` header names."""
    for name, value in capture.headers:
        for href, parameters in _HEADER_LINK.findall(value[:8000]) if name.lower() == "link" else ():
            kind = _HEADER_TYPE.search(parameters)
            if not kind or not _FEED_TYPE.match(kind[1]) or not _HEADER_ALTERNATE.search(parameters):
                continue
            if (url := absolute(capture.url, href)) and not _COMMENTS.search(url):
                yield Link(url=url, role=Role.FEED, how="alternate")


@lru_cache(maxsize=16384)
def is_pagination(url: str) -> bool:
    """Whether an address looks like a further page of a listing (``/page/4``, ``?start=480``)."""
    parts = urlsplit(url)
    return bool(_PAGE_PATH.search(parts.path) or _PAGE_QUERY.search(parts.query))


def next_pages(here: str, links: Iterable[Link]) -> list[Link]:
    """The pages that follow the listing at *here*: of those that are numbered alike, the nearest one."""
    mine, number = _numbered(here)
    nearest: dict[str, tuple[int, Link]] = {}
    others = []
    for link in links:
        if link.role is not Role.LISTING:
            continue
        stem, its = _numbered(link.url)
        if its is None:
            others.append(link)
        elif its > (number or 0 if stem == mine else "?" not in stem) and (
            stem not in nearest or its < nearest[stem][0]
        ):
            nearest[stem] = its, link
    if mine in nearest:
        return [nearest[mine][1]]
    return [*(link for _, link in nearest.values()), *others][:MOST_NEXT_PAGES]


def further_pages(capture: Capture, site: Site) -> list[Link]:
    """The other pages of the article on a page, by the looks of the addresses that it links to."""
    found: dict[str, Link] = {}
    here = first_page(capture.url)[0] or capture.url
    for each in _MAYBE_FURTHER.finditer(capture.body):
        try:
            url = normal_address(urljoin(capture.url, html.unescape(each[1].decode("latin-1"))), site)
        except ValueError:
            continue
        first = first_page(url)[0]
        if first is not None and same_page(first, here) and not same_page(url, capture.url):
            found.setdefault(page_key(url), Link(url=url, found_on=capture.url))
        if len(found) == MOST_FURTHER_PAGES:
            break
    return list(found.values())


MOST_FURTHER_PAGES = 50
_MAYBE_FURTHER = re.compile(
    rb"""\bhref\s*=\s*["']?([^"'<>\s]{0,500}[=/_,a-z-]\d{1,3}(?:/|\.\w{1,5}|&[^"'<>\s]{0,200})?)["'\s>#]""",
    re.I,
)
"""Links that end in a small number, as those to the pages of an article do."""


def _numbered(url: str) -> tuple[str, int | None]:
    """An address without the number of its page, and the number; ``None``: it has none."""
    path, mark, query = url.partition("?")
    found = _PAGE_QUERY.search(query) if mark else _PAGE_PATH.search(path)
    digits = re.search(r"\d+", found[0]) if found else None
    if found is None or digits is None:
        return url, None
    at = (len(path) + 1 if mark else 0) + found.start()
    return f"{url[: at + digits.start()]}#{url[at + digits.end() :]}", int(digits[0])


@lru_cache(maxsize=8192)
def month_ends(url: str) -> datetime | None:
    """When the month ends whose archive an address looks like (``/2026/04/``, ``?jaar=2026&maand=4``)."""
    parts = urlsplit(url)
    found = _MONTH_PATH.search(parts.path)
    year, month = found.groups() if found else (None, None)
    if found is None:
        said = dict(parse_qsl(parts.query))
        year = next((said[name] for name in ("jaar", "year", "jier", "jahr", "anno") if name in said), None)
        month = next(
            (said[name] for name in ("maand", "month", "moanne", "monat", "mese") if name in said), None
        )
    if not (year and month and _YEAR.fullmatch(year) and month.isdecimal() and 1 <= int(month) <= 12):
        return None
    return datetime(int(year) + int(month) // 12, int(month) % 12 + 1, 1, tzinfo=UTC)


_MONTH_PATH = re.compile(r"/(20\d\d)[/-](0?[1-9]|1[0-2])/?$")
_YEAR = re.compile(r"20\d\d")
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.I)
_REFRESH = re.compile(r"url\s*=\s*(.+)", re.I)
_XML_TYPE = re.compile(r"(?:text|application)/xml\b", re.I)
_FEED_WORD = re.compile(r"\b(?:rss|atom|feeds?)\b", re.I)
_FEED_TYPE = re.compile(
    r"application/(?:(?:rss|atom|rdf)\+xml|feed\+json)|(?:text|application)/(?:rss|atom)", re.I
)
_HEADER_LINK = re.compile(r"<([^<>]{1,2000})>([^<>]{0,1000})")
_HEADER_TYPE = re.compile(r";\s{0,10}type\s{0,10}=\s{0,10}\"?([^\";,]{1,100})", re.I)
_HEADER_ALTERNATE = re.compile(r";\s{0,10}rel\s{0,10}=\s{0,10}\"?[^\";]{0,100}\balternate\b", re.I)
_COMMENTS = re.compile(r"\bcomments?\b|\bcommenti\b|\breacties?\b|\bkommentare?\b|\bcommentaires\b", re.I)
_OLDER = re.compile(
    r"\W*(?:"
    r"oudere?(?: nieuws| berichten| artikelen)?|volgende(?: pagina)?|meer (?:nieuws|berichten|artikelen)"
    r"|(?:laad|toon) meer|archief|nieuwsarchief|older(?: posts| entries)?|next(?: page)?|more news"
    r"|âldere?(?: nijs)?|folgjende|articoli (?:meno recenti|precedenti)|pagina successiva"
    r")\W*",
    re.I,
)
_PAGE_PATH = re.compile(r"/(?:page|pagina|seite|p)[/-]\d{1,5}/?$", re.I)
_PAGE_QUERY = re.compile(
    r"(?:^|&)(?:page|paged?|pagina|p(?=g|=\d{1,3}(?:&|$))g?|start|limitstart|offset|pg)=\d{1,6}(?:&|$)", re.I
)


# ---------------------------------------------------------------- what is worth asking for


def _sifted(
    found: Iterable[Link | SkippedLink | SourceFault], capture: Capture, site: Site, *, most: int
) -> Iterator[Link | SkippedLink | SourceFault]:
    """Addresses in normal form, on the site, each once as a page, and no more than *most*; the rest with the
    reason."""
    met, more, passed = UrlSet(), UrlSet(), UrlSet()
    here = normal_address(capture.url, site)
    for link in found:
        if isinstance(link, SourceFault):
            yield link
            continue
        if isinstance(link, SkippedLink):
            if passed.add(hash(link.url)):
                yield link
            continue
        try:
            url = normal_address(link.url, site)
        except ValueError:
            continue
        if url == here:
            continue
        mark = hash(url)
        if mark in met:
            if link.role is not Role.PAGE and more.add(mark):
                yield _made(link, url, capture, site)
            continue
        if len(met) >= most:
            yield SkippedLink(url, "too many links on one page")
            break
        # An index may name sitemaps on another host; pages of another site are not ours to walk.
        reason = None if link.role is Role.SITEMAP else not_wanted(url, site, named=link.how in NAMED)
        if reason:
            if passed.add(mark):
                yield SkippedLink(url, reason)
            continue
        met.add(mark)
        made = _made(link, url, capture, site)
        if made.role is not Role.PAGE:
            more.add(mark)
        yield made


def _made(link: Link, url: str, capture: Capture, site: Site) -> Link:
    role = link.role
    if role is Role.LISTING and site.article_pattern and site.article_pattern.search(url):
        role = Role.PAGE  # rel=next of an article is another article
    if role in (Role.PAGE, Role.LISTING) and is_feed_address(url):
        role = Role.FEED
    if (url, role, capture.url) == (link.url, link.role, link.found_on):
        return link
    return Link(
        url=url,
        role=role,
        found_on=capture.url,
        how=link.how,
        title=link.title,
        published=link.published,
        modified=link.modified,
        author=link.author,
        section=link.section,
    )
