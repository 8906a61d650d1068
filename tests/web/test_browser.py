"""A researcher's path through the reading room, in headless Chromium; axe at every page; screenshots.

Needs playwright, axe-playwright-python and a Chromium: ``make browser`` sets them up, and the tests are
skipped with a message where they cannot be had. ``make look`` keeps a screenshot of every page at two widths.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.serving import serving
from tests.web.stock import ATTACKS

sync_api = pytest.importorskip("playwright.sync_api", reason="run `make browser` for the browser tests")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="run `make browser` first")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if CHROMIUM is None:
    pytest.skip("there is no Chromium here: run `make browser`", allow_module_level=True)

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}
PAGES = {
    "front": "/",
    "search": "/search?q=brug+in:all",
    "search-empty": "/search",
    "search-wrong": "/search?q=brug+(",
    "search-removed": "/search?q=in:removed+jansen",
    "search-nothing": "/search?q=burg",
    "articles": "/articles",
    "article": "/articles/1",
    "article-earlier": "/articles/1?version=1",
    "article-gone": "/articles/2",
    "article-redacted": "/articles/3",
    "article-liveblog": "/articles/4",
    "article-attacked": "/articles/6",
    "compare": "/articles/1/compare?old=1&new=2",
    "cite": "/articles/1/cite",
    "capture": "/captures/1",
    "edits": "/edits",
    "gone": "/gone",
    "notes": "/notes",
    "sites": "/sites",
    "site": "/sites/krant",
    "help": "/help",
    "about": "/about",
    "finding": "/articles/1/finding?sentence=Wethouder+Jansen+sprak+van+pech.",
    "calendar-site": "/sites/krant/calendar",
    "calendar-article": "/articles/2/calendar",
    "api": "/api",
    "wrong": "/nowhere",
}
LOOK = os.environ.get("LEGGER_LOOK")
"""Folder for screenshots."""


@pytest.fixture(scope="module")
def room(shelf: Path) -> Iterator[str]:
    """The address of a running reading room; LEGGER_LOOK_AT names another one."""
    if elsewhere := os.environ.get("LEGGER_LOOK_AT"):
        yield elsewhere.rstrip("/")
        return
    with serving(shelf) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Any, room: str) -> Iterator[Any]:
    """A page that may ask nothing of anyone but the reading room, and may not complain."""
    context = browser.new_context(locale="en-GB")
    opened = context.new_page()
    complaints: list[str] = []
    outside: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("dialog", lambda dialog: (outside.append(dialog.message), dialog.dismiss()))
    opened.on(
        "request", lambda each: None if each.url.startswith((room, "data:")) else outside.append(each.url)
    )
    yield opened
    context.close()
    assert outside == []
    assert [each for each in complaints if "status of 4" not in each] == []


def test_a_researcher_searches_opens_compares_cites_and_sees_the_page(page: Any, room: str) -> None:
    page.goto(room)
    page.keyboard.press("/")
    page.keyboard.type('"weer open"')
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Brug weer open").click()
    assert page.locator("h1").inner_text() == "Brug weer open"
    page.get_by_role("link", name="Compare versions").click()
    page.get_by_label("From version").select_option("1")
    page.get_by_label("to version").select_option("2")
    page.get_by_role("button", name="Compare").click()
    assert page.locator("ins").filter(has_text="17").count() >= 1
    assert page.locator(".removed del, .changed .old del").count() >= 2
    page.locator("main").focus()
    page.keyboard.press("n")
    assert page.locator(":focus").get_attribute("id") == "change-1"
    page.keyboard.press("n")
    page.keyboard.press("p")
    assert page.locator(":focus").get_attribute("id") == "change-1"
    page.set_viewport_size({"width": 390, "height": 844})  # on a phone both versions stand in one column
    assert page.locator(".changed .merged").first.is_visible()
    assert not page.locator(".changed .old").first.is_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("link", name="To the article").click()
    page.get_by_role("link", name="Cite").click()
    assert "legger:1.2-" in page.locator("#cited-txt").input_value()
    with page.expect_download() as download:
        page.get_by_role("link", name="BibTeX").click()
    assert download.value.path().read_text(encoding="utf-8").startswith("@online{legger-1.2-")
    page.goto(f"{room}/articles/1?version=1")
    page.get_by_role("link", name="See the page as it was").click()
    framed = page.frame_locator("iframe")
    assert framed.locator("h1").inner_text() == "Zwembad open"
    assert "Wethouder Jansen" in page.get_by_role("region", name="What we read from it").inner_text()
    framed.locator("a").first.click()  # leads nowhere
    assert framed.locator("h1").inner_text() == "Zwembad open"


def test_keys_walk_through_results_and_versions(page: Any, room: str) -> None:
    page.goto(f"{room}/search?q=brug")
    page.locator("main").focus()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/articles/*")
    page.goto(f"{room}/articles/1")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/articles/1?version=2")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/articles/1?version=3")


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_accessible_fits_and_harms_nobody(
    browser: Any, page: Any, room: str, width: str
) -> None:
    wide, high = WIDTHS[width]
    page.set_viewport_size({"width": wide, "height": high})
    serious: list[str] = []
    for name, path in PAGES.items():
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto(f"{room}{path}")
            for violation in axe.Axe().run(page).response["violations"]:
                if violation["impact"] in ("serious", "critical"):
                    where = violation["nodes"][0]["target"], violation["nodes"][0]["html"][:120]
                    serious.append(f"{name} {scheme}: {violation['id']} {where}")
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{name} is {overflow} pixels too wide"
        if LOOK:
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                _keep(page, f"{name}-{width}-{scheme}")
    assert serious == []


def _keep(page: Any, name: str) -> None:
    """Keep a screenshot for people to look at."""
    if LOOK:
        Path(LOOK).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(LOOK) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_fits_without_scripts_and_in_print(browser: Any, room: str, width: str) -> None:
    wide, high = WIDTHS[width]
    context = browser.new_context(java_script_enabled=False, viewport={"width": wide, "height": high})
    page = context.new_page()
    for name, path in PAGES.items():
        for medium in ("screen", "print"):
            page.emulate_media(media=medium)
            page.goto(f"{room}{path}")
            box = page.locator("body").bounding_box()
            assert box is not None and box["width"] <= wide, f"{name} is too wide on {medium}"
            assert page.locator("main").count() == 1 or name == "api"
            _keep(page, f"{name}-{width}-{'plain' if medium == 'screen' else 'print'}")
    context.close()


def test_pages_with_bad_intentions_do_nothing(page: Any, room: str) -> None:
    for number in range(5, 5 + len(ATTACKS)):
        page.goto(f"{room}/articles/{number}")
        page.goto(f"{room}/articles/{number}/compare")
    page.goto(f"{room}/captures/1/page")
    assert page.locator("h1").inner_text() == "Zwembad open"


def test_without_scripts_everything_still_works(browser: Any, room: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="nl-NL")
    page = context.new_page()
    page.goto(room)
    page.get_by_role("searchbox").fill("zwembad")
    page.get_by_role("button", name="Zoeken").click()
    page.get_by_role("link", name="Zwembad duurder").click()
    assert "Het origineel is verdwenen." in page.content()
    context.close()
