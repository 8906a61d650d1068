"""What is for those who pay: what a page says of that, and pages that show nothing but the wall itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from archive.compare.likeness import SPOKEN
from archive.model.types import Block, PageKind
from archive.model.word_count import word_count
from crawler.extract.page import blocks as o
from crawler.extract.page.gate_addresses import leads_to_gate
from crawler.extract.page.metadata import as_list
from crawler.extract.page_type.facts import Judgement, PageFacts
from crawler.extract.text.phrases import asks_for_payment

_PAID_META = ("article:content_tier", "og:article:content_tier", "content_tier", "article:tier")
_PAYWALL_WORDS = (
    r"paywall|pay-wall|signupplus|premium-(?:wall|overlay|block|message|content)|"
    r"subscri\w+-(?:wall|gate|required)|piano-(?:inline|container)|regwall|plus-?wall"
)
_PAYWALL_NAME = re.compile(_PAYWALL_WORDS, re.I)
_PAYWALL = re.compile(rf"""class=["'][^"'<>]{{0,500}}(?:{_PAYWALL_WORDS})""", re.I)
ELLIPSIS = ("…", "...", "[…]", "[...]", "(…)")
"""How the open part of a text ends that is for those who pay."""
_NAMED = re.compile(rf"""<[^<>]{{0,200}}\b(?:class|id)=["'][^"'<>]{{0,500}}(?:{_PAYWALL_WORDS})""", re.I)


def says_more_is_paid(view: PageFacts) -> bool:
    """Whether a line after the text's first says, to every reader, that the rest is to be paid for."""
    page = view.page.outline
    opening = view.texts[0].text if view.texts else None
    begun = False
    for run in page.runs:
        begun = begun or run.text == opening
        shown = begun and run.text != opening and not page.boxes[run.box].flags & o.UNSEEN
        if shown and len(run.text) < 300 and asks_for_payment(run.text):
            return True
    return False


def shows_paywall(view: PageFacts, *, empty: bool) -> bool:
    """Whether an element named so is shown with words in it; *empty*: one that a script fills will do."""
    shown = any(0 < sum(map(word_count, texts)) < 150 for texts in _walls(view))
    return shown or (empty and bool(_PAYWALL.search(view.page.html)))


def _walls(view: PageFacts) -> Iterator[list[str]]:
    """What stands in each element that is named as a paywall, and shown."""
    page = view.page.outline
    for box in page.boxes:
        if _PAYWALL_NAME.search(box.names) and not box.flags & o.UNSEEN and box.parent >= 0:
            yield [run.text for run in page.runs[box.first : box.last]]


def is_free(view: PageFacts) -> bool | None:
    """Whether the page tells machines that it may be read without paying; ``None`` when it says nothing."""
    stated = view.meta.article.get("isAccessibleForFree")
    if stated is not None:
        return not _denied(stated)
    for name, contents in view.page.metas.items():
        if name.endswith(("article_ispaidcontent", "ispaidcontent", "is_paid")):
            return contents[0].lower() not in ("true", "1", "yes")
    tiers = [tier for name in _PAID_META if (tier := view.page.meta(name))]
    return tiers[0] not in ("locked", "paid", "premium") if tiers else None


def _denied(stated: Any) -> bool:
    return str(stated).strip().lower().rpartition("/")[2] in ("false", "0", "no")


def _says_that_it_is_paid(view: PageFacts) -> bool:
    """Whether anything on the page tells machines that it, or a part of it, is to be paid for."""
    free = is_free(view)
    if free is not None:
        return not free
    for thing in view.page.json_ld:
        parts = [each for each in as_list(thing.get("hasPart")) if isinstance(each, dict)]
        stated = [each["isAccessibleForFree"] for each in (thing, *parts) if "isAccessibleForFree" in each]
        if any(map(_denied, stated)):
            return True
    return False


# ---------------------------------------------------------------- the wall in the article's place

MOST_OFFER = 350
"""Words of a page that offers subscriptions, and nothing else."""


def paywalled(view: PageFacts) -> Judgement | None:
    """A page that shows nothing of an article, and asks to pay, to subscribe or to log in first.

    A page that shows an article's beginning is a teaser, and one that leads to others is a list. What stands
    at the address of an offer is a page like any other.
    """
    if view.words >= MOST_OFFER or view.linked_headings >= 3 or leads_to_gate(view.address):
        return None
    lines = view.texts
    if len(lines) > 40 or any(block.at is not None for block in view.blocks):
        return None
    walled = _in_walls(view)
    own = [block for block in view.blocks if block.text not in walled and not _is_of_a_wall(block.text)]
    begun = any(block.text.rstrip(" \"'”’").endswith(ELLIPSIS) for block in own)
    nothing = not begun and sum(word_count(block.text) for block in own) < SPOKEN
    if nothing and view.matches_pattern is not False and view.path not in ("/", ""):
        if _says_that_it_is_paid(view):
            return PageKind.GATE, "it is not free to read, and shows nothing of its text"
        if walled or (not lines and _NAMED.search(view.page.html)):
            return PageKind.GATE, "it shows a paywall and nothing else"
    if view.stated_article or view.of_type_article or view.fields.published is not None:
        return None
    if nothing and _asks_for_a_password(view):
        return PageKind.GATE, "it asks to log in"
    headings = [view.page_title, view.fields.title, *view.meta.h1_texts[:2]]
    heading = next((each for each in headings if len(each) < 160 and _is_of_a_wall(each)), None)
    spoken = heading or next((block.text for block in lines if _is_of_a_wall(block.text)), None)
    if spoken and _offers(view) and (nothing or (heading and _are_mostly_of_a_wall(lines))):
        return PageKind.GATE, f"it asks to subscribe or to log in: {spoken[:80]!r}"
    return None


MOST_WALL = 80
"""Words in a wall; more is the article itself, in an element that is named after its wall."""


def _in_walls(view: PageFacts) -> set[str]:
    """What stands in elements that are named as a paywall."""
    texts = {text for wall in _walls(view) for text in wall}
    return texts if sum(map(word_count, texts)) < MOST_WALL else set()


def _are_mostly_of_a_wall(lines: list[Block]) -> bool:
    said = sum(bool(_SUBSCRIBER.search(block.text) or _LOG_IN.search(block.text)) for block in lines)
    return 3 * said >= len(lines)


def _asks_for_a_password(view: PageFacts) -> bool:
    """Whether a form to log in stands on the page, outside what stands around every page."""
    for node in view.page.tree.css("input[type=password]")[:3]:
        around = node.parent
        while around is not None and around.tag not in _AROUND and not _hides(around.attributes):
            around = around.parent
        if around is None or around.tag in ("-document", "html"):
            return True
    return False


_AROUND = frozenset(("header", "nav", "footer", "aside", "dialog", "template", "noscript"))


def _hides(attributes: dict[str, str | None]) -> bool:
    called = f"{attributes.get('class') or ''} {attributes.get('id') or ''} {attributes.get('style') or ''}"
    return "hidden" in attributes or attributes.get("role") == "dialog" or bool(_HIDING.search(called))


_HIDING = re.compile(r"modal|popup|dropdown|overlay|hidden|header|menu|navbar|display:\s*none", re.I)


def _offers(view: PageFacts) -> bool:
    """Whether there is a way in: a form, or a link to subscribe or to log in."""
    if view.page.tree.css_first("main form input, article form input, input[type=password]") is not None:
        return True
    hrefs = (node.attributes.get("href") or "" for node in view.page.tree.css("a[href], form[action]")[:100])
    forms = (node.attributes.get("action") or "" for node in view.page.tree.css("form[action]")[:10])
    return any(leads_to_gate(each) for each in (*hrefs, *forms))


_SUBSCRIBER = re.compile(
    r"\babonn\w*|\babbon\w*|\bsubscri\w*|\bsubskry\w*|\bsuscr\w*|\bassin(?:e|ar|ante\w*|atura\w*)\b|\bprenumer\w*|"
    r"\bp[rř]e(?:d|t)plat\w*|\belőfizet\w*|συνδρομητ\w*|подпис(?:чик|к|ат)\w*|передпла\w*|абонат\w*|\babona[tțţ]\w*|"
    r"\babone\w*|\btila(?:a|ajat?|ajille|ajana|us)\b|\btellija\w*|\btelli\b|\bpretplat\w*|\bnaročnik\w*|会員|有料|购读|"
    r"订阅|訂閱|구독|مشترك|للمشتركين|اشترك|מנוי|สมาชิก|\bberlangganan|\bđăng ký|\bpremium\b",
    re.I,
)
_LOG_IN = re.compile(
    r"\blog ?in\b|\blogg?a? inn?\b|\binlog\w*|\bsign ?in\b|\banmeld\w*|\bmelden sie sich|\bmeld (?:je|u|jo)\b|\beinlogg\w*|"
    r"\b(?:se )?connect(?:ez|er)\b|\binicia\w* (?:la )?sessi?[óo]n?|\baccedi\b|\bfaça login|\bfazer login|\bzaloguj\w*|"
    r"\bpřihla[sš]\w*|\bprihlás\w*|\bjelentkez\w*|συνδεθείτε|\bвойд\w*|\bувійд\w*|\bautentific\w*|\bgiriş yap\w*|"
    r"\bkirjaudu\b|\blogi sisse|\bprijav\w*|ログイン|登[录錄入]|로그인|سجّ?ل الدخول|تسجيل الدخول|התחבר|"
    r"\b(?:een|gratis|free|an?|ein|un) (?:gratis |free |kostenloses |compte )?(?:account|konto|compte|cuenta)\b|\bregistr(?:eer|ier|ati|er)\w*",
    re.I,
)
_ONLY = re.compile(
    r"\b(?:alleen|allinnich|uitsluitend|exclusief|only|exclusive\w*|nur|exklusiv\w*|réservé\w*|exclusiv\w*|solo|sólo|"
    r"riservat\w*|esclusiv\w*|só|apenas|tylko|wyłącznie|dostępn\w+|endast|bara|enbart|kun|bare|vain|pouze|jen|csak|kizárólag|"
    r"doar|numai|yalnızca|sadece|ainult|samo|només|khusus)\b|\bμόνο|\bтолько|\bлише|\bсамо|限定|专享|專享|전용|فقط|בלבד|เฉพาะ",
    re.I,
)
_TO_READ = re.compile(
    r"\b(?:(?:verder|door)\w*(?: te)? ?le[sz]\w*|verder|fierder|lezen|lêzen|read(?:ing)?|continue|unlimited|weiter\w*|lesen|lire|suite|"
    r"leer|leyendo|leggere|ler|lendo|czyta\w*|läsa|läsning|lese|læse|luke\w*|číst|čten\w*|čítan\w*|olvas\w*|citi|okum\w*|"
    r"lugeda|čitanj\w*|čitat\w*|llegi\w*|onbeperkt|illimit\w*|unbegrenzt|ilimitad\w*|membaca)\b|"
    r"ανάγνωση|διαβάσ\w*|чита\w*|читат\w*|読|続き|阅读|閱讀|읽|القراءة|قراءة|לקרוא|อ่าน",
    re.I,
)


_METERED = re.compile(
    r"\b(?:gratis|free|kostenlose\w*|gratuit\w*|grátis|bezpłatn\w*|darmow\w*|ilmais\w*|бесплатн\w*|безкоштовн\w*)\s+"
    r"(?:artik\w*|articles?|artículos?|articoli|artigos?|artykuł\w*|stories|juttu\w*|стат\w*|berichten)\b|"
    r"\b(?:articles?|artículos|articoli|artigos) (?:gratuit\w*|gratis|grátis)\b|無料記事|免费文章",
    re.I,
)


def _is_of_a_wall(line: str) -> bool:
    """Whether a line asks to pay, to subscribe or to log in, in order to read on."""
    if len(line) > 300:
        return False
    if asks_for_payment(line) or _METERED.search(line):
        return True
    subscriber = _SUBSCRIBER.search(line) is not None
    if subscriber and _ONLY.search(line):
        return True
    return (subscriber or _LOG_IN.search(line) is not None) and _TO_READ.search(line) is not None
