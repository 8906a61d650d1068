"""For all tests: an archive migrated once and copied, and a guard of its file.

A process that holds a database must not open its file in another way.

Closing that descriptor would drop the locks of every connection that the process has to it. What happens in
the tests' own process is watched as it happens; ``test_only_sqlite_opens_it`` reads the source.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import settings

from archive import Archive
from tests import postgresql

# What a machine has set for its user is no part of a test: CONTRIBUTING.md says what one may assume.
THEIRS = ("LEGGER_", "AWS_", "PG", "FORCE_COLOR", "NO_COLOR", "TTY_", "PAGER", "LESS")
OURS = ("LEGGER_TEST_", "LEGGER_LOOK", "LEGGER_STRAIN_", "LEGGER_DATA", "LEGGER_BENCH_", "PGSERVER_")
for _name in list(os.environ):
    if _name.lower().endswith("_proxy") or (_name.startswith(THEIRS) and not _name.startswith(OURS)):
        del os.environ[_name]
os.environ["PYTHONIOENCODING"] = "utf-8"  # what programs print is read as that, whatever the language here
os.environ["COLUMNS"] = "80"  # a terminal's, however wide that is in which tests run
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # programs that tests start would compile us each time

settings.register_profile("legger", deadline=None)  # a machine under load is slow, not wrong
settings.load_profile("legger")

_databases: set[str] = set()


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "sqlite3.connect":
        where = os.fsdecode(arguments[0]) if isinstance(arguments[0], bytes | os.PathLike) else arguments[0]
        if isinstance(where, str) and ":memory:" not in where:
            path = unquote(urlsplit(where).path) if where.startswith("file:") else where
            _databases.add(os.path.realpath(path))
    elif event == "open" and _databases:
        where = arguments[0]
        if not isinstance(where, str | bytes | os.PathLike):
            return
        path = os.path.realpath(os.fsdecode(where))
        if path in _databases and _is_held(path):
            raise RuntimeError(f"{path} is open in this process; only SQLite may open it again")


def _is_held(path: str) -> bool:
    try:
        handles = list(Path("/proc/self/fd").iterdir())
    except OSError:  # only Linux tells
        return False
    for handle in handles:
        with suppress(OSError):
            if str(handle.readlink()) == path:
                return True
    return False


sys.addaudithook(_watch)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On the other engine, run what that may change: the rest would be the same test once more."""
    if os.environ.get("LEGGER_TEST_ENGINE") != "postgresql":
        return
    kept, other = [], []
    for each in items:
        asks = "archive_file" in getattr(each, "fixturenames", ()) and not each.get_closest_marker("sqlite")
        (kept if asks else other).append(each)
    config.hook.pytest_deselected(items=other)
    items[:] = kept


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty archive of today's schema, closed: migrated once by each of pytest's processes. Copy it."""
    template = tmp_path_factory.mktemp("template") / "legger.db"
    Archive.open(template).close()
    return template


@pytest.fixture(scope="session")
def postgresql_template() -> Iterator[str]:
    """The same in PostgreSQL; see :mod:`tests.postgresql`."""
    with postgresql.template() as made:
        yield made


@pytest.fixture
def archive_file(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> Iterator[Path]:
    """An empty archive of the test's own: a copy takes a hundredth of the time of migrating anew."""
    if os.environ.get("LEGGER_TEST_ENGINE") == "postgresql":
        with postgresql.emptied(request.getfixturevalue("postgresql_template")) as url:
            yield url  # type: ignore[misc]
        return
    yield Path(shutil.copy(migrated, tmp_path / "legger.db"))
