"""A captured page, decoded and parsed once: text, tree, meta tags, JSON-LD."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.model.types import Capture
from crawler.extract.page.blocks import Outline, outline
from crawler.extract.page.bounds import (
    MOST_ADDRESS,
    MOST_JSON,
    MOST_NESTED,
    MOST_OF_A_KIND,
    MOST_SAID,
    MOST_TITLE,
    Bounded,
    bounded,
)
from crawler.extract.page.broken_json import read_json

# ---------------------------------------------------------------- bytes -> text

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]{0,400}?\b(?:charset|encoding)\s*=\s*["']?\s*([\w:.-]+)""", re.I
)
_HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w:.-]+)""", re.I)
_LANG = re.compile(rb"""<html\b[^>]{0,600}?\blang\s*=\s*["']?([a-z]{2})""", re.I)

_AS_BROWSERS_READ_IT = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "tis-620": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949",
    "utf-16": "utf-8", "utf-16-le": "utf-8", "utf-16-be": "utf-8", "utf-32": "utf-8", "utf-7": "cp1252",
}  # fmt: skip
"""Codec names, as Python spells them, that stand for something else on the web (WHATWG Encoding)."""

_NO_CHARSETS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})
"""Codecs of Python that no text on the web is in, and that fail on what is no such text."""

_OLD_HABIT = {
    "ar": "cp1256", "fa": "cp1256", "bg": "cp1251", "ru": "cp1251", "uk": "cp1251", "be": "cp1251",
    "sr": "cp1251", "mk": "cp1251", "cs": "cp1250", "hu": "iso8859-2", "pl": "iso8859-2", "sk": "cp1250",
    "sl": "iso8859-2", "hr": "cp1250", "ro": "cp1250", "el": "iso8859-7", "he": "cp1255", "et": "cp1257",
    "lt": "cp1257", "lv": "cp1257", "tr": "cp1254", "th": "cp874", "vi": "cp1258", "ja": "cp932",
    "ko": "cp949", "zh": "gb18030",
}  # fmt: skip
"""Language -> the encoding its pages had before UTF-8, for pages that declare none."""


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are no UTF-8 as Windows-1252: pages are pasted together from both."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("legger.cp1252", _as_cp1252)


def named_codec(label: str | None) -> str | None:
    """The Python codec a declared charset stands for, or ``None`` when there is no such text codec."""
    if not label:
        return None
    try:
        info = codecs.lookup(label.strip())
    except (LookupError, ValueError):
        return None
    if not getattr(info, "_is_text_encoding", True) or info.name in _NO_CHARSETS:
        return None
    return _AS_BROWSERS_READ_IT.get(info.name, info.name)


def _stated(body: bytes, declared: str | None) -> str | None:
    """The codec that the header or the page names."""
    if stated := named_codec(declared):
        return stated
    own = _DECLARED.search(body[:4096]) or _DECLARED.search(body[:200_000])
    return named_codec(own[1].decode("ascii", "replace")) if own else None


