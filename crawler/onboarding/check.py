"""Tries a site as its file describes it: what works today, what does not, and what to do.

Asks for robots.txt, the front page, every source that the file states and a few articles, politely.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from urllib.parse import unquote, urljoin

from archive.errors import Refused, Unreachable
from archive.model.addresses import Link, Role
from archive.model.types import Article, Capture, Ground, PageKind
from crawler.extract.reasons import NO_TEXT
from crawler.fetching.fetcher import Fetcher
from crawler.fetching.tdm import forbids
from crawler.links.discover import discover
from crawler.links.newness import newness
from crawler.onboarding.candidates import may_be_article
from crawler.onboarding.probe import Prober, Sample, read
from crawler.onboarding.problems import GATE, MINING, ROBOTS, SCRIPTED, AccessProblem, of_error, of_status
from crawler.siteconfig.site import Site
from crawler.urls import article_key, same_page

QUIET = timedelta(days=30)
"""A source that brought nothing for so long is doubted."""
KNOWN_ENOUGH = 20
"""Articles that must have been read before their shares say anything."""
FEW_WORDS = 20
"""An article with fewer was perhaps not read whole."""


class CheckState(StrEnum):
    """What became of one thing that was tried."""

    WORKS = "works"
    DOUBT = "doubt"
    """It may be as it should."""
    FAILS = "fails"


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """One thing that was tried."""

    what: str
    state: CheckState
    says: str
    hint: str = ""
    """What to do; empty where it works."""


@dataclass(frozen=True, kw_only=True)
class SiteCheck:
    """What trying a site came to."""

    site: Site
    at: datetime
    findings: tuple[CheckResult, ...]
    samples: tuple[Sample, ...] = ()

    @property
    def works(self) -> bool:
        """Whether nothing fails."""
        return all(each.state is not CheckState.FAILS for each in self.findings)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the archive knows of a site, for comparison."""

    articles: int = 0
    """Articles that were read in visits so far."""
    filled: Mapping[str, int] = field(default_factory=dict)
    """How many of them had a title, a day of publication (``published``), authors (``authors``)."""
    words: int = 0
    """Words of all of them."""
    doubted: tuple[str, ...] = ()
    """What its sources say of changes that looks did not bear out, in words."""

    def usual(self, name: str) -> float | None:
        """The share of articles that had something; ``None`` while too few were read to tell."""
        return self.filled.get(name, 0) / self.articles if self.articles >= KNOWN_ENOUGH else None


async def check_site(
    site: Site,
    fetcher: Fetcher,
    *,
    ground: Ground = Ground.GENERAL,
    known: Known | None = None,
    say: Callable[[str], None] = lambda step: None,
) -> SiteCheck:
    """Try *site*. Raises nothing that a site can be to blame for: that is a finding.

    *ground*: the operator's usual one; what it makes of a reservation against mining is told. *known*: what
    earlier visits read, against which fields are held.
    """
    return await _Try(site, fetcher, fetcher.now(), site.ground or ground, say, known or Known()).whole()


