"""What changes on many pages of a site at once: the template's doing, and no edit. Pure.

A newsroom that puts a notice under every article, or another word into all its headlines, edits none of them.
Only a crawl run as a whole can tell: it holds what it finds changed until it has seen what the pages have in
common.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from itertools import zip_longest

from rapidfuzz.distance import Indel

from archive.compare.fingerprint import folded
from archive.model.types import Article, BlockKind

Piece = tuple[str, str, str]
"""(where, words that went, words that came) of one change."""

TEMPLATE = "the same change"
"""How the reason of a verdict begins that a change was no edit, but made on all pages at once."""
FEWEST = 3
"""So many articles at least must have changed in the same way."""
SHARE = 0.5
"""And this share of the articles that the run compared with what was on file."""
MANY_LINES = 20
"""Articles in which the same whole line came or went: no editor does that by hand, whatever the share."""
MOST_HELD = 200
"""Changes held at a time: then what was seen by then decides."""
ALIKE = 0.5
"""A line as like the one in its place as this is that line, changed."""
MOST_SHARE = 0.8
"""Share of the articles compared that must have changed in one way, where each has words of its own."""
MANY = 5
"""And so many articles at least."""
FORM = 0.6
"""A line as like that of another article is one form filled in twice: "NAME writes about PLACE"."""


Way = tuple[str, str]
"""(where, how) a piece changed, whatever its words: ``("title", "spelling")``, ``("authors", "gone")``."""


def way_of(piece: Piece) -> Way | None:
    """How a piece changed, where that can be a template's doing though each article has words of its own.

    Another spelling (capitals, quotation marks, dashes), names or captions that are shown no more or in
    another form. ``None``: an editor's words.
    """
    where, before, after = piece
    if _bare(before) == _bare(after):
        return where, "spelling"
    if where in ("authors", "captions") and not (before and after):
        return where, "gone" if before else "come"
    if where == "authors" and set(_bare(before).split()) & set(_bare(after).split()):
        return where, "form"
    return None


def _bare(words: str) -> str:
    """*words* without what a template may spell otherwise."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    return " ".join(re.findall(r"\w+", "".join(each for each in plain if not unicodedata.combining(each))))


def changed_pieces(old: Article, new: Article) -> frozenset[Piece]:
    """What changed between two readings, each piece by itself and without what stayed around it."""
    found: set[Piece] = set()
    for name, before, after in (
        ("title", old.title, new.title),
        ("headline", old.headline or "", new.headline or ""),
        ("kicker", old.kicker or "", new.kicker or ""),
        ("section", old.section or "", new.section or ""),
        ("authors", ", ".join(old.authors), ", ".join(new.authors)),
    ):
        if folded(before) != folded(after):
            found.add((name, *_core(folded(before), folded(after))))
    lost = Counter(map(folded, old.captions)) - Counter(map(folded, new.captions))
    if old.captions and not new.captions:
        found |= {("captions", line, "") for line in lost}
    then = [folded(block.text) for block in old.blocks if block.kind is not BlockKind.CAPTION or new.captions]
    now = [folded(block.text) for block in new.blocks]
    gone, come = Counter(then) - Counter(now), Counter(now) - Counter(then)
    removed = [line for line in dict.fromkeys(then) if gone[line]]
    added = [line for line in dict.fromkeys(now) if come[line]]
    if len(removed) == len(added):
        for before, after in zip(removed, added, strict=True):
            if Indel.normalized_similarity(before, after) >= ALIKE:
                found.add(("line", *_core(before, after)))
            else:
                found |= {("lines", before, ""), ("lines", "", after)}
    else:
        found |= {("lines", line, "") for line in removed} | {("lines", "", line) for line in added}
    return frozenset(found)


def _core(before: str, after: str) -> tuple[str, str]:
    """The words in which two lines differ, from the first to the last."""
    old, new = before.split(), after.split()
    head = 0
    for one, other in zip_longest(old, new):
        if one != other:
            break
        head += 1
    old, new = old[head:], new[head:]
    while old and new and old[-1] == new[-1]:
        old.pop()
        new.pop()
    return " ".join(old), " ".join(new)


@dataclass(kw_only=True)
class CommonChanges:
    """What one crawl run found changed. Until it has :attr:`decided`, changes are held."""

    compared: set[int] = field(default_factory=set)
    """Articles whose pages were compared with what is on file."""
    seen: dict[Piece, set[int]] = field(default_factory=dict)
    """Piece -> the articles in which it changed."""
    articles: set[int] = field(default_factory=set)
    """Articles of which a change is held."""
    ways: dict[Way, set[int]] = field(default_factory=dict)
    """Way -> the articles in which something changed so."""
    lines: dict[str, dict[str, int]] = field(default_factory=dict)
    """``come`` and ``gone`` -> line -> the article."""
    headlines: dict[str, int] = field(default_factory=dict)
    """Headline -> the article, of those that were compared."""
    held: list[int] = field(default_factory=list)
    """Captures that are held, in order."""
    decided: bool = False

    def add_article(self, article: int, pieces: frozenset[Piece] = frozenset(), *, title: str = "") -> None:
        """An article was compared, and changed in these pieces."""
        self.compared.add(article)
        if title:
            self.headlines[_bare(title)] = article
        for piece in pieces:
            self.seen.setdefault(piece, set()).add(article)
            if (way := way_of(piece)) is not None:
                self.ways.setdefault(way, set()).add(article)
            if piece[0] == "lines":
                which, line = ("gone", piece[1]) if piece[1] else ("come", piece[2])
                self.lines.setdefault(which, {})[line] = article

    def hold(self, article: int, capture: int) -> None:
        """A capture of an article waits until the run knows what its pages have in common."""
        self.articles.add(article)
        self.held.append(capture)

    def waits(self, article: int) -> bool:
        """Whether a change of an article is held: what comes after it has to wait, too."""
        return not self.decided and article in self.articles

    @property
    def full(self) -> bool:
        """Whether enough is held to decide."""
        return not self.decided and len(self.held) >= MOST_HELD

    def decide(self) -> list[int]:
        """From now on changes are judged; returns the captures that were held, in order."""
        self.decided = True
        held, self.held = self.held, []
        return held

    def shared_by(self, pieces: frozenset[Piece]) -> int:
        """How many articles changed in the same way, where the run found that on its pages everywhere; 0 for
        a change that is an article's own."""
        return min(map(self._sharing, pieces), default=0)

    def _sharing(self, piece: Piece) -> int:
        """How many articles share one piece; 0: it is one article's own."""
        number = len(self.seen.get(piece, ()))
        if number >= FEWEST and (
            number >= SHARE * len(self.compared) or (piece[0] == "lines" and number >= MANY_LINES)
        ):
            return number
        way = way_of(piece)
        alike = len(self.ways.get(way, ())) if way is not None else 0
        if piece[0] == "lines":
            alike = max(alike, self._of_one_form(piece))
        return alike if alike >= MANY and alike >= MOST_SHARE * len(self.compared) else 0

    def _of_one_form(self, piece: Piece) -> int:
        """In how many articles a line came (or went) that is this one with other names in it; or that is, as
        this one is, the headline of another article."""
        which, line = ("gone", piece[1]) if piece[1] else ("come", piece[2])
        others = self.lines.get(which, {})
        if _bare(line) in self.headlines:
            return len({article for each, article in others.items() if _bare(each) in self.headlines})
        return len(
            {article for each, article in others.items() if Indel.normalized_similarity(line, each) >= FORM}
        )
