"""Which text of a page is read as its article: situations met on real sites, in pages of ours."""

from __future__ import annotations

import re

import pytest

from archive.model.types import Article, BlockKind, PageKind, SiteMemory
from crawler.extract.article import extract
from crawler.extract.article import read as trace
from tests.crawler.extract.pages import SITE, capture, html

HEADLINE = "Plein gaat op de schop na de zomer"
FIRST = (
    "De gemeente gaat het plein in het centrum na de zomer opnieuw inrichten. Dat heeft het college "
    "dinsdag besloten, na overleg met bewoners, winkeliers en de marktmeester."
)
SECOND = (
    "Er komen meer bomen en minder parkeerplaatsen. Volgens wethouder Van Dam is het plein 's zomers nu te "
    "heet en staat er na een bui water voor de deur van de bibliotheek."
)
THIRD = (
    "Het werk begint in september en duurt tot de kerst. De weekmarkt staat in die maanden op de Kerkstraat, "
    "waar ook de kermis een plek krijgt. Bewoners krijgen deze week een brief."
)
COMMENT = (
    "Eindelijk gebeurt er iets aan dat hete plein, al had ik liever gezien dat ze met het stationsgebied "
    "waren begonnen, want daar is het nog veel erger en loopt iedereen te mopperen."
)
PLAIN = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"


def read(body: str, *, head: str = "", memory: SiteMemory | None = None) -> Article:
    """A page with our headline, read."""
    page = html(body, head=f"<title>{HEADLINE} - De Bode</title>{head}")
    return extract(capture(page), SITE, memory or SiteMemory(site="bode"))


def paragraphs(article: Article) -> list[str]:
    return article.text.split("\n")


@pytest.mark.parametrize(
    "names",
    [
        "story disqus-enabled enableCommentsCount comment-list-open",
        "cmp-container container-1f2e3d",
        "wrapper newsletter-box-above",
        "allenai-content-container",
    ],
)
def test_a_name_of_furniture_on_the_whole_article_says_nothing(names: str) -> None:
    article = read(f'<main><div class="{names}"><h1>{HEADLINE}</h1>{PLAIN}</div></main>')
    assert paragraphs(article) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "names", ["comments", "comments_displayed", "reacties", "comment-text", "kommentare-box"]
)
def test_what_readers_wrote_is_left_out_by_the_name_of_its_element(names: str) -> None:
    comments = f'<div class="{names}">{f"<p>{COMMENT}</p>" * 9}</div>'
    article = read(f"<main><article><h1>{HEADLINE}</h1>{PLAIN}{comments}</article></main>")
    assert paragraphs(article) == [FIRST, SECOND, THIRD]


def test_a_page_of_opinion_is_no_comment() -> None:
    article = read(f'<main><div class="comment"><h1>{HEADLINE}</h1>{PLAIN}</div></main>')
    assert paragraphs(article) == [FIRST, SECOND, THIRD]


def test_comments_without_a_name_are_known_by_their_heading_and_their_signatures() -> None:
    signed = "".join(
        f"<p>{COMMENT}</p><p>Geplaatst door Lezer {number} op 3 mei 2021 om 1{number}:30</p>"
        for number in range(5)
    )
    article = read(f"<main><div><h1>{HEADLINE}</h1>{PLAIN}<h3>Reacties</h3>{signed}</div></main>")
    assert paragraphs(article) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    ("heading", "item"),
    [
        ("Reacties (2)", "<li><b>Wim</b><p>{}</p></li>"),
        ("2 reacties", "<div><b>Wim</b><p>{}</p></div>"),
        ("Comments (2)", "<p>{}</p>"),
        ("Kommentare", "<li>{}</li>"),
        ("Reacties", "<article><p>{}</p></article>"),
    ],
)
def test_unsigned_comments_are_known_by_a_heading_that_counts_them_or_a_list_below_it(
    heading: str, item: str
) -> None:
    items = item.format(COMMENT) + item.format(COMMENT.replace("hete", "kale"))
    article = read(f"<main><article><h1>{HEADLINE}</h1>{PLAIN}<h3>{heading}</h3>{items}</article></main>")
    assert paragraphs(article) == [FIRST, SECOND, THIRD]


