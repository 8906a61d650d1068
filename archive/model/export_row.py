"""The row of an export: its fields, each declared once.

From :class:`ExportRow` follow, by :mod:`archive.model.row_fields`, the JSON Schema of a row, the columns of
tables (CSV, Parquet, SQLite, data frames), the codebook of a manifest, the models of the API, the columns of
the SQL views, and the table of fields in ``docs/export.md``. A field is added here, with its value in
:func:`archive.export.rows.as_row`; for the API and the command line, which have versions as objects, in
:func:`archive.model.row_fields.of_version`. What a name means, and what null means there, is the same
wherever the field stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypedDict

SHA256 = "^[0-9a-f]{64}$"
STATED = r"^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d(:\d\d)?)?$"
"""A time as a site states it: an instant with its offset, or a day."""

HIDDEN = (
    "EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id "
    "AND redactions.lifted_at IS NULL)"
)
"""SQL: whether an article may not be shown."""
SEEN_BEFORE = (
    "coalesce(versions.told_seen_before, "
    "(SELECT verdicts.at FROM verdicts WHERE verdicts.article_id = versions.article_id "
    "AND verdicts.at < versions.first_seen AND verdicts.version_id IS NOT NULL "
    "ORDER BY verdicts.at DESC LIMIT 1))"
)
_BEHIND_SCHEME = "substr(articles.url, instr(articles.url, '://') + 3)"
_MASKED = (
    "substr(articles.url, 1, instr(articles.url, '://') + 1 "
    f"+ instr(replace(replace({_BEHIND_SCHEME}, '?', '/'), '#', '/') || '/', '/')) || '/(redacted)'"
)
"""SQL: an address without its path, as :func:`archive.db.mapping.masked` has it."""


def _stated(name: str) -> str:
    """SQL: a date as the site states it: a day, or a time with its zone."""
    value = f"readings.content ->> '$.{name}.value'"
    return (
        f"CASE readings.content ->> '$.{name}.precision' "
        f"WHEN 'day' THEN substr({value}, 1, 10) ELSE {value} END"
    )


def _day(name: str) -> str:
    """SQL: the day of a date, in the site's own time."""
    return f"substr(readings.content ->> '$.{name}.value', 1, 10)"


class _Kept:
    """Stands for: as in any other row."""


KEPT = _Kept()


@dataclass(frozen=True, kw_only=True)
class Format:
    """What of JSON Schema's formats a text is."""

    name: str


Moment = Annotated[str, Format(name="date-time")]
"""A time in UTC: ISO 8601, to the second, or to the microsecond where it has a fraction."""
Day = Annotated[str, Format(name="date")]


@dataclass(frozen=True)
class Says:
    """What is declared of a field beside its name and type."""

    means: str
    minimum: int | None = None
    pattern: str | None = None
    hidden: Any = KEPT
    """What stands there where the article may not be shown."""
    then: bool = True
    """Whether it is known as of a time; where not, it is null then."""
    sql: str | None = None
    """The SQL of the column that the views have; ``None``: they have none."""
    hidden_sql: str | None = None
    """The SQL of what stands there where the article may not be shown; ``None``: that of *hidden*."""


class BlockRow(TypedDict):
    """A piece of an article."""

    kind: Literal["lead", "paragraph", "subhead", "item", "quote", "caption", "box"]
    text: str


class ImageRow(TypedDict):
    """A picture that belongs to an article."""

    url: str
    caption: str | None
    credit: str | None
    alt: str | None


