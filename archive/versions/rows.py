"""The rows of filing: readings, versions, verdicts and stated values, written. Judges nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, case, func, insert, select, update

from archive.compare.fingerprint import words_digest
from archive.db import mapping
from archive.db.mapping import AnyRow, without_words
from archive.db.prepared import Statement
from archive.db.schema import articles, captures, index_queue, readings, stated_values, verdicts, versions
from archive.db.session import Session
from archive.model import hashchain
from archive.model.types import Article, PageKind, Status, StoredCapture, Verdict, VerdictKind
from archive.search.index import FullTextIndex

_FILED = (
    select(
        articles.c.id,
        articles.c.key,
        articles.c.status,
        articles.c.url,
        articles.c.kind,
        articles.c.stated_hash,
        articles.c.last_seen,
        articles.c.latest,
        versions.c.id.label("version_id"),
        versions.c.reading_id,
        versions.c.latest_capture_id,
        versions.c.fingerprint,
        versions.c.alternating,
        versions.c.pages,
        versions.c.capture_id,
        versions.c.first_seen,
        versions.c.last_seen.label("version_seen"),
        captures.c.at.label("read_at"),
        readings.c.extractor,
        readings.c.rules,
        readings.c.memory,
        readings.c.word_count,
    )
    .join(versions, (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.latest))
    .join(readings, readings.c.id == versions.c.reading_id)
    .join(captures, captures.c.id == readings.c.capture_id)
)
BY_KEY = Statement(
    _FILED.where(
        articles.c.site_id == bindparam("site"),
        articles.c.key.in_([bindparam("key"), bindparam("destroyed")]),
    )
)
"""*destroyed*: the key as it is kept when its words were destroyed."""
BY_ID = Statement(_FILED.where(articles.c.id == bindparam("article")))
_STATED = Statement(
    select(stated_values.c.id, stated_values.c.field, stated_values.c.value).where(
        stated_values.c.article_id == bindparam("article"), stated_values.c.until.is_(None)
    )
)
_STATED_NOW = Statement(
    update(articles).where(articles.c.id == bindparam("article")).values(stated_hash=bindparam("digest"))
)
_LOOK = captures.alias("look")
_LOOK_BEFORE = (
    select(func.max(captures.c.at))
    .join(_LOOK, _LOOK.c.address_id == captures.c.address_id)
    .where(_LOOK.c.id == bindparam("capture"), captures.c.id < _LOOK.c.id, captures.c.status.in_((200, 304)))
)
_MODIFIED_BY = (
    select(stated_values.c.value)
    .where(
        stated_values.c.article_id == bindparam("article"),
        stated_values.c.field == "modified",
        stated_values.c.since <= bindparam("moment", type_=stated_values.c.since.type),
    )
    .order_by(stated_values.c.since.desc(), stated_values.c.id.desc())
    .limit(1)
)
_STATED_MODIFIED = Statement(
    select(stated_values.c.value).where(
        stated_values.c.article_id == bindparam("article"),
        stated_values.c.field == "modified",
        stated_values.c.until.is_(None),
    )
)
_ADD_ARTICLE = Statement(insert(articles))
_ADD_READING = Statement(insert(readings))
_ADD_VERSION = Statement(insert(versions))
ADD_STATED = Statement(insert(stated_values))
_ADD_VERDICT = Statement(insert(verdicts))
_STATED_UNTIL = Statement(
    update(stated_values).where(stated_values.c.id == bindparam("number")).values(until=bindparam("at"))
)
_SEEN = bindparam("seen", type_=articles.c.last_seen.type)
_SEEN_ARTICLE = Statement(
    update(articles)
    .where(articles.c.id == bindparam("article"))
    .values(
        url=bindparam("seen_url"),
        status=Status.LIVE.value,
        last_seen=case((articles.c.last_seen < _SEEN, _SEEN), else_=articles.c.last_seen),
        missed_since=None,
        gone_at=None,
        gone_reason=None,
    )
)
_CONFIRMED = (
    update(versions)
    .where(versions.c.id == bindparam("version"))
    .values(last_seen=case((versions.c.last_seen < _SEEN, _SEEN), else_=versions.c.last_seen))
)
_SEEN_VERSION = Statement(_CONFIRMED)
_SHOWN_VERSION = Statement(_CONFIRMED.values(latest_capture_id=bindparam("shown")))


FROM_EXPORT = "told by an export"
"""The reason of a verdict on a capture of which only a row of an export was brought in."""


_READING = Statement(select(*mapping.READING).where(readings.c.id == bindparam("reading")))


@dataclass(frozen=True, kw_only=True)
class ArticlePlace:
    """Where an article stands."""

    first: int
    """The capture of its page, or of its first page."""
    url: str
    """The address of that."""
    pages: Sequence[Sequence[int]] = ()
    """(number, capture) of its further pages."""


class FilingRows:
    """What filing reads and writes of an article, row by row."""

    def __init__(self, session: Session, index: FullTextIndex) -> None:
        self._session = session
        self._index = index

    def at(self, connection: Connection, capture: StoredCapture) -> dict[str, Any]:
        """The site and the address of a capture, as statements are given them."""
        return {"site": self._session.site_id(connection, capture.capture.site), "url": capture.capture.url}

    def filed(self, capture: StoredCapture, key: str) -> AnyRow | None:
        """The article filed under *key*, with its latest version."""
        with self._session.asking() as connection:
            site = self._session.site_id(connection, capture.capture.site)
            return BY_KEY.first(connection, {"site": site, "key": key, "destroyed": without_words(key)})

    def add_article(self, connection: Connection, article: Article, capture: StoredCapture, key: str) -> int:
        """A new article, with what the site states beside its words; returns its number."""
        at, said = capture.capture.at, mapping.stated(article)
        number = _ADD_ARTICLE.add(
            connection,
            {
                "site_id": self._session.ensure_site(connection, capture.capture.site),
                "key": key,
                "url": capture.capture.url,
                "kind": article.kind.value,
                "status": Status.LIVE.value,
                "first_seen": at,
                "last_seen": at,
                "latest": 1,
                "stated_hash": digest_of_stated(said),
            },
        )
        ADD_STATED.run_many(
            connection, rows_of_stated(number, sorted(said.items()), at, reader_changed=False)
        )
        return number

    def add_reading(
        self, connection: Connection, values: Mapping[str, Any], capture: StoredCapture | int
    ) -> int:
        """Store what a capture was extracted to; returns the row's number."""
        number = capture if isinstance(capture, int) else capture.id
        return _ADD_READING.add(connection, {**values, "capture_id": number})

    def add_version(
        self, connection: Connection, article: int, number: int, reading: int,
        values: Mapping[str, Any], capture: StoredCapture, place: ArticlePlace, *, changed_fields: tuple[str,
        ...] = (),
        silent: bool = False, same_as: int | None = None,
        words: tuple[int, int, int] | None = None, edit_kinds: Sequence[str] = (),
        since: tuple[datetime, int] | None = None, alternating: bool = False,
    ) -> int:  # fmt: skip
        """File the next version of an article; returns the row's number."""
        at, shown_first = since or (capture.capture.at, capture.id)
        version = _ADD_VERSION.add(
            connection,
            {
                "article_id": article,
                "number": number,
                "capture_id": shown_first,
                "latest_capture_id": place.first,
                "first_reading_id": reading,
                "reading_id": reading,
                "fingerprint": values["fingerprint"],
                "first_seen": at,
                "last_seen": capture.capture.at,
                "changed_fields": list(changed_fields),
                "edit_kinds": list(edit_kinds),
                "silent": silent,
                "words_added": words[0] if words else None,
                "words_removed": words[1] if words else None,
                "words_moved": words[2] if words else None,
                "same_as": same_as,
                "alternating": alternating,
                "words": words_digest(values["title"], values["text"]),
                "pages": place.pages or None,
            },
        )
        line = hashchain.version_line(
            version, article=article, version=number, capture=shown_first,
            first_seen=at.astimezone(UTC), content_hash=values["content_hash"],
        )  # fmt: skip
        self._session.covered("version", version, line)
        self._index.note_change(connection, article)
        return version

    def read_better(
        self, connection: Connection, version: int, reading: int, values: Mapping[str, Any]
    ) -> None:
        """From now on a version is shown, and compared, as *reading* has it."""
        connection.execute(
            update(versions)
            .where(versions.c.id == version)
            .values(
                reading_id=reading,
                fingerprint=values["fingerprint"],
                words=words_digest(values["title"], values["text"]),
            )
        )
        article = select(versions.c.article_id).where(versions.c.id == version)
        connection.execute(insert(index_queue).from_select(["article_id"], article))

    def look_before(self, connection: Connection, capture: int) -> datetime | None:
        """When the address of a capture was looked at before it; ``None``: never, with an answer.

        Of an article on several pages, one look goes to page after page, and each may be the one that shows
        an edit: what the first page stated in that same look is no news of the look before.
        """
        at: datetime | None = connection.execute(_LOOK_BEFORE, {"capture": capture}).scalar()
        return at

    def modified_now(self, connection: Connection, article: int) -> str | None:
        """The modified date that the site stated last; ``None``: none."""
        value: str | None = _STATED_MODIFIED.scalar(connection, {"article": article})
        return value

    def modified_by(self, connection: Connection, article: int, moment: datetime) -> str | None:
        """The modified date that the site stated last by *moment*, that included; ``None``: none."""
        value: str | None = connection.execute(_MODIFIED_BY, {"article": article, "moment": moment}).scalar()
        return value

    def changed_its_kind(self, connection: Connection, article: int) -> None:
        """What is filed became a standing page, or an article: search and what is related to it follow."""
        self._index.note_change(connection, article)

    def seen(
        self, connection: Connection, filed: AnyRow, version: int, capture: StoredCapture, url: str, *,
        shown: int | None = None,
    ) -> None:  # fmt: skip
        """The article stands at *url*, and shows *version*; *shown* is the capture of its first page, when
        this capture holds a page itself."""
        at = capture.capture.at
        _SEEN_ARTICLE.run(connection, {"article": filed.id, "seen": at, "seen_url": url})
        if shown is not None:
            _SHOWN_VERSION.run(connection, {"version": version, "seen": at, "shown": shown})
        else:
            _SEEN_VERSION.run(connection, {"version": version, "seen": at})

    def state_again(
        self, connection: Connection, filed: AnyRow, article: Article, capture: StoredCapture
    ) -> None:
        """Note what the site states beside the words, where it differs from what it stated last."""
        said, at = mapping.stated(article), capture.capture.at
        digest = digest_of_stated(said)
        if digest == filed.stated_hash:
            return
        reader = article.reader
        other = (filed.extractor, filed.rules, filed.memory) != (
            reader.extractor,
            reader.rules,
            reader.memory,
        )
        standing = {row.field: row for row in _STATED.all(connection, {"article": filed.id})}
        added = []
        for field in sorted(standing.keys() | said.keys()):
            before = standing.get(field)
            if before is not None and before.value == said.get(field):
                continue
            if before is not None:
                _STATED_UNTIL.run(connection, {"number": before.id, "at": at})
            added.append((field, said.get(field)))
        ADD_STATED.run_many(connection, rows_of_stated(filed.id, added, at, reader_changed=other))
        _STATED_NOW.run(connection, {"article": filed.id, "digest": digest})

    def on_pages(self, connection: Connection, version: int, place: ArticlePlace) -> None:
        """Where a version stands, on which captures."""
        connection.execute(
            update(versions)
            .where(versions.c.id == version)
            .values(pages=place.pages or None, latest_capture_id=place.first)
        )

    def note(
        self, capture: StoredCapture, kind: VerdictKind, *, page: PageKind | None,
        filed: AnyRow | None = None,
        reason: str,
    ) -> Verdict:  # fmt: skip
        """Note what came of a capture that shows no version."""
        with self._session.writing(capture.capture.site) as connection:
            article = filed.id if filed is not None else None
            return self.note_verdict(connection, capture, kind, page=page, article=article, reason=reason)

    def note_verdict(
        self, connection: Connection, capture: StoredCapture, kind: VerdictKind, *, page: PageKind | None,
        article: int | None = None, version: tuple[int, int] | None = None, reason: str = "",
        changed_fields: tuple[str, ...] = (),
    ) -> Verdict:  # fmt: skip
        """Note what came of a capture."""
        row, number = version or (None, None)
        _ADD_VERDICT.run(
            connection,
            {
                "capture_id": capture.id,
                "at": capture.capture.at,
                "kind": kind.value,
                "page": page.value if page else None,
                "article_id": article,
                "version_id": row,
                "reason": reason,
            },
        )
        return Verdict(
            kind=kind,
            capture=capture.id,
            article=article,
            version=number,
            reason=reason,
            changed_fields=changed_fields,
            page=page,
        )


def reading_of(connection: Connection, number: int) -> AnyRow:
    """The row of a reading."""
    row = _READING.first(connection, {"reading": number})
    assert row is not None
    return row


def digest_of_stated(said: Mapping[str, Any]) -> str:
    """A short digest of what a site states beside the words."""
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def rows_of_stated(
    article: int, said: Iterable[tuple[str, Any]], at: datetime, *, reader_changed: bool
) -> list[dict[str, Any]]:
    """Rows of ``stated_values``: what is stated from now on."""
    return [
        {"article_id": article, "field": field, "value": value, "since": at, "reader_changed": reader_changed}
        for field, value in said
    ]
