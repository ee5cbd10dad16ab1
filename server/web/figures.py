"""Behind a figure: the people it counts and their doses, each with its entry."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import ColumnElement, and_, not_

from server.indicators import definitions
from server.indicators.figures import Figures, figures, total
from server.indicators.refreshing import stale_villages
from server.plans.goals import Goal, every_goal
from server.registers.people import ORDERS, people_where
from server.registers.queries import doses_of
from server.web import blueprint
from server.web.area import area, connection, names_shown, person_name
from server.web.choices import choice
from server.web.listing import PAGE_ROWS, Paging, Sorting
from server.web.person import birth
from server.web.standing import chosen_figure_url, own_province
from shared.faults import Refused, fault

MEASURES = ("people", "absent", "contraindicated", "due", "covered", "to_go")


@blueprint.get("/places/<place_id>/figures/<goal_key>/<measure>")
@login_required
def figure(place_id: str, goal_key: str, measure: str) -> ResponseReturnValue:
    """The people a figure counts at a place of either hierarchy; figures of a past day have no list."""
    chosen = choice()
    node = chosen.node(place_id)
    goals = every_goal(connection(), own_province(chosen, node))
    goal = next((g for g in goals if g.key == goal_key), None)
    if goal is None or measure not in MEASURES or chosen.past:
        raise Refused(fault("scope.hidden"))
    villages = chosen.villages(node.id)
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
        path=chosen.path(node.id),
        chosen=chosen,
        figure_url=chosen_figure_url(chosen),
        goal=goal,
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


def _person_words() -> dict[str, object]:
    return {
        "person_name": person_name,
        "birth": birth,
        "names_shown": names_shown(),
        "place_name": area().tree.name,
    }
