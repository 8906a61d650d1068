"""A small newsroom for the archive's tests: captures and articles in a line each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from archive import Archive, Article, Block, BlockKind, Capture, PageKind, StatedTime, StoredCapture, Verdict
from archive.model.types import Provenance

PAGE = "https://krant.example/1"
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""When every story here begins."""


def day(number: float) -> datetime:
    """That many days after :data:`MONDAY`."""
    return MONDAY + timedelta(days=number)


def article(text: str = "De brug is dicht.\nHij blijft dicht.", **fields: Any) -> Article:
    """An article of paragraphs, one per line; ``modified`` may be a datetime."""
    fields = {"title": "Brug dicht", "kind": PageKind.ARTICLE, "url": PAGE, **fields}
    if isinstance(fields.get("modified"), datetime):
        moment = fields["modified"]
        fields["modified"] = StatedTime(value=moment, raw=str(moment), source="meta")
    paragraphs = tuple(Block(kind=BlockKind.PARAGRAPH, text=line) for line in text.split("\n") if line)
    return Article(blocks=fields.pop("blocks", paragraphs), **fields)


def capture(url: str = PAGE, *, at: datetime = MONDAY, **fields: Any) -> Capture:
    """A capture of a page of the site ``krant``."""
    fields = {"site": "krant", "status": 200, "body": f"<p>{at}</p>".encode(), **fields}
    headers = (("Content-Type", "text/html"), ("ETag", '"a"'))
    return Capture(url=url, at=at, headers=headers, request_headers=(("Host", "krant.example"),), **fields)


@dataclass
class Filer:
    """Files what a visit saw, and reads old pages again as it is told to."""

    archive: Archive
    pages: dict[bytes, Article] = field(default_factory=dict)
    """How a body reads with today's reader."""
    read: list[bytes] = field(default_factory=list)
    """Bodies that were read again."""

    def read_again(self, page: Capture) -> Article:
        self.read.append(page.body)
        return self.pages[page.body]

    def see(
        self,
        seen: Article,
        at: datetime,
        *,
        key: str = "1",
        url: str = PAGE,
        **fields: Any,
    ) -> Verdict:
        """A visit at which the page read as *seen*."""
        kept = self.archive.captures.keep(capture(url, at=at, **fields))
        return self.archive.filing.file(seen, capture=kept, key=key, read_again=self.read_again)

    def miss(
        self, at: datetime, *, status: int = 404, key: str = "1", url: str = PAGE, site: str = "krant"
    ) -> Verdict:
        """A visit that found the page absent."""
        kept = self.archive.captures.keep(capture(url, at=at, status=status, site=site))
        return self.archive.filing.absent(kept, key=key, reason=f"HTTP {status}", final=status == 410)

    def unchanged(self, at: datetime, url: str = PAGE) -> Verdict:
        """A visit answered with 304."""
        kept: StoredCapture = self.archive.captures.keep(capture(url, at=at, status=304, body=b""))
        return self.archive.filing.confirm(kept)


def reader(extractor: str) -> Provenance:
    return Provenance(extractor=extractor)


def read_with(extractor: str, seen: Article) -> Article:
    return replace(seen, reader=reader(extractor))
