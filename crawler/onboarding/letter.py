"""A letter to the publisher of a site that does not let us in: what we ask, what it costs, how to allow it.

Pure. Gates are never passed and no browser is imitated: where a site blocks programs, asking is what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.errors import UsageError

LANGUAGES = ("nl", "en")
OBSTACLES = ("refused", "challenge", "gate", "robots", "mining", "scripts", "unknown")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the letter tells, as it is."""

    site: str
    url: str
    agent: str
    """The user agent, whole."""
    contact: str
    organisation: str = ""
    obstacle: str = "unknown"
    """One of :data:`OBSTACLES`."""
    visits_a_day: float = 4
    requests_a_visit: int | None = None
    """As the last visits made on average; ``None``: none was made."""
    seconds: float = 1.0
    """Between two requests, at least."""


def letter(facts: Facts, language: str) -> str:
    """The letter, ready to be signed. Raises :class:`UsageError` for a language we do not write."""
    if language not in LANGUAGES:
        raise UsageError(f"no letter in {language!r}; there are {', '.join(LANGUAGES)}")
    host = urlsplit(facts.url).netloc
    cost = _cost(facts, language)
    who = facts.organisation or (
        "[uw naam of instelling]" if language == "nl" else "[your name or institution]"
    )
    return _LETTERS[language].format(
        site=facts.site, host=host, agent=facts.agent, contact=facts.contact, who=who, cost=cost,
        obstacle=_OBSTACLES[language][facts.obstacle], seconds=f"{facts.seconds:g}",
    )  # fmt: skip


def _cost(facts: Facts, language: str) -> str:
    if facts.requests_a_visit is None:
        return _NO_FIGURE[language].format(visits=f"{facts.visits_a_day:g}")
    day = round(facts.visits_a_day * facts.requests_a_visit)
    return _FIGURE[language].format(visits=f"{facts.visits_a_day:g}", each=facts.requests_a_visit, day=day)


_FIGURE = {
    "nl": "{visits} bezoeken per dag van gemiddeld {each} verzoeken: ongeveer {day} per dag",
    "en": "{visits} visits a day of {each} requests on average: about {day} a day",
}
_NO_FIGURE = {
    "nl": "{visits} bezoeken per dag, waarin alleen wordt gevraagd wat nieuw is of veranderd kan zijn",
    "en": "{visits} visits a day, which ask only for what is new or may have changed",
}
_OBSTACLES = {
    "nl": {
        "refused": "Uw server weigert ons programma (HTTP 403).",
        "challenge": "Uw site vraagt ons programma te bewijzen dat het een mens is. Dat is het niet.",
        "gate": "Voor uw artikelen staat een toestemmingsmuur. Een programma kan geen toestemming geven.",
        "robots": "Uw robots.txt houdt ons buiten. Daar houden wij ons aan.",
        "mining": "Uw site behoudt tekst- en datamining voor. Daar houden wij ons aan.",
        "scripts": "De tekst van uw artikelen komt pas met scripts in beeld, en die voeren wij niet uit.",
        "unknown": "Tot nu toe konden wij uw artikelen niet bewaren.",
    },
    "en": {
        "refused": "Your server refuses our program (HTTP 403).",
        "challenge": "Your site asks our program to prove that it is human. It is not.",
        "gate": "A consent wall stands before your articles. A program cannot give consent.",
        "robots": "Your robots.txt keeps us out. We obey it.",
        "mining": "Your site reserves text and data mining. We obey that.",
        "scripts": "The text of your articles is brought by scripts, which we do not run.",
        "unknown": "So far we could not keep your articles.",
    },
}
_LETTERS = {
    "nl": """\
Aan de redactie van {site}

Geachte redactie,

Wij leggen een archief aan van lokaal nieuws: wat er wanneer is gepubliceerd, wat er is veranderd en wat er is
verdwenen. {site} ({host}) hoort daarin.

{obstacle}

Wij vragen u om ons programma toe te laten. Dit is wat het u kost:
- {cost};
- een verzoek tegelijk, met ten minste {seconds} seconde ertussen;
- van wat niet is veranderd alleen de vraag of het is veranderd (ETag, If-Modified-Since);
- geen advertenties, geen beelden, geen cijfers in uw bezoekersstatistiek die van lezers lijken te komen.

Het programma zegt altijd wie het is:

    {agent}

Het doet zich nooit voor als een browser, en gaat langs geen muur of slot.

Toelaten kan op een van deze manieren:
- in robots.txt:

    User-agent: legger
    Allow: /

- in uw firewall of CDN (Cloudflare, Akamai, DataDome ...): een regel die verzoeken doorlaat waarvan de
  user agent met "legger/" begint; als u dat wilt, geven wij u het adres (IP) waarvan wij komen;
- of stuur ons een feed (RSS of Atom) met de volledige tekst.

Wilt u niet bewaard worden, of een enkel artikel niet, laat het ons dan weten: {contact}.

Met vriendelijke groet,
{who}
{contact}
""",
    "en": """\
To the editors of {site}

Dear editors,

We keep an archive of local news: what was published when, what was changed, and what disappeared. {site}
({host}) belongs in it.

{obstacle}

We ask you to let our program in. This is what it costs you:
- {cost};
- one request at a time, with at least {seconds} second(s) between them;
- of what has not changed, only the question whether it has (ETag, If-Modified-Since);
- no advertisements, no pictures, nothing in your statistics that looks like readers.

The program always says who it is:

    {agent}

It never poses as a browser, and goes round no wall or lock.

There are several ways to let it in:
- in robots.txt:

    User-agent: legger
    Allow: /

- in your firewall or CDN (Cloudflare, Akamai, DataDome ...): a rule that lets requests pass whose user agent
  begins with "legger/"; if you like, we tell you the address (IP) that we come from;
- or send us a feed (RSS or Atom) with the whole text.

If you do not want to be kept, or a single article not, please tell us: {contact}.

Yours sincerely,
{who}
{contact}
""",
}
