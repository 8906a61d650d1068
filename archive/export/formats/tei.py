"""Rows of an export -> TEI P5: one ``teiCorpus`` with a ``TEI`` for each row.

Each has in its header who wrote, who published it when, where it stood, when it was seen and what it was read
with; in its text a ``div`` for each part under a subhead, paragraphs, lists and quotes as they were read, and
captions and boxes as notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from archive.export.formats.network import xml_text

Row = Mapping[str, Any]


def tei_lines(some: Iterable[Row]) -> Iterator[bytes]:
    """The document, piece by piece."""
    yield (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<teiCorpus xmlns="http://www.tei-c.org/ns/1.0">\n'
        b"<teiHeader><fileDesc><titleStmt><title>Articles of a Legger archive</title></titleStmt>"
        b"<publicationStmt><p>An export; its manifest says what was chosen.</p></publicationStmt>"
        b"<sourceDesc><p>News sites, as each article states.</p></sourceDesc></fileDesc></teiHeader>\n"
    )
    empty = True
    for row in some:
        empty = False
        yield f"{_header(row)}{_text(row)}</TEI>\n".encode()
    if empty:
        yield b"<!-- no article was chosen -->\n"
    yield b"</teiCorpus>\n"


def _element(name: str, text: Any, attributes: str = "") -> str:
    return f"<{name}{attributes}>{xml_text(str(text))}</{name}>" if text not in (None, "") else ""


def _attribute(name: str, value: Any) -> str:
    return f' {name}="{xml_text(str(value)).replace(chr(34), "&quot;")}"' if value not in (None, "") else ""


_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?[+-](?:0\d|1[0-3]):\d\d)?")
"""What XML Schema takes for a day or a time: the zones of old towns have seconds, and are none there."""
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


def _language(row: Row) -> str | None:
    """The language, where XML Schema takes it for one."""
    said = row["language"]
    return said if said and _LANGUAGE.fullmatch(said) else None


def _header(row: Row) -> str:
    name = f"a{row['id']}.{row['version']}"
    day = row["published_day"]
    said = row["published"] or day
    when = _attribute("when", said if said and _TIME.fullmatch(said) else day)
    source = "".join(
        (
            _element("title", row["title"], ' level="a"'),
            *(_element("author", each) for each in row["authors"]),
            _element("publisher", row["site_title"] or row["site"]),
            f"<date{when}>{xml_text(day)}</date>" if day else "",
            f"<ref{_attribute('target', row['url'])}/>",
            _element("note", row["section"], ' type="section"'),
            _element("idno", row["content_hash"], ' type="sha256"'),
            _element(
                "note", f"seen {row['first_seen']} to {row['last_seen']}, {row['status']}", ' type="seen"'
            ),
        )
    )
    language = _language(row)
    profile = f"<langUsage><language{_attribute('ident', language)}/></langUsage>" if language else ""
    keywords = "".join(_element("term", each) for each in row["tags"])
    if keywords:
        profile += f"<textClass><keywords>{keywords}</keywords></textClass>"
    reader = f"extractor {row['extractor']}, rules {row['rules'] or 'none'}, memory {row['memory']}"
    return (
        f'<TEI xml:id="{name}"><teiHeader><fileDesc><titleStmt>'
        + (_element("title", row["title"]) or "<title/>")
        + "".join(_element("author", each) for each in row["authors"])
        + "</titleStmt><publicationStmt><publisher>"
        + xml_text(row["site_title"] or row["site"])
        + "</publisher></publicationStmt>"
        f"<sourceDesc><bibl>{source}</bibl></sourceDesc></fileDesc>"
        f"<encodingDesc><p>{xml_text(reader)}</p></encodingDesc>"
        + (f"<profileDesc>{profile}</profileDesc>" if profile else "")
        + "</teiHeader>\n"
    )


def _text(row: Row) -> str:
    language = _attribute("xml:lang", _language(row))
    parts: list[list[Mapping[str, str]]] = [[]]
    beside = []
    for block in row["blocks"]:
        if block["kind"] in ("caption", "box"):
            beside.append(block)
        elif block["kind"] == "subhead":
            parts.append([block])
        else:
            parts[-1].append(block)
    opening = _element("head", row["title"]) or "<head/>"
    kicker = _element("head", row["kicker"], ' type="kicker"')
    first, *others = parts
    body = _blocks(first) + "".join(
        f"<div>{_element('head', part[0]['text'])}{_blocks(part[1:]) or '<p/>'}</div>" for part in others
    )
    notes = "".join(_element("note", each["text"], f' type="{each["kind"]}"') for each in beside)
    if notes:
        body += f"<div>{notes.replace('<note', '<p><note').replace('</note>', '</note></p>')}</div>"
    return f'<text{language}><body><div type="article">{kicker}{opening}{body or "<p/>"}</div></body></text>'


def _blocks(blocks: list[Mapping[str, str]]) -> str:
    """Blocks of text; items that follow each other are one list."""
    said = []
    for kind, some in groupby(blocks, key=lambda block: block["kind"]):
        words = [xml_text(each["text"]) for each in some]
        if kind == "item":
            said.append(f"<list>{''.join(f'<item>{each}</item>' for each in words)}</list>")
        elif kind == "quote":
            said += [f"<quote><p>{each}</p></quote>" for each in words]
        else:
            lead = ' rend="lead"' if kind == "lead" else ""
            said += [f"<p{lead}>{each}</p>" for each in words]
    return "".join(said)
