"""A transfer: what its documents may say, and where its goods are.

dispatched = accepted + rejected + lost + found back + in transit, for every lot and state, always (R081). In transit
below zero says that more came than was sent, which is a dispute as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from shared.faults import Fault, fault

if TYPE_CHECKING:
    from shared.entries import Entry

#: Stages of a transfer, the most pressing first.
STAGES = (
    "disputed",
    "unconfirmed",
    "partly",
    "dispatched",
    "lapsed",
    "proposed",
    "approved",
    "closed",
    "rejected",
    "cancelled",
)


@dataclass(frozen=True, slots=True)
class LineStanding:
    """Vials (units) of one lot in one state: as ordered and approved, and what became of them."""

    lot: str
    state: str
    thawed_on: date | None
    ordered: int = 0
    dispatched: int = 0
    accepted: int = 0
    rejected: int = 0
    lost: int = 0
    back: int = 0

    @property
    def in_transit(self) -> int:
        """What left and nobody has said anything of; negative when more came than was sent."""
        return self.dispatched - self.accepted - self.rejected - self.lost - self.back


def stage(
    lines: Iterable[LineStanding],
    *,
    decision: str | None,
    dispatch_by: date | None,
    dispatched: bool,
    received: bool,
    all_here: bool,
    today: date,
) -> str:
    """One of STAGES. `dispatched`, `received`: there is such a document; `all_here`: a receipt says nothing more comes.

    unconfirmed: goods were received and the sender has recorded no dispatch yet (its phone is still offline).
    """
    if received and not dispatched:
        return "unconfirmed"
    if dispatched:
        open_lines = [line.in_transit for line in lines if line.in_transit]
        if not open_lines:
            return "closed"
        if all_here or min(open_lines) < 0:
            return "disputed"
        return "partly" if received else "dispatched"
    if decision in ("rejected", "cancelled"):
        return decision
    if dispatch_by is not None and dispatch_by < today:
        return "lapsed"
    return "approved" if decision == "approved" else "proposed"


def to_another_site(entry: Entry) -> Iterator[Fault]:
    """Nothing is transferred from a site to itself."""
    if entry.body["source"] == entry.body["destination"]:
        yield fault("transfer.same_site", "destination")


def from_its_source(entry: Entry) -> Iterator[Fault]:
    """A dispatch is written where the goods leave."""
    if entry.place != entry.body["source"]:
        yield fault("transfer.other_place", "place")


def to_its_destination(entry: Entry) -> Iterator[Fault]:
    """A receipt is written where the goods come to."""
    if entry.place != entry.body["destination"]:
        yield fault("transfer.other_place", "place")


def lines_once(entry: Entry) -> Iterator[Fault]:
    """A document names each lot in each state once."""
    lines: list[dict[str, Any]] = entry.body.get("lines") or []
    seen = [(line["lot"], line["state"], line.get("thawed_on")) for line in lines]
    if len(set(seen)) < len(seen):
        yield fault("stock.counted_twice", "lines")


def settles_something(entry: Entry) -> Iterator[Fault]:
    """A settlement says of every lot it names what became of it."""
    for number, line in enumerate(entry.body["lines"]):
        if not (line.get("lost") or line.get("back")):
            yield fault("stock.moves_nothing", f"lines.{number}.lost")
