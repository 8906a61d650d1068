"""Notices to chat rooms, telephones and the rest of what Apprise reaches: Matrix, Signal, Slack, ntfy, ...

Needs the extra ``apprise``. Each address of ``[apprise]`` gets the notice as text, its headline as title.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

from archive.errors import UsageError
from legger import config
from legger.notifications.message import Notice, Undelivered
from legger.outside.deadline import DEADLINE

logging.getLogger("apprise").setLevel(logging.CRITICAL)  # whose words spell addresses, with their tokens


@dataclass(frozen=True)
class AppriseChannel:
    """Hands a notice to Apprise, address by address."""

    settings: config.Apprise
    name: str = "apprise"
    _reached: dict[str, set[int]] = field(default_factory=dict, compare=False)
    """Key of a notice that some addresses did not get -> places of those that did: none gets it twice."""

    @property
    def where(self) -> str:
        """The kinds of service, for people; the rest of the addresses is a secret."""
        try:
            return ", ".join(dict.fromkeys(each.partition(":")[0] for each in self._addresses()))
        except UsageError as error:
            return str(error)

    def deliver(self, notice: Notice) -> None:
        """Tell each. Raises :class:`Undelivered` when one was not reached; the others are not told again."""
        try:
            import apprise
        except ImportError:
            raise Undelivered("apprise is not installed: pip install 'legger[apprise]'") from None
        try:
            addresses = self._addresses()
        except UsageError as error:
            raise Undelivered(str(error)) from None
        reached = self._reached.setdefault(notice.key, set())
        failed = []
        for place, address in enumerate(addresses):
            if place in reached:
                continue
            way = apprise.Apprise()
            kind = address.partition(":")[0]
            if not way.add(address):
                failed.append(f"{kind}: Apprise does not understand this address")
            elif _tell(way, notice):
                reached.add(place)
            else:
                failed.append(f"{kind}: it was not taken")
        if failed:
            raise Undelivered("; ".join(failed))
        del self._reached[notice.key]

    def _addresses(self) -> list[str]:
        return [each.strip() for each in self.settings.urls.read().splitlines() if each.strip()]


def _tell(way: Any, notice: Notice) -> bool:
    try:
        return bool(way.notify(body=notice.text, title=notice.headline, body_format="text", timeout=DEADLINE))
    except TypeError:  # Apprise raises it for what it cannot make a message of
        return False
