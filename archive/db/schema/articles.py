"""Tables of what was read: articles, readings, versions, what a site repeats, and what proves them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    UniqueConstraint,
)

from archive.db.schema.columns import REAL, Instant, Integer, Json, Text, metadata, only_where

articles = Table(
    "articles",
    metadata,
    Column("id", Integer, primary_key=True, comment="Permanent number, never used again"),
    Column("site_id", ForeignKey("sites.id"), nullable=False, comment="The site that published it"),
    Column("key", Text, nullable=False, comment="Its identity on the site, by the site's rule"),
    Column("url", Text, nullable=False, comment="The address at which it was last seen standing"),
    Column(
        "kind",
        Text,
        nullable=False,
        comment="article, liveblog or teaser, as last seen; page: a standing page, kept and no news",
    ),
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
    Index(
        "ix_articles_moved_to",
        "moved_to",
        **only_where("moved_to IS NOT NULL"),
    ),
    Index("ix_articles_pages", "id", **only_where("kind = 'page'")),
    Index(
        "ix_articles_absent",
        "site_id",
        "status",
        **only_where("status != 'live'"),
    ),
    Index("ix_articles_site_id", "site_id", "id"),
    # What is held of each site is counted without a look at the rows, which are wide.
    Index("ix_articles_holdings", "site_id", "status", "kind", "latest", "first_seen", "last_seen"),
    Index("ix_articles_missed_since", "missed_since", "id", **only_where("status != 'live'")),
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
    Column("kind", Text, nullable=False, comment="article, liveblog, teaser or page"),
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
        "edit_kinds",
        Json,
        nullable=False,
        comment="What kinds of edit made it, by the rules of archive/compare/edit_kinds.py (JSON list)",
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
    Column(
        "told_seen_before",
        Instant,
        comment="When the article was last seen before, by the export it was imported from; null: verdicts "
        "say it",
    ),
    Column(
        "tried_memory",
        Integer,
        comment="Version of the site memory with which it was read last and read as no article; null: none",
    ),
    UniqueConstraint("article_id", "number"),
    Index(
        "ix_versions_words",
        "words",
        **only_where("words IS NOT NULL"),
    ),
    Index(
        "ix_versions_pages",
        "latest_capture_id",
        **only_where("pages IS NOT NULL"),
    ),
    Index("ix_versions_first_seen", "first_seen", "superseded", "article_id"),
    Index(
        "ix_versions_latest",
        "article_id",
        **only_where("superseded IS NULL"),
    ),
    Index("ix_versions_silent", "first_seen", **only_where("silent")),
    Index("ix_versions_later", "id", "article_id", **only_where("number > 1")),
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
    Index(
        "ix_verdicts_article_id",
        "article_id",
        "at",
        **only_where("article_id IS NOT NULL"),
    ),
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

article_assets = Table(
    "article_assets",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True, comment="The article"),
    Column(
        "address_id",
        ForeignKey("addresses.id"),
        primary_key=True,
        comment="What a page of it shows, or its sheets",
    ),
    Column(
        "own",
        Boolean,
        nullable=False,
        comment="A picture of the article itself: it is not shown where that may not be",
    ),
    Index("ix_article_assets_address_id", "address_id"),
    sqlite_with_rowid=False,
    comment="Pictures, style sheets and fonts that pages of articles show, where a site's are kept",
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

stamps = Table(
    "stamps",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number within this archive"),
    Column("seal_id", ForeignKey("seals.id"), nullable=False, comment="The seal whose digest was stamped"),
    Column("stamped", LargeBinary(32), nullable=False, comment="That digest, as it was sent"),
    Column("at", Instant, nullable=False, comment="The time that the authority vouches for"),
    Column("authority", Text, nullable=False, comment="The address that was asked"),
    Column("answer", LargeBinary, nullable=False, comment="Its answer as it came (RFC 3161, DER)"),
    comment="Time stamps on the chain by third parties",
)

resealed = Table(
    "resealed",
    metadata,
    Column("redaction_id", ForeignKey("redactions.id"), primary_key=True, comment="What was destroyed"),
    Column("seal_id", ForeignKey("seals.id"), primary_key=True, comment="A seal that covers some of it"),
    Column(
        "digest",
        LargeBinary(32),
        nullable=False,
        comment="What the seal comes to since: the digest before it, and the rows as they are now",
    ),
    comment="Seals over rows of which words were destroyed: the chain goes through their first digest",
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
    Column(
        "masked",
        Json,
        comment="SHA-256 of other pages, feeds and sitemaps as they came, kept without words that name it "
        "(JSON list); null: nothing was destroyed",
    ),
    Column(
        "marks",
        Json,
        comment="Digests by which its headlines, addresses and text are known again in what comes later "
        "(JSON list); null: nothing was destroyed",
    ),
    Column("destroyed_at", Instant, comment="When its bytes were destroyed; null: it is only hidden"),
    Column("lifted_at", Instant, comment="When it was taken back; null: it holds"),
    Index("ix_redactions_article_id", "article_id"),
    comment="Articles that may not be shown: the record of what was hidden or destroyed, and why",
)
