"""How far one run believes what the site says of changes, and what it learns of that by looking."""

from __future__ import annotations

import logging

from archive.model.addresses import Address
from archive.model.types import Capture, Verdict, VerdictKind
from archive.operations.health_signals import VisitHealth
from crawler.crawl.record import VisitRecord
from crawler.scheduling.belief import PAGES, SourceReliability, ValidatorReliability

log = logging.getLogger(__name__)

_NO_CHANGE = frozenset({VerdictKind.SAME, VerdictKind.FLIP_FLOP})


class Beliefs:
    """The beliefs of one run; *visits* are those before it, in the order of time."""

    def __init__(self, site: str, record: VisitRecord, visits: list[VisitHealth] | None = None) -> None:
        past = [each.health_signals for each in reversed(visits or [])]
        self._site = site
        self._sources = SourceReliability(each.get("told", {}) for each in past)
        self._validators = ValidatorReliability(each.get("validators", {}) for each in past)
        record.health_signals.told = self._sources.seen
        record.health_signals.validators = self._validators.seen
        self._told_by: dict[int, tuple[str, str]] = {}
        """Address that is asked for because a source said that it was changed (its hash) -> that source."""
        self._whole: set[int] = set()

    def worth_a_look(self, url: str, source: str, kind: str) -> bool:
        """Whether a page is to be looked at because *source* says that it was changed; if so, that counts."""
        if not self._sources.worth_a_look(source, kind):
            return False
        self._told_by[hash(url)] = source, kind
        return True

    def whole_is_due(self, address: Address, *, source: bool, age: float) -> bool:
        """Whether to ask for the whole answer, the last one being *age* seconds old."""
        return age >= self._validators.whole_after(address.url if source else PAGES).total_seconds()

    def asked_whole(self, address: Address) -> None:
        """An address is asked for without its validators."""
        if address.etag or address.last_modified:
            self._whole.add(hash(address.url))

    def looked(self, address: Address, capture: Capture, verdict: Verdict) -> None:
        """A page was looked at, and what it came to is known: was what was said of it so?"""
        changed = verdict.kind not in _NO_CHANGE
        if told_by := self._told_by.pop(hash(address.url), None):
            believed = self._sources.believes(*told_by)
            self._sources.looked(*told_by, changed=changed)
            if believed and not self._sources.believes(*told_by):
                log.warning("%s: %s", self._site, self._sources.says(told_by[0]))
        if verdict.version is not None:
            self._note_whole(address, capture, PAGES, changed=verdict.kind is VerdictKind.CHANGED)

    def looked_at_source(self, address: Address, capture: Capture, *, new: bool) -> None:
        """A source was answered: did it name something *new*?"""
        self._note_whole(address, capture, address.url, changed=new)

    def doubted(self) -> list[str]:
        """The sources, and ``pages``, whose word is not believed, in one sense or the other."""
        told = {word.source for word in self._sources.words() if not word.believed}
        return sorted(told | {word.source for word in self._validators.words() if not word.believed})

    def _note_whole(self, address: Address, capture: Capture, key: str, *, changed: bool) -> None:
        if hash(address.url) not in self._whole or not _same_validators(address, capture):
            return
        self._whole.discard(hash(address.url))
        believed = self._validators.believes(key)
        self._validators.looked(key, changed=changed)
        if believed and not self._validators.believes(key):
            says = (
                "says that it is the same when it is not; its ETag and Last-Modified are no longer believed"
            )
            log.warning("%s: %s %s", self._site, key, says)


def _same_validators(address: Address, capture: Capture) -> bool:
    etag, modified = capture.header("etag"), capture.header("last-modified")
    if address.etag or etag:
        return address.etag == etag
    return bool(modified) and address.last_modified == modified
