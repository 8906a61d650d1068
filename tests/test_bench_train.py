"""Training the classifier anew: pages with gold become runs with labels, runs become weights that read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.reading import practice
from bench.train.pages import Labelled, load
from crawler.extract.text.classifier import Model


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Labelled]:
    data = tmp_path_factory.mktemp("sets")
    practice(data / "articles", articles=6)
    return load(data, "articles", cache=data / "cache", workers=1)


def test_the_runs_of_the_gold_text_are_labelled_as_the_article(pages: list[Labelled]) -> None:
    assert len({page.site for page in pages}) > 5
    for page in pages:
        article = [run.text for run, label in zip(page.outline.runs, page.labels, strict=True) if label == 1]
        assert article, page.id
        assert all(text in " ".join(page.gold["text"].split()) for text in article if len(text) > 80), page.id
        assert page.shape.shape[0] == len(page.outline.runs) == len(page.labels)
        assert (page.labels == 0).any(), page.id


def test_labelled_pages_are_kept_until_their_file_is_removed(tmp_path: Path) -> None:
    practice(tmp_path / "articles", articles=1)
    first = load(tmp_path, "articles", cache=tmp_path / "cache", workers=1)
    (tmp_path / "articles" / "manifest.jsonl").unlink()
    again = load(tmp_path, "articles", cache=tmp_path / "cache", workers=1)
    assert [page.id for page in again] == [page.id for page in first]


def test_weights_trained_twice_are_the_same_to_the_byte_and_read(pages: list[Labelled]) -> None:
    pytest.importorskip("lightgbm", reason="training wants the extra: pip install legger[train]")
    from bench.train.fit import final

    weights = final(pages).dumps()
    assert final(pages).dumps() == weights
    model = Model.loads(weights)
    page = pages[0]
    scores = model.score(page.outline, title=page.title, summary="")
    assert scores[page.labels == 1].mean() > scores[page.labels == 0].mean() + 0.3
