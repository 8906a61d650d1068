"""The archive for programs: JSON over HTTP, described by OpenAPI. Mirrors the command line; reads only.

Lists come newest first, a page at a time; ``next`` is the address of the following page, and stays good while
the archive grows. Every answer has an ETag. Errors are problem documents (RFC 9457).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query
from fastapi.routing import APIRoute
from pydantic import BaseModel, BeforeValidator
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from archive import NotFound, SearchHit
from archive.errors import UsageError
from archive.export.jsonl import lines
from archive.model.reports import GoneArticle, SiteCounts
from archive.model.reports import RunRecord as Visit
from archive.model.types import Version as Filed
from archive.search.counting import By as Facet
from archive.search.counting import Time
from archive.search.order import Sort
from legger.web.context import WebContext

DESCRIPTION = """\
Search, read, compare, count and export a newspaper archive. Times are UTC. Every list has `next`, the address
of the following page, or null; it stays good while the archive grows. Errors are `application/problem+json`.
"""
SMALL = 2_000_000
"""Bytes of an answer that gets an ETag; larger ones stream."""


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


class VersionSummary(BaseModel):
    """A version of an article, without its text."""

    id: int
    site: str
    url: str
    title: str
    version: int
    status: Literal["live", "suspect", "gone"]
    kind: str
    published: str | None
    section: str | None
    language: str | None
    authors: list[str]
    seen_before: datetime | None
    """When the article was last seen with other words: an edit was made between then and first_seen."""
    first_seen: datetime
    last_seen: datetime
    superseded: datetime | None
    changed_fields: list[str]
    silent: bool
    words_added: int
    words_removed: int
    redacted: bool
    content_hash: str
    capture: int


class BlockModel(BaseModel):
    """A piece of an article, in reading order."""

    kind: str
    text: str
    at: datetime | None = None


class FullVersion(VersionSummary):
    """A version of an article, with its text and where each field came from."""

    text: str
    blocks: list[BlockModel]
    modified: str | None
    tags: list[str]
    dateline: str | None
    sources: dict[str, str]
    versions: int
    """How many versions the article has."""
    addresses: list[str]
    """Where the article stands, or was last seen, and then its other addresses."""


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
    confirmed: datetime | None
    reason: str


class Disappearances(BaseModel):
    """A page of them."""

    items: list[Disappearance]
    next: str | None


class SiteModel(BaseModel):
    """What the archive holds of a site."""

    site: str
    articles: int
    versions: int
    live: int
    suspect: int
    gone: int
    captures: int
    addresses: int
    waiting: int
    first_seen: datetime | None
    last_seen: datetime | None


class Sites(BaseModel):
    """All of them."""

    items: list[SiteModel]


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


class Runs(BaseModel):
    """Visits, the latest first."""

    items: list[RunModel]


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


class CitationModel(BaseModel):
    """How to cite a version."""

    id: str
    text: str
    bibtex: str
    ris: str
    csl: dict[str, Any]


# ---------------------------------------------------------------- routes


class Tagged(APIRoute):
    """Gives every answer an ETag, and says 304 to who has it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with its answer tagged."""
        handle = super().get_route_handler()

        async def tagged(request: Request) -> Response:
            answer = await handle(request)
            if answer.status_code != 200 or isinstance(answer, StreamingResponse) or len(answer.body) > SMALL:
                return answer
            tag = f'W/"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
            answer.headers["ETag"] = tag
            answer.headers["Cache-Control"] = "private, no-cache"
            known = [each.strip() for each in request.headers.get("if-none-match", "").split(",")]
            if tag in known or tag.removeprefix("W/") in known or known == ["*"]:
                return Response(status_code=304, headers={"ETag": tag, "Cache-Control": "private, no-cache"})
            return answer

        return tagged


def _iso(stated: object) -> object:
    """A bare number would be taken for seconds since 1970."""
    if isinstance(stated, str) and "-" not in stated[1:]:
        raise ValueError("expected a day or a time in ISO 8601, such as 2026-03-02T08:00:00Z")
    return stated


Moment = Annotated[datetime | None, BeforeValidator(_iso)]
Number = Annotated[int, Path(ge=1, le=2**53, description="Number of the article in this archive")]
Limit = Annotated[int, Query(ge=1, le=100, description="Items of a page")]
SiteName = Annotated[str | None, Query(description="Only this site", max_length=200)]
Cursor = Annotated[str | None, Query(description="From `next` of the page before", max_length=100)]
Words = Annotated[str, Query(description="A query; see docs/search.md", max_length=1000)]
WhichVersion = Annotated[int | None, Query(ge=1, le=2**53, description="Number of a version")]

_PROBLEM: dict[str, Any] = {"model": ProblemModel, "content": {"application/problem+json": {}}}
ERRORS: dict[int | str, dict[str, Any]] = {
    400: _PROBLEM | {"description": "The question cannot be understood"},
    404: _PROBLEM | {"description": "There is no such thing in this archive"},
    422: _PROBLEM | {"description": "Not used: wrong parameters are answered with 400"},
    503: _PROBLEM | {"description": "The question takes too long"},
}


def router(desk: WebContext) -> APIRouter:
    """The routes of the API."""
    routes = APIRouter(prefix="/api/v1", route_class=Tagged, responses=ERRORS, tags=["archive"])
    archive = desk.archive

    @routes.get("/search", summary="Find versions by their words")
    def search(
        request: Request,
        q: Words = "",
        site: SiteName = None,
        sort: Annotated[
            Sort | None, Query(description="Default: published, the undated last; in:removed has its own")
        ] = None,
        limit: Limit = 20,
        after: Cursor = None,
    ) -> Results:
        found = archive.search.search(q, site=_known(site), sort=sort, limit=limit, after=after)
        return Results(
            items=[_found(each) for each in found.hits],
            next=_next(request, after=found.after),
            among=found.among,
            forms={word: list(forms) for word, forms in found.forms.items()},
        )

    @routes.get("/facets", summary="How matches are spread, over the latest ten thousand")
    def facets(q: Words = "", site: SiteName = None) -> Counts:
        found = archive.search.facets(q, site=_known(site))
        return Counts(
            total=found.total,
            more=found.more,
            counts={by: _stated(values) for by, values in found.counts.items()},
        )

    @routes.get("/count", summary="How many match, exactly")
    def count(
        q: Words = "",
        site: SiteName = None,
        by: Annotated[list[Facet], Query(description="Split by this; twice: by both", max_length=2)] = [],  # noqa: B006
        time: Annotated[
            Time | None, Query(description="Whose days, weeks, months: published, with in:removed removed")
        ] = None,
    ) -> Counts:
        if time and not by:
            raise UsageError("time: says what is counted by; add by=month, or another period")
        if len(by) == 2:
            table = archive.search.table(q, by=(by[0], by[1]), time=time, site=_known(site))
            return Counts(
                total=sum(table.counts.values()),
                more=False,
                counts={},
                table={
                    row or NOT_STATED: {
                        column or NOT_STATED: table.counts.get((row, column), 0) for column in table.columns
                    }
                    for row in table.rows
                },
            )
        one = by[0] if by else None
        counts = archive.search.count(q, by=one, time=time, site=_known(site))
        return Counts(total=sum(counts.values()), more=False, counts={one: _stated(counts)} if one else {})

    @routes.get("/articles", summary="Articles, the last found first")
    def articles(
        request: Request, site: SiteName = None, limit: Limit = 20, before: Cursor = None
    ) -> VersionList:
        page = archive.listings.found_last(_known(site), before=before, limit=limit)
        return VersionList(
            items=[_brief(each) for each in page.items], next=_next(request, before=page.after)
        )

    @routes.get("/article", summary="The article at an address, or cited by its permanent number")
    def article_at(url: Annotated[str, Query(min_length=1, max_length=4000)]) -> FullVersion:
        if url.startswith("legger:"):
            return _whole(archive, archive.articles.cited(url))
        return _whole(archive, archive.articles.version(url))

    @routes.get("/articles/{number}", summary="An article: its latest version, another, or as of a time")
    def article(
        number: Number,
        version: WhichVersion = None,
        as_of: Annotated[Moment, Query(description="As it stood then (ISO 8601)")] = None,
    ) -> FullVersion:
        if as_of is not None and as_of.tzinfo is None:
            as_of = as_of.replace(tzinfo=UTC)
        return _whole(archive, archive.articles.version(str(number), version, as_of=as_of))

    @routes.get("/articles/{number}/versions", summary="Every version of an article, oldest first")
    def versions(number: Number) -> VersionList:
        return VersionList(items=[_brief(each) for each in archive.articles.history(str(number))], next=None)

    @routes.get("/articles/{number}/diff", summary="What lies between two versions; by default the last two")
    def diff(number: Number, old: WhichVersion = None, new: WhichVersion = None) -> Difference:
        found = archive.articles.diff(str(number), old, new)
        return Difference(
            id=number,
            old=found.old,
            new=found.new,
            fields=dict(found.fields),
            pieces=[PieceModel(change=each.change.value, text=each.text) for each in found.pieces],
            added=found.added,
            removed=found.removed,
        )

    @routes.get("/articles/{number}/captures", summary="Every capture of an article, oldest first")
    def captures(number: Number) -> Sightings:
        return Sightings(
            items=[
                SightingModel(
                    id=each.id,
                    url=each.url,
                    at=each.at,
                    status=each.status,
                    size=each.size,
                    digest=each.digest,
                    verdict=each.verdict.value if each.verdict else None,
                    version=each.version,
                    reason=each.reason,
                )
                for each in archive.articles.sightings(str(archive.articles.find(str(number))))
            ]
        )

    @routes.get("/articles/{number}/citation", summary="How to cite a version")
    def citation(number: Number, version: WhichVersion = None) -> CitationModel:
        cited = archive.articles.cite(str(number), version)
        return CitationModel(
            id=cited.id, text=cited.text(), bibtex=cited.bibtex(), ris=cited.ris(), csl=cited.csl()
        )

    @routes.get("/edits", summary="Versions that changed something, the latest first")
    def edits(
        request: Request,
        site: SiteName = None,
        silent: bool = False,
        limit: Limit = 20,
        before: Cursor = None,
    ) -> VersionList:
        page = archive.listings.recent_edits(_known(site), silent=silent, before=before, limit=limit)
        return VersionList(
            items=[_brief(each) for each in page.items], next=_next(request, before=page.after)
        )

    @routes.get("/disappearances", summary="Articles that no longer stand on their site")
    def disappearances(
        request: Request,
        site: SiteName = None,
        suspect: bool = False,
        limit: Limit = 20,
        before: Cursor = None,
    ) -> Disappearances:
        page = archive.listings.disappeared(_known(site), suspect=suspect, before=before, limit=limit)
        return Disappearances(
            items=[_vanished(each) for each in page.items], next=_next(request, before=page.after)
        )

    @routes.get("/sites", summary="What the archive holds of each site")
    def sites() -> Sites:
        return Sites(items=[_site(each) for each in desk.fresh("sites", archive.listings.site_counts)])

    @routes.get("/sites/{name}", summary="A site: what is held, and what was missed")
    def site(name: Annotated[str, Path(max_length=200)]) -> CoverageModel:
        counts = desk.fresh("sites", archive.listings.site_counts)
        found = next((each for each in counts if each.site == name), None)
        if found is None:
            raise NotFound(f"there is no site {name} in this archive")
        missed = desk.fresh(f"missed {name}", lambda: archive.listings.missed(name))
        return CoverageModel(
            **_site(found).model_dump(), missed=dict(missed.reasons), pages=dict(missed.pages)
        )

    @routes.get("/runs", summary="Visits, the latest first")
    def runs(site: SiteName = None, limit: Limit = 20) -> Runs:
        return Runs(items=[_run(each) for each in archive.runs.list(_known(site), limit=limit)])

    @routes.get(
        "/export",
        summary="Versions as JSON Lines, from one consistent snapshot",
        response_class=StreamingResponse,
        responses={200: {"content": {"application/x-ndjson": {}}, "description": "One JSON object a line"}},
    )
    def export(
        site: SiteName = None,
        since: Annotated[Moment, Query(description="First seen at or after")] = None,
        until: Annotated[Moment, Query(description="First seen before")] = None,
        versions: Literal["latest", "all"] = "latest",
    ) -> StreamingResponse:
        since, until = (each and _aware(each) for each in (since, until))
        rows = lines(desk.stacks, site=_known(site), since=since, until=until, versions=versions)
        return StreamingResponse(
            _some(rows),
            media_type="application/x-ndjson",
            headers={"Content-Disposition": 'attachment; filename="legger.jsonl"'},
        )

    def _known(site: str | None) -> str | None:
        if site is None:
            return None
        names = [each.site for each in desk.fresh("sites", archive.listings.site_counts)]
        if site not in names:
            raise NotFound(f"there is no site {site!r} in this archive; there are {', '.join(names)}")
        return site

    return routes


# ---------------------------------------------------------------- between types and models


NOT_STATED = "not stated"
"""What an answer calls the value that a site does not state, and the period of what has no such time."""


def _stated(counts: Mapping[str, int]) -> dict[str, int]:
    return {value or NOT_STATED: number for value, number in counts.items()}


def _some(rows: Iterator[bytes], size: int = 200) -> Iterator[bytes]:
    """Lines in pieces worth sending."""
    held: list[bytes] = []
    for row in rows:
        held.append(row)
        if len(held) == size:
            yield b"".join(held)
            held.clear()
    yield b"".join(held)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _next(request: Request, **cursor: str | None) -> str | None:
    ((name, value),) = cursor.items()
    if value is None:
        return None
    root = request.scope.get("root_path", "")
    path = request.url.path if request.url.path.startswith(root) else root + request.url.path
    return f"{path}?{urlencode({**request.query_params, name: value})}"


def _fields(each: Filed) -> Mapping[str, Any]:
    read = each.article
    return {
        "id": each.article_id,
        "site": each.site,
        "url": read.url,
        "title": read.title,
        "version": each.number,
        "status": each.status.value,
        "kind": read.kind.value,
        "published": read.published.text if read.published else None,
        "section": read.section,
        "language": read.language,
        "authors": list(read.authors),
        "seen_before": each.seen_before,
        "first_seen": each.first_seen,
        "last_seen": each.last_seen,
        "superseded": each.superseded,
        "changed_fields": list(each.changed_fields),
        "silent": each.silent,
        "words_added": each.words_added,
        "words_removed": each.words_removed,
        "redacted": each.redacted,
        "content_hash": each.content_hash,
        "capture": each.capture_id,
    }


def _brief(each: Filed) -> VersionSummary:
    return VersionSummary(**_fields(each))


def _whole(archive: Any, each: Filed) -> FullVersion:
    read = each.article
    return FullVersion(
        **_fields(each),
        text=read.text,
        blocks=[BlockModel(kind=block.kind.value, text=block.text, at=block.at) for block in read.blocks],
        modified=read.modified.text if read.modified else None,
        tags=list(read.tags),
        dateline=read.dateline,
        sources=dict(read.sources),
        versions=archive.articles.version(str(each.article_id)).number,
        addresses=archive.articles.addresses_of(each.article_id),
    )


def _found(hit: SearchHit) -> HitModel:
    return HitModel(
        version=_brief(hit.version),
        title="".join(words for words, _ in hit.title),
        snippet=hit.snippet,
        removed=hit.gone,
    )


def _vanished(each: GoneArticle) -> Disappearance:
    return Disappearance(
        article=_brief(each.version),
        url=each.url,
        missed_since=each.since,
        confirmed=each.confirmed,
        reason=each.reason,
    )


def _site(each: SiteCounts) -> SiteModel:
    return SiteModel(**{name: getattr(each, name) for name in SiteModel.model_fields})


def _run(each: Visit) -> RunModel:
    return RunModel(
        id=each.id,
        site=each.site,
        started=each.started,
        ended=each.ended,
        outcome=each.outcome,
        counts=asdict(each.counts) if each.counts is not None else None,
    )
