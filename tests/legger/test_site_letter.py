"""The letter to a publisher: in each language, for each obstacle, with figures only where there are any."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.errors import UsageError
from legger.cli import legger
from legger.i18n import Translation, codes
from legger.site_letter import OBSTACLES, Facts, letter

FACTS = Facts(
    site="De Bode", url="https://debode.example/", agent="legger/1.0 (+archief@dorp.example; news archive)",
    contact="archief@dorp.example",
)  # fmt: skip


@pytest.mark.parametrize("language", codes())
@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_a_letter_says_who_asks_and_how_to_let_us_in(language: str, obstacle: str) -> None:
    written = letter(
        Facts(**{**FACTS.__dict__, "obstacle": obstacle, "requests_a_visit": 30}), Translation(language)
    )
    for part in ("De Bode", "debode.example", FACTS.agent, FACTS.contact, "User-agent: legger", "120"):
        assert part in written
    assert "{" not in written
    assert ("Dear editors" in written) == (language == "en"), "whole in its language"
    assert max(map(len, written.splitlines())) <= 120


def test_no_figure_is_told_where_none_is_known_and_one_is_no_plural() -> None:
    assert "requests on average" not in letter(FACTS, Translation("en"))
    slow = letter(Facts(**{**FACTS.__dict__, "seconds": 2.5, "visits_a_day": 1}), Translation("nl"))
    assert "ten minste 2,5 seconden ertussen" in slow
    assert "- 1 bezoek per dag" in slow


@pytest.mark.parametrize("language", codes())
def test_a_letter_names_the_key_with_which_requests_are_signed(language: str) -> None:
    key = "https://archief.example/.well-known/http-message-signatures-directory"
    signed = letter(Facts(**{**FACTS.__dict__, "key_at": key}), Translation(language))
    assert key in signed
    assert "RFC 9421" in signed
    assert ("Its requests are signed" in signed) == (language == "en"), "whole in its language"
    assert "RFC 9421" not in letter(FACTS, Translation(language)), (
        "nothing is said of a key that there is not"
    )


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
    assert "ten minste 2 seconden ertussen" in dutch.output, "as a visit goes"
    (tmp_path / "sites" / "bode.toml").write_text('url = "https://debode.example/"\nlanguage = "fy-NL"\n')
    assert "Achte redaksje" in CliRunner().invoke(legger, ["site", "letter", "bode"]).output
    assert "Dear editors" in CliRunner().invoke(legger, ["site", "letter", "bode", "--language", "en"]).output
