"""Communication: what was told, how, and whom it reached; the texts in use; whom a message may be sent to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import ColumnElement, and_, not_, select, true

from server.accounts.exports import log_export
from server.accounts.session import reader
from server.affairs.forces import Activity, activities, contents
from server.affairs.recipients import numbers, reachable, recipients
from server.database import db
from server.indicators import definitions
from server.indicators.outreach import newest_outcomes
from server.interop.tables import csv_bytes
from server.places.order import place_key
from server.places.tree import Node
from server.plans.goals import Goal, goals_of
from server.registers.models import Person
from server.settings import current_settings
from server.web import blueprint
from server.web.affairs_places import district_options
from server.web.area import area, connection, person_name, require, seen_place
from server.web.listing import Paging, Sorting
from server.web.texts import t
from shared.faults import Refused, fault
from shared.records import may_author
from shared.records.communication_log import COMMUNICATION_FORMS
from shared.text.folding import sort_key

#: Whom a message is for: everybody of the age, those still to be given the dose, those who cannot come, those
#: whose last answer was no or not yet.
STATUSES = ("to_go", "due", "people", "cannot_come", "unwilling")

_COLUMNS = ("phone", "name", "whose", "village", "commune")

_KEYS: dict[str, Callable[[Activity], Any]] = {
    "held": lambda activity: activity.held_on,
    "place": lambda activity: place_key(area().tree.name(activity.place_id)),
    "form": lambda activity: activity.form,
    "topic": lambda activity: sort_key(activity.topic),
    "reached": lambda activity: activity.reached,
}


@blueprint.get("/affairs/communication")
@login_required
def communication() -> ResponseReturnValue:
    """Activities with their reach, by form; and the texts people are told."""
    seen, form, district = area(), request.args.get("form", ""), request.args.get("district", "")
    every = [one for one in activities(connection(), seen.visible) if _within(one.place_id, district)]
    shown = [one for one in every if not form or one.form == form]
    sorting, paging = Sorting.from_address(_KEYS, "held", descending=True), Paging.from_address(len(shown))
    totals = {
        code: (
            sum(one.form == code for one in every),
            sum(one.reached or 0 for one in every if one.form == code),
        )
        for code in COMMUNICATION_FORMS
    }
    province = next((root.province for root in seen.roots), "")
    return render_template(
        "affairs_communication.html",
        rows=paging.of(sorting.apply(shown, _KEYS)),
        totals=totals,
        reached=sum(one.reached or 0 for one in shown),
        form=form,
        district=district,
        districts=district_options(),
        contents=contents(connection(), province),
        today=current_settings().clock.today(),
        sorting=sorting,
        place_name=seen.tree.name,
        where=seen.where,
        may_tell=lambda kind: may_author(reader().role, kind),
        **paging.words(),
    )


@blueprint.get("/affairs/communication/recipients")
@login_required
def message_recipients() -> ResponseReturnValue:
    """How many people of a status can be written to, and a file of their numbers."""
    require("messages")
    asked = _asked()
    return render_template(
        "affairs_recipients.html",
        reach=reachable(connection(), asked.condition, asked.villages),
        place=asked.place,
        places=_communes(),
        goal=asked.goal,
        goals=asked.goals,
        status=asked.status,
        statuses=STATUSES,
    )


@blueprint.post("/affairs/communication/recipients")
@login_required
def message_recipients_file() -> ResponseReturnValue:
    """The file: one line a number, with names for readers who may see them. Who took it is written down."""
    require("messages")
    asked = _asked()
    found = numbers(recipients(connection(), asked.condition, asked.villages))
    tree = area().tree
    rows = [
        [
            national(one.phone),
            person_name(one.full_name),
            t("recipients.guardian") if one.to_guardian else "",
            tree.name(one.village_id),
            area().where(one.village_id),
        ]
        for one in found
    ]
    data = csv_bytes([t(f"recipients.column.{name}") for name in _COLUMNS], rows)
    log_export(
        connection(), reader().id, "messages", asked.place.id, len(rows), data, current_settings().clock
    )
    db.session.commit()
    disposition = f'attachment; filename="tungnha-tin-nhan-{asked.status}.csv"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(data, content_type="text/csv; charset=utf-8", headers=headers)


class _Asked:
    """What the address (or form) asks for: a place in sight, a goal, a status."""

    def __init__(self) -> None:
        seen, values = area(), request.values
        self.place: Node = seen_place(values.get("place", "")) if values.get("place") else seen.roots[0]
        today = current_settings().clock.today()
        self.goals: Sequence[Goal] = goals_of(connection(), self.place.province, today)
        self.goal = next((g for g in self.goals if g.key == values.get("goal")), next(iter(self.goals), None))
        status = values.get("status", "to_go")
        if status not in STATUSES:
            raise Refused(fault("scope.hidden"))
        self.status = status
        self.villages = [v for v in seen.tree.villages(self.place.id) if v in seen.visible]

    @property
    def condition(self) -> ColumnElement[bool]:
        """Who is meant."""
        return status_condition(self.status, self.goal, self.villages)


def _asked() -> _Asked:
    if not area().roots:
        raise Refused(fault("scope.hidden"))
    return _Asked()


def status_condition(status: str, goal: Goal | None, villages: Sequence[str]) -> ColumnElement[bool]:
    """Who is of a status, as a condition on Person and Immunisation; without a goal, whatever the age."""
    group = definitions.in_age_group(goal) if goal else true()
    if status == "cannot_come":
        return and_(group, Person.cannot_come.is_not(None))
    if status == "unwilling":
        newest = newest_outcomes(villages)
        unwilling = select(newest.c.person_id).where(newest.c.outcome.in_(("refused", "hesitant")))
        return and_(group, Person.id.in_(unwilling))
    if goal is None:
        return true()
    if status == "to_go":
        due, covered = (definitions.measure(goal, name) for name in ("due", "covered"))
        return and_(group, due, not_(covered))
    return and_(group, definitions.measure(goal, status))


def national(phone: str) -> str:
    """+84912345678 as it is dialled here: 0912345678."""
    return f"0{phone[3:]}" if phone.startswith("+84") else phone


def _communes() -> list[tuple[str, str]]:
    seen = area()
    nodes = [
        *seen.roots,
        *(n for n in (*seen.at_level("district"), *seen.at_level("commune")) if n not in seen.roots),
    ]
    return [(node.id, ", ".join(filter(None, (node.name, seen.where(node.id))))) for node in nodes]


def _within(place_id: str, district: str) -> bool:
    return not district or any(node.id == district for node in area().tree.path(place_id))
