"""A free weekly on Pubble: script leaked as text above the article, furniture below it."""

from __future__ import annotations

import re

from archive.model.types import BlockKind
from legger.simulator import words
from legger.simulator.houses.house import House, ListEntry, Moment, Request, RouteAnswer
from legger.simulator.houses.markup import RSS, attr, body_html, esc, iso, paged, rss
from legger.simulator.profile import Profile
from legger.simulator.story import Item

_MENU = (("algemeen", "Algemeen"), ("112", "112"), ("sport", "Sport"), ("politiek", "Politiek"),
         ("cultuur", "Cultuur"), ("zakelijk", "Zakelijk"))  # fmt: skip
_LEAK = (
    '<SCRIPT SRC="//secure.adnxs.example/ttj?id=4407131&cb=[CACHEBUSTER]" TYPE="text/javascript"></SCRIPT>'
)


class Pubble(House):
    """The house of "Auto zoeker"."""

    platform = "Pubble weekly"
    server = "Pubble"
    profile = Profile(
        name="buurserbode",
        title="De Buurser Bode",
        dateline="[{PLACE}] ",
        datelined=0.6,
        first_number=65301,
        series=(
            "Achter de voordeur",
            "In de rubriek Achter de voordeur laten inwoners van onze gemeente zien hoe ze wonen en werken. "
            "Wie ook mee wil doen, hoeft alleen de koffie klaar te zetten.",
        ),
        redesigned=True,
        states_modified=False,
    )

    def path(self, item: Item) -> str:
        """``/nieuws/algemeen/65363/slug-cut-``: cut at forty signs, wherever that falls."""
        return f"/nieuws/{item.section}/{item.number}/{item.slug[:40]}"

    def facts(self) -> dict[str, object]:
        """A feed of the fifty newest; sections to walk."""
        return {
            "language": "nl",
            "feeds": (f"{self.base}/rss/feed",),
            "listings": (f"{self.base}/", *(f"{self.base}/nieuws/{key}" for key, _ in _MENU)),
            "articles": (r"/nieuws/[a-z0-9]+/\d+/",),
        }

    def robots(self) -> str:
        """The e-paper's search is nobody's business."""
        return "User-agent: *\nDisallow: /zoeken\nDisallow: /account/\n"

    def route(self, request: Request, moment: Moment) -> RouteAnswer | None:
        """Front page, sections, articles by number (the slug does not matter), e-paper, feed."""
        path = request.bare
        if path == "/rss/feed":
            feed = rss(self.profile.title, f"{self.base}/", moment.latest(50), moment=moment, author=False)
            return RouteAnswer(body=feed, type=RSS, touched=moment.touched)
        if found := re.fullmatch(r"/nieuws/[a-z0-9]+/(\d+)/[^/]*", path):
            item = self.newsroom.item(int(found[1]), moment.at)
            return self.article(item, moment, self._article(item, moment) if item else "")
        section = path.removeprefix("/nieuws/") if path.startswith("/nieuws/") else None
        if path == "/" or section in dict(_MENU):
            return self._listing(request, moment, section)
        if path == "/over-ons":
            return RouteAnswer(body=self._page("Over ons", _ABOUT, moment), touched=moment.touched)
        if path == "/contact":
            return RouteAnswer(body=self._page("Contact", _CONTACT, moment), touched=moment.touched)
        if found := re.fullmatch(r"/open/([0-9a-f]{8})", path):
            return self._issue(found[1], moment)
        return None

    def _listing(self, request: Request, moment: Moment, section: str | None) -> RouteAnswer:
        number = int(request.query.get("page", "1")) if request.query.get("page", "1").isdigit() else 1
        entries, last = paged(moment.standing(section=section), max(1, number), 12)
        cards = "".join(self._card(entry, moment) for entry in entries)
        links = "".join(
            f'<a class="pagination__link" href="?page={n}">{n}</a>' for n in range(1, last + 1) if n != number
        )
        heading = dict(_MENU).get(section or "", "Laatste nieuws")
        main = f'<h2 class="component__title">{heading}</h2><div class="component__articlelist">{cards}</div>'
        return RouteAnswer(
            body=self._page(heading, main + f'<nav class="pagination">{links}</nav>', moment),
            touched=moment.touched,
        )

    def _card(self, entry: ListEntry, moment: Moment) -> str:
        teaser = entry.story.blocks[0].text
        return (
            '<article class="component__teaser"><a '
            f'href="{entry.url}"><h3>{esc(moment.headline(entry))}</h3></a>'
            f'<p class="component__teaser-intro">{esc(teaser[:110].rsplit(" ", 1)[0])}…</p></article>'
        )

    def _issue(self, code: str, moment: Moment) -> RouteAnswer | None:
        week = int(code, 16) - 0x5B1E0000
        issues = moment.turn(168)
        if not 0 <= week <= issues:
            return None
        entries = [e for e in moment.standing() if (e.item.published.timetuple().tm_yday // 7) == week]
        parts = "".join(
            f"<h2>{esc(e.story.title)}</h2>" + "".join(f"<p>{esc(b.text)}</p>" for b in e.story.blocks)
            for e in entries
        )
        title = f"Editie week {week + 1}"
        return RouteAnswer(
            body=f"<!DOCTYPE html><html lang=nl><head><title>{title} | {self.profile.title}</title></head><body "
            f'class="epaper"><h1>{title}</h1><div class="epaper__pages">{parts}</div></body></html>',
            touched=moment.touched,
        )

    def _article(self, item: Item, moment: Moment) -> str:
        entry = moment.entry(item)
        moment.touch(entry.state.since)
        story, title = entry.story, moment.headline(entry)
        new = moment.skin == 1
        figures = "".join(
            f'<figure class="component__image"><img src="/img/{p.name}_thumb840.jpg" alt="">'
            f'<figcaption class="component__caption">{esc(p.caption)} <span class="component__credit">(Foto: '
            f"{esc(p.credit)})</span></figcaption></figure>"
            for p in story.pictures
        )
        byline = "".join(
            f'<p class="component__author">{esc(" en ".join(story.authors))}</p>' if story.authors else ""
        )
        tags = {
            BlockKind.LEAD: '<p class="article-lead"><b>{}</b></p>'
            if new
            else '<p class="component__intro">{}</p>' + byline,
            BlockKind.SUBHEAD: "<h3>{}</h3>"
            if new
            else '<p class="component__subhead"><strong>{}</strong></p>',
        }
        text = body_html(story.blocks, tags)
        if new or story.blocks[0].kind is not BlockKind.LEAD:
            text = byline + text
        wrap = "article-body" if new else "component__body"
        related = "".join(
            f'<li class="component__related-item"><a href="{other.url}">{esc(moment.headline(other))}</a>'
            f"<p>{esc(other.story.blocks[0].text[:140].rsplit(' ', 1)[0])}…</p></li>"
            for other in moment.others(item, 5, hours=3)
        )
        brand = ("Volkswagen Golf", "Opel Corsa", "Toyota Aygo", "Volvo V60", "Kia Picanto")[
            moment.turn(2) % 5
        ]
        shop = ("Tuinset", "Elektrische fiets", "Boxspring", "Keukenapparatuur")[moment.turn(6) % 4]
        main = (
            '<div class="component__plugin '
            f'component__plugin--ad"><h6>Advertentie</h6><p>{esc(_LEAK)}</p></div>'
            f'{figures}<h1 class="{"article-title" if new else "component__headline"}">{esc(title)}</h1>'
            f'<p class="component__date">{words.long_date(item.published)}</p>'
            f'<div class="{wrap}">{text}</div>'
            '<div class="component__share"><p>Deel dit artikel</p><a href="#">Facebook</a> <a '
            'href="#">WhatsApp</a></div>'
            '<div class="component__plugin"><h6>Auto zoeker</h6><p>Vind uw nieuwe auto bij een dealer in de '
            "regio.</p>"
            f'<p><a href="/auto">{brand}</a> vanaf € {8950 + 100 * (moment.turn(2) % 40)},-</p></div>'
            f'<div class="component__plugin"><h6>Shopbox</h6><p>{shop} van de week, nu bij u in de '
            "buurt.</p></div>"
            f'<div class="component__related"><h4>Meer berichten</h4><ul>{related}</ul></div>'
        )
        head = (
            f'<link rel="canonical" href="{entry.url}"><meta property="og:title" content="{attr(title)}">'
            '<meta property="og:type" content="article"><meta property="article:published_time" '
            f'content="{iso(item.published)}">'
            f'<meta property="og:url" content="{entry.url}">'
        )
        return self._page(title, main, moment, head=head)

    def _page(self, title: str, main: str, moment: Moment, *, head: str = "") -> str:
        menu = "".join(f'<li><a href="/nieuws/{key}">{name}</a></li>' for key, name in _MENU)
        week = moment.turn(168)
        paper = f'<a href="/open/{0x5B1E0000 + max(0, week - 1):08x}">Lees de krant</a>'
        shell = "layout-2026" if moment.skin else "component__wrapper"
        return (
            f'<!DOCTYPE html>\n<html lang="nl"><head><meta charset="utf-8"><title>{esc(title)} | '
            f"{self.profile.title}</title>"
            '<link rel="alternate" type="application/rss+xml" '
            f'href="{self.base}/rss/feed">{head}</head>\n<body>'
            '<div class="cookiebar"><p>Deze website maakt gebruik van '
            "cookies.</p><button>Instellingen</button></div>"
            '<header class="component__header"><a '
            f'href="/">{self.profile.title}</a><nav><ul>{menu}</ul></nav>'
            f'<p class="component__issue">{paper}</p></header>\n<main class="{shell}">{main}</main>\n'
            '<footer class="component__footer"><ul><li><a href="/over-ons">Over ons</a></li><li><a '
            'href="/contact">Contact'
            '</a></li><li><a href="/zoeken">Zoeken</a></li></ul><p>Heeft u nieuws? Mail de redactie van de '
            "Bode.</p>"
            "<p>Bezorgklacht? Bel op werkdagen tot 17.00 uur met de bezorgdienst.</p></footer></body></html>"
        )

    def missing(self, moment: Moment) -> str:
        """Says so under its own header."""
        return self._page(
            "Pagina niet gevonden",
            "<h1>Pagina niet gevonden</h1><p>Dit bericht bestaat niet (meer).</p>",
            moment,
        )


_ABOUT = (
    "<h1>Over ons</h1><p>De Buurser Bode verschijnt sinds 1953 iedere woensdag huis-aan-huis in Haaksbergen, "
    "Buurse "
    "en Sint Isidorushoeve. De oplage bedraagt 14.200 exemplaren.</p><p>De redactie werkt vanuit een oude "
    "bakkerij en is "
    "op dinsdagochtend open voor wie iets te vertellen heeft.</p>"
)
_CONTACT = "<h1>Contact</h1><p>Redactie: redactie@buurserbode.example. Advertenties: verkoop@buurserbode.example.</p>"