def test_prose_under_a_crosshead_that_says_reactions_is_the_articles_own() -> None:
    body = f"<p>{FIRST}</p><p>{SECOND}</p><h3>Reacties</h3><p>{THIRD}</p>"
    article = read(f"<main><article><h1>{HEADLINE}</h1>{body}</article></main>")
    assert THIRD in paragraphs(article)


@pytest.mark.parametrize("end", ["…", " [...]", "...", ""])
def test_an_excerpt_that_the_text_repeats_is_no_lead(end: str) -> None:
    excerpt = FIRST if not end else FIRST[:120] + end
    body = f'<main><h1>{HEADLINE}</h1><p class="intro">{excerpt}</p><div class="entry">{PLAIN}</div></main>'
    article = read(body, head=f'<meta name="description" content="{excerpt}">')
    assert paragraphs(article) == [FIRST, SECOND, THIRD]


def test_a_lead_with_words_of_its_own_is_kept() -> None:
    lead = "Meer bomen, minder auto's: na de zomer krijgt het centrum eindelijk een ander plein."
    article = read(f'<main><h1>{HEADLINE}</h1><p class="intro">{lead}</p><div>{PLAIN}</div></main>')
    assert article.blocks[0].text == lead
    assert article.blocks[0].kind is BlockKind.LEAD


def test_short_lines_among_the_paragraphs_are_theirs() -> None:
    lines = ["Uitslagen", "HVC 2 - Sparta 0-0", "Buren - De Haar 2-3"]
    body = "".join(f'<div class="css-{at}"><div>{line}</div></div>' for at, line in enumerate(lines))
    article = read(
        f"<main><h1>{HEADLINE}</h1><div><p>{FIRST}</p><p>{SECOND}</p>{body}<p>{THIRD}</p></div></main>"
    )
    assert paragraphs(article) == [FIRST, SECOND, *lines, THIRD]


def test_an_article_of_two_words_is_found() -> None:
    article = read(
        f"<nav><a href='/'>Home</a></nav><div><header><h1>{HEADLINE}</h1></header>"
        "<article class='post'><div><a href='/oplossing.pdf'>Toon oplossing</a></div></article></div>"
        "<footer><p>De Bode is een uitgave van de stichting Nieuws in het Dorp en verschijnt elke week.</p>"
        "</footer>"
    )
    assert paragraphs(article) == ["Toon oplossing"]


def test_a_text_that_stands_twice_for_two_screens_is_read_once() -> None:
    article = read(
        f'<main><h1>{HEADLINE}</h1><div class="desktop">{PLAIN}</div><div class="mobile">{PLAIN}</div></main>'
    )
    assert paragraphs(article) == [FIRST, SECOND, THIRD]


def test_a_text_that_says_a_thing_again_keeps_it() -> None:
    longer = "".join(f"<p>{number}. {SECOND}</p>" for number in range(1, 6))
    article = read(
        f"<main><h1>{HEADLINE}</h1><div><p>{FIRST}</p>{longer}<p>{FIRST}</p><p>{THIRD}</p></div></main>"
    )
    assert paragraphs(article).count(FIRST) == 2


@pytest.mark.parametrize(
    ("page", "times"),
    [
        ("<div><p>{0}</p><p>{0}</p><p>{1}</p></div>", 2),
        ("<div><p>{0}</p><p>{0}</p></div>", 2),
        ('<div><p class="lead">{0}</p><p>{0}</p><p>{1}</p></div>', 1),
        ("<div><div><p>{0}</p></div><div><p>{0}</p></div><p>{1}</p></div>", 1),
    ],
    ids=["by the writer", "by the writer, in a brief", "as a lead too", "for two screens"],
)
def test_a_paragraph_right_below_itself_is_said_twice_where_both_are_of_one_kind(
    page: str, times: int
) -> None:
    article = read(f"<main><article><h1>{HEADLINE}</h1>{page.format(FIRST, SECOND)}</article></main>")
    assert paragraphs(article).count(FIRST) == times


