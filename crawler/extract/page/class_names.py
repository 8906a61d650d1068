"""What class names say an element is, whatever the site. A look-up; sees no page.

Names are read a page at a time (:func:`learn`): a page has hundreds that no page before it had, and a few
passes over all of them cost a tenth of as many small ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

CAPTION, BOX, POST, LEAD, OUT, COMMENTS, GALLERY, UNSEEN = (1 << bit for bit in range(8))

_WORDS = {
    CAPTION: """
        caption captions figcaption imagecaption photocaption captiontext bijschrift fotobijschrift onderschrift
        bildunterschrift bildtext legende didascalia credit credits photocredit imagecredit copyright
    """,
    BOX: """
        factbox faktabox faktaruta infobox kader infokader kadertekst feitenkader feiten faktenbox faktenkasten
        infokasten encadré encadre boxout factfile keypoints takeaways
    """,
    LEAD: """
        lead lede leadtext intro introtext introduction standfirst sapo abstract vorspann inleiding chapeau chapo
        ingress summary dek deck anleser anreisser subtitle subhead subheading subheadline sommario occhiello
        accroche subtitulo sottotitolo underrubrikk undertitel linhafina ozet özet spot resumo sumarios untertitel anriss
        entradilla bajada bigode synopsis excerpt perex zajawka manchet underrubrik preamble
    """,
    GALLERY: """
        gallery galerie galleria galeria galerij slideshow slider carousel karussell carrousel swiper slick splide
        flickity fotostrecke bilderstrecke diashow diaporama fotoserie fotogalerij
    """,
    OUT: """
        onetrust cookiebar cookiebanner cookieconsent cookiebot didomi usercentrics gdpr disqus commentlist respond
        akismet outbrain taboola nieuwsbrief addtoany sharedaddy yarpp breadcrumb breadcrumbs
        sponsors sponsoren sponsorer sponsorzy patrocinadores
        schlagworte schlagwörter schlagwoerter stichworte trefwoorden taglist tagcloud
        jwplayer plyr mejs flowplayer
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
    GALLERY: """
        bxslider flexslider owl-carousel slick-slider slick-track slick-list bildergalerie fotogalerie photogallery image-gallery
        foto-galerij photo-slider fotoslider nieuws-slider news-slider swiper-wrapper
    """,
    LEAD: "linha-fina stand-first kicker-text teaser-text headline-text article-description post-description",
    OUT: """
        ot-sdk cookie-bar cookie-banner cookie-notice cookie-consent cookie-law cookie-policy cookie-modal
        cookie-dialog cmp-box cmp-banner consent-banner consent-modal consent-manager consent-popup
        comment-list comments-list comments-area comments-section comment-section comments-thread comment-thread
        comment-body comment-content comments-wrapper newsletter-signup newsletter-form newsletter-box
        newsletter-widget newsletter-cta share-bar share-buttons share-tools share-links jp-relatedposts
        related-posts related-articles related-content related-stories related-news screen-reader-text sr-only
        visually-hidden tags-links cat-links video-js podcast-player audio-player
    """,
}
"""Compounds that say it, however they are joined: ``key-points``, ``key_points``, ``keyPoints``."""

_BY_WORD: dict[str, int] = {}
for _trait, _words in _WORDS.items():
    for _word in _words.split():
        _BY_WORD[_word] = _BY_WORD.get(_word, 0) | _trait
_BY_PART = [(part.replace("-", ""), trait) for trait, parts in _PARTS.items() for part in parts.split()]
_READERS = re.compile(
    r"(?:lezers|leser|user|visitor)?[-_]?"
    r"(?:comments?|reacties?|kommentare?|commentaires?|commenti|comentarios?|comentários?|kommentarer?|komentarze)"
    r"[-_]*(?:area|block|blok|body|box|container|content|displayed|div|entry|inner|item|list|list[ae]?|lijst|liste|"
    r"overzicht|section|sectie|sektion|bereich|thread|text|wrap|wrapper|feld|forum)s?"
    r"|(?:comments|reacties|kommentare|commentaires|commenti|comentarios|comentários)"
    r"|(?:lezers|leser)[-_]?(?:reacties?|kommentare?|beitr(?:ae|ä)ge?|meinung(?:en)?|meningen|stimmen)"
    r"|(?:list[ae]?|liste|lijst|section|sectie|bloc|blok|box|bereich)[-_]*(?:des?[-_]*)?"
    r"(?:comments|reacties|kommentare|commentaires|commenti|comentarios)",
    re.I,
)
"""The name of an element that holds the readers' comments: ``comments``, ``comment-text``, ``reactielijst``.

Not so ``comment`` alone, the name of opinion pages, nor ``comments-open`` and its like.
"""
_OF_READERS = ("comment", "reactie", "kommentar", "comentari", "comentári", "komentarz", "leser", "lezers")
"""One of them is in every such name."""

