"""What is wrong, and who was told: alarms opened, kept up and ended by what visits showed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from archive.captures.store import CaptureStore
from archive.db.functions import upsert
from archive.db.schema import alarms, runs, sent_notices, sites
from archive.db.session import Session
from archive.errors import NotFound
from archive.operations import health
from archive.operations.health_issue import HealthIssue
from archive.operations.health_signals import VisitHealth

INSTALLATION = "(installation)"
"""The name that a session holds which writes alarms of no site."""

FLAPPING = timedelta(days=3)
"""What comes back so soon after it was over is one alarm that comes and goes."""


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """Something that is wrong, or was."""

    id: int
    site: str | None
    """``None``: the installation (disk, growth, load)."""
    kind: str
    """``file`` (the site's file is wrong), ``unreachable``, ``robots``, ``tdm``, ``source``,
    ``moved source``, ``budget``, ``gates``, ``reading``, ``field``, ``text``, ``redesign``, ``silence``,
    ``clock``, ``error`` (of Legger's own), ``screenshots``, ``disk``, ``growth``, ``load`` or ``machine``
    (its clock is wrong)."""
    subject: str
    """What of the site: a field, a feed's address ...; empty otherwise."""
    since: datetime
    says: str
    """One line for people: what, since when, the likely cause, what to do."""
    ended: datetime | None
    times: int = 1
    """How often it began: one that comes back within :data:`FLAPPING` is the same."""
    quiet_until: datetime | None = None
    """Till when nobody is told of it, for somebody knows."""
    note: str | None = None
    """What who acknowledged it wrote."""

    def is_quiet(self, now: datetime) -> bool:
        """Whether somebody acknowledged it, and that still holds."""
        return self.quiet_until is not None and now < self.quiet_until


@dataclass(frozen=True, kw_only=True)
class _News:
    """How alarms on record differ from what is wrong."""

    over: list[int]
    words: dict[int, str]
    """Alarms that are said in other words now."""
    back: dict[int, str]
    """Alarms that were over, and are not."""
    fresh: list[dict[str, Any]]

    @property
    def any(self) -> bool:
        return bool(self.over or self.words or self.back or self.fresh)


class Alarms:
    """Alarms. Every write is committed at once: other processes are to see it."""

    def __init__(self, session: Session, captures: CaptureStore) -> None:
        self._session = session
        self._captures = captures

    def all(self, *, open_only: bool = True) -> list[Alarm]:
        """What is wrong, the longest first; with ``open_only=False`` also what is over, in the same order.

        What names an article that may not be shown is told without those words.
        """
        return [self._shown(each) for each in self._all(open_only=open_only)]

    def _shown(self, alarm: Alarm) -> Alarm:
        if alarm.site is None:
            return alarm
        words = self._captures.hidden_words_of(alarm.site)
        return replace(alarm, subject=words.masked(alarm.subject), says=words.masked(alarm.says))

    def _all(self, *, open_only: bool = True) -> list[Alarm]:
        wanted = select(alarms).order_by(alarms.c.since, alarms.c.id)
        if open_only:
            wanted = wanted.where(alarms.c.ended.is_(None))
        with self._session.asking() as connection:
            return [Alarm(**row._mapping) for row in connection.execute(wanted)]

    def review(self, site: str, *, zone: ZoneInfo, now: datetime, apart: Collection[str] = ()) -> list[Alarm]:
        """Hold the last visit of *site* against those before it; open, keep up and end its alarms.

        Those of the kinds *apart* stay as they are: no visit shows whether they hold. Returns what is wrong
        with it now.
        """
        visits = self.visits_seen(site, now=now)
        known = {(each.kind, each.subject): each.since for each in self._all() if each.site == site}
        found = health.find_issues(visits, site=site, zone=zone, known=known)
        return self.raise_alarms(site, found, now=now, apart=apart)

    def visits_seen(self, site: str, *, now: datetime) -> list[VisitHealth]:
        """What the visits of *site* showed of it, in the order of time, as far back as health looks."""
        wanted = (
            select(runs.c.started, runs.c.health_signals, runs.c.why)
            .join(sites, sites.c.id == runs.c.site_id)
            .where(
                sites.c.name == site,
                runs.c.started > now - health.LOOK_BACK,
                runs.c.health_signals.is_not(None),
            )
            .order_by(runs.c.id)
        )
        with self._session.asking() as connection:
            return [
                VisitHealth(at=row.started, health_signals=row.health_signals, why=row.why or "")
                for row in connection.execute(wanted)
            ]

    def raise_alarms(
        self, site: str | None, found: Iterable[HealthIssue], *, now: datetime, kind: str | None = None,
        apart: Collection[str] = (),
    ) -> list[Alarm]:  # fmt: skip
        """Make *found* what is wrong with *site* (``None``: the installation): new, still so, or over.

        With *kind*, alarms of other kinds stay as they are; so do those of the kinds *apart*.
        """
        wrong = {(each.kind, each.subject): each for each in found}
        if self._news(site, wrong, now, kind, apart).any:
            with self._session.writing(site or INSTALLATION) as connection:
                news = self._news(site, wrong, now, kind, apart)  # another process may have come first
                if news.over:
                    connection.execute(update(alarms).where(alarms.c.id.in_(news.over)).values(ended=now))
                for number, says in news.words.items():
                    connection.execute(update(alarms).where(alarms.c.id == number).values(says=says))
                for number, says in news.back.items():
                    connection.execute(
                        update(alarms)
                        .where(alarms.c.id == number)
                        .values(ended=None, says=says, times=alarms.c.times + 1)
                    )
                if news.fresh:
                    connection.execute(insert(alarms), news.fresh)
            self._session.commit()
        return [each for each in self.all() if each.site == site]

    def _news(
        self,
        site: str | None,
        wrong: Mapping[tuple[str, str], HealthIssue],
        now: datetime,
        kind: str | None,
        apart: Collection[str],
    ) -> _News:
        """What is on record of *site* and is not as it is now."""
        mine = [each for each in self._all(open_only=False) if each.site == site]
        before = {
            (each.kind, each.subject): each
            for each in mine
            if each.ended is None and kind in (None, each.kind) and each.kind not in apart
        }
        again = {
            (each.kind, each.subject): each
            for each in mine
            if each.ended is not None and now - each.ended <= FLAPPING
        }
        return _News(
            over=[each.id for key, each in before.items() if key not in wrong],
            words={
                before[key].id: each.says
                for key, each in wrong.items()
                if key in before and before[key].says != each.says
            },
            back={
                again[key].id: each.says
                for key, each in wrong.items()
                if key in again and key not in before
            },
            fresh=[
                {
                    "site": site, "kind": each.kind, "subject": each.subject, "since": each.since,
                    "says": each.says,
                }
                for key, each in wrong.items()
                if key not in before and key not in again
            ],
        )  # fmt: skip

    def acknowledge(self, number: int, *, until: datetime | None, note: str = "") -> Alarm:
        """Let an alarm be quiet *until* then; ``None``: let it be told again. Raises :class:`NotFound`."""
        with self._session.writing() as connection:
            mine = update(alarms).where(alarms.c.id == number)
            done = connection.execute(mine.values(quiet_until=until, note=note or None))
        self._session.commit()
        if not done.rowcount:
            raise NotFound(f"there is no alarm {number}; see: legger alarms --all")
        return next(each for each in self.all(open_only=False) if each.id == number)

    # ------------------------------------------------------------ who was told

    def told(self, channel: str) -> dict[int, str]:
        """What was told over a channel: number of the alarm (0: the weekly digest) -> digest of the words."""
        wanted = select(sent_notices.c.alarm_id, sent_notices.c.digest).where(
            sent_notices.c.channel == channel
        )
        with self._session.asking() as connection:
            return {row.alarm_id: row.digest for row in connection.execute(wanted)}

    def tell(self, alarm_id: int, channel: str, digest: str, at: datetime) -> None:
        """Note that an alarm was told over a channel, in the words that have this *digest*."""
        values: dict[str, Any] = {"alarm_id": alarm_id, "channel": channel, "digest": digest, "at": at}
        with self._session.writing() as connection:
            telling = upsert(connection, sent_notices).values(values)
            again = {"digest": digest, "at": at}
            connection.execute(
                telling.on_conflict_do_update(index_elements=["alarm_id", "channel"], set_=again)
            )
        self._session.commit()
