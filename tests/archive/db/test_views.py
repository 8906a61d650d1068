"""The views for who writes SQL, and the page that explains every table and column."""

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from archive import Archive, migrations
from archive.db import schema_docs
from archive.db.schema import REVISION, metadata
from archive.db.views import VIEWS
from tests.archive.newsroom import PAGE, Desk, article, day

OTHER = "https://krant.example/2"


@pytest.fixture
def ask(desk: Desk, archive: Archive) -> Any:
    """A researcher's own SQL, on an article edited silently, one that has gone and one nobody may see."""
    desk.see(article("De brug kost 1,5 miljoen."), day(0))
    desk.see(article("De brug kost 15 miljoen."), day(1))
    desk.see(article("De markt is verplaatst.", title="Markt"), day(0), key="2", url=OTHER)
    desk.miss(day(3), status=410, key="2", url=OTHER)
    desk.see(article("Geheim.", title="Geheim"), day(0), key="3", url="https://krant.example/3")
    desk.see(article("Geheimer.", title="Geheim"), day(1), key="3", url="https://krant.example/3")
    archive.redactions.redact("https://krant.example/3", ground="g", reason="r", who="w", at=day(2))

    def asked(words: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(f"file:{archive.where}?mode=ro", uri=True)
        try:
            return connection.execute(words).fetchall()
        finally:
            connection.close()

    return asked


QUESTIONS = {
    "SELECT site, version, title, status FROM current_articles ORDER BY article_id": [
        ("krant", 2, "Brug dicht", "live"),
        ("krant", 1, "Markt", "gone"),
        ("krant", 2, None, "live"),
    ],
    "SELECT version, text, superseded IS NULL FROM all_versions WHERE article_id = 1 ORDER BY version": [
        (1, "De brug kost 1,5 miljoen.", 0),
        (2, "De brug kost 15 miljoen.", 1),
    ],
    "SELECT text_before, text, silent, words_added, moved FROM edits ORDER BY article_id": [
        ("De brug kost 1,5 miljoen.", "De brug kost 15 miljoen.", 1, 1, '["text"]'),
        (None, None, 1, 1, '["text"]'),
    ],
    "SELECT title, reason, date(missed_since), date(gone_at) FROM disappearances": [
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


def test_a_file_of_every_earlier_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    earlier = [each.revision for each in script.walk_revisions() if each.revision != REVISION]
    assert len(earlier) >= 8
    for number in earlier:
        where = tmp_path / f"{number}.db"
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        engine = create_engine(f"sqlite:///{where}")
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, number)
            connection.exec_driver_sql("INSERT INTO sites (id, name) VALUES (1, 'krant')")
            connection.exec_driver_sql("CREATE VIEW IF NOT EXISTS edits AS SELECT 1 AS one")
        engine.dispose()
        with Archive.open(where) as opened:
            desk = Desk(opened)
            desk.see(article("De brug kost 1,5 miljoen."), day(0))
            desk.see(article("De brug kost 15 miljoen."), day(1))
            opened.index.update()
            assert opened.integrity.verify() == []
            with opened.snapshot() as asking:
                assert asking.exec_driver_sql("SELECT site, silent FROM edits").all() == [("krant", 1)]
