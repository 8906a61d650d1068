"""The same story elsewhere, and what a correction corrects."""

import random
from datetime import datetime

import pytest

from archive import Archive
from archive.model.types import Precision, StatedTime
from archive.queries.related import RelatedArticle
from archive.search import minhash
from tests.archive.newsroom import Filer, article, day

WORDS = random.Random(4)
VOCABULARY = [f"woord{number}" for number in range(400)]


def prose(seed: int, sentences: int = 12) -> str:
    """Sentences of nonsense, the same for the same seed."""
    chosen = random.Random(seed)
    return "\n".join(" ".join(chosen.choices(VOCABULARY, k=12)).capitalize() + "." for _ in range(sentences))


STORY = prose(1)


def url(key: str) -> str:
    return f"https://krant.example/{key}"


def see(desk: Filer, key: str, text: str, at: float = 0, title: str = "Kop") -> None:
    desk.see(article(text, title=title, url=url(key)), day(at), key=key, url=url(key))


def found(archive: Archive, key: str) -> list[tuple[str, str]]:
    archive.index.update()
    return [(each.version.key, each.kind) for each in archive.related.of(url(key))]


SAME = {
    "to the letter": STORY,
    "under a local lead": prose(2, 3) + "\n" + STORY,
    "with its last third cut": "\n".join(STORY.split("\n")[:8]),
    "with a word changed in every other sentence": "\n".join(
        line.replace("woord", "term", 1) if number % 2 else line
        for number, line in enumerate(STORY.split("\n"))
    ),
    "in capitals and without punctuation": STORY.upper().replace(".", ""),
}
OTHER = {
    "another story": prose(3),
    "one that shares a sentence": STORY.split("\n")[0] + "\n" + prose(3),
    "a few words": "De brug is dicht.",
}


@pytest.mark.parametrize("how", SAME)
def test_the_same_story_is_found_whichever_came_first(desk: Filer, archive: Archive, how: str) -> None:
    see(desk, "1", STORY)
    see(desk, "2", SAME[how], at=1)
    assert found(archive, "1") == [("2", "same story")]
    assert found(archive, "2") == [("1", "same story")]
    assert archive.related.of(url("2"))[0].earlier
    assert not archive.related.of(url("1"))[0].earlier


@pytest.mark.parametrize("how", OTHER)
def test_another_story_is_not_related(desk: Filer, archive: Archive, how: str) -> None:
    see(desk, "1", STORY)
    see(desk, "2", OTHER[how], at=1)
    assert found(archive, "1") == []


def test_a_text_that_becomes_alike_by_an_edit_is_found_then_and_stays_related(
    desk: Filer, archive: Archive
) -> None:
    see(desk, "1", STORY)
    see(desk, "2", prose(3))
    assert found(archive, "2") == []
    see(desk, "2", STORY, at=1)
    assert found(archive, "2") == [("1", "same story")]
    see(desk, "2", prose(5), at=2)
    assert found(archive, "2") == [("1", "same story")]
    see(desk, "3", prose(3), at=3)
    assert found(archive, "3") == [], "the text it had before is no longer what it is found by"


def test_how_two_articles_differ_is_told_word_by_word(desk: Filer, archive: Archive) -> None:
    see(desk, "1", STORY)
    see(desk, "2", STORY + "\nEn 14 meer.", at=1)
    difference, edited = archive.related.compare(url("1"), url("2"))
    assert difference.added == 3
    assert edited.numbers == (("", "14"),)


CORRECTIONS = {
    "in quotes": ("Rectificatie", "In het artikel ‘Brug te duur’ stond een fout."),
    "in its headline": ("Rectificatie: Brug te duur", "Het bedrag klopte niet."),
    "in English": ("Correction", "Our article “Brug te duur” contained an error."),
    "in its first line": ("Over de brug", "Correctie: het bedrag in “Brug te duur!” klopte niet."),
}


@pytest.mark.parametrize("how", CORRECTIONS)
@pytest.mark.parametrize("order", ["1 2", "2 1"])
def test_a_correction_is_linked_to_what_it_names(desk: Filer, archive: Archive, how: str, order: str) -> None:
    title, text = CORRECTIONS[how]
    for key in order.split():
        see(desk, key, STORY if key == "1" else text, title="Brug te duur" if key == "1" else title)
        archive.index.update()
    assert found(archive, "1") == [("2", "corrects")]
    assert found(archive, "2") == [("1", "corrected by this")]


