"""An edit as a picture: the words that changed in their sentence, whose they are, and when both were seen.

SVG needs nothing; PNG needs Pillow (``pip install 'legger[pictures]'``). What is drawn is laid out once, with
the widths that are measured for either.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from io import BytesIO
from typing import Any

from markupsafe import Markup

from archive.compare.actions import What, actions
from archive.compare.diff import words
from archive.errors import UsageError
from archive.export.formats.network import xml_text
from archive.model.types import Change, Version
from legger.templating import environment

WIDTH, HEIGHT = 1200, 630
"""As pictures beside posts are shown."""
_FONTS = ("NotoSans-Regular.ttf", "DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "arial.ttf")
"""Looked for on the system, the first that is there; Pillow's own has few letters beyond ASCII."""
_MARGIN, _LINE, _SIZE, _SMALL, _TITLE = 60, 46, 32, 24, 38
_MOST_LINES = 8
_PAPER, _INK, _GREY, _GONE, _COME = "#fdfcf8", "#1a1a1a", "#666666", "#a32020", "#0b5c2e"

Measure = Callable[[str, int, bool], float]
"""(text, size, bold) -> its width in pixels."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """Words of one kind on one line."""

    text: str
    x: float
    y: float
    size: int
    change: Change = Change.EQUAL
    grey: bool = False
    bold: bool = False


def changed_words(old: Version, new: Version) -> list[tuple[Change, str]]:
    """What is shown of an edit: the first sentences that changed, word by word, and the headline; where both
    are the same, captions and boxes."""
    shown: list[tuple[Change, str]] = []
    if old.article.title != new.article.title:
        shown += [(each.change, each.text) for each in words(old.article.title, new.article.title)]
        shown.append((Change.EQUAL, "\n"))
    texts = old.article.text, new.article.text
    if not shown and texts[0] == texts[1]:
        texts = _with_captions(old), _with_captions(new)
    for each in actions(*texts):
        if each.action is What.MOVED:
            continue
        pieces = words(each.before or "", each.after or "")
        shown += [(piece.change, piece.text) for piece in pieces]
        shown.append((Change.EQUAL, "\n"))
        if sum(len(text) for _, text in shown) > 500:
            break
    return shown


def _with_captions(version: Version) -> str:
    return "\n".join(each.text for each in version.article.blocks)


def runs(
    old: Version, new: Version, measure: Measure, *, paper: str, zone: tzinfo, words_of: tuple[str, str]
) -> Iterator[Run]:
    """Everything that is drawn, laid out; *words_of* stand before the two times."""
    y = _MARGIN + _SMALL
    yield Run(text=_fitted(paper, _SMALL, measure), x=_MARGIN, y=y, size=_SMALL, grey=True, bold=True)
    y += 58
    title = new.article.title or old.article.title
    yield Run(text=_fitted(title, _TITLE, measure), x=_MARGIN, y=y, size=_TITLE, bold=True)
    y += 26
    x, end, line = float(_MARGIN), float(_MARGIN), 0
    y += _LINE
    for change, text in changed_words(old, new):
        for word in _tokens(text):
            if word == "\n":
                if x > _MARGIN:
                    end, x, y, line = x, float(_MARGIN), y + _LINE, line + 1
                continue
            width = measure(word, _SIZE, change is Change.ADDED)
            if x + width > WIDTH - _MARGIN and x > _MARGIN and not word.isspace():
                end, x, y, line = x, float(_MARGIN), y + _LINE, line + 1
            if line >= _MOST_LINES:
                yield Run(text="…", x=min(end, WIDTH - _MARGIN - _SIZE), y=y - _LINE, size=_SIZE, grey=True)
                break
            if word.isspace() and x == _MARGIN:
                continue
            yield Run(text=word, x=x, y=y, size=_SIZE, change=change, bold=change is Change.ADDED)
            x += width
        if line >= _MOST_LINES:
            break
    before = new.seen_before or old.last_seen
    times = f"{words_of[0]} {_time(before, zone)}   {words_of[1]} {_time(new.first_seen, zone)}"
    yield Run(text=times, x=_MARGIN, y=HEIGHT - _MARGIN + 10, size=_SMALL, grey=True)


def _tokens(text: str) -> Iterator[str]:
    """Words with no white space, white space alone, and line ends."""
    for place, line in enumerate(text.split("\n")):
        if place:
            yield "\n"
        word = ""
        for sign in line:
            if sign.isspace():
                if word:
                    yield word
                word = ""
                yield " "
            else:
                word += sign
        if word:
            yield from textwrap.wrap(word, 40)


def _fitted(text: str, size: int, measure: Measure) -> str:
    """As much of a text as stands on one line."""
    if measure(text, size, True) <= WIDTH - 2 * _MARGIN:
        return text
    while text and measure(f"{text}…", size, True) > WIDTH - 2 * _MARGIN:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _time(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


# ---------------------------------------------------------------- SVG

_NARROW, _WIDE = frozenset("iljtfrI.,:;'!|()[]‘’ "), frozenset("mwMWOQGDÖ@%—…")


def _guessed(text: str, size: int, bold: bool) -> float:
    """About the width in a plain typeface: no font is at hand."""
    units = sum(0.3 if sign in _NARROW else 0.86 if sign in _WIDE else 0.56 for sign in text)
    wide = sum(0.44 for sign in text if ord(sign) > 0x2E80)
    return (units + wide) * size * (1.06 if bold else 1.0)


def svg(
    old: Version, new: Version, *, paper: str, zone: tzinfo, words_of: tuple[str, str] = ("before", "after")
) -> bytes:
    """The picture as SVG: no script, no font, nothing from elsewhere."""
    # Words take the room they were given, whatever typeface is at hand.
    every = [
        (run, _colour(run), round(_guessed(run.text, run.size, run.bold)))
        for run in runs(old, new, _guessed, paper=paper, zone=zone, words_of=words_of)
    ]
    template = environment("legger").get_template("edit.svg")
    made = template.render(
        title=new.article.title, width=WIDTH, height=HEIGHT, paper=_PAPER, runs=every,
        removed=Change.REMOVED, plain=lambda text: Markup(xml_text(text)),  # noqa: S704 -- it is escaped there
    )  # fmt: skip
    return made.encode()


def _colour(run: Run) -> str:
    if run.change is Change.REMOVED:
        return _GONE
    if run.change is Change.ADDED:
        return _COME
    return _GREY if run.grey else _INK


# ---------------------------------------------------------------- PNG


def png(
    old: Version, new: Version, *, paper: str, zone: tzinfo, words_of: tuple[str, str] = ("before", "after")
) -> bytes:
    """The picture as PNG. Raises :class:`UsageError` without Pillow."""
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError as error:
        raise UsageError(f"PNG needs its extra: pip install 'legger[pictures]' ({error})") from error

    def font_of(size: int) -> Any:
        for name in _FONTS:
            with suppress(OSError):  # it is not on this system
                return ImageFont.truetype(name, size)
        return ImageFont.load_default(size)

    fonts: dict[int, Any] = {size: font_of(size) for size in (_SMALL, _SIZE, _TITLE)}
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(picture)

    def measure(text: str, size: int, bold: bool) -> float:
        return float(fonts[size].getlength(text)) + (1 if bold else 0)

    for run in runs(old, new, measure, paper=paper, zone=zone, words_of=words_of):
        colour, font = _colour(run), fonts[run.size]
        place = (run.x, run.y)
        draw.text(place, run.text, fill=colour, font=font, anchor="ls", stroke_width=1 if run.bold else 0)
        width = measure(run.text, run.size, run.bold)
        if run.change is Change.REMOVED:
            middle = run.y - run.size * 0.3
            draw.line((run.x, middle, run.x + width, middle), fill=colour, width=3)
        elif run.change is Change.ADDED:
            draw.line((run.x, run.y + 5, run.x + width, run.y + 5), fill=colour, width=2)
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
