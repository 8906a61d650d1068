"""``legger verify | backup | stats | compact | index``: looking after the archive's file."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime

import click

from archive import Archive, ArchiveStats, ChainHead, CompactionResult
from archive.errors import ArchiveError, Damaged, ReadOnly, UsageError
from archive.integrity.verify import IntegrityProblem, unopened
from legger.cli.console import (
    NUMBER,
    SITE,
    WHOLE,
    archive_option,
    day_and_time,
    err,
    examples,
    existing,
    json_option,
    known_site,
    many,
    out,
    plain,
    print_json,
    progress,
    reading,
    size,
    table,
    writing,
)
from legger.cli.operate.objects import strays
from legger.config import load
from legger.outside.stamping import roots_of


def head_of(words: str | None) -> ChainHead | None:
    """``12:ab34...`` (a seal and its digest), as ``legger verify`` and an export's manifest write it."""
    if words is None:
        return None
    number, _, digest = words.strip().partition(":")
    if not number.isdecimal() or len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise UsageError(f"{words!r}: expected SEAL:DIGEST, a number and 64 hexadecimal digits")
    return ChainHead(seal=int(number), digest=digest)


@click.command(
    epilog=examples("legger verify", "legger verify --head 812:4be1...  # as written down earlier")
)
@archive_option
@click.option(
    "--head", "words", metavar="SEAL:DIGEST", help="A head written down earlier must be in the chain."
)
@json_option
def verify(where: str | None, words: str | None, as_json: bool) -> int:
    """Check every page, reading and seal; every problem comes with what to do. Exit code 1 when there is any.

    Prints the head of the hash chain: write it down, or have it time-stamped, and nobody can change what
    is before it unnoticed (docs/proof.md). Everything is read while crawls go on, but the full-text index
    is checked under the write lock: of a large archive, rather verify a backup. In a file that may not be
    written to, the index is not checked.
    """
    head = head_of(words)
    path = existing(where)
    try:
        with _as_it_may_be(path) as archive, progress("checking") as update:
            problems = archive.integrity.verify(
                head=head, progress=lambda what, done, total: update(done, total=total, says=what)
            )
            found, told = _stamps(archive, where)
            problems += found
            found, beside = _objects(archive)
            problems += found
            now = _end(archive)
    except Damaged:
        problems, now, told, beside = unopened(path), None, "", ""
    notes = [each for each in (told, beside) if each]
    if as_json:
        print_json({"sound": not problems, "problems": problems, "notes": notes, "head": now})
        return 1 if problems else 0
    for problem in problems:
        out.print(plain(problem.what, "red"))
        out.print(plain(f"  what to do: {problem.advice}", "yellow"))
    out.print(
        plain(
            f"{len(problems)} problems." if problems else "Sound.", "bold red" if problems else "bold green"
        )
    )
    for each in notes:
        out.print(plain(each, "dim"), soft_wrap=True)
    if now is not None:
        out.print(plain(f"Head of the chain: {now.seal}:{now.digest}", "dim"), soft_wrap=True)
    return 1 if problems else 0


def _as_it_may_be(path: str) -> Archive:
    """The archive, open for writing, as the check of its index asks; where it is only read, for reading."""
    if "://" not in path:
        return Archive.open(path, create=False, read_only=not os.access(path, os.W_OK))
    try:
        return Archive.open(path, create=False)
    except ReadOnly:
        return Archive.open(path, create=False, read_only=True)


def _objects(archive: Archive) -> tuple[list[IntegrityProblem], str]:
    """(what is wrong with object storage, what is to be said of it); what is missing was told before."""
    if archive.object_storage.place is None:
        return [], ""
    try:
        report = archive.object_storage.report()
    except ArchiveError as error:
        what = f"object storage could not be checked: {error}"
        return [IntegrityProblem(what=what, advice="see `legger doctor`")], ""
    return [], strays(report) if report.stray else ""


def _stamps(archive: Archive, where: str | None) -> tuple[list[IntegrityProblem], str]:
    """(what is wrong with time stamps, what is to be said of them)."""
    made = archive.stamps.all()
    if not made:
        return [], ""
    last = made[-1]
    said = f"Stamped {many(len(made), 'time')}, last seal {last.seal} at {day_and_time(last.at)}"
    said = f"{said} by {last.authority}"
    config = load(where)
    roots = config.stamp.roots if config.stamp is not None else ()
    try:
        found = archive.stamps.verify(roots_of(roots))
    except UsageError as error:
        return [], f"{said}; not checked: {error}"
    return found, said if roots else f"{said}; whose stamp it is was not checked: [stamp] roots names nobody"


