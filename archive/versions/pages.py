"""Standing pages of a site that keeps them: captures of before that was said, filed as what they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from sqlalchemy import bindparam, select

from archive.db.schema import addresses, captures, sites, verdicts
from archive.db.session import Session
from archive.model.types import PageKind, ReadAgain
from archive.versions.regroup import Regrouping
from archive.versions.rereading import Rereading

_UNFILED = (
    select(addresses.c.url, captures.c.id, captures.c.status, verdicts.c.page)
    .select_from(captures)
    .join(addresses, addresses.c.id == captures.c.address_id)
    .join(sites, sites.c.id == captures.c.site_id)
    .join(verdicts, verdicts.c.capture_id == captures.c.id)
    .where(
        sites.c.name == bindparam("site"),
        verdicts.c.article_id.is_(None),
        verdicts.c.kind == "not-article",
        (verdicts.c.page == PageKind.PAGE.value) | (captures.c.status == 304),
    )
    .order_by(captures.c.at, captures.c.id)
)


class StandingPages:
    """Pages that were captures only, taken up."""

    def __init__(self, session: Session, regrouping: Regrouping, rereading: Rereading) -> None:
        self._session = session
        self._rereading = rereading
        self._regrouping = regrouping

    def take_up(self, site: str, key_of: Callable[[str], str], read_again: ReadAgain) -> Mapping[str, int]:
        """File the captures that read as standing pages and show no version, in the order of their times.

        Those of an address of which an article or a page is filed already stay as they are: its versions are
        in order. *key_of* gives the identity of what stands at an address. Commits. Returns counts: ``pages``
        and ``captures``.
        """
        self._session.commit()
        mine: dict[str, list[tuple[int, int]]] = {}
        shown: set[str] = set()
        with self._session.asking() as connection:
            for row in connection.execute(_UNFILED, {"site": site}).all():
                key = key_of(row.url)
                if row.page == PageKind.PAGE:
                    shown.add(key)
                if key in shown:
                    mine.setdefault(key, []).append((row.id, row.status))
            known = {key for key in mine if self._regrouping.is_known(connection, site, key)}
        counts: Counter[str] = Counter()
        for key in sorted(mine.keys() - known):
            last = max(number for number, status in mine[key] if status != 304)
            now = self._rereading.read_version((last,), read_again)
            if now is None or now.kind is not PageKind.PAGE or not now.text:
                continue  # today's reader says otherwise: a capture it stays
            with self._session.writing(site) as connection:
                counts["captures"] += self._regrouping.file_again(connection, key, mine[key], read_again)
            counts["pages"] += 1
            self._session.commit()
        return dict(counts)
