"""The views for who writes SQL, and the page that explains every table and column."""

import re
import sqlite3
from datetime import datetime, timedelta
from typing import Any

import pytest

from archive import Archive
from archive.db import schema_docs
from archive.db.schema import metadata
from archive.db.views import VIEWS
from archive.model.types import Precision, StatedTime
from tests.archive.newsroom import PAGE, Filer, article, day

pytestmark = pytest.mark.sqlite

OTHER = "https://krant.example/2"


@pytest.fixture
def ask(desk: Filer, archive: Archive) -> Any:
    """A researcher's own SQL, on an article edited silently, one that has gone and one nobody may see."""
    desk.see(article("De brug kost 1,5 miljoen."), day(0))
    desk.see(article("De brug kost 15 miljoen."), day(1))
    desk.see(article("De markt is verplaatst.", title="Markt"), day(0), key="2", url=OTHER)
    desk.miss(day(3), status=410, key="2", url=OTHER)
    desk.see(article("Geheim.", title="Geheim"), day(0), key="3", url="https://krant.example/3")
    desk.see(article("Geheimer.", title="Geheim"), day(1), key="3", url="https://krant.example/3")
    archive.redactions.redact("https://krant.example/3", ground="g", reason="r", who="w", at=day(2))

    there = {"key": "4", "url": "https://krant.example/4"}
    night = datetime.fromisoformat("2026-03-02T00:00:00+01:00")
    by_day = StatedTime(value=night, raw="2 maart", source="meta", precision=Precision.DAY)
    by_minute = StatedTime(value=night + timedelta(minutes=30), raw="2 maart 0.30 uur", source="meta")
    desk.see(article("Eerst dit.", published=by_day, modified=day(0)), day(0), **there)
    desk.see(article("Eerst dit.", published=by_day, modified=day(0)), day(2), **there)
    desk.see(article("Toen dat.", published=by_minute, modified=day(3)), day(3), **there)
    archive.commit()

    def asked(words: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(f"file:{archive.where}?mode=ro", uri=True)
        try:
            return connection.execute(words).fetchall()
        finally:
            connection.close()

    return asked


QUESTIONS = {
    "SELECT site, version, title, status FROM current_articles ORDER BY id": [
        ("krant", 2, "Brug dicht", "live"),
        ("krant", 1, "Markt", "gone"),
        ("krant", 2, "", "live"),
        ("krant", 2, "Brug dicht", "live"),
    ],
    "SELECT version, text, superseded IS NULL FROM all_versions WHERE id = 1 ORDER BY version": [
        (1, "De brug kost 1,5 miljoen.", 0),
        (2, "De brug kost 15 miljoen.", 1),
    ],
    "SELECT text_before, text, silent, words_added, changed_fields FROM edits ORDER BY id": [
        ("De brug kost 1,5 miljoen.", "De brug kost 15 miljoen.", 1, 1, '["text"]'),
        (None, "", 1, 1, '["text"]'),
        ("Eerst dit.", "Toen dat.", 0, 2, '["text"]'),
    ],
    "SELECT seen_before, first_seen FROM edits WHERE id = 4": [
        ("2026-03-04 08:00:00.000000", "2026-03-05 08:00:00.000000"),
    ],
    "SELECT published, published_utc, published_day FROM current_articles WHERE id = 4": [
        ("2026-03-02T00:30:00+01:00", "2026-03-01 23:30:00.000000", "2026-03-02"),
    ],
    "SELECT published, published_day FROM all_versions WHERE id = 4 AND version = 1": [
        ("2026-03-02", "2026-03-02"),
    ],
    "SELECT title, gone_reason, date(missed_since), date(gone_at) FROM disappearances": [
        ("Markt", "HTTP 410", "2026-03-05", "2026-03-05"),
    ],
    f"SELECT status, verdict, version, length(sha256) FROM all_captures WHERE url = '{PAGE}'": [
        (200, "new", 1, 64),
        (200, "changed", 2, 64),
    ],
}


@pytest.mark.parametrize("words", QUESTIONS)
def test_a_view_answers_its_question(ask: Any, words: str) -> None:
    assert ask(words) == QUESTIONS[words]


def test_no_view_shows_a_word_of_what_may_not_be_shown(ask: Any) -> None:
    for view in VIEWS:
        assert "Geheim" not in str(ask(f"SELECT * FROM {view.name}")), view.name


def test_the_views_in_the_file_are_the_ones_declared_with_their_columns(ask: Any) -> None:
    for view in VIEWS:
        found = ask(f"SELECT name FROM pragma_table_info('{view.name}')")
        assert [name for (name,) in found] == list(view.columns)


def test_every_example_on_the_page_can_be_run(ask: Any) -> None:
    (block,) = re.findall(r"```sql\n(.*?)```", schema_docs.page(), re.DOTALL)
    examples = [each for each in block.split(";") if each.strip()]
    assert len(examples) >= 5
    for example in examples:
        ask(example)


def test_every_table_and_column_of_the_file_is_explained(ask: Any) -> None:
    page = schema_docs.page()
    for table in metadata.tables.values():
        assert f"#### {table.name}\n\n{table.comment}" in page
        assert table.comment
        for column in table.columns:
            assert column.comment, f"{table.name}.{column.name} is not explained"
            if column.nullable:
                assert "null" in column.comment, f"{table.name}.{column.name} does not say what null means"
    own = {name for (name,) in ask("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
    for name in own - set(metadata.tables) - {view.name for view in VIEWS}:
        assert re.match(r"words|sqlite_|alembic_version|searchable|vocabulary", name), (
            f"{name} is not explained"
        )
