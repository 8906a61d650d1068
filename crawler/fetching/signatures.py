"""Requests signed with the operator's key: Web Bot Auth (HTTP Message Signatures, RFC 9421). Extra ``bot``.

A site that lets known robots in can tell by it that a request is ours: it fetches the public key from the
operator's host. No disguise: the user agent says who asks all the same.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from archive.errors import UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

WELL_KNOWN = "/.well-known/http-message-signatures-directory"
"""Where the public key is looked for on the operator's host."""
MEDIA_TYPE = "application/http-message-signatures-directory+json"
LABEL, TAG, DIRECTORY_TAG = "sig1", "web-bot-auth", "http-message-signatures-directory"
LASTING = timedelta(minutes=1)
"""How long a signature is good for."""


@dataclass(frozen=True)
class RequestSigner:
    """Signs requests with a key, whose public half stands on the host of *directory*."""

    key: Ed25519PrivateKey = field(repr=False)
    directory: str
    """Address of the host: ``https://archive.example.org``."""

    @classmethod
    def of(cls, file: str | Path, directory: str) -> RequestSigner:
        """From a key in PEM. Raises :class:`UsageError`."""
        try:
            import http_message_signatures  # noqa: F401  # there, before a visit begins
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
            from cryptography.hazmat.primitives.serialization import load_pem_private_key
        except ImportError as error:
            raise UsageError(f"[bot] needs its extra: pip install 'legger[bot]' ({error})") from error
        try:
            key = load_pem_private_key(Path(file).read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as error:
            raise UsageError(f"{file}: cannot be read as a key in PEM without a password: {error}") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise UsageError(f"{file}: expected an Ed25519 key: legger bot-key makes one")
        return cls(key, directory.rstrip("/"))

    @property
    def thumbprint(self) -> str:
        """The key's number (RFC 7638)."""
        members = json.dumps(self.jwk, sort_keys=True, separators=(",", ":")).encode()
        return _base64url(hashlib.sha256(members).digest())

    @property
    def jwk(self) -> Mapping[str, str]:
        """The public key as JSON Web Key."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return {"crv": "Ed25519", "kty": "OKP", "x": _base64url(public)}

    def headers(self, method: str, url: str, *, now: datetime | None = None) -> dict[str, str]:
        """What a request carries beside its own headers."""
        now = now or datetime.now(UTC)
        asked = SimpleNamespace(
            method=method, url=url, headers={"Signature-Agent": f'{LABEL}="{self.directory}"'}
        )
        self._signer().sign(
            asked,
            key_id=self.thumbprint,
            created=now,
            expires=now + LASTING,
            nonce=base64.b64encode(secrets.token_bytes(48)).decode(),
            label=LABEL,
            tag=TAG,
            covered_component_ids=('"@authority"', f'"signature-agent";key="{LABEL}"'),
        )
        return dict(asked.headers)

    def directory_file(self) -> bytes:
        """The file that stands at :data:`WELL_KNOWN`."""
        keys = {"keys": [{**self.jwk, "kid": self.thumbprint, "use": "sig"}]}
        return json.dumps(keys, indent=2).encode() + b"\n"

    def directory_headers(self, *, until: datetime, now: datetime | None = None) -> dict[str, str]:
        """Header lines by which that file's answer proves that the host owns the key, good *until* then."""
        url = self.directory + WELL_KNOWN
        answer = SimpleNamespace(
            status_code=200, headers={}, request=SimpleNamespace(method="GET", url=url, headers={})
        )
        self._signer().sign(
            answer,
            key_id=self.thumbprint,
            created=now or datetime.now(UTC),
            expires=until,
            label=LABEL,
            tag=DIRECTORY_TAG,
            covered_component_ids=('"@authority";req',),
        )
        return {"Content-Type": MEDIA_TYPE, **answer.headers}

    def _signer(self) -> Any:
        from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

        key = self.key

        class Own(HTTPSignatureKeyResolver):
            """The one key there is."""

            def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
                """It."""
                return key

            def resolve_public_key(self, key_id: str) -> Any:
                """Its public half."""
                return key.public_key()

        return HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=Own())


def new_key(file: Path) -> None:
    """Make a key, readable by its owner only. Raises :class:`UsageError` where a file stands already."""
    import os

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(f"{file} stands there already: a key is never written over") from None
    with os.fdopen(handle, "wb") as opened:
        opened.write(made)


def valid_directory(url: str) -> str:
    """The address of the operator's host. Raises :class:`ValueError`."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise ValueError(
            f"expected the address of your host such as https://archive.example.org, not {url!r}"
        )
    return f"https://{parts.netloc}"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
