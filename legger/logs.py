"""How the program's own log is written: for people, or one JSON object a line for programs. On stderr."""

from __future__ import annotations

import logging
import sys
import threading
from datetime import UTC, datetime
from types import TracebackType

import orjson

OURS = frozenset({"legger", "crawler", "archive", "scheduler"})
"""Loggers whose progress is worth a line; of others only what is amiss is."""

_for_programs = False


def configure(json: bool, *, site: str | None = None) -> None:
    """Send the log of this process to stderr; *json* makes it one object a line.

    Its keys: ``time`` (UTC), ``level``, ``logger``, ``message``; ``site`` when it is known (*site* says which
    it is where a record does not), ``exception`` with a traceback, and ``facts`` where there are figures.
    """
    global _for_programs  # noqa: PLW0603  # as the log itself, one per process
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_worth_a_line)
    handler.setFormatter(JsonLines(site) if json else Lines("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    _for_programs = json
    if json:
        logging.captureWarnings(True)
        sys.excepthook = _uncaught
        threading.excepthook = lambda error: _uncaught(
            error.exc_type, error.exc_value or error.exc_type(), error.exc_traceback
        )


def for_programs() -> bool:
    """Whether programs read our stderr: then nothing else may be written there."""
    return _for_programs


def legible(text: str) -> str:
    """Text with only signs that can be shown: what would steer a terminal is a mark in its place."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "\ufffd" for sign in text)


class Lines(logging.Formatter):
    """A record as a line for people, whatever a site wrote into it."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; more with a traceback."""
        return legible(super().format(record))


class JsonLines(logging.Formatter):
    """A record as one JSON object."""

    def __init__(self, site: str | None = None) -> None:
        super().__init__()
        self.site = site

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever is in it."""
        moment = datetime.fromtimestamp(record.created, UTC)
        row: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        spider = getattr(record, "spider", None)  # Scrapy's way to say of which site it speaks
        if site := getattr(record, "site", None) or getattr(spider, "name", None) or self.site:
            row["site"] = site
        if facts := getattr(record, "facts", None):
            row["facts"] = facts
        if record.exc_info and record.exc_info[0] is not None:
            row["exception"] = self.formatException(record.exc_info)
        return _dumped(row)


def _dumped(row: dict[str, object]) -> str:
    try:
        return orjson.dumps(row, default=str).decode()
    except orjson.JSONEncodeError:  # half a character of a page that was cut
        clean = {key: str(value).encode("utf-8", "replace").decode() for key, value in row.items()}
        return orjson.dumps(clean).decode()


def _worth_a_line(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in OURS


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("legger").critical("%s", error or kind.__name__, exc_info=(kind, error, trace))
