"""What a site says about mining its pages: TDM reservation, X-Robots-Tag, ai.txt, AIPREF, RSL. Pure.

Sources: the TDM Reservation Protocol of the W3C community group (``tdm-reservation`` as header and meta,
``/.well-known/tdmrep.json``), the word ``noai`` in X-Robots-Tag and robots meta, Spawning's ai.txt, and what
:mod:`.usage` reads (Content-Usage, Content-Signal, RSL). What a page says itself goes before what its host
says; of what robots.txt and a licence say, the strictest goes. What they bind us to is the operator's
:class:`~archive.model.types.Ground`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson
from protego import Protego

from archive.model.types import Capture, Ground, Terms
from crawler.fetching.robots_text import robots_text
from crawler.fetching.usage import (
    CONTENT_SIGNAL,
    CONTENT_USAGE,
    UsageStatement,
    licence_of_page,
    licences,
    of_licence,
    of_robots,
    reserves,
)
from crawler.sources.source_bytes import decoded

AGENT = "legger"
"""The product token that robots.txt files know us by."""
TDMREP = "/.well-known/tdmrep.json"
AI_TXT = "/ai.txt"
MOST_RULES = 5000
"""Of a tdmrep.json; each is held against every address of the host."""
MOST_COMMENTED = 50_000
"""Characters of a tdmrep.json in which comments are looked for, which JSON does not have."""
MOST_PATTERN = 2000
"""Characters of a location; no address that is asked for is longer, so a longer one fits none."""
HEAD = 128 * 1024
"""Bytes of a page that are searched for its meta elements."""


@dataclass(frozen=True, kw_only=True)
class MiningStatement:
    """What somebody says about mining: reserved or not."""

    reserved: bool
    witness: str
    policy: str = ""


class PathPattern:
    """A pattern of addresses as in robots.txt: ``*`` is anything, a final ``$`` the end, else a beginning.

    A stranger writes it, so it is no regular expression: its pieces are looked for from left to right, each
    once. The first place of a piece is as good as any, for what follows may stand anywhere behind it.
    Matching therefore takes time in proportion to the address, however many ``*`` there are.
    """

    __slots__ = ("_anchored", "_first", "_last", "_middle")

    def __init__(self, pattern: str) -> None:
        self._anchored = pattern.endswith("$")
        pieces = [unquote(piece) for piece in pattern.removesuffix("$").split("*")]
        self._first = pieces[0]
        self._middle = tuple(piece for piece in pieces[1:-1] if piece)
        self._last = pieces[-1] if len(pieces) > 1 else None

    def matches(self, path: str) -> bool:
        """Whether the pattern fits *path*, from its beginning."""
        if self._last is None:
            return path == self._first if self._anchored else path.startswith(self._first)
        if not path.startswith(self._first):
            return False
        at = len(self._first)
        for piece in self._middle:
            found = path.find(piece, at)
            if found < 0:
                return False
            at = found + len(piece)
        if self._anchored:
            return len(path) - len(self._last) >= at and path.endswith(self._last)
        return path.find(self._last, at) >= 0


@dataclass(frozen=True, kw_only=True)
class HostTerms:
    """What a host says about its pages in tdmrep.json and ai.txt."""

    rules: tuple[tuple[PathPattern, MiningStatement], ...] = ()
    ai: Protego | None = None
    usage: tuple[tuple[PathPattern, UsageStatement], ...] = ()
    """Of robots.txt and the licence file that it names, the longest pattern first."""
    licence: str = ""
    """The address of the licence file that robots.txt names."""

    @classmethod
    def of(
        cls,
        tdmrep: Capture | None,
        ai_txt: Capture | None,
        *,
        robots: Capture | None = None,
        licence: Capture | None = None,
    ) -> HostTerms:
        """From the answers at :data:`TDMREP` and :data:`AI_TXT`, of robots.txt, and of the licence file that
        it names; what is no such file says nothing."""
        text = robots_text(robots)
        stated = [*of_robots(text, AGENT)]
        if licence is not None:
            host = urlsplit(robots.url).hostname if robots is not None else None
            stated += of_licence(_file(licence), licence.url, host=host)
        stated.sort(key=lambda each: len(each.pattern), reverse=True)
        return cls(
            rules=_tdmrep(_file(tdmrep)),
            ai=_ai_txt(ai_txt),
            usage=tuple((PathPattern(each.pattern), each) for each in stated),
            licence=next(licences(text), "")[:500],
        )

    def word(self, url: str) -> MiningStatement | None:
        """What the host says of an address: tdmrep.json first."""
        path = _path(url)
        for pattern, word in self.rules:
            if pattern.matches(path):
                return word
        if self.ai is not None and not all(self.ai.can_fetch(each, "legger") for each in _as_text(url)):
            return MiningStatement(reserved=True, witness="ai.txt")
        stated = [each for each in self._usage(path) if each.reserved is not None]
        strictest = next((each for each in stated if each.reserved), stated[0] if stated else None)
        if strictest is None:
            return None
        return MiningStatement(
            reserved=bool(strictest.reserved), witness=strictest.witness, policy=self.licence
        )

    def said(self, url: str) -> str:
        """What robots.txt says of an address's use, as it stood."""
        words = [each.said for each in self._usage(_path(url))]
        if self.licence:
            words.append(f"license: {self.licence}")
        return "; ".join(dict.fromkeys(words))

    def _usage(self, path: str) -> Iterator[UsageStatement]:
        """Of each kind of statement those with the longest pattern that fits."""
        longest: dict[str, str] = {}
        for pattern, stated in self.usage:
            if longest.get(stated.witness, stated.pattern) == stated.pattern and pattern.matches(path):
                longest[stated.witness] = stated.pattern
                yield stated


