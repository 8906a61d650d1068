"""Which readings an operator should look at: by the doubt that came with them, and by the site's habit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from archive import Archive
from archive.annotations import Annotations
from archive.queries.doubtful import HABIT
from legger.web import WebContext, application
from tests.archive.newsroom import Filer, article, day
from tests.legger.test_commands import run

TEXT = "De brug is dicht.\n" + "Hij blijft volgens de gemeente nog weken dicht. " * 20


@pytest.fixture
def where(tmp_path: Path) -> Path:
    return tmp_path / "legger.db"


@pytest.fixture
def archive(where: Path) -> Iterator[Archive]:
    with Archive.open(where) as opened:
        yield opened


def see(archive: Archive, number: int, doubt: float | None, at: int = 0, text: str = TEXT) -> None:
    """An article that was read with so much *doubt*."""
    url = f"https://krant.example/{number}"
    seen = article(
        f"Verslag {number}. {text}",
        title=f"Brug {number} dicht",
        url=url,
        doubt=doubt,
        doubts=("the text could have been another",) if doubt else (),
    )
    Filer(archive).see(seen, day(at), key=str(number), url=url)


def listed(archive: Archive) -> list[int]:
    return [int(each.version.key) for each in archive.doubtful.list().most]


def test_the_most_doubtful_come_first_with_the_reasons_that_were_kept(archive: Archive) -> None:
    for number, doubt in enumerate((0.01, 0.9, 0.5, None), 1):
        see(archive, number, doubt)
    assert listed(archive) == [2, 3]
    assert archive.doubtful.list(limit=1).most[0].reasons == ("the text could have been another",)
    counts = archive.doubtful.list("krant")
    assert (counts.doubtful, counts.of) == (2, 3), "an article that was not judged is in neither number"
    assert archive.doubtful.list("elders").most == ()


def test_what_counts_is_the_latest_reading(archive: Archive) -> None:
    see(archive, 1, 0.9)
    see(archive, 1, 0.02, at=1, text=TEXT + "\nMorgen gaat hij weer open.")
    assert listed(archive) == []


def test_a_text_far_shorter_than_the_site_is_used_to_is_more_doubtful(archive: Archive) -> None:
    see(archive, 1, 0.25, text="De brug is dicht.")
    assert listed(archive) == []
    for number in range(2, 2 + HABIT):
        see(archive, number, 0.25)
    assert listed(archive) == [1]


def test_the_command_and_the_reading_room_list_them(archive: Archive, where: Path, tmp_path: Path) -> None:
    see(archive, 1, 0.9)
    see(archive, 2, 0.01)
    archive.commit()
    told = run("doubtful", "--archive", str(where), "--json", cwd=tmp_path)
    assert '"doubtful": 1' in told.stdout and '"of": 2' in told.stdout, told.stderr
    desk = WebContext(
        archive=archive, stacks=archive, name="Streekarchief", annotations=Annotations.beside(str(where))
    )
    with TestClient(application(desk)) as client:
        shown = client.get("/doubtful?site=krant", headers={"accept-language": "en"}).text
    assert "/articles/1" in shown and "/articles/2" not in shown
    assert "the text could have been another" in shown
