"""Who signs an article: labels, lists, signatures and jobs, in many languages."""

from __future__ import annotations

import json

import pytest

from tests.crawler.extract.pages import TEXT, fields, html


def signed(under: str, *, head: str = "", below: str = "", beside: str = "") -> tuple[str, ...]:
    """The authors of an article with *under* its headline, *below* its text, *beside* after it."""
    article = (
        f"<article><h1>Plein gaat op de schop</h1>{under}<p>{TEXT}</p><p>{TEXT} Ja.</p>{below}</article>"
    )
    return fields(html(f"<main>{article}</main>{beside}", head=head)).authors


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("Onze verslaggever: Anna Bakker", ("Anna Bakker",)),
        ("Verslaggever Anna Bakker", ("Anna Bakker",)),
        ("Ingezonden door Anna Bakker", ("Anna Bakker",)),
        ("(Door Anna Bakker)", ("Anna Bakker",)),
        ("Een reportage van Anna Bakker", ("Anna Bakker",)),
        ("Door: Anna Bakker / Wim Smit", ("Anna Bakker", "Wim Smit")),
        ("Door Ans Dijkstra-Post", ("Ans Dijkstra-Post",)),
        ("Door: ANP / Streekpost", ("ANP",)),
        ("Beeld Wim Smit, tekst Anna Bakker", ("Anna Bakker",)),
        ("Anna Bakker, verslaggever", ("Anna Bakker",)),
        ("Karin Stolz, Redakteurin", ("Karin Stolz",)),
        ("Mary Slade, Chief Reporter", ("Mary Slade",)),
        ("As told to Mary Slade", ("Mary Slade",)),
        ("Submitted by Mary Slade on Fri, 2/4/2021 - 09:30", ("Mary Slade",)),
        ("Words: Mary Slade. Illustration: Tom Reed", ("Mary Slade",)),
        ("Un article d’Anne Roux", ("Anne Roux",)),
        ("Écrit par Anne Roux", ("Anne Roux",)),
        ("Texto de Ana Ruiz", ("Ana Ruiz",)),
        ("Redacción: Ana Ruiz", ("Ana Ruiz",)),
        ("dal nostro inviato Luigi Sala", ("Luigi Sala",)),
        ("a cura di Anna Rossi", ("Anna Rossi",)),
        ("Testo di Anna Rossi, foto di Luigi Sala", ("Anna Rossi",)),
        ("Napisał: Jan Lis", ("Jan Lis",)),
        ("oprac. Jan Lis", ("Jan Lis",)),
        ("Skribent: Anna Ek", ("Anna Ek",)),
        ("Journalist: Anne Holm", ("Anne Holm",)),
        ("Kirjoittaja: Anna Virta", ("Anna Virta",)),
        ("Teksti Anna Virta Kuvat Niilo Mäki", ("Anna Virta",)),
        ("Autor článku: Anna Nová", ("Anna Nová",)),
        ("Yazar: Ayşe Demir", ("Ayşe Demir",)),
        ("Tekst & interview: Anna Bakker | Beeld: Studio Licht", ("Anna Bakker",)),
        ("文・佐藤健", ("佐藤健",)),
        ("Του Γιώργου Παπαδάκη", ("Γιώργου Παπαδάκη",)),
        ("Της Μαρίας Δήμου 2 Μαρτίου 2021, 10:30", ("Μαρίας Δήμου",)),
        ("लेखक: राजेश वर्मा", ("राजेश वर्मा",)),
        ("박민수 기자 | 입력 2021.03.02 08:15", ("박민수",)),
        ("Gedicht door Anna Bakker", ("Anna Bakker",)),
        ("Petr Novotný, redaktor", ("Petr Novotný",)),
        ("Fan ús ferslachjouwer Sytske Hiemstra", ("Sytske Hiemstra",)),
        ('<span class="assinatura">Marta Coelho</span>', ("Marta Coelho",)),
        ("Szerző: Kiss Péter", ("Kiss Péter",)),
        ("作者:李明 浏览:123次", ("李明",)),
        ("文・田中一郎 写真・鈴木花子", ("田中一郎",)),
        ("<em>김철수 기자</em> <em>이영희 기자</em>", ("김철수", "이영희")),
        ("Elif DEMİR / ANKARA, (DHA)", ("Elif Demir", "DHA")),
        ("Anna Bakker<br>2 maart 2021", ("Anna Bakker",)),
        ("2 maart 2021, 09:30<br>Anna Bakker", ("Anna Bakker",)),
        ("Anna Bakker - De Bode", ("Anna Bakker",)),
        ("Tweede Kamer<br>2 maart 2021", ()),
        ("Den Haag<br>2 maart 2021", ()),
        ("De Vries Beton - Oost", ()),
        ("Door Ria Maandag", ("Ria Maandag",)),
        ("Van onze correspondent<br>Anna Bakker", ("Anna Bakker",)),
        ("Door:</p><p>Anna Bakker", ("Anna Bakker",)),
        ("Door:</p><p>Tweede Kamer", ()),
        ("Door Zwarte Vrijdag", ()),
        ("Van onze reporter ter plaatse: Anna Bakker", ("Anna Bakker",)),
        ("Tekst i zdjęcia: Anna Lis", ("Anna Lis",)),
        ("12 april 2021 <i></i> Anna Bakker <i></i> <a href='/dorpen'>Dorpen</a>", ("Anna Bakker",)),
    ],
)
def test_a_label_introduces_who_wrote_in_any_language(line: str, authors: tuple[str, ...]) -> None:
    assert signed(f"<p>{line}</p>") == authors


