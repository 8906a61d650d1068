"""What a captured page is: article, live blog, teaser, or a kind that is none. Reads; cuts nothing.

The questions are asked in order, the certain ones first: is it a web page at all, does it only send the
reader on, does it stand in for the page asked for? Then article, listing or standing page: by the site's own
pattern of addresses, and otherwise by what the page's own structure says. What stands under a headline that
leads to another page (:mod:`crawler.extract.cards`) says nothing for this one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cached_property
from urllib.parse import unquote, urlsplit

from archive.model.types import TEXT_KINDS, Block, BlockKind, PageKind
from archive.model.word_count import word_count
from crawler.extract.cards import NO_CARDS, Cards, cards_of
from crawler.extract.fields.fields import Fields
from crawler.extract.page import blocks as o
from crawler.extract.page.metadata import Metadata, types_of
from crawler.extract.page.page import Page, squeeze
from crawler.extract.text.phrases import asks_for_payment, titles_a_standing_page
from crawler.extract.text.scored import CLOSING_MARKS, ENDS_SENTENCE
from crawler.siteconfig.site import Site

Judgement = tuple[PageKind, str]


def judge_kind(
    page: Page, fields: Fields, blocks: tuple[Block, ...], site: Site, cards: Cards | None = None
) -> Judgement:
    """(kind, why we think so) of *page*, given its *fields* and the *blocks* read as its text.

    *cards*: what stands under headlines that lead elsewhere, when it is known already.
    """
    view = _View(page, fields, blocks, site)
    view.cards = cards_of(page, view.meta.canonical) if cards is None else cards
    for question in _QUESTIONS:
        if answer := question(view):
            return answer
    return PageKind.OTHER, "nothing says that it is an article"


class _View:
    """A page under judgement; what is costly to see is looked at once, when asked for."""

    def __init__(self, page: Page, fields: Fields, blocks: tuple[Block, ...], site: Site) -> None:
        self.page = page
        self.fields = fields
        self.site = site
        self.texts = [block for block in blocks if block.kind in TEXT_KINDS]
        self.words = sum(word_count(block.text) for block in self.texts)
        self.blocks = blocks
        self.meta = Metadata(page, site)
        self.cards = NO_CARDS
        # a saved file stands at no address of a site's; it may say which one it came from
        away = page.capture.url.startswith(("http://", "https://"))
        self.address = page.capture.url if away else fields.canonical_url or ""
        parts = urlsplit(self.address)
        self.host = (parts.hostname or "").lower()
        self.path = (parts.path or "/") if self.address else ""
        """``""`` when nothing says where the page stood."""
        self.query = parts.query

    @cached_property
    def shown(self) -> str:
        """The page's visible text."""
        return " ".join(run.text for run in self.page.outline.runs)

    @cached_property
    def small(self) -> bool:
        """Whether the page can show little: what stands in for a page is small."""
        return self.words < 200 and (len(self.page.html) < 30_000 or len(self.shown) < 4_000)

    @cached_property
    def page_title(self) -> str:
        node = self.page.title_element
        return squeeze(node.text(deep=True)) if node is not None else ""

    @cached_property
    def body_classes(self) -> frozenset[str]:
        body = self.page.tree.body
        stated = (body.attributes.get("class") or "") if body is not None else ""
        return frozenset(stated.lower().split())

    @cached_property
    def matches_pattern(self) -> bool | None:
        """Whether the address is one of the site's articles; ``None`` when the site does not say."""
        pattern = self.site.article_pattern
        if pattern is None:
            return None
        return any(
            pattern.search(each) for each in (self.page.capture.url, self.fields.canonical_url) if each
        )

    @cached_property
    def own_blocks(self) -> tuple[Block, ...]:
        """The blocks of the text that do not stand under a headline that leads elsewhere."""
        runs = self.page.outline.runs
        theirs = {runs[index].text for index in self.cards.runs}
        return (
            tuple(block for block in self.texts if block.text not in theirs) if theirs else tuple(self.texts)
        )

    @cached_property
    def own_words(self) -> int:
        """Words of those."""
        return sum(word_count(block.text) for block in self.own_blocks)

    @cached_property
    def made_of_cards(self) -> bool:
        """Whether what was read as the text belongs, all but a little, to other pages."""
        return self.cards.count > 0 and 4 * self.own_words <= self.words

    @cached_property
    def said(self) -> int:
        """Words that are no link, captions counted: what a reader has to read here."""
        linked: dict[str, int] = {}
        for run in self.page.outline.runs:
            if run.linked:
                linked[run.text] = run.linked
        read = [block for block in self.blocks if 10 * linked.get(block.text, 0) < 9 * len(block.text)]
        return sum(word_count(block.text) for block in read)

    @cached_property
    def stated_article(self) -> bool:
        """Whether the page tells machines that it is an article."""
        return bool(self.meta.article.get("headline") or self.meta.article.get("datePublished")) or (
            self.page.meta("article:published_time") is not None
        )

    @property
    def dated(self) -> bool:
        """Whether it states when it was published."""
        return self.fields.published is not None and self.matches_pattern is not False

    @property
    def linked_headings(self) -> int:
        """Headings that lead elsewhere: teasers."""
        return self.page.outline.teasers


