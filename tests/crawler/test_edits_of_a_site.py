"""What crawls of a small site call an edit, over some days: the template's doing, empty pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from archive import Archive
from archive.model.addresses import Miss
from archive.model.types import Capture
from crawler.ingest.ingest import ingest, reader
from crawler.siteconfig.site import Site
from legger.simulator import OPENING
from tests.crawler.crawling import Host, Said, Stage, front, opened, story

NUMBERS = range(1, 9)
NOTICE = "Stem nu voor de sportman van het jaar op deze site!"
SHELL = (
    "<!DOCTYPE html><html lang='nl'><head><title>Bericht 9 uit het dorp</title>"
    "<meta property='og:type' content='article'><meta property='og:title' content='Bericht 9 uit het dorp'>"
    "</head><body><main><article><h1>Bericht 9 uit het dorp</h1><div id='root'></div></article></main>"
    "<script src='/app.js'></script></body></html>"
)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return opened(tmp_path)


@pytest.fixture
def hosts() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def newspaper(hosts: ExitStack, page: Callable[[int], str], *more: str) -> Host:
    """A site of eight articles, each as *page* has it when it is asked for."""
    paths = [f"/bericht-{number}" for number in NUMBERS]

    def answer(path: str) -> Said:
        if path == "/":
            return Said(body=front(*paths, *more))
        if path in more:
            return Said(body=SHELL)
        name, _, number = path.rpartition("-")
        return Said(body=page(int(number))) if name == "/bericht" else Said(status=404)

    return hosts.enter_context(Host(answer))


def versions(stage: Stage) -> dict[int, int]:
    with stage.read() as archive:
        return {
            int(each.article.url.rpartition("-")[2]): each.number for each in archive.articles.all("dorp")
        }


@pytest.mark.parametrize(
    "template",
    [
        lambda page: page.replace("</p><p>", f"</p><p>{NOTICE}</p><p>", 1),
        lambda page: page.replace("uit het dorp</h1>", "uit ons dorp</h1>").replace(
            "uit het dorp</title>", "uit ons dorp</title>"
        ),
    ],
    ids=["a house notice", "a word in every headline"],
)  # fmt: skip
def test_a_change_of_the_template_is_no_edit_and_one_editors_edit_among_them_is(
    stage: Stage, hosts: ExitStack, template: Callable[[str], str]
) -> None:
    today = {"template": False, "edited": 0}

    def page(number: int) -> str:
        text = story(number, more="x" * today["edited"])
        if number == today["edited"]:
            text = text.replace("tevreden waren", "boos waren")
        return template(text) if today["template"] else text

    stage.add(newspaper(hosts, page).site("dorp"))
    stage.crawl("dorp", "--backfill")
    for day in range(1, 4):
        stage.at(stage.now() + timedelta(days=1))
        today |= {"template": True, "edited": 5 if day > 1 else 0}
        ran = stage.crawl("dorp", "--backfill")
        assert ran.reports["dorp"].get("changed", 0) == (day == 2), ran.errors
    assert versions(stage) == dict.fromkeys(NUMBERS, 1) | {5: 2}


def test_a_page_whose_text_a_script_would_bring_is_kept_and_told(stage: Stage, hosts: ExitStack) -> None:
    host = newspaper(hosts, story, "/bericht-over-de-brug-9")
    stage.add(host.site("dorp"))
    stage.crawl("dorp", "--backfill")
    assert set(versions(stage)) == set(NUMBERS)
    with stage.read() as archive:
        (missed,) = archive.coverage.missed("dorp")
        assert (missed.url, missed.kind) == (f"{host.base}/bericht-over-de-brug-9", Miss.NO_TEXT)
        assert [each.capture.status for each in archive.captures.walk("dorp", missed.url)] == [200]
    checked = stage.run("legger", "site", "check", "dorp")
    assert "a page without text" in checked.output
    added = stage.run("legger", "site", "add", host.base, "--name", "ander", "--allow-private", "--yes")
    assert "have no text" in added.output + added.errors


def test_an_operator_who_describes_the_site_better_between_visits_makes_no_edits(
    stage: Stage, hosts: ExitStack
) -> None:
    host = newspaper(hosts, lambda number: story(number).replace("dorp</title>", "dorp | De Bode</title>"))
    stage.add(host.site("dorp"))
    stage.crawl("dorp", "--backfill")
    for change in ({"title": "De Bode"}, {"language": "fy"}, {"timezone": "Europe/London"}):
        stage.at(stage.now() + timedelta(days=1))
        stage.add(host.site("dorp", **change))
        ran = stage.crawl("dorp", "--backfill")
        assert ran.reports["dorp"].get("changed", 0) == 0, change
    assert set(versions(stage).values()) == {1}


COMMENTS = (
    ("Piet", "Dat is een heel slecht plan, want de kinderen moeten dan weer omlopen."),
    ("Marie", "Ik vind het juist mooi dat er eindelijk iets gebeurt aan die straat van ons."),
    ("Koos", "En wie betaalt dat allemaal, denkt de gemeente? Wij weer natuurlijk."),
)


@pytest.mark.parametrize(
    "under",
    [
        "<div class='reactielijst'><h3>Reacties</h3><ul>{}</ul></div>",
        "<div class='lezersreacties'><ul>{}</ul></div>",
        "<h2>Reacties ({count})</h2><ul>{}</ul>",
        "<h3>{count} Kommentare</h3><ul>{}</ul>",
        "<h3>Comments ({count})</h3><ol>{}</ol>",
    ],
)
def test_comments_that_grow_and_are_told_anew_are_no_edit(archive_file: Path, under: str) -> None:
    site = Site(name="dorp", url="http://dorp.example/", language="nl")

    def page(day: str, count: int) -> str:
        items = "".join(
            f"<li><b>{name}</b> <span>{day} om 20:0{minute}</span><p>{words}</p></li>"
            for minute, (name, words) in enumerate(COMMENTS[:count])
        )
        return story(1).replace("</article>", under.format(items, count=count) + "</article>")

    with Archive.open(archive_file) as archive:
        for days, day, count in ((0, "Vandaag", 1), (1, "Gisteren", 2), (2, "Eergisteren", 3)):
            answer = Capture(
                site="dorp",
                url="http://dorp.example/bericht-1",
                at=OPENING + timedelta(days=days),
                status=200,
                headers=(("Content-Type", "text/html; charset=utf-8"),),
                body=page(day, count).encode(),
            )
            ingest(answer, site, archive, reader(site, archive))
        [version] = archive.articles.versions("dorp")
        assert "slecht plan" not in version.article.text
