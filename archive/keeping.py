"""Keeping: visits and captures into the archive, and out again as they came. Judges nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, bindparam, exists, insert, select, update

from archive import bodies, seals
from archive.batch import Batch
from archive.errors import NotFound
from archive.rows import AnyRow, added_number
from archive.schema import addresses, captures, changes, redactions, runs, sites, verdicts
from archive.types import Capture, Kept, Role

_ADDRESS_ID = select(addresses.c.id).where(
    addresses.c.url == bindparam("url"), addresses.c.site_id == bindparam("site")
)
_ADD_ADDRESS = insert(addresses)
_ADD_CAPTURE = insert(captures)
_ADD_CHANGE = insert(changes)
_CAPTURE = (
    select(
        captures.c.id,
        sites.c.name.label("site"),
        addresses.c.url,
        captures.c.via,
        captures.c.at,
        captures.c.status,
        captures.c.http_version,
        captures.c.truncated,
        captures.c.headers,
        captures.c.dictionary_id,
        captures.c.body_id,
    )
    .select_from(captures)
    .join(sites, sites.c.id == captures.c.site_id)
    .join(addresses, addresses.c.id == captures.c.address_id)
)
REDACTED_CAPTURE = (
    exists()
    .where(
        verdicts.c.capture_id == captures.c.id,
        redactions.c.article_id == verdicts.c.article_id,
        redactions.c.lifted_at.is_(None),
    )
    .label("redacted")
)
"""Whether a capture shows an article that may not be shown."""
_CAPTURE = _CAPTURE.add_columns(REDACTED_CAPTURE)
_ONE_CAPTURE = _CAPTURE.where(captures.c.id == bindparam("capture"))

PAGE = 100
"""Rows a walk through the archive asks for at a time, so that no walk keeps a snapshot open for long."""


class Keeping(Batch):
    """Visits and captures."""

    def __init__(self, where: str, writer: Engine | None, reader: Engine | None) -> None:
        super().__init__(where, writer, reader)
        self._packing = bodies.Packing()

    def _forget(self) -> None:
        super()._forget()
        self._packing.forget()

    # ------------------------------------------------------------ runs

    def start_run(self, site: str, *, at: datetime, settings: Mapping[str, Any]) -> int:
        """Record that a visit began (and commit it: a killed visit leaves a run without an end)."""
        with self._writing() as connection:
            number = self._ensure_site(connection, site)
            added = connection.execute(
                insert(runs), {"site_id": number, "started": at, "settings": dict(settings)}
            )
            run = added_number(added)
            line = seals.run_line(run, site=site, started=at.astimezone(UTC), settings=dict(settings))
            self._covered("run", run, line)
        self.commit()
        return run

    def end_run(self, run: int, *, at: datetime, outcome: str, counts: Mapping[str, int]) -> None:
        """Record how a visit ended (``done``, ``stopped``, ``failed``) with its counts, and commit."""
        with self._writing() as connection:
            connection.execute(
                update(runs).where(runs.c.id == run).values(ended=at, outcome=outcome, counts=dict(counts))
            )
        self.commit()

    # ------------------------------------------------------------ captures

    def keep(self, capture: Capture, *, run: int | None = None) -> Kept:
        """Put a capture into the open batch. Identical bodies are stored once."""
        headers = bodies.pack_headers(capture.request_headers, capture.headers)
        with self._writing() as connection:
            site = self._ensure_site(connection, capture.site)
            address = self._ensure_address(connection, site, capture)
            added = connection.execute(
                _ADD_CAPTURE,
                {
                    "site_id": site,
                    "run_id": run,
                    "address_id": address,
                    "via": capture.via,
                    "at": capture.at,
                    "status": capture.status,
                    "http_version": capture.http_version,
                    "content_type": capture.header("content-type"),
                    "truncated": capture.truncated,
                    "headers": headers,
                    "dictionary_id": bodies.HEADER_DICTIONARY,
                    "body_id": self._packing.store(connection, capture.body, site=site, address=address),
                },
            )
            kept = Kept(id=added_number(added), capture=capture)
            line = seals.capture_line(
                kept.id,
                site=capture.site,
                url=capture.url,
                via=capture.via,
                at=capture.at.astimezone(UTC),
                status=capture.status,
                http_version=capture.http_version,
                truncated=capture.truncated,
                body=hashlib.sha256(capture.body).digest() if capture.body else None,
                request=capture.request_headers,
                answer=capture.headers,
            )
            self._covered("capture", kept.id, line)
            return kept

    def _ensure_address(self, connection: Connection, site: int, capture: Capture) -> int:
        """The address that answered. One met under way (a redirect's target) is noted, but is not due."""
        known = connection.execute(_ADDRESS_ID, {"url": capture.url, "site": site}).scalar()
        if known is not None:
            return int(known)
        added = connection.execute(
            _ADD_ADDRESS,
            {
                "site_id": site,
                "url": capture.url,
                "role": Role.PAGE.value,
                "found_at": capture.at,
                "found_on": capture.via,
                "how": "capture",
                "depth": 0,
                "failures": 0,
            },
        )
        return added_number(added)

    def capture(self, capture: int) -> Kept:
        """One capture as it came; without its body when the article it shows is redacted.

        Raises :class:`NotFound`.
        """
        with self._asking() as connection:
            return self._load(connection, capture)

    def captures(self, site: str | None = None, url: str | None = None) -> Iterator[Kept]:
        """Captures in the order in which they were kept; at exactly one address when *url* is given."""
        wanted = _CAPTURE
        if site is not None:
            wanted = wanted.where(sites.c.name == site)
        if url is not None:
            wanted = wanted.where(addresses.c.url == url)
        yield from self._walk(wanted)

    def _changed(self, connection: Connection, article: int) -> None:
        """Tell the full-text index, which comes by in its own time, that an article's words changed."""
        connection.execute(_ADD_CHANGE, {"article_id": article})

    def _walk(self, wanted: Select[Any]) -> Iterator[Kept]:
        """Captures of a selection, a page at a time, in order of number."""
        page = wanted.where(captures.c.id > bindparam("after")).order_by(captures.c.id).limit(PAGE)
        after = 0
        while True:
            with self._asking() as connection:
                found = [_kept(connection, row) for row in connection.execute(page, {"after": after})]
            yield from found
            if len(found) < PAGE:
                return
            after = found[-1].id

    def _load(self, connection: Connection, capture: int, *, whole: bool = False) -> Kept:
        """A capture; *whole*, for our own reading, also when it may not be shown."""
        row = connection.execute(_ONE_CAPTURE, {"capture": capture}).one_or_none()
        if row is None:
            raise NotFound(f"there is no capture {capture}")
        return _kept(connection, row, whole=whole)


def _kept(connection: Connection, row: AnyRow, *, whole: bool = False) -> Kept:
    dictionary = bodies.load_dictionary(connection, row.dictionary_id)
    request, answer = bodies.unpack_headers(row.headers, dictionary)
    capture = Capture(
        site=row.site,
        url=row.url,
        at=row.at,
        status=row.status,
        headers=answer,
        body=b"" if row.redacted and not whole else bodies.load(connection, row.body_id),
        request_headers=request,
        http_version=row.http_version,
        via=row.via,
        truncated=row.truncated,
    )
    return Kept(id=row.id, capture=capture)
