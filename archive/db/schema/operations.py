"""Tables of running it: who visits which site, when next, what is wrong and who was told."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table

from archive.db.schema.columns import REAL, Instant, Integer, Json, Text, metadata, only_where

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
    Column(
        "site",
        Text,
        primary_key=True,
        comment="Name of the site; in brackets: shards of an export, which are those of no site",
    ),
    Column(
        "kind",
        Text,
        primary_key=True,
        comment="visit (all that is due), poll (feeds and sitemaps, and what they name), backfill, compact; "
        "or reread, import and export, while there are shards of it",
    ),
    Column("due_at", Instant, nullable=False, comment="When the clock is to do it next"),
    Column("paused_at", Instant, comment="Since when the clock leaves it alone; null: it does not"),
    Column(
        "tries",
        Integer,
        nullable=False,
        server_default="0",
        comment="How often in a row a worker of a fleet was at it and did not come to its end",
    ),
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
    Index("ix_alarms_open", "site", **only_where("ended IS NULL")),
    sqlite_autoincrement=True,
    comment="What is wrong with sites, and was: told from what visits showed",
)

sent_notices = Table(
    "sent_notices",
    metadata,
    Column("alarm_id", Integer, primary_key=True, comment="The alarm; 0: the weekly digest"),
    Column("channel", Text, primary_key=True, comment="log, mail, webhook, command or apprise"),
    Column("digest", Text, nullable=False, comment="Of the words in which it was told last"),
    Column("at", Instant, nullable=False, comment="When"),
    comment="What people were told, so that nothing is told twice",
)

wayback_requests = Table(
    "wayback_requests",
    metadata,
    Column("version_id", ForeignKey("versions.id"), primary_key=True, comment="The version that was sent"),
    Column("state", Text, nullable=False, comment="waiting, asked, saved or failed"),
    Column("tries", Integer, nullable=False, comment="How often it was asked for"),
    Column("job", Text, comment="The number of the request there; null: none was given"),
    Column("job_at", Instant, comment="When that was given; null: none was"),
    Column("first_asked", Instant, comment="When it was first sent; null: not yet"),
    Column("asked", Instant, comment="The last question about it; null: none yet"),
    Column("next_at", Instant, nullable=False, comment="When to ask again, while it waits or is under way"),
    Column("saved_as", Text, comment="Time of the capture there, YYYYMMDDhhmmss; null: there is none"),
    Column("answer", Json, comment="The last answer as it came (JSON); null: none came"),
    Index("ix_wayback_requests_state", "state", "next_at"),
    comment="Pages that the Internet Archive's Save Page Now was asked to keep too, and what it answered",
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

workers = Table(
    "workers",
    metadata,
    Column("number", Integer, primary_key=True, comment="Its number in the queue (procrastinate_workers.id)"),
    Column("holder", Text, nullable=False, comment="Its process, as in leases"),
    Column("started", Instant, nullable=False, comment="Since when it runs"),
    Column("at_most", Integer, nullable=False, comment="Visits at a time"),
    Column("heartbeat", REAL, nullable=False, comment="Seconds between two signs of life"),
    Column(
        "ahead",
        REAL,
        nullable=False,
        comment="Seconds its machine's clock is ahead of the database's; while that is far it takes nothing",
    ),
    comment="Workers of a fleet; when each was last heard of stands in the queue's own table",
)

site_files = Table(
    "site_files",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number within this archive"),
    Column("kind", Text, nullable=False, comment="site or platform"),
    Column("name", Text, nullable=False, comment="Name of the file, without .toml"),
    Column("since", Instant, nullable=False, comment="From when on it said this"),
    Column("text", Text, comment="What it said, whole (TOML); null: it was taken out of use"),
    Column("machine", Text, nullable=False, comment="Where the file stood that was published"),
    Index("ix_site_files_name", "kind", "name", "id"),
    sqlite_autoincrement=True,
    comment="The operator's files of sites and platforms, each as it was on any day",
)

host_waits = Table(
    "host_waits",
    metadata,
    Column("host", Text, primary_key=True, comment="The host that asked to be left alone"),
    Column("until", Instant, nullable=False, comment="Until when nobody asks it anything"),
    Column("said_at", Instant, nullable=False, comment="When it said so"),
    Column("site", Text, nullable=False, comment="Name of the site whose visit it said it to"),
    comment="What hosts said of waiting (Retry-After), for the visits of all sites on whatever machine",
)

shards = Table(
    "shards",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number within this archive"),
    Column("kind", Text, nullable=False, comment="What is done: reread, import, export"),
    Column(
        "entry",
        Text,
        nullable=False,
        comment="The entry of the schedule under which it is done: the site's name; of an export, another",
    ),
    Column("site", Text, comment="Name of the site; null: there are several"),
    Column("first_article", Integer, nullable=False, comment="Number of its first article"),
    Column("last_article", Integer, nullable=False, comment="Number of its last article"),
    Column("versions", Integer, nullable=False, comment="How many there were when it was planned"),
    Column("how", Json, nullable=False, comment="With what it is done (JSON): another way begins anew"),
    Column("done_at", Instant, comment="When it was done; null: it is to be done"),
    Column("counts", Json, comment="What came of it (JSON); null until it is done"),
    Column(
        "plan",
        Json,
        comment="What it is made of, as it stood when it was planned (JSON); null: what stands there then",
    ),
    Column("made", Json, comment="What was made of it (JSON): files with their digests; null: nothing"),
    Index("ix_shards_entry", "kind", "entry", "id"),
    sqlite_autoincrement=True,
    comment="Bulk work under way, in pieces that any number of processes take from here",
)

annotation_lines = Table(
    "annotation_lines",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="Its place among the lines"),
    Column("says", Text, nullable=False, comment="A line of JSON, as in legger.annotations.jsonl"),
    comment="Notes, tags and saved queries of an archive on a database server; else they stand in a file",
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
