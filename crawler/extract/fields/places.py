"""The gazetteer, and datelines read with it.

``places.txt`` beside this file holds one name per line: Dutch municipalities (merged ones too), towns and
villages, Twente, Salland and the Achterhoek in full, regions, Flanders, the towns over the border, and the
cities that agencies report from. A dateline is decided by these names, not by capitals.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_ALSO_WORDS = frozenset((
    "as", "ane", "baars", "bant", "basse", "bergen", "bern", "best", "bonn", "boom", "born", "buren",
    "dante", "elim", "enter", "epe", "ens", "essen", "goes", "graft", "grave", "groet", "ham", "hank",
    "halle", "hall", "handel", "heel", "hees", "hem", "hoek", "hoeven", "holten", "hove", "huizen",
    "houten", "horn", "horst", "horssen", "lede", "leer", "lent", "lint", "lith", "linde", "linden", "look",
    "loo", "loon", "made", "mill", "namen", "neer", "nes", "nice", "noorden", "peel", "putten", "reek",
    "rectum", "rees", "rijs", "riel", "son", "stein", "tuk", "veere", "velden", "vragender", "well",
    "wierden", "winde", "winkel", "wouw", "zegge", "zeeland", "zand", "beek", "nederland", "regio",
))  # fmt: skip
"""Places that are words, too: believed in capitals only."""

_AGENCY = r"(?:\s*\(\s*[A-Z][\w/ .-]{1,20}\)|\s+-\s+(?=\(\w+\)))?"
_SPACED = re.compile(rf"{_AGENCY}\s*(?:[-–—|•·:]|\s/)\s+(?=\S)")
_GLUED = re.compile(r"[-–—](?=[A-ZÀ-Ý„“‘'\"][a-zà-ÿ])")
_BRACKETED = re.compile(r"^[\[(]\s*([^\])]{2,60}?)\s*[\])]\s*[-–—|:]?\s*(?=\S)")
_BARE = re.compile(r"\s+(?=(?:[„“‘'\"«]|,,)?[A-ZÀ-Ý][a-zà-ÿ'’]|(?:[„“‘'\"«]|,,)?[A-ZÀ-Ý]\s|['’][a-z]\s|\d)")
_BETWEEN = re.compile(r"\s*(?:/|,|&|\+|\b(?:en|EN)\b)\s*")
_DROP_CAP = re.compile(r"^([A-ZÀ-Ý])\s+(?=[A-ZÀ-Ý]{2})")
_QUARTER = frozenset(("noord", "zuid", "oost", "west", "centrum", "binnenstad", "stad", "haven"))
_LONGEST = 70
"""Characters that a dateline may fill: three places, a bar, an agency."""


@cache
def _names() -> dict[str, str]:
    """Key -> the name as it is written."""
    lines = files("crawler.extract.fields").joinpath("places.txt").read_text(encoding="utf-8").split("\n")
    names: dict[str, str] = {}
    for line in lines:
        if line and not (_key(line) in names and line.startswith("St.")):
            names[_key(line)] = line
    return names


def _key(name: str) -> str:
    name = name.replace("’", "'").replace("`", "'").replace("´", "'").replace("‘", "'")
    return " ".join(name.casefold().replace("sint-", "sint ").replace("st. ", "sint ").split())


def is_place(name: str) -> bool:
    """Whether the gazetteer knows *name* (any case)."""
    return _key(name) in _names()


def read_dateline(text: str) -> str | None:
    """The place or places a text opens with, as the gazetteer writes them ("Hengelo/Borne"), or ``None``.

    Reads ``HAAKSBERGEN - ``, ``Purmerend – ``, ``HENGELO/BORNE | ``, ``[EDE] ``, ``BERNHEZE (ANP) - ``,
    ``AMERSFOORT-Elke``, ``LEUSDEN De krant`` and the like. Cuts nothing.
    """
    head = text[: _LONGEST + 2].lstrip()
    if not head or not (head[0].isupper() or head[0] in "[('’‘`"):
        return None
    if match := _BRACKETED.match(head):
        return _places(match[1], capitals=match[1].isupper())
    for start in (head, _DROP_CAP.sub(r"\1", head)):
        if not (capital := _capitals(start)):
            if found := _before(_SPACED, start, capitals=False):
                return found
            continue
        for separator in (_SPACED, _GLUED, _BARE):
            if found := _before(separator, start, capitals=True, stop=len(capital)):
                return found
    return None


_CAPITALS = re.compile(r"^(?:['’‘`][a-zA-Z]\s?-?)?(?:[A-ZÀ-Ý][A-ZÀ-Ý'’.\-]*|aan|de|den|het|'t|en|/|,|&|\s)+")


def _capitals(head: str) -> str:
    """The run of capitals a text opens with (with the small words of names), when it is one."""
    match = _CAPITALS.match(head)
    first = re.match(r"['’‘`]?\w[\w'’.-]*", head)
    if not match or not first:
        return ""
    word = first[0].split("-")[0] if first[0].lower() not in _names() else first[0]
    letters = [letter for letter in word.lstrip("'’‘`st-") or word if letter.isalpha()]
    return match[0] if len(letters) > 1 and all(letter.isupper() for letter in letters[1:]) else ""


def _before(separator: re.Pattern[str], head: str, *, capitals: bool, stop: int | None = None) -> str | None:
    """The places before the first separator that has only places before it."""
    for match in separator.finditer(head):
        if stop is not None and match.start() > stop + 25:
            break
        before = head[: match.start()]
        after = head[match.end() :]
        if separator is _GLUED and (
            re.split(r"\W", after, maxsplit=1)[0].lower() in _QUARTER
            or is_place(before + "-" + re.split(r"[^\w'’-]", after, maxsplit=1)[0])
        ):
            continue
        if found := _places(before, capitals=capitals):
            return found
    return None


def _places(text: str, *, capitals: bool) -> str | None:
    """The names in "HENGELO/BORNE, GOOR" as the gazetteer writes them; ``None`` unless all are known."""
    whole = _one(text, capitals=capitals)
    if whole:
        return whole
    parts = [part for part in _BETWEEN.split(text) if part.strip()]
    if not 2 <= len(parts) <= 5:
        return None
    names = [_one(part, capitals=capitals) for part in parts]
    return "/".join(name for name in names if name) if all(names) else None


def _one(text: str, *, capitals: bool) -> str | None:
    name = re.sub(r"\s*\([^)]*\)\s*$", "", text.strip())
    key = _key(name)
    if capitals and not name.replace("'", "").isupper() and name.lower() != name and not _mixed_ok(name):
        return None
    if not capitals and key in _ALSO_WORDS:
        return None
    base, _, quarter = name.rpartition("-")
    if quarter.lower() in _QUARTER and _key(base) in _names():
        return f"{_names()[_key(base)]}-{quarter.capitalize()}"
    return _names().get(key)


def _mixed_ok(name: str) -> bool:
    """ "ALPHEN aan den RIJN", "’s-HERTOGENBOSCH", "IJSSELSTEIN": capitals but for the small words."""
    return all(
        word.isupper()
        or word.lower() in {"aan", "de", "den", "het", "'t", "en", "van", "der", "op", "in", "bij"}
        for word in re.sub(r"^['’‘]s-", "", name).split()
    )
