"""Bars over time, as SVG. Pure.

Drawn by hand, in eighty lines, because every plotting library we looked at writes styles or scripts into its
SVG, which our content security policy forbids, or draws in colours that do not follow light and dark. Here
colours are classes of the style sheet, every bar may be a link, and its figures stand in its title.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDE, NARROW = 720, 330
"""Widths to draw for: a page's, and a margin's."""
HEIGHT, LEFT, FOOT, HEAD = 152, 44, 30, 10
LABEL = 74
"""Room that a label takes."""

_OPEN = Markup('<svg class="plot" viewBox="0 0 {} {}" role="group" aria-label="{}">')
_GRID = Markup(
    '<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
    '<text class="tick" x="{}" y="{:.1f}" aria-hidden="true">{}</text>'
)
_BAR = Markup('<rect class="bar {}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>')
_CATCH = Markup('<rect class="catch" x="{:.1f}" y="{}" width="{:.1f}" height="{}"/>')
_TITLE = Markup("<title>{}</title>")
_LINK = Markup('<a href="{}" aria-label="{}">{}</a>')
_GROUP = Markup("<g>{}</g>")
_LABEL = Markup('<text class="label" x="{:.1f}" y="{}" aria-hidden="true">{}</text>')


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: what it is called, its parts from the bottom up, and where it leads."""

    label: str
    """Under the bar, when there is room."""
    title: str
    """All of it, for a pointer and a screen reader."""
    parts: tuple[int, ...]
    href: str | None = None


def bars(
    values: Sequence[Bar],
    *,
    says: str,
    classes: Sequence[str] = ("a",),
    width: int = WIDE,
    number: Callable[[int], str] = str,
) -> Markup:
    """A bar for each value, side by side; *says* describes the whole to who cannot see it."""
    if not values:
        return Markup("")
    top = ceiling(max(sum(each.parts) for each in values))
    floor = HEIGHT - FOOT
    scale = (floor - HEAD) / top
    step = (width - LEFT) / len(values)
    thick = min(max(step * 0.78, 1.0), 44.0)
    out = [_OPEN.format(width, HEIGHT, says)]
    for value in (0, top // 2, top):
        y = floor - value * scale
        out.append(_GRID.format(LEFT, width, y, y, LEFT - 6, y + 3.5, number(value)))
    every = math.ceil(len(values) / max(1, (width - LEFT) // LABEL))
    for place, each in enumerate(values):
        left = LEFT + step * place
        x, y = left + (step - thick) / 2, float(floor)
        drawn = [_TITLE.format(each.title)]
        for kind, part in zip(classes, each.parts, strict=True):
            height = max(part * scale, 1.5) if part else 0.0
            y -= height
            drawn.append(_BAR.format(kind, x, y, thick, height))
        drawn.append(_CATCH.format(left, HEAD, step, floor - HEAD))
        body = Markup("").join(drawn)
        out.append(
            _LINK.format(each.href, each.title, body) if each.href else Markup("<g>{}</g>").format(body)
        )
        if place % every == 0:
            out.append(_LABEL.format(min(max(x + thick / 2, LEFT + 18), width - 24), HEIGHT - 7, each.label))
    out.append(Markup("</svg>"))
    return Markup("").join(out)


def ceiling(value: int) -> int:
    """The even, round number at or above *value* at which the scale ends."""
    size = 10.0 ** (len(str(value)) - 1)
    for step in (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10):
        top = math.ceil(size * step)
        if top >= value and top % 2 == 0:
            return top
    return 2
