"""An export as files with a manifest: written, and later repeated and compared.

The manifest is the section on methods of who uses the export (:mod:`archive.export.formats.methods`). It
names no hour: the same export of the same state has the same manifest.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version as release
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection

from archive import files
from archive.archive import Archive
from archive.captures import objects
from archive.captures.objects import Objects
from archive.db.schema import REVISION
from archive.errors import ArchiveError, UsageError
from archive.export import writers
from archive.export.beside import BESIDE, as_csv, as_json
from archive.export.choice import RowChoice, of_plain, plain
from archive.export.formats.methods import Counted, Describe, codebook, command, coverage
from archive.export.formats.network import gexf, network, tables
from archive.export.formats.parquet import write_parquet, write_parts
from archive.export.formats.tei import tei_lines
from archive.export.jsonl import destination, json_lines
from archive.export.parts.making import PartsPlan, make_part
from archive.export.processes import ExportProcesses, MadeShard, MakeLines
from archive.export.rows import count, rows
from archive.integrity.verify import ChainHead, head_of
from archive.model.export_row import ExportRow
from archive.model.row_fields import TABLE

FORMS = (
    "jsonl", "csv", "parquet", "sqlite", "text", "tei", "ris", "bib", "csl", "gexf", "edges",
)  # fmt: skip
IN_PARTS = ("parquet", "jsonl")
"""Forms that a folder can hold in parts."""
JOINED = ("jsonl", "csv")
"""Forms whose lines several processes can make."""
PRESET_FORM = {**dict.fromkeys(writers.PRESETS, "csv"), "datasette": "sqlite"}
"""Where researchers work -> the form that is read there."""

Update = Callable[[int, int], None]
"""Hears how many rows are written, and of how many."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """In what form an export is written."""

    name: str = "jsonl"
    preset: str | None = None
    formula_safe: bool = True
    bom: bool = False
    parts: int = 0
    """Rows, about, of each part of a folder, as workers of a fleet make it; 0: not in parts."""
    beside: tuple[str, ...] = ()
    """What else is written, of :data:`archive.export.beside.BESIDE`."""


def manifest_of(path: Path) -> Path:
    """Where the manifest of an export stands."""
    return path.with_name(f"{path.name}.manifest.json")


def nobody(name: str) -> tuple[str | None, str | None]:
    """Nothing is known of a site's title and address."""
    return None, None


def write_export(
    archive: Archive,
    path: Path,
    choice: RowChoice,
    form: Form,
    *,
    force: bool = False,
    describe: Describe = nobody,
    update: Update = lambda done, total: None,
    processes: ExportProcesses | None = None,
) -> Mapping[str, Any]:
    """Write an export and its manifest, all files or none; returns what the manifest says.

    *processes* make its rows; the files are the same as without them. Forms of :data:`JOINED` alone.

    The same export, untouched since it was written, is written anew, as a line of cron does. Raises
    :class:`UsageError` for a path where anything else stands (unless *force*), and for what cannot be asked;
    :class:`ArchiveError` when it cannot be written.
    """
    manifest = manifest_of(path)
    beside = {name: _beside_of(path, name, form).name for name in form.beside}
    _refuse(
        path, [path, manifest, *map(path.with_name, beside.values())], choice, form, processes, force=force
    )
    counted, chosen = Counted(), set[int]()
    with _WholeFiles(path) as folder:
        with archive.snapshot() if processes is None else processes.snapshot(archive) as connection:
            head, total = head_of(connection), count(connection, choice)
            known = _write_rows(
                connection, folder / path.name, choice, form, counted, chosen, processes,
                lambda done: update(done, total),
            )  # fmt: skip
            for name, file in beside.items():
                _write_beside(connection, name, chosen, folder / file)
            update(counted.rows, counted.rows)
            written = _digests(folder, known)
            covered = coverage(connection, counted.sites, choice, describe)
        members = members_of(path.name, choice, form, counted, covered, head, written)
        (folder / manifest.name).write_bytes(told(members))
    return members


