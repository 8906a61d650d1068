"""What a page is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from archive.model.types import Article, Capture, PageKind, SiteMemory
from crawler.extract.article import extract
from tests.crawler.extract.pages import SITE, TEXT, capture, html, kind

K = PageKind
PATTERNED = replace(SITE, articles=(r"/nieuws/\d+/",))
NEWS = '<script type="application/ld+json">{}</script>'
ARTICLE = html(
    f"<article><h1>Plein gaat op de schop na zomer</h1><p>12 april 2021</p><p>{TEXT}</p></article>",
    head="<title>Plein gaat op de schop na zomer - De Bode</title>",
)
RELATED = "".join(
    f'<h3><a href="/nieuws/{n}/x">Een ander bericht over iets anders</a></h3>' for n in range(8)
)


def read(page: Capture) -> Article:
    """The whole reading of a page."""
    return extract(page, SITE, SiteMemory(site=SITE.name))


def described(**facts: object) -> str:
    return NEWS.format(json.dumps({"@type": "NewsArticle", "headline": "Plein gaat op de schop", **facts}))


@pytest.mark.parametrize(
    ("page", "texts"),
    [
        (ARTICLE, (TEXT,)),
        (
            html("<h1>Plein gaat op de schop na zomer</h1><p>Twee woorden.</p>", head=described()),
            ("Twee woorden.",),
        ),
        (
            html(
                "<h1>Plein gaat op de schop na zomer</h1><p>12 april 2021</p>"
                f"<p>{TEXT}</p><h2>Lees ook</h2>{RELATED}"
            ),
            (TEXT,),
        ),
        (
            html("<h1>Plein gaat op de schop</h1><p>Geplaatst op 12 april 2021</p>"),
            (
                "Het plein gaat na de zomer op de schop, zegt de wethouder tegen de raad.",
                "Dat duurt tot het voorjaar, want " * 3 + "het vriest.",
            ),
        ),
        (html("<h1>Plein gaat op de schop</h1>", classes="single single-post postid-12"), ("Kort bericht.",)),
    ],
)
def test_an_article_is_one_however_short(page: str, texts: tuple[str, ...]) -> None:
    assert kind(capture(page), texts) is K.ARTICLE


@pytest.mark.parametrize("url", ["", "file:///home/ans/krant/0001.html"])
@pytest.mark.parametrize(
    ("page", "texts", "found"),
    [
        (ARTICLE, (TEXT,), K.ARTICLE),
        (html(f"<h1>Plein gaat op de schop na zomer</h1><p>{TEXT}</p>"), (TEXT,), K.ARTICLE),
        (html(f"<h1>De Bode</h1>{RELATED}"), ("Een ander bericht.",), K.LISTING),
        (
            html(
                "<h1>Sport</h1>",
                head='<link rel="canonical" href="https://www.bode.example/category/sport/">',
            ),
            ("Een bericht.",),
            K.LISTING,
        ),
    ],
)
def test_a_page_without_an_address_is_judged_by_what_it_holds(
    url: str, page: str, texts: tuple[str, ...], found: PageKind
) -> None:
    assert kind(capture(page, url=url), texts) is found


def test_an_address_of_the_sites_pattern_is_an_articles_even_with_two_words() -> None:
    page = html(f"<h1>Uitslag</h1><p>Gelijk gespeeld.</p>{RELATED}")
    assert kind(capture(page), ("Gelijk gespeeld.",), site=PATTERNED) is K.ARTICLE


@pytest.mark.parametrize(
    ("url", "page", "texts"),
    [
        ("https://www.bode.example/", html(f"<h1>De Bode</h1>{RELATED}"), ("Een ander bericht.",)),
        ("https://www.bode.example/category/sport/", html(f"<h1>Sport</h1>{RELATED}"), ()),
        ("https://www.bode.example/2021/03/", html(f"<h1>Maart 2021</h1>{RELATED}"), ()),
        ("https://www.bode.example/?s=plein", html(f"<h1>Zoeken</h1>{RELATED}"), ()),
        ("https://www.bode.example/regio", html(f"<h1>Regio</h1>{RELATED}", classes="archive category"), ()),
        (
            "https://www.bode.example/regio",
            html(f"<h1>Regio</h1>{RELATED}"),
            ("Een teaser van een bericht…",) * 8,
        ),
        (
            "https://www.bode.example/berichten.php",
            html("<p>x</p>"),
            tuple(part for n in range(1, 7) for part in (f"Plaatsing 0{n}-03-2021", TEXT)),
        ),
    ],
)
def test_pages_that_lead_to_articles_are_listings(url: str, page: str, texts: tuple[str, ...]) -> None:
    assert kind(capture(page, url=url), texts) is K.LISTING


@pytest.mark.parametrize(
    ("page", "texts"),
    [
        (
            html("<h1>Plein gaat op de schop</h1>", head=described(isAccessibleForFree=False)),
            ("Het college wil …",),
        ),
        (html("<h1>Plein</h1>", head=described(isAccessibleForFree="False")), (TEXT[:300],)),
        (
            html('<h1>Plein</h1><div class="startPayWall">Word abonnee</div>', head=described()),
            ("Het college wil…",),
        ),
        (ARTICLE, ("Het college van burgemeester en wethouders wil het plein…",)),
    ],
)
def test_a_cut_text_behind_a_wall_is_a_teaser(page: str, texts: tuple[str, ...]) -> None:
    assert kind(capture(page), texts) is K.TEASER


def test_a_whole_text_is_no_teaser_whatever_the_page_says_of_payment() -> None:
    page = html("<h1>Plein</h1>", head=described(isAccessibleForFree=False))
    assert kind(capture(page), (TEXT * 6,)) is K.ARTICLE


def test_live_blogs_are_known_by_what_they_say_or_by_their_times() -> None:
    stated = NEWS.format(json.dumps({"@type": "LiveBlogPosting", "headline": "Storm"}))
    assert kind(capture(html("<h1>Storm</h1>", head=stated)), (TEXT,)) is K.LIVEBLOG
    entries = tuple(f"{hour}:15 De brandweer rukt uit voor een boom op de weg." for hour in range(12, 18))
    named = html("<h1>Liveblog storm: bomen om</h1>", head=described(headline="Liveblog storm: bomen om"))
    assert kind(capture(named), entries) is K.LIVEBLOG
    assert (
        kind(
            capture(html("<h1>Liveblog is klaar</h1>", head=described(headline="Liveblog is klaar"))), (TEXT,)
        )
        is K.ARTICLE
    )


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://myprivacy.uitgever.example/consent?callbackUrl=x", html("<h1>Privacy</h1>")),
        ("https://www.bode.example/cookiewall/accept?url=x", html("<p>Cookies</p>")),
        (
            "https://www.bode.example/nieuws/1/x",
            html(
                "<h1>Wij vragen uw toestemming</h1><p>Onze partners plaatsen cookies. Akkoord, of wijzig uw "
                "instellingen voor privacy.</p>",
                head="<title>Privacy-instellingen</title>",
            ),
        ),
    ],
)
def test_a_page_that_asks_for_consent_is_a_gate(url: str, page: str) -> None:
    assert kind(capture(page, url=url)) is K.GATE


def test_an_article_about_cookies_is_no_gate() -> None:
    page = html(
        f"<h1>Cookies: wat mag wel?</h1><p>{TEXT}</p>", head=described(headline="Cookies: wat mag wel?")
    )
    assert kind(capture(page), ("Cookies vragen toestemming. " + TEXT,)) is K.ARTICLE


@pytest.mark.parametrize(
    "page",
    [
        html(
            "", head='<meta http-equiv="refresh" content="0; URL=/nieuws/2/y"><title>Page has moved</title>'
        ),
        html("<script>window.location.href = '/nieuws/2/y';</script>"),
        html('<a href="/y">Redirecting to /y</a>', head="<title>Redirecting</title>"),
    ],
)
def test_a_page_that_only_sends_the_reader_on_is_a_stub(page: str) -> None:
    assert kind(capture(page)) is K.STUB


def test_a_page_that_reloads_itself_is_no_stub() -> None:
    page = ARTICLE.replace("<title>", '<meta http-equiv="refresh" content="300"><title>')
    assert kind(capture(page), (TEXT,)) is K.ARTICLE


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("<title>Pagina niet gevonden - De Bode</title>", "<h1>Oeps</h1>"),
        ("", "<h1>404</h1><p>Deze pagina bestaat niet (meer).</p>"),
        ("", "<h1>Seite nicht gefunden</h1>"),
        ("", "<h1>Page introuvable</h1>"),
        ("", "<h1>Dit artikel is niet meer beschikbaar</h1>"),
        ("<title>Pagina non trovata</title>", "<h1>Errore</h1>"),
        ("", "<h1>Side kan net fûn wurde</h1>"),
        ("<title>404 - Fout</title>", "<h1>Helaas</h1>"),
        ("<title>De Bode | 404</title>", "<h1>Helaas</h1>"),
        ("<title>Error 404 (Not Found)!!</title>", "<h1>Helaas</h1>"),
    ],
)
def test_a_page_that_says_it_is_not_there_is_a_soft_404(head: str, body: str) -> None:
    assert (
        kind(capture(html(body + RELATED, head=head)), ("Ga naar de voorpagina.",), site=PATTERNED)
        is K.SOFT404
    )


@pytest.mark.parametrize("title", ["1.404 deelnemers in Almelo", "404 nieuwe woningen in Neede"])
def test_a_number_in_a_headline_is_no_error(title: str) -> None:
    page = html(f"<h1>{title}</h1><p>{TEXT}</p>", head=f"<title>{title} | De Bode</title>")
    assert kind(capture(page), (TEXT,)) is not K.SOFT404


def test_an_article_about_something_not_found_is_an_article() -> None:
    page = html(
        "<h1>Vermiste hond niet gevonden</h1>", head=described(headline="Vermiste hond niet gevonden")
    )
    assert kind(capture(page), (TEXT,)) is K.ARTICLE


@pytest.mark.parametrize(
    ("status", "page"),
    [
        (503, html('<div id="challenge-container"></div>', head="<title>Just a moment...</title>")),
        (403, html("<p>Please enable JavaScript and cookies to continue</p>")),
        (200, html("<p>Verify you are human by completing the action below.</p>", head="<title>x</title>")),
    ],
)
def test_a_bot_challenge_is_one_whatever_its_status(status: int, page: str) -> None:
    assert kind(capture(page, status=status)) is K.CHALLENGE


@pytest.mark.parametrize(
    ("media", "body"),
    [
        ("application/rss+xml", '<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>'),
        (
            "text/html",
            '<?xml version="1.0"?>\n<!-- generator --><feed xmlns="http://www.w3.org/2005/Atom"></feed>',
        ),
        ("text/xml", '<?xml version="1.0"?><urlset></urlset>'),
    ],
)
def test_feeds_and_sitemaps_are_sources_whatever_they_are_called(media: str, body: str) -> None:
    assert kind(capture(body, media=media)) is K.FEED


def test_a_whole_issue_is_none_of_its_articles() -> None:
    parts = "".join(f"<h2>Bericht {n}</h2><p>{TEXT}</p>" for n in range(5))
    page = html(f"<h1>Editie week 14</h1>{parts}", classes="epaper")
    assert kind(capture(page, url="https://paper.bode.example/open/5b1e000a"), (TEXT,) * 5) is K.ISSUE


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"status": 404}, K.OTHER),
        ({"status": 410}, K.OTHER),
        ({"status": 500}, K.OTHER),
        ({"status": 301, "headers": (("Location", "/nieuws/2/y"),)}, K.STUB),
        (
            {"status": 302, "headers": (("Location", "https://consent.uitgever.example/?callbackUrl=x"),)},
            K.GATE,
        ),
        ({"media": "image/jpeg"}, K.OTHER),
        ({"media": "application/pdf"}, K.OTHER),
        ({"url": "https://www.bode.example/over-ons"}, K.PAGE),
        ({"url": "https://www.bode.example/contact/"}, K.PAGE),
    ],
)
def test_the_rest_is_something_else(changes: dict[str, object], wanted: PageKind) -> None:
    assert kind(capture("<p>Iets.</p>", **changes)) is wanted  # type: ignore[arg-type]


def test_an_empty_answer_is_something_else() -> None:
    assert kind(capture("")) is K.OTHER


def pieces(
    count: int, *, text: str, link: str = '<h2><a href="/nieuws/{n}/x">Bericht {n} over iets</a></h2>'
) -> str:
    return "".join(
        f"<article><p>{n} april 2021</p>{link.format(n=n)}<p>{text} Nummer {n}.</p></article>"
        for n in range(1, count + 1)
    )


OPENING = f"<h1>Plein gaat op de schop na zomer</h1><p>12 april 2021</p><p>{TEXT[:200]}</p>"
AUTHOR = "<main><h1>{}</h1>{}</main>"


@pytest.mark.parametrize(
    ("url", "title", "pieces"),
    [
        ("authors/hanna-de-berg-jr", "Hanna de Berg Jr", pieces(2, text="De raad wil dit. Dat kost veel.")),
        ("onderwerp/orde-van-de-dag", "Orde van de dag", pieces(5, text=TEXT)),  # with the full texts
        ("autor/uwe-seeler-lang", "Uwe Seeler Lang", pieces(1, text="Der Rat tagt heute. Das Dorf wartet.")),
        (
            "sujet/la-ville-en-fleurs",
            "La ville en fleurs",
            pieces(
                6,
                text="Le maire plante. Elle rit.",
                link='<div><a href="/actu/{n}">Une rose au coin de la rue {n}</a></div>',
            ),
        ),
        (
            "tema/la-fiera-del-libro",
            "La fiera del libro",
            '<div class="l">' + "".join(
                f'<h3><a href="/n/{n}">Notizia numero {n}</a></h3><p>Il sindaco parla. La piazza ascolta.</p>'
                for n in range(4)
            ) + "</div>",
        ),
    ],
)  # fmt: skip
def test_a_text_under_headlines_that_lead_elsewhere_is_no_article(url: str, title: str, pieces: str) -> None:
    page = capture(html(AUTHOR.format(title, pieces)), url=f"https://www.bode.example/{url}/")
    assert read(page).kind is K.LISTING


@pytest.mark.parametrize(
    "body",
    [
        # a link to itself, as blogs set over each post
        '<article><h1><a href="/nieuws/65363/plein-gaat-op-de-schop-na-zomer">'
        "Plein gaat op de schop na zomer</a></h1>"
        f"<p>12 april 2021</p><p>{TEXT}</p></article>",
        # a text and other articles below it
        f"<article><h1>Plein gaat op de schop na zomer</h1><p>12 april 2021</p><p>{TEXT}</p></article>"
        + pieces(4, text="De raad wil een plein. Dat kost geld."),
        # a link to another article, set as a heading in the text
        f"<article><h1>Plein gaat op de schop na zomer</h1><p>12 april 2021</p><p>{TEXT}</p>"
        f'<h3><a href="/nieuws/2/y">Lees ook: het plein van gisteren</a></h3><p>{TEXT}</p></article>',
    ],
)
def test_an_article_that_names_others_is_one(body: str) -> None:
    assert read(capture(html(body))).kind is K.ARTICLE


def test_a_list_of_ten_things_that_says_it_is_an_article_is_one() -> None:
    page = html(AUTHOR.format("Tien pleinen op de schop", pieces(10, text=TEXT)), head=described())
    assert read(capture(page)).kind is K.ARTICLE


@pytest.mark.parametrize(
    ("path", "title", "extra"),
    [
        ("statuten.html", "Statuten", {"head": described(headline="Statuten")}),
        ("qui-sommes-nous/", "Qui sommes-nous", {}),
        ("ueber-uns", "Über uns", {}),
        ("chi-siamo/", "Chi siamo", {}),
        ("de/kassa", "Kaartverkoop", {}),
        ("onze-geschiedenis/", "Onze geschiedenis", {"classes": "page-template-default page page-id-2"}),
        ("vereniging", "De vereniging", {"head": NEWS.format('{"@type": "AboutPage"}')}),
    ],
)  # fmt: skip
def test_a_page_about_the_site_is_a_page(path: str, title: str, extra: dict[str, str]) -> None:
    page = html(f"<main><h1>{title}</h1><p>{TEXT * 3}</p></main>", **extra)
    assert read(capture(page, url=f"https://www.bode.example/{path}")).kind is K.PAGE


def test_an_article_whose_headline_has_such_a_word_is_one() -> None:
    body = f"<article><h1>Contact verbroken met ruimteschip</h1><p>12 april 2021</p><p>{TEXT}</p></article>"
    page = capture(html(body), url="https://www.bode.example/nieuws/7/contact-verbroken-met-ruimteschip")
    assert read(page).kind is K.ARTICLE


@pytest.mark.parametrize(
    "sentence",
    ["De brug over de Bolksbeek is woensdag de hele dag dicht.", "Die Brücke ist heute den ganzen Tag zu."],
)
def test_a_brief_of_one_sentence_is_an_article(sentence: str) -> None:
    page = html(f"<main><article><h1>Kort nieuws</h1><p>12-04-2021</p><p>{sentence}</p></article></main>")
    assert read(capture(page, url="https://www.bode.example/nieuws/48113/kort")).kind is K.ARTICLE


def test_a_beginning_without_a_date_before_a_plea_to_pay_is_a_teaser() -> None:
    page = html(
        f"<h1>Plein gaat op de schop</h1><p>{TEXT}</p><div><p>Cet article est réservé aux abonnés.</p></div>"
    )
    assert read(capture(page, url="https://www.bode.example/plein")).kind is K.TEASER


@pytest.mark.parametrize(
    "body",
    ['<div id="root"></div>', '<p><a href="https://beelden.example/map">Bekijk hier alle foto\'s.</a></p>'],
)
def test_a_headline_without_a_text_is_no_article(body: str) -> None:
    page = html(f"<main><article><h1>Plein gaat op de schop</h1>{body}</article></main>", head=described())
    assert read(capture(page)).kind is K.OTHER


@pytest.mark.parametrize(
    ("lang", "title", "sentence"),
    [
        ("ja", "橋が通行止めに", "町長は、川の橋を夏までに通行止めにすると発表した。住民は回り道をする。"),
        ("zh", "大桥即将封闭", "市长宣布，河上的大桥将在夏天之前封闭，居民必须绕行十一公里。"),
        ("th", "ปิดสะพาน", "นายกเทศมนตรีประกาศปิดสะพานข้ามแม่น้ำก่อนฤดูร้อนและประชาชนต้องอ้อมไกล"),
    ],
)  # fmt: skip
def test_words_are_counted_where_no_space_parts_them(lang: str, title: str, sentence: str) -> None:
    texts = "".join(f"<p>{number}。{sentence}</p>" for number in range(6))
    head = '<meta property="og:type" content="article">'
    page = html(f"<main><article><h1>{title}</h1>{texts}</article></main>", head=head, lang=lang)
    article = read(capture(page, url="https://x.example/a/1234"))
    assert article.kind is K.ARTICLE
    assert article.word_count > 60


@pytest.mark.parametrize(
    "plea",
    [
        "Dit artikel is alleen voor abonnees.",
        "Dieser Artikel ist nur für Abonnenten.",
        "Cet article est réservé à nos abonnés.",
        "This article is for subscribers only.",
        "Contenuto riservato agli abbonati.",
        "Benieuwd naar de rest? Word lid en lees verder.",
        "Um den ganzen Artikel zu lesen, brauchen Sie ein Abo. Jetzt abonnieren.",
        "Artikeln är endast för prenumeranter.",
    ],
)
def test_an_opening_before_a_plea_without_a_name_is_a_teaser(plea: str) -> None:
    body = f"{OPENING}<div><p>{plea}</p></div>"
    article = read(capture(html(f"<article>{body}</article>")))
    assert article.kind is K.TEASER
    assert plea not in article.text


def test_a_brief_on_a_site_with_a_paywall_on_every_page_is_no_teaser() -> None:
    wall = (
        '<div class="paywall" style="display:none"><p>Word abonnee</p></div><div class="premium-wall"></div>'
    )
    assert read(capture(html(f"<article>{OPENING}</article>{wall}"))).kind is K.ARTICLE


def test_a_long_opening_that_is_cut_where_the_page_says_it_is_not_free_is_a_teaser() -> None:
    page = html("<h1>Plein</h1>", head=described(isAccessibleForFree=False))
    assert kind(capture(page), (*(TEXT for _ in range(8)), "En dan is er nog een reden, en die…")) is K.TEASER


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        (
            "Toezichthouder verbiedt cookiemuren",
            "Sites vragen toestemming voor cookies. Weigeren is lastig. Akkoord is geen keus, zegt hij.",
        ),
        (
            "Behörde verbietet Cookie-Mauern",
            "Seiten verlangen Zustimmung zu Cookies. Datenschutz und Einwilligung sind Pflicht, sagt sie.",
        ),
    ],
)  # fmt: skip
def test_a_dated_article_about_consent_is_no_gate(title: str, sentence: str) -> None:
    body = (
        f"<main><article><h1>{title}</h1><p>12.04.2021</p><p>{sentence}</p><p>{sentence}</p></article></main>"
    )
    page = html(body, head='<meta property="og:type" content="article">')
    assert read(capture(page, url="https://www.bode.example/1/bericht-uit-de-krant")).kind is K.ARTICLE


def test_pictures_with_captions_under_a_line_that_ends_in_the_air_are_an_article() -> None:
    pictures = "".join(
        f"<figure><img src=/{n}.jpg><figcaption>Een winters landschap, van lezer {n}</figcaption></figure>"
        for n in range(6)
    )
    body = f"<article><h1>Foto van de maand</h1><p>12 april 2021</p>{pictures}<p>Het thema is…</p></article>"
    assert read(capture(html(body, head=described(headline="Foto van de maand")))).kind is K.ARTICLE


@pytest.mark.parametrize(
    "asks", ["", '<p><a href="/ok">Akkoord en doorgaan</a></p>'], ids=["a report", "a gate"]
)
def test_a_report_on_consent_without_a_date_is_told_from_a_gate_by_what_there_is_to_press(asks: str) -> None:
    said = (
        "Steeds meer sites tonen een cookiemuur. Wie niet alle cookies accepteert, mag niet verder.",
        "Volgens de wet moet toestemming vrij zijn. Wie op weigeren klikt, moet de site kunnen lezen.",
        "De uitgevers vinden dat zij niet zonder cookies kunnen. Zij willen een uitzondering op privacy.",
        "Het kabinet wil er volgend jaar over beslissen, als de rechter heeft gesproken over deze zaak.",
    )
    text = "".join(f"<p>{each}</p>" for each in said)
    page = html(f"<main><article><h1>Waarom muren terug zijn</h1>{text}{asks}</article></main>")
    kind = read(capture(page, url="https://www.bode.example/nieuws/7812/muren-terug")).kind
    assert kind is (K.GATE if asks else K.ARTICLE)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/nieuws/90331/bericht", K.ARTICLE),
        ("/aktuelles/90331-haus", K.ARTICLE),
        ("/wiadomosci/90331,dom", K.ARTICLE),
        ("/nieuws/over-ons", K.PAGE),
        ("/zalen/90331/grote", K.OTHER),
    ],
)
def test_a_few_sentences_without_a_date_are_an_article_in_the_part_of_the_site_for_news(
    path: str, wanted: K
) -> None:
    sentence = "Het dorpshuis krijgt komend voorjaar een nieuw dak, en het dorp moet zelf geld bijeenbrengen."
    text = "".join(f"<p>{sentence} Zegt nummer {n} van het bestuur.</p>" for n in range(4))
    title = "Over ons" if wanted is K.PAGE else "Dorpshuis krijgt dak"
    page = html(f"<main><article><h1>{title}</h1>{text}</article></main>")
    assert read(capture(page, url=f"https://www.bode.example{path}")).kind is wanted


def test_the_offers_below_a_plea_to_pay_are_left_out_with_it() -> None:
    plea = "<p><b>To continue reading, subscribe.</b></p><p>Subscribe now for £1 a week.</p>"
    article = read(capture(html(f"<article>{OPENING}{plea}</article>")))
    assert article.kind is K.TEASER
    assert "£1" not in article.text


@pytest.mark.parametrize(
    "body",
    [
        "<p>De dijk ligt laag,<br>een schaap kijkt en weet van niets.</p><p>Wie loopt,<br>loopt alleen.</p>",
        "<p>In het bericht van donderdag stond vier ton. Dat moet veertigduizend euro zijn.</p>",
        "<p>Zo maakt u het.</p><ul><li>1 kilo aardappelen</li><li>2 appels</li></ul><p>Kook alles gaar.</p>",
    ],
    ids=["a poem", "a correction", "a recipe"],
)
def test_a_short_text_without_a_day_is_an_article_in_an_element_for_one_at_an_address_of_news(
    body: str,
) -> None:
    address = "https://www.bode.example/nieuws/65363"
    page = f"<main><article><h1>Novemberlicht</h1>{body}</article></main>"
    assert read(capture(html(page), url=address)).kind is K.ARTICLE
    cards = "".join(
        f'<article><h2><a href="/n/{n}">Bericht {n} van vandaag</a></h2>{body}</article>' for n in (1, 2)
    )
    assert (
        read(capture(html(f"<main><h1>Novemberlicht</h1>{cards}</main>"), url=address)).kind is not K.ARTICLE
    )
    assert read(capture(html(page), url="https://www.bode.example/over-ons")).kind is not K.ARTICLE


def test_how_a_word_is_said_above_it_is_no_part_of_the_text() -> None:
    said = "<ruby>鮭<rt>さけ</rt></ruby>祭り"
    bracketed = "<ruby>鮭<rp>(</rp><rt>さけ</rt><rp>)</rp></ruby>"
    body = (
        f"<p>松葉町の{said}が十二日に始まった。川には朝早くから大勢の家族連れが集まった。</p>"
        f"<p>{bracketed}は多い。町の人々は喜び、祭りは十五日まで続く。</p>"
    )
    article = read(capture(html(f"<main><article><h1>松葉町の{said}</h1>{body}</article></main>", lang="ja")))
    assert article.title == "松葉町の鮭祭り"
    assert "松葉町の鮭祭りが十二日" in article.text
    assert "さけ" in article.text  # with brackets of its own, it reads as text


TAKEN_AWAY = (
    "Dit artikel is op verzoek verwijderd.",
    "This article has been removed following a complaint.",
    "Dieser Beitrag ist nicht mehr verfügbar.",
    "Cet article a été supprimé à la demande de la personne concernée.",
    "Este artículo ha sido eliminado.",
    "Questo articolo è stato rimosso.",
    "Ten artykuł został usunięty.",
    "Artikeln har tagits bort.",
    "Artikkeli on poistettu.",
    "A cikket eltávolítottuk.",
    "Статья удалена по решению суда.",
    "Bu haber mahkeme kararıyla kaldırılmıştır.",
    "この記事は削除されました。",
    "该文章已被删除。",
    "삭제된 기사입니다.",
    "تم حذف هذا المقال.",
)


@pytest.mark.parametrize("notice", TAKEN_AWAY)
@pytest.mark.parametrize("title", ["Plein gaat op de schop na zomer", "De Bode"])
def test_a_notice_that_the_article_was_taken_away_says_that_it_is_not_there(title: str, notice: str) -> None:
    page = html(f"<article><h1>{title}</h1><p>{notice}</p></article>", head=described())
    assert read(capture(page)).kind is K.SOFT404


@pytest.mark.parametrize(
    "body",
    [
        "<p>De weekmarkt gaat zaterdag gewoon door, meldt de gemeente. De kramen staan op het plein.</p>"
        "<section class='reacties'><p>Dit bericht is verwijderd door de moderator.</p></section>",
        f"<p>Dit artikel is verwijderd uit de wet.</p><p>{TEXT}</p>",
    ],
    ids=["a comment was removed", "of a law"],
)
def test_other_things_that_were_removed_take_no_article_away(body: str) -> None:
    page = html(f"<article><h1>Plein gaat op de schop na zomer</h1>{body}</article>", head=described())
    assert read(capture(page)).kind is K.ARTICLE
