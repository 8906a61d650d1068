"""What every house of the practice newspaper does: route a request, answer it, state its truth.

``House.respond(request, at)`` is pure: the same request at the same instant gives the same bytes. A house is
served at ``base``; only links depend on it.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import cached_property
from random import Random
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

from crawler.siteconfig.site import Site
from crawler.siteconfig.writing import site_toml
from legger.simulator.houses.markup import picture
from legger.simulator.newsroom import Newsroom
from legger.simulator.profile import Profile
from legger.simulator.story import (
    TEXT_EDITS,
    Access,
    ArticleState,
    ArticleTruth,
    EditTruth,
    EventKind,
    Item,
    Story,
)

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a visitor asks. Header names are in lower case."""

    path: str
    """Path and query."""
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def bare(self) -> str:
        """The path without its query."""
        return urlsplit(self.path).path

    @property
    def query(self) -> dict[str, str]:
        """The query's last value for each key."""
        return dict(parse_qsl(urlsplit(self.path).query))


@dataclass(frozen=True, kw_only=True)
class Response:
    """What goes over the wire."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class RouteAnswer:
    """What a house's route gives; ``House.respond`` makes a response of it."""

    body: str | bytes = ""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    touched: datetime | None = None
    """When the body last changed, for ``Last-Modified``; ``None``: the house does not say."""


@dataclass(frozen=True, kw_only=True)
class ListEntry:
    """An article in a list: what a teaser, a feed or a sitemap needs of it."""

    item: Item
    state: ArticleState
    url: str

    @property
    def story(self) -> Story:
        """Its story."""
        return self.state.story


class Moment:
    """A house at one instant. Remembers when what was asked of it last changed (``touched``)."""

    def __init__(self, house: House, at: datetime) -> None:
        self.house, self.at, self.newsroom = house, at, house.newsroom
        self.touched = EPOCH
        count, since = self.newsroom.redesign(at)
        self.skin = count % 2
        self.touch(since)

    def touch(self, when: datetime | None) -> None:
        """What is on the page changed at *when*."""
        if when is not None and when > self.touched:
            self.touched = when

    def turn(self, hours: float, *, offset: float = 0) -> int:
        """A number that goes up every *hours*: what rotates by the clock."""
        span, shift = timedelta(hours=hours), timedelta(hours=offset)
        count = (self.at - EPOCH - shift) // span
        self.touch(EPOCH + shift + count * span)
        return count

    def entry(self, item: Item) -> ListEntry:
        """The article as a list shows it."""
        state = self.newsroom.state(item.number, self.at)
        assert state is not None
        return ListEntry(item=item, state=state, url=self.house.url(item))

    def latest(self, count: int) -> list[ListEntry]:
        """The *count* newest that can be read."""
        self.touch(self.newsroom.last_event(self.at))
        return [self.entry(item) for item in self.newsroom.standing(self.at, count)]

    def standing(self, *, section: str | None = None) -> list[ListEntry]:
        """What can be read, newest first; of one section."""
        self.touch(self.newsroom.last_event(self.at))
        return [
            self.entry(i) for i in self.newsroom.standing(self.at) if section is None or i.section == section
        ]

    def headline(self, entry: ListEntry) -> str:
        """The headline whose turn it is."""
        rival = entry.state.rival
        return (
            rival
            if rival is not None and self.turn(5, offset=entry.item.number % 5) % 2
            else entry.story.title
        )

    def others(self, item: Item, count: int, *, hours: float, salt: str = "") -> list[ListEntry]:
        """Some other articles that can be read, another choice every *hours* (a choice, not the newest)."""
        turn = self.turn(hours, offset=(item.number % 7) / 7)
        self.touch(self.newsroom.last_event(self.at))
        others = [each for each in self.newsroom.standing(self.at, 30) if each.number != item.number]
        random = Random(f"{self.house.name}/{item.number}/{turn}/{salt}")
        return [self.entry(each) for each in random.sample(others, min(count, len(others)))]

    def views(self, item: Item) -> int:
        """How often the article was read: goes up by the clock."""
        born = (item.published - EPOCH) // timedelta(minutes=10)
        return 11 + (self.turn(1 / 6) - born) * (1 + item.number % 7)


