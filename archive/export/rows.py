"""The rows of an export, from one snapshot, in order of ``id``, then ``version``.

What each field means is declared in :mod:`archive.model.export_row`; every row is valid by its JSON Schema.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast, overload

import orjson
from sqlalchemy import Boolean, Connection, Select, bindparam, func, or_, select

from archive.db import mapping, schema
from archive.db.functions import json_text
from archive.db.prepared import as_kept
from archive.db.schema import addresses, articles, bodies, captures, sites, verdicts, versions
from archive.errors import UsageError
from archive.export.choice import RowChoice, drawn, numbers
from archive.model.export_row import BlockRow, ExportRow
from archive.model.row_fields import FIELDS, all_addresses


def rows(connection: Connection, choice: RowChoice) -> Iterator[ExportRow]:
    """The rows that are chosen, in order of ``id``, then ``version``."""
    wanted = _selection(choice)
    found: set[int] | None = None
    taken: set[int] | None = None
    if choice.as_of is not None and choice.asked() is not None:
        from archive.export.then import found_then  # which asks for rows itself

        taken = found_then(connection, choice)
    else:
        found = numbers(connection, choice)
    if choice.sample is not None:
        month = func.substr(json_text(schema.readings.c.content, "published.value"), 1, 7)
        strata = wanted.with_only_columns(schema.versions.c.id, articles.c.id, sites.c.name, month)
        members = {
            (row[1], row[2], row[3] or "")
            for row in connection.execute(strata)
            if (found is None or row[0] in found) and (taken is None or row[1] in taken)
        }
        alone = {article: (article, site, month) for article, site, month in sorted(members)}
        taken = drawn(list(alone.values()), choice.sample, choice.seed)
    kept = _stream(connection, wanted)
    if found is not None:
        kept = (row for row in kept if row.version_id in found)
    if taken is not None:
        kept = (row for row in kept if row.article_id in taken)
    moment = choice.as_of
    if moment is None:
        yield from map(as_row, kept)
    else:
        yield from (as_it_stood(connection, row, moment) for row in kept)


def count(connection: Connection, choice: RowChoice) -> int:
    """How many rows are chosen, about: a sample is so many articles, a query so many versions at most."""
    every = select(func.count()).select_from(versions).join(articles, articles.c.id == versions.c.article_id)
    if choice.site is not None:
        every = every.join(sites, sites.c.id == articles.c.site_id)
    number: int = connection.execute(_narrowed(every, choice)).scalar_one()
    return number if choice.sample is None else min(number, choice.sample)


_SHOWN_LAST = select(func.max(verdicts.c.at)).where(
    verdicts.c.article_id == bindparam("article"),
    verdicts.c.at <= bindparam("moment", type_=verdicts.c.at.type),
    verdicts.c.version_id.is_not(None),
)
_ABSENT_SINCE = (
    select(verdicts.c.at, verdicts.c.kind, verdicts.c.reason)
    .where(
        verdicts.c.article_id == bindparam("article"),
        verdicts.c.at <= bindparam("moment", type_=verdicts.c.at.type),
        verdicts.c.at > bindparam("shown", type_=verdicts.c.at.type),
        verdicts.c.kind.in_(["suspect", "gone"]),
    )
    .order_by(verdicts.c.at)
)
_ADDRESSES_BY = select(addresses.c.url).where(
    addresses.c.article_id == bindparam("article"),
    addresses.c.first_seen <= bindparam("moment", type_=addresses.c.first_seen.type),
)


def as_it_stood(connection: Connection, row: _Row, moment: datetime) -> ExportRow:
    """A row as it would have been written then, for ever: from what was first read, and from verdicts.

    What is judged anew by later captures or readings is null: what changed, how much, silently, by turns.
    """
    asked = {"article": row.article_id, "moment": moment}
    shown = connection.execute(_SHOWN_LAST, asked).scalar_one()
    since = shown or datetime.fromisoformat(row.first_seen)
    missed = connection.execute(_ABSENT_SINCE, {**asked, "shown": since}).all()
    gone = next((each for each in missed if each.kind == "gone"), None)
    made = as_row(row)
    url = made["url"] if row.redacted else row.content["url"]
    there = set(connection.execute(_ADDRESSES_BY, asked).scalars())
    known: ExportRow = {
        **made,
        "url": url,
        "addresses": all_addresses(url, there),
        "kind": row.kind,
        "status": "gone" if gone else "suspect" if missed else "live",
        "last_seen": instant(since),
        "missed_since": instant(missed[0].at) if missed else None,
        "gone_at": instant(gone.at) if gone else None,
        "gone_reason": (gone or missed[-1]).reason if missed else None,
        "versions": row.number,
    }
    return cast(ExportRow, {**known, **_NOT_KNOWN_THEN})


_NOT_KNOWN_THEN: Mapping[str, None] = {each.name: None for each in FIELDS.values() if not each.says.then}
"""Fields that are null as of a time."""


# ---------------------------------------------------------------- what is written


def _selection(choice: RowChoice) -> Select[*tuple[Any, ...]]:
    read = versions.c.reading_id if choice.as_of is None else versions.c.first_reading_id
    wanted = (
        mapping.versions_read(read)
        .add_columns(
            articles.c.first_seen.label("article_first_seen"),
            articles.c.missed_since,
            articles.c.gone_at,
            articles.c.gone_reason,
            articles.c.latest,
            captures.c.status.label("http_status"),
            bodies.c.digest.label("body_digest"),
            schema.readings.c.published.label("published_at"),
            schema.readings.c.modified.label("modified_at"),
            schema.readings.c.word_count,
            _ADDRESSES,
        )
        .join(captures, captures.c.id == versions.c.capture_id)
        .outerjoin(bodies, bodies.c.id == captures.c.body_id)
    )
    return _narrowed(wanted, choice).order_by(versions.c.article_id, versions.c.number)


def _narrowed(wanted: Select[*tuple[Any, ...]], choice: RowChoice) -> Select[*tuple[Any, ...]]:
    """The versions that are chosen, of versions and their articles."""
    since, until = choice.since, choice.until
    if not choice.pages and not choice.of_kind_page:
        wanted = wanted.where(mapping.IS_NEWS)
    if choice.site is not None:
        wanted = wanted.where(sites.c.name == choice.site)
    if choice.as_of is not None:
        if since is not None or until is not None or choice.every:
            raise UsageError("as of a time an export holds one version of each article: leave out the rest")
        wanted = wanted.where(
            versions.c.first_seen <= choice.as_of,
            versions.c.superseded.is_(None) | (versions.c.superseded > choice.as_of),
        )
    elif not choice.every and until is None:
        wanted = wanted.where(versions.c.superseded.is_(None))
    elif not choice.every and until is not None:
        wanted = wanted.where(versions.c.superseded.is_(None) | (versions.c.superseded >= until))
    if until is not None:
        wanted = wanted.where(versions.c.first_seen < until)
    if since is not None:
        gone = (versions.c.superseded.is_(None)) & (articles.c.gone_at >= since)
        if until is not None:
            gone &= articles.c.gone_at < until
        wanted = wanted.where(or_(versions.c.first_seen >= since, gone))
    return wanted


_LISTED = addresses.alias("listed")
_ADDRESSES = (
    select(func.aggregate_strings(_LISTED.c.url, "\n"))
    .where(_LISTED.c.article_id == articles.c.id)
    .correlate(articles)
    .scalar_subquery()
    .label("addresses")
)
"""Every address of an article, one a line, in no order."""


_Row = Any
"""A row of :func:`_selection`: times as they are told, JSON as plain data."""


def _stream(connection: Connection, wanted: Select[*tuple[Any, ...]]) -> Iterator[_Row]:
    """The rows. Of SQLite they are taken as they are kept: half of what a row costs is to make objects of
    what is text again in the end."""
    columns = wanted.selected_columns
    make: Callable[[Iterable[Any]], _Row] = namedtuple("Row", columns.keys())._make  # type: ignore[attr-defined]
    places = list(enumerate(columns.values()))
    times = [place for place, column in places if isinstance(column.type, schema.Instant)]
    if connection.dialect.name != "sqlite":
        with connection.execution_options(yield_per=500).execute(wanted) as result:
            for each in result:
                values = list(each)
                for place in times:
                    values[place] = instant(values[place])
                yield make(values)
        return
    plain = [place for place, column in places if isinstance(column.type, schema.Json)]
    flags = [place for place, column in places if isinstance(column.type, Boolean)]
    read, whole = orjson.loads, ".000000"
    for kept in as_kept(connection, wanted):
        values = list(kept)
        for place in times:
            if (said := values[place]) is not None:
                fraction = said[19:]
                values[place] = f"{said[:10]}T{said[11:19]}{'' if fraction == whole else fraction}Z"
        for place in plain:
            said = values[place]
            values[place] = [] if said == "[]" else read(said)
        for place in flags:
            values[place] = values[place] == 1
        yield make(values)


_NOTHING = SimpleNamespace(
    title="", text="", authors=[], section=None, language=None, content={}, word_count=0
)
"""What is shown of a redacted article."""
_NO_DATE: Mapping[str, str] = {}


def as_row(row: _Row) -> ExportRow:
    """One exported row. Every field is always there; ``null`` means that the site did not say."""
    redacted = row.redacted
    said = _NOTHING if redacted else row
    stated = said.content.get
    blocks, leads, captions, boxes = _blocks(stated("blocks", ()), said.text)
    published, modified = stated("published", _NO_DATE), stated("modified", _NO_DATE)
    url = row.url
    listed = [url]
    if redacted:
        url = mapping.masked(url)
        listed = [url]
    elif row.addresses != url:
        others = row.addresses.split("\n") if row.addresses else []
        listed = all_addresses(url, others)
    return {
        "id": row.article_id,
        "version": row.number,
        "site": row.site,
        "site_title": row.site_title,
        "key": f"(redacted) {row.article_id}" if redacted else row.key,
        "url": url,
        "addresses": listed,
        "canonical_url": stated("canonical_url"),
        "kind": row.kind,
        "status": row.status,
        "title": said.title,
        "headline": stated("headline"),
        "kicker": stated("kicker"),
        "lead": "\n".join(leads) or None,
        "text": said.text,
        "blocks": blocks,
        "captions": captions,
        "boxes": boxes,
        "word_count": said.word_count,
        "authors": said.authors,
        "byline": stated("byline"),
        "published": _date(published),
        "published_utc": row.published_at if published else None,
        "published_day": published["value"][:10] if published else None,
        "published_raw": published.get("raw"),
        "published_source": published.get("source"),
        "published_precision": published.get("precision"),
        "modified": _date(modified),
        "modified_utc": row.modified_at if modified else None,
        "modified_raw": modified.get("raw"),
        "modified_source": modified.get("source"),
        "section": said.section,
        "tags": stated("tags", []),
        "language": said.language,
        "dateline": stated("dateline"),
        "images": [
            {"url": each.get("url"), "caption": each.get("caption"), "credit": each.get("credit"),
             "alt": each.get("alt")}
            for each in stated("images", ())
        ],
        "links": stated("links"),
        "article_first_seen": row.article_first_seen,
        "first_seen": row.first_seen,
        "last_seen": row.last_seen,
        "seen_before": row.seen_before,
        "superseded": row.superseded,
        "missed_since": row.missed_since,
        "gone_at": row.gone_at,
        "gone_reason": row.gone_reason,
        "redacted": redacted,
        "versions": row.latest,
        "changed_fields": row.changed_fields,
        "edit_kinds": row.edit_kinds,
        "words_added": row.words_added or 0,
        "words_removed": row.words_removed or 0,
        "words_moved": row.words_moved or 0,
        "silent": row.silent,
        "alternating": row.alternating,
        "same_as": row.same_as,
        "content_hash": row.content_hash,
        "capture": row.capture_id,
        "capture_status": row.http_status,
        "capture_digest": row.body_digest.hex() if row.body_digest else None,
        "extractor": row.extractor,
        "rules": row.rules,
        "memory": row.memory,
        "sources": stated("sources", {}),
    }  # fmt: skip


def _blocks(shapes: Any, text: str) -> tuple[list[BlockRow], list[str], list[str], list[str]]:
    """(blocks, leads, captions, boxes) of a reading, as :func:`archive.db.mapping.blocks_of` has them."""
    said = text.split("\n")
    leads: list[str] = []
    captions: list[str] = []
    boxes: list[str] = []
    blocks: list[Any] = []
    line = 0
    for shape in shapes:
        if shape.__class__ is str:
            kind, words = shape, said[line]
            line += 1
        else:
            kind, words = shape["kind"], shape.get("text")
            if words is None:
                end = line + shape.get("lines", 1)
                words = "\n".join(said[line:end])
                line = end
        blocks.append({"kind": kind, "text": words})
        if kind == "paragraph":
            continue
        if kind == "lead":
            leads.append(words)
        elif kind == "caption":
            captions.append(words)
        elif kind == "box":
            boxes.append(words)
    return blocks, leads, captions, boxes


def _date(dated: Mapping[str, str]) -> str | None:
    if not dated:
        return None
    return dated["value"][:10] if dated["precision"] == "day" else dated["value"]


@overload
def instant(moment: datetime) -> str: ...
@overload
def instant(moment: None) -> None: ...
@overload
def instant(moment: datetime | None) -> str | None: ...
def instant(moment: datetime | None) -> str | None:
    """A time of ours: UTC, to the second, or to the microsecond where it has a fraction."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None
