"""Who signs where no byline introduces anybody: above the text, below it, in the page's own data."""

from __future__ import annotations

import re
from collections.abc import Callable

from crawler.extract.fields.authors import (
    FROM_AN_AGENCY,
    clean_name,
    distinct,
    is_agency,
    is_full,
    is_job,
    is_person,
    names_a_day,
    names_an_institution,
)
from crawler.extract.fields.headline_context import names_related
from crawler.extract.fields.places import is_place
from crawler.extract.fields.view import View
from crawler.extract.page.blocks import TextRun
from crawler.extract.page.page import text_of


def _signed_with_a_job(view: View) -> tuple[tuple[str, ...], str | None]:
    """A name with a job behind it, and nothing else on the line below the headline: "Ann Lee, reporter"."""
    for line in view.lines[:6]:
        name, comma, job = line.text.partition(",")
        if not comma or not line.after or line.related or line.prose or len(line.text) > 70:
            continue
        if " " in name.strip() and is_job(job) and is_person(name := clean_name(name)):
            return ((name,) if not view.meta.is_site_name(name) else ()), line.text
    return (), None


_FROM_A_PLACE = re.compile(
    r"(?P<name>[^/,|]{5,40}?)\s*/\s*[^/,|()]{2,30}?\s*,?\s*\(?(?P<agency>[A-Zİ-]{2,10})\)?\W*$"
)


def _signed_from_a_place(view: View) -> tuple[tuple[str, ...], str | None]:
    """A name, a place and an agency on the line below the headline: "Elif DEMİR / ANKARA, (DHA)"."""
    for line in view.lines[:6]:
        signed = _FROM_A_PLACE.fullmatch(line.text) if line.after and not line.related else None
        if signed is None or line.prose or not is_agency(signed["agency"]):
            continue
        name = " ".join(word if word.islower() else word.title() for word in _lower(signed["name"]))
        if " " in name and is_bare_name(name):
            return (name, signed["agency"]), line.text
    return (), None


def _lower(name: str) -> list[str]:
    """The words of a name of which the surname is shouted; Turkish has two letters i."""
    shouted = str.maketrans("İI", "iı")
    return [
        word[0] + word[1:].translate(shouted).lower() if word.isupper() else word for word in name.split()
    ]


_STATED_IN_STATE = (
    r'"(?:author|auteur|byline)[^"]{0,12}"\s*:\s*[\[{\s]{0,9}"'
    r'(?:[^"]{0,20}"\s*:\s*")?(?:[^"]{0,20}"\s*,\s*"name"\s*:\s*")?'
)


def _signed_as_its_state_says(view: View) -> tuple[tuple[str, ...], str | None]:
    """A name alone on a line by the headline that the page's own data call its author's."""
    if not view.page.mentions(b"author") and not view.page.mentions(b"auteur"):
        return (), None
    for line in view.lines[:6]:
        if 5 <= len(line.text) <= 50 and not line.prose and not line.related and is_bare_name(line.text):
            stated = _STATED_IN_STATE + re.escape(line.text) + '"'
            if re.search(stated, view.page.html):
                return (line.text,), line.text
    return (), None


def signed_in_bold(view: View, *, opens: bool = False) -> tuple[tuple[str, ...], str | None]:
    """Names alone in bold above the text, which the page's own description has taken for its beginning.

    *opens*: it must open the description.
    """
    said = " ".join(view.page.meta(name) or "" for name in ("description", "og:description"))
    for line in view.lines[:12]:
        text = line.text
        if not line.heading or line.related or not line.after or not 5 <= len(text) <= 80 or text not in said:
            continue
        if opens and not said.lstrip().startswith(text):
            continue
        people = [clean_name(piece) for piece in re.split(r"\s*[/,]\s*|\s+(?:and|en|und|et|&)\s+", text)]
        if all(" " in each and len(each) <= 40 and is_bare_name(each) for each in people):
            return distinct(name for name in people if not view.meta.is_site_name(name)), text
    return (), None


def is_bare_name(name: str) -> bool:
    """Whether words that nothing introduces are somebody's name."""
    return is_person(name) and not is_place(name) and not names_an_institution(name) and not names_a_day(name)


