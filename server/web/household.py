"""A household: where it is, its members with what they still lack, and every visit that was made."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.ledger.inspect import history
from server.registers.one_household import HouseVisit, Member, household_row, members_of, visits_of
from server.registers.one_person import disputed
from server.registers.openings import schedule_of_person
from server.settings import current_settings
from server.web import blueprint
from server.web.affairs_communication import national
from server.web.area import area, connection, names_shown, person_name
from server.web.entries import shown_value
from server.web.outreach_area import reason_of, screens
from server.web.person import birth
from server.web.texts import kind_label
from shared.faults import Refused, fault
from shared.rules.schedule import PlannedDose

#: Visits shown at most: a house visited every week for a year is still one page (L20).
VISITS = 60


@blueprint.get("/households/<household_id>")
@login_required
def household(household_id: str) -> ResponseReturnValue:
    """One household of the reader's area."""
    found = household_row(connection(), household_id)
    if found is None or found.village_id not in area().visible:
        raise Refused(fault("scope.hidden"))
    members = [
        m for m in members_of(connection(), household_id, found.village_id) if m.village_id in area().visible
    ]
    visits = visits_of(connection(), household_id, VISITS)
    return render_template(
        "household.html",
        household=found,
        path=area().path(found.village_id),
        members=members,
        due={member.id: _due(member) for member in members},
        visits=visits,
        newest=_newest(visits),
        today=current_settings().clock.today(),
        conflicts=disputed(connection(), household_id),
        history=history(connection(), household_id),
        shown_value=shown_value,
        kind_label=kind_label,
        **person_words(),
    )


def person_words() -> dict[str, Any]:
    """What pages about people say of them."""
    return {
        "person_name": person_name,
        "names_shown": names_shown(),
        "national": national,
        "place_name": area().tree.name,
        "birth": birth,
        "reason_words": reason_of,
    }


def _due(member: Member) -> list[PlannedDose]:
    today = current_settings().clock.today()
    planned = schedule_of_person(connection(), member.id, today, screens=screens()) or []
    return [dose for dose in planned if dose.state == "due"]


def _newest(visits: list[HouseVisit]) -> HouseVisit | None:
    return next((visit for visit in visits if visit.corrected_by is None), None)
