"""An export in parts: whatever comes in meanwhile, all parts are of the state that was planned."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow.dataset
import pytest
import zstandard

from archive import Archive, StatedTime
from archive.captures.objects import FileSystemObjects
from archive.errors import ArchiveError, UsageError
from archive.export.choice import RowChoice
from archive.export.exporting import Form, nobody, verify_export, write_export
from archive.export.parts import fleet, making
from archive.export.parts.fleet import FleetExport, address_of, make_some, next_entry
from archive.export.parts.making import MadePart
from archive.operations.schedule import EXPORT
from tests.archive.newsroom import Filer, article, day

PARQUET, JSONL = Form(name="parquet"), Form(name="jsonl")
LATEST = RowChoice()
SECRET = "Piet Verdachte"
CHOICES = {
    "the latest": LATEST,
    "all versions": RowChoice(versions="all"),
    "one site": RowChoice(site="krant"),
    "since a time": RowChoice(since=day(2), until=day(4)),
    "a query": RowChoice(query="brug"),
    "a sample": RowChoice(sample=3, seed=1),
    "as of a time": RowChoice(as_of=day(2)),
}


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "ROWS", 3)
    monkeypatch.setattr(fleet, "IN_A_ROW", 1)
    monkeypatch.setattr(fleet, "ENTRIES", 2)


def _published(at: datetime) -> dict[str, Any]:
    return {"published": StatedTime(value=at, raw=f"{at:%Y-%m-%d}", source="meta")}


def _file(archive: Archive) -> None:
    """Two sites, articles of three months and of none, edits, one that is gone."""
    for site in ("krant", "blad"):
        desk = Filer(archive)
        for number in range(5):
            url = f"https://{site}.example/{number}"
            said = _published(day(0).replace(month=1 + number)) if number < 3 else {}
            words = SECRET if (site, number) == ("krant", 1) else f"Artikel {number} over de brug."
            seen = article(words, title=words, url=url, **said)
            desk.see(seen, day(number % 3), key=url, url=url, site=site)
            if number == 2:
                edited = article(f"{words} Nu dicht.", title=words, url=url, **said)
                desk.see(edited, day(3), key=url, url=url, site=site)
        desk.miss(day(4), status=410, key=url, url=url, site=site)
    archive.commit()
    archive.index.update()


def _change_everything(archive: Archive) -> None:
    """What a crawl does while an export is made: edits, new articles, articles seen again, new addresses."""
    for site in ("krant", "blad"):
        desk = Filer(archive)
        for number in (0, 2, 9):
            url = f"https://{site}.example/{number}"
            seen = article("Alles is nu anders.", url=url)
            desk.see(seen, day(6), key=url, url=f"{url}?later", site=site)
    archive.commit()


def _make_all(archive: Archive) -> None:
    """All that workers do, one after the other."""
    while entries := [each.site for each in archive.schedule.entries() if each.kind == EXPORT]:
        for each in entries:
            make_some(archive, each)
            if (after := next_entry(archive, each)) is not None:
                archive.schedule.add_entry(after, kind=EXPORT, due_at=day(0), at_latest=day(0))
            if archive.shards.next(EXPORT, each) is None:
                archive.schedule.remove_entry(each, kind=EXPORT)


def _rows(folder: Path, form: Form) -> list[dict[str, Any]]:
    if form.name == "parquet":
        found = pyarrow.dataset.dataset(folder, format="parquet", partitioning="hive").to_table().to_pylist()
        return sorted(found, key=lambda row: (row["id"], row["version"]))
    unpack = zstandard.ZstdDecompressor()
    parts = [unpack.decompress(each.read_bytes()) for each in sorted(folder.glob("part-*.jsonl.zst"))]
    return [orjson.loads(line) for line in b"".join(parts).splitlines()]


def _files(folder: Path) -> dict[str, bytes]:
    found = (each for each in folder.rglob("*") if each.is_file())
    return {each.relative_to(folder).as_posix(): each.read_bytes() for each in found}


@pytest.fixture
def newsroom(archive_file: Path | str) -> Iterator[Archive]:
    with Archive.open(archive_file) as archive:
        _file(archive)
        yield archive


@pytest.mark.parametrize(
    ("choice", "form"),
    [
        *(pytest.param(choice, PARQUET, id=name) for name, choice in CHOICES.items()),
        pytest.param(CHOICES["all versions"], JSONL, id="all versions as JSON Lines"),
        pytest.param(CHOICES["as of a time"], JSONL, id="as of a time as JSON Lines"),
    ],
)
def test_parts_made_after_everything_changed_are_what_one_machine_wrote_before(
    newsroom: Archive, tmp_path: Path, choice: RowChoice, form: Form
) -> None:
    name = "whole" if form is PARQUET else "whole.jsonl"
    write_export(newsroom, tmp_path / name, choice, form)
    by_one = (
        _rows(tmp_path / name, form)
        if form is PARQUET
        else [orjson.loads(each) for each in (tmp_path / name).read_bytes().splitlines()]
    )
    (tmp_path / "one").mkdir()
    write_export(newsroom, tmp_path / "one" / "parts", choice, Form(name=form.name, parts=3))
    export = FleetExport(newsroom, str(tmp_path / "parts"), choice, form)
    export.plan(describe=nobody)
    _change_everything(newsroom)
    _make_all(newsroom)
    assert export.progress().done
    assert export.result()["rows"] == len(by_one) > 0
    assert _rows(tmp_path / "parts", form) == by_one
    assert _files(tmp_path / "parts") == _files(tmp_path / "one" / "parts")
    made, alone = (
        json.loads((place / "parts.manifest.json").read_bytes()) for place in (tmp_path, tmp_path / "one")
    )
    assert made == alone


def _begun(archive: Archive, output: str, choice: RowChoice = LATEST, form: Form = PARQUET) -> FleetExport:
    export = FleetExport(archive, output, choice, form)
    export.plan(describe=nobody)
    return export


@pytest.mark.parametrize("form", [PARQUET, JSONL], ids=lambda form: form.name)
@pytest.mark.parametrize("destroyed", [False, True], ids=["hidden", "destroyed"])
def test_what_is_redacted_after_its_part_was_made_is_nowhere_in_the_end(
    newsroom: Archive, tmp_path: Path, form: Form, destroyed: bool
) -> None:
    export = _begun(newsroom, str(tmp_path / "parts"), form=form)
    for entry in newsroom.shards.open_entries(EXPORT)[:-1]:
        make_some(newsroom, entry)
    secret = [row for row in _rows(tmp_path / "parts", form) if row["text"] == SECRET]
    assert [str(row["published_day"]) for row in secret] == ["2026-02-02"]
    url = "https://krant.example/1"
    newsroom.redactions.redact(url, ground="GDPR art. 17", reason="asked", who="editor", at=day(7))
    if destroyed:
        newsroom.redactions.destroy(url, at=day(7))
    _make_all(newsroom)
    rows = _rows(tmp_path / "parts", form)
    assert len(rows) == export.result()["rows"] == 10
    assert [(row["id"], row["text"], row["published_day"]) for row in rows if row["redacted"]] == [
        (secret[0]["id"], "", None)
    ]
    kept = _files(tmp_path / "parts")
    assert not any("month=2026-02" in name and "site=krant" in name for name in kept), "its month is not told"
    named = json.loads((tmp_path / "parts.manifest.json").read_bytes())
    assert named["sha256"].keys() == {f"parts/{name}" for name in kept}
    assert named["redacted"] == 1


def test_what_is_destroyed_leaves_no_word_in_the_plan_of_an_export(newsroom: Archive, tmp_path: Path) -> None:
    desk = Filer(newsroom)
    url = "https://krant.example/piet-verdachte-aangehouden"
    desk.see(article(SECRET, url=url), day(5), key=url, url=url)
    for form in (PARQUET, JSONL):
        _begun(newsroom, str(tmp_path / form.name), form=form)
    newsroom.redactions.redact(url, ground="GDPR art. 17", reason="asked", who="editor", at=day(7))
    newsroom.redactions.destroy(url, at=day(7))
    with newsroom.snapshot() as connection:
        plans = connection.exec_driver_sql("SELECT plan FROM shards").scalars().all()
    assert len(plans) > 6
    assert "krant.example/0" in "".join(plans)
    assert "verdachte" not in "".join(plans)
    _make_all(newsroom)


def test_captures_of_before_that_come_in_meanwhile_are_told_and_not_mixed_in(
    newsroom: Archive, tmp_path: Path
) -> None:
    export = _begun(newsroom, str(tmp_path / "parts"), RowChoice(as_of=day(2.5)))
    url = "https://krant.example/0"
    Filer(newsroom).see(article("Een oudere lezing.", url=url), day(2), key=url, url=url)
    newsroom.commit()
    _make_all(newsroom)
    with pytest.raises(ArchiveError, match="captures of before 2026-03-04 20:00 UTC came in"):
        export.result()
    assert not (tmp_path / "parts.manifest.json").exists()


def test_a_part_whose_worker_was_killed_is_made_anew_and_no_other(
    newsroom: Archive, archive_file: Path | str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process of a worker, killed while it writes its second part."""
    export = _begun(newsroom, str(tmp_path / "parts"))
    entry = newsroom.shards.open_entries(EXPORT)[0]
    killed = """
import os, signal, sys
from archive import Archive
from archive.captures.objects import FileSystemObjects
from archive.export.parts.fleet import make_some
put, written = FileSystemObjects.put, []
def dies(self, key, data):
    written.append(key)
    if len({each.rpartition("-")[2] for each in written}) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    put(self, key, data)
FileSystemObjects.put = dies
with Archive.open(sys.argv[1]) as archive:
    make_some(archive, sys.argv[2])
"""
    ran = subprocess.run(
        [sys.executable, "-c", killed, str(archive_file), entry], check=False, cwd=Path.cwd(), timeout=60
    )
    assert ran.returncode == -9
    assert export.progress().shards_done == 1
    before = {name: (tmp_path / "parts" / name).stat().st_mtime_ns for name in _files(tmp_path / "parts")}
    assert before
    _make_all(newsroom)
    assert export.result()["rows"] == 10
    after = {name: (tmp_path / "parts" / name).stat().st_mtime_ns for name in _files(tmp_path / "parts")}
    assert before.items() < after.items()
    monkeypatch.setattr(making, "ROWS", 7)  # another release may make larger parts
    assert verify_export(newsroom, tmp_path / "parts.manifest.json") == []


