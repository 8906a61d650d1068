"""Captures as the heads of WARC records, and back. Pure.

A record's block has to agree with its head: bodies are kept de-chunked and decoded, so a
``Transfer-Encoding``, ``Content-Encoding`` or ``Content-Length`` that no longer holds is renamed
``X-Archive-Orig-...``, as pywb and others do, and a length that holds is added at the end. What a head has no
place for stands in a metadata record of type ``application/warc-fields`` beside it (:func:`facts`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from archive.model.exchange import Cut, Exchange
from archive.model.types import Capture, Ground, Headers, Terms

ORIGINAL = "X-Archive-Orig-"
"""Before the names of header lines that held for the bytes on the wire."""

_FRAMING = ("content-length", "transfer-encoding", "content-encoding")


def answer_head(capture: Capture) -> tuple[str, Headers]:
    """(status line, header lines) of the response record of a capture."""
    line = capture.exchange.status_line or f"{capture.http_version} {capture.status}"
    if capture.status == 304:
        return line, capture.headers
    names = {name.lower() for name, _ in capture.headers}
    length = str(len(capture.body))
    wrong = {name for name in names if name in _FRAMING and not _holds(name, length, capture.headers)}
    if "transfer-encoding" in wrong and "content-length" in names:
        wrong.add("content-length")
    lines = [
        (f"{ORIGINAL}{name}" if name.lower() in wrong else name, value) for name, value in capture.headers
    ]
    if wrong & {"content-length", "transfer-encoding"}:
        lines.append(("Content-Length", length))
    return line, tuple(lines)


def _holds(name: str, length: str, lines: Headers) -> bool:
    """Whether what a header says of the framing is true of the decoded body."""
    values = {value.strip().lower() for key, value in lines if key.lower() == name}
    if name == "content-length":
        return values == {length}
    return name == "content-encoding" and values <= {"identity", "none", ""}


def original_lines(lines: Headers) -> Headers:
    """Header lines of a record as they came over the wire: :func:`answer_head` taken back."""
    renamed = {f"{ORIGINAL}{name}".lower() for name in _FRAMING}
    found = {name.lower() for name, _ in lines} & renamed
    added = bool(found & {f"{ORIGINAL}{name}".lower() for name in ("content-length", "transfer-encoding")})
    return tuple(
        (name[len(ORIGINAL) :] if name.lower() in renamed else name, value)
        for name, value in lines
        if not (added and name.lower() == "content-length")
    )


def request_line(capture: Capture) -> str:
    """The first line of a capture's request record; made from its address where it was not kept."""
    if capture.exchange.request_line is not None:
        return capture.exchange.request_line
    parts = urlsplit(capture.url)
    return f"GET {parts.path or '/'}{f'?{parts.query}' if parts.query else ''} HTTP/1.1"


def block(first: str, lines: Headers) -> bytes:
    """A head as bytes, with the empty line that ends it."""
    said = "".join(f"{name}: {value}\r\n" for name, value in lines)
    return f"{first}\r\n{said}\r\n".encode("latin-1", "replace")


@dataclass(frozen=True, kw_only=True)
class Head:
    """A head of HTTP as it stands in a record."""

    first: str
    lines: Headers
    size: int
    """Bytes, with the empty line."""


def parsed(content: bytes) -> Head:
    """The head with which the block of a record begins. Of what has no end, all is head."""
    end = _END.search(content)
    size = end.end() if end else len(content)
    first, *rest = re.split(rb"\r?\n", content[:size].rstrip(b"\r\n"))
    lines: list[tuple[str, str]] = []
    for line in rest:
        if line[:1] in b" \t" and lines:
            lines[-1] = lines[-1][0], f"{lines[-1][1]} {line.strip().decode('latin-1')}"
            continue
        name, colon, value = line.partition(b":")
        if colon and name.strip():
            lines.append((name.strip().decode("latin-1"), value.strip(b" \t").decode("latin-1")))
    return Head(first=first.decode("latin-1"), lines=tuple(lines), size=size)


