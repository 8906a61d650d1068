"""``legger bot-key``: the key by which sites know our requests, and the file that tells it (Web Bot Auth)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from archive.errors import UsageError
from legger.cli.console import archive_option, examples, out, plain
from legger.config import load

YEAR = timedelta(days=365)


@click.command(epilog=examples("legger bot-key https://archive.example.org", "legger bot-key"))
@archive_option
@click.argument("host", required=False)
@click.option(
    "--key", metavar="FILE", default="bot-key.pem", show_default=True, help="The key, made if need be."
)
@click.option(
    "--directory", metavar="FILE", default="http-message-signatures-directory", show_default=True,
    help="The file that tells the public key.",
)  # fmt: skip
def bot_key(where: str | None, host: str | None, key: str, directory: str) -> None:
    """Sign requests with a key of your own, so that sites can know them as yours (RFC 9421, Web Bot Auth).

    HOST is where you publish the public key; without it, the [bot] of legger.toml. Some firewalls let signed
    robots in once their operator has told them of HOST. Nothing is signed until legger.toml says so.
    """
    try:
        from crawler.fetching.signatures import WELL_KNOWN, RequestSigner, new_key, valid_directory
    except ImportError as error:
        raise UsageError(f"it needs its extra: pip install 'legger[bot]' ({error})") from error
    config = load(where)
    if host is None:
        if config.bot is None:
            raise UsageError("name your host, such as https://archive.example.org")
        host, file = config.bot.directory, config.bot.key
    else:
        try:
            host = valid_directory(host)
        except ValueError as error:
            raise UsageError(str(error)) from error
        file = config.file.parent / key
        if not file.exists():
            try:
                new_key(file)
            except ImportError as error:
                raise UsageError(f"it needs its extra: pip install 'legger[bot]' ({error})") from error
            out.print(plain(f"Made:     {file}  (keep it; nobody else may read it)"))
    signer = RequestSigner.of(file, host)
    Path(directory).write_bytes(signer.directory_file())
    until = datetime.now(UTC) + YEAR
    out.print(plain(f"Written:  {directory}, to be served at {host}{WELL_KNOWN}"))
    out.print(plain(f"          with these header lines, good until {until:%Y-%m-%d}:"))
    for name, value in signer.directory_headers(until=until).items():
        out.print(plain(f"{name}: {value}"), soft_wrap=True)
    if config.bot is None:
        out.print(plain(f"Then:     [bot] in {config.file}:"))
        out.print(plain(f'key_file = "{file.name}"\ndirectory = "{host}"'), soft_wrap=True)
