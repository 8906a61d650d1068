"""A digest -> a letter: what it tells, in which order and words. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, tzinfo
from typing import Any

from archive.model.types import Version
from archive.operations.alarms import Alarm
from archive.reports.digest import Digest, DigestEdit
from legger.notifications.layout import Letter, LetterEntry, LetterRow, Section, as_html, as_text
from legger.notifications.message import Notice, as_plain

FIGURES = ("new", "changed", "silent", "gone", "missed", "visits")
MOST = 10
"""Lines about visits; the rest is counted."""
LONGEST = 160
"""Characters of a headline, a quotation or a name in a list."""


def letter(digest: Digest, *, where: str, alarms: Sequence[Alarm] = (), zone: tzinfo | None = None) -> Notice:
    """The digest as it is sent. *alarms* are those of the period; times are told in *zone*, or as here."""
    since, until = (moment.astimezone(zone) for moment in (digest.since, digest.until))
    made = Letter(
        headline=headline(digest, zone),
        span=f"{since:%a %Y-%m-%d %H:%M} to {until:%a %Y-%m-%d %H:%M}",
        columns=FIGURES,
        rows=_rows(digest),
        remarks=list(remarks(digest, zone)),
        sections=sections(digest, alarms, zone),
        where=where,
        seal=f"{digest.head.seal}:{digest.head.digest}",
    )
    return Notice(
        what="digest",
        key=hashlib.sha256(f"{where} {digest.since} {digest.until}".encode()).hexdigest()[:24],
        headline=made.headline,
        text=as_text(made),
        html=as_html(made),
        data={"archive": where, "at": digest.until.isoformat(), "digest": for_programs(digest, alarms)},
    )


def of_period(alarms: Iterable[Alarm], since: datetime, until: datetime) -> list[Alarm]:
    """The alarms that were open in a period."""
    return [each for each in alarms if each.since < until and (each.ended is None or each.ended >= since)]


def for_programs(digest: Digest, alarms: Sequence[Alarm]) -> dict[str, Any]:
    """The digest as JSON knows it."""
    return {
        "since": digest.since.isoformat(),
        "until": digest.until.isoformat(),
        "sites": {name: asdict(tally) for name, tally in digest.sites.items()},
        "total": asdict(digest.total),
        "before": asdict(digest.before),
        "silent": [_changed_for_programs(each) for each in digest.silent],
        "rewritten": [_changed_for_programs(each) for each in digest.rewritten],
        "gone": [
            {
                "id": each.version.article_id,
                "site": each.version.site,
                "title": each.version.article.title,
                "url": each.url,
                "missed_since": each.since.isoformat(),
                "confirmed": each.confirmed.isoformat() if each.confirmed else None,
                "reason": each.reason,
            }
            for each in digest.gone
        ],
        "missed": dict(digest.reasons),
        "alarms": [as_plain(each) for each in alarms],
        "incidents": [
            {"at": each.at.isoformat(), "site": each.site, "kind": each.kind, "says": each.says}
            for each in digest.incidents
        ],
        "head": f"{digest.head.seal}:{digest.head.digest}",
    }


def _changed_for_programs(changed: DigestEdit) -> dict[str, Any]:
    version, edit = changed.version, changed.edit
    return {
        "id": version.article_id,
        "site": version.site,
        "version": version.number,
        "title": version.article.title,
        "url": version.article.url,
        "seen_before": version.seen_before.isoformat() if version.seen_before else None,
        "seen": version.first_seen.isoformat(),
        "changed_fields": list(version.changed_fields),
        "edit_kinds": list(version.edit_kinds),
        "words_added": edit.added,
        "words_removed": edit.removed,
        "numbers": [list(swap) for swap in edit.numbers],
        "names": [list(swap) for swap in edit.names],
        "quotes": [list(swap) for swap in edit.quotes],
    }


# ---------------------------------------------------------------- what is said


def headline(digest: Digest, zone: tzinfo | None = None) -> str:
    """The subject of the mail."""
    total = digest.total
    silently = f" ({total.silent:,} silently)" if total.silent else ""
    return (
        f"Legger to {digest.until.astimezone(zone):%Y-%m-%d}: {total.new:,} new, {total.changed:,} changed"
        f"{silently}, {total.gone:,} gone"
    )


def remarks(digest: Digest, zone: tzinfo | None = None) -> Iterator[str]:
    """What the table does not say by itself."""
    total = digest.total
    if total.older:
        yield f"Older than the period, and only found in it: {total.older:,} of the new articles."
    if silent := [name for name, tally in digest.sites.items() if not tally.new]:
        yield f"No new article from: {', '.join(silent)}."
    if total.amiss:
        yield f"{total.amiss:,} of {total.visits:,} visits did not end as they should; see 'legger runs'."
    if digest.began is not None and digest.began >= digest.until:
        yield f"This was before the first visit, which began {_time(digest.began, zone)}."
    elif digest.sites and not total.visits:
        yield "There were no visits at all. Is the clock running? Try: legger doctor"


def sections(digest: Digest, alarms: Sequence[Alarm], zone: tzinfo | None) -> list[Section]:
    """What is listed, what needs a hand first; without the empty ones."""
    total = digest.total
    wrong = [each for each in alarms if each.ended is None]
    over = [each for each in alarms if each.ended is not None]
    found = [
        Section(
            heading=f"Wrong ({len(wrong)})",
            entries=[_alarm(each, zone) for each in wrong],
            alarming=True,
        ),
        Section(heading=f"No longer wrong ({len(over)})", entries=[_alarm(each, zone) for each in over]),
        Section(
            heading=f"Silently edited ({total.silent:,})",
            entries=[_edit(each, zone) for each in digest.silent],
            more=_more(total.silent, digest.silent, f"legger edits --silent {_period(digest, zone)}"),
        ),
        Section(
            heading=f"Gone ({total.gone:,})",
            entries=[
                LetterEntry(
                    title=_clean(each.version.article.title) or "(no title)",
                    about=[
                        f"{each.version.site}, missed since {_time(each.since, zone)}: {_clean(each.reason)}",
                        f"legger show {each.version.article_id}",
                    ],
                    url=each.url,
                )
                for each in digest.gone
            ],
            more=_more(total.gone, digest.gone, "legger gone"),
        ),
        Section(
            heading=f"Edited most ({total.changed - total.silent:,})",
            entries=[_edit(each, zone) for each in digest.rewritten],
            more=_more(
                total.changed - total.silent, digest.rewritten, f"legger edits {_period(digest, zone)}"
            ),
        ),
        Section(
            heading=f"Missed pages ({total.missed:,})",
            entries=[
                LetterEntry(title=f"{count:,} × {_clean(reason)}")
                for reason, count in list(digest.reasons.items())[:MOST]
            ],
            more=_more(len(digest.reasons), list(digest.reasons)[:MOST], "legger serve, page of the site"),
        ),
        Section(
            heading=f"What went amiss ({len(digest.incidents):,})",
            entries=[
                LetterEntry(
                    title=f"{each.site or 'all sites'}: {each.kind}, {_time(each.at, zone)}",
                    about=[_clean(each.says)],
                )
                for each in digest.incidents[-MOST:]
            ],
            more=_more(len(digest.incidents), digest.incidents[-MOST:], "legger status"),
        ),
    ]
    return [each for each in found if each.entries]


def _alarm(alarm: Alarm, zone: tzinfo | None) -> LetterEntry:
    about = f" ({alarm.subject})" if alarm.subject else ""
    until = f" until {_time(alarm.ended, zone)}" if alarm.ended else ""
    return LetterEntry(
        title=f"{alarm.site or 'installation'}: {alarm.kind}{about}",
        about=[f"since {_time(alarm.since, zone)}{until}", _clean(alarm.says)],
    )


def _changed(version: Version, zone: tzinfo | None) -> str:
    """When an editor changed it, as far as is known."""
    seen = _time(version.first_seen, zone)
    return f"changed between {_time(version.seen_before, zone)} and {seen}" if version.seen_before else seen


def _edit(changed: DigestEdit, zone: tzinfo | None) -> LetterEntry:
    version, edit = changed.version, changed.edit
    words = f", +{edit.added:,} -{edit.removed:,} words" if edit.added or edit.removed else ""
    swaps = (("numbers", edit.numbers), ("names", edit.names), ("quotes", edit.quotes))
    return LetterEntry(
        title=_clean(version.article.title) or "(no title)",
        about=[
            f"{version.site}, {_changed(version, zone)}: {', '.join(version.changed_fields)}{words}",
            f"legger diff {version.article_id} {version.number - 1} {version.number}",
        ],
        swaps=[
            (what, [(_clean(old), _clean(new)) for old, new in pairs[:5]]) for what, pairs in swaps if pairs
        ],
        url="".join(version.article.url.split()),
    )


def _more(number: int, listed: Sequence[Any], how: str) -> str:
    return f"and {number - len(listed):,} more: {how}" if number > len(listed) else ""


def _period(digest: Digest, zone: tzinfo | None) -> str:
    since, until = (moment.astimezone(zone) for moment in (digest.since, digest.until))
    return f"--since {since:%Y-%m-%dT%H:%M%z} --until {until:%Y-%m-%dT%H:%M%z}"


def _time(moment: datetime, zone: tzinfo | None) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _clean(text: str) -> str:
    """Words from outside on one line, without signs that would steer a terminal, and not too many."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"


def _rows(digest: Digest) -> list[LetterRow]:
    tallies = [("", *each) for each in digest.sites.items()]
    if tallies:
        tallies += [("all", "all", digest.total), ("before", "the period before", digest.before)]
    return [
        LetterRow(kind=kind, name=name, figures=tuple(getattr(tally, each) for each in FIGURES))
        for kind, name, tally in tallies
    ]
