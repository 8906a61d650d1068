"""How often the kind of an edit is told as its editor meant it, on edits of the practice newsroom.

    python -m bench edit_kinds [--edits 200] [--seed 1]

Each editor works on stories of the newsroom, in its three languages; what the editor set out to do is the
truth. An edit is *found* when the kind that was meant is among those told, *exact* when it is the only one.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from random import Random

from archive.compare.edit_kinds import EditKind, kinds
from archive.compare.edit_summary import numbers, quotes
from archive.model.types import Article, Block, BlockKind
from legger.simulator import editing
from legger.simulator.grammar import Pen
from legger.simulator.newspaper import Newspaper
from legger.simulator.profile import OPENING
from legger.simulator.story import Story

_WORDS = {
    "nl": (("maar", "echter"), ("ook", "eveneens"), ("nu", "momenteel"), ("direct", "meteen"),
           ("mensen", "personen"), ("komt", "verschijnt"), ("heel", "zeer"), ("wel", "zeker")),
    "en": (("but", "yet"), ("also", "too"), ("now", "currently"), ("big", "large"),
           ("said", "told us"), ("many", "lots of"), ("very", "quite"), ("after", "following")),
    "fy": (("mar", "lykwols"), ("ek", "likegoed"), ("no", "op it stuit"), ("minsken", "persoanen"),
           ("hiel", "tige"), ("folle", "in protte"), ("wer", "op 'e nij"), ("wol", "grif")),
}  # fmt: skip
_ADMITS = {
    "nl": ("Correctie: in een eerdere versie van dit bericht stond een ander getal.",
           "Dit artikel is aangepast: eerder stond er een verkeerd bedrag in.",
           "Rectificatie. Het genoemde aantal klopte niet."),
    "en": ("Correction: an earlier version of this article gave another figure.",
           "This article was amended because a figure was wrong.",
           "Clarification: the figure has been put right."),
    "fy": ("Korreksje: yn in eardere ferzje stie in oar getal.", "Rektifikaasje: it getal doogde net."),
}  # fmt: skip


def reword(story: Story, pen: Pen) -> Story:
    """One word gives way to another that means the same; not in a quotation."""
    pairs = list(_WORDS[story.language])
    pen.random.shuffle(pairs)
    for old, new in pairs:
        pattern = re.compile(rf"(?<=[a-z,] ){old}(?= [a-z])")
        for place, block in enumerate(story.blocks):
            if pattern.search(block.text) and not quotes(block.text):
                changed = replace(block, text=pattern.sub(new, block.text, count=1))
                return replace(story, blocks=(*story.blocks[:place], changed, *story.blocks[place + 1 :]))
    return story


def admit(story: Story, pen: Pen) -> Story:
    """A figure is put right, and a line says so."""
    line = Block(kind=BlockKind.PARAGRAPH, text=pen.random.choice(_ADMITS[story.language]))
    right = editing.figure(story, pen)
    return replace(right, blocks=(*right.blocks, line))


def drop(story: Story, pen: Pen) -> Story:
    """A paragraph goes."""
    if len(story.blocks) < 3:
        return story
    place = pen.random.randrange(1, len(story.blocks))
    return replace(story, blocks=(*story.blocks[:place], *story.blocks[place + 1 :]))


EDITORS: dict[str, tuple[Callable[[Story, Pen], Story], frozenset[EditKind]]] = {
    "figure": (editing.figure, frozenset({EditKind.CORRECTION})),
    "rename": (editing.rename, frozenset({EditKind.CORRECTION})),
    "admit": (admit, frozenset({EditKind.CORRECTION, EditKind.NOTICE})),
    "reword": (reword, frozenset({EditKind.STYLE})),
    "extend": (editing.extend, frozenset({EditKind.CONTEXT})),
    "shorten": (editing.shorten, frozenset({EditKind.REMOVAL})),
    "drop": (drop, frozenset({EditKind.REMOVAL})),
    "headline": (editing.headline, frozenset({EditKind.HEADLINE})),
    "update": (editing.update, frozenset({EditKind.UPDATE})),
}
"""Editor -> what it does, and the kinds that are meant."""


def main(arguments: list[str]) -> int:
    """Print a row for each editor; 0 always."""
    parser = argparse.ArgumentParser(prog="python -m bench edit_kinds")
    parser.add_argument("--edits", type=int, default=200, help="Edits of each editor.")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    truths = Newspaper(seed=options.seed).truth(OPENING).values()
    stories = [truth.story for truth in truths if len(truth.story.blocks) > 2]
    random = Random(options.seed)
    print(f"{'editor':10} {'edits':>5} {'found':>6} {'exact':>6}  told")
    found = exact = edits = 0
    for name, (editor, meant) in EDITORS.items():
        told: Counter[str] = Counter()
        right = alone = tried = 0
        for _ in range(20 * options.edits):
            story = random.choice(stories)
            pen = Pen(random, story.language, OPENING, story.place, story.notes)
            edited = editor(story, pen)
            if edited == story or _did_otherwise(name, story, edited):
                continue
            said = kinds(_article(story), _article(edited))
            told[" + ".join(said) or "nothing"] += 1
            right += meant <= set(said)
            alone += meant == set(said)
            tried += 1
            if tried == options.edits:
                break
        edits, found, exact = edits + tried, found + right, exact + alone
        says = ", ".join(f"{kind} {number}" for kind, number in told.most_common(4))
        print(f"{name:10} {tried:5} {right / tried:6.1%} {alone / tried:6.1%}  {says}")
    print(f"{'all':10} {edits:5} {found / edits:6.1%} {exact / edits:6.1%}")
    return 0


def _did_otherwise(name: str, story: Story, edited: Story) -> bool:
    """Whether an editor that found nothing of its own to do did another's work."""
    grew = len(edited.blocks) - len(story.blocks)
    if name in ("figure", "admit") and _same_numbers(story.text, edited.text):
        return True  # "2.600" became "2600"
    return {"figure": grew > 0, "rename": grew > 0 or len(_differing(story, edited)) == 0, "admit": grew > 1,
            "shorten": grew > 0 or len(edited.text) > len(story.text) - 20}.get(name, False)  # fmt: skip


def _same_numbers(one: str, other: str) -> bool:
    return numbers(re.sub(r"(?<=\d)[.](?=\d{3})", "", one)) == numbers(
        re.sub(r"(?<=\d)[.](?=\d{3})", "", other)
    )


def _differing(story: Story, edited: Story) -> list[str]:
    """Words that came and are written with a capital."""
    came = set(edited.text.split()) - set(story.text.split())
    return [word for word in came if word[:1].isupper()]


def _article(story: Story) -> Article:
    return Article(
        kind=story.kind, url="https://news.example/1", title=story.title, blocks=story.blocks,
        authors=story.authors, section=story.section, language=story.language,
    )  # fmt: skip
