"""Whether an article announces that it was changed: a correction or an update, in some thirty languages."""

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


BEFORE_A_COLON: Mapping[str, tuple[str, ...]] = {
    # Words that announce it with a colon behind them; without one, some are of repairs, bills and renewals.
    "af": ("regstelling", "bygewerk", "opgedateer"),
    "ar": ("تصحيح", "تحديث", "تنويه"),
    "bg": ("поправка", "корекция", "актуализация"),
    "ca": ("correcció", "rectificació", "actualització", "actualitzat"),
    "cs": ("oprava", "opraveno", "aktualizace", "aktualizováno", "aktualizácia", "aktualizované"),
    "cy": ("cywiriad", "diweddariad"),
    "da": ("rettelse", "rettet", "præcisering", "opdatering", "opdateret"),
    "el": ("διόρθωση", "ενημέρωση", "επικαιροποίηση"),
    "et": ("parandus", "parandatud", "täpsustus", "uuendatud"),
    "eu": ("zuzenketa", "eguneratua"),
    "fa": ("اصلاحیه", "به‌روزرسانی"),
    "fi": ("oikaisu", "korjaus", "korjattu", "täsmennys", "päivitys", "päivitetty"),
    "he": ("תיקון", "עדכון", "הבהרה"),
    "hr": ("ispravak", "ispravka", "ispravljeno", "ažurirano", "dopuna", "popravek", "posodobljeno"),
    "hu": ("helyreigazítás", "javítás", "pontosítás", "frissítés", "frissítve"),
    "id": ("koreksi", "ralat", "pembaruan"),
    "is": ("leiðrétting", "uppfært"),
    "ja": ("訂正", "おわび", "お詫び", "更新", "追記"),
    "ko": ("정정", "바로잡습니다", "수정", "업데이트"),
    "lt": ("pataisymas", "patikslinimas", "atnaujinta"),
    "lv": ("labojums", "precizējums", "atjaunināts"),
    "nb": ("rettelse", "retting", "rettet", "presisering", "oppdatering", "oppdatert"),
    "pl": ("sprostowanie", "korekta", "poprawka", "aktualizacja", "zaktualizowano", "uzupełnienie"),
    "pt": ("correção", "correcção", "errata", "retificação", "corrigido", "atualização", "atualizado"),
    "ro": ("corecție", "corectură", "rectificare", "erată", "actualizare", "actualizat"),
    "ru": ("исправление", "исправлено", "поправка", "уточнение", "опровержение", "обновление", "обновлено"),
    "sv": ("rättelse", "rättat", "förtydligande", "uppdatering", "uppdaterad", "uppdaterat"),
    "tr": ("düzeltme", "tekzip", "güncelleme", "güncellendi"),
    "uk": ("виправлення", "виправлено", "уточнення", "спростування", "оновлення", "оновлено"),
    "vi": ("đính chính", "cập nhật"),
    "zh": ("更正", "勘误", "勘誤", "更新", "编者按"),
}  # fmt: skip


NOTICE_EDITED = 0.7
"""A line as like an earlier notice as this is that notice, edited."""


_OPENS = re.compile(
    rf"[^\w]*(?:(?:{'|'.join(re.escape(word) for words in NOTICES.values() for word in words)})\b"
    rf"|(?:{'|'.join(re.escape(word) for words in BEFORE_A_COLON.values() for word in words)})"
    r"(?=(?:[\s(]{1,3}[\w.,/ -]{0,24}\d[\w.,/ -]{0,16}\)?)?\s{0,2}[:：]))",
    re.IGNORECASE,
)


_SAYS = re.compile(
    r"""\b(?:dit|this|dieser|cet|questo|este)\s+(?:\w+\s+)?
        (?:artikel|bericht|verhaal|stuk|article|story|report|articolo|artículo)\b
        (?:[^.!?]|\.(?=\d)){0,60}\b
        (?:aangepast|bijgewerkt|gewijzigd|gecorrigeerd|verbeterd|aangevuld|updated|amended|corrected|changed
          |revised|aktualisiert|korrigiert|corrigé|modifié|corretto|aggiornato|corregido|actualizado)\b
      | \b(?:(?:een|ene)\s+(?:eerdere|vorige)\s+versie|an\s+(?:earlier|previous)\s+version
          |früheren?\s+version|une?\s+version\s+(?:précédente|antérieure)|versione\s+precedente
          |versión\s+anterior
          |tidigare\s+version\w*|tidligere\s+(?:version|versjon)\w*|aiem\w+\s+versio\w*
          |(?:wcześniejsz|poprzedni)\w*\s+wersj\w+|(?:předchozí|dřívější|predchádzajúc\w+)\s+verz\w+
          |korábbi\s+(?:változat|verzió)\w*|versão\s+anterior|versió\s+anterior
          |versiun\w+\s+anterio\w+|(?:предыдущ|прежн|ранн)\w+\s+верси\w+|попередн\w+\s+версі\w+
          |προηγούμεν\w+\s+έκδοσ\w+|önceki\s+(?:versiyon|sürüm)\w*|(?:prethodn|ranij)\w+\s+verzij\w+
          |varasem\w*\s+versioo\w*|versi\s+sebelumnya|eardere\s+ferzje|vorige\s+weergawe)\b
      | 以前の版|当初の記事|(?:早前|先前|此前|较早)的?版本|이전\s?버전|نسخة\s+سابقة""",
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
    r"|aktualisiert|aktualisierung|nachtrag|mise?\sà\sjour|aggiornamento|aggiornato|actualización|actualizado"
    r"|uppdater\w+|opp?dater\w+|päivit\w+|(?:z?aktualiz|atualiz|actualiz|actualitz)\w+|frissít\w+|обновл\w+"
    r"|оновл\w+|ενημέρωση|güncelle\w+|ažurir\w+|posodobl\w+|uuendatud|uppfært|pembaruan|cập nhật)\b"
    r"|更新|追記|업데이트|تحديث|עדכון",
    re.IGNORECASE,
)
"""Words of a notice by which it announces news; the others announce that something was put right."""
_WRONG = re.compile(
    r"\b(?:eerdere|vorige|earlier|previous|frühere\w*|précédente|antérieure|precedente|anterior|tidigare|tidligere"
    r"|aiem\w+|wcześniejsz\w+|poprzedni\w+|předchozí|korábbi|предыдущ\w+|прежн\w+|попередн\w+|önceki)\s"
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
