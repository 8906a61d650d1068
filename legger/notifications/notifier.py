"""What is still to be told, over which channel; and what was, so that nothing is told twice.

The clock calls :func:`tell` after every look. It returns at once: a slow mail server holds up no visit.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

from archive import Archive
from archive.errors import LeggerError
from archive.operations.alarms import FLAPPING, Alarm
from archive.operations.schedule import holder
from archive.reports.digest import digest
from legger.config import Config
from legger.i18n import ENGLISH, Translation
from legger.notifications.apprise import AppriseChannel
from legger.notifications.command import CommandChannel
from legger.notifications.digest import letter, of_period
from legger.notifications.log import LogChannel
from legger.notifications.mail import MailChannel
from legger.notifications.message import Notice, Undelivered, digest_of, of_alarms
from legger.notifications.webhook import WebhookChannel
from legger.weekly import Weekly

log = logging.getLogger("legger.notifications")

STALE = timedelta(days=7)
"""An alarm that was over this long ago without being told is history, and no news to anybody."""
LEASE = timedelta(minutes=5)
"""How long telling may take before another process may try."""


def turn(channel: str) -> str:
    """The lease of who tells over a channel: no site has this name. One that hangs holds up no other."""
    return f"(telling by {channel})"


PATIENT = 3
"""Failures after which a channel is tried less often than at every look,"""
LONGEST = timedelta(minutes=30)
"""but never less often than this."""


class Channel(Protocol):
    """A way to reach people."""

    @property
    def name(self) -> str:
        """As its table in ``legger.toml``."""

    @property
    def where(self) -> str:
        """Whom it reaches, for people; no secret."""

    def deliver(self, notice: Notice) -> None:
        """Raises :class:`Undelivered`."""


LETTER = 0
"""Stands for the weekly digest where alarms have their number, which begins at 1."""
Writing = Callable[[Archive, datetime, datetime], Notice]
"""(archive, since, until) -> the letter of that period."""
Opening = Callable[[], AbstractContextManager[Archive]]
"""Opens the archive for a thread of its own."""


def channels(config: Config) -> list[Channel]:
    """The ways to reach people that are set up; the log always is."""
    found: list[Channel] = [LogChannel()]
    if config.mail:
        found.append(MailChannel(config.mail))
    if config.webhook:
        found.append(WebhookChannel(config.webhook))
    if config.command:
        found.append(CommandChannel(config.command))
    if config.apprise:
        found.append(AppriseChannel(config.apprise))
    return found


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What came of telling over one channel."""

    channel: str
    where: str
    number: int
    """Of alarms and letters there were to tell."""
    failed: str = ""
    """Why something did not arrive; empty: it did, or there was nothing to tell."""


@dataclass(kw_only=True)
class _Outage:
    """A channel over which nothing arrives."""

    since: datetime
    reason: str = ""
    failures: int = 0
    again: datetime


@dataclass(frozen=True, kw_only=True)
class _WaitingNotice:
    """A notice that is still to be told, and what to put on record when it arrived."""

    marks: Mapping[int, str]
    """Number of an alarm (or :data:`LETTER`) -> digest of what is told."""
    make: Callable[[], Notice]


