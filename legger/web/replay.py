"""A captured page, made safe to show: no scripts, no requests, no way out.

Two walls, each enough alone: of the page only harmless elements and attributes are kept (an allow-list, by
nh3), and it is served under :data:`POLICY`, which forbids scripts, forms and every request, in a sandbox
without an origin. Pictures, style sheets and fonts that the archive has of about its time stand in the page
itself, as ``data:`` addresses: nothing is asked for, of the reading room neither.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

import nh3
from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser, LexborNode
from w3lib.encoding import html_to_unicode

from archive.assets.kinds import AssetKind, AssetLink, kind_of, media_type
from archive.assets.shown import PICTURES, SHEETS, WIDEST, base_of, choices_of, is_for_screens, shown_by
from archive.assets.store import AssetCopy
from archive.assets.stylesheets import absolute, decoded, is_inert, rewritten
from archive.model.types import Capture
from legger.templating import environment

POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
"""Content-Security-Policy of an archived page."""

MOST_BYTES = 40_000_000
"""Of pictures, sheets and fonts that are put into one page."""
DEEPEST = 4
"""How deep sheets are followed that import one another."""

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
_STYLED: dict[str, set[str]] = _ATTRIBUTES | {
    "*": {"title", "lang", "dir", "class", "id", "style", "hidden", "role"},
    "img": {"alt", "src", "width", "height"},
    "table": {"width", "align", "border", "cellpadding", "cellspacing"},
}
"""The same of a page that is shown with its styles, whose rules name classes."""


_OUTER = ("class", "id", "lang", "dir", "style")
"""Attributes of the page's outermost elements that are kept with its styles."""

MISSING: Mapping[str, str] = {
    "pictures": "svg image",
    "scripts": "script[src], script:not([type]), script[type='text/javascript'], script[type=module]",
    "frames and players": "iframe, frame, object, embed, video, audio",
}
"""What an archived page is always shown without -> where it stands in a page."""


class Copies(Protocol):
    """Who has archived copies: :class:`archive.assets.store.Assets`."""

    def copies(self, site: str, urls: Iterable[str], at: datetime) -> dict[str, AssetCopy]:
        """Those nearest to a time."""


@dataclass(frozen=True, kw_only=True)
class ReplayedPage:
    """A page as it is shown, and what of it is and is not."""

    html: str
    assets: tuple[AssetCopy, ...] = ()
    """What it shows, in the order of the page: pictures, sheets, fonts, each once."""
    missing: Mapping[str, int] = field(default_factory=dict)
    """What it is shown without: name -> how many."""
    styled: bool = False
    """It is shown with its own styles."""

    @property
    def here(self) -> int:
        """How many of its assets are shown."""
        return sum(each.kept is not None for each in self.assets)

    @property
    def fetched(self) -> bool:
        """Whether any of them was ever asked for."""
        return any(each.kept is not None or each.reason for each in self.assets)


def replay(capture: Capture, archive: Copies | None = None, *, styled: bool = True) -> ReplayedPage:
    """A page with what an *archive* has of its assets; with its own styles if they are here, and *styled*."""
    stated = capture.header("content-type")
    kind = (stated or "text/html").partition(";")[0].strip().lower()
    if kind not in ("text/html", "application/xhtml+xml", ""):
        return ReplayedPage(html=_other(capture, stated))
    _, text = html_to_unicode(stated, capture.body, default_encoding="utf-8")
    return _Replay(capture, LexborHTMLParser(text), archive).page(styled=styled)


def safe(body: bytes, content_type: str | None) -> str:
    """A page as HTML that shows what it said, and does nothing; nothing is known of its assets."""
    headers = (("Content-Type", content_type),) if content_type is not None else ()
    never = datetime.min.replace(tzinfo=UTC)
    return replay(Capture(site="", url="http://-/", at=never, status=200, headers=headers, body=body)).html


def _other(capture: Capture, stated: str | None) -> str:
    """What is no page: a picture as such, anything else as text."""
    if kind_of(capture.body, stated) is AssetKind.IMAGE:
        address = _data(media_type(AssetKind.IMAGE, capture.body, stated) or "image/png", capture.body)
        return _framed(title="-", shown=Markup('<img alt="" src="{}">').format(address))
    _, text = html_to_unicode(stated, capture.body, default_encoding="utf-8")
    return _framed(title="-", plain=text)


