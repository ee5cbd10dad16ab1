"""What happened at both ends of a move after it: the facts that outcomes are scored from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Table, case, func, select

from server.database import select_among
from server.places.models import Place
from server.redistribution.absorbing import Fate, UsedLot, could_have_used, fate_of
from server.redistribution.models import DemandForecast, RedistributionGreedy, RedistributionProposal
from server.redistribution.usage import ISSUED, USED, Key, Usage, usage
from server.stock.expiries import expiry_of
from server.stock.models import Item, Lot, StockBalance, StockMovement
from server.stock.transfer_models import Transfer
from server.stock.transfers import Standing, transfers
from shared.rules.movements import CLOSED_VIAL, OPEN_VIAL

_MOVED: Table = StockMovement.__table__  # type: ignore[assignment]
_PROPOSAL: Table = RedistributionProposal.__table__  # type: ignore[assignment]
_GREEDY: Table = RedistributionGreedy.__table__  # type: ignore[assignment]
_FORECAST: Table = DemandForecast.__table__  # type: ignore[assignment]
_BALANCE: Table = StockBalance.__table__  # type: ignore[assignment]

#: Reasons that say a lot's time was over.
_OVER = ("expired", "thaw_limit")


@dataclass(frozen=True, slots=True)
class Moved:
    """One lot of a received transfer that carried out a proposal. Amounts in doses; `closed`: nothing is in transit.

    `greedy` is what the greedy rule had sent of it: (destination, doses, arrival), as a share of its holding.
    """

    transfer_id: str
    line_no: int
    proposal_id: str
    item_id: str
    lot_id: str
    source_id: str
    destination_id: str
    dispatched_on: date
    received_on: date
    expires_on: date
    sent: int
    received: int
    saves: int
    closed: bool
    greedy: tuple[tuple[str, int, date], ...]

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from other lots moved."""
        return self.transfer_id, self.line_no


def moved_in(connection: Connection, province: str, today: date) -> list[Moved]:
    """Lots received in a province by transfers that carried out proposals, in the order they left."""
    query = (
        select(Transfer.id, Transfer.destination_id)
        .join(Place, Place.id == Transfer.destination_id)
        .where(
            Transfer.proposal_id.is_not(None),
            Transfer.dispatched_on.is_not(None),
            Transfer.received_on.is_not(None),
            Place.province_id == province,
        )
    )
    wanted = {row.id: row.destination_id for row in connection.execute(query)}
    standings = [s for s in transfers(connection, set(wanted.values()), today) if s.id in wanted]
    proposed = {
        row.id: row
        for row in select_among(
            connection, select(_PROPOSAL), _PROPOSAL.c.id, [s.row.proposal_id for s in standings]
        )
    }
    shares = _greedy(connection, proposed.values())
    found = []
    for standing in standings:
        for number, line in enumerate(standing.lines, 1):
            if line.standing.dispatched and line.expiry and line.item_id:
                found.append(_moved(standing, number, line, proposed.get(standing.row.proposal_id), shares))
    return sorted(found, key=lambda each: (each.dispatched_on, each.key))


