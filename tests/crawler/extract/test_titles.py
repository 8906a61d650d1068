"""The headline without the site's name, the tags and the section, however a system writes them."""

from __future__ import annotations

import pytest

from tests.crawler.extract.pages import TEXT, fields, html

HEADLINE = "Plein gaat na de zomer op de schop"


def read(head: str, body: str) -> str:
    return fields(html(f"{body}<p>{TEXT}</p>", head=head)).title


@pytest.mark.parametrize(
    "title",
    [
        f"Streekpost: {HEADLINE}",
        f"{HEADLINE} ▷ Streekpost",
        f"{HEADLINE} [Streekpost]",
        f"{HEADLINE} (Streekpost)",
        f"{HEADLINE}- Streekpost",
        f"{HEADLINE} ★ Streekpost",
        f"{HEADLINE} @ Streekpost",
        f"{HEADLINE} > Streekpost",
        f"{HEADLINE}, Streekpost",
        f"{HEADLINE} ❘ Streekpost",
        f"Streekpost » Nieuws » {HEADLINE}",
        f"{HEADLINE} | Regio | Streekpost",
        f"{HEADLINE} « Streekpost « Regio",
    ],
)
def test_the_name_that_a_page_gives_its_site_is_cut_off_whatever_sign_parts_it(title: str) -> None:
    assert read(f'<title>{title}</title><meta property="og:site_name" content="Streekpost">', "") == HEADLINE


def test_a_dash_between_two_clubs_parts_no_name() -> None:
    name = '<meta property="og:site_name" content="Streekpost">'
    head = f"<title>Bode Oost - Bode West 3-1 - Streekpost</title>{name}"
    assert read(head, "") == "Bode Oost - Bode West 3-1"


def test_a_closing_bracket_before_the_name_stays() -> None:
    title = "Plein gaat op de schop (foto's en video) | Streekpost"
    head = f'<meta property="og:title" content="{title}"><meta property="og:site_name" content="Streekpost">'
    assert read(head, "") == "Plein gaat op de schop (foto's en video)"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (
            "<title>Streekpost Oost</title>",
            f'<h1 id="site-title">Streekpost Oost</h1><main><h2>{HEADLINE}</h2></main>',
        ),
        ("<title>De Bode</title>", f'<main><h1><img src="t.png" alt="{HEADLINE}"></h1></main>'),
        ("<title>De Bode - nieuws uit Oost</title>", f'<main><div class="title">{HEADLINE}</div></main>'),
        (f"<title>De Bode: {HEADLINE}</title>", f"<table><tr><td><b>{HEADLINE}</b></td></tr></table>"),
    ],
    ids=["below the logo", "as a picture", "in a box named title", "in a table in bold"],
)
def test_a_headline_is_found_without_a_heading_of_its_own(head: str, body: str) -> None:
    assert read(head, body) == HEADLINE


@pytest.mark.parametrize(
    "tags",
    [
        '<ul class="tags"><li><a href="/t/1">plein</a></li><li><a href="/t/2">raad</a></li></ul>',
        '<p>Tags: <a href="/onderwerp/plein">plein</a>, <a href="/onderwerp/raad">raad</a></p>',
        '<div class="mots-cles">Mots-clés : <a href="/m/1">plein</a> <a href="/m/2">raad</a></div>',
        '<div class="field--name-field-tags"><a href="/t/1">plein</a><a href="/t/2">raad</a></div>',
    ],
)
def test_a_list_of_tags_is_known_by_its_name_or_its_label(tags: str) -> None:
    cloud = '<aside class="tagcloud"><a href="/thema/brand">brand</a></aside>'
    page = f"<main><article><h1>{HEADLINE}</h1><p>{TEXT}</p>{tags}</article></main>{cloud}"
    assert fields(html(page)).tags == ("plein", "raad")


def test_links_in_a_sentence_are_no_tags() -> None:
    line = '<p class="tags-uitleg">Alles over <a href="/plein">het plein</a> en wat de raad vindt.</p>'
    assert fields(html(f"<main><article><h1>{HEADLINE}</h1><p>{TEXT}</p>{line}</article></main>")).tags == ()


@pytest.mark.parametrize(
    "trail",
    [
        '<nav aria-label="Kruimelpad"><a href="/">Home</a> › <a href="/j">Judo</a></nav>',
        '<div class="kruimelpad"><a href="/">Home</a> / <a href="/judo">Judo</a> / Plein gaat op</div>',
        '<ul class="fil-ariane"><li><a href="/">Accueil</a></li><li><a href="/judo">Judo</a></li></ul>',
    ],
)
def test_the_trail_from_the_front_page_is_known_in_other_languages(trail: str) -> None:
    page = f"{trail}<main><article><h1>{HEADLINE}</h1><p>{TEXT}</p></article></main>"
    assert fields(html(page)).section == "Judo"


def test_a_plugin_that_names_the_site_after_the_article_takes_no_title_away() -> None:
    head = f'<title>{HEADLINE}</title><meta property="og:site_name" content="{HEADLINE}">'
    assert read(head, f"<main><article><h1>{HEADLINE}</h1></article></main>") == HEADLINE


def test_a_name_before_a_colon_that_the_page_shows_nowhere_is_the_sites() -> None:
    assert read(f"<title>The Oakham Gazette: {HEADLINE}</title>", f"<h1>{HEADLINE}</h1>") == HEADLINE


def test_a_name_that_the_first_heading_links_is_the_blogs_where_the_headline_stands_below_it() -> None:
    body = f'<h1><a href="https://blogs.example/de_vijver/">De Vijver</a></h1><h3>{HEADLINE}</h3>'
    assert read(f"<title>De Vijver: {HEADLINE}</title>", body) == HEADLINE


def test_marked_tags_beside_the_article_are_not_its_own() -> None:
    own = '<p><a rel="tag" href="/t/1">plein</a> <a rel="tag" href="/t/2">raad</a></p>'
    cloud = '<div class="wolk"><a rel="tag" href="/t/3">brand</a></div>'
    page = f"<main><article><h1>{HEADLINE}</h1><p>{TEXT}</p>{own}</article></main>{cloud}"
    assert fields(html(page)).tags == ("plein", "raad")


def test_tags_below_the_text_come_before_marked_ones_in_the_footer() -> None:
    own = '<p>Schlagwörter: <a href="/s/1">plein</a>, <a href="/s/2">raad</a></p>'
    foot = '<div class="onder"><a rel="tag" href="/s/9">weer</a></div>'
    page = f"<main><article><h1>{HEADLINE}</h1><p>{TEXT}</p>{own}</article></main>{foot}"
    assert fields(html(page)).tags == ("plein", "raad")


def test_a_headline_that_a_quotation_mark_ended_in_its_tag_is_read_from_the_page() -> None:
    headline = 'Plein gaat op de schop en krijgt "koninklijk bezoek"'
    head = f'<meta property="og:type" content="article"><meta property="og:title" content="{headline}">'
    assert read(head, f"<h1>{headline}</h1>") == headline
