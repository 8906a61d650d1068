"""``legger demo``: the whole story in a minute, offline, on the practice newspaper."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import click
from rich.rule import Rule

from archive import Archive
from archive.errors import LeggerError
from legger.cli.console import err, examples, out, plain, progress
from legger.simulator import Newspaper
from legger.simulator.audit import Audit, audit
from legger.simulator.profile import DEMO_DAYS, OPENING


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where the demo plays: a folder with the sites' files, the clock and the archive."""

    folder: Path

    @property
    def archive(self) -> Path:
        """The archive the demo leaves behind."""
        return self.folder / "legger.db"

    @property
    def clock(self) -> Path:
        """The file every process reads the time from."""
        return self.folder / "clock"

    def at(self, moment: datetime) -> None:
        """Move everybody's clock."""
        self.clock.write_text(moment.isoformat(), encoding="ascii")

    def run(self, command: str, *, quiet: bool = False) -> None:
        """Run a ``legger`` command as a user would, in a process of its own."""
        if not quiet:
            out.print(plain(f"$ legger {command}", "bold cyan"))
        out.file.flush()
        done = subprocess.run(
            [sys.executable, "-m", "legger", *shlex.split(command)],
            env=os.environ
            | {
                "LEGGER_ARCHIVE": str(self.archive),
                "LEGGER_SITES": str(self.folder / "sites"),
                "LEGGER_NOW": str(self.clock.resolve()),
            },
            stdout=subprocess.DEVNULL if quiet else None,
            check=False,
        )
        if done.returncode:
            raise LeggerError(f"the demo stopped: 'legger {command}' ended with {done.returncode}")


def say(heading: str, text: str) -> None:
    """A new scene."""
    out.print()
    out.print(Rule(plain(heading, "bold"), align="left", style="dim"), width=min(out.width, 80))
    out.print(plain(text))


@click.command(epilog=examples("legger demo", "legger demo --folder /tmp/try"))
@click.option("--folder", default="demo", show_default=True, help="Where the demo leaves its archive.")
def demo(folder: str) -> int:
    """See the whole story in a minute, offline: a newspaper opens, is crawled, edits, is crawled again."""
    stage = Stage(folder=Path(folder))
    if stage.folder.exists():
        if not stage.clock.exists():
            raise LeggerError(f"{stage.folder} exists and is not a demo's; name another with --folder")
        shutil.rmtree(stage.folder)
    stage.folder.mkdir(parents=True)
    visits = [OPENING + timedelta(days=day) for day in (0, 2, *range(3, DEMO_DAYS + 1))]
    stage.at(visits[0])
    os.environ["LEGGER_NOW"] = str(stage.clock.resolve())  # the newspaper in this process reads it too
    with Newspaper(days=DEMO_DAYS) as paper:
        paper.write_sites(stage.folder / "sites")
        standing = paper.truth(visits[0])
        say(
            "The newspaper opens",
            f"{len(paper.houses)} local news sites on this machine's loopback, each of a kind that exists "
            f"({', '.join(house.site.title for house in paper.houses)}), with {len(standing)} articles. "
            f"It is {visits[0]:%A %d %B %Y}.",
        )
        stage.run("crawl --all --backfill")
        say(
            "The editors work",
            f"{DEMO_DAYS} days go by in seconds: corrections, headlines, updates, edits nobody mentions, "
            "take-downs, a redesign, widgets that change by the hour. Four visits; this is the last.",
        )
        with progress("nights", len(visits) - 1) as update:
            for night, moment in enumerate(visits[1:-1]):
                update(night, says=f"{moment:%A}")
                stage.at(moment)
                stage.run("crawl --all", quiet=True)
        stage.at(visits[-1])
        stage.run("crawl --all")
        tell(stage)
        with Archive.open(stage.archive, create=False, read_only=True) as archive:
            books = audit(archive, paper, visits)
            example = next((each for each in archive.articles.edits(silent=True)), None)
    if example:
        say("One of them, word by word", "")
        stage.run(f"diff {example.article_id}")
    pubble = paper.houses[0].name
    say("What the archive learned to leave out", "Nobody told it: it counted, over distinct articles.")
    stage.run(f"boilerplate {pubble} --limit 8")
    say("For everyone else", "One row per article, checked by a JSON Schema.")
    stage.run(f"export -o {shlex.quote(str(stage.folder / 'news.jsonl'))}")
    verdict(books)
    farewell(stage)
    return 0 if books.clean else 1


def tell(stage: Stage) -> None:
    """What happened, from the archive."""
    say("What changed and did not say so", "New text, the old modified date, no notice:")
    stage.run("edits --silent")
    say("What disappeared", "410 is gone at once; the others after several days of visits. The texts stay.")
    stage.run("gone")


def verdict(books: Audit) -> None:
    """The archive beside the newsroom's own books."""
    say("Held against the newsroom's own books", "")
    for what, right, total in (
        ("articles found", books.published_found, books.published),
        ("texts right to the letter", books.texts_found, books.texts),
        ("edits that became a version", books.edits_found, books.edits),
        ("silent edits recognized", books.silent_found, books.silent),
        ("removals on record", books.removed_found, books.removed),
    ):
        out.print(plain(f"  {what:<28} {right:>5} of {total}", "green" if right == total else "red"))
    out.print(plain(f"  {'invented by us':<28} {books.invented:>5}", "red" if books.invented else "green"))
    for difference in books.differences[:20]:
        err.print(plain(f"  {difference}", "red"))


def farewell(stage: Stage) -> None:
    """What is left behind, and what to type next."""
    say("Now you", f"The archive is {stage.archive}. Look around:")
    for line in (
        f"legger articles --archive {stage.archive} --limit 10",
        f"legger edits --archive {stage.archive}",
        f"legger serve --archive {stage.archive}  # all of it, in your browser",
    ):
        out.print(plain(f"  {line}", "cyan"))
    out.print("\nYour own site:")
    for line in (
        "legger init                               # who you are: sites must reach you",
        "legger site add https://your.local.news/  # looks at the site, describes it",
        "legger crawl NAME --backfill              # everything; later: crawl NAME",
    ):
        out.print(plain(f"  {line}", "cyan"))
    out.print(plain("(legger is .venv/bin/legger after make setup.)", "dim"))
