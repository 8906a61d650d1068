"""PREMIS 3: what the files of a corpus are, and what happened to what stands in them.

Events are captures (one for each site, over all the time in which it was visited), migrations (one for each
release of the extractor by which texts were read: readings are made again, captures never), redactions (one
for each, without a word of what was redacted) and fixity checks (the digests of the files, the chain).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version as release
from pathlib import Path
from xml.sax.saxutils import escape

from sqlalchemy import Connection, func, select

from archive import files
from archive.db.schema import articles, captures, readings, redactions, runs, sites, versions
from archive.export.moments import instant

SOFTWARE = "legger"
_OPENING = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<premis:premis xmlns:premis="http://www.loc.gov/premis/v3" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0">\n'
)


@dataclass(frozen=True, kw_only=True)
class PremisEvent:
    """Something that happened."""

    kind: str
    """By PREMIS's own vocabulary of events, where it has a word."""
    at: str
    detail: str
    outcome: str = "success"
    agents: Sequence[str] = field(default=(SOFTWARE,))


def events_of(connection: Connection, chosen: set[int], until: datetime | None) -> list[PremisEvent]:
    """What happened to the articles *chosen* and their sites, in the order of time."""
    names = select(sites.c.name, articles.c.site_id).join(sites, sites.c.id == articles.c.site_id).distinct()
    numbers = select(articles.c.id, articles.c.site_id)
    own = {site for article, site in connection.execute(numbers) if article in chosen}
    found = []
    for name, site in connection.execute(names):
        if site not in own:
            continue
        taken = select(func.count(), func.min(captures.c.at), func.max(captures.c.at)).where(
            captures.c.site_id == site
        )
        if until is not None:
            taken = taken.where(captures.c.at <= until)
        count, first, last = connection.execute(taken).one()
        if count:
            detail = f"{count} answers of {name} captured from {instant(first)} to {instant(last)}"
            found.append(PremisEvent(kind="capture", at=str(instant(last)), detail=detail))
    when = func.coalesce(runs.c.started, captures.c.at, type_=captures.c.at.type).label("at")
    read = (
        select(readings.c.extractor, versions.c.article_id, when)
        .join(versions, versions.c.reading_id == readings.c.id)
        .join(captures, captures.c.id == readings.c.capture_id)
        .outerjoin(runs, runs.c.id == readings.c.run_id)
    )
    made: dict[str, list[datetime]] = {}
    for extractor, article, at in connection.execute(read):
        if article in chosen and (until is None or at <= until):
            made.setdefault(extractor, []).append(at)
    for extractor, times in sorted(made.items()):
        detail = (
            f"{len(times)} versions stand as read from their captures by extractor {extractor or 'unnamed'}"
        )
        found.append(PremisEvent(kind="migration", at=str(instant(max(times))), detail=detail))
    hidden = select(redactions, articles.c.site_id).join(articles, articles.c.id == redactions.c.article_id)
    for row in connection.execute(hidden.order_by(redactions.c.id)):
        if row.article_id not in chosen:
            continue
        what = "destroyed" if row.destroyed_at else "hidden"
        detail = f"article {row.article_id} {what}; ground: {row.ground}; by {row.who}"
        found.append(PremisEvent(kind="redaction", at=str(instant(row.at)), detail=detail))
        if row.lifted_at is not None:
            detail = f"redaction of article {row.article_id} lifted"
            found.append(PremisEvent(kind="redaction", at=str(instant(row.lifted_at)), detail=detail))
    return sorted(found, key=lambda each: (each.at, each.kind, each.detail))


def premis(folder: Path, some: Mapping[str, str], events: Sequence[PremisEvent]) -> Iterator[str]:
    """The document; *some*: name of a file under *folder* -> its media type."""
    yield _OPENING
    for name, kind in sorted(some.items()):
        file = folder / name
        yield (
            f'<premis:object xsi:type="premis:file">{_identifier("object", name)}'
            "<premis:objectCharacteristics><premis:fixity>"
            "<premis:messageDigestAlgorithm>SHA-256</premis:messageDigestAlgorithm>"
            f"<premis:messageDigest>{files.sha256(file)}</premis:messageDigest></premis:fixity>"
            f"<premis:size>{file.stat().st_size}</premis:size><premis:format><premis:formatDesignation>"
            f"<premis:formatName>{escape(kind)}</premis:formatName></premis:formatDesignation></premis:format>"
            "</premis:objectCharacteristics></premis:object>\n"
        )
    for each in events:
        number = hashlib.sha256(f"{each.kind} {each.at} {each.detail}".encode()).hexdigest()[:24]
        agents = "".join(
            "<premis:linkingAgentIdentifier><premis:linkingAgentIdentifierType>local"
            "</premis:linkingAgentIdentifierType><premis:linkingAgentIdentifierValue>"
            f"{escape(agent)}</premis:linkingAgentIdentifierValue></premis:linkingAgentIdentifier>"
            for agent in each.agents
        )
        yield (
            f"<premis:event>{_identifier('event', number)}"
            f"<premis:eventType>{escape(each.kind)}</premis:eventType>"
            f"<premis:eventDateTime>{each.at}</premis:eventDateTime>"
            "<premis:eventDetailInformation><premis:eventDetail>"
            f"{escape(each.detail)}</premis:eventDetail></premis:eventDetailInformation>"
            "<premis:eventOutcomeInformation><premis:eventOutcome>"
            f"{escape(each.outcome)}</premis:eventOutcome></premis:eventOutcomeInformation>"
            f"{agents}</premis:event>\n"
        )
    yield (
        f"<premis:agent>{_identifier('agent', SOFTWARE)}<premis:agentName>Legger {release('legger')}"
        "</premis:agentName><premis:agentType>software</premis:agentType></premis:agent>\n</premis:premis>\n"
    )


def _identifier(of: str, value: str) -> str:
    return (
        f"<premis:{of}Identifier><premis:{of}IdentifierType>local</premis:{of}IdentifierType>"
        f"<premis:{of}IdentifierValue>{escape(value)}</premis:{of}IdentifierValue></premis:{of}Identifier>"
    )
