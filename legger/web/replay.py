"""A captured page, made safe to show: no scripts, no requests, no way out. Pure.

Two walls, each enough alone: of the page only harmless elements and attributes are kept (an allow-list, by
nh3), and it is served under :data:`POLICY`, which forbids scripts, forms and every request, in a sandbox
without an origin.
"""

from __future__ import annotations

from html import escape

import nh3
from selectolax.lexbor import LexborHTMLParser
from w3lib.encoding import html_to_unicode

POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
"""Content-Security-Policy of an archived page."""

_KEPT = (
    "a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col "
    "colgroup data dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 "
    "header hgroup hr i img ins kbd li main mark menu nav ol p pre q rp rt ruby s samp section small "
    "span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr"
)
"""Elements that are kept. Of others the text is kept, but not of :data:`_SILENT`."""
_SILENT = (
    "script style title iframe frame object embed applet template noscript noframes noembed audio "
    "video canvas svg math portal dialog xmp textarea select"
)
"""Elements that go with all that is in them."""
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"title", "lang", "dir"},
    "img": {"alt", "src"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start", "reversed"},
    "li": {"value"},
    "time": {"datetime"},
    "details": {"open"},
}
"""Attributes that are kept. None of them leads or fetches but a picture's ``src``, see :func:`_harmless`."""

_STYLE = (
    ":root{color-scheme:light}"
    "body{margin:0 auto!important;padding:1rem!important;max-width:46rem;background:#fff;color:#222;"
    "font:16px/1.5 system-ui,sans-serif}"
    "img{display:inline-block;min-width:2rem;min-height:1rem;outline:1px dashed #aaa;font-size:.85rem}"
    "a{color:#333;text-decoration:underline dotted}"
)


def safe(body: bytes, content_type: str | None) -> str:
    """The page as HTML that shows what it said, and does nothing."""
    kind = (content_type or "text/html").partition(";")[0].strip().lower()
    _, text = html_to_unicode(content_type, body, default_encoding="utf-8")
    if kind not in ("text/html", "application/xhtml+xml", ""):
        return f"<!doctype html><meta charset=utf-8><title>-</title><pre>{escape(text)}</pre>"
    tree = LexborHTMLParser(text)
    named = tree.css_first("title")
    for node in tree.css("a[href]"):
        if "title" not in node.attributes:  # where a link led is still to be read
            node.attrs["title"] = node.attributes["href"] or ""
    shown = nh3.clean(
        tree.html or "",
        tags=set(_KEPT.split()),
        clean_content_tags=set(_SILENT.split()),
        attributes=_ATTRIBUTES,
        attribute_filter=_harmless,
        url_schemes={"data"},
        link_rel=None,
    )
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><meta name="robots" content="noindex">'
        f"<title>{escape(named.text() if named else '-')}</title><style>{_STYLE}</style></head>"
        f"<body>{shown}</body></html>"
    )


def _harmless(tag: str, name: str, value: str) -> str | None:
    """The value of an attribute; ``None``: it goes. A picture that is in the page itself is shown."""
    if name == "src":
        return value if value.lower().startswith("data:image/") else None
    return value
