"""The mobile team's route: people who cannot come to a vaccination point, or asked for transport (R023, R087)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, func, select
from sqlalchemy.orm import aliased

from server.database import select_among
from server.indicators.definitions import PRESENT
from server.registers.models import Household, Immunisation, Person, Visit, VisitOutcome
from shared.rules.openings import Openings
from shared.rules.schedule import PlannedDose, schedule_of


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody to go to: cannot come, or asked for transport, and a dose is due. `due`: the doses, soonest first."""

    id: str
    full_name: str
    birth_date: date
    birth_precision: str
    sex: str
    phone: str | None
    guardian_phone: str | None
    village_id: str
    household_id: str
    head_name: str | None
    lane: str | None
    address: str | None
    cannot_come: str | None
    transport_need: bool
    outcome: str | None
    visited_on: date | None
    appointment_on: date | None
    due: tuple[PlannedDose, ...]


def route(connection: Connection, villages: Collection[str], openings: Openings, on: date) -> list[Stop]:
    """People present who cannot come to a point (R023) or asked for transport (R087), and lack a due dose.

    Unordered: whoever shows them knows the order of villages. An infection puts nobody on or off the list for
    readers to tell: only due doses are named.
    """
    people = {row["id"]: row for row in _may_need(connection, villages)}
    newest = _newest_of(connection, list(people))
    found = []
    for id_, row in people.items():
        last = newest.get(id_, {})
        if not (row["cannot_come"] or last.get("transport_need")):
            continue
        had = row if row["person_id"] else None
        due = tuple(dose for dose in schedule_of(row, had, on, openings) if dose.state == "due")
        if due:
            found.append(_stop(row, last, due))
    return found


def _stop(row: Mapping[str, Any], last: Mapping[str, Any], due: tuple[PlannedDose, ...]) -> Stop:
    columns = (
        "id", "full_name", "birth_date", "birth_precision", "sex", "phone", "guardian_phone", "village_id",
        "household_id", "head_name", "lane", "address", "cannot_come",
    )  # fmt: skip
    told: dict[str, Any] = {name: row[name] for name in columns}
    return Stop(
        **told,
        transport_need=bool(last.get("transport_need")),
        outcome=last.get("outcome"),
        visited_on=last.get("visited_on"),
        appointment_on=last.get("appointment_on"),
        due=due,
    )


def _may_need(connection: Connection, villages: Collection[str]) -> list[dict[str, Any]]:
    """Persons flagged, and those any visit said needs transport, each with household and immunisation."""
    had = [column for column in Immunisation.__table__.c if column.name != "person_id"]
    query = (
        select(
            Person.__table__,
            Household.head_name,
            Household.lane,
            Household.address,
            Immunisation.person_id,
            *had,
        )
        .outerjoin(Household, Household.id == Person.household_id)
        .outerjoin(Immunisation, Immunisation.person_id == Person.id)
        .where(Person.merged_into.is_(None), Person.residence.in_(PRESENT))
    )
    asked = select(func.coalesce(Person.merged_into, Person.id)).join(
        VisitOutcome, and_(VisitOutcome.person_id == Person.id, VisitOutcome.transport_need)
    )
    flagged = query.where(Person.village_id.in_(villages), Person.cannot_come.is_not(None))
    carried = query.where(Person.village_id.in_(villages), Person.id.in_(asked))
    rows = [*connection.execute(flagged), *connection.execute(carried)]
    return [row._asdict() for row in rows]


def _newest_of(connection: Connection, persons: Collection[str]) -> dict[str, dict[str, Any]]:
    """Person -> the newest outcome of any of their records in their village, as `newest_outcomes` has it."""
    kept = aliased(Person)
    query = (
        select(
            kept.id.label("kept"),
            VisitOutcome.outcome,
            VisitOutcome.transport_need,
            VisitOutcome.appointment_on,
            Visit.visited_on,
            Visit.id,
        )
        .join(Person, Person.id == VisitOutcome.person_id)
        .join(kept, kept.id == func.coalesce(Person.merged_into, Person.id))
        .join(
            Visit,
            and_(
                Visit.id == VisitOutcome.visit_id,
                Visit.corrected_by.is_(None),
                Visit.village_id == kept.village_id,
            ),
        )
    )
    rows = [
        row
        for column in (Person.id, Person.merged_into)
        for row in select_among(connection, query, column, persons)
    ]
    rows.sort(key=lambda row: (row.visited_on, row.id))
    return {row.kept: row._asdict() for row in rows}
