"""Addresses that are not worth asking for: files, feeds, traps that have no end; and those worth it most."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from archive.model.addresses import Link, Role
from archive.model.types import Capture
from crawler.extract.page.encoding import decode
from crawler.siteconfig.site import Site


@lru_cache(maxsize=8192)
def is_feed_address(url: str) -> bool:
    """Whether an address looks like that of a feed."""
    return bool(FEED_PATH.search(urlsplit(url).path))


@lru_cache(maxsize=8192)
def not_wanted(url: str, site: Site, *, named: bool = False) -> str | None:
    """Why an address in normal form is not to be fetched for *site*; ``None`` when it is welcome.

    *named*: a feed or sitemap of the site names it. Such a list has an end, so what it names is no trap.
    """
    if not site.owns(url):
        return "other site"
    if site.ignore_pattern and site.ignore_pattern.search(url):
        return "ignored by the site's file"
    if site.article_pattern and site.article_pattern.search(url):
        return None  # the operator says it is an article's address, whatever it looks like
    return _no_page(url) if named else _trap(url, site)


NAMED = frozenset({"feed", "sitemap"})
"""How addresses are found that the site itself names as its pages."""


def _no_page(url: str) -> str | None:
    if len(url) > 2000:
        return "address too long"
    if _ASSET.search(unquote(urlsplit(url).path)) and not is_feed_address(url):
        return "not a page"
    return None


def _trap(url: str, site: Site) -> str | None:
    """Addresses that are no pages, or that a crawler could follow for ever."""
    if reason := _no_page(url):
        return reason
    parts = urlsplit(url)
    path, query = unquote(parts.path), unquote(parts.query)
    for reason, pattern in _TRAPS_IN_PATH:
        if pattern.search(path):
            return reason
    pieces = [piece for piece in path.split("/") if piece]
    if len(pieces) > 16 or any(pieces.count(piece) > 2 for piece in pieces if not piece.isdecimal()):
        return "path goes in circles"
    if not query:
        return None
    if _OF_EVENTS.search(path) and _OF_A_TIME_ASKED.search(query):
        return "calendar"
    for reason, pattern in _TRAPS_IN_QUERY:
        if pattern.search(query):
            return reason
    keys = {piece.partition("=")[0] for piece in query.split("&")} - set(site.identity.query or ())
    return "too many query keys" if len(keys) > 4 else None


FEED_PATH = re.compile(
    r"/(?:feed|rss|atom)(?:/|\.xml|\.json|/index\.xml)?$|/rss/[\w-]+\.(?:xml|rss)$|\.(?:rss|atom)$", re.I
)
_ASSET = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|css|js|mjs|map|json|woff2?|ttf|eot|otf|mp[34]|m4[av]|ogg|oga|ogv"
    r"|wav|flac|avi|mov|wmv|mkv|webm|flv|m3u8?|zip|rar|7z|tar|tgz|bz2|exe|dmg|apk|msi|iso|pdf|docx?|xlsx?|pptx?"
    r"|odt|ods|rtf|epub|mobi|csv|ics|ical|vcf|kmz?|gpx|swf|torrent|webmanifest|txt)$",
    re.I,
)

_EVENTS = (
    r"events?|agenda|kalender|calendar|evenementen|veranstaltung(?:en|skalender)|termine|evenements?|[eé]v[eé]nements?"
    r"|calendrier|eventos|calendario|eventi|kalendarz|wydarzenia|kalendarium|kalendern|evenemang|arrangementer"
    r"|tapahtumat|kalenteri"
)
"""What a calendar is called; where an address goes on with a day or a month, the next one has no end."""
LOG_IN = "log-in or account"
"""Why an address is a trap that stands before others."""
_TRAPS_IN_PATH = tuple(
    (reason, re.compile(pattern, re.I))
    for reason, pattern in (
        (
            LOG_IN,
            r"/(?:wp-login\.php|wp-admin|log-?in|inloggen|aanmelden|registreren|register|account|mijn-account"
            r"|my-account|wachtwoord(?:-vergeten)?|lost-?password|log-?out|uitloggen"
            r"|anmelden|einloggen|registrieren|mein-konto|connexion|s-inscrire|mon-compte|iniciar-sesion|mi-cuenta"
            r"|entrar|accedi|registrati|zaloguj|logowanie|logga-in|logg-inn|log-ind|kirjaudu)(?:/|$)",
        ),
        (
            "basket or checkout",
            r"/(?:winkelwagen|winkelmand|cart|basket|checkout|afrekenen|carrello|warenkorb|panier|carrito|carrinho|koszyk"
            r"|varukorg|indkobskurv|handlekurv|ostoskori)(?:/|$)",
        ),
        (
            "machine's address",
            r"/(?:wp-json|xmlrpc\.php|cgi-bin|wp-content|wp-includes|oembed|cdn-cgi|\.well-known)(?:/|$)",
        ),
        ("comments", r"/comment-page-\d+|/comments/feed"),
        (
            "print or share view",
            r"/(?:print|printen|drucken|imprimer|imprimir|stampa|drukuj|skriv-ut|share|delen|teilen|e-?mail-?this"
            r"|stuur-door)/?$",
        ),
        (
            "calendar",
            rf"/(?:{_EVENTS})/(?:.*\d{{4}}[-/]\d{{1,2}}(?:[-/]\d{{1,2}})?"
            r"|day|week|month|dag|maand|tag|woche|monat|jour|semaine|mois|mes|mese|today|list/page)(?:/|$)",
        ),
        ("search results", r"/(?:search|zoeken|zoek|suche|ricerca)(?:/.+|/?$)"),
    )
)
_TRAPS_IN_QUERY = tuple(
    (reason, re.compile(rf"(?:^|&)(?:{pattern})", re.I))
    for reason, pattern in (
        ("comments", r"(?:replytocom|unapproved|moderation-hash)="),
        (
            "print or share view",
            r"(?:share|print|printable|tmpl=component|task=(?:mailto|print))(?:=|&|$)"
            r"|(?:output|view|format|layout)=(?:print|pdf)(?:&|$)",
        ),
        (
            "log-in or account",
            r"(?:action|do|task|view|option)=(?:com_users|log(?:in|out)|register|registration|lostpassword"
            r"|edit|remind|reset)(?:&|$)|(?:redirect_to|return_?url|returnto)=",
        ),
        ("basket or checkout", r"(?:add-to-cart|add_to_cart|remove_item|add-to-wishlist)="),
        (
            "calendar",
            r"(?:tribe[-_][\w-]+|ical|outlook-ical|eventdate|calendar\w*)=|date=\d{4}-\d\d"
            r"|option=com_(?:jevents|jcal\w*|dpcalendar|ohanah)&",
        ),
        (
            "faceted search",
            r"(?:filter\w*|facet\w*|f\[\d*\]|sort(?:_?by|ing|_?order)?|order(?:_?by)?|min_price|max_price"
            r"|per_?page|limit)(?:\[\w*\])?=",
        ),
        ("search results", r"(?:s|q|query|search|searchword|zoek(?:term|en)?)="),
        ("preview", r"(?:preview|preview_id|customize_changeset_uuid)="),
    )
)


_OF_EVENTS = re.compile(rf"/(?:{_EVENTS}|programma?)(?:/|$)", re.I)
_OF_A_TIME_ASKED = re.compile(
    r"(?:^|&)(?:date|day|week|month|year|dag|maand|jaar|tag|woche|monat|jahr|jour|semaine|mois|annee|dia|semana|mes"
    r"|giorno|settimana|mese)=[\d-]+(?:&|$)",
    re.I,
)


def prefers(site: Site) -> Any:
    """A sort key for links: what looks like an article's address first, then listings, then the rest."""
    pattern = site.article_pattern

    def rank(link: Link) -> int:
        if link.role is not Role.PAGE:
            return 1
        if pattern is not None:
            return 0 if pattern.search(link.url) else 2
        return 0 if looks_like_article(link.url) else 2

    return rank


