"""Search and the reading room's pages at a million articles: medians, 95th percentiles, and ratios.

The archive is made once, outside the repository, and kept for the next run (``--folder``). It is synthetic:
words by Zipf's law from made-up syllables, twenty sites visited daily for ten years, one article in thirteen
edited, each seen once more unchanged, one address in ten missed. Sketches of near-duplicates are left out.

    python -m bench room                      a million articles (about ten minutes to make, once)
    python -m bench room --articles 20000     a quick look

With ``LEGGER_BENCH_CPU=1`` times are of CPU. At the end two hundred readers come at once, while articles are
filed.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import random
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import numpy as np
import psutil

from archive import Archive
from archive.captures.headers import Heads, pack_heads
from archive.model.reports import RunCounts

OF_CPU = "LEGGER_BENCH_CPU" in os.environ
"""Times are of CPU, for a machine on which others work."""
SITES, EDITED, WORDS, VOCABULARY = 20, 13, 130, 80_000
BEGIN = datetime(2016, 1, 1, tzinfo=UTC)
SECTIONS = ("112", "regio", "sport", "politiek", "cultuur", None)
PLACES = ("Almelo", "Borne", "Haaksbergen", "Hengelo", "Enschede", None, None, None)
FIRST, LAST = (
    ("Anke", "Bram", "Fenna", "Gijs", "Hylke", "Ineke"),
    ("Ter Braak", "Olthof", "Wessels", "Kamp", "Roo"),
)
REASONS = (("HTTP 404", "4xx"), ("robots.txt", "robots"), ("timeout", "timeout"), ("a gate", "gate"))
SYLLABLES = "ba de gi ko lu ma ne po ra si to vu wa ze bro ster kan ting den lijk haar moes vel rijk"


def main(arguments: list[str]) -> int:
    """Make the archive if need be, ask it what readers ask, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench room", description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "legger-bench")
    parser.add_argument("--queries", type=int, default=200, help="ordinary queries asked of each kind")
    parser.add_argument("--readers", type=int, default=200, help="readers at once; 0: none")
    parser.add_argument("--seconds", type=float, default=30, help="how long they read")
    parser.add_argument("--only-readers", action="store_true", help="measure nothing else")
    chosen = parser.parse_args(arguments)
    where = chosen.folder / f"room-{chosen.articles}.db"
    if not where.exists():
        chosen.folder.mkdir(parents=True, exist_ok=True)
        started = time.perf_counter()
        make(where, chosen.articles)
        print(f"made {where} in {time.perf_counter() - started:.0f} s")
    Archive.open(where).close()  # to today's schema, when an earlier Legger made it
    print(f"{where}: {where.stat().st_size / 1e9:.2f} GB")
    if not chosen.only_readers:
        measure(where, chosen.queries)
    if chosen.readers:
        crowd(
            where, chosen.readers, chosen.seconds, [word for kind, word in ordinary(60) if kind == "one word"]
        )
    return 0


# ---------------------------------------------------------------- the archive


def vocabulary() -> list[str]:
    """Words from syllables, short ones first, as in a language."""
    chance = np.random.default_rng(1)
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        length = 1 + len(words).bit_length() // 6 + int(chance.integers(0, 3))
        words["".join(chance.choice(SYLLABLES.split(), length))] = None
    return list(words)


def zipf() -> np.ndarray[Any, np.dtype[np.float64]]:
    """Cumulative chances of the words."""
    weights = 1 / (np.arange(VOCABULARY) + 2.7)
    return np.asarray(np.cumsum(weights / weights.sum()))


