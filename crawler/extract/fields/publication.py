"""When an article was published and changed: what a rule, machines, page, address and feed say is weighed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import unquote, urlsplit

from archive.model.types import Precision, StatedTime
from crawler.extract.dates.beside import (
    BESIDE_A_DATE,
    DAY_AS_LABEL,
    EVENT,
    IN_PRINT,
    NOT_OF_PUBLICATION,
    OF_A_PICTURE,
    POSTED,
)
from crawler.extract.dates.find import AHEAD, EARLIEST, FoundDate
from crawler.extract.dates.patterns import AGO
from crawler.extract.dates.words import LABEL_WORDS, Label, label_of, without_weekday
from crawler.extract.fields.authors import (
    read_authors,
)
from crawler.extract.fields.headline_context import DIGIT, HeadlineLine, names_related
from crawler.extract.fields.view import View, names_no_publication
from crawler.extract.page.metadata import types_of
from crawler.extract.page.page import text_of

_DATE_METAS = (
    "article:published_time", "og:article:published_time", "article:published", "og:published_time",
    "datepublished", "parsely-pub-date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime",
    "sailthru.date", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date", "dc.date.created",
    "citation_publication_date", "prism.publicationdate", "iptc:published", "publish-date", "publish_date",
    "publication_date", "publicationdate", "pubdate", "published", "publishdate", "datecreated", "date",
    "dc.date.publication", "displaydate", "originalpublicationdate", "rnews:datepublished",
    "article.published", "date_published", "shareaholic:article_published_time", "mediator_published_time",
    "creation_date",
)  # fmt: skip
_LOOSE_METAS = frozenset((
    "date", "dc.date", "dc.date.created", "datecreated", "creation_date", "dcterms.created", "published",
    "displaydate",
))  # fmt: skip
"""Systems put the day of creation there as well, of a change, or of today."""
_MODIFIED_METAS = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "article:modified",
    "datemodified", "dcterms.modified", "dc.date.modified", "last-modified", "lastmod",
    "article:updated_time",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Witness:
    """Somebody who says when the article was published."""

    dated: StatedTime
    family: str
    """Witnesses of one family have it from one another: meta tags and JSON-LD are written by one program."""
    weight: float
    """What it is worth: 5 for what says that it is the day of publication, 2 for what may be another."""


def published_of(view: View) -> tuple[StatedTime | None, tuple[StatedTime, ...]]:
    """(when it was published, what other witnesses say instead).

    Witnesses of one day are added up, the best of each family; the day with the most wins, of equal ones the
    one that is met first. A day in the future or from before the web needs two families.
    """
    if by_rule := _published_by_rule(view):
        return by_rule, ()
    said = [each for attempt in _PUBLISHED for each in attempt(view)]
    if not any(each.family == "page" for each in said) and len(said) < 2:
        said += _published_anywhere_by_label(view)
    best: tuple[float, list[_Witness]] = 0.0, []
    for one in said:
        together = [each for each in said if _same_day(each.dated, one.dated, view)]
        families: dict[str, float] = {}
        for each in together:
            families[each.family] = max(families.get(each.family, 0.0), each.weight)
        if len(families) < 2 and not EARLIEST <= one.dated.value <= view.capture.at + AHEAD:
            continue
        total = sum(families.values())
        if total > best[0]:
            best = total, together
    if not best[1]:
        return None, ()
    first = max(best[1], key=lambda each: each.weight)
    exact = (
        each for each in sorted(best[1], key=lambda each: -each.weight)
        if each.dated.precision is Precision.INSTANT
        and _local_day(each.dated, view) == first.dated.value.date()
    )  # fmt: skip
    chosen = first.dated
    if chosen.precision is not Precision.INSTANT:
        chosen = next((each.dated for each in exact), chosen)
    others = {each.dated.text: each.dated for each in said if each not in best[1]}
    return chosen, tuple(others.values())


def _same_day(one: StatedTime, other: StatedTime, view: View) -> bool:
    """Whether two witnesses speak of one day: the same in the site's zone, or less than half a day apart.

    A machine's midnight in another zone is the evening before.
    """
    return (
        _local_day(one, view) == _local_day(other, view)
        or abs((one.value - other.value).total_seconds()) < 43_200
    )


def _local_day(dated: StatedTime, view: View) -> date:
    if dated.precision is Precision.DAY:
        return dated.value.date()
    return dated.value.astimezone(view.site.zone).date()


def _witness(dated: StatedTime | None, family: str, weight: float) -> Iterator[_Witness]:
    if dated is not None:
        yield _Witness(dated=dated, family=family, weight=weight)


def _published_by_rule(view: View) -> StatedTime | None:
    for node in view.by_rules.published:
        stated = node.attributes.get("datetime") or node.attributes.get("content")
        if dated := view.date(stated, "rule") or view.date(text_of(node)[:200], "rule"):
            return dated
    return None


def _published_in_json_ld(view: View) -> Iterator[_Witness]:
    for name, weight in (("datePublished", 5), ("dateCreated", 3), ("uploadDate", 3)):
        if found := list(_witness(view.date(view.meta.article.get(name), "json-ld"), "machine", weight)):
            yield from found
            return


def _published_in_metas(view: View) -> Iterator[_Witness]:
    metas = view.page.metas
    for name in _DATE_METAS:
        for content in metas.get(name, ()):
            if dated := view.date(content, f"meta:{name}"):
                yield from _witness(dated, "machine", 2.5 if name in _LOOSE_METAS else 5)
                return


def _published_in_web_page(view: View) -> Iterator[_Witness]:
    for each in view.page.json_ld:
        about_page = {"WebPage", "VideoObject", "ItemPage", "CreativeWork"} & set(types_of(each))
        stated = each.get("datePublished") or each.get("uploadDate")
        if about_page and (dated := view.date(stated, "json-ld")):
            yield from _witness(dated, "machine", 2.5)
            return


def _published_in_microdata(view: View) -> Iterator[_Witness]:
    """Marked in the article itself; not in a card of another one, nor in a reader's comment."""
    found: list[StatedTime] = []
    page = view.page
    if not (page.mentions(b"pubdate") or (page.mentions(b"itemprop") and page.mentions(b"datepublished"))):
        return
    for node in page.tree.css('[itemprop="datePublished"], time[pubdate]')[:40]:
        if not view.owns(node):
            continue
        stated = node.attributes.get("datetime") or node.attributes.get("content")
        if dated := view.date(stated, "microdata") or view.date(text_of(node), "microdata"):
            found.append(dated)
    # without a headline to go by, several that say different things say nothing
    if found and (view.heading is not None or len({each.value.date() for each in found}) == 1):
        yield from _witness(found[0], "page", 5)


