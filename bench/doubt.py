"""Whether doubtful readings are the bad ones: the model of ``crawler.extract.doubt``, tried site by site.

    python -m bench doubt --data FOLDER [--sets publishers,dailies,...]

Each page is read alone, and its text held against the gold by shingles. The model is fitted on the sites of
four fifths of the pages and asked about the others, five times. Of the worst tenth by gold, how many are in
the most doubtful fifth? Printed for each set and for all, then the weights made from all pages. A site's
habit (the usual length of its texts) counts with sites of five pages or more.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.queries.doubtful import HABIT, off_habit
from bench.reading import _untitled, shingle_f1

SETS = "publishers,dailies,articles,schoolpaper,older"
BAD = 0.88
"""Shingle F1 below which a reading counts as bad."""
FOLDS = 5
RIDGE = 5.0
Numbers = NDArray[np.float64]


def main(arguments: list[str]) -> int:
    """Read the sets, try the model on sites it has not seen, print the figures and the weights."""
    parser = argparse.ArgumentParser(
        prog="python -m bench doubt", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of sets")
    parser.add_argument("--sets", default=SETS, help="names of sets, with commas")
    options = parser.parse_args(arguments)
    jobs = [
        (name, options.data / name, row)
        for name in options.sets.split(",")
        for row in map(json.loads, (options.data / name / "manifest.jsonl").open(encoding="utf-8"))
        if row["gold"].get("text") is not None
    ]
    with ProcessPoolExecutor() as pool:
        pages = [each for each in pool.map(_read, jobs, chunksize=16) if each is not None]
    lengths = defaultdict(list)
    for each in pages:
        lengths[each["site"]].append(each["words"])
    for each in pages:
        alike = lengths[each["site"]]
        usual = statistics.median(alike) if len(alike) >= HABIT else None
        each["signs"]["off_habit"] = off_habit(each["words"], usual)
    names = sorted(pages[0]["signs"])
    found = np.array([[each["signs"][name] for name in names] for each in pages])
    gold = np.array([each["f1"] for each in pages])
    fold = np.array([int(hashlib.md5(each["site"].encode()).hexdigest(), 16) % FOLDS for each in pages])
    doubt = np.zeros(len(pages))
    for number in range(FOLDS):
        seen = fold != number
        doubt[~seen] = _ask(_fit(found[seen], gold[seen] < BAD), found[~seen])
    sets = np.array([each["set"] for each in pages])
    print("of the worst tenth by gold, share in the most doubtful fifth (on sites the model has not seen)")
    for name in (*sorted(set(sets.tolist())), "all"):
        some = np.ones(len(pages), bool) if name == "all" else sets == name
        print(f"  {name:<12} {int(some.sum()):5} pages  {ranked(gold[some], doubt[some]):.2f}")
    weights = _fit(found, gold < BAD)
    print("weights of all pages")
    for name, weight in zip((*names, "(bias)"), weights.tolist(), strict=True):
        print(f"  {name:<16} {weight:+.3f}")
    return 0


def ranked(gold: Numbers, doubt: Numbers) -> float:
    """Of the tenth with the lowest *gold*, the share that is in the fifth with the highest *doubt*."""
    worst = np.argsort(gold, kind="stable")[: max(round(len(gold) / 10), 1)]
    doubtful = set(np.argsort(-doubt, kind="stable")[: round(len(gold) / 5)].tolist())
    return sum(at in doubtful for at in worst.tolist()) / len(worst)


def _read(job: tuple[str, Path, Mapping[str, Any]]) -> dict[str, Any] | None:
    from datetime import UTC, datetime

    from archive.model.types import SiteMemory
    from crawler.extract.article import read
    from crawler.extract.batch import _capture, _site

    name, folder, row = job
    site = _site(row)
    reading = read(_capture(row, folder, datetime.now(UTC)), site, SiteMemory(site=site.name))
    title = row["gold"].get("title") or ""
    return {
        "set": name,
        "site": site.name or row["id"],
        "words": reading.article.word_count,
        "signs": dict(reading.signs),
        "f1": shingle_f1([(row["gold"]["text"], _untitled(reading.article.text, title))]),
    }


def _fit(found: Numbers, bad: NDArray[np.bool_]) -> Numbers:
    """Weights and bias of a logistic regression, by Newton's method; signs are made equally wide before."""
    mean, wide = found.mean(0), found.std(0) + 1e-9
    rows = np.hstack([(found - mean) / wide, np.ones((len(found), 1))])
    ridge = np.diag([RIDGE] * found.shape[1] + [0.0])
    weights = np.zeros(rows.shape[1])
    for _ in range(12):
        share = 1 / (1 + np.exp(-rows @ weights))
        sure = share * (1 - share) + 1e-6
        weights += np.linalg.solve(
            (rows * sure[:, None]).T @ rows + ridge, rows.T @ (bad - share) - ridge @ weights
        )
    slopes = weights[:-1] / wide
    return np.append(slopes, weights[-1] - float(slopes @ mean))


def _ask(weights: Numbers, found: Numbers) -> Numbers:
    odds: Numbers = found @ weights[:-1] + weights[-1]
    return odds
