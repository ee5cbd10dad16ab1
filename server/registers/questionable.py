"""What of an area's records is in doubt, and what could not be read: which, and how many (R044).

A doubt about a dose is shown to whoever sees the person's village or the site; one about a holding, to whoever sees
its site; one about an entry to whoever sees its place; what a device sent and could not be read to whoever sees its
user's place.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from server.accounts.models import Device, UserPlace
from server.indicators.areas import area_table
from server.ledger.models import Conflict, EntryFlag, EntryRow, HeldEntry, Quarantine
from server.registers.safety import DoseDoubt, SessionDoubt
from server.stock.models import StockBalance, StockMovement
from shared.clock import VIETNAM

#: Doubts by where they stand, each in the order of the list. Codes are faults (`shared/faults.csv`).
OF_DOSES = (
    "dose.twice", "dose.after_expiry", "dose.too_early", "dose.wrong_age", "dose.not_open", "dose.mixed",
    "dose.former_missing", "dose.against_screening", "dose.home_not_eligible", "dose.back_dated",
)  # fmt: skip
OF_SESSIONS = ("session.doses_exceed", "session.not_observed")
OF_HOLDINGS = ("stock.negative",)
OF_ENTRIES = ("clock.suspect", "date.in_future", "scope.outside")
#: Not faults but records: fields to settle, records refused, records no version here can read yet.
OF_RECORDS = ("conflict", "quarantined", "held")

DOUBTS = (*OF_SESSIONS, *OF_DOSES, *OF_HOLDINGS, *OF_ENTRIES, *OF_RECORDS)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which doubts: of these places (villages, sites, whatever users answer for), between two days included."""

    places: Collection[str]
    since: date | None = None
    until: date | None = None


def count_doubts(connection: Connection, asked: Asked) -> dict[str, int]:
    """Doubt -> how many there are, of every doubt."""
    found = dict.fromkeys(DOUBTS, 0)
    for code in (DoseDoubt.code, SessionDoubt.code, EntryFlag.code):
        told = _BY_CODE[code](asked, connection).add_columns(code, func.count()).group_by(code)
        found |= {row[-2]: int(row[-1]) for row in connection.execute(told) if row[-2] in found}
    for name in (*OF_HOLDINGS, *OF_RECORDS):
        found[name] = int(connection.scalar(source(name, asked, connection).add_columns(func.count())) or 0)
    return found


def count_by_place(connection: Connection, code: str, asked: Asked) -> list[tuple[str, int]]:
    """(place, doubts) of one doubt, the most first: the site of a dose, session or holding, else the entry's place."""
    place = _PLACE[code]
    query = source(code, asked, connection).add_columns(place, func.count()).group_by(place)
    found = [(row[-2], int(row[-1])) for row in connection.execute(query) if row[-2]]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def _inside(connection: Connection, places: Collection[str]) -> Any:
    """Ids of these places, as something to be `IN`."""
    return select(area_table(connection, dict.fromkeys(places, "")).c.village_id)


def _of_doses(asked: Asked, connection: Connection) -> Select[Any]:
    inside = _inside(connection, asked.places)
    query = select().select_from(DoseDoubt)
    query = query.where(or_(DoseDoubt.village_id.in_(inside), DoseDoubt.site_id.in_(inside)))
    return query.where(*_between(DoseDoubt.given_on, asked))


def _of_sessions(asked: Asked, connection: Connection) -> Select[Any]:
    query = select().select_from(SessionDoubt)
    query = query.where(SessionDoubt.site_id.in_(_inside(connection, asked.places)))
    return query.where(*_between(SessionDoubt.held_on, asked))


def _of_holdings(asked: Asked, connection: Connection) -> Select[Any]:
    """Holdings of which the book says that more went out than there was."""
    query = select().select_from(StockBalance)
    query = query.where(StockBalance.site_id.in_(_inside(connection, asked.places)))
    query = query.where(or_(StockBalance.vials < 0, StockBalance.doses < 0))
    return query.where(*_between(last_moved(), asked))


def _of_entries(asked: Asked, connection: Connection) -> Select[Any]:
    query = select().select_from(EntryFlag).join(EntryRow, EntryRow.id == EntryFlag.entry_id)
    query = query.where(EntryRow.place_id.in_(_inside(connection, asked.places)))
    return query.where(*_between(EntryRow.occurred_on, asked))


