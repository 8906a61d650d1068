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
_ROBOT_WALL = (
    b"<html><head><title>Making sure you&#39;re not a bot!</title></head><body><h1>Making sure you&#39;re "
    b"not a bot!</h1><p>Loading...</p><details><summary>Why am I seeing this?</summary><p>The administrator "
    b"of this website protects it from machines that ask too much.</p></details></body></html>"
)
_WAITING_ROOM = (
    b"<html><head><title>Waiting Room</title><meta http-equiv='refresh' content='20'></head><body><h1>You "
    b"are now in line</h1><p>Thank you for your patience. Your estimated wait time is 28 minutes.</p></body>"
    b"</html>"
)
_OWN_WALL = (
    b"<html><head><title>Onze krant</title></head><body><h1>Onze krant</h1><p>Kies hier hoe u verder gaat."
    b"</p><form><button>OK</button></form></body></html>"
)
_WORKS = (
    b"<html><head><title>Onderhoud</title></head><body><h1>Onderhoud</h1><p>Onze website is tijdelijk niet "
    b"bereikbaar wegens onderhoud. Probeer het later nog eens.</p></body></html>"
)
FAILURES: Mapping[str, Sequence[ServerFault]] = {
    "404 everywhere": (ServerFault(status=404),),
    "410 everywhere": (ServerFault(status=410),),
    "500 everywhere": (ServerFault(status=500),),
    "503 everywhere": (ServerFault(status=503),),
    "429 everywhere": (ServerFault(status=429, retry_after="86400"),),
    "403 everywhere": (ServerFault(status=403, body=b"<h1>Forbidden</h1>"),),
    "hangs up": (ServerFault(drop=True),),
    "challenge": (ServerFault(status=202, path=_ALL_BUT_ROBOTS, body=_CAPTCHA),),
    "consent gate": (ServerFault(status=200, path=_ALL_BUT_ROBOTS, body=_WALL),),
    "gate by redirect": (
        ServerFault(status=302, path=_ALL_BUT_ROBOTS, location="http://127.0.0.1:9/consent?back=1", body=b""),
    ),
    "robots.txt": (
        ServerFault(
            status=200, path=r"^/robots\.txt", type="text/plain", body=b"User-agent: *\nDisallow: /\n"
        ),
    ),
    "robot wall, 200": (ServerFault(status=200, path=_ALL_BUT_ROBOTS, body=_ROBOT_WALL),),
    "waiting room, 200": (ServerFault(status=200, path=_ALL_BUT_ROBOTS, body=_WAITING_ROOM),),
    "own wall, 200": (
        ServerFault(status=200, path="^/zustimmung", body=_OWN_WALL),
        ServerFault(status=302, path=_ALL_BUT_ROBOTS, location="/zustimmung?ziel=1", body=b""),
    ),
    "notice of works, 200": (ServerFault(status=200, path=_ALL_BUT_ROBOTS, body=_WORKS),),
    "front page alone": (ServerFault(status=404, path=r"^/(?!robots\.txt|$)"),),
}
"""What a site does to every visit for a while: each is to raise an alarm by its second visit. Of several
faults the first that fits a request decides."""


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
