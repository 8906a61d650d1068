"""Every site definition is a spider: ``scrapy list``, ``scrapy crawl NAME``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from scrapy import Request, Spider
from scrapy.settings import BaseSettings

from archive.errors import UnknownSite
from crawler.siteconfig.files import load_site, load_sites
from crawler.siteconfig.site import Site
from crawler.spiders.news import NewsSpider


def spider_for(site: Site) -> type[NewsSpider]:
    """The one spider, bound to a site."""
    return type(f"NewsSpider_{site.name}", (NewsSpider,), {"name": site.name, "site": site})


class SiteSpiderLoader:
    """Finds spiders among the site files instead of in Python modules."""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """Scrapy's way in."""
        return cls()

    def load(self, spider_name: str) -> type[Spider]:
        """The spider of one site. Raises :class:`KeyError`, as Scrapy expects."""
        try:
            return spider_for(load_site(spider_name))
        except UnknownSite as error:
            raise KeyError(f"Spider not found: {spider_name}") from error

    def find_by_request(self, request: Request) -> Sequence[str]:
        """The sites that own an address."""
        return [name for name, site in load_sites().sound.items() if site.owns(request.url)]

    def list(self) -> list[str]:
        """The names of all sites, the operator's and the shipped ones."""
        found = load_sites()
        return sorted({*found.sound, *found.broken})
