"""The types that travel between packages: Capture -> Article -> Verdict / Version -> Diff.

Every type is frozen and keyword-only. Every time is an aware ``datetime`` in UTC, except
:attr:`StatedTime.value`, which keeps the offset the site stated. Bytes stay bytes until extraction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from archive.model.exchange import UNKNOWN, Exchange
from archive.model.word_count import word_count

Headers = tuple[tuple[str, str], ...]
"""HTTP header lines in the order and spelling in which they came (latin-1 decoded)."""


# ---------------------------------------------------------------- captures


@dataclass(frozen=True, kw_only=True)
class Capture:
    """One answer of a server, as it came. It is the truth, and is never changed.

    Every hop of a redirect is a capture of its own: ``url`` is the address this answer came from, and
    ``via`` the address whose redirect led to it (``None`` when we asked for it ourselves).
    """

    site: str
    url: str
    at: datetime
    """When the answer was observed."""
    status: int
    """HTTP status."""
    headers: Headers = ()
    """Answer headers as they came over the wire, so ``Content-Encoding`` still stands among them."""
    body: bytes = b""
    """The body after content decoding (gzip, br, ... removed) and nothing else."""
    request_headers: Headers = ()
    http_version: str = "HTTP/1.1"
    via: str | None = None
    truncated: bool = False
    """The body was cut at the size limit, or broken off; :attr:`Exchange.cut` says which."""
    exchange: Exchange = UNKNOWN
    """What else is known of how it came."""
    terms: Terms | None = None
    """``None``: not known (imported, or asked for outside a crawl)."""

    def header(self, name: str) -> str | None:
        """The first value of the header *name* (any case), or ``None``."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, kw_only=True)
class StoredCapture:
    """A capture that has joined the archive."""

    id: int
    capture: Capture
    masked: bool = False
    """Whether it names an article that may not be shown, and is given without those words."""


# ---------------------------------------------------------------- on what terms


class Ground(StrEnum):
    """On what ground the operator keeps what sites publish; decides which reservations bind us."""

    GENERAL = "general"
    """Anybody's: a reservation against text and data mining is obeyed (Directive 2019/790, article 4)."""
    RESEARCH = "research"
    """A research organisation or an institution of cultural heritage: it is noted (article 3)."""
    PERMISSION = "permission"
    """The publisher has allowed it: it is noted."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a site said about fetching and mining when an answer was had; every capture of a crawl has it."""

    robots: str
    """``allowed``, ``no rules`` (none are stated) or ``not asked`` (robots.txt itself)."""
    reserved: bool | None = None
    """Whether text and data mining is reserved; ``None``: nothing is said about it."""
    witness: str = ""
    """Who says so: ``header``, ``meta``, ``tdmrep.json``, ``ai.txt``, ``x-robots-tag``, ``robots meta``,
    ``content-usage``, ``content-signal`` or ``rsl``."""
    policy: str = ""
    """Address of the policy that goes with the reservation."""
    said: str = ""
    """X-Robots-Tag, robots meta, Content-Usage, Content-Signal, the address of a licence: as they stood."""
    ground: Ground = Ground.GENERAL
    """The ground on which it was asked for."""


# ---------------------------------------------------------------- reading


class PageKind(StrEnum):
    """What a captured page is. Only ``ARTICLE``, ``LIVEBLOG`` and ``TEASER`` become versions of articles."""

    ARTICLE = "article"
    LIVEBLOG = "liveblog"
    TEASER = "teaser"
    """The open part of an article behind a paywall."""
    LISTING = "listing"
    """A page that leads to articles: a front page, section, tag, author, month or search result."""
    PAGE = "page"
    """A standing page about the site itself or who makes it: about, contact, statutes, ticket office."""
    GATE = "gate"
    """A consent or login page standing in for the page asked for."""
    ISSUE = "issue"
    """A whole e-paper issue on one address."""
    STUB = "stub"
    """A page that only sends the reader elsewhere (meta refresh, script)."""
    REDIRECT = "redirect"
    """An HTTP redirect; where it led is a capture of its own."""
    SOFT404 = "soft404"
    """A page that says with status 200 that it is not there."""
    CHALLENGE = "challenge"
    """A bot challenge."""
    FEED = "feed"
    """RSS, Atom, a sitemap, robots.txt: a source, not a page."""
    ASSET = "asset"
    """A picture, a style sheet or a font that pages show, kept with them."""
    OTHER = "other"
    """None of these: a form, an image, an empty answer, a headline without a text."""


