"""What time it is for the visit of a site: this machine's, or that of the practice newspaper.

The practice newspaper runs on a clock of its own so that days pass in seconds: ``LEGGER_NOW`` holds an
ISO 8601 instant, or the path of a file that holds one (read at every call, so that one writer moves the
clock of every process). It is honoured for the practice newspaper alone.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from archive.errors import UsageError


def now(*, practice: bool = False) -> datetime:
    """The time, aware, in UTC; of the practice newspaper's clock when *practice* and one is set."""
    scripted = os.environ.get("LEGGER_NOW") if practice else None
    if not scripted:
        return datetime.now(UTC)
    try:
        words = Path(scripted).read_text(encoding="ascii").strip() if "/" in scripted else scripted
        instant = datetime.fromisoformat(words)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"LEGGER_NOW={scripted!r}: expected an instant such as 2026-03-02T08:00:00+01:00, "
            "or the path of a file that holds one"
        ) from error
    if instant.tzinfo is None:
        raise UsageError(f"LEGGER_NOW={scripted!r}: the instant needs an offset, such as +01:00")
    return instant.astimezone(UTC)
