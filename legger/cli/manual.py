"""docs/commands.md, made from the commands themselves: ``python -m legger.cli.manual``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from legger.cli import legger


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
        "# Commands\n\nMade from the commands themselves: `python -m legger.cli.manual > docs/commands.md`.\n"
        "Exit codes: 0 done, 1 failed, 2 wrong usage. Tables go to stdout, progress to stderr and only on a\n"
        "terminal; `--json` prints JSON or JSON Lines; `NO_COLOR` is honoured.\n"
    ]
    for name, command in commands(legger):
        context = click.Context(command, info_name=name, max_content_width=100, terminal_width=100)
        parts.append(f"\n## {name}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return "".join(parts)


if __name__ == "__main__":
    sys.stdout.write(manual())
