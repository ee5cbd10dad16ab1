"""What the stock screens show. Quantities are whole vials (or units); expiry days are plain dates.

The queries about sessions are in `sessions` and are given on from here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mobile.store import places
from mobile.store.sessions import SessionRow as SessionRow
from mobile.store.sessions import doses_by_lot as doses_by_lot
from mobile.store.sessions import session as session
from mobile.store.sessions import session_values as session_values
from mobile.store.sessions import sessions as sessions
from shared.rules.dispatching import Offered, passed_over
from shared.rules.expiry import ItemTerms, Term, bucket, days_left, terms
from shared.rules.need import why_unusable
from shared.text.folding import search_key

if TYPE_CHECKING:
    from mobile.store.store import Store


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot of the catalogue with its item. `vaccine` is a code of vaccines.csv or None; `hold` a document
    or None.
    """

    id: str
    lot_number: str
    item_id: str
    item_name_vi: str
    item_name_en: str
    item_class: str
    vaccine: str | None
    unit_vi: str
    unit_en: str
    doses_per_vial: int | None
    label_expiry: date | None
    hold: str | None
    thaw_days: int | None
    open_rule: str | None
    vvm_type: str | None
    warn_days: int | None
    gtin: str | None
    revised: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """Vials of a lot in one state at a site. `expires_on` is the effective expiry, `days_left` from today; `terms` are
    the limits it comes from, the tightest first.

    `bucket` is expired | within_7 | within_30 | within_60 | later | unknown; `doses` None when the item has
    no doses.
    """

    id: str
    site_id: str
    lot: LotRow
    state: str
    thawed_on: date | None
    opened_on: date | None
    vials: int
    doses: int | None
    vvm: int | None
    expires_on: date | None
    days_left: int | None
    bucket: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class CountRow:
    """A stock count: as of a day, `lines` counted lines of `of` lines."""

    id: str
    site_id: str
    as_of: date
    lines: int
    of: int


@dataclass(frozen=True, slots=True)
class ItemName:
    """An item's name and unit; `dosed` when it is counted in doses."""

    name_vi: str
    name_en: str
    unit_vi: str
    unit_en: str
    dosed: bool


_LOT = """
SELECT l.id AS lot_id, l.lot_number, l.item_id, l.label_expiry, l.revisions, l.hold, i.name_vi, i.name_en,
       i.item_class, i.vaccine, i.unit_vi, i.unit_en, i.doses_per_vial, i.thaw_days, i.open_vial_hours,
       i.open_vial_days, i.open_vial_rule, i.vvm_type, i.warn_days, i.gtin
FROM lot l JOIN item i ON i.id = l.item_id
"""


def sites(store: Store) -> list[tuple[str, str]]:
    """(id, name) of the stations, teams and stores of this phone, the user's own first."""
    return [(each.id, each.name) for each in places.my_sites(store)]


def holdings(
    store: Store, site: str, *, with_empty: bool = False, on: date | None = None
) -> list[HoldingRow]:
    """What a site holds by the movements this phone has, first-expired first; empty holdings left out.

    Days left are counted from `on`, today by default.
    """
    rows = store.database.rows(
        f"SELECT b.*, x.* FROM stock_balance b JOIN ({_LOT}) x ON x.lot_id = b.lot_id"
        " WHERE b.site_id = :site AND (:with_empty OR b.vials <> 0 OR b.doses <> 0)",
        {"site": site, "with_empty": with_empty},
    )
    today = on or store.clock.today()
    return sorted((_holding(row, today) for row in rows), key=_first_expired)


def lots(store: Store, query: str = "", vaccine: str | None = None) -> list[LotRow]:
    """Lots of the catalogue whose number or item name holds every word of `query`, accents ignored."""
    found = [_lot(row) for row in store.database.rows(f"{_LOT} ORDER BY i.name_vi, l.lot_number, l.id")]
    words = search_key(query).split()
    return [
        lot
        for lot in found
        if vaccine in (None, lot.vaccine)
        and all(word in search_key(lot.lot_number, lot.item_name_vi, lot.item_name_en) for word in words)
    ]


def lots_for_dose(store: Store, site: str, vaccine: str, on: date | None = None) -> list[HoldingRow]:
    """Usable holdings of a vaccine at a site on a day, first-expired first (FEFO); the first is the one to
    take.

    Left out: empty ones, lots on hold, quarantined or expired stock.
    """
    return [
        holding
        for holding in holdings(store, site, on=on)
        if holding.lot.vaccine == vaccine and usable(holding)
    ]


def why_not(holding: HoldingRow) -> str | None:
    """Why a holding is not usable stock (`shared.rules.need.UNUSABLE`), or None; usable and on hand are two figures
    (L27).
    """
    return why_unusable(holding.state, holding.lot.hold, holding.days_left, holding.vvm)


def usable(holding: HoldingRow) -> bool:
    """Whether vials of a holding may be given today: some are there, not on hold, not quarantined, not expired. Opened
    ones may be, until their own limit; so may a lot whose expiry nobody knows, after all others.
    """
    return holding.vials > 0 and why_not(holding) in (None, "opened", "expiry_unknown")


