"""Pages as the templates of common systems make them: each field and the text, in pages of ours."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from archive.model.types import Article, PageKind, SiteMemory
from crawler.extract.article import extract
from tests.crawler.extract.pages import SITE, capture, html

FIRST = "De gemeente sluit het zwembad aan de Vijverlaan vanaf januari, omdat het dak niet langer veilig is."
SECOND = "Zwemclubs zijn verbaasd. Zij moeten straks uitwijken naar andere baden, en vrezen voor hun leden."
THIRD = "De raad spreekt er volgende week over. Tot die tijd blijft het bad open voor lessen van de scholen."
TEXT = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
HEADLINE = "Gemeente sluit zwembad in Oosterhout"
OTHER = "De sluis is al sinds september buiten gebruik, en de schippers klagen bij de provincie over schade."


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of one system, and what a reader says of it."""

    body: str
    title: str = HEADLINE
    author: str = "Anna Bakker"
    day: str = "2021-04-02"
    section: str | None = None
    site: str = "De Bode"
    """What the page's ``<title>`` has after the headline; with a bar in it, that is the whole of it."""
    address: str = "https://www.bode.example/nieuws/65363/zwembad"


PAGES = {
    "Drupal: the byline in a footer of an article below the headline": Page(
        body=f"""<main><h1><span class="field--name-title">{HEADLINE}</span></h1><article class="node">
        <footer class="node__meta"><div class="node__submitted">By <span><span>Anna Bakker</span></span>,
        <time datetime="2021-04-02T09:30:00+02:00">2 April, 2021</time></div></footer>
        <div class="node__content"><div class="field--name-body">{TEXT}</div></div></article>
        <div class="views-element-container"><h2>Related</h2><div class="views-row">
        <a href="/sluis">Sluis dicht</a>
        <div>{OTHER}</div></div></div></main>"""
    ),
    "Elementor: everything is called a widget": Page(
        body=f"""<div class="elementor"><div class="elementor-widget elementor-widget-theme-post-title">
        <h1 class="elementor-heading-title">{HEADLINE}</h1></div>
        <div class="elementor-widget elementor-widget-post-info"><ul class="elementor-post-info">
        <li><a href="/author/a"><span class="elementor-post-info__item--type-author">Anna Bakker</span></a>
        </li>
        <li><span class="elementor-post-info__item--type-date">2 april 2021</span></li></ul></div>
        <div class="elementor-widget elementor-widget-theme-post-content">{TEXT}</div>
        <div class="elementor-widget elementor-widget-posts"><article><h3><a href="/sluis">Sluis dicht</a>
        </h3>
        <span>9 april 2021</span><p>{OTHER}</p></article></div></div>"""
    ),
    "Blogger: the day above the post, the hour in a link below it": Page(
        body=f"""<div class="header"><h1 class="title"><a href="/">Dagboek van de Vijver</a></h1></div>
        <div class="date-outer"><h2 class="date-header"><span>vrijdag 2 april 2021</span></h2>
        <div class="date-posts"><div class="post-outer"><div class="post hentry">
        <h3 class="post-title entry-title">{HEADLINE}</h3>
        <div class="post-body">{FIRST}<br><br>{SECOND}<br><br>{THIRD}</div>
        <div class="post-footer"><span class="post-author vcard">Gepost door
        <span class="fn">Anna Bakker</span></span>
        <a class="timestamp-link" href="/p">
        <abbr class="published" title="2021-04-02T09:30:00+02:00">9:30</abbr></a>
        </div></div></div></div></div>"""
    ),
    "A newsletter: the writer on a card, thanks and a plea at the end": Page(
        body=f"""<article class="post"><div class="post-header"><h1 class="post-title">{HEADLINE}</h1>
        <div class="byline-wrapper"><div class="profile-hover-card"><a href="/@anna">Anna Bakker</a></div>
        <div>Apr 2, 2021</div></div></div>
        <div class="body markup">{TEXT}<p>Thanks for reading The Pond! Subscribe
        for free to receive new posts and support my work.</p></div></article>"""
    ),
    "Wix: names in data-hook": Page(
        body=f"""<div data-hook="post"><article><div data-hook="post-header"><ul>
        <li><span data-hook="user-name" title="Anna Bakker">Anna Bakker</span></li>
        <li><span data-hook="time-ago">2 apr. 2021</span></li></ul></div>
        <h1 data-hook="post-title">{HEADLINE}</h1>
        <section data-hook="post-description">{TEXT}</section></article></div>"""
    ),
    "A home-made system: one line with labels": Page(
        body=f"""<div id="kop"><div id="datum">dinsdag 13 april 2021</div></div><div class="bericht">
        <h2>{HEADLINE}</h2>
        <div class="onder">Geplaatst: 02-04-2021 09:30 | Rubriek:
        <a href="/r/sport">Sport</a> | Auteur: Anna Bakker
        | Reacties: 3</div>{TEXT}</div>""",
        section="Sport",
    ),
    "Tables of 2003: the headline in a large font": Page(
        body=f"""<table><tr><td width="150"><font size="1"><a href="index.php">Home</a><br>
        <a href="sport.php">Sport</a>
        </font></td><td><font face="Verdana" size="4"><b>{HEADLINE}</b></font><br>
        <font size="1">vrijdag 2 april 2021 - door Anna Bakker</font><br><br><font size="2">{FIRST}<br>
        <br>{SECOND}
        <br><br>{THIRD}</font><br><br><font size="1"><a href="print.php?id=7">Print dit artikel</a> |
        <a href="mail.php?id=7">Mail dit artikel</a></font></td></tr></table>""",
        address="http://www.bode.example/nieuws.php?id=71",
    ),
    "A village's own system: no heading, a first name, the section as title": Page(
        body=f"""<div id="menu"><a href="?p=home">Home</a> | <a href="?p=nieuws">Nieuws</a> |
        <a href="?p=gastenboek">Gastenboek</a></div><div id="inhoud"><div class="titel">{HEADLINE}</div>
        <div class="datum">Geplaatst door: Anna op vrijdag 2 april 2021 om 08:15 uur</div>
        <div class="bericht">{FIRST}<br /><br />{SECOND}<br /><br />{THIRD}</div>
        <div class="terug"><a href="javascript:history.back()">Terug naar het overzicht</a></div></div>
        <div id="voet">Webmaster: Piet Vos - 12034 bezoekers sinds 1 januari 2009</div>""",
        author="Anna",
        site="Bode.nl | Nieuws",
        address="http://www.bode.example/index.php?p=nieuws&id=90331",
    ),
    "Blogger in Italian: all about the post in one line below it": Page(
        body=f"""<div class="post hentry"><h3 class="post-title entry-title">{HEADLINE}</h3>
        <div class="post-body">{FIRST}<br><br>{SECOND}<br><br>{THIRD}</div><div class="post-footer">
        <span class="post-author vcard">Pubblicato da <span class="fn">Anna Bakker</span></span>
        <span class="post-timestamp">alle <a href="/p"><abbr class="published"
        title="2021-04-02T08:15:00+02:00">08:15</abbr></a></span><span class="post-labels">Etichette:
        <a rel="tag" href="/l/1">vasca</a></span></div></div>"""
    ),
    "Nuxt, minified: the day above the headline, cards below a heading in Danish": Page(
        body=f"""<div id="__nuxt"><main class="d4"><section class="e5">
        <p class="f6">2. april 2021 kl. 08.15</p><h1
        class="g7">{HEADLINE}</h1><p class="i9">Af <a href="/forfatter/ab">Anna Bakker</a></p></section>
        <section class="j0">{TEXT}</section><section class="k1"><h3>Læs også</h3>
        <div class="l2"><a href="/x"><h3>Sluis dicht</h3></a><span>9. april 2021</span><p>{OTHER}</p></div>
        </section></main></div>"""
    ),
    "In Japanese manner: the job behind the name": Page(
        body=f"""<article><h1>{HEADLINE}</h1><p class="date">2021年4月2日 8時15分</p>
        <p class="reporter">佐藤健記者</p>{TEXT}</article>""",
        author="佐藤健",
    ),
    "In Arabic manner: who wrote it": Page(
        body=f"""<article><h1>{HEADLINE}</h1><p>كتب: محمد سعيد</p>
        <p class="d">2 أبريل 2021</p>{TEXT}</article>""",
        author="محمد سعيد",
    ),
    "SPIP: a trail named otherwise, comments in a forum": Page(
        body=f"""<div id="nav"><p id="hierarchie"><a href="/">Accueil</a> &gt; <a href="/v">Vie locale</a>
        &gt; <strong>{HEADLINE}</strong></p></div><div id="contenu"><h1 class="titre">{HEADLINE}</h1>
        <p class="infos"><abbr class="published" title="2021-04-02T08:15:00Z">vendredi 2 avril 2021</abbr>,
        par <span class="auteurs"><a href="/_Anna_">Anna Bakker</a></span></p><div class="texte">{TEXT}</div>
        <div class="forum"><h2>Vos commentaires</h2><ul><li><p>Le 3 avril à 10:12, par Momo</p>
        <p>{OTHER}</p></li></ul></div></div>""",
        section="Vie locale",
    ),
    "A Danish club's: the site's name as title, all about the news in one line": Page(
        body=f"""<table><tr><td><a href="/">Forside</a></td><td class="main"><div class="nyhed">
        <h2 class="overskrift">{HEADLINE}</h2><span class="dato">Oprettet den 02-04-2021 08:15 af Anna
        Bakker</span><br>{TEXT}<div class="sponsorer"><p>Klubbens sponsorer: Lillø Brugs, Færgekroen og
        Havnesmeden</p></div></div></td></tr></table>""",
        site="Velkommen | Lillø Beboerforening",
    ),
    "A Spanish paper: name and place, day and hour": Page(
        body=f"""<main><article><h1>{HEADLINE}</h1><div class="firma"><span class="firma__nombre">Anna
        Bakker</span> <span class="firma__lugar">Villanueva</span></div><div class="fecha">
        <span>02/04/2021 a las 08:15h</span><span>Actualizado a las 16:40h</span></div>
        {TEXT}</article></main>"""
    ),
    "A Portuguese paper: the place behind a dash": Page(
        body=f"""<main><div class="materia"><h1>{HEADLINE}</h1><p class="autoria">Por Anna Bakker — Vale
        Fundo</p><p class="data"><time datetime="2021-04-02T08:15:00.000Z">02/04/2021 08h15</time> ·
        Atualizado há 6 dias</p><div class="corpo">{TEXT}</div></div></main>"""
    ),
    "A Turkish paper: an editor with a label, an agency as source": Page(
        body=f"""<div class="detay"><h1>{HEADLINE}</h1><div class="editor"><a href="/e/ab">Editör: Anna
        Bakker</a></div><div class="zaman">Yayınlanma: 2 Nisan 2021 08:15 <br>Güncelleme: 3 Nisan 2021
        16:40</div><div class="icerik">{TEXT}<p>Kaynak: AA</p></div></div>"""
    ),
    "A newsletter without names: the writer a link to an account": Page(
        body=f"""<article><h1>{HEADLINE}</h1><h3 class="subtitle"></h3><div class="pencraft">
        <a href="/@anna">Anna Bakker</a></div><div class="pencraft">Apr 2, 2021</div>{TEXT}<div><p>The Pond
        is a reader-supported publication. To receive new posts and support my work, consider becoming a
        free or paid subscriber.</p></div></article>"""
    ),
    "A page of code names: the writer only told by its state": Page(
        body=f"""<main><h1 class="x3">{HEADLINE}</h1><div class="x5"><div class="x6"><span>Anna Bakker</span>
        </div><div class="x7"><time datetime="2021-04-02T07:15:00.000Z">vr 2 apr. 08:15</time></div></div>
        <div class="x8">{TEXT}</div></main><script id="__NEXT_DATA__" type="application/json">
        {{"props":{{"article":{{"author":"Anna Bakker"}}}}}}</script>"""
    ),
    "A page to print: where and when at its end": Page(
        body=f"""<h1>{HEADLINE}</h1><p>Door Anna Bakker, 2 april 2021</p>{TEXT}<hr>
        <p>Bron: https://www.bode.example/nieuws/65363<br>Afgedrukt op 12 april 2021</p>"""
    ),
    "AMP: consent, menu and advertisement in elements of its own": Page(
        body=f"""<amp-sidebar id="s"><ul><li><a href="/sport">Sport</a></li></ul></amp-sidebar><article>
        <h1>{HEADLINE}</h1><p>Door Anna Bakker</p><p>2 april 2021</p><p>{FIRST}</p>
        <amp-ad><div placeholder>Advertentie</div></amp-ad><p>{SECOND}</p><p>{THIRD}</p></article>
        <amp-consent><p>Deze site gebruikt cookies. Ga akkoord om verder te lezen.</p></amp-consent>"""
    ),
}