def test_the_same_command_goes_on_and_another_does_not_write_there(newsroom: Archive, tmp_path: Path) -> None:
    parts = str(tmp_path / "parts")
    export = _begun(newsroom, parts)
    number = len(newsroom.shards.progress(EXPORT))
    make_some(newsroom, newsroom.shards.open_entries(EXPORT)[0])
    done = export.progress().shards_done
    again = _begun(newsroom, parts)
    assert again.progress().shards_done == done > 0, "it is planned once"
    assert len(newsroom.shards.progress(EXPORT)) == number
    with pytest.raises(UsageError, match="stands there already"):
        _begun(newsroom, parts, RowChoice(versions="all"))
    _make_all(newsroom)
    export.result()
    assert export.forget()
    assert newsroom.shards.progress(EXPORT) == {}
    _begun(newsroom, parts)  # the same of another day
    assert not (tmp_path / "parts.manifest.json").exists(), "no manifest stands over what is being made"
    assert FleetExport(newsroom, parts, RowChoice(), PARQUET).forget()
    assert [each for each in newsroom.schedule.entries() if each.kind == EXPORT] == []
    FleetExport(newsroom, parts, RowChoice(site="blad"), PARQUET).plan(force=True, describe=nobody)
    _make_all(newsroom)
    assert {row["site"] for row in _rows(tmp_path / "parts", PARQUET)} == {"blad"}, (
        "nothing is left of before"
    )


