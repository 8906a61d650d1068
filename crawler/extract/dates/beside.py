"""What stands beside a date and makes it another's: an event's, a life's, a picture's; or the printed paper's."""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.extract.dates.words import (
    HAS_DIGIT,
    LABEL_WORDS,
    MONTHS,
    SECONDS,
    WEEKDAYS,
    is_date_alone,
    plain,
)

EVENT = re.compile(
    r"\W*(?:locatie|plaats|waar|wanneer|aanvang|entree|toegang|kaarten|prijs|tijd|tijden|kosten|aanmelden|zaal|"
    r"location|venue|where|when|doors|admission|tickets?|price|time|hours|aftrap|kick-?off|anstoß|anpfiff|termin|"
    r"coup\s+d[’']envoi|calcio\s+d[’']inizio|saque\s+inicial|"
    r"ort|wo|wann|beginn|einlass|eintritt|veranstaltungsort|lieu|où|quand|horaires?|tarifs?|entrée|"
    r"luogo|dove|quando|orario|ingresso|biglietti|lugar|dónde|cuándo|hora|precio|local|onde|horário|ingressos|entrada|"
    r"plats|var|när|tid|inträde|biljetter|sted|hvor|hvornår|når|pris|entré|billetter|paikka|missä|milloin|pääsymaksu|"
    r"liput|miejsce|gdzie|kiedy|godzina|wstęp|bilety|místo|kde|kdy|vstupné|yer|nerede|saat|bilet|где|место|когда|"
    r"会場|場所|المكان|الزمان)\s*(?:[:：]|$)",
    re.I,
)
"""A line of an announcement: the day beside it is the event's."""
NOT_OF_PUBLICATION = re.compile(
    r"\b(?:t/m|tot en met|tot|vanaf|tussen|sinds|t\.e\.m|aanvang|entree|deadline|uiterlijk|overl[ei]d\w*|"
    r"geboren|gestorven|geopend|gesloten|speeldatum|until|till|from|between|since|starts?|begins?|ends?|doors|due|born|"
    r"died|deceased|bis|vom|zwischen|seit|beginn|einlass|gestorben|verstorben|jusqu\w*|du|depuis|entre|"
    r"condol\w+|beisetzung|trauerfeier|uitzending|te zien|te horen|ausstrahlung|sendetermin|broadcast|airs|diffusion|emisión|messa in onda|"
    r"décès|obsèques|ferstoarn|stoarn|uitvaart|begrafenis|beerdigung|funeral|fallecimiento|todestag|"
    r"aftrap|kick-?off|anstoß|anpfiff|coup\s+d[’']envoi|saque|inschrijven|aanmelden|anmelde\w+|geldig|gültig|valid|"
    r"né|née|décédé\w*|dal|fino|nato|nata|morto|morta|desde|hasta|nacid\w|fallec\w+|zmarła?|urodzon\w+|avled|avliden|"
    r"född|døde|født|kuoli|syntynyt|zemřela?|narozen\w*|faleceu|nasceu|vefat|wedstrijd|voorstelling|première|concert|"
    r"premiere|uraufführung|spiel|fixture|showtimes?|partita|spettacolo|partido|función|zapisy|slutar|sista dag|"
    r"sluitingsdatum|einddatum|begindatum|startdatum|closing date)\b|[†‡]|"
    r"\d\s*[-–—]\s*\d\d?\s*(?:uhr|uur|h)\b|"
    rf"\d\s*[-–—]\s*\d\d?\.?\s+(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})",
    re.I,
)
"""Words beside a day that make it a span's, an event's or a life's."""
OF_A_PICTURE = re.compile(
    r"(?:^|[|\x1f(]|\s)(?:foto[’']?s?|fotografie|photos?|photograph\w*|pictures?|bild(?:er)?|beeld|image|video)\s*"
    r"(?::|(?:is\s+|was\s+|wurde\s+)?(?:gemaakt|genomen|taken|made|shot|filmed|aufgenommen|vom|prises?|du|tomadas?|scattat[ae]|del))"
    r"\s*(?:op|on|in|am|le|el|il)?\s*$",
    re.I,
)
"""Words before a day that make it the one on which a picture was taken."""
BESIDE_A_DATE = re.compile(
    r"\d+\s*(?:(?:x|keer|times|mal)(?:\s+(?:gelezen|bekeken|read|viewed|gelesen|angesehen))?|min\w*(?:\s+(?:read|leestijd|lesezeit|lezen))?|m|reacties?|comments?|kommentare?|commentaires?|commenti|comentarios|r[ée]actions?|r[ée]ponses?|replies|responses?|"
    r"antworten|beiträge|kommentarer|komentarz[ey]|komentář\w*|reaksjes|"
    r"views?|weergaven|gelezen|read|shares?|likes?|woorden|words|condivisioni|compartid\w+|delningar|delinger|udostępnień|"
    r"lesedauer|visitas|visualizzazioni|aufrufe|klicks|vues|lectures|zugriffe|paylaşım|yorum)\b|\b(?:leestijd|lesezeit|lesedauer|reading time|"
    r"reacties?|comments?|foto|delen|share|teilen|partager|a las|alle(?: ore)?|às|kl|klo|hs?|in|on|op|um|om|at|by|door|von|par|uur|uhr|het|nieuws|news|"
    r"datum|date|data|fecha|dato|tarih|redactie|redaktion|"
    r"van (?:een onzer|onze) (?:verslaggevers?|redacteuren|correspondent)|von unser\w+ \w+)\b",
    re.I,
)
"""What else a line about an article says, that is not prose."""
IN_PRINT = re.compile(
    r"\b(?:verscheen|verschenen|gestaan|ferskynd|appear(?:s|ed)|erschienen|erschien|paru|parue|publiée?|uscito|pubblicato|"
    r"apareció|publicado)\b[^.]{0,60}\b(?:krant|editie|print|paper|edition|issue|zeitung|ausgabe|heft|journal|numéro|édition|"
    r"giornale|edizione|edición|número|edição|magazine)\b",
    re.I,
)
"""A sentence about the printed paper that an article stood in: its date is one of publication."""
POSTED = re.compile(
    r"\b(?:this (?:entry|post|article|was) (?:was )?(?:posted|written|published)|posted on|"
    r"dit (?:bericht|artikel) (?:werd|is) (?:geplaatst|gepubliceerd)|(?:dieser|der) (?:beitrag|eintrag|artikel) (?:wurde|ist)|"
    r"cet(?:te)? (?:entrée|article|publication) a été publiée?|esta entrada (?:fue|ha sido) publicada|"
    r"questo articolo è stato (?:pubblicato|scritto)|este (?:artigo|post) foi publicado|posted in)\b",
    re.I,
)
"""How a blog's theme tells below a text when and where it was posted: "This entry was posted on ..."."""
DAY_AS_LABEL = re.compile(r"\W*(?:datum|date|data|fecha|dato)\b\W*$", re.I)

