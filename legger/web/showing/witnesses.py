"""Where a fact of an article came from, in words: ``h1`` is "from the page's headline"."""

from __future__ import annotations

from legger.i18n import Translation

WORDS = {
    "h1": "from the page's headline",
    "title": "from the title of the browser's window",
    "headline": "from a line at the headline",
    "byline": "from the byline on the page",
    "label": "from a line on the page that says what it is",
    "time": "from a time marked on the page",
    "times": "from a time marked on the page",
    "text": "from the text",
    "link": "from a link on the page",
    "rel": "from a link on the page",
    "breadcrumbs": "from the path shown on the page",
    "url": "from the address",
    "feed": "from the feed, sitemap or listing that named it",
    "rule": "by a rule in the site's file",
    "model": "found on the page by the classifier",
    "memory": "found on the page, without what repeats on the site",
    "memory+model": "found on the page by the classifier, without what repeats on the site",
    "json-ld": "from the page's data for search engines (JSON-LD)",
    "microdata": "from marks for search engines on the page",
    "itemprop": "from marks for search engines on the page",
    "script": "from a script on the page",
}
"""Witness, as the extractor names it -> in words."""
_DATA = "from the page's metadata ({name})"


def told(t: Translation, source: str) -> str:
    """A witness in words; what we have no words for is named as it is."""
    if source in WORDS:
        return t(WORDS[source])
    kind, _, name = source.partition(":")
    if kind == "meta" or kind in ("og", "twitter", "dc", "dcterms"):
        return t(_DATA, name=name if kind == "meta" and name else source)
    if kind in WORDS:
        return f"{t(WORDS[kind])} ({name})"
    return source
