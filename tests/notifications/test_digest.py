"""The weekly digest: its figures from a small archive, and the letter made of them, as text and as HTML."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from archive import Archive, StatedTime
from archive.errors import UsageError
from archive.model.reports import RunCounts
from archive.operations.alarms import Alarm, Alarms
from archive.reports.digest import Digest, DigestCounts, digest
from legger.cli import legger
from legger.i18n import Translation
from legger.notifications.digest import headline, letter
from legger.notifications.message import of_alarms, of_saved
from tests.archive.newsroom import Filer, article, capture, day
from tests.notifications.listening import Hook, post_office

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
WEEK = {"since": day(0), "until": day(7)}
SECOND = "https://krant.example/2?a=1&b=2"
THIRD = "https://krant.example/3"
GOLDEN = Path(__file__).parent / "golden"
WRONG = Alarm(
    id=1,
    site="bode-van-het-verre-oosten",
    kind="silent zero",
    subject="",
    since=day(2),
    says="no new article for 5 days, where 12 are usual; look at https://bode.example/ & mend the listing",
    ended=None,
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A week: a silent edit with a number, an open edit, a page that went, an old one that was found."""
    path = tmp_path_factory.mktemp("digest") / "legger.db"
    with Archive.open(path) as archive:
        desk = Filer(archive)
        desk.see(article("Vorige week stond dit er al.", title="Eerder"), day(-1), key="0", url=f"{THIRD}/0")
        run = archive.runs.start("krant", at=day(0), settings={})
        desk.see(article("De brug kost 1,5 miljoen.\nHij blijft dicht, zegt Jan Kuipers."), day(0))
        desk.see(article("De brug kost 15 miljoen.\nHij blijft dicht, zegt Piet de Vries."), day(1))
        open_edit = article("De brug is open.\nEen <b>feest</b> & meer.", title="Brug open", modified=day(2))
        desk.see(open_edit, day(2))
        markt = article("De markt is verplaatst.", title="Markt <script>alert(1)</script>\x1b[2J")
        desk.see(markt, day(0), key="2", url=SECOND)
        desk.miss(day(3), status=410, key="2", url=SECOND)
        long_ago = StatedTime(value=day(-400), raw="lang geleden", source="meta")
        found = article("Honderd jaar brug.", title="Honderd jaar", published=long_ago)
        desk.see(found, day(4), key="3", url=THIRD)
        archive.runs.end(run, at=day(0) + timedelta(minutes=3), outcome="done", counts=RunCounts())
        failed = archive.runs.start("krant", at=day(3), settings={})
        archive.runs.end(failed, at=day(3), outcome="failed", counts=RunCounts())
        archive.runs.start("bode-van-het-verre-oosten", at=day(3), settings={})
        archive.runs.start("bode-van-het-verre-oosten", at=day(6), settings={})
        broken = archive.captures.keep(capture("https://krant.example/4", at=day(5), status=500, body=b""))
        archive.urls.visited(
            "krant", broken.capture.url, at=day(5), due_at=None, status=500, reason="HTTP 500"
        )
        says = "due 2026-03-05 08:00 UTC, begun 2026-03-05 12:00 UTC: no clock was running"
        archive.incidents.note("late", says, at=day(3), site="krant", since=day(3))
        archive.incidents.note("misfire", "a look at what is due was missed", at=day(9))
    return path


@pytest.fixture
def week(file: Path) -> Iterator[Digest]:
    with Archive.open(file, read_only=True) as archive:
        yield digest(archive, **WEEK)


def test_the_figures_are_those_of_the_period_and_of_each_site(week: Digest) -> None:
    assert week.sites == {
        "bode-van-het-verre-oosten": DigestCounts(visits=2, amiss=1),
        "krant": DigestCounts(new=3, older=1, changed=2, silent=1, gone=1, missed=1, visits=2, amiss=1),
    }
    assert week.total == DigestCounts(
        new=3, older=1, changed=2, silent=1, gone=1, missed=1, visits=4, amiss=2
    )
    assert week.before == DigestCounts(new=1)
    assert [each.edit.numbers for each in week.silent] == [(("1,5", "15"),)]
    assert [each.version.article.title for each in week.rewritten] == ["Brug open"]
    assert [each.url for each in week.gone] == [SECOND]
    assert week.reasons == {"HTTP 500": 1}
    assert [each.kind for each in week.incidents] == ["late"]


def test_what_lies_outside_the_period_is_not_in_it(file: Path) -> None:
    with Archive.open(file, read_only=True) as archive:
        later = digest(archive, since=day(7), until=day(14))
        ends = digest(archive, since=day(0), until=day(1))
    assert later.total == DigestCounts()
    assert [each.kind for each in later.incidents] == ["misfire"]
    assert later.before == DigestCounts(
        new=3, older=1, changed=2, silent=1, gone=1, missed=1, visits=4, amiss=2
    )
    assert ends.total.silent == 0, "what was seen at the end itself belongs to the next"


