"""Bars over time, as SVG. Pure.

Drawn by a template of ours, because every plotting library we looked at writes styles or scripts into its
SVG, which our content security policy forbids, or draws in colours that do not follow light and dark. Here
colours are classes of the style sheet, every bar may be a link, and its figures stand in its title.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from legger.templating import environment

WIDE, NARROW = 720, 330
"""Widths to draw for: a page's, and a margin's."""
HEIGHT, LEFT, FOOT, HEAD = 152, 44, 30, 10
LABEL = 74
"""Room that a label takes."""


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
    every = math.ceil(len(values) / max(1, (width - LEFT) // LABEL))
    drawn = []
    for place, each in enumerate(values):
        left = LEFT + step * place
        x, y = left + (step - thick) / 2, float(floor)
        parts = []
        for kind, part in zip(classes, each.parts, strict=True):
            height = max(part * scale, 1.5) if part else 0.0
            y -= height
            parts.append((kind, y, height))
        label = min(max(x + thick / 2, LEFT + 18), width - 24) if place % every == 0 else None
        drawn.append((each, left, x, parts, label))
    return Markup(  # noqa: S704  # the template escapes
        environment("legger.web")
        .get_template("plot.svg.html")
        .render(
            says=says,
            width=width,
            height=HEIGHT,
            margin=LEFT,
            head=HEAD,
            floor=floor,
            step=step,
            thick=thick,
            grid=[(floor - value * scale, number(value)) for value in (0, top // 2, top)],
            bars=drawn,
        )
    )


def ceiling(value: int) -> int:
    """The even, round number at or above *value* at which the scale ends."""
    size = 10.0 ** (len(str(value)) - 1)
    for step in (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10):
        top = math.ceil(size * step)
        if top >= value and top % 2 == 0:
            return top
    return 2
