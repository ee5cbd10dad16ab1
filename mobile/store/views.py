"""What a register screen is given: one frozen class a row or page.

Ids are UUID text, dates are `date`, texts are as recorded, "" where nothing is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.rules.openings import Openings
from shared.rules.schedule import NextDose, PlannedDose


@dataclass(frozen=True, slots=True)
class VillageSummary:
    """A village of this phone: households, people living there, people due today."""

    id: str
    name: str
    commune: str
    households: int
    people: int
    due: int


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """Two lines and a chip of the household list. `state`: how the house stands in the review, one of
    shared.rules.review.HOUSE_STATES; `revisit_on` what the newest visit agreed on; `unanswered`: members asked about
    without an outcome.
    """

    id: str
    village_id: str
    head_name: str
    lane: str
    address: str
    people: int
    due: int
    last_visited_on: date | None
    state: str
    revisit_on: date | None
    unanswered: int


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list. `age` in whole years today; `next_dose` a dose type or None; `due_on` when it
    falls due; `no_dose` why there is none (a reason of shared.rules.schedule.NextDose).
    """

    id: str
    household_id: str
    village_id: str
    full_name: str
    sex: str
    birth_date: date
    birth_precision: str
    age: int
    relation: str
    residence: str
    cannot_come: str
    contraindication: str
    head_name: str
    next_dose: str | None
    due_on: date | None
    no_dose: str | None
    is_due: bool
    last_outcome: str | None
    last_reason: str | None


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit to a household; `outcomes` are {person, outcome, reason?, appointment_on?, note?}."""

    id: str
    visited_on: date
    visit_type: str
    revisit_on: date | None
    note: str
    outcomes: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class DoseRow:
    """A dose given. `voided` when a later entry corrects it."""

    id: str
    dose_type: str
    vaccine: str
    given_on: date
    lot_number: str
    site_name: str
    at_home: bool
    voided: bool


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote an entry: `mine` on this phone, else somebody who works at `place` (a name); `at` a UTC stamp."""

    mine: bool
    place: str
    at: str


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """Two values written to one field by people who had not seen each other's (L17)."""

    subject: str
    kind: str
    field: str
    shown: Any
    other: Any
    shown_by: Writer
    other_by: Writer


@dataclass(frozen=True, slots=True)
class HouseholdPage:
    """A household with its members, its last visits (newest first, at most 20) and its conflicts."""

    row: HouseholdRow
    values: dict[str, Any]
    members: list[PersonRow]
    visits: list[VisitRow]
    conflicts: list[ConflictRow]


@dataclass(frozen=True, slots=True)
class PersonPage:
    """A person with doses (newest first); `advice` is what shared.rules.schedule says of the next dose and why,
    `planned` what it says of every dose of the series. `merged_into` is the record kept when this one was found to be
    of the same person: only that one is counted and asked about.
    """

    row: PersonRow
    merged_into: str | None
    values: dict[str, Any]
    doses: list[DoseRow]
    advice: NextDose
    planned: list[PlannedDose]
    immunisation: dict[str, Any] | None
    openings: Openings
    conflicts: list[ConflictRow]
