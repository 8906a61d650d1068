"""What an archivist asks on the command line, and what is answered."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive import Archive
from archive.errors import LeggerError, UsageError
from archive.model.reports import RunCost, RunCounts
from legger.cli import console, legger
from tests.archive.newsroom import PAGE, Filer, article, capture, day

OTHER = "https://krant.example/2"
THIRD = "https://krant.example/3"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An archive of a site with one article that was edited twice, and one that went."""
    path = tmp_path_factory.mktemp("doors") / "legger.db"
    with Archive.open(path) as archive:
        run = archive.runs.start("krant", at=day(0), settings={})
        desk = Filer(archive)
        desk.see(article("De brug kost 1,5 miljoen.\nHij blijft dicht."), day(0))
        desk.see(article("De brug kost 15 miljoen.\nHij blijft dicht."), day(1))
        desk.see(article("De brug kost 15 miljoen.\nHij blijft dicht.", title="Brug duur"), day(2))
        desk.see(article("De markt is verplaatst.", title="Markt verplaatst"), day(0), key="2", url=OTHER)
        desk.see(
            article("De markt is verplaatst.", title="Rectificatie: Markt verplaatst"),
            day(1),
            key="3",
            url=THIRD,
        )
        desk.miss(day(3), status=410, key="2", url=OTHER)
        archive.captures.keep(capture("https://krant.example/feed", at=day(3), body=b"<rss/>"), run=run)
        archive.index.update()
        archive.runs.end(run, at=day(3), outcome="done", counts=RunCounts(pages=5))
    yield path


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console.out, "width", 80)


def ask(file: Path, *arguments: str) -> Result:
    return CliRunner().invoke(legger, [*arguments, "--archive", str(file)], standalone_mode=False)


ANSWERS = [
    (["articles"], ["Brug duur", "Markt", "gone"]),
    (["show", PAGE], ["Brug duur", "15 miljoen"]),
    (["show", PAGE, "--version", "1"], ["Brug dicht", "1,5 miljoen"]),
    (["show", PAGE, "--as-of", "2026-03-02"], ["1,5 miljoen"]),
    (["show", PAGE, "--as-of", "2026-03-03"], ["Brug dicht", "15 miljoen"]),
    (["history", PAGE], ["first seen", "text", "title", "silent"]),
    (["history", PAGE, "--field", "title"], ["Brug dicht", "Brug duur"]),
    (["diff", PAGE, "1", "2"], ["1,5", "15", "numbers: 1,5 -> 15"]),
    (["edits"], ["title", "kind", "silent"]),
    (["edits", "--silent"], ["silent"]),
    (["edits", "--limit", "1"], ["title"]),
    (["gone"], ["Markt", "HTTP 410"]),
    (["as-of", "2026-03-02"], ["Brug dicht", "Markt"]),
    (["captures", PAGE], ["new", "changed", "200"]),
    (["captures", OTHER], ["gone", "410"]),
    (["cite", PAGE], ["“Brug duur”", "legger:1.3-", "sha256"]),
    (["elsewhere", OTHER], ["corrects", "Rectificatie: Markt verplaatst"]),
    (["elsewhere", PAGE], ["Nowhere else"]),
    (["elsewhere", OTHER, "--diff", THIRD], ["title: Markt verplaatst -> Rectificatie: Markt verplaatst"]),
    (["stats"], ["krant", "distinct pages", "changed"]),
    (["verify"], ["Sound.", "Head of the chain: "]),
    (["compact"], ["krant"]),
    (["redact", "--list"], ["Nothing was ever redacted."]),
    (["runs"], ["run  site", "started", "asked  new  edits  gone  failed  outcome", "done"]),
]


@pytest.mark.parametrize(("arguments", "says"), ANSWERS, ids=[" ".join(each[0]) for each in ANSWERS])
def test_a_question_is_answered_within_eighty_columns(
    file: Path, arguments: list[str], says: list[str]
) -> None:
    answer = ask(file, *arguments)
    assert answer.exit_code == 0, answer.output
    for words in says:
        assert words in answer.stdout
    assert all(len(line) <= 80 or "sha256" in line or ":" in line for line in answer.stdout.splitlines())


def test_the_table_of_visits_is_whole_with_a_long_name_and_large_numbers(tmp_path: Path) -> None:
    path = tmp_path / "legger.db"
    cost = RunCost(requests=123456, received=9, cpu=1.0, memory=9)
    counts = RunCounts(new=99999, changed=9999, gone=999, failed=9999)
    with Archive.open(path) as archive:
        for moment in (day(0), datetime.now(UTC)):
            run = archive.runs.start("hartvanhaaksbergen", at=moment, settings={})
            archive.runs.end(run, at=moment, outcome="stopped", counts=counts, cost=cost)
        archive.runs.start("hartvanhaaksbergen", at=datetime.now(UTC), settings={})
    said = ask(path, "runs").stdout
    assert "asked    new  edits  gone  failed  outcome" in said
    assert "  123,456  99999   9999   999    9999  stopped" in said
    assert max(map(len, said.splitlines())) <= 80
    assert "cut off" in said


