"""Captures of others -> the archive, through the one dispatcher. Resumable: what is there is passed over.

A capture belongs to the site whose hosts its address is on. They come in the order of their times; one that
is older than what is filed of its article is kept, and the article is filed anew at the end
(:mod:`archive.versions.late`). Where a site has no memory yet, it learns from the import before anything is
filed.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from archive import Archive
from archive.compare.pages_together import PagesTogether, VisitSoFar
from archive.model.addresses import Role
from archive.model.types import Article, Capture, ReadAgain, StoredCapture, Verdict
from archive.versions.further_pages import ONE_VISIT
from crawler.extract.boilerplate import learn as learned_from
from crawler.importing.ahead import ImportReader, PagesAhead
from crawler.importing.assets import ImportedAssets
from crawler.importing.found_links import note_how_found
from crawler.importing.lesson import likely_first, to_learn_from
from crawler.importing.report import ImportReport, NotAnArticle, Told
from crawler.importing.saved_pages import SavedPage
from crawler.importing.web_archives import NO_TIME, RecordPlace, Unusable, WebArchives, may_be_a_page
from crawler.ingest import learn
from crawler.ingest.answer import Answer, classify
from crawler.ingest.gates import no_text
from crawler.ingest.ingest import IngestResult, file, file_settled, keep, reader, witnessed
from crawler.siteconfig.site import Site
from crawler.urls import article_keys, normal_address

log = logging.getLogger(__name__)

ENOUGH = 60
"""Distinct articles from which a site learns before an import is filed: what repeats stands on more than a
few, and each is read once more for it."""
BATCH = 1.0
"""Seconds after which what was imported is committed."""
BESIDE = "beside"
"""Of an answer of others that a page of the one site that is imported may show."""
NEW = ("new", "changed")
"""What filing came to where it made a version."""
OURS = "ours"
"""Of an archive like this one, which kept it whatever it was."""


class Import:
    """One import under way."""

    def __init__(
        self,
        archive: Archive,
        sites: Sequence[Site],
        *,
        now: datetime,
        tell: Told = lambda each: None,
        update: Callable[[int, int], None] = lambda done, total: None,
        ahead: PagesAhead | None = None,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        """*tell* hears of all that is no article; *update* how many answers are done, and of how many.
        Processes read web archives *ahead*; what comes of it is the same. *beat* is called with every commit,
        and may raise."""
        self._archive, self._now, self._tell, self._update = archive, now, tell, update
        self._beat = beat
        self._ahead = ahead
        self._captured: dict[RecordPlace, Capture] = {}
        """What was taken out of its file ahead."""
        self._sites = {site.name: site for site in sites}
        self._of_host: dict[str, Site | None] = {}
        self._read: dict[str, ImportReader] = {}
        self._newest: dict[str, datetime | None] = {}
        self._declared: dict[str, Mapping[str, Role]] = {}
        self._late: dict[tuple[str, int], list[int]] = defaultdict(list)
        """(site, article) -> captures older than what is filed of it; it is filed anew at the end."""
        self._open: dict[str, list[tuple[int, str]]] = defaultdict(list)
        """Site -> (number, file) of the pages that leave open what they are; they are filed at the end."""
        self._together: dict[str, PagesTogether] = defaultdict(PagesTogether)
        self._waiting: dict[int, str] = {}
        """Capture that waits for other pages of its article -> the file that it came from."""
        self._met: set[int] = set()
        """Captures of this import: one that stands in two files is filed once."""
        self._lessons: set[str] = set()
        """Sites that learned from this import before it was filed."""
        self._assets = ImportedAssets(archive)
        self._aside: dict[RecordPlace, NotAnArticle] = {}
        """Answers that are no pages, in the order of their times, and what is told of them."""
        self._files: WebArchives | None = None
        self._new_before = 0
        """Versions that were filed of this import before, in pieces that others did."""
        self.report = ImportReport()

    # ------------------------------------------------------------ web archives

    def web_archives(self, files: WebArchives) -> None:
        """Import what stands in files that were walked through."""
        self._files = files
        places = files.in_order()
        self.report.problems += files.problems
        self.report.answers += len(places)
        self._learn_first(files, places)
        self._in_order(files, places)

    def _in_order(self, files: WebArchives, places: Sequence[RecordPlace]) -> None:
        coming: Iterable[RecordPlace] = places
        if self._ahead is not None:
            coming = self._ahead.window(places, lambda place: self._to_read(files, place))
        for done, place in enumerate(coming):
            self._update(done, len(places))
            self._one(files, place)
            self._commit_if_due()
        self._update(len(places), len(places))

    def _answer_of(self, kept: StoredCapture, site: Site) -> Answer:
        declared = self._roles(site).get(_as_asked(kept.capture.url))
        return classify(kept.capture, site, declared=declared)

    def saved_pages(self, pages: Iterable[SavedPage]) -> None:
        """Import pages that other tools saved."""
        usable: list[tuple[Capture, str]] = []
        for page in pages:
            self.report.answers += 1
            site = self.site_of(page.url) if page.capture is not None else None
            if page.capture is not None and site is not None:
                usable.append((_of(page.capture, site), page.file))
                continue
            self.report.passed += 1
            at = page.capture.at if page.capture is not None else None
            if page.capture is not None:
                self.report.hosts[urlsplit(page.url).netloc] += 1
            what, reason = ("not read", page.reason) if page.capture is None else ("no site", page.url)
            self._tell(NotAnArticle(file=page.file, url=page.url, at=at, what=what, reason=reason))
        for name in sorted({capture.site for capture, _ in usable}):
            own = [capture for capture, _ in usable if capture.site == name]
            self._learn(self._sites[name], likely_first(self._sites[name], own)[: learn.WINDOW])
        for done, (capture, name) in enumerate(sorted(usable, key=lambda each: each[0].at)):
            self._update(done, len(usable))
            self.add(capture, name)
            self._commit_if_due()

    def _to_read(self, files: WebArchives, place: RecordPlace) -> tuple[Site, int, Capture] | None:
        """The page at a place, for who reads ahead, with its site and memory; ``None``: it is none, is here
        already, or stands elsewhere too."""
        site = self.site_of(place.url)
        if site is None or place.kind != "response":
            return None
        try:
            capture = files.capture(place, self._body_of)
        except Unusable:
            return None  # it is told when its turn comes
        self._captured[place] = capture
        if capture.site not in self._sites and not may_be_a_page(capture):
            return None
        capture = _of(capture, self._sites.get(capture.site, site))
        if self._archive.late.known(capture.site, capture.url, at=capture.at, status=capture.status):
            return None
        own = self._sites[capture.site]
        declared = self._roles(own).get(_as_asked(capture.url))
        if classify(capture, own, declared=declared) is not Answer.PAGE:
            return None
        return own, self._archive.boilerplate.get(own.name).version, capture

    def _one(self, files: WebArchives, place: RecordPlace) -> None:
        name = files.name(place)
        try:
            site = self.site_of(place.url)
            if site is None:
                host = urlsplit(place.url).netloc or place.url[:40]
                self._pass(name, place, "no site", host)
                return
            capture = self._captured.pop(place, None) or files.capture(place, self._body_of)
        except Unusable as error:
            self._pass(name, place, "not read", str(error))
            return
        ours = capture.site in self._sites
        if ours:
            site = self._sites[capture.site]
        if not may_be_a_page(capture) and (not ours or site.assets.keep):
            self._pass(name, place, OURS if ours else "no page", capture.header("content-type") or "")
            return
        self.add(_of(capture, site), name)

    def _pass(self, file: str, place: RecordPlace, what: str, reason: str) -> None:
        at = None if place.at == NO_TIME else place.at
        told = NotAnArticle(file=file, url=place.url, at=at, what=what, reason=reason)
        if at is not None and what != "not read" and any(site.assets.keep for site in self._sites.values()):
            self._assets.put_aside(place)  # a page may show it
            self._aside[place] = told
        else:
            self._passed_over(told)

    def _passed_over(self, told: NotAnArticle) -> None:
        self.report.passed += 1
        if told.what == "no site":
            self.report.hosts[told.reason] += 1
        self._tell(told)

    def _file_assets(self) -> None:
        """File what imported pages show, of what was put aside; pass over the rest, unless it was ours."""
        if (files := self._files) is None:
            return

        def capture_at(place: RecordPlace) -> Capture:
            return files.capture(place, self._body_of)

        for place in self._assets.file(self._sites.values(), capture_at, self._commit_if_due):
            if (told := self._aside.pop(place, None)) is not None:
                self.report.kept += 1
                self.report.assets += 1
                self.report.hosts[urlsplit(told.url).netloc] -= told.what == BESIDE
        for place, told in self._aside.items():
            if told.what == OURS:
                self.add(capture_at(place), told.file)
                self._commit_if_due()
            elif told.what != BESIDE:
                self._passed_over(told)
        self._aside.clear()

    def _commit_if_due(self) -> None:
        if self._archive.session.age >= BATCH:
            self._commit()

    def _commit(self) -> None:
        self._archive.commit()
        self._beat()

    def _body_of(self, url: str, at: datetime) -> bytes | None:
        """The body of a capture in the archive; ``None``: it is not there."""
        site = self.site_of(url)
        known = self._archive.late.known(site.name, url, at=at, status=200) if site is not None else None
        return self._archive.captures.get(known[0], whole=True).capture.body if known is not None else None

    # ------------------------------------------------------------ one capture

    def add(self, capture: Capture, file_name: str) -> None:
        """Keep and file one capture, unless it is known and filed."""
        site, archive = self._sites[capture.site], self._archive
        read = self._reader(site)
        known = archive.late.known(site.name, capture.url, at=capture.at, status=capture.status)
        if known is not None and (known[1] or known[0] in self._met):
            self.report.known += 1
            return
        newest = self._newest[site.name]
        declared = self._roles(site).get(_as_asked(capture.url))
        if known is not None:  # kept by an import that was cut off
            kept = archive.captures.get(known[0], whole=True)
            answer = classify(kept.capture, site, declared=declared)
        else:
            answer, kept = keep(capture, site, archive, declared=declared)
            self.report.kept += 1
            self.report.sites[site.name] += 1
        self._met.add(kept.id)
        if newest is not None and capture.at < newest:
            article = self._later(kept, answer, site, read)
            if article is not None:
                self._late[site.name, article].append(kept.id)
                archive.late.answered(kept, None)
                return
        else:
            self._newest[site.name] = capture.at
        if _is_left_open(kept, answer, read):
            self._open[site.name].append((kept.id, file_name))
            return
        self._file(answer, kept, site, file_name)

    def _file(self, answer: Answer, kept: StoredCapture, site: Site, file_name: str) -> None:
        """File a capture, unless it has to wait for other pages of its article."""
        read, together = self._reader(site), self._together[site.name]
        self._file_settled(site, before=kept.capture.at - ONE_VISIT)
        done = file(answer, kept, site, self._archive, read, visit=VisitSoFar(together=together))
        if done.verdict is not None and done.verdict.held:
            self._waiting[kept.id] = file_name
            self._archive.late.answered(kept, None)
        else:
            self._filed(done, file_name)

    def _file_settled(self, site: Site, *, before: datetime | None = None) -> None:
        """File what waited for other pages of its article since *before* something; or all that does."""
        together, read = self._together[site.name], self._reader(site)
        for done in file_settled(together, site, self._archive, read, before=before):
            self._filed(done, self._waiting.pop(done.kept.id, ""))

    def _file_what_was_left_open(self, site: Site, pages: list[tuple[int, str]]) -> None:
        """File the pages that leave open what they are, once it is known how the site's sources name them.

        An import that is cut off before leaves them kept and not filed, as the next one finds them.
        """
        archive, read = self._archive, self._reader(site)
        urls = {archive.captures.get(number, whole=True).capture.url for number, _ in pages}
        note_how_found(site, archive, urls)
        for number, file_name in pages:
            kept = archive.captures.get(number, whole=True)
            self._commit_if_due()
            article = self._later(kept, Answer.PAGE, site, read)
            if article is not None:
                self._late[site.name, article].append(number)
                archive.late.answered(kept, None)
                continue
            self._file(Answer.PAGE, kept, site, file_name)
        self._file_settled(site)

    def _filed(self, result: IngestResult, file_name: str) -> None:
        verdict, capture = result.verdict, result.kept.capture
        self._archive.late.answered(result.kept, verdict)
        if verdict is not None and verdict.article is not None:
            self._assets.shown_by(self._sites[capture.site], result.kept, verdict.article, result.article)
        came_to = verdict.kind.value if verdict is not None else result.answer.value
        self.report.filed[came_to] += 1
        if verdict is None or verdict.version is None:
            said = verdict.reason if verdict is not None else ""
            self._tell(
                NotAnArticle(
                    file=file_name, url=capture.url, at=capture.at, what=came_to,
                    reason=said or result.reason or result.answer.value,
                )
            )  # fmt: skip

    def _later(self, kept: StoredCapture, answer: Answer, site: Site, read: ReadAgain) -> int | None:
        """The article of a capture when later captures of it are filed."""
        archive, capture = self._archive, kept.capture
        address = archive.urls.address(site.name, capture.url)
        there = archive.late.article_after(address.article_id if address else None, capture.at)
        if there is not None or answer is not Answer.PAGE:
            return there
        try:
            article = read(capture)
        except Exception:  # filing says what is wrong with it
            log.debug("%s: could not be read", capture.url, exc_info=True)
            return None
        keys = article_keys(site, capture.url, article.canonical_url)
        key, _ = archive.filing.identify(article, kept, keys, read)
        return archive.late.article_after(archive.late.article_of(site.name, key), capture.at)

    # ------------------------------------------------------------ the end

    def finish(self) -> ImportReport:
        """File anew the articles of which older captures came in, and let memories learn. Commits."""
        archive = self._archive
        for name in sorted(self._together):
            self._file_settled(self._sites[name])
        self._commit()
        for name, pages in sorted(self._open.items()):
            self._file_what_was_left_open(self._sites[name], pages)
            self._commit()
        for (name, article), late in sorted(self._late.items()):
            self._file_anew(self._sites[name], article, late)
            self.report.anew += 1
            self._commit()
        self._file_assets()
        self._commit()
        for name in self._read:
            site = self._sites[name]
            if name in self._lessons:
                continue
            new = self._new_before + sum(self.report.filed[kind] for kind in NEW)
            if learn.worth_it(site, archive, new=new):
                learn.after_visit(site, archive, self._now)
            learn.read_what_was_read_without(site, archive)
        self._commit()
        return self.report

    def _file_anew(self, site: Site, article: int, late: list[int]) -> None:
        archive, read = self._archive, self._reader(site)
        numbers = archive.late.set_aside(article, late, at=self._now)
        together = PagesTogether()
        shown: Verdict | None = None

        def filed(result: IngestResult) -> None:
            nonlocal shown
            if result.verdict is not None and result.verdict.held:
                return
            if result.verdict is not None and result.verdict.version is not None:
                shown = result.verdict
            if result.kept.id in late:
                self._filed(result, "")
            else:
                archive.late.answered(result.kept, result.verdict)

        for number in numbers:
            kept = archive.captures.get(number, whole=True)
            answer = self._answer_of(kept, site)
            before = None if answer is Answer.UNCHANGED else kept.capture.at - ONE_VISIT
            for result in file_settled(together, site, archive, read, before=before):
                filed(result)
            if answer is Answer.UNCHANGED:
                with archive.session.writing(site.name) as connection:
                    archive.regrouping.confirm_again(connection, kept, shown)
                continue
            filed(file(answer, kept, site, archive, read, visit=VisitSoFar(together=together)))
        for result in file_settled(together, site, archive, read):
            filed(result)
        archive.late.succeeded(article, numbers)

    # ------------------------------------------------------------ sites

    def site_of(self, url: str) -> Site | None:
        """The site on whose hosts an address is; ``None``: no site's."""
        host = urlsplit(url).netloc
        if host not in self._of_host:
            self._of_host[host] = next((each for each in self._sites.values() if each.owns(url)), None)
        return self._of_host[host]

    def _reader(self, site: Site) -> ImportReader:
        if site.name not in self._read:
            self._read[site.name] = ImportReader(reader(site, self._archive), self._read_ahead(site))
            self._newest[site.name] = self._archive.late.newest(site.name)
            self._archive.runs.describe(site.name, site.facts())
        return self._read[site.name]

    def _read_ahead(self, site: Site) -> Callable[[Capture], Article | None]:
        """How a page of a site reads that was read ahead."""

        def read(capture: Capture) -> Article | None:
            found = self._ahead.article(capture) if self._ahead is not None else None
            return witnessed(found, site, self._archive) if found is not None else None

        return read

    def _roles(self, site: Site) -> Mapping[str, Role]:
        if site.name not in self._declared:
            named = ((Role.FEED, site.feeds), (Role.SITEMAP, site.sitemaps), (Role.LISTING, site.listings))
            self._declared[site.name] = {_as_asked(url): role for role, urls in named for url in urls}
        return self._declared[site.name]

    def _learn_first(self, files: WebArchives, places: Sequence[RecordPlace]) -> None:
        """Let sites without a memory learn from what is to be imported, before it is filed."""
        own: dict[str, list[RecordPlace]] = defaultdict(list)
        for place in places:
            if (site := self.site_of(place.url)) is not None:
                own[site.name].append(place)
        for name, found in sorted(own.items()):
            site = self._sites[name]
            if pages := to_learn_from(site, found):
                self._learn(site, self._sample(files, site, pages))

    def _learn(self, site: Site, pages: Iterable[Capture]) -> None:
        """Let a site learn from *pages*, unless it has learned before."""
        previous = self._archive.boilerplate.get(site.name)
        if previous.version:
            return
        learned = learned_from(pages, site, previous, now=self._now, enough=ENOUGH)
        self._archive.boilerplate.remember(learned)
        self._archive.commit()
        self._lessons.add(site.name)

    def _sample(self, files: WebArchives, site: Site, places: Iterable[RecordPlace]) -> Iterator[Capture]:
        """The pages of a site that stand at some places."""
        for place in places:
            try:
                capture = _of(files.capture(place, self._body_of), site)
            except Unusable:
                continue  # it is told when its turn comes
            if classify(capture, site) is Answer.PAGE:
                yield capture


def _is_left_open(kept: StoredCapture, answer: Answer, read: ReadAgain) -> bool:
    """Whether a page leaves open what it is, and nothing is known yet of how its site names it."""
    if answer is not Answer.PAGE or no_text(kept.capture) is not None:
        return False
    try:
        return read(kept.capture).might_be is not None
    except Exception:  # filing says what is wrong with it
        log.debug("%s: could not be read", kept.capture.url, exc_info=True)
        return False


def _of(capture: Capture, site: Site | None) -> Capture:
    """A capture, as one of a site."""
    assert site is not None
    return replace(capture, site=site.name)


def _as_asked(url: str) -> str:
    try:
        return normal_address(url)
    except ValueError:
        return url
