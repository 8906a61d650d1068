"""Who signs an article: persons, out of JSON-LD, meta tags and bylines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from crawler.extract.dates.words import MONTHS, WEEKDAYS
from crawler.extract.fields.places import is_place

_WITH = r"\s*(?:,|&|\+|/|\b(?:en|und|and|et|e|y|i|og|och|ja|a|ve)\b)\s*"
_PICTURE_WORD = (
    r"(?:foto[’']?s?|fotografie|fotografía|fotografia|beeld|video[’']?s?|bylde|bilder|billeder|photos?|photography|"
    r"pictures?|images?|kuvat?|valokuvat?|zdjęcia|snímky|fotoğraf(?:lar)?|fotograf(?:ía)?|illustratie?s?|illustrations?|"
    r"illustrazioni|ilustraciones|ilustracje)"
)
_BESIDE_TEXT = (
    rf"(?:{_PICTURE_WORD}|interviews?|onderzoek|productie|samenstelling|opmaak|research|recherche|produktion|production|"
    r"entrevista|intervista|entretien)"
)
"""What somebody may have made beside the text: "Tekst & interview:"."""
_REPORTER = (
    r"(?:\w*(?:verslagg|redact|correspond|korrespond|medewerk|mitarbeit|redakt|report|journalis|ferslachjou)\w*|"
    r"corrispondente|inviat[oa]|corresponsal|enviad[oa]|envoyée?|staff(?:\s+writers?)?)"
)
_GENRE = (
    r"(?:(?:interview|entrevista|intervista|entretien|fraachpetear|verslag|reportage|reportaje|report|column|columna|"
    r"gedicht|poem|poème|poesia|poema|dikt|digt|vers|verhaal|kort verhaal|short story|opiniestuk|fotoreportage|kolumne|chronique|kommentar|commentaar|comment|commentary|commentaire|comentario|kommentaar|analyse|analysis|"
    r"análisis|analisi|essay|essai|gastbeitrag|gastbijdrage|opinion|opinie|meinung|rezension|recensie|review|critique|"
    r"bijdrage|beitrag)\s+(?:door|troch|by|von|par|por)|(?:column|commentaar|kommentaar|bijdrage)\s+(?:van|fan))\b"
)
"""What a writer may have written: "Ein Kommentar von". "Portret van" is about somebody."""
_LABEL = re.compile(
    r"^[\s\-–—•|(]*(?:(?:van|fan|troch|von|by|from|de|par|door|di|da)\s+"
    r"(?:onze|ús|unser(?:em|er|en)|our|notre|nos|nuestr[oa]s?|nostr[oaie])\s+(?:[\w-]+\s+)?"
    + _REPORTER
    + r"(?:\s+(?:(?:in|à|aus|a)\s+\w+|ter\s+plaatse|vor\s+ort|sur\s+place))?(?=[\s:,])|"
    r"(?:interview|verslag|reportage|column|bijdrage|redactie|redaktion|redacción|redação|bericht|protokoll|story|haber)(?=\s*:)|"
    r"(?:onze\s+)?(?:verslaggever|verslaggeefster|reporter|journalist|journaliste|giornalista|periodista|reportter|"
    r"toimittaja|redacteur|redactrice|redakteurin?|redaktør|skribent|muhabir|editör|correspondent|korrespondentin?)"
    r"(?=\s*:|\s+(?-i:[A-ZÀ-Ý]))|"
    r"(?:een\s+|un[ae]?\s+|uma?\s+)?(?-i:[Rr]eportage|[Aa]rtikel|[Aa]rticle|[Aa]rticolo|[Aa]rtículo|[Aa]rtigo|[Rr]eportagem|[Rr]eportaje|"
    r"[Tt]exto|[Tt]esto|[Tt]exte|[Cc]rónica)\s+(?:van|d[’']|de|di|da|do)(?=\s*(?-i:[A-ZÀ-Ý]))|"
    r"(?:da[li]?|dall[a’'])\s*(?:nostr[oaie])\s+(?:inviat[oa]|corrispondente)(?:\s+(?:a|in|da)\s+\w+,?)?|a\s+cura\s+di|"
    r"(?:submitted|ingezonden|ingestuurd|gepost|eingereicht|soumis|enviado|inviato)\s+(?:by|door|von|par|por|da)|"
    r"(?:szerző|írta|penulis|oleh|napsala?|napisała?|oprac(?:\.|ował[a]?)?|skrev|kirjoittanut|kirjoittaja|teksti|yazar|yazan|autorka|"
    r"autor(?:ka)?\s+článku|autore\s+dell[’']articolo|forfatter|författare|автор|текст)(?=\s*[:.]|\s+(?-i:[A-ZÀ-ÝŁŚŻŹČŠŽА-Я]))|"
    r"(?:(?:eine?|een|an?|une?|una|uno|in)\s+)?" + _GENRE + r"|propos\s+recueillis\s+par|as\s+told\s+to|"
    r"(?:aufgezeichnet|protokolliert|notiert|opskreaun|redactado|recogido|raccolto|geschreven|opgetekend|skreaun|écrit|written|reported|verfasst|geschrieben|escrito|scritto|rédigé|skrevet|"
    r"reporting|story|words)\s+(?:door|troch|by|von|por|da|par|av|af)|"
    r"(?:door|troch|by|von|par|por|di|da|av|af|autor(?:in|en|es|a)?|auteurs?|autore|authors?|skriuwer|schrijver)(?=[\s:.])|"
    rf"(?:{_BESIDE_TEXT}{_WITH})*(?:tekst|text|texte|testo|texto|words)(?:{_WITH}{_BESIDE_TEXT})*"
    r"(?:\s+(?:door|by|von|di|de|par|por|af|av))?(?=\s*:|\s+(?-i:[A-ZÀ-Ý]))"
    r")(?:\s*[:.,]?\s+|(?<=[’']))(?:onze\s+(?:verslaggever|redacteur|correspondent)\w*\s+)?",
    re.I,
)
"""What introduces a writer. "Tekst en foto's:" does, "Foto:" does not."""

_LABEL_IN_OTHER_SCRIPTS = re.compile(
    r"^\s*(?:(?:取材\s*[・/／]\s*)?(?:文責|文|執筆|撰文|記者|记者|作者|著者|ライター|글)\s*[・:：/／＝=]\s*|"
    r"(?:بقلم|كتبت?|إعداد|تحرير|מאת|Γράφει\s+[οη]|Συντάκτης|Επιμέλεια|लेखक|लेखिका|रिपोर्ट)\s*(?::|\s)\s*|"
    r"(?:Του|Της)\s+(?=[Α-ΩΆ-Ώ][\w-]+\s+[Α-ΩΆ-Ώ][\w-]+\s*(?:[|\d]|$)))(?=\S)"
)
"""The same in scripts that put no space behind it, or are written from the right: ``文・佐藤健``."""

_FIELD_IN_OTHER_SCRIPTS = re.compile(
    r"\s+(?=(?:作者|记者|記者|撰文|文|编辑|編輯|責任編輯|责任编辑|来源|來源|浏览|瀏覽|阅读|閱讀|发布时间|發布時間|写真|撮影|取材|編集|摄影|攝影|图|圖)\s?[・:：/／])"
)
"""Between the fields of one line: ``作者：李明 浏览：123``."""
_KOREAN_REPORTERS = re.compile(r"(?<![가-힣])([가-힣]{2,4})\s?(?:선임|수습|인턴)?\s?기자(?![가-힣])")

_MAY_INTRODUCE = re.compile(
    r"\b(?:door|troch|by|von|par|por|di|da|av|af|aut|auth|te[kxs]|word|skriuw|schrijv|van\s+onze|fan\s+ús|from\s+our|"
    r"de\s+n|interview|verslag|reporta|column|bijdrage|reda[ck]|bericht|protokoll|as\s+told|propos|story|haber|onze\s|"
    r"journalis|giornalis|periodis|reporter|reportter|toimit|skribent|muhabir|edit[oö]r|corresp|korresp|arti[kc]|cr[oó]nica|dal|"
    r"cura|submit|ingez|ingest|gepost|einger|soumis|envia|inviato|nap[is]|oprac|szerző|írta|penulis|oleh|skrev|kirjoit|yaz|forfat|förfat|"
    r"écrit|автор|текст)",
    re.I,
)
_PICTURES = re.compile(
    r"^[\s(\[]*(?:(?:archief|eigen|luchte?|stock)?fot(?:o|o[’']?s|ografie|ograaf|ografin|ografía)\b|beeld\b|"
    r"illustratie|images?\b|photo(?:s|graph\w*|graf\w*)?\b|pictures?\b|bild(?:er)?\b|video\b|infographic|©|"
    r"copyright|bron\b|source\b|quelle\b|fuente\b|crédits?|credit|getty|shutterstock|camera|montage)",
    re.I,
)
"""A credit for pictures, or a source: nobody in it signs the text."""

_CUT = re.compile(
    r"\s*(?:[|•·●‧⋅»\n\t\r]|\s[–—\-]{1,2}\s|\s//\s|\s/\s(?=(?:te[kx]s|testo|words|fot|photo|beeld|bild))|;|"
    r"\b(?:gepubliceerd|geplaatst|bijgewerkt|aangepast|laatst|published|updated|posted|last\s+(?:updated|modified)|"
    r"veröffentlicht|aktualisiert|publié|mis\s+à\s+jour|publicado|pubblicato|actualizado|leestijd|min\.?\s+read|"
    r"lesezeit)\b)\s*",
    re.I,
)
_THEN_PICTURES = re.compile(
    rf"[\s,(.]+(?:{_PICTURE_WORD}|fotogra(?:af|fe?|fin))(?:\s*:|\s+(?:door|von|by|par|di|de|av|af)\b|\s+(?-i:[A-ZÀ-Ý]))",
    re.I,
)
_BEFORE_TEXT_LABEL = re.compile(
    r"(?<=[\w,;.])\s+(?=(?:tekst|text|texte|testo|texto|words)\s*:)|"
    r",\s+(?=(?:tekst|text|texte|testo|texto|words)\s+(?-i:[A-ZÀ-Ý]))",
    re.I,
)
_ADDRESS = re.compile(r"[\s,–—-]*[(\[<]?(?<!\w)(?:e-?mail\s*:?\s*)?(?:[\w.+-]+)?@[\w.-]+[)\]>]?", re.I)
"""An e-mail address or the name of an account beside a name."""
_FOR = re.compile(
    r"\s+(?:for|voor|foar|für|pour|para|per)\s+(?:(?:the|de|la|el|il|le|die|der|das)\s+)?(?=[A-ZÀ-Ý]).*$"
)
_DANGLING = re.compile(r"\s+(?:op|on|am|um|om|at|le|il|el|à)$")
_DATE = re.compile(
    r"\s+(?:op|on|am|le|il|el|den|om|at)?\s*(?:(?:ma|di|wo|do|vr|za|zo)\w*,?\s+)?"
    r"(?:\d{1,2}[\s./-]|(?:[^\W\d_]{3,10}\.?\s+)?\d{4}|[A-Z][a-z]{2,8}\.?\s+\d{1,2},).*$"
)
_AND = re.compile(
    r"\s*(?:,?\s(?:en|and|und|et|e|y|og|och|i|ja|и|та|ve|&)\s|,?\s"
    r"(?:m\.?m\.?v\.?|i\.?s\.?m\.?|met\s+(?:medewerking|dank)\s+(?:van|aan)|met|mei|in\s+samenwerking\s+met|"
    r"(?:unter\s+)?Mitarbeit(?:\s+von)?\s*:?|mit(?:\s+Material\s+von)?|with(?:\s+(?:reporting|additional\s+reporting)"
    r"\s+(?:by|from))?|avec(?:\s+la\s+collaboration\s+de)?|con(?:\s+la\s+collaborazione\s+di)?)\s|,|;|\s[+/]\s)\s*"
)
_JUNIOR = re.compile(r"\s*,\s*((?:Jr|Sr)\b\.?)")
_IN = re.compile(r"\s+(?:in|aus|à|from)\s+(?=[A-Z]).*$")
_PARENTHESES = re.compile(r"\s*[(\[][^)\]]*[)\]]?")
_PICTURED_BY = re.compile(
    rf"(?:^|,|\s(?:en|und|and|et|e|y|&|/)\s)[^,()&/]{{3,60}}\((?:{_PICTURE_WORD}|fotogra(?:af|fe?|fin))\)",
    re.I,
)
"""Somebody who took the pictures, and is named beside who wrote: "Ann Lee (text) and Bo Day (photos)"."""
_REPORTER_AFTER = re.compile(r"(?:\s+|(?<=[\u3040-\u9fff]))(?:기자|記者|记者)(?:\s.*)?$")
_AGENCY_AFTER = re.compile(
    r"(?<!\set)(?<!\s[eyi&/])(?<!\sen)(?<!\sand)(?<!\sund)\s+(?:for\s+)?(?:the\s+)?(?:associated\s+press|usa\s+today|agence\s+france-?presse|reuters|afp|anp|dpa|belga|"
    r"bloomberg)$",
    re.I,
)
_TITLES_OF_HONOUR = re.compile(r"^(?:dr|drs|ir|mr|mrs|ms|prof|ing|ds)\.\s+", re.I)
_NOT_TEXT = re.compile(r"https?:|www\.|@|\.(?:nl|be|com|de|net|org|eu|fr|it)\b|\.html?\b|_|\d", re.I)
_JOB = re.compile(
    r"^(?:onze\s+|freelance\s+|chef\s+|sr\.?\s+|senior\s+|junior\s+|political\s+|sport\s*)?"
    r"(?:verslaggev\w*|redacteur\w*|journalist\w*|correspondent\w*|columnist\w*|"
    r"reporter\w*|sportverslaggever|"
    r"sportredacteur|hoofdredacteur|eindredacteur|editor\w*|redakteur\w*|"
    r"korrespondent\w*|medewerker\w*|writer|"
    r"staff|producer|auteur|author|autor|autorin|gastautor\w*|contributor|presentator|"
    r"chef\s+\w+|bureau\s+chief|"
    r"verkeersredacteur|stadsverslaggever|streekverslaggever|regioverslaggever|"
    r"kommentator|skribent|journalista)\b"
    r"[:,]?\s*",
    re.I,
)
_JOB_AFTER = re.compile(
    r"\s+(?:(?:\w+\s+)?(?:redakteur|reporter|journalist|editor|writer|redacteur|correspondent|verslaggever|"
    r"columnist|director)(?:in|en|s)?|follow|volg(?:en)?)$",
    re.I,
)
_NOBODY = re.compile(
    r"\b(?:(?:\w*redactie\w*|\w*redaksje|redaktion\w*|redaktionen|redazione|redacción|"
    r"redação|rédaction|redaksjonen|"
    r"newsroom|newsdesk|nieuwsdienst|desk|admin\w*|administrator|beheerder|webmaster|"
    r"webbeheer|user|gebruiker|guest|gast|"
    r"anoniem|anonymous|unknown|onbekend|staff|team|webteam|editors?|editorial|superadmin|super\s+user|root|"
    r"persbericht|ingezonden|ingestuurd|press\s+release|pressemitteilung|reporters?|"
    r"correspondents?|contributors?|"
    r"verslaggevers?|journalist|redacteur|communicatie|advertorial|partner|sponsored|lezer|lezers|null|none|"
    r"undefined|test|nvt|n/a|mitarbeiter|nieuwsredacteur|stagiair|author|auteur|autor|"
    r"written|by|door|von|facebook|twitter|whatsapp|linkedin|instagram|pinterest|telegram|email|"
    r"delen|share|print|abonnee|login|inloggen|reageer|reacties?|comments?|home|algemeen|nieuws|sport))\b",
    re.I,
)
_AGENCY = re.compile(
    r"^(?:the\s+)?(?:anp|afp|dpa|ap|sda|apa|belga|reuters|efe|ansa|lusa|ntb|tt|ritzau|"
    r"pap|pa|sid|epd|kna|dts|tass|aa|iha|i̇ha|dha|"
    r"upi|ips|bbc|cnn|novum|hollandse\s+hoogte|(?:the\s+)?associated\s+press|agence\s+france-?presse|"
    r"deutsche\s+presse-?agentur|press\s+association|pa\s+media|bloomberg(?:\s+news)?|"
    r"anadolu\s+ajansı|xinhua|"
    r"canadian\s+press|keystone-sda|europa\s+press|getty(?:\s+images)?|regio-?nieuws|postmedia(?:\s+\w+)?)"
    r"(?:[-/\s](?:anp|afp|dpa|ap|reuters|belga|deutschland|nieuws|news|photo))?$",
    re.I,
)
FROM_AN_AGENCY = re.compile(
    r"^\W*(?:avec|mit|with|met|con|bron|quelle|source|fuente|fonte|kilde|källa|źródło|zdroj|kaynak)\b\s*:?\s+",
    re.I,
)
"""What stands before an agency that a report is made with: "Avec AFP"."""
_ORGANISATION = re.compile(
    r"(?<![\w-])(?:news|nieuws|nyheter|nachrichten|noticias|notizie|media\w*|omroep\w*|krant|"
    r"courant|dagblad|weekblad|"
    r"zeitung|journal|gazette|times|post|herald|tribune|radio|rtv|tv|televisie|"
    r"television|online|digital|press|presse|"
    r"agency|agentur|bureau|politie|brandweer|gemeente|provincie|waterschap|stichting|vereniging|museum|"
    r"universiteit|university|b\.?v\.?|inc|gmbh|ltd|llc|group|groep|magazine|editie|"
    r"uitgeverij|publishing|condé\s+nast|"
    r"institute|instituut|foundation|company|services?|belangen|werkgroep|bibliotheek|"
    r"kerk|school|fc|vv|sv)(?!\w)|"
    r"\b\w+(?:nieuws|krant|courant|omroep|blad|bode)\b",
    re.I,
)
_CREDENTIAL = re.compile(
    r"^(?:[A-Z]{2,5}s?|Ph\.?D\.?|M\.?[A-Z]\.?[A-Z]?\.?|B\.?[A-Z]\.?|[JS]r\.?|RDN?|MSc|BSc|I{2,3})$"
)
_PARTICLES = frozenset((
    "van", "de", "der", "den", "het", "'t", "in", "ten", "te", "ter", "op", "von", "vom", "zu", "zum", "zur",
    "und", "da", "das", "do", "dos", "di", "del", "della", "la", "le", "el", "al", "du", "des", "y", "e",
    "bin", "ibn", "ben", "af", "av", "ap", "of",
))  # fmt: skip
_WORD = re.compile(r"[^\W\d_](?:[\w'’.\-‐]*\w|\.)?|['’]t|['’]s", re.U)


def read_authors(text: str, *, trusted: bool = False) -> tuple[str, ...]:
    """The persons a byline names, in order; none for a newsroom, an agency, a photographer.

    *trusted*: the string stands in a field for authors, so a single word may be a person, too.
    Untrusted text (a line near the headline) must introduce its writer ("Door ...") to be believed.
    """
    names: list[str] = []
    if not text.isascii():
        if reporters := _KOREAN_REPORTERS.findall(text) if "기자" in text else []:
            return distinct(reporters)
        text = " | ".join(
            _LABEL_IN_OTHER_SCRIPTS.sub("by ", part) for part in _FIELD_IN_OTHER_SCRIPTS.split(text)
        )
    if not trusted and not may_introduce(text):
        return ()
    label = _LABEL.match(text) if trusted else None
    if label and (dash := _DASH.search(text, label.end())) and not may_introduce(text[dash.end() :]):
        text = text[: dash.start()]  # behind it stands the place, or the paper
    for part in _parts(text):
        introduced = _LABEL.match(part)
        if not introduced and not trusted:
            continue
        name_part = _FOR.sub("", part[introduced.end() :]) if introduced else part
        for piece in _pieces(name_part):
            name = clean_name(piece.rstrip(")]") if "(" not in piece and "[" not in piece else piece)
            if name and is_person(name, trusted=trusted) and name.lower() not in map(str.lower, names):
                names.append(name)
    return tuple(names)


def may_introduce(text: str) -> bool:
    """Whether *text* holds a word that introduces writers: a quick question before the dear one."""
    return bool(_MAY_INTRODUCE.search(text))


_DASH = re.compile(r"\s[–—-]{1,2}\s")


def is_only_a_label(text: str) -> bool:
    """Whether *text* introduces a writer whom it does not name: "Van onze correspondent", "Door:"."""
    label = _LABEL.match(f"{text.rstrip(' :')} X")
    return label is not None and label[0].strip() == text.rstrip(" :")


def _parts(text: str) -> Iterator[str]:
    """The pieces of a byline between bars, dots and dashes; credits for pictures left out."""
    for piece in _CUT.split(_BEFORE_TEXT_LABEL.sub(" | ", text)):
        part = piece.strip(" \u00a0,")
        if not part:
            continue
        if _PICTURES.match(part) and not _LABEL.match(part):
            continue
        label = _LABEL.match(part)
        later = _THEN_PICTURES.search(part, label.end() if label else 0)
        yield part[: later.start()] if later else part


def _pieces(text: str) -> Iterator[str]:
    text = _ADDRESS.sub("", text) if "@" in text and not text.lstrip().startswith("@") else text
    text = _PICTURED_BY.sub("", text) if "(" in text else text
    text = _JUNIOR.sub(r" \1", _PARENTHESES.sub("", _DATE.sub("", text)))
    words = list(_listed(text))
    if len(words) == 2 and "," in text and _surname_first(words):
        yield f"{words[1]} {words[0]}"
        return
    full = any(len(word.split()) > 1 for word in words)
    for word in words:
        if _CREDENTIAL.match(word.strip()):
            continue
        if full and len(word.split()) == 1 and word.isascii():  # beside full names: the place, a credential
            continue
        yield word


def _listed(text: str) -> Iterator[str]:
    """What a list of names parts; not the house after a job: "Ann Lee, Editor, Harbour Health Watch"."""
    start, of_a_job = 0, False
    for sign in (*_AND.finditer(text), None):
        piece = text[start : sign.start() if sign else len(text)]
        if piece and not of_a_job:
            yield piece
        if sign is not None:
            job = of_a_job or bool(_ONLY_A_JOB.fullmatch(piece.strip()))
            of_a_job = job and sign[0].strip() == ","
            start = sign.end()


_ONLY_A_JOB = re.compile(
    r"(?:[\w-]+\s+){0,2}(?:editor|writer|reporter|journalist|correspondent|columnist|redacteur|verslaggever|redakteur|"
    r"korrespondent|rédact\w+|journaliste|redactora?|periodista|giornalista|redattore|redaktor(?:ka)?|dziennikar(?:z|ka)|novinářk?a?|újságíró|szerkesztő|jurnalist[ăa]?|"
    r"reportăr?|toimittaja|muhabir|δημοσιογράφος|журналист(?:ка)?|кореспондент(?:ка)?)(?:in|en|s)?",
    re.I,
)


def is_job(text: str) -> bool:
    """Whether *text* is what somebody at a newsroom does: "chief reporter", "Redakteurin"."""
    return bool(_ONLY_A_JOB.fullmatch(text.strip(" .")))


def opens_with_a_job(text: str) -> bool:
    """Whether *text* begins with what somebody at a newsroom does: "Verslaggever Westerwier"."""
    return _JOB.match(text) is not None or is_job(text)


def _surname_first(words: list[str]) -> bool:
    """ "Kok, Anna": two single words with a comma."""
    return all(len(each.split()) == 1 and each[:1].isupper() for each in words)


def clean_name(text: str) -> str:
    """A name without what clings to it: labels, jobs, honours, places; particles in lower case."""
    name = text.strip(' \u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00a0\t.,:;|/*"“”–—-')
    for _ in range(3):
        before = name
        name = _LABEL.sub("", name + " ").strip() if _LABEL.match(name + " ") else name
        name = _JOB.sub("", name, count=1)
        name = _TITLES_OF_HONOUR.sub("", name)
        if name == before:
            break
    if " " in (alone := _AGENCY_AFTER.sub("", name)):
        name = alone
    name = _REPORTER_AFTER.sub("", _DANGLING.sub("", _IN.sub("", name)))
    name = re.sub(r"\s+", " ", name).strip(" .,:;")
    if re.search(r"\s[JS]r$", name) and text.rstrip(" ,:;|").endswith("."):
        name += "."
    if " " in (without_job := _JOB_AFTER.sub("", name)):
        name = without_job
    words = name.split()
    if len(words) > 2 and words[: len(words) // 2] == words[len(words) // 2 :]:
        words = words[: len(words) // 2]
    if len(words) > 1 and name.isupper() and any(len(word) > 2 for word in words):
        words = [_capitalized(word) for word in words]
    return " ".join(words)


def _capitalized(word: str) -> str:
    """A word of a name that was shouted: "DE" -> "de", "O'NEIL" -> "O'Neil"."""
    lower = word.lower()
    if lower in _PARTICLES or lower in ("'t", "’t"):
        return lower
    return (
        re.sub(r"(^|[-‐])(\w)", lambda match: match[1] + match[2].upper(), lower)
        if "'" not in word
        else (re.sub(r"(^|['’-])(\w)", lambda match: match[1] + match[2].upper(), lower))
    )


def is_full(name: str) -> bool:
    """Whether *name* is more than one word; scripts without capitals put no space in a name."""
    return " " in name or (len(name) > 1 and not re.search(r"[a-zA-Z\u00c0-\u052f]", name))


def is_person(name: str, *, trusted: bool = False) -> bool:
    """Whether a cleaned string can be the name of somebody."""
    if not 2 <= len(name) <= 60 or _NOT_TEXT.search(name) or _AGENCY.match(FROM_AN_AGENCY.sub("", name)):
        return False
    if _A_POST.search(name) or _PICTURES.match(name) or (names_a_day(name) and not _surname_is_a_word(name)):
        return False
    if (_NOBODY.search(name) or _ORGANISATION.search(name)) and not _surname_is_a_word(name):
        return False
    words = name.split()
    if not words or len(words) > 7:
        return False
    if not name.isascii() and not re.search(r"[a-zA-Z\u00c0-\u024f\u0370-\u052f]", name):
        return True  # scripts without capitals
    if len(words) == 1:
        return (
            trusted
            and bool(_WORD.fullmatch(name))
            and name[:1].isupper()
            and not (name.isupper() and len(name) < 5)
        )
    bearing = [
        word for word, after in zip(words, [*words[1:], ""], strict=True)
        if word.lower() not in _PARTICLES or (word.lower() == "in" and after not in ("'t", "’t"))
    ]  # fmt: skip
    if not bearing or not all(_WORD.fullmatch(word.strip(".,")) for word in bearing):
        return False
    capitals = sum(word[:1].isupper() or word[:2] in ("d'", "d’", "'t", "’t") for word in bearing)
    return capitals == len(bearing) or (
        trusted and (capitals >= 2 or (len(words) in (2, 3) and name.islower()))
    )


_A_POST = re.compile(
    r"\s(?:officer|analyst|engineer|manager|director|producer|strategist|specialist|writer|desk|analist|manager|directeur|"
    r"medewerker|mitarbeiter(?:in)?|directrice|responsable)$|"
    r"^(?:head|chief|director|editor|vice president|vp|hoofd|leiter(?:in)?) (?:of|van|de[rs]?)\s|^chief \w+ \w+$",
    re.I,
)
"""What somebody is rather than who: "Chief Technology Officer", "HuffPost Writer"."""
_INSTITUTION = re.compile(
    r"^(?:eerste|tweede|derde|vierde|rode|groene|blauwe|witte|rotes?|grüne[rs]?|red|green|first|second|premier|première|primera|"
    r"prima|neue[rs]?|große[rs]?|grote|kleine|alte[rs]?|deutsche[rs]?|nederlandse?|belgische|royal|koninklijke?|königliche[rs]?|"
    r"nationa\w+|algemene?|long|short|top|super|breaking|local|lokale?s?|latest|special|croix|cruz|croce|röda|czerwony|leger|"
    r"assemblée|provinciale|gouden|golden|jonge|real|ons|onze|our)\b|"
    r"\b(?:kamer|kruis|kreuz|cross|croix|cruz|korset|krzyż|divisie|division|league|liga|cup|coupe|copa|coppa|pokal|beker|"
    r"bundestag|landtag|bundesrat|senaat|senate?|senado|senato|parle?men\w*|parliament|raad|rat|council|conseil|consejo|"
    r"consiglio|staten|commissie|kommission|commission|congress|congres[o]?|regering|regierung|government|gouvernement|"
    r"gobierno|governo|house|huis|lords|commons|united|city|club|champions|championship\w*|kampioenschap\w*|meisterschaft\w*|"
    r"voetbal|fußball|football|fútbol|calcio|formule|formula|formel|prix|open|wereld|welt|world|woche|week|weekend|semaine|"
    r"semana|day|dag|read|video|podcast|europe|europa|amerika|america|afrika|economie|economy|wirtschaft|politiek|politik|"
    r"cultuur|kultur|culture|wetenschap|wissenschaft|science|tech|opinie|opinion|meinung|regio|region|binnenland|buitenland|"
    r"inland|ausland|gezondheid|gesundheid|health|reizen|reisen|travel|wonen|auto|magazin)\b",
    re.I,
)
"""Names of bodies, cups and parts of a paper that are written as a person's is: "Tweede Kamer"."""