def test_running_text_under_a_captions_class_name_is_text() -> None:
    body = "".join(f'<p class="text caption-size-m">{text}</p>' for text in (FIRST, SECOND, THIRD))
    article = read(f"<main><article><h1>{HEADLINE}</h1>{body}</article></main>")
    assert paragraphs(article) == [FIRST, SECOND, THIRD]


def test_a_page_without_text_gives_none_and_no_error() -> None:
    assert read("").text == ""


def test_a_lead_is_found_below_the_lines_about_the_article() -> None:
    lead = "Bewoners en winkeliers kijken uit naar een koeler en groener centrum."
    about = "<div>13 april 2021, 09.50 uur</div><div>Leestijd: 2 min</div><div>Anhören</div><div>Merken</div>"
    article = read(f"<main><header><h1>{HEADLINE}</h1>{about}<p>{lead}</p></header><div>{PLAIN}</div></main>")
    assert paragraphs(article) == [lead, FIRST, SECOND, THIRD]


def test_a_headline_with_a_kicker_before_it_is_no_text() -> None:
    article = read(f"<main><article><h1>Centrum {HEADLINE}</h1>{PLAIN}</article></main>")
    assert paragraphs(article) == [FIRST, SECOND, THIRD]


def test_a_closing_quotation_is_the_articles_where_the_page_says_that_its_body_goes_on() -> None:
    """Short, set apart and with a link in it, it looks like what stands below an article."""
    article = read(
        f"<div class=item-page><div class=page-header><h2 itemprop=headline>{HEADLINE}</h2></div>"
        "<dl class=article-info><dt class=article-info-term>Details</dt>"
        "<dd class=createdby>Geschreven door <span itemprop=name>Roos El Amrani</span></dd>"
        "<dd class=create>Gemaakt: Woensdag, 19 augustus 2026 10:13</dd><dd class=hits>Hits: 41455</dd></dl>"
        f"<div itemprop=articleBody><p>De winkel sluit na 88 jaar, zegt de familie.</p>{PLAIN}"
        "<p><strong>Opening van het plein</strong></p><p>De winkel is open vanaf 13.50 uur.</p>"
        "<blockquote><p>„Wie hier komt om haast te <a href=/zoeken>hebben, is</a> verkeerd.”</p>"
        "</blockquote></div>"
        "<ul class=pager><li><a>Vorige</a></li><li><a>Volgende</a></li></ul></div>"
        "<div class=moduletable><h3>Laatste nieuws</h3><ul class=latestnews>"
        + "".join(f"<li><a href=/nieuws/{n}>Doarpsfeest Dokkum lukt besikers {n}</a></li>" for n in range(5))
        + "</ul></div>"
    )
    assert paragraphs(article)[-1] == "„Wie hier komt om haast te hebben, is verkeerd.”"


@pytest.mark.parametrize(
    "aside",
    [
        '<td><b>Laatste nieuws</b><br><a href="/1">Brug dicht</a><br><a href="/2">Zwembad open</a>'
        "<br><br>Het weer: eerst wat zon, later op de dag kans op een bui, maximaal 14 graden.</td>",
        '<td><b>Neueste Meldungen</b><br><a href="/1">Brücke zu</a><br><a href="/2">Freibad öffnet</a>'
        "<br><br>Das Wetter: erst Sonne, später am Tag einzelne Schauer bei höchstens 14 Grad.</td>",
        '<td><b>Petites annonces</b><br><a href="/1">Pont fermé</a><br><a href="/2">La piscine ouvre</a>'
        "<br><br>Météo : soleil puis averses en fin de journée, maximum 14 degrés.</td>",
    ],
    ids=["Dutch", "German", "French"],
)
def test_on_a_page_laid_out_with_tables_the_column_beside_the_article_and_the_sites_name_stay_out(
    aside: str,
) -> None:
    article = read(
        "<table><tr><td><font><b>De Bode</b></font></td></tr>"
        f"<tr><td><table><tr><td><b>{HEADLINE}</b></td></tr>"
        f"<tr><td><font>{FIRST}<br><br>{SECOND}<br><br>{THIRD}"
        "</font></td></tr><tr><td><b>Meer berichten</b></td></tr>"
        "<tr><td><b>Auto zoeker</b></td></tr></table></td>"
        f"{aside}</tr></table>"
    )
    assert paragraphs(article) == [FIRST, SECOND, THIRD]


