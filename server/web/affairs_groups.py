"""Schools and special places (giam giữ, cai nghiện, bảo trợ xã hội): their people as groups beside the households."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.database import db
from server.places.order import place_key
from server.plans.goals import Goal, goals_of
from server.reports.groups import Counted, Group, group_figures, groups_of
from server.settings import current_settings
from server.web import blueprint
from server.web.affairs_places import district_options
from server.web.affairs_writing import write
from server.web.area import area, connection, seen_place
from server.web.listing import Paging, Sorting
from server.web.texts import t
from shared.faults import Fault, Refused, fault
from shared.records import may_author
from shared.records.place import GROUP_LEVELS, LEVELS
from shared.text.folding import normalise, sort_key

_LONGEST_NAME = 120


@blueprint.get("/affairs/groups")
@login_required
def groups() -> ResponseReturnValue:
    """Group places in sight, with their people against each goal (R034, R049, R071)."""
    return _groups()


@blueprint.post("/affairs/groups")
@login_required
def add_group() -> ResponseReturnValue:
    """Add a school or special place under a commune."""
    if not may_author(reader().role, "place"):
        raise Refused(fault("permission.denied"))
    commune = seen_place(request.form.get("commune", ""))
    level, name = request.form.get("level", ""), normalise(request.form.get("name", ""))
    if level not in GROUP_LEVELS or commune.level != "commune":
        raise Refused(fault("scope.hidden"))
    if not name:
        return _groups([Fault("field.missing", t("special.name"))]), 422
    today = current_settings().clock.today()
    version = {
        "valid_from": today.replace(month=1, day=1).isoformat(),
        "name": name[:_LONGEST_NAME],
        "unit_type": LEVELS[level][0],
        "parent": commune.id,
    }
    write("place", place=commune.province, body={"level": level, "versions": [version]})
    db.session.commit()
    flash(t("special.added", name=name), "good")
    return redirect(url_for("web.groups"))


@blueprint.get("/affairs/groups/<place_id>")
@login_required
def group(place_id: str) -> ResponseReturnValue:
    """One group place: its classes or sections against each goal."""
    node = seen_place(place_id)
    if node.level not in GROUP_LEVELS:
        raise Refused(fault("scope.hidden"))
    goals = _goals()
    found = group_figures(connection(), goals, area().visible, [place_id])
    rows = [one for one in found if one.place_id == place_id]
    sorting = Sorting.from_address(_group_keys(goals), "name")
    return render_template(
        "affairs_group.html",
        place=node,
        path=area().path(place_id),
        goals=goals,
        rows=sorting.apply(rows, _group_keys(goals)),
        total=sum((row.total for row in rows), Counted(0, tuple((0, 0) for _ in goals))),
        levels=LEVELS,
        sorting=sorting,
    )


def _groups(faults: Any = ()) -> str:
    seen, goals = area(), _goals()
    level, district = request.args.get("level", ""), request.args.get("district", "")
    every = [
        node
        for wanted in GROUP_LEVELS
        for node in seen.at_level(wanted)
        if not district or any(up.id == district for up in seen.tree.path(node.id))
    ]
    shown = [node for node in every if not level or node.level == level]
    figures = groups_of(
        group_figures(connection(), goals, seen.visible, [node.id for node in shown]), len(goals)
    )
    keys: dict[str, Callable[[Any], Any]] = {
        "name": lambda node: sort_key(node.name),
        "place": lambda node: place_key(seen.where(node.id)),
        "people": lambda node: figures[node.id].people if node.id in figures else 0,
    }
    sorting, paging = Sorting.from_address(keys, "name"), Paging.from_address(len(shown))
    return render_template(
        "affairs_groups.html",
        rows=paging.of(sorting.apply(shown, keys)),
        figures=figures,
        nothing=Counted(0, tuple((0, 0) for _ in goals)),
        goals=goals,
        level=level,
        levels={code: LEVELS[code] for code in GROUP_LEVELS},
        counts={code: sum(node.level == code for node in every) for code in GROUP_LEVELS},
        district=district,
        districts=district_options(),
        communes=_communes() if may_author(reader().role, "place") else [],
        where=seen.where,
        faults=faults,
        sorting=sorting,
        **paging.words(),
    )


def _goals() -> list[Goal]:
    province = next((root.province for root in area().roots), "")
    return list(goals_of(connection(), province, current_settings().clock.today()))


def _communes() -> list[tuple[str, str]]:
    named = [(node.id, f"{node.name}, {area().where(node.id)}") for node in area().at_level("commune")]
    return sorted(named, key=lambda pair: place_key(pair[1]))


def _group_keys(goals: list[Goal]) -> dict[str, Callable[[Group], Any]]:
    return {"name": lambda row: sort_key(row.name or ""), "people": lambda row: row.total.people}
