"""A question to a server that the operator named, over HTTP with a deadline. Follows no redirect."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any
from urllib.request import HTTPHandler, HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from legger.outside.deadline import DEADLINE, Deadline

MOST = 10_000_000
"""Bytes of an answer that are read."""


class _Stay(HTTPRedirectHandler):
    """A redirected POST would arrive elsewhere, as a GET, without its body."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Nowhere."""
        return


class _PlainHTTP(HTTPHandler):
    """Plain HTTP with a deadline."""

    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self.deadline = deadline

    def http_open(self, request: Request) -> http.client.HTTPResponse:
        """Connect under the deadline."""

        def connection(host: str, **how: Any) -> http.client.HTTPConnection:
            made = http.client.HTTPConnection(host, **how)
            made._create_connection = self.deadline.connect  # type: ignore[attr-defined]
            return made

        return self.do_open(connection, request)


class _SecureHTTP(HTTPSHandler):
    """HTTPS with a deadline."""

    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self.deadline = deadline

    def https_open(self, request: Request) -> http.client.HTTPResponse:
        """Connect under the deadline."""

        def connection(host: str, **how: Any) -> http.client.HTTPSConnection:
            made = http.client.HTTPSConnection(host, **how)
            made._create_connection = self.deadline.connect  # type: ignore[attr-defined]
            return made

        return self.do_open(connection, request)


def why(error: BaseException) -> str:
    """What went wrong where no answer came, for people: ``Connection refused``, without error numbers."""
    cause = getattr(error, "reason", None) or error
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return str(cause) or "the connection broke"


def ask(
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    method: str = "POST",
) -> bytes:
    """The body of a 2xx answer of an http(s) address.

    Raises :class:`urllib.error.HTTPError` for another answer, and :class:`urllib.error.URLError`,
    :class:`OSError`, :class:`ValueError` or :class:`http.client.HTTPException` where none comes.
    """
    said = {"User-Agent": f"Legger/{version('legger')}", **headers}
    request = Request(url, data=body, headers=said, method=method)  # noqa: S310  # http(s): the caller checks
    with (
        Deadline(DEADLINE) as deadline,
        build_opener(_Stay, _PlainHTTP(deadline), _SecureHTTP(deadline)).open(
            request, timeout=DEADLINE
        ) as answer,
    ):
        content: bytes = answer.read(MOST)
        return content
