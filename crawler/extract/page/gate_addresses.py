"""What the address of a gate is: of a consent or login page, on whatever host. The only definition of it."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

_HOST = re.compile(
    r"^(?:myprivacy|privacy|consent\w*|cookies?|cmp|login|auth|account|accounts|sso|inloggen)\.", re.I
)
_PATH = re.compile(
    r"/(?:consent|cookie-?(?:wall|consent|muur)|privacy-?gate|gdpr|toestemming|log-?in|sign-?in|inloggen|sso|paywall)"
    r"(?:/|$|\?)|callbackurl=",
    re.I,
)


def gate_address(address: str) -> bool:
    """Whether an address is, by its looks, that of a consent or login page."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(_HOST.match(parts.hostname or "") or _PATH.search(f"{parts.path}?{parts.query}"))


_WALL_HOST = re.compile(
    r"^(?:zustimmung|einwilligung|consentement|consenso|consentimiento|samtycke|samtykke|zgoda|validate|challenge)\."
    r"|(?:^|\.)(?:queue-it\.net|perfdrive\.com|captcha-delivery\.com|contentpass\.net)$",
    re.I,
)
_WALL_PATH = re.compile(
    r"/(?:zustimmung|einwilligung|consentement|consenso|consentimiento|consentimento|samtycke|samtykke|suostumus"
    r"|zgoda|souhlas|privacy-?(?:settings|instellingen|wall|manager)|cookies?-?(?:settings|instellingen)"
    r"|age-?(?:gate|check|verification)|leeftijds-?\w+|altersverifikation|wachtrij|queue|waiting-?room|captcha)"
    r"(?:/|$|\?)",
    re.I,
)


_OFFER = re.compile(
    r"/(?:abo(?:nn?e\w*|shop)?|subscri\w+|suscri\w+|assin\w+|abbona\w+|prenum\w+|regist\w+|regwall|premium|pur)/?$",
    re.I,
)
"""The last part of a path: of an offer to subscribe or register. Before other parts it may be a section."""


def leads_to_gate(target: str) -> bool:
    """Whether a redirect leads to a gate, by the address it leads to: of consent in the languages
    that we know, of a waiting room, of a robot wall. Where a page stands that was asked for by itself,
    :func:`gate_address` is the question: such words may name a section."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return (
        gate_address(target)
        or bool(_WALL_HOST.search(parts.hostname or ""))
        or bool(_WALL_PATH.search(f"{parts.path}?{parts.query}"))
        or bool(_OFFER.search(parts.path))
    )


def takes_back(asked: str, target: str) -> bool:
    """Whether the address that a redirect leads to holds the one that was *asked* for, to send its reader
    back to: what stands there is on the way, whatever its language."""
    try:
        here, there = urlsplit(asked), urlsplit(target)
    except ValueError:
        return False
    if len(here.path) < 2 or _ERROR.search(f"{there.path}?{there.query}"):
        return False
    for _, value in parse_qsl(there.query):
        for said in (value, unquote(value)):
            back = said.partition("://")[2] if "://" in said else said
            back = back.removeprefix(here.netloc).partition("?")[0].partition("#")[0]
            if back.rstrip("/") == here.path.rstrip("/"):
                return True
    return False


_ERROR = re.compile(r"40[34]|410|error|fout|fehler|erreur|not-?found|missing|search|zoek|such", re.I)
"""What an address says that tells of a page that is not there, or looks for it."""
