"""Citing a version: an id for ever, and the forms in which scholars write it. Pure.

The id is ``legger:ARTICLE.VERSION-HASH``: the article's permanent number, the version's, and the first
twelve digits of the content hash as the version was first read. It is valid as long as the archive is,
whatever is read better later, and it cannot be moved to another archive without the hash giving it away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import takewhile
from typing import Any
from urllib.parse import urlencode

_ID = re.compile(r"legger:(\d+)\.(\d+)-([0-9a-f]{12})")


@dataclass(frozen=True, kw_only=True)
class Citation:
    """What a citation says of a version."""

    article: int
    version: int
    title: str
    authors: tuple[str, ...]
    publisher: str
    published: str | None
    """ISO 8601, as the site stated it; ``None`` when it did not."""
    language: str | None
    url: str
    seen: datetime
    """When the version was first seen. UTC."""
    content_hash: str
    """As first read."""
    capture: int
    capture_digest: str | None
    """SHA-256 of the page's bytes, in hexadecimal."""
    site_publisher: str | None = None
    """Who publishes the site that :attr:`publisher` names."""
    issn: str | None = None
    archive_name: str = ""
    """What the archive calls itself."""
    archived_url: str | None = None
    """Where the archived copy can be read by others; ``None``: nowhere that is known."""
    ark: str | None = None
    """The same as an Archival Resource Key, ``ark:12345/legger12.2``."""

    @property
    def persons(self) -> tuple[Person, ...]:
        """The authors, parted where they are persons."""
        return tuple(map(person, self.authors))

    def kept_at(self, address: str | None, name: str, naan: str | None) -> Citation:
        """The same for an archive with a *name*, that others reach at *address*, with ARKs of *naan*."""
        return replace(
            self,
            archive_name=name,
            archived_url=f"{address.rstrip('/')}/articles/{self.article}?version={self.version}"
            if address
            else None,
            ark=f"ark:{naan}/legger{self.article}.{self.version}" if naan else None,
        )

    @property
    def id(self) -> str:
        """The permanent id."""
        return f"legger:{self.article}.{self.version}-{self.content_hash[:12]}"

    def text(self) -> str:
        """One line: authors, title, publisher, date, address, version, id."""
        who = f"{'; '.join(self.authors)}. " if self.authors else ""
        when = f", {self.published[:10]}" if self.published else ""
        which = f"version {self.version}, {self.seen:%Y-%m-%d %H:%M} UTC; {self.id}"
        kept = f"; {self.archived_url}" if self.archived_url else ""
        held = f"; {self.archive_name}" if self.archive_name else ""
        return f"{who}“{self.title}”. {self.publisher}{when}. {self.url} ({which}{held}{kept})"

    def styled(self, style: str) -> str:
        """As a style of citing has it: one of :data:`STYLES`."""
        return STYLES[style](self)

    def csl(self) -> dict[str, Any]:
        """CSL-JSON, as Zotero and pandoc read it."""
        item: dict[str, Any] = {
            "id": self.id,
            "type": "article-newspaper",
            "title": self.title,
            "container-title": self.publisher,
            "author": [each.csl() for each in self.persons],
            "publisher": self.site_publisher,
            "ISSN": self.issn,
            "issued": _parts(date.fromisoformat(self.published[:10])) if self.published else None,
            "accessed": _parts(self.seen.date()),
            "language": self.language,
            "URL": self.url,
            "version": str(self.version),
            "archive": self.archive_name or "Legger",
            "archive_location": self.archived_url or self.id,
            "note": self._proof(),
        }
        return {name: value for name, value in item.items() if value}

    def bibtex(self) -> str:
        """A BibTeX entry (``@online``, for biblatex)."""
        fields = {
            "title": f"{{{_tex(self.title)}}}",
            "author": " and ".join(each.bibtex() for each in self.persons),
            "organization": _tex(self.publisher),
            "publisher": _tex(self.site_publisher or ""),
            "issn": self.issn or "",
            "date": self.published[:10] if self.published else "",
            "url": self.url,
            "urldate": f"{self.seen:%Y-%m-%d}",
            "version": str(self.version),
            "langid": self.language or "",
            "note": _tex(self._proof()),
        }
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
        return f"@online{{{self.id.replace(':', '-')},\n{lines}}}\n"

    def ris(self) -> str:
        """A RIS record."""
        lines = [("TY", "NEWS"), ("TI", self.title)]
        lines += [("AU", each.inverted) for each in self.persons]
        lines += [
            ("T2", self.publisher),
            ("DA", self.published[:10].replace("-", "/") if self.published else ""),
            ("Y2", f"{self.seen:%Y/%m/%d/%H:%M} UTC"),
            ("LA", self.language or ""),
            ("PB", self.site_publisher or ""),
            ("SN", self.issn or ""),
            ("UR", self.url),
            ("L2", self.archived_url or ""),
            ("DB", self.archive_name),
            ("ET", str(self.version)),
            ("AN", self.id),
            ("N1", self._proof()),
            ("ER", ""),
        ]
        folded = ((tag, " ".join(value.split())) for tag, value in lines)
        return "".join(f"{tag}  - {value}\r\n" for tag, value in folded if value or tag == "ER")

    def _proof(self) -> str:
        page = f", page sha256 {self.capture_digest}" if self.capture_digest else ""
        kept = "".join(f"; {each}" for each in (self.archived_url, self.ark) if each)
        return (
            f"Seen {self.seen:%Y-%m-%dT%H:%M:%SZ}; {self.id}; content sha256 {self.content_hash}{page}{kept}"
        )

    def coins(self) -> str:
        """What reference managers read from a page (COinS, OpenURL of Z39.88-2004)."""
        first = self.persons[0] if self.persons else None
        members = [
            ("ctx_ver", "Z39.88-2004"), ("rft_val_fmt", "info:ofi/fmt:kev:mtx:journal"),
            ("rft.genre", "article"),
            ("rft.atitle", self.title), ("rft.jtitle", self.publisher), ("rft.issn", self.issn or ""),
            ("rft.date", (self.published or "")[:10]), ("rft.language", self.language or ""),
            ("rft.aulast", first.family if first else ""), ("rft.aufirst", first.given if first else ""),
            *(("rft.au", name) for name in self.authors), ("rft_id", self.url),
        ]  # fmt: skip
        return urlencode([each for each in members if each[1]])


