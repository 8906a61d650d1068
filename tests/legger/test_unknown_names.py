"""What is asked for and does not exist is an error that names what does, never an empty answer."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from archive import Archive
from archive.errors import LeggerError, NotFound, UnknownSite, UsageError
from archive.model.addresses import Link, Miss, Role
from archive.reports.digest import digest
from legger.cli import legger
from legger.cli.console import print_json, print_rows
from legger.i18n import Translation
from legger.notifications.digest import letter
from tests.archive.newsroom import MONDAY, Filer, article, capture, day


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive of the site ``krant``; the operator has a file of it, and of ``dorpsblad``."""
    monkeypatch.chdir(tmp_path)
    sites = tmp_path / "sites"
    sites.mkdir()
    for name in ("krant", "dorpsblad"):
        (sites / f"{name}.toml").write_text(f'url = "https://{name}.example/"\n')
    path = tmp_path / "legger.db"
    with Archive.open(path) as archive:
        archive.runs.start("krant", at=MONDAY, settings={})
        Filer(archive).see(article(language="nl"), day(0))
        Filer(archive).see(article("De brug is open.", language="nl"), day(1))
    return path


def ask(*words: str) -> Result:
    return CliRunner().invoke(legger, words)


OF_A_SITE = (
    ("articles", "--site"), ("edits", "--site"), ("gone", "--site"), ("as-of", "2026-03-05", "--site"),
    ("export", "--site"), ("search", "brug", "--site"), ("runs",), ("alarms",), ("boilerplate",), ("missed",),
    ("compact",),
)  # fmt: skip


@pytest.mark.parametrize("words", OF_A_SITE, ids=lambda words: words[0])
def test_a_site_that_nobody_knows_is_an_error_that_says_what_there_is(
    words: tuple[str, ...], where: Path
) -> None:
    done = ask(*words, "krnt")
    assert isinstance(done.exception, UnknownSite), done.output
    assert "did you mean krant?" in str(done.exception)
    assert "there are dorpsblad, krant" in str(ask(*words, "heel-iets-anders").exception)


@pytest.mark.parametrize("words", OF_A_SITE[:-1], ids=lambda words: words[0])
def test_a_site_with_a_file_and_without_a_visit_has_an_empty_answer(
    words: tuple[str, ...], where: Path
) -> None:
    assert ask(*words, "dorpsblad").exit_code == 0


@pytest.mark.parametrize(
    "mistake",
    [("--site", "krnt"), ("--since", "2026-03-05", "--until", "2026-03-01"), ("--since", "yesterday")],
    ids=" ".join,
)
def test_a_mistake_in_an_export_leaves_no_file(mistake: tuple[str, ...], where: Path) -> None:
    done = ask("export", "-o", "news.jsonl", *mistake)
    assert isinstance(done.exception, UsageError)
    assert not list(where.parent.glob("news*"))


