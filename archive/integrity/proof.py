"""What of the hash chain vouches for some rows: their seals, with all that goes into each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from archive.db.schema import redactions, seals, verdicts
from archive.integrity.verify import covered_by, sealed_lines
from archive.model import hashchain

KINDS = ("capture", "version", "run")


@dataclass(frozen=True, kw_only=True)
class SealProof:
    """A seal, and what it is the digest of."""

    seal: int
    before: str
    """The digest of the seal before it, in hexadecimal."""
    digest: str
    lines: tuple[str, ...] | None
    """Its lines, as :mod:`archive.model.hashchain` has them; ``None``: one of them may not be shown, or words
    in them were destroyed since."""


def proofs(connection: Connection, rows: Mapping[str, Set[int]]) -> list[SealProof]:
    """The seals over these rows (kind -> numbers), in their order."""
    found = []
    before = hashchain.START
    for seal in connection.execute(select(seals).order_by(seals.c.id)).all():
        covered = {kind: covered_by(seal, kind) for kind in rows}
        if any(
            first <= number <= last
            for kind, numbers in rows.items()
            for first, last in covered[kind]
            for number in numbers
        ):
            lines = tuple(line for kind in KINDS for line in sealed_lines(connection, kind, seal))
            shown = hashchain.seal(before, lines) == seal.digest
            if shown:
                shown = not _hides(connection, covered_by(seal, "capture"))
            found.append(
                SealProof(
                    seal=seal.id,
                    before=before.hex(),
                    digest=seal.digest.hex(),
                    lines=tuple(line.decode() for line in lines) if shown else None,
                )
            )
        before = seal.digest
    return found


def _hides(connection: Connection, captures: Sequence[tuple[int, int]]) -> bool:
    """Whether one of these captures shows an article that is redacted."""
    if not captures:
        return False
    hidden = select(redactions.c.article_id).where(redactions.c.lifted_at.is_(None))
    wanted = select(verdicts.c.capture_id).where(
        or_(*(verdicts.c.capture_id.between(first, last) for first, last in captures)),
        verdicts.c.article_id.in_(hidden),
    )
    return connection.execute(wanted.limit(1)).first() is not None
