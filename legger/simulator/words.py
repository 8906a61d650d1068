"""Invented people, streets, clubs and dates of the practice newspaper. Word lists and a little arithmetic."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Amsterdam")

PLACES = (
    "Haaksbergen", "Hengelo", "Buurse", "Sint Isidorushoeve", "Neede", "Eibergen", "Goor", "Delden", "Borne",
    "Oldenzaal", "Losser", "Denekamp", "Ootmarsum", "Tubbergen", "Almelo", "Enschede", "Boekelo", "Beckum",
    "Markelo", "Diepenheim", "Rietmolen", "Glanerbrug",
)  # fmt: skip
PLACES_FY = ("Burgum", "Drachten", "Dokkum", "Hurdegaryp", "Feanwâlden", "Eastermar", "Surhústerfean",
             "Kollum", "Buitenpost", "Damwâld", "Gytsjerk", "Rinsumageast")  # fmt: skip
MEN = (
    "Gerrit", "Jan", "Herman", "Bennie", "Wim", "Daan", "Sem", "Tijn", "Ruben", "Joost", "Henk", "Bert", "Theo",
    "Marcel", "Arjan", "Rick", "Niels", "Erik", "Frans", "Koen", "Lars", "Mohammed", "Youssef", "Emre", "Jeroen",
    "Thijs", "Hans", "Bas", "Wouter", "Johan", "Gert-Jan", "Tom", "Rens", "Pieter", "Sjoerd", "André",
)  # fmt: skip
WOMEN = (
    "Marieke", "Ans", "Truus", "Sanne", "Lotte", "Ilse", "Annet", "Riet", "Wilma", "Fleur", "Eva", "Noor", "Femke",
    "Joke", "Anouk", "Esther", "Gerda", "Hanneke", "Mirjam", "Fatima", "Elif", "Judith", "Karin", "Linda", "Maud",
    "Roos", "Saskia", "Tineke", "Yvonne", "Renée", "Zoë", "Carla", "Diny", "Ellen", "Heleen", "Inge",
)  # fmt: skip
LASTS = (
    "ten Thije", "Wissink", "Leferink", "Oude Nijhuis", "te Riele", "Asbroek", "Lammers", "Wolters", "Brummelhuis",
    "van der Veen", "Rupert", "Scholten", "ten Vregelaar", "Boomkamp", "Kuipers", "de Groot", "Heuvels", "Kok",
    "in 't Hof", "van 't Zand", "Ensink", "Lansink", "Nijland", "Temmink", "Vaanholt", "Wevers", "Yıldız", "Roelofs",
    "Bouwhuis", "ter Braak", "Eijsink", "Groothuis", "Hulscher", "Morsink", "Oosterhof", "van Dam", "Pierik",
    "Reinders", "Slotman", "Tijhuis", "ten Voorde", "Wegereef", "Zwijnenberg", "Averink", "Blanke", "Claassen",
    "Dijkhuis", "El Amrani", "Freriksen", "van den Berg",
)  # fmt: skip
LASTS_FY = ("Hoekstra", "Dijkstra", "Postma", "van der Meer", "Veenstra", "Bosma", "de Haan", "Zijlstra",
            "Wiersma", "Sikkema", "Terpstra", "Hofstra", "Boonstra", "van der Wal")  # fmt: skip
MEN_FY = ("Jelle", "Sytse", "Wytse", "Douwe", "Sjoerd", "Tsjerk", "Hindrik", "Piter", "Gerben", "Folkert")
WOMEN_FY = (
    "Sjoukje",
    "Fokje",
    "Nynke",
    "Tsjitske",
    "Hiske",
    "Aukje",
    "Baukje",
    "Jeltsje",
    "Froukje",
    "Wytske",
)
STREETS = (
    "Enschedesestraat", "Eibergsestraat", "Goorsestraat", "Werfheegde", "Hengelosestraat", "Kolenbranderweg",
    "Blankenburgerstraat", "Molenstraat", "Kerkstraat", "Stationsstraat", "Lansinkweg", "Scholtenhagenweg",
    "Veldmaterstraat", "Wissinkbrink", "Parallelweg", "Deldenerstraat", "Oldenzaalsestraat", "Spoordijk",
    "Beukenlaan", "Klaashuisstraat", "Morsinkhofweg", "Brammelostraat", "Ruwenhofstraat", "Fazantstraat",
    "Anninksweg", "Wegtersweg", "Geukerdijk", "Bretelerstraat", "Nieuwstraat", "Schoolstraat", "Zuiderstraat",
    "Honesweg", "Rigtersbleek", "Twekkelerweg", "Steenwijkstraat", "Jupiterstraat", "Watermolenweg", "Markslag",
)  # fmt: skip
STREETS_FY = ("Noarderstrjitte", "Schoolstraat", "Lageweg", "Tsjerkebuorren", "Skoalstrjitte", "Hearewei",
              "Molewei", "Stasjonswei", "Singel", "Mounestrjitte")  # fmt: skip
CLUBS = (
    "HSC", "Bon Boys", "Sparta", "De Tubanters", "Sportlust", "Achilles", "DES", "De Zweef", "Rigtersbleek",
    "Quick", "Vogido", "Phenix", "Hector", "TVC", "Avanti", "De Lutte", "Saasveldia", "Victoria", "Oranje Blauw",
    "Excelsior", "Juventa", "Tubantia", "Olympia", "Unitas", "BSC", "SVB", "Eilermark", "Drienerlo",
)  # fmt: skip
MONTHS = ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
          "november", "december")  # fmt: skip
MONTHS_FY = ("jannewaris", "febrewaris", "maart", "april", "maaie", "juny", "july", "augustus", "septimber",
             "oktober", "novimber", "desimber")  # fmt: skip
MONTHS_EN = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
             "November", "December")  # fmt: skip
DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
DAYS_FY = ("moandei", "tiisdei", "woansdei", "tongersdei", "freed", "sneon", "snein")
DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CALENDARS = {"nl": (DAYS, MONTHS), "fy": (DAYS_FY, MONTHS_FY), "en": (DAYS_EN, MONTHS_EN)}


def person(random: Random, language: str, *, man: bool | None = None) -> tuple[str, str]:
    """First name and last name, with particles in lower case."""
    if man is None:
        man = random.random() < 0.5
    if language == "fy":
        return random.choice(MEN_FY if man else WOMEN_FY), random.choice(LASTS_FY)
    return random.choice(MEN if man else WOMEN), random.choice(LASTS)


def number(value: int, language: str) -> str:
    """1250 -> "1.250" in Dutch and Frisian, "1,250" in English."""
    return f"{value:,}" if language == "en" else f"{value:,}".replace(",", ".")


def clock_time(hour: int, minute: int, language: str) -> str:
    """14, 30 -> "14.30 uur", "14.30 oere", "2.30 pm"."""
    if language == "en":
        return f"{(hour - 1) % 12 + 1}.{minute:02d} {'am' if hour < 12 else 'pm'}"
    return f"{hour}.{minute:02d} {'oere' if language == 'fy' else 'uur'}"


def local(at: datetime) -> datetime:
    """The instant on the wall clock in Twente."""
    return at.astimezone(ZONE)


def weekday(at: datetime, language: str = "nl") -> str:
    """The day of the week there."""
    return _CALENDARS[language][0][local(at).weekday()]


def day_month(at: datetime, language: str = "nl") -> str:
    """2 March -> "2 maart"."""
    here = local(at)
    return f"{here.day} {_CALENDARS[language][1][here.month - 1]}"


def long_date(at: datetime, language: str = "nl") -> str:
    """ "maandag 2 maart 2026"."""
    return f"{weekday(at, language)} {day_month(at, language)} {local(at).year}"


def slug(title: str) -> str:
    """A title as address: lower case ASCII words joined by hyphens."""
    plain = unicodedata.normalize("NFKD", title.replace("ı", "i")).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain.replace("'", ""))) or "bericht"
