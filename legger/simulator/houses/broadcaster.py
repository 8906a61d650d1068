"""A regional broadcaster: sitemaps in gzip, captions with "| Foto:", metas instead of JSON-LD."""

from __future__ import annotations

import gzip
import re

from archive.model.types import BlockKind
from crawler.siteconfig.site import Identity
from legger.simulator import words
from legger.simulator.houses.house import House, ListEntry, Moment, Request, RouteAnswer
from legger.simulator.houses.markup import (
    RSS,
    attr,
    body_html,
    esc,
    iso,
    paged,
    rss,
    sitemap_index,
    urlset,
    weather,
)
from legger.simulator.profile import Profile
from legger.simulator.story import Item

_MENU = ("112", "algemeen", "politiek", "sport", "cultuur", "zakelijk")
_GZIP = "application/gzip"
_PER_MAP = 100


class Broadcaster(House):
    """Its articles answer under any slug; older links still carry slugs in Title-Case."""

    platform = "regional broadcaster, Nuxt"
    server = "cloudfront"
    profile = Profile(
        name="omroeptwenterand",
        title="Omroep Twenterand",
        dateline="",
        first_number=2119801,
        signed=0.6,
        redesigned=True,
        credits=("Omroep Twenterand", "News United", "AS Media", "Politie"),
    )

    def path(self, item: Item) -> str:
        """``/nieuws/<id>/<slug>``."""
        return f"/nieuws/{item.number}/{item.slug}"

    def facts(self) -> dict[str, object]:
        """Feed and sitemap index; the number is the identity."""
        return {
            "language": "nl",
            "feeds": (f"{self.base}/rss/index.xml",),
            "sitemaps": (f"{self.base}/sitemap/sitemap.xml.gz",),
            "listings": (f"{self.base}/nieuws",),
            "articles": (r"/nieuws/\d+/",),
            "identity": Identity(pattern=r"/nieuws/(\d+)"),
        }

    def robots(self) -> str:
        """Names the sitemap; previews are closed."""
        return f"User-agent: *\nDisallow: /preview/\nSitemap: {self.base}/sitemap/sitemap.xml.gz\n"

    def route(self, request: Request, moment: Moment) -> RouteAnswer | None:
        """Articles by number, sections, feed, sitemaps."""
        path = request.bare
        if path == "/rss/index.xml":
            feed = rss(self.profile.title, f"{self.base}/", moment.latest(25), moment=moment)
            return RouteAnswer(body=feed, type=RSS, touched=moment.touched)
        if path == "/sitemap/sitemap.xml.gz":
            count = max(1, -(-len(self.newsroom.published(moment.at)) // _PER_MAP))
            index = sitemap_index([f"{self.base}/sitemap/sitemap-{n}.xml.gz" for n in range(count)])
            return RouteAnswer(body=gzip.compress(index.encode(), mtime=0), type=_GZIP)
        if found := re.fullmatch(r"/sitemap/sitemap-(\d+)\.xml\.gz", path):
            entries = [
                each
                for each in moment.standing()
                if (each.item.number - self.profile.first_number) // _PER_MAP == int(found[1])
            ]
            body = gzip.compress(urlset(entries, news=self.profile.title).encode(), mtime=0)
            return RouteAnswer(body=body, type=_GZIP, touched=moment.touched)
        if found := re.fullmatch(r"/nieuws/(\d+)(?:/[^/]*)?", path):
            item = self.newsroom.item(int(found[1]), moment.at)
            return self.article(item, moment, self._article(item, moment) if item else "")
        if path in ("/", "/nieuws") or path.removeprefix("/nieuws/") in _MENU:
            return self._listing(request, moment, path)
        if path == "/over-ons":
            return RouteAnswer(
                body=self._page("Over Omroep Twenterand", _ABOUT, moment), touched=moment.touched
            )
        return None

    def _listing(self, request: Request, moment: Moment, path: str) -> RouteAnswer:
        section = path.removeprefix("/nieuws/") if path.startswith("/nieuws/") else None
        asked = request.query.get("pagina", "1")
        number = int(asked) if asked.isdigit() and asked != "0" else 1
        entries, last = paged(moment.standing(section=section), number, 16)
        items = "".join(self._teaser(entry, moment) for entry in entries)
        older = f'<a class="load-more" href="/nieuws?pagina={number + 1}">Meer nieuws</a>'
        if section is not None:
            older = older.replace("/nieuws?", f"/nieuws/{section}?")
        heading = esc((section or "Nieuws").capitalize())
        main = f'<h1>{heading}</h1><div class="news-list">{items}</div>{older if number < last else ""}'
        return RouteAnswer(body=self._page(heading, main, moment), touched=moment.touched)

    def _teaser(self, entry: ListEntry, moment: Moment, *, old: bool = False) -> str:
        url = entry.url
        if old:
            slug = "-".join(word.capitalize() for word in entry.item.slug.split("-"))
            url = f"{self.base}/nieuws/{entry.item.number}/{slug}"
        return (
            f'<a class="groei-wa-news-article" href="{url}"><span class="category">{esc(entry.story.section)}'
            f"</span><h3>{esc(moment.headline(entry))}</h3></a>"
        )

    def _article(self, item: Item, moment: Moment) -> str:
        entry = moment.entry(item)
        moment.touch(entry.state.since)
        story, title = entry.story, moment.headline(entry)
        figures = [
            f'<figure class="groei-wa-image"><img src="/image/{p.name}.jpg" alt=""><figcaption '
            'class="caption">'
            f"{esc(p.caption)} | Foto: {esc(p.credit)}</figcaption></figure>"
            for p in story.pictures
        ]
        info = words.long_date(item.published).capitalize()
        here = words.local(item.published)
        info += f" | {here.hour:02d}:{here.minute:02d}"
        if entry.state.signed:
            now = words.local(entry.state.modified)
            info += f"</span> <span>Laatst bijgewerkt: {now.day}-{now.month}-{now.year} | {now:%H:%M}"
        authors = " en ".join(
            f'<a href="/auteur/{words.slug(name)}">{esc(name)}</a>' for name in story.authors or ("Redactie",)
        )
        new = moment.skin == 1
        tags = {
            BlockKind.LEAD: '<p class="lead">{}</p>' if new else '<p class="intro"><strong>{}</strong></p>',
            BlockKind.PARAGRAPH: '<p class="paragraph">{}</p>'
            if new
            else '<div class="text"><p>{}</p></div>',
            BlockKind.SUBHEAD: '<h2 class="subheading">{}</h2>'
            if new
            else '<div class="text"><h3>{}</h3></div>',
        }
        text = body_html(story.blocks, tags, between={1: figures[1]} if figures[1:] else None)
        related = "".join(self._teaser(other, moment, old=True) for other in moment.others(item, 4, hours=2))
        tags_ = "".join(f'<a class="tag" href="/tag/{words.slug(tag)}">{esc(tag)}</a>' for tag in story.tags)
        main = (
            f'<article class="{"groei-article" if new else "article-content"}">{"".join(figures[:1])}'
            f'<h1 class="title">{esc(title)}</h1><div class="groei-wa-article-info"><span>{info}</span></div>'
            f'<div class="groei-wa-author-links">Geschreven door {authors}</div>{text}'
            '<div class="tip-box"><h4>Heb jij een tip of opmerking voor de redactie?</h4><p>Stuur ons dan '
            "een "
            "bericht of bel naar de redactie.</p><a>\U0001f4ac WhatsApp ons!</a></div>"
            f'<div class="tags"><span>Meer over:</span>{tags_}</div></article>'
            f'<section class="news-category-list"><h2>Lees ook</h2>{related}</section>'
        )
        head = "".join(
            f'<meta data-n-head="ssr" data-hid="{name}" property="{name}" content="{attr(content)}">'
            for name, content in (
                ("og:title", title),
                ("og:type", "article"),
                ("og:url", entry.url),
                ("og:description", story.blocks[0].text[:150]),
                ("article:published_time", iso(item.published)),
                ("article:modified_time", iso(entry.state.modified)),
                ("article:section", story.section),
            )
        )
        return self._page(title, main, moment, head=f'<link rel="canonical" href="{entry.url}">{head}')

    def _page(self, title: str, main: str, moment: Moment, *, head: str = "") -> str:
        menu = "".join(f'<a href="/nieuws/{key}">{key.capitalize()}</a>' for key in _MENU)
        newest = moment.latest(3)
        alarm = "".join(f"<li>{esc(moment.headline(each))}</li>" for each in newest)
        return (
            f'<!doctype html>\n<html data-n-head-ssr lang="nl"><head><title>{esc(title)} - Omroep Twenterand'
            f'</title><meta charset="utf-8"><link rel="alternate" type="application/rss+xml" '
            f'href="{self.base}/rss/index.xml">{head}</head>\n<body><div id="__nuxt"><header '
            'class="site-header">'
            f'<a href="/">Omroep Twenterand</a><nav>{menu}</nav><span '
            f'class="weather">{weather(moment)}</span>'
            '</header><div class="ticker"><strong>Net '
            f"binnen</strong><ul>{alarm}</ul></div><main>{main}</main>"
            '<footer><div class="newsletter"><h4>Ontvang updates voor Twente</h4><p>Iedere ochtend het '
            "nieuws in je "
            'mailbox.</p></div><a href="/over-ons">Over ons</a> <a href="/privacy">Privacy</a> <span>Radio '
            "en tv: "
            "frequenties en kanalen</span></footer></div><script>window.__NUXT__={};</script></body></html>"
        )

    def missing(self, moment: Moment) -> str:
        """In the house's own shell."""
        gone = '<div class="error"><h1>Oeps!</h1><p>We kunnen de pagina die je zoekt niet vinden.</p></div>'
        return self._page("Pagina niet gevonden", gone, moment)


_ABOUT = (
    "<h1>Over Omroep Twenterand</h1><p>Omroep Twenterand maakt sinds 1989 radio, televisie en online nieuws "
    "voor "
    "Twente. De redactie telt veertien mensen en werkt dag en nacht.</p>"
)
