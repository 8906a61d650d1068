"""Every form of date that the sites were seen to use, against a capture on Tuesday 13 April 2021, 12:00."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model.types import Precision
from crawler.extract.dates.find import find_dates, read_date
from crawler.extract.dates.words import Label, is_date_line

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOON = datetime(2021, 4, 13, 10, 0, tzinfo=UTC)


def read(text: str, *, at: datetime = NOON, month_first: bool = False) -> str | None:
    dated = read_date(text, zone=AMSTERDAM, at=at, month_first=month_first)
    return dated.text if dated else None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("woensdag 10 mei 2017", "2017-05-10"),
        ("vrijdag 05 februari 2021", "2021-02-05"),
        ("Tuesday, 11.06.2012", "2012-11-06"),
        ("Monday, 11.06.2012", "2012-06-11"),
        ("Friday, 11.06.2012", "2012-06-11"),
        ("donderdag, 27 oktober 2016", "2016-10-27"),
        ("12 apr 2021", "2021-04-12"),
        ("12 באפריל 2021", "2021-04-12"),
        ("12 अप्रैल 2021", "2021-04-12"),
        ("1 mrt. 2021", "2021-03-01"),
        ("2 maa 2021", "2021-03-02"),
        ("3 sept. 2020", "2020-09-03"),
        ("4 okt 2020", "2020-10-04"),
        ("01 aug 2008", "2008-08-01"),
        ("5 maart '21", "2021-03-05"),
        ("8-7-2020", "2020-07-08"),
        ("07-09-2017", "2017-09-07"),
        ("04/05/2020", "2020-05-04"),
        ("14-11-20", "2020-11-14"),
        ("30.Mar.2021", "2021-03-30"),
        ("23.Dec.2020", "2020-12-23"),
        ("12/25/2020", "2020-12-25"),
        ("20210412", "2021-04-12"),
        ("2021-04-12", "2021-04-12"),
        ("2021/04/12", "2021-04-12"),
        ("12 maaie 2020", "2020-05-12"),
        ("3 jannewaris 2021", "2021-01-03"),
        ("9 febrewaris 2021", "2021-02-09"),
        ("1 desimber 2020", "2020-12-01"),
        ("12. April 2021", "2021-04-12"),
        ("3. März 2021", "2021-03-03"),
        ("le 1er août 2020", "2020-08-01"),
        ("12 de abril de 2021", "2021-04-12"),
        ("12 marzo 2021", "2021-03-12"),
        ("April 12, 2021", "2021-04-12"),
        ("12th of April 2021", "2021-04-12"),
        ("Sept. 5, 2020", "2020-09-05"),
        ("12 kwietnia 2021", "2021-04-12"),
        ("2021. április 12.", "2021-04-12"),
        ("12 апреля 2021", "2021-04-12"),
        ("2021年4月12日", "2021-04-12"),
    ],
)
def test_a_day_without_a_time_is_read_as_a_day(text: str, day: str) -> None:
    assert read(text) == day


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("Dinsdag 26 januari 2021 20:29 uur", "2021-01-26T20:29:00+01:00"),
        ("18-1-2019 13:42", "2019-01-18T13:42:00+01:00"),
        ("1-1-2018 | 19:06", "2018-01-01T19:06:00+01:00"),
        ("24/09/15 om 09:33", "2015-09-24T09:33:00+02:00"),
        ("12 april 2021, 14.30 uur", "2021-04-12T14:30:00+02:00"),
        ("12 april 2021 14u30".replace("u", "h"), "2021-04-12T14:30:00+02:00"),
        ("12 april 02h04", "2021-04-12T02:04:00+02:00"),
        ("12 avril 2021 à 14h30", "2021-04-12T14:30:00+02:00"),
        ("14:30, 12 april 2021", "2021-04-12T14:30:00+02:00"),
        ("12.04.2021 - 14:30 Uhr", "2021-04-12T14:30:00+02:00"),
        ("2010-06-19 12:20:08", "2010-06-19T12:20:08+02:00"),
        ("2010-06-19T12:20:08Z", "2010-06-19T12:20:08+00:00"),
        ("2010-06-19T12:20:08+0200", "2010-06-19T12:20:08+02:00"),
        ("2010-06-19T12:20:08.123+02:00", "2010-06-19T12:20:08.123000+02:00"),
        ("Mon, 12 Apr 2021 14:30:00 GMT+0100", "2021-04-12T14:30:00+01:00"),
        ("Mon, 12 Apr 2021 14:30:00 +0100", "2021-04-12T14:30:00+01:00"),
        ("Mon Apr 12 2021 14:30:00 GMT+0200 (CEST)", "2021-04-12T14:30:00+02:00"),
        ("Mon Apr 12 14:30:00 CEST 2021", "2021-04-12T14:30:00+02:00"),
        ("April 12, 2021 at 2:30 PM EDT", "2021-04-12T14:30:00-04:00"),
        ("April 12, 2021 2:30 PM PDT\x1fby a reporter", "2021-04-12T14:30:00-07:00"),
        ("April 12, 2021\x1f2:30 PM\x1f(PDT)\x1f", "2021-04-12T14:30:00-07:00"),
        ("Updated 2:30 PM ET, Mon April 12, 2021", "2021-04-12T14:30:00-04:00"),
        ("12 April 2021, 12:05 a.m.", "2021-04-12T00:05:00+02:00"),
        ("1618230600", "2021-04-12T14:30:00+02:00"),
        ("1618230600000", "2021-04-12T14:30:00+02:00"),
    ],
)
def test_a_time_keeps_its_offset_or_gets_the_zone_of_the_site(text: str, instant: str) -> None:
    assert read(text) == instant


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("19 minuten geleden", "2021-04-13T11:41:00+02:00"),
        ("een uur geleden", "2021-04-13T11:00:00+02:00"),
        ("7 uur geleden", "2021-04-13T05:00:00+02:00"),
        ("3 oeren lyn", "2021-04-13T09:00:00+02:00"),
        ("vor 3 Stunden", "2021-04-13T09:00:00+02:00"),
        ("il y a 2 heures", "2021-04-13T10:00:00+02:00"),
        ("2 hours ago", "2021-04-13T10:00:00+02:00"),
        ("gisteren 18:05", "2021-04-12T18:05:00+02:00"),
        ("Vandaag, 11:02", "2021-04-13T11:02:00+02:00"),
        ("maandag 14:30", "2021-04-12T14:30:00+02:00"),
        ("3 dagen geleden", "2021-04-10"),
        ("gisteren", "2021-04-12"),
        ("eergisteren", "2021-04-11"),
    ],
)
def test_relative_dates_are_told_from_the_capture(text: str, value: str) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("8 september", "2020-09-08"),
        ("21 februari", "2021-02-21"),
        ("13 april", "2021-04-13"),
        ("14 april", "2020-04-14"),
        ("29 februari", "2020-02-29"),
        ("woensdag 10 april", "2019-04-10"),
        ("ma 12.04.", "2021-04-12"),
        ("12/4 14:30", "2021-04-12T14:30:00+02:00"),
        ("21 nov\x1f22 reacties", "2020-11-21"),
        ("21 nov\x1f22", "2020-11-21"),
        ("21 nov 22 reacties", "2020-11-21"),
        ("21 nov '19, 22 reacties", "2019-11-21"),
        ("21 nov 19", "2019-11-21"),
    ],
)
def test_a_date_without_a_year_is_the_latest_that_is_not_after_the_capture(text: str, day: str) -> None:
    assert read(text) == day


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("29 april 2021", "the future"),
        ("2022-01-01T00:00:00Z", "the future"),
        ("8 september 1975", "before the web"),
        ("31 juni 2020", "no such day"),
        ("2 maanden geleden", "no day is stated"),
        ("Het nieuws van vandaag", "prose"),
        ("Hier", "here, not yesterday"),
        ("De wedstrijd eindigde in 2-1", "a score"),
        ("Bel 053 123 45 67", "a number"),
        ("", "nothing"),
    ],
)
def test_what_is_no_date_of_an_article_is_refused(text: str, why: str) -> None:
    assert read(text) is None, why


def test_a_day_ahead_is_allowed_for_clocks_that_differ() -> None:
    assert read("14 april 2021 09:00") == "2021-04-14T09:00:00+02:00"
    assert read("14 april 2021 14:00") is None


def test_american_sites_put_the_month_first() -> None:
    assert read("4/5/2020", month_first=True) == "2020-04-05"
    assert read("25/12/2020", month_first=True) == "2020-12-25"


def test_the_hour_that_does_not_exist_is_read_as_a_clock_not_yet_put_forward() -> None:
    assert read("28 maart 2021 02:30") == "2021-03-28T03:30:00+02:00"


def test_of_the_hour_that_comes_twice_the_first_is_meant() -> None:
    assert read("25 oktober 2020 02:30") == "2020-10-25T02:30:00+02:00"


def test_minutes_ago_are_counted_across_the_change_of_the_clocks() -> None:
    at = datetime(2020, 10, 25, 1, 10, tzinfo=UTC)  # 02:10, for the second time
    assert read("30 minuten geleden", at=at) == "2020-10-25T02:40:00+02:00"


@pytest.mark.parametrize(
    "text",
    [
        "11:37", "14.30 uur", "10:15 am", "22.00 uur", "03:27", "Bijgewerkt om 11:43", "Aanvang: 14.30 uur",
        "Anstoß um 15.30 Uhr", "1/8", "12-8", "3/4 liter", "12.04.", "Kick-off 8pm",
    ],
)  # fmt: skip
def test_what_may_be_something_else_is_no_date(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(("text", "day"), [("1987-05-14", "1987-05-14"), ("31 december 2021", "2021-12-31")])
def test_a_day_before_the_web_or_to_come_is_read_only_where_it_is_asked_for(text: str, day: str) -> None:
    assert read(text) is None
    dated = read_date(text, zone=AMSTERDAM, at=NOON, wide=True)
    assert dated is not None
    assert dated.text == day


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Gepubliceerd: 8-7-2020", [(Label.PUBLISHED, "2020-07-08")]),
        ("Publicatiedatum: 12 april 2021 om 14:30", [(Label.PUBLISHED, "2021-04-12T14:30:00+02:00")]),
        ("Geplaatst op 12 april 2021", [(Label.PUBLISHED, "2021-04-12")]),
        ("Plaatsing 07-09-2017", [(Label.PUBLISHED, "2017-09-07")]),
        (
            "Gemaakt: Donderdag, 18 januari 2018 20:10",
            [(Label.PUBLISHED, "2018-01-18T20:10:00+01:00")],
        ),
        ("Laatst bijgewerkt: 1-1-2018 | 19:06", [(Label.MODIFIED, "2018-01-01T19:06:00+01:00")]),
        (
            "Anna Kok | 28 juni 2016 10:49 | Aangepast op 29 juni 2016 11:00",
            [(Label.NONE, "2016-06-28T10:49:00+02:00"), (Label.MODIFIED, "2016-06-29T11:00:00+02:00")],
        ),
        (
            "Publié le 12 avril 2021 à 14h30, mis à jour le 13 avril 2021",
            [(Label.PUBLISHED, "2021-04-12T14:30:00+02:00"), (Label.MODIFIED, "2021-04-13")],
        ),
    ],
)
def test_labels_tell_publication_from_change(text: str, found: list[tuple[Label, str]]) -> None:
    dates = find_dates(text, zone=AMSTERDAM, at=NOON)
    assert [(each.label, each.dated.text) for each in dates] == found


def test_the_words_of_the_page_are_kept() -> None:
    dated = read_date(
        "Door Anna Kok, dinsdag 6 april 2021 om 9:05 uur", zone=AMSTERDAM, at=NOON, source="label"
    )
    assert dated is not None
    assert (dated.raw, dated.source) == ("dinsdag 6 april 2021 om 9:05 uur", "label")


def test_relative_dates_say_that_they_are() -> None:
    dated = read_date("19 minuten geleden", zone=AMSTERDAM, at=NOON)
    assert dated is not None
    assert dated.precision is Precision.RELATIVE


@given(
    st.datetimes(datetime.fromisoformat("1996-01-01"), datetime.fromisoformat("2030-12-31")),
    st.integers(-12 * 60, 14 * 60),
)
def test_iso_instants_come_back_as_they_were(naive: datetime, minutes: int) -> None:
    value = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    dated = read_date(value.isoformat(), zone=AMSTERDAM, at=datetime(2031, 6, 1, tzinfo=UTC))
    assert dated is not None
    assert dated.value == value
    assert dated.value.utcoffset() == value.utcoffset()


@given(st.text(max_size=120))
def test_no_text_breaks_the_reading(text: str) -> None:
    for found in find_dates(text, zone=AMSTERDAM, at=NOON):
        assert found.dated.value.tzinfo is not None
        assert found.dated.value <= NOON + timedelta(days=1)


@pytest.mark.parametrize(
    ("line", "alone"),
    [
        ("dinsdag 10 februari 2026", True),
        ("Dinsdag 27 januari 2026 | 18:42 Laatst bijgewerkt: 2-3-2026 | 14:43", True),
        ("17:41 JST, October 13, 2024", True),
        ("Updated March 4, 2026 at 9:05 pm EST", True),
        ("Jänner 2014", True),
        ("zo 12 jul om 11.00 uur", True),
        ("Zondag 12 juli: open dag", False),
        ("In maart 2025 ging de brug dicht.", False),
        ("$7,500/mo", False),
        ("dinsdag", False),
        ("16", False),
    ],
)
def test_a_line_that_is_a_date_and_nothing_else(line: str, alone: bool) -> None:
    assert is_date_line(line) is alone