def test_a_list_of_articles_in_which_the_article_itself_stands_is_not_left_out() -> None:
    """A container that opens with such a heading, and has the text after it."""
    listed = "".join(f'<p><a href="/{number}">Nog een bericht uit de streek</a></p>' for number in range(40))
    article = read(f"<main><h4>Laatste nieuws</h4>{listed}<h1>{HEADLINE}</h1>{PLAIN}</main>")
    assert paragraphs(article) == [FIRST, SECOND, THIRD]


def test_a_plea_between_the_paragraphs_is_left_out() -> None:
    plea = "<p>Meld je aan voor onze nieuwsbrief en ontvang elke week het laatste nieuws in je mailbox.</p>"
    article = read(f"<main><h1>{HEADLINE}</h1><p>{FIRST}</p>{plea}<p>{SECOND}</p><p>{THIRD}</p></main>")
    assert paragraphs(article) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    ("piece", "left_out"),
    [
        (
            '<p style="display:none">Deze alinea staat alleen in de bron van de pagina.</p>',
            "alleen in de bron",
        ),
        ("<p hidden>Deze alinea staat alleen in de bron van de pagina.</p>", "alleen in de bron"),
        (
            '<p>Zie het <a href="/b">besluit<span class="sr-only"> (externe link)</span></a>.</p>',
            "externe link",
        ),
        ('<p>See <a href="/b">this<span class="visually-hidden"> opens anew</span></a>.</p>', "opens anew"),
        ("<p><em>(Tekst gaat verder onder de foto)</em></p>", "gaat verder"),
        ("<p>(Der Text wird unter dem Bild fortgesetzt.)</p>", "fortgesetzt"),
        ("<p>La suite après la vidéo</p>", "La suite"),
        ("<p>Lês ek: <a href='/x'>Bakker hâldt op</a></p>", "Lês ek"),
        ("<p>Meer lezen over: <a href='/t/x'>bruggen</a></p>", "Meer lezen"),
        (
            "<div><h4>Schrijf je in voor onze nieuwsbrief</h4><p>Elke vrijdag in je inbox.</p></div>",
            "Elke vrijdag",
        ),
        (
            '<div class="video-js"><p>Video wordt geladen.</p><p>Volume 50 Current Time 0:00</p></div>',
            "Volume",
        ),
        ("<p>Dit artikel is alleen voor abonnees.</p>", "abonnees"),
        (
            '<div class="t"><h3>Vielleicht auch spannend</h3><div><h4><a href="/x">Schleuse zu</a></h4>'
            "<p>Die Schleuse ist seit September zu, und die Schiffer klagen bei der Provinz.</p></div></div>",
            "Schiffer",
        ),
        (
            '<ul class="fotostrecke">'
            + "".join(
                f'<li><a href="/f/{n}"><h2>Noch ein Bild</h2></a><p>Ein Haus am Platz, Nummer {n}.</p></li>'
                for n in range(4)
            )
            + "</ul>",
            "Ein Haus",
        ),
        (
            "<ul>"
            + "".join(f"<li><h3>{n}/5 Un autre</h3><p>Une maison, numéro {n}.</p></li>" for n in range(1, 6))
            + "</ul>",
            "maison",
        ),
    ],
)
def test_what_nobody_sees_and_what_is_of_other_articles_is_left_out(piece: str, left_out: str) -> None:
    body = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
    for placed in (f"<p>{FIRST}</p>{piece}<p>{SECOND}</p><p>{THIRD}</p>", f"{body}{piece}"):
        article = read(f"<main><article><h1>{HEADLINE}</h1>{placed}</article></main>")
        assert left_out not in article.text
        assert all(each in article.text for each in (FIRST, SECOND, THIRD))


