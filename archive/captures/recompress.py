"""Bodies compressed again, with all of a site at hand. Changes only how a body is stored."""

from __future__ import annotations

import hashlib
import heapq
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import zstandard
from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, update

from archive.captures import compression as packing
from archive.captures.compression import PackedBody, ReferenceBody
from archive.captures.store import CaptureStore
from archive.db.functions import total
from archive.db.prepared import Statement
from archive.db.schema import bodies, captures, reference_bodies
from archive.db.session import Session
from archive.errors import ArchiveError, NotFound

log = logging.getLogger(__name__)

LEVEL = 12
"""zstd's level: 1.5 ms for a page of 75 kB, once. Level 19 takes 10 to 30 ms for 2 to 6 % fewer bytes."""

TIGHTEST, QUICK = 19, 9
"""The same for a dictionary: one body, read for every page; and for one that is made within a crawl."""

GROWN, AT_THE_END = 4.0, 0.25
"""A dictionary is made anew when so many bytes came since, as a share of those before it: within a visit,
and at its end, when there is time."""

WORTH = 0.05
"""What another dictionary must save of a site's packed bytes, its own counted in, to be made within a crawl,
for everything is packed again with it. Pages of one template are packed as well with the first."""

OVERGROWN = 1.0
"""Compacting makes another dictionary when what came since weighs this many times what it was made of. As a
site grows, its pages are packed twice on average for it."""

SAMPLE, PARTS = 128, 20
"""A site's dictionary is made of at most so many pages, chosen from so many more."""

HEAVY = 1_500_000
"""Bytes at which a dictionary is large enough: every reading of a page unpacks it."""

TIGHT = 0.03
"""A page seen before that is packed to this share of its size is left as it is."""

LIKE = 0.1
"""A page that a reference packs to this share of its size is not packed by itself to compare."""

_FIRST = (
    select(func.min(captures.c.id))
    .where(captures.c.site_id == bindparam("site"))
    .group_by(captures.c.body_id)
)
_PAGES = (
    select(captures.c.address_id, captures.c.body_id, bodies.c.size, bodies.c.depth, bodies.c.reference_id)
    .join(bodies, bodies.c.id == captures.c.body_id)
    .where(
        captures.c.id.in_(_FIRST),
        bodies.c.codec.not_in((*packing.WITHOUT_BYTES, packing.MASKED)),
        captures.c.address_id.not_in(packing.ASSETS),
    )
    .order_by(captures.c.address_id, captures.c.id)
)
_DICTIONARIES = (
    select(reference_bodies.c.body_id, reference_bodies.c.packed_to)
    .join(bodies, bodies.c.id == reference_bodies.c.body_id)
    .where(
        reference_bodies.c.site_id == bindparam("site"),
        bodies.c.depth == 0,
        ~exists().where(captures.c.body_id == reference_bodies.c.body_id),
    )
    .order_by(reference_bodies.c.id.desc())
)
_PACKED = select(total(packing.PACKED_SIZE)).where(bodies.c.id.in_(bindparam("numbers", expanding=True)))
_STANDS = select(exists().where(bodies.c.id == bindparam("number")))
_BODY = Statement(select(bodies).where(bodies.c.id == bindparam("number")))
_REPACK = Statement(update(bodies).where(bodies.c.id == bindparam("number")))


@dataclass(frozen=True, kw_only=True)
class CompactionResult:
    """What compacting came to."""

    bodies: int
    """Bodies looked at."""
    repacked: int
    before: int
    """Bytes of their packed data, dictionaries counted in."""
    after: int
    """The same now."""


