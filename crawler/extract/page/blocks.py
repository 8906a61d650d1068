"""A page's tree as runs of text in reading order, each with what stands around it.

A *run* is what a reader sees as one paragraph: the inline text between two block boundaries. Boxes are
the block-level elements; a run belongs to the innermost box around it, and a box covers the runs from
``first`` up to, not including, ``last``.

The site's own menus and footers, marked up as such, are left out unread: a third of a page's runs, and
none of them an article's.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extract.page import class_names
from crawler.extract.page.class_names import traits_of_all
from crawler.extract.page.unseen import COLLAPSED_STYLE, UNSEEN_STYLE, is_unseen, leads_nowhere

SKIPPED = frozenset((
    "script", "style", "noscript", "template", "svg", "head", "title", "iframe", "object", "embed",
    "canvas", "audio", "video", "map", "math", "select", "option", "optgroup", "datalist", "textarea",
    "input", "img", "source", "picture", "link", "meta", "base", "param", "track", "col", "colgroup",
    "wbr", "amp-ad", "amp-consent", "amp-list", "amp-sidebar",
))  # fmt: skip
"""Elements whose content no reader sees as text."""

INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "ins", "kbd", "label", "mark", "nobr", "output", "q", "ruby", "rb", "rt", "rp", "s", "samp",
    "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var",
))  # fmt: skip
_FIELDS = frozenset(("input", "select", "textarea"))
"""Elements in which a reader fills something in."""
_NO_FIELD = frozenset(("hidden", "button", "submit", "image", "checkbox", "reset"))
"""Types of ``<input>`` that are none; a checkbox often only opens what is folded."""
_BLOCK, _TEXT, _SKIP, _PICTURE, _BREAK, _RULE, _INLINE, _BOLD, _LINK = range(9)
_ROLE_OF: dict[str | None, int] = {
    **dict.fromkeys(SKIPPED, _SKIP), **dict.fromkeys(INLINE, _INLINE), "-text": _TEXT, "br": _BREAK, "hr": _RULE,
    "b": _BOLD, "strong": _BOLD, "a": _LINK, "img": _PICTURE,
}  # fmt: skip
"""What is done with an element: blocks are those not named here."""
_NAMING = ("class", "id", "itemprop", "data-testid")
_TELLING = frozenset(("role", "style", "hidden", "aria-hidden"))
_NAMED_INLINE = frozenset(("span", "a", "small", "time", "cite", "label", "strong", "em", "font", "b"))

(
    ARTICLE,
    MAIN,
    ASIDE,
    NAV,
    FOOTER,
    HEADER,
    FORM,
    FIGURE,
    CAPTION,
    QUOTE,
    LIST,
    TABLE,
    HIDDEN,
    BUTTON,
    DIALOG,
    UNSEEN,
) = (1 << bit for bit in range(16))
_FLAGS = {
    "article": ARTICLE, "main": MAIN, "aside": ASIDE, "nav": NAV, "menu": NAV, "footer": FOOTER,
    "header": HEADER, "form": FORM, "fieldset": FORM, "figure": FIGURE, "figcaption": CAPTION,
    "caption": CAPTION, "blockquote": QUOTE, "ul": LIST, "ol": LIST, "dl": LIST, "table": TABLE,
    "button": BUTTON, "dialog": DIALOG,
}  # fmt: skip
_ROLES = {
    "article": ARTICLE, "main": MAIN, "complementary": ASIDE, "navigation": NAV, "menu": NAV,
    "contentinfo": FOOTER, "banner": HEADER, "form": FORM, "search": FORM, "dialog": DIALOG,
    "alertdialog": DIALOG, "button": BUTTON, "figure": FIGURE,
}  # fmt: skip
_AROUND = NAV | FOOTER
"""Left out, where it is no article's own."""
_OWN = ARTICLE | MAIN
LITTLE = 200
"""Characters of text that is no link, below which nothing is left out."""
_TEASING = frozenset(("h2", "h3", "h4"))


