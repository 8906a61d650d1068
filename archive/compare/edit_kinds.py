"""(article, article) -> what kinds of edit lie between two versions, by rules that can be told. Pure.

The rules, in the order in which they are tried:

- Another story at the address is ``replaced``; a text that a paywall opened or closed is ``access``. Then
  nothing is said of its words.
- A headline or kicker with other words is ``headline``; a mark such as "(update)" behind it is no other word.
- A line that came and announces a correction is ``notice``; one that announces news is ``update``, and so are
  all other passages that came with it, and the new entries of a live blog.
- Other passages that came are ``context``, those that went ``removal``. A passage is a paragraph, a sentence,
  at least :data:`PASSAGE` words more (or fewer) at one place, or a number or name put in (or taken out) by
  itself.
- Within a line, ``correction`` is another number, name, day or month in the place of one, a denial that came
  or went, or other words in a quotation.
- All other words, marks and spellings are ``style``, and so is a passage that moved.
- Authors and section are ``metadata``.

The rules read words, not the world: "open" for "closed" is told as style. They are a help for the eye and for
counting, and stand beside the words, never in their place. :mod:`bench.edit_kinds` measures them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Levenshtein

from archive.compare.alignment import AlignedRow, RowKind, align
from archive.compare.diff import count_words
from archive.compare.edit_summary import names, numbers, quotes
from archive.compare.fingerprint import folded
from archive.compare.judge import changed_fields
from archive.compare.notices import announces, announces_news, without_mark
from archive.model.types import Article, Block, Change, Piece

PASSAGE = 5
"""Words by which a passage is longer than what stood in its place."""
MISSPELT = 2
"""Letters in which two spellings of one quotation differ at most."""


class EditKind(StrEnum):
    """What an editor did."""

    CORRECTION = "correction"
    STYLE = "style"
    CONTEXT = "context"
    REMOVAL = "removal"
    HEADLINE = "headline"
    UPDATE = "update"
    NOTICE = "notice"
    METADATA = "metadata"
    ACCESS = "access"
    REPLACED = "replaced"


EXPLAINED: Mapping[EditKind, str] = {
    EditKind.CORRECTION: "another number, name, day or quoted word, or a denial that came or went",
    EditKind.STYLE: "other words, marks or spellings, no number, name or denial; or a passage that moved",
    EditKind.CONTEXT: "a passage that came, without saying that it is news",
    EditKind.REMOVAL: "a passage that went",
    EditKind.HEADLINE: "other words in the headline or the line above it",
    EditKind.UPDATE: "a passage that says it is an update, and what came with it",
    EditKind.NOTICE: "a line that says the article was corrected",
    EditKind.METADATA: "other authors, or another section",
    EditKind.ACCESS: "a paywall that opened or closed",
    EditKind.REPLACED: "another story at the same address",
}
"""What each kind means, in words for a reader."""


def kinds(old: Article, new: Article) -> tuple[EditKind, ...]:
    """The kinds of edit between two readings made the same way, in the order of :class:`EditKind`."""
    moved = set(changed_fields(old, new))
    found = set(_kinds(old, new, moved))
    return tuple(kind for kind in EditKind if kind in found)


def _kinds(old: Article, new: Article, moved: set[str]) -> Iterator[EditKind]:
    if "replaced" in moved:
        yield EditKind.REPLACED
        return
    if {"title", "headline", "kicker"} & moved:
        yield from _headline(old, new, moved)
    if {"authors", "section"} & moved:
        yield EditKind.METADATA
    if "paywall" in moved:
        yield EditKind.ACCESS
    elif "liveblog" in moved:
        yield EditKind.UPDATE
    elif {"text", "captions", "boxes"} & moved:
        yield from _words(old, new)


def _headline(old: Article, new: Article, moved: set[str]) -> Iterator[EditKind]:
    (bare, before), (left, after) = without_mark(old.title), without_mark(new.title)
    for mark, known in ((after, before), (new.kicker or "", old.kicker or "")):
        if mark != known and announces(mark.strip("([ ")):
            yield EditKind.UPDATE if announces_news(mark) else EditKind.NOTICE
    if (
        folded(bare) != folded(left)
        or "headline" in moved
        or ("kicker" in moved and not announces(new.kicker or "") and not announces(old.kicker or ""))
    ):
        yield EditKind.HEADLINE


def _words(old: Article, new: Article) -> Iterator[EditKind]:
    rows = [row for row in align(old, new) if row.kind is not RowKind.EQUAL]
    said = [words for row in rows for words in _came(row) if announces(words)]
    news = any(announces_news(words) for words in said)
    if news:
        yield EditKind.UPDATE
    if any(not announces_news(words) for words in said):
        yield EditKind.NOTICE
    named = _named(old) | _named(new)
    for row in rows:
        told = news or any(announces(words) for words in _came(row))
        for kind in _row(row, named, old.language or new.language or ""):
            if kind is not EditKind.CONTEXT or not told:
                yield kind


def _came(row: AlignedRow) -> list[str]:
    """What stands in a row that did not stand there before, piece by piece."""
    if row.kind is RowKind.ADDED:
        return [block.text for block in row.new]
    return [piece.text.strip() for piece in row.pieces if piece.change is Change.ADDED]


def _named(article: Article) -> set[str]:
    """Every word of a name that stands in an article."""
    return {word for name in names(article.text) for word in name.split()}


def _row(row: AlignedRow, named: set[str], language: str) -> Iterator[EditKind]:
    if row.kind is RowKind.ADDED:
        yield EditKind.CONTEXT if _has_words(row.new) else EditKind.STYLE
    elif row.kind is RowKind.REMOVED:
        yield EditKind.REMOVAL if _has_words(row.old) else EditKind.STYLE
    elif row.kind is RowKind.CHANGED:
        notices = [block.text for block in row.new if announces(block.text)]
        if notices and any(announces(block.text) for block in row.old):
            yield EditKind.UPDATE if announces_news(notices[0]) else EditKind.NOTICE
            return
        found = {kind for swap in _swaps(row.pieces) for kind in swap.kinds(named, language)}
        yield from found - {EditKind.STYLE} | {EditKind.CORRECTION} if _said_otherwise(row) else found
    else:
        yield EditKind.STYLE


def _has_words(blocks: tuple[Block, ...]) -> bool:
    return any(count_words(block.text) for block in blocks)


def _said_otherwise(row: AlignedRow) -> bool:
    """Whether a quotation has other words, and not only another spelling."""
    then, now = ({said for block in blocks for said in _spoken(block.text)} for blocks in (row.old, row.new))
    pairs = zip(sorted(then - now), sorted(now - then), strict=False)
    return any(Levenshtein.distance(one, other) > MISSPELT for one, other in pairs)


def _spoken(line: str) -> list[str]:
    """What stands between quotation marks, whatever the marks around and within it."""
    return [" ".join(re.findall(r"\w+", words.casefold())) for words in quotes(line)]


# ---------------------------------------------------------------- words in the place of words


@dataclass(frozen=True, kw_only=True)
class _Swap:
    """What stood at one place, and what stands there now; either may be empty."""

    old: str
    new: str
    opens: bool
    """It opens a sentence: its capital says nothing."""

    def kinds(self, named: set[str], language: str) -> Iterator[EditKind]:
        """What it makes of the edit."""
        went, came = self.old.split(), self.new.split()
        if not count_words(self.old) and not count_words(self.new):
            yield EditKind.STYLE
            return
        more = count_words(self.new) - count_words(self.old)
        facts = [self._facts(words, named, language) for words in (self.old, self.new)]
        if (all(facts) and facts[0] != facts[1]) or (
            _denials(self.old) != _denials(self.new) and not self._is_passage(more)
        ):
            yield EditKind.CORRECTION
        elif self._is_passage(more):
            pass
        elif not went and (facts[1] or _is_sentence(self.new)):
            yield EditKind.CONTEXT
        elif not came and (facts[0] or _is_sentence(self.old)):
            yield EditKind.REMOVAL
        else:
            yield EditKind.STYLE
        if more >= PASSAGE:
            yield EditKind.CONTEXT
        elif more <= -PASSAGE:
            yield EditKind.REMOVAL

    @staticmethod
    def _is_passage(more: int) -> bool:
        return abs(more) >= PASSAGE

    def _facts(self, words: str, named: set[str], language: str) -> list[str]:
        """Numbers, names, days and months among *words*."""
        found = [_plain(each) for each in numbers(words)]
        spoken = re.findall(r"[\w’'-]+", words)
        found += [COUNTED[word.casefold()] for word in spoken if word.casefold() in COUNTED]
        if language.partition("-")[0].lower() in _NOUNS_HAVE_CAPITALS:
            return found
        for place, word in enumerate(spoken):
            opening = self.opens and place == 0
            if word[0].isupper() and not word.isdigit() and (not opening or word in named):
                found.append(word)
        return found


def _is_sentence(words: str) -> bool:
    return count_words(words) > 1 and bool(re.search(r"[.!?…][\"”’»]?\s*$", words))


def _swaps(pieces: tuple[Piece, ...]) -> Iterator[_Swap]:
    before, old, new = "", "", ""
    for piece in (*pieces, Piece(change=Change.EQUAL, text="")):
        if piece.change is Change.REMOVED:
            old += piece.text
        elif piece.change is Change.ADDED:
            new += piece.text
        else:
            if old or new:
                yield _Swap(old=old, new=new, opens=bool(_OPENING.search(before)))
            before, old, new = piece.text, "", ""


_OPENING = re.compile(r"(?:^|[.!?…:\n]|[„“‘\"«])\s*$")
_NOUNS_HAVE_CAPITALS = frozenset({"de", "lb", "gsw", "nds", "stq"})
"""Languages that write every noun with a capital: there it tells no name."""

_NUMBERS = (
    "twee drie vier vijf zes zeven acht negen tien elf twaalf",
    "two three four five six seven eight nine ten eleven twelve",
    "twa trije fjouwer fiif seis sân acht njoggen tsien alve tolve",
    "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "deux trois quatre cinq six sept huit neuf dix onze douze",
    "due tre quattro cinque sei sette otto nove dieci undici dodici",
    "dos tres cuatro cinco seis siete ocho nueve diez once doce",
)
"""Two to twelve. One is an everyday word in most of these languages."""
_DAYS = """
    maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
    moandei tiisdei woansdei tongersdei freed sneon snein
    monday tuesday wednesday thursday friday saturday sunday
    montag dienstag mittwoch donnerstag freitag samstag sonntag
    lundi mardi mercredi jeudi vendredi samedi dimanche
    lunedì martedì mercoledì giovedì venerdì sabato domenica
    lunes martes miércoles jueves viernes sábado domingo
    januari februari maart april mei juni juli augustus september oktober november december
    jannewaris febrewaris maaie juny july septimber oktober novimber desimber
    january february march june august october
    januar februar märz juni juli dezember
    janvier février avril juin juillet août septembre octobre novembre décembre
    gennaio febbraio aprile maggio giugno luglio agosto settembre ottobre dicembre
    enero febrero abril mayo junio julio septiembre octubre noviembre diciembre
"""
COUNTED: Mapping[str, str] = {word: word for word in _DAYS.split()} | {
    word: str(number) for words in _NUMBERS for number, word in enumerate(words.split(), 2)
}
"""Numbers in words -> in figures; days and months -> themselves; in the languages of
:data:`archive.compare.notices.NOTICES`."""


def _plain(number: str) -> str:
    """A number as it is compared: ``1.000`` is ``1000``, ``15:10`` is ``15.10``."""
    return re.sub(r"(?<=\d)[.\s](?=\d{3}(?!\d))", "", number).replace(":", ".").replace(" ", "")


_DENIALS = frozenset(
    [
        "niet",
        "geen",
        "nooit",
        "niemand",
        "nergens",
        "gjin",
        "noait",
        "nimmen",
        "not",
        "never",
        "nobody",
        "nicht",
        "kein",
        "keine",
        "keinen",
        "jamais",
        "aucun",
        "aucune",
        "nessuno",
        "nunca",
        "ningún",
        "ninguna",
        "nadie",
    ]
)
"""Words that turn a sentence round; those that mean something else in another language are left out."""


def _denials(words: str) -> int:
    return sum(word in _DENIALS or word.endswith("n't") for word in re.findall(r"[\w’']+", words.casefold()))
