"""Which versions an export holds: all, those that a query finds, as of a time, or a random sample of them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection

from archive.db.schema import versions as version_table
from archive.errors import UsageError
from archive.model.types import PageKind
from archive.search import fulltext
from archive.search.language.days import span
from archive.search.language.forms import Spellings
from archive.search.language.parser import parse
from archive.search.language.query import Filter, Query, Scope
from archive.search.selection import chosen, words_of


@dataclass(frozen=True, kw_only=True)
class RowChoice:
    """What is written."""

    site: str | None = None
    since: datetime | None = None
    """Versions first seen, and articles found to be gone, at this time or later."""
    until: datetime | None = None
    """Versions first seen before this time."""
    versions: Literal["latest", "all"] = "latest"
    query: str | None = None
    """In the language of :mod:`archive.search.language.query`; ``in:all`` chooses every version."""
    published: str | None = None
    """A day, month, year or range, as ``published:`` has it."""
    status: str | None = None
    language: str | None = None
    pages: bool = False
    """Standing pages too, of sites that keep them."""
    as_of: datetime | None = None
    """The corpus as it stood: of every article the version that held then, as it was first read."""
    sample: int | None = None
    """So many articles, drawn at random: from each site and month of publication as many as are its share."""
    seed: int = 0

    @property
    def every(self) -> bool:
        """Whether every version is wanted, not the latest alone."""
        asked = self.asked()
        return self.versions == "all" or (asked is not None and asked.scope is Scope.ALL)

    @property
    def of_kind_page(self) -> bool:
        """Whether the query itself asks for standing pages."""
        asked = self.asked()
        return asked is not None and any(
            each.field == "kind" and each.value == PageKind.PAGE and not each.unless for each in asked.filters
        )

    def asked(self) -> Query | None:
        """The query with the options beside it; ``None`` without any. Raises :class:`UsageError`."""
        if not any((self.query, self.published, self.status, self.language)):
            return None
        asked = parse(self.query or "")
        if asked.scope is Scope.REMOVED:
            raise UsageError("in:removed finds sentences, and an export holds versions; leave it out")
        more = [("status", self.status), ("lang", self.language)]
        filters = tuple(Filter(field=name, value=value) for name, value in more if value)
        days = asked.published
        if self.published:
            try:
                days = (*days, span(self.published))
            except ValueError as error:
                raise UsageError(str(error.args[0]).format(words=self.published)) from error
        return replace(asked, filters=asked.filters + filters, published=days)


def numbers(connection: Connection, choice: RowChoice) -> set[int] | None:
    """Numbers of the versions that the query finds; ``None``: it asks for nothing, and all are."""
    asked = choice.asked()
    if asked is None:
        return None
    if choice.every:
        asked = replace(asked, scope=Scope.ALL)
    found = chosen(connection, asked, None, None, None, pages=choice.pages).order_by(None)
    found = found.with_only_columns(version_table.c.id)
    words = words_of(fulltext.of(connection), asked, Spellings(connection, asked))
    return set(connection.execute(found, words).scalars())


def drawn(rows: list[tuple[int, str, str]], size: int, seed: int) -> set[int]:
    """Articles of a sample, from (article, site, month): the same for the same seed, whatever the order.

    Each site and month gives its share, rounded so that the whole comes to *size*.
    """
    if size >= len(rows):
        return {article for article, _, _ in rows}
    strata: dict[tuple[str, str], list[int]] = defaultdict(list)
    for article, site, month in rows:
        strata[site, month].append(article)
    shares = {each: size * len(members) / len(rows) for each, members in strata.items()}
    counts = {each: int(share) for each, share in shares.items()}
    left = size - sum(counts.values())
    for each in sorted(shares, key=lambda each: (counts[each] - shares[each], each))[:left]:
        counts[each] += 1
    taken: set[int] = set()
    for each, members in strata.items():
        taken.update(sorted(members, key=lambda article: _drawn_at(article, seed))[: counts[each]])
    return taken


def _drawn_at(article: int, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{article}".encode()).digest()


def plain(choice: RowChoice) -> dict[str, Any]:
    """What was chosen, as a manifest has it: what is not asked for is left out, but for the four oldest."""
    times = {name: getattr(choice, name) for name in ("since", "until", "as_of")}
    told = {name: each.isoformat().replace("+00:00", "Z") if each else None for name, each in times.items()}
    more = {
        "query": choice.query, "published": choice.published, "status": choice.status,
        "language": choice.language, "pages": choice.pages or None, "as_of": told["as_of"],
        "sample": choice.sample,
        "seed": choice.seed if choice.sample is not None else None,
    }  # fmt: skip
    return {
        "site": choice.site, "since": told["since"], "until": told["until"], "versions": choice.versions,
        **{name: value for name, value in more.items() if value is not None},
    }  # fmt: skip


def of_plain(members: dict[str, Any]) -> RowChoice:
    """The other way round."""
    times = {
        name: datetime.fromisoformat(members[name])
        for name in ("since", "until", "as_of")
        if members.get(name)
    }
    return RowChoice(**{**{name: value for name, value in members.items() if value is not None}, **times})
