"""An import that workers of a fleet do: planned at once, filed site by site, each in the order of its times.

Who plans walks through the files, and notes where the answers of each site stand, in shards of some hundreds.
The shards of a site are done one after the other, by whichever worker, under the site's lease; those of many
sites side by side. What a site becomes does not depend on others: it is what one machine would make of it.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import orjson

from archive import Archive
from archive.errors import ArchiveError, UsageError
from archive.operations.schedule import IMPORT, holder
from archive.shards import SIZE, BulkProgress, Shard, WantedShard, together
from crawler.bulk import HeldSite, for_a_while, held
from crawler.importing.lesson import to_learn_from
from crawler.importing.load import BESIDE, NEW, Import
from crawler.importing.report import ImportReport, NotAnArticle
from crawler.importing.stored_files import (
    PlannedFiles,
    StoredWebArchives,
    address_of,
    listed,
    plain_places,
)
from crawler.importing.web_archives import ENDINGS, NO_TIME, RecordPlace, Unusable
from crawler.siteconfig.site import Site

PLANNING = timedelta(hours=6)
"""How long a machine that died while it planned keeps others from planning the same."""
MOST_HOSTS = 1_000
"""Hosts of no site that are named: those with the most answers."""


class FleetImport:
    """An import of files that all machines of a fleet reach."""

    def __init__(self, archive: Archive, files: Sequence[str], names: Sequence[str]) -> None:
        """*names*: only these sites; empty: all. Raises :class:`UsageError` for files of other kinds."""
        for each in files:
            if not each.endswith((*ENDINGS, "/")):
                raise UsageError(
                    f"{each}: a fleet imports {', '.join(ENDINGS)}, or the folder of such files "
                    "(a name that ends in /); other files are imported on one machine"
                )
            if "@" in each.partition("://")[2]:
                raise UsageError("an address of a file is kept in the archive: leave keys out of it")
        self._archive = archive
        self._addresses = sorted({address_of(each) for each in files})
        asked = orjson.dumps([self._addresses, sorted(names)])
        self._how = {"import": hashlib.sha256(asked).hexdigest()[:8]}
        self._facts = f"(import {self._how['import']})"

    @property
    def is_planned(self) -> bool:
        """Whether all of it is on the list: what a machine began to plan that died is planned anew."""
        return bool(self._archive.shards.progress(IMPORT, {self._facts}))

    def plan(self, sites: Sequence[Site], update: Callable[[int], None] | None = None) -> None:
        """Put it on the list, and on the schedule; nothing happens where it is there.

        *update* hears how many records were walked through. Raises :class:`UsageError` where another import
        is under way for one of its sites, and for one that is paused.
        """
        archive = self._archive
        now = archive.schedule.now()
        lease = archive.schedule.lease(
            f"{self._facts} plan", holder(os.getpid()), now=now, until=now + PLANNING
        )
        if lease is None:
            raise UsageError("another command plans this very import now")
        try:
            if not self.is_planned:
                self.forget()
                archive.shards.add(IMPORT, self._wanted(sites, update), self._how)
            facts = archive.shards.next(IMPORT, self._facts)
            if facts is not None:  # it is no work
                archive.shards.end(facts, at=now, counts={})
        finally:
            archive.schedule.release(lease)
        now = archive.schedule.now()
        for each in self._sites():
            if archive.shards.next(IMPORT, each) is not None:
                archive.schedule.add_entry(each, kind=IMPORT, due_at=now, at_latest=now)

    def progress(self) -> BulkProgress:
        """How far it is."""
        return together(IMPORT, self._archive.shards.progress(IMPORT, set(self._sites())).values())

    def result(self) -> ImportReport:
        """What it came to, once it is done."""
        facts = self._archive.shards.of(IMPORT, self._facts)[0].plan
        counts = self.progress().counts
        report = ImportReport(
            answers=facts["answers"],
            kept=counts.get("kept", 0),
            known=counts.get("known", 0),
            passed=facts["passed"] + counts.get("passed", 0),
            assets=counts.get("assets", 0),
            anew=counts.get("anew", 0),
            hosts=Counter(facts["hosts"]),
            problems=[(name, says) for name, says in facts["problems"]],
        )
        for name in self._sites():
            for shard in self._archive.shards.of(IMPORT, name):
                made = shard.made
                report.sites[name] += made["kept"]
                report.problems += [(file, says) for file, says in made["problems"]]
                for host, number in made["shown"].items():  # it is of no site, and an asset all the same
                    if host in report.hosts:
                        report.hosts[host] -= number
                        report.passed -= number
        report.hosts = +report.hosts
        for kind, number in counts.items():
            if kind.startswith(_FILED):
                report.filed[kind.removeprefix(_FILED)] = number
        report.problems = list(dict.fromkeys(report.problems))
        return report

    def told(self) -> Iterator[NotAnArticle]:
        """What of its sites was no article, once it is done."""
        for name in self._sites():
            for shard in self._archive.shards.of(IMPORT, name):
                for file, url, at, what, reason in shard.made["told"]:
                    yield NotAnArticle(
                        file=file, url=url, at=datetime.fromisoformat(at) if at else None, what=what,
                        reason=reason,
                    )  # fmt: skip

    def forget(self) -> bool:
        """Take it off the list and the schedule; false when it is not there. What was filed stays."""
        entries = self._archive.shards.entries_of(IMPORT, self._how)
        for each in entries:
            self._archive.schedule.remove_entry(each, kind=IMPORT)
            self._archive.shards.forget(IMPORT, each)
        return bool(entries)

    def _sites(self) -> list[str]:
        entries = self._archive.shards.entries_of(IMPORT, self._how)
        return [each for each in entries if each != self._facts]

    # ------------------------------------------------------------ planning

    def _wanted(self, sites: Sequence[Site], update: Callable[[int], None] | None) -> Iterator[WantedShard]:
        """The shards of every site, and at last what is known of all."""
        with closing(StoredWebArchives()) as files:
            for address in self._addresses:
                try:
                    found = listed(address)
                except ArchiveError as error:
                    files.problems.append((address, str(error)))
                    continue
                if not found:
                    files.problems.append((address, "there is no web archive in it"))
                for each in found:
                    files.add_stored(each, update)
            places = files.in_order()
            of, hosts = self._by_site(files, places, sites)
            self._refuse_others(of)
            for site in (each for each in sites if each.name in of):
                yield from self._of_site(files, site, of[site.name], places)
            facts = {
                "answers": len(places),
                "passed": sum(hosts.values()),
                "hosts": dict(hosts.most_common(MOST_HOSTS)),
                "problems": files.problems,
            }
            yield WantedShard(entry=self._facts, site=None, first=0, last=0, versions=0, plan=facts)

    def _by_site(
        self, files: StoredWebArchives, places: Iterable[RecordPlace], sites: Sequence[Site]
    ) -> tuple[Mapping[str, list[RecordPlace]], Counter[str]]:
        """(The answers of each site, the hosts of no site with the number of theirs)."""
        importing = Import(self._archive, sites, now=self._archive.schedule.now())
        known = {site.name for site in sites}
        of, hosts = defaultdict[str, list[RecordPlace]](list), Counter[str]()
        for place in places:
            site = importing.site_of(place.url)
            if site is None:
                hosts[urlsplit(place.url).netloc or place.url[:40]] += 1
                continue
            name = site.name
            if place.kind != "resource" and not place.wrong:
                with suppress(Unusable):  # it is told when its turn comes
                    facts = files.facts(place)
                    if "capture" in facts and facts.get("site") in known:
                        name = facts["site"]
            of[name].append(place)
        return of, hosts

    def _refuse_others(self, names: Iterable[str]) -> None:
        """Raise :class:`UsageError` where a site is paused, or another import of it is under way."""
        archive = self._archive
        paused = {each.site for each in archive.schedule.entries() if each.paused_at is not None}
        there = archive.shards.progress(IMPORT)
        for name in names:
            if name in paused:
                raise UsageError(f"{name} is paused, and workers leave it alone: legger schedule resume")
            if name in there and not there[name].done:
                raise UsageError(f"another import of {name} is under way: wait for its end, or give it up")
        for name in set(names) & set(there):  # it is done, and nobody asked what came of it
            archive.shards.forget(IMPORT, name)

    def _of_site(
        self, files: StoredWebArchives, site: Site, own: Sequence[RecordPlace], every: Sequence[RecordPlace]
    ) -> Iterator[WantedShard]:
        """The shards of a site, in the order of their times.

        A site that keeps pictures is one, with all answers of others: which of them its pages show is known
        when these are filed.
        """
        no_memory = not self._archive.boilerplate.get(site.name).version
        lesson = to_learn_from(site, own) if no_memory else []
        mine = set(own) if site.assets.keep else set[RecordPlace]()
        beside = [each for each in every if each not in mine and not each.wrong and each.at != NO_TIME]
        size = len(own) if site.assets.keep else SIZE
        for start in range(0, len(own), size):
            piece = own[start : start + size]
            plan = {
                "own": plain_places(files, piece),
                "lesson": plain_places(files, lesson if not start else []),
                "beside": plain_places(files, beside if site.assets.keep else []),
                "learns": bool(lesson),
                "is_last": start + size >= len(own),
            }
            yield WantedShard(
                entry=site.name, site=site.name, first=0, last=0, versions=len(piece), plan=plan
            )


# ---------------------------------------------------------------- what a worker does


def some_shards(site: Site, archive: Archive) -> bool:
    """Import shards of a site for a while; false where somebody else has the site's lease."""
    return for_a_while(site.name, archive, IMPORT, lambda: next_shard(site, archive))


