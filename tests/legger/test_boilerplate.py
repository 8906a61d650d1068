"""``legger boilerplate --templates``: which articles of a site are built alike, and what is known of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from click.testing import CliRunner

from archive import Archive
from archive.model.types import SiteMemory
from crawler.extract.templates import PageTemplate, TemplatePlace
from legger.cli import legger

KNOWN = PageTemplate(
    shape=frozenset({"article.story"}),
    articles=12,
    since="2026-03-02T08:00:00+00:00",
    last="2026-03-09T08:00:00+00:00",
    example="https://dorp.example/1",
    places={"p in article.story": TemplatePlace(articles=10, score=0.98, repeated=0.0, linked=0.0)},
    fields={"published": "div.day in article.story"},
)


def told(tmp_path: Path, *asked: str, templates: list[PageTemplate]) -> str:
    where = str(tmp_path / "legger.db")
    with Archive.open(where) as archive:
        plain = {"known": [each.plain() for each in templates]}
        archive.boilerplate.remember(
            SiteMemory(site="dorp", learned_at=datetime(2026, 3, 9, tzinfo=UTC), articles=12, templates=plain)
        )
    said = CliRunner().invoke(legger, ["boilerplate", "dorp", "--archive", where, "--templates", *asked])
    assert said.exit_code == 0, said.output
    return said.output


def test_templates_are_told_with_where_their_text_and_fields_stand(tmp_path: Path) -> None:
    said = told(tmp_path, templates=[KNOWN])
    assert "template 1: 12 articles, 2026-03-02 to 2026-03-09" in said
    assert "text: p in article.story" in said
    assert "published: div.day in article.story" in said


def test_programs_get_the_same_as_rows(tmp_path: Path) -> None:
    (row,) = map(json.loads, told(tmp_path, "--json", templates=[KNOWN]).splitlines())
    assert (row["articles"], row["text"], row["places"]) == (12, "p in article.story", 1)
    assert row["fields"] == {"published": "div.day in article.story"}


def test_a_site_of_which_no_template_is_known_says_so(tmp_path: Path) -> None:
    assert "No template of dorp is known yet" in told(tmp_path, templates=[])
