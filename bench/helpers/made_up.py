"""Answers and words made up for a bench, and how a figure is printed."""

from __future__ import annotations

import hashlib
from datetime import datetime

from archive import Article, Capture


def say(what: str, figure: float, goal: str = "", form: str = ".3f") -> None:
    """One line of a report."""
    print(f"  {what:<62} {figure:>10{form}}  {goal}")


WORDS = (
    "brug", "raad", "school", "markt", "wedstrijd", "brand", "oogst", "fietspad", "museum", "storm", "haven",
    "koor", "plan", "wijk", "boer",
)  # fmt: skip


def answer(url: str, body: bytes, at: datetime) -> Capture:
    """A page as a small server answers with it."""
    headers = (
        ("Date", f"{at:%a, %d %b %Y %H:%M:%S} GMT"),
        ("Server", "nginx"),
        ("Content-Type", "text/html; charset=utf-8"),
        ("ETag", f'"{hashlib.sha256(body).hexdigest()[:20]}"'),
        ("Content-Length", str(len(body))),
    )
    request = (("Host", "paper.example"), ("User-Agent", "Legger/0.1"), ("Accept-Encoding", "gzip"))
    return Capture(
        site="paper", url=url, at=at, status=200, headers=headers, body=body, request_headers=request
    )


def never(capture: Capture) -> Article:
    """The reader of pages that are not to be read again."""
    raise AssertionError("read with one reader, nothing is read again")
