"""legger.toml and the environment: what is read, what is refused and how it is said, what is never shown."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import tomlkit

from archive import Archive
from archive.errors import UsageError
from legger import config
from legger.config.definition import KEYS, TABLES

FULL = """\
contact = "archief@example.org"

[mail]
to = ["archief@example.org", "nacht@example.org"]
server = "smtp.example.org"
user = "legger"
password_file = "smtp-password"

[webhook]
url_file = "hook"

[command]
run = ["/usr/local/bin/pieper", "--luid"]
"""


def loaded(folder: Path, toml: str, **environment: str) -> config.Config:
    (folder / "legger.toml").write_text(toml, encoding="utf-8")
    return config.load(str(folder / "legger.db"), environment)


def test_whom_to_tell_is_read_and_the_rest_follows_from_it(tmp_path: Path) -> None:
    (tmp_path / "smtp-password").write_text("geheim\n")
    (tmp_path / "hook").write_text("https://chat.example.org/hooks/geheim\n")
    found = loaded(tmp_path, FULL)
    assert found.mail is not None
    assert found.mail.sender == "archief@example.org"
    assert (found.mail.security, found.mail.port) == ("starttls", 587)
    assert found.mail.password is not None
    assert found.mail.password.read() == "geheim"
    assert found.webhook is not None
    assert found.webhook.url.read() == "https://chat.example.org/hooks/geheim"
    assert found.command == config.Command(run=("/usr/local/bin/pieper", "--luid"))
    assert "geheim" not in repr(found)


def test_the_environment_wins_and_needs_no_file(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        "",
        LEGGER_MAIL_TO="a@example.org, b@example.org",
        LEGGER_MAIL_SERVER="smtp.example.org",
        LEGGER_MAIL_SECURITY="tls",
        LEGGER_MAIL_USER="u",
        LEGGER_MAIL_PASSWORD="geheim",
        LEGGER_WEBHOOK_URL="https://chat.example.org/geheim",
        LEGGER_COMMAND_RUN="/bin/pieper 'twee woorden'",
    )
    assert found.mail is not None
    assert found.mail.to == ("a@example.org", "b@example.org")
    assert (found.mail.sender, found.mail.port) == ("a@example.org", 465)
    assert found.command == config.Command(run=("/bin/pieper", "twee woorden"))
    assert "geheim" not in repr(found)
    over = loaded(tmp_path, FULL, LEGGER_MAIL_PASSWORD="ander", LEGGER_WEBHOOK_URL="https://b.example.org/")
    assert over.mail is not None
    assert over.mail.password is not None
    assert over.webhook is not None
    assert (over.mail.password.read(), over.webhook.url.read()) == ("ander", "https://b.example.org/")


def test_a_password_alone_asks_for_no_mail(tmp_path: Path) -> None:
    assert loaded(tmp_path, "", LEGGER_MAIL_PASSWORD="geheim").mail is None


def test_a_relay_on_this_machine_needs_nothing_but_an_address(tmp_path: Path) -> None:
    mail = loaded(tmp_path, '[mail]\nto = "archief@example.org"').mail
    assert mail is not None
    assert (mail.server, mail.port, mail.security) == ("localhost", 25, "none")


WRONG = [
    ('[mail]\nto = ["a@b.nl"]\npassword = "geheim"', "password_file"),
    ('[webhook]\nurl = "https://b.nl/"\ntoken = "geheim"', "LEGGER_WEBHOOK_TOKEN"),
    ('[mail]\nserver = "smtp.example.org"', "mail.to"),
    ('[mail]\nto = ["niemand"]', "e-mail address"),
    ('[mail]\nto = ["a@b.nl"]\nserver = 4', "mail.server"),
    ('[mail]\nto = ["a@b.nl"]\nport = "veel"', "65535"),
    ('[mail]\nto = ["a@b.nl"]\nsecurity = "ssl"', "starttls, tls, none"),
    ('[mail]\nto = ["a@b.nl"]\nuser = "u"', "LEGGER_MAIL_PASSWORD"),
    (
        '[mail]\nto = ["a@b.nl"]\nserver = "smtp.b.nl"\nuser = "u"\npassword_file = "p"\nsecurity = "none"',
        "in the clear",
    ),
    ('[mail]\nto = ["a@b.nl"]\nsubject = "x"', "no such key"),
    ('[webhook]\ntoken_file = "t"\nurl = "http://b.nl/geheim"', "in the clear"),
    ('[webhook]\nurl = "ftp://geheim.nl/"', "https://"),
    ('[webhook]\ntoken_file = "t"', "LEGGER_WEBHOOK_URL"),
    ("[command]\nrun = []", "expected a list"),
    ('digest = "maandag"', "monday 07:00"),
    ('command = "pieper"', "[command]"),
    ('[webhook]\nurl = "https://[geheim/"', "webhook.url: expected an address"),
    ('[webhook]\nurl = "https://geheim.nl:eend/"', "webhook.url: expected an address"),
    ('[mail]\nto = ["a@b.nl"]\nport = true', "mail.port: expected a number"),
    ('[mail]\nto = ["a@b.nl"]\nport = [587]', "mail.port: expected a number"),
    ('[mail]\nto = ["a@b.nl"]\nserver = "a\\nb"', "mail.server: expected a single line"),
    ("[mail]\nto = {a = 1}", "mail.to: expected a list"),
    ('[command]\nrun = ["a\\u0000"]', "command.run[0]: expected a word"),
    ("mail = [1]", "expected a table"),
    ('mail = "geheim"', "mail: expected a table of keys, [mail], found"),
    (
        '[mail]\nto = ["a@b.nl"]\npasword_file = "p"',
        "mail.pasword_file: no such key; did you mean password_file",
    ),
    ('[mail]\nto = ["a@b.nl"]\ndigest = "monday 07:00"', "no such key in [mail]; it belongs above the first"),
    ('[mail]\nto = ["a@b.nl", "niemand"]', "mail.to[1]: expected an e-mail address, found 'niemand'"),
    ('[wayback]\nkey_file = "k"\non = ["firts"]', "wayback.on[0]: expected first or edit"),
    ("[wayback]\nper_day = 3", "LEGGER_WAYBACK_KEY"),
    ('[apprise]\nurls = ["ntfy:geheim"]', "apprise.urls[0]: expected an address of Apprise"),
    ('[bot]\nkey_file = "k"', "bot.directory: expected your host"),
    ('[sign]\ncertificate = "c"', "sign.key_file: expected the name of a file"),
    ('[stamp]\nurl = "tsa.example.org"', "stamp.url: expected an address that begins with https://"),
    ('[objects]\nurl = "a folder"', "objects.url: expected a place such as s3://bucket/folder"),
    ('[objects]\nurl = "s3://key:secret@bucket/x"', "objects.url: expected a place such as"),
    ('[reading_room]\nnaan = "12"', "reading_room.naan: expected the five digits"),
    ('[reading_room]\ntakedown = "niemand"', "reading_room.takedown: expected an e-mail address"),
]
ODD = {
    "to = 5": "to: no such key here; it belongs in [mail]",
    'contcat = "a@b.nl"': "contcat: no such key; did you mean contact",
    "mial = 5": "mial: no such key; did you mean mail",
    "contact = 5": "contact: expected text",
    'contact = ["a@b.nl"]': "contact: expected text",
    'contact = "niemand"': "expected an e-mail address",
    'organisation = "a\\r\\nX-Geheim: 1"': "organisation: expected a single line",
    "organisation = 2026-03-02": "organisation: expected text in quotes, found 2026-03-02",
    "digest = []": "digest: expected text",
    "digest = 7": "digest: expected text",
    "ground = {a = 1}": "ground: expected one of",
    'ground = "overal"': "ground: expected one of",
    "pages_per_visit = true": "pages_per_visit: expected a whole number",
    "pages_per_visit = 1.5": "pages_per_visit: expected a whole number",
    "pages_per_visit = -1": "pages_per_visit: expected a whole number",
    "pages_per_visit = nan": "pages_per_visit: expected a whole number",
    f"pages_per_visit = {10**30}": "pages_per_visit: expected a whole number",
    f"pages_per_visit = {'9' * 5000}": "cannot be read",
    f"contact = {'[' * 5000}": "cannot be read",
    "contact = 2026-02-30": "cannot be read",
    "= 1": "cannot be read",
}
"""Line of ``legger.toml`` -> what is said of it, after the name of the file."""


@pytest.mark.parametrize(("toml", "says"), ODD.items(), ids=[each[:30] for each in ODD])
def test_an_odd_value_is_an_error_with_file_and_key(tmp_path: Path, toml: str, says: str) -> None:
    with pytest.raises(UsageError) as wrong:
        loaded(tmp_path, toml)
    assert str(wrong.value).startswith(str(tmp_path / "legger.toml"))
    assert says in str(wrong.value)


@pytest.mark.parametrize(("toml", "says"), WRONG, ids=[each[1] for each in WRONG])
def test_what_is_set_wrongly_is_named_without_a_secret(tmp_path: Path, toml: str, says: str) -> None:
    with pytest.raises(UsageError) as wrong:
        loaded(tmp_path, toml)
    assert says in str(wrong.value)
    assert "geheim" not in str(wrong.value)


VALUES = (5, -1, 1.5, True, "", "x", "\0", "a b", [], [3], [""], ["x"], {}, {"a": 1}, [{}], date(2026, 3, 2))


@pytest.mark.parametrize("table", [*TABLES, *KEYS])
def test_whatever_stands_under_a_key_is_a_setting_or_named_with_its_key(table: str, tmp_path: Path) -> None:
    for key in TABLES[table].__annotations__ if table in TABLES else ("",):
        for odd in VALUES:
            stated = {table: {key: odd} if key else odd}
            try:
                loaded(tmp_path, tomlkit.dumps(stated))
            except UsageError as error:
                assert str(error).startswith(f"{tmp_path / 'legger.toml'}: {table}"), odd
                assert "expected" in str(error) or "a secret does not stand" in str(error), odd


ENVIRONMENT = [
    ({"LEGGER_MAIL_TO": "a@b.nl", "LEGGER_MAIL_PORT": "veel"}, "LEGGER_MAIL_PORT: expected a number from 1"),
    ({"LEGGER_MAIL_TO": "a@b.nl,niemand"}, "LEGGER_MAIL_TO: expected an e-mail address, found 'niemand'"),
    ({"LEGGER_CONTACT": "niemand"}, "LEGGER_CONTACT: expected an e-mail address"),
    ({"LEGGER_GROUND": "overal"}, "LEGGER_GROUND: expected one of general, research, permission"),
    ({"LEGGER_COMMAND_RUN": "pieper 'luid"}, "LEGGER_COMMAND_RUN: No closing quotation"),
    (
        {"LEGGER_WEBHOOK_URL": "http://b.nl/geheim", "LEGGER_WEBHOOK_TOKEN": "geheim"},
        "LEGGER_WEBHOOK_URL: what",
    ),
    ({"LEGGER_MAIL_USER": "u"}, "mail.to: expected e-mail addresses; it is missing"),
]


@pytest.mark.parametrize(("environment", "says"), ENVIRONMENT, ids=[each[1] for each in ENVIRONMENT])
def test_what_the_environment_says_wrongly_is_told_of_the_variable(
    tmp_path: Path, environment: dict[str, str], says: str
) -> None:
    with pytest.raises(UsageError) as wrong:
        loaded(tmp_path, 'organisation = "Streekarchief"\n', **environment)
    assert says in str(wrong.value)
    assert "geheim" not in str(wrong.value)


def test_the_key_of_the_internet_archive_is_enough_where_the_environment_has_it(tmp_path: Path) -> None:
    found = loaded(tmp_path, "", LEGGER_WAYBACK_KEY="geheim:geheim").wayback
    assert found is not None
    assert found.key.read() == "geheim:geheim"


def test_where_nobody_set_anything_nothing_is_loaded_to_judge_it(tmp_path: Path) -> None:
    says = "import sys; from legger.config import load; load(); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", says], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert not {"pydantic", "tomlkit"} & set(done.stdout.split())


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_a_secret_that_cannot_be_read_names_its_file_when_it_is_needed_and_not_before(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "smtp-password").write_bytes(content)
    mail = loaded(tmp_path, FULL).mail
    assert mail is not None
    assert mail.password is not None
    with pytest.raises(UsageError, match="smtp-password"):
        mail.password.read()


def test_what_a_person_wrote_in_the_file_stays_when_a_setting_is_saved(tmp_path: Path) -> None:
    written = """\
