"""What a proposal changes at its two sites, at the use forecast for each: the FEFO identity before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from server.redistribution.expected import steady_until_served
from server.redistribution.proposals import Proposal
from server.stock.expiring import expiring_stock
from shared.rules.at_risk import Stock, at_risk
from shared.rules.need import why_unusable

#: (holding, effective expiry, doses).
_Held = tuple[str, date, int]


@dataclass(frozen=True, slots=True)
class End:
    """A site: doses of the item usable there, forecast use in doses a day ×1000, people still due (None: not known),
    and doses expiring unused there before and after the move.
    """

    site_id: str
    usable: int
    daily_milli: int
    still_due: int | None
    before: int
    after: int


def both_ends(connection: Connection, proposal: Proposal, today: date) -> tuple[End, End]:
    """(giving, receiving) site of a proposal, at its mean forecast. The vials leave and arrive at once here; the plan
    weighs the way and the spread of the forecast as well.
    """
    sites = proposal.source_id, proposal.destination_id
    shelves: dict[str, list[_Held]] = {site: [] for site in sites}
    for stock in expiring_stock(connection, sites, today):
        usable = why_unusable(stock.state, stock.hold, stock.days_left, stock.vvm) is None
        amount = stock.vials if stock.doses is None else stock.doses
        if stock.item_id == proposal.item_id and usable and stock.expiry and amount > 0:
            shelves[stock.site_id].append((stock.holding_id, stock.expiry, amount))
    giving, receiving = ([(expiry, amount) for _, expiry, amount in shelves[site]] for site in sites)
    kept, moved = _taken(shelves[sites[0]], proposal)
    return (
        _end(sites[0], proposal.why.get("from", {}), giving, kept, today),
        _end(sites[1], proposal.why.get("to", {}), receiving, [*receiving, moved], today),
    )


def _taken(held: Iterable[_Held], proposal: Proposal) -> tuple[list[Stock], Stock]:
    """What is left of the giving site's stock, and what moves, with the expiry the holding has today."""
    kept, moved = [], (proposal.expires_on, 0)
    for holding, expiry, amount in held:
        taken = min(amount, proposal.doses) if holding == proposal.holding_id else 0
        kept.append((expiry, amount - taken))
        if taken:
            moved = expiry, taken
    return kept, moved


def _end(
    site: str, told: Mapping[str, Any], before: Sequence[Stock], after: Sequence[Stock], today: date
) -> End:
    daily, due = int(told.get("mean_milli", 0)), told.get("still_due")
    demand = steady_until_served(daily, due, today)
    usable = sum(amount for _, amount in before)
    return End(site, usable, daily, due, at_risk(before, demand), at_risk(after, demand))
