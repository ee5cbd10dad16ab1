"""Movements a store writes at a desk, as bodies of entries: received, issued, thawed, set apart, discarded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.stock.expiring import ExpiringStock
from shared.faults import Refused, fault
from shared.rules.dispatching import Offered, passed_over
from shared.rules.movements import CLOSED_VIAL, OPEN_VIAL
from shared.rules.need import why_unusable


@dataclass(frozen=True, slots=True)
class Deed:
    """What may be done on a page: the reasons it offers (the first is meant when none is given, unless it `asks`),
    whether vials come in or leave, in which states a holding must stand, and whether the shortest date goes first.
    """

    reasons: tuple[str, ...]
    comes_in: bool = False
    states: tuple[str, ...] = ("frozen", "chilled", "thawed", "opened", "quarantined")
    by_expiry: bool = False
    asks: bool = False


DEEDS: dict[str, Deed] = {
    "receive": Deed(("received", "returned", "opening", "found"), comes_in=True),
    "issue": Deed(
        ("issued", "returned", "administered"), states=("frozen", "chilled", "thawed"), by_expiry=True
    ),
    "thaw": Deed(("thawed",), states=("frozen",)),
    "quarantine": Deed(("quarantined",), states=("frozen", "chilled", "thawed", "opened")),
    "release": Deed(("released",), states=("quarantined",)),
    "discard": Deed((
        "expired", "thaw_limit", "vvm", "heat", "freeze", "broken", "lost", "theft", "recalled",
        "session_end", "six_hours", "open_days", "contaminated",
    ), asks=True),
}  # fmt: skip


def deed_of(reason: str, vials: int) -> str | None:
    """The page on which a movement for this reason is written; None for those that only a count explains."""
    if reason == "returned":
        return "receive" if vials > 0 else "issue"
    return next((name for name, deed in DEEDS.items() if reason in deed.reasons), None)


def movement_body(name: str, holding: ExpiringStock | None, typed: Mapping[str, Any]) -> dict[str, Any]:
    """The body of the entry. `typed` has vials and doses as people say them (not signed); for what comes in also
    state, thawed_on and vvm, of a release to_state, of a thaw to_thawed_on. Raises Refused (`field.missing`).
    """
    deed = DEEDS[name]
    reason = typed.get("reason") or ("" if deed.asks else deed.reasons[0])
    if reason not in deed.reasons:
        raise Refused(fault("field.missing", "reason"))
    sign = 1 if deed.comes_in else -1
    body = {
        key: typed.get(key) for key in ("counterpart", "document", "note", "fefo_code", "fefo_reason", "vvm")
    }
    body |= {"reason": reason, "vials": sign * (typed.get("vials") or 0)}
    if typed.get("doses"):
        body["doses"] = sign * typed["doses"]
    if holding is None:
        return body | {"state": typed.get("state"), "thawed_on": typed.get("thawed_on")}
    body |= _where(holding)
    if name == "thaw":
        body |= {"to_state": "thawed", "to_thawed_on": typed.get("to_thawed_on")}
    elif name == "quarantine":
        body |= {"to_state": "quarantined", "to_opened_on": body["opened_on"]}
    elif name == "release":
        body |= {"to_state": typed.get("to_state"), "to_opened_on": body["opened_on"]}
    return body


def needs_a_reason(held: Sequence[ExpiringStock], chosen: ExpiringStock, vials: int) -> bool:
    """Whether something usable of the item expires earlier and would be left standing (R009)."""
    offered = [
        Offered(stock.holding_id, stock.item_id, stock.expiry, stock.vials)
        for stock in held
        if stock.item_id == chosen.item_id and (stock.holding_id == chosen.holding_id or _may_go(stock))
    ]
    return bool(passed_over(offered, {chosen.holding_id: vials}))


def reasons_for(name: str, state: str | None) -> list[str]:
    """The reasons a page offers for a holding in a state: opened vials have their own."""
    reasons = list(DEEDS[name].reasons)
    if name != "discard" or state is None:
        return reasons
    of_opened = OPEN_VIAL | {"expired", "broken", "lost", "vvm", "heat", "recalled"}
    return [
        reason for reason in reasons if (reason in of_opened if state == "opened" else reason in CLOSED_VIAL)
    ]


def _may_go(stock: ExpiringStock) -> bool:
    return stock.vials > 0 and why_unusable(stock.state, stock.hold, stock.days_left, stock.vvm) is None


def _where(holding: ExpiringStock) -> dict[str, Any]:
    return {
        "state": holding.state,
        "thawed_on": holding.thawed_on.isoformat() if holding.thawed_on else None,
        "opened_on": holding.opened_on.isoformat() if holding.opened_on else None,
    }
