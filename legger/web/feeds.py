"""Atom (RFC 4287) of what is new, edited, silently edited and gone; and edits as pictures.

Of the whole archive, of a site, of an article or of a saved query. Entries carry the words that changed, a
picture of them, and both times. Where ``[reading_room]`` names a hub, feeds say so (WebSub), and
``legger watch`` tells the hub. What may not be shown is in no feed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from importlib.util import find_spec
from itertools import pairwise
from typing import Any, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from archive import NotFound
from archive.compare.actions import What, actions
from archive.compare.diff import words
from archive.export.formats.network import xml_text
from archive.model.reports import GoneArticle
from archive.model.types import Change, Version
from archive.queries.listings import ListPage
from archive.search.language.parser import parse
from archive.search.language.query import Scope
from legger.i18n import Translation
from legger.pictures import edits as picture
from legger.web.context import WebContext
from legger.web.rendering import Renderer

ATOM = "application/atom+xml; charset=utf-8"
MOST = 50
"""Entries of a feed."""
KINDS: dict[str, str] = {
    "new": "New articles", "edits": "Edits", "silent": "Silent edits", "gone": "Disappeared articles",
}  # fmt: skip
"""Feed -> what is in it."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that happened."""

    id: str
    title: str
    updated: datetime
    published: datetime
    href: str
    site: str
    content: str
    """HTML, safe."""
    picture: str | None = None
    authors: tuple[str, ...] = ()


def router(room: Renderer) -> APIRouter:  # noqa: PLR0915  (one small function for each feed)
    """The feeds and pictures."""
    routes = APIRouter(include_in_schema=False)
    desk, archive = room.desk, room.desk.archive

    def edited(version: Version) -> Entry:
        before = archive.articles.version(str(version.article_id), version.number - 1)
        return of_edit(before, version)

    def feed(request: Request, path: str, title: str, entries: Iterable[Entry]) -> Response:
        root = str(request.base_url).rstrip("/")
        base = desk.address.rstrip("/") if desk.address else root
        query = urlencode(sorted((k, v) for k, v in request.query_params.items() if k != "token"))
        own = f"{base}{path}{'?' + query if query else ''}"
        content = "".join(_feed(own, base, desk, title, list(entries))).encode()
        mark = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
        headers = {"ETag": mark, "Link": f'<{own}>; rel="self"'}
        if desk.hub:
            headers["Link"] += f', <{desk.hub}>; rel="hub"'
        if request.headers.get("if-none-match") == mark:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=ATOM, headers=headers)

    @routes.get("/feeds/{kind}.atom")
    def of_all(request: Request, kind: str, site: str | None = None) -> Response:
        t = room.tongue(request)
        if kind not in KINDS:
            raise HTTPException(404)
        if site is not None and site not in {each.site for each in archive.holdings.site_counts()}:
            raise NotFound(f"there is no site {site}")
        title = t(KINDS[kind]) + (f" · {site}" if site else "")
        return feed(request, f"/feeds/{kind}.atom", title, _entries(desk, kind, site, edited, t))

    @routes.get("/feeds/articles/{number}.atom")
    def of_article(request: Request, number: int) -> Response:
        history = archive.articles.history(str(number))
        entries: list[Entry] = []
        if not history[-1].redacted:
            entries = [of_new(history[0])]
            for before, after in pairwise(history):
                if after.changed_fields and not after.alternating:
                    entries.append(of_edit(before, after))
        title = history[-1].article.title or f"{history[-1].site} {number}"
        entries.sort(key=lambda each: each.updated, reverse=True)
        return feed(request, f"/feeds/articles/{number}.atom", title, entries[:MOST])

    @routes.get("/feeds/saved/{name}.atom")
    def of_query(request: Request, name: str) -> Response:
        queries = desk.noted().queries
        if name not in queries:
            raise NotFound(f"there is no saved query {name}")
        asked = parse(queries[name])
        sort: Literal["seen"] | None = None if asked.scope is Scope.REMOVED else "seen"
        hits = archive.search.search(asked, sort=sort, limit=MOST).hits
        entries = [of_new(hit.version) for hit in hits if not hit.version.redacted]
        return feed(request, f"/feeds/saved/{quote(name)}.atom", f"{name}: {queries[name]}", entries)

    @routes.get("/articles/{number}/edits/{version}.{form}")
    def drawn(request: Request, number: int, version: int, form: str) -> Response:
        history = archive.articles.history(str(number))
        pair = {each.number: each for each in history}
        new, old = pair.get(version), pair.get(version - 1)
        if new is None or old is None or new.redacted or form not in ("svg", "png"):
            raise HTTPException(404)
        t = room.tongue(request)
        said = {
            "paper": desk.named(new.site),
            "zone": desk.zone,
            "words_of": (t("seen before"), t("seen after")),
        }
        if form == "svg":
            return Response(picture.svg(old, new, **said), media_type="image/svg+xml")  # type: ignore[arg-type]
        if find_spec("PIL") is None:
            raise HTTPException(404, "PNG needs Pillow; ask for .svg")
        return Response(picture.png(old, new, **said), media_type="image/png")  # type: ignore[arg-type]

    return routes


