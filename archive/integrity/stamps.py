"""Time stamps (RFC 3161): a third party's word that the head of the chain was there at a time.

What is stamped is the digest of a seal, as it is: it is a SHA-256, and nothing else leaves the house. The
answers of authorities are kept as they came, so that anybody can check them with ``openssl ts -verify``.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from archive.db.mapping import added_number
from archive.db.schema import seals, stamps
from archive.db.session import Session
from archive.errors import UsageError
from archive.integrity.verify import ChainHead, IntegrityProblem, head_of

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_ALL = select(stamps, seals.c.digest).outerjoin(seals, seals.c.id == stamps.c.seal_id).order_by(stamps.c.id)


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """A stamp on record."""

    id: int
    seal: int
    digest: str
    """What was stamped, in hexadecimal."""
    at: datetime
    """The time that the authority vouches for."""
    authority: str
    """Where it was asked."""
    answer: bytes
    """As it came: a TimeStampResp in DER."""


class Stamps:
    """Time stamps on the chain."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def head(self) -> ChainHead:
        """What is to be stamped. Raises :class:`UsageError` for an archive without a seal."""
        with self._session.asking() as connection:
            head = head_of(connection)
        if head.seal == 0:
            raise UsageError("there is no seal yet: nothing was kept")
        return head

    def add(self, head: ChainHead, answer: bytes, *, authority: str) -> Stamp:
        """Keep an authority's answer. Raises :class:`UsageError` for one that does not stamp *head*."""
        at, imprint = told(answer)
        if imprint.hex() != head.digest:
            raise UsageError(f"{authority} stamped something else: {imprint.hex()[:16]}...")
        with self._session.writing() as connection:
            added = connection.execute(
                insert(stamps),
                {
                    "seal_id": head.seal,
                    "stamped": imprint,
                    "at": at,
                    "authority": authority,
                    "answer": answer,
                },
            )
        self._session.commit()
        return Stamp(
            id=added_number(added), seal=head.seal, digest=head.digest, at=at, authority=authority,
            answer=answer,
        )  # fmt: skip

    def all(self) -> list[Stamp]:
        """Every stamp, in the order in which they were had."""
        with self._session.asking() as connection:
            return [
                Stamp(
                    id=row.id, seal=row.seal_id, digest=row.stamped.hex(), at=row.at,
                    authority=row.authority, answer=row.answer,
                )
                for row in connection.execute(_ALL)
            ]  # fmt: skip

    def verify(self, roots: Sequence[Certificate] = ()) -> list[IntegrityProblem]:
        """What is wrong with stamps: of another seal, altered, or by whom *roots* do not vouch for.

        Without *roots* authorities are not checked. Raises :class:`UsageError` without what reads stamps.
        """
        found = []
        with self._session.asking() as connection:
            rows = connection.execute(_ALL).all()
        for row in rows:
            try:
                at, imprint = told(row.answer)
                if imprint != row.stamped or at != row.at:
                    raise UsageError("it is not as it was when it was put on record")
                if row.digest is None or row.digest != row.stamped:
                    raise UsageError(f"seal {row.seal_id} is not what was stamped")
                if roots:
                    check(row.answer, imprint, roots)
            except UsageError as error:
                words = f"stamp {row.id} of {row.authority} ({row.at:%Y-%m-%d %H:%M}) does not hold: {error}"
                found.append(
                    IntegrityProblem(what=words, advice="compare with a backup; have the head stamped anew")
                )
        return found


# ---------------------------------------------------------------- what travels


def question(digest: bytes) -> bytes:
    """The question to an authority (TimeStampReq in DER) to stamp a SHA-256, with its certificates."""
    nonce = secrets.randbits(63) | 1 << 62
    return _der(
        0x30,
        _der(0x02, b"\x01")
        + _der(0x30, _der(0x30, _SHA256 + b"\x05\x00") + _der(0x04, digest))
        + _der(0x02, nonce.to_bytes(8, "big"))
        + _der(0x01, b"\xff"),
    )


_SHA256 = bytes.fromhex("0609608648016503040201")


def _der(tag: int, content: bytes) -> bytes:
    """One element; what is asked is short."""
    assert len(content) < 128
    return bytes([tag, len(content)]) + content


def told(answer: bytes) -> tuple[datetime, bytes]:
    """(the time, the digest that is stamped) of an authority's answer.

    Raises :class:`UsageError` for a refusal, for what is no answer, and without what reads it.
    """
    response = _decoded(answer)
    if response.status not in (0, 1):
        raise UsageError(f"the authority refused: {'; '.join(response.status_string) or response.status}")
    info = response.tst_info
    return info.gen_time, bytes(info.message_imprint.message)


def check(answer: bytes, digest: bytes, roots: Sequence[Certificate]) -> None:
    """Raise :class:`UsageError` unless an authority that *roots* vouch for stamped *digest*."""
    from rfc3161_client import VerificationError, VerifierBuilder

    builder = VerifierBuilder(roots=list(dict.fromkeys(roots)))
    try:
        builder.build().verify(_decoded(answer), digest)
    except (VerificationError, ValueError) as error:
        raise UsageError(f"its signature does not hold: {error}") from error


def stamped(answer: bytes, text: str) -> bool:
    """Whether an answer stamps the SHA-256 of a text."""
    return told(answer)[1] == hashlib.sha256(text.encode()).digest()


def certificates(answer: bytes) -> list[Certificate]:
    """The certificates that came with an answer, the signer's first, each followed by its issuer's."""
    from cryptography.x509 import load_der_x509_certificate

    found = [load_der_x509_certificate(each) for each in _decoded(answer).signed_data.certificates]
    issuers = {each.issuer for each in found if each.issuer != each.subject}
    chain = [each for each in found if each.subject not in issuers][:1] or found[:1]
    while chain and chain[-1].issuer != chain[-1].subject:
        above = next((each for each in found if each.subject == chain[-1].issuer), None)
        if above is None or above in chain:
            break
        chain.append(above)
    return chain


def _decoded(answer: bytes) -> Any:
    try:
        from rfc3161_client import decode_timestamp_response
    except ImportError as error:
        raise UsageError(f"time stamps need their extra: pip install 'legger[stamp]' ({error})") from error
    try:
        return decode_timestamp_response(answer)
    except ValueError as error:
        raise UsageError(f"no answer of a time stamp authority: {error}") from error
