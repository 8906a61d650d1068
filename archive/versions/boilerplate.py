"""Site memories: each version of what is known to repeat, and the operator's pins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from archive.captures.hidden_words import HiddenWords
from archive.db.mapping import memory_content, memory_of
from archive.db.schema import memories, pins
from archive.db.session import Session
from archive.model.types import Pin, RepeatedLine, SiteMemory

_LATEST = (
    select(memories)
    .where(memories.c.site_id == bindparam("site"))
    .order_by(memories.c.version.desc())
    .limit(1)
)
_ONE = select(memories).where(
    memories.c.site_id == bindparam("site"), memories.c.version == bindparam("wanted")
)
_PINS = select(pins).where(pins.c.site_id == bindparam("site")).order_by(pins.c.id)


class BoilerplateMemories:
    """What is known to repeat on each site."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def shown(self, site: str, words: HiddenWords) -> SiteMemory:
        """The site's latest memory without what names an article that may not be shown."""
        memory = self.get(site)
        if not words:
            return memory
        lines = tuple(
            replace(each, text=words.masked(each.text), example=words.masked_value(each.example))
            for each in memory.lines
        )
        return replace(memory, lines=lines, templates=words.masked_value(dict(memory.templates)))

    def get(self, site: str, version: int | None = None) -> SiteMemory:
        """The site's memory (latest by default); version 0 when nothing was learned."""
        with self._session.asking() as connection:
            return self._memory(connection, site, version)

    def _memory(self, connection: Connection, site: str, version: int | None = None) -> SiteMemory:
        number = self._session.site_id(connection, site)
        if version is None:
            row = connection.execute(_LATEST, {"site": number}).one_or_none()
        else:
            row = connection.execute(_ONE, {"site": number, "wanted": version}).one_or_none()
        return memory_of(row, site) if row is not None else SiteMemory(site=site)

    def remember(self, memory: SiteMemory) -> SiteMemory:
        """Store a memory under the next version number, unless it equals the latest. Pins survive.

        Returns what is stored now: the memory with the operator's pins, under its number.
        """
        with self._session.writing(memory.site) as connection:
            number = self._session.ensure_site(connection, memory.site)
            latest = self._memory(connection, memory.site)
            pinned = {(row.place, row.text): (Pin(row.pin), row.note) for row in
                      connection.execute(_PINS, {"site": number})}  # fmt: skip
            memory = replace(memory, lines=_with_pins(memory.lines, pinned))
            if memory_content(memory) == memory_content(latest):
                return latest
            memory = replace(memory, version=latest.version + 1)
            connection.execute(
                insert(memories),
                {
                    "site_id": number,
                    "version": memory.version,
                    "learned_at": memory.learned_at,
                    "articles": memory.articles,
                    "content": memory_content(memory),
                },
            )
            return memory

    def pin(
        self, site: str, text: str, pin: Pin | None, *, at: datetime, place: str = "", note: str | None = None
    ) -> SiteMemory:
        """Set the operator's last word on a line (``None`` takes it back); the memory's next version has it.

        *place* empty: wherever on the page the line stands.
        """
        with self._session.writing(site) as connection:
            number = self._session.ensure_site(connection, site)
            connection.execute(
                delete(pins).where(pins.c.site_id == number, pins.c.place == place, pins.c.text == text)
            )
            if pin is not None:
                connection.execute(
                    insert(pins),
                    {
                        "site_id": number,
                        "place": place,
                        "text": text,
                        "pin": pin.value,
                        "note": note,
                        "at": at,
                    },
                )
            latest = self._memory(connection, site)
        return self.remember(replace(latest, learned_at=at))


def _with_pins(
    lines: tuple[RepeatedLine, ...], pinned: Mapping[tuple[str, str], tuple[Pin, str | None]]
) -> tuple[RepeatedLine, ...]:
    """The lines as the operator's pins have them; a pinned line stays even when it repeats no more."""
    result, used = [], set()
    for line in lines:
        where = next((each for each in ((line.place, line.text), ("", line.text)) if each in pinned), None)
        if where is None:
            if line.seen:  # a line nobody saw was there for its pin alone
                result.append(replace(line, pin=None, note=None))
            continue
        used.add(where)
        pin, note = pinned[where]
        result.append(replace(line, pin=pin, note=note))
    for (place, text), (pin, note) in pinned.items():
        if (place, text) not in used:
            result.append(RepeatedLine(text=text, place=place, seen=0, of=0, pin=pin, note=note))
    return tuple(result)
