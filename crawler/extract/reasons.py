"""Reasons for a page's kind that the crawl acts upon."""

from __future__ import annotations

NO_TEXT = "it has no text"
"""The reason given for a page without words: often a script would bring them."""
