"""A small archive of a site's answers, of every kind that a web archive has to tell apart."""

from __future__ import annotations

import gzip
import hashlib
from datetime import datetime
from pathlib import Path

from archive import Archive, Capture
from archive.model.addresses import Link, Role
from archive.model.exchange import Cut, Exchange
from archive.model.types import Ground, Headers, Terms
from crawler.ingest.ingest import ingest, reader
from crawler.siteconfig.site import Site
from tests.archive.newsroom import day
from tests.crawler.crawling import story

SITE = Site(name="krant", url="http://krant.example/", language="nl")
REQUEST: Headers = (("Host", "krant.example"), ("User-Agent", "Legger/test"), ("Accept-Encoding", "gzip"))
TERMS = Terms(
    robots="allowed",
    reserved=True,
    witness="header",
    said='tdm:"1"\nnoai',
    policy="https://p.example/",
    ground=Ground.RESEARCH,
)
KINDS: dict[str, Headers] = {
    "plain": (("Content-Type", "text/html; charset=utf-8"), ("X-Naam", "Café één")),
    "packed": (
        ("Content-Type", "text/html"),
        ("content-encoding", "gzip"),
        ("Transfer-Encoding", "chunked"),
        ("ETag", '"a"'),
    ),
    "closed": (("Content-Type", "text/html"), ("Content-Encoding", "gzip")),
}


def answer(
    path: str, at: datetime, body: bytes = b"", *, status: int = 200, kind: str = "plain", **fields: object
) -> Capture:
    """An answer as our own crawls keep them."""
    wire = gzip.compress(body, mtime=0) if kind != "plain" else body
    lines = KINDS[kind]
    if kind != "packed":
        lines = (*lines, ("Content-Length", str(len(wire))), ("Date", "Mon, 02 Mar 2026 08:00:00 GMT"))
    known = {
        "request_headers": REQUEST,
        "terms": TERMS,
        "exchange": Exchange(
            request_line=f"GET {path} HTTP/1.1",
            status_line=f"HTTP/1.1 {status} Zo is het",
            server="192.0.2.7",
            tls="TLSv1.3",
            wire_size=len(wire),
            wire_digest=hashlib.sha256(wire).digest(),
        ),
    }
    return Capture(
        site="krant", url=f"http://krant.example{path}", at=at, status=status, body=body,
        **{"headers": lines, **known, **fields},  # type: ignore[arg-type]
    )  # fmt: skip


def answers() -> list[Capture]:
    """What a site answered in a week, in order."""
    first, second = story(1).encode(), story(1).replace("tevreden", "boos").encode()
    moved = (("Location", "/2"), ("Content-Length", "0"))
    cut = Exchange(status_line="HTTP/1.1 200 OK", cut=Cut.DISCONNECT)
    return [
        answer(
            "/robots.txt", day(0), b"User-agent: *\nDisallow:\n", headers=(("Content-Type", "text/plain"),)
        ),
        answer("/1", day(0.1), first, kind="packed"),
        answer("/oud", day(0.2), status=301, headers=moved),
        answer("/2", day(0.3).replace(microsecond=123456), story(2).encode(), via="http://krant.example/oud"),
        answer("/1", day(1), status=304, headers=(("ETag", '"a"'), ("Content-Length", "512"))),
        answer("/1?print", day(1.5), first, kind="closed"),
        answer("/1", day(2), second, kind="packed"),
        answer("/2", day(3), story(2).encode()),
        answer("/3", day(3.5), story(3).encode()[:700], truncated=True, exchange=cut),
        answer("/4", day(4), story(4).encode(), exchange=Exchange(), request_headers=(), terms=None),
        answer("/2", day(5), b"<h1>Niet hier</h1>", status=404),
    ]


def filled(where: Path) -> Archive:
    """An open archive that holds these answers, filed, and one address that was missed."""
    archive = Archive.open(where)
    read = reader(SITE, archive)
    for each in answers():
        ingest(each, SITE, archive, read)
    archive.urls.found(
        "krant", [Link(url="http://krant.example/nooit", role=Role.PAGE, how="feed")], at=day(1)
    )
    archive.commit()
    return archive
