"""The bench of reading: its own measure, and the pages it makes when it is given none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.reading import practice, score, shingle_f1


@pytest.mark.parametrize(
    ("pairs", "f1"),
    [
        ([("een twee drie vier vijf", "een twee drie vier vijf")], 1.0),
        ([("een twee drie vier vijf", "een, twee; drie vier! vijf")], 1.0),
        ([("een twee drie vier vijf", "")], 0.0),
        ([("", "een twee drie vier")], 0.0),
        ([("een", "een")], 1.0),
        ([("een twee drie vier vijf", "een twee drie vier")], 2 / 3),
        (
            [
                ("een twee drie vier", "een twee drie vier"),
                ("een twee drie vier", "iets heel anders dan dat"),
            ],
            0.5,
        ),
    ],
)
def test_f1_is_told_over_runs_of_four_words(pairs: list[tuple[str, str]], f1: float) -> None:
    assert shingle_f1(pairs) == pytest.approx(f1)


def test_without_data_the_pages_are_the_practice_newspapers(tmp_path: Path) -> None:
    manifest = practice(tmp_path / "practice", articles=3)
    rows = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    assert len({row["site"] for row in rows}) > 5
    assert all((manifest.parent / row["html_path"]).stat().st_size for row in rows)
    out = tmp_path / "out.jsonl"
    answers = [{"id": row["id"], "text": f"{row['gold']['title']}\n{row['gold']['text']}"} for row in rows]
    out.write_text("\n".join(map(json.dumps, answers)), encoding="utf-8")
    assert score(manifest, out, None)["shingle_notitle"]["f1"] == 1.0
