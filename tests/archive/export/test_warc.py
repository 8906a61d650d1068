"""Captures go out as web archives that the field's tools read, and that replay shows as they were."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from archive import Archive
from archive.errors import UsageError
from archive.export.web_archives.heads import (
    answer_head,
    block,
    facts,
    fields,
    moment_of,
    original_lines,
    parsed,
    read_fields,
    with_facts,
)
from archive.export.web_archives.wacz import export_wacz
from archive.export.web_archives.warc import Chosen, export_warc
from archive.model.types import Capture
from tests.archive.export.web_archives import answers, filled
from tests.archive.newsroom import Filer, article, day


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with filled(tmp_path_factory.mktemp("archive") / "legger.db") as found:
        yield found


@pytest.fixture(scope="module")
def folder(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "warc"
    export_warc(archive, out, Chosen(), operator="Het Dorpsarchief")
    return out


def records(path: Path) -> list[tuple[str, dict[str, str], bytes]]:
    """(type, header lines, block) of each record, as fastwarc reads them."""
    from fastwarc.warc import ArchiveIterator

    with path.open("rb") as file:
        return [
            (str(each.record_type), dict(each.headers.astuples()), each.reader.read())
            for each in ArchiveIterator(file, parse_http=False)
        ]


# ---------------------------------------------------------------- heads


@pytest.mark.parametrize("capture", answers(), ids=lambda each: f"{each.url} {each.status}")
def test_a_head_and_its_facts_give_the_capture_back(capture: Capture) -> None:
    first, lines = answer_head(capture)
    head = parsed(block(first, lines) + capture.body)
    bare = Capture(
        site="", url=capture.url, at=capture.at, status=capture.status, body=capture.body,
        headers=original_lines(head.lines), request_headers=capture.request_headers,
    )  # fmt: skip
    assert with_facts(bare, read_fields(fields(facts(capture)))) == capture


@pytest.mark.parametrize("capture", answers(), ids=lambda each: f"{each.url} {each.status}")
def test_a_head_is_true_of_the_body_that_stands_behind_it(capture: Capture) -> None:
    lines = {name.lower(): value for name, value in answer_head(capture)[1]}
    if capture.status != 304:
        assert not {"transfer-encoding", "content-encoding"} & lines.keys()
        assert lines.get("content-length", str(len(capture.body))) == str(len(capture.body))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-02T08:00:00Z", day(0)),
        ("2026-03-02T08:00:00.123456789Z", day(0).replace(microsecond=123456)),
        ("2026-03-02T09:00:00+01:00", day(0)),
        ("2026-03-02T08:00:00", day(0)),
        ("20260302080000", day(0)),
    ],
)
def test_a_date_of_a_record_is_read_as_tools_write_it(text: str, moment: object) -> None:
    assert moment_of(text) == moment


# ---------------------------------------------------------------- what is written


def test_every_capture_has_its_records(folder: Path) -> None:
    (volume,) = folder.glob("*.warc.gz")
    found = records(volume)
    assert Counter(kind for kind, _, _ in found) == {
        "warcinfo": 1, "response": 8, "revisit": 3, "request": 10, "metadata": 11 + 4,
    }  # fmt: skip
    assert all(
        {"WARC-Block-Digest", "WARC-Record-ID", "Content-Type"} <= lines.keys() for _, lines, _ in found
    )
    assert all("WARC-Warcinfo-ID" in lines for kind, lines, _ in found if kind != "warcinfo")
    assert b"operator: Het Dorpsarchief\r\n" in found[0][2]


def test_a_304_and_a_body_seen_before_are_revisits_of_the_capture_that_has_it(folder: Path) -> None:
    (volume,) = folder.glob("*.warc.gz")
    found = records(volume)
    by_number = {lines["WARC-Record-ID"]: lines for _, lines, _ in found}
    revisits = [lines for kind, lines, _ in found if kind == "revisit"]
    assert [
        (
            lines["WARC-Target-URI"],
            lines["WARC-Profile"].rpartition("/")[2],
            lines["WARC-Refers-To-Target-URI"],
            by_number[lines["WARC-Refers-To"]]["WARC-Payload-Digest"] == lines["WARC-Payload-Digest"],
        )
        for lines in revisits
    ] == [
        ("http://krant.example/1", "server-not-modified", "http://krant.example/1", True),
        ("http://krant.example/1?print", "identical-payload-digest", "http://krant.example/1", True),
        ("http://krant.example/2", "identical-payload-digest", "http://krant.example/2", True),
    ]


def test_versions_stand_under_addresses_that_no_replay_takes_for_pages(folder: Path) -> None:
    (volume,) = folder.glob("*.warc.gz")
    versions = [
        (lines["WARC-Target-URI"], json.loads(content))
        for kind, lines, content in records(volume)
        if kind == "metadata" and lines["Content-Type"] == "application/json"
    ]
    assert [urn for urn, _ in versions] == [
        "urn:legger:krant:article:1:version:1",
        "urn:legger:krant:article:2:version:1",
        "urn:legger:krant:article:1:version:2",
        "urn:legger:krant:article:3:version:1",
    ]
    assert versions[2][1]["title"] == "Bericht 1 uit het dorp"
    assert "boos" in versions[2][1]["text"]


def test_beside_the_records_stand_what_was_missed_the_log_and_digests_of_all(folder: Path) -> None:
    missed = [json.loads(line) for line in (folder / "missed.jsonl").read_text("utf-8").splitlines()]
    assert [(each["url"], each["how"]) for each in missed if each["url"].endswith("nooit")] == [
        ("http://krant.example/nooit", "feed")
    ]
    log = (folder / "crawl.log").read_text("utf-8").splitlines()
    assert len(log) == len(answers())
    assert log[1].split()[1:4] == ["200", str(len(answers()[1].body)), "http://krant.example/1"]
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert set(manifest["files"]) == {each.name for each in folder.iterdir()} - {"manifest.json"}
    summed = subprocess.run(
        ["sha256sum", *manifest["files"]], cwd=folder, capture_output=True, text=True, check=True
    ).stdout
    assert summed.split()[::2] == list(manifest["files"].values())


def test_two_exports_of_one_state_are_equal_byte_for_byte(
    archive: Archive, folder: Path, tmp_path: Path
) -> None:
    export_warc(archive, tmp_path / "again", Chosen(), operator="Het Dorpsarchief")
    assert {each.name: each.read_bytes() for each in (tmp_path / "again").iterdir()} == {
        each.name: each.read_bytes() for each in folder.iterdir()
    }


def test_volumes_are_bounded_and_not_packed_where_that_is_asked(archive: Archive, tmp_path: Path) -> None:
    result = export_warc(archive, tmp_path / "out", Chosen(), packed=False, size=12_000)
    assert len(result.files) > 1
    assert all(each.suffix == ".warc" and each.stat().st_size <= 12_000 for each in result.files)
    found = [each for volume in result.files for each in records(volume)]
    assert sum(kind in ("response", "revisit") for kind, _, _ in found) == len(answers())
    first = {each[1]["WARC-Record-ID"] for volume in result.files for each in records(volume)[:1]}
    assert {lines["WARC-Warcinfo-ID"] for kind, lines, _ in found if kind != "warcinfo"} == first


def test_only_what_is_chosen_is_written(archive: Archive, tmp_path: Path) -> None:
    result = export_warc(archive, tmp_path / "out", Chosen(site="krant", since=day(2), until=day(4)))
    assert result.captures == 3
    with pytest.raises(UsageError, match="nothing to write"):
        export_warc(archive, tmp_path / "none", Chosen(since=day(50)))
    assert not (tmp_path / "none").exists()


def test_a_folder_that_holds_something_is_left_alone(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(UsageError, match="new, or empty"):
        export_warc(archive, tmp_path, Chosen())
    assert [each.name for each in tmp_path.iterdir()] == ["letter.txt"]


def test_what_may_not_be_shown_is_not_written(tmp_path: Path) -> None:
    with filled(tmp_path / "legger.db") as archive:
        archive.redactions.redact("2", ground="GDPR 17", reason="asked", who="archivist", at=day(9))
        archive.commit()
        result = export_warc(archive, tmp_path / "out", Chosen(), packed=False)
        (volume,) = result.files
        assert b"bericht 2" not in volume.read_bytes()
        assert b"bericht 1" in volume.read_bytes()
        assert result.withheld == 3


# ---------------------------------------------------------------- the field's tools


def tool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name(arguments[0])), *arguments[1:]],
        capture_output=True,
        text=True,
        check=False,
    )


def test_warcio_and_fastwarc_find_every_digest_right(folder: Path) -> None:
    (volume,) = folder.glob("*.warc.gz")
    checked = tool("warcio", "check", "-v", str(volume))
    assert checked.returncode == 0, checked.stdout
    assert "digest failed" not in checked.stdout
    checked = tool("fastwarc", "check", str(volume))
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_index_is_the_one_that_cdxj_indexer_makes(folder: Path) -> None:
    from cdxj_indexer.main import CDXJIndexer

    (volume,) = folder.glob("*.warc.gz")
    out = StringIO()
    CDXJIndexer(out, [str(volume)], sort=True, records="response,revisit").process_all()
    theirs = [line.split(" ", 2) for line in out.getvalue().splitlines()]
    ours = [line.split(" ", 2) for line in (folder / "index.cdxj").read_text("utf-8").splitlines()]
    assert [(key, at, json.loads(rest)) for key, at, rest in ours] == [
        (key, at, json.loads(rest)) for key, at, rest in theirs
    ]


def test_a_wacz_is_valid_where_nothing_was_missed(tmp_path: Path) -> None:
    path = tmp_path / "krant.wacz"
    with Archive.open(tmp_path / "legger.db") as archive:
        Filer(archive).see(article("De brug is dicht."), day(0))
        archive.commit()
        export_wacz(archive, path, Chosen())
    checked = tool("wacz", "validate", "-f", str(path))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    with zipfile.ZipFile(path) as package:
        assert all(each.file_size for each in package.infolist())


def test_a_wacz_is_valid_and_holds_index_pages_logs_and_the_head_of_the_chain(
    archive: Archive, tmp_path: Path
) -> None:
    path = tmp_path / "krant.wacz"
    export_wacz(archive, path, Chosen())
    first = path.read_bytes()
    export_wacz(archive, path, Chosen())
    assert path.read_bytes() == first
    checked = tool("wacz", "validate", "-f", str(path))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    with zipfile.ZipFile(path) as package:
        described = json.loads(package.read("datapackage.json"))
        assert described["legger"]["chain"]["seal"] == archive.integrity.head().seal
        header, *pages = map(json.loads, package.read("pages/pages.jsonl").splitlines())
        assert header["format"] == "json-pages-1.0"
        assert [each["url"].rpartition("/")[2] for each in pages] == ["1", "2", "1", "4"]
        assert "boos" in pages[2]["text"]
        (name,) = (each for each in package.namelist() if each.endswith(".warc.gz"))
        assert package.getinfo(name).compress_type == zipfile.ZIP_STORED
        assert {"logs/crawl.log", "logs/missed.jsonl", "logs/manifest.json"} <= set(package.namelist())
        packed = package.read("indexes/index.cdx.gz")
        block = json.loads(package.read("indexes/index.idx").splitlines()[1].split(b" ", 2)[2])
        lines = gzip.decompress(packed[block["offset"] : block["offset"] + block["length"]]).splitlines()
        where: dict[str, Any] = json.loads(lines[0].split(b" ", 2)[2])
        volume = BytesIO(package.read(name))
        volume.seek(int(where["offset"]))
        assert (
            gzip.GzipFile(fileobj=BytesIO(volume.read(int(where["length"])))).read().startswith(b"WARC/1.1")
        )


PYWB = os.environ.get("PYWB") or shutil.which("wayback")
"""pywb's own command; it brings older libraries than ours, so it stands in an environment of its own."""


