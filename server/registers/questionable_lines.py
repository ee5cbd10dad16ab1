"""The lines of a list of doubts, a page at a time: what each is about, and what is wrong (R044)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Select, case, null, select

from server.accounts.models import Device, User
from server.ledger.models import Conflict, EntryFlag, EntryRow, HeldEntry, Quarantine
from server.registers.models import Person
from server.registers.questionable import DAY, TIES, Asked, last_moved, sort_of, source, user_place
from server.registers.safety import DoseDoubt, SessionDoubt
from server.stock.models import Lot, StockBalance, StockMovement
from shared.clock import VIETNAM
from shared.faults import Fault


@dataclass(frozen=True, slots=True)
class Line:
    """One doubt. `entry_id` opens it (None: never accepted); `kind` is of its record; `why` says what is wrong.

    `person_id`, `full_name`, `village_id`: whom it is about; `what`: a lot's number, a field's name, a version.
    """

    day: date
    place_id: str | None
    entry_id: str | None
    kind: str
    person_id: str | None = None
    full_name: str | None = None
    village_id: str | None = None
    household_id: str | None = None
    what: str | None = None
    author: str | None = None
    why: tuple[Fault, ...] = field(default=())


def doubts(connection: Connection, code: str, asked: Asked, *, offset: int, limit: int) -> list[Line]:
    """The doubts of one sort, the newest first."""
    query = source(code, asked, connection)
    order = DAY[code].desc()
    query = query.order_by(order, *TIES[code]).offset(offset).limit(limit)
    found: list[Line] = _LISTED[sort_of(code)](connection, query)
    return found


def _dose_lines(connection: Connection, query: Select[Any]) -> list[Line]:
    query = query.join(Person, Person.id == DoseDoubt.person_id).add_columns(
        DoseDoubt.given_on,
        DoseDoubt.site_id,
        DoseDoubt.dose_id,
        DoseDoubt.person_id,
        Person.full_name,
        Person.village_id,
        DoseDoubt.code,
        DoseDoubt.params,
    )
    return [
        Line(
            row.given_on,
            row.site_id,
            row.dose_id,
            "dose",
            row.person_id,
            row.full_name,
            row.village_id,
            why=(_fault(row.code, row.params),),
        )
        for row in connection.execute(query)
    ]


def _session_lines(connection: Connection, query: Select[Any]) -> list[Line]:
    opened = (
        select(EntryRow.id)
        .where(EntryRow.subject_id == SessionDoubt.session_id, EntryRow.kind == "session")
        .order_by(EntryRow.received_at.desc(), EntryRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = query.outerjoin(Lot, Lot.id == SessionDoubt.about_id).add_columns(
        SessionDoubt.held_on,
        SessionDoubt.site_id,
        opened.label("entry_id"),
        Lot.lot_number,
        SessionDoubt.code,
        SessionDoubt.params,
    )
    return [
        Line(
            row.held_on,
            row.site_id,
            row.entry_id,
            "session",
            what=row.lot_number,
            why=(_fault(row.code, row.params),),
        )
        for row in connection.execute(query)
    ]


def _holding_lines(connection: Connection, query: Select[Any]) -> list[Line]:
    """Holdings below zero, each with the entry that last took something out of it."""
    opened = (
        select(StockMovement.entry_id)
        .where(
            StockMovement.holding_id == StockBalance.holding_id,
            StockMovement.vials <= 0,
            ~StockMovement.idle,
        )
        .order_by(StockMovement.moved_on.desc(), StockMovement.entry_id.desc())
        .limit(1)
        .correlate(StockBalance)
        .scalar_subquery()
    )
    query = query.outerjoin(Lot, Lot.id == StockBalance.lot_id).add_columns(
        last_moved().label("moved_on"),
        StockBalance.site_id,
        opened.label("entry_id"),
        Lot.lot_number,
        StockBalance.vials,
    )
    return [
        Line(
            row.moved_on,
            row.site_id,
            row.entry_id,
            "stock_movement",
            what=row.lot_number,
            why=(Fault("stock.negative", params={"vials": row.vials}),),
        )
        for row in connection.execute(query)
    ]


def _entry_lines(connection: Connection, query: Select[Any]) -> list[Line]:
    query = query.outerjoin(User, User.id == EntryRow.author_id).add_columns(
        EntryRow.occurred_on,
        EntryRow.place_id,
        EntryRow.id,
        EntryRow.kind,
        User.full_name,
        EntryFlag.code,
        EntryFlag.params,
    )
    return [
        Line(
            row.occurred_on,
            row.place_id,
            row.id,
            row.kind,
            author=row.full_name,
            why=(_fault(row.code, row.params),),
        )
        for row in connection.execute(query)
    ]


def _conflict_lines(connection: Connection, query: Select[Any]) -> list[Line]:
    query = query.outerjoin(Person, Person.id == Conflict.subject_id).add_columns(
        EntryRow.occurred_on,
        EntryRow.place_id,
        EntryRow.id,
        Conflict.kind,
        Person.id.label("person_id"),
        Person.full_name,
        Person.village_id,
        case((Conflict.kind == "household", Conflict.subject_id), else_=null()).label("household_id"),
        Conflict.field,
    )
    return [Line(*row) for row in connection.execute(query)]


def _quarantined_lines(connection: Connection, query: Select[Any]) -> list[Line]:
    query = query.outerjoin(User, User.id == Device.user_id).add_columns(
        Quarantine.received_at,
        user_place().label("place_id"),
        Quarantine.payload,
        Quarantine.faults,
        User.full_name,
    )
    return [
        Line(
            _day(row.received_at),
            row.place_id,
            None,
            _kind_of(row.payload),
            author=row.full_name,
            why=tuple(
                Fault(told["code"], told.get("field"), told.get("params") or {})
                for told in orjson.loads(row.faults)
            ),
        )
        for row in connection.execute(query)
    ]


def _held_lines(connection: Connection, query: Select[Any]) -> list[Line]:
    query = query.outerjoin(User, User.id == Device.user_id).add_columns(
        HeldEntry.received_at,
        user_place().label("place_id"),
        HeldEntry.kind,
        HeldEntry.version,
        User.full_name,
    )
    return [
        Line(
            _day(row.received_at),
            row.place_id,
            None,
            row.kind,
            what=str(row.version),
            author=row.full_name,
        )
        for row in connection.execute(query)
    ]


_LISTED: dict[str, Any] = {
    "doses": _dose_lines,
    "sessions": _session_lines,
    "holdings": _holding_lines,
    "entries": _entry_lines,
    "conflict": _conflict_lines,
    "quarantined": _quarantined_lines,
    "held": _held_lines,
}


def _fault(code: str, params: str) -> Fault:
    return Fault(code, params=orjson.loads(params))


def _kind_of(payload: str) -> str:
    """The kind a refused record says it is of; "" when it says nothing readable."""
    try:
        told = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return ""
    kind = told.get("kind") if isinstance(told, dict) else None
    return kind if isinstance(kind, str) else ""


def _day(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()
