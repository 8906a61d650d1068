"""The section and the tags of an article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from crawler.extract.fields.authors import (
    distinct,
)
from crawler.extract.fields.view import View
from crawler.extract.page.metadata import as_list, key, plain, types_of
from crawler.extract.page.page import squeeze, text_of


def _section_in_json_ld(view: View) -> tuple[str, str]:
    stated = [plain(each) for each in as_list(view.meta.article.get("articleSection"))]
    return next((each for each in stated if each), ""), "json-ld"


def _section_in_metas(view: View) -> tuple[str, str]:
    for name in (
        "article:section",
        "og:section",
        "parsely-section",
        "cxenseparse:section",
        "section",
        "category",
    ):
        if text := view.page.meta(name):
            return plain(text), f"meta:{name}"
    return "", ""


def _section_in_breadcrumbs(view: View) -> tuple[str, str]:
    """The last step before the article itself."""
    for each in view.page.json_ld:
        if "BreadcrumbList" in types_of(each):
            steps = []
            for step in as_list(each.get("itemListElement")):
                if isinstance(step, dict):
                    item = step.get("item")
                    name = step.get("name") or (item.get("name") if isinstance(item, dict) else None)
                    steps.append(plain(name))
            own = {key(text) for text in view.meta.h1_texts}
            steps = [text for text in steps[1:] if text and key(text) not in own]
            if steps and len(steps[-1]) <= 40:
                return steps[-1], "json-ld"
    return "", ""


def _section_in_trail(view: View) -> tuple[str, str]:
    """The last step of the breadcrumbs that readers see, before the article itself."""
    if not any(map(view.page.mentions, _TRAIL_NAMES)):
        return _section_in_a_line_of_steps(view)
    steps = [
        plain(text_of(node))
        for node in view.page.tree.css(
            '[class*="breadcrumb" i] a, [id*="breadcrumb" i] a, [itemtype*="BreadcrumbList"] a, '
            '[class*="crumb" i] a, [class*="kruimel" i] a, [class*="ariane" i] a, [class*="migas" i] a, '
            '[class*="briciole" i] a, [class*="brotkr" i] a, nav[aria-label*="crumb" i] a, '
            'nav[aria-label*="kruimel" i] a, nav[aria-label*="ariane" i] a, nav[aria-label*="brotkr" i] a'
        )[:12]
    ]
    own = {key(text) for text in view.meta.h1_texts}
    steps = [text for text in steps[1:] if text and key(text) not in own and len(text) <= 40]
    return (steps[-1], "breadcrumbs") if steps else ("", "")


def _section_in_a_line_of_steps(view: View) -> tuple[str, str]:
    """The last step of a line of links with ">" between them that begins at the front page, whatever its name."""
    for node in view.page.tree.css('a[href="/"], a[href="./"], a[href="index.php"], a[href="index.html"]')[
        :6
    ]:
        line = node.parent
        if line is None or line.tag not in ("p", "div", "nav", "span", "td", "li", "font"):
            continue
        links = [plain(text_of(link)) for link in line.css("a")[:8]]
        text = plain(text_of(line))
        if (
            len(links) < 2
            or len(text) > 200
            or not _STEPS.search(text)
            or len(_STEPS.findall(text)) < len(links) - 1
        ):
            continue
        own = {key(each) for each in view.meta.h1_texts}
        steps = [each for each in links[1:] if each and key(each) not in own and len(each) <= 40]
        if steps:
            return steps[-1], "breadcrumbs"
    return "", ""


_STEPS = re.compile(r"\s(?:>|»|›|→|/|::)\s")
_TRAIL_NAMES = (b"crumb", b"kruimel", b"ariane", b"migas", b"briciole", b"brotkr")
"""What the line from the front page to a page is called."""


def _section_in_links(view: View) -> tuple[str, str]:
    """The article's own link to its category; of several the one whose address is the deepest."""
    if not (view.page.mentions(b"category") or view.page.mentions(b"cat-links")):
        return "", ""
    links = view.page.tree.css(
        'a[rel~="category"], [class*="cat-links"] a, [class*="post-category"] a, [class*="entry-category"] a'
    )
    found = [
        ((node.attributes.get("href") or "").rstrip("/").count("/"), plain(text_of(node)))
        for node in links[:30]
        if view.owns(node)
    ]
    found = [(depth, text) for depth, text in found if text and len(text) <= 40]
    return (max(found, key=lambda each: each[0])[1], "link") if found else ("", "")


_SECTION_LABEL = re.compile(
    r"(?:^|[|•·\x1f,]\s*)(?:rubriek|categorie|kategorie|category|section|sectie|ressort|rubrique|catégorie|sección|"
    r"categoría|categoria|sezione|rubrica|seção|kategori|kategoria|rubrik|rubryka|dział|rubrika)\s*:\s*\x1f?\s*"
    r"([^|•·\x1f,:]{3,30})",
    re.I,
)


def _section_by_label(view: View) -> tuple[str, str]:
    """What a line near the headline calls its section: "Rubriek: Sport"."""
    for line in view.lines[:8]:
        found = _SECTION_LABEL.search(line.parted) if ":" in line.parted and not line.related else None
        if found and (text := plain(found[1])):
            return text, "label"
    return "", ""


