"""The letter to a publisher: in both languages, for each obstacle, with figures only where there are any."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.errors import UsageError
from crawler.onboarding.letter import LANGUAGES, OBSTACLES, Facts, letter
from legger.cli import legger

FACTS = Facts(
    site="De Bode", url="https://debode.example/", agent="legger/1.0 (+archief@dorp.example; news archive)",
    contact="archief@dorp.example",
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_a_letter_says_who_asks_and_how_to_let_us_in(language: str, obstacle: str) -> None:
    written = letter(Facts(**{**FACTS.__dict__, "obstacle": obstacle, "requests_a_visit": 30}), language)
    for part in ("De Bode", "debode.example", FACTS.agent, FACTS.contact, "User-agent: legger", "120"):
        assert part in written
    assert "{" not in written
    assert max(map(len, written.splitlines())) <= 120


def test_no_figure_is_told_where_none_is_known_and_no_other_language_is_pretended() -> None:
    assert "requests on average" not in letter(FACTS, "en")
    with pytest.raises(UsageError, match="there are nl, en"):
        letter(FACTS, "de")


def test_the_command_writes_it_in_the_language_of_the_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "bode.toml").write_text('url = "https://debode.example/"\nlanguage = "nl"\n')
    refused = CliRunner().invoke(legger, ["site", "letter", "bode"])
    assert isinstance(refused.exception, UsageError)
    monkeypatch.setenv("LEGGER_CONTACT", "archief@dorp.example")
    dutch = CliRunner().invoke(legger, ["site", "letter", "bode", "--obstacle", "challenge"])
    assert "bewijzen dat het een mens is" in dutch.output
    assert "Dear editors" in CliRunner().invoke(legger, ["site", "letter", "bode", "--language", "en"]).output
