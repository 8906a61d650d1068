"""What the words of an article are, and whether two readings differ. Pure.

The canonical form
------------------
A JSON object with the members ``authors``, ``boxes``, ``captions`` (lists of strings), ``headline``,
``kicker``, ``section``, ``text`` and ``title`` (strings), as exported, without those that are empty; keys in
alphabetical order, no white space between tokens, UTF-8, no escapes but those JSON demands (RFC 8785 for
this data). Its SHA-256, in hexadecimal, is the **content hash**: equal for articles that say the same, to
the letter. In readings whose fingerprint begins with ``1:`` the form has no ``kicker``.

The **fingerprint** is ``2:`` and the SHA-256 of the same form after every run of white space, line breaks
included, has become one space, and after variation selectors have gone, which nobody sees: a paragraph
broken in two is no edit. Nothing else is folded: not a digit, not a comma, not a capital. Members that are
empty count for nothing, so a field that is read from now on does not make every article look changed. The
number in front is the release of this rule.

What sites rewrite without an editor's hand is in neither: dates, tags, pictures, addresses, language.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

import orjson
from rapidfuzz.distance import Indel

from archive.model.relative_times import is_told_from_now, told_anew
from archive.model.types import Article, BlockKind, PageKind, Precision, VerdictKind

FINGERPRINT = "2"
"""Release of the rule of canonical form and fingerprint."""

SETTLED_VISITS = 3
SETTLED_AFTER = timedelta(days=1)
"""Alternating words have settled when this many visits in a row, over this long, showed the same."""

TRIED_FOR = timedelta(days=4)
"""A headline that stood no longer than this before the one it replaced came back was being tried out."""

GONE_DAYS = 3
GONE_AFTER = timedelta(days=2)
"""An article has gone when visits on this many different days (UTC), the last this long after the first,
all missed it: three days running, for one who visits at the same hour."""


def canonical(article: Article, release: str = FINGERPRINT) -> dict[str, str | list[str]]:
    """The canonical form of an article's words, before it is written as JSON."""
    members: dict[str, str | list[str]] = {
        "kicker": (article.kicker or "") if release != "1" else "",
        "headline": article.headline or "",
        "authors": list(article.authors),
        "boxes": [block.text for block in article.blocks if block.kind is BlockKind.BOX],
        "captions": list(article.captions),
        "section": article.section or "",
        "text": article.text,
        "title": article.title,
    }
    return {name: value for name, value in members.items() if value}


def content_hash(article: Article, release: str = FINGERPRINT) -> str:
    """SHA-256 of the canonical form, in hexadecimal; *release* is that of the reading's fingerprint."""
    return hashlib.sha256(orjson.dumps(canonical(article, release), option=orjson.OPT_SORT_KEYS)).hexdigest()


def fingerprint(article: Article) -> str:
    """Equal for readings with equal words, whatever their white space."""
    words = {name: _folded(value) for name, value in canonical(article).items()}
    kept = {name: value for name, value in words.items() if value}
    return f"{FINGERPRINT}:{hashlib.sha256(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)).hexdigest()}"


def _folded(value: str | list[str]) -> str | list[str]:
    if isinstance(value, str):
        return folded(value)
    return [words for words in map(folded, value) if words]


