"""Questions about articles: versions, histories, differences, counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from archive.captures.store import CAPTURE, PAGE, REDACTED_CAPTURE, CaptureStore
from archive.compare import diff as diffs
from archive.compare.edit_summary import Edit, edit
from archive.compare.fingerprint import canonical
from archive.db.mapping import (
    IS_NEWS,
    OF_NEWS,
    REDACTED,
    STATED,
    VERSION,
    AnyRow,
    masked,
    of_kind,
    version_of,
    versions_read,
    without_words,
)
from archive.db.schema import addresses, articles, bodies, captures, sites, stated_values, verdicts, versions
from archive.db.session import Session
from archive.errors import NotFound, UsageError
from archive.model import citation
from archive.model.citation import Citation
from archive.model.reports import FieldPeriod, GoneArticle, Sighting
from archive.model.types import Diff, PageKind, Status, StoredCapture, VerdictKind, Version

_BY_ADDRESS = (
    select(addresses.c.article_id)
    .where(addresses.c.url.in_(bindparam("urls", expanding=True)), addresses.c.article_id.is_not(None))
    .limit(1)
)
_BY_CAPTURE = (
    select(verdicts.c.article_id)
    .join(captures, captures.c.id == verdicts.c.capture_id)
    .join(addresses, addresses.c.id == captures.c.address_id)
    .where(addresses.c.url.in_(bindparam("urls", expanding=True)), verdicts.c.article_id.is_not(None))
    .order_by(verdicts.c.version_id.is_(None), captures.c.id.desc())
    .limit(1)
)
_BY_KEY = (
    select(articles.c.id)
    .where(articles.c.site_id.in_(select(sites.c.id)), articles.c.key == bindparam("key"))
    .order_by(articles.c.id)
    .limit(1)
)
_BY_IDENTITY = select(articles.c.id).where(
    articles.c.site_id == bindparam("site"), articles.c.key == bindparam("key")
)
_BY_NUMBER = select(articles.c.id).where(articles.c.id == bindparam("number"))

_HISTORY = VERSION.where(versions.c.article_id == bindparam("article")).order_by(versions.c.number)
_SHOWN_AT = (
    select(verdicts.c.version_id)
    .where(
        verdicts.c.article_id == bindparam("article"),
        verdicts.c.at <= bindparam("moment", type_=verdicts.c.at.type),
        verdicts.c.version_id.is_not(None),
    )
    .order_by(verdicts.c.at.desc(), verdicts.c.capture_id.desc())
    .limit(1)
)
_STATED = (
    select(stated_values)
    .where(stated_values.c.article_id == bindparam("article"))
    .order_by(stated_values.c.field, stated_values.c.since, stated_values.c.id)
)
_CITED = (
    select(addresses.c.url, bodies.c.digest, sites.c.title, sites.c.publisher, sites.c.issn)
    .select_from(captures)
    .join(sites, sites.c.id == captures.c.site_id)
    .join(addresses, addresses.c.id == captures.c.address_id)
    .outerjoin(bodies, bodies.c.id == captures.c.body_id)
    .where(captures.c.id == bindparam("capture"))
)
_FIRST_READ = versions_read(versions.c.first_reading_id).where(
    versions.c.article_id == bindparam("article"), versions.c.number == bindparam("number")
)
_LATEST = VERSION.where(versions.c.number == articles.c.latest)
_PLACES = select(versions.c.article_id, versions.c.id).where(OF_NEWS)
_THESE = VERSION.where(versions.c.id.in_(bindparam("numbers", expanding=True)))


class Articles:
    """Articles and their versions: found, listed, compared, cited."""

    def __init__(self, session: Session, captures: CaptureStore) -> None:
        self._session = session
        self._captures = captures

    # ------------------------------------------------------------ articles and versions

    def all(self, site: str | None = None) -> Iterator[Version]:
        """The latest version of every article, in order of id; pages that are kept are no articles."""
        return self._walk_versions(_PLACES.where(versions.c.superseded.is_(None)), site)

    def versions(self, site: str | None = None) -> Iterator[Version]:
        """Every version of every article, in order of article and number."""
        ids = select(articles.c.id).where(IS_NEWS).order_by(articles.c.id)
        if site is not None:
            ids = ids.join(sites, sites.c.id == articles.c.site_id).where(sites.c.name == site)
        with self._session.asking() as connection:
            numbers = connection.execute(ids).scalars().all()
        for number in numbers:
            yield from self._history(number)

    def newest(self, site: str | None = None, *, limit: int | None = None) -> list[Version]:
        """The latest version of each article, the one that was seen to change (or appear) last first."""
        wanted = VERSION.where(versions.c.superseded.is_(None), IS_NEWS)
        if site is not None:
            wanted = wanted.where(sites.c.name == site)
        wanted = wanted.order_by(versions.c.first_seen.desc(), versions.c.article_id.desc()).limit(limit)
        with self._session.asking() as connection:
            return [version_of(row) for row in connection.execute(wanted)]

    def _walk_versions(self, wanted: Select[Any], site: str | None) -> Iterator[Version]:
        """The versions of a selection of :data:`_PLACES`, in order of article.

        Numbers first, from an index alone, and sorted here: asked for in order, the database would go
        through every version there is.
        """
        if site is not None:
            wanted = wanted.join(articles, articles.c.id == versions.c.article_id)
            wanted = wanted.join(sites, sites.c.id == articles.c.site_id).where(sites.c.name == site)
        with self._session.asking() as connection:
            numbers = [row.id for row in sorted(connection.execute(wanted).all())]
        for start in range(0, len(numbers), PAGE):
            page = numbers[start : start + PAGE]
            with self._session.asking() as connection:
                rows = {row.version_id: row for row in connection.execute(_THESE, {"numbers": page})}
            yield from (version_of(rows[number]) for number in page if number in rows)

    def history(self, url: str) -> list[Version]:
        """All versions of the article at an address (or with that key or id), oldest first.

        Raises :class:`NotFound`.
        """
        return self._history(self.find(url))

    def _history(self, article: int) -> list[Version]:
        with self._session.asking() as connection:
            return [version_of(row) for row in connection.execute(_HISTORY, {"article": article})]

    def version(self, url: str, number: int | None = None, *, as_of: datetime | None = None) -> Version:
        """One version: by *number*, or the one seen last at or before *as_of*, or the latest.

        Raises :class:`NotFound`, also for a moment before the article was first seen.
        """
        article = self.find(url)
        if as_of is not None:
            with self._session.asking() as connection:
                shown = connection.execute(_SHOWN_AT, {"article": article, "moment": as_of}).scalar()
                if shown is None:
                    raise NotFound(
                        "{url} had not been seen yet on {moment}",
                        url=url,
                        moment=f"{as_of:%Y-%m-%d %H:%M %Z}",
                    )
                return version_of(connection.execute(VERSION.where(versions.c.id == shown)).one())
        with self._session.asking() as connection:
            wanted = articles.c.latest if number is None else number
            row = connection.execute(
                VERSION.where(versions.c.article_id == article, versions.c.number == wanted)
            ).one_or_none()
        if row is None:
            raise NotFound("{url} has no version {number}", url=url, number=number)
        return version_of(row)

    def cite(self, url: str, number: int | None = None, *, publisher: str | None = None) -> Citation:
        """How to cite a version (the latest by default), as it was first read.

        *publisher* is the site's title; its name by default. Raises :class:`NotFound`.
        """
        version = self.version(url, number)
        first = self._first_read(version.article_id, version.number)
        with self._session.asking() as connection:
            captured = connection.execute(_CITED, {"capture": version.capture_id}).one()
        article = first.article
        return Citation(
            article=first.article_id,
            version=first.number,
            title=article.title,
            authors=article.authors,
            publisher=publisher or captured.title or first.site,
            site_publisher=captured.publisher,
            issn=captured.issn,
            published=article.published.text if article.published else None,
            language=article.language,
            url=masked(captured.url) if version.redacted else captured.url,
            seen=first.first_seen,
            content_hash=first.content_hash,
            capture=first.capture_id,
            capture_digest=captured.digest.hex() if captured.digest else None,
        )

    def cited(self, words: str) -> Version:
        """The version a citation's id means, as it was first read. Raises :class:`NotFound`."""
        parsed = citation.parse(words)
        if parsed is None:
            raise NotFound(
                "{words} is no id of a citation; one looks like legger:12.3-0123456789ab", words=words
            )
        article, number, beginning = parsed
        version = self._first_read(article, number)
        if not version.content_hash.startswith(beginning):
            raise NotFound("{words} cites a version of another archive", words=words)
        return version

    def _first_read(self, article: int, number: int) -> Version:
        with self._session.asking() as connection:
            row = connection.execute(_FIRST_READ, {"article": article, "number": number}).one_or_none()
        if row is None:
            raise NotFound(
                "article {article} has no version {number} in this archive", article=article, number=number
            )
        return version_of(row)

    def as_of(self, moment: datetime, site: str | None = None, *, after: int = 0) -> Iterator[Version]:
        """The corpus as it stood: of every article seen by *moment*, the version that held then.

        Articles that were gone by then are among them; ``last_seen`` tells. In order of id, from that which
        follows *after*. For articles that showed texts by turns this is the version filed then;
        :meth:`version` knows the very visit.
        """
        wanted = _PLACES.where(
            versions.c.first_seen <= moment,
            versions.c.superseded.is_(None) | (versions.c.superseded > moment),
            versions.c.article_id > after,
        )
        return self._walk_versions(wanted, site)

    def diff(self, url: str, old: int | None = None, new: int | None = None) -> Diff:
        """What lies between two versions; by default the last two. Raises :class:`NotFound`."""
        return diffs.diff(*self._pair(url, old, new))

    def edit(self, url: str, old: int | None = None, new: int | None = None) -> Edit:
        """The same in figures, with the numbers, names and quotes that changed. Raises :class:`NotFound`."""
        before, after = self._pair(url, old, new)
        return edit(before.article, after.article)

    def _pair(self, url: str, old: int | None, new: int | None) -> tuple[Version, Version]:
        numbers = {each.number: each for each in self.history(url)}
        last = max(numbers)
        new = last if new is None else new
        old = max(new - 1, 1) if old is None else old
        for number in (old, new):
            if number not in numbers:
                raise NotFound(
                    "{url} has no version {number}; it has {last}", url=url, number=number, last=last
                )
        return numbers[old], numbers[new]

    def fields(self, url: str, field: str | None = None) -> list[FieldPeriod]:
        """The history of each field of an article (or of one) as intervals, in order of field and time.

        The fields whose change makes a version (``title``, ``text``, ``authors``, ...) change with it;
        what the site states beside the words (``published``, ``modified``, ``tags``, ...) by itself.
        Raises :class:`UsageError` for a field that no article has.
        """
        if field is not None and field not in FIELDS:
            raise UsageError(f"no article has a field {field!r}; there are {', '.join(FIELDS)}")
        article = self.find(url)
        held: list[FieldPeriod] = []
        history = self._history(article)
        for version in history:
            for name, value in _worded(version).items():
                last = next((each for each in reversed(held) if each.field == name), None)
                if last is not None and last.value == value:
                    continue
                if last is not None:
                    held[held.index(last)] = replace(last, until=version.first_seen)
                held.append(
                    FieldPeriod(field=name, value=value, since=version.first_seen, version=version.number)
                )
        with self._session.asking() as connection:
            hidden = history[0].redacted
            held += [
                FieldPeriod(
                    field=row.field,
                    value=row.value,
                    since=row.since,
                    until=row.until,
                    reader_changed=row.reader_changed,
                )
                for row in connection.execute(_STATED, {"article": article})
                if not hidden
            ]
        held.sort(key=lambda each: (each.field, each.since))
        return [each for each in held if field in (None, each.field)]

    def edits(
        self,
        site: str | None = None,
        *,
        silent: bool | None = None,
        kind: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        alternating: bool = False,
        limit: int | None = None,
    ) -> Iterator[Version]:
        """Versions that changed something, newest first; only (not) silent ones when *silent* says so, and
        those of a *kind* (``correction``, ...; see :mod:`archive.compare.edit_kinds`).

        *since* and *until* (exclusive) bound when we first saw the change; *limit* is how many at most. Texts
        shown by turns are left out unless *alternating*; so are versions that, read again, differ in nothing
        from the one before.
        """
        wanted = VERSION.where(IS_NEWS, versions.c.number > 1, versions.c.changed_fields != [])
        if site is not None:
            wanted = wanted.where(sites.c.name == site)
        if silent is not None:
            wanted = wanted.where(versions.c.silent if silent else ~versions.c.silent)
        if since is not None:
            wanted = wanted.where(versions.c.first_seen >= since)
        if until is not None:
            wanted = wanted.where(versions.c.first_seen < until)
        if kind is not None:
            wanted = wanted.where(of_kind(kind))
        if not alternating:
            wanted = wanted.where(versions.c.alternating.is_(False))
        wanted = wanted.order_by(versions.c.first_seen.desc(), versions.c.id.desc()).limit(limit)
        with self._session.asking() as connection:
            rows = connection.execute(wanted).all()
        yield from map(version_of, rows)

    def gone(self, site: str | None = None, *, suspect: bool = False) -> Iterator[GoneArticle]:
        """Articles that have gone, latest first; those only suspected too when *suspect*."""
        kinds = [Status.GONE.value, Status.SUSPECT.value] if suspect else [Status.GONE.value]
        wanted = _LATEST.where(IS_NEWS, articles.c.status.in_(kinds)).add_columns(
            articles.c.missed_since, articles.c.gone_at, articles.c.gone_reason
        )
        if site is not None:
            wanted = wanted.where(sites.c.name == site)
        with self._session.asking() as connection:
            rows = connection.execute(wanted.order_by(articles.c.missed_since.desc(), articles.c.id)).all()
        for row in rows:
            yield GoneArticle(
                version=(version := version_of(row)),
                url=version.url,
                since=row.missed_since,
                confirmed=row.gone_at,
                reason=row.gone_reason or "",
            )

    def find(self, url: str) -> int:
        """The id of the article at an address, with that key, or with that id. Raises :class:`NotFound`.

        An address is also found without its last slash, with or without ``www.``, by http or https.
        """
        url = url.strip()
        with self._session.asking() as connection:
            if url.isdecimal() and len(url) < len(str(2**63)) + 1:
                number = connection.execute(_BY_NUMBER, {"number": int(url)}).scalar()
                if number is not None:
                    return int(number)
            for urls in ([url, without_words(url)], [*_spellings(url), *map(without_words, _spellings(url))]):
                for statement in (_BY_ADDRESS, _BY_CAPTURE):
                    number = connection.execute(statement, {"urls": urls}).scalar()
                    if number is not None:
                        return int(number)
            number = connection.execute(_BY_KEY, {"key": url}).scalar()
        if number is None:
            raise NotFound("there is no article at {url} in this archive", url=url)
        return int(number)

    def known_as(self, site: str, key: str) -> int:
        """The id of the article with this identity on *site*. Raises :class:`NotFound`."""
        with self._session.asking() as connection:
            asked = {"site": self._session.site_id(connection, site), "key": key}
            number = connection.execute(_BY_IDENTITY, asked).scalar()
        if number is None:
            raise NotFound(f"{site} has no article {key!r} in this archive")
        return int(number)

    def addresses_of(self, article: int) -> list[str]:
        """Where an article stands, or was last seen, and then what led there; of a redacted one none."""
        wanted = (
            select(addresses.c.url)
            .join(articles, articles.c.id == addresses.c.article_id)
            .where(articles.c.id == article, ~REDACTED.element)
            .order_by(addresses.c.url != articles.c.url, addresses.c.id)
        )
        with self._session.asking() as connection:
            return list(connection.execute(wanted).scalars())

    # ------------------------------------------------------------ captures

    def article_captures(self, site: str, *, latest: int) -> Iterator[StoredCapture]:
        """The latest full (200) captures of a site's articles, one of each, at most *latest* of them.

        What the memory learns from. In the order in which they were kept.
        """
        newest = (
            select(versions.c.latest_capture_id)
            .join(
                articles, (articles.c.id == versions.c.article_id) & (articles.c.latest == versions.c.number)
            )
            .join(sites, sites.c.id == articles.c.site_id)
            .where(sites.c.name == site, IS_NEWS)
            .order_by(versions.c.latest_capture_id.desc())
            .limit(latest)
        )
        return self._captures.select(
            CAPTURE.where(captures.c.id.in_(newest), captures.c.status == 200, ~REDACTED_CAPTURE.element)
        )

    def body(self, capture: int) -> bytes:
        """The body of a capture as it came. Raises :class:`NotFound`, also for a redacted one."""
        with self._session.asking() as connection:
            if connection.execute(select(REDACTED_CAPTURE).where(captures.c.id == capture)).scalar():
                raise NotFound("capture {number} shows an article that is redacted", number=capture)
            return self._captures.shown(connection, capture).capture.body

    def sightings(self, url: str) -> list[Sighting]:
        """Every capture of an article, or of an address that never was one, oldest first.

        Raises :class:`NotFound` when nothing was ever captured there.
        """
        wanted = (
            select(
                captures.c.id, sites.c.name.label("site"), addresses.c.url, captures.c.at, captures.c.status,
                func.coalesce(bodies.c.size, 0).label("size"), bodies.c.digest, captures.c.run_id,
                verdicts.c.kind, verdicts.c.page, versions.c.number, verdicts.c.reason,
            )
            .select_from(captures)
            .join(sites, sites.c.id == captures.c.site_id)
            .join(addresses, addresses.c.id == captures.c.address_id)
            .outerjoin(bodies, bodies.c.id == captures.c.body_id)
            .outerjoin(verdicts, verdicts.c.capture_id == captures.c.id)
            .outerjoin(versions, versions.c.id == verdicts.c.version_id)
            .order_by(captures.c.at, captures.c.id)
        )  # fmt: skip
        try:
            wanted = wanted.where(verdicts.c.article_id == self.find(url))
        except NotFound:
            wanted = wanted.where(addresses.c.url == url)
        with self._session.asking() as connection:
            rows = connection.execute(wanted).all()
        if not rows:
            raise NotFound("nothing was ever captured at {url}", url=url)
        return [_sighting(row) for row in rows]


