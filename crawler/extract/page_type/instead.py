"""What is no web page, or stands in for the one asked for: stubs, challenges, gates, missing pages."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archive.model.types import WORKS, BlockKind, PageKind
from crawler.extract.page.challenge_marks import (
    asks_for_proof,
    challenge_mark,
    sets_cookie_and_asks_again,
    titled_as_challenge,
)
from crawler.extract.page.gate_addresses import gate_address
from crawler.extract.page_type.facts import SHOWN, Judgement, PageFacts

_FEED_TYPES = re.compile(r"(?:rss|atom)\+xml|^(?:application|text)/(?:\w+\+)?xml$|feed\+json")
_FEED_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<\?[^>]*>\s*)*<(?:rss|feed|rdf:rdf|urlset|sitemapindex)\b",
    re.I | re.S,
)
_PAGE_TYPES = frozenset(("", "text/html", "application/xhtml+xml"))


def not_a_page(view: PageFacts) -> Judgement | None:
    """A feed, a file, or another thing that is no web page."""
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


def stub(view: PageFacts) -> Judgement | None:
    """A page that only sends the reader on."""
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
        if _SCRIPTED.search(view.inline_scripts) and view.words < 20:
            return PageKind.STUB, "a script sends the reader on"
    return None


_CHALLENGE_ADDRESS = re.compile(
    r"/\.well-known/\w*captcha|/cdn-cgi/|captcha|/_Incapsula|/__ddg|/_sec/|/challenge/", re.I
)


def marked_challenge(view: PageFacts) -> Judgement | None:
    """A page that holds what the walls of robots leave, and shows little else."""
    if not _may_be_challenge(view):
        return None
    refused = view.page.capture.status in (403, 405, 429, 503)
    bare = len(view.shown) < 500 and view.words < (60 if refused else 15)
    if sign := challenge_mark(view.page.html, bare=bare):
        return PageKind.CHALLENGE, f"holds {sign}"
    if view.words < 15 and len(view.shown) < 300 and sets_cookie_and_asks_again(view.inline_scripts):
        return PageKind.CHALLENGE, "a script writes a cookie and asks again"
    return None


def challenge(view: PageFacts) -> Judgement | None:
    """A page that asks whether the reader is a machine, or says that it is one."""
    if not _may_be_challenge(view):
        return None
    if titled_as_challenge(view.page_title):
        return PageKind.CHALLENGE, f"titled {view.page_title!r}"
    if len(view.shown) < 1500 and asks_for_proof(view.shown):
        return PageKind.CHALLENGE, "asks for proof of being human"
    return None


def _may_be_challenge(view: PageFacts) -> bool:
    return view.small and not (view.stated_article and view.words > 40)


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


def gate(view: PageFacts) -> Judgement | None:
    """A page that asks for consent, an account or money before the one asked for."""
    if view.stated_article or view.words > 350:
        return None
    dated = view.fields.sources.get("published") in SHOWN  # a gate is served at any time
    reported = view.words >= 20 and view.of_type_article
    if gate_address(view.address):
        return PageKind.GATE, f"stands at {view.host}{view.path}"
    if view.small and not (dated or reported):
        text = view.shown[:3000]
        words = len(text.split()) or 1
        said = len(_CONSENT_WORDS.findall(text))
        titled = _CONSENT_TITLE.search(view.fields.title) or _CONSENT_TITLE.search(view.page_title)
        if titled and said >= 2 and words < 500:
            return PageKind.GATE, f"titled {titled.string!r}"
        if said >= 5 and said / words > 0.04 and not view.matches_pattern and _asks(view):
            return PageKind.GATE, "speaks of consent and little else"
    return None


def _asks(view: PageFacts) -> bool:
    """Whether something to press or to fill in stands on the page: a report about consent asks for none."""
    return view.page.tree.css_first("button, input, form, select") is not None or any(
        _PRESSED.match(node.text(deep=True).strip()) for node in view.page.tree.css("a[href]")[:60]
    )


_PRESSED = re.compile(
    r"(?:ja|yes|ok|oké|akkoord|accept\w*|akzept\w*|zustimm\w*|einverstanden|agree|i agree|allow\w*|"
    r"toesta\w*|doorgaan|verder|weiter|continue|continuer|tout accepter|j[’']accepte|aceptar|accett\w*|"
    r"weiger\w*|reject\w*|instellingen|settings|einstellungen|log ?in|inloggen|anmelden)\b.{0,40}$",
    re.I,
)


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
    r"net fûn|is niet langer beschikbaar|gibt es nicht|existiert nicht|"
    r"sivua ei löy[dt]|leh(?:te|ekülge) ei leitud|"
    r"n['’]existe (?:pas|plus)|sayfa(?:nız)? bulunamadı|nothing found|"
    r"oeps|oops",
    re.I,
)
_A_PAGE = "|".join(
    (
        r"\boldal\b|σελίδα|άρθρο|\bsidan?\b|\bsiden\b|artikkelen|страниц\w*|сторінк\w*|стать\w*|статт\w*",
        r"статията|\bpagina\b|\barticolul\b|stranica|članak|pàgina|\borri\w*|stránk\w*|článok|článek",
        r"puslapis|straipsnis|\blapa\b|\braksts\b|\bstran\b|članek|síða\w*|bladsy|sayfa|halaman|ページ|記事",
        r"页面|頁面|网页|文章|페이지|기사|الصفحة|المقال|صفحه|הדף|העמוד|הכתבה|หน้า|पृष्ठ|পৃষ্ঠা",
    )
)
_NOT_THERE = "|".join(
    (
        r"nem (?:található|létezik)|δεν (?:βρέθηκε|υπάρχει)|(?:finnes|findes|eksisterer) ikke|finns inte",
        r"kunde inte hittas|artikeln hittades inte",
        r"не (?:найден|знайден|существует|існує|е намерен|съществува)|удален[аоы]?\b|видалено",
        r"nu a fost găsit|nu există|nije pronađen|ne postoji|ne obstaja|ni bil\w* najden",
        r"no (?:s['’]ha )?trobad|no existeix|ez da (?:aurkitu|existitzen)|sa nenašl",
        r"neexistuje|nenalezen|nebyl\w* nalezen|nerastas",
        r"neegzistuoja|nav atrast|fannst ekki|er ekki til|nie gevind|bestaan nie|bulunamadı|mevcut değil",
        r"tidak (?:ditemukan|ada)|見つかりません|存在しません|不存在|未找到|已被?删除|找不到",
        r"찾을 수 없|존재하지 않|غير موجود|لم يتم العثور|یافت نشد|پیدا نشد|وجود ندارد|לא נמצא",
        r"ไม่พบ|नहीं मिल|পাওয়া যায়নি",
    )
)
_MISSING_ELSEWHERE = re.compile(
    rf"(?:{_A_PAGE})[^.!?。:]{{0,40}}?(?:{_NOT_THERE})|(?:{_NOT_THERE})[^.!?。:]{{0,20}}?(?:{_A_PAGE})|"
    r"fant ikke siden|ez da \w*orri\w* aurkitu|heb ganfod y dudalen|nid yw['’]r dudalen|"
    r"không tìm thấy trang|trang (?:này |bạn [^.]{0,30})?không (?:tồn tại|tìm thấy)",
    re.I,
)
"""In further languages, where it is a page that is not there: a headline may say so of a man or a cat."""


def _says_missing(words: str) -> bool:
    return _MISSING.search(words) is not None or _MISSING_ELSEWHERE.search(words) is not None


_TAKEN_AWAY = re.compile(
    r"\W*(?:"
    + "|".join(
        (
            r"(?:dit|het|hierdie) (?:artikel|bericht|berjocht|nieuwsbericht|verhaal|stuk|ferhaal|berig) (?:is|werd) (?:\w+ ){0,5}"
            r"(?:verwijderd|offline gehaald|ingetrokken|niet (?:meer|langer) beschikbaar|fuortsmiten|fuorthelle|verwyder)",
            r"(?:this|the) (?:article|story|post|page|content|report) (?:has been|was|is) (?:\w+ ){0,4}"
            r"(?:removed|deleted|withdrawn|taken down|retracted|unpublished|no longer available)",
            r"(?:dieser|der|diese|die) (?:artikel|beitrag|text|meldung|seite) (?:wurde|ist) (?:\w+ ){0,5}"
            r"(?:gelöscht|entfernt|zurückgezogen|offline genommen|nicht mehr (?:verfügbar|abrufbar|online))",
            r"(?:cet |l['’]|ce |cette )(?:article|contenu|page) (?:a été|n['’]est plus) (?:\w+ ){0,3}"
            r"(?:supprimé|retiré|dépublié|disponible)",
            r"(?:este|el|esta) (?:artículo|contenido|noticia|página) (?:ha sido|fue|ya no está) (?:\w+ ){0,3}"
            r"(?:eliminad|retirad|borrad|disponible)",
            r"(?:este|o|esta|a) (?:artigo|conteúdo|notícia|matéria|página) (?:foi|já não está|não está mais) (?:\w+ ){0,3}"
            r"(?:removid|eliminad|apagad|retirad|disponível)",
            r"(?:questo |l['’])(?:articolo|contenuto) (?:è stato|non è più) (?:\w+ )?"
            r"(?:rimoss|eliminat|cancellat|ritirat|disponibile)",
            r"(?:aquest |l['’])article (?:ha estat|ja no està) (?:eliminat|retirat|disponible)",
            r"(?:acest )?articolul? (?:a fost|nu mai este) (?:șters|eliminat|retras|disponibil)",
            r"(?:ten )?(?:artykuł|tekst|materiał) (?:został|jest już|nie jest już) (?:\w+ )?(?:usunięt|wycofan|niedostępn|dostępn)",
            r"(?:tento )?článe?ok (?:bol|už nie je)|(?:tento )?článek byl (?:odstraněn|smazán|stažen)",
            r"(?:den här )?(?:artikeln|sidan|texten) (?:har|är) (?:\w+ )?"
            r"(?:tagits bort|raderats|avpublicerats|borttagen|inte längre tillgänglig)",
            r"(?:denne )?(?:artiklen|artikelen|artikkelen|saken|siden) (?:er|har blitt|er blevet) (?:\w+ )?"
            r"(?:slettet|fjernet|trukket|ikke længere tilgængelig|ikke lenger tilgjengelig|avpublisert)",
            r"(?:tämä )?(?:artikkeli|juttu|uutinen) (?:on poistettu|ei ole enää saatavilla)",
            r"(?:see )?artikkel on (?:eemaldatud|kustutatud)|raksts ir (?:dzēsts|noņemts)|straipsnis (?:pašalintas|ištrintas)",
            r"(?:ezt )?a cikk(?:et)? (?:eltávolított|töröl|már nem elérhető)",
            r"bu (?:haber|yazı|içerik|makale) (?:\w+ ){0,3}(?:kaldırıl|silin)",
            r"(?:αυτό )?το άρθρο (?:έχει (?:αφαιρεθεί|διαγραφεί|αποσυρθεί)|δεν είναι πλέον διαθέσιμο)",
            r"(?:эта |этот )?(?:статья|новость|публикация|материал) (?:был[аои]? )?(?:удал[её]н|снят|отозван|больше не доступ)",
            r"(?:цю |цей )?(?:статтю|новину|матеріал) (?:було )?(?:видалено|знято)|статията (?:е|беше) (?:изтрита|премахната)",
            r"(?:ovaj )?(?:članak|tekst) je (?:uklonjen|obrisan|izbrisan|odstranjen)",
            r"(?:artikel|berita) ini (?:telah|sudah) (?:dihapus|ditarik)|bài (?:viết|báo) (?:này )?đã (?:bị )?(?:xóa|gỡ)",
            r"artikulu hau (?:ezabatu|kendu)|mae['’]r erthygl (?:hon )?wedi",
            r"(?:この|当該|お探しの)?(?:記事|ページ)[はが](?:すでに|既に)?(?:削除|取り下げ|掲載を終了)|"
            r"[该此本該]?(?:文章|页面|内容|新闻|新聞|報道)已?被?(?:删除|刪除|下架|撤回|移除)|(?:삭제|취소)된 기사|(?:이 )?기사[가는] 삭제",
            r"تم (?:حذف|إزالة|سحب) (?:هذا |هذه )?(?:المقال|الخبر|المحتوى|الصفحة)|این (?:مطلب|خبر|مقاله|صفحه) (?:حذف|پاک) شده|"
            r"ה?(?:כתבה|מאמר|ידיעה) (?:הוסר|נמחק)|यह (?:लेख|खबर|समाचार) हटा",
        )
    )
    + ")",
    re.I,
)
MOST_NOTICE = 40
"""Words on a page that says that its article was taken away, and nothing else."""


def _taken_away(view: PageFacts) -> str | None:
    """The line in which a page says, in its article's place, that it was taken away, below its headline too."""
    if view.words >= MOST_NOTICE:
        return None
    # the first thing to read: further down it may be a reader's comment that was removed
    told = [block.text for block in view.texts if block.kind is not BlockKind.SUBHEAD]
    lines = told[:1] or [run.text for run in view.page.outline.runs]
    return next((line for line in lines if len(line) < 250 and _TAKEN_AWAY.match(line)), None)


