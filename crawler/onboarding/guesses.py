"""What is guessed of a new site from what its pages say: name, language, numbers of articles.

Each guess is pure, and says in words what is unsure about it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from urllib.parse import parse_qsl, unquote, urlsplit

from crawler.extract.page.page import Page
from crawler.siteconfig.site import Identity, bare_host

ENOUGH = 8
"""So many articles must agree before their addresses are believed to carry a number of their own."""


def infer_identity(urls: Sequence[str]) -> Identity | None:
    """The number that each of these articles' addresses carries, as a rule; ``None`` when there is none.

    Asked of at least :data:`ENOUGH` articles: nine in ten must carry one, and no two the same. Years and days
    are no such numbers.
    """
    if len(urls) < ENOUGH:
        return None
    for pattern in _patterns(urls):
        hits = [hit[1] for url in urls if (hit := re.search(pattern, unquote(url)))]
        dates = sum(bool(_DATE_LIKE.fullmatch(each)) for each in hits)
        if 10 * len(hits) >= 9 * len(urls) and len(set(hits)) == len(hits) and 10 * dates < len(hits):
            return Identity(pattern=pattern)
    return None


_DATE_LIKE = re.compile(r"(?:19|20)\d\d(?:[01]\d(?:[0-3]\d)?)?")


def _patterns(urls: Sequence[str]) -> Iterable[str]:
    yield r"~(a?[0-9a-f]{6,})(?:/|$)"
    keys = [{key for key, value in parse_qsl(urlsplit(url).query) if value.isdecimal()} for url in urls]
    for key in sorted(set.intersection(*keys)):
        yield rf"[?&]{re.escape(key)}=(\d+)"
    paths = [[piece for piece in unquote(urlsplit(url).path).split("/") if piece] for url in urls]
    for at in range(min(map(len, paths))):
        before = "".join(
            f"/{re.escape(paths[0][index])}" if len({path[index] for path in paths}) == 1 else "/[^/]+"
            for index in range(at)
        )
        yield rf"^https?://[^/]+{before}/(\d{{4,}})(?:[-/]|$)"
    yield r"[-_](\d{5,})(?:\.\w+)?/?$"


def own_name(
    title: str,
    others: Sequence[str],
    *,
    stated: Sequence[str] = (),
    host: str = "",
    headlines: Collection[str] = (),
) -> tuple[str, str]:
    """(the site's own name, as its people write it; what is unsure of it).

    Best is a piece of the front page's *title* that its articles' titles have too (*others*), or one that
    most of those begin or end with and that is no article's headline; then what its pages state as the name
    of the site or publisher (*stated*), unless that is its host's name or few say so; then the piece of the
    title that its *host* is called after. Failing all, the title, or the host where any site may have that
    title.
    """
    pieces = _pieces(title)
    shared = [piece for piece in pieces if 2 * sum(piece in other for other in others) > len(others)]
    ends = Counter(end for other in others for end in _ends(other) if end not in headlines)
    shared += [end for end, many in ends.most_common() if many > 1 and 2 * many > len(others)]
    counted = Counter(name for each in stated if (name := each.strip()) and not _is_host(name))
    names = [name for name, many in counted.most_common() if 2 * many > counted.total()]
    inside = [
        piece for piece, many in Counter(p for other in others for p in _pieces(other)).items() if many > 1
    ]
    alike = [piece for piece in (*shared, *counted, *pieces, *inside) if _called_after(piece, host)]
    if alike:
        return min(alike, key=len)[:80], ""
    if within := [piece for piece in shared if any(piece in name for name in names)]:
        return max(within, key=len)[:80], ""
    if shared and not names:
        return max(shared, key=len)[:80], ""
    if names:
        return names[0][:80], ""
    if counted:
        name = counted.most_common(1)[0][0][:80]
        return name, f"what it is called: {name} is one of the names that its pages state"
    told = [piece for piece in pieces if piece.casefold() not in _ANY_SITE]
    name = (title if told else bare_host(host) or title)[:80]
    why = "is the title of its front page" if told else "is its host"
    return name, f"what it is called: no page states a name, and {name} {why}"


def _pieces(title: str) -> list[str]:
    return [piece for each in _PIECES.split(title) if (piece := each.strip())]


def _ends(title: str) -> set[str]:
    """The first and the last piece of an article's title, where it has several: one may name the site."""
    pieces = _pieces(title)
    return {each for each in (pieces[0], pieces[-1]) if not _YEAR.search(each)} if len(pieces) > 1 else set()


_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
"""In a piece of a title: a date, no name."""


_ANY_SITE = frozenset((
    "home", "homepage", "home page", "index", "welcome", "welkom", "willkommen", "startseite", "start",
    "startpagina", "voorpagina", "accueil", "page d'accueil", "bienvenue", "inicio", "início", "portada",
    "benvenuti", "hjem", "forside", "forsiden", "hem", "startsida", "etusivu", "strona główna", "untitled",
))  # fmt: skip
"""Titles of front pages that name no site."""


_PIECES = re.compile(r"\s+[|–—·:»«•/~-]\s+|\s*\|\s*|\s*::\s*|\s+:{1,2}(?=\S)|(?<=\S)\s»\s?")


def _is_host(name: str) -> bool:
    return bool(re.fullmatch(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+/?", name))


def _called_after(piece: str, host: str) -> bool:
    """Whether a host has this name: ``roskam.nl`` De Roskam, ``rondhaaksbergen.nl`` Rond Haaksbergen."""
    if _letters(piece) == _letters(bare_host(host)):
        return True
    word, name = _letters(_own_label(host)), _letters(piece)
    return (
        len(name) >= 4
        and len(word) >= 4
        and (
            word == name
            or (name in word and 2 * len(name) > len(word))
            or (word in name and 2 * len(word) > len(name))
        )
    )


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in plain if each.isalnum())


def suggested_name(url: str, title: str) -> str:
    """A short name for a site: its host's own word, or its title where the host is a number."""
    host = bare_host(urlsplit(url).netloc).partition(":")[0]
    pieces = host.split(".")
    if host.replace(".", "").isdecimal() or "[" in host or len(pieces) < 2:
        plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
        word = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:30].strip("-")
        return word or "site"
    return re.sub(r"[^a-z0-9-]+", "-", _own_label(host)).strip("-") or "site"


def _own_label(host: str) -> str:
    """The label of a host that its owner chose: ``bode`` of ``www.bode.co.uk``."""
    labels = bare_host(host).split(".")[:-1] or [host]
    if len(labels) > 1 and labels[-1] in ("co", "com", "org", "net", "gov", "edu", "ac"):
        labels = labels[:-1]
    return labels[-1]


def stated_language(page: Page) -> str | None:
    """The language that a page says it is in: a tag of BCP 47."""
    words = (page.lang or "").strip().replace("_", "-")
    return words if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", words) else None


_WORDS = {
    "nl": "de het een van en is dat op te in zijn voor met niet aan er om ook bij naar",
    "fy": "de it in fan en is dat op te yn syn foar mei net oan der om ek by nei",
    "de": "der die das und ist nicht ein eine mit für auf den von dem sich auch bei wird im zu",
    "en": "the of and to in is that for it on was with as be are at by this from have",
    "fr": "le la les de des et est que pour dans une un du sur pas au avec par qui ce",
    "it": "il la di che e è per un una in del della con non sono le si i da alla",
    "es": "el la de que y en los del las un una por con para se no su al lo es",
    "pt": "o a de que e do da em um uma para com não os no se na por mais as",
    "da": "og i at det er en til på af for med der de ikke den har som et var om",
    "sv": "och i att det är en till på av för med som de inte den har ett var om från",
    "no": "og i at det er en til på av for med som de ikke den har et var om fra",
    "pl": "w i na z do się nie że to jest o jak po za od przez są dla który oraz",
    "fi": "ja on ei se että oli hän mutta ovat kun niin myös joka mukaan sekä vuoden tai ole jo kuin",
}


def spoken_language(text: str) -> str | None:
    """The language that a text is in, by its commonest words; ``None`` when they do not tell."""
    words = Counter(re.findall(r"\w+", text.casefold()))
    total = words.total()
    if total < 80:
        return None
    scores = sorted(
        ((sum(words[each] for each in common.split()), tongue) for tongue, common in _WORDS.items()),
        reverse=True,
    )
    (best, tongue), (second, _) = scores[:2]
    return tongue if best >= 0.15 * total and best >= 1.15 * second else None


def language_of(stated: str | None, text: str) -> tuple[str | None, str]:
    """(a site's language, what is unsure): what its pages state, unless their words are of another."""
    spoken = spoken_language(text)
    tongue = (stated or "").lower().partition("-")[0]
    if spoken is None or tongue == spoken or (tongue in ("nb", "nn") and spoken == "no"):
        return stated, ""
    if not stated:
        return spoken, f"no page says what language it is in; its articles read as {spoken}"
    return spoken, f"its pages say that their language is {stated}, but are written in another ({spoken})"
