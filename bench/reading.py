"""Reading beside its peers: texts, leads, fields, furniture, and pages per second of one core, in one run.

    python -m bench reading                                      the practice newspaper's pages
    python -m bench reading --data FOLDER --scorer score.py      sets of real pages with their gold

A set is a folder with a ``manifest.jsonl``; FOLDER holds sets. The peers (trafilatura with its defaults and
with precision, readability-lxml, newspaper4k) are installed from ``bench/peers.txt`` into an environment of
their own under --cache, once; without a network Legger's own figures are printed alone.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.helpers.reader import READERS

HERE = Path(__file__).parent
LEARNED = "legger, site learned"
"""Legger with what repeats on a row's site learned first."""
Scores = dict[tuple[str, str], dict[str, Any]]
"""(set, reader) -> what the scorer says."""


def main(arguments: list[str]) -> int:
    """Read every set with every reader, and print the tables."""
    parser = argparse.ArgumentParser(
        prog="python -m bench reading", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder of sets; without: the practice newspaper's pages")
    parser.add_argument("--sets", help="names of sets, with commas; without: all that --data has")
    parser.add_argument("--scorer", type=Path, help="score.py, called with a manifest and readings")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir()) / "legger-bench",
        help="where the peers live",
    )
    parser.add_argument("--alone", action="store_true", help="without the peers")
    options = parser.parse_args(arguments)
    peers = None if options.alone else peers_python(options.cache)
    with tempfile.TemporaryDirectory() as folder:
        if options.data is None:
            print("no --data: the pages are the practice newspaper's, whose every layout Legger's tests know")
            manifests = [practice(Path(folder) / "practice")]
        else:
            manifests = sorted(options.data.glob("*/manifest.jsonl"))
            if options.sets:
                manifests = [each for each in manifests if each.parent.name in options.sets.split(",")]
        if not manifests:
            print(f"no sets in {options.data}: a set is a folder with a manifest.jsonl", file=sys.stderr)
            return 2
        if options.scorer is None:
            print("no --scorer: only shingle F1 is told, by the bench's own measure")
        scores: Scores = {}
        costs: dict[tuple[str, str], dict[str, float]] = {}
        for manifest in manifests:
            measure(manifest, Path(folder), peers, options.scorer, scores, costs)
    show(scores, costs)
    return 0


# ---------------------------------------------------------------- the peers


def peers_python(cache: Path) -> Path | None:
    """The interpreter of the peers' environment, made when need be; ``None`` when it cannot be."""
    wanted = (HERE / "peers.txt").read_text(encoding="utf-8")
    home = cache / "peers"
    python, ready = home / "bin" / "python", home / "ready.txt"
    if ready.exists() and ready.read_text(encoding="utf-8") == wanted:
        return python
    print(f"setting up the peers in {home} (once) ...", file=sys.stderr)
    cache.mkdir(parents=True, exist_ok=True)
    for command in (
        [sys.executable, "-m", "venv", "--clear", "--upgrade-deps", str(home)],
        [str(python), "-m", "pip", "install", "-q", "-r", str(HERE / "peers.txt")],
    ):
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            why = made.stderr.strip().splitlines()[-1:] or ["no reason given"]
            print(f"the peers could not be set up ({why[0]}); Legger's figures alone", file=sys.stderr)
            return None
    ready.write_text(wanted, encoding="utf-8")
    return python


# ---------------------------------------------------------------- pages


def practice(folder: Path, articles: int = 25) -> Path:
    """Write the practice newspaper's articles as a set; returns its manifest."""
    from archive.model.types import PageKind
    from legger.simulator import OPENING, Access, Newspaper

    at = OPENING + timedelta(days=10)
    paper = Newspaper(seed=7, articles=articles, days=10)
    folder.mkdir(parents=True)
    manifest = folder / "manifest.jsonl"
    with manifest.open("w", encoding="utf-8") as rows:
        for house in paper.houses:
            for number, (url, truth) in enumerate(house.truth(at).items()):
                article = truth.story.kind is PageKind.ARTICLE and truth.access is Access.OPEN
                if not article or truth.takedown is not None:
                    continue
                name = f"{house.name}-{number}"
                (folder / f"{name}.html").write_bytes(paper.capture(url, at).body)
                gold = {"text": truth.text, "title": truth.title}
                row = {"id": name, "url": url, "site": house.name, "html_path": f"{name}.html", "gold": gold}
                rows.write(json.dumps(row, ensure_ascii=False) + "\n")
    return manifest


def measure(
    manifest: Path,
    folder: Path,
    peers: Path | None,
    scorer: Path | None,
    scores: Scores,
    costs: dict[tuple[str, str], dict[str, float]],
) -> None:
    """Read one set with every reader there is, and score what they read."""
    name = manifest.parent.name
    outs = {}
    for reader in READERS:
        python = Path(sys.executable) if reader == "legger" else peers
        if python is None:
            continue
        if sys.stderr.isatty():
            print(f"\r{name}: {reader:<30}", end="", file=sys.stderr)
        outs[reader] = folder / f"{name}-{reader}.jsonl"
        program = HERE / "helpers" / "reader.py"
        command = [str(python), "-P", str(program), reader, str(manifest), str(outs[reader])]
        environment = {"PYTHONPATH": str(HERE.parent)} if reader == "legger" else {}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        if done.returncode:
            print(f"{reader} failed on {name}: {done.stderr.strip()[-300:]}", file=sys.stderr)
            del outs[reader]
            continue
        costs[name, reader] = json.loads(done.stdout.splitlines()[-1])
    outs[LEARNED] = learned(manifest, folder / f"{name}-learned.jsonl")
    for reader, out in outs.items():
        scores[name, reader] = score(manifest, out, scorer)
    if sys.stderr.isatty():
        print(f"\r{'':<60}\r", end="", file=sys.stderr)


