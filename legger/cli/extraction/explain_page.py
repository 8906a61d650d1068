"""What was thought of a page, as a page to look at: no script, nothing from elsewhere, all escaped. Pure."""

from __future__ import annotations

from html import escape

from archive.model.types import Article, StatedTime
from crawler.extract.article import Reading
from crawler.extract.page.blocks import Outline
from crawler.extract.templates import PagePlaces
from crawler.extract.text.scored import ScoredBlock

_STYLE = """
:root { color-scheme: light dark; --keep: #1a7f37; --strip: #b35900; --rule: #8884; --soft: #7779; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
p { margin: 0; overflow-wrap: anywhere; }
.about { color: GrayText; margin-bottom: 1.25rem; }
table { border-collapse: collapse; width: 100%; margin-bottom: 1.5rem; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; }
th, td { border-top: 1px solid var(--rule); }
td { overflow-wrap: anywhere; }
th { font-weight: 600; white-space: nowrap; }
.witness { color: GrayText; white-space: nowrap; }
label { user-select: none; cursor: pointer; }
ol { list-style: none; margin: 1rem 0; padding: 0; }
li { display: grid; grid-template-columns: 13rem 1fr; gap: 1rem; padding: .45rem .75rem; }
li { border-left: 4px solid; margin-bottom: 2px; }
.keep { border-color: var(--keep); background: color-mix(in srgb, var(--keep) 9%, transparent); }
.strip { border-color: var(--strip); }
.strip .text { color: GrayText; }
.said { font-size: .8rem; line-height: 1.35; }
.said b { text-transform: uppercase; letter-spacing: .03em; }
.keep b { color: var(--keep); }
.strip b { color: var(--strip); }
.place { color: GrayText; font-size: .7rem; overflow-wrap: anywhere; }
.subhead .text, .lead .text { font-weight: 600; }
.caption .text, .box .text { font-style: italic; }
.quote .text { padding-left: 1rem; border-left: 2px solid var(--soft); }
#only:checked ~ ol .strip { display: none; }
@media (max-width: 40rem) {
  li { grid-template-columns: 1fr; gap: .25rem; }
  th, .witness { white-space: normal; overflow-wrap: anywhere; }
}
"""


def explained(reading: Reading) -> str:
    """The whole page: its fields with their witnesses, and every block with keep or strip, and why."""
    article, judged = reading.article, reading.judged
    kept = sum(each.kept for each in judged)
    unread = f"; {told}" if (told := not_read(reading.outline)) else ""
    title = article.title or "(no title)"
    fields = "".join(
        f'<tr><th scope="row">{_text(name)}</th><td dir="auto">{_text(value)}</td>'
        f'<td class="witness">{_text(witness)}</td></tr>\n'
        for name, value, witness in _fields(article)
    )
    places = PagePlaces(reading.outline)
    blocks = "\n".join(_block(each, places) for each in judged)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Explained: {_text(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1 dir="auto">{_text(title)}</h1>
<p class="about">{_text(reading.capture.url)}<br>read by Legger, extractor {_text(article.reader.extractor)},
site memory {article.reader.memory}: {kept} of {len(judged)} blocks kept,
{article.word_count} words{_text(unread)}</p>
<table>
<thead><tr><th scope="col">field</th><th scope="col">read as</th><th scope="col">witness</th></tr></thead>
<tbody>
{fields}</tbody>
</table>
<input type="checkbox" id="only"> <label for="only">only what is kept</label>
<ol>
{blocks}
</ol>
</body>
</html>
"""


def not_read(page: Outline) -> str:
    """What the outline left out, in words; ``""`` when it is nothing."""
    if not page.unread:
        return ""
    return f"menus and footers of the site, left out unread: {page.unread}"


def _fields(article: Article) -> list[tuple[str, str, str]]:
    """(name, value, witness) of what was read beside the text; what the page does not say is left out."""
    dates = [(name, getattr(article, name)) for name in ("published", "modified")]
    values = [
        ("kind", str(article.kind), article.reason),
        ("title", article.title, ""),
        ("kicker", article.kicker or "", ""),
        ("authors", ", ".join(article.authors), ""),
        ("byline", article.byline or "", ""),
        *((name, _dated(dated), "") for name, dated in dates if dated),
        ("section", article.section or "", ""),
        ("tags", ", ".join(article.tags), ""),
        ("language", article.language or "", ""),
        ("canonical address", article.canonical_url or "", ""),
        ("picture", ", ".join(image.url for image in article.images), ""),
        ("text", f"{article.word_count} words", ""),
    ]
    return [(name, value, reason or article.sources.get(name, "")) for name, value, reason in values if value]


def _dated(dated: StatedTime) -> str:
    return dated.text if dated.raw in (dated.text, "") else f"{dated.text} (on the page: {dated.raw})"


def _block(each: ScoredBlock, places: PagePlaces) -> str:
    verdict = "keep" if each.kept else "strip"
    why = f"{each.why} (score {each.score:.2f})"
    return (
        f'<li class="{verdict} {each.kind}"><p class="said"><b>{verdict}</b> {each.kind}<br>'
        f'{_text(why)}<br><span class="place">{_text(places.of(each.run))}</span></p>'
        f'<p class="text" dir="auto">{_text(each.run.text)}</p></li>'
    )


def _text(words: str) -> str:
    """*words* as text of a page: nothing in them is markup, and nothing steers."""
    return escape("".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in words))