_A_DAY = re.compile(
    r"\d{1,4}[-./]\d{1,2}(?:[-./]\d{1,4})?|\d\s?[年月日년월일]|\d\s?(?:時間|分|小时|小時)\s?前"
)
_AGO = re.compile(
    r"\b(?:geleden|ago|fa|hace|há|temu|sitten|önce|před|vor|il y a|för|sedan|siden|назад|منذ|قبل|lyn|last|kl|klo|alle|las|ore|às)\b",
    re.I,
)
_WORD = re.compile(r"[^\W\d_]+")
_JOINS = frozenset(("de", "des", "do", "del", "of", "den", "der", "às", "as", "om", "um", "the", "ve"))
"""What joins the parts of a date: "12 de nov. de 2026"."""
_BY_ACCOUNT = re.compile(r"^\W*(?:by|door|troch|von|par|por|da|af|av) [\w.-]+ (?:on|op|am|um|le|el|il|den) ")
"""Who posted it, by the name of an account: "by jdoe on November 7, 2020"."""
_ALONE = 90
"""Characters that a line about an article's day has at most."""


@lru_cache(maxsize=4096)
def is_stamp(line: str) -> bool:
    """Whether a line says when an article came out, in any language, beside counts or a place: no more than that."""
    if len(line) > _ALONE or not HAS_DIGIT.search(line) or NOT_OF_PUBLICATION.search(line):
        return False
    if is_date_alone(line):
        return True
    line = _BY_ACCOUNT.sub("", line)
    dated = _A_DAY.search(line) is not None or _AGO.search(line) is not None
    left = []
    for word in _WORD.findall(_AGO.sub(" ", LABEL_WORDS.sub(" ", BESIDE_A_DATE.sub(" ", line)))):
        known = plain(word)
        if known in MONTHS:
            dated = True
        elif known not in WEEKDAYS and known not in SECONDS and len(word) > 1 and word not in _JOINS:
            left.append(word)
    return dated and len(left) <= 2 and not any(word[:1].islower() for word in left)
