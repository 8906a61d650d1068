"""One reader over the pages of a manifest, in a process of its own: texts and fields out, CPU time told.

Runs in the peers' environment as well as in Legger's, so it imports nothing but the reader it is asked for.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Answer = dict[str, Any]
Reads = Callable[[bytes, Row], Answer]
WARM = 5
"""Pages read before the clock starts: what is loaded once is no page's cost."""


def legger() -> tuple[Reads, None]:
    """Legger, each page alone; fields and text are one reading."""
    from datetime import UTC, datetime

    from archive.model.types import Capture, SiteMemory
    from crawler.extract.article import extract
    from crawler.siteconfig.site import Site

    now = datetime.now(UTC)

    def read(body: bytes, row: Row) -> Answer:
        name, charset = row.get("site") or "", row.get("encoding")
        kind = "text/html" + (f"; charset={charset}" if charset else "")
        capture = Capture(
            site=name,
            url=row.get("url") or "",
            at=now,
            status=200,
            headers=(("Content-Type", kind),),
            body=body,
        )
        site = Site(name=name, url=f"https://{name}/" if name else "")
        article = extract(capture, site, SiteMemory(site=name))
        return {
            "text": article.text,
            "title": article.title,
            "authors": list(article.authors),
            "published": article.published.text if article.published else None,
        }

    return read, None


def trafilatura(**options: bool) -> tuple[Reads, Reads]:
    """trafilatura with its defaults for the text; its metadata apart, as its speed is told without."""
    from trafilatura import extract, extract_metadata

    def read(body: bytes, row: Row) -> Answer:
        return {"text": extract(body, url=row.get("url"), **options) or ""}

    def fields(body: bytes, row: Row) -> Answer:
        found = extract_metadata(body, default_url=row.get("url"))
        if found is None:
            return {}
        names = (found.author or "").split(";")
        return {
            "title": found.title,
            "authors": [each.strip() for each in names if each.strip()],
            "published": found.date,
        }

    return read, fields


def readability() -> tuple[Reads, None]:
    """readability-lxml: the text of its summary, and its short title."""
    from lxml import html
    from readability import Document

    blocks = ("p", "div", "li", "br", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "td", "tr", "pre")

    def read(body: bytes, row: Row) -> Answer:
        document = Document(body)
        tree = html.fromstring(document.summary())
        for element in tree.iter(*blocks):
            element.tail = "\n" + (element.tail or "")
        return {"text": tree.text_content(), "title": document.short_title()}

    return read, None


def newspaper() -> tuple[Reads, None]:
    """newspaper4k, on text decoded as the row says, for it takes no bytes."""
    from newspaper import Article

    def read(body: bytes, row: Row) -> Answer:
        article = Article(row.get("url") or "https://news.invalid/", fetch_images=False)
        article.download(input_html=body.decode(row.get("encoding") or "utf-8", "replace"))
        article.parse()
        at = article.publish_date
        return {
            "text": article.text,
            "title": article.title,
            "authors": article.authors,
            "published": at.isoformat() if hasattr(at, "isoformat") else at,
        }

    return read, None


READERS: dict[str, Callable[[], tuple[Reads, Reads | None]]] = {
    "legger": legger,
    "trafilatura": trafilatura,
    "trafilatura, precision": lambda: trafilatura(favor_precision=True),
    "readability-lxml": readability,
    "newspaper4k": newspaper,
}


def pages(manifest: Path) -> Iterator[tuple[bytes, Row]]:
    """The pages of a manifest with their rows."""
    with manifest.open(encoding="utf-8") as rows:
        for line in rows:
            row = json.loads(line)
            yield (manifest.parent / row["html_path"]).read_bytes(), row


def run(name: str, manifest: Path, out: Path) -> dict[str, float]:
    """Read all pages; returns the seconds of CPU for the text, and with the fields."""
    read, fields = READERS[name]()
    text = both = 0.0
    failed = count = 0
    for number, (body, row) in enumerate(pages(manifest)):
        if number == WARM:
            break
        _answer(read, body, row)
    with out.open("w", encoding="utf-8") as answers:
        for body, row in pages(manifest):
            started = time.process_time()
            answer = _answer(read, body, row)
            between = time.process_time()
            text += between - started
            if fields is not None:
                answer = {**_answer(fields, body, row), **answer}
            both += time.process_time() - started
            failed += "error" in answer
            count += 1
            answers.write(json.dumps({"id": row["id"], **answer}, ensure_ascii=False) + "\n")
    return {"pages": count, "text": text, "both": both, "failed": failed}


def _answer(read: Reads, body: bytes, row: Row) -> Answer:
    try:
        return read(body, row)
    except Exception as error:  # one bad page must not end the run; it is counted
        return {"text": "", "error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    import logging

    logging.disable(logging.CRITICAL)
    print(json.dumps(run(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