SILENT = HostTerms()
"""A host that says nothing about mining."""


def page_word(capture: Capture) -> tuple[MiningStatement | None, str]:
    """What an answer says of itself by header and meta; and its robots words, as they stood."""
    metas = _metas(capture.body[:HEAD]) if b"<" in capture.body[:1024] else {}
    said = [value.strip() for name, value in capture.headers if name.lower() == "x-robots-tag"]
    said += [f"meta: {metas[name]}" for name in ("robots", "legger") if name in metas]
    word = None
    lines = ",".join(value for name, value in capture.headers if name.lower() == "tdm-reservation")
    for witness, reservation, policy in (
        ("header", lines, capture.header("tdm-policy")),
        ("meta", metas.get("tdm-reservation"), metas.get("tdm-policy")),
    ):
        if word is None and (reserved := _reserved(reservation)) is not None:
            word = MiningStatement(reserved=reserved, witness=witness, policy=(policy or "").strip()[:500])
    if word is None and any(_NO_AI.search(_to_us(each)) for each in said):
        by_header = any(_NO_AI.search(_to_us(each)) for each in said if not each.startswith("meta: "))
        word = MiningStatement(reserved=True, witness="x-robots-tag" if by_header else "robots meta")
    licence = licence_of_page(capture, capture.body[:HEAD])
    for name, value in capture.headers:
        if (witness := name.lower()) in (CONTENT_USAGE, CONTENT_SIGNAL):
            said.append(f"{witness}: {value.strip()}")
            says = reserves(value)
            if says is not None and (word is None or (says and word.witness == CONTENT_USAGE)):
                word = MiningStatement(reserved=says, witness=witness, policy=licence or "")
    if licence:
        said.append(f"license: {licence}")
    return word, "; ".join(said)[:500]


def terms(capture: Capture, *, robots: str, host: HostTerms, ground: Ground) -> Terms:
    """The terms of an answer: the page's own word, else its host's."""
    own, said = page_word(capture)
    word = own or host.word(capture.url)
    return Terms(
        robots=robots,
        reserved=word.reserved if word else None,
        witness=word.witness if word else "",
        policy=word.policy if word else "",
        said="; ".join(filter(None, (said, host.said(capture.url))))[:1000],
        ground=ground,
    )


def forbids(word: MiningStatement | Terms | None, ground: Ground) -> str | None:
    """Why what was said keeps us, on this ground, from taking a page; ``None`` when it does not."""
    if ground is Ground.GENERAL and word is not None and word.reserved:
        return f"text and data mining is reserved ({word.witness})"
    return None


# ---------------------------------------------------------------- reading what they say


def _file(answer: Capture | None) -> bytes:
    if answer is None or answer.status != 200:
        return b""
    return answer.body[: 512 * 1024]


def _reserved(stated: object) -> bool | None:
    """What a reservation says, however it is written (``1``, ``"1"``, ``true``); ``None``: nothing.

    Of a header that was sent twice (``0, 1``) the strictest goes."""
    words = {word.strip(" \t\"'") for word in re.split("[,;]", str(stated).lower())}
    if words & {"1", "1.0", "true", "yes", "reserved"}:
        return True
    return False if words & {"0", "0.0", "false", "no"} else None


