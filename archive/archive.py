"""The archive: keeps captures, files articles, answers questions. Knows the database, not the web."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection, Engine, exc

from archive import migrations
from archive.assets.store import Assets
from archive.captures.headers import provide_dictionaries
from archive.captures.objects import OPTION as OBJECTS
from archive.captures.objects import Objects
from archive.captures.objects import named as named_objects
from archive.captures.recompress import Recompression
from archive.captures.store import CaptureStore
from archive.db import backend as backends
from archive.db.backend import Backend
from archive.db.schema import REVISION
from archive.db.session import Session
from archive.errors import ArchiveError, Damaged
from archive.frontier.coverage import CoverageReports
from archive.frontier.host_waits import HostWaits
from archive.frontier.urls import Urls
from archive.operations.alarms import Alarms
from archive.operations.incidents import Incidents
from archive.operations.runs import Runs
from archive.operations.schedule import Clocks, VisitSchedule
from archive.queries.articles import Articles
from archive.queries.related import Related
from archive.search.index import FullTextIndex
from archive.versions.boilerplate import BoilerplateMemories
from archive.versions.filing import Filing

if TYPE_CHECKING:  # services that few processes use are loaded when one is
    from archive.annotations import Annotations
    from archive.assets.screenshots import Screenshots
    from archive.captures.object_storage import ObjectStorage
    from archive.integrity.redaction import Redactions
    from archive.integrity.stamps import Stamps
    from archive.integrity.verify import Integrity
    from archive.operations.fleet import FleetRegistry
    from archive.operations.site_files import SiteFiles
    from archive.operations.wayback import Wayback
    from archive.queries.doubtful import Doubtful
    from archive.queries.holdings import Holdings
    from archive.queries.listings import Listings
    from archive.search.search import Search
    from archive.shards import Shards
    from archive.versions.late import LateCaptures
    from archive.versions.moving import MovedArticles
    from archive.versions.pages import StandingPages
    from archive.versions.regroup import Regrouping
    from archive.versions.rereading import Rereading


class Archive:
    """One archive, and its services. Writes join an open batch; :meth:`commit` ends it.

    A service that no visit needs is made when it is first asked for.
    """

    def __init__(  # one statement a service
        self, where: str, writer: Engine | None, reader: Engine | None, *, address: str
    ) -> None:
        self.address = address
        """Path or URL to open it by once more: it may hold a password, and is never shown."""
        self.session = session = Session(where, writer, reader)
        self.captures = CaptureStore(session)
        """Answers of servers, as they came."""
        self.runs = Runs(session)
        """Crawl runs on record."""
        self.articles = Articles(session, self.captures)
        """Articles, versions, histories, differences."""
        self.related = Related(session, self.articles)
        """The same story elsewhere, corrections."""
        self.index = FullTextIndex(session, derived=(self.related,))
        """The full-text index."""
        self.filing = Filing(session, self.captures, self.index)
        """Articles filed as versions."""
        self.assets = Assets(session, self.captures, self.filing.rows)
        """What pages show: pictures, style sheets, fonts."""
        self.boilerplate = BoilerplateMemories(session)
        """What is known to repeat on a site."""
        self.urls = Urls(session, self.captures)
        """Addresses to fetch."""
        self.coverage = CoverageReports(session, self.captures)
        """What was found and is not here."""
        self.recompression = Recompression(session, self.captures)
        """Bodies packed tighter."""
        self.schedule = VisitSchedule(session)
        """What is due when, who is at it, leases."""
        self.clocks = Clocks(session)
        """Clocks that run."""
        self.host_waits = HostWaits(session)
        """Hosts that asked to be left alone."""
        self.incidents = Incidents(session, self.captures)
        """What went amiss."""
        self.alarms = Alarms(session, self.captures)
        """What is wrong, and who was told."""

    @cached_property
    def search(self) -> Search:
        """Queries answered from it."""
        from archive.search import search

        return search.Search(
            self.session, lambda what, words: self.annotations.read().articles_with(what, words)
        )

    @cached_property
    def annotations(self) -> Annotations:
        """Notes, tags and saved queries of researchers."""
        from archive.annotations import Annotations

        return Annotations.of(self.session)

    @cached_property
    def screenshots(self) -> Screenshots:
        """Pictures of archived pages."""
        from archive.assets import screenshots

        return screenshots.Screenshots(self.session, self.captures)

    @cached_property
    def object_storage(self) -> ObjectStorage:
        """Bodies outside the database."""
        from archive.captures import object_storage

        return object_storage.ObjectStorage(self.session)

    @cached_property
    def holdings(self) -> Holdings:
        """What is held of each site."""
        from archive.queries import holdings

        return holdings.Holdings(self.session)

    @cached_property
    def listings(self) -> Listings:
        """Lists and counts, a page at a time."""
        from archive.queries import listings

        return listings.Listings(self.session)

    @cached_property
    def doubtful(self) -> Doubtful:
        """Articles that an operator should look at."""
        from archive.queries import doubtful

        return doubtful.Doubtful(self.session)

    @cached_property
    def rereading(self) -> Rereading:
        """Captures read again."""
        from archive.versions import rereading

        return rereading.Rereading(self.session, self.filing)

    @cached_property
    def regrouping(self) -> Regrouping:
        """Captures grouped anew after a change of identity."""
        from archive.versions import regroup

        return regroup.Regrouping(self.session, self.captures, self.filing, self.index, self.rereading)

    @cached_property
    def pages(self) -> StandingPages:
        """Standing pages of sites that keep them."""
        from archive.versions import pages

        return pages.StandingPages(self.session, self.regrouping, self.rereading)

    @cached_property
    def moves(self) -> MovedArticles:
        """Articles whose address leads to another."""
        from archive.versions import moving

        return moving.MovedArticles(self.session, self.index, self.regrouping)

    @cached_property
    def late(self) -> LateCaptures:
        """Captures older than what is filed."""
        from archive.versions import late

        return late.LateCaptures(self.session, self.regrouping)

    @cached_property
    def redactions(self) -> Redactions:
        """Articles hidden or destroyed."""
        from archive.integrity import redaction

        return redaction.Redactions(
            self.session, self.articles, self.captures, self.index, self.recompression
        )

    @cached_property
    def integrity(self) -> Integrity:
        """Checks, backups."""
        from archive.integrity import verify

        return verify.Integrity(self.session)

    @cached_property
    def stamps(self) -> Stamps:
        """Time stamps on the chain."""
        from archive.integrity import stamps

        return stamps.Stamps(self.session)

    @cached_property
    def fleet(self) -> FleetRegistry:
        """Workers on many machines, and their queue."""
        from archive.operations import fleet

        return fleet.FleetRegistry(self.session)

    @cached_property
    def shards(self) -> Shards:
        """Bulk work, in pieces."""
        from archive import shards

        return shards.Shards(self.session)

    @cached_property
    def site_files(self) -> SiteFiles:
        """What the operator's files of sites said, from when on."""
        from archive.operations import site_files

        return site_files.SiteFiles(self.session)

    @cached_property
    def wayback(self) -> Wayback:
        """Pages that the Internet Archive was asked to keep too."""
        from archive.operations import wayback

        return wayback.Wayback(self.session)

    @property
    def where(self) -> str:
        """Path or URL it was opened with (without password)."""
        return self.session.where

    def commit(self) -> None:
        """Commit the open batch (captures, readings, versions, addresses: all or nothing)."""
        self.session.commit()

    def snapshot(self) -> AbstractContextManager[Connection]:
        """A connection that sees the archive as committed at one moment, however long it is used.

        For readers of the whole (exports, researchers' own SQL). Commits the open batch first.
        """
        return self.session.snapshot()

    def close(self) -> None:
        """Commit the open batch and close. Also ``with Archive.open(...) as archive``."""
        self.session.close()

    @classmethod
    def open(
        cls,
        where: str | Path,
        *,
        create: bool = True,
        read_only: bool = False,
        seconds: float | None = None,
        objects: Objects | None = None,
    ) -> Self:
        """Open (and migrate) the archive at a path or SQLAlchemy URL; ``:memory:`` for one that is not kept.

        Raises :class:`NotAnArchive` for anything else that stands there, :class:`OtherSchema` for one
        that another Legger wrote, :class:`ReadOnly` for writing where nobody may,
        :class:`ArchiveError` when it cannot be opened otherwise. Several processes may
        open, and thereby migrate, the same archive at once. With *seconds*, a question that takes longer
        raises :class:`TooCostly`. *objects*: where bodies are kept beside the database; ``None``: where
        ``LEGGER_OBJECTS_URL`` says.
        """
        url = backends.url_of(where)
        name = backends.shown(where)
        backend = backends.of(url.get_backend_name())
        with ExitStack() as if_it_fails, _named(name):
            writer = None if read_only else backend.writer(url)
            if writer is not None:
                if_it_fails.callback(writer.dispose)
            reader = backend.reader(url, seconds, beside_writer=not read_only)
            if reader is not None:
                if_it_fails.callback(reader.dispose)
            backend.look_at(url, writer or reader, create=create and not read_only, write=not read_only)
            if writer is not None:
                _migrate(backend, writer)
            if (engine := reader or writer) is not None:
                with engine.connect() as connection:
                    migrations.check(connection)
            storage = objects or named_objects()
            if_it_fails.pop_all()
        for engine in (writer, reader):
            if engine is not None:
                engine.update_execution_options(**{OBJECTS: storage})
        return cls(name, writer, reader, address=str(where))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Errors say of which archive they speak."""
    try:
        yield
    except exc.DBAPIError as error:
        wrong = Damaged if "malformed" in str(error.orig) else ArchiveError
        raise wrong(f"{name} cannot be opened: {' '.join(str(error.orig).split())}") from error
    except ArchiveError as error:
        raise type(error)(f"{name}: {error}") from error


def _migrate(backend: Backend, writer: Engine) -> None:
    """Bring the schema up to date, alone: of two processes, one finds it done."""
    if backend.SIDE_BY_SIDE:
        with writer.connect() as connection:
            if migrations.revision(connection) == REVISION:
                return
    with writer.connect() as connection, connection.begin():
        backend.enter(connection, alone=True)
        found = migrations.revision(connection)
        if found == REVISION:
            return
        from archive.db import views

        views.drop(connection)
        migrations.migrate(connection)
        views.make(connection, backend.view)
        if found is None:
            backend.sign(connection)
        provide_dictionaries(connection)
