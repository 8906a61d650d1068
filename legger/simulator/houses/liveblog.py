"""An English-language site for newcomers to Twente: live blogs, JSON-LD, Atom, archives by month."""

from __future__ import annotations

import json
import re
from itertools import groupby

from archive.model.types import Block, BlockKind
from legger.simulator import words
from legger.simulator.houses.house import House, ListEntry, Moment, Request, RouteAnswer
from legger.simulator.houses.markup import XML, attr, body_html, esc, inline, is_live, iso, urlset
from legger.simulator.profile import Profile
from legger.simulator.story import Item


class Liveblog(House):
    """Its live blogs grow through the day, newest entry first."""

    platform = "own CMS with live blogs"
    server = "Vercel"
    profile = Profile(
        name="twentelive",
        title="Twente Live",
        languages=(("en", 1.0),),
        dateline="{PLACE} – ",
        datelined=0.4,
        first_number=501,
        signed=0.9,
        liveblogs=2,
        series=(
            "Settling in",
            "Every week Settling in follows somebody who moved to Twente from abroad. This is what they "
            "learned, in "
            "their own words and at their own kitchen table.",
        ),
        credits=("Twente Live", "Marskant Pictures"),
    )

    def path(self, item: Item) -> str:
        """``/2026/03/slug-501/``, live blogs under ``/live/``."""
        here = words.local(item.published)
        first = self.newsroom.state(item.number, item.published)
        folder = "live" if first is not None and is_live(first.story) else f"{here:%Y/%m}"
        return f"/{folder}/{item.slug}-{item.number}/"

    def facts(self) -> dict[str, object]:
        """An Atom feed, a news sitemap, an archive by month."""
        return {
            "language": "en",
            "feeds": (f"{self.base}/atom.xml",),
            "sitemaps": (f"{self.base}/news-sitemap.xml",),
            "listings": (f"{self.base}/", f"{self.base}/archive/"),
            "articles": (r"/(?:\d{4}/\d\d|live)/[^/]+-\d+/",),
        }

    def robots(self) -> str:
        """Open but for search; names the news sitemap."""
        return f"User-agent: *\nDisallow: /search\n\nSitemap: {self.base}/news-sitemap.xml\n"

    def route(self, request: Request, moment: Moment) -> RouteAnswer | None:
        """Articles by the number at the end, the archive by month, Atom, the news sitemap."""
        path = request.bare
        if path == "/atom.xml":
            return RouteAnswer(
                body=self._atom(moment), type="application/atom+xml; charset=utf-8", touched=moment.touched
            )
        if path == "/news-sitemap.xml":
            moment.turn(1)
            fresh = [e for e in moment.standing() if (moment.at - e.state.modified).days < 2]
            return RouteAnswer(body=urlset(fresh, news=self.profile.title), type=XML, touched=moment.touched)
        if found := re.fullmatch(r"/(?:\d{4}/\d\d|live)/[^/]*?-(\d+)/", path):
            item = self.newsroom.item(int(found[1]), moment.at)
            return self.article(item, moment, self._article(item, moment) if item else "")
        if path == "/":
            cards = "".join(self._card(entry, moment) for entry in moment.latest(14))
            main = f'<h1>Today in Twente</h1><div class="card-grid">{cards}</div>'
            return RouteAnswer(body=self._page("Local news in English", main, moment), touched=moment.touched)
        if found := re.fullmatch(r"/archive/(?:(\d{4})/(\d\d)/)?", path):
            return self._archive(found[1], found[2], moment)
        if path == "/about/":
            return RouteAnswer(body=self._page("About us", _ABOUT, moment), touched=moment.touched)
        return None

    def _archive(self, year: str | None, month: str | None, moment: Moment) -> RouteAnswer | None:
        def month_of(entry: ListEntry) -> str:
            return words.local(entry.item.published).strftime("%Y/%m")

        months = {key: list(group) for key, group in groupby(moment.standing(), month_of)}
        if year is None:
            links = "".join(f'<li><a href="/archive/{key}/">{key}</a></li>' for key in months)
            page = self._page("Archive", f"<h1>Archive</h1><ul>{links}</ul>", moment)
            return RouteAnswer(body=page, touched=moment.touched)
        entries = months.get(f"{year}/{month}")
        if entries is None:
            return None
        cards = "".join(self._card(entry, moment) for entry in entries)
        title = f"{words.MONTHS_EN[int(month or 1) - 1]} {year}"
        return RouteAnswer(body=self._page(title, f"<h1>{title}</h1>{cards}", moment), touched=moment.touched)

    def _card(self, entry: ListEntry, moment: Moment) -> str:
        mark = '<span class="card__live">LIVE</span> ' if is_live(entry.story) else ""
        intro = entry.story.blocks[0].text[:120].rsplit(" ", 1)[0]
        return (
            f'<article class="card"><a href="{entry.url}">{mark}<h3>{esc(moment.headline(entry))}</h3></a>'
            "<time "
            f'datetime="{iso(entry.item.published)}">{words.day_month(entry.item.published, "en")}</time>'
            f"<p>{esc(intro)}…</p></article>"
        )

    def _atom(self, moment: Moment) -> str:
        rows = "".join(
            f"<entry><title>{esc(moment.headline(e))}</title><link "
            f'href="{e.url}"/><id>{e.url}</id><published>'
            f"{iso(e.item.published)}</published><updated>{iso(e.state.modified)}</updated>"
            + "".join(f"<author><name>{esc(name)}</name></author>" for name in e.story.authors)
            + f'<summary type="text">{esc(e.story.blocks[0].text)}</summary></entry>'
            for e in moment.latest(20)
        )
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>Twente '
            "Live</title>"
            f"<id>{self.base}/</id><updated>{iso(moment.touched)}</updated>{rows}</feed>"
        )

    def _article(self, item: Item, moment: Moment) -> str:
        entry = moment.entry(item)
        moment.touch(entry.state.since)
        story, title = entry.story, moment.headline(entry)
        live = is_live(story)
        figures = "".join(
            f'<figure class="media"><img src="/media/{p.name}.jpg" alt=""><figcaption>{esc(p.caption)} <span '
            f'class="media__credit">Photo: {esc(p.credit)}</span></figcaption></figure>'
            for p in story.pictures
        )
        tags = {
            BlockKind.LEAD: '<p class="standfirst">{}</p>' + figures,
            BlockKind.SUBHEAD: '<h2 class="prose__heading">{}</h2>',
        }
        if live:
            opening = body_html(story.blocks[:1], tags)
            text = f'{opening}<div class="live-feed">{_entries(story.blocks[1:])}</div>'
        else:
            text = body_html(story.blocks, tags)
            if story.blocks[0].kind is not BlockKind.LEAD:
                text = figures + text
        related = "".join(
            f'<li><a href="{other.url}">{esc(moment.headline(other))}</a></li>'
            for other in moment.others(item, 4, hours=3)
        )
        names = " and ".join(story.authors) or "Twente Live newsroom"
        when = words.local(item.published)
        changed = ""
        if entry.state.signed:
            now = words.local(entry.state.modified)
            changed = f' <span class="meta__updated">Updated {now.day} {words.MONTHS_EN[now.month - 1]} {now:%H:%M}</span>'
        main = (
            '<article class="post"><header><p '
            f'class="kicker">{esc(story.section.upper())}</p><h1>{esc(title)}</h1><p '
            f'class="meta">By <span class="meta__author">{esc(names)}</span> · <time '
            f'datetime="{iso(item.published)}">'
            f"{when.day} {words.MONTHS_EN[when.month - 1]} {when.year}, "
            f"{when:%H:%M}</time>{changed}</p></header>"
            f'<div class="prose">{text}</div><div class="share">Share this: <a>Facebook</a> '
            "<a>Email</a></div>"
            '<p class="signup">Sign up for our free newsletter</p></article>'
            f'<aside class="more"><h2>Related Posts</h2><ul>{related}</ul></aside>'
        )
        data: dict[str, object] = {
            "@context": "https://schema.org",
            "@type": "LiveBlogPosting" if live else "NewsArticle",
            "headline": title,
            "url": entry.url,
            "mainEntityOfPage": entry.url,
            "datePublished": iso(item.published),
            "dateModified": iso(entry.state.modified),
            "inLanguage": "en",
            "articleSection": story.section,
            "author": [{"@type": "Person", "name": name} for name in story.authors],
            "publisher": {"@type": "Organization", "name": "Twente Live"},
        }
        if live:
            data["coverageStartTime"] = iso(item.published)
        json_ld = json.dumps(data, ensure_ascii=False)
        head = (
            f'<link rel="canonical" href="{entry.url}"><meta property="og:title" content="{attr(title)}">'
            f'<script type="application/ld+json">{json_ld}</script>'
        )
        return self._page(title, main, moment, head=head)

    def _page(self, title: str, main: str, moment: Moment, *, head: str = "") -> str:
        today = words.long_date(moment.at, "en")
        moment.turn(24)
        return (
            f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{esc(title)} | Twente '
            "Live</title>"
            '<link rel="alternate" type="application/atom+xml" '
            f'href="{self.base}/atom.xml">{head}</head>\n<body><div '
            'class="consent-banner"><p>We use cookies to see what is read.</p><button>Manage '
            "consent</button></div><header "
            f'class="masthead"><a href="/">Twente Live</a><span>{today}</span><nav><a href="/">News</a> <a '
            'href="/archive/">Archive</a> <a '
            f'href="/about/">About</a></nav></header>\n<main>{main}</main>\n<footer>'
            "<p>Report an error</p><p>Twente Live is made by volunteers in Hengelo and "
            "Enschede.</p></footer></body></html>"
        )

    def missing(self, moment: Moment) -> str:
        """In English."""
        return self._page(
            "Page not found", "<h1>Page not found</h1><p>We looked everywhere. It is not here.</p>", moment
        )


def _entries(blocks: tuple[Block, ...]) -> str:
    pieces: list[str] = []
    for block in blocks:
        if block.kind is BlockKind.SUBHEAD and block.at is not None:
            here = words.local(block.at)
            pieces.append(
                f'{"</section>" if pieces else ""}<section class="live-feed__entry" '
                f'id="e{here:%d%H%M}"><time '
                f'class="live-feed__time" datetime="{iso(block.at)}">{here:%H:%M}</time><h2 '
                'class="live-feed__title">'
                f"{inline(block.text)}</h2>"
            )
        else:
            pieces.append(f"<p>{inline(block.text)}</p>")
    return "\n".join(pieces) + ("</section>" if pieces else "")


_ABOUT = (
    "<h1>About us</h1><p>Twente Live brings local news in English to the many people from abroad who live, "
    "work and "
    "study between the Dinkel and the Regge.</p>"
)
