"""What visits come to: a story of an article in a few lines each."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from archive import Archive, Article, Block, BlockKind, NotFound, PageKind, StatedTime, Status, VerdictKind
from tests.archive.newsroom import Filer, article, capture, day, read_with

STORY = article()
EDITED = article("De brug is open.\nHij blijft open.")


def test_a_first_visit_is_new_and_a_second_with_the_same_words_is_seen_again(desk: Filer) -> None:
    assert desk.see(STORY, day(0)).kind is VerdictKind.NEW
    again = desk.see(article("De brug  is dicht. Hij\nblijft dicht."), day(1))
    assert (again.kind, again.version) == (VerdictKind.SAME, 1)
    [version] = desk.archive.articles.history("1")
    assert (version.first_seen, version.last_seen) == (day(0), day(1))
    assert version.article.text == "De brug is dicht.\nHij blijft dicht."


def test_other_words_are_a_version_and_close_the_one_before(desk: Filer) -> None:
    desk.see(STORY, day(0))
    desk.see(STORY, day(1))
    changed = desk.see(EDITED, day(2))
    assert (changed.kind, changed.version, changed.changed_fields) == (VerdictKind.CHANGED, 2, ("text",))
    first, second = desk.archive.articles.history("1")
    assert (first.last_seen, first.superseded) == (day(1), day(2))
    assert (second.first_seen, second.superseded) == (day(2), None)


def test_a_304_confirms_what_was_last_read_at_the_address(desk: Filer) -> None:
    desk.see(STORY, day(0))
    verdict = desk.unchanged(day(1))
    assert (verdict.kind, verdict.version) == (VerdictKind.SAME, 1)
    assert desk.archive.articles.version("1").last_seen == day(1)


def test_a_304_of_a_page_that_was_no_article_confirms_nothing(desk: Filer) -> None:
    desk.see(article(kind=PageKind.LISTING), day(0))
    assert desk.unchanged(day(1)).kind is VerdictKind.NOT_ARTICLE
    assert desk.unchanged(day(1), "https://krant.example/never").kind is VerdictKind.NOT_ARTICLE


@pytest.mark.parametrize(
    "kind",
    [PageKind.GATE, PageKind.CHALLENGE, PageKind.LISTING, PageKind.ISSUE, PageKind.FEED, PageKind.OTHER],
)
def test_a_page_that_is_no_article_is_neither_a_version_nor_an_absence(desk: Filer, kind: PageKind) -> None:
    desk.see(STORY, day(0))
    for number in range(1, 6):
        assert desk.see(article("Akkoord?", kind=kind), day(number)).kind is VerdictKind.NOT_ARTICLE
    [version] = desk.archive.articles.history("1")
    assert (version.status, version.last_seen) == (Status.LIVE, day(0))


def test_an_empty_reading_is_neither_a_version_nor_an_absence(desk: Filer) -> None:
    desk.see(STORY, day(0))
    assert desk.see(article(""), day(1)).kind is VerdictKind.NOT_ARTICLE
    assert desk.archive.articles.version("1").number == 1


@pytest.mark.parametrize("kind", [PageKind.SOFT404, PageKind.STUB])
def test_a_soft_404_or_a_stub_where_an_article_stood_is_an_absence(desk: Filer, kind: PageKind) -> None:
    desk.see(STORY, day(0))
    kinds = [desk.see(article("Niet gevonden", kind=kind), day(number)).kind for number in (1, 2, 3)]
    assert kinds == [VerdictKind.SUSPECT, VerdictKind.SUSPECT, VerdictKind.GONE]


def test_a_304_from_a_page_that_said_it_is_not_there_is_one_more_absence(desk: Filer) -> None:
    desk.see(STORY, day(0))
    desk.see(article("Niet gevonden", kind=PageKind.SOFT404), day(1))
    assert [desk.unchanged(day(number)).kind.value for number in (2, 3, 4)] == ["suspect", "gone", "gone"]
    assert desk.see(STORY, day(5)).kind is VerdictKind.BACK
    assert desk.unchanged(day(6)).kind is VerdictKind.SAME


def test_a_410_is_gone_at_once(desk: Filer) -> None:
    desk.see(STORY, day(0))
    assert desk.miss(day(1), status=410).kind is VerdictKind.GONE
    [gone] = desk.archive.articles.gone()
    assert (gone.since, gone.confirmed, gone.reason) == (day(1), day(1), "HTTP 410")


def test_a_404_is_suspect_until_visits_on_three_days_agree(desk: Filer) -> None:
    desk.see(STORY, day(0))
    kinds = [desk.miss(day(number)).kind.value for number in (1, 1.1, 1.2, 2, 3, 4)]
    assert kinds == ["suspect"] * 4 + ["gone"] * 2
    [gone] = desk.archive.articles.gone()
    assert (gone.since, gone.confirmed) == (day(1), day(3))
    assert gone.version.article == STORY


def test_an_article_seen_in_between_starts_the_count_anew(desk: Filer) -> None:
    desk.see(STORY, day(0))
    desk.miss(day(1))
    desk.miss(day(2))
    assert desk.see(STORY, day(2.5)).kind is VerdictKind.SAME
    assert [desk.miss(day(number)).kind.value for number in (3, 4)] == ["suspect", "suspect"]
    assert list(desk.archive.articles.gone()) == []
    assert len(list(desk.archive.articles.gone(suspect=True))) == 1


@pytest.mark.parametrize(("words", "number"), [(STORY, 1), (EDITED, 2)], ids=["same words", "other words"])
def test_an_article_that_stands_again_is_back(desk: Filer, words: object, number: int) -> None:
    desk.see(STORY, day(0))
    desk.miss(day(1), status=410)
    verdict = desk.see(words, day(9))  # type: ignore[arg-type]
    assert (verdict.kind, verdict.version) == (VerdictKind.BACK, number)
    assert desk.archive.articles.version("1").status is Status.LIVE
    assert list(desk.archive.articles.gone(suspect=True)) == []


def test_nothing_is_missed_where_no_article_was(desk: Filer) -> None:
    assert desk.miss(day(0)).kind is VerdictKind.NOT_ARTICLE


def test_an_older_address_that_fails_says_nothing_of_an_article_that_moved(desk: Filer) -> None:
    desk.see(STORY, day(0), url="https://krant.example/old")
    desk.see(STORY, day(1), url="https://krant.example/new")
    desk.archive.urls.visited("krant", "https://krant.example/new", at=day(1), due_at=day(30), status=200)
    for number in (2, 3, 4, 5):
        assert desk.miss(day(number), url="https://krant.example/old").kind is VerdictKind.NOT_ARTICLE
    assert desk.archive.articles.version("1").status is Status.LIVE
    [address] = desk.archive.urls.due("krant", now=day(5), limit=9)
    assert address.url == "https://krant.example/new", "and the newer one is asked soon"


# ---------------------------------------------------------------- read the same way


def test_a_better_reading_is_no_edit(desk: Filer) -> None:
    """The furniture was not known at the first visit, and is not read at the second."""
    desk.see(read_with("1", article("De brug is dicht.\nAuto zoeker")), day(0), body=b"old")
    desk.pages[b"old"] = read_with("2", article("De brug is dicht."))
    verdict = desk.see(read_with("2", article("De brug is dicht.")), day(1), body=b"new")
    assert (verdict.kind, verdict.version) == (VerdictKind.SAME, 1)
    [version] = desk.archive.articles.history("1")
    assert version.article.text == "De brug is dicht."
    assert desk.see(read_with("2", article("De brug is dicht.")), day(2)).kind is VerdictKind.SAME
    assert desk.read == [b"old"], "what is equal is not read again"


def test_an_edit_is_found_under_a_better_reading_and_holds_the_edit_alone(desk: Filer) -> None:
    desk.see(read_with("1", article("De brug is dicht.\nAuto zoeker")), day(0), body=b"old")
    desk.pages[b"old"] = read_with("2", article("De brug is dicht."))
    assert desk.see(read_with("2", article("De brug is open.")), day(1)).kind is VerdictKind.CHANGED
    diff = desk.archive.articles.diff("1")
    assert (diff.removed, diff.added) == (1, 1)


def test_the_latest_capture_of_a_version_is_the_one_read_again(desk: Filer) -> None:
    """A redesign came between: today's reader knows the new template, which showed the old words too."""
    desk.see(read_with("1", article("Een.")), day(0), body=b"old template")
    desk.see(read_with("1", article("Een.")), day(1), body=b"new template")
    desk.pages[b"new template"] = read_with("2", article("Een. Menu"))
    assert desk.see(read_with("2", article("Een. Menu")), day(2)).kind is VerdictKind.SAME


