"""Is this installation fit to run for years? One finding per check, each with what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import zoneinfo
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from importlib.metadata import PackageNotFoundError, requires, version
from itertools import chain
from pathlib import Path

from packaging.requirements import Requirement

import legger
from archive import Archive, OtherSchema
from archive.db.schema import REVISION
from archive.errors import LeggerError, NotAnArchive, UsageError
from archive.files import filesystem_of as _filesystem
from archive.operations.site_files import SITE
from archive.reports.disk import DAYS_LEFT, LEAST
from archive.reports.growth import Growth, growth
from crawler.clock import FAR, ahead_of, spelled
from crawler.siteconfig.files import load_sites, operators_folder
from legger.config import Config, Secret
from legger.i18n import ENGLISH
from legger.notifications import channels

OLDEST_SQLITE = (3, 40)
"""The oldest that is tested."""
LATE = timedelta(hours=1)
"""A clock that runs starts what is due within a minute, or when a place is free."""
QUIET = timedelta(days=7)
FEW_DAYS = 3
"""Days until the disk is full that are a failure; of what is a warning, an alarm is raised too."""
LITTLE = 500_000_000
"""Free bytes below which a visit may fail."""
_NETWORK = ("nfs", "cifs", "smb", "fuse.sshfs", "9p", "afs", "ceph", "gluster")


class Severity(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, kw_only=True)
class DoctorResult:
    """What one check found."""

    check: str
    state: Severity
    says: str
    advice: str = ""
    """What to do; empty when it is well."""


@dataclass(frozen=True, kw_only=True)
class CheckContext:
    """What is looked at."""

    config: Config
    now: datetime
    archive: Archive | None
    """``None``: there is none, or it cannot be opened."""

    @property
    def file(self) -> Path:
        """The archive's file."""
        return Path(self.config.archive).absolute()

    @cached_property
    def growth(self) -> Growth | None:
        """What came in of late; ``None`` without an archive."""
        if self.archive is None:
            return None
        size = self.file.stat().st_size if self.file.exists() else 0
        return growth(self.archive, size=size, now=self.now)


def examine(config: Config, *, now: datetime | None = None) -> list[DoctorResult]:
    """Every check, in the order in which one would mend things."""
    moment = now or datetime.now(UTC)
    try:
        archive = Archive.open(config.archive, create=False, read_only=True)
    except LeggerError:
        archive = None
    try:
        patient = CheckContext(config=config, now=moment, archive=archive)
        return list(chain.from_iterable(_checked(each, patient) for each in CHECKS))
    finally:
        if archive is not None:
            archive.close()


def _checked(check: Check, patient: CheckContext) -> Iterator[DoctorResult]:
    try:
        yield from check(patient)
    except (LeggerError, OSError, sqlite3.Error) as error:
        yield _failure(check.__name__.strip("_"), f"could not be checked: {error}", "see what it says")


def _ok(check: str, says: str) -> DoctorResult:
    return DoctorResult(check=check, state=Severity.OK, says=says)


def _warning(check: str, says: str, advice: str) -> DoctorResult:
    return DoctorResult(check=check, state=Severity.WARNING, says=says, advice=advice)


def _failure(check: str, says: str, advice: str) -> DoctorResult:
    return DoctorResult(check=check, state=Severity.FAILURE, says=says, advice=advice)


# ---------------------------------------------------------------- the program


def _versions(_: CheckContext) -> Iterator[DoctorResult]:
    """Python, and every library against what this release asks for."""
    yield _ok("Python", f"{sys.version.split()[0]}, Legger {version('legger')}")
    wrong = []
    for words in requires("legger") or ():
        wanted = Requirement(words)
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            there = version(wanted.name)
        except PackageNotFoundError:
            wrong.append(f"{wanted.name} is missing")
        else:
            if not wanted.specifier.contains(there, prereleases=True):
                wrong.append(f"{wanted.name} is {there}, not {wanted.specifier}")
    if wrong:
        yield _failure("libraries", "; ".join(wrong), "pip install --upgrade legger, in the same environment")
    else:
        yield _ok("libraries", "all there, none too old")


