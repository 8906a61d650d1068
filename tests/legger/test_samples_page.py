"""The page that shows sampled pages beside what was read of them: whole and harmless."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from archive.model.addresses import Role
from archive.model.types import Capture, SiteMemory
from crawler.extract.article import extract
from crawler.extract.normalize import normalize
from crawler.onboarding.candidates import Source
from crawler.onboarding.probe import ProbeResult, Sample
from crawler.onboarding.teach import blocks
from crawler.siteconfig.site import Site
from legger.cli.crawling.samples_page import of_probe, of_teach

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
SENTENCES = [
    f"Het plein krijgt nieuwe stenen en kraam nummer {number} verhuist naar de kade." for number in range(6)
]
STORY = f"""<html lang="nl"><head><title>Plein wordt vernieuwd</title></head>
<body><nav><a href="/">Home</a></nav>
<article><h1>Plein wordt vernieuwd</h1><p class="by">Door Lieve Peeters</p>
<time datetime="2026-03-01T09:15:00+01:00">1 maart</time>{"".join(f"<p>{each}</p>" for each in SENTENCES)}
</article>
<script>alert("kwaad")</script><footer>&lt;b onclick=x&gt; &copy; de krant</footer></body></html>"""
SITE = Site(name="dorp", url="https://dorp.example/", title="Dorp & <i>Stad</i>", language="nl")


def sample(body: str = STORY, url: str = "https://dorp.example/nieuws/1") -> Sample:
    capture = Capture(
        site="dorp", url=url, at=AT, status=200, headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=body.encode(),
    )  # fmt: skip
    return Sample(
        url=url, article=normalize(extract(capture, SITE, SiteMemory(site="dorp")), SITE), capture=capture
    )


def marks(page: str) -> dict[str, str]:
    """Number of a block -> its mark."""
    found = re.findall(
        r'<li class="\w+"><span class="number soft">(\d+)</span>.*?<span class="mark">(.*?)</span>', page
    )
    return dict(found)


def test_each_sample_stands_beside_its_fields_with_the_witness_and_each_block_says_what_it_became() -> None:
    source = Source(url="https://dorp.example/feed", role=Role.FEED, entries=1200, how="front page")
    page = of_probe(
        ProbeResult(site=SITE, sources=(source,), samples=(sample(),), doubts=("is dit <waar>?",))
    )
    assert "Dorp &amp; &lt;i&gt;Stad&lt;/i&gt;" in page
    assert "1,200" in page
    assert "is dit &lt;waar&gt;?" in page
    for name, value, witness in (
        ("title", "Plein wordt vernieuwd", "h1"),
        ("published", "2026-03-01 09:15:00+01:00", "time"),
        ("by", "Lieve Peeters", "byline"),
    ):
        assert re.search(
            rf'{name}</th><td dir="auto">{re.escape(value)}</td><td class="witness">{witness}', page
        ), name
    numbered = {each.words: str(each.number) for each in blocks(STORY)}
    found = marks(page)
    assert found[numbered["Plein wordt vernieuwd"]] == "title"
    assert found[numbered["Door Lieve Peeters"]] == "by"
    assert found[numbered["1 maart"]] == "published"
    assert found[numbered["Home"]] == ""
    assert all(found[numbered[each]] == "text" for each in SENTENCES)


def test_a_page_does_nothing_and_asks_for_nothing() -> None:
    page = of_teach("dorp", [(each.capture, each.article) for each in (sample(),) if each.capture])
    assert "default-src 'none'" in page
    assert not re.search(r"<script|<img|<link|src=|href=|onclick=x>", page)
    assert "&lt;b onclick=x&gt;" in page


def test_what_was_not_found_and_what_is_no_article_is_said_in_words() -> None:
    bare = STORY.replace("Door Lieve Peeters", "Uit de buurt")
    assert of_probe(ProbeResult(site=SITE, samples=(sample(bare),))).count("not found") >= 1
    listing = "<html><body><h1>Nieuws</h1><ul>" + "".join(
        f"<li><a href='/n/{n}'>Kop {n}</a></li>" for n in range(30)
    )
    page = of_probe(ProbeResult(site=SITE, samples=(sample(listing, "https://dorp.example/nieuws"),)))
    assert "Not taken for an article" in page
    assert "Kop 29" in page


def test_the_page_to_point_at_gives_each_sample_its_command() -> None:
    second = sample(url="https://dorp.example/nieuws/2")
    pages = [(each.capture, each.article) for each in (sample(), second) if each.capture]
    page = of_teach("dorp", pages)
    assert "legger site teach dorp &#39;12 is the date, drop 20&#39;" in page
    assert "legger site teach dorp --page 2 &#39;" in page
