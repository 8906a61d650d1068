"""What other people's code imports of Legger."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files

import pytest

import archive
import legger


def test_archive_is_imported_from_legger_when_it_is_asked_for() -> None:
    assert legger.Archive is archive.Archive
    with pytest.raises(AttributeError, match="has no attribute 'Archives'"):
        _ = legger.Archives  # type: ignore[attr-defined]


def test_importing_legger_alone_loads_no_archive() -> None:
    code = "import sys, legger; print('archive' in sys.modules, 'sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.parametrize("package", ["archive", "crawler", "legger"])
def test_each_package_says_that_it_is_typed(package: str) -> None:
    assert files(package).joinpath("py.typed").is_file()
