"""Writes stories from the topic files: our own sentences with slots and alternatives. Reads package data only.

A topic file is a list of groups. ``= title`` opens a group; its lines are alternatives. ``[a|b|]`` chooses,
``<man1>`` fills a slot (the same name gives the same value throughout a story), ``= para?`` may be left out,
``= either`` uses one of its lines where
``= para`` may use two, ``= items`` gives a list, A lead or brief may
bring its own headline (``headline :: text``). ``= subhead`` stands above the next paragraph and goes where that goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from random import Random

from archive.model.types import Block, BlockKind
from legger.simulator import words
from legger.simulator.story import Notes

_INNERMOST = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"<([a-z]+)(\d*)(?:\.([a-z]+))?(?::([^<>]*))?>")


@dataclass(frozen=True, kw_only=True)
class PhraseGroup:
    """Alternatives for one place in a story."""

    kind: str
    optional: bool
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One kind of story a newsroom writes."""

    name: str
    language: str
    section: str
    tags: tuple[str, ...]
    groups: tuple[PhraseGroup, ...]

    def lines(self, kind: str) -> tuple[str, ...]:
        """The alternatives of every group of *kind*."""
        return tuple(line for group in self.groups if group.kind == kind for line in group.lines)


def parse(name: str, language: str, text: str) -> Topic:
    """A topic from the words of its file."""
    section, tags = "algemeen", ()
    groups: list[tuple[str, list[str]]] = []
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("section "):
            section = line.removeprefix("section ")
        elif line.startswith("tags "):
            tags = tuple(tag.strip() for tag in line.removeprefix("tags ").split(","))  # type: ignore[assignment]
        elif line.startswith("= "):
            groups.append((line.removeprefix("= "), []))
        elif line and not line.startswith("#"):
            groups[-1][1].append(line)
    return Topic(
        name=name,
        language=language,
        section=section,
        tags=tags,
        groups=tuple(
            PhraseGroup(kind=kind.rstrip("?"), optional=kind.endswith("?"), lines=tuple(lines))
            for kind, lines in groups
        ),
    )


@cache
def topics(language: str) -> tuple[Topic, ...]:
    """Every topic of a language, by name."""
    folder = files("legger.simulator").joinpath("topics", language)
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".txt")), key=lambda e: e.name)
    return tuple(parse(each.name[:-4], language, each.read_text(encoding="utf-8")) for each in found)


class Pen:
    """Fills in the sentences of one story. Remembers its slots, so that names and figures agree."""

    def __init__(
        self, random: Random, language: str, at: datetime, place: str, notes: Notes | None = None
    ) -> None:
        """*notes*: what an earlier pen wrote the same story with."""
        self.random, self.language, self.at, self.place = random, language, at, place
        self._slots: dict[str, str] = {"place": place, **(notes.slots if notes else {})}
        self._people: dict[str, tuple[str, str]] = dict(notes.people) if notes else {}

    @property
    def notes(self) -> Notes:
        """The slots filled so far, for whoever writes on."""
        return Notes(slots=dict(self._slots), people=dict(self._people))

    def write(self, line: str) -> str:
        """The line with its choices made and its slots filled, starting with a capital."""
        while found := _INNERMOST.search(line):
            line = line[: found.start()] + self.random.choice(found[1].split("|")) + line[found.end() :]
        text = re.sub(r" +([,.;!?]|:(?!:))", r"\1", " ".join(_SLOT.sub(self._fill, line).split()))
        for index, letter in enumerate(text):
            if letter.isalnum():
                return text[:index] + letter.upper() + text[index + 1 :]
        return text

    def _fill(self, found: re.Match[str]) -> str:
        kind, ordinal, part, wanted = found.groups()
        name = kind + ordinal
        if kind in ("man", "vrouw", "wie"):
            return self._person(name, kind, part)
        if name not in self._slots:
            self._slots[name] = self._new(kind, wanted or "")
        return self._slots[name]

    def _person(self, name: str, kind: str, part: str | None) -> str:
        if name not in self._people:
            man = None if kind == "wie" else kind == "man"
            for _ in range(9):
                self._people[name] = words.person(self.random, self.language, man=man)
                lasts = [last for _, last in self._people.values()]
                if lasts.count(self._people[name][1]) == 1:
                    break
        first, last = self._people[name]
        if part == "first":
            return first
        if part == "last":
            return last[0].upper() + last[1:]
        return f"{first} {last}"

    def _new(self, kind: str, wanted: str) -> str:
        make: Callable[[], str] | None = {
            "street": self._street,
            "town": self._town,
            "club": lambda: self._other("club", words.CLUBS),
            "time": lambda: words.clock_time(
                self.random.randint(8, 21), self.random.choice((0, 10, 15, 20, 30, 40, 45, 50)), self.language
            ),
            "today": lambda: words.weekday(self.at, self.language),
            "yesterday": lambda: words.weekday(self.at - timedelta(days=1), self.language),
            "soon": lambda: words.weekday(self.at + timedelta(days=self.random.randint(2, 5)), self.language),
            "date": lambda: words.day_month(
                self.at + timedelta(days=self.random.randint(9, 80)), self.language
            ),
            "past": lambda: words.day_month(
                self.at - timedelta(days=self.random.randint(9, 80)), self.language
            ),
            "year": lambda: str(words.local(self.at).year),
        }.get(kind)
        if make is not None:
            return make()
        if kind in ("n", "eur", "dec", "ago", "anno"):
            low, _, high = wanted.partition("-")
            value = self.random.randint(int(low), int(high))
            if kind == "dec":
                return f"{value}{'.' if self.language == 'en' else ','}{self.random.randint(1, 9)}"
            if kind == "anno":
                return str(value)
            if kind == "ago":
                return str(words.local(self.at).year - value)
            if kind == "eur":
                value = round(value, -2) if value > 999 else value
                return words.number(value, self.language) + ("" if self.language == "en" else " euro")
            return words.number(value, self.language)
        if kind == "of":
            return self.random.choice(wanted.split("/"))
        raise ValueError(f"unknown slot <{kind}>")

    def _other(self, kind: str, choices: tuple[str, ...]) -> str:
        taken = {value for name, value in self._slots.items() if name.rstrip("0123456789") in (kind, "place")}
        return self.random.choice([each for each in choices if each not in taken])

    def _street(self) -> str:
        return self._other("street", words.STREETS_FY if self.language == "fy" else words.STREETS)

    def _town(self) -> str:
        return self._other("town", words.PLACES_FY if self.language == "fy" else words.PLACES)


