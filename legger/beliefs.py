"""How far each source of a site is believed that says that pages were changed, or that they were not."""

from __future__ import annotations

from datetime import datetime

from archive import Archive
from crawler.scheduling.belief import (
    PAGES,
    SourceReliability,
    SourceWord,
    ValidatorReliability,
    ValidatorWord,
)


def believed(archive: Archive, site: str, *, now: datetime) -> tuple[list[SourceWord], list[ValidatorWord]]:
    """What looks have shown of each source: of lastmod and the like, and of ETag and Last-Modified."""
    visits = [each.health_signals for each in reversed(archive.alarms.visits_seen(site, now=now))]
    sources = SourceReliability(each.get("told", {}) for each in visits)
    validators = ValidatorReliability(each.get("validators", {}) for each in visits)
    return list(sources.words()), list(validators.words())


def in_words(word: SourceWord | ValidatorWord) -> str:
    """What is known of one, and what comes of it."""
    if isinstance(word, SourceWord):
        says = "is believed" if word.believed else "is not believed: a few of its pages are looked at"
        return (
            f"{word.source} says of pages that they were changed: {word.right:,} of {word.looks:,} looks "
            f"found it so; it {says}"
        )
    who = "pages say" if word.source == PAGES else f"{word.source} says"
    comes = "that is believed" if word.believed else "that is not believed: it is asked for whole each time"
    return (
        f"{who} by ETag or Last-Modified that nothing changed: {word.looks - word.wrong:,} of "
        f"{word.looks:,} whole answers bore it out; {comes}"
    )
