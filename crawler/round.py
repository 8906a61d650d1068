"""One visit of one site: what to ask for, and what each answer comes to. Knows the archive, not Scrapy.

What is still to fetch is a table of the archive; what stands here in memory is a cache of it, so that a visit
that was cut short is taken up by the next one. Every answer joins the open batch before it is read.
"""

from __future__ import annotations

import logging
import platform
import re
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Any
from urllib.parse import urljoin, urlsplit

from archive import Archive
from archive.health import FIELDS, Signs
from archive.types import (
    Address,
    Article,
    Capture,
    Ground,
    Kept,
    Miss,
    PageKind,
    Role,
    Terms,
    Verdict,
    VerdictKind,
)
from crawler import revisit
from crawler.catchup import CAUGHT_UP, CatchUp
from crawler.discover import month_ends, not_wanted, sniff
from crawler.extract.article import made_with
from crawler.identity import article_key, normal_address, same_page
from crawler.ingest import ingest, reader
from crawler.learn import LEARNED, after_visit, first_lesson, worth_it
from crawler.links import Links
from crawler.marks import Marks
from crawler.meter import Meter
from crawler.robots import A_DAY, OPEN, Permission
from crawler.settings import DOWNLOAD_MAXSIZE
from crawler.site import Site
from crawler.terms import forbids, terms

log = logging.getLogger(__name__)

MAX_HOPS = 10
LOOK_AHEAD = 50
"""Addresses taken from the archive at a time; few, so that the newest found are asked for first."""
PATIENCE = timedelta(minutes=3)
"""How long a visit sits out a server's Retry-After; when it is longer, the visit ends."""
MOST_RETRY_AFTER = timedelta(days=1)
FULL_AFTER = timedelta(days=7)
"""After so long a page is asked for whole, and not whether it changed."""
HABITS = timedelta(days=120)
"""How far back a site's habits of editing are learned from."""
DOOMSDAY = datetime(9000, 1, 1, tzinfo=UTC)
WAITING = "the site asked us to wait"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HTML = frozenset({"", "text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml"})
_CONSENT = re.compile(
    r"consent|privacy|cookie|gdpr|login|inloggen|signin|sso|account|paywall|abonn|callback", re.I
)


@dataclass(frozen=True, kw_only=True)
class Errand:
    """One address to ask for: as it was found, and where its redirects have led us."""

    address: Address
    url: str
    """Where to ask now."""
    via: str | None = None
    """The address whose redirect led here."""
    hops: tuple[str, ...] = ()
    """Addresses that redirected, in order."""
    permission: Permission = OPEN
    """What the host that is asked allows, and says of mining."""
    first_hop: Kept | None = None
    etag: str | None = None
    last_modified: str | None = None