def decode(body: bytes, *, declared: str | None = None) -> tuple[str, str]:
    """Decode a page: (text, name of the codec). Never fails; ``"utf-8"`` says that it is so to the byte.

    In this order: a byte order mark; strict UTF-8 where there is anything beyond ASCII (text in another
    encoding all but never happens to be valid UTF-8, whatever is declared); *declared* (the header's);
    the page's own declaration; the old habit of the page's language, or Windows-1252.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace"), codec
    head = body[:4096]
    if head.count(0) > len(head) // 4:  # UTF-16 that does not say so
        codec = "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
        return body.decode(codec, "replace"), codec
    if b"\x1b" in body:  # escape sequences: plain ASCII to every other eye
        stated = _stated(body, declared)
        if stated and stated.startswith("iso2022"):
            return body.decode(stated, "replace"), stated
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    stated = _stated(body, declared)
    if stated and stated != "utf-8":
        return body.decode(stated, "replace"), stated
    sound = _MULTIBYTE.sub(b"", body)
    foreign = len(_HIGH.findall(sound))
    if (len(body) - len(sound)) // 2 >= foreign:
        return body.decode("utf-8", "legger.cp1252"), "utf-8 and cp1252"  # a foreign byte here and there
    lang = _LANG.search(head)
    codec = _OLD_HABIT.get(lang[1].decode("ascii").lower(), "cp1252") if lang else "cp1252"
    return body.decode(codec, "replace"), codec


_MULTIBYTE = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}")
_HIGH = re.compile(rb"[\x80-\xff]")


# ---------------------------------------------------------------- text of nodes


def squeeze(text: str) -> str:
    """*text* on one line: runs of white space are one space, none at the ends."""
    return " ".join(text.split())


_TEMPLATE = re.compile(rb"<(/?)template\b([^>]*)>", re.I)
_SHADOW = re.compile(rb"\bshadowroot(?:mode)?\s*=", re.I)


def _with_shadows_shown(html: bytes) -> bytes:
    """*html* with declarative shadow roots as plain elements, as a browser shows them."""
    shown: list[bool] = []

    def plain(tag: re.Match[bytes]) -> bytes:
        if not tag[1]:
            shown.append(bool(_SHADOW.search(tag[2])))
            return b"<div>" if shown[-1] else tag[0]
        return b"</div>" if shown and shown.pop() else tag[0]

    return _TEMPLATE.sub(plain, html)


# ---------------------------------------------------------------- the page

_TOLD = (
    "meta[content]", 'script[type*="ld+json" i]', "h1", "base[href]", "title", "link[rel=canonical]",
    "time[datetime]", 'a[rel~="tag"]',
)  # fmt: skip
"""What every reading asks for; no two of one tag."""


@dataclass(frozen=True, eq=False)
class Page:
    """One capture, decoded and parsed once. Everything is read when first asked for."""

    capture: Capture

    @classmethod
    def of(cls, capture: Capture) -> Page:
        """The page of a capture. Any bytes will do.

        The last one is kept: who looks for links after the article has been read parses nothing twice.
        Nobody changes a page's tree.
        """
        if not _last or _last[0].capture is not capture:
            _last[:] = [cls(capture)]
        return _last[0]

    @cached_property
    def media_type(self) -> str:
        """The media type the server stated, lower case, without parameters; ``""`` when it stated none."""
        stated = self.capture.header("content-type") or ""
        return re.split("[;,]", stated, maxsplit=1)[0].strip().lower()

    @cached_property
    def _decoded(self) -> tuple[str, str]:
        charset = _HEADER_CHARSET.search(self.capture.header("content-type") or "")
        return decode(self.capture.body, declared=charset[1] if charset else None)

    @property
    def html(self) -> str:
        """The page as text."""
        return self._decoded[0]

    @property
    def encoding(self) -> str:
        """The codec it was decoded with."""
        return self._decoded[1]

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The page's tree as browsers build it, within the bounds. Nobody may change it."""
        html = self._bounded.html
        return LexborHTMLParser(_with_shadows_shown(html) if self.mentions(b"shadowroot") else html)

    @cached_property
    def _bounded(self) -> Bounded:
        if self.encoding == "utf-8":
            return bounded(self.capture.body)
        return bounded(self.html.encode("utf-8", "replace"))

    def mentions(self, markup: bytes) -> bool:
        """Whether *markup*, in lower case, is anywhere in the page: far cheaper to ask than the tree."""
        return markup in self._bounded.lower

    @property
    def left_out(self) -> tuple[str, ...]:
        """What was left unread because the page exceeds the bounds, in words."""
        return self._bounded.left_out

    @cached_property
    def outline(self) -> Outline:
        """The tree as runs of text."""
        return outline(self.tree)

    @cached_property
    def _told(self) -> Mapping[str, list[LexborNode]]:
        """The elements every reading asks for, by tag: each search for one more walks the whole tree."""
        told: dict[str, list[LexborNode]] = {name.partition("[")[0]: [] for name in _TOLD}
        for node in self.tree.css(", ".join(_TOLD)):
            told[node.tag or ""].append(node)
        return told

    @property
    def title_element(self) -> LexborNode | None:
        """The first ``<title>``."""
        return next(iter(self._told["title"]), None)

    @property
    def canonical_link(self) -> LexborNode | None:
        """The first ``<link rel=canonical>``."""
        return next(iter(self._told["link"]), None)

    @property
    def times(self) -> list[LexborNode]:
        """The ``<time>`` elements that state a moment to machines, in page order."""
        return self._told["time"]

    @property
    def tag_links(self) -> list[LexborNode]:
        """The links that are marked as those to a tag, in page order."""
        return self._told["a"]

    @cached_property
    def h1s(self) -> list[tuple[LexborNode, str]]:
        """The first-level headings that have text, with it."""
        headings = ((node, text_of(node)[:MOST_TITLE]) for node in self._told["h1"][:MOST_OF_A_KIND])
        return [(node, text) for node, text in headings if text]

    @cached_property
    def metas(self) -> Mapping[str, list[str]]:
        """``name``, ``property``, ``itemprop`` or ``http-equiv`` in lower case -> contents, in page order."""
        metas: dict[str, list[str]] = {}
        for node in self._told["meta"]:
            attributes = node.attributes
            content = squeeze((attributes.get("content") or "")[:MOST_SAID])
            if not content:
                continue
            for key in ("property", "name", "itemprop", "http-equiv"):
                name = attributes.get(key)
                if name:
                    name = name[:MOST_TITLE].strip().lower()
                    contents = metas.setdefault(name, [])
                    said = content if "description" in name else content[:MOST_TITLE]
                    if len(contents) < MOST_OF_A_KIND and said not in contents:
                        contents.append(said)
        return metas

    def meta(self, *names: str) -> str | None:
        """The first content of the first of *names* (lower case) that has one."""
        return next((self.metas[name][0] for name in names if name in self.metas), None)

    @cached_property
    def json_ld(self) -> list[dict[str, Any]]:
        """The objects of all JSON-LD scripts, ``@graph`` and lists flattened; the unreadable left out."""
        objects: list[dict[str, Any]] = []
        for node in self._told["script"]:
            objects.extend(_objects(_short(read_json(node.text(deep=True)[:MOST_JSON]))))
            if len(objects) >= MOST_OF_A_KIND:
                break
        return objects[:MOST_OF_A_KIND]

    @cached_property
    def lang(self) -> str | None:
        """The language the page states, as it spells it (``nl``, ``nl-NL``, ``en_US``)."""
        root = self.tree.root
        attributes = root.attributes if root is not None else {}
        stated = attributes.get("lang") or attributes.get("xml:lang")
        stated = stated or self.meta("content-language", "og:locale", "language", "dc.language", "inlanguage")
        return stated.split(",")[0].strip() or None if stated else None

    @cached_property
    def base_url(self) -> str:
        """The address relative links start from."""
        base = self._told["base"]
        href = (base[0].attributes.get("href") or "").strip() if base else ""
        if len(href) > MOST_ADDRESS:
            return self.capture.url
        return absolute(self.capture.url, href) or self.capture.url

    def absolute(self, href: str | None) -> str | None:
        """*href* as an http(s) address, or ``None`` when it is none."""
        return absolute(self.base_url, href)


