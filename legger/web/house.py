"""The application: who may come in, what every answer carries, what is said when something is wrong.

One archive, opened read-only, behind all pages. Questions have a time limit; answers a content security
policy. Knows no page by name.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from importlib.resources import files
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archive import Archive, NotFound, QueryError
from archive.errors import LeggerError, TooCostly, UsageError
from archive.margin import Contents, Margin
from legger.web.tongues import LANGUAGES, Tongue, choose

T = TypeVar("T")

SECONDS = 10.0
"""How long one question to the archive may take."""
FRESH = 60.0
"""Seconds for which counts of the whole archive are shown again,"""
PATIENCE = 200.0
"""or this many times what they took, when that is longer."""
MOST = 500
"""Answers kept."""

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}
_BCP47 = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
COOKIE, TONGUE = "legger-token", "legger-language"


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What the reading room stands on."""

    archive: Archive
    """Open read-only, with a limit of seconds."""
    stacks: Archive
    """The same archive without a limit, for exports that stream."""
    name: str = ""
    """Whose archive it is."""
    margin: Margin | None = None
    """Notes, tags and saved queries, to be shown; they are written with the command line."""
    zone: tzinfo = UTC
    """Times are told in it."""
    token: str | None = None
    """Who does not bring it is not let in."""
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]", "testserver")
    """Host names it answers to; ``("*",)`` for any."""
    kept: dict[str, tuple[float, Any]] = field(default_factory=dict)
    busy: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def noted(self) -> Contents:
        """What stands in the margin."""
        return self.margin.read() if self.margin is not None else Contents()

    def warm(self) -> None:
        """Ask for the counts of every page before a reader has to wait for them."""
        with suppress(LeggerError):
            self.fresh("sites", self.archive.site_counts)

    def fresh(self, name: str, ask: Callable[[], T]) -> T:
        """The answer to a question about the whole archive: a minute old at most, or older the more it costs.

        While one reader's request asks anew, the others get the answer there was.
        """
        with self.lock:
            until, answer = self.kept.get(name, (0.0, None))
            if until and (time.monotonic() < until or name in self.busy):
                return cast(T, answer)
            self.busy.add(name)
        started = time.monotonic()
        try:
            answer = ask()
        finally:
            with self.lock:
                self.busy.discard(name)
        ended = time.monotonic()
        with self.lock:
            if len(self.kept) > MOST:
                self.kept.clear()
            self.kept[name] = (ended + max(FRESH, PATIENCE * (ended - started)), answer)
        return answer