def make(where: Path, articles: int) -> None:
    """A synthetic archive, its rows written directly: filing a million would measure filing."""
    part = where.with_suffix(".part")
    part.unlink(missing_ok=True)
    Archive.open(part).close()
    connection = sqlite3.connect(part)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -262144")
    connection.executemany(
        "INSERT INTO sites (id, name) VALUES (?, ?)", [(n, f"site{n:02}") for n in range(1, SITES + 1)]
    )
    words, chances = np.array(vocabulary(), dtype=object), zipf()
    chance = np.random.default_rng(2)
    step = timedelta(days=3650) / articles
    version = kept = 0
    headers = pack_heads(Heads(request=(("Host", "site.example"),), answer=(("Content-Type", "text/html"),)))
    _put_runs(connection)
    columns: dict[str, str] = {
        "addresses": "id, site_id, url, role, found_at, how, depth, article_id, first_seen, last_visit, "
        "last_status, failures, newness, reason, missed",
        "bodies": "id, digest, size, codec, depth, data",
        "captures": "id, site_id, address_id, at, status, http_version, truncated, headers, body_id, run_id",
        "readings": "id, capture_id, extractor, rules, memory, fingerprint, content_hash, kind, title, text, "
        "authors, published, section, language, word_count, content",
        "articles": "id, site_id, key, url, kind, status, first_seen, last_seen, latest, stated_hash",
        "versions": "id, article_id, number, capture_id, latest_capture_id, first_reading_id, reading_id, "
        "fingerprint, first_seen, last_seen, superseded, changed_fields, edit_kinds, silent, words_added, "
        "words_removed, words_moved, alternating",
        "verdicts": "capture_id, at, kind, page, article_id, version_id, reason",
        "indexed": "version_id, reading_id, published, published_at, section, authors, language, place",
    }
    for start in range(1, articles + 1, 1000):
        rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in columns}
        fresh: list[tuple[Any, ...]] = []
        drawn = words[np.searchsorted(chances, chance.random((1000, WORDS + 6)))]
        for place, number in enumerate(range(start, min(start + 1000, articles + 1))):
            row = drawn[place]
            site, at = number % SITES + 1, BEGIN + step * number
            text = f"{at:%Y-%m-%d %H:%M:%S.%f}"
            later = f"{at + timedelta(days=2):%Y-%m-%d %H:%M:%S.%f}"
            section, home = SECTIONS[number % 6], PLACES[number % 8]
            title = " ".join(row[:6]).capitalize()
            sentences = [" ".join(row[at_ : at_ + 13]).capitalize() + "." for at_ in range(6, WORDS, 13)]
            bodies = ["\n".join(sentences)]
            if number % EDITED == 0:
                bodies.append("\n".join(sentences[:4] + sentences[5:]))
            url = f"https://site{site:02}.example/{number}"
            authors = [f"{FIRST[number % 6]} {LAST[number // 7 % 5]}"] if number % 3 else []
            wrote, told = json.dumps(authors), text if number % 17 else None
            run = (at - BEGIN).days * SITES + site
            rows["addresses"].append(
                (number, site, url, "page", text, "feed", 1, number, text, later, 200, 0, text, None, None)
            )
            if number % 10 == 0:
                reason, missed = REASONS[number // 10 % 4]
                rows["addresses"].append(
                    (articles + number, site, f"{url}/beside", "page", text, "link", 2, None, text, later,
                     404, 1, text, reason, missed)
                )  # fmt: skip
            for count, body in enumerate(bodies, 1):
                version += 1
                seen = text if count == 1 else later
                superseded = later if count < len(bodies) else None
                kept += 1
                digest = hashlib.sha256(kept.to_bytes(8)).digest()
                rows["bodies"].append((kept, digest, 40, "raw", 0, digest + kept.to_bytes(8)))
                rows["captures"].append(
                    (
                        kept,
                        site,
                        number,
                        seen,
                        200,
                        "HTTP/1.1",
                        0,
                        headers,
                        kept,
                        run + (count - 1) * 2 * SITES,
                    )
                )
                blocks = '["paragraph"' + ',"paragraph"' * body.count("\n") + "]"
                content = f'{{"blocks":{blocks},"url":"{url}"}}'
                rows["readings"].append(
                    (version, kept, "1", "", 0, f"1:{version}", f"{version:064x}", "article", title, body,
                     wrote, told, section, "nl", WORDS, content)
                )  # fmt: skip
                rows["versions"].append(
                    (version, number, count, kept, kept, version, version, f"1:{version}", seen, later,
                     superseded, "[]" if count == 1 else '["text"]', "[]" if count == 1 else '["context"]',
                     int(count > 1 and number % 5 == 0),
                     None if count == 1 else 0, None if count == 1 else 13, None if count == 1 else 0, 0)
                )  # fmt: skip
                verdict = "new" if count == 1 else "changed"
                rows["verdicts"].append((kept, seen, verdict, "article", number, version, ""))
                day = told[:10] if told else None
                rows["indexed"].append((version, version, day, told, section, wrote, "nl", home))
                fresh.append((version, title, body, wrote, section))
            kept += 1
            rows["captures"].append(
                (kept, site, number, later, 304, "HTTP/1.1", 0, headers, None, run + 2 * SITES)
            )
            rows["verdicts"].append((kept, later, "same", None, number, version, ""))
            gone = number % 50 == 7
            rows["articles"].append(
                (number, site, str(number), url, "article", "gone" if gone else "live", text, later,
                 len(bodies), "")
            )  # fmt: skip
        for name, names in columns.items():
            marks = ", ".join("?" * (names.count(",") + 1))
            connection.executemany(f"INSERT INTO {name} ({names}) VALUES ({marks})", rows[name])
        connection.executemany(
            "INSERT INTO words (rowid, title, text, authors, section) VALUES (?, ?, ?, ?, ?)", fresh
        )
        if start % 20_000 == 1:
            connection.commit()
            print(f"\r{start:,} of {articles:,}", end="", flush=True)
    print()
    connection.execute(
        "UPDATE articles SET missed_since = last_seen, gone_at = last_seen WHERE status = 'gone'"
    )
    connection.commit()
    connection.execute("INSERT INTO words (words) VALUES ('optimize')")
    connection.commit()
    connection.close()
    part.rename(where)


def _put_runs(connection: sqlite3.Connection) -> None:
    """A visit a day of each site; one in forty was cut short."""
    counts = json.dumps(RunCounts(asked=20, pages=20, new=14, same=6).plain())
    for day in range(3653):
        at = BEGIN + timedelta(days=day)
        begun, ended = f"{at:%Y-%m-%d %H:%M:%S.%f}", f"{at + timedelta(minutes=5):%Y-%m-%d %H:%M:%S.%f}"
        for site in range(1, SITES + 1):
            cut = (day + site) % 40 == 0
            connection.execute(
                "INSERT INTO runs (id, site_id, started, ended, outcome, settings, counts, requests, "
                "received, reasons, why) VALUES (?, ?, ?, ?, ?, '{}', ?, 21, 900000, '{}', ?)",
                (day * SITES + site, site, begun, ended, "partly" if cut else "done", counts,
                 "the site asks us to wait" if cut else None),
            )  # fmt: skip


# ---------------------------------------------------------------- what readers ask


def ordinary(count: int) -> Iterator[tuple[str, str]]:
    """(kind, query) as readers type them: words of every frequency, pairs, phrases, beginnings, filters."""
    words, chances = vocabulary(), zipf()
    chance = np.random.default_rng(3)

    def word(low: int = 30) -> str:
        while True:
            place = int(np.searchsorted(chances, chance.random()))
            if place >= low:
                return words[place]

    for _ in range(count):
        yield "one word", word()
        yield "two words", f"{word()} {word()}"
        yield "title", f"title:{word()}"
        yield "site and year", f"{word()} site:site{int(chance.integers(1, 21)):02} published:2021"
        yield "every version", f"{word()} in:all"
    for _ in range(count // 4):
        yield "phrase", f'"{word(5)} {word(5)}"'
        yield "either", f"{word()} OR {word()}"
        yield "beginning", f"{word(300)}*"
    for place in range(6):
        yield "in every article", words[place]


def measure(where: Path, count: int) -> None:
    """Print the table."""
    queries: dict[str, list[str]] = {}
    for kind, query in ordinary(count):
        queries.setdefault(kind, []).append(query)
    with Archive.open(where, read_only=True, seconds=60) as archive:
        for query in ("gi", "de", "ko"):
            archive.search.search(query)  # the file's first pages, once
        print(f"\n{'page one, in ms':30}{'median':>9}{'95 %':>9}{'slowest':>9}")
        every: dict[str, list[float]] = {}
        for kind, asked in queries.items():
            for name, ask in (
                ("newest", archive.search.search),
                ("best", lambda query: archive.search.search(query, sort="relevance")),
                ("facets", archive.search.facets),
            ):
                times = [_timed(lambda query=query, ask=ask: ask(query)) for query in asked]
                if kind not in ("in every article",):
                    every.setdefault(name, []).extend(times)
                _print(f"{kind}, {name}", times)
        for name, times in every.items():
            _print(f"ordinary queries, {name}", times)
        removed = [f"in:removed {query}" for query in queries["one word"][:40]]
        _print("in:removed", [_timed(lambda query=query: archive.search.search(query)) for query in removed])
        counted = queries["one word"][:40]
        _print(
            "count by month, exact",
            [_timed(lambda query=query: archive.search.count(query, by="month")) for query in counted],
        )
    _pages(where, queries["one word"])


def _pages(where: Path, words: list[str]) -> None:
    from starlette.testclient import TestClient

    from legger.web import WebContext, application

    with (
        Archive.open(where, read_only=True, seconds=60) as archive,
        Archive.open(where, read_only=True) as stacks,
        TestClient(application(WebContext(archive=archive, stacks=stacks))) as client,
    ):
        last = archive.listings.found_last(limit=1).items[0].article_id
        edited = [number for number in range(EDITED, last, max(last // 40, 1)) if number % EDITED == 0]
        edited = edited or [EDITED]
        pages = {
            "front, the first time": ["/"],
            "front, again": ["/"] * 20,
            "search": [f"/search?q={word}" for word in words[:60]],
            "article": [f"/articles/{number}" for number in range(1, last, max(last // 60, 1))],
            "compare": [f"/articles/{number}/compare" for number in edited],
            "edits": ["/edits", "/edits?silent=true", "/edits?site=site03"] * 5,
            "edits of a kind": ["/edits?kind=context", "/search?q=in:all+kind:context+gi"] * 5,
            "about, again": ["/about"] * 6,
            "gone": ["/gone", "/gone?site=site03"] * 5,
            "site, the first time": ["/sites/site03", "/sites/site04", "/sites/site05"],
            "site, again": ["/sites/site03"] * 10,
            "api search": [f"/api/v1/search?q={word}" for word in words[:60]],
        }
        print(f"\n{'pages, in ms':30}{'median':>9}{'95 %':>9}{'slowest':>9}")
        for name, paths in pages.items():
            times = []
            for path in paths:
                answers: list[Any] = []
                times.append(_timed(lambda path=path, answers=answers: answers.append(client.get(path))))
                assert answers[0].status_code == 200, (path, answers[0].status_code)
            _print(name, times)


# ---------------------------------------------------------------- many readers, and a crawl that writes


def crowd(where: Path, readers: int, seconds: float, words: list[str]) -> None:
    """So many readers at once, each with a page every ten seconds, of the reading room as it is served, while
    another process files articles."""
    last = _last_article(where)
    with _served(where) as (address, cpu), _writer(where) as filed:
        before = cpu()
        answers = asyncio.run(_readers(address, readers, seconds, last, words))
        spent, number = cpu() - before, filed()
    asked = sum(map(len, answers.values()))
    print(f"\n{f'{readers} readers at once, in ms':30}{'median':>9}{'95 %':>9}{'slowest':>9}")
    for name, times in sorted(answers.items()):
        if name != "errors":
            _print(f"{name} ({len(times)})", times)
    print(
        f"errors: {len(answers['errors'])}; CPU of the room {1000 * spent / max(asked, 1):.0f} ms a page; "
        f"articles filed meanwhile: {number}",
        flush=True,
    )


def _last_article(where: Path) -> int:
    with Archive.open(where, read_only=True) as archive:
        return archive.listings.found_last(limit=1).items[0].article_id


@contextmanager
def _served(where: Path) -> Iterator[tuple[str, Callable[[], float]]]:
    """The reading room in a process of its own, warm: its address, and the CPU seconds it has used."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "legger", "serve", "--archive", str(where), "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(600):
                with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/", timeout=60) as answer:
                    answer.read()
                    break
                time.sleep(0.2)
            watched = psutil.Process(process.pid)

            def cpu() -> float:
                spent = watched.cpu_times()
                return float(spent.user + spent.system)

            yield f"http://127.0.0.1:{port}", cpu
        finally:
            process.terminate()


@contextmanager
def _writer(where: Path) -> Iterator[Callable[[], str]]:
    """A process that files new articles, ten a second, as a crawl does."""
    command = [sys.executable, "-m", "bench.helpers.filing", str(where)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as process:

        def stop() -> str:
            return process.communicate("stop\n", timeout=60)[0].strip()

        yield stop
        process.terminate()


async def _readers(
    address: str, readers: int, seconds: float, last: int, words: list[str]
) -> dict[str, list[float]]:
    import aiohttp

    answers: dict[str, list[float]] = {"errors": []}
    until = time.perf_counter() + seconds

    async def read(number: int, session: aiohttp.ClientSession) -> None:
        chance = random.Random(number)
        await asyncio.sleep(10 * chance.random())
        while time.perf_counter() < until:
            name, path = chance.choice(
                [("article", f"/articles/{chance.randint(1, last)}")] * 6
                + [("search", f"/search?q={chance.choice(words)}"), ("front", "/"), ("edits", "/edits")]
            )
            began = time.perf_counter()
            try:
                async with session.get(f"{address}{path}") as answer:
                    await answer.read()
                    good = answer.status == 200
            except aiohttp.ClientError:
                good = False
            took = 1000 * (time.perf_counter() - began)
            answers.setdefault(name if good else "errors", []).append(took)
            if not good:
                print(f"no answer: {path}", flush=True)
            await asyncio.sleep(10 * (0.5 + chance.random()))

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.gather(*(read(number, session) for number in range(readers)))
    return answers


def _timed(ask: Callable[[], object]) -> float:
    """Milliseconds; of CPU where that was asked for: what others do on the machine counts for less."""
    clock = time.process_time if OF_CPU else time.perf_counter
    started = clock()
    ask()
    return 1000 * (clock() - started)


def _print(name: str, times: list[float]) -> None:
    ordered = sorted(times)
    tail = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    print(f"{name:30}{statistics.median(times):9.1f}{tail:9.1f}{ordered[-1]:9.1f}", flush=True)
