"""Alarms -> a notice: what is told, in words and for programs. Pure."""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from archive.errors import LeggerError
from archive.model.types import Version
from archive.operations.alarms import Alarm

WIDTH = 76
"""Columns of a message: what mail clients leave alone."""


class Undelivered(LeggerError):
    """A notice did not arrive. Says why, without a secret in it."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One message to people."""

    what: str
    """``alarms``, ``digest``, ``outage``, ``saved`` or ``test``."""
    key: str
    """The same for the same content: a message that goes out twice can be known as one."""
    headline: str
    """One line."""
    text: str
    html: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    """For programs: plain values, beside ``what``, ``headline`` and ``text``."""

    def for_programs(self) -> dict[str, Any]:
        """What a webhook or a program gets."""
        return {"what": self.what, "key": self.key, "headline": self.headline, "text": self.text, **self.data}


def digest_of(alarm: Alarm) -> str:
    """What has to change before an alarm is told again: its words, or that it ended.

    A figure that moves ("38 of 40", "39 of 41") is no other alarm.
    """
    words = re.sub(r"\d+(?:[.,:]\d+)*", "#", alarm.says)
    ended = "ended" if alarm.ended else "open"
    return hashlib.sha256(f"{alarm.kind}\n{alarm.subject}\n{ended}\n{words}".encode()).hexdigest()[:16]


def of_alarms(alarms: Sequence[Alarm], *, where: str, at: datetime) -> Notice:
    """One notice of all *alarms* there are to tell, the open ones first."""
    began = [each for each in alarms if each.ended is None]
    over = [each for each in alarms if each.ended is not None]
    parts = [_paragraphs("Wrong:", began), _paragraphs("No longer wrong:", over)]
    closing = "All that is wrong now: legger alarms"
    return Notice(
        what="alarms",
        key=_key(f"{where} {each.id} {digest_of(each)}" for each in alarms),
        headline=_headline(began, over),
        text="\n\n".join([*filter(None, parts), closing, f"Archive: {where}"]) + "\n",
        data={"archive": where, "at": at.isoformat(), "alarms": [as_plain(each) for each in alarms]},
    )


def of_outage(*, where: str, since: datetime, reason: str, at: datetime) -> Notice:
    """The archive itself cannot be used, for that *reason*; an empty one: it can be used again."""
    began = f"{since.astimezone():%Y-%m-%d %H:%M}"
    if reason:
        headline = "Legger: the archive cannot be used; nothing is crawled"
        said = (
            f"Since {began} the clock cannot use the archive: {reason}. No site is visited until it can; "
            "what was missed will be on record then. Look for room on the disk and at who may write there "
            "(legger doctor). While this lasts it is told once a day."
        )
    else:
        headline = "Legger: the archive can be used again"
        said = f"The archive could not be used from {began} to {at.astimezone():%Y-%m-%d %H:%M}. It can now."
    return Notice(
        what="outage",
        key=_key([f"{where} {since.isoformat()} {at.date() if reason else 'over'}"]),
        headline=headline,
        text=f"{textwrap.fill(said, WIDTH, break_long_words=False)}\n\nArchive: {where}\n",
        data={
            "archive": where,
            "at": at.isoformat(),
            "since": since.isoformat(),
            "reason": reason or None,
        },
    )


def of_saved(
    name: str, query: str, found: Sequence[Version], count: int, *, where: str, room: str, at: datetime
) -> Notice:
    """What is new for a saved query; *room* is the address of the reading room, empty where there is none."""
    base = room.rstrip("/")
    lines = []
    plain = []
    for each in found:
        address = f"{base}/articles/{each.article_id}" if base else each.article.url
        what = "new" if each.number == 1 else f"version {each.number}"
        title = each.article.title or each.article.url
        seen = f"{each.first_seen.astimezone():%Y-%m-%d %H:%M}"
        lines.append(f"  {seen}  {each.site}, {what}: {title}\n    {address}")
        plain.append(
            {
                "article": each.article_id, "version": each.number, "site": each.site, "title": title,
                "url": each.article.url, "address": address, "seen": each.first_seen.isoformat(),
                "changed_fields": list(each.changed_fields), "silent": each.silent,
            }
        )  # fmt: skip
    more = f"\n\n  and {count - len(found)} older ones" if count > len(found) else ""
    newest = max((each.first_seen for each in found), default=at).isoformat()
    return Notice(
        what="saved",
        key=_key([where, name, query, newest, str(count)]),
        headline=f"Legger: {count} new for {name}",
        text=f"{query}\n\n" + "\n".join(lines) + f"{more}\n\nArchive: {where}\n",
        data={
            "archive": where, "at": at.isoformat(), "name": name, "query": query, "count": count,
            "articles": plain,
        },
    )  # fmt: skip


def of_test(*, where: str, at: datetime) -> Notice:
    """A message that says no more than that messages arrive."""
    said = (
        "This is a test. Alarms about the news sites you archive, and the weekly digest, will reach you "
        "the way this message did. Nothing is wrong."
    )
    return Notice(
        what="test",
        key=_key([f"{where} {at.isoformat()}"]),
        headline="Legger: a test, nothing is wrong",
        text=f"{textwrap.fill(said, WIDTH)}\n\nArchive: {where}\n",
        data={"archive": where, "at": at.isoformat()},
    )


def as_plain(alarm: Alarm) -> dict[str, Any]:
    """An alarm as JSON knows it."""
    return {
        "id": alarm.id,
        "site": alarm.site,
        "kind": alarm.kind,
        "subject": alarm.subject,
        "since": alarm.since.isoformat(),
        "says": alarm.says,
        "ended": alarm.ended.isoformat() if alarm.ended else None,
        "times": alarm.times,
    }


def _headline(began: Sequence[Alarm], over: Sequence[Alarm]) -> str:
    if len(began) + len(over) == 1:
        (only,) = (*began, *over)
        about = f"{only.kind} ({only.subject})" if only.subject else only.kind
        return f"Legger: {only.site or 'installation'}: {'over: ' if only.ended else ''}{about}"
    counts = [f"{len(began)} wrong"] * bool(began) + [f"{len(over)} over"] * bool(over)
    names = list(dict.fromkeys(each.site or "installation" for each in (*began, *over)))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"Legger: {', '.join(counts)}: {', '.join(names[:3])}{more}"


def _paragraphs(heading: str, alarms: Sequence[Alarm]) -> str:
    if not alarms:
        return ""
    return "\n\n".join([heading, *map(_paragraph, alarms)])


def _paragraph(alarm: Alarm) -> str:
    since = f"{alarm.since.astimezone():%Y-%m-%d %H:%M}"
    until = f" until {alarm.ended.astimezone():%Y-%m-%d %H:%M}" if alarm.ended else ""
    about = f" ({alarm.subject})" if alarm.subject else ""
    often = f", comes and goes: begun {alarm.times} times" if alarm.times > 1 else ""
    head = f"{alarm.site or 'installation'}: {alarm.kind}{about}, since {since}{until}{often}"
    return "\n".join(
        [
            textwrap.fill(head, WIDTH, initial_indent="  ", subsequent_indent="  "),
            textwrap.fill(
                alarm.says, WIDTH, initial_indent="    ", subsequent_indent="    ", break_long_words=False
            ),
        ]
    )


def _key(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
