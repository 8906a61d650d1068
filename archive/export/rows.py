"""The rows of an export, from one snapshot, in order of ``id``, then ``version``.

What each field means is declared in :mod:`archive.model.export_row`; every row is valid by its JSON Schema.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence, Set
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import orjson
from sqlalchemy import Connection, Select, case, func, or_, select

from archive.db import mapping, schema
from archive.db.functions import json_text
from archive.db.prepared import as_kept
from archive.db.schema import addresses, articles, bodies, captures, readings, sites, versions
from archive.errors import UsageError
from archive.export.as_of import found_then, without_its_query
from archive.export.choice import RowChoice, drawn, numbers
from archive.export.moments import as_it_stood
from archive.model.export_row import BlockRow, ExportRow, ImageRow
from archive.model.row_fields import FIELDS, all_addresses


@dataclass(frozen=True, slots=True)
class ExportShard:
    """A range of the rows of an export: all those of some articles."""

    first: int
    last: int
    """Numbers of articles; both are in it."""
    versions: frozenset[int] | None
    """Which versions of them are chosen, by their numbers; ``None``: all that the rest of a choice leaves."""


def rows(
    connection: Connection, choice: RowChoice, *, ready: bool = False, shard: ExportShard | None = None
) -> Generator[ExportRow]:
    """The rows that are chosen, in order of ``id``, then ``version``: all, or those of a *shard*.

    *ready*: for JSON alone; what is JSON in the archive is a piece of it in a row, and no list.
    """
    wanted = _selection(choice)
    found: Set[int] | None
    taken: Set[int] | None
    if shard is None:
        found, taken = _chosen(connection, choice)
    else:
        found, taken = shard.versions, None
        wanted = wanted.where(versions.c.article_id.between(shard.first, shard.last))
    moment = choice.as_of
    make = RowMaker(ready=ready).row
    with closing(_stream(connection, wanted)) as every:
        kept = _among(every, found, taken)
        if moment is None:
            yield from map(make, kept)
        else:
            for row in kept:
                read_at = orjson.loads(row[_CONTENT])["url"]
                yield as_it_stood(connection, make(row), read_at, moment)


def _among(kept: Iterator[Kept], found: Set[int] | None, taken: Set[int] | None) -> Iterator[Kept]:
    """The rows of some versions and some articles; ``None``: of all."""
    if found is not None:
        kept = (row for row in kept if row[_VERSION] in found)
    if taken is not None:
        kept = (row for row in kept if row[_ARTICLE] in taken)
    return kept


def facts(connection: Connection, choice: RowChoice, *, by_month: bool) -> Generator[Kept]:
    """Of the rows that are chosen all that may be otherwise later: with the number of a reading, which stays
    as it is, in the place of what it holds. In order of ``id``, then ``version``.

    *by_month*: in order of site, then month of publication, before that.
    """
    found, taken = _chosen(connection, choice)
    wanted = _selection(choice, whole=False)
    if by_month:
        month = func.substr(json_text(readings.c.content, "published.value"), 1, 7)
        shown = case((mapping.REDACTED.element, ""), else_=func.coalesce(month, ""))
        wanted = wanted.order_by(None).order_by(sites.c.name, shown, versions.c.article_id, versions.c.number)
    with closing(_stream(connection, wanted)) as every:
        yield from _among(every, found, taken)


def made_of(
    connection: Connection, some: Sequence[Kept], hidden: Set[int], moment: datetime | None
) -> Iterator[ExportRow]:
    """Rows of what :func:`facts` told, and of what the readings hold; *hidden* articles are redacted now.

    *moment*: as of which they stood.
    """
    make = RowMaker().row
    for begin in range(0, len(some), READ_AT_ONCE):
        piece = some[begin : begin + READ_AT_ONCE]
        wanted = select(readings.c.id, *map(readings.c.__getitem__, _OF_READING))
        wanted = wanted.where(readings.c.id.in_({kept[_CONTENT] for kept in piece}))
        read = {row[0]: row[1:] for row in _stream(connection, wanted)}
        for kept in piece:
            before, (seen_before, _, *after) = kept[:_CONTENT], kept[_CONTENT + 1 :]
            words = read[kept[_CONTENT]]
            row = make((*before, *words, seen_before, kept[_ARTICLE] in hidden, *after))
            if moment is not None:
                row = as_it_stood(connection, row, orjson.loads(words[0])["url"], moment)
            yield row


READ_AT_ONCE = 400
"""Readings that are had with one question."""


def shards(connection: Connection, choice: RowChoice, size: int) -> Iterator[ExportShard]:
    """The rows that are chosen in shards of about *size*, in order. Some may turn out to have none."""
    found, taken = _chosen(connection, choice)
    every = select(versions.c.article_id, versions.c.id).join(
        articles, articles.c.id == versions.c.article_id
    )
    if choice.site is not None:
        every = every.join(sites, sites.c.id == articles.c.site_id)
    every = _narrowed(every, choice).order_by(versions.c.article_id)
    some: list[tuple[int, int]] = []
    with connection.execution_options(yield_per=10_000).execute(every) as result:
        for article, version in result:
            if (found is not None and version not in found) or (taken is not None and article not in taken):
                continue
            if len(some) >= size and article != some[-1][0]:
                yield _shard(some, whole=found is None and taken is None)
                some = []
            some.append((article, version))
    if some:
        yield _shard(some, whole=found is None and taken is None)


def _shard(some: list[tuple[int, int]], *, whole: bool) -> ExportShard:
    chosen = None if whole else frozenset(version for _, version in some)
    return ExportShard(some[0][0], some[-1][0], chosen)


def _chosen(connection: Connection, choice: RowChoice) -> tuple[Set[int] | None, Set[int] | None]:
    """(Versions, articles) that are chosen, by their numbers; ``None``: all."""
    found: set[int] | None = None
    taken: set[int] | None = None
    if choice.as_of is not None and choice.asked() is not None:
        taken = found_then(rows(connection, without_its_query(choice)), choice)
    else:
        found = numbers(connection, choice)
    if choice.sample is not None:
        month = func.substr(json_text(readings.c.content, "published.value"), 1, 7)
        strata = _selection(choice).with_only_columns(versions.c.id, articles.c.id, sites.c.name, month)
        members = {
            (row[1], row[2], row[3] or "")
            for row in connection.execute(strata)
            if (found is None or row[0] in found) and (taken is None or row[1] in taken)
        }
        alone = {article: (article, site, month) for article, site, month in sorted(members)}
        taken = drawn(list(alone.values()), choice.sample, choice.seed)
    return found, taken


def count(connection: Connection, choice: RowChoice) -> int:
    """How many rows are chosen, about: a sample is so many articles, a query so many versions at most."""
    every = select(func.count()).select_from(versions).join(articles, articles.c.id == versions.c.article_id)
    if choice.site is not None:
        every = every.join(sites, sites.c.id == articles.c.site_id)
    number: int = connection.execute(_narrowed(every, choice)).scalar_one()
    return number if choice.sample is None else min(number, choice.sample)


# ---------------------------------------------------------------- what is written


def _selection(choice: RowChoice, *, whole: bool = True) -> Select[*tuple[Any, ...]]:
    """Not *whole*: with the number of the reading in the place of what it holds."""
    read = versions.c.reading_id if choice.as_of is None else versions.c.first_reading_id
    of_reading = map(readings.c.__getitem__, _OF_READING) if whole else [readings.c.id]
    wanted = (
        mapping.versions_read(read)
        .with_only_columns(
            articles.c.id, versions.c.id, sites.c.name, sites.c.title,
            *map(articles.c.__getitem__, _OF_ARTICLE),
            *map(versions.c.__getitem__, _OF_VERSION), *of_reading,
            mapping.SEEN_BEFORE, mapping.REDACTED, captures.c.status, bodies.c.digest, _ADDRESSES,
        )
        .join(captures, captures.c.id == versions.c.capture_id)
        .outerjoin(bodies, bodies.c.id == captures.c.body_id)
    )  # fmt: skip
    return _narrowed(wanted, choice).order_by(versions.c.article_id, versions.c.number)


_OF_ARTICLE = ("key", "url", "status", "first_seen", "missed_since", "gone_at", "gone_reason", "latest")
_OF_VERSION = (
    "number", "capture_id", "first_seen", "last_seen", "superseded", "silent", "changed_fields", "edit_kinds",
    "words_added", "words_removed", "words_moved", "alternating", "same_as",
)  # fmt: skip
_OF_READING = (
    "content", "kind", "title", "text", "authors", "section", "language", "published", "modified",
    "word_count", "extractor", "rules", "memory", "content_hash",
)  # fmt: skip
_ARTICLE, _VERSION = 0, 1
_CONTENT = 4 + len(_OF_ARTICLE) + len(_OF_VERSION)
"""Where the numbers of the article and of the version, and what was read beside columns, stand in a row."""


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


Kept = tuple[Any, ...]
"""A row of :func:`_selection`, as SQLite keeps it: times and JSON are text, flags numbers."""


def _stream(connection: Connection, wanted: Select[*tuple[Any, ...]]) -> Generator[Kept]:
    """The rows as SQLite keeps them: half of what a row costs is to make objects of what is text again in
    the end."""
    if connection.dialect.name == "sqlite":
        yield from as_kept(connection, wanted)
        return
    columns = list(enumerate(wanted.selected_columns.values()))
    times = [place for place, column in columns if isinstance(column.type, schema.Instant)]
    plain = [place for place, column in columns if isinstance(column.type, schema.Json)]
    with connection.execution_options(yield_per=500).execute(wanted) as result:
        for each in result:
            values = list(each)
            for place in times:
                if (moment := values[place]) is not None:
                    values[place] = f"{moment:%Y-%m-%d %H:%M:%S.%f}"
            for place in plain:
                values[place] = orjson.dumps(values[place], option=orjson.OPT_SORT_KEYS).decode()
            yield tuple(values)


class RowMaker:
    """Makes rows of what is kept.

    Where lists are written as JSON at once, a row may hold them as pieces of JSON (*ready*): they are JSON
    where they are kept, and what seldom differs is looked at once.
    """

    def __init__(self, *, ready: bool = False) -> None:
        self._lists = _OftenSeen(_ready if ready else orjson.loads)

    def row(self, kept: Kept) -> ExportRow:  # noqa: PLR0915  (a statement for each field)
        """One exported row. Every field is always there; ``null`` means that the site did not say."""
        (
            article, _, site, site_title,
            key, url, status, article_first_seen, missed_since, gone_at, gone_reason, latest,
            number, capture, first_seen, last_seen, superseded, silent, changed_fields, edit_kinds,
            words_added, words_removed, words_moved, alternating, same_as,
            content, kind, title, text, authors, section, language, published_at, modified_at, word_count,
            extractor, rules, memory, content_hash,
            seen_before, redacted, capture_status, digest, led,
        ) = kept  # fmt: skip
        lists = self._lists
        if redacted:
            title, text, authors, section, language, word_count, content = "", "", "[]", None, None, 0, "{}"
            key, url, led = f"(redacted) {article}", mapping.masked(url), None
        stated = orjson.loads(content).get
        blocks, leads, captions, boxes = _blocks(stated("blocks", ()), text)
        published, modified = stated("published", _NO_DATE), stated("modified", _NO_DATE)
        said = published.get("value")
        row = _UNWRITTEN.copy()
        row["id"] = article
        row["version"] = number
        row["site"] = site
        row["site_title"] = site_title
        row["key"] = key
        row["url"] = url
        row["addresses"] = [url] if led is None or led == url else all_addresses(url, led.split("\n"))
        row["canonical_url"] = stated("canonical_url")
        row["kind"] = kind
        row["status"] = status
        row["title"] = title
        row["headline"] = stated("headline")
        row["kicker"] = stated("kicker")
        row["lead"] = "\n".join(leads) or None
        row["text"] = text
        row["blocks"] = blocks
        row["captions"] = captions
        row["boxes"] = boxes
        row["word_count"] = word_count
        row["authors"] = lists[authors]
        row["byline"] = stated("byline")
        row["published"] = _date(published)
        row["published_utc"] = _told(published_at) if said else None
        row["published_day"] = said[:10] if said else None
        row["published_raw"] = published.get("raw")
        row["published_source"] = published.get("source")
        row["published_precision"] = published.get("precision")
        row["modified"] = _date(modified)
        row["modified_utc"] = _told(modified_at) if modified else None
        row["modified_raw"] = modified.get("raw")
        row["modified_source"] = modified.get("source")
        row["section"] = section
        row["tags"] = stated("tags", [])
        row["language"] = language
        row["dateline"] = stated("dateline")
        row["images"] = [_image(each) for each in stated("images", ())]
        row["links"] = stated("links")
        row["article_first_seen"] = _told(article_first_seen)
        row["first_seen"] = _told(first_seen)
        row["last_seen"] = _told(last_seen)
        row["seen_before"] = seen_before and _told(seen_before)
        row["superseded"] = superseded and _told(superseded)
        row["missed_since"] = missed_since and _told(missed_since)
        row["gone_at"] = gone_at and _told(gone_at)
        row["gone_reason"] = gone_reason
        row["redacted"] = redacted == 1
        row["versions"] = latest
        row["changed_fields"] = lists[changed_fields]
        row["edit_kinds"] = lists[edit_kinds]
        row["words_added"] = words_added or 0
        row["words_removed"] = words_removed or 0
        row["words_moved"] = words_moved or 0
        row["silent"] = silent == 1
        row["alternating"] = alternating == 1
        row["same_as"] = same_as
        row["content_hash"] = content_hash
        row["capture"] = capture
        row["capture_status"] = capture_status
        row["capture_digest"] = digest.hex() if digest else None
        row["extractor"] = extractor
        row["rules"] = rules
        row["memory"] = memory
        row["sources"] = stated("sources", {})
        return row


_NO_DATE: Mapping[str, str] = {}
_UNWRITTEN = cast(ExportRow, dict.fromkeys(FIELDS, object()))
"""Every field in order, with what no form of export can write: a field that is given no value is found at
once. A copy of it costs half of what a display of so many fields does."""


class _OftenSeen(dict[str, Any]):
    """JSON -> what is made of it, once for what is seen often."""

    def __init__(self, make: Callable[[str], Any]) -> None:
        self._make = make

    def __missing__(self, said: str) -> Any:
        if len(self) > 10_000:
            self.clear()
        made = self[said] = self._make(said)
        return made


def _ready(said: str) -> orjson.Fragment:
    """A piece of JSON that is written as it is. Raises :class:`orjson.JSONDecodeError` for what is none."""
    return orjson.Fragment(orjson.dumps(orjson.loads(said)))


def _told(kept: str) -> str:
    """A time as SQLite keeps it -> as it is told: to the second, or to the microsecond where it has a
    fraction."""
    return f"{kept.removesuffix('.000000')}Z".replace(" ", "T", 1)


def _image(each: Mapping[str, str]) -> ImageRow:
    said = each.get
    return {"url": each["url"], "caption": said("caption"), "credit": said("credit"), "alt": said("alt")}


def _blocks(shapes: Any, text: str) -> tuple[list[BlockRow], list[str], list[str], list[str]]:
    """(blocks, leads, captions, boxes) of a reading, as :func:`archive.db.mapping.blocks_of` has them."""
    lines = text.split("\n")
    leads: list[str] = []
    captions: list[str] = []
    boxes: list[str] = []
    blocks: list[Any] = []
    line = 0
    for shape in shapes:
        if shape.__class__ is str:
            kind, words = shape, lines[line]
            line += 1
        else:
            kind, words = shape["kind"], shape.get("text")
            if words is None:
                end = line + shape.get("lines", 1)
                words = "\n".join(lines[line:end])
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
