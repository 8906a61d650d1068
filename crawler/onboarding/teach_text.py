"""The rule for a text that a person pointed at: the smallest element that holds it, on other pages too.

Who points at a paragraph means the text around it. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from bs4 import Tag

WHOLE = 0.95
"""Share of the characters of a text that must stand in an element that holds the whole of it."""
HARM = 0.3
"""Share of the characters of a text that nobody means to drop."""
FEW = 4
"""Words of a line that says nothing of where the text stands."""
EXAMPLES = 3


class NumberedBlock(Protocol):
    """A block of the page pointed at."""

    @property
    def number(self) -> int:
        """As it is pointed at."""

    @property
    def tag(self) -> Tag:
        """Its element."""

    @property
    def words(self) -> str:
        """What it says."""


@dataclass(frozen=True)
class TaughtSample:
    """A page, and what was read as its text: signs alone, line by line; no lines: not known."""

    soup: Tag
    lines: tuple[str, ...] = ()

    @classmethod
    def of(cls, soup: Tag, text: Sequence[str]) -> TaughtSample:
        """*text*: the blocks of the text."""
        return cls(soup, tuple(signs for line in text if (signs := signs_of(line))))

    def share_in(self, tags: Sequence[Tag], *, but: str = "") -> float:
        """Which share of the text stands in *tags*; *but*: the signs of what is not counted."""
        lines = [line for line in self.lines if line not in but] if but else self.lines
        within = [signs_of(tag.get_text(" ")) for tag in tags]
        held = sum(len(line) for line in lines if any(line in each for each in within))
        return held / max(sum(map(len, lines)), 1)


@dataclass(frozen=True, kw_only=True)
class TextRule:
    """The selector of a text, and how far it holds."""

    selector: str
    holds: int
    """Other pages on which it holds the whole text."""
    says: tuple[str, ...]


def signs_of(words: str) -> str:
    """Letters and digits alone: spaces and marks differ between a page's elements and what is read."""
    return re.sub(r"[\W_]+", "", words).casefold()


def text_rule(
    pointed: Sequence[NumberedBlock],
    here: Sequence[NumberedBlock],
    samples: Sequence[TaughtSample],
    selectors: Callable[[Tag], Iterator[str]],
) -> TextRule | None:
    """The rule for the text of which *pointed* are pieces; ``None`` when no selector names it alone.

    *here*: all blocks of the first sample, on which they stand. *selectors*: those of an element, the best
    first.
    """
    first = samples[0]
    was_read = any(signs_of(each.words) in "".join(first.lines) for each in pointed)
    best: tuple[float, Tag, str] | None = None
    for around in _around(pointed):
        if not was_read and sum(_is_in(each.tag, around) for each in here) < 2:
            continue  # what was read is no witness, and one paragraph is no text
        for selector in selectors(around):
            named = first.soup.select(selector)
            if len(named) != 1 or named[0] is not around:
                continue
            fit = sum(_fit(each, each.soup.select(selector), was_read) for each in samples)
            if best is None or fit > best[0] + 0.01 * len(samples):
                best = (fit, around, selector)
        if best is not None and not was_read:
            break
    if best is None:
        return None
    _, element, selector = best
    others = [(each, each.soup.select(selector)) for each in samples[1:]]
    holds = sum(_holds(each, found, was_read) for each, found in others)
    return TextRule(
        selector=selector,
        holds=holds,
        says=tuple(_says(pointed, here, element, first, others, was_read=was_read)),
    )


def _around(pointed: Sequence[NumberedBlock]) -> Iterator[Tag]:
    """The elements that hold all that was pointed at, the smallest first."""
    for tag in (pointed[0].tag, *pointed[0].tag.parents):
        if tag.name in ("html", "body", "[document]"):
            return
        if all(_is_in(each.tag, tag) for each in pointed):
            yield tag


def _is_in(tag: Tag, around: Tag) -> bool:
    return tag is around or any(each is around for each in tag.parents)


def _fit(sample: TaughtSample, found: Sequence[Tag], was_read: bool) -> float:
    """How well elements are the text of a page, from 0 to 1; to lack some weighs more than to hold more."""
    if not found or len(found) > 3:
        return 0.0
    if not (was_read and sample.lines):
        return float(len(found) == 1 and bool(found[0].get_text(strip=True)))
    share = sample.share_in(found)
    signs = sum(len(signs_of(each.get_text(" "))) for each in found)
    clean = min(share * sum(map(len, sample.lines)) / max(signs, 1), 1.0)
    return 3.25 * clean * share / (2.25 * clean + share) if share else 0.0


def _holds(sample: TaughtSample, found: Sequence[Tag], was_read: bool) -> bool:
    if was_read and sample.lines:
        return bool(found) and sample.share_in(found) >= WHOLE
    return len(found) == 1 and bool(found[0].get_text(strip=True))


def _says(
    pointed: Sequence[NumberedBlock],
    here: Sequence[NumberedBlock],
    element: Tag,
    first: TaughtSample,
    others: Sequence[tuple[TaughtSample, Sequence[Tag]]],
    *,
    was_read: bool,
) -> Iterator[str]:
    inside = [each for each in here if _is_in(each.tag, element)]
    if len(inside) > len(pointed):
        yield (
            f"the text is what stands around block {pointed[0].number}: blocks {inside[0].number} to "
            f"{inside[-1].number}"
        )
    if not was_read:
        yield (
            "what was read as the text until now does not hold what you point at: look at the page; two "
            "numbers (12-18 is the text) say where it begins and ends"
        )
        return
    whole = "".join(first.lines)
    more = [each for each in inside if signs_of(each.words) and signs_of(each.words) not in whole]
    if more:
        shown = ", ".join(f"{each.number} ({_short(each.words)})" for each in more[:EXAMPLES])
        rest = f" and {len(more) - EXAMPLES} more" if len(more) > EXAMPLES else ""
        yield f"it takes in more than what was read as the text: {shown}{rest}; drop what is none"
    outside = [
        each
        for each in here
        if len(each.words.split()) > FEW
        and signs_of(each.words) in first.lines
        and not any(each.tag is one.tag for one in inside)
    ]
    if outside:
        shown = ", ".join(f"{each.number} ({_short(each.words)})" for each in outside[:EXAMPLES])
        yield f"it lacks what was read as text: {shown}; keep what is"
    lacking = sum(bool(found) and not _holds(each, found, True) for each, found in others)
    nothing = sum(not found for _, found in others)
    if lacking:
        yield f"on {lacking} of {len(others)} others it lacks a part of what was read as the text"
    if nothing:
        yield f"on {nothing} of {len(others)} others it names nothing; there the text is read as until now"


def _short(words: str) -> str:
    return words if len(words) <= 30 else f"{words[:29].rstrip()}…"


def harm(samples: Sequence[TaughtSample], selector: str, pointed: NumberedBlock) -> int:
    """On how many pages *selector*, which is to drop *pointed*, would take the text away."""
    meant = signs_of(pointed.words)
    return sum(
        each.share_in(each.soup.select(selector), but=meant if number == 0 else "") > HARM
        for number, each in enumerate(samples)
    )
