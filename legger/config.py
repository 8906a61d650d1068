"""What belongs to the operator: legger.toml beside the archive, and LEGGER_*. Read once, passed down.

========================  =================  ==========================================================
key in ``legger.toml``    environment        meaning
========================  =================  ==========================================================
(none)                    LEGGER_ARCHIVE     path or SQLAlchemy URL of the archive (default legger.db)
(none)                    LEGGER_SITES       folder with the operator's own site files (default ./sites)
``contact``               LEGGER_CONTACT     how a site reaches you: an e-mail address or a web page
``organisation``          LEGGER_ORGANISATION  who crawls, as sites will read it in the user agent
``ground``                LEGGER_GROUND      on what ground pages are kept: general, research or permission
``pages_per_visit``       LEGGER_PAGES_PER_VISIT  most pages fetched from one site in one visit (0: no limit)
``digest``                LEGGER_DIGEST      when the clock sends the weekly digest (``monday 07:00``)
``[mail]``                LEGGER_MAIL_*      how alarms and digests are mailed: :class:`Mail`
``[webhook]``             LEGGER_WEBHOOK_*   where they are posted: :class:`Webhook`
``[command]``             LEGGER_COMMAND_RUN  the program they are handed to: :class:`Command`
``[bot]``                 LEGGER_BOT_*       the key with which requests are signed: :class:`Bot`
``[wayback]``             LEGGER_WAYBACK_*   sent to Save Page Now: :class:`WaybackSettings`
``[apprise]``             LEGGER_APPRISE_*   chat rooms and telephones, by Apprise: :class:`Apprise`
``[reading_room]``        LEGGER_READING_ROOM_*  what is said of the archive: :class:`ReadingRoom`
========================  =================  ==========================================================

A secret stands in the environment or in a file of its own, never in ``legger.toml``.
"""

from __future__ import annotations

import ipaddress
import os
import re
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive.errors import UsageError
from archive.model.types import Ground
from legger.weekly import Weekly

FILE = "legger.toml"
KEYS = ("contact", "organisation", "ground", "pages_per_visit", "digest")
TABLES: Mapping[str, tuple[str, ...]] = {
    "mail": ("to", "from", "server", "port", "security", "user", "password_file"),
    "webhook": ("url", "url_file", "token_file"),
    "command": ("run",),
    "apprise": ("urls", "urls_file"),
    "bot": ("key_file", "directory"),
    "wayback": ("key_file", "on", "per_day", "url"),
    "stamp": ("url", "roots"),
    "sign": ("key_file", "certificate"),
    "reading_room": ("name", "address", "rights", "takedown", "naan", "hub"),
}
"""Table of ``legger.toml`` -> its keys; each is LEGGER_TABLE_KEY in the environment too."""
SECRETS = {"mail": ("password",), "webhook": ("url", "token"), "wayback": ("key",)}
"""What may stand in a file (``KEY_file``) or in the environment; the first two never in ``legger.toml``."""
PORTS = {"starttls": 587, "tls": 465, "none": 25}
"""How mail is secured -> the port that goes with it."""
MOST_DIGITS = 9
"""Of a number in the settings."""


@dataclass(frozen=True, kw_only=True)
class Secret:
    """A secret, or the file it stands in: read when it is needed, never shown."""

    value: str | None = field(default=None, repr=False)
    file: Path | None = None

    def read(self) -> str:
        """The secret. Raises :class:`UsageError` when its file cannot be read."""
        if self.value is not None:
            return self.value
        assert self.file is not None
        try:
            secret = self.file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"the secret in {self.file} cannot be read: {error}") from error
        if not secret:
            raise UsageError(f"{self.file} is empty; it should hold a secret")
        return secret


