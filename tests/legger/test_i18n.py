"""Languages are files: what one says is whole, fits what is asked, and is found by the file alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from archive import PageKind, QueryError, Status, VerdictKind
from archive.compare.edit_kinds import EXPLAINED, EditKind
from archive.operations import health
from archive.operations.health_issue import how_to_mend
from archive.search.language.parser import parse
from legger import i18n, site_letter
from legger.i18n import FALLBACK, Translation, choose, languages
from legger.notifications.digest import FIGURES
from legger.web.showing.witnesses import WORDS
from tests.archive.search.test_query import WRONG

LEGGER = Path(i18n.__file__).parent
FILES = sorted((LEGGER / "languages").glob("*.po"))
SPEAKING = [
    *LEGGER.glob("web/**/*.py"),
    *LEGGER.glob("notifications/*.py"),
    *(LEGGER / f"{name}.py" for name in ("site_letter", "i18n")),
]
_TEXT = r"""(?:"((?:[^"\\]|\\.)+)"|'([^']+)')"""


def said() -> tuple[set[str], set[tuple[str, str]]]:
    """All that templates and code say: single messages, and pairs of one and more."""
    single: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    for file in [*LEGGER.glob("web/templates/*.html"), *LEGGER.glob("notifications/templates/*.html")]:
        words = file.read_text(encoding="utf-8")
        found = re.findall(rf"\bt\(\s*{_TEXT}\s*[,)]", words)
        single |= {(double or plain).replace('\\"', '"') for double, plain in found}
        pairs |= set(re.findall(r't\.many\([^"]*"([^"]+)", "([^"]+)"', words))
    for file in SPEAKING:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name("t" | "self"), args=[ast.Constant(str() as words), *_]):
                    single.add(words)
                case ast.Call(args=[_, ast.Constant(str() as one), ast.Constant(str() as more)]) if (
                    isinstance(node.func, ast.Attribute) and node.func.attr == "many"
                ):
                    pairs.add((one, more))
    pairs |= set(
        re.findall(r'\d, "([a-z]+)", "([a-z]+)"\)', (LEGGER / "i18n.py").read_text(encoding="utf-8"))
    )
    single |= {f"kind {each.value}" for each in EditKind} | set(EXPLAINED.values()) | set(WORDS.values())
    single |= {each.value for kind in (PageKind, Status, VerdictKind) for each in kind}  # shown as named
    single |= {*FIGURES.values(), *site_letter._OBSTACLES.values(), *site_letter._COSTS, *site_letter._WAYS}
    single |= set(site_letter._WITH_PICTURES)
    return single, pairs


def messages(file: Path) -> dict[str, Message]:
    with file.open("rb") as words:
        catalog = read_po(words, abort_invalid=True)
    return {
        f"{each.context or ''}{each.id if isinstance(each.id, str) else each.id[0]}": each
        for each in catalog
        if each.id
    }


def test_everything_that_is_said_has_been_translated_into_dutch() -> None:
    single, pairs = said()
    assert (len(single) > 100, len(pairs) > 10) == (True, True)
    dutch = messages(LEGGER / "languages" / "nl.po")
    assert {each for each in single if not (each in dutch and dutch[each].string)} == set()
    for one, more in pairs:
        assert one in dutch, one
        assert dutch[one].id == (one, more)
        assert all(dutch[one].string), one


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_says_nothing_that_is_never_asked_and_keeps_what_is_filled_in(file: Path) -> None:
    dutch = messages(LEGGER / "languages" / "nl.po")

    def filled(words: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(words) if name}

    for key, message in messages(file).items():
        if key == FALLBACK:
            assert message.string in languages()
            continue
        assert key in dutch, "asked nowhere, or missing in nl.po"
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for words in strings:
            assert filled(words) <= filled(key), key
        assert not message.fuzzy, key


def test_frisian_says_all_that_dutch_says() -> None:
    dutch, frisian = (messages(LEGGER / "languages" / f"{code}.po") for code in ("nl", "fy"))
    assert {each for each in dutch if not (each in frisian and frisian[each].string)} == set()


