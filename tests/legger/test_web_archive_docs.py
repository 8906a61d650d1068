"""The examples of docs/import.md and docs/web-archives.md do what the pages say."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from archive import Archive
from archive.export.choice import RowChoice
from archive.export.exporting import Form, write_export
from archive.export.web_archives.wacz import export_wacz
from archive.export.web_archives.warc import Chosen, export_warc
from tests.archive.export.web_archives import SITE, answers, filled
from tests.archive.newsroom import Filer, article, day
from tests.crawler.crawling import Stage, opened, story
from tests.crawler.importing.test_web_archives import HTML, arc, http

DOCS = Path(__file__).parents[2] / "docs"


def examples(page: str) -> list[list[str]]:
    """The commands of a page, but for those that go out to a site."""
    blocks = re.findall(r"```console\n(.*?)```", (DOCS / page).read_text("utf-8"), re.S)
    lines = [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ legger ")]
    return [shlex.split(line, comments=True)[1:] for line in lines if " site add " not in line]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = opened(tmp_path / "stage")
    stage.add(SITE)
    return stage


@pytest.mark.parametrize("command", examples("web-archives.md"), ids=" ".join)
def test_an_example_of_export_runs(command: list[str], stage: Stage) -> None:
    filled(stage.archive).close()
    ran = stage.run("legger", *command)
    assert ran.code == 0, ran.errors
    assert f"{len(answers())} captures" in ran.errors
    assert (stage.folder / command[command.index("-o") + 1]).exists()


@pytest.mark.parametrize("command", examples("import.md"), ids=" ".join)
def test_an_example_of_import_runs(command: list[str], stage: Stage, tmp_path: Path) -> None:
    with filled(tmp_path / "other.db") as other:
        (volume,) = export_warc(other, tmp_path / "warc", Chosen()).files
        volume.rename(stage.folder / "crawl.warc.gz")
        export_wacz(other, stage.folder / "crawl.wacz", Chosen())
    arc(stage.folder / "crawl.arc.gz", [("http://krant.example/1", day(0), http(story(1).encode(), HTML))])
    saved = {"url": "http://krant.example/1", "html": story(1)}
    (stage.folder / "articles.jsonl").write_text(json.dumps(saved))
    with Archive.open(tmp_path / "rows.db") as rows:
        Filer(rows).see(article("Stuk.", url="http://krant.example/1"), day(0), url="http://krant.example/1")
        write_export(rows, stage.folder / "rows.jsonl.gz", RowChoice(versions="all"), Form())
    page = stage.folder / "wayback" / "20260302080000" / "krant.example" / "1"
    page.parent.mkdir(parents=True)
    page.write_text(story(1))
    listed = "example,krant)/1 20260302080000 http://krant.example/1 text/html 200 AAAA 900\n"
    (stage.folder / "wayback.cdx").write_text(listed)
    ran = stage.run("legger", *command)
    assert ran.code == 0, ran.errors
    with Archive.open(stage.archive, create=False) as archive:
        assert archive.articles.history("http://krant.example/1")
