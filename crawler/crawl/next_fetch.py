"""When an address is asked for again, after what its answer came to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from archive import Archive
from archive.model.addresses import Address, Miss, Role
from archive.model.types import Article, PageKind, Verdict, VerdictKind
from archive.versions.absence import may_be_gone
from crawler.fetching.robots import A_DAY
from crawler.links.discover import month_ends
from crawler.scheduling import recrawl
from crawler.siteconfig.site import Site

HABITS = timedelta(days=120)
"""How far back a site's habits of editing are learned from."""


class NextFetch:
    """The next look at each address of a site, as its habits of editing suggest."""

    def __init__(self, site: Site, *, now: Callable[[], datetime]) -> None:
        self.site, self.now = site, now
        self._habits = recrawl.EditHabits()
        self._care = recrawl.CARE
        self._learns_from: Archive | None = None

    def learn_habits(self, archive: Archive) -> None:
        """Learn how the site edits when it is first asked for: a poll that brings nothing does not ask."""
        self._learns_from = archive

    def _learn(self) -> None:
        """Learn how the site edits, and so how small a chance of an edit is worth a look."""
        archive, self._learns_from = self._learns_from, None
        if archive is None:
            return
        from crawler.scheduling.habits import habits  # numpy takes a quarter of a second to load

        at = self.now()
        seen = archive.coverage.edit_histories(self.site.name, since=at - HABITS)
        self._habits = habits(seen)
        if self.site.budget is not None and seen:
            days = max((at - min(each.first_seen for each in seen)) / timedelta(days=1), 1.0)
            edits = self._habits.rate(None) * len(seen) / days
            self._care = recrawl.care_within(self.site.budget, edits_a_day=edits, articles=len(seen))

    def of_source(self, address: Address, *, brought_new: bool) -> datetime:
        """Of a feed, a sitemap or a listing."""
        now = self.now()
        last_new = now if brought_new else address.last_changed
        return recrawl.next_poll(now=now, last_new=last_new, first_seen=address.first_seen or now)

    def of_page(
        self, address: Address, verdict: Verdict, article: Article | None, missed: Miss | None
    ) -> datetime:
        """Of a page that answered. *article* is what reading made of it, if it was read."""
        now = self.now()
        if verdict.kind in (VerdictKind.GONE, VerdictKind.SUSPECT):
            return self.of_absent(address, gone=verdict.kind is VerdictKind.GONE, verdict=verdict)
        if missed is Miss.GATE:
            return self.of_gate(address)
        if verdict.version is None and verdict.kind is not VerdictKind.UNREADABLE:
            return now + (recrawl.DAILY if address.article_id else recrawl.OTHER_PAGES)
        if verdict.page is PageKind.PAGE and verdict.kind is not VerdictKind.UNREADABLE:
            return now + recrawl.OTHER_PAGES
        first_seen = address.first_seen or now
        changed = verdict.kind in (VerdictKind.CHANGED, VerdictKind.BACK)
        self._learn()
        return recrawl.next_visit(
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

    def is_of_source(self, address: Address, verdict: Verdict, *, role: Role, declared: bool) -> bool:
        """Whether what answered is asked for as a source is: the archive of a month still going on is."""
        month = month_ends(address.url)
        growing = month is not None and self.now() < month + A_DAY and verdict.version is None
        return role is not Role.PAGE or declared or growing

    def of_absent(self, address: Address, *, gone: bool, verdict: Verdict | None = None) -> datetime:
        """Of an article that was not there; *verdict*: what was filed of that."""
        return recrawl.next_look_at_absent(
            now=self.now(),
            gone=gone,
            last_visit=address.last_visit,
            free=self.site.allow_private,
            with_all=verdict is not None and may_be_gone(verdict),
        )

    def of_nothing(self, address: Address) -> datetime | None:
        """Of an address that says it is not there and never was an article; ``None``: not any more."""
        return None if address.failures >= 2 else self.now() + recrawl.OTHER_PAGES

    def of_other(self) -> datetime:
        """Of an address that is no article's own."""
        return self.now() + recrawl.OTHER_PAGES

    def of_gate(self, address: Address) -> datetime:
        """Of an address that leads to a gate or another site."""
        again = address.missed in (Miss.GATE, Miss.ELSEWHERE)
        return recrawl.next_look_at_gate(now=self.now(), last_visit=address.last_visit, again=again)

    def of_failed(self, address: Address, *, asked_to_wait: timedelta | None) -> datetime:
        """Of an address that could not be had."""
        return recrawl.next_try(address.failures + 1, now=self.now(), asked_to_wait=asked_to_wait)


def _later(changed: datetime | None, first_seen: datetime) -> datetime | None:
    """The last change after the first sight; the first sight itself is no change."""
    return changed if changed is not None and changed > first_seen else None