def out_of_turn(held: Sequence[HoldingRow], taken: Mapping[str, int]) -> set[str]:
    """Lots that vials are taken of although something of their item that expires sooner stays behind (R009).

    `taken`: vials by lot; what is kept of one lot in several ways is used oldest first.
    """
    rest, sent = dict(taken), dict[str, int]()
    for each in held:
        used = min(max(each.vials, 0), rest.get(each.lot.id, 0))
        sent[each.id] = used
        rest[each.lot.id] = rest.get(each.lot.id, 0) - used
    offered = [Offered(each.id, each.lot.item_id, each.expires_on, each.vials) for each in held]
    passed = passed_over(offered, sent)
    return {each.lot.id for each in held if each.id in passed}


def holding(store: Store, site: str, holding_id: str) -> HoldingRow | None:
    """One holding, also when it is empty; None when no movement ever touched it."""
    return next((h for h in holdings(store, site, with_empty=True) if h.id == holding_id), None)


def lot(store: Store, lot_id: str) -> LotRow | None:
    """One lot of the catalogue."""
    row = store.database.row(f"SELECT * FROM ({_LOT}) WHERE lot_id = ?", (lot_id,))
    return _lot(row) if row else None


def item_named(store: Store, item: str) -> ItemName | None:
    """How an item of the catalogue is called and counted."""
    row = store.database.row(
        "SELECT name_vi, name_en, unit_vi, unit_en, doses_per_vial IS NOT NULL FROM item WHERE id = ?",
        (item,),
    )
    return ItemName(row[0], row[1], row[2], row[3], bool(row[4])) if row else None


def last_counted(store: Store, site: str) -> date | None:
    """The day of the newest count of a site that no later one corrects."""
    rows = store.database.rows(
        "SELECT max(as_of) FROM stock_count WHERE site_id = ? AND corrected_by IS NULL", (site,)
    )
    return _day(rows[0][0])


def counts(store: Store, site: str, limit: int = 20) -> list[CountRow]:
    """Recent stock counts of a site that no later one corrects, newest first."""
    rows = store.database.rows(
        "SELECT c.id, c.site_id, c.as_of, count(l.vials), count(*) FROM stock_count c"
        " JOIN stock_count_line l ON l.count_id = c.id WHERE c.site_id = ? AND c.corrected_by IS NULL"
        " GROUP BY c.id ORDER BY c.as_of DESC, c.id DESC LIMIT ?",
        (site, limit),
    )
    return [CountRow(row[0], row[1], date.fromisoformat(row[2]), row[3], row[4]) for row in rows]


def _lot(row: Any) -> LotRow:
    return LotRow(
        id=row["lot_id"],
        lot_number=row["lot_number"],
        item_id=row["item_id"],
        item_name_vi=row["name_vi"],
        item_name_en=row["name_en"],
        item_class=row["item_class"],
        vaccine=row["vaccine"],
        unit_vi=row["unit_vi"],
        unit_en=row["unit_en"],
        doses_per_vial=row["doses_per_vial"],
        label_expiry=_day(row["label_expiry"]),
        hold=row["hold"],
        thaw_days=row["thaw_days"],
        open_rule=row["open_vial_rule"],
        vvm_type=row["vvm_type"],
        warn_days=row["warn_days"],
        gtin=row["gtin"],
        revised=tuple(
            date.fromisoformat(r["expiry"]) for r in json.loads(row["revisions"]) if r.get("expiry")
        ),
    )


def _holding(row: Any, today: date) -> HoldingRow:
    thawed_on, opened_on = _day(row["thawed_on"]), _day(row["opened_on"])
    limits = terms(
        _day(row["label_expiry"]),
        ItemTerms(row["thaw_days"], row["open_vial_hours"], row["open_vial_days"], row["open_vial_rule"]),
        state=row["state"],
        revisions=json.loads(row["revisions"]),
        thawed_on=thawed_on,
        opened_on=opened_on,
        vvm=row["vvm"],
        vvm_on=_day(row["vvm_on"]),
    )
    expires_on = limits[0].last_day if limits else None
    left = days_left(expires_on, today)
    return HoldingRow(
        id=row["holding_id"],
        site_id=row["site_id"],
        lot=_lot(row),
        state=row["state"],
        thawed_on=thawed_on,
        vials=row["vials"],
        opened_on=opened_on,
        doses=_doses(row),
        vvm=row["vvm"],
        expires_on=expires_on,
        days_left=left,
        bucket=bucket(left),
        terms=tuple(limits),
    )


def _doses(row: Any) -> int | None:
    if row["state"] == "opened" and row["doses"]:
        return int(row["doses"])
    return row["vials"] * row["doses_per_vial"] if row["doses_per_vial"] else None


def _first_expired(holding: HoldingRow) -> tuple[bool, date, str, str]:
    return holding.expires_on is None, holding.expires_on or date.max, holding.lot.lot_number, holding.id


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