# fmt: off
class ExportRow(TypedDict):
    """A version of an article, as exports have it. Every field is always there."""

    id: Annotated[int, Says(
        "The article's permanent number in this archive. Never used again for another article.",
        minimum=1, sql="articles.id",
    )]
    version: Annotated[int, Says(
        "The version's number within the article, from 1.",
        minimum=1, sql="versions.number",
    )]
    site: Annotated[str, Says("Name of the site that published it.", sql="sites.name")]
    site_title: Annotated[str | None, Says(
        "What its readers call the site, by its file at the latest visit.",
        sql="sites.title",
    )]
    key: Annotated[str, Says(
        "The article's identity on its site, by the site's own rule.",
        sql="articles.key", hidden_sql="'(redacted) ' || articles.id",
    )]
    url: Annotated[str, Says(
        "The address at which the article was last seen standing.",
        sql="articles.url", hidden_sql=_MASKED,
    )]
    addresses: Annotated[list[str], Says(
        "Every address of the article: url first, then those that led or lead there, by the alphabet.",
    )]
    canonical_url: Annotated[str | None, Says(
        "The address the page itself calls canonical; a witness that can be wrong.",
        hidden=None, sql="readings.content ->> '$.canonical_url'",
    )]
    kind: Annotated[Literal["article", "liveblog", "teaser", "page"], Says(
        "What the page is: a whole article; a live blog; a teaser, the open part of an article behind a"
        " paywall; page, a standing page (--pages).",
        sql="readings.kind",
    )]
    status: Annotated[Literal["live", "suspect", "gone"], Says(
        "Of the article, now: live, it stands; suspect, it did not answer as an article, too short a "
        "time to say more; gone, it answered 410, or visits on three different days or more all missed "
        "it.",
        sql="articles.status",
    )]
    title: Annotated[str, Says("Headline. Empty when none was found.", hidden="", sql="readings.title")]
    headline: Annotated[str | None, Says(
        "The headline that readers see, where title is another one, stated to machines; null where they"
        " are one.",
        hidden=None, sql="readings.content ->> '$.headline'",
    )]
    kicker: Annotated[str | None, Says(
        "The line above the headline.",
        hidden=None, sql="readings.content ->> '$.kicker'",
    )]
    lead: Annotated[str | None, Says(
        "The opening set apart from the body; it is also the beginning of text.",
        hidden=None,
    )]
    text: Annotated[str, Says(
        "Lead, paragraphs, subheads, list items and quotes, one line each. Neither title nor captions.",
        hidden="", sql="readings.text",
    )]
    blocks: Annotated[list[BlockRow], Says(
        "Everything that was read, in reading order; captions and boxes stand here beside the lines of "
        "text.",
        hidden=[],
    )]
    captions: Annotated[list[str], Says("Captions of pictures and videos.", hidden=[])]
    boxes: Annotated[list[str], Says("Fact boxes, key points, summaries.", hidden=[])]
    word_count: Annotated[int, Says(
        "Words of text; where a language puts no space between them, two characters count for one.",
        minimum=0, hidden=0, sql="readings.word_count",
    )]
    authors: Annotated[list[str], Says("Persons named as authors.", hidden=[], sql="readings.authors")]
    byline: Annotated[str | None, Says(
        "The byline as it stood on the page.",
        hidden=None, sql="readings.content ->> '$.byline'",
    )]
    published: Annotated[str | None, Says(
        "When the site says it was published: ISO 8601, an instant with offset, or a date when only a "
        "day was stated.",
        pattern=STATED, hidden=None, sql=_stated("published"),
    )]
    published_utc: Annotated[Moment | None, Says(
        "That moment in UTC; of a day, its beginning in the site's own time.",
        hidden=None, sql="readings.published",
    )]
    published_day: Annotated[Day | None, Says(
        "That day, in the site's own time.",
        hidden=None, sql=_day("published"),
    )]
    published_raw: Annotated[str | None, Says(
        "The words that say so.",
        hidden=None, sql="readings.content ->> '$.published.raw'",
    )]
    published_source: Annotated[str | None, Says(
        "The witness: json-ld, meta, time, label, url, feed ...",
        hidden=None, sql="readings.content ->> '$.published.source'",
    )]
    published_precision: Annotated[Literal["instant", "day", "relative"] | None, Says(
        "How much was stated: instant, day, or relative (\"3 hours ago\", counted from the capture).",
        hidden=None, sql="readings.content ->> '$.published.precision'",
    )]
    modified: Annotated[str | None, Says(
        "When the site says it was last changed; form as for published.",
        pattern=STATED, hidden=None, sql=_stated("modified"),
    )]
    modified_utc: Annotated[Moment | None, Says(
        "That moment in UTC; of a day, its beginning in the site's own time.",
        hidden=None, sql="readings.modified",
    )]
    modified_raw: Annotated[str | None, Says(
        "The words that say so.",
        hidden=None, sql="readings.content ->> '$.modified.raw'",
    )]
    modified_source: Annotated[str | None, Says(
        "The witness, as for published.",
        hidden=None, sql="readings.content ->> '$.modified.source'",
    )]
    section: Annotated[str | None, Says("Section or category.", hidden=None, sql="readings.section")]
    tags: Annotated[list[str], Says("Tags or keywords.", hidden=[])]
    language: Annotated[str | None, Says(
        "BCP 47, for instance nl or fy.",
        hidden=None, sql="readings.language",
    )]
    dateline: Annotated[str | None, Says(
        "The place the text opens with. The text itself is not cut.",
        hidden=None, sql="readings.content ->> '$.dateline'",
    )]
    images: Annotated[list[ImageRow], Says("Pictures that belong to the article.", hidden=[])]
    links: Annotated[list[str] | None, Says(
        "Where the links in its text lead, in reading order, once each; null: not kept when it was "
        "read.",
        hidden=None,
    )]
    article_first_seen: Annotated[Moment, Says(
        "When the article was first seen, in whatever version. UTC.",
        sql="articles.first_seen",
    )]
    first_seen: Annotated[Moment, Says("When this version was first seen. UTC.", sql="versions.first_seen")]
    last_seen: Annotated[Moment, Says(
        "When this version was last seen or confirmed unchanged. UTC. Later than superseded where texts"
        " were shown by turns.",
        sql="versions.last_seen",
    )]
    seen_before: Annotated[Moment | None, Says(
        "When the article was last seen before this version, with other words: it was changed between "
        "then and first_seen. Null for the first version.",
        sql=SEEN_BEFORE,
    )]
    superseded: Annotated[Moment | None, Says(
        "When the next version was first seen; null for the latest. UTC.",
        then=False, sql="versions.superseded",
    )]
    missed_since: Annotated[Moment | None, Says(
        "The first visit that missed the article; null: none did since it was last seen. UTC.",
        sql="articles.missed_since",
    )]
    gone_at: Annotated[Moment | None, Says(
        "When it was found to be gone; null unless status is gone. UTC.",
        sql="articles.gone_at",
    )]
    gone_reason: Annotated[str | None, Says(
        "What stood there instead; null: no visit missed it since it was last seen.",
        sql="articles.gone_reason",
    )]
    redacted: Annotated[bool, Says(
        "The article may not be shown: its words are left out here; content_hash is that of what they "
        "were.",
        sql=HIDDEN,
    )]
    versions: Annotated[int, Says("How many versions the article has.", minimum=1, sql="articles.latest")]
    changed_fields: Annotated[
        list[Literal[
            "title", "headline", "kicker", "lead", "text", "captions", "boxes", "authors", "section",
            "paywall", "liveblog", "notice", "replaced",
        ]] | None, Says(
        "What differs from the version before: fields (text includes the lead), and what explains it: "
        "paywall (a teaser opened or closed), liveblog (it grew), notice (a line announces the change),"
        " replaced (another story stands at the address). Empty for the first version, and for one that"
        " turned out equal when both were read the same way. Null as of a time.",
        then=False, sql="versions.changed_fields",
    )]
    edit_kinds: Annotated[
        list[Literal[
            "correction", "style", "context", "removal", "headline", "update", "notice", "metadata",
            "access", "replaced",
        ]] | None, Says(
        "What kinds of edit made the version, by rules that read words alone (docs/glossary.md). Null "
        "as of a time.",
        then=False, sql="versions.edit_kinds",
    )]
    words_added: Annotated[int | None, Says(
        "Words of the text that came, beside the version before; 0 for the first version. Null as of a "
        "time.",
        minimum=0, then=False, sql="coalesce(versions.words_added, 0)",
    )]
    words_removed: Annotated[int | None, Says(
        "Words of the text that went. Null as of a time.",
        minimum=0, then=False, sql="coalesce(versions.words_removed, 0)",
    )]
    words_moved: Annotated[int | None, Says(
        "Words of lines that stand elsewhere in the text now. Null as of a time.",
        minimum=0, then=False, sql="coalesce(versions.words_moved, 0)",
    )]
    silent: Annotated[bool | None, Says(
        "The text changed, the site's modified date did not, and no notice was added. Null as of a "
        "time.",
        then=False, sql="versions.silent",
    )]
    alternating: Annotated[bool | None, Says(
        "One of texts shown by turns, as A/B tests do: no editor's change. Null as of a time.",
        then=False, sql="versions.alternating",
    )]
    same_as: Annotated[int | None, Says(
        "The earlier version to whose words it returned; null for new words.",
        minimum=1, then=False, sql="versions.same_as",
    )]
    content_hash: Annotated[str, Says(
        "SHA-256 of the canonical form, in hexadecimal: the JSON object of authors, boxes, captions, "
        "headline, kicker (not where `extractor` is 9 or lower), section, text and title as they stand "
        "in this row, without those that are empty or null, keys in alphabetical order, no white space "
        "between tokens, UTF-8 without escapes but those JSON demands.",
        pattern=SHA256, sql="readings.content_hash",
    )]
    capture: Annotated[int, Says(
        "Number of the capture this version was first seen in.",
        minimum=1, sql="versions.capture_id",
    )]
    capture_status: Annotated[int, Says("HTTP status of that capture.")]
    capture_digest: Annotated[str | None, Says(
        "SHA-256 of the bytes of that capture, in hexadecimal.",
        pattern=SHA256,
    )]
    extractor: Annotated[str, Says(
        "Release of the extractor that read this version.",
        sql="readings.extractor",
    )]
    rules: Annotated[str, Says(
        "Digest of what the site's file said that bears on reading (title, language, time zone, "
        "articles, rules).",
        sql="readings.rules",
    )]
    memory: Annotated[int, Says(
        "Version of the site memory it was read with; 0 before anything was learned.",
        minimum=0, sql="readings.memory",
    )]
    sources: Annotated[dict[str, str], Says("Field name -> the witness that gave it.", hidden={})]
# fmt: on
