"""``legger redact``: an article hidden, or its bytes destroyed, and the record of it."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime

import click

from archive import Archive, Redaction
from archive.errors import UsageError
from legger.cli.console import (
    CUT,
    NUMBER,
    WHOLE,
    archive_option,
    day_and_time,
    err,
    examples,
    json_option,
    many,
    out,
    plain,
    print_json,
    print_rows,
    reading,
    table,
    writing,
)


@click.command(
    epilog=examples(
        'legger redact https://news.example/1 --ground "GDPR art. 17" --reason "request 2026-14"',
        'legger redact 12 --ground "court order" --reason "case C/08/1234" --destroy',
        "legger redact 12 --lift",
        "legger redact --list",
    )
)
@archive_option
@click.argument("article", metavar="[URL|ID]", required=False)
@click.option("--ground", help="The rule it rests on: a law and its article, a court order, a policy.")
@click.option("--reason", help="Why, in words that may be read in fifty years.")
@click.option("--who", help="Who decided it. Default: your login name.")
@click.option("--destroy", is_flag=True, help="Also destroy the bytes, everywhere in this file. For ever.")
@click.option("--lift", is_flag=True, help="Show the article again; the record of the redaction stays.")
@click.option("--list", "listed", is_flag=True, help="Every redaction there was.")
@click.option("--yes", is_flag=True, help="Do not ask before destroying.")
@json_option
def redact(
    where: str | None,
    article: str | None,
    ground: str | None,
    reason: str | None,
    who: str | None,
    destroy: bool,
    lift: bool,
    listed: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Hide an article from search, exports and pages; --destroy removes its bytes as well.

    A tombstone stays: when, on what ground, by whom, and the digests of what was removed. The site's copy
    is not asked for again. Where feeds, listings and other pages of the site name it (headline, address),
    they are shown and exported without those words; --destroy takes the words out of them, and what was
    noted of it out of the annotations. Backups, exports and visits' logs made earlier are not touched.
    """
    if listed:
        with reading(where) as archive:
            _list(list(archive.redactions.all()), as_json)
        return
    if article is None:
        raise UsageError("name an article, or ask for --list")
    now = datetime.now(UTC)
    with writing(where) as archive:
        if lift:
            done = archive.redactions.lift(article, at=now)
        else:
            hidden = archive.articles.version(article).redacted
            if destroy:  # asked first: without a yes nothing is changed, nor is it hidden
                _confirm(archive, article, yes=yes)
            if not (hidden and destroy):
                if not ground or not reason:
                    raise UsageError("a redaction needs --ground and --reason")
                archive.redactions.redact(
                    article, ground=ground, reason=reason, who=who or getpass.getuser(), at=now
                )
            done = _destroy(archive, article, now) if destroy else _of(archive, article)
        storage = archive.object_storage
        if destroy and storage.place is not None and storage.keeps_versions() is not False:
            says = f"{storage.place} may keep what was deleted as an earlier version: delete it there too"
            err.print(plain(says, "yellow"), soft_wrap=True)
    if as_json:
        print_json(done)
        return
    _tell(done)


def _confirm(archive: Archive, article: str, *, yes: bool) -> None:
    """Let a person say that bytes are to be destroyed. Raises :class:`UsageError` when nobody is here."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("nothing was changed: nobody is here to be asked, so say --yes as well")
    number = archive.articles.find(article)
    err.print(
        plain(
            f"This destroys every page and version of article {number} for ever. Backups and earlier exports "
            "are yours to clean.",
            "yellow",
        )
    )
    click.confirm("Destroy?", abort=True, err=True)


def _destroy(archive: Archive, article: str, now: datetime) -> Redaction:
    """What was noted of it goes first: its name is known from the archive alone."""
    words, number = archive.redactions.words(article), archive.articles.find(article)
    archive.annotations.destroy(number, words.masked)
    return archive.redactions.destroy(article, at=now)


def _of(archive: Archive, article: str) -> Redaction:
    number = archive.articles.find(article)
    return next(
        each for each in archive.redactions.all() if each.article == number and each.lifted_at is None
    )


def _state(each: Redaction) -> str:
    if each.lifted_at:
        return "lifted, was destroyed" if each.destroyed_at else "lifted"
    return "destroyed" if each.destroyed_at else "hidden"


def _tell(done: Redaction) -> None:
    out.print(plain(f"Article {done.article} ({done.url}) is {_state(done)}.", "bold"))
    for what, said in (("ground", done.ground), ("reason", done.reason), ("who", done.who)):
        out.print(plain(f"  {what:<7} {said}"))
    out.print(
        plain(f"  of it   {many(len(done.contents), 'version')}, {many(len(done.pages), 'page')}", "dim")
    )


def _list(found: list[Redaction], as_json: bool) -> None:
    if as_json:
        print_rows(found)
        return
    if not found:
        out.print("Nothing was ever redacted.")
        return
    rows = table(("id", NUMBER), ("decided", WHOLE), ("ground", CUT), ("who", {"max_width": 14}), ("", WHOLE))
    for each in found:
        rows.add_row(
            str(each.article), day_and_time(each.at), plain(each.ground), plain(each.who), _state(each)
        )
    out.print(rows)
