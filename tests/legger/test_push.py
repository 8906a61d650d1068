"""Articles sent to an AmCAT server: a stand-in with its API, asked by AmCAT's own client."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from archive import Archive
from tests.archive.newsroom import Filer, article, day
from tests.legger.test_commands import run


class Amcat(ThreadingHTTPServer):
    """What of AmCAT's API (4.1) is asked: configuration, indices, fields, documents."""

    daemon_threads = True

    def __init__(self) -> None:
        self.indices: dict[str, dict[str, Any]] = {}
        self.keys: set[str | None] = set()
        self.refuses = False
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/amcat"


class _Handler(BaseHTTPRequestHandler):
    server: Amcat

    def _answer(self, value: Any, status: int = 200) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")

    def do_GET(self) -> None:
        self.server.keys.add(self.headers.get("X-API-Key"))
        parts = self.path.partition("?")[0].removeprefix("/amcat").strip("/").split("/")
        if parts == ["config"]:
            self._answer({"api_version": "4.2.0", "authorization": "no_auth"})
        elif parts[0] == "index" and parts[1] in self.server.indices:
            there = self.server.indices[parts[1]]
            if parts[2:] == ["fields"]:
                self._answer(there["fields"])
            elif parts[2:3] == ["documents"]:
                self._answer(there["documents"][parts[3]])
            else:
                self._answer({"id": parts[1]})
        else:
            self._answer({"detail": "not found"}, 404)

    def do_POST(self) -> None:
        body = self._body()
        parts = self.path.removeprefix("/amcat").strip("/").split("/")
        if self.server.refuses and parts[-1] == "documents":
            self._answer({"successes": 0, "failures": [{"index": {"error": "a field is wrong"}}]})
            return
        if parts == ["index"]:
            self.server.indices[body["id"]] = {"fields": {}, "documents": {}}
            self._answer({"id": body["id"]}, 201)
            return
        there = self.server.indices[parts[1]]
        if parts[2] == "fields":
            there["fields"] |= body
        elif parts[2] == "documents":
            for each in body["documents"]:
                assert set(each) - {"_id"} <= set(there["fields"]), "AmCAT refuses fields it does not know"
                there["documents"].setdefault(each["_id"], {}).update(each)
            assert body["operation"] == "upsert"
        elif parts[2] == "delete_by_query":
            for number in body["ids"]:
                there["documents"].pop(number, None)
        self._answer({"successes": 1, "failures": []})

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def amcat() -> Iterator[Amcat]:
    with Amcat() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def _corpus(where: Path) -> None:
    with Archive.open(where / "legger.db") as archive:
        desk = Filer(archive)
        desk.see(article("De brug is dicht.", authors=("Anna Bos", "Jan Smit")), day(0))
        place: dict[str, Any] = {"key": "2", "url": "https://krant.example/2"}
        desk.see(article("Een naam.", title="Geheim", url=place["url"]), day(1), **place)


def test_articles_are_documents_that_are_updated_and_deleted(tmp_path: Path) -> None:
    client = pytest.importorskip("amcat4py", reason="amcat4py is not installed")
    _corpus(tmp_path)
    with amcat() as server:
        ran = run("push", "amcat", server.url, "--index", "krant", "--key", "sleutel", cwd=tmp_path)
        assert ran.returncode == 0, ran.stderr
        assert "sleutel" in server.keys
        asked = client.AmcatClient(server.url)
        found = asked.get_document("krant", "legger-krant-1")
        assert (found["title"], found["text"], found["author"]) == (
            "Brug dicht", "De brug is dicht.", ["Anna Bos", "Jan Smit"],
        )  # fmt: skip
        assert asked.get_fields("krant")["date"] == "date"
        with Archive.open(tmp_path / "legger.db") as archive:
            Filer(archive).see(article("De brug is open."), day(2))
            archive.commit()
            archive.redactions.redact("https://krant.example/2", ground="AVG", reason="r", who="w", at=day(3))
        assert run("push", "amcat", server.url, "--index", "krant", cwd=tmp_path).returncode == 0
        documents = server.indices["krant"]["documents"]
        assert set(documents) == {"legger-krant-1"}
        assert asked.get_document("krant", "legger-krant-1")["text"] == "De brug is open."


def test_what_the_server_refuses_is_a_failure(tmp_path: Path) -> None:
    _corpus(tmp_path)
    with amcat() as server:
        server.refuses = True
        ran = run("push", "amcat", server.url, "--index", "krant", cwd=tmp_path)
        assert (ran.returncode, "a field is wrong" in ran.stderr) == (1, True)
    assert run("push", "amcat", server.url, "--index", "krant", cwd=tmp_path).returncode == 1
    assert run("push", "amcat", "ftp://x/", "--index", "krant", cwd=tmp_path).returncode == 2
