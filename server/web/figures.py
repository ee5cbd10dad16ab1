"""Behind a figure: the people it counts, their doses, and from each dose the entry."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import ColumnElement, and_, not_

from server.indicators import definitions
from server.indicators.coverage import Figures, figures, stale_villages, total
from server.ledger.inspect import history
from server.plans.goals import Goal, goals_of
from server.registers.people import ORDERS, PersonRow, people_where, person_row
from server.registers.queries import doses_of
from server.web import blueprint
from server.web.area import area, connection, names_shown, person_name, seen_place
from server.web.listing import PAGE_ROWS, Paging, Sorting
from server.web.texts import day, kind_label
from shared.faults import Refused, fault

MEASURES = ("people", "absent", "contraindicated", "due", "covered", "to_go")


@blueprint.get("/places/<place_id>/figures/<goal_key>/<measure>")
@login_required
def figure(place_id: str, goal_key: str, measure: str) -> ResponseReturnValue:
    """The people a figure counts at a place."""
    node, seen = seen_place(place_id), area()
    goal = next((g for g in goals_of(connection(), node.province) if g.key == goal_key), None)
    if goal is None or measure not in MEASURES:
        raise Refused(fault("scope.hidden"))
    villages = [v for v in seen.tree.villages(place_id) if v in seen.visible]
    cells = measures(total(figures(connection(), villages).values()).get(goal, Figures()))
    sorting, paging = Sorting.from_address(ORDERS, "name"), Paging.from_address(cells[measure])
    persons = people_where(
        connection(),
        condition(goal, measure),
        villages,
        order=sorting.key,
        descending=sorting.descending,
        offset=paging.offset,
        limit=PAGE_ROWS,
    )
    return render_template(
        "figure.html",
        place=node,
        path=area().path(place_id),
        goal=goal,
        goal_key=goal_key,
        measure=measure,
        measures=MEASURES,
        cells=cells,
        persons=persons,
        doses=doses_of(connection(), [p.id for p in persons]),
        sorting=sorting,
        stale=len(stale_villages(connection(), villages)),
        **_person_words(),
        **paging.words(),
    )


@blueprint.get("/persons/<person_id>")
@login_required
def person(person_id: str) -> ResponseReturnValue:
    """One person: doses and every record about them."""
    found = person_row(connection(), person_id)
    if found is None or found.village_id not in area().visible:
        raise Refused(fault("scope.hidden"))
    return render_template(
        "person.html",
        person=found,
        path=area().path(found.village_id),
        doses=doses_of(connection(), [person_id])[person_id],
        history=history(connection(), person_id),
        kind_label=kind_label,
        **_person_words(),
    )


def measures(found: Figures) -> dict[str, int]:
    """Every measure of a goal's figures by its name."""
    return {
        "people": found.people,
        "absent": found.absent,
        "contraindicated": found.contraindicated,
        "due": found.due,
        "covered": found.covered,
        "to_go": found.due - found.covered,
    }


def condition(goal: Goal, name: str) -> ColumnElement[bool]:
    """Who counts for a measure; to_go is who is due and not covered."""
    counts = definitions.measure(goal, "due" if name == "to_go" else name)
    if name == "to_go":
        counts = and_(counts, not_(definitions.measure(goal, "covered")))
    return and_(definitions.in_age_group(goal), counts)


def birth(person: PersonRow) -> str:
    """The date of birth as precisely as it is known; its year for readers who may not see names."""
    if person.birth_precision == "year" or not names_shown():
        return str(person.birth_date.year)
    if person.birth_precision == "month":
        return f"{person.birth_date:%m/%Y}"
    return day(person.birth_date)


def _person_words() -> dict[str, object]:
    return {
        "person_name": person_name,
        "birth": birth,
        "names_shown": names_shown(),
        "place_name": area().tree.name,
    }
