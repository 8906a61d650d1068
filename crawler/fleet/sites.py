"""The operator's files of sites, put into the archive and had from there: all machines read the same."""

from __future__ import annotations

import logging
import shutil
import socket
from collections.abc import Container, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from archive import Archive
from archive.errors import SiteError, UsageError
from archive.operations.site_files import PLATFORM, SITE
from crawler.siteconfig.files import read_platform, read_site
from crawler.siteconfig.site import Site

log = logging.getLogger("legger.schedule")

OVERLAP = 64
"""Numbers that are read again at every look: what was published first may be committed last."""


def files_of(folder: Path) -> Iterator[tuple[str, str, Path]]:
    """Kind, name and place of the files in an operator's folder."""
    for kind, where in ((PLATFORM, folder / "platforms"), (SITE, folder)):
        for file in sorted(where.glob("*.toml")):
            yield kind, file.stem, file


def wrong_files(folder: Path) -> dict[tuple[str, str], SiteError]:
    """Kind and name of the files in a folder that are not what they must be, and what is wrong.

    A site is not wrong because its platform is.
    """
    wrong: dict[tuple[str, str], SiteError] = {}
    for kind, name, file in files_of(folder):
        try:
            if kind == PLATFORM:
                read_platform(file)
            else:
                read_site(file, own=folder)
        except SiteError as error:
            if kind == PLATFORM or error.file == str(file):
                wrong[kind, name] = error
    return wrong


def publish(
    archive: Archive, folder: Path, *, at: datetime, without: Container[tuple[str, str]] = ()
) -> list[tuple[str, str]]:
    """Let the files of a folder be those that hold, and no others; returns kind and name of what changed.

    *without*: kind and name of those that stay as the archive has them. Raises :class:`UsageError` for a
    folder without any file, and for a file that is no text.
    """
    found = list(files_of(folder))
    if not found:
        raise UsageError(f"there are no sites in {folder}")
    here = {(kind, name) for kind, name, _ in found}
    files: list[tuple[str, str, str | None]] = []
    for kind, name, file in found:
        if (kind, name) not in without:
            try:
                files.append((kind, name, file.read_text(encoding="utf-8")))
            except (OSError, UnicodeDecodeError) as error:
                raise UsageError(f"{file} cannot be read: {error}") from error
    files += [
        (each.kind, each.name, None)
        for each in archive.site_files.current()
        if (each.kind, each.name) not in here
    ]
    return archive.site_files.publish(files, at=at, machine=socket.gethostname())


class ChangedFiles:
    """Puts what changes in a folder into the archive, without being asked.

    A text that held before is not put back: it is an old copy on a machine that was forgotten. Nor is what is
    missing taken out of use. Both take somebody who means it (:func:`publish`).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[Path, int] = {}

    def publish(self, archive: Archive, *, at: datetime) -> list[tuple[str, str]]:
        """Put what changed since the last look; returns kind and name of what the archive did not know."""
        stamps = {}
        for where in (self._folder, self._folder / "platforms"):
            for file in where.glob("*.toml"):
                with suppress(OSError):  # taken away this moment
                    stamps[file] = file.stat().st_mtime_ns
        if stamps == self._seen:
            return []
        files = []
        for file in sorted(each for each, stamp in stamps.items() if self._seen.get(each) != stamp):
            kind = SITE if file.parent == self._folder else PLATFORM
            try:
                files.append((kind, file.stem, file.read_text(encoding="utf-8")))
            except (OSError, UnicodeDecodeError) as error:  # its visits fail, and say so; others' do not
                log.warning("%s cannot be read, and is not on record: %s", file, error)
        known = archive.site_files.texts([(kind, name) for kind, name, _ in files])
        new = [each for each in files if each[2] not in known.get(each[:2], ())]
        published = archive.site_files.publish(new, at=at, machine=socket.gethostname())
        self._seen = stamps
        return published


class PublishedSites:
    """The sites of the archive, with a folder to unfold their files in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last = 0
        self._numbers: dict[tuple[str, str], int] = {}
        self._texts: dict[str, str] = {}
        self._read: dict[str, Site] = {}
        self._wrong: dict[str, SiteError] = {}

    def refresh(self, archive: Archive) -> None:
        """Learn what was published since the last look."""
        for each in archive.site_files.after(self._last - OVERLAP):
            self._last = max(self._last, each.number)
            if self._numbers.get((each.kind, each.name), 0) >= each.number:
                continue
            self._numbers[each.kind, each.name] = each.number
            if each.kind == PLATFORM:
                _write(self._folder / "platforms" / f"{each.name}.toml", each.text)
                self._read.clear()
                continue
            self._read.pop(each.name, None)
            if each.text is None:
                self._texts.pop(each.name, None)
            else:
                self._texts[each.name] = each.text

    def __contains__(self, name: str) -> bool:
        """Whether a site is in use."""
        return name in self._texts

    def names(self) -> list[str]:
        """The sites in use, in alphabetical order."""
        return sorted(self._texts)

    def plan(self, name: str) -> Site:
        """The site of a name; of one whose file is wrong, what a file that says nothing would mean."""
        if name not in self._read:
            file = self._folder / f"{name}.toml"
            _write(file, self._texts.get(name, ""))
            try:
                self._read[name] = read_site(file, own=self._folder)
                self._wrong.pop(name, None)
            except SiteError as error:  # its visit will fail, and say why
                self._wrong[name] = error
                self._read[name] = Site(name=name, url="http://localhost/")
        return self._read[name]

    def wrong(self) -> dict[str, SiteError]:
        """Sites in use whose file is wrong, and what is wrong."""
        for name in self._texts:
            self.plan(name)
        return {
            name: SiteError(f"{name}.toml in the archive", error.key, error.expected)
            for name, error in self._wrong.items()
            if name in self._texts
        }

    def unfold(self, name: str, kind: str) -> Path:
        """A folder with the files of one site as they are now, for one visit; :meth:`fold` removes it."""
        folder = self._folder / "visits" / f"{name}-{kind}"
        self.fold(folder)
        _write(folder / f"{name}.toml", self._texts.get(name))
        for file in (self._folder / "platforms").glob("*.toml"):
            _write(folder / "platforms" / file.name, file.read_text(encoding="utf-8"))
        return folder

    @staticmethod
    def fold(folder: Path) -> None:
        """Remove what was unfolded."""
        shutil.rmtree(folder, ignore_errors=True)


def _write(file: Path, text: str | None) -> None:
    if text is None:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
