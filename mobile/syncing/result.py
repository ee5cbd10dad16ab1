"""How far a sync is, how it ended, and what the worker is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from mobile.store.answers import Answered
from shared.faults import Fault
from shared.text.formats import number
from shared.text.translations import Catalogue


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a sync stands. `stage` is connecting | sending | receiving | done; `total` None when not
    known.
    """

    stage: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class SyncResult:
    """How a sync ended. `complete` = the receipt (count and hash) covers every entry of this phone and the
    pull came whole.

    `faults` is empty when nothing failed; `receipt_count` of `total` entries are received by receipt; `sent`
    entries went out, of which the server answered `accepted`, `duplicate`, `held`, `refused`; `pulled`
    entries were new here.
    """

    faults: tuple[Fault, ...]
    sent: int
    accepted: int
    duplicate: int
    held: int
    refused: int
    pulled: int
    receipt_count: int
    total: int
    complete: bool
    stopped: bool = False

    def text(self, language: str) -> str:
        """One sentence for the worker: what failed, or how many of how many are received by receipt (L2)."""
        if self.faults:
            return self.faults[0].message(language)
        received, total = number(self.receipt_count, language), number(self.total, language)
        return _texts().text("sync.result", language, received=received, total=total)


@dataclass(slots=True)
class Tally:
    """What a running sync has done so far."""

    sent: int = 0
    accepted: int = 0
    duplicate: int = 0
    held: int = 0
    refused: int = 0
    pulled: int = 0
    whole: bool = False
    faults: list[Fault] = field(default_factory=list)

    def add(self, sent: int, answered: Answered) -> None:
        """Count one batch's answer."""
        self.sent += sent
        self.accepted += answered.accepted
        self.duplicate += answered.duplicate
        self.held += answered.held
        self.refused += answered.refused


@cache
def _texts() -> Catalogue:
    return Catalogue(Path(__file__).parents[1] / "messages.csv")