def _sqlite(patient: CheckContext) -> Iterator[DoctorResult]:
    """What the archive needs of SQLite, tried."""
    said = sqlite3.sqlite_version
    missing = []
    with closing(sqlite3.connect(":memory:")) as connection:
        for feature, statement in (
            ("FTS5", "CREATE VIRTUAL TABLE words USING fts5(a, tokenize='unicode61 remove_diacritics 2')"),
            ("FTS5 trigram", "CREATE VIRTUAL TABLE parts USING fts5(a, tokenize='trigram')"),
            ("JSON", """SELECT json_extract('{"a": 1}', '$.a')"""),
            ("RETURNING", "CREATE TABLE t (a); INSERT INTO t VALUES (1) RETURNING a"),
        ):
            try:
                connection.executescript(statement)
            except sqlite3.OperationalError:
                missing.append(feature)
    if missing:
        yield _failure(
            "SQLite", f"{said} has no {', '.join(missing)}", "use a Python built with a complete SQLite"
        )
    elif sqlite3.sqlite_version_info < OLDEST_SQLITE:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        yield _warning("SQLite", f"{said}; {oldest} is the oldest that is tested", "upgrade Python or SQLite")
    else:
        yield _ok("SQLite", f"{said} with FTS5, trigram and JSON")
    if patient.archive is not None:
        backend = patient.archive.session.backend
        with patient.archive.snapshot() as connection:
            amiss = backend.unfit(connection)
        if amiss is None:
            yield _ok("database", "readers do not wait for writers; commits last")
        else:
            yield _warning("database", *amiss)


def _zones(_: CheckContext) -> Iterator[DoctorResult]:
    """Time zone data, by a summer and a winter that are known; the sites' own are checked with them."""
    try:
        zone = zoneinfo.ZoneInfo("Europe/Amsterdam")
        hours = [datetime(2026, month, 1, tzinfo=zone).utcoffset() for month in (1, 7)]
    except zoneinfo.ZoneInfoNotFoundError:
        hours = []
    if hours == [timedelta(hours=1), timedelta(hours=2)]:
        yield _ok("time zones", f"known; here it is {datetime.now().astimezone():%Z}")
    else:
        yield _failure(
            "time zones", "Europe/Amsterdam is not known, or wrongly", "pip install --upgrade tzdata"
        )


# ---------------------------------------------------------------- the archive


def _archive(patient: CheckContext) -> Iterator[DoctorResult]:
    """The file: there, ours, of this release, open to us and to nobody else."""
    where, file = patient.config.archive, patient.file
    if "://" in where:
        yield _ok("archive", "on a database server") if patient.archive else _refused(where)
        return
    if not file.exists():
        yield _failure("archive", f"there is none at {where}", "legger init, or name it: LEGGER_ARCHIVE")
        return
    if patient.archive is None:
        yield _refused(where)
        return
    yield _ok("archive", f"{where}, schema {REVISION}")
    yield from _rights(file)
    kind = _filesystem(file)
    if kind.startswith(_NETWORK):
        yield _failure(
            "file system",
            f"the archive stands on {kind}, where SQLite's locks do not hold",
            "move it to a disk of this machine; back up to the network with 'legger backup'",
        )


def _objects(patient: CheckContext) -> Iterator[DoctorResult]:
    """Object storage: named where pages are in it, there, and what it deletes."""
    if patient.archive is None:
        return
    storage = patient.archive.object_storage
    if storage.place is None:
        if storage.is_used():
            yield _failure(
                "objects",
                "pages stand in object storage, and none is named",
                "set [objects] url in legger.toml",
            )
        return
    found = storage.report()
    if found.missing:
        yield _failure(
            "objects",
            f"{len(found.missing)} of {found.objects} are missing in {found.place}",
            "legger objects names them; bring them back from a backup of it",
        )
        return
    stray = f"; {found.stray} to which nothing refers" if found.stray else ""
    says = f"{found.objects} in {found.place}, {_size(found.size)}{stray}"
    if found.keeps_versions:
        advice = "after legger redact --destroy delete earlier versions there too"
        yield _warning("objects", f"{says}; what is deleted stays there as an earlier version", advice)
    else:
        yield _ok("objects", says)


def _refused(where: str) -> DoctorResult:
    try:
        Archive.open(where, create=False, read_only=True).close()
    except OtherSchema as error:
        return _failure("archive", str(error), "install the release that wrote it, or a newer one")
    except NotAnArchive as error:
        return _failure("archive", str(error), "name the archive with --archive or LEGGER_ARCHIVE")
    except LeggerError as error:
        if "older" in str(error):
            return _warning(
                "archive",
                str(error),
                "legger index migrates it; make a backup with the earlier release first",
            )
        more = "docs/postgresql.md" if "://" in where else "docs/operate.md says how to restore a backup"
        return _failure("archive", str(error), f"mend that; {more}")
    return _failure("archive", "could not be opened at first, and then could", "try once more")


