"""What ``legger.toml`` may say: one table, one :class:`TypedDict`, each key judged by itself.

A value may come from the environment, where all is text: a number may be written as text, a list as one line.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, Required

from pydantic import BeforeValidator
from typing_extensions import TypedDict

from archive.model.types import Ground
from crawler.siteconfig import validation
from crawler.siteconfig.validation import ONLY_THESE, by, expecting, what
from legger.config import values
from legger.weekly import Weekly

PORTS = {"starttls": 587, "tls": 465, "none": 25}
"""How mail is secured -> the port that goes with it."""


def _whole(words: str, *, least: int = 0, most: int = 999_999_999) -> BeforeValidator:
    def check(value: Any) -> int:
        digits = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
        if not (digits.isdecimal() and len(digits) <= 9 and least <= int(digits) <= most):
            raise ValueError(f"expected {words}, found {what(value)}")
        return int(digits)

    return BeforeValidator(check)


def _list_or_line(words: str, cut: Callable[[str], list[str]] = shlex.split) -> BeforeValidator:
    """A list of *words*; a single text is cut, by default as a shell would. What it holds is not said."""

    def check(value: Any) -> Any:
        found = cut(value) if isinstance(value, str) else value
        if not isinstance(found, list) or not found:
            raise ValueError(
                f"expected a list of {words} in [ ], found {'none' if found == [] else what(value)}"
            )
        return found

    return BeforeValidator(check)


def _by_commas(line: str) -> list[str]:
    return line.replace(",", " ").split()


def _argument(word: str) -> str:
    if not word or "\0" in word:
        raise ValueError("expected a word that a program can be given: not empty, no NUL in it")
    return word


def _hook(url: str) -> str:
    return values.valid_hook(url, secretly=False)


def _service(url: str) -> str:
    return values.valid_hook(url, secretly=True).rstrip("/")


def _weekly(stated: str) -> str:
    Weekly.parse(stated)
    return stated


Text = Annotated[str, expecting("text in quotes"), by(values.valid_line)]
Contact = Annotated[Text, by(values.valid_contact)]
WebAddress = Annotated[Text, by(values.valid_web_address)]


MailTable = TypedDict(  # called, as "from" is no name in Python
    "MailTable",
    {
        "to": Required[
            Annotated[
                tuple[Annotated[Text, by(values.valid_mailbox)], ...],
                _list_or_line("e-mail addresses", _by_commas),
            ]
        ],
        "from": Annotated[Text, by(values.valid_mailbox)],
        "server": Text,
        "port": Annotated[int, _whole("a number from 1 to 65535", least=1, most=65535)],
        "security": Annotated[Literal["starttls", "tls", "none"], expecting(", ".join(PORTS))],
        "user": Text,
        "password_file": Text,
        "password": Text,
    },
    total=False,
)
MailTable.__pydantic_config__ = ONLY_THESE  # type: ignore[attr-defined]


class WebhookTable(TypedDict, total=False):
    """``[webhook]``."""

    __pydantic_config__ = ONLY_THESE  # type: ignore[misc]
    url: Annotated[Text, by(_hook)]
    url_file: Text
    token_file: Text
    token: Text


class CommandTable(TypedDict, total=False):
    """``[command]``."""

    __pydantic_config__ = ONLY_THESE  # type: ignore[misc]
    run: Required[
        Annotated[
            tuple[Annotated[str, expecting("text in quotes"), by(_argument)], ...],
            _list_or_line("a program and its arguments"),
        ]
    ]


class AppriseTable(TypedDict, total=False):
    """``[apprise]``."""

    __pydantic_config__ = ONLY_THESE  # type: ignore[misc]
    urls: Annotated[
        tuple[Annotated[str, expecting("text in quotes"), by(values.valid_chat_address)], ...],
        _list_or_line("addresses of Apprise"),
    ]
    urls_file: Text


class BotTable(TypedDict, total=False):
    """``[bot]``."""

    __pydantic_config__ = ONLY_THESE  # type: ignore[misc]
    key_file: Required[Text]
    directory: Required[Annotated[Text, by(values.valid_host_address)]]


class WaybackTable(TypedDict, total=False):
    """``[wayback]``."""

    __pydantic_config__ = ONLY_THESE  # type: ignore[misc]
    key_file: Text
    on: Annotated[
        tuple[Annotated[Literal["first", "edit"], expecting("first or edit")], ...],
        _list_or_line("first, edit or both", _by_commas),
    ]
    per_day: Annotated[int, _whole("a whole number")]
    url: Annotated[Text, by(_service)]
    key: Text


class StampTable(TypedDict, total=False):
    """``[stamp]``."""

    __pydantic_config__ = ONLY_THESE  # type: ignore[misc]
    url: Required[WebAddress]
    roots: Annotated[tuple[Text, ...], _list_or_line("names of files")]


class SignTable(TypedDict, total=False):
    """``[sign]``."""

    __pydantic_config__ = ONLY_THESE  # type: ignore[misc]
    key_file: Required[Text]
    certificate: Text


class ObjectsTable(TypedDict, total=False):
    """``[objects]``."""

    __pydantic_config__ = ONLY_THESE  # type: ignore[misc]
    url: Annotated[Text, by(values.valid_storage)]
    endpoint: Annotated[Text, by(values.valid_web_address)]


class ReadingRoomTable(TypedDict, total=False):
    """``[reading_room]``."""

    __pydantic_config__ = ONLY_THESE  # type: ignore[misc]
    name: Text
    address: WebAddress
    rights: Text
    takedown: Contact
    naan: Annotated[Text, by(values.valid_naan)]
    hub: WebAddress


class OperatorTable(TypedDict, total=False):
    """The whole file."""

    __pydantic_config__ = ONLY_THESE  # type: ignore[misc]
    contact: Contact
    organisation: Text
    ground: Annotated[Ground, expecting("one of " + ", ".join(Ground))]
    language: Annotated[Text, by(values.valid_language)]
    pages_per_visit: Annotated[int, _whole("a whole number, 0 for no limit")]
    digest: Annotated[Text, by(_weekly)]
    mail: MailTable
    webhook: WebhookTable
    command: CommandTable
    apprise: AppriseTable
    bot: BotTable
    wayback: WaybackTable
    stamp: StampTable
    sign: SignTable
    reading_room: ReadingRoomTable
    objects: ObjectsTable


TABLES: Mapping[str, type] = {
    "mail": MailTable,
    "webhook": WebhookTable,
    "command": CommandTable,
    "apprise": AppriseTable,
    "bot": BotTable,
    "wayback": WaybackTable,
    "stamp": StampTable,
    "sign": SignTable,
    "reading_room": ReadingRoomTable,
    "objects": ObjectsTable,
}
KEYS = tuple(key for key in OperatorTable.__annotations__ if key not in TABLES)
"""Those that stand above the first table."""
NEVER_IN_THE_FILE = {"mail": ("password",), "webhook": ("token",), "wayback": ("key",)}
"""Secrets: in the environment, or in a file of their own that ``KEY_file`` names."""
ASKS_NOTHING = {"password", "token"}
"""Secrets that go with other keys: a table that has nothing else is none."""
_REQUIRED = {
    "to": "e-mail addresses",
    "run": "a program and its arguments",
    "key_file": "the name of a file that holds a key",
    "directory": "your host, such as https://archive.example.org",
    "url": "the address of a time stamp authority",
}


def validated(stated: Mapping[str, Any]) -> dict[str, Any]:
    """The stated keys with their values. Raises :class:`~crawler.siteconfig.validation.Invalid`."""
    return validation.validated(stated, OperatorTable, inner=TABLES, required=_REQUIRED)
