"""A finding says where a sentence stood, and everything in it can be checked without Legger."""

from __future__ import annotations

import hashlib
import json
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from archive import NotFound
from archive.errors import UsageError
from archive.reports.finding import CHECKS, find
from tests.archive.newsroom import Filer, article, day

GONE = "De wethouder sprak van „pech”: het kost € 1,5 miljoen."


@pytest.fixture
def told(desk: Filer) -> dict[str, Any]:
    desk.see(article(f"De brug is dicht.\n{GONE}", title="Brug dicht"), day(0))
    desk.see(article("De brug is dicht.", title="Brug dicht"), day(1))
    desk.archive.commit()
    desk.miss(day(2))
    desk.archive.commit()
    found = find(desk.archive, "1", f"  {GONE.replace(' ', '  ')} ", made=day(3), name="Streekarchief")
    return found.plain()


def test_it_says_in_which_versions_a_sentence_stands_and_between_what_looks_it_went(
    told: dict[str, Any],
) -> None:
    assert [(each["number"], each["stands"]) for each in told["versions"]] == [(1, True), (2, False)]
    assert told["observations"] == [
        "It stands in version 1, seen from 2026-03-02 08:00 UTC to 2026-03-02 08:00 UTC.",
        "It does not stand in version 2, seen from 2026-03-03 08:00 UTC to 2026-03-03 08:00 UTC.",
        "It was taken out between 2026-03-02 08:00 UTC and 2026-03-03 08:00 UTC.",
        "At one look, 2026-03-04 08:00 UTC, the article did not stand there; why is not known.",
    ]
    assert [each["status"] for each in told["absences"]] == [404]


def test_its_digests_can_be_made_again(desk: Filer, told: dict[str, Any]) -> None:
    for each in told["versions"]:
        words = json.dumps(each["canonical"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(words.encode()).hexdigest() == each["content_hash"]
        page = desk.archive.articles.body(each["capture"]["id"])
        assert hashlib.sha256(page).hexdigest() == each["capture"]["sha256"]
    covered = []
    for seal in told["seals"]:
        digest = hashlib.sha256(bytes.fromhex(seal["before"]))
        for line in seal["lines"]:
            digest.update(b"\n" + line.encode())
            covered.append(json.loads(line))
        assert digest.hexdigest() == seal["digest"]
    hashes = {line[-1] for line in covered if line[0] == "version"}
    assert {each["content_hash"] for each in told["versions"]} <= hashes
    pages = {line[9] for line in covered if line[0] == "capture"}
    assert {each["capture"]["sha256"] for each in told["versions"]} <= pages


@pytest.mark.skipif(not (shutil.which("jq") and shutil.which("xxd")), reason="jq and xxd are not here")
@pytest.mark.parametrize(
    ("what", "place"), [("words", "versions.0.content_hash"), ("seal", "seals.0.digest")]
)
def test_the_commands_it_names_check_it(tmp_path: Path, told: dict[str, Any], what: str, place: str) -> None:
    file = tmp_path / "finding.json"
    file.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    command = CHECKS[what].replace("FILE", shlex.quote(str(file)))
    said = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True).stdout
    expected: Any = told
    for step in place.split("."):
        expected = expected[int(step)] if step.isdigit() else expected[step]
    assert said.split()[0] == expected


def test_lines_of_an_article_that_may_not_be_shown_are_withheld(desk: Filer) -> None:
    desk.see(article(GONE), day(0))
    desk.see(article("Een naam.", title="Geheim"), day(0), key="2", url="https://krant.example/geheim")
    desk.archive.commit()
    desk.archive.redactions.redact("2", at=day(1), ground="AVG", reason="verzoek", who="archivaris")
    found = find(desk.archive, "1", GONE, made=day(3)).plain()
    assert [each["lines"] for each in found["seals"]] == [None]
    assert "geheim" not in json.dumps(found)
    with pytest.raises(NotFound):
        find(desk.archive, "2", "Een naam.", made=day(3))


def test_a_sentence_that_never_stood_there_is_no_finding(desk: Filer) -> None:
    desk.see(article(GONE), day(0))
    with pytest.raises(NotFound, match="no version"):
        find(desk.archive, "1", "De brug is open.", made=day(3))
    with pytest.raises(UsageError):
        find(desk.archive, "1", "  ", made=day(3))
