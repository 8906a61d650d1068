"""What the file of a site and of a platform may say, validated by pydantic, in sentences of ours.

One table, one :class:`TypedDict`: what comes out of :func:`validated` holds the stated keys only, with the
values that :class:`~crawler.siteconfig.site.Site` has. An error names file, key and what was expected.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from functools import cache
from typing import Annotated, Any, Literal, Required
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    AllowInfNan,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    TypeAdapter,
    ValidationError,
    WrapValidator,
)
from pydantic_core import ErrorDetails
from typing_extensions import TypedDict

from archive.errors import SiteError
from archive.model.types import Ground
from crawler.siteconfig.files import did_you_mean
from crawler.siteconfig.schedule import Schedule, span, valid_cron
from crawler.siteconfig.site import DATE_ORDERS, FormerIdentity, Identity, Pages, Rules


def _what(value: Any) -> str:
    """A value as it is spoken of in a message."""
    return f"{value!r}" if isinstance(value, str | int | float | bool | date) else f"a {type(value).__name__}"


def _expecting(words: str) -> WrapValidator:
    """Says "expected *words*, found ..." where the type itself refuses a value."""

    def check(value: Any, handler: Callable[[Any], Any]) -> Any:
        try:
            return handler(value)
        except ValidationError:
            raise ValueError(f"expected {words}, found {_what(value)}") from None

    return WrapValidator(check)


def _list_of(words: str) -> BeforeValidator:
    """A list, whose items are judged each by itself."""

    def check(value: Any) -> Any:
        if not isinstance(value, list):
            raise ValueError(f"expected a list of {words} in [ ], found {_what(value)}")
        return value

    return BeforeValidator(check)


def _by(check: Callable[[str], Any]) -> AfterValidator:
    """Text that *check* judges; it raises :class:`ValueError` with a sentence, and returns the value."""

    def judged(value: str) -> Any:
        try:
            return check(value)
        except ValueError:
            raise
        except Exception as error:  # of a parser that the check asked: too large a number, too deep a nesting
            raise ValueError(f"expected what can be used, found {_what(value)[:200]} ({error})") from error

    return AfterValidator(judged)


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
        raise ValueError(f"expected a day such as 2024-05-01, without quotes; found {_what(value)}")
    return value


def _in_order(rules: Rules) -> Rules:
    if rules.valid_from and rules.valid_until and rules.valid_from > rules.valid_until:
        raise _At("valid_until", "expected a day after valid_from")
    return rules


class _At(ValueError):
    """What is wrong with a table, said of one of its keys."""

    def __init__(self, key: str, says: str) -> None:
        super().__init__(says)
        self.key = key


Text = Annotated[str, _expecting("text in quotes")]
Flag = Annotated[bool, Strict(), _expecting("true or false")]
Day = Annotated[date, BeforeValidator(_day)]
Span = Annotated[Text, _by(span)]
CronLine = Annotated[Text, _by(_cron)]
Addresses = Annotated[tuple[Text, ...], _list_of("addresses")]
Expressions = Annotated[tuple[Annotated[Text, _by(_regex)], ...], _list_of("regular expressions")]
Selectors = Annotated[tuple[Annotated[Text, _by(_selector)], ...], _list_of("CSS selectors")]

_ONLY_THESE = ConfigDict(extra="forbid")


class FormerTable(TypedDict, total=False):
    """One of ``[[identity.former]]``."""

    __pydantic_config__ = _ONLY_THESE  # type: ignore[misc]
    pattern: Required[Annotated[Text, _by(_identity_regex)]]
    until: Day


class IdentityTable(TypedDict, total=False):
    """``[identity]``."""

    __pydantic_config__ = _ONLY_THESE  # type: ignore[misc]  # pydantic's own way; a TypedDict has only keys
    pattern: Annotated[Text, _by(_identity_regex)]
    query: Annotated[tuple[Text, ...], _list_of("query keys")]
    former: Annotated[
        tuple[Annotated[FormerTable, AfterValidator(lambda stated: FormerIdentity(**stated))], ...],
        _list_of("tables with a pattern"),
    ]


class PagesTable(TypedDict, total=False):
    """``[pages]``."""

    __pydantic_config__ = _ONLY_THESE  # type: ignore[misc]
    keep: Flag


class ScheduleTable(TypedDict, total=False):
    """``[schedule]``."""

    __pydantic_config__ = _ONLY_THESE  # type: ignore[misc]
    every: Span
    cron: CronLine
    jitter: Span
    poll: Span
    backfill: CronLine


class RulesTable(TypedDict, total=False):
    """One of ``[[rules]]``."""

    __pydantic_config__ = _ONLY_THESE  # type: ignore[misc]
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


class PlatformTable(TypedDict, total=False):
    """What sites may have in common, and the file of a platform may state."""

    __pydantic_config__ = _ONLY_THESE  # type: ignore[misc]
    language: Text
    timezone: Annotated[Text, _by(_zone)]
    date_order: Annotated[Literal["day", "month"], _expecting(" or ".join(DATE_ORDERS))]
    feeds: Addresses
    sitemaps: Addresses
    listings: Addresses
    articles: Expressions
    ignore: Expressions
    identity: Annotated[IdentityTable, AfterValidator(lambda stated: Identity(**stated))]
    pages: Annotated[PagesTable, AfterValidator(lambda stated: Pages(**stated))]
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
        float, Strict(), AllowInfNan(False), Field(ge=0, le=3600), _expecting("seconds, 0 to 3600")
    ]
    budget: Annotated[int, Strict(), Field(ge=1), _expecting("a whole number from 1")]
    quiet: Annotated[tuple[Annotated[Text, _by(_hours)], ...], _list_of("hours of the day")]
    ground: Annotated[Ground, _expecting("one of " + ", ".join(Ground))]


class SiteTable(PlatformTable, total=False):
    """The file of a site."""

    url: Required[Annotated[Text, _by(_address)]]
    name: Text
    title: Text
    place: Text
    publisher: Text
    issn: Annotated[Text, _by(_issn)]
    platform: Text
    untested_since: Day
    hosts: Annotated[tuple[Annotated[Text, _by(_host)], ...], _list_of("host names")]
    practice: Flag


_TABLES: dict[str, type] = {
    "identity": IdentityTable,
    "former": FormerTable,
    "pages": PagesTable,
    "schedule": ScheduleTable,
    "rules": RulesTable,
}


@cache
def _adapter(table: type) -> TypeAdapter[dict[str, Any]]:
    return TypeAdapter(table)


def validated(stated: Any, table: type, *, source: str) -> dict[str, Any]:
    """The stated keys with the values that a site has; addresses of sources stay as they are stated.

    Raises :class:`SiteError` for the first thing that is wrong: a key that there is not before all others.
    """
    try:
        return _adapter(table).validate_python(stated)
    except ValidationError as error:
        wrong = sorted(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
        raise _sentence(wrong[0], table, source) from None


def _sentence(wrong: ErrorDetails, table: type, source: str) -> SiteError:
    """What is wrong, as pydantic finds it, in words of ours."""
    place = wrong["loc"]
    key = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in place).lstrip(".")
    match wrong["type"]:
        case "value_error":
            error = wrong["ctx"]["error"]
            return SiteError(source, f"{key}.{error.key}" if isinstance(error, _At) else key, str(error))
        case "extra_forbidden":
            inner = table if len(place) == 1 else _TABLES[str(place[-3] if len(place) > 3 else place[0])]
            known = inner.__annotations__
            hint = did_you_mean(str(place[-1]), known) or f"; there are {', '.join(known)}"
            return SiteError(source, key, f"no such key{hint}")
        case "missing":
            what = "the address of the front page" if place == ("url",) else "a regular expression"
            return SiteError(source, key, f"expected {what}; it is missing")
        case "dict_type":
            return SiteError(source, key, f"expected a table of keys, found {_what(wrong['input'])}")
    return SiteError(source, key, f"{wrong['msg']}, found {_what(wrong['input'])}")


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