JSON = [
    (
        ["articles"],
        lambda rows: (
            {row["title"] for row in rows}
            == {"Brug duur", "Markt verplaatst", "Rectificatie: Markt verplaatst"}
        ),
    ),
    (["history", PAGE], lambda rows: [row["changed_fields"] for row in rows] == [[], ["text"], ["title"]]),
    (["as-of", "2026-03-02"], lambda rows: [row["version"] for row in rows] == [1, 1]),
    (["edits", "--silent"], lambda rows: [row["version"] for row in rows] == [2]),
    (["gone"], lambda rows: [row["gone_reason"] for row in rows] == ["HTTP 410"]),
    (["captures", PAGE], lambda rows: [row["verdict"] for row in rows] == ["new", "changed", "changed"]),
    (["history", PAGE, "--field", "title"], lambda rows: [row["version"] for row in rows] == [1, 3]),
    (["redact", "--list"], lambda rows: rows == []),
]


@pytest.mark.parametrize(("arguments", "holds"), JSON, ids=[" ".join(each[0]) for each in JSON])
def test_a_program_gets_json_lines(file: Path, arguments: list[str], holds: object) -> None:
    answer = ask(file, *arguments, "--json")
    assert answer.exit_code == 0, answer.output
    assert callable(holds)
    assert holds([json.loads(line) for line in answer.stdout.splitlines()])


def test_a_diff_for_programs_names_the_numbers_that_changed(file: Path) -> None:
    found = json.loads(ask(file, "diff", PAGE, "1", "2", "--json").stdout)
    assert found["edit"]["numbers"] == [["1,5", "15"]]
    assert (found["added"], found["removed"]) == (1, 1)


def test_a_page_comes_out_as_it_came_in(file: Path) -> None:
    assert ask(file, "captures", "--body", "1").stdout_bytes == f"<p>{day(0)}</p>".encode()
    assert json.loads(ask(file, "captures", "--body", "1", "--json").stdout)["status"] == 200


def test_a_citation_is_found_again_and_shown_as_it_was_first_read(file: Path) -> None:
    number = json.loads(ask(file, "cite", PAGE, "--version", "1", "--json").stdout)["citation"]
    assert "1,5 miljoen" in ask(file, "show", number).stdout
    assert number in ask(file, "cite", number, "--format", "text").stdout
    for form, opening in (("bibtex", "@online{"), ("csl", "["), ("ris", "TY  - NEWS")):
        assert ask(file, "cite", number, "--format", form).stdout.startswith(opening)


def test_a_head_that_was_written_down_must_be_in_the_chain(file: Path) -> None:
    head = ask(file, "verify").stdout.split("Head of the chain: ")[1].strip()
    assert ask(file, "verify", "--head", head).return_value == 0
    seal, digest = head.split(":")
    strange = ask(file, "verify", "--head", f"{seal}:{digest[::-1]}", "--json")
    assert strange.return_value == 1
    assert json.loads(strange.stdout)["problems"][0]["advice"]


WRONG = [
    (["verify", "--head", "nonsense"], UsageError, "SEAL:DIGEST"),
    (["redact"], UsageError, "name an article"),
    (["redact", PAGE], UsageError, "--ground"),
    (["captures"], UsageError, "--body"),
    (["show", PAGE, "--version", "1", "--as-of", "2026-03-02"], UsageError, "choose"),
    (["show", PAGE, "--version", "9"], LeggerError, "no version 9"),
    (["show", "legger:1.1-000000000000"], LeggerError, "another archive"),
    (["cite", "legger:1.1-000000000000"], LeggerError, "another archive"),
    (["compact", "nergens"], LeggerError, "there is no site 'nergens'"),
]


@pytest.mark.parametrize(("arguments", "error", "says"), WRONG, ids=[" ".join(each[0]) for each in WRONG])
def test_what_cannot_be_answered_is_said(
    file: Path, arguments: list[str], error: type[Exception], says: str
) -> None:
    answer = ask(file, *arguments)
    assert isinstance(answer.exception, error)
    assert says in str(answer.exception)


def test_a_backup_is_an_archive_and_overwrites_nothing(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert ask(file, "backup", str(copy)).exit_code == 0
    assert "Sound." in ask(copy, "verify").stdout
    assert isinstance(ask(file, "backup", str(copy)).exception, UsageError)


def test_what_is_redacted_is_shown_by_no_door_and_stays_on_record(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    ask(file, "backup", str(copy))
    done = ask(
        copy, "redact", PAGE, "--ground", "AVG art. 17", "--reason", "verzoek 14", "--who", "archivaris"
    )
    assert done.exit_code == 0, done.output
    for door in (
        ["show", PAGE],
        ["history", PAGE],
        ["history", PAGE, "--field", "all"],
        ["diff", PAGE],
        ["articles"],
        ["edits"],
        ["cite", PAGE],
        ["as-of", "2026-03-04"],
        ["export", "--versions", "all"],
    ):
        answer = ask(copy, *door)
        assert answer.exit_code == 0, answer.output
        assert not {"brug", "Brug", "miljoen"} & set(
            answer.stdout.replace('"', " ").replace("“", " ").split()
        )
    assert "AVG art. 17" in ask(copy, "show", PAGE).stdout
    assert isinstance(ask(copy, "captures", "--body", "1").exception, LeggerError)
    asked = ask(copy, "redact", PAGE, "--destroy")
    assert isinstance(asked.exception, UsageError)
    assert "--yes" in str(asked.exception)
    assert ask(copy, "redact", PAGE, "--destroy", "--yes").exit_code == 0
    assert b"miljoen" not in copy.read_bytes()
    assert "destroyed" in ask(copy, "redact", "--list").stdout
    assert "Sound." in ask(copy, "verify").stdout
