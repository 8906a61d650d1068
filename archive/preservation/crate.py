"""RO-Crate 1.1: what a corpus is, in JSON-LD that repositories of research data read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version as release
from pathlib import Path
from typing import Any

from archive import files

NAME = "ro-crate-metadata.json"


def crate(
    folder: Path,
    some: Mapping[str, str],
    said: Mapping[str, Any],
    *,
    name: str,
    organisation: str | None,
    licence: str | None,
    now: datetime,
) -> dict[str, Any]:
    """The metadata; *some*: name of a file under *folder* -> its media type, *said*: an export's manifest."""
    chosen = {key: value for key, value in said["chosen"].items() if value not in (None, "latest")}
    described = (
        f"{said['articles']} articles in {said['rows']} rows from {', '.join(said['sites']) or 'no site'}, "
        f"as Legger read them; chosen: {chosen or 'everything'}."
    )
    parts = [
        {
            "@id": each,
            "@type": "File",
            "name": each,
            "encodingFormat": kind,
            "contentSize": str((folder / each).stat().st_size),
            "sha256": files.sha256(folder / each),
        }
        for each, kind in sorted(some.items())
    ]
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": name,
        "description": described,
        "datePublished": now.isoformat(),
        "license": {"@id": licence} if licence else "All rights reserved by the publishers of the articles.",
        "hasPart": [{"@id": each["@id"]} for each in parts],
    }
    if said["published_from"]:
        root["temporalCoverage"] = f"{said['published_from']}/{said['published_to']}"
    sources = [
        {"@id": each["address"] or f"#{site}", "@type": "WebSite", "name": each["title"] or site}
        for site, each in said["coverage"].items()
    ]
    root["isBasedOn"] = [{"@id": each["@id"]} for each in sources]
    software = {
        "@id": "#legger", "@type": "SoftwareApplication", "name": "Legger", "version": release("legger"),
    }  # fmt: skip
    made = {
        "@id": "#export",
        "@type": "CreateAction",
        "name": said["repeat"],
        "endTime": now.isoformat(),
        "instrument": {"@id": "#legger"},
        "result": [{"@id": each["@id"]} for each in parts],
    }
    root["mentions"] = {"@id": "#export"}
    graph: list[dict[str, Any]] = [
        {
            "@id": NAME,
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            "about": {"@id": "./"},
        },
        root, *parts, *sources, software, made,
    ]  # fmt: skip
    if organisation:
        root["publisher"] = {"@id": "#operator"}
        graph.append({"@id": "#operator", "@type": "Organization", "name": organisation})
    return {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}
