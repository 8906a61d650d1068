"""What befalls a soak: processes killed, a disk full, an archive locked, sites that fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from legger.simulator.server import ServerFault

_WALL = (
    b"<html><head><title>Cookies</title></head><body><h1>Wij gebruiken cookies</h1><p>Om verder te gaan moet "
    b"je toestemming geven voor cookies.</p><form action='/consent'><button>Akkoord</button><button>"
    b"Instellingen</button></form></body></html>"
)
_CAPTCHA = (
    b'<html><head><meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2F&y=ipc"></head>'
    b"<body></body></html>"
)
_ALL_BUT_ROBOTS = r"^(?!/robots\.txt)"
FAILURES: Mapping[str, ServerFault] = {
    "404 everywhere": ServerFault(status=404),
    "410 everywhere": ServerFault(status=410),
    "500 everywhere": ServerFault(status=500),
    "503 everywhere": ServerFault(status=503),
    "429 everywhere": ServerFault(status=429, retry_after="86400"),
    "403 everywhere": ServerFault(status=403, body=b"<h1>Forbidden</h1>"),
    "hangs up": ServerFault(drop=True),
    "challenge": ServerFault(status=202, path=_ALL_BUT_ROBOTS, body=_CAPTCHA),
    "consent gate": ServerFault(status=200, path=_ALL_BUT_ROBOTS, body=_WALL),
    "gate by redirect": ServerFault(
        status=302, path=_ALL_BUT_ROBOTS, location="http://127.0.0.1:9/consent?back=1", body=b""
    ),
    "robots.txt": ServerFault(
        status=200, path=r"^/robots\.txt", type="text/plain", body=b"User-agent: *\nDisallow: /\n"
    ),
}
"""What a site does to every visit for a while: each is to raise an alarm by its second visit."""


@dataclass(frozen=True, kw_only=True)
class Hardship:
    """What befalls when, in days since the beginning."""

    kill_visit: Sequence[float] = ()
    kill_clock: Sequence[float] = ()
    disk_full: tuple[float, float] | None = None
    """From one day to another: first the archive cannot grow, then nothing can be written at all."""
    locked: float | None = None
    quiet: bool = False
    """Nothing befalls: every alarm is a false one."""
    locked_for: float = 60.0
    """Seconds."""
    dead: tuple[str, float, float] | None = None
    """A house that answers nothing from one day to another."""
    failures: Mapping[str, str] = field(default_factory=dict)
    """House -> what of :data:`FAILURES` is wrong with it,"""
    failing: tuple[float, float] = (1.0, 2.0)
    """from one day to another."""
