"""Memento (RFC 7089): the archived articles by their original address and a time.

``/memento/timegate/URL`` leads to the capture nearest to ``Accept-Datetime``; ``/memento/timemap/URL`` lists
all of them; ``/memento/YYYYMMDDhhmmss/URL`` is one, served as safely as everywhere in the reading room. Only
captures that showed the article are mementos: what a site answered instead, once it had gone, is none.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from archive import NotFound
from archive.queries.listings import Memento
from legger.web import replay
from legger.web.context import WebContext

LINK_FORMAT = "application/link-format"


def router(desk: WebContext) -> APIRouter:
    """The routes of Memento."""
    routes = APIRouter(include_in_schema=False)
    archive = desk.archive

    def mementos(url: str) -> list[Memento]:
        found = of_address(archive.listings.mementos(archive.articles.find(url)), url)
        if not found:
            raise NotFound(f"no capture of {url} may be shown")
        return found

    @routes.get("/memento/timegate/{url:path}")
    def timegate(request: Request, url: str) -> Response:
        url = _original(request, "/memento/timegate/")
        found = mementos(url)
        stated = request.headers.get("accept-datetime")
        wanted = _wanted(stated) if stated is not None else None
        if stated is not None and wanted is None:
            raise HTTPException(
                400,
                f"Accept-Datetime: {stated!r} is no date as in RFC 7089: Thu, 31 May 2007 20:35:00 GMT",
                {"Vary": "accept-datetime"},
            )
        chosen = nearest(found, wanted) if wanted is not None else found[-1]
        place = _MementoPlace(request, url)
        return RedirectResponse(
            place.memento(chosen),
            302,
            {"Vary": "accept-datetime", "Link": place.links(found, chosen, gate=True)},
        )

    @routes.get("/memento/timemap/json/{url:path}")
    def timemap_json(request: Request, url: str) -> Response:
        url = _original(request, "/memento/timemap/json/")
        found = mementos(url)
        place = _MementoPlace(request, url)
        return JSONResponse(
            {
                "original_uri": url,
                "timegate_uri": place.gate,
                "timemap_uri": {"link_format": place.map, "json_format": str(request.url)},
                "mementos": {
                    "list": [{"datetime": _iso(each.at), "uri": place.memento(each)} for each in found],
                    "first": {"datetime": _iso(found[0].at), "uri": place.memento(found[0])},
                    "last": {"datetime": _iso(found[-1].at), "uri": place.memento(found[-1])},
                },
            }
        )

    @routes.get("/memento/timemap/{url:path}")
    @routes.get("/memento/timemap/link/{url:path}")
    def timemap(request: Request, url: str) -> Response:
        url = _original(request, "/memento/timemap/link/", "/memento/timemap/")
        found = mementos(url)
        place = _MementoPlace(request, url)
        lines = [
            f'<{url}>;rel="original"',
            f'<{place.map}>;rel="self";type="{LINK_FORMAT}";from="{_date(found[0].at)}";until="{_date(found[-1].at)}"',
            f'<{place.gate}>;rel="timegate"',
        ]
        for number, each in enumerate(found):
            first = "first " if number == 0 else ""
            last = "last " if number == len(found) - 1 else ""
            lines.append(f'<{place.memento(each)}>;rel="{first}{last}memento";datetime="{_date(each.at)}"')
        return Response(",\n".join(lines) + "\n", media_type=LINK_FORMAT)

    @routes.get("/memento/{moment:int}/{url:path}")
    def memento(request: Request, moment: int, url: str) -> Response:
        stated = f"{moment:014}"
        url = _original(request, f"/memento/{stated}/")
        try:
            wanted = datetime.strptime(stated, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError as error:
            raise HTTPException(404, f"{stated} is no time: YYYYMMDDhhmmss") from error
        found = mementos(url)
        chosen = nearest(found, wanted)
        place = _MementoPlace(request, url)
        if chosen.at.replace(microsecond=0) != wanted:
            return RedirectResponse(place.memento(chosen), 302)
        kept = archive.captures.get(chosen.capture).capture
        return HTMLResponse(
            replay.replay(replace(kept, body=archive.articles.body(chosen.capture)), archive.assets).html,
            headers={
                "Memento-Datetime": _date(chosen.at),
                "Link": place.links(found, chosen),
                "Content-Security-Policy": replay.POLICY,
                "X-Robots-Tag": "noindex",
            },
        )

    return routes


def of_address(found: Sequence[Memento], url: str) -> list[Memento]:
    """Those captured at an address, or, when the article never answered there, all; one for each second."""
    here = [each for each in found if _bare(each.url) == _bare(url)] or found
    return list({each.at.replace(microsecond=0): each for each in here}.values())


def _bare(url: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", url).rstrip("/")


def nearest(found: Sequence[Memento], wanted: datetime) -> Memento:
    """The memento nearest to a time; of two as near, the earlier. *found* is in order of time."""
    place = bisect.bisect_right([each.at for each in found], wanted)
    if place == 0:
        return found[0]
    if place == len(found):
        return found[-1]
    before, after = found[place - 1], found[place]
    return before if wanted - before.at <= after.at - wanted else after


class _MementoPlace:
    """Where the resources of one original address stand."""

    def __init__(self, request: Request, url: str) -> None:
        self.url = url
        self.root = str(request.base_url).rstrip("/") + "/memento"
        self.gate = f"{self.root}/timegate/{url}"
        self.map = f"{self.root}/timemap/link/{url}"

    def memento(self, each: Memento) -> str:
        return f"{self.root}/{each.at:%Y%m%d%H%M%S}/{self.url}"

    def links(self, found: Sequence[Memento], chosen: Memento, *, gate: bool = False) -> str:
        """The Link header of a time gate or of a memento."""
        place = found.index(chosen)
        named: dict[int, list[str]] = {}
        for number, name in (
            (0, "first"),
            (len(found) - 1, "last"),
            (place - 1, "prev"),
            (place + 1, "next"),
        ):
            if 0 <= number < len(found):
                named.setdefault(number, []).append(name)
        if not gate:
            named.setdefault(place, [])
        parts = [f'<{self.url}>; rel="original"']
        if not gate:
            parts.append(f'<{self.gate}>; rel="timegate"')
        parts.append(
            f'<{self.map}>; rel="timemap"; type="{LINK_FORMAT}"; '
            f'from="{_date(found[0].at)}"; until="{_date(found[-1].at)}"'
        )
        for number, names in sorted(named.items()):
            each = found[number]
            words = " ".join([*names, "memento"])
            parts.append(f'<{self.memento(each)}>; rel="{words}"; datetime="{_date(each.at)}"')
        return ", ".join(parts)


def _original(request: Request, *starts: str) -> str:
    """The address behind one of *starts*, with its own query, as it was asked for."""
    path = request.scope["raw_path"].decode("ascii") if "raw_path" in request.scope else request.url.path
    start = next((each for each in starts if each in path), None)
    if start is None:
        raise HTTPException(404)
    url = path.split(start, 1)[1]
    if query := request.scope["query_string"].decode("ascii", "replace"):
        url += f"?{query}"
    url = re.sub(r"^(https?):/(?=[^/])", r"\1://", url)  # proxies fold two slashes into one
    if not re.match(r"https?://", url):
        url = f"http://{url}"
    if re.search(r'[\s<>"]', url):
        raise HTTPException(404)
    return url


def _wanted(stated: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(stated)
    except (TypeError, ValueError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