def _section_in_address(view: View) -> tuple[str, str]:
    """The last folder of the address that is a word of a section: ``/nieuws/sport/voetbal/12345/slug``.

    Where a program is asked for an article by its number, the folders are the program's.
    """
    address = urlsplit(view.capture.url)
    if address.query and _PROGRAM.search(address.path):
        return "", ""
    parts = [part for part in unquote(address.path).split("/") if part][:-1]
    words = [part for part in parts if _FOLDER.fullmatch(part) and part.lower() not in _NO_SECTION]
    return (words[-1].replace("-", " ").capitalize(), "url") if words else ("", "")


_PROGRAM = re.compile(r"\.(?:php\d?|aspx?|jspx?|cfm|cgi|pl|dll|do)$", re.I)
_FOLDER = re.compile(r"[^\W\d_]{3,}(?:-[^\W\d_]{2,}){0,2}")
_NO_SECTION = frozenset((
    "nieuws", "news", "artikel", "artikelen", "article", "articles", "blog", "blogs", "post", "posts",
    "archief", "archive", "archives", "story", "stories", "category", "categorie", "tag", "author", "auteur",
    "lokaal", "regio", "actueel", "bericht", "berichten", "nachrichten", "actualite", "actualites", "notizie",
    "noticias", "cnt", "item", "items", "page", "pages", "pagina", "paginas", "index", "home", "content",
    "amp", "www", "site", "web", "detail", "view", "read", "nieuwsbericht", "edition", "editie", "uitgave",
    "latest", "thoughts",
))  # fmt: skip


def _section_in_feed(view: View) -> tuple[str, str]:
    return plain(view.hints.get("section")), "feed"


_SECTIONS: tuple[Callable[[View], tuple[str, str]], ...] = (
    _section_in_json_ld,
    _section_in_metas,
    _section_in_breadcrumbs,
    _section_in_trail,
    _section_in_links,
    _section_by_label,
    _section_in_feed,
    _section_in_address,
)


def section_of(view: View) -> tuple[str | None, str]:
    """(section, witness) by the first attempt that finds one."""
    for attempt in _SECTIONS:
        text, source = attempt(view)
        if text:
            return text, source
    return None, ""


def tags_of(view: View) -> tuple[tuple[str, ...], str]:
    """(tags, witness), the article's own only."""
    stated = [plain(each) for each in as_list(view.meta.article.get("keywords"))]
    if tags := _split_tags(stated):
        return tags, "json-ld"
    for name in ("article:tag", "news_keywords", "parsely-tags", "cxenseparse:tags", "sailthru.tags"):
        if tags := _split_tags(view.page.metas.get(name, ())):
            return tags, f"meta:{name}"
    marked = [node for node in view.page.tag_links[:60] if view.owns(node)]
    own = [node for node in marked if view.beside(node)] or _listed_tags(view) or marked
    plainly = [node for node in own if "category" not in (node.attributes.get("rel") or "").split()]
    own = plainly or own  # WordPress calls categories "category tag", and many sites have no others
    linked = [plain(text_of(node)).lstrip("#") for node in own]
    linked = [
        each
        for each in linked
        if each and len(each) <= 60 and key(each) != key(view.meta.page.meta("og:title"))
    ]
    if linked:
        return distinct(linked), "link"
    if tags := _split_tags(view.page.metas.get("keywords", ())):
        return tags, "meta:keywords"
    return (), ""


_TAG_LIST = re.compile(
    r"(?:^|[\s_-])(?:tags?|taglist|keywords?|mots-?cl[eé]s|trefwoorden|schlagw(?:o|oe)rte?r?|stichw(?:o|oe)rter|etiquetas|"
    r"palavras-chave|etikety|etiketter|post-labels)(?:$|[\s_-])",
    re.I,
)
_TAG_LABEL = re.compile(
    r"\W*(?:tags?|labels?|keywords|topics|trefwoorden|onderwerpen|schlagw[oö]rter|schlagworte|stichw[oö]rter|themen|"
    r"mots[- ]cl[eé]s|etiquetas|palavras-chave|etichette|parole chiave|temi|tagi|etikety|ämnen|emner|avainsanat|etiketler)\s*:",
    re.I,
)


_NAMED_A_LIST = ", ".join(
    f'[class*="{part}" i]'
    for part in ("tag", "keyword", "mots-cl", "trefw", "schlag", "stichw", "etiqu", "palavras", "etik")
)


def _listed_tags(view: View) -> list[LexborNode]:
    """The links of a list of tags that no link is marked in: by the name of the list, or its label."""
    named = view.page.tree.css(_NAMED_A_LIST)[:60]
    boxes = [node for node in named if _TAG_LIST.search(node.attributes.get("class") or "")]
    if not boxes:
        boxes = [
            node for node in view.page.tree.css("article p, article div, main p")[:300] if _opens_a_list(node)
        ]
    for box in boxes:
        links = box.css("a[href]")
        sizes = [len(text_of(node)) for node in links]
        if (
            0 < len(links) <= 20
            and all(0 < size <= 40 for size in sizes)
            and 2 * sum(sizes) > len(text_of(box)) - 20
            and view.owns(box)
        ):
            return list(links)
    return []


def _opens_a_list(box: LexborNode) -> bool:
    """Whether a paragraph opens with the label of a list of tags."""
    first = box.first_child
    text = (first.text(deep=True) if first is not None else "")[:40]
    return bool(text) and _TAG_LABEL.match(text) is not None


def _split_tags(texts: Iterable[str]) -> tuple[str, ...]:
    texts = [each for each in texts if each]
    parts = texts if len(texts) > 1 else [part for text in texts for part in re.split(r"[,;|]", text)]
    return distinct(each for part in parts if (each := squeeze(part)) and len(each) <= 80)