_WORDED = ("title", "headline", "kicker", "text", "captions", "boxes", "authors", "section")
FIELDS = tuple(dict.fromkeys((*_WORDED, "kind", *STATED)))
"""The fields of which there is a history."""


def _worded(version: Version) -> dict[str, str | list[str] | None]:
    words: dict[str, str | list[str] | None] = {**canonical(version.article)}
    return {name: words.get(name) for name in _WORDED} | {"kind": version.article.kind.value}


def _sighting(row: AnyRow) -> Sighting:
    return Sighting(
        id=row.id,
        site=row.site,
        url=row.url,
        at=row.at,
        status=row.status,
        size=row.size,
        digest=row.digest.hex() if row.digest else None,
        run=row.run_id,
        verdict=VerdictKind(row.kind) if row.kind else None,
        page=PageKind(row.page) if row.page else None,
        version=row.number,
        reason=row.reason or "",
    )


def _spellings(url: str) -> list[str]:
    """How else the same address may have been written."""
    _, separator, rest = url.partition("://")
    if not separator:
        rest = url
    bare = rest.removeprefix("www.")
    paths = (bare.rstrip("/"), bare.rstrip("/") + "/")
    return [f"{each}://{www}{path}" for each in ("https", "http") for www in ("", "www.") for path in paths]
