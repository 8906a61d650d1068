"""The headline as readers know it, and the kicker over it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from crawler.extract.page.bounds import MOST_TITLE
from crawler.extract.page.metadata import NEWS_TYPE, Metadata, key, plain, types_of
from crawler.extract.page.page import Page, text_of

_SEPARATOR = re.compile(r"\s+(?:[|·•–—\-»«›‹~*/]|::|\|\|)\s+|\s*[|ㅣ｜]\s*|：(?=\S+$)|\s+[|–—-](?=\S+$)")
_LOOSE_SEPARATOR = re.compile(r"\s*[|·•–—\-»~ㅣ]\s*")
"""Good enough where what is left is looked up on the page."""
_DATE_TAIL = re.compile(r"^\W*(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d)\W*$")
_HEADLINE_CLASS = re.compile(r"headline|title|heading|kop\b|titel", re.I)
_NO_HEADLINE = re.compile(r"logo|brand|site-?(?:name|title)|sr-only|visually-?hidden|masthead", re.I)
_LOGO = re.compile(r"(?:^|[\s_-])(?:logo|brand|site-?(?:name|title)|blog-?title|masthead)(?:$|[\s_-])", re.I)
_KICKER_CLASS = re.compile(
    r"kicker|overline|dachzeile|spitzmarke|eyebrow|chapeau|topline|voorkop|bovenkop|surtitre|sobretitulo|antetitulo|"
    r"occhiello|roofline|pretitle|supertitle|oberzeile",
    re.I,
)


def read_title(meta: Metadata) -> tuple[str, str | None, str, LexborNode | None]:
    """(title, kicker, witness, its heading on the page). The title is ``""`` when the page has none.

    The headline the newsroom states (``og:title``, JSON-LD) and the heading on the page are usually one.
    Where one is the other with something added, the addition is a site name, a section or a kicker.
    """
    stated = [(name, without_site(text, meta)) for name, text in _stated(meta)]
    logos = set(map(key, _logos(meta)))
    stated = [
        (name, text) for name, text in stated
        if text and not meta.is_site_name(text) and not (name == "title" and key(text) in logos)
    ]  # fmt: skip
    heading = _heading(meta, {key(text) for _, text in stated})
    shown = headline_text(heading) if heading is not None else ""
    if not stated:
        if not shown and (pictured := _pictured(meta)):
            return pictured, None, "h1", None
        return (shown, _kicker(heading, shown), "h1", heading) if shown else ("", None, "", None)
    if not shown:
        return (*_unheaded(stated, meta), None)
    kicker = _kicker(heading, shown)
    for name, text in stated:
        if key(text) == key(shown) and kicker and text.startswith(f"{kicker}:"):
            return text, kicker, name, heading  # what stands apart on the page has a colon between
        if key(text) == key(shown):
            # the same letters: who puts more space between them parts words that run into each other
            return (text if text.count(" ") > shown.count(" ") else shown), kicker, "h1", heading
        if shown.startswith(text) and shown[len(text) :].lstrip().startswith('"'):
            return shown, kicker, "h1", heading  # a quotation mark ended what the tag says
        if _cut(text, shown) or _cut(shown, text):
            if name == "title" and not kicker and _is_named_before(text, shown, meta):
                return shown, None, "h1", heading
            return _shorter(shown, text, kicker, name, heading)
        if name != "title" and _is_news(meta):
            return text, kicker, name, heading
    return shown, kicker, "h1", heading


def _is_named_before(text: str, shown: str, meta: Metadata) -> bool:
    """Whether ``<title>`` has a few words and a colon before the headline that the page shows nowhere.

    They are the site's name rather than a kicker, which readers would see.
    """
    head, colon, tail = text.partition(": ")
    body = meta.page.tree.body
    return (
        bool(colon) and key(tail) == key(shown) and body is not None and key(head) not in key(text_of(body))
    )


def shown_headline(meta: Metadata, title: str) -> str | None:
    """The page's only first-level heading, where it says something else than its *title*."""
    shown = [text for text in meta.h1_texts if text and not meta.is_site_name(text)]
    if len(shown) != 1 or len(shown[0].split()) < A_HEADLINE:
        return None
    words = plain(shown[0])
    one, other = key(words), key(title)
    return words if other and one not in other and other not in one else None


A_HEADLINE = 3
"""Words of a heading below which it may be the name of a section."""


