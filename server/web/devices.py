"""The phones of the reader's area; enrolment codes; revocation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import segno
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.devices import CODE_LIFE, issue_code, revoke
from server.accounts.fleet import STATES, Phone, fleet
from server.accounts.models import Device, User
from server.accounts.session import reader
from server.database import db
from server.places.order import place_key
from server.settings import current_settings
from server.web import blueprint
from server.web.area import area, connection, require, seen_place
from server.web.listing import Paging, Sorting
from server.web.texts import t
from shared.enrolment import Enrolment
from shared.faults import Refused, fault
from shared.permissions import may_see
from shared.text.folding import sort_key


@dataclass(frozen=True, slots=True)
class Issued:
    """A code just issued, shown once: for whom, and its QR image as a data address."""

    code: str
    qr: str
    full_name: str
    role: str
    place_id: str


_KEYS: dict[str, Callable[[Phone], Any]] = {
    "state": lambda p: (STATES.index(p.state), -(p.silent_days or 0)),
    "user": lambda p: sort_key(p.full_name),
    "place": lambda p: place_key(area().tree.name(p.place_id)),
    "seen": lambda p: p.last_seen_at,
    "through": lambda p: p.received_through,
}


@blueprint.get("/devices")
@login_required
def devices_list() -> ResponseReturnValue:
    """Users and their devices, the silent first."""
    require("devices")
    phones = _phones()
    state = request.args.get("state", "")
    shown = [phone for phone in phones if not state or phone.state == state]
    sorting, paging = Sorting.from_address(_KEYS, "state"), Paging.from_address(len(shown))
    counted = Counter(phone.state for phone in phones)
    return render_template(
        "devices.html",
        phones=paging.of(sorting.apply(shown, _KEYS)),
        totals={name: counted[name] for name in STATES},
        state=state,
        may_issue=may_see(reader().role, "issues_codes"),
        communes=_communes(),
        sorting=sorting,
        place_name=area().tree.name,
        where=area().where,
        **paging.words(),
    )


@blueprint.post("/devices/codes")
@login_required
def issue_codes() -> ResponseReturnValue:
    """Issue codes for one user, or for every field user of a commune; the page shows them once."""
    require("issues_codes")
    issued = [_issue(phone) for phone in _addressed()]
    db.session.commit()
    return render_template(
        "codes.html",
        codes=issued,
        expires_at=datetime.now(UTC) + CODE_LIFE,
        server=request.host_url.rstrip("/"),
        place_name=area().tree.name,
    )


@blueprint.route("/devices/<device_id>/revoke", methods=["GET", "POST"])
@login_required
def revoke_device(device_id: str) -> ResponseReturnValue:
    """Ask, then refuse the device from now on."""
    require("issues_codes")
    if device_id not in {phone.device_id for phone in _phones()}:
        raise Refused(fault("scope.hidden"))
    if request.method == "GET":
        device = db.session.get_one(Device, device_id)
        return render_template("revoke.html", device=device, user=db.session.get_one(User, device.user_id))
    revoke(device_id)
    db.session.commit()
    flash(t("revoke.done"), "good")
    return redirect(url_for("web.devices_list"))


def _phones() -> list[Phone]:
    return fleet(connection(), area().visible, current_settings().clock.now())


def _communes() -> list[tuple[str, str]]:
    named = [(node.id, f"{node.name}, {area().where(node.id)}") for node in area().at_level("commune")]
    return sorted(named, key=lambda pair: place_key(pair[1]))


def _addressed() -> list[Phone]:
    """The users the form names, one row each, all of the reader's area."""
    by_user = {phone.user_id: phone for phone in _phones()}
    if user_id := request.form.get("user"):
        if user_id not in by_user:
            raise Refused(fault("scope.hidden"))
        return [by_user[user_id]]
    commune = seen_place(request.form.get("commune", ""))
    inside = {commune.id, *(node.id for node in area().tree.below(commune.id))}
    return [phone for phone in by_user.values() if phone.place_id in inside]


def _issue(phone: Phone) -> Issued:
    code = issue_code(phone.user_id, reader().id)
    said = Enrolment(request.host_url.rstrip("/"), code).as_text()
    picture = segno.make(said, error="m").svg_data_uri(scale=4, border=2, dark="#14232b")
    return Issued(code, picture, phone.full_name, phone.role, phone.place_id)
