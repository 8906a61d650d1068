"""A quarter in an hour: the real clock, real visits at the practice newspaper, all that befalls them.

Visits and clocks are killed, the disk is full for a day, the archive is locked, a site is dead for a week.
The quarter has March's change of clocks in it; ten days of October, on an archive of their own, have the
other.
How it is done: :mod:`bench.fleets.soaking`.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from bench.fleets.soaking.driver import Soak
from bench.fleets.soaking.hardship import FAILURES, Hardship
from bench.fleets.soaking.outcome import summary
from legger.simulator.houses import HOUSES, SISTERS
from legger.simulator.profile import OPENING

MOST_AT_ONCE = 8
"""Failures in one round of the short form, a house for each."""
TEN = tuple(each.profile.name for each in (*HOUSES, *SISTERS))
AUTUMN = OPENING + timedelta(days=233)
"""Four days before summer time ends."""


def main(arguments: list[str]) -> int:
    """Run it and print what came of it; 1 when the archive is not right at the end."""
    for each in (signal.SIGINT, signal.SIGTERM):  # a shell's background job is started deaf to the first
        signal.signal(each, signal.default_int_handler)
    parser = argparse.ArgumentParser(prog="python -m bench soak", description=__doc__)
    parser.add_argument("--days", type=int, default=90, help="from 2 March 2026; 0: no spring")
    parser.add_argument("--autumn", type=int, default=10, help="days from 21 October; 0: no autumn")
    parser.add_argument("--visits", type=int, default=4, help="a day, of each site")
    parser.add_argument("--articles", type=int, default=12, help="of each house at the beginning")
    parser.add_argument(
        "--failures", action="store_true",
        help="three days in minutes: on the second each site fails in a way of its own",
    )  # fmt: skip
    parser.add_argument("--keep", type=Path, help="folder to leave everything in")
    options = parser.parse_args(arguments)
    folder = options.keep or Path(tempfile.mkdtemp(prefix="legger-soak-"))
    if folder.exists() and any(folder.iterdir()):
        parser.error(f"--keep: {folder} is not empty; name another folder")
    if options.failures:
        return _failures(folder, keep=options.keep is not None)
    wrong = False
    for season, begin, days in (("spring", OPENING, options.days), ("autumn", AUTUMN, options.autumn)):
        if not days:
            continue
        (folder / season).mkdir(parents=True, exist_ok=True)
        soak = Soak(
            folder / season,
            days=days,
            houses=TEN,
            articles=options.articles,
            every=timedelta(days=1) / options.visits,
            hardship=hardship_of(days),
            begin=begin,
            progress=lambda day, season=season: print(
                f"\r  {season}: day {day:.0f}", end="", file=sys.stderr
            ),
        )
        report = soak.run()
        print(
            f"\r{season}: {days} days from {begin:%Y-%m-%d}, {len(TEN)} sites, {options.visits} visits a day"
        )
        for name, value in summary(report):
            print(f"  {name:<32}{value}")
        for each in [*report.differences, *report.unexplained, *report.overlaps][:20]:
            print(f"  - {each}")
        wrong |= bool(report.differences or report.unexplained or report.verified or report.overlaps)
    if options.keep is None:
        shutil.rmtree(folder)
    return 1 if wrong else 0


def _failures(folder: Path, *, keep: bool) -> int:
    """The short form: what is told of each failure, and that nothing is told of a quiet day.

    Where there are more failures than houses they come in several rounds.
    """
    wrong = False
    names = list(FAILURES)
    for first in range(0, len(names), MOST_AT_ONCE):
        wrong |= _round(folder / str(first), names[first : first + MOST_AT_ONCE])
    if not keep:
        shutil.rmtree(folder)
    return 1 if wrong else 0


def _round(folder: Path, failures: Sequence[str]) -> bool:
    """Whether any of these failures was not told in time, or something else was."""
    folder.mkdir(parents=True, exist_ok=True)
    houses = TEN[: len(failures)]
    soak = Soak(
        folder,
        days=3,
        houses=houses,
        articles=4,
        every=timedelta(hours=12),
        hardship=Hardship(failures=dict(zip(houses, failures, strict=True)), failing=(1.0, 2.0), quiet=True),
        progress=lambda day: print(f"\r  day {day:.0f}", end="", file=sys.stderr),
    )
    report = soak.run()
    print(f"\r{len(houses)} sites, two visits a day; from day 1 to 2 fail:")
    for house, what in soak.hardship.failures.items():
        told = report.told.get(house)
        print(f"  {house:<20}{what:<22}{f'alarm after visit {told}' if told else 'NOT TOLD'}")
    for each in report.false_alarms:
        print(f"  FALSE ALARM {each}")
    print(f"  false alarms: {len(report.false_alarms)}; visits: {report.runs}; seconds: {report.seconds:.0f}")
    return bool(report.untold or report.false_alarms)


def hardship_of(days: int) -> Hardship:
    """All that befalls in so many days."""
    return Hardship(
        kill_visit=[day + 0.5 for day in range(2, days, 4)],
        kill_clock=[day + 0.25 for day in range(3, days, 9)],
        disk_full=(days * 0.4, days * 0.4 + 1),
        locked=days * 0.6,
        dead=("waldkrante", days * 0.7, days * 0.7 + min(7, days / 4)),
    )
