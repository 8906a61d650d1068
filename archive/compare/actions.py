"""(text, text) -> what an editor did, sentence by sentence. Pure.

A sentence that stands in both texts, white space aside, and in the same order is left alone; one that stands
elsewhere now was moved; two that share half of their words were one that was changed; the rest was added or
removed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Indel

ALIKE = 0.5
"""Share of their words that two sentences have in common when one became the other."""
NEAR = 400
"""Pairs of removed and added sentences that are compared for one edit; beyond, they are not paired."""


class What(StrEnum):
    """What was done to a sentence."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, kw_only=True)
class Action:
    """What was done to one sentence."""

    action: What
    before: str | None
    """The sentence as it stood; ``None``: it did not."""
    after: str | None
    place: int
    """Its place in the new text, or in the old one for one that was removed; sentences are counted from 0."""


_SENTENCE = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][\"”’'»)]))\s+(?=[\"„“‘'«(]*[^\W\d_a-z]|[\"„“‘'«(]*\d)")


def sentences(text: str) -> list[str]:
    """A text in sentences, as good as marks and capitals tell."""
    return [each for line in text.split("\n") for each in _SENTENCE.split(line) if each.strip()]


def actions(old: str, new: str) -> tuple[Action, ...]:
    """What happened between two texts, in the order of the new one; what was removed stands where it was."""
    before, after = sentences(old), sentences(new)
    plain_before, plain_after = (
        [" ".join(each.split()) for each in before],
        [" ".join(each.split()) for each in after],
    )
    gone: list[int] = []
    come: list[int] = []
    where: dict[int, float] = {}  # sentence of the old text -> its place among those of the new one
    stood = 0
    for step in Indel.opcodes(plain_before, plain_after):
        if step.tag == "equal":
            stood = step.dest_end
        else:
            gone += range(step.src_start, step.src_end)
            come += range(step.dest_start, step.dest_end)
            for at in range(step.src_start, step.src_end):
                where[at] = stood - 0.5
    found: list[tuple[float, Action]] = []
    moved = Counter(plain_before[at] for at in gone) & Counter(plain_after[at] for at in come)
    left = Counter(moved)
    for at in list(come):
        if left[plain_after[at]]:
            left[plain_after[at]] -= 1
            come.remove(at)
            words = after[at]
            found.append((at, Action(action=What.MOVED, before=words, after=words, place=at)))
    for at in list(gone):
        if moved[plain_before[at]]:
            moved[plain_before[at]] -= 1
            gone.remove(at)
    for one, other in _pairs(plain_before, plain_after, gone, come):
        gone.remove(one)
        come.remove(other)
        found.append(
            (other, Action(action=What.CHANGED, before=before[one], after=after[other], place=other))
        )
    found += [(at, Action(action=What.ADDED, before=None, after=after[at], place=at)) for at in come]
    found += [
        (where[at], Action(action=What.REMOVED, before=before[at], after=None, place=at)) for at in gone
    ]
    return tuple(action for _, action in sorted(found, key=lambda each: each[0]))


def _pairs(
    before: Sequence[str], after: Sequence[str], gone: Sequence[int], come: Sequence[int]
) -> list[tuple[int, int]]:
    """Which removed sentence became which added one: the most alike first, each once."""
    if len(gone) * len(come) > NEAR:
        return []
    likeness = [
        (Indel.normalized_similarity(before[one].split(), after[other].split()), one, other)
        for one in gone
        for other in come
    ]
    taken_before: set[int] = set()
    taken_after: set[int] = set()
    pairs = []
    for share, one, other in sorted(likeness, key=lambda each: (-each[0], each[1], each[2])):
        if share < ALIKE:
            break
        if one not in taken_before and other not in taken_after:
            taken_before.add(one)
            taken_after.add(other)
            pairs.append((one, other))
    return pairs
