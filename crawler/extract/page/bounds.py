"""How much of a page is read: its bytes are cut to what a parser and a reader get through in linear time.

A tree is built in time that grows with the square of a page's depth, and of the attributes on one element;
what is made of the tree grows with its elements. A page of a newsroom never comes near these bounds; a page
that does, by accident or malice, is read as far as they go. Browsers have such bounds, too (Blink nests 512
deep).
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

MOST_DEPTH = 500
"""Elements that stand in one another; a deeper one is left out, its text stays."""
MOST_TAGS = 40_000
"""Start and end tags; what comes after is not read."""
MOST_ATTRIBUTES = 200
"""On one element; the others are left out."""
MOST_TAG_BYTES = 8192
"""A tag of so many bytes may have too many attributes to be read as it is."""
MOST_ROOTS = 8
"""``<html>`` and ``<body>`` tags; each hands its attributes on to the first."""
MOST_FORMATTING = 20
"""Formatting elements (``<b>``, ``<a>`` ...) that are open at once: each paragraph opens them all again."""
MOST_CHOICES = 2_000
"""``<option>`` elements."""
MOST_TITLE = 1000
"""Characters of a title or heading, as of every short thing that a page says of itself."""
MOST_SAID = 20_000
"""Characters of a description."""
MOST_OF_A_KIND = 300
"""Meta elements of one name, JSON-LD objects, first-level headings."""
MOST_JSON = 4_000_000
"""Characters of one JSON-LD script."""
MOST_NESTED = 50
"""Levels of a JSON-LD value."""
MOST_TEXT = 2_000_000
"""Bytes of a page's text, scripts not counted; what comes after is not read."""


class Bounded(NamedTuple):
    """A page within the bounds."""

    html: bytes
    left_out: tuple[str, ...]
    """What was left out of it, in words; empty for the page as it was."""
    lower: bytes
    """It in lower case, to look for markup in."""


def bounded(html: bytes) -> Bounded:
    """*html*, in UTF-8, without what exceeds the bounds. Takes time in proportion to its length."""
    lower = html.lower()
    if not _suspicious(html, lower):
        return Bounded(html, (), lower)
    return _BoundedPage(html).done()


def _suspicious(html: bytes, lower: bytes) -> bool:
    """Whether a page might exceed a bound: seldom yes, and cheap to ask."""
    # numpy counts single bytes many times as fast as bytes.count does
    tags = int(np.count_nonzero(np.frombuffer(html, np.uint8) == _OPENS_TAG))
    if tags > MOST_TAGS or len(html) > MOST_TEXT or (tags > FEW_TAGS and tags - html.count(b"</") > FEW_TAGS):
        return True
    if len(_ROOT.findall(lower)) > MOST_ROOTS:
        return True
    if tags > FEW_FORMATTING:
        told = _FORMATTING_TAG.findall(html)
        if len(told) - 2 * sum(each.startswith(b"</") for each in told) > MOST_FORMATTING:
            return True
    return _has_long_tag(html)


