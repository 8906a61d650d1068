"""An archive of a million versions: how fast it files, and how fast it answers."""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import sqlite3
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from archive import Archive, Article, Block, BlockKind, PageKind
from archive.captures.headers import Heads, pack_heads
from archive.model.types import Provenance
from bench.helpers.made_up import WORDS, answer, never, say


def scale(folder: Path, options: argparse.Namespace) -> None:
    """Insert rates and answers at ten thousand versions and at many more."""
    print(f"\nScale: {options.versions:,} versions beside 10,000, of 250 words each")
    rates, answers = {}, {}
    for count in (10_000, options.versions):
        path = folder / f"scale-{count}.db"
        Archive.open(path).close()
        fill(path, count)
        with Archive.open(path) as archive:
            for fresh in (True, False):
                rates[count, fresh] = _rate(archive, count, fresh=fresh)
            answers[count] = _answers(archive, count)
    for fresh, what in ((True, "new articles"), (False, "edits of any article")):
        few, many = rates[10_000, fresh], rates[options.versions, fresh]
        say(f"{what} filed a second at 10,000", few, form=",.0f")
        say(f"{what} filed a second at {options.versions:,}", many, form=",.0f")
        say("  rate there beside rate at 10,000", many / few, "goal 0.8")
    for what in answers[10_000]:
        say(f"{what}, ms", answers[options.versions][what], "goal 10" if "corpus" not in what else "")
    print(f"  the file is {path.stat().st_size / 1e9:.2f} GB; memory at most "
          f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB")  # fmt: skip


EACH = 4
"""Versions of an article."""
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def text_of(number: int) -> str:
    """The text of an article, always the same for a number."""
    chance = random.Random(number)
    return "\n".join(" ".join(chance.choices(_VOCABULARY, k=50)).capitalize() + "." for _ in range(5))


_VOCABULARY = [
    f"{first}{second}{third}" for first in WORDS for second in ("en", "er", "s") for third in WORDS
]


def fill(path: Path, versions: int, *, rich: bool = False) -> None:
    """Rows as filing writes them, put in directly up to so many versions.

    *rich*: with what else pages state: a time, a byline, a section, tags, a picture, links, sources.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -400000")
    connection.execute("INSERT INTO sites (id, name) VALUES (1, 'paper')")
    headers = pack_heads(Heads(request=(("Host", "paper.example"),), answer=(("Content-Type", "text/html"),)))
    connection.execute("BEGIN")
    for article in range(1, versions // EACH + 1):
        born = _LONG_AGO + timedelta(minutes=article)
        url = f"https://paper.example/{article}"
        text = text_of(article)
        times = [f"{born + timedelta(days=day):%Y-%m-%d %H:%M:%S}.000000" for day in range(EACH)]
        _put(
            connection, "articles", id=article, site_id=1, key=str(article), url=url, kind="article",
            status="live", first_seen=times[0], last_seen=times[-1], latest=EACH, stated_hash="",
        )  # fmt: skip
        _put(
            connection, "addresses", id=article, site_id=1, url=url, role="page", found_at=times[0],
            newness=times[0], how="feed", depth=0, article_id=article,
            first_seen=times[0], last_visit=times[-1], failures=0,
        )  # fmt: skip
        for turn, at in enumerate(times):
            number = (article - 1) * EACH + turn + 1
            body = number.to_bytes(8) * 80
            digest = hashlib.sha256(body).digest()
            mark, said = f"1:{digest.hex()}", f"{text}\nDit is versie {turn}."
            _put(
                connection, "bodies", id=number, digest=digest, size=len(body), codec="raw", depth=0,
                data=body,
            )  # fmt: skip
            _put(
                connection, "captures", id=number, site_id=1, address_id=article, at=at, status=200,
                http_version="HTTP/1.1", content_type="text/html", truncated=0, headers=headers,
                dictionary_id=1, body_id=number,
            )  # fmt: skip
            _put(
                connection, "readings", id=number, capture_id=number, extractor="2", rules="", memory=1,
                fingerprint=mark, content_hash=digest.hex(), kind="article", title=f"Kop {article}",
                text=said, word_count=254, **(_rich(url, at) if rich else _plain(url)),
            )  # fmt: skip
            _put(
                connection, "versions", id=number, article_id=article, number=turn + 1, capture_id=number,
                latest_capture_id=number, first_reading_id=number, reading_id=number, fingerprint=mark,
                first_seen=at, last_seen=at, superseded=times[turn + 1] if turn + 1 < EACH else None,
                changed_fields='["text"]' if turn else "[]", edit_kinds="[]", silent=turn == 1, alternating=0,
            )  # fmt: skip
            _put(
                connection, "verdicts", capture_id=number, at=at, kind="changed" if turn else "new",
                page="article", article_id=article, version_id=number, reason="",
            )  # fmt: skip
        if article % 5000 == 0:
            connection.execute("COMMIT")
            connection.execute("BEGIN")
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _put(connection: sqlite3.Connection, table: str, **values: object) -> None:
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))


def _plain(url: str) -> dict[str, object]:
    return {"authors": "[]", "content": f'{{"blocks":{_BLOCKS},"url":"{url}"}}'}


def _rich(url: str, at: str) -> dict[str, object]:
    """Columns of a reading of a page that states much."""
    said = f"{at[:10]}T{at[11:19]}+00:00"
    content = {
        "blocks": [
            "lead",
            *["paragraph"] * 3,
            "subhead",
            "paragraph",
            {"kind": "caption", "text": "De brug."},
        ],
        "byline": "Door Anna Bos",
        "images": [{"url": f"{url}/1.jpg", "caption": "De brug, gisteren.", "credit": "Foto: Jan Dam"}],
        "links": [f"{url}/{name}" for name in WORDS[:5]],
        "published": {"precision": "instant", "raw": said, "source": "json-ld", "value": said},
        "sources": {"title": "json-ld", "authors": "json-ld", "published": "json-ld", "section": "meta"},
        "tags": list(WORDS[:4]),
        "url": url,
    }
    return {
        "authors": '["Anna Bos"]', "section": "Regio", "language": "nl", "published": at,
        "content": orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode(),
    }  # fmt: skip


_BLOCKS = "[" + ",".join(['"paragraph"'] * 6) + "]"

_READER = Provenance(extractor="2", memory=1)


def _rate(archive: Archive, count: int, *, fresh: bool) -> float:
    """Pages filed a second of CPU: new articles, or edits of articles all over the archive."""
    chance = random.Random(count)
    now = datetime(2026, 1, 1 if fresh else 2, tzinfo=UTC)
    pages = []
    for number in range(1500):
        known = chance.randint(1, count // EACH)
        key = f"new-{number}" if fresh else str(known)
        said = text_of(number + 10**9 if fresh else known) + ("" if fresh else f"\nNu is het {number}.")
        pages.append((f"https://paper.example/{key}", key, said))
    began = time.process_time()
    for number, (url, key, said) in enumerate(pages, 1):
        at = now + timedelta(seconds=number)
        kept = archive.captures.keep(answer(url, f"<html><body><p>{said}</p></body></html>".encode(), at))
        blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=line) for line in said.split("\n"))
        article = Article(kind=PageKind.ARTICLE, url=url, title=f"Kop {key}", blocks=blocks, reader=_READER)
        archive.filing.file(article, capture=kept, key=key, read_again=never)
        if number % 200 == 0:
            archive.commit()
    archive.commit()
    return len(pages) / (time.process_time() - began)


def _answers(archive: Archive, count: int) -> dict[str, float]:
    """Milliseconds an answer takes, the median over articles all over the archive."""
    chance = random.Random(7)
    urls = [f"https://paper.example/{chance.randint(1, count // EACH)}" for _ in range(100)]
    moment = _LONG_AGO + timedelta(minutes=count // EACH // 2, days=1)
    early = _LONG_AGO + timedelta(minutes=2000)
    return {
        "history of an article": _time(urls, archive.articles.history),
        "an article as of a day": _time(
            urls, lambda url: archive.articles.version(url, as_of=datetime(2026, 6, 1, tzinfo=UTC))
        ),
        "showing an article": _time(urls, archive.articles.version),
        "diff of an article": _time(urls, archive.articles.diff),
        "newest 30": _time(urls[:10], lambda _: archive.articles.newest(limit=30)),
        "latest 50 silent edits": _time(
            urls[:10], lambda _: list(archive.articles.edits(silent=True, limit=50))
        ),
        "first 1,000 of the corpus half-way": _time(
            urls[:3], lambda _: _take(archive.articles.as_of(moment), 1000)
        ),
        "the whole corpus as of day 2 (2,000 articles)": _time(
            urls[:1], lambda _: _take(archive.articles.as_of(early), 10**9)
        ),
    }


def _take(found: Iterable[Any], count: int) -> int:
    return sum(1 for _, _ in zip(range(count), found, strict=False))


def _time(asked: list[str], question: Callable[[str], object]) -> float:
    spent = []
    for url in asked:
        began = time.perf_counter()
        question(url)
        spent.append(time.perf_counter() - began)
    return 1000 * median(spent)
