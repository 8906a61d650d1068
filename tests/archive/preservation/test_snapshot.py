"""A snapshot is a bag, a crate and a record of events, and comes in again as what it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import bagit
import pytest
from lxml import etree
from rocrate.rocrate import ROCrate

from archive import Archive
from archive.errors import ArchiveError, UsageError
from archive.export.choice import RowChoice
from archive.export.jsonl import lines
from archive.export.restore import read_rows, restore
from archive.preservation.bag import wrong_in_bag
from archive.preservation.snapshot import ROWS, write_snapshot
from tests.archive.newsroom import Filer, article, day, reader
from tests.legger.test_commands import run

PREMIS = {"p": "http://www.loc.gov/premis/v3"}


def _corpus(archive: Archive) -> None:
    desk = Filer(archive)
    desk.see(article("De brug is dicht.", reader=reader("11")), day(0))
    desk.see(article("De brug is open.", reader=reader("12")), day(2))
    place: dict[str, Any] = {"key": "2", "url": "https://krant.example/2"}
    desk.see(article("Een naam.", title="Geheim", url=place["url"]), day(1), **place)
    archive.redactions.redact(place["url"], ground="AVG art. 17", reason="r", who="De commissie", at=day(4))
    archive.commit()


def _written(archive: Archive, folder: Path, **more: Any) -> Path:
    write_snapshot(
        archive, folder, RowChoice(versions="all"), now=day(9), organisation="Streekarchief “Noord”",
        contact="archief@example.org", describe=lambda name: ("De Krant", "https://krant.example/"), **more,
    )  # fmt: skip
    return folder


def test_a_snapshot_is_a_valid_bag(archive: Archive, tmp_path: Path) -> None:
    _corpus(archive)
    folder = _written(archive, tmp_path / "corpus")
    bag = bagit.Bag(str(folder))
    bag.validate()
    assert bag.info["Source-Organization"] == "Streekarchief “Noord”"
    assert bag.info["Contact-Email"] == "archief@example.org"
    assert wrong_in_bag(folder) == []
    (folder / "data" / "codebook.csv").write_text("altered")
    (folder / "data" / "more.txt").write_text("more")
    assert wrong_in_bag(folder) == [
        "data/codebook.csv: is not as manifest-sha256.txt says", "data/more.txt: no manifest names it",
    ]  # fmt: skip
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(folder)).validate()


def test_a_snapshot_is_a_crate(archive: Archive, tmp_path: Path) -> None:
    _corpus(archive)
    found = ROCrate(str(_written(archive, tmp_path / "corpus") / "data"))
    assert found.name == "corpus"
    assert "2 articles in 3 rows from krant" in found.description
    parts = {each.id for each in found.data_entities}
    assert {ROWS, "premis.xml", "codebook.csv", "corpus.edits.jsonl.gz", f"{ROWS}.manifest.json"} <= parts
    assert found.root_dataset["publisher"]["name"] == "Streekarchief “Noord”"
    assert [each["name"] for each in found.root_dataset["isBasedOn"]] == ["De Krant"]


def test_what_happened_is_on_record(archive: Archive, tmp_path: Path) -> None:
    _corpus(archive)
    folder = _written(archive, tmp_path / "corpus") / "data"
    tree = etree.parse(folder / "premis.xml")
    events = [
        (
            each.findtext("p:eventType", namespaces=PREMIS),
            each.findtext(".//p:eventDetail", namespaces=PREMIS),
        )
        for each in tree.iterfind("p:event", PREMIS)
    ]
    assert [kind for kind, _ in events] == [
        "migration", "migration", "capture", "migration", "redaction", "fixity check",
    ]  # fmt: skip
    said = {str(kind): str(detail) for kind, detail in events}
    assert said["redaction"] == "article 2 hidden; ground: AVG art. 17; by De commissie"
    assert said["capture"].startswith("3 answers of krant captured from 2026-03-02T08:00:00Z")
    assert "Geheim" not in (folder / "premis.xml").read_text()
    digests = {each.text for each in tree.iterfind(".//p:messageDigest", PREMIS)}
    assert len(digests) == len(list(folder.iterdir())) - 2, "itself, and the crate that names it"


def test_a_snapshot_comes_in_again(archive: Archive, tmp_path: Path) -> None:
    _corpus(archive)
    folder = _written(archive, tmp_path / "corpus")
    with Archive.open(tmp_path / "new.db") as new:
        restore(new, read_rows(folder / "data" / ROWS), now=day(20))
        choice = RowChoice(versions="all")
        assert b"".join(lines(new, choice)) == b"".join(lines(archive, choice))


def test_a_snapshot_is_whole_or_not_there(archive: Archive, tmp_path: Path) -> None:
    _corpus(archive)

    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(ArchiveError, match="No space left"):
        _written(archive, tmp_path / "corpus", captures=full)
    assert [each.name for each in tmp_path.iterdir() if "legger.db" not in each.name] == []
    _written(archive, tmp_path / "corpus")
    with pytest.raises(UsageError, match="never changes"):
        _written(archive, tmp_path / "corpus")


def test_the_command(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "legger.db") as archive:
        _corpus(archive)
    ran = run("snapshot", "corpus", "--site", "krant", "--captures", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    bagit.Bag(str(tmp_path / "corpus")).validate()
    assert (tmp_path / "corpus" / "data" / "captures.wacz").exists()
    assert run("snapshot", "corpus", "--verify", cwd=tmp_path).returncode == 0
    told = json.loads((tmp_path / "corpus" / "data" / f"{ROWS}.manifest.json").read_bytes())
    assert told["rows"] == 3
