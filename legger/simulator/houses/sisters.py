"""Sister titles: houses built like another, with a newsroom of their own. Served only where they are named."""

from __future__ import annotations

from dataclasses import replace

from crawler.siteconfig.schedule import Schedule
from legger.simulator.houses.broadcaster import Broadcaster
from legger.simulator.houses.joomla import Joomla


class SisterBroadcaster(Broadcaster):
    """Visited by the hours of the wall: at two at night, the hour that March skips and October has twice."""

    profile = replace(
        Broadcaster.profile,
        name="omroepgrensland",
        title="Omroep Grensland",
        first_number=880301,
        signed=0.8,
        redesigned=False,
        credits=("Omroep Grensland", "Foto Aamsveen"),
    )

    def facts(self) -> dict[str, object]:
        """As its sister's, with a schedule."""
        return super().facts() | {"schedule": Schedule(cron="0 2,8,14,20 * * *")}


class SisterJoomla(Joomla):
    """Frisian on the same Joomla."""

    profile = replace(
        Joomla.profile,
        name="streekfryslan",
        title="Streek Fryslân Online",
        languages=(("fy", 0.7), ("nl", 0.3)),
        first_number=30101,
        signed=0.4,
    )

    def facts(self) -> dict[str, object]:
        """As its sister's, in its own language."""
        return super().facts() | {"language": "fy"}