def _unheaded(stated: list[tuple[str, str]], meta: Metadata) -> tuple[str, None, str]:
    """The title of a page without heading elements: what is stated, as far as the page shows it."""
    for name, text in stated[1:]:
        if _cut(stated[0][1], text) and stated[0][1].startswith(text):
            return text, None, name
    name, text = stated[0]
    if (
        text.count(" ") < 2
        and _leads_to_a_section(text, meta)
        and (shown := _set_as_a_headline(meta, _NAMED_ONE))
    ):
        return shown, None, "h1"
    cuts = list(_LOOSE_SEPARATOR.finditer(text))
    body = meta.page.tree.body
    if body is not None:
        shown = plain(text_of(body))
        if text not in shown:
            head, _, tail = text.partition(": ")
            if tail.count(" ") >= A_HEADLINE and tail in shown and meta.is_site_name(head):
                return tail, None, name
            if not cuts and (set_as_one := _set_as_a_headline(meta) or _heads_a_text(meta)):
                return set_as_one, None, "h1"
        for end in (len(text), *(cut.start() for cut in reversed(cuts))):
            if text[:end].strip() in shown:
                first = text[:end].strip()
                rest = [text[cut.end() :].strip() for cut in cuts if first.count(" ") < 2]
                # a section before it: "News - Bridge shuts for lorries"
                later = (each for each in rest if each.count(" ") >= 2 and len(each) > 15 and each in shown)
                return next(later, first), None, name
        if cuts and (heads := _heads_a_text(meta)):
            return heads, None, "h1"
    return text, None, name


_SET_LARGE = ", ".join((
    'main [class*="title"]', 'article [class*="title"]', '[class*="headline"]', "b > font[size]", "td > b",
    "td > strong",
    *(f'font[size="{size}"]' for size in ("4", "5", "6", "+1", "+2", "+3")),
))  # fmt: skip
"""What shows a headline on pages without headings."""


_NAMED_ONE = f"{_SET_LARGE}, " + ", ".join(
    f'[{attribute}*="{word}" i]'
    for word in ("title", "titel", "titre", "titulo", "titolo", "tytul", "baslik", "rubrik", "overskrift")
    for attribute in ("class", "id")
)
"""The same, and what is named a headline in any part of the page."""


def _leads_to_a_section(text: str, meta: Metadata) -> bool:
    """Whether a link of the page shows *text*: then it is the name of a part of the site."""
    wanted = key(text)
    return any(key(text_of(node)) == wanted for node in meta.page.tree.css("a[href]")[:60])


def _heads_a_text(meta: Metadata) -> str:
    """The only lower heading that leads nowhere and has paragraphs beside it; ``""`` where several have."""
    found = []
    for node in meta.page.tree.css("h2, h3")[:40]:
        text, around = plain(text_of(node)[:MOST_TITLE]), node.parent
        if text.count(" ") < A_HEADLINE or around is None or node.css_first("a") is not None:
            continue
        if sum(len(text_of(each)) for each in around.css("p")[:30]) >= A_TEXT:
            found.append(text)
    return found[0] if len(found) == 1 else ""


A_TEXT = 250
"""Characters of paragraphs from which a heading beside them is that of an article."""


def _set_as_a_headline(meta: Metadata, selector: str = _SET_LARGE) -> str:
    """What an element that is named a headline shows on a page that shows its stated title nowhere."""
    for node in meta.page.tree.css(selector)[:20]:
        text = plain(text_of(node)[:MOST_TITLE])
        if text.count(" ") >= A_HEADLINE and len(text) <= 200 and not text.endswith(".") and node.tag != "a":
            return text
    return ""


def _stated(meta: Metadata) -> Iterator[tuple[str, str]]:
    page, text_stated = meta.page, False
    for name in ("og:title", "twitter:title", "dc.title", "sailthru.title", "parsely-title"):
        if name == "og:title" and _is_of_the_front_page(page):
            continue
        if text := page.meta(name):
            yield f"meta:{name}", plain(text)
            text_stated = True
            break
    if text := plain(meta.article.get("headline")):
        yield "json-ld", text
    elif not text_stated:
        node = page.title_element
        if node is not None and (text := plain(text_of(node)[:MOST_TITLE])):
            yield "title", text


def _is_of_the_front_page(page: Page) -> bool:
    """Whether the page's Open Graph tags describe the site: they name the front page as their address."""
    stated = page.meta("og:url")
    return (
        bool(stated)
        and urlsplit(stated or "").path in ("", "/")
        and urlsplit(page.capture.url).path not in ("", "/")
        and page.meta("og:type") != "article"
    )


def _is_news(meta: Metadata) -> bool:
    """Whether a newsroom's system wrote the metadata.

    The plugins that fill ``og:title`` for search engines describe the page as a ``WebPage`` beside it.
    """
    if any(NEWS_TYPE.search(each) for each in types_of(meta.article)):
        return True
    dated = bool(meta.article.get("headline")) or "article:published_time" in meta.page.metas
    return dated and not any("WebPage" in types_of(each) for each in meta.page.json_ld)


