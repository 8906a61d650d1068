"""The words of a redacted article taken out of an archive's file: bodies, header lines, every table.

Digests of what came stay. A seal over rows that change here is made again, beside the first one: the chain
goes through the first, and :mod:`archive.integrity.verify` holds the rows against the second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Select, Table, Text, delete, exists, insert, select, update

from archive.assets import screenshots
from archive.captures import compression as packing
from archive.captures.headers import HEADER_DICTIONARY, load_dictionary, pack_heads, unpack_heads
from archive.captures.hidden_words import HiddenWords
from archive.db.mapping import MASK, masked, without_words
from archive.db.schema import (
    addresses,
    article_assets,
    articles,
    bodies,
    captures,
    metadata,
    readings,
    redactions,
    reference_bodies,
    resealed,
    sites,
    stated_values,
    verdicts,
)
from archive.db.schema.columns import Json
from archive.integrity.verify import seals_over

_UNTOUCHED = frozenset({"readings", "redactions", "bodies", "dictionaries", "seals", "resealed"})
"""Tables whose text is not gone through: what other articles say is theirs, and what has no words in it."""


def destroy_words(connection: Connection, *, site: int, article: int, words: HiddenWords) -> Sequence[str]:
    """Take an article out: its own pages and readings whole, and *words*, which name it, out of the rest.

    Returns the digests of other bodies from which words were taken.
    """
    _drop_unreferenced(connection)
    own = set(connection.execute(_own_captures(article)).scalars())
    before = seals_over(connection, _captures_of(connection, site))
    _destroy_pages(connection, article, own)
    taken = _mask_bodies(connection, site, words)
    screenshots.destroy(connection, site=site, own=own, masked=taken)
    _mask_heads(connection, site, words)
    _forget_readings(connection, article, own)
    _mask_addresses(connection, site, article, words)
    _mask_tables(connection, site, words)
    after = seals_over(connection, _captures_of(connection, site))
    redaction = connection.execute(
        select(redactions.c.id).where(redactions.c.article_id == article, redactions.c.lifted_at.is_(None))
    ).scalar_one()
    connection.execute(delete(resealed).where(resealed.c.redaction_id == redaction))
    changed = [
        {"redaction_id": redaction, "seal_id": seal, "digest": after[seal].now}
        for seal, was in before.items()
        if was.sound and after[seal].now != was.now
    ]
    if changed:
        connection.execute(insert(resealed), changed)
    return taken


def _drop_unreferenced(connection: Connection) -> None:
    """Bodies to which nothing refers: those of batches that were taken back, where batches run side by side.

    To be called alone: the body of an open batch is one until that is committed.
    """
    referring = bodies.alias("referring")
    unreferenced = select(bodies.c.id).where(
        ~exists().where(captures.c.body_id == bodies.c.id),
        ~exists().where(reference_bodies.c.body_id == bodies.c.id),
        ~exists().where(referring.c.reference_id == bodies.c.id),
    )
    while numbers := connection.execute(unreferenced).scalars().all():
        connection.execute(delete(bodies).where(bodies.c.id.in_(numbers)))


def _own_captures(article: int) -> Select[int]:
    """Captures that showed the article, were answered at its address, or are of its pictures."""
    at = select(addresses.c.id).where(addresses.c.article_id == article)
    shown = select(verdicts.c.capture_id).where(verdicts.c.article_id == article)
    return select(captures.c.id).where(
        captures.c.id.in_(shown)
        | captures.c.address_id.in_(at)
        | captures.c.address_id.in_(_own_assets(article))
    )


def _own_assets(article: int) -> Select[int]:
    """Addresses of the article's own pictures, and of what no other article shows."""
    other = article_assets.alias("other")
    elsewhere = exists().where(
        other.c.address_id == article_assets.c.address_id, other.c.article_id != article
    )
    return select(article_assets.c.address_id).where(
        article_assets.c.article_id == article, article_assets.c.own | ~elsewhere
    )


def _captures_of(connection: Connection, site: int) -> set[int]:
    return set(connection.execute(select(captures.c.id).where(captures.c.site_id == site)).scalars())


def _destroy_pages(connection: Connection, article: int, own: set[int]) -> None:
    """The bodies of the article's own captures, unless another article was captured with the same bytes, or
    shows a picture with them."""
    mine = set(connection.execute(select(captures.c.body_id).where(captures.c.id.in_(own))).scalars())
    others = select(article_assets.c.address_id).where(article_assets.c.article_id != article)
    shared = connection.execute(
        select(captures.c.body_id)
        .join(verdicts, verdicts.c.capture_id == captures.c.id)
        .where(
            captures.c.body_id.in_(mine),
            captures.c.id.not_in(own),
            verdicts.c.article_id.is_not(None) | captures.c.address_id.in_(others),
        )
    ).scalars()
    doomed = sorted(mine - {None} - set(shared))
    _free(connection, doomed)
    connection.execute(delete(reference_bodies).where(reference_bodies.c.body_id.in_(doomed)))
    connection.execute(
        update(bodies)
        .where(bodies.c.id.in_(doomed))
        .values(codec=packing.DESTROYED, data=b"", object=None, object_size=None, reference_id=None, depth=0)
    )


