"""The command line: a thin coat over the library. The only package that prints.

One module per group of commands; one command, one call. Exit codes: 0 done, 1 failed, 2 wrong usage.
"""

from __future__ import annotations

import atexit
import gc
import logging
import os
import sys
from importlib import import_module
from io import StringIO, TextIOWrapper
from typing import Any

import click

from archive.errors import LeggerError, UsageError
from legger import logs
from legger.cli.console import err, plain

COMMANDS = {
    "init": ("operate.init", "Set up an archive here: who you are and how sites reach you."),
    "demo": ("demo", "See the whole story in a minute, offline."),
    "practice": ("crawling.practice", "Run the practice newspaper on this machine."),
    "site": ("crawling.site", "Describe the sites to crawl: add, list, show."),
    "crawl": ("crawling.crawl", "Visit sites and file what they publish."),
    "bot-key": ("crawling.bot_key", "A key by which sites can know your requests (Web Bot Auth)."),
    "screenshots": ("operate.screenshots", "Make pictures of archived pages, for sites that ask for them."),
    "schedule": ("crawling.schedule", "Visit every site when it is due, for years."),
    "worker": ("crawling.fleet", "Do the visits of a fleet: on each machine, one archive in PostgreSQL."),
    "fleet": ("crawling.fleet", "How a fleet stands: workers, queue, lag; publish the files of sites."),
    "status": ("crawling.status", "How every site stands, and what went amiss."),
    "runs": ("query.runs", "Every visit on record: what it found, and what it took."),
    "missed": ("query.missed", "What was found and is not in the archive, and why."),
    "doubtful": ("query.doubtful", "Readings to look at: those whose text may not be the article's."),
    "alarms": ("telling.alarms", "What is wrong: since when, why, and what to do."),
    "digest": ("telling.digest", "What happened in a week, to read or to send."),
    "tell": ("telling.tell", "Tell people what is wrong; --test: do messages arrive?"),
    "watch": ("telling.watch", "Tell what is new for saved queries; tell a hub of news in feeds."),
    "articles": ("query.articles", "List the articles in the archive."),
    "pages": ("query.articles", "List the standing pages of sites that keep them."),
    "serve": ("operate.serve", "Open the reading room: the archive in a browser."),
    "search": ("query.search", "Find words, in what stands there now, stood there, or was taken out."),
    "saved": ("query.annotations", "Queries kept by name; 'legger search @NAME' asks one."),
    "note": ("query.annotations", "Write a note beside an article."),
    "tag": ("query.annotations", "Put tags of your own on an article."),
    "notes": ("query.annotations", "Your notes and tags."),
    "sql": ("query.sql", "Ask the archive in SQL, read-only: a statement, or a prompt."),
    "datasette": ("exporting.datasette", "What Datasette needs to show the archive well."),
    "show": ("query.articles", "Read an article as it stood."),
    "history": ("query.articles", "The versions of an article."),
    "diff": ("query.articles", "What changed between two versions."),
    "edits": ("query.articles", "Articles that were edited; --silent: without saying so."),
    "gone": ("query.gone", "Articles that disappeared from their site."),
    "as-of": ("query.articles", "The whole corpus as it stood on a day."),
    "elsewhere": ("query.related", "The same story elsewhere, and who had it first."),
    "captures": ("query.captures", "Every answer of a server on record, and its page as it came."),
    "cite": ("query.cite", "How to cite a version, for ever."),
    "finding": ("query.finding", "Where a sentence stood and where not, in a file others can check."),
    "export": ("exporting.export", "Write articles and captures: JSON Lines, CSV, Parquet, WARC, ..."),
    "snapshot": ("exporting.snapshot", "A named corpus for a repository: BagIt, RO-Crate, PREMIS."),
    "push": ("exporting.push", "Send articles to a server where they are studied: AmCAT."),
    "apply": ("exporting.apply", "Bring an export up to date with what changed since."),
    "import": ("operate.import_", "File web archives of others: WARC, ARC, WACZ."),
    "extract": ("extraction.extract", "Read one page, or a batch of pages, outside the archive."),
    "boilerplate": ("extraction.boilerplate", "What the archive learned to leave out on a site, and why."),
    "reread": ("extraction.boilerplate", "Read the stored captures again with today's extractor."),
    "regroup": (
        "extraction.boilerplate",
        "Group a site's captures anew, after its rule of identity changed.",
    ),
    "doctor": ("operate.doctor", "Is this installation fit to run for years?"),
    "stats": ("operate.maintenance", "What the archive holds, and what it weighs."),
    "verify": ("operate.maintenance", "Is everything still what it was?"),
    "stamp": ("operate.stamp", "Have the chain time-stamped by a third party."),
    "backup": ("operate.maintenance", "Copy the archive while it is in use."),
    "objects": (
        "operate.objects",
        "Pages in object storage: what is there, missing or stray; moved there and back.",
    ),
    "copy": ("operate.copy", "Copy the archive into another database: SQLite to PostgreSQL, and back."),
    "compact": ("operate.maintenance", "Pack stored pages tighter."),
    "index": ("operate.maintenance", "Bring the full-text index up to date."),
    "wayback": ("operate.wayback", "Pages that the Internet Archive was asked to keep too."),
    "redact": ("operate.redact", "Hide or destroy an article, on record."),
    "completion": ("completion", "What makes your shell complete commands and options."),
}
"""Command -> (module that has it, what it does). Modules are imported only when their command is called."""


