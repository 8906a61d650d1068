"""A finding: in which versions of an article a sentence stands, and in which not, with what proves it.

One JSON object, that holds all that is needed to check it with public tools: the words of each version in
their canonical form, whose SHA-256 is the content hash; the digests of the pages they were read from; and the
seals of the hash chain over both. It states what was observed and when, and nothing more: a sentence was
taken out between two looks, and a page that did not answer is no proof that the article is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam

from archive.archive import Archive
from archive.compare.fingerprint import canonical, folded
from archive.db.mapping import version_of, versions_read
from archive.db.schema import versions
from archive.errors import NotFound, UsageError
from archive.integrity.proof import SealProof, proofs
from archive.model.citation import Citation
from archive.model.reports import Sighting
from archive.model.types import Article, Version

FORM = "legger-finding/1"
_FIRST_READ = (
    versions_read(versions.c.first_reading_id)
    .where(versions.c.article_id == bindparam("article"))
    .order_by(versions.c.number)
)

CHECKS: Mapping[str, str] = {
    "words": "jq -cjS '.versions[0].canonical' FILE | sha256sum      # is .versions[0].content_hash",
    "sentence": "jq -r '.versions[] | select(.canonical | tostring | contains(\"...\")) | .number' FILE",
    "seal": "( jq -j '.seals[0].before' FILE | xxd -r -p; "
    "jq -j '.seals[0].lines[] | \"\\n\" + .' FILE ) | sha256sum      # is .seals[0].digest",
    "page": "sha256sum CAPTURED_PAGE      # is .versions[0].capture.sha256; the archive gives the bytes",
    "archive": "legger verify --head SEAL:DIGEST      # in the archive: does its chain pass through a seal?",
}
"""What can be checked -> a command that does it."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A version, and whether the sentence stands in it."""

    version: Version
    """As it was first read."""
    stands: bool
    cited: Citation
    seen: Sighting
    """The capture it was first seen in."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A sentence through the versions of an article."""

    sentence: str
    made: datetime
    standings: tuple[Standing, ...]
    absences: tuple[Sighting, ...]
    """Captures at which the article did not stand there."""
    seals: tuple[SealProof, ...]
    head: str
    """The head of the chain when the finding was made: ``812:4be1...``."""

    @property
    def observations(self) -> list[tuple[str, dict[str, Any]]]:
        """What was observed, in sentences with places for values: to be said in any language."""
        said: list[tuple[str, dict[str, Any]]] = []
        before: Standing | None = None
        for each in self.standings:
            version = each.version
            values = {"number": version.number, "first": version.first_seen, "last": version.last_seen}
            if each.stands:
                said.append(("It stands in version {number}, seen from {first} to {last}.", values))
            else:
                said.append(("It does not stand in version {number}, seen from {first} to {last}.", values))
            if before is not None and before.stands != each.stands:
                between = {
                    "earlier": version.seen_before or before.version.last_seen,
                    "later": version.first_seen,
                }
                came = "It was put in between {earlier} and {later}."
                went = "It was taken out between {earlier} and {later}."
                said.append((came if each.stands else went, between))
            before = each
        if self.absences:
            first, last = self.absences[0].at, self.absences[-1].at
            values = {"number": len(self.absences), "first": first, "last": last}
            once = "At one look, {first}, the article did not stand there; why is not known."
            often = (
                "At {number} looks from {first} to {last} the article did not stand there; why is not known."
            )
            said.append((once if len(self.absences) == 1 else often, values))
        return said

    def plain(self) -> dict[str, Any]:
        """As one JSON object."""
        latest = self.standings[-1]
        return {
            "finding": FORM,
            "made": _instant(self.made),
            "archive": {
                "name": latest.cited.archive_name or None,
                "head": self.head,
            },
            "article": {
                "id": latest.version.article_id,
                "site": latest.version.site,
                "site_title": latest.cited.publisher,
                "url": latest.cited.url,
                "title": latest.version.article.title,
            },
            "sentence": self.sentence,
            "observations": [
                words.format(**{name: _said(value) for name, value in values.items()})
                for words, values in self.observations
            ],
            "versions": [
                {
                    "number": each.version.number,
                    "stands": each.stands,
                    "id": each.cited.id,
                    "archived": each.cited.archived_url,
                    "first_seen": _instant(each.version.first_seen),
                    "last_seen": _instant(each.version.last_seen),
                    "content_hash": each.version.content_hash,
                    "canonical": canonical(each.version.article),
                    "capture": {
                        "id": each.seen.id,
                        "url": each.seen.url,
                        "at": _instant(each.seen.at),
                        "status": each.seen.status,
                        "size": each.seen.size,
                        "sha256": each.seen.digest,
                    },
                }
                for each in self.standings
            ],
            "absences": [
                {"capture": each.id, "url": each.url, "at": _instant(each.at), "status": each.status,
                 "sha256": each.digest, "read_as": each.page.value if each.page else None}
                for each in self.absences
            ],
            "seals": [asdict(each) for each in self.seals],
            "check": dict(CHECKS),
        }  # fmt: skip


def find(
    archive: Archive, article: str, sentence: str, *, made: datetime,
    address: str | None = None, name: str = "", naan: str | None = None,
) -> Finding:  # fmt: skip
    """Where a sentence stands in an article; the rest is as :meth:`Citation.kept_at` has it.

    Raises :class:`NotFound` where it stands in no version, and for an article that may not be shown.
    """
    wanted = folded(sentence)
    if not wanted:
        raise UsageError("a finding needs a sentence")
    number = archive.articles.find(article)
    seen = {each.id: each for each in archive.articles.sightings(str(number))}
    with archive.snapshot() as connection:
        rows = connection.execute(_FIRST_READ, {"article": number}).all()
        history = [version_of(row) for row in rows]
        if history[0].redacted:
            raise NotFound("this article may not be shown")
        cover = {
            "version": {row.version_id for row in rows},
            "capture": {each.capture_id for each in history},
        }
        sealed = proofs(connection, cover)
    standings = tuple(
        Standing(
            version=each,
            stands=wanted in _words(each.article),
            cited=archive.articles.cite(str(number), each.number).kept_at(address, name, naan),
            seen=seen[each.capture_id],
        )
        for each in history
    )
    if not any(each.stands for each in standings):
        raise NotFound("this sentence stands in no version of the article")
    head = archive.integrity.head()
    return Finding(
        sentence=" ".join(sentence.split()),
        made=made,
        standings=standings,
        absences=tuple(each for each in seen.values() if each.version is None and each.verdict is not None),
        seals=tuple(sealed),
        head=f"{head.seal}:{head.digest}",
    )


def _words(article: Article) -> str:
    """All words of an article, as they are compared."""
    parts = (article.kicker, article.headline, article.title, *(block.text for block in article.blocks))
    return folded(" ".join(part for part in parts if part))


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _said(value: Any) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else str(value)
