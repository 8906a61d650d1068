"""Notices to a webhook: one POST of JSON, with ``text`` as chat rooms want it. Follows no redirect."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPHandler, HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from archive.errors import UsageError
from legger import config
from legger.notifications.deadline import DEADLINE, Deadline
from legger.notifications.message import Notice, Undelivered


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


@dataclass(frozen=True)
class WebhookChannel:
    """Posts a notice."""

    settings: config.Webhook
    name: str = "webhook"

    @property
    def where(self) -> str:
        """The host, for people; the rest of the address is a secret."""
        try:
            return urlsplit(self.settings.url.read()).hostname or "?"
        except UsageError as error:
            return str(error)

    def deliver(self, notice: Notice) -> None:
        """Post it. Raises :class:`Undelivered` for any answer that is not 2xx."""
        try:
            url, token = self.settings.url.read(), self.settings.token
            config.valid_hook(url, secretly=token is not None)
            headers = {"Content-Type": "application/json", "User-Agent": f"Legger/{version('legger')}"}
            if token is not None:
                headers["Authorization"] = f"Bearer {token.read()}"
            body = json.dumps(notice.for_programs(), ensure_ascii=False).encode()
            request = Request(url, data=body, headers=headers, method="POST")  # noqa: S310  # http(s), checked
            with (
                Deadline(DEADLINE) as deadline,
                build_opener(_Stay, _PlainHTTP(deadline), _SecureHTTP(deadline)).open(
                    request, timeout=DEADLINE
                ),
            ):
                pass
        except HTTPError as error:
            with error:
                raise Undelivered(f"{self.where} answered {error.code} {error.reason}") from None
        except URLError as error:
            raise Undelivered(f"{self.where}: {error.reason}") from None
        except (OSError, UsageError) as error:
            raise Undelivered(f"{self.where}: {str(error) or 'the connection broke'}") from None
        except (ValueError, http.client.HTTPException):  # whose words may spell the address
            raise Undelivered(f"{self.where}: its address, or its answer, is not proper HTTP") from None