def _refuse(
    path: Path, targets: Iterable[Path], choice: RowChoice, form: Form, processes: ExportProcesses | None,
    *, force: bool,
) -> None:  # fmt: skip
    """Raise :class:`UsageError` for what cannot be asked, and where something else stands at *targets*."""
    if processes is not None and form.name not in JOINED:
        raise UsageError(
            f"--jobs: {form.name} is written by one process; only {' and '.join(JOINED)} gain by more"
        )
    if form.beside and choice.as_of is not None:
        raise UsageError("what stands beside is judged by all there is: leave --with or --as-of out")
    standing = None
    for each in targets:
        files.refuse_database(each)
        standing = standing or (each if each.exists() else None)
    if standing is not None and not force and not _is_the_same(manifest_of(path), path, choice, form):
        raise UsageError(f"{standing} stands there already: choose another name, or add --force")


def _write_rows(
    connection: Connection, path: Path, choice: RowChoice, form: Form, counted: Counted, chosen: set[int],
    processes: ExportProcesses | None, update: Callable[[int], None],
) -> dict[str, str]:  # fmt: skip
    """Write the rows, count them, and put the numbers of their articles into *chosen*, where something is
    written beside them; returns the SHA-256 of files of which it is known already."""
    if form.parts:
        return _write_parts(connection, path, choice, form, counted)
    ready = form.name == "jsonl"
    if processes is not None:
        made = processes.made(connection, choice, _lines_of(form), ready=ready)
        return _join(_passing(made, counted, chosen, update), path, form)
    with closing(rows(connection, choice, ready=ready)) as every:  # let go while the database is open
        some = _noted(every, chosen) if form.beside else every
        return _write(connection, counted.passing(some, update), path, form)


def _noted(some: Iterator[ExportRow], chosen: set[int]) -> Iterator[ExportRow]:
    """The same rows, with the numbers of their articles put into *chosen*."""
    for row in some:
        chosen.add(row["id"])
        yield row


