"""Pages of a made-up site, as large as local news sites send them."""

from __future__ import annotations

import random

SIZE = 80_000
"""Bytes of a page, as local news sites send them."""
WORDS = (
    *("de", "het", "een", "gemeente", "dorp", "straat", "brug", "school", "vereniging", "raad", "wethouder"),
    *("plan", "avond", "jaar", "week", "bewoners", "bouw", "verkeer", "feest", "markt", "kermis", "muziek"),
    *("sport", "club", "wedstrijd", "winter", "zomer", "lente", "herfst", "boer", "land", "water", "weg"),
    *("huis", "tuin", "winkel", "werk", "geld", "begroting", "besluit", "vergadering", "morgen", "volgens"),
)


def page(number: int, pages: int, *, of: str = "") -> str:
    """An article of its own among the furniture of a site, :data:`SIZE` bytes in all. *of*: which site's."""
    chance = random.Random(f"{of} {number}")

    def sentence() -> str:
        words = [chance.choice(WORDS) for _ in range(chance.randint(9, 18))]
        return " ".join(words).capitalize() + f" {number * 7 + chance.randint(1, 6)}."

    text = "".join(f"<p>{' '.join(sentence() for _ in range(3))}</p>" for _ in range(9))
    title = sentence()[:60]
    menu = "".join(f"<li><a href='/rubriek/{n}'>Rubriek {n}</a></li>" for n in range(40))
    more = "".join(
        f"<div class='teaser card--{n % 3}'>"
        f"<a href='/nieuws/{(number + n) % pages}'><h3>Ander bericht {n}</h3></a></div>"
        for n in range(60)
    )
    head = (
        f"<!DOCTYPE html><html lang='nl'><head><meta charset='utf-8'><title>{title} | Dorp</title>"
        "<meta property='og:type' content='article'><meta property='article:published_time'"
        f" content='2026-03-01T10:{number % 60:02d}:00+01:00'></head><body>"
    )
    body = (
        f"<header><nav><ul>{menu}</ul></nav></header><main><article class='article'><h1>{title}</h1>"
        f"<div class='article__body'>{text}</div></article>"
        f"<aside><h2>Meer berichten</h2>{more}</aside></main>"
        "<footer><p>Deze website maakt gebruik van cookies.</p></footer>"
    )
    left = SIZE - len(head) - len(body) - 40
    return head + body + f"<script>/*{'x' * max(left, 0)}*/</script></body></html>"
