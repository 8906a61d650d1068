"""Captures grouped anew after a site's rule of identity has changed: which are one article?

Nothing that was filed is thrown away: numbers of articles and versions stay, and what cites them stays valid.

- An article whose identity has another name only gets that name.
- Articles that turn out to be one: the earliest filed goes on, and the others are **moved** to it. They keep
  their versions, end where they are, and are no longer among the current ones.
- An article that turns out to be several keeps what was captured under its latest identity; the captures of
  each other identity are filed again, in their order, as an article of their own. The versions they once were
  stay in the old article's history and move nothing there any more.
- An article that may not be shown stays as it is: its pages are not filed anew under another number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from archive.captures.store import CaptureStore
from archive.db.mapping import REDACTED, article_of
from archive.db.schema import addresses, articles, captures, readings, sites, verdicts, versions
from archive.db.session import Session
from archive.errors import of_legger
from archive.model.types import Article, ReadAgain, Status, StoredCapture, Verdict, VerdictKind
from archive.search.index import FullTextIndex
from archive.versions.filing import Filing
from archive.versions.rereading import VERSIONS_READ, Rereading

KeyOf = Callable[[str, str | None], str]
"""(address, the page's own canonical address) -> identity, by the site's rule of today."""

_SHOWN = (
    select(
        verdicts.c.capture_id,
        verdicts.c.article_id,
        verdicts.c.version_id,
        articles.c.key,
        addresses.c.url,
        captures.c.status,
        readings.c.content,
    )
    .select_from(verdicts)
    .join(captures, captures.c.id == verdicts.c.capture_id)
    .join(addresses, addresses.c.id == captures.c.address_id)
    .join(articles, articles.c.id == verdicts.c.article_id)
    .join(versions, versions.c.id == verdicts.c.version_id)
    .join(readings, readings.c.id == versions.c.reading_id)
    .where(articles.c.site_id == bindparam("site"), articles.c.moved_to.is_(None), ~REDACTED.element)
    .order_by(verdicts.c.capture_id)
)


@dataclass(kw_only=True)
class _ArticleGroup:
    """What was captured of one article under one identity."""

    article: int
    key: str
    captures: list[tuple[int, int]] = field(default_factory=list)
    """(capture, HTTP status), in order."""
    versions: set[int] = field(default_factory=set)
    """Which versions they show."""
    known: bool = False
    """The article has this identity already."""


def _without_aliases(groups: Iterable[_ArticleGroup]) -> list[_ArticleGroup]:
    """Groups of one article that show the same version are one: its words were the same at either address, or
    they are pages of it. It keeps the identity it has, or has that of the one captured last."""
    kept: list[_ArticleGroup] = []
    for group in sorted(groups, key=lambda each: (each.known, each.captures[-1]), reverse=True):
        for other in kept:
            if other.article == group.article and other.versions & group.versions:
                other.captures = sorted(other.captures + group.captures)
                other.versions |= group.versions
                break
        else:
            kept.append(group)
    return kept


class Regrouping:
    """Captures, grouped anew."""

    def __init__(
        self,
        session: Session,
        captures: CaptureStore,
        filing: Filing,
        index: FullTextIndex,
        rereading: Rereading,
    ) -> None:
        self._session = session
        self._captures = captures
        self._filing = filing
        self._index = index
        self._rereading = rereading

    def regroup(self, site: str, key_of: KeyOf, read_again: ReadAgain, *, at: datetime) -> Mapping[str, int]:
        """Group the captures of a site by the identity its rule gives them today.

        *read_again* reads the captures that are filed again. To be run before the next visit; may be
        repeated. Returns counts: ``renamed``, ``moved``, ``split`` (articles), ``refiled`` (captures) and
        ``left`` (captures of an identity that has an article by now, left where they are).
        Commits when all is done, or nothing.
        """
        self._session.commit()
        counts: Counter[str] = Counter()
        with self._session.writing(site) as connection:
            number = self._session.ensure_site(connection, site)
            groups = self._groups(connection, number, key_of)
            last = {group.article: group for group in sorted(groups, key=lambda each: each.captures[-1])}
            owners: dict[str, int] = {}
            for article, own in sorted(last.items()):
                owners.setdefault(own.key, article)
            counts["renamed"] = self._rename(connection, number, owners)
            for article, own in last.items():
                if owners[own.key] != article:
                    self.move(connection, article, owners[own.key], at)
                    counts["moved"] += 1
            others = [group for group in groups if group is not last[group.article]]
            counts["left"] = sum(len(group.captures) for group in others if group.key in owners)
            strange = [group for group in others if group.key not in owners]
            for key in sorted({group.key for group in strange}):
                mine = sorted(each for group in strange if group.key == key for each in group.captures)
                counts["refiled"] += self.file_again(connection, key, mine, read_again)
            for article in sorted({group.article for group in strange}):
                taken = {
                    number for group in strange if group.article == article for number, _ in group.captures
                }
                self._compare_own(connection, article, taken)
                counts["split"] += 1
        self._session.commit()
        return {name: count for name, count in counts.items() if count}

    def predecessors(self, article: int) -> list[int]:
        """Articles that were moved to this one, by number."""
        wanted = select(articles.c.id).where(articles.c.moved_to == article).order_by(articles.c.id)
        with self._session.asking() as connection:
            return list(connection.execute(wanted).scalars())

    def is_known(self, connection: Connection, site: str, key: str) -> bool:
        """Whether anything is filed on a site under a key."""
        wanted = (
            select(articles.c.id)
            .join(sites, sites.c.id == articles.c.site_id)
            .where(sites.c.name == site, articles.c.key == key)
        )
        return connection.execute(wanted).first() is not None

    def _groups(self, connection: Connection, site: int, key_of: KeyOf) -> list[_ArticleGroup]:
        found: dict[tuple[int, str], _ArticleGroup] = {}
        for row in connection.execute(_SHOWN, {"site": site}).all():
            key = key_of(row.url, row.content.get("canonical_url"))
            group = found.setdefault((row.article_id, key), _ArticleGroup(article=row.article_id, key=key))
            group.captures.append((row.capture_id, row.status))
            group.versions.add(row.version_id)
            group.known = key == row.key
        return _without_aliases(found.values())

    def _rename(self, connection: Connection, site: int, owners: Mapping[str, int]) -> int:
        """Give every article that goes on its name of today; by way of one nobody has, for some may swap."""
        rows = connection.execute(select(articles.c.id, articles.c.key).where(articles.c.site_id == site))
        known = {row.id: row.key for row in rows}
        changed = {article: key for key, article in owners.items() if known[article] != key}
        wanted = set(changed.values())
        for article, key in known.items():
            if key in wanted:
                self.name(connection, article, f"(moved) {article}")
        for article, key in changed.items():
            self.name(connection, article, key)
        return len(changed)

    def name(self, connection: Connection, article: int, key: str) -> None:
        """Give an article another key."""
        connection.execute(update(articles).where(articles.c.id == article).values(key=key))

    def move(self, connection: Connection, article: int, to: int, at: datetime) -> None:
        """End an article that is another one."""
        connection.execute(
            update(articles)
            .where(articles.c.id == article)
            .values(
                key=f"(moved) {article}",
                moved_to=to,
                status=Status.LIVE.value,
                missed_since=None,
                gone_at=None,
                gone_reason=None,
            )
        )
        connection.execute(
            update(versions)
            .where(versions.c.article_id == article, versions.c.superseded.is_(None))
            .values(superseded=at)
        )
        connection.execute(update(addresses).where(addresses.c.article_id == article).values(article_id=to))
        self._index.note_change(connection, article)

    def file_again(
        self,
        connection: Connection,
        key: str,
        mine: list[tuple[int, int]],
        read_again: ReadAgain,
    ) -> int:
        """File captures again, in their order, as an article of their own, or as a page that was kept."""
        numbers = [number for number, _ in mine]
        page_at = self._pages(connection, numbers)
        for start in range(0, len(numbers), 500):
            connection.execute(
                delete(verdicts).where(verdicts.c.capture_id.in_(numbers[start : start + 500]))
            )
        shown: Verdict | None = None
        for number, status in mine:
            kept = self._captures.load(connection, number, whole=True)
            if status == 304:
                self.confirm_again(connection, kept, shown)
                continue
            try:
                again = read_again(kept.capture)
            except Exception as error:  # whatever a reader raises on an old page must not stop the rest
                self._filing.unreadable(kept, of_legger(error))
                continue
            verdict = self._filing.file(
                again, capture=kept, key=key, read_again=read_again, keep_pages=True,
                page=page_at.get(kept.capture.url, 1),
            )  # fmt: skip
            if verdict.version is not None:
                shown = verdict
            where = select(captures.c.address_id).where(captures.c.id == number).scalar_subquery()
            connection.execute(
                update(addresses).where(addresses.c.id == where).values(article_id=verdict.article)
            )
        return len(mine)

    def _pages(self, connection: Connection, captured: list[int]) -> Mapping[str, int]:
        """Address -> which page stands there of an article on several, of the articles that were shown."""
        found: dict[str, int] = {}
        for start in range(0, len(captured), 500):
            shown = select(verdicts.c.article_id).where(
                verdicts.c.capture_id.in_(captured[start : start + 500]), verdicts.c.article_id.is_not(None)
            )
            of_several = select(versions.c.pages).where(
                versions.c.article_id.in_(shown), versions.c.pages.is_not(None)
            )
            for pages in connection.execute(of_several).scalars():
                numbers = {capture: number for number, capture in pages or ()}
                stood = (
                    select(captures.c.id, addresses.c.url)
                    .join(addresses, addresses.c.id == captures.c.address_id)
                    .where(captures.c.id.in_(numbers))
                )
                found |= {row.url: numbers[row.id] for row in connection.execute(stood)}
        return found

    def confirm_again(self, connection: Connection, kept: StoredCapture, shown: Verdict | None) -> None:
        """File a 304 again: what it confirms is what was *shown* before it."""
        if shown is None or shown.article is None:
            self._filing.rows.note(
                kept, VerdictKind.NOT_ARTICLE, page=None, reason="unchanged, and it was no article"
            )
            return
        filed = connection.execute(
            select(versions.c.id).where(
                versions.c.article_id == shown.article, versions.c.number == shown.version
            )
        ).scalar_one()
        connection.execute(update(versions).where(versions.c.id == filed).values(last_seen=kept.capture.at))
        connection.execute(
            update(articles).where(articles.c.id == shown.article).values(last_seen=kept.capture.at)
        )
        assert shown.version is not None
        self._filing.rows.note_verdict(
            connection, kept, VerdictKind.SAME, page=None, article=shown.article,
            version=(filed, shown.version), reason="not modified",
        )  # fmt: skip

    def _compare_own(self, connection: Connection, article: int, taken: set[int]) -> None:
        """What the versions that remain an article's own moved, beside its own before them; those first seen
        in captures that were *taken* from it move nothing."""
        before: Article | None = None
        for row in connection.execute(VERSIONS_READ, {"article": article}).all():
            own = row.capture_id not in taken
            now = article_of(row)
            if own and before is not None:
                self._rereading.compare_again(article, row, before, now, Counter())
            else:
                connection.execute(
                    update(versions)
                    .where(versions.c.id == row.version_id)
                    .values(
                        changed_fields=[],
                        edit_kinds=[],
                        silent=False,
                        words_added=None,
                        words_removed=None,
                        words_moved=None,
                    )
                )
            before = now if own else before
        self._index.note_change(connection, article)
