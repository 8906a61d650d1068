"""Captures: answers of servers kept as they came, and given back as they came."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Connection, Select, bindparam, exists, func, insert, or_, select

from archive.captures import compression
from archive.captures.headers import (
    HEADER_DICTIONARY,
    Heads,
    exchange_of,
    load_dictionary,
    pack_heads,
    unpack_heads,
)
from archive.captures.hidden_words import HiddenWords, words_of
from archive.db.mapping import AnyRow, added_number, without_words
from archive.db.prepared import Statement
from archive.db.schema import addresses, article_assets, captures, redactions, runs, sites, terms, verdicts
from archive.db.session import Session
from archive.errors import NotFound, NotHere
from archive.model import hashchain
from archive.model.addresses import Role
from archive.model.types import Capture, Ground, Headers, StoredCapture, Terms

_ADDRESS_ID = Statement(
    select(addresses.c.id).where(
        addresses.c.url == bindparam("url"), addresses.c.site_id == bindparam("site")
    )
)
_SITE_OF = select(captures.c.site_id).where(captures.c.id == bindparam("capture"))
_ADD_ADDRESS = Statement(insert(addresses))
_ADD_CAPTURE = Statement(insert(captures))
_TERMS = tuple(terms.c[each.name].label(f"terms_{each.name}") for each in fields(Terms))
CAPTURE = (
    select(
        captures.c.id,
        sites.c.name.label("site"),
        addresses.c.url,
        captures.c.via,
        captures.c.at,
        captures.c.status,
        captures.c.http_version,
        captures.c.truncated,
        captures.c.cut,
        captures.c.server,
        captures.c.tls,
        captures.c.wire_size,
        captures.c.wire_digest,
        captures.c.headers,
        captures.c.dictionary_id,
        captures.c.body_id,
        *_TERMS,
    )
    .select_from(captures)
    .join(sites, sites.c.id == captures.c.site_id)
    .join(addresses, addresses.c.id == captures.c.address_id)
    .outerjoin(terms, terms.c.id == captures.c.terms_id)
)
_SHOWN_BY, _ANSWERED_AT = verdicts.alias("shown_by"), addresses.alias("answered_at")
_ASSET, _SHOWN_TOO = article_assets.alias("asset"), article_assets.alias("shown_too")
_HIDING = redactions.alias("hiding")
ONLY_THERE = or_(
    _ASSET.c.own,
    ~exists()
    .where(
        _SHOWN_TOO.c.address_id == _ASSET.c.address_id,
        _SHOWN_TOO.c.article_id.not_in(select(_HIDING.c.article_id).where(_HIDING.c.lifted_at.is_(None))),
    )
    .correlate(_ASSET),
)
"""Whether an asset is a redacted article's: its own picture, or what no article shows that may be shown."""
REDACTED_CAPTURE = (
    exists()
    .where(
        redactions.c.lifted_at.is_(None),
        or_(
            redactions.c.article_id
            == select(_SHOWN_BY.c.article_id)
            .where(_SHOWN_BY.c.capture_id == captures.c.id)
            .correlate(captures)
            .scalar_subquery(),
            redactions.c.article_id
            == select(_ANSWERED_AT.c.article_id)
            .where(_ANSWERED_AT.c.id == captures.c.address_id)
            .correlate(captures)
            .scalar_subquery(),
            redactions.c.article_id.in_(
                select(_ASSET.c.article_id)
                .where(_ASSET.c.address_id == captures.c.address_id, ONLY_THERE)
                .correlate(captures)
            ),
        ),
    )
    .correlate(captures)
    .label("redacted")
)
"""Whether a capture shows an article that may not be shown, was answered at its address, or is of a picture
of it."""
CAPTURE = CAPTURE.add_columns(REDACTED_CAPTURE)
_ONE_CAPTURE = CAPTURE.where(captures.c.id == bindparam("capture"))

_DESTROYED_AT = Statement(
    select(redactions.c.id)
    .join(addresses, addresses.c.article_id == redactions.c.article_id)
    .where(
        addresses.c.url == bindparam("url"),
        addresses.c.site_id == bindparam("site"),
        redactions.c.destroyed_at.is_not(None),
        redactions.c.lifted_at.is_(None),
    )
)
_REDACTIONS = Statement(
    select(
        func.count(redactions.c.id).label("made"),
        func.count(redactions.c.destroyed_at).label("destroyed"),
        func.count(redactions.c.lifted_at).label("lifted"),
    )
)

PAGE = 100
"""Rows a walk through the archive asks for at a time, so that no walk keeps a snapshot open for long."""
FIRST_PAGE = 4
"""Rows that it asks for first: many a walk looks at one capture, and each is unpacked."""

