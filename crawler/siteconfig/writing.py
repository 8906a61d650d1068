"""A site written as a TOML file that a person can read and change."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import Item, Table

from archive.errors import SiteError
from crawler.siteconfig.files import parse_site
from crawler.siteconfig.schedule import Schedule, spelled
from crawler.siteconfig.site import AssetBounds, FormerIdentity, Identity, Pages, Rules, Site

_SAYS = {
    "url": "The front page.",
    "publisher": "Who publishes it, as citations name it.",
    "platform": "What sites of this kind share; `legger site show` tells where that stands.",
    "untested_since": "Described from hearsay, not yet tried: `legger site check` tries it.",
    "timezone": "Of times that state no offset.",
    "date_order": "Whether the day or the month comes first in 3/4/2021.",
    "feeds": "RSS and Atom.",
    "sitemaps": "Sitemaps and sitemap indexes.",
    "listings": "Pages that list the newest articles.",
    "hosts": "Other hosts of the site.",
    "articles": "Regular expressions: an address that matches one is an article's.",
    "ignore": "Regular expressions of addresses never to fetch.",
    "allow_private": "Loopback and private addresses may be fetched.",
    "practice": "A house of the practice newspaper: LEGGER_NOW is its clock.",
    "feed_only": "Only feeds and sitemaps are fetched.",
    "delay": "Seconds between two requests.",
    "budget": "Requests a day, at most.",
    "quiet": "Hours of the day in which nothing is fetched.",
    "ground": "On what ground its pages are kept: general, research or permission.",
}


def write_site(site: Site, path: str | Path) -> Path:
    """Write *site* as a TOML file that a person can read and change; what is as by default is left out.

    So is what its platform says. Reading the file again gives an equal site. The folder is made if need be;
    returns the path. Raises :class:`SiteError` when there is no such platform.
    """
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(site_toml(site), encoding="utf-8")
    return file


def site_toml(site: Site) -> str:
    """The text of a site's file."""
    usual = Site(name=site.name, url=site.url)
    always = {"url", "timezone"}
    if site.platform:
        usual = parse_site({"url": site.url, "platform": site.platform}, name=site.name)
        always = {"url", "platform"}
    file = tomlkit.document()
    for key in _KEYS:
        value = getattr(site, key)
        if value == getattr(usual, key) and key not in always:
            continue
        if value is None:
            raise SiteError(usual.platform, key, "the platform states it, and no file can say that it is not")
        if key in _SAYS:
            file.add(tomlkit.comment(_SAYS[key]))
        file.add(key, _item(value))
    if not site.rules and usual.rules:
        file.add("rules", tomlkit.array())
    if site.identity != usual.identity:
        file.add("identity", _table(site.identity, says="What makes two addresses one article."))
    if site.pages != usual.pages:
        file.add("pages", _table(site.pages, says="Standing pages: about, contact, statutes."))
    if site.assets != usual.assets:
        file.add("assets", _table(site.assets, says="Pictures, style sheets and fonts of its pages."))
    if site.schedule != usual.schedule:
        file.add("schedule", _table(site.schedule, says="When the clock goes there."))
    if site.rules != usual.rules and site.rules:
        rules = tomlkit.aot()
        for each in site.rules:
            rules.append(_table(each))
        file.add("rules", rules)
    return tomlkit.dumps(file)


_TABLES = ("identity", "pages", "assets", "schedule", "rules")
_KEYS = tuple(each.name for each in fields(Site) if each.name not in ("name", *_TABLES, "source"))


def _table(part: AssetBounds | Identity | Pages | Rules | Schedule, *, says: str = "") -> Table:
    table = tomlkit.table()
    if says:
        table.add(tomlkit.comment(says))
    for each in fields(part):
        if (value := getattr(part, each.name)) != each.default:
            table.add(each.name, _item(value))
    return table


def _item(value: Any) -> Item:
    if isinstance(value, timedelta):
        return _item(spelled(value))
    if isinstance(value, FormerIdentity):
        inline = tomlkit.inline_table()
        inline.add("pattern", _item(value.pattern))
        if value.until is not None:
            inline.add("until", value.until)
        return inline
    if isinstance(value, float) and value.is_integer():
        return tomlkit.item(int(value))
    if isinstance(value, tuple):
        array = tomlkit.array().multiline(len(str(value)) > 90)
        for each in value:
            array.append(_item(each))
        return array
    if isinstance(value, str):  # a regular expression is easier to read without doubled backslashes
        readable = "\\" in value and "'" not in value and value.isprintable()
        return tomlkit.string(str(value), literal=readable)
    item: Item = tomlkit.item(value)
    return item
