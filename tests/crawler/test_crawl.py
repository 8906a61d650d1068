"""Crawls as an operator runs them, each in a process of its own, at servers of our own."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive.model.addresses import Miss
from archive.model.types import PageKind, Status
from crawler.fetching.robots import UNREACHABLE
from crawler.siteconfig.site import Site
from legger.simulator import OPENING, Access, Newspaper
from legger.simulator.audit import audit
from tests.crawler.crawling import Host, Ran, Said, Stage, front, opened, story

DAY = timedelta(days=1)
OK = Said(body="User-agent: *\nDisallow: /mijn/\n", type="text/plain")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return opened(tmp_path)


@pytest.fixture
def hosts() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def numbers(stage: Stage, site: str) -> dict[str, int]:
    """Path -> number of versions, of every article of a site."""
    with stage.read() as archive:
        return {
            re.sub(r"^http://[^/]+", "", latest.article.url): len(
                archive.articles.history(str(latest.article_id))
            )
            for latest in archive.articles.all(site)
        }


def test_a_crawl_files_every_article_that_can_be_read_and_a_second_finds_nothing_new(stage: Stage) -> None:
    houses = ["berkelnieuws", "dinkelkoerier", "omroeptwenterand"]
    with Newspaper(articles=12, only=houses, clock=stage.now) as paper:
        paper.write_sites(stage.sites)
        first = stage.crawl("--all", "--backfill")
        assert first.code == 0, first.errors
        assert {each["outcome"] for each in first.reports.values()} <= {"done", "partly"}
        hits = len(paper.log)
        second = stage.crawl("--all", "--backfill")
        assert second.code == 0, second.errors
        again = paper.log[hits:]
        truth = paper.truth(OPENING)
        gated = [url for url, each in truth.items() if each.access is Access.GATED]
        with stage.read() as archive:
            books = audit(archive, paper, [OPENING])
            assert books.published_found == books.published == len(truth) - len(gated)
            assert books.invented == 0
            # the gate: the hop is kept and is no article, and the gate's own robots.txt is obeyed
            assert gated
            for url in gated:
                (hop, *_) = archive.articles.sightings(url)
                assert (hop.status, hop.page) == (302, PageKind.REDIRECT)
                target = archive.captures.get(hop.id).capture.header("location") or ""
                assert target.startswith(paper.gate.base)
                known = archive.urls.address("dinkelkoerier", url)
                assert known is not None
                assert (known.reason or "").startswith("a gate at ")
            assert {hit.path for hit in paper.log if hit.house == "gate"} == {"/robots.txt"}
            assert archive.index.pending() == 0  # a reading room that is open meanwhile finds it
            # the visits are on record, with what came of them
            runs = archive.runs.list()
            assert {run.outcome for run in runs} <= {"done", "partly"}
            assert len(runs) == 6
            assert all(run.ended is not None for run in runs)
            counted = Counter[str]()
            for run in runs:
                assert run.counts is not None
                counted.update(new=run.counts.new, changed=run.counts.changed)
            assert +counted == {"new": books.published}
            assert all(run.settings["backfill"] is True for run in runs)
            # every answer is a capture
            assert sum(each.captures for each in archive.holdings.stats().sites) == len(paper.log)
    for name, report in first.reports.items():
        assert report["new"] == sum(each.house == name and each.visible for each in truth.values())
    assert all(report["new"] == report["changed"] == 0 for report in second.reports.values())
    statuses = Counter(hit.status for hit in again if hit.path != "/robots.txt")
    assert statuses[304] > 0.9 * (statuses[304] + statuses[200])


def test_every_hop_of_a_redirect_is_kept_and_the_words_are_filed_where_they_stand(
    stage: Stage, hosts: ExitStack
) -> None:
    elsewhere = hosts.enter_context(Host(lambda path: Said(body=story(9)), "127.0.0.2"))
    answers = {
        "/robots.txt": OK,
        "/": Said(body=front("/1", "/oud", "/kring", "/weg", "/thuis", "/nergens")),
        "/1": Said(body=story(1)),
        "/oud": Said(status=301, headers={"Location": "/ouder"}),
        "/ouder": Said(status=302, headers={"Location": "nieuw"}),
        "/nieuw": Said(body=story(2)),
        "/kring": Said(status=302, headers={"Location": "/gnirk"}),
        "/gnirk": Said(status=307, headers={"Location": "/kring"}),
        "/weg": Said(status=302, headers={"Location": f"{elsewhere.base}/bericht/9"}),
        "/thuis": Said(status=302, headers={"Location": "/"}),
        "/nergens": Said(status=302, headers={"Location": "http://"}),
    }
    host = hosts.enter_context(Host(lambda path: answers.get(path, Said(status=404))))
    stage.add(host.site("dorp"))
    ran = stage.crawl("dorp", "--backfill")
    assert ran.code == 0, ran.errors
    assert ran.reports["dorp"]["outcome"] == "partly", "a circle says nothing of what stands there"
    assert numbers(stage, "dorp") == {"/1": 1, "/nieuw": 1}
    with stage.read() as archive:
        chain = [kept.capture for path in ("/oud", "/ouder", "/nieuw")
                 for kept in archive.captures.walk("dorp", host.base + path)]  # fmt: skip
        shown = [
            archive.captures.get(each.id).capture for each in archive.articles.sightings(f"{host.base}/oud")
        ]
        assert shown == chain, "the redirects are captures of the article to which they lead"
        assert [each.status for each in chain] == [301, 302, 200]
        assert [each.via for each in chain] == [None, host.base + "/oud", host.base + "/ouder"]
        (strange,) = archive.articles.sightings(f"{elsewhere.base}/bericht/9")
        assert (strange.status, strange.page) == (200, PageKind.OTHER)
        assert elsewhere.base in archive.captures.get(strange.id).capture.url
        for path in ("/kring", "/gnirk", "/weg", "/thuis", "/nergens"):
            assert archive.articles.sightings(host.base + path), path


def test_what_stands_behind_a_gate_is_asked_for_more_and_more_seldom(stage: Stage) -> None:
    stage.at(OPENING)
    with Newspaper(articles=12, only=("dinkelkoerier",), clock=stage.now) as paper:
        paper.write_sites(stage.sites)
        truth = paper.truth(OPENING)
        gated = {urlsplit(url).path for url, each in truth.items() if each.access is Access.GATED}
        asked: list[int] = []
        for number in range(8):
            hits = len(paper.log)
            stage.at(OPENING + number * DAY)
            assert stage.crawl("dinkelkoerier").code == 0
            asked.append(sum(hit.path in gated for hit in paper.log[hits:]))
        with stage.read() as archive:
            missed = [each.url for each in archive.coverage.missed("dinkelkoerier", kind=Miss.GATE)]
    behind = {urlsplit(url).path for url in missed}
    assert behind and behind <= gated, "they are on the list of what was missed all the while"
    assert asked[0] >= len(behind) > 0
    assert sum(asked[1:]) <= 3 * len(behind), asked


def test_a_410_is_gone_at_once_and_a_404_after_visits_on_three_days(stage: Stage, hosts: ExitStack) -> None:
    answers = {
        "/robots.txt": OK,
        "/": Said(body=front("/1", "/2", "/3", "/4")),
        **{f"/{number}": Said(body=story(number)) for number in (1, 2, 3, 4)},
    }

    def slow_in_front(path: str) -> Said:
        if path == "/":
            time.sleep(0.3)  # whatever else was asked for meanwhile would be answered first
        return answers.get(path, Said(status=404))

    host = hosts.enter_context(Host(slow_in_front))
    stage.add(host.site("dorp"))

    def visit(day: int) -> dict[str, Status]:
        stage.at(OPENING + day * DAY)
        ran = stage.crawl("dorp")
        assert ran.code == 0, ran.errors
        with stage.read() as archive:
            return {each.article.url.rpartition("/")[2]: each.status for each in archive.articles.all("dorp")}

    live, suspect, gone = Status.LIVE, Status.SUSPECT, Status.GONE
    assert visit(0) == {"1": live, "2": live, "3": live, "4": live}
    answers["/2"] = Said(status=410)
    answers["/3"] = answers["/4"] = Said(status=404, body="<h1>Niet gevonden</h1>")
    assert visit(1) == {"1": live, "2": gone, "3": suspect, "4": suspect}
    answers["/4"] = Said(body=story(4))
    assert visit(2) == {"1": live, "2": gone, "3": suspect, "4": live}
    assert visit(3) == {"1": live, "2": gone, "3": gone, "4": live}
    with stage.read() as archive:
        found = {each.url.rpartition("/")[2]: each for each in archive.articles.gone("dorp")}
        assert {key: each.since for key, each in found.items()} == {"2": OPENING + DAY, "3": OPENING + DAY}
        assert "410" in found["2"].reason
        assert "404" in found["3"].reason
    assert numbers(stage, "dorp") == {"/1": 1, "/2": 1, "/3": 1, "/4": 1}


def test_a_site_that_does_not_want_us_now_is_left_alone_and_the_visit_says_so(
    stage: Stage, hosts: ExitStack
) -> None:
    busy = Said(status=429, headers={"Retry-After": "3600"})
    turns = iter([busy.status])

    def soon(path: str) -> Said:
        if path == "/2" and next(turns, None):
            return Said(status=503, headers={"Retry-After": "1"})
        return village.get(path, Said(status=404))

    village = {"/": Said(body=front("/1", "/2")), "/1": Said(body=story(1)), "/2": Said(body=story(2))}
    open_house = village | {"/robots.txt": OK}
    answering = {
        "closed": lambda path: Said(status=503) if path == "/robots.txt" else village[path],
        "silent": lambda path: None if path == "/robots.txt" else village[path],
        "ruleless": lambda path: village.get(path, Said(status=404)),
        "forbidding": lambda path: (village | {"/robots.txt": Said(body="User-agent: *\nDisallow: /2")})[
            path
        ],
        "busy": lambda path: (open_house | {"/2": busy})[path],
        "hasty": soon,
        "poorly": lambda path: (open_house | {"/2": Said(status=500)})[path],
    }
    served = {name: hosts.enter_context(Host(each)) for name, each in answering.items()}
    for name, host in served.items():
        stage.add(host.site(name, practice=name != "hasty"))
    ran = stage.crawl("--all", "--backfill")
    assert ran.code == 1, ran.errors
    said = {name: (report["outcome"], report["reason"]) for name, report in ran.reports.items()}
    assert said == {
        "closed": (
            "failed",
            f"nothing that was asked for came: {UNREACHABLE.replace('had;', 'had (HTTP 503);')}",
        ),
        "silent": (
            "failed",
            "nothing that was asked for came: the server hung up without an answer",
        ),
        "ruleless": ("done", ""),
        "forbidding": ("done", ""),
        "busy": ("stopped", "the site asked us to wait until 2026-03-02 08:00 UTC"),
        "hasty": ("done", ""),
        "poorly": ("partly", "2 of 3 (67%) came; of the rest mostly: HTTP 500"),
    }
    assert set(served["closed"].asked) == set(served["silent"].asked) == {"/robots.txt"}
    assert "/2" not in served["forbidding"].asked
    assert served["hasty"].asked.count("/2") == served["poorly"].asked.count("/2") == 2
    for name in ("ruleless", "hasty"):
        assert numbers(stage, name) == {"/1": 1, "/2": 1}, name
    for name in ("forbidding", "poorly"):
        assert numbers(stage, name) == {"/1": 1}, name
    with stage.read() as archive:
        assert {run.site: run.outcome for run in archive.runs.list()} == {
            name: end for name, (end, _) in said.items()
        }

    # before the hour is over the busy site is not asked again; after it, it is
    before = list(served["busy"].asked)
    stage.at(OPENING + timedelta(minutes=30))
    assert stage.crawl("busy").reports["busy"]["outcome"] == "stopped"
    assert served["busy"].asked == before
    open_house["/2"] = village["/2"]
    busy_no_more = timedelta(hours=2)
    stage.at(OPENING + busy_no_more)
    answering["busy"] = served["busy"].answering = lambda path: open_house[path]
    assert stage.crawl("busy").reports["busy"]["outcome"] == "done"
    assert numbers(stage, "busy") == {"/1": 1, "/2": 1}


def test_a_public_site_is_not_asked_without_a_contact(stage: Stage) -> None:
    stage.add(Site(name="dorp", url="https://dorp.example/"))
    ran = stage.crawl("dorp")
    assert ran.code in (1, 2)
    assert "LEGGER_CONTACT" in ran.errors
    assert "Traceback" not in ran.errors


def test_a_private_address_is_not_asked_unless_the_sites_file_allows_it(
    stage: Stage, hosts: ExitStack
) -> None:
    host = hosts.enter_context(Host(lambda path: Said(body=front("/1"))))
    stage.add(host.site("dorp", allow_private=False, delay=0.0))
    ran = stage.crawl("dorp", LEGGER_CONTACT="jan@dorp.example")
    assert host.asked == []
    assert ran.code == 1
    assert ran.reports["dorp"]["outcome"] == "failed"
    assert "127.0.0.1 is a private address" in ran.reports["dorp"]["reason"]
    assert "Traceback" not in ran.errors


def scrapy(stage: Stage, *arguments: str) -> Ran:
    return stage.run("scrapy", *arguments, SCRAPY_SETTINGS_MODULE="crawler.settings")


def test_scrapy_itself_lists_the_sites_and_crawls_one(stage: Stage, hosts: ExitStack) -> None:
    answers = {"/robots.txt": OK, "/": Said(body=front("/1")), "/1": Said(body=story(1))}
    host = hosts.enter_context(Host(lambda path: answers.get(path, Said(status=404))))
    stage.add(host.site("dorp"))
    stage.add(Site(name="stad", url="https://stad.example/"))
    listed = scrapy(stage, "list")
    assert listed.code == 0, listed.errors
    assert {"dorp", "stad"} <= set(listed.output.split())
    crawled = scrapy(stage, "crawl", "dorp", "-a", "backfill=true")
    assert crawled.code == 0, crawled.errors
    assert numbers(stage, "dorp") == {"/1": 1}
    with stage.read() as archive:
        (run,) = archive.runs.list("dorp")
        assert run.counts is not None and (run.outcome, run.counts.new) == ("done", 1)


def test_a_visit_leaves_its_figures_in_scrapys_stats_and_tells_an_extension_what_was_filed(
    stage: Stage, hosts: ExitStack
) -> None:
    manual = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    extension = manual.partition("```python\n")[2].partition("```")[0]
    stage.folder.joinpath("ticker.py").write_text(extension.replace('"changed"', '"new"'), encoding="utf-8")
    answers = {"/robots.txt": OK, "/": Said(body=front("/1", "/2", "/mijn/3")), "/1": Said(body=story(1))}
    host = hosts.enter_context(Host(lambda path: answers.get(path, Said(status=404))))
    stage.add(host.site("dorp"))
    ran = scrapy(
        stage,
        "crawl",
        "dorp",
        "-L",
        "INFO",
        "-s",
        'EXTENSIONS={"ticker.Ticker": 1}',
        "-s",
        "TELNETCONSOLE_ENABLED=0",
    )
    assert ran.code == 0, ran.errors
    assert ran.output.split() == ["dorp", f"{host.base}/1"]
    said = dict(re.findall(r"'((?:archive|legger)/[^']+)': (\d+)", ran.errors))
    figures = {name: int(count) for name, count in said.items()}
    assert figures.pop("legger/received_bytes") > len(story(1))
    # the front page, which is no article, the two it names, robots.txt, tdmrep.json, ai.txt
    assert figures == {
        "archive/new": 1,
        "archive/not-article": 2,
        "legger/requests": 6,
        "legger/asked": 4,
        "legger/queued": 1,
        "legger/found": 3,
        "legger/sources": 3,
        "legger/skipped": 1,
        "legger/pages": 3,
        "legger/status/2xx": 2,
        "legger/status/4xx": 1,
        "legger/missed/robots": 1,
        "legger/missed/4xx": 1,
        "legger/caught_up": 1,
        "legger/learned": 1,
    }
    documented = manual.partition("## Scrapy")[2]
    for name in said:
        last = name.rpartition("/")[2]
        assert f"`{name}`" in documented or f"`/{last}`" in documented or f"`{last}`" in documented, name


def on_disk(stage: Stage, *, at_least: int, patience: float = 30) -> bool:
    """Whether so many articles get committed while the crawl is still under way."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if stage.archive.exists():
            with stage.read() as archive:
                if archive.holdings.stats().verdicts.get("new", 0) >= at_least:
                    return True
        time.sleep(0.05)
    return False