class House:
    """A house: its newsroom behind one kind of site. Subclasses give addresses, pages and the site's facts."""

    profile: ClassVar[Profile]
    platform: ClassVar[str]
    encoding: ClassVar[str] = "utf-8"
    validators: ClassVar[bool] = True
    """Whether it sends ``ETag`` and ``Last-Modified``."""
    server: ClassVar[str] = "nginx"

    def __init__(self, newsroom: Newsroom, base: str, gate: str = "") -> None:
        self.newsroom, self.base, self.gate = newsroom, base.rstrip("/"), gate.rstrip("/")

    @property
    def name(self) -> str:
        """The site's name."""
        return self.profile.name

    # ------------------------------------------------------------ for a house to say

    def path(self, item: Item) -> str:
        """Path and query of an article."""
        raise NotImplementedError

    def route(self, request: Request, moment: Moment) -> RouteAnswer | None:
        """The answer; ``None`` for a page that never was."""
        raise NotImplementedError

    def facts(self) -> dict[str, object]:
        """Fields of the house's :class:`Site` beside name, url, title and practice's own."""
        raise NotImplementedError

    def further_paths(self, item: Item, at: datetime) -> tuple[str, ...]:
        """Paths of an article's further pages, in their order; its text is then that of all of them."""
        return ()

    def missing(self, moment: Moment) -> str:
        """The page that says there is no page."""
        return f"<!DOCTYPE html><html><head><title>404</title></head><body><h1>Niet gevonden</h1><p>{self.name}</p></body></html>"

    def robots(self) -> str:
        """robots.txt."""
        return "User-agent: *\nDisallow:\n"

    # ------------------------------------------------------------ answering

    @cached_property
    def by_path(self) -> dict[str, Item]:
        """Path -> article, for houses that find an article by its whole path."""
        return {self.path(item): item for item in self.newsroom.items}

    def at_path(self, path: str, at: datetime) -> Item | None:
        """The article at that path, if it was published by *at*."""
        item = self.by_path.get(path)
        return item if item is not None and item.published <= at else None

    def url(self, item: Item) -> str:
        """Address of an article."""
        return self.base + self.path(item)

    def respond(self, request: Request, at: datetime) -> Response:
        """The answer to *request* at *at*: conditional requests, HEAD and gzip included. Pure."""
        if request.method not in ("GET", "HEAD"):
            return Response(status=405, headers=(("Allow", "GET, HEAD"), ("Content-Length", "0")))
        moment = Moment(self, at)
        answer: RouteAnswer | None
        if request.bare == "/robots.txt":
            answer = RouteAnswer(body=self.robots(), type="text/plain; charset=utf-8", touched=EPOCH)
        elif re.search(r"\.(?:jpe?g|png|gif)$", request.bare):
            answer = RouteAnswer(body=picture(request.bare), type="image/png", touched=EPOCH)
        else:
            answer = self.route(request, moment)
        if answer is None:
            answer = RouteAnswer(body=self.missing(moment), status=404)
        return self._finish(request, answer, at)

    def _finish(self, request: Request, answer: RouteAnswer, at: datetime) -> Response:
        body = answer.body
        if isinstance(body, str):
            body = body.encode(
                self.encoding if answer.type.startswith("text/html") else "utf-8", "xmlcharrefreplace"
            )
        headers = [("Date", format_datetime(at.astimezone(UTC), usegmt=True)), ("Server", self.server)]
        headers += answer.headers
        status = answer.status
        if status == 200 and self.validators:
            etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
            headers.append(("ETag", etag))
            if answer.touched is not None:
                headers.append(("Last-Modified", format_datetime(_rounded(answer.touched), usegmt=True)))
            if _unchanged(request, etag, answer.touched):
                return Response(status=304, headers=tuple(headers))
        headers.append(("Content-Type", answer.type))
        if (
            "gzip" in request.headers.get("accept-encoding", "")
            and len(body) > 500
            and answer.type != "application/gzip"
        ):
            body = gzip.compress(body, 5, mtime=0)
            headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
        headers.append(("Content-Length", str(len(body))))
        return Response(status=status, headers=tuple(headers), body=b"" if request.method == "HEAD" else body)

    def article(self, item: Item | None, moment: Moment, page: str) -> RouteAnswer | None:
        """The article's page as *page*, or what stands in its place when it is gone."""
        if item is None:
            return None
        state = self.newsroom.state(item.number, moment.at)
        assert state is not None
        match state.takedown:
            case None:
                return RouteAnswer(
                    body=page, touched=moment.touched, type=f"text/html; charset={self.encoding}"
                )
            case EventKind.GONE_410:
                return RouteAnswer(body=self.missing(moment), status=410)
            case EventKind.SOFT_404:
                return RouteAnswer(body=self.missing(moment), touched=state.since)
            case EventKind.REDIRECTED:
                return RouteAnswer(status=302, headers=(("Location", f"{self.base}/"),))
            case _:
                return None

    # ------------------------------------------------------------ the truth

    @property
    def site(self) -> Site:
        """The house as the crawler knows its sites."""
        return Site(
            name=self.name,
            url=f"{self.base}/",
            title=self.profile.title,
            allow_private=True,
            practice=True,
            **self.facts(),  # type: ignore[arg-type]
        )

    def toml(self) -> str:
        """The site's file."""
        return f"# {self.profile.title}: a house of the practice newspaper ({self.platform}).\n" + site_toml(
            self.site
        )

    def truth(self, at: datetime) -> dict[str, ArticleTruth]:
        """Address -> what the article is, for everything published by *at*, gone and gated ones too."""
        moment = Moment(self, at)
        found = {}
        for item in self.newsroom.published(at):
            entry = moment.entry(item)
            state = entry.state
            found[entry.url] = ArticleTruth(
                house=self.name,
                url=entry.url,
                number=item.number,
                story=state.story,
                title=moment.headline(entry),
                titles=(state.story.title,) if state.rival is None else (state.story.title, state.rival),
                published=item.published,
                modified=state.modified if self.profile.states_modified and state.signed else None,
                access=item.access,
                takedown=state.takedown,
                states_published=self.profile.states_published,
                corrects=None if item.corrects is None else self._url_of(item.corrects),
            )
        return found

    def _url_of(self, number: int) -> str:
        return self.url(self.newsroom.items[number - self.profile.first_number])

    def edits(self, since: datetime, until: datetime) -> list[EditTruth]:
        """Everything that happened after *since* and not after *until*, in order."""
        found = []
        for event in self.newsroom.events:
            if not since < event.at <= until:
                continue
            url = None if event.number is None else self._url_of(event.number)
            untold = event.kind is EventKind.SILENT or (
                event.kind is EventKind.CORRECT and not self.profile.states_modified
            )
            text_moved = event.old is not None and event.new is not None and event.old.text != event.new.text
            item = (
                None
                if event.number is None
                else self.newsroom.items[event.number - self.profile.first_number]
            )
            found.append(
                EditTruth(
                    house=self.name,
                    at=event.at,
                    kind=event.kind,
                    url=url,
                    old=event.old,
                    new=event.new,
                    silent=untold and text_moved and event.kind in TEXT_EDITS,
                    seen=item is None or item.access is not Access.GATED,
                )
            )
        return found


def _rounded(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


def _unchanged(request: Request, etag: str, touched: datetime | None) -> bool:
    known = request.headers.get("if-none-match")
    if known is not None:
        return etag in (each.strip().removeprefix("W/") for each in known.split(",")) or known.strip() == "*"
    since = request.headers.get("if-modified-since")
    if since is None or touched is None:
        return False
    try:
        return _rounded(touched) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False
