"""What happens to what is filed when a site's rule of identity changes."""

import pytest

from archive import Archive, VerdictKind
from tests.archive.newsroom import Filer, article, capture, day

ONE, TWO = "https://krant.example/nieuws/1-brug", "https://krant.example/regio/1-brug-dicht"
WEEKLY = "https://krant.example/puzzel~a{}"


def number(url: str, canonical: str | None) -> str:
    """The identity by today's rule: the article's number."""
    return url.rsplit("/", 1)[1].split("-", maxsplit=1)[0]


def code(url: str, canonical: str | None) -> str:
    """The identity by today's rule: the code after ``~``."""
    return url.rpartition("~")[2]


def see(desk: Filer, url: str, text: str, at: float, *, key: str) -> None:
    body = f"{url} {text}".encode()
    read = article(text, url=url)
    desk.pages[body] = read
    desk.see(read, day(at), key=key, url=url, body=body)


def test_an_identity_that_only_gets_another_name_keeps_everything(desk: Filer, archive: Archive) -> None:
    see(desk, ONE, "Een.", 0, key="krant.example/nieuws/1-brug")
    see(desk, ONE, "Twee.", 1, key="krant.example/nieuws/1-brug")
    cited = archive.articles.cite("1").id
    assert archive.regrouping.regroup("krant", number, desk.read_again, at=day(2)) == {"renamed": 1}
    see(desk, ONE, "Drie.", 3, key="1")
    assert [each.article.text for each in archive.articles.history(ONE)] == ["Een.", "Twee.", "Drie."]
    assert archive.articles.cited(cited).number == 2
    assert archive.regrouping.regroup("krant", number, desk.read_again, at=day(4)) == {}
    assert archive.integrity.verify() == []


def test_two_that_are_one_go_on_as_the_earlier_and_neither_loses_its_history(
    desk: Filer, archive: Archive
) -> None:
    see(desk, ONE, "Een.", 0, key="nieuws/1-brug")
    see(desk, TWO, "Een.", 1, key="regio/1-brug-dicht")
    see(desk, TWO, "Een en twee.", 2, key="regio/1-brug-dicht")
    cited = archive.articles.cite(TWO).id
    assert archive.regrouping.regroup("krant", number, desk.read_again, at=day(3)) == {
        "renamed": 1,
        "moved": 1,
    }
    see(desk, TWO, "Een en twee.", 4, key="1")
    assert archive.articles.find(ONE) == archive.articles.find(TWO) == 1
    assert [each.article.text for each in archive.articles.history("1")] == ["Een.", "Een en twee."]
    assert archive.regrouping.predecessors(1) == [2]
    assert [each.article.text for each in archive.articles.history("2")] == ["Een.", "Een en twee."]
    assert archive.articles.cited(cited).article.text == "Een en twee."
    assert [each.article_id for each in archive.articles.newest()] == [1], "the other is no current article"
    assert [each.article_id for each in archive.articles.all()] == [1]
    assert archive.regrouping.regroup("krant", number, desk.read_again, at=day(5)) == {}
    archive.index.update()
    assert archive.integrity.verify() == []


