"""A local site on Joomla: ``?start=`` paging, today's date above the article, no validators."""

from __future__ import annotations

import re
from datetime import datetime

from archive.model.types import BlockKind
from legger.simulator import words
from legger.simulator.houses.house import House, ListEntry, Moment, Request, RouteAnswer
from legger.simulator.houses.markup import RSS, body_html, esc, paged, rss
from legger.simulator.profile import Profile
from legger.simulator.story import Item

_SIZE = 8


class Joomla(House):
    """Sends neither ``ETag`` nor ``Last-Modified``: each visit brings the whole page."""

    platform = "Joomla"
    server = "LiteSpeed"
    validators = False
    profile = Profile(
        name="streekpost",
        title="Streekpost Online",
        dateline="{PLACE} | ",
        datelined=0.7,
        first_number=7101,
        signed=0.5,
        leads=False,
    )

    def path(self, item: Item) -> str:
        """``/home/nieuws/7186-slug.html``."""
        return f"/home/nieuws/{item.number}-{item.slug}.html"

    def facts(self) -> dict[str, object]:
        """A feed of ten and a listing to page through."""
        return {
            "language": "nl",
            "feeds": (f"{self.base}/?format=feed&type=rss",),
            "listings": (f"{self.base}/home/nieuws",),
            "articles": (r"/home/nieuws/\d+-",),
            "ignore": (r"[?&]tmpl=component", r"/mailto/"),
        }

    def robots(self) -> str:
        """As Joomla ships it, shortened."""
        return "User-agent: *\nDisallow: /administrator/\nDisallow: /cache/\nDisallow: /component/mailto/\n"

    def route(self, request: Request, moment: Moment) -> RouteAnswer | None:
        """Articles by number, the blog with ``?start=``, the feed by query."""
        path, query = request.bare, request.query
        if path == "/" and query.get("format") == "feed":
            feed = rss(self.profile.title, f"{self.base}/", moment.latest(10), moment=moment)
            return RouteAnswer(body=feed, type=RSS)
        if path in ("/", "/home", "/home/nieuws"):
            start = query.get("start", "0")
            return self._blog(int(start) if start.isdigit() else 0, moment)
        if found := re.fullmatch(r"/home/nieuws/(\d+)-[^/]*\.html", path):
            item = self.newsroom.item(int(found[1]), moment.at)
            return self.article(item, moment, self._article(item, moment) if item else "")
        if path == "/over-streekpost":
            return RouteAnswer(body=self._page("Over Streekpost", _ABOUT, moment))
        return None

    def _blog(self, start: int, moment: Moment) -> RouteAnswer:
        number = start // _SIZE + 1
        entries, last = paged(moment.standing(), number, _SIZE)
        items = "".join(self._intro(entry, moment) for entry in entries)
        steps = "".join(
            f'<li><a href="/home/nieuws?start={(n - 1) * _SIZE}" class="pagenav">{n}</a></li>'
            for n in range(max(1, number - 3), min(last, number + 3) + 1)
            if n != number
        )
        main = (
            f'<div class="blog">{items}</div><div class="pagination"><p class="counter">Pagina {number} van '
            f"{last}</p>"
            f"<ul>{steps}</ul></div>"
        )
        return RouteAnswer(body=self._page("Nieuws", main, moment))

    def _intro(self, entry: ListEntry, moment: Moment) -> str:
        text = entry.story.blocks[0].text
        return (
            f'<div class="items-row"><h2><a href="{entry.url}">{esc(moment.headline(entry))}</a></h2><p>'
            f'{esc(text[:160].rsplit(" ", 1)[0])}...</p><p class="readmore"><a href="{entry.url}">Lees '
            "meer</a></p></div>"
        )

    def _article(self, item: Item, moment: Moment) -> str:
        entry = moment.entry(item)
        story, title = entry.story, moment.headline(entry)
        pictures = "".join(
            f'<div class="img_caption"><img src="/images/{p.name}.jpg" alt=""><p '
            f'class="img_caption">{esc(p.caption)} '
            f"(foto: {esc(p.credit)})</p></div>"
            for p in story.pictures
        )
        author = " en ".join(story.authors) or "Redactie Streekpost"
        changed = ""
        if entry.state.signed:
            changed = f'<dd class="modified">Laatst aangepast: {_stamp(entry.state.modified)}</dd>'
        text = body_html(story.blocks, {BlockKind.SUBHEAD: "<p><strong>{}</strong></p>"})
        more = "".join(
            f'<li><a href="{other.url}"><span>{esc(moment.headline(other))}</span></a></li>'
            for other in moment.others(item, 5, hours=6)
        )
        main = (
            '<div class="item-page" itemscope itemtype="https://schema.org/Article"><div '
            'class="page-header"><h2 '
            f'itemprop="headline">{esc(title)}</h2></div><div class="icons"><span '
            'class="icon-cog">Information</span><ul '
            f'class="actions"><li><a href="{self.path(item)}?tmpl=component&amp;print=1" '
            'rel="nofollow">Afdrukken</a></li>'
            '<li><a href="/component/mailto/?link=1" rel="nofollow">E-mail</a></li></ul></div><dl '
            'class="article-info '
            f'muted"><dt class="article-info-term">Details</dt><dd class="createdby">Geschreven door <span '
            f'itemprop="name">{esc(author)}</span></dd><dd class="category-name">Categorie: <a '
            'href="/home/nieuws">'
            f'{esc(story.section.capitalize())}</a></dd><dd class="create">Gemaakt: '
            f"{_stamp(item.published)}</dd>{changed}"
            f'<dd class="hits">Hits: {moment.views(item)}</dd></dl><div '
            f'itemprop="articleBody">{pictures}{text}</div>'
            '<ul class="pager pagenav"><li class="previous"><a>Vorige</a></li><li '
            'class="next"><a>Volgende</a></li></ul>'
            f'</div><div class="moduletable"><h3>Laatste nieuws</h3><ul class="latestnews">{more}</ul></div>'
        )
        return self._page(title, main, moment)

    def _page(self, title: str, main: str, moment: Moment) -> str:
        now = words.local(moment.at)
        return (
            f'<!DOCTYPE html>\n<html lang="nl-nl" dir="ltr"><head><base href="{self.base}/"><meta '
            'charset="utf-8"><meta '
            'name="generator" content="Joomla! - Open Source Content '
            f'Management"><title>{esc(title)}</title><link '
            f'href="{self.base}/?format=feed&amp;type=rss" rel="alternate" type="application/rss+xml" '
            'title="RSS 2.0">'
            f'</head>\n<body><div id="header"><a href="/">Streekpost Online</a><div class="date">'
            f'{words.long_date(moment.at)}</div><div class="clock">Goedendag, het is {now:%H:%M}</div><ul '
            'class="nav '
            'menu"><li><a href="/home">Home</a></li><li><a href="/home/nieuws">Nieuws</a></li><li><a '
            'href="/over-streekpost">Over Streekpost</a></li></ul></div>\n<div '
            f'id="content">{main}</div><div id="right">'
            "<h3>Artikel inzenden</h3><p>Nieuws uit de buurt? Stuur het in via het formulier.</p></div><div "
            'id="footer">'
            f"<p>Copyright © {now.year} Streekpost Online. Alle rechten voorbehouden.</p></div></body></html>"
        )

    def missing(self, moment: Moment) -> str:
        """Joomla's words for it."""
        return self._page(
            "404 - Fout", "<h1>404 - Artikel niet gevonden</h1><p>U kunt de pagina niet bezoeken.</p>", moment
        )


def _stamp(at: datetime) -> str:
    """``Donderdag, 18 januari 2018 20:10``."""
    here = words.local(at)
    return f"{words.weekday(at).capitalize()}, {here.day:02d} {words.MONTHS[here.month - 1]} {here.year} {here:%H:%M}"


_ABOUT = (
    "<h1>Over Streekpost</h1><p>Streekpost Online is een initiatief van vier dorpsraden langs de Regge.</p>"
)