@dataclass(frozen=True, kw_only=True)
class Mail:
    """How to send mail."""

    to: tuple[str, ...]
    sender: str
    """Key ``from``; default: ``contact`` when that is an e-mail address, else the first of ``to``."""
    server: str = "localhost"
    port: int = 25
    security: str = "none"
    """``starttls``, ``tls`` or ``none``."""
    user: str | None = None
    password: Secret | None = None


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """Where to post JSON."""

    url: Secret
    """Secret, because whoever has the address of a chat room's hook can write there."""
    token: Secret | None = None
    """Sent as ``Authorization: Bearer``."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """A program that is given JSON on its standard input; no shell comes into it."""

    run: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StampSettings:
    """Who stamps the time (RFC 3161)."""

    url: str
    roots: tuple[Path, ...] = ()
    """Files of certificates (PEM) that vouch for it; empty: whose stamp it is, is not checked."""


@dataclass(frozen=True, kw_only=True)
class Sign:
    """With what a WACZ is signed."""

    key: Path
    """The file of an elliptic key (PEM)."""
    certificate: Path | None = None
    """The file of the domain's certificate, and those that vouch for it (PEM)."""


@dataclass(frozen=True, kw_only=True)
class Apprise:
    """Addresses of Apprise, one a line: whoever has one can write there."""

    urls: Secret


@dataclass(frozen=True, kw_only=True)
class Bot:
    """With which key requests are signed (Web Bot Auth)."""

    key: Path
    """Ed25519, in PEM."""
    directory: str
    """The host that publishes its public half."""


@dataclass(frozen=True, kw_only=True)
class WaybackSettings:
    """What is sent to the Internet Archive's Save Page Now."""

    key: Secret
    """``ACCESS:SECRET``, as archive.org/account/s3.php gives it."""
    on: tuple[str, ...] = ("first", "edit")
    per_day: int = 200
    """Most versions in a day."""
    url: str = "https://web.archive.org/save"


@dataclass(frozen=True, kw_only=True)
class ReadingRoom:
    """What the reading room and citations say of the archive itself; the table ``[reading_room]``."""

    name: str = ""
    """The archive's own name; empty: the organisation's."""
    address: str | None = None
    """Where others reach the reading room: citations lead to the archived copy there."""
    rights: str = ""
    """What may be done with what is read there, in words."""
    takedown: str = ""
    """Whom to write that something should not be shown: an e-mail address or a web page."""
    naan: str | None = None
    """The number under which ARKs are assigned; ``None``: citations have none."""
    hub: str = ""
    """A WebSub hub that feeds name, and that is told of news in them; empty: none."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """The operator's settings."""

    archive: str = "legger.db"
    contact: str | None = None
    organisation: str | None = None
    ground: Ground = Ground.GENERAL
    """Decides which reservations against text and data mining bind us."""
    pages_per_visit: int = 0
    digest: str | None = None
    """As :class:`legger.weekly.Weekly` reads it; ``None``: the clock sends none."""
    mail: Mail | None = None
    webhook: Webhook | None = None
    command: Command | None = None
    apprise: Apprise | None = None
    wayback: WaybackSettings | None = None
    bot: Bot | None = None
    stamp: StampSettings | None = None
    sign: Sign | None = None
    reading_room: ReadingRoom = ReadingRoom()

    @property
    def file(self) -> Path:
        """Where ``legger.toml`` stands: beside the archive's file, or here for a database server."""
        return beside(self.archive)


def beside(archive: str) -> Path:
    """The ``legger.toml`` that belongs to an archive."""
    return Path(FILE) if "://" in archive else Path(archive).parent / FILE


