"""A local news site on WordPress with the tagDiv theme: view counters, "Lees ook" inside the body.

Its standing pages change now and then, and its site's file says to keep them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from archive.model.types import BlockKind
from crawler.siteconfig.site import AssetBounds, Pages
from legger.simulator import words
from legger.simulator.houses.house import EPOCH, House, ListEntry, Moment, Request, RouteAnswer
from legger.simulator.houses.markup import (
    RSS,
    XML,
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
from legger.simulator.profile import OPENING, Profile
from legger.simulator.story import Item

_MENU = ("112", "algemeen", "politiek", "sport", "cultuur", "zakelijk")
_PER_MAP = 25
_THEME = "/wp-content/themes/newspaper"
_SHEETS = {
    f"{_THEME}/style.css": (
        '@charset "UTF-8";\n@import url("colours.css") screen;\n'
        "body{margin:0;font:16px/1.6 Georgia,serif;color:#222}\n"
        ".td-header-menu-wrap{background:var(--mast,#0a5c36) url(images/arms.png) right 1rem top 1rem/5rem no-repeat;"
        "padding:1rem}\n"
        ".td-header-menu-wrap>a{color:#fff;font-size:2rem;font-weight:bold;text-decoration:none}\n"
        ".sf-menu{display:flex;gap:1rem;list-style:none;padding:0;margin:.5rem 0 0}.sf-menu a{color:#dfd}\n"
        ".td-main-content-wrap{display:grid;grid-template-columns:2fr 1fr;gap:2rem;max-width:1000px;"
        "margin:1rem auto;padding:0 1rem}\n.td-post-featured-image img{width:100%;image-rendering:pixelated}\n"
        "figcaption{font-size:.8rem;color:#666}.td-post-sharing,.td-post-views{display:none}\n"
    ),
    f"{_THEME}/colours.css": ":root{--mast:#0a5c36}.entry-title{color:#0a5c36}\n",
}
"""The theme's style sheets: one imports the other, and shows a picture."""


