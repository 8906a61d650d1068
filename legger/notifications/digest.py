"""A digest -> a letter: what it tells, in which order and words. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from archive.model.reports import GoneArticle
from archive.model.types import Version
from archive.operations.alarms import Alarm
from archive.operations.incidents import Incident
from archive.reports.digest import Digest, DigestCounts, DigestEdit
from legger.i18n import ENGLISH, Translation
from legger.notifications.layout import Letter, LetterEntry, LetterRow, Section, as_html, as_text
from legger.notifications.message import Notice, as_plain, lasting, shortened

FIGURES = {
    "new": "new",
    "changed": "changed",
    "silent": "silent",
    "gone": "gone",
    "missed": "missed",
    "visits": "column visits",
}
"""Column of the table -> its heading."""
MOST = 10
"""Lines about visits; the rest is counted."""


def letter(digest: Digest, *, where: str, alarms: Sequence[Alarm] = (), t: Translation = ENGLISH) -> Notice:
    """The digest as it is sent. *alarms* are those of the period."""
    made = Letter(
        headline=headline(digest, t),
        span=t("{since} to {until}", since=t.moment(digest.since), until=t.moment(digest.until)),
        columns=[t(heading) for heading in FIGURES.values()],
        rows=_rows(digest, t),
        remarks=list(remarks(digest, t)),
        sections=sections(digest, alarms, t),
        where=where,
        seal=f"{digest.head.seal}:{digest.head.digest}",
    )
    return Notice(
        what="digest",
        key=hashlib.sha256(f"{where} {digest.since} {digest.until}".encode()).hexdigest()[:24],
        headline=made.headline,
        text=as_text(made, t),
        html=as_html(made, t),
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


def headline(digest: Digest, t: Translation = ENGLISH) -> str:
    """The subject of the mail."""
    total = digest.total
    figures = [
        t("{count} new", count=t.number(total.new)),
        t("{count} changed", count=t.number(total.changed)),
        t("{count} gone", count=t.number(total.gone)),
    ]
    if total.silent:
        figures[1] += f" ({t('{count} silently', count=t.number(total.silent))})"
    until = t.day(digest.until.astimezone(t.zone).date())
    return f"{t('Legger to {day}', day=until)}: {', '.join(figures)}"


def remarks(digest: Digest, t: Translation) -> Iterator[str]:
    """What the table does not say by itself."""
    total = digest.total
    if total.older:
        yield t(
            "Older than the period, and only found in it: {count} of the new articles.",
            count=t.number(total.older),
        )
    if silent := [name for name, tally in digest.sites.items() if not tally.new]:
        yield t("No new article from: {sites}.", sites=", ".join(silent))
    if total.amiss:
        yield t(
            "Of {visits}, {count} did not end as they should; see 'legger runs'.",
            count=t.number(total.amiss),
            visits=t.many(total.visits, "visit", "visits"),
        )
    if digest.began is not None and digest.began >= digest.until:
        yield t("This was before the first visit, which began on {moment}.", moment=t.moment(digest.began))
    elif digest.sites and not total.visits:
        yield t("There were no visits at all. Is the clock running? Try: legger doctor")


def sections(digest: Digest, alarms: Sequence[Alarm], t: Translation) -> list[Section]:
    """What is listed, what needs a hand first; without the empty ones."""
    total = digest.total
    wrong = [each for each in alarms if each.ended is None]
    over = [each for each in alarms if each.ended is not None]
    found = [
        _section(t("Wrong"), len(wrong), [_alarm(each, t) for each in wrong], t, alarming=True),
        _section(t("No longer wrong"), len(over), [_alarm(each, t) for each in over], t),
        _section(
            t("Silently edited"),
            total.silent,
            [_edit(each, t) for each in digest.silent],
            t,
            how=f"legger edits --silent {_period(digest, t)}",
        ),
        _section(t("Gone"), total.gone, [_gone(each, t) for each in digest.gone], t, how="legger gone"),
        _section(
            t("Edited most"),
            total.changed - total.silent,
            [_edit(each, t) for each in digest.rewritten],
            t,
            how=f"legger edits {_period(digest, t)}",
        ),
        _section(
            t("Missed pages"),
            total.missed,
            [
                LetterEntry(title=f"{t.number(count)} × {t.recorded(shortened(reason))}")
                for reason, count in list(digest.reasons.items())[:MOST]
            ],
            t,
            how=t("legger serve, page of the site"),
            listed_of=len(digest.reasons),
        ),
        _section(
            t("What went amiss"),
            len(digest.incidents),
            [_incident(each, t) for each in digest.incidents[-MOST:]],
            t,
            how="legger status",
        ),
    ]
    return [each for each in found if each.entries]


def _section(
    heading: str,
    count: int,
    entries: Sequence[LetterEntry],
    t: Translation,
    *,
    how: str = "",
    listed_of: int | None = None,
    alarming: bool = False,
) -> Section:
    """*count* stands in the heading; *listed_of*: how many could be listed, where that is another number."""
    left = (count if listed_of is None else listed_of) - len(entries)
    more = t("and {count} more: {how}", count=t.number(left), how=how) if left > 0 else ""
    return Section(heading=f"{heading} ({t.number(count)})", entries=entries, more=more, alarming=alarming)


def _alarm(alarm: Alarm, t: Translation) -> LetterEntry:
    about = f" ({alarm.subject})" if alarm.subject else ""
    return LetterEntry(
        title=f"{alarm.site or t('installation')}: {t.recorded(alarm.kind)}{about}",
        about=[lasting(alarm, t), shortened(t.recorded(alarm.says))],
    )


def _gone(gone: GoneArticle, t: Translation) -> LetterEntry:
    missed = t("missed since {moment}", moment=t.moment(gone.since))
    return LetterEntry(
        title=shortened(gone.version.article.title) or t("(no title)"),
        about=[
            f"{gone.version.site}, {missed}: {shortened(t.recorded(gone.reason))}",
            f"legger show {gone.version.article_id}",
        ],
        url=gone.url,
    )


def _incident(incident: Incident, t: Translation) -> LetterEntry:
    return LetterEntry(
        title=f"{incident.site or t('all sites')}: {t.recorded(incident.kind)}, {t.moment(incident.at)}",
        about=[shortened(t.recorded(incident.says))],
    )


def _edit(changed: DigestEdit, t: Translation) -> LetterEntry:
    version, edit = changed.version, changed.edit
    about = [_changed(version, t), ", ".join(t(each) for each in version.changed_fields)]
    if edit.added or edit.removed:
        words = t.many(edit.added, "word", "words")
        about.append(t("{words} added, {removed} removed", words=words, removed=t.number(edit.removed)))
    swaps = ((t("numbers"), edit.numbers), (t("names"), edit.names), (t("quotes"), edit.quotes))
    return LetterEntry(
        title=shortened(version.article.title) or t("(no title)"),
        about=[
            f"{version.site}, {'; '.join(filter(None, about))}",
            f"legger diff {version.article_id} {version.number - 1} {version.number}",
        ],
        swaps=[
            (what, [(shortened(old), shortened(new)) for old, new in pairs[:5]])
            for what, pairs in swaps
            if pairs
        ],
        url="".join(version.article.url.split()),
    )


def _changed(version: Version, t: Translation) -> str:
    """When an editor changed it, as far as is known."""
    seen = t.moment(version.first_seen)
    if not version.seen_before:
        return seen
    return t("changed between {since} and {until}", since=t.moment(version.seen_before), until=seen)


def _period(digest: Digest, t: Translation) -> str:
    since, until = (moment.astimezone(t.zone) for moment in (digest.since, digest.until))
    return f"--since {since:%Y-%m-%dT%H:%M%z} --until {until:%Y-%m-%dT%H:%M%z}"


def _rows(digest: Digest, t: Translation) -> list[LetterRow]:
    tallies = [("", *each) for each in digest.sites.items()]
    if tallies:
        tallies.append(("all", t("all"), digest.total))
        new = digest.began is not None and digest.began >= digest.since
        if not (new and digest.before == DigestCounts()):  # there was nothing to count yet
            tallies.append(("before", t("the period before"), digest.before))
    return [
        LetterRow(kind=kind, name=name, figures=[t.number(getattr(tally, each)) for each in FIGURES])
        for kind, name, tally in tallies
    ]
