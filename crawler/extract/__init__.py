"""Reading: (capture, site, site memory) -> article. Pure; knows neither Scrapy nor the network."""

from __future__ import annotations

from crawler.extract.article import EXTRACTOR, extract

__all__ = ["EXTRACTOR", "extract"]
