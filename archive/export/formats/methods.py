"""What an export's manifest says for the section on methods of who uses it.

With which software, extractors, rules and memories the texts were read; of each site its title and address,
when it was visited, how often, with what gaps, and what was missed; what each column means; how to repeat it.
All as of the time of the export, where it has one; what cannot be known of then is null.
"""

from __future__ import annotations

import shlex
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from sqlalchemy import Connection, Select, func, select

from archive.db.prepared import as_kept
from archive.db.schema import addresses, articles, captures, runs, sites, verdicts
from archive.export.choice import RowChoice
from archive.export.moments import instant
from archive.model.row_fields import json_schema

GAP = 3
"""A pause between two visits is told as a gap when it is so many times as long as they usually are."""
GAPS = 50
"""Gaps that are told of a site, the longest first."""
DAYS = timedelta(days=1)

Describe = Callable[[str], tuple[str | None, str | None]]
"""A site's name -> (title, address) by its file."""


@dataclass
class Counted:
    """What is counted of rows as they pass."""

    rows: int = 0
    articles: int = 0
    undated: int = 0
    first_day: str | None = None
    """Earliest day of publication."""
    last_day: str | None = None
    _by_reader: Counter[tuple[str, str, str, int, bool]] = field(default_factory=Counter)
    """(Site, extractor, rules, memory, whether it may not be shown) -> rows."""

    def passing(
        self, some: Iterable[Mapping[str, Any]], update: Callable[[int], None] = lambda done: None
    ) -> Iterator[Mapping[str, Any]]:
        """The same rows, counted."""
        last, first_day, last_day = None, "9999", ""
        count = self._by_reader
        for done, row in enumerate(some, start=1):
            if row["id"] != last:  # rows come in order of article
                last = row["id"]
                self.articles += 1
            count[row["site"], row["extractor"], row["rules"], row["memory"], row["redacted"]] += 1
            day = row["published_day"]
            if day is None:
                self.undated += 1
            else:
                first_day = min(first_day, day)
                last_day = max(last_day, day)
            if not done % 500:
                update(done)
            yield row
        self.rows = count.total()
        if last_day:
            self.first_day, self.last_day = first_day, last_day

    def add(self, other: Counted) -> None:
        """Add what was counted of rows of other articles."""
        self.rows += other.rows
        self.articles += other.articles
        self.undated += other.undated
        days = [
            day for day in (self.first_day, self.last_day, other.first_day, other.last_day) if day is not None
        ]
        self.first_day, self.last_day = min(days, default=None), max(days, default=None)
        self._by_reader.update(other._by_reader)

    def plain(self) -> dict[str, Any]:
        """As plain data, for :meth:`of_plain`."""
        return {
            "articles": self.articles, "undated": self.undated, "first_day": self.first_day,
            "last_day": self.last_day, "by_reader": [[*key, n] for key, n in self._by_reader.items()],
        }  # fmt: skip

    @classmethod
    def of_plain(cls, said: Mapping[str, Any]) -> Counted:
        """The other way round."""
        found = cls(
            articles=said["articles"], undated=said["undated"], first_day=said["first_day"],
            last_day=said["last_day"],
        )  # fmt: skip
        found._by_reader.update({tuple(key): number for *key, number in said["by_reader"]})
        found.rows = found._by_reader.total()
        return found

    @property
    def redacted(self) -> int:
        """Rows of articles that may not be shown."""
        return sum(number for (*_, redacted), number in self._by_reader.items() if redacted)

    @property
    def sites(self) -> Mapping[str, int]:
        """Site -> rows, by name."""
        found: Counter[str] = Counter()
        for (site, *_), number in sorted(self._by_reader.items()):
            found[site] += number
        return found

    @property
    def extractors(self) -> list[str]:
        """Releases of the extractor that rows were read with."""
        return sorted({extractor for _, extractor, *_ in self._by_reader})

    @property
    def readers(self) -> dict[str, list[dict[str, Any]]]:
        """Site -> digests of its rules with versions of its memory that rows were read with."""
        found: dict[str, set[tuple[str, int]]] = defaultdict(set)
        for site, _, rules, memory, _ in self._by_reader:
            found[site].add((rules, memory))
        return {
            site: [{"rules": rules, "memory": memory} for rules, memory in sorted(pairs)]
            for site, pairs in sorted(found.items())
        }


def codebook(columns: Iterable[str] | None = None) -> dict[str, dict[str, str]]:
    """What each column is: name -> type and meaning, all of a row's when *columns* is ``None``."""
    fields = json_schema()["properties"]
    chosen = list(fields) if columns is None else [name for name in columns if name in fields]
    return {
        name: {
            "type": " or ".join(_kinds(fields[name])),
            "means": fields[name]["description"],
        }
        for name in chosen
    }


def _kinds(field_schema: Mapping[str, Any]) -> list[str]:
    if "enum" in field_schema:
        return ["null" if each is None else str(each) for each in field_schema["enum"]]
    kinds = field_schema["type"]
    return kinds if isinstance(kinds, list) else [kinds]


