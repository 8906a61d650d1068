"""A captured page, made safe to show: no scripts, no requests, no way out. Pure.

Two walls, each enough alone: of the page only harmless elements and attributes are kept (an allow-list, by
nh3), and it is served under :data:`POLICY`, which forbids scripts, forms and every request, in a sandbox
without an origin.
"""

from __future__ import annotations

from collections.abc import Mapping

import nh3
from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser
from w3lib.encoding import html_to_unicode

from legger.templating import environment

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


MISSING: Mapping[str, str] = {
    "pictures": "img, picture source[srcset], svg image, video[poster], input[type=image]",
    "style sheets": "link[rel~=stylesheet], style",
    "scripts": "script[src], script:not([type]), script[type='text/javascript'], script[type=module]",
    "frames and players": "iframe, frame, object, embed, video, audio",
}
"""What an archived page is shown without -> where it stands in a page."""


def missing(body: bytes, content_type: str | None) -> dict[str, int]:
    """What of a page is not shown, because it was never fetched or is not run: name -> how many."""
    kind = (content_type or "text/html").partition(";")[0].strip().lower()
    if kind not in ("text/html", "application/xhtml+xml", ""):
        return {}
    _, text = html_to_unicode(content_type, body, default_encoding="utf-8")
    tree = LexborHTMLParser(text)
    counted = {name: len({node.mem_id for node in tree.css(where)}) for name, where in MISSING.items()}
    return {name: number for name, number in counted.items() if number}


def safe(body: bytes, content_type: str | None) -> str:
    """The page as HTML that shows what it said, and does nothing."""
    kind = (content_type or "text/html").partition(";")[0].strip().lower()
    _, text = html_to_unicode(content_type, body, default_encoding="utf-8")
    if kind not in ("text/html", "application/xhtml+xml", ""):
        return _framed(title="-", plain=text)
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
    return _framed(title=named.text() if named else "-", shown=Markup(shown))  # noqa: S704  # it has been cleaned


def _framed(*, title: str, shown: Markup | None = None, plain: str | None = None) -> str:
    return (
        environment("legger.web").get_template("archived.html").render(title=title, shown=shown, plain=plain)
    )


def _harmless(tag: str, name: str, value: str) -> str | None:
    """The value of an attribute; ``None``: it goes. A picture that is in the page itself is shown."""
    if name == "src":
        return value if value.lower().startswith("data:image/") else None
    return value
