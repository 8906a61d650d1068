"""Eight programs write one archive at once, and some are killed: nothing is lost, doubled or left broken."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import func, select

from archive import Archive
from archive.db.added_since import last_seal, versions_sealed
from archive.db.schema import addresses, articles, captures, memories, readings, runs, seals, sites, versions
from archive.export.choice import RowChoice
from archive.export.increments import apply_files, write_increment
from archive.export.restore import read_lines
from archive.export.rows import rows
from archive.model.addresses import Link
from archive.model.hashchain import in_ranges
from archive.model.types import RepeatedLine, SiteMemory
from archive.operations.health_issue import HealthIssue
from archive.operations.schedule import holder
from tests.archive.newsroom import Filer, article, capture, day
from tests.programs import PROCESSES

WRITERS, SITES, ROUNDS, KILLED = 8, 5, 12, 10
ABOUT = b"<p>All sites of this publisher have this page.</p>" * 20
LONG = timedelta(hours=1)


def _count_up(archive: Archive, desk: Filer, site: str) -> int:
    """What a visit writes, in one batch: reads a counter and writes it, and files the article of that number.

    A lost update gives two articles one number; a batch of which half is there leaves a number without one.
    """
    teller = f"https://{site}.example/teller"
    known = archive.urls.address(site, teller)
    with archive.session.writing(site):
        known = archive.urls.address(site, teller)
        number = (known.failures if known is not None else 0) + 1
        archive.urls.visited(site, teller, at=day(0), due_at=None, status=503, reason="HTTP 503")
    links = [Link(url=f"https://{site}.example/{number}"), Link(url="https://agency.example/same")]
    archive.urls.found(site, links, at=day(0))
    about = f"https://{site}.example/about"
    archive.captures.keep(capture(url=about, at=day(0), site=site, body=ABOUT))
    for visit in range(2):
        url = f"https://{site}.example/{number}"
        desk.see(
            article(f"Report {number}, look {visit}.\nThe bridge of {site} is closed.", url=url),
            day(visit),
            key=str(number),
            url=url,
            site=site,
            body=f"<p>{site} {number} {visit}</p>".encode() + ABOUT,
        )
    archive.commit()
    return number


def _write(where: str, journal: str, seed: int) -> None:
    """A program. What it has committed it notes in its journal, which outlives it."""
    chance = random.Random(seed)
    with Archive.open(where, create=False) as archive, Path(journal).open("a", buffering=1) as noted:
        desk, me = Filer(archive), holder(os.getpid())
        for number in range(ROUNDS):
            site = f"site{chance.randrange(SITES)}"
            now = archive.schedule.now()
            lease = archive.schedule.lease(site, me, now=now, until=now + LONG)
            if lease is not None:
                archive.runs.start(site, at=day(0), settings={})
                noted.write(f"counted {site} {_count_up(archive, desk, site)}\n")
                archive.schedule.release(lease)
            noted.write(f"counted shared {_count_up(archive, desk, 'shared')}\n")  # without a lease
            now = archive.schedule.now()
            if since := archive.schedule.claim(site, by=me, now=now, until=now + LONG):
                noted.write(f"claimed {site} {since.isoformat()}\n")
                archive.schedule.finish(site, begun=now, next_due=archive.schedule.now())
            if number % 4 == 0:
                line = RepeatedLine(text=f"{me} {number}", place="", seen=1, of=1)
                archive.boilerplate.remember(SiteMemory(site="shared", lines=(line,)))
                archive.commit()
                issue = HealthIssue(kind="disk", subject=str(number), since=day(0), says="The disk is full.")
                archive.alarms.raise_alarms(None, [issue], now=day(number), kind="disk")
                archive.index.update()


class _Crowd:
    """The programs that write, eight at a time."""

    def __init__(self, where: str, folder: Path) -> None:
        self._where, self._folder = where, folder
        self.started = self.killed = 0
        self.living: list[Any] = []

    def start(self) -> None:
        journal = str(self._folder / f"journal{self.started}")
        program = PROCESSES.Process(target=_write, args=(self._where, journal, self.started))
        program.start()
        self.started += 1
        self.living.append(program)

    def kill_one(self, chance: random.Random) -> None:
        victim = self.living.pop(chance.randrange(len(self.living)))
        with suppress(ProcessLookupError):
            os.kill(victim.pid, signal.SIGKILL)
        victim.join()
        self.killed += victim.exitcode == -signal.SIGKILL
        self.start()

    def noted(self, what: str) -> Iterator[tuple[str, str]]:
        for journal in self._folder.glob("journal*"):
            for line in journal.read_text().splitlines(keepends=True):
                kind, *rest = line.split()
                if kind == what and line.endswith("\n"):
                    yield rest[0], rest[1]


def test_eight_writers_of_whom_some_are_killed_lose_double_and_break_nothing(
    archive_file: Path, tmp_path: Path
) -> None:
    where, chance = str(archive_file), random.Random(21)
    with Archive.open(where) as archive:
        for number in range(SITES):
            now = archive.schedule.now()
            archive.schedule.add_entry(f"site{number}", due_at=now, at_latest=now)
    crowd = _Crowd(where, tmp_path)
    for _ in range(WRITERS):
        crowd.start()

    told: list[int] = []
    mark = 0
    increments: list[Path] = []
    with Archive.open(where, create=False, read_only=True) as reader:

        def look() -> None:
            nonlocal mark
            with reader.snapshot() as connection:
                last = last_seal(connection)
                every = connection.execute(select(versions.c.id)).scalars()
                told.extend(versions_sealed(connection, every, after=mark, to=last))
                mark = last
            increments.append(tmp_path / f"{len(increments)}.jsonl")
            choice = RowChoice(versions="all", pages=True)
            write_increment(reader, increments[-1], tmp_path / "cursor", choice)

        while crowd.killed < KILLED and crowd.started < WRITERS + 3 * KILLED:
            time.sleep(chance.uniform(0, 0.2))
            crowd.kill_one(chance)
            look()
        for each in crowd.living:
            each.join()
        assert [each.exitcode for each in crowd.living] == [0] * WRITERS
        look()

        with reader.snapshot() as connection:
            every = connection.execute(select(versions.c.id).order_by(versions.c.id)).scalars().all()
            assert sorted(told) == every, "who goes by seals is told of each version once"
            exported = list(rows(connection, RowChoice(versions="all", pages=True)))
        empty = tmp_path / "empty.jsonl"
        empty.write_bytes(b"")
        apply_files(empty, increments, tmp_path / "applied.jsonl")
        assert list(read_lines(tmp_path / "applied.jsonl")) == [*_plain(exported)]

    with Archive.open(where, create=False) as archive:
        _nothing_lost(archive, crowd)
        claims = Counter(crowd.noted("claimed"))
        assert claims
        assert set(claims.values()) == {1}, "nothing is claimed twice"
        archive.index.update()
        assert archive.index.pending() == 0
        assert archive.search.count("report", every=True) == {"": len(every)}
        assert archive.integrity.verify() == []
        _every_row_is_sealed_once(archive)
        open_alarms = [each.subject for each in archive.alarms.all()]
        assert len(open_alarms) == len(set(open_alarms))


def _plain(some: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in some:
        yield orjson.loads(orjson.dumps(row))


def _nothing_lost(archive: Archive, crowd: _Crowd) -> None:
    """What was noted as committed is there, and every number has its article, with both versions."""
    noted = Counter(crowd.noted("counted"))
    assert noted
    assert set(noted.values()) == {1}, "no update is lost: no two visits counted to the same number"
    with archive.snapshot() as connection:
        teller = (
            select(sites.c.name, addresses.c.failures)
            .join(sites, sites.c.id == addresses.c.site_id)
            .where(addresses.c.url.like("%/teller"))
        )
        counted = {row.name: row.failures for row in connection.execute(teller)}
        filed = (
            select(sites.c.name, articles.c.key, func.count(versions.c.id))
            .join(articles, articles.c.site_id == sites.c.id)
            .join(versions, versions.c.article_id == articles.c.id)
            .group_by(sites.c.name, articles.c.key)
        )
        there = {(name, key): count for name, key, count in connection.execute(filed)}
        learned = connection.execute(select(memories.c.version).order_by(memories.c.version)).scalars().all()
    assert noted.keys() <= there.keys()
    expected = {(name, str(n)): 2 for name, last in counted.items() for n in range(1, last + 1)}
    assert there == expected, "a batch goes in whole, and counts from where the one before it ended"
    assert learned == list(range(1, len(learned) + 1))


def _every_row_is_sealed_once(archive: Archive) -> None:
    with archive.snapshot() as connection:
        for name, table in (("captures", captures), ("versions", versions), ("runs", runs)):
            covered: Counter[int] = Counter()
            for written in connection.execute(select(seals.c[name])).scalars():
                for first, last in in_ranges(written):
                    covered.update(range(first, last + 1))
            there = set(connection.execute(select(table.c.id)).scalars())
            assert there <= covered.keys()
            assert set(covered.values()) <= {1}
            assert covered.keys() <= there, "no seal covers a row that was not committed with it"
        assert connection.execute(select(func.count()).select_from(readings)).scalar_one()
