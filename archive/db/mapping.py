"""Between the types that travel and the columns they are kept in. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    FromClause,
    Row,
    Select,
    Text,
    cast,
    exists,
    func,
    literal_column,
    select,
    text,
)

from archive.compare.fingerprint import content_hash, fingerprint
from archive.db import schema
from archive.model.addresses import Address, Link, Miss, Role
from archive.model.types import (
    TEXT_KINDS,
    Article,
    Block,
    BlockKind,
    Image,
    PageKind,
    Pin,
    Precision,
    Provenance,
    RepeatedLine,
    SiteMemory,
    StatedTime,
    Status,
    Version,
)

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"
"""A row of any statement; its columns are attributes."""


def added_number(added: CursorResult[*tuple[Any, ...]]) -> int:
    """The number a row got that was just added."""
    assert added.inserted_primary_key is not None
    return int(added.inserted_primary_key[0])


# ---------------------------------------------------------------- readings


def reading_values(article: Article) -> dict[str, Any]:
    """The columns of a reading, without its capture."""
    return {
        "extractor": article.reader.extractor,
        "rules": article.reader.rules,
        "memory": article.reader.memory,
        "fingerprint": fingerprint(article),
        "content_hash": content_hash(article),
        "kind": article.kind.value,
        "doubt": article.doubt,
        "title": article.title,
        "text": article.text,
        "authors": list(article.authors),
        "published": article.published.value if article.published else None,
        "modified": article.modified.value if article.modified else None,
        "section": article.section,
        "language": article.language,
        "word_count": article.word_count,
        "content": _content(article),
    }


def _content(article: Article) -> dict[str, Any]:
    """What has no column of its own. Words that stand in ``text`` are not written twice: ``blocks`` says
    what its lines are, in order, and holds only the words of blocks that stand beside the text."""
    members = {
        "blocks": [_block(block) for block in article.blocks],
        "url": article.url,
        "canonical_url": article.canonical_url,
        "reason": article.reason,
        "might_be": article.might_be.value if article.might_be else None,
        "kicker": article.kicker,
        "headline": article.headline,
        "byline": article.byline,
        "published": _dated(article.published),
        "modified": _dated(article.modified),
        "tags": list(article.tags),
        "images": [_image(image) for image in article.images],
        "dateline": article.dateline,
        "sources": dict(article.sources),
        "doubt": article.doubt,
        "doubts": list(article.doubts),
    }
    said = {name: value for name, value in members.items() if value}
    return said if article.links is None else {**said, "links": list(article.links)}


def _block(block: Block) -> Any:
    """``"paragraph"`` for a line of text, otherwise an object."""
    members: dict[str, Any] = {"kind": block.kind.value}
    if block.at is not None:
        members["at"] = block.at.isoformat()
    if block.kind not in TEXT_KINDS:
        members["text"] = block.text
    elif "\n" in block.text:
        members["lines"] = block.text.count("\n") + 1
    return members["kind"] if len(members) == 1 else members


def _dated(dated: StatedTime | None) -> dict[str, str] | None:
    if dated is None:
        return None
    return {
        "value": dated.value.isoformat(),
        "raw": dated.raw,
        "source": dated.source,
        "precision": dated.precision.value,
    }


def _image(image: Image) -> dict[str, str]:
    members = {"url": image.url, "caption": image.caption, "credit": image.credit, "alt": image.alt}
    return {name: value for name, value in members.items() if value}


def article_of(row: AnyRow) -> Article:
    """The article of a row that has the columns of a reading under their own names."""
    content: Mapping[str, Any] = row.content
    return Article(
        kind=PageKind(row.kind),
        reason=content.get("reason", ""),
        might_be=PageKind(content["might_be"]) if "might_be" in content else None,
        url=content["url"],
        canonical_url=content.get("canonical_url"),
        title=row.title,
        kicker=content.get("kicker"),
        headline=content.get("headline"),
        blocks=blocks_of(content.get("blocks", ()), row.text),
        authors=tuple(row.authors),
        byline=content.get("byline"),
        published=_dated_of(content.get("published")),
        modified=_dated_of(content.get("modified")),
        section=row.section,
        tags=tuple(content.get("tags", ())),
        images=tuple(Image(**image) for image in content.get("images", ())),
        links=tuple(content["links"]) if "links" in content else None,
        language=row.language,
        dateline=content.get("dateline"),
        sources=content.get("sources", {}),
        reader=Provenance(extractor=row.extractor, rules=row.rules, memory=row.memory),
        doubt=content.get("doubt"),
        doubts=tuple(content.get("doubts", ())),
    )


def blocks_of(shapes: Any, text: str) -> tuple[Block, ...]:
    """The blocks of a reading: their shapes from ``content``, their words from ``text``."""
    lines = iter(text.split("\n"))
    blocks = []
    for shape in shapes:
        if isinstance(shape, str):
            blocks.append(Block(kind=BlockKind(shape), text=next(lines)))
            continue
        words = shape.get("text")
        if words is None:
            words = "\n".join(next(lines) for _ in range(shape.get("lines", 1)))
        at = datetime.fromisoformat(shape["at"]) if "at" in shape else None
        blocks.append(Block(kind=BlockKind(shape["kind"]), text=words, at=at))
    return tuple(blocks)


def _dated_of(members: Mapping[str, str] | None) -> StatedTime | None:
    if members is None:
        return None
    return StatedTime(
        value=datetime.fromisoformat(members["value"]),
        raw=members["raw"],
        source=members["source"],
        precision=Precision(members["precision"]),
    )


READING = tuple(
    schema.readings.c[name]
    for name in (
        "kind", "title", "text", "authors", "section", "language", "extractor", "rules", "memory",
        "content", "content_hash",
    )
)  # fmt: skip
"""The columns :func:`article_of` needs."""


STATED = ("published", "modified", "tags", "language", "canonical_url", "kicker", "dateline")
"""The fields of :func:`stated`."""


def stated(article: Article) -> dict[str, Any]:
    """What the site states beside the words: field -> plain data. Empty fields are left out."""
    members = {
        "published": article.published.text if article.published else None,
        "modified": article.modified.text if article.modified else None,
        "tags": list(article.tags),
        "language": article.language,
        "canonical_url": article.canonical_url,
        "kicker": article.kicker,
        "dateline": article.dateline,
    }
    return {name: members[name] for name in STATED if members[name]}


# ---------------------------------------------------------------- versions


REDACTED = (
    exists()
    .where(schema.redactions.c.article_id == schema.articles.c.id, schema.redactions.c.lifted_at.is_(None))
    .label("redacted")
)
"""Whether an article may not be shown."""


PAGES = select(schema.articles.alias("kept_pages").c.id).where(text("kept_pages.kind = 'page'"))
"""Numbers of the standing pages that are kept (spelled as in the index that holds only these)."""
IS_NEWS = schema.articles.c.kind != PageKind.PAGE.value
"""Whether a row of ``articles`` is an article; pages that are kept stand in no list of news."""
OF_NEWS = schema.versions.c.article_id.not_in(PAGES)
"""The same of a version."""


def is_edit(of: FromClause = schema.versions) -> ColumnElement[bool]:
    """Whether a version changed something: what ``legger edits`` lists, the view ``edits`` holds, and
    ``is:changed`` finds. One of texts shown by turns did not; nor did one that, read again, is as before.
    """
    later = of.c.number > literal_column("1")  # spelled out, as in the index that holds only these
    return later & (of.c.changed_fields != []) & of.c.alternating.is_(False)


def of_kind(kind: str) -> ColumnElement[bool]:
    """Whether a version was made by an edit of this kind."""
    return cast(schema.versions.c.edit_kinds, Text).like(f'%"{kind}"%')


SEEN_BEFORE = func.coalesce(
    schema.versions.c.told_seen_before,
    select(schema.verdicts.c.at)
    .where(
        schema.verdicts.c.article_id == schema.versions.c.article_id,
        schema.verdicts.c.at < schema.versions.c.first_seen,
        schema.verdicts.c.version_id.is_not(None),
    )
    .order_by(schema.verdicts.c.at.desc())
    .limit(1)
    .correlate(schema.versions)
    .scalar_subquery(),
    type_=schema.verdicts.c.at.type,
).label("seen_before")
"""When an article was last seen before one of its versions: the latest capture that showed another."""


def versions_read(reading: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    """Versions with the reading that *reading* (a column of ``versions``) refers to."""
    return (
        select(
            schema.articles.c.id.label("article_id"),
            schema.sites.c.name.label("site"),
            schema.sites.c.title.label("site_title"),
            schema.articles.c.key,
            schema.articles.c.url,
            schema.articles.c.status,
            schema.versions.c.id.label("version_id"),
            schema.versions.c.number,
            schema.versions.c.capture_id,
            schema.versions.c.first_seen,
            schema.versions.c.last_seen,
            schema.versions.c.superseded,
            SEEN_BEFORE,
            schema.versions.c.silent,
            schema.versions.c.changed_fields,
            schema.versions.c.edit_kinds,
            schema.versions.c.words_added,
            schema.versions.c.words_removed,
            schema.versions.c.words_moved,
            schema.versions.c.alternating,
            schema.versions.c.same_as,
            REDACTED,
            *READING,
        )
        .select_from(schema.versions)
        .join(schema.articles, schema.articles.c.id == schema.versions.c.article_id)
        .join(schema.sites, schema.sites.c.id == schema.articles.c.site_id)
        .join(schema.readings, schema.readings.c.id == reading)
    )


VERSION = versions_read(schema.versions.c.reading_id)
"""Versions as :func:`version_of` reads them; to be narrowed and ordered."""


def version_of(row: AnyRow) -> Version:
    """The version of a row of :data:`VERSION`."""
    return Version(
        article_id=row.article_id,
        site=row.site,
        key=row.key,
        url=masked(row.url) if row.redacted else row.url,
        number=row.number,
        article=hidden(article_of(row)) if row.redacted else article_of(row),
        content_hash=row.content_hash,
        capture_id=row.capture_id,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        superseded=row.superseded,
        seen_before=row.seen_before,
        status=Status(row.status),
        silent=row.silent,
        changed_fields=tuple(row.changed_fields),
        edit_kinds=tuple(row.edit_kinds),
        words_added=row.words_added or 0,
        words_removed=row.words_removed or 0,
        words_moved=row.words_moved or 0,
        alternating=row.alternating,
        same_as=row.same_as,
        redacted=row.redacted,
    )


def hidden(article: Article) -> Article:
    """What may be shown of an article that is redacted: on what site it stood, and what it was read with."""
    return Article(kind=article.kind, reason="redacted", url=masked(article.url), reader=article.reader)


MASK = "(redacted)"
"""What stands for words that may not be shown."""


def masked(url: str) -> str:
    """An address without its path, which often holds the headline."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/{MASK}"