def test_readings_by_one_reader_are_compared_as_they_are(desk: Filer) -> None:
    desk.see(STORY, day(0))
    assert desk.see(EDITED, day(1)).kind is VerdictKind.CHANGED
    assert desk.read == []


def test_a_reader_of_two_minds_makes_no_version(desk: Filer) -> None:
    quote = "De brug is dicht.\nHij blijft dicht.\n„Jammer.”"
    without = replace(STORY, left_out=("„Jammer.”", "Lees ook"))
    desk.see(without, day(0), body=b"first")
    desk.pages[b"first"] = without
    seen = desk.see(replace(article(quote), left_out=("Lees ook",)), day(1))
    assert (seen.kind, seen.version) == (VerdictKind.SAME, 1)
    assert desk.read == [b"first"]
    edited = desk.see(replace(article(quote.replace("dicht", "open")), left_out=("Lees ook",)), day(2))
    assert edited.kind is VerdictKind.CHANGED
    assert desk.read == [b"first"], "what cannot be ours is judged without reading the old page again"


def test_an_old_page_that_cannot_be_read_again_does_not_cost_the_new_one(desk: Filer) -> None:
    desk.see(read_with("1", STORY), day(0), body=b"broken")
    verdict = desk.see(read_with("2", EDITED), day(1))
    assert verdict.kind is VerdictKind.CHANGED
    assert "could not be read again" in verdict.reason