def _rights(file: Path) -> Iterator[DoctorResult]:
    beside = [file, *(each for ending in ("-wal", "-shm") if (each := Path(f"{file}{ending}")).exists())]
    shut = [each for each in beside if not os.access(each, os.R_OK | os.W_OK)]
    if not os.access(file.parent, os.W_OK | os.X_OK):
        shut.append(file.parent)
    if shut:
        yield _failure(
            "permissions",
            f"no right to write {', '.join(each.name or str(each) for each in shut)}",
            f"chown it to the user who runs the clock (here: {file.parent})",
        )
    elif stat.S_IMODE(file.stat().st_mode) & stat.S_IWOTH:
        yield _warning("permissions", "everybody on this machine may write it", f"chmod o-w {file}")
    else:
        yield _ok("permissions", f"{stat.filemode(file.stat().st_mode)}, readable and writable to us")


def _disk(patient: CheckContext) -> Iterator[DoctorResult]:
    """Free space, and how long it will last."""
    if "://" in patient.config.archive or not patient.file.parent.exists():
        return
    usage = shutil.disk_usage(patient.file.parent)
    says = f"{_size(usage.free)} free ({usage.free / usage.total:.0%})"
    days = None
    if patient.growth is not None and patient.growth.bytes_per_day:
        days = usage.free / patient.growth.bytes_per_day
        lasts = ENGLISH.many(round(days), "day", "days") if days < 3650 else "more than ten years"
        says += f"; the archive takes {_size(patient.growth.bytes_per_day)} a day: {lasts}"
    advice = "make room, or move the archive to a larger disk (docs/operate.md)"
    if usage.free < LITTLE or (days is not None and days < FEW_DAYS):
        yield _failure("disk", says, advice)
    elif usage.free < LEAST or (days is not None and days < DAYS_LEFT):
        yield _warning("disk", says, advice)
    else:
        yield _ok("disk", says)


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


# ---------------------------------------------------------------- the clock