def _tdmrep(body: bytes) -> tuple[tuple[PathPattern, MiningStatement], ...]:
    """The rules of a tdmrep.json. Who wrote one meant it: one rule without its list, a comma too many, names
    in capitals, several locations in one rule, a location without its first slash or with the host before it
    are read."""
    text = "".join(decoded(iter([body]), None))
    try:
        if len(text) < MOST_COMMENTED:
            text = _COMMENTS.sub(lambda hit: hit[1] or "", text)
        stated: Any = orjson.loads(_COMMA_TOO_MANY.sub(r"\1", text)) if text.strip() else []
    except orjson.JSONDecodeError:
        return ()
    if isinstance(stated, Mapping) and len(stated) == 1:
        inner = next(iter(stated.values()))
        stated = inner if isinstance(inner, list) else stated  # the list under a name
    rules = []
    for each in (stated if isinstance(stated, list) else [stated])[:MOST_RULES]:
        rule = {_named(name): value for name, value in each.items()} if isinstance(each, Mapping) else {}
        reserved = _reserved(rule.get("tdm-reservation"))
        if reserved is None:
            continue
        policy = str(rule.get("tdm-policy") or "")[:500]
        word = MiningStatement(reserved=reserved, witness="tdmrep.json", policy=policy)
        location = rule.get("location")
        for place in location if isinstance(location, list) else [location]:
            if not isinstance(place, str) or len(place) > MOST_PATTERN:
                continue
            path = _HOST.sub("", place.strip()) or "/"
            rules.append((PathPattern(path if path.startswith(("/", "*", "$")) else f"/{path}"), word))
    return tuple(rules[:MOST_RULES])


def _named(key: object) -> str:
    return str(key).lower().replace("_", "-")


_COMMENTS = re.compile(r'("(?:[^"\\]|\\.)*+")|//[^\n]*|/\*.{0,1000}?\*/', re.S)
_COMMA_TOO_MANY = re.compile(r",\s{0,100}([\]}])")
_HOST = re.compile(r"^https?://[^/]{0,300}", re.I)


def _ai_txt(answer: Capture | None) -> Protego | None:
    text = robots_text(answer)
    if not re.search(r"^\s*user-agent\s*:", text, re.I | re.M):
        return None  # most hosts answer any address with a page of theirs
    return Protego.parse(text)


def _as_text(url: str) -> tuple[str, str, str]:
    """The address, and as what ai.txt speaks of: by kind of file, as if every page were .txt and .html."""
    parts = urlsplit(url)
    bare = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    return url, f"{bare}.txt", f"{bare}.html"


def _path(url: str) -> str:
    parts = urlsplit(url)
    return unquote(parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _metas(head: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    head = _COMMENT.sub(b"", head) if b"<!--" in head else head
    for hit in _META.finditer(head):
        if not _OURS.search(hit[0]):
            continue
        attributes = {
            name.lower().decode("ascii"): (quoted or single or bare).decode("utf-8", "replace")
            for name, quoted, single, bare in _ATTRIBUTE.findall(hit[0])
        }
        name = (
            attributes.get("name") or attributes.get("property") or attributes.get("http-equiv", "")
        ).strip()
        name = name.lower()
        if name in ("tdm-reservation", "tdm-policy", "robots", "legger"):
            content = html.unescape(attributes.get("content", "")).strip()[:500]
            if name in ("robots", "legger") and name in found:  # each element adds its words
                found[name] = f"{found[name]}, {content}"[:500]
            found.setdefault(name, content)
    return found


def _to_us(said: str) -> str:
    """Robots words without those for other robots: ``otherbot: noai`` holds for that robot, and so does what
    follows in the line up to the next name of a robot."""
    ours, kept = True, []
    for each in said.removeprefix("meta: ").split(","):
        rule = each
        agent = _FOR.match(each)
        if agent and agent[1].lower() not in _WITH_VALUE:
            ours = agent[1].lower().partition("/")[0] in (AGENT, "*")
            rule = each[agent.end() :]
        if ours:
            kept.append(rule)
    return ",".join(kept)


_FOR = re.compile(r"\s*([^\s:]{1,100})\s*:")
_WITH_VALUE = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})
"""Rules that are written as names of robots are, and are none."""
_NO_AI = re.compile(r"\bno-?ai\b", re.I)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.S)
_META = re.compile(rb"<meta\b[^<>]{0,4000}>", re.I)
_OURS = re.compile(
    rb"\b(?:name|property|http-equiv)\s{0,20}=\s{0,20}[\"']?\s{0,20}(?:tdm-|robots\b|legger\b)", re.I
)
_ATTRIBUTE = re.compile(
    rb"(?<![a-zA-Z-])([a-zA-Z-]+)\s{0,20}=\s{0,20}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))"
)
