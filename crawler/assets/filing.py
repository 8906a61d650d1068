"""An answer kept and filed as a picture, style sheet or font, whoever asked for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from archive import Archive
from archive.assets.kinds import AssetKind, AssetLink, kind_of
from archive.assets.stylesheets import absolute, addresses_in, decoded
from archive.model.addresses import Miss
from archive.model.exchange import Cut
from archive.model.types import Article, Capture, StoredCapture
from crawler.fetching.tdm import forbids
from crawler.ingest.answer import REDIRECTS
from crawler.ingest.ingest import stated_location

LARGEST = 8_000_000
"""Bytes of one asset, at most; of a larger one is kept that it was answered."""


@dataclass(frozen=True, kw_only=True)
class FiledAsset:
    """What an answer came to."""

    kept: StoredCapture
    reason: str = ""
    """Why it is nothing that a page can show; empty: it is."""
    missed: Miss | None = None
    target: str | None = None
    """Where it leads."""
    shows: tuple[AssetLink, ...] = ()
    """What it shows itself: a style sheet's imports, pictures and fonts."""


def shown_links(capture: Capture, read: Article | None, *, width: int) -> list[AssetLink]:
    """What a page of an article shows. *read*: what reading made of it, whose pictures are its own."""
    from archive.assets.shown import shown_by  # few sites keep them, and a page must be read
    from crawler.extract.fields.images import file_of
    from crawler.extract.page.page import Page

    own = {file_of(image.url) for image in read.images} if read is not None else set()
    return [
        replace(each, own=not own.isdisjoint(map(file_of, (each.url, *each.also))))
        if each.kind is AssetKind.IMAGE
        else each
        for each in shown_by(Page.of(capture).tree, capture.url, width=width)
    ]


def file_asset(
    archive: Archive, capture: Capture, *, run: int | None, may_lead_on: bool = True
) -> FiledAsset:
    """Keep and file an answer in the open batch; where it leads, if it may, is noted as an address."""
    reason = ""
    if 200 <= capture.status < 300:
        capture, reason = _bounded(capture)
    target = _target(capture) if may_lead_on and capture.status in REDIRECTS else None
    if target is not None:
        link = AssetLink(url=target, kind=AssetKind.IMAGE)
        archive.assets.add(capture.site, None, [link], found_on=capture.url, at=capture.at)
    kept = archive.captures.keep(capture, run=run, page=False)
    kind = kind_of(capture.body, capture.header("content-type"))
    if target is not None:
        reason = f"redirects to {target}"[:500]
    elif capture.status in REDIRECTS:
        reason = "it redirects to nowhere, or too often"
    elif capture.status != 304 and not 200 <= capture.status < 300:
        reason = f"HTTP {capture.status}"
    elif capture.status != 304 and kind is None and not reason:
        reason = f"no picture, style sheet or font: {_said(capture)}"
    archive.assets.file(kept, reason or (kind.value if kind else _said(capture)))
    missed = None
    if reason and target is None:
        missed = (
            Miss.SERVER if capture.status >= 500 else Miss.CLIENT if capture.status >= 400 else Miss.ELSEWHERE
        )
    shows: Iterable[AssetLink] = ()
    if kind is AssetKind.STYLE and not missed and target is None:
        shows = addresses_in(decoded(capture.body, capture.header("content-type")), capture.url)
    return FiledAsset(
        kept=kept, reason=reason if missed else "", missed=missed, target=target, shows=tuple(shows)
    )


def _target(capture: Capture) -> str | None:
    return absolute(urljoin(capture.url, stated_location(capture)), capture.url)


def _bounded(capture: Capture) -> tuple[Capture, str]:
    """An answer as it is kept, and why it is kept without its bytes."""
    if capture.terms is not None and (why := forbids(capture.terms, capture.terms.ground)):
        return replace(capture, body=b""), why
    if capture.truncated and capture.exchange.cut is not Cut.LENGTH:
        return capture, f"broken off after {len(capture.body):,} bytes"
    if capture.truncated or len(capture.body) > LARGEST:
        cut = replace(capture.exchange, cut=Cut.LENGTH)
        why = f"larger than {LARGEST // 1_000_000} megabytes"
        return replace(capture, body=b"", truncated=True, exchange=cut), why
    return capture, "" if capture.body else "an empty answer"


def _said(capture: Capture) -> str:
    return (capture.header("content-type") or "of no stated type").partition(";")[0].strip()[:100]
