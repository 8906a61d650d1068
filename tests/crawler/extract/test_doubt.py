"""A reading says how much it is to be doubted."""

from __future__ import annotations

from archive.model.types import Article, SiteMemory
from crawler.extract.article import extract
from tests.crawler.extract.pages import SITE, capture, html

PARAGRAPH = (
    "De gemeente gaat het plein na de zomer opnieuw inrichten, omdat bewoners over de stenen klagen. "
    "Dat heeft het college na lang overleg besloten, en de raad stemde er dinsdag mee in."
)
HEAD = (
    '<meta property="og:type" content="article"><meta property="og:title" content="Plein gaat op de schop">'
    '<meta property="article:published_time" content="2021-04-12T10:00:00+02:00">'
)


def read(body: str, head: str = HEAD) -> Article:
    return extract(capture(html(body, head=head)), SITE, SiteMemory(site=SITE.name))


CLEAR = read(
    f"<article><h1>Plein gaat op de schop</h1><p>{PARAGRAPH}</p>"
    + "".join(
        f"<p>Volgens wethouder nummer {n} kost het werk {n + 2} miljoen euro, en duurt het {n + 3} weken "
        "voordat de kermis er weer kan staan.</p>"
        for n in range(6)
    )
    + "</article>"
)


def test_a_clear_article_is_hardly_doubted() -> None:
    assert CLEAR.doubt is not None and CLEAR.doubt < 0.15
    assert CLEAR.doubts == ()


def test_lines_that_may_be_anything_are_doubted_and_it_says_why() -> None:
    lines = "".join(f"<div><span>Plein {n}</span> <a href='/p{n}'>Zomer</a></div>" for n in range(9))
    vague = read(f"<h1>Plein gaat op de schop</h1><div>{lines}</div><div>Nog een regel over het plein.</div>")
    assert vague.doubt is not None and vague.doubt > 0.3
    assert "much of what was kept was near the bar" in vague.doubts


def test_a_summary_that_is_not_in_the_text_makes_a_reading_more_doubtful() -> None:
    body = "<article><h1>Plein gaat op de schop</h1>" + f"<p>{PARAGRAPH}</p>" + "</article>"
    other = '<meta name="description" content="Trein rijdt morgen nergens door zware storm uit westen">'
    own = f'<meta name="description" content="{PARAGRAPH}">'
    assert (read(body, HEAD + other).doubt or 0) > (read(body, HEAD + own).doubt or 0)
