"""Which of a page's dates is the one of publication, in many languages and on many systems."""

from __future__ import annotations

import pytest

from crawler.extract.fields.fields import Fields
from tests.crawler.extract.pages import TEXT, fields, html


def read(under: str, *, head: str = "", below: str = "", lang: str = "nl") -> Fields:
    """The fields of an article with *under* below its headline and *below* after its text."""
    return fields(
        html(
            f"<main><article><h1>Plein gaat op de schop</h1>{under}<p>{TEXT}</p>{below}</article></main>",
            head=head,
            lang=lang,
        )
    )


def day(result: Fields) -> str | None:
    return result.published.value.date().isoformat() if result.published else None


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("it", "Pubblicato il 2 marzo 2021 alle 09:30. Ultimo aggiornamento il 5 marzo 2021"),
        ("pl", "Opublikowano: 2 marca 2021, 09:30 <span>Zaktualizowano: 5 marca 2021</span>"),
        ("da", "Publiceret 2. marts 2021 kl. 09.30. Opdateret 5. marts 2021 kl. 10.12"),
        ("fi", "Julkaistu 2.3.2021 09:30 Päivitetty 5.3.2021 10:12"),
        ("cs", "Zveřejněno 2. března 2021 9:30, aktualizováno 5. března 2021 10:12"),
        ("tr", "Yayınlanma: 2 Mart 2021 09:30 Güncelleme: 5 Mart 2021"),
        ("ja", "公開日：2021年3月2日 9時30分　更新日：2021年3月5日"),
        ("ar", "نشر في 2 مارس 2021 09:30 آخر تحديث 5 مارس 2021"),
        ("he", "פורסם: 2 במרץ 2021, 09:30 עודכן: 5 במרץ 2021"),
        ("hi", "प्रकाशित: 2 मार्च 2021, 09:30 अपडेट: 5 मार्च 2021"),
    ],
)
def test_publication_and_change_are_told_apart_by_their_labels_in_any_language(lang: str, line: str) -> None:
    result = read(f"<p>{line}</p>", lang=lang)
    assert result.published is not None
    assert result.published.value.isoformat() == "2021-03-02T09:30:00+01:00"
    assert result.modified is not None
    assert result.modified.value.date().isoformat() == "2021-03-05"


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("fi", "3 tuntia sitten"),
        ("ja", "3時間前"),
        ("tr", "3 saat önce"),
        ("cs", "před 3 hodinami"),
        ("ar", "منذ 3 ساعات"),
        ("he", "לפני 3 שעות"),
        ("el", "πριν από 3 ώρες"),
    ],
)
def test_hours_ago_are_counted_in_any_language(lang: str, line: str) -> None:
    result = read(f"<p>{line}</p>", lang=lang)
    assert result.published is not None
    assert result.published.value.isoformat() == "2021-04-13T09:00:00+02:00"


@pytest.mark.parametrize(("words", "found"), [("تشرين الثاني", "2020-11-02"), ("كانون الثاني", "2020-01-02")])
def test_months_of_two_words_are_read(words: str, found: str) -> None:
    assert day(read(f"<p>2 {words} 2020</p>", lang="ar")) == found


@pytest.mark.parametrize(
    "under",
    [
        "<table><tr><td>Date</td><td>2 March 2021</td></tr><tr><td>Venue</td><td>Hall</td></tr></table>",
        "<dl><dt>Datum</dt><dd>2 maart 2021</dd><dt>Plaats</dt><dd>Dorpshuis</dd></dl>",
        "<p>Datum: 2 mars 2021</p><p>Plats: Folkets hus</p>",
        "<p>Data: 2 marca 2021</p><p>Miejsce: Dom Kultury</p>",
        "<p>Data: 2 de março de 2021</p><p>Local: Centro Cultural</p>",
        "<p>Dato: 2. marts 2021</p><p>Sted: Kulturhuset</p>",
        "<p>Termín: 2. března 2021</p><p>Místo: Kulturní dům</p>",
        "<p>Tarih: 2 Mart 2021</p><p>Yer: Kültür Merkezi</p>",
        "<p>Wedstrijd: SV Oost - VV West, 2 maart 2021</p>",
        "<p>Zmarł 2 marca 2021</p>",
        "<p>Avled den 2 mars 2021</p>",
        "<p>Öffnungszeiten: Mo-Fr 9-12 Uhr</p>",
        "<p>Condoleance: dinsdag 6 april 2021, 19.00 uur</p>",
    ],
)
def test_a_day_of_an_event_or_a_life_is_not_of_publication_in_any_language(under: str) -> None:
    assert day(read(under)) is None


@pytest.mark.parametrize(
    ("under", "found"),
    [
        ("<p><span>2 mrt</span> <span>12 condivisioni</span></p>", "2021-03-02"),
        ("<p>2 mar <b>19</b> compartidos</p>", "2021-03-02"),
        ("<p>2 mrt '20 - 22 reacties</p>", "2020-03-02"),
        ("<p>OOST - 2 maart 2021 - Van een onzer verslaggevers</p>", "2021-03-02"),
    ],
)
def test_a_count_beside_a_date_does_not_change_it(under: str, found: str) -> None:
    assert day(read(under)) == found