@dataclass(frozen=True, kw_only=True)
class Manuscript:
    """A story before a house makes it its own: no dateline, no byline, no address."""

    title: str
    blocks: tuple[Block, ...]
    captions: tuple[str, ...]
    topic: Topic
    tags: tuple[str, ...]


def _headed(text: str, title: str) -> tuple[str, str]:
    """The headline a line brings along ("headline :: text"), or *title*; and the text."""
    own, mark, rest = text.rpartition(" :: ")
    return (own, rest) if mark else (title, text)


_KINDS = {
    "lead": BlockKind.LEAD,
    "para": BlockKind.PARAGRAPH,
    "either": BlockKind.PARAGRAPH,
    "quote": BlockKind.QUOTE,
}


def write(
    topic: Topic, pen: Pen, *, length: float, fresh: Callable[[str], bool], pictures: int
) -> Manuscript:
    """A story on *topic*.

    *length*: 0 gives a brief of two or three sentences, 1 everything the topic has. *fresh* says whether a
    block may be used (a house does not print a paragraph twice); a block is written anew until it may.
    """

    def once(lines: tuple[str, ...]) -> str:
        for _ in range(40):
            text = pen.write(pen.random.choice(lines))
            if fresh(text):
                return text
        return ""

    def several(lines: tuple[str, ...], count: int) -> list[str]:
        if count == 1:
            return [once(lines)]
        return [once((line,)) for line in pen.random.sample(lines, count)]

    title = once(topic.lines("title"))
    blocks: list[Block] = []
    if length <= 0:
        title, text = _headed(once(topic.lines("brief")), title)
        blocks = [Block(kind=BlockKind.PARAGRAPH, text=text)]
    pending = ""
    for group in topic.groups if length > 0 else ():
        if group.kind == "subhead":
            pending = once(group.lines) if length > 0.4 else ""
            continue
        if group.optional and pen.random.random() > length:
            pending = ""
            continue
        if group.kind == "items":
            chosen = pen.random.sample(group.lines, min(len(group.lines), pen.random.randint(3, 5)))
            new = [Block(kind=BlockKind.ITEM, text=text) for line in chosen if fresh(text := pen.write(line))]
        elif group.kind in _KINDS:
            again = group.kind == "para" and len(group.lines) > 1 and pen.random.random() < length - 0.3
            new = [
                Block(kind=_KINDS[group.kind], text=text) for text in several(group.lines, 1 + again) if text
            ]
        else:
            continue
        if group.kind == "lead" and new:
            title, text = _headed(new[0].text, title)
            new = [Block(kind=BlockKind.LEAD, text=text)]
        if pending and new:
            blocks.append(Block(kind=BlockKind.SUBHEAD, text=pending))
        pending = ""
        blocks += new
    captions = tuple(text for _ in range(pictures) if (text := once(topic.lines("caption"))))
    tags = tuple(pen.write(tag) if "<" in tag else tag for tag in topic.tags)
    return Manuscript(title=title, blocks=tuple(blocks), captions=captions, topic=topic, tags=tags)
