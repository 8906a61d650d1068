"""What a redirect comes to: one table of what the address was, where it led, and what stands there.

=========  ============================  =====================  =========================================
was        led                           target                 comes to
=========  ============================  =====================  =========================================
article    the site itself, any page     the same words         moved: one article, its old address an alias
article    the site itself, any page     another article,       suspect, then gone
                                         no article, not there
any        a front page or section       (not asked)            suspect, then gone; of others: missed
any        nowhere                       (nothing)              suspect, then gone; of others: missed
article    for good to another site      a page                 suspect, then gone
any        to another site               a page, a gate         missed, asked again
any        anywhere                      no answer, an error    missed, asked again in this run
unknown    the site itself               an article             an alias of that article
unknown    the site itself               no article             a redirect, and nothing else
source     anywhere                      a source               read; on another host the operator is told
source     anywhere                      anything else          a source that is silent, with the reason
=========  ============================  =====================  =========================================
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from itertools import product

from archive.model.types import Miss


class Was(StrEnum):
    """What the address that redirects was until now."""

    ARTICLE = "article"
    SOURCE = "source"
    """A feed, sitemap or listing that the run asks for whatever is due."""
    UNKNOWN = "unknown"
    """Never an article."""


class Led(StrEnum):
    """Where the last redirect of a chain leads."""

    ITSELF = "itself"
    """The same page under another scheme, with or without ``www.``, a final slash, a cookie ..."""
    KNOWN = "known"
    """An address of the site that the archive had heard of."""
    NEW = "new"
    """Another address of the site."""
    FRONT = "front"
    """The front page, or a listing that the site's file names."""
    ELSEWHERE = "elsewhere"
    """Another site."""
    ELSEWHERE_FOR_GOOD = "elsewhere for good"
    """Another site, as every redirect on the way says for good (301, 308)."""
    NOWHERE = "nowhere"
    """No address, a trap."""


class Target(StrEnum):
    """What stands where a redirect led."""

    SAME_ARTICLE = "same article"
    """An article with the same words; of an address that was none, an article."""
    OTHER_ARTICLE = "other article"
    SOURCE = "source"
    """A feed or sitemap, or of a listing, a page."""
    NO_ARTICLE = "no article"
    GATE = "gate"
    ABSENT = "absent"
    """404, 410, or a page that says so."""
    FAILED = "failed"
    """No answer, an error of the server (a circle of redirects, too many of them), or one that we may not ask
    for."""
    NOT_ASKED = "not asked"


class Next(Enum):
    """When the address is looked at again."""

    SELDOM = "seldom"
    """As other pages are."""
    ABSENT = "absent"
    """As an article that was not there."""
    NOTHING = "nothing"
    """As an address at which never was anything."""
    GATE = "gate"
    POLL = "poll"
    RETRY = "retry"
    """In this run, then after more and more time."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What a redirect comes to."""

    next: Next
    absent: bool = False
    """It is filed as one more look that missed the article."""
    alias: bool = False
    """The address is another one of the article that stands at the target."""
    missed: Miss | None = None
    """Of :attr:`Target.FAILED`, the target's own reason comes before it."""
    silent: bool = False
    """A source that gave nothing."""
    read: bool = False
    """A source that gave what it should, at another address."""


_REDIRECT = Cell(next=Next.SELDOM)
_ALIAS = Cell(next=Next.SELDOM, alias=True)
_GONE = Cell(next=Next.ABSENT, absent=True)
_NOT_THERE = Cell(next=Next.NOTHING, missed=Miss.CLIENT)
_GATE = Cell(next=Next.GATE, missed=Miss.GATE)
_ELSEWHERE = Cell(next=Next.GATE, missed=Miss.ELSEWHERE)
_FAILED = Cell(next=Next.RETRY, missed=Miss.UNREACHABLE)
_READ = Cell(next=Next.POLL, read=True)

_OWN = (Led.ITSELF, Led.KNOWN, Led.NEW)
_OTHER_SITE = (Led.ELSEWHERE, Led.ELSEWHERE_FOR_GOOD)
_ASKED = tuple(each for each in Target if each is not Target.NOT_ASKED)


def _silent(cell: Cell) -> Cell:
    return Cell(next=Next.RETRY if cell.next is Next.RETRY else Next.POLL, missed=cell.missed, silent=True)


def _table() -> dict[tuple[Was, Led, Target], Cell]:
    table: dict[tuple[Was, Led, Target], Cell] = {}
    for led in _OWN:
        itself = led is Led.ITSELF
        table |= {
            # What the page says of itself is filed with the page: at the same page nothing is lost by a hop.
            (Was.ARTICLE, led, Target.SAME_ARTICLE): _ALIAS,
            (Was.ARTICLE, led, Target.OTHER_ARTICLE): _ALIAS if itself else _GONE,
            (Was.ARTICLE, led, Target.SOURCE): _REDIRECT if itself else _GONE,
            (Was.ARTICLE, led, Target.NO_ARTICLE): _REDIRECT if itself else _GONE,
            (Was.ARTICLE, led, Target.ABSENT): _GONE,
            (Was.UNKNOWN, led, Target.SAME_ARTICLE): _ALIAS,
            (Was.UNKNOWN, led, Target.OTHER_ARTICLE): _ALIAS,
            (Was.UNKNOWN, led, Target.SOURCE): _REDIRECT,
            (Was.UNKNOWN, led, Target.NO_ARTICLE): _REDIRECT,
            (Was.UNKNOWN, led, Target.ABSENT): _NOT_THERE,
        }
        for was in (Was.ARTICLE, Was.UNKNOWN):
            table |= {(was, led, Target.GATE): _GATE, (was, led, Target.FAILED): _FAILED}
    for was, led, target in product((Was.ARTICLE, Was.UNKNOWN), _OTHER_SITE, _ASKED):
        gone = was is Was.ARTICLE and led is Led.ELSEWHERE_FOR_GOOD
        table[was, led, target] = _GONE if gone else _ELSEWHERE
        if target in (Target.GATE, Target.FAILED):
            table[was, led, target] = _GATE if target is Target.GATE else _FAILED
    for led in (Led.FRONT, Led.NOWHERE):
        table[Was.ARTICLE, led, Target.NOT_ASKED] = _GONE
        table[Was.UNKNOWN, led, Target.NOT_ASKED] = _NOT_THERE
        table[Was.SOURCE, led, Target.NOT_ASKED] = _silent(_NOT_THERE)
    for led, target in product((*_OWN, *_OTHER_SITE), _ASKED):
        if target is Target.SOURCE:
            table[Was.SOURCE, led, target] = _READ
        else:
            like = table[Was.UNKNOWN, led, target]
            table[Was.SOURCE, led, target] = _silent(like if like.missed else _NOT_THERE)
    return table


TABLE = _table()
"""Every cell that can come about: the front page and nowhere are not asked, all else is."""
