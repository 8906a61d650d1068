"""Reading: (capture, site, site memory) -> article. Pure."""

from __future__ import annotations

from crawler.extract.article import EXTRACTOR, extract

__all__ = ["EXTRACTOR", "extract"]
