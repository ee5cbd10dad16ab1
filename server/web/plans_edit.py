"""A new version of a plan: choose what to change, change it, look at old → new, write. Nothing is overwritten."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.interop.layouts import day as read_day
from server.interop.layouts import people as read_people
from server.interop.plan_targets import PLANNED_LEVELS
from server.ledger.author import ServerAuthor
from server.places.order import place_key
from server.places.tree import Node
from server.plans.campaigns import CampaignRow
from server.plans.drafting import Draft, Line, draft, write_version
from server.plans.goals import Target, campaign_targets
from server.settings import current_settings
from server.web import blueprint
from server.web.area import area, connection, seen_place
from server.web.plans import may_write, seen_campaign
from server.web.texts import number, t
from server.web.writing import write
from shared.faults import Fault, Refused, fault
from shared.records.dose import DOSE_TYPES
from shared.reference import age_groups
from shared.rules.plans import in_force


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be changed: the new version's document and first day, the goal, and the area shown."""

    document: str
    valid_from: date
    age_group: str
    dose_type: str
    place_id: str


@dataclass(frozen=True, slots=True)
class FormRow:
    """A goal at a place in the form: what stands, and what was typed in its place."""

    node: Node
    due_on: date | None
    planned_people: int | None
    new_due_on: str
    new_people: str
    withdrawn: bool


@blueprint.get("/plans/<campaign_id>/edit")
@login_required
def plan_edit(campaign_id: str) -> ResponseReturnValue:
    """The form: the targets of one goal in one district as they stand, to be changed."""
    campaign = _writable(campaign_id)
    choice = _choice(request.args, campaign)
    return _form(campaign, choice, _rows(campaign, choice, {}), ())


@blueprint.post("/plans/<campaign_id>/edit")
@login_required
def plan_preview(campaign_id: str) -> ResponseReturnValue:
    """Old → new before anything is written; the form again when something is wrong with it."""
    campaign = _writable(campaign_id)
    choice = _choice(request.form, campaign)
    rows = _rows(campaign, choice, request.form)
    faults: list[Fault] = [] if choice.document else [fault("field.missing", t("plans.document"))]
    lines: list[Line] = []
    for row in rows:
        try:
            lines.append(_line(row, choice))
        except ValueError as error:
            told = str(error) or "–"
            faults.append(fault("plan.unreadable", place=row.node.name, value=told))
    try:
        if faults:
            raise Refused(faults)
        made = _draft(campaign, choice, lines)
    except Refused as refused:
        return _form(campaign, choice, rows, refused.faults), 422
    return render_template(
        "plans_preview.html",
        campaign=campaign,
        choice=choice,
        lines=made.lines,
        more=sum((line.new_people or 0) - (line.planned_people or 0) for line in made.lines),
        carried=_carried(lines),
        place_name=area().tree.name,
        where=area().where,
    )


@blueprint.post("/plans/<campaign_id>/edit/write")
@login_required
def plan_write(campaign_id: str) -> ResponseReturnValue:
    """Write the version as it was shown."""
    campaign = _writable(campaign_id)
    choice = _choice(request.form, campaign)
    lines = _read_carried(choice)

    def work(author: ServerAuthor) -> tuple[Draft, int]:
        made = _draft(campaign, choice, lines)
        return made, write_version(author, campaign.province_id, made)

    made, written = write(work)
    flash(t("plans.written", count=number(written), document=made.document), "good")
    key = f"{made.valid_from.isoformat()} {made.document}"
    return redirect(url_for("web.plan_compare", campaign_id=campaign.id, after=key))


def _writable(campaign_id: str) -> CampaignRow:
    campaign = seen_campaign(campaign_id)
    if not may_write():
        raise Refused(fault("permission.denied"))
    return campaign


def _choice(given: Mapping[str, str], campaign: CampaignRow) -> Choice:
    """What the address or the form chooses; what it leaves open is the first goal in force, of the first area."""
    today = current_settings().clock.today()
    try:
        valid_from = date.fromisoformat(given.get("valid_from", ""))
    except ValueError:
        valid_from = today
    targets = sorted(in_force(campaign_targets(connection(), campaign.id), today), key=lambda t: t.goal)
    first = targets[0].goal if targets else None
    age_group, dose_type = given.get("age_group", ""), given.get("dose_type", "")
    if age_group not in age_groups() or dose_type not in DOSE_TYPES:
        age_group = first.age_group if first else next(iter(age_groups()))
        dose_type = first.dose_type if first else next(iter(DOSE_TYPES))
    areas = [node.id for node in _areas()]
    place = given.get("place", "")
    return Choice(
        given.get("document", "").strip(),
        valid_from,
        age_group,
        dose_type,
        seen_place(place).id if place else next(iter(areas[1:] or areas), ""),
    )


