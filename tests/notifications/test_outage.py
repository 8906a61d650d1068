"""An archive that cannot be used is told all the same: after an hour, once a day, and when it is over."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from archive.errors import UsageError
from legger.notifications import Notice, OutageNotifier
from tests.notifications.test_notifier import NOW, Way

FULL = "the archive cannot be used: disk I/O error"


def told(outages: OutageNotifier, hours: float) -> None:
    outages.lasts(NOW, FULL, NOW + timedelta(hours=hours))
    outages.wait(5)


def over(outages: OutageNotifier, hours: float) -> None:
    outages.over(NOW, NOW + timedelta(hours=hours))
    outages.wait(5)


def test_it_is_told_after_an_hour_once_a_day_and_when_it_is_over() -> None:
    mail = Way()
    outages = OutageNotifier("a.db", lambda: [mail])
    for hours in (0, 0.9, 1, 1.1, 12, 24.9):
        told(outages, hours)
    [first] = mail.arrived
    assert first.what == "outage"
    assert FULL in first.text.replace("\n", " ")
    assert first.data["reason"] == FULL
    told(outages, 25)
    over(outages, 26)
    assert [each.data["reason"] for each in mail.arrived] == [FULL, FULL, None]
    assert len({each.key for each in mail.arrived}) == 3
    over(outages, 27)
    assert len(mail.arrived) == 3, "nobody is told twice that it is over"


def test_what_does_not_arrive_is_tried_again_and_nobody_hears_the_end_who_did_not_hear_the_beginning() -> (
    None
):
    mail, hook = Way(broken="no route"), Way(name="webhook")
    outages = OutageNotifier("a.db", lambda: [mail, hook])
    for hours in (1, 1.1, 1.6):
        told(outages, hours)
    assert (mail.tries, hook.tries) == (2, 1)
    over(outages, 2)
    assert (mail.tries, hook.tries) == (2, 2)


def test_a_short_one_is_told_to_nobody() -> None:
    mail = Way()
    outages = OutageNotifier("a.db", lambda: [mail])
    told(outages, 0.5)
    over(outages, 0.6)
    assert mail.tries == 0


def test_a_channel_that_hangs_holds_up_neither_the_clock_nor_the_others() -> None:
    letting, entered = threading.Event(), threading.Event()

    class Hanging(Way):
        def deliver(self, notice: Notice) -> None:
            entered.set()
            assert letting.wait(60)
            super().deliver(notice)

    mail, hook = Hanging(), Way(name="webhook")
    outages = OutageNotifier("a.db", lambda: [mail, hook])
    told(outages, 1)
    assert entered.wait(30)
    outages.over(NOW, NOW + timedelta(hours=2))  # comes back, though the mail of before is still under way
    letting.set()
    outages.wait(30)
    for way in (mail, hook):
        assert [each.data["reason"] for each in way.arrived] == [FULL, None]


def test_settings_that_are_wrong_are_told_to_the_log_and_harm_no_clock(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def wrong() -> list[Way]:
        raise UsageError("legger.toml: mail.port: expected a number")

    outages = OutageNotifier("a.db", wrong)
    told(outages, 1)
    over(outages, 2)
    assert "mail.port" in caplog.text