class _Replay:
    """One page under way."""

    def __init__(self, capture: Capture, tree: LexborHTMLParser, archive: Copies | None) -> None:
        self._capture, self._tree, self._archive = capture, tree, archive
        self._base = base_of(tree, capture.url)
        self._copies: dict[str, AssetCopy] = {}
        self._made: dict[tuple[str, AssetKind], str | None] = {}
        self._size = 0

    def page(self, *, styled: bool) -> ReplayedPage:
        tree = self._tree
        named = tree.css_first("title")
        title = named.text() if named else "-"
        counted = {name: len({node.mem_id for node in tree.css(where)}) for name, where in MISSING.items()}
        self._look_up({each.url for each in shown_by(tree, self._capture.url, width=WIDEST)})
        for node in tree.css("a[href]"):
            if "title" not in node.attributes:  # where a link led is still to be read
                node.attrs["title"] = node.attributes["href"] or ""
        pictures = self._put_pictures()
        sheets, linked = self._sheets()
        dressed = styled and linked > 0
        lacks = {
            "pictures": pictures + counted.pop("pictures"),
            "style sheets": sum(
                1 for each in tree.css(SHEETS) if each.tag == "style" or is_for_screens(each)
            ) - (len(sheets) if dressed else 0),
        }  # fmt: skip
        body = tree.css_first("body")
        shown = nh3.clean(
            (body.inner_html if body is not None else tree.html) or "",
            tags=set(_KEPT.split()),
            clean_content_tags=set(_SILENT.split()),
            attributes=_STYLED if dressed else _ATTRIBUTES,
            attribute_filter=self._harmless,
            url_schemes={"data"},
            link_rel=None,
        )
        html = _framed(
            title=title,
            shown=Markup(shown),  # noqa: S704  # it has been cleaned
            sheets=[Markup(each) for each in sheets] if dressed else [],  # noqa: S704  # by _closed
            outer=self._attributes("html") if dressed else {},
            inner=self._attributes("body") if dressed else {},
        )
        missing = {name: number for name, number in (lacks | counted).items() if number}
        return ReplayedPage(html=html, assets=tuple(self._copies.values()), missing=missing, styled=dressed)

    def _attributes(self, tag: str) -> dict[str, str]:
        node = self._tree.css_first(tag)
        said = node.attributes if node is not None else {}
        kept = {
            name: said.get(name) or "" for name in ("class", "id", "lang", "dir", "style") if said.get(name)
        }
        if "style" in kept:
            kept["style"] = self._css(kept["style"], self._base)
        return kept

    # ------------------------------------------------------------ assets

    def _look_up(self, urls: Iterable[str]) -> None:
        fresh = [url for url in urls if url not in self._copies]
        if self._archive is None or not fresh:
            found = {url: AssetCopy(url=url, kept=None) for url in fresh}
        else:
            found = self._archive.copies(self._capture.site, fresh, self._capture.at)
        self._copies |= found

    def _copy(self, url: str) -> AssetCopy:
        self._look_up([url])
        return self._copies[url]

    def _address(self, link: AssetLink) -> str | None:
        """The ``data:`` address of an asset; ``None``: it is not here."""
        if (link.url, link.kind) not in self._made:
            self._made[link.url, link.kind] = self._made_of(link)
        return self._made[link.url, link.kind]

    def _made_of(self, link: AssetLink) -> str | None:
        kept = self._copy(link.url).kept
        if kept is None:
            return None
        capture = kept.capture
        kind = media_type(link.kind, capture.body, capture.header("content-type"))
        if kind is None or not self._fits(link.url, capture.body):
            return None
        return _data(kind, capture.body)

    def _fits(self, url: str, body: bytes) -> bool:
        if self._size + len(body) > MOST_BYTES:
            self._copies[url] = AssetCopy(url=url, kept=None, reason="too much for one page")
            return False
        self._size += len(body)
        return True

    def _put_pictures(self) -> int:
        """Put the pictures that are here in their places; returns how many are not."""
        lacking = 0
        for node in self._tree.css(PICTURES):
            if (node.attributes.get("src") or "").lower().startswith("data:image/") and not any(
                name.startswith("data-") and "src" in name for name in node.attributes
            ):
                continue
            choices = choices_of(node, self._base)
            links = [AssetLink(url=url, kind=AssetKind.IMAGE) for url in choices]
            known = [link for link in links if link.url in self._copies] or links[:1]
            made = self._first_of(known)
            if made is None and (made := self._first_of(self._others(links))) is not None:
                for link in known:  # its place is taken by another of its sizes
                    self._copies.pop(link.url, None)
            if made is None:
                lacking += bool(choices)
            elif node.tag == "video":
                poster = LexborHTMLParser(f'<img alt="" src="{made}">').css_first("img")
                if poster is not None:
                    node.insert_before(poster)
            else:
                node.attrs["src"] = made
        return lacking

    def _first_of(self, links: Iterable[AssetLink]) -> str | None:
        return next((address for link in links if (address := self._address(link))), None)

    def _others(self, links: list[AssetLink]) -> list[AssetLink]:
        """Of an element's other pictures those that the archive has; what it has not is not told of them."""
        others = [link.url for link in links if link.url not in self._copies]
        if self._archive is None or not others:
            return []
        found = self._archive.copies(self._capture.site, others, self._capture.at)
        self._copies |= {url: copy for url, copy in found.items() if copy.kept is not None}
        return [link for link in links if link.url in self._copies]

    def _sheets(self) -> tuple[list[str], int]:
        """The sheets of the page that are here, in its order; how many of them are linked ones."""
        found, linked = [], 0
        for node in self._tree.css(SHEETS):
            sheet = self._sheet_of(node)
            if sheet is None:
                continue
            linked += node.tag != "style"
            media = node.attributes.get("media") or ""
            if media and "onload" not in node.attributes and re.fullmatch(r"[\w\s(),:.-]+", media):
                sheet = f"@media {media}{{{sheet}}}"
            found.append(_closed(sheet))
        return found, linked

    def _sheet_of(self, node: LexborNode) -> str | None:
        if node.tag == "style":
            return self._css(node.text() or "", self._base)
        url = absolute(node.attributes.get("href") or "", self._base) if is_for_screens(node) else None
        return self._sheet(AssetLink(url=url, kind=AssetKind.STYLE), 0) if url is not None else None

    def _sheet(self, link: AssetLink, depth: int) -> str | None:
        kept = self._copy(link.url).kept
        if kept is None or depth > DEEPEST or not self._fits(link.url, kept.capture.body):
            return None
        stated = kept.capture.header("content-type")
        if media_type(AssetKind.STYLE, kept.capture.body, stated) is None:
            return None
        return self._css(decoded(kept.capture.body, stated), kept.capture.url, depth)

    def _css(self, css: str, base: str, depth: int = 0) -> str:
        def put(link: AssetLink) -> str | None:
            if link.kind is AssetKind.STYLE:
                return self._sheet(link, depth + 1)
            return self._address(link)

        return rewritten(re.sub(r"\s*@charset [^;]*;", "", css), base, put)

    def _harmless(self, tag: str, name: str, value: str) -> str | None:
        """The value of an attribute; ``None``: it goes. A picture that is in the page itself is shown."""
        if name == "src":
            return value if value.lower().startswith("data:image/") and is_inert(value) else None
        return self._css(value, self._base) if name == "style" else value


def _data(kind: str, body: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(body).decode('ascii')}"


def _closed(sheet: str) -> str:
    """A sheet that cannot end its element."""
    return re.sub(r"<(?=[/!])", r"\\3c ", sheet)


def _framed(
    *,
    title: str,
    shown: Markup | None = None,
    plain: str | None = None,
    sheets: list[Markup] | None = None,
    outer: Mapping[str, str] | None = None,
    inner: Mapping[str, str] | None = None,
) -> str:
    template = environment("legger.web").get_template("archived.html")
    return template.render(
        title=title, shown=shown, plain=plain, sheets=sheets or [], outer=outer or {}, inner=inner or {}
    )