def _role(classes: str, before: str) -> Label | None:
    """What an element with a date calls it; ``None`` when it is no date of the article at all."""
    if names_no_publication(classes) or names_related(classes):
        return None
    if _CLASS_PUBLISHED.search(classes):
        return Label.PUBLISHED
    if _CLASS_MODIFIED.search(classes):
        return Label.MODIFIED
    return label_of(before)


_CLASS_PUBLISHED = re.compile(r"publi|geplaatst|pubdate|entry-date|post-?date|posted|datecreated", re.I)
_CLASS_MODIFIED = re.compile(r"modif|updat|bijgewerkt|gewijzigd|aktualis|edited", re.I)


def _near_headline(view: View) -> list[tuple[Label, StatedTime, HeadlineLine, bool]]:
    """What the lines around the headline say of dates; several attempts ask for it."""
    if view.near is None:
        view.near = list(_near(view))
    return view.near


def _near(view: View) -> Iterator[tuple[Label, StatedTime, HeadlineLine, bool]]:
    """The dates that the lines around the headline state: (what they are called, date, line, yearless)."""
    events = [place for place, line in enumerate(view.lines) if EVENT.match(line.text)]
    for place, line in enumerate(view.lines):
        if not line.dated or len(line.text) > 160 or line.related:
            continue
        announced = not _CLASS_PUBLISHED.search(line.around) and any(
            abs(place - each) <= 2 and view.lines[each].prose == line.prose for each in events
        )
        covered: list[tuple[int, int]] = []
        stamped: list[tuple[Label, StatedTime]] = []
        for stamp in line.stamps:
            role = _role(
                f"{line.classes if len(line.stamps) == 1 else ''} {stamp.classes}",
                line.parted[_end_before(covered, stamp.at) : stamp.at + min(len(stamp.text), _LABEL_INSIDE)],
            )
            dated = _as_shown(view.date(stamp.value, "time"), stamp.text, view)
            if role is None or dated is not None:
                covered.append((stamp.at, stamp.at + len(stamp.text)))
            if role is not None and dated is not None:
                stamped.append((role, dated))
        if len(stamped) > 1 and all(role is Label.NONE for role, _ in stamped):
            stamped.sort(key=lambda each: each[1].value)
            stamped = [(Label.PUBLISHED, stamped[0][1]), (Label.MODIFIED, stamped[-1][1])]
        for role, dated in stamped:
            if not announced or role is not Label.NONE:
                yield role, dated, line, False
        if names_no_publication(line.around):
            continue
        every = list(view.dates(line.parted, ""))
        for each in every:
            if any(start <= each.start <= end for start, end in covered):
                continue  # what an element shows is what it states
            if OF_A_PICTURE.search(line.parted[max(0, each.start - 60) : each.start]):
                continue
            role = each.label if each.label is not Label.NONE or place == 0 else _called_above(view, place)
            if role is Label.NONE and (announced or not _is_about_dates(line, every, view)):
                continue
            if role is not Label.NONE and _is_prose(line.text) and _says_more(line, every):
                continue
            source = "headline" if role is Label.NONE else "label"
            yield role, replace(each.dated, source=source), line, each.yearless


