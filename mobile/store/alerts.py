"""What of a site's stock needs somebody today, by the same rule as the pages (`shared.rules.alerts`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mobile.store import commitments, places, risk, stock, transfers
from mobile.store.stock import HoldingRow
from mobile.store.transfers import TransferRow
from shared.rules.alerts import (
    Alert,
    Held,
    Moving,
    Promised,
    in_order,
    of_commitment,
    of_level,
    of_need,
    of_stock,
    of_transfer,
)

if TYPE_CHECKING:
    from mobile.store.store import Store


def alerts(store: Store, site: str) -> list[Alert]:
    """Everything at a site that asks for something, the most pressing first."""
    today = store.clock.today()
    held = [(holding, _held(holding)) for holding in stock.holdings(store, site)]
    used = {(site, item): amount for item, amount in risk.used_lately(store, site).items()}
    people = risk.waiting(store)
    found = of_stock(
        [each for _, each in held],
        used,
        {h.lot.item_id: h.lot.warn_days for h, _ in held},
        today,
        risk.due_days([h.lot for h, _ in held], people),
    )
    usable = [(holding, each) for holding, each in held if each.usable(today)]
    here = places.place(store, site)
    if (
        here is not None and here.level == "station"
    ):  # stores serve nobody, teams take along what stations hold
        vaccines = {holding.lot.vaccine for holding, _ in usable if holding.lot.vaccine}
        found += of_need(site, risk.unserved(people, vaccines, today), 0)
    for item, least in commitments.least_of(store, site).items():
        vials = sum(each.vials for _, each in usable if each.item == item and each.state != "opened")
        found += of_level(site, item, vials, least)
    for row in transfers.transfers(store, site):
        found += [alert for alert in of_transfer(_moving(row), today) if alert.site == site]
    for each in commitments.commitments(store, site):
        promised = Promised(each.id, site, each.item, each.lot, each.use.use_by, each.state, each.surplus)
        found += of_commitment(promised)
    return in_order(found)


def _held(holding: HoldingRow) -> Held:
    doses = holding.vials if holding.doses is None else holding.doses
    return Held(
        holding.site_id, holding.lot.item_id, holding.lot.id, holding.state, holding.vials, doses,
        holding.expires_on, holding.lot.hold, holding.vvm,
    )  # fmt: skip


def _moving(row: TransferRow) -> Moving:
    return Moving(
        row.id, row.source, row.destination, row.stage, row.vials, row.dispatched_on, row.expected_on,
        row.dispatch_by,
    )  # fmt: skip
