"""What follows a visit: the site's memory learns from its distinct articles."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from archive import Archive
from archive.model.types import Capture, SiteMemory
from crawler.ingest.ingest import reader
from crawler.siteconfig.site import Site

if TYPE_CHECKING:
    from crawler.ingest.first_lesson import FirstLesson

log = logging.getLogger(__name__)

WINDOW = 400
"""How many articles of a site the memory learns from, the latest captured ones: enough to know its furniture,
and a bound to what a visit costs however large the archive has grown."""
FRESH = 0.025
"""Share of the articles that the memory was learned from which must be new before it learns again: reading
them all costs some seconds, which a poll that brings one article is not worth."""
UNLEARNED = 2500
"""Articles read before the memory knew anything that one visit reads again: under a minute's work. The next
visit reads the rest."""
LOOK_BACK = 500
"""Visits among which the last one after which the memory learned is looked for."""


def worth_it(site: Site, archive: Archive, *, new: int) -> bool:
    """Whether enough is new for the memory to learn, after a visit that filed *new* articles."""
    memory = archive.boilerplate.get(site.name)
    if not memory.version:
        return bool(new) or _has_articles(site, archive)
    if not new:
        return False
    for run in archive.runs.list(site.name, limit=LOOK_BACK):
        if run.counts is None:
            continue
        if run.counts.learned or new >= FRESH * memory.articles:
            break
        new += run.counts.new
    return new >= FRESH * memory.articles


def first_lesson(site: Site, archive: Archive) -> FirstLesson | None:
    """At a site of which no article is at hand: what its first visit reads is what the memory learns from."""
    if archive.boilerplate.get(site.name).version or _has_articles(site, archive):
        return None
    from crawler.ingest.first_lesson import FirstLesson

    return FirstLesson(most=WINDOW)


def _has_articles(site: Site, archive: Archive) -> bool:
    return any(archive.articles.article_captures(site.name, latest=1))


def after_visit(
    site: Site,
    archive: Archive,
    now: datetime,
    *,
    lesson: FirstLesson | None = None,
    held: Iterable[Capture] = (),
) -> SiteMemory:
    """Learn what repeats on *site*; when that reads pages differently, read its latest articles again.

    What was captured before them keeps the reading it has, until it is compared with a new capture or
    ``legger reread`` comes by; but see :func:`read_what_was_read_without`. With the *lesson* of a first visit
    its pages are not read once more only to learn; it may be asked for within the visit too. What is *held*
    counts in place of what was captured of the same articles before. Returns the memory in use from now on.
    Commits.
    """
    from crawler.extract.boilerplate import learn, reads_alike
    from crawler.extract.templates import templates_of, unknown

    archive.commit()
    previous = archive.boilerplate.get(site.name)
    oldest: list[int] = []

    def latest() -> Iterator[Capture]:
        for kept in archive.articles.article_captures(site.name, latest=WINDOW):
            oldest[:] = oldest or [kept.id]
            yield kept.capture

    if lesson is not None:
        learned = lesson.memory(previous, now=now)
        next(latest(), None)
    else:
        learned = learn(chain(held, latest()), site, previous, now=now)
    stored = archive.boilerplate.remember(learned)
    known = templates_of(previous.templates) if lesson is None else []
    for each in unknown(templates_of(stored.templates), known):
        log.warning(
            "%s: %d articles since %s are built on a template that was not known: %s",
            site.name, each.articles, each.since, each.example,
        )  # fmt: skip
    if stored.version != previous.version:
        alike = previous.version if reads_alike(stored, previous) else None
        report = archive.rereading.reread(
            site.name,
            reader(site, archive),
            since=min(oldest, default=0),
            stale=lambda reader: reader.memory != alike,
        )
        log.info("%s: memory version %d, read again: %s", site.name, stored.version, dict(report))
    archive.commit()
    return stored


def read_what_was_read_without(site: Site, archive: Archive) -> int:
    """Read again the articles that were read before the memory knew anything, :data:`UNLEARNED` at most.

    A first visit reads most of a site before its memory learns, and a site may have more articles than the
    memory learns from. Returns how many were read. Commits.
    """
    memory = archive.boilerplate.get(site.name).version
    if not memory:
        return 0
    only = archive.rereading.read_without_memory(site.name, memory=memory, most=UNLEARNED)
    if not only:
        return 0
    report = archive.rereading.reread(
        site.name, reader(site, archive), only=only, stale=lambda reader: reader.memory == 0
    )
    archive.rereading.note_tried(only, memory)
    archive.commit()
    log.info("%s: read again what was read without a memory: %s", site.name, dict(report))
    return report.get("read", 0)