def _as_shown(stated: StatedTime | None, text: str, view: View) -> StatedTime | None:
    """The date that an element states, unless it shows another day: some state when they were drawn."""
    shown = next(view.dates(text, "time"), None) if stated is not None and DIGIT.search(text) else None
    relative = shown is None or shown.dated.precision is Precision.RELATIVE or AGO.search(text)
    if shown is None or stated is None or shown.yearless or relative:
        return stated
    seen = shown.dated.value
    apart = abs((seen - stated.value).total_seconds()) > 129_600
    turned = (seen.month, seen.day) == (stated.value.day, stated.value.month)  # 3/1 was meant as March 1
    return shown.dated if apart and not turned else stated


_LABEL_INSIDE = 24
"""So far into an element that states a date, its label may stand: ``<time>Laatste update 25 nov</time>``."""


def _called_above(view: View, place: int) -> Label:
    """What a label on a line of its own ("Posted on") calls the date on the line below it."""
    line, above = view.lines[place], view.lines[place - 1]
    if above.after is not line.after or len(above.text) > 30 or DIGIT.search(above.text):
        return Label.NONE
    return label_of(above.text)


def _end_before(covered: list[tuple[int, int]], at: int) -> int:
    return max((end for _, end in covered if end <= at), default=0)


def _is_prose(text: str) -> bool:
    """Whether a line is a sentence of its own, not a label."""
    return text.endswith((".", "!", "?", "…")) and text.count(" ") > 11


def _says_more(line: HeadlineLine, every: list[FoundDate]) -> bool:
    """Whether a sentence with a date says more than when the article came out and was changed."""
    rest = line.parted
    for each in reversed(every):
        rest = f"{rest[: each.start]} {rest[each.end :]}"
    return sum(map(str.isalpha, LABEL_WORDS.sub(" ", BESIDE_A_DATE.sub(" ", rest)))) > 20


def _is_about_dates(line: HeadlineLine, every: list[FoundDate], view: View) -> bool:
    """Whether a line with a date that nothing labels tells when the article came out, and is no prose."""
    if NOT_OF_PUBLICATION.search(line.text):
        return False
    marked = bool(_ABOUT_DATES.search(line.classes))
    if line.prose > 1 and not marked:
        return False
    rest = line.parted
    for each in reversed(every):
        rest = f"{without_weekday(rest[: each.start])} | {rest[each.end :]}"
    words = LABEL_WORDS.sub(" ", BESIDE_A_DATE.sub(" ", _UNSAID.sub(" ", rest)))
    left = sum(map(str.isalpha, words))
    if not left:
        return True
    if any(each.dated.precision is Precision.RELATIVE for each in every) and not marked:
        return False
    if marked or "|" in line.text or len(every) > 1:
        return left <= 90 and not _is_prose(line.text)
    if read_authors(rest):
        return True
    # a name, a place, a section: nothing in lower case but what joins names
    names = re.findall(r"[^\W\d_]+", words)
    if any(not word[:1].isupper() and not word[:1].islower() for word in names):  # a script without capitals
        runs_on = any(line.parted[each.end - 1 : each.end + 1].strip()[1:].isalpha() for each in every)
        return left <= 30 and len(names) <= 5 and not runs_on and line.text[-1] not in ".!?。؟।"
    return left <= 40 and all(word[:1].isupper() or word in _JOINS for word in names)


