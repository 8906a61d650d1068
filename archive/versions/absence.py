"""What is filed of an answer that is no article, or not the article that stood there: suspect, then gone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from archive.compare.fingerprint import folded
from archive.compare.judge import is_gone
from archive.compare.likeness import SPOKEN
from archive.db import mapping
from archive.db.mapping import AnyRow
from archive.db.schema import addresses, articles, verdicts
from archive.db.session import Session
from archive.model.types import (
    ARTICLE_KINDS,
    WORKS,
    Article,
    PageKind,
    Status,
    StoredCapture,
    Verdict,
    VerdictKind,
)
from archive.versions.rows import FilingRows, reading_of

STANDS_NOT = frozenset({PageKind.SOFT404, PageKind.STUB})
"""Pages that say the article is not there (any more). A gate, a challenge or an empty page says nothing."""
STANDS_IN = frozenset({PageKind.GATE, PageKind.CHALLENGE, PageKind.REDIRECT, PageKind.FEED})
"""What stands in for the page asked for, or is no page: it says nothing of the article.

Every other kind is a guess at what one capture shows, and may waver while the article stays what it is."""
MISSED_IT = frozenset({VerdictKind.SUSPECT.value, VerdictKind.GONE.value})
_ABSENCES = select(verdicts.c.at).where(
    verdicts.c.article_id == bindparam("article"),
    verdicts.c.at >= bindparam("since"),
    verdicts.c.kind.in_(MISSED_IT),
)
NOR_OTHERS = "nor was any other article of the site seen since"


def may_be_gone(verdict: Verdict) -> bool:
    """Whether an article was not there often enough to be gone, but that no other of its site is there."""
    return verdict.kind is VerdictKind.SUSPECT and verdict.reason.endswith(NOR_OTHERS)


_ASKED_MOST = 1_000
"""Of a site's newest articles so many are looked at: they are asked for most often."""
_NEWEST = (
    select(articles.c.id, articles.c.last_seen)
    .where(
        articles.c.site_id == bindparam("site"),
        articles.c.id != bindparam("article"),
        articles.c.moved_to.is_(None),
        articles.c.kind.in_([kind.value for kind in ARTICLE_KINDS]),
    )
    .order_by(articles.c.id.desc())
    .limit(_ASKED_MOST)
    .subquery()
)
_SEEN_LAST = select(func.max(_NEWEST.c.last_seen))
"""When another article of the site was seen last; empty: it has no other."""


class Absences:
    """Answers that do not show the article, put on record."""

    def __init__(self, session: Session, rows: FilingRows) -> None:
        self._session, self._rows = session, rows

    def file_other(
        self, article: Article, capture: StoredCapture, filed: AnyRow | None, *, site_stands: bool
    ) -> Verdict:
        """File a page that is no article: where one stood, it may be absent."""
        kind = article.kind
        if filed is not None:
            reason = f"{kind.value}: {article.reason}" if article.reason else kind.value
            if kind in STANDS_NOT:
                return self.file(capture, filed, reason, final=False, page=kind, site_stands=site_stands)
            if (
                kind not in STANDS_IN
                and article.reason != WORKS
                and (article.word_count >= SPOKEN or self._lists_under_another_name(article, filed))
            ):
                reason = f"something else stands there: {reason}"
                return self.file(capture, filed, reason, final=False, page=kind, site_stands=site_stands)
        return self._rows.note(capture, VerdictKind.NOT_ARTICLE, page=kind, filed=filed, reason=_why(article))

    def _lists_under_another_name(self, article: Article, filed: AnyRow) -> bool:
        """Whether a list stands there that is not the article with its text left out: its headline is not."""
        if article.kind is not PageKind.LISTING or not article.title:
            return False
        with self._session.asking() as connection:
            old = mapping.article_of(reading_of(connection, filed.reading_id))
        return bool(old.title) and folded(article.title) != folded(old.title)

    def file(
        self,
        capture: StoredCapture,
        filed: AnyRow | None,
        reason: str,
        *,
        final: bool,
        page: PageKind | None,
        site_stands: bool,
    ) -> Verdict:
        """File an answer that is not the article any more. *final*: it is gone at once.

        Where not even the site stands, nobody took the article away: it is not there, and nothing more. Where
        its front page does and none of its articles, they stay suspect: a site that has lost them all at
        once is out of order, shut, or has ended. It is gone when another was seen after it was missed first.
        """
        if filed is None:
            return self._rows.note(capture, VerdictKind.NOT_ARTICLE, page=page, reason=reason)
        if not site_stands:
            reason = f"{reason}; nor did anything else of the site answer as it should"
            return self._rows.note(capture, VerdictKind.NOT_ARTICLE, page=page, filed=filed, reason=reason)
        at = capture.capture.at
        with self._session.writing(capture.capture.site) as connection:
            if capture.capture.url != filed.url:
                self._ask_soon(connection, capture, filed.url)
                return self._rows.note_verdict(
                    connection, capture, VerdictKind.NOT_ARTICLE, page=page, article=filed.id,
                    reason=f"{reason}; the article was last seen at {filed.url}",
                )  # fmt: skip
            since = {"article": filed.id, "since": filed.last_seen}
            missed = (*connection.execute(_ABSENCES, since).scalars(), at)
            gone = filed.status == Status.GONE or final
            if not gone and is_gone(missed):
                site = self._session.ensure_site(connection, capture.capture.site)
                others = connection.execute(_SEEN_LAST, {"site": site, "article": filed.id}).scalar_one()
                gone = others is None or others >= min(missed)
                reason = reason if gone else f"{reason}; {NOR_OTHERS}"
            values: dict[str, Any] = {
                "status": (Status.GONE if gone else Status.SUSPECT).value,
                "missed_since": min(missed),
                "gone_reason": reason,
            }
            if gone and filed.status != Status.GONE:
                values["gone_at"] = at
            connection.execute(update(articles).where(articles.c.id == filed.id).values(values))
            kind = VerdictKind.GONE if gone else VerdictKind.SUSPECT
            return self._rows.note_verdict(
                connection, capture, kind, page=page, article=filed.id, reason=reason
            )

    def _ask_soon(self, connection: Connection, capture: StoredCapture, url: str) -> None:
        """Make an address due: another one of the same article has stopped answering."""
        at = capture.capture.at
        connection.execute(
            update(addresses)
            .where(
                addresses.c.url == url,
                addresses.c.site_id == self._session.ensure_site(connection, capture.capture.site),
                (addresses.c.due_at.is_(None)) | (addresses.c.due_at > at),
                addresses.c.last_visit < at,
            )
            .values(due_at=at)
        )


_A = {
    PageKind.ARTICLE: "an article",
    PageKind.LIVEBLOG: "a live blog",
    PageKind.TEASER: "a teaser",
    PageKind.LISTING: "a listing",
    PageKind.PAGE: "a standing page",
}


def _why(article: Article) -> str:
    """Why a page is no article; and that it may be one, where it leaves that open."""
    if article.might_be is None:
        return article.reason
    return f"{article.reason}; it may be {_A[article.might_be]} as well"