class Notifier:
    """Tells the alarms of one archive over some channels, each once until it changes, and a week's letter."""

    def __init__(
        self,
        where: str,
        ways: Iterable[Channel],
        opening: Opening,
        *,
        weekly: Weekly | None = None,
        letter: Writing | None = None,
        t: Translation = ENGLISH,
    ) -> None:
        self.where, self.ways, self.opening = where, list(ways), opening
        self.weekly, self.letter, self.t = weekly, letter, t
        self._arrived: dict[tuple[str, int], str] = {}  # should a full disk keep us from putting it on record
        self._outages: dict[str, _Outage] = {}
        self._aside: dict[str, threading.Thread] = {}

    def look(self, archive: Archive, now: datetime) -> None:
        """See what is to be told, and tell it aside, each channel by itself. Returns at once."""
        for each in self._to_try(now):
            if not self._busy(each.name) and self._waiting(archive, each, now):
                self._aside[each.name] = threading.Thread(
                    target=self._tell_aside, args=(each, now), name=f"telling {each.name}", daemon=True
                )
                self._aside[each.name].start()

    def wait(self, seconds: float) -> None:
        """Let what is being told arrive."""
        until = time.monotonic() + seconds
        for each in list(self._aside.values()):
            each.join(max(0.0, until - time.monotonic()))

    def tell(self, archive: Archive, now: datetime) -> list[Delivery]:
        """Tell it, and wait for it: what came of it, over the channels no other process is telling by."""
        told = (self._in_turn(archive, each, now) for each in self._to_try(now))
        return [each for each in told if each is not None]

    def _busy(self, name: str) -> bool:
        return name in self._aside and self._aside[name].is_alive()

    def _in_turn(self, archive: Archive, channel: Channel, now: datetime) -> Delivery | None:
        """Tell over one channel; ``None`` while another process tells over it."""
        began = archive.schedule.now()
        lease = archive.schedule.lease(
            turn(channel.name), holder(os.getpid()), now=began, until=began + LEASE
        )
        if lease is None:
            return None
        try:
            return self._over(archive, channel, now)
        finally:
            archive.schedule.release(lease)

    def _tell_aside(self, channel: Channel, now: datetime) -> None:
        try:
            with self.opening() as archive:
                self._in_turn(archive, channel, now)
        except (LeggerError, OSError) as error:
            log.error("%s: what is wrong could not be told: %s", channel.name, error)

    def _to_try(self, now: datetime) -> list[Channel]:
        return [
            each
            for each in self.ways
            if each.name not in self._outages or self._outages[each.name].again <= now
        ]

    def _waiting(self, archive: Archive, channel: Channel, now: datetime) -> list[_WaitingNotice]:
        """What this channel has not told yet: its alarms together, and the letter of the week."""
        told = archive.alarms.told(channel.name)
        told |= {number: digest for (name, number), digest in self._arrived.items() if name == channel.name}
        found = []
        known = archive.alarms.all(open_only=False)
        if alarms := [
            each for each in known if _is_news(each, told, now) and not _gave_way(each, told, known)
        ]:
            marks = {each.id: digest_of(each) for each in alarms}
            found.append(
                _WaitingNotice(
                    marks=marks, make=lambda: of_alarms(alarms, where=self.where, at=now, t=self.t)
                )
            )
        if self.weekly is not None and (write := self.letter) is not None:
            since, until = self.weekly.period(now)
            began = archive.runs.began()  # of a week before the first visit there is nothing to tell
            if (
                began is not None
                and began < until
                and told.get(LETTER) != (mark := until.astimezone(UTC).isoformat())
            ):
                found.append(_WaitingNotice(marks={LETTER: mark}, make=lambda: write(archive, since, until)))
        return found

    def _over(self, archive: Archive, channel: Channel, now: datetime) -> Delivery:
        number, failed = 0, ""
        for waiting in self._waiting(archive, channel, now):
            number += len(waiting.marks)
            try:
                channel.deliver(waiting.make())
            except Undelivered as error:
                failed = str(error)
                self._note_failure(archive, channel, failed, now)
                break
            if outage := self._outages.pop(channel.name, None):
                log.info("%s: arrives again, after %d failures", channel.name, outage.failures)
            for alarm, mark in waiting.marks.items():
                self._arrived[channel.name, alarm] = mark
                archive.alarms.tell(alarm, channel.name, mark, now)
        return Delivery(channel=channel.name, where=channel.where, number=number, failed=failed)

    def _note_failure(self, archive: Archive, channel: Channel, reason: str, now: datetime) -> None:
        """Try again at the next look; what fails for long is tried less often, and is put on record."""
        outage = self._outages.setdefault(channel.name, _Outage(since=now, again=now))
        if outage.reason != reason:
            log.error("%s: nothing arrives, which is tried again: %s", channel.name, reason)
        outage.reason, outage.failures = reason, outage.failures + 1
        if outage.failures == PATIENT:
            says = f"nothing arrives by {channel.name}: {reason}; try: legger tell --test"
            archive.incidents.note("not told", says, at=now, since=outage.since)
        if outage.failures >= PATIENT:
            pause = timedelta(seconds=15) * 2 ** min(outage.failures - PATIENT, 10)
            outage.again = now + min(LONGEST, pause)


def _is_news(alarm: Alarm, told: Mapping[int, str], now: datetime) -> bool:
    if alarm.ended is None and alarm.is_quiet(now):
        return False
    if alarm.ended is not None and alarm.times > 1 and now - alarm.ended <= FLAPPING:
        return False  # it comes and goes: over is what stays over
    stale = alarm.ended is not None and alarm.id not in told and now - alarm.ended > STALE
    return told.get(alarm.id) != digest_of(alarm) and not stale


def _gave_way(alarm: Alarm, told: Mapping[int, str], known: Sequence[Alarm]) -> bool:
    """Whether an alarm that nobody was told of ended while nothing came from its site: that it is over would
    be taken for an improvement."""
    ended = alarm.ended
    return (
        ended is not None
        and alarm.id not in told
        and any(
            each.site == alarm.site
            and each.kind == "unreachable"
            and each.ended is None
            and each.since <= ended
            for each in known
        )
    )


def write_letter(
    archive: Archive, since: datetime, until: datetime, *, most: int = 10, t: Translation = ENGLISH
) -> Notice:
    """The letter of a period, with the alarms that were open in it."""
    alarms = of_period(archive.alarms.all(open_only=False), since, until)
    found = digest(archive, since=since, until=until, most=most)
    return letter(found, where=archive.where, alarms=alarms, t=t)


def _opening(where: str) -> Opening:
    return lambda: Archive.open(where, create=False)


_tellers: dict[str, tuple[Config, Notifier]] = {}


def tell(archive: Archive, config: Config, *, now: datetime) -> None:
    """Tell what is wrong, what no longer is, and once a week what happened, to whom *config* names.

    Returns at once, and raises nothing for a channel that fails: it is tried again at a later look.
    """
    of, teller = _tellers.get(archive.where, (None, None))
    if teller is None or of != config:
        teller = _teller(archive, config)
        _tellers[archive.where] = config, teller
    try:
        teller.look(archive, now)
    except LeggerError as error:
        log.error("what is wrong could not be told: %s", error)


def settle(seconds: float) -> None:
    """Before the process ends: let what is being told arrive, lest the next one tells it again."""
    until = time.monotonic() + seconds
    for _, teller in _tellers.values():
        teller.wait(max(0.0, until - time.monotonic()))


def tell_now(archive: Archive, config: Config, *, now: datetime) -> list[Delivery]:
    """The same for a person who waits for it: what came of it, channel by channel."""
    return _teller(archive, config).tell(archive, now)


def _teller(archive: Archive, config: Config) -> Notifier:
    weekly = Weekly.parse(config.digest) if config.digest else None
    t = Translation(config.language)
    return Notifier(
        archive.where,
        channels(config),
        _opening(archive.address),
        weekly=weekly,
        letter=partial(write_letter, t=t),
        t=t,
    )
