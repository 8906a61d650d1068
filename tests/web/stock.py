"""What stands in the archive of these tests: articles, edits, a removal, a redaction, and bad intentions."""

from __future__ import annotations

from datetime import UTC, datetime

from archive import Archive
from archive.annotations import Annotations
from archive.model.reports import RunCounts, SiteFacts
from archive.model.types import Block, BlockKind, Image, PageKind, RepeatedLine, SiteMemory, StatedTime
from tests.archive.newsroom import Filer, article, capture, day

ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "<iframe srcdoc='<script>parent.alert(1)</script>'>",
    "<a href=jav&#x61;script:alert(1)>hier</a>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)>",
    "\u202e]]><!--",
)
"""Words that would do something if they were not escaped."""

PAGE = """<!doctype html><html><head><title>Zwembad</title><base href="https://evil.example/">
<meta http-equiv="refresh" content="0;url=https://evil.example/">
<link rel="stylesheet" href="//evil.example/a.css">
<script src="https://evil.example/a.js"></script><style>@import
url(https://evil.example/b.css);</style></head> <body onload="alert(1)"
background="https://evil.example/c.png"><h1>Zwembad open</h1> <p
style="background:url(https://evil.example/d.png)">De brug is dicht.</p> <img src="https://evil.example/e.png"
alt="Bad"> <a href="javascript:alert(1)">hier</a><a href="https://evil.example/f"
ping="https://evil.example/g">daar</a> <form action="https://evil.example/h"><button
formaction="https://evil.example/i">Stuur</button></form> <svg><script>alert(1)</script><use
xlink:href="https://evil.example/j#k"/><image href="https://evil.example/l"/></svg> <iframe
src="https://evil.example/m"></iframe><object data="https://evil.example/n"></object> <video
poster="https://evil.example/o"><source src="https://evil.example/p"></video> <noscript><img
src="https://evil.example/q"></noscript><img srcset="https://evil.example/r 2x">
<template><script>alert(1)</script></template></body></html>"""
"""A captured page that tries every way out."""


def stock(archive: Archive) -> None:
    """Fill an empty archive and its index."""
    desk = Filer(archive)
    facts = SiteFacts(title="De Krant", place="Haaksbergen", publisher="Krant BV", issn="0317-8471")
    run = archive.runs.start("krant", at=day(0), settings={}, facts=facts)
    words = (
        "De brug bij het Reünieplein is dicht.\nWethouder Jansen sprak van pech. Zo’n 15 mensen keken toe."
    )
    desk.see(
        article(
            words,
            title="Brug dicht",
            kicker="Verkeer",
            authors=("Anna Bos",),
            section="112",
            tags=("brug",),
            language="nl",
            dateline="Haaksbergen",
            published=StatedTime(value=datetime(2026, 3, 2, 7, tzinfo=UTC), raw="2 maart", source="meta"),
            sources={"title": "h1", "text": "model", "section": "meta"},
            images=(Image(url="https://krant.example/1.jpg", caption="De brug"),),
        ),
        day(0),
        body=PAGE.encode(),
    )
    desk.see(
        article(
            "De brug bij het Reünieplein is dicht.\nZo’n 17 mensen keken toe.",
            title="Brug dicht",
            language="nl",
        ),
        day(1),
    )
    desk.see(article("De brug is open.", title="Brug weer open", modified=day(2), language="nl"), day(2))
    place = {"key": "2", "url": "https://krant.example/2?id=7"}
    desk.see(article("Het zwembad wordt duurder.", title="Zwembad duurder", language="nl"), day(1), **place)
    for number in (2, 4, 6):
        desk.miss(day(number), status=410, **place)
    place = {"key": "3", "url": "https://krant.example/3"}
    desk.see(article("Een naam die niet mag.", title="Geheim"), day(1), **place)
    archive.redactions.redact("3", at=day(3), ground="AVG", reason="verzoek", who="archivaris")
    desk.see(
        article(
            kind=PageKind.LIVEBLOG,
            title="Storm: live",
            blocks=(
                Block(kind=BlockKind.LEAD, text="Het waait."),
                Block(kind=BlockKind.SUBHEAD, text="Middag", at=day(1)),
                Block(kind=BlockKind.QUOTE, text="„Blijf binnen.”"),
                Block(kind=BlockKind.ITEM, text="Neem een jas mee"),
                Block(kind=BlockKind.CAPTION, text="De dijk"),
                Block(kind=BlockKind.BOX, text="Windkracht 10 is een zware storm."),
            ),
        ),
        day(1),
        key="4",
        url="https://blad.example/4",
        site="blad",
    )
    for number, attack in enumerate(ATTACKS, 10):
        place = {"key": attack, "url": f"https://krant.example/{number}?q={attack}"}
        for text in (f"Eerst {attack} nieuws.", f"Later {attack} nieuws. {attack}"):
            desk.see(
                article(
                    text,
                    title=f"Aanval {attack}",
                    kicker=attack,
                    authors=(attack,),
                    byline=attack,
                    section=attack,
                    tags=(attack,),
                    language=attack,
                    dateline=attack,
                    url=place["url"],
                    canonical_url=attack,
                    published=StatedTime(value=day(0), raw=attack, source=attack),
                    sources={"section": attack},
                ),
                day(2 if text.startswith("Eerst") else 3),
                **place,
            )
    desk.see(
        article("In ‘Zwembad duurder’ stond een fout.", title="Rectificatie", language="nl"),
        day(3),
        key="rectificatie",
        url="https://krant.example/rectificatie",
    )
    archive.captures.keep(capture("https://krant.example/over", at=day(2), body=b"<p>Over ons</p>"))
    archive.boilerplate.remember(
        SiteMemory(
            site="krant",
            version=1,
            learned_at=day(2),
            articles=10,
            lines=tuple(RepeatedLine(text=each, place=f"div.{each}", seen=3, of=9) for each in ATTACKS),
        )
    )
    archive.runs.end(run, at=day(0), outcome="done", counts=RunCounts(pages=3, new=2))
    archive.commit()
    archive.index.update()


def annotate(margin: Annotations, archive: Archive) -> None:
    """Notes, tags and queries, some with bad intentions."""
    for number in ("1", "6"):
        version = archive.articles.version(number)
        for attack in ATTACKS:
            margin.note(version, attack, at=day(3))
            margin.tag(version, attack, at=day(3))
    margin.save("bruggen", "brug~ site:krant", at=day(3))
    margin.save("<script>alert(1)</script>", 'brug "<script>alert(1)</script>"', at=day(3))
