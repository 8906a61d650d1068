"""Article, listing or standing page: by the site's pattern of addresses, else by the page's own structure."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from archive.model.types import PageKind
from crawler.extract.page import blocks as o
from crawler.extract.page.metadata import types_of
from crawler.extract.page_type.article_kind import SHORT, kind_of_article, live
from crawler.extract.page_type.facts import SHOWN, Judgement, PageFacts
from crawler.extract.page_type.paywall import says_more_is_paid
from crawler.extract.page_type.standing import is_address_of_a_standing_page, titles_a_standing_page
from crawler.extract.reasons import NO_TEXT
from crawler.extract.text.scored import CLOSING_MARKS, ENDS_SENTENCE

_ISSUE_HOST = re.compile(r"^(?:paper|epaper|e-paper|krant|digitalekrant|digitaal|editie|editions?)\.", re.I)
_ISSUE_PATH = re.compile(
    r"/(?:e-?paper|digitale-?krant|krant|editie|edities?|issue)s?/|/open/[0-9a-f]{8}(?:$|[/?])", re.I
)
_ISSUE_TITLE = re.compile(
    r"^(?:(?:digitale )?(?:krant|editie|uitgave|e-?paper|edition|ausgabe|issue)|week)\b.{0,40}"
    r"(?:\d|januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december)",
    re.I,
)


def issue(view: PageFacts) -> Judgement | None:
    """A whole paper, page by page."""
    if view.stated_article or view.matches_pattern:
        return None
    marked = any("epaper" in each or "e-paper" in each for each in view.body_classes)
    signs = [
        bool(_ISSUE_HOST.match(view.host)),
        bool(_ISSUE_PATH.search(view.path)),
        bool(_ISSUE_TITLE.match(view.fields.title)),
        marked,
    ]
    if sum(signs) >= 2 or (sum(signs) and len(view.page.tree.css("h2")) >= 3 and view.linked_headings < 3):
        return PageKind.ISSUE, "a whole issue on one address"
    return None


_LISTING_PATH = re.compile(
    r"/(?:category|categorie|categories|tags?|label|author|auteurs?|authors|autor|"
    r"archive|archief|archiv|archives|"
    r"search|zoeken|zoek|suche|nieuwsoverzicht|nieuwsarchief|topics?|thema|onderwerp|"
    r"dossiers?|rubriek|rubrieken|"
    r"section|edizioni)(?:/[^/]+)?(?:/(?:page|pagina|seite)/\d+)?/?(?:index\.\w+)?$|"
    r"/(?:page|pagina|seite|p)/\d+/?(?:index\.\w+)?$|/(?:19|20)\d\d(?:/\d\d?)?/?$",
    re.I,
)
_LISTING_QUERY = re.compile(
    r"(?:^|&)(?:s|q|page|paged|start|p|offset|maand|jaar|month|zoek\w*|search\w*)=", re.I
)
_LISTING_CLASSES = frozenset(("home", "archive", "search-results", "front-page"))
_SINGLE_CLASSES = re.compile(
    r"^(?:single(?:-post|-format.*)?|postid-\d+|node--?type-(?:article|news|blog).*|"
    r"article-?(?:page|detail)?|"
    r"(?:template|type)-article)$"
)
_LISTING_TYPES = frozenset(("CollectionPage", "ItemList", "SearchResultsPage", "ProfilePage"))
_ARTICLE_SLUG = re.compile(r"/article_|(?:[^\W_]+-){3,}[^\W_]+|\d{4,}|~a[0-9a-f]{6,}|_\d{6,}")
_STATIC_TYPES = frozenset(("AboutPage", "ContactPage", "CheckoutPage"))
"""What JSON-LD calls pages that are no news."""
_EMBED = re.compile(r"/embed/?(?:index\.\w+)?$")


def _article_score(view: PageFacts) -> tuple[float, str]:
    """How much says that the page is one article, and what says most."""
    score, why = 0.0, "nothing"
    fields = view.fields
    source = fields.sources.get("published", "")
    if view.made_of_cards and source in SHOWN - {"rule"}:
        source = ""  # that of a piece, not of the page
    words = view.own_words
    near = source in SHOWN
    told = _is_told_in_sentences(view)
    for points, reason, holds in (
        (4, "its address is one of the site's articles", view.matches_pattern is True),
        (3, "JSON-LD describes it", bool(view.meta.article.get("headline"))),
        (3, "marked as a single post", any(map(_SINGLE_CLASSES.match, view.body_classes))),
        (2, "a publication time is stated", source.startswith(("meta:", "json-ld"))),
        (2, "its address tells its headline", _tells(view.path, fields.title)),
        (1, "og:type is article", view.of_type_article),
        (
            1,
            "its address tells the headline of its sentences",
            view.of_type_article and _says_what_it_is(view),
        ),
        (1, "dated near the headline", near),
        (told, "a date and sentences stand under its headline", near and told > 0),
        (1, "dated in its address", source == "url"),
        (1, "its address has a slug or number", bool(_ARTICLE_SLUG.search(view.path))),
        (1, "it has a headline and text", bool(fields.title) and words >= 60),
        (1, "it is told in sentences, in the part of the site for news", _is_told_as_news(view)),
        (2, "an element for an article holds its headline and its text", _is_set_apart_as_news(view)),
        (2, "it has a long text", words >= 220),
        (3, "it says that the rest of it is to be paid for", _is_open_part(view)),
        (1, "somebody signs it", bool(fields.authors) and not view.made_of_cards),
    ):
        if holds:
            if score == 0:
                why = reason
            score += points
    return score, why


def _is_open_part(view: PageFacts) -> bool:
    """Whether a headline and a beginning stand there, and then a plea to pay for the rest."""
    return (
        bool(view.fields.title)
        and 10 <= view.own_words <= SHORT
        and view.linked_headings < 3
        and says_more_is_paid(view)
    )


def _is_told_in_sentences(view: PageFacts) -> int:
    """Points for a few sentences, as the shortest of reports have.

    Beside headlines of others it takes more of them: an introduction of a section has as few.
    """
    sentences = [block for block in view.own_blocks if ENDS_SENTENCE.search(block.text.rstrip(CLOSING_MARKS))]
    if not view.fields.title:
        return 0
    if view.linked_headings >= 3:
        whole = len(sentences) >= 3 and view.own_words >= 30 and 2 * view.own_words >= view.words
        return 3 if whole and 4 * len(sentences) >= 3 * len(view.own_blocks) else 0
    told = len(sentences) >= 2 and view.own_words >= 25
    # a brief is one sentence at an address of its own
    brief = len(sentences) == len(view.own_blocks) == 1 and view.own_words >= 8
    return 2 * (told or (brief and not _leads_on(view) and bool(_ARTICLE_SLUG.search(view.path))))


_OF_NEWS = re.compile(
    r"/(?:nieuws|nijs|news|artikel|artikelen|articles?|berichte?n?|nieuwsbericht|nachrichten|meldung(?:en)?|aktuell(?:es)?|"
    r"actualit[eé]s?|actu|noticias?|notizie|notizia|nyheter|nyheder|wiadomosci|aktualnosci|haber(?:ler)?|uutiset|zpravy|hirek|"
    r"stiri|novosti|not[ií]cias?|storia|story|stories|nieuwsberichten)/(?=[^/]*(?:\d{3,}|-))",
    re.I,
)
"""An address in the part of a site for news, with a number or words of its own behind it."""


def _is_told_as_news(view: PageFacts) -> bool:
    """Whether three sentences or more stand under a headline, at an address of news, and lead nowhere."""
    if not view.fields.title or not _OF_NEWS.search(view.path) or view.linked_headings >= 3:
        return False
    told = [block for block in view.own_blocks if ENDS_SENTENCE.search(block.text.rstrip(CLOSING_MARKS))]
    return len(told) >= 3 and 2 * view.own_words >= view.words and 4 * len(told) >= 3 * len(view.own_blocks)


def _is_set_apart_as_news(view: PageFacts) -> bool:
    """Whether the page's only ``<article>`` holds the headline and the text, at an address of news.

    A poem, a recipe or a correction has few sentences, and often no day.
    """
    title = view.fields.title
    if not title or not _OF_NEWS.search(view.path) or view.linked_headings >= 3 or view.own_words < 8:
        return False
    page = view.page.outline
    outermost = [
        box
        for box in page.boxes
        if box.tag == "article" and not (box.parent >= 0 and page.boxes[box.parent].flags & o.ARTICLE)
    ]
    if len(outermost) != 1 or 2 * view.own_words < view.words:
        return False
    inside = {run.text for run in page.runs[outermost[0].first : outermost[0].last]}
    return title in inside and all(block.text in inside for block in view.texts)


def _says_what_it_is(view: PageFacts) -> bool:
    """Whether sentences of its own stand under the headline that its address tells."""
    return (
        _tells(view.path, view.fields.title)
        and not view.made_of_cards
        and view.own_words >= 20
        and any(ENDS_SENTENCE.search(block.text.rstrip(CLOSING_MARKS)) for block in view.own_blocks)
    )


def _tells(path: str, title: str) -> bool:
    """Whether the words of an address are those of a headline."""
    slug = _plain(unquote(path)).lower()
    words = set(re.findall(r"\w{4,}", _plain(title).lower()))
    told = sum(word in slug for word in words)
    return told >= 3 or (told == 2 == len(words))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _listing_score(view: PageFacts) -> tuple[float, str]:
    """How much says that the page leads to articles, and what says most."""
    page = view.page
    score, why = 0.0, ""
    kinds = {each for thing in page.json_ld for each in types_of(thing)}
    front = view.path in ("/", "/index.html", "/index.php", "/home", "/home/") and not view.query
    pieces = view.cards.count
    for points, reason, holds in (
        (
            2
            if view.stated_article
            else 4,  # a list of ten things, each with an article of its own, is one too
            f"its text stands under {pieces} headlines that lead elsewhere",
            view.made_of_cards,
        ),
        (1, "many headlines lead elsewhere", view.made_of_cards and pieces >= 3),
        (5, "the front page", front),
        (
            4,
            "marked as a list",
            bool(_LISTING_CLASSES & view.body_classes)
            and not any(map(_SINGLE_CLASSES.match, view.body_classes)),
        ),
        (3, "its address is that of a list", bool(_LISTING_PATH.search(view.path))),
        (
            2,
            "its query is that of a list",
            bool(_LISTING_QUERY.search(view.query)) and view.matches_pattern is not True,
        ),
        (
            2,
            "JSON-LD describes a list",
            bool(_LISTING_TYPES & kinds) and not view.meta.article.get("headline"),
        ),
        (3, "its address is none of the site's articles", view.matches_pattern is False),
        (1, "og:type is website", page.meta("og:type") == "website"),
    ):
        if holds:
            why = why or reason
            score += points
    return score, why


_PAGE_CLASSES = re.compile(
    r"^(?:page-id-\d+|page-template(?:-.+)?|node--?type-(?:page|webform).*|type-page)$"
)


def _page_score(view: PageFacts) -> tuple[float, str]:
    """How much says that the page stands there always, and tells no news; and what says most."""
    page, score, why = view.page, 0.0, ""
    kinds = {each for thing in page.json_ld for each in types_of(thing)}
    plain = is_address_of_a_standing_page(view.path)
    named = titles_a_standing_page(view.fields.title)
    source = view.fields.sources.get("published", "")
    for points, reason, holds in (
        (4, "its address and its title are those of a page about the site", plain and named),
        (3, "its address is that of a page about the site", plain),
        (3, "its title is that of a page about the site", named),
        (3, "JSON-LD describes a standing page", bool(_STATIC_TYPES & kinds) and not view.stated_article),
        (
            3 + 2 * (not view.dated),
            "marked as a standing page",
            any(map(_PAGE_CLASSES.match, view.body_classes)),
        ),
        (2, "it states a change and no publication", _changes_only(view)),
        (1, "og:type is website", page.meta("og:type") == "website" and not source),
    ):
        if holds:
            why = why or reason
            score += points
    return score, why


def _changes_only(view: PageFacts) -> bool:
    """Whether its meta tags say when it was changed and not when it came out."""
    page = view.page
    return (
        bool(page.meta("article:modified_time")) and not view.stated_article and view.fields.published is None
    )


def _many_articles(view: PageFacts) -> Judgement | None:
    """Teasers or whole articles in a row, with no text that dominates."""
    teasers = view.linked_headings
    dated = _repeated_dates(view)
    if teasers >= 5 and view.words < 40 * teasers:
        return PageKind.LISTING, f"{teasers} headings lead elsewhere"
    if dated >= 4:
        return PageKind.LISTING, f"{dated} dated pieces on one address"
    return None


_DATED_LINE = re.compile(
    r"^(?:\W*(?:geplaatst|plaatsing|gepubliceerd|datum|publicatiedatum|posted|published)\W+(?:op\s+|on\s+)?)?"
    r"(?:(?:ma|di|wo|do|vr|za|zo)\w*\W+)?\d{1,2}[\s./-]+(?:\d{1,2}|[^\W\d_]{3,10}\.?)[\s./-]+(?:20)?\d\d\b.{0,30}$",
    re.I,
)


def _repeated_dates(view: PageFacts) -> int:
    """Lines of the text that are a date and little else: each opens a piece of its own."""
    return sum(bool(_DATED_LINE.match(block.text)) for block in view.blocks)


def rival(view: PageFacts, kind: PageKind) -> PageKind | None:
    """What a page that :func:`one_or_many` judged may be as well; ``None``: its evidence is clear enough.

    Where the site's own pattern of addresses says what is an article, there is none.
    """
    if view.matches_pattern is not None or not view.words:
        return None
    article, listing, standing = (score for score, _ in _scores(view))
    whole = not view.made_of_cards
    match kind:
        case PageKind.LISTING:
            close = article >= 3 and article >= listing - 1
            also = whole and (close or (listing <= 3 and view.own_words >= 220))
            return kind_of_article(view, "")[0] if also else None
        case PageKind.PAGE:
            return kind_of_article(view, "")[0] if article >= 3 and article >= standing - 1 else None
        case PageKind.OTHER:
            # What says to machines that it is an article may hold only links, or have a text that repeats.
            said = view.own_words >= 25 or (view.stated_article and article >= 5)
            return kind_of_article(view, "")[0] if whole and said else None
    if listing >= 2 and listing >= article - 2 and not view.stated_article:
        return PageKind.LISTING
    if (standing >= 2 and standing >= article - 3) or article <= 2:
        return PageKind.PAGE
    return PageKind.LISTING if article <= 4 and not view.dated and _leads_on(view) else None


def _scores(view: PageFacts) -> tuple[tuple[float, str], tuple[float, str], tuple[float, str]]:
    """How much says that it is an article, a listing, a standing page, and what says most of each."""
    if view.scores is None:
        view.scores = _article_score(view), _listing_score(view), _page_score(view)
    return view.scores


def one_or_many(view: PageFacts) -> Judgement | None:
    """Article, listing, standing page, or ``None`` where nothing tells."""
    (article, why), (listing, because), (standing, stands) = _scores(view)
    if _EMBED.search(view.path) and not view.matches_pattern:
        return PageKind.OTHER, "a card to embed elsewhere"
    if listing >= 3 and listing >= article:
        if view.matches_pattern is False and listing == 3 and standing >= 3:
            return PageKind.PAGE, stands  # the site's pattern says what is an article, not what is a list
        if view.matches_pattern is False and listing == 3 and not _leads_on(view):
            return PageKind.OTHER, because
        return PageKind.LISTING, because
    if standing >= 3 and view.matches_pattern is not True and standing >= article - 2 * (standing >= 6):
        return PageKind.PAGE, stands
    if view.said == 0 and not live(view):
        if _leads_on(view) and article < 5:
            return PageKind.LISTING, "it has links and no text of its own"
        return PageKind.OTHER, "there is nothing to read but links" if view.words else NO_TEXT
    if article >= 6 or (article >= 3 and listing <= 1 and view.own_words >= 220):
        return kind_of_article(view, why)
    unlikely = article < 5 or view.matches_pattern is False
    if unlikely and view.matches_pattern is not True and (many := _many_articles(view)):
        return many
    if view.matches_pattern is True or article >= 3:
        return kind_of_article(view, why)
    if view.own_words >= 150 and article >= 2 and listing < 2:
        return kind_of_article(view, why)
    if listing >= 2 and _leads_on(view):
        return PageKind.LISTING, because
    if view.own_words >= 500 and not view.matches_pattern:
        return kind_of_article(view, "it has a long text")
    if not view.address and view.own_words >= 50 and not _leads_on(view):
        return kind_of_article(view, "it is a text, and no address says otherwise")
    return None


def _leads_on(view: PageFacts) -> bool:
    """Whether what the page holds is mostly the way to other pages."""
    return (
        view.linked_headings >= 3
        or len(view.page.tree.css("article a[href], main li a[href], td a[href]")) >= 8
    )