@pytest.mark.parametrize(
    "line",
    [
        "12 april 2021 | Tweede Kamer",
        "12 april 2021 | Rode Kruis",
        "12 april 2021 | Eerste Divisie",
        "12. April 2021 | Deutscher Bundestag",
        "12 April 2021 | Premier League",
    ],
)
def test_a_body_or_a_cup_beside_the_date_is_nobody(line: str) -> None:
    assert signed(f"<p>{line}</p>") == ()


def test_a_name_beside_the_date_is_somebody() -> None:
    assert signed("<p>12 april 2021 | Marieke Blom</p>") == ("Marieke Blom",)


@pytest.mark.parametrize(
    ("under", "authors"),
    [
        ('<p class="byline">By Mary Slade<br>and Tom Reed</p>', ("Mary Slade", "Tom Reed")),
        ('<p class="kirjoittaja">Anna Virta</p>', ("Anna Virta",)),
        (
            '<ul class="contributors"><li><a href="/1">Mary Slade</a> <span>Education reporter</span></li>'
            '<li><a href="/2">Tom Reed</a> <span>Political editor</span></li></ul>',
            ("Mary Slade", "Tom Reed"),
        ),
        (
            '<div class="autores"><a href="/a/1">Marta Olmo</a><a href="/a/2">Jorge Vidal</a></div>',
            ("Marta Olmo", "Jorge Vidal"),
        ),
        (
            '<div class="author-box"><span>Anna Bakker</span><span>Verslaggever Dorst</span></div>',
            ("Anna Bakker",),
        ),
    ],
)
def test_a_byline_goes_on_below_its_first_line(under: str, authors: tuple[str, ...]) -> None:
    assert signed(under) == authors


@pytest.mark.parametrize(
    ("below", "authors"),
    [
        ("<p><strong>Anna Rossi</strong></p>", ("Anna Rossi",)),
        ('<p class="signature">Anne Roux</p>', ("Anne Roux",)),
        ("<p>Anna Rossi</p>", ()),
        ("<p><strong>Tweede Kamer</strong></p>", ()),
        ('<span class="author">Avec AFP</span>', ("AFP",)),
        ("<p><em>Anna Bakker en Wim Smit</em></p>", ("Anna Bakker", "Wim Smit")),
        ("<p>(AFP)</p>", ("AFP",)),
        ('<p class="quelle">Quelle: dpa</p>', ("dpa",)),
        ("<footer><span>Bron: Belga</span></footer>", ("Belga",)),
        ("<p>Bron: gemeente Dorst</p>", ()),
        (
            "<ul><li><b>Datum</b> 2.4.2021</li><li><b>Autorin/Autor</b> Karin Stolz</li></ul>",
            ("Karin Stolz",),
        ),
        ("<p>Auteur Tweede Kamer</p>", ()),
        ('<p class="ondertekening">Anna Bakker</p>', ("Anna Bakker",)),
    ],
)
def test_a_name_set_apart_at_the_end_signs(below: str, authors: tuple[str, ...]) -> None:
    assert signed("", below=below) == authors


