"""A captured page, made safe to show: no scripts, no requests, no way out. Pure.

Two walls, each enough alone: what could run or fetch is taken out of the page, and the page is served under
:data:`POLICY`, which forbids scripts, forms and every request, in a sandbox without an origin.
"""

from __future__ import annotations

from html import escape

from selectolax.lexbor import LexborHTMLParser
from w3lib.encoding import html_to_unicode

POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
"""Content-Security-Policy of an archived page."""

_OUT = (
    "script, iframe, frame, frameset, object, embed, applet, base, link, meta, portal, dialog, template, "
    "audio, video, source, track, noscript, noframes, noembed, xmp, plaintext"
)
_ADDRESSES = frozenset(
    {
        "href", "src", "srcset", "action", "formaction", "background", "poster", "ping", "data", "longdesc",
        "cite", "manifest", "archive", "codebase", "classid", "profile", "imagesrcset", "lowsrc", "dynsrc",
        "xlink:href", "attributionsrc", "autofocus", "http-equiv", "srcdoc", "target", "style",
    }
)  # fmt: skip
"""Attributes that fetch or lead away. ``style`` goes because it may name addresses."""

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
    for node in tree.css(_OUT):
        node.decompose()
    for node in tree.css("style"):
        node.decompose()
    for node in tree.css("*"):
        for name, value in list(node.attributes.items()):
            lower = name.lower()
            if lower.startswith("on") or lower in _ADDRESSES:
                if lower == "src" and (value or "").lower().startswith("data:image/"):
                    continue
                del node.attrs[name]
                if lower == "href" and node.tag == "a" and value and "title" not in node.attributes:
                    node.attrs["title"] = value
    head = f'<meta charset="utf-8"><meta name="robots" content="noindex"><style>{_STYLE}</style>'
    inner = tree.root.html if tree.root is not None else ""
    html = inner or ""
    place = html.find("<head>")
    if place >= 0:
        return f"<!doctype html>{html[: place + 6]}{head}{html[place + 6 :]}"
    return f"<!doctype html>{head}{html}"
