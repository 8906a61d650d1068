"""Sampled pages beside what was read of them, as one page: no script, nothing from elsewhere. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import shorten

from bs4 import Tag

from archive.model.types import Article, Block, Capture, PageKind
from crawler.onboarding.probe import ProbeResult
from crawler.onboarding.teach import blocks
from legger.cli.extraction.explain_page import without_signs
from legger.templating import environment


@dataclass(frozen=True, kw_only=True)
class ShownBlock:
    """A piece of a page, and what was made of it."""

    number: int
    words: str
    mark: str
    """``title``, ``published``, ``by``, ``text``; empty: it was left out."""


@dataclass(frozen=True, kw_only=True)
class ShownSample:
    """A page, block by block, beside what was read."""

    url: str
    heading: str
    blocks: Sequence[ShownBlock]
    fields: Sequence[tuple[str, str, str]] = ()
    """(name, value, witness); an empty value was not found."""
    text: Sequence[Block] = ()
    hint: str = ""
    says: Sequence[str] = ()
    """Commands to copy."""


def of_probe(found: ProbeResult) -> str:
    """The page of ``legger site add``: the site, its sources, and the samples with their witnesses."""
    site = found.site
    about = (
        f"{site.url} · {site.language or 'language not known'} · {site.timezone} · "
        f"{site.place or 'place not known'}",
        "Look at the dates and the bylines: what is read wrongly now is filed wrongly for years. "
        f"A page's numbers are those of: legger site teach {site.name}",
    )
    samples = [_sample(each.url, each.article, each.capture) for each in found.samples]
    return _page(site.title or site.name, about, samples, found=found)


def of_teach(name: str, pages: Iterable[tuple[Capture, Article]]) -> str:
    """The page of ``legger site teach``: kept articles with the numbers to point at."""
    about = (
        "Say what a number is, and rules come of it that are tried on the other pages:",
        f"legger site teach {name} '12 is the date, 15 the byline, drop 20'",
    )
    samples = []
    for number, (capture, article) in enumerate(pages, 1):
        option = f" --page {number}" if number > 1 else ""
        sample = _sample(
            capture.url,
            article,
            capture,
            says=(f"legger site teach {name}{option} '12 is the date, drop 20'",),
        )
        samples.append(sample)
    return _page(f"{name}: pages to point at", about, samples)


def _page(
    title: str, about: Sequence[str], samples: Sequence[ShownSample], *, found: ProbeResult | None = None
) -> str:
    templates = environment("legger.cli.crawling")
    templates.filters["shown"] = without_signs
    return templates.get_template("samples.html").render(
        title=title,
        about=about,
        samples=samples,
        sources=found.sources if found else (),
        doubts=found.doubts if found else (),
    )


def _sample(url: str, article: Article, capture: Capture | None, *, says: Sequence[str] = ()) -> ShownSample:
    shown = [] if capture is None else list(_marked(capture, article))
    if not article.is_article:
        why = f", {article.reason}" if article.reason else ""
        reason = f"Not taken for an article: {article.kind.value}{why}."
        return ShownSample(url=url, heading="No article", blocks=shown, hint=reason, says=says)
    return ShownSample(
        url=url,
        heading=article.title or "Without a title",
        blocks=shown,
        fields=fields_of(article),
        text=article.blocks,
        says=says,
    )


def fields_of(article: Article) -> list[tuple[str, str, str]]:
    """(name, value, witness) of what a person should look at; an empty value was not found."""
    published, sources = article.published, article.sources
    day = published.text.replace("T", " ") if published else ""
    if published and published.raw.strip()[:10] != day[:10]:
        day += f" ({shorten(published.raw, 60, placeholder='…')})"
    kind = "" if article.kind is PageKind.ARTICLE else f"{article.kind.value}, "
    return [
        ("title", article.title, sources.get("title", "")),
        ("published", day, published.source if published else ""),
        ("by", ", ".join(article.authors), sources.get("authors", "")),
        ("text", f"{kind}{article.word_count:,} words", sources.get("text", "")),
    ]


def _marked(capture: Capture, article: Article) -> Iterable[ShownBlock]:
    """The blocks of a page, each with what it was read as, by its words."""
    text = [_folded(each.text) for each in article.blocks]
    title = {_folded(article.title), _folded(article.headline or "")} - {""}
    raw = _folded(article.published.raw) if article.published else ""
    for each in blocks(capture.body):
        words = _folded(each.words)
        if words in title and each.tag.name in ("h1", "h2", "h3", "p", "div", "span"):
            mark = "title"
        elif len(words) > 3 and any(
            words in line or (line in words and len(line) > len(words) / 2) for line in text
        ):
            mark = "text"
        elif raw and (raw in _moments(each.tag) or (raw in words and len(words) < 4 * len(raw) + 40)):
            mark = "published"
        elif len(words) < 160 and any(_folded(name) in words for name in article.authors):
            mark = "by"
        else:
            mark = ""
        yield ShownBlock(number=each.number, words=shorten(each.words, 400, placeholder=" …"), mark=mark)


def _moments(tag: Tag) -> list[str]:
    """What an element says of times beside its words."""
    return [_folded(str(each["datetime"])) for each in [tag, *tag.find_all("time")] if each.get("datetime")]


def _folded(words: str) -> str:
    return " ".join(words.split()).casefold()
