"""A line to the web for commands that ask for a page or two themselves: who we are, and who may be asked."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from importlib.metadata import version

import click

from archive.errors import UsageError
from crawler import clock
from crawler.fetching.fetcher import Fetcher
from crawler.fetching.signatures import RequestSigner
from crawler.scheduling.backlog import DELAY, delay_of
from crawler.siteconfig.site import Site
from crawler.spiders.news import user_agent
from legger.config import Config, save, valid_contact


def line_out(config: Config, *, site: str, allow_private: bool, ask: bool = False) -> Fetcher:
    """A polite fetcher in the operator's name. *ask* for the contact at first use, where a person can answer.

    Raises :class:`UsageError` when public addresses may be asked and no contact is known.
    """
    return Fetcher(
        site=site,
        user_agent=_who(config, allow_private=allow_private, ask=ask),
        now=clock.now,
        allow_private=allow_private,
        delay=0.0 if allow_private else DELAY,
        signer=_signer(config),
    )


def line_to(site: Site, config: Config, *, ask: bool = False) -> Fetcher:
    """The same for a site that is described: at its own pace and on its clock.

    What its hosts say about mining is asked for, and obeyed on the operator's ground.
    """
    return Fetcher(
        site=site.name,
        user_agent=_who(config, allow_private=site.allow_private, ask=ask),
        now=partial(clock.now, practice=site.practice),
        allow_private=site.may_be_private,
        delay=delay_of(site),
        mining=site.owns,
        ground=site.ground or config.ground,
        signer=_signer(config),
    )


def _signer(config: Config) -> RequestSigner | None:
    return RequestSigner.of(config.bot.key, config.bot.directory) if config.bot else None


def _who(config: Config, *, allow_private: bool, ask: bool) -> str:
    if not allow_private:
        config = reachable(config, ask=ask and sys.stdin.isatty())
    return user_agent(version("legger"), config.contact, config.organisation)


def reachable(config: Config, *, ask: bool) -> Config:
    """The settings with a contact: a public site must be able to reach the operator."""
    if config.contact:
        return config
    if not ask:
        raise UsageError(
            "a public site must be able to reach you: set contact in legger.toml (legger init), "
            "or LEGGER_CONTACT"
        )
    config = replace(config, contact=asked_contact(err=True))
    save(config)
    return config


def asked_contact(default: str | None = None, *, err: bool = False) -> str:
    """The person at the terminal is asked how a site can reach them, until it is an address."""
    question = "How can a site reach you (e-mail or web page)?"
    return str(click.prompt(question, default=default, value_proc=proper_contact, err=err))


def proper_contact(words: str) -> str:
    """As click asks it of a prompt and of an option: raises its :class:`click.BadParameter`."""
    try:
        return valid_contact(words)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
