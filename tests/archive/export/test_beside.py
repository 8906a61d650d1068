"""What stands beside an export: versions, captures, diffs, edits of the same articles; networks and TEI."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import networkx
import pytest
from lxml import etree

from archive import Archive, BlockKind
from archive.archive import Archive as _Archive
from archive.errors import ArchiveError, UsageError
from archive.export.choice import RowChoice
from archive.export.exporting import Form, manifest_of, verify_export, write_export
from archive.export.formats.tei import tei_lines
from archive.export.jsonl import lines
from archive.model.reports import RunCounts
from archive.model.types import Block
from tests.archive.newsroom import Filer, article, day, reader

LONG = (
    "De brug over de vaart blijft nog weken dicht. De wethouder van verkeer zegt dat hij het betreurt, maar "
    "dat er niets anders op zit. Fietsers rijden voorlopig om langs de molen, en auto's over de rijksweg. "
    "Wie met de bus komt, merkt er weinig van: de halte is verplaatst. In mei is alles weer zoals het hoort."
)


def _corpus(archive: _Archive) -> None:
    """An article edited twice, one that links to it, one that tells the same story, one not to be shown."""
    desk = Filer(archive)
    desk.see(article("Er waren 15 mensen. De brug is dicht."), day(0))
    desk.see(article("Er waren 150 mensen. De brug is dicht."), day(1))
    desk.see(article("Er waren 150 mensen. De brug is dicht. Morgen weer."), day(2))
    desk.miss(day(3))
    place: dict[str, Any] = {"key": "2", "url": "https://krant.example/2"}
    leads = ("https://krant.example/1", "https://elders.example/")
    desk.see(article(LONG, url=place["url"], links=leads), day(1), **place)
    place = {"key": "3", "url": "https://blad.example/3", "site": "blad"}
    desk.see(article(LONG, url=place["url"], title="=Brug \x01<dicht>", links=()), day(1), **place)
    place = {"key": "4", "url": "https://krant.example/geheim"}
    desk.see(article("Een naam.", title="Geheim", url=place["url"]), day(1), **place)
    desk.see(article("Een andere naam.", title="Geheim", url=place["url"]), day(2), **place)
    archive.redactions.redact(place["url"], ground="AVG", reason="r", who="w", at=day(4))
    archive.commit()
    archive.index.update()


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_all_that_stands_beside(archive: Archive, tmp_path: Path) -> None:
    _corpus(archive)
    form = Form(beside=("versions", "captures", "diffs", "edits"))
    write_export(archive, tmp_path / "news.jsonl", RowChoice(site="krant"), form)
    versions = (tmp_path / "news.versions.jsonl").read_bytes()
    assert versions == b"".join(lines(archive, RowChoice(site="krant", versions="all")))
    captured = _lines(tmp_path / "news.captures.jsonl")
    assert [(each["id"], each["version"], each["status"], each["verdict"]) for each in captured] == [
        (1, 1, 200, "new"), (1, 2, 200, "changed"), (1, 3, 200, "changed"), (1, None, 404, "suspect"),
        (2, 1, 200, "new"), (4, 1, 200, "new"), (4, 2, 200, "changed"),
    ]  # fmt: skip
    assert [each["url"] for each in captured[-2:]] == ["https://krant.example/(redacted)"] * 2
    pieces = [each["pieces"] for each in _lines(tmp_path / "news.diffs.jsonl")]
    assert [each for each in pieces[0] if each[0] != "="] == [["-", "15"], ["+", "150"]]
    edits = _lines(tmp_path / "news.edits.jsonl")
    assert [(each["id"], each["version"], each["edit_kinds"]) for each in edits] == [
        (1, 2, ["correction"]), (1, 3, ["context"]),
    ]  # fmt: skip
    assert [(each["action"], each["before"], each["after"]) for each in edits[0]["actions"]] == [
        ("changed", "Er waren 15 mensen.", "Er waren 150 mensen."),
    ]  # fmt: skip
    assert b"naam" not in b"".join(each.read_bytes() for each in tmp_path.glob("news.*"))
    told = json.loads(manifest_of(tmp_path / "news.jsonl").read_bytes())
    assert len(told["sha256"]) == 5
    assert verify_export(archive, manifest_of(tmp_path / "news.jsonl")) == []


def test_beside_a_table_stand_tables(archive: Archive, tmp_path: Path) -> None:
    _corpus(archive)
    write_export(archive, tmp_path / "a.csv", RowChoice(), Form(name="csv", beside=("edits",)))
    found = list(csv.DictReader(io.StringIO((tmp_path / "a.edits.csv").read_text(), newline="")))
    assert [json.loads(each["edit_kinds"]) for each in found] == [["correction"], ["context"]]


def test_as_of_a_time_nothing_stands_beside(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--with"):
        write_export(archive, tmp_path / "a.jsonl", RowChoice(as_of=day(1)), Form(beside=("edits",)))


def test_networks_are_read_by_the_tools_that_draw_them(archive: Archive, tmp_path: Path) -> None:
    _corpus(archive)
    write_export(archive, tmp_path / "net.gexf", RowChoice(), Form(name="gexf"))
    graph = _read(tmp_path)
    assert set(graph.nodes) == {"1", "2", "3", "4"}
    assert graph.nodes["3"]["label"] == "=Brug <dicht>"
    ties = {(one, other, each["kind"]) for one, other, each in graph.edges(data=True)}
    assert ("2", "1", "links") in ties
    assert {frozenset(each[:2]) for each in ties if each[2] == "same story"} == {frozenset(("2", "3"))}
    write_export(archive, tmp_path / "net", RowChoice(), Form(name="edges"))
    edges = list(csv.DictReader((tmp_path / "net" / "edges.csv").read_text().splitlines()))
    assert {(each["Source"], each["Target"], each["Type"], each["Kind"]) for each in edges} == {
        ("2", "1", "Directed", "links"), ("3", "2", "Undirected", "same story"),
    }  # fmt: skip
    nodes = list(csv.DictReader((tmp_path / "net" / "nodes.csv").read_text().splitlines()))
    assert [each["Id"] for each in nodes] == ["1", "2", "3", "4"]


def _read(folder: Path) -> Any:
    """The network as networkx reads it, which takes versions of GEXF up to 1.2 by name."""
    text = (folder / "net.gexf").read_text().replace("http://gexf.net/1.3", "http://www.gexf.net/1.2draft")
    return networkx.read_gexf(io.BytesIO(text.encode()), version="1.2draft")


def test_tei_holds_every_word(archive: Archive, tmp_path: Path) -> None:
    blocks = (
        Block(kind=BlockKind.LEAD, text="Het begin & meer."), Block(kind=BlockKind.SUBHEAD, text="Kop"),
        Block(kind=BlockKind.PARAGRAPH, text="Een alinea."), Block(kind=BlockKind.ITEM, text="Een"),
        Block(kind=BlockKind.ITEM, text="Twee"), Block(kind=BlockKind.QUOTE, text="„Ja”"),
        Block(kind=BlockKind.CAPTION, text="Foto"), Block(kind=BlockKind.BOX, text="Feiten"),
    )  # fmt: skip
    Filer(archive).see(
        article("", blocks=blocks, authors=("Anna \x0b Bos",), language="nl", tags=("a",)), day(0)
    )
    write_export(archive, tmp_path / "a.xml", RowChoice(), Form(name="tei"))
    tree = etree.parse(tmp_path / "a.xml")
    names = {"t": "http://www.tei-c.org/ns/1.0"}
    assert tree.xpath("//t:body//t:p[not(t:note)]/text()", namespaces=names) == [
        "Het begin & meer.", "Een alinea.", "„Ja”",
    ]  # fmt: skip
    assert tree.xpath("//t:item/text()", namespaces=names) == ["Een", "Twee"]
    assert tree.xpath("//t:note[@type='caption' or @type='box']/text()", namespaces=names) == [
        "Foto",
        "Feiten",
    ]
    assert tree.xpath("//t:text/@xml:lang", namespaces=names) == ["nl"]


TEI_RULES = {
    # what TEI P5 has in its elements, of those that we write
    "teiCorpus": "teiHeader( TEI)+",
    "TEI": "teiHeader text",
    "teiHeader": "fileDesc( encodingDesc)?( profileDesc)?",
    "fileDesc": "titleStmt publicationStmt sourceDesc",
    "titleStmt": "title( author)*",
    "publicationStmt": "publisher|p",
    "sourceDesc": "bibl|p",
    "bibl": "(title )?(author )*publisher (date )?ref (note )?idno note",
    "encodingDesc": "p",
    "profileDesc": "langUsage|textClass|langUsage textClass",
    "langUsage": "language",
    "textClass": "keywords",
    "keywords": "term( term)*",
    "text": "body",
    "body": "div",
    "div": "(head ?)*((p|list|quote) ?)*(div ?)*",  # and more than heads
    "list": "item( item)*",
    "quote": "p",
    "p": "(note)?",
}


@pytest.mark.parametrize(
    ("language", "published"),
    [
        ("nl", "2026-03-01T10:00:00+01:00"),
        ("zh-Hans", "2026-03-01"),
        ("nl_NL", "1936-03-01T10:00:00+00:19:32"),
        (None, None),
    ],
)
def test_tei_keeps_the_rules_of_p5(archive: Archive, language: str | None, published: str | None) -> None:
    Filer(archive).see(article("Een alinea."), day(0))
    row = json.loads(next(lines(archive)))
    parts = (
        ["subhead"], ["lead", "paragraph", "item", "quote"], ["caption"], [],
        ["paragraph", "subhead", "subhead", "box", "item"],
    )  # fmt: skip
    some = [
        {
            **row, "id": number, "language": language, "published": published,
            "tags": ["a & b"][: number % 2],
            "published_day": published and published[:10], "title": ["", "Kop"][number % 2],
            "blocks": [{"kind": kind, "text": "Woord"} for kind in kinds],
        }
        for number, kinds in enumerate(parts, 1)
    ]  # fmt: skip
    tree = etree.fromstring(b"".join(tei_lines(some)))
    of_xsd = etree.XMLSchema(
        etree.fromstring(
            '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="v"><xs:complexType>'
            '<xs:attribute name="when"><xs:simpleType><xs:union memberTypes="xs:date xs:dateTime"/>'
            '</xs:simpleType></xs:attribute><xs:attribute name="lang" type="xs:language"/>'
            '<xs:attribute name="ident" type="xs:language"/><xs:attribute name="id" type="xs:ID"/>'
            '<xs:attribute name="target" type="xs:anyURI"/></xs:complexType></xs:element></xs:schema>'
        )
    )
    assert len({each.get("{http://www.w3.org/XML/1998/namespace}id") for each in tree.iter("{*}TEI")}) == 5
    for element in tree.iter("{*}*"):
        name = etree.QName(element).localname
        children = " ".join(etree.QName(each).localname for each in element)
        assert re.fullmatch(TEI_RULES.get(name, ""), children), f"{name} with {children}"
        typed = {etree.QName(key).localname: value for key, value in element.attrib.items()}
        known = {key: typed[key] for key in ("when", "lang", "ident", "id", "target") if key in typed}
        assert of_xsd.validate(etree.Element("v", known)), f"{name} {known}"
        if name == "div":
            assert any(not each.tag.endswith("head") for each in element)


def test_parquet_in_parts_is_found_by_site_and_month(archive: Archive, tmp_path: Path) -> None:
    dataset = pytest.importorskip("pyarrow.dataset", reason="pyarrow is not installed")
    _corpus(archive)
    write_export(archive, tmp_path / "parts", RowChoice(versions="all"), Form(name="parquet"))
    found = dataset.dataset(tmp_path / "parts", partitioning="hive").to_table().to_pylist()
    assert sorted((each["site"], each["month"], each["id"], each["version"]) for each in found) == [
        ("blad", "unknown", 3, 1), ("krant", "unknown", 1, 1), ("krant", "unknown", 1, 2),
        ("krant", "unknown", 1, 3), ("krant", "unknown", 2, 1), ("krant", "unknown", 4, 1),
        ("krant", "unknown", 4, 2),
    ]  # fmt: skip
    assert verify_export(archive, manifest_of(tmp_path / "parts")) == []


def test_a_query_as_of_a_time_finds_the_same_after_every_later_visit_and_reading(
    archive: Archive, tmp_path: Path
) -> None:
    _corpus(archive)
    choice = RowChoice(as_of=day(1.5), query="brug")
    path = tmp_path / "then.jsonl"
    write_export(archive, path, choice, Form())
    assert [(each["id"], each["version"]) for each in _lines(path)] == [(1, 2), (2, 1), (3, 1)]
    desk = Filer(archive)
    desk.see(article("Nu over iets anders.", url="https://krant.example/2"), day(8), key="2",
             url="https://krant.example/2")  # fmt: skip
    better = article("Heel anders gelezen.", title="Opschrift", reader=reader("99"))
    archive.rereading.reread("krant", lambda capture: better)
    archive.commit()
    archive.index.update()
    assert verify_export(archive, manifest_of(path)) == []


def test_a_full_disk_leaves_nothing_and_is_told(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _corpus(archive)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("archive.export.exporting.as_json", full)
    with pytest.raises(ArchiveError, match=r"news\.edits\.jsonl cannot be written: No space left on device"):
        write_export(archive, tmp_path / "news.jsonl", RowChoice(), Form(beside=("edits",)))
    assert [each.name for each in tmp_path.iterdir() if "legger.db" not in each.name] == []


def test_the_manifest_is_a_section_on_methods(archive: Archive, tmp_path: Path) -> None:
    for number in (0, 1, 2, 9):
        run = archive.runs.start("krant", at=day(number), settings={})
        archive.runs.end(run, at=day(number + 0.1), outcome="done", counts=RunCounts())
    _corpus(archive)
    told = write_export(
        archive, tmp_path / "a.csv", RowChoice(query="brug", site="krant"), Form(name="csv"),
        describe=lambda name: (f"De {name}", f"https://{name}.example/"),
    )  # fmt: skip
    assert (told["undated_share"], told["redacted_share"]) == (1.0, 0.0)
    krant = told["coverage"]["krant"]
    assert (krant["title"], krant["address"], krant["visits"]) == ("De krant", "https://krant.example/", 4)
    assert krant["gaps"] == [
        {"from": "2026-03-04T08:00:00Z", "until": "2026-03-11T08:00:00Z", "hours": 168.0}
    ]
    assert krant["usual_pause_hours"] == krant["interval_of_looks_hours"] == 24.0
    assert told["codebook"]["published_day"]["means"].startswith("That day")
    assert told["repeat"] == "legger export --query brug --site krant --format csv -o a.csv"
    assert told["readers"] == {"krant": [{"memory": 0, "rules": ""}]}
