"""``legger site``: add, take into use, check, list and show the sites that are crawled."""

from __future__ import annotations

import asyncio
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import click
from rich.table import Table

from archive.errors import LeggerError, NotFound, UsageError
from archive.model.addresses import Role
from archive.model.types import Article
from archive.operations.site_files import PLATFORM, SITE
from crawler.fetching.fetcher import Fetcher
from crawler.onboarding.check import CheckState, Known, SiteCheck, check_site
from crawler.onboarding.probe import ProbeResult, probe_site
from crawler.siteconfig.files import (
    load_site,
    load_sites,
    operators_folder,
    parse_site,
    platform_file,
    shipped_file,
    shipped_sites,
)
from crawler.siteconfig.site import Site
from crawler.siteconfig.writing import write_site
from crawler.urls import normal_address
from legger.beliefs import believed, in_words
from legger.cli.console import (
    CUT,
    FOLDED,
    NUMBER,
    WHOLE,
    archive_option,
    day_and_time,
    err,
    examples,
    json_option,
    out,
    plain,
    print_json,
    progress,
    reading,
    table,
    tell_of_broken,
)
from legger.cli.crawling.letter import letter_
from legger.cli.crawling.page_options import page_options, show_page
from legger.cli.crawling.samples_page import fields_of, of_probe
from legger.cli.crawling.teach import teach
from legger.cli.crawling.web_access import line_out, line_to
from legger.config import load
from legger.dates import closing


@click.group()
def site() -> None:
    """Describe news sites: one small TOML file each, in ./sites or LEGGER_SITES."""


site.add_command(letter_)
site.add_command(teach)


@site.command(
    epilog=examples(
        "legger site add https://www.haaksbergen-nieuws.nl/",
        "legger site add https://www.haaksbergen-nieuws.nl/ --open",
        "legger site add http://127.0.0.1:8700/ --allow-private --yes --name proef",
    )
)
@click.argument("url")
@click.option("--name", help="The site's short name; the file is called after it.")
@click.option("--yes", is_flag=True, help="Ask nothing; write the file.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--allow-private", is_flag=True, help="The site is on loopback or at a private address.")
@page_options
@json_option
def add(
    url: str,
    name: str | None,
    yes: bool,
    force: bool,
    allow_private: bool,
    page: str | None,
    opened: bool,
    as_json: bool,
) -> int:
    """Look at a site and write its file: feeds, sitemaps, listings, a few articles, and what is unsure.

    With --open the sampled pages stand beside what was read of them, in your browser: a wrong date is seen
    before ten years of them are filed.
    """
    named = url if "://" in url else f"https://{url}"
    try:
        if urlsplit(named).username is not None:  # mailto:somebody@news.example
            raise ValueError("no address of a site")
        normal_address(named)
    except ValueError as error:
        raise UsageError(f"{url}: expected the address of a site, such as https://news.example/") from error
    url = named
    if name:
        parse_site({"url": url}, name=name, source="--name")  # fit to be a file's name?
    fetcher = line_out(load(), site=name or "survey", allow_private=allow_private, ask=not yes)
    with progress("looking") as update:
        looking = _look(
            url, fetcher, lambda step: update(says=step[-60:]), name=name, allow_private=allow_private
        )
        found = asyncio.run(looking)
    file = operators_folder() / f"{found.site.name}.toml"
    if file.exists() and not force:
        raise UsageError(f"{file} is there already: choose another --name, or say --force to write over it")
    if as_json:
        print_json(
            {"file": str(file), "site": asdict(found.site), "sources": found.sources, "doubts": found.doubts}
        )
    else:
        tell(found)
    if page is not None or opened:
        show_page(of_probe(found), page, name=found.site.name, opened=opened)
    if found.is_empty and not force:
        err.print(
            plain(
                f"Nothing was written: no article and no feed, sitemap or listing was found at {url}. "
                "If it is the right address all the same, say --force.",
                "red",
            )
        )
        return 1
    if not yes and sys.stdin.isatty() and not click.confirm(f"Write {file}?", default=True, err=True):
        err.print("Nothing was written.")
        return 1
    write_site(found.site, file)
    if not as_json:
        out.print(plain(f"Written: {file}"))
        out.print(plain(f"Next:    legger crawl {found.site.name} --backfill"))
    return 0


