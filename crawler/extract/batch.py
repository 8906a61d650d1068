"""Many saved pages at once: rows of a manifest in, rows with what was read out. Reads the pages' files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from archive.errors import LeggerError, of_legger
from archive.model.types import Capture, Precision, SiteMemory, StatedTime
from archive.orphans import deaf_to_interrupts
from crawler.extract.article import read
from crawler.extract.text.classifier import Model
from crawler.siteconfig.site import Site

Row = Mapping[str, Any]


def read_batch(
    rows: Iterable[Row],
    *,
    folder: Path | None = None,
    memory: Literal["none", "site"] = "none",
    workers: int = 1,
    now: datetime | None = None,
) -> Iterator[dict[str, Any]]:
    """Read the pages of a manifest's *rows*, in order.

    A row has ``id`` and ``html_path`` (absolute, or relative to *folder*). These may be null or absent:
    ``url``, ``site``, ``encoding``, and ``captured_at``, when the page was saved (ISO 8601 with an offset). A
    time told from the capture, as "two hours ago", is read only where the row says when that was.

    Out comes ``id, title, text, authors, published, ...`` for each,
    or ``{"id", "text": "", "error"}`` for a page that cannot be read. The text is as the page has it;
    :mod:`crawler.extract.normalize` belongs to filing. With *memory* ``"site"``, what repeats on its site is
    learned from all pages of that site first.
    """
    now = now or datetime.now(UTC)
    jobs: Iterable[tuple[Row, Path | None, SiteMemory | None, datetime]]
    if memory == "site":
        kept = list(rows)
        learned = _learn(kept, folder, now)
        jobs = ((row, folder, learned.get(row.get("site") or ""), now) for row in kept)
    else:
        jobs = ((row, folder, None, now) for row in rows)
    if workers <= 1:
        yield from map(_read, jobs)
        return
    with ProcessPoolExecutor(workers) as pool:
        jobs = iter(jobs)
        while batch := list(islice(jobs, 64 * workers)):  # a manifest may be longer than memory
            with deaf_to_interrupts():
                articles = pool.map(_read, batch, chunksize=8)
            yield from articles


def _learn(rows: list[Row], folder: Path | None, now: datetime) -> dict[str, SiteMemory]:
    """Site name -> what repeats on its pages."""
    from crawler.extract.boilerplate import learn

    by_site: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.get("site"):
            by_site[row["site"]].append(row)
    learned = {}
    for name, pages in by_site.items():
        if len(pages) > 1:
            site, nothing = _site(pages[0]), SiteMemory(site=name)
            learned[name] = learn(_captures(pages, folder, now), site, nothing, now=now)
    return learned


def _captures(rows: Iterable[Row], folder: Path | None, now: datetime) -> Iterator[Capture]:
    for row in rows:
        try:
            yield _capture(row, folder, now)
        except (OSError, ValueError, TypeError, KeyError):
            continue  # it is reported when its turn to be read comes


def _site(row: Row) -> Site:
    name = row.get("site") or ""
    return Site(name=name, url=f"https://{name}/" if name else "")


def _capture(row: Row, folder: Path | None, now: datetime) -> Capture:
    path = Path(row["html_path"])
    charset = row.get("encoding")
    kind = "text/html" + (f"; charset={charset}" if charset else "")
    return Capture(
        site=row.get("site") or "",
        url=row.get("url") or "",
        at=_saved(row) or now,
        status=200,
        headers=(("Content-Type", kind),),
        body=(folder / path if folder is not None else path).read_bytes(),
    )


def _saved(row: Row) -> datetime | None:
    """When a page was saved, if its row says so."""
    if not (said := row.get("captured_at")):
        return None
    at = datetime.fromisoformat(said)
    if at.tzinfo is None:
        raise ValueError(f"captured_at: expected a time with its offset, found {said!r}")
    return at.astimezone(UTC)


def _known(stated: StatedTime | None, row: Row) -> str | None:
    """A time as stated; ``None`` also for one told from a moment that nobody knows."""
    if stated is None or (stated.precision is Precision.RELATIVE and not row.get("captured_at")):
        return None
    return stated.text


def _read(job: tuple[Row, Path | None, SiteMemory | None, datetime]) -> dict[str, Any]:
    row, folder, memory, now = job
    return read_row(row, folder=folder, memory=memory, now=now)


def read_row(
    row: Row,
    *,
    folder: Path | None = None,
    memory: SiteMemory | None = None,
    now: datetime | None = None,
    model: Model | None = None,
) -> dict[str, Any]:
    """One row out for one row in, whatever happens. *model*: other weights than those shipped."""
    try:
        capture, site = _capture(row, folder, now or datetime.now(UTC)), _site(row)
        reading = read(capture, site, memory or SiteMemory(site=site.name), model=model)
        article = reading.article
    except Exception as error:  # one bad page must not end the batch; the row says what went wrong
        return {"id": row.get("id"), "text": "", "error": _in_words(error)}
    return {
        "id": row["id"],
        "title": article.title,
        "text": article.text,
        "authors": list(article.authors),
        "published": _known(article.published, row),
        "modified": _known(article.modified, row),
        "kind": str(article.kind),
        "language": article.language,
        "url": article.url or None,
    }


def _in_words(error: Exception) -> str:
    """Why there is nothing in a row: what is wrong with the row, or with us."""
    told = isinstance(error, LeggerError | OSError | ValueError)
    return str(error) if told else of_legger(error)
