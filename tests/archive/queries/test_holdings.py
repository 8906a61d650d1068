"""How much of what an archive holds."""

from __future__ import annotations

from pathlib import Path

from archive import Archive
from tests.archive.newsroom import Filer, article, day


def test_every_number_is_an_integer_on_both_engines(archive_file: Path) -> None:
    with Archive.open(str(archive_file)) as archive:
        for at, text in enumerate(("De brug is dicht.", "De brug is weer open.")):
            url = "https://krant.example/1"
            seen = article(text, title="De brug", url=url)
            Filer(archive).see(seen, day(at), key="1", url=url)
        found = archive.holdings.stats()
    of_site = found.sites[0]
    assert of_site.versions == 2
    counts = [of_site.articles, of_site.versions, of_site.captures, found.bodies, found.body_bytes]
    assert [
        type(each)
        for each in [*counts, found.packed_bytes, *found.verdicts.values()]
        if type(each) is not int
    ] == []