def test_an_export_of_nothing_is_a_manifest(newsroom: Archive, tmp_path: Path) -> None:
    export = _begun(newsroom, str(tmp_path / "parts"), RowChoice(since=day(300)))
    _make_all(newsroom)
    assert (export.result()["rows"], export.result()["parts"]) == (0, 0)
    assert json.loads((tmp_path / "parts.manifest.json").read_bytes())["sha256"] == {}


def test_a_place_where_nothing_can_be_written_is_known_before_anything_is_planned(
    newsroom: Archive, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ArchiveError, match="could not be written"):
        _begun(newsroom, str(tmp_path / "file" / "parts"))
    assert newsroom.shards.progress(EXPORT) == {}


@pytest.mark.parametrize(
    ("output", "address"),
    [
        ("s3://corpus/parts", ("s3://corpus", "parts")),
        ("s3://corpus/2026/parts/", ("s3://corpus/2026", "parts")),
        ("/mnt/shared/parts", ("file:///mnt/shared", "parts")),
    ],
)
def test_a_folder_is_named_by_path_or_address(output: str, address: tuple[str, str]) -> None:
    assert address_of(output) == address


@pytest.mark.parametrize(
    "output",
    [
        "s3://corpus",
        "s3://corpus/",
        "s3://key:secret@corpus/parts",
        "parts.parquet",
        "s3://corpus/news.jsonl.gz",
    ],
)
def test_what_is_no_folder_is_refused(output: str) -> None:
    with pytest.raises(UsageError):
        address_of(output)


