"""Notices over real SMTP, real HTTP and into real programs; and what is said when they do not arrive."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.operations.alarms import Alarm
from legger import config
from legger.config import Secret
from legger.notifications import Undelivered
from legger.notifications import command as programs
from legger.notifications import mail as mails
from legger.notifications.apprise import AppriseChannel
from legger.notifications.command import CommandChannel
from legger.notifications.mail import MailChannel
from legger.notifications.message import Notice, of_alarms, of_test
from legger.notifications.webhook import WebhookChannel
from tests.notifications.listening import Hook, certificate, post_office

NOW = datetime(2026, 6, 8, 8, tzinfo=UTC)
DATES = Alarm(
    id=7,
    site="regio8",
    kind="field missing",
    subject="published",
    since=datetime(2026, 6, 3, 6, tzinfo=UTC),
    says="the date is missing on 38 of 40 articles since 3 June, the template changed; captures are kept: "
    "mend the rule, then run 'legger reread regio8' — “één” voor één",
    ended=None,
)
DISK = Alarm(id=8, site=None, kind="disk", subject="", since=NOW, says="the disk is full for 98 %", ended=NOW)
TEST = of_test(where="legger.db", at=NOW)
ALARMS = of_alarms([DATES, DISK], where="legger.db", at=NOW)


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("certificate"))


def mail(port: int, security: str = "none", password: str | None = None) -> MailChannel:
    return MailChannel(
        config.Mail(
            to=("archief@example.org", "nacht@example.org"),
            sender="legger@example.org",
            server="127.0.0.1",
            port=port,
            security=security,
            user="legger" if password else None,
            password=Secret(value=password) if password else None,
        )
    )


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_mail_arrives_with_a_password_however_it_is_secured(
    security: str, trusted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with post_office(trusted, security=security, auth_require_tls=security == "starttls") as box:
        mail(box.port, security, "geheim").deliver(replace(ALARMS, html="<p>één</p>"))
    (arrived,) = box.mails
    assert arrived["Subject"] == "Legger: 1 wrong, 1 over: regio8, installation"
    assert arrived["From"] == "Legger <legger@example.org>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert box.recipients == [["archief@example.org", "nacht@example.org"]]
    assert box.encrypted == [security != "none"]
    assert box.users == [b"legger"]
    text, html = arrived.get_body(("plain",)), arrived.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "“één” voor" in text.get_content()
    assert html.get_content().strip() == "<p>één</p>"


def test_a_message_that_goes_out_twice_can_be_known_as_one() -> None:
    with post_office() as box:
        mail(box.port).deliver(ALARMS)
        mail(box.port).deliver(ALARMS)
        mail(box.port).deliver(TEST)
    first, again, other = (each["Message-ID"] for each in box.mails)
    assert first == again != other


def test_mail_that_does_not_arrive_says_why_and_tells_no_secret(
    trusted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with post_office(trusted, security="starttls") as box, pytest.raises(Undelivered) as wrong:
        mail(box.port, "starttls", "geraden").deliver(TEST)
    assert "does not accept user and password" in str(wrong.value)
    assert "geraden" not in str(wrong.value) + repr(mail(box.port, password="geraden"))
    both = frozenset(("archief@example.org", "nacht@example.org"))
    with post_office(refuses=both) as box, pytest.raises(Undelivered, match="no such mailbox"):
        mail(box.port).deliver(TEST)
    with post_office(refuses=frozenset(["nacht@example.org"])) as box:
        with pytest.raises(Undelivered, match=r"not for nacht@example\.org"):
            mail(box.port).deliver(TEST)
        assert len(box.mails) == 1
    with pytest.raises(Undelivered, match="refused"):
        mail(box.port).deliver(TEST)
    monkeypatch.delenv("SSL_CERT_FILE")
    with (
        post_office(trusted, security="tls") as box,
        pytest.raises(Undelivered, match="certificate is not trusted"),
    ):
        mail(box.port, "tls").deliver(TEST)


def apprise_of(*urls: str) -> AppriseChannel:
    return AppriseChannel(config.Apprise(urls=Secret(value="\n".join(urls))))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what Apprise's hundred plugins import
def test_apprise_tells_each_address_once_and_says_which_kind_it_did_not_reach() -> None:
    pytest.importorskip("apprise")
    with Hook() as hook, socket.create_server(("127.0.0.1", 0)) as taken:
        port = hook.url.split(":")[2].split("/")[0]
        closed = taken.getsockname()[1]
        taken.close()
        channel = apprise_of(
            f"json://127.0.0.1:{port}/geheim", f"xml://127.0.0.1:{closed}/sleutel", "kamer://x"
        )
        assert channel.where == "json, xml, kamer"
        for _ in range(2):
            with pytest.raises(Undelivered) as wrong:
                channel.deliver(ALARMS)
        assert str(wrong.value) == "xml: it was not taken; kamer: Apprise does not understand this address"
        apprise_of(f"json://127.0.0.1:{port}/geheim").deliver(TEST)
    alarms, test = hook.posted
    assert alarms.body["title"] == ALARMS.headline
    assert "“één” voor één" in alarms.body["message"]
    assert test.body["title"] == "Legger: a test, nothing is wrong"
    assert "geheim" not in repr(channel) + channel.where + str(wrong.value)


def webhook(url: str, token: str | None = None) -> WebhookChannel:
    return WebhookChannel(config.Webhook(url=Secret(value=url), token=Secret(value=token) if token else None))


def test_a_webhook_gets_json_with_the_words_and_the_facts() -> None:
    with Hook() as hook:
        webhook(hook.url, "sleutel").deliver(ALARMS)
    (posted,) = hook.posted
    assert posted.path == "/hook/geheim"
    assert posted.headers["Authorization"] == "Bearer sleutel"
    assert posted.headers["Content-Type"] == "application/json"
    assert posted.body["what"] == "alarms"
    assert "regio8: field missing (published)" in posted.body["text"]
    assert posted.body["alarms"][0] == {
        "id": 7,
        "site": "regio8",
        "kind": "field missing",
        "subject": "published",
        "since": "2026-06-03T06:00:00+00:00",
        "says": DATES.says,
        "ended": None,
        "times": 1,
    }


@pytest.mark.parametrize(("status", "location"), [(500, ""), (404, ""), (302, "/elsewhere")])
def test_a_webhook_that_does_not_take_it_is_told_without_its_address(status: int, location: str) -> None:
    with Hook(status, location) as hook, pytest.raises(Undelivered) as wrong:
        webhook(hook.url).deliver(TEST)
    assert f"127.0.0.1 answered {status}" in str(wrong.value)
    assert len(hook.posted) == 1
    with pytest.raises(Undelivered) as nobody:
        webhook(hook.url).deliver(TEST)
    for said in (str(wrong.value), str(nobody.value), repr(webhook(hook.url))):
        assert "geheim" not in said


def test_a_program_gets_json_on_its_standard_input_and_none_of_our_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEGGER_MAIL_PASSWORD", "geheim")
    monkeypatch.setenv("LEGGER_ARCHIVE", "legger.db")
    program = (
        "import json, os, sys; "
        "json.dump({'given': json.load(sys.stdin), 'argument': sys.argv[2], "
        "'knows': [key for key in os.environ if key.startswith('LEGGER')]}, open(sys.argv[1], 'w'))"
    )
    run = (sys.executable, "-c", program, str(tmp_path / "given"), "$(touch pwned); *")
    CommandChannel(config.Command(run=run)).deliver(ALARMS)
    found = json.loads((tmp_path / "given").read_text())
    assert found["given"]["headline"] == ALARMS.headline
    assert found["argument"] == "$(touch pwned); *"
    assert "LEGGER_ARCHIVE" in found["knows"]
    assert "LEGGER_MAIL_PASSWORD" not in found["knows"]


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("import sys; sys.exit('de pieper is stuk')", "ended with 1: de pieper is stuk"),
        ("import time; time.sleep(600)", "took longer than 1 seconds"),
        # A child that is left behind keeps our files open, and must not keep us.
        ("import os, sys, time; os.fork() or time.sleep(20); sys.exit(3)", "ended with 3"),
    ],
)
def test_a_program_that_fails_or_hangs_is_ended_and_told(
    program: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "TIMEOUT", 1.0 if "600" in program else 60.0)
    with pytest.raises(Undelivered, match=says):
        CommandChannel(config.Command(run=(sys.executable, "-c", program))).deliver(TEST)
    with pytest.raises(Undelivered, match="No such file"):
        CommandChannel(config.Command(run=("/nowhere/pieper",))).deliver(TEST)


TLS = b"\x16\x03\x03\x40\x00"
"""The head of a record that is longer than anybody waits for."""


@contextmanager
def dripping(greeting: bytes) -> Iterator[int]:
    """The port of a server that says one more byte whenever it is about to be given up."""
    stop = threading.Event()

    def drip(taken: socket.socket) -> None:
        with taken, suppress(OSError):
            taken.sendall(greeting)
            while not stop.wait(0.05):
                taken.sendall(b"-")

    def answer() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=drip, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1]
        stop.set()
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("security", "greeting"), [("none", b"220-post"), ("tls", TLS), ("starttls", b"220 post\r\n250-STARTTLS")]
)
def test_a_mail_server_that_never_ends_its_sentence_is_hung_up_on(
    security: str, greeting: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mails, "DEADLINE", 0.5)
    with dripping(greeting) as port, pytest.raises(Undelivered, match=f"127.0.0.1:{port}"):
        mail(port, security).deliver(TEST)


def test_a_webhook_that_never_ends_its_sentence_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("legger.outside.posting.DEADLINE", 0.5)
    for scheme, greeting in (("http", b"HTTP/1.1 2"), ("https", TLS)):
        with dripping(greeting) as port:
            hook = WebhookChannel(config.Webhook(url=Secret(value=f"{scheme}://127.0.0.1:{port}/hook")))
            with pytest.raises(Undelivered, match="127"):
                hook.deliver(TEST)


def test_a_program_that_reads_nothing_is_told_all_the_same() -> None:
    long = Notice(what="digest", key="k", headline="lang", text="x" * 1_000_000)
    CommandChannel(config.Command(run=(sys.executable, "-c", "pass"))).deliver(long)


def test_a_notice_fits_a_mail_and_says_what_and_since_when() -> None:
    assert all(len(line) <= 76 for line in ALARMS.text.splitlines())
    assert "Wrong:\n\n  regio8: field missing (published), since 3 June 2026" in ALARMS.text
    assert "No longer wrong:\n\n  installation: disk, from 8 June 2026" in ALARMS.text
    assert of_alarms([DATES], where="x", at=NOW).headline == "Legger: regio8: field missing (published)"
    over = replace(DATES, ended=NOW)
    assert of_alarms([over], where="x", at=NOW).headline == "Legger: regio8: over: field missing (published)"
    many = [replace(DATES, id=number, site=f"krant{number}") for number in range(5)]
    assert of_alarms(many, where="x", at=NOW).headline == "Legger: 5 wrong: krant0, krant1, krant2 and 2 more"
