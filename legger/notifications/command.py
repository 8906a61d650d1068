"""Notices to a program: JSON on its standard input. No shell, and none of our secrets."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass

from legger import config
from legger.notifications.message import Notice, Undelivered

TIMEOUT = 60.0
"""Seconds the program may take."""
_WITHHELD = ("LEGGER_MAIL_", "LEGGER_WEBHOOK_", "LEGGER_APPRISE_", "LEGGER_WAYBACK_", "LEGGER_TOKEN")


@dataclass(frozen=True)
class CommandChannel:
    """Runs a program for each notice."""

    settings: config.Command
    name: str = "command"

    @property
    def where(self) -> str:
        """Which program, for people."""
        return self.settings.run[0]

    def deliver(self, notice: Notice) -> None:
        """Run it. Raises :class:`Undelivered` when it cannot start, fails, or takes too long."""
        # Files, not pipes: a program that reads nothing, or leaves a child behind, must not hold us up.
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
            given.write(json.dumps(notice.for_programs(), ensure_ascii=False).encode())
            given.seek(0)
            try:
                process = subprocess.Popen(
                    self.settings.run,
                    stdin=given,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    env={key: value for key, value in os.environ.items() if not key.startswith(_WITHHELD)},
                    start_new_session=True,
                )
            except OSError as error:
                raise Undelivered(f"{self.where}: {error.strerror or error}") from error
            try:
                status = process.wait(TIMEOUT)
            except subprocess.TimeoutExpired:
                raise Undelivered(f"{self.where}: took longer than {TIMEOUT:.0f} seconds; ended") from None
            finally:
                if process.poll() is None:
                    with suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
            if status:
                said.seek(0)
                lines = said.read()[-4000:].decode(errors="replace").split("\n")
                last = next((line.strip() for line in reversed(lines) if line.strip()), "")
                raise Undelivered(f"{self.where}: ended with {status}{f': {last}' if last else ''}")
