"""``legger articles | pages | show | history | diff | edits | as-of``: questions about articles."""

from __future__ import annotations

from dataclasses import asdict
from itertools import islice

import click
from rich.padding import Padding
from rich.text import Text

from archive import Archive
from archive.compare.edit_kinds import EditKind
from archive.errors import UsageError
from archive.model.reports import FieldPeriod
from archive.model.row_fields import all_addresses, of_version
from archive.model.types import BlockKind, Status, Version
from legger.cli.console import (
    CUT,
    NUMBER,
    SITE,
    WHOLE,
    archive_option,
    day_and_time,
    examples,
    in_order,
    json_option,
    known_site,
    limit_option,
    out,
    paged,
    plain,
    print_json,
    print_rows,
    reading,
    reading_width,
    table,
)
from legger.cli.diffs import show_diff
from legger.dates import closing, instant

STATUS = ("", WHOLE)
STATUS_STYLE = {Status.LIVE: "", Status.SUSPECT: "yellow", Status.GONE: "red"}


def standing(version: Version) -> str:
    """How its article stands: ``redacted``, or what the site's last answer showed."""
    return "redacted" if version.redacted else version.status.value


BRIEF = (
    "id", "site", "url", "title", "version", "status", "kind", "published", "seen_before", "first_seen",
    "last_seen", "superseded", "changed_fields", "edit_kinds", "words_added", "words_removed", "words_moved",
    "silent", "alternating", "same_as", "redacted", "content_hash",
)  # fmt: skip
"""Fields of an exported row that say what a version is, without its text."""


def brief(version: Version) -> dict[str, object]:
    """A version in one JSON object, without its text."""
    known = of_version(version)
    return {name: known[name] for name in BRIEF}


def _addresses(archive: Archive, version: Version) -> list[str]:
    """Every address of an article, as an exported row has them."""
    return all_addresses(version.url, archive.articles.addresses_of(version.article_id))


def listed(versions: list[Version], as_json: bool, empty: str, *, status: bool = True) -> None:
    """Versions as a table that fits, or as JSON Lines; *status* says how the article stands now."""
    if as_json:
        print_rows(brief(each) for each in versions)
        return
    if not versions:
        out.print(empty)
        return
    rows = table(
        ("id", NUMBER),
        SITE,
        *([("published", WHOLE)] if out.width >= DATED else []),
        ("seen", WHOLE),
        ("v", NUMBER),
        *([("kind", WHOLE)] if out.width >= WIDER else []),
        ("title", CUT),
        ("", WHOLE),
    )
    for each in versions:
        rows.add_row(
            str(each.article_id),
            each.site,
            *([_stated(each)] if out.width >= DATED else []),
            day_and_time(each.first_seen),
            str(each.number),
            *([each.article.kind.value] if out.width >= WIDER else []),
            headline(each),
            plain(
                standing(each) if status and standing(each) != Status.LIVE else "", STATUS_STYLE[each.status]
            ),
        )
    out.print(rows)


DATED, WIDER, WIDEST = 95, 110, 140
"""Columns of a terminal from which on tables have dates of publication, and more."""


def _size(edit: Version) -> str:
    return f"+{edit.words_added} -{edit.words_removed}" if edit.words_added or edit.words_removed else ""


def _stated(version: Version) -> str:
    """When the site says it was published, to the minute; a dash when it does not say."""
    published = version.article.published
    return published.text[:16].replace("T", " ") if published else "-"


def headline(version: Version) -> Text:
    """A version's title in a table."""
    return plain("(redacted)", "dim italic") if version.redacted else plain(version.article.title)


@click.command(epilog=examples("legger pages", "legger pages hartvanhaaksbergen --json"))
@archive_option
@click.argument("site", required=False)
@limit_option(30, "How many, last found first")
@json_option
@paged
def pages(where: str | None, site: str | None, limit: int, as_json: bool) -> None:
    """List the standing pages (about, contact, statutes) of sites that keep them, the last found first.

    A site keeps them with 'keep = true' under [pages] in its file. They have versions as articles have, which
    'show', 'history' and 'diff' tell, and are in no list of news, nor found by 'search' without kind:page.
    """
    with reading(where) as archive:
        known_site(archive, site)
        found = archive.listings.found_last(site, pages=True, limit=limit or None)
    listed(list(found.items), as_json, "No page is kept: it takes [pages] keep = true in a site's file.")


@click.command(
    epilog=examples(
        "legger as-of 2026-03-02", "legger as-of 2026-03-02T12:00+01:00 --site oost --json --limit 0"
    )
)
@archive_option
@click.argument("moment", metavar="TIME")
@click.option("--site", help="Only this site.")
@limit_option(30, "How many, by number")
@json_option
def as_of(where: str | None, moment: str, site: str | None, limit: int, as_json: bool) -> None:
    """The whole corpus as it stood: of every article seen by then, the version that held.

    TIME is an instant, or a day, which means its end. Articles that had gone by then are among them.
    """
    with reading(where) as archive:
        known_site(archive, site)
        found = archive.articles.as_of(closing(moment), site)
        chosen = islice(found, limit or None)
        if as_json:
            print_rows({**brief(each), "text": each.article.text} for each in chosen)
        else:
            listed(list(chosen), False, "Nothing had been seen by then.", status=False)


