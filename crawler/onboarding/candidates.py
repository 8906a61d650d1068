"""What may be a source or an article of a new site: judged by addresses, and by what a source holds. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from archive.model.addresses import Link, Role
from archive.model.types import Capture
from crawler.extract.dates.find import read_date
from crawler.ingest.gates import DOCUMENT, HTML_TYPES, media_type
from crawler.links.discover import Discovery
from crawler.links.unwanted import is_further_page, looks_like_article
from crawler.onboarding.problems import AccessProblem
from crawler.siteconfig.site import Identity, Site
from crawler.sources.sources import sniff
from crawler.urls import same_page

NOTHING_TO_TAKE = "holds nothing to take"


@dataclass(frozen=True, kw_only=True)
class Source:
    """A place where the site says what is new."""

    url: str
    role: Role
    how: str
    """Who told us of it."""
    entries: int
    """Addresses of pages on it (for an index: of sitemaps)."""
    newest: datetime | None = None
    """The latest time it states, of an article or of a change."""


def no_front_page(front: Capture) -> str | None:
    """What an answer is that cannot be a front page, in words; ``None``: it may be one."""
    if not 200 <= front.status < 300:
        return None  # its feeds may answer
    if role := sniff(front.body):
        return f"a {role.value}"
    if not front.body.strip():
        return "an empty page"
    if media_type(front) not in HTML_TYPES and not DOCUMENT.match(front.body[:1024]):
        return f"no page, but a file ({media_type(front) or 'of no stated type'})"
    return None


def may_be_article(url: str, site: Site) -> bool:
    """Whether an address is an article's: by what the site's file says, else by a guess."""
    pattern = site.article_pattern
    return bool(pattern.search(url)) if pattern is not None else looks_like_article(url)


def newest(links: Iterable[Link], site: Site, at: datetime) -> datetime | None:
    """The latest time that *links* state, the future left out."""
    stated = dict.fromkeys(words for link in links for words in (link.modified, link.published) if words)
    times = (_moment(words, site, at) for words in stated)
    return max((each for each in times if each is not None and each <= at + timedelta(days=1)), default=None)


def _moment(words: str, site: Site, at: datetime) -> datetime | None:
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        dated = read_date(words, zone=site.zone, at=at)
        return dated.value if dated is not None else None
    return moment if moment.tzinfo else moment.replace(tzinfo=site.zone)


def nothing_in(found: Discovery) -> AccessProblem:
    """What to say of a source from which nothing is to be taken."""
    reasons = Counter(each.reason for each in found.skipped)
    if not reasons:
        return AccessProblem(says="holds no entries", hint="If it stays so, look for another on the site.")
    reason, count = reasons.most_common(1)[0]
    hint = "Its entries are passed over; see `ignore` in the site's file."
    if reason == "other site":
        hosts = Counter(urlsplit(each.url).netloc for each in found.skipped if each.reason == reason)
        hint = f"Its entries lead to {some([host for host, _ in hosts.most_common()])}: if that is the same "
        hint += "newspaper, put it in `hosts`."
    return AccessProblem(says=f"{NOTHING_TO_TAKE} ({count} × {reason})", hint=hint)


def may_list(link: Link, site: Site) -> bool:
    """Whether an address may be that of a page that lists articles."""
    parts = urlsplit(link.url)
    depth = len([piece for piece in parts.path.split("/") if piece])
    return (
        link.role is Role.PAGE
        and 0 < depth <= 3
        and not looks_like_article(link.url)
        and not is_further_page(link.url)
        and not same_page(link.url, site.url)
        and not ABOUT.search(unquote(parts.path))
    )


ABOUT = re.compile(
    r"contact|over-?ons|about|privacy|cookie|colofon|adverteren|advertis|abonne|subscri|voorwaarden|terms|impress"
    r"|kontakt|redactie|disclaimer|nieuwsbrief|newsletter|chi-siamo|vacature|(?:^|/)tags?/|author|auteur",
    re.I,
)
_ARCHIVE = re.compile(
    r"archie|archiv|nieuws|news|nijs|actueel|aktuell|notizie|articoli|berichten|overzicht", re.I
)


def names_an_archive(link: Link) -> bool:
    """Whether a link leads to news or an archive by its own words."""
    last = unquote(urlsplit(link.url).path).rstrip("/").rpartition("/")[2]
    return bool(_ARCHIVE.search(f"{last} {link.title or ''}"))


def archives_first(link: Link) -> tuple[bool, int]:
    """Order of links: those to archives first, then the shortest."""
    return not names_an_archive(link), len(urlsplit(link.url).path)


def of_number(identity: Identity, urls: Sequence[str]) -> str:
    """The doubt about a number in addresses, shown on one of them."""
    regex = identity.regex
    assert regex is not None
    url, number = next((url, hit[1]) for url in urls if (hit := regex.search(unquote(url))))
    return (
        f"an article is taken to be known by a number in its address ({number} in {url}); if two articles "
        "can have the same, remove [identity] from the file"
    )


def some(words: Sequence[str]) -> str:
    """The first three, and how many more there are."""
    return ", ".join(words[:3]) + (f" and {len(words) - 3} more" if len(words) > 3 else "")
