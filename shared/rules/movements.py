"""Rules of a stock movement by itself (STOCK reasons: sign by class)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.faults import Fault, fault

if TYPE_CHECKING:
    from shared.entries import Entry

#: Reasons that only bring stock in; `returned` and `data_entry` go either way; every other takes it out.
COMING_IN = frozenset({"opening", "received", "found"})
EITHER_WAY = frozenset({"returned", "data_entry"})


def sign_fits_reason(entry: "Entry") -> Iterator[Fault]:
    """Zero moves nothing; received stock is positive, used or discarded stock negative; a reversal turns it round."""
    vials, reason = entry.body["vials"], entry.body["reason"]
    if vials == 0:
        yield fault("stock.moves_nothing", "vials")
    elif reason not in EITHER_WAY:
        inward = (reason in COMING_IN) != bool(entry.body.get("reverses"))
        if (vials > 0) != inward:
            yield fault("stock.sign_against_reason", "vials", reason=reason, vials=vials)


def thaw_is_dated(entry: "Entry") -> Iterator[Fault]:
    """A thawed holding is known by the day of its thaw, which rules its expiry."""
    if entry.body["state"] == "thawed" and not entry.body.get("thawed_on"):
        yield fault("stock.thaw_undated", "thawed_on")


def counted_lots_once(entry: "Entry") -> Iterator[Fault]:
    """A count names each holding once."""
    seen = [(line["lot"], line["state"], line.get("thawed_on")) for line in entry.body["lines"]]
    if len(set(seen)) < len(seen):
        yield fault("stock.counted_twice", "lines")