def test_parts_in_object_storage_are_read_as_one_table(
    newsroom: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    import boto3
    import s3fs
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    for name, value in {
        "ACCESS_KEY_ID": "key",
        "SECRET_ACCESS_KEY": "secret",
        "DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("LEGGER_OBJECTS_ENDPOINT", endpoint)
    try:
        boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket="corpus")
        export = _begun(newsroom, "s3://corpus/2026/parts", RowChoice(versions="all"))
        _make_all(newsroom)
        storage = s3fs.S3FileSystem(endpoint_url=endpoint, use_listings_cache=False)
        table = pyarrow.dataset.dataset(
            "corpus/2026/parts", filesystem=storage, format="parquet", partitioning="hive"
        ).to_table()
        assert table.num_rows == export.result()["rows"] == 12
        named = json.loads(storage.cat_file("corpus/2026/parts.manifest.json"))
        assert len(named["sha256"]) == len(storage.find("corpus/2026/parts"))
    finally:
        server.stop()


@pytest.mark.parametrize("when", ["before it writes", "while it writes"])
def test_a_worker_that_was_taken_for_dead_leaves_no_older_part_over_one_that_was_made_anew(
    when: str, newsroom: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stood still with a part in hand; its entry went to another worker, and an article was redacted."""
    export = FleetExport(newsroom, str(tmp_path / "parts"), LATEST, JSONL)
    export.plan(describe=nobody)
    (entry, *_) = [each.site for each in newsroom.schedule.entries() if each.kind == EXPORT]
    now = newsroom.schedule.now()
    claimed = {"now": now, "until": day(9999), "kind": EXPORT}
    assert newsroom.schedule.claim(entry, by="frozen:1", **claimed) is not None
    put, make, stood_still = FileSystemObjects.put, making.make_part, list[str]()

    def stand_still() -> None:
        if not stood_still:
            stood_still.append(when)
            (claim,) = newsroom.schedule.claims()
            newsroom.schedule.hand_back(claim)
            newsroom.redactions.redact("https://krant.example/1", ground="g", reason="r", who="w", at=day(7))
            _make_all(newsroom)

    def frozen_put(storage: FileSystemObjects, key: str, data: bytes) -> None:
        stand_still()
        put(storage, key, data)

    def frozen_make(*given: Any) -> MadePart:
        found = make(*given)
        stand_still()
        return found

    with monkeypatch.context() as patched:
        if when == "while it writes":
            patched.setattr(FileSystemObjects, "put", frozen_put)
        else:
            patched.setattr(fleet, "make_part", frozen_make)
        with pytest.raises(ArchiveError, match="is another's by now"):
            make_some(newsroom, entry)
    assert stood_still
    _make_all(newsroom)
    assert export.progress().done
    assert SECRET not in json.dumps(_rows(tmp_path / "parts", JSONL), default=str)
    assert verify_export(newsroom, tmp_path / "parts.manifest.json") == []


def test_a_manifest_in_object_storage_is_verified_where_it_stands(newsroom: Archive, tmp_path: Path) -> None:
    export = FleetExport(newsroom, str(tmp_path / "parts"), LATEST, PARQUET)
    export.plan(describe=nobody)
    _make_all(newsroom)
    manifest = f"file://{tmp_path}/parts.manifest.json"
    assert verify_export(newsroom, manifest) == []
    first, second, *_ = sorted((tmp_path / "parts").rglob("*.parquet"))
    first.write_bytes(b"altered")
    second.unlink()
    wrong = verify_export(newsroom, manifest)
    assert [each.rpartition(": ")[2] for each in wrong] == ["not as the manifest says", "is not there"]
    with pytest.raises(ArchiveError, match="is not there"):
        verify_export(newsroom, f"file://{tmp_path}/away.manifest.json")


def test_what_nobody_asked_after_is_taken_off_the_list_when_all_of_it_was_done_long_ago(
    newsroom: Archive, tmp_path: Path
) -> None:
    """One part that is not done keeps all of its export, however old the others are."""
    done, begun = (FleetExport(newsroom, str(tmp_path / name), LATEST, JSONL) for name in ("done", "begun"))
    done.plan(describe=nobody)
    _make_all(newsroom)
    begun.plan(describe=nobody)
    (entry, *_) = [each.site for each in newsroom.schedule.entries() if each.kind == EXPORT]
    make_some(newsroom, entry)
    assert newsroom.shards.forget_done(before=day(-1)) == 0
    assert newsroom.shards.forget_done(before=day(9999)) == 5
    assert (done.is_planned, begun.is_planned) == (False, True)
