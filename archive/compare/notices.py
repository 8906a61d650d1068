"""Whether an article announces that it was changed: a correction or an update, in seven languages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rapidfuzz.distance import Indel

from archive.model.types import Article

NOTICES: Mapping[str, tuple[str, ...]] = {
    # How an added line begins when it announces what was done to the article.
    "nl": ("update", "bijgewerkt", "laatst bijgewerkt", "aangepast", "correctie", "gecorrigeerd",
           "rectificatie", "aanvulling", "naschrift", "verbetering"),
    "fy": ("fernijd", "fernijing", "bywurke", "oanpast", "korreksje", "rektifikaasje", "oanfolling"),
    "en": ("correction", "corrected", "clarification", "updated", "amended", "editor's note", "editor’s note",
           "retraction"),
    "de": ("aktualisiert", "aktualisierung", "korrektur", "berichtigung", "richtigstellung", "nachtrag"),
    "fr": ("mise à jour", "mis à jour", "correction", "rectificatif", "erratum", "précision"),
    "it": ("aggiornamento", "aggiornato", "correzione", "rettifica", "errata corrige"),
    "es": ("actualización", "actualizado", "corrección", "rectificación", "fe de errores"),
}  # fmt: skip


NOTICE_EDITED = 0.7
"""A line as like an earlier notice as this is that notice, edited."""


_OPENS = re.compile(
    rf"[^\w]*(?:{'|'.join(re.escape(word) for words in NOTICES.values() for word in words)})\b", re.IGNORECASE
)


_SAYS = re.compile(
    r"""\b(?:dit|this|dieser|cet|questo|este)\s+(?:\w+\s+)?
        (?:artikel|bericht|verhaal|stuk|article|story|report|articolo|artículo)\b
        (?:[^.!?]|\.(?=\d)){0,60}\b
        (?:aangepast|bijgewerkt|gewijzigd|gecorrigeerd|verbeterd|aangevuld|updated|amended|corrected|changed
          |revised|aktualisiert|korrigiert|corrigé|modifié|corretto|aggiornato|corregido|actualizado)\b
      | \b(?:(?:een|ene)\s+(?:eerdere|vorige)\s+versie|an\s+(?:earlier|previous)\s+version
          |früheren?\s+version|une?\s+version\s+(?:précédente|antérieure)|versione\s+precedente
          |versión\s+anterior)\b""",
    re.IGNORECASE | re.VERBOSE,
)


_SUFFIX = re.compile(
    r"[(\[](?:update|correctie|rectificatie|correction|updated)\b[^)\]]*[)\]]?\s*$", re.IGNORECASE
)


def has_notice(old: Article, new: Article) -> bool:
    """Whether *new* announces, in words that *old* has not, that the article was changed. A notice that was
    there already, and of which a word was changed, is none; one more beside it is, however like it."""
    if _SUFFIX.search(new.title) and not _SUFFIX.search(old.title):
        return True
    if _opens_with_notice(new) and not _opens_with_notice(old):
        return True
    known, now = ({" ".join(block.text.split()) for block in each.blocks} for each in (old, new))
    edited = [words for words in known - now if announces(words)]
    return any(
        announces(words)
        and not any(Indel.normalized_similarity(words, each) >= NOTICE_EDITED for each in edited)
        for words in now - known
    )


def _opens_with_notice(article: Article) -> bool:
    """Whether the headline begins with a word such as "UPDATE", or the kicker is one."""
    hit = _OPENS.match(article.title)
    return bool((hit and _COLON.match(article.title, hit.end())) or _OPENS.match(article.kicker or ""))


_COLON = re.compile(r"\s*[:|–—-]")


def announces(words: str) -> bool:
    """Whether a line announces that the article was corrected or updated."""
    return bool(_OPENS.match(words) or _SAYS.search(words))


_NEWS = re.compile(
    r"\b(?:update[ds]?|bijgewerkt|aanvulling|naschrift|aangevuld|fernijd|fernijing|bywurke|oanfolling"
    r"|aktualisiert|aktualisierung|nachtrag|mise?\sà\sjour|aggiornamento|aggiornato|actualización|actualizado)\b",
    re.IGNORECASE,
)
"""Words of a notice by which it announces news; the others announce that something was put right."""
_WRONG = re.compile(
    r"\b(?:eerdere|vorige|earlier|previous|frühere\w*|précédente|antérieure|precedente|anterior)\s"
    r"|\bversie\b|\bversion\b|\bfout\w*|\bten onrechte\b|\berrors?\b|\bmistakes?\b|\bincorrect",
    re.IGNORECASE,
)


def announces_news(words: str) -> bool:
    """Whether an announcement is of news: it says "update", and of no earlier version or mistake."""
    opening = " ".join(words.split()[:12])
    return bool(_NEWS.search(opening)) and not _WRONG.search(words)


def without_mark(title: str) -> tuple[str, str]:
    """A headline without the mark that says it was changed, and that mark: ``("Fire", "(update)")``."""
    if found := _SUFFIX.search(title):
        return title[: found.start()].rstrip(), found.group()
    opening = _OPENS.match(title)
    if opening and (colon := _COLON.match(title, opening.end())):
        return title[colon.end() :].lstrip(), opening.group()
    return title, ""