@click.command(epilog=examples("legger articles --site hartvanhaaksbergen --limit 10"))
@archive_option
@click.option("--site", help="Only this site.")
@limit_option(30, "How many, newest first")
@json_option
@paged
def articles(where: str | None, site: str | None, limit: int, as_json: bool) -> None:
    """List the articles in the archive, the last that came or changed first."""
    with reading(where) as archive:
        known_site(archive, site)
        found = archive.articles.newest(site, limit=limit or None)
        if as_json:
            print_rows({**brief(each), "addresses": _addresses(archive, each)} for each in found)
            return
    listed(found, False, "No articles yet.")


@click.command(
    epilog=examples(
        "legger show 12",
        "legger show https://news.example/1 --as-of 2026-03-01",
        "legger show legger:12.2-0123456789ab    # a citation: as it was first read",
    )
)
@archive_option
@click.argument("article", metavar="URL|ID|CITATION")
@click.option("--version", "number", type=int, help="This version; default: the latest.")
@click.option("--as-of", metavar="TIME", help="As it stood at this time, or at the end of this day.")
@json_option
@paged
def show(where: str | None, article: str, number: int | None, as_of: str | None, as_json: bool) -> None:
    """Read an article as it stood."""
    if number is not None and as_of is not None:
        raise UsageError("choose --version or --as-of")
    with reading(where) as archive:
        if article.startswith("legger:"):
            version = archive.articles.cited(article)
        else:
            version = archive.articles.version(
                article, number=number, as_of=closing(as_of) if as_of else None
            )
        removed = [each for each in archive.redactions.all() if each.article == version.article_id]
        where_it_stands = _addresses(archive, version)
        elsewhere = [
            each.address
            for each in archive.wayback.all(article=version.article_id)
            if each.address and each.number == version.number
        ]
    if as_json:
        print_json(
            {
                **brief(version),
                "addresses": where_it_stands,
                "internet_archive": elsewhere[0] if elsewhere else None,
                "text": version.article.text,
                "article": version.article,
            }
        )
        return
    read = version.article
    if version.redacted:
        why = removed[-1]
        out.print(plain(f"Article {version.article_id} may not be shown.", "bold"))
        out.print(plain(f"{why.ground}: {why.reason} ({why.who}, {day_and_time(why.at)})"))
        out.print(plain(f"content sha256 {version.content_hash}", "dim"), soft_wrap=True)
        return
    out.print(plain(read.title, "bold"))
    out.print(
        plain(
            " · ".join(
                filter(
                    None,
                    [
                        version.site,
                        ", ".join(read.authors),
                        read.published.text if read.published else "",
                        f"version {version.number}",
                        version.status,
                    ],
                )
            ),
            "dim",
        )
    )
    out.print(plain(read.url, "dim"))
    out.print(plain(f"seen {day_and_time(version.first_seen)} to {day_and_time(version.last_seen)}", "dim"))
    for address in elsewhere:
        out.print(plain(f"Internet Archive: {address}", "dim"), soft_wrap=True)
    styles = {
        BlockKind.SUBHEAD: "bold",
        BlockKind.LEAD: "bold",
        BlockKind.CAPTION: "dim",
        BlockKind.BOX: "dim",
    }
    for block in read.blocks:
        out.print(
            Padding(plain(block.text, styles.get(block.kind, "")), (1, 0, 0, 0), expand=False),
            width=reading_width(),
        )


@click.command(epilog=examples("legger history https://news.example/1", "legger history 12 --field modified"))
@archive_option
@click.argument("article", metavar="URL|ID")
@click.option("--field", help="The history of one field (title, modified, section, ...); all: of each.")
@json_option
@paged
def history(where: str | None, article: str, field: str | None, as_json: bool) -> None:
    """The versions of an article: when each was seen, and what moved."""
    with reading(where) as archive:
        if field is not None:
            _fields(archive.articles.fields(article, None if field == "all" else field), as_json)
            return
        versions = archive.articles.history(article)
        before = archive.regrouping.predecessors(versions[0].article_id)
        where_it_stands = archive.articles.addresses_of(versions[0].article_id)
    if as_json:
        print_rows(brief(each) for each in versions)
        return
    out.print(headline(versions[-1]), style="bold")
    for number in before:
        out.print(plain(f"Filed before as article {number} too: legger history {number}", "dim"))
    _print_addresses(where_it_stands)
    rows = table(
        ("v", NUMBER),
        ("first seen", WHOLE),
        ("last seen", WHOLE),
        ("words", NUMBER),
        ("+", NUMBER),
        ("-", NUMBER),
        "what moved",
        ("", WHOLE),
    )
    for each in versions:
        rows.add_row(
            str(each.number),
            day_and_time(each.first_seen),
            day_and_time(each.last_seen),
            str(each.article.word_count),
            *(str(count or "") for count in (each.words_added, each.words_removed)),
            ", ".join(each.changed_fields) or ("first seen" if each.number == 1 else "nothing, read again"),
            note(each),
        )
    out.print(rows)
    if standing(versions[-1]) != Status.LIVE:
        out.print(plain(f"Status: {standing(versions[-1])}", STATUS_STYLE[versions[-1].status]))


