"""A redesign between two visits: no edits, a template learned at once, and an operator who is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive import Archive
from archive.reports.digest import digest
from crawler.crawl.record import VisitRecord
from crawler.extract.templates import templates_of
from legger.simulator import OPENING
from tests.crawler.answering import CrawledSite, dorp
from tests.crawler.crawling import Said, front

WHO = (
    "de wethouder",
    "de voorzitter",
    "de directeur",
    "de trainer",
    "de dirigent",
    "de boswachter",
    "de bakker",
)
WHAT = ("de brug", "het zwembad", "de school", "de kantine", "de zaal", "het bos", "de winkel")
NUMBERS = range(7)


def words(number: int) -> list[str]:
    who, what = WHO[number], WHAT[number]
    return [
        f"In het dorp is {what} dit weekend onderwerp van een lang gesprek geweest tussen {who} en bewoners.",
        f"“Wij willen dat {what} blijft zoals zij was”, zei {who} na de avond, die tot half elf duurde.",
        f"Volgens {who} is er {number + 3}0.000 euro nodig om {what} op te knappen, en dat geld is er niet.",
    ]


def head(number: int) -> str:
    return (
        f"<title>{WHO[number]} wil {WHAT[number]} houden</title><meta property='og:type' content='article'>"
        f"<meta property='article:published_time' content='2026-02-{number + 2:02}T09:30:00+01:00'>"
    )


def before(number: int) -> str:
    text = "".join(f"<p>{each}</p>" for each in words(number))
    return (
        f"<!DOCTYPE html><html lang='nl'><head>{head(number)}</head><body><header class='top'>Dorp</header>"
        "<main class='page'><article class='post'>"
        f"<h1 class='title'>{WHO[number]} wil {WHAT[number]} houden</h1>"
        f"<div class='entry'>{text}</div></article></main><footer class='foot'>Dorp</footer></body></html>"
    )


def after(number: int) -> str:
    text = "".join(f"<div class='al'>{each}</div>" for each in words(number))
    return (
        f"<!DOCTYPE html><html lang='nl'><head>{head(number)}</head><body><div class='bar'>Dorp</div>"
        "<div class='grid'><section class='story'>"
        f"<h1 class='kop'>{WHO[number]} wil {WHAT[number]} houden</h1>"
        f"<div class='inhoud'>{text}</div><div class='delen'>Deel dit bericht</div></section>"
        "<div class='rechts'><div class='meest'>Meest gelezen</div></div></div></body></html>"
    )


@pytest.fixture
def archive(archive_file: Path) -> Iterator[Archive]:
    with Archive.open(archive_file) as opened:
        yield opened


def told(archive: Archive) -> list[str]:
    return [each.says for each in archive.alarms.all() if each.kind == "redesign"]


def test_a_redesign_is_told_learned_and_makes_no_edit(archive: Archive) -> None:
    town = CrawledSite(
        archive=archive, site=dorp(), answers={"/": Said(body=front(*map("/bericht-{}".format, NUMBERS)))}
    )
    town.answers |= {f"/bericht-{each}": Said(body=before(each)) for each in NUMBERS}
    town.visit()
    town.visit(1)
    assert len(templates_of(archive.boilerplate.get("dorp").templates)) == 1
    assert not told(archive)
    town.answers |= {f"/bericht-{each}": Said(body=after(each)) for each in NUMBERS}
    run = town.visit(12, backfill=True)
    assert run.counts.learned == 1
    (says,) = told(archive)
    assert "7 of 7 articles" in says
    assert "redesigned" in says
    assert [each.articles for each in templates_of(archive.boilerplate.get("dorp").templates)] == [7]
    assert {each.number for each in archive.articles.versions()} == {1}
    town.visit(14)
    assert told(archive), "it is told for a week"
    town.visit(40)
    assert not told(archive)
    week = digest(archive, since=OPENING, until=OPENING + timedelta(days=60))
    assert not week.silent
    assert not week.rewritten


def test_one_page_of_another_make_is_no_redesign(archive: Archive) -> None:
    town = CrawledSite(
        archive=archive, site=dorp(), answers={"/": Said(body=front(*map("/bericht-{}".format, NUMBERS)))}
    )
    town.answers |= {f"/bericht-{each}": Said(body=before(each)) for each in NUMBERS}
    town.visit()
    town.answers["/bericht-1"] = Said(body=after(1))
    town.visit(12, backfill=True)
    assert not told(archive)


@pytest.mark.parametrize(
    ("built", "articles", "redesigned"),
    [(6, 6, True), (5, 6, True), (3, 3, True), (3, 6, False), (2, 2, False), (0, 9, False)],
)
def test_a_redesign_changes_nearly_every_page_and_a_rarer_kind_of_page_is_none(
    archive: Archive, built: int, articles: int, redesigned: bool
) -> None:
    record = VisitRecord(dorp(), archive, now=lambda: OPENING)
    record.health_signals.pages["new template"] = built
    record.health_signals.pages["article"] = articles
    assert record.is_redesigned is redesigned
