"""``legger export``: articles and versions as rows, texts or citations, captures as web archives."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import click

from archive.errors import UsageError
from archive.export.beside import BESIDE
from archive.export.choice import RowChoice
from archive.export.exporting import FORMS, PRESET_FORM, Form, manifest_of, verify_export, write_export
from archive.export.increments import write_increment
from archive.export.jsonl import lines
from archive.export.processes import ExportProcesses
from archive.export.web_archives.warc import Chosen
from archive.model.row_fields import json_schema
from archive.model.types import Status
from legger.cli.completion import sites
from legger.cli.console import (
    archive_option,
    err,
    examples,
    existing,
    in_order,
    known_language,
    known_site,
    many,
    out,
    plain,
    print_json,
    progress,
    reading,
    take_up,
)
from legger.cli.exporting.web_archive import bytes_of, web_archive
from legger.dates import closing, instant


@click.command(
    epilog=examples(
        "legger export -o news.jsonl.gz",
        "legger export --query 'brand site:oost' --published 2026 --format csv -o fires.csv",
        "legger export --for 4cat --sample 500 --seed 1 -o sample.csv",
        "legger export --as-of 2026-06-30 -o corpus.jsonl.zst",
        "legger export --verify corpus.jsonl.zst.manifest.json",
        "legger export --format warc --site oost -o oost-warc",
        "legger export --format wacz -o news.wacz",
        "legger export --site oost --since 2026-01-01 | jq .title",
        "legger export --fleet --versions all -o s3://corpus/parts",
    )
)
@archive_option
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="FILE.jsonl, .jsonl.gz, .jsonl.zst (default: stdout), .csv, ...; FOLDER for text and warc.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice([*FORMS, "warc", "wacz"]),
    help="Rows (jsonl, the default; csv, parquet, sqlite), texts (text, tei), citations (ris, bib, csl), "
    "networks (gexf, edges), or the captures themselves as web archives (warc, wacz).",
)
@click.option(
    "--with",
    "beside",
    metavar="WHAT",
    help="Files beside it, of the same articles: versions,captures,diffs,edits.",
)
@click.option(
    "--for", "preset", type=click.Choice(list(PRESET_FORM)), help="The columns that are read there."
)
@click.option("--bom", is_flag=True, help="CSV with a byte order mark, for Excel.")
@click.option(
    "--formula-safe/--as-is",
    default=True,
    show_default=True,
    help="CSV in which an apostrophe stands before what a spreadsheet would take for a formula.",
)
@click.option("--no-gzip", is_flag=True, help="WARC files as they are, not packed.")
@click.option(
    "--max-size", metavar="SIZE", default="1GB", show_default=True, help="Most bytes of one WARC file."
)
@click.option("--site", help="Only this site.", shell_complete=sites)
@click.option("--query", metavar="QUERY", help="Only what this finds; docs/search.md.")
@click.option("--published", metavar="DAYS", help="Only what was published then: 2026, 2026-03..2026-05.")
@click.option("--status", type=click.Choice([each.value for each in Status]), help="Only what stands so now.")
@click.option("--language", metavar="CODE", help="Only in this language.")
@click.option("--pages", is_flag=True, help="Standing pages too, of sites that keep them.")
@click.option("--since", metavar="TIME", help="Only versions first seen at this time or later.")
@click.option("--until", metavar="TIME", help="Only versions first seen before this time.")
@click.option("--as-of", metavar="TIME", help="The corpus as it stood, for ever the same.")
@click.option(
    "--versions",
    type=click.Choice(["latest", "all"]),
    default="latest",
    show_default=True,
    help="One row per article, or one per version.",
)
@click.option(
    "--sample", type=click.IntRange(1), help="So many articles at random, of each site and month its share."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Another sample for another number.")
@click.option(
    "--since-cursor",
    "cursor",
    metavar="FILE",
    help="Only what changed since this file was last moved on; it is made the first time.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Processes that make the rows of a large export (jsonl, csv); the files are the same.",
)
@click.option(
    "--fleet",
    is_flag=True,
    help="Let the workers of the fleet make it, in parts: a folder that all reach (parquet, jsonl).",
)
@click.option("--give-up", is_flag=True, help="With --fleet: end one that is under way; its files are left.")
@click.option("--shards", "entry", metavar="ENTRY", help="Only the next parts of it: what a worker does.")
@click.option("--force", is_flag=True, help="Write over what stands there.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a row; nothing is exported.")
@click.option("--verify", metavar="MANIFEST", help="Repeat the export of a manifest, and compare.")
def export(
    where: str | None,
    output: str | None,
    form: str | None,
    preset: str | None,
    beside: str | None,
    bom: bool,
    formula_safe: bool,
    no_gzip: bool,
    max_size: str,
    site: str | None,
    query: str | None,
    published: str | None,
    status: str | None,
    language: str | None,
    pages: bool,
    since: str | None,
    until: str | None,
    as_of: str | None,
    versions: Literal["latest", "all"],
    sample: int | None,
    seed: int,
    cursor: str | None,
    jobs: int,
    fleet: bool,
    give_up: bool,
    entry: str | None,
    force: bool,
    schema: bool,
    verify: str | None,
) -> int:
    """Write articles and versions: one consistent snapshot, in a stable order, whole or not at all.

    Beside a file stands its manifest: what was asked, with which software, how many rows are undated or may
    not be shown, and the digest of each file.

    With --format warc, the captures themselves into a folder of WARC files, with an index, a list of what
    could not be harvested and the crawl log; with --format wacz, the same as one file with a list of pages.
    There --since and --until mean when a page was captured.

    With --fleet, a folder of parts, made by all workers of an archive in PostgreSQL while no visit is due; of
    one state, that of the command. The folder is one that all machines reach: s3://bucket/parts, or shared.
    """
    if schema:
        print_json(json_schema())
        return 0
    if entry is not None:
        from legger.cli.exporting.on_the_fleet import next_parts

        next_parts(where, entry)
        return 0
    begin, end = instant(since), instant(until)
    in_order(begin, end)
    bytes_of(max_size)
    if verify is not None:
        return _verified(where, verify if "://" in verify else Path(verify), jobs)
    _refuse_pairs(
        to_file=output is not None and output != "-", form=form, jobs=jobs, cursor=cursor, fleet=fleet,
        give_up=give_up, without=bool(preset or beside or bom),
    )  # fmt: skip
    if form in ("warc", "wacz"):
        asked = (preset, query, published, status, language, pages, as_of, sample, versions == "all")
        if any(asked):
            raise UsageError(f"{form} holds captures: only --site, --since and --until choose among them")
        web_archive(
            where, output, form, Chosen(site=site, since=begin, until=end), packed=not no_gzip, size=max_size
        )
        return 0
    if preset is not None and form not in (None, PRESET_FORM[preset]):
        raise UsageError(f"--for {preset} is written as {PRESET_FORM[preset]}: leave --format out")
    chosen_form = PRESET_FORM[preset] if preset else form or ("parquet" if fleet else "jsonl")
    choice = RowChoice(
        site=site, since=begin, until=end, versions=versions, query=query, published=published,
        status=status, language=language, pages=pages, as_of=closing(as_of) if as_of else None,
        sample=sample, seed=seed,
    )  # fmt: skip
    choice.asked()
    tell_of_to_come(as_of)
    if query or published or status or language:
        take_up(where)
    with reading(where) as archive:
        known_site(archive, site)
        known_language(archive, language)
    made = Form(
        name=chosen_form, preset=preset if chosen_form == "csv" else None, formula_safe=formula_safe,
        bom=bom, beside=_beside(beside),
    )  # fmt: skip
    if fleet:
        from legger.cli.exporting.on_the_fleet import export_on_the_fleet

        assert output is not None
        export_on_the_fleet(where, output, choice, made, describe=described, force=force, give_up=give_up)
    elif output is None or output == "-":
        _print_lines(where, choice, made, cursor)
    elif cursor is not None:
        _write_increment(where, output, cursor, choice, made)
    else:
        _write(where, output, choice, made, jobs=jobs, force=force)
    return 0


def _refuse_pairs(
    *,
    to_file: bool,
    form: str | None,
    jobs: int,
    cursor: str | None,
    fleet: bool,
    give_up: bool,
    without: bool,
) -> None:
    """Raise :class:`UsageError` for options that do not go together; *without*: some that a fleet has not."""
    if give_up and not fleet:
        raise UsageError("--give-up goes with --fleet")
    if fleet and (jobs > 1 or without or cursor is not None or not to_file):
        raise UsageError("--fleet makes a folder: name it with -o; leave --jobs, --for, --with and --bom out")
    if jobs > 1 and (form in ("warc", "wacz") or cursor is not None or not to_file):
        raise UsageError(
            "--jobs: web archives, increments and what goes to stdout are written by one process"
        )


def _print_lines(where: str | None, choice: RowChoice, form: Form, cursor: str | None) -> None:
    """Write rows to stdout."""
    if form.name != "jsonl":
        raise UsageError(f"{form.name} is written to a file: name it with -o")
    if cursor is not None:
        raise UsageError("an increment is written to a file: name it with -o")
    if form.beside:
        raise UsageError("--with writes files beside a file: name that with -o")
    with reading(where) as archive:
        sys.stdout.buffer.writelines(lines(archive, choice))
    sys.stdout.buffer.flush()


def _write_increment(where: str | None, output: str, cursor: str, choice: RowChoice, form: Form) -> None:
    """Write what changed since a cursor, and move that on."""
    if form.name != "jsonl" or form.beside:
        raise UsageError("increments are JSON Lines, and nothing stands beside them")
    with reading(where) as archive, progress("writing") as update:
        changed = write_increment(archive, Path(output), Path(cursor), choice, update=update)
    said = ", ".join(f"{number:,} {what}" for what, number in sorted(changed.items())) or "nothing"
    err.print(f"{said} -> {output}", markup=False, highlight=False)


def _write(where: str | None, output: str, choice: RowChoice, form: Form, *, jobs: int, force: bool) -> None:
    """Write files with their manifest."""
    with (
        reading(where) as archive,
        _processes(where, jobs) as processes,
        progress("writing", 0) as update,
    ):
        written = write_export(
            archive, Path(output), choice, form, force=force, describe=described,
            update=update, processes=processes,
        )  # fmt: skip
    err.print(f"{many(written['rows'], 'row')} -> {output}", markup=False)
    err.print(
        f"{manifest_of(Path(output))}: digests, and the head of the chain (seal {written['chain']['seal']})",
        markup=False,
    )


def tell_of_to_come(as_of: str | None) -> None:
    """Say so where a corpus as of a time is asked for before that time is over: what comes until then is
    not in it."""
    if as_of and closing(as_of) > datetime.now(UTC):
        err.print(plain(f"{as_of} has not ended yet: what is filed until then will be in it, too", "yellow"))


def _beside(said: str | None) -> tuple[str, ...]:
    """What is to stand beside an export. Raises :class:`UsageError` for what there is not."""
    names = tuple(dict.fromkeys(each.strip() for each in (said or "").split(",") if each.strip()))
    for name in names:
        if name not in BESIDE:
            raise UsageError(f"--with {name}: there are {', '.join(BESIDE)}")
    return tuple(name for name in BESIDE if name in names)


def described(name: str) -> tuple[str | None, str | None]:
    """(title, address) of a site by its file; ``None`` where there is none that can be read."""
    from crawler.siteconfig.files import load_site  # which a plain export to a pipe can do without

    try:
        site = load_site(name)
    except UsageError:
        return None, None
    return site.title or None, site.url


def _processes(where: str | None, jobs: int) -> AbstractContextManager[ExportProcesses | None]:
    """So many processes beside this one; with one job, none."""
    return ExportProcesses(existing(where), jobs) if jobs > 1 else nullcontext()


def _verified(where: str | None, manifest: Path | str, jobs: int) -> int:
    """Say what is not as the manifest says; returns the exit status: 1 if anything is."""
    with reading(where) as archive, _processes(where, jobs) as processes:
        wrong = verify_export(archive, manifest, processes)
    for each in wrong:
        err.print(plain(each, "red"))
    if not wrong:
        out.print("Repeated, it comes to the same bytes.")
    return 1 if wrong else 0
