"""The operator's settings, as the rest of Legger is given them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from archive.errors import UsageError
from archive.model.types import Ground

FILE = "legger.toml"


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
class ObjectSettings:
    """Where bodies are kept beside the database; see :mod:`archive.captures.objects`."""

    url: str = ""
    """``s3://bucket/folder``, ``file:///folder``; empty: in the database, and only exports go there."""
    endpoint: str | None = None
    """Address of a server that speaks like Amazon's S3; ``None``: Amazon's, or what its tools are told."""


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
    language: str = "en"
    """In which alarms, the digest and other mail to the operator are written."""
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
    objects: ObjectSettings | None = None
    reading_room: ReadingRoom = ReadingRoom()

    @property
    def file(self) -> Path:
        """Where ``legger.toml`` stands: beside the archive's file, or here for a database server."""
        return beside(self.archive)


def beside(archive: str) -> Path:
    """The ``legger.toml`` that belongs to an archive."""
    return Path(FILE) if "://" in archive else Path(archive).parent / FILE