class Room:
    """Pages from templates, in the reader's language."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.templates = Environment(
            loader=PackageLoader("legger.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.filters["bcp47"] = lambda code: code if code and _BCP47.fullmatch(code) else ""
        static = files("legger.web") / "static"
        digest = hashlib.sha256(b"".join((static / name).read_bytes() for name in ("room.css", "room.js")))
        self.edition = digest.hexdigest()[:10]

    def tongue(self, request: Request) -> Tongue:
        """The reader's language: chosen, remembered, or the browser's."""
        stated = request.query_params.get("lang") or request.cookies.get(TONGUE)
        return Tongue(choose(stated, request.headers.get("accept-language", "")), self.desk.zone)

    def page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        """A page."""
        tongue = self.tongue(request)
        root = request.scope.get("root_path", "")

        def url(path: str, **query: Any) -> str:
            stated = {name: value for name, value in query.items() if value not in (None, "", False)}
            return f"{root}{path}{'?' + urlencode(stated) if stated else ''}"

        here = request.url.path.removeprefix(root)
        kept = {name: value for name, value in request.query_params.items() if name != "lang"}
        html = self.templates.get_template(template).render(
            t=tongue,
            url=url,
            room=self.desk.name,
            edition=self.edition,
            here=here,
            languages={code: url(here, **kept, lang=code) for code in LANGUAGES},
            names=LANGUAGES,
            **values,
        )
        answer = HTMLResponse(html, status_code=status, headers={"Vary": "Accept-Language, Cookie"})
        if (chosen := request.query_params.get("lang")) in LANGUAGES:
            answer.set_cookie(TONGUE, str(chosen), max_age=31_536_000, samesite="lax", httponly=True)
        return answer


def application(desk: Desk) -> FastAPI:
    """The reading room of an archive, as an ASGI application."""
    from legger.web import api, memento, pages

    room = Room(desk)
    app = FastAPI(
        title="Legger",
        summary="A newspaper archive, read-only.",
        description=api.DESCRIPTION,
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(desk.hosts)),
            Middleware(Doorkeeper, token=desk.token),
            Middleware(GZipMiddleware, minimum_size=1000),
        ],
    )
    app.mount("/static", StaticFiles(packages=[("legger.web", "static")]), name="static")
    app.include_router(api.router(desk))
    app.include_router(memento.router(desk))
    app.include_router(pages.router(room))

    def refused(request: Request, error: Exception) -> Response:
        status, title = _status(error)
        path = request.url.path.removeprefix(request.scope.get("root_path", ""))
        if path.startswith("/api/"):
            return problem(status, title, str(error), error)
        if path.startswith("/memento/"):
            said = str(error.detail) if isinstance(error, HTTPException) else str(error)
            return PlainTextResponse(said + "\n", status, dict(getattr(error, "headers", None) or {}))
        return room.page(
            request, "wrong.html", status=status, code=status, why=_why(error), error=_pointed(error)
        )

    for kind in (LeggerError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, refused)
    return app


def problem(status: int, title: str, detail: str, error: Exception | None = None) -> Response:
    """An error for a program (RFC 9457)."""
    content: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    if isinstance(error, QueryError):
        content |= {"detail": error.why, "query": error.query, "position": error.position}
    elif isinstance(error, RequestValidationError):
        content["detail"] = "; ".join(
            f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors()
        )
    elif isinstance(error, HTTPException):
        content["detail"] = str(error.detail)
    else:
        content["detail"] = detail
    headers = dict(getattr(error, "headers", None) or {})
    return JSONResponse(content, status, headers, "application/problem+json")


def _status(error: Exception) -> tuple[int, str]:
    if isinstance(error, HTTPException):
        return error.status_code, {404: "Not found", 405: "Method not allowed"}.get(
            error.status_code, "Refused"
        )
    if isinstance(error, NotFound):
        return 404, "Not found"
    if isinstance(error, TooCostly):
        return 503, "Too costly"
    if isinstance(error, UsageError | RequestValidationError):
        return 400, "Not understood"
    return 500, "The archive cannot be read"


def _why(error: Exception) -> str:
    if isinstance(error, HTTPException):
        return ""
    if isinstance(error, RequestValidationError):
        return "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in error.errors())
    return "" if isinstance(error, QueryError) else str(error)


def _pointed(error: Exception) -> QueryError | None:
    return error if isinstance(error, QueryError) else None


class Doorkeeper:
    """Lets in who brings the token, reads only, and gives every answer its headers."""

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        self.app, self.token = app, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        bare = scope["method"] == "HEAD"
        if bare:  # what GET would say, without saying it
            scope = {**scope, "method": "GET"}

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", POLICY)
            elif bare:
                message = {**message, "body": b""}
            await send(message)

        request = Request(scope)
        answer = self._refused(request)
        await (answer or self.app)(scope, receive, dressed)

    def _refused(self, request: Request) -> Response | None:
        if self.token is None:
            return None
        brought = request.query_params.get("token")
        if brought is not None and self._good(brought):
            left = {name: value for name, value in request.query_params.items() if name != "token"}
            clean = f"{request.url.path}{'?' + urlencode(left) if left else ''}"
            answer = RedirectResponse("/" + clean.lstrip("/"), 303)
            secure = request.url.scheme == "https"
            answer.set_cookie(COOKIE, brought, httponly=True, samesite="lax", secure=secure)
            return answer
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self._good(credentials):
            return None
        if self._good(request.cookies.get(COOKIE, "")):
            return None
        words = (
            "This reading room asks for its token: Authorization: Bearer TOKEN, or once ?token=TOKEN in the "
            "address. Who started it knows it.\n"
        )
        return Response(words, 401, {"WWW-Authenticate": "Bearer"}, "text/plain; charset=utf-8")

    def _good(self, brought: str) -> bool:
        assert self.token is not None
        return hmac.compare_digest(brought.encode(), self.token.encode())
