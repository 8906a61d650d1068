"""Learns the meaning of class names and the trees, from labelled pages. Reads no files."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from bench.train.pages import Labelled
from crawler.extract.text.classifier import LEAVES, Model
from crawler.extract.text.features import NAMES, Matrix, Vocabulary, element_words, name_features

FOLDS = 5
SHARE = {"articles": 1.0, "publishers": 2.5, "dailies": 1.0, "snippets": 0.15}
"""What a page of each set weighs: news is what we are for; the snippets label few runs each."""
TREES = 240
PARAMETERS = {
    "objective": "binary", "num_leaves": LEAVES, "learning_rate": 0.08, "min_data_in_leaf": 80,
    "feature_fraction": 0.5, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0, "max_bin": 127,
    "seed": 1, "deterministic": True, "force_row_wise": True, "verbose": -1, "num_threads": 2,
}  # fmt: skip


@cache
def fold_of(site: str) -> int:
    """The fold a site belongs to, in every set and every run."""
    return int(hashlib.md5(site.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def _weights(page: Labelled) -> NDArray[np.float64]:
    words = np.array([min(len(run.text.split()), 80) + 3 for run in page.outline.runs], float) ** 0.6
    known = words[page.labels >= 0].sum()
    weights: NDArray[np.float64] = words / max(known, 1.0) * SHARE[page.dataset]
    return weights


Votes = dict[str, dict[str, tuple[float, float]]]
"""Word -> site -> (text that is article, text that was judged) under elements of that name."""


def votes_of(pages: Sequence[Labelled]) -> Votes:
    """What stands under each word of a class name, site by site."""
    votes: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0]))
    for page in pages:
        sizes = np.array([min(len(run.text.split()), 60) + 2 for run in page.outline.runs], float)
        article = np.concatenate([[0.0], np.cumsum(sizes * (page.labels == 1))]).tolist()
        judged = np.concatenate([[0.0], np.cumsum(sizes * (page.labels >= 0))]).tolist()
        for box in page.outline.boxes:
            total = judged[box.last] - judged[box.first]
            if total > 0:
                for word in element_words(box.tag, box.names):
                    vote = votes[word][page.site]
                    vote[0] += article[box.last] - article[box.first]
                    vote[1] += total
        for run, label, size in zip(page.outline.runs, page.labels, sizes, strict=True):
            if run.names and label >= 0:
                for word in element_words("span", run.names):
                    vote = votes[word][page.site]
                    vote[0] += size * (label == 1)
                    vote[1] += size
    return {
        word: {site: (vote[0], vote[1]) for site, vote in by_site.items()} for word, by_site in votes.items()
    }


def words_of(votes: Votes, *, without: tuple[int, ...] = (), sites: int = 6, keep: int = 1500) -> Vocabulary:
    """Word -> log-odds of standing on article text, each site outside the folds *without* having one vote."""
    usual, doubt = 0.25, 3.0
    odds: dict[str, tuple[float, float]] = {}
    for word, by_site in votes.items():
        if len(by_site) < sites:
            continue
        shares = [yes / total for site, (yes, total) in by_site.items() if fold_of(site) not in without]
        if len(shares) >= sites:
            share = (sum(shares) + doubt * usual) / (len(shares) + doubt)
            value = float(np.log(share / (1 - share)) - np.log(usual / (1 - usual)))
            odds[word] = (round(value, 2), abs(value) * min(len(shares), 50) ** 0.5)
    best = sorted(odds, key=lambda word: (-odds[word][1], word))[:keep]
    return Vocabulary({word: odds[word][0] for word in sorted(best)})


def matrix_of(page: Labelled, vocabulary: Vocabulary) -> Matrix:
    """The features of a labelled page."""
    return np.hstack((page.shape, name_features(page.outline, vocabulary)))


def fit(pages: Sequence[Labelled], encodings: Sequence[Vocabulary], vocabulary: Vocabulary) -> Model:
    """Trees trained on *pages*, each seen through a vocabulary learned without its site."""
    matrix = np.vstack([matrix_of(page, words) for page, words in zip(pages, encodings, strict=True)])
    labels = np.concatenate([page.labels for page in pages])
    weights = np.concatenate([_weights(page) for page in pages])
    judged = labels >= 0
    weights = weights[judged] * judged.sum() / weights[judged].sum()
    data = lgb.Dataset(matrix[judged], labels[judged], weight=weights)
    booster = lgb.train(PARAMETERS, data, TREES)
    return Model.of_trees(booster.dump_model(), list(range(len(NAMES))), vocabulary)


def held_out(pages: Sequence[Labelled]) -> Iterator[tuple[int, Model]]:
    """(fold, a model that never saw a site of that fold)."""
    votes = votes_of(pages)
    for fold in range(FOLDS):
        seen = [page for page in pages if fold_of(page.site) != fold]
        # each page is seen through names learned without its own fold, as a strange site will be
        encodings = {own: words_of(votes, without=(own, fold)) for own in range(FOLDS)}
        yield fold, fit(seen, [encodings[fold_of(page.site)] for page in seen], encodings[fold])


def final(pages: Sequence[Labelled]) -> Model:
    """The model to ship: trained on all pages, each encoded without its own fold."""
    votes = votes_of(pages)
    encodings = {own: words_of(votes, without=(own,)) for own in range(FOLDS)}
    return fit(pages, [encodings[fold_of(page.site)] for page in pages], words_of(votes))
