"""A quiet year: a newspaper's life with nothing wrong in it, in which nobody is to be alarmed.

A visit a day of each site, by the real clock (:mod:`bench.fleets.soaking`).
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from archive import Archive
from bench.fleets.soaking.driver import DAY, Soak
from bench.fleets.soaking.hardship import Hardship
from bench.fleets.soaking.outcome import summary
from legger.simulator.profile import OPENING, Rates

QUIET = (
    "buurserbode",
    "vechtdalbode",
    "dinkelkoerier",
    "streekfryslan",
)
"""One that is redesigned, one with a rarer template and a news sitemap,
one with gates and teasers, one in Frisian."""


def main(arguments: list[str]) -> int:
    """Run it and print what came of it; 1 after a false alarm."""
    for each in (signal.SIGINT, signal.SIGTERM):  # a shell's background job is started deaf to the first
        signal.signal(each, signal.default_int_handler)
    parser = argparse.ArgumentParser(prog="python -m bench quiet", description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument(
        "--from-day", type=int, default=0, metavar="DAY", help="of the newspaper's life; 228: in mid-October"
    )
    parser.add_argument("--keep", type=Path, help="folder to leave everything in")
    options = parser.parse_args(arguments)
    folder = options.keep or Path(tempfile.mkdtemp(prefix="legger-quiet-"))
    if folder.exists() and any(folder.iterdir()):
        parser.error(f"--keep: {folder} is not empty; name another folder")
    folder.mkdir(parents=True, exist_ok=True)

    def progress(day: float) -> None:
        told = len(soak.report.false_alarms)
        print(f"\r  day {day:.0f}, {told} false alarms", end="", file=sys.stderr)

    soak = Soak(
        folder,
        days=options.days,
        houses=QUIET,
        articles=12,
        every=DAY,
        hardship=Hardship(quiet=True),
        begin=OPENING + options.from_day * DAY,
        rates=Rates.quiet(),
        progress=progress,
    )
    report = soak.run()
    with Archive.open(soak.archive, create=False, read_only=True) as archive:
        asked = sum(run.counts.asked for run in archive.runs.list() if run.counts is not None)
    print(f"\r{options.days} days from {soak.begin:%Y-%m-%d}, {len(QUIET)} sites, a visit a day")
    for name, value in [*summary(report), ("addresses asked for", f"{asked:,}")]:
        print(f"  {name:<32}{value}")
    for each in report.right_alarms:
        print(f"  of a redesign: {each}")
    for each in report.false_alarms:
        print(f"  FALSE ALARM {each}")
    for each in [*report.differences, *report.unexplained, *report.overlaps][:20]:
        print(f"  - {each}")
    if options.keep is None:
        shutil.rmtree(folder)
    return 1 if report.false_alarms else 0