@dataclass(slots=True)
class Box:
    """A block-level element that holds text."""

    tag: str
    parent: int
    """Index of the box around it; -1 for the outermost."""
    depth: int
    flags: int
    """What it is or stands in: ``ARTICLE | MAIN | ...``, its own and inherited."""
    names: str
    """Class, id, itemprop and the like, as written."""
    first: int
    last: int
    traits: int = 0
    """What its names say it is: ``CAPTION | BOX | ...`` of :mod:`crawler.extract.page.class_names`."""


@dataclass(slots=True)
class TextRun:
    """One run of text."""

    text: str
    box: int
    """Index of the innermost box around it."""
    linked: int
    """Characters that stand in links."""
    links: int
    bold: int
    """Characters in bold."""
    breaks: int
    """Line breaks inside."""
    names: str
    """Class of the inline element the run opens with, if any."""
    after_break: bool
    """It was set apart by line breaks from a run before it in the same box."""
    targets: Sequence[str | None] = ()
    """Where the links lead that the run stands in or holds, as written."""

    @property
    def target(self) -> str | None:
        """Where the first of them leads."""
        return self.targets[0] if self.targets else None


@dataclass(slots=True)
class Outline:
    """A page's boxes and runs."""

    boxes: list[Box] = field(default_factory=list)
    runs: list[TextRun] = field(default_factory=list)
    teasers: int = 0
    """Links in headings below the first level, and such headings in links."""
    unread: int = 0
    """Menus and footers of the site that were left out."""
    fields: list[int] = field(default_factory=list)
    """Indices of boxes in which something is to be filled in, as often as there is a field."""

    def path_indices(self, run: TextRun) -> list[int]:
        """Indices of the boxes around *run*, innermost first."""
        indices, at = [], run.box
        while at >= 0:
            indices.append(at)
            at = self.boxes[at].parent
        return indices

    def path(self, run: TextRun, most: int = 0) -> list[Box]:
        """The boxes around *run*, innermost first; *most*: no more of them, 0 for all."""
        boxes, at = self.boxes, run.box
        path: list[Box] = []
        while at >= 0:
            box = boxes[at]
            path.append(box)
            if len(path) == most:
                break
            at = box.parent
        return path


def outline(tree: LexborHTMLParser | LexborNode) -> Outline:
    """The outline of a page, or of one element and what is below it."""
    root = (tree.body or tree.root) if isinstance(tree, LexborHTMLParser) else tree
    page = Outline()
    if root is not None:
        _walk(root, page, leave=_AROUND)
        if sum(len(run.text) - run.linked for run in page.runs) < LITTLE:  # a menu around the whole page
            page = Outline()
            _walk(root, page, leave=0)
        _join_drop_caps(page)
        for box, traits in zip(page.boxes, traits_of_all([box.names for box in page.boxes]), strict=True):
            box.traits = traits
            if traits & class_names.UNSEEN:
                box.flags |= UNSEEN
    return page


_INITIAL = re.compile(
    r"drop-?cap|first-?letter|initial|(?:^|[\s_-])letter(?:$|[\s_-])|lettrine|kapitaal", re.I
)
_APART = re.compile(r"[^\W\d_AEIOUY]\s[^\W\d_]")
"""A capital that is no word of its own, and the rest of its word."""
_DROP_CAP = re.compile(r"[\"'“”„‘«»]?\s?[^\W\d_]$")


def _join_drop_caps(page: Outline) -> None:
    """A capital that stands in a box of its own before the rest of its word opens the run after it."""
    runs, dropped = page.runs, []
    for run in runs:
        if run.names and run.text[1:2] == " " and _INITIAL.search(run.names) and _APART.match(run.text):
            run.text = run.text[0] + run.text[2:]
    for index, (run, after) in enumerate(pairwise(runs)):
        if (
            len(run.text) <= 3
            and _DROP_CAP.match(run.text)
            and run.text[-1].isupper()
            and after.text[0].islower()
            and not run.linked
            and len(after.text) > 20
        ):
            after.text = run.text + after.text
            dropped.append(index)
    if not dropped:
        return
    for index in reversed(dropped):
        del runs[index]
    for box in page.boxes:
        box.first -= bisect_left(dropped, box.first)
        box.last -= bisect_left(dropped, box.last)


