"""The house rules: sizes of files, folders and classes, and one class name for one thing."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARTS = ("archive", "crawler", "legger", "bench")
PYTHON = [*sorted(file for part in PARTS for file in (ROOT / part).rglob("*.py")), ROOT / "scheduler.py"]
LINES, MODULES, METHODS = 500, 12, 20

LONG = {
    "archive/migrations/versions/m0001_schema.py": "one table after another; released, never changed",
}
"""Files that may be longer -> why."""
WIDE: dict[str, str] = {}
"""Classes that may have more public methods (properties not counted) -> why."""


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@cache
def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(text_of(file))


@cache
def classes() -> list[tuple[str, ast.ClassDef]]:
    trees = ((name_of(file), tree_of(file)) for file in PYTHON)
    return [(file, node) for file, tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def test_no_file_is_longer_than_a_reader_keeps_in_mind() -> None:
    lengths = {name_of(file): text_of(file).count("\n") for file in PYTHON}
    assert {file: count for file, count in lengths.items() if count > LINES and file not in LONG} == {}
    assert [file for file in LONG if lengths.get(file, 0) <= LINES] == [], "these need no exception any more"


def test_no_folder_has_more_than_a_dozen_modules() -> None:
    folders: defaultdict[str, int] = defaultdict(int)
    for file in PYTHON:
        folders[name_of(file.parent)] += file.name not in ("__init__.py", "__main__.py")
    assert {folder: count for folder, count in folders.items() if count > MODULES} == {}


def test_a_package_names_modules_that_it_has() -> None:
    """In its docstring, ``name`` is a module beside it, or a word of the code or the settings."""
    code = {
        name
        for file in PYTHON
        for name in re.findall(r"\w+", re.sub(r'""".*?"""', "", text_of(file), flags=re.DOTALL))
    }
    wrong = {}
    for file in (each for each in PYTHON if each.name == "__init__.py"):
        said = ast.get_docstring(tree_of(file)) or ""
        here = {each.stem for each in file.parent.iterdir()}
        if lost := set(re.findall(r"``([a-z_]+)``", said)) - here - code:
            wrong[name_of(file)] = lost
    assert wrong == {}


def test_no_class_has_more_than_twenty_public_methods() -> None:
    wide = {
        f"{file}: {node.name}": count
        for file, node in classes()
        if (
            count := sum(
                isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
                and not (each.name.startswith("_") or each.decorator_list)
                for each in node.body
            )
        )
        > METHODS
    }
    assert {name: count for name, count in wide.items() if name not in WIDE} == {}


def test_no_two_classes_have_one_name() -> None:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for file, node in classes():
        found[node.name.lstrip("_")].append(file)
    assert {name: files for name, files in found.items() if len(files) > 1} == {}


TYPED = re.compile(r"^if TYPE_CHECKING:.*\n(?:(?:    .*)?\n)+", re.MULTILINE)
IMPORT = re.compile(r"^ *from ([\w.]+) import (\([^)]*\)|.*)", re.MULTILINE)


def imports() -> dict[str, set[str]]:
    """Module -> those of ours that it imports, also when it runs; not those that only types are had from."""
    names = {name_of(file).removesuffix(".py").replace("/", "."): file for file in PYTHON}
    found: dict[str, set[str]] = {}
    for name, file in names.items():
        asked = IMPORT.findall(TYPED.sub("", text_of(file)))
        within = {each: {f"{each}.{word}" for word in re.findall(r"\w+", words)} for each, words in asked}
        found[name] = {*within, *(each for some in within.values() for each in some)} & names.keys() - {name}
    return found


def test_no_modules_import_each_other_in_a_circle() -> None:
    left = imports()
    while free := {name for name, asked in left.items() if not asked & left.keys()}:
        left = {name: asked for name, asked in left.items() if name not in free}
    used = {each for asked in left.values() for each in asked}
    while free := left.keys() - used:  # what only leads into a circle is in none
        left = {name: asked for name, asked in left.items() if name not in free}
        used = {each for asked in left.values() for each in asked}
    assert sorted(left) == []


def test_the_clock_knows_no_door_that_people_use() -> None:
    imported = {
        name
        for node in ast.walk(tree_of(ROOT / "scheduler.py"))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
        )
    }
    assert {name for name in imported if name.partition(".")[0] == "legger"} == set()


def test_a_connection_to_sqlite_is_closed_where_a_with_ends() -> None:
    """``with sqlite3.connect(...)`` ends a transaction and closes nothing: ``closing`` does."""
    left_open = [
        f"{name_of(file)}:{node.lineno}"
        for file in [*PYTHON, *sorted((ROOT / "tests").rglob("*.py"))]
        if "sqlite3.connect(" in text_of(file)
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.With)
        and any(ast.unparse(each.context_expr).startswith("sqlite3.connect(") for each in node.items)
    ]
    assert left_open == []


DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
PATH = re.compile(
    r"`((?:archive|crawler|legger|tests|bench|docs)/[\w/.-]*\.(?:py|md|toml|json)|scheduler\.py)`"
)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: each.name)
def test_every_file_that_a_document_names_is_there(document: Path) -> None:
    named = PATH.findall(document.read_text(encoding="utf-8"))
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_module_that_the_architecture_names_is_there() -> None:
    rows = re.findall(
        r"^\| `([\w/]+)` \| (.+?) \|$", (ROOT / "docs/architecture.md").read_text("utf-8"), re.M
    )
    inside = [(folder, says) for folder, says in rows if (ROOT / "archive" / folder).is_dir()]
    assert len(inside) >= 10
    missing = []
    for folder, says in inside:
        there = {file.stem for file in (ROOT / "archive" / folder).rglob("*.py")} | {
            file.name for file in (ROOT / "archive" / folder).iterdir()
        }
        missing += [f"{folder}: {name}" for name in re.findall(r"`(\w+)/?`", says) if name not in there]
    assert missing == []


def test_the_architecture_names_every_module_of_the_archive_and_the_crawler() -> None:
    """A stranger finds the file by its word there; one that is new is put into its package's row."""
    said = text_of(ROOT / "docs/architecture.md")
    rows = dict(re.findall(r"^\| `([\w/]+?)/?`[^|]* \| (.+?) \|", said, re.MULTILINE))
    rows["crawler/extract"] = said.partition("## Inside extraction")[2]
    found = [
        file.parent
        for place in ("archive", "crawler", "crawler/extract")
        for file in (ROOT / place).glob("*/__init__.py")
    ]
    unnamed = [
        name_of(file)
        for package in found
        if name_of(package) not in ("archive/migrations", "crawler/spiders")
        for file in sorted(package.glob("*.py"))
        if file.stem != "__init__"
        and name_of(file) not in said
        and f"`{file.stem}`" not in rows.get(name_of(package), rows.get(package.name, ""))
    ]
    assert unnamed == []
