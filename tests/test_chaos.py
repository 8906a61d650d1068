"""A small fleet whose parts are killed at random loses nothing, doubles nothing and leaves nothing behind."""

from __future__ import annotations

import socket
import sys
import tempfile
import threading
import time

import pytest

from bench.fleets.chaos import main
from bench.fleets.fleet import FleetSites
from tests import postgresql


@pytest.mark.skipif(sys.platform != "linux", reason="it finds the visits' processes by their names")
@pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR is not set")
def test_a_fleet_that_is_killed_at_random_keeps_its_books_right(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(postgresql.temporary()))
    small = {
        **{"sites": 8, "articles": 2, "workers": 2, "concurrency": 3},
        **{"kills": 5, "between": 2, "throughput": "", "drain": 300},
    }
    status = main([word for name, value in small.items() for word in (f"--{name}", str(value))])
    said = capsys.readouterr().out
    assert status == 0, said
    assert "visited 8 of 8 sites" in said


def test_a_request_is_noted_when_it_came_not_when_a_busy_server_read_it() -> None:
    with FleetSites(1) as server, socket.create_connection(("127.0.0.1", server.server_port)) as visitor:
        if not server.stamps:
            pytest.skip("this kernel does not stamp what comes")
        visitor.sendall(b"GET / HTTP/1.1\r\nHost: krant.example\r\nConnection: close\r\n\r\n")
        time.sleep(0.05)
        reading = time.time()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        while visitor.recv(4096):
            pass
        server.shutdown()
    (came,) = server.asked["krant.example"]
    assert came < reading
