"""Doses opened to age groups: what is open since when, what is prepared and closed, and opening one (R007, R061)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from server.accounts.session import language, reader
from server.database import select_among
from server.registers.safety import DoseOpening
from server.settings import current_settings
from server.web import blueprint
from server.web.area import area, connection
from server.web.plans import provinces
from server.web.texts import age_group as group_words
from server.web.texts import dose_type as dose_words
from server.web.texts import t
from server.web.writing import write
from shared.faults import Fault, Refused, fault
from shared.kinds import KINDS
from shared.records import may_author
from shared.records.dose import DOSE_TYPES
from shared.reference import age_groups, dose_openings, vaccines

_OPENINGS = select(DoseOpening.__table__)
_WHOLES = ("interval_days", "interval_months", "covid_deferral_months")


@dataclass(frozen=True, slots=True)
class Shown:
    """An opening in the list. `entry`: by an entry of the province, else it ships with the program.

    `state`: open, coming (opened from a later day), ended, or closed (prepared, waiting for an instruction).
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
    form = request.form
    body: dict[str, Any] = {
        name: form.get(name, "").strip() or None
        for name in ("age_group", "dose_type", "opens_on", "closes_on", "document", "note", "condition")
    }
    body["vaccines"] = form.getlist("vaccines") or None
    try:
        body |= {name: _whole(form.get(name, "").strip(), name) for name in _WHOLES}
        write(lambda author: author.write("dose_opening", place=provinces()[0], body=body))
    except Refused as refused:
        return _page(form.to_dict(), _labelled(refused.faults)), 422
    words = {"dose": dose_words(body["dose_type"]), "group": group_words(body["age_group"])}
    flash(t("openings.written", **words), "good")
    return redirect(url_for("web.openings"))


def may_open() -> bool:
    """Whether the reader opens doses: a role of the programme, for the one province they work in."""
    return may_author(reader().role, "dose_opening") and len(provinces()) == 1


def _whole(text: str, name: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise Refused(fault("field.not_whole", name))
    return int(text)


def _labelled(faults: tuple[Fault, ...]) -> list[Fault]:
    """The faults with the fields as the form calls them."""
    kind = KINDS["dose_opening"]
    known = kind.schema.record_fields()
    return [
        Fault(f.code, kind.field_label(f.field, language()), f.params) if f.field in known else f
        for f in faults
    ]


def _page(given: dict[str, str], faults: Any) -> str:
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
    return render_template(
        "plans_openings.html",
        rows=rows,
        given=given,
        chosen=request.form.getlist("vaccines"),
        faults=faults,
        may_open=may_open(),
        groups=groups,
        doses=list(DOSE_TYPES),
        codes=list(vaccines()),
        province=area().tree.name(provinces()[0]) if provinces() else "",
    )


def _state(opens_on: date | None, closes_on: date | None, today: date) -> str:
    if opens_on is None:
        return "closed"
    if opens_on > today:
        return "coming"
    return "ended" if closes_on is not None and closes_on < today else "open"