def test_what_is_redacted_is_counted_and_stands_in_no_list(file: Path, tmp_path: Path) -> None:
    with Archive.open(file, read_only=True) as archive:
        copy = archive.integrity.backup(tmp_path / "copy.db")
    with Archive.open(copy) as archive:
        for number in ("2", "3"):
            archive.redactions.redact(
                number, ground="AVG art. 17", reason="verzoek", who="archivaris", at=day(8)
            )
        left = digest(archive, **WEEK)
    assert (left.total.silent, left.silent) == (1, ())
    assert left.gone == ()
    assert "Brug" not in letter(left, where="legger.db").text


@pytest.mark.parametrize("form", ["text", "html"])
def test_the_letter_is_as_it_was_looked_at(week: Digest, form: str) -> None:
    known = replace(week, head=replace(week.head, seal=812, digest="4be1" * 16))
    over = replace(WRONG, id=2, site=None, kind="disk", says="3 % is free", ended=day(3))
    made = letter(known, where="/srv/legger/legger.db", alarms=[WRONG, over], t=Translation("en", AMSTERDAM))
    said = made.text if form == "text" else made.html
    golden = GOLDEN / f"digest.{'txt' if form == 'text' else 'html'}"
    assert said is not None
    if os.environ.get("LEGGER_LOOK"):
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8"), "LEGGER_LOOK=1 writes it anew; look at it then"