# ---------------------------------------------------------------- paywalls, turns, silence


def test_a_paywall_that_closes_keeps_the_text_that_was_open(desk: Filer) -> None:
    desk.see(STORY, day(0))
    verdict = desk.see(article("De brug is dicht.", kind=PageKind.TEASER), day(1))
    assert "paywall" in verdict.changed_fields
    first, second = desk.archive.articles.history("1")
    assert first.article.text == STORY.text
    assert (second.article.kind, second.silent) == (PageKind.TEASER, False)


def test_headlines_shown_by_turns_make_no_endless_versions_and_are_no_edits(desk: Filer) -> None:
    a, b = article(title="A"), article(title="B")
    kinds = [
        desk.see(shown, day(number / 24)).kind.value for number, shown in enumerate([a, b, a, b, a, b, b, a])
    ]
    assert kinds == ["new", "changed", "flip-flop", "same", "flip-flop", "same", "same", "flip-flop"]
    assert len(desk.archive.articles.history("1")) == 2
    assert list(desk.archive.articles.edits()) == []
    assert len(list(desk.archive.articles.edits(alternating=True))) == 1
    assert desk.archive.articles.version("1", as_of=day(2.5 / 24)).article.title == "A", (
        "what stood there that hour"
    )
    assert desk.archive.articles.version("1", as_of=day(3.5 / 24)).article.title == "B"


def test_texts_shown_by_turns_make_no_endless_versions_either(desk: Filer) -> None:
    a, b = article("De kop van A."), article("De kop van B.")
    kinds = [desk.see(shown, day(number / 24)).kind.value for number, shown in enumerate([a, b, a, b, a, b])]
    assert kinds == ["new", "changed", "changed", "flip-flop", "same", "flip-flop"]
    assert list(desk.archive.articles.edits()) == []


def test_a_headline_that_won_its_test_is_an_edit(desk: Filer) -> None:
    a, b = article(title="A"), article(title="B")
    for number, shown in enumerate([a, b, a, b]):
        desk.see(shown, day(number / 24))
    assert list(desk.archive.articles.edits()) == []
    kinds = {desk.see(b, day(number)).kind for number in (0.5, 1, 2, 3)}
    assert kinds == {VerdictKind.SAME}
    assert desk.archive.articles.version("1").article.title == "B"
    assert [each.article.title for each in desk.archive.articles.edits()] == ["B"]