async def _look(url: str, fetcher: Fetcher, say: Callable[[str], None], **options: Any) -> ProbeResult:
    async with fetcher:
        return await probe_site(url, fetcher, say=say, **options)


def tell(found: ProbeResult) -> None:
    """What was seen, on one screen."""
    site = found.site
    out.print(plain(site.title or site.name, "bold"))
    about = (site.language or "language not stated", site.timezone, site.place or "place not known")
    out.print(plain(f"{site.url}  {', '.join(about)}", "dim"))
    out.print()
    rows = table(("source", CUT), ("kind", WHOLE), ("entries", NUMBER), ("told by", WHOLE))
    for source in found.sources:
        where = source.url.removeprefix(urljoin(site.url, "/").rstrip("/"))
        rows.add_row(plain(where), source.role.value, f"{source.entries:,}", source.how)
    rows.add_row(plain(urlsplit(site.url).path or "/"), Role.LISTING.value, "", "always asked")
    out.print(rows)
    for sample in found.samples:
        out.print()
        out.print(plain(sample.url, "dim"), soft_wrap=True)
        out.print(_read_of(sample.article))
    if found.doubts:
        out.print("\nUnsure:")
        for doubt in found.doubts:
            out.print(plain(f"- {doubt}", "yellow"))
    out.print()


def _read_of(article: Article) -> Table:
    """What was read of a page, each field with the witness that gave it."""
    rows = table(("", WHOLE), ("read", CUT), ("from", {"no_wrap": True, "max_width": 27}))
    if not article.is_article:
        rows.add_row("no article", plain(f"{article.kind.value}: {article.reason}", "yellow"), "")
        return rows
    for name, value, witness in fields_of(article):
        words = f"{value}: {article.text[:200]}" if name == "text" else value
        shown = plain(" ".join(words.split())) if words else plain("not found", "yellow")
        rows.add_row(name, shown, plain(witness))
    return rows


@site.command(
    epilog=examples("legger site list --shipped haaksbergen", "legger site use roskam rondhaaksbergen")
)
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--force", is_flag=True, help="Write over files that are there.")
def use(names: tuple[str, ...], force: bool) -> None:
    """Take sites that come with Legger into use: copy their files to ./sites, where they are yours to change.

    From then on `legger crawl --all` and `legger schedule` visit them. What a platform's sites share stays in
    the platform's file.
    """
    shipped = {name: shipped_file(name) for name in names}
    folder = operators_folder()
    there = [str(file) for name in names if (file := folder / f"{name}.toml").exists()]
    if there and not force:
        raise UsageError(f"{', '.join(there)}: there already; say --force to write over it")
    folder.mkdir(parents=True, exist_ok=True)
    for name, file in shipped.items():
        own = folder / f"{name}.toml"
        own.write_bytes(file.read_bytes())
        out.print(plain(f"Written: {own}"))
    for name in names:
        if load_site(name).feed_only:
            err.print(
                plain(
                    f"{name}: its pages stand behind a gate, which is recorded and never passed, so only "
                    "feeds are read: headlines, leads, times; no texts. "
                    f"To ask for more: legger site letter {name}",
                    "yellow",
                )
            )
    out.print(plain(f"Next:    legger site check {names[0]}"))


@site.command(epilog=examples("legger site check tubantia", "legger site check tubantia --json"))
@click.argument("name")
@json_option
def check(name: str, as_json: bool) -> int:
    """Try a site, yours or a shipped one: what works today, what does not, and what to do about it.

    Asks for robots.txt, what the host says about mining, the front page, every feed, sitemap and listing of
    its file, and five articles; files nothing. Exit code 1 when something fails.
    """
    described, config = load_site(name), load()
    fetcher = line_to(described, config, ask=not as_json)
    with progress("trying") as update:
        found = asyncio.run(
            _try(
                described,
                fetcher,
                ground=config.ground,
                known=_known(name),
                say=lambda step: update(says=step[-60:]),
            )
        )
    if as_json:
        bare = replace(found, samples=tuple(replace(each, capture=None) for each in found.samples))
        print_json({**asdict(bare), "works": found.works})
    else:
        _tell_checkup(found)
    return 0 if found.works else 1


