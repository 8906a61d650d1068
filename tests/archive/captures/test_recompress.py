"""Stored pages packed again: smaller, still what they were, and a reading never far away."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from archive import Archive, NotFound
from archive.captures import compression as packing
from archive.captures.recompress import Recompression
from tests.archive.newsroom import capture, day


def parts(seed: int) -> list[str]:
    """Pieces of a template, as many as a site's theme has."""
    chance = random.Random(seed)
    return [f"<li><a href='/{n}/'>{chance.getrandbits(160):x}</a></li>" for n in range(200)]


FURNITURE, OTHER = parts(1), parts(2)


def page(number: int, *, turn: int = 0, furniture: list[str] = FURNITURE) -> bytes:
    """A page of a site: some of its furniture, a text of its own, and a counter."""
    shown = "".join(random.Random(number).sample(furniture, len(furniture) // 2))
    words = " ".join(f"{random.Random(number * 1000 + n).getrandbits(32):x}" for n in range(80))
    return f"<html><ul>{shown}</ul><p>{words}</p><i>{turn}</i></html>".encode()


def keep(
    archive: Archive, count: int, *, turn: int = 0, furniture: list[str] = FURNITURE, site: str = "krant"
) -> None:
    for number in range(count):
        archive.captures.keep(
            capture(
                f"https://{site}.example/{number}",
                at=day(turn),
                body=page(number, turn=turn, furniture=furniture),
                site=site,
            )
        )
    archive.recompression.grow()  # as a crawl run does, which commits


def depths(archive: Archive) -> list[int]:
    with archive.snapshot() as connection:
        return list(connection.execute(text("SELECT depth FROM bodies ORDER BY id")).scalars())


@pytest.fixture
def pages(archive: Archive) -> Iterator[dict[int, bytes]]:
    """Thirty pages, captured twice, as a crawl kept them; and what each capture was."""
    keep(archive, 30)
    keep(archive, 30, turn=1)
    yield {each.id: each.capture.body for each in archive.captures.walk()}


def test_compacting_makes_smaller_and_changes_no_page(archive: Archive, pages: dict[int, bytes]) -> None:
    head = archive.integrity.head()
    done = archive.recompression.compact("krant")
    assert done.bodies == 60
    assert done.repacked > 0
    assert done.after < done.before
    assert {each.id: each.capture.body for each in archive.captures.walk()} == pages
    assert max(depths(archive)) <= packing.DEPTH
    assert archive.integrity.head() == head, "nothing that is sealed has changed"
    assert archive.integrity.verify() == []


def test_compacting_twice_changes_nothing_more(archive: Archive, pages: dict[int, bytes]) -> None:
    archive.recompression.compact("krant")
    again = archive.recompression.compact("krant")
    assert again.repacked == 0
    assert again.before == again.after


def test_a_site_whose_template_changes_often_is_never_packed_larger(archive: Archive) -> None:
    for turn in range(6):
        keep(archive, 30, turn=turn, furniture=parts(10 + turn // 2))
    kept = {each.id: each.capture.body for each in archive.captures.walk()}
    done = archive.recompression.compact("krant")
    assert done.after < done.before
    assert {each.id: each.capture.body for each in archive.captures.walk()} == kept
    assert max(depths(archive)) <= packing.DEPTH
    assert archive.integrity.verify() == []


def test_a_site_that_outgrew_its_dictionary_gets_another_without_being_told(archive: Archive) -> None:
    def dictionaries() -> list[int]:
        strange = "SELECT id FROM bodies WHERE id NOT IN (SELECT body_id FROM captures)"
        with archive.snapshot() as connection:
            return list(connection.execute(text(strange)).scalars())

    keep(archive, 20)
    archive.recompression.compact("krant")
    (first,) = dictionaries()
    for number in range(20, 90):
        body = page(number, furniture=OTHER)
        archive.captures.keep(capture(f"https://krant.example/{number}", at=day(1), body=body, site="krant"))
    archive.commit()
    archive.recompression.compact("krant")
    (second,) = dictionaries()
    assert second != first
    archive.recompression.compact("krant")
    assert dictionaries() == [second], "nothing came since"
    assert archive.integrity.verify() == []


def test_what_came_since_is_packed_without_a_look_at_the_rest(
    archive: Archive, pages: dict[int, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.recompression.compact("krant")
    keep(archive, 30)  # as they were
    keep(archive, 33, turn=2)
    known = max(pages)
    looked: list[int] = []
    repack = Recompression._repack

    def repacked(self: Recompression, number: int, *rest: object) -> tuple[bool, int]:
        looked.append(number)
        return repack(self, number, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Recompression, "_repack", repacked)
    archive.recompression.compact("krant")
    assert len(looked) == 33
    assert min(looked) > known
    assert archive.integrity.verify() == []
    looked.clear()
    archive.recompression.compact("krant")
    assert looked == []
    archive.recompression.compact("krant", anew=True)
    assert len(looked) == 93


def test_what_is_captured_after_compacting_is_packed_with_the_dictionary(archive: Archive) -> None:
    keep(archive, 12)
    archive.recompression.compact("krant")
    known = archive.holdings.stats().packed_bytes
    keep(archive, 24)
    by_themselves = sum(len(packing.alone(page(number)).data) for number in range(12, 24))
    assert archive.holdings.stats().packed_bytes - known < 0.6 * by_themselves
    assert [each.capture.body for each in archive.captures.walk()][-1] == page(23)


def test_a_redesign_is_worth_a_dictionary_of_its_own(archive: Archive, pages: dict[int, bytes]) -> None:
    archive.recompression.compact("krant")
    keep(archive, 30, turn=2, furniture=OTHER)
    anew = archive.recompression.compact("krant", anew=True)
    assert anew.after <= anew.before
    with archive.snapshot() as connection:
        kept = connection.execute(text("SELECT count(*) FROM bodies")).scalar_one()
        captured = connection.execute(text("SELECT count(DISTINCT body_id) FROM captures")).scalar_one()
    assert kept == captured + 1, "the dictionary that nothing refers to any more has gone"
    assert {each.id: each.capture.body for each in archive.captures.walk()} | pages == {
        each.id: each.capture.body for each in archive.captures.walk()
    }
    assert archive.integrity.verify() == []


def test_a_dictionary_that_is_given_up_is_gone_even_when_there_is_no_other(
    archive: Archive, pages: dict[int, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.recompression.compact("krant")
    monkeypatch.setattr(packing, "FEW", 1000)  # as when most of a site's pages were destroyed
    archive.recompression.compact("krant", anew=True)
    with archive.snapshot() as connection:
        strange = "SELECT count(*) FROM bodies WHERE id NOT IN (SELECT body_id FROM captures)"
        assert connection.execute(text(strange)).scalar_one() == 0
    assert {each.id: each.capture.body for each in archive.captures.walk()} == pages


def test_each_site_has_its_own_dictionary_and_a_small_site_none(archive: Archive) -> None:
    keep(archive, 12)
    keep(archive, 12, site="bode", furniture=OTHER)
    keep(archive, 3, site="klein", furniture=["<b>kort</b>"] * 60)
    for site in ("krant", "bode", "klein"):
        archive.recompression.compact(site)
    with archive.snapshot() as connection:
        owners = connection.execute(
            text(
                "SELECT sites.name FROM reference_bodies JOIN sites ON sites.id = reference_bodies.site_id "
                "WHERE body_id NOT IN (SELECT body_id FROM captures WHERE body_id IS NOT NULL)"
            )
        ).scalars()
        assert sorted(owners) == ["bode", "krant"]
    assert archive.integrity.verify() == []


def test_compacting_tells_how_far_it_is_and_can_be_interrupted(
    archive: Archive, pages: dict[int, bytes]
) -> None:
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.recompression.compact("krant", progress=progress)
    assert told[-1] == (20, 60)
    archive.commit()
    assert {each.id: each.capture.body for each in archive.captures.walk()} == pages
    archive.recompression.compact("krant")
    assert archive.integrity.verify() == []


def test_a_site_of_which_nothing_was_kept_is_said(archive: Archive) -> None:
    with pytest.raises(NotFound, match="nothing was ever kept of nergens"):
        archive.recompression.compact("nergens")


def test_the_dictionary_a_page_needs_is_missed_by_verify_when_it_is_damaged(archive: Archive) -> None:
    keep(archive, 12)
    archive.recompression.compact("krant")
    with archive.session.writing() as connection:
        connection.execute(
            text(
                "UPDATE bodies SET data = substr(data, 1, 200) WHERE id NOT IN "
                "(SELECT body_id FROM captures WHERE body_id IS NOT NULL)"
            )
        )
    archive.commit()
    problems = archive.integrity.verify()
    assert len(problems) >= 10, "the dictionary and every page that needs it"
    assert all("restore the latest backup" in each.advice for each in problems)


def made(archive: Archive) -> list[int]:
    """Numbers of the dictionaries there are."""
    with archive.snapshot() as connection:
        strange = "SELECT id FROM bodies WHERE id NOT IN (SELECT body_id FROM captures)"
        return list(connection.execute(text(strange)).scalars())


def test_a_young_site_gets_its_dictionary_within_the_crawl_and_another_as_it_grows(archive: Archive) -> None:
    keep(archive, packing.FEW - 1)
    assert made(archive) == []
    keep(archive, 12)
    first = made(archive)
    assert len(first) == 1
    assert max(depths(archive)) == 1, "the pages kept before it are packed with it too"
    keep(archive, 60, furniture=OTHER)
    second = made(archive)
    assert len(second) == 1
    assert second != first
    keep(archive, 60, turn=1, furniture=OTHER)
    assert made(archive) == second, "what was captured again is no reason for another"
    assert archive.integrity.verify() == []


def test_nothing_is_packed_again_for_a_dictionary_that_saves_little_more_than_it_weighs(
    archive: Archive,
) -> None:
    keep(archive, 12)
    first = made(archive)
    keep(archive, 60)
    assert made(archive) == first, "its pages are of the template that the dictionary was made of"


def test_a_visit_of_another_process_takes_the_dictionary_there_is_and_lets_it_grow(tmp_path: Path) -> None:
    file = tmp_path / "legger.db"
    for count in (12, 14, 16):
        with Archive.open(file) as archive:
            keep(archive, count)
            kept = made(archive)
    with Archive.open(file) as one, Archive.open(file) as other:
        keep(one, 17)
        keep(other, 60, furniture=OTHER)
        assert made(other) != kept
        keep(one, 64)  # what it remembered is no more
        assert one.integrity.verify() == []


def test_a_page_is_kept_though_an_earlier_one_is_damaged(
    archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    keep(archive, 7)
    with archive.session.writing() as connection:
        connection.execute(text("UPDATE bodies SET data = substr(data, 1, 200) WHERE id = 5"))
    archive.commit()
    head = archive.integrity.head().seal
    keep(archive, 12)
    assert archive.integrity.head().seal == head + 1
    assert made(archive) == []
    assert "stay packed as they are" in caplog.text
    caplog.clear()
    keep(archive, 14)
    assert not caplog.text, "it is said once"
    assert archive.captures.get(33).capture.body == page(13)