def without_site(text: str, meta: Metadata) -> str:
    """*text* without " - Name of the site" at its end (and the section before it), or at its start."""
    text = _without_name_at_an_odd_sign(text, meta)
    head, colon, tail = text.partition(": ")
    if colon and tail.strip() and _is_a_name_before(head, tail, meta):
        text = tail.strip()
    for _ in range(3):
        cuts = list(_SEPARATOR.finditer(text))
        if not cuts:
            head, dash, tail = text.rpartition("-")  # "Headline-Section", as sites without spaces write it
            return head if dash and key(tail) in meta.sections else text
        shown = {key(each) for each in meta.h1_texts}
        head, tail = text[: cuts[-1].start()].strip(), text[cuts[-1].end() :].strip()
        if head and (meta.is_site_name(tail) or _DATE_TAIL.match(tail) or key(tail) in meta.sections):
            text = head
            continue
        if (
            tail
            and key(head) in shown
            and key(tail) in {key(text_of(node)) for node in meta.page.tree.css("h2, h3")[:80]}
        ):
            return tail  # the first level is the site's name, the headline stands below it
        if any(key(text[: cut.start()]) in shown for cut in cuts):  # what follows the heading is a suffix
            return next(text[: cut.start()].strip() for cut in cuts if key(text[: cut.start()]) in shown)
        first = cuts[0]
        if meta.is_site_name(text[: first.start()]) and text[first.end() :].strip():
            text = text[first.end() :].strip()
            continue
        break
    return text


_ODD_SIGN = re.compile(r"\s*[^\w\s'’\"”.!?&,:;#%+-]+\s*|\s*[,-]\s+|\s+-(?=\S)")
_STEP = re.compile(r"\s+(?:[|»«›‹>/]|::)\s+")


def _without_name_at_an_odd_sign(text: str, meta: Metadata) -> str:
    """*text* without the name that the page gives its site, whatever sign parts the two: "Headline (Name)".

    Where it is one step of a trail of three, the headline is the longest.
    """
    names = meta.stated_names - {key(meta.page.meta("og:title"))}
    steps = _STEP.split(text)
    if len(steps) >= 3 and set(map(key, steps)) & names:
        longest = max(steps, key=len)
        others = [step for step in steps if step is not longest]
        if longest.count(" ") >= A_HEADLINE and all(step.count(" ") < A_HEADLINE for step in others):
            return longest.strip()
    signs = list(_ODD_SIGN.finditer(text.rstrip(" ])")))
    for sign in reversed(signs[-2:]):
        if sign.start() and key(text[sign.end() :]) in names:
            return text[: sign.start()].strip()
    return text


def _is_a_name_before(head: str, tail: str, meta: Metadata) -> bool:
    """Whether what stands before a colon is the site's name rather than a kicker."""
    if any(key(head) == key(logo) for logo in _logos(meta)) or key(head) in meta.stated_names:
        return True
    linked = {key(text_of(node)) for node in meta.h1s if node.css_first("a[href]") is not None}
    if key(head) not in meta.names and key(head) not in linked:
        return False
    headings = (*meta.h1_texts, *(text_of(node) for node in meta.page.tree.css("h2, h3")[:80]))
    return key(tail) in map(key, headings)