async def _try(described: Site, fetcher: Fetcher, **options: Any) -> SiteCheck:
    async with fetcher:
        return await check_site(described, fetcher, **options)


def _known(name: str) -> Known:
    """What the archive knows of a site, where there is one."""
    try:
        with reading(None) as archive:
            visits = archive.alarms.visits_seen(name, now=datetime.now(UTC))
            told, unchanged = believed(archive, name, now=datetime.now(UTC))
    except LeggerError:  # there is no archive yet, or another one is asked from here
        return Known()
    filled: Counter[str] = Counter()
    for each in visits:
        filled.update(each.health_signals.get("filled", {}))
    words = sum(int(each.health_signals.get("words", 0)) for each in visits)
    doubted = [in_words(each) for each in told if not each.believed]
    doubted += [in_words(each) for each in unchanged if not each.believed]
    return Known(articles=filled["of"], filled=filled, words=words, doubted=tuple(doubted))


NARROW = 110
"""Columns of a terminal in which name, title and place do not stand side by side."""
_STYLES = {CheckState.WORKS: "green", CheckState.DOUBT: "yellow", CheckState.FAILS: "red"}


def _tell_checkup(found: SiteCheck) -> None:
    """What was tried, on one screen, and what to do."""
    described = found.site
    out.print(plain(described.title or described.name, "bold"))
    out.print(plain(f"{described.url}  {described.platform or 'no platform'}", "dim"))
    out.print()
    rows = table(("", WHOLE), ("tried", {"overflow": "fold", "max_width": 28}), ("outcome", FOLDED))
    for each in found.findings:
        rows.add_row(plain(each.state.value, _STYLES[each.state]), plain(each.what), plain(each.says))
    out.print(rows)
    hints: dict[str, list[str]] = {}
    for each in found.findings:
        if each.hint:
            hints.setdefault(each.hint, []).append(each.what)
    if hints:
        out.print("\nWhat to do:")
        for hint, about in hints.items():
            out.print(plain(f"- {', '.join(dict.fromkeys(about))}: {hint}"))
    out.print()
    failing = sum(each.state is CheckState.FAILS for each in found.findings)
    doubts = sum(each.state is CheckState.DOUBT for each in found.findings)
    more = f"It can be crawled; first read the {doubts} doubt{'s' * (doubts > 1)} above."
    works = more if doubts else "It works."
    own = operators_folder() / f"{described.name}.toml"
    if failing:
        out.print(plain(f"{failing} of {len(found.findings)} fail.", "red"))
    elif not own.exists():
        out.print(plain(f"{works} To crawl it: legger site use {described.name}", "green"))
    elif described.untested_since:
        out.print(plain(f"{works} You can remove `untested_since` from {own}.", "green"))
    else:
        out.print(plain(f"{works} Next: legger crawl {described.name} --backfill", "green"))


