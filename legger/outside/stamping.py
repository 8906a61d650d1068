"""Asking a time stamp authority (RFC 3161), as ``[stamp]`` in ``legger.toml`` names it."""

from __future__ import annotations

import http.client
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from archive.errors import Unreachable, UsageError
from archive.files import read
from archive.integrity.stamps import question
from legger.outside.posting import ask, why

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


def stamp_of(url: str, digest: bytes) -> bytes:
    """The answer of an authority, asked to stamp a SHA-256. Raises :class:`Unreachable`."""
    host = urlsplit(url).hostname or url
    if urlsplit(url).scheme not in ("http", "https"):
        raise UsageError(f"{url}: expected the address of a time stamp authority, https://...")
    try:
        return ask(url, question(digest), {"Content-Type": "application/timestamp-query"})
    except HTTPError as error:
        with error:
            raise Unreachable(f"{host} answered {error.code} {error.reason}") from error
    except (URLError, OSError, ValueError, http.client.HTTPException) as error:
        raise Unreachable(f"{host}: {why(error)}") from error


def roots_of(files: tuple[Path, ...]) -> list[Certificate]:
    """Certificates of authorities, from files of PEM. Raises :class:`UsageError`."""
    from cryptography.x509 import load_pem_x509_certificates

    found = []
    for file in files:
        try:
            found += load_pem_x509_certificates(read(file))
        except ValueError as error:
            raise UsageError(f"{file}: no certificate in PEM: {error}") from error
    return found
