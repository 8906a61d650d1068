"""What goes to a site with a request, and what must not."""

from __future__ import annotations

import asyncio

import pytest
from scrapy import Request, Spider
from scrapy.core.downloader.middleware import DownloaderMiddlewareManager
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.utils.misc import build_from_crawler


class Visit(Spider):
    """A visit of which only the requests matter."""

    name = "dorp"


def sent(url: str) -> Request:
    """A request as it is when it goes to the download handler, which sends all its headers to the site."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    crawler = Crawler(Visit, settings)
    crawler.spider = Visit()
    crawler._apply_settings()
    passed: list[Request] = []

    async def download(request: Request) -> Response:
        passed.append(request)
        return Response(request.url)

    manager = build_from_crawler(DownloaderMiddlewareManager, crawler)
    asyncio.run(manager.download_async(download, Request(url)))
    return passed[0]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_site_is_told_the_password_of_the_operators_proxy(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{scheme}_proxy", "http://jan:geheim@proxy.example:3128")
    request = sent(f"{scheme}://krant.example/bericht-1")
    assert {name.decode().lower() for name in request.headers} <= {
        "user-agent", "accept", "accept-language", "accept-encoding", "from",
    }  # fmt: skip
    assert "proxy" not in request.meta
