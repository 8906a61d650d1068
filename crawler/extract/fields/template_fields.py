"""Fields whose place on a template is known: learned where other witnesses agree, read where they lack.

What is learned is a place at which one and the same reading (of a date, of names, of a section) gives what
the page says to machines, article after article. Where a page says nothing to machines, the line at that
place is read in that way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from archive.model.types import Article
from crawler.extract.dates.find import read_date
from crawler.extract.fields.authors import read_authors
from crawler.extract.fields.fields import Fields
from crawler.extract.page.blocks import Outline
from crawler.extract.page.metadata import key
from crawler.extract.templates import PagePlaces, PageTemplate

SOURCE = "template"
"""The witness that such a field names."""
LINE = 120
"""Characters up to which a line may be a headline, a byline, a date or a section."""
A_HEADLINE = 2
"""Words that a headline has at least."""
AGREE = 3
"""Articles on which a place must have shown what the page says to machines."""
WRONG = 0.05
"""Share of a place's articles on which it may have shown something else."""
ShownField = tuple[str, str, bool]
"""A field, a place, and whether the line there is what the page says to machines."""
_TOLD = ("json-ld", "meta", "url", "feed", "sitemap")
"""Witnesses that are no line of the page."""


@dataclass(slots=True)
class FieldCounts:
    """How often the line at each place gave a field, or something else, while we count."""

    agreed: dict[tuple[str, str], int] = field(default_factory=dict)
    """(field, place) -> articles."""
    differed: dict[tuple[str, str], int] = field(default_factory=dict)

    def add_article(self, shown: Iterable[ShownField]) -> None:
        """Count what :func:`shown_fields` found on one article."""
        for name, where, agrees in shown:
            counted = self.agreed if agrees else self.differed
            counted[name, where] = counted.get((name, where), 0) + 1

    def fields(self) -> dict[str, str]:
        """Field -> the place that shows it, where one does so reliably."""
        found: dict[str, tuple[int, str]] = {}
        for (name, where), count in sorted(self.agreed.items()):
            wrong = self.differed.get((name, where), 0)
            if count >= AGREE and wrong <= WRONG * (count + wrong) and count > found.get(name, (0, ""))[0]:
                found[name] = count, where
        return {name: where for name, (_, where) in found.items()}


def shown_fields(
    article: Article, page: Outline, places: PagePlaces, *, at: datetime
) -> tuple[ShownField, ...]:
    """What the lines of an article's page, captured *at*, show of what the page says to machines."""
    told = [
        name
        for name in ("title", "published", "authors", "section")
        if article.sources.get(name, "").startswith((*_TOLD, "h1"))
    ]
    lines = dict(_lines(page, places)) if told else {}
    return tuple(
        (name, where, agrees)
        for name in told
        for where, text in lines.items()
        if (agrees := _agrees(name, article, text, at)) is not None
    )


def _lines(page: Outline, places: PagePlaces) -> Iterator[tuple[str, str]]:
    """(place, text) of the short lines that stand alone at their place."""
    first: dict[str, str] = {}
    several: set[str] = set()
    for run in page.runs:
        where = places.of(run)
        if where in first:
            several.add(where)
        first.setdefault(where, run.text)
    for where, text in first.items():
        if where not in several and len(text) <= LINE:
            yield where, text


def _agrees(name: str, article: Article, text: str, at: datetime) -> bool | None:
    """Whether a line shows a field as the page says it; ``None`` when it shows no such thing."""
    if name == "title":
        if key(text) == key(article.title):
            return True
        return False if len(text.split()) >= 4 else None
    if name == "section":
        return True if text.casefold() == (article.section or "").casefold() else None
    if name == "authors":
        if not any(each in text for each in article.authors):
            names = read_authors(text)
            return False if names else None
        return read_authors(text, trusted=True) == article.authors
    said = article.published
    if said is None or not any(map(str.isdigit, text)):
        return None
    zone = said.value.tzinfo
    if zone is None:
        return None
    shown = read_date(text, zone=zone, at=at)
    return None if shown is None else shown.value.astimezone(zone).date() == said.value.date()


def _is_shown(fields: Fields, page: Outline) -> bool:
    """Whether a line of the page is the title, as a whole."""
    own = key(fields.title)
    return any(key(run.text) == own for run in page.runs)


def with_template(
    fields: Fields, page: Outline, template: PageTemplate | None, *, zone: tzinfo, at: datetime
) -> Fields:
    """*fields* with what is missing read at the places where the page's template shows it."""
    if template is None or not template.fields:
        return fields
    wanted: Mapping[str, bool] = {
        # <title> may be the site's name on every page, or have it and the section beside the headline
        "title": fields.sources.get("title", "") in ("", "title"),
        "published": fields.published is None,
        "authors": not (fields.authors or fields.byline),
        "section": fields.section is None,
    }
    asked = {where: name for name, where in template.fields.items() if wanted.get(name)}
    if not asked:
        return fields
    before = fields
    for where, text in _lines(page, PagePlaces(page)):
        match asked.get(where):
            case "title":
                if len(text.split()) >= A_HEADLINE and key(text) != key(fields.title):
                    fields = replace(fields, title=text)
            case "published":
                dated = read_date(text, zone=zone, at=at, source=SOURCE)
                if dated is not None:
                    fields = replace(fields, published=dated)
            case "authors":
                if names := read_authors(text, trusted=True):
                    fields = replace(fields, authors=names, byline=text)
            case "section":
                fields = replace(fields, section=text)
    if before.sources.get("title") == "title" and fields.title != before.title and _is_shown(before, page):
        fields = replace(fields, title=before.title)  # the page shows what <title> says: that is its headline
    given = [name for name in wanted if getattr(fields, name) != getattr(before, name)]
    return replace(fields, sources={**fields.sources, **dict.fromkeys(given, SOURCE)})
