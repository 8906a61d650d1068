"""What a request of the reading room needs: the archive, the annotations, and cached answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any, TypeVar, cast

from archive import Archive
from archive.annotations import Annotations, Contents
from archive.errors import LeggerError
from archive.model.citation import Citation
from archive.model.reports import SiteCounts

T = TypeVar("T")

FRESH = 60.0
"""Seconds for which counts of the whole archive are shown again,"""
PATIENCE = 200.0
"""or this many times what they took, when that is longer."""
MOST = 500
"""Answers kept."""
WAIT = 30.0
"""Seconds that one reader waits for what is asked for another."""
_NOTHING = (0.0, (), None, 0.0)


@dataclass(frozen=True, kw_only=True)
class WebContext:
    """What a request of the reading room needs."""

    archive: Archive
    """Open read-only, with a limit of seconds."""
    stacks: Archive
    """The same archive without a limit, for exports that stream."""
    name: str = ""
    """Whose archive it is."""
    address: str | None = None
    """Where others reach the reading room; ``None``: not said."""
    rights: str = ""
    takedown: str = ""
    naan: str | None = None
    """The number under which ARKs are assigned."""
    annotations: Annotations | None = None
    """Notes, tags and saved queries, to be shown; they are written with the command line."""
    zone: tzinfo = UTC
    """Times are told in it."""
    token: str | None = None
    """Who does not bring it is not let in."""
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]", "testserver")
    """Host names it answers to; ``("*",)`` for any."""
    origins: tuple[str, ...] = ()
    """Origins of other sites whose scripts may read the answers; ``("*",)`` for any."""
    shared: bool = False
    """Others read here too: notes, tags and saved queries are shown only where they are published."""
    hub: str = ""
    """The WebSub hub that feeds name; empty: none."""
    kept: dict[str, tuple[float, tuple[int, ...], Any, float]] = field(default_factory=dict)
    busy: set[str] = field(default_factory=set)
    ready: threading.Condition = field(default_factory=threading.Condition)
    """Told whenever an answer is there, or could not be had."""

    def noted(self) -> Contents:
        """Notes, tags and saved queries; not of articles that may not be shown."""
        if self.annotations is None:
            return Contents()
        read = self.annotations.read().without(self.archive.redactions.hidden_articles())
        return read.published() if self.shared else read

    def __post_init__(self) -> None:
        if self.annotations is not None:
            for archive in (self.archive, self.stacks):
                archive.search.noted = lambda what, words: self.noted().articles_with(what, words)

    def cite(self, article: int, version: int | None = None) -> Citation:
        """How to cite a version of an article in this archive."""
        cited = self.archive.articles.cite(str(article), version)
        return cited.kept_at(self.address, self.name, self.naan)

    def named(self, site: str) -> str:
        """What a site's readers call it."""
        return self.fresh("titles", self.archive.holdings.site_titles).get(site, site)

    def sites(self) -> tuple[SiteCounts, ...]:
        """What is held of each site."""
        return self.fresh("sites", self.stacks.holdings.site_counts)

    def warm(self) -> None:
        """Ask for the counts of every page before a reader has to wait for them."""
        with suppress(LeggerError):
            self.sites()

    def fresh(self, name: str, ask: Callable[[], T]) -> T:
        """The answer to a question about the whole archive: a minute old at most, or older the more it costs.

        Nobody waits for one that took long: who comes when its time is over gets the answer there was, and it
        is asked anew beside, but for one that is twice as old. After a redaction nobody gets an answer from
        before it.
        """
        mark = self.archive.redactions.mark()
        with self.ready:
            until, of, answer, lasts = self.kept.get(name, _NOTHING)
            while name in self.busy and not (until and of == mark):
                if not self.ready.wait(WAIT):  # who began has not ended: ask beside it
                    break
                until, of, answer, lasts = self.kept.get(name, _NOTHING)
            now = time.monotonic()
            if until and of == mark and (now < until or name in self.busy):
                return cast(T, answer)
            self.busy.add(name)
            waits = not until or of != mark or now > until + lasts or lasts <= FRESH
        if waits:
            return self._anew(name, ask, mark)
        threading.Thread(target=self._beside, args=(name, ask, mark), daemon=True).start()
        return cast(T, answer)

    def _beside(self, name: str, ask: Callable[[], T], mark: tuple[int, ...]) -> None:
        with suppress(LeggerError):  # who comes next waits for it, and is told
            self._anew(name, ask, mark)

    def _anew(self, name: str, ask: Callable[[], T], mark: tuple[int, ...]) -> T:
        started = time.monotonic()
        try:
            answer = ask()
        except BaseException:
            with self.ready:
                self.busy.discard(name)
                self.ready.notify_all()
            raise
        ended = time.monotonic()
        with self.ready:
            self.busy.discard(name)
            self.ready.notify_all()
            if len(self.kept) > MOST:
                self.kept.clear()
            lasts = max(FRESH, PATIENCE * (ended - started))
            self.kept[name] = (ended + lasts, mark, answer, lasts)
        return answer
