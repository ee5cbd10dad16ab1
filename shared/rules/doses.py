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