def test_a_headline_that_lost_its_test_leaves_what_stood_before_and_no_edit(desk: Filer) -> None:
    a, b = article(title="A"), article(title="B")
    for number, shown in enumerate([a, b, a, b]):
        desk.see(shown, day(number / 24))
    kinds = [desk.see(a, day(number)).kind for number in (0.5, 1, 2, 3)]
    assert kinds == [VerdictKind.FLIP_FLOP, VerdictKind.FLIP_FLOP, VerdictKind.CHANGED, VerdictKind.SAME]
    latest = desk.archive.articles.version("1")
    assert (latest.article.title, latest.alternating, latest.same_as) == ("A", True, 1)
    assert latest.first_seen == day(0.5), "it stands since the first visit that found it so"
    assert desk.archive.articles.version("1", 2).superseded == day(0.5)
    assert list(desk.archive.articles.edits()) == []
    kinds = [desk.see(b, day(number)).kind for number in (10, 11, 12)]
    assert kinds == [VerdictKind.FLIP_FLOP, VerdictKind.FLIP_FLOP, VerdictKind.CHANGED]
    assert [each.first_seen for each in desk.archive.articles.edits()] == [day(10)], (
        "later an editor chose the other"
    )
    assert desk.archive.integrity.verify() == []


def test_silent_edits_are_told_from_announced_ones(desk: Filer) -> None:
    desk.see(article("Een.", modified=day(0)), day(0))
    desk.see(article("Een.", modified=day(1)), day(1))  # touched, no word changed
    desk.see(article("Twee.", modified=day(1)), day(2))  # changed, not touched
    desk.see(article("Drie.", modified=day(3)), day(3))
    desk.see(article("Vier.\nUpdate: nu vier.", modified=day(3)), day(4))
    assert [version.silent for version in desk.archive.articles.history("1")] == [False, True, False, False]
    assert [version.number for version in desk.archive.articles.edits(silent=True)] == [2]
    assert [version.number for version in desk.archive.articles.edits(silent=False)] == [4, 3]


# ---------------------------------------------------------------- re-reading


def test_rereading_makes_readings_and_never_versions(desk: Filer) -> None:
    desk.see(read_with("1", article("Een.\nAuto zoeker")), day(0), body=b"1")
    desk.see(read_with("1", article("Een.\nHuizen zoeker")), day(1), body=b"2")
    desk.see(read_with("1", article("Twee.\nHuizen zoeker")), day(2), body=b"3")
    before = [version.content_hash for version in desk.archive.articles.history("1")]
    desk.pages = {
        b"1": read_with("2", article("Een.")),
        b"2": read_with("2", article("Een.")),
        b"3": read_with("2", article("Twee.")),
    }
    counts = desk.archive.rereading.reread("krant", desk.read_again)
    assert counts == {"read": 3, "differs": 3, "merged": 1}
    history = desk.archive.articles.history("1")
    assert [version.article.text for version in history] == ["Een.", "Een.", "Twee."]
    assert before != [version.content_hash for version in history]
    assert [version.number for version in desk.archive.articles.edits()] == [3], (
        "the second was our own doing"
    )


def test_rereading_leaves_what_it_cannot_read(desk: Filer) -> None:
    desk.see(read_with("1", STORY), day(0), body=b"1")
    desk.see(read_with("1", EDITED), day(0), body=b"2", key="2", url="https://krant.example/2")
    desk.pages[b"2"] = article(kind=PageKind.GATE)
    counts = desk.archive.rereading.reread("krant", desk.read_again)
    assert counts == {"read": 2, "unreadable": 1, "not-article": 1}
    assert desk.archive.articles.version("1").article.text == STORY.text


# ---------------------------------------------------------------- questions


def test_an_article_is_found_by_id_key_and_every_address(desk: Filer) -> None:
    desk.see(STORY, day(0), key="a1", url="https://www.krant.example/nieuws/1/")
    desk.see(STORY, day(1), key="a1", url="https://krant.example/1?id=1")
    for words in ("1", "a1", "https://www.krant.example/nieuws/1/", "https://krant.example/1?id=1",
                  "http://krant.example/nieuws/1", "krant.example/nieuws/1"):  # fmt: skip
        assert desk.archive.articles.find(words) == 1
    with pytest.raises(NotFound, match="no article at"):
        desk.archive.articles.history("https://krant.example/2")


