"""A regional daily: a consent gate on another host, teasers, one slug every week."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property
from urllib.parse import quote

from archive.model.types import BlockKind, PageKind
from crawler.siteconfig.site import Identity
from legger.simulator import words
from legger.simulator.houses.house import House, ListEntry, Moment, Request, Response, RouteAnswer
from legger.simulator.houses.markup import RSS, attr, body_html, esc, iso, paged, rss
from legger.simulator.profile import Profile
from legger.simulator.story import Access, Item

_SORRY = (
    "Onze excuses Helaas kunnen wij deze social post, liveblog of anders niet tonen omdat het één of "
    "meerdere "
    "social media-elementen bevat. Aanvaard de social media-cookies om deze inhoud alsnog te tonen."
)


class Daily(House):
    """Some articles answer only to a consent cookie; an honest crawler has none."""

    platform = "regional daily with a consent gate"
    server = "AkamaiGHost"
    profile = Profile(
        name="dinkelkoerier",
        title="Dinkelkoerier",
        dateline="{PLACE} - ",
        datelined=0.35,
        first_number=1,
        signed=0.85,
        teasers=0.25,
        gated=0.15,
        weekly="Het nieuws van de week in vogelvlucht: dit gebeurde in uw gemeente",
        apologies=True,
    )

    def path(self, item: Item) -> str:
        """``/<place>/<slug>~a<hex>/``: only the code is the identity."""
        return f"/{words.slug(item.place)}/{item.slug}~{item.code}/"

    def facts(self) -> dict[str, object]:
        """Two feeds and the places; the code after the tilde is the identity."""
        return {
            "language": "nl",
            "feeds": (f"{self.base}/home/rss.xml",),
            "listings": (f"{self.base}/", f"{self.base}/archief/"),
            "articles": (r"~a[0-9a-f]{7}/",),
            "identity": Identity(pattern=r"~(a[0-9a-f]+)"),
        }

    @cached_property
    def _by_code(self) -> dict[str, Item]:
        return {item.code: item for item in self.newsroom.items}

    def robots(self) -> str:
        """Search and the members' corner are closed."""
        return "User-agent: *\nDisallow: /zoeken\nDisallow: /mijn/\n"

    def route(self, request: Request, moment: Moment) -> RouteAnswer | None:
        """Articles by code, places, an archive by page, feeds."""
        path = request.bare
        if path in ("/home/rss.xml", "/rss.xml"):
            feed = rss(self.profile.title, f"{self.base}/", moment.latest(20), moment=moment)
            return RouteAnswer(body=feed, type=RSS, touched=moment.touched)
        if found := re.fullmatch(r"/[a-z0-9-]+/[^/]*~(a[0-9a-f]{7})/?", path):
            item = self._by_code.get(found[1])
            item = item if item is not None and item.published <= moment.at else None
            if (
                item is not None
                and item.access is Access.GATED
                and "consent=1" not in request.headers.get("cookie", "")
            ):
                back = quote(self.url(item), safe="")
                where = f"{self.gate}/consent?siteKey=dinkelkoerier&callbackUrl={back}"
                return RouteAnswer(status=302, headers=(("Location", where), ("Cache-Control", "no-store")))
            return self.article(item, moment, self._article(item, moment) if item else "")
        if path == "/" or re.fullmatch(r"/archief/(\d+/)?", path):
            return self._listing(path, moment)
        if path == "/over-ons/":
            return RouteAnswer(
                body=self._page("Over de Dinkelkoerier", _ABOUT, moment), touched=moment.touched
            )
        places = {words.slug(place): place for place in words.PLACES}
        if found := re.fullmatch(r"/([a-z-]+)/", path):
            place = places.get(found[1])
            if place is not None:
                tiles = "".join(self._tile(e, moment) for e in moment.standing() if e.item.place == place)
                return RouteAnswer(
                    body=self._page(place, f"<h1>{place}</h1><ul class=tiles>{tiles}</ul>", moment),
                    touched=moment.touched,
                )
        return None

    def _listing(self, path: str, moment: Moment) -> RouteAnswer | None:
        found = re.search(r"\d+", path)
        number = int(found[0]) if found else 1
        entries, last = paged(moment.standing(), number, 15)
        if number > last:
            return None
        tiles = "".join(self._tile(entry, moment) for entry in entries)
        more = f'<a rel="next" class="pagination__next" href="/archief/{number + 1}/">Ouder nieuws</a>'
        main = f'<h1>Regio</h1><ul class="tiles">{tiles}</ul>{more if number < last else ""}'
        return RouteAnswer(body=self._page("Nieuws uit de regio", main, moment), touched=moment.touched)

    def _tile(self, entry: ListEntry, moment: Moment) -> str:
        label = '<span class="tile__label">PREMIUM</span>' if entry.item.access is Access.TEASER else ""
        intro = entry.story.blocks[0].text[:130].rsplit(" ", 1)[0]
        return (
            f'<li class="tile"><a href="{entry.url}">{label}<h3 '
            f'class="tile__title">{esc(moment.headline(entry))}'
            f'</h3><p class="tile__intro">{esc(entry.item.place.upper())} - {esc(intro)}…</p></a></li>'
        )

    def _article(self, item: Item, moment: Moment) -> str:
        entry = moment.entry(item)
        moment.touch(entry.state.since)
        story, title = entry.story, moment.headline(entry)
        captions = [
            '<figure class="article__figure"><button class="article__zoom">Volledig scherm</button><img '
            f'src="/foto/{p.name}.jpg" alt=""><figcaption '
            f'class="article__caption"><span>{esc(p.caption)}</span> '
            f'<span class="article__credit">© {esc(p.credit)}</span></figcaption></figure>'
            for p in story.pictures
        ]
        between = {0: "".join(captions)}
        if self.profile.apologies and item.number % 3 == 0 and story.kind is PageKind.ARTICLE:
            sorry = f'<div class="article__component article__embed"><p>{esc(_SORRY)}</p></div>'
            between[1] = sorry
            between[3] = sorry
        tags = {
            BlockKind.LEAD: '<p class="article__intro">{}</p>',
            BlockKind.PARAGRAPH: '<p class="article__component article__paragraph">{}</p>',
            BlockKind.SUBHEAD: '<h2 class="article__component article__subheader">{}</h2>',
        }
        text = body_html(story.blocks, tags, between=between)
        wall = label = ""
        if item.access is Access.TEASER:
            label = '<span class="article__label">PREMIUM</span>'
            wall = (
                '<div class="article__component--paywall-module-notification"><h3>Verder lezen?</h3><p>Dit '
                "artikel is "
                "alleen voor abonnees. Neem een proefabonnement en lees onbeperkt.</p><a>Probeer nu</a></div>"
            )
        here = words.local(item.published)
        byline = (
            f'<span class="article__author">{esc(" en ".join(story.authors))}</span> '
            if story.authors
            else ""
        )
        dates = f'<time class="article__time" datetime="{iso(item.published)}">{here:%d-%m-%y, %H:%M}</time>'
        if entry.state.signed:
            now = words.local(entry.state.modified)
            dates += f' <span class="article__updated">Laatste update: {now:%d-%m-%y, %H:%M}</span>'
        related = "".join(self._tile(other, moment) for other in moment.others(item, 4, hours=2))
        read = "".join(
            f'<li><a href="{other.url}">{esc(moment.headline(other))}</a></li>'
            for other in moment.others(item, 5, hours=1, salt="read")
        )
        free = "false" if item.access is Access.TEASER else "true"
        main = (
            f'<article class="article"><header class="article__header">{label}<h1 '
            f'class="article__title">{esc(title)}'
            f'</h1></header><div class="article__meta">{byline}{dates}</div><div '
            f'class="article__body">{text}</div>{wall}'
            '<div class="article__share"><span>Deel artikel:</span> <a>Facebook</a> '
            "<a>E-mail</a></div></article>"
            f'<section class="related"><h2>Meer uit {esc(item.place)}</h2><ul>{related}</ul></section>'
            f"<aside><h2>Meest gelezen</h2><ol>{read}</ol></aside>"
        )
        head = (
            f'<link rel="canonical" href="{entry.url}"><meta property="og:title" content="{attr(title)}">'
            '<meta property="og:type" content="article"><meta name="article:accessible_for_free" '
            f'content="{free}">'
            f'<meta property="article:published_time" content="{iso(item.published)}">'
            f'<meta property="article:modified_time" content="{iso(entry.state.modified)}">'
        )
        return self._page(title, main, moment, head=head)

    def _page(self, title: str, main: str, moment: Moment, *, head: str = "") -> str:
        menu = "".join(f'<a href="/{words.slug(p)}/">{p}</a>' for p in words.PLACES[:9])
        return (
            f'<!DOCTYPE html>\n<html lang="nl"><head><meta charset="utf-8"><title>{esc(title)} | '
            "Dinkelkoerier</title>"
            '<link rel="alternate" type="application/rss+xml" '
            f'href="{self.base}/home/rss.xml">{head}</head>\n'
            f'<body class="fjs"><header class="header"><a href="/">Dinkelkoerier</a><nav>{menu}</nav><a '
            'href="/mijn/">'
            f'Abonneeservice</a></header><main>{main}</main><footer class="footer"><a href="/over-ons/">Over '
            "ons</a> "
            '<a href="/archief/">Archief</a><p>Op alle verhalen van de Dinkelkoerier rust uiteraard '
            "copyright.</p>"
            "</footer></body></html>"
        )

    def missing(self, moment: Moment) -> str:
        """In the house's own shell."""
        return self._page(
            "Niet gevonden", "<h1>Deze pagina is er niet</h1><p>Misschien is ze verplaatst.</p>", moment
        )


