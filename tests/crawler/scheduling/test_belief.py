"""A source that says of every page that it was changed is found out, and may mend its ways."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crawler.scheduling.belief import (
    BORNE_OUT,
    ENOUGH,
    ENOUGH_OF_A_KIND,
    MEMORY,
    PAGES,
    SAMPLE,
    SourceReliability,
    ValidatorReliability,
)

MAP, OTHER = "https://dorp.example/kaart.xml", "https://dorp.example/kaart-2.xml"


@pytest.mark.parametrize(
    ("looks", "right", "believed"),
    [
        (0, 0, True),
        (ENOUGH - 1, 0, True),
        (ENOUGH, 0, False),
        (ENOUGH, 1, True),
        (100, 4, False),
        (100, 5, True),
        (100, 90, True),
    ],
)
def test_a_source_is_believed_as_far_as_looks_bear_it_out(looks: int, right: int, believed: bool) -> None:
    belief = SourceReliability()
    for number in range(looks):
        belief.looked(MAP, "sitemap", changed=number < right)
    assert belief.believes(MAP, "sitemap") is believed
    assert belief.seen.get(MAP, [0, 0]) == [looks, right]


def test_of_one_that_is_not_believed_a_few_pages_are_looked_at_in_each_run() -> None:
    liar = SourceReliability([{MAP: [ENOUGH, 0]}])
    assert [liar.worth_a_look(MAP, "sitemap") for _ in range(10)] == [True] * SAMPLE + [False] * (10 - SAMPLE)
    assert all(SourceReliability().worth_a_look(MAP, "sitemap") for _ in range(10))


def test_one_that_mends_its_ways_is_believed_again() -> None:
    runs: list[dict[str, list[int]]] = [{MAP: [MEMORY, 0], "sitemap": [MEMORY, 0]}]
    for _ in range(MEMORY // SAMPLE + 1):
        belief = SourceReliability(reversed(runs))
        while belief.worth_a_look(MAP, "sitemap"):
            belief.looked(MAP, "sitemap", changed=True)
            if belief.seen[MAP][0] == SAMPLE:
                break
        runs.append(belief.seen)
    assert SourceReliability(reversed(runs)).believes(MAP, "sitemap")


def test_many_sitemaps_of_one_system_are_found_out_together_and_its_feeds_are_not_blamed() -> None:
    belief = SourceReliability()
    for number in range(ENOUGH_OF_A_KIND):
        belief.looked(f"https://dorp.example/kaart-{number}.xml", "sitemap", changed=False)
    assert not belief.believes(OTHER, "sitemap")
    assert belief.believes("https://dorp.example/feed", "feed")
    assert belief.says(MAP).startswith(MAP)


def test_what_is_known_of_each_source_can_be_told() -> None:
    feed = "http://dorp.example/feed"
    belief = SourceReliability([{feed: [30, 0], "feed": [30, 0]}, {"http://dorp.example/kaart": [4, 1]}])
    told = {each.source: (each.looks, each.right, each.believed) for each in belief.words()}
    assert told == {feed: (30, 0, False), "feed": (30, 0, True), "http://dorp.example/kaart": (4, 1, True)}


@pytest.mark.parametrize(
    ("key", "looks", "wrong", "days"),
    [
        (MAP, 0, 0, 1),
        (MAP, BORNE_OUT - 1, 0, 1),
        (MAP, BORNE_OUT, 0, 7),
        (MAP, 1, 1, 0),
        (MAP, 20, 1, 0),
        (MAP, 21, 1, 7),
        (PAGES, 0, 0, 7),
        (PAGES, 40, 0, 7),
        (PAGES, 3, 1, 0),
    ],
)
def test_a_server_that_says_nothing_changed_is_believed_as_far_as_whole_answers_bear_it_out(
    key: str, looks: int, wrong: int, days: int
) -> None:
    belief = ValidatorReliability([{key: [looks, wrong]}])
    assert belief.whole_after(key) == timedelta(days=days)
    assert belief.believes(key) is bool(days)
