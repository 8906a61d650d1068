"""The fields of an article beside its text, each from its best witness. Reads a page; knows no body.

Witnesses are ranked: a site's own rule, JSON-LD, meta tags, microdata, what stands around the headline, the
address, and last what the feed or listing said that led to the page. Each field is a list of small attempts
in that order; ``Fields.sources`` tells which one it was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from archive.model.types import Capture, Image, StatedTime
from crawler.extract.fields.bylines import authors_of
from crawler.extract.fields.headline_context import lines_around
from crawler.extract.fields.images import images_of
from crawler.extract.fields.publication import modified_of, published_of
from crawler.extract.fields.sections import section_of, tags_of
from crawler.extract.fields.title import read_title, shown_headline, without_site
from crawler.extract.fields.view import View
from crawler.extract.page.metadata import Metadata, plain
from crawler.extract.page.page import Page, text_of
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
    view = View(Metadata(by_rules.page, site), capture, hints or {}, by_rules)
    sources: dict[str, str] = {}
    title, kicker, sources["title"], heading = _title(view)
    view.heading = heading
    view.lines = lines_around(view.page, heading, title)
    authors, byline, sources["authors"] = authors_of(view)
    published, others = published_of(view)
    modified = modified_of(view, published)
    section, sources["section"] = section_of(view)
    tags, sources["tags"] = tags_of(view)
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
        images=images_of(view),
        language=language_of(page.lang),
        canonical_url=view.meta.canonical,
        sources={name: source for name, source in sources.items() if source},
    )


def _title(view: View) -> tuple[str, str | None, str, LexborNode | None]:
    for node in view.by_rules.title:
        if text := plain(text_of(node)):
            return text, None, "rule", node
    title, kicker, source, heading = read_title(view.meta)
    hint = plain(view.hints.get("title"))
    if not title and hint:
        return without_site(hint, view.meta), None, "feed", None
    return title, kicker, source, heading


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
