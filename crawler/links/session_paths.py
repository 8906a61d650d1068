"""Addresses with a visit's name in their path: ever new ones of pages that are known.

Which sites write such addresses, their own articles tell: two of them or more stand at several addresses that
differ in such a name alone. Of a page that is known at one of them, and answers there, no other is asked for.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

TOLD_BY = 2
"""Articles that must stand at several such addresses."""
_TOKEN = re.compile(
    r"\((?:[A-Z]\([\w-]{8,}\))+\)|(?:s|sid|sess|session|visit)[-_=:.]?(?=[\w-]*\d)[\w-]{8,}|"
    r"(?=[0-9a-f-]*\d)(?=[0-9a-f-]*[a-f])[0-9a-f-]{16,}|(?=\w*\d)(?=\w*[a-z])(?=\w*[A-Z])\w{16,}|"
    r"(?=[a-z0-9]*\d[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{20,}",
)
_TELLING = re.compile(r"[^\W\d_]+[-_][^\W\d_]+[-_]|\d{3,}|[^\W\d_]{8,}")
"""What the last part of an address has that says which page it is."""


def without_session(url: str) -> str | None:
    """*url* with the name of a visit in its path left out; ``None`` when none is in it.

    What stands last in a path is the page's own name; and it must say which page that is.
    """
    parts = urlsplit(url)
    *folders, last = [each for each in parts.path.split("/") if each] or [""]
    kept = ["*" if _TOKEN.fullmatch(each) else each for each in folders]
    if "*" not in kept or not (_TELLING.search(last) or parts.query):
        return None
    return f"{parts.netloc}/{'/'.join((*kept, last))}?{parts.query}"


class SessionPaths:
    """What is known of a site's addresses; *known* gives (address, article, whether it answers) of those at
    which an article was read, and is asked once, when the first such address is met."""

    def __init__(self, known: Iterable[tuple[str, int, bool]]) -> None:
        self._rows = known
        self._answering: dict[str, set[str]] | None = None

    def is_another(self, url: str) -> bool:
        """Whether an address is another visit's of a page that answers at an address that is known."""
        page = without_session(url)
        if page is None:
            return False
        if self._answering is None:
            self._answering = self._learned()
        known = self._answering.get(page)
        return bool(known) and url not in (known or ())

    def _learned(self) -> dict[str, set[str]]:
        """Page -> addresses at which it answers; empty where the site's articles do not tell of sessions."""
        pages: dict[str, set[str]] = defaultdict(set)
        articles: dict[tuple[str, int], int] = defaultdict(int)
        for page, url, article, answers in self._masked():
            articles[page, article] += 1
            if answers:
                pages[page].add(url)
        several = {article for (_, article), count in articles.items() if count > 1}
        return dict(pages) if len(several) >= TOLD_BY else {}

    def _masked(self) -> Iterator[tuple[str, str, int, bool]]:
        for url, article, answers in self._rows:
            if (page := without_session(url)) is not None:
                yield page, url, article, answers
