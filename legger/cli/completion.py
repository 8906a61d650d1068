"""``legger completion``: what makes a shell complete commands and options."""

from __future__ import annotations

from contextlib import suppress

import click
from click.shell_completion import get_completion_class

from archive.errors import LeggerError
from legger.cli.console import examples, reading


def sites(context: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """Sites whose name begins so: those of the archive, and those that have a file."""
    from crawler.siteconfig.files import site_names

    names = set(site_names())
    with suppress(LeggerError), reading(_archive(context)) as archive:
        names |= set(archive.holdings.site_names())
    return sorted(each for each in names if each.startswith(begun))


def saved_queries(context: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """``@NAME`` of saved queries that begin so."""
    if not begun.startswith("@"):
        return []
    with suppress(LeggerError), reading(_archive(context)) as archive:
        names = archive.annotations.read().queries
        return sorted(f"@{each}" for each in names if f"@{each}".startswith(begun))
    return []


def _archive(context: click.Context) -> str | None:
    """The archive that was named so far on the line that is being completed."""
    named = context.params.get("where")
    return str(named) if named else None


@click.command(
    epilog=examples(
        'eval "$(legger completion bash)"     # in ~/.bashrc; zsh: in ~/.zshrc',
        "legger completion fish > ~/.config/fish/completions/legger.fish",
    )
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what makes your shell complete commands, options and choices."""
    from legger.cli import legger

    made = get_completion_class(shell)
    assert made is not None
    click.echo(made(legger, {}, "legger", "_LEGGER_COMPLETE").source())
