"""The reading room: one archive in a browser, and for programs. Writes nothing, and knows no crawler.

``app`` builds the application; ``protocol`` and ``context`` are what each request needs. ``pages`` answers
people, with ``searching`` and ``findings``; ``api`` programs, ``feeds`` readers of feeds, ``memento`` who
asks for a moment. ``rendering`` makes pages from templates, with what ``showing`` prepares and ``charts``
draws; ``replay`` makes a captured page safe to show.
"""

from legger.web.app import application
from legger.web.context import WebContext

__all__ = ["WebContext", "application"]
