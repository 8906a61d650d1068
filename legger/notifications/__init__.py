"""Telling people: alarms and digests go to the log, by mail, to a webhook and to a program.

``message`` says what is told and in which words (pure); ``log``, ``mail``, ``webhook`` and ``command`` each
deliver one; ``notifier`` decides what is still to be told, and remembers what was; ``outage`` tells of an
archive that cannot be used. This module is what other packages import.
"""

from legger.notifications.message import Notice, Undelivered
from legger.notifications.notifier import (
    Channel,
    Delivery,
    Notifier,
    channels,
    settle,
    tell,
    tell_now,
    write_letter,
)
from legger.notifications.outage import OutageNotifier

__all__ = [
    "Channel",
    "Delivery",
    "Notice",
    "Notifier",
    "OutageNotifier",
    "Undelivered",
    "channels",
    "settle",
    "tell",
    "tell_now",
    "write_letter",
]
