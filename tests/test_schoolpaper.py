"""A real news site, saved whole, crawled from its front page. Its pages stay outside the project."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import pytest

from archive.model.types import Article
from tests.crawler.crawling import Stage, opened

SHARED = Path(__file__).parents[2] / "shared"
PACKED = SHARED / "data" / "schoolpaper.tar.xz"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not PACKED.exists(), reason=f"{PACKED.name} is not beside the project, in ../shared/data"
    ),
]


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """(address, log of requests) of the saved site, served."""
    with tarfile.open(PACKED) as packed:
        packed.extractall(tmp_path, filter="data")
    log = tmp_path / "requests.log"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [
        sys.executable, SHARED / "tools" / "serve_mirror.py", tmp_path / "schoolpaper" / "site",
        "--own", "https://opstimegiornalinoscolastico.github.io", "--port", port, "--log", log,
    ]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.PIPE) as server:
        try:
            assert server.stderr is not None
            server.stderr.readline()
            yield f"http://127.0.0.1:{port}/", log
        finally:
            server.terminate()


def statuses(log: Path) -> list[str]:
    return [line.split()[2] for line in log.read_text().splitlines()]


def path_of(url: str) -> str:
    return unquote(urlsplit(url).path).rstrip("/").removesuffix("/index.html")


def score(rows: list[dict[str, Any]], found: Mapping[str, Article], folder: Path) -> dict[str, Any]:
    """What the scorer that comes with the data says of the texts in the archive."""
    texts = folder / "texts.jsonl"
    lines = ({"id": row["id"], "text": found[path_of(row["url"])].text} for row in rows)
    texts.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    command = [
        sys.executable,
        SHARED / "tools" / "score" / "score.py",
        folder / "schoolpaper" / "manifest.jsonl",
    ]
    said = subprocess.run([*command, texts], capture_output=True, text=True, check=True)
    return cast(dict[str, Any], json.loads(said.stdout))


def test_every_article_is_found_nothing_else_is_and_a_second_crawl_is_answered_with_304(
    mirror: tuple[str, Path], tmp_path: Path
) -> None:
    url, log = mirror
    (tmp_path / "stage").mkdir()
    stage: Stage = opened(tmp_path / "stage")
    added = stage.run("legger", "site", "add", url, "--allow-private", "--yes", "--name", "scuola")
    assert added.code == 0, added.errors
    ran = stage.crawl("scuola", "--backfill")
    assert ran.code == 0, ran.errors
    manifest = (tmp_path / "schoolpaper" / "manifest.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in manifest.splitlines()]
    gold = {path_of(row["url"]): row["gold"] for row in rows}
    with stage.read() as archive:
        found = {path_of(each.article.url): each.article for each in archive.articles.all("scuola")}
    assert found.keys() == gold.keys()
    titles = sum(found[path].title == each["title"] for path, each in gold.items())
    assert titles >= 0.98 * len(gold)
    assert score(rows, found, tmp_path)["shingle_notitle"]["f1"] >= 0.97
    dated = {path: found[path].published for path in gold}
    days = sum(
        stated is not None and stated.text[:10] == gold[path]["published"][:10]
        for path, stated in dated.items()
    )
    assert days >= 0.98 * len(gold)

    first = len(statuses(log))
    again = stage.crawl("scuola", "--backfill")
    assert (again.code, again.reports["scuola"]["new"], again.reports["scuola"]["changed"]) == (0, 0, 0)
    second = statuses(log)[first:]
    assert second.count("304") > 20 * second.count("200")
