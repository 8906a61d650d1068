"""What follows from the fields of :class:`archive.model.export_row.ExportRow`: the JSON Schema, columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints, is_typeddict

from archive.model.export_row import HIDDEN, KEPT, ExportRow, Format, Says
from archive.model.types import Version


@dataclass(frozen=True, kw_only=True)
class RowField:
    """A field of :class:`ExportRow`."""

    name: str
    annotation: Any
    """Its type without what is said of it; may be of ``None`` as well."""
    says: Says

    @property
    def type(self) -> Any:
        """Its type where it is not null: ``int``, ``bool``, ``str``, a list, a mapping or a ``Literal``."""
        return _bare(self._present)

    @property
    def format(self) -> str | None:
        """``date-time`` or ``date``: what a text is."""
        return next((each.name for each in get_args(self._present)[1:] if isinstance(each, Format)), None)

    @property
    def nullable(self) -> bool:
        """Whether it may be null."""
        return type(None) in get_args(self.annotation)

    @property
    def tabular(self) -> bool:
        """Whether it stands in one cell: what is no object, and no list of them."""
        inner = get_args(self.type)[:1] if get_origin(self.type) is list else (self.type,)
        return not any(is_typeddict(each) or get_origin(each) is dict for each in inner)

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return get_origin(self.type) is list

    @property
    def sql(self) -> str | None:
        """The SQL of the column that the views have; ``None``: they have none."""
        says = self.says
        if says.sql is None:
            return None
        if says.hidden_sql is not None:
            return f"CASE WHEN {HIDDEN} THEN {says.hidden_sql} ELSE {says.sql} END"
        if says.hidden is KEPT:
            return says.sql
        hidden = {None: "NULL", "": "''", 0: "0"}[says.hidden] if says.hidden != [] else "'[]'"
        return f"CASE WHEN {HIDDEN} THEN {hidden} ELSE {says.sql} END"

    @property
    def _present(self) -> Any:
        parts = [each for each in get_args(self.annotation) if each is not type(None)]
        return parts[0] if self.nullable else self.annotation

    def json_schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        found = _schema(self.type)
        if self.nullable:
            found["type"] = [found["type"], "null"]
            if "enum" in found:
                found["enum"] = [*found["enum"], None]
        more = {"minimum": self.says.minimum, "pattern": self.says.pattern, "format": self.format}
        return {**found, **{name: value for name, value in more.items() if value is not None},
                "description": self.says.means}  # fmt: skip


def _bare(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _schema(kind: Any) -> dict[str, Any]:
    """The JSON Schema of a type."""
    names = {int: "integer", str: "string", bool: "boolean"}
    if kind in names:
        return {"type": names[kind]}
    if get_origin(kind) is Literal:
        return {"type": "string", "enum": list(get_args(kind))}
    if get_origin(kind) is list:
        return {"type": "array", "items": _schema(get_args(kind)[0])}
    if get_origin(kind) is dict:
        return {"type": "object", "additionalProperties": _schema(get_args(kind)[1])}
    if is_typeddict(kind):
        members = get_type_hints(kind)
        return {
            "type": "object",
            "required": list(members),
            "additionalProperties": False,
            "properties": {name: _schema(each) for name, each in members.items()},
        }
    (one,) = (each for each in get_args(kind) if each is not type(None))
    found = _schema(one)
    return {**found, "type": [found["type"], "null"]}


def _fields() -> Iterable[RowField]:
    for name, hint in get_type_hints(ExportRow, include_extras=True).items():
        says = next(each for each in hint.__metadata__ if isinstance(each, Says))
        inner = [each for each in hint.__metadata__ if isinstance(each, Format)]
        annotation = Annotated[hint.__origin__, inner[0]] if inner else hint.__origin__
        yield RowField(name=name, annotation=annotation, says=says)


FIELDS: Mapping[str, RowField] = {each.name: each for each in _fields()}
"""Every field of a row, in order."""
TABLE = tuple(each.name for each in FIELDS.values() if each.tabular)
"""Columns of tables: what stands in one cell. JSON Lines have everything."""


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of an exported row."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A version of an article",
        "description": "One line of an export. Every field is always there; null means that the site did not "
        "say.",
        "type": "object",
        "required": list(FIELDS),
        "additionalProperties": False,
        "properties": {name: each.json_schema() for name, each in FIELDS.items()},
    }


def all_addresses(url: str, others: Iterable[str]) -> list[str]:
    """Every address of an article, as a row has them: where it stands, then the others by the alphabet."""
    return [url, *sorted({*others} - {url})]


def of_version(version: Version) -> Mapping[str, Any]:
    """The fields of a row that a version knows of itself, with times as they are; for programs and the API.

    Not known of it: ``site_title``, ``addresses``, ``versions``, when its article was first seen and missed,
    and how the server answered.
    """
    read = version.article
    return {
        "id": version.article_id,
        "version": version.number,
        "site": version.site,
        "key": f"(redacted) {version.article_id}" if version.redacted else version.key,
        "url": version.url,
        "canonical_url": read.canonical_url,
        "kind": read.kind.value,
        "status": version.status.value,
        "title": read.title,
        "headline": read.headline,
        "kicker": read.kicker,
        "text": read.text,
        "captions": list(read.captions),
        "word_count": read.word_count,
        "authors": list(read.authors),
        "byline": read.byline,
        "published": read.published.text if read.published else None,
        "modified": read.modified.text if read.modified else None,
        "section": read.section,
        "tags": list(read.tags),
        "language": read.language,
        "dateline": read.dateline,
        "links": None if read.links is None else list(read.links),
        "first_seen": version.first_seen,
        "last_seen": version.last_seen,
        "seen_before": version.seen_before,
        "superseded": version.superseded,
        "redacted": version.redacted,
        "changed_fields": list(version.changed_fields),
        "edit_kinds": list(version.edit_kinds),
        "words_added": version.words_added,
        "words_removed": version.words_removed,
        "words_moved": version.words_moved,
        "silent": version.silent,
        "alternating": version.alternating,
        "same_as": version.same_as,
        "content_hash": version.content_hash,
        "capture": version.capture_id,
        "extractor": read.reader.extractor,
        "rules": read.reader.rules,
        "memory": read.reader.memory,
        "sources": dict(read.sources),
    }
