"""How much a reading is to be doubted: a small model of what extraction knows of its own work. Pure.

What counts is how sure the classifier was of what was kept, what it was sure of and a rule took away, how
much stands beside the text, whether the page's own summary is found in it, and whether witnesses agree. The
weights are those of a logistic regression, made by ``python -m bench doubt``; but for two that are set by
hand: a template that the site's memory does not know (the sets that the model is made of have no memories),
and a page that may be no article at all, which is always to be looked at.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from archive.model.types import TEXT_KINDS, Article
from archive.model.word_count import word_count

if TYPE_CHECKING:
    from crawler.extract.text.scored import ScoredBlock

A_SUMMARY = 6
"""Words that a page's summary must have before the text is held against it."""
_SOME = 20
"""Words added to those of a text before others are measured against it: of short texts shares are wild."""

WEIGHTS: Mapping[str, float] = {
    "uncertain": 3.849,
    "imprecise": 13.174,
    "beyond_summary": 0.345,
    "boxed": 0.698,
    "length": -0.548,
    "share": 0.323,
    "ruled_out": -0.286,
    "disputed": 0.173,
    "new_template": 0.5,
    "unclear_kind": 3.0,
}
"""Sign -> log-odds for each unit of it."""
BIAS = 0.013
HEAVY = 0.3
"""Log-odds from which a sign is worth a word."""

NEW_TEMPLATE = "built as no page of the site that is known"
_IN_WORDS = {
    "imprecise": "much of what was kept was near the bar",
    "uncertain": "the text could have been another",
    "beyond_summary": "the page's own summary is not found in it",
    "boxed": "much stands in boxes beside the text",
    "disputed": "witnesses name other dates",
    "new_template": NEW_TEMPLATE,
    "unclear_kind": "it may be no article",
}


def signs(
    judged: Sequence[ScoredBlock], article: Article, *, summary: str, unknown: bool
) -> dict[str, float]:
    """What may tell of a bad reading, in numbers.

    *judged* are the page's runs; *summary* is that of its meta tags; *unknown* says that the site's memory
    knows templates, and this page is built on none of them.
    """
    kept = expected = right = boxed = ruled_out = whole = 0.0
    for each in judged:
        words = word_count(each.run.text)
        whole += words
        in_text = each.kind in TEXT_KINDS
        probable = each.score if each.kept or not each.ruled else 0.0
        if in_text:
            expected += words * probable
        if each.kept and in_text:
            kept += words
            right += words * probable
        elif each.kept:
            boxed += words
        elif in_text and each.score > 0.5:
            ruled_out += words
    total = kept + expected
    from crawler.extract.text.scored import words_in  # what is counted of a visit asks for no page

    said = words_in(summary)
    missing = len(said - words_in(article.text)) / len(said) if len(said) >= A_SUMMARY else 0.0
    return {
        "uncertain": 1 - 2 * right / total if total else 1.0,
        "imprecise": 1 - right / kept if kept else 1.0,
        "beyond_summary": missing,
        "boxed": min(boxed / (kept + _SOME), 2.0),
        "length": math.log1p(kept),
        "share": kept / whole if whole else 0.0,
        "ruled_out": min(ruled_out / (kept + _SOME), 2.0),
        "disputed": float("published_disputed" in article.sources),
        "new_template": float(unknown),
        "unclear_kind": float(article.might_be is not None),
    }


def doubt_of(found: Mapping[str, float]) -> float:
    """The probability, by its *found* signs, that a reading's text is not the article's: from 0 to 1."""
    odds = BIAS + sum(WEIGHTS[name] * value for name, value in found.items())
    return 1 / (1 + math.exp(-max(min(odds, 30.0), -30.0)))


def without(article: Article, sign: str) -> Article:
    """A judged reading, one sign of doubt (of which there was one) taken back."""
    if article.doubt is None:
        return article
    sure = min(max(article.doubt, 1e-9), 1 - 1e-9)
    odds = math.log(sure / (1 - sure)) - WEIGHTS[sign]
    words = tuple(each for each in article.doubts if each != _IN_WORDS[sign])
    return replace(article, doubt=round(1 / (1 + math.exp(-odds)), 4), doubts=words)


def reasons(found: Mapping[str, float]) -> tuple[str, ...]:
    """What weighs most against a reading, in words, the heaviest first; at most three, and that its template
    is not known always."""
    weighed = {name: WEIGHTS[name] * value for name, value in found.items() if name in _IN_WORDS}
    heavy = sorted((name for name in weighed if weighed[name] > HEAVY), key=lambda name: -weighed[name])
    told = [name for at, name in enumerate(heavy) if at < 3 or name == "new_template"]
    return tuple(_IN_WORDS[name] for name in told)