# ---------------------------------------------------------------- no page, or one in place of another

_FEED_TYPES = re.compile(r"(?:rss|atom)\+xml|^(?:application|text)/(?:\w+\+)?xml$|feed\+json")
_FEED_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<\?[^>]*>\s*)*<(?:rss|feed|rdf:rdf|urlset|sitemapindex)\b",
    re.I | re.S,
)
_PAGE_TYPES = frozenset(("", "text/html", "application/xhtml+xml"))


def _not_a_page(view: _View) -> Judgement | None:
    capture, media = view.page.capture, view.page.media_type
    head = view.page.html[:2000] if len(capture.body) else ""
    if _FEED_START.match(head):
        return PageKind.FEED, "XML of a feed or sitemap"
    if media not in _PAGE_TYPES:
        if _FEED_TYPES.search(media) and "<html" not in head.lower():
            return PageKind.FEED, f"content type {media}"
        if view.path.endswith((".xml.gz", ".rss", ".atom")):
            return PageKind.FEED, "its address is that of a feed or sitemap"
        if view.path == "/robots.txt":
            return PageKind.FEED, "robots.txt"
        if "<html" not in head.lower():
            return PageKind.OTHER, f"content type {media}"
    if 300 <= capture.status < 400:
        target = capture.header("location") or "nowhere"
        return (PageKind.GATE if gate_address(target) else PageKind.STUB), f"redirects to {target}"
    if not capture.body.strip():
        return PageKind.OTHER, "empty answer"
    return None


