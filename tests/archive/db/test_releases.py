"""An archive of every released schema opens in this release, whole, and goes on.

``archive_NNNN.sql`` is an archive as the first release with that schema made it: `sqlite3`'s dump of a few
captures of our own. A new schema adds its own; none is ever made again.
"""

import sqlite3
from pathlib import Path

import pytest

from archive import Archive, VerdictKind
from archive.db.schema import REVISION
from archive.model.exchange import UNKNOWN
from tests.archive.newsroom import Filer, article, day

DUMPS = sorted(Path(__file__).parent.glob("archive_*.sql"))


def test_the_schema_of_today_has_its_archive() -> None:
    assert DUMPS[-1].stem == f"archive_{REVISION}"


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
def test_an_archive_of_a_released_schema_opens_whole_and_goes_on(tmp_path: Path, dump: Path) -> None:
    where = tmp_path / "legger.db"
    connection = sqlite3.connect(where)
    connection.executescript(dump.read_text(encoding="utf-8"))
    connection.close()
    with Archive.open(where) as archive:
        history = archive.articles.history("https://krant.example/1")
        assert [(each.number, each.article.text.splitlines()[0]) for each in history] == [
            (1, "De brug kost 1,5 miljoen."),
            (2, "De brug kost 15 miljoen."),
        ]
        assert history[-1].last_seen == day(2)
        assert [each.status.value for each in archive.articles.all()] == ["live", "gone"]
        first = archive.captures.get(1).capture
        assert first.body == f"<p>{day(0)}</p>".encode()
        assert first.exchange == UNKNOWN
        assert archive.integrity.verify() == []
        verdict = Filer(archive).see(article("De brug kost 20 miljoen.\nHij gaat dicht."), day(4))
        assert (verdict.kind, verdict.version) == (VerdictKind.CHANGED, 3)
        archive.index.update()
        assert [hit.version.number for hit in archive.search.search("20 miljoen").hits] == [3]
        assert archive.integrity.verify() == []
