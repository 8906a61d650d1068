"""Articles and what ties them together, as a network for Gephi and its like.

Nodes are the articles of an export. Edges are: *same story* (both tell it; the weight is the greatest
share of the shorter text that stood in the other one), *corrects* (one names the other as wrong) and *links*
(a link in the text of one leads to an address of the other; kept from extractor 12 on). Only what ties two of
the articles of the export is an edge. Stories and corrections are those that the index knew last.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from sqlalchemy import Connection, select

from archive.db.schema import addresses, relations
from archive.export.writers import safe_cell
from archive.queries.related import SAME_STORY

Row = Mapping[str, Any]

LINKS = "links"
NODE = ("id", "label", "site", "url", "published", "status", "language", "word_count")


@dataclass(frozen=True, kw_only=True)
class Tie:
    """What ties two articles."""

    source: int
    target: int
    kind: str
    """``same story``, ``corrects`` or ``links``."""
    weight: float = 1.0

    @property
    def directed(self) -> bool:
        """Whether it leads from one to the other; a story both tell does not."""
        return self.kind != SAME_STORY


@dataclass(frozen=True, kw_only=True)
class Network:
    """Articles and ties, in order of number."""

    nodes: list[dict[str, Any]]
    ties: list[Tie]


def network(connection: Connection, some: Iterable[Row]) -> Network:
    """The network of the rows of an export; of an article with several rows, the last counts."""
    nodes: dict[int, dict[str, Any]] = {}
    leads: dict[int, list[str]] = {}
    for row in some:
        nodes[row["id"]] = {
            "id": row["id"], "label": row["title"] or f"article {row['id']}", "site": row["site"],
            "url": row["url"], "published": row["published_day"], "status": row["status"],
            "language": row["language"], "word_count": row["word_count"],
        }  # fmt: skip
        leads[row["id"]] = row["links"] or []
    ties = [
        Tie(source=row.article_id, target=row.other_id, kind=row.kind, weight=row.likeness or 1.0)
        for row in connection.execute(select(relations))
        if row.article_id in nodes and row.other_id in nodes
    ]
    wanted = {url for urls in leads.values() for url in urls}
    standing: dict[str, int] = {node["url"]: number for number, node in nodes.items()}
    if wanted:
        there = select(addresses.c.url, addresses.c.article_id).where(addresses.c.article_id.is_not(None))
        standing |= {
            url: article
            for url, article in connection.execution_options(yield_per=2000).execute(there)
            if url in wanted and article in nodes
        }
    found = {(article, standing[url]) for article, urls in leads.items() for url in urls if url in standing}
    ties += [Tie(source=one, target=other, kind=LINKS) for one, other in found if one != other]
    ties.sort(key=lambda tie: (tie.source, tie.target, tie.kind))
    return Network(nodes=[nodes[number] for number in sorted(nodes)], ties=ties)


def tables(found: Network, *, formula_safe: bool = True) -> Iterator[tuple[str, bytes]]:
    """``nodes.csv`` and ``edges.csv``, with the headings that Gephi looks for."""
    yield (
        "nodes.csv",
        _csv(("Id", "Label", *NODE[2:]), ([*node.values()] for node in found.nodes), formula_safe),
    )
    edges = (
        [tie.source, tie.target, "Directed" if tie.directed else "Undirected", tie.kind, tie.weight]
        for tie in found.ties
    )
    yield "edges.csv", _csv(("Source", "Target", "Type", "Kind", "Weight"), edges, formula_safe)


def _csv(heading: Iterable[str], lines: Iterable[list[Any]], formula_safe: bool) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(heading)
    writer.writerows(map(safe_cell, cells) if formula_safe else cells for cells in lines)
    return buffer.getvalue().encode()


def gexf(found: Network) -> Iterator[bytes]:
    """The network as GEXF 1.3. What holds both ways is *mutual*: some readers want one kind of edge."""
    yield (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<gexf xmlns="http://gexf.net/1.3" version="1.3">\n'
        b'<graph defaultedgetype="directed" mode="static">\n<attributes class="node">\n'
    )
    for name in NODE[2:]:
        kind = "integer" if name == "word_count" else "string"
        yield f'<attribute id="{name}" title="{name}" type="{kind}"/>\n'.encode()
    yield b'</attributes>\n<attributes class="edge">\n<attribute id="kind" title="kind" type="string"/>\n'
    yield b"</attributes>\n"
    yield b"<nodes>\n"
    for node in found.nodes:
        said = "".join(
            f'<attvalue for="{name}" value={_quoted(node[name])}/>'
            for name in NODE[2:]
            if node[name] is not None
        )
        yield (
            f'<node id="{node["id"]}" label={_quoted(node["label"])}><attvalues>{said}</attvalues></node>\n'
        ).encode()
    yield b"</nodes>\n<edges>\n"
    for number, tie in enumerate(found.ties):
        yield (
            f'<edge id="{number}" source="{tie.source}" target="{tie.target}" '
            f'type="{"directed" if tie.directed else "mutual"}" weight="{tie.weight}">'
            f'<attvalues><attvalue for="kind" value={_quoted(tie.kind)}/></attvalues></edge>\n'
        ).encode()
    yield b"</edges>\n</graph>\n</gexf>\n"


def xml_text(text: str) -> str:
    """Text as it may stand in XML 1.0: without the characters that no XML can hold."""
    return escape(text.translate(_NO_XML))


def _quoted(value: Any) -> str:
    return quoteattr(str(value).translate(_NO_XML))


_NO_XML = dict.fromkeys(
    [*(code for code in range(32) if code not in (9, 10, 13)), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
)