class WordPress(House):
    """Every view changes the page, so its ETag changes at every visit."""

    platform = "WordPress, tagDiv Newspaper"
    server = "Apache"
    profile = Profile(
        name="berkelnieuws",
        title="Berkelnieuws",
        dateline="{PLACE} – ",
        first_number=1201,
        signed=0.9,
        leads=False,
    )

    def path(self, item: Item) -> str:
        """``/slug/``; a slug that is taken gets a number, as WordPress does."""
        earlier = self.newsroom.namesakes[item.number]
        return f"/{item.slug}-{earlier + 1}/" if earlier else f"/{item.slug}/"

    def facts(self) -> dict[str, object]:
        """Feed and sitemaps of the ordinary kind."""
        return {
            "language": "nl",
            "feeds": (f"{self.base}/feed/",),
            "sitemaps": (f"{self.base}/sitemap_index.xml",),
            "listings": (f"{self.base}/",),
            "ignore": (r"/wp-json/", r"\?replytocom="),
            "pages": Pages(keep=True),
            "assets": AssetBounds(keep=True),
        }

    def robots(self) -> str:
        """As WordPress writes it."""
        return (
            "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n\n"
            f"Sitemap: {self.base}/sitemap_index.xml\n"
        )

    def route(self, request: Request, moment: Moment) -> RouteAnswer | None:
        """Posts by slug, ``/page/N/``, categories, feed, sitemaps."""
        path = request.bare
        if path in _SHEETS:
            return RouteAnswer(body=_SHEETS[path], type="text/css", touched=EPOCH)
        if path == "/feed/":
            footer = '<p>Het bericht <a href="{url}">{title}</a> verscheen eerst op <a href="/">Berkelnieuws</a>.</p>'
            feed = rss(self.profile.title, f"{self.base}/", moment.latest(10), moment=moment, footer=footer)
            return RouteAnswer(body=feed, type=RSS, touched=moment.touched)
        if path == "/sitemap_index.xml":
            count = max(1, -(-len(self.newsroom.published(moment.at)) // _PER_MAP))
            maps = [f"{self.base}/post-sitemap{n}.xml" for n in range(1, count + 1)]
            return RouteAnswer(body=sitemap_index([*maps, f"{self.base}/page-sitemap.xml"]), type=XML)
        if path == "/page-sitemap.xml":
            pages = f"<url><loc>{self.base}/over-ons/</loc></url><url><loc>{self.base}/contact/</loc></url>"
            return RouteAnswer(
                body=f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{pages}</urlset>', type=XML
            )
        if found := re.fullmatch(r"/post-sitemap(\d+)\.xml", path):
            return self._sitemap(int(found[1]), moment)
        if found := re.fullmatch(r"/(?:category/([a-z0-9]+)/)?(?:page/(\d+)/)?", path):
            return self._listing(found[1], int(found[2] or 1), moment)
        if path in STANDING:
            title = STANDING[path][0]
            main = f"<h1>{title}</h1><p>{standing_text(path, moment.at)}</p>"
            changed = max(since for since, _ in STANDING[path][1] if since <= moment.at)
            body = self._page(title, main, moment, crumb=title)
            return RouteAnswer(body=body, touched=max(changed, moment.touched))
        item = self.at_path(path, moment.at)
        return self.article(item, moment, self._article(item, moment) if item else "")

    def _sitemap(self, number: int, moment: Moment) -> RouteAnswer | None:
        oldest_first = moment.standing()[::-1]
        index = number - 1
        chosen = [e for e in oldest_first if (e.item.number - self.profile.first_number) // _PER_MAP == index]
        return RouteAnswer(body=urlset(chosen), type=XML, touched=moment.touched) if chosen else None

    def _listing(self, section: str | None, number: int, moment: Moment) -> RouteAnswer | None:
        if section is not None and section not in _MENU:
            return None
        entries, last = paged(moment.standing(section=section), number, 10)
        if number > last:
            return None
        cards = "".join(self._card(entry, moment) for entry in entries)
        prefix = f"/category/{section}" if section else ""
        links = "".join(
            f'<a href="{prefix}/page/{n}/" class="page" title="{n}">{n}</a>'
            for n in sorted({1, number - 1, number + 1, last} - {0, last + 1, number})
        )
        crumb = (section or "").capitalize() or (f"Blog Pagina {number}" if number > 1 else "")
        main = f'<div class="td-ss-main-content">{cards}<div class="page-nav td-pb-padding-side">{links}</div></div>'
        return RouteAnswer(
            body=self._page(crumb or "Home", main, moment, crumb=crumb), touched=moment.touched
        )

    def _card(self, entry: ListEntry, moment: Moment) -> str:
        text = entry.story.blocks[0].text
        return (
            '<div class="td_module_10 td_module_wrap td-animation-stack"><h3 class="entry-title '
            'td-module-title">'
            f'<a href="{entry.url}" rel="bookmark">{esc(moment.headline(entry))}</a></h3><span '
            'class="td-post-date">'
            '<time class="entry-date" '
            f'datetime="{iso(entry.item.published)}">{words.day_month(entry.item.published)}</time>'
            f'</span><div class="td-excerpt">{esc(text[:120].rsplit(" ", 1)[0])}...</div></div>'
        )

    def _article(self, item: Item, moment: Moment) -> str:
        entry = moment.entry(item)
        moment.touch(entry.state.since)
        story, title = entry.story, moment.headline(entry)
        others = moment.others(item, 7, hours=4)
        inside = ""
        if others:
            inside = (
                '<div class="td-lees-ook"><p><strong>Lees ook:</strong> '
                f'<a href="{others[0].url}">{esc(moment.headline(others[0]))}</a></p></div>'
            )
        pictures = "".join(
            '<div class="td-post-featured-image"><figure class="wp-caption"><img '
            f'src="/wp-content/uploads/{p.name}.jpg" srcset="/wp-content/uploads/{p.name}-300x169.jpg 300w, '
            f'/wp-content/uploads/{p.name}.jpg 1024w, /wp-content/uploads/{p.name}-scaled.jpg 2560w" '
            f'alt=""><figcaption class="wp-caption-text">{esc(p.caption)} Foto: '
            f"{esc(p.credit)}</figcaption></figure></div>"
            for p in story.pictures[:1]
        )
        late = "".join(
            f'<figure class="wp-block-image"><img src="/wp-content/uploads/{p.name}.jpg" alt=""><figcaption>'
            f"{esc(p.caption)} Foto: {esc(p.credit)}</figcaption></figure>"
            for p in story.pictures[1:]
        )
        text = body_html(
            story.blocks, {BlockKind.SUBHEAD: "<h4><strong>{}</strong></h4>"}, between={0: late, 1: inside}
        )
        author = " en ".join(story.authors) or "Redactie"
        related = "".join(
            '<div class="td_module_related_posts"><h3 class="entry-title td-module-title">'
            f'<a href="{other.url}">{esc(moment.headline(other))}</a></h3><span class="td-post-date"><time '
            'class="entry-date" '
            f'datetime="{iso(other.item.published)}">{words.day_month(other.item.published)}</time></span></div>'
            for other in others[1:4]
        )
        popular = "".join(
            f'<li><a href="{other.url}">{esc(moment.headline(other))}</a></li>' for other in others[4:]
        )
        tags = "".join(f'<li><a href="/tag/{words.slug(tag)}/">{esc(tag)}</a></li>' for tag in story.tags)
        main = (
            '<article class="post type-post td-post-template-default" itemscope '
            'itemtype="https://schema.org/Article"><div class="td-post-header"><ul class="td-category">'
            '<li class="entry-category"><a '
            f'href="/category/{story.section}/">{esc(story.section)}</a></li></ul>'
            f'<header class="td-post-title"><h1 class="entry-title">{esc(title)}</h1><div '
            'class="td-module-meta-info">'
            '<div class="td-post-author-name"><div class="td-author-by">Door</div> <a '
            f'href="/author/{words.slug(author)}/">'
            f'{esc(author)}</a><div class="td-author-line"> - </div></div><span class="td-post-date"><time '
            'class="entry-date updated td-module-date" '
            f'datetime="{iso(item.published)}">{words.day_month(item.published)}, '
            f'{words.local(item.published).year}</time></span><div class="td-post-views"><i '
            'class="td-icon-views"></i>'
            f'<span class="td-nr-views-{item.number}">{moment.views(item)}</span></div><div '
            'class="td-post-comments">'
            f'<a href="#respond">{item.number % 4}</a></div></div></header></div>'
            '<div class="td-post-sharing"><span>Deel dit '
            "via:</span><a>Facebook</a><a>Twitter</a><a>WhatsApp</a></div>"
            f'<div class="td-post-content tagdiv-type">{pictures}{text}</div>'
            '<footer><div class="td-post-source-tags"><ul '
            f'class="td-tags"><li><span>TAGS</span></li>{tags}</ul></div>'
            '<p class="td-newsletter">Niets missen? Meld je dan aan voor onze '
            "nieuwsbrief.</p></footer></article>"
            f'<div class="td_block_related_posts"><h4>Gerelateerde artikelen</h4>{related}</div>'
            '<div id="respond" class="comment-respond"><h3>LAAT EEN REACTIE ACHTER</h3><p>Het e-mailadres '
            "wordt niet "
            "gepubliceerd. Vereiste velden zijn gemarkeerd met *</p></div>"
        )
        side = f'<aside class="td-ss-main-sidebar"><h4>Meest gelezen</h4><ol>{popular}</ol></aside>'
        graph = (
            '<script type="application/ld+json" '
            'class="yoast-schema-graph">{"@context":"https://schema.org","@graph":'
            f'[{{"@type":"WebPage","url":"{entry.url}","datePublished":"{iso(item.published)}",'
            f'"dateModified":"{iso(entry.state.modified)}","inLanguage":"nl-NL"}}]}}</script>'
        )
        head = (
            f'<link rel="canonical" href="{entry.url}"><meta property="og:type" content="article"><meta '
            'property="og:title" '
            f'content="{attr(title)} - Berkelnieuws"><meta property="article:published_time" '
            f'content="{iso(item.published)}">'
            f'<meta property="article:modified_time" content="{iso(entry.state.modified)}">{graph}'
        )
        return self._page(title, main + side, moment, head=head, crumb=title)

    def _page(self, title: str, main: str, moment: Moment, *, head: str = "", crumb: str = "") -> str:
        menu = "".join(
            f'<li class="menu-item"><a href="/category/{key}/">{key.capitalize()}</a></li>' for key in _MENU
        )
        today = words.long_date(moment.at)
        moment.turn(24)
        return (
            f'<!DOCTYPE html>\n<html lang="nl-NL"><head><meta charset="UTF-8"><title>{esc(title)} - '
            "Berkelnieuws</title>"
            '<link rel="alternate" type="application/rss+xml" title="Berkelnieuws &raquo; feed" '
            f'href="{self.base}/feed/">'
            f'<link rel="stylesheet" href="/wp-content/themes/newspaper/style.css?ver=12.6">{head}'
            "<script>window.dataLayer=window.dataLayer||[];</script></head>\n<body "
            'class="td-theme-wrap">'
            f'<div class="td-header-top-menu"><div class="td-weather-top-widget">{weather(moment)} '
            "Neede</div>"
            f'<div class="td_data_time">{today}</div></div><div class="td-header-menu-wrap"><a '
            'href="/">Berkelnieuws</a><ul '
            f'class="sf-menu">{menu}</ul></div><div class="td-crumb-container"><div class="entry-crumbs"><a '
            'href="/">Home</a> '
            f'<span class="td-bred-no-url-last">{esc(crumb)}</span></div></div>\n<div '
            f'class="td-main-content-wrap">{main}</div>'
            '\n<div class="td-footer-wrapper"><div class="td-footer-info">OVER ONS<p>Berkelnieuws brengt '
            "dagelijks nieuws uit "
            'Neede, Eibergen en omstreken.</p>Contact: <a href="/contact/">mail de redactie</a></div><div '
            'class="td-sub-footer-copy">&copy; Berkelnieuws</div><a href="/over-ons/">Over '
            "ons</a></div></body></html>"
        )

    def missing(self, moment: Moment) -> str:
        """tagDiv's own words for it."""
        return self._page(
            "Pagina niet gevonden",
            '<div class="td-404-title">Ooops... Error 404</div><p>De pagina die je zoekt bestaat niet.</p>',
            moment,
        )


_ABOUT = (
    "Berkelnieuws is in 2014 begonnen aan een keukentafel in Neede en wordt gemaakt door {count} vrijwilligers. "
    "Wij zijn onafhankelijk en leven van advertenties en van wat lezers ons geven."
)
_CONTACT = (
    "De redactie zit boven de bibliotheek in Neede en is bereikbaar {hours}. Nieuws uit de streek horen wij graag; "
    "mail ons, of loop binnen: de koffie staat klaar."
)
FOUNDED = datetime(2014, 1, 1, tzinfo=UTC)
STANDING: Mapping[str, tuple[str, tuple[tuple[datetime, str], ...]]] = {
    "/over-ons/": (
        "Over ons",
        (
            (FOUNDED, _ABOUT.format(count="vijftien")),
            (OPENING + timedelta(days=3), _ABOUT.format(count="zestien")),
        ),
    ),
    "/contact/": (
        "Contact",
        (
            (FOUNDED, _CONTACT.format(hours="op werkdagen van negen tot vijf uur")),
            (
                OPENING + timedelta(days=30),
                _CONTACT.format(hours="op dinsdag en donderdag van tien tot vier uur"),
            ),
        ),
    ),
}
"""Path -> title, and what the page says since when."""


def standing_text(path: str, at: datetime) -> str:
    """What a standing page says at some time."""
    return [text for since, text in STANDING[path][1] if since <= at][-1]
