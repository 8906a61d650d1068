"""The site as a witness of what a page is, where the page itself leaves it open.

What feeds and sitemaps name, what listings link to under its own headline, and what is built as the site's
articles are. An address keeps how it was found, so that what is read again is witnessed alike.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlsplit

from archive.model.addresses import Link
from archive.model.folding import unaccented
from archive.model.types import ARTICLE_KINDS, Article, PageKind
from archive.model.word_count import word_count
from crawler.extract import doubt

HEADLINE = 4
"""Words from which a link's text says that it is a headline, and no entry of a menu."""
_DATED = re.compile(r"\b(?:199[5-9]|20\d\d)\b")
_ARTICLES = re.compile(
    r"news|nieuws|post|article|artikel|artikl|stor(?:y|ies)|berichte?n?|actu|notici|notizi", re.I
)
_PAGES = re.compile(r"(?:^|[-_./])(?:pages?|paginas?|pagine|seiten|static)(?:[-_.\d]|$)", re.I)
_LISTINGS = re.compile(
    r"categor|kategor|rubri[ek]|(?:^|[-_.])(?:post_)?tags?(?:[-_.]|$)|taxonom|author|auteur|autor|archive|section|topic",
    re.I,
)


class SiteWitness(NamedTuple):
    """What the site says of a page."""

    kind: PageKind
    """Article, listing or page."""
    says: str


BUILT_ALIKE = SiteWitness(PageKind.ARTICLE, "it is built as the site's articles are")


def witness_of(link: Link, article: Article) -> SiteWitness | None:
    """What says of a page how its address was found; ``None``: nothing."""
    match link.how:
        case "feed" if _DATED.search(link.published or "") and word_count(article.title) >= HEADLINE:
            # some sites' feeds name whatever page they have: "Ziele", of the first of January of the year 1
            return SiteWitness(PageKind.ARTICLE, "a feed names it")
        case "sitemap":
            return _of_sitemap(link)
        case "listing" if link.title and word_count(link.title) >= HEADLINE:
            standing = PageKind.PAGE in (article.kind, article.might_be)  # menus name them by their titles
            if not standing and _bare(link.title) == _bare(article.title):
                return SiteWitness(PageKind.ARTICLE, "it is linked to by its headline")
    return None


def _of_sitemap(link: Link) -> SiteWitness | None:
    if link.published:  # only sitemaps of news state it
        return SiteWitness(PageKind.ARTICLE, "a sitemap of news names it")
    name = urlsplit(link.found_on or "").path.rpartition("/")[2].removesuffix(".gz").removesuffix(".xml")
    for kind, words in (
        (PageKind.LISTING, _LISTINGS),
        (PageKind.PAGE, _PAGES),
        (PageKind.ARTICLE, _ARTICLES),
    ):
        if words.search(name):
            return SiteWitness(kind, f"the sitemap {name} names it")
    return None


def weighed(article: Article, witness: SiteWitness | None) -> Article:
    """The reading of a page that may be two things, with what the site says of it.

    Where the page's own evidence is clear, no witness is asked; one that names a third kind is not believed,
    unless the page itself says nothing at all.
    """
    if article.might_be is None or witness is None:
        return article
    if _alike(article.kind, witness.kind):
        return _settled(article, reason=f"{article.reason}; {witness.says}")
    if _alike(article.might_be, witness.kind):
        return _settled(article, kind=article.might_be, reason=f"{witness.says}; by itself: {article.reason}")
    if article.kind is PageKind.OTHER:
        return _settled(article, kind=witness.kind, reason=witness.says)
    return article


def _settled(article: Article, **known: object) -> Article:
    settled = replace(article, might_be=None, **known)  # type: ignore[arg-type]
    return doubt.without(settled, "unclear_kind")


def _alike(one: PageKind, other: PageKind) -> bool:
    return one is other or {one, other} <= ARTICLE_KINDS


def _bare(words: str) -> str:
    return " ".join(re.findall(r"\w+", unaccented(words)))
