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
from legger.i18n import ENGLISH, Translation

WIDTH = 76
"""Columns of a message: what mail clients leave alone."""


LONGEST = 160
"""Characters of a headline, a quotation or a name in a list."""


def on_one_line(text: str) -> str:
    """Words from outside without signs that would steer a terminal, on one line."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def shortened(text: str) -> str:
    """The same, and not too much of it."""
    line = on_one_line(text)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"


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


def of_alarms(alarms: Sequence[Alarm], *, where: str, at: datetime, t: Translation = ENGLISH) -> Notice:
    """One notice of all *alarms* there are to tell, the open ones first."""
    began = [each for each in alarms if each.ended is None]
    over = [each for each in alarms if each.ended is not None]
    parts = [_paragraphs(f"{t('Wrong')}:", began, t), _paragraphs(f"{t('No longer wrong')}:", over, t)]
    closing = t("All that is wrong now: legger alarms")
    return Notice(
        what="alarms",
        key=_key(f"{where} {each.id} {digest_of(each)}" for each in alarms),
        headline=_headline(began, over, t),
        text="\n\n".join([*filter(None, parts), closing, t("Archive: {where}", where=where)]) + "\n",
        data={"archive": where, "at": at.isoformat(), "alarms": [as_plain(each) for each in alarms]},
    )


def of_outage(*, where: str, since: datetime, reason: str, at: datetime, t: Translation = ENGLISH) -> Notice:
    """The archive itself cannot be used, for that *reason*; an empty one: it can be used again."""
    began = t.moment(since)
    if reason:
        headline = t("Legger: the archive cannot be used; nothing is crawled")
        said = t(
            "Since {moment} the clock cannot use the archive: {reason}. No site is visited until it can; "
            "what was missed will be on record then. Look for room on the disk and at who may write there "
            "(legger doctor). While this lasts it is told once a day.",
            moment=began,
            reason=reason,
        )
    else:
        headline = t("Legger: the archive can be used again")
        said = t(
            "The archive could not be used from {since} to {until}. It can now.",
            since=began,
            until=t.moment(at),
        )
    return Notice(
        what="outage",
        key=_key([f"{where} {since.isoformat()} {at.date() if reason else 'over'}"]),
        headline=headline,
        text=_letter([textwrap.fill(said, WIDTH, break_long_words=False)], where, t),
        data={
            "archive": where,
            "at": at.isoformat(),
            "since": since.isoformat(),
            "reason": reason or None,
        },
    )


def of_saved(
    name: str,
    query: str,
    found: Sequence[Version],
    count: int,
    *,
    where: str,
    room: str,
    at: datetime,
    t: Translation = ENGLISH,
) -> Notice:
    """What is new for a saved query; *room* is the address of the reading room, empty where there is none."""
    base = room.rstrip("/")
    lines = []
    plain = []
    for each in found:
        address = f"{base}/articles/{each.article_id}" if base else each.article.url
        what = t("new") if each.number == 1 else t("version {number}", number=each.number)
        title = shortened(each.article.title or each.article.url)
        lines.append(f"  {t.moment(each.first_seen)}  {each.site}, {what}: {title}\n    {address}")
        plain.append(
            {
                "article": each.article_id, "version": each.number, "site": each.site, "title": title,
                "url": each.article.url, "address": address, "seen": each.first_seen.isoformat(),
                "changed_fields": list(each.changed_fields), "silent": each.silent,
            }
        )  # fmt: skip
    left = count - len(found)
    more = [f"  {t('and {count} more', count=t.number(left))}"] if left > 0 else []
    newest = max((each.first_seen for each in found), default=at).isoformat()
    return Notice(
        what="saved",
        key=_key([where, name, query, newest, str(count)]),
        headline=f"Legger: {t('{count} new for {name}', count=t.number(count), name=name)}",
        text=_letter([query, "\n".join(lines), *more], where, t),
        data={
            "archive": where, "at": at.isoformat(), "name": name, "query": query, "count": count,
            "articles": plain,
        },
    )  # fmt: skip


def of_test(*, where: str, at: datetime, t: Translation = ENGLISH) -> Notice:
    """A message that says no more than that messages arrive."""
    said = t(
        "This is a test. Alarms about the news sites you archive, and the weekly digest, will reach you "
        "the way this message did. Nothing is wrong."
    )
    return Notice(
        what="test",
        key=_key([f"{where} {at.isoformat()}"]),
        headline=t("Legger: a test, nothing is wrong"),
        text=_letter([textwrap.fill(said, WIDTH)], where, t),
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


def lasting(alarm: Alarm, t: Translation) -> str:
    """Since when it is wrong, and until when it was."""
    since = t.moment(alarm.since)
    if alarm.ended:
        return t("from {since} to {until}", since=since, until=t.moment(alarm.ended))
    return t("since {moment}", moment=since)


def _letter(parts: Sequence[str], where: str, t: Translation) -> str:
    return "\n\n".join([*parts, t("Archive: {where}", where=where)]) + "\n"


def _headline(began: Sequence[Alarm], over: Sequence[Alarm], t: Translation) -> str:
    if len(began) + len(over) == 1:
        (only,) = (*began, *over)
        kind = t.recorded(only.kind)
        about = f"{kind} ({only.subject})" if only.subject else kind
        told = t("over: {what}", what=about) if only.ended else about
        return f"Legger: {only.site or t('installation')}: {told}"
    counts = [t("{count} wrong", count=t.number(len(began)))] * bool(began)
    counts += [t("{count} over", count=t.number(len(over)))] * bool(over)
    names = list(dict.fromkeys(each.site or t("installation") for each in (*began, *over)))
    more = f" {t('and {count} more', count=t.number(len(names) - 3))}" if len(names) > 3 else ""
    return f"Legger: {', '.join(counts)}: {', '.join(names[:3])}{more}"


def _paragraphs(heading: str, alarms: Sequence[Alarm], t: Translation) -> str:
    return "\n\n".join([heading, *(_paragraph(each, t) for each in alarms)]) if alarms else ""


def _paragraph(alarm: Alarm, t: Translation) -> str:
    about = f" ({alarm.subject})" if alarm.subject else ""
    often = ""
    if alarm.times > 1:
        often = f", {t('comes and goes: begun {count} times', count=t.number(alarm.times))}"
    name = f"{alarm.site or t('installation')}: {t.recorded(alarm.kind)}{about}"
    return "\n".join(
        [
            textwrap.fill(
                f"{name}, {lasting(alarm, t)}{often}", WIDTH, initial_indent="  ", subsequent_indent="  "
            ),
            textwrap.fill(
                on_one_line(t.recorded(alarm.says)),
                WIDTH,
                initial_indent="    ",
                subsequent_indent="    ",
                break_long_words=False,
            ),
        ]
    )


def _key(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
