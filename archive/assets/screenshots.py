"""Pictures of archived pages: kept beside the capture they are of, shown and destroyed as it is.

A picture is made of what the archive has, with a browser of the day on which it is made. It is no answer of a
server, so it is no capture, and stands in no seal: what it shows does, and it can be made again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, bindparam, delete, exists, insert, select

from archive.captures.compression import WITHOUT_BYTES
from archive.captures.store import REDACTED_CAPTURE, CaptureStore
from archive.db.schema import bodies, captures, screenshots, sites, versions
from archive.db.session import Session
from archive.errors import NotFound
from archive.model.types import StoredCapture

PNG, JPEG = "image/png", "image/jpeg"

_OF = select(
    screenshots.c.capture_id,
    screenshots.c.at,
    screenshots.c.digest,
    screenshots.c.media_type,
    screenshots.c.width,
    screenshots.c.height,
    screenshots.c.whole,
    screenshots.c.browser,
    screenshots.c.made_of,
    screenshots.c.lacking,
)
_ONE = _OF.where(screenshots.c.capture_id == bindparam("capture"))
_DATA = select(screenshots.c.data).where(screenshots.c.capture_id == bindparam("capture"))
_WANTED = (
    select(captures.c.id)
    .join(sites, sites.c.id == captures.c.site_id)
    .join(bodies, bodies.c.id == captures.c.body_id)
    .where(
        sites.c.name == bindparam("site"),
        exists().where(versions.c.capture_id == captures.c.id),
        ~exists().where(screenshots.c.capture_id == captures.c.id),
        captures.c.truncated.is_(False),
        bodies.c.codec.not_in(WITHOUT_BYTES),
        ~REDACTED_CAPTURE.element,
    )
    .order_by(captures.c.id.desc())
    .limit(bindparam("limit"))
)


@dataclass(frozen=True, kw_only=True)
class Screenshot:
    """A picture of an archived page."""

    capture: int
    """Number of the capture it is of."""
    at: datetime
    """When it was made; the page is as old as its capture."""
    digest: bytes
    """SHA-256 of the picture's bytes."""
    media_type: str
    width: int
    """Pixels."""
    height: int
    whole: bool
    """It shows all of the page; otherwise its beginning."""
    browser: str
    """What drew it, with its release."""
    made_of: tuple[int, ...]
    """Captures of the pictures, style sheets and fonts in it."""
    lacking: int
    """Pictures, style sheets and fonts of the page that were not in the archive."""


class Screenshots:
    """Pictures of archived pages."""

    def __init__(self, session: Session, captures: CaptureStore) -> None:
        self._session, self._captures = session, captures

    def wanted(self, site: str, *, limit: int) -> list[int]:
        """Captures in which a version was first seen and of which there is no picture, the latest first."""
        with self._session.asking() as connection:
            return list(connection.execute(_WANTED, {"site": site, "limit": limit}).scalars())

    def add(self, site: str, made: Screenshot, data: bytes) -> None:
        """Keep a picture in the open batch, unless there is one of its capture already."""
        with self._session.writing(site) as connection:
            if connection.execute(_ONE, {"capture": made.capture}).first() is not None:
                return
            connection.execute(
                insert(screenshots),
                {
                    "capture_id": made.capture,
                    "at": made.at,
                    "digest": made.digest,
                    "data": data,
                    "media_type": made.media_type,
                    "width": made.width,
                    "height": made.height,
                    "whole": made.whole,
                    "browser": made.browser,
                    "made_of": list(made.made_of),
                    "lacking": made.lacking,
                },
            )

    def of(self, capture: int) -> Screenshot | None:
        """The picture of a capture; ``None``: there is none, or it may not be shown."""
        with self._session.asking() as connection:
            return self.shown(connection, self._captures.shown(connection, capture))

    def shown(self, connection: Connection, kept: StoredCapture) -> Screenshot | None:
        """The picture of a capture as it may be shown: there is none of one with anything in it, by now,
        that may not be."""
        row = connection.execute(_ONE, {"capture": kept.id}).one_or_none()
        if row is None or kept.masked or not kept.capture.body:
            return None
        hidden = select(captures.c.id).where(captures.c.id.in_(row.made_of), REDACTED_CAPTURE.element)
        if row.made_of and connection.execute(hidden.limit(1)).first() is not None:
            return None
        return _screenshot(row)

    def data(self, capture: int) -> tuple[Screenshot, bytes]:
        """The picture of a capture, and its bytes. Raises :class:`NotFound`."""
        with self._session.asking() as connection:
            found = self.shown(connection, self._captures.shown(connection, capture))
            if found is None:
                raise NotFound("there is no screenshot of capture {number}", number=capture)
            return found, data_of(connection, capture)


def data_of(connection: Connection, capture: int) -> bytes:
    """The bytes of the picture of a capture that has one."""
    return bytes(connection.execute(_DATA, {"capture": capture}).scalar_one())


def damaged(connection: Connection) -> Iterator[str]:
    """Which pictures are not what was kept, in words."""
    wanted = select(screenshots.c.capture_id, screenshots.c.digest).order_by(screenshots.c.capture_id)
    for row in connection.execute(wanted).all():
        if hashlib.sha256(data_of(connection, row.capture_id)).digest() != row.digest:
            yield f"the screenshot of capture {row.capture_id} is damaged"


def destroy(connection: Connection, *, site: int, own: Collection[int], masked: Sequence[str]) -> None:
    """Drop the pictures that show what is being destroyed: the captures *own*, or bodies of a site from
    which words were taken (digests in hexadecimal)."""
    taken = [bytes.fromhex(each) for each in masked]
    without = set(
        connection.execute(
            select(captures.c.id)
            .join(bodies, bodies.c.id == captures.c.body_id)
            .where(captures.c.site_id == site, bodies.c.digest.in_(taken))
        ).scalars()
    )
    wanted = (
        select(screenshots.c.capture_id, screenshots.c.made_of)
        .join(captures, captures.c.id == screenshots.c.capture_id)
        .where(captures.c.site_id == site)
    )
    doomed = [
        row.capture_id
        for row in connection.execute(wanted)
        if row.capture_id in own or row.capture_id in without or not set(row.made_of).isdisjoint(own)
    ]
    connection.execute(delete(screenshots).where(screenshots.c.capture_id.in_(doomed)))


def _screenshot(row: Row[*tuple[object, ...]]) -> Screenshot:
    values = dict(row._mapping)
    return Screenshot(**values | {"capture": values.pop("capture_id"), "made_of": tuple(values["made_of"])})
