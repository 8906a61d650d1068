"""What the file of a site and of a platform may say: one table, one :class:`TypedDict`.

What comes out of :func:`validated` holds the stated keys only, with the values that
:class:`~crawler.siteconfig.site.Site` has. An error names file, key and what was expected.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Annotated, Any, Literal, Required
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AllowInfNan, BeforeValidator, Field, Strict
from typing_extensions import TypedDict

from archive.errors import SiteError
from archive.model.types import Ground
from crawler.siteconfig import validation
from crawler.siteconfig.schedule import Schedule, span, valid_cron
from crawler.siteconfig.site import DATE_ORDERS, AssetBounds, FormerIdentity, Identity, Pages, Rules
from crawler.siteconfig.validation import ONLY_THESE, Invalid, adapter, by, expecting, list_of, what


def _issn(stated: str) -> str:
    """An ISSN as it is written, ``1234-567X``. Raises :class:`ValueError` when its last sign does not fit."""
    signs = stated.replace("-", "").upper()
    if re.fullmatch(r"\d{7}[\dX]", signs):
        total = sum((8 - place) * int(sign) for place, sign in enumerate(signs[:7]))
        if "0123456789X"[-total % 11] == signs[7]:
            return f"{signs[:4]}-{signs[4:]}"
    raise ValueError(f"expected an ISSN such as 0317-8471, found {stated!r}")


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or re.search(r"\s", url):
        raise ValueError(f"expected an http or https address, found {url!r}")
    return url if parts.path else url + "/"


def _host(host: str) -> str:
    if not re.fullmatch(r"[\w.-]+(:\d+)?", host):
        raise ValueError(f"expected a host name such as nieuws.example.nl, found {host!r}")
    return host.lower()


def _regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except (re.error, OverflowError) as error:
        raise ValueError(f"expected a regular expression: {error} in {pattern!r}") from error
    except RecursionError as error:
        raise ValueError("expected a regular expression with fewer brackets") from error
    return pattern


def _identity_regex(pattern: str) -> str:
    if re.compile(_regex(pattern)).groups != 1:
        raise ValueError(f"expected exactly one group ( ) around the identity in {pattern!r}")
    return pattern


def _selector(selector: str) -> str:
    import soupsieve
    from bs4 import BeautifulSoup

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # ":contains", which is ":-soup-contains" now
            BeautifulSoup("<p></p>", "html.parser").select(selector)
    except (soupsieve.SelectorSyntaxError, NotImplementedError, ValueError, FutureWarning) as error:
        first = str(error).partition("\n")[0]
        raise ValueError(f"expected a CSS selector: {first} in {selector!r}") from error
    if _NAMESPACE.search(_QUOTED.sub("", selector)):
        raise ValueError(f"expected a CSS selector; HTML has no namespaces: {selector!r}")
    return selector


_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|\\.")
_NAMESPACE = re.compile(r"\|(?!=)")


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise ValueError(f"expected the tag of a language such as nl, fy or en-AU, found {value!r}")
    return value


_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,4}")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"expected a time zone such as Europe/Amsterdam, found {name!r}") from error
    return name


def _hours(stated: str) -> str:
    try:
        start, end = (time.fromisoformat(each) for each in stated.split("-"))
    except ValueError:
        start = end = time()
    if start == end or start.tzinfo or end.tzinfo:
        raise ValueError(f'expected hours of the day such as "07:00-20:00", found {stated!r}')
    return stated


def _cron(line: str) -> str:
    try:
        return valid_cron(line)
    except ValueError as error:
        raise ValueError(f'expected a cron line such as "0 7,13,19 * * *", found {line!r}: {error}') from None


def _day(value: Any) -> Any:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(f"expected a day such as 2024-05-01, without quotes; found {what(value)}")
    return value


def _in_order(rules: Rules) -> Rules:
    if rules.valid_from and rules.valid_until and rules.valid_from > rules.valid_until:
        raise Invalid(("valid_until",), "expected a day after valid_from")
    return rules


Text = Annotated[str, expecting("text in quotes")]
Flag = Annotated[bool, Strict(), expecting("true or false")]
Day = Annotated[date, BeforeValidator(_day)]
Span = Annotated[Text, by(span)]
CronLine = Annotated[Text, by(_cron)]
Addresses = Annotated[tuple[Text, ...], list_of("addresses")]
Expressions = Annotated[tuple[Annotated[Text, by(_regex)], ...], list_of("regular expressions")]
Selectors = Annotated[tuple[Annotated[Text, by(_selector)], ...], list_of("CSS selectors")]


class FormerTable(TypedDict, total=False):
    """One of ``[[identity.former]]``."""

    __pydantic_config__ = ONLY_THESE  # type: ignore[misc]
    pattern: Required[Annotated[Text, by(_identity_regex)]]
    until: Day


class IdentityTable(TypedDict, total=False):
    """``[identity]``."""

    __pydantic_config__ = ONLY_THESE  # type: ignore[misc]  # pydantic's own way; a TypedDict has only keys
    pattern: Annotated[Text, by(_identity_regex)]
    query: Annotated[tuple[Text, ...], list_of("query keys")]
    former: Annotated[
        tuple[Annotated[FormerTable, AfterValidator(lambda stated: FormerIdentity(**stated))], ...],
        list_of("tables with a pattern"),
    ]


class PagesTable(TypedDict, total=False):
    """``[pages]``."""

    __pydantic_config__ = ONLY_THESE  # type: ignore[misc]
    keep: Flag


def _from(least: int, most: int) -> tuple[Any, ...]:
    return Strict(), Field(ge=least, le=most), expecting(f"a whole number from {least} to {most}")


class AssetsTable(TypedDict, total=False):
    """``[assets]``."""

    __pydantic_config__ = ONLY_THESE  # type: ignore[misc]
    keep: Flag
    width: Annotated[int, *_from(100, 10_000)]
    most: Annotated[int, *_from(1, 100_000)]
    megabytes: Annotated[int, *_from(1, 100_000)]
    screenshot: Flag


class ScheduleTable(TypedDict, total=False):
    """``[schedule]``."""

    __pydantic_config__ = ONLY_THESE  # type: ignore[misc]
    every: Span
    cron: CronLine
    jitter: Span
    poll: Span
    backfill: CronLine


class RulesTable(TypedDict, total=False):
    """One of ``[[rules]]``."""

    __pydantic_config__ = ONLY_THESE  # type: ignore[misc]
    title: Selectors
    body: Selectors
    author: Selectors
    published: Selectors
    strip: Selectors
    keep: Selectors
    valid_from: Day
    valid_until: Day


def _rules(stated: Any) -> Any:
    if not isinstance(stated, list):
        raise ValueError("expected [[rules]] tables, in double brackets")
    return stated


def _of_what_is_kept(bounds: AssetBounds) -> AssetBounds:
    if bounds.screenshot and not bounds.keep:
        raise ValueError("expected keep = true beside screenshot = true: it is a picture of what is kept")
    return bounds


class PlatformTable(TypedDict, total=False):
    """What sites may have in common, and the file of a platform may state."""

    __pydantic_config__ = ONLY_THESE  # type: ignore[misc]
    language: Annotated[Text, by(_language)]
    timezone: Annotated[Text, by(_zone)]
    date_order: Annotated[Literal["day", "month"], expecting(" or ".join(DATE_ORDERS))]
    feeds: Addresses
    sitemaps: Addresses
    listings: Addresses
    articles: Expressions
    ignore: Expressions
    identity: Annotated[IdentityTable, AfterValidator(lambda stated: Identity(**stated))]
    pages: Annotated[PagesTable, AfterValidator(lambda stated: Pages(**stated))]
    assets: Annotated[AssetsTable, AfterValidator(lambda stated: _of_what_is_kept(AssetBounds(**stated)))]
    schedule: Annotated[ScheduleTable, AfterValidator(lambda stated: Schedule(**stated))]
    rules: Annotated[
        tuple[
            Annotated[RulesTable, AfterValidator(lambda stated: _in_order(Rules(**stated)))],
            ...,
        ],
        BeforeValidator(_rules),
    ]
    allow_private: Flag
    feed_only: Flag
    delay: Annotated[
        float, Strict(), AllowInfNan(False), Field(ge=0, le=3600), expecting("seconds, 0 to 3600")
    ]
    budget: Annotated[int, Strict(), Field(ge=1), expecting("a whole number from 1")]
    quiet: Annotated[tuple[Annotated[Text, by(_hours)], ...], list_of("hours of the day")]
    ground: Annotated[Ground, expecting("one of " + ", ".join(Ground))]


class SiteTable(PlatformTable, total=False):
    """The file of a site."""

    url: Required[Annotated[Text, by(_address)]]
    name: Text
    title: Text
    place: Text
    publisher: Text
    issn: Annotated[Text, by(_issn)]
    platform: Text
    untested_since: Day
    hosts: Annotated[tuple[Annotated[Text, by(_host)], ...], list_of("host names")]
    practice: Flag


_TABLES: dict[str, type] = {
    "identity": IdentityTable,
    "former": FormerTable,
    "pages": PagesTable,
    "assets": AssetsTable,
    "schedule": ScheduleTable,
    "rules": RulesTable,
}


_REQUIRED = {"url": "the address of the front page", "pattern": "a regular expression"}


adapter(SiteTable)  # made as this is loaded: copies of a process that has loaded it have it


def validated(stated: Any, table: type, *, source: str) -> dict[str, Any]:
    """The stated keys with the values that a site has; addresses of sources stay as they are stated.

    Raises :class:`SiteError` for the first thing that is wrong.
    """
    try:
        return validation.validated(stated, table, inner=_TABLES, required=_REQUIRED)
    except Invalid as error:
        key = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in error.place)
        raise SiteError(source, key.lstrip("."), str(error)) from None


def absolute(stated: Sequence[str], front: str, key: str, *, source: str) -> tuple[str, ...]:
    """Addresses of sources, which may be stated relative to the front page's. Raises :class:`SiteError`."""
    found = []
    for index, each in enumerate(stated):
        try:
            found.append(_address(urljoin(front, each)))
        except ValueError as error:
            says = f"expected an http or https address, found {each!r}"
            raise SiteError(source, f"{key}[{index}]", says) from error
    return tuple(found)
