"""Where the files of sites stand, and how one becomes a :class:`Site`.

Shipped sites stand in ``crawler/sites``; the operator's own in ``./sites`` (or ``LEGGER_SITES``), and win.
What many sites share stands once, in a platform's file (``platforms/NAME.toml`` in either folder)::

    url = "https://www.example.nl/"
    platform = "pubble"                  # its keys hold, where this file does not state them itself
    feeds = ["/rss"]                     # relative to url

    [identity]
    pattern = '~a([0-9a-f]+)'

    [[rules]]
    strip = [".related"]
    valid_until = 2024-05-01
"""

from __future__ import annotations

import logging
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.errors import SiteError, UnknownSite, UsageError
from crawler.siteconfig.near_names import did_you_mean
from crawler.siteconfig.site import Site

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).parents[1] / "sites"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


def operators_folder() -> Path:
    """Where the operator's own site files stand: ``LEGGER_SITES``, or ``./sites``."""
    return Path(os.environ.get("LEGGER_SITES") or "sites")


@dataclass(frozen=True, kw_only=True)
class Sites:
    """What a folder of site files came to. A file that is wrong costs its own site, and no other."""

    sound: Mapping[str, Site]
    """By name, in alphabetical order."""
    broken: Mapping[str, SiteError]
    """Name of a file that is wrong -> what is wrong with it."""


def load_sites(*, shipped: bool = True) -> Sites:
    """All sites; *shipped*: those that come with Legger too. Of two of one name, the operator's is taken.

    Raises nothing for a file that is wrong: it stands among the broken ones.
    """
    return _read_all(_files(shipped=shipped))


def _read_all(files: Mapping[str, Path]) -> Sites:
    sound: dict[str, Site] = {}
    broken: dict[str, SiteError] = {}
    for name, file in sorted(files.items()):
        try:
            sound[name] = read_site(file)
        except SiteError as error:
            broken[name] = error
    return Sites(sound=sound, broken=broken)


def load_site(name: str) -> Site:
    """The site of that name. Raises :class:`UnknownSite` (with the nearest names) or :class:`SiteError`."""
    for folder in (operators_folder(), SHIPPED):
        if Path(name).name == name and (file := folder / f"{name}.toml").exists():
            return read_site(file)
    near = did_you_mean(name, _files(shipped=True))
    raise UnknownSite(
        f"there is no site {name!r} in {operators_folder()}{near}; "
        f"`legger site list` shows what there is, `legger site add URL` adds one"
    )


def site_names() -> list[str]:
    """The names of the operator's sites, those whose files are wrong among them."""
    return sorted(_files(shipped=False))


def shipped_names() -> list[str]:
    """The names of the sites that come with Legger."""
    return sorted(file.stem for file in SHIPPED.glob("*.toml"))


def named_sites(names: Sequence[str]) -> Sites:
    """The sites of these names. Raises :class:`UnknownSite` for a name without a file."""
    files = _files(shipped=True)
    for name in names:
        if name not in files:
            load_site(name)
    return _read_all({name: files[name] for name in names})


def _files(*, shipped: bool) -> dict[str, Path]:
    folders = ([SHIPPED] if shipped else []) + [operators_folder()]
    return {file.stem: file for folder in folders for file in sorted(folder.glob("*.toml"))}


def shipped_sites() -> Sites:
    """The sites that come with Legger, whatever the operator has beside them.

    A broken one is the doing of an operator's file of the same platform.
    """
    return _read_all({file.stem: file for file in SHIPPED.glob("*.toml")})


def shipped_file(name: str) -> Path:
    """The file of a site that comes with Legger. Raises :class:`UnknownSite` with the nearest names."""
    file = SHIPPED / f"{name}.toml"
    if _NAME.fullmatch(name) and file.exists():
        return file
    shipped = {each.stem: each for each in SHIPPED.glob("*.toml")}
    raise UnknownSite(
        f"no site {name!r} comes with Legger{did_you_mean(name, shipped)}; "
        "`legger site list --shipped` shows which do, `legger site add URL` adds another"
    )