def next_shard(site: Site, archive: Archive) -> bool:
    """Import the next shard of a site, under the site's lease; false while somebody else has that."""
    with held(site.name, archive) as hold:
        if hold is None:
            return False
        shard = archive.shards.next(IMPORT, site.name)
        if shard is not None:
            _import(site, archive, shard, hold)
        return True


def _import(site: Site, archive: Archive, shard: Shard, hold: HeldSite) -> None:
    told: list[NotAnArticle] = []
    before = [LeftForLater(**each.made["left"]) for each in archive.shards.before(shard)]
    with closing(PlannedFiles(shard.plan["own"])) as files:
        importing = _ImportPiece(
            archive, [site], now=archive.schedule.now(), tell=told.append, beat=hold.beat
        )
        importing.begin(
            files,
            lesson=files.also(shard.plan["lesson"]),
            beside=files.also(shard.plan["beside"]),
            before=before,
        )
        if shard.plan["is_last"]:
            so_far = archive.shards.progress(IMPORT, {site.name})[site.name].counts
            new = sum(so_far.get(_FILED + kind, 0) for kind in NEW)
            importing.end(before, learned=shard.plan["learns"], new=new)
            left = LeftForLater()
        else:
            left = importing.leave()
        report, problems = importing.report, files.problems
    counts = {
        "kept": report.kept, "known": report.known, "passed": report.passed, "assets": report.assets,
        "anew": report.anew, **{_FILED + kind: number for kind, number in report.filed.items()},
    }  # fmt: skip
    made = {
        "left": left.plain(),
        "kept": report.sites[site.name],
        "problems": problems,
        "shown": {host: -number for host, number in report.hosts.items() if number},
        "told": [
            [each.file, each.url, each.at.isoformat() if each.at else None, each.what, each.reason]
            for each in told
        ],
    }
    archive.shards.end(shard, at=archive.schedule.now(), counts=counts, made=made)