_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Variation selectors: some newsrooms mark their texts with them (C2PA), and nobody sees them."""


def folded(words: str) -> str:
    """*words* as they are compared: runs of white space are one space, variation selectors are not there."""
    if not words.isascii():
        words = _SELECTORS.sub("", words)
    return " ".join(words.split())


FEW_WORDS = 20
"""A text of fewer words is no witness that two addresses hold one article."""


def words_digest(title: str, text: str) -> bytes | None:
    """Equal for articles with the same headline and text, wherever they stand; ``None`` for too few words."""
    if len(text.split()) < FEW_WORDS:
        return None
    return hashlib.sha256(f"{folded(title)}\n{folded(text)}".encode()).digest()[:16]


def says_the_same(one: Article, other: Article) -> bool:
    """Whether two readings, of two addresses, are of one article: one headline, nearly one text, one date."""
    if min(one.word_count, other.word_count) < FEW_WORDS:
        return fingerprint(one) == fingerprint(other)
    lengths = sorted((one.word_count, other.word_count))
    return (
        folded(one.title) == folded(other.title)
        and lengths[0] >= NEARLY * lengths[1]
        and likeness(one.text, other.text) >= NEARLY
        and not newly_published(one, other)
        and not newly_published(other, one)
    )


NEARLY = 0.9
"""Two pages of one article may differ in a caption or a notice."""


def is_a_further_page(first: Article, other: Article) -> bool:
    """Whether *other* may be a further page of *first*: one headline, another text."""
    headlines = Indel.normalized_similarity(_unnumbered(first.title), _unnumbered(other.title))
    return headlines >= SAME_HEADLINE and likeness(first.text, other.text) < NEARLY


_NUMBERED = re.compile(
    r"\W+(?:(?:page|pagina|seite|pag|p|deel|teil|part|partie)\.?\W*)?\d{1,2}(?:\s*/\s*\d{1,2}|\s+\w{2,4}\s+\d{1,2})?\W*$"
)


def _unnumbered(title: str) -> str:
    return _NUMBERED.sub("", title.casefold())


def joined(pages: Sequence[Article]) -> Article:
    """One article of its pages, in order: the first one's fields, all of their words. What stands on every
    page (a lead, a caption) is said once."""
    first, *others = pages
    blocks = list(first.blocks)
    known = {(block.kind, folded(block.text)) for block in blocks}
    for page in others:
        new = [block for block in page.blocks if (block.kind, folded(block.text)) not in known]
        known |= {(block.kind, folded(block.text)) for block in new}
        blocks += new
    left_out = None
    if all(page.left_out is not None for page in pages):
        left_out = tuple(words for page in pages for words in page.left_out or ())
    images = tuple(dict.fromkeys(image for page in pages for image in page.images))
    return replace(first, blocks=tuple(blocks), images=images, left_out=left_out)


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
        if _folded(before.get(name, "")) != _folded(after.get(name, ""))
    ]
    if "title" in names and not (old.title and new.title):
        names.remove("title")  # a template that starts or stops to have a headline we can read is no editor
    if "headline" in names and not (old.headline and new.headline) and not _became_the_title(old, new):
        names.remove("headline")
    if "text" in names and _folded(_lead(old)) != _folded(_lead(new)):
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


ALIKE = 0.1
"""Share of the shorter text's pairs of words in the longer at which the texts have to do with each other."""
REWRITTEN = 0.5
"""With a new date of publication, a text of which less has stayed is another story."""
STILL_THERE = 0.3
"""Under another headline, so much of the shorter text must stand in the longer for the page to be what it
was: a listing that has the article's excerpt is not it."""
SAME_HEADLINE = 0.8
SPOKEN = 12
"""Fewer words than these are too few to tell stories apart by."""


def likeness(one: str, other: str) -> float:
    """The share of the shorter text's pairs of words that stand in the longer; 1 when it has none."""
    pairs = sorted((_pairs(one), _pairs(other)), key=len)
    return len(pairs[0] & pairs[1]) / len(pairs[0]) if pairs[0] else 1.0


def _pairs(text: str) -> set[tuple[str, str]]:
    words = re.findall(r"\w+", text.casefold())
    return set(pairwise(words))


def still_the_same(old: Article, new: Article) -> bool:
    """Whether a page of another kind is still the article *old*: the words have something to do with each
    other. A page with hardly any words says nothing, however much was cut from it."""
    if 2 * len(new.text.split()) < min(SPOKEN, len(old.text.split())):
        return False
    alike = likeness(old.text, new.text)
    if Indel.normalized_similarity(old.title.casefold(), new.title.casefold()) >= SAME_HEADLINE:
        return alike >= ALIKE
    return alike >= STILL_THERE


def is_hardly_read(old: Article, new: Article) -> bool:
    """Whether *new* lacks the headline and most of the text that *old* has: of a page like that, after a
    redesign or with a text that a script would bring, hardly anything was read."""
    if not old.title or new.title:
        return False
    return new.word_count < REWRITTEN * old.word_count or likeness(old.text, new.text) < REWRITTEN


def is_another_story(old: Article, new: Article) -> bool:
    """Whether an address that held *old* holds another story now: its words have nothing to do with those
    before, under another headline; or it states another day of publication, and most of its words are new."""
    if PageKind.LIVEBLOG in (old.kind, new.kind):
        return False
    if min(len(old.text.split()), len(new.text.split())) < SPOKEN:
        return False
    alike = likeness(old.text, new.text)
    if newly_published(old, new):
        return alike < REWRITTEN
    headlines = Indel.normalized_similarity(old.title.casefold(), new.title.casefold())
    return alike < ALIKE and headlines < REWRITTEN


