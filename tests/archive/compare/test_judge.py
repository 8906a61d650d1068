"""What counts as the same words, and what a difference is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime

import pytest

from archive import Article, Block, BlockKind, PageKind, VerdictKind
from archive.compare.fingerprint import content_hash, fingerprint
from archive.compare.judge import (
    EarlierVersion,
    Judgement,
    changed_fields,
    is_gone,
    is_ours,
    is_silent,
    judge,
    may_be_ours,
)
from archive.compare.notices import has_notice
from archive.model.types import Image, Precision, StatedTime
from tests.archive.newsroom import article, day

STORY = article(authors=("Anna Bos",), section="Regio")

SAME_WORDS = {
    "white space within a line": article("De  brug\u00a0is dicht.\nHij blijft dicht.\t"),
    "a paragraph broken in two": article("De brug is dicht.\nHij blijft\ndicht."),
    "a paragraph that became a subhead": article(
        blocks=(
            Block(kind=BlockKind.SUBHEAD, text="De brug is dicht."),
            Block(kind=BlockKind.PARAGRAPH, text="Hij blijft dicht."),
        )
    ),
    "another date of change": article(modified=day(3)),
    "other tags": article(tags=("brug",)),
    "another picture": article(images=(Image(url="https://krant.example/b.jpg"),)),
    "another address": article(url="https://krant.example/1?utm_source=x"),
    "another language": article(language="fy"),
    "an empty section": article(section=""),
}

OTHER_WORDS = {
    "1,5 became 15": ("Het kost 1,5 miljoen.", "Het kost 15 miljoen."),
    "a capital": ("De partij won.", "De Partij won."),
    "an exclamation mark": ("Weg ermee.", "Weg ermee!"),
    "a minus sign": ("Het is 3 graden.", "Het is -3 graden."),
    "a quotation mark": ("„Nooit” zei hij", "„Nooit’ zei hij"),
    "an accent": ("Hij kan het.", "Hij kán het."),
    "a space within a word": ("De zwartepiet.", "De zwarte piet."),
}


@pytest.mark.parametrize("other", SAME_WORDS.values(), ids=SAME_WORDS)
def test_the_same_words_have_the_same_fingerprint(other: Article) -> None:
    assert fingerprint(other) == fingerprint(article())


@pytest.mark.parametrize("pair", OTHER_WORDS.values(), ids=OTHER_WORDS)
def test_other_words_have_another_fingerprint(pair: tuple[str, str]) -> None:
    before, after = map(article, pair)
    assert fingerprint(before) != fingerprint(after)
    assert content_hash(before) != content_hash(after)


def test_text_does_not_run_over_into_another_field() -> None:
    assert fingerprint(article("a b", title="c")) != fingerprint(article("b", title="c a"))
    assert fingerprint(article(authors=("A", "B"))) != fingerprint(article(authors=("A B",)))


def test_the_content_hash_is_that_of_the_documented_form() -> None:
    form = {
        "authors": ["Anna Bos"],
        "section": "Regio",
        "text": "De brug is dicht.\nHij blijft dicht.",
        "title": "Brug dicht",
    }
    written = json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert content_hash(STORY) == hashlib.sha256(written).hexdigest()


CAPTION = Block(kind=BlockKind.CAPTION, text="De brug, gisteren.")
LEAD = Block(kind=BlockKind.LEAD, text="De brug is open.")
MOVES = {
    "the headline": (STORY, replace(STORY, title="Brug open"), ("title",)),
    "the text": (
        STORY,
        replace(article("De brug is open."), authors=STORY.authors, section="Regio"),
        ("text",),
    ),
    "the lead": (
        article(blocks=(replace(LEAD, text="De brug is dicht."),)),
        article(blocks=(LEAD,)),
        ("lead", "text"),
    ),
    "a headline on the page, the title stated as before": (
        replace(STORY, headline="De brug gaat in mei dicht"),
        replace(STORY, headline="De brug blijft tot de zomer open"),
        ("headline",),
    ),
    "a headline that was the title": (
        STORY,
        replace(STORY, headline="Niemand mag er meer over"),
        ("headline",),
    ),
    "a caption": (STORY, replace(STORY, blocks=(*STORY.blocks, CAPTION)), ("captions",)),
    "an author": (STORY, replace(STORY, authors=()), ("authors",)),
    "a section": (STORY, replace(STORY, section="Sport"), ("section",)),
    "a teaser that opened": (
        article("De brug is dicht.", kind=PageKind.TEASER),
        article("De brug is dicht.\nHij blijft dicht."),
        ("text", "paywall"),
    ),
    "a live blog that grew": (
        article("09.00 Begin.", kind=PageKind.LIVEBLOG),
        article("10.00 Einde.\n09.00 Begin.", kind=PageKind.LIVEBLOG),
        ("text", "liveblog"),
    ),
    "a live blog in which a line was rewritten": (
        article("09.00 Begin.", kind=PageKind.LIVEBLOG),
        article("09.05 Begin.", kind=PageKind.LIVEBLOG),
        ("text",),
    ),
    "a live blog that grew, whose entries are told from now": (
        article("3 minuten geleden\nBegin van de storm.", kind=PageKind.LIVEBLOG),
        article("zojuist\nEinde van de storm.\n2 uur geleden\nBegin van de storm.", kind=PageKind.LIVEBLOG),
        ("text", "liveblog"),
    ),
    "a live blog that grew while an entry was rewritten": (
        article("09.00\nDe brug is open.", kind=PageKind.LIVEBLOG),
        article("10.00\nHet stormt.\n09.00\nDe brug is dicht.", kind=PageKind.LIVEBLOG),
        ("text",),
    ),
    "a live blog that grew while an entry was taken away": (
        article("09.30\nDe brug is open.\n09.00\nDe wind steekt op.", kind=PageKind.LIVEBLOG),
        article("10.00\nHet stormt.\n09.00\nDe wind steekt op.", kind=PageKind.LIVEBLOG),
        ("text",),
    ),
    "a live blog that shows its last six entries, the newest first": (
        article("\n".join(f"{hour}.00 Stand {hour}." for hour in range(15, 9, -1)), kind=PageKind.LIVEBLOG),
        article("\n".join(f"{hour}.00 Stand {hour}." for hour in range(17, 11, -1)), kind=PageKind.LIVEBLOG),
        ("text", "liveblog"),
    ),
    "a live blog that shows its last six entries below an introduction, the newest last": (
        article(
            "\n".join(["Wij volgen het.", *(f"{n}.00 Stand {n}." for n in range(10, 16))]),
            kind=PageKind.LIVEBLOG,
        ),
        article(
            "\n".join(["Wij volgen het.", *(f"{n}.00 Stand {n}." for n in range(12, 18))]),
            kind=PageKind.LIVEBLOG,
        ),
        ("text", "liveblog"),
    ),
    "a live blog of as many entries, one from the middle taken away": (
        article("\n".join(f"{hour}.00 Stand {hour}." for hour in range(15, 9, -1)), kind=PageKind.LIVEBLOG),
        article(
            "\n".join(f"{hour}.00 Stand {hour}." for hour in range(16, 9, -1) if hour != 12),
            kind=PageKind.LIVEBLOG,
        ),
        ("text",),
    ),
    "a live blog that lost its oldest entries and gained none": (
        article("\n".join(f"{hour}.00 Stand {hour}." for hour in range(15, 9, -1)), kind=PageKind.LIVEBLOG),
        article("\n".join(f"{hour}.00 Stand {hour}." for hour in range(15, 10, -1)), kind=PageKind.LIVEBLOG),
        ("text",),
    ),
    "a live blog that ended, and is read as an article": (
        article("09.00\nDe brug is open.", kind=PageKind.LIVEBLOG),
        article("12.00\nDit was het.\n09.00\nDe brug is open."),
        ("text", "liveblog"),
    ),
    "a live blog whose entries changed places": (
        article("10.00 Einde.\n09.00 Begin.", kind=PageKind.LIVEBLOG),
        article("09.00 Begin.\n10.00 Einde.", kind=PageKind.LIVEBLOG),
        ("text",),
    ),
    "a correction that says so": (
        article("Hij is 34."),
        article("Hij is 43.\nCorrectie: in een eerdere versie stond een andere leeftijd."),
        ("text", "notice"),
    ),
}


@pytest.mark.parametrize(("before", "after", "names"), MOVES.values(), ids=MOVES)
def test_what_moved_is_named(before: Article, after: Article, names: tuple[str, ...]) -> None:
    assert changed_fields(before, after) == names


NOTICES = (
    "Update 14.30 uur: de brug is weer open.",
    "Fernijing 14.02 oere: de brêge is wer iepen.",
    "[Update:] de brug is weer open.",
    "Rectificatie",
    "*Dit artikel is aangepast nadat de gemeente had gereageerd.",
    "Dit bericht werd om 12.00 uur bijgewerkt.",
    "In een eerdere versie van dit verhaal stond een verkeerde naam.",
    "Correction: an earlier version gave the wrong age.",
    "This article was amended on 3 June.",
    "Rättelse: i en tidigare version av artikeln angavs fel vecka.",
    "Rettelse: I en tidligere version af artiklen stod en forkert uge.",
    "Oppdatert 5. mars: Kommunen har svart.",
    "Oikaisu 5.3.: viikko oli väärä.",
    "Jutun aiemmassa versiossa oli väärä viikko.",
    "Sprostowanie: we wcześniejszej wersji artykułu podano błędny tydzień.",
    "Correção: uma versão anterior deste artigo indicava a semana errada.",
    "Helyreigazítás: a hét téves volt.",
    "Исправление: в предыдущей версии статьи была указана неверная неделя.",
    "Düzeltme: hafta yanlış yazılmıştı.",
    "Oprava (5. 3. 2026): v článku byl chybný týden.",
    "訂正:以前の版では週に誤りがありました。",
    "更正：本文早前版本的星期有误。",
    "تصحيح: كان الأسبوع خاطئا.",
)
NO_NOTICES = (
    "De update van het spel viel tegen.",
    "Het bestemmingsplan is aangepast.",
    "Dit artikel uit de grondwet geldt sinds 1983.",
    "De correctie van de begroting kostte een miljoen.",
    "Oprava silnice I/35 začne v pondělí 9. března a potrvá do května.",
    "Korjaus maksaa kaupungille 400 000 euroa.",
    "Поправка к закону принята во втором чтении.",
    "更新料は二万円です。",
)


@pytest.mark.parametrize("line", NOTICES)
def test_an_added_line_that_announces_a_change_is_a_notice(line: str) -> None:
    assert has_notice(article("Een zin."), article(f"Een zin.\n{line}"))
    assert not has_notice(article(f"Een zin.\n{line}"), article(f"Twee zinnen.\n{line}")), (
        "it stood there before"
    )


@pytest.mark.parametrize("line", NO_NOTICES)
def test_journalism_about_updates_is_no_notice(line: str) -> None:
    assert not has_notice(article("Een zin."), article(f"Een zin.\n{line}"))


SILENCE = {
    "text changed and no date is given": (("text",), None, None, True),
    "text changed and the date stayed": (("text",), day(1), day(1), True),
    "text changed and so did the date": (("text",), day(2), day(1), False),
    "text changed and a date appeared": (("text",), day(2), None, False),
    "only the headline changed": (("title",), day(1), day(1), False),
    "a notice was added": (("text", "notice"), day(1), day(1), False),
    "a paywall closed": (("text", "paywall"), day(1), day(1), False),
    "a live blog grew": (("text", "liveblog"), day(1), day(1), False),
}


@pytest.mark.parametrize(("names", "now", "before", "silent"), SILENCE.values(), ids=SILENCE)
def test_a_change_is_silent_only_when_nothing_announces_it(
    names: tuple[str, ...], now: object, before: object, silent: bool
) -> None:
    stated = before.isoformat() if before else None  # type: ignore[attr-defined]
    assert is_silent(article(), article(modified=now), names, stated=stated) is silent


def test_a_notice_that_is_edited_is_no_new_notice() -> None:
    first = "Update 15.10 uur: volgens de brandweer is de brand onder controle en is niemand gewond."
    edited = first.replace("15.10", "1510")
    second = "Update 16.20 uur: de weg is weer open voor al het verkeer, meldt de gemeente."
    assert has_notice(article("Brand."), article(f"Brand.\n{first}"))
    assert not has_notice(article(f"Brand.\n{first}"), article(f"Brand.\n{edited}"))
    assert has_notice(article(f"Brand.\n{first}"), article(f"Brand.\n{second}"))
    assert has_notice(article(f"Brand.\n{first}"), article(f"Brand.\n{edited}\n{second}"))


def test_one_more_notice_in_much_the_same_words_is_a_notice_beside_the_one_that_stays() -> None:
    first, later = (f"Update {time} uur: de weg langs de beek is afgesloten." for time in ("12.12", "7.56"))
    assert has_notice(article(f"Brand.\n{first}"), article(f"Brand.\n{first}\n{later}"))
    assert not has_notice(article(f"Brand.\n{first}"), article(f"Brand.\n{later}"))


def test_a_date_in_the_same_words_is_no_new_one_whatever_we_take_it_to_mean() -> None:
    def updated(moment: datetime, precision: Precision = Precision.INSTANT) -> Article:
        return article(
            modified=StatedTime(value=moment, raw="Update 21.11 uur", source="label", precision=precision)
        )

    stated = day(1).isoformat()
    assert is_silent(updated(day(1)), updated(day(2)), ("text",), stated=stated)
    ago = Precision.RELATIVE
    assert not is_silent(updated(day(1), ago), updated(day(2), ago), ("text",), stated=stated)


def _filed(*texts: str, returns: int = 0) -> tuple[EarlierVersion, ...]:
    return tuple(
        EarlierVersion(
            number=number,
            fingerprint=fingerprint(article(text)),
            same_as=1 if number > len(texts) - returns else None,
            alternating=False,
        )
        for number, text in enumerate(texts, 1)
    )


A, B, C = "Kop A.", "Kop B.", "Kop C."
JUDGEMENTS = {
    "new words": (_filed(A), B, VerdictKind.CHANGED, None),
    "the first return to earlier words: an editor may take an edit back": (
        _filed(A, B), A, VerdictKind.CHANGED, 1),
    "words seen before, after a return: shown by turns": (
        _filed(A, B, A, returns=1), B, VerdictKind.FLIP_FLOP, 2),
    "new words after a return": (_filed(A, B, A, returns=1), C, VerdictKind.CHANGED, None),
    "the same words": (_filed(A, B), B, VerdictKind.SAME, None),
}  # fmt: skip


@pytest.mark.parametrize(("earlier", "now", "kind", "same_as"), JUDGEMENTS.values(), ids=JUDGEMENTS)
def test_judging(
    earlier: tuple[EarlierVersion, ...], now: str, kind: VerdictKind, same_as: int | None
) -> None:
    latest = next(text for text in (A, B, C) if fingerprint(article(text)) == earlier[-1].fingerprint)
    verdict = judge(article(latest), article(now), earlier=earlier, stated=None)
    assert (verdict.kind, verdict.same_as) == (kind, same_as)


def test_a_section_that_a_template_starts_to_name_is_no_version_and_an_author_taken_away_is() -> None:
    filed = _filed("Een zin.")
    named = article("Een zin.", section="Regio")
    assert judge(article("Een zin."), named, earlier=filed, stated=None).kind is VerdictKind.SAME
    assert judge(named, article("Een zin."), earlier=filed, stated=None).kind is VerdictKind.SAME
    signed = article("Een zin.", authors=("Anna Bos",))
    assert judge(signed, article("Een zin."), earlier=filed, stated=None).changed_fields == ("authors",)


def _page(text: str, *left_out: str, **fields: object) -> Article:
    return replace(article(text, **fields), left_out=left_out)


OURS = {
    "a quote left out once": (_page("A.\nB.", "„Q.”"), _page("A.\nB.\n„Q.”"), True),
    "a quote taken once": (_page("A.\n„Q.”\nB."), _page("A.\nB.", "„Q.”"), True),
    "one for the other": (_page("A.\nB.", "C."), _page("A.\nC.", "B."), True),
    "other furniture besides": (_page("A.", "B.", "Lees ook"), _page("A.\nB.", "Meer nieuws"), True),
    "an added paragraph": (_page("A."), _page("A.\nB."), False),
    "a paragraph taken out": (_page("A.\nB."), _page("A."), False),
    "taken out, and still named in a list of links": (_page("A.\nB.", "B."), _page("A.", "B."), False),
    "an edit besides": (_page("A 1,5.", "B."), _page("A 15.\nB."), False),
    "paragraphs that changed places": (_page("A.\nB."), _page("B.\nA."), False),
    "another headline besides": (_page("A.", "B."), _page("A.\nB.", title="Brug open"), False),
    "a page that is not known": (article("A."), _page("A.\nB."), False),
}


@pytest.mark.parametrize(("old", "new", "ours"), OURS.values(), ids=OURS)
def test_what_both_pages_say_is_no_edit(old: Article, new: Article, ours: bool) -> None:
    assert is_ours(old, new) is ours
    judgement = judge(old, new, earlier=_filed(old.text), stated=None)
    assert judgement.kind is (VerdictKind.SAME if ours else VerdictKind.CHANGED)
    if ours:
        assert may_be_ours(replace(old, left_out=None), new)


def test_alternating_words_that_have_settled_are_a_version() -> None:
    turns = _filed(A, B, A, returns=1)
    verdict = judge(article(A), article(B), earlier=turns, stated=None, settled=True)
    assert (verdict.kind, verdict.same_as, verdict.alternating) == (VerdictKind.CHANGED, 2, False)
    first, *others = turns
    turns = (first, *(replace(each, alternating=True) for each in others))
    verdict = judge(article(B), article(A), earlier=turns, stated=None, settled=True)
    assert (verdict.kind, verdict.alternating) == (VerdictKind.CHANGED, True), "as it was before the turns"


@pytest.mark.parametrize(
    ("now", "brief", "kind"),
    [
        (article(A, title="Een"), True, VerdictKind.FLIP_FLOP),
        (article(A, title="Een"), False, VerdictKind.CHANGED),
        (article(B, title="Een"), True, VerdictKind.CHANGED),
    ],
    ids=["soon: it was tried out", "late: an editor changed his mind", "with another text: an edit"],
)
def test_a_headline_that_goes_back(now: Article, brief: bool, kind: VerdictKind) -> None:
    tried = article(A, title="Twee")
    marks = (fingerprint(now), fingerprint(tried))
    earlier = tuple(
        EarlierVersion(number=number, fingerprint=mark, same_as=None, alternating=False)
        for number, mark in enumerate(marks, 1)
    )
    if now.text == B:
        earlier = earlier[1:]
    assert judge(tried, now, earlier=earlier, stated=None, brief=brief).kind is kind


ABSENCES = {
    "one visit": ((0,), False),
    "many visits on one day": ((0, 0.1, 0.2, 0.3), False),
    "two days": ((0, 1), False),
    "two days, often": ((0, 0.2, 1, 1.2), False),
    "three days running, at the same hour": ((0, 1, 2), True),
    "a night and two minutes, on three calendar days": ((0.66, 0.67, 1.67), False),
    "three days within 36 hours": ((0.6, 1, 2.05), False),
    "two visits a month apart": ((0, 30), False),
    "three visits in a month": ((0, 10, 30), True),
}


@pytest.mark.parametrize(("days", "gone"), ABSENCES.values(), ids=ABSENCES)
def test_gone_takes_visits_on_three_days(days: tuple[float, ...], gone: bool) -> None:
    assert is_gone(tuple(day(number) for number in days)) is gone


def _weather(degrees: int, of: int, *, last: str = "") -> Article:
    lines = "\n".join(
        f"In de {part} wordt het {degrees + at} graden bij wind uit het westen en is er kans op een bui."
        for at, part in enumerate(("ochtend", "middag", "avond", "nacht"))
    )
    lines = f"{lines}\n{last}".rstrip()
    moment = datetime.fromisoformat(f"2026-04-{of:02d}T06:00+02:00")
    return article(
        lines,
        title="Het weer",
        published=StatedTime(
            value=moment, raw=moment.isoformat(), source="meta", precision=Precision.INSTANT
        ),
    )


def test_another_story_of_the_same_day_in_the_ways_of_the_paper_is_another_story() -> None:
    """Reports of one desk share some words: "zei de wethouder op de vergadering van dinsdag"."""
    said = "zei de wethouder op de vergadering van dinsdag"
    bridge = [f"De brug over de beek gaat in week {n} dicht voor groot onderhoud aan pijler {n}, {said}."
              for n in range(4)]  # fmt: skip
    pool = [f"Het zwembad aan de rand van het dorp krijgt er nog {n} zonnepanelen en {n} banen bij, {said}."
            for n in range(4)]  # fmt: skip
    old = article("\n".join(bridge), title="Brug gaat dicht")
    assert "replaced" in changed_fields(old, article("\n".join(pool), title="Zonnepanelen voor zwembad"))
    kept = article("\n".join([*pool, bridge[0]]), title="Zonnepanelen voor zwembad")
    assert "replaced" not in changed_fields(old, kept), "a line stayed"
    assert "replaced" not in changed_fields(old, article("\n".join(pool), title="Brug gaat dicht"))


def test_the_weather_of_another_day_is_another_story_though_its_words_are_the_same() -> None:
    assert "replaced" in changed_fields(_weather(8, 1), _weather(14, 2))
    assert "replaced" not in changed_fields(_weather(8, 1), _weather(14, 1))  # the same day: corrected
    some_stands = (_weather(degrees, of, last="Het KNMI waarschuwt.") for degrees, of in ((8, 1), (14, 2)))
    assert "replaced" not in changed_fields(*some_stands)


@pytest.mark.parametrize("names", [(), ("paywall",), ("notice", "replaced")])
def test_a_version_that_differs_in_nothing_versions_cover_cannot_be_judged_one(
    names: tuple[str, ...],
) -> None:
    with pytest.raises(ValueError, match="or there is none"):
        Judgement(kind=VerdictKind.CHANGED, changed_fields=names)


def test_the_canonical_form_of_readings_made_before_kickers_were_covered_stays_what_it_was() -> None:
    seen = article(kicker="UPDATE")
    assert content_hash(seen, "1") == content_hash(article())
    assert content_hash(seen) != content_hash(article())
