"""What commands say where there is little to say: in a sentence, and a true one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import ColorSystem

from archive import Archive
from archive.errors import UsageError
from archive.model.addresses import Outcome
from archive.operations.health_signals import HealthSignals, outcome_of
from legger.cli import console, legger
from tests.archive.newsroom import Filer, article, day


@pytest.fixture
def filled(archive_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with Archive.open(archive_file) as archive:
        Filer(archive).see(article("De brug is dicht."), day(0))
        archive.index.update()
        archive.schedule.add_entries([])
    sites = archive_file.parent / "sites"
    sites.mkdir()
    (sites / "krant.toml").write_text('url = "https://krant.example/"\n')
    monkeypatch.chdir(archive_file.parent)
    monkeypatch.setenv("LEGGER_ARCHIVE", str(archive_file))
    return archive_file


def told(*arguments: str) -> Result:
    return CliRunner().invoke(legger, arguments)


SAID = {
    "an article of one version has no edit": (["diff", "1"], "It has no version before this one"),
    "nothing was missed in this way": (["missed", "krant", "--kind", "timeout"], "missed so: timeout"),
    "nor at any site": (["missed", "--kind", "timeout"], "missed so: timeout"),
    "a note was written": (["note", "1", "to the minutes"], "Noted beside 1: Brug dicht"),
    "a tag was put on": (["tag", "1", "raad", "brug"], "Put on 1: raad, brug"),
    "a tag was taken off": (["tag", "1", "raad", "--off"], "Taken off 1: raad"),
    "a query was kept": (["saved", "bruggen", "brug"], "Kept: legger search @bruggen"),
    "there is no query to watch": (["watch"], "no saved query to watch"),
    "an archive in a file has no fleet": (["fleet"], "An archive in a file has no fleet"),
}


@pytest.mark.parametrize("case", SAID)
def test_it_is_said_that(case: str, filled: Path) -> None:
    arguments, words = SAID[case]
    done = told(*arguments)
    assert (done.exit_code, words in done.output) == (0, True), done.output


def test_a_query_is_watched_from_the_first_time_on_and_that_is_said(filled: Path) -> None:
    told("saved", "bruggen", "brug")
    assert "bruggen: watched from now on" in told("watch").output
    assert told("watch").output == "", "cron mails what is said"


def test_a_note_is_published_withdrawn_and_taken_back_in_words(filled: Path) -> None:
    told("note", "1", "to the minutes")
    said = [told("notes", option, "1").output for option in ("--publish", "--withdraw", "--back")]
    assert said == ["1: all readers see it.\n", "1: nobody else sees it.\n", "1: taken back.\n"]


def test_a_paused_site_is_said_to_be_paused_where_its_plan_is_asked_for(filled: Path) -> None:
    told("schedule", "pause", "krant")
    done = told("schedule", "plan", "krant")
    assert "krant is paused: no visits until: legger schedule resume krant" in done.output
    assert "there are no sites yet" not in done.output


EMPTY = (
    ["export", "--query", ""], ["export", "--query", "  "], ["export", "--site", ""],
    ["export", "--since", ""], ["export", "--as-of", ""], ["export", "--published="],
    ["articles", "--site", ""], ["edits", "--since", ""], ["show", "1", "--as-of", ""],
    ["snapshot", "corpus", "--query", ""], ["saved", "bruggen", ""], ["schedule", "plan", "--every", ""],
)  # fmt: skip


@pytest.mark.parametrize("call", EMPTY, ids=" ".join)
def test_what_a_script_left_empty_chooses_not_everything(call: list[str], filled: Path) -> None:
    done = told(*call)
    usage = done.exit_code == 2 or isinstance(done.exception, UsageError)
    assert usage, (done.exit_code, done.output[:200], done.exception)


def test_an_author_may_be_left_empty(filled: Path) -> None:
    assert told("note", "1", "to the minutes", "--by", "").exit_code == 0


ROW = "SELECT * FROM current_articles"


@pytest.mark.parametrize(
    ("width", "statement", "lines"),
    [
        (80, ROW, ["id", "title", "published_source"]),
        (200, "SELECT id, title FROM current_articles", []),
        (18, "SELECT id, title, url, site FROM current_articles", ["id", "title", "url", "site"]),
    ],
    ids=["many columns", "few columns", "a narrow terminal"],
)
def test_a_row_that_does_not_fit_a_terminal_is_shown_column_below_column(
    filled: Path, monkeypatch: pytest.MonkeyPatch, width: int, statement: str, lines: list[str]
) -> None:
    monkeypatch.setattr(console.out, "_force_terminal", True)
    monkeypatch.setattr(console.out, "width", width)
    shown = told("sql", statement).stdout.splitlines()
    names = [line.split()[0] for line in shown if line.split()]
    assert [each for each in lines if each not in names] == []
    assert any(line.startswith("row 1") for line in shown) is bool(lines)
    assert max(map(len, shown)) <= width


@pytest.mark.parametrize(
    ("good", "bad", "share"), [(370, 1, "99%"), (1, 400, "1%"), (2, 1, "67%")], ids=["most", "least", "some"]
)
def test_a_visit_that_did_part_says_neither_all_nor_nothing(good: int, bad: int, share: str) -> None:
    signals = HealthSignals()
    signals.good = good
    signals.lacking["5xx"] = bad
    outcome, why = outcome_of(signals, {"HTTP 500": bad})
    assert (outcome, why) == (
        Outcome.PARTLY,
        f"{good} of {good + bad} ({share}) came; of the rest mostly: HTTP 500",
    )


def test_a_corpus_as_of_a_time_to_come_says_that_it_will_be_another(filled: Path) -> None:
    done = told("export", "--as-of", "2999-01-01", "-o", "corpus.jsonl")
    assert (done.exit_code, "has not ended yet" in done.output) == (0, True), done.output
    done = told("export", "--as-of", (day(0) + timedelta(days=1)).isoformat(), "-o", "then.jsonl")
    assert "has not ended yet" not in done.output


@pytest.mark.parametrize("no_color", [True, False])
def test_a_diff_without_colours_marks_what_went_and_what_came(
    filled: Path, monkeypatch: pytest.MonkeyPatch, no_color: bool
) -> None:
    with Archive.open(filled) as archive:
        Filer(archive).see(article("De brug is open."), day(1))
    monkeypatch.setattr(console.out, "_force_terminal", True)
    monkeypatch.setattr(console.out, "_color_system", ColorSystem.STANDARD)
    monkeypatch.setattr(console.out, "no_color", no_color)
    assert ("[-dicht-]" in told("diff", "1").output) is no_color