def _areas() -> list[Node]:
    """The province (for targets of districts) and its districts (for those of communes and schools)."""
    return [*area().at_level("province"), *area().at_level("district")]


def _rows(campaign: CampaignRow, choice: Choice, typed: Mapping[str, str]) -> list[FormRow]:
    """A row for every place that has or may get the goal, once for each due day it has."""
    standing: dict[str, list[Target]] = {}
    for target in in_force(campaign_targets(connection(), campaign.id), choice.valid_from):
        if (target.age_group, target.dose_type) == (choice.age_group, choice.dose_type):
            standing.setdefault(target.target_place_id, []).append(target)
    rows = []
    for node in _places(choice.place_id):
        targets = sorted(standing.get(node.id, []), key=lambda t: t.due_on)
        for target in targets:
            text = (target.due_on.isoformat(), str(target.planned_people))
            rows.append(FormRow(node, target.due_on, target.planned_people, *text, withdrawn=False))
        if not targets:
            rows.append(FormRow(node, None, None, "", "", withdrawn=False))
    return [_typed(row, typed) for row in rows] if typed else rows


def _places(root: str) -> list[Node]:
    tree, visible = area().tree, area().visible
    node = tree.get(root)
    if node is None or root not in visible:
        return []
    if node.level == "province":
        return [node, *sorted(tree.children(root, "district"), key=lambda n: place_key(n.name))]
    below = [n for n in tree.below(root) if n.level in PLANNED_LEVELS and n.id in visible]
    return [node, *sorted(below, key=lambda n: (n.level != "commune", place_key(n.name)))]


def field_name(row: FormRow, what: str) -> str:
    """The name of a row's input in the form."""
    return f"{what}.{row.node.id}.{row.due_on.isoformat() if row.due_on else 'new'}"


def _typed(row: FormRow, typed: Mapping[str, str]) -> FormRow:
    return replace(
        row,
        new_due_on=typed.get(field_name(row, "due"), "").strip(),
        new_people=typed.get(field_name(row, "people"), "").strip(),
        withdrawn=field_name(row, "withdrawn") in typed,
    )


def _line(row: FormRow, choice: Choice) -> Line:
    """The line a row says. Raises ValueError with what cannot be read."""
    line = Line(row.node.id, choice.age_group, choice.dose_type, row.due_on, row.planned_people, None, None)
    if row.withdrawn or not (row.new_people or row.new_due_on or row.due_on):
        return line
    return replace(
        line, new_due_on=_read(read_day, row.new_due_on), new_people=_read(read_people, row.new_people)
    )


def _read(read: Any, text: str) -> Any:
    try:
        return read(text)
    except ValueError:
        raise ValueError(text) from None


def _draft(campaign: CampaignRow, choice: Choice, lines: list[Line]) -> Draft:
    standing = campaign_targets(connection(), campaign.id)
    return draft(campaign.id, standing, choice.document, choice.valid_from, lines)


def _carried(lines: list[Line]) -> str:
    """The changed lines as they go along to the writing."""
    return json.dumps(
        [
            [
                line.place_id,
                line.due_on.isoformat() if line.due_on else None,
                line.planned_people,
                line.new_due_on.isoformat() if line.new_due_on else None,
                line.new_people,
            ]
            for line in lines
            if line.changes
        ]
    )


def _read_carried(choice: Choice) -> list[Line]:
    """The lines the preview carried along; nothing in them is trusted."""
    try:
        lines = [
            Line(
                seen_place(str(place)).id,
                choice.age_group,
                choice.dose_type,
                date.fromisoformat(due_on) if due_on else None,
                None if people is None else int(people),
                date.fromisoformat(new_due_on) if new_due_on else None,
                None if new_people is None else int(new_people),
            )
            for place, due_on, people, new_due_on, new_people in json.loads(request.form["lines"])
        ]
    except (ValueError, TypeError, KeyError) as error:
        raise Refused(fault("request.malformed")) from error
    if not choice.document:
        raise Refused(fault("request.malformed"))
    return lines


def _form(campaign: CampaignRow, choice: Choice, rows: list[FormRow], faults: tuple[Fault, ...]) -> str:
    return render_template(
        "plans_edit.html",
        campaign=campaign,
        choice=choice,
        rows=rows,
        faults=faults,
        areas=_areas(),
        groups=list(age_groups()),
        doses=list(DOSE_TYPES),
        field_name=field_name,
        where=area().where,
    )