def test_a_text_that_waits_for_a_script_is_read() -> None:
    body = f'<p>{FIRST}</p><div style="display:none" class="more"><p>{SECOND}</p><p>{THIRD}</p></div>'
    assert THIRD in read(f"<main><article><h1>{HEADLINE}</h1>{body}</article></main>").text


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (f'<a name="top"><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>', SECOND),
        (f'<div class="dropcap">{FIRST[0]}</div><p>{FIRST[1:]}</p><p>{SECOND}</p><p>{THIRD}</p>', ""),
        (f'<p><span class="cap">{FIRST[0]}</span>{FIRST[1:]}</p><p>{SECOND}</p><p>{THIRD}</p>', FIRST),
        (f'<x-body><template shadowrootmode="open">{PLAIN}</template></x-body>', SECOND),
        (
            f"<p>{FIRST}</p><p>De stukken staan online:</p>"
            '<ul><li><a href="https://a.example/1">Rapport van het bureau</a></li>'
            f'<li><a href="https://a.example/2">Brief aan de raad</a></li></ul><p>{SECOND}</p><p>{THIRD}</p>',
            "Brief aan de raad",
        ),
        (
            f"<p>{FIRST}</p><figure><table><tr><td>Noord</td><td>412 stemmen</td></tr>"
            f"<tr><td>Zuid</td><td>98 stemmen</td></tr></table></figure><p>{SECOND}</p><p>{THIRD}</p>",
            "412 stemmen",
        ),
        (f"<h2><p>Bomen erbij en auto's eraf, zegt de wethouder</p></h2>{PLAIN}", "Bomen erbij"),
    ],
    ids=[
        "an anchor that is never closed",
        "a capital in a box",
        "a capital in a span",
        "a shadow root",
        "a list of links that a line announces",
        "a table in a figure",
        "a line as lead",
    ],
)
def test_what_is_the_articles_own_is_kept(body: str, wanted: str) -> None:
    article = read(f"<main><article><h1>{HEADLINE}</h1>{body}</article></main>")
    assert wanted in article.text
    assert FIRST in article.text


@pytest.mark.parametrize(
    "names",
    [
        "reactielijst",
        "lezersreacties",
        "kommentarbereich",
        "leserkommentare",
        "liste-commentaires",
        "comments-section",
    ],
)
def test_comments_are_known_by_the_names_of_many_languages(names: str) -> None:
    said = f'<div class="{names}"><h3>Antworten (2)</h3><p>{COMMENT}</p><p>{COMMENT}</p></div>'
    article = read(f"<main><article><h1>{HEADLINE}</h1>{PLAIN}</article></main>{said}")
    assert COMMENT not in article.text


@pytest.mark.parametrize(
    ("piece", "wanted"),
    [
        ("<table><tr><td>Quick</td><td>3-1</td></tr><tr><td>Goor</td><td>0-0</td></tr></table>", "3-1"),
        ("<table><tr><th>Partei</th><th>Sitze</th></tr><tr><td>Die Mitte</td><td>7</td></tr></table>", "7"),
        ("<dl><dt>Quand</dt><dd>Le 3 mars à la mairie</dd></dl>", "Le 3 mars à la mairie"),
        ('<aside class="factbox"><h3>Feiten</h3><p>De brug is 80 meter.</p></aside>', "De brug is 80 meter."),
        ('<div class="faktenbox"><p>Die Brücke ist 80 Meter.</p></div>', "Die Brücke ist 80 Meter."),
    ],
    ids=["a score", "seats", "a list of facts", "a fact box", "a German fact box"],
)  # fmt: skip
@pytest.mark.parametrize("place", ["after the text", "in the midst of it"])
def test_what_an_editor_corrects_in_a_table_or_box_is_read(piece: str, wanted: str, place: str) -> None:
    midst = f"<p>{FIRST}</p>{piece}<p>{SECOND}</p><p>{THIRD}</p>"
    body = f"{PLAIN}{piece}" if place == "after the text" else midst
    article = read(f"<main><article><h1>{HEADLINE}</h1>{body}</article></main>")
    assert wanted in [block.text for block in article.blocks]


@pytest.mark.parametrize(
    "piece",
    [
        "<table><tr><td>Quick</td><td>3-1</td></tr><tr><td>Goor</td><td>0-0</td></tr></table>",
        "<figure><table><tr><td>Entree</td><td>3-1</td></tr></table></figure>",
        "<dl><dt>Wanneer</dt><dd>3 maart, 20.00 uur</dd><dt>Stand</dt><dd>3-1</dd></dl>",
    ],
    ids=["a table", "a table in a figure", "facts with a day among them"],
)
def test_a_table_of_the_article_that_stands_outside_the_container_of_its_text_is_seen(piece: str) -> None:
    article = read(
        f"<main><article><h1>{HEADLINE}</h1><div class='text'>{PLAIN}</div><p>Deel dit</p>{piece}</article>"
        "</main>"
    )
    assert "3-1" in [block.text for block in article.blocks]
    assert "3-1" not in article.text, "it stands beside the text"


