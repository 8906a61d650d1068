"""An empty archive, and a desk that files into it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import Archive
from tests.archive.newsroom import Filer


@pytest.fixture
def archive(archive_file: Path) -> Iterator[Archive]:
    with Archive.open(archive_file) as opened:
        yield opened


@pytest.fixture
def desk(archive: Archive) -> Filer:
    return Filer(archive)
