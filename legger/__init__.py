"""The doors people use: command line, reading room, practice newspaper. No other package imports it.

``from legger import Archive`` is ``from archive import Archive``, for those whose code has a module
``archive`` already. It is imported when it is asked for: ``legger --version`` loads no database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive import Archive as Archive

__all__ = ["Archive"]


def __getattr__(name: str) -> Any:
    """:class:`archive.Archive`, imported at its first use."""
    if name == "Archive":
        from archive import Archive

        return Archive
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