def load(archive: str | None = None, environment: Mapping[str, str] = os.environ) -> Config:
    """The settings for *archive* (or LEGGER_ARCHIVE, or legger.db); the environment wins over the file."""
    where = archive or environment.get("LEGGER_ARCHIVE") or "legger.db"
    file = beside(where)
    try:
        stated = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    except (OSError, ValueError, RecursionError) as error:  # no TOML, a number of 5,000 digits, a deep nest
        raise UsageError(f"{file}: cannot be read: {error}") from error
    known = (*KEYS, *TABLES)
    if unknown := sorted(set(stated) - set(known)):
        raise UsageError(f"{file}: {unknown[0]}: no such key; there are {', '.join(known)}")
    for key in KEYS:
        if value := environment.get(f"LEGGER_{key.upper()}"):
            stated[key] = value
    pages = str(stated.get("pages_per_visit", 0))
    if not pages.isdecimal() or len(pages) > MOST_DIGITS:
        raise UsageError(f"{file}: pages_per_visit: expected a whole number, 0 for no limit, not {pages!r}")
    words = {key: one_line(f"{file}: {key}", stated.get(key)) for key in KEYS if key != "pages_per_visit"}
    try:
        ground = Ground(words["ground"] or Ground.GENERAL)
    except ValueError:
        grounds = ", ".join(Ground)
        raise UsageError(f"{file}: ground: expected one of {grounds}, not {words['ground']!r}") from None
    try:
        contact = valid_contact(words["contact"]) if words["contact"] else None
    except UsageError as error:
        raise UsageError(f"{file}: {error}") from error
    weekly = words["digest"]
    try:
        if weekly:
            Weekly.parse(weekly)
    except ValueError as error:
        raise UsageError(f"{file}: digest: {error}") from error
    tables = {name: _ConfigTable(file, name, stated.get(name, {}), environment) for name in TABLES}
    return Config(
        archive=where,
        contact=contact,
        organisation=words["organisation"],
        ground=ground,
        pages_per_visit=int(pages),
        digest=weekly,
        mail=_mail(tables["mail"], contact) if tables["mail"] else None,
        webhook=_webhook(tables["webhook"]) if tables["webhook"] else None,
        bot=_bot(tables["bot"]) if tables["bot"] else None,
        wayback=_wayback(tables["wayback"]) if tables["wayback"] else None,
        apprise=_apprise(tables["apprise"]) if tables["apprise"] else None,
        command=Command(run=tables["command"].words("run")) if tables["command"] else None,
        stamp=_stamp(tables["stamp"]) if tables["stamp"] else None,
        sign=_sign(tables["sign"]) if tables["sign"] else None,
        reading_room=_reading_room(tables["reading_room"], words["organisation"] or "", contact or ""),
    )


def _reading_room(table: _ConfigTable, organisation: str, contact: str) -> ReadingRoom:
    address, naan, takedown = table.text("address"), table.text("naan"), table.text("takedown")
    if address is not None and not re.fullmatch(r"https?://[^\s/]+\S*", address):
        raise table.wrong("address", f"expected an address that begins with https://, not {address!r}")
    if naan is not None and not re.fullmatch(r"\d{5,9}", naan):
        raise table.wrong("naan", f"expected the five digits that the ARK Alliance gave, not {naan!r}")
    hub = table.text("hub") or ""
    if hub and not re.fullmatch(r"https?://[^\s/]+\S*", hub):
        raise table.wrong("hub", f"expected an address that begins with https://, not {hub!r}")
    return ReadingRoom(
        name=table.text("name") or organisation,
        address=address,
        rights=table.text("rights") or "",
        takedown=valid_contact(takedown) if takedown else contact,
        naan=naan,
        hub=hub,
    )


def one_line(place: str, value: Any) -> str | None:
    """Text as it may stand in a header, a path or a call: one line. Raises :class:`UsageError` elsewise."""
    if value is not None and not isinstance(value, str):
        raise UsageError(f"{place}: expected text between quotation marks, not {value!r}")
    if value and not value.isprintable():
        raise UsageError(f"{place}: expected a single line of text, without control characters")
    return value or None