def _print_addresses(urls: list[str]) -> None:
    """Where an article that has moved stands, and the addresses that lead there."""
    if len(urls) > 1:
        out.print(plain(f"Stands at {urls[0]}", "dim"), soft_wrap=True)
        for url in urls[1:]:
            out.print(plain(f"also known as {url}", "dim"), soft_wrap=True)


def note(version: Version) -> Text:
    """What is remarkable about a version, in a word."""
    if version.silent:
        return plain("silent", "yellow")
    if version.alternating:
        return plain("by turns", "dim")
    return plain(f"as {version.same_as}" if version.same_as else "", "dim")


def _fields(held: list[FieldPeriod], as_json: bool) -> None:
    if as_json:
        print_rows(held)
        return
    if not held:
        out.print("No such field was ever read here.")
        return
    rows = table(("field", WHOLE), ("since", WHOLE), ("until", WHOLE), ("what it said", CUT), ("", WHOLE))
    for each in held:
        value = each.value if isinstance(each.value, str) else ", ".join(each.value or ())
        rows.add_row(
            each.field,
            day_and_time(each.since),
            day_and_time(each.until),
            plain(value.replace("\n", " ") or "(nothing)"),
            plain("or our reader" if each.reader_changed else "", "dim"),
        )
    out.print(rows)


@click.command(epilog=examples("legger diff 12", "legger diff https://news.example/1 1 3"))
@archive_option
@click.argument("article", metavar="URL|ID")
@click.argument("old", type=int, required=False)
@click.argument("new", type=int, required=False)
@json_option
@paged
def diff(where: str | None, article: str, old: int | None, new: int | None, as_json: bool) -> None:
    """What changed between two versions, word by word; by default the last two."""
    with reading(where) as archive:
        found = archive.articles.diff(article, old, new)
        if old is None and found.old == found.new and not as_json:
            out.print(headline(archive.articles.version(article, number=found.new)), style="bold")
            out.print("It has no version before this one: no edit of it was seen.")
            return
        edited = archive.articles.edit(article, found.old, found.new)
        title = headline(archive.articles.version(article, number=found.new))
    if as_json:
        print_json({**asdict(found), "edit": edited})
        return
    out.print(title, style="bold")
    out.print(plain(f"version {found.old} -> {found.new}", "dim"))
    show_diff(found, edited)


@click.command(epilog=examples("legger edits --silent --since 2026-03-01", "legger edits --limit 0 --json"))
@archive_option
@click.option("--site", help="Only this site.")
@click.option("--silent", is_flag=True, help="Only edits the site did not own up to.")
@click.option(
    "--kind",
    type=click.Choice([each.value for each in EditKind]),
    help="Only edits of this kind, by their words.",
)
@click.option("--since", metavar="TIME", help="Seen at this time or later.")
@click.option("--until", metavar="TIME", help="Seen before this time.")
@click.option("--alternating", is_flag=True, help="Also texts that were shown by turns (A/B tests).")
@limit_option(50, "How many, newest first")
@json_option
@paged
def edits(
    where: str | None,
    site: str | None,
    silent: bool,
    kind: str | None,
    since: str | None,
    until: str | None,
    alternating: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Articles that were edited. --silent: new text, the old modified date, and no notice added."""
    begin, end = instant(since), instant(until)
    in_order(begin, end)
    with reading(where) as archive:
        known_site(archive, site)
        found = list(
            archive.articles.edits(
                site,
                silent=silent or None,
                kind=kind,
                since=begin,
                until=end,
                alternating=alternating,
                limit=limit or None,
            )
        )
    if as_json:
        print_rows(brief(each) for each in found)
        return
    if not found:
        out.print("No silent edits." if silent else "No edits.")
        return
    rows = table(
        ("id", NUMBER),
        SITE,
        *([("seen before", WHOLE)] if out.width >= WIDER else []),
        ("changed by", WHOLE),
        ("v", NUMBER),
        *([("words", WHOLE)] if out.width >= DATED else []),
        ("kind", {"max_width": 20}),
        *([("what moved", {"max_width": 24})] if out.width >= WIDEST else []),
        ("title", CUT),
        ("", WHOLE),
    )
    for each in found:
        rows.add_row(
            str(each.article_id),
            each.site,
            *([day_and_time(each.seen_before)] if out.width >= WIDER else []),
            day_and_time(each.first_seen)
            if out.width >= DATED
            else f"{each.first_seen.astimezone():%Y-%m-%d}",
            str(each.number),
            *([_size(each)] if out.width >= DATED else []),
            ", ".join(each.edit_kinds),
            *([", ".join(each.changed_fields)] if out.width >= WIDEST else []),
            headline(each),
            note(each),
        )
    out.print(rows)
