"""Pages of a run that are read ahead of their filing, while the archive is busy with others."""

from __future__ import annotations

from archive.model.types import Article, Capture, ReadAgain, StoredCapture
from crawler.ingest.answer import Answer
from crawler.ingest.gates import SMALL
from crawler.ingest.page_reader import Interrupted


class ReadAhead:
    """Reads captures; what was read ahead is not read twice."""

    def __init__(self, read: ReadAgain) -> None:
        self._read = read
        self._ready: dict[int, Article | Exception] = {}
        self.at_hand: StoredCapture | None = None
        """The capture that is being filed."""

    def read_with(self, read: ReadAgain) -> None:
        """Read with another reader from now on; what was read ahead stays as it was read."""
        self._read = read

    def begin(self, kept: StoredCapture) -> None:
        """Read *kept* now; may be called from another thread, one page at a time.

        Raises :class:`Interrupted` when reading is no more. Other errors are raised when it is filed.
        """
        try:
            self._ready[kept.id] = self._read(kept.capture)
        except Interrupted:
            raise
        except Exception as error:
            self._ready[kept.id] = error

    def done(self, kept: StoredCapture) -> None:
        """*kept* is filed: what was read of it is needed no more."""
        self._ready.pop(kept.id, None)

    def __call__(self, capture: Capture) -> Article:
        """What reading makes of a capture: of the one at hand as it was read ahead."""
        at_hand = self.at_hand
        if at_hand is not None and capture is at_hand.capture and at_hand.id in self._ready:
            ready = self._ready[at_hand.id]
            if isinstance(ready, Exception):
                raise ready
            return ready
        return self._read(capture)


def is_read(answer: Answer, kept: StoredCapture) -> bool:
    """Whether an answer is read, as far as its looks say."""
    return answer in (Answer.PAGE, Answer.FOREIGN) or (
        answer is Answer.LISTING and len(kept.capture.body) < SMALL
    )
