"""The command line's manners: help, manual, exit codes, messages."""

import ast
import json
import os
import re
import subprocess
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from archive import Archive
from crawler.siteconfig.site import Identity, Rules, Site
from legger import config
from legger.cli import console, legger
from legger.cli.console import plain
from legger.cli.manual import PAGES, commands
from legger.config.definition import KEYS, NEVER_IN_THE_FILE, TABLES
from tests import programs
from tests.crawler.crawling import Host, Said, front, story

ROOT = Path(__file__).parents[2]
COMMANDS = dict(commands(legger))


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("LEGGER_")}
    return programs.run("legger", *arguments, cwd=cwd, environment=clean | environment)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_and_every_option_what_it_means(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts[0]}"


@pytest.mark.parametrize(
    "name", [name for name, each in COMMANDS.items() if not isinstance(each, click.Group)]
)
def test_every_command_has_examples_that_a_person_can_copy(name: str) -> None:
    assert name in (COMMANDS[name].epilog or ""), f"{name} has no example"


@pytest.mark.parametrize("name", PAGES)
def test_the_manual_is_what_the_program_says(name: str) -> None:
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert page == PAGES[name](), "run: python -m legger.cli.manual docs"


def test_every_service_of_an_archive_is_explained() -> None:
    with Archive.open(":memory:") as archive:
        public = {name: getattr(archive, name) for name in dir(archive) if not name.startswith("_")}
    services = {name for name, it in public.items() if type(it).__module__.startswith("archive.")} - {
        "session"
    }
    assert services > {"captures", "search", "integrity"}
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert {name for name in services if f"## {name}\n\n`archive.{name}`: " not in page} == set()


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    settings = [f"`{key}`" for key in KEYS] + [f"`LEGGER_{key.upper()}`" for key in KEYS]
    told = {(name, key) for name, table in TABLES.items() for key in table.__annotations__}
    settings += [f"`LEGGER_{table.upper()}_{key.upper()}`" for table, key in told]
    settings += [f"`{table}.{key}`" for table, key in told if key not in NEVER_IN_THE_FILE.get(table, ())]
    keys = set(Site.__dataclass_fields__) - {"name", "source", "identity"}
    keys |= {f"identity.{key}" for key in Identity.__dataclass_fields__}
    rules = set(Rules.__dataclass_fields__)
    for word in [*settings, "`LEGGER_ARCHIVE`", "`LEGGER_SITES`", *(f"`{key}`" for key in keys | rules)]:
        assert word in page, f"{word} is not explained in docs/settings.md"


WRONG = [
    (["crawl"], 2, "name the sites"),
    (["crawl", "nowhere"], 2, "nowhere"),
    (["crawl", "--all"], 2, "legger site add"),
    (["crawl", "--all", "--depth", "2"], 2, "--backfill"),
    (["show", "https://news.example/1"], 1, "no archive"),
    (["export", "-o", "news.csv"], 1, "no archive"),
    (["extract"], 2, "--batch"),
    (["extract", "https://news.example/1"], 2, "LEGGER_CONTACT"),
    (["extract", "http://127.0.0.1:9/1", "--allow-private"], 1, "127.0.0.1:9"),
    (["site", "add", "https://news.example/"], 2, "LEGGER_CONTACT"),
    (["site", "add", "http://127.0.0.1:9/", "--allow-private"], 1, "127.0.0.1:9"),
    (["site", "add", "http://127.0.0.1:9/"], 2, "LEGGER_CONTACT"),
    (["site", "show", "nowhere"], 2, "legger site list"),
    (["site", "check", "tubantja"], 2, "did you mean tubantia"),
    (["site", "check", "tubantia"], 2, "LEGGER_CONTACT"),
    (["site", "use", "tubantja"], 2, "did you mean tubantia"),
    (["site", "use", "../pyproject"], 2, "legger site list --shipped"),
    (["extract", "missing.html"], 2, "missing.html"),
    (["init", "--contact", "nobody"], 2, "e-mail address"),
    (["tell"], 1, "no archive"),
    (["alarms"], 1, "no archive"),
    (["nonsense"], 2, "nonsense"),
]


