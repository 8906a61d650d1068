"""``python -m bench.train fit|report``: trains the block classifier, or reports it cross-validated.

``fit`` writes ``crawler/extract/text/weights.npz``. ``report`` reads the pages of the development sets,
the whole extractor, with weights that never saw the page's site, and scores the texts; the sets that are
for evaluation only (``older``) are read with weights trained on the other sets without that site's fold.
Both want the unpacked development sets (``--data``) and the ``train`` extra.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from bench.train.fit import final, fold_of, held_out
from bench.train.pages import load, registered
from crawler.extract.batch import read_row
from crawler.extract.text.classifier import Model

TRAINED_ON = ("articles", "publishers", "dailies", "snippets")
REPORTED = ("articles", "publishers", "dailies", "snippets", "older")
WEIGHTS = Path(__file__).parents[2] / "crawler" / "extract" / "text" / "weights.npz"

_models: dict[int, Model] = {}


def _start(folder: Path) -> None:
    for path in folder.glob("fold*.npz"):
        _models[int(path.stem[4:])] = Model.loads(path.read_bytes())


def _read(job: tuple[dict[str, Any], Path]) -> dict[str, Any]:
    row, folder = job
    return read_row(row, folder=folder, model=_models[fold_of(registered(row["site"] or row["id"]))])


def report(data: Path, cache: Path, scorer: Path, sets: list[str], *, train: bool) -> None:
    """Score the whole extractor on each of *sets*."""
    folder = cache / "folds"
    folder.mkdir(parents=True, exist_ok=True)
    if train:
        pages = [page for name in TRAINED_ON for page in load(data, name, cache=cache)]
        for fold, model in held_out(pages):
            (folder / f"fold{fold}.npz").write_bytes(model.dumps())
            print(f"fold {fold} trained", file=sys.stderr)
    for name in sets:
        manifest = data / name / "manifest.jsonl"
        rows = [json.loads(line) for line in manifest.read_text(encoding="utf-8").split("\n") if line]
        out = cache / f"{name}.out.jsonl"
        with ProcessPoolExecutor(2, initializer=_start, initargs=(folder,)) as pool, out.open("w") as lines:
            for row in pool.map(_read, [(row, manifest.parent) for row in rows], chunksize=16):
                lines.write(json.dumps(row, ensure_ascii=False) + "\n")
        scored = subprocess.run(
            [sys.executable, str(scorer), str(manifest), str(out)], check=True, capture_output=True, text=True
        )
        print(_line(name, json.loads(scored.stdout)), flush=True)


def _line(name: str, scores: dict[str, Any]) -> str:
    parts = [f"{name:11}"]
    if text := scores.get("shingle_notitle"):
        parts.append(f"F1 {text['f1']:.4f}  P {text['precision']:.4f}  R {text['recall']:.4f}")
    if blocks := scores.get("blocks"):
        parts.append("  ".join(f"{kind} {found['recall']:.3f}" for kind, found in blocks.items()))
    if segments := scores.get("withwithout"):
        parts.append(f"with/without F1 {segments['f1']:.4f}")
    if scores.get("empty") or scores.get("errors"):
        parts.append(f"empty {scores['empty']}  errors {scores['errors']}")
    return "  ".join(parts)


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.train", description=__doc__)
    parser.add_argument("what", choices=("fit", "report"))
    parser.add_argument("sets", nargs="*", default=list(REPORTED))
    parser.add_argument("--data", type=Path, default=Path("../data"), help="the unpacked development sets")
    parser.add_argument("--cache", type=Path, default=Path("../cache"), help="where labelled pages are kept")
    parser.add_argument("--scorer", type=Path, default=Path("../shared/tools/score/score.py"))
    parser.add_argument("--keep", action="store_true", help="report with the folds of the last report")
    asked = parser.parse_intermixed_args()
    if asked.what == "fit":
        pages = [page for name in TRAINED_ON for page in load(asked.data, name, cache=asked.cache)]
        WEIGHTS.write_bytes(final(pages).dumps())
        print(f"{WEIGHTS}: {WEIGHTS.stat().st_size} bytes")
    else:
        report(asked.data, asked.cache, asked.scorer, asked.sets, train=not asked.keep)


if __name__ == "__main__":
    main()
