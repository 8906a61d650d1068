"""What belongs to the operator: legger.toml beside the archive, and LEGGER_*. Read once, passed down.

``model`` is what the rest of Legger is given, ``definition`` what the file may say; ``files`` reads it.

========================  =================  ==========================================================
key in ``legger.toml``    environment        meaning
========================  =================  ==========================================================
(none)                    LEGGER_ARCHIVE     path or SQLAlchemy URL of the archive (default legger.db)
(none)                    LEGGER_SITES       folder with the operator's own site files (default ./sites)
``contact``               LEGGER_CONTACT     how a site reaches you: an e-mail address or a web page
``organisation``          LEGGER_ORGANISATION  who crawls, as sites will read it in the user agent
``ground``                LEGGER_GROUND      on what ground pages are kept: general, research or permission
``pages_per_visit``       LEGGER_PAGES_PER_VISIT  most pages fetched from one site in one visit (0: no limit)
``language``              LEGGER_LANGUAGE    in which alarms and digests are written: en, nl, fy
``digest``                LEGGER_DIGEST      when the clock sends the weekly digest (``monday 07:00``)
``[mail]``                LEGGER_MAIL_*      how alarms and digests are mailed: :class:`Mail`
``[webhook]``             LEGGER_WEBHOOK_*   where they are posted: :class:`Webhook`
``[command]``             LEGGER_COMMAND_RUN  the program they are handed to: :class:`Command`
``[bot]``                 LEGGER_BOT_*       the key with which requests are signed: :class:`Bot`
``[wayback]``             LEGGER_WAYBACK_*   sent to Save Page Now: :class:`WaybackSettings`
``[apprise]``             LEGGER_APPRISE_*   chat rooms and telephones, by Apprise: :class:`Apprise`
``[stamp]``               LEGGER_STAMP_*     who stamps the time: :class:`StampSettings`
``[sign]``                LEGGER_SIGN_*      with what a WACZ is signed: :class:`Sign`
``[objects]``             LEGGER_OBJECTS_*   where pages are kept beside the database: :class:`ObjectSettings`
``[reading_room]``        LEGGER_READING_ROOM_*  what is said of the archive: :class:`ReadingRoom`
========================  =================  ==========================================================

A secret stands in the environment or in a file of its own, never in ``legger.toml``.
"""

from __future__ import annotations

from legger.config.files import load, save
from legger.config.model import (
    FILE,
    Apprise,
    Bot,
    Command,
    Config,
    Mail,
    ObjectSettings,
    ReadingRoom,
    Secret,
    Sign,
    StampSettings,
    WaybackSettings,
    Webhook,
)
from legger.config.values import valid_contact, valid_hook, valid_line

__all__ = [
    "FILE",
    "Apprise",
    "Bot",
    "Command",
    "Config",
    "Mail",
    "ObjectSettings",
    "ReadingRoom",
    "Secret",
    "Sign",
    "StampSettings",
    "WaybackSettings",
    "Webhook",
    "load",
    "save",
    "valid_contact",
    "valid_hook",
    "valid_line",
]
