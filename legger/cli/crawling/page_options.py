"""``--page`` and ``--open``: what a command shows, as a page for a browser."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from legger.cli.console import err, plain

F = TypeVar("F", bound=Callable[..., Any])


def page_options(command: F) -> F:
    """The options."""
    command = click.option(
        "--page-to", "page", metavar="FILE", help="Write the page to look at to this file."
    )(command)
    return click.option("--open", "opened", is_flag=True, help="Show it in your browser.")(command)


def show_page(page: str, file: str | None, *, name: str, opened: bool) -> None:
    """Write a page (to a file of its own among temporary ones, where none is named), and show it."""
    if file is None:
        folder = Path(tempfile.mkdtemp(prefix="legger-"))
        target = folder / f"{name}.html"
    else:
        target = Path(file)
    target.write_text(page, encoding="utf-8")
    err.print(plain(f"Page:    {target}"))
    if opened and click.launch(str(target)) != 0:
        err.print("No browser could be opened here: open that file in one.")
