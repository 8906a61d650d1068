"""What belongs to the operator: legger.toml beside the archive, and LEGGER_*. Read once, passed down.

========================  =================  ==========================================================
key in ``legger.toml``    environment        meaning
========================  =================  ==========================================================
(none)                    LEGGER_ARCHIVE     path or SQLAlchemy URL of the archive (default legger.db)
(none)                    LEGGER_SITES       folder with the operator's own site files (default ./sites)
``contact``               LEGGER_CONTACT     how a site reaches you: an e-mail address or a web page
``organisation``          LEGGER_ORGANISATION  who crawls, as sites will read it in the user agent
``pages_per_visit``       LEGGER_PAGES_PER_VISIT  most pages fetched from one site in one visit (0: no limit)
========================  =================  ==========================================================
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.errors import UsageError

FILE = "legger.toml"
KEYS = ("contact", "organisation", "pages_per_visit")


@dataclass(frozen=True, kw_only=True)
class Config:
    """The operator's settings."""

    archive: str = "legger.db"
    contact: str | None = None
    organisation: str | None = None
    pages_per_visit: int = 0

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
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{file}: cannot be read: {error}") from error
    if unknown := sorted(set(stated) - set(KEYS)):
        raise UsageError(f"{file}: {unknown[0]}: no such key; there are {', '.join(KEYS)}")
    for key in KEYS:
        if value := environment.get(f"LEGGER_{key.upper()}"):
            stated[key] = value
    pages = str(stated.get("pages_per_visit", 0))
    if not pages.isdecimal():
        raise UsageError(f"{file}: pages_per_visit: expected a whole number, 0 for no limit, not {pages!r}")
    contact = stated.get("contact")
    return Config(
        archive=where,
        contact=valid_contact(str(contact)) if contact else None,
        organisation=str(stated["organisation"]) if stated.get("organisation") else None,
        pages_per_visit=int(pages),
    )


def valid_contact(contact: str) -> str:
    """An e-mail address or a web page, trimmed; raises :class:`UsageError` for anything else."""
    contact = contact.strip()
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+|https?://[^\s/]+\.[^\s]+", contact):
        return contact
    raise UsageError(f"contact {contact!r}: expected an e-mail address or the address of a web page")


def save(config: Config) -> Path:
    """Write ``legger.toml`` beside the archive; returns where."""
    lines = ["# Settings of this archive. See docs/settings.md; LEGGER_* in the environment wins.\n"]
    for key in KEYS:
        value = getattr(config, key)
        if value is not None and value != getattr(Config, key):
            lines.append(f"{key} = {value}\n" if isinstance(value, int) else f"{key} = {quoted(value)}\n")
    config.file.parent.mkdir(parents=True, exist_ok=True)
    config.file.write_text("".join(lines), encoding="utf-8")
    return config.file


def quoted(value: str) -> str:
    """A TOML basic string."""
    plain = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda hit: f"\\u{ord(hit[0]):04x}", plain) + '"'