def newly_published(old: Article, new: Article) -> bool:
    """Whether *new* states a later day of publication than *old*, in words of its own."""
    if old.published is None or new.published is None or old.published.raw == new.published.raw:
        return False
    if Precision.RELATIVE in (old.published.precision, new.published.precision):
        return False
    return new.published.value.date() > old.published.value.date()


def _lead(article: Article) -> str:
    return "\n".join(block.text for block in article.blocks if block.kind is BlockKind.LEAD)


def _grew(old: Article, new: Article) -> bool:
    """Whether a live blog has all that it had, and more: an entry that was changed or taken away is an edit.

    "Three minutes ago" beside an entry is told anew each time and counts for nothing. The page of a live blog
    that has ended may be read as an article.
    """
    if PageKind.LIVEBLOG not in (old.kind, new.kind):
        return False
    then, now = _lines(old), _lines(new)
    lost = {line for line in then - now if not is_told_from_now(line)}
    return not lost and any(not is_told_from_now(line) for line in now - then)


def _lines(article: Article) -> set[str]:
    return {" ".join(line.split()) for line in article.text.split("\n")}


NOTICES: Mapping[str, tuple[str, ...]] = {
    # How an added line begins when it announces what was done to the article.
    "nl": ("update", "bijgewerkt", "laatst bijgewerkt", "aangepast", "correctie", "gecorrigeerd",
           "rectificatie", "aanvulling", "naschrift", "verbetering"),
    "fy": ("fernijd", "fernijing", "bywurke", "oanpast", "korreksje", "rektifikaasje", "oanfolling"),
    "en": ("correction", "corrected", "clarification", "updated", "amended", "editor's note", "editor’s note",
           "retraction"),
    "de": ("aktualisiert", "aktualisierung", "korrektur", "berichtigung", "richtigstellung", "nachtrag"),
    "fr": ("mise à jour", "mis à jour", "correction", "rectificatif", "erratum", "précision"),
    "it": ("aggiornamento", "aggiornato", "correzione", "rettifica", "errata corrige"),
    "es": ("actualización", "actualizado", "corrección", "rectificación", "fe de errores"),
}  # fmt: skip

NOTICE_EDITED = 0.7
"""A line as like an earlier notice as this is that notice, edited."""

_OPENS = re.compile(
    rf"[^\w]*(?:{'|'.join(re.escape(word) for words in NOTICES.values() for word in words)})\b", re.IGNORECASE
)
_SAYS = re.compile(
    r"""\b(?:dit|this|dieser|cet|questo|este)\s+(?:\w+\s+)?
        (?:artikel|bericht|verhaal|stuk|article|story|report|articolo|artículo)\b
        (?:[^.!?]|\.(?=\d)){0,60}\b
        (?:aangepast|bijgewerkt|gewijzigd|gecorrigeerd|verbeterd|aangevuld|updated|amended|corrected|changed
          |revised|aktualisiert|korrigiert|corrigé|modifié|corretto|aggiornato|corregido|actualizado)\b
      | \b(?:(?:een|ene)\s+(?:eerdere|vorige)\s+versie|an\s+(?:earlier|previous)\s+version
          |früheren?\s+version|une?\s+version\s+(?:précédente|antérieure)|versione\s+precedente
          |versión\s+anterior)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_SUFFIX = re.compile(
    r"[(\[](?:update|correctie|rectificatie|correction|updated)\b[^)\]]*[)\]]?\s*$", re.IGNORECASE
)


def has_notice(old: Article, new: Article) -> bool:
    """Whether *new* announces, in words that *old* has not, that the article was changed. A notice that was
    there already, and of which a word was changed, is none."""
    if _SUFFIX.search(new.title) and not _SUFFIX.search(old.title):
        return True
    if _opens_with_notice(new) and not _opens_with_notice(old):
        return True
    known = {" ".join(block.text.split()) for block in old.blocks}
    notices = [words for words in known if _announces(words)]
    added = [words for words in (" ".join(block.text.split()) for block in new.blocks) if words not in known]
    return any(
        _announces(words)
        and not any(Indel.normalized_similarity(words, each) >= NOTICE_EDITED for each in notices)
        for words in added
    )


def _opens_with_notice(article: Article) -> bool:
    """Whether the headline begins with a word such as "UPDATE", or the kicker is one."""
    hit = _OPENS.match(article.title)
    return bool((hit and _COLON.match(article.title, hit.end())) or _OPENS.match(article.kicker or ""))


_COLON = re.compile(r"\s*[:|–—-]")


def _announces(words: str) -> bool:
    return bool(_OPENS.match(words) or _SAYS.search(words))


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