def without_words(url: str) -> str:
    """An address whose words were destroyed, as it is kept: it can be known again, and not be read."""
    return f"{masked(url)}/{hashlib.sha256(url.encode(errors='surrogatepass')).hexdigest()}"


# ---------------------------------------------------------------- memories


def memory_content(memory: SiteMemory) -> dict[str, Any]:
    """A memory's lines and templates as plain data."""
    lines = []
    for line in memory.lines:
        members = {
            "text": line.text,
            "place": line.place,
            "seen": line.seen,
            "of": line.of,
            "since": line.since.isoformat() if line.since else None,
            "last": line.last.isoformat() if line.last else None,
            "example": line.example,
            "until": line.until.isoformat() if line.until else None,
            "pin": line.pin.value if line.pin else None,
            "note": line.note,
        }
        lines.append({name: value for name, value in members.items() if value is not None})
    return {"lines": lines, "templates": dict(memory.templates)}


def memory_of(row: AnyRow, site: str) -> SiteMemory:
    """The memory of a row of ``memories``."""
    return SiteMemory(
        site=site,
        version=row.version,
        learned_at=row.learned_at,
        articles=row.articles,
        lines=tuple(_remembered(line) for line in row.content["lines"]),
        templates=row.content["templates"],
    )


def _remembered(line: Mapping[str, Any]) -> RepeatedLine:
    return RepeatedLine(
        text=line["text"],
        place=line["place"],
        seen=line["seen"],
        of=line["of"],
        since=datetime.fromisoformat(line["since"]) if "since" in line else None,
        last=datetime.fromisoformat(line["last"]) if "last" in line else None,
        example=line.get("example"),
        until=datetime.fromisoformat(line["until"]) if "until" in line else None,
        pin=Pin(line["pin"]) if "pin" in line else None,
        note=line.get("note"),
    )


# ---------------------------------------------------------------- addresses


def address_of(row: AnyRow) -> Address:
    """The address of a row of ``addresses``."""
    return Address(
        id=row.id,
        url=row.url,
        role=Role(row.role),
        link=Link(
            url=row.url,
            role=Role(row.role),
            found_on=row.found_on,
            how=row.how,
            title=row.title,
            published=row.published,
            modified=row.modified,
            author=row.author,
            section=row.section,
            depth=row.depth,
        ),
        found_at=row.found_at,
        article_id=row.article_id,
        first_seen=row.first_seen,
        last_visit=row.last_visit,
        last_changed=row.last_changed,
        last_status=row.last_status,
        failures=row.failures,
        due_at=row.due_at,
        etag=row.etag,
        last_modified=row.last_modified,
        reason=row.reason,
        missed=Miss(row.missed) if row.missed else None,
        links_followed_at=row.links_followed_at,
        last_body_at=row.last_body_at,
    )
