"""Closing periods, what was closed, and what late records made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from server.accounts.models import User
from server.database import db, select_among
from server.reports import closing, restating
from server.reports.closing import Closed
from server.reports.models import PeriodClose
from server.reports.restating import Restated, UnitChange
from server.reports.standing import STATES, Sent, sent_reports, state_of
from server.reports.units import Unit
from server.reports.watching import units_closed
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.listing import Paging
from server.web.reports import asked_words
from server.web.reports_frame import (
    Asked,
    asked_in_address,
    asked_of,
    author,
    campaign_name,
    own_units,
    period_words,
    plan_of,
    require_author,
    today,
    vaccine_name,
)
from server.web.texts import kind_label, t
from shared.faults import Refused, fault
from shared.rules.report_cells import Change


@dataclass(frozen=True, slots=True)
class DistrictLine:
    """A district's period: its units' states counted, its close and restatements."""

    district_id: str
    name: str
    units: int
    states: dict[str, int]
    close: Closed | None
    restated: int

    @property
    def accepted(self) -> int:
        """Units whose report is accepted."""
        return self.states.get("accepted", 0)

    @property
    def left(self) -> list[tuple[str, int]]:
        """(state, units) of those that are not, the most urgent first."""
        return [(s, self.states[s]) for s in STATES if s != "accepted" and self.states.get(s)]


@blueprint.get("/reports/periods")
@login_required
def report_periods() -> ResponseReturnValue:
    """Each district's period: how many reports are accepted, whether it is closed; and all that was closed."""
    require("reports")
    asked = asked_in_address()
    lines = _lines(asked)
    closes = _closes()
    paging = Paging.from_address(len(closes))
    shown = list(paging.of(closes))
    return render_template(
        "reports_periods.html",
        lines=lines,
        closable=asked.period.last <= today(),
        closes=shown,
        told=restating.restatements(connection(), [close.period_id for close in shown]),
        authors=_authors([close.author_id for close in shown]),
        place_name=area().tree.name,
        form_name=lambda code: asked_words(asked)["layouts"][code].name,
        **asked_words(asked),
        **paging.words(),
    )


@blueprint.route("/reports/periods/close/<form>/<kind>/<key>/<district>", methods=["GET", "POST"])
@login_required
def close_period(form: str, kind: str, key: str, district: str) -> ResponseReturnValue:
    """Show what would be closed, and what is missing; then close it."""
    require("reports")
    require_author("period_close")
    asked = asked_of(form, kind, key)
    units = _units(district)
    sent = _sent(units, asked)
    faults: tuple[object, ...] = ()
    if request.method == "POST":
        try:
            subject = closing.close(
                author(), asked.layout, district, asked.period, units, sent, plan_of(asked.period),
                request.form.get("reason", ""),
            )  # fmt: skip
            db.session.commit()
            flash(t("report.closed_done", period=period_words(asked.period)), "good")
            close = closing.standing_closes(connection(), [subject])[subject]
            return redirect(url_for("web.report_period", close_id=close.id))
        except Refused as refused:
            db.session.rollback()
            faults = refused.faults
    page = render_template(
        "reports_close.html",
        units=[(unit, state_of(sent.get(unit.id))) for unit in units],
        left=closing.unaccepted(units, sent),
        district=district,
        district_name=area().tree.name(district),
        faults=faults,
        plan=plan_of(asked.period),
        **asked_words(asked),
    )
    return page, 409 if faults else 200


@blueprint.get("/reports/periods/<close_id>")
@login_required
def report_period(close_id: str) -> ResponseReturnValue:
    """A closed period: the frozen figures, and every restatement since."""
    require("reports")
    close = _seen_close(close_id)
    asked = asked_of(close.form, close.period.kind, close.period.key)
    told = restating.restatements(connection(), [close.period_id]).get(close.period_id, [])
    visible = [u for u in close.units if u.unit_id in {unit.id for unit in own_units()}]
    return render_template(
        "reports_period.html",
        close=close,
        units=visible,
        steps_told=[(restated, _news(told, place)) for place, restated in enumerate(told)][::-1],
        authors=_authors([close.author_id, *(restated.author_id for restated in told)]),
        district_name=area().tree.name(close.place_id),
        place_name=area().tree.name,
        vaccine_name=vaccine_name,
        campaign_name=campaign_name,
        kind_label=kind_label,
        columns=[column for column in asked.layout.columns if column.indicator in asked.layout.counts],
        **asked_words(asked),
    )