@pytest.mark.skipif(PYWB is None, reason="pywb is not installed: set PYWB to its command 'wayback'")
def test_pywb_replays_what_we_write(folder: Path, tmp_path: Path) -> None:
    import socket
    import time
    import urllib.request

    assert PYWB is not None
    manager = str(Path(PYWB).with_name("wb-manager"))
    for each in (["init", "krant"], ["add", "krant", *map(str, folder.glob("*.warc.gz"))]):
        subprocess.run([manager, *each], cwd=tmp_path, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [PYWB, "--port", str(port), "--bind", "127.0.0.1"],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as server:  # fmt: skip

        def get(path: str) -> bytes:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/krant/{path}", timeout=20) as answer:
                content: bytes = answer.read()
                return content

        try:
            for _ in range(100):
                try:
                    get("")
                    break
                except OSError:
                    time.sleep(0.2)
            lines = get("cdx?url=http://krant.example/1&output=json").splitlines()
            assert [json.loads(line)["timestamp"] for line in lines] == [
                "20260302102400", "20260303080000", "20260304080000",
            ]  # fmt: skip
            assert get("cdx?url=http://krant.example/&matchType=host&output=json").count(b"\n") == len(
                answers()
            )
            timemap = get("timemap/link/http://krant.example/1").decode()
            assert timemap.count('rel="memento"') + timemap.count("first memento") >= 1
            for path, text in (
                ("20260302102400id_/http://krant.example/1", answers()[1].body),
                ("20260303200000id_/http://krant.example/1?print", answers()[1].body),
                ("20260304080000id_/http://krant.example/1", answers()[6].body),
                ("20260305080000id_/http://krant.example/2", answers()[3].body),
            ):
                assert get(path) == text, path
            with pytest.raises(HTTPError, match="304"):  # a visit that found nothing new is shown as that
                get("20260303080000id_/http://krant.example/1")
        finally:
            server.terminate()
