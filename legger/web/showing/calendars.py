"""Days on which a site was visited or an article captured: as a calendar, and as one line. Days are UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive import NotFound
from archive.queries.holdings import VisitDay
from legger.i18n import Translation
from legger.templating import environment
from legger.web.rendering import Renderer

BINS = 120
"""Parts of a line of coverage; each is a day, or more when there are more days."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A day of a calendar."""

    day: date
    kind: str = "none"
    """``none``, ``seen``, ``changed`` or ``amiss``."""
    says: str = ""
    href: str = ""


def months(cells: Mapping[date, Cell], first: date, last: date) -> list[tuple[str, list[list[Cell | None]]]]:
    """Every month from *first* to *last*: (``2026-03``, weeks from Monday to Sunday)."""
    made = []
    here = first.replace(day=1)
    while here <= last:
        weeks: list[list[Cell | None]] = [[None] * here.weekday()]
        day = here
        while day.month == here.month:
            if len(weeks[-1]) == 7:
                weeks.append([])
            weeks[-1].append(cells.get(day, Cell(day=day)))
            day += timedelta(days=1)
        weeks[-1] += [None] * (7 - len(weeks[-1]))
        made.append((f"{here:%Y-%m}", weeks))
        here = day
    return made


def coverage(t: Translation, days: Sequence[VisitDay], first: date, last: date) -> Markup:
    """One line from *first* to *last*: when a site was visited, when that went amiss, when nobody came."""
    known = {each.day: each for each in days}
    span = (last - first).days + 1
    width = max(1, -(-span // BINS))
    bins = []
    for start in range(0, span, width):
        some = [first + timedelta(days=each) for each in range(start, min(start + width, span))]
        met = [known[day] for day in some if day in known]
        kind = "none" if not met else "amiss" if any(each.amiss for each in met) else "seen"
        says = f"{t.day(some[0])}: {t.many(sum(each.visits for each in met), 'visit', 'visits')}"
        bins.append((kind, says))
    told = t("{days} days with visits of {all}", days=len(known), all=span)
    drawn = environment("legger.web").get_template("coverage.svg.html")
    return Markup(drawn.render(bins=bins, says=told, step=100 / len(bins)))  # noqa: S704  # it escapes


def pace(days: Sequence[VisitDay]) -> timedelta | None:
    """How long lies between two visits, in the middle; ``None``: there were fewer than two."""
    begun = sorted(each for day in days for each in day.begun)
    gaps = sorted(later - earlier for earlier, later in pairwise(begun))
    return gaps[len(gaps) // 2] if gaps else None


def router(room: Renderer) -> APIRouter:
    """The routes of calendars."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    archive = room.desk.archive

    def page(
        request: Request, cells: Mapping[date, Cell], year: int | None, title: str, back: str, legend: bool
    ) -> Response:
        years = sorted({day.year for day in cells})
        chosen = year if year in years else years[-1]
        of_year = [day for day in cells if day.year == chosen]
        return room.page(
            request,
            "calendar.html",
            title=title,
            back=back,
            years=years,
            year=chosen,
            months=months(cells, min(of_year), max(of_year)),
            legend=legend,
        )

    @routes.get("/sites/{name}/calendar")
    def site(request: Request, name: str, year: int | None = None) -> Response:
        t = room.tongue(request)
        if not any(each.site == name for each in room.desk.sites()):
            raise NotFound("There is no site {name} in this archive.", name=name)
        visits = archive.holdings.visit_days(name)
        if not visits:
            raise NotFound("{name} was never visited: what is here of it was brought in", name=name)
        since = datetime.combine(min(each.day for each in visits), datetime.min.time(), UTC)
        brought = {date.fromisoformat(each.day): each for each in archive.listings.days(since, name)}
        cells = {}
        for each in visits:
            found = brought.get(each.day)
            says = [t.many(each.visits, "visit", "visits")]
            if found:
                says += [
                    t.many(found.new, "new article", "new articles"),
                    t.many(found.edits, "edit", "edits"),
                ]
            if each.amiss:
                says.append(t("not every visit went as it should"))
            cells[each.day] = Cell(
                day=each.day,
                kind="amiss" if each.amiss else "changed" if found else "seen",
                says=", ".join(says),
                href=f"/search?q=in:all+site:{name}+seen:{each.day}" if found else "",
            )
        return page(request, cells, year, room.desk.named(name), f"/sites/{name}", legend=True)

    @routes.get("/articles/{number}/calendar")
    def article(request: Request, number: int, year: int | None = None) -> Response:
        t = room.tongue(request)
        history = archive.articles.history(str(number))
        if history[0].redacted:
            raise NotFound("this article may not be shown")
        changed = {each.first_seen.astimezone(UTC).date(): each for each in history}
        cells: dict[date, Cell] = {}
        captured = archive.articles.sightings(str(number))
        for day in sorted({each.at.astimezone(UTC).date() for each in captured}):
            of_day = [each for each in captured if each.at.astimezone(UTC).date() == day]
            says = [t.many(len(of_day), "capture", "captures")]
            if day in changed:
                says.append(t("version {number}", number=changed[day].number))
            absent = [each for each in of_day if each.version is None]
            cells[day] = Cell(
                day=day,
                kind="changed" if day in changed else "amiss" if absent else "seen",
                says=", ".join(says),
                href=f"/captures/{of_day[-1].id}",
            )
        title = history[-1].article.title or t("Without a title")
        return page(request, cells, year, title, f"/articles/{number}", legend=False)

    @routes.get("/about")
    def about(request: Request) -> Response:
        t = room.tongue(request)
        fresh, counts = room.desk.fresh, room.desk.sites()
        names = [each.site for each in counts]
        visits = fresh("visits", lambda: {each: archive.holdings.visit_days(each) for each in names})
        missed = fresh("all missed", lambda: {each: archive.listings.missed(each) for each in names})
        every = [each.day for days in visits.values() for each in days]
        covered = []
        for name in names:
            between = pace(visits[name])
            covered.append(
                {
                    "site": name,
                    "visited": bool(visits[name]),
                    "line": coverage(t, visits[name], min(every), max(every)) if every else "",
                    "pace": t.lasted(visits[name][0].begun[0], visits[name][0].begun[0] + between)
                    if between
                    else "",
                    "waiting": missed[name].waiting,
                    "missed": sum(missed[name].reasons.values()),
                }
            )
        return room.page(
            request,
            "about.html",
            sites=counts,
            covered=covered,
            first=t.day(min(every)) if every else "",
            last=t.day(max(every)) if every else "",
            rights=room.desk.rights,
            takedown=room.desk.takedown,
        )

    return routes