def looks_like_article(url: str) -> bool:
    """A guess from the address alone, good for an order of asking and nothing else."""
    parts = urlsplit(url)
    last = next((piece for piece in reversed(parts.path.split("/")) if piece), "")
    if is_list(url):
        return False
    return bool(_ID.search(parts.path + "?" + parts.query)) or last.count("-") >= 3 or last.count("_") >= 3


def is_list(url: str) -> bool:
    """Whether an address alone says that it lists what is of a year, month or day, or goes on with a list."""
    parts = urlsplit(url)
    return is_further_page(url) or (not parts.query and bool(_OF_A_TIME.search(parts.path)))


def is_further_page(url: str) -> bool:
    """Whether an address alone says that it is the second or a later page of something."""
    parts = urlsplit(url)
    return bool(_FURTHER_PATH.search(parts.path) or _FURTHER_QUERY.search(parts.query))


_OF_A_TIME = re.compile(r"^(?:/[^/\d]*)*/(?:19|20)\d\d(?:[/-]\d{1,2}){0,2}/?(?:index\.\w+)?$")
_FURTHER_PATH = re.compile(r"/(?:page|pagina|seite|sida|side|strona|p|pg)[/_-]?\d+/?$", re.I)
_FURTHER_QUERY = re.compile(r"(?:^|&)(?:page|paged|pagina|seite|pg|offset|start)=\d+(?:&|$)", re.I)
_ID = re.compile(r"\d{4,}|~a?[0-9a-f]{5,}", re.I)


def decoded(capture: Capture) -> str:
    """The text of a capture that is no page (robots.txt and the like)."""
    return decode(capture.body)[0]
