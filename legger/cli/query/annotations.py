"""``legger note | tag | notes | saved``: a researcher's notes, tags and saved queries."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from archive.annotations import Tag
from archive.errors import NotFound, UsageError
from legger.cli.console import (
    CUT,
    WHOLE,
    F,
    annotating,
    archive_option,
    day_and_time,
    err,
    examples,
    json_option,
    listing,
    out,
    plain,
    print_json,
    print_rows,
    reading,
    table,
)


def by_option(command: F) -> F:
    """``--by``: who writes it."""
    return click.option(
        "--by", metavar="NAME", envvar="LEGGER_AUTHOR", default="", help="Who writes it; also LEGGER_AUTHOR."
    )(command)


def publish_option(command: F) -> F:
    """``--publish``: for all readers."""
    return click.option("--publish", is_flag=True, help="Show it to all readers of a shared reading room.")(
        command
    )


@click.command(epilog=examples('legger note 12 "Compare with the council\'s minutes of 3 March"'))
@archive_option
@click.argument("article", metavar="URL|ID")
@click.argument("text")
@by_option
@publish_option
def note(where: str | None, article: str, text: str, by: str, publish: bool) -> None:
    """Write a note beside an article. It stands in a file of its own beside the archive, or, where that is on
    a database server, in a table.

    A reading room that others reach shows it only when it is published. `legger notes --publish NUMBER`,
    `--withdraw NUMBER` and `--back NUMBER` change that later, or take it back.
    """
    with annotating(where) as archive:
        version = archive.articles.version(article)
        archive.annotations.note(version, text, at=datetime.now(UTC), by=by, publish=publish)
    _tell(f"Noted beside {version.article_id}: {version.article.title}")


@click.command(epilog=examples("legger tag 12 zwembad raad", "legger tag 12 zwembad --off"))
@archive_option
@click.argument("article", metavar="URL|ID")
@click.argument("tags", nargs=-1, required=True)
@click.option("--off", is_flag=True, help="Take the tags off.")
@by_option
@publish_option
def tag(where: str | None, article: str, tags: tuple[str, ...], off: bool, by: str, publish: bool) -> None:
    """Put tags of your own on an article."""
    with annotating(where) as archive:
        version = archive.articles.version(article)
        for each in tags:
            archive.annotations.tag(version, each, at=datetime.now(UTC), off=off, by=by, publish=publish)
    done = "Taken off" if off else "Put on"
    _tell(f"{done} {version.article_id}: {', '.join(tags)}")


def _tell(says: str) -> None:
    """What was written down, on stderr: there is no answer that a program would read."""
    err.print(plain(says), highlight=False, soft_wrap=True)


@click.command(epilog=examples("legger notes", "legger notes --tag zwembad", "legger notes --json"))
@archive_option
@click.option("--tag", "wanted", help="Only articles with this tag.")
@click.option("--publish", type=int, metavar="NUMBER", help="Show this one to all readers.")
@click.option("--withdraw", type=int, metavar="NUMBER", help="Keep this one to yourself again.")
@click.option("--back", type=int, metavar="NUMBER", help="Take this one back.")
@json_option
def notes(
    where: str | None,
    wanted: str | None,
    publish: int | None,
    withdraw: int | None,
    back: int | None,
    as_json: bool,
) -> None:
    """Your notes and tags, article by article, each with the number to publish it or take it back by."""
    changes = (publish, withdraw, back) != (None, None, None)
    with annotating(where) if changes else reading(where) as archive:
        annotations = archive.annotations
        now = datetime.now(UTC)
        if publish is not None:
            annotations.publish(publish, at=now)
            _tell(f"{publish}: all readers see it.")
        if withdraw is not None:
            annotations.publish(withdraw, at=now, on=False)
            _tell(f"{withdraw}: nobody else sees it.")
        if back is not None:
            annotations.take_back(back, at=now)
            _tell(f"{back}: taken back.")
        if changes:
            return
        hidden = archive.redactions.hidden_articles()
        read = annotations.read().without(hidden)
        for place in read.unread:
            says = f"{annotations.lines.where}: line {place} cannot be read, and is left out"
            err.print(plain(says, "yellow"))
        tags = sorted({tag for each in read.articles.values() for tag in each.tags})
        if wanted is not None and wanted not in tags:
            raise NotFound(f"no article has the tag {wanted!r}; there are: {listing(tags) or 'none yet'}")
        marked = [each for each in read.articles.values() if wanted is None or wanted in each.tags]
        if as_json:
            print_rows(marked)
            return
        for each in marked:
            title = archive.articles.version(str(each.article)).article.title
            out.print(plain(f"{each.article}  {title}", "bold"))
            out.print(plain(f"{each.site} · {', '.join(map(_tagged, each.tagged)) or 'no tags'}", "dim"))
            for line in each.notes:
                said = [
                    str(line.number),
                    line.by,
                    day_and_time(line.at),
                    "published" if line.published else "",
                ]
                out.print(plain(f"  {line.text}  ({', '.join(filter(None, said))})"))
    if not marked:
        out.print("No annotations yet.")


def _tagged(tag: Tag) -> str:
    return f"{tag.name} ({tag.number}{', published' if tag.published else ''})"


@click.command(
    epilog=examples(
        "legger saved",
        "legger saved bruggen 'brug~ site:oost'",
        "legger search @bruggen",
        "legger saved bruggen --drop",
    )
)
@archive_option
@click.argument("name", required=False)
@click.argument("query", required=False)
@click.option("--drop", is_flag=True, help="Forget this query.")
@by_option
@publish_option
@json_option
def saved(
    where: str | None, name: str | None, query: str | None, drop: bool, by: str, publish: bool, as_json: bool
) -> None:
    """Queries kept by name: list them, keep one, or drop one. `legger search @NAME` asks it."""
    if query is not None and not query.strip():
        raise UsageError("the query to keep is empty")
    changes = bool(name and (query or drop))
    with annotating(where) if changes else reading(where) as archive:
        annotations = archive.annotations
        if name and query:
            annotations.save(name, query, at=datetime.now(UTC), by=by, publish=publish)
            _tell(f"Kept: legger search @{name}")
        elif name and drop:
            annotations.drop(name, at=datetime.now(UTC))
            _tell(f"Forgotten: {name}")
        if changes:
            return
        queries = {name: annotations.query(name)} if name else annotations.read().queries
    if as_json:
        print_json(queries)
        return
    rows = table(("name", WHOLE), ("query", CUT))
    for each, words in queries.items():
        rows.add_row(plain(each), plain(words))
    out.print(rows if queries else "No saved queries yet.")
