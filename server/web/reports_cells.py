"""Behind a cell of a report: the doses, screenings, visits, reactions or stock movements it counts (R002)."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from server.database import select_among
from server.registers.models import Person
from server.reports.evidence import Evidence, evidence
from server.reports.units import Unit
from server.reports.workbook import CSV_TYPE, Column, Sheet, csv_text
from server.web import blueprint
from server.web.area import area, connection, names_shown, person_name, require
from server.web.listing import Paging
from server.web.reports import asked_words
from server.web.reports_frame import Asked, asked_of, campaign_name, seen_unit, vaccine_name
from server.web.texts import dose_type, kind_label, option, t
from shared.faults import Refused, fault
from shared.reporting.indicators import INDICATORS
from shared.rules.report_cells import Cell, cell_of


@blueprint.get("/reports/<form>/<kind>/<key>/<unit_id>/cells")
@login_required
def report_cell(form: str, kind: str, key: str, unit_id: str) -> ResponseReturnValue:
    """The records a cell counts, by day."""
    asked, unit, cell = _asked(form, kind, key, unit_id)
    found = evidence(connection(), unit, asked.period, cell)
    paging = Paging.from_address(len(found))
    shown = list(paging.of(found))
    return render_template(
        "reports_cell.html",
        unit=unit,
        cell=cell,
        heading=asked.layout.heading_of(cell.indicator),
        indicator=INDICATORS[cell.indicator],
        records=shown,
        amount=sum(record.amount for record in found),
        people=_names(shown),
        seen_people=_seen(shown),
        detail=detail_words,
        kind_label=kind_label,
        names_shown=names_shown(),
        place_name=area().tree.name,
        campaign_name=campaign_name,
        vaccine_name=vaccine_name,
        **asked_words(asked),
        **paging.words(),
    )


@blueprint.get("/reports/<form>/<kind>/<key>/<unit_id>/cells.csv")
@login_required
def report_cell_csv(form: str, kind: str, key: str, unit_id: str) -> ResponseReturnValue:
    """The same list as a file: ids of records, days and sites; nobody's name, number or day of birth."""
    asked, unit, cell = _asked(form, kind, key, unit_id)
    columns = [
        Column(t("report.evidence." + name))
        for name in ("entry", "kind", "day", "site", "vaccine", "detail", "amount")
    ]
    rows = [
        [
            found.entry_id, kind_label(found.kind), found.on, area().tree.name(found.place_id),
            vaccine_name(found.vaccine), detail_words(found), found.amount,
        ]
        for found in evidence(connection(), unit, asked.period, cell)
    ]  # fmt: skip
    name = f"{asked.layout.code}-{asked.period.key}-{cell.indicator}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(csv_text(Sheet("", (), columns, rows)), content_type=CSV_TYPE, headers=headers)


def detail_words(found: Evidence) -> str:
    """What the record says: the dose, the outcome, the reason or the severity."""
    if found.kind == "dose":
        words = dose_type(found.detail.removesuffix("@home"))
        return f"{words} ({t('report.at_home')})" if found.detail.endswith("@home") else words
    name = {"visit": "outcome", "screening": "outcome", "stock_movement": "reason", "reaction": "severity"}
    return option(found.kind, name[found.kind], found.detail)


def _asked(form: str, kind: str, key: str, unit_id: str) -> tuple[Asked, Unit, Cell]:
    require("reports")
    require("entries")
    asked, unit = asked_of(form, kind, key), seen_unit(unit_id)
    cell = cell_of(request.args.get("cell", ""))
    if cell is None or cell.indicator not in asked.layout.counts:
        raise Refused(fault("scope.hidden"))
    return asked, unit, cell


def _names(records: list[Evidence]) -> dict[str, str]:
    """Person id -> the name, masked by the reader's role."""
    ids = sorted({record.person_id for record in records if record.person_id})
    query = select(Person.id, Person.full_name)
    return {row.id: person_name(row.full_name) for row in select_among(connection(), query, Person.id, ids)}


def _seen(records: list[Evidence]) -> set[str]:
    """People of the records whose own page the reader may open: those who live in the reader's area."""
    ids = sorted({record.person_id for record in records if record.person_id})
    query = select(Person.id, Person.village_id)
    rows = select_among(connection(), query, Person.id, ids)
    return {row.id for row in rows if row.village_id in area().visible}