class _ConfigTable:
    """A table of ``legger.toml`` with what the environment says of it; false when neither says anything."""

    def __init__(self, file: Path, name: str, stated: Any, environment: Mapping[str, str]) -> None:
        self.file, self.name = file, name
        if not isinstance(stated, dict):
            raise UsageError(f"{file}: {name}: expected a table: [{name}], and its keys on lines below it")
        for key in SECRETS.get(name, ()):
            if key in stated and key not in TABLES[name]:
                raise self.wrong(
                    key,
                    f"a secret does not stand in {FILE}: put it in a file and name that as {key}_file, "
                    f"or set LEGGER_{name.upper()}_{key.upper()}",
                )
        if unknown := sorted(set(stated) - set(TABLES[name])):
            raise self.wrong(unknown[0], f"no such key; there are {', '.join(TABLES[name])}")
        self.values = dict(stated)
        for key in (*TABLES[name], *SECRETS.get(name, ())):
            if value := environment.get(f"LEGGER_{name.upper()}_{key.upper()}"):
                self.values[key] = value
                self.values.pop(key.removesuffix("_file") if key.endswith("_file") else f"{key}_file", None)

    def __bool__(self) -> bool:
        return not self.values.keys().isdisjoint(TABLES[self.name])  # a password alone asks for nothing

    def wrong(self, key: str, expected: str) -> UsageError:
        return UsageError(f"{self.file}: {self.name}.{key}: {expected}")

    def text(self, key: str, default: str | None = None) -> str | None:
        return one_line(f"{self.file}: {self.name}.{key}", self.values.get(key)) or default

    def words(self, key: str) -> tuple[str, ...]:
        """A list of text; a single text is cut as a shell would, which the environment needs."""
        value = self.values.get(key)
        try:
            found = (
                shlex.split(value.replace(",", " ") if key == "to" else value)
                if isinstance(value, str)
                else value
            )
        except ValueError as error:
            raise self.wrong(key, str(error)) from error
        if (
            not isinstance(found, list)
            or not found
            or not all(isinstance(each, str) and each and "\0" not in each for each in found)
        ):
            raise self.wrong(key, f'expected a list, such as {key} = ["one", "two"]')
        return tuple(found)

    def secret(self, key: str) -> Secret | None:
        if value := self.text(key):
            return Secret(value=value)
        file = self.text(f"{key}_file")
        return Secret(file=self.file.parent / file) if file else None


def _mail(table: _ConfigTable, contact: str | None) -> Mail:
    to = table.words("to")
    server = table.text("server", "localhost") or "localhost"
    near = _loopback(server)
    security = table.text("security", "none" if near else "starttls") or ""
    if security not in PORTS:
        raise table.wrong("security", f"expected {', '.join(PORTS)}, not {security!r}")
    port = str(table.values.get("port", PORTS[security]))
    if not port.isdecimal() or len(port) > MOST_DIGITS or not 0 < int(port) < 65536:
        raise table.wrong("port", f"expected a number from 1 to 65535, not {port!r}")
    user, password = table.text("user"), table.secret("password")
    if user and password is None:
        raise table.wrong(
            "user", "its password is not set: name a password_file, or set LEGGER_MAIL_PASSWORD"
        )
    if user and security == "none" and not near:
        raise table.wrong("security", f"the password would go to {server} in the clear; use starttls or tls")
    sender = table.text("from") or (contact if contact and "@" in contact and "://" not in contact else to[0])
    for key, address in (("from", sender), *(("to", each) for each in to)):
        if not re.fullmatch(r"[^@\s<>,]+@[^@\s<>,]+", address):
            raise table.wrong(key, f"expected an e-mail address, not {address!r}")
    return Mail(
        to=to, sender=sender, server=server, port=int(port), security=security, user=user, password=password
    )


def _webhook(table: _ConfigTable) -> Webhook:
    url, token = table.secret("url"), table.secret("token")
    if url is None:
        raise table.wrong(
            "url", "expected the address to post to; or name a url_file, or set LEGGER_WEBHOOK_URL"
        )
    if url.value is not None:
        try:
            valid_hook(url.value, secretly=token is not None)
        except UsageError as error:
            raise UsageError(f"{table.file}: {error}") from error
    return Webhook(url=url, token=token)


def _stamp(table: _ConfigTable) -> StampSettings:
    url = table.text("url")
    if url is None or not re.match(r"https?://[^/\s]", url):
        raise table.wrong("url", "expected the address of a time stamp authority, https://...")
    roots = table.words("roots") if "roots" in table.values else ()
    return StampSettings(url=url, roots=tuple(table.file.parent / each for each in roots))


