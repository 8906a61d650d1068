"""Which assets pages of articles show, and their archived copies: what an archive holds of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from sqlalchemy import Connection, bindparam, insert, select

from archive.assets.kinds import AssetLink, kind_of
from archive.assets.stylesheets import absolute
from archive.captures.store import CaptureStore
from archive.db.mapping import address_of
from archive.db.schema import addresses, article_assets, captures
from archive.db.session import Session
from archive.model.addresses import Address, Role
from archive.model.types import PageKind, StoredCapture, Verdict, VerdictKind
from archive.versions.rows import FilingRows

MOST_HOPS = 5
"""Redirects that are followed from the address of an asset."""

TRIED = 5
"""Answers, the nearest first, among which one is looked for that is what it was asked for as."""

_BY_URL = select(addresses.c.id, addresses.c.url, addresses.c.reason, addresses.c.last_visit).where(
    addresses.c.site_id == bindparam("site"), addresses.c.url.in_(bindparam("urls", expanding=True))
)
_ROWS = select(addresses).where(
    addresses.c.site_id == bindparam("site"), addresses.c.url.in_(bindparam("urls", expanding=True))
)
_WAITING = (
    select(addresses)
    .where(
        addresses.c.role == Role.ASSET.value,
        addresses.c.site_id == bindparam("site"),
        addresses.c.last_visit.is_(None),
    )
    .order_by(addresses.c.id)
    .limit(bindparam("limit"))
)
_ANSWERS = (
    select(captures.c.id, captures.c.address_id, captures.c.at, captures.c.status, captures.c.body_id)
    .where(
        captures.c.address_id.in_(bindparam("addresses", expanding=True)),
        captures.c.truncated.is_(False),
        captures.c.status.in_((200, 203, 301, 302, 303, 304, 307, 308)),
    )
    .order_by(captures.c.at, captures.c.id)
)
_LINKED = select(article_assets.c.address_id).where(article_assets.c.article_id == bindparam("article"))


@dataclass(frozen=True, kw_only=True)
class AssetCopy:
    """What the archive has of an asset at about a time."""

    url: str
    """As the page names it."""
    kept: StoredCapture | None
    """The capture nearest to that time, with its bytes; ``None``: there is none."""
    reason: str = ""
    """Why there is none; empty: it was never asked for."""


class Assets:
    """Pictures, style sheets and fonts."""

    def __init__(self, session: Session, captures: CaptureStore, rows: FilingRows) -> None:
        self._session, self._captures, self._rows = session, captures, rows

    def add(
        self, site: str, article: int | None, links: Iterable[AssetLink], *, found_on: str, at: datetime
    ) -> list[Address]:
        """Note what a page of an *article* shows, or (``None``) a style sheet; returns it in that order."""
        wanted = {each.url: each for each in links}
        if not wanted:
            return []
        with self._session.writing(site) as connection:
            number = self._session.ensure_site(connection, site)
            known = self._known(connection, number, list(wanted))
            fresh = [_row(number, url, found_on, at) for url in wanted if url not in known]
            if fresh:
                connection.execute(insert(addresses), fresh)
                known = self._known(connection, number, list(wanted))
            if article is None:
                return [known[url] for url in wanted if url in known]
            linked = set(connection.execute(_LINKED, {"article": article}).scalars())
            rows = [
                {
                    "article_id": article,
                    "address_id": known[url].id,
                    "own": link.own,
                }
                for url, link in wanted.items()
                if url in known and known[url].id not in linked
            ]
            if rows:
                connection.execute(insert(article_assets), rows)
        return [known[url] for url in wanted if url in known]

    def _known(self, connection: Connection, site: int, urls: Sequence[str]) -> dict[str, Address]:
        rows = connection.execute(_ROWS, {"site": site, "urls": urls})
        return {row.url: address_of(row) for row in rows}

    def waiting(self, site: str, *, limit: int) -> list[Address]:
        """Assets that were never asked for, the first found first."""
        with self._session.asking() as connection:
            number = self._session.site_id(connection, site)
            rows = connection.execute(_WAITING, {"site": number, "limit": limit})
            return [address_of(row) for row in rows]

    def file(self, kept: StoredCapture, reason: str) -> Verdict:
        """File an answer as an asset: no page, and no news."""
        return self._rows.note(kept, VerdictKind.NOT_ARTICLE, page=PageKind.ASSET, reason=reason)

    def copies(self, site: str, urls: Iterable[str], at: datetime) -> dict[str, AssetCopy]:
        """Archived copies of assets, those nearest to a time, as they may be shown."""
        with self._session.asking() as connection:
            number = self._session.site_id(connection, site)
            return self._copies(connection, number, list(urls), at, MOST_HOPS)

    def _copies(
        self, connection: Connection, site: int | None, urls: list[str], at: datetime, hops: int
    ) -> dict[str, AssetCopy]:
        known = {row.url: row for row in connection.execute(_BY_URL, {"site": site, "urls": urls})}
        asked = {"addresses": [row.id for row in known.values()]}
        answers: dict[int, list[tuple[datetime, int]]] = {}
        standing: dict[int, int] = {}
        for row in connection.execute(_ANSWERS, asked) if known else ():
            if row.status == 304:
                if (body := standing.get(row.address_id)) is not None:
                    answers[row.address_id].append((row.at, body))
            elif row.status >= 300 or row.body_id is not None:
                answers.setdefault(row.address_id, []).append((row.at, row.id))
                standing[row.address_id] = row.id
        found = {}
        for url in urls:
            seen = known.get(url)
            near = answers.get(seen.id) if seen is not None else None
            if not near:
                reason = (seen.reason or "") if seen is not None else ""
                found[url] = AssetCopy(url=url, kept=None, reason=reason)
                continue
            nearest = sorted(near, key=lambda each: abs(each[0] - at))[:TRIED]
            copies = (self._followed(connection, site, url, capture, at, hops) for _, capture in nearest)
            found[url] = next((each for each in copies if each.kept or each.reason == HIDDEN), None) or (
                AssetCopy(url=url, kept=None, reason=seen.reason or "" if seen is not None else "")
            )
        return found

    def _followed(
        self, connection: Connection, site: int | None, url: str, capture: int, at: datetime, hops: int
    ) -> AssetCopy:
        kept = self._captures.shown(connection, capture)
        if kept.capture.status < 300:
            if not kept.capture.body:
                return AssetCopy(url=url, kept=None, reason=HIDDEN)
            usable = kind_of(kept.capture.body, kept.capture.header("content-type")) is not None
            return AssetCopy(url=url, kept=kept if usable else None)
        target = absolute(urljoin(kept.capture.url, kept.capture.header("location") or ""), kept.capture.url)
        if target is None or not hops:
            return AssetCopy(url=url, kept=None)
        there = self._copies(connection, site, [target], at, hops - 1)[target]
        return AssetCopy(url=url, kept=there.kept, reason=there.reason)


HIDDEN = "it may not be shown"
"""Why a copy that there is is not given: its article is redacted, or its bytes are no more."""


def _row(site: int, url: str, found_on: str, at: datetime) -> dict[str, object]:
    return {
        "site_id": site,
        "url": url,
        "role": Role.ASSET.value,
        "found_at": at,
        "found_on": found_on,
        "how": "page",
        "depth": 0,
        "failures": 0,
        "newness": at,
    }