@pytest.mark.parametrize("names", ["post-meta", "article-tags", "view-counter"])
def test_a_table_about_the_page_is_none_of_its_journalism(names: str) -> None:
    piece = f'<dl class="{names}"><dt>Bekeken</dt><dd>1204 keer</dd></dl>'
    article = read(f"<main><article><h1>{HEADLINE}</h1>{PLAIN}{piece}</article></main>")
    assert "1204 keer" not in [block.text for block in article.blocks]


@pytest.mark.parametrize("count", [5, 14])
@pytest.mark.parametrize("tag", ["article", "div"])
def test_excerpts_below_a_short_article_are_no_text_of_it_however_many(count: int, tag: str) -> None:
    excerpts = "".join(
        f'<{tag} class="item"><h2><a href="/2026/{n}/">Ander bericht nummer {n} uit de streek</a></h2>'
        f'<time datetime="2026-03-{n + 1:02}T10:00:00+01:00">{n + 1} maart</time>'
        f"<p>{COMMENT[: 150 + n]} […]</p></{tag}>"
        for n in range(count)
    )
    article = read(
        f"<main><article><h1>{HEADLINE}</h1><p>{FIRST}</p></article><section>{excerpts}</section></main>",
        head='<meta property="og:type" content="article">',
    )
    assert (article.kind, article.text) == (PageKind.ARTICLE, FIRST)


@pytest.mark.parametrize("tag", ["article", "div"], ids=["in an article element", "in no article element"])
@pytest.mark.parametrize("heading", ["Meer berichten", "Mehr zum Thema", "Lire aussi"])
def test_excerpts_below_a_brief_are_no_text_of_it(heading: str, tag: str) -> None:
    brief = "Op de Kade heeft een wagen dinsdag zes kratten bier verloren. Het opruimen duurde tot acht uur."
    excerpts = "".join(
        f'<article class="excerpt"><h2><a href="/2026/{n}/">Ander bericht nummer {n}</a></h2>'
        f'<time datetime="2026-03-{n:02}T12:17:00+01:00">{n} maart</time><p>{COMMENT[:150]} […]</p></article>'
        for n in range(1, 13)
    )
    stated = f'{{"@type": "NewsArticle", "headline": "{HEADLINE}"}}'
    article = read(
        f'<main><{tag} class="post"><h1>{HEADLINE}</h1><p>{brief}</p></{tag}>'
        f'<section class="more-posts"><h2>{heading}</h2>{excerpts}</section></main>',
        head=f'<script type="application/ld+json">{stated}</script>',
    )
    assert (article.kind, article.text) == (PageKind.ARTICLE, brief)


EXCERPTS = {
    "Schrik in de buurt na brand": "[KADE] Een schuur aan de Weg is afgebrand. Twee bewoners ademden rook…",
    "Stroomnet rond dorp is vol": "Het net zit vol, en dat begint pijn te doen. Wie wil bouwen, staat op…",
    "Bijzondere vondst in de kerk": "Onder de vloer lagen 139 munten uit 1772. Archeologen zijn er blij mee.",
}
"""Headlines and the first words of other articles."""
LISTS = {
    "items of a list": ("<ul>{}</ul>", "<li>{a}<p>{p}</p></li>"),
    "boxes": ("<div>{}</div>", "<div>{a}<p>{p}</p></div>"),
    "boxes that stand by themselves": ("{}", "<div><h4>{a}</h4><p>{p}</p></div>"),
    "bold lines": ("<div>{}</div>", "<div><strong>{a}</strong><br>{p}</div>"),
    "paragraphs by turns": ("{}", "<p>{a}</p><p>{p}</p>"),
    "rows of a table": ("<table>{}</table>", "<tr><td>{a}</td></tr><tr><td>{p}</td></tr>"),
    "excerpts that end with a link": ("<div>{}</div>", '<p>{p} <a href="{href}">Lees verder</a></p>'),
}
"""How pages list other articles: around the list, of each."""