def told(members: Mapping[str, Any]) -> bytes:
    """A manifest as a file."""
    return orjson.dumps(members, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def members_of(
    name: str,
    choice: RowChoice,
    form: Form,
    counted: Counted,
    covered: Mapping[str, Any],
    head: ChainHead,
    digests: Mapping[str, str],
) -> dict[str, Any]:
    """What a manifest says of an export of that *name*.

    *covered*: what :func:`coverage` found; *head*: of the chain in its snapshot; *digests*: of its files.
    """
    options = [
        ("--format", None if form.preset else form.name), ("--for", form.preset), ("--bom", form.bom),
        ("--as-is", not form.formula_safe), ("--with", ",".join(form.beside) or None),
        ("--fleet", form.parts > 0),
    ]  # fmt: skip
    columns = None if form.name in ("jsonl", "tei") else TABLE
    return {
        "file": name,
        "form": {**asdict(form), "beside": list(form.beside)},
        "chosen": plain(choice),
        "rows": counted.rows,
        "articles": counted.articles,
        "published_from": counted.first_day,
        "published_to": counted.last_day,
        "undated": counted.undated,
        "undated_share": round(counted.undated / counted.rows, 4) if counted.rows else None,
        "redacted": counted.redacted,
        "redacted_share": round(counted.redacted / counted.rows, 4) if counted.rows else None,
        "sites": dict(counted.sites),
        "software": f"legger {release('legger')}",
        "extractors": counted.extractors,
        "readers": counted.readers,
        "coverage": covered,
        "codebook": codebook(columns),
        "fields": "docs/export.md",
        "repeat": command(choice, name, options),
        "chain": {"seal": head.seal, "digest": head.digest},
        "schema": REVISION,
        "sha256": digests,
        "verify": f"legger export --verify {name}.manifest.json",
    }


def _beside_of(path: Path, name: str, form: Form) -> Path:
    """Where something beside an export stands: ``news.jsonl.gz`` -> ``news.edits.jsonl.gz``."""
    ending = next((each for each in (*files.JSON_LINES, ".csv") if path.name.endswith(each)), "")
    stem = path.name.removesuffix(ending) if ending else path.stem
    return path.with_name(f"{stem}.{name}{ending or '.jsonl'}")


def _write_beside(connection: Connection, name: str, chosen: set[int], path: Path) -> None:
    some = BESIDE[name](connection, chosen)
    if path.suffix == ".csv":
        with path.open("wb") as file:
            file.writelines(as_csv(some, formula_safe=True))
    else:
        with destination(path) as out:
            for line in as_json(some):
                out.write(line)


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


def _read_manifest(manifest: Path | str, content: bytes | None = None) -> _Told:
    """Raises :class:`UsageError` for what is no manifest; *content*: what stands there."""
    try:
        members = orjson.loads(files.read(Path(manifest)) if content is None else content)
        form = {**members["form"], "beside": tuple(members["form"].get("beside", ()))}
        return _Told(
            name=str(members["file"]),
            choice=of_plain(members["chosen"]),
            form=Form(**form),
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


def verify_export(
    archive: Archive, manifest: Path | str, processes: ExportProcesses | None = None
) -> list[str]:
    """Repeat an export as its manifest says, and compare; returns what is not as it was.

    What was redacted since then differs, and is said to. The manifest is a file, or stands at an address of
    object storage, with what it names. Raises :class:`UsageError` for what is no manifest, and
    :class:`ArchiveError` when it cannot be had.
    """
    if isinstance(manifest, str):
        place, _, name = manifest.rpartition("/")
        storage = objects.at(place)
        told = _read_manifest(manifest, storage.get(name))
        there = {each.key for each in storage.under(f"{told.name}/")}
        stands = {each: _digest_of(storage, each) for each in told.digests if each in there}
    else:
        told = _read_manifest(manifest)
        paths = {each: manifest.parent / each for each in told.digests}
        stands = {each: files.sha256(path) for each, path in paths.items() if path.exists()}
    found = [
        f"{each}: not as the manifest says"
        for each, digest in told.digests.items()
        if each in stands and stands[each] != digest
    ]
    found += [f"{each}: is not there" for each in told.digests if each not in stands]
    with tempfile.TemporaryDirectory(prefix="legger-export-") as folder:
        again = write_export(archive, Path(folder) / told.name, told.choice, told.form, processes=processes)
    if again["sha256"] != told.digests:
        found.append("repeated, it comes to other bytes")
        for each in ("rows", "undated", "redacted", "software", "extractors"):
            if again[each] != told.members[each]:
                found.append(f"{each}: {told.members[each]} then, {again[each]} now")
    return found


def _digest_of(storage: Objects, key: str) -> str:
    return hashlib.sha256(storage.get(key)).hexdigest()


# ---------------------------------------------------------------- files


class _WholeFiles:
    """A folder beside *path* in which files are made; at the end they all stand beside it, or none does."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Path:
        self._place = files.workplace(self.path.parent)
        try:
            self.folder = self._place.__enter__()
        except OSError as error:
            raise ArchiveError(f"{self.path} cannot be written: {error.strerror or error}") from error
        return self.folder

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        try:
            if error is None:
                self._settle()
        except OSError as cause:
            raise self._failed(cause) from cause
        finally:
            self._place.__exit__(None, None, None)
        if isinstance(error, OSError | sqlite3.Error):
            raise self._failed(error) from error
        if isinstance(error, ArchiveError | UsageError) and str(self.folder) in str(error):
            raise type(error)(str(error).replace(str(self.folder), str(self.path.parent))) from error

    def _failed(self, error: Exception) -> ArchiveError:
        why = error.strerror or error if isinstance(error, OSError) else error
        return ArchiveError(f"{self.path} cannot be written: {why}")

    def _settle(self) -> None:
        made = sorted(self.folder.iterdir(), key=lambda each: each.name.endswith(".manifest.json"))
        for each in made:  # the manifest comes last: where it stands, all that it names does
            if each.is_file():
                files.settle(each)
        for each in made:
            target = self.path.parent / each.name
            if target.is_dir() and each.is_dir():
                shutil.rmtree(target)
            each.replace(target)
        files.settle(self.path.parent)


def _digests(folder: Path, known: Mapping[str, str]) -> dict[str, str]:
    """(name -> SHA-256) of all files in a folder, as ``sha256sum`` prints it; some are *known*."""
    found = sorted(each for each in folder.rglob("*") if each.is_file())
    names = {each.relative_to(folder).as_posix(): each for each in found}
    return {name: known.get(name) or files.sha256(each) for name, each in names.items()}


def _write_parts(
    connection: Connection, folder: Path, choice: RowChoice, form: Form, counted: Counted
) -> dict[str, str]:
    """Write all parts; returns the SHA-256 of their files."""
    folder.mkdir()
    known: dict[str, str] = {}
    plan = PartsPlan(connection, choice, form.name, form.parts)
    for part in plan.parts():
        made = make_part(connection, part, form.name, choice.as_of)
        counted.add(made.counted)
        for name, content in made.files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        known |= {f"{folder.name}/{name}": digest for name, digest in made.digests().items()}
    counted.articles = plan.articles
    return known


def _write(
    connection: Connection, some: Iterable[Mapping[str, Any]], path: Path, form: Form
) -> dict[str, str]:
    """Write the rows, in whatever form; returns the SHA-256 of files of which it is known already."""
    if form.name == "jsonl":
        with destination(path) as out:
            for line in json_lines(some):
                out.write(line)
        return {path.name: out.digest}
    if form.name in ("text", "edges"):
        made = (
            writers.text_files(some)
            if form.name == "text"
            else tables(network(connection, some), formula_safe=form.formula_safe)
        )
        path.mkdir()
        for name, content in made:
            (path / name).write_bytes(content)
    elif form.name == "sqlite":
        writers.write_sqlite(some, path)
    elif form.name == "parquet" and path.suffix == ".parquet":
        write_parquet(some, path)
    elif form.name == "parquet":
        path.mkdir()
        write_parts(some, path)
    else:
        with path.open("wb") as file:
            file.writelines(_pieces(connection, some, form))
    return {}


def _pieces(connection: Connection, some: Iterable[Mapping[str, Any]], form: Form) -> Iterator[bytes]:
    if form.name == "csv":
        return _lines_of(form, heading=True)(some)
    if form.name == "tei":
        return tei_lines(some)
    if form.name == "gexf":
        return gexf(network(connection, some))
    return writers.citation_lines(some, form.name)


def _lines_of(form: Form, *, heading: bool = False) -> MakeLines:
    """What makes lines of rows, in a form of :data:`JOINED`."""
    if form.name == "jsonl":
        return json_lines
    return partial(
        writers.csv_lines, preset=form.preset, formula_safe=form.formula_safe, bom=form.bom, heading=heading
    )


def _passing(
    made: Iterable[MadeShard], counted: Counted, chosen: set[int], update: Callable[[int], None]
) -> Iterator[MadeShard]:
    """The same shards, counted, with the numbers of their articles put into *chosen*."""
    for shard in made:
        counted.add(shard.counted)
        chosen.update(shard.articles)
        update(counted.rows)
        yield shard


def _join(some: Iterable[MadeShard], path: Path, form: Form) -> dict[str, str]:
    """Write shards one behind the other; returns the SHA-256 of the file where it is known already."""
    if form.name == "jsonl":
        with destination(path) as out:
            for shard in some:
                for line in shard.lines.splitlines(keepends=True):  # packed alike by what comes at a time
                    out.write(line)
        return {path.name: out.digest}
    with path.open("wb") as file:
        file.writelines(_lines_of(form, heading=True)(()))
        for shard in some:
            file.write(shard.lines)
    return {}
