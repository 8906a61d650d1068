"""What a file of settings states, validated by pydantic in sentences of ours: the key, and what was expected.

A table is a :class:`TypedDict`. What comes out of :func:`validated` holds the stated keys only.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import date, time
from functools import cache
from typing import Any

os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # else it looks through all that is installed

from pydantic import AfterValidator, BeforeValidator, ConfigDict, TypeAdapter, ValidationError, WrapValidator
from pydantic_core import ErrorDetails

from crawler.siteconfig.near_names import did_you_mean

Place = tuple[str | int, ...]
"""Keys and numbers of items that lead to a value: ``("rules", 0, "title")``."""

ONLY_THESE = ConfigDict(extra="forbid")
"""For a table's ``__pydantic_config__``: another key is an error."""


class Invalid(ValueError):
    """A value is not what it must be. Raised about a table as a whole, *place* leads on from that table."""

    def __init__(self, place: Place, says: str) -> None:
        super().__init__(says)
        self.place = place


def what(value: Any) -> str:
    """A value as it is spoken of in a message, in the words of TOML."""
    match value:
        case bool():
            return str(value).lower()
        case str() | int() | float():
            return repr(value)
        case date() | time():
            return str(value)
        case list() | tuple():
            return "a list"
        case dict():
            return "a table"
    return f"a {type(value).__name__}"


def expecting(words: str) -> WrapValidator:
    """Says "expected *words*, found ..." where the type itself refuses a value."""

    def check(value: Any, handler: Callable[[Any], Any]) -> Any:
        try:
            return handler(value)
        except ValidationError:
            raise ValueError(f"expected {words}, found {what(value)}") from None

    return WrapValidator(check)


def list_of(words: str) -> BeforeValidator:
    """A list, whose items are judged each by itself."""

    def check(value: Any) -> Any:
        if not isinstance(value, list):
            raise ValueError(f"expected a list of {words} in [ ], found {what(value)}")
        return value

    return BeforeValidator(check)


def by(check: Callable[[str], Any]) -> AfterValidator:
    """Text that *check* judges; it raises :class:`ValueError` with a sentence, and returns the value."""

    def judged(value: str) -> Any:
        try:
            return check(value)
        except ValueError:
            raise
        except Exception as error:  # of a parser that the check asked: too large a number, too deep a nesting
            raise ValueError(f"expected what can be used, found {what(value)[:200]} ({error})") from error

    return AfterValidator(judged)


@cache
def adapter(table: type) -> TypeAdapter[dict[str, Any]]:
    """What judges a table; making it takes longer than a file does."""
    return TypeAdapter(table)


def validated(
    stated: Any, table: type, *, inner: Mapping[str, type], required: Mapping[str, str]
) -> dict[str, Any]:
    """The stated keys of *table* with their values as its types make them.

    *inner*: key -> the table that stands under it, or under each item of its list. *required*: key that must
    be there -> what is expected of it, in words. Raises :class:`Invalid` for the first thing that is wrong: a
    key that there is not before all others.
    """
    try:
        return adapter(table).validate_python(stated)
    except ValidationError as error:
        wrong = sorted(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
        raise _said(wrong[0], table, inner, required) from None


def _said(
    wrong: ErrorDetails, table: type, inner: Mapping[str, type], required: Mapping[str, str]
) -> Invalid:
    """What is wrong, as pydantic finds it, in words of ours."""
    place = wrong["loc"]
    match wrong["type"]:
        case "value_error":
            error = wrong["ctx"]["error"]
            return Invalid((*place, *error.place) if isinstance(error, Invalid) else place, str(error))
        case "extra_forbidden":
            owner = next((each for each in reversed(place[:-1]) if isinstance(each, str)), "")
            return Invalid(place, f"no such key{_hint(str(place[-1]), owner, table, inner)}")
        case "missing":
            return Invalid(place, f"expected {required[str(place[-1])]}; it is missing")
        case "dict_type":
            found = "text" if isinstance(wrong["input"], str) else what(wrong["input"])  # a secret, it may be
            return Invalid(place, f"expected a table of keys, [{place[-1]}], found {found}")
    return Invalid(place, f"{wrong['msg']}, found {what(wrong['input'])}")


def _hint(key: str, owner: str, table: type, inner: Mapping[str, type]) -> str:
    """Where a key belongs that its table does not know; else the nearest it knows, or all it knows."""
    known = (inner[owner] if owner else table).__annotations__
    if owner and key in table.__annotations__:
        return f" in [{owner}]; it belongs above the first [table]"
    if belongs := next((name for name, each in inner.items() if key in each.__annotations__), None):
        return f" here; it belongs in [{belongs}]"
    return did_you_mean(key, known) or f"; there are {', '.join(known)}"
