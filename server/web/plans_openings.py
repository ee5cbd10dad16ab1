"""Doses opened to age groups: what is open since when, what is prepared and closed, and opening one (R007, R061)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from server.accounts.session import reader
from server.database import select_among
from server.registers.safety import DoseOpening
from server.settings import current_settings
from server.web import blueprint
from server.web.area import area, connection
from server.web.plans import provinces
from server.web.record_forms import asked, given, said
from server.web.texts import age_group as group_words
from server.web.texts import dose_type as dose_words
from server.web.texts import t
from server.web.texts import vaccine as vaccine_words
from server.web.writing import write
from shared.faults import Fault, Refused, fault
from shared.kinds import KINDS
from shared.records import may_author
from shared.records.dose import DOSE_TYPES
from shared.reference import age_groups, dose_openings, vaccines

_OPENINGS = select(DoseOpening.__table__)
#: What an opening can be on a day.
STATES = ("open", "coming", "ended", "closed")

#: What is asked of an opening.
FIELDS = tuple(KINDS["dose_opening"].schema.record_fields())


@dataclass(frozen=True, slots=True)
class Shown:
    """An opening in the list. `entry`: by an entry of the province, else it ships with the program.

    `state`: one of STATES; coming is opened from a later day, closed is prepared and waits for an instruction.
    """

    age_group: str
    dose_type: str
    vaccines: tuple[str, ...]
    opens_on: date | None
    closes_on: date | None
    document: str
    note: str
    entry: bool
    state: str


@blueprint.get("/plans/openings")
@login_required
def openings() -> ResponseReturnValue:
    """What is open since when, and what waits."""
    return _page({}, ())


@blueprint.post("/plans/openings")
@login_required
def opening_write() -> ResponseReturnValue:
    """Open a dose to an age group from a day, by order of a document."""
    if not may_open():
        raise Refused(fault("permission.denied"))
    body = given("dose_opening", FIELDS, request.form)
    try:
        write(lambda author: author.write("dose_opening", place=provinces()[0], body=body))
    except Refused as refused:
        return _page(body, said(refused.faults, "dose_opening")), 422
    words = {"dose": dose_words(body["dose_type"]), "group": group_words(body["age_group"])}
    flash(t("openings.written", **words), "good")
    return redirect(url_for("web.openings"))


def may_open() -> bool:
    """Whether the reader opens doses: a role of the programme, for the one province they work in."""
    return may_author(reader().role, "dose_opening") and len(provinces()) == 1


def _page(body: dict[str, Any], faults: Sequence[Fault]) -> str:
    today = current_settings().clock.today()
    rows = [
        Shown(
            o.age_group, o.dose_type, o.vaccines, o.opens_on, o.closes_on, o.document, "", False,
            _state(o.opens_on, o.closes_on, today),
        )
        for o in dose_openings()
    ] + [
        Shown(
            row.age_group, row.dose_type, tuple(filter(None, row.vaccines.split(","))), row.opens_on,
            row.closes_on, row.document, row.note or "", True, _state(row.opens_on, row.closes_on, today),
        )
        for row in select_among(connection(), _OPENINGS, DoseOpening.province_id, provinces())
    ]  # fmt: skip
    groups = list(age_groups())
    rank = {code: number for number, code in enumerate((*groups, *DOSE_TYPES))}
    rows.sort(key=lambda r: (rank.get(r.age_group, 99), rank[r.dose_type], r.opens_on or date.max))
    options = {
        "age_group": [(code, group_words(code)) for code in groups],
        "vaccines": [(code, vaccine_words(code)) for code in vaccines()],
    }
    return render_template(
        "plans_openings.html",
        rows=rows,
        fields=asked("dose_opening", FIELDS, body, options),
        faults=faults,
        may_open=may_open(),
        province=area().tree.name(provinces()[0]) if provinces() else "",
    )


def _state(opens_on: date | None, closes_on: date | None, today: date) -> str:
    if opens_on is None:
        return "closed"
    if opens_on > today:
        return "coming"
    return "ended" if closes_on is not None and closes_on < today else "open"
