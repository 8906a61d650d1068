"""Notices to a webhook: one POST of JSON, with ``text`` as chat rooms want it. Follows no redirect."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from archive.errors import UsageError
from legger import config
from legger.notifications.message import Notice, Undelivered
from legger.outside.posting import ask
from legger.outside.posting import why as _why


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
            try:
                config.valid_hook(url, secretly=token is not None)
            except ValueError as error:
                raise UsageError(f"webhook.url: {error}") from None
            headers = {"Content-Type": "application/json"}
            if token is not None:
                headers["Authorization"] = f"Bearer {token.read()}"
            body = json.dumps(notice.for_programs(), ensure_ascii=False).encode()
            ask(url, body, headers)
        except HTTPError as error:
            with error:
                raise Undelivered(f"{self.where} answered {error.code} {error.reason}") from None
        except (URLError, OSError, UsageError) as error:
            raise Undelivered(f"{self.where}: {_why(error)}") from None
        except (ValueError, http.client.HTTPException):  # whose words may spell the address
            raise Undelivered(f"{self.where}: its address, or its answer, is not proper HTTP") from None