@dataclass
class _Try:
    """One trial of one site."""

    site: Site
    fetcher: Fetcher
    at: datetime
    ground: Ground
    say: Callable[[str], None]
    known: Known
    findings: list[CheckResult] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.look = Prober(self.fetcher, self.say)

    async def whole(self) -> SiteCheck:
        """Everything, as far as what came before lets us."""
        samples: Sequence[Sample] = ()
        if await self.robots():
            front = None if self.site.feed_only else await self.front()
            await self.sources()
            for says in self.known.doubted:
                self.doubt(
                    "changes", says, "Nothing need be done; legger missed NAME --sources has the figures."
                )
            if front is not None:
                await self.listings()
            if not (self.site.feeds or self.site.sitemaps):
                await self.what_is_not_stated(front)
            if self.addresses() and not self.site.feed_only:
                samples = await self.look.samples(self.site)
                self.articles(samples)
                self.pages_mining(samples)
                self.fields([each.article for each in samples if each.article.is_article])
        return SiteCheck(site=self.site, at=self.at, findings=tuple(self.findings), samples=tuple(samples))

    # ------------------------------------------------------------ what came of it

    def works(self, what: str, says: str) -> None:
        self.findings.append(CheckResult(what=what, state=CheckState.WORKS, says=says))

    def doubt(self, what: str, says: str, hint: str) -> None:
        self.findings.append(CheckResult(what=what, state=CheckState.DOUBT, says=says, hint=hint))

    def fails(self, what: str, says: str, hint: str) -> None:
        self.findings.append(CheckResult(what=what, state=CheckState.FAILS, says=says, hint=hint))

    # ------------------------------------------------------------ the door

    async def robots(self) -> bool:
        """Whether we may ask for anything at all."""
        self.say("robots.txt")
        url, what = self.site.url, "robots.txt"
        try:
            permission = await self.fetcher.robots.of(url)
        except Refused as error:
            self._trouble(what, of_error(error, url))
            return False
        said = self.fetcher.robots_said.get(urljoin(url, "/robots.txt"))
        if permission.unreachable:
            if isinstance(said, Unreachable):
                trouble = of_error(said, urljoin(url, "/robots.txt"))
                self._trouble("connection", trouble)
            else:
                says = f"HTTP {said.status}" if said is not None else "no answer"
                hint = "Until it answers nothing may be asked for (RFC 9309): try later, or tell the site."
                self.fails(what, says, hint)
            return False
        if permission.refuses(url) and not self.site.feed_only:
            self.fails(what, "disallows the front page", ROBOTS)
            return False
        asks = f"asks {permission.delay:g} s between requests" if permission.delay else "asks for no delay"
        there = isinstance(said, Capture) and said.status < 300
        self.works(what, f"lets us in, {asks}" if there else "there is none: nothing is forbidden")
        word = permission.terms.word(url)
        if reason := forbids(word, self.ground):
            self.fails("mining", reason, MINING)
            return False
        if word is not None and word.reserved:
            self.works("mining", f"reserved ({word.witness}), which is noted; your ground is {self.ground}")
        return True

    async def front(self) -> Capture | None:
        """The front page: always asked for, for it lists what is new."""
        self.say("the front page")
        capture = await self.look.get(self.site.url, within=self.site.owns)
        trouble = self.look.lacking[self.site.url] if capture is None else of_status(capture)
        if capture is None or trouble:
            self._trouble("front page", trouble or AccessProblem(says="no answer", hint=""))
            return None
        reading = read(capture, self.site)
        if reading.kind in (PageKind.GATE, PageKind.CHALLENGE):
            self.fails("front page", f"is a {reading.kind}: {reading.reason}", GATE)
            return None
        self._listing("front page", capture)
        return capture

    def _listing(self, what: str, capture: Capture) -> None:
        links = [each for each in discover(capture, self.site, role=Role.LISTING).links if _is_page(each)]
        likely = [each for each in links if may_be_article(each.url, self.site)]
        for each in likely:
            self.look.pages.setdefault(each.url, each)
        if likely:
            self.works(what, f"names {len(likely)} addresses of articles among {len(links)} links")
        elif not links:
            hint = (
                "It is perhaps made by scripts, which are not run. A feed or sitemap is needed: look for one."
            )
            self.doubt(what, "names no page of the site", hint)
        else:
            hint = (
                "If these are lists of articles (months, sections), a backfill follows them. "
                "If they are articles, say so in `articles`."
            )
            self.doubt(what, f"names {len(links)} pages, none with an article's address", hint)

    async def listings(self) -> None:
        """The lists that the file states beside the front page."""
        for url in self.site.listings:
            if same_page(url, self.site.url):
                continue
            what = f"listing {self._short(url)}"
            self.say(url)
            capture = await self.look.get(url, within=self.site.owns)
            trouble = self.look.lacking[url] if capture is None else of_status(capture)
            if capture is None or trouble:
                self._trouble(what, trouble or AccessProblem(says="no answer", hint=""))
            else:
                self._listing(what, capture)

    # ------------------------------------------------------------ sources

    async def sources(self) -> None:
        """Feeds and sitemaps that the file states."""
        stated = [(url, Role.FEED) for url in self.site.feeds]
        stated += [(url, Role.SITEMAP) for url in self.site.sitemaps]
        for url, role in stated:
            before = len(self.look.sources)
            trouble = await self.look.source(url, role, "the site's file", self.site)
            if trouble:
                self._trouble(f"{role} {self._short(url)}", trouble)
            elif target := self.look.moved.get(url):
                hint = f'Put "{self._short(target)}" into the file in its place.'
                self.doubt(f"{role} {self._short(url)}", f"says that it has moved to {target}", hint)
            else:
                self._answers(url, before)
        await self._into_index()

    async def _into_index(self) -> None:
        """Of the sitemaps that an index names, the one that a crawl would ask for first."""
        if not self.look.indexed:
            return
        latest = max(self.look.indexed, key=lambda each: newness(each, at=self.at))
        url, before = latest.url, len(self.look.sources)
        if trouble := await self.look.source(url, Role.SITEMAP, "an index", self.site):
            self._trouble(f"sitemap {self._short(url)}", trouble)
        else:
            self._answers(url, before)

    def _answers(self, url: str, before: int) -> None:
        """A source has something to say: how much, and how new is it?"""
        for source in self.look.sources[before:]:
            what = f"{source.role} {self._short(url)}"
            says = f"{source.entries:,} entr{'y' if source.entries == 1 else 'ies'}"
            if source.newest is None:
                self.works(what, f"{says}, without a time")
            elif self.at - source.newest > QUIET:
                hint = "Is there newer news on the site? Then this source is dead, and another is needed."
                self.doubt(what, f"{says}, the newest {_age(self.at - source.newest)} old", hint)
            else:
                self.works(what, f"{says}, the newest {_age(self.at - source.newest)} old")

    async def what_is_not_stated(self, front: Capture | None) -> None:
        """No feed and no sitemap in the file: look for them, as `legger site add` does."""
        links = discover(front, self.site, role=Role.LISTING).links if front is not None else ()
        self.say("feeds and sitemaps that the file does not state")
        await self.look.feeds(self.site, links)
        await self.look.sitemaps(self.site)
        for source in self.look.sources:
            key = f"{source.role}s"
            hint = f'Put `{key} = ["{self._short(source.url)}"]` in the file.'
            self.doubt(f"{source.role} {self._short(source.url)}", f"found ({source.how}), not stated", hint)
        if self.look.sources:
            await self._into_index()
            return
        hint = "Look for a feed or an archive page on the site, for `feeds` or `listings`."
        if self.look.pages:
            self.doubt("sources", "no feed and no sitemap: what is new is found on lists of articles", hint)
        else:
            self.fails("sources", "no feed, no sitemap, and no article on the front page", hint)

    # ------------------------------------------------------------ articles

    def addresses(self) -> bool:
        """Whether there are addresses of articles, and the file's patterns fit them."""
        urls = self.look.candidates(self.site)
        if not urls:
            hint = "See the sources above; `legger site add URL` looks at a site anew."
            self.fails("articles", "no address of an article was found", hint)
            return False
        told = list(dict.fromkeys(self.look.told))
        if self.site.articles and told:
            hint = "Compare `articles` with the addresses in the feed."
            self._share("articles pattern", told, lambda url: may_be_article(url, self.site), hint)
        if (regex := self.site.identity.regex) is not None:
            if alike := self._alike(told):
                hint = "They would be kept as one article: make `identity.pattern` tell them apart."
                self.fails("identity pattern", f"is the same for {alike[0]} and {alike[1]}", hint)
                return True
            hint = "Compare `identity.pattern` with these addresses; after a change: `legger regroup NAME`."
            fits = {url: bool(regex.search(unquote(url))) for url in told or urls}
            if not told and 2 * sum(fits.values()) > len(fits):  # some were but guessed to be articles'
                fits = {url: True for url, good in fits.items() if good}
            self._share("identity pattern", list(fits), fits.__getitem__, hint)
        return True

    def _share(self, what: str, urls: Sequence[str], fits: Callable[[str], bool], hint: str) -> None:
        good = sum(map(fits, urls))
        says = f"fits {good} of {len(urls)} addresses"
        if good == len(urls):
            self.works(what, says)
        elif 2 * good < len(urls):
            self.fails(what, f"{says}; not {next(url for url in urls if not fits(url))}", hint)
        else:
            self.doubt(what, f"{says}; not {next(url for url in urls if not fits(url))}", hint)

    def _alike(self, told: Iterable[str]) -> tuple[str, str] | None:
        """Two addresses that would be one article, though the feed calls them differently."""
        by_key: dict[str, str] = {}
        for url in told:
            other = by_key.setdefault(article_key(self.site, url), url)
            one, two = self.look.pages[other].title, self.look.pages[url].title
            if one and two and one != two:
                return other, url
        return None

    def articles(self, samples: Sequence[Sample]) -> None:
        """Whether articles can be had and read."""
        urls = {url: trouble for url, trouble in self.look.lacking.items() if url in self.look.pages}
        good = [each for each in samples if each.article.is_article]
        tried = len(samples) + len(urls)
        says = f"{len(good)} of {tried} tried can be read"
        wrong = {url: _of_article(trouble) for url, trouble in urls.items()}
        wrong |= {each.url: _misread(each.article) for each in samples if not each.article.is_article}
        if wrong:
            (trouble, count), *_ = Counter(wrong.values()).most_common()
            where = next(url for url, each in wrong.items() if each == trouble)
            says += f"; {count} × {trouble.says}: {where}"
            (self.doubt if good else self.fails)("articles", says, trouble.hint)
        else:
            self.works("articles", says)
        teasers = sum(each.article.kind is PageKind.TEASER for each in good)
        if teasers:
            hint = (
                "They are kept as teasers; when one opens later, that is a new version. Nothing need be done."
            )
            self.doubt("paywall", f"{teasers} of {len(good)} articles are teasers", hint)

    def pages_mining(self, samples: Sequence[Sample]) -> None:
        """Whether pages themselves reserve mining."""
        words = [each.word for each in samples if each.word is not None and each.word.reserved]
        if not words:
            return
        says = f"{len(words)} of {len(samples)} pages reserve it ({words[0].witness})"
        if forbids(words[0], self.ground) is None:
            self.works("mining", f"{says}, which is noted; your ground is {self.ground}")
        else:
            (self.fails if len(words) == len(samples) else self.doubt)("mining", says, MINING)

    def fields(self, articles: Sequence[Article]) -> None:
        """Whether what an article has was found in those that were read."""
        if not articles:
            return
        self._filled("title", articles, [bool(each.title) for each in articles])
        words = [each.word_count for each in articles]
        says = f"{median(words):.0f} words in the middle one"
        if self.known.articles >= KNOWN_ENOUGH and len(words) >= 3:
            usual = self.known.words / self.known.articles
            says += f" (on record: {usual:.0f} on average)"
            if median(words) < 0.3 * usual:
                url = articles[0].url
                hint = f"Compare {url} with what is read of it: legger extract {url} --explain"
                self.doubt(
                    "length", f"much shorter than the {usual:.0f} words that articles had so far", hint
                )
        self._filled("text", articles, [count >= FEW_WORDS for count in words], says=says)
        self._filled("published", articles, [each.published is not None for each in articles])
        self._filled("author", articles, [bool(each.authors or each.byline) for each in articles])

    def _filled(self, name: str, articles: Sequence[Article], has: Sequence[bool], *, says: str = "") -> None:
        good = sum(has)
        said = f"in {good} of {len(articles)}" + (f", {says}" if says else "")
        usual = self.known.usual("authors" if name == "author" else name)
        if usual is not None and name != "text":
            said += f" (on record: {usual:.0%} of {self.known.articles:,})"
        lost = usual is not None and usual >= 0.5 and not good and len(articles) >= 2
        if good == len(articles) or (good and name == "author"):  # few sites sign every article
            self.works(name, said)
            return
        lacks = next(each.url for each, filled in zip(articles, has, strict=True) if not filled)
        if lost:
            hint = (
                f"It was there so far: the template has probably changed. Look at {lacks}; legger site teach "
            )
            hint += f"{self.site.name} finds a rule for it."
            self.fails(name, f"{said}; not on {lacks}", hint)
            return
        rule = "body" if name == "text" else name
        hint = f"If {lacks} shows it, name its element: `{rule}` under [[rules]] in the file."
        if name == "published":
            hint += " Without it, the day on which we first saw an article stands in."
        # An article without a title or a text is none; without a day or an author it still is one.
        nowhere = not good and name in ("title", "text")
        (self.fails if nowhere else self.doubt)(name, f"{said}; not on {lacks}", hint)

    # ------------------------------------------------------------ words

    def _trouble(self, what: str, trouble: AccessProblem) -> None:
        self.fails(what, trouble.says, trouble.hint)

    def _short(self, url: str) -> str:
        return url.removeprefix(self.site.url.rstrip("/")) if self.site.owns(url) else url


