"""Dates, authors, titles and tags of articles, against gold and against the day in an article's address.

    python -m bench fields --data FOLDER                  sets of real pages: folders with a manifest.jsonl
    python -m bench fields --data FOLDER --sets older -v  with each page that is not right

Two questions. What gold tells (day, authors, title, tags), page by page, with the days in addresses taken
out. And what addresses tell: the pages of a site of five pages or more whose addresses hold a day
(``/2014/11/23/``, ``/2014-11-23-``) are read as they are, and again with that day taken out of all the
addresses on them. A page is right when the day is read (for an address, a day to either side: it keeps the
day of the site's own zone), wrong when another is, and counts as none when there is no date. A date relative
to a capture ("2 hours ago") is none, because nobody knows when the pages of a set were saved. No feed is
asked. A folder with a ``truth.json`` holds sites saved several times: their fullest visit is read.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from archive.model.types import Capture, Precision, StatedTime
from crawler.extract.fields.fields import Fields, read_fields
from crawler.extract.page.page import Page
from crawler.siteconfig.site import Site

Row = dict[str, Any]
IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](\d\d?)[/-](\d\d?)(?=\D|$)")
IN_BYTES = re.compile(rb"(?<=[\w.-])/(?:19|20)\d\d[/-]\d\d?[/-]\d\d?[/-]")
NOW = datetime.now(UTC)
PAGES_OF_A_SITE = 5
"""So many pages make a site of the second table."""


@dataclass
class FieldTally:
    """How often a field was right, wrong, or not told."""

    right: int = 0
    wrong: int = 0
    none: int = 0
    misses: list[str] = field(default_factory=list)

    def count(self, wanted: Any, found: Any, *, right: bool, page: str) -> None:
        """Count one page: *found* was read where *wanted* is true."""
        if right:
            self.right += 1
            return
        if found:
            self.wrong += 1
        else:
            self.none += 1
        self.misses.append(f"{page}: {found!r}, not {wanted!r}")

    @property
    def pages(self) -> int:
        """How many were counted."""
        return self.right + self.wrong + self.none


def main(arguments: list[str]) -> int:
    """Read the sets and print both tables."""
    parser = argparse.ArgumentParser(
        prog="python -m bench fields", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder of sets")
    parser.add_argument("--sets", help="names of sets, with commas; without: all that --data has")
    parser.add_argument("--zone", default="Europe/Amsterdam", help="time zone of sets that state no other")
    parser.add_argument("-v", action="store_true", dest="verbose", help="tell each page that is not right")
    options = parser.parse_args(arguments)
    if options.data is None:
        print("no --data: the practice newspaper's own tests hold its fields; nothing to measure here")
        return 0
    manifests = sorted([*options.data.glob("*/manifest.jsonl"), *options.data.glob("*/truth.json")])
    if options.sets:
        manifests = [each for each in manifests if each.parent.name in options.sets.split(",")]
    if not manifests:
        print(f"no sets in {options.data}: a set is a folder with a manifest.jsonl", file=sys.stderr)
        return 2
    gold: dict[str, dict[str, FieldTally]] = {}
    addresses: dict[str, FieldTally] = {}
    for manifest in manifests:
        name = manifest.parent.name
        if manifest.name == "truth.json":
            rows = list(saved_visits(manifest))
        else:
            rows = [json.loads(line) for line in manifest.open(encoding="utf-8")]
        by_gold = against_gold(rows, manifest.parent, options.zone)
        if by_gold:
            gold[name] = by_gold
        for how, masked in (("as they are", False), ("days taken out", True)):
            tally = against_addresses(rows, manifest.parent, options.zone, masked=masked)
            if tally.pages:
                addresses[f"{name}, {how}"] = tally
    print(f"{'against gold':<26}{'pages':>7}{'right':>8}{'wrong':>8}{'none':>8}")
    for name, tallies in gold.items():
        for what, tally in tallies.items():
            show(f"{name}, {what}", tally, verbose=options.verbose)
    print(f"\n{'against the address':<26}{'pages':>7}{'right':>8}{'wrong':>8}{'none':>8}")
    for name, tally in addresses.items():
        show(name, tally, verbose=options.verbose)
    return 0


def show(name: str, tally: FieldTally, *, verbose: bool) -> None:
    """One line of a table."""
    n = tally.pages
    shares = "".join(f"{each / n:>8.3f}" for each in (tally.right, tally.wrong, tally.none))
    print(f"{name:<26}{n:>7}{shares}")
    if verbose:
        for each in tally.misses:
            print(f"    {each}")


def saved_visits(truth: Path) -> Iterator[Row]:
    """The pages of sites that were saved several times, as they stood when most of them were there."""
    for name, site in json.loads(truth.read_text(encoding="utf-8")).items():
        visits = [sorted(each.rglob("*.html")) for each in (truth.parent / name).glob("visit*")]
        pages = max(visits, key=len, default=[])
        top = pages[0].parents[len(pages[0].relative_to(truth.parent).parts) - 3] if pages else truth.parent
        for page in pages:
            path = page.relative_to(top).as_posix().removesuffix("index.html")
            url = f"{site['own'].rstrip('/')}/{path}"
            yield {
                "id": f"{name}/{path}",
                "site": name,
                "url": url,
                "html_path": page.relative_to(truth.parent),
            }


# ---------------------------------------------------------------- against gold


def against_gold(rows: Iterable[Row], folder: Path, zone: str) -> dict[str, FieldTally]:
    """Field name -> how it was read, over the rows whose gold has it. Addresses keep no day here."""
    tallies: dict[str, FieldTally] = defaultdict(FieldTally)
    for row in rows:
        gold = row.get("gold") or {}
        if not any(gold.get(name) for name in ("published", "title", "authors", "tags")):
            continue
        found = read(row, folder, zone, masked=True)
        page = row["id"]
        if stated := day_of(gold.get("published")):
            said = _stated(found)
            days = {said.value.date(), said.value.astimezone(UTC).date()} if said else set()
            tallies["day"].count(stated, _told(said), right=stated in days, page=page)
        if gold.get("title"):
            tallies["title"].count(
                gold["title"], found.title, right=same(found.title) == same(gold["title"]), page=page
            )
        if gold.get("authors"):
            wanted, names = {same(each) for each in gold["authors"]}, {same(each) for each in found.authors}
            tallies["authors"].count(gold["authors"], found.authors, right=wanted == names, page=page)
        if "tags" in gold and gold["tags"] is not None:
            wanted, names = {same(each) for each in gold["tags"]}, {same(each) for each in found.tags}
            tallies["tags"].count(gold["tags"], found.tags, right=wanted == names, page=page)
    return dict(tallies)


def day_of(stated: str | None) -> date | None:
    """The day of a date in gold, as it is written there."""
    try:
        return date.fromisoformat((stated or "")[:10])
    except ValueError:
        return None


def same(text: str) -> str:
    """*text* for comparing: letters and digits, composed, lower case."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


