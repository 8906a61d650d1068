"""The newsroom keeps its books: the same seed, the same history; every kind of event; nothing by accident."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import combinations
from random import Random

import pytest

from archive.model.types import BlockKind, PageKind
from legger.simulator import (
    DEMO_DAYS,
    EDITS,
    OPENING,
    TAKEDOWNS,
    Access,
    EventKind,
    Newspaper,
    Rates,
    grammar,
    words,
)
from legger.simulator.story import TEXT_EDITS, Story

DEMO_END = OPENING + timedelta(days=DEMO_DAYS)


@pytest.fixture(scope="module")
def paper() -> Newspaper:
    return Newspaper(seed=1)


def test_the_same_seed_gives_the_same_history_and_another_seed_another() -> None:
    first, again, other = (Newspaper(seed=seed, articles=12, days=4) for seed in (3, 3, 4))
    end = OPENING + timedelta(days=4)
    assert first.truth(end) == again.truth(end)
    assert first.edits(OPENING, end) == again.edits(OPENING, end)
    assert first.truth(end) != other.truth(end)


def test_a_house_does_not_depend_on_its_neighbours(paper: Newspaper) -> None:
    alone = Newspaper(seed=1, only=["dorpsklok"])
    texts = [truth.text for truth in alone["dorpsklok"].truth(OPENING).values()]
    assert texts == [truth.text for truth in paper["dorpsklok"].truth(OPENING).values()]


def test_forty_articles_stand_in_every_house_at_the_opening(paper: Newspaper) -> None:
    for house in paper.houses:
        articles = [truth for truth in house.truth(OPENING).values() if truth.kind is not PageKind.LIVEBLOG]
        assert len(articles) == 40, house.name


def test_every_kind_of_event_happens_in_the_demo(paper: Newspaper) -> None:
    happened = {edit.kind for edit in paper.edits(OPENING, DEMO_END)}
    assert happened == set(EventKind)


@pytest.mark.parametrize("kind", sorted(EDITS - {EventKind.GROW}) + sorted(TAKEDOWNS))
def test_every_house_sees_every_edit_and_every_takedown_within_two_days(
    paper: Newspaper, kind: EventKind
) -> None:
    seen = {edit.house for edit in paper.edits(OPENING, OPENING + timedelta(days=2)) if edit.kind is kind}
    assert seen == {house.name for house in paper.houses}


def test_the_state_is_the_fold_of_the_events(paper: Newspaper) -> None:
    for house in paper.houses:
        stories: dict[str, Story | None] = {url: truth.story for url, truth in house.truth(OPENING).items()}
        for edit in house.edits(OPENING, DEMO_END):
            if edit.url is not None:
                assert edit.old == stories.get(edit.url)
                stories[edit.url] = edit.new
        assert stories == {url: truth.story for url, truth in house.truth(DEMO_END).items()}


def test_an_edit_changes_what_its_kind_says_and_says_no_text_twice(paper: Newspaper) -> None:
    for edit in paper.edits(OPENING, OPENING + timedelta(days=14)):
        if edit.kind in EDITS:
            assert edit.old is not None and edit.new is not None
            assert (edit.old.text != edit.new.text) == (edit.kind in TEXT_EDITS)
            assert (edit.old.captions != edit.new.captions) == (edit.kind is EventKind.CAPTION)
            if edit.kind is EventKind.HEADLINE:
                assert edit.old.title != edit.new.title


def test_an_article_never_says_again_what_it_said_before() -> None:
    paper = Newspaper(seed=5, articles=15, days=120, rates=Rates.year(), only=["berkelnieuws"])
    said: dict[str | None, list[Story]] = {}
    for edit in paper.edits(OPENING - timedelta(days=99), OPENING + timedelta(days=120)):
        if edit.new is not None and edit.kind in EDITS | {EventKind.PUBLISH}:
            assert edit.new not in said.setdefault(edit.url, [])
            said[edit.url].append(edit.new)
    assert max(len(stories) for stories in said.values()) > 3


def test_a_silent_edit_leaves_the_stated_date_alone_and_an_announced_one_moves_it(paper: Newspaper) -> None:
    for house in paper.houses:
        for edit in house.edits(OPENING, DEMO_END):
            if edit.url is None or edit.kind not in (EventKind.SILENT, EventKind.UPDATE, EventKind.CORRECT):
                continue
            before = house.truth(edit.at - timedelta(seconds=1))[edit.url]
            after = house.truth(edit.at)[edit.url]
            if edit.kind is EventKind.SILENT:
                assert edit.silent and before.modified == after.modified
            elif house.profile.states_modified:
                assert not edit.silent and after.modified == edit.at
            if edit.kind is EventKind.UPDATE:
                assert any(block.text.startswith(("Update ", "Fernijing ")) for block in after.blocks)


def test_a_rectification_is_an_article_of_its_own_that_names_the_other(paper: Newspaper) -> None:
    found = [truth for truth in paper.truth(DEMO_END).values() if truth.corrects]
    assert len(found) >= len(paper.houses)
    everything = paper.truth(DEMO_END)
    for truth in found:
        assert truth.corrects is not None
        assert everything[truth.corrects].story.title in truth.text


def test_a_live_blog_grows_at_the_top(paper: Newspaper) -> None:
    grown = [edit for edit in paper.edits(OPENING, DEMO_END) if edit.kind is EventKind.GROW]
    assert grown
    for edit in grown:
        assert edit.old is not None and edit.new is not None
        added = len(edit.new.blocks) - len(edit.old.blocks)
        assert edit.new.blocks[1].at == edit.at
        assert edit.new.blocks[1 + added :] == edit.old.blocks[1:]


def test_one_slug_stands_for_several_articles_of_the_daily(paper: Newspaper) -> None:
    slugs = Counter(item.slug for item in paper["dinkelkoerier"].newsroom.published(OPENING))
    assert slugs.most_common(1)[0][1] >= 4
    assert len(paper["dinkelkoerier"].truth(OPENING)) == 40


def test_teasers_end_in_an_ellipsis_and_some_articles_are_gated(paper: Newspaper) -> None:
    access = Counter(truth.access for truth in paper["dinkelkoerier"].truth(OPENING).values())
    assert access[Access.TEASER] >= 4 and access[Access.GATED] >= 4
    for truth in paper.truth(OPENING).values():
        assert (truth.access is Access.TEASER) == (truth.kind is PageKind.TEASER)
        if truth.access is Access.TEASER:
            assert truth.text.endswith("…")


def test_within_a_house_only_a_series_introduction_repeats(paper: Newspaper) -> None:
    for house in paper.houses:
        lines = Counter(block.text for truth in house.truth(OPENING).values() for block in truth.blocks)
        allowed = {house.profile.series[1]} if house.profile.series else set()
        assert {text for text, count in lines.items() if count > 1} == allowed


def test_no_two_articles_share_most_of_their_text(paper: Newspaper) -> None:
    def shingles(text: str) -> set[tuple[str, ...]]:
        tokens = text.split()
        return {tuple(tokens[at : at + 4]) for at in range(max(1, len(tokens) - 3))}

    pieces = [shingles(truth.text) for truth in paper.truth(OPENING).values()]
    worst = max(len(one & other) / len(one | other) for one, other in combinations(pieces, 2))
    assert worst < 0.5


def test_texts_are_of_all_lengths_kinds_and_three_languages(paper: Newspaper) -> None:
    truths = list(paper.truth(OPENING).values())
    lengths = sorted(len(truth.text.split()) for truth in truths)
    assert lengths[len(lengths) // 20] < 35 and lengths[-len(lengths) // 20] > 160
    kinds = {block.kind for truth in truths for block in truth.blocks}
    assert kinds >= {BlockKind.LEAD, BlockKind.PARAGRAPH, BlockKind.SUBHEAD, BlockKind.ITEM, BlockKind.QUOTE}
    languages = Counter(truth.language for truth in truths)
    assert languages["nl"] > 200 and languages["en"] > 30 and languages["fy"] > 10


@pytest.mark.parametrize("language", ["nl", "en", "fy"])
def test_every_line_of_every_topic_can_be_written(language: str) -> None:
    for topic in grammar.topics(language):
        for kind in ("title", "lead", "brief", "follow", "update", "caption"):
            assert topic.lines(kind), (topic.name, kind)
        for group in topic.groups:
            for line in group.lines:
                text = grammar.Pen(Random(line), language, OPENING, "Goor").write(line)
                assert text and not set(text) & set("[]<>|"), (topic.name, text)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("‘Stilstaan is ook een keuze’", "stilstaan-is-ook-een-keuze"),
        ("Wâldkrante: foto's út 't doarp", "waldkrante-fotos-ut-t-doarp"),
        ("Yıldız", "yildiz"),
        ("…", "bericht"),
    ],
)
def test_a_title_becomes_an_address(title: str, slug: str) -> None:
    assert words.slug(title) == slug


def test_a_year_with_a_thousand_articles_and_thousands_of_edits_is_possible() -> None:
    days = 60
    paper = Newspaper(articles=10, days=days, rates=Rates.year(), only=["buurserbode", "streekpost"])
    end: datetime = OPENING + timedelta(days=days)
    edits = [edit for edit in paper.edits(OPENING, end) if edit.kind in EDITS]
    assert len(edits) > days  # nine houses for a year: fifty times as many
    assert len(paper.truth(end)) > 50