def _sign(table: _ConfigTable) -> Sign:
    key, certificate = table.text("key_file"), table.text("certificate")
    if key is None:
        raise table.wrong("key_file", "expected the name of a file that holds a key (PEM)")
    folder = table.file.parent
    return Sign(key=folder / key, certificate=folder / certificate if certificate else None)


def _apprise(table: _ConfigTable) -> Apprise:
    if "urls" in table.values:
        urls = table.words("urls")
        if unfit := next((each for each in urls if "://" not in each or not each.isprintable()), None):
            kind = unfit.partition(":")[0]
            raise table.wrong("urls", f"expected addresses of Apprise such as ntfy://topic, not {kind!r}")
        return Apprise(urls=Secret(value="\n".join(urls)))
    file = table.secret("urls")
    assert file is not None
    return Apprise(urls=file)


def _bot(table: _ConfigTable) -> Bot:
    key, directory = table.text("key_file"), table.text("directory")
    if key is None:
        raise table.wrong("key_file", "expected a file that holds a key: legger bot-key makes one")
    if directory is None or not re.fullmatch(r"https://[^/\s]+/?", directory):
        raise table.wrong("directory", "expected your host, such as https://archive.example.org")
    return Bot(key=table.file.parent / key, directory=directory.rstrip("/"))


def _wayback(table: _ConfigTable) -> WaybackSettings:
    key = table.secret("key")
    if key is None:
        raise table.wrong("key_file", "expected a file with ACCESS:SECRET; or set LEGGER_WAYBACK_KEY")
    on = table.words("on") if "on" in table.values else WaybackSettings.on
    if unknown := set(on) - {"first", "edit"}:
        raise table.wrong("on", f"expected first and edit, not {', '.join(sorted(unknown))}")
    most = str(table.values.get("per_day", WaybackSettings.per_day))
    if not most.isdecimal() or len(most) > MOST_DIGITS:
        raise table.wrong("per_day", f"expected a whole number, not {most!r}")
    url = (table.text("url", WaybackSettings.url) or "").rstrip("/")
    try:
        valid_hook(url, secretly=True)
    except UsageError:
        raise table.wrong("url", "expected the address of Save Page Now, https://...") from None
    return WaybackSettings(key=key, on=on, per_day=int(most), url=url)


def valid_hook(url: str, *, secretly: bool) -> str:
    """The address of a webhook; raises :class:`UsageError`, without spelling the secret in it."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not close, a port that is none
        sound = False
    if not sound:
        raise UsageError("webhook.url: expected an address that begins with https://")
    assert parts.hostname is not None
    if secretly and parts.scheme == "http" and not _loopback(parts.hostname):
        raise UsageError(f"the webhook's token would go to {parts.hostname} in the clear; use https://")
    return url


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def valid_contact(contact: str) -> str:
    """An e-mail address or a web page, trimmed; raises :class:`UsageError` for anything else."""
    contact = one_line("contact", contact.strip()) or ""
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+|https?://[^\s/]+\.[^\s]+", contact):
        return contact
    raise UsageError(f"contact {contact!r}: expected an e-mail address or the address of a web page")


def save(config: Config) -> Path:
    """Write ``legger.toml`` beside the archive; returns where. Its tables and comments stay."""
    import tomlkit  # few commands write

    before = config.file.read_text(encoding="utf-8") if config.file.exists() else _OPENING
    file = tomlkit.parse(before)
    for key in KEYS:
        value = getattr(config, key)
        if value is None or value == getattr(Config, key):
            file.pop(key, None)
        elif file.get(key) != value:
            file[key] = value if isinstance(value, int) else str(value)
    config.file.parent.mkdir(parents=True, exist_ok=True)
    config.file.write_text(tomlkit.dumps(file), encoding="utf-8")
    return config.file


_OPENING = "# Settings of this archive. See docs/settings.md; LEGGER_* in the environment wins.\n"