@pytest.mark.parametrize(
    "below",
    [
        "<p>Dit artikel verscheen in de papieren krant van 2 maart 2021.</p>",
        "<p>A version of this article appears in print on March 2, 2021, Section A.</p>",
    ],
)
def test_the_day_of_the_printed_paper_is_one_of_publication(below: str) -> None:
    assert day(read("", below=below)) == "2021-03-02"


@pytest.mark.parametrize(
    "below",
    [
        "This entry was posted on Tuesday, March 2nd, 2021 at 1:23 pm and is filed under News. You can "
        "follow any responses to this entry through the feed.",
        "Dit bericht werd geplaatst op 2 maart 2021 in Nieuws, Sport en getagd met plein, boom, raad.",
        "Dieser Beitrag wurde am 2. März 2021 veröffentlicht in Allgemein und verschlagwortet mit Platz.",
    ],
)
def test_a_sentence_of_a_theme_below_the_text_tells_when_it_was_posted(below: str) -> None:
    assert day(read("", below=f"<p>{below}</p>")) == "2021-03-02"


def test_a_date_in_prose_at_the_end_is_not_of_publication() -> None:
    assert day(read("", below="<p>De krant meldde op 2 maart 2021 dat het plein dichtgaat.</p>")) is None


@pytest.mark.parametrize(
    ("head", "under"),
    [
        ('<meta name="date" content="2021-04-13">', '<p class="datum">2 maart 2021</p>'),
        ("", '<time datetime="2021-04-13T08:00:00Z">2 maart 2021</time>'),
        (
            '<script type="application/ld+json">{"@type":"WebPage","datePublished":"2011-01-05"}</script>',
            '<p class="datum">2 maart 2021</p>',
        ),
    ],
    ids=["a meta of today", "a time element of today", "the day the page's address was made"],
)
def test_the_day_that_readers_see_is_believed_over_one_the_system_made(head: str, under: str) -> None:
    assert day(read(under, head=head)) == "2021-03-02"


def test_the_date_of_a_teaser_below_the_article_is_not_the_articles_own() -> None:
    time = '<time datetime="2021-03-02">2 maart</time>'
    teaser = f'<section><article><h2><a href="/b">Brug</a></h2>{time}</article></section>'
    page = html(f"<main><article><h1>Plein gaat op de schop</h1><p>{TEXT}</p></article>{teaser}</main>")
    assert day(fields(page)) is None


def test_the_label_of_the_second_time_is_not_that_of_the_first() -> None:
    first = 'Bijgewerkt: <time datetime="2021-03-05T10:12:00+01:00">5 mrt</time>'
    second = 'Geplaatst: <time datetime="2021-03-02T09:30:00+01:00">2 mrt</time>'
    result = read(f"<p>{first} - {second}</p>")
    assert day(result) == "2021-03-02"
    assert result.modified is not None
    assert result.modified.value.date().isoformat() == "2021-03-05"


def test_a_day_above_the_text_is_not_that_of_the_event_announced_below_its_first_paragraph() -> None:
    when = "<div><p><strong>When:</strong> Saturday 17 April 2021, 10am</p></div>"
    assert (
        day(read(f'<p class="posted">9 April 2021</p><p>{TEXT[:180]}.</p>{when}', lang="en")) == "2021-04-09"
    )


def test_the_moment_that_an_element_states_is_believed_over_the_days_ago_that_it_shows() -> None:
    time = '<time datetime="2021-04-09T16:40:00+02:00">2 dagen geleden</time>'
    result = read(f"<p>Geplaatst: {time}</p>")
    assert result.published is not None
    assert result.published.value.isoformat() == "2021-04-09T16:40:00+02:00"


@pytest.mark.parametrize(
    ("lang", "line", "found"),
    [
        ("pl", "12 lis 2020", "2020-11-12"),
        ("pl", "3 paź 2020", "2020-10-03"),
        ("cs", "7. čvc 2020", "2020-07-07"),
        ("fr", "<span>12 nov.</span> <span>18 réactions</span>", "2020-11-12"),
        ("de", "Altenried (eb) 12.11.2020", "2020-11-12"),
        ("en", "by jdoe on November 12, 2020", "2020-11-12"),
        ("en", '<a href="/p"><time datetime="2020-11-12T08:15:00Z">12th November</time></a>', "2020-11-12"),
        ("nl", "<small>Laatste nieuws - 12 november 2020 - 213x gelezen</small>", "2020-11-12"),
    ],
)
def test_short_months_and_counts_beside_them_are_read(lang: str, line: str, found: str) -> None:
    assert day(read(f"<p>{line}</p>", lang=lang)) == found


@pytest.mark.parametrize(
    ("lang", "line", "expected"),
    [
        ("zh", "2021年3月2日 10:30 来源:青石日报", "2021-03-02"),
        ("fi", "Kulttuuri | 2.3. 9:15 | Sanna Virtanen", "2021-03-02"),
        ("he", "יעל כרמון | 2 במרץ 2021", "2021-03-02"),
        ("zh", "2021年3月2日在青石镇开幕的集市", None),
        ("ja", "2021年3月2日に松葉町で祭りが開かれた。", None),
    ],
)
def test_a_line_without_capitals_tells_the_day_when_the_day_stands_apart(
    lang: str, line: str, expected: str | None
) -> None:
    assert day(read(f"<div>{line}</div>", lang=lang)) == expected
