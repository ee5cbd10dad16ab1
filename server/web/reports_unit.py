"""One unit's report: counted, filled in, sent; reviewed, asked about, answered; and the queue of the reviewers."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from server.database import db, select_among
from server.reports import reviewing
from server.reports.closing import period_id, standing_closes
from server.reports.counting import count
from server.reports.models import Report
from server.reports.sending import send
from server.reports.signing import Standing, standing_of
from server.reports.standing import Sent, due_on, is_late, sent_by_id, sent_reports
from server.reports.units import Unit
from server.settings import current_settings
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.reports import asked_words
from server.web.reports_frame import (
    Asked,
    asked_of,
    author,
    campaign_name,
    campaigns,
    may_review,
    may_send,
    own_units,
    period_words,
    plan_of,
    require_author,
    seen_unit,
    today,
    vaccine_name,
)
from server.web.reports_signing import signature_words
from server.web.texts import t
from shared.faults import Fault, Refused, fault
from shared.reference import vaccines
from shared.reporting import drafts
from shared.reporting.counting import Rows
from shared.reporting.indicators import INDICATORS
from shared.rules.report_cells import Cell, cell_of

#: Reports sent longer ago than this are no longer in the queue; they stay on the list of their period.
QUEUE_DAYS = 62


@blueprint.get("/reports/<form>/<kind>/<key>/<unit_id>")
@login_required
def report(form: str, kind: str, key: str, unit_id: str) -> ResponseReturnValue:
    """A unit's report: as counted and to be sent, or as it was sent, with what was said of it."""
    require("reports")
    asked, unit = asked_of(form, kind, key), seen_unit(unit_id)
    return _page(asked, unit, _sent(asked, unit))


@blueprint.post("/reports/<form>/<kind>/<key>/<unit_id>")
@login_required
def send_report(form: str, kind: str, key: str, unit_id: str) -> ResponseReturnValue:
    """Send it, or show again what keeps it from being sent."""
    require("reports")
    require_author("report")
    asked, unit = asked_of(form, kind, key), seen_unit(unit_id)
    sent, now = _sent(asked, unit), current_settings().clock.now()
    typed, known = _typed(), {"", *campaigns()}
    rows = [(c.campaign, c.vaccine) for _, c in typed if c.vaccine in vaccines() and c.campaign in known]
    found = drafts.draft(asked.layout, _counted(asked, unit), sent, rows)
    found = drafts.filled(found, asked.layout, typed, "nothing_held" in request.form)
    try:
        if asked.period.last > today():
            raise Refused(fault("report.not_over"))
        names = {row.vaccine: vaccine_name(row.vaccine) for row in found.rows}
        drafts.refuse_unfinished(found, asked.layout, names)
        send(author(), asked.layout, unit, asked.period, found, sent, plan_of(asked.period), now)
    except Refused as refused:
        db.session.rollback()
        return _page(asked, unit, sent, refused.faults, typed=found), 422
    db.session.commit()
    flash(t("report.sent_done", unit=unit.name, period=period_words(asked.period)), "good")
    return redirect(_address(asked, unit))


@blueprint.post("/reports/<form>/<kind>/<key>/<unit_id>/review")
@login_required
def review_report(form: str, kind: str, key: str, unit_id: str) -> ResponseReturnValue:
    """Accept it, or ask about a cell; then the next of the queue, or the same page."""
    require("reports")
    require_author("report_review")
    asked, unit = asked_of(form, kind, key), seen_unit(unit_id)
    sent = _sent(asked, unit)
    if sent is None:
        raise Refused(fault("scope.hidden"))
    seen = request.form.get("seen", "")
    try:
        if request.form.get("verdict") == "queried":
            cell = request.form.get("cell", "")
            about = f"{asked.layout.name}, {period_words(asked.period)}: {_cell_words(asked, cell)}"
            reviewing.query(author(), sent, seen, cell, request.form.get("text", ""), about)
            told = t("report.queried_done", unit=unit.name)
        else:
            reviewing.accept(author(), sent, seen)
            told = t("report.accepted_done", unit=unit.name)
    except Refused as refused:
        db.session.rollback()
        return _page(asked, unit, sent, refused.faults), 422
    db.session.commit()
    flash(told, "good")
    if "queue" in request.form:
        return redirect(url_for("web.report_queue", after=sent.id))
    return redirect(_address(asked, unit))


@blueprint.post("/reports/<form>/<kind>/<key>/<unit_id>/answer")
@login_required
def answer_query(form: str, kind: str, key: str, unit_id: str) -> ResponseReturnValue:
    """Answer a query; the figures stay as they were sent."""
    require("reports")
    require_author("report_answer")
    asked, unit = asked_of(form, kind, key), seen_unit(unit_id)
    sent = _sent(asked, unit)
    if sent is None:
        raise Refused(fault("scope.hidden"))
    reviewing.answer(author(), sent, request.form.get("review", ""), request.form.get("text", ""))
    db.session.commit()
    flash(t("report.answered_done"), "good")
    return redirect(_address(asked, unit))


