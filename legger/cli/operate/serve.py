"""``legger serve``: the reading room."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import threading
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from archive import Archive
from archive.errors import UsageError
from legger.cli.console import archive_option, err, examples, existing, plain, take_up
from legger.config import load


@click.command(
    epilog=examples(
        "legger serve",
        "legger serve --port 9000 --timezone Europe/Amsterdam",
        "LEGGER_TOKEN=$(openssl rand -hex 16) legger serve --host 0.0.0.0",
        "legger serve --behind-proxy leeszaal.example.org",
    )
)
@archive_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8417, show_default=True, help="The port; 0: any."
)
@click.option("--token", envvar="LEGGER_TOKEN", help="Let in only who brings it; better set as LEGGER_TOKEN.")
@click.option(
    "--behind-proxy",
    "proxy",
    metavar="NAME",
    help="The name under which a reverse proxy of yours, which decides who comes in, serves it.",
)
@click.option("--root-path", default="", metavar="PATH", help="The path under which that proxy serves it.")
@click.option(
    "--timezone", metavar="ZONE", help="Tell times in this zone, e.g. Europe/Amsterdam; default: TZ."
)
@click.option(
    "--allow-origin",
    "origins",
    multiple=True,
    metavar="ORIGIN",
    help="Let scripts of this site, such as https://example.org, read the answers (CORS); *: of any.",
)
@click.option("--name", help="Whose reading room it is; default: organisation in legger.toml.")
def serve(
    where: str | None,
    host: str,
    port: int,
    token: str | None,
    proxy: str | None,
    root_path: str,
    timezone: str | None,
    origins: tuple[str, ...],
    name: str | None,
) -> None:
    """Open the reading room: search, read, compare and cite in a browser; JSON and Memento for programs.

    The archive is opened for reading only, and crawls may go on. Everyone who can reach the address can
    read: beyond this machine a token, or a reverse proxy that decides who comes in, is demanded.
    """
    try:
        import uvicorn

        from legger.web import WebContext, application
        from legger.web.protocol import Connection
    except ImportError as error:
        raise UsageError(f"the reading room needs its extra: pip install 'legger[web]' ({error})") from error
    if not _loopback(host) and not token and not proxy:
        raise UsageError(
            f"--host {host} can be reached from other machines: set a token (LEGGER_TOKEN, 16 characters or "
            "more), or say with --behind-proxy NAME that a proxy of yours decides who comes in"
        )
    if token and len(token) < 16:
        raise UsageError("the token is too easily guessed: give it 16 characters or more")
    if proxy is not None and not _NAME.fullmatch(proxy):
        raise UsageError(f"--behind-proxy {proxy}: expected the name of a host, such as leeszaal.example.org")
    if root_path and not _PATH.fullmatch(root_path):
        raise UsageError(
            f"--root-path {root_path}: expected a path that begins with a slash, such as /leeszaal"
        )
    for origin in origins:
        if origin != "*" and not _ORIGIN.fullmatch(origin):
            raise UsageError(
                f"--allow-origin {origin}: expected a scheme and a host, such as https://example.org, or *"
            )
    zone = _zone(timezone)
    config = load(where)
    existing(where)
    take_up(where)
    line = _bound(host, port)
    try:
        archive = Archive.open(config.archive, create=False, read_only=True, seconds=10)
        desk = WebContext(
            archive=archive,
            stacks=Archive.open(config.archive, create=False, read_only=True),
            name=name or config.reading_room.name,
            address=config.reading_room.address,
            rights=config.reading_room.rights,
            takedown=config.reading_room.takedown,
            naan=config.reading_room.naan,
            annotations=archive.annotations,
            zone=zone,
            shared=token is not None or proxy is not None,
            token=token,
            hosts=_hosts(host, proxy, token),
            origins=origins,
            hub=config.reading_room.hub,
        )
    except BaseException:
        line.close()
        raise
    threading.Thread(target=desk.warm, daemon=True).start()
    shown = f"[{host}]" if ":" in host else host
    err.print(
        plain(f"The reading room is open at http://{shown}:{line.getsockname()[1]}/ (Ctrl+C closes it)")
    )
    if token and not _loopback(host):
        err.print(plain("Who comes in brings the token: ?token=... once, or Authorization: Bearer ..."))
    try:
        settings = uvicorn.Config(
            application(desk),
            root_path=root_path,
            proxy_headers=proxy is not None,
            log_level="warning",
            server_header=False,
            timeout_keep_alive=15,
            http=Connection,
        )
        uvicorn.Server(settings).run(sockets=[line])
    except KeyboardInterrupt:  # it has shut down by then
        return
    finally:
        line.close()
        desk.archive.close()
        desk.stacks.close()


def _bound(host: str, port: int) -> socket.socket:
    """The socket to listen at. Raises :class:`UsageError` for a taken port or a strange host."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, *_, address = found[0]
        return socket.create_server(address[:2], family=family)
    except (OSError, UnicodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "no name of a host"
        raise UsageError(f"cannot listen at {host}, port {port}: {said}; see --host and --port") from error


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_NAME = re.compile(r"[^\s/:?#@]+")
_PATH = re.compile(r"/[^\s?#]*")
_ORIGIN = re.compile(r"https?://[^\s/?#@]+", re.I)


def _hosts(host: str, proxy: str | None, token: str | None) -> tuple[str, ...]:
    """Names it answers to: a page elsewhere must not reach it by a name that only points here."""
    if token and not _loopback(host):
        return ("*",)
    names = ["localhost", "127.0.0.1", "[::1]", host]
    return tuple(dict.fromkeys([*names, proxy] if proxy else names))


def _zone(name: str | None) -> ZoneInfo:
    stated = name or os.environ.get("TZ", "").lstrip(":") or "UTC"
    try:
        return ZoneInfo(stated)
    except (ZoneInfoNotFoundError, ValueError) as error:
        if name is None:
            return ZoneInfo("UTC")
        raise UsageError(f"--timezone {name}: no such zone; one looks like Europe/Amsterdam") from error
