"""The hash chain: the rows a seal covers, written in ranges."""

from __future__ import annotations

import pytest

from archive.model import hashchain as chain


@pytest.mark.parametrize(
    ("numbers", "written", "spans"),
    [
        ([], None, []),
        ([7], "7", [(7, 7)]),
        ([1, 2, 3], "1-3", [(1, 3)]),
        ([42, 17, 18, 16], "16-18,42", [(16, 18), (42, 42)]),
        ([1, 3, 5, 6], "1,3,5-6", [(1, 1), (3, 3), (5, 6)]),
    ],
)
def test_numbers_are_written_in_ranges_and_read_back(
    numbers: list[int], written: str | None, spans: list[tuple[int, int]]
) -> None:
    assert chain.ranges(numbers) == written
    assert chain.in_ranges(written) == spans
