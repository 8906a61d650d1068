"""The application: who may come in, what every answer carries, what is said when something is wrong.

One archive, opened read-only, behind all pages. Questions have a time limit; answers a content security
policy.
"""

from __future__ import annotations

import asyncio
import hmac
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archive import NotFound, QueryError
from archive.errors import LeggerError, TooCostly, UsageError
from legger.i18n import Translation
from legger.web import feeds, findings, memento, pages, searching
from legger.web.api import routes as api
from legger.web.context import WebContext
from legger.web.rendering import Renderer
from legger.web.showing import calendars

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
COOKIE = "legger-token"
MOST = 200
"""Requests answered at a time."""
WAIT = 10.0
"""Seconds that one more waits for its turn."""


def application(desk: WebContext) -> FastAPI:
    """The reading room of an archive, as an ASGI application."""
    room = Renderer(desk)
    app = FastAPI(
        title="Legger",
        summary="A newspaper archive, read-only.",
        description=api.DESCRIPTION,
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        middleware=[
            Middleware(ConcurrencyLimit),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(desk.hosts)),
            *_shared_with(desk.origins),
            Middleware(AccessMiddleware, token=desk.token),
            Middleware(GZipMiddleware, minimum_size=1000),
        ],
    )
    app.mount("/static", StaticFiles(packages=[("legger.web", "static")]), name="static")
    app.include_router(api.router(desk))
    app.include_router(memento.router(desk))
    app.include_router(searching.router(room))
    app.include_router(feeds.router(room))
    app.include_router(calendars.router(room))
    app.include_router(findings.router(room))
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
            request,
            "wrong.html",
            status=status,
            code=status,
            why=_why(room.tongue(request), error),
            error=_pointed(error),
        )

    for kind in (LeggerError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, refused)
    return app


def _shared_with(origins: tuple[str, ...]) -> list[Middleware]:
    """Lets scripts of these origins read the answers (CORS); a browser keeps them from all others."""
    if not origins:
        return []
    return [
        Middleware(
            CORSMiddleware, allow_origins=list(origins), allow_methods=["GET", "HEAD"],
            allow_headers=["Authorization", "If-None-Match"], expose_headers=["ETag", "Link"],
        )
    ]  # fmt: skip


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


def _why(t: Translation, error: Exception) -> str:
    """What is wrong, in the reader's language."""
    if isinstance(error, RequestValidationError):
        return "; ".join(f"{each['loc'][-1]}: {_expected(t, str(each['type']))}" for each in error.errors())
    if isinstance(error, QueryError) or not isinstance(error, LeggerError):
        return ""
    return t(error.reason, **error.values)


_EXPECTED = {
    "int": "a whole number is expected here",
    "bool": "true or false is expected here",
    "date": "a day is expected here, such as 2026-03-01",
    "datetime": "a time is expected here, such as 2026-03-01T12:00Z",
    "missing": "this is needed",
    "string": "some words are expected here",
    "literal": "none of the values that are known here",
    "enum": "none of the values that are known here",
    "greater": "the number is too small",
    "less": "the number is too large",
}
"""How the name of what pydantic found begins -> in words."""


def _expected(t: Translation, found: str) -> str:
    words = next((words for kind, words in _EXPECTED.items() if found.startswith(kind)), None)
    return t(words or "this cannot be read")


def _pointed(error: Exception) -> QueryError | None:
    return error if isinstance(error, QueryError) else None


class ConcurrencyLimit:
    """Answers so many requests at a time; the others wait, and are refused when that takes too long."""

    def __init__(self, app: ASGIApp, most: int = MOST) -> None:
        self.app, self.room = app, asyncio.Semaphore(most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            await asyncio.wait_for(self.room.acquire(), WAIT)
        except TimeoutError:
            busy = PlainTextResponse("Too many ask at once; try again.\n", 503, {"Retry-After": "5"})
            await busy(scope, receive, send)
            return
        try:
            await self.app(scope, receive, send)
        finally:
            self.room.release()


class AccessMiddleware:
    """Refuses requests without the token or that write, and adds security headers to every answer."""

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
                if not scope["path"].startswith(
                    "/static/"
                ):  # a redaction holds for what was shown before, too
                    headers.setdefault("Cache-Control", "private, no-cache")
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
            if "/feeds/" in request.url.path:  # a reader of feeds keeps an address, and no cookie
                return None
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
