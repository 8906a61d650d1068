"""``legger.toml`` and the environment, read into a :class:`~legger.config.model.Config`, and written."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.errors import UsageError
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
    beside,
)
from legger.config.values import on_this_machine, valid_hook

if TYPE_CHECKING:
    from crawler.siteconfig.validation import Place

ELSEWHERE = ("LEGGER_ARCHIVE", "LEGGER_SITES")
"""Variables that are no keys of the file."""


def load(archive: str | None = None, environment: Mapping[str, str] = os.environ) -> Config:
    """The settings for *archive* (or LEGGER_ARCHIVE, or legger.db); the environment wins over the file.

    Raises :class:`UsageError` that names file or variable, key, and what was expected.
    """
    where = archive or environment.get("LEGGER_ARCHIVE") or "legger.db"
    file = beside(where)
    said = any(name.startswith("LEGGER_") and name not in ELSEWHERE for name in environment)
    if not said and not file.exists():
        return Config(archive=where)
    from crawler.siteconfig.validation import Invalid  # loads pydantic
    from legger.config.definition import validated

    stated = _Stated(file, environment)
    try:
        config = _config(where, validated(stated.values), file.parent)
    except Invalid as error:
        raise stated.wrong(error.place, str(error)) from None
    if config.objects is not None and environment is os.environ:
        from archive.captures.objects import ENDPOINT, PLACE  # loads SQLAlchemy

        # For the archive, which reads no file, and for our children.
        for name, value in ((PLACE, config.objects.url), (ENDPOINT, config.objects.endpoint)):
            if value:
                os.environ[name] = value
    return config


class _Stated:
    """What the file and the environment state, and which of them stated what."""

    def __init__(self, file: Path, environment: Mapping[str, str]) -> None:
        from legger.config.definition import ASKS_NOTHING, KEYS, NEVER_IN_THE_FILE, TABLES

        self.file = file
        self.variables: dict[tuple[str, ...], str] = {}
        self.values = _not_empty(_toml_of(file))
        for key in KEYS:
            if value := environment.get(f"LEGGER_{key.upper()}"):
                self.values[key] = value
                self.variables[key,] = f"LEGGER_{key.upper()}"
        for name, known in TABLES.items():
            table = self.values.get(name, {})
            if not isinstance(table, dict):
                continue  # refused as what it is
            table = _not_empty(table)
            for key in NEVER_IN_THE_FILE.get(name, ()):
                if key in table:
                    raise self.wrong(
                        (name, key),
                        f"a secret does not stand in {FILE}: put it in a file and name that as {key}_file, "
                        f"or set LEGGER_{name.upper()}_{key.upper()}",
                    )
            for key in known.__annotations__:
                if value := environment.get(f"LEGGER_{name.upper()}_{key.upper()}"):
                    table[key] = value
                    table.pop(key.removesuffix("_file") if key.endswith("_file") else f"{key}_file", None)
                    self.variables[name, key] = f"LEGGER_{name.upper()}_{key.upper()}"
            if table.keys() - ASKS_NOTHING:
                self.values[name] = table
            else:
                self.values.pop(name, None)

    def wrong(self, place: Place, says: str) -> UsageError:
        variable = self.variables.get(tuple(str(each) for each in place[:2]))
        key = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in place).lstrip(".")
        return UsageError(f"{variable}: {says}" if variable else f"{self.file}: {key}: {says}")


def _toml_of(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig")) if file.exists() else {}
    except (OSError, ValueError, RecursionError) as error:  # no TOML, a number of 5,000 digits, a deep nest
        raise UsageError(f"{file}: cannot be read: {error}") from error


def _not_empty(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if value != ""}


def _config(archive: str, stated: Mapping[str, Any], folder: Path) -> Config:
    """The settings that follow from the stated keys.

    Raises :class:`~crawler.siteconfig.validation.Invalid` for keys that do not go together.
    """
    tables = (
        "mail",
        "webhook",
        "command",
        "apprise",
        "bot",
        "wayback",
        "stamp",
        "sign",
        "objects",
        "reading_room",
    )
    values = {key: value for key, value in stated.items() if key not in tables}
    contact = values.get("contact")
    room = ReadingRoom(**stated.get("reading_room", {}))
    values["reading_room"] = replace(
        room, name=room.name or values.get("organisation", ""), takedown=room.takedown or contact or ""
    )
    if mail := stated.get("mail"):
        values["mail"] = _mail(mail, contact, folder)
    if webhook := stated.get("webhook"):
        values["webhook"] = _webhook(webhook, folder)
    if command := stated.get("command"):
        values["command"] = Command(**command)
    if apprise := stated.get("apprise"):
        values["apprise"] = _apprise(apprise, folder)
    if bot := stated.get("bot"):
        values["bot"] = Bot(key=folder / bot["key_file"], directory=bot["directory"])
    if wayback := stated.get("wayback"):
        values["wayback"] = _wayback(wayback, folder)
    if stamp := stated.get("stamp"):
        roots = tuple(folder / each for each in stamp.get("roots", ()))
        values["stamp"] = StampSettings(url=stamp["url"], roots=roots)
    if sign := stated.get("sign"):
        certificate = folder / sign["certificate"] if "certificate" in sign else None
        values["sign"] = Sign(key=folder / sign["key_file"], certificate=certificate)
    if storage := stated.get("objects"):
        values["objects"] = ObjectSettings(**storage)
    return Config(archive=archive, **values)


def _mail(table: Mapping[str, Any], contact: str | None, folder: Path) -> Mail:
    from crawler.siteconfig.validation import Invalid
    from legger.config.definition import PORTS

    server = table.get("server", Mail.server)
    near = on_this_machine(server)
    security = table.get("security", "none" if near else "starttls")
    user, password = table.get("user"), _secret(table, "password", folder)
    if user and password is None:
        says = "its password is not set: name a password_file, or set LEGGER_MAIL_PASSWORD"
        raise Invalid(("mail", "user"), says)
    if user and security == "none" and not near:
        says = f"the password would go to {server} in the clear; use starttls or tls"
        raise Invalid(("mail", "security"), says)
    usual = contact if contact and "@" in contact and "://" not in contact else table["to"][0]
    return Mail(
        to=table["to"],
        sender=table.get("from", usual),
        server=server,
        port=table.get("port", PORTS[security]),
        security=security,
        user=user,
        password=password,
    )


def _webhook(table: Mapping[str, Any], folder: Path) -> Webhook:
    from crawler.siteconfig.validation import Invalid

    url, token = _secret(table, "url", folder), _secret(table, "token", folder)
    if url is None:
        says = "expected the address to post to; or name a url_file, or set LEGGER_WEBHOOK_URL"
        raise Invalid(("webhook", "url"), says)
    if url.value is not None and token is not None:
        try:
            valid_hook(url.value, secretly=True)
        except ValueError as error:
            raise Invalid(("webhook", "url"), str(error)) from None
    return Webhook(url=url, token=token)


def _apprise(table: Mapping[str, Any], folder: Path) -> Apprise:
    if "urls" in table:
        return Apprise(urls=Secret(value="\n".join(table["urls"])))
    return Apprise(urls=Secret(file=folder / table["urls_file"]))


def _wayback(table: Mapping[str, Any], folder: Path) -> WaybackSettings:
    from crawler.siteconfig.validation import Invalid

    key = _secret(table, "key", folder)
    if key is None:
        says = "expected a file with ACCESS:SECRET; or set LEGGER_WAYBACK_KEY"
        raise Invalid(("wayback", "key_file"), says)
    return WaybackSettings(
        key=key, **{each: table[each] for each in ("on", "per_day", "url") if each in table}
    )


def _secret(table: Mapping[str, Any], key: str, folder: Path) -> Secret | None:
    if key in table:
        return Secret(value=table[key])
    return Secret(file=folder / table[f"{key}_file"]) if f"{key}_file" in table else None


def save(config: Config) -> Path:
    """Write ``legger.toml`` beside the archive; returns where. Its tables and comments stay."""
    import tomlkit  # few commands write

    from legger.config.definition import KEYS

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
