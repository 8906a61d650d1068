"""Arguments that cannot be: each is a sentence and an exit code, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from archive import Archive
from archive.errors import LeggerError
from legger.cli import legger
from tests.archive.newsroom import Filer, article, day

HUGE = str(2**63)
CALLS = (
    ["show", HUGE], ["show", "1", "--version", HUGE], ["history", HUGE], ["cite", "1", "--version", HUGE],
    ["captures", "--body", HUGE], ["runs", "--run", HUGE], ["diff", "1", "1", HUGE],
    ["articles", "--limit", HUGE],
    ["edits", "--limit", HUGE], ["export", "--since", "0001-01-01"],
    ["export", "--until", "9999-12-31T23:59-12:00"],
    ["schedule", "--every", "nan"], ["schedule", "--every", "inf"], ["schedule", "--poll", "nan"],
    ["schedule", "--every", "1e300"], ["schedule", "--metrics", "65536"], ["practice", "--port", "70000"],
    ["init", "--organisation", "half \udcff pair"], ["init", "--contact", "a@half\udcff.example"],
    ["backup", "half\udcff"], ["elsewhere", "²"], ["as-of", "9999-12-31"], ["tag", "1", "half \udcff pair"],
    ["show", "half \udcff pair"], ["search", "half \udcff pair"],
)  # fmt: skip


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_an_argument_that_cannot_be_is_told_in_a_sentence(
    call: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("wrong") / "legger.db"
    with Archive.open(path) as archive:
        Filer(archive).see(article(), day(0))
    where = [] if call[0] == "practice" else ["--archive", str(path)]
    done = CliRunner().invoke(legger, [*call[:1], *where, *call[1:]])
    assert done.exception is None or isinstance(done.exception, LeggerError | SystemExit), repr(
        done.exception
    )


@pytest.mark.parametrize("command", ["stats", "verify", "status", "export", "index"])
def test_an_archive_in_memory_is_none_to_read(command: str) -> None:
    done = CliRunner().invoke(legger, [command, "--archive", "sqlite://"])
    assert isinstance(done.exception, LeggerError)
    assert "in memory" in str(done.exception)


NO_ADDRESS = ("ftp://x/", "http://[", "file:///etc/hosts", "exa mple.org", "")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        *((url, "expected the address of a site") for url in NO_ADDRESS),
        ("http:///nosuch.invalid", "no such host: nosuch.invalid"),  # as browsers read it
        ("http://nosuch.invalid/", "no such host: nosuch.invalid"),
        ("http://127.0.0.1:9/", "does not accept connections (Connection refused)"),
    ],
)  # fmt: skip
def test_a_site_that_cannot_be_added_is_told_why(
    url: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(legger, ["site", "add", url, "--yes", "--allow-private"])
    assert isinstance(done.exception, LeggerError), repr(done.exception)
    assert says in str(done.exception)
    assert "robots.txt could not be had" not in str(done.exception)
    assert not list(tmp_path.iterdir())
