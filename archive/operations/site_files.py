"""The operator's files of sites and platforms, each as it was on any day. Reads no file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, insert, select

from archive.db.schema import site_files
from archive.db.session import Session

SITE, PLATFORM = "site", "platform"


@dataclass(frozen=True, kw_only=True)
class SiteFile:
    """What a file said from a moment on."""

    number: int
    kind: str
    """``site`` or ``platform``."""
    name: str
    """Of the file, without ``.toml``."""
    since: datetime
    text: str | None
    """TOML; ``None``: it was taken out of use."""
    machine: str
    """Where the file stood that was published."""


class SiteFiles:
    """Files published into the archive. Rows are only added."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def publish(
        self, files: Iterable[tuple[str, str, str | None]], *, at: datetime, machine: str
    ) -> list[tuple[str, str]]:
        """Let files (kind, name, text) hold from now on; returns the kind and name of what changed."""
        with self._session.writing("(site files)") as connection:
            now = {(each.kind, each.name): each.text for each in self.current()}
            changed = [
                {"kind": kind, "name": name, "text": text, "since": at, "machine": machine}
                for kind, name, text in files
                if now.get((kind, name)) != text
            ]
            if changed:
                connection.execute(insert(site_files), changed)
        self._session.commit()
        return [(str(each["kind"]), str(each["name"])) for each in changed]

    def current(self) -> list[SiteFile]:
        """Every file that was ever published, as it is now; those taken out of use have no text."""
        latest = select(func.max(site_files.c.id)).group_by(site_files.c.kind, site_files.c.name)
        return self._rows(site_files.c.id.in_(latest))

    def after(self, number: int) -> list[SiteFile]:
        """What was published after that one."""
        return self._rows(site_files.c.id > number)

    def texts(self, files: Iterable[tuple[str, str]]) -> dict[tuple[str, str], set[str | None]]:
        """Kind and name of files -> all that they ever said."""
        wanted, said = set(files), dict[tuple[str, str], set[str | None]]()
        for each in self._rows(site_files.c.name.in_({name for _, name in wanted})):
            if (each.kind, each.name) in wanted:
                said.setdefault((each.kind, each.name), set()).add(each.text)
        return said

    def history(self, kind: str, name: str) -> list[SiteFile]:
        """What a file said, the first first."""
        return self._rows(site_files.c.kind == kind, site_files.c.name == name)

    def on(self, kind: str, name: str, moment: datetime) -> SiteFile | None:
        """What a file said at a moment; ``None``: nothing was published of it by then."""
        known = self._rows(site_files.c.kind == kind, site_files.c.name == name, site_files.c.since <= moment)
        return known[-1] if known else None

    def _rows(self, *wanted: ColumnElement[bool]) -> list[SiteFile]:
        ordered = select(site_files).where(*wanted).order_by(site_files.c.id)
        with self._session.asking() as connection:
            rows = connection.execute(ordered).mappings()
            return [SiteFile(number=row["id"], **{k: v for k, v in row.items() if k != "id"}) for row in rows]
