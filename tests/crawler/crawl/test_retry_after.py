"""How long a server asks to be left alone, however it writes that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from archive.model.types import Capture
from crawler.crawl.limits import MOST_RETRY_AFTER, retry_after

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stated", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("120.5", timedelta(minutes=2)),
        ("120, 120", timedelta(minutes=2)),
        ("0", timedelta()),
        ("999999999999999999", MOST_RETRY_AFTER),
        ("Sun, 01 Mar 2026 12:02:00 GMT", timedelta(minutes=2)),
        ("Sunday, 01-Mar-26 12:02:00 GMT", timedelta(minutes=2)),
        ("Sun Mar  1 12:02:00 2026", timedelta(minutes=2)),
        ("2026-03-01T12:02:00Z", timedelta(minutes=2)),
        ("Sun, 01 Mar 2026 11:00:00 GMT", timedelta()),
        ("Wed, 21 Oct 2099 07:28:00 GMT", MOST_RETRY_AFTER),
        ("-5", None),
        ("120s", None),
        ("٣٠", None),
        ("2026-99-99", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_wait_is_read_in_seconds_and_as_a_date_and_nothing_else_is_one(
    stated: str, wait: timedelta | None
) -> None:
    headers = (("Retry-After", stated),)
    capture = Capture(site="dorp", url="http://dorp.example/", at=NOON, status=503, headers=headers, body=b"")
    assert retry_after(capture) == wait