class Reader(HTMLParser):
    """Notes elements and attributes, and that every one is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_letter_fetches_and_runs_nothing_and_words_from_outside_stay_words(week: Digest) -> None:
    html = letter(week, where="<i>legger.db</i>", alarms=[WRONG], t=Translation("en", AMSTERDAM)).html
    assert html is not None
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    tags = {tag for tag, _ in reader.found}
    assert not tags & {"script", "img", "link", "iframe", "i"}
    assert "url(" not in html
    assert [attributes["href"] for tag, attributes in reader.found if tag == "a"][1] == SECOND
    dark = html[html.index("prefers-color-scheme: dark") : html.index("</style>")]
    coloured = {
        name
        for _, attributes in reader.found
        if "color" in (attributes.get("style") or "")
        for name in (attributes.get("class") or "").split()
    }
    assert coloured
    assert all(f".{name}" in dark for name in coloured - {"cell"}), "every colour has one for the dark"


def test_a_link_that_is_none_is_not_made_one(week: Digest) -> None:
    (gone,) = week.gone
    html = letter(replace(week, gone=(replace(gone, url="javascript:alert(1)"),)), where="x").html
    assert html is not None
    assert "javascript" not in html


def test_a_letter_fits_whatever_is_in_it(week: Digest) -> None:
    (gone,) = week.gone
    titled = replace(gone.version, article=replace(gone.version.article, title="Windhoos " * 90))
    busy = replace(
        week,
        sites={f"krant-met-een-lange-naam-{number}": DigestCounts(new=123456) for number in range(20)},
        gone=(replace(gone, version=titled),) * 3,
        incidents=week.incidents * 40,
    )
    text = letter(busy, where="legger.db", alarms=[WRONG] * 3, t=Translation("en", AMSTERDAM)).text
    assert all(len(line) <= 76 or "http" in line for line in text.splitlines())
    assert "\x1b" not in text
    assert "and 30 more: legger status" in text
    assert headline(busy) == "Legger to 9 March 2026: 2,469,120 new, 0 changed, 0 gone"


def test_no_mail_steers_a_terminal_whatever_a_site_wrote(week: Digest) -> None:
    (gone,) = week.gone
    wrote = replace(gone.version, article=replace(gone.version.article, title="Markt <script>\x1b[2J"))
    saved = of_saved("markt", "markt", [wrote], 1, where="legger.db", room="", at=day(7))
    alarms = of_alarms([replace(WRONG, says="leads to \x1b]0;elsewhere\x07")], where="legger.db", at=day(7))
    for notice in (saved, alarms):
        assert "\x1b" not in notice.text
        assert "\x1b" not in notice.headline
    assert "Markt <script>" in saved.text


SAYS = {
    "nl": (
        "STIL GEWIJZIGD (1)",
        "Geen nieuw artikel van:",
        "de periode ervoor",
        "Archief: legger.db",
        "4 maart 2026",
    ),
    "fy": (
        "STIL WIZIGE (1)",
        "Gjin nij artikel fan:",
        "de perioade derfoar",
        "Argyf: legger.db",
        "4 Maart 2026",
    ),
}


@pytest.mark.parametrize("code", SAYS)
def test_the_letter_is_whole_in_the_language_of_the_operator(week: Digest, code: str) -> None:
    made = letter(week, where="legger.db", alarms=[WRONG], t=Translation(code, AMSTERDAM))
    text = " ".join(made.text.split())
    assert made.html is not None
    for words in SAYS[code]:
        assert words in text
        assert words in made.html or words.isupper() or words[0] == "S", words
    english = letter(week, where="legger.db", alarms=[WRONG], t=Translation("en", AMSTERDAM)).text
    told = {line.strip() for line in made.text.splitlines() if line.strip()}
    same = told & {line.strip() for line in english.splitlines() if line.strip()}
    ours = re.compile(
        r"legger (show|diff)|https?://|Brug|Markt|krant +\d|bode|-+$|1 × HTTP|\d+:|no new art|installation"
    )
    assert [line for line in same if not ours.match(line) and "legger.db" not in line] == []


def test_an_archive_of_which_nothing_came_says_so(archive_file: Path) -> None:
    with Archive.open(archive_file) as archive:
        empty = digest(archive, **WEEK)
        assert "Nothing was ever kept." in letter(empty, where="x").text
        archive.runs.end(
            archive.runs.start("krant", at=day(-9), settings={}),
            at=day(-9),
            outcome="done",
            counts=RunCounts(),
        )
        silent = letter(digest(archive, **WEEK), where="x").text
    assert "No new article from: krant." in silent
    assert "Is the clock running?" in silent


def test_a_first_digest_counts_no_period_before_the_archive(archive_file: Path) -> None:
    with Archive.open(archive_file) as archive:
        archive.runs.start("krant", at=day(1), settings={})
        Filer(archive).see(article("De brug is open."), day(1))
        assert "the period before" not in letter(digest(archive, **WEEK), where="x").text
        following = digest(archive, since=day(7), until=day(14))
        assert "the period before" in letter(following, where="x").text


# ---------------------------------------------------------------- the command


def ask(file: Path, *arguments: str, **environment: str) -> Result:
    period = ("--since", "2026-03-02T08:00+00:00", "--until", "2026-03-09T08:00+00:00")
    return CliRunner().invoke(
        legger,
        ["digest", "--archive", str(file), *period, *arguments],
        standalone_mode=False,
        env=environment,
    )


def test_a_digest_is_printed_for_people_for_a_browser_and_for_programs(file: Path) -> None:
    text = ask(file)
    assert text.exit_code == 0, text.output
    assert "SILENTLY EDITED (1)" in text.stdout
    lines = text.stdout.replace(str(file), "legger.db").splitlines()  # its path may be longer than a line
    assert all(len(line) <= 80 for line in lines)
    assert ask(file, "--format", "html").stdout.startswith("<!DOCTYPE html>")
    row = json.loads(ask(file, "--format", "json").stdout)
    assert row["total"]["silent"] == 1
    assert row["silent"][0]["numbers"] == [["1,5", "15"]]
    assert row["until"] == "2026-03-09T08:00:00+00:00"


def test_a_digest_is_sent_over_every_channel(file: Path) -> None:
    with post_office() as box, Hook() as hook:
        sent = ask(
            file,
            "--send",
            LEGGER_MAIL_TO="archief@example.org",
            LEGGER_MAIL_SERVER="127.0.0.1",
            LEGGER_MAIL_PORT=str(box.port),
            LEGGER_WEBHOOK_URL=hook.url,
        )
    assert (sent.exit_code, sent.return_value) == (0, 0), sent.output
    assert sent.stdout.count("arrived") == 2
    (mail,) = box.mails
    assert mail["Subject"] == "Legger to 9 March 2026: 3 new, 2 changed (1 silently), 1 gone"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "numbers: 1,5 -> 15" in text.get_content()
    assert "Markt &lt;script&gt;" in html.get_content()
    assert hook.posted[0].body["digest"]["total"]["gone"] == 1


def test_a_digest_that_does_not_arrive_fails_and_one_for_nobody_says_what_to_add(file: Path) -> None:
    lost = ask(
        file, "--send", LEGGER_MAIL_TO="a@example.org", LEGGER_MAIL_SERVER="127.0.0.1", LEGGER_MAIL_PORT="9"
    )
    assert lost.return_value == 1
    assert "refused" in lost.stdout
    nobody = ask(file, "--send")
    assert isinstance(nobody.exception, UsageError)
    assert "[mail]" in str(nobody.exception)
    turned = CliRunner().invoke(
        legger,
        ["digest", "--archive", str(file), "--since", "2026-03-09", "--until", "2026-03-02"],
        standalone_mode=False,
    )
    assert "--since must be before" in str(turned.exception)


def test_a_digest_tells_what_was_wrong_in_its_week(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    over = replace(WRONG, id=2, site="krant", since=day(-20), ended=day(-10))
    monkeypatch.setattr(Alarms, "all", lambda self, *, open_only=True: [WRONG, over])
    row = json.loads(ask(file, "--format", "json").stdout)
    assert [each["site"] for each in row["alarms"]] == ["bode-van-het-verre-oosten"]


def test_the_default_is_the_last_seven_days(file: Path) -> None:
    said = CliRunner().invoke(
        legger, ["digest", "--archive", str(file), "--format", "json"], standalone_mode=False
    )
    row = json.loads(said.stdout)
    span = datetime.fromisoformat(row["until"]) - datetime.fromisoformat(row["since"])
    assert span == timedelta(days=7)
    assert datetime.now(UTC) - datetime.fromisoformat(row["until"]) < timedelta(hours=1)
