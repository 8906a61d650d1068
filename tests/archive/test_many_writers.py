"""Eight programs write at once: no update is lost, nothing is claimed twice, the chain is whole."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from archive import Archive
from tests.archive.newsroom import Filer, article, capture, day

WRITERS, ARTICLES, SITES = 8, 6, 12


def _file_and_claim(where: str, number: int, start: Any, claimed: Any) -> None:
    """Files articles of one site of its own and one that all share, then takes on what is due."""
    with Archive.open(where, create=False) as archive:
        desk = Filer(archive)
        start.wait()
        for place in range(ARTICLES):
            for visit in range(2):
                url = f"https://krant.example/{number}/{place}"
                desk.see(
                    article(f"Bericht {place} van {number}, bezoek {visit}.", url=url),
                    day(visit),
                    key=f"{number}/{place}",
                    url=url,
                    body=f"<p>{number} {place} {visit}</p>".encode(),
                )
                about = f"https://krant.example/over/{number}"
                archive.captures.keep(capture(url=about, at=day(visit), body=b"<p>Over ons</p>"))
                archive.commit()
        for site in range(SITES):
            until = day(1) + timedelta(minutes=10)
            if archive.schedule.claim(f"site{site}", by=f"klok:{number}", now=day(1), until=until):
                claimed.append(f"site{site}")


def test_eight_writers_lose_nothing_claim_nothing_twice_and_leave_the_chain_whole(archive_file: Path) -> None:
    with Archive.open(archive_file) as archive:
        for site in range(SITES):
            archive.schedule.add_entry(f"site{site}", due_at=day(0), at_latest=day(0))
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager:
        claimed, start = manager.list(), manager.Barrier(WRITERS)
        programs = [
            context.Process(target=_file_and_claim, args=(str(archive_file), number, start, claimed))
            for number in range(WRITERS)
        ]
        for each in programs:
            each.start()
        for each in programs:
            each.join()
        assert [each.exitcode for each in programs] == [0] * WRITERS
        assert Counter(claimed) == Counter(f"site{site}" for site in range(SITES))
    with Archive.open(archive_file) as archive:
        assert archive.holdings.site_counts()[0].versions == WRITERS * ARTICLES * 2
        assert archive.integrity.verify() == []