def coverage(
    connection: Connection, names: Iterable[str], choice: RowChoice, describe: Describe
) -> dict[str, Any]:
    """Of each site: what it is, when it was visited and looked at, what was missed."""
    until = choice.as_of
    looks = select(captures.c.site_id, func.count(), func.min(captures.c.at), func.max(captures.c.at))
    if until is not None:
        looks = looks.where(captures.c.at <= until)
    answered = {row[0]: tuple(row[1:]) for row in connection.execute(looks.group_by(captures.c.site_id))}
    between = _between_looks(connection, until)
    numbers = {row.name: row.id for row in connection.execute(select(sites.c.id, sites.c.name))}
    return {
        name: _of_site(
            connection, name, numbers[name], answered.get(numbers[name], (0, None, None)),
            between.get(numbers[name]), until, describe,
        )
        for name in sorted(names)
    }  # fmt: skip


def _of_site(
    connection: Connection,
    name: str,
    number: int,
    looks: tuple[int, datetime | None, datetime | None],
    between: float | None,
    until: datetime | None,
    describe: Describe,
) -> dict[str, Any]:
    title, address = describe(name)
    answers, first, last = looks
    visits = select(runs.c.started, runs.c.outcome, runs.c.settings).where(runs.c.site_id == number)
    if until is not None:
        visits = visits.where(runs.c.started <= until)
    made = connection.execute(visits.order_by(runs.c.started)).all()
    began = [row.started for row in made]
    pauses = [later - earlier for earlier, later in pairwise(began)]
    usual = median(pauses) if pauses else None
    return {
        "title": title,
        "address": address,
        "visits": len(made),
        "visits_by_outcome": dict(sorted(Counter(row.outcome or "not ended" for row in made).items())),
        "first_visit": instant(min(began, default=None)),
        "last_visit": instant(max(began, default=None)),
        "answers": answers,
        "first_answer": instant(first),
        "last_answer": instant(last),
        "usual_pause_hours": _hours(usual),
        "longest_pause_hours": _hours(max(pauses, default=None)),
        "gaps": _gaps(began, usual),
        "interval_of_looks_hours": None if between is None else round(between / 3600, 2),
        "missed": None if until is not None else _missed(connection, number),
    }


def _hours(pause: timedelta | None) -> float | None:
    return None if pause is None else round(pause.total_seconds() / 3600, 2)


def _gaps(began: list[datetime], usual: timedelta | None) -> list[dict[str, Any]]:
    """Pauses in which nothing was seen, when these are usually much shorter; the longest first."""
    if usual is None:
        return []
    pauses = [(later - earlier, earlier) for earlier, later in pairwise(began)]
    found = sorted((each for each in pauses if each[0] > max(GAP * usual, DAYS)), reverse=True)[:GAPS]
    return [
        {"from": instant(since), "until": instant(since + pause), "hours": _hours(pause)}
        for pause, since in found
    ]


def _between_looks(connection: Connection, until: datetime | None) -> dict[int, float]:
    """Site -> how many seconds usually lie between two looks at an article; without sites where none was
    looked at twice."""
    looked = select(
        verdicts.c.article_id,
        func.min(verdicts.c.at).label("first"),
        func.max(verdicts.c.at).label("last"),
        (func.count() - 1).label("pauses"),
    ).where(verdicts.c.article_id.is_not(None))
    if until is not None:
        looked = looked.where(verdicts.c.at <= until)
    often = looked.group_by(verdicts.c.article_id).having(func.count() > 1).subquery()
    wanted = select(articles.c.site_id, often.c.first, often.c.last, often.c.pauses).join(
        articles, articles.c.id == often.c.article_id
    )
    found: dict[int, array[float]] = defaultdict(lambda: array("d"))
    for site, first, last, pauses in _as_kept(connection, wanted):
        found[site].append((last - first).total_seconds() / pauses)
    return {site: median(each) for site, each in found.items()}


def _as_kept(connection: Connection, wanted: Select[*tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """(Site, first, last, pauses), the times as quickly as may be."""
    if connection.dialect.name != "sqlite":
        yield from connection.execution_options(yield_per=500).execute(wanted)
        return
    moment = datetime.fromisoformat
    for site, first, last, pauses in as_kept(connection, wanted):
        yield site, moment(first), moment(last), pauses


def _missed(connection: Connection, site: int) -> dict[str, int]:
    """Addresses that were found and are not here, by kind."""
    wanted = (
        select(addresses.c.missed, func.count())
        .where(addresses.c.site_id == site, addresses.c.missed.is_not(None))
        .group_by(addresses.c.missed)
        .order_by(addresses.c.missed)
    )
    return {row[0]: row[1] for row in connection.execute(wanted)}


def command(choice: RowChoice, output: str, options: Iterable[tuple[str, Any]]) -> str:
    """The command that repeats an export; *options* are those of its form."""
    said: list[str] = ["legger", "export"]
    chosen = {
        "--query": choice.query, "--site": choice.site, "--published": choice.published,
        "--status": choice.status, "--language": choice.language, "--since": instant(choice.since),
        "--until": instant(choice.until), "--as-of": instant(choice.as_of),
        "--versions": "all" if choice.versions == "all" else None, "--sample": choice.sample,
        "--seed": choice.seed if choice.sample is not None else None,
    }  # fmt: skip
    for name, value in (*chosen.items(), *options):
        if value is True:
            said.append(name)
        elif value is not None and value is not False:
            said += [name, str(value)]
    return shlex.join([*said, "-o", output])
