"""The reading room: one archive in a browser, and for programs. Imports archive only; writes nothing.

``house`` builds the application; ``pages`` answers people, ``api`` programs, ``memento`` time travellers;
``desk`` is what all of them ask, ``room`` makes pages of templates; ``replay`` makes a captured page safe to
show; ``plots`` draws, ``tongues`` speaks Dutch and English.
"""

from legger.web.app import application
from legger.web.context import WebContext

__all__ = ["WebContext", "application"]
