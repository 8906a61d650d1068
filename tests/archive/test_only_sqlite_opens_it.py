"""The archive's file is opened by SQLite and by nothing else: every place that opens a file says which."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from archive import Archive, files
from archive.errors import UsageError

ROOT = Path(__file__).parents[2]
OURS = ("archive", "crawler", "legger", "scheduler.py")
OPENING = {
    "open", "fdopen", "read_bytes", "read_text", "write_bytes", "write_text", "touch", "truncate",
    "copy2", "copyfile", "copyfileobj", "copytree", "copymode", "move", "mmap", "link", "link_to",
    "hardlink_to", "symlink_to", "connect", "fromfile", "tofile", "memmap",
}  # fmt: skip
"""Names of functions that open, copy or move a file."""
NOT_FILES = ("Archive.open", "moment.touch", "self.touch", "self.move", "self._regrouping.move")

SAID = {
    "sha256": "files.sha256: an export that was just written, or that its manifest names",
    "as_csv": "no file: text in memory",
    "write_export": "the manifest of an export that is being written",
    "_write_beside": "a table beside an export that is being written",
    "write_parquet": "an export that is being written",
    "write_parts.write": "a part of an export that is being written",
    "_write_parts": "a part of an export that is being written",
    "_reading": "the cursor of increments, after a database was refused",
    "_opened": "an export, after a database was refused",
    "FileSystemObjects._put_file": "an object that is new, in a folder of their own",
    "settle": "the folder that a file was just made in",
    "bring_up": "data of the package procrastinate",
    "Started.start": "the log of a visit",
    "Forked.start": "the log of a visit",
    "run_legger": "the log of a visit, and its name in /proc",
    "_countries": "data of the package tzdata",
    "export_page": "a page of the docs",
    "seal_bag": "a file of a snapshot that is being written",
    "wrong_in_bag": "a manifest of a snapshot",
    "_digests": "a manifest of a snapshot that is being written",
    "write_snapshot": "a file of a snapshot that is being written",
    "_join": "an export that is being written",
    "_write_codebook": "a file of a snapshot that is being written",
    "ask": "no file: an address on the web",
    "RequestSigner.of": "the key of a bot",
    "new_key": "the key of a bot, which is new",
    "bot_key": "the directory file of a bot's key",
    "show_page": "a page for a person's browser",
    "_write": "the index of a web archive that is being written",
    "_add": "a web archive that is being written",
    "_pieces": "a volume of a web archive that was just written",
    "_Exporting.run": "the log and the index of a web archive that is being written",
    "_Exporting._write_missed": "a list beside a web archive that is being written",
    "_Exporting._write_manifest": "the manifest of a web archive that is being written",
    "Volumes._next": "a volume of a web archive that is being written",
    "csv_lines.written": "no file: text in memory",
    "WebArchives.members": "a member of a package, which add() refuses where it is a database",
    "RecordFile.opened": "a web archive that WebArchives.add() has refused where it is a database",
    "RecordFile.unpack": "what that web archive was unpacked to",
    "open_stored": "a web archive by its ending; an archive in a file has no fleet",
    "_zones": "data of the package tzdata",
    "read": "files.read: what a person names; refuses a database",
    "writing": "files.writing: what a person names; refuses a database",
    "_stated": "what the system says of itself, in /proc",
    "workplace": "a folder of its own that was just made",
    "_sweep": "a folder or a part of a file that a killed process left",
    "FileLines.all": "the annotations, beside the archive",
    "FileLines._ends_whole": "the annotations, beside the archive",
    "FileLines._locked": "the annotations, beside the archive",
    "FileLines.rewrite": "the annotations, beside the archive",
    "main": "/dev/null",
    "Stage.at": "the demo's clock",
    "rows_of": "a manifest of pages; no archive is open in that process",
    "_capture": "a page of that manifest",
    "use": "site files",
    "publish": "site files",
    "ChangedFiles.publish": "site files",
    "PublishedSites.unfold": "a site file",
    "VisitQueue._opened": "no file: a queue in PostgreSQL",
    "_print_file": "a site file",
    "_toml_of": "a site file",
    "write_site": "a site file",
    "Secret.read": "a file with a secret",
    "save": "legger.toml",
    "filesystem_of": "/proc/mounts",
    "topics": "data of the package",
    "Newspaper.__enter__": "a socket",
    "Newspaper.write_sites": "a site file",
    "Renderer.__init__": "data of the package",
    "languages": "data of the package",
    "Model.shipped": "data of the package",
    "_names": "data of the package",
    "now": "a test's clock",
    "": "data of the package, at import; the manual, when it is made",
}
"""Function -> the file that it opens. A new one is put here with what it opens: never the archive."""


def _calls(tree: ast.AST, within: str = "") -> Iterator[tuple[str, str]]:
    """(function, call) for every call whose name is that of something that opens files."""
    for node in ast.iter_child_nodes(tree):
        name = within
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{within}.{node.name}" if within else node.name
        if isinstance(node, ast.Call):
            called = node.func
            last = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            words = ast.unparse(called)
            if words not in NOT_FILES and (last in OPENING or words == "shutil.copy"):
                yield name, words
        if isinstance(node, ast.ImportFrom) and node.module in ("shutil", "os", "mmap", "sqlite3"):
            yield name, f"from {node.module} import {', '.join(each.name for each in node.names)}"
        yield from _calls(node, name)


@cache
def _found() -> list[tuple[Path, str, str]]:
    return [*_look()]


def _look() -> Iterator[tuple[Path, str, str]]:
    for place in OURS:
        path = ROOT / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            for within, words in _calls(ast.parse(file.read_text(encoding="utf-8"))):
                yield file, within, words


def test_every_place_that_opens_a_file_says_which_and_none_is_the_archive() -> None:
    unsaid = [
        f"{file.relative_to(ROOT)}: {within}: {words}"
        for file, within, words in _found()
        if "sqlite" not in file.name and not words.endswith("connect") and within not in SAID
    ]
    assert unsaid == [], "what do these open? Never the archive: see SAID"
    assert SAID.keys() - {within for _, within, _ in _found()} == set(), "these open nothing any more"


def test_only_the_modules_of_sqlite_connect_to_a_file() -> None:
    places = [
        (file.name, within)
        for file, within, words in _found()
        if "sqlite3" in words and file.name not in ("sqlite.py", "sqlite_files.py")
    ]
    assert places == [
        ("writers.py", "write_sqlite"),  # an export that is a database, made under a name of its own
        ("fts5.py", "_at_hand"),  # in memory: rows at hand are searched
        ("tsvector.py", "_cutter"),  # in memory: text is cut into words for PostgreSQL
        ("doctor.py", "_sqlite"),  # a database in memory, to see what this SQLite can do
    ]


def test_the_check_sees_every_way_to_open_a_file() -> None:
    lines = (
        "with path.open('rb') as file: pass", "open(where)", "io.open(where)", "os.open(where, os.O_RDONLY)",
        "path.read_bytes()", "path.write_text('')", "shutil.copy(where, there)", "shutil.copyfile(where, to)",
        "path.touch()", "sqlite3.connect(where)", "from shutil import copy",
    )  # fmt: skip
    for line in lines:
        assert list(_calls(ast.parse(line))), line


def test_what_a_person_names_is_never_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "legger.db"
    with Archive.open(path) as archive:
        for way in (lambda: files.read(path), lambda: files.write(path, b"gone")):
            with pytest.raises(UsageError, match="is a database"):
                way()
        link = tmp_path / "link.jsonl"
        link.symlink_to(path)
        with pytest.raises(UsageError, match="is a database"):
            files.write(link, b"gone")
        assert archive.integrity.verify() == []


@pytest.mark.parametrize("name", ["a\0b", "\ud800.jsonl"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path, name: str) -> None:
    for way in (lambda: files.read(tmp_path / name), lambda: files.write(tmp_path / name, b"")):
        with pytest.raises(UsageError, match="no file can have this name"):
            way()


def test_a_process_that_holds_an_archive_and_opens_its_file_is_caught_in_the_act(tmp_path: Path) -> None:
    path = tmp_path / "legger.db"
    with Archive.open(path), pytest.raises(RuntimeError, match="only SQLite may open it"):
        path.read_bytes()
    assert path.read_bytes()  # nobody holds it any more
