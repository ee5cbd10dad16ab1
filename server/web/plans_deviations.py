"""Deviations from the plan, with their reason: a list of the reader's area, and the form to report one (R090)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.places.order import place_key
from server.places.tree import Node
from server.plans.campaigns import CampaignRow, campaigns_of, deviations_at
from server.plans.goals import Goal, campaign_targets
from server.settings import current_settings
from server.web import blueprint
from server.web.area import area, connection, seen_place
from server.web.listing import Paging, Sorting
from server.web.plans import may_write, provinces
from server.web.record_forms import asked, given, said
from server.web.texts import t
from server.web.writing import write
from shared.faults import Fault, Refused, fault
from shared.kinds import VOID
from shared.records import may_author
from shared.records.place import GROUP_LEVELS
from shared.records.plan_deviation import REASONS
from shared.rules.plans import in_force

#: Levels a deviation may be reported for.
LEVELS = ("province", "district", "commune", *GROUP_LEVELS)

#: What is asked besides the place and the goal.
FIELDS = ("reason", "from_on", "differs", "proposed", "proposed_people", "proposed_due_on")


@blueprint.get("/plans/deviations")
@login_required
def deviations() -> ResponseReturnValue:
    """The deviations of the reader's area that stand."""
    seen = area()
    found = deviations_at(connection(), seen.visible)
    district, reason = request.args.get("district", ""), request.args.get("reason", "")
    if district in seen.visible:
        inside = {district, *(node.id for node in seen.tree.below(district))}
        found = [d for d in found if d.place_id in inside]
    counts = {name: sum(d.reason == name for d in found) for name in REASONS}
    kept = [d for d in found if d.reason == reason] if reason in REASONS else found
    orders: dict[str, Any] = {
        "place": lambda d: place_key(seen.tree.name(d.place_id)),
        "reported": lambda d: (d.reported_on, d.id),
        "from": lambda d: d.from_on,
        "reason": lambda d: list(REASONS).index(d.reason),
    }
    sorting = Sorting.from_address(orders, "reported", descending=True)
    paging = Paging.from_address(len(kept))
    return render_template(
        "plans_deviations.html",
        rows=paging.of(sorting.apply(kept, orders)),
        counts=counts,
        all=len(found),
        reason=reason,
        district=district,
        districts=seen.at_level("district"),
        campaigns={c.id: c for c in _campaigns()},
        sorting=sorting,
        may_report=may_report(),
        may_write=may_write(),
        may_withdraw=may_author(reader().role, VOID),
        tree=seen.tree,
        where=seen.where,
        **paging.words(),
    )


@blueprint.get("/plans/deviations/new")
@login_required
def deviation_new() -> ResponseReturnValue:
    """The form of a deviation."""
    _reporter()
    return _form(request.args.to_dict(), {"from_on": current_settings().clock.today().isoformat()}, ())


@blueprint.post("/plans/deviations/new")
@login_required
def deviation_report() -> ResponseReturnValue:
    """Write a deviation; the form again when something is wrong with it."""
    _reporter()
    form = request.form
    node = seen_place(form["place"]) if form.get("place") else None
    about = next((part for part in _about() if part["value"] == form.get("about")), None)
    body = given("plan_deviation", FIELDS, form)
    try:
        if node is None or node.level not in LEVELS or about is None:
            raise Refused(fault("field.missing", t("deviations.about") if node else t("column.place")))
        place, whole = node.id, about["body"] | body
        write(lambda author: author.write("plan_deviation", subject=place, place=place, body=whole))
    except Refused as refused:
        return _form(form.to_dict(), body, said(refused.faults, "plan_deviation")), 422
    flash(t("deviations.written", place=node.name), "good")
    return redirect(url_for("web.deviations"))


@blueprint.post("/plans/deviations/<entry_id>/withdraw")
@login_required
def deviation_withdraw(entry_id: str) -> ResponseReturnValue:
    """Withdraw a deviation one has reported oneself; its entry stays readable."""
    _reporter()
    own = [d for d in deviations_at(connection(), area().visible) if d.id == entry_id]
    if not own:
        raise Refused(fault("scope.hidden"))
    if own[0].author_id != reader().id:
        raise Refused(fault("permission.denied"))
    place, body = own[0].place_id, {"of": "plan_deviation", "reason": "other"}
    write(lambda author: author.write(VOID, subject=place, place=place, body=body, corrects=entry_id))
    flash(t("deviations.withdrawn"), "good")
    return redirect(url_for("web.deviations"))


def may_report() -> bool:
    """Whether the reader reports deviations."""
    return may_author(reader().role, "plan_deviation")


def _reporter() -> None:
    if not may_report():
        raise Refused(fault("permission.denied"))


def _campaigns() -> list[CampaignRow]:
    return campaigns_of(connection(), provinces())


def _goals() -> list[Goal]:
    today = current_settings().clock.today()
    found = [in_force(campaign_targets(connection(), c.id), today) for c in _campaigns()]
    return sorted({target.goal for targets in found for target in targets})


def _places() -> list[tuple[Node | None, list[Node]]]:
    """The places one may report for, by district; those of the province itself first."""
    seen = area()
    groups: dict[Node | None, list[Node]] = {}
    for place in seen.visible:
        node = seen.tree.nodes[place]
        if node.level in LEVELS:
            groups.setdefault(seen.tree.up(place, "district"), []).append(node)
    ordered = sorted(groups, key=lambda d: (d is not None, place_key(d.name) if d else ""))
    rank = {level: index for index, level in enumerate(LEVELS)}
    return [
        (district, sorted(groups[district], key=lambda n: (rank[n.level], place_key(n.name))))
        for district in ordered
    ]


def _about() -> list[dict[str, Any]]:
    """What a deviation may be about: a campaign as a whole, or one of its goals."""
    found: list[dict[str, Any]] = [
        {"value": c.id, "campaign": c, "goal": None, "body": {"campaign": c.id}} for c in _campaigns()
    ]
    for goal in _goals():
        body = {
            "campaign": goal.campaign_id,
            "age_group": goal.age_group,
            "dose_type": goal.dose_type,
            "due_on": goal.due_on.isoformat(),
        }
        found.append({"value": goal.key, "campaign": None, "goal": goal, "body": body})
    return found


def _form(chosen: dict[str, str], body: dict[str, Any], faults: Sequence[Fault]) -> str:
    return render_template(
        "plans_deviation_new.html",
        chosen=chosen,
        fields=asked("plan_deviation", FIELDS, body, {}),
        faults=faults,
        places=_places(),
        about=_about(),
    )