class Commands(click.Group):
    """Finds a command's module by name, so that ``legger --help`` needs no Scrapy."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of a newcomer's day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command, from its module."""
        if name not in COMMANDS:
            return None
        attribute = "import_" if name == "import" else name.replace("-", "_")
        command = getattr(import_module(f"legger.cli.{COMMANDS[name][0]}"), attribute)
        assert isinstance(command, click.Command)
        _refuse_empty(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of ``legger --help``, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in COMMANDS.items()])


class Words(click.types.StringParamType):
    """What an option is given. Nothing is no value: a script whose variable is empty would otherwise ask for
    everything, and not notice."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The words. Raises :class:`click.BadParameter` for none."""
        words = super().convert(value, param, ctx)
        if isinstance(words, str) and not words.strip() and param is not None and param.default != words:
            self.fail("it is empty; for no such choice, leave the option out", param, ctx)
        return words


def _refuse_empty(command: click.Command) -> None:
    """Let no option of a command, nor of those below it, take an empty value."""
    for each in command.params:
        if isinstance(each, click.Option) and each.type is click.STRING:
            each.type = Words()
    if isinstance(command, click.Group):
        for below in command.commands.values():
            _refuse_empty(below)


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Try 'legger demo' first. Every command has --help with examples.",
)
@click.version_option(package_name="legger", prog_name="legger")
def legger() -> None:
    """Crawl local news sites and keep every version of every article."""


YOUNG = 20_000
"""Objects that are made before Python looks for garbage among them. By its default of 700 it looks through
all the modules that a command loads again and again: a tenth of what a look at a feed costs."""


def main() -> None:
    """The command ``legger``: runs one command and exits with 0, 1 or 2."""
    gc.set_threshold(YOUNG)
    atexit.register(gc.freeze)  # the system takes all back at once; Python would look through it first
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # names and pages may hold what no terminal can show
            stream.reconfigure(errors="replace")
    if "LEGGER_TIED" in os.environ and sys.argv[1:2] != ["crawl"]:  # a visit does so when it has no need
        from crawler.scheduling.tied import end_with_parent  # to be copied any more: crawler/runner.py

        end_with_parent()
    try:
        status = legger.main(prog_name="legger", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        said = StringIO()
        error.show(said)
        sys.stderr.write(logs.legible(said.getvalue()))
        sys.exit(2 if isinstance(error, click.UsageError) else 1)
    except click.exceptions.Abort:
        err.print("Stopped.")
        sys.exit(130)
    except LeggerError as error:
        if logs.for_programs():
            logging.getLogger("legger").critical("%s", error)
        else:
            err.print(plain(f"legger: {error}", "red"), highlight=False)
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:  # a full or read-only disk, a name that is too long, a port that is taken
        about = f"{error.filename}: " if error.filename else ""
        err.print(plain(f"legger: {about}{error.strerror or error}", "red"), highlight=False)
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)