@blueprint.post("/reports/periods/<close_id>/compare")
@login_required
def compare_period(close_id: str) -> ResponseReturnValue:
    """Count the closed period again; what differs is written as a restatement."""
    require("reports")
    require_author("restatement")
    close = _seen_close(close_id)
    if close.place_id not in area().visible:
        raise Refused(fault("scope.hidden"))
    last = restating.restatements(connection(), [close.period_id]).get(close.period_id, [])
    comparison = restating.compare(
        connection(), close, units_closed(connection(), close), last[-1] if last else None
    )
    if not comparison.news:
        flash(t("report.nothing_new"), "good")
        return redirect(url_for("web.report_period", close_id=close_id))
    why = request.form.get("why", "").strip() or t("report.restate_why")
    restating.restate(author(), close, comparison, why)
    db.session.commit()
    flash(t("report.restated_done", count=len(comparison.changes)), "good")
    return redirect(url_for("web.report_period", close_id=close_id))


def _lines(asked: Asked) -> list[DistrictLine]:
    """The districts that lie in the reader's area whole."""
    by_district: dict[str, list[Unit]] = {}
    for unit in own_units():
        if unit.district_id in area().visible and unit.district_id:
            by_district.setdefault(unit.district_id, []).append(unit)
    ids = {place: closing.period_id(asked.layout.code, place, asked.period) for place in by_district}
    closes = closing.standing_closes(connection(), list(ids.values()))
    told = restating.restatements(connection(), closes)
    sent = _sent([unit for units in by_district.values() for unit in units], asked)
    return [
        DistrictLine(
            place,
            area().tree.name(place),
            len(units),
            dict(Counter(state_of(sent.get(unit.id)) for unit in units)),
            closes.get(ids[place]),
            len(told.get(ids[place], [])),
        )
        for place, units in by_district.items()
    ]


def _units(district: str) -> list[Unit]:
    if district not in area().visible:
        raise Refused(fault("scope.hidden"))
    units = [unit for unit in own_units() if unit.district_id == district]
    if not units:
        raise Refused(fault("scope.hidden"))
    return units


def _sent(units: Sequence[Unit], asked: Asked) -> dict[str, Sent]:
    found = sent_reports(connection(), units, asked.layout.code, [asked.period])
    return {unit: sent for (unit, _), sent in found.items()}


def _closes() -> list[Closed]:
    """Every closed period of the reader's districts, the newest first."""
    districts = {unit.district_id for unit in own_units() if unit.district_id}
    query = select(PeriodClose.period_id).distinct()
    rows = select_among(connection(), query, PeriodClose.place_id, sorted(districts))
    found = closing.standing_closes(connection(), [row.period_id for row in rows]).values()
    return sorted(found, key=lambda close: (close.period.last, close.as_of, close.id), reverse=True)


def _seen_close(close_id: str) -> Closed:
    """A close of a district the reader has units in; each reader sees their own units of it."""
    row = connection().execute(select(PeriodClose.__table__).where(PeriodClose.id == close_id)).first()
    districts = {unit.district_id for unit in own_units()}
    if row is None or row.place_id not in districts:
        raise Refused(fault("scope.hidden"))
    return closing.closed(row)


def _news(told: list[Restated], place: int) -> list[tuple[UnitChange, object]]:
    """What a restatement changed since the one before it, of the reader's units: (change, value before it)."""
    own = {unit.id for unit in own_units()}
    earlier = {(c.unit_id, c.change.cell): c.change.after for c in told[place - 1].changes} if place else {}
    found: list[tuple[UnitChange, object]] = []
    named = set()
    for change in told[place].changes:
        key = (change.unit_id, change.change.cell)
        named.add(key)
        before = earlier.get(key, change.change.before)
        if before != change.change.after and change.unit_id in own:
            found.append((change, before))
    if place:
        for change in told[place - 1].changes:  # back to what was closed
            key = (change.unit_id, change.change.cell)
            if key not in named and change.unit_id in own:
                cell, first, after = change.change
                found.append((UnitChange(change.unit_id, Change(cell, first, first)), after))
    return found


def _authors(ids: Sequence[str]) -> dict[str, str]:
    query = select(User.id, User.full_name)
    return {row.id: row.full_name for row in select_among(connection(), query, User.id, sorted(set(ids)))}
