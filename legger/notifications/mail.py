"""Notices by mail, over SMTP as it is secured today."""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from archive.errors import UsageError
from legger import config
from legger.notifications.message import Notice, Undelivered
from legger.outside.deadline import DEADLINE, Deadline

TIMEOUT = 20.0
"""Seconds a server may take over one step."""


class _PlainSMTP(smtplib.SMTP):
    """A conversation with a deadline."""

    def __init__(self, deadline: Deadline, host: str, port: int) -> None:
        self.deadline = deadline
        super().__init__(host, port, timeout=TIMEOUT)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.deadline.connect((host, port), timeout)


class _SecureSMTP(smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""

    def __init__(self, deadline: Deadline, host: str, port: int, within: ssl.SSLContext) -> None:
        self.deadline, self.within = deadline, within
        super().__init__(host, port, timeout=TIMEOUT, context=within)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.within.wrap_socket(self.deadline.connect((host, port), timeout), server_hostname=host)


@dataclass(frozen=True)
class MailChannel:
    """Sends a notice to all addressees at once."""

    settings: config.Mail
    name: str = "mail"

    @property
    def where(self) -> str:
        """To whom, for people."""
        return ", ".join(self.settings.to)

    def deliver(self, notice: Notice) -> None:
        """Send it. Raises :class:`Undelivered` unless the server took it for every addressee."""
        server = f"{self.settings.server}:{self.settings.port}"
        try:
            with Deadline(DEADLINE) as deadline, self._connected(deadline) as smtp:
                if self.settings.user and self.settings.password:
                    smtp.login(self.settings.user, self.settings.password.read())
                refused = smtp.send_message(message(notice, self.settings, at=datetime.now(UTC)))
        except (OSError, UnicodeError, UsageError) as error:  # SMTPException is an OSError
            raise Undelivered(f"{server}: {_said(error)}") from error
        if refused:
            raise Undelivered(f"{server}: took it, but not for {', '.join(sorted(refused))}")

    def _connected(self, deadline: Deadline) -> smtplib.SMTP:
        host, port, context = self.settings.server, self.settings.port, ssl.create_default_context()
        if self.settings.security == "tls":
            return _SecureSMTP(deadline, host, port, context)
        smtp: smtplib.SMTP = _PlainSMTP(deadline, host, port)
        if self.settings.security == "starttls":
            try:
                smtp.starttls(context=context)
            except BaseException:
                smtp.close()
                raise
        return smtp


def message(notice: Notice, settings: config.Mail, *, at: datetime) -> EmailMessage:
    """The mail: text, and HTML where the notice has it; marked so that no out-of-office answers it."""
    made = EmailMessage(policy=SMTP)
    made["Subject"] = " ".join(notice.headline.split())
    made["From"] = Address("Legger", addr_spec=settings.sender)
    made["To"] = ", ".join(settings.to)
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{notice.key}.{notice.what}@{settings.sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    made.set_content(notice.text)
    if notice.html is not None:
        made.add_alternative(notice.html, subtype="html")
    return made


def _said(error: Exception) -> str:
    """What went wrong, as the server put it."""
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=recipients):
            said = (f"{who}: {code} {_decoded(why)}" for who, (code, why) in sorted(recipients.items()))
            return f"it refused every addressee ({'; '.join(said)})"
        case smtplib.SMTPAuthenticationError(smtp_code=code, smtp_error=why):
            return f"it does not accept user and password: {code} {_decoded(why)}"
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=why):
            return f"it answered {code} {_decoded(why)}"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted: {error.verify_message}"
    return str(error) or "the connection broke"


def _decoded(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said
