"""The whole reading of one capture: page, fields, body, kind. Puts together what its neighbours read."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from archive.model.types import Article, Block, Capture, PageKind, SiteMemory
from crawler.extract import doubt
from crawler.extract.cards import cards_of
from crawler.extract.fields.fields import read_fields
from crawler.extract.fields.template_fields import with_template
from crawler.extract.known_boilerplate import KnownBoilerplate
from crawler.extract.live import entry_times
from crawler.extract.page.blocks import Outline
from crawler.extract.page.metadata import Metadata
from crawler.extract.page.page import Page
from crawler.extract.page_type import judge_kind
from crawler.extract.page_type.site_witness import BUILT_ALIKE, weighed
from crawler.extract.provenance import made_with
from crawler.extract.rules import judge_by_rules, ruled
from crawler.extract.templates import tells_at_its_text
from crawler.extract.text.body import blocks_of, judge, links_of, said_of_itself
from crawler.extract.text.classifier import Model
from crawler.extract.text.scored import ScoredBlock
from crawler.extract.text.script_text import LITTLE, hidden_text
from crawler.siteconfig.site import Site


@dataclass(frozen=True, kw_only=True)
class ExtractionTrace:
    """An article with all that was seen on the way to it."""

    capture: Capture
    outline: Outline
    judged: list[ScoredBlock]
    article: Article
    signs: Mapping[str, float]
    """What may tell of a bad reading: see :mod:`crawler.extract.doubt`."""


def extract(capture: Capture, site: Site, memory: SiteMemory) -> Article:
    """Read one capture. Never returns nothing: a page that is no article comes with its kind and reason."""
    with uncollected():  # what was thought of the runs is gone before anything is searched again
        return _read(capture, site, memory, None).article


def read(capture: Capture, site: Site, memory: SiteMemory, *, model: Model | None = None) -> ExtractionTrace:
    """Read one capture, and keep every run of the page with what was thought of it."""
    with uncollected():
        return _read(capture, site, memory, model)


def _read(capture: Capture, site: Site, memory: SiteMemory, model: Model | None) -> ExtractionTrace:
    by_rules = ruled(Page.of(capture), site)
    page = by_rules.page
    lines = page.outline
    recall = KnownBoilerplate.of(memory)
    fields = with_template(
        read_fields(page, site, capture, by_rules=by_rules),
        lines,
        recall.template(lines),
        zone=site.zone,
        at=capture.at,
    )
    said = said_of_itself(page)
    described = Metadata(page, site)
    found = cards_of(page, described)
    judged = judge(
        lines,
        title=fields.title,
        names=(*fields.authors, fields.byline or ""),
        said=said,
        recall=recall,
        at=capture.at,
        model=model,
        cards=found,
    )
    judge_by_rules(judged, lines, by_rules)
    little = sum(len(each.run.text) for each in judged if each.kept or each.alone) < LITTLE
    if little and not by_rules.has_body and (hidden := hidden_text(page)):
        lines, judged = hidden
    day = (fields.published.value if fields.published else capture.at).astimezone(site.zone).date()
    times = entry_times(page, lines, judged, described.article, began=day, zone=site.zone)
    blocks: tuple[Block, ...] = blocks_of(judged, times)
    kind, reason, might_be = judge_kind(page, fields, blocks, site, found)
    if kind is not PageKind.LIVEBLOG:
        blocks = blocks_of(judged)
    article = Article(
        kind=kind,
        reason=reason,
        might_be=might_be,
        url=capture.url,
        canonical_url=fields.canonical_url,
        title=fields.title,
        kicker=fields.kicker,
        headline=fields.headline,
        blocks=blocks,
        authors=fields.authors,
        byline=fields.byline,
        published=fields.published,
        modified=fields.modified,
        section=fields.section,
        tags=fields.tags,
        images=fields.images,
        links=links_of(judged, page),
        language=fields.language,
        sources={
            **fields.sources,
            "text": "memory+model" if memory.lines else "model",
            **({"unread": "; ".join(page.left_out)} if page.left_out else {}),
        },
        reader=made_with(site, memory.version, capture.at.astimezone(site.zone).date()),
        left_out=tuple(each.run.text for each in judged if not each.kept),
    )
    template = recall.template(lines)
    unknown = bool(recall.templates) and template is None
    signs = doubt.signs(judged, article, summary=said[1], unknown=unknown)
    article = replace(article, doubt=round(doubt.doubt_of(signs), 4), doubts=doubt.reasons(signs))
    if might_be is not None and template is not None and tells_at_its_text(template, lines):
        article = weighed(article, BUILT_ALIKE)
    return ExtractionTrace(capture=capture, outline=lines, judged=judged, article=article, signs=signs)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the search for cycles: what is made of a page has none, and the search costs a tenth."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
