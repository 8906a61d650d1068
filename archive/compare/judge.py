"""The rule that decides a version: what differs between two readings, and what that comes to."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.compare.fingerprint import canonical, fingerprint, folded, folded_member
from archive.compare.likeness import is_another_story, newly_published
from archive.compare.notices import has_notice
from archive.compare.relative_times import is_told_from_now, told_anew
from archive.model.types import Article, BlockKind, PageKind, Precision, VerdictKind

SETTLED_VISITS = 3
SETTLED_AFTER = timedelta(days=1)
"""Alternating words have settled when this many visits in a row, over this long, showed the same."""

TRIED_FOR = timedelta(days=4)
"""A headline that stood no longer than this before the one it replaced came back was being tried out."""

GONE_DAYS = 3
GONE_AFTER = timedelta(days=2)
"""An article has gone when visits on this many different days (UTC), the last this long after the first,
all missed it: three days running, for one who visits at the same hour."""


# ---------------------------------------------------------------- what moved


WORDS = ("title", "headline", "kicker", "lead", "text", "captions", "boxes", "authors", "section")
"""What an article's words are parted into, in the order in which :func:`changed_fields` names them."""


def changed_fields(old: Article, new: Article) -> tuple[str, ...]:
    """Names of what differs in words between two readings made the same way.

    ``title``, ``headline``, ``kicker``, ``lead``, ``text`` (the lead included), ``captions``, ``boxes``,
    ``authors``, ``section``; and what explains it: ``paywall`` (a teaser opened or closed), ``liveblog``
    (grew, nothing taken away), ``notice`` (a line was added that announces a correction or an update),
    ``replaced`` (another story stands at the address).
    """
    before, after = canonical(old), canonical(new)
    names = [
        name
        for name in ("title", "headline", "kicker", "text", "captions", "boxes", "authors", "section")
        if folded_member(before.get(name, "")) != folded_member(after.get(name, ""))
    ]
    if "title" in names and not (old.title and new.title):
        names.remove("title")  # a template that starts or stops to have a headline we can read is no editor
    if "headline" in names and not (old.headline and new.headline) and not _became_the_title(old, new):
        names.remove("headline")
    if "text" in names and folded_member(_lead(old)) != folded_member(_lead(new)):
        names.insert(names.index("text"), "lead")
    if (old.kind is PageKind.TEASER) != (new.kind is PageKind.TEASER):
        names.append("paywall")
    if "text" in names and _grew(old, new):
        names.append("liveblog")
    if {"text", "title", "headline", "kicker", "boxes"} & set(names) and has_notice(old, new):
        names.append("notice")
    if "text" in names and is_another_story(old, new):
        names.append("replaced")
    return tuple(names)


def _became_the_title(old: Article, new: Article) -> bool:
    """Whether the headline that readers see changed, seen once beside the title and once as the title."""
    shown = [folded(each.headline or each.title) for each in (old, new)]
    return bool(all(shown)) and shown[0] != shown[1] and folded(old.title) == folded(new.title)


def _lead(article: Article) -> str:
    return "\n".join(block.text for block in article.blocks if block.kind is BlockKind.LEAD)


def _grew(old: Article, new: Article) -> bool:
    """Whether a live blog has all that it had, and more: an entry that was changed or taken away is an edit.

    A page that shows its last entries only moves on: new ones come at one end, and as the oldest go at the
    other, nothing was taken away. "Three minutes ago" beside an entry is told anew each time and counts for
    nothing. The page of a live blog that has ended may be read as an article.
    """
    if PageKind.LIVEBLOG not in (old.kind, new.kind):
        return False
    then, now = _lines(old), _lines(new)
    lost = {line for line in then - now if not is_told_from_now(line)}
    came = {line for line in now - then if not is_told_from_now(line)}
    return bool(came) and (not lost or _moved_on(old, new, lost, came))


FEWEST_ENTRIES = 5
"""A live blog that shows its last entries only shows so many at least."""


def _moved_on(old: Article, new: Article, lost: set[str], came: set[str]) -> bool:
    """Whether a live blog shows as many entries as it did, what stays stands in its order, and what it *lost*
    are the oldest of them: those at one end, while all that *came* stands before the other."""
    if _entries(old) != _entries(new) or _entries(old) < FEWEST_ENTRIES:
        return False
    before, after = ([line for line in _in_order(each) if not is_told_from_now(line)] for each in (old, new))
    if [line for line in before if line not in lost] != [line for line in after if line not in came]:
        return False
    newest_first = set(before[-len(lost) :]) == lost and after[-1] not in came
    newest_last = set(after[-len(came) :]) == came and before[-1] not in lost and _run_together(before, lost)
    return newest_first or newest_last