class Round:
    """One visit: ``begin``; ``next``, and ``take`` or ``fail``, until nothing is ``waiting``; ``end``."""

    def __init__(
        self,
        site: Site,
        archive: Archive,
        *,
        now: Callable[[], datetime],
        backfill: bool = False,
        poll: bool = False,
        depth: int | None = None,
        pages: int | None = None,
        ground: Ground = Ground.GENERAL,
    ) -> None:
        self.site, self.archive, self.now = site, archive, now
        self.backfill, self.depth, self.pages = backfill, depth, pages
        self.poll = poll and bool(site.feeds or site.sitemaps)
        """Only feeds and sitemaps, and what they newly name."""
        self.ground = site.ground or ground
        self.reasons: Counter[str] = Counter()
        """Why addresses were missed, by reason."""
        self.received = 0
        """Bytes of the bodies received."""
        self.counts: Counter[str] = Counter()
        """Answers by status group and verdict, and addresses found, skipped, queued."""
        self.outcome = ""
        """Why the visit ended before everything due was asked for; empty when it did not."""
        self.run: int | None = None
        self._links = Links(site, archive, now=now, counts=self.counts, backfill=backfill, depth=depth)
        self._catch_up: CatchUp | None = None
        self._lesson = first_lesson(site, archive)
        self._read = reader(site, archive, lesson=self._lesson)
        self._article: Article | None = None
        self._urgent: deque[Errand] = deque()
        self._due: deque[Address] = deque()
        self._again: deque[str] = deque()
        self._told: deque[str] = deque()  # of which a source says that they were changed
        self._told_of: deque[Address] = deque()
        self._look_again: deque[Address] = deque()
        self._to_walk_again = False
        self._walked_to: Address | None = None
        self._none_due: int | None = None  # how many had been found when nothing was due
        self._lined_up = False
        self._unheard = False
        self._in_flight = 0
        self._asked = Marks()
        self._retried = Marks()
        self._parked_until: datetime | None = None
        self._left: int | None = None
        self._habits = revisit.Habits()
        self._care = revisit.CARE
        self._cost = Meter()
        self._signs = Signs()

    # ------------------------------------------------------------ the visit

    def begin(self) -> None:
        """Record that the visit began, and line up what it always asks for: the site's sources."""
        site, at = self.site, self.now()
        self.run = self.archive.start_run(site.name, at=at, settings=self._settings())
        if quiet := site.quiet_until(at):
            self.outcome = f"quiet hours of the site until {quiet:%Y-%m-%d %H:%M} UTC"
            return
        if site.budget is not None:
            self._left = site.budget - self._asked_lately(at)
        self._learn_habits(at)
        if not (self.backfill or self.poll):
            self._catch_up = CatchUp.of(self.site, self.archive, before=self.run)
            self._links.since = self._catch_up.since if self._catch_up is not None else None
        front = normal_address(site.url)
        known = self.archive.address(site.name, front)
        if known is not None and known.reason == WAITING and known.due_at and known.due_at > at:
            self.outcome = f"{WAITING} until {known.due_at:%Y-%m-%d %H:%M} UTC"
            return
        for source in self._links.seeds(poll=self.poll):
            self._push(source)
        self._lined_up = True
        if self.backfill:
            self._to_walk_again = True
        self.counts["queued"] += self.archive.how_many_due(site.name, now=DOOMSDAY if self.backfill else at)
        self.archive.commit()

    def _settings(self) -> dict[str, Any]:
        """What the visit was told, and with what it goes out and reads."""
        return {
            "backfill": self.backfill,
            "poll": self.poll,
            "depth": self.depth,
            "pages": self.pages,
            "ground": self.ground.value,
            "legger": version("legger"),
            "python": platform.python_version(),
            "scrapy": version("scrapy"),
            **asdict(made_with(self.site, self.archive.memory(self.site.name).version)),
        }

    def _asked_lately(self, at: datetime) -> int:
        """Requests made at the site in the day before."""
        lately = self.archive.runs(self.site.name, since=at - timedelta(days=1))
        return sum(run.cost.requests for run in lately if run.cost is not None)

    def _learn_habits(self, at: datetime) -> None:
        """How the site edits, and so how small a chance of an edit is worth a look."""
        seen = self.archive.watched(self.site.name, since=at - HABITS)
        self._habits = revisit.habits(seen)
        if self.site.budget is not None and seen:
            days = max((at - min(each.first_seen for each in seen)) / timedelta(days=1), 1.0)
            edits = self._habits.rate(None) * len(seen) / days
            self._care = revisit.care_within(self.site.budget, edits_a_day=edits, articles=len(seen))

    def next(self) -> Errand | None:
        """The next address to ask for now; ``None`` when there is none, or when we have to wait."""
        if self.outcome or self._parked():
            return None
        if self.pages is not None and self.counts["asked"] >= self.pages and not self._hop_waits():
            self.outcome = "stopped at the limit of pages"
            return None
        if self._left is not None and self.requests + self._in_flight >= self._left and not self._hop_waits():
            self.outcome = f"the day's budget of {self.site.budget} requests is used up"
            return None
        if self.site.quiet and (quiet := self.site.quiet_until(self.now())):
            self.outcome = f"quiet hours of the site until {quiet:%Y-%m-%d %H:%M} UTC"
            return None
        errand = self._next()
        if errand is not None:
            self._in_flight += 1
            if not errand.hops:
                self.counts["asked"] += 1
        return errand

    def _next(self) -> Errand | None:
        if errand := self._next_urgent() or self._next_of_a_listing():
            return errand
        while address := self._next_due():
            if reason := self._unwanted(address):
                self._visited(address, due_at=None, reason=reason, missed=Miss.TRAP)
            elif self._asked.add(hash(address.url)):
                return self._errand(address)
        while address := self._next_to_look_at_again():
            if not self._unwanted(address) and self._asked.add(hash(address.url)):
                return self._errand(address)
        while self._again and not self._in_flight:
            address = self.archive.address(self.site.name, self._again.popleft())
            if address is not None:
                return self._errand(address)
        return self._next_of_a_listing(whatever_is_read=True)

    def _next_urgent(self) -> Errand | None:
        while self._urgent:
            errand = self._urgent.popleft()
            if errand.hops or self._asked.add(hash(errand.url)):
                return errand
        while address := self._next_told():
            if self._asked.add(hash(address.url)):
                return self._errand(address)
        return None

    def _next_told(self) -> Address | None:
        """The next page of which a source says that it was changed."""
        while self._told and not self._told_of:
            urls = [self._told.popleft() for _ in range(min(LOOK_AHEAD, len(self._told)))]
            self._told_of.extend(self.archive.addresses(self.site.name, urls))
        return self._told_of.popleft() if self._told_of else None

    def _next_of_a_listing(self, *, whatever_is_read: bool = False) -> Errand | None:
        """The next page of a listing whose page before brought news; asked for as soon as that was read."""
        if self._catch_up is None or self._in_flight:
            return None
        asked = None if whatever_is_read else self._asked
        while (pages := self._catch_up.next(asked, at=self.now())) is not None:
            for address in pages:
                self._push(address)
            if errand := self._next_urgent():
                return errand
        return None

    def _next_to_look_at_again(self) -> Address | None:
        """The next address that was asked for before and is not due: a backfill asks for it all the same."""
        while self._to_walk_again and not self._look_again:
            found = self.archive.asked_before(self.site.name, after=self._walked_to, limit=LOOK_AHEAD)
            self._to_walk_again = bool(found)
            if found:
                self._walked_to = found[-1]
            self._look_again.extend(each for each in found if hash(each.url) not in self._asked)
        return self._look_again.popleft() if self._look_again else None

    def _next_due(self) -> Address | None:
        if not self._due:
            if self._look_again and self._none_due == self.counts["found"]:
                return None
            roles = [Role.FEED, Role.SITEMAP] if self.site.feed_only else None
            limit = LOOK_AHEAD + self._in_flight + self.counts["failed"]
            found = self.archive.due(
                self.site.name, now=self.now(), limit=limit, roles=roles, never_asked=self.poll
            )
            self._due.extend(each for each in found if hash(each.url) not in self._asked)
            self._none_due = None if self._due else self.counts["found"]
        return self._due.popleft() if self._due else None

    def _unwanted(self, address: Address) -> str | None:
        if address.role is Role.SITEMAP or address.url in self._links.sources:
            return None
        return not_wanted(address.url, self.site)

    def _hop_waits(self) -> bool:
        return any(errand.hops for errand in self._urgent)

    @property
    def waiting(self) -> bool:
        """Whether something is left to ask for in this visit, now or when the site lets us."""
        if self.outcome:
            return False
        if self._urgent or self._told or self._told_of or self._again:
            return True
        if self._catch_up is not None and self._catch_up.held:
            return True
        if again := self._next_to_look_at_again():
            self._look_again.appendleft(again)
            return True
        if not self._due:
            errand_free = self._next_due()
            if errand_free is None:
                return False
            self._due.appendleft(errand_free)
        return True

    @property
    def queued(self) -> int:
        """About how many addresses are still to be asked for."""
        return max(self.counts["queued"] + self.counts["found"] - self.counts["asked"], 0)

    def end(self, outcome: str) -> None:
        """Commit, let the memory learn from what changed, and record how the visit ended.

        *outcome*: ``done``, ``stopped`` or ``failed``.
        """
        self._note_catching_up(done=outcome == "done")
        self.archive.commit()
        try:
            if worth_it(self.site, self.archive, new=self.counts["new"]):
                after_visit(self.site, self.archive, self.now(), lesson=self._lesson)
                self.counts[LEARNED] = 1
        except Exception:
            log.exception("%s: the memory could not learn from this visit", self.site.name)
            outcome = "failed"
        if self.run is not None:
            self.archive.end_run(
                self.run,
                at=self.now(),
                outcome=outcome,
                counts=dict(self.counts),
                cost=self._cost.read(requests=self.requests, received=self.received),
                reasons=dict(self.reasons),
                why=self.outcome,
                signs=self._signs.plain(),
            )
            self.archive.review(self.site.name, zone=self.site.zone, now=self.now())

    def stats(self) -> dict[str, int]:
        """What the visit came to, under the names in Scrapy's stats; of verdicts the spider keeps count."""
        verdicts = {kind.value for kind in VerdictKind}
        told = {name: count for name, count in self.counts.items() if name not in verdicts}
        found = {f"legger/{name.replace(' ', '_')}": count for name, count in told.items()}
        found |= {f"legger/missed/{why}": count for why, count in self._signs.failures.items()}
        return found | {"legger/requests": self.requests, "legger/received_bytes": self.received}

    def _note_catching_up(self, *, done: bool) -> None:
        """Put on record whether the listings were followed back to what the visit before had seen."""
        if self.poll:
            return
        left = self._catch_up.leave(at=self.now()) if self._catch_up is not None else 0
        asked = self._lined_up and not (self._urgent or self._told or self._told_of) and not self._unheard
        if done or (asked and not left and not self.backfill):
            self.counts[CAUGHT_UP] = 1

    # ------------------------------------------------------------ answers

    def take(self, capture: Capture, errand: Errand) -> Verdict | None:
        """Keep an answer, read it, file it, and note when to ask again; a redirect's target comes next.

        Returns the verdict, ``None`` for an answer that is not filed (a hop, an error of the server).
        """
        self._in_flight -= 1
        self._article = None
        status = capture.status
        self.counts[f"status/{status // 100}xx"] += 1
        self.received += len(capture.body)
        permission = errand.permission
        said = terms(capture, robots=permission.says, host=permission.terms, ground=self.ground)
        capture = replace(capture, terms=said)
        verdict: Verdict | None
        if 200 <= status < 300 and (reason := forbids(said, self.ground)):
            verdict = self._reserved(capture, errand, reason)
        elif status == 304:
            verdict = self._unchanged(capture, errand)
        elif status in _REDIRECTS and (target := capture.header("location")):
            verdict = self._redirected(capture, errand, target)
        elif not self.site.owns(capture.url) and capture.url not in self._links.sources and errand.hops:
            verdict = self._elsewhere(capture, errand)
        elif 200 <= status < 300:
            verdict = self._answered(capture, errand)
        elif status in (404, 410):
            kept = self.archive.keep(capture, run=self.run)
            verdict = self._absent(kept, errand, f"HTTP {status}", final=status == 410)
        else:
            verdict = None
            self._refused(capture, errand)
        if verdict is not None:
            self.counts[verdict.kind.value] += 1
        self._note(capture, errand, verdict)
        return verdict

    def _note(self, capture: Capture, errand: Errand, verdict: Verdict | None) -> None:
        """What an answer shows of the site's health."""
        signs, article = self._signs, self._article
        signs.good += capture.status < 400
        signs.new += verdict is not None and verdict.kind is VerdictKind.NEW
        if (skew := skew_of(capture)) is not None and len(signs.skews) < 25:
            signs.skews.append(skew)
        if errand.address.url in self._links.sources:
            if capture.status >= 400:
                signs.silent[errand.address.url] = f"HTTP {capture.status}"
            elif capture.status == 304:
                signs.sources[errand.address.url] = None
        if article is None or verdict is None:
            return
        gate = article.kind in (PageKind.GATE, PageKind.CHALLENGE)
        signs.pages["article" if article.is_article else "gate" if gate else "other"] += 1
        if errand.address.article_id is not None and not gate:
            signs.pages["standing" if article.is_article else "lost"] += 1
        elif (
            errand.address.link.how in ("feed", "sitemap") and errand.address.last_visit is None and not gate
        ):
            signs.pages["told article" if article.is_article else "told other"] += 1
        if article.is_article:
            signs.words += article.word_count
            signs.filled["of"] += 1
            for name in FIELDS:
                signs.filled[name] += bool(getattr(article, name))

    def fail(self, errand: Errand, reason: str, *, missed: Miss, again: bool) -> None:
        """Note that no answer came. *again*: worth another try in this visit."""
        self._in_flight -= 1
        self._failed(errand, None, reason, missed=missed, again=again, wait=None)

    def skip(self, errand: Errand, reason: str, *, missed: Miss, until: datetime | None) -> None:
        """Note that we may not ask (robots.txt, a reservation ...), and when to think again."""
        self._in_flight -= 1
        if errand.first_hop is not None:
            self._file_hop(errand.first_hop)
        if errand.hops and not self.site.owns(errand.url):
            gate = bool(_CONSENT.search(errand.url))
            led, missed = ("a gate", Miss.GATE) if gate else ("another site", Miss.ELSEWHERE)
            reason = f"{led} at {urlsplit(errand.url).netloc}; {reason}"
            until = self._gate_due(errand.address)
        self.counts["skipped"] += 1
        self._visited(errand.address, due_at=until, reason=reason, missed=missed)

    def source(self, capture: Capture) -> None:
        """Keep an answer that is not asked for on an address's behalf (robots.txt, tdmrep.json)."""
        self.counts["sources"] += 1
        self.received += len(capture.body)
        said = Terms(robots="not asked", ground=self.ground)
        kept = self.archive.keep(replace(capture, terms=said), run=self.run)
        self._file(kept, PageKind.FEED, urlsplit(capture.url).path.rpartition("/")[2])
        if urlsplit(capture.url).path == "/robots.txt":
            self._links.follow_robots(capture)

    def source_of_today(self, url: str) -> Capture | None:
        """The answer at such an address that was had less than a day ago; ``None``: ask for it."""
        kept = self.archive.answer_since(self.site.name, url, since=self.now() - A_DAY)
        return kept.capture if kept is not None and kept.capture.status < 500 else None

    @property
    def requests(self) -> int:
        """Requests made so far."""
        answered = sum(number for name, number in self.counts.items() if name.startswith("status/"))
        return answered + self.counts["sources"] + self.counts["unanswered"]

    def _reserved(self, capture: Capture, errand: Errand, reason: str) -> Verdict:
        """The page itself reserves mining: that it did is kept, its words are not."""
        kept = self.archive.keep(replace(capture, body=b""), run=self.run)
        verdict = self._file(kept, PageKind.OTHER, reason)
        if errand.first_hop is not None:
            self._file_hop(errand.first_hop)
        due, status = self.now() + revisit.OTHER_PAGES, capture.status
        for url in dict.fromkeys((errand.address.url, capture.url)):
            self._visited_url(url, due_at=due, status=status, reason=reason, missed=Miss.TDM)
        self._count_missed(errand.address, Miss.TDM, reason)
        return verdict

    def _unchanged(self, capture: Capture, errand: Errand) -> Verdict:
        kept = self.archive.keep(capture, run=self.run)
        verdict = self.archive.confirm(kept)
        self._settle(capture, errand, verdict)
        return verdict

    def _redirected(self, capture: Capture, errand: Errand, location: str) -> Verdict | None:
        kept = self.archive.keep(capture, run=self.run)
        self.counts["hops"] += 1
        address, first = errand.address, errand.first_hop or kept
        if kept is not first:
            self._file_hop(kept)
        hops = (*errand.hops, capture.url)
        reason = None
        try:
            target = normal_address(urljoin(capture.url, location.strip()))
        except ValueError:
            return self._nowhere(first, errand, f"redirects to {location[:200]!r}, which is no address")
        if target in hops or len(hops) > MAX_HOPS:
            return self._nowhere(first, errand, "redirects in circles")
        own = self.site.owns(target)
        front = normal_address(self.site.url)
        if own and same_page(target, front) and not same_page(address.url, front):
            return self._absent(first, errand, "redirects to the front page")
        if own and (reason := not_wanted(target, self.site)):
            return self._nowhere(first, errand, f"redirects to {target} ({reason})")
        if own and hash(target) in self._asked and not same_page(target, address.url):
            self._moved(first, errand, target)
            return None
        known = self.archive.address(self.site.name, target)
        self._asked.add(hash(target))
        self._urgent.appendleft(
            Errand(
                address=address,
                url=target,
                via=capture.url,
                hops=hops,
                first_hop=first,
                etag=known.etag if known else None,
                last_modified=known.last_modified if known else None,
            )
        )
        return None

    def _file_hop(self, hop: Kept) -> None:
        """File a redirect as what it is. The first of a chain waits: where it led may say that it is gone."""
        target = hop.capture.header("location") or ""
        self._file(hop, PageKind.REDIRECT, f"redirects to {urljoin(hop.capture.url, target.strip())}"[:500])

    def _nowhere(self, first: Kept, errand: Errand, reason: str) -> Verdict:
        return self._absent(first, errand, reason)

    def _moved(self, first: Kept, errand: Errand, target: str) -> None:
        """The address redirects to one that this visit has asked for already."""
        self._file_hop(first)
        status = first.capture.status
        due = self.now() + revisit.OTHER_PAGES
        self._visited(errand.address, due_at=due, status=status, reason=f"redirects to {target}")

    def _elsewhere(self, capture: Capture, errand: Errand) -> Verdict:
        """A redirect led to another host. Its answer is kept, and never taken for the article."""
        kept = self.archive.keep(capture, run=self.run)
        kind, reason = PageKind.OTHER, f"another site: {urlsplit(capture.url).netloc}"
        if 200 <= capture.status < 300 and self._is_gate(capture):
            kind, reason = PageKind.GATE, f"a gate at {urlsplit(capture.url).netloc}"
        verdict = self._file(kept, kind, reason)
        due, status = self._gate_due(errand.address), None
        if errand.first_hop is not None:
            self._file_hop(errand.first_hop)
            status = errand.first_hop.capture.status
        missed = Miss.GATE if kind is PageKind.GATE else Miss.ELSEWHERE
        self._visited(errand.address, due_at=due, status=status, reason=reason, missed=missed)
        self._visited_url(capture.url, due_at=None, status=capture.status, reason=reason, missed=missed)
        return verdict

    def _gate_due(self, address: Address) -> datetime:
        again = address.missed in (Miss.GATE, Miss.ELSEWHERE)
        return revisit.next_look_at_gate(now=self.now(), last_visit=address.last_visit, again=again)

    def _is_gate(self, capture: Capture) -> bool:
        if _CONSENT.search(capture.url):
            return True
        try:
            return self._read(capture).kind in (PageKind.GATE, PageKind.CHALLENGE)
        except Exception:
            log.debug("%s: could not be read", capture.url, exc_info=True)
            return False

    def _answered(self, capture: Capture, errand: Errand) -> Verdict:
        role = self._role(capture, errand)
        if capture.truncated and len(capture.body) < DOWNLOAD_MAXSIZE:
            return self._broken_off(capture, errand, role)
        if capture.truncated:
            kept = self.archive.keep(capture, run=self.run)
            verdict = self.archive.unreadable(kept, f"cut at the limit of {len(capture.body):,} bytes")
        elif role is Role.FEED or role is Role.SITEMAP:
            verdict = self._file(self.archive.keep(capture, run=self.run), PageKind.FEED, role.value)
        elif role is Role.LISTING:
            verdict = self._file(
                self.archive.keep(capture, run=self.run), PageKind.LISTING, "named in the site's file"
            )
        elif (media := _media_type(capture)) not in _HTML:
            verdict = self._file(self.archive.keep(capture, run=self.run), PageKind.OTHER, media)
        else:
            verdict = self._ingest(capture)
        named = self._links.follow(capture, errand.address, role=role, article=self._article)
        self._told.extend(named.changed)
        if named.next and self._catch_up is not None:
            self._catch_up.hold(named, depth=errand.address.link.depth + 1, at=self.now())
        if errand.address.url in self._links.sources and named.links is not None:
            self._signs.sources[errand.address.url] = named.links
        self._settle(capture, errand, verdict, role=role, brought_new=bool(named.new))
        return verdict

    def _broken_off(self, capture: Capture, errand: Errand, role: Role) -> Verdict:
        """An answer without its end is kept, its links are followed, and it is nobody's text: ask again."""
        kept = self.archive.keep(capture, run=self.run)
        reason = f"broken off after {len(capture.body):,} bytes"
        verdict = self.archive.unreadable(kept, reason)
        self._links.follow(capture, errand.address, role=role, article=None)
        self._failed(errand, None, reason, missed=Miss.CUT, again=True, wait=None)
        self.counts["unanswered"] -= 1  # it was answered, and counted
        return verdict

    def _role(self, capture: Capture, errand: Errand) -> Role:
        """What an answer is to us: what its bytes say, then what the site's file says."""
        if plain := sniff(capture.body):
            return plain
        declared = errand.address.role if errand.address.url in self._links.sources else Role.PAGE
        return Role.LISTING if declared is Role.LISTING else Role.PAGE

    def _ingest(self, capture: Capture) -> Verdict:
        def read(each: Capture) -> Article:
            article = self._read(each)
            if each is capture:
                self._article = article
            return article

        return ingest(capture, self.site, self.archive, read, run=self.run)

    def _file(self, kept: Kept, kind: PageKind, reason: str) -> Verdict:
        """File a capture whose kind is known without reading it."""
        article = Article(kind=kind, reason=reason, url=kept.capture.url)
        key = article_key(self.site, kept.capture.url)
        return self.archive.file(article, capture=kept, key=key, read_again=self._read)

    def _absent(self, kept: Kept, errand: Errand, reason: str, *, final: bool = False) -> Verdict:
        """What was asked for is not there. *kept* answered at the address itself when there were no hops."""
        address = errand.address
        kept = errand.first_hop or kept
        verdict = self.archive.absent(kept, key=self._key(address), reason=reason, final=final)
        gone = verdict.kind is VerdictKind.GONE or final
        due = self._absent_due(address, gone=gone)
        if address.article_id is None:
            # It never was anything.
            due = None if address.failures >= 2 else self.now() + revisit.OTHER_PAGES
        status = kept.capture.status
        missed = Miss.CLIENT if address.article_id is None else None  # what was there is in "gone"
        self._visited(address, due_at=due, status=status, verdict=verdict, reason=reason, missed=missed)
        if errand.via is not None and errand.url != address.url and self.site.owns(errand.url):
            self._visited_url(errand.url, due_at=None, status=404, reason=reason)
        return verdict

    def _key(self, address: Address) -> str:
        if address.article_id is not None:
            return self.archive.version(str(address.article_id)).key
        return article_key(self.site, address.url)

    def _refused(self, capture: Capture, errand: Errand) -> None:
        """401, 403, 429, 5xx ...: the server does not want to, or cannot, now."""
        self.archive.keep(capture, run=self.run)
        status = capture.status
        wait = retry_after(capture) if status in (429, 503) else None
        if wait is not None:
            self._park(wait)
        missed = Miss.SERVER if status >= 500 else Miss.CLIENT
        if wait is not None or status == 429:
            missed = Miss.WAIT
        again = status >= 500 and wait is None
        self._failed(errand, status, f"HTTP {status}", missed=missed, again=again, wait=wait)

    def _failed(
        self,
        errand: Errand,
        status: int | None,
        reason: str,
        *,
        missed: Miss,
        again: bool,
        wait: timedelta | None,
    ) -> None:
        address, now = errand.address, self.now()
        if errand.first_hop is not None:
            self._file_hop(errand.first_hop)
        self.counts["failed"] += 1
        self.counts["unanswered"] += status is None
        if errand.address.url in self._links.sources:
            self._signs.silent[errand.address.url] = reason
            lasting = status is not None and 400 <= status < 500 and wait is None
            self._unheard |= address.role is Role.LISTING and not lasting
        mark = hash(address.url)
        if (again or wait is not None) and self._retried.add(mark):
            self._again.append(address.url)
        due = revisit.next_try(address.failures + 1, now=now, asked_to_wait=wait)
        self._visited(address, due_at=due, status=status, reason=reason, missed=missed)

    # ------------------------------------------------------------ waiting

    def _park(self, wait: timedelta) -> None:
        """The server asked us to leave it alone for a while: the whole site waits, in later visits too."""
        until = self.now() + wait
        if self._parked_until is None or until > self._parked_until:
            self._parked_until = until
        self.counts["parked"] += 1
        front = normal_address(self.site.url)
        self._visited_url(front, due_at=until, status=None, reason=WAITING)
        if wait > PATIENCE:
            self.outcome = f"{WAITING} until {until:%Y-%m-%d %H:%M} UTC"

    def _parked(self) -> bool:
        if self._parked_until is not None and self.now() >= self._parked_until:
            self._parked_until = None
        return self._parked_until is not None

    # ------------------------------------------------------------ asking

    def _push(self, address: Address) -> None:
        self._urgent.append(self._errand(address))

    def _errand(self, address: Address) -> Errand:
        """Ask for an address: whether it changed, or for the whole page when that is a week ago.

        A server may answer 304 when it should not; no edit hides behind it for longer than a week.
        """
        if (
            address.last_full is None
            or self.now() - address.last_full >= FULL_AFTER
            or self._to_walk(address)
            or self._to_take_up(address)
        ):
            return Errand(address=address, url=address.url)
        return Errand(
            address=address, url=address.url, etag=address.etag, last_modified=address.last_modified
        )

    def _to_walk(self, address: Address) -> bool:
        """Whether a backfill needs the page itself, for links that no visit has followed yet."""
        return self.backfill and address.walked is None and address.url not in self._links.sources

    def _to_take_up(self, address: Address) -> bool:
        """Whether a visit that was cut short may have left off behind this page of a listing."""
        return self._catch_up is not None and self._catch_up.cut_short and address.role is Role.LISTING

    # ------------------------------------------------------------ when to come back

    def _settle(
        self,
        capture: Capture,
        errand: Errand,
        verdict: Verdict,
        *,
        role: Role = Role.PAGE,
        brought_new: bool = False,
    ) -> None:
        """Note the visit at the address that answered, and at the one that led there."""
        address, now, status = errand.address, self.now(), capture.status
        if errand.hops:
            first = errand.first_hop
            assert first is not None
            lost = address.article_id is not None and verdict.article != address.article_id
            if lost:
                reason = f"redirects to {capture.url}"
                absence = self.archive.absent(first, key=self._key(address), reason=reason)
                self.counts[absence.kind.value] += 1
            else:
                self._file_hop(first)
            self._visited(
                address,
                due_at=now + (revisit.DAILY if lost else revisit.OTHER_PAGES),
                status=first.capture.status,
                reason=f"redirects to {capture.url}",
            )
            address = self.archive.address(self.site.name, capture.url) or address
        missed = self._missed(verdict, capture)
        due = self._due_at(address, verdict, missed, role=role, brought_new=brought_new, now=now)
        self._visited_url(
            capture.url,
            due_at=due,
            status=status,
            verdict=verdict,
            etag=capture.header("etag"),
            last_modified=capture.header("last-modified"),
            reason=None if verdict.version is not None else (verdict.reason or None),
            missed=missed,
            walked=self.backfill,
        )
        self._count_missed(address, missed, verdict.reason)

    def _missed(self, verdict: Verdict, capture: Capture) -> Miss | None:
        """Why an answer is not what we came for, as far as it is not."""
        if verdict.kind is VerdictKind.UNREADABLE:
            return Miss.TOO_LARGE if capture.truncated else Miss.UNREADABLE
        article = self._article
        gate = article is not None and article.kind in (PageKind.GATE, PageKind.CHALLENGE)
        return Miss.GATE if gate else None

    def _due_at(
        self,
        address: Address,
        verdict: Verdict,
        missed: Miss | None,
        *,
        role: Role,
        brought_new: bool,
        now: datetime,
    ) -> datetime | None:
        first_seen = address.first_seen or now
        month = month_ends(address.url)
        if (
            role is not Role.PAGE
            or address.url in self._links.sources
            or (month is not None and now < month + A_DAY and verdict.version is None)
        ):
            last_new = now if brought_new else address.last_changed
            return revisit.next_poll(now=now, last_new=last_new, first_seen=first_seen)
        if verdict.kind is VerdictKind.GONE or verdict.kind is VerdictKind.SUSPECT:
            return self._absent_due(address, gone=verdict.kind is VerdictKind.GONE)
        if missed is Miss.GATE:
            return self._gate_due(address)
        if verdict.version is None and verdict.kind is not VerdictKind.UNREADABLE:
            return now + (revisit.DAILY if address.article_id else revisit.OTHER_PAGES)
        changed = verdict.kind is VerdictKind.CHANGED or verdict.kind is VerdictKind.BACK
        article = self._article
        return revisit.next_visit(
            first_seen=first_seen,
            last_changed=now if changed else _later(address.last_changed, first_seen),
            last_visit=address.last_visit,
            now=now,
            published=article.published.value if article is not None and article.published else None,
            edits=max((verdict.version or 1) - 1, 0),
            section=article.section if article is not None else None,
            habits=self._habits,
            care=self._care,
            live=article is not None and article.kind is PageKind.LIVEBLOG,
            free=self.site.allow_private,
        )

    def _absent_due(self, address: Address, *, gone: bool) -> datetime | None:
        return revisit.next_look_at_absent(
            now=self.now(), gone=gone, last_visit=address.last_visit, free=self.site.allow_private
        )

    def _visited(
        self,
        address: Address,
        *,
        due_at: datetime | None,
        status: int | None = None,
        verdict: Verdict | None = None,
        reason: str | None = None,
        missed: Miss | None = None,
    ) -> None:
        self._visited_url(
            address.url, due_at=due_at, status=status, verdict=verdict, reason=reason, missed=missed
        )
        self._count_missed(address, missed, reason)

    def _count_missed(self, address: Address, missed: Miss | None, reason: str | None) -> None:
        if missed is None:
            return
        self.reasons[reason or missed.value] += 1
        stood_there = missed is Miss.GATE and address.missed is Miss.GATE
        if not stood_there:  # what was behind a gate before says nothing new of the site
            self._signs.failures[missed.value] += 1

    def _visited_url(
        self,
        url: str,
        *,
        due_at: datetime | None,
        status: int | None = None,
        verdict: Verdict | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        reason: str | None = None,
        missed: Miss | None = None,
        walked: bool = False,
    ) -> None:
        self.archive.visited(
            self.site.name,
            url,
            at=self.now(),
            due_at=due_at,
            status=status,
            verdict=verdict,
            etag=etag,
            last_modified=last_modified,
            reason=reason,
            missed=missed,
            walked=walked,
        )


def _later(changed: datetime | None, first_seen: datetime) -> datetime | None:
    """The last change after the first sight; the first sight itself is no change."""
    return changed if changed is not None and changed > first_seen else None


def _media_type(capture: Capture) -> str:
    return (capture.header("content-type") or "").partition(";")[0].strip().lower()


def retry_after(capture: Capture) -> timedelta | None:
    """How long a server asks to be left alone (seconds or HTTP date), at most a day; ``None``: not said."""
    stated = (capture.header("retry-after") or "").strip()
    if not stated:
        return None
    try:
        wait = timedelta(seconds=int(stated)) if stated.isdecimal() else None
        if wait is None:
            moment = parsedate_to_datetime(stated)
            wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - capture.at
    except (ValueError, OverflowError):
        return None
    return min(max(wait, timedelta()), MOST_RETRY_AFTER)


def skew_of(capture: Capture) -> float | None:
    """How far the server's clock is ahead of ours, in seconds; ``None`` when it does not say."""
    try:
        stated = parsedate_to_datetime(capture.header("date") or "")
    except (ValueError, TypeError):
        return None
    return ((stated if stated.tzinfo else stated.replace(tzinfo=UTC)) - capture.at).total_seconds()
