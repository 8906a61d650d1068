"""``legger extract`` of a file: what it is read with, and what it refuses to read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from legger.cli import legger

PAGE = """<!DOCTYPE html><html lang="nl"><head><title>Plein</title></head><body><article>
<h1>Plein gaat op de schop</h1><p class="meta">{}</p>
<p>De gemeente gaat het plein opnieuw inrichten, zo heeft het college na lang beraad besloten.</p>
<p class="reclame">Bij de bakker op de hoek is deze week alles twee voor de prijs van een, kom langs.</p>
<p>Bewoners mochten daarover meepraten en kozen in meerderheid voor bomen en een fontein.</p>
</article></body></html>"""


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(legger, ["extract", *arguments])


def read(folder: Path, date: str, *options: str) -> dict[str, Any]:
    page = folder / "page.html"
    page.write_text(PAGE.format(date), encoding="utf-8")
    asked = ask(str(page), "--url", "https://www.bode.example/plein", "--json", *options)
    assert asked.exit_code == 0, asked.output
    return dict(json.loads(asked.stdout))


@pytest.mark.parametrize(
    ("date", "options", "published"),
    [
        ("12 april 2021, 14:30", (), "2021-04-12T14:30:00+02:00"),
        ("12 april 2021, 14:30", ("--time-zone", "America/Chicago"), "2021-04-12T14:30:00-05:00"),
        ("3/4/2021", (), "2021-04-03T00:00:00+02:00"),
        ("3/4/2021", ("--date-order", "month"), "2021-03-04T00:00:00+01:00"),
        (
            "03/04/2021",
            ("--time-zone", "America/Chicago", "--date-order", "day"),
            "2021-04-03T00:00:00-05:00",
        ),
        ("gisteren 18:05", ("--captured-at", "2021-04-13T10:00"), "2021-04-12T18:05:00+02:00"),
    ],
)
def test_a_date_is_read_as_the_options_say(
    tmp_path: Path, date: str, options: tuple[str, ...], published: str
) -> None:
    assert read(tmp_path, date, *options)["published"]["value"] == published


def test_a_sites_file_is_read_with(tmp_path: Path) -> None:
    site = tmp_path / "bode.toml"
    site.write_text(
        "url = 'https://www.bode.example/'\ntimezone = 'Europe/London'\n[[rules]]\nstrip = ['p.reclame']\n",
        encoding="utf-8",
    )
    assert "bakker" in read(tmp_path, "12 april 2021")["text"]
    found = read(tmp_path, "12 april 2021, 14:30", "--site", str(site))
    assert "bakker" not in found["text"]
    assert found["published"]["value"] == "2021-04-12T14:30:00+01:00"


@pytest.mark.parametrize(
    "body", [b"%PDF-1.7\n...", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"PK\x03\x04"]
)
def test_what_is_no_page_is_an_error(tmp_path: Path, body: bytes) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(body + bytes(200))
    asked = ask(str(file))
    assert asked.exit_code != 0
    assert asked.stdout == ""


@pytest.mark.parametrize(
    "options",
    [
        ("--time-zone", "Mars/Olympus"),
        ("--captured-at", "gisteren"),
        ("--date-order", "year"),
        ("--site", "nowhere.toml"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(tmp_path: Path, options: tuple[str, ...]) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE.format(""), encoding="utf-8")
    assert ask(str(page), *options).exit_code == 2
