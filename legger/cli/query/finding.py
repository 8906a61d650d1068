"""``legger finding``: a sentence through the versions of an article, in one file that others can check."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
import orjson

from archive import files
from archive.errors import UsageError
from legger.cli.console import archive_option, day_and_time, err, examples, many, out, plain, reading
from legger.config import load
from legger.templating import environment


@click.command(
    epilog=examples(
        'legger finding 12 "De brug kost 1,5 miljoen." -o finding.json',
        'legger finding https://news.example/1 "Nobody was hurt." -o finding.html',
    )
)
@archive_option
@click.argument("article", metavar="URL|ID")
@click.argument("sentence")
@click.option("-o", "--output", metavar="FILE", help="Where to, as .json or .html; -: JSON on stdout.")
def finding(where: str | None, article: str, sentence: str, output: str | None) -> None:
    """In which versions of an article a sentence stands, and in which not, with what proves it.

    Without a file it is told in sentences on a terminal, and as JSON to a program. The file holds the words
    of each version, the digests of the pages they were read from and the seals of the hash chain; it says
    how to check each with public tools. docs/proof.md has more.
    """
    from archive.reports.finding import find  # loads SQLAlchemy

    room = load(where).reading_room
    with reading(where) as archive:
        found = find(
            archive, article, sentence, made=datetime.now(UTC),
            address=room.address, name=room.name, naan=room.naan,
        )  # fmt: skip
    if output is None and out.is_terminal:
        for says, values in found.observations:
            told = {
                name: day_and_time(each) if isinstance(each, datetime) else each
                for name, each in values.items()
            }
            out.print(plain(says.format(**told)))
        err.print(plain("-o finding.html (or .json) writes it with its proof, for others to check", "dim"))
        return
    made = orjson.dumps(found.plain(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    if output is None or output == "-":
        click.echo(made, nl=False)
        return
    path = Path(output)
    if path.suffix == ".html":
        page = environment("legger").get_template("finding.html").render(found=found, whole=made.decode())
        made = page.encode()
    elif path.suffix != ".json":
        raise UsageError(f"{output}: a finding is written as .json or .html")
    files.write(path, made)
    having = [each for each in found.standings if each.stands]
    err.print(plain(f"{output}: it stands in {len(having)} of {many(len(found.standings), 'version')}"))