def _free(connection: Connection, doomed: Sequence[int]) -> None:
    """Pack what refers to these bodies by itself, before they go."""
    referring = connection.execute(
        select(bodies.c.id, bodies.c.digest).where(
            bodies.c.reference_id.in_(doomed), bodies.c.id.not_in(doomed)
        )
    ).all()
    for row in referring:
        packed = packing.alone(packing.load(connection, row.id))
        connection.execute(
            update(bodies)
            .where(bodies.c.id == row.id)
            .values(**packing.kept_as(connection, row.digest, packed))
        )


def _mask_bodies(connection: Connection, site: int, words: HiddenWords) -> Sequence[str]:
    """Listings, feeds, sitemaps and other pages of the site that name the article, without these words."""
    of_site = select(captures.c.body_id).where(captures.c.site_id == site, captures.c.body_id.is_not(None))
    articles_of = (
        select(captures.c.body_id)
        .join(verdicts, verdicts.c.capture_id == captures.c.id)
        .where(captures.c.site_id == site, verdicts.c.article_id.is_not(None))
    )
    of_articles = set(connection.execute(articles_of).scalars())
    wanted = select(bodies.c.id, bodies.c.digest).where(
        bodies.c.id.in_(of_site), bodies.c.codec.not_in(packing.WITHOUT_BYTES)
    )
    taken = []
    for row in connection.execute(wanted).all():
        body = packing.load(connection, row.id)
        # What another article quotes is its own.
        without = words.masked_bytes(body, passages=row.id not in of_articles)
        if without == body:
            continue
        _free(connection, [row.id])
        connection.execute(delete(reference_bodies).where(reference_bodies.c.body_id == row.id))
        connection.execute(
            update(bodies)
            .where(bodies.c.id == row.id)
            .values(**packing.kept_as(connection, row.digest, packing.masked(without)))
        )
        taken.append(row.digest.hex())
    return taken


def _mask_heads(connection: Connection, site: int, words: HiddenWords) -> None:
    """Header lines: where a redirect leads, what a request was referred by, the line that asked."""
    wanted = select(captures.c.id, captures.c.headers, captures.c.dictionary_id)
    for row in connection.execute(wanted.where(captures.c.site_id == site)).all():
        heads = unpack_heads(row.headers, load_dictionary(connection, row.dictionary_id))
        without = replace(
            heads,
            request=tuple((name, words.masked(value)) for name, value in heads.request),
            answer=tuple((name, words.masked(value)) for name, value in heads.answer),
            request_line=words.masked_value(heads.request_line),
        )
        if without != heads:
            connection.execute(
                update(captures)
                .where(captures.c.id == row.id)
                .values(headers=pack_heads(without), dictionary_id=HEADER_DICTIONARY)
            )


def _forget_readings(connection: Connection, article: int, own: Iterable[int]) -> None:
    url = connection.execute(select(articles.c.url).where(articles.c.id == article)).scalar_one()
    connection.execute(
        update(readings)
        .where(readings.c.capture_id.in_(own))
        .values(
            title="", text="", authors=[], section=None, language=None, word_count=0,
            content={"url": masked(url)},
        )
    )  # fmt: skip
    connection.execute(delete(stated_values).where(stated_values.c.article_id == article))


def _mask_addresses(connection: Connection, site: int, article: int, words: HiddenWords) -> None:
    """The addresses of the article and its pictures, and its key: known again when met, not to be read."""
    assets = set(connection.execute(_own_assets(article)).scalars())
    wanted = select(addresses.c.id, addresses.c.url, addresses.c.article_id).where(
        addresses.c.site_id == site
    )
    for row in connection.execute(wanted).all():
        own = row.article_id == article or row.id in assets
        if MASK in row.url or (not own and words.masked(row.url) == row.url):
            continue
        said = {"title": None, "author": None, "section": None} if row.article_id == article else {}
        connection.execute(
            update(addresses).where(addresses.c.id == row.id).values(url=without_words(row.url), **said)
        )
    mine = connection.execute(select(articles.c.url, articles.c.key).where(articles.c.id == article)).one()
    if MASK not in mine.url:
        connection.execute(
            update(articles)
            .where(articles.c.id == article)
            .values(url=without_words(mine.url), key=without_words(mine.key))
        )


def _mask_tables(connection: Connection, site: int, words: HiddenWords) -> None:
    """Every other column of text: titles in the frontier, referrers, alarms, lines of the memory."""
    name = connection.execute(select(sites.c.name).where(sites.c.id == site)).scalar_one()
    for table in metadata.sorted_tables:
        if table.name not in _UNTOUCHED:
            _mask_table(connection, table, words, site=site, name=name)


def _mask_table(connection: Connection, table: Table, words: HiddenWords, *, site: int, name: str) -> None:
    columns = [each for each in table.columns if isinstance(each.type, Text | Json) and not each.primary_key]
    if not columns:
        return
    keys = list(table.primary_key.columns)
    wanted = select(*keys, *columns)
    if "site_id" in table.columns:
        wanted = wanted.where(table.c.site_id == site)
    elif "site" in table.columns:
        wanted = wanted.where((table.c.site == name) | table.c.site.is_(None))  # of several, or of none
    for row in connection.execute(wanted).all():
        values: dict[str, Any] = {}
        for each in columns:
            value = row._mapping[each]
            if (without := words.masked_value(value)) != value:
                values[each.name] = without
        if values:
            mine = (key == row._mapping[key] for key in keys)
            connection.execute(update(table).where(*mine).values(**values))
