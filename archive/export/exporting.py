"""An export as files with a manifest: written, and later repeated and compared.

The manifest is the section on methods of who uses the export: what was asked, with which software, what there
is, what is undated or may not be shown, the digest of each file, and the command that repeats it. It names
no hour: the same export has the same manifest.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version as release
from pathlib import Path
from typing import Any

import orjson

from archive import files
from archive.archive import Archive
from archive.db.schema import REVISION
from archive.errors import ArchiveError, UsageError
from archive.export import writers
from archive.export.choice import RowChoice, of_plain, plain
from archive.export.jsonl import destination, rows
from archive.integrity.verify import head_of

FORMS = ("jsonl", "csv", "parquet", "sqlite", "text", "ris", "bib", "csl")
PRESET_FORM = {**dict.fromkeys(writers.PRESETS, "csv"), "datasette": "sqlite"}
"""Where researchers work -> the form that is read there."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """In what form an export is written."""

    name: str = "jsonl"
    preset: str | None = None
    formula_safe: bool = True
    bom: bool = False


@dataclass
class Counted:
    """What is counted of rows as they pass."""

    rows: int = 0
    articles: set[int] = field(default_factory=set)
    undated: int = 0
    redacted: int = 0
    sites: Counter[str] = field(default_factory=Counter)
    extractors: set[str] = field(default_factory=set)

    def passing(self, some: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        """The same rows, counted."""
        for row in some:
            self.rows += 1
            self.articles.add(row["id"])
            self.undated += row["published"] is None
            self.redacted += row["redacted"]
            self.sites[row["site"]] += 1
            self.extractors.add(row["extractor"])
            yield row


def manifest_of(path: Path) -> Path:
    """Where the manifest of an export stands."""
    return path.with_name(f"{path.name}.manifest.json")


def write_export(
    archive: Archive, path: Path, choice: RowChoice, form: Form, *, force: bool = False
) -> Mapping[str, Any]:
    """Write an export and its manifest; returns what the manifest says.

    The same export, untouched since it was written, is written anew, as a line of cron does. Raises
    :class:`UsageError` for a path where anything else stands (unless *force*), and for what cannot be asked;
    :class:`ArchiveError` when it cannot be written.
    """
    manifest = manifest_of(path)
    standing = next((each for each in (path, manifest) if each.exists()), None)
    if standing is not None and not force and not _is_the_same(manifest, path, choice, form):
        raise UsageError(f"{standing} stands there already: choose another name, or add --force")
    counted = Counted()
    with archive.snapshot() as connection:
        head = head_of(connection)
        some = counted.passing(rows(connection, choice))
        written = _write(some, path, form)
    members = {
        "file": path.name,
        "form": {
            "name": form.name, "preset": form.preset, "formula_safe": form.formula_safe, "bom": form.bom,
        },
        "chosen": plain(choice),
        "rows": counted.rows,
        "articles": len(counted.articles),
        "undated": counted.undated,
        "redacted": counted.redacted,
        "sites": dict(sorted(counted.sites.items())),
        "software": f"legger {release('legger')}",
        "extractors": sorted(counted.extractors),
        "chain": {"seal": head.seal, "digest": head.digest},
        "schema": REVISION,
        "sha256": written,
        "fields": "docs/export.md",
        "verify": f"legger export --verify {manifest.name}",
    }  # fmt: skip
    with files.writing(manifest) as file:
        file.write(orjson.dumps(members, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return members


def _is_the_same(manifest: Path, path: Path, choice: RowChoice, form: Form) -> bool:
    """Whether what stands there is this very export of an earlier day, as it was written."""
    try:
        told = _read_manifest(manifest)
        return (told.name, told.choice, told.form) == (path.name, choice, form) and all(
            files.sha256(path.parent / name) == digest for name, digest in told.digests.items()
        )
    except (UsageError, OSError):
        return False  # no manifest of ours, or not all that it names


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What a manifest says."""

    name: str
    choice: RowChoice
    form: Form
    digests: Mapping[str, str]
    members: Mapping[str, Any]


def _read_manifest(manifest: Path) -> _Told:
    """Raises :class:`UsageError` for what is no manifest."""
    try:
        members = orjson.loads(files.read(manifest))
        return _Told(
            name=str(members["file"]),
            choice=of_plain(members["chosen"]),
            form=Form(**members["form"]),
            digests=dict(members["sha256"]),
            members=members,
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{manifest} is no manifest of an export of this release") from error


def check_digest(path: Path) -> None:
    """Raise :class:`UsageError` where a manifest stands beside a file, and the file is not as that says."""
    manifest = manifest_of(path)
    if manifest.exists() and _read_manifest(manifest).digests.get(path.name) != files.sha256(path):
        raise UsageError(f"{path} is not as {manifest.name} says: it was altered, or is not whole")


def verify_export(archive: Archive, manifest: Path) -> list[str]:
    """Repeat an export as its manifest says, and compare; returns what is not as it was.

    What was redacted since then differs, and is said to. Raises :class:`UsageError` for what is no manifest.
    """
    told = _read_manifest(manifest)
    found = [
        f"{each}: not as the manifest says"
        for each, digest in told.digests.items()
        if (file := manifest.parent / each).exists() and files.sha256(file) != digest
    ]
    found += [f"{each}: is not there" for each in told.digests if not (manifest.parent / each).exists()]
    with tempfile.TemporaryDirectory(prefix="legger-export-") as folder:
        again = write_export(archive, Path(folder) / told.name, told.choice, told.form)
    if again["sha256"] != told.digests:
        found.append("repeated, it comes to other bytes")
        for each in ("rows", "undated", "redacted", "software", "extractors"):
            if again[each] != told.members[each]:
                found.append(f"{each}: {told.members[each]} then, {again[each]} now")
    return found


def _write(some: Iterable[Mapping[str, Any]], path: Path, form: Form) -> dict[str, str]:
    """Write the files; returns (name -> SHA-256) as ``sha256sum`` prints it."""
    if form.name == "jsonl":
        with destination(path) as out:
            for row in some:
                out.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        return {path.name: files.sha256(path)}
    if form.name == "text":
        return _write_folder(writers.text_files(some), path)
    if form.name in ("sqlite", "parquet"):
        writer = writers.write_sqlite if form.name == "sqlite" else writers.write_parquet
        with tempfile.TemporaryDirectory(prefix=".legger-", dir=path.parent) as folder:
            part = Path(folder) / path.name
            writer(some, part)
            try:
                part.replace(path)
            except OSError as error:
                raise ArchiveError(f"{path} cannot be written: {error.strerror or error}") from error
        return {path.name: files.sha256(path)}
    pieces = (
        writers.csv_lines(some, form.preset, formula_safe=form.formula_safe, bom=form.bom)
        if form.name == "csv"
        else writers.citation_lines(some, form.name)
    )
    with files.writing(path) as file:
        for piece in pieces:
            file.write(piece)
    return {path.name: files.sha256(path)}


def _write_folder(made: Iterable[tuple[str, bytes]], path: Path) -> dict[str, str]:
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be made: {error.strerror or error}") from error
    digests = {}
    for name, content in made:
        files.write(path / name, content)
        digests[f"{path.name}/{name}"] = hashlib.sha256(content).hexdigest()
    return digests
