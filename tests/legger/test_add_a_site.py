"""docs/add-a-site.md is followed as written, and what it shows is what the commands answer.

``python -m tests.legger.test_add_a_site`` writes the answers of today into the page.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from legger.simulator import OPENING, Newspaper
from tests import programs

PAGE = Path(__file__).parents[2] / "docs" / "add-a-site.md"
SHOWN = 8700
"""The port that the page names."""
_BLOCK = re.compile(r"^```(console|toml (?P<file>\S+))\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_LONGEST = 60
"""Lines of an answer that the page shows; the rest is cut."""


@contextmanager
def served() -> Iterator[Newspaper]:
    """The practice newspaper at a free port of four digits, so that tables are as wide as on the page."""
    with ExitStack() as open_till_the_end:
        for port in range(SHOWN, SHOWN + 200):
            with suppress(OSError):
                yield open_till_the_end.enter_context(Newspaper(clock=lambda: OPENING, port=port))
                return
    raise AssertionError("no free port")


def followed(page: str, folder: Path) -> str:
    """*page* with the answers that its commands give here and now; its files are written on the way."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LEGGER_")}
    environment |= {"COLUMNS": "80", "TZ": "Europe/Amsterdam", "NO_COLOR": "1"}

    def here(text: str) -> str:
        return text.replace(f":{SHOWN}", f":{port}")

    def answered(command: str) -> str:
        assert command.startswith("legger ")
        done = programs.run("legger", *here(command).split()[1:], cwd=folder, environment=environment)
        assert done.returncode in (0, 1), done.stderr
        said = (done.stdout + done.stderr).replace(f":{port}", f":{SHOWN}")
        package = str(Path(__file__).parents[2])
        lines = [line.rstrip() for line in said.replace(package, "…").strip("\n").split("\n")]
        return "\n".join(lines[:_LONGEST] + ["…"] * (len(lines) > _LONGEST))

    def done(block: re.Match[str]) -> str:
        text = block["text"]
        if block["file"]:
            file = folder / block["file"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(here(text), encoding="utf-8")
            return block[0]
        commands = [line.removeprefix("$ ") for line in text.split("\n") if line.startswith("$ ")]
        shown = "\n\n".join(f"$ {command}\n{answered(command)}" for command in commands)
        return f"```console\n{shown}\n```"

    with served() as paper:
        port = paper.port
        return _BLOCK.sub(done, page)


def apart_from_the_day(page: str) -> list[str]:
    """The page without what differs from run to run: its day, ages, seconds, and the width of columns.

    What the newspaper tells is all before it opens; a later day is that on which the page was followed.
    """
    page = re.sub(r"(\d{4}-\d\d-\d\d)(?: \d\d:\d\d)?", _since_opening, page)
    page = re.sub(r"\d+ days old", "DAYS old", page)
    return [_plain(line) for line in page.split("\n")]


def _since_opening(day: re.Match[str]) -> str:
    return "TODAY" if day[1] > OPENING.date().isoformat() else day[0]


def _plain(line: str) -> str:
    """A line without how wide its columns are and, of a visit, how many pages came in what order."""
    visit = line.endswith(("  done", "  stopped"))
    return re.sub(r"[ ─]+", " ", re.sub(r"[\d.]+", "N", line) if visit else line).strip()


def test_the_page_is_followed_as_written(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    now, shown = apart_from_the_day(followed(page, tmp_path)), apart_from_the_day(page)
    assert now == shown, "see what changed, then run: python -m tests.legger.test_add_a_site"


if __name__ == "__main__":
    with TemporaryDirectory() as place:
        PAGE.write_text(followed(PAGE.read_text(encoding="utf-8"), Path(place)), encoding="utf-8")
