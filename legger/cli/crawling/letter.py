"""``legger site letter``: a letter to the publisher of a site that does not let us in."""

from __future__ import annotations

import sys
from datetime import timedelta
from importlib.metadata import version

import click

from archive.errors import LeggerError, UsageError
from archive.model.addresses import Miss
from crawler.fetching.signatures import WELL_KNOWN
from crawler.scheduling.backlog import delay_of
from crawler.siteconfig.files import load_site
from crawler.spiders.news import user_agent
from legger.cli.console import examples, reading
from legger.config import load
from legger.i18n import Translation, codes
from legger.site_letter import OBSTACLES, Facts, letter

_OF_MISS = {Miss.ROBOTS: "robots", Miss.TDM: "mining", Miss.GATE: "gate", Miss.CLIENT: "refused"}
_WRITES = {"nds": "nl", "li": "nl", "zea": "nl", "vls": "nl"}
"""Language of a site -> that in which its publisher writes letters, where it is another."""


@click.command(
    "letter",
    epilog=examples("legger site letter tubantia", "legger site letter tubantia --language en > letter.txt"),
)
@click.argument("name")
@click.option("--language", type=click.Choice(codes()), help="Default: the site's own, or English.")
@click.option(
    "--obstacle", type=click.Choice(OBSTACLES), help="What is in the way. Default: as visits found."
)
def letter_(name: str, language: str | None, obstacle: str | None) -> None:
    """A letter to the site's publisher: what we ask, how little it costs, and how to let us in.

    For a site that blocks programs, asks whether we are human, or stands behind a wall. Read it before you
    sign it. Nothing is sent.
    """
    site, config = load_site(name), load()
    if not config.contact:
        raise UsageError("a publisher must be able to answer: set contact in legger.toml (legger init)")
    found, requests = _on_record(name)
    spoken = (site.language or "").partition("-")[0].lower()
    every = site.schedule.every or timedelta(hours=6)
    facts = Facts(
        site=site.title or site.name,
        url=site.url,
        agent=user_agent(version("legger"), config.contact, config.organisation),
        contact=config.contact,
        key_at=config.bot.directory.rstrip("/") + WELL_KNOWN if config.bot is not None else "",
        organisation=config.organisation or "",
        obstacle=obstacle or found,
        visits_a_day=round(timedelta(days=1) / every, 1),
        requests_a_visit=requests,
        seconds=delay_of(site),
        pictures=site.assets.keep,
    )
    near = _WRITES.get(spoken, spoken)
    chosen = language or (near if near in codes() else "en")
    sys.stdout.write(letter(facts, Translation(chosen)))


def _on_record(name: str) -> tuple[str, int | None]:
    """(what stood in the way so far, requests a visit on average), as far as there is a record."""
    try:
        with reading(None) as archive:
            runs = [each for each in archive.runs.list(name, limit=20) if each.cost is not None]
            counts = archive.coverage.missed_counts(name)
    except LeggerError:  # there is no archive yet
        return "unknown", None
    kinds = [(number, kind, reason) for (kind, reason), number in counts.items() if kind in _OF_MISS]
    requests = [each.cost.requests for each in runs if each.cost is not None and each.cost.requests > 5]
    usual = round(sum(requests) / len(requests)) if requests else None
    if not kinds:
        return "unknown", usual
    _, kind, reason = max(kinds)
    if kind is Miss.CLIENT and "403" not in reason and "401" not in reason:
        return "unknown", usual
    return ("challenge" if "challenge" in reason else _OF_MISS[kind]), usual
