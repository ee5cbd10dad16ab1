"""Rules of a stock movement by itself: reasons by their sign, states by their days."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.faults import Fault, fault

if TYPE_CHECKING:
    from shared.entries import Entry

#: Reasons that only bring stock in; those that go either way; every other takes it out.
COMING_IN = frozenset({"opening", "received", "found"})
EITHER_WAY = frozenset({"returned", "data_entry", "unexplained"})

#: Reasons that move stock from one state into another at the same site: reason -> the state it ends in (None: any).
INTO_STATE = {"thawed": "thawed", "opened": "opened", "quarantined": "quarantined", "released": None}

#: Why vaccine was discarded: of opened vials, and of vials never opened.
OPEN_VIAL = frozenset({"session_end", "six_hours", "open_days", "contaminated"})
CLOSED_VIAL = frozenset(
    {"expired", "thaw_limit", "vvm", "heat", "freeze", "broken", "lost", "theft", "recalled"}
)


def sign_fits_reason(entry: "Entry") -> Iterator[Fault]:
    """Zero moves nothing; received stock is positive, used or discarded stock negative; a reversal turns it round."""
    reason = entry.body["reason"]
    moved = [(name, entry.body.get(name) or 0) for name in ("vials", "doses")]
    if not any(amount for _, amount in moved):
        yield fault("stock.moves_nothing", "vials")
    for name, amount in moved:
        if amount and not sign_fits(reason, amount, turned=bool(entry.body.get("reverses"))):
            yield fault("stock.sign_against_reason", name, reason=reason, vials=amount)


def sign_fits(reason: str, amount: int, *, turned: bool = False) -> bool:
    """Whether so many vials (+ in, − out) may have moved for a reason; `turned` by a reversal."""
    return reason in EITHER_WAY or (amount > 0) == ((reason in COMING_IN) != turned)


def changes_a_state(entry: "Entry") -> Iterator[Fault]:
    """Thawing, opening, quarantine and release say into which state, every other reason does not."""
    body = entry.body
    reason, into = body["reason"], body.get("to_state")
    wanted = INTO_STATE.get(reason, into)
    if (reason in INTO_STATE) != (into is not None) or (wanted is not None and into != wanted):
        yield fault("stock.state_against_reason", "to_state", reason=reason)


def days_are_given(entry: "Entry") -> Iterator[Fault]:
    """A thawed holding is known by the day of its thaw, which rules its expiry; an opened one also by its doses."""
    body = entry.body
    for state, thawed in (("state", "thawed_on"), ("to_state", "to_thawed_on")):
        if body.get(state) == "thawed" and not body.get(thawed):
            yield fault("stock.thaw_undated", thawed)
    if body.get("to_state") == "opened" and not (body.get("to_opened_on") and body.get("doses")):
        yield fault("stock.opening_undated", "to_opened_on")


def not_corrected(entry: "Entry") -> Iterator[Fault]:
    """A wrong movement is reversed and recorded anew, so that the book shows both (R081)."""
    if entry.corrects:
        yield fault("stock.reverse_instead", "corrects")


def counted_lots_once(entry: "Entry") -> Iterator[Fault]:
    """A count names each holding once."""
    seen = [
        (line["lot"], line["state"], line.get("thawed_on"), line.get("opened_on"))
        for line in entry.body["lines"]
    ]
    if len(set(seen)) < len(seen):
        yield fault("stock.counted_twice", "lines")
