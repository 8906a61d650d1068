"""A Frisian site on a CMS of its own: leaked script as first line, dates only in the related list."""

from __future__ import annotations

import re

from archive.model.types import BlockKind
from crawler.siteconfig.site import Identity
from legger.simulator import words
from legger.simulator.houses.house import House, ListEntry, Moment, Request, RouteAnswer
from legger.simulator.houses.markup import XML, attr, body_html, esc, paged
from legger.simulator.profile import Profile
from legger.simulator.story import Item

_LEAK = (
    "gtag('consent', 'update', "
    "{'ad_storage': 'denied', 'analytics_storage': 'denied', 'functionality_storage': "
    "'granted'});"
)


class OwnCms(House):
    """Frisian and Dutch; an article stands at ``/slug`` and at ``/nieuws/slug``."""

    platform = "own CMS"
    server = "nginx/1.24"
    profile = Profile(
        name="waldkrante",
        title="Wâldkrante",
        languages=(("fy", 0.65), ("nl", 0.35)),
        dateline="{PLACE} ",
        datelined=0.3,
        first_number=1,
        signed=0.3,
        states_published=False,
        states_modified=False,
        credits=("Wâldkrante", "Foto Wâlden"),
    )

    def path(self, item: Item) -> str:
        """``/nieuws/slug``; a slug that is taken gets the article's number."""
        taken = self.newsroom.namesakes[item.number]
        return f"/nieuws/{item.slug}-{item.number}" if taken else f"/nieuws/{item.slug}"

    def facts(self) -> dict[str, object]:
        """A sitemap without dates; the slug is the identity, with or without ``/nieuws``."""
        return {
            "language": "fy",
            "sitemaps": (f"{self.base}/sitemap.xml",),
            "listings": (f"{self.base}/nieuws",),
            "articles": (r"/nieuws/[a-z0-9-]+$",),
            "ignore": (r"/sykje\b",),
            "identity": Identity(pattern=r"//[^/]+/(?:nieuws/)?([a-z0-9-]+)/?$"),
        }

    def robots(self) -> str:
        """Search is closed."""
        return f"User-agent: *\nDisallow: /sykje\nSitemap: {self.base}/sitemap.xml\n"

    def route(self, request: Request, moment: Moment) -> RouteAnswer | None:
        """Articles by slug under two addresses, the listing by ``?pagina=``, the sitemap."""
        path = request.bare.rstrip("/") or "/"
        if path == "/sitemap.xml":
            rows = "".join(f"<url><loc>{entry.url}</loc></url>" for entry in moment.standing())
            body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
            return RouteAnswer(body=body, type=XML, touched=moment.touched)
        if path in ("/", "/nieuws"):
            return self._listing(request, moment)
        if path == "/oer-us":
            return RouteAnswer(body=self._page("Oer ús", _ABOUT, moment), touched=moment.touched)
        if found := re.fullmatch(r"(?:/nieuws)?(/[a-z0-9-]+)", path):
            item = self.at_path(f"/nieuws{found[1]}", moment.at)
            return self.article(item, moment, self._article(item, moment) if item else "")
        return None

    def _listing(self, request: Request, moment: Moment) -> RouteAnswer:
        asked = request.query.get("pagina", "1")
        number = int(asked) if asked.isdigit() and asked != "0" else 1
        entries, last = paged(moment.standing(), number, 9)
        cards = "".join(self._card(entry, moment) for entry in entries)
        older = f'<a class="btn" href="/nieuws?pagina={number + 1}">Earder nijs</a>' if number < last else ""
        page = self._page("Nijs", f'<h1>Nijs</h1><div class="row">{cards}</div>{older}', moment)
        return RouteAnswer(body=page, touched=moment.touched)

    def _card(self, entry: ListEntry, moment: Moment) -> str:
        return (
            '<div class="col news-card"><a '
            f'href="{entry.url}"><h4>{esc(moment.headline(entry))}</h4></a><span '
            f'class="news-card__cat">{esc(entry.story.section)}</span></div>'
        )

    def _article(self, item: Item, moment: Moment) -> str:
        entry = moment.entry(item)
        moment.touch(entry.state.since)
        story, title = entry.story, moment.headline(entry)
        figures = [
            f'<figure class="news-image"><img src="/uploads/{p.name}.jpg" '
            f'alt=""><figcaption>{esc(p.caption)} Foto: '
            f"{esc(p.credit)}</figcaption></figure>"
            for p in story.pictures
        ]
        author = " en ".join(story.authors)
        byline = f"Redaksje Wâldkrante | {esc(author)}" if author else "Redaksje Wâldkrante |"
        related = "".join(
            f'<li><a href="{other.url}">{esc(moment.headline(other))}</a> <time datetime="'
            f'{words.local(other.item.published):%Y-%m-%d %H:%M:%S}">{words.long_date(other.item.published, "fy")}</time></li>'
            for other in moment.others(item, 4, hours=5)
        )
        tags = {
            BlockKind.LEAD: '<p class="news-lead"><strong>{}</strong></p>',
            BlockKind.SUBHEAD: '<h3 class="tussenkop">{}</h3>',
        }
        between = {1: figures[1]} if figures[1:] else None
        main = (
            f'<div class="news-detail"><div class="consent">{esc(_LEAK)}</div><h1>{esc(title)}</h1><div '
            f'class="news-author">{byline}</div>{"".join(figures[:1])}<div class="news-content">'
            f'{body_html(story.blocks, tags, between=between)}</div><div class="news-share">Diel dit '
            "berjocht: <a>Facebook"
            '</a> <a>WhatsApp</a></div></div><div class="news-related"><h3>Lês '
            f"ek</h3><ul>{related}</ul></div>"
        )
        head = (
            f'<link rel="canonical" href="{entry.url}"><meta property="og:title" '
            f'content="{attr(title)}"><meta '
            f'property="og:site_name" content="Wâldkrante">'
        )
        return self._page(title, main, moment, head=head, language=story.language)

    def _page(self, title: str, main: str, moment: Moment, *, head: str = "", language: str = "fy") -> str:
        newest = moment.latest(1)[0]
        return (
            f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{esc(title)} - '
            "Wâldkrante</title>"
            f'{head}</head>\n<body><nav class="navbar"><a href="/">Wâldkrante</a> <a href="/nieuws">Nijs</a> '
            "<a "
            f'href="/oer-us">Oer ús</a> <a href="/sykje">Sykje</a></nav><div class="alarm">Lêste nijs: '
            f'{esc(moment.headline(newest))}</div><div class="container">{main}</div><footer '
            'class="footer"><p>Wâldkrante, '
            "it nijs út de Wâlden. Tips? Skilje of mail de redaksje.</p></footer></body></html>"
        )

    def missing(self, moment: Moment) -> str:
        """In Frisian."""
        return self._page(
            "Net fûn", "<h1>Side net fûn</h1><p>Dizze side bestiet net of net mear.</p>", moment
        )


_ABOUT = "<h1>Oer ús</h1><p>De Wâldkrante bringt sûnt 1974 nijs út de Fryske Wâlden, yn it Frysk en it Nederlânsk.</p>"
