"""What changes on all pages at once is no edit, and what an editor changes is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from archive import Archive, Article, Verdict, VerdictKind
from archive.compare.common_changes import CommonChanges
from archive.compare.pages_together import VisitSoFar
from archive.model.types import Block, BlockKind, StoredCapture
from tests.archive.newsroom import Filer, article, capture, day


def story(number: int) -> Article:
    lines = [f"Op plek {number} werd de {each}e keer gebouwd aan huis {number * each}." for each in (1, 2, 3)]
    return article(
        "\n".join(lines), title=f"Bouwen op plek {number} | De Bode", url=f"https://krant.example/{number}"
    )


def noticed(seen: Article) -> Article:
    return with_line(seen, "Stem nu voor de sportman van het jaar!")


def with_line(seen: Article, line: str) -> Article:
    first, *rest = seen.text.split("\n")
    return replace(seen, blocks=article("\n".join([first, line, *rest])).blocks)


def renamed(seen: Article) -> Article:
    return replace(seen, title=seen.title.replace("| De Bode", "- De Bode"))


class Run:
    """A crawl run that looks at articles by number."""

    def __init__(self, desk: Filer, at: float) -> None:
        self.desk, self.at, self.changes = desk, at, CommonChanges()
        self.kept: dict[int, tuple[StoredCapture, int, Article]] = {}

    def see(self, number: int, seen: Article) -> Verdict:
        body = f"{number} {seen.title} {seen.text}".encode()
        self.desk.pages[body] = seen
        kept = self.desk.archive.captures.keep(capture(seen.url, at=day(self.at), body=body))
        self.kept[kept.id] = kept, number, seen
        return self.file(kept.id)

    def file(self, held: int) -> Verdict:
        kept, number, seen = self.kept[held]
        return self.desk.archive.filing.file(
            seen, capture=kept, key=str(number), read_again=self.desk.read_again,
            visit=VisitSoFar(changes=self.changes),
        )  # fmt: skip

    def end(self) -> list[Verdict]:
        return [self.file(each) for each in self.changes.decide()]


def edits(archive: Archive) -> set[int]:
    return {each.article_id for each in archive.articles.versions("krant") if each.number > 1}


@pytest.fixture
def known(desk: Filer) -> Iterator[Filer]:
    """Eight articles on file."""
    run = Run(desk, 0)
    for number in range(1, 9):
        run.see(number, story(number))
    yield desk


@pytest.mark.parametrize(
    "change", [noticed, renamed], ids=["a notice in every text", "a mark in every headline"]
)
def test_what_all_pages_show_from_one_run_on_is_no_edit(
    known: Filer, archive: Archive, change: Callable[[Article], Article]
) -> None:
    run = Run(known, 1)
    assert all(run.see(number, change(story(number))).held for number in range(1, 9))
    ended = run.end()
    assert {each.kind for each in ended} == {VerdictKind.SAME}
    assert ended[0].reason == "the same change on 8 articles at once"
    later = Run(known, 2)
    assert not later.see(3, change(story(3))).held, "it is known from then on, however few are looked at"
    assert not edits(archive)


def test_an_edit_among_them_is_an_edit(known: Filer, archive: Archive) -> None:
    run = Run(known, 1)
    for number in range(1, 9):
        seen = noticed(story(number))
        run.see(number, with_line(seen, "De bouw is stilgelegd.") if number == 5 else seen)
    run.end()
    assert edits(archive) == {5}


@pytest.mark.parametrize(
    ("changed", "looked"),
    [((1, 2), 8), ((1, 2, 3), 8), ((4,), 1)],
    ids=["two articles", "three of eight", "one, and no other was looked at"],
)
def test_the_same_correction_in_some_articles_is_an_edit_of_each(
    known: Filer, archive: Archive, changed: tuple[int, ...], looked: int
) -> None:
    run = Run(known, 1)
    for number in range(1, looked + 1) if looked > 1 else changed:
        seen = story(number)
        run.see(number, with_line(seen, "Correctie: de naam is De Vries.") if number in changed else seen)
    run.end()
    assert edits(archive) == set(changed)


PLACES = ("de brug", "het plein", "de school", "de zaal", "het bos", "de molen", "de haven", "de kerk")
WRITERS = (
    "Anna Bos",
    "Piet Jansen",
    "Eva Mulder",
    "Koen Smit",
    "Lotte Kok",
    "Daan Vos",
    "Bram Huis",
    "Ria Pol",
)


def own(number: int) -> Article:
    """An article with words of its own: quotations, a writer, a caption."""
    place = PLACES[number - 1]
    caption = Block(kind=BlockKind.CAPTION, text=f"Zo ziet {place} er nu uit.")
    text = article(
        f"“Wij willen dat {place} blijft”, zei de wethouder na een lange avond.\n"
        f"Volgens haar kost {place} volgend jaar {number * 1000} euro - en dat geld is er nu niet.\n"
        f"Over {place} praat de raad in april verder, en dat wordt een warme avond."
    )
    return replace(
        text,
        title=f"Wethouder wil {place} voor het dorp houden",
        url=f"https://krant.example/{number}",
        authors=(WRITERS[number - 1],),
        blocks=(caption, *text.blocks),
    )


def rewritten(seen: Article, change: Callable[[str], str]) -> Article:
    return replace(seen, blocks=tuple(replace(each, text=change(each.text)) for each in seen.blocks))


def ended_by(seen: Article, line: str) -> Article:
    return replace(seen, blocks=(*seen.blocks, Block(kind=BlockKind.PARAGRAPH, text=line)))


def place_of(seen: Article) -> str:
    return seen.title.removeprefix("Wethouder wil ").removesuffix(" voor het dorp houden")


WAYS: dict[str, Callable[[Article], Article]] = {
    "other quotation marks": lambda seen: rewritten(
        seen, lambda words: words.replace("“", "«").replace("”", "»")
    ),
    "another dash": lambda seen: rewritten(seen, lambda words: words.replace(" - ", " — ")),
    "headlines in capitals": lambda seen: replace(seen, title=seen.title.upper()),
    "no names any more": lambda seen: replace(seen, authors=()),
    "names with the desk": lambda seen: replace(seen, authors=(f"{seen.authors[0]} (redactie)",)),
    "no captions any more": lambda seen: replace(seen, blocks=seen.blocks[1:]),
    "a line about each writer": lambda seen: ended_by(
        seen, f"{seen.authors[0]} schrijft voor deze krant over het dorp en de mensen die er wonen."
    ),
    "the headline of another": lambda seen: ended_by(
        seen, own(int(seen.url.rpartition("/")[2]) % 8 + 1).title
    ),
}


ALIKE = {"another dash", "names with the desk"}
"""Of these each article has the very same piece."""


def compared(desk: Filer, change: Callable[[Article], Article], changed: int, looked: int) -> set[int]:
    """The edits when *changed* of the first *looked* articles changed."""
    first = Run(desk, 0)
    for number in range(1, 9):
        first.see(number, own(number))
    run = Run(desk, 1)
    for number in range(1, looked + 1):
        run.see(number, change(own(number)) if number <= changed else own(number))
    run.end()
    return edits(desk.archive)


@pytest.mark.parametrize("change", WAYS.values(), ids=WAYS)
def test_what_changes_in_one_way_on_all_pages_is_no_edit_though_each_has_words_of_its_own(
    desk: Filer, change: Callable[[Article], Article]
) -> None:
    assert compared(desk, change, 8, 8) == set()


@pytest.mark.parametrize("name", sorted(WAYS.keys() - ALIKE))
@pytest.mark.parametrize(("changed", "looked"), [(4, 4), (5, 8), (1, 1)])
def test_what_changes_so_on_a_few_pages_is_an_edit_of_each(
    desk: Filer, name: str, changed: int, looked: int
) -> None:
    assert compared(desk, WAYS[name], changed, looked) == set(range(1, changed + 1))


@pytest.mark.parametrize(
    "change",
    [
        lambda seen: rewritten(seen, lambda words: words.replace("000 euro", "500 euro")),
        lambda seen: ended_by(
            seen, (f"Update: {place_of(seen)} wordt toch verkocht.", "De raad is boos en stapt op.",
                   "Het werk begint morgen vroeg.", "Niemand weet nog hoe het verder moet met het geld.",
                   "Wandelaars vonden er gisteren een pot met munten.", "Daar is de bakker blij mee.",
                   "Op vrijdag stemt de provincie.", "Morgen meer.")[int(seen.url[-1]) - 1]
        ),
    ],
    ids=["a number in each", "news at the end of each"],
)  # fmt: skip
def test_what_editors_write_in_all_of_them_is_an_edit_of_each(
    desk: Filer, change: Callable[[Article], Article]
) -> None:
    assert compared(desk, change, 8, 8) == set(range(1, 9))


def test_what_is_held_waits_in_order_and_a_second_look_waits_behind_it(
    known: Filer, archive: Archive
) -> None:
    run = Run(known, 1)
    assert run.see(1, with_line(story(1), "Update: toch niet.")).held
    assert run.see(1, story(1)).held, "the article is filed in the order of its captures"
    assert [each.version for each in run.end()] == [2, 3]


def test_pages_that_a_killed_run_kept_are_found_until_they_are_filed(archive: Archive) -> None:
    run = archive.runs.start("krant", at=day(0), settings={})
    kept = archive.captures.keep(capture(at=day(0)), run=run)
    archive.captures.keep(capture("https://krant.example/weg", at=day(0), status=404), run=run)
    assert [each.id for each in archive.captures.unfiled("krant")] == [kept.id]
    archive.filing.file(article(), capture=kept, key="1", read_again=lambda _: article())
    assert not list(archive.captures.unfiled("krant"))
