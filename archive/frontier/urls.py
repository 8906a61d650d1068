"""Addresses: what was found, what is due, how visits went."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, insert, or_, select, tuple_, update

from archive.captures.hidden_words import HiddenWords
from archive.captures.store import CaptureStore
from archive.db.mapping import AnyRow, address_of, without_words
from archive.db.prepared import Statement
from archive.db.schema import addresses, articles, readings, sites, versions
from archive.db.session import Session
from archive.model.addresses import Address, FoundTimes, Link, Miss, Role
from archive.model.types import Verdict, VerdictKind

REDACTED = "redacted"
"""Why the address of a redacted article is not asked for."""

_ADD = insert(addresses)
_ONE = Statement(
    select(addresses).where(
        addresses.c.url.in_([bindparam("url"), bindparam("destroyed")]),
        addresses.c.site_id == bindparam("site"),
    )
)
"""*destroyed*: the address as it is kept when its words were destroyed."""
_DESTROYED = select(addresses.c.url).where(
    addresses.c.site_id == bindparam("site"), addresses.c.url.in_(bindparam("forms", expanding=True))
)
_SOME = select(addresses).where(
    addresses.c.site_id == bindparam("site"), addresses.c.url.in_(bindparam("urls", expanding=True))
)
_KNOWN = select(
    addresses.c.id,
    addresses.c.url,
    addresses.c.how,
    addresses.c.modified,
    addresses.c.last_visit,
    addresses.c.missed,
    addresses.c.due_at,
    addresses.c.first_seen,
).where(addresses.c.site_id == bindparam("site"), addresses.c.url.in_(bindparam("urls", expanding=True)))
_HEARD = (
    select(
        addresses.c.url,
        addresses.c.found_at,
        addresses.c.last_visit,
        addresses.c.due_at,
        addresses.c.article_id,
        readings.c.published,
    )
    .outerjoin(articles, articles.c.id == addresses.c.article_id)
    .outerjoin(versions, and_(versions.c.article_id == articles.c.id, versions.c.number == articles.c.latest))
    .outerjoin(readings, readings.c.id == versions.c.reading_id)
    .where(addresses.c.site_id == bindparam("site"), addresses.c.url.in_(bindparam("urls", expanding=True)))
)
_HURRY = update(addresses).where(
    addresses.c.site_id == bindparam("site"),
    addresses.c.url == bindparam("address"),
    or_(addresses.c.due_at.is_(None), addresses.c.due_at > bindparam("at", type_=addresses.c.due_at.type)),
    func.coalesce(addresses.c.reason, "") != REDACTED,
)
_DUE = addresses.c.due_at <= bindparam("now", type_=addresses.c.due_at.type)
_FRESH = (
    select(addresses)
    .where(addresses.c.site_id == bindparam("site"), addresses.c.last_visit.is_(None), _DUE)
    .order_by(addresses.c.newness.desc(), addresses.c.found_at.desc(), addresses.c.id.desc())
    .limit(bindparam("limit"))
)
_AGAIN = (
    select(addresses)
    .where(addresses.c.site_id == bindparam("site"), addresses.c.last_visit.is_not(None), _DUE)
    .order_by(addresses.c.due_at)
    .limit(bindparam("limit"))
)
_HOW_MANY = select(func.count()).select_from(addresses).where(addresses.c.site_id == bindparam("site"), _DUE)
_SEEN_BEFORE = (
    select(addresses)
    .where(
        addresses.c.site_id == bindparam("site"),
        addresses.c.last_visit.is_not(None),
        addresses.c.due_at.is_not(None),
        tuple_(addresses.c.due_at, addresses.c.id)
        > tuple_(bindparam("due", type_=addresses.c.due_at.type), bindparam("after")),
    )
    .order_by(addresses.c.due_at, addresses.c.id)
    .limit(bindparam("limit"))
)
_VISIT = Statement(update(addresses).where(addresses.c.id == bindparam("number")))
"""The columns to set are those of the parameters."""
NAMING = frozenset({"feed", "sitemap"})
"""How an address is found that its site itself calls its own."""
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_CHANGES = frozenset({VerdictKind.NEW, VerdictKind.CHANGED})


class Urls:
    """Every address ever heard of."""

    def __init__(self, session: Session, captures: CaptureStore) -> None:
        self._session = session
        self._captures = captures

    def found(self, site: str, links: Iterable[Link], *, at: datetime) -> int:
        """Note found addresses, new ones as due now; returns how many were new.

        Of an address that is known, only what its source says of its last change is noted, and that a feed or
        a sitemap names what was met as a link before.
        """
        # Numbered backwards, so that the first link of a source is the newest found: one walk back over
        # the index of addresses never asked for gives them in the order of asking.
        each = list({link.url: link for link in links}.values())[::-1]
        return sum(self._found(site, {link.url: link for link in chunk}, at) for chunk in _chunks(each))

    def _found(self, site: str, links: dict[str, Link], at: datetime) -> int:
        with self._session.asking() as connection:
            number = self._session.site_id(connection, site)
            known = {
                row.url: row for row in connection.execute(_KNOWN, {"site": number, "urls": list(links)})
            }
        met = [row for row in known.values() if _only_heard_of(row)]
        said = [row for row in known.values() if _says_more(links[row.url], row)]
        if len(known) == len(links) and not met and not said:
            return 0  # nothing to write: a poll of a quiet feed takes no lock
        with self._session.writing(site) as connection:
            number = self._session.ensure_site(connection, site)
            # Another process may have found some of them since we looked.
            rows = connection.execute(_KNOWN, {"site": number, "urls": list(links)})
            known = {row.url: row for row in rows}
            words = self._captures.destroyed_words(connection, number)
            fresh = [
                _without(words, _values(number, links[url], at))
                for url in self._never_heard_of(connection, number, links, known)
            ]
            if fresh:
                connection.execute(_ADD, fresh)
            for row in met:
                values = _without(words, _values(number, links[row.url], at))
                connection.execute(update(addresses).where(addresses.c.id == row.id).values(values))
            for row in said:
                link = links[row.url]
                values = {"modified": link.modified or row.modified}
                if _names_it_first(link, row):
                    found_on = words.masked_value(link.found_on)
                    values |= {"how": link.how, "found_on": found_on, "published": link.published}
                connection.execute(update(addresses).where(addresses.c.id == row.id).values(values))
        return len(fresh) + len(met)

    def note_how_found(self, site: str, links: Iterable[Link]) -> None:
        """Note how addresses that are known by their captures alone are named; none becomes due by it."""
        told = {link.url: link for link in links}
        if not told:
            return
        with self._session.writing(site) as connection:
            number = self._session.ensure_site(connection, site)
            words = self._captures.destroyed_words(connection, number)
            for chunk in _chunks(list(told.values())):
                urls = [link.url for link in chunk]
                for row in connection.execute(_KNOWN, {"site": number, "urls": urls}).all():
                    if row.last_visit is not None or row.how != "capture":
                        continue
                    link = told[row.url]
                    values = {
                        "how": link.how,
                        "found_on": words.masked_value(link.found_on),
                        "title": words.masked_value(link.title),
                        "published": link.published,
                        "author": words.masked_value(link.author),
                        "section": words.masked_value(link.section),
                    }
                    connection.execute(update(addresses).where(addresses.c.id == row.id).values(values))

    def _never_heard_of(
        self, connection: Connection, site: int, urls: Iterable[str], known: Container[str]
    ) -> list[str]:
        """Those of *urls* that are not known, nor were before their words were destroyed."""
        fresh = {without_words(url): url for url in urls if url not in known}
        if not fresh:
            return []
        gone = set(connection.execute(_DESTROYED, {"site": site, "forms": list(fresh)}).scalars())
        return [url for form, url in fresh.items() if form not in gone]

    def add_deferred(
        self,
        site: str,
        links: Iterable[tuple[Link, str]],
        *,
        at: datetime,
        until: datetime | None,
        missed: Miss | None = None,
    ) -> None:
        """Note addresses that were found and are not to be fetched before *until* (``None``: ever).

        Each comes with the reason, *missed* is its kind. Addresses that are known stay as they are.
        """
        reasons = {link.url: (link, reason) for link, reason in links}
        if not reasons:
            return
        with self._session.writing(site) as connection:
            number = self._session.ensure_site(connection, site)
            rows = connection.execute(_KNOWN, {"site": number, "urls": list(reasons)})
            known = {row.url for row in rows}
            words = self._captures.destroyed_words(connection, number)
            fresh = [
                _without(
                    words,
                    _values(number, link, at)
                    | {"due_at": until, "missed": missed.value if missed else None, "reason": reason},
                )
                for url in self._never_heard_of(connection, number, reasons, known)
                for link, reason in (reasons[url],)
            ]
            if fresh:
                connection.execute(_ADD, fresh)

    def due(
        self,
        site: str,
        *,
        now: datetime,
        limit: int,
        roles: Sequence[Role] | None = None,
        never_asked: bool = False,
    ) -> list[Address]:
        """Addresses to ask for, most urgent first: never fetched (the newest first), then longest due.

        *never_asked*: only the former.
        """
        with self._session.asking() as connection:
            asked = {"site": self._session.site_id(connection, site), "now": now}
            found: list[Address] = []
            for of_kind in (_FRESH,) if never_asked else (_FRESH, _AGAIN):
                if len(found) == limit:
                    break
                wanted = [role.value for role in roles or Role]
                statement = of_kind if roles is None else of_kind.where(addresses.c.role.in_(wanted))
                rows = connection.execute(statement, {**asked, "limit": limit - len(found)})
                found += [address_of(row) for row in rows]
            return found

    def how_many_due(self, site: str, *, now: datetime) -> int:
        """How many addresses are to be asked for."""
        with self._session.asking() as connection:
            asked = {"site": self._session.site_id(connection, site), "now": now}
            return connection.execute(_HOW_MANY, asked).scalar_one()

    def asked_before(self, site: str, *, after: Address | None, limit: int) -> list[Address]:
        """Addresses that were asked for and are to be asked for again, whenever; longest due first.

        A walk through them goes on *after* the last one it was given, as it was given.
        """
        with self._session.asking() as connection:
            asked = {
                "site": self._session.site_id(connection, site),
                "due": after.due_at if after is not None else LONG_AGO,
                "after": after.id if after is not None else 0,
                "limit": limit,
            }
            return [address_of(row) for row in connection.execute(_SEEN_BEFORE, asked)]

    def found_times(self, site: str, urls: Iterable[str]) -> list[FoundTimes]:
        """Those of *urls* that are known, with when they were heard of and when their articles came out."""
        wanted = list(urls)
        found: list[FoundTimes] = []
        with self._session.asking() as connection:
            number = self._session.site_id(connection, site)
            for start in range(0, len(wanted), 500):
                rows = connection.execute(_HEARD, {"site": number, "urls": wanted[start : start + 500]})
                found += [FoundTimes(**row._mapping) for row in rows]
        return found

    def bring_forward(self, site: str, url: str, *, at: datetime) -> None:
        """Make a known address due at *at*, if it is not due by then."""
        with self._session.writing(site) as connection:
            number = self._session.ensure_site(connection, site)
            connection.execute(_HURRY.values(due_at=at), {"site": number, "address": url, "at": at})

    def addresses(self, site: str, urls: Iterable[str]) -> list[Address]:
        """What is known of some addresses, some hundreds at most, in their order."""
        wanted = list(urls)
        with self._session.asking() as connection:
            asked = {"site": self._session.site_id(connection, site), "urls": wanted}
            known = {row.url: row for row in connection.execute(_SOME, asked)}
        return [address_of(known[url]) for url in wanted if url in known]

    def address(self, site: str, url: str) -> Address | None:
        """What is known of one address."""
        with self._session.asking() as connection:
            number = self._session.site_id(connection, site)
            row = _ONE.first(connection, {"site": number, "url": url, "destroyed": without_words(url)})
        return address_of(row) if row is not None else None

    def of_articles(self, site: str) -> Iterator[tuple[str, int, bool]]:
        """(address, article, whether it answers) of every address at which an article was read last."""
        wanted = (
            select(addresses.c.url, addresses.c.article_id, addresses.c.last_status, addresses.c.failures)
            .join(sites, sites.c.id == addresses.c.site_id)
            .where(sites.c.name == site, addresses.c.article_id.is_not(None))
        )
        with self._session.asking() as connection:
            rows = connection.execute(wanted).all()
        for row in rows:
            yield row.url, row.article_id, row.last_status in (200, 304) and not row.failures

    def leads_to_articles(self, site: str, prefix: str) -> bool | None:
        """Whether an address beginning with *prefix* led to an article; ``None``: none was asked for."""
        asked = select(func.count(), func.count(addresses.c.article_id)).where(
            addresses.c.site_id == bindparam("site"),
            addresses.c.url >= prefix,
            addresses.c.url < prefix + "\uffff",
            addresses.c.last_visit.is_not(None),
        )
        with self._session.asking() as connection:
            number, led = connection.execute(asked, {"site": self._session.site_id(connection, site)}).one()
        return bool(led) if number else None

    def make_deferred_due(self, site: str, prefix: str, *, at: datetime) -> int:
        """Make due what was put off because it stands on another site; returns how many."""
        with self._session.writing(site) as connection:
            found = connection.execute(
                update(addresses)
                .where(
                    addresses.c.site_id == self._session.ensure_site(connection, site),
                    addresses.c.url >= prefix,
                    addresses.c.url < prefix + "\uffff",
                    addresses.c.last_visit.is_(None),
                    addresses.c.missed == Miss.ELSEWHERE.value,
                )
                .values(due_at=at, missed=None, reason=None)
            )
        return found.rowcount

    def visited(
        self,
        site: str,
        url: str,
        *,
        at: datetime,
        due_at: datetime | None,
        status: int | None = None,
        verdict: Verdict | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        reason: str | None = None,
        missed: Miss | None = None,
        walked: bool = False,
        alias: int | None = None,
    ) -> None:
        """Note how a visit of an address went, and when to ask again (``None``: not any more).

        *alias*: the article to whose address it leads.
        ``status=None`` with a *reason* is a failure without an answer (timeout, refused, robots); so is a
        status of 400 and more. The validators of a 304 are kept when it does not repeat them.
        """
        with self._session.writing(site) as connection:
            number = self._session.ensure_site(connection, site)
            asked = {"site": number, "url": url, "destroyed": without_words(url)}
            known = _ONE.first(connection, asked)
            if known is None:
                connection.execute(_ADD, _values(number, Link(url=url, how="capture"), at))
                known = _ONE.first(connection, asked)
                assert known is not None
            failed = status is None or status >= 400
            values: dict[str, Any] = {
                "last_visit": at,
                "due_at": due_at,
                "failures": known.failures + 1 if failed else 0,
                "reason": reason,
                "missed": missed.value if missed else None,
            }
            if status is not None:
                values["last_status"] = status
                values["first_seen"] = known.first_seen or at
            if status == 304:
                values["etag"] = etag or known.etag
                values["last_modified"] = last_modified or known.last_modified
            elif not failed:
                values["etag"], values["last_modified"] = etag, last_modified
                values["last_body_at"] = at
                if walked:
                    values["links_followed_at"] = at
            if alias is not None:
                values["article_id"] = alias
            if verdict is not None:
                if verdict.article is not None and verdict.version is not None:
                    values["article_id"] = verdict.article
                if verdict.kind in _CHANGES:
                    values["last_changed"] = at
            _VISIT.run(connection, {"number": known.id, **values})


def _without(words: HiddenWords, values: dict[str, Any]) -> dict[str, Any]:
    """A new address without the words of a destroyed article; one that has them itself is not asked for."""
    if not words:
        return values
    masked = {
        name: words.masked(value) if isinstance(value, str) else value for name, value in values.items()
    }
    if masked["url"] == values["url"]:
        return masked
    return masked | {
        "url": without_words(values["url"]), "title": None, "author": None, "section": None,
        "due_at": None, "missed": None, "reason": REDACTED,
    }  # fmt: skip


def _says_more(link: Link, row: AnyRow) -> bool:
    return bool(link.modified and link.modified != row.modified) or _names_it_first(link, row)


def _names_it_first(link: Link, row: AnyRow) -> bool:
    """Whether a feed or a sitemap names an address that none named before: it tells more than a link does."""
    return link.how in NAMING and row.how not in NAMING and row.how != "seed"


def _only_heard_of(row: AnyRow) -> bool:
    """Whether an address was met under way, imported or passed over, and never asked for by itself."""
    imported = row.first_seen is not None and row.due_at is None
    return row.last_visit is None and (
        row.how == "capture" or imported or row.missed in (Miss.TRAP, Miss.ELSEWHERE)
    )


def _chunks(links: list[Link]) -> Iterator[list[Link]]:
    for start in range(0, len(links), _CHUNK):
        yield links[start : start + _CHUNK]


_CHUNK = 500
"""Links of one statement."""


def _values(site: int, link: Link, at: datetime) -> dict[str, Any]:
    return {
        "site_id": site,
        "url": link.url,
        "role": link.role.value,
        "found_at": at,
        "found_on": link.found_on,
        "how": link.how,
        "depth": link.depth,
        "title": link.title,
        "published": link.published,
        "modified": link.modified,
        "author": link.author,
        "section": link.section,
        "failures": 0,
        "due_at": at,
        "missed": None,
        "reason": None,
        "newness": link.newness or at,
    }
