"""Plots of the reading room: articles by month, and what the last days brought."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.requests import Request

from archive.search.query import Query
from legger.web.charts import Bar, bars
from legger.web.i18n import Translation


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
