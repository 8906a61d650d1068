"""Pictures of archived pages, made with a Chromium of the page as the reading room shows it: without scripts,
with what the archive has of its assets, asking nobody for anything. Needs Playwright (extra ``screenshots``).
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from archive import Archive
from archive.assets.screenshots import JPEG, PNG, Screenshot
from archive.errors import LeggerError, UsageError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

log = logging.getLogger(__name__)

WIDTH, WINDOW = 1280, 900
"""Pixels of the window; pictures are chosen for one so wide (:data:`archive.assets.shown.WIDE`)."""
HIGHEST = 12_000
"""Pixels; of a longer page its beginning is shown. Browsers draw no more than 16,384."""
LARGEST = 3_000_000
"""Bytes of a PNG; a larger picture is kept as JPEG."""
PATIENCE = 20_000
"""Milliseconds that one page may take."""
ADDRESS = "http://archived.invalid/"
"""What the browser takes for the page's address; no name ends so."""


@dataclass(kw_only=True)
class ScreenshotReport:
    """What became of the pictures that were wanted."""

    made: int = 0
    failed: int = 0
    left: bool = False
    """There are more, for another time."""


def take(
    archive: Archive,
    sites: Sequence[str],
    *,
    limit: int,
    seconds: float = float("inf"),
    update: Callable[[int, int], None] = lambda done, total: None,
) -> ScreenshotReport:
    """Make the pictures that *sites* lack, the latest first; at most *limit*, begun within *seconds*.

    A page that cannot be drawn is logged and counted; it is tried again another time. Raises
    :class:`UsageError` when there is no browser to draw them with, if any is wanted.
    """
    report, until = ScreenshotReport(), time.monotonic() + seconds
    wanted = [(site, each) for site in sites for each in archive.screenshots.wanted(site, limit=limit + 1)]
    if not wanted:
        return report
    report.left = len(wanted) > limit
    with browser() as drawing:
        for done, (site, number) in enumerate(wanted[:limit]):
            update(done, min(limit, len(wanted)))
            if time.monotonic() > until:
                report.left = True
                break
            try:
                made, data = drawn(drawing, archive, number)
            except ScreenshotError as error:
                log.warning("capture %s: no screenshot: %s", number, error)
                report.failed += 1
                continue
            archive.screenshots.add(site, made, data)
            archive.commit()
            report.made += 1
    return report


class ScreenshotError(LeggerError):
    """A page could not be drawn."""


@contextmanager
def browser() -> Iterator[Browser]:
    """A Chromium without a window: this system's, or else Playwright's own.

    Raises :class:`UsageError` when there is none. It is kept in its sandbox, unless it runs as root.
    """
    try:
        from playwright.sync_api import Error, sync_playwright

        import legger.web  # noqa: F401  # an extra too
    except ImportError as error:
        raise UsageError("screenshots need Playwright: pip install 'legger[screenshots]'") from error
    found = (shutil.which(each) for each in ("chromium", "chromium-browser", "google-chrome"))
    with sync_playwright() as playwright:
        try:
            opened = playwright.chromium.launch(
                executable_path=next((each for each in found if each), None),
                chromium_sandbox=os.geteuid() != 0,
                args=["--disable-gpu", "--disable-background-networking", "--disable-component-update"],
            )
        except Error as error:
            says = str(error).strip().partition("\n")[0]
            raise UsageError(
                f"screenshots need a Chromium that starts (apt install chromium, or playwright install "
                f"chromium): {says}"
            ) from error
        try:
            yield opened
        finally:
            opened.close()


def drawn(drawing: Browser, archive: Archive, number: int) -> tuple[Screenshot, bytes]:
    """The picture of a capture's page, and its bytes. Raises :class:`ScreenshotError`."""
    from legger.web import replay

    kept = archive.captures.get(number).capture
    page = replay.replay(replace(kept, body=archive.articles.body(number)), archive.assets)
    data, kind, height, whole = picture_of(drawing, page.html, replay.POLICY)
    made = Screenshot(
        capture=number,
        at=datetime.now(UTC),
        digest=hashlib.sha256(data).digest(),
        media_type=kind,
        width=WIDTH,
        height=height,
        whole=whole,
        browser=f"Chromium {drawing.version}",
        made_of=tuple(sorted({each.kept.id for each in page.assets if each.kept is not None})),
        lacking=len(page.assets) - page.here,
    )
    return made, data


def picture_of(drawing: Browser, html: str, policy: str) -> tuple[bytes, str, int, bool]:
    """A page under a Content-Security-Policy, drawn: picture, media type, height, whether all of it is there.

    Raises :class:`ScreenshotError`.
    """
    from playwright.sync_api import Error

    context = _shut_in(drawing)
    try:
        tab = context.new_page()
        tab.set_default_timeout(PATIENCE)
        tab.route(ADDRESS, lambda route: _give(route, html, policy))
        tab.goto(ADDRESS, wait_until="load")
        return _picture(tab)
    except Error as error:
        raise ScreenshotError(str(error).strip().partition("\n")[0]) from error
    finally:
        context.close()


def _shut_in(drawing: Browser) -> BrowserContext:
    """Where a page is drawn: no script runs, and every request is refused."""
    context = drawing.new_context(
        java_script_enabled=False,
        accept_downloads=False,
        service_workers="block",
        viewport={"width": WIDTH, "height": WINDOW},
        color_scheme="light",
        reduced_motion="reduce",
    )
    context.route("**/*", lambda route: route.abort("blockedbyclient"))
    return context


def _give(route: Route, html: str, policy: str) -> None:
    route.fulfill(
        status=200,
        content_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": policy},
        body=html,
    )


def _picture(tab: Page) -> tuple[bytes, str, int, bool]:
    """A page's picture, its media type and height, and whether all of the page is on it."""
    long = int(tab.evaluate("Math.max(document.documentElement.scrollHeight, document.body.scrollHeight)"))
    height = max(1, min(long, HIGHEST))
    tab.set_viewport_size({"width": WIDTH, "height": max(height, WINDOW)})
    data, kind = tab.screenshot(animations="disabled"), PNG
    if len(data) > LARGEST:
        data, kind = tab.screenshot(animations="disabled", type="jpeg", quality=80), JPEG
    return data, kind, max(height, WINDOW), long <= HIGHEST