def learned(manifest: Path, out: Path) -> Path:
    """Legger's readings once it has learned what repeats on each site of the set."""
    from crawler.extract.batch import read_batch

    with manifest.open(encoding="utf-8") as lines, out.open("w", encoding="utf-8") as answers:
        for row in read_batch(map(json.loads, lines), folder=manifest.parent, memory="site"):
            answers.write(json.dumps(row, ensure_ascii=False) + "\n")
    return out


# ---------------------------------------------------------------- scores


def score(manifest: Path, out: Path, scorer: Path | None) -> dict[str, Any]:
    """What the scorer says of readings; without one, shingle F1 by :func:`shingle_f1`."""
    if scorer is not None:
        command = [sys.executable, str(scorer), str(manifest), str(out)]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        if said.returncode == 0:
            return dict(json.loads(said.stdout))
        print(f"{scorer} failed: {said.stderr.strip()[-300:]}", file=sys.stderr)
    texts = {row["id"]: row.get("text") or "" for row in _rows(out)}
    pairs = [
        (row["gold"]["text"], _untitled(texts.get(row["id"], ""), row["gold"].get("title") or ""))
        for row in _rows(manifest)
        if row["gold"].get("text") is not None
    ]
    return {"shingle_notitle": {"f1": shingle_f1(pairs)}} if pairs else {}


def shingle_f1(pairs: Iterable[tuple[str, str]]) -> float:
    """F1 of the mean precision and the mean recall over runs of four words, (gold, read) by (gold, read)."""
    precisions, recalls = [], []
    for gold, read in pairs:
        wanted, found = _shingles(gold), _shingles(read)
        hits = (wanted & found).total()
        if found or not wanted:
            precisions.append(hits / found.total() if found else 1.0)
        if wanted or not found:
            recalls.append(hits / wanted.total() if wanted else 1.0)
    precision, recall = statistics.fmean(precisions or [0.0]), statistics.fmean(recalls or [0.0])
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


_WORD = re.compile(r"\w+")


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return Counter(tuple(words[at : at + 4]) for at in range(max(len(words) - 3, min(len(words), 1))))


def _untitled(text: str, title: str) -> str:
    """*text* without the headline above it, which some readers put there."""
    first, _, rest = text.lstrip().partition("\n")
    return rest if title and _WORD.findall(first.lower()) == _WORD.findall(title.lower()) else text


def _rows(path: Path) -> Iterable[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


# ---------------------------------------------------------------- tables


def show(scores: Scores, costs: dict[tuple[str, str], dict[str, float]]) -> None:
    """Print what was measured, a table for each question that some set answers."""
    sets = list(dict.fromkeys(name for name, _ in scores))
    readers = [each for each in (*READERS, LEARNED) if any((name, each) in scores for name in sets)]
    _table(
        "shingle F1, the title's line left aside",
        readers,
        {
            name: {each: _at(scores.get((name, each)), "shingle_notitle", "f1") for each in readers}
            for name in sets
        },
    )
    for name in sets:
        asked = {
            "segments": ("withwithout", "f1"),
            "leads": ("blocks", "lead", "recall"),
            "subheads": ("blocks", "subheads", "recall"),
            "paragraphs": ("blocks", "paragraphs", "recall"),
            "leaking": ("leaks", "pages"),
            "title": ("title", "exact"),
            "authors": ("authors", "set_f1"),
            "same day": ("published", "same_day"),
            "instant": ("published", "same_instant"),
            "wrong date": ("published", "wrong"),
        }
        found = {
            what: {each: _at(scores.get((name, each)), *path) for each in readers}
            for what, path in asked.items()
        }
        found = {
            what: each for what, each in found.items() if any(value is not None for value in each.values())
        }
        _table(f"{name}: {', '.join(found)}", readers, found)
    print("\npages per second of one core (CPU, parse included), against trafilatura's default")
    print(f"{'':<36}{'pages':>6}{'failed':>7}{'text':>8}{'':>7}{'+ fields':>9}{'':>7}")
    for name in sets:
        base = costs.get((name, "trafilatura"))
        for reader in READERS:
            cost = costs.get((name, reader))
            if cost is None:
                continue
            line = f"{name[:12]:<13}{reader:<23}{cost['pages']:>6.0f}{cost['failed']:>7.0f}"
            for what, width in (("text", 8), ("both", 9)):
                line += f"{cost['pages'] / cost[what]:>{width}.1f}"
                line += f"{base[what] / cost[what]:>6.2f}x" if base else f"{'-':>7}"
            print(line)


def _at(found: Any, *path: str) -> float | None:
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _table(title: str, readers: Sequence[str], columns: dict[str, dict[str, float | None]]) -> None:
    """A row for each reader, a column for each question; five columns fit a line of eighty."""
    if columns:
        print(f"\n{textwrap.fill(title, 80)}")
    names = list(columns)
    for start in range(0, len(names), 5):
        some = names[start : start + 5]
        print(f"{'':<24}" + "".join(f"{name[:10]:>11}" for name in some))
        for reader in readers:
            cells = [columns[name].get(reader) for name in some]
            if any(cell is not None for cell in cells):
                print(f"{reader:<24}" + "".join(f"{_said(cell):>11}" for cell in cells))


def _said(value: float | None) -> str:
    return "-" if value is None else f"{value}" if isinstance(value, int) else f"{value:.3f}"