def names_an_institution(name: str) -> bool:
    """Whether a name without a label is that of a body, a club, a cup or a part of the paper."""
    return bool(_INSTITUTION.search(name))


_SURNAMES = frozenset((
    "post", "gast", "krant", "bode", "school", "kerk", "groep", "guest", "press", "home", "print",
    "page", "herald", "church", "museum", "bureau", "partner", "lezer", "stad", "times",
    "share", "courant", "sport", "blad", "team",
))  # fmt: skip
"""Words of newsrooms and houses that are surnames, too."""
_OF_A_DAY = frozenset((
    "black", "blue", "cyber", "good", "holy", "ash", "last", "this", "next", "every", "each", "late", "early", "on", "until",
    "published", "posted", "updated", "witte", "goede", "stille", "zwarte", "blauwe", "afgelopen", "vorige", "volgende",
    "komende", "elke", "iedere", "vanaf", "letzten", "kommenden", "nächsten", "jeden", "am", "vendredi", "dernier", "prochain",
))  # fmt: skip
"""What stands before a weekday and is no given name: "Black Friday"."""
_NO_GIVEN_NAME = re.compile(
    r"(?:de|het|the|der|die|das|la|le|el|il|een|super|site|web|demo|default|test|haagse|new|daily|sunday|morning|evening|national|local|huffington|saturday|"
    r"nieuwe|vrije|oude|onze|our|unsere?|mijn|\w+(?:sche?|ische))$",
    re.I,
)


