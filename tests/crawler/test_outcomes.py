"""How a visit ends, and what is told of it: nothing that fails looks like success."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from os import SEEK_END
from pathlib import Path
from resource import RLIMIT_FSIZE, RUSAGE_CHILDREN, getrusage, setrlimit
from secrets import token_hex
from typing import Any

import pytest

from archive import Archive
from archive.db.session import Session
from archive.errors import ArchiveError, Unreadable
from archive.model.addresses import Miss, Outcome
from archive.model.types import Capture, SiteMemory
from crawler.crawl.resources import ResourceMeter
from crawler.crawl.run import CrawlRun
from crawler.ingest.gates import no_text
from crawler.ingest.page_reader import Interrupted, PageReader
from crawler.links.recorder import Links
from legger.simulator import OPENING
from tests.crawler.answering import CrawledSite, captured, dorp, moved
from tests.crawler.crawling import Host, Said, Stage, front, opened, story


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return opened(tmp_path)


@pytest.fixture
def hosts() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def alarms(stage: Stage) -> dict[tuple[str | None, str], str]:
    with stage.read() as archive:
        return {(each.site, each.kind): each.says for each in archive.alarms.all()}


def test_a_site_whose_file_is_wrong_fails_alone_with_an_alarm_until_the_file_is_mended(
    stage: Stage, hosts: ExitStack
) -> None:
    pages = {"/": Said(body=front("/bericht-1")), "/bericht-1": Said(body=story(1))}
    host = hosts.enter_context(Host(lambda path: pages.get(path, Said(status=404))))
    for name in ("dorp", "stad"):
        stage.add(host.site(name))
    file = stage.sites / "stad.toml"
    good = file.read_text()
    file.write_text(good + "\n[schedule]\nevery = '99999999999999h'\n")

    for arguments in (["--all"], ["dorp", "stad"]):
        ran = stage.crawl(*arguments)
        assert ran.code == 1
        assert ran.reports["dorp"]["outcome"] == "done"
        assert ran.reports["stad"]["outcome"] == "failed"
        assert all(part in ran.errors for part in (str(file), "schedule.every", "at most 3660 days"))
        assert "Traceback" not in ran.errors
    assert "schedule.every" in alarms(stage)["stad", "file"]

    listed = stage.run("legger", "site", "list")
    assert (listed.code, "dorp" in listed.output) == (1, True)
    assert "schedule.every" in listed.errors

    file.write_text(good)
    assert stage.crawl("stad").code == 0
    assert ("stad", "file") not in alarms(stage)


# ---------------------------------------------------------------- how a visit ends

CHALLENGE = (
    "<html><head><meta http-equiv='refresh' content='0;/.well-known/sgcaptcha/?r=%2F&y=ipc'></head></html>"
)
WALL = (
    "<html><head><title>Privacy-instellingen</title></head><body><h1>Privacy-instellingen</h1><p>Wij vragen "
    "je toestemming voor cookies. Accepteer cookies of pas je privacy aan: toestemming, cookies, "
    "partners.</p></body></html>"
)
EVERYWHERE: dict[str, tuple[Said | None, Outcome, str]] = {
    "404": (Said(status=404), Outcome.FAILED, "HTTP 404"),
    "410": (Said(status=410), Outcome.FAILED, "HTTP 410"),
    "503": (Said(status=503), Outcome.FAILED, "HTTP 503"),
    "403": (Said(status=403), Outcome.FAILED, "HTTP 403"),
    "418": (Said(status=418), Outcome.FAILED, "HTTP 418"),
    "no answer": (None, Outcome.FAILED, "timeout"),
    "a challenge": (Said(body=CHALLENGE, status=202), Outcome.REFUSED, "challenge"),
    "a challenge with a refusal": (
        Said(status=403, headers={"cf-mitigated": "challenge"}, body="<title>Just a moment...</title>"),
        Outcome.REFUSED,
        "challenge",
    ),
    "a challenge with a failure": (
        Said(status=503, body="<script src='https://geo.captcha-delivery.com/captcha/'></script>"),
        Outcome.REFUSED,
        "challenge",
    ),
    "an empty page": (Said(body=" "), Outcome.FAILED, "an empty answer"),
    "bytes that are no page": (Said(body=bytes(range(20)) * 40), Outcome.FAILED, "no text"),
    "a consent wall": (Said(body=WALL), Outcome.REFUSED, "Privacy-instellingen"),
    "a redirect to a consent wall": (
        moved("https://consent.example/?back=1"),
        Outcome.REFUSED,
        "consent.example",
    ),
}


def desk(tmp_path: Path, answers: dict[str, Said | None]) -> CrawledSite:
    return CrawledSite(archive=Archive.open(tmp_path / "legger.db"), site=dorp(), answers=dict(answers))


class Always(dict[str, "Said | None"]):
    """Every address answers with the same."""

    def __init__(self, said: Said | None) -> None:
        self.said = said

    def get(self, key: str, default: object = None) -> Said | None:  # type: ignore[override]
        return Said(body=WALL) if key.startswith("https://consent.") else self.said


@pytest.mark.parametrize("first", [True, False], ids=["from the first visit on", "later"])
@pytest.mark.parametrize("what", EVERYWHERE)
def test_what_meets_every_request_is_told_within_two_visits(tmp_path: Path, what: str, first: bool) -> None:
    said, outcome, why = EVERYWHERE[what]
    here = desk(tmp_path, {"/": Said(body=front("/bericht-1")), "/bericht-1": Said(body=story(1))})
    if not first:
        assert here.visit(0).ended is Outcome.DONE
    here.answers = Always(said)
    for number in (2, 4):
        run = here.visit(number)
        assert (run.ended, why in run.outcome) == (outcome, True), run.outcome
    assert [run.outcome for run in here.archive.runs.list("dorp", limit=2)] == [outcome, outcome]
    (alarm,) = [each for each in here.archive.alarms.all() if each.kind in ("unreachable", "source")]
    assert (alarm.site, why in alarm.says) == ("dorp", True), alarm.says
    here.answers = {"/": Said(body=front("/bericht-1")), "/bericht-1": Said(body=story(1))}
    here.visit(40)
    assert here.archive.alarms.all() == []


@pytest.mark.parametrize("what", ["a challenge", "a consent wall"])
def test_a_wall_before_feed_and_pages_alike_refuses_the_visit(tmp_path: Path, what: str) -> None:
    site = replace(
        dorp(), feeds=("https://dorp.example/rss",), sitemaps=("https://dorp.example/sitemap.xml",)
    )
    here = CrawledSite(archive=Archive.open(tmp_path / "legger.db"), site=site, answers={})
    here.answers = Always(EVERYWHERE[what][0])
    for number in (0, 2):
        run = here.visit(number)
        assert (run.ended, run.outcome.startswith("a gate stands before it")) == (Outcome.REFUSED, True)
    (alarm,) = here.archive.alarms.all()
    assert (alarm.kind, "gates are not passed" in alarm.says) == ("unreachable", True)


def test_a_site_that_answers_and_never_gives_an_article_is_told_at_the_second_visit(tmp_path: Path) -> None:
    sold = "<html><head><title>Te koop</title></head><body><h1>Dit domein is te koop</h1></body></html>"
    here = desk(tmp_path, {"/": Said(body=sold)})
    here.visit(0)
    assert here.archive.alarms.all() == []
    here.visit(1)
    (alarm,) = here.archive.alarms.all()
    assert (alarm.kind, alarm.subject) == ("reading", "no article")
    here.answers = {"/": Said(body=front("/bericht-1")), "/bericht-1": Said(body=story(1))}
    here.visit(2)
    assert here.archive.alarms.all() == []


@pytest.mark.parametrize("what", ["robots.txt", "no connection", "no such host"])
def test_a_host_that_lets_nobody_in_is_told_in_words_by_the_command_and_an_alarm(
    stage: Stage, hosts: ExitStack, what: str
) -> None:
    rules = Said(body="User-agent: *\nDisallow: /\n", type="text/plain")
    host = hosts.enter_context(Host(lambda path: rules))
    site = host.site("dorp")
    if what == "no connection":
        host.server_close()
    stage.add(replace(site, url="http://nergens.invalid/") if what == "no such host" else site)
    for _ in range(2):
        stage.at(stage.now() + timedelta(hours=25))
        ran = stage.crawl("dorp")
    says = {"robots.txt": "robots.txt disallows it", "no connection": "does not accept connections"}
    reason = ran.reports["dorp"]["reason"]
    assert (ran.code, ran.reports["dorp"]["outcome"]) == (1, "refused" if what == "robots.txt" else "failed")
    assert says.get(what, what) in reason
    assert not any(name in reason + ran.errors for name in ("Error:", "Exception", "[Errno", "Traceback"))
    assert ("dorp", "robots" if what == "robots.txt" else "unreachable") in alarms(stage)
    assert ran.reports["dorp"]["outcome"] in stage.run("legger", "status").output


def test_some_of_what_was_asked_for_did_not_come(tmp_path: Path) -> None:
    pages = {f"/bericht-{number}": Said(body=story(number)) for number in range(1, 4)}
    pages["/bericht-3"] = Said(status=500)
    run = desk(tmp_path, pages | {"/": Said(body=front(*pages))}).visit()
    assert (run.ended, run.outcome) == (Outcome.PARTLY, "3 of 4 (75%) came; of the rest mostly: HTTP 500")


def test_a_dead_link_beside_good_pages_is_a_normal_day(tmp_path: Path) -> None:
    run = desk(
        tmp_path, {"/": Said(body=front("/bericht-1", "/weg")), "/bericht-1": Said(body=story(1))}
    ).visit()
    assert run.ended is Outcome.DONE


# ---------------------------------------------------------------- what raises, what is no page


def test_what_raises_while_an_answer_is_handled_is_on_record_told_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {f"/bericht-{number}": Said(body=story(number)) for number in range(1, 4)}
    here = desk(tmp_path, pages | {"/": Said(body=front(*pages))})
    follow = Links.follow

    def raising(links: Links, capture: Capture, *arguments: Any, **options: Any) -> Any:
        if capture.url.endswith("/bericht-2"):
            raise KeyError("a fault of ours")
        return follow(links, capture, *arguments, **options)

    monkeypatch.setattr(Links, "follow", raising)
    run = here.visit(0)
    assert run.ended is Outcome.PARTLY
    assert here.asked.count("/bericht-2") == 2  # and again in the same visit
    (missed,) = here.archive.coverage.missed("dorp")
    assert (missed.kind, missed.reason) == (Miss.ERROR, "an error in Legger: 'a fault of ours'")
    assert len(list(here.archive.captures.walk("dorp", missed.url))) == 2
    assert [each.kind for each in here.archive.alarms.all()] == ["error"]
    monkeypatch.undo()
    assert here.visit(2).ended is Outcome.DONE
    assert here.asked.count("/bericht-2") == 1
    assert list(here.archive.coverage.missed("dorp")) == []
    here.visit(9)
    assert here.archive.alarms.all() == []


def test_an_archive_that_cannot_be_written_ends_the_run_as_failed_and_counts_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {f"/bericht-{number}": Said(body=story(number)) for number in range(1, 9)}
    here = desk(tmp_path, pages | {"/": Said(body=front(*pages))})
    commit, commits = Session.commit, 0

    def full(session: Session) -> None:
        nonlocal commits
        commits += 1
        if commits > 7:
            session.abandon()
            raise ArchiveError("the disk is full")
        commit(session)

    monkeypatch.setattr(Session, "commit", full)
    run = here.visit()
    monkeypatch.undo()
    assert run.ended is Outcome.FAILED
    assert run.outcome == "the archive could not be written: the disk is full"
    assert 0 < run.counts.new == here.archive.holdings.stats().sites[0].articles < len(pages)


@pytest.mark.parametrize(
    "body",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n",
        b"\xff\xd8\xff\xe0" + bytes(range(256)),
        bytes((7919 * each * each + each) % 256 for each in range(20_000)),
    ],
    ids=["a picture", "a PDF file", "a photograph", "bytes by chance"],
)
def test_what_is_no_text_is_no_article_whatever_its_type_says(tmp_path: Path, body: bytes) -> None:
    run = desk(tmp_path, {"/": Said(body=front("/bericht-1")), "/bericht-1": Said(body=body)}).visit()
    assert (run.counts.new, run.counts.not_article) == (0, 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "cp1252", "iso2022_jp"])
def test_a_page_in_any_encoding_is_text(encoding: str) -> None:
    page = captured("http://dorp.example/a", Said(body=story(1).encode(encoding)), at=OPENING, site="dorp")
    assert no_text(page) is None


# ---------------------------------------------------------------- the process that reads

SITE, MEMORY = dorp(), SiteMemory(site="dorp")


def page(body: str) -> Capture:
    return captured("http://dorp.example/a", Said(body=body), at=OPENING, site="dorp")


@pytest.mark.parametrize("by", ["kill", "terminate"])
def test_a_page_whose_reader_was_killed_is_read_by_another(by: str) -> None:
    """Who kills it (somebody short of memory, or who told all processes of the visit to stop) need not have
    meant this page; who kills it twice has."""
    reader = PageReader()
    assert reader.read(page(story(1)), SITE, MEMORY).is_article
    getattr(reader._process, by)()
    reader._process.join()
    assert reader.read(page(story(2)), SITE, MEMORY).is_article
    reader.stop()


def test_a_page_whose_reading_takes_too_long_or_too_much_memory_is_ended_and_the_next_is_read() -> None:
    reader = PageReader(wall=0.0)
    with pytest.raises(Unreadable, match="reading it was ended after 0 s"):
        reader.read(page(story(1)), SITE, MEMORY)
    reader.wall = 60
    assert reader.read(page(story(1)), SITE, MEMORY).is_article
    reader.stop()
    with pytest.raises(Interrupted):
        reader.read(page(story(1)), SITE, MEMORY)


def test_a_page_that_was_kept_and_not_read_is_read_by_the_next_visit_though_it_is_gone_by_then(
    tmp_path: Path,
) -> None:
    here = desk(tmp_path, {"/": Said(body=front("/bericht-1")), "/bericht-1": Said(body=story(1))})
    killed = CrawlRun(here.site, here.archive, now=lambda: OPENING)
    killed.begin()
    while (fetch := killed.next()) is not None:
        said = here.answers[fetch.url.removeprefix("http://dorp.example")]
        answer = captured(fetch.url, said, at=OPENING, site="dorp", via=fetch.via)
        if fetch.url.endswith("/bericht-1"):
            kept = killed.keep(answer, fetch)
            assert kept is not None
            killed.commit()  # its turn to be read has come
            here.archive.session.abandon()  # kill -9: what was not committed is no more
            break
        killed.take(answer, fetch)
    here.answers = {"/": Said(body=front())}
    run = here.visit(1)
    assert (run.counts.new, run.record.health_signals.new) == (1, 1), (
        "the run that was killed counted nothing"
    )
    (article,) = here.archive.articles.all("dorp")
    assert article.article.title == "Bericht 1 uit het dorp"


def _full(stage: Stage) -> dict[str, Any]:
    """How a process is started whose files cannot grow beyond a megabyte: as on a disk that is full."""
    return {"preexec_fn": lambda: setrlimit(RLIMIT_FSIZE, (1_000_000, 1_000_000))}


def _damaged(stage: Stage) -> None:
    """Overwrites all but the first page of the archive's files, as a failing disk does."""
    for name in ("legger.db", "legger.db-wal"):
        with (stage.folder / name).open("r+b") as file:
            room = file.seek(0, SEEK_END) - 4096
            file.seek(4096)
            file.write(bytes([0xA5]) * max(0, room))