def test_one_that_was_several_is_taken_apart_in_the_order_of_its_captures(
    desk: Filer, archive: Archive
) -> None:
    """A weekly under one slug, of which only a code in the address differs."""
    for week, text in enumerate(("Puzzel van week een.", "Puzzel van week twee.", "Puzzel van week drie.")):
        see(desk, WEEKLY.format(week), text, 7 * week, key="puzzel")
        desk.unchanged(day(7 * week + 1), WEEKLY.format(week))
    see(desk, WEEKLY.format(1), "Puzzel van week twee, verbeterd.", 20, key="puzzel")
    see(desk, WEEKLY.format(2), "Puzzel van week drie, verbeterd.", 21, key="puzzel")
    cited = [archive.articles.cite("1", each).id for each in (1, 2, 3)]
    done = archive.regrouping.regroup("krant", code, desk.read_again, at=day(22))
    assert done == {"renamed": 1, "split": 1, "refiled": 5}
    histories = {week: archive.articles.history(WEEKLY.format(week)) for week in range(3)}
    assert [[each.article.text for each in found] for found in (histories[0], histories[1])] == [
        ["Puzzel van week een."],
        ["Puzzel van week twee.", "Puzzel van week twee, verbeterd."],
    ]
    assert histories[0][0].first_seen == day(0)
    assert histories[0][0].last_seen == day(1), "what a 304 confirmed stays confirmed"
    assert histories[1][0].last_seen == day(8)
    assert histories[2][-1].changed_fields == ("text",)
    assert [each.article.text for each in archive.articles.edits()] == [
        "Puzzel van week drie, verbeterd.",
        "Puzzel van week twee, verbeterd.",
    ], "one puzzle that followed another was never an edit"
    assert [archive.articles.cited(each).article.text for each in cited] == [
        "Puzzel van week een.",
        "Puzzel van week twee.",
        "Puzzel van week drie.",
    ]
    assert {each.verdict for each in archive.articles.sightings(WEEKLY.format(1))} == {
        VerdictKind.NEW,
        VerdictKind.SAME,
        VerdictKind.CHANGED,
    }
    assert archive.regrouping.regroup("krant", code, desk.read_again, at=day(23)) == {}
    archive.index.update()
    assert archive.integrity.verify() == []


def test_an_article_on_two_pages_that_is_taken_out_of_another_keeps_both(
    desk: Filer, archive: Archive
) -> None:
    def see_pages(week: int, at: float, *texts: str) -> None:
        for number, text in enumerate(texts, 1):
            url = WEEKLY.format(week) + (f"?page={number}" if number > 1 else "")
            body = f"{url} {text}".encode()
            read = desk.pages[body] = article(text, url=url)
            kept = archive.captures.keep(capture(url, at=day(at), body=body))
            archive.filing.file(read, capture=kept, key="puzzel", read_again=desk.read_again, page=number)

    see_pages(0, 0, "Week een.", "Vervolg een.")
    see_pages(1, 7, "Week twee.", "Vervolg twee.")
    see_pages(0, 8, "Week een.", "Vervolg een.")
    see_pages(0, 9, "Week een.", "Vervolg een, verbeterd.")
    archive.regrouping.regroup(
        "krant", lambda url, _: url.partition("?")[0].rpartition("~")[2], desk.read_again, at=day(22)
    )
    assert [
        [each.article.text for each in archive.articles.history(WEEKLY.format(week))][-1] for week in (0, 1)
    ] == ["Week een.\nVervolg een, verbeterd.", "Week twee.\nVervolg twee."]


def test_identities_that_swap_their_names_do_not_get_in_each_other_s_way(
    desk: Filer, archive: Archive
) -> None:
    see(desk, ONE, "Een.", 0, key="b")
    see(desk, WEEKLY.format(7), "Zeven.", 0, key="a")
    swapped = {ONE: "a", WEEKLY.format(7): "b"}
    done = archive.regrouping.regroup(
        "krant", lambda url, canonical: swapped[url], desk.read_again, at=day(1)
    )
    assert done == {"renamed": 2}
    assert [archive.articles.known_as("krant", key) for key in "ab"] == [1, 2]


def test_an_article_that_may_not_be_shown_is_not_brought_back_by_grouping(
    desk: Filer, archive: Archive
) -> None:
    see(desk, WEEKLY.format(1), "Geheim.", 0, key="puzzel")
    see(desk, WEEKLY.format(2), "Ook geheim.", 1, key="puzzel")
    archive.redactions.redact("1", ground="g", reason="r", who="w", at=day(2))
    assert archive.regrouping.regroup("krant", code, desk.read_again, at=day(3)) == {}
    assert len(list(archive.articles.all())) == 1
    assert archive.articles.version("1").redacted


def test_what_fails_half_way_leaves_everything_as_it_was(desk: Filer, archive: Archive) -> None:
    see(desk, ONE, "Een.", 0, key="a")
    see(desk, TWO, "Twee.", 1, key="b")
    archive.commit()

    def fails(url: str, canonical: str | None) -> str:
        if url == TWO:
            raise RuntimeError("the rule is wrong")
        return "c"

    with pytest.raises(RuntimeError):
        archive.regrouping.regroup("krant", fails, desk.read_again, at=day(2))
    assert [archive.articles.known_as("krant", key) for key in "ab"] == [1, 2]