@pytest.mark.parametrize(("arguments", "status", "says"), WRONG, ids=[" ".join(each[0]) for each in WRONG])
def test_what_is_asked_wrongly_is_answered_with_what_to_do(
    arguments: list[str], status: int, says: str, tmp_path: Path
) -> None:
    answer = run(*arguments, cwd=tmp_path)
    assert answer.returncode == status, answer.stderr
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not answer.stdout


def test_an_unknown_key_in_the_settings_is_named(tmp_path: Path) -> None:
    (tmp_path / "legger.toml").write_text('contcat = "a@example.org"\n', encoding="utf-8")
    answer = run("runs", cwd=tmp_path)
    assert answer.returncode == 2
    assert "contcat" in answer.stderr
    assert "contact" in answer.stderr


def test_init_makes_an_archive_and_settings_that_are_read_again(tmp_path: Path) -> None:
    answer = run("init", "--contact", "archief@example.org", "--organisation", 'Het "Archief"', cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "legger.db").exists()
    settings = config.load(str(tmp_path / "legger.db"), {})
    assert (settings.contact, settings.organisation) == ("archief@example.org", 'Het "Archief"')
    assert (
        config.load(str(tmp_path / "legger.db"), {"LEGGER_CONTACT": "b@example.org"}).contact
        == "b@example.org"
    )


def test_a_batch_keeps_order_and_survives_pages_that_fail(tmp_path: Path) -> None:
    words = "De gemeenteraad van Haaksbergen vergadert dinsdag over het zwembad. " * 3
    (tmp_path / "one.html").write_text(
        "<html lang=nl><title>Zwembad</title><h1>Zwembad open</h1>"
        f"<article><p>{words}</p><p>{words}</p></article>",
        encoding="utf-8",
    )
    rows = [
        {"id": "b", "html_path": "missing.html"},
        {"id": "a", "html_path": "one.html", "url": None, "site": None, "encoding": None, "extra": 1},
        {"id": "c", "html_path": str(tmp_path / "one.html"), "site": "s", "gold": {"text": "never read"}},
    ]
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    for memory in ("none", "site"):
        answer = run("extract", "--batch", str(manifest), "--memory", memory, cwd=tmp_path)
        assert answer.returncode == 0, answer.stderr
        out = [json.loads(line) for line in answer.stdout.splitlines()]
        assert [row["id"] for row in out] == ["b", "a", "c"]
        assert out[0]["error"]
        assert out[0]["text"] == ""
        assert "zwembad" in out[1]["text"]
        assert out[1]["title"] == "Zwembad open"


def test_a_site_is_added_shown_and_listed_and_never_written_over_by_itself(tmp_path: Path) -> None:
    def answer(path: str) -> Said | None:
        pages = {"/": Said(body=front("/bericht-1-uit-het-dorp-12")), "/robots.txt": Said(status=404)}
        return pages.get(path, Said(body=story(1)) if path.startswith("/bericht") else Said(status=404))

    with Host(answer) as host:
        asked = ("site", "add", host.base, "--allow-private", "--name", "dorp", "--yes")
        added = run(*asked, cwd=tmp_path)
        assert added.returncode == 0, added.stderr
        assert "sites/dorp.toml" in added.stdout
        assert "Bericht 1 uit het dorp" in added.stdout
        again = run(*asked, cwd=tmp_path)
        assert again.returncode == 2
        assert "--force" in again.stderr
        assert run(*asked, "--force", cwd=tmp_path).returncode == 0
        assert (
            "--name" in run("site", "add", host.base, "--allow-private", "--name", "Ö/ö", cwd=tmp_path).stderr
        )
        checked = run("site", "check", "dorp", cwd=tmp_path)
        assert checked.returncode == 0, checked.stderr
        assert "It works" in checked.stdout or "It can be crawled" in checked.stdout
        assert max(map(len, checked.stdout.splitlines())) <= 80
    failed = run("site", "check", "dorp", "--json", cwd=tmp_path)
    assert failed.returncode == 1
    report = json.loads(failed.stdout)
    assert not report["works"]
    assert [each["what"] for each in report["findings"]] == ["connection"]
    assert report["findings"][0]["hint"]
    assert host.base in run("site", "show", "dorp", cwd=tmp_path).stdout
    listed = json.loads(run("site", "list", "--json", cwd=tmp_path).stdout)
    assert [each["url"] for each in listed if each["own"]] == [host.base + "/"]