def _clock(patient: CheckContext) -> Iterator[DoctorResult]:
    """The system's time against what was written down earlier, and the database's."""
    now, there = _time(patient.now), patient.archive
    written = datetime.fromtimestamp(Path(legger.__file__).stat().st_mtime, UTC)
    last = patient.growth.last_capture if patient.growth is not None else None
    if written > patient.now + FAR:
        yield _failure("clock", f"{now}, but Legger was installed {_time(written)}", "set the clock; use NTP")
    elif last is not None and last > patient.now + FAR:
        yield _failure(
            "clock",
            f"{now}, but the last capture is of {_time(last)}",
            "set the clock; if it was ahead then, captures of that time are dated wrongly",
        )
    elif there is not None and abs(ahead := ahead_of(there)) > FAR:
        says = f"{now}; it is {spelled(ahead)} the database's, and no visits are made here"
        yield _failure("clock", says, "set the one that is wrong, and let NTP keep it")
    elif _synchronized() is False:
        yield _warning("clock", f"{now}, and nothing keeps it right", "turn NTP on: timedatectl set-ntp true")
    else:
        yield _ok("clock", now)


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _synchronized() -> bool | None:
    """Whether systemd keeps the time by NTP; ``None`` where there is none to say."""
    program = shutil.which("timedatectl")
    if program is None:
        return None
    try:
        said = subprocess.run(
            [program, "show", "--property=NTPSynchronized", "--value"],
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {"yes": True, "no": False}.get(said.stdout.strip())


def _schedule(patient: CheckContext) -> Iterator[DoctorResult]:
    """Whether what is due is done: an entry long overdue that nobody is at means that no clock runs."""
    archive, now = patient.archive, patient.now
    if archive is None or patient.growth is None:
        return
    entries = [each for each in archive.schedule.next_entries().values() if each.paused_at is None]
    last = patient.growth.last_visit
    visited = f"last visit {_time(last)}" if last else "no visit yet"
    late = [each for each in entries if now - each.due_at > LATE]
    sites = ENGLISH.many(len(entries), "site", "sites")
    if not entries:
        state = _ok if last is not None and now - last < QUIET else _quiet
        yield state("schedule", f"no clock was started here; {visited}")
    elif late and not archive.schedule.leases(now=now):
        since = min(each.due_at for each in late)
        yield _failure(
            "schedule",
            f"{len(late)} of {sites} due since {_time(since)}, and nobody visits them",
            "start the clock: legger schedule (systemctl start legger)",
        )
    elif len(late) > len(entries) / 2:
        yield _warning(
            "schedule",
            f"{len(late)} of {sites} wait for their turn",
            "legger schedule --at-most: more visits at a time, or a longer interval",
        )
    else:
        yield _ok("schedule", f"alive: {sites}, next {_time(min(each.due_at for each in entries))}")


def _alarms(patient: CheckContext) -> Iterator[DoctorResult]:
    """What is wrong with the sites, in a word."""
    if patient.archive is None:
        return
    wrong = patient.archive.alarms.all()
    if wrong:
        names = ", ".join(dict.fromkeys(each.site or "installation" for each in wrong))
        yield _warning("alarms", f"{len(wrong)}: {names}", "legger alarms says what each means")
    else:
        yield _ok("alarms", "none")


def _quiet(check: str, says: str) -> DoctorResult:
    return _warning(check, says, "legger schedule, or cron (docs/operate.md)")


# ---------------------------------------------------------------- the operator


def _contact(patient: CheckContext) -> Iterator[DoctorResult]:
    """Whether sites can reach us."""
    sites = load_sites(shipped=False).sound.values()
    if patient.config.contact:
        yield _ok("contact", patient.config.contact)
    elif all(each.allow_private for each in sites):
        yield _warning(
            "contact", "not set: no public site could be crawled", "legger init, or LEGGER_CONTACT"
        )
    else:
        yield _failure("contact", "not set: no public site is crawled", "legger init, or LEGGER_CONTACT")


def _sites(patient: CheckContext) -> Iterator[DoctorResult]:
    """Every site file of the operator; on a machine of a fleet without any, those in the archive."""
    found = load_sites(shipped=False)
    for each in found.broken.values():
        yield _failure("site file", str(each), "mend the file; its site is not visited")
    if found.sound:
        yield _ok("sites", f"{len(found.sound)} in {operators_folder()}")
        return
    shared = patient.archive is not None and not patient.archive.fleet.on_one_machine
    files = patient.archive.site_files.current() if patient.archive is not None and shared else []
    if published := sum(each.kind == SITE and each.text is not None for each in files):
        yield _ok("sites", f"{published} in the archive")
    elif not found.broken:
        yield _warning("sites", f"none in {operators_folder()}", "legger site add URL; or set LEGGER_SITES")


def _telling(patient: CheckContext) -> Iterator[DoctorResult]:
    """Whether anybody would hear of it."""
    config = patient.config
    secrets: list[Secret | None] = []
    if config.mail:
        secrets.append(config.mail.password)
    if config.webhook:
        secrets += [config.webhook.url, config.webhook.token]
    if config.apprise:
        secrets.append(config.apprise.urls)
    for secret in secrets:
        if secret is None or secret.file is None:
            continue
        try:
            secret.read()
        except UsageError as error:
            yield _failure("secret", str(error), f"write it to {secret.file}, readable to the clock's user")
        else:
            if stat.S_IMODE(secret.file.stat().st_mode) & 0o077:
                yield _warning("secret", f"{secret.file} can be read by others", f"chmod 600 {secret.file}")
    ways = channels(config)[1:]
    if ways:
        yield _ok("telling", ", ".join(f"{each.name}: {each.where}" for each in ways))
    else:
        yield _warning(
            "telling",
            "nobody is told when something is wrong",
            f"name a channel in {config.file}, such as [mail]; then legger tell --test",
        )


def _screenshots(_: CheckContext) -> Iterator[DoctorResult]:
    """Whether there is a browser that starts, where sites ask for pictures of their archived pages."""
    names = [name for name, site in load_sites(shipped=False).sound.items() if site.assets.screenshot]
    if not names:
        return
    from legger.pictures.screenshots import browser

    try:
        with browser() as opened:
            yield _ok("screenshots", f"Chromium {opened.version}")
    except UsageError as error:
        yield _failure("screenshots", f"{', '.join(names)}: none are made", str(error))


Check = Callable[[CheckContext], Iterator[DoctorResult]]
CHECKS: tuple[Check, ...] = (
    _versions, _sqlite, _zones, _archive, _objects, _disk, _clock, _contact, _sites, _schedule, _alarms,
    _telling, _screenshots,
)  # fmt: skip