# ---------------------------------------------------------------- persons


@dataclass(frozen=True)
class Person:
    """An author: family and given names, or (without a family name) a name that is not parted."""

    given: str
    family: str = ""
    particle: str = ""
    """What stands before the family name and does not sort: ``van der``."""

    @property
    def surname(self) -> str:
        """Family name with its particle."""
        return f"{self.particle} {self.family}".strip()

    @property
    def inverted(self) -> str:
        """``Vries, Jan de``; what is not parted as it is."""
        rest = f"{self.given} {self.particle}".strip()
        return f"{self.family}, {rest}" if self.family and rest else self.family or self.given

    @property
    def initials(self) -> str:
        """``J.-P. M.``"""
        return " ".join(
            "-".join(f"{part[0]}." for part in name.split("-") if part) for name in self.given.split()
        )

    def csl(self) -> dict[str, str]:
        """As CSL-JSON has names."""
        if not self.family:
            return {"literal": self.given}
        parts = {"family": self.family, "given": self.given, "non-dropping-particle": self.particle}
        return {name: value for name, value in parts.items() if value}

    def bibtex(self) -> str:
        """As BibTeX has names; one that is not parted stands in braces."""
        if not self.family:
            return f"{{{_tex(self.given)}}}"
        return f"{_tex(self.surname)}, {_tex(self.given)}" if self.given else _tex(self.surname)


_BEFORE_FAMILY = """
    van von vom zu zur zum de den der des het 't ’t te ten ter tot op in aan la le les l' du di da dal
    dalla del della dello dos das do af av al el bin ibn ben fan
"""
_PARTICLES = frozenset(_BEFORE_FAMILY.split())
_NO_PERSON = re.compile(
    r"\d|[@/|]|\b(?:redaksje|redactie|redaktion|redazione|rédaction|redacción|newsroom|staff|desk|nieuws|news|press"
    r"|persbureau|agency|agentur|agence|team|stichting|gemeente|politie|omroep|krant|courant|anp|afp|dpa|ap|reuters"
    r"|ansa|efe|belga|onze|our|correspondent|verslaggever)\b",
    re.IGNORECASE,
)


def _particles(family: list[str]) -> int:
    """How many words of a family name stand before what it sorts by.

    One that is written with a capital (``Van Aken``, ``Di Maio``) is part of the name, which sorts by it.
    """
    within = (each.islower() and each in _PARTICLES for each in family[:-1])
    return sum(takewhile(bool, within))