def absolute(base: str, href: str | None) -> str | None:
    """*href* seen from *base* as an http(s) address, or ``None`` when it is none."""
    if not href or len(href) > 2 * MOST_ADDRESS:
        return None
    if (origin := _origin(base)) is not None:  # a page has hundreds of links, nearly all of them plain
        if href[0] == "/" and "/." not in href and _ROOTED.fullmatch(href):
            return origin + href
        if _WHOLE.fullmatch(href):
            return href
    try:
        url = urljoin(base, href.strip())
        return url if urlsplit(url).scheme in ("http", "https") else None
    except ValueError:
        return None


_ROOTED = re.compile(r"/(?!/)[\w~%+,=.@/-]*(?:\?[\w~%+,=.@/&-]+)?", re.ASCII)
_WHOLE = re.compile(r"https?://[a-z0-9.-]+(?:/[\w~%+,=.@/-]*)?(?:\?[\w~%+,=.@/&-]+)?", re.ASCII)
"""Links that joining leaves as they are."""


@lru_cache(maxsize=64)
def _origin(base: str) -> str | None:
    """Scheme and host of an http(s) address; ``None`` for what is none."""
    try:
        parts = urlsplit(base)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else None


def text_of(node: LexborNode) -> str:
    """All text below *node* on one line."""
    return squeeze(node.text(deep=True))


# ---------------------------------------------------------------- JSON-LD


def _short(value: Any, name: str = "", depth: int = 0) -> Any:
    """A JSON-LD value whose short things are short: titles, names, dates; the text itself is whole."""
    if depth > MOST_NESTED:
        return None
    if isinstance(value, str):
        if len(value) <= MOST_TITLE or name == "articleBody":
            return value
        return value[: MOST_SAID if name in _LONG else MOST_TITLE]
    if isinstance(value, list):
        return [_short(each, name, depth + 1) for each in value[:MOST_OF_A_KIND]]
    if isinstance(value, dict):
        return {key: _short(each, key, depth + 1) for key, each in value.items()}
    return value


_LONG = frozenset({"description", "text", "abstract", "reviewBody"})


def _objects(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-LD value: lists and ``@graph`` opened, outermost first."""
    if depth > 8:
        return
    if isinstance(value, list):
        for each in value:
            yield from _objects(each, depth + 1)
    elif isinstance(value, dict):
        graph = value.get("@graph")
        if graph is None or len(value) > 2:
            yield value
        yield from _objects(graph, depth + 1)


_last: list[Page] = []
