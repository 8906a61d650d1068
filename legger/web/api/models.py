"""What the API answers with, and how that is made of what the archive answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field, create_model

from archive import SearchHit
from archive.model.reports import FieldPeriod, GoneArticle, SiteCounts
from archive.model.reports import RunRecord as Visit
from archive.model.row_fields import FIELDS, RowField, all_addresses, of_version
from archive.model.types import Version as Filed
from archive.queries.related import RelatedArticle

# ---------------------------------------------------------------- what is answered


class ProblemModel(BaseModel):
    """Why there is no answer."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    query: str | None = None
    position: int | None = None
    """The character of the query at which it goes wrong, from 0."""


def _of_row(name: str, *fields: str) -> Any:
    """A model with these fields of an exported row, as these are declared."""
    return create_model(name, **{field: _declared(FIELDS[field]) for field in fields})


def _declared(field: RowField) -> Any:
    kind: Any = datetime if field.format == "date-time" else field.type
    return (kind | None if field.nullable else kind), Field(description=field.says.means)


_SUMMARY: Any = _of_row(
    "_Summary", "id", "site", "url", "title", "version", "status", "kind", "published", "section", "language",
    "authors", "seen_before", "first_seen", "last_seen", "superseded", "changed_fields", "edit_kinds",
    "silent", "alternating", "same_as", "words_added", "words_removed", "words_moved", "redacted",
    "content_hash", "capture",
)  # fmt: skip
_WHOLE: Any = _of_row(
    "_Whole", "key", "canonical_url", "headline", "kicker", "text", "captions", "word_count", "byline",
    "modified", "tags", "dateline", "links", "sources", "versions", "addresses", "extractor", "rules",
    "memory",
)  # fmt: skip


class VersionSummary(_SUMMARY):  # type: ignore[misc]  # its fields are those of an exported row
    """A version of an article, without its text."""


class BlockModel(BaseModel):
    """A piece of an article, in reading order."""

    kind: str
    text: str
    at: datetime | None = None


class FullVersion(VersionSummary, _WHOLE):  # type: ignore[misc]
    """A version of an article, with its text and where each field came from."""

    blocks: list[BlockModel]


class HitModel(BaseModel):
    """A version that matches."""

    version: VersionSummary
    title: str
    snippet: str
    """Words found stand between [ and ]."""
    removed: datetime | None = None
    """With in:removed: when the version without it was first seen."""


class Results(BaseModel):
    """A page of search results."""

    items: list[HitModel]
    next: str | None
    among: int | None
    """The best of this many newest matches; null: of all."""
    forms: dict[str, list[str]]


class Counts(BaseModel):
    """How many match; by value when asked to split them."""

    total: int
    more: bool
    """The total is a lower bound."""
    counts: dict[str, dict[str, int]]
    """What it is split by -> value -> matches; periods are in order, empty ones too."""
    table: dict[str, dict[str, int]] | None = None
    """Split by two things: value of the first -> value of the second -> matches."""


class VersionList(BaseModel):
    """A page of versions."""

    items: list[VersionSummary]
    next: str | None


class PieceModel(BaseModel):
    """A run of words: = stays, - went, + came."""

    change: Literal["=", "-", "+"]
    text: str


class Difference(BaseModel):
    """What lies between two versions."""

    id: int
    old: int
    new: int
    fields: dict[str, tuple[str, str]]
    pieces: list[PieceModel]
    added: int
    removed: int


class Disappearance(BaseModel):
    """An article that no longer stands on its site."""

    article: VersionSummary
    url: str
    missed_since: datetime
    gone_at: datetime | None
    """null: it is only suspected."""
    gone_reason: str


class DoubtfulModel(BaseModel):
    """An article whose text was perhaps not read well."""

    article: VersionSummary
    doubt: float
    """How probable that is, from 0 to 1."""
    reasons: list[str]
    """What weighs most against the reading, in words."""


class DoubtfulList(BaseModel):
    """The most doubtful of them."""

    items: list[DoubtfulModel]
    doubtful: int
    """How many there are."""
    of: int
    """Readings whose doubt is known."""
    next: str | None = None


class Disappearances(BaseModel):
    """A page of them."""

    items: list[Disappearance]
    next: str | None


class SiteModel(BaseModel):
    """What the archive holds of a site."""

    site: str
    title: str | None
    """What its readers call it; null: its file does not say."""
    place: str | None
    publisher: str | None
    issn: str | None
    url: str | None
    articles: int
    versions: int
    live: int
    suspect: int
    gone: int
    standing_pages: int
    captures: int
    addresses: int
    waiting: int
    first_seen: datetime | None
    last_seen: datetime | None