def test_a_shipped_site_is_found_by_its_place_and_taken_into_use(tmp_path: Path) -> None:
    assert "site list --shipped" in run("site", "list", cwd=tmp_path).stderr
    found = run("site", "list", "--shipped", "haaksbergen", cwd=tmp_path).stdout
    assert "roskam" in found
    assert "tubantia" not in found
    assert max(map(len, found.splitlines())) <= 80
    used = run("site", "use", "roskam", cwd=tmp_path)
    assert used.returncode == 0, used.stderr
    assert "legger site check roskam" in used.stdout
    (listed,) = json.loads(run("site", "list", "--json", cwd=tmp_path).stdout)
    assert (listed["name"], listed["platform"], listed["own"]) == ("roskam", "joomla", True)
    table = run("site", "list", cwd=tmp_path).stdout
    assert listed["untested_since"] in table
    assert max(map(len, table.splitlines())) <= 80
    shown = run("site", "show", "roskam", cwd=tmp_path)
    assert "platforms/joomla.toml" in shown.stdout
    assert "format=feed" in shown.stdout
    assert listed["untested_since"] in shown.stderr
    (tmp_path / "sites" / "roskam.toml").write_text("url = 'https://mine.example/'\n", encoding="utf-8")
    again = run("site", "use", "roskam", cwd=tmp_path)
    assert again.returncode == 2
    assert "--force" in again.stderr
    assert "mine.example" in run("site", "show", "roskam", cwd=tmp_path).stdout


def test_text_from_outside_cannot_steer_the_terminal() -> None:
    shown = plain("kop\x1b[2J [bold]tekst[/bold]\x07")
    assert "\x1b" not in shown.plain
    assert "\x07" not in shown.plain
    assert "[bold]tekst[/bold]" in shown.plain


def test_shipped_sites_are_listed_whole_with_title_and_address() -> None:
    shown = CliRunner().invoke(legger, ["site", "list", "--shipped", "roskam"], env={"COLUMNS": "80"}).stdout
    for part in ("De Roskam", "roskam.nl", "Haaksbergen", "joomla"):
        assert part in shown
    assert "…" not in shown


def test_no_word_of_a_shipped_site_is_broken_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console.out, "width", 80)
    shown = CliRunner().invoke(legger, ["site", "list", "--shipped", "112brabantnieuws"]).stdout
    assert {"112 Brabant Nieuws", "www.112brabantnieuws.nl"} <= {
        line[:33].strip() for line in shown.split("\n")
    }
    assert "Noord-Brabant" in shown


NAMED = re.compile(r"(?:['`$]|: |run )legger ([a-z][a-z-]+)")
"""A command named in a message, a help text or a document."""


def test_every_command_that_a_message_or_a_document_names_is_one() -> None:
    known = {name.split()[1] for name in COMMANDS}
    places = [*ROOT.glob("docs/*.md"), *ROOT.glob("*.md"), *ROOT.glob("legger/**/*.html")]
    texts = [(str(path), path.read_text(encoding="utf-8")) for path in places]
    for folder in ("archive", "crawler", "legger"):
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            said = (node.value for node in tree if isinstance(node, ast.Constant))
            texts += [(str(path), words) for words in said if isinstance(words, str)]
    named = {(place, match[1]) for place, words in texts for match in NAMED.finditer(words)}
    assert len(named) > 50
    assert [each for each in named if each[1] not in known] == []
