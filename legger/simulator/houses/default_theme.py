"""A village blog on WordPress with its default theme: full posts in its lists, comments, pages in an article.

What changes on its pages without any editor: readers' comments grow, times are told from now ("Vandaag om
20.07 uur"), and every other day a page carries so many excerpts that it looks like a list.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import takewhile

from archive.model.types import Block, BlockKind
from legger.simulator import words
from legger.simulator.houses.house import House, ListEntry, Moment, Request, RouteAnswer
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
)
from legger.simulator.profile import Profile
from legger.simulator.story import ArticleState, Item

_MENU = ("112", "algemeen", "politiek", "sport", "cultuur", "zakelijk")
_FIRST_PAGE = 4
"""Blocks before the writer's page break."""
_PATHS = re.compile(r"(/\d{4}/\d\d/\d\d/[^/]+/)(?:(\d+)/)?")


class DefaultTheme(House):
    """Posts under their day; a long one is continued at ``/2/``."""

    platform = "WordPress, default theme"
    server = "Apache"
    profile = Profile(
        name="grensbode",
        title="Grensbode",
        dateline="{Place}. ",
        datelined=0.3,
        first_number=41,
        signed=0.95,
        leads=False,
    )

    def path(self, item: Item) -> str:
        """``/2026/03/02/slug/``; a slug that is taken on that day gets a number."""
        earlier = self.newsroom.namesakes[item.number]
        number = f"-{earlier + 1}" if earlier else ""
        return f"/{words.local(item.published):%Y/%m/%d}/{item.slug}{number}/"

    def further_paths(self, item: Item, at: datetime) -> tuple[str, ...]:
        """The second page of an article that has one."""
        state = self.newsroom.state(item.number, at)
        paths = () if state is None or len(self._pages(item, state)) == 1 else (f"{self.path(item)}2/",)
        return paths if state is not None and state.takedown is None else ()

    def facts(self) -> dict[str, object]:
        """Feed, sitemap and lists of the ordinary kind."""
        return {
            "language": "nl",
            "feeds": (f"{self.base}/feed/",),
            "sitemaps": (f"{self.base}/wp-sitemap.xml",),
            "listings": (f"{self.base}/",),
        }

    def robots(self) -> str:
        """As WordPress writes it."""
        return f"User-agent: *\nDisallow: /wp-admin/\n\nSitemap: {self.base}/wp-sitemap.xml\n"

    def route(self, request: Request, moment: Moment) -> RouteAnswer | None:
        """Posts and their second pages, lists by page and by category, feed, sitemaps."""
        path = request.bare
        if path == "/feed/":
            feed = rss(self.profile.title, f"{self.base}/", moment.latest(10), moment=moment)
            return RouteAnswer(body=feed, type=RSS, touched=moment.touched)
        if path == "/wp-sitemap.xml":
            return RouteAnswer(body=sitemap_index([f"{self.base}/wp-sitemap-posts-post-1.xml"]), type=XML)
        if path == "/wp-sitemap-posts-post-1.xml":
            return RouteAnswer(body=urlset(moment.standing()[::-1]), type=XML, touched=moment.touched)
        if found := re.fullmatch(r"/(?:category/([a-z0-9]+)/)?(?:page/(\d+)/)?", path):
            return self._listing(found[1], int(found[2] or 1), moment)
        found = _PATHS.fullmatch(path)
        item = self.at_path(found[1], moment.at) if found else None
        if found is None or item is None:
            return None
        state = self.newsroom.state(item.number, moment.at)
        assert state is not None
        number = int(found[2] or 1)
        if number > len(self._pages(item, state)) or found[2] == "1":
            return None
        return self.article(item, moment, self._article(item, number, moment))

    def _pages(self, item: Item, state: ArticleState) -> tuple[tuple[Block, ...], ...]:
        """The blocks by page. The break stays where the writer put it: an update before it does not move it."""
        blocks = state.story.blocks
        updates = sum(1 for _ in takewhile(lambda block: block.text.startswith("Update "), blocks[1:]))
        where = _FIRST_PAGE + updates
        if len(blocks) > where and blocks[where - 1].kind is BlockKind.SUBHEAD:
            where -= 1
        if item.number % 3 or len(blocks) < where + 2:
            return (blocks,)
        return blocks[:where], blocks[where:]

    def _listing(self, section: str | None, number: int, moment: Moment) -> RouteAnswer | None:
        """Posts with their whole text, as the theme shows them."""
        if section is not None and section not in _MENU:
            return None
        entries, last = paged(moment.standing(section=section), number, 5)
        if number > last:
            return None
        prefix = f"/category/{section}" if section else ""
        links = "".join(
            f'<a class="page-numbers" href="{prefix}/page/{n}/">{n}</a>'
            for n in range(2, last + 1)
            if n != number
        )
        posts = "".join(
            self._post(entry, pages[0], moment, heading="h2", more=len(pages) > 1)
            for entry in entries
            for pages in (self._pages(entry.item, entry.state),)
        )
        heading = f'<h1 class="page-title">Categorie: {section}</h1>' if section else ""
        main = f'{heading}{posts}<nav class="navigation pagination"><h2>Berichtnavigatie</h2>{links}</nav>'
        return RouteAnswer(
            body=self._page(section or self.profile.title, main, moment, body="blog"), touched=moment.touched
        )

    def _post(
        self,
        entry: ListEntry,
        blocks: tuple[Block, ...],
        moment: Moment,
        *,
        heading: str = "h1",
        more: bool = False,
    ) -> str:
        """A post as the theme marks it up, in a list or alone."""
        item, story, title = entry.item, entry.story, moment.headline(entry)
        headline = esc(title) if heading == "h1" else f'<a href="{entry.url}" rel="bookmark">{esc(title)}</a>'
        pictures = "".join(
            f'<figure class="wp-block-image"><img src="/wp-content/uploads/{p.name}.jpg" alt=""><figcaption>'
            f"{esc(p.caption)} Foto: {esc(p.credit)}</figcaption></figure>"
            for p in story.pictures
        )
        author = " en ".join(story.authors) or self.profile.title
        count = self._comments(item, moment)
        pages = (
            f'<div class="page-links">Pagina\'s: <span class="current">1</span> <a href="{entry.url}2/">2</a></div>'
            if more
            else ""
        )
        return (
            f'<article id="post-{item.number}" class="post-{item.number} post type-post status-publish hentry">'
            f'<header class="entry-header"><{heading} class="entry-title">{headline}</{heading}></header>'
            f'<div class="entry-content">{pictures if blocks == self._pages(item, entry.state)[0] else ""}{body_html(blocks, {})}{pages}</div>'
            '<footer class="entry-footer"><span class="posted-on"><span class="screen-reader-text">Geplaatst op</span> '
            f'<a href="{entry.url}" rel="bookmark"><time class="entry-date published" datetime="{iso(item.published)}">'
            f'{self._told(item.published, moment)}</time><time class="updated" datetime="{iso(entry.state.modified)}">'
            f"{words.day_month(entry.state.modified)}</time></a></span>"
            '<span class="byline"><span class="author vcard"><span class="screen-reader-text">Auteur</span> '
            f'<a class="url fn n" href="/author/{words.slug(author)}/">{esc(author)}</a></span></span>'
            f'<span class="cat-links"><a href="/category/{story.section}/" rel="category tag">{esc(story.section)}</a></span>'
            f'<span class="comments-link"><a href="{entry.url}#comments">{len(count) or "Geen"} '
            f'{"reactie" if len(count) == 1 else "reacties"}<span class="screen-reader-text"> op {esc(title)}</span></a></span></footer></article>'
        )

    def _article(self, item: Item, number: int, moment: Moment) -> str:
        entry = moment.entry(item)
        moment.touch(entry.state.since)
        pages, title = self._pages(item, entry.state), moment.headline(entry)
        post = self._post(entry, pages[number - 1], moment, more=number == 1 and len(pages) > 1)
        main = post + self._reactions(item, moment) + self._excerpts(item, moment)
        head = (
            f'<link rel="canonical" href="{entry.url}{"2/" if number == 2 else ""}"><meta property="og:type" content="article">'
            f'<meta property="og:title" content="{attr(title)}">'
            f'<meta property="article:published_time" content="{iso(item.published)}">'
            f'<meta property="article:modified_time" content="{iso(entry.state.modified)}">'
        )
        return self._page(title, main, moment, head=head, body="single single-post")

    def _told(self, when: datetime, moment: Moment) -> str:
        """ "Vandaag om 20.07 uur", then "Gisteren om ...", then the day."""
        here, now = words.local(when), words.local(moment.at)
        moment.touch(now.replace(hour=0, minute=0, second=0))
        clock = words.clock_time(here.hour, here.minute, "nl")
        match (now.date() - here.date()).days:
            case 0:
                return f"Vandaag om {clock}"
            case 1:
                return f"Gisteren om {clock}"
            case _:
                return f"{words.day_month(when)} {here.year} om {clock}"

    def _comments(self, item: Item, moment: Moment) -> list[tuple[str, datetime, str]]:
        """(who, when, what) of the readers' comments by now, the oldest first: for two articles out of three."""
        found = []
        for place in range(item.number % 3 * 2):
            at = item.published + timedelta(hours=5 + 19 * place, minutes=item.number % 50)
            if at > moment.at:
                break
            moment.touch(at)
            who = f"{words.WOMEN[(item.number + place) % len(words.WOMEN)]} {words.LASTS[(3 * item.number + place) % len(words.LASTS)]}"
            found.append((who, at, _REMARKS[(item.number + place) % len(_REMARKS)]))
        return found

    def _reactions(self, item: Item, moment: Moment) -> str:
        comments = self._comments(item, moment)
        if not comments:
            return '<div id="comments" class="comments-area"></div>'
        rows = "".join(
            f'<li class="comment"><div class="comment-author vcard"><b class="fn">{esc(who)}</b> schreef:</div>'
            f'<div class="comment-metadata"><time datetime="{iso(at)}">{self._told(at, moment)}</time></div>'
            f'<div class="comment-content"><p>{esc(text)}</p></div><div class="reply"><a href="#respond">Beantwoorden</a></div></li>'
            for who, at, text in comments
        )
        return (
            f'<div id="comments" class="comments-area"><h2 class="comments-title">{len(comments)} gedachten over dit bericht</h2>'
            f'<ol class="comment-list">{rows}</ol><div id="respond"><h3>Geef een reactie</h3></div></div>'
        )

    def _excerpts(self, item: Item, moment: Moment) -> str:
        """Every other day a dozen excerpts under the post: the page of a short one then looks like a list."""
        if moment.turn(24, offset=item.number % 24) % 2:
            return ""
        rows = "".join(
            f'<article class="excerpt"><h2><a href="{other.url}">{esc(moment.headline(other))}</a></h2>'
            f'<time datetime="{iso(other.item.published)}">{words.day_month(other.item.published)}</time>'
            f"<p>{esc(other.story.blocks[0].text[:160].rsplit(' ', 1)[0])} […]</p></article>"
            for other in moment.others(item, 12, hours=24)
        )
        return f'<section class="more-posts"><h2>Meer berichten</h2>{rows}</section>'

    def _page(self, title: str, main: str, moment: Moment, *, head: str = "", body: str = "") -> str:
        menu = "".join(
            f'<li class="menu-item"><a href="/category/{key}/">{key.capitalize()}</a></li>' for key in _MENU
        )
        recent = "".join(
            f'<li><a href="{entry.url}">{esc(moment.headline(entry))}</a></li>' for entry in moment.latest(5)
        )
        return (
            f'<!DOCTYPE html>\n<html lang="nl-NL"><head><meta charset="UTF-8"><title>{esc(title)} &#8211; Grensbode</title>'
            f'<link rel="alternate" type="application/rss+xml" href="{self.base}/feed/">{head}</head>\n<body class="{body}">'
            '<div id="page" class="site"><a class="skip-link screen-reader-text" href="#content">Ga naar de inhoud</a>'
            f'<header class="site-header"><p class="site-title"><a href="{self.base}/">Grensbode</a></p>'
            f'<p class="site-description">Nieuws van beide kanten van de grens</p><nav><ul>{menu}</ul></nav></header>'
            f'<div id="content" class="site-content"><main class="site-main">{main}</main></div>'
            f'<aside class="widget-area"><section class="widget"><h2 class="widget-title">Recente berichten</h2><ul>{recent}</ul></section></aside>'
            '<footer class="site-footer"><a href="https://wordpress.org/">Ondersteund door WordPress</a></footer></div></body></html>'
        )

    def missing(self, moment: Moment) -> str:
        """The theme's own words."""
        return self._page(
            "Pagina niet gevonden",
            '<section class="error-404 not-found"><h1 class="page-title">Oeps! Deze pagina kon niet worden gevonden.</h1>'
            "<p>Het lijkt erop dat hier niets is gevonden. Misschien een zoekopdracht proberen?</p></section>",
            moment,
        )


_REMARKS = (
    "Wat goed dat hier eindelijk aandacht voor is, wij wachten er al jaren op.",
    "Ik was er zelf bij en het ging toch echt anders dan hier staat.",
    "Jammer dat de buurt pas achteraf iets hoorde.",
    "Weet iemand of dit ook voor de andere kant van het dorp geldt? Wij hebben nog geen brief gehad.",
    "Mooi geschreven, dank je wel!",
)