def test_a_language_is_found_by_its_file_alone(tmp_path: Path) -> None:
    for file in FILES:
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "pl.po").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 ? 1 : 2);\\n"\n\n'
        'msgid "Search"\nmsgstr "Szukaj"\n\n'
        'msgid "word"\nmsgid_plural "words"\nmsgstr[0] "słowo"\nmsgstr[1] "słowa"\nmsgstr[2] "słów"\n',
        encoding="utf-8",
    )
    assert list(languages(tmp_path)) == ["en", "fy", "nl", "pl"]
    polish = languages(tmp_path)["pl"]
    assert (polish.name, polish.words.gettext("Search")) == ("polski", "Szukaj")
    assert [polish.words.ngettext("word", "words", number) for number in (1, 3, 5)] == [
        "słowo",
        "słowa",
        "słów",
    ]
    assert polish.words.gettext("All edits") == "All edits", "English where it says nothing"


def test_what_a_language_lacks_is_said_in_the_one_it_names(tmp_path: Path) -> None:
    assert (Translation("fy", UTC).language.name, Translation("fy", UTC)("Search")) == ("Frysk", "Sykje")
    for file in FILES:
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "fy.po").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Language: fy\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        f'msgid "{FALLBACK}"\nmsgstr "nl"\n',
        encoding="utf-8",
    )
    frisian = languages(tmp_path)["fy"].words
    assert frisian.gettext("By itself") == "Op zichzelf"
    assert frisian.ngettext("address", "addresses", 1) == "adres"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("en", ["12,345 words", "7 March 2026, 08:05", "Mar 2026", "7 Mar", "2 to 7 March 2026", "1 found"]),
        (
            "nl",
            [
                "12.345 woorden",
                "7 maart 2026, 08.05",
                "mrt 2026",
                "7 mrt",
                "2 tot en met 7 maart 2026",
                "1 gevonden",
            ],
        ),
        (
            "fy",
            [
                "12.345 wurden",
                "7 Maart 2026, 08.05",
                "Mrt 2026",
                "7 Mrt",
                "2 oant en mei 7 Maart 2026",
                "1 fûn",
            ],
        ),
    ],
)
def test_numbers_and_times_are_told_as_people_write_them(code: str, told: list[str]) -> None:
    t = Translation(code, UTC)
    moment = datetime(2026, 3, 7, 8, 5, tzinfo=UTC)
    assert [
        t.many(12345, "word", "words"),
        t.moment(moment),
        t.month("2026-03", short=True),
        t.short(date(2026, 3, 7)),
        t.span(moment.replace(day=2), moment),
        t.many(1, "found", "found.more"),
    ] == told


@pytest.mark.parametrize(
    ("stated", "accepts", "chosen"),
    [
        ("fy", "en", "fy"),
        (None, "fy-NL,nl;q=0.8,en;q=0.5", "fy"),
        (None, "en;q=0.5, nl;q=0.9", "nl"),
        (None, "nl;q=0, en", "en"),
        ("xx", "de, fr;q=0.9", "en"),
        (None, "enm, nl;q=.1", "nl"),
        (None, "nl;q=much", "en"),
        (None, "", "en"),
    ],
)
def test_a_reader_gets_the_language_asked_for_or_liked_best(
    stated: str | None, accepts: str, chosen: str
) -> None:
    assert choose(stated, accepts) == chosen


