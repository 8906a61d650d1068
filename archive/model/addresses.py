"""An address: how it was found, when it is asked again, and why what stands there is missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What an address is to us."""

    FEED = "feed"
    SITEMAP = "sitemap"
    LISTING = "listing"
    PAGE = "page"
    """An article, or a page that may be one."""
    ASSET = "asset"
    """A picture, a style sheet or a font that pages show; asked for after them, see :mod:`archive.assets`."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """An address that was found, with how it was found and what the source said of it."""

    url: str
    role: Role = Role.PAGE
    found_on: str | None = None
    how: str = "link"
    """``feed``, ``sitemap``, ``listing``, ``link``, ``seed``."""
    title: str | None = None
    published: str | None = None
    """As the source wrote it."""
    modified: str | None = None
    author: str | None = None
    section: str | None = None
    depth: int = 0
    newness: datetime | None = None
    """When what is there came out, as far as its source or its address tells; ``None``: not thought of."""


ARCHIVE_AWAY = "the archive could not be written"
"""Begins why a run failed that was given up: what it was about is still to be done."""


class Outcome(StrEnum):
    """How a visit ended."""

    DONE = "done"
    """All that was due was asked for, and answered."""
    PARTLY = "partly"
    """Some of what was asked for did not come."""
    FAILED = "failed"
    """Nothing that was asked for came, or the archive could not be written."""
    STOPPED = "stopped"
    """A limit was reached, or it was told to stop, before all was asked for."""
    REFUSED = "refused"
    """robots.txt, a reservation, a gate or a challenge kept us from all that was asked for."""


class Miss(StrEnum):
    """Why an address that was found is not in the archive, or not as it stands now."""

    ROBOTS = "robots"
    """robots.txt disallows it, or could not be had."""
    TDM = "tdm"
    """Text and data mining is reserved, and our ground does not allow it."""
    GATE = "gate"
    """A consent gate, a log-in or a bot challenge stood there."""
    ELSEWHERE = "elsewhere"
    """It leads to another site."""
    CLIENT = "4xx"
    SERVER = "5xx"
    WAIT = "wait"
    """The server asked us to come back later (429, 503 with Retry-After)."""
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    """No such host, no connection, a certificate that is wrong, an answer that is none."""
    PRIVATE = "private"
    """A private address."""
    TOO_LARGE = "too large"
    CUT = "cut off"
    """It was broken off on the way, at every try: a body without its end is nobody's text."""
    ERROR = "error"
    """Handling its answer failed: a fault of Legger's. The answer is kept, and the address tried again."""
    UNREADABLE = "unreadable"
    """It was captured, and reading it failed."""
    NO_TEXT = "no text"
    """It is captured, and no article is read there: a script would bring its words, and none is run; or
    something else stands where one stood, and does not say that it is gone (an error shown as a page)."""
    TRAP = "trap"
    """A place where a crawler would walk for ever: a calendar, faceted search, a log-in."""
    QUEUE = "not asked yet"
    """Its turn has not come: the visit ended, or the day's budget was used up, before it."""


@dataclass(frozen=True, kw_only=True)
class EditHistory:
    """What was seen of one article's life: how a site's habits are learned."""

    section: str | None
    first_seen: datetime
    last_visit: datetime
    published: datetime | None = None
    edits: Sequence[tuple[datetime, datetime]] = ()
    """Each between the last look that did not see it and the first that did."""


@dataclass(frozen=True, kw_only=True)
class FoundTimes:
    """When an address was heard of, and of the article that was read there, when it came out."""

    url: str
    found_at: datetime
    last_visit: datetime | None = None
    due_at: datetime | None = None
    article_id: int | None = None
    published: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Address:
    """What the archive knows of an address: enough to decide when to ask again, and how."""

    id: int
    url: str
    role: Role
    link: Link
    found_at: datetime
    article_id: int | None = None
    first_seen: datetime | None = None
    """First capture; ``None`` when never fetched."""
    last_visit: datetime | None = None
    last_changed: datetime | None = None
    last_status: int | None = None
    failures: int = 0
    """Failures in a row."""
    due_at: datetime | None = None
    """When to ask (again); ``None`` when it is not to be asked for any more."""
    etag: str | None = None
    last_modified: str | None = None
    reason: str | None = None
    """Why it was not captured, when it was not."""
    missed: Miss | None = None
    """The kind of that reason; ``None``: the last visit was as it should be, or there was none."""
    links_followed_at: datetime | None = None
    """When its links were followed last, in a backfill; ``None``: never."""
    last_body_at: datetime | None = None
    """The last answer with a whole body (not 304); ``None``: none yet."""
