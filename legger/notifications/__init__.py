"""Telling people: alarms and digests go to the log, by mail, to a webhook and to a program.

``notice`` says what is told and in which words (pure); ``log``, ``mail``, ``webhook`` and ``command`` each
deliver one; ``teller`` decides what is still to be told, and remembers what was; ``outage`` tells of an
archive that cannot be used. This module is the door.
"""

from legger.notifications.message import Notice, Undelivered
from legger.notifications.notifier import (
    Channel,
    Teller,
    Told,
    channels,
    settle,
    tell,
    tell_now,
    write_letter,
)
from legger.notifications.outage import Outages

__all__ = [
    "Channel",
    "Notice",
    "Outages",
    "Teller",
    "Told",
    "Undelivered",
    "channels",
    "settle",
    "tell",
    "tell_now",
    "write_letter",
]
