"""A page's tree as runs of text in reading order, each with what stands around it. Decides nothing.

A *run* is what a reader sees as one paragraph: the inline text between two block boundaries. Boxes are
the block-level elements; a run belongs to the innermost box around it, and a box covers the runs from
``first`` up to, not including, ``last``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "head",
        "title",
        "iframe",
        "object",
        "embed",
        "canvas",
        "audio",
        "video",
        "map",
        "math",
        "select",
        "option",
        "optgroup",
        "datalist",
        "textarea",
        "input",
        "img",
        "source",
        "picture",
        "link",
        "meta",
        "base",
        "param",
        "track",
        "col",
        "colgroup",
        "wbr",
    ]
)
"""Elements whose content no reader sees as text."""

INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "nobr",
        "output",
        "q",
        "ruby",
        "rb",
        "rt",
        "rp",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
    ]
)
_BOLD = frozenset(("b", "strong"))
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
) = (1 << bit for bit in range(15))
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
_NOTHING = (0, 0, 0, 0, "", False, False)
"""The figures of a run that has not begun."""
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


@dataclass(slots=True)
class Box:
    """A block-level element."""

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
    node: LexborNode | None
    """The element; ``None`` once its tree is gone."""


@dataclass(slots=True)
class Run:
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


@dataclass(slots=True)
class Outline:
    """A page's boxes and runs."""

    boxes: list[Box] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)

    def path_indices(self, run: Run) -> list[int]:
        """Indices of the boxes around *run*, innermost first."""
        indices, at = [], run.box
        while at >= 0:
            indices.append(at)
            at = self.boxes[at].parent
        return indices

    def path(self, run: Run) -> list[Box]:
        """The boxes around *run*, innermost first."""
        return [self.boxes[index] for index in self.path_indices(run)]


def outline(tree: LexborHTMLParser | LexborNode) -> Outline:
    """The outline of a page, or of one element and what is below it."""
    root = (tree.body or tree.root) if isinstance(tree, LexborHTMLParser) else tree
    page = Outline()
    if root is None:
        return page
    boxes, runs = page.boxes, page.runs
    pieces: list[str] = []
    linked, links, bold, breaks, names, after_break, fresh_break = _NOTHING
    in_link = in_bold = 0

    def close() -> None:
        """End the run that is open."""
        text = " ".join("".join(pieces).split())
        pieces.clear()
        if text:
            size = len(text)
            runs.append(Run(text, at, min(linked, size), links, min(bold, size), breaks, names, after_break))

    # an explicit stack: pages nest thousands deep, Python does not
    at = -1
    node: LexborNode | None = root
    stack: list[tuple[LexborNode, str, int]] = []
    while True:
        assert node is not None
        tag = node.tag
        child: LexborNode | None = None
        if tag == "-text":
            text = node.text_content
            if text:
                if not text.isspace():
                    size = len(text) if text[0] > " " and text[-1] > " " else len(text.strip())
                    if in_link:
                        linked += size
                    if in_bold:
                        bold += size
                    fresh_break = False
                pieces.append(text)
        elif tag == "br":
            if pieces:
                if fresh_break or (bold and bold < 120 and bold >= len("".join(pieces).strip())):
                    close()
                    linked, links, bold, breaks, names, after_break, fresh_break = _NOTHING
                    after_break = True
                else:
                    breaks += 1
                    pieces.append("\n")
            fresh_break = True
        elif tag is None or tag[0] == "-" or tag in SKIPPED:
            pass
        elif tag in INLINE:
            child = node.first_child
            if child is not None:
                if tag in _BOLD:
                    if fresh_break and pieces and not in_link:
                        close()
                        linked, links, bold, breaks, names, after_break, fresh_break = _NOTHING
                        after_break = True
                    in_bold += 1
                elif tag == "a":
                    in_link += 1
                    links += 1
                if not pieces and not names and tag in _NAMED_INLINE:
                    names = node.attributes.get("class") or ""
                stack.append((node, tag, at))
                node = child
                continue
        elif tag == "hr":
            if pieces:
                close()
            linked, links, bold, breaks, names, after_break, fresh_break = _NOTHING
        else:
            if pieces:
                close()
            linked, links, bold, breaks, names, after_break, fresh_break = _NOTHING
            parent = at
            flags = boxes[parent].flags if parent >= 0 else 0
            attributes = node.attributes
            called = ""
            if attributes:
                called = " ".join(
                    [
                        attributes[key] or ""
                        for key in ("class", "id", "itemprop", "data-testid")
                        if key in attributes
                    ]
                )
                role = attributes.get("role")
                if role:
                    flags |= _ROLES.get(role, 0)
                style = attributes.get("style")
                if (
                    (style and _UNSEEN.search(style))
                    or "hidden" in attributes
                    or attributes.get("aria-hidden") == "true"
                ):
                    flags |= HIDDEN
            flags |= _FLAGS.get(tag, 0)
            depth = boxes[parent].depth + 1 if parent >= 0 else 0
            at = len(boxes)
            boxes.append(Box(tag, parent, depth, flags, called, len(runs), len(runs), node))
            child = node.first_child
            if child is not None:
                stack.append((node, tag, parent))
                node = child
                continue
            at = parent
        # on to what follows, leaving what has ended
        following = node.next if stack else None
        while following is None:
            if not stack:
                if pieces:
                    close()
                if boxes:
                    boxes[0].last = len(runs)
                return page
            node, tag, before = stack.pop()
            if tag in INLINE:
                if tag in _BOLD:
                    in_bold -= 1
                elif tag == "a":
                    in_link -= 1
            else:
                if pieces:
                    close()
                linked, links, bold, breaks, names, after_break, fresh_break = _NOTHING
                boxes[at].last = len(runs)
                at = before
            following = node.next if stack else None
        node = following
