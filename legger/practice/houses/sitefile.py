"""Writes a site as the TOML file an operator would write. Pure; the inverse of reading it in ``crawler.site``."""

from __future__ import annotations

import json
from dataclasses import fields

from crawler.site import Identity, Rules, Site


def site_toml(site: Site) -> str:
    """A site as TOML; what equals the default is left out."""
    lines, tables = [], []
    for each in fields(Site):
        value = getattr(site, each.name)
        if each.name == "source" or value == each.default:
            continue
        if isinstance(value, Identity):
            tables.append("\n[identity]\n" + _pairs(value))
        elif each.name == "rules":
            tables += ["\n[[rules]]\n" + _pairs(rule) for rule in value]
        else:
            lines.append(f"{each.name} = {_value(value)}")
    return "\n".join(lines) + "\n" + "".join(tables)


def _pairs(table: Identity | Rules) -> str:
    pairs = ((each.name, getattr(table, each.name), each.default) for each in fields(table))
    return "".join(f"{name} = {_value(value)}\n" for name, value, default in pairs if value != default)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
