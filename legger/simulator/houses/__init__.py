"""The houses, in the order of their addresses. Templates only; no sockets."""

from __future__ import annotations

from legger.simulator.houses.broadcaster import Broadcaster
from legger.simulator.houses.daily import Daily, Gate
from legger.simulator.houses.default_theme import DefaultTheme
from legger.simulator.houses.homemade import Homemade
from legger.simulator.houses.house import House
from legger.simulator.houses.joomla import Joomla
from legger.simulator.houses.liveblog import Liveblog
from legger.simulator.houses.own import OwnCms
from legger.simulator.houses.pubble import Pubble
from legger.simulator.houses.sisters import SisterBroadcaster, SisterJoomla, SisterWordPress
from legger.simulator.houses.wordpress import WordPress

HOUSES: tuple[type[House], ...] = (
    Pubble,
    Broadcaster,
    WordPress,
    Daily,
    Joomla,
    Homemade,
    Liveblog,
    OwnCms,
    DefaultTheme,
)

SISTERS: tuple[type[House], ...] = (SisterBroadcaster, SisterJoomla, SisterWordPress)
"""Of those houses, with other news: for who needs a dozen sites."""

__all__ = ["HOUSES", "SISTERS", "Gate", "House"]
