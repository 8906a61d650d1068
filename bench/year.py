"""A year of the practice newspaper, visited by the revisit rule: are edits found, and nothing else?

About 57,000 captures of 1,200 articles of eight houses, with furniture that changes by the hour, three
redesigns of each house, headlines tested by turns, counters, more than two thousand edits that visits could
see, and a reader that gets better on day 200. Takes a quarter of an hour; --days makes it shorter, and --only
HOUSE a minute for 120 days.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from archive import Archive
from legger.simulator import Newspaper, Rates
from legger.simulator.year import Year

BUSY = 0.6
"""Share of the edits of ``Rates.year``: the revisit rule then comes to some 60,000 visits."""


def main(arguments: list[str]) -> int:
    """Run the year; 0 when no edit was missed or invented."""
    parser = argparse.ArgumentParser(prog="python -m bench year", description=__doc__)
    parser.add_argument("--days", type=float, default=365)
    parser.add_argument("--articles", type=int, default=15, help="articles of each house at the opening")
    parser.add_argument("--better", type=float, default=200, help="day on which the reader gets better")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", metavar="HOUSE", help="this house alone; may be repeated")
    parser.add_argument("--keep", type=Path, help="keep the archive under this name")
    options = parser.parse_args(arguments)
    full = Rates.year()
    rates = replace(
        full,
        **{
            each: getattr(full, each) * BUSY
            for each in ("correct", "silent", "update", "headline", "caption")
        },
    )
    paper = Newspaper(
        seed=options.seed, articles=options.articles, days=options.days, rates=rates, only=options.only
    )
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "year.db"
        with Archive.open(path) as archive:
            year = Year(paper, archive, days=options.days, better_at=options.better, progress=_progress)
            began = time.process_time()
            year.run()
            spent = time.process_time() - began
            books = year.audit()
            stats = archive.holdings.stats()
    print(file=sys.stderr)
    for what, found, total in (
        ("articles", books.articles_found, books.articles),
        ("edits that a visit could see have a version (recall)", books.edits_found, books.edits),
        ("  filed under what moved, and nothing else", books.sorted_found, books.sorted),
        ("silent edits recognized", books.silent_found, books.silent),
        ("versions to the letter the newsroom's (the reader's part)", books.texts_found, books.texts),
        ("removals", books.removed_found, books.removed),
        ("headlines tested, told from edits", books.turns_found, books.turns),
    ):
        print(f"  {what:<60} {found:>7,} of {total:>7,}")
    print(f"  {'invented: versions no editor made, removals that were none':<60} {books.invented:>7,}")
    print(f"  recall {books.recall:.4f}, precision {books.precision:.4f} (goals 1.0)")
    each = 1000 * spent / books.captures
    print(f"  {books.captures:,} captures, {each:.1f} ms of CPU each: made, read, kept, filed, learned from")
    print(f"  {stats.body_bytes / 1e6:.0f} MB of pages in {stats.packed_bytes / 1e6:.1f} MB")
    for difference in books.differences[:40]:
        print(f"    {difference[:300]}")
    if len(books.differences) > 40:
        print(f"    ... and {len(books.differences) - 40} more")
    return 0 if books.recall == books.precision == 1 else 1


def _progress(done: int, at: datetime) -> None:
    if sys.stderr.isatty():
        print(f"\r  {at:%d %B %Y}: {done:,} captures ", end="", file=sys.stderr)
