"""``legger boilerplate | reread | regroup``: what a site's memory knows; reading and grouping again."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import click

from archive import Archive
from archive.errors import ArchiveError, NotFound, UsageError
from archive.model.types import Pin, RepeatedLine, SiteMemory
from archive.operations.schedule import REREAD
from archive.shards import together
from archive.versions.rereading import ReadingChange
from crawler.clock import now
from crawler.extract.templates import templates_of
from crawler.ingest.ingest import reader
from crawler.rereading import FEW, RereadingProcesses, planned, pool, some_shards, take_up_pages
from crawler.rereading import reread as again
from crawler.siteconfig.files import load_site, load_sites, named_sites
from crawler.siteconfig.site import Site
from crawler.urls import article_key
from legger.cli.console import (
    CUT,
    NUMBER,
    WHOLE,
    archive_option,
    day_and_time,
    err,
    examples,
    json_option,
    known_site,
    limit_option,
    many,
    out,
    plain,
    print_json,
    print_rows,
    progress,
    reading,
    table,
    take_up_all,
    tell_of_broken,
    writing,
)
from legger.cli.diffs import show_changes
from legger.config import load


@click.command(
    epilog=examples(
        "legger boilerplate hartvanhaaksbergen --limit 20",
        "legger boilerplate hartvanhaaksbergen --line 3 --pin keep --note 'a column, not furniture'",
        "legger boilerplate hartvanhaaksbergen --line 'Tip de redactie' --pin strip",
        "legger boilerplate hartvanhaaksbergen --line 1 --unpin",
    )
)
@archive_option
@click.argument("site")
@limit_option(25, "How many lines, most seen first")
@click.option("--line", metavar="N|TEXT", help="The line to pin: its number in the list, or its exact text.")
@click.option(
    "--pin",
    type=click.Choice([each.value for each in Pin]),
    help="Your last word on the line: strip it from every article, or keep it.",
)
@click.option("--unpin", is_flag=True, help="Take your word on the line back.")
@click.option("--note", help="Why, for who comes after you; shown in the list.")
@click.option(
    "--templates", is_flag=True, help="The templates that the site's articles are built on, instead."
)
@json_option
def boilerplate(
    where: str | None,
    site: str,
    limit: int,
    line: str | None,
    pin: str | None,
    unpin: bool,
    note: str | None,
    templates: bool,
    as_json: bool,
) -> None:
    """What the archive learned to leave out on a site: each text, in how many articles, since when.

    A line can be pinned: what you say of it holds from the next reading on, whatever is learned.

    With --templates: which articles are built alike, where their text stands, and where they show their
    day, writer and section. After a redesign there is one more, since that day.
    """
    if pin is not None or unpin:
        if line is None or (pin is not None and unpin):
            raise click.UsageError("give --line N or --line TEXT, and either --pin or --unpin")
        if note is not None and unpin:
            raise click.UsageError("--note goes with --pin")
        _pin(where, site, line, Pin(pin) if pin else None, note, as_json)
        return
    if line is not None or note is not None:
        raise click.UsageError("--line and --note go with --pin strip, --pin keep or --unpin")
    with reading(where) as archive:
        known_site(archive, site)
        memory = archive.boilerplate.shown(site, archive.captures.hidden_words_of(site))
    if templates:
        _show_templates(memory, as_json)
        return
    lines = _in_order(memory)
    if as_json:
        print_rows(lines[: limit or None])
        return
    if not lines:
        out.print(f"Nothing learned about {site} yet: it takes a few articles.", markup=False)
        return
    out.print(
        plain(
            f"{site}: memory version {memory.version}, from {many(memory.articles, 'article')}, "
            f"{day_and_time(memory.learned_at)}",
            "bold",
        )
    )
    rows = table(
        ("", NUMBER), ("seen in", NUMBER), ("since", WHOLE), ("text", CUT), ("pin", {"max_width": 24})
    )
    for number, each in enumerate(lines[: limit or None], 1):
        rows.add_row(
            str(number),
            seen_in(each),
            each.since.date().isoformat() if each.since else "-",
            plain(each.text),
            plain(f"{each.pin}: {each.note}" if each.note else each.pin or ""),
        )
    out.print(rows)


def _show_templates(memory: SiteMemory, as_json: bool) -> None:
    """The templates of a memory, those of most articles first."""
    known = templates_of(memory.templates)
    if as_json:
        print_rows(
            [
                {
                    "articles": each.articles,
                    "since": each.since,
                    "last": each.last,
                    "text": each.text,
                    "fields": dict(each.fields),
                    "places": len(each.places),
                    "example": each.example,
                }
                for each in known
            ]
        )
        return
    if not known:
        out.print(f"No template of {memory.site} is known yet: it takes a few articles.", markup=False)
        return
    for number, each in enumerate(known, 1):
        since, last = ((when or "-")[:10] for when in (each.since, each.last))
        out.print(plain(f"template {number}: {many(each.articles, 'article')}, {since} to {last}", "bold"))
        shown = {"text": each.text, **each.fields, "example": each.example or ""}
        for name, where in shown.items():
            if where:
                out.print(plain(f"  {name}: {where}"))


def _in_order(memory: SiteMemory) -> list[RepeatedLine]:
    """The lines as they are listed and numbered: pinned ones first, then those most seen."""
    return sorted(memory.lines, key=lambda line: (line.pin is None, -line.seen, line.text))


def _pin(where: str | None, site: str, asked: str, pin: Pin | None, note: str | None, as_json: bool) -> None:
    with writing(where) as archive:
        known_site(archive, site)
        lines = _in_order(archive.boilerplate.get(site))
        found = next((each for each in lines if each.text == asked), None)
        if found is None and asked.isdecimal() and len(asked) < 10:
            if not 1 <= int(asked) <= len(lines):
                raise NotFound(f"there is no line {asked}: `legger boilerplate {site}` lists {len(lines)}")
            found = lines[int(asked) - 1]
        if pin is None and (found is None or found.pin is None):
            raise NotFound(f"{asked!r} is not pinned: `legger boilerplate {site}` shows which lines are")
        text = found.text if found else asked
        if found and found.pin and found.place:  # a word of before may have been on one place alone
            archive.boilerplate.pin(site, text, None, at=now(), place=found.place)
        memory = archive.boilerplate.pin(site, text, pin, at=now(), note=note)
        archive.commit()
    if as_json:
        print_json({"site": site, "line": text, "pin": pin, "note": note, "memory": memory.version})
        return
    said = f"{pin}: {text}" if pin else f"no longer pinned: {text}"
    out.print(plain(f"{site}, memory version {memory.version}: {said}"))
    err.print(
        plain(f"It holds from the next reading on; `legger reread {site}` reads what is stored with it.")
    )


def seen_in(line: RepeatedLine) -> str:
    """``40 of 40``."""
    return f"{line.seen} of {line.of}"


@click.command(
    epilog=examples(
        "legger reread",
        "legger reread hartvanhaaksbergen --dry-run --samples 5",
        "legger reread --jobs 8",
        "legger reread --fleet                 # an archive in PostgreSQL: the workers do it, visits first",
    )
)
@archive_option
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Only report what would read otherwise, with samples.")
@click.option(
    "--samples",
    type=click.IntRange(0),
    default=3,
    show_default=True,
    help="With --dry-run: how many articles of each site to show word by word.",
)
@click.option("--jobs", type=click.IntRange(1), help="Processes at work. Default: one for each core.")
@click.option("--fleet", is_flag=True, help="Let the workers of the fleet do it, when no visit is due.")
@click.option("--shard", is_flag=True, help="Only the next pieces of each NAME: what a worker does.")
@json_option
def reread(
    where: str | None,
    names: tuple[str, ...],
    dry_run: bool,
    samples: int,
    jobs: int | None,
    fleet: bool,
    shard: bool,
    as_json: bool,
) -> int:
    """Read the stored captures again with today's extractor, rules and memory. Never makes a version.

    But for standing pages: where a site's file says to keep them, those captured before are filed too.

    It is done in pieces of some hundreds of versions, each while nobody visits its site. What was broken off
    goes on with the piece at which it was. In SQLite one process writes and the others read for it; in
    PostgreSQL each does pieces of its own, on this machine, or with --fleet on all of them.
    """
    if fleet + shard + dry_run > 1:
        raise UsageError("one of --fleet, --shard and --dry-run")
    if fleet:
        from legger.cli.extraction.on_the_fleet import reread_on_the_fleet

        report, status = reread_on_the_fleet(where, names), 0
    else:
        found = named_sites(names) if names else load_sites()
        status = tell_of_broken(found.broken)
        sites = list(found.sound.values())
        jobs = jobs or os.cpu_count() or 1
        if dry_run:
            _would_change(where, sites, samples, jobs, as_json)
            return status
        if shard:
            return max(status, _next_shards(where, sites))
        report = _read_again(where, sites, jobs)
    if as_json:
        print_json(report)
        return status
    for name, counts in report.items():
        out.print(plain(f"{name}: {_said(counts)}"))
    if not report:
        err.print("Nothing to read again.")
    return status


def _next_shards(where: str | None, sites: Sequence[Site]) -> int:
    """Do some shards of each site; returns the exit status: 1 where somebody else is at one."""
    with writing(where) as archive:
        done = [some_shards(site, archive) for site in sites]
    return 0 if all(done) else 1


def _read_again(where: str | None, sites: Sequence[Site], jobs: int) -> dict[str, dict[str, int]]:
    """Read again with so many processes; returns counts by site."""
    with writing(where) as archive:
        sites = planned(sites, archive)
        names = [site.name for site in sites]
        total = together(REREAD, archive.shards.progress(REREAD, names).values())
        with progress("reading again", total.versions) as update:
            if jobs > 1 and archive.session.backend.SIDE_BY_SIDE and total.versions >= FEW:
                report = _side_by_side(archive, load(where).archive, sites, jobs, update)
            else:
                report = _one_after_the_other(archive, load(where).archive, sites, jobs, update)
        take_up_all(archive)
    return report


def _one_after_the_other(
    archive: Archive, where: str, sites: Sequence[Site], jobs: int, update: Callable[..., None]
) -> dict[str, dict[str, int]]:
    """Read again for one process that writes."""
    report: dict[str, dict[str, int]] = {}
    with pool(where, jobs) as processes:
        for site in sites:

            def came(counts: Mapping[str, int], name: str = site.name) -> None:
                report[name] = dict(counts)
                read, differ = (
                    sum(each.get(what, 0) for each in report.values()) for what in ("read", "differs")
                )
                update(read, says=f"{name}; {differ:,} read otherwise")

            report[site.name] = again(site, archive, processes, came)
    return report


def _side_by_side(
    archive: Archive, where: str, sites: Sequence[Site], jobs: int, update: Callable[..., None]
) -> dict[str, dict[str, int]]:
    """The same by processes that each write. Raises :class:`ArchiveError` where something is left."""
    names = [site.name for site in sites]
    processes = RereadingProcesses(where, sites, jobs)
    try:
        while True:
            goes_on = processes.goes_on()
            so_far = archive.shards.progress(REREAD, names)
            every = together(REREAD, so_far.values())
            says = f"{every.shards_done:,} of {every.shards:,} pieces"
            update(every.versions_done, says=f"{says}; {every.counts.get('differs', 0):,} read otherwise")
            if not goes_on:
                break
            time.sleep(0.3)
    finally:
        processes.stop()
    if not every.done:
        left = every.shards - every.shards_done
        raise ArchiveError(f"{many(left, 'piece')} were not read again; run the same command once more")
    report = {name: dict(each.counts) for name, each in so_far.items()}
    for site in sites:
        if site.name in so_far:
            archive.shards.forget(REREAD, site.name)
        else:
            report[site.name] = take_up_pages(site, archive)
    return report


_OUTCOMES = {
    "read": "read",
    "differs": "read otherwise now",
    "provenance": "say the same, with other witnesses",
    "same": "read the same",
    "merged": "turn out no edit",
    "skipped": "left",
    "sorted": "became standing pages, or articles",
    "pages": "standing pages filed that were captures only",
    "not-article": "no article any more: left as they were",
    "unreadable": "cannot be read: left as they were",
}


def _said(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[what]:,} {words}" for what, words in _OUTCOMES.items() if counts.get(what))


def _would_change(where: str | None, sites: Sequence[Site], samples: int, jobs: int, as_json: bool) -> None:
    """What reading again would change, site by site; changes nothing."""
    found = False
    with reading(where) as archive, pool(load(where).archive, jobs) as processes:
        for site in sites:
            total = archive.rereading.rereadable(site.name)
            if not total:
                continue
            found = True
            counts: Counter[str] = Counter()
            what: Counter[str] = Counter()
            shown: list[ReadingChange] = []
            memory = archive.boilerplate.get(site.name).version
            with progress(f"reading {site.name} again", total) as update:
                for each in archive.rereading.would_change(
                    site.name,
                    reader(site, archive),
                    read_all=processes(site, memory) if total >= FEW else None,
                    keep_pages=site.pages.keep,
                    counts=counts,
                ):
                    what.update(each.what)
                    if len(shown) < samples and each.shows:
                        shown.append(each)
                    update(counts["read"], says=f"{counts['differs']:,} would read otherwise")
            if as_json:
                print_rows(
                    [{"site": site.name, **counts, "what": what, "samples": list(map(_sample, shown))}]
                )
                continue
            out.print(plain(f"{site.name}: {_said(counts)}", "bold"))
            if what:
                out.print(plain("  " + ", ".join(f"{name} {count:,}" for name, count in what.most_common())))
            for each in shown:
                title = each.after.title or each.before.title or "(no title)"
                out.print()
                out.print(plain(f"article {each.article}, version {each.number}: {title}"))
                show_changes(each.diff)
    if not found:
        err.print("Nothing to read again.")
    elif not as_json:
        err.print("Nothing was changed: this was a dry run.")


def _sample(each: ReadingChange) -> dict[str, object]:
    return {"article": each.article, "version": each.number, "url": each.after.url, "diff": each.diff}


@click.command(epilog=examples("legger regroup hartvanhaaksbergen"))
@archive_option
@click.argument("name", metavar="NAME")
@json_option
def regroup(where: str | None, name: str, as_json: bool) -> None:
    """Group a site's captures anew, after `identity` in its file has changed. Run it before the next visit.

    Articles that turn out to be one go on as the earliest; one that turns out to be several is taken apart.
    No version is lost, and citations stay valid.
    """
    site = load_site(name)

    def key_of(url: str, canonical: str | None) -> str:
        return article_key(site, url, canonical)

    with writing(where) as archive:
        counts = archive.regrouping.regroup(site.name, key_of, reader(site, archive), at=datetime.now(UTC))
        archive.index.update()
    if as_json:
        print_json(counts)
        return
    said = {
        "renamed": "articles got another identity",
        "moved": "articles go on as an earlier one",
        "split": "articles were taken apart",
        "refiled": "captures were filed again",
        "left": "captures were left where they are: their identity has an article by now",
    }
    for what, count in counts.items():
        out.print(plain(f"{count:,} {said[what]}"))
    if not counts:
        out.print("Every capture stands where the rule puts it.")
