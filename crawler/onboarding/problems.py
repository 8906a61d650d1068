"""What can be amiss between a site and us: from errors and answers to words, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import aiohttp

from archive.errors import LeggerError, Refused
from archive.model.addresses import Role
from archive.model.types import Capture
from crawler.extract.page.gate_addresses import gate_address
from crawler.ingest.answer import Answer, classify
from crawler.ingest.gates import blank
from crawler.siteconfig.site import Site


@dataclass(frozen=True, kw_only=True)
class AccessProblem:
    """Why something was not to be had."""

    says: str
    hint: str
    """What a person can do about it."""


ROBOTS = "Legger obeys. Where you have the site's leave, ask it to allow `legger` in its robots.txt."
MINING = (
    'It is obeyed. A research organisation or an institution of heritage may say `ground = "research"` in '
    "legger.toml; who has the publisher's leave, `ground = \"permission\"` in the site's file."
)
SCRIPTED = (
    "Their words are perhaps brought by scripts, which are not run; such pages are kept, listed in "
    "`legger missed`, and are no articles. Look for a feed with whole texts."
)
ELSEWHERE = "If that is the same newspaper, put it in `hosts`, or make it the site's `url`."
GATE = (
    "Gates are recorded, never passed. If the feeds answer, `feed_only = true` keeps at least what they say; "
    "or ask the publisher for access (legger site letter NAME)."
)


def of_error(error: LeggerError, url: str) -> AccessProblem:
    """Why no answer came from *url*: refused by ourselves, or unreachable."""
    says, cause = str(error).removeprefix(f"{url}: "), error.__cause__
    match error, cause:
        case Refused(), _ if "private" in says:
            hint = "If the site is one of your own network, say `allow_private = true` in its file."
        case Refused(), _ if "mining" in says:
            hint = MINING
        case Refused(), _:
            hint = ROBOTS
        case _, aiohttp.ClientConnectorDNSError():
            hint = "Does it open in a browser? If not, it has moved or ended; find its new address for `url`."
        case _, aiohttp.ClientConnectorCertificateError():
            hint = "Never passed over. If it is for another name, use that name in `url`; or tell the site."
        case _, aiohttp.ClientSSLError():
            hint = "Try `http://` instead of `https://` in `url`, or tell the site."
        case _, aiohttp.ClientConnectorError():
            hint = "Try later; if it opens in a browser elsewhere, it may block this network."
        case _, TimeoutError():
            hint = "Try later; a slow server may want a larger `delay`."
        case _ if "circles" in says:
            hint = "Open it in a browser and see where it ends; give that address."
        case _:
            hint = "Try later; if it opens in a browser, the server may cut off programs: ask the site."
    return AccessProblem(says=says, hint=hint)


def of_answer(capture: Capture, site: Site, *, declared: Role | None = None) -> AccessProblem | None:
    """What is wrong with an answer, by what a crawl takes it for; ``None`` when it is read.

    *declared* is what the site's file says its address is. What a page says of itself is not looked at.
    """
    match classify(capture, site, declared=declared):
        case Answer.REFUSED | Answer.ABSENT | Answer.REDIRECT | Answer.UNCHANGED:
            return of_status(capture)
        case Answer.FOREIGN:
            host = urlsplit(capture.url).netloc
            if gate_address(capture.url):
                return AccessProblem(says=f"leads to a gate at {host}", hint=GATE)
            return AccessProblem(says=f"leads to {host}", hint=ELSEWHERE)
        case Answer.BROKEN_OFF:
            says = f"is broken off after {len(capture.body):,} bytes"
            return AccessProblem(says=says, hint="Try later; if it stays so, tell the site.")
        case Answer.TOO_LARGE:
            return AccessProblem(
                says="is too large to be read", hint="Open it in a browser and see what it is."
            )
        case Answer.PAGE if sign := blank(capture):
            return AccessProblem(says=sign, hint="Try later; if it stays so, tell the site.")
        case Answer.MEDIA:
            says = f"is a file ({capture.header('content-type')}), not a page"
            return AccessProblem(says=says, hint="Keep such addresses out with `ignore`.")
    return None


def of_status(capture: Capture) -> AccessProblem | None:
    """What is wrong with an answer, going by its status alone; ``None`` when nothing is."""
    status, target = capture.status, capture.header("location")
    if 200 <= status < 300:
        return None
    if 300 <= status < 400 and target:
        target = urljoin(capture.url, target.strip())
        host = urlsplit(target).netloc
        if gate_address(target):
            return AccessProblem(says=f"leads to a gate at {host}", hint=GATE)
        return AccessProblem(says=f"leads to {host}", hint=ELSEWHERE)
    if status in (401, 403):
        hint = (
            "It refuses programs. If its feeds answer, `feed_only = true` keeps to them; or ask for access "
            "(legger site letter NAME)."
        )
    elif status in (404, 410):
        hint = "It is not there any more: find the new address on the site, or take it out of the file."
    elif status in (429, 503):
        hint = "The server is busy or finds us too quick: try later, with a larger `delay`."
    elif status >= 500:
        hint = "Something is broken at the site: try later."
    else:
        hint = "Open it in a browser and see what it is."
    return AccessProblem(says=f"HTTP {status}", hint=hint)
