"""What stood in a version and not in the next, sentence by sentence. Pure."""

from __future__ import annotations

from collections import Counter

from archive.compare.actions import sentences
from archive.model.types import Article


def went(old: Article, new: Article) -> list[tuple[str, str, str, str]]:
    """What stands in *old* and not in *new*, one row for each sentence: (title, text, authors, section)."""
    there = Counter(" ".join(each.split()) for each in sentences(new.text))
    rows = []
    for each in sentences(old.text):
        plain = " ".join(each.split())
        if there[plain]:
            there[plain] -= 1
        else:
            rows.append(("", plain, "", ""))
    if old.title != new.title:
        rows.append((old.title, "", "", ""))
    rows += [("", "", name, "") for name in old.authors if name not in new.authors]
    if old.section and old.section != new.section:
        rows.append(("", "", "", old.section))
    return rows
