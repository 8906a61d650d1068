"""An export that workers of a fleet make: planned at once, made in parts, whole when its manifest stands.

What is to be done is a list of shards (:mod:`archive.shards`), dealt to some entries of the schedule. The
manifest is the last shard, and stands alone: it is due when all parts stand. A part whose worker died is made
anew, under the same names.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from archive.archive import Archive
from archive.captures import objects
from archive.captures.objects import Objects
from archive.db.schema import addresses, verdicts
from archive.errors import ArchiveError, NotFound, UsageError
from archive.export.choice import RowChoice, of_plain, plain
from archive.export.exporting import IN_PARTS, Form, members_of, told
from archive.export.formats.methods import Counted, Describe, coverage
from archive.export.parts import making
from archive.export.parts.making import PartsPlan, PlannedPart, hidden_of, make_part, redactions_mark
from archive.files import JSON_LINES
from archive.integrity.verify import ChainHead, head_of
from archive.operations.schedule import EXPORT, Claim, holder
from archive.shards import BulkProgress, DoneShard, Shard, WantedShard, together

ENTRIES = 32
"""Entries of the schedule to which the parts of an export are dealt: so many workers can be at it at once."""
IN_A_ROW = 8
"""Parts, or their worth of rows, that are dealt to one entry before the next."""
A_WHILE = 45.0
"""Seconds for which a worker stays with an entry: starting is not for nothing, and others get on."""
PLANNING = timedelta(hours=1)
"""How long a machine that died while it planned keeps others from planning the same."""
_ENTRY = re.compile(r"(?P<beginning>\(export [0-9a-f]{8} )(?:\d+|manifest)\)")
_PART = re.compile(r"(?:site=[^/]+/month=[^/]+/)?part-\d+\.(?:parquet|jsonl\.zst)")
"""Files that an export in parts may have, and no other."""


def address_of(output: str) -> tuple[str, str]:
    """(address of what it stands in, name) of the folder of an export, which all machines reach.

    Raises :class:`UsageError` for what is no name of a folder.
    """
    if output.endswith((*JSON_LINES, ".parquet")):
        raise UsageError(f"{output}: what a fleet makes is a folder of parts; leave the ending out")
    if "@" in output.partition("://")[2]:
        raise UsageError("an address of a folder is kept in the archive: leave keys out of it")
    if "://" not in output:
        path = Path(output).absolute()
        return f"file://{path.parent}", path.name
    above, _, name = output.rstrip("/").rpartition("/")
    if above.endswith("/") or not name:
        raise UsageError(f"{output}: name a folder within it, such as {output.rstrip('/')}/parts")
    return above, name


@dataclass(frozen=True, kw_only=True)
class _AskedExport:
    """What is exported, and where to."""

    at: str
    name: str
    choice: RowChoice
    form: Form

    def plain(self) -> dict[str, Any]:
        form = {**asdict(self.form), "beside": list(self.form.beside)}
        return {"at": self.at, "name": self.name, "chosen": plain(self.choice), "form": form}

    @classmethod
    def of_plain(cls, said: Mapping[str, Any]) -> _AskedExport:
        form = Form(**{**said["form"], "beside": tuple(said["form"]["beside"])})
        return cls(at=said["at"], name=said["name"], choice=of_plain(said["chosen"]), form=form)

    def storage(self) -> Objects:
        return objects.at(self.at)

    @property
    def manifest(self) -> str:
        return f"{self.name}.manifest.json"


class FleetExport:
    """An export into a folder that all machines of a fleet reach."""

    def __init__(self, archive: Archive, output: str, choice: RowChoice, form: Form) -> None:
        """Raises :class:`UsageError` for a form that is not made in parts, and for what is no folder."""
        if form.name not in IN_PARTS:
            raise UsageError(f"{form.name} is made on one machine; a fleet makes {' and '.join(IN_PARTS)}")
        at, name = address_of(output)
        self._archive = archive
        self._asked = _AskedExport(at=at, name=name, choice=choice, form=replace(form, parts=making.ROWS))
        how = orjson.dumps(self._asked.plain(), option=orjson.OPT_SORT_KEYS)
        self._beginning = f"(export {hashlib.sha256(how).hexdigest()[:8]} "

    @property
    def manifest(self) -> str:
        """Where its manifest will stand."""
        return f"{self._asked.at}/{self._asked.manifest}"

    @property
    def is_planned(self) -> bool:
        """Whether all of it is on the list: what a machine began to plan that died is planned anew."""
        return bool(self._archive.shards.progress(EXPORT, {_manifest_of(self._beginning)}))

    def plan(self, *, force: bool = False, describe: Describe) -> None:
        """Put it on the list, and on the schedule; nothing happens where it is there.

        Raises :class:`UsageError` where something else stands there already (unless *force*);
        :class:`ArchiveError` when nothing can be written there.
        """
        now = self._archive.schedule.now()
        name = f"{self._beginning}plan)"
        lease = self._archive.schedule.lease(name, holder(os.getpid()), now=now, until=now + PLANNING)
        if lease is None:
            raise UsageError("another command plans this very export now")
        try:
            if not self.is_planned:
                self._refuse_what_stands(force=force)
                self.forget()
                self._archive.shards.add(EXPORT, self._wanted(describe), self._asked.plain())
        finally:
            self._archive.schedule.release(lease)
        now = self._archive.schedule.now()
        for entry in self._archive.shards.open_entries(EXPORT, self._beginning):
            if entry != _manifest_of(self._beginning) or next_entry(self._archive, entry) == entry:
                self._archive.schedule.add_entry(entry, kind=EXPORT, due_at=now, at_latest=now)

    def progress(self) -> BulkProgress:
        """How far it is, its manifest counted as a shard."""
        every = self._archive.shards.progress(EXPORT)
        return together(EXPORT, (each for entry, each in every.items() if entry.startswith(self._beginning)))

    def result(self) -> Mapping[str, Any]:
        """What the manifest came to (``rows``, ``seal``), once it stands.

        Raises :class:`ArchiveError` when it could not be made of one state.
        """
        made: Mapping[str, Any] = self._archive.shards.made(EXPORT, _manifest_of(self._beginning))[0].made
        if "failed" in made:
            raise ArchiveError(made["failed"])
        return made

    def forget(self) -> bool:
        """Take it off the list and the schedule; false when it is not there. Files that stand are left."""
        entries = {each for each in self._archive.shards.progress(EXPORT) if each.startswith(self._beginning)}
        for each in entries:
            self._archive.schedule.remove_entry(each, kind=EXPORT)
            self._archive.shards.forget(EXPORT, each)
        return bool(entries)

    def _refuse_what_stands(self, *, force: bool) -> None:
        """Raise :class:`UsageError` unless the place is free, or has this very export of an earlier day."""
        storage, name = self._asked.storage(), self._asked.name
        stands = next(storage.under(f"{name}/"), None) is not None
        if stands and not force and not self._is_the_same(storage):
            raise UsageError(
                f"{self._asked.at}/{name} stands there already: choose another name, or add --force"
            )
        trial = f"{name}/_trial"
        storage.put(trial, b"")  # where nothing can be written, it is known now
        storage.delete(trial)
        storage.delete(self._asked.manifest)

    def _is_the_same(self, storage: Objects) -> bool:
        try:
            said = orjson.loads(storage.get(self._asked.manifest))
            return bool(said["chosen"] == plain(self._asked.choice)) and bool(
                said["form"] == self._asked.plain()["form"]
            )
        except (ArchiveError, orjson.JSONDecodeError, KeyError, TypeError):
            return False  # no manifest of ours

    def _wanted(self, describe: Describe) -> Iterator[WantedShard]:
        """Every part, and at last the manifest, from one snapshot."""
        asked = self._asked
        with self._archive.snapshot() as connection:
            head = head_of(connection)
            plan = PartsPlan(connection, asked.choice, asked.form.name, asked.form.parts)
            rows = 0
            for part in plan.parts():
                articles = part.articles
                number = rows // (IN_A_ROW * asked.form.parts) % ENTRIES + 1
                rows += len(part.kept)
                yield WantedShard(
                    entry=f"{self._beginning}{number})",
                    site=part.site,
                    first=min(articles),
                    last=max(articles),
                    versions=len(part.kept),
                    plan=part.plain(),
                )
            facts = {
                "head": asdict(head),
                "articles": plan.articles,
                "coverage": coverage(connection, plan.sites, asked.choice, describe),
                "stood": _stood(connection, asked.choice),
            }
        yield WantedShard(
            entry=_manifest_of(self._beginning), site=None, first=0, last=0, versions=0, plan=facts
        )


def _manifest_of(beginning: str) -> str:
    return f"{beginning}manifest)"


def _stood(connection: Connection, choice: RowChoice) -> list[int]:
    """As of a time: how much there is of what tells how articles stood then. More of it may come in later,
    with captures of that time by others. Empty otherwise: all is in the plan."""
    if choice.as_of is None:
        return []
    seen = select(func.count()).where(verdicts.c.at <= choice.as_of)
    known = select(func.count()).where(addresses.c.first_seen <= choice.as_of)
    return [connection.execute(each).scalar_one() for each in (seen, known)]


# ---------------------------------------------------------------- what a worker does


def next_entry(archive: Archive, entry: str) -> str | None:
    """The entry of the manifest, where an entry of that export was the last with parts that do not stand."""
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise NotFound(f"{entry} is no entry of an export")
    last = _manifest_of(found["beginning"])
    return last if archive.shards.open_entries(EXPORT, found["beginning"]) == [last] else None


def make_some(archive: Archive, entry: str) -> None:
    """Make parts of an entry that was claimed for this process, or the manifest, for :data:`A_WHILE`.

    Raises :class:`ArchiveError` when the entry is another's by now.
    """
    began = time.monotonic()
    fence = _Fence(archive, entry)
    while time.monotonic() - began < A_WHILE:
        shard = archive.shards.next(EXPORT, entry)
        if shard is None:
            return
        if not entry.endswith(" manifest)"):
            _make(archive, shard, fence)
        elif next_entry(archive, entry) == entry:
            _end(archive, shard, fence)
        else:
            return


class _Fence:
    """That an entry is still this process's. One that was taken for dead, and stood still meanwhile, must not
    put an older part over one that was made anew: what was redacted since would stand in it."""

    def __init__(self, archive: Archive, entry: str) -> None:
        self._archive, self._entry = archive, entry
        self._claim = self._now()

    def _now(self) -> Claim | None:
        claims = self._archive.schedule.claims()
        return next((each for each in claims if (each.site, each.kind) == (self._entry, EXPORT)), None)

    def check(self) -> None:
        """Raise :class:`ArchiveError` when it is not."""
        if self._now() != self._claim:
            raise ArchiveError(f"{self._entry} is another's by now: this process stood still for long")

    def put(self, storage: Objects, key: str, content: bytes, part: int | None) -> None:
        """Write a file, of a *part*. Where the entry was lost while it was written, the part is made anew."""
        self.check()
        storage.put(key, content)
        try:
            self.check()
        except ArchiveError:
            now = self._archive.schedule.now()
            if part is not None and self._archive.shards.reopen(part):
                self._archive.schedule.add_entry(self._entry, kind=EXPORT, due_at=now, at_latest=now)
            else:
                says = f"{storage.place}/{key} was written late by a process that was taken for dead"
                self._archive.incidents.note("late", f"{says}: legger export --verify", at=now)
            raise


def _make(archive: Archive, shard: Shard, fence: _Fence) -> None:
    """Make a part, and note what it came to."""
    asked, part = _AskedExport.of_plain(shard.how), PlannedPart.of_plain(shard.plan)
    with archive.snapshot() as connection:
        made = make_part(connection, part, asked.form.name, asked.choice.as_of)
    storage = asked.storage()
    for name, content in made.files.items():
        fence.put(storage, f"{asked.name}/{name}", content, shard.number)
    noted = {
        "files": made.digests(), "counted": made.counted.plain(), "hidden": sorted(made.hidden),
        "mark": list(made.mark),
    }  # fmt: skip
    archive.shards.end(shard, at=archive.schedule.now(), counts={"rows": made.counted.rows}, made=noted)


def _end(archive: Archive, shard: Shard, fence: _Fence) -> None:
    """All parts stand: make those anew whose articles were redacted since, and write the manifest."""
    asked = _AskedExport.of_plain(shard.how)
    beginning = shard.entry.removesuffix("manifest)")
    end = partial(archive.shards.end, shard, at=archive.schedule.now())
    parts = archive.shards.made(EXPORT, beginning)
    while stale := list(_stale(archive, parts)):
        for each in stale:
            _make(archive, each, fence)
        parts = archive.shards.made(EXPORT, beginning)
    with archive.snapshot() as connection:
        if _stood(connection, asked.choice) != shard.plan["stood"]:
            end(
                counts={},
                made={
                    "failed": f"captures of before {asked.choice.as_of:%Y-%m-%d %H:%M} UTC came in while the "
                    "export was made, so its parts are not of one state: run the same command again"
                },
            )
            return
    files: dict[str, str] = {}
    counted = Counted()
    for part in parts:
        files |= {f"{asked.name}/{name}": digest for name, digest in part.made["files"].items()}
        counted.add(Counted.of_plain(part.made["counted"]))
    counted.articles = shard.plan["articles"]
    storage = asked.storage()
    fence.check()
    for key in _strays(storage, asked.name, files):
        storage.delete(key)
    facts = shard.plan
    members = members_of(
        asked.name, asked.choice, asked.form, counted, facts["coverage"], ChainHead(**facts["head"]),
        dict(sorted(files.items())),
    )  # fmt: skip
    fence.put(storage, asked.manifest, told(members), None)
    end(counts={}, made={"rows": counted.rows, "parts": len(parts), "seal": facts["head"]["seal"]})


def _stale(archive: Archive, parts: Iterable[DoneShard]) -> Iterator[Shard]:
    """Parts of whose articles other ones may be shown now than when they were made."""
    with archive.snapshot() as connection:
        mark = list(redactions_mark(connection))
        for each in parts:
            if each.made["mark"] != mark:
                shard = archive.shards.get(each.number)
                part = PlannedPart.of_plain(shard.plan)
                if sorted(hidden_of(connection, part)) != each.made["hidden"]:
                    yield shard


def _strays(storage: Objects, name: str, files: Mapping[str, str]) -> list[str]:
    """Parts that no manifest will name: of an export before, or of what was made before a redaction."""
    there = (each.key for each in storage.under(f"{name}/"))
    return [key for key in there if key not in files and _PART.fullmatch(key.removeprefix(f"{name}/"))]
