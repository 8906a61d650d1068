"""A wall in an article's place, and articles that stand before one."""

from __future__ import annotations

import json

import pytest

from archive.model.types import PageKind, SiteMemory
from crawler.extract.article import extract
from tests.crawler.extract.pages import SITE, TEXT, capture, html


def described(**facts: object) -> str:
    said = json.dumps({"@type": "NewsArticle", "headline": "Plein gaat op de schop", **facts})
    return f'<script type="application/ld+json">{said}</script>'


WALLS = (
    [
        pytest.param(
            html(f"<h1>{title}</h1><p>{words}</p><form action='/in'><input type='password'></form>"), id=words
        )
        for title, words in (
            ("Subscribe to continue reading", "This article is for subscribers only. Log in to read on."),
            ("Weiterlesen mit Plus", "Dieser Artikel ist nur für Abonnenten. Melden Sie sich an."),
            ("Article réservé aux abonnés", "La suite est réservée aux abonnés. Connectez-vous."),
            ("Vain tilaajille", "Kirjaudu sisään tai tilaa jatkaaksesi lukemista."),
            ("Csak előfizetőknek", "Jelentkezzen be vagy fizessen elő a továbbolvasáshoz."),
            ("Μόνο για συνδρομητές", "Συνδεθείτε για να συνεχίσετε την ανάγνωση."),
            ("有料会員限定", "この記事は有料会員限定です。ログインしてください。"),
            ("للمشتركين فقط", "سجّل الدخول أو اشترك لمتابعة القراءة."),
            ("Dorp", "Kies een pakket."),
        )
    ]
    + [
        pytest.param(
            html("<h1>Plein</h1><div><p>Kies een pakket.</p></div>", head=said), id=f"by structure {number}"
        )
        for number, said in enumerate(
            (
                '<script type="application/ld+json">{"@type": "WebPage", "isAccessibleForFree": 0}</script>',
                described(isAccessibleForFree="False"),
                described(hasPart={"@type": "WebPageElement", "isAccessibleForFree": False}),
                '<meta property="article:content_tier" content="locked">',
            )
        )
    ]
    + [
        pytest.param(html("<h1>Plein</h1><div class='c-paywall'><p>Vanaf 1 euro.</p></div>"), id="a box"),
        pytest.param(html("<h1>Plein</h1><div id='piano-inline-container'></div>"), id="a box for a script"),
        pytest.param(
            html(
                "<h1>U heeft uw 5 gratis artikelen gelezen</h1><p>Word abonnee voor onbeperkt lezen.</p>"
                "<p>Met een abonnement leest u ook de krant van vandaag op al uw schermen, elke dag weer.</p>"
                "<a href='/abonneren'>Word abonnee</a>"
            ),
            id="metered",
        ),
    ]
)


@pytest.mark.parametrize("page", WALLS)
def test_a_wall_for_subscribers_that_shows_nothing_of_the_article_is_a_gate(page: str) -> None:
    assert extract(capture(page), SITE, SiteMemory(site=SITE.name)).kind is PageKind.GATE


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(
            html(
                f"<h1>Krant alleen nog voor abonnees</h1><p>{TEXT}</p><p>Wie verder wil lezen logt in.</p>",
                head=described(),
            ),
            id="about subscribing",
        ),
        pytest.param(
            html(
                "<h1>Markt gaat door</h1><p>De weekmarkt gaat zaterdag gewoon door, meldt de gemeente."
                " De kramen staan op de Markt.</p>",
                head=described(isAccessibleForFree=False),
            ),
            id="a brief",
        ),
        pytest.param(
            html("<h1>Plein</h1><p>Het college wil…</p>", head=described(isAccessibleForFree=False)),
            id="a beginning",
        ),
        pytest.param(
            html("<header><form><input type='password'></form></header><h1>Contact</h1><p>Bel ons.</p>"),
            id="a log-in in the header",
        ),
        pytest.param(
            html(
                "".join(f"<p class='paywall'>{TEXT} Alinea {n}.</p>" for n in range(6)),
                head=described(isAccessibleForFree=False),
            ),
            id="an article in paragraphs that are named after the wall",
        ),
    ],
)
def test_an_article_that_speaks_of_subscribing_or_stands_before_a_wall_is_no_gate(page: str) -> None:
    assert extract(capture(page), SITE, SiteMemory(site=SITE.name)).kind is not PageKind.GATE
