"""What lies between two versions or readings, printed: in figures, field by field, word by word."""

from __future__ import annotations

from rich.padding import Padding
from rich.text import Text

from archive.compare.edit_summary import Edit
from archive.model.types import Change, Diff
from legger.cli.console import many, out, plain, reading_width


def _coloured() -> bool:
    """Whether colours tell what went and what came: with ``NO_COLOR`` marks have to."""
    return out.color_system is not None and not out.no_color


def marked(diff: Diff, context: int = 12) -> Text:
    """A diff's text with removed words red and struck, added words green; long equal runs shortened.

    Without colours ``[-removed-]`` and ``{+added+}``.
    """
    text = Text()
    last = len(diff.pieces) - 1
    for place, piece in enumerate(diff.pieces):
        if piece.change is Change.EQUAL:
            words = piece.text.split(" ")
            if len(words) > 2 * context + 4:
                head = " ".join(words[:context]) if place else ""
                tail = " ".join(words[-context:]) if place != last else ""
                text.append_text(plain(f"{head} […] {tail}", "dim"))
            else:
                text.append_text(plain(piece.text))
        elif piece.change is Change.REMOVED:
            text.append_text(plain(piece.text, "red strike") if _coloured() else plain(f"[-{piece.text}-]"))
        else:
            text.append_text(plain(piece.text, "bold green") if _coloured() else plain(f"{{+{piece.text}+}}"))
    return text


def show_diff(found: Diff, edited: Edit) -> None:
    """What lies between two versions: in figures, field by field, and word by word."""
    shifted = f", {edited.shifted} moved" if edited.shifted else ""
    out.print(plain(f"{many(edited.removed, 'word')} out, {edited.added} in{shifted}", "dim"))
    _swaps(edited)
    show_changes(found)


def show_changes(found: Diff) -> None:
    """What lies between two readings: field by field, and word by word."""
    for name, (before, after) in found.fields.items():
        out.print(
            Text.assemble(
                f"{name}: ", (before or "(none)", "red strike"), " -> ", (after or "(none)", "bold green")
            )
        )
    if any(piece.change is not Change.EQUAL for piece in found.pieces):
        out.print(Padding(marked(found), (1, 0, 0, 0), expand=False), width=reading_width(88))


def _swaps(edited: Edit) -> None:
    """The numbers, names and quotes that changed."""
    for what, swaps in (("numbers", edited.numbers), ("names", edited.names), ("quotes", edited.quotes)):
        if not swaps:
            continue
        line = Text(f"{what}: ")
        for place, (before, after) in enumerate(swaps):
            line.append(", " if place else "")
            line.append_text(plain(before or "(none)", "red"))
            line.append(" -> ")
            line.append_text(plain(after or "(none)", "green"))
        out.print(line)
