"""Everything that can go wrong, in one tree. Messages say what to do; the cause is chained.

LeggerError
|-- UsageError            the caller asked for something that cannot be (exit code 2)
|   |-- SiteError         a site's definition is wrong: names file, key and what was expected
|   |-- UnknownSite       no such site
|   `-- QueryError        a query cannot be read (archive/search/language/tokens.py)
|-- ArchiveError          the archive cannot be opened, read or written
|   |-- NotAnArchive      the file is something else
|   |-- Damaged           SQLite finds the file damaged
|   |-- ReadOnly          a standby, or sessions that may only read
|   |-- NotHere           the bytes of a capture stand in another archive
|   |-- ProcessKilled     a process that did bulk work is no more (archive/process_pool.py)
|   `-- OtherSchema       tables that are not those of this Legger
|       `-- SchemaTooNew  written by a newer Legger
|-- TooCostly             a question took longer than it may; ask for less
|-- NotFound              no such article, version or capture
|-- Unreadable            a page could not be read; its capture is kept
|-- Refused               we decline to fetch: private address, no contact set, ...
|-- Unreachable           we asked, and no answer came
|-- ScreenshotError       an archived page could not be drawn (legger/pictures/screenshots.py)
`-- Undelivered           a notice did not arrive (legger/notifications/message.py)
"""

from __future__ import annotations


class LeggerError(Exception):
    """Base of every error of ours. Its text is fit to be shown to a person.

    *reason* may have places, ``{name}``, for *values*: apart, they can be said in another language.
    """

    def __init__(self, reason: str = "", **values: object) -> None:
        self.reason, self.values = reason, values
        super().__init__(reason.format(**values) if values else reason)


class UsageError(LeggerError):
    """The caller asked for something that cannot be."""


class SiteError(UsageError):
    """A site's definition is wrong."""

    def __init__(self, file: str, key: str, expected: str) -> None:
        super().__init__(f"{file}: {key}: {expected}")
        self.file, self.key, self.expected = file, key, expected


class UnknownSite(UsageError):
    """There is no site of that name."""


class ArchiveError(LeggerError):
    """The archive cannot be opened, read or written."""


class NotAnArchive(ArchiveError):
    """The file is not an archive of ours."""


class Damaged(ArchiveError):
    """SQLite finds the archive's file damaged."""


class ReadOnly(ArchiveError):
    """The database takes no writing, whatever one's rights: a standby, or sessions that only read."""


class NotHere(ArchiveError):
    """The bytes of a capture stand in the archive whose export named it."""


class OtherSchema(ArchiveError):
    """The tables of the archive are not those of this Legger, and no migration makes them so."""


class SchemaTooNew(OtherSchema):
    """The archive was written by a newer Legger."""


class TooCostly(LeggerError):
    """A question took longer than it may."""


class NotFound(LeggerError):
    """No such article, version or capture."""


class Unreadable(LeggerError):
    """A page could not be read. Its capture is kept."""


class Refused(LeggerError):
    """We decline to fetch this address."""


class Unreachable(LeggerError):
    """No answer came from this address."""


def of_legger(error: BaseException) -> str:
    """A fault of our own for a person, at most 300 characters; its class and place are the log's business."""
    words = " ".join(str(error).split())
    return f"an error in Legger: {words}"[:300] if words else "an error in Legger; the log says which"
