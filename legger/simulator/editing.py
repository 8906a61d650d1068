"""What editors do to a story: each function takes a story and gives the next one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from archive.model.types import Block, BlockKind, PageKind
from legger.simulator import grammar, words
from legger.simulator.grammar import Pen
from legger.simulator.story import EventKind, Item, Picture, Story

_NUMBER = re.compile(r"(?<![\w.,-])\d{1,3}(?:[.,]\d{1,3})?(?![\w.,]*\d)")
_UPDATE = {"nl": "Update {time}: ", "en": "Update {time}: ", "fy": "Fernijing {time}: "}


def _topic_lines(story: Story, kind: str) -> tuple[str, ...]:
    """Lines of *kind* from the topic the story was written on, or what fits any story."""
    for topic in grammar.topics(story.language):
        if topic.section == story.section and topic.tags[:1] == story.tags[:1]:
            return topic.lines(kind)
    return _ANY[story.language]


_ANY = {
    "nl": ("de redactie vulde dit bericht aan; het vervolg staat <soon> in de krant.",),
    "en": ("the newsroom has added to this report; more follows on <soon>.",),
    "fy": ("de redaksje hat dit berjocht oanfolle; <soon> komt der mear.",),
}


def figure(story: Story, pen: Pen) -> Story:
    """One number in the text becomes another: the smallest edit that matters ("1,5" to "15")."""
    places = [
        (index, found.span())
        for index, block in enumerate(story.blocks)
        for found in _NUMBER.finditer(block.text)
    ]
    if not places:
        return extend(story, pen)
    index, (start, end) = pen.random.choice(places)
    text = story.blocks[index].text
    old = text[start:end]
    new = (
        old.replace(",", "").replace(".", "")
        if re.search("[.,]", old)
        else str(int(old) + pen.random.randint(1, 4))
    )
    return _with(story, index, text[:start] + new + text[end:])


def extend(story: Story, pen: Pen) -> Story:
    """A paragraph is added at the end (before the end of a teaser)."""
    text = pen.write(pen.random.choice(_topic_lines(story, "follow")))
    new = Block(kind=BlockKind.PARAGRAPH, text=text)
    if story.kind is PageKind.TEASER:
        return replace(story, blocks=(*story.blocks[:-1], new, story.blocks[-1]))
    return replace(story, blocks=(*story.blocks, new))


def shorten(story: Story, pen: Pen) -> Story:
    """The last sentence of a long paragraph goes."""
    long = [
        i for i, b in enumerate(story.blocks) if b.kind is BlockKind.PARAGRAPH and len(_sentences(b.text)) > 2
    ]
    if not long:
        return figure(story, pen)
    index = pen.random.choice(long)
    return _with(story, index, " ".join(_sentences(story.blocks[index].text)[:-1]))


def rename(story: Story, pen: Pen) -> Story:
    """A family name was wrong throughout the text."""
    names = [
        name for name in words.LASTS + words.LASTS_FY if re.search(rf"\b{re.escape(name)}\b", story.text)
    ]
    if not names:
        return figure(story, pen)
    old = pen.random.choice(names)
    new = pen.random.choice([name for name in words.LASTS if name not in story.text])
    pattern = re.compile(rf"\b{re.escape(old)}\b")
    people = {
        slot: (first, new if last == old else last) for slot, (first, last) in story.notes.people.items()
    }
    return replace(
        story,
        blocks=tuple(replace(block, text=pattern.sub(new, block.text)) for block in story.blocks),
        notes=replace(story.notes, people=people),
    )


def correct(story: Story, pen: Pen) -> Story:
    """Any of the changes an editor makes to a text."""
    return pen.random.choice((figure, extend, shorten, rename, figure))(story, pen)


_TAGGED = {
    "nl": ("Opnieuw", "Terugblik", "Dit weten we", "In beeld", "Nader bekeken", "Vandaag", "Het verhaal"),
    "en": ("Again", "Looking back", "What we know", "In pictures", "Explained", "Today", "The story"),
    "fy": ("Op 'e nij", "Weromsjoch", "Dit witte we", "Yn byld", "Neier besjoen", "Hjoed", "It ferhaal"),
}


def headline(story: Story, pen: Pen) -> Story:
    """Another headline over the same text."""
    tag, _, bare = story.title.partition(": ")
    if tag not in (*_TAGGED[story.language], story.place):
        bare = story.title
    tries = [f"{each}: {bare}" for each in _TAGGED[story.language] if each != tag]
    if story.place and story.place not in story.title:
        tries += 4 * [f"{story.place}: {bare}", f"{story.title} {_IN[story.language]} {story.place}"]
    return replace(story, title=pen.random.choice(tries))


_IN = {"nl": "in", "en": "in", "fy": "yn"}
_MORE = {
    "nl": "[Archieffoto|Foto ter illustratie|De foto is eerder gemaakt|De opname is van <past>].",
    "en": "[File photo|Library picture|Taken on <past>].",
    "fy": "[Argyffoto|Foto fan earder|Makke op <past>].",
}


def caption(story: Story, pen: Pen) -> Story:
    """Another caption under the first picture."""
    first = story.pictures[0]
    bare = re.match(r".*?[.!?](?= |$)|.*", first.caption)
    assert bare is not None
    changed = replace(first, caption=f"{bare[0]} {pen.write(_MORE[story.language])}")
    return replace(story, pictures=(changed, *story.pictures[1:]))


def update(story: Story, pen: Pen) -> Story:
    """An announced update: a paragraph that says so, on top or below, and sometimes in the headline."""
    here = words.local(pen.at)
    head = _UPDATE[story.language].format(time=words.clock_time(here.hour, here.minute, story.language))
    line = pen.write(pen.random.choice(_topic_lines(story, "update")))
    notice = Block(kind=BlockKind.PARAGRAPH, text=head + line[0].lower() + line[1:])
    title = story.title
    if story.language == "nl" and pen.random.random() < 0.4:
        title += " (update)"
    if story.kind is PageKind.TEASER:
        return replace(story, title=title, blocks=(*story.blocks[:-1], notice, story.blocks[-1]))
    if pen.random.random() < 0.3 and len(story.blocks) > 2:
        return replace(story, title=title, blocks=(story.blocks[0], notice, *story.blocks[1:]))
    return replace(story, title=title, blocks=(*story.blocks, notice))


def teaser(story: Story) -> Story:
    """What a visitor without a subscription sees: its first block and the start of another, ending in "…"."""
    first, *rest = story.blocks
    source = next((block for block in rest if block.kind is BlockKind.PARAGRAPH), None)
    if source is None:
        words_ = first.text.split()
        cut = replace(first, text=" ".join(words_[: max(8, len(words_) * 2 // 3)]).rstrip(",.;:") + "…")
        return replace(story, blocks=(cut,), kind=PageKind.TEASER)
    opening = source.text.split()
    cut = replace(source, text=" ".join(opening[: max(8, len(opening) // 2)]).rstrip(",.;:") + "…")
    return replace(story, blocks=(first, cut), kind=PageKind.TEASER)


def rectification(wrong: Story, item: Item, pen: Pen) -> Story:
    """A separate article that says what was wrong in another."""
    day = words.day_month(item.published, wrong.language)
    figures = [found[0] for block in wrong.blocks for found in _NUMBER.finditer(block.text)]
    figure_ = pen.random.choice(figures) if figures else "3"
    lines = {
        "nl": (
            f"In het artikel ‘{wrong.title}’ van {day} stond [een fout|een onjuistheid]. "
            f"[Genoemd werd het getal {figure_}; dat klopt niet|Ten onrechte schreven wij {figure_}]. "
            "[Onze excuses aan de betrokkenen|De redactie betreurt dat|Wij bieden hiervoor onze excuses "
            "aan].",
            "[De juiste gegevens zijn <time1> door de woordvoerder bevestigd|Met dank aan <wie1>, die ons "
            "erop wees].",
        ),
        "en": (
            f"Our article “{wrong.title}” of {day} contained [an error|a mistake]: the figure {figure_} was "
            "wrong. "
            "[We apologise to those concerned|We regret this].",
            "[With thanks to <wie1>, who pointed it out|The right figures were confirmed by <wie1>].",
        ),
        "fy": (
            f"Yn it artikel ‘{wrong.title}’ fan {day} stie in flater: it getal {figure_} doogde net. "
            "[Us ekskús dêrfoar|De redaksje hat der spyt fan].",
            "[Mei tank oan <wie1>, dy't it ús trochjûn hat|<wie1> hat de goede sifers trochjûn].",
        ),
    }[wrong.language]
    title = {"nl": "Rectificatie: {}", "en": "Correction: {}", "fy": "Rektifikaasje: {}"}[wrong.language]
    return Story(
        title=title.format(wrong.title),
        blocks=tuple(Block(kind=BlockKind.PARAGRAPH, text=pen.write(line)) for line in lines),
        section=wrong.section,
        tags=wrong.tags[:1],
        language=wrong.language,
        place=wrong.place,
    )


def liveblog(pen: Pen, *, fresh: Callable[[str], bool], profile_credit: str) -> Story:
    """A live blog's first minute: a headline, an introduction, no entries yet."""
    topic = next(topic for topic in grammar.topics(pen.language) if topic.lines("entry"))
    title = pen.write(pen.random.choice(topic.lines("live")))
    opening = pen.write(pen.random.choice(topic.lines("intro")))
    picture = Picture(
        name=f"{pen.random.getrandbits(64):016x}",
        caption=pen.write(topic.lines("scene")[0]),
        credit=profile_credit,
    )
    story = Story(
        title=title,
        blocks=(Block(kind=BlockKind.LEAD, text=opening),),
        section=topic.section,
        tags=topic.tags[:1],
        pictures=(picture,),
        language=pen.language,
        kind=PageKind.LIVEBLOG,
        place=pen.place,
    )
    return entry(story, pen, pen.at, fresh=fresh)


