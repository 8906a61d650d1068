"""The hash chain: what a seal covers, and how its digest is made. Pure.

Each committed batch that added captures, versions or runs ends with a seal. Its digest is the SHA-256 of
the digest before it (32 bytes, zeros for the first) and of one line for each row added, captures first,
then versions, then runs, each in order of number, each with a line feed before it. A line is a JSON array
without white space, in UTF-8:

- ``["capture", number, site, url, via, at, status, http_version, truncated, body, request, answer]``,
  *body* the body's SHA-256 in hexadecimal or null, *request* and *answer* lists of header lines; where
  something is known of the exchange, behind it ``[request_line, status_line, server, tls, cut, wire_size,
  wire_digest]``, each null where it is not known;
- ``["version", number, article, version, capture, first_seen, content_hash]``, the hash as first read;
- ``["run", number, site, started, settings]``, *settings* with its keys in alphabetical order.

A seal names the rows it covers by their numbers, in ranges: ``17-40,42``. Batches of several writers at once
take their numbers between each other.

Times are UTC, as in ``2026-03-02T08:00:00+00:00``. Who knows the digest of one seal can tell whether
anything up to it was changed since; who has it time-stamped by a third party can prove it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from archive.model.exchange import Exchange
from archive.model.types import Headers

START = bytes(32)
"""What stands before the first seal."""


def capture_line(
    number: int,
    *,
    site: str,
    url: str,
    via: str | None,
    at: datetime,
    status: int,
    http_version: str,
    truncated: bool,
    body: bytes | None,
    request: Headers,
    answer: Headers,
    exchange: Exchange,
) -> bytes:
    """The line of a capture; *body* is the digest of its body."""
    moment, digest = at.isoformat(), body.hex() if body else None
    members = [
        "capture", number, site, url, via, moment, status, http_version, truncated, digest, request, answer,
    ]  # fmt: skip
    known = exchange.sealed()
    return orjson.dumps(members if known is None else [*members, known])


def version_line(
    number: int, *, article: int, version: int, capture: int, first_seen: datetime, content_hash: str
) -> bytes:
    """The line of a version."""
    return orjson.dumps(["version", number, article, version, capture, first_seen.isoformat(), content_hash])


def run_line(number: int, *, site: str, started: datetime, settings: Mapping[str, Any]) -> bytes:
    """The line of a run."""
    return orjson.dumps(["run", number, site, started.isoformat(), settings], option=orjson.OPT_SORT_KEYS)


def seal(before: bytes, lines: Iterable[bytes]) -> bytes:
    """The digest of a seal."""
    digest = hashlib.sha256(before)
    for line in lines:
        digest.update(b"\n")
        digest.update(line)
    return digest.digest()


def ranges(numbers: Iterable[int]) -> str | None:
    """Numbers as a seal writes them: ``17-40,42``; ``None`` for none."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in found) or None


def in_ranges(written: str | None) -> Sequence[tuple[int, int]]:
    """First and last number of each range, in their order. ``ValueError``: no seal is written so."""
    found = []
    for each in written.split(",") if written else ():
        first, _, last = each.partition("-")
        found.append((int(first), int(last or first)))
    return found


def told(seal: object) -> str:
    """What a seal (a row of the table) covers, in words."""
    said = []
    for kind in ("capture", "version", "run"):
        written = getattr(seal, f"{kind}s")
        if written is not None:
            name = kind if written.isdecimal() else f"{kind}s"
            said.append(f"{name} {written.replace('-', ' to ').replace(',', ', ')}")
    return ", ".join(said)
