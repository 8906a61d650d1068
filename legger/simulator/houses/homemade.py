"""A village site in home-made PHP: the query string is the identity, a notice is pinned above all."""

from __future__ import annotations

import re
from itertools import groupby

from archive.model.types import Block, BlockKind
from crawler.siteconfig.site import Identity
from legger.simulator import words
from legger.simulator.houses.house import House, ListEntry, Moment, Request, RouteAnswer
from legger.simulator.houses.markup import esc, inline
from legger.simulator.profile import Profile
from legger.simulator.story import Item


class Homemade(House):
    """Tables, windows-1252 that the headers do not mention, paragraphs by ``<br><br>``; no feed at all."""

    platform = "home-made PHP"
    server = "Apache/2.4 (Win64) PHP/5.6"
    encoding = "windows-1252"
    validators = False
    profile = Profile(
        name="dorpsklok",
        title="De Dorpsklok",
        dateline="{Place} - ",
        datelined=0.4,
        first_number=31901,
        signed=0.4,
        leads=False,
        states_modified=False,
        notices=(
            "De Dorpsklok zoekt een nieuwe eigenaar. Na zeventien jaar vinden wij het mooi geweest. Wie de "
            "site wil "
            "overnemen, kan zich melden bij de redactie; de koffie staat klaar.",
            "Er hebben zich drie kandidaten gemeld om De Dorpsklok over te nemen. Tot er een keuze is "
            "gemaakt, blijven "
            "wij gewoon het nieuws uit het dorp brengen.",
            "De Dorpsklok gaat door! Vanaf de zomer staat de site onder leiding van twee oud-leerlingen van "
            "de "
            "Dorpsschool. Wij danken alle lezers voor hun trouw.",
        ),
    )

    def path(self, item: Item) -> str:
        """``/pages/archiefbericht.php?n_id=31969``; the newest stand at ``meer2.php`` too."""
        return f"/pages/archiefbericht.php?n_id={item.number}"

    def facts(self) -> dict[str, object]:
        """No feed and no sitemap: front page and archive."""
        return {
            "language": "nl",
            "listings": (f"{self.base}/index.php", f"{self.base}/pages/archief.php"),
            "articles": (r"[?&]n_id=\d+",),
            "identity": Identity(pattern=r"[?&]n_id=(\d+)"),
        }

    def route(self, request: Request, moment: Moment) -> RouteAnswer | None:
        """Everything by query string."""
        path, query = request.bare, request.query
        if path in ("/", "/index.php"):
            rows = "".join(self._row(entry, moment, "meer2.php") for entry in moment.latest(12))
            return self._answer(self._page("Nieuws uit het dorp", f"<h2>Nieuws:</h2><ul>{rows}</ul>", moment))
        if path == "/pages/archief.php":
            return self._answer(self._archive(query, moment))
        if path in ("/pages/archiefbericht.php", "/pages/meer2.php"):
            number = query.get("n_id", "")
            item = self.newsroom.item(int(number), moment.at) if number.isdigit() else None
            return self.article(item, moment, self._article(item, moment) if item else "")
        if path == "/pages/colofon.php":
            return self._answer(self._page("Colofon", _ABOUT, moment))
        return None

    def _answer(self, page: str) -> RouteAnswer:
        return RouteAnswer(body=page, type="text/html")

    def _row(self, entry: ListEntry, moment: Moment, script: str) -> str:
        return (
            f'<li><a href="/pages/{script}?n_id={entry.item.number}">{esc(moment.headline(entry))}</a> '
            f"<small>{_stamp(entry.item)}</small></li>"
        )

    def _archive(self, query: dict[str, str], moment: Moment) -> str:
        months = [
            (month, list(entries))
            for month, entries in groupby(
                moment.standing(), lambda e: words.local(e.item.published).strftime("%Y%m")
            )
        ]
        wanted = query.get("jaar", "") + query.get("maand", "")
        for month, entries in months:
            if month == wanted:
                rows = "".join(self._row(entry, moment, "archiefbericht.php") for entry in entries)
                return self._page(
                    f"Archief {month[4:]}-{month[:4]}", f"<h2>Archief</h2><ul>{rows}</ul>", moment
                )
        links = "".join(
            f'<li><a href="/pages/archief.php?jaar={month[:4]}&amp;maand={month[4:]}">'
            f"{words.MONTHS[int(month[4:]) - 1]} {month[:4]}</a> ({len(entries)})</li>"
            for month, entries in months
        )
        return self._page("Archief", f"<h2>Archief per maand</h2><ul>{links}</ul>", moment)

    def _article(self, item: Item, moment: Moment) -> str:
        entry = moment.entry(item)
        story, title = entry.story, moment.headline(entry)
        notice, _ = self.newsroom.notice(moment.at)
        pictures = "".join(
            f'<table align="right" width="220"><tr><td><img src="/fotos/{p.name}.jpg" '
            'width="210"></td></tr><tr><td '
            f'class="onderschrift"><i>{esc(p.caption)} Foto: {esc(p.credit)}</i></td></tr></table>'
            for p in story.pictures
        )
        signature = f"<br><br><i>Door: {esc(' en '.join(story.authors))}</i>" if story.authors else ""
        others = "".join(self._row(other, moment, "meer2.php") for other in moment.others(item, 5, hours=12))
        main = (
            '<table class="vast" bgcolor="#FFFFCC" width="100%"><tr><td><b>Vastgezet '
            f"Bericht.</b><br>{esc(notice)}</td>"
            '</tr></table><a href="javascript:history.back()">Terug</a><h1 '
            f'class="kop">{esc(title)}</h1><font size="1">'
            f"{_stamp(item)}</font><br>{pictures}<div "
            f'class="bericht">{_lines(story.blocks)}{signature}</div><hr><p>'
            "Reageren op dit bericht? Mail naar redactie@dorpsklok.example</p><h3>Ook op onze "
            f"website:</h3><ul>{others}</ul>"
        )
        return self._page(title, main, moment)

    def _page(self, title: str, main: str, moment: Moment) -> str:
        now = words.local(moment.at)
        return (
            '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">\n<html><head><meta '
            'http-equiv="Content-Type" '
            'content="text/html; charset=windows-1252"><title>De Dorpsklok - '
            f"{esc(title)}</title></head>\n<body "
            'bgcolor="#E0E8D0"><center><table width="900" cellpadding="6"><tr><td colspan="2" '
            'class="kopbalk"><a '
            f'href="/index.php">De Dorpsklok</a> <small>{words.long_date(moment.at)} {now:%H:%M} '
            "uur</small></td></tr><tr>"
            '<td width="150" valign="top" class="menu"><a href="/index.php">Nieuws</a><br><a '
            'href="/pages/archief.php">'
            'Archief</a><br><a href="/pages/colofon.php">Colofon</a><br>Webmail</td>\n'
            f'<td valign="top" class="inhoud">{main}</td></tr><tr><td colspan="2"><small>De Dorpsklok &copy; '
            f"2009-{now.year}. "
            "Bezoekers vandaag: "
            f"{17 + now.hour * 31 + now.minute // 10}</small></td></tr></table></center></body></html>"
        )

    def missing(self, moment: Moment) -> str:
        """What PHP says."""
        return self._page(
            "Fout", "<h1>Bericht niet gevonden</h1><p>Dit bericht is verwijderd of bestaat niet.</p>", moment
        )


def _lines(blocks: tuple[Block, ...]) -> str:
    pieces: list[str] = []
    for is_item, group in groupby(blocks, lambda block: block.kind is BlockKind.ITEM):
        lines = list(group)
        if is_item:
            pieces.append("<ul>" + "".join(f"<li>{inline(block.text)}</li>" for block in lines) + "</ul>")
            continue
        for block in lines:
            text = inline(block.text)
            pieces.append(f"<b>{text}</b><br>" if block.kind is BlockKind.SUBHEAD else f"{text}<br><br>")
    return re.sub(r"(<br>)+$", "", "\n".join(pieces))


def _stamp(item: Item) -> str:
    """``02.Mar.2026``, as the script's author once chose."""
    here = words.local(item.published)
    return f"{here.day:02d}.{words.MONTHS_EN[here.month - 1][:3]}.{here.year}"


_ABOUT = "<h1>Colofon</h1><p>De Dorpsklok is een site van en voor het dorp, gemaakt door Gerrit en Annet.</p>"