# ours since 2024
contact = "oud@example.org"  # the desk
mail = {to = ["nacht@example.org"], from = "nacht@example.org"}

[webhook]  # the chat room
url_file = "hook"
"""
    (tmp_path / "hook").write_text("https://chat.example.org/hooks/geheim\n")
    found = loaded(tmp_path, written)
    config.save(replace(found, contact='nieuw"\\@example.org', organisation="Streekarchief"))
    saved = (tmp_path / "legger.toml").read_text(encoding="utf-8")
    assert all(each in saved for each in ("# ours since 2024", "# the desk", "[webhook]  # the chat room"))
    again = config.load(found.archive, {})
    assert (again.contact, again.organisation) == ('nieuw"\\@example.org', "Streekarchief")
    assert (again.mail, again.webhook) == (found.mail, found.webhook)
    config.save(replace(again, organisation=None))
    assert config.load(found.archive, {}).organisation is None


def test_whom_to_tell_outlives_another_legger_init(tmp_path: Path) -> None:
    found = loaded(tmp_path, FULL)
    config.save(replace(found, contact="nieuw@example.org"))
    again = config.load(found.archive, {})
    assert again.contact == "nieuw@example.org"
    assert (again.webhook, again.command) == (found.webhook, found.command)
    assert (tmp_path / "legger.toml").read_text().endswith(FULL.partition("[mail]")[2])


def test_object_storage_of_the_file_is_known_to_the_archive_and_to_programs_started_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEGGER_OBJECTS_URL", "")
    monkeypatch.setenv("LEGGER_OBJECTS_ENDPOINT", "")
    place = f"file://{tmp_path}/a folder of objects"
    (tmp_path / "legger.toml").write_text(f'[objects]\nurl = "{place}"\n', encoding="utf-8")
    settings = config.load(str(tmp_path / "legger.db"))
    assert settings.objects is not None
    with Archive.open(tmp_path / "legger.db") as archive:
        assert archive.object_storage.place == settings.objects.url == place


def test_the_address_of_a_server_alone_is_for_exports_and_moves_no_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LEGGER_OBJECTS_URL", raising=False)
    monkeypatch.setenv("LEGGER_OBJECTS_ENDPOINT", "http://127.0.0.1:9000")
    settings = config.load(str(tmp_path / "legger.db"))
    assert settings.objects == config.ObjectSettings(endpoint="http://127.0.0.1:9000")
    assert "LEGGER_OBJECTS_URL" not in os.environ
    with Archive.open(tmp_path / "legger.db") as archive:
        assert archive.object_storage.place is None
