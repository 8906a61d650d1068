"""The search page: hits, and the facets and days by which they are narrowed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from archive import NotFound, QueryError
from archive.errors import UsageError
from archive.search.counting import By, Facets
from archive.search.language.parser import parse
from archive.search.language.query import Query, Scope, exactly
from archive.search.order import SORTS, Sort
from archive.search.search import RANKED
from legger.i18n import Translation
from legger.web.charts import months_plot
from legger.web.rendering import Renderer

SHOWN: tuple[By, ...] = (
    "year", "site", "section", "author", "place", "kind", "edit", "language", "status"
)  # fmt: skip
FILTER: Mapping[By, str] = {
    "year": "published",
    "site": "site",
    "section": "section",
    "author": "author",
    "place": "place",
    "kind": "kind",
    "edit": "kind",
    "language": "lang",
    "status": "status",
}
"""Facet -> the filter of the query language that narrows to one of its values."""
MAY_LACK = frozenset({"year", "section", "author", "place", "language"})
"""Facets of what a site may leave unsaid."""
NAMED = {"kind": "", "edit": "kind ", "status": ""}
"""Facets whose values are words of ours -> what stands before them in the key of a translation."""
FIRST = 8
"""Values that are shown at once,"""
MOST = 60
"""and behind "more"."""


@dataclass(frozen=True, kw_only=True)
class FacetChoice:
    """A value of a facet."""

    label: str
    count: int
    query: str
    """The query with this value added, or taken away when it is on."""
    on: bool


def router(room: Renderer) -> APIRouter:
    """The route of the search page."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    archive = room.desk.archive

    @routes.get("/search")
    def search(
        request: Request, q: str = "", sort: str = "published", after: str | None = None,
        since: str = "", until: str = "",
    ) -> Response:  # fmt: skip
        q = q.strip()
        root = request.scope.get("root_path", "")
        try:
            if place := _place(room, q):
                return RedirectResponse(root + place, 303)
        except NotFound as error:
            why = room.tongue(request)(error.reason, **error.values)
            return room.page(request, "search.html", status=404, **_nothing(q, sort) | {"missing": why})
        t = room.tongue(request)
        if not q and not since and not until:
            return room.page(request, "search.html", **_nothing(q, sort))
        try:
            asked = parse(q)
        except QueryError as error:
            return room.page(request, "search.html", status=400, **_nothing(q, sort) | {"error": error})
        if since or until:
            days = f"{_day(since)}..{_day(until)}"
            query = asked.with_condition("published", days, instead=True)
            return RedirectResponse(f"{root}/search?{urlencode({'q': query, 'sort': sort})}", 303)
        chosen: Sort = next((each for each in SORTS if each == sort), "published")
        if chosen == "relevance" and asked.words is None:
            chosen = "published"
        order = None if asked.scope is Scope.REMOVED else chosen
        found = archive.search.search(asked, sort=order, limit=20, after=after)
        facets = archive.search.facets(asked)
        near: dict[str, dict[str, str]] = {}
        if not found.hits:
            for term in asked.terms():
                if not term.prefix and (words := archive.search.similar_words(term.words)):
                    near[term.words] = {each: asked.with_word(term, each) for each in words}
        first, last = _days(asked)
        return room.page(
            request,
            "search.html",
            q=q,
            sort=chosen,
            sorts=[each for each in SORTS if each != "relevance" or asked.words],
            error=None,
            missing=None,
            found=found,
            facets=facets,
            removed=asked.scope is Scope.REMOVED,
            scope=asked.scope.value,
            scopes={
                each.value: _with_scope(asked, each)
                for each in Scope
                if each is not Scope.REMOVED or asked.words
            },
            choices=_every_choice(t, asked, facets, room.desk.named),
            first=FIRST,
            beyond={by: _beyond(facets, by) for by in SHOWN},
            since=first,
            until=last,
            plot=months_plot(t, facets.counts["month"], asked, request),
            near=near,
            ranked=RANKED,
            sites=room.desk.fresh("sites", archive.holdings.site_counts),
            later=after is not None,
        )

    return routes


def _place(room: Renderer, words: str) -> str | None:
    """Where an address or the id of a citation leads; ``None`` for a query.

    Raises :class:`NotFound` for one that leads nowhere.
    """
    articles = room.desk.archive.articles
    if " " in words:
        return None
    if words.startswith("legger:"):
        cited = articles.cited(words)
        return f"/articles/{cited.article_id}?version={cited.number}"
    return f"/articles/{articles.find(words)}" if words.startswith(("http://", "https://")) else None


def _day(stated: str) -> str:
    """A day as a query has it, or nothing. Raises :class:`UsageError` for what is none."""
    try:
        return date.fromisoformat(stated).isoformat() if stated else ""
    except ValueError:
        raise UsageError("a day is expected here, such as 2026-03-01") from None


def _nothing(q: str, sort: str) -> dict[str, Any]:
    return {
        "q": q, "sort": sort, "error": None, "missing": None, "found": None, "facets": None, "near": {},
        "removed": False, "scope": "current", "scopes": {}, "choices": {}, "plot": "", "ranked": RANKED,
        "sites": (), "beyond": {}, "later": False, "sorts": (), "first": FIRST, "since": None, "until": None,
    }  # fmt: skip


def _with_scope(asked: Query, scope: Scope) -> str:
    return (
        asked.without("in")
        if scope is Scope.CURRENT
        else asked.with_condition("in", scope.value, instead=True)
    )


def _days(asked: Query) -> tuple[date | None, date | None]:
    """The days of publication that are asked for, first and last, when that is one span."""
    if len(asked.published) != 1:
        return None, None
    span = asked.published[0]
    return span.since, span.until - timedelta(days=1) if span.until else None


def _every_choice(
    t: Translation, asked: Query, facets: Facets, named: Callable[[str], str]
) -> dict[By, list[FacetChoice]]:
    """Facet -> its values, those worth a choice."""
    made = {}
    for by in SHOWN:
        counts = _years(facets.counts["month"]) if by == "year" else facets.counts[by]
        choices = _choices(t, asked, by, counts, named)
        if len(choices) > 1 or any(each.on for each in choices):
            made[by] = choices
    return made


def _beyond(facets: Facets, by: By) -> int:
    """How many values there are that are not shown."""
    counts = _years(facets.counts["month"]) if by == "year" else facets.counts[by]
    return max(0, sum(1 for each in counts if each) - MOST)


def _years(months: Mapping[str, int]) -> dict[str, int]:
    """Matches by year, the latest first, and last what states no date."""
    counted: Counter[str] = Counter()
    for month, number in months.items():
        counted[month[:4]] += number
    return dict(sorted(counted.items(), reverse=True))


def _choices(
    t: Translation, asked: Query, by: By, counts: Mapping[str, int], named: Callable[[str], str]
) -> list[FacetChoice]:
    name = FILTER[by]
    choices = []
    for value, count in [each for each in counts.items() if each[0]][:MOST]:
        exact = exactly(name, value)
        on = asked.has(name, exact)
        query = asked.without(name, exact) if on else asked.with_condition(name, exact, instead=by == "year")
        label = t(NAMED[by] + value) if by in NAMED else named(value) if by == "site" else value
        choices.append(FacetChoice(label=label, count=count, query=query, on=on))
    if counts.get("") and by in MAY_LACK:
        on = asked.lacks(name)
        query = asked.without(name) if on else asked.with_lacking(name)
        choices.append(FacetChoice(label=t("not stated"), count=counts[""], query=query, on=on))
    return choices
