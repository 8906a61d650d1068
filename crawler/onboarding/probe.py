"""A first look at a site: from an address to the site's definition, and what is unsure.

Asks for robots.txt, the front page, what they point to (feeds, sitemaps, pages that list articles) and a few
articles; about twenty requests. What only a person can decide is put into words, as a doubt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urljoin, urlsplit

from archive.errors import Refused, Unreachable, UsageError
from archive.model.addresses import Link, Role
from archive.model.types import Article, Capture, PageKind, SiteMemory
from crawler.extract.article import extract
from crawler.extract.normalize import normalize
from crawler.extract.page.gate_addresses import gate_address
from crawler.extract.page.page import Page
from crawler.extract.reasons import NO_TEXT
from crawler.fetching.fetcher import Fetcher
from crawler.fetching.tdm import MiningStatement, page_word
from crawler.links.discover import Discovery, discover
from crawler.links.moved import moved_to
from crawler.links.recorder import MOST_PROBED
from crawler.links.unwanted import is_list, looks_like_article
from crawler.onboarding.candidates import (
    ABOUT,
    NOTHING_TO_TAKE,
    Source,
    archives_first,
    may_be_article,
    may_list,
    names_an_archive,
    newest,
    no_front_page,
    nothing_in,
    of_number,
    some,
)
from crawler.onboarding.guesses import (
    infer_identity,
    language_of,
    own_name,
    stated_language,
    suggested_name,
)
from crawler.onboarding.problems import SCRIPTED, AccessProblem, of_answer, of_error
from crawler.onboarding.where import date_order_of, place_of, stated_country, zone_of
from crawler.siteconfig.site import Identity, Site, bare_host
from crawler.sources.sources import sniff
from crawler.urls import normal_address, same_page

FEED_PATHS = (
    "/feed/",
    "/rss",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/rss/feed",
    "/rss/index.xml",
)
SITEMAP_PATHS = (
    "/sitemap.xml",
    "/sitemap_index.xml",
    "/sitemap-index.xml",
    "/news-sitemap.xml",
    "/sitemap.xml.gz",
)
MOST_LISTINGS = 4
MOST_SAMPLES = 5
MOST_TRIED = 12
"""Pages asked for, at most, to find :data:`MOST_SAMPLES` articles."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A page that may be an article, as we read it."""

    url: str
    article: Article
    word: MiningStatement | None = None
    """What the page itself says about mining it."""
    capture: Capture | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class ProbeResult:
    """What a first look came to."""

    site: Site
    sources: tuple[Source, ...] = ()
    samples: tuple[Sample, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found that could be crawled: no source, no article."""
        return not self.sources and not any(each.article.is_article for each in self.samples)


async def probe_site(
    url: str,
    fetcher: Fetcher,
    *,
    name: str | None = None,
    allow_private: bool = False,
    say: Callable[[str], None] = lambda step: None,
) -> ProbeResult:
    """Look at the site at *url*.

    Raises :class:`Refused` or :class:`Unreachable` when it shows us nothing, and :class:`UsageError` for what
    is no front page: a feed, a file, an empty page.
    """
    return await Prober(fetcher, say).at(url, name=name, allow_private=allow_private)


@dataclass
class Prober:
    """One look at one site: what its sources, listings and a few articles come to."""

    fetcher: Fetcher
    say: Callable[[str], None] = lambda step: None
    sources: list[Source] = field(default_factory=list)
    pages: dict[str, Link] = field(default_factory=dict)
    """Pages that feeds, sitemaps and listings point to."""
    told: list[str] = field(default_factory=list)
    """Those of feeds: surely articles."""
    indexed: list[Link] = field(default_factory=list)
    """Sitemaps that an index points to."""
    doubts: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    """The ``<title>`` of each sample."""
    front_title: str = ""
    names: list[str] = field(default_factory=list)
    """What pages state as the name of their site."""
    moved: dict[str, str] = field(default_factory=dict)
    """Source that says that it has moved -> where to."""
    lacking: dict[str, AccessProblem] = field(default_factory=dict)
    """Address -> why it could not be had."""

    async def at(self, url: str, *, name: str | None, allow_private: bool) -> ProbeResult:
        """The whole look."""
        self.say("the front page")
        front = await self._front(normal_address(url))
        if (what := no_front_page(front)) is not None:
            raise UsageError(f"{front.url} is {what}; give the address of a site's front page")
        page = Page.of(front)
        site = self._first_idea(page, url, name, allow_private)
        if front.status != 200:
            self.doubts.append(f"the front page answers {front.status}")
        elif (reading := read(front, site)).kind in (PageKind.GATE, PageKind.CHALLENGE):
            self.doubts.append(
                f"the front page is a {reading.kind} ({reading.reason}); gates are never passed"
            )
        links = discover(front, site, role=Role.LISTING).links
        await self.feeds(site, links)
        await self.sitemaps(site)
        for link in links:
            if link.role is Role.PAGE:
                self.pages.setdefault(link.url, link)
        await self._listings(site, front, links)
        samples = await self.samples(site)
        if not self.told:
            await self._feeds_of(samples, site)
        site = self._second_idea(site, page, samples, named=name is not None)
        samples = [replace(each, article=read(each.capture, site)) for each in samples if each.capture]
        return ProbeResult(
            site=self._conclude(site, samples),
            sources=tuple(self.sources),
            samples=tuple(samples),
            doubts=tuple(self.doubts),
        )

    async def _front(self, url: str) -> Capture:
        """The front page, or the page of the same site that a stub in its place leads on to."""
        front = await self.fetcher.get(url)
        site = Site(name="survey", url=front.url)
        if read(front, site).kind is not PageKind.STUB:
            return front
        links = discover(front, site, role=Role.LISTING).links
        refreshed = next((each.url for each in links if each.how == "refresh" and site.owns(each.url)), None)
        if refreshed is None or same_page(refreshed, front.url):
            return front
        return await self.get(refreshed) or front

    def _first_idea(self, page: Page, asked: str, name: str | None, allow_private: bool) -> Site:
        front = page.capture
        title = self.front_title = _title(page)
        self.names += filter(None, (page.meta("og:site_name"), page.meta("application-name")))
        language = stated_language(page)
        if bare_host(urlsplit(front.url).netloc) != bare_host(urlsplit(normal_address(asked)).netloc):
            self.doubts.append(f"{asked} leads to another host, {front.url}; that one is described here")
        return Site(
            name=name or "survey", url=front.url, title=title, language=language,
            timezone=zone_of(front.url, language)[0], allow_private=allow_private,
        )  # fmt: skip

    def _second_idea(self, site: Site, front: Page, samples: Sequence[Sample], *, named: bool) -> Site:
        """What articles tell of the site: its name, which their titles have, its language, where it is."""
        host = urlsplit(site.url).hostname or ""
        pages = [Page.of(each.capture) for each in samples if each.capture is not None]
        articles = [each.article for each in samples if each.article.is_article]
        headlines = {each.title for each in articles}
        title, unnamed = own_name(
            self.front_title, self.titles, stated=self.names, host=host, headlines=headlines
        )
        spoken = Counter(each.article.language for each in samples if each.article.language)
        language = site.language or (spoken.most_common(1)[0][0] if spoken else None)
        language, odd = language_of(language, "\n".join(each.article.text for each in samples))
        dates = [each.published.raw for each in articles if each.published is not None]
        linked = [words for link in self.pages.values() for words in (link.published, link.modified) if words]
        country = stated_country([front, *pages])
        zone, why = zone_of(site.url, language, [*dates, *linked], country=country)
        order, which = date_order_of(dates, language=language, timezone=zone)
        place, whence = place_of(front, pages, articles, title)
        self.doubts += filter(None, (unnamed, odd, why, which, whence))
        name = site.name if named else suggested_name(site.url, title)
        return replace(
            site, name=name, title=title, language=language, timezone=zone, date_order=order, place=place
        )

    # ------------------------------------------------------------ sources

    async def source(self, url: str, role: Role, how: str, site: Site) -> AccessProblem | None:
        """Take a feed or sitemap up as a source; what is wrong, when it is none or has nothing to say."""
        if any(same_page(url, each.url) for each in self.sources):
            return None
        self.say(url)
        capture = await self.get(url)
        if capture is None:
            return self.lacking[url]
        declared = url in (*site.feeds, *site.sitemaps, *self.moved.values())
        if trouble := of_answer(capture, site, declared=role if declared else None):
            return trouble
        found = discover(capture, site, role=role)
        entries = [each for each in found.links if each.url != capture.url and each.role in (Role.PAGE, role)]
        target = moved_to(capture, role) if declared and url not in self.moved else None
        if target is not None:
            self.moved[url] = target
            return await self.source(target, role, how, site)
        if not entries and declared and role is Role.FEED:
            entries = await self._through_redirectors(found, site)
        # What the site's file names is read as a crawl reads it, odd as it is.
        if sniff(capture.body) is not role and not (declared and entries):
            return AccessProblem(
                says=f"answers with a page, not a {role}",
                hint=f"Find the {role} on the site: its address may have changed.",
            )
        if not entries:
            return nothing_in(found)
        self.sources.append(
            Source(
                url=capture.url,
                role=role,
                how=how,
                entries=len(entries),
                newest=newest(entries, site, capture.at),
            )
        )
        for each in entries:
            if each.role is Role.SITEMAP:
                self.indexed.append(each)
            if each.role is Role.PAGE:
                self.pages.setdefault(each.url, each)
                if role is Role.FEED:
                    self.told.append(each.url)
        return None

    async def _through_redirectors(self, found: Discovery, site: Site) -> list[Link]:
        """Entries of a feed on other hosts, of which one each leads to the site, as a crawl tries them."""
        hosts: dict[str, list[str]] = {}
        for each in found.skipped:
            if each.reason == "other site":
                hosts.setdefault(urlsplit(each.url).netloc, []).append(each.url)
        led: list[Link] = []
        for urls in list(hosts.values())[:MOST_PROBED]:
            capture = await self.get(urls[0])
            if capture is not None and site.owns(capture.url) and not of_answer(capture, site):
                led += [Link(url=url, how="feed") for url in urls]
        return led

    async def feeds(self, site: Site, links: Iterable[Link]) -> None:
        """Look for feeds: those the front page names, else at the usual places."""
        stated = [link.url for link in links if link.role is Role.FEED]
        amiss = {url: await self.source(url, Role.FEED, "front page", site) for url in stated}
        self._tell(amiss, "named as a feed, but")
        if not self.told:
            tried = await self._first_of(FEED_PATHS, Role.FEED, site)
            self._tell({url: each for url, each in tried.items() if url not in amiss}, "a feed, but")

    async def _feeds_of(self, samples: Sequence[Sample], site: Site) -> None:
        """Feeds that most sampled pages name, where the front page names none."""
        named: Counter[str] = Counter()
        for each in samples:
            if each.capture is not None:
                links = discover(each.capture, site, role=Role.PAGE).links
                named.update({link.url for link in links if link.role is Role.FEED})
        for url, many in named.items():
            if 2 * many > len(samples) and url not in self.lacking:
                await self.source(url, Role.FEED, "articles", site)

    async def _first_of(self, paths: Sequence[str], role: Role, site: Site) -> dict[str, AccessProblem]:
        """Try the usual places until one is a source; those that hold entries, none to take, with why."""
        amiss = {}
        for path in paths:
            url = urljoin(site.url, path)
            trouble = await self.source(url, role, "tried", site)
            if trouble is None:
                break
            if trouble.says.startswith(NOTHING_TO_TAKE):
                amiss[url] = trouble
        return amiss

    def _tell(self, amiss: Mapping[str, AccessProblem | None], what: str) -> None:
        """Say of sources what is wrong with them, in one line for each reason."""
        whys: dict[AccessProblem, list[str]] = {}
        for url, trouble in amiss.items():
            if trouble is not None:
                whys.setdefault(trouble, []).append(url)
        self.doubts += [f"{some(urls)}: {what} {why.says}. {why.hint}" for why, urls in whys.items()]

    async def sitemaps(self, site: Site) -> None:
        """Look for sitemaps: those robots.txt names, else at the usual places."""
        rules = (await self.fetcher.robots.of(site.url)).rules
        stated = [urljoin(site.url, each) for each in rules.sitemaps] if rules is not None else []
        amiss = {url: await self.source(url, Role.SITEMAP, "robots.txt", site) for url in stated}
        self._tell(amiss, "named in robots.txt as a sitemap, but")
        if not any(each.role is Role.SITEMAP for each in self.sources):
            tried = await self._first_of(SITEMAP_PATHS, Role.SITEMAP, site)
            self._tell({url: each for url, each in tried.items() if url not in amiss}, "a sitemap, but")

    async def _listings(self, site: Site, front: Capture, links: Sequence[Link]) -> None:
        """Pages beside the front page that list articles; all the more when there is no feed."""
        most = 1 if self.told else MOST_LISTINGS
        here = {link.url for link in links}
        for link in sorted((each for each in links if may_list(each, site)), key=archives_first)[: 2 * most]:
            if sum(each.role is Role.LISTING for each in self.sources) >= most:
                return
            self.say(link.url)
            capture = await self.get(link.url)
            if capture is None or capture.status != 200 or not site.owns(capture.url):
                continue
            if same_page(capture.url, front.url) or read(capture, site).is_article:
                continue
            listed = [
                each
                for each in discover(capture, site, role=Role.LISTING).links
                if each.role is Role.PAGE and looks_like_article(each.url)
            ]
            fresh = sum(each.url not in here for each in listed)
            if fresh >= 3 or (len(listed) >= 5 and names_an_archive(link)):
                self.sources.append(
                    Source(url=capture.url, role=Role.LISTING, how="front page", entries=len(listed))
                )
                for each in listed:
                    self.pages.setdefault(each.url, each)

    # ------------------------------------------------------------ articles

    def candidates(self, site: Site) -> list[str]:
        """Addresses that are articles' as far as one can tell without asking, those of feeds first."""
        likely = [*self.told, *(url for url in self.pages if may_be_article(url, site))]
        others = [
            url for url in self.pages if not is_list(url) and not ABOUT.search(unquote(urlsplit(url).path))
        ]
        return list(dict.fromkeys(likely)) or others or list(self.pages)

    async def samples(self, site: Site) -> list[Sample]:
        """A few pages that may be articles, from all over; those that are not to be had are ``lacking``."""
        chosen = self.candidates(site)
        if (regex := site.identity.regex) is not None:
            known = [url for url in chosen if regex.search(unquote(url))]
            chosen = known if 2 * len(known) > len(chosen) else chosen
        step = max(1, len(chosen) // MOST_SAMPLES)
        first = chosen[::step][:MOST_SAMPLES]
        samples: list[Sample] = []
        for place, url in enumerate([*first, *(each for each in chosen if each not in first)][:MOST_TRIED]):
            found = sum(each.article.is_article for each in samples)
            if found >= MOST_SAMPLES or (place >= MOST_SAMPLES and not samples):
                break  # enough; or nothing answers
            self.say(url)
            capture = await self.get(url, within=lambda to: site.owns(to) or not gate_address(to))
            if capture is None:
                continue
            if trouble := of_answer(capture, site):
                self.lacking[url] = trouble
            else:
                said, _ = page_word(capture)
                samples.append(Sample(url=url, article=read(capture, site), word=said, capture=capture))
                page = Page.of(capture)
                self.titles.append(_title(page))
                self.names += filter(None, (page.meta("og:site_name"),))
        return samples

    async def get(self, url: str, *, within: Callable[[str], bool] | None = None) -> Capture | None:
        """An answer; ``None`` when there is none, and then why is ``lacking``."""
        try:
            return await self.fetcher.get(url, within=within)
        except (Refused, Unreachable) as error:
            self.lacking[url] = of_error(error, url)
            return None

    # ------------------------------------------------------------ the conclusion

    def _conclude(self, site: Site, samples: Sequence[Sample]) -> Site:
        def of(role: Role) -> tuple[str, ...]:
            return tuple(each.url for each in self.sources if each.role is role)

        articles = [each for each in samples if each.article.is_article]
        certain = self.told or [url for url in self.pages if looks_like_article(url)]
        identity = infer_identity(list(dict.fromkeys(certain)))
        if identity is not None:
            self.doubts.append(of_number(identity, certain))
        if not self.sources:
            self.doubts.append(
                "no feed, no sitemap, no listing: only the front page will be looked at for news"
            )
        elif not self.told:
            self.doubts.append("no feed: what is new is found on sitemaps and listings, less promptly")
        if self.lacking and not articles:
            reasons = {trouble.says for trouble in self.lacking.values()}
            refused = reasons & {"HTTP 401", "HTTP 403"}
            if refused and self.told:
                self.doubts.append("its feeds answer but its pages refuse us; feed_only is set")
                site = replace(site, feed_only=True)
            else:
                self.doubts.append(f"no article could be read: {some(sorted(reasons))}")
        elif not articles:
            self.doubts.append("no article was found among the samples")
        empty = sum(each.article.reason == NO_TEXT for each in samples)
        if empty:
            self.doubts.append(f"{empty} of {len(samples)} pages have no text. {SCRIPTED}")
        undated = [each for each in articles if each.article.published is None]
        if undated:
            self.doubts.append(f"{len(undated)} of {len(articles)} articles state no date of publication")
        teasers = [each for each in articles if each.article.kind is PageKind.TEASER]
        if teasers:
            self.doubts.append(f"{len(teasers)} of {len(articles)} articles are teasers before a paywall")
        return replace(
            site,
            feeds=of(Role.FEED),
            sitemaps=of(Role.SITEMAP),
            listings=of(Role.LISTING),
            identity=identity or Identity(),
        )


def read(capture: Capture, site: Site) -> Article:
    """What a page says, to one who knows nothing of the site but its file."""
    return normalize(extract(capture, site, SiteMemory(site=site.name)), site)


def _title(page: Page) -> str:
    node = page.tree.css_first("title")
    return " ".join(node.text(deep=True).split()) if node is not None else ""
