"""What interrupts an article or follows it: other articles, galleries, pleas, notices of embedded posts."""

from __future__ import annotations

import pytest

from archive.model.types import Article, SiteMemory
from crawler.extract.article import extract
from tests.crawler.extract.pages import SITE, capture, html

FIRST = "De gemeente sluit het zwembad aan de Vijverlaan vanaf januari, omdat het dak niet langer veilig is."
SECOND = "Zwemclubs zijn verbaasd. Zij moeten straks uitwijken naar andere baden, en vrezen voor hun leden."
THIRD = "De raad spreekt er volgende week over. Tot die tijd blijft het bad open voor lessen van de scholen."
OTHER = "De sluis is al sinds september buiten gebruik, en de schippers klagen bij de provincie over schade."


def read(body: str) -> Article:
    page = html(f"<main><article><h1>Gemeente sluit zwembad</h1>{body}</article></main>")
    return extract(capture(page), SITE, SiteMemory(site="bode"))


def lines(article: Article) -> list[str]:
    return [line for line in article.text.split("\n") if line]


def around(piece: str) -> list[list[str]]:
    """The lines of an article with *piece* in its midst, and of one with it at its end."""
    midst = read(f"<p>{FIRST}</p>{piece}<p>{SECOND}</p><p>{THIRD}</p>")
    end = read(f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>{piece}")
    return [lines(midst), lines(end)]


@pytest.mark.parametrize(
    "piece",
    [
        f'<div><h2>Verder in de stad</h2><ul><li><a href="/x">Sluis dicht</a><p>{OTHER}</p></li></ul></div>',
        f'<div class="promo"><span>Ook in de buurt</span> <a href="/x">Sluis dicht</a><p>{OTHER}</p></div>',
        '<p><strong>Meer van Anna</strong></p><p><a href="/x">Sluis dicht voor alle schippers nu</a></p>',
    ],
    ids=["a list", "a box", "a line below a label"],
)
def test_a_small_box_that_leads_to_another_article_is_no_text_under_any_heading(piece: str) -> None:
    assert around(piece) == [[FIRST, SECOND, THIRD]] * 2


def test_a_line_that_leads_elsewhere_stays_where_the_text_announces_it() -> None:
    line = '<p><a href="/x">Sluis dicht voor alle schippers op de rivier</a></p>'
    article = read(
        f"<p>{FIRST}</p><p>Eerder schreven wij over de sluis:</p>{line}<p>{SECOND}</p><p>{THIRD}</p>"
    )
    assert "Sluis dicht voor alle schippers op de rivier" in article.text


def test_a_lead_below_a_linked_writer_stays() -> None:
    lead = "Het zwembad gaat dicht en de clubs zijn boos op de wethouder."
    article = read(
        f'<div><p><a href="/auteur/anna">Anna Bakker</a></p><p>{lead}</p></div><p>{FIRST}</p><p>{SECOND}</p>'
    )
    assert lead in article.text


@pytest.mark.parametrize(
    ("classes", "heading"),
    [
        ("bxslider", '<a href="/n">Zandwijk %d</a>'),
        ("owl-carousel", '<a href="/n">Zandwijk %d</a>'),
        ("nieuws-slider", "Zandwijk %d"),
        ("beelden", "Foto %d van 6"),
    ],
)
def test_a_gallery_of_other_news_is_known_by_its_name_or_its_numbers(classes: str, heading: str) -> None:
    text = "De supermarkt in Zandwijk gaat verbouwen, zei de eigenaar gisteren tegen deze krant."
    slides = "".join(f"<div><h3>{heading % n}</h3><p>{text}</p></div>" for n in range(1, 7))
    assert around(f'<div class="{classes}">{slides}</div>') == [[FIRST, SECOND, THIRD]] * 2


def test_the_numbered_steps_of_a_recipe_stay() -> None:
    steps = "".join(f"<h3>{n} van 4</h3><p>Roer het deeg nog {n} minuten door.</p>" for n in range(1, 5))
    assert (
        "Roer het deeg nog 3 minuten door."
        in read(f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>{steps}").text
    )


@pytest.mark.parametrize(
    "line",
    [
        "Verhaal gaat verder onder de foto",
        "— Text läuft unter dem Foto weiter —",
        "Deze inhoud kan niet worden getoond omdat je geen toestemming hebt gegeven voor cookies.",
        "Klik hier om te reageren",
        "Verder lezen onder de video",
        "***Please sign up for Harbour Newsletters and download the app to receive all the news.***",
        "For more harbour news, make sure to sign up for our newsletter!",
        "This article was featured in the One Boat a Day newsletter. Sign up for it here.",
        "Write to Ann Lee at ann.lee@harbour.example",
        "—Contact Ann Lee at ann.lee@harbour.example. Follow her on X, @annlee.",
        "⬇ Tekst gaat verder onder de kaart ⬇",
        "Weiter geht es unter der Anzeige",
        "Artikel wird unter dem Bild fortgesetzt",
        "L’article continue après la photo",
        "Artikeln fortsätter under bilden",
        "Dalsza część tekstu pod zdjęciem",
        "O texto continua depois da foto",
        "Juttu jatkuu kuvan jälkeen",
        "Článek pokračuje pod reklamou",
        "Bekijk deze post op Instagram",
        "View this post on Instagram",
        "Deze video kan niet worden afgespeeld.",
        "Contenu bloqué : cookies requis",
        "För att visa innehållet måste du godkänna cookies.",
        "Aby zobaczyć tę treść, musisz zaakceptować pliki cookie.",
        "Foutje gezien? Mail naar de redactie.",
        "Haben Sie einen Fehler gefunden? Schreiben Sie uns.",
        "Blijf op de hoogte! Download de gratis app van De Bode.",
        "Word lid van De Bode en steun onze journalistiek.",
    ],
)
def test_a_line_that_interrupts_the_text_is_left_out_in_any_language(line: str) -> None:
    assert around(f"<p><em>{line}</em></p>") == [[FIRST, SECOND, THIRD]] * 2


@pytest.mark.parametrize(
    "line",
    [
        "Het verhaal gaat verder dan de sluiting van een bad, zegt de wethouder.",
        "De tekst op het bord onder de foto is sinds jaren niet meer te lezen.",
        "„Volg ons als je durft”, riepen de zwemmers naar de wethouder aan de kant.",
        "Lees hier het volledige rapport van het bureau.",
    ],
)
def test_a_sentence_of_the_article_that_sounds_like_one_stays(line: str) -> None:
    assert all(line in said for said in around(f"<p>{line}</p>"))


def test_a_plea_at_the_end_of_a_short_article_takes_nothing_else_along() -> None:
    plea = "<p><strong>Follow us on Facebook and WhatsApp for the latest from Oakham.</strong></p>"
    assert lines(read(f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>{plea}")) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "line",
    [
        "Publiceret 20. november 2020 kl. 09.30. Opdateret 25. november 2020 kl. 10.12",
        "公開日：2020年11月20日 9時30分 更新日：2020年11月25日",
        "21 nov. 18 commentaires",
        "21 nov · 20 min leestijd",
        "3 tuntia sitten",
        "20-11-20",
        "Oosterhout, 20 november 2020",
        "Tweede Kamer",
        "20 november 2020 | Rode Kruis",
        "Door de redactie",
        "Par la rédaction",
    ],
)
def test_a_line_below_the_headline_that_tells_day_section_or_place_is_no_text(line: str) -> None:
    assert lines(read(f"<p>{line}</p><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>")) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "line", ["Plaats: Dorpshuis", "Het dak is lek.", "In 2019 is het bad nog verbouwd.", "„Wij zijn boos”"]
)
def test_a_line_below_the_headline_that_says_something_is_text(line: str) -> None:
    assert line in lines(read(f"<p>{line}</p><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"))


def test_an_advert_in_a_box_named_so_is_left_out_however_it_reads() -> None:
    said = "Jetzt zwanzig Prozent Rabatt auf alle Gartenmöbel im Möbelhaus an der Straße sichern."
    assert (
        around(f'<div class="anzeige-box"><small>Anzeige</small><p>{said}</p></div>')
        == [[FIRST, SECOND, THIRD]] * 2
    )


def test_pictures_of_other_news_in_a_gallery_are_left_out_under_a_heading_that_says_so() -> None:
    slides = "".join(
        f'<div class="slide"><a href="/b/{n}"><img src="/{n}.jpg"></a>'
        f"<p>Storch {n} brütet nach zehn Jahren wieder auf dem Kirchturm von Altenried</p></div>"
        for n in range(3)
    )
    gallery = f'<div class="bildergalerie"><h3>Weitere Bilder aus der Region</h3>{slides}</div>'
    assert around(gallery) == [[FIRST, SECOND, THIRD]] * 2


def test_a_list_of_documents_under_a_subhead_is_kept_whole() -> None:
    links = (
        '<li><a href="/r.pdf">The full report (PDF)</a></li>'
        '<li><a href="/m.pdf">Minutes of the meeting</a></li>'
    )
    article = read(f"<p>{FIRST}</p><p>{SECOND}</p><h3>Documents</h3><ul>{links}</ul><p>{THIRD}</p>")
    assert "The full report (PDF)" in article.text
    assert "Minutes of the meeting" in article.text


@pytest.mark.parametrize(
    "piece",
    [
        '<p><strong>Διαβάστε επίσης: <a href="/n/1">Κλείνει η παλιά γέφυρα του ποταμού</a></strong></p>',
        '<p><strong>यह भी पढ़ें: <a href="/n/1">पुराना पुल अगले महीने से बंद</a></strong></p>',
        '<p>相关阅读：<a href="/n/1">老桥下月起封闭施工两个月</a></p>',
        '<p><b>Ingen kjent merkelapp: <a href="/n/1">Gammel bru stenges for trafikk</a></b></p>',
    ],
    ids=["Greek", "Hindi", "Chinese", "a label of no list"],
)
def test_a_label_and_a_headline_that_leads_on_are_no_text_in_any_language(piece: str) -> None:
    assert around(piece) == [[FIRST, SECOND, THIRD]] * 2


@pytest.mark.parametrize(
    "piece",
    [
        '<p>Het rapport: <a href="/files/rapport.pdf">Onderzoek naar het dak van het bad</a></p>',
        '<p>Meer weten: <a href="https://zwembond.example/dak">Waarom een dak van hout lang meegaat</a></p>',
        '<p>De wethouder: <a href="/n/1">"Dit is een zwarte dag"</a>, zei hij tegen de raad en de clubs.</p>',
    ],
    ids=["a document", "another site", "a sentence with a link in it"],
)
def test_a_label_before_what_is_no_other_article_stays(piece: str) -> None:
    assert any(len(found) == 4 for found in around(piece))


@pytest.mark.parametrize(
    "piece",
    [
        "<div><h4>Poll</h4><p>Moet het bad open blijven?</p><form><label><input type=radio> Ja</label>"
        "<button>Stem</button></form><p>1.204 stemmen</p></div>",
        "<div><p>Hver morgen: det vigtigste fra byen</p><input type=email><button>OK</button></div>",
        "<div><h3>Auto's bij u in de buurt</h3><p>Vind uw volgende auto</p><select><option>A</select></div>",
    ],
    ids=["a poll", "a letter", "a search"],
)
def test_a_small_box_with_something_to_fill_in_is_no_text(piece: str) -> None:
    assert around(piece) == [[FIRST, SECOND, THIRD]] * 2


def test_a_field_in_the_box_of_the_article_takes_no_text_along() -> None:
    article = read(f"<div><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p><input type=text></div>")
    assert lines(article) == [FIRST, SECOND, THIRD]


def test_a_box_that_ends_with_an_invitation_is_no_text() -> None:
    piece = (
        "<div><h3>Ohne Sie geht es nicht</h3><p>Mit fünf Euro im Monat bleibt diese Zeitung, was sie ist.</p>"
        '<a href="/mitmachen">Jetzt mitmachen</a></div>'
    )
    assert around(piece) == [[FIRST, SECOND, THIRD]] * 2


def test_the_weather_in_the_midst_of_an_article_is_no_text_but_temperatures_of_things_are() -> None:
    days = "".join(
        f"<div><span>{day}</span><span>{degrees}°</span></div>" for day, degrees in (("Ma", 8), ("Di", 6))
    )
    assert around(f"<div><h4>Het weer in Oost</h4>{days}</div>") == [[FIRST, SECOND, THIRD]] * 2
    bags = "<ul><li>Kern: 12°C</li><li>Rand: 8°C</li></ul>"
    article = read(f"<p>{FIRST}</p><p>Het water was gemeten:</p>{bags}<p>{SECOND}</p><p>{THIRD}</p>")
    assert "Kern: 12°C" in article.text


def test_a_line_of_writer_and_hour_below_the_headline_is_no_text() -> None:
    byline = "<div>Door onze correspondent Anna Bakker in Oost<br>Gisteren, 14:20 uur</div>"
    article = read(f"{byline}<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>")
    assert (article.authors, lines(article)) == (("Anna Bakker",), [FIRST, SECOND, THIRD])


def test_what_a_box_below_the_text_says_of_its_writer_is_no_text() -> None:
    life = "<div><p><b>Anna Bakker</b></p><p>Schrijft sinds 2012 over dorpen, water en treinen.</p></div>"
    article = read(f"<p>Door Anna Bakker</p><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>{life}")
    assert (article.authors, lines(article)) == (("Anna Bakker",), [FIRST, SECOND, THIRD])
    notes = "".join(
        f"<p>{word}</p>" for word in ("Oost", "Delen", "12 maart 2021", "Foto: Jan Bos", "Zwembad")
    )
    own = read(f"{notes}<div><p>Anna Bakker</p><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></div>")
    assert [line for line in lines(own) if line in (FIRST, SECOND, THIRD)] == [FIRST, SECOND, THIRD]
    twice = f"<div><p>Anna Bakker</p><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></div>"
    assert lines(read(f"<p>Door Anna Bakker</p><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>{twice}")) == [
        FIRST,
        SECOND,
        THIRD,
    ]
