"""Telling people: alarms and digests go to the log, by mail, to a webhook and to a program.

``notice`` says what is told and in which words (pure); ``log``, ``mail``, ``webhook`` and ``command`` each
deliver one; ``teller`` decides what is still to be told, and remembers what was. This module is the door.
"""

from legger.telling.notice import Notice, Undelivered
from legger.telling.teller import Channel, Teller, Told, channels, tell, tell_now, write_letter

__all__ = [
    "Channel",
    "Notice",
    "Teller",
    "Told",
    "Undelivered",
    "channels",
    "tell",
    "tell_now",
    "write_letter",
]