@blueprint.get("/reports/queue")
@login_required
def report_queue() -> ResponseReturnValue:
    """The next report to review, answered ones first, then those sent earliest; `after` is the one just left."""
    require("reports")
    require_author("report_review")
    waiting = _waiting()
    after = request.args.get("after", "")
    ids = [sent.id for sent in waiting]
    place = ids.index(after) + 1 if after in ids else 0
    if not waiting:
        return render_template("reports_queue_empty.html")
    sent = waiting[place % len(waiting)]
    kind, key = sent.period.kind, sent.period.key
    form = str(db.session.scalar(select(Report.form).where(Report.id == sent.id)))
    asked, unit = asked_of(form, kind, key), seen_unit(sent.unit_id)
    return _page(asked, unit, sent, queue=(place % len(waiting) + 1, len(waiting)))


def _waiting() -> list[Sent]:
    """Reports of the reader's units that wait for a verdict."""
    units = {unit.id for unit in own_units()}
    query = select(Report.id, Report.last_on)
    rows = select_among(connection(), query, Report.unit_id, sorted(units))
    ids = [row.id for row in rows if (today() - row.last_on).days <= QUEUE_DAYS]
    waiting = [s for s in sent_by_id(connection(), ids).values() if s.state in ("submitted", "answered")]
    return sorted(waiting, key=lambda s: (s.state != "answered", s.sent_at, s.id))


def _page(
    asked: Asked,
    unit: Unit,
    sent: Sent | None,
    faults: tuple[Fault, ...] = (),
    *,
    typed: drafts.Draft | None = None,
    queue: tuple[int, int] | None = None,
) -> str:
    """The report to be filled in (`typed`: as it was just filled in), or as it was sent."""
    layout, period = asked.layout, asked.period
    asked_for = typed is not None or sent is None or sent.state == "queried" or "edit" in request.args
    editing = may_send() and asked_for and queue is None
    draft = typed or _draft(asked, unit, sent, editing=editing)
    close = standing_closes(connection(), [period_id(layout.code, unit.district_id or "", period)])
    return render_template(
        "reports_unit.html",
        unit=unit,
        where=area().where(unit.id),
        sent=sent,
        draft=draft,
        state=sent.state if sent else "missing",
        late=is_late(sent, period, today()),
        due=due_on(period),
        faults=faults,
        missing=draft.missing(layout),
        totals=draft.totals(layout),
        editing=editing,
        reviewing=may_review() and sent is not None,
        queue=queue,
        queries={query.id for query in sent.open_queries} if sent else set(),
        close=next(iter(close.values()), None),
        signed=_signed(sent),
        signature_words=signature_words,
        plan=plan_of(period),
        columns=[column for column in layout.columns if column.indicator in layout.counts],
        indicators=INDICATORS,
        vaccine_name=vaccine_name,
        campaign_name=campaign_name,
        cell_words=lambda text: _cell_words(asked, text),
        other_vaccines=[c for c in vaccines() if c not in {row.vaccine for row in draft.rows}],
        address=_address(asked, unit),
        **asked_words(asked),
    )


def _cell_words(asked: Asked, text: str | None) -> str:
    """A cell as a query names it: its heading and vaccine."""
    cell = cell_of(text or "")
    if cell is None:
        return t("report.whole")
    return f"{asked.layout.heading_of(cell.indicator)} · {vaccine_name(cell.vaccine)}"


def _sent(asked: Asked, unit: Unit) -> Sent | None:
    found = sent_reports(connection(), [unit], asked.layout.code, [asked.period])
    return found.get((unit.id, asked.period.key))


def _signed(sent: Sent | None) -> Standing | None:
    """How the report's signature stands, once it is accepted or was signed."""
    if sent is None:
        return None
    found = standing_of(connection(), "report", [sent.id])[sent.id]
    return found if found.document.ready or found.lines else None


def _draft(asked: Asked, unit: Unit, sent: Sent | None, *, editing: bool) -> drafts.Draft:
    """What the reader may still change, with the row just added (`add`); or what was sent."""
    counted = _counted(asked, unit)
    if sent is not None and not editing:
        return drafts.as_sent(asked.layout, counted, sent)
    added = request.args.get("add", "")
    rows = [(next(iter(counted))[0], added)] if added in vaccines() else []
    return drafts.draft(asked.layout, counted, sent, rows)


def _counted(asked: Asked, unit: Unit) -> Rows:
    return count(connection(), [unit], asked.period)[unit.id]


def _typed() -> dict[tuple[str, Cell], str]:
    """The form's fields: named value:…, reason:… or note:…, with the key of the cell."""
    typed: dict[tuple[str, Cell], str] = {}
    for name, text in request.form.items():
        what, part, key = name.partition(":")
        cell = cell_of(key)
        if part and cell is not None and what in ("value", "reason", "note"):
            typed[what, cell] = text
    return typed


def _address(asked: Asked, unit: Unit) -> str:
    return url_for(
        "web.report", form=asked.layout.code, kind=asked.period.kind, key=asked.period.key, unit_id=unit.id
    )
