"""Rules of one dose by itself. Doubts that need the person's other doses are flags, raised where those are known."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.faults import Fault, fault

if TYPE_CHECKING:
    from shared.entries import Entry


def lot_is_named(entry: "Entry") -> Iterator[Fault]:
    """A dose given here names its lot, by reference or as written; one copied from a certificate may not know it."""
    body = entry.body
    if not (body.get("lot") or body.get("lot_number") or body.get("from_certificate")):
        yield fault("dose.lot_missing", "lot")


def home_dose_barred(at_home: bool, outcome: str) -> Fault | None:
    """At home only those are vaccinated whom the screening found eligible now (R024).

    A phone asks before it records; what was recorded all the same is kept and flagged (`dose.home_not_eligible`).
    """
    return fault("dose.home_barred", "at_home") if at_home and outcome != "eligible" else None
