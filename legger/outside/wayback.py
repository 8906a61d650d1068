"""Asking the Internet Archive's Save Page Now to keep a page too, politely: one question at a time.

Off unless ``legger.toml`` has ``[wayback]``. A version is sent when it is first seen, and when it is an edit;
what is answered is on record (``legger wayback``). Its API: a POST of the address gives a job, which is asked
after until it is done (SPN2, with the operator's key).
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit

from archive import Archive
from archive.errors import LeggerError, UsageError
from archive.operations import wayback
from archive.operations.wayback import ASKED, FAILED, SAVED, WAITING
from legger.config import Config, WaybackSettings
from legger.outside.posting import ask, why

log = logging.getLogger("legger.outside.wayback")

GAP = timedelta(seconds=10)
"""Between two questions: no more than six a minute, half of what a key may."""
RECENT = timedelta(days=2)
"""A version first seen longer ago is not sent: the page may say something else by now."""
AFTER_A_JOB = timedelta(seconds=30)
"""Until a job is asked after, and between two times."""
PATIENCE = timedelta(hours=1)
"""A job that is not done by then is given up, and asked for anew."""
TRIES = 6
"""Times that a version is asked for, each twice as long after the one before:"""
LATER = timedelta(minutes=5)
PASSING = (
    "user-session-limit", "too-many-requests", "service-unavailable", "internal-server-error", "proxy-error",
    "gateway-timeout", "bandwidth-limit-exceeded", "celery", "capture-location-error", "job-failed",
    "cannot-fetch", "browsing-timeout", "timeout", "too-many",
)  # fmt: skip
"""Words of ``status_ext`` after which another try makes sense."""


class SavePageNow:
    """Sends the versions of one archive."""

    def __init__(self, settings: WaybackSettings) -> None:
        self.settings = settings

    def step(self, archive: Archive, now: datetime) -> bool:
        """Ask one question, if it is time and there is one to ask; whether it was asked."""
        last = archive.wayback.last_asked()
        if last is not None and now - last < GAP:
            return False
        if (under_way := archive.wayback.due(ASKED, now=now)) is not None:
            self._ask_after(archive, under_way, now)
            return True
        if (again := archive.wayback.due(WAITING, now=now)) is not None:
            self._ask_for(archive, again.version, again.url, again.tries, now)
            return True
        if archive.wayback.asked_since(now - timedelta(days=1)) >= self.settings.per_day:
            return False
        page = archive.wayback.next_page(self.settings.on, since=now - RECENT)
        if page is None:
            return False
        if not is_public(page.url):
            archive.wayback.note(
                page.version,
                state=FAILED,
                at=now,
                next_at=now,
                answer={"message": "its address is private; not sent"},
            )
            return True
        self._ask_for(archive, page.version, page.url, 0, now)
        return True

    def _ask_for(self, archive: Archive, version: int, url: str, tries: int, now: datetime) -> None:
        said = urlencode({"url": url, "skip_first_archive": "1"}).encode()
        answer, wait = self._answer("", said)
        job = answer.get("job_id")
        if isinstance(job, str) and job and wait is None:
            archive.wayback.note(
                version, state=ASKED, at=now, next_at=now + AFTER_A_JOB, answer=answer, job=job, tried=True
            )
            return
        self._note_failure(archive, version, answer, tries + 1, now, wait)

    def _ask_after(self, archive: Archive, request: wayback.WaybackRequest, now: datetime) -> None:
        answer, wait = self._answer(f"/status/{quote(request.job or '', safe='')}", None)
        state, saved_as = answer.get("status"), answer.get("timestamp")
        if state == "success" and isinstance(saved_as, str) and saved_as.isdecimal():
            archive.wayback.note(
                request.version, state=SAVED, at=now, next_at=now, answer=answer, saved_as=saved_as
            )
        elif state == "error" or (request.job_at is not None and now - request.job_at > PATIENCE):
            given_up = timedelta() if state != "error" else wait
            self._note_failure(archive, request.version, answer, request.tries, now, given_up, tried=False)
        else:  # pending, or nobody answered: its job goes on meanwhile
            archive.wayback.note(
                request.version,
                state=ASKED,
                at=now,
                next_at=now + max(wait or AFTER_A_JOB, AFTER_A_JOB),
                answer=answer,
            )

    def _note_failure(
        self,
        archive: Archive,
        version: int,
        answer: dict[str, Any],
        tries: int,
        now: datetime,
        wait: timedelta | None,
        *,
        tried: bool = True,
    ) -> None:
        said = str(answer.get("status_ext", ""))
        passing = wait is not None or any(word in said for word in PASSING)
        state = WAITING if passing and tries < TRIES else FAILED
        pause = max(LATER * 2 ** (tries - 1), wait or timedelta())
        archive.wayback.note(version, state=state, at=now, next_at=now + pause, answer=answer, tried=tried)
        log.warning("Save Page Now did not keep version %d: %s", version, answer.get("message") or said)

    def _answer(self, path: str, body: bytes | None) -> tuple[dict[str, Any], timedelta | None]:
        """(What was answered, how long to wait at least where it was not answered as it should be)."""
        key = self.settings.key.read()
        headers = {"Accept": "application/json", "Authorization": f"LOW {key}"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            came = ask(self.settings.url + path, body, headers, method="POST" if body is not None else "GET")
        except HTTPError as error:
            with error:
                later = error.headers.get("Retry-After") or ""
            pause = timedelta(seconds=int(later)) if later.isdecimal() and len(later) < 6 else timedelta()
            return {"message": f"HTTP {error.code} {error.reason}"}, pause
        except (URLError, OSError, ValueError, http.client.HTTPException) as error:
            return {"message": f"no answer: {why(error)}"}, timedelta()
        try:
            answer = json.loads(came)
        except ValueError:
            return {"message": "an answer that is no JSON"}, timedelta()
        return (answer, None) if isinstance(answer, dict) else ({"answer": answer}, timedelta())


def is_public(url: str) -> bool:
    """Whether the Internet Archive can ask for it: no address of this machine or network."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".internal", ".localhost", ".home.arpa"))


class WaybackSender:
    """Sends aside while the clock goes on: a question at a look."""

    def __init__(self, opening: Callable[[], AbstractContextManager[Archive]]) -> None:
        self._opening = opening
        self._thread: threading.Thread | None = None

    def look(self, config: Config) -> None:
        """Ask the next question in a thread of its own. Returns at once."""
        if config.wayback is None or (self._thread is not None and self._thread.is_alive()):
            return
        self._thread = threading.Thread(
            target=self._send, args=(config.wayback,), name="wayback", daemon=True
        )
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Let what is being asked be answered."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _send(self, settings: WaybackSettings) -> None:
        try:
            with self._opening() as archive:
                SavePageNow(settings).step(archive, datetime.now(UTC))
        except (LeggerError, OSError) as error:
            log.error("nothing could be sent to the Internet Archive: %s", error)


def settings_of(config: Config) -> WaybackSettings:
    """``[wayback]``. Raises :class:`UsageError` where there is none."""
    if config.wayback is None:
        raise UsageError(
            f"nothing is sent: {config.file} has no [wayback] with a key_file (docs/settings.md)"
        )
    return config.wayback
