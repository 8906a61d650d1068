"""The archive for programs: JSON over HTTP, described by OpenAPI. Mirrors the command line; reads only.

Lists come newest first, a page at a time; ``next`` is the address of the following page, and stays good while
the archive grows. Every answer has an ETag. Errors are problem documents (RFC 9457).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime
from itertools import islice
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from archive import NotFound
from archive.compare.edit_kinds import EditKind
from archive.errors import UsageError
from archive.export.choice import RowChoice
from archive.export.jsonl import lines
from archive.model.types import Diff
from archive.search.counting import By as Facet
from archive.search.counting import Time
from archive.search.order import Sort
from legger.dates import closing, instant
from legger.web.api.models import (
    NOT_STATED,
    CitationModel,
    Counts,
    CoverageModel,
    Difference,
    Disappearances,
    DoubtfulList,
    DoubtfulModel,
    FieldHistory,
    FullVersion,
    PieceModel,
    ProblemModel,
    RelatedList,
    Results,
    RunsModel,
    SightingModel,
    Sightings,
    SitesModel,
    VersionList,
    disappearance,
    hit_model,
    period_model,
    related_model,
    run_model,
    site_model,
    stated_or_not,
    summary,
    whole,
)  # fmt: skip
from legger.web.context import WebContext

DESCRIPTION = """\
Search, read, compare, count and export a newspaper archive. Answers tell times in UTC. A day in a question,
and a time without a zone, are of the zone of the reading room; as of a day means its end. A parameter that is
not known is an error. Every list has `next`, the address of the following page, or null; it stays good while
the archive grows. Errors are `application/problem+json`.
"""
SMALL = 2_000_000
"""Bytes of an answer that gets an ETag; larger ones stream."""


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


Moment = Annotated[
    str | None,
    Query(description="A day (2026-03-02) or a time (2026-03-02T08:00+01:00)", max_length=40),
]
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


def _known_parameters(request: Request) -> None:
    """Refuse what a route does not know: a misspelled filter would otherwise filter nothing."""
    route = request.scope["route"]
    known = {each.alias for each in route.dependant.query_params}
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        there = ", ".join(sorted(known)) or "none"
        raise UsageError(f"there is no parameter {', '.join(map(repr, unknown))} here; there are {there}")


def router(desk: WebContext) -> APIRouter:  # noqa: PLR0915  (one small function for each question)
    """The routes of the API."""
    routes = APIRouter(
        prefix="/api/v1", route_class=Tagged, responses=ERRORS, tags=["archive"],
        dependencies=[Depends(_known_parameters)],
    )  # fmt: skip
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
            items=[hit_model(each) for each in found.hits],
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
            counts={by: stated_or_not(values) for by, values in found.counts.items()},
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
        return Counts(
            total=sum(counts.values()), more=False, counts={one: stated_or_not(counts)} if one else {}
        )

    @routes.get("/articles", summary="Articles, the last found first")
    def articles(
        request: Request,
        site: SiteName = None,
        pages: Annotated[bool, Query(description="Standing pages that are kept, not articles.")] = False,
        limit: Limit = 20,
        before: Cursor = None,
    ) -> VersionList:
        page = archive.listings.found_last(_known(site), pages=pages, before=before, limit=limit)
        return VersionList(
            items=[summary(each) for each in page.items], next=_next(request, before=page.after)
        )

    @routes.get("/article", summary="The article at an address, or cited by its permanent number")
    def article_at(url: Annotated[str, Query(min_length=1, max_length=4000)]) -> FullVersion:
        if url.startswith("legger:"):
            return whole(archive, archive.articles.cited(url))
        return whole(archive, archive.articles.version(url))

    @routes.get("/articles/{number}", summary="An article: its latest version, another, or as of a time")
    def article(
        number: Number,
        version: WhichVersion = None,
        as_of: Moment = None,
    ) -> FullVersion:
        if version is not None and as_of is not None:
            raise UsageError("choose version or as_of")
        moment = closing(as_of, desk.zone) if as_of is not None else None
        return whole(archive, archive.articles.version(str(number), version, as_of=moment))

    @routes.get("/articles/{number}/versions", summary="Every version of an article, oldest first")
    def versions(number: Number) -> VersionList:
        return VersionList(items=[summary(each) for each in archive.articles.history(str(number))], next=None)

    @routes.get("/articles/{number}/diff", summary="What lies between two versions; by default the last two")
    def diff(number: Number, old: WhichVersion = None, new: WhichVersion = None) -> Difference:
        found = archive.articles.diff(str(number), old, new)
        return _difference(number, found)

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

    @routes.get("/articles/{number}/related", summary="The same story elsewhere, and corrections")
    def related(number: Number) -> RelatedList:
        return RelatedList(items=[related_model(each) for each in archive.related.of(str(number))])

    @routes.get("/articles/{number}/related/{other}", summary="How another article differs, word by word")
    def beside(number: Number, other: Annotated[int, Path(ge=1, le=2**53)]) -> Difference:
        found, _ = archive.related.compare(str(number), str(other))
        return _difference(number, found)

    @routes.get("/articles/{number}/fields", summary="What each field said, and when")
    def fields(
        number: Number,
        field: Annotated[str | None, Query(description="Only this field", max_length=40)] = None,
    ) -> FieldHistory:
        return FieldHistory(
            items=[period_model(each) for each in archive.articles.fields(str(number), field)]
        )

    @routes.get("/as-of", summary="The whole corpus as it stood: of every article the version that held")
    def as_of(
        request: Request,
        time: Annotated[str, Query(description="A time, or a day, which means its end", max_length=40)],
        site: SiteName = None,
        limit: Limit = 20,
        after: Annotated[int, Query(ge=0, le=2**53, description="From `next` of the page before")] = 0,
    ) -> VersionList:
        found = archive.articles.as_of(closing(time, desk.zone), _known(site), after=after)
        some = list(islice(found, limit + 1))
        more = str(some[limit - 1].article_id) if len(some) > limit else None
        return VersionList(items=[summary(each) for each in some[:limit]], next=_next(request, after=more))

    @routes.get("/edits", summary="Versions that changed something, the latest first")
    def edits(
        request: Request,
        site: SiteName = None,
        silent: bool = False,
        kind: Annotated[EditKind | None, Query(description="Only edits of this kind")] = None,
        since: Moment = None,
        until: Moment = None,
        alternating: Annotated[bool, Query(description="Also texts that were shown by turns")] = False,
        limit: Limit = 20,
        before: Cursor = None,
    ) -> VersionList:
        begin, end = _span(since, until)
        page = archive.listings.recent_edits(
            _known(site), silent=silent, kind=kind, since=begin, until=end, alternating=alternating,
            before=before, limit=limit,
        )  # fmt: skip
        return VersionList(
            items=[summary(each) for each in page.items], next=_next(request, before=page.after)
        )

    @routes.get("/doubtful", summary="Articles whose text was perhaps not read well, the most doubtful first")
    def doubtful(site: SiteName = None, limit: Limit = 20) -> DoubtfulList:
        found = archive.doubtful.list(_known(site), limit=limit)
        return DoubtfulList(
            items=[
                DoubtfulModel(
                    article=summary(each.version), doubt=round(each.doubt, 3), reasons=list(each.reasons)
                )
                for each in found.most
            ],
            doubtful=found.doubtful,
            of=found.of,
        )

    @routes.get("/disappearances", summary="Articles that no longer stand on their site")
    def disappearances(
        request: Request,
        site: SiteName = None,
        suspect: bool = False,
        since: Moment = None,
        limit: Limit = 20,
        before: Cursor = None,
    ) -> Disappearances:
        begin, _ = _span(since, None)
        page = archive.listings.disappeared(
            _known(site), suspect=suspect, since=begin, before=before, limit=limit
        )
        return Disappearances(
            items=[disappearance(each) for each in page.items], next=_next(request, before=page.after)
        )

    @routes.get("/sites", summary="What the archive holds of each site")
    def sites() -> SitesModel:
        return SitesModel(
            items=[site_model(each) for each in desk.fresh("sites", archive.holdings.site_counts)]
        )

    @routes.get("/sites/{name}", summary="A site: what is held, and what was missed")
    def site(name: Annotated[str, Path(max_length=200)]) -> CoverageModel:
        counts = desk.fresh("sites", archive.holdings.site_counts)
        found = next((each for each in counts if each.site == name), None)
        if found is None:
            raise NotFound(f"there is no site {name} in this archive")
        missed = desk.fresh(f"missed {name}", lambda: archive.listings.missed(name))
        return CoverageModel(
            **site_model(found).model_dump(), missed=dict(missed.reasons), pages=dict(missed.pages)
        )

    @routes.get("/runs", summary="Visits, the latest first")
    def runs(
        request: Request,
        site: SiteName = None,
        since: Moment = None,
        limit: Limit = 20,
        before: Annotated[int | None, Query(ge=1, le=2**53, description="From `next`")] = None,
    ) -> RunsModel:
        begin, _ = _span(since, None)
        found = archive.runs.list(_known(site), since=begin, before=before, limit=limit + 1)
        more = str(found[limit - 1].id) if len(found) > limit else None
        return RunsModel(items=[run_model(each) for each in found[:limit]], next=_next(request, before=more))

    @routes.get(
        "/export",
        summary="Versions as JSON Lines, from one consistent snapshot",
        response_class=StreamingResponse,
        responses={200: {"content": {"application/x-ndjson": {}}, "description": "One JSON object a line"}},
    )
    def export(
        site: SiteName = None,
        since: Moment = None,
        until: Moment = None,
        versions: Literal["latest", "all"] = "latest",
    ) -> StreamingResponse:
        begin, end = _span(since, until)
        rows = lines(desk.stacks, RowChoice(site=_known(site), since=begin, until=end, versions=versions))
        return StreamingResponse(
            _some(rows),
            media_type="application/x-ndjson",
            headers={"Content-Disposition": 'attachment; filename="legger.jsonl"'},
        )

    def _span(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
        begin, end = instant(since, desk.zone), instant(until, desk.zone)
        if begin is not None and end is not None and begin >= end:
            raise UsageError("since must be before until")
        return begin, end

    def _known(site: str | None) -> str | None:
        if site is None:
            return None
        names = [each.site for each in desk.fresh("sites", archive.holdings.site_counts)]
        if site not in names:
            raise NotFound(f"there is no site {site!r} in this archive; there are {', '.join(names)}")
        return site

    return routes


def _difference(number: int, found: Diff) -> Difference:
    return Difference(
        id=number,
        old=found.old,
        new=found.new,
        fields=dict(found.fields),
        pieces=[PieceModel(change=each.change.value, text=each.text) for each in found.pieces],
        added=found.added,
        removed=found.removed,
    )


def _some(rows: Iterator[bytes], size: int = 200) -> Iterator[bytes]:
    """Lines in pieces worth sending."""
    held: list[bytes] = []
    for row in rows:
        held.append(row)
        if len(held) == size:
            yield b"".join(held)
            held.clear()
    yield b"".join(held)


def _next(request: Request, **cursor: str | None) -> str | None:
    ((name, value),) = cursor.items()
    if value is None:
        return None
    root = request.scope.get("root_path", "")
    path = request.url.path if request.url.path.startswith(root) else root + request.url.path
    return f"{path}?{urlencode({**request.query_params, name: value})}"