def platform_file(name: str, *, source: str = "", own: Path | None = None) -> Path:
    """The file of a platform, the operator's own (in the folder *own*) before a shipped one.

    Raises :class:`SiteError` when there is none; *source* is the file that names it.
    """
    folders = (SHIPPED / "platforms", (own or operators_folder()) / "platforms")
    files = {file.stem: file for folder in folders for file in folder.glob("*.toml")}
    if name not in files:
        hint = did_you_mean(name, files) or f"; there are {', '.join(sorted(files)) or 'none'}"
        raise SiteError(source, "platform", f"there is no platform {name!r}{hint}")
    return files[name]


def read_site(file: Path, *, own: Path | None = None) -> Site:
    """The site a TOML file describes. Raises :class:`SiteError` naming file, key and what was expected.

    *own*: the operator's folder, where it is not that of :func:`operators_folder`. Whatever else goes wrong
    with a file is a :class:`SiteError` too: it must not stop the sites beside it.
    """
    try:
        return parse_site(_toml_of(file), name=file.stem, source=str(file), own=own)
    except SiteError:
        raise
    except Exception as error:
        log.exception("%s", file)
        raise SiteError(str(file), "file", f"cannot be used: {error}") from error


def _toml_of(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SiteError(str(file), "file", f"cannot be read ({error.strerror})") from error
    except RecursionError as error:
        raise SiteError(str(file), "file", "expected fewer brackets within brackets") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SiteError(str(file), "file", f"expected TOML in UTF-8: {error}") from error


def parse_site(stated: Mapping[str, Any], *, name: str, source: str = "", own: Path | None = None) -> Site:
    """A site from the keys of its file; *name* is that of the file, *source* its path for messages.

    A key that its platform states too is the site's own: a list or a table replaces the platform's whole.
    """
    from crawler.siteconfig.definition import SiteTable, absolute, validated  # loads pydantic

    mine = validated(stated, SiteTable, source=source)
    if mine.setdefault("name", name) != name:
        raise SiteError(source, "name", f"expected {name!r}, the name of the file, or no name at all")
    if not _NAME.fullmatch(name):
        raise SiteError(source, "name", "expected lower case letters, digits, '.', '-' and '_' only")
    shared: dict[str, Any] = {}
    shared_source = ""
    if mine.get("platform"):
        file = platform_file(mine["platform"], source=source, own=own)
        shared, shared_source = read_platform(file), str(file)
    values = {**shared, **mine}
    for key in ("feeds", "sitemaps", "listings"):
        said_in = source if key in mine else shared_source
        values[key] = absolute(values.get(key, ()), values["url"], key, source=said_in)
    return Site(**values, source=source)


def read_platform(file: Path) -> dict[str, Any]:
    """The keys that the file of a platform states. Raises :class:`SiteError`."""
    from crawler.siteconfig.definition import PlatformTable, validated

    return validated(_toml_of(file), PlatformTable, source=str(file))


def planned(name: str) -> Site:
    """The site of a name; of one whose file is wrong, what a file that says nothing would mean.

    A file is read again when it has changed.
    """
    changed = 0
    with suppress(OSError):
        changed = (operators_folder() / f"{name}.toml").stat().st_mtime_ns
    if name not in _planned or _planned[name][0] != changed:
        try:
            site = load_site(name)
        except UsageError:  # its visit will fail, and say why
            site = Site(name=name, url="http://localhost/")
        _planned[name] = changed, site
    return _planned[name][1]


_planned: dict[str, tuple[int, Site]] = {}
"""Name -> when its file changed, and its site: a clock asks for each of its sites at every look."""


def operators_sites() -> list[str]:
    """Names of the operator's sites. Their files are not read: a wrong one fails its own visit, no other."""
    return sorted(file.stem for file in operators_folder().glob("*.toml"))
