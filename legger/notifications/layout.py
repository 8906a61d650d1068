"""How a letter looks: as text that fits a mail, and as HTML for mail clients, light and dark. Pure.

HTML has its styles inline, as mail clients want them; a style sheet only turns colours for the dark. There
is no script and no picture in it, and nothing is fetched. Every word from outside is escaped.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from archive.compare.edit_summary import Swap
from legger.i18n import Translation
from legger.notifications.message import WIDTH
from legger.templating import environment


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
class LetterRow:
    """A line of the table."""

    name: str
    figures: Sequence[str]
    kind: str = ""
    """``all`` or ``before``; empty for a site."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """All that stands in it."""

    headline: str
    span: str
    columns: Sequence[str]
    rows: Sequence[LetterRow]
    remarks: Sequence[str]
    sections: Sequence[Section]
    where: str
    seal: str


# ---------------------------------------------------------------- as text


def as_text(letter: Letter, t: Translation) -> str:
    """The letter in at most 76 columns; only an address may be longer."""
    parts = [f"Legger, {letter.span}", _text_table(letter, t)]
    parts += [textwrap.fill(each, WIDTH) for each in letter.remarks]
    for section in letter.sections:
        parts.append(section.heading.upper())
        parts += ["\n".join(_text_entry(entry, t)) for entry in section.entries]
        parts += [_filled(section.more, "  ")] if section.more else []
    parts.append("\n".join([t("Archive: {where}", where=letter.where), _witness(t), letter.seal]))
    return "\n\n".join(parts) + "\n"


def _witness(t: Translation) -> str:
    return t("Head of the chain, which this mail now bears witness of:")


def _text_table(letter: Letter, t: Translation) -> str:
    if not letter.rows:
        return t("Nothing was ever kept.")
    columns = [max(9, len(name) + 2) for name in letter.columns]
    most = WIDTH - sum(columns)
    width = min(max(len(row.name) for row in letter.rows), most)
    head = t("site").ljust(width) + _in_columns(letter.columns, columns)
    lines = [head, "-" * len(head)]
    for row in letter.rows:
        shown = row.name if len(row.name) <= width else f"{row.name[: width - 1]}…"
        if row.kind == "all":
            lines.append("-" * len(head))
        lines.append(shown.ljust(width) + _in_columns(row.figures, columns))
    return "\n".join(lines)


def _in_columns(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))


def _text_entry(entry: LetterEntry, t: Translation) -> Iterator[str]:
    yield _filled(entry.title, "  ")
    for line in entry.about:
        yield _filled(line, "    ")
    for what, pairs in entry.swaps:
        nothing = t("(none)")
        said = "; ".join(f"{old or nothing} -> {new or nothing}" for old, new in pairs)
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
_SHEET = (
    "max-width:640px;margin:0 auto;padding:28px;border-radius:6px;font-size:15px;line-height:1.5;"
    "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
)
_SMALL = "font-size:13px;overflow-wrap:anywhere"


def as_html(letter: Letter, t: Translation) -> str:
    """The letter as one document."""
    templates = environment("legger.notifications")
    return templates.get_template("letter.html").render(
        letter=letter,
        look=_look,
        rule=_RULE,
        sheet=_SHEET,
        small=_SMALL,
        t=t,
        witness=_witness(t),
    )


def _look(classes: str, style: str = "") -> Markup:
    """The style of an element: its own, and that of its classes. Nothing in it comes from outside."""
    styles = [style, *(_LOOKS.get(each, "") for each in classes.split())]
    return Markup(";".join(filter(None, styles)))  # noqa: S704
