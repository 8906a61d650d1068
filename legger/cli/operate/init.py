"""``legger init``: the operator's settings for an archive."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from archive import Archive
from archive.db.backend import shown
from crawler.siteconfig.files import operators_folder
from legger.cli.console import archive_option, err, examples, out
from legger.cli.crawling.web_access import asked_contact, proper_contact
from legger.config import load, save, valid_line


def _line(words: str) -> str:
    try:
        return valid_line(words)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command(epilog=examples("legger init --contact archief@example.org --organisation 'Streekarchief'"))
@archive_option
@click.option(
    "--contact",
    callback=lambda _, __, stated: stated and proper_contact(stated),
    help="E-mail address or web page where a site can reach you.",
)
@click.option(
    "--organisation",
    callback=lambda _, __, stated: stated and _line(stated),
    help="Who you are, as sites will read it in the user agent.",
)
def init(where: str | None, contact: str | None, organisation: str | None) -> None:
    """Set up an archive here: asks who you are, writes legger.toml, creates archive and folder of sites."""
    config = load(where)
    ask = sys.stdin.isatty()
    if not contact and ask:
        contact = asked_contact(config.contact)
    if not organisation and ask:
        organisation = click.prompt(
            "Who are you (organisation)?", default=config.organisation or "", value_proc=_line
        )
    config = replace(
        config,
        contact=contact or config.contact,
        organisation=organisation or config.organisation,
    )
    if "://" not in config.archive:
        config.file.parent.mkdir(parents=True, exist_ok=True)
    there = "://" not in config.archive and Path(config.archive).exists()
    Archive.open(config.archive).close()
    file = save(config)
    sites = operators_folder()
    sites.mkdir(parents=True, exist_ok=True)
    out.print(f"Archive:  {shown(config.archive)}\nSettings: {file}\nSites:    {sites}/", markup=False)
    if there:
        says = f"{config.archive} was there already: nothing in it was changed."
        err.print(says, style="yellow", markup=False)
    if not config.contact:
        err.print(f"No contact yet: public sites are not crawled until {file} has one.", style="yellow")
    out.print("Next:     legger site add https://your.local.news/", markup=False)
