"""The truth's own types: a story as it stands, an event, an edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from archive.model.types import TEXT_KINDS, Block, PageKind


class EventKind(StrEnum):
    """What happens in a newsroom."""

    PUBLISH = "publish"
    CORRECT = "correct"
    """The text changes and the modified date with it; no notice."""
    SILENT = "silent"
    """The text changes and nothing says so."""
    UPDATE = "update"
    """The text grows by a notice ("Update 15.10 uur: ..."); the modified date changes."""
    HEADLINE = "headline"
    CAPTION = "caption"
    RECTIFICATION = "rectification"
    """A separate article is published that corrects an earlier one."""
    GROW = "grow"
    """A live blog gains an entry."""
    GONE_404 = "gone-404"
    GONE_410 = "gone-410"
    SOFT_404 = "soft-404"
    """The address answers 200 with a page that says it is not there."""
    REDIRECTED = "redirected"
    """The address redirects to the front page."""
    RESTORE = "restore"
    """An article that had gone stands there again."""
    AB_START = "ab-start"
    """Two headlines take turns (by the clock) until ``AB_END``."""
    AB_END = "ab-end"
    REDESIGN = "redesign"
    """The whole house gets another template; no article changes."""
    NOTICE = "notice"
    """The notice pinned above every article changes; no article changes."""


TAKEDOWNS = frozenset({EventKind.GONE_404, EventKind.GONE_410, EventKind.SOFT_404, EventKind.REDIRECTED})
TEXT_EDITS = frozenset({EventKind.CORRECT, EventKind.SILENT, EventKind.UPDATE, EventKind.GROW})
EDITS = TEXT_EDITS | {EventKind.HEADLINE, EventKind.CAPTION}
"""Each of these makes a new version of an article whose page a visit can see."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture of a story; ``name`` is the file's name without its extension."""

    name: str
    caption: str
    credit: str


@dataclass(frozen=True, kw_only=True)
class Notes:
    """The reporter's notes: who and what a story's slots were filled with, so that an update agrees with it."""

    slots: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Story:
    """What an article says, free of any template."""

    title: str
    blocks: tuple[Block, ...]
    authors: tuple[str, ...] = ()
    """Persons only; empty when the newsroom signs."""
    section: str
    tags: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    language: str = "nl"
    kind: PageKind = PageKind.ARTICLE
    place: str = ""
    notes: Notes = field(default=Notes(), compare=False, repr=False)

    @property
    def text(self) -> str:
        """Lead, paragraphs, subheads, list items and quotes, one line each; no title, no captions."""
        return "\n".join(block.text for block in self.blocks if block.kind in TEXT_KINDS)

    @property
    def captions(self) -> tuple[str, ...]:
        """The captions, without credits."""
        return tuple(picture.caption for picture in self.pictures)


class Access(StrEnum):
    """How much of an article a visitor without account or consent gets to see."""

    OPEN = "open"
    TEASER = "teaser"
    GATED = "gated"
    """A redirect to the consent gate on another host; an honest crawler never sees the article."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """What never changes about an article: its number, address parts and day of birth."""

    number: int
    """Counts up in a house, in order of publication; the identity in the newsroom."""
    code: str
    """Eight hexadecimal digits, for houses whose addresses carry such a code."""
    slug: str
    published: datetime
    section: str
    place: str = ""
    access: Access = Access.OPEN
    series: str | None = None
    corrects: int | None = None
    """Number of the article a rectification is about."""


@dataclass(frozen=True, kw_only=True)
class ArticleState:
    """An article between two events."""

    since: datetime
    """When the event happened that made it so."""
    story: Story
    modified: datetime
    """As the house states it; a silent edit leaves it alone. Equal to publication when never modified."""
    takedown: EventKind | None = None
    rival: str | None = None
    """The other headline of a running A/B test."""
    signed: int = 0
    """How often the house stated a modification."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened. House-wide events (``REDESIGN``, ``NOTICE``) have no number and no stories."""

    at: datetime
    kind: EventKind
    number: int | None = None
    old: Story | None = None
    new: Story | None = None


@dataclass(frozen=True, kw_only=True)
class EditTruth:
    """An event as a test wants it: with its address, and whether a reader was told."""

    house: str
    at: datetime
    kind: EventKind
    url: str | None = None
    """``None`` for house-wide events."""
    old: Story | None = None
    new: Story | None = None
    silent: bool = False
    """The text changed; neither a notice nor a modified date on the page says so."""
    seen: bool = True
    """An honest visit after it could see it (``False`` behind the consent gate)."""


@dataclass(frozen=True, kw_only=True)
class ArticleTruth:
    """What one article is at one moment."""

    house: str
    url: str
    number: int
    story: Story
    title: str
    """The headline shown now (of the two in an A/B test, the one whose turn it is)."""
    titles: tuple[str, ...]
    """Every headline that may be shown now."""
    published: datetime
    modified: datetime | None
    """What the page states; ``None`` when it states none."""
    access: Access
    takedown: EventKind | None
    """How it went, when it is gone."""
    states_published: bool = True
    """Whether the page (or feed) says when it was published."""
    corrects: str | None = None
    """Address of the article a rectification is about."""

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The text's blocks, exactly as an extractor should find them (captions not among them)."""
        return self.story.blocks

    @property
    def text(self) -> str:
        """The exact text."""
        return self.story.text

    @property
    def captions(self) -> tuple[str, ...]:
        """The captions, without credits."""
        return self.story.captions

    @property
    def authors(self) -> tuple[str, ...]:
        """Persons only."""
        return self.story.authors

    @property
    def section(self) -> str:
        """The section's name."""
        return self.story.section

    @property
    def tags(self) -> tuple[str, ...]:
        """Key words."""
        return self.story.tags

    @property
    def language(self) -> str:
        """``nl``, ``en`` or ``fy``."""
        return self.story.language

    @property
    def kind(self) -> PageKind:
        """Article, live blog or teaser."""
        return self.story.kind

    @property
    def visible(self) -> bool:
        """Whether an honest visitor can read it now."""
        return self.takedown is None and self.access is not Access.GATED
