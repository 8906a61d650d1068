"""Packed bodies outside the database: in object storage (S3 and what speaks like it), or in a folder.

An object is written before the row that names it is committed, so no row ever names one that was not there.
Its key is made of the body's SHA-256 and of that of its packed bytes: ``ab/ab12.../3fe9...``. What is packed
anew gets another key, and the object before stays until it is swept: a reader may be at it.

``LEGGER_OBJECTS_URL`` names the place: ``s3://bucket/folder``, ``file:///folder``, or any other that fsspec
knows; ``LEGGER_OBJECTS_ENDPOINT`` the address of a server that is not Amazon's. Keys come from where its
tools look for them (``AWS_ACCESS_KEY_ID`` and so on).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection

from archive.errors import ArchiveError

PLACE, ENDPOINT = "LEGGER_OBJECTS_URL", "LEGGER_OBJECTS_ENDPOINT"

SMALLEST = 1_024
"""Packed bytes from which a body is an object: a request costs more than a small one does in its row."""

NOTES = ".legger/"
"""What the keys of our own notes beside the bodies begin with."""

OPTION = "legger_objects"
"""The execution option of an archive's connections that holds where its objects are."""


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    """An object that is there."""

    key: str
    size: int
    at: datetime | None
    """When it was written; ``None``: the storage does not tell."""


class Objects(Protocol):
    """Where packed bodies are kept outside the database."""

    place: str
    """As it is shown to people: without secrets."""

    def put(self, key: str, data: bytes) -> None:
        """Write an object, whole or not at all. Raises :class:`ArchiveError`."""

    def get(self, key: str) -> bytes:
        """Read an object. Raises :class:`ArchiveError` when it is not there, or cannot be had."""

    def delete(self, key: str) -> None:
        """Delete an object; nothing happens when it is not there."""

    def under(self, beginning: str = "") -> Iterator[StoredObject]:
        """Every object whose key begins so, up to a ``/``; all of them when empty."""

    def keeps_versions(self) -> bool | None:
        """Whether what is deleted stays there as an earlier version; ``None``: it does not tell."""


def key_of(digest: bytes, data: bytes) -> str:
    """The key of a body with this SHA-256, packed to *data*."""
    return f"{folder_of(digest)}{hashlib.sha256(data).hexdigest()[:32]}"


def folder_of(digest: bytes) -> str:
    """What the keys of a body begin with, however it was packed."""
    return f"{digest.hex()[:2]}/{digest.hex()}/"


def of(connection: Connection) -> Objects | None:
    """Where the objects of a connection's archive are; ``None``: no place is named."""
    found: Objects | None = connection.get_execution_options().get(OPTION)
    return found


def needed(connection: Connection, key: str) -> Objects:
    """The same, for an archive in which a row names an object. Raises :class:`ArchiveError`."""
    found = of(connection)
    if found is None:
        raise ArchiveError(
            f"the bytes of {key} stand in object storage, and no place is named: set [objects] url in "
            f"legger.toml, or {PLACE}"
        )
    return found


def named() -> Objects | None:
    """What the environment names; ``None``: nothing. Raises :class:`ArchiveError` where it cannot be used."""
    place = os.environ.get(PLACE, "")
    return at(place) if place else None


def at(place: str) -> Objects:
    """Files at any address that fsspec knows. Raises :class:`ArchiveError` where it cannot be used."""
    return FileSystemObjects(place, endpoint=os.environ.get(ENDPOINT) or None)


def file_system(place: str, *, endpoint: str | None = None) -> tuple[Any, str]:
    """The file system of an address that fsspec knows, and the path there.

    Raises :class:`ArchiveError` where it cannot be used.
    """
    try:
        from fsspec.core import url_to_fs
    except ModuleNotFoundError as error:
        raise ArchiveError("object storage needs its library: pip install 'legger[objects]'") from error
    options: dict[str, Any] = {"use_listings_cache": False}
    if place.partition("://")[0] == "s3" and endpoint:
        options["endpoint_url"] = endpoint
    try:
        system, path = url_to_fs(place, **options)
    except (ImportError, ValueError) as error:
        raise ArchiveError(f"{place} cannot be used for objects: {error}") from error
    return system, path


class FileSystemObjects:
    """Objects in any file system that fsspec knows."""

    def __init__(self, place: str, *, endpoint: str | None = None) -> None:
        self.place = place
        self._system, root = file_system(place, endpoint=endpoint)
        self._root = root.rstrip("/")
        self._is_folder = place.partition("://")[0] in ("file", "local")

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}"

    def put(self, key: str, data: bytes) -> None:  # noqa: D102  # as Objects says
        path = self._path(key)
        try:
            if self._is_folder:
                self._put_file(path, data)
            else:
                self._system.pipe_file(path, data)
        except Exception as error:  # each storage has errors of its own
            raise ArchiveError(f"{self.place}: {key} could not be written: {_why(error)}") from error

    def _put_file(self, path: str, data: bytes) -> None:
        """Durable before it has its name: a row that names it may be committed at once."""
        self._system.makedirs(path.rpartition("/")[0], exist_ok=True)
        part = f"{path}.{os.getpid()}.part"
        with self._system.open(part, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(path)

    def get(self, key: str) -> bytes:  # noqa: D102  # as Objects says
        try:
            data: bytes = self._system.cat_file(self._path(key))
        except FileNotFoundError as error:
            raise ArchiveError(f"{self.place}: {key} is not there; run `legger verify`") from error
        except Exception as error:  # each storage has errors of its own
            raise ArchiveError(f"{self.place}: {key} cannot be read: {_why(error)}") from error
        return data

    def delete(self, key: str) -> None:  # noqa: D102  # as Objects says
        try:
            self._system.rm_file(self._path(key))
        except FileNotFoundError:
            return
        except Exception as error:  # each storage has errors of its own
            raise ArchiveError(f"{self.place}: {key} could not be deleted: {_why(error)}") from error

    def under(self, beginning: str = "") -> Iterator[StoredObject]:  # noqa: D102  # as Objects says
        try:
            found = self._system.find(self._path(beginning).rstrip("/"), detail=True)
        except FileNotFoundError:
            return
        except Exception as error:  # each storage has errors of its own
            raise ArchiveError(f"{self.place} cannot be listed: {_why(error)}") from error
        for path, facts in found.items():
            at = facts.get("LastModified") or facts.get("mtime")
            if isinstance(at, int | float):
                at = datetime.fromtimestamp(at, UTC)
            key = path.rpartition(f"{self._root}/")[2]
            yield StoredObject(key=key, size=int(facts.get("size") or 0), at=at)

    def keeps_versions(self) -> bool | None:  # noqa: D102  # as Objects says
        if self._is_folder:
            return False
        ask = getattr(self._system, "call_s3", None)
        if ask is None:
            return None
        from fsspec.asyn import sync

        bucket = self._root.partition("/")[0]
        try:
            said = sync(self._system.loop, self._system._call_s3, "get_bucket_versioning", Bucket=bucket)
        except Exception:  # not every server that speaks like S3 can be asked
            return None
        return said.get("Status") in ("Enabled", "Suspended")


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__
