"""Pages of ``docs`` that are made from the program itself: ``python -m legger.cli.manual docs``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from archive.db import schema_docs
from archive.model.row_fields import json_schema
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
        "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C. Tables go to stdout, progress\n"
        "to stderr and only on a terminal; `--json` prints JSON or JSON Lines; `NO_COLOR` is honoured.\n"
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
    parts = [_EXPORT.read_text(encoding="utf-8")]
    for name, each in json_schema()["properties"].items():
        kinds = each["type"] if isinstance(each["type"], list) else [each["type"]]
        if "enum" in each:
            kinds = [str(one) for one in each["enum"] if one is not None] + ["null"] * (None in each["enum"])
        parts.append(f"| `{name}` | {' or '.join(kinds)} | {each['description']} |\n")
    return "".join(parts)


_EXPORT = Path(__file__).with_name("export_page.md")
"""What stands above the table of fields."""

PAGES: dict[str, Callable[[], str]] = {
    "api.md": api_reference.page,
    "commands.md": manual,
    "export.md": export_page,
    "export.schema.json": lambda: json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n",
    "schema.md": schema_docs.page,
}
"""File in ``docs`` -> what makes it."""


if __name__ == "__main__":
    for file, make in PAGES.items():
        (Path(sys.argv[1]) / file).write_text(make(), encoding="utf-8")
