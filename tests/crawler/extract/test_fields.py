"""Which witness is believed for which field."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from crawler.extract.fields.fields import language_of
from crawler.siteconfig.site import Rules
from tests.crawler.extract.pages import AT, SITE, TEXT, fields, html


def ld(**facts: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **facts})}</script>'


H1 = "<article><h1>Plein gaat op de schop</h1>{}" + f"<p>{TEXT}</p></article>"


# ---------------------------------------------------------------- title


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Plein gaat op de schop - De Bode</title>", H1.format(""), "Plein gaat op de schop"),
        (
            '<meta property="og:title" content="Plein gaat op de schop | De Bode">',
            H1.format(""),
            "Plein gaat op de schop",
        ),
        (
            '<meta property="og:title" content="Plein gaat op de schop | De Bode">',
            f"<p>{TEXT}</p>",
            "Plein gaat op de schop",
        ),
        ("<title>De Bode | Plein gaat op de schop</title>", f"<p>{TEXT}</p>", "Plein gaat op de schop"),
        ("<title>De Bode</title>", "<h1>De Bode</h1>" + H1.format(""), "Plein gaat op de schop"),
        (
            ld(headline="Plein &amp; park op de schop"),
            "<h1>Plein &amp; park op de schop</h1>",
            "Plein & park op de schop",
        ),
        ("<title>Plein - Dorpsblad Oost</title>", "<font><b>Plein</b></font>", "Plein"),
        (
            "<title>Een zin – met een streep</title>",
            "<h1>Een zin – met een streep</h1>",
            "Een zin – met een streep",
        ),
        (
            '<meta property="og:title" content="Plein gaat op de…">' + ld(headline="Plein gaat op de schop"),
            H1.format(""),
            "Plein gaat op de schop",
        ),
        ("", "", ""),
    ],
)
def test_the_title_is_the_headline_without_the_name_of_the_site(head: str, body: str, title: str) -> None:
    assert fields(html(body, head=head)).title == title


def test_a_kicker_in_the_heading_is_no_part_of_the_headline() -> None:
    page = html(
        "<article><h1>Stationsplein: Kap van oude bomen begint maandag</h1></article>",
        head='<meta property="og:title" content="Kap van oude bomen begint maandag">'
        + ld(headline="Stationsplein: Kap van oude bomen begint maandag"),
    )
    found = fields(page)
    assert (found.title, found.kicker) == ("Kap van oude bomen begint maandag", "Stationsplein")


# ---------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("head", "under", "published", "source"),
    [
        (ld(datePublished="2021-04-12T14:30:00+02:00"), "", "2021-04-12T14:30:00+02:00", "json-ld"),
        (
            ld(datePublished="2021-04-12"),
            "<p>12 april 2021, 14.30 uur</p>",
            "2021-04-12T14:30:00+02:00",
            "headline",
        ),
        (
            '<meta property="article:published_time" content="2021-04-12T12:30:00Z">',
            "",
            "2021-04-12T12:30:00+00:00",
            "meta:article:published_time",
        ),
        ("", "<p>Gepubliceerd: 8-7-2020</p>", "2020-07-08", "label"),
        ("", "<p>Gemaakt: Donderdag, 18 januari 2018 20:10</p>", "2018-01-18T20:10:00+01:00", "label"),
        (
            "",
            '<p class="meta"><time datetime="2021-04-12 14:30:00">gisteren</time></p>',
            "2021-04-12T14:30:00+02:00",
            "time",
        ),
        (
            "",
            "<p>Anna Kok | 28 juni 2016 10:49 | Aangepast op 29 juni 2016 11:00</p>",
            "2016-06-28T10:49:00+02:00",
            "headline",
        ),
        ("", "<p>Door Anna Kok - 14 februari 2019</p>", "2019-02-14", "headline"),
    ],
)
def test_the_best_witness_of_the_publication_is_believed(
    head: str, under: str, published: str, source: str
) -> None:
    found = fields(html(H1.format(under), head=head)).published
    assert found is not None
    assert (found.text, found.source) == (published, source)


def test_the_date_of_a_related_article_is_not_the_articles_own() -> None:
    related = "".join(
        f'<li><a href="/nieuws/{n}/x"><h3>Een ander bericht met een kop van enige lengte</h3>'
        f'<time datetime="2021-04-1{n}T08:00:00">1{n} april</time></a></li>'
        for n in range(3)
    )
    page = html(
        f"<article><h1>Plein gaat op de schop</h1><p>Kort.</p></article><h2>Lees ook</h2><ul>{related}</ul>"
    )
    assert fields(page, url="https://www.bode.example/plein").published is None


def test_todays_date_in_the_header_is_not_the_articles_own() -> None:
    story = H1.format("<p>Gemaakt: 18 januari 2018</p>")
    page = html(f"<header><p>dinsdag 13 april 2021</p></header><main>{story}</main>")
    found = fields(page).published
    assert found is not None
    assert found.text == "2018-01-18"


WP_PUBLISHED = '<time class="entry-date published" datetime="2021-03-10T09:30:00+01:00">10 maart 2021</time>'
WP_UPDATED = '<time class="updated" datetime="2021-03-25T10:12:00+01:00">25 maart 2021</time>'


@pytest.mark.parametrize(
    "times",
    [
        WP_PUBLISHED + WP_UPDATED,
        WP_UPDATED + WP_PUBLISHED,
        f'Geplaatst op <a href="/x" rel="bookmark">{WP_PUBLISHED}{WP_UPDATED}</a>',
        f'{WP_PUBLISHED}<span style="display:none">{WP_UPDATED}</span> <a href="#c">22 reacties</a>',
        WP_UPDATED.replace("25 maart 2021", "Laatste update 25 mrt") + WP_PUBLISHED.replace(" 2021", ""),
        WP_UPDATED.replace(' class="updated"', "")
        + WP_PUBLISHED.replace(' class="entry-date published"', ""),
        f'<span class="author vcard">Anna Kok</span> {WP_PUBLISHED}{WP_UPDATED}'
        '<span class="comments-link"><a href="#c">3</a></span>',
    ],
)
def test_two_times_of_wordpress_are_told_apart_in_either_order(times: str) -> None:
    found = fields(html(H1.format(f'<div class="entry-meta">{times}</div>')))
    assert found.published is not None
    assert found.modified is not None
    assert found.published.text == "2021-03-10T09:30:00+01:00"
    assert found.modified.text == "2021-03-25T10:12:00+01:00"


PROSE = f"<p>{TEXT}</p><p>{TEXT}</p>"


@pytest.mark.parametrize(
    "under",
    [
        '<div class="player"><span class="duration">03:27</span></div>',
        "<p>Aanvang: 14.30 uur</p>",
        '<div class="teller">1/8</div>',
        "<p>Overleden op 12 maart 2021</p>",
        "<p>Geboren: 3 april 2021</p>",
        "<p>Zaterdag 10 april 2021, 20.00 uur</p><p>Locatie: Dorpshuis</p>",
        "<p>Samstag, 10. April 2021</p><p>Eintritt: frei</p>",
        "<p>Samedi 10 avril 2021</p><p>Lieu : salle des fêtes</p>",
        "<p>10 t/m 12 april 2021</p>",
        "<p>From 3 April 2021</p>",
        PROSE + "<p>Datum: zaterdag 10 april 2021</p><p>Locatie: Dorpsstraat</p>",
        PROSE + "<p>De raad kwam bijeen op 10 april 2021.</p>",
        '<p><time class="event-date" datetime="2021-04-10T20:00:00+02:00">10 april 2021</time></p>',
        '<div class="related"><p><time pubdate datetime="2021-04-10">10 april 2021</time></p></div>',
        '<a href="/x"><h3>Een ander bericht</h3><time pubdate datetime="2021-04-10">10 april 2021</time></a>',
        PROSE + '<div class="comment"><time itemprop="datePublished" datetime="2021-04-10">x</time></div>',
        '<p class="meta"><span class="current-date">12 april 2021</span></p>'.replace("span", "div"),
        "<p>Anstoß: Samstag, 10. April 2021, 15:30 Uhr</p>",
        "<p>Coup d’envoi : samedi 10 avril 2021 à 15h30</p>",
        "<p>Foto gemaakt op 10 april 2021</p>",
        "<p>Uitzending: 10 april 2021, 20.30 uur</p>",
        "<p>Décès le 10 avril 2021</p>",
        "<p>Ferstoarn 10 april 2021</p>",
        "<p>Photos: April 10, 2021</p>",
        "<p>Bild vom 10. April 2021</p>",
        "<p>Inschrijven voor 10 april 2021</p>",
        "<p>31 december 2021</p>",
        "<p>Gepubliceerd op 14 mei 1987</p>",
    ],
)
def test_a_day_that_is_not_of_publication_is_none(under: str) -> None:
    assert fields(html(H1.format(under)), url="https://www.bode.example/plein").published is None


@pytest.mark.parametrize(
    ("head", "under", "url", "day", "disputed"),
    [
        # an address and the article's own line against what a plugin put into the head
        (
            ld(datePublished="2021-04-01T09:00:00+02:00"),
            "<p>Geplaatst op 12 maart 2021</p>",
            "https://www.bode.example/2021/03/12/plein/",
            "2021-03-12",
            "json-ld 2021-04-01T09:00:00+02:00",
        ),
        (
            ld(datePublished="2021-04-01T09:00:00+02:00"),
            "<p>12 maart 2021</p>",
            "https://www.bode.example/plein/",
            "2021-04-01T09:00:00+02:00",
            "headline 2021-03-12",
        ),
        # machines print midnight of another zone: no dispute
        (
            ld(datePublished="2021-03-11T23:00:00Z"),
            "<p>12 maart 2021</p>",
            "https://www.bode.example/plein/",
            "2021-03-11T23:00:00+00:00",
            None,
        ),
        # from before the web, and to come: believed of two
        (
            ld(datePublished="1987-05-14"),
            "<p>Gepubliceerd op 14 mei 1987</p>",
            "https://www.bode.example/plein/",
            "1987-05-14",
            None,
        ),
        (
            ld(datePublished="1970-01-01T00:00:00Z"),
            "<p>12 maart 2021</p>",
            "https://www.bode.example/plein/",
            "2021-03-12",
            "json-ld 1970-01-01T00:00:00+00:00",
        ),
        # without a year it is the latest that fits, unless somebody knows better
        (
            "",
            "<p>12 maart</p>",
            "https://www.bode.example/2018/03/12/plein/",
            "2018-03-12",
            "headline 2021-03-12",
        ),
    ],
)
def test_witnesses_are_weighed_and_their_dispute_is_told(
    head: str, under: str, url: str, day: str, disputed: str | None
) -> None:
    found = fields(html(H1.format(under), head=head), url=url)
    assert found.published is not None
    assert found.published.text == day
    assert found.sources.get("published_disputed") == disputed


@pytest.mark.parametrize(
    "under",
    [
        "<dl><dt>Posted on</dt><dd>12 mrt 2021</dd></dl>",
        "<p>12-03-2021 · 6 min read</p>",
        "<p>Goor | 12 maart 2021 | 4 reacties</p>",
        f"{PROSE}<p>Datum: 12-03-2021</p>",
        "<p>vrijdag 12 maart 2021</p>",
        "<p>vr 12 mrt, 14:05</p>",
        "<p>vendredi 12 mars 2021, 14h05</p>",
        "<p>Publicado el 12 de marzo de 2021 a las 9 h. Actualizado el 13 de marzo de 2021 a las 8 h.</p>",
        '<abbr class="published" title="2021-03-12T09:00:00+01:00">maart</abbr>',
        "<p>٢٠٢١</p><p class='date'>12 مارس 2021 - 09:30</p>",
    ],
)
def test_a_line_about_the_article_tells_its_day(under: str) -> None:
    found = fields(html(H1.format(under)), url="https://www.bode.example/plein").published
    assert found is not None
    assert found.value.date().isoformat() == "2021-03-12"


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://www.bode.example/nieuws/kermis-2021-03-12", None),
        ("https://www.bode.example/2021/03/12/plein/", "2021-03-12"),
        ("https://www.bode.example/cnt/dmf20210312_12345678", "2021-03-12"),
        ("https://www.bode.example/nieuws/2021-03-12-plein", "2021-03-12"),
        ("https://www.bode.example/nieuws/20990312/plein", None),
        ("https://www.bode.example/nieuws/65363/plein", None),
    ],
)
def test_an_address_tells_the_day_where_the_page_does_not(url: str, day: str | None) -> None:
    found = fields(html(H1.format("")), url=url).published
    assert (found.text if found else None) == day


def test_the_feed_tells_the_hour_of_the_day_the_page_states() -> None:
    page = html(H1.format("<p>Geplaatst op 12 april 2021</p>"))
    found = fields(page, hints={"published": "Mon, 12 Apr 2021 14:30:00 +0200"}).published
    assert found is not None
    assert (found.text, found.source) == ("2021-04-12T14:30:00+02:00", "feed")


def test_the_feed_does_not_overrule_the_page() -> None:
    page = html(H1.format("<p>Geplaatst op 12 april 2021</p>"))
    found = fields(page, hints={"published": "Tue, 13 Apr 2021 08:00:00 +0200"}).published
    assert found is not None
    assert (found.text, found.source) == ("2021-04-12", "label")


@pytest.mark.parametrize(
    ("head", "under", "modified"),
    [
        (ld(dateModified="2021-04-12T15:00:00+02:00"), "", "2021-04-12T15:00:00+02:00"),
        ("", "<p>Laatst bijgewerkt: 1-1-2018 | 19:06</p>", "2018-01-01T19:06:00+01:00"),
        (
            "",
            "<p>18.Feb.2021</p><ul><li><a href='/x'>Werk aan brug (update)</a> 21.Jan.2021</li></ul>",
            None,
        ),
        (
            "",
            "<p>18.Feb.2021</p><ul><li><a href='/x'>Werk aan brug (update)</a> 25.Feb.2021</li></ul>",
            None,
        ),
        (
            "",
            "<p>Anna Kok | 28 juni 2016 10:49 | Aangepast op 29 juni 2016 11:00</p>",
            "2016-06-29T11:00:00+02:00",
        ),
        ("", "<p>Geplaatst op 12 april 2021</p>", None),
    ],
)
def test_the_change_is_read_beside_the_publication(head: str, under: str, modified: str | None) -> None:
    found = fields(html(H1.format(under), head=head)).modified
    assert (found.text if found else None) == modified


# ---------------------------------------------------------------- authors


@pytest.mark.parametrize(
    ("head", "under", "authors", "byline"),
    [
        (ld(author={"@type": "Person", "name": "Anna Kok"}), "", ["Anna Kok"], None),
        (
            ld(author=[{"@type": "Person", "name": "Anna Kok"}, {"@type": "Person", "name": "Redactie"}]),
            "",
            ["Anna Kok"],
            None,
        ),
        (ld(author={"@type": "Person", "name": "Redactie"}), "<p>Door: Redactie</p>", [], "Door: Redactie"),
        (ld(author={"@type": "Organization", "name": "De Bode"}), "", [], None),
        (
            ld(author={"@type": "Organization", "name": "De Bode"}),
            "<p>Door Anna Kok</p>",
            ["Anna Kok"],
            "Door Anna Kok",
        ),
        (
            ld(author={"@type": "Person", "name": "Piet Beheer"}),
            "<p>Door Anna Kok</p>",
            ["Anna Kok"],
            "Door Anna Kok",
        ),
        (
            ld(author={"@type": "Person", "name": "Anna Kok"}),
            '<p class="byline">Anna Kok en Jan Bos</p>',
            ["Anna Kok", "Jan Bos"],
            "Anna Kok en Jan Bos",
        ),
        ('<meta name="author" content="Anna Kok">', "", ["Anna Kok"], None),
        ('<meta name="author" content="https://www.facebook.com/debode">', "", [], None),
        (
            "",
            "<p>20-05-2020, 10:15 uur | door Marie te Velde</p>",
            ["Marie te Velde"],
            "20-05-2020, 10:15 uur | door Marie te Velde",
        ),
        ("", "<p>wo 20 mei 2020, 10:15 | Anna Kok</p>", ["Anna Kok"], "wo 20 mei 2020, 10:15 | Anna Kok"),
        ("", "<p>wo 20 mei 2020, 10:15 | Den Haag</p>", [], None),
        ("", '<p class="credit">Foto: Jan Bos</p>', [], None),
        ("", "<p><b>Mooi Plein</b></p>", [], None),
    ],
)
def test_persons_sign_and_the_byline_is_kept_as_it_stood(
    head: str, under: str, authors: list[str], byline: str | None
) -> None:
    found = fields(html(H1.format(under), head=head))
    assert (list(found.authors), found.byline) == (authors, byline)


def test_an_author_named_by_reference_is_found() -> None:
    graph = {
        "@graph": [
            {"@type": "NewsArticle", "headline": "Plein gaat op de schop", "author": {"@id": "#p1"}},
            {"@type": "Person", "@id": "#p1", "name": "Anna Kok"},
        ]
    }
    page = html(H1.format(""), head=f'<script type="application/ld+json">{json.dumps(graph)}</script>')
    assert fields(page).authors == ("Anna Kok",)


# ---------------------------------------------------------------- the rest


def test_the_object_of_another_article_is_not_believed() -> None:
    other = ld(
        headline="Een ander bericht", author="Jan Bos", datePublished="2021-04-01", url="/nieuws/1/ander"
    )
    own = ld(headline="Plein gaat op de schop", author="Anna Kok", datePublished="2021-04-12")
    found = fields(html(H1.format(""), head=other + own))
    assert found.authors == ("Anna Kok",)
    assert found.published is not None
    assert found.published.text == "2021-04-12"


def test_section_tags_image_language_and_address_are_read() -> None:
    page = html(
        H1.format(""),
        head=ld(
            articleSection="Politiek",
            keywords="plein, gemeente",
            image={"url": "/i/plein.jpg", "creditText": "Jan Bos"},
        )
        + '<link rel="canonical" href="/nieuws/65363/plein">',
        lang="nl-NL",
    )
    found = fields(page)
    assert found.section == "Politiek"
    assert found.tags == ("plein", "gemeente")
    assert [(each.url, each.credit) for each in found.images] == [
        ("https://www.bode.example/i/plein.jpg", "Jan Bos")
    ]
    assert found.language == "nl"
    assert found.canonical_url == "https://www.bode.example/nieuws/65363/plein"
    assert found.sources["section"] == "json-ld"


def test_a_site_s_own_rules_come_first_and_only_in_their_days() -> None:
    rules = Rules(
        title=(".kop",),
        author=(".wie",),
        published=(".toen",),
        valid_from=date(2021, 1, 1),
        valid_until=date(2021, 12, 31),
    )
    body = H1.format(
        '<p class="kop">De echte kop</p><p class="wie">Anna Kok</p><p class="toen">3 maart 2021</p>'
    )
    page = html(
        body, head=ld(headline="Plein gaat op de schop", author="Jan Bos", datePublished="2021-04-12")
    )
    ruled = fields(page, site=replace(SITE, rules=(rules,)))
    assert (ruled.title, ruled.authors) == ("De echte kop", ("Anna Kok",))
    assert ruled.published is not None
    assert ruled.published.text == "2021-03-03"
    assert ruled.sources["title"] == ruled.sources["authors"] == ruled.sources["published"] == "rule"
    later = replace(SITE, rules=(replace(rules, valid_from=date(2022, 1, 1), valid_until=None),))
    assert fields(page, site=later).title == "Plein gaat op de schop"


def test_a_rule_s_days_are_those_of_the_site_s_own_zone() -> None:
    rules = (Rules(title=(".kop",), valid_from=date(2021, 4, 14)),)
    page = html(H1.format('<p class="kop">De echte kop</p>'))
    assert AT.hour == 10, "the 13th in UTC and Amsterdam, the 14th on Kiritimati"
    assert (
        fields(page, site=replace(SITE, rules=rules, timezone="Pacific/Kiritimati")).title == "De echte kop"
    )
    assert fields(page, site=replace(SITE, rules=rules)).title == "Plein gaat op de schop"


@pytest.mark.parametrize(
    ("stated", "language"),
    [
        ("nl", "nl"),
        ("nl-NL", "nl"),
        ("nl_NL", "nl"),
        ("FY", "fy"),
        ("Nederlands", "nl"),
        ("???", None),
        (None, None),
    ],
)
def test_a_language_is_named_by_its_code(stated: str | None, language: str | None) -> None:
    assert language_of(stated) == language


@pytest.mark.parametrize(
    "body", ["", "<", "<html>", "\x00\x01", "<h1></h1><time datetime=''>", "{}", "<p>" * 2000]
)
def test_broken_pages_have_fields_too(body: str) -> None:
    assert fields(body).authors == ()


# ---------------------------------------------------------------- names in bold, sections in titles


@pytest.mark.parametrize(
    ("line", "said", "authors"),
    [
        ("Anna Kok", f"Anna Kok {TEXT}", ("Anna Kok",)),
        (
            "Anna Kok/Piet de Vries",
            f"Na de zomer. Anna Kok/Piet de Vries {TEXT}",
            ("Anna Kok", "Piet de Vries"),
        ),
        ("Anna Kok", TEXT, ()),  # the name of somebody it is about
    ],
)
def test_names_in_bold_sign_when_the_pages_own_description_begins_with_them(
    line: str, said: str, authors: tuple[str, ...]
) -> None:
    page = html(
        H1.format(f"<p><strong>{line}</strong></p>"),
        head=f'<meta name="description" content="{said}">',
        lang="en",
    )
    assert fields(page).authors == authors


def test_a_section_glued_to_the_title_is_no_part_of_it() -> None:
    head = (
        '<meta property="og:title" content="Plein gaat op de schop-Politiek | De Bode">'
        '<meta name="content_category" content="Politiek">'
    )
    assert fields(html(f"<p>{TEXT}</p>", head=head)).title == "Plein gaat op de schop"
    head = head.replace("schop-Politiek", "schop-noodplan")
    assert fields(html(f"<p>{TEXT}</p>", head=head)).title == "Plein gaat op de schop-noodplan"


BEFORE_AND_AFTER = "<article><h1>Plein gaat op de schop</h1>{}" + f"<p>{TEXT}</p>" + "{}</article>{}"


@pytest.mark.parametrize(
    ("under", "after", "beside", "authors"),
    [
        ("<p>Tweede Kamer</p>", "", "", ()),
        ("<p>Rode Kruis</p>", "", "", ()),
        ("<p>FC TWENTE | 12 april 2021</p>", "", "", ()),
        ("", "", '<div class="reactie"><span class="author">Wim Kappert</span><p>Schande!</p></div>', ()),
        ("", "", '<ol id="comments"><li><cite class="comment-author">Wim Kappert</cite></li></ol>', ()),
        ('<figure><figcaption><span class="photo-author">Henk Bril</span></figcaption></figure>', "", "", ()),
        ("", "", '<aside><a href="/x" rel="author">Wim Kappert</a></aside>', ()),
        (
            '<p class="byline"><b class="author">Anna Kok</b><b class="author">Bea Bos</b></p>',
            "",
            "",
            ("Anna Kok", "Bea Bos"),
        ),
        (
            '<p class="byline"><b class="author">Anna Kok</b><b>Lifestyle Writer</b></p>',
            "",
            "",
            ("Anna Kok",),
        ),
        ("<p>Par AFP</p>", "", "", ("AFP",)),
        ('<ul class="authors"><li>Anna Kok</li><li>Bea Bos</li></ul>', "", "", ("Anna Kok", "Bea Bos")),
        ("", '<div class="foot"><span class="author">Door: ANP</span></div>', "", ("ANP",)),
        ("", '<p class="author">Anna Kok</p>', "", ("Anna Kok",)),
    ],
)
def test_a_name_signs_only_where_something_says_so(
    under: str, after: str, beside: str, authors: tuple[str, ...]
) -> None:
    assert fields(html(BEFORE_AND_AFTER.format(under, after, beside))).authors == authors


@pytest.mark.parametrize(
    "author",
    [
        {"@type": "Person", "name": {"@type": "Person", "name": "Anna Kok"}},
        {"@type": "Person", "name": ["Anna Kok"]},
        {"@type": "Person", "name": "Anna Kok\u200b"},
        [{"@type": "Person", "name": "\ufeffAnna Kok"}],
    ],
)
def test_a_name_in_json_ld_is_found_however_it_is_wrapped(author: object) -> None:
    assert fields(html(H1.format(""), head=ld(author=author))).authors == ("Anna Kok",)


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("", "<h1>Brug Bolksbeek<br>gaat dicht</h1>", "Brug Bolksbeek gaat dicht"),
        ("", "<h1><span>Brug Bolksbeek</span><span>gaat dicht</span></h1>", "Brug Bolksbeek gaat dicht"),
        ("", "<h1><span>B</span><span>rug Bolksbeek gaat dicht</span></h1>", "Brug Bolksbeek gaat dicht"),
        (
            '<meta property="og:title" content="Brug gaat weer dicht"><meta property="og:site_name"'
            ' content="Brug gaat weer dicht">',
            "<h1 class='merk'>Goedemorgen dorp</h1><main><h1>Brug gaat weer dicht</h1></main>",
            "Brug gaat weer dicht",
        ),
        (
            '<meta property="og:title" content="Zeven geheimen van de brug">',
            "<h1>De zeven geheimen van de brug</h1>",
            "De zeven geheimen van de brug",
        ),
        (
            '<meta property="og:title" content="Verkeer: Brug gaat weer dicht">',
            '<h1><span class="dachzeile">Verkeer</span><span>Brug gaat weer dicht</span></h1>',
            "Verkeer: Brug gaat weer dicht",
        ),
        (
            '<meta property="og:title" content="Berichten uit het dorp"><meta property="og:url" content='
            '"https://www.bode.example/"><title>Brug gaat weer dicht - De Bode</title>',
            "<h1>Berichten uit het dorp</h1><h2><a href='/x'>Brug gaat weer dicht</a></h2>",
            "Brug gaat weer dicht",
        ),
        (
            "<title>Havennieuws: Brug gaat weer dicht</title>",
            "<h1><a href='/'>Havennieuws</a></h1><h2>Brug gaat weer dicht</h2>",
            "Brug gaat weer dicht",
        ),
        (
            "<title>Nieuws - Brug gaat weer dicht - De Bode</title>",
            "<a href='/nieuws'>Nieuws</a><div>Brug gaat weer dicht</div>",
            "Brug gaat weer dicht",
        ),
        ("", "<h1>Brug gaat weer dicht<a href='#b'>#</a></h1>", "Brug gaat weer dicht"),
        ("<title>Brug gaat dicht « De Bode</title>", "<p>Brug gaat dicht</p>", "Brug gaat dicht"),
        (
            "<title>Denken en doen » Brug over de Bolksbeek dicht</title>",
            "<h1>Denken en doen</h1><h2>Brug over de Bolksbeek dicht</h2>",
            "Brug over de Bolksbeek dicht",
        ),
    ],
)
def test_a_headline_is_whole_and_nothing_else(head: str, body: str, title: str) -> None:
    assert fields(html(f"{body}<p>{TEXT}</p>", head=head)).title == title


@pytest.mark.parametrize(
    ("links", "tags"),
    [
        ('<a rel="category tag" href="/c/w">Wonen</a> <a rel="tag" href="/t/d">dak</a>', ("dak",)),
        ('<a rel="category tag" href="/c/w">Wonen</a>', ("Wonen",)),
    ],
)
def test_a_category_is_a_tag_only_where_there_are_no_others(links: str, tags: tuple[str, ...]) -> None:
    assert fields(html(H1.format(links))).tags == tags


@pytest.mark.parametrize(
    ("stated", "authors"),
    [("Cor Dijk", ("Anna Kok", "Bea Bos", "Cor Dijk")), ("Els Vos", ("Anna Kok", "Bea Bos", "Cor Dijk"))],
)
def test_all_who_sign_are_read_though_each_name_is_a_link(stated: str, authors: tuple[str, ...]) -> None:
    names = ", ".join(f'<a rel="author" href="/a/{each}">{each}</a>' for each in authors)
    page = html(H1.format(f"<p>Scritto da {names}</p>"), head=ld(author={"@type": "Person", "name": stated}))
    assert fields(page).authors == authors


def test_tags_are_the_articles_own() -> None:
    card = (
        '<div class="card"><h4><a href="/x">Iets anders</a></h4><a rel="tag" href="/t/sport">Sport</a></div>'
    )
    page = html(H1.format('<a rel="tag" href="/t/brug">Brug</a>') + card * 3)
    assert fields(page).tags == ("Brug",)


@pytest.mark.parametrize(
    ("body", "url", "section"),
    [
        (
            '<ol class="breadcrumb"><li><a href="/">Home</a></li><li><a href="/s">Sport</a></li>'
            '<li><a href="/s/v">Voetbal</a></li><li>Plein</li></ol>',
            "https://www.bode.example/x/1",
            "Voetbal",
        ),
        (
            '<article><h1>Plein</h1><a rel="category tag" href="/c/sport">Sport</a>'
            '<a rel="category tag" href="/c/sport/voetbal">Voetbal</a></article>'
            '<div class="related"><a rel="category tag" href="/c/a/b/c">Cultuur</a></div>',
            "https://www.bode.example/x/1",
            "Voetbal",
        ),
        ("", "https://www.bode.example/nieuws/sport/voetbal/12345/plein", "Voetbal"),
        ("", "https://www.bode.example/pages/bericht.php?n_id=31947", None),
        ("", "https://www.bode.example/cms/artikel.aspx?id=7", None),
        ("", "https://www.bode.example/pages/plein", None),
        ("", "https://www.bode.example/sport/plein.php", "Sport"),
        ("", "https://www.bode.example/nieuws/12345/plein", None),
        ("", "https://www.bode.example/2021/03/12/plein", None),
    ],
)
def test_the_section_is_the_most_specific_that_is_told(body: str, url: str, section: str | None) -> None:
    page = html(body or H1.format(""))
    assert fields(page, url=url).section == section


FIGURE = '<figure><img src="/b-800x600.jpg" alt="Een brug"><figcaption>{}</figcaption></figure>'


@pytest.mark.parametrize(
    ("caption", "says", "credit"),
    [
        ("De brug bij avond. Foto: Henk Bril", "De brug bij avond.", "Henk Bril"),
        ("De brug bij avond (Foto: Henk Bril/ANP)", "De brug bij avond", "Henk Bril/ANP"),
        ("Die Brücke am Abend. © dpa", "Die Brücke am Abend.", "dpa"),
        ('De brug bij avond. <span class="photo-author">Henk Bril</span>', "De brug bij avond.", "Henk Bril"),
        ('De brug. <small class="credit">Beeld: ANP</small>', "De brug.", "ANP"),
        ("De brug bij avond.", "De brug bij avond.", None),
        ("Foto Henk Bril - De brug bij avond", "De brug bij avond", "Henk Bril"),
        ("(Foto: Henk Bril) De brug bij avond", "De brug bij avond", "Henk Bril"),
        ("Photo : Anne Roux – Le pont le soir", "Le pont le soir", "Anne Roux"),
        ("Foto Brug - de brug", "Foto Brug - de brug", None),
        ("De brug / Foto: ANP", "De brug", "ANP"),
        ("Die Brücke. Grafik: Büro Huber", "Die Brücke.", "Büro Huber"),
    ],
)
def test_a_picture_has_caption_credit_and_alt_from_the_article(
    caption: str, says: str, credit: str | None
) -> None:
    card = '<div class="related"><img src="/x.jpg"></div><img src="/logo.png"><img src="/i.gif" width="1">'
    page = html(f"<article><h1>Plein</h1>{FIGURE.format(caption)}<p>{TEXT}</p>{card}</article>")
    [image] = fields(page).images
    assert (image.url, image.alt) == ("https://www.bode.example/b-800x600.jpg", "Een brug")
    assert (image.caption, image.credit) == (says, credit)


def test_a_stated_picture_that_stands_in_the_article_is_one_picture() -> None:
    head = '<meta property="og:image" content="https://www.bode.example/b.jpg">'
    page = html(f"<article><h1>Plein</h1>{FIGURE.format('De brug.')}<p>{TEXT}</p></article>", head=head)
    [image] = fields(page).images
    assert (image.url, image.caption, image.alt) == ("https://www.bode.example/b.jpg", "De brug.", "Een brug")


NEWSROOM = (
    '<meta property="og:title" content="Plein gaat na de zomer op de schop">'
    '<meta property="og:type" content="article">'
    '<meta property="article:published_time" content="2021-04-12T10:00:00+02:00">'
)


@pytest.mark.parametrize(
    ("shown", "headline"),
    [
        ("Plein gaat na de zomer op de schop", None),
        ("Binnenland: Plein gaat na de zomer op de schop", None),
        ("Bewoners krijgen eindelijk een nieuw plein", "Bewoners krijgen eindelijk een nieuw plein"),
        ("Nieuws", None),
    ],
)
def test_the_headline_that_readers_see_is_kept_where_the_stated_title_is_another(
    shown: str, headline: str | None
) -> None:
    read = fields(html(f"<main><article><h1>{shown}</h1><p>{TEXT}</p></article></main>", head=NEWSROOM))
    assert (read.title, read.headline) == ("Plein gaat na de zomer op de schop", headline)


def test_a_picture_without_a_figure_has_the_caption_of_its_own_box() -> None:
    said = '<p class="legende">De brug. <span class="credit">Foto Bril</span></p>'
    box = f'<div class="beeld"><img src="/b.jpg">{said}</div>'
    [image] = fields(html(f"<article><h1>Plein</h1>{box}<p>{TEXT}</p></article>")).images
    assert (image.caption, image.credit) == ("De brug.", "Bril")
