"""The query language: what is understood, and where the finger points when it is not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.search import fts5
from archive.search.language.days import Span, span
from archive.search.language.parser import MOST, parse
from archive.search.language.query import Filter, Scope
from archive.search.language.tokens import QueryError

UNDERSTOOD = {
    "two words are both wanted": ("brug open", '("brug") AND ("open")'),
    "a phrase": ('"de brug"', '"de brug"'),
    "typographic quotation marks": ("„de brug”", '"de brug"'),
    "a beginning": ("brug*", '"brug"*'),
    "either": ("brug OR tunnel", '("brug") OR ("tunnel")'),
    "not, in words and with a minus": ("brug NOT dicht -open", '(("brug")) NOT (("dicht") OR ("open"))'),
    "or binds less than and": ("a b OR c", '(("a") AND ("b")) OR ("c")'),
    "brackets": ("a (b OR c)", '("a") AND (("b") OR ("c"))'),
    "near": ("NEAR(brand school, 5)", 'NEAR("brand" "school", 5)'),
    "near, within ten": ("NEAR(brand school)", 'NEAR("brand" "school", 10)'),
    "a field": ("title:brug", '{title} : ("brug")'),
    "a field with brackets": ("author:(bos OR vos)", '{authors} : (("bos") OR ("vos"))'),
    "small letters are words": ("or near not", '("or") AND ("near") AND ("not")'),
    "a hyphen within a word": ("jan-willem", '"jan-willem"'),
    "what FTS5 would take for an order": ("^x + {y}", None),
    "a lone filter": ("site:krant", None),
}


@pytest.mark.parametrize(("query", "match"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_what_is_understood(query: str, match: str | None) -> None:
    if query == "^x + {y}":
        with pytest.raises(QueryError, match="no word here"):
            parse(query)
        return
    assert parse(query).match() == match


def test_filters_stand_beside_the_words() -> None:
    query = parse('brug site:krant -kind:liveblog place:"Den Haag" is:Silent in:all published:2026-03')
    assert query.match() == '"brug"'
    assert query.filters == (
        Filter(field="site", value="krant"),
        Filter(field="kind", value="liveblog", unless=True),
        Filter(field="place", value="Den Haag"),
        Filter(field="is", value="silent"),
    )
    assert query.scope is Scope.ALL
    assert query.published == (Span(since=date(2026, 3, 1), until=date(2026, 4, 1)),)


WRONG = {
    '"open': (0, "partner"),
    "a AND": (2, "nothing"),
    "AND": (0, "nothing stands before"),
    "a OR": (2, "nothing stands after"),
    "OR a": (0, "nothing stands before"),
    "brug geen:kolom": (5, "no field 'geen'"),
    "a NOT": (2, "nothing"),
    "-brug": (0, "what to look for"),
    "*": (0, "star"),
    "br*g": (2, "end of a word"),
    "a (b": (2, "never closed"),
    "a b) c": (3, "never opened"),
    "()": (0, "nothing stands between"),
    "a …": (2, "no word"),
    "title:": (0, "followed by nothing"),
    "a site:": (2, "followed by nothing"),
    "NEAR(brug)": (0, "two words"),
    "NEAR(brug tunnel, veel)": (18, "number of words"),
    "brug OR site:krant": (5, "only a filter"),
    "site:krant brug OR tunnel": (16, "beside the words"),
    "(brug site:krant)": (0, "between brackets"),
    "kind:krant": (5, "one of article, liveblog, page, teaser"),
    "in:verleden brug": (3, "one of current, all, removed"),
    "-in:all brug": (4, "no minus"),
    "brug published:2026-13": (15, "is no day"),
    "seen:2026-03..2026-02": (5, "ends before"),
    "in:removed": (10, "needs a word"),
    "(" * 30 + "a" + ")" * 30: (20, "brackets within brackets"),
    "a" * (MOST + 1): (MOST, "at most"),
}


@pytest.mark.parametrize("query", WRONG, ids=[each[:30] for each in WRONG])
def test_an_error_says_why_and_points_at_the_character(query: str) -> None:
    position, why = WRONG[query]
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert why in caught.value.why
    assert caught.value.position == position
    assert str(caught.value).splitlines()[-1].index("^") == position + 2


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
        ("2024-02", date(2024, 2, 1), date(2024, 3, 1)),
        ("2026-3-5", date(2026, 3, 5), date(2026, 3, 6)),
        ("2026-03..2026-04", date(2026, 3, 1), date(2026, 5, 1)),
        ("2026-03-02..", date(2026, 3, 2), None),
        ("..2025", None, date(2026, 1, 1)),
        (">=2026-03", date(2026, 3, 1), None),
        (">2026-03", date(2026, 4, 1), None),
        ("<2026-03", None, date(2026, 3, 1)),
        ("<=2026-03-01", None, date(2026, 3, 2)),
    ],
)
def test_days_and_ranges(words: str, since: date | None, until: date | None) -> None:
    assert span(words) == Span(since=since, until=until)


SIGNS = st.sampled_from([*'ab"()*~:-,^+{}é…0 ', "OR ", "AND ", "NOT ", "NEAR(", "title:", "site:", "\x00"])


@given(st.lists(SIGNS, max_size=24).map("".join))
def test_whatever_is_typed_is_refused_with_a_place_or_is_good_for_the_index(typed: str) -> None:
    try:
        query = parse(typed)
    except QueryError as error:
        assert 0 <= error.position <= len(typed)
        return
    for loosely in (False, True):
        match = query.match(loosely=loosely)
        if match is not None:
            fts5.matching_rows(match, [("a", "b", "", "")])


EDITED: dict[str, tuple[str, str, str, str]] = {
    "a value that another begins with is not on": (
        "brug site:oosterhout",
        "site",
        "oost",
        "brug site:oosterhout site:oost",
    ),
    "the value that is on is taken away": ("brug site:oosterhout", "site", "oosterhout", "brug"),
    "a value in a phrase of words is no filter": (
        '"de site:oost" brug',
        "site",
        "oost",
        '"de site:oost" brug site:oost',
    ),
    "a filter with a minus is not that filter": (
        "brug -site:oost",
        "site",
        "oost",
        "brug -site:oost site:oost",
    ),
    "quoted values are the same value": ('section:"112 nieuws" brug', "section", "112 Nieuws", "brug"),
    "a whole value": ("brug", "author", "=Anna Bos", 'brug author:="Anna Bos"'),
    "a whole value that is on is taken away": ('brug author:="Anna Bos"', "author", "=Anna Bos", "brug"),
    "capitals matter in a whole value": (
        "section:=Regio",
        "section",
        "=regio",
        "section:=Regio section:=regio",
    ),
    "a whole value is not its words": ("section:regio", "section", "=regio", "section:regio section:=regio"),
    "a value with a blank is put between marks": ("brug", "place", "Den Ham", 'brug place:"Den Ham"'),
    "words with OR are put in brackets": ("brug OR tunnel", "site", "oost", "(brug OR tunnel) site:oost"),
    "words in brackets need no more of them": (
        "(brug OR tunnel)",
        "site",
        "oost",
        "(brug OR tunnel) site:oost",
    ),
    "brackets stay when the filter goes": ("(brug OR tunnel) site:oost", "site", "oost", "(brug OR tunnel)"),
    "the AND before a filter goes with it": (
        "brug AND site:oost AND tunnel",
        "site",
        "oost",
        "brug AND tunnel",
    ),
    "a filter in the midst goes alone": ("brug site:oost kind:teaser", "site", "oost", "brug kind:teaser"),
    "capitals of the field do not matter": ("brug SITE:oost", "site", "oost", "brug"),
    "a filter alone leaves nothing": ("site:oost", "site", "oost", ""),
    "white space around is no part of it": ("  brug   site:oost  ", "site", "oost", "brug"),
}


@pytest.mark.parametrize(("query", "name", "value", "then"), EDITED.values(), ids=EDITED)
def test_a_filter_of_a_query_is_switched_on_or_off(query: str, name: str, value: str, then: str) -> None:
    asked = parse(query)
    edited = asked.without(name, value) if asked.has(name, value) else asked.with_condition(name, value)
    assert edited == then
    assert parse(edited).has(name, value) is not asked.has(name, value)


def test_days_and_scope_are_put_in_place_of_others() -> None:
    asked = parse("brug published:2026-03 in:all published:2025..2026")
    assert asked.with_condition("published", "2026-04", instead=True) == "brug in:all published:2026-04"
    assert asked.with_condition("in", "removed", instead=True) == (
        "brug published:2026-03 published:2025..2026 in:removed"
    )
    assert asked.without("in") == "brug published:2026-03 published:2025..2026"
    assert parse("brug OR tunnel").with_condition("in", "all") == "brug OR tunnel in:all"


def test_a_word_is_put_in_the_place_of_that_word_alone() -> None:
    asked = parse('brugg site:brugg "een brugg" title:brugg')
    first, second, third = asked.terms()
    assert asked.with_word(first, "brug") == 'brug site:brugg "een brugg" title:brugg'
    assert asked.with_word(second, "brug") == "brugg site:brugg brug title:brugg"
    assert asked.with_word(third, "brug") == 'brugg site:brugg "een brugg" title:brug'


@given(
    st.text(max_size=40),
    st.sampled_from(["site", "section", "author"]),
    st.text(min_size=1, max_size=8),
)
def test_a_filter_switched_on_is_on_and_switched_off_again_is_off(typed: str, name: str, value: str) -> None:
    try:
        asked = parse(typed)
        on = parse(asked.with_condition(name, value))
    except QueryError:
        return
    if not asked.has(name, value):
        off = parse(on.without(name, value))
        assert (off.match(), off.filters) == (asked.match(), asked.filters)