class Gate:
    """The consent gate, on a host of its own. It has no articles and lets nobody in."""

    name = "gate"

    def __init__(self, base: str) -> None:
        self.base = base

    def respond(self, request: Request, at: datetime) -> Response:
        """Always the same question."""
        plain = request.bare == "/robots.txt"
        body = b"User-agent: *\nDisallow: /\n" if plain else _CONSENT.encode()
        headers = (
            ("Date", format_datetime(at.astimezone(UTC), usegmt=True)),
            ("Content-Type", "text/plain" if plain else "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
        )
        return Response(status=200, headers=headers, body=b"" if request.method == "HEAD" else body)


_CONSENT = (
    '<!DOCTYPE html>\n<html lang="nl"><head><meta charset="utf-8"><title>Uw '
    "privacy-instellingen</title></head><body>"
    '<div id="pg-shadow-host-dom"><h1>Wij en onze partners vragen uw toestemming</h1><p>Met cookies houden '
    "wij bij "
    "welke berichten u leest, tonen wij advertenties die bij u passen en meten wij het bereik daarvan. U "
    "kunt uw "
    "keuze later altijd veranderen.</p><button>Akkoord</button><button>Instellen</button><p>Wij delen "
    "gegevens met 214 "
    "partners. Lees in ons privacybeleid waarvoor zij die gebruiken.</p></div></body></html>"
)
_ABOUT = (
    "<h1>Over de Dinkelkoerier</h1><p>De Dinkelkoerier is een regionale krant die zes dagen per week "
    "verschijnt, "
    "met een redactie in Oldenzaal.</p>"
)