def _run_together(lines: list[str], some: set[str]) -> bool:
    places = [place for place, line in enumerate(lines) if line in some]
    return places[-1] - places[0] + 1 == len(places)


def _entries(article: Article) -> int:
    """How many entries a live blog shows: by their times, else by its lines."""
    timed = sum(block.at is not None for block in article.blocks)
    return timed or len(_in_order(article))


def _lines(article: Article) -> set[str]:
    return set(_in_order(article))


def _in_order(article: Article) -> list[str]:
    return [" ".join(line.split()) for line in article.text.split("\n")]


def is_silent(old: Article, new: Article, names: tuple[str, ...], *, stated: str | None) -> bool:
    """Whether the text changed without a word: no new modified date (*stated* is the one stated last, as
    :attr:`Dated.text`) and no new date of publication, no notice, and neither a paywall nor a live blog nor
    another story to explain it.

    A date in the very words that *old* has is no new one, whatever we take it to mean: "Update 21.11 uur"
    in a text is another evening for each day it is read.
    """
    if "text" not in names or {"paywall", "liveblog", "notice", "replaced"} & set(names):
        return False
    if newly_published(old, new):
        return False
    if new.modified is None or new.modified.text == stated:
        return True
    same_words = old.modified is not None and old.modified.raw == new.modified.raw
    return same_words and new.modified.precision is not Precision.RELATIVE


# ---------------------------------------------------------------- what is our own doing


_OF_THE_PAGE = frozenset({"lead", "text", "captions", "boxes", "liveblog", "notice"})
"""Parts of an article that are pieces of its page, taken or left out, and what explains a change of them."""


def may_be_ours(old: Article, new: Article) -> bool:
    """Whether :func:`is_ours` could hold, as far as *old*'s page need not be read again to know."""
    if new.left_out is None or not set(changed_fields(old, new)) <= _OF_THE_PAGE:
        return False
    page = _page(new)
    return all(page[words] for words in (Counter(_pieces(old)) - Counter(_pieces(new))))


def is_ours(old: Article, new: Article) -> bool:
    """Whether the words in which two readings differ stand on both pages, as often: a piece that was taken
    for text once and for furniture the other time. No editor did that; the reader was of two minds."""
    if old.left_out is None or not may_be_ours(old, new):
        return False
    before, after = Counter(_pieces(old)), Counter(_pieces(new))
    differ = {words for words in before | after if before[words] != after[words]}
    in_order = [words for words in _pieces(old) if words not in differ]
    if in_order != [words for words in _pieces(new) if words not in differ]:
        return False
    then, now = _page(old), _page(new)
    return all(then[words] == now[words] for words in differ)


def _pieces(article: Article) -> list[str]:
    return [folded(block.text) for block in article.blocks]


def _page(article: Article) -> Counter[str]:
    return Counter([*_pieces(article), *(folded(words) for words in article.left_out or ())])


def is_told_anew(old: Article, new: Article, names: tuple[str, ...], then: datetime, now: datetime) -> bool:
    """Whether nothing differs but how times are told: "Vandaag om 20:07" is "Gisteren om 20:07" a day later.

    *then* and *now* are when the pages were captured.
    """
    if not set(names) <= _OF_THE_PAGE or len(old.blocks) != len(new.blocks):
        return False
    dated = next((each for each in (new.published, new.modified, old.published, old.modified) if each), None)
    zone = dated.value.tzinfo if dated is not None else None
    differ = [
        (before, after)
        for before, after in zip(old.blocks, new.blocks, strict=True)
        if folded(before.text) != folded(after.text)
    ]
    return bool(differ) and all(
        before.kind is after.kind and told_anew(before.text, after.text, then=then, now=now, zone=zone)
        for before, after in differ
    )


_JOINT = re.compile(r"\s*[:|–—-]\s+")


def says_the_same_headline(old: Article, new: Article) -> bool:
    """Whether kicker and headline together are the same words: only where one ends was read otherwise."""
    return _headline(old) == _headline(new)


def _headline(article: Article) -> str:
    return _JOINT.sub(" ", folded(f"{article.kicker}: {article.title}" if article.kicker else article.title))