@site.command(
    name="list",
    epilog=examples("legger site list", "legger site list --shipped twente", "legger site list --json"),
)
@click.argument("words", metavar="[WORD]...", nargs=-1)
@click.option("--shipped", is_flag=True, help="Those that come with Legger, to be taken into use.")
@json_option
def list_sites(words: tuple[str, ...], shipped: bool, as_json: bool) -> int:
    """The sites you crawl or, with --shipped, those that come with Legger; of which all WORDs are said.

    A file that is wrong is named with what is wrong in it, and the command ends with 1.
    """
    operators = load_sites(shipped=False)
    own, read = operators.sound, shipped_sites() if shipped else operators
    sites = [each for each in read.sound.values() if _speaks_of(each, words)]
    status = tell_of_broken(read.broken)
    if as_json:
        print_json([{**asdict(each), "own": each.name in own} for each in sites])
        return status
    if shipped:
        narrow = out.width < NARROW  # then the title and the address stand below the name
        columns = ("name",) if narrow else ("name", "site")
        rows = table(
            *((each, WHOLE) for each in columns), ("place", FOLDED), ("platform", WHOLE), ("in use", WHOLE)
        )
        for each in sites:
            used = "yes" if each.name in own else ""
            said = [*filter(None, (each.title, each.url.partition("://")[2].rstrip("/")))]
            first = ["\n".join((each.name, *said))] if narrow else [each.name, "\n".join(said)]
            place = plain(each.place.replace("/", " / "))
            rows.add_row(*map(plain, first), place, each.platform or "-", used)
    else:
        rows = table(
            ("name", WHOLE),
            ("site", CUT),
            ("platform", WHOLE),
            ("sources", NUMBER),
            ("untested since", WHOLE),
        )
        for each in sites:
            rows.add_row(
                each.name,
                plain(each.url.partition("://")[2]),
                each.platform or "-",
                str(len(each.feeds) + len(each.sitemaps) + len(each.listings)),
                str(each.untested_since or ""),
            )
    if sites:
        out.print(rows)
    elif words:
        err.print(plain(f"No site speaks of {' '.join(words)}."))
    elif not read.broken:
        err.print("There are no sites yet: legger site add https://your.local.news/")
        err.print("Or take one that comes with Legger: legger site list --shipped")
    if shipped and sites:
        out.print(plain("\nTo crawl one: legger site use NAME", "dim"))
    return status


def _speaks_of(each: Site, words: Sequence[str]) -> bool:
    said = " ".join((each.name, each.url, each.title, each.place, each.platform)).casefold()
    return all(word.casefold() in said for word in words)


@site.command(
    epilog=examples(
        "legger site show haaksbergen-nieuws", "legger site show haaksbergen-nieuws --on 2026-03-02"
    )
)
@archive_option
@click.argument("name")
@click.option("--on", "day", metavar="DAY", help="What it said at the end of that day, or at a time.")
@json_option
def show(where: str | None, name: str, day: str | None, as_json: bool) -> None:
    """A site's file, as it stands, and that of its platform.

    With --on what they said on a day, as the archive has it on record: from the files that a clock found, or
    'legger fleet publish' put there.
    """
    if day is not None:
        _show_then(where, name, day, as_json=as_json)
        return
    described = load_site(name)
    if as_json:
        print_json(asdict(described))
        return
    _print_file(Path(described.source))
    if described.platform:
        out.print()
        _print_file(platform_file(described.platform))
    if described.untested_since:
        err.print(
            plain(
                f"Not tried against the live site since {described.untested_since}: legger site check {name}"
            )
        )


def _show_then(where: str | None, name: str, day: str, *, as_json: bool) -> None:
    """What the files of a site and its platform said on a day."""
    moment = closing(day)
    with reading(where) as archive:
        file = archive.site_files.on(SITE, name, moment)
        if file is None:
            raise NotFound(f"no file of {name} was on record by {day}")
        stated = tomllib.loads(file.text) if file.text and _is_toml(file.text) else {}
        platform = archive.site_files.on(PLATFORM, str(stated.get("platform", "")), moment)
    files = [each for each in (file, platform) if each is not None]
    if as_json:
        print_json(files)
        return
    for each in files:
        since = f"# {each.kind} {each.name}, since {day_and_time(each.since)}, from {each.machine}"
        out.print(plain(since, "dim"), soft_wrap=True)
        out.print(
            plain(each.text if each.text is not None else "# taken out of use\n"), end="", soft_wrap=True
        )


def _is_toml(words: str) -> bool:
    try:
        tomllib.loads(words)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _print_file(file: Path) -> None:
    out.print(plain(f"# {file}", "dim"), soft_wrap=True)
    out.print(plain(file.read_text(encoding="utf-8")), end="", soft_wrap=True)
