"""What repeats on a site: furniture is learned; an article's own words never, however often they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archive.model.types import Capture, Pin, RepeatedLine, SiteMemory
from crawler.extract.article import extract, read
from crawler.extract.boilerplate import AGED, BoilerplateCounts, counted_article, learn
from crawler.extract.known_boilerplate import ENOUGH, KnownBoilerplate, line_key
from crawler.extract.templates import PagePlaces, PageTemplate, TemplatePlace, shape, templates_of, unknown
from legger.simulator import OPENING, Newspaper
from tests.crawler.extract.pages import SITE, html

START = datetime(2021, 4, 1, 8, 0, tzinfo=UTC)
NOTHING = SiteMemory(site="bode")
NOUNS = ("brug", "markt", "school", "molen", "kerk", "haven", "toren", "tuin", "fiets", "trein", "akker")
VERBS = ("sluit", "opent", "verhuist", "groeit", "krimpt", "wint", "verliest", "begint")
INTRODUCTION = (
    "In deze rubriek vertelt elke week een andere inwoner over het huis waarin hij of zij woont, en waarom."
)
PLEA_TEXT = "Steun de Bode met een vast bedrag per maand, dan blijft al het nieuws uit de streek vrij."
PLEA = f"<p>{PLEA_TEXT}</p>"
PINNED_TEXT = (
    "De drukkerij van de Bode zoekt een nieuwe eigenaar. Na zeventien jaar vinden wij het mooi geweest; de "
    "pers staat klaar."
)
PINNED = f"<p>{PINNED_TEXT}</p>"


NOTICE = (
    "<table><tr><td>Onze krant zoekt een nieuwe eigenaar, die net zo van het dorp houdt als wij.</td></tr>"
    "</table>"
)


def thing(number: int) -> str:
    """``fietsbrug``: what an article is about; another for each."""
    return NOUNS[number % 11] + NOUNS[number // 11 % 11]


def story(number: int) -> list[str]:
    """Four paragraphs that stand on no other page."""
    noun, verb = thing(number), VERBS[number % 8]
    return [
        f"De {noun} van wijk {number} {verb} in week {number + 3}, zegt {name} {number} uit {place}. "
        f"Volgens hem is {number * 7} euro voor een {other} genoeg, al denkt {place} {number} anders."
        for place, name, other in (
            ("Haar", "Bos", thing(number + 1)),
            ("Goor", "Vos", thing(number + 2)),
            ("Delden", "Kok", thing(number + 3)),
            ("Borne", "Mol", thing(number + 4)),
        )
    ]


def page(
    number: int,
    *,
    before: str = "",
    inside: str = "",
    after: str = "",
    day: int | None = None,
    body: str | None = None,
    classes: str = "story",
) -> Capture:
    """An article, with what its template puts around it. *body*: in place of its paragraphs."""
    title = f"Nieuws over de {thing(number)} van wijk {number}"
    at = START + timedelta(days=number if day is None else day)
    paragraphs = [f"<p>{text}</p>" for text in story(number)]
    if body is None:
        body = "".join([*paragraphs[:2], inside, *paragraphs[2:]])
    body = (
        f'<article class="{classes}"><div class="{classes}-head"><h1>{title}</h1></div>'
        f'<div class="{classes}-text">{before}{body}{after}</div></article>'
    )
    head = f'<title>{title}</title><meta property="article:published_time" content="2021-04-01T08:00:00Z">'
    return Capture(
        site="bode",
        url=f"https://www.bode.example/nieuws/{number}/artikel",
        at=at,
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=html(body, head=head).encode(),
    )


def learned(pages: Iterable[Capture], previous: SiteMemory = NOTHING) -> SiteMemory:
    return learn(pages, SITE, previous, now=START + timedelta(days=400))


def lines(memory: SiteMemory) -> dict[str, RepeatedLine]:
    return {line.text: line for line in memory.lines}


def test_what_stands_on_every_article_is_learned_with_how_often_since_when_and_where() -> None:
    memory = learned(page(number, after=PLEA) for number in range(12))
    line = lines(memory)[PLEA_TEXT]
    assert (line.seen, line.of, memory.articles) == (12, 12, 12)
    assert (line.since, line.last) == (START, START + timedelta(days=11))
    assert line.example == "https://www.bode.example/nieuws/0/artikel"
    text = extract(page(40, after=PLEA), SITE, memory).text
    assert PLEA_TEXT not in text
    assert text.splitlines() == story(40)


@pytest.mark.parametrize(
    ("pages", "sentence"),
    [
        # the same article captured again, republished, and under two addresses
        ([page(0)] * 6 + [page(number) for number in range(1, 8)], story(0)[0]),
        ([page(number) for number in range(8)] + [page(3, day=100), page(3, day=200)], story(3)[1]),
        # the standing introduction of a series, on a third of all articles
        (
            [
                page(number, before=f"<p>{INTRODUCTION}</p>" if number % 3 == 0 else "")
                for number in range(18)
            ],
            INTRODUCTION,
        ),
        # a quotation that two articles share
        (
            [
                page(number, inside="<p>" + story(99)[0] + "</p>" if number < 2 else "")
                for number in range(12)
            ],
            story(99)[0],
        ),
    ],
    ids=["captured again", "republished", "a series", "a quotation"],
)
def test_the_words_of_an_article_are_no_furniture_however_often_they_stand_there(
    pages: list[Capture], sentence: str
) -> None:
    memory = learned(pages)
    assert sentence not in lines(memory)
    again = next(each for each in pages if sentence in each.body.decode())
    assert sentence in extract(again, SITE, memory).text


def test_no_word_of_any_article_is_lost_to_what_was_learned() -> None:
    pages = [page(number, after=PLEA) for number in range(14)]
    memory = learned([*pages, *pages])
    assert memory.articles == 14
    for number, each in enumerate(pages):
        assert extract(each, SITE, memory).text.splitlines() == story(number)


def test_a_counter_and_a_date_are_one_line_and_paragraphs_with_other_numbers_are_not() -> None:
    assert line_key("Bekeken: 124") == line_key("BEKEKEN: 98")
    long = "Vandaag wordt het {} graden, met in de ochtend wat regen en later op de dag vooral zon."
    assert line_key(long.format(12)) != line_key(long.format(21))


def test_nothing_is_learned_from_one_article_or_from_none() -> None:
    assert learned([]).lines == ()
    assert learned([page(0, after=PLEA)] * 5).lines == ()


def test_after_a_redesign_the_old_furniture_is_known_on_old_pages_only() -> None:
    old = [page(number, before=PINNED) for number in range(10)]
    new = [page(number) for number in range(10, 12 + 2 * AGED)]
    memory = learned([*old, *new])
    assert lines(memory)[PINNED_TEXT].until == START + timedelta(days=9)
    assert PINNED_TEXT not in extract(page(5, before=PINNED), SITE, memory).text
    assert PINNED_TEXT in extract(page(5, before=PINNED, day=300), SITE, memory).text


def test_what_was_learned_holds_for_its_time_when_the_pages_it_was_learned_from_have_moved_on() -> None:
    """A notice pinned above all articles for a week: an article that is gone since is read without it."""
    pinned = [page(number, before=PINNED) for number in range(10)]
    before = learned(pinned)
    assert lines(before)[PINNED_TEXT].until is None
    after = learned([*pinned[:2], *(page(number, day=50 + number) for number in range(2, 20))], before)
    assert PINNED_TEXT not in extract(page(1, before=PINNED), SITE, after).text
    assert PINNED_TEXT in extract(page(1, before=PINNED, day=300), SITE, after).text


def test_a_notice_that_another_has_replaced_is_none_of_the_text_of_earlier_captures_either() -> None:
    first = [page(number, before=NOTICE, day=0) for number in range(12)]
    known = learned(first)
    today = [page(number, before=NOTICE.replace("eigenaar", "drukker"), day=2) for number in range(12)]
    for latest in (today, [*today[:9], *first[9:]]):
        memory = learned(latest, known)
        assert extract(first[0], SITE, memory).text == extract(first[0], SITE, known).text
        assert extract(today[0], SITE, memory).text.splitlines() == story(0)


def test_a_line_that_is_seen_again_as_the_text_of_one_article_is_that_articles() -> None:
    known = learned([page(number, before=PINNED, day=0) for number in range(12)])
    later = [page(number, day=9) for number in range(11)]
    again = page(11, before=PINNED, day=9)
    memory = learned([*later, again], known)
    assert PINNED_TEXT in extract(again, SITE, memory).text
    assert PINNED_TEXT not in extract(page(11, before=PINNED, day=0), SITE, memory).text


def test_a_memory_that_reads_every_page_alike_stays_the_version_it_was() -> None:
    first = replace(learned(page(number, after=PLEA) for number in range(12)), version=4)
    assert learned((page(number, after=PLEA) for number in range(13)), first) is first
    assert learned((page(number, after=PLEA) for number in range(40)), first) is not first


def test_a_pin_is_the_last_word() -> None:
    pages = [page(number, after=PLEA) for number in range(12)]
    memory = learned(pages)
    kept = replace(
        memory,
        lines=tuple(replace(each, pin=Pin.KEEP) if each.text == PLEA_TEXT else each for each in memory.lines),
    )
    assert PLEA_TEXT in extract(pages[0], SITE, kept).text
    assert lines(learned(pages, kept))[PLEA_TEXT].pin is Pin.KEEP
    stripped = SiteMemory(
        site="bode", lines=(RepeatedLine(text=story(3)[1], place="", seen=0, of=0, pin=Pin.STRIP),)
    )
    assert extract(page(3), SITE, stripped).text.splitlines() == [story(3)[0], *story(3)[2:]]


BOX = '<div class="box"><h4>Lees ook</h4></div>'


@pytest.mark.parametrize("share", [2, 3, 5])
def test_a_line_after_which_an_article_goes_on_is_no_end_however_late_and_often_it_stands(share: int) -> None:
    """A box before the last of eight paragraphs, and on some articles before the last three."""

    def boxed(number: int) -> Capture:
        text = [f"<p>{each}</p>" for each in told(number)]
        cut = 7 if number % share else 5
        return page(number, body="".join([*text[:cut], BOX, *text[cut:]]))

    def told(number: int) -> list[str]:
        return [*story(number), *story(number + 60)]

    pages = [boxed(number) for number in range(20)]
    for known in (pages, [each for number, each in enumerate(pages) if number % share]):
        memory = learned(known)
        for number, each in enumerate(pages):
            assert extract(each, SITE, memory).text.splitlines() == told(number)


def test_what_memory_leaves_out_stood_on_other_articles_whatever_part_of_the_crawl_it_has_seen() -> None:
    """On the practice newspaper's own sites, with memories learned from every prefix of the crawl.

    Nothing but its being on all pages tells the plea below each headline from the text.
    """
    plea = (
        b"</h1><p>In dit dorp kent iedereen iedereen, en wie iets weet, die belt ons, ook in het weekend.</p>"
    )
    at = OPENING + timedelta(days=6)
    paper = Newspaper(seed=3, articles=9, days=6, only=["dinkelkoerier", "buurserbode", "dorpsklok"])
    lost = 0
    for house in paper.houses:
        pages = [paper.capture(url, at) for url, truth in house.truth(at).items() if truth.takedown is None]
        captures = [replace(each, body=each.body.replace(b"</h1>", plea, 1)) for each in pages]
        alone = [read(each, house.site, SiteMemory(site=house.name)) for each in captures]
        lesson, stands_on = BoilerplateCounts(), Counter[str]()
        for number, reading in enumerate(alone, 1):
            lesson.add_article(counted_article(reading))
            stands_on.update({line_key(each.run.text) for each in reading.judged})
            if number < 3:
                continue
            memory = lesson.memory(SiteMemory(site=house.name), now=at)
            for capture, before in zip(captures, alone, strict=True):
                left = {block.text for block in before.article.blocks}
                left -= {block.text for block in extract(capture, house.site, memory).blocks}
                lost += len(left)
                assert {
                    text: stands_on[line_key(text)] for text in left if stands_on[line_key(text)] < ENOUGH
                } == {}
    assert lost > 10


def test_a_paragraph_of_a_series_is_kept_though_all_of_the_few_articles_that_are_known_have_it() -> None:
    pages = [page(number, before=f"<p>{INTRODUCTION}</p>") for number in range(3)]
    assert INTRODUCTION in extract(pages[0], SITE, learned(pages)).text


def test_a_series_of_a_few_words_each_is_not_emptied() -> None:
    """Its articles are but pictures, with one and the same line to each."""
    line = "Bekijk hieronder de foto van de week."
    pages = [page(number) for number in range(6)] + [
        page(number, body=f"<p>{line}</p>") for number in range(20, 40)
    ]
    memory = learned(pages)
    assert extract(pages[-1], SITE, memory).text == line


def test_templates_are_told_apart_and_a_line_counts_on_the_pages_of_its_own() -> None:
    """A plea on every match report: a tenth of the site, and all of a template."""
    matches = [page(number, classes="match", after="<p>Volg alle duels</p>") for number in range(5)]
    memory = learned([*matches, *(page(number) for number in range(5, 50))])
    sizes = [template.articles for template in templates_of(memory.templates)]
    assert sizes == [45, 5]
    assert extract(matches[2], SITE, memory).text.splitlines() == story(2)


def test_what_reads_poorly_is_kept_at_a_place_where_the_template_has_its_text() -> None:
    result = page(3, after='<div class="slot">Wijk 3 - Wijk 4 2-1</div>')
    reading = read(result, SITE, NOTHING)
    assert reading.article.text.splitlines() == story(3)
    where = PagePlaces(reading.outline).of(reading.judged[-1].run)
    known = PageTemplate(
        shape=shape(reading.outline),
        articles=40,
        places={where: TemplatePlace(articles=10, score=0.97, repeated=0.0, linked=0.0)},
    )
    memory = SiteMemory(site="bode", templates={"known": [known.plain()]})
    assert extract(result, SITE, memory).text.splitlines() == [*story(3), "Wijk 3 - Wijk 4 2-1"]
    heading = page(3, after='<div class="slot"><h3>Agenda</h3></div>')
    below = {f"h3 in {' in '.join(where.split(' in ')[:2])}": known.places[where]}
    headed = SiteMemory(site="bode", templates={"known": [replace(known, places=below).plain()]})
    assert extract(heading, SITE, headed).text.splitlines() == story(3)
    elsewhere = replace(known, shape=frozenset({"div.page", "div.column", "div.teaser", "div.story-text"}))
    unlike = SiteMemory(site="bode", templates={"known": [elsewhere.plain()]})
    assert extract(result, SITE, unlike).text.splitlines() == story(3)


def test_a_memory_of_nothing_knows_no_line_and_no_template() -> None:
    recall = KnownBoilerplate(NOTHING)
    assert (recall.lines, recall.templates) == ({}, [])


def dated(number: int, *, told: bool, when: str | None = None, writer: str = "Femke Bos") -> Capture:
    """An article that shows its day, writer and section in a colophon; *told*: it tells machines, too."""
    day = f"2021-05-{number + 1:02}"
    shown = when or f"{number + 1} mei 2021"
    data = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "'
        f'Nieuws over de {thing(number)} van wijk {number}", "datePublished": "{day}T09:00:00+02:00", '
        f'"articleSection": "Wijk", "author": {{"@type": "Person", "name": "{writer}"}}}}</script>'
    )
    colophon = (
        f'<div class="colophon"><div class="line ka">Wijk</div><div class="line kb">{writer}</div>'
        f'<div class="line kc">{shown}</div></div>'
    )
    known = page(number, after=f"{colophon}{'<div class=more>Meer uit de wijk</div>' * 2}", day=60 + number)
    body = known.body.replace(b'<meta property="article:published_time" content="2021-04-01T08:00:00Z">', b"")
    head = data.encode() if told else b""
    return replace(known, body=body.replace(b"</head>", head + b"</head>"))


def test_a_field_that_a_page_does_not_tell_is_read_at_the_place_where_its_template_shows_it() -> None:
    memory = learned(dated(number, told=True) for number in range(8))
    untold = dated(20, told=False, writer="Jan Vos")
    nothing = extract(untold, SITE, NOTHING)
    assert (nothing.authors, nothing.section) == ((), None)
    article = extract(untold, SITE, memory)
    assert article.published is not None
    assert article.published.text == "2021-05-21"
    assert (article.authors, article.section) == (("Jan Vos",), "Wijk")
    assert [article.sources[name] for name in ("authors", "section")] == ["template", "template"]


def test_a_place_that_shows_another_day_than_the_page_tells_machines_gives_none() -> None:
    """The day of the event, or of printing."""
    memory = learned(dated(number, told=True, when=f"{number + 2} mei 2021") for number in range(8))
    assert [sorted(each.fields) for each in templates_of(memory.templates)] == [
        ["authors", "section", "title"]
    ]


def test_on_a_page_of_another_template_no_field_is_read_at_a_place_of_this_one() -> None:
    memory = learned(dated(number, told=True) for number in range(8))
    untold = dated(20, told=False)
    other = replace(untold, body=untold.body.replace(b"story", b"live").replace(b"colophon", b"info"))
    assert extract(other, SITE, memory).authors == extract(other, SITE, NOTHING).authors


def test_a_text_that_stands_above_the_article_too_is_read_where_the_template_has_its_text() -> None:
    def scored(where: str, score: float) -> tuple[str, TemplatePlace]:
        return where, TemplatePlace(articles=10, score=score, repeated=0.0, linked=0.0)

    said = "De brug bij de molen is weer open voor alle verkeer, meldt Bos."
    twice = page(3, before=f'<div class="standfirst">{said}</div>', body=f"<p>{said}</p><p>{story(3)[0]}</p>")
    reading = read(twice, SITE, NOTHING)
    assert reading.article.text.count(said) == 2
    places = PagePlaces(reading.outline)
    where = {each.run.box: places.of(each.run) for each in reading.judged if each.run.text == said}
    above, own = where.values()
    known = PageTemplate(
        shape=shape(reading.outline), articles=40, places=dict([scored(above, 0.05), scored(own, 0.97)])
    )
    memory = SiteMemory(site="bode", templates={"known": [known.plain()]})
    assert extract(twice, SITE, memory).text.count(said) == 1


def test_a_redesign_is_one_more_template_since_that_day_and_what_the_old_one_taught_is_left_to_it() -> None:
    old = [page(number, after=PLEA) for number in range(8)]
    new = [page(number, classes="artikel", after="<p>Bel de redactie</p>") for number in range(8, 13)]
    before, after = learned(old), learned([*old, *new])
    known = templates_of(after.templates)
    (fresh,) = unknown(known, templates_of(before.templates))
    assert (fresh.articles, fresh.since) == (5, (START + timedelta(days=8)).isoformat())
    assert [each.text for each in known] == [
        "p in div.story-text in article.story",
        "p in div.artikel-text in article.artikel",
    ]
    assert extract(new[0], SITE, after).text.splitlines() == story(8)
    assert extract(old[0], SITE, after).text.splitlines() == story(0)
    assert unknown(known, known) == []
    assert unknown(known, []) == []


def test_a_counter_on_every_page_takes_no_figure_out_of_a_table_or_a_chronicle() -> None:
    counter = '<div class="share"><span class="count">0</span></div><div class="more">3 november 2020</div>'
    memory = learned(page(number, after=counter) for number in range(12))
    assert {"0", "3 november 2020"} <= set(lines(memory))
    table = (
        "<table><tr><th>Ploeg</th><th>Punten</th></tr><tr><td>SV Duinen</td><td>24</td></tr>"
        "<tr><td>FC Zandwijk</td><td>21</td></tr></table>"
    )
    years = (
        "<h3>1931</h3><p>In dat jaar kwam de eerste brug over de vaart, van hout en met een tol.</p>"
        "<h3>12 november 1944</h3><p>Op die dag ging de brug de lucht in, vlak voor de bevrijding.</p>"
    )
    facts = "<p>De cijfers:</p><dl><dt>Leden van de club</dt><dd>212</dd><dt>Velden</dt><dd>3</dd></dl>"
    shown = page(40, inside=f"{table}{years}{facts}", after=counter)
    without, with_it = (
        [block.text for block in extract(shown, SITE, each).blocks] for each in (NOTHING, memory)
    )
    assert {"24", "21", "1931", "212", "3"} <= set(without)
    assert with_it == without
