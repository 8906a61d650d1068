"""A finding as a page, and as the file that others can check."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive import NotFound
from archive.errors import UsageError
from archive.reports.finding import Finding, find
from legger.i18n import Translation
from legger.templating import environment
from legger.web.rendering import Renderer

LONGEST = 2000
"""Characters of a sentence."""


def router(room: Renderer) -> APIRouter:
    """The routes of findings."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    desk = room.desk

    def found(number: int, sentence: str) -> Finding:
        if len(sentence) > LONGEST:
            raise UsageError("a sentence has at most {number} characters", number=LONGEST)
        return find(
            desk.archive, str(number), sentence, made=datetime.now(UTC),
            address=desk.address, name=desk.name, naan=desk.naan,
        )  # fmt: skip

    @routes.get("/articles/{number}/finding")
    def page(request: Request, number: int, sentence: str = "") -> Response:
        t = room.tongue(request)
        shown = desk.archive.articles.version(str(number))
        try:
            made = found(number, sentence) if sentence.strip() else None
        except (NotFound, UsageError) as error:
            why = t(error.reason, **error.values)
            return room.page(
                request, "finding.html", status=404 if isinstance(error, NotFound) else 400,
                shown=shown, sentence=sentence, found=None, observed=(), why=why,
            )  # fmt: skip
        observed = [_told(t, *each) for each in made.observations] if made else ()
        return room.page(
            request, "finding.html", shown=shown, sentence=sentence, found=made, observed=observed, why=""
        )

    @routes.get("/articles/{number}/finding.{form}")
    def file(number: int, form: str, sentence: str = "") -> Response:
        if form not in ("json", "html"):
            raise NotFound("a finding is had as .json or .html")
        made = found(number, sentence)
        whole = orjson.dumps(made.plain(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        kind = "application/json"
        if form == "html":
            drawn = (
                environment("legger").get_template("finding.html").render(found=made, whole=whole.decode())
            )
            whole, kind = drawn.encode(), "text/html; charset=utf-8"
        headers = {"Content-Disposition": f'attachment; filename="finding-{number}.{form}"'}
        return Response(whole, media_type=kind, headers=headers)

    return routes


def _told(t: Translation, words: str, values: dict[str, Any]) -> str:
    told = {name: t.moment(value) if isinstance(value, datetime) else value for name, value in values.items()}
    return t(words, **told)