# ---------------------------------------------------------------- judging


@dataclass(frozen=True, kw_only=True)
class EarlierVersion:
    """What :func:`judge` needs to know of a version filed earlier."""

    number: int
    fingerprint: str
    same_as: int | None
    alternating: bool


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Whether a reading is a new version. ``kind`` is ``CHANGED``, ``SAME`` or ``FLIP_FLOP``."""

    kind: VerdictKind
    changed_fields: tuple[str, ...] = ()
    silent: bool = False
    same_as: int | None = None
    """The earlier version whose words these are."""
    alternating_since: int | None = None
    """Versions from this number on have turned out to be shown by turns."""
    alternating: bool = False
    """For ``CHANGED``: the words that stood before they were shown by turns stand again; no edit."""
    reason: str = ""

    def __post_init__(self) -> None:
        if self.kind is VerdictKind.CHANGED and not set(self.changed_fields) & set(WORDS):
            raise ValueError("a version differs from the one before it in its words, or there is none")


def judge(
    old: Article,
    new: Article,
    *,
    earlier: tuple[EarlierVersion, ...],
    stated: str | None,
    settled: bool = False,
    brief: bool = False,
    between: tuple[datetime, datetime] | None = None,
) -> Judgement:
    """Judge two readings made the same way: is *new* a version beside *old*, the latest?

    *earlier* are the versions filed, oldest first, the latest included; *stated* is the modified date the
    site stated last; *settled* says that the visits before this one showed *new*'s words for long enough;
    *brief* that the latest version was first seen no longer than :data:`TRIED_FOR` ago; *between* are the
    times at which the two pages were captured.

    Words seen before: an editor may take an edit back, so the first return to an earlier version's words is
    a version (``same_as`` says of which). An article that has gone back before and now shows words it
    showed before is being shown by turns, as A/B tests do: that is ``FLIP_FLOP``, no version, until one
    of the texts has settled. So is a headline that goes back soon. The versions made before we could
    know are marked ``alternating``; so is the one that settles on the words there were before the turns.
    """
    mark = fingerprint(new)
    names = changed_fields(old, new)
    if mark == fingerprint(old) or not set(names) & set(WORDS):
        return Judgement(kind=VerdictKind.SAME)
    if "kicker" in names and set(names) <= {"title", "kicker", "notice"} and says_the_same_headline(old, new):
        return Judgement(kind=VerdictKind.SAME, reason="the same headline, parted otherwise")
    if between is not None and is_told_anew(old, new, names, *between):
        return Judgement(kind=VerdictKind.SAME, reason="only its times are told anew")
    if names == ("section",) and not (old.section and new.section):
        # A template that starts or stops to name the section is no editor.
        return Judgement(kind=VerdictKind.SAME, reason="only the section is named, or no longer named")
    if is_ours(old, new):
        return Judgement(kind=VerdictKind.SAME, reason="both pages say it; only one was read so")
    silent = is_silent(old, new, names, stated=stated)
    known = max((each.number for each in earlier if each.fingerprint == mark), default=None)
    if known is None:
        return Judgement(kind=VerdictKind.CHANGED, changed_fields=names, silent=silent)
    if settled:
        lasting = next((each for each in reversed(earlier) if not each.alternating), None)
        return Judgement(
            kind=VerdictKind.CHANGED, changed_fields=names, same_as=known,
            reason="alternating words have settled",
            alternating=lasting is not None and lasting.fingerprint == mark,
        )  # fmt: skip
    if not any(each.same_as for each in earlier) and not (brief and names in (("title",), ("headline",))):
        return Judgement(kind=VerdictKind.CHANGED, changed_fields=names, silent=silent, same_as=known)
    turns = {mark, earlier[-1].fingerprint}
    since = min((each.number for each in earlier if each.fingerprint in turns), default=known)
    return Judgement(
        kind=VerdictKind.FLIP_FLOP,
        changed_fields=names,
        same_as=known,
        alternating_since=since + 1,
        reason=f"the words of version {known} again",
    )


def is_gone(absences: tuple[datetime, ...]) -> bool:
    """Whether visits that all missed an article, at these times, are enough to say that it is gone."""
    if not absences:
        return False
    days = {moment.date() for moment in absences}
    return len(days) >= GONE_DAYS and max(absences) - min(absences) >= GONE_AFTER