LOOK_BACK = 50_000
"""Captures among which those are looked for that a killed run did not come to file."""
_KILLED = (
    select(runs.c.id)
    .where(runs.c.site_id == bindparam("site"), runs.c.ended.is_(None) | (runs.c.outcome == "stopped"))
    .order_by(runs.c.id.desc())
    .limit(3)
)
_UNFILED = (
    select(captures.c.id)
    .outerjoin(verdicts, verdicts.c.capture_id == captures.c.id)
    .where(
        captures.c.run_id.in_(bindparam("runs", expanding=True)),
        captures.c.site_id == bindparam("site"),
        captures.c.status == 200,
        captures.c.body_id.is_not(None),
        verdicts.c.capture_id.is_(None),
        captures.c.id > select(func.max(captures.c.id) - LOOK_BACK).scalar_subquery(),
    )
    .order_by(captures.c.id)
)


class CaptureStore:
    """Captures: answers of servers, as they came."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.packing = compression.Packing()
        self._terms: dict[Terms, int] = {}
        self._hidden: dict[tuple[int, bool], tuple[tuple[int, ...], HiddenWords]] = {}
        session.on_commit.append(self.packing.ended)
        session.on_rollback.append(self._forget)

    def _forget(self) -> None:
        """Writes were taken back: what we remember of rows may not be there any more."""
        self.packing.forget()
        self._terms.clear()

    def keep(
        self, capture: Capture, *, run: int | None = None, page: bool = True, names_many: bool = False
    ) -> StoredCapture:
        """Put a capture into the open batch. Identical bodies are stored once; *page*: it may be one.

        What names an article of its site that was destroyed is kept without those words; what *names_many*
        (a feed, a listing) also without longer pieces of its text.
        """
        with self._session.writing(capture.site) as connection:
            site = self._session.ensure_site(connection, capture.site)
            words = self.destroyed_words(connection, site)
            url, address = self._ensure_address(connection, site, capture, words)
            may = masked_capture(capture, words, passages=names_many)
            digest = hashlib.sha256(capture.body).digest() if capture.body else None
            body = self.packing.store(
                connection, capture.body, digest=digest, site=site, address=address, page=page,
                without=may.body, shared=self._session.shared,
            )  # fmt: skip
            number = _ADD_CAPTURE.add(
                connection,
                {
                    **_columns(may),
                    "site_id": site,
                    "run_id": run,
                    "address_id": address,
                    "body_id": body,
                    "terms_id": self._ensure_terms(connection, capture.terms),
                },
            )
            self._session.covered("capture", number, _line(number, may, url=url, body=digest))
            return StoredCapture(id=number, capture=capture)

    def _ensure_terms(self, connection: Connection, said: Terms | None) -> int | None:
        """The number of these terms; there are few, so they are looked up once."""
        if said is None:
            return None
        if said not in self._terms:
            values = {each.name: getattr(said, each.name) for each in fields(Terms)}
            same = (terms.c[name].is_not_distinct_from(value) for name, value in values.items())
            wanted = select(terms.c.id).where(*same).order_by(terms.c.id).limit(1)
            known = connection.execute(wanted).scalar()
            if known is None:
                with self._session.shared() as beside:  # nulls differ: the constraint alone does not do
                    self._session.backend.hold(beside, "(terms)", wait=True)
                    known = beside.execute(wanted).scalar()
                    known = known or added_number(beside.execute(insert(terms), values))
            self._terms[said] = known
        return self._terms[said]

    def answer_since(self, site: str | None, url: str, *, since: datetime) -> StoredCapture | None:
        """The latest answer at exactly *url* not older than *since*; ``None`` when there is none.

        *site* ``None``: to the visit of any site.
        """
        return self._latest(site, url, captures.c.at >= since)

    def asked_lately(self, *, since: datetime) -> dict[str, datetime]:
        """Hosts that answered a visit, of whatever site, after *since* -> when last.

        Among the latest thousand answers: it is for moments.
        """
        latest = select(func.coalesce(func.max(captures.c.id), 0)).scalar_subquery()
        wanted = (
            select(addresses.c.url, captures.c.at)
            .join(addresses, addresses.c.id == captures.c.address_id)
            .where(captures.c.id > latest - 1000, captures.c.at > since, captures.c.run_id.is_not(None))
            .order_by(captures.c.at)
        )
        with self._session.asking() as connection:
            return {urlsplit(row.url).hostname or "": row.at for row in connection.execute(wanted)}

    def latest_page(self, site: str, url: str, *, truncated: bool) -> StoredCapture | None:
        """The latest answer with status 200 at exactly *url* that was cut off, or that was not."""
        return self._latest(site, url, captures.c.status == 200, captures.c.truncated.is_(truncated))

    def _latest(self, site: str | None, url: str, *wanted: ColumnElement[bool]) -> StoredCapture | None:
        """Addresses are found by site and address: for all sites, by those of each."""
        whose = sites.c.name == site if site is not None else addresses.c.site_id.in_(select(sites.c.id))
        with self._session.asking() as connection:
            row = connection.execute(
                CAPTURE.where(whose, addresses.c.url == url, *wanted).order_by(captures.c.id.desc()).limit(1)
            ).one_or_none()
            return _kept(connection, row) if row is not None else None

    def _ensure_address(
        self, connection: Connection, site: int, capture: Capture, words: HiddenWords
    ) -> tuple[str, int]:
        """The address that answered, as it is kept, and its number. One met under way (a redirect's target)
        is noted, but is not due."""
        for form in (capture.url, without_words(capture.url)):
            known = _ADDRESS_ID.scalar(connection, {"url": form, "site": site})
            if known is not None:
                return form, int(known)
        url = without_words(capture.url) if words.masked(capture.url) != capture.url else capture.url
        return url, _ADD_ADDRESS.add(
            connection,
            {
                "site_id": site,
                "url": url,
                "role": Role.PAGE.value,
                "found_at": capture.at,
                "newness": capture.at,
                "found_on": words.masked_value(capture.via),
                "how": "capture",
                "depth": 0,
                "failures": 0,
            },
        )

    def get(self, capture: int, *, whole: bool = False) -> StoredCapture:
        """One capture as it came, for our own reading when it is asked for *whole*; else as :meth:`shown`.

        Raises :class:`NotFound`.
        """
        with self._session.asking() as connection:
            return self.load(connection, capture, whole=True) if whole else self.shown(connection, capture)

    def shown(self, connection: Connection, capture: int) -> StoredCapture:
        """A capture as it may be shown: without its body when it is of an article that is redacted, and
        without the words that name one in body, addresses and header lines. Raises :class:`NotFound`."""
        kept = self.load(connection, capture)
        site = connection.execute(_SITE_OF, {"capture": capture}).scalar_one()
        return _without(kept, self.hidden_words(connection, site))

    def hidden_words(self, connection: Connection, site: int) -> HiddenWords:
        """What names the redacted articles of a site. Remembered until there is another redaction."""
        return self._words(connection, site, destroyed=False)

    def hidden_words_of(self, site: str) -> HiddenWords:
        """As :meth:`hidden_words`, of the site of that name."""
        with self._session.asking() as connection:
            number = self._session.site_id(connection, site)
            return self.hidden_words(connection, number) if number is not None else HiddenWords()

    def destroyed_words(self, connection: Connection, site: int) -> HiddenWords:
        """What names the destroyed articles of a site, and is not to be written down again."""
        return self._words(connection, site, destroyed=True)

    def _words(self, connection: Connection, site: int, *, destroyed: bool) -> HiddenWords:
        (row,) = _REDACTIONS.all(connection, {})
        mark = tuple(row)
        known = self._hidden.get((site, destroyed))
        if known is None or known[0] != mark:
            words = words_of(connection, site=site, destroyed=destroyed) if any(mark) else HiddenWords()
            known = self._hidden[site, destroyed] = mark, words
        return known[1]

    def is_destroyed(self, capture: Capture) -> bool:
        """Whether a page is a destroyed article: by its address, or by half of its text and more."""
        with self._session.asking() as connection:
            site = self._session.site_id(connection, capture.site)
            words = self.destroyed_words(connection, site) if site is not None else HiddenWords()
            if not words:
                return False
            at = {"url": without_words(capture.url), "site": site}
            return _DESTROYED_AT.scalar(connection, at) is not None or words.is_text_of(capture.body)

    def walk(self, site: str | None = None, url: str | None = None) -> Iterator[StoredCapture]:
        """Captures as they may be shown, in the order in which they were kept; at exactly one address when
        *url* is given."""
        wanted = CAPTURE
        if site is not None:
            wanted = wanted.where(sites.c.name == site)
        if url is not None:
            wanted = wanted.where(addresses.c.url == url)
        for kept in self.select(wanted):
            with self._session.asking() as connection:
                number = self._session.site_id(connection, kept.capture.site)
                words = self.hidden_words(connection, number) if number is not None else HiddenWords()
            yield _without(kept, words)

    def select(self, wanted: Select[Any]) -> Iterator[StoredCapture]:
        """Captures of a selection, a page at a time, in order of number."""
        page = (
            wanted.where(captures.c.id > bindparam("after")).order_by(captures.c.id).limit(bindparam("most"))
        )
        after, most = 0, FIRST_PAGE
        while True:
            with self._session.asking() as connection:
                asked = connection.execute(page, {"after": after, "most": most})
                found = [_kept(connection, row) for row in asked]
            yield from found
            if len(found) < most:
                return
            after, most = found[-1].id, PAGE

    def unfiled(self, site: str) -> Iterator[StoredCapture]:
        """Pages that crawl runs of a site kept and did not come to file, in order: they were killed."""
        with self._session.asking() as connection:
            number = self._session.site_id(connection, site)
            killed = connection.execute(_KILLED, {"site": number}).scalars().all()
            numbers = connection.execute(_UNFILED, {"site": number, "runs": killed}).scalars().all()
        for number in numbers:
            with self._session.asking() as connection:
                yield self.load(connection, number, whole=True)

    def load(self, connection: Connection, capture: int, *, whole: bool = False) -> StoredCapture:
        """A capture; *whole*, for our own reading, also when it may not be shown.

        Raises :class:`NotFound`, and :class:`NotHere` for one asked for *whole*, of which
        only an export spoke.
        """
        row = connection.execute(_ONE_CAPTURE, {"capture": capture}).one_or_none()
        if row is None:
            raise NotFound("there is no capture {number}", number=capture)
        return _kept(connection, row, whole=whole)


def _columns(may: Capture) -> dict[str, Any]:
    """The columns that a capture fills by itself, of one that may be written down as it is."""
    exchange = may.exchange
    heads = Heads(
        request=may.request_headers,
        answer=may.headers,
        request_line=exchange.request_line,
        status_line=exchange.status_line,
    )
    return {
        "via": may.via,
        "at": may.at,
        "status": may.status,
        "http_version": may.http_version,
        "content_type": may.header("content-type"),
        "truncated": may.truncated,
        "cut": exchange.cut.value if exchange.cut else None,
        "server": exchange.server,
        "tls": exchange.tls,
        "wire_size": exchange.wire_size,
        "wire_digest": exchange.wire_digest,
        "headers": pack_heads(heads),
        "dictionary_id": HEADER_DICTIONARY,
    }


def _line(number: int, may: Capture, *, url: str, body: bytes | None) -> bytes:
    """What the hash chain covers of a capture. *url*: as it is kept; *body*: the digest of what came."""
    return hashchain.capture_line(
        number,
        site=may.site,
        url=url,
        via=may.via,
        at=may.at.astimezone(UTC),
        status=may.status,
        http_version=may.http_version,
        truncated=may.truncated,
        body=body,
        request=may.request_headers,
        answer=may.headers,
        exchange=may.exchange,
    )


def _without(kept: StoredCapture, words: HiddenWords) -> StoredCapture:
    """A capture without words that may not be shown."""
    if not words:
        return kept
    masked = masked_capture(kept.capture, words)
    return kept if masked == kept.capture else StoredCapture(id=kept.id, capture=masked, masked=True)


def masked_capture(came: Capture, words: HiddenWords, *, passages: bool = True) -> Capture:
    """A capture without these words in its addresses, header lines and body."""
    if not words:
        return came
    return replace(
        came,
        url=words.masked(came.url),
        via=words.masked_value(came.via),
        headers=_masked(came.headers, words),
        request_headers=_masked(came.request_headers, words),
        body=words.masked_bytes(came.body, passages=passages),
        exchange=replace(came.exchange, request_line=words.masked_value(came.exchange.request_line)),
    )


def _masked(headers: Headers, words: HiddenWords) -> Headers:
    return tuple((name, words.masked(value)) for name, value in headers)


def _kept(connection: Connection, row: AnyRow, *, whole: bool = False) -> StoredCapture:
    if whole and compression.is_elsewhere(connection, row.body_id):
        raise NotHere(f"the bytes of capture {row.id} are in the archive whose export named it")
    dictionary = load_dictionary(connection, row.dictionary_id)
    heads = unpack_heads(row.headers, dictionary)
    capture = Capture(
        site=row.site,
        url=row.url,
        at=row.at,
        status=row.status,
        headers=heads.answer,
        body=b"" if row.redacted and not whole else compression.load(connection, row.body_id),
        request_headers=heads.request,
        http_version=row.http_version,
        via=row.via,
        truncated=row.truncated,
        exchange=exchange_of(row, heads),
        terms=_terms(row),
    )
    return StoredCapture(id=row.id, capture=capture)


def _terms(row: AnyRow) -> Terms | None:
    if row.terms_robots is None:
        return None
    said = {each.name: getattr(row, f"terms_{each.name}") for each in fields(Terms)}
    return Terms(**said | {"ground": Ground(row.terms_ground)})