def test_as_of_shows_what_stood_there(desk: Filer) -> None:
    desk.see(STORY, day(0))
    desk.see(EDITED, day(2))
    desk.see(STORY, day(1), key="2", url="https://krant.example/2")
    assert desk.archive.articles.version("1", as_of=day(1.9)).number == 1
    assert desk.archive.articles.version("1", as_of=day(2)).number == 2
    with pytest.raises(NotFound, match="not been seen yet"):
        desk.archive.articles.version("1", as_of=day(-1))
    assert [(each.article_id, each.number) for each in desk.archive.articles.as_of(day(1.5))] == [
        (1, 1),
        (2, 1),
    ]
    assert [(each.article_id, each.number) for each in desk.archive.articles.as_of(day(2))] == [
        (1, 2),
        (2, 1),
    ]


def test_captures_come_back_as_they_came(archive: Archive) -> None:
    sent = capture(at=day(0), body=b"<p>\xff\x00</p>" * 99, via="https://krant.example/0", truncated=True)
    kept = archive.captures.keep(sent)
    archive.captures.keep(replace(sent, at=day(1)))
    archive.commit()
    assert archive.captures.get(kept.id) == kept
    assert [each.capture.at for each in archive.captures.walk("krant")] == [day(0), day(1)]
    assert archive.holdings.stats().bodies == 1, "one body, stored once"
    with pytest.raises(NotFound):
        archive.articles.body(99)


def test_a_capture_that_was_not_filed_yet_is_no_less_kept(desk: Filer) -> None:
    kept = desk.archive.captures.keep(capture())
    desk.archive.filing.unreadable(desk.archive.captures.keep(capture(at=day(1))), "ValueError: no tree")
    waiting, failed = desk.archive.articles.sightings("https://krant.example/1")
    assert (waiting.id, waiting.verdict) == (kept.id, None)
    assert (failed.verdict, failed.reason) == (VerdictKind.UNREADABLE, "ValueError: no tree")


# ---------------------------------------------------------------- the kind of a page wavers

LONG = "\n".join(
    f"De raad sprak op de {number}e avond over het plein, de brug en de kosten van de nieuwe sluis."
    for number in range(1, 9)
)
OTHER_WORDS = "\n".join(
    f"Vereniging nummer {number} zoekt vrijwilligers voor haar zomerfeest in het dorpshuis."
    for number in range(1, 9)
)


@pytest.mark.parametrize("kind", [PageKind.LISTING, PageKind.OTHER, PageKind.ISSUE])
def test_an_edit_counts_while_the_kind_of_the_page_wavers(desk: Filer, kind: PageKind) -> None:
    desk.see(article(LONG), day(0))
    edited = LONG.replace("8e avond", "9e avond")
    verdict = desk.see(article(edited, kind=kind), day(1))
    assert (verdict.kind, verdict.version, verdict.changed_fields) == (VerdictKind.CHANGED, 2, ("text",))
    assert desk.see(article(edited), day(2)).kind is VerdictKind.SAME
    version = desk.archive.articles.version("1")
    assert (version.article.kind, version.first_seen, version.status) == (
        PageKind.ARTICLE,
        day(1),
        Status.LIVE,
    )


def test_a_page_that_became_something_else_is_on_record_with_its_date(desk: Filer) -> None:
    desk.see(article(LONG), day(0))
    listing = article(OTHER_WORDS, title="Verenigingen", kind=PageKind.LISTING, reason="12 headings")
    kinds = [desk.see(listing, day(number)).kind.value for number in (1, 2, 3)]
    assert kinds == ["suspect", "suspect", "gone"]
    [gone] = desk.archive.articles.gone()
    assert (gone.since, gone.confirmed) == (day(1), day(3))
    assert gone.reason == "something else stands there: listing: 12 headings"
    assert desk.see(article(LONG), day(4)).kind is VerdictKind.BACK


@pytest.mark.parametrize("kind", [PageKind.GATE, PageKind.CHALLENGE])
def test_what_stands_in_for_an_article_says_nothing_of_it_however_long(desk: Filer, kind: PageKind) -> None:
    desk.see(article(LONG), day(0))
    for number in (1, 2, 3, 4):
        seen = desk.see(article(OTHER_WORDS, title="Cookies", kind=kind), day(number))
        assert seen.kind is VerdictKind.NOT_ARTICLE
    assert desk.archive.articles.version("1").status is Status.LIVE


# ---------------------------------------------------------------- what is no edit, and what is one