def called_author(view: View) -> tuple[tuple[str, ...], str | None]:
    """Who a line of the page, above or below the text, calls its author: "Autorin/Autor Roman Gontar"."""
    if view.heading is None:
        return (), None
    page = view.page.outline
    for run in page.runs:
        if len(run.text) > 80 or not (label := _AUTHOR_NOUN.match(run.text)):
            continue
        name = clean_name(run.text[label.end() :])
        boxes = (run.names, *(box.names for box in page.path(run, 4)))
        if is_full(name) and is_bare_name(name) and not any(map(names_related, boxes)):
            return (name,), run.text
    return (), None


_AUTHOR_NOUN = re.compile(
    r"(?:autor(?:in|ka|e|a)?(?:/-?in|/autor(?:in)?)?|auteurs?|auteure|authors?|schrijver|skriuwer|forfatter|författare|"
    r"kirjoittaja|yazar|verfasser(?:in)?)\s*:?\s+(?=[A-ZÀ-Þ])",
    re.I,
)


def _run_after_the_text(view: View) -> TextRun | None:
    """The paragraph after the last long one of the text, in the same container."""
    page = view.page.outline
    long = [at for at, run in enumerate(page.runs) if len(run.text) > 80 and run.text[-1] in ".!?”\"'’»。"]
    if len(long) < 2 or (view.heading is None and not view.lines):
        return None

    def around(at: int) -> int:
        return page.boxes[page.runs[at].box].parent

    last = next((at for at in reversed(long) if around(at) == around(long[0])), -1)
    if last == long[0] or last + 1 >= len(page.runs):
        return None
    run = page.runs[last + 1]
    box = page.boxes[run.box]
    one = box.tag in ("p", "div", "footer", "section") and box.last - box.first <= 1 and not run.linked
    return run if one and around(last + 1) == around(last) else None


def agency_at_the_end(view: View) -> str | None:
    """The press agency that is named alone below the text: "(AFP)", "Quelle: dpa"."""
    run = _run_after_the_text(view)
    if run is None or len(run.text) > 60:
        return None
    name = clean_name(FROM_AN_AGENCY.sub("", run.text.strip("()[]–— ")).strip("()[] "))
    return name if is_agency(name) else None


def _signed_at_the_end(view: View) -> tuple[tuple[str, ...], str | None]:
    """A name alone in the paragraph after the last one of the text, in bold, italics or a box named so."""
    run = _run_after_the_text(view)
    if run is None or len(run.text) > 60:
        return (), None
    box = view.page.outline.boxes[run.box]
    text, reached = _E_MAIL.subn("", run.text)
    apart = (
        reached
        or run.bold >= len(run.text) - 1
        or _SET_APART.search(run.names + box.names)
        or (len(run.text) <= 60 and _is_in_italics(view, run.text))
    )
    people = re.split(r"\s*[/,]\s*|\s+(?:and|en|und|et|e|y|&)\s+", text.strip("()–—-: "))
    if not apart or len(run.text) > 60 or not all(" " in each and is_bare_name(each) for each in people):
        return (), None
    return distinct(name for name in map(clean_name, people) if not view.meta.is_site_name(name)), run.text


_E_MAIL = re.compile(r"\s*(?:e-?mail\s*:?\s*)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.I)


def _is_in_italics(view: View, text: str) -> bool:
    """Whether a paragraph of the article is all in italics, and says *text*."""
    nodes = view.page.tree.css("p > em, p > i, p > small, div > em, div > i")[-40:]
    return any(
        node.parent is not None and text_of(node) == text == text_of(node.parent) and view.owns(node)
        for node in nodes
    )


_SET_APART = re.compile(
    r"sign|onderteken|unterschrift|firma|podpis|author|auteur|autor|byline|right|rechts|italic|cursief", re.I
)


SIGNATURES: tuple[Callable[[View], tuple[tuple[str, ...], str | None]], ...] = (
    signed_in_bold,
    _signed_with_a_job,
    _signed_from_a_place,
    _signed_as_its_state_says,
    called_author,
    _signed_at_the_end,
)
"""Each gives (names, the line as printed); the first that finds somebody is believed."""
