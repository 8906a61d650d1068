"""How a soak went, in figures and in lines for a person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from legger.simulator.audit import Audit


@dataclass(kw_only=True)
class Report:
    """How it went."""

    books: dict[str, Audit] = field(default_factory=dict)
    runs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    incidents: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    unexplained: list[str] = field(default_factory=list)
    """Gaps that nothing on record explains."""
    overlaps: list[str] = field(default_factory=list)
    """Visits of one site that went on while a later one had begun."""
    clock_memory: list[int] = field(default_factory=list)
    """Resident bytes of the clock's process, day by day."""
    visit_memory: list[int] = field(default_factory=list)
    """Most bytes of each visit, in their order."""
    killed: Counter[str] = field(default_factory=Counter)
    told: dict[str, int] = field(default_factory=dict)
    """House that failed -> after how many visits there was an alarm."""
    untold: list[str] = field(default_factory=list)
    """Failures of which there was none."""
    false_alarms: list[str] = field(default_factory=list)
    """Alarms of a site with which nothing was wrong, or of the archive."""
    right_alarms: list[str] = field(default_factory=list)
    """Alarms of what the newspaper did itself: a redesign."""
    hurried: int = 0
    """Steps that the driver did not see the end of: what was missed then is no fault of the clock's."""
    stopped: float | None = None
    """The day on which a person stopped it (Ctrl-C); what came of it until then is held against the books."""
    seconds: float = 0.0
    verified: list[str] = field(default_factory=list)
    """What ``verify`` found; empty: nothing."""

    @property
    def differences(self) -> list[str]:
        """Everything in which the archive is not what the newsroom's books say."""
        return [each for books in self.books.values() for each in books.differences]


def summary(report: Report) -> list[tuple[str, Any]]:
    """What a person wants to know of a soak, line by line."""
    books = report.books.values()
    memory = report.visit_memory
    tenth = max(len(memory) // 10, 1)

    def share(name: str) -> str:
        of = sum(getattr(each, name) for each in books)
        return f"{sum(getattr(each, name + '_found') for each in books):,} of {of:,}"

    stopped = [] if report.stopped is None else [("stopped by hand on day", f"{report.stopped:.2f}")]
    return [
        *stopped,
        (
            "visits",
            f"{report.runs:,}: " + ", ".join(f"{n} {each}" for each, n in report.outcomes.most_common()),
        ),
        ("articles found", share("published")),
        ("texts right to the letter", share("texts")),
        ("edits that became a version", share("edits")),
        ("silent edits recognized", share("silent")),
        ("removals on record", share("removed")),
        ("invented by us", sum(each.invented for each in books)),
        ("killed", ", ".join(f"{n} {each}" for each, n in report.killed.items()) or "nobody"),
        (
            "incidents on record",
            ", ".join(f"{n} {each}" for each, n in report.incidents.most_common()) or "none",
        ),
        ("alarms", ", ".join(f"{n} {each}" for each, n in report.alarms.most_common()) or "none"),
        (
            "failures told by the second visit",
            f"{sum(n <= 2 for n in report.told.values())} of {len(report.told) + len(report.untold)}",
        ),
        ("false alarms", len(report.false_alarms)),
        ("gaps that nothing explains", len(report.unexplained)),
        ("visits that overlapped", len(report.overlaps)),
        (
            "clock's memory",
            " ".join(
                f"{each >> 20}" for each in report.clock_memory[:: max(len(report.clock_memory) // 6, 1)]
            )
            + " MB",
        ),
        (
            "visits' memory",
            f"{max(memory[:tenth]) >> 20} MB at first, {max(memory[-tenth:]) >> 20} MB at last"
            if memory
            else "-",
        ),
        ("steps cut short by the driver", report.hurried),
        ("verify", "; ".join(report.verified) or "everything is what it was"),
        ("seconds", round(report.seconds)),
    ]
