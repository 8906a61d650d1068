"""Patterns of dates and of what surrounds them: clocks, years, "two hours ago"."""

from __future__ import annotations

import re

from crawler.extract.dates.words import DAYS_BACK

ODD_SPACES = str.maketrans("\xa0\u202f\u2009\t\n\r", "      ")
LEVANTINE = re.compile(r"(تشرين|كانون) (?=(?:ال)?(?:أول|اول|ثاني))()")
"""The four months whose names are two words in the Levant; :mod:`words` has them joined by a stroke."""
ISO_ALONE = re.compile(
    r"\s*(\d{4})-?(\d\d)-?(\d\d)(?:(?:T|\s+)(\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?"
    r"\s*(Z|(?:UTC|GMT)?[+-]\d\d:?\d\d|UTC|GMT)?)?\s*$"
)
EPOCH = re.compile(r"\s*(1\d{9})(?:\d{3})?\s*$")
MAY_BE_DATE = re.compile(
    "|".join(re.escape(word) for word in sorted(DAYS_BACK, key=len, reverse=True))
    + r"|zojuist|zonet|krekt|just now|gerade eben|geleden|ago\b|lyn\b|vor einer|il y a une",
    re.I,
)  # fmt: skip

_TAIL = r"""
    (?P<half>\s*[ap]\.?\s?m\b\.?)?
    (?:\s*(?:uur|oere|uhr|hrs?|u|h)\b\.?)?
    (?P<zone>[\s(]*(?-i:\b(?:Z|UTC|GMT|[ECP]T|[A-Z]{2,4}T|MESZ|MEZ|MSK)\b)?\s?(?:[+-]\d\d?(?::?\d\d)?(?!\d))?)
"""
_CLOCK = (
    r"(?<![\d:])(?P<hour>[0-2]?\d)"
    r"(?:(?:\s?:\s?|h|[時시]\s?)(?P<minute>[0-5]\d)(?!\d)[分분]?(?::(?P<second>[0-5]\d)(?:[.,]\d+)?)?"
    r"|\.(?P<dotted>[0-5]\d)(?:\.[0-5]\d)?(?!\d|\.(?!\s+[^\W\d_]))"
    r"|(?=\s*(?:[ap]\.?m\b|uur\b|oere\b|uhr\b|u\b|h\b)))" + _TAIL
)
_AT = (
    r"[\s,;|·•–—\-(\[/@]*"
    r"(?:(?:om|at|um|à|a\s+las|alle(?:\s+ore)?|ore|às|as|kl|klo|klokken|godz|o|в|saat|te)\b[.:]?\s*)?"
)
CLOCK_AFTER = re.compile(_AT + _CLOCK, re.I | re.X)
CLOCK_BEFORE = re.compile(
    _CLOCK + r"[\s,;|·•–—\-)]*(?:(?:on|op|am|le|el|den)\s+)?(?:[^\W\d_]{2,10}[.,]*\s*)?$", re.I | re.X
)
_YEAR = r"(?:19|20)\d\d(?!\d)"
_SHORT_YEAR = r"['’]?\d\d(?![\d:h]|\.\d|\s*(?:uur|uhr|u|h|[ap]\.?m)\b)"
_YEAR_OF_A_NAMED = r"(?:['’]\d\d|(?<!\x1f)\d\d(?=\s*(?:$|[,;|)\]·•–—-])))(?![\d:h]|\.\d)"
"""Two figures after the name of a month: with an apostrophe, or nothing but a sign after them."""
_TO_MONTH = r"(?:\.|st|nd|rd|th|er|º|ª|e)?[\s.,/\-]*(?:(?:de|of|di)\s+|d['’])?"
_TO_YEAR = r"\.?[\s.,/\-]*(?:(?:de|del|of)\s+)?"

_MONTH = r"(?:[^\W\d_\u0900-\u0d7f]|[\u0900-\u0d7f]){3,13}"
"""A word that may name a month; the vowel signs of Indian scripts are no letters to :mod:`re`."""
DATES: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"(?<!\d)(?P<year>{_YEAR})(?:[-/.]|\.\s|\s?年\s?|\s?년\s?)(?P<month>\d\d?)(?:[-/.]|"
        rf"\.\s|\s?月\s?|\s?월\s?)"
        r"(?P<day>\d\d?)(?!\d)[日일.]?(?:\([^\W\d_]\))?T?",
        rf"(?<![\d.:/])(?P<day>\d\d?)\s?(?P<sep>[-/.])\s?(?P<month>\d\d?)\s?(?P=sep)\s?"
        rf"(?P<year>{_YEAR}|{_SHORT_YEAR})(?![/.\-]\d)",
        rf"(?<![\d:])(?P<day>\d\d?){_TO_MONTH}(?P<name>{_MONTH})(?!\w)"
        rf"(?:{_TO_YEAR}(?P<year>{_YEAR}|{_YEAR_OF_A_NAMED}))?",
        rf"(?<![^\W\d_])(?P<name>{_MONTH})\.?\s+(?P<day>\d\d?)(?:st|nd|rd|th)?(?!\d|[:h.]\d)"
        rf"(?:\s*,?\s*(?P<year>{_YEAR}))?",
        rf"(?<!\d)(?P<year>{_YEAR})\.?\s+(?:m\.\s+)?(?P<name>{_MONTH})\s+(?P<day>\d\d?)(?!\d)\.?",
    )
)
DAY_MONTH = re.compile(
    r"(?:^\W*|(?<=\s))(?P<day>\d\d?)(?:(?:[/-](?P<month>\d\d?))|(?:\.(?P<dotted_month>\d\d?)\.))(?![\d./-])"
)
YEAR_AFTER = re.compile(rf"\s+(?P<year>{_YEAR})")
DAY_WORD = re.compile(
    r"(?<!\w)(?P<word>"
    + "|".join(re.escape(word) for word in sorted(DAYS_BACK, key=len, reverse=True))
    + r")(?!\w)",
    re.I,
)
WEEKDAY_CLOCK = re.compile(r"^\W*(?P<weekday>[^\W\d_]{2,11})[.,]*\s+", re.I)
_COUNT = r"(?P<count>\d{1,3}|een|één|'n|in|an?|one|eine?[rm]?|une?)"
AGO = re.compile(
    rf"(?<!\w){_COUNT}\s*(?P<unit>[^\W\d_]{{1,9}})\.?\s+(?:en\s+\d+\s+\w+\s+)?"
    r"(?:geleden|ago|lyn|fa|atrás|sedan|siden|temu|sitten|назад|тому|önce)\b"
    r"|(?<!\d)(?P<count3>\d{1,3})\s?(?P<unit3>分钟|分鐘|分|時間|小时|小時|日|天|분|시간|일)\s?(?:前|전)"
    rf"|(?<!\w)(?:vor|il\s+y\s+a|hace|há|for|för|před|منذ|قبل|לפני|πριν(?:\s+από)?)"
    rf"\s+{_COUNT.replace('count', 'count2')}"
    r"\s*(?P<unit2>[^\W\d_]{1,9})\b",
    re.I,
)
NOW = re.compile(r"(?<!\w)(?:zojuist|zonet|krekt|just now|gerade eben|à l['’]instant)(?!\w)", re.I)