def _logos(meta: Metadata) -> Iterator[str]:
    """The site's name: the texts of first-level headings that lead to the front page or are called a logo."""
    for node, text in zip(meta.h1s, meta.h1_texts, strict=True):
        if _LOGO.search(f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"):
            yield text
            continue
        link = node.css_first("a[href]")
        href = (link.attributes.get("href") or "") if link is not None else ""
        if href and urlsplit(meta.page.absolute(href) or "x").path in ("", "/"):
            yield text


def _heading(meta: Metadata, stated: set[str]) -> LexborNode | None:
    """The heading that is the headline: one that is stated elsewhere; else the first that may be one."""
    logos = set(map(key, _logos(meta)))
    candidates = [
        (node, text) for node, text in zip(meta.h1s, meta.h1_texts, strict=True)
        if key(text) in stated or not (meta.is_site_name(text) or key(text) in logos)
    ]  # fmt: skip
    for node, text in candidates:
        if key(text) in stated:
            return node
    for node, text in candidates:
        if any(len(key(text)) > 15 and (key(text) in each or each in key(text)) for each in stated):
            return node
    for node in meta.page.tree.css("h2, h3")[:80]:  # the first level may be the site's name on every page
        text = key(text_of(node))
        if text and (text in stated or (len(text) > 12 and any(_ends(each, text) for each in stated))):
            return node
    if not candidates:
        return _below_the_logo(meta) if logos and not stated else None
    words = {word for each in stated for word in re.findall(r"\w{4,}", each)}
    rated = [
        (
            2 * bool(_HEADLINE_CLASS.search(node.attributes.get("class") or ""))
            - 4 * bool(_NO_HEADLINE.search(_classes(node)))
            + min(len(text), 60) / 30
            + bool(words & set(re.findall(r"\w{4,}", text.lower()))),
            -place,
        )
        for place, (node, text) in enumerate(candidates)
    ]
    return candidates[rated.index(max(rated))][0]


def _below_the_logo(meta: Metadata) -> LexborNode | None:
    """The headline of a page whose only first-level heading is the site's name, and that states no title."""
    nodes = meta.page.tree.css("main h2, article h2, main h3, article h3")[:2]
    return nodes[0] if nodes and text_of(nodes[0]) else None


def _pictured(meta: Metadata) -> str:
    """The headline that is set as a picture, in the words that stand for it."""
    for node in meta.page.tree.css("h1 img[alt], h2 img[alt]")[:10]:
        text = plain(node.attributes.get("alt"))
        around = node.parent
        while around is not None and around.tag not in ("h1", "h2", "a"):
            around = around.parent
        if text.count(" ") >= A_HEADLINE and around is not None and around.tag != "a":
            return text if not meta.is_site_name(text) else ""
    return ""


def _ends(long: str, short: str) -> bool:
    return long.startswith(short) or long.endswith(short)


_ANCHORS = frozenset(("#", "¶", "§", "🔗"))
"""What a link to the heading itself shows."""


def headline_text(heading: LexborNode) -> str:
    """The text of a heading, with a space where a line break or two elements part its words.

    A single letter in an element of its own is an initial that belongs to the word after it.
    """
    pieces: list[str] = []
    between = False
    for node in heading.traverse(include_text=True):
        if node.tag == "-text":
            text = node.text_content or ""
            if text.strip() in _ANCHORS and node.parent is not None and node.parent.tag == "a":
                continue
            if between and pieces and len(pieces[-1].strip()) > 1 and _parts_words(node):
                pieces.append(" ")
            pieces.append(text)
            between = False
        elif node.tag == "br":
            pieces.append(" ")
        else:
            between = True
    return plain("".join(pieces))


def _parts_words(text: LexborNode) -> bool:
    """Whether a text opens an element that follows upon another element: ``</span><span>``."""
    box = text.parent
    before = box.prev if box is not None and text.prev is None else None
    return before is not None and before.tag != "-text"


def _classes(node: LexborNode) -> str:
    parent = node.parent
    return " ".join(
        filter(None, (
            node.attributes.get("class"), node.attributes.get("id"),
            parent.attributes.get("class") if parent is not None else None,
        ))
    )  # fmt: skip


def _kicker(heading: LexborNode | None, shown: str) -> str | None:
    """The line over the headline: an element of that name inside the heading or just before it."""
    if heading is None:
        return None
    inside = [child for child in heading.iter() if _KICKER_CLASS.search(child.attributes.get("class") or "")]
    before = heading.prev
    while before is not None and before.tag in ("-text", "_comment", "-comment"):
        before = before.prev
    if before is not None and _KICKER_CLASS.search(before.attributes.get("class") or ""):
        inside.append(before)
    for node in inside:
        text = plain(text_of(node)).rstrip(":")
        if text and len(text) <= 80 and key(text) != key(shown):
            return text
    return None


def _cut(long: str, short: str) -> bool:
    """Whether *short* is *long* without its beginning or its end."""
    short = short.rstrip(" .…")
    a, b = key(long), key(short)
    return len(b) >= 10 and len(a) > len(b) and (a.startswith(b) or a.endswith(b))


def _shorter(
    shown: str, text: str, kicker: str | None, name: str, heading: LexborNode | None
) -> tuple[str, str | None, str, LexborNode | None]:
    """The headline of two strings of which one ends or begins with the other."""
    a, b = key(shown), key(text)
    if len(b) > len(a):  # the stated one has more: a kicker before it, or a suffix after it
        if b.endswith(a) and ":" in text:
            return text, kicker, name, heading
        return shown, kicker, "h1", heading
    if a.startswith(b) and (text.endswith(("…", "...")) or len(b) < 0.5 * len(a)):  # cut for a card
        return shown, kicker, "h1", heading
    if a.endswith(b) and not kicker:
        lead_in = shown[: len(shown) - len(text)].strip().rstrip(":|-–—").strip()
        apart = _SEPARATED.search(shown[: len(shown) - len(text)]) or _stands_apart(heading, lead_in)
        if not apart:
            return shown, None, "h1", heading  # words of the sentence, left out elsewhere
        kicker = lead_in if lead_in and len(lead_in) <= 80 else None
    return text, kicker, name, heading


_SEPARATED = re.compile(r"[:|»›•·/–—-]\s*$")


def _stands_apart(heading: LexborNode | None, words: str) -> bool:
    """Whether *words* are all that an element inside the heading holds."""
    if heading is None:
        return False
    return any(key(text_of(child)) == key(words) for child in heading.iter())
