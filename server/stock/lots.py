"""Lots: their terms of use and where every vial of one is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import BigInteger, Connection, Table, cast, false, func, or_, select

from server.database import select_among
from server.stock.models import Item, Lot, StockBalance, StockMovement
from server.stock.transfer_models import Transfer, TransferLine
from shared.rules.expiry import ItemTerms, Term, bucket, days_left, terms
from shared.rules.movements import CLOSED_VIAL, INTO_STATE, OPEN_VIAL
from shared.rules.need import why_unusable

_MOVED: Table = StockMovement.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class LotInfo:
    """A lot with its item. `revisions` are {state, term, expiry or days, document}."""

    id: str
    lot_number: str
    maker: str | None
    label_expiry: date | None
    expiry_precision: str | None
    revisions: list[dict[str, Any]]
    hold: str | None
    item_id: str
    province_id: str
    name_vi: str
    name_en: str
    item_class: str
    unit_vi: str
    unit_en: str
    doses_per_vial: int | None
    limits: ItemTerms


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A holding of a lot with every limit on its use, the tightest first, and why it is not usable (or None)."""

    site_id: str
    holding_id: str
    state: str
    thawed_on: date | None
    opened_on: date | None
    vvm: int | None
    vials: int
    doses: int
    terms: tuple[Term, ...]
    days_left: int | None
    bucket: str
    unusable: str | None

    @property
    def last_day(self) -> date | None:
        """The effective expiry; None when it is not known."""
        return self.terms[0].last_day if self.terms else None


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """Vials of a lot between two sites."""

    transfer_id: str
    source_id: str
    destination_id: str
    dispatched_on: date | None
    vials: int
    lost: int


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a lot's vials among some sites; whole vials, every amount as one says it, not signed.

    entered − sent_out + adjusted = on_hand + on_the_way + lost + used + every amount of `discarded` (reason ->
    vials). `on_the_way`: issued between these sites and not received yet, negative when more was received.
    """

    entered: int
    sent_out: int
    adjusted: int
    on_hand: int
    on_the_way: int
    lost: int
    used: int
    discarded: dict[str, int]

    @property
    def opened_waste(self) -> int:
        """Vials discarded after they were opened."""
        return sum(vials for reason, vials in self.discarded.items() if reason in OPEN_VIAL)

    @property
    def closed_waste(self) -> int:
        """Vials discarded that were never opened."""
        return sum(vials for reason, vials in self.discarded.items() if reason in CLOSED_VIAL)


def lots_of(connection: Connection, provinces: Collection[str]) -> list[LotInfo]:
    """Every lot of the catalogues of these provinces, by item and number."""
    query = _lots().where(Item.province_id.in_(provinces)).order_by(Item.name_vi, Lot.lot_number, Lot.id)
    return [_info(row) for row in connection.execute(query)]


def lot_of(connection: Connection, lot_id: str, provinces: Collection[str]) -> LotInfo | None:
    """The lot, or None when these provinces have none of that id."""
    row = connection.execute(_lots().where(Lot.id == lot_id, Item.province_id.in_(provinces))).first()
    return _info(row) if row else None


def whereabouts(
    connection: Connection, lot: LotInfo, sites: Collection[str], today: date
) -> list[Whereabouts]:
    """Every holding of a lot at these sites that is not empty, with its limits; the soonest to end first."""
    query = select(StockBalance.__table__).where(
        StockBalance.lot_id == lot.id, or_(StockBalance.vials != 0, StockBalance.doses != 0)
    )
    rows = select_among(connection, query, StockBalance.__table__.c.site_id, sorted(sites))
    found = [_whereabouts(lot, row, today) for row in rows]
    return sorted(found, key=lambda w: (w.last_day or date.max, -w.vials, w.holding_id))


def on_the_way(connection: Connection, lot_id: str, sites: Collection[str]) -> list[OnTheWay]:
    """Transfers from or to these sites with vials of a lot in transit or lost on the way."""
    query = (
        select(Transfer, TransferLine)
        .join(TransferLine, TransferLine.transfer_id == Transfer.id)
        .where(TransferLine.lot_id == lot_id)
        .with_only_columns(
            Transfer.id, Transfer.source_id, Transfer.destination_id, Transfer.dispatched_on,
            TransferLine.dispatched, TransferLine.accepted, TransferLine.rejected, TransferLine.lost,
            TransferLine.back,
        )
        .order_by(Transfer.dispatched_on, Transfer.id, TransferLine.line_no)
    )  # fmt: skip
    seen = frozenset(sites)
    found = [
        OnTheWay(
            row.id, row.source_id, row.destination_id, row.dispatched_on,
            row.dispatched - row.accepted - row.rejected - row.lost - row.back, row.lost,
        )
        for row in connection.execute(query)
        if row.source_id in seen or row.destination_id in seen
    ]  # fmt: skip
    return [each for each in found if each.vials or each.lost]


def fate(connection: Connection, lot_id: str, sites: Collection[str], ways: Sequence[OnTheWay]) -> Fate:
    """What became of a lot among these sites, from their movements; `ways` as `on_the_way` gives them."""
    counterpart = _MOVED.c.counterpart_id
    named = _MOVED.c.reason, counterpart
    query = (
        select(*named, cast(func.sum(_MOVED.c.vials), BigInteger).label("vials"))
        .where(_MOVED.c.lot_id == lot_id, _MOVED.c.idle == false())
        .group_by(*named)
    )
    inside = frozenset(sites)
    sums = dict.fromkeys(("entered", "sent_out", "adjusted", "between", "used"), 0)
    discarded: dict[str, int] = {}
    for row in select_among(connection, query, _MOVED.c.site_id, sorted(sites)):
        if row.reason in OPEN_VIAL | CLOSED_VIAL:
            discarded[row.reason] = discarded.get(row.reason, 0) - row.vials
        elif row.reason in ("received", "issued", "returned") and row.counterpart_id in inside:
            sums["between"] += row.vials
        elif row.reason in ("received", "opening"):
            sums["entered"] += row.vials
        elif row.reason in ("issued", "returned"):
            sums["sent_out"] -= row.vials
        elif row.reason == "administered":
            sums["used"] -= row.vials
        elif row.reason not in INTO_STATE:
            sums["adjusted"] += row.vials
    lost = sum(way.lost for way in ways if way.source_id in inside and way.destination_id in inside)
    used, wasted = sums["used"], sum(discarded.values())
    hand = sums["entered"] - sums["sent_out"] + sums["adjusted"] + sums["between"] - used - wasted
    return Fate(
        sums["entered"], sums["sent_out"], sums["adjusted"], hand, -sums["between"] - lost, lost, used,
        {reason: vials for reason, vials in discarded.items() if vials},
    )  # fmt: skip


def _lots() -> Any:
    return select(
        Lot.id, Lot.lot_number, Lot.maker, Lot.label_expiry, Lot.expiry_precision, Lot.revisions, Lot.hold,
        Lot.item_id, Item.province_id, Item.name_vi, Item.name_en, Item.item_class, Item.unit_vi, Item.unit_en,
        Item.doses_per_vial, Item.thaw_days, Item.open_vial_hours, Item.open_vial_days, Item.open_vial_rule,
    ).join(Item, Item.id == Lot.item_id)  # fmt: skip


def _info(row: Any) -> LotInfo:
    return LotInfo(
        id=row.id,
        lot_number=row.lot_number,
        maker=row.maker,
        label_expiry=row.label_expiry,
        expiry_precision=row.expiry_precision,
        revisions=orjson.loads(row.revisions),
        hold=row.hold,
        item_id=row.item_id,
        province_id=row.province_id,
        name_vi=row.name_vi,
        name_en=row.name_en,
        item_class=row.item_class,
        unit_vi=row.unit_vi,
        unit_en=row.unit_en,
        doses_per_vial=row.doses_per_vial,
        limits=ItemTerms(row.thaw_days, row.open_vial_hours, row.open_vial_days, row.open_vial_rule),
    )


def _whereabouts(lot: LotInfo, row: Any, today: date) -> Whereabouts:
    found = terms(
        lot.label_expiry,
        lot.limits,
        state=row.state,
        revisions=lot.revisions,
        thawed_on=row.thawed_on,
        opened_on=row.opened_on,
        vvm=row.vvm,
        vvm_on=row.vvm_on,
    )
    left = days_left(found[0].last_day if found else None, today)
    return Whereabouts(
        row.site_id, row.holding_id, row.state, row.thawed_on, row.opened_on, row.vvm, row.vials, row.doses,
        tuple(found), left, bucket(left), why_unusable(row.state, lot.hold, left, row.vvm),
    )  # fmt: skip
