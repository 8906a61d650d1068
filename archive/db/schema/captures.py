"""Tables of what was asked and what came: sites, visits, addresses, captures and their bodies."""

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

sites = Table(
    "sites",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number within this archive"),
    Column("name", Text, nullable=False, unique=True, comment="The name of the site's TOML file"),
    Column("title", Text, comment="What its readers call it, by that file; null: not said"),
    Column("place", Text, comment="Where its news is from; null: not said"),
    Column("publisher", Text, comment="Who publishes it; null: not said"),
    Column("issn", Text, comment="Its ISSN; null: not said, or it has none"),
    Column("url", Text, comment="The address of its front page; null: not said"),
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
        comment="CPU seconds of its process and the one that reads its pages (several sites may share them);"
        " null as for ended",
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
    Column("size", Integer, nullable=False, comment="Bytes of the body as it came; 0 where it is elsewhere"),
    Column(
        "codec",
        Text,
        nullable=False,
        comment="How data is packed: raw, zstd; destroyed: it is no more; masked: zstd, words are out; "
        "elsewhere: not here, an export named it",
    ),
    Column(
        "reference_id",
        ForeignKey("bodies.id"),
        comment="The body whose bytes are needed, as raw zstd dictionary, to unpack this one; null: none",
    ),
    Column(
        "depth", Integer, nullable=False, comment="How many other bodies must be unpacked first; at most 2"
    ),
    Column("data", LargeBinary, nullable=False, comment="The packed bytes; none where they are an object"),
    Column("object", Text, comment="Key of the packed bytes in object storage; null: they are in data"),
    Column("object_size", Integer, comment="How many they are there; null as for object"),
    Index(
        "ix_bodies_reference_id",
        "reference_id",
        **only_where("reference_id IS NOT NULL"),
    ),
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
    Column("role", Text, nullable=False, comment="feed, sitemap, listing, page; asset: what pages show"),
    Column("found_at", Instant, nullable=False, comment="When it was first heard of"),
    Column("found_on", Text, comment="The address that named it first; null: a seed, or a redirect"),
    Column(
        "how",
        Text,
        nullable=False,
        comment="feed, sitemap, listing, link, canonical, alternate, refresh, robots.txt, seed (of the "
        "site's file), or capture (met under way)",
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
    Column(
        "newness",
        Instant,
        nullable=False,
        comment="When what is there came out, as far as was told before it was asked for; orders the asking",
    ),
    UniqueConstraint("url", "site_id"),
    # What a crawl asks: the never asked for (newest first), then the due (longest due first).
    Index(
        "ix_addresses_fresh",
        "site_id",
        "newness",
        "found_at",
        "id",
        **only_where("last_visit IS NULL AND due_at IS NOT NULL"),
    ),
    Index(
        "ix_addresses_due",
        "site_id",
        "due_at",
        **only_where("last_visit IS NOT NULL AND due_at IS NOT NULL"),
    ),
    Index(
        "ix_addresses_missed",
        "site_id",
        "missed",
        **only_where("missed IS NOT NULL"),
    ),
    Index(
        "ix_addresses_article_id",
        "article_id",
        **only_where("article_id IS NOT NULL"),
    ),
    Index("ix_addresses_assets", "site_id", "last_visit", **only_where("role = 'asset'")),
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
    Index(
        "ix_captures_bodies",
        "address_id",
        "id",
        **only_where("body_id IS NOT NULL"),
    ),
    Index("ix_captures_site_id", "site_id", "id"),
    Index(
        "ix_captures_body_id",
        "body_id",
        **only_where("body_id IS NOT NULL"),
    ),
    comment="Every answer of a server, as it came: the truth of the archive, never altered",
)

screenshots = Table(
    "screenshots",
    metadata,
    Column(
        "capture_id", ForeignKey("captures.id"), primary_key=True, comment="The capture it is a picture of"
    ),
    Column("at", Instant, nullable=False, comment="When it was made; the page is as old as its capture"),
    Column("digest", LargeBinary(32), nullable=False, comment="SHA-256 of data"),
    Column("data", LargeBinary, nullable=False, comment="The picture"),
    Column("media_type", Text, nullable=False, comment="image/png; image/jpeg where that is too large"),
    Column("width", Integer, nullable=False, comment="Pixels"),
    Column("height", Integer, nullable=False, comment="Pixels"),
    Column("whole", Boolean, nullable=False, comment="It shows all of the page; else its beginning"),
    Column("browser", Text, nullable=False, comment="What drew it, with its release"),
    Column(
        "made_of",
        Json,
        nullable=False,
        comment="Captures of the pictures, sheets and fonts in it (JSON list)",
    ),
    Column(
        "lacking",
        Integer,
        nullable=False,
        comment="Pictures, sheets and fonts of the page that are not in it",
    ),
    comment="Pictures of archived pages, made of what is kept, where a site asks for them",
)
