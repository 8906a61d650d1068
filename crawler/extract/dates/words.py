"""Words of dates: months, days, units and offsets in many languages, and the labels of dates."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

PARTED = "\x1f"
"""White space between what stands in different elements of one line."""


HAS_DIGIT = re.compile(r"\d")


class Label(StrEnum):
    """What the words before a date call it."""

    NONE = ""
    PUBLISHED = "published"
    MODIFIED = "modified"


def _words(table: dict[int, str]) -> dict[str, int]:
    return {plain(word): number for number, words in table.items() for word in words.split()}


@lru_cache(maxsize=1024)
def plain(word: str) -> str:
    """Lower case, without the accents that are as often left out as written."""
    return word.lower().translate(_ACCENTS)


_ACCENTS = str.maketrans(
    "áàâäãåéèêëíìîïóòôöõúùûüýçñšžčřňěůłąęśźżćńđőű", "aaaaaaeeeeiiiiooooouuuuycnszcrneulaeszzcndou"
)

# Dutch, West Frisian, English, German, French, Italian, Spanish, Portuguese, Catalan, Danish and Norwegian,
# Swedish, Finnish, Polish, Czech, Slovak, Slovene, Croatian, Hungarian, Romanian, Baltic, Turkish, Greek,
# Russian, Ukrainian, Bulgarian, Serbian, Arabic, Hebrew, Persian, Urdu, Hindi, Bengali, Indonesian. Where two languages give one word two months (listopad), the larger press has
# it.
MONTHS = _words(
    {
        1: """sty led januari jan jannewaris january januar jänner jaenner janvier janv gennaio gen enero ene janeiro
              gener tammikuuta tammikuu stycznia styczeń ledna leden januára január siječnja januarja január
              január ianuarie sausio janvāris jaanuar ocak oca ιανουαρίου ιαν января янв січня января
              يناير كانونـالثاني
              ינואר בינואר जनवरी জানুয়ারি জানুয়ারি януари јануар جنوری ژانویه""",
        2: """lut úno únor februari feb febr febrewaris february februar feber février fevrier févr fevr febbraio febrero
              fevereiro fev febrer helmikuuta helmikuu lutego luty února únor februára február veljače
              februarja februarie vasario februāris veebruar şubat subat şub φεβρουαρίου φεβ февраля фев
              лютого
              فبراير شباط
              פברואר בפברואר फरवरी फ़रवरी ফেব্রুয়ারি февруари фебруар فروری فوریه""",
        3: """maart mrt maa maart mar march märz maerz mrz mars marzo março marco mars marts maaliskuuta
              maaliskuu marca marzec března březen marec ožujka március martie kovo marts märts mart μαρτίου
              μαρ марта мар березня
              مارس آذار
              maret מרץ במרץ मार्च মার্চ март مارچ""",
        4: """kwi dub april apr avril avr aprile abril abr april huhtikuuta huhtikuu kwietnia kwiecień dubna duben
              apríla apríl travnja aprila április aprilie balandžio aprīlis aprill nisan nis απριλίου απρ
              апреля апр квітня
              أبريل ابريل نيسان
              אפריל באפריל अप्रैल এপ্রিল април اپریل آوریل""",
        5: """kwě kvě mei maaie may mai maggio mag mayo maio maig maj toukokuuta toukokuu maja května květen mája máj
              svibnja maja május gegužės maijs mayıs μαΐου μαϊ мая май травня
              مايو أيار
              מאי במאי मई মে май мај مئی""",
        6: """cze czerw čvn giugn juni jun juny june juin giugno giu junio junho jun juny kesäkuuta kesäkuu czerwca czerwiec
              června červen júna jún lipnja junija június iunie birželio jūnijs juuni haziran haz ιουνίου
              ιουν июня июн червня
              يونيو حزيران
              יוני ביוני जून জুন юни јун جون ژوئن""",
        7: """lip čvc juli jul july juillet juil luglio lug julio julho juliol heinäkuuta heinäkuu lipca lipiec
              července červenec júla júl srpnja julija július iulie liepos jūlijs juuli temmuz tem ιουλίου
              ιουλ июля июл липня
              يوليو تموز
              יולי ביולי जुलाई জুলাই юли јул جولائی ژوئیه""",
        8: """sie srp augustus aug august août aout agosto ago agost augusti elokuuta elokuu sierpnia sierpień srpna
              srpen augusta kolovoza avgusta augusztus rugpjūčio augusts ağustos agustos ağu αυγούστου αυγ
              августа авг серпня
              أغسطس اغسطس آب
              agustus אוגוסט באוגוסט अगस्त আগস্ট август اگست""",
        9: """wrz zář september sep sept septimber septembre settembre set septiembre setiembre setembro setembre
              syyskuuta syyskuu września wrzesień září septembra rujna szeptember septembrie rugsėjo
              septembris eylül eyl σεπτεμβρίου σεπ сентября сен сент вересня
              سبتمبر أيلول
              ספטמבר בספטמבר सितंबर सितम्बर সেপ্টেম্বর септември септембар ستمبر سپتامبر""",
        10: """paź říj oktober okt october oct octobre ottobre ott octubre outubro out lokakuuta lokakuu października
               październik října říjen októbra október oktobra október octombrie spalio oktobris oktoober
               ekim eki οκτωβρίου οκτ октября окт жовтня
              أكتوبر اكتوبر تشرينـالأول تشرينـالاول
              אוקטובר באוקטובר अक्टूबर अक्तूबर অক্টোবর октомври октобар اکتوبر اکتبر""",
        11: """lis november nov novimber novembre noviembre novembro marraskuuta marraskuu listopada listopad
               listopadu novembra studenoga studenog november noiembrie lapkričio novembris kasım kasim
               kas νοεμβρίου νοε ноября ноя листопада
              نوفمبر تشرينـالثاني
              נובמבר בנובמבר नवंबर नवम्बर নভেম্বর ноември новембар نومبر نوامبر""",
        12: """gru december dec desimber dezember dez décembre decembre déc dicembre dic diciembre dezembro
               desembre desember des joulukuuta joulukuu grudnia grudzień prosince prosinec decembra
               prosinca december decembrie gruodžio decembris detsember aralık aralik ara δεκεμβρίου δεκ
               декабря дек грудня
              ديسمبر كانونـالأول كانونـالاول
              דצמבר בדצמבר दिसंबर दिसम्बर ডিসেম্বর декември децембар دسمبر دسامبر""",
    }
)

# Only what stands before a date without a year, where it tells which year was meant.
WEEKDAYS = _words(
    {
        0: """maandag ma moandei monday mon montag mo lundi lunedì lunes segunda måndag mandag maanantai poniedziałek
              pondělí pazartesi понедельник الاثنين""",
        1: """dinsdag di tiisdei tuesday tue tues dienstag mardi martedì martes terça tisdag tirsdag tiistai wtorek
              úterý salı вторник الثلاثاء""",
        2: """woensdag wo woansdei wednesday wed mittwoch mercredi mercoledì miércoles quarta onsdag keskiviikko środa
              středa çarşamba среда الأربعاء""",
        3: """donderdag do tongersdei thursday thu thur thurs donnerstag jeudi giovedì jueves quinta torsdag torstai
              czwartek čtvrtek perşembe четверг الخميس""",
        4: """vrijdag vr freed friday fri freitag fr vendredi venerdì viernes sexta fredag perjantai piątek pátek cuma
              пятница الجمعة""",
        5: """zaterdag za sneon saturday sat samstag sonnabend samedi sabato sábado lördag lørdag lauantai sobota
              cumartesi суббота السبت""",
        6: """zondag zo snein sunday sun sonntag so dimanche domenica domingo söndag søndag sunnuntai niedziela neděle
              pazar воскресенье الأحد""",
    }
)

NAMED_OFFSETS = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 60, "WEST": 60, "CET": 60, "MEZ": 60, "MET": 60, "SAST": 120,
    "CEST": 120, "MESZ": 120, "MEST": 120, "EET": 120, "EEST": 180, "MSK": 180, "PKT": 300, "SGT": 480,
    "HKT": 480, "AWST": 480, "JST": 540, "KST": 540, "ACST": 570, "AEST": 600, "AEDT": 660, "NZST": 720,
    "NZDT": 780, "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480,
    "PDT": -420, "AKST": -540, "AKDT": -480, "HST": -600,
}  # fmt: skip
NAMED_ZONES = {"ET": "America/New_York", "CT": "America/Chicago", "PT": "America/Los_Angeles"}

_DAY_WORDS = {
    0: ["vandaag", "hjoed", "today", "heute", "aujourd'hui", "aujourd’hui", "oggi", "hoy", "hoje", "i dag",
        "idag", "dziś", "dzisiaj", "dnes", "сегодня", "bugün", "tänään", "اليوم", "היום", "σήμερα", "오늘"],
    1: ["gisteren", "gister", "juster", "yesterday", "gestern", "hier", "ieri", "ayer", "ontem", "i går",
        "igår", "wczoraj", "včera", "вчера", "dün", "eilen", "أمس", "אתמול", "χθες", "어제", "昨日", "昨天"],
    2: ["eergisteren", "eergister", "earjuster", "vorgestern", "avant-hier"],
}  # fmt: skip
DAYS_BACK = {word: days for days, words in _DAY_WORDS.items() for word in words}

SECONDS = _words(
    {
        1: "sec secs seconde seconden second seconds sekunde sekunden secondes secondi segundos",
        60: """min mins minuut minuten minuutjes minute minutes minút minuto minuti minutos minut minuter
               minutter minuty minutę minutami minutou minuuttia minuutti dakika dk perc минут минуты минуту دقيقة دقائق דקות דקה λεπτά λεπτό 分
               分钟 分鐘 분""",
        3600: """uur uren uurtje oere oeren hour hours hr hrs stunde stunden std heure heures ora ore hora
                 horas timer time timmar timme godzin godziny godz godzinę hodinami hodinou tuntia tunti saat óra órája часа часов час ساعة ساعات שעה שעות ώρα ώρες
                 時間 小时 小時 시간""",
        86400: """dag dagen dei day days tag tage tagen jour jours giorno giorni día días dia dias dagar dage
                  dager dni dny dnem päivää päivä gün nap дня дней день أيام يوم ימים יום ημέρες ημέρα μέρες 日 天 일""",
    }
)
ONE = frozenset(("een", "één", "'n", "in", "an", "a", "one", "ein", "eine", "einer", "einem", "un", "une"))

_MODIFIED = re.compile(
    r"aangepast|bijgewerkt|gewijzigd|herzien|update|bywurke|oanpast|modified|revised|corrected|aktualisiert|"
    r"geändert|stand\s*:|mis(?:e)? à jour|modifié|actualisé|aggiorna[tm]|ultima modifica|modificat|actualizad|"
    r"atualizad|oppdatert|opdateret|ændret|uppdaterad|ändrad|päivitet|muokat|(?:z?a)?aktualiz(?:ac|ov|ow|uj)|zmodyfik|upraven|"
    r"frissít|módosít|ενημερώ|ενημέρω|güncelle|обновл|оновлен|更新|修正|업데이트|수정|تحديث|تعديل|עודכן|עדכון|अपडेट|अद्यतन|diperbarui|cập nhật",
    re.I,
)
_PUBLISHED = re.compile(
    r"gepubliceerd|publicatie|geplaatst|plaatsing|gemaakt|gepost|pleatst|publisearre|publish|posted|"
    r"created|first seen|oprettet|opprettet|aangemaakt|toegevoegd|hinzugefügt|dodano|inserito|vloženo|lisätty|veröffentlicht|erschienen|erstellt|publié|paru|pubblicat|publicad|publicerad|"
    r"publisert|publiceret|udgivet|julkais|opublikowan|zveřejn|publikován|vydáno|közzé|megjelen|δημοσιεύ|yayın|eklenme|"
    r"опубликован|опубліковано|公開|掲載|発行|発表|发布|發布|게시|입력|نشر|פורסם|प्रकाशित|diterbitkan|đăng ngày",
    re.I,
)

_STAMP_WORDS = _words(
    {
        0: """uur u oere uhr ore am pm om op at on de den le datum date laatst
              laatste bijgewerkt gewijzigd aangepast geplaatst
              gepubliceerd last updated published posted aktualisiert veröffentlicht stand publié modifié
              pubblicato aggiornato publicado actualizado"""
    }
)
_NO_DATE = re.compile(r"[$€£¥%+*]")
_FIGURES_ALONE = re.compile(
    r"\W*(?:\d{4}[-./]\d\d?[-./]\d\d?|\d\d?[-./]\d\d?[-./](?:\d\d){1,2})(?:\W+\d\d?[:.]\d\d)?\W*$"
)
_LETTERS = re.compile(r"(?:[^\W\d_\u0900-\u0d7f]|[\u0900-\u0d7f])+")
"""Words; the vowel signs of Indian scripts are letters to their readers, and none to :mod:`re`."""


def is_date_alone(text: str) -> bool:
    """Whether a text is a date and nothing else, in figures or in words."""
    return is_date_line(text) or bool(_FIGURES_ALONE.match(text))


def is_date_line(text: str) -> bool:
    """Whether a line is a date or a time, of publication or of a change, and nothing else."""
    if not HAS_DIGIT.search(text) or _NO_DATE.search(text):
        return False
    words = [plain(word) for word in _LETTERS.findall(text)]
    return 0 < len(words) < 8 and all(map(_belongs_to_a_date, words))


def _belongs_to_a_date(word: str) -> bool:
    return word in MONTHS or word in WEEKDAYS or word in _STAMP_WORDS or word.upper() in NAMED_OFFSETS


WEEKDAY_BEFORE = re.compile(r"(?<!\w)([^\W\d_]{2,11})[.,]*\s+(?:(?:den|de|the|le|el|d\.)\s+)?$")
_NEAR = 60
"""Characters before a date in which its label stands."""
LABEL_WORDS = re.compile(
    rf"\b\w*(?:{_PUBLISHED.pattern}|{_MODIFIED.pattern})\w*|\b(?:op|am|on|laatste?|last|le|zuletzt|dernière)\b",
    re.I,
)
"""Words of a label, wherever they stand."""


def without_weekday(before: str) -> str:
    """The words before a date without the name of a day that belongs to it."""
    match = WEEKDAY_BEFORE.search(before)
    return before[: match.start()] if match and plain(match[1]) in WEEKDAYS else before


def label_of(before: str) -> Label:
    """What the words just before a date call it: the last label word wins."""
    before = before[-_NEAR:]
    published = max((match.end() for match in _PUBLISHED.finditer(before)), default=-1)
    modified = max((match.end() for match in _MODIFIED.finditer(before)), default=-1)
    if published == modified:
        return Label.NONE
    return Label.PUBLISHED if published > modified else Label.MODIFIED
