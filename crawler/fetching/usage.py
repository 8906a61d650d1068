"""What robots.txt, headers and licences say of training: Content-Usage, Content-Signal, RSL. Pure.

Sources: the drafts of the IETF's AIPREF group (``Content-Usage`` as header and in robots.txt), Cloudflare's
``Content-Signal``, and RSL 1.0 (``License`` in robots.txt, ``rel=license`` of type ``application/rsl+xml``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree  # type: ignore[import-untyped]

from archive.model.types import Capture

CONTENT_USAGE = "content-usage"
CONTENT_SIGNAL = "content-signal"
RSL = "rsl"
MOST_STATEMENTS = 1000
"""Of a robots.txt or a licence file; each is held against every address of the host."""
MOST_BYTES = 512 * 1024
MOST_PATTERN = 2000


@dataclass(frozen=True, kw_only=True)
class UsageStatement:
    """One statement for the addresses that a pattern of robots.txt fits."""

    pattern: str
    reserved: bool | None
    """Whether training or mining is reserved; ``None``: it speaks of other uses only."""
    witness: str
    said: str
    """As it stood."""


def reserves(words: str) -> bool | None:
    """What ``train-ai=n, search=y`` or ``ai-train=no`` says of training and mining; ``None``: nothing."""
    found = None
    for each in re.split("[,;]", words):
        name, equals, value = each.partition("=")
        if not equals or name.strip().lower() not in _MINING:
            continue
        match value.strip().strip('"').lower():
            case "n" | "no" | "?0":
                return True
            case "y" | "yes" | "?1":
                found = False
    return found


_MINING = frozenset({"train-ai", "ai-train", "train-genai", "ai", "tdm", "bots"})


def of_robots(text: str, agent: str) -> tuple[UsageStatement, ...]:
    """The statements of a robots.txt for *agent*, else for ``*``; those outside any group are for all."""
    groups: dict[str, list[UsageStatement]] = {}
    agents: list[str] = []
    in_rules = True
    for name, value in _lines(text):
        if name == "user-agent":
            agents = [value.lower()] if in_rules else [*agents, value.lower()]
            in_rules = False
            for each in agents:
                groups.setdefault(each, [])
            continue
        if name in ("sitemap", "license"):
            continue
        in_rules = True
        if name in _OF_TRAINING and value:
            reserved, said = _OF_TRAINING[name], f"{name}: {value}"[:300]
            pattern = value if value.startswith(("/", "*")) else f"/{value}"
            made = UsageStatement(pattern=pattern[:MOST_PATTERN], reserved=reserved, witness=name, said=said)
            for each in agents or [""]:
                groups.setdefault(each, []).append(made)
            continue
        if name not in (CONTENT_USAGE, CONTENT_SIGNAL):
            continue
        pattern, words = ("/", value)
        if value.startswith(("/", "*")):
            pattern, words = [*value.split(maxsplit=1), ""][:2]
        if len(pattern) > MOST_PATTERN:
            continue
        said = f"{name}: {value}"[:300]
        made = UsageStatement(pattern=pattern, reserved=reserves(words), witness=name, said=said)
        for each in agents or [""]:
            groups.setdefault(each, []).append(made)
    own = next((groups[each] for each in groups if each and each != "*" and agent.startswith(each)), None)
    chosen = own if own is not None else groups.get("*", [])
    return tuple((groups.get("", []) + chosen)[:MOST_STATEMENTS])


_OF_TRAINING = {"disallowaitraining": True, "allowaitraining": False}
"""Of draft-canel-robots-ai-control."""


def licences(text: str) -> Iterator[str]:
    """The addresses that ``License`` lines of a robots.txt name."""
    return (value for name, value in _lines(text) if name == "license" and value.startswith("http"))


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield name.strip().lower(), value.strip()


def licence_of_page(capture: Capture, head: bytes) -> str | None:
    """The licence file that an answer names, by header or ``<link>``; ``None``: none."""
    found: str | None = None
    for name, value in capture.headers:
        if name.lower() == "link":
            for href, parameters in _HEADER_LINK.findall(value[:8000]):
                if _IS_RSL.search(parameters) and _IS_LICENCE.search(parameters):
                    found = found or href
    for tag in _LINK_TAG.findall(head) if found is None and b"rsl+xml" in head else ():
        shown = tag.decode("utf-8", "replace")
        href = _HREF.search(shown)
        if href and _IS_RSL.search(shown) and _IS_LICENCE.search(shown):
            found = href[1]
            break
    if found is None:
        return None
    try:
        address: str = urljoin(capture.url, found.strip())
        return address[:500]
    except ValueError:
        return None


def of_licence(body: bytes, url: str, *, host: str | None = None) -> tuple[UsageStatement, ...]:
    """What an RSL file says of the addresses of the *host* that names it; what is no such file says nothing.

    A file can speak of several hosts of a publisher: what it says of another than *host* is left out.

    Training is reserved where a licence prohibits it, permits other uses only, or wants to be paid for. Where
    there are several licences, one that permits it for nothing is enough.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body[:MOST_BYTES], parser)
    except (etree.LxmlError, ValueError):
        return ()
    found = []
    for content in root.iter("{*}content"):
        pattern = content.get("url") or "/"
        if pattern.startswith(("http://", "https://")):
            named = urlsplit(pattern)
            if host and named.netloc.lower().partition(":")[0].removeprefix("www.") != host.removeprefix(
                "www."
            ):
                continue
            pattern = named.path or "/"
        offered = [_licence_reserves(each) for each in content.iter("{*}license")]
        if not offered or len(pattern) > MOST_PATTERN:
            continue
        said = f"{RSL}: {url}"[:300]
        found.append(UsageStatement(pattern=unquote(pattern), reserved=all(offered), witness=RSL, said=said))
    return tuple(found[:MOST_STATEMENTS])


def _licence_reserves(licence: etree._Element) -> bool:
    def uses(name: str) -> set[str] | None:
        stated = [
            each for each in licence.iter(f"{{*}}{name}") if (each.get("type") or "usage").lower() == "usage"
        ]
        words = (word for each in stated for word in re.split(r"[\s,]+", "".join(each.itertext()).lower()))
        return {word for word in words if word} if stated else None

    prohibited, permitted = uses("prohibits"), uses("permits")
    if prohibited and prohibited & _TRAINING:
        return True
    if permitted is not None and not permitted & _TRAINING:
        return True
    prices = [(each.get("type") or "free").lower() for each in licence.iter("{*}payment")]
    return bool(prices) and not any(price in ("free", "attribution") for price in prices)


_TRAINING = frozenset({"all", "ai-all", "ai-train", "train-ai"})
_HEADER_LINK = re.compile(r"<([^<>]{1,2000})>([^<>]{0,1000})")
_LINK_TAG = re.compile(rb"<link\b[^<>]{0,4000}>", re.I)
_HREF = re.compile(r"\bhref\s{0,10}=\s{0,10}[\"']?([^\"'<>\s]{1,2000})", re.I)
_IS_RSL = re.compile(r"\btype\s{0,10}=\s{0,10}[\"']?application/rsl\+xml", re.I)
_IS_LICENCE = re.compile(r"\brel\s{0,10}=\s{0,10}[\"']?[^\"'>;]{0,100}\blicense\b", re.I)