def test_a_quotation_in_another_article_is_no_correction(desk: Filer, archive: Archive) -> None:
    see(desk, "1", STORY, title="Brug te duur")
    see(desk, "2", "De wethouder las ‘Brug te duur’ met verbazing.", title="Wethouder boos")
    assert found(archive, "1") == []


def test_a_redacted_article_is_related_to_nothing(desk: Filer, archive: Archive) -> None:
    see(desk, "1", STORY)
    see(desk, "2", STORY, at=1)
    archive.index.update()
    archive.redactions.redact(url("1"), ground="g", reason="r", who="w", at=day(2))
    assert found(archive, "2") == []
    see(desk, "3", STORY, at=3)
    assert found(archive, "3") == [("2", "same story")]
    archive.redactions.lift(url("1"), at=day(4))
    assert sorted(found(archive, "3")) == [("1", "same story"), ("2", "same story")]


def test_relating_anew_comes_to_the_same(desk: Filer, archive: Archive) -> None:
    for number in range(6):
        see(desk, str(number), STORY if number % 2 else prose(number + 10), at=number)
    archive.index.update()
    before = {key: archive.related.of(url(key)) for key in "012345"}
    archive.index.rebuild()
    assert {key: archive.related.of(url(key)) for key in "012345"} == before
    assert [len(each) for each in before.values()] == [0, 2, 0, 2, 0, 2]
    assert all(isinstance(each, RelatedArticle) for each in before["1"])


def test_a_sketch_estimates_what_two_texts_share() -> None:
    for shared in (0.2, 0.5, 0.8):
        lines = [prose(9, 200).split("\n"), prose(10, 200).split("\n"), prose(11, 200).split("\n")]
        common = int(200 * 2 * shared / (1 + shared))
        one = "\n".join(lines[0][:common] + lines[1][common:])
        two = "\n".join(lines[0][:common] + lines[2][common:])
        sketches = minhash.sketch(minhash.runs(one)), minhash.sketch(minhash.runs(two))
        assert sketches[0] is not None
        assert sketches[1] is not None
        assert abs(minhash.estimate(sketches[0], sketches[1]) - shared) < 0.15


# ---------------------------------------------------------------- who was first


def _at(hour: str, precision: Precision = Precision.INSTANT) -> StatedTime:
    return StatedTime(value=datetime.fromisoformat(f"2026-03-02T{hour}+00:00"), raw=hour, source="meta",
                      precision=precision)  # fmt: skip


FIRST = {
    "both state the same minute": (_at("06:00"), _at("06:00"), None),
    "both state the same minute, one its second": (_at("06:00:40"), _at("06:00"), None),
    "that one states an earlier minute": (_at("06:01"), _at("06:00"), True),
    "this one does": (_at("06:00"), _at("06:01"), False),
    "one states a day alone": (_at("06:00"), _at("00:00", Precision.DAY), None),
    "that one states no time and was seen later": (_at("06:00"), None, None),
    "neither states a time: as they were seen": (None, None, False),
}


@pytest.mark.parametrize(("ours", "theirs", "earlier"), FIRST.values(), ids=FIRST)
def test_who_was_first_is_told_where_it_can_be(
    desk: Filer, archive: Archive, ours: StatedTime | None, theirs: StatedTime | None, earlier: bool | None
) -> None:
    desk.see(article(STORY, url=url("1"), published=ours), day(0), key="1", url=url("1"))
    desk.see(article(STORY, url=url("2"), published=theirs), day(1), key="2", url=url("2"))
    archive.index.update()
    [other] = archive.related.of(url("1"))
    assert other.earlier is earlier
    assert other.stated is (theirs is not None and theirs.precision is not Precision.DAY)


def test_what_stands_in_the_other_is_told_both_ways(desk: Filer, archive: Archive) -> None:
    see(desk, "1", "\n".join(STORY.split("\n")[:6]))
    see(desk, "2", STORY, at=1)
    archive.index.update()
    [other] = archive.related.of(url("1"))
    assert (other.of_this, other.likeness) == (1.0, 1.0)
    assert other.of_other is not None
    assert 0.4 < other.of_other < 0.6


def test_a_correction_that_repeats_the_story_is_told_as_a_correction_alone(
    desk: Filer, archive: Archive
) -> None:
    see(desk, "1", STORY, title="Brug te duur")
    see(desk, "2", STORY, title="Rectificatie: Brug te duur", at=1)
    assert found(archive, "1") == [("2", "corrects")]
    assert found(archive, "2") == [("1", "corrected by this")]
