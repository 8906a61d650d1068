"""``legger import``: web archives and exports of others."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
import orjson

from archive import Archive
from archive.errors import UsageError
from archive.export import restore
from archive.export.exporting import check_digest
from archive.files import JSON_LINES, writing
from crawler.importing import saved_pages as saved
from crawler.importing import wayback
from crawler.importing.ahead import PagesAhead
from crawler.importing.load import Import
from crawler.importing.report import ImportReport, NotAnArticle
from crawler.importing.web_archives import ENDINGS, WebArchives
from crawler.siteconfig.files import load_sites, named_sites
from crawler.siteconfig.site import Site
from legger.cli.console import (
    archive_option,
    err,
    examples,
    json_option,
    many,
    plain,
    print_json,
    progress,
    take_up_all,
)
from legger.config import load
from legger.dates import instant

FEW = 200
"""Answers below which starting other processes takes longer than it saves."""
_ENDINGS = tuple(dict.fromkeys((*ENDINGS, *saved.ENDINGS, *JSON_LINES, *wayback.ENDINGS)))


@click.command(
    "import",
    epilog=examples(
        "legger import crawl-2019.warc.gz crawl-2020.warc.gz",
        "legger import --site oost --report passed.jsonl collection.wacz",
        "legger import --fleet s3://corpus/warcs/",
    ),
)
@archive_option
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--site", "names", multiple=True, metavar="NAME", help="Only captures of this site.")
@click.option("--report", metavar="FILE", help="Write what was no article here, as JSON Lines.")
@click.option(
    "--captured-at", metavar="TIME", help="When saved pages were had that do not state it: 2021-04-13T10:00Z."
)
@click.option(
    "--captures",
    metavar="FOLDER",
    help="Where the files stand that a CDX list names, however they are called.",
)
@click.option("--jobs", type=click.IntRange(1), help="Processes that read. Default: one for each core.")
@click.option(
    "--fleet", is_flag=True, help="Let the workers of the fleet do it: web archives that all reach."
)
@click.option("--give-up", is_flag=True, help="With --fleet: end one that is under way; what is filed stays.")
@click.option(
    "--shard", is_flag=True, help="Only the next pieces for each site, named as FILE: what a worker does."
)
@json_option
def import_(
    where: str | None,
    files: tuple[str, ...],
    names: tuple[str, ...],
    report: str | None,
    captured_at: str | None,
    captures: str | None,
    jobs: int | None,
    fleet: bool,
    give_up: bool,
    shard: bool,
    as_json: bool,
) -> int:
    """File web archives of others as if we had been there: WARC, ARC and WACZ files, a list (CDX) of the
    Internet Archive beside a folder of what it lists, pages that news-please or newspaper4k saved (JSON), and
    rows of 'legger export' (JSON Lines).

    Captures keep their own times, and versions come in the order of these, older than what is here too. A
    capture belongs to the site on whose hosts it is ('legger site add' makes one); those of no site are
    passed over and counted. What is here already is passed over: the same command takes up
    an import that was cut off. One process files, in the order of times; others read the pages of
    web archives for it.

    With --fleet, web archives at addresses of object storage or in a shared folder are imported by all
    workers of an archive in PostgreSQL, site by site, while no visit is due.
    """
    if give_up and not fleet:
        raise UsageError("--give-up goes with --fleet")
    if (fleet or shard) and (captured_at or captures or jobs or (fleet and shard)):
        raise UsageError("--fleet goes with web archives, --site, --report and --give-up alone")
    if shard:
        from legger.cli.operate.on_the_fleet import next_shards

        return next_shards(where, files)
    if fleet:
        return _on_the_fleet(where, files, names, report, give_up=give_up, as_json=as_json)
    moment = instant(captured_at)
    paths = _checked(files)
    exported = [path for path in paths if restore.is_export(path)]
    paths = [path for path in paths if path not in exported]
    if any(path.name.endswith(wayback.ENDINGS) for path in paths) != (captures is not None):
        raise UsageError("a CDX list and the folder of what it lists go together: --captures FOLDER")
    if exported:
        _bring_in(where, exported, names, as_json=as_json)
        if not paths:
            return 0
    found = named_sites(names) if names else load_sites(shipped=False)
    for error in found.broken.values():
        err.print(plain(str(error), "red"), soft_wrap=True)
    if not found.sound:
        raise UsageError("there are no sites yet: legger site add https://your.local.news/")
    with _telling(report) as tell:
        result = _import_here(
            where, paths, list(found.sound.values()), tell=tell, moment=moment,
            folder=Path(captures or ""), jobs=jobs or os.cpu_count() or 1,
        )  # fmt: skip
    return _tell(result, as_json=as_json)


def _checked(files: Sequence[str]) -> list[Path]:
    """The files. Raises :class:`UsageError` for what cannot be imported."""
    paths = [Path(each) for each in files]
    for path in paths:
        if not path.name.endswith(_ENDINGS):
            raise UsageError(f"{path}: expected a name that ends in {', '.join(_ENDINGS)}")
        if not path.is_file():
            raise UsageError(f"there is no file {path}")
        if not path.stat().st_size:
            raise UsageError(f"{path} is empty: there is nothing to import")
    return paths


def _import_here(
    where: str | None, paths: Sequence[Path], sites: Sequence[Site], *,
    tell: Callable[[NotAnArticle], None], moment: datetime | None, folder: Path, jobs: int,
) -> ImportReport:  # fmt: skip
    """Import files on this machine. *moment*: when saved pages were had that do not state it; *folder*: where
    the files stand that lists name."""
    with ExitStack() as stack:
        archive = stack.enter_context(Archive.open(load(where).archive))
        walked = stack.enter_context(closing(WebArchives()))
        with progress("looking through") as update:
            for path in paths:
                if path.name.endswith(ENDINGS):
                    walked.add(path, update)
        ahead = None
        if jobs > 1 and len(walked.answers) >= FEW:
            ahead = stack.enter_context(closing(PagesAhead(load(where).archive, jobs)))
        with progress("importing", len(walked.answers)) as update:
            importing = Import(archive, sites, now=datetime.now(UTC), tell=tell, update=update, ahead=ahead)
            importing.web_archives(walked)
            lists = [path for path in paths if path.name.endswith(wayback.ENDINGS)]
            for path in lists:
                importing.saved_pages(wayback.listed_pages(path, folder))
            for path in paths:
                if path.name.endswith(saved.ENDINGS) and path not in lists:
                    importing.saved_pages(saved.saved_pages(path, moment))
            result = importing.finish()
        take_up_all(archive)
        return result


def _on_the_fleet(
    where: str | None, files: Sequence[str], names: Sequence[str], report: str | None, *, give_up: bool,
    as_json: bool,
) -> int:  # fmt: skip
    from legger.cli.operate.on_the_fleet import import_on_the_fleet

    with _telling(report) as tell:
        result = import_on_the_fleet(where, files, names, tell=tell, give_up=give_up)
    return 0 if result is None else _tell(result, as_json=as_json)


@contextmanager
def _telling(report: str | None) -> Iterator[Callable[[NotAnArticle], None]]:
    """What writes down what was no article, where that is asked for."""
    with ExitStack() as stack:
        told = stack.enter_context(writing(Path(report))) if report else None

        def tell(each: NotAnArticle) -> None:
            if told is not None:
                told.write(orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE))

        yield tell


def _tell(result: ImportReport, *, as_json: bool) -> int:
    """Say what came of it; returns the exit status."""
    if as_json:
        print_json(result)
    else:
        _say(result)
    return 1 if result.problems else 0


def _bring_in(where: str | None, paths: list[Path], names: tuple[str, ...], *, as_json: bool) -> None:
    """Bring in rows of exports, each file whole or not at all, and say what came of it."""
    with Archive.open(load(where).archive) as archive:
        for path in paths:
            check_digest(path)
            with progress("importing", 0) as update:
                result = restore.restore(
                    archive,
                    restore.read_rows(path),
                    now=datetime.now(UTC),
                    sites=frozenset(names) if names else None,
                    update=lambda done, update=update: update(done, 0),  # type: ignore[misc]
                )
            if as_json:
                print_json(result)
                continue
            err.print(
                f"{path}: {many(result.rows, 'row')}: {many(result.articles, 'article')} with "
                f"{many(result.versions, 'version')} brought in, "
                f"{many(result.known, 'row')} of articles that are here passed over",
                highlight=False,
                soft_wrap=True,
            )
            if result.shift and result.articles:
                err.print(f"Numbers of articles are those of the file and {result.shift:,}: they were taken")
            for what, why in result.refused:
                err.print(plain(f"{what}: {why}", "red"), soft_wrap=True)
        take_up_all(archive)


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
        err.print(
            f"{many(result.anew, 'article')} filed anew: older captures of them came in", highlight=False
        )
    if result.hosts:
        most = ", ".join(f"{host} ({number:,})" for host, number in result.hosts.most_common(5))
        err.print(plain(f"Of no site of yours: {most}"), highlight=False, soft_wrap=True)
    for file, wrong in result.problems:
        err.print(plain(f"{file}: {wrong}", "red"), soft_wrap=True)
