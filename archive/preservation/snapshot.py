"""A named corpus for a repository: rows, what stands beside them, codebook, events, all in a bag."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib.metadata import version as release
from pathlib import Path
from typing import Any

import orjson

from archive import files
from archive.archive import Archive
from archive.errors import ArchiveError, UsageError
from archive.export.choice import RowChoice
from archive.export.exporting import Form, manifest_of, nobody, write_export
from archive.export.formats.methods import Describe, codebook
from archive.export.restore import read_rows
from archive.preservation.bag import seal_bag
from archive.preservation.crate import NAME, crate
from archive.preservation.premis import PremisEvent, events_of, premis

ROWS = "corpus.jsonl.gz"
_KINDS = {
    ".gz": "application/gzip", ".csv": "text/csv", ".json": "application/json", ".xml": "application/xml",
    ".wacz": "application/wacz", ".md": "text/markdown",
}  # fmt: skip


def write_snapshot(
    archive: Archive,
    folder: Path,
    choice: RowChoice,
    *,
    now: datetime,
    organisation: str | None = None,
    contact: str | None = None,
    licence: str | None = None,
    describe: Describe = nobody,
    captures: Callable[[Path], None] | None = None,
    update: Callable[[int, int], None] = lambda done, total: None,
) -> Mapping[str, Any]:
    """Write a corpus into a *folder* that is not there yet; returns the manifest of its rows.

    *captures* writes the captures to the file it is given, where they are to go with it. The folder stands
    under its name when it is whole. Raises :class:`UsageError`, and :class:`ArchiveError` when it cannot be
    written.
    """
    if folder.exists():
        raise UsageError(f"{folder} stands there already: a snapshot never changes; choose another name")
    try:
        with files.workplace(folder.parent) as part:
            data = part / "data"
            data.mkdir()
            beside = () if choice.as_of is not None else ("captures", "edits")
            rows = data / ROWS
            said = write_export(archive, rows, choice, Form(beside=beside), describe=describe, update=update)
            if captures is not None:
                captures(data / "captures.wacz")
            _write_codebook(data / "codebook.csv")
            some = {each.name: _kind(each) for each in data.iterdir()}
            chosen = {row["id"] for row in read_rows(rows)}
            with archive.snapshot() as connection:
                events = events_of(connection, chosen, choice.as_of)
            chain = said["chain"]
            events.append(
                PremisEvent(
                    kind="fixity check", at=now.isoformat(),
                    detail=f"SHA-256 of {len(some)} files; "
                    f"head of the chain: {chain['seal']}:{chain['digest']}",
                )
            )  # fmt: skip
            with (data / "premis.xml").open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(premis(data, some, events))
            some["premis.xml"] = _KINDS[".xml"]
            described = crate(
                data, some, said, name=folder.name, organisation=organisation, licence=licence, now=now
            )
            (data / NAME).write_bytes(orjson.dumps(described, option=orjson.OPT_INDENT_2))
            seal_bag(part, _info(folder.name, said, organisation, contact, now))
            part.chmod(0o755)
            part.replace(folder)
    except OSError as error:
        raise ArchiveError(f"{folder} cannot be written: {error.strerror or error}") from error
    assert manifest_of(folder / "data" / ROWS).exists()
    return said


def _kind(path: Path) -> str:
    return _KINDS.get(path.suffix, "application/octet-stream")


def _write_codebook(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("field", "type", "meaning"))
        writer.writerows((name, each["type"], each["means"]) for name, each in codebook().items())


def _info(
    name: str, said: Mapping[str, Any], organisation: str | None, contact: str | None, now: datetime
) -> list[tuple[str, str]]:
    members = [
        ("Source-Organization", organisation),
        ("Contact-Email", contact if contact and "@" in contact and "://" not in contact else None),
        ("External-Identifier", name),
        ("External-Description", f"{said['articles']} articles, {said['rows']} rows; {said['repeat']}"),
        ("Bagging-Date", f"{now:%Y-%m-%d}"),
        ("Bag-Software-Agent", f"Legger {release('legger')}"),
        ("Legger-Chain", f"{said['chain']['seal']}:{said['chain']['digest']}"),
    ]
    return [(label, value) for label, value in members if value]
