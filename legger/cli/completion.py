"""``legger completion``: what makes a shell complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from legger.cli.console import examples


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
