"""Web archives come in as if we had been there, whoever made them and in whatever order."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import zstandard

from archive import Archive, Capture
from archive.export.web_archives.heads import warc_date
from archive.export.web_archives.wacz import export_wacz
from archive.export.web_archives.warc import Chosen, export_warc
from archive.model.types import Version
from crawler.importing.ahead import PagesAhead
from crawler.importing.load import Import
from crawler.importing.report import ImportReport, NotAnArticle
from crawler.importing.web_archives import WebArchives
from crawler.ingest.ingest import ingest, reader
from crawler.siteconfig.site import Site
from tests.archive.export.web_archives import SITE, answer, answers, filled
from tests.archive.newsroom import day
from tests.crawler.crawling import Host, Said, front, opened, story


def imported(
    archive: Archive,
    *paths: Path,
    told: list[NotAnArticle] | None = None,
    site: Site = SITE,
    ahead: PagesAhead | None = None,
) -> ImportReport:
    with closing(WebArchives()) as files:
        for path in paths:
            files.add(path)
        tell = (told if told is not None else []).append
        importing = Import(archive, [site], now=day(400), tell=tell, ahead=ahead)
        importing.web_archives(files)
        return importing.finish()


def everything(archive: Archive) -> list[Capture]:
    return sorted((each.capture for each in archive.captures.walk()), key=lambda each: (each.at, each.url))


def told_of(version: Version) -> tuple[object, ...]:
    article = version.article
    return (
        version.key, version.number, article.title, article.text, version.first_seen, version.last_seen,
        version.changed_fields, version.status, article.published,
    )  # fmt: skip


def histories(archive: Archive) -> list[tuple[object, ...]]:
    """What an archive tells of its articles, without its numbers."""
    current = [each for each in archive.articles.all() if not each.key.startswith("(moved)")]
    return sorted(
        (told_of(version) for each in current for version in archive.articles.history(str(each.article_id))),
        key=str,
    )


# ---------------------------------------------------------------- our own, out and in


@pytest.mark.parametrize("form", ["warc", "volumes", "not packed", "wacz"])
def test_what_went_out_and_came_in_again_is_the_same_byte_for_byte(form: str, tmp_path: Path) -> None:
    with filled(tmp_path / "one.db") as before, Archive.open(tmp_path / "two.db") as after:
        if form == "wacz":
            files = export_wacz(before, tmp_path / "out.wacz", Chosen()).files
        else:
            sizes = {"volumes": 8000}
            files = export_warc(
                before, tmp_path / "out", Chosen(), packed=form != "not packed", size=sizes.get(form, 10**9)
            ).files
        report = imported(after, *reversed(files))
        assert (report.kept, report.passed, report.problems) == (len(answers()), 0, [])
        assert everything(after) == everything(before) == sorted(answers(), key=lambda each: each.at)
        assert histories(after) == histories(before)
        assert after.integrity.verify() == []


def test_an_import_is_taken_up_where_it_was_cut_off_and_does_nothing_twice(tmp_path: Path) -> None:
    with filled(tmp_path / "one.db") as before, Archive.open(tmp_path / "two.db") as after:
        first = export_warc(before, tmp_path / "some", Chosen(until=day(1.2))).files
        files = export_warc(before, tmp_path / "all", Chosen()).files
        imported(after, *first)
        report = imported(after, *files)
        assert (report.kept, report.known) == (6, 5)
        again = imported(after, *files)
        # An answer that nothing was filed of is looked at again, and nothing comes of it.
        assert (again.kept, again.anew, again.filed["new"], again.filed["changed"]) == (0, 0, 0, 0)
        assert everything(after) == everything(before)
        assert histories(after) == histories(before)


# ---------------------------------------------------------------- of others


Record = tuple[str, datetime, bytes]
"""(address, time, answer with its head)."""


def http(body: bytes, *lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode() + body


def warc(path: Path, answered: Iterable[Record], *, packed: bool = True) -> Path:
    """A WARC file as warcio writes them for others."""
    from warcio.warcwriter import WARCWriter

    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=packed)
        for url, at, content in answered:
            record = writer.create_warc_record(
                url, "response", payload=BytesIO(content), length=len(content),
                warc_headers_dict={"WARC-Date": warc_date(at)},
            )  # fmt: skip
            writer.write_record(record)
    return path


def arc(path: Path, answered: Iterable[Record]) -> Path:
    """An ARC file, as the Internet Archive wrote them until 2008."""
    version = b"1 0 Somebody\nURL IP-address Archive-date Content-type Archive-length\n"
    with path.open("wb") as out:
        header = f"filedesc://{path.name} 0.0.0.0 20060302080000 text/plain {len(version)}\n".encode()
        out.write(gzip.compress(header + version + b"\n"))
        for url, at, content in answered:
            line = f"{url} 192.0.2.1 {at:%Y%m%d%H%M%S} text/html {len(content)}\n".encode()
            out.write(gzip.compress(line + content + b"\n"))
    return path


HTML = "Content-Type: text/html; charset=utf-8"
PAGE = "http://krant.example/1"
PACKED = gzip.compress(story(1).encode())
CHUNKS = f"{len(PACKED):X};x=y\r\n".encode() + PACKED + b"\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    "content",
    [
        http(story(1).encode(), HTML),
        http(PACKED, HTML, "Content-Encoding: gzip", f"Content-Length: {len(PACKED)}"),
        http(CHUNKS, HTML, "Content-Encoding: gzip", "Transfer-Encoding: chunked"),
        http(story(1).encode(), HTML, "Content-Encoding: gzip", "Transfer-Encoding: chunked"),
        http(story(1).encode(), HTML, "X-Archive-Orig-Content-Encoding: br", "Content-Length: 99"),
        http(story(1).encode()).replace(b"\r\n", b"\n"),
        http(zstandard.compress(story(1).encode()), HTML, "Content-Encoding: zstd"),
        http(zstandard.compress(PACKED), HTML, "Content-Encoding: gzip, zstd"),
        http(story(1).encode(), HTML, "Content-Encoding: zstd"),
    ],
    ids=[
        "plain",
        "packed",
        "packed and in chunks",
        "decoded, with the head as it was",
        "decoded, with lines renamed",
        "without types, and with bare line feeds",
        "packed as browsers ask for",
        "packed twice",
        "decoded, with the coding still said",
    ],
)
@pytest.mark.parametrize("write", [warc, arc])
def test_a_capture_of_others_reads_as_one_of_ours(
    write: Callable[..., Path], content: bytes, tmp_path: Path
) -> None:
    path = write(tmp_path / f"x.{write.__name__}.gz", [(PAGE, day(-3000), content)])
    with Archive.open(tmp_path / "legger.db") as archive:
        report = imported(archive, path)
        assert report.filed == {"new": 1}
        (kept,) = archive.captures.walk()
        assert (kept.capture.body, kept.capture.at) == (story(1).encode(), day(-3000))
        (version,) = archive.articles.history(PAGE)
        assert version.first_seen == day(-3000)
        assert version.article.title == "Bericht 1 uit het dorp"


def test_what_is_no_article_is_told_and_why(tmp_path: Path) -> None:
    other = http(b"\x89PNG", "Content-Type: image/png")
    path = warc(
        tmp_path / "x.warc.gz",
        [
            (PAGE, day(0), http(story(1).encode(), HTML)),
            ("http://krant.example/foto.png", day(0), other),
            ("http://elders.example/1", day(0), http(story(2).encode(), HTML)),
            ("http://krant.example/", day(0), http(front("/1", "/2", "/3", "/4", "/5").encode(), HTML)),
            ("http://krant.example/weg", day(0), http(b"", status="404 Not Found")),
            (
                "http://krant.example/br",
                day(0),
                http(b"\x1f\x9d\x90\x00", HTML, "Content-Encoding: compress"),
            ),
            ("dns:krant.example", day(0), b"20260302080000\nkrant.example. A 192.0.2.1"),
        ],
    )
    told: list[NotAnArticle] = []
    with Archive.open(tmp_path / "legger.db") as archive:
        report = imported(archive, path, told=told)
    assert sorted((each.url, each.what) for each in told) == [
        ("dns:krant.example", "no site"),
        ("http://elders.example/1", "no site"),
        ("http://krant.example/", "not-article"),
        ("http://krant.example/br", "not read"),
        ("http://krant.example/foto.png", "no page"),
        ("http://krant.example/weg", "not-article"),
    ]
    assert report.hosts["elders.example"] == 1


def test_a_file_that_breaks_off_gives_what_stands_before(tmp_path: Path) -> None:
    pages = [(f"http://krant.example/{n}", day(n), http(story(n).encode(), HTML)) for n in range(1, 6)]
    whole = warc(tmp_path / "whole.warc.gz", pages).read_bytes()
    cut = tmp_path / "cut.warc.gz"
    cut.write_bytes(whole[: len(whole) * 3 // 5])
    with Archive.open(tmp_path / "legger.db") as archive:
        report = imported(archive, cut)
        assert 1 <= report.filed["new"] <= 3
        imported(archive, tmp_path / "whole.warc.gz")
        assert len(list(archive.articles.all())) == 5


# ---------------------------------------------------------------- in whatever order


EDITS = [("tevreden", "tevreden"), ("tevreden", "boos"), ("tevreden", "woedend")]


def edited(number: int, at: datetime) -> Record:
    old, new = EDITS[number]
    return PAGE, at, http(story(1).replace(old, new).encode(), HTML)


@pytest.mark.parametrize(
    "order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)], ids=lambda each: "-".join(map(str, each))
)
def test_versions_are_in_the_order_of_their_times_whatever_the_order_of_import(
    order: tuple[int, ...], tmp_path: Path
) -> None:
    with Archive.open(tmp_path / "legger.db") as archive:
        for number in order:
            path = warc(tmp_path / f"{number}.warc.gz", [edited(number, day(30 * number))])
            imported(archive, path)
        history = archive.articles.history(PAGE)
        words = [next(word for _, word in EDITS if word in each.article.text) for each in history]
        assert words == ["tevreden", "boos", "woedend"]
        assert [each.number for each in history] == [1, 2, 3]
        assert [each.first_seen for each in history] == [day(0), day(30), day(60)]
        assert [each.superseded for each in history] == [day(30), day(60), None]
        assert archive.integrity.verify() == []
        assert [each.article.text for each in archive.articles.all()] == [history[-1].article.text]


def test_processes_that_read_ahead_change_nothing_of_what_comes_in(tmp_path: Path) -> None:
    """Edits, a picture, an answer that is no page, one of no site, and a page that is here already."""
    path = warc(
        tmp_path / "all.warc.gz",
        [
            *(edited(number, day(30 * number)) for number in range(3)),
            (f"{PAGE}.png", day(1), http(b"\x89PNG", "Content-Type: image/png")),
            (f"{PAGE}/weg", day(2), http(b"<p>weg</p>", HTML, status="404 Not Found")),
            ("https://elders.example/1", day(3), http(story(2).encode(), HTML)),
        ],
    )
    said = {}
    for jobs in (0, 1):
        where = str(tmp_path / f"{jobs}.db")
        told: list[NotAnArticle] = []
        with Archive.open(where) as archive:
            imported(archive, warc(tmp_path / f"known{jobs}.warc.gz", [edited(0, day(0))]))
            if jobs:
                with closing(PagesAhead(where, jobs)) as ahead:
                    report = imported(archive, path, told=told, ahead=ahead)
                    assert ahead._processes._processes is not None, "pages were read there"
                    assert ahead._read == {}, "and each was asked for"
            else:
                report = imported(archive, path, told=told)
            said[jobs] = report, told, histories(archive), everything(archive)
    assert said[1] == said[0]
    assert said[0][0].known == 1


def test_what_is_older_than_a_crawl_comes_before_it_and_what_cited_it_stays_valid(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "legger.db") as archive:
        read = reader(SITE, archive)
        ingest(answer("/1", day(100), story(1).replace("tevreden", "boos").encode()), SITE, archive, read)
        ingest(answer("/1", day(101), status=304, headers=()), SITE, archive, read)
        ingest(answer("/1", day(102), b"weg", status=410), SITE, archive, read)
        archive.commit()
        (cited,) = archive.articles.history(PAGE)
        imported(archive, warc(tmp_path / "x.warc.gz", [edited(0, day(0))]))
        history = archive.articles.history(PAGE)
        assert [each.first_seen for each in history] == [day(0), day(100)]
        assert history[-1].last_seen == day(101)
        assert history[-1].status == "gone"
        again = archive.articles.version(str(cited.article_id), 1)
        assert again.article.text == cited.article.text
        assert archive.integrity.verify() == []


def test_what_an_import_kept_and_did_not_come_to_file_is_filed_by_the_next(tmp_path: Path) -> None:
    path = warc(tmp_path / "x.warc.gz", [edited(0, day(0)), edited(1, day(1))])
    with Archive.open(tmp_path / "legger.db") as archive:
        ingest(
            answer("/1", day(9), story(1).replace("tevreden", "boos").encode()),
            SITE,
            archive,
            reader(SITE, archive),
        )
        with closing(WebArchives()) as files:
            files.add(path)
            Import(archive, [SITE], now=day(400)).web_archives(files)  # and it is killed before its end
        archive.commit()
        report = imported(archive, path)
        assert (report.kept, report.anew) == (0, 1)
        assert [each.first_seen for each in archive.articles.history(PAGE)] == [day(0), day(1)]
        assert archive.integrity.verify() == []


# ---------------------------------------------------------------- real tools


def site_on(host: Host) -> Site:
    return replace(SITE, url=f"{host.base}/", allow_private=True, practice=True)


def answering(path: str) -> Said | None:
    if path == "/":
        return Said(body=front(*(f"/{n}" for n in range(1, 9))))
    if path.strip("/").isdigit() and int(path.strip("/")) < 9:
        return Said(body=story(int(path.strip("/"))))
    return Said(body="Niets", status=404)


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
def test_what_wget_made_gives_the_articles_of_a_crawl(tmp_path: Path) -> None:
    stage = opened(tmp_path / "stage")
    with Host(answering) as host:
        site = site_on(host)
        subprocess.run(
            ["wget", "-q", "-r", "--warc-file=dorp", "--warc-cdx", f"{host.base}/"],
            cwd=tmp_path, check=False, env={**os.environ, "TMPDIR": "."},  # it takes a hundred bytes
        )  # fmt: skip
        stage.add(site)
        assert stage.crawl("krant").code == 0
    with Archive.open(tmp_path / "legger.db") as archive, stage.read() as crawled:
        report = imported(archive, tmp_path / "dorp.warc.gz", site=site)
        assert report.filed["new"] == 8
        found, expected = (
            {
                (each.key, each.article.title, each.article.text, each.article.published)
                for each in one.articles.all()
            }
            for one in (archive, crawled)
        )
        assert found == expected
        kept = next(iter(archive.captures.walk())).capture
        assert kept.exchange.request_line is not None
        assert kept.exchange.request_line.startswith("GET /")
        assert kept.exchange.server == "127.0.0.1"


def test_the_command_imports_exports_and_tells(tmp_path: Path) -> None:
    stage = opened(tmp_path / "stage")
    stage.add(SITE)
    path = warc(tmp_path / "x.warc.gz", [edited(0, day(0)), edited(1, day(1))])
    ran = stage.run("legger", "import", str(path), "--json", "--report", str(tmp_path / "told.jsonl"))
    assert ran.code == 0, ran.errors
    said: dict[str, Any] = json.loads(ran.output)
    assert (said["kept"], said["filed"]) == (2, {"new": 1, "changed": 1})
    assert (tmp_path / "told.jsonl").read_bytes() == b""
    with Archive.open(stage.archive, read_only=True) as archive:
        assert archive.index.pending() == 0, "a room that only reads finds it"
    out = stage.run("legger", "export", "--format", "warc", "-o", str(tmp_path / "out"))
    assert out.code == 0, out.errors
    assert "2 captures" in out.errors
    assert (tmp_path / "out" / "manifest.json").exists()
    wrong = stage.run("legger", "import", str(tmp_path / "told.jsonl"))
    assert wrong.code == 2
