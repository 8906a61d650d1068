"""A letter to the publisher of a site that does not let us in: what we ask, what it costs, how to allow it.

Pure. Gates are never passed and no browser is imitated: where a site blocks programs, asking is what is left.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from legger.i18n import Translation

WIDTH = 100


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the letter tells, as it is."""

    site: str
    url: str
    agent: str
    """The user agent, whole."""
    contact: str
    organisation: str = ""
    obstacle: str = "unknown"
    """One of :data:`OBSTACLES`."""
    visits_a_day: float = 4
    requests_a_visit: int | None = None
    """As the last visits made on average; ``None``: none was made."""
    seconds: float = 2.0
    """Between two requests, at least."""
    key_at: str = ""
    """Where the key stands with which its requests are signed; empty: they are not."""
    pictures: bool = False
    """The pictures and styles of articles are asked for too."""


def letter(facts: Facts, t: Translation) -> str:
    """The letter in a language, ready to be signed."""
    values = {
        "site": facts.site,
        "host": urlsplit(facts.url).netloc,
        "contact": facts.contact,
        "cost": _cost(facts, t),
        "seconds": t.many(facts.seconds, "second", "seconds"),
    }
    signed = [t("Yours sincerely,"), facts.organisation or t("[your name or institution]"), facts.contact]
    opening = t(
        "We keep an archive of local news: what was published when, what was changed, and what disappeared. "
        "{site} ({host}) belongs in it.",
        **values,
    )
    closing = t(
        "If you do not want to be kept, or a single article not, please tell us: {contact}.", **values
    )
    said = (*_COSTS[:-1], *_WITH_PICTURES) if facts.pictures else _COSTS
    costs = [t("We ask you to let our program in. This is what it costs you:"), *_list(said, values, t)]
    parts = [
        t("To the editors of {site}", **values),
        t("Dear editors,"),
        _filled(opening),
        _filled(t(_OBSTACLES[facts.obstacle])),
        "\n".join(costs),
        t("The program always says who it is:"),
        f"    {facts.agent}",
        _filled(t("It never poses as a browser, and goes round no wall or lock.")),
        *(_filled(t(each, key=facts.key_at)) for each in (_SIGNED if facts.key_at else ())),
        "\n".join([t("There are several ways to let it in:"), *_list(_WAYS[:1], values, t)]),
        "    User-agent: legger\n    Allow: /",
        "\n".join(_list(_WAYS[1:], values, t)),
        _filled(closing),
        "\n".join(signed),
    ]
    return "\n\n".join(parts) + "\n"


def _cost(facts: Facts, t: Translation) -> str:
    visits = t.many(facts.visits_a_day, "visit", "visits")
    if facts.requests_a_visit is None:
        return t("{visits} a day, which ask only for what is new or may have changed", visits=visits)
    return t(
        "{visits} a day of {requests} on average: about {total} a day",
        visits=visits,
        requests=t.many(facts.requests_a_visit, "request", "requests"),
        total=t.many(round(facts.visits_a_day * facts.requests_a_visit), "request", "requests"),
    )


def _list(points: Sequence[str], values: Mapping[str, str], t: Translation) -> list[str]:
    return [_filled(f"- {t(each, **values)}", "  ") for each in points]


def _filled(words: str, hang: str = "") -> str:
    return textwrap.fill(words, WIDTH, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)


_OBSTACLES = {
    "refused": "Your server refuses our program (HTTP 403).",
    "challenge": "Your site asks our program to prove that it is human. It is not.",
    "gate": "A consent wall stands before your articles. A program cannot give consent.",
    "robots": "Your robots.txt keeps us out. We obey it.",
    "mining": "Your site reserves text and data mining. We obey that.",
    "scripts": "The text of your articles is brought by scripts, which we do not run.",
    "unknown": "So far we could not keep your articles.",
}
OBSTACLES = tuple(_OBSTACLES)
"""What may be in the way."""
_COSTS = (
    "{cost};",
    "one request at a time, with at least {seconds} between them;",
    "of what has not changed, only the question whether it has (ETag, If-Modified-Since);",
    "no advertisements, no pictures, nothing in your statistics that looks like readers.",
)
_WITH_PICTURES = (
    "the pictures and styles of your articles once, and again only when they may have changed;",
    "no advertisements, nothing in your statistics that looks like readers.",
)
_SIGNED = (
    "Its requests are signed (Web Bot Auth, RFC 9421) with the key that stands at {key}, so that a firewall "
    "or CDN that knows this can let it in and nobody who only says its name.",
)
_WAYS = (
    "in robots.txt:",
    "in your firewall or CDN (Cloudflare, Akamai, DataDome ...): a rule that lets requests pass whose user "
    'agent begins with "legger/"; if you like, we tell you the address (IP) that we come from;',
    "or send us a feed (RSS or Atom) with the whole text.",
)
