"""The block classifier: how sure we are, run by run, that it is article text. Numbers in, numbers out.

Boosted trees of at most sixteen leaves each, trained by ``bench.train``. A tree is not walked: each of its
fifteen questions, answered "no", crosses out the leaves on its left side, and the first leaf that is left is
the answer. That takes a few array operations for all trees and all runs at once.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crawler.extract.page.blocks import Outline
from crawler.extract.text.features import NAMES, Matrix, Vocabulary, features

LEAVES = 16
HOPELESS = -3.0
"""Log-odds after a quarter of the trees from which none has come back."""
_AT_ONCE = 512
"""Runs whose answers are worked out together: more would not stay in the processor's cache."""
_LOWEST = np.array([(bits & -bits).bit_length() - 1 if bits else 0 for bits in range(1 << LEAVES)], np.uint8)
"""Sixteen bits -> the number of the lowest one that is set."""


@dataclass(frozen=True, eq=False)
class Model:
    """Trained weights. ``question[s]`` is question *s* of every tree; unused ones never answer no."""

    columns: NDArray[np.int64]
    """Of the features, those the trees ask about."""
    asks: NDArray[np.int64]
    """Questions x trees: which of ``columns`` is compared."""
    bound: NDArray[np.float32]
    """Questions x trees: "is it at most this?"."""
    left: NDArray[np.uint16]
    """Questions x trees: the leaves that remain when the answer is no."""
    leaves: NDArray[np.float32]
    """Trees x leaves: what each adds to the log-odds."""
    vocabulary: Vocabulary

    @classmethod
    @cache
    def shipped(cls) -> Model:
        """The weights that came with this release."""
        return cls.loads(resources.files("crawler.extract.text").joinpath("weights.npz").read_bytes())

    @classmethod
    def loads(cls, data: bytes) -> Model:
        """The model as :meth:`dumps` wrote it."""
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            names = json.loads(bytes(stored["names"]))
            return cls(
                columns=np.array([NAMES.index(name) for name in names["features"]], np.int64),
                asks=stored["asks"].astype(np.int64),
                bound=stored["bound"],
                left=stored["left"],
                leaves=stored["leaves"],
                vocabulary=Vocabulary(names["words"]),
            )

    def dumps(self) -> bytes:
        """The model as one small file."""
        names = {"features": [NAMES[at] for at in self.columns], "words": dict(self.vocabulary.odds)}
        stored = io.BytesIO()
        np.savez_compressed(
            stored,
            asks=self.asks.astype(np.uint8),
            bound=self.bound,
            left=self.left,
            leaves=self.leaves,
            names=np.frombuffer(json.dumps(names, ensure_ascii=False).encode(), np.uint8),
        )
        return stored.getvalue()

    @classmethod
    def of_trees(cls, dumped: dict[str, Any], columns: list[int], vocabulary: Vocabulary) -> Model:
        """The model of LightGBM's ``dump_model()`` over the given columns of the features."""
        trees = [tree["tree_structure"] for tree in dumped["tree_info"]]
        asks = np.zeros((LEAVES - 1, len(trees)), np.int64)
        bound = np.full((LEAVES - 1, len(trees)), np.inf, np.float32)
        left = np.full((LEAVES - 1, len(trees)), 0xFFFF, np.uint16)
        leaves = np.zeros((len(trees), LEAVES), np.float32)
        for at, tree in enumerate(trees):
            questions: list[tuple[int, float, int]] = []
            values: list[float] = []
            _flatten(tree, questions, values)
            leaves[at, : len(values)] = values
            for slot, (feature, threshold, crossed) in enumerate(questions):
                asks[slot, at], left[slot, at] = feature, 0xFFFF & ~crossed
                # "at most" in double precision is "at most" the next float below
                exact = np.float32(threshold)
                bound[slot, at] = exact if exact <= threshold else np.nextafter(exact, np.float32(-np.inf))
        return cls(np.array(columns, np.int64), asks, bound, left, leaves, vocabulary)

    def score(self, page: Outline, *, title: str, summary: str) -> NDArray[np.float64]:
        """How sure we are of each run of the page, from 0 to 1."""
        if not page.runs:
            return np.zeros(0)
        return self.of_features(features(page, self.vocabulary, title=title, summary=summary))

    def of_features(self, matrix: Matrix) -> NDArray[np.float64]:
        """The same for rows of :func:`crawler.extract.text.features.features`."""
        rows = np.ascontiguousarray(matrix.T[self.columns])
        half = len(self.leaves) // 4
        margin = self._margin(rows, slice(0, half))
        # after a quarter of the trees most of a page's menus and teasers are beyond hope
        open_ = np.flatnonzero(margin > HOPELESS)
        margin[open_] += self._margin(np.ascontiguousarray(rows[:, open_]), slice(half, None))
        share: NDArray[np.float64] = 1 / (1 + np.exp(-margin))
        return share

    def _margin(self, rows: Matrix, trees: slice) -> NDArray[np.float64]:
        """The log-odds that some of the trees give to columns of *rows*."""
        asks, bound, leaves = self.asks[:, trees], self.bound[:, trees, None], self.leaves[trees]
        crossed = ~self.left[:, trees, None]
        first_leaf = np.arange(0, leaves.size, LEAVES)[:, None]
        chosen = np.empty((len(leaves), rows.shape[1]), np.float32)
        for at in range(0, rows.shape[1], _AT_ONCE):
            some = slice(at, at + _AT_ONCE)
            no = rows[:, some][asks] > bound
            gone = np.bitwise_or.reduce(no * crossed, axis=0)
            chosen[:, some] = leaves.take(first_leaf + _LOWEST.take(~gone))
        margin: NDArray[np.float64] = chosen.sum(axis=0, dtype=np.float64)
        return margin


def _flatten(node: dict[str, Any], questions: list[tuple[int, float, int]], values: list[float]) -> int:
    """Number the leaves from left to right; returns the bits of those below *node*."""
    if "leaf_value" in node:
        values.append(node["leaf_value"])
        return 1 << (len(values) - 1)
    slot = len(questions)
    questions.append((0, 0.0, 0))
    below_left = _flatten(node["left_child"], questions, values)
    below_right = _flatten(node["right_child"], questions, values)
    questions[slot] = (node["split_feature"], node["threshold"], below_left)
    return below_left | below_right
