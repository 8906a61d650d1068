"""Notices into the program's own log. Always there; needs no setting."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from legger.notifications.message import Notice

log = logging.getLogger("legger.alarms")


@dataclass(frozen=True)
class LogChannel:
    """A line for each alarm, at the level of a warning."""

    name: str = "log"
    where: str = "the log"

    def deliver(self, notice: Notice) -> None:
        """Write it down."""
        alarms = notice.data.get("alarms")
        if alarms is None:
            log.info("%s", notice.headline)
            return
        for each in alarms:
            site = each["site"]
            log.warning(
                "%s: %s%s: %s",
                site or "installation",
                "over: " if each["ended"] else "",
                each["kind"],
                each["says"],
                extra={"site": site} if site else None,
            )
