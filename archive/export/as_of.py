"""What a query finds in the corpus as it stood: for ever the same, whatever is captured or read later.

The full-text index knows today's readings. So the corpus as it stood is put into an archive of its own in
memory, as its rows have it, and asked there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from archive.archive import Archive
from archive.errors import UsageError
from archive.export.choice import RowChoice, numbers
from archive.export.restore import restore
from archive.model.export_row import ExportRow


def without_its_query(choice: RowChoice) -> RowChoice:
    """What chooses all the rows among which a query is to find some."""
    return replace(choice, query=None, published=None, status=None, language=None, sample=None)


def found_then(stood: Iterator[ExportRow], choice: RowChoice) -> set[int]:
    """Articles that the query of *choice* finds among the rows of those that *stood* at its time."""
    assert choice.as_of is not None
    asked = replace(choice, as_of=None, site=None, sample=None, versions="latest")
    with Archive.open(":memory:") as then:
        result = restore(then, _whole(stood), now=choice.as_of)
        if result.refused:
            raise UsageError(f"{result.refused[0][0]}: {result.refused[0][1]}; run `legger verify`")
        then.index.update()
        with then.snapshot() as own:
            found = numbers(own, asked)
            assert found is not None
            article = "SELECT id, article_id FROM versions"
            return {row[1] for row in own.exec_driver_sql(article) if row[0] in found}


def _whole(some: Iterator[ExportRow]) -> Iterator[Mapping[str, Any]]:
    """Rows as of a time, as an archive of that time would have them: articles of one version."""
    for row in some:
        yield {**row, "changed_fields": [], "silent": False, "alternating": False}