def _has_long_tag(html: bytes) -> bool:
    """Whether a tag of more than :data:`MOST_TAG_BYTES` may have too many attributes.

    Such a one fills a block of half as many bytes in which every ``>`` stands in a quoted value. A value that
    is open at a ``>`` was opened by the last quotation mark of its kind before it, which follows a ``=``.
    """
    half, ended, seen, at = MOST_TAG_BYTES // 2, -1, 0, 0
    double = single = -1  # the last marks since a tag certainly ended, if one was open
    find, last = html.find, html.rfind
    while True:
        found = find(b">", at)
        if found < 0:
            return len(html) - ended > MOST_TAG_BYTES and _has_many_attributes(html, ended + 1, len(html))
        if (mark := last(b'"', seen, found)) > double:
            double = mark
        if (mark := last(b"'", seen, found)) > single:
            single = mark
        # before a mark that closes a value there is the value, as nearly always
        if (double >= 0 and html[double - 1 : double] <= b"=" and _opens(html, double)) or (
            single >= 0 and html[single - 1 : single] <= b"=" and _opens(html, single)
        ):
            seen = at = found + 1
            continue
        if found - ended > MOST_TAG_BYTES and _has_many_attributes(html, ended + 1, found):
            return True
        ended, seen, double, single = found, found + 1, -1, -1
        # to the next block: all but a long tag has an end in it
        at = max(found + 1, (found // half + 1) * half)


def _opens(html: bytes, mark: int) -> bool:
    """Whether a quotation mark may open a value."""
    return html[max(mark - 16, 0) : mark].rstrip()[-1:] in (b"=", b"")


def _has_many_attributes(html: bytes, start: int, stop: int) -> bool:
    """Whether what reads as a tag between two places has too many attributes; so many tags count as one."""
    for count, hit in enumerate(_TAG_OPENS.finditer(html, start, stop)):
        if count >= MOST_ASKED:
            return True
        if _MANY_ATTRIBUTES.match(html, hit.start()):
            return True
    return False


_OPENS_TAG = ord("<")
FEW_TAGS = 10_000
"""So many start tags are no deeper nested than a parser bears; a page with more is looked at tag by tag."""
MOST_ASKED = 200
"""Beginnings of tags in one long piece of a page that are looked at before all of it is cut tag by tag."""
MANY_ATTRIBUTES = 1_000
"""So many on one element cost a parser little yet: with more, a page is looked at tag by tag."""
FEW_FORMATTING = 3_000
"""Among so many tags, formatting elements that are opened again and again make no great tree."""
_ROOT = re.compile(rb"<(?:html|body)(?=[\s/>])")
_FORMATTING_TAG = re.compile(rb"</?(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.I)
_TAG_OPENS = re.compile(rb"<[a-zA-Z]")
_ATTRIBUTE = rb"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+|))?+"""
"""As the HTML standard splits a tag; possessive throughout, so that it never goes back."""
_START_TAG = re.compile(rb"<([a-zA-Z][^\s/>]*+)((?:%s){0,%d}+)([\s/]*+)(>?)" % (_ATTRIBUTE, MOST_ATTRIBUTES))
_MANY_ATTRIBUTES = re.compile(rb"<[a-zA-Z][^\s/>]*+(?:%s){%d}" % (_ATTRIBUTE, MANY_ATTRIBUTES))
_REST_OF_TAG = re.compile(rb"(?:%s)*+[\s/]*+" % _ATTRIBUTE)
_END_TAG = re.compile(rb"</([a-zA-Z][^\s/>]*+)[^>]*+>?")

_VOID = frozenset(
    b"area base basefont bgsound br col embed frame hr img input link meta param source track wbr".split()
)
_RAW_ENDS = {
    name: re.compile(rb"</%s(?=[\s/>])" % name, re.I)
    for name in b"script style textarea title xmp iframe noembed noframes".split()
}
"""Elements whose content is text, and what ends it."""
_DRAWING = frozenset((b"svg", b"math"))
_ROOTS = frozenset((b"html", b"body"))
_FORMATTING = frozenset(b"b big code em font i nobr s small strike strong tt u".split())
_BARRIERS = frozenset(b"table td th caption html template marquee object applet svg math".split())
"""An end tag closes nothing beyond these."""
_AROUND_TABLES = frozenset((b"table", b"template", b"html"))
"""Nor does that of a table's part beyond these."""
_TABLE = frozenset(b"table tbody thead tfoot tr td th caption".split())
_CELLS, _ROWS = frozenset((b"td", b"th")), frozenset((b"tr",))
_ENDS = {
    b"li": (frozenset((b"li",)),), b"dt": (frozenset((b"dt", b"dd")),), b"dd": (frozenset((b"dt", b"dd")),),
    b"tr": (_CELLS, _ROWS), b"td": (_CELLS,), b"th": (_CELLS,),
    b"tbody": (_CELLS, _ROWS, frozenset((b"tbody", b"thead", b"tfoot"))),
}  # fmt: skip
"""Element -> those that its start ends, the inner ones first."""
_ENDS_A_PARAGRAPH = frozenset(
    b"address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer"
    b" form h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre search section summary table ul".split()
)
_PARAGRAPH = (frozenset((b"p",)),)
_SPECIAL = (
    _ENDS_A_PARAGRAPH
    | _BARRIERS
    | _VOID
    | frozenset(
        b"body button colgroup dd dt frameset head iframe li noembed noframes noscript p script select style"
        b" tbody textarea tfoot thead title tr xmp".split()
    )
)
"""As the HTML standard calls them: an end tag of another element closes nothing beyond these."""
_PASSED_BY_ITEMS = frozenset((b"address", b"div", b"p"))
"""Of them, those that an item of a list ends with the item before it."""
_ITEMS = frozenset((b"li", b"dt", b"dd"))
_CHOICES = frozenset((b"option", b"optgroup"))
_NEAR = 50
"""How far up the open elements one is looked for that a tag ends."""


class _BoundedPage:
    """One page on its way through the bounds, tag by tag."""

    def __init__(self, html: bytes) -> None:
        self._html = html
        self._kept: list[bytes] = []
        self._copied = 0
        self._open: list[tuple[bytes, bool, int]] = []
        """The elements that are open: name, whether it was left out (so will be its end tag), and how many
        formatting elements were open before it."""
        self._standing: dict[bytes, int] = {}
        """Name -> how many elements of it are open."""
        self._deep = 0
        """Of them, how many were left out."""
        self._roots = self._tags = self._formatting = self._choices = self._text = 0
        self._left_out: dict[str, None] = {}

    def done(self) -> Bounded:
        html, at = self._html, 0
        while at < len(html):
            begins = html.find(b"<", at)
            begins = len(html) if begins < 0 else begins
            self._text += begins - at
            if self._text > MOST_TEXT:
                self._left_out[f"what follows {MOST_TEXT:,} bytes of text"] = None
                self._leave_out(begins - (self._text - MOST_TEXT), len(html))
                break
            if begins == len(html):
                break
            self._tags += 1
            if self._tags > MOST_TAGS:
                self._left_out[f"what follows {MOST_TAGS:,} tags"] = None
                self._leave_out(begins, len(html))
                break
            at = self._tag(begins)
        self._kept.append(html[self._copied :])
        cut = b"".join(self._kept)
        return Bounded(cut, tuple(self._left_out), cut.lower())

    def _leave_out(self, start: int, end: int) -> None:
        self._kept.append(self._html[self._copied : start])
        self._copied = end

    def _tag(self, at: int) -> int:
        """Deal with what begins at *at*; returns where to go on."""
        if hit := _END_TAG.match(self._html, at):
            if self._close_one(hit[1].lower()):
                self._leave_out(at, hit.end())
            return hit.end()
        if hit := _START_TAG.match(self._html, at):
            return self._start_tag(hit)
        html, follows = self._html, self._html[at + 1 : at + 2]
        if follows not in (b"!", b"?", b"/"):
            return at + 1
        close = b"-->" if html.startswith(b"<!--", at) else b">"
        end = html.find(close, at + 2)
        return len(html) if end < 0 else end + len(close)

    def _start_tag(self, hit: re.Match[bytes]) -> int:
        html, at, end = self._html, hit.start(), hit.end()
        name, attributes, closing, ended = hit[1].lower(), *hit.group(2, 3, 4)
        beyond = hit.end(2)
        if not ended:
            rest = _REST_OF_TAG.match(html, beyond)
            end = rest.end() + 1 if rest is not None else len(html)
            if end > len(html):
                self._leave_out(at, len(html))  # a tag that never ends is none
                return len(html)
        reason, raw = None, name in _RAW_ENDS and not self._in_drawing()
        if name in _ROOTS:
            self._roots += 1
            if self._roots > MOST_ROOTS:
                reason = "repeated <html> and <body>"
        elif name in _CHOICES:
            self._choices += 1
            if self._choices > MOST_CHOICES:
                reason = f"more than {MOST_CHOICES:,} choices of forms"
        elif not (raw or name in _VOID or (b"/" in closing and self._in_drawing())):
            reason = self._opened(name, plain=not attributes)
        if reason is not None:
            self._left_out[reason] = None
            self._leave_out(at, end)
        elif not ended:
            self._left_out[f"attributes beyond {MOST_ATTRIBUTES} on one element"] = None
            self._leave_out(beyond, end - 1)
        return self._raw(name, end) if raw else end

    def _opened(self, name: bytes, *, plain: bool) -> str | None:
        """An element opens; why it is left out, if it is. *plain*: it has no attributes."""
        ends = _PARAGRAPH if name in _ENDS_A_PARAGRAPH else _ENDS.get(name)
        for names in ends or ():
            if any(map(self._standing.get, names)):
                self._close(names, item=name in _ITEMS)
        reason, before = None, self._formatting
        # of those without attributes a parser keeps three
        formatting = name in _FORMATTING and not plain
        if len(self._open) - self._deep >= MOST_DEPTH:
            reason = f"elements more than {MOST_DEPTH} deep"
        elif formatting and self._formatting >= MOST_FORMATTING:
            reason = f"more than {MOST_FORMATTING} formatting elements open at once"
        else:
            self._formatting += formatting
        self._deep += reason is not None
        self._open.append((name, reason is not None, before))
        self._standing[name] = self._standing.get(name, 0) + 1
        return reason

    def _close(self, names: frozenset[bytes], *, item: bool = False) -> bool:
        """Close the innermost open element of *names*, and what is open in it. Whether that was left out.

        *item*: what closes it is the next item of its list.
        A formatting element inside that has no end tag of its own is opened again by what follows.
        """
        stack, special = self._open, not names.isdisjoint(_SPECIAL)
        barriers = _AROUND_TABLES if names <= _TABLE else _BARRIERS
        for back in range(1, min(len(stack), _NEAR) + 1):
            name, left_out, before = stack[-back]
            if name in names:
                if name in _FORMATTING or name in _BARRIERS:
                    self._formatting = min(before, self._formatting)
                if self._deep:
                    self._deep -= sum(each[1] for each in stack[-back:])
                for each in stack[-back:]:
                    self._standing[each[0]] -= 1
                del stack[-back:]
                return left_out
            if name in barriers or (
                name in _SPECIAL and (not special or (item and name not in _PASSED_BY_ITEMS))
            ):
                return False
        return False

    def _close_one(self, name: bytes) -> bool:
        if not self._standing.get(name):
            return False
        if not self._deep and self._open[-1][0] == name:  # as nearly always
            before = self._open.pop()[2]
            self._standing[name] -= 1
            if name in _FORMATTING or name in _BARRIERS:
                self._formatting = min(before, self._formatting)
            return False
        return self._close(frozenset([name]))

    def _in_drawing(self) -> bool:
        return any(each[0] in _DRAWING for each in self._open[-_NEAR:])

    def _raw(self, name: bytes, at: int) -> int:
        """Where the text of a raw element ends."""
        end = _RAW_ENDS[name].search(self._html, at)
        return len(self._html) if end is None else end.end()
