"""The signature of a WACZ, in the form of ``authsign`` (WACZ Signing and Verification 0.1.0).

What is signed is the digest of ``datapackage.json``, which names the digest of every other file. With a
certificate for a domain and a time stamp it says who observed it and when; with a key alone, that one hand
made what bears its signatures.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as release
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import (
    Certificate,
    DNSName,
    ExtensionNotFound,
    SubjectAlternativeName,
    load_pem_x509_certificates,
)
from cryptography.x509.oid import NameOID

from archive.errors import UsageError
from archive.integrity import stamps

VERSION = "0.1.0"

Stamping = Callable[[bytes], bytes]
"""A SHA-256 -> the answer of a time stamp authority."""


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who signs."""

    key: ec.EllipticCurvePrivateKey
    chain: Sequence[Certificate] = ()
    """The certificate of the domain, and those that vouch for it; empty: the key speaks for itself."""
    stamp: Stamping | None = None
    """Has the signature stamped; ``None``: it is not."""

    @classmethod
    def of(cls, key: bytes, chain: bytes | None, stamp: Stamping | None) -> Signer:
        """From PEM. Raises :class:`UsageError` for what is no elliptic key, or a certificate of another."""
        try:
            found = serialization.load_pem_private_key(key, password=None)
            certificates = load_pem_x509_certificates(chain) if chain else []
        except (ValueError, TypeError) as error:
            raise UsageError(f"the key or certificate to sign with cannot be read: {error}") from error
        if not isinstance(found, ec.EllipticCurvePrivateKey):
            raise UsageError("a WACZ is signed with an elliptic key (ECDSA, P-256 or P-384)")
        if certificates and certificates[0].public_key() != found.public_key():
            raise UsageError("the first certificate is not that of the key")
        return cls(key=found, chain=certificates, stamp=stamp)

    def sign(self, digest: str, *, now: datetime) -> dict[str, Any]:
        """What ``signedData`` is, for a digest such as ``sha256:...``."""
        signature = base64.b64encode(self.key.sign(digest.encode(), ec.ECDSA(hashes.SHA256()))).decode()
        said: dict[str, Any] = {
            "hash": digest,
            "created": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "software": f"Legger/{release('legger')}",
            "version": VERSION,
            "signature": signature,
        }
        if self.chain:
            said |= {"domain": _domain(self.chain[0]), "domainCert": _pem(self.chain)}
        else:
            public = self.key.public_key().public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            said["publicKey"] = base64.b64encode(public).decode()
        if self.stamp is not None:
            digest_of = hashes.Hash(hashes.SHA256())
            digest_of.update(signature.encode())
            answer = self.stamp(digest_of.finalize())
            if not stamps.stamped(answer, signature):
                raise UsageError("the time stamp authority stamped something else than the signature")
            said |= {
                "timeSignature": base64.b64encode(answer).decode(),
                "timestampCert": _pem(stamps.certificates(answer)),
            }
        return said


def _pem(chain: Sequence[Certificate]) -> str:
    return "".join(each.public_bytes(serialization.Encoding.PEM).decode() for each in chain)


def _domain(certificate: Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if names:
        return str(names[0].value)
    try:
        named = certificate.extensions.get_extension_for_class(SubjectAlternativeName)
    except ExtensionNotFound:
        raise UsageError("the certificate to sign with names no domain") from None
    domains = named.value.get_values_for_type(DNSName)
    if not domains:
        raise UsageError("the certificate to sign with names no domain")
    return domains[0]
