"""Pages of ``docs`` that are made from the program itself: ``python -m legger.cli.manual docs``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from archive.db import schema_docs
from archive.export.jsonl import json_schema
from legger.cli import api_reference, legger


def commands(group: click.Group, path: str = "legger") -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name, groups before their members."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


def manual() -> str:
    """The page, in Markdown."""
    parts = [
        "# Commands\n\nMade from the commands themselves: `python -m legger.cli.manual docs`.\n"
        "Exit codes: 0 done, 1 failed, 2 wrong usage. Tables go to stdout, progress to stderr and only on a\n"
        "terminal; `--json` prints JSON or JSON Lines; `NO_COLOR` is honoured.\n"
    ]
    for name, command in commands(legger):
        context = click.Context(
            command,
            info_name=name,
            max_content_width=100,
            terminal_width=100,
            help_option_names=legger.context_settings["help_option_names"],
        )
        parts.append(f"\n## {name}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return "".join(parts)


def export_page() -> str:
    """What every field of an exported row means, in Markdown, from the JSON Schema that comes with Legger."""
    parts = [_EXPORT]
    for name, each in json_schema()["properties"].items():
        kinds = each["type"] if isinstance(each["type"], list) else [each["type"]]
        if "enum" in each:
            kinds = [str(one) for one in each["enum"] if one is not None] + ["null"] * (None in each["enum"])
        parts.append(f"| `{name}` | {' or '.join(kinds)} | {each['description']} |\n")
    return "".join(parts)


_EXPORT = """\
# What an export holds

Made from the schema: `python -m legger.cli.manual docs`.

`legger export -o FILE` writes JSON Lines: one object a line, UTF-8, in order of `id`, then `version`, from
one consistent state of the archive. Two exports of an unchanged archive are equal byte for byte. The file
appears under its name when it is whole. By default there is one row per article, its latest version, gone
ones included; `--versions all` gives every version. `--since` and `--until` are about when we saw it
change. Beside it stands `FILE.manifest.json`: what was asked, with which software, how many rows are undated
or may not be shown, and the SHA-256 of each file. The same command writes the same export anew; any other
file that stands there is written over only with `--force`.

```console
$ legger export -o news.jsonl.gz                                  # everything, packed
$ legger export --query 'brug site:krant' --format csv -o brug.csv   # what a search finds (docs/search.md)
$ legger export --published 2026-03 --status live --language nl --format csv --bom -o maart.csv
$ legger export --versions all --format parquet -o versions.parquet   # typed: times, days, lists
$ legger export --format sqlite -o news.sqlite                    # a table, with full text
$ legger export --format text -o texts                            # a file each, and metadata.csv
$ legger export --format ris -o news.ris                          # Zotero; bib: BibTeX, csl: CSL-JSON
$ legger export --sample 2 --seed 1 -o sample.jsonl               # at random, by site and month
$ legger export --as-of 2026-03-04 -o corpus.jsonl                # the corpus as it stood, for ever the same
$ legger export --verify corpus.jsonl.manifest.json               # repeated, and compared
$ legger export --for 4cat -o 4cat.csv
$ legger export --for minet -o minet.csv
$ legger export --for amcat -o amcat.csv
$ legger export --for mediacloud -o mediacloud.csv
$ legger export --for datasette -o datasette.sqlite
```

In CSV, lists are joined with `|`, and an apostrophe stands before what a spreadsheet would take for a formula
(`--as-is`: not). As of a time, each article is as it was first read, and what later captures judge anew is
null: what changed, how much, silently, by turns; only a redaction changes it. `published` is as the site
states it, `published_utc` its moment, `published_day` its day in the site's own time.

Every field is always there; null means that the site did not say. The schema (JSON Schema 2020-12)
is `archive/export/export.schema.json`. Captures go out as WARC and WACZ: `docs/web-archives.md`.

| field | type | meaning |
|---|---|---|
"""

PAGES: dict[str, Callable[[], str]] = {
    "api.md": api_reference.page,
    "commands.md": manual,
    "export.md": export_page,
    "schema.md": schema_docs.page,
}
"""File in ``docs`` -> what makes it."""


if __name__ == "__main__":
    for file, make in PAGES.items():
        (Path(sys.argv[1]) / file).write_text(make(), encoding="utf-8")