@pytest.mark.parametrize(
    "beside",
    [
        '<div class="reactions"><p class="reaction"><span class="auteur">Luc Petit</span> Honte.</p></div>',
        '<div class="komentarze"><span class="author">Jan Lis</span><p>Wstyd.</p></div>',
    ],
)
def test_a_reader_who_comments_is_no_author_in_any_language(beside: str) -> None:
    assert signed("", beside=beside) == ()


def test_who_is_quoted_is_no_author() -> None:
    quote = '<blockquote><p>“Wij zijn boos.”</p><cite class="author">Wim Smit, voorzitter</cite></blockquote>'
    assert signed(quote) == ()


@pytest.mark.parametrize(
    "author",
    [
        [["Anna Bakker"], ["Wim Smit"]],
        {"@type": "Person", "name": {"@value": "Anna Bakker & Wim Smit", "@language": "nl"}},
        {"@list": [{"@type": "Person", "name": "Anna Bakker"}, {"name": "Wim Smit"}]},
        {"0": {"@type": "Person", "name": "Anna Bakker"}, "1": {"@type": "Person", "name": "Wim Smit"}},
        {"@type": "Person", "name": '<a href="/a">Anna Bakker</a>, Wim Smit'},
        {"@type": "Person", "author": [{"name": "Anna Bakker"}, {"name": "Wim Smit"}]},
    ],
)
def test_names_in_json_ld_are_found_in_lists_values_and_markup(author: object) -> None:
    stated = json.dumps({"@type": "NewsArticle", "headline": "Plein", "author": author})
    assert signed("", head=f'<script type="application/ld+json">{stated}</script>') == (
        "Anna Bakker",
        "Wim Smit",
    )


@pytest.mark.parametrize("heading", ["Onze verslaggevers", "Unser Team", "Meet the team", "Wie wij zijn"])
def test_the_people_of_a_newsroom_listed_beside_an_article_did_not_all_write_it(heading: str) -> None:
    people = '<ul><li class="author">Piet Vos</li><li class="author">Kim Ras</li></ul>'
    assert signed("", beside=f"<section><h3>{heading}</h3>{people}</section>") == ()


def test_a_name_in_bold_that_opens_the_description_signs_rather_than_the_account_that_posted() -> None:
    posted = json.dumps({"@type": "NewsArticle", "headline": "Plein", "author": {"name": "Bode D"}})
    head = (
        f'<script type="application/ld+json">{posted}</script>'
        '<meta name="description" content="ANNA BAKKER De gemeente gaat">'
    )
    assert signed("<p><strong>ANNA BAKKER</strong></p>", head=head) == ("Anna Bakker",)
    assert signed("", head=head) == ("Bode D",)
    bold = '<div class="author">Bode D</div><p><strong>ANNA BAKKER</strong></p>'
    assert signed(bold, head=head) == ("Anna Bakker",)  # an account of the house, by its name
    person = head.replace("Bode D", "Wim Smit")
    assert signed(bold.replace("Bode D", "Wim Smit"), head=person) == ("Wim Smit",)


def test_whom_the_page_calls_the_editor_did_not_write_it() -> None:
    stated = json.dumps({"@type": "NewsArticle", "headline": "Plein", "author": {"name": "Wim Smit"}})
    head = f'<script type="application/ld+json">{stated}</script>'
    writer = '<div class="author">Anna Bakker</div>'
    assert signed(f"{writer}<p>Editor: Wim Smit</p>", head=head) == ("Anna Bakker",)
    assert signed(writer, head=head) == ("Wim Smit",)


def test_a_word_that_introduces_a_writer_in_one_language_only_counts_there() -> None:
    body = f"<article><h1>Piața se schimbă</h1><p>De Andrei Popescu</p><p>{TEXT}</p></article>"
    assert fields(html(body, lang="ro")).authors == ("Andrei Popescu",)
    assert fields(html(body, lang="nl")).authors == ()


def test_a_name_with_an_address_for_mail_below_the_text_signs_it() -> None:
    assert signed("", below="<p>Anna Bakker<br>a.bakker@bode.example</p>") == ("Anna Bakker",)
    assert signed("", below="<p>Tips? Mail a.bakker@bode.example</p>") == ()