_JOINS = frozenset(("van", "de", "der", "den", "het", "en", "und", "and", "et", "e", "y", "la", "le", "von"))
_UNSAID = re.compile(
    r"\([a-zäöü]{2,4}(?:/[a-z]{2,4})?\)|"
    r"^\W*(?:by|door|troch|von|par|por|da|af|av) [\w.-]+(?= (?:on|op|am|um|le|el|il|den) )"
)
"""Initials of who wrote it, as German papers sign ("Altenried (eb)"), and accounts: "by jdoe on"."""
_ABOUT_DATES = re.compile(
    r"date(?!line)|datum|time|tijd|fecha|\bdata\b|\bdato\b|zeit\b|tarih|zaman|\bheure|"
    r"meta|byline|author|publi|posted|stamp|entry-info",
    re.I,
)
_URL_PATHS = (
    re.compile(r"/((?:19|20)\d\d)/(\d\d?)/(\d\d?)(?=[/_-]|\.|$)"),
    re.compile(r"/dmf((?:19|20)\d\d)(\d\d)(\d\d)_"),
)
"""Written by the site's system."""
_URL_DATES = (
    re.compile(r"(?:/|/[A-Za-z]{1,4}_?)((?:19|20)\d\d)[-_.](\d\d)[-_.](\d\d)(?!\d)"),
    re.compile(r"(?:/|/[A-Za-z]{1,4}_?)((?:19|20)\d\d)([01]\d)([0-3]\d)(?:[0-2]\d[0-5]\d\d*)?(?!\d)"),
)
"""At the beginning of a part of the path: after other words, a day is what the article is about."""


def _published_near_headline(view: View) -> Iterator[_Witness]:
    """Dates of the lines about the article: with a label, without, and with the year left out."""
    for role, dated, _, yearless in _near_headline(view):
        if role is Label.MODIFIED:
            continue
        weight = 4.0 if role is Label.PUBLISHED else 3.0
        if yearless or dated.precision is Precision.RELATIVE:
            weight = 2.0
        yield from _witness(dated, "page", weight)
        if role is Label.NONE:
            return  # without a label the first is meant


def _published_anywhere_by_label(view: View) -> Iterator[_Witness]:
    """A labelled date far from the headline ("Datum: 28.04.2023" under the text): costly, so late."""
    lines = view.page.outline
    events: list[bool] = []
    for place, run in enumerate(lines.runs):
        if not DIGIT.search(run.text):
            continue
        printed = len(run.text) <= 160 and IN_PRINT.search(run.text) is not None
        posted = POSTED.search(run.text) if len(run.text) <= 400 else None
        long = len(run.text) > 80 or run.linked > 30 or _is_prose(run.text)
        if long and not printed and posted is None:
            continue
        events = events or [EVENT.match(each.text) is not None for each in lines.runs]
        if any(events[max(0, place - 2) : place + 3]):
            continue
        names = (run.names, *(box.names for box in lines.path(run, 3)))
        if not any(names_related(each) or names_no_publication(each) for each in names):
            for each in view.dates(run.text, "label"):
                if OF_A_PICTURE.search(run.text[max(0, each.start - 60) : each.start]):
                    continue
                labelled = (
                    printed
                    or each.label is Label.PUBLISHED
                    or (posted and 0 <= each.start - posted.end() < 20)
                    or DAY_AS_LABEL.match(run.text[: each.start])
                )
                if labelled and each.dated.precision is not Precision.RELATIVE and not each.yearless:
                    yield from _witness(each.dated, "page", 3)
                    return


def _published_in_path(view: View) -> Iterator[_Witness]:
    yield from _witness(_in_address(view, _URL_PATHS), "address", 4)


def _published_in_slug(view: View) -> Iterator[_Witness]:
    yield from _witness(_in_address(view, _URL_DATES), "address", 2)


def _in_address(view: View, patterns: tuple[re.Pattern[str], ...]) -> StatedTime | None:
    for address in dict.fromkeys((view.capture.url, view.meta.canonical)):
        path = unquote(urlsplit(address).path) if address else ""
        for pattern in patterns:
            match = pattern.search(path)
            stated = "-".join(part.zfill(2) for part in match.groups()) if match else None
            dated = view.date(stated, "url", wide=True)
            if match and dated:
                return replace(dated, raw=match[0].strip("/_"))
    return None


def _published_in_feed(view: View) -> Iterator[_Witness]:
    yield from _witness(view.date(view.hints.get("published"), "feed"), "feed", 4)


_PUBLISHED: tuple[Callable[[View], Iterator[_Witness]], ...] = (
    _published_in_json_ld,
    _published_in_metas,
    _published_in_microdata,
    _published_in_web_page,
    _published_in_path,
    _published_near_headline,
    _published_in_slug,
    _published_in_feed,
)


def modified_of(view: View, published: StatedTime | None) -> StatedTime | None:
    """When it was changed last, as far as the page says so."""
    if dated := view.date(view.meta.article.get("dateModified"), "json-ld"):
        return dated
    for name in _MODIFIED_METAS:
        if dated := view.date(view.page.meta(name), f"meta:{name}"):
            return dated
    for role, dated, _, _ in _near_headline(view):
        if role is Label.MODIFIED and (published is None or dated.value.date() >= published.value.date()):
            return dated
    return view.date(view.hints.get("modified"), "feed")