def _moved(
    standing: Standing, number: int, line: Any, proposed: Any, shares: dict[tuple[str, str], Any]
) -> Moved:
    row, told = standing.row, line.standing
    doses = line.doses_per_vial or 1
    sent = told.dispatched * doses
    greedy: list[tuple[str, int, date]] = []
    if proposed is not None and proposed.lot_id == told.lot:
        whole, moves = shares.get((proposed.run_id, proposed.holding_id), (0, ()))
        greedy = [(site, amount * sent // max(whole, sent), on) for site, amount, on in moves]
    return Moved(
        standing.id,
        number,
        row.proposal_id,
        line.item_id,
        told.lot,
        row.source_id,
        row.destination_id,
        row.dispatched_on,
        row.received_on,
        line.expiry,
        sent,
        told.accepted * doses,
        row.saves or 0,
        standing.stage == "closed",
        tuple(greedy),
    )


def _greedy(connection: Connection, proposed: Collection[Any]) -> dict[tuple[str, str], Any]:
    """(run, holding) -> doses proposed of it in all, and greedy's moves of it."""
    runs = sorted({row.run_id for row in proposed})
    whole: Counter[tuple[str, str]] = Counter()
    for row in select_among(connection, select(_PROPOSAL), _PROPOSAL.c.run_id, runs):
        whole[row.run_id, row.holding_id] += row.doses
    moves: dict[tuple[str, str], list[tuple[str, int, date]]] = defaultdict(list)
    found = select_among(connection, select(_GREEDY), _GREEDY.c.run_id, runs)
    for row in sorted(found, key=lambda r: str(r.destination_id)):
        moves[row.run_id, row.holding_id].append((row.destination_id, row.doses, row.arrives_on))
    return {key: (doses, moves.get(key, [])) for key, doses in whole.items()}


@dataclass
class Afterwards:
    """Use, discards and stock of every site concerned. What one move is credited with is not credited to another."""

    today: date
    usage: Usage
    uses: dict[Key, list[UsedLot]]
    leaving: dict[tuple[str, str], list[Any]]
    means: dict[Key, int]
    claimed: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def claim(self, what: str, site: str, item: str, doses: int) -> None:
        """Set aside what was credited before."""
        self.claimed[what, site, item] += doses

    def fate(self, moved: Moved) -> Fate:
        """What became of it at its destination; what was there of the lot before goes first."""
        before = used = discarded = onward = 0
        for row in self.leaving.get((moved.destination_id, moved.lot_id), ()):
            doses = int(row.doses)
            if row.moved_on < moved.received_on:
                before += doses if row.state != "opened" else 0
            elif row.state == "opened":  # of what was opened, what was thrown away was not used
                if row.reason in OPEN_VIAL or row.reason in CLOSED_VIAL:
                    discarded, used = discarded - doses, used + doses
            elif row.reason in USED:
                used -= doses
            elif row.reason in CLOSED_VIAL:
                discarded -= doses
            elif row.reason in ISSUED:
                onward -= doses
        over = moved.expires_on < self.today
        return fate_of(moved.received, max(before, 0), used, discarded, onward, over=over)

    def had_it_stayed(self, moved: Moved) -> int:
        """Doses of it the donor would have used."""
        return self._credit("nothing", moved, moved.source_id, moved.sent, moved.dispatched_on)

    def had_greedy_moved_it(self, moved: Moved, fate: Fate, nothing: int) -> int:
        """Doses of it that would have been used where greedy had sent them; the rest stays with the donor."""
        found = sent = 0
        for site, doses, arrives_on in moved.greedy:
            doses = min(doses, moved.sent - sent)
            sent += doses
            if site == moved.destination_id:
                found += min(doses, fate.used)
            else:
                found += self._credit("greedy", moved, site, doses, arrives_on)
        return found + min(nothing, moved.sent - sent)

    def displaced(self, moved: Moved, fate: Fate) -> int:
        """Doses of other lots of the item that the receiver let expire after these came, as far as these were used."""
        lost = 0
        for (site, lot), rows in self.leaving.items():
            if site == moved.destination_id and lot != moved.lot_id:
                lost -= sum(
                    int(row.doses)
                    for row in rows
                    if row.item_id == moved.item_id
                    and row.reason in _OVER
                    and row.state != "opened"
                    and row.moved_on >= moved.received_on
                )
        key = "displaced", moved.destination_id, moved.item_id
        found = max(min(fate.used, lost - self.claimed[key]), 0)
        self.claimed[key] += found
        return found

    def _credit(self, what: str, moved: Moved, site: str, doses: int, first: date) -> int:
        key = site, moved.item_id
        last = min(self.today - timedelta(days=1), moved.expires_on)
        possible = could_have_used(
            self.uses.get(key, ()),
            self._days_without(key, first, last),
            self.means.get(key, 0),
            moved.expires_on,
            first,
            last,
        )
        found = max(min(doses, possible - self.claimed[what, *key]), 0)
        self.claimed[what, *key] += found
        return found

    def _days_without(self, key: Key, first: date, last: date) -> int:
        days = (last - first).days + 1
        if days <= 0:
            return 0
        used = self.usage.by_key.get(key)
        bits = used.stocked >> (first - self.usage.first).days if used else 0
        return days - (bits & ((1 << days) - 1)).bit_count()


def afterwards(connection: Connection, moved: Iterable[Moved], today: date) -> Afterwards:
    """Read what happened at every site these moves concern, since the first of them left."""
    moves = list(moved)
    ends = {(each.source_id, each.item_id) for each in moves}
    ends |= {(each.destination_id, each.item_id) for each in moves}
    ends |= {(site, each.item_id) for each in moves for site, _, _ in each.greedy}
    sites = sorted({site for site, _ in ends})
    first = min(each.dispatched_on for each in moves)
    days = max((today - first).days, 1)
    levels = select_among(connection, select(Place.id, Place.level), Place.id, sites)
    stores = [row.id for row in levels if row.level == "store"]
    rows = _rows(connection, sites, {item for _, item in ends})
    uses: dict[Key, list[UsedLot]] = defaultdict(list)
    leaving: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in rows:
        leaving[row.site_id, row.lot_id].append(row)
        using = ISSUED if row.site_id in stores else USED
        if row.reason in using and row.state != "opened" and row.moved_on >= first and not row.proposed:
            uses[row.site_id, row.item_id].append(UsedLot(row.moved_on, expiry_of(row), -int(row.doses)))
    return Afterwards(
        today, usage(connection, sites, stores, first, days), uses, leaving, _means(connection, ends, first)
    )


def _rows(connection: Connection, sites: Collection[str], items: Collection[str]) -> list[Any]:
    """Movements of these items at these sites, signed doses, with what the holding's expiry depends on."""
    counted = (_MOVED.c.state == "opened") & (_MOVED.c.doses != 0)
    per_vial = Item.__table__.c.doses_per_vial
    query = (
        select(
            _MOVED.c.site_id, _MOVED.c.lot_id, _MOVED.c.state, _MOVED.c.thawed_on, _MOVED.c.opened_on, _MOVED.c.reason,
            _MOVED.c.moved_on, _BALANCE.c.vvm, _BALANCE.c.vvm_on, Lot.item_id, Lot.label_expiry, Lot.revisions,
            Item.thaw_days, Item.open_vial_hours, Item.open_vial_days, Item.open_vial_rule,
            case((counted, _MOVED.c.doses), else_=_MOVED.c.vials * func.coalesce(per_vial, 1)).label("doses"),
            (func.coalesce(Transfer.purpose, "supply") != "supply").label("proposed"),
        )
        .join(Lot, Lot.id == _MOVED.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .outerjoin(_BALANCE, _BALANCE.c.holding_id == _MOVED.c.holding_id)
        .outerjoin(Transfer, Transfer.id == _MOVED.c.transfer_id)
        .where(_MOVED.c.idle.is_(False))
    )  # fmt: skip
    wanted = frozenset(items)
    return [row for row in select_among(connection, query, _MOVED.c.site_id, sites) if row.item_id in wanted]


def _means(connection: Connection, ends: Collection[Key], first: date) -> dict[Key, int]:
    """Thousandths of a dose a day each site was expected to use, by the last forecast before the first move."""
    query = select(_FORECAST.c.site_id, _FORECAST.c.item_id, _FORECAST.c.made_on, _FORECAST.c.mean_milli)
    rows = select_among(connection, query, _FORECAST.c.site_id, sorted({site for site, _ in ends}))
    found: dict[Key, tuple[date, int]] = {}
    for row in rows:
        key = row.site_id, row.item_id
        if key in ends and row.made_on <= first and (key not in found or row.made_on > found[key][0]):
            found[key] = row.made_on, row.mean_milli
    return {key: mean for key, (_, mean) in found.items()}