def test_another_story_at_the_same_address_is_no_silent_edit(desk: Filer) -> None:
    def dated(text: str, title: str, number: int) -> Article:
        when = StatedTime(value=day(number), raw=str(day(number)), source="json-ld")
        return article(text, title=title, published=when)

    desk.see(dated(LONG, "Het weer voor maandag", 0), day(0))
    verdict = desk.see(dated(OTHER_WORDS, "Het weer voor dinsdag", 1), day(1))
    assert verdict.changed_fields == ("title", "text", "replaced")
    assert [each.silent for each in desk.archive.articles.history("1")] == [False, False]


def test_another_story_without_a_date_is_told_by_its_words(desk: Filer) -> None:
    desk.see(article(LONG), day(0))
    verdict = desk.see(article(OTHER_WORDS, title="Zomerfeest zoekt handen"), day(1))
    assert verdict.changed_fields == ("title", "text", "replaced")
    assert desk.archive.articles.version("1").silent is False


def test_a_text_that_was_rewritten_under_its_headline_is_still_a_silent_edit(desk: Filer) -> None:
    desk.see(article(LONG), day(0))
    desk.see(article(OTHER_WORDS), day(1))
    version = desk.archive.articles.version("1")
    assert (version.changed_fields, version.silent) == (("text",), True)


def test_a_kicker_that_comes_is_an_edit_and_one_parted_otherwise_is_none(desk: Filer) -> None:
    desk.see(STORY, day(0))
    changed = desk.see(replace(STORY, kicker="UPDATE"), day(1))
    assert (changed.kind, changed.changed_fields) == (VerdictKind.CHANGED, ("kicker", "notice"))
    assert desk.see(replace(STORY, title="UPDATE: Brug dicht"), day(2)).kind is VerdictKind.SAME


def test_marks_that_nobody_sees_are_no_edit_and_stay_in_the_text(desk: Filer) -> None:
    desk.see(STORY, day(0))
    marked = article("De brug is dicht.\ufe01\ufe07\U000e0132\nHij blijft dicht.")
    assert desk.see(marked, day(1)).kind is VerdictKind.SAME
    desk.see(article("De brug is open.\ufe01\nHij blijft open."), day(2))
    assert "\ufe01" in desk.archive.articles.version("1").article.text


def test_a_time_told_anew_is_no_edit_for_as_long_as_it_takes(desk: Filer) -> None:
    def captioned(told: str) -> Article:
        words = (
            Block(kind=BlockKind.PARAGRAPH, text="De brug is dicht."),
            Block(kind=BlockKind.CAPTION, text=f"De brug. {told} om 20:07"),
        )
        zone = timezone(timedelta(hours=1))
        when = StatedTime(value=day(0).astimezone(zone), raw=str(day(0)), source="json-ld")
        return article(blocks=words, published=when)

    desk.see(captioned("Vandaag"), day(0))
    for number, told in ((1, "Gisteren"), (2, "Eergisteren"), (9, "2 maart 2026")):
        verdict = desk.see(captioned(told), day(number))
        assert (verdict.kind, verdict.reason) == (VerdictKind.SAME, "only its times are told anew")
    assert desk.see(captioned("3 maart 2026"), day(10)).changed_fields == ("captions",)


def test_a_headline_that_can_not_be_read_any_more_is_no_edit(desk: Filer) -> None:
    desk.see(article(LONG), day(0))
    assert desk.see(article(LONG, title=""), day(1)).kind is VerdictKind.SAME
    edited = desk.see(article(LONG.replace("sluis", "sluizen"), title=""), day(2))
    assert edited.changed_fields == ("text",)
    assert desk.see(article(LONG.replace("sluis", "sluizen")), day(3)).kind is VerdictKind.SAME


@pytest.mark.parametrize("text", ["Laden.", OTHER_WORDS], ids=["hardly a word", "other words"])
def test_a_page_of_which_hardly_anything_was_read_is_no_version(desk: Filer, text: str) -> None:
    desk.see(article(LONG), day(0))
    verdict = desk.see(article(text, title=""), day(1))
    assert (verdict.kind, verdict.reason) == (
        VerdictKind.NOT_ARTICLE,
        "read without its headline and most of its text",
    )
    assert desk.archive.articles.version("1").number == 1