_END = re.compile(rb"\r?\n\r?\n")


# ---------------------------------------------------------------- facts beside a record


def facts(capture: Capture) -> list[tuple[str, str]]:
    """What is known of a capture besides heads and body; what is not known is left out."""
    exchange, terms = capture.exchange, capture.terms
    digest = exchange.wire_digest
    said: list[tuple[str, str | None]] = [
        ("via", capture.via),
        ("site", capture.site),
        ("protocol", capture.http_version),
        ("truncated", _flag(capture.truncated)),
        ("cut", exchange.cut),
        ("request-line", exchange.request_line),
        ("status-line", exchange.status_line),
        ("server", exchange.server),
        ("tls", exchange.tls),
        ("wire-size", str(exchange.wire_size) if exchange.wire_size is not None else None),
        ("wire-digest", f"sha256:{digest.hex()}" if digest is not None else None),
    ]
    if terms is not None:
        said += [
            ("robots", terms.robots),
            ("tdm-reserved", _flag(terms.reserved)),
            ("tdm-witness", terms.witness),
            ("tdm-policy", terms.policy),
            ("tdm-said", terms.said),
            ("ground", terms.ground.value),
        ]
    return [(name, value) for name, value in said if value is not None]


def _flag(value: bool | None) -> str | None:
    return None if value is None else str(value).lower()


def with_facts(capture: Capture, known: Mapping[str, str]) -> Capture:
    """A capture read from a record of ours, with what :func:`facts` said. Raises :class:`ValueError`."""
    terms = None
    if "robots" in known:
        reserved = known.get("tdm-reserved")
        terms = Terms(
            robots=known["robots"],
            reserved=None if reserved is None else reserved == "true",
            witness=known.get("tdm-witness", ""),
            policy=known.get("tdm-policy", ""),
            said=known.get("tdm-said", ""),
            ground=Ground(known.get("ground", Ground.GENERAL)),
        )
    size, digest, cut = (known.get(name) for name in ("wire-size", "wire-digest", "cut"))
    return Capture(
        site=known["site"],
        url=capture.url,
        at=capture.at,
        status=capture.status,
        headers=capture.headers,
        body=capture.body,
        request_headers=capture.request_headers,
        http_version=known.get("protocol", capture.http_version),
        via=known.get("via"),
        truncated=known.get("truncated") == "true",
        exchange=Exchange(
            request_line=known.get("request-line"),
            status_line=known.get("status-line"),
            server=known.get("server"),
            tls=known.get("tls"),
            cut=Cut(cut) if cut else None,
            wire_size=int(size) if size else None,
            wire_digest=bytes.fromhex(digest.removeprefix("sha256:")) if digest else None,
        ),
        terms=terms,
    )


def fields(said: Iterable[tuple[str, str]]) -> bytes:
    """``application/warc-fields``: a line each. A value that a line cannot hold as it is stands as JSON."""
    return "".join(f"{name}: {_written(value)}\r\n" for name, value in said).encode()


def read_fields(content: bytes) -> dict[str, str]:
    """The fields of a record, by name in small letters; of a name said twice, the first."""
    found: dict[str, str] = {}
    for line in content.decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip().lower(), _read(value.strip()))
    return found


def _written(value: str) -> str:
    plain = value == value.strip() and not value.startswith('"') and value.isprintable()
    return value if plain else json.dumps(value)


def _read(value: str) -> str:
    if value.startswith('"') and value.endswith('"') and len(value) > 1:
        try:
            return str(json.loads(value))
        except ValueError:
            return value
    return value


def warc_date(moment: datetime) -> str:
    """A time as WARC/1.1 has it: to the second, or with the digits its fraction has."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def moment_of(text: str) -> datetime:
    """A WARC-Date, of up to nine digits, as an aware time. Raises :class:`ValueError`."""
    whole = re.sub(r"(\.\d{6})\d+", r"\1", text.strip())
    if re.fullmatch(r"\d{14}", whole):  # as ARC files and some crawlers write it
        return datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    moment = datetime.fromisoformat(whole)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