# ---------------------------------------------------------------- against addresses


def against_addresses(rows: Iterable[Row], folder: Path, zone: str, *, masked: bool) -> FieldTally:
    """How the days of pages are read whose addresses hold them; *masked*: with these taken out."""
    rows = list(rows)
    pages = Counter(row.get("site") for row in rows)
    tally = FieldTally()
    for row in rows:
        stated = IN_ADDRESS.search(row.get("url") or "")
        if not stated or pages[row.get("site")] < PAGES_OF_A_SITE:
            continue
        wanted = date(*map(int, stated.groups()))
        found = read(row, folder, zone, masked=masked)
        said = _stated(found)
        near = said is not None and abs((said.value.date() - wanted).days) <= 1
        tally.count(wanted, _told(said), right=near, page=row["id"])
    return tally


def _stated(found: Fields) -> StatedTime | None:
    """The date of publication, unless it hangs on the time of the capture."""
    said = found.published
    return said if said and said.precision is not Precision.RELATIVE else None


def _told(said: StatedTime | None) -> str:
    return f"{said.value.date()} ({said.source}, {said.raw!r})" if said else ""


def read(row: Row, folder: Path, zone: str, *, masked: bool = False) -> Fields:
    """The fields of a row's page; *masked*: without the days in addresses."""
    name, charset, url = row.get("site") or "", row.get("encoding"), row.get("url") or ""
    body = (folder / row["html_path"]).read_bytes()
    if masked:
        body, url = IN_BYTES.sub(b"/", body), IN_ADDRESS.sub("/", url).replace("/-", "/")
    kind = "text/html" + (f"; charset={charset}" if charset else "")
    capture = Capture(site=name, url=url, at=NOW, status=200, headers=(("Content-Type", kind),), body=body)
    site = Site(name=name, url=f"https://{name}/" if name else "", timezone=zone)
    return read_fields(Page.of(capture), site, capture)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