class Recompression:
    """Bodies, packed again."""

    def __init__(self, session: Session, captures: CaptureStore) -> None:
        self._session = session
        self._captures = captures

    def compact(
        self, site: str, *, anew: bool = False, progress: Callable[[int, int], None] | None = None
    ) -> CompactionResult:
        """Pack a site's bodies with a dictionary of its own pages, made from a sample of them.

        What an earlier run packed with that dictionary is left alone: running it often costs little. When
        more came since than that run left (:data:`OVERGROWN`), or with *anew*, another dictionary is made and
        everything is packed with that.

        Every body is unpacked from its new form and compared before the new form replaces the old. May be
        interrupted and run again; a crawl may go on meanwhile. *progress* is told (done, of). Raises
        :class:`ArchiveError` on a body that is damaged.
        """
        self._session.commit()
        with self._session.asking() as connection:
            number = self._session.site_id(connection, site)
        if number is None:
            raise NotFound(f"nothing was ever kept of {site}")
        done = self._compact(number, site, anew=anew, level=LEVEL, progress=progress)
        self._session.commit()
        self._captures.packing.forget()
        return done

    def grow(self, *, at_end: bool = False) -> None:
        """Commit, then make dictionaries where they are due, and pack with them what was packed before.

        In a transaction of its own: half a second for a site of five hundred pages. What fails leaves all as
        it was. *at_end* of a crawl run they are due sooner, for there is time.
        """
        self._session.commit()
        share = AT_THE_END if at_end else GROWN
        for site in self._captures.packing.outgrown(share, last=AT_THE_END):
            try:
                with self._session.asking() as connection:
                    name = self._session.site_name(connection, site)
                with self._session.writing(name):
                    self._compact(site, name, anew=True, level=None)
            except ArchiveError as error:
                log.warning("the site's pages stay packed as they are: %s", error)
                self._captures.packing.dictionary_failed(site)
            else:
                self._captures.packing.grown(site)
            self._session.commit()

    def _compact(
        self,
        number: int,
        name: str,
        *,
        anew: bool,
        level: int | None,
        progress: Callable[[int, int], None] | None = None,
    ) -> CompactionResult:
        """Pack a site's bodies again: with *level* a batch at a time, without one quickly and all at once."""
        with self._session.asking() as connection:
            pages = connection.execute(_PAGES, {"site": number}).all()
            before = self._weight(connection, number, {row.body_id for row in pages})
        samples = [
            row.body_id
            for place, row in enumerate(pages)
            if row.size >= packing.SMALL
            and (level is not None or not place or pages[place - 1].address_id != row.address_id)
        ]
        """What a dictionary is made of: every look of the site; within a crawl new pages only."""
        with self._session.asking() as connection:
            standing = set(connection.execute(_DICTIONARIES, {"site": number}).scalars())
            anew = anew or self._is_overgrown(connection, number, {row.body_id for row in pages})
        dictionary = self._dictionary(number, name, samples, anew=anew, level=level)
        if level is None and (dictionary is None or dictionary.body in standing):
            return CompactionResult(bodies=len(pages), repacked=0, before=before, after=before)
        with self._session.asking() as connection:
            found = connection.execute(_DICTIONARIES, {"site": number})
            known = {each.body_id: each.packed_to for each in found}
            at_hand = self._captures.packing.known(number)
        packed_to = known.pop(dictionary.body, None) or 0 if dictionary is not None else 0
        outworn = set(known)
        repacked = 0
        settled = {dictionary.body: 0} if dictionary is not None else {}
        """Depth of each body that this run changes no more."""
        base: ReferenceBody | None = None
        latest: tuple[int, int] | None = None
        """(number, depth) of the address's latest page that may be a reference; unpacked when needed."""
        address = None
        for done, row in enumerate(pages):
            if row.address_id != address:
                base, latest, address = None, None, row.address_id
            depth = row.depth
            if row.body_id > packed_to or row.reference_id in outworn:
                if latest is not None and (base is None or base.body != latest[0]):
                    base = self._template(*latest, level)
                changed, depth = self._repack(
                    row.body_id, name, dictionary, base, outworn, settled, at_hand, level
                )
                repacked += changed
            settled[row.body_id] = depth
            if depth < packing.DEPTH and row.size >= packing.SMALL:
                latest = row.body_id, depth
            if progress is not None:
                progress(done + 1, len(pages))
        self._count_depths(number, name)
        self._drop_dictionaries(number, name, dictionary)
        if dictionary is not None and pages and level is not None:
            self._note_packed(name, dictionary, to=max(row.body_id for row in pages))
        with self._session.asking() as connection:
            after = self._weight(connection, number, {row.body_id for row in pages})
        return CompactionResult(bodies=len(pages), repacked=repacked, before=before, after=after)

    def _repack(
        self,
        number: int,
        site: str,
        dictionary: ReferenceBody | None,
        base: ReferenceBody | None,
        outworn: set[int],
        settled: Mapping[int, int],
        at_hand: Mapping[int, ReferenceBody],
        level: int | None,
    ) -> tuple[bool, int]:
        """(Whether a body's form was replaced, its depth now). What needs a dictionary that is *outworn*, or
        a body that may yet get deeper, always gets another form, be it larger."""
        with self._session.asking() as connection:
            row = _BODY.first(connection, {"number": number})
            assert row is not None
            body = packing.load(connection, number, at_hand)
            data = packing.data_of(connection, row)
        now = PackedBody(data, codec=row.codec, reference=row.reference_id, depth=row.depth)
        if base is not None and now.reference == base.body and len(now.data) <= TIGHT * len(body):
            return False, settled.get(base.body, base.depth) + 1
        references = [] if len(body) < packing.SMALL else [each for each in (dictionary, base) if each]
        choices = [each.pack(body) for each in references]
        smallest = min((len(each.data) for each in choices), default=len(body))
        if not references or (level is not None and smallest > LIKE * len(body)):
            choices.insert(0, packing.alone(body, level or packing.LEVEL))
        best = min(choices, key=lambda each: len(each.data))
        depth = 0 if now.reference is None else settled.get(now.reference, packing.DEPTH) + 1
        stays = depth <= packing.DEPTH and now.reference not in outworn
        if len(best.data) >= len(now.data) and stays:
            return False, depth
        reference = {each.body: each for each in references}.get(best.reference or 0)
        again = (
            reference.unpack(best.data, len(body))
            if reference is not None
            else packing.unpack(best.codec, best.data, None, len(body))
        )
        if again != body:
            raise ArchiveError(f"body {number} does not unpack to itself; it was left as it is")
        with self._session.writing(site) as connection:
            # Within a crawl the write lock is ours from the beginning.
            asked = reference is not None and level is not None
            if asked and not connection.execute(_STANDS, {"number": best.reference}).scalar():
                raise ArchiveError(f"the site of body {number} is packed by another process; try again later")
            _REPACK.run(connection, {"number": number, **packing.kept_as(connection, row.digest, best)})
        if level is not None and self._session.age > 0.5:
            self._session.commit()
        return True, best.depth

    def _is_overgrown(self, connection: Connection, site: int, pages: set[int]) -> bool:
        """Whether the site's pages outweigh those that its dictionary was made of."""
        found = connection.execute(_DICTIONARIES, {"site": site}).first()
        if found is None:
            return False
        packed_to = found.packed_to or 0
        before = self._packed(connection, {each for each in pages if each <= packed_to})
        return self._packed(connection, {each for each in pages if each > packed_to}) > OVERGROWN * before

    def _template(self, number: int, depth: int, level: int | None) -> ReferenceBody:
        """A body as reference for others."""
        with self._session.asking() as connection:
            return ReferenceBody(number, packing.load(connection, number), depth=depth, level=level)

    def _note_packed(self, site: str, dictionary: ReferenceBody, *, to: int) -> None:
        """All of the dictionary's site is packed with it, as far as it went."""
        with self._session.writing(site) as connection:
            mine = reference_bodies.c.body_id == dictionary.body
            connection.execute(update(reference_bodies).where(mine).values(packed_to=to))

    def _count_depths(self, site: int, name: str) -> None:
        """A body that others refer to may itself have got a reference: theirs are a step deeper now."""
        reference = bodies.alias("reference")
        wrong = (
            select(bodies.c.id.label("number"), (reference.c.depth + 1).label("depth"))
            .join(reference, reference.c.id == bodies.c.reference_id)
            .where(
                bodies.c.depth != reference.c.depth + 1,
                reference.c.id.in_(select(captures.c.body_id).where(captures.c.site_id == site)),
            )
        )
        with self._session.writing(name) as connection:
            while found := connection.execute(wrong).all():
                _REPACK.run_many(connection, [{"number": row.number, "depth": row.depth} for row in found])

    # ------------------------------------------------------------ a site's dictionary

    def _dictionary(
        self, site: int, name: str, pages: list[int], *, anew: bool, level: int | None
    ) -> ReferenceBody | None:
        """A body of several pages that differ: each the one that those before it packed worst. ``None`` when
        what the first one saves would not be worth its own bytes. Within a crawl (without *level*) that goes
        for another one too, which must also save :data:`WORTH`: else the one there is stands."""
        with self._session.asking() as connection:
            known = connection.execute(_DICTIONARIES, {"site": site}).scalars().first()
            if known is not None and not anew:
                return ReferenceBody(known, packing.load(connection, known), depth=0, level=level)
            if len(pages) < packing.FEW:
                return None
            count = min(len(pages), SAMPLE)
            chosen = [pages[place * len(pages) // count] for place in range(count)]
            at_hand = self._captures.packing.known(site)
            sample = [packing.load(connection, number, at_hand) for number in chosen]
            given_up = connection.execute(_PACKED, {"numbers": [known] if known else []}).scalar() or 0
        parts = _diverse(sample)
        content = b"".join(sample[place] for place in parts)
        kept = packing.alone(content, TIGHTEST if level else QUICK)
        if known is None or level is None:
            template = ReferenceBody(0, content, depth=0, level=level)
            others = sorted(set(range(count)) - set(parts))
            now = again = 0.0
            # what it is made of packs to next to nothing with it, and says nothing of the other pages
            for some, times in ((parts, 1), (others, (len(pages) - len(parts)) / max(len(others), 1))):
                with self._session.asking() as connection:
                    now += times * self._packed(connection, {chosen[place] for place in some})
                again += times * sum(len(template.pack(sample[place]).data) for place in some)
            wanted = WORTH * now if level is None and known is not None else 0
            if now - again + given_up - len(kept.data) < wanted:
                return self._template(known, 0, level) if known is not None else None
        digest = hashlib.sha256(content).digest()
        with self._session.writing(name) as connection:
            number = connection.execute(select(bodies.c.id).where(bodies.c.digest == digest)).scalar()
            if number is None:
                number = packing.add(connection, content, digest, kept)
                connection.execute(insert(reference_bodies), {"site_id": site, "body_id": number})
        if level is not None:
            self._session.commit()
        return ReferenceBody(number, content, depth=0, level=level)

    def _drop_dictionaries(self, site: int, name: str, kept: ReferenceBody | None) -> None:
        """Dictionaries made earlier, to which nothing refers any more."""
        referring = bodies.alias("referring")
        old = select(reference_bodies.c.body_id).where(
            reference_bodies.c.site_id == site,
            reference_bodies.c.body_id != (kept.body if kept else 0),
            ~exists().where(captures.c.body_id == reference_bodies.c.body_id),
            ~exists().where(referring.c.reference_id == reference_bodies.c.body_id),
        )
        with self._session.writing(name) as connection:
            numbers = connection.execute(old).scalars().all()
            connection.execute(delete(reference_bodies).where(reference_bodies.c.body_id.in_(numbers)))
            connection.execute(delete(bodies).where(bodies.c.id.in_(numbers)))

    def _weight(self, connection: Connection, site: int, pages: set[int]) -> int:
        return self._packed(
            connection, pages | set(connection.execute(_DICTIONARIES, {"site": site}).scalars())
        )

    def _packed(self, connection: Connection, numbers: set[int]) -> int:
        """Bytes of bodies as they are kept."""
        listed = sorted(numbers)
        return sum(
            connection.execute(_PACKED, {"numbers": listed[start : start + 500]}).scalar() or 0
            for start in range(0, len(listed), 500)
        )


def _diverse(sample: list[bytes]) -> list[int]:
    """Places in the sample: its middle page, then each time the one that adds most bytes to those chosen.

    None weighs more with more chosen, so only those that lead are weighed again.
    """
    weights = [len(zstandard.compress(page, 3)) for page in sample]
    middle = sorted(range(len(sample)), key=weights.__getitem__)[len(sample) // 2]
    parts, chosen = [middle], sample[middle]
    left = [(-len(page), number) for number, page in enumerate(sample) if number != middle]
    heapq.heapify(left)
    for _ in range(PARTS - 1):
        if not left or len(chosen) >= HEAVY:
            break
        template = ReferenceBody(0, chosen, depth=0, level=packing.LEVEL)
        weighed: set[int] = set()
        while (number := left[0][1]) not in weighed:
            heapq.heapreplace(left, (-len(template.pack(sample[number]).data), number))
            weighed.add(number)
        heapq.heappop(left)
        chosen += sample[number]
        parts.append(number)
    return parts