def test_a_crawl_killed_in_the_middle_is_taken_up_and_nothing_is_lost_or_double(
    stage: Stage, hosts: ExitStack
) -> None:
    many = 40
    pages = {f"/{number}": Said(body=story(number)) for number in range(1, many + 1)}
    halfway, on = threading.Event(), threading.Event()

    def answer(path: str) -> Said | None:
        if path in pages and len(served) >= many // 2 and not on.is_set():
            halfway.set()
            on.wait(60)  # what was asked for at the moment of the kill is never answered
            return None
        if path in pages:
            served.append(path)
        return ({"/robots.txt": OK, "/": Said(body=front(*pages))} | pages).get(path, Said(status=404))

    served: list[str] = []
    host = hosts.enter_context(Host(answer))
    stage.add(host.site("dorp"))
    with stage.start("legger", "crawl", "dorp", "--backfill", "--json") as first:
        assert halfway.wait(60)
        assert on_disk(stage, at_least=many // 4), "what had been answered did not reach the disk"
        os.kill(first.pid, signal.SIGKILL)
        first.communicate(timeout=60)
    assert first.returncode == -signal.SIGKILL
    on.set()
    ran = stage.crawl("dorp", "--backfill")
    assert ran.code == 0, ran.errors
    assert numbers(stage, "dorp") == dict.fromkeys(pages, 1)
    with stage.read() as archive:
        last, killed = archive.runs.list("dorp")
        assert (killed.ended, killed.outcome) == (None, None)
        assert last.outcome == "done"
        verdicts = archive.holdings.stats().verdicts
        assert verdicts["new"] == many
        assert "changed" not in verdicts
        # what was on disk at the kill was not fetched for the first time again
        assert last.counts is not None
        assert last.counts.new < many


def test_a_site_of_which_the_file_says_nothing_is_found_out_through_what_it_names(
    stage: Stage, hosts: ExitStack
) -> None:
    def feed(*paths: str) -> str:
        items = "".join(f"<item><title>Bericht</title><link>{path}</link></item>" for path in paths)
        return f"<rss version='2.0'><channel>{items}</channel></rss>"

    answers = {
        "/robots.txt": Said(body="User-agent: *\nDisallow:\nSitemap: /kaart.xml\n", type="text/plain"),
        "/": Said(
            body=front("/bericht-1").replace(
                "</head>", "<link rel='alternate' type='application/rss+xml' href='/rss'></head>"
            )
        ),
        "/rss": Said(body=feed("/bericht-2"), type="application/rss+xml"),
        "/kaart.xml": Said(body="<urlset><url><loc>/bericht-3</loc></url></urlset>", type="text/xml"),
        **{f"/bericht-{number}": Said(body=story(number)) for number in range(1, 6)},
    }
    host = hosts.enter_context(Host(lambda path: answers.get(path, Said(status=404))))
    stage.add(host.site("dorp"))
    assert stage.crawl("dorp").code == 0
    assert set(numbers(stage, "dorp")) == {"/bericht-1", "/bericht-2", "/bericht-3"}
    # what was found is polled from then on
    answers["/rss"] = Said(body=feed("/bericht-2", "/bericht-4"), type="application/rss+xml")
    stage.at(stage.now() + DAY)
    assert stage.crawl("dorp").code == 0
    assert "/bericht-4" in numbers(stage, "dorp")
    # a file that states a source is taken at its word
    stage.add(host.site("elders", feeds=(f"{host.base}/rss",)))
    assert stage.crawl("elders").code == 0
    assert set(numbers(stage, "elders")) == {"/bericht-1", "/bericht-2", "/bericht-4"}