@pytest.mark.parametrize(
    ("words", "error", "says"),
    [
        (("history", "1", "--field", "titel"), UsageError, "there are title, headline, kicker, text"),
        (("edits", "--since", "2026-03-05", "--until", "2026-03-01"), UsageError, "before --until"),
        (("notes", "--tag", "brug"), NotFound, "none yet"),
        (("export", "-o", "news.jsonl", "--language", "xx"), UsageError, "there are nl"),
        (("snapshot", "corpus", "--language", "nederlands"), UsageError, "there are nl"),
        (("push", "amcat", "http://127.0.0.1:9", "--index", "x", "--language", "xx"), UsageError, "are nl"),
        (("export", "-o", "news.jsonl", "--max-size", "veel"), UsageError, "such as 1GB"),
        (("export", "-o", "news.jsonl", "--max-size", "-1"), UsageError, "such as 1GB"),
        (("export", "--jobs", "2"), UsageError, "by one process"),
        (("export", "--jobs", "2", "--format", "warc", "-o", "news"), UsageError, "by one process"),
        (("export", "--jobs", "2", "--format", "parquet", "-o", "news"), UsageError, "by one process"),
        (("export", "--jobs", "2", "--since-cursor", "c", "-o", "news.jsonl"), UsageError, "by one process"),
        (("export", "-o", "news.foo"), UsageError, "a name that ends in .jsonl"),
        (("serve", "--allow-origin", "example.org"), UsageError, "such as https://example.org, or *"),
        (("serve", "--behind-proxy", "https://zaal.example"), UsageError, "such as leeszaal.example.org"),
        (("serve", "--root-path", "leeszaal"), UsageError, "such as /leeszaal"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_other_values_that_do_not_exist_are_errors_too(
    words: tuple[str, ...], error: type[LeggerError], says: str, where: Path
) -> None:
    done = ask(*words)
    assert isinstance(done.exception, error), done.output
    assert says in str(done.exception)
    assert ".legger-" not in str(done.exception)  # a folder that is gone by then
    assert not [*where.parent.glob("news*"), *where.parent.glob("corpus*")]


@pytest.mark.parametrize("code", ["nl", "NL"])
def test_a_language_in_which_there_are_articles_is_exported(code: str, where: Path) -> None:
    assert ask("export", "-o", "news.jsonl", "--language", code).exit_code == 0


def test_a_server_that_does_not_answer_is_told_without_python_s_words(where: Path) -> None:
    done = ask("push", "amcat", "http://127.0.0.1:9", "--index", "x")
    assert str(done.exception) == "127.0.0.1: Connection refused"


@pytest.mark.parametrize("field", ["title", "kind", "tags", "all"])
def test_the_history_of_a_field_that_articles_can_have_is_answered(field: str, where: Path) -> None:
    assert ask("history", "1", "--field", field).exit_code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("articles",), ("edits",), ("as-of", "2026-03-05"), ("runs",), ("search", "brug"),
        ("missed", "krant"), ("boilerplate", "krant"),
    ],
    ids=lambda words: words[0],
)  # fmt: skip
def test_a_negative_limit_is_refused(words: tuple[str, ...], where: Path) -> None:
    done = ask(*words, "--limit", "-1")
    assert (done.exit_code, "-1 is not in the range" in done.output) == (2, True)


def test_what_was_only_ever_missed_is_not_counted_as_captured(where: Path) -> None:
    with Archive.open(where) as archive:
        for name in ("there", "lost"):
            link = Link(
                url=f"https://krant.example/{name}",
                role=Role.PAGE,
                how="feed",
                found_on="https://krant.example/f",
            )
            archive.urls.found("krant", [link], at=MONDAY)
        for name, status in (("there", 200), ("lost", 404)):
            url = f"https://krant.example/{name}"
            archive.captures.keep(capture(url, status=status))
            archive.urls.visited(
                "krant",
                url,
                at=MONDAY,
                due_at=None,
                status=status,
                missed=Miss.CLIENT if status == 404 else None,
            )
        (source,) = archive.coverage.of_site("krant")
    assert (source.found, source.captured, source.missed) == (2, 1, 1)


def test_an_article_that_changed_often_is_counted_once_when_it_is_indexed(
    where: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.search.index.STEP", 1)
    with Archive.open(where) as archive:
        assert archive.index.update() == 1


def test_a_digest_of_a_week_before_the_first_visit_says_so(where: Path) -> None:
    with Archive.open(where, read_only=True) as archive:
        told = letter(
            digest(archive, since=day(-7), until=day(-1)), where="legger.db", t=Translation("en", UTC)
        ).text
    assert "before the first visit, which began on 2 March 2026, 08:00" in told
    assert "Is the clock running?" not in told


def test_lines_of_the_margin_that_cannot_be_read_are_told(where: Path) -> None:
    ask("note", "1", "Compare")
    with where.with_suffix(".annotations.jsonl").open("a") as file:
        file.write("{}\n")
    done = ask("notes")
    assert "Compare" in done.stdout
    assert "line 2 cannot be read" in done.stderr


@pytest.mark.parametrize("command", ["serve", "practice"])
def test_a_port_that_is_taken_is_told_before_anything_is_open(command: str, where: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = ask(command, "--port", str(taken.getsockname()[1]))
    assert isinstance(done.exception, UsageError), done.output
    assert "use" in str(done.exception)
    assert "open" not in done.output


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["table", "JSON"])
def test_a_site_whose_file_is_wrong_is_told_by_the_status_before_its_first_visit(
    options: tuple[str, ...], where: Path
) -> None:
    (where.parent / "sites" / "dorpsblad.toml").write_text("url = [")
    done = CliRunner().invoke(legger, ["status", *options], standalone_mode=False)
    assert done.return_value == 1
    assert "dorpsblad.toml: file: expected TOML" in done.stderr
    assert "krant" in done.stdout


def test_a_site_whose_file_is_wrong_is_told_by_the_plan_and_not_planned(where: Path) -> None:
    (where.parent / "sites" / "krant.toml").write_text('url = "https://krant.example/"\nnme = 1\n')
    done = CliRunner().invoke(legger, ["schedule", "--plan"], standalone_mode=False)
    assert done.return_value == 1
    assert "krant.toml: nme" in done.stderr
    assert "dorpsblad" in done.stdout
    assert "krant" not in done.stdout


def test_a_site_whose_file_is_wrong_is_told_by_every_question(where: Path) -> None:
    wrong = 'url = "https://krant.example/"\nnme = 1\n'
    for name in ("krant", "nieuw"):
        (where.parent / "sites" / f"{name}.toml").write_text(wrong)
    there = ask("articles", "--site", "krant")
    assert "Brug dicht" in there.stdout
    assert "krant.toml: nme" in there.stderr
    for question in (["articles", "--site", "nieuw"], ["missed", "nieuw"], ["runs", "nieuw"]):
        done = ask(*question)
        assert isinstance(done.exception, UsageError), question
        assert "nieuw.toml: nme" in str(done.exception)


def test_a_site_taken_out_of_the_folder_leaves_the_status_and_its_data_stay(where: Path) -> None:
    (where.parent / "sites" / "krant.toml").unlink()
    done = ask("status")
    assert "krant" not in done.stdout
    assert "not visited: krant" in done.stderr
    assert json.loads(ask("status", "--json").stdout)["retired"] == ["krant"]
    assert "Brug dicht" in ask("articles", "--site", "krant").stdout
    (where.parent / "sites").rename(where.parent / "elsewhere")  # asked from another folder
    assert "krant" in ask("status").stdout


def test_a_second_init_says_that_there_is_an_archive(where: Path) -> None:
    done = ask("init", "--contact", "archief@example.org")
    assert done.exit_code == 0
    assert "was there already" in done.stderr


def test_half_characters_leave_json_that_every_program_reads() -> None:
    @click.command()
    def speak() -> None:
        print_json({"name": "a\udcff", "at": datetime(2026, 3, 2, tzinfo=UTC)})
        print_rows([{"name": "a\udcff"}])

    said = CliRunner().invoke(speak)
    assert said.exception is None
    assert json.loads(said.stdout.splitlines()[-1]) == {"name": "a�"}
    assert json.loads("".join(said.stdout.splitlines()[:-1]))["at"].startswith("2026-03-02")


def test_nothing_that_is_printed_steers_the_terminal(where: Path) -> None:
    done = ask("datasette", "-o", "\x1b[31mred\x1b]0;t\x07")
    assert done.exit_code == 0
    assert "\x1b" not in done.output


def test_destroying_without_a_yes_changes_nothing_and_a_redacted_article_shows_neither_words_nor_slug(
    where: Path,
) -> None:
    with Archive.open(where) as archive:
        slug = article(
            "Het huis is verkocht.",
            title="Jan Jansen verkoopt huis",
            url="https://krant.example/jan-jansen-verkoopt-huis",
        )
        Filer(archive).see(slug, day(0), key="9", url="https://krant.example/jan-jansen-verkoopt-huis")
        number = str(archive.articles.find("https://krant.example/jan-jansen-verkoopt-huis"))
    asked = ("redact", number, "--ground", "AVG art. 17", "--reason", "verzoek 2026-1", "--who", "ik")
    refused = ask(*asked, "--destroy")
    assert isinstance(refused.exception, UsageError)
    assert "nothing was changed" in str(refused.exception)
    assert "jan-jansen" in ask("articles", "--json").stdout
    assert ask(*asked).exit_code == 0
    said = [ask(*words).stdout for words in (("articles", "--json"), ("articles",), ("export", "-o", "-"))]
    assert not any("jan-jansen" in each.lower() or "jansen" in each.lower() for each in said), said
    assert all("redacted" in each for each in said)