@pytest.mark.parametrize("query", WRONG, ids=[each[:30] for each in WRONG])
def test_what_is_wrong_with_a_query_is_said_in_dutch_too(query: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert caught.value.reason in messages(LEGGER / "languages" / "nl.po")
    assert Translation("nl", UTC)(caught.value.reason, **caught.value.values) != caught.value.why


def spelled(words: ast.expr) -> list[str]:
    """The sentences that an expression may make, with something in each of its places; all branches."""
    match words:
        case ast.Constant(str() as text):
            return [text]
        case ast.JoinedStr(values=parts):
            found = [""]
            for part in parts:
                inner = spelled(part.value) if isinstance(part, ast.FormattedValue) else spelled(part)
                found = [begun + each for begun in found for each in inner]
            return found
        case ast.IfExp(body=body, orelse=other):
            return spelled(body) + spelled(other)
        case ast.Call(func=ast.Attribute(attr="day")):
            return ["7 March 2026"]
        case ast.Name("what"):  # before "due"
            return ["", "poll "]
        case ast.Attribute(attr="site"):
            return ["krant"]
    return ["3"]


def kept_by(*modules: str) -> Iterator[str]:
    """What ``HealthIssue(says=...)`` and ``says = ...`` are given in these modules."""
    for module in modules:
        tree = ast.parse((LEGGER.parent / module).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "HealthIssue"
            ):
                for each in node.keywords:
                    if each.arg == "says" and not isinstance(each.value, ast.Name):
                        yield from spelled(each.value)
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "says":
                yield from spelled(node.value)


ALARMS = list(
    kept_by(
        *(f"archive/operations/health{part}.py" for part in ("", "_rates", "_sources")),
        "archive/reports/disk.py",
        "scheduler.py",
        "crawler/scheduling/load.py",
        "crawler/scheduling/endings.py",
    )
)
HINTS = [each for *_, each in health._HINTS] + [*health._ROBOTS_HINTS.values(), how_to_mend("krant")]


@pytest.mark.parametrize("says", [*ALARMS, *HINTS], ids=[each[:40] for each in (*ALARMS, *HINTS)])
@pytest.mark.parametrize("code", ["nl", "fy"])
def test_every_alarm_that_the_archive_keeps_is_told_in_each_language(code: str, says: str) -> None:
    told = Translation(code, UTC).recorded(says)
    assert told != says
    assert "March" not in told, "the day too"
    assert Translation("en", UTC).recorded(says) == says


KEPT = [
    (
        "krant: nothing it was asked for came, in 3 visits since 7 March 2026 (no answer in time): it does "
        "not answer in time: it may be down; visits go on, and take it up when it answers",
        "krant: niets van wat werd gevraagd kwam, in 3 bezoeken sinds 7 maart 2026 (geen antwoord op tijd): "
        "de site antwoordt niet op tijd: misschien ligt ze plat; de bezoeken gaan door, en nemen het op "
        "zodra de site antwoordt",
    ),
    ("it has no text", "er staat geen tekst"),
    ("12 headings lead elsewhere", "12 koppen leiden ergens anders heen"),
    ("a feed names it; by itself: it has no text", "een feed noemt het; op zichzelf: er staat geen tekst"),
    ("HTTP 410", "HTTP 410"),
    ("what no language has heard of", "what no language has heard of"),
    ("titled 'Een {rare} kop'", "de titel is 'Een {rare} kop'"),
    ("7 March 2026", "7 maart 2026"),
    ("", ""),
]


@pytest.mark.parametrize(("kept", "told"), KEPT, ids=[each[0][:30] for each in KEPT])
def test_what_the_archive_keeps_in_english_is_told_in_dutch(kept: str, told: str) -> None:
    assert Translation("nl", UTC).recorded(kept) == told


def test_a_sentence_on_record_may_have_a_plural() -> None:
    one = next(each for each in ALARMS if "in 3 visits" in each and "nothing" in each).replace(
        "3 visits", "1 visit"
    )
    assert "in 1 bezoek sinds" in Translation("nl", UTC).recorded(one)


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("soft404: says that it is not there: 'Weg'", "een pagina die zegt dat hij er niet is: 'Weg'"),
        ("named in the site's file", "genoemd in het bestand van de site"),
        ("larger than 8 megabytes", "groter dan 8 megabyte"),
        ("no picture, style sheet or font: text/html", "geen beeld, opmaak of lettertype: text/html"),
        ("the words of version 2 again", "weer de woorden van versie 2"),
    ],
)
def test_a_reason_on_record_is_told_whole(kept: str, told: str) -> None:
    assert Translation("nl").recorded(kept) == told