@pytest.mark.parametrize("what", ["full", "malformed"])
def test_a_disk_that_is_full_or_fails_during_a_visit_ends_it_as_failed_and_nothing_is_counted_twice(
    stage: Stage, what: str
) -> None:
    asked = 0

    def answer(path: str) -> Said:
        nonlocal asked
        if path == "/":
            return Said(body=front(*(f"/bericht-{number}-uit-het-dorp" for number in range(40))))
        if not path.startswith("/bericht"):
            return Said(status=404)
        asked += 1
        if asked == 12 and what == "malformed":
            _damaged(stage)
        noise = f"<!-- {token_hex(20_000)} -->" if what == "full" else ""
        return Said(body=story(int(path.split("-")[1]), more=noise))

    with Host(answer) as host:
        stage.add(host.site("dorp"))
        command = [sys.executable, "-m", "legger", "crawl", "dorp", "--json"]
        crawl = subprocess.run(
            command, cwd=stage.folder, env=stage.environment(), capture_output=True, text=True, timeout=120,
            check=False, **(_full(stage) if what == "full" else {}),
        )  # fmt: skip
    (report,) = json.loads(crawl.stdout)
    assert (crawl.returncode, report["outcome"]) == (1, "failed"), crawl.stderr
    assert "the archive could not be written" in report["reason"]
    assert "Traceback" not in crawl.stderr
    if what == "full":  # there is room again
        with stage.read() as archive:
            (site,) = archive.holdings.stats().sites
            assert 0 < report["new"] == site.articles < 40
            assert not archive.integrity.verify()
    else:
        assert stage.run("legger", "verify").code == 1


def test_what_the_process_that_reads_takes_is_told_and_counts_with_that_of_the_visit_when_it_has_ended() -> (
    None
):
    reader = PageReader()
    meter = ResourceMeter(reader)
    reader.read(page(story(1)), SITE, MEMORY)
    ended = getrusage(RUSAGE_CHILDREN).ru_utime
    first = reader.cpu_taken
    reader.read(page(story(2)), SITE, MEMORY)
    assert 0 < first < reader.cpu_taken
    assert meter.read(requests=2, received=0).cpu >= reader.cpu_taken
    reader.stop()
    assert getrusage(RUSAGE_CHILDREN).ru_utime > ended
