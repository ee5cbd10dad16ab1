"""What the stock and session screens show. Quantities are whole vials (or units); expiry days are plain
dates.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mobile.store import places
from mobile.store.project import shown_values
from shared.rules.expiry import bucket, days_left, effective_expiry
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


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """Vials of a lot in one state at a site. `expires_on` is the effective expiry, `days_left` from today.

    `bucket` is expired | within_7 | within_30 | within_60 | later | unknown; `doses` None when the item has
    no doses.
    """

    id: str
    site_id: str
    lot: LotRow
    state: str
    thawed_on: date | None
    vials: int
    doses: int | None
    expires_on: date | None
    days_left: int | None
    bucket: str


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A vaccination session held at a site, with how many doses this phone holds for it."""

    id: str
    site_id: str
    held_on: date
    session_type: str
    point_name: str
    closed: bool
    doses: int


@dataclass(frozen=True, slots=True)
class CountRow:
    """A stock count: as of a day, `lines` counted lines of `of` lines."""

    id: str
    site_id: str
    as_of: date
    lines: int
    of: int


_LOT = """
SELECT l.id AS lot_id, l.lot_number, l.item_id, l.label_expiry, l.revisions, l.hold, i.name_vi, i.name_en,
       i.item_class, i.vaccine, i.unit_vi, i.unit_en, i.doses_per_vial, i.thaw_days
FROM lot l JOIN item i ON i.id = l.item_id
"""

_SESSION = """
SELECT s.*, (SELECT count(*) FROM dose d WHERE d.session_id = s.id AND d.corrected_by IS NULL) AS doses FROM
session s
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
        " WHERE b.site_id = :site AND (:with_empty OR b.vials <> 0)",
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


def usable(holding: HoldingRow) -> bool:
    """Whether vials of a holding may be used: some are there, not on hold, not quarantined, not expired
    (L27).
    """
    return (
        holding.vials > 0
        and holding.lot.hold is None
        and holding.state != "quarantined"
        and (holding.days_left is None or holding.days_left >= 0)
    )


def sessions(store: Store, site: str | None = None, limit: int = 20) -> list[SessionRow]:
    """Recent sessions, newest first."""
    rows = store.database.rows(
        f"{_SESSION} WHERE :site IS NULL OR s.site_id = :site"
        " ORDER BY s.held_on DESC, s.id DESC LIMIT :limit",
        {"site": site, "limit": limit},
    )
    return [_session(row) for row in rows]


def session(store: Store, session_id: str) -> SessionRow | None:
    """One session, or None."""
    row = store.database.row(f"{_SESSION} WHERE s.id = ?", (session_id,))
    return _session(row) if row else None


def session_values(store: Store, session_id: str) -> dict[str, Any]:
    """The recorded fields of a session (villages, lots, team …); empty when this phone does not hold it."""
    shown = shown_values(store.database.connection, "session", session_id)
    return shown.values if shown else {}


def doses_by_lot(store: Store, session_id: str) -> dict[str, int]:
    """Doses of a session that no later entry corrects, by lot id."""
    rows = store.database.rows(
        "SELECT lot_id, count(*) FROM dose WHERE session_id = ? AND corrected_by IS NULL AND lot_id IS NOT NULL"
        " GROUP BY lot_id",
        (session_id,),
    )
    return {row[0]: row[1] for row in rows}


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
    )


def _holding(row: Any, today: date) -> HoldingRow:
    thawed_on = _day(row["thawed_on"])
    expires_on = effective_expiry(
        _day(row["label_expiry"]),
        state=row["state"],
        revisions=json.loads(row["revisions"]),
        thawed_on=thawed_on,
        thaw_days=row["thaw_days"],
    )
    left = days_left(expires_on, today)
    return HoldingRow(
        id=row["holding_id"],
        site_id=row["site_id"],
        lot=_lot(row),
        state=row["state"],
        thawed_on=thawed_on,
        vials=row["vials"],
        doses=row["vials"] * row["doses_per_vial"] if row["doses_per_vial"] else None,
        expires_on=expires_on,
        days_left=left,
        bucket=bucket(left),
    )


def _first_expired(holding: HoldingRow) -> tuple[bool, date, str, str]:
    return holding.expires_on is None, holding.expires_on or date.max, holding.lot.lot_number, holding.id


def _session(row: Any) -> SessionRow:
    return SessionRow(
        id=row["id"],
        site_id=row["site_id"],
        held_on=date.fromisoformat(row["held_on"]),
        session_type=row["session_type"],
        point_name=row["point_name"] or "",
        closed=bool(row["closed"]),
        doses=row["doses"],
    )


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