def _walk(root: LexborNode, page: Outline, *, leave: int) -> None:
    """Put the boxes and runs of *root* on *page*, those of the kinds to *leave* left out."""
    boxes, runs, fields = page.boxes, page.runs, page.fields
    # the run that is open: its pieces of text, whether white space came before them, and its figures
    pieces: list[str] = []
    blank = after_break = fresh_break = False
    linked = links = bold = breaks = 0
    names = ""
    targets: list[str | None] | None = None
    in_link = in_bold = 0
    leads: list[str | None] = []  # of the links that are open

    # an explicit stack: pages nest thousands deep, Python does not
    at = -1
    node: LexborNode | None = root
    stack: list[tuple[LexborNode, int, int]] = []
    role_of = _ROLE_OF.get
    while True:
        assert node is not None
        tag = node.tag
        role = role_of(tag, _BLOCK)
        child: LexborNode | None = None
        if role == _TEXT:
            text = node.text_content
            if not text or text.isspace():
                if pieces:
                    pieces.append(" ")
                else:
                    blank = True
            else:
                if in_link or in_bold:
                    if in_link:
                        if targets is None:
                            targets = [leads[-1]]
                        elif targets[-1] is not leads[-1]:
                            targets.append(leads[-1])
                    size = len(text) if text[0] > " " and text[-1] > " " else len(text.strip())
                    if in_link:
                        linked += size
                    if in_bold:
                        bold += size
                fresh_break = False
                pieces.append(text)
            following = node.next
            if following is not None and stack:
                node = following
                continue
        elif role == _BLOCK:
            if tag is not None and tag[0] != "-":
                if in_link and tag in _TEASING:
                    page.teasers += 1
                if pieces:
                    runs.append(_run(pieces, at, linked, links, bold, breaks, names, after_break, targets))
                    pieces = []
                blank = after_break = fresh_break = False
                linked = links = bold = breaks = 0
                names, targets = "", None
                child = node.first_child
                if child is not None:
                    depth = flags = 0
                    if at >= 0:
                        around = boxes[at]
                        depth, flags = around.depth + 1, around.flags
                    flags |= _FLAGS.get(tag, 0)
                    if tag == "dialog" and "open" not in node.attributes:
                        flags |= UNSEEN
                    called = ""
                    if attributes := node.attributes:
                        called = attributes.get("class") or ""
                        if len(attributes) > 1 or not called:
                            called = " ".join([attributes[key] or "" for key in _NAMING if key in attributes])
                            if not _TELLING.isdisjoint(attributes):
                                flags |= _flags_of(attributes)
                    if flags & leave and not flags & _OWN and at >= 0:
                        child = None
                        page.unread += 1
                    else:
                        stack.append((node, _BLOCK, at))
                        first = len(runs)
                        boxes.append(Box(tag, at, depth, flags, called, first, first))
                        at = len(boxes) - 1
        elif role == _PICTURE:
            initial = "" if pieces else node.attributes.get("alt") or ""
            beside = node.next if len(initial) == 1 and initial.isupper() else None
            if beside is not None and (beside.text_content or "")[:1].islower():
                pieces.append(initial)  # the first letter, set as a picture
        elif role >= _INLINE:
            child = node.first_child
            own = node.attributes if tag in _NAMED_INLINE and child is not None else _NONE
            if own and is_unseen(own):
                child = None
            if role == _LINK and ("href" not in own or leads_nowhere(node, own["href"])):
                role = _INLINE  # an anchor: what stands in it leads nowhere
            if child is not None:
                if role == _BOLD:
                    if fresh_break and (pieces or blank) and not in_link:
                        if pieces:
                            runs.append(
                                _run(pieces, at, linked, links, bold, breaks, names, after_break, targets)
                            )
                            pieces = []
                        blank = fresh_break = False
                        linked = links = bold = breaks = 0
                        names, targets = "", None
                        after_break = True
                    in_bold += 1
                elif role == _LINK:
                    in_link += 1
                    links += 1
                    leads.append(own["href"])
                    if boxes[at].tag in _TEASING:
                        page.teasers += 1
                if not pieces and not blank and not names:
                    names = own.get("class") or ""
                stack.append((node, role, at))
        elif role == _BREAK:
            if pieces or blank:
                if fresh_break or (bold and bold < 120 and bold >= len("".join(pieces).strip())):
                    if pieces:
                        runs.append(
                            _run(pieces, at, linked, links, bold, breaks, names, after_break, targets)
                        )
                        pieces = []
                    blank = False
                    linked = links = bold = breaks = 0
                    names, targets = "", None
                    after_break = True
                else:
                    breaks += 1
                    if pieces:
                        pieces.append("\n")
            fresh_break = True
        elif role == _RULE:
            if pieces:
                runs.append(_run(pieces, at, linked, links, bold, breaks, names, after_break, targets))
                pieces = []
            blank = after_break = fresh_break = False
            linked = links = bold = breaks = 0
            names, targets = "", None
        elif tag in _FIELDS and at >= 0 and (node.attributes.get("type") or "") not in _NO_FIELD:
            fields.append(at)
        # on to what is inside, or follows, leaving what has ended
        if child is not None:
            node = child
            continue
        following = node.next if stack else None
        while following is None:
            if not stack:
                if pieces:
                    runs.append(_run(pieces, at, linked, links, bold, breaks, names, after_break, targets))
                if boxes:
                    boxes[0].last = len(runs)
                return
            node, role, before = stack.pop()
            if role == _BLOCK:
                if pieces:
                    runs.append(_run(pieces, at, linked, links, bold, breaks, names, after_break, targets))
                    pieces = []
                blank = after_break = fresh_break = False
                linked = links = bold = breaks = 0
                names, targets = "", None
                if at and boxes[at].first == len(runs):
                    boxes.pop()  # no text in it, so no box of ours
                    for place in range(len(fields) - 1, -1, -1):
                        if fields[place] != at:
                            break
                        fields[place] = before
                else:
                    boxes[at].last = len(runs)
                at = before
            elif role == _BOLD:
                in_bold -= 1
            elif role == _LINK:
                in_link -= 1
                leads.pop()
            following = node.next if stack else None
        node = following


def _run(
    pieces: list[str],
    box: int,
    linked: int,
    links: int,
    bold: int,
    breaks: int,
    names: str,
    after_break: bool,
    targets: list[str | None] | None,
) -> TextRun:
    """The run that *pieces* make up."""
    text = " ".join((pieces[0] if len(pieces) == 1 else "".join(pieces)).split())
    size = len(text)
    return TextRun(
        text,
        box,
        linked if linked < size else size,
        links,
        bold if bold < size else size,
        breaks,
        names,
        after_break,
        targets or (),
    )


def _flags_of(attributes: Mapping[str, str | None]) -> int:
    """What an element's attributes say it is."""
    flags = _ROLES.get(attributes.get("role") or "", 0)
    style = attributes.get("style")
    if (style and UNSEEN_STYLE.search(style)) or "hidden" in attributes:
        flags |= HIDDEN | UNSEEN
    elif style and COLLAPSED_STYLE.search(style):
        flags |= UNSEEN
    elif attributes.get("aria-hidden") == "true":  # not read aloud, but shown
        flags |= HIDDEN
    return flags


_NONE: Mapping[str, str | None] = {}
