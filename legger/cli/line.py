"""A line to the web for commands that ask for a page or two themselves: who we are, and who may be asked."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version

import click

from archive.errors import UsageError
from crawler import clock
from crawler.fetch import Fetcher
from crawler.spiders.news import user_agent
from legger.config import Config, save, valid_contact


def line_out(
    config: Config,
    *,
    site: str,
    allow_private: bool,
    ask: bool = False,
    delay: float | None = None,
    now: Callable[[], datetime] = clock.now,
) -> Fetcher:
    """A polite fetcher in the operator's name. *ask* for the contact at first use, where a person can answer.

    *delay*: seconds between two requests; ``None``: 1, or 0 where private addresses may be asked.

    Raises :class:`UsageError` when public addresses may be asked and no contact is known.
    """
    if not allow_private:
        config = reachable(config, ask=ask and sys.stdin.isatty())
    return Fetcher(
        site=site,
        user_agent=user_agent(version("legger"), config.contact, config.organisation),
        now=now,
        allow_private=allow_private,
        delay=delay if delay is not None else 0.0 if allow_private else 1.0,
    )


def reachable(config: Config, *, ask: bool) -> Config:
    """The settings with a contact: a public site must be able to reach the operator."""
    if config.contact:
        return config
    if not ask:
        raise UsageError(
            "a public site must be able to reach you: set contact in legger.toml (legger init), "
            "or LEGGER_CONTACT"
        )
    contact = click.prompt(
        "How can a site reach you (e-mail or web page)?", value_proc=valid_contact, err=True
    )
    config = replace(config, contact=contact)
    save(config)
    return config