def _is_page(link: Link) -> bool:
    return link.role is Role.PAGE


def _of_article(trouble: AccessProblem) -> AccessProblem:
    """Why an article was not to be had; that one is gone says nothing of the site's file."""
    if trouble.says in ("HTTP 404", "HTTP 410"):
        return AccessProblem(
            says=trouble.says,
            hint="An article that a source names is not there any more: it was taken away, or the source is "
            "late. If all are, the addresses have changed.",
        )
    return trouble


def _misread(article: Article) -> AccessProblem:
    """Why a page that should be an article is none."""
    match article.kind:
        case PageKind.GATE | PageKind.CHALLENGE:
            return AccessProblem(says=f"a {article.kind}", hint=GATE)
        case PageKind.SOFT404:
            hint = "Its source names pages that have gone. If all are, the addresses have changed."
        case _ if article.reason == NO_TEXT:
            return AccessProblem(says="a page without text", hint=SCRIPTED)
        case _:
            hint = "If it is an article, say so in `articles`; if not, keep it out with `ignore`."
    return AccessProblem(says=f"a page that is no article ({article.kind})", hint=hint)


def _age(since: timedelta) -> str:
    hours = max(since.total_seconds(), 0) / 3600
    if hours < 1:
        return f"{hours * 60:.0f} min"
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"
