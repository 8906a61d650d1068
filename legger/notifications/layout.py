"""How a letter looks: as text that fits a mail, and as HTML for mail clients, light and dark. Pure.

HTML has its styles inline, as mail clients want them; a style sheet only turns colours for the dark. There
is no script and no picture in it, and nothing is fetched. Every word from outside is escaped.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from archive.model.edit_summary import Swap
from legger.notifications.message import WIDTH

NOTHING = "(none)"
WITNESS = "Head of the chain, which this mail now bears witness of:"


@dataclass(frozen=True, kw_only=True)
class LetterEntry:
    """One thing that happened."""

    title: str
    about: Sequence[str] = ()
    swaps: Sequence[tuple[str, Sequence[Swap]]] = ()
    """(what, [(before, after)])."""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """Things of one kind, under a heading."""

    heading: str
    entries: Sequence[LetterEntry]
    more: str = ""
    """What is not listed, and how to see it."""
    alarming: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the table."""

    name: str
    figures: Sequence[int]
    kind: str = ""
    """``all`` or ``before``; empty for a site."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """All that stands in it."""

    headline: str
    span: str
    columns: Sequence[str]
    rows: Sequence[Row]
    remarks: Sequence[str]
    sections: Sequence[Section]
    where: str
    seal: str


# ---------------------------------------------------------------- as text


def as_text(letter: Letter) -> str:
    """The letter in at most 76 columns; only an address may be longer."""
    parts = [f"Legger, {letter.span}", _text_table(letter)]
    parts += [textwrap.fill(each, WIDTH) for each in letter.remarks]
    for section in letter.sections:
        parts.append(section.heading.upper())
        parts += ["\n".join(_text_entry(entry)) for entry in section.entries]
        parts += [_filled(section.more, "  ")] if section.more else []
    parts.append("\n".join([f"Archive: {letter.where}", WITNESS, letter.seal]))
    return "\n\n".join(parts) + "\n"


def _text_table(letter: Letter) -> str:
    if not letter.rows:
        return "Nothing was ever kept."
    most = WIDTH - 9 * len(letter.columns)
    width = min(max(len(row.name) for row in letter.rows), most)
    head = "site".ljust(width) + "".join(name.rjust(9) for name in letter.columns)
    lines = [head, "-" * len(head)]
    for row in letter.rows:
        shown = row.name if len(row.name) <= width else f"{row.name[: width - 1]}…"
        if row.kind == "all":
            lines.append("-" * len(head))
        lines.append(shown.ljust(width) + "".join(f"{figure:>9,}" for figure in row.figures))
    return "\n".join(lines)


def _text_entry(entry: LetterEntry) -> Iterator[str]:
    yield _filled(entry.title, "  ")
    for line in entry.about:
        yield _filled(line, "    ")
    for what, pairs in entry.swaps:
        said = "; ".join(f"{old or NOTHING} -> {new or NOTHING}" for old, new in pairs)
        yield _filled(f"{what}: {said}", "    ")
    if entry.url:
        yield f"    {entry.url}"


def _filled(text: str, indent: str) -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


# ---------------------------------------------------------------- as HTML

_RULE = "1px solid #dedad2"
_LOOKS = {
    "paper": "background:#f4f2ee",
    "sheet": "background:#ffffff",
    "ink": "color:#1c1b19",
    "faint": "color:#6b675f",
    "out": "color:#a3261d",
    "in": "color:#1f6b3a;font-weight:600",
    "link": "color:#1f5a94;text-decoration:none",
    "alarm": "color:#a3261d",
}
"""What a class looks like in the light."""
_DARK = """\
@media (prefers-color-scheme: dark) {
.paper { background: #171614 !important } .sheet { background: #211f1d !important }
.ink { color: #ece8e1 !important } .faint { color: #a8a297 !important }
.rule { border-color: #3b3833 !important } .out, .alarm { color: #f0897f !important }
.in { color: #7ccf98 !important } .link { color: #8fbdec !important }
}
@media (max-width: 480px) {
.sheet { padding: 16px !important } .cell { padding-left: 6px !important; font-size: 12px !important }
}"""
_SHEET = (
    "max-width:640px;margin:0 auto;padding:28px;border-radius:6px;font-size:15px;line-height:1.5;"
    "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
)
_SMALL = "font-size:13px;overflow-wrap:anywhere"


def as_html(letter: Letter) -> str:
    """The letter as one document."""
    parts = [
        _of("h1", "ink", "margin:0;font-size:22px", "Legger"),
        _of("p", "faint", "margin:0 0 20px", escape(letter.span)),
        _html_table(letter),
        *(_of("p", "ink", "margin:12px 0 0", escape(each)) for each in letter.remarks),
        *map(_html_section, letter.sections),
        _of(
            "p",
            "faint rule",
            f"margin:28px 0 0;padding:12px 0 0;border-top:{_RULE};font-size:12px;overflow-wrap:anywhere",
            f"Archive: {escape(letter.where)}<br>{WITNESS} {escape(letter.seal)}",
        ),
    ]
    sheet = _of("div", "sheet", _SHEET, "\n" + "\n".join(filter(None, parts)) + "\n")
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{escape(letter.headline)}</title>
<style>
{_DARK}
</style>
</head>
{_of("body", "paper", "margin:0;padding:0", _of("div", "paper", "padding:16px 8px", sheet))}
</html>
"""


def _of(tag: str, look: str, style: str, content: str, more: str = "") -> str:
    """An element with the look of its classes; *content* is HTML already."""
    styles = ";".join(filter(None, [style, *(_LOOKS.get(each, "") for each in look.split())]))
    return f'<{tag} class="{look}" style="{styles}"{more}>{content}</{tag}>'


def _html_table(letter: Letter) -> str:
    if not letter.rows:
        return _of("p", "ink", "margin:0", "Nothing was ever kept.")
    lines = [_html_row("th", "faint", "font-size:12px;font-weight:normal", "site", letter.columns)]
    for row in letter.rows:
        look = "faint" if row.kind == "before" else "ink"
        style = "font-weight:bold" if row.kind == "all" else ""
        lines.append(_html_row("td", look, style, row.name, [f"{figure:,}" for figure in row.figures]))
    opening = '<table cellpadding="0" cellspacing="0" style="width:100%;border-collapse:collapse">'
    return "\n".join([opening, *lines, "</table>"])


def _html_row(tag: str, look: str, style: str, name: str, figures: Sequence[str]) -> str:
    rule = ";".join(filter(None, [f"border-bottom:{_RULE}", style]))
    left = f"padding:5px 0;text-align:left;overflow-wrap:anywhere;{rule}"
    right = f"padding:5px 0 5px 12px;text-align:right;{rule}"
    cells = (_of(tag, f"cell rule {look}", right, escape(each)) for each in figures)
    return f"<tr>{_of(tag, f'rule {look}', left, escape(name))}{''.join(cells)}</tr>"


def _html_section(section: Section) -> str:
    look = "alarm" if section.alarming else "ink"
    parts = [_of("h2", look, "margin:28px 0 4px;font-size:16px", escape(section.heading))]
    parts += map(_html_entry, section.entries)
    if section.more:
        parts.append(_of("p", "faint", f"margin:8px 0 0;{_SMALL}", escape(section.more)))
    return "\n".join(parts)


def _html_entry(entry: LetterEntry) -> str:
    title = escape(entry.title)
    if entry.url.startswith(("https://", "http://")):
        title = _of("a", "link", "", title, f' href="{escape(entry.url)}"')
    parts = [_of("div", "ink", "overflow-wrap:anywhere", title)]
    parts += [_of("div", "faint", _SMALL, escape(line)) for line in entry.about]
    for what, pairs in entry.swaps:
        said = "; ".join(
            f"{_of('s', 'out', '', escape(old or NOTHING))} {_of('b', 'in', '', escape(new or NOTHING))}"
            for old, new in pairs
        )
        parts.append(_of("div", "ink", _SMALL, f"{escape(what)}: {said}"))
    return f'<div style="margin:10px 0 0">{"".join(parts)}</div>'