_FILED = "filed "
"""Begins, among the counts of a shard, what filing came to."""

Numbered = Sequence[tuple[int, str]]
"""Captures by their numbers, each with the file that it came from."""


@dataclass(frozen=True, kw_only=True)
class LeftForLater:
    """Captures of a piece of an import that are kept, and are to be filed with later pieces."""

    waiting: Numbered = ()
    """For other pages of their articles, which the next piece may hold."""
    late: Numbered = ()
    """Older than what is filed of their articles, which are filed anew at the end."""
    left_open: Numbered = ()
    """Pages that leave open what they are."""

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        return {"waiting": self.waiting, "late": self.late, "left_open": self.left_open}


class _ImportPiece(Import):
    """A piece of what one site has in some files. All answers in them are of that site."""

    def site_of(self, url: str) -> Site:
        """The one site."""
        (site,) = self._sites.values()
        return site

    def begin(
        self,
        files: PlannedFiles,
        *,
        lesson: Iterable[RecordPlace],
        beside: Iterable[RecordPlace],
        before: Sequence[LeftForLater],
    ) -> None:
        """Import the piece, as far as it can be filed now.

        *lesson*: where a site learns from that has no memory; *beside*: answers of others that its pages may
        show; *before*: what the pieces before this one left.
        """
        (site,) = self._sites.values()
        self._files = files
        if pages := list(lesson):
            self._learn(site, self._sample(files, site, pages))
        for place in beside:
            self._assets.put_aside(place)
            self._aside[place] = NotAnArticle(
                file=files.name(place), url=place.url, at=place.at, what=BESIDE, reason=""
            )
        self._met |= {number for left in before for number, _ in (*left.waiting, *left.late, *left.left_open)}
        for number, name in before[-1].waiting if before else ():
            kept = self._archive.captures.get(number, whole=True)
            self._file(self._answer_of(kept, site), kept, site, name)
        places = files.in_order()
        self.report.answers += len(places)
        self._in_order(files, places)

    def leave(self) -> LeftForLater:
        """Commit, and end this piece: what it leaves to those behind it."""
        (site,) = self._sites
        late = [(number, "") for captures in self._late.values() for number in captures]
        self._commit()
        return LeftForLater(
            waiting=sorted(self._waiting.items()), late=late, left_open=list(self._open[site])
        )

    def end(self, left: Sequence[LeftForLater], *, learned: bool, new: int) -> None:
        """Do what waited for the last piece, which this is. Commits.

        *left*: by all pieces before it; *learned*: the site learned from this import before anything was
        filed; *new*: versions that the pieces before it filed.
        """
        (site,) = self._sites.values()
        read = self._reader(site)
        if learned:
            self._lessons.add(site.name)
        self._new_before = new
        self._open[site.name][:0] = [each for one in left for each in one.left_open]
        for number, name in (each for one in left for each in one.late):
            kept = self._archive.captures.get(number, whole=True)
            answer = self._answer_of(kept, site)
            article = self._later(kept, answer, site, read)
            if article is not None:
                self._late[site.name, article].append(number)
            else:
                self._file(answer, kept, site, name)
            self._commit_if_due()
        self.finish()
