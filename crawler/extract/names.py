"""What class names say an element is, whatever the site. A look-up; sees no page."""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.extract.features import name_words

CAPTION, BOX, POST, LEAD, OUT = (1 << bit for bit in range(5))

_WORDS = {
    CAPTION: """
        caption captions figcaption imagecaption photocaption captiontext bijschrift fotobijschrift onderschrift
        bildunterschrift bildtext legende didascalia credit credits photocredit imagecredit copyright
    """,
    BOX: "factbox faktabox faktaruta infobox kader keypoints takeaways",
    LEAD: """
        lead lede leadtext intro introtext introduction standfirst sapo abstract vorspann inleiding chapeau chapo
        ingress summary dek deck anleser anreisser subtitle subhead subheading subheadline sommario occhiello
        entradilla bajada bigode synopsis excerpt perex zajawka manchet underrubrik preamble
    """,
    OUT: """
        onetrust cookiebar cookiebanner cookieconsent cookiebot didomi usercentrics gdpr disqus commentlist respond
        akismet outbrain taboola nieuwsbrief addtoany sharedaddy yarpp breadcrumb breadcrumbs
    """,
}
"""Words that say it alone."""

_PARTS = {
    CAPTION: """
        photocredit photo-text photo-desc photo-info photo-meta foto-text foto-tekst fotocredit image-text image-desc
        image-info image-meta image-by image-source imagecredit img-desc img-text picture-text picture-credit
        bild-text bildquelle figure-text media-credit mediacredit caption
    """,
    BOX: """
        fact-box fakta-box info-box key-points key-takeaways key-facts in-het-kort ai-summary ai-content
        ai-disclaimer auf-einen-blick summary-box summary-title bullet-summary mol-bullets
    """,
    POST: """
        twitter-tweet twitter-video instagram-media tiktok-embed fb-post fb-video reddit-card reddit-embed
        bluesky-embed mastodon-embed telegram-post embedly-card
    """,
    LEAD: "stand-first kicker-text teaser-text headline-text article-description post-description",
    OUT: """
        ot-sdk cookie-bar cookie-banner cookie-notice cookie-consent cookie-law cookie-policy cookie-modal
        cookie-dialog cmp-box cmp-banner consent-banner consent-modal consent-manager consent-popup
        comment-list comments-list comments-area comments-section comment-section comments-thread comment-thread
        comment-body comment-content comments-wrapper newsletter-signup newsletter-form newsletter-box
        newsletter-widget newsletter-cta share-bar share-buttons share-tools share-links jp-relatedposts
        related-posts related-articles related-content related-stories related-news screen-reader-text sr-only
        visually-hidden tags-links cat-links
    """,
}
"""Compounds that say it, however they are joined: ``key-points``, ``key_points``, ``keyPoints``."""

_BY_WORD: dict[str, int] = {}
for _trait, _words in _WORDS.items():
    for _word in _words.split():
        _BY_WORD[_word] = _BY_WORD.get(_word, 0) | _trait
_BY_PART = [(part.replace("-", ""), trait) for trait, parts in _PARTS.items() for part in parts.split()]
_NO_LETTER = re.compile(r"[^a-z\s]+")


_COMMENTS = re.compile(
    r"(?:comments|reacties|kommentare|commentaires|commenti|comentarios)"
    r"(?:[-_]?(?:area|block|body|box|container|displayed|div|inner|list|section|thread|wrap|wrapper))?"
    r"|comment[-_]?(?:area|block|body|box|content|entry|item|list|section|text|thread|wrap|wrapper)s?"
)


@lru_cache(maxsize=65536)
def holds_comments(names: str) -> bool:
    """Whether an element is called after the readers' comments in it: ``comments``, ``comment-text``.

    Not so ``comment`` alone, the name of opinion pages, nor ``comments-open`` and its like.
    """
    return any(map(_COMMENTS.fullmatch, names.lower().split()))


@lru_cache(maxsize=65536)
def traits(names: str) -> int:
    """What an element is by its class names: ``CAPTION | BOX | ...``. Sites use few names, often."""
    if not names:
        return 0
    found = 0
    for word in name_words("", names):
        found |= _BY_WORD.get(word, 0)
    joined = _NO_LETTER.sub("", names.lower())
    for part, trait in _BY_PART:
        if part in joined:
            found |= trait
    return found
