"""A small archive with everything in it that a page can show, and a client at the reading room's door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from archive import Archive
from archive.annotations import Annotations
from legger.web import WebContext, application
from tests.web.stock import annotate, stock


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive's file; tests only read it."""
    where = tmp_path_factory.mktemp("room") / "legger.db"
    with Archive.open(where) as archive:
        stock(archive)
        annotate(Annotations.beside(str(where)), archive)
    return where


@pytest.fixture(scope="session")
def desk(shelf: Path) -> Iterator[WebContext]:
    with (
        Archive.open(shelf, read_only=True, seconds=10) as archive,
        Archive.open(shelf, read_only=True) as stacks,
    ):
        yield WebContext(
            archive=archive, stacks=stacks, name="Streekarchief", annotations=Annotations.beside(str(shelf))
        )


@pytest.fixture(scope="session")
def opened_client(desk: WebContext) -> Iterator[TestClient]:
    with TestClient(application(desk), follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def client(opened_client: TestClient) -> TestClient:
    """A guest whom nobody knows: what an earlier test chose (a language) is forgotten."""
    opened_client.cookies.clear()
    return opened_client
