"""The records behind a report's cell (R002), and those that were received after the cell was counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Table, select

from server.database import select_among
from server.ledger.models import EntryRow
from server.registers.models import Dose, Visit
from server.registers.safety import Reaction, Screening
from server.reports.counting import Campaigns
from server.reports.people import contacts, doses_given
from server.reports.reactions import reactions_of
from server.reports.units import Unit
from server.stock.amounts import moved_doses
from server.stock.models import Item, Lot, StockMovement
from shared.reporting.counting import stock_cell
from shared.rules.periods import Period
from shared.rules.report_cells import Cell

_DOSE: Table = Dose.__table__  # type: ignore[assignment]
_VISIT: Table = Visit.__table__  # type: ignore[assignment]
_SCREENING: Table = Screening.__table__  # type: ignore[assignment]
_REACTION: Table = Reaction.__table__  # type: ignore[assignment]
_MOVEMENT: Table = StockMovement.__table__  # type: ignore[assignment]
_ENTRY: Table = EntryRow.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A record that counts in a cell. `detail` is a dose type, an outcome, a reason or a severity.

    `amount` is what it adds: a dose, a person, a case, or doses of vaccine. `vaccine` is "" where it names none.
    `indicators` are those a screening or visit counts in.
    """

    entry_id: str
    kind: str
    on: date
    place_id: str
    person_id: str | None
    vaccine: str
    detail: str
    amount: int
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Late:
    """A record received after its figures had been counted."""

    entry_id: str
    kind: str
    unit_id: str
    received_at: datetime


def evidence(connection: Connection, unit: Unit, period: Period, cell: Cell) -> list[Evidence]:
    """The records of a cell, by day. What no record tells (filled in by hand) has none."""
    campaigns = Campaigns(connection, {unit.province_id})
    used: dict[date, set[str]] = {}
    doses = list(_doses(connection, unit, period))
    for dose in doses:
        used.setdefault(dose.on, set()).add(dose.vaccine)
    kept = [
        found
        for found in _sources(cell.indicator, doses)(connection, unit, period)
        if _counts(found, cell) and _in_row(found, cell, campaigns, unit, used)
    ]
    return sorted(kept, key=lambda found: (found.on, found.entry_id))


def late_records(
    connection: Connection, units: Sequence[Unit], period: Period, counted_at: Mapping[str, datetime]
) -> list[Late]:
    """Records of the period (and corrections of such) received after their unit's count, by time of receipt."""
    by_place = {place: unit for unit in units for place in unit.places}
    since = min(counted_at.values())
    found: dict[str, Late] = {}
    for kind, table, place, day in _RECORDS:
        columns = table.c
        told = (
            columns.entry_id if "entry_id" in columns else columns.id
        )  # one entry may move several holdings
        own = (
            select(told, columns[place].label("place_id"), _ENTRY.c.kind, _ENTRY.c.received_at)
            .join(_ENTRY, _ENTRY.c.id == told)
            .where(columns[day].between(period.first, period.last), _ENTRY.c.received_at > since)
        )
        queries = [own]
        if "corrected_by" in columns:
            queries.append(
                select(
                    columns.corrected_by,
                    columns[place].label("place_id"),
                    _ENTRY.c.kind,
                    _ENTRY.c.received_at,
                )
                .join(_ENTRY, _ENTRY.c.id == columns.corrected_by)
                .where(columns[day].between(period.first, period.last), _ENTRY.c.received_at > since)
            )
        for query in queries:
            for row in select_among(connection, query, columns[place], sorted(by_place)):
                unit = by_place[row.place_id]
                if unit.id in counted_at and row.received_at > counted_at[unit.id]:
                    found[row[0]] = Late(row[0], row.kind or kind, unit.id, row.received_at)
    return sorted(found.values(), key=lambda late: (late.received_at, late.entry_id))


#: Kind, table, and the columns that say where and when it counts.
_RECORDS: tuple[tuple[str, Table, str, str], ...] = (
    ("dose", _DOSE, "site_id", "given_on"),
    ("visit", _VISIT, "village_id", "visited_on"),
    ("screening", _SCREENING, "site_id", "screened_on"),
    ("reaction", _REACTION, "place_id", "onset_on"),
    ("stock_movement", _MOVEMENT, "site_id", "moved_on"),
)

