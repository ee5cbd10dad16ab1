"""Forms of affairs: telling a shortage, a proposal, a remark, a reminder, an activity; rosters and profiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.affairs.forces import contents
from server.database import db
from server.ledger.projecting import entries_of
from server.places.order import place_key
from server.settings import current_settings
from server.web import blueprint
from server.web.affairs_places import commune_of, place_options
from server.web.affairs_writing import write
from server.web.area import area, connection, require, seen_place
from server.web.record_forms import asked, given, said
from server.web.texts import kind_label, t
from shared.faults import Fault, Refused, fault
from shared.kinds import KINDS
from shared.projections.register import fold_register
from shared.records import may_author

#: What may be told on a page, and where one goes from there.
TOLD = {
    "staff_shortage": "web.shortages",
    "proposal": "web.proposals",
    "inspection_remark": "web.remarks",
    "reminder": "web.reminders",
    "communication_log": "web.communication",
    "message_content": "web.communication",
}

#: Kinds whose subject is the place they are written at, as on the phone.
_OF_THEIR_PLACE = frozenset(TOLD) - {"message_content"}


@blueprint.route("/affairs/new/<kind>", methods=["GET", "POST"])
@login_required
def tell(kind: str) -> ResponseReturnValue:
    """The form of a kind; what is sent is written at the place chosen."""
    if kind not in TOLD:
        raise Refused(fault("scope.hidden"))
    if not may_author(reader().role, kind):
        raise Refused(fault("permission.denied"))
    places = _places(kind)
    if request.method == "GET":
        return _form(kind, places, request.args.get("place", ""), _prepared(kind))
    place = request.form.get("place", "") or (places[0][0] if len(places) == 1 else "")
    if place not in {id_ for id_, _ in places}:
        raise Refused(fault("scope.hidden"))
    body = given(kind, _names(kind), request.form)
    subject = place if kind in _OF_THEIR_PLACE else None
    try:
        write(kind, place=place, subject=subject, body=body)
    except Refused as refused:
        db.session.rollback()
        return _form(kind, places, place, body, said(refused.faults, kind)), 422
    db.session.commit()
    flash(t("affairs.told", kind=kind_label(kind)), "good")
    return redirect(_back(kind))


@blueprint.route("/affairs/rosters/<village_id>", methods=["GET", "POST"])
@login_required
def roster(village_id: str) -> ResponseReturnValue:
    """The community team of a village: its members, and the day the list was checked (R040)."""
    return _register("team_roster", village_id, ("village",))


@blueprint.route("/affairs/profiles/<station_id>", methods=["GET", "POST"])
@login_required
def profile(station_id: str) -> ResponseReturnValue:
    """What a station can do (R072)."""
    return _register("station_profile", station_id, ("station",))


def _register(kind: str, place_id: str, levels: Sequence[str]) -> ResponseReturnValue:
    """The form of a register whose subject is its place: filled with what stands, an edit when sent."""
    node = seen_place(place_id)
    if node.level not in levels:
        raise Refused(fault("scope.hidden"))
    if kind == "team_roster":
        require("names")
    if not may_author(reader().role, kind):
        raise Refused(fault("permission.denied"))
    places = [(node.id, f"{node.name}, {area().where(node.id)}")]
    known = entries_of(connection(), kind, [place_id])
    shown = fold_register(known).values if known else {}
    if request.method == "GET":
        today = current_settings().clock.today().isoformat()
        return _form(kind, places, place_id, {**shown, "reviewed_on": today})
    body = given(kind, _names(kind), request.form)
    changed = {name: value for name, value in body.items() if shown.get(name) != value}
    try:
        if changed:
            write(kind, place=place_id, subject=place_id, body=changed)
    except Refused as refused:
        db.session.rollback()
        return _form(kind, places, place_id, body, said(refused.faults, kind)), 422
    db.session.commit()
    flash(t("affairs.reviewed", place=node.name), "good")
    return redirect(_back(kind))


def _form(
    kind: str,
    places: Sequence[tuple[str, str]],
    place: str,
    values: Mapping[str, Any],
    faults: Sequence[Fault] = (),
) -> str:
    return render_template(
        "affairs_form.html",
        kind=kind,
        places=places,
        place=place,
        fields=asked(kind, _names(kind), values, _options(kind, place)),
        faults=faults,
        tab=TOLD.get(kind, "web.forces"),
        back=_back(kind),
    )


def _back(kind: str) -> str:
    """The list where what was written stands."""
    if kind == "reminder":
        return url_for("web.reminders", list="sent")
    if kind == "team_roster":
        return url_for("web.forces", list="teams")
    return url_for(TOLD.get(kind, "web.forces"))


def _names(kind: str) -> list[str]:
    return list(KINDS[kind].schema.record_fields())


def _places(kind: str) -> list[tuple[str, str]]:
    """Where a kind may be written; what is for the whole programme stands at the province."""
    if not KINDS[kind].reference:
        return place_options(kind)
    provinces = {root.province for root in area().roots}
    return [(id_, area().tree.name(id_)) for id_ in sorted(provinces & area().visible)]


def _prepared(kind: str) -> dict[str, Any]:
    """What a form begins with: what the address says, and today where the kind has a first day."""
    fields = KINDS[kind].schema.record_fields()
    values: dict[str, Any] = {name: words for name, words in request.args.items() if name in fields}
    for name in ("from_on", "valid_from"):
        if name in fields:
            values.setdefault(name, current_settings().clock.today().isoformat())
    return values


def _options(kind: str, place: str) -> dict[str, list[tuple[str, str]]]:
    if kind != "communication_log":
        return {}
    seen = area()
    roots = [place] if place in seen.visible else [root.id for root in seen.roots]
    villages = {
        v for root in roots if root in seen.tree.nodes for v in seen.tree.villages(root)
    } & seen.visible
    communes = {commune_of(village) for village in villages}
    named = [
        (v, seen.tree.name(v) if len(communes) == 1 else f"{seen.tree.name(v)}, {seen.where(v)}")
        for v in villages
    ]
    named.sort(key=lambda pair: place_key(pair[1]))
    province = next((root.province for root in seen.roots), "")
    return {
        "villages": named if len(named) <= _MOST_VILLAGES else [],
        "content": [(content.id, content.title) for content in contents(connection(), province)],
    }


#: More villages than this are not offered one by one: the activity is then that of its whole place.
_MOST_VILLAGES = 40
