"""Development pages as outlines with a label for every run, aligned with their gold texts. Trains nothing."""

from __future__ import annotations

import json
import pickle
import re
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from archive.model.types import Capture
from crawler.extract.page.blocks import Outline
from crawler.extract.page.page import Page
from crawler.extract.text.body import said_of_itself
from crawler.extract.text.features import Matrix, shape_features

_TOKEN = re.compile(r"\w+")
_INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x2060, 0xFEFF])


def tokens(text: str) -> list[str]:
    """The words of *text* as the scorer counts them."""
    return _TOKEN.findall((text or "").translate(_INVISIBLE))


@dataclass(slots=True)
class Labelled:
    """A page ready for training: ``labels`` are 1 (article), 0 (not) and -1 (not to be judged)."""

    id: str
    dataset: str
    site: str
    outline: Outline
    title: str
    shape: Matrix
    labels: NDArray[np.int8]
    gold: dict[str, Any]


def registered(site: str) -> str:
    """The part of a host that belongs to one owner, roughly: folds must not share it."""
    parts = site.lower().removeprefix("www.").split(".")
    keep = 3 if len(parts) > 2 and len(parts[-1]) == 2 and len(parts[-2]) <= 3 else 2
    return ".".join(parts[-keep:])


def align(page: Outline, gold: str, title: str) -> NDArray[np.int8]:
    """Which runs make up *gold*, by position: repeated teasers are told from the paragraph itself."""
    run_tokens = [tokens(run.text) for run in page.runs]
    wanted = tokens(gold)
    shingles = {tuple(wanted[at : at + 4]) for at in range(max(1, len(wanted) - 3))}
    whole = f" {' '.join(wanted)} "
    labels = np.zeros(len(run_tokens), np.int8)
    candidates = []
    for index, here in enumerate(run_tokens):
        if not here:
            labels[index] = -1
        elif len(here) < 4:
            if f" {' '.join(here)} " in whole:
                candidates.append(index)
        else:
            found = sum(tuple(here[at : at + 4]) in shingles for at in range(len(here) - 3))
            if found >= 0.4 * (len(here) - 3):
                candidates.append(index)
    sequence = [token for index in candidates for token in run_tokens[index]]
    owner = [index for index in candidates for _ in run_tokens[index]]
    matched: Counter[int] = Counter()
    for block in LCSseq.opcodes(sequence, wanted):
        if block.tag == "equal":
            matched.update(owner[block.src_start : block.src_end])
    for index in candidates:
        share = matched[index] / len(run_tokens[index])
        labels[index] = 1 if share >= 0.7 else -1 if share >= 0.3 else 0
    _prefer_company(labels, [" ".join(each) for each in run_tokens])
    headline = " ".join(tokens(title)).lower()
    for index, here in enumerate(run_tokens):
        if headline and " ".join(here).lower() == headline:
            labels[index] = -1
    return labels


def _prefer_company(labels: NDArray[np.int8], texts: list[str]) -> None:
    """Of several runs with the same words, the one among other article runs is the article's."""
    places: dict[str, list[int]] = {}
    for index, text in enumerate(texts):
        places.setdefault(text, []).append(index)
    for same in places.values():
        chosen = [index for index in same if labels[index] == 1]
        if not chosen or len(chosen) == len(same):
            continue

        def company(index: int) -> int:
            around = labels[max(0, index - 4) : index + 5]
            return int((around == 1).sum()) - (1 if labels[index] == 1 else 0)

        ranked = sorted(same, key=company, reverse=True)
        for index in same:
            labels[index] = 1 if index in ranked[: len(chosen)] else 0


def forgive_cut_gold(page: Outline, labels: NDArray[np.int8]) -> None:
    """Where gold breaks off and paragraphs go on at the same place, the rest is not to be judged."""
    boxes = page.boxes
    places = [
        (boxes[run.box].tag, boxes[run.box].names, boxes[boxes[run.box].parent].names) for run in page.runs
    ]
    article = np.flatnonzero(labels == 1)
    if not len(article):
        labels[:] = -1
        return
    long = [len(run.text) > 60 for run in page.runs]
    own = {places[at] for at in article if long[at]}
    more = [at for at in range(int(article[-1]) + 1, len(places)) if places[at] in own and long[at]]
    if len(more) >= 2:
        labels[article[-1] + 1 : more[-1] + 1] = -1


def segments(page: Outline, wanted: list[str], unwanted: list[str]) -> NDArray[np.int8]:
    """Labels from segments that must, and must not, be there; all other runs stay unjudged."""
    labels = np.full(len(page.runs), -1, np.int8)
    for index, run in enumerate(page.runs):
        if any(each in run.text for each in wanted):
            labels[index] = 1
        elif any(each in run.text for each in unwanted):
            labels[index] = 0
    return labels


def _load(job: tuple[Path, dict[str, Any]]) -> Labelled | None:
    folder, row = job
    charset = row.get("encoding")
    capture = Capture(
        site=row["site"] or "",
        url=row["url"] or "",
        at=datetime(2026, 1, 1, tzinfo=UTC),
        status=200,
        headers=(("Content-Type", f"text/html; charset={charset}" if charset else "text/html"),),
        body=(folder / row["html_path"]).read_bytes(),
    )
    page = Page.of(capture)
    lines = page.outline
    if not lines.runs:
        return None
    title, summary = said_of_itself(page)
    gold = row["gold"]
    if gold.get("text") is not None:
        labels = align(lines, gold["text"], gold.get("title") or title)
        if folder.name == "dailies":  # its gold breaks off on some sites
            forgive_cut_gold(lines, labels)
    else:
        squeezed = [[" ".join(each.split()) for each in gold.get(key) or []] for key in ("with", "without")]
        labels = segments(lines, *squeezed)
    shape, _ = shape_features(lines, title=title, summary=summary)
    return Labelled(
        id=row["id"],
        dataset=folder.name,
        site=registered(row["site"] or row["id"]),
        outline=lines,
        title=title,
        shape=shape,
        labels=labels,
        gold=gold,
    )


def load(data: Path, name: str, *, cache: Path, workers: int = 2) -> list[Labelled]:
    """The labelled pages of one development set; kept in *cache* until that file is removed."""
    kept = cache / f"{name}.pickle"
    if kept.exists():
        return pickle.loads(kept.read_bytes())  # type: ignore[no-any-return]  # written below
    manifest = data / name / "manifest.jsonl"
    rows = [json.loads(line) for line in manifest.read_text(encoding="utf-8").split("\n") if line]
    with ProcessPoolExecutor(workers) as pool:
        pages = [
            page for page in pool.map(_load, [(manifest.parent, row) for row in rows], chunksize=16) if page
        ]
    cache.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(pickle.dumps(pages, protocol=5))
    return pages
