"""What is told when: once until it changes, again when it did not arrive, by one clock of two."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from archive import Archive
from archive.operations.alarms import Alarm, Alarms
from legger.config import load
from legger.notifications import Notice, Notifier, Undelivered, tell
from legger.notifications import notifier as door
from legger.notifications.notifier import LEASE, LONGEST, Opening, turn
from legger.weekly import Weekly
from tests.notifications.listening import Hook

NOW = datetime(2026, 6, 8, 8, tzinfo=UTC)
LOOK = timedelta(seconds=15)
DEAD = Alarm(
    id=1, site="regio8", kind="feed dead", subject="/rss", since=NOW, says="empty for 3 days", ended=None
)
DATES = replace(DEAD, id=2, kind="field missing", subject="published", says="missing on 38 of 40 articles")


@dataclass
class Way:
    """A channel that arrives, or does not."""

    name: str = "mail"
    where: str = "archief@example.org"
    broken: str = ""
    arrived: list[Notice] = field(default_factory=list)
    tries: int = 0

    def deliver(self, notice: Notice) -> None:
        self.tries += 1
        if self.broken:
            raise Undelivered(self.broken)
        self.arrived.append(notice)

    @property
    def alarms(self) -> list[list[int]]:
        return [
            [each["id"] for each in notice.data["alarms"]]
            for notice in self.arrived
            if notice.what == "alarms"
        ]


class WrittenAlarms(Alarms):
    """Alarms that the test writes; what was told is remembered in a dictionary."""

    written: list[Alarm]
    memory: dict[tuple[str, int], str]

    def all(self, *, open_only: bool = True) -> list[Alarm]:
        return [each for each in self.written if not (open_only and each.ended)]

    def told(self, channel: str) -> dict[int, str]:
        return {number: digest for (name, number), digest in self.memory.items() if name == channel}

    def tell(self, alarm_id: int, channel: str, digest: str, at: datetime) -> None:
        self.memory[channel, alarm_id] = digest


class Ledger(Archive):
    """An archive with such alarms."""

    alarms: WrittenAlarms

    def __init__(self, where: str, writer: Engine | None, reader: Engine | None, *, address: str) -> None:
        super().__init__(where, writer, reader, address=address)
        self.alarms = WrittenAlarms(self.session, self.captures)


@pytest.fixture(autouse=True)
def in_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "legger.db") as opened:
        opened.alarms.written, opened.alarms.memory = [DEAD], {}
        opened.runs.start("regio8", at=NOW - timedelta(days=60), settings={})
        yield opened


def again(ledger: Ledger) -> Opening:
    """Opens the ledger once more, for a thread of its own."""

    @contextmanager
    def opening() -> Iterator[Ledger]:
        with Ledger.open(ledger.where) as opened:
            opened.alarms.written, opened.alarms.memory = ledger.alarms.written, ledger.alarms.memory
            yield opened

    return opening


def teller(ledger: Ledger, *ways: Way, weekly: Weekly | None = None) -> Notifier:
    return Notifier("legger.db", ways, again(ledger), weekly=weekly, letter=door.write_letter)


def test_an_alarm_is_told_once_over_each_channel_and_again_when_its_words_change_or_it_ends(
    ledger: Ledger,
) -> None:
    mail, hook = Way(), Way(name="webhook")
    for _ in range(3):
        teller(ledger, mail, hook).tell(ledger, NOW)  # a new one each time: the clock was started anew
    assert mail.alarms == hook.alarms == [[1]]
    ledger.alarms.written = [DEAD, DATES]
    teller(ledger, mail).tell(ledger, NOW)
    assert mail.alarms == [[1], [2]], "only what is new"
    ledger.alarms.written = [DEAD, replace(DATES, says="missing on 41 of 43 articles")]
    teller(ledger, mail).tell(ledger, NOW)
    assert len(mail.arrived) == 2, "a figure that moves is no news"
    ledger.alarms.written = [replace(DEAD, says="answers 404"), replace(DATES, ended=NOW)]
    teller(ledger, mail).tell(ledger, NOW)
    teller(ledger, mail).tell(ledger, NOW)
    assert mail.alarms[2:] == [[1, 2]], "what is to be told at one moment goes in one message"
    assert mail.arrived[2].headline == "Legger: 1 wrong, 1 over: regio8"


def test_what_is_acknowledged_is_not_told_until_its_day_and_what_comes_and_goes_is_told_once(
    ledger: Ledger,
) -> None:
    way = Way()
    notifier = Notifier("legger.db", [way], lambda: ledger)
    told = []
    for days, alarm in (
        (0, replace(DEAD, quiet_until=NOW + timedelta(days=2))),
        (3, replace(DEAD, quiet_until=NOW + timedelta(days=2))),
        (4, replace(DEAD, ended=NOW + timedelta(days=4))),
        (5, replace(DEAD, times=2)),
        (6, replace(DEAD, times=2, ended=NOW + timedelta(days=6))),
        (7, replace(DEAD, times=3)),
        (8, replace(DEAD, times=3, ended=NOW + timedelta(days=8))),
        (12, replace(DEAD, times=3, ended=NOW + timedelta(days=8))),
    ):
        ledger.alarms.written = [alarm]
        notifier.tell(ledger, NOW + timedelta(days=days))
        told.append(len(way.arrived))
    assert told == [0, 1, 2, 3, 3, 3, 3, 4], "begun, over, begun again as one that flaps, over for good"
    assert "comes and goes: begun 2 times" in " ".join(way.arrived[2].text.split())


def test_what_was_over_before_anybody_could_be_told_is_told_for_a_week(ledger: Ledger) -> None:
    ledger.alarms.written = [
        replace(DEAD, ended=NOW - timedelta(days=3)),
        replace(DATES, ended=NOW - timedelta(days=30)),
    ]
    mail = Way()
    teller(ledger, mail).tell(ledger, NOW)
    assert mail.alarms == [[1]]


@pytest.mark.parametrize(
    ("began", "told"),
    [(NOW - timedelta(days=1), [[2]]), (NOW + LOOK, [[1, 2]])],
    ids=["nothing came as it ended", "nothing comes since it ended"],
)
def test_what_ended_untold_because_nothing_comes_any_more_is_not_told_as_over(
    began: datetime, told: list[list[int]], ledger: Ledger
) -> None:
    source = replace(DEAD, since=NOW - timedelta(days=1), ended=NOW)
    ledger.alarms.written = [source, replace(DEAD, id=2, kind="unreachable", subject="", since=began)]
    mail = Way()
    teller(ledger, mail).tell(ledger, NOW)
    assert mail.alarms == told


def test_what_did_not_arrive_is_tried_again_and_holds_up_no_other_channel(ledger: Ledger) -> None:
    mail, hook = Way(broken="no route"), Way(name="webhook")
    clock = teller(ledger, mail, hook)
    (lost, came) = clock.tell(ledger, NOW)
    assert (lost.channel, lost.failed) == ("mail", "no route")
    assert (came.channel, came.failed) == ("webhook", "")
    mail.broken = ""
    clock.tell(ledger, NOW + LOOK)
    assert mail.alarms == hook.alarms == [[1]]


def test_a_channel_that_fails_for_days_is_tried_less_often_and_stands_on_record_once(ledger: Ledger) -> None:
    mail = Way(broken="no route")
    clock = teller(ledger, mail)
    for minutes in range(24 * 60):
        clock.tell(ledger, NOW + timedelta(minutes=minutes))
    assert 24 * 2 <= mail.tries <= 24 * 2 + 12
    (incident,) = ledger.incidents.list()
    assert (incident.kind, incident.since) == ("not told", NOW)
    assert "mail: no route" in incident.says
    mail.broken = ""
    clock.tell(ledger, NOW + timedelta(days=1) + LONGEST)
    assert mail.alarms == [[1]]


def test_a_full_disk_that_keeps_nothing_on_record_makes_no_flood_of_mail(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = Way()
    clock = teller(ledger, mail)
    monkeypatch.setattr(ledger.alarms, "tell", lambda *what: None)
    for _ in range(5):
        clock.tell(ledger, NOW)
    assert mail.alarms == [[1]]


def test_of_two_clocks_one_tells(ledger: Ledger) -> None:
    mail = Way()
    now = datetime.now(UTC)
    other = ledger.schedule.lease(turn("mail"), "elsewhere:1", now=now, until=now + LEASE)
    assert other is not None
    assert teller(ledger, mail).tell(ledger, NOW) == []
    assert mail.arrived == []
    ledger.schedule.release(other)
    teller(ledger, mail).tell(ledger, NOW)
    assert mail.alarms == [[1]]
    assert ledger.schedule.leases(now=now) == {}


def test_a_channel_that_hangs_holds_up_no_look(ledger: Ledger) -> None:
    letting, entered = threading.Event(), threading.Event()

    class Slow(Way):
        def deliver(self, notice: Notice) -> None:
            entered.set()
            assert letting.wait(30)
            super().deliver(notice)

    mail = Slow()
    clock = teller(ledger, mail)
    clock.look(ledger, NOW)
    assert entered.wait(30)
    clock.look(ledger, NOW + LOOK)  # comes back, though the message before is still under way
    assert mail.arrived == []
    letting.set()
    clock.wait(30)
    assert mail.alarms == [[1]]
    clock.look(ledger, NOW + 2 * LOOK)
    clock.wait(30)
    assert mail.alarms == [[1]]


def test_a_channel_that_hangs_holds_up_no_other_channel_no_other_process_and_no_writer(
    ledger: Ledger,
) -> None:
    letting, entered = threading.Event(), threading.Event()

    class Hanging(Way):
        def deliver(self, notice: Notice) -> None:
            entered.set()
            assert letting.wait(60)
            raise Undelivered("hung up")

    mail, hook, elsewhere = Hanging(), Way(name="webhook"), Way(name="command")
    clock = teller(ledger, mail, hook)
    clock.look(ledger, NOW)
    assert entered.wait(30)
    clock.wait(0.1)
    until = time.monotonic() + 30
    while not hook.arrived and time.monotonic() < until:
        time.sleep(0.02)
    assert hook.alarms == [[1]], "the webhook does not wait for the mail"
    with again(ledger)() as other:
        told = teller(ledger, Way(), hook, elsewhere).tell(other, NOW)
        assert [each.channel for each in told] == ["webhook", "command"], "mail is being told by the clock"
        assert set(other.schedule.leases(now=datetime.now(UTC))) == {turn("mail")}
        other.incidents.note("late", "written meanwhile", at=NOW)
    assert hook.alarms == elsewhere.alarms == [[1]]
    letting.set()
    clock.wait(30)
    assert ledger.schedule.leases(now=datetime.now(UTC)) == {}


MONDAY = Weekly(day=0, hour=7, minute=0)


def test_a_week_is_told_once_when_it_is_over_and_again_where_it_did_not_arrive(ledger: Ledger) -> None:
    mail, hook = Way(), Way(name="webhook", broken="no route")
    ledger.alarms.written = []

    def clock() -> Notifier:
        return teller(ledger, mail, hook, weekly=MONDAY)

    clock().tell(ledger, NOW)
    clock().tell(ledger, NOW + timedelta(days=6))
    assert [each.headline for each in mail.arrived] == ["Legger to 8 June 2026: 0 new, 0 changed, 0 gone"]
    hook.broken = ""
    clock().tell(ledger, NOW + timedelta(days=6))
    assert [each.key for each in hook.arrived] == [each.key for each in mail.arrived]
    clock().tell(ledger, NOW + timedelta(days=7))
    assert [each.headline.partition(":")[0] for each in mail.arrived] == [
        "Legger to 8 June 2026",
        "Legger to 15 June 2026",
    ]
    clock().tell(ledger, NOW + timedelta(days=100))
    assert len(mail.arrived) == 3, "after downtime the last week, not every one"


def test_a_week_before_the_first_visit_is_not_told(tmp_path: Path) -> None:
    mail = Way()
    with Ledger.open(tmp_path / "legger.db") as opened:
        opened.alarms.written, opened.alarms.memory = [], {}
        teller(opened, mail, weekly=MONDAY).tell(opened, NOW)
        opened.runs.start("regio8", at=NOW, settings={})
        teller(opened, mail, weekly=MONDAY).tell(opened, NOW)
        assert not mail.arrived
        teller(opened, mail, weekly=MONDAY).tell(opened, NOW + timedelta(days=7))
        assert [each.what for each in mail.arrived] == ["digest"]


def test_a_letter_tells_the_alarms_of_its_week(ledger: Ledger) -> None:
    mail = Way()
    ledger.alarms.written = [
        replace(DEAD, since=NOW - timedelta(days=3)),
        replace(DATES, id=2, since=NOW - timedelta(days=30), ended=NOW - timedelta(days=20)),
        replace(DATES, id=3, since=NOW - timedelta(days=30), ended=NOW - timedelta(days=2)),
    ]
    teller(ledger, mail, weekly=MONDAY).tell(ledger, NOW)
    assert [each.what for each in mail.arrived] == ["alarms", "digest"]
    assert [each["id"] for each in mail.arrived[1].data["digest"]["alarms"]] == [1, 3]


def test_the_clocks_call_tells_over_what_is_set_up_and_comes_back_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ledger.open(tmp_path / "legger.db") as opened, Hook() as hook:
        opened.alarms.written, opened.alarms.memory = [DEAD], {}
        opened.runs.start("regio8", at=NOW - timedelta(days=60), settings={})
        monkeypatch.setattr(door, "_opening", lambda where: again(opened))
        config = load(opened.where, {"LEGGER_WEBHOOK_URL": hook.url, "LEGGER_DIGEST": "monday 07:00"})
        for look in range(3):
            tell(opened, config, now=NOW + look * LOOK)
            door._tellers[opened.where][1].wait(30)
        assert [each.body["what"] for each in hook.posted] == ["alarms", "digest"]
        assert set(opened.alarms.memory) == {("log", 1), ("log", 0), ("webhook", 1), ("webhook", 0)}