def _end(archive: Archive) -> ChainHead | None:
    """The head of the chain; ``None`` where it cannot be read."""
    with suppress(ArchiveError):
        return archive.integrity.head()
    return None


@click.command(epilog=examples("legger backup /mnt/backup/legger-2026-03-02.db"))
@archive_option
@click.argument("file", type=click.Path(dir_okay=False))
def backup(where: str | None, file: str) -> None:
    """Copy the archive to a new file, consistent while a crawl goes on. (A plain copy of the file is not.)"""
    with reading(where) as archive:
        path = archive.integrity.backup(file)
        head = archive.integrity.head()
    err.print(f"{path}: {size(path.stat().st_size)}, head {head.seal}:{head.digest[:16]}...", markup=False)


@click.command(epilog=examples("legger stats", "legger stats --json"))
@archive_option
@json_option
def stats(where: str | None, as_json: bool) -> None:
    """What the archive holds of each site, and what it weighs."""
    with reading(where) as archive:
        found = archive.holdings.stats()
    if as_json:
        print_json(found)
        return
    if not found.sites:
        out.print("Nothing was kept yet.")
        return
    _tell(found)


def _tell(found: ArchiveStats) -> None:
    rows = table(
        SITE, ("articles", NUMBER), ("versions", NUMBER), ("gone", NUMBER), ("captures", NUMBER),
        ("to fetch", NUMBER), ("last seen", WHOLE),
    )  # fmt: skip
    for each in found.sites:
        figures = (each.articles, each.versions, each.gone, each.captures, each.waiting)
        rows.add_row(each.site, *(f"{figure:,}" for figure in figures), day_and_time(each.last_seen))
    out.print(rows)
    out.print()
    share = f" ({found.packed_bytes / found.body_bytes:.1%})" if found.body_bytes else ""
    came, kept = size(found.body_bytes), size(found.packed_bytes)
    out.print(f"{found.bodies:,} distinct pages: {came}, kept in {kept}{share}")
    said = ", ".join(f"{count:,} {kind}" for kind, count in found.verdicts.items())
    out.print(plain(f"Captures came to: {said}" if said else "No capture was filed yet.", "dim"))


@click.command(epilog=examples("legger compact", "legger compact hartvanhaaksbergen --anew"))
@archive_option
@click.argument("sites", metavar="[SITE]...", nargs=-1)
@click.option("--anew", is_flag=True, help="Make new dictionaries, for instance after a redesign.")
@json_option
def compact(where: str | None, sites: tuple[str, ...], anew: bool, as_json: bool) -> None:
    """Pack stored pages tighter, with a dictionary per site. Changes no page; may be interrupted.

    Each page is unpacked again and compared before its new form replaces the old one. In object storage, what
    nothing has referred to for 30 days is deleted.
    """
    report: dict[str, CompactionResult] = {}
    with writing(where) as archive:
        for site in sites:
            known_site(archive, site)
        for site in sites or tuple(each.site for each in archive.holdings.stats().sites):
            with progress(site) as update:
                report[site] = archive.recompression.compact(site, anew=anew, progress=update)
        swept = archive.object_storage.tidy(now=datetime.now(UTC))
    if swept:
        err.print(f"{many(swept, 'object')} to which nothing referred for a month deleted", highlight=False)
    if as_json:
        print_json(report)
        return
    rows = table(SITE, ("pages", NUMBER), ("repacked", NUMBER), ("before", NUMBER), ("after", NUMBER))
    for site, done in report.items():
        figures = (f"{done.bodies:,}", f"{done.repacked:,}", size(done.before), size(done.after))
        rows.add_row(site, *figures)
    out.print(rows)


@click.command(epilog=examples("legger index", "legger index --anew"))
@archive_option
@click.option("--anew", is_flag=True, help="Throw the full-text index away and make it again.")
def index(where: str | None, anew: bool) -> None:
    """Take up what changed into the full-text index. (Visits, imports and searching do so by themselves.)"""
    with writing(where) as archive, progress("indexing", archive.index.pending()):
        taken = archive.index.rebuild() if anew else archive.index.update()
    err.print(f"{many(taken, 'article')} taken up.")
