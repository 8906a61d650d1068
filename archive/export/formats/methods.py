"""What an export's manifest says for the section on methods of who uses it.

With which software, extractors, rules and memories the texts were read; of each site its title and address,
when it was visited, how often, with what gaps, and what was missed; what each column means; how to repeat it.
All as of the time of the export, where it has one; what cannot be known of then is null.
"""

from __future__ import annotations

import shlex
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from sqlalchemy import Connection, func, select

from archive.db.schema import addresses, articles, captures, runs, sites, verdicts
from archive.export.choice import RowChoice
from archive.export.jsonl import instant
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
    redacted: int = 0
    sites: Counter[str] = field(default_factory=Counter)
    extractors: set[str] = field(default_factory=set)
    readers: dict[str, set[tuple[str, int]]] = field(default_factory=lambda: defaultdict(set))
    """Site -> (digest of its rules, version of its memory) that texts were read with."""
    first_day: str | None = None
    """Earliest day of publication."""
    last_day: str | None = None

    def passing(
        self, some: Iterable[Mapping[str, Any]], update: Callable[[int], None] = lambda done: None
    ) -> Iterator[Mapping[str, Any]]:
        """The same rows, counted."""
        last = None
        extractors, readers, sites = self.extractors, self.readers, self.sites
        for row in some:
            self.rows += 1
            site, day = row["site"], row["published_day"]
            if row["id"] != last:  # rows come in order of article
                last = row["id"]
                self.articles += 1
            if row["redacted"]:
                self.redacted += 1
            sites[site] += 1
            extractors.add(row["extractor"])
            readers[site].add((row["rules"], row["memory"]))
            if day is None:
                self.undated += 1
            elif self.first_day is None or self.last_day is None:
                self.first_day = self.last_day = day
            elif day < self.first_day:
                self.first_day = day
            elif day > self.last_day:
                self.last_day = day
            if not self.rows % 100:
                update(self.rows)
            yield row


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
    return {name: _of_site(connection, name, choice, describe) for name in sorted(names)}


def _of_site(connection: Connection, name: str, choice: RowChoice, describe: Describe) -> dict[str, Any]:
    title, address = describe(name)
    until = choice.as_of
    number = connection.execute(select(sites.c.id).where(sites.c.name == name)).scalar()
    visits = select(runs.c.started, runs.c.outcome, runs.c.settings).where(runs.c.site_id == number)
    looks = select(func.count(), func.min(captures.c.at), func.max(captures.c.at)).where(
        captures.c.site_id == number
    )
    if until is not None:
        visits, looks = visits.where(runs.c.started <= until), looks.where(captures.c.at <= until)
    made = connection.execute(visits.order_by(runs.c.started)).all()
    began = [row.started for row in made]
    answers, first, last = connection.execute(looks).one()
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
        "interval_of_looks_hours": _hours(_between_looks(connection, number, until)),
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


def _between_looks(connection: Connection, site: int | None, until: datetime | None) -> timedelta | None:
    """How long usually lies between two looks at an article; ``None``: none was looked at twice."""
    wanted = (
        select(func.min(verdicts.c.at), func.max(verdicts.c.at), func.count())
        .join(articles, articles.c.id == verdicts.c.article_id)
        .where(articles.c.site_id == site)
        .group_by(verdicts.c.article_id)
        .having(func.count() > 1)
    )
    if until is not None:
        wanted = wanted.where(verdicts.c.at <= until)
    between = [(last - first) / (count - 1) for first, last, count in connection.execute(wanted)]
    return median(between) if between else None


def _missed(connection: Connection, site: int | None) -> dict[str, int]:
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