def _conflicts(asked: Asked, connection: Connection) -> Select[Any]:
    query = select().select_from(Conflict).join(EntryRow, EntryRow.id == Conflict.winner_id)
    query = query.where(EntryRow.place_id.in_(_inside(connection, asked.places)))
    return query.where(*_between(EntryRow.occurred_on, asked))


def _unread(table: Any, asked: Asked, connection: Connection) -> Select[Any]:
    """Records of devices whose user answers for one of the places."""
    users = select(UserPlace.user_id).where(UserPlace.place_id.in_(_inside(connection, asked.places)))
    query = select().select_from(table).join(Device, Device.id == table.device_id)
    query = query.where(Device.user_id.in_(users))
    if asked.since is not None:
        query = query.where(table.received_at >= _midnight(asked.since))
    if asked.until is not None:
        query = query.where(table.received_at < _midnight(asked.until + timedelta(days=1)))
    return query


_BY_CODE: dict[Any, Any] = {
    DoseDoubt.code: _of_doses,
    SessionDoubt.code: _of_sessions,
    EntryFlag.code: _of_entries,
}


def sort_of(code: str) -> str:
    """Where a doubt stands: doses, sessions, holdings, entries, conflict, quarantined or held."""
    if code in OF_DOSES:
        return "doses"
    if code in OF_SESSIONS:
        return "sessions"
    if code in OF_HOLDINGS:
        return "holdings"
    return "entries" if code in OF_ENTRIES else code


def source(code: str, asked: Asked, connection: Connection) -> Select[Any]:
    """The doubts of one sort that are asked for, without columns yet."""
    if code in OF_DOSES:
        return _of_doses(asked, connection).where(DoseDoubt.code == code)
    if code in OF_SESSIONS:
        return _of_sessions(asked, connection).where(SessionDoubt.code == code)
    if code in OF_HOLDINGS:
        return _of_holdings(asked, connection)
    if code in OF_ENTRIES:
        return _of_entries(asked, connection).where(EntryFlag.code == code)
    if code == "conflict":
        return _conflicts(asked, connection)
    return _unread(Quarantine if code == "quarantined" else HeldEntry, asked, connection)


def user_place() -> ColumnElement[Any]:
    """The first place the device's user answers for."""
    return (
        select(UserPlace.place_id)
        .where(UserPlace.user_id == Device.user_id)
        .order_by(UserPlace.place_id)
        .limit(1)
        .scalar_subquery()
    )


def last_moved() -> ColumnElement[Any]:
    """The last day something of the holding moved."""
    return (
        select(func.max(StockMovement.moved_on))
        .where(StockMovement.holding_id == StockBalance.holding_id, ~StockMovement.idle)
        .correlate(StockBalance)
        .scalar_subquery()
    )


DAY: dict[str, Any] = {
    **dict.fromkeys(OF_DOSES, DoseDoubt.given_on),
    **dict.fromkeys(OF_SESSIONS, SessionDoubt.held_on),
    **dict.fromkeys(OF_HOLDINGS, last_moved()),
    **dict.fromkeys((*OF_ENTRIES, "conflict"), EntryRow.occurred_on),
    "quarantined": Quarantine.received_at,
    "held": HeldEntry.received_at,
}
TIES: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(OF_DOSES, (DoseDoubt.dose_id,)),
    **dict.fromkeys(OF_SESSIONS, (SessionDoubt.session_id, SessionDoubt.about_id)),
    **dict.fromkeys(OF_HOLDINGS, (StockBalance.holding_id,)),
    **dict.fromkeys(OF_ENTRIES, (EntryRow.id,)),
    "conflict": (Conflict.subject_id, Conflict.field, Conflict.loser_id),
    "quarantined": (Quarantine.device_id, Quarantine.digest),
    "held": (HeldEntry.entry_id,),
}
_PLACE: dict[str, Any] = {
    **dict.fromkeys(OF_DOSES, DoseDoubt.site_id),
    **dict.fromkeys(OF_SESSIONS, SessionDoubt.site_id),
    **dict.fromkeys(OF_HOLDINGS, StockBalance.site_id),
    **dict.fromkeys((*OF_ENTRIES, "conflict"), EntryRow.place_id),
    **dict.fromkeys(("quarantined", "held"), user_place()),
}


def _between(day: Any, asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.since is not None:
        found.append(day >= asked.since)
    if asked.until is not None:
        found.append(day <= asked.until)
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)
