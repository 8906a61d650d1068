"""The addresses in a style sheet, found and replaced. Pure.

Whatever a sheet would fetch is either replaced or taken out: ``url()``, ``@import``, ``image-set()``, however
their names are escaped. Of the files of a font the one is taken that browsers read best.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from urllib.parse import urldefrag, urljoin

from w3lib.html import strip_html5_whitespace

from archive.assets.kinds import AssetKind, AssetLink

Replace = Callable[[AssetLink], str | None]
"""What stands for an asset: an address for a picture or font, the text of the sheet for a style sheet;
``None``: nothing, it is left out."""

_STRING = r'"(?:[^"\\\n]|\\[\s\S])*"|\'(?:[^\'\\\n]|\\[\s\S])*\''


def _spelled(name: str) -> str:
    """A name as CSS lets it be spelled: in any case, with its letters as escapes."""
    return "".join(
        rf"(?:{letter}|\\0{{0,4}}(?:{ord(letter.lower()):x}|{ord(letter.upper()):x})\s?)"
        if letter.isalpha()
        else letter
        for letter in name
    )


_URL = (
    rf"{_spelled('url')}\(\s*(?P<address>{_STRING}|(?:[^\s\"'()\\]|\\[0-9a-fA-F]{{1,6}}\s?|\\[\s\S])*)\s*\)"
)
_IMPORTED = _URL.replace("address", "imported")
_COMMENT = r"/\*[\s\S]*?(?:\*/|\Z)"
_SHEET = re.compile(
    rf"(?P<comment>{_COMMENT})"
    rf"|(?P<import>@{_spelled('import')}(?:\s|{_COMMENT})*(?:{_IMPORTED}|(?P<named>{_STRING}))"
    r"(?P<when>[^;{}]*)(?:;|\Z))"
    rf"|(?P<face>@{_spelled('font-face')}(?:\s|{_COMMENT})*\{{(?P<rules>(?:{_STRING}|[^{{}}\"'])*)\}})"
    rf"|(?P<set>{_spelled('image-set')}\((?P<choices>(?:{_STRING}|\((?:{_STRING}|[^()\"'])*\)|[^()\"'])*)\))"
    rf"|{_URL}"
    rf"|(?P<unread>{_spelled('src')}\([^)]*\)|@{_spelled('import')}[^;{{}}]*;?)"
    rf"|(?P<string>{_STRING})",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    rf"{_URL}(?:\s*format\(\s*(?P<format>{_STRING}|[\w-]+)\s*\))?|(?P<local>local\([^)]*\))", re.IGNORECASE
)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(\n)|([\s\S]))")
_FORMATS = ("woff2", "woff", "truetype", "opentype", "ttf", "otf")


def addresses_in(css: str, base: str) -> list[AssetLink]:
    """What a sheet would fetch, in its order, once each."""
    found: dict[str, AssetLink] = {}

    def note(link: AssetLink) -> str:
        found.setdefault(link.url, link)
        return ""

    rewritten(css, base, note)
    return list(found.values())


def decoded(body: bytes, stated: str | None) -> str:
    """The text of a sheet: by its mark, by what the server states, by what it says itself, or else UTF-8."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    said = re.search(r"charset=[\"']?([\w.:-]+)", stated or "", re.IGNORECASE)
    own = re.match(rb'@charset "([\w.:-]+)";', body)
    name = said[1] if said else own[1].decode("ascii") if own else "utf-8"
    try:
        return body.decode(name, "replace")
    except (LookupError, ValueError):
        return body.decode("utf-8", "replace")


def rewritten(css: str, base: str, replace: Replace) -> str:
    """A sheet with what it names replaced; *base* is its own address."""

    def put(match: re.Match[str]) -> str:
        if match["comment"]:
            return ""
        if match["string"]:
            return match[0]
        if match["import"]:
            return _imported(match, base, replace)
        if match["face"]:
            return _face(match["rules"], base, replace)
        if match["set"]:
            return _first_choice(match["choices"], base, replace)
        if match["address"] is not None:
            return _address(match["address"], base, AssetKind.IMAGE, replace)
        return ""

    return _SHEET.sub(put, css)


def _imported(match: re.Match[str], base: str, replace: Replace) -> str:
    link = _link(match["imported"] if match["named"] is None else match["named"], base, AssetKind.STYLE)
    sheet = replace(link) if link is not None else None
    if sheet is None:
        return ""
    layer = re.match(r"\s*layer(?:\(([\w.-]*)\))?", match["when"], re.IGNORECASE)
    media = match["when"][layer.end() if layer else 0 :].strip()
    if layer:
        sheet = f"@layer {layer[1] or ''}{{{sheet}}}"
    condition = re.match(r"supports\(((?:[^()]|\([^()]*\))*)\)", media, re.IGNORECASE)
    if condition:
        sheet, media = f"@supports ({condition[1]}){{{sheet}}}", media[condition.end() :].strip()
    return f"@media {media}{{{sheet}}}" if media else sheet


