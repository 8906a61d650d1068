"""The tables of an archive, every one and every column explained.

Drawn from the outside in::

    sites -< runs                        a visit of a site
    sites -< addresses -< captures >- bodies
                             |
                             |-- verdicts >- articles -< versions >- readings >- captures
                             |
    sites -< memories, pins              articles -< stated

Captures, bodies, readings and verdicts are only ever added to. Articles, versions and addresses have
columns that move on (``last_seen``, ``status``, ``due_at``); their identity never does. Everything below
captures can be made again from captures; captures cannot.

Times are UTC. On SQLite they are text such as ``2026-03-02 08:00:00.000000``, which sorts and compares as
it reads and is understood by SQLite's own date functions.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import (
    REAL,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

REVISION = "0001"
"""The migration that makes exactly these tables."""


class Instant(TypeDecorator[datetime]):
    """An aware time, kept in UTC. A naive one is an error: nobody could say later what it meant."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware -> as the database keeps it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """As the database keeps it -> aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """Plain data as JSON text: keys sorted, no white space, UTF-8."""

    impl = Text()
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Plain data -> JSON."""
        return None if value is None else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """JSON -> plain data."""
        return None if value is None else orjson.loads(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


sites = Table(
    "sites",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number within this archive"),
    Column("name", Text, nullable=False, unique=True, comment="The name of the site's TOML file"),
    comment="The news sites of which something was kept",
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number within this archive, in order of start"),
    Column("site_id", ForeignKey("sites.id"), nullable=False, comment="The site visited"),
    Column("started", Instant, nullable=False, comment="When the visit began"),
    Column("ended", Instant, comment="When it ended; null: still going on, or its process was killed"),
    Column("outcome", Text, comment="done, partly, failed, stopped or refused; null as for ended"),
    Column(
        "settings", Json, nullable=False, comment="What it was told: options, software, site rules (JSON)"
    ),
    Column("counts", Json, comment="What it counted at its end (JSON); null as for ended"),
    Column("requests", Integer, comment="Requests made, robots.txt among them; null as for ended"),
    Column("received", Integer, comment="Bytes of the bodies received; null as for ended"),
    Column(
        "cpu",
        REAL,
        comment="CPU seconds of its process while it lasted (several sites may share one); null as for ended",
    ),
    Column("memory", Integer, comment="Most bytes its process held (resident); null as for ended"),
    Column("reasons", Json, comment="Why addresses were missed (JSON: reason to number); null as for ended"),
    Column("why", Text, comment="Why it ended before all was asked for that was due; null: it did not"),
    Column(
        "health_signals",
        Json,
        comment="What it showed of the site's health (JSON, as HealthSignals); null as for ended",
    ),
    Index("ix_runs_site_id", "site_id", "id"),
    comment="Visits: each time a site was gone to",
)

bodies = Table(
    "bodies",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number within this archive"),
    Column("digest", LargeBinary(32), nullable=False, unique=True, comment="SHA-256 of the body as it came"),
    Column("size", Integer, nullable=False, comment="Bytes of the body as it came"),
    Column("codec", Text, nullable=False, comment="How data is packed: raw, zstd; destroyed: it is no more"),
    Column(
        "reference_id",
        ForeignKey("bodies.id"),
        comment="The body whose bytes are needed, as raw zstd dictionary, to unpack this one; null: none",
    ),
    Column(
        "depth", Integer, nullable=False, comment="How many other bodies must be unpacked first; at most 2"
    ),
    Column("data", LargeBinary, nullable=False, comment="The packed bytes"),
    Index("ix_bodies_reference_id", "reference_id", sqlite_where=text("reference_id IS NOT NULL")),
    comment="What servers sent, each distinct body once",
)

reference_bodies = Table(
    "reference_bodies",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number within this archive"),
    Column("site_id", ForeignKey("sites.id"), nullable=False, comment="The site whose pages it serves"),
    Column(
        "body_id",
        ForeignKey("bodies.id"),
        nullable=False,
        comment="A page of the site; or, where it was compacted, several in one body that no capture has",
    ),
    Column(
        "packed_to",
        Integer,
        comment="Number of the last body that was packed with it; null: a page, not done yet",
    ),
    Index("ix_reference_bodies_site_id", "site_id", "id"),
    comment="Bodies that serve as reference for a site's other pages, the latest last",
)

dictionaries = Table(
    "dictionaries",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number, the same in every archive"),
    Column("digest", LargeBinary(32), nullable=False, unique=True, comment="SHA-256 of data"),
    Column("data", LargeBinary, nullable=False, comment="The dictionary (raw content, as zstd calls it)"),
    comment="What header lines were packed with: kept here so that the archive can be read without Legger",
)

addresses = Table(
    "addresses",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number within this archive"),
    Column("site_id", ForeignKey("sites.id"), nullable=False, comment="The site it was found on"),
    Column("url", Text, nullable=False, comment="The address, as it is asked for"),
    Column("role", Text, nullable=False, comment="feed, sitemap, listing or page"),
    Column("found_at", Instant, nullable=False, comment="When it was first heard of"),
    Column("found_on", Text, comment="The address that named it first; null: a seed, or a redirect"),
    Column(
        "how", Text, nullable=False, comment="feed, sitemap, listing, link, seed or capture (met under way)"
    ),
    Column("depth", Integer, nullable=False, comment="Links between a source of the site and this address"),
    Column("title", Text, comment="Its title according to where it was found; null: not said"),
    Column("published", Text, comment="Its date according to where it was found, as written; null: not said"),
    Column(
        "modified", Text, comment="Its last change according to its latest source, as written; null: not said"
    ),
    Column("author", Text, comment="Its author according to where it was found; null: not said"),
    Column("section", Text, comment="Its section according to where it was found; null: not said"),
    Column(
        "article_id", ForeignKey("articles.id"), comment="The article last read here; null: none ever was"
    ),
    Column("first_seen", Instant, comment="The first answer; null: never answered"),
    Column("last_visit", Instant, comment="When it was last asked for; null: never"),
    Column("last_changed", Instant, comment="When a new or changed article was last read here; null: never"),
    Column("last_status", Integer, comment="HTTP status of the last answer; null: never answered"),
    Column("failures", Integer, nullable=False, comment="Visits in a row without a usable answer"),
    Column("due_at", Instant, comment="When to ask (again); null: not any more"),
    Column("etag", Text, comment="ETag of the last full answer, for the next question; null: it had none"),
    Column("last_modified", Text, comment="Last-Modified of the last full answer; null: it had none"),
    Column("reason", Text, comment="Why it was not captured, or not read; null: it was"),
    Column(
        "missed",
        Text,
        comment="The kind of that reason (robots, tdm, gate, 4xx, 5xx, timeout, trap, ...); null: none, or "
        "what is there is no article",
    ),
    Column("links_followed_at", Instant, comment="When its links were followed last; null: never"),
    Column("last_body_at", Instant, comment="Last answer with a body; null: none"),
    UniqueConstraint("url", "site_id"),
    # What a crawl asks: the never asked for (newest found first), then the due (longest due first).
    Index(
        "ix_addresses_fresh",
        "site_id",
        "found_at",
        "id",
        sqlite_where=text("last_visit IS NULL AND due_at IS NOT NULL"),
    ),
    Index(
        "ix_addresses_due",
        "site_id",
        "due_at",
        sqlite_where=text("last_visit IS NOT NULL AND due_at IS NOT NULL"),
    ),
    Index("ix_addresses_missed", "site_id", "missed", sqlite_where=text("missed IS NOT NULL")),
    Index("ix_addresses_article_id", "article_id", sqlite_where=text("article_id IS NOT NULL")),
    comment="Every address ever heard of: what is still to fetch, and when to come back",
)

terms = Table(
    "terms",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number within this archive"),
    Column("robots", Text, nullable=False, comment="allowed, no rules, or not asked (robots.txt itself)"),
    Column("reserved", Boolean, comment="Text and data mining is reserved; null: nothing was said about it"),
    Column(
        "witness",
        Text,
        nullable=False,
        comment="Who says so: header, meta, tdmrep.json, ai.txt, content-signal, rsl ...; empty: nobody",
    ),
    Column("policy", Text, nullable=False, comment="Address of the policy that goes with it; empty: none"),
    Column(
        "said",
        Text,
        nullable=False,
        comment="Robots words, Content-Usage, Content-Signal, licence, as they stood; empty: none",
    ),
    Column("ground", Text, nullable=False, comment="The operator's ground: general, research or permission"),
    UniqueConstraint("robots", "reserved", "witness", "policy", "said", "ground"),
    comment="On what terms answers were had; many captures share a row",
)

captures = Table(
    "captures",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number within this archive, in the order of keeping"),
    Column("site_id", ForeignKey("sites.id"), nullable=False, comment="The site it was captured for"),
    Column("run_id", ForeignKey("runs.id"), comment="The visit that made it; null: imported, or by hand"),
    Column("address_id", ForeignKey("addresses.id"), nullable=False, comment="The address that answered"),
    Column("via", Text, comment="The address whose redirect led here; null: asked for by ourselves"),
    Column("at", Instant, nullable=False, comment="When the answer was observed"),
    Column("status", Integer, nullable=False, comment="HTTP status"),
    Column("http_version", Text, nullable=False, comment="HTTP/1.1, HTTP/2, ..."),
    Column("content_type", Text, comment="Content-Type as answered; null: not stated"),
    Column("truncated", Boolean, nullable=False, comment="The body was cut at the size limit, or broken off"),
    Column(
        "cut",
        Text,
        comment="Why it is cut: length (our limit), time, disconnect, unspecified; null: it is not, or not "
        "known",
    ),
    Column("server", Text, comment="IP address that answered; null: not known"),
    Column("tls", Text, comment="TLSv1.3 and the like; empty: not encrypted; null: not known"),
    Column(
        "wire_size",
        Integer,
        comment="Bytes of the body as it came, de-chunked and before content decoding; null: not known",
    ),
    Column(
        "wire_digest",
        LargeBinary(32),
        comment="SHA-256 of those bytes; where it is not the body's own, that was decoded; null: not known",
    ),
    Column(
        "headers",
        LargeBinary,
        nullable=False,
        comment="Request line, status line and the header lines of both, as they went over the wire (JSON, "
        "packed with zstd)",
    ),
    Column(
        "dictionary_id", ForeignKey("dictionaries.id"), comment="What headers was packed with; null: nothing"
    ),
    Column("body_id", ForeignKey("bodies.id"), comment="What was sent; null: nothing was"),
    Column("terms_id", ForeignKey("terms.id"), comment="On what terms; null: imported"),
    Index("ix_captures_address_id", "address_id", "id"),
    Index("ix_captures_bodies", "address_id", "id", sqlite_where=text("body_id IS NOT NULL")),
    Index("ix_captures_site_id", "site_id", "id"),
    Index("ix_captures_body_id", "body_id", sqlite_where=text("body_id IS NOT NULL")),
    comment="Every answer of a server, as it came: the truth of the archive, never altered",
)

articles = Table(
    "articles",
    metadata,
    Column("id", Integer, primary_key=True, comment="Permanent number, never used again"),
    Column("site_id", ForeignKey("sites.id"), nullable=False, comment="The site that published it"),
    Column("key", Text, nullable=False, comment="Its identity on the site, by the site's rule"),
    Column("url", Text, nullable=False, comment="The address at which it was last seen standing"),
    Column("kind", Text, nullable=False, comment="article, liveblog or teaser, as last seen"),
    Column("status", Text, nullable=False, comment="live, suspect (did not answer as an article) or gone"),
    Column("first_seen", Instant, nullable=False, comment="First capture"),
    Column("last_seen", Instant, nullable=False, comment="Last time it was seen standing"),
    Column(
        "missed_since", Instant, comment="First visit that missed it, since it was last seen; null: none did"
    ),
    Column("gone_at", Instant, comment="When it was found to be gone; null: it is not gone"),
    Column(
        "gone_reason", Text, comment="What stood there instead (HTTP 410, soft 404, ...); null: it stands"
    ),
    Column("latest", Integer, nullable=False, comment="Number of its latest version"),
    Column(
        "stated_hash",
        Text,
        nullable=False,
        comment="Digest of what the site last stated; see table stated_values",
    ),
    Column(
        "moved_to",
        ForeignKey("articles.id"),
        comment="The article it turned out to be, by a new rule of identity; null: it stands by itself",
    ),
    UniqueConstraint("site_id", "key"),
    Index("ix_articles_moved_to", "moved_to", sqlite_where=text("moved_to IS NOT NULL")),
    Index("ix_articles_absent", "site_id", "status", sqlite_where=text("status != 'live'")),
    sqlite_autoincrement=True,
    comment="Articles: what stays the same while words and addresses change",
)

readings = Table(
    "readings",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number within this archive"),
    Column("capture_id", ForeignKey("captures.id"), nullable=False, comment="The capture that was read"),
    Column("run_id", ForeignKey("runs.id"), comment="The visit or re-reading that read it; null: none"),
    Column("extractor", Text, nullable=False, comment="Release of the extractor"),
    Column(
        "rules",
        Text,
        nullable=False,
        comment="Digest of what the site's file says that bears on reading; empty: nothing (old)",
    ),
    Column(
        "memory",
        Integer,
        nullable=False,
        comment="Version of the site memory; 0: before anything was learned",
    ),
    Column("fingerprint", Text, nullable=False, comment="Equal for equal words: release, colon, SHA-256"),
    Column("content_hash", Text, nullable=False, comment="SHA-256 of the canonical form, in hexadecimal"),
    Column("kind", Text, nullable=False, comment="article, liveblog or teaser"),
    Column(
        "doubt", REAL, comment="How probable it is that text is not the article's, 0 to 1; null: not judged"
    ),
    Column("title", Text, nullable=False, comment="Headline; empty: none was found"),
    Column(
        "text", Text, nullable=False, comment="The running text: one line per paragraph, subhead, item, quote"
    ),
    Column("authors", Json, nullable=False, comment="Names of persons (JSON list); empty: none named"),
    Column("published", Instant, comment="When the site says it was published; null: not said"),
    Column("modified", Instant, comment="When the site says it was changed; null: not said"),
    Column("section", Text, comment="Section or category; null: not said"),
    Column("language", Text, comment="BCP 47; null: not known"),
    Column("word_count", Integer, nullable=False, comment="Words of text"),
    Column(
        "content",
        Json,
        nullable=False,
        comment="Everything else that was read, and what each line of text is",
    ),
    Index("ix_readings_capture_id", "capture_id"),
    comment="What was read in a capture, and with what; a capture may be read several times",
)

versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number within this archive"),
    Column("article_id", ForeignKey("articles.id"), nullable=False, comment="The article"),
    Column("number", Integer, nullable=False, comment="Counts from 1 within the article"),
    Column(
        "capture_id", ForeignKey("captures.id"), nullable=False, comment="The capture it was first seen in"
    ),
    Column(
        "latest_capture_id",
        ForeignKey("captures.id"),
        nullable=False,
        comment="The latest capture with a body that showed it",
    ),
    Column(
        "first_reading_id", ForeignKey("readings.id"), nullable=False, comment="As first read: for citing"
    ),
    Column(
        "reading_id", ForeignKey("readings.id"), nullable=False, comment="As read best by now: for reading"
    ),
    Column("fingerprint", Text, nullable=False, comment="That of reading_id"),
    Column("first_seen", Instant, nullable=False, comment="When it was first seen"),
    Column("last_seen", Instant, nullable=False, comment="When it was last seen or confirmed unchanged"),
    Column("superseded", Instant, comment="When the next version was first seen; null: it is the latest"),
    Column(
        "changed_fields",
        Json,
        nullable=False,
        comment="What differs from the version before (JSON list of names)",
    ),
    Column(
        "silent", Boolean, nullable=False, comment="Text changed; modified date did not; no notice was added"
    ),
    Column("words_added", Integer, comment="Words of the text that came; null: it is the first version"),
    Column("words_removed", Integer, comment="Words of the text that went; null: it is the first version"),
    Column(
        "words_moved",
        Integer,
        comment="Words of lines that moved; null: it is the first version",
    ),
    Column("same_as", Integer, comment="The earlier version it returned to the words of; null: new words"),
    Column(
        "alternating", Boolean, nullable=False, comment="One of texts shown by turns (an A/B test): no edit"
    ),
    Column(
        "words",
        LargeBinary(16),
        comment="Digest of title and text, to find the article at another address; null: few words, or old",
    ),
    Column(
        "pages",
        Json,
        comment="Its pages after the first (JSON list of number and capture); null: it stands on one page",
    ),
    UniqueConstraint("article_id", "number"),
    Index("ix_versions_words", "words", sqlite_where=text("words IS NOT NULL")),
    Index("ix_versions_pages", "latest_capture_id", sqlite_where=text("pages IS NOT NULL")),
    Index("ix_versions_first_seen", "first_seen", "superseded", "article_id"),
    Index("ix_versions_latest", "article_id", sqlite_where=text("superseded IS NULL")),
    Index("ix_versions_silent", "first_seen", sqlite_where=text("silent")),
    comment="What an article said, from when until when",
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("capture_id", ForeignKey("captures.id"), primary_key=True, comment="The capture"),
    Column("at", Instant, nullable=False, comment="That of the capture"),
    Column(
        "kind",
        Text,
        nullable=False,
        comment="new, changed, same, flip-flop, back, suspect, gone, not-article, unreadable",
    ),
    Column("page", Text, comment="What the page was read as (article, gate, ...); null: it was not read"),
    Column("article_id", ForeignKey("articles.id"), comment="The article it is about; null: none"),
    Column("version_id", ForeignKey("versions.id"), comment="The version it shows; null: it shows none"),
    Column("reason", Text, nullable=False, comment="Why; empty: it goes without saying"),
    Index("ix_verdicts_article_id", "article_id", "at", sqlite_where=text("article_id IS NOT NULL")),
    comment="What filing each capture came to; a capture without one was kept and not yet filed",
)

stated_values = Table(
    "stated_values",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number within this archive"),
    Column("article_id", ForeignKey("articles.id"), nullable=False, comment="The article"),
    Column("field", Text, nullable=False, comment="published, modified, tags, language, canonical_url, ..."),
    Column("value", Json, comment="What was stated (JSON); null: nothing any more"),
    Column("since", Instant, nullable=False, comment="The first capture that stated it"),
    Column("until", Instant, comment="The first capture that stated something else; null: it still holds"),
    Column(
        "reader_changed",
        Boolean,
        nullable=False,
        comment="Our software changed too: the difference may be ours",
    ),
    Index("ix_stated_values_article_id", "article_id", "field", "since"),
    comment="What the site says about an article beside its words: changes of it make no version",
)

memories = Table(
    "memories",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number within this archive"),
    Column("site_id", ForeignKey("sites.id"), nullable=False, comment="The site"),
    Column("version", Integer, nullable=False, comment="Counts from 1 within the site"),
    Column("learned_at", Instant, comment="When it was learned; null: not said"),
    Column("articles", Integer, nullable=False, comment="Number of distinct articles it was learned from"),
    Column("content", Json, nullable=False, comment="Lines and templates (JSON)"),
    UniqueConstraint("site_id", "version"),
    comment="What is known to repeat on a site; every version is kept, because readings refer to it",
)

pins = Table(
    "pins",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number within this archive"),
    Column("site_id", ForeignKey("sites.id"), nullable=False, comment="The site"),
    Column("place", Text, nullable=False, comment="Where on the page the line stands; empty: anywhere"),
    Column("text", Text, nullable=False, comment="The line"),
    Column("pin", Text, nullable=False, comment="strip or keep"),
    Column("note", Text, comment="Why; null: not said"),
    Column("at", Instant, nullable=False, comment="When it was pinned"),
    UniqueConstraint("site_id", "place", "text"),
    comment="An operator's last word on lines of a site's memory",
)

seals = Table(
    "seals",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number within this archive, in the order of sealing"),
    Column(
        "digest", LargeBinary(32), nullable=False, comment="SHA-256 of the digest before it and of these rows"
    ),
    Column("captures", Text, comment="Captures it covers, by number: 17-40,42; null: it covers none"),
    Column("versions", Text, comment="Rows of versions it covers, as captures; null: it covers none"),
    Column("runs", Text, comment="Runs it covers, as captures; null: it covers none"),
    comment="The hash chain: one link for each batch that added captures, versions or runs",
)

redactions = Table(
    "redactions",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number within this archive"),
    Column("article_id", ForeignKey("articles.id"), nullable=False, comment="The article that is not shown"),
    Column("at", Instant, nullable=False, comment="When it was decided"),
    Column("ground", Text, nullable=False, comment="The rule it rests on"),
    Column("reason", Text, nullable=False, comment="Why"),
    Column("who", Text, nullable=False, comment="Who decided it"),
    Column(
        "contents", Json, nullable=False, comment="Content hashes of its versions as first read (JSON list)"
    ),
    Column(
        "pages", Json, nullable=False, comment="SHA-256 of its captured pages, in hexadecimal (JSON list)"
    ),
    Column("destroyed_at", Instant, comment="When its bytes were destroyed; null: it is only hidden"),
    Column("lifted_at", Instant, comment="When it was taken back; null: it holds"),
    Index("ix_redactions_article_id", "article_id"),
    comment="Articles that may not be shown: the record of what was hidden or destroyed, and why",
)

index_queue = Table(
    "index_queue",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number, in the order in which the changes came"),
    Column(
        "article_id", ForeignKey("articles.id"), nullable=False, comment="The article that is not as it was"
    ),
    sqlite_autoincrement=True,
    comment="Articles whose words changed since the full-text index took them up: a queue it empties",
)

indexed = Table(
    "indexed",
    metadata,
    Column("version_id", ForeignKey("versions.id"), primary_key=True, comment="The version"),
    Column("reading_id", ForeignKey("readings.id"), nullable=False, comment="The reading whose words it has"),
    Column("published", Text, comment="The day on which the site says it was published; null: not said"),
    Column("published_at", Instant, comment="The moment of that, in UTC, to sort by; null: not said"),
    Column("section", Text, comment="That of the reading; null: not said"),
    Column("language", Text, comment="That of the reading; null: not known"),
    Column("place", Text, comment="The place its text opens with; null: none"),
    Index("ix_indexed_published_at", "published_at", "version_id"),
    comment="Versions that stand in the full-text index (table words), with the words they stand there with",
)

minhashes = Table(
    "minhashes",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True, comment="The article"),
    Column(
        "sketch",
        LargeBinary,
        nullable=False,
        comment="MinHash of its latest text; see archive/search/minhash.py",
    ),
    comment="What articles are compared by to find the same story elsewhere; made again at will",
)

minhash_bands = Table(
    "minhash_bands",
    metadata,
    Column("band", Integer, primary_key=True, comment="A number that alike texts share"),
    Column("article_id", ForeignKey("articles.id"), primary_key=True, comment="An article that has it"),
    sqlite_with_rowid=False,
    comment="Sketches by their parts, to look alike texts up; made again at will",
)

headline_hashes = Table(
    "headline_hashes",
    metadata,
    Column("heading", Integer, primary_key=True, comment="A headline, folded and hashed"),
    Column("article_id", ForeignKey("articles.id"), primary_key=True, comment="The article"),
    Column(
        "quoted",
        Boolean,
        primary_key=True,
        comment="False: it stood over the article; true: the article is a correction and names it",
    ),
    Index("ix_headline_hashes_article_id", "article_id"),
    sqlite_with_rowid=False,
    comment="Headlines, to find what a correction corrects; made again at will",
)

relations = Table(
    "relations",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True, comment="The article"),
    Column("other_id", ForeignKey("articles.id"), primary_key=True, comment="The one it is related to"),
    Column(
        "kind",
        Text,
        primary_key=True,
        comment="same story (other_id is the lower number), or corrects (article_id corrects other_id)",
    ),
    Column(
        "likeness",
        REAL,
        comment="Greatest share of the shorter text that stood in the other; null: a correction",
    ),
    Index("ix_relations_other_id", "other_id"),
    sqlite_with_rowid=False,
    comment="Articles that tell the same story or correct each other; made again at will",
)

leases = Table(
    "leases",
    metadata,
    Column(
        "site",
        Text,
        primary_key=True,
        comment="Name of the site that is being visited; in brackets: an entry a clock is at, or telling",
    ),
    Column(
        "holder",
        Text,
        nullable=False,
        comment="Who visits it: host/process namespace:process@when the process began",
    ),
    Column("taken", Instant, nullable=False, comment="Since when"),
    Column("until", Instant, nullable=False, comment="When the lease ends unless it is renewed"),
    comment="Visits under way: one per site, on whatever machine",
)

schedule_entries = Table(
    "schedule_entries",
    metadata,
    Column("site", Text, primary_key=True, comment="Name of the site"),
    Column(
        "kind",
        Text,
        primary_key=True,
        comment="visit (all that is due), poll (feeds and sitemaps, and what they name), backfill or compact",
    ),
    Column("due_at", Instant, nullable=False, comment="When the clock is to do it next"),
    Column("paused_at", Instant, comment="Since when the clock leaves it alone; null: it does not"),
    comment="The schedule: what is to be done at each site, and when",
)

alarms = Table(
    "alarms",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number within this archive"),
    Column("site", Text, comment="Name of the site it concerns; null: the installation"),
    Column(
        "kind", Text, nullable=False, comment="unreachable, robots, source, gates, field, silence, disk, ..."
    ),
    Column("subject", Text, nullable=False, comment="What of it: a field, an address ...; empty: all of it"),
    Column("since", Instant, nullable=False, comment="When it began"),
    Column(
        "says", Text, nullable=False, comment="What is wrong, why it may be so and what to do, for people"
    ),
    Column("ended", Instant, comment="When it was over; null: it is not"),
    Column(
        "times", Integer, nullable=False, server_default="1", comment="How often it began: it came and went"
    ),
    Column("quiet_until", Instant, comment="Till when nobody is told, for somebody knows; null: told"),
    Column("note", Text, comment="What who acknowledged it wrote; null: nobody did"),
    Index("ix_alarms_open", "site", sqlite_where=text("ended IS NULL")),
    sqlite_autoincrement=True,
    comment="What is wrong with sites, and was: told from what visits showed",
)

sent_notices = Table(
    "sent_notices",
    metadata,
    Column("alarm_id", Integer, primary_key=True, comment="The alarm; 0: the weekly letter"),
    Column("channel", Text, primary_key=True, comment="log, mail, webhook or command"),
    Column("digest", Text, nullable=False, comment="Of the words in which it was told last"),
    Column("at", Instant, nullable=False, comment="When"),
    comment="What people were told, so that nothing is told twice",
)

clocks = Table(
    "clocks",
    metadata,
    Column("holder", Text, primary_key=True, comment="Its process, as in leases"),
    Column("started", Instant, nullable=False, comment="Since when it runs"),
    Column("every", REAL, nullable=False, comment="Seconds between two visits of a site, by default"),
    Column("poll", REAL, nullable=False, comment="Seconds between two looks at feeds, by default; 0: none"),
    Column("at_most", Integer, nullable=False, comment="Visits at a time"),
    comment="Clocks that run, with their settings",
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number within this archive"),
    Column("at", Instant, nullable=False, comment="When it was noted"),
    Column("site", Text, comment="Name of the site it concerns; null: all of them"),
    Column(
        "kind",
        Text,
        nullable=False,
        comment="late, failed, killed, lost, over time, misfire, not told or outage",
    ),
    Column("since", Instant, comment="When it began; null: it did not last"),
    Column("says", Text, nullable=False, comment="What happened, for people"),
    comment="Visits that came late, failed or were cut short: every gap is explained here",
)