def a_list(manner: str) -> str:
    around, each = LISTS[manner]
    listed = (
        each.format(a=f'<a href="/n/{n}">{title}</a>', p=text, href=f"/n/{n}")
        for n, (title, text) in enumerate(EXCERPTS.items())
    )
    return around.format("".join(listed))


@pytest.mark.parametrize("heading", ["Meer berichten", "Mehr zum Thema", "Lire aussi", "More stories"])
@pytest.mark.parametrize("manner", LISTS)
@pytest.mark.parametrize(
    "page",
    ["<main>{}<h4>{}</h4>{}</main>", "<main>{}<aside><h4>{}</h4>{}</aside></main>"],
    ids=["beside the heading", "in a box with it"],
)
def test_what_a_heading_announces_below_a_brief_is_no_text_of_it(
    page: str, manner: str, heading: str
) -> None:
    brief = (
        "Op de Kade opent woensdag een ijssalon. Eigenaar Theo Bos verwelkomt de eerste klanten om half een."
    )
    stated = f'{{"@type": "NewsArticle", "headline": "{HEADLINE}"}}'
    article = read(
        page.format(f"<h1>{HEADLINE}</h1><div><p>{brief}</p></div>", heading, a_list(manner)),
        head=f'<script type="application/ld+json">{stated}</script>',
    )
    assert (article.kind, article.text) == (PageKind.ARTICLE, brief)


BREAK_OFF = dict(list(EXCERPTS.items())[:2]) | {
    "Zonnepark stuit op verzet": "Een groep bewoners legt zich niet neer bij het plan en stapt naar de…"
}
UNANNOUNCED = LISTS | {
    "whole links": ("<div>{}</div>", '<a href="{href}"><h3>{title}</h3><p>{p}</p></a>'),
    "lines with a date in them": ("<ul>{}</ul>", "<li>{a} <small>2{n}.Mar.2026</small><br>{p}</li>"),
    "below a section": ("<div>{}</div>", "<div><span>Sport</span>{a}<p>{p}</p></div>"),
    "behind an hour": ("<div>{}</div>", "<div><span>12:0{n}</span> {a}<p>{p}</p></div>"),
    "terms and their meanings": ("<dl>{}</dl>", "<dt>{a}</dt><dd>{p}</dd>"),
}


def rows(manner: tuple[str, str], excerpts: dict[str, str]) -> str:
    around, each = manner
    return around.format(
        "".join(
            each.format(a=f'<a href="/n/{n}">{title}</a>', title=title, p=text, href=f"/n/{n}", n=n)
            for n, (title, text) in enumerate(excerpts.items())
        )
    )


@pytest.mark.parametrize("manner", UNANNOUNCED)
@pytest.mark.parametrize(
    "page",
    [
        "<main><h1>{h}</h1><div>{b}</div>{l}</main>",
        "<main><h1>{h}</h1><div>{b}{l}</div></main>",
        "<main><article><h1>{h}</h1><div>{b}</div><div>{l}</div></article></main>",
    ],
    ids=["beside the text", "in one box with it", "in the article"],
)
def test_excerpts_of_other_articles_that_break_off_are_no_text_though_nothing_announces_them(
    page: str, manner: str
) -> None:
    brief = (
        "Op de Kade opent woensdag een ijssalon. Eigenaar Theo Bos verwelkomt de eerste klanten om half een."
    )
    stated = f'{{"@type": "NewsArticle", "headline": "{HEADLINE}"}}'
    article = read(
        page.format(h=HEADLINE, b=f"<p>{brief}</p>", l=rows(UNANNOUNCED[manner], BREAK_OFF)),
        head=f'<script type="application/ld+json">{stated}</script>',
    )
    assert (article.kind, article.text) == (PageKind.ARTICLE, brief)


