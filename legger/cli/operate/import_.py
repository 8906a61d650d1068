"""``legger import``: web archives and exports of others."""

from __future__ import annotations

from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import click
import orjson

from archive import Archive
from archive.errors import UsageError
from archive.files import writing
from crawler.importing import saved_pages as saved
from crawler.importing.load import Import, ImportReport, NotAnArticle
from crawler.importing.web_archives import ENDINGS, WebArchives
from crawler.siteconfig.files import load_sites, named_sites
from legger.cli.console import archive_option, err, examples, json_option, plain, print_json, progress
from legger.config import load
from legger.dates import instant


@click.command(
    "import",
    epilog=examples(
        "legger import crawl-2019.warc.gz crawl-2020.warc.gz",
        "legger import --site oost --report passed.jsonl collection.wacz",
    ),
)
@archive_option
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--site", "names", multiple=True, metavar="NAME", help="Only captures of this site.")
@click.option("--report", metavar="FILE", help="Write what was no article here, as JSON Lines.")
@click.option(
    "--captured-at", metavar="TIME", help="When saved pages were had that do not state it: 2021-04-13T10:00Z."
)
@json_option
def import_(
    where: str | None,
    files: tuple[str, ...],
    names: tuple[str, ...],
    report: str | None,
    captured_at: str | None,
    as_json: bool,
) -> int:
    """File web archives of others as if we had been there: WARC, ARC and WACZ files, and pages that
    news-please or newspaper4k saved (JSON).

    Captures keep their own times, and versions come in the order of these, older than what is here too. A
    capture belongs to the site on whose hosts it is ('legger site add' makes one); those of no site are
    passed over and counted. What is here already is passed over: the same command takes up
    an import that was cut off.
    """
    moment = instant(captured_at)
    paths = [Path(each) for each in files]
    for path in paths:
        if not path.name.endswith((*ENDINGS, *saved.ENDINGS)):
            raise UsageError(f"{path}: expected a name that ends in {', '.join((*ENDINGS, *saved.ENDINGS))}")
        if not path.is_file():
            raise UsageError(f"there is no file {path}")
        if not path.stat().st_size:
            raise UsageError(f"{path} is empty: there is nothing to import")
    found = named_sites(names) if names else load_sites(shipped=False)
    for error in found.broken.values():
        err.print(plain(str(error), "red"), soft_wrap=True)
    if not found.sound:
        raise UsageError("there are no sites yet: legger site add https://your.local.news/")
    with ExitStack() as stack:
        told = stack.enter_context(writing(Path(report))) if report else None

        def tell(each: NotAnArticle) -> None:
            if told is not None:
                told.write(orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE))

        archive = stack.enter_context(Archive.open(load(where).archive))
        walked = stack.enter_context(closing(WebArchives()))
        with progress("looking through") as update:
            for path in paths:
                if path.name.endswith(ENDINGS):
                    walked.add(path, update)
        with progress("importing", len(walked.answers)) as update:
            importing = Import(
                archive,
                list(found.sound.values()),
                now=datetime.now(UTC),
                tell=tell,
                update=update,
            )
            importing.web_archives(walked)
            for path in paths:
                if path.name.endswith(saved.ENDINGS):
                    importing.saved_pages(saved.saved_pages(path, moment))
            result = importing.finish()
    if as_json:
        print_json(result)
    else:
        _say(result)
    return 1 if result.problems else 0


def _say(result: ImportReport) -> None:
    """What an import came to, for people."""
    filed = ", ".join(f"{number:,} {kind}" for kind, number in result.filed.most_common())
    err.print(
        f"{result.answers:,} answers: {result.kept:,} kept, {result.known:,} here already, "
        f"{result.passed:,} passed over",
        highlight=False,
    )
    if filed:
        err.print(f"Filed: {filed}", highlight=False)
    if result.anew:
        err.print(f"{result.anew:,} articles filed anew: older captures of them came in", highlight=False)
    if result.hosts:
        most = ", ".join(f"{host} ({number:,})" for host, number in result.hosts.most_common(5))
        err.print(plain(f"Of no site of yours: {most}"), highlight=False, soft_wrap=True)
    for file, wrong in result.problems:
        err.print(plain(f"{file}: {wrong}", "red"), soft_wrap=True)
