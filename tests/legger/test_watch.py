"""What is new for a saved query is told once, by webhook and mail; a hub is told of feeds that have news."""

from __future__ import annotations

from pathlib import Path

from archive import Archive
from archive.annotations import Annotations
from tests.archive.newsroom import Filer, article, day
from tests.legger.test_commands import run
from tests.notifications.listening import Hook


def _file(where: Path, number: int, text: str, at: float) -> None:
    with Archive.open(where / "legger.db") as archive:
        url = f"https://krant.example/{number}"
        Filer(archive).see(article(text, url=url, title=f"Kop {number}"), day(at), key=url, url=url)


def test_news_is_told_once(tmp_path: Path) -> None:
    _file(tmp_path, 1, "De brug is dicht.", 0)
    Annotations.beside(str(tmp_path / "legger.db")).save("bruggen", "brug", at=day(0))
    with Hook() as posted, Hook() as told:
        (tmp_path / "legger.toml").write_text(
            f'[webhook]\nurl = "{posted.url}"\n'
            f'[reading_room]\naddress = "https://archief.example.org/"\nhub = "{told.url}"\n'
        )
        assert run("watch", cwd=tmp_path).returncode == 0
        assert posted.posted == [], "the first time only marks where to begin"
        told.posted.clear()
        _file(tmp_path, 2, "Het zwembad is open.", 1)
        _file(tmp_path, 3, "De brug is weer open.", 2)
        _file(tmp_path, 1, "De brug is dicht, zegt hij.", 3)
        ran = run("watch", cwd=tmp_path)
        assert ran.returncode == 0, ran.stderr
        (notice,) = [each.body for each in posted.posted]
        assert (notice["what"], notice["name"], notice["count"]) == ("saved", "bruggen", 2)
        assert [(each["article"], each["version"], each["title"]) for each in notice["articles"]] == [
            (1, 2, "Kop 1"), (3, 1, "Kop 3"),
        ]  # fmt: skip
        assert "https://archief.example.org/articles/3" in notice["text"]
        (published,) = [each.body for each in told.posted]
        assert "https://archief.example.org/feeds/saved/bruggen.atom" in published["hub.url"]
        assert run("watch", cwd=tmp_path).returncode == 0
        assert len(posted.posted) == 1


def test_what_does_not_arrive_is_told_again(tmp_path: Path) -> None:
    _file(tmp_path, 1, "De brug is dicht.", 0)
    Annotations.beside(str(tmp_path / "legger.db")).save("bruggen", "brug", at=day(0))
    (tmp_path / "legger.toml").write_text('[webhook]\nurl = "http://127.0.0.1:9/"\n')
    assert run("watch", "--again", cwd=tmp_path).returncode == 1
    with Hook() as posted:
        (tmp_path / "legger.toml").write_text(f'[webhook]\nurl = "{posted.url}"\n')
        assert run("watch", "--again", cwd=tmp_path).returncode == 0
        assert [each.body["count"] for each in posted.posted] == [1]
    wrong = run("watch", "none", cwd=tmp_path)
    assert (wrong.returncode, "bruggen" in wrong.stderr) == (2, True)