OWN = {
    "a link for a paragraph": '<p><a href="/n/1">Het hele verslag van de vergadering staat hier.</a></p>',
    "what somebody does not say": (
        '<p>Hij zei: ja, maar <a href="/n/1">dat weten we nog niet zo zeker</a>...</p>'
        '<p>En ook nog: <a href="/n/2">dat zien we dan wel weer eens</a>...</p>'
    ),
    "what a colon announces": (
        '<p>De plannen zijn:</p><ul><li><a href="/n/1">Een brug</a> over de rivier, die in mei opent...</li>'
        '<li><a href="/n/2">Een park</a> bij de kerk, dat er in de herfst moet zijn...</li></ul>'
    ),
    "links in a text": (
        '<p>De raad wil <a href="/n/1">een brug</a> over de rivier, en dat wordt nog een lange weg...</p>'
        '<p>Ook wil hij <a href="/n/2">een park</a> bij de kerk, maar dat wil de buurt helemaal niet...</p>'
    ),
}


@pytest.mark.parametrize("own", OWN.values(), ids=OWN)
def test_what_leads_elsewhere_and_breaks_off_in_a_text_is_text_all_the_same(own: str) -> None:
    article = read(f"<main><h1>{HEADLINE}</h1><div>{PLAIN}{own}<p>{COMMENT}</p></div></main>")
    for line in re.findall(r"(?<=<li>).*?(?=</li>)|(?<=<p>).*?(?=</p>)", own):
        assert re.sub("<[^>]+>", "", line) in article.text


@pytest.mark.parametrize("listed", ["<p>{}</p>", "<ul><li>{}</li></ul>"])
def test_a_text_goes_on_below_what_a_heading_announces_in_its_midst(listed: str) -> None:
    links = listed.format('<a href="/n/1">Stroomnet rond dorp is vol</a>') * 2
    article = read(
        f"<main><h1>{HEADLINE}</h1><div>{PLAIN}<h4>Lees ook</h4>{links}<p>{COMMENT}</p></div></main>"
    )
    assert COMMENT in article.text


@pytest.mark.parametrize("heading", ["<b>Vastgezet bericht</b><br>", "<h4>Van de redactie</h4>", ""])
@pytest.mark.parametrize("box", ["<table><tr><td>{}</td></tr></table>", '<div class="vast">{}</div>'])
def test_a_notice_in_a_box_above_the_headline_is_no_text(box: str, heading: str) -> None:
    notice = "Onze krant zoekt een nieuwe eigenaar. Wie de site wil overnemen, kan zich melden bij ons."
    page = f"{box.format(heading + notice)}<h1>{HEADLINE}</h1><div>{PLAIN}</div>"
    assert notice not in read(page).text


def test_a_lead_above_the_headline_is_text() -> None:
    article = read(f'<main><p class="intro">{FIRST}</p><h1>{HEADLINE}</h1><div>{PLAIN}</div></main>')
    assert FIRST in article.text


def test_links_in_a_list_below_a_brief_are_no_text_though_one_scores_as_text_does() -> None:
    brief = "Aan de Kade heeft vrijdag een schuur gebrand. De brandweer had het vuur om zes uur uit."
    titles = (
        "Loods aan de weg gaat in vlammen op",
        "Bijzondere vondst in de kerk",
        "Zonnepark stuit op verzet",
    )
    links = "".join(
        f'<li><a href="/{n}">{each}</a> <small>24.Mar.2026</small></li>' for n, each in enumerate(titles)
    )
    article = read(
        f'<h1>{HEADLINE}</h1><font size="1">27.Mar.2026</font><br><div>{brief}</div><hr>'
        f"<h3>Van deze week:</h3><ul>{links}</ul>"
    )
    assert article.text == brief


def test_a_ticker_above_the_headline_that_names_it_too_is_above_it() -> None:
    lines = (
        HEADLINE,
        "Meester Tijn en 286 zingende kinderen",
        "In beeld: wandelen door het veen bij de Kade",
    )
    ticker = "".join(f"<li>{each}</li>" for each in lines)
    page = html(f"<ul>{ticker}</ul><main><article><h1>{HEADLINE}</h1><p>{FIRST}</p></article></main>")
    judged = {each.run.text: each for each in trace(capture(page), SITE, SiteMemory(site="bode")).judged}
    assert [judged[each].why for each in lines[1:]] == ["above the headline"] * 2
