"""The houses, in the order of their addresses. Templates only; no sockets."""

from __future__ import annotations

from legger.practice.houses.broadcaster import Broadcaster
from legger.practice.houses.daily import Daily, Gate
from legger.practice.houses.homemade import Homemade
from legger.practice.houses.house import House
from legger.practice.houses.joomla import Joomla
from legger.practice.houses.liveblog import Liveblog
from legger.practice.houses.own import OwnCms
from legger.practice.houses.pubble import Pubble
from legger.practice.houses.sisters import SisterBroadcaster, SisterJoomla
from legger.practice.houses.wordpress import WordPress

HOUSES: tuple[type[House], ...] = (
    Pubble,
    Broadcaster,
    WordPress,
    Daily,
    Joomla,
    Homemade,
    Liveblog,
    OwnCms,
)

SISTERS: tuple[type[House], ...] = (SisterBroadcaster, SisterJoomla)
"""Of those houses, with other news: for who needs ten sites."""

__all__ = ["HOUSES", "SISTERS", "Gate", "House"]