_UNSEEN = re.compile(
    r"(?:^|\s)(?:(?:u|is|a11y|has)?-?hidden|(?:u|is)?-?hide|d-none|display-none|no-?display|dn|verborgen|versteckt|masqué|oculto|"
    r"nascosto|(?:u-|is-|a11y-)?(?:sr-only|visually-?hidden|hidden-visually)|element-(?:invisible|hidden)|invisible|show-for-sr|"
    r"show-for-print|(?:visible-)?print(?:-block|-only)?|only-?print|printonly|d-print-block|screen-?reader(?:-text|-only)?)"
    r"(?:\s|$)",
    re.I,
)
"""The name of an element that nobody sees on a screen."""
_SEEN_SOMETIMES = re.compile(
    r"(?:^|\s)(?:d-(?:\w\w-)?(?:block|flex|inline|grid)|(?:sm|md|lg|xl|2xl)[:-](?:block|flex|inline|grid|contents|visible)|"
    r"(?:show|visible)-(?:for-)?(?:xs|sm|md|lg|small|medium|large|desktop|mobile|tablet)|(?:is-)?(?:active|open|visible|shown)(?=\s|$))",
    re.I,
)
"""The name of one that is seen on some screens, or at times."""
_OF_UNSEEN = (
    "hid",
    "none",
    "display",
    "print",
    "verborgen",
    "versteckt",
    "masqu",
    "oculto",
    "nascosto",
    "invisible",
    "sr",
    "screen",
    "dn",
)
"""One of them is in every name of the unseen."""


@lru_cache(maxsize=8192)
def names_unseen(names: str) -> bool:
    """Whether an element is called something that no screen ever shows."""
    return bool(_UNSEEN.search(names)) and not _SEEN_SOMETIMES.search(names)


_HUMP = re.compile(r"([a-z])([A-Z])")
_NO_LETTER = re.compile(r"[^A-Za-z\n]+")
_NO_LETTER_OR_SPACE = re.compile(r"[^a-z\s]+")


_WORDS_OF: dict[str, frozenset[str]] = {}
"""Names of an element, as written -> the words in them."""
_TRAITS_OF: dict[str, int] = {}


def learn(names: Iterable[str]) -> None:
    """Read what is new among the *names* of a page's elements (each class, id and the like, as written)."""
    if len(_TRAITS_OF) > 65536:
        _TRAITS_OF.clear()
        _WORDS_OF.clear()
    new = [each for each in dict.fromkeys(names) if each not in _TRAITS_OF]
    if not new:
        return
    listed = [" ".join(each.split()) for each in new]
    apart = _NO_LETTER.sub(" ", _HUMP.sub(r"\1 \2", "\n".join(listed))).lower().split("\n")
    joined = _NO_LETTER_OR_SPACE.sub("", "\n".join(listed).lower())
    parts = [(part, trait) for part, trait in _BY_PART if part in joined]
    of_readers = [stem for stem in _OF_READERS if stem in joined]
    unseen = any(stem in joined for stem in _OF_UNSEEN)
    for each, spaced, letters in zip(new, apart, joined.split("\n"), strict=True):
        called = frozenset([word for word in spaced.split() if 2 < len(word) < 20])
        found = 0
        for word in called & _BY_WORD.keys():
            found |= _BY_WORD[word]
        for part, trait in parts:
            if part in letters:
                found |= trait
        if (
            of_readers
            and any(stem in letters for stem in of_readers)
            and any(map(_READERS.fullmatch, each.lower().split()))
        ):
            found |= COMMENTS
        if unseen and names_unseen(each):
            found |= UNSEEN
        _WORDS_OF[each], _TRAITS_OF[each] = called, found


def words(names: str) -> frozenset[str]:
    """The words in an element's *names*, lower case, code-like ones dropped: what people call it."""
    if names not in _WORDS_OF:
        learn((names,))
    return _WORDS_OF[names]


def traits(names: str) -> int:
    """What an element is by its *names*: ``CAPTION | BOX | ...``."""
    if names not in _TRAITS_OF:
        learn((names,))
    return _TRAITS_OF[names]


def traits_of_all(names: list[str]) -> list[int]:
    """The same for each of *names*."""
    learn(names)
    return [_TRAITS_OF[each] for each in names]