class SitesModel(BaseModel):
    """All of them."""

    items: list[SiteModel]
    next: str | None = None


class CoverageModel(SiteModel):
    """A site, with what was missed."""

    missed: dict[str, int]
    """Why an address gave no article -> addresses."""
    pages: dict[str, int]
    """What captured pages were, other than articles -> captures."""


class RunModel(BaseModel):
    """A visit of a site."""

    id: int
    site: str
    started: datetime
    ended: datetime | None
    outcome: str | None
    counts: dict[str, int] | None
    """What it counted, by name; ``null``: it has not ended."""


class RunsModel(BaseModel):
    """A page of visits, the latest first."""

    items: list[RunModel]
    next: str | None


class SightingModel(BaseModel):
    """A capture of an article."""

    id: int
    url: str
    at: datetime
    status: int
    size: int
    digest: str | None
    verdict: str | None
    version: int | None
    reason: str


class Sightings(BaseModel):
    """Captures, oldest first."""

    items: list[SightingModel]
    next: str | None = None


class CitationModel(BaseModel):
    """How to cite a version."""

    id: str
    text: str
    bibtex: str
    ris: str
    csl: dict[str, Any]


class RelatedModel(BaseModel):
    """Another article with the same story, or one that corrects, or is corrected by, this one."""

    article: VersionSummary
    kind: Literal["same story", "corrects", "corrected by this"]
    likeness: float | None
    """Greatest share of the shorter text that ever stood in the other one."""
    of_this: float | None
    """Share of this article's text that stands in the other's."""
    of_other: float | None
    """Share of the other's text that stands in this one's."""
    appeared: datetime
    stated: bool
    """appeared is what the site states; false: when it was first seen."""
    earlier: bool | None
    """The other appeared before this one; null: that cannot be told."""


class RelatedList(BaseModel):
    """Related articles, the earliest first."""

    items: list[RelatedModel]
    next: str | None = None


class FieldPeriodModel(BaseModel):
    """What a field said, from when until when it was seen."""

    field: str
    value: str | list[str] | None
    since: datetime
    until: datetime | None
    """null: it still holds."""
    version: int | None
    reader_changed: bool
    """Our reading changed at the same moment: the difference may be ours."""


class FieldHistory(BaseModel):
    """The history of an article's fields, by field and time."""

    items: list[FieldPeriodModel]
    next: str | None = None


# ---------------------------------------------------------------- between types and models


NOT_STATED = "not stated"
"""What an answer calls the value that a site does not state, and the period of what has no such time."""


def stated_or_not(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts with what is not stated under its name."""
    return {value or NOT_STATED: number for value, number in counts.items()}


def summary(each: Filed) -> VersionSummary:
    """A version, without its text."""
    return VersionSummary(**of_version(each))


def whole(archive: Any, each: Filed) -> FullVersion:
    """A version, with its text."""
    return FullVersion(
        **of_version(each),
        blocks=[
            BlockModel(kind=block.kind.value, text=block.text, at=block.at) for block in each.article.blocks
        ],
        versions=archive.articles.version(str(each.article_id)).number,
        addresses=all_addresses(each.url, archive.articles.addresses_of(each.article_id)),
    )


def hit_model(hit: SearchHit) -> HitModel:
    """A match."""
    return HitModel(
        version=summary(hit.version),
        title="".join(words for words, _ in hit.title),
        snippet=hit.snippet,
        removed=hit.gone,
    )


def disappearance(each: GoneArticle) -> Disappearance:
    """An article that has gone."""
    return Disappearance(
        article=summary(each.version),
        url=each.url,
        missed_since=each.since,
        gone_at=each.confirmed,
        gone_reason=each.reason,
    )


def site_model(each: SiteCounts) -> SiteModel:
    """What is held of a site."""
    return SiteModel(**{name: getattr(each, name) for name in SiteModel.model_fields})


def run_model(each: Visit) -> RunModel:
    """A visit."""
    return RunModel(
        id=each.id,
        site=each.site,
        started=each.started,
        ended=each.ended,
        outcome=each.outcome,
        counts=asdict(each.counts) if each.counts is not None else None,
    )


def related_model(each: RelatedArticle) -> RelatedModel:
    """A related article."""
    return RelatedModel(
        article=summary(each.version),
        kind=each.kind,  # type: ignore[arg-type]
        likeness=each.likeness,
        of_this=each.of_this,
        of_other=each.of_other,
        appeared=each.appeared,
        stated=each.stated,
        earlier=each.earlier,
    )


def period_model(each: FieldPeriod) -> FieldPeriodModel:
    """A period of a field."""
    return FieldPeriodModel(**asdict(each))
