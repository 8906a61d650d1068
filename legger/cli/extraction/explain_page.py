"""What was thought of a page, as a page to look at: no script, nothing from elsewhere, all escaped. Pure."""

from __future__ import annotations

from archive.model.types import Article, StatedTime
from crawler.extract.article import ExtractionTrace
from crawler.extract.page.blocks import Outline
from crawler.extract.templates import PagePlaces
from legger.cli.console import many
from legger.templating import environment


def explained(reading: ExtractionTrace) -> str:
    """The whole page: its fields with their witnesses, and every block with keep or strip, and why."""
    article = reading.article
    templates = environment("legger.cli.extraction")
    templates.filters["shown"] = without_signs
    return templates.get_template("explained.html").render(
        title=article.title or "(no title)",
        url=reading.capture.url,
        article=article,
        fields=_fields(article),
        judged=reading.judged,
        places=PagePlaces(reading.outline),
        unread=not_read(reading.outline),
    )


def not_read(page: Outline) -> str:
    """What the outline left out, in words; ``""`` when it is nothing."""
    if not page.unread:
        return ""
    return f"menus and footers of the site, left out unread: {page.unread}"


def _fields(article: Article) -> list[tuple[str, str, str]]:
    """(name, value, witness) of what was read beside the text; what the page does not say is left out."""
    dates = [(name, getattr(article, name)) for name in ("published", "modified")]
    values = [
        ("kind", str(article.kind), article.reason),
        ("may be as well", str(article.might_be or ""), "the page itself leaves it open"),
        ("title", article.title, ""),
        ("headline shown", article.headline or "", ""),
        ("kicker", article.kicker or "", ""),
        ("authors", ", ".join(article.authors), ""),
        ("byline", article.byline or "", ""),
        *((name, _dated(dated), "") for name, dated in dates if dated),
        ("section", article.section or "", ""),
        ("tags", ", ".join(article.tags), ""),
        ("language", article.language or "", ""),
        ("canonical address", article.canonical_url or "", ""),
        ("picture", ", ".join(image.url for image in article.images), ""),
        ("text", many(article.word_count, "word"), ""),
    ]
    return [(name, value, reason or article.sources.get(name, "")) for name, value, reason in values if value]


def _dated(dated: StatedTime) -> str:
    return dated.text if dated.raw in (dated.text, "") else f"{dated.text} (on the page: {dated.raw})"


def without_signs(words: str) -> str:
    """*words* without signs that steer."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in words)
