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

from archive.model.addresses import Miss


class EarlierState(StrEnum):
    """What the address that redirects was until now."""

    ARTICLE = "article"
    SOURCE = "source"
    """A feed, sitemap or listing that the run asks for whatever is due."""
    UNKNOWN = "unknown"
    """Never an article."""


class LeadsTo(StrEnum):
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


class Recheck(Enum):
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
class RedirectOutcome:
    """What a redirect comes to."""

    next: Recheck
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


_REDIRECT = RedirectOutcome(next=Recheck.SELDOM)
_ALIAS = RedirectOutcome(next=Recheck.SELDOM, alias=True)
_GONE = RedirectOutcome(next=Recheck.ABSENT, absent=True)
_NOT_THERE = RedirectOutcome(next=Recheck.NOTHING, missed=Miss.CLIENT)
_GATE = RedirectOutcome(next=Recheck.GATE, missed=Miss.GATE)
_ELSEWHERE = RedirectOutcome(next=Recheck.GATE, missed=Miss.ELSEWHERE)
_FAILED = RedirectOutcome(next=Recheck.RETRY, missed=Miss.UNREACHABLE)
_READ = RedirectOutcome(next=Recheck.POLL, read=True)

_OWN = (LeadsTo.ITSELF, LeadsTo.KNOWN, LeadsTo.NEW)
_OTHER_SITE = (LeadsTo.ELSEWHERE, LeadsTo.ELSEWHERE_FOR_GOOD)
_ASKED = tuple(each for each in Target if each is not Target.NOT_ASKED)


def _silent(cell: RedirectOutcome) -> RedirectOutcome:
    return RedirectOutcome(
        next=Recheck.RETRY if cell.next is Recheck.RETRY else Recheck.POLL, missed=cell.missed, silent=True
    )


def _table() -> dict[tuple[EarlierState, LeadsTo, Target], RedirectOutcome]:
    table: dict[tuple[EarlierState, LeadsTo, Target], RedirectOutcome] = {}
    for led in _OWN:
        itself = led is LeadsTo.ITSELF
        table |= {
            # What the page says of itself is filed with the page: at the same page nothing is lost by a hop.
            (EarlierState.ARTICLE, led, Target.SAME_ARTICLE): _ALIAS,
            (EarlierState.ARTICLE, led, Target.OTHER_ARTICLE): _ALIAS if itself else _GONE,
            (EarlierState.ARTICLE, led, Target.SOURCE): _REDIRECT if itself else _GONE,
            (EarlierState.ARTICLE, led, Target.NO_ARTICLE): _REDIRECT if itself else _GONE,
            (EarlierState.ARTICLE, led, Target.ABSENT): _GONE,
            (EarlierState.UNKNOWN, led, Target.SAME_ARTICLE): _ALIAS,
            (EarlierState.UNKNOWN, led, Target.OTHER_ARTICLE): _ALIAS,
            (EarlierState.UNKNOWN, led, Target.SOURCE): _REDIRECT,
            (EarlierState.UNKNOWN, led, Target.NO_ARTICLE): _REDIRECT,
            (EarlierState.UNKNOWN, led, Target.ABSENT): _NOT_THERE,
        }
        for was in (EarlierState.ARTICLE, EarlierState.UNKNOWN):
            table |= {(was, led, Target.GATE): _GATE, (was, led, Target.FAILED): _FAILED}
    for was, led, target in product((EarlierState.ARTICLE, EarlierState.UNKNOWN), _OTHER_SITE, _ASKED):
        gone = was is EarlierState.ARTICLE and led is LeadsTo.ELSEWHERE_FOR_GOOD
        table[was, led, target] = _GONE if gone else _ELSEWHERE
        if target in (Target.GATE, Target.FAILED):
            table[was, led, target] = _GATE if target is Target.GATE else _FAILED
    for led in (LeadsTo.FRONT, LeadsTo.NOWHERE):
        table[EarlierState.ARTICLE, led, Target.NOT_ASKED] = _GONE
        table[EarlierState.UNKNOWN, led, Target.NOT_ASKED] = _NOT_THERE
        table[EarlierState.SOURCE, led, Target.NOT_ASKED] = _silent(_NOT_THERE)
    for led, target in product((*_OWN, *_OTHER_SITE), _ASKED):
        if target is Target.SOURCE:
            table[EarlierState.SOURCE, led, target] = _READ
        else:
            like = table[EarlierState.UNKNOWN, led, target]
            table[EarlierState.SOURCE, led, target] = _silent(like if like.missed else _NOT_THERE)
    return table


TABLE = _table()
"""Every cell that can come about: the front page and nowhere are not asked, all else is."""