def read(page: Page) -> Article:
    """The page, its title the site's name where no heading says more."""
    title = "De Bode Oosterhout" if "<font" in page.body else f"{HEADLINE} - {page.site}"
    title = page.site if "|" in page.site else title
    body = html(page.body, head=f'<title>{title}</title><meta name="author" content="Super User">')
    return extract(capture(body, url=page.address), SITE, SiteMemory(site="bode"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_read_as_its_template_means_it(name: str) -> None:
    page = PAGES[name]
    article = read(page)
    assert article.title == page.title
    assert article.authors == (page.author,)
    assert article.published is not None
    assert article.published.value.date().isoformat() == page.day
    assert [line for line in article.text.split("\n") if line] == [FIRST, SECOND, THIRD]
    assert article.kind is PageKind.ARTICLE
    if page.section:
        assert article.section == page.section


def test_a_tagespost_before_the_headline_is_the_sites_name_where_the_address_says_so() -> None:
    body = f"<h3>{HEADLINE}</h3>{TEXT}"
    page = f"<html><head><title>Bode: {HEADLINE}</title></head><body>{body}</body></html>"
    assert extract(capture(page), SITE, SiteMemory(site="bode")).title == HEADLINE


def test_a_picture_beside_the_text_is_found_where_no_element_is_called_article() -> None:
    picture = """<div class="news-img-wrap"><div class="outer"><a href="/g.jpg"><img src="/a.jpg"></a></div>
    <p class="news-img-caption">Het zwembad. Foto: Henk Bril</p></div>"""
    page = f"""<div class="logo"><img src="/kop.jpg"></div><div class="news-single"><div class="header">
    <h3 itemprop="headline">{HEADLINE}</h3></div>{picture}<div class="news-text-wrap">{TEXT}</div></div>"""
    [image] = read(Page(body=page)).images
    assert (image.caption, image.credit) == ("Het zwembad.", "Henk Bril")


def test_a_headline_of_two_elements_without_a_space_is_no_line_of_the_text() -> None:
    heading = f'<h1><span class="kicker">Sport</span><span class="headline">{HEADLINE}</span></h1>'
    article = read(Page(body=f"<article>{heading}{TEXT}</article>"))
    assert [line for line in article.text.split("\n") if line] == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "line",
    [
        "<p>Texte : Luc Perrin<br>Photos : Anne Morel</p>",
        "<p>fot. Jan Mróz</p>",
        "<p>by jdoe on April 2, 2021</p>",
        '<p class="postmeta">April 2nd, 2021 by Tom Reed | Filed under: Books | No Comments</p>',
        "<div class='teller'>1 / 5</div>",
        "<p>2 de abr. de 2021 às 08h15</p>",
        "<p>Dernière mise à jour : 3 avr. 2021</p>",
    ],
)
def test_a_line_about_the_article_is_no_line_of_its_text(line: str) -> None:
    article = read(Page(body=f"<article><h1>{HEADLINE}</h1>{line}{TEXT}</article>"))
    assert [line for line in article.text.split("\n") if line] == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize("lead", ['<h2 class="linha-fina">{}</h2>', '<p class="ozet">{}</p>'])
def test_a_lead_of_one_line_is_known_by_its_name_in_other_languages(lead: str) -> None:
    said = "De clubs zoeken een ander bad in de buurt"
    article = read(Page(body=f"<article><h1>{HEADLINE}</h1>{lead.format(said)}{TEXT}</article>"))
    assert [line for line in article.text.split("\n") if line] == [said, FIRST, SECOND, THIRD]


def test_a_picture_s_maker_is_told_apart_by_the_name_of_its_element() -> None:
    said = 'Het bad, deze week<span> | </span><span class="autor-foto">PEPE RUIZ</span>'
    figure = f'<figure><img src="/m.jpg"><figcaption>{said}</figcaption></figure>'
    [image] = read(Page(body=f"<article><h1>{HEADLINE}</h1>{figure}{TEXT}</article>")).images
    assert (image.caption, image.credit) == ("Het bad, deze week", "PEPE RUIZ")