def _face(rules: str, base: str, replace: Replace) -> str:
    """A font with one file: the one that browsers read best of those that there are."""
    sources: list[tuple[int, AssetLink]] = []
    local: list[str] = []
    inline: list[str] = []
    kept: list[str] = []
    for rule in re.split(r";(?=(?:[^\"']|\"[^\"]*\"|'[^']*')*$)", rules) if len(rules) < 20_000 else []:
        name, _, value = rule.partition(":")
        if name.strip().lower() != "src":
            if "(" not in value:
                kept.append(rule.strip())
            continue
        for source in _SOURCE.finditer(value):
            if source["local"]:
                local.append(source["local"])
                continue
            stated = _text(source["address"])
            if stated.lower().startswith("data:"):
                inline.append(f"url({_quoted(stated)})")
                continue
            link = _link(source["address"], base, AssetKind.FONT)
            if link is not None:
                sources.append((_rank(link.url, source["format"]), link))
    if not (sources or inline):
        return ""
    sources.sort(key=lambda each: each[0])
    files = inline[:1]
    for rank, link in sources if not files else []:
        if rank >= len(_FORMATS):
            continue
        address = replace(link)
        if address is not None:
            files = [f"url({_quoted(address)})"]
        break
    return f"@font-face{{{';'.join(filter(None, kept))};src:{','.join(files)}}}" if files else ""


def _rank(url: str, stated: str | None) -> int:
    name = (stated or "").strip("\"' ").lower().removesuffix("-variations")
    if not name:
        name = re.split(r"[?#]", url)[0].rpartition(".")[2].lower()
    return _FORMATS.index(name) if name in _FORMATS else len(_FORMATS)


def _first_choice(choices: str, base: str, replace: Replace) -> str:
    """Of pictures for several screens, one that there is."""
    for choice in re.finditer(rf"(?:type\([^)]*\))|{_URL}|(?P<named>{_STRING})", choices, re.IGNORECASE):
        stated = choice["address"] if choice["address"] is not None else choice["named"]
        if stated is None:
            continue
        made = _address(stated, base, AssetKind.IMAGE, replace)
        if made != _NOTHING:
            return made
    return _NOTHING


_NOTHING = "none"


def _address(stated: str, base: str, kind: AssetKind, replace: Replace) -> str:
    text = _text(stated)
    if text.startswith("#"):
        return f"url({_quoted(text)})"
    if text.lower().startswith("data:"):
        return f"url({_quoted(text)})" if is_inert(text) else _NOTHING
    link = _link(stated, base, kind)
    address = replace(link) if link is not None else None
    return f"url({_quoted(address)})" if address is not None else _NOTHING


def is_inert(address: str) -> bool:
    """Whether a ``data:`` address is a picture or a font."""
    return bool(
        re.match(r"data:(?:image/|font/|application/(?:x-)?font|application/octet-stream)", address, re.I)
    )


def _link(stated: str, base: str, kind: AssetKind) -> AssetLink | None:
    url = absolute(_text(stated), base)
    return AssetLink(url=url, kind=kind) if url is not None else None


def absolute(stated: str, base: str) -> str | None:
    """An address as it is asked for; ``None`` for one that cannot be."""
    text = re.sub(r"[\t\n\r]", "", strip_html5_whitespace(stated))
    if not text or len(text) > 2000:
        return None
    try:
        url = urldefrag(urljoin(base, text))[0]
    except ValueError:
        return None
    if not re.match(r"https?://[^/\s]", url):
        return None
    return re.sub(r"[\s\"<>\\^`{|}]", lambda sign: f"%{ord(sign[0]):02X}" if ord(sign[0]) < 128 else "", url)


def _text(stated: str) -> str:
    """A string or an address of CSS as it is meant."""
    text = (
        stated[1:-1] if stated[:1] in ("'", '"') and stated[-1:] == stated[:1] and len(stated) > 1 else stated
    )

    def plain(match: re.Match[str]) -> str:
        if match[1]:
            number = int(match[1], 16)
            return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
        return "" if match[2] else match[3]

    return _ESCAPE.sub(plain, text)


def _quoted(text: str) -> str:
    escaped = re.sub(r"[\"\\\n\r<]", lambda sign: f"\\{ord(sign[0]):x} ", text)
    return f'"{escaped}"'
