"""Files articles into an archive, ten a second as a crawl does, until it is told to stop on its input."""

from __future__ import annotations

import select
import sys
import time
from datetime import UTC, datetime, timedelta

from archive import Archive, Article, Block, BlockKind, PageKind
from archive.model.types import Provenance
from bench.helpers.made_up import answer, never

WORDS = ("De", "raad", "vergadert", "dinsdag", "over", "het", "plein", "en", "de", "brug", "aan", "haven")


def main(where: str) -> None:
    """File, and print how many."""
    count, at = 0, datetime(2026, 6, 1, tzinfo=UTC)
    with Archive.open(where) as archive:
        while not select.select([sys.stdin], [], [], 0.1)[0]:
            count += 1
            url = f"https://site01.example/nieuw/{time.time_ns()}"
            said = " ".join(WORDS[(count * each) % len(WORDS)] for each in range(1, 120))
            page = f"<html><body><p>{said} {count}</p></body></html>".encode()
            kept = archive.captures.keep(answer(url, page, at + timedelta(seconds=count)))
            article = Article(
                kind=PageKind.ARTICLE,
                url=url,
                title=f"Bericht {count}",
                blocks=(Block(kind=BlockKind.PARAGRAPH, text=f"{said} {count}"),),
                reader=Provenance(extractor="1", memory=0),
            )
            archive.filing.file(article, capture=kept, key=url, read_again=never)
            if count % 5 == 0:
                archive.commit()
    print(count)


if __name__ == "__main__":
    main(sys.argv[1])