_REFRESH = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*[;,]\s*(?:url\s*=\s*)?['\"]?\s*(\S+)", re.I)
_SCRIPTED = re.compile(
    r"(?:window|document|top|self)?\.?location(?:\.href)?\s*=\s*['\"]|location\.(?:replace|assign)\(", re.I
)
_MOVING = re.compile(
    r"^(?:redirecting|redirect|page has moved|moved(?: permanently)?|object moved|"
    r"document moved|301|302 found|"
    r"doorverwijzing|doorsturen|u wordt doorgestuurd|even geduld|weiterleitung|redirection)\b",
    re.I,
)


def _stub(view: _View) -> Judgement | None:
    if len(view.page.html) > 60_000 or view.words > 80:
        return None
    for stated in view.page.metas.get("refresh", ()):
        match = _REFRESH.match(stated)
        if match and float(match[1]) <= 15 and len(view.shown) < 600:
            if _CHALLENGE_ADDRESS.search(match[2]):
                return PageKind.CHALLENGE, f"a challenge at {urlsplit(match[2]).path}"
            return PageKind.STUB, f"refreshes to {match[2]}"
    if len(view.shown) < 300 and len(view.page.html) < 15_000:
        if _MOVING.match(view.page_title):
            return PageKind.STUB, f"titled {view.page_title!r}"
        scripts = " ".join(node.text(deep=True) for node in view.page.tree.css("script:not([src])"))
        if _SCRIPTED.search(scripts) and view.words < 20:
            return PageKind.STUB, "a script sends the reader on"
    return None


_CHALLENGE_ADDRESS = re.compile(
    r"/\.well-known/\w*captcha|/cdn-cgi/|captcha|/_Incapsula|/__ddg|/_sec/|/challenge/", re.I
)
_CHALLENGE_TITLES = re.compile(
    r"^(?:just a moment|een ogenblik geduld|even geduld|einen moment|un instant|"
    r"attention required!? \| cloudflare|"
    r"access denied|checking your browser|please wait|verify(?:ing)? (?:you are|that you are) (?:a )?human|"
    r"are you (?:a )?(?:robot|human)|robot check|bot verification|security check|"
    r"pardon our interruption|ddos-guard|"
    r"human verification|you have been blocked|request unsuccessful|one moment)",
    re.I,
)
_CHALLENGE_SIGNS = re.compile(
    r"_cf_chl_opt|/cdn-cgi/challenge-platform/|cf-browser-verification|captcha-delivery\.com|px-captcha|"
    r"_Incapsula_Resource|awswaf|challenge-container|g-recaptcha|h-captcha|cf-turnstile|geo\.captcha|ddos-guard",
    re.I,
)
_CHALLENGE_WORDS = re.compile(
    r"enable javascript and cookies to continue|"
    r"verify(?:ing)? (?:that )?you are (?:not a (?:ro)?bot|(?:a )?human)|"
    r"unusual traffic|geen robot bent|kein roboter|checking if the site connection is secure|"
    r"needs to review the security of your connection",
    re.I,
)


def _challenge(view: _View) -> Judgement | None:
    if not view.small or (view.stated_article and view.words > 40):
        return None
    if _CHALLENGE_TITLES.match(view.page_title):
        return PageKind.CHALLENGE, f"titled {view.page_title!r}"
    if len(view.shown) < 1500 and _CHALLENGE_WORDS.search(view.shown):
        return PageKind.CHALLENGE, "asks for proof of being human"
    sign = _CHALLENGE_SIGNS.search(view.page.html) if len(view.shown) < 500 and view.words < 60 else None
    if sign and view.page.capture.status in (403, 405, 429, 503):
        return PageKind.CHALLENGE, f"holds {sign[0]}"
    return None


_GATE_HOST = re.compile(
    r"^(?:myprivacy|privacy|consent\w*|cookies?|cmp|login|auth|account|accounts|sso|inloggen)\.", re.I
)
_GATE_PATH = re.compile(
    r"/(?:consent|cookie-?(?:wall|consent|muur)|privacy-?gate|toestemming)(?:/|$|\?)|callbackurl=", re.I
)
_CONSENT_WORDS = re.compile(
    r"cookie|privacy|toestemming|akkoord|consent|persoonsgegevens|accept|weiger|instellingen|partners|"
    r"zustimm|datenschutz|einwillig|consentement|vie privée",
    re.I,
)
_CONSENT_TITLE = re.compile(
    r"privacy(?:-?\s?(?:instellingen|gate|voorkeuren|settings|center|manager))|"
    r"cookie-?(?:wall|instellingen|voorkeuren|"
    r"consent|toestemming|melding)|toestemming|before you continue|voordat je verdergaat|consent|zustimmung|"
    r"datenschutzeinstellungen|bevor sie fortfahren|vie privée|log ?in\b|inloggen|aanmelden",
    re.I,
)


def gate_address(address: str) -> bool:
    """Whether an address is, by its looks, that of a consent or login page."""
    parts = urlsplit(address)
    return bool(_GATE_HOST.match(parts.hostname or "") or _GATE_PATH.search(f"{parts.path}?{parts.query}"))


_SHOWN = frozenset(("label", "time", "headline", "microdata", "rule"))
"""Witnesses of a date that a reader sees."""


def _gate(view: _View) -> Judgement | None:
    if view.stated_article or view.words > 350:
        return None
    dated = view.fields.sources.get("published") in _SHOWN  # a gate is served at any time
    reported = view.words >= 20 and _is_of_type_article(view)
    if gate_address(view.address):
        return PageKind.GATE, f"stands at {view.host}{view.path}"
    if view.small and not (dated or reported):
        text = view.shown[:3000]
        words = len(text.split()) or 1
        said = len(_CONSENT_WORDS.findall(text))
        titled = _CONSENT_TITLE.search(view.fields.title) or _CONSENT_TITLE.search(view.page_title)
        if titled and said >= 2 and words < 500:
            return PageKind.GATE, f"titled {titled.string!r}"
        if said >= 5 and said / words > 0.04 and not view.matches_pattern:
            return PageKind.GATE, "speaks of consent and little else"
    return None


_MISSING = re.compile(
    r"(?:^|[-–|:]\s*)(?:404|410)\s*(?:$|[-–|:!.]|[a-z]*\s*(?:not|page|pagina|fout|error|seite))|"
    r"\b(?:error|fout|fehler|erreur|errore|http|status|code)\W{0,3}(?:404|410)\b|(?:pagina|artikel|bericht|nieuwsbericht|page|side|siden|sidan|"
    r"seite|artikel)\W+(?:\w+\W+){0,3}"
    r"(?:niet (?:meer )?(?:gevonden|beschikbaar|bestaat|bestaan)|bestaat niet|"
    r"is verwijderd|verwijderd|not found|"
    r"nicht gefunden|ikke funnet|blev ikke fundet|hittades inte|net fûn|kan net fûn)|"
    r"(?:niet|nicht) (?:meer )?(?:gevonden|gefunden)\b|(?:page|article|story) (?:not found|no longer)|"
    r"page (?:cannot|can't|could not) be found|introuvable|no encontrad[ao]|non trovat[ao]|não encontrad[ao]|"
    r"nie znaleziono|nenalezen|not found|doesn['’]t exist|does not exist|bestaat niet (?:meer)?|"
    r"net fûn|is niet langer beschikbaar|gibt es nicht|existiert nicht|sivua ei löyt|lehte ei leitud|"
    r"n['’]existe (?:pas|plus)|sayfa bulunamadı|страница не найдена|nothing found|oeps|oops",
    re.I,
)


def _missing(view: _View) -> Judgement | None:
    status = view.page.capture.status
    if status in (404, 410):
        return PageKind.OTHER, f"status {status}"
    said = None
    if view.words < 120 or "error404" in view.body_classes:
        headings = [view.page_title, view.fields.title, *view.meta.h1_texts[:3]]
        said = next((each for each in headings if len(each) < 120 and _MISSING.search(each)), None)
        if {"error404", "error-404", "page-404", "not-found"} & view.body_classes:
            said = said or "its body's class"
    if said and not _signed(view):
        return PageKind.SOFT404, f"says that it is not there: {said!r}"
    if status >= 400:
        return PageKind.OTHER, f"status {status}"
    if view.words < 60 and not view.stated_article and not said:
        small = next((block.text for block in view.texts[:2] if _MISSING.search(block.text)), None)
        if small and len(small) < 200 and view.fields.published is None:
            return PageKind.SOFT404, f"says that it is not there: {small!r}"
    return None


def _signed(view: _View) -> bool:
    """Whether an article's own marks stand on it: a headline may well be about a page not found."""
    return bool(view.meta.article.get("headline")) and view.words > 40


# ---------------------------------------------------------------- many articles, or one

_ISSUE_HOST = re.compile(r"^(?:paper|epaper|e-paper|krant|digitalekrant|digitaal|editie|editions?)\.", re.I)
_ISSUE_PATH = re.compile(
    r"/(?:e-?paper|digitale-?krant|krant|editie|edities?|issue)s?/|/open/[0-9a-f]{8}(?:$|[/?])", re.I
)
_ISSUE_TITLE = re.compile(
    r"^(?:(?:digitale )?(?:krant|editie|uitgave|e-?paper|edition|ausgabe|issue)|week)\b.{0,40}"
    r"(?:\d|januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december)",
    re.I,
)


def _issue(view: _View) -> Judgement | None:
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
_PLAIN_PAGE = re.compile(
    r"^/(?:\w{2}/)?(?:over(?:-ons)?|about(?:-us)?|contact(?:ons|-ons)?|colofon|"
    r"impressum|privacy\w*|privacy-(?:policy|"
    r"statement|verklaring|beleid)|cookies?|cookie-?\w+|disclaimer|adverteren|advertise|abonne\w+|subscribe|"
    r"voorwaarden|algemene-voorwaarden|terms|login|inloggen|register|registreren|"
    r"redactie|redazione|team|vacatures|"
    r"nieuwsbrief|newsletter|tip(?:-de)?-redactie|veelgestelde-vragen|faq|datenschutz\w*|kontakt|rss|agb|"
    r"wie-(?:zijn-wij|we-zijn)|statuten[\w-]*|huishoudelijk-reglement|satzung|statuts|ueber-uns|uber-uns|wer-wir-sind|"
    r"a-propos|qui-sommes-nous|mentions-legales|nous-contacter|chi-siamo|contatti|note-legali|quienes-somos|contacto|"
    r"aviso-legal|sobre-nosotros|sobre-nos|quem-somos|contato|om-oss|om-os|kontakta-oss|o-nas|kontakty|redakcja|"
    r"adverteer\w*|mediadaten|werbung|lid-worden|word-lid|mitglied-werden|doneren?|donate|spenden|steun-ons|"
    r"openingstijden|oeffnungszeiten|tickets?|kaartverkoop|box-office|sitemap|links)"
    r"(?:/|\.\w+)?$",
    re.I,
)
_STATIC_TYPES = frozenset(("AboutPage", "ContactPage", "CheckoutPage"))
"""What JSON-LD calls pages that are no news."""
_EMBED = re.compile(r"/embed/?(?:index\.\w+)?$")


def _article_score(view: _View) -> tuple[float, str]:
    """How much says that the page is one article, and what says most."""
    score, why = 0.0, "nothing"
    fields = view.fields
    source = fields.sources.get("published", "")
    if view.made_of_cards and source in _SHOWN - {"rule"}:
        source = ""  # that of a piece, not of the page
    words = view.own_words
    near = source in _SHOWN
    for points, reason, holds in (
        (4, "its address is one of the site's articles", view.matches_pattern is True),
        (3, "JSON-LD describes it", bool(view.meta.article.get("headline"))),
        (3, "marked as a single post", any(map(_SINGLE_CLASSES.match, view.body_classes))),
        (2, "a publication time is stated", source.startswith(("meta:", "json-ld"))),
        (2, "its address tells its headline", _tells(view.path, fields.title)),
        (1, "og:type is article", _is_of_type_article(view)),
        (1, "dated near the headline", near),
        (2, "a date and sentences stand under its headline", near and _is_told_in_sentences(view)),
        (1, "dated in its address", source == "url"),
        (1, "its address has a slug or number", bool(_ARTICLE_SLUG.search(view.path))),
        (1, "it has a headline and text", bool(fields.title) and words >= 60),
        (2, "it has a long text", words >= 220),
        (3, "it says that the rest of it is to be paid for", _is_open_part(view)),
        (1, "somebody signs it", bool(fields.authors) and not view.made_of_cards),
    ):
        if holds:
            if score == 0:
                why = reason
            score += points
    return score, why


def _is_open_part(view: _View) -> bool:
    """Whether a headline and a beginning stand there, and then a plea to pay for the rest."""
    return (
        bool(view.fields.title)
        and 10 <= view.own_words <= SHORT
        and view.linked_headings < 3
        and _asks_for_payment(view)
    )


def _is_of_type_article(view: _View) -> bool:
    return (view.page.meta("og:type") or "").lower().startswith(("article", "newsarticle"))


def _is_told_in_sentences(view: _View) -> bool:
    """Whether a page that teases for no others has a few sentences, as the shortest of reports do."""
    sentences = [block for block in view.own_blocks if ENDS_SENTENCE.search(block.text.rstrip(CLOSING_MARKS))]
    if not view.fields.title or view.linked_headings >= 3:
        return False
    told = len(sentences) >= 2 and view.own_words >= 25
    # a brief is one sentence at an address of its own
    brief = len(sentences) == len(view.own_blocks) == 1 and view.own_words >= 8
    return told or (brief and not _leads_on(view) and bool(_ARTICLE_SLUG.search(view.path)))


def _tells(path: str, title: str) -> bool:
    """Whether the words of an address are those of a headline."""
    slug = _plain(unquote(path)).lower()
    words = set(re.findall(r"\w{4,}", _plain(title).lower()))
    told = sum(word in slug for word in words)
    return told >= 3 or (told == 2 == len(words))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _listing_score(view: _View) -> tuple[float, str]:
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


def _page_score(view: _View) -> tuple[float, str]:
    """How much says that the page stands there always, and tells no news; and what says most."""
    page, score, why = view.page, 0.0, ""
    kinds = {each for thing in page.json_ld for each in types_of(thing)}
    plain = bool(_PLAIN_PAGE.match(view.path))
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


def _changes_only(view: _View) -> bool:
    """Whether its meta tags say when it was changed and not when it came out."""
    page = view.page
    return (
        bool(page.meta("article:modified_time")) and not view.stated_article and view.fields.published is None
    )


def _many_articles(view: _View) -> Judgement | None:
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


def _repeated_dates(view: _View) -> int:
    """Lines of the text that are a date and little else: each opens a piece of its own."""
    return sum(bool(_DATED_LINE.match(block.text)) for block in view.blocks)


NO_TEXT = "it has no text"
"""The reason given for a page without words: often a script would bring them."""


def _one_or_many(view: _View) -> Judgement | None:
    article, why = _article_score(view)
    listing, because = _listing_score(view)
    if _EMBED.search(view.path) and not view.matches_pattern:
        return PageKind.OTHER, "a card to embed elsewhere"
    if listing >= 3 and listing >= article:
        if view.matches_pattern is False and listing == 3 and not _leads_on(view):
            return PageKind.OTHER, because
        return PageKind.LISTING, because
    standing, stands = _page_score(view)
    if standing >= 3 and view.matches_pattern is not True and standing >= article - 2 * (standing >= 6):
        return PageKind.PAGE, stands
    if view.said == 0 and not _live(view):
        if _leads_on(view) and article < 5:
            return PageKind.LISTING, "it has links and no text of its own"
        return PageKind.OTHER, "there is nothing to read but links" if view.words else NO_TEXT
    if article >= 6 or (article >= 3 and listing <= 1 and view.own_words >= 220):
        return _kind_of_article(view, why)
    unlikely = article < 5 or view.matches_pattern is False
    if unlikely and view.matches_pattern is not True and (many := _many_articles(view)):
        return many
    if view.matches_pattern is True or article >= 3:
        return _kind_of_article(view, why)
    if view.own_words >= 150 and article >= 2 and listing < 2:
        return _kind_of_article(view, why)
    if listing >= 2 and _leads_on(view):
        return PageKind.LISTING, because
    if view.own_words >= 500 and not view.matches_pattern:
        return _kind_of_article(view, "it has a long text")
    if not view.address and view.own_words >= 50 and not _leads_on(view):
        return _kind_of_article(view, "it is a text, and no address says otherwise")
    return None


def _leads_on(view: _View) -> bool:
    """Whether what the page holds is mostly the way to other pages."""
    return (
        view.linked_headings >= 3
        or len(view.page.tree.css("article a[href], main li a[href], td a[href]")) >= 8
    )


# ---------------------------------------------------------------- which kind of article

_LIVE = re.compile(
    r"\blive-?\s?(?:blog|ticker|update|verslag|rapport|feed|coverage|stream|bericht)s?\b|^live\b(?=\s*[|:\u2022\u2013\u2014-])|"
    r"[|:\u2022\u2013\u2014-]\s*live$|"
    r"^(?:en direct|direct|in diretta|diretta|en vivo|en directo|ao vivo|na żywo|"
    r"canlı|direkte|suora|онлайн)\b(?=\s*[|:.\u2022\u2013\u2014-])|\bminuto a minuto\b|\bas it happened\b",
    re.I,
)
_CLOCK = re.compile(r"^\W*(?:(?:[01]?\d|2[0-3])[:.][0-5]\d)\b")


def _kind_of_article(view: _View, why: str) -> Judgement:
    if answer := _live(view):
        return answer
    if answer := _teaser(view):
        return answer
    return PageKind.ARTICLE, why


def _live(view: _View) -> Judgement | None:
    if "LiveBlogPosting" in types_of(view.meta.article):
        return PageKind.LIVEBLOG, "JSON-LD says so"
    entries = sum(block.at is not None for block in view.blocks)
    told = view.words / max(entries, 1)  # a programme of a day has times too, and a few words to each
    clocks = sum(bool(_CLOCK.match(block.text)) for block in view.texts)
    named = (
        _LIVE.search(view.fields.title) or _LIVE.search(view.path) or _LIVE.search(view.fields.kicker or "")
    )
    if named and (entries >= 2 or clocks >= 2):
        return PageKind.LIVEBLOG, f"called {named[0]!r}, {max(entries, clocks)} timed entries"
    if entries >= 5 and told >= 20:
        return PageKind.LIVEBLOG, f"{entries} timed entries"
    return None


_PAID_META = ("article:content_tier", "og:article:content_tier", "content_tier", "article:tier")
_PAYWALL_WORDS = (
    r"paywall|pay-wall|signupplus|premium-(?:wall|overlay|block|message|content)|"
    r"subscri\w+-(?:wall|gate|required)|piano-(?:inline|container)|regwall|plus-?wall"
)
_PAYWALL_NAME = re.compile(_PAYWALL_WORDS, re.I)
_PAYWALL = re.compile(rf"""class=["'][^"'<>]{{0,500}}(?:{_PAYWALL_WORDS})""", re.I)
_ELLIPSIS = ("…", "...", "[…]", "[...]", "(…)")


SHORT = 180
"""Words below which a text may be the open part of a longer one."""


def _teaser(view: _View) -> Judgement | None:
    """A text that is cut, with a mark of payment; or one that ends in the air, and soon."""
    last = next(
        (b.text.rstrip(" \"'”’") for b in reversed(view.texts) if b.kind is not BlockKind.SUBHEAD), ""
    )
    cut = last.endswith(_ELLIPSIS)
    if not cut and view.words > SHORT:
        return None
    free = _is_free(view)
    marks: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("it is not free to read", lambda: free is False),
        ("it says that it is for subscribers", lambda: _asks_for_payment(view)),
        ("its address says premium", lambda: bool(re.search(r"/(?:premium|plus|betaald)/", view.path, re.I))),
        ("it shows a paywall", lambda: not free and _shows_paywall(view, empty=cut)),
    )
    for reason, holds in marks:
        if holds():
            return PageKind.TEASER, f"{reason} and the text is {'cut' if cut else 'short'}"
    if (
        cut
        and view.said < min(70, 2 * view.words)
        and len(view.texts) <= 2
        and last.rstrip(".…[]() ")[-1:].islower()
    ):
        return PageKind.TEASER, "the text is cut"
    return None