def missing(view: PageFacts) -> Judgement | None:
    """A page that says, whatever its status, that there is none."""
    status = view.page.capture.status
    if status in (404, 410):
        return PageKind.OTHER, f"status {status}"
    if status < 400 and (notice := _taken_away(view)):
        return PageKind.SOFT404, f"says that it was taken away: {notice[:100]!r}"
    said = None
    if view.words < 120 or "error404" in view.body_classes:
        headings = [view.page_title, view.fields.title, *view.meta.h1_texts[:3]]
        said = next((each for each in headings if len(each) < 120 and _says_missing(each)), None)
        if {"error404", "error-404", "page-404", "not-found"} & view.body_classes:
            said = said or "its body's class"
    if said and not _signed(view):
        return PageKind.SOFT404, f"says that it is not there: {said!r}"
    if status >= 400:
        return PageKind.OTHER, f"status {status}"
    if view.words < 60 and not view.stated_article and not said:
        small = next((block.text for block in view.texts[:2] if _says_missing(block.text)), None)
        if small and len(small) < 200 and view.fields.published is None:
            return PageKind.SOFT404, f"says that it is not there: {small!r}"
    return None


_WORKS = re.compile(
    r"maintenance|maintaining|onderhoud|wartung|gewartet|mantenimiento|manutenzione|manutenção|"
    r"manteniment|przerwa techniczna|prace (?:techniczne|konserwacyjne)|konserwacj|underhåll|"
    r"vedligehold|vedlikehold|huolto|huolletaan|karbantart|техническ\w+ работ|техобслуживан|"
    r"технічн\w+ робот|údržb|bakım|mentenanță|održavanj|vzdrževanj|hooldus|メンテナンス|维护|維護|"
    r"점검|صيانة|under construction|technical difficulties|technische storing|(?:temporarily|"
    r"tijdelijk|vorübergehend|temporairement|temporalmente|temporaneamente|"
    r"temporariamente)\W+(?:\w+\W+){0,2}(?:unavailable|down|bereikbaar|beschikbaar|erreichbar|"
    r"verfügbar|indisponible|disponible|disponibile|indisponível)",
    re.I,
)
_LATER = re.compile(
    r"\b(?:later|shortly|(?:be )?back soon|soon|momentarily|straks|spoedig|zo snel mogelijk|"
    r"binnenkort|später|in kürze|bald|plus tard|bientôt|más tarde|pronto|volveremos|più tardi|a breve|"
    r"presto|mais tarde|em breve|wkrótce|później|senare|snart|senere|myöhemmin|pian|позже|позднее|"
    r"скоро|пізніше|később|hamarosan|později|brzy|neskôr|daha sonra|kısa süre|mai târziu|în curând|"
    r"kasnije|uskoro|hiljem)\b|しばらく|のちほど|稍后|稍後|나중에|لاحقا",
    re.I,
)


def works(view: PageFacts) -> Judgement | None:
    """A page that says that the site is being worked on, and to come back later."""
    if view.words >= 150 or view.stated_article or view.of_type_article or view.fields.published is not None:
        return None
    headings = [view.page_title, view.fields.title, *view.meta.h1_texts[:2]]
    text = view.shown[:3000]
    named = any(len(each) < 120 and _WORKS.search(each) for each in headings) or len(_WORKS.findall(text)) > 1
    return (PageKind.OTHER, WORKS) if named and _LATER.search(text) else None


def _signed(view: PageFacts) -> bool:
    """Whether an article's own marks stand on it: a headline may well be about a page not found."""
    return bool(view.meta.article.get("headline")) and view.words > 40