def _surname_is_a_word(name: str) -> bool:
    """Whether *name* is that of somebody called Post, de Gast or Krant: a given name, and that word alone."""
    first, *rest = name.split()
    bearing = [word for word in rest if word.lower() not in _PARTICLES]
    given = (
        first[:1].isupper()
        and not first.isupper()
        and len(first) > 1
        and not _NO_GIVEN_NAME.match(first)
        and not (_NOBODY.search(first) or _ORGANISATION.search(first) or _AGENCY.match(first))
        and not is_place(first)
        and not (first.endswith("se") and is_place(first[:-2]))
    )
    if not given or len(bearing) != 1:
        return False
    last = bearing[0].lower()
    return last in _SURNAMES or (last in WEEKDAYS and len(rest) == 1 and first.lower() not in _OF_A_DAY)


def names_a_day(name: str) -> bool:
    """Whether a weekday is among the words, or a month is the only one."""
    words = name.lower().split()
    return any(word in WEEKDAYS for word in words if len(word) > 4) or (
        len(words) == 1 and words[0] in MONTHS
    )


def read_agencies(text: str) -> tuple[str, ...]:
    """The press agencies that a byline introduces ("Von dpa"); none where a person signs."""
    if not may_introduce(text):
        return ()
    label = _LABEL.match(text)
    pieces = [clean_name(each) for each in _AND.split(text[label.end() :]) if each] if label else []
    named = [each for each in pieces if is_agency(each)]
    return distinct(named) if named and all(each in named or " " not in each for each in pieces) else ()


def is_agency(name: str) -> bool:
    """Whether *name* is that of a press agency."""
    return bool(_AGENCY.match(name))


def organisation(text: str) -> str | None:
    """A newsroom or agency that signs as such ("ANP", "Salzburger Nachrichten"); ``None`` for "Redactie"."""
    name = re.sub(r"\s+", " ", _PARENTHESES.sub("", text)).strip(" .,:;|")
    if not 2 <= len(name) <= 60 or "@" in name or "://" in name or _NOBODY.search(name):
        return None
    return name


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """The names once each, in order, whatever their capitals."""
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(name.casefold(), name)
    return tuple(seen.values())
