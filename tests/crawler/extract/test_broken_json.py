"""JSON-LD as sites write it still says what it says."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.page.broken_json import read_json
from tests.crawler.extract.pages import TEXT, fields, html


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"a":"x"}\n{"b":1}', [{"a": "x"}, {"b": 1}]),
        ('{"a":"x"},{"b":1}', [{"a": "x"}, {"b": 1}]),
        (r'{"a":"Zo\'n brug","b":"c"}', [{"a": "Zo'n brug", "b": "c"}]),
        ('{"a":"Brug "Bolksbeek" gaat dicht","b":"c"}', [{"a": 'Brug "Bolksbeek" gaat dicht', "b": "c"}]),
        ('{"a":"de "brug"","b":"c"}', [{"a": 'de "brug"', "b": "c"}]),
        ('{"a":"zei "x", "y" en z","b":["p","q"]}', [{"a": 'zei "x", "y" en z', "b": ["p", "q"]}]),
        ('<!-- {"a":1,} -->', [{"a": 1}]),
        ('//<![CDATA[\n{"a":1}\n//]]>', [{"a": 1}]),
        ('{"a": "x" /* c */, // d\n "b": [1, 2,],}', [{"a": "x", "b": [1, 2]}]),
        ('{"a":"http://x.example/y"}', [{"a": "http://x.example/y"}]),
        ("{'a':'b',\"c\":'zij \"wil\"'}", [{"a": "b", "c": 'zij "wil"'}]),
        ('{a: 1, "b": undefined}', [{"a": 1, "b": None}]),
        ('{"a":"x" "b":"y"}', [{"a": "x", "b": "y"}]),
        ('{"a":1 "b":2}', [{"a": 1, "b": 2}]),
        ('[{"a":1}{"b":2}]', [[{"a": 1}, {"b": 2}]]),
        ('{"a":"x","b":{"c":"y', [{"a": "x", "b": {"c": "y"}}]),
        ('{"a":"b\nc"};', [{"a": "b\nc"}]),
        ("{&quot;a&quot;:&quot;x&quot;}", [{"a": "x"}]),
        ("&#123;&quot;a&quot;:&quot;x&amp;y&quot;&#125;", [{"a": "x&y"}]),
        ('{"a":"x"}]', [{"a": "x"}]),
        ('{"a":,"b":"x"}', [{"a": None, "b": "x"}]),
        ('{{"a":"x"}}', [{"a": "x"}]),
        ("{“a”:“x”}", [{"a": "x"}]),
        ('{"a":"ends\\","b":"x"}', [{"a": "ends\\", "b": "x"}]),
        ('{"a":"x";"b":"y"}', [{"a": "x", "b": "y"}]),
        ('"{\\"a\\":\\"x\\"}"', [{"a": "x"}]),
        ("function () { return 1 }", []),
        ("", []),
    ],
)
def test_what_is_nearly_json_is_read(text: str, values: list[Any]) -> None:
    found = read_json(text)
    assert [each for each in found if isinstance(each, dict | list)] == values or found == values


def _values(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
        max_leaves=12,
    )


@given(_values(st.text()))
def test_json_that_is_in_order_stays_as_it_is(value: Any) -> None:
    assert read_json(orjson.dumps(value).decode()) == [value]


@given(_values(st.text(alphabet="abé \n\\0.-")))
def test_a_comment_behind_it_changes_nothing(value: Any) -> None:
    assert read_json(f"{orjson.dumps(value).decode()} /* the end */") == [value]


@given(st.text(alphabet='{}[]",:\\/*ab1 \n', max_size=80))
def test_nothing_breaks_the_reading(text: str) -> None:
    assert isinstance(read_json(text), list)


@pytest.mark.parametrize(
    "script",
    [
        '{"@type":"WebSite","name":"De Bode"}\n{"@type":"NewsArticle",%s}',
        '{"@type":"NewsArticle","description":"Zo\\\'n brug",%s}',
        '{"@type":"NewsArticle","headline":"Brug "de Bolk" gaat dicht",%s}',
        '/* van de redactie */ {"@type":"NewsArticle",%s,}',
        '[{"@type":"NewsArticle",%s},]',
        '{"@type":"NewsArticle",%s,"articleBody":"Het college heeft beslo',
    ],
)
def test_a_broken_script_still_gives_day_and_names(script: str) -> None:
    said = '"datePublished":"2021-03-12T09:30:00+01:00","author":{"@type":"Person","name":"Anna Kok"}'
    head = f'<script type="application/ld+json">{script % said}</script>'
    found = fields(html(f"<article><h1>Brug gaat dicht</h1><p>{TEXT}</p></article>", head=head))
    assert found.published is not None
    assert (found.published.text, found.authors) == ("2021-03-12T09:30:00+01:00", ("Anna Kok",))
