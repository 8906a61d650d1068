"""Pages for people: front, search, articles, versions beside each other, captures, sites. HTML alone.

Each function asks the archive and hands what it got to a template; all words and looks are there.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from archive import NotFound
from archive.compare.edit_kinds import EXPLAINED, EditKind
from archive.model.citation import STYLES
from archive.model.types import Capture, Version
from archive.search.language.parser import parse
from legger.web import replay
from legger.web.charts import days_plot, months_plot
from legger.web.rendering import Renderer
from legger.web.showing import comparing
from legger.web.showing.witnesses import told


def router(room: Renderer) -> APIRouter:  # noqa: PLR0915  (one small function for each page)
    """The routes of the pages."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    archive = room.desk.archive
    fresh = room.desk.fresh

    @routes.get("/")
    def front(request: Request) -> Response:
        t = room.tongue(request)
        sites = fresh("sites", archive.holdings.site_counts)
        last = max((each.last_seen for each in sites if each.last_seen), default=datetime.now(UTC))
        first = min((each.first_seen for each in sites if each.first_seen), default=last)
        since = _lately(first, last)
        days = fresh("days", lambda: archive.listings.days(_midnight(since)))
        return room.page(
            request,
            "front.html",
            sites=sites,
            queries=room.desk.noted().queries,
            newest=fresh("newest", lambda: archive.search.search("", limit=7).hits),
            edits=fresh(
                "most edited", lambda: archive.listings.most_edited(since=last - timedelta(days=30), limit=7)
            ),
            silent=archive.listings.recent_edits(silent=True, limit=7).items,
            gone=archive.listings.disappeared(limit=7).items,
            plot=days_plot(t, days, since.date(), last.date(), request),
            total=sum(each.articles for each in sites),
            versions=sum(each.versions for each in sites),
            vanished=sum(each.gone for each in sites),
            first=first if sites else None,
            last=last if sites else None,
        )

    @routes.get("/articles/{number}")
    def article(request: Request, number: int, version: int | None = None) -> Response:
        history = archive.articles.history(str(number))
        shown = _version(history, version)
        return room.page(
            request,
            "article.html",
            citation=None if shown.redacted else room.desk.cite(number, shown.number),
            history=history,
            shown=shown,
            latest=history[-1],
            facts=archive.listings.facts_of(number),
            fields=archive.articles.fields(str(number)),
            captures=archive.articles.sightings(str(number)),
            witness=partial(told, room.tongue(request)),
            elsewhere=archive.related.of(str(number)),
            noted=room.desk.noted().articles.get(number),
            changed_silently=any(each.silent for each in history),
            saved={each.number: each for each in archive.wayback.all(article=number)}.get(shown.number),
        )

    @routes.get("/articles/{number}/compare")
    def compare(
        request: Request,
        number: int,
        old: int | None = None,
        new: int | None = None,
        only: bool = False,
        view: str = "sides",
    ) -> Response:
        history = archive.articles.history(str(number))
        if len(history) < 2:
            raise NotFound("this article has one version: there is nothing to compare")
        after = _version(history, new)
        before = _version(history, old) if old is not None else _version(history, max(after.number - 1, 1))
        return room.page(
            request,
            "compare.html",
            history=history,
            before=before,
            after=after,
            strip=comparing.strip(history),
            only=only,
            view="one" if view == "one" else "sides",
            explained=EXPLAINED,
            **comparing.compared(before, after, only=only),
        )

    @routes.get("/articles/{number}/cite")
    def cite(request: Request, number: int, version: int | None = None) -> Response:
        shown = archive.articles.version(str(number), version)
        return room.page(request, "cite.html", shown=shown, citation=room.desk.cite(number, shown.number))

    @routes.get("/articles/{number}/cite.{form}")
    def citation(number: int, form: str, version: int | None = None) -> Response:
        import orjson

        cited = room.desk.cite(number, version)
        forms: dict[str, tuple[Callable[[], str], str]] = {
            "ris": (cited.ris, "application/x-research-info-systems"),
            "bib": (cited.bibtex, "application/x-bibtex"),
            "json": (lambda: orjson.dumps([cited.csl()]).decode(), "application/vnd.citationstyles.csl+json"),
            "txt": (cited.text, "text/plain"),
            **{style: (partial(cited.styled, style), "text/plain") for style in STYLES},
        }
        if form not in forms:
            raise HTTPException(404)
        words, kind = forms[form]
        name = f"legger-{cited.article}-{cited.version}.{form}"
        return Response(
            words(), media_type=f"{kind}; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )  # fmt: skip

    def capture_shown(number: int) -> Capture:
        """A capture as it may be shown. Raises :class:`NotFound` for one that may not."""
        return replace(archive.captures.get(number).capture, body=archive.articles.body(number))

    @routes.get("/captures/{number}")
    def capture(request: Request, number: int) -> Response:
        kept = archive.captures.get(number)
        try:
            seen = archive.articles.sightings(kept.capture.url)
        except NotFound:
            seen = []
        about = next((each for each in seen if each.id == number), None)
        version = None
        if about is not None and about.version is not None:
            version = archive.articles.version(kept.capture.url, about.version)
        shown = None
        with suppress(NotFound):  # redacted
            shown = replay.replay(capture_shown(number), archive.assets)
        return room.page(
            request, "capture.html", kept=kept, about=about, seen=seen, version=version, shown=shown,
            screenshot=archive.screenshots.of(number),
        )  # fmt: skip

    @routes.get("/captures/{number}/screenshot")
    def screenshot(number: int) -> Response:
        made, data = archive.screenshots.data(number)
        return Response(
            data,
            media_type=made.media_type,
            headers={"Content-Security-Policy": replay.POLICY, "X-Robots-Tag": "noindex"},
        )

    @routes.get("/captures/{number}/page")
    def captured(number: int, plain: bool = False) -> Response:
        return HTMLResponse(
            replay.replay(capture_shown(number), archive.assets, styled=not plain).html,
            headers={"Content-Security-Policy": replay.POLICY, "X-Robots-Tag": "noindex"},
        )

    @routes.get("/captures/{number}/source")
    def source(number: int) -> Response:
        kept = archive.captures.get(number).capture
        from w3lib.encoding import html_to_unicode

        _, words = html_to_unicode(
            kept.header("content-type"), archive.articles.body(number), default_encoding="utf-8"
        )
        return PlainTextResponse(words, headers={"Content-Security-Policy": replay.POLICY})

    @routes.get("/captures/{number}/bytes")
    def raw(number: int) -> Response:
        return Response(
            archive.articles.body(number), media_type="application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="capture-{number}.bin"',
                     "Content-Security-Policy": replay.POLICY},
        )  # fmt: skip

    def known(request: Request, site: str | None) -> str | None:
        """The site that a list is to be of. An empty list of one that is none would be a statement."""
        if site and not any(each.site == site for each in fresh("sites", archive.holdings.site_counts)):
            raise NotFound("There is no site {name} in this archive.", name=site)
        return site or None

    @routes.get("/edits")
    def edits(
        request: Request,
        site: str | None = None,
        silent: bool = False,
        kind: str = "",
        before: str | None = None,
    ) -> Response:
        chosen = kind if kind in set(EditKind) else None
        page = archive.listings.recent_edits(
            known(request, site), silent=silent, kind=chosen, before=before, limit=30
        )
        earlier = archive.listings.versions_before(page.items)
        return room.page(
            request,
            "edits.html",
            page=page,
            items=[
                (each, was, comparing.excerpt(was, each) if not each.redacted else [])
                for each in page.items
                if (was := earlier.get((each.article_id, each.number))) is not None
            ],
            kind=chosen or "",
            kinds=list(EditKind),
            site=site or "",
            silent=silent,
            sites=fresh("sites", archive.holdings.site_counts),
        )

    @routes.get("/gone")
    def gone(
        request: Request, site: str | None = None, suspect: bool = False, before: str | None = None
    ) -> Response:
        page = archive.listings.disappeared(known(request, site), suspect=suspect, before=before, limit=30)
        return room.page(
            request,
            "gone.html",
            page=page,
            site=site or "",
            suspect=suspect,
            sites=fresh("sites", archive.holdings.site_counts),
        )

    @routes.get("/doubtful")
    def doubtful(request: Request, site: str | None = None) -> Response:
        name = known(request, site)
        return room.page(
            request,
            "doubtful.html",
            found=fresh(f"doubtful {name or ''}", lambda: archive.doubtful.list(name, limit=100)),
            site=site or "",
            sites=fresh("sites", archive.holdings.site_counts),
        )

    @routes.get("/fleet")
    def fleet(request: Request) -> Response:
        found = archive.fleet.status(now=datetime.now(UTC))
        return room.page(request, "fleet.html", found=found)

    @routes.get("/articles")
    def articles(request: Request, site: str | None = None, before: str | None = None) -> Response:
        page = archive.listings.found_last(known(request, site), before=before, limit=30)
        return room.page(
            request,
            "articles.html",
            page=page,
            site=site or "",
            sites=fresh("sites", archive.holdings.site_counts),
        )

    @routes.get("/pages")
    def pages(request: Request, site: str | None = None, before: str | None = None) -> Response:
        page = archive.listings.found_last(known(request, site), pages=True, before=before, limit=30)
        return room.page(
            request,
            "pages.html",
            page=page,
            site=site or "",
            sites=fresh("sites", archive.holdings.site_counts),
        )

    @routes.get("/sites")
    def sites(request: Request) -> Response:
        return room.page(
            request,
            "sites.html",
            sites=fresh("sites", archive.holdings.site_counts),
            workers=fresh("workers", archive.fleet.workers),
        )

    @routes.get("/sites/{name}")
    def site(request: Request, name: str) -> Response:
        t = room.tongue(request)
        counts = next(
            (each for each in fresh("sites", archive.holdings.site_counts) if each.site == name), None
        )
        if counts is None:
            raise NotFound("There is no site {name} in this archive.", name=name)
        last = counts.last_seen or datetime.now(UTC)
        since = _lately(counts.first_seen or last, last)
        return room.page(
            request,
            "site.html",
            site=counts,
            runs=archive.runs.list(name, limit=20),
            memory=archive.boilerplate.shown(name, archive.captures.hidden_words_of(name)),
            missed=fresh(f"missed {name}", lambda: archive.listings.missed(name)),
            months=months_plot(
                t,
                fresh(f"months {name}", lambda: archive.listings.published_by_month(name)),
                parse(f"site:{name}"),
                request,
            ),
            days=days_plot(
                t,
                fresh(f"days {name}", lambda: archive.listings.days(_midnight(since), name)),
                since.date(),
                last.date(),
                request,
                name,
            ),
            newest=archive.listings.found_last(name, limit=6).items,
            silent=archive.listings.recent_edits(name, silent=True, limit=6).items,
            gone=archive.listings.disappeared(name, limit=6).items,
        )

    @routes.get("/notes")
    def notes(request: Request, tag: str = "") -> Response:
        noted = room.desk.noted()
        titles = {}
        for number, each in noted.articles.items():
            if not tag or tag in each.tags:
                with suppress(NotFound):  # noted in another archive, or of one that was grouped anew
                    titles[number] = archive.articles.version(str(number))
        marked = [each for number, each in noted.articles.items() if number in titles]
        return room.page(
            request,
            "notes.html",
            marked=marked,
            tag=tag,
            titles=titles,
            queries=noted.queries,
            unread=noted.unread,
        )

    @routes.get("/help")
    def help_page(request: Request) -> Response:
        return room.page(request, "help.html")

    @routes.get("/api")
    def api(request: Request) -> Response:
        described = request.app.openapi()["paths"]
        paths = {
            path: {"summary": each["get"]["summary"], "parameters": each["get"].get("parameters", [])}
            for path, each in described.items()
        }
        return room.page(request, "api.html", paths=paths, base=str(request.base_url).rstrip("/"))

    @routes.get("/ark:{naan}/legger{name}")
    @routes.get("/ark:/{naan}/legger{name}")
    def ark(request: Request, naan: str, name: str) -> Response:
        article, _, version = name.partition(".")
        if naan != room.desk.naan or not (article.isdecimal() and version.isdecimal()):
            raise HTTPException(404)
        return _to(request, f"/articles/{article}?version={version}")

    @routes.get("/robots.txt")
    def robots() -> Response:
        return PlainTextResponse("User-agent: *\nDisallow: /\n")

    return routes


# ---------------------------------------------------------------- small things pages share


def _to(request: Request, path: str) -> Response:
    return RedirectResponse(request.scope.get("root_path", "") + path, 303)


def _lately(first: datetime, last: datetime) -> datetime:
    """Where a plot of the last days begins: two weeks to two months back, as long as there was something."""
    return max(last - timedelta(days=59), min(first, last - timedelta(days=13)))


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(UTC).date(), datetime.min.time(), UTC)


def _version(history: list[Version], number: int | None) -> Version:
    if number is None:
        return history[-1]
    found = next((each for each in history if each.number == number), None)
    if found is None:
        raise NotFound(
            "this article has no version {number}; it has {last}", number=number, last=len(history)
        )
    return found