def person(name: str) -> Person:
    """A name as it was printed, parted into given and family names where it is that of a person.

    What may be a newsroom, an agency or one word only is not parted: a wrong inversion is worse than none.
    """
    words = name.replace(",", " , ").split()
    if _NO_PERSON.search(name) or len(words) < 2 or len(words) > 7:
        return Person(" ".join(name.split()))
    if words.count(",") == 1:
        comma = words.index(",")
        family, given = words[:comma], words[comma + 1 :]
        particle = family[: _particles(family)]
        trailing = [each for each in given if each.lower() in _PARTICLES and each.islower()]
        given = [each for each in given if each not in trailing]
        return Person(" ".join(given), " ".join(family[len(particle) :]), " ".join([*particle, *trailing]))
    if "," in words:
        return Person(" ".join(name.split()))
    start = next((place for place, each in enumerate(words[1:], 1) if each.lower() in _PARTICLES), None)
    if start is None:
        return Person(" ".join(words[:-1]), words[-1])
    end = start + _particles(words[start:])
    return Person(" ".join(words[:start]), " ".join(words[end:]), " ".join(words[start:end]))


# ---------------------------------------------------------------- styles

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def _long(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.day}"


def _short(day: date) -> str:
    month = _MONTHS[day.month - 1]
    return f"{month if len(month) < 5 else f'{month[:3]}.'} {day.day}, {day.year}"


def _day(cited: Citation) -> date | None:
    return date.fromisoformat(cited.published[:10]) if cited.published else None


def _where(cited: Citation) -> str:
    """Where the archived copy is, or else where the page stood."""
    return cited.archived_url or cited.url


def _stop(words: str) -> str:
    return words if words.endswith((".", "?", "!", "…")) else f"{words}."


def _row(names: list[str], last: str, *, comma_from: int) -> str:
    """Names in a sentence; a comma stands before the *last* one's word when there are so many or more."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])}{',' if len(names) >= comma_from else ''} {last} {names[-1]}"


def _apa(cited: Citation) -> str:
    """APA, seventh edition: a newspaper article online, of an archive."""
    names = [f"{each.surname}, {each.initials}" if each.family else each.given for each in cited.persons]
    who = _row(names, "&", comma_from=2)
    day = _day(cited)
    when = f"({day.year}, {_long(day)})" if day else "(n.d.)"
    begins = f"{_stop(who)} {when}. {_stop(cited.title)}" if who else f"{_stop(cited.title)} {when}."
    seen = f"Retrieved {_long(cited.seen.date())}, {cited.seen.year}, version {cited.version}"
    source = f"{cited.archive_name}, {_where(cited)}" if cited.archive_name else _where(cited)
    return f"{begins} {_stop(cited.publisher)} {seen}, from {source} ({cited.id})"


def _chicago(cited: Citation) -> str:
    """Chicago, seventeenth edition: an entry of a bibliography."""
    first, *others = cited.persons or (Person(""),)
    names = [first.inverted, *(f"{each.given} {each.surname}".strip() for each in others)]
    who = _row(names, "and", comma_from=2)
    day = _day(cited)
    seen = cited.seen.date()
    when = f"{_long(day)}, {day.year}" if day else f"seen {_long(seen)}, {seen.year}"
    begins = f"{_stop(who)} " if who else ""
    held = f" {_stop(cited.archive_name)}" if cited.archive_name else ""
    version = f"Version {cited.version}, {cited.id}"
    return f"{begins}“{_stop(cited.title)}” {cited.publisher}, {when}.{held} {version}. {_where(cited)}."


def _ieee(cited: Citation) -> str:
    """IEEE: an online newspaper article."""
    names = [f"{each.initials} {each.surname}" if each.family else each.given for each in cited.persons]
    who = _row(names, "and", comma_from=3)
    day = _day(cited)
    begins = f"{who}, " if who else ""
    when = f", {_short(day)}" if day else ""
    seen = f"Accessed: {_short(cited.seen.date())}. Version {cited.version}, {cited.id}"
    title = cited.title if cited.title.endswith((".", "?", "!", "…")) else f"{cited.title},"
    return f"{begins}“{title}” {cited.publisher}{when}. {seen}. [Online]. Available: {_where(cited)}"


STYLES: Mapping[str, Callable[[Citation], str]] = {"apa": _apa, "chicago": _chicago, "ieee": _ieee}
"""Name -> how that style cites a newspaper article, in plain text."""


def parse(words: str) -> tuple[int, int, str] | None:
    """(article, version, beginning of the content hash) of an id; ``None`` for anything else."""
    found = _ID.fullmatch(words.strip())
    return (int(found[1]), int(found[2]), found[3]) if found else None


def _parts(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}


_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {
    mark: f"\\{mark}" for mark in "&%$#_{}"
}


def _tex(words: str) -> str:
    return "".join(_TEX.get(character, character) for character in words)