_Source = Callable[[Connection, Unit, Period], Iterator[Evidence]]


def _sources(indicator: str, doses: Sequence[Evidence]) -> _Source:
    if indicator.startswith("doses."):
        return lambda *_: iter(doses)
    if indicator.startswith("stock_"):
        return _movements
    if indicator.startswith("reactions_"):
        return _reactions
    if indicator == "people_called":
        return lambda connection, unit, period: iter([*doses, *_people(connection, unit, period)])
    return _people


def _counts(found: Evidence, cell: Cell) -> bool:
    """Whether a record of the right sort counts in the indicator."""
    wanted = cell.indicator
    if wanted == "doses.at_home":
        return found.detail.endswith("@home")
    if wanted.startswith("doses.") and wanted != "doses.total":
        return found.detail.removesuffix("@home") == wanted.removeprefix("doses.")
    if wanted.startswith("stock_"):
        return stock_cell(found.detail) == wanted
    if wanted.startswith("reactions_"):
        return (found.detail == "serious") == (wanted == "reactions_severe")
    if wanted.startswith("people_") and wanted != "people_called":
        return wanted in found.indicators
    return True


def _in_row(
    found: Evidence, cell: Cell, campaigns: Campaigns, unit: Unit, used: Mapping[date, set[str]]
) -> bool:
    """Whether it stands in the cell's row; what names no vaccine stands in that of the day's only one."""
    if campaigns.on(unit.province_id, found.on) != cell.campaign:
        return False
    if found.vaccine:
        return found.vaccine == cell.vaccine
    that_day = used.get(found.on) or set().union(*used.values())
    return that_day == {cell.vaccine} if that_day else not cell.vaccine


def _doses(connection: Connection, unit: Unit, period: Period) -> Iterator[Evidence]:
    query = select(
        _DOSE.c.id, _DOSE.c.given_on, _DOSE.c.site_id, _DOSE.c.person_id, _DOSE.c.vaccine, _DOSE.c.dose_type,
        _DOSE.c.at_home,
    ).where(doses_given(period))  # fmt: skip
    for row in select_among(connection, query, _DOSE.c.site_id, sorted(unit.sites)):
        detail = f"{row.dose_type}@home" if row.at_home else row.dose_type
        yield Evidence(row.id, "dose", row.given_on, row.site_id, row.person_id, row.vaccine, detail, 1)


def _people(connection: Connection, unit: Unit, period: Period) -> Iterator[Evidence]:
    by_place = dict.fromkeys(unit.places, unit)
    for contact in contacts(connection, by_place, period):
        if contact.indicators:
            kind = "screening" if contact.screened else "visit"
            yield Evidence(
                contact.entry_id, kind, contact.day, contact.place_id, contact.person_id, "", contact.outcome,
                1, tuple(contact.indicators),
            )  # fmt: skip


def _movements(connection: Connection, unit: Unit, period: Period) -> Iterator[Evidence]:
    query = (
        select(
            _MOVEMENT.c.entry_id, _MOVEMENT.c.moved_on, _MOVEMENT.c.site_id, _MOVEMENT.c.reason, Item.vaccine,
            moved_doses().label("doses"),
        )
        .join(Lot, Lot.id == _MOVEMENT.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(
            _MOVEMENT.c.moved_on.between(period.first, period.last), Item.vaccine.is_not(None), ~_MOVEMENT.c.idle
        )
    )  # fmt: skip
    for row in select_among(connection, query, _MOVEMENT.c.site_id, sorted(unit.sites)):
        yield Evidence(
            row.entry_id,
            "stock_movement",
            row.moved_on,
            row.site_id,
            None,
            row.vaccine,
            row.reason,
            -int(row.doses),
        )


def _reactions(connection: Connection, unit: Unit, period: Period) -> Iterator[Evidence]:
    by_place = dict.fromkeys(unit.places, unit)
    for found in reactions_of(connection, by_place, period):
        yield Evidence(
            found.id, "reaction", found.onset_on, found.place_id, None, found.vaccine or "", found.severity, 1
        )