def _asks_for_payment(view: _View) -> bool:
    """Whether a line after the text's first says, to every reader, that the rest is to be paid for."""
    page = view.page.outline
    opening = view.texts[0].text if view.texts else None
    begun = False
    for run in page.runs:
        begun = begun or run.text == opening
        shown = begun and run.text != opening and not page.boxes[run.box].flags & o.UNSEEN
        if shown and len(run.text) < 300 and asks_for_payment(run.text):
            return True
    return False


def _shows_paywall(view: _View, *, empty: bool) -> bool:
    """Whether an element named so is shown with words in it; *empty*: one that a script fills will do."""
    page = view.page.outline
    for box in page.boxes:
        if _PAYWALL_NAME.search(box.names) and not box.flags & o.UNSEEN and box.parent >= 0:
            inside = sum(word_count(run.text) for run in page.runs[box.first : box.last])
            if 0 < inside < 150:
                return True
    return empty and bool(_PAYWALL.search(view.page.html))


def _is_free(view: _View) -> bool | None:
    """Whether the page tells machines that it may be read without paying; ``None`` when it says nothing."""
    stated = view.meta.article.get("isAccessibleForFree")
    if stated is not None:
        return str(stated).strip().lower().rpartition("/")[2] not in ("false", "0", "no")
    for name, contents in view.page.metas.items():
        if name.endswith(("article_ispaidcontent", "ispaidcontent", "is_paid")):
            return contents[0].lower() not in ("true", "1", "yes")
    tiers = [tier for name in _PAID_META if (tier := view.page.meta(name))]
    return tiers[0] not in ("locked", "paid", "premium") if tiers else None


_QUESTIONS: tuple[Callable[[_View], Judgement | None], ...] = (
    _not_a_page,
    _stub,
    _challenge,
    _gate,
    _missing,
    _issue,
    _one_or_many,
)