def entry(story: Story, pen: Pen, at: datetime, *, fresh: Callable[[str], bool]) -> Story:
    """A live blog with one more entry: newest first, each opening with a block that carries its time."""
    topic = next(topic for topic in grammar.topics(story.language) if topic.lines("entry"))
    lines: list[str] = []
    wanted = 2 if pen.random.random() < 0.3 else 1
    for _ in range(60):
        text = pen.write(pen.random.choice(topic.lines("entry")))
        if fresh(text):
            lines.append(text)
        if len(lines) == wanted:
            break
    head = pen.write(pen.random.choice(topic.lines("entrytitle")))
    new = (
        Block(kind=BlockKind.SUBHEAD, text=head, at=at),
        *(Block(kind=BlockKind.PARAGRAPH, text=line) for line in lines),
    )
    return replace(story, blocks=(story.blocks[0], *new, *story.blocks[1:]))


EDITORS: dict[EventKind, Callable[[Story, Pen], Story]] = {
    EventKind.CORRECT: correct,
    EventKind.SILENT: correct,
    EventKind.UPDATE: update,
    EventKind.HEADLINE: headline,
    EventKind.CAPTION: caption,
}


def _with(story: Story, index: int, text: str) -> Story:
    blocks = list(story.blocks)
    blocks[index] = replace(blocks[index], text=text)
    return replace(story, blocks=tuple(blocks))


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?”]) (?=[A-ZÀ-Ý„‘“])", text)