def _entries(desk: WebContext, kind: str, site: str | None, edited: Any, t: Translation) -> Iterator[Entry]:
    archive = desk.archive
    if kind == "new":
        page: ListPage[Version] = archive.listings.found_last(site, limit=MOST)
        for each in page.items:
            if not each.redacted:
                yield of_new(archive.articles.version(str(each.article_id), 1) if each.number > 1 else each)
    elif kind == "gone":
        for gone in archive.listings.disappeared(site, limit=MOST).items:
            if not gone.version.redacted:
                yield of_gone(gone, t)
    else:
        for each in archive.listings.recent_edits(site, silent=kind == "silent", limit=MOST).items:
            yield edited(each)


# ---------------------------------------------------------------- entries


def _urn(version: Version, more: str = "") -> str:
    return f"urn:legger:{quote(version.site)}:article:{version.article_id}{more}"


def of_new(version: Version) -> Entry:
    """An article that was found."""
    article = version.article
    opening = next((line for line in article.text.split("\n") if line), "")
    return Entry(
        id=_urn(version),
        title=article.title or article.url,
        updated=version.first_seen,
        published=article.published.value if article.published else version.first_seen,
        href=f"/articles/{version.article_id}",
        site=version.site,
        content=f'<p>{escape(opening)}</p><p><a href="{escape(article.url)}">{escape(version.site)}</a></p>',
        authors=article.authors,
    )


def of_edit(before: Version, after: Version) -> Entry:
    """An edit: its changed sentences, with what went struck through and what came marked."""
    number = after.article_id
    parts = []
    if before.article.title != after.article.title:
        parts.append(f"<h3>{_marked(before.article.title, after.article.title)}</h3>")
    parts += [
        f"<p>{_marked(each.before or '', each.after or '')}</p>"
        for each in actions(before.article.text, after.article.text)
        if each.action is not What.MOVED
    ]
    if not parts:
        parts.append(f"<p>{escape(', '.join(after.changed_fields))}</p>")
    seen = after.seen_before.isoformat() if after.seen_before else ""
    parts.append(f"<p>{escape(seen)} → {escape(after.first_seen.isoformat())}</p>")
    return Entry(
        id=_urn(after, f":version:{after.number}"),
        title=after.article.title or after.article.url,
        updated=after.first_seen,
        published=after.first_seen,
        href=f"/articles/{number}/compare?old={before.number}&new={after.number}",
        site=after.site,
        content="".join(parts),
        picture=f"/articles/{number}/edits/{after.number}.svg" if before.number == after.number - 1 else None,
        authors=after.article.authors,
    )


def of_gone(gone: GoneArticle, t: Translation) -> Entry:
    """A disappearance, with when it was last seen and what stood there instead."""
    version = gone.version
    since = gone.since.astimezone(UTC)
    last = version.last_seen.isoformat()
    return Entry(
        id=_urn(version, f":gone:{since:%Y%m%dT%H%M%SZ}"),
        title=version.article.title or version.article.url,
        updated=gone.confirmed or gone.since,
        published=gone.confirmed or gone.since,
        href=f"/articles/{version.article_id}",
        site=version.site,
        content=f"<p>{escape(t('Last seen'))} {escape(last)}</p><p>{escape(t.recorded(gone.reason))}</p>",
        authors=version.article.authors,
    )


def _marked(old: str, new: str) -> str:
    tags = {Change.REMOVED: "del", Change.ADDED: "ins"}
    return "".join(
        f"<{tags[each.change]}>{escape(each.text)}</{tags[each.change]}>"
        if each.change in tags
        else escape(each.text)
        for each in words(old, new)
    )


# ---------------------------------------------------------------- the document


def _feed(own: str, base: str, desk: WebContext, title: str, entries: list[Entry]) -> Iterator[str]:
    updated = max((each.updated for each in entries), default=datetime(2000, 1, 1, tzinfo=UTC))
    name = desk.name or "Legger"
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    yield f"<id>{xml_text(own)}</id>\n<title>{xml_text(f'{title} · {name}')}</title>\n"
    yield f"<updated>{_moment(updated)}</updated>\n<author><name>{xml_text(name)}</name></author>\n"
    yield f'<link rel="self" type="application/atom+xml" href="{_attribute(own)}"/>\n'
    yield f'<link rel="alternate" type="text/html" href="{_attribute(base)}/"/>\n'
    if desk.hub:
        yield f'<link rel="hub" href="{_attribute(desk.hub)}"/>\n'
    for each in entries:
        yield (
            f"<entry>\n<id>{xml_text(each.id)}</id>\n<title>{xml_text(each.title)}</title>\n"
            f"<updated>{_moment(each.updated)}</updated>\n<published>{_moment(each.published)}</published>\n"
            f'<link rel="alternate" type="text/html" href="{_attribute(base + each.href)}"/>\n'
        )
        if each.picture:
            where = _attribute(base + each.picture)
            yield f'<link rel="enclosure" type="image/svg+xml" href="{where}"/>\n'
        for author in each.authors:
            yield f"<author><name>{xml_text(author)}</name></author>\n"
        yield (
            f'<category term="{_attribute(each.site)}"/>\n'
            f'<content type="html">{xml_text(each.content)}</content>\n</entry>\n'
        )
    yield "</feed>\n"


def _attribute(text: str) -> str:
    return xml_text(text).replace('"', "&quot;")


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
