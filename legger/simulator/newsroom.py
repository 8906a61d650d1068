"""A scripted newsroom: what every article said at every moment. A pure function of (seed, profile, time).

The state at *t* is the fold of all events up to *t*. Nothing here knows a template, a socket or a clock.

The story the demo tells
------------------------
At :data:`OPENING` (Monday 2 March 2026, 08:00 in Twente) every house has its backlog of ``articles``,
published over the sixty days before. From then on each house publishes about ``Rates.publish`` articles a
day, and the editors work by :data:`PLAN` (each line on an article that stood at the opening and that
nothing else happens to): on Monday from 09:00 two silent edits, a correction, a headline, a caption, an
announced update, and an article taken down with 410; on Tuesday a rectification as a separate article,
articles taken down with 404, a soft 404 and a redirect to the front page, an A/B test of headlines, the
redesign of the houses marked for it, and another pinned notice; on Friday the 404 comes back and the A/B
test ends. So a visit at ``OPENING`` plus two days sees every kind of event but the last two; by
:data:`DEMO_DAYS` all have happened. :class:`Rates` adds a few more of each on other articles. No two events
of a house fall within the same minute.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from random import Random

from archive.model.types import Block, BlockKind, PageKind
from legger.simulator import editing, grammar, words
from legger.simulator.agenda import agenda
from legger.simulator.profile import OPENING, PLAN, K, Profile, Rates
from legger.simulator.story import TAKEDOWNS, Access, ArticleState, Event, EventKind, Item, Picture, Story


@dataclass
class _Desk:
    """Where the fold keeps what it has so far."""

    items: list[Item] = field(default_factory=list)
    histories: dict[int, list[ArticleState]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    printed: set[str] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)


class Newsroom:
    """All that happens in one house, known beforehand."""

    def __init__(
        self,
        profile: Profile,
        *,
        seed: int = 1,
        articles: int = 40,
        days: float = 14,
        backlog_days: float = 60,
        rates: Rates | None = None,
        plan: tuple[tuple[int, int, EventKind], ...] = PLAN,
    ) -> None:
        """*articles* stand at the opening; events go on for *days* after it."""
        self.profile = profile
        self._random = Random(f"{seed}/{profile.name}")
        self._desk = _Desk()
        self._rates = rates or Rates()
        for at, kind in agenda(
            self._random, profile, self._rates, articles=articles, days=days, backlog_days=backlog_days, plan=plan,
        ):  # fmt: skip
            self._happen(at, kind)
        self.events = tuple(self._desk.events)
        self.items = tuple(self._desk.items)
        self.namesakes = self._namesakes()
        """Number -> how many earlier articles have the same slug."""
        self._times = [event.at for event in self.events]
        self._births = [item.published for item in self.items]
        self._starts = {
            number: [state.since for state in states] for number, states in self._desk.histories.items()
        }
        self._redesigns = [event.at for event in self.events if event.kind is EventKind.REDESIGN]
        self._notices = [event.at for event in self.events if event.kind is EventKind.NOTICE]

    def _namesakes(self) -> dict[int, int]:
        seen: Counter[str] = Counter()
        found = {}
        for item in self.items:
            found[item.number] = seen[item.slug]
            seen[item.slug] += 1
        return found

    # ------------------------------------------------------------ asking

    def published(self, at: datetime) -> tuple[Item, ...]:
        """Every article published by *at*, gone ones too, newest first."""
        return self.items[: bisect_right(self._births, at)][::-1]

    def item(self, number: int, at: datetime) -> Item | None:
        """The article with that number, if it was published by *at*."""
        index = number - self.profile.first_number
        if 0 <= index < len(self.items) and self.items[index].published <= at:
            return self.items[index]
        return None

    def state(self, number: int, at: datetime) -> ArticleState | None:
        """What the article is at *at*; ``None`` before its publication."""
        index = bisect_right(self._starts[number], at)
        return self._desk.histories[number][index - 1] if index else None

    def standing(self, at: datetime, limit: int | None = None) -> tuple[Item, ...]:
        """The articles that can be read at *at*, newest first; *limit* at most."""
        readable = (item for item in self.published(at) if self._readable(item, at))
        return tuple(islice(readable, limit))

    def _readable(self, item: Item, at: datetime) -> bool:
        state = self.state(item.number, at)
        return state is not None and state.takedown is None

    def last_event(self, at: datetime) -> datetime:
        """When something last happened in the house."""
        index = bisect_right(self._times, at)
        return self._times[index - 1] if index else OPENING - timedelta(days=3650)

    def redesign(self, at: datetime) -> tuple[int, datetime | None]:
        """How many redesigns there were by *at*, and when the last was."""
        count = bisect_right(self._redesigns, at)
        return count, self._redesigns[count - 1] if count else None

    def notice(self, at: datetime) -> tuple[str, datetime | None]:
        """The text pinned above every article, and since when; empty when the house pins none."""
        if not self.profile.notices:
            return "", None
        count = bisect_right(self._notices, at)
        return self.profile.notices[count % len(self.profile.notices)], self._notices[
            count - 1
        ] if count else None

    # ------------------------------------------------------------ the fold

    def _happen(self, at: datetime, kind: EventKind) -> None:
        if kind in (K.PUBLISH, K.RECTIFICATION):
            self._publish(at, kind)
        elif kind is K.GROW:
            self._grow(at)
        elif kind in (K.REDESIGN, K.NOTICE):
            self._desk.events.append(Event(at=at, kind=kind))
        elif kind is K.RESTORE:
            self._restore(at)
        elif kind is K.AB_END:
            self._end_ab(at)
        else:
            self._edit(at, kind)

    def _push(self, item: Item, kind: EventKind, state: ArticleState) -> None:
        states = self._desk.histories.setdefault(item.number, [])
        old = states[-1].story if states else None
        states.append(state)
        if kind not in (K.PUBLISH, K.RECTIFICATION):
            self._desk.touched.add(item.number)
        self._desk.events.append(
            Event(at=state.since, kind=kind, number=item.number, old=old, new=state.story)
        )

    def _now(self, item: Item) -> ArticleState:
        return self._desk.histories[item.number][-1]

    def _pick(self, at: datetime, kind: EventKind) -> Item | None:
        """An article for *kind* to happen to, newer ones more often."""
        wants_picture = kind is K.CAPTION
        again = self._random.random() < self._rates.again
        choices = []
        for item in self._desk.items:
            state = self._now(item)
            if state.takedown is not None or state.rival is not None or state.story.kind is PageKind.LIVEBLOG:
                continue
            if (item.number in self._desk.touched and not again) or item.access is Access.GATED:
                continue
            if (
                item.corrects is not None
                or item.series is not None
                or (wants_picture and not state.story.pictures)
            ):
                continue
            if at - item.published < timedelta(hours=1) or (
                at < OPENING + timedelta(days=5) and item.published >= OPENING
            ):
                continue
            choices.append(item)
        if not choices:
            return None
        return choices[max(self._random.randrange(len(choices)) for _ in range(2))]

    def _edit(self, at: datetime, kind: EventKind) -> None:
        item = self._pick(at, kind)
        if item is None:
            return
        state = self._now(item)
        if kind in TAKEDOWNS:
            self._push(item, kind, replace(state, since=at, takedown=kind))
            return
        pen = grammar.Pen(self._random, state.story.language, at, state.story.place, state.story.notes)
        if kind is K.AB_START:
            rival = editing.headline(state.story, pen).title
            self._push(item, kind, replace(state, since=at, rival=rival))
            return
        story = self._unseen(item, editing.EDITORS[kind], pen)
        if story is None:
            return
        tells = kind in (K.CORRECT, K.UPDATE)
        self._push(
            item,
            kind,
            ArticleState(
                since=at, story=story, modified=at if tells else state.modified, signed=state.signed + tells
            ),
        )

    def _unseen(
        self, item: Item, editor: Callable[[Story, grammar.Pen], Story], pen: grammar.Pen
    ) -> Story | None:
        """The article edited into something it never said before; ``None`` when that does not work out."""
        earlier = [state.story for state in self._desk.histories[item.number]]
        for _ in range(8):
            story = editor(earlier[-1], pen)
            if story not in earlier:
                return story
        return None

    def _restore(self, at: datetime) -> None:
        gone = [item for item in self._desk.items if self._now(item).takedown is not None]
        wanted = [item for item in gone if self._now(item).takedown is K.GONE_404] or gone
        if wanted:
            self._push(wanted[0], K.RESTORE, replace(self._now(wanted[0]), since=at, takedown=None))

    def _end_ab(self, at: datetime) -> None:
        running = [item for item in self._desk.items if self._now(item).rival is not None]
        if running:
            self._push(running[0], K.AB_END, replace(self._now(running[0]), since=at, rival=None))

    # ------------------------------------------------------------ writing

    def _fresh(self, text: str) -> bool:
        if text in self._desk.printed:
            return False
        self._desk.printed.add(text)
        return True

    def _add(
        self,
        at: datetime,
        story: Story,
        kind: EventKind = K.PUBLISH,
        *,
        access: Access = Access.OPEN,
        series: str | None = None,
        corrects: int | None = None,
    ) -> Item:
        number = self.profile.first_number + len(self._desk.items)
        code = f"a{self._random.getrandbits(28):07x}"
        slug = words.slug(story.title)
        item = Item(
            number=number,
            code=code,
            slug=slug,
            published=at,
            section=story.section,
            place=story.place,
            access=access,
            series=series,
            corrects=corrects,
        )
        self._desk.items.append(item)
        self._push(item, kind, ArticleState(since=at, story=story, modified=at))
        return item

    def _publish(self, at: datetime, kind: EventKind) -> None:
        if kind is K.RECTIFICATION:
            self._rectify(at)
            return
        story = self._story(at)
        count = len(self._desk.items)
        access = Access.OPEN
        if self.profile.weekly and count % 8 == 3:
            story = self._weekly(at, self.profile.weekly)
        elif self.profile.series and count % 9 == 4:
            title, introduction = self.profile.series
            opening = Block(
                kind=BlockKind.LEAD if self.profile.leads else BlockKind.PARAGRAPH, text=introduction
            )
            rest = tuple(
                replace(block, kind=BlockKind.PARAGRAPH) if block.kind is BlockKind.LEAD else block
                for block in story.blocks
            )
            story = replace(story, title=f"{title}: {story.title}", blocks=(opening, *rest))
            self._add(at, story, series=title)
            return
        elif _in_turn(count, self.profile.gated):
            access = Access.GATED
        elif _in_turn(count + 2, self.profile.teasers):
            story, access = editing.teaser(story), Access.TEASER
        self._add(at, story, access=access)

    def _story(self, at: datetime) -> Story:
        random, profile = self._random, self.profile
        languages, shares = zip(*profile.languages, strict=True)
        language = random.choices(languages, shares)[0]
        topic = random.choice(grammar.topics(language))
        place = random.choice(words.PLACES_FY if language == "fy" else words.PLACES[:12] + words.PLACES)
        pen = grammar.Pen(random, language, at, place)
        length = random.choices((0.0, 0.3, 0.7, 1.0), (1, 2, 4, 3))[0]
        pictures = random.choices((0, 1, 2), (2, 5, 1))[0]
        paper = grammar.write(topic, pen, length=length, fresh=self._fresh, pictures=pictures)
        blocks = list(paper.blocks)
        if not profile.leads:
            blocks = [replace(b, kind=BlockKind.PARAGRAPH) if b.kind is BlockKind.LEAD else b for b in blocks]
        if profile.dateline and random.random() < profile.datelined:
            dateline = profile.dateline.format(PLACE=place.upper(), Place=place)
            blocks[0] = replace(blocks[0], text=dateline + blocks[0].text)
        authors = []
        if random.random() < profile.signed:
            authors.append(" ".join(words.person(random, language)))
            if random.random() < 0.08:
                authors.append(" ".join(words.person(random, language)))
        images = tuple(
            Picture(name=f"{random.getrandbits(64):016x}", caption=caption, credit=self._credit(language))
            for caption in paper.captions
        )
        return Story(
            title=paper.title,
            blocks=tuple(blocks),
            authors=tuple(authors),
            section=topic.section,
            tags=paper.tags,
            pictures=images,
            language=language,
            place=place,
            notes=pen.notes,
        )

    def _weekly(self, at: datetime, title: str) -> Story:
        """The weekly column: always the same headline, three short pieces of the week."""
        week = words.local(at).isocalendar().week
        blocks = [
            Block(
                kind=BlockKind.LEAD, text=f"Wat gebeurde er in week {week}? De redactie zette het op een rij."
            )
        ]
        for place in self._random.sample(words.PLACES, 3):
            pen = grammar.Pen(self._random, "nl", at, place)
            topic = self._random.choice([each for each in grammar.topics("nl") if each.lines("brief")])
            brief = grammar.write(topic, pen, length=0, fresh=self._fresh, pictures=0)
            blocks += [Block(kind=BlockKind.SUBHEAD, text=brief.title), *brief.blocks]
        return Story(
            title=title, blocks=tuple(blocks), section="algemeen", tags=("weekoverzicht",), place=place
        )

    def _credit(self, language: str) -> str:
        if self._random.random() < 0.5:
            return " ".join(words.person(self._random, language))
        return self._random.choice(self.profile.credits)

    def _rectify(self, at: datetime) -> None:
        wrong = self._pick(at, K.CORRECT)
        if wrong is None:
            return
        pen = grammar.Pen(self._random, self._now(wrong).story.language, at, self._now(wrong).story.place)
        self._desk.touched.add(wrong.number)
        story = editing.rectification(self._now(wrong).story, wrong, pen)
        self._add(at, story, K.RECTIFICATION, corrects=wrong.number)

    def _grow(self, at: datetime) -> None:
        running = [
            item
            for item in self._desk.items
            if self._now(item).story.kind is PageKind.LIVEBLOG
            and at - self._now(item).since < timedelta(hours=1)
        ]
        place = self._random.choice(words.PLACES)
        language = self.profile.languages[0][0]
        if not running:
            pen = grammar.Pen(self._random, language, at, place)
            self._add(at, editing.liveblog(pen, fresh=self._fresh, profile_credit=self._credit(language)))
            return
        state = self._now(running[-1])
        pen = grammar.Pen(self._random, language, at, state.story.place)
        story = editing.entry(state.story, pen, at, fresh=self._fresh)
        self._push(
            running[-1], K.GROW, ArticleState(since=at, story=story, modified=at, signed=state.signed + 1)
        )


def _in_turn(count: int, share: float) -> bool:
    """Whether the article of that number is among the *share* it must be, spread evenly."""
    return int((count + 1) * share) > int(count * share)