WORKS = "it says that the site is being worked on"
"""The reason given for a page that stands before all others for a while: it says nothing of any of them."""
ARTICLE_KINDS = frozenset({PageKind.ARTICLE, PageKind.LIVEBLOG, PageKind.TEASER})


class BlockKind(StrEnum):
    """What a piece of an article is. The first five stand in :attr:`Article.text`, the others beside it."""

    LEAD = "lead"
    PARAGRAPH = "paragraph"
    SUBHEAD = "subhead"
    ITEM = "item"
    """An item of a list."""
    QUOTE = "quote"
    CAPTION = "caption"
    BOX = "box"
    """A fact box, key points, a summary: part of the page's journalism, not of the running text."""


TEXT_KINDS = frozenset(
    {BlockKind.LEAD, BlockKind.PARAGRAPH, BlockKind.SUBHEAD, BlockKind.ITEM, BlockKind.QUOTE}
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """One piece of an article, in reading order. ``text`` is one line without leading or trailing space."""

    kind: BlockKind
    text: str
    at: datetime | None = None
    """The time of a live blog's entry, on the block that opens it."""


class Precision(StrEnum):
    """How much of a :class:`StatedTime` was stated; the rest is filled in with zeros."""

    INSTANT = "instant"
    """Date, time and offset (an offset may have been supplied by the site's time zone)."""
    DAY = "day"
    RELATIVE = "relative"
    """"19 minuten geleden", resolved against the time of the capture."""


@dataclass(frozen=True, kw_only=True)
class StatedTime:
    """A time the site states about an article."""

    value: datetime
    """Aware. Keeps the offset the site stated, or carries that of the site's time zone."""
    raw: str
    """The words as they stood on the page."""
    source: str
    """The witness: ``json-ld``, ``meta:article:published_time``, ``time``, ``label``, ``url``, ``feed``."""
    precision: Precision = Precision.INSTANT

    @property
    def text(self) -> str:
        """ISO 8601: a date when only the day was stated, otherwise an instant with its offset."""
        if self.precision is Precision.DAY:
            return self.value.date().isoformat()
        return self.value.isoformat()


@dataclass(frozen=True, kw_only=True)
class Image:
    """A picture that belongs to the article (its address, not its bytes)."""

    url: str
    caption: str | None = None
    credit: str | None = None
    """Who made it, as it is printed: a photographer, an agency."""
    alt: str | None = None
    """What the page says to those who do not see it."""


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """With what a capture was read. Two readings may be compared only when their readers are equal."""

    extractor: str = ""
    """Release of ``crawler.extract``; raised whenever its output may change."""
    rules: str = ""
    """Digest of what the site's file says that bears on reading."""
    memory: int = 0
    """Version of the site memory; 0 before anything was learned."""


@dataclass(frozen=True, kw_only=True)
class Article:
    """What extraction read from one capture.

    A pure function of (capture, site definition, site memory, extractor release). Pages that are no
    articles are read too: then ``kind`` says what they are and ``reason`` why we think so.
    """

    kind: PageKind
    reason: str = ""
    might_be: PageKind | None = field(default=None, compare=False)
    """What the page may be as well: neither it nor its site says for certain. ``None``: it is clear."""
    url: str
    canonical_url: str | None = None
    title: str = ""
    kicker: str | None = None
    headline: str | None = None
    """The headline that readers see, where :attr:`title` is another one, stated to machines."""
    blocks: tuple[Block, ...] = ()
    authors: tuple[str, ...] = ()
    byline: str | None = None
    """The byline as it stood on the page."""
    published: StatedTime | None = None
    modified: StatedTime | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    links: tuple[str, ...] | None = None
    """Where the links in its text lead, in reading order, once each; ``None``: not kept when it was read."""
    language: str | None = None
    """BCP 47, e.g. ``nl`` or ``fy``."""
    dateline: str | None = None
    """The place the text opens with; the text itself is not cut."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Field name -> the witness that gave it (``json-ld``, ``meta``, ``rule``, ``memory``, ``model``).

    ``unread``: what of the page was left unread because it exceeds the bounds of reading.
    """
    reader: Provenance = Provenance()
    left_out: tuple[str, ...] | None = field(default=None, compare=False, repr=False)
    """What else stands on the page; ``None``: not known, as in what the archive gives back."""
    doubt: float | None = field(default=None, compare=False, repr=False)
    """How probable it is that the text is not the article's, from 0 to 1; ``None``: not judged."""
    doubts: tuple[str, ...] = field(default=(), compare=False, repr=False)
    """What weighs most against the reading, in words."""

    @property
    def text(self) -> str:
        """Lead, paragraphs, subheads, list items and quotes, one line each; no title, no captions."""
        return "\n".join(block.text for block in self.blocks if block.kind in TEXT_KINDS)

    @property
    def captions(self) -> tuple[str, ...]:
        """The captions, in reading order."""
        return tuple(block.text for block in self.blocks if block.kind is BlockKind.CAPTION)

    @property
    def word_count(self) -> int:
        """Words of :attr:`text`, as :func:`archive.model.word_count.word_count` counts them."""
        return word_count(self.text)

    @property
    def is_article(self) -> bool:
        """Whether it is filed as an article with versions."""
        return self.kind in ARTICLE_KINDS


ReadAgain = Callable[[Capture], Article]
"""Reads an earlier capture of the same site with the reader in use now."""


# ---------------------------------------------------------------- site memory


class Pin(StrEnum):
    """An operator's last word on a line of the memory."""

    STRIP = "strip"
    KEEP = "keep"


@dataclass(frozen=True, kw_only=True)
class RepeatedLine:
    """One line of a site memory: a block that stands on several distinct articles of the site."""

    text: str
    place: str
    """Where on the page it stands, as the extractor names places (for instance tag and class words)."""
    seen: int
    """Number of distinct articles it was seen in."""
    of: int
    """Number of distinct articles looked at."""
    since: datetime | None = None
    last: datetime | None = None
    example: str | None = None
    """Address of one article that has it."""
    until: datetime | None = None
    """When it was out of use: it is left out of what was captured up to then only; ``None``: it is in use."""
    pin: Pin | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class SiteMemory:
    """What is known to repeat on a site. Version 0 knows nothing."""

    site: str
    version: int = 0
    learned_at: datetime | None = None
    articles: int = 0
    """Number of distinct articles it was learned from."""
    lines: tuple[RepeatedLine, ...] = ()
    templates: Mapping[str, Any] = field(default_factory=dict)
    """What the extractor knows of the site's page templates; plain JSON, read by the extractor alone."""


# ---------------------------------------------------------------- versions


class VerdictKind(StrEnum):
    """What filing a capture came to. Every capture that is filed gets exactly one."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    FLIP_FLOP = "flip-flop"
    """Words that the article showed before, shown by turns (an A/B test): no version."""
    BACK = "back"
    """The article had gone and stands there again (with or without another text)."""
    GONE = "gone"
    SUSPECT = "suspect"
    """It did not answer as an article; not yet enough to say that it is gone."""
    NOT_ARTICLE = "not-article"
    UNREADABLE = "unreadable"
    """Reading raised an error; the capture is kept and can be read again."""


class Status(StrEnum):
    """Whether an article can still be read on its site."""

    LIVE = "live"
    SUSPECT = "suspect"
    GONE = "gone"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What filing a capture came to."""

    kind: VerdictKind
    capture: int
    article: int | None = None
    version: int | None = None
    """Number of the version the capture belongs to."""
    reason: str = ""
    changed_fields: tuple[str, ...] = ()
    """For ``CHANGED``: what moved (``title``, ``text``, ``captions``, ``authors``, ``section``)."""
    page: PageKind | None = None
    """What the capture was read as; ``None``: it was not read."""
    held: bool = False
    """Not on record yet: the page changed, and the crawl run first sees what its pages have in common, or the
    other pages of its article."""
    other_pages: tuple[str, ...] = ()
    """Addresses of the other pages of an article of which a change is held: they are to be looked at now."""

    @property
    def counted(self) -> VerdictKind:
        """What it counts as: whatever becomes of a standing page is no news."""
        unread = self.kind is VerdictKind.UNREADABLE
        return VerdictKind.NOT_ARTICLE if self.page is PageKind.PAGE and not unread else self.kind


@dataclass(frozen=True, kw_only=True)
class Keys:
    """What may be the identity of what stands at an address, by the address and by what the page says."""

    own: str
    """By the site's rule, or by the address."""
    stated: str | None = None
    """By the canonical address that the page states, where that alone is not to be believed."""
    without_query: bool = False
    """The stated one is the address without its query, or without a part of it."""
    first: str | None = None
    """By the address of the first page, where this looks like the address of a further page."""
    page: int = 1
    """Which page of its article it would be then."""


@dataclass(frozen=True, kw_only=True)
class Version:
    """An article that differs from the one before it, both read the same way."""

    article_id: int
    site: str
    key: str
    """The article's identity on its site."""
    url: str
    """The address at which the article was last seen standing; that of the page that was read is the
    :attr:`article`'s."""
    number: int
    """Counts from 1."""
    article: Article
    content_hash: str
    """SHA-256 of the documented canonical form, in hexadecimal."""
    capture_id: int
    """The capture it was first seen in."""
    first_seen: datetime
    last_seen: datetime
    """Last time it was confirmed unchanged."""
    superseded: datetime | None = None
    """When the next version was first seen; ``None`` for the latest."""
    seen_before: datetime | None = None
    """When the article was last seen with other words, before this version: an editor changed it between then
    and ``first_seen``. ``None`` for the first."""
    status: Status = Status.LIVE
    """Of the article, now."""
    silent: bool = False
    """The text changed, the site's modified date did not, and no notice was added."""
    changed_fields: tuple[str, ...] = ()
    """What differs from the version before it."""
    edit_kinds: tuple[str, ...] = ()
    """What kinds of edit made it, as :mod:`archive.compare.edit_kinds` tells them."""
    words_added: int = 0
    """Words of the text, beside the version before it; 0 for the first."""
    words_removed: int = 0
    words_moved: int = 0
    """Words of lines that stand elsewhere now."""
    alternating: bool = False
    """One of texts shown by turns (an A/B test): no editor's change."""
    same_as: int | None = None
    """Number of the earlier version to whose words it returned."""
    redacted: bool = False
    """The article may not be shown: ``article`` holds no words, ``content_hash`` is that of those it had."""


class Change(StrEnum):
    """What a piece of a diff does."""

    EQUAL = "="
    REMOVED = "-"
    ADDED = "+"


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A run of words of a diff; ``text`` carries its own white space."""

    change: Change
    text: str


@dataclass(frozen=True, kw_only=True)
class Diff:
    """What lies between two versions of one article."""

    old: int
    new: int
    fields: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Fields other than the text that differ: name -> (old, new)."""
    pieces: tuple[Piece, ...] = ()
    """The text, word by word."""
    added: int = 0
    """Words."""
    removed: int = 0
    """Words."""
