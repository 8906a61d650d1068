"""Bars over time, as SVG: any bars, articles by month, what the last days brought.

Drawn by a template of ours, because every plotting library we looked at writes styles or scripts into its
SVG, which our content security policy forbids, or draws in colours that do not follow light and dark. Here
colours are classes of the style sheet, every bar may be a link, and its figures stand in its title.

Places across are shares of the width, heights are pixels: letters are of one size on every width.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.requests import Request

from archive.search.language.query import Query
from legger.i18n import Translation
from legger.templating import environment

HEIGHT, FOOT, HEAD = 152, 26, 16
LEFT = 52
"""Pixels for the figures beside the bars."""
FEWEST = 16
"""So many bars have room, though there be fewer: three bars do not fill a page."""
LABELS = {"wide": 9, "narrow": 4}
"""How many labels have room."""
OUTLIER = 3
"""A bar so many times as high as the next lower one would flatten the others: it is cut off, and says so,"""
OUTLIERS = 3
"""if there are at most so many of them."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: what it is called, its parts from the bottom up, and where it leads."""

    label: str
    """Under the bar, when there is room."""
    title: str
    """All of it, for a pointer and a screen reader."""
    parts: tuple[int, ...]
    href: str | None = None


@dataclass(frozen=True, kw_only=True)
class DrawnBar:
    """A bar with its places: across in per cent of the width, down in pixels."""

    bar: Bar
    left: float
    x: float
    parts: tuple[tuple[str, float, float], ...]
    """(class, top, height)."""
    cut: str = ""
    """The figure of a bar that is cut off."""
    shown: str = ""
    """Where its label has room: ``wide``, ``narrow`` or both; empty: nowhere."""


def bars(
    values: Sequence[Bar],
    *,
    says: str,
    classes: Sequence[str] = ("a",),
    number: Callable[[int], str] = str,
) -> Markup:
    """A bar for each value, side by side; *says* describes the whole to who cannot see it."""
    if not values:
        return Markup("")
    top = ceiling(highest([sum(each.parts) for each in values]))
    floor = HEIGHT - FOOT
    scale = (floor - HEAD) / top
    step = 100 / max(len(values), FEWEST)
    every = {name: math.ceil(max(len(values), FEWEST) / most) for name, most in LABELS.items()}
    drawn = []
    for place, each in enumerate(values):
        total = sum(each.parts)
        y = float(floor)
        parts = []
        for kind, part in zip(classes, each.parts, strict=True):
            height = max(part * scale * min(1.0, top / total), 1.5) if part else 0.0
            y -= height
            parts.append((kind, y, height))
        drawn.append(
            DrawnBar(
                bar=each,
                left=step * place,
                x=step * (place + 0.11),
                parts=tuple(parts),
                cut=number(total) if total > top else "",
                shown=" ".join(name for name, gap in every.items() if place % gap == 0),
            )
        )
    return Markup(  # noqa: S704  # the template escapes
        environment("legger.web")
        .get_template("plot.svg.html")
        .render(
            says=says,
            height=HEIGHT,
            margin=LEFT,
            head=HEAD,
            floor=floor,
            step=step,
            thick=step * 0.78,
            grid=[(floor - value * scale, number(value)) for value in (0, top // 2, top)],
            bars=drawn,
        )
    )


def highest(totals: Sequence[int]) -> int:
    """The total at which the scale ends: the highest that does not flatten the others, as the first day of a
    backfill would."""
    down = sorted(totals, reverse=True)
    for place in range(min(OUTLIERS, len(down) - 1), 0, -1):
        lower = down[place]
        if lower and down[place - 1] > OUTLIER * lower:
            return lower
    return down[0]


def ceiling(value: int) -> int:
    """The even, round number at or above *value* at which the scale ends."""
    size = 10.0 ** (len(str(value)) - 1)
    for step in (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10):
        top = math.ceil(size * step)
        if top >= value and top % 2 == 0:
            return top
    return 2


def months_plot(t: Translation, counts: Mapping[str, int], asked: Query, request: Request) -> Markup:
    """Matches by month of publication, or by year when there are more than sixty months."""
    known = {month: number for month, number in counts.items() if month[:4].isdigit()}
    if not known:
        return Markup("")
    months = _every_month(min(known), max(known))
    values = known
    if len(months) > 60:  # years, when months would be too many to tell apart
        years = sorted({month[:4] for month in months})
        values = {year: sum(n for month, n in known.items() if month.startswith(year)) for year in years}
        months = years
    root = request.scope.get("root_path", "")
    drawn = []
    for month in months:
        number = values.get(month, 0)
        query = urlencode({"q": asked.with_condition("published", month, instead=True)})
        drawn.append(
            Bar(
                label=t.month(month, short=True),
                title=f"{t.month(month)}: {t.number(number)}",
                parts=(number,),
                href=f"{root}/search?{query}" if number else None,
            )
        )
    return bars(drawn, says=t("Articles by month of publication"), number=t.number)


def _every_month(first: str, last: str) -> list[str]:
    months: list[str] = []
    year, month = int(first[:4]), int(first[5:7])
    while f"{year:04}-{month:02}" <= last and len(months) < 4800:
        months.append(f"{year:04}-{month:02}")
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return months


def days_plot(
    t: Translation, days: Any, first: date, last: date, request: Request, site: str | None = None
) -> Markup:
    """New articles and edits, day by day."""
    by_day = {each.day: each for each in days}
    root = request.scope.get("root_path", "")
    drawn = []
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        seen = by_day.get(day.isoformat())
        new, changed, silent = (seen.new, seen.edits - seen.silent, seen.silent) if seen else (0, 0, 0)
        says = ", ".join(
            [
                t.many(new, "new article", "new articles"),
                t.many(changed, "edit", "edits"),
                t.many(silent, "silent edit", "silent edits"),
            ]
        )
        words = f"in:all seen:{day.isoformat()}" + (f" site:{site}" if site else "")
        drawn.append(
            Bar(
                label=t.short(day),
                title=f"{t.day(day)}: {says}",
                parts=(new, changed, silent),
                href=f"{root}/search?{urlencode({'q': words})}" if seen else None,
            )
        )
    return bars(drawn, says=t("What was seen day by day"), classes=("a", "b", "c"), number=t.number)
