"""Forms and summaries as pages to print and as files: XLSX, CSV."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.reports.form_sheet import FormRow, Names, form_rows, form_sheet, form_totals
from server.reports.summary import GoalLine, Summary, publishable, summary
from server.reports.units import Unit
from server.reports.workbook import (
    CSV_TYPE,
    XLSX_TYPE,
    Column,
    Sheet,
    Source,
    csv_text,
    workbook_bytes,
)
from server.settings import current_settings
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.listing import Paging
from server.web.reports import asked_words
from server.web.reports_frame import (
    Asked,
    asked_in_address,
    campaign_name,
    districts_of,
    own_units,
    period_words,
    plan_of,
    today,
    vaccine_name,
)
from server.web.texts import age_group, day, dose_type, in_language, moment, number, role, t
from shared.faults import Refused, fault
from shared.reporting.indicators import INDICATORS


@blueprint.get("/reports/sheet")
@login_required
def report_sheet() -> ResponseReturnValue:
    """The form filled in for all units of the reader's area, or of one district: to read, print and take away."""
    require("reports")
    asked = asked_in_address()
    units, district = _units()
    rows = form_rows(connection(), asked.layout, units, asked.period)
    paging = Paging.from_address(len(rows))
    return render_template(
        "reports_sheet.html",
        rows=paging.of(rows),
        totals=form_totals(asked.layout, rows),
        layout=asked.layout,
        indicators=INDICATORS,
        names=_names(),
        plan=plan_of(asked.period),
        district=district,
        districts=districts_of(own_units()),
        counted_only=sum(row.source == "counted" for row in rows),
        **asked_words(asked),
        **paging.words(),
    )


@blueprint.get("/reports/sheet.<ending>")
@login_required
def report_sheet_file(ending: str) -> ResponseReturnValue:
    """The same as a file."""
    require("reports")
    asked = asked_in_address()
    units, district = _units()
    rows = form_rows(connection(), asked.layout, units, asked.period)
    place = area().tree.name(district) if district else _area_name()
    title = (asked.layout.name, f"{place} – {period_words(asked.period)}")
    sheet = form_sheet(asked.layout, rows, title, _names(), t("column.total"))
    return _file(f"{asked.layout.code}-{asked.period.key}", ending, [sheet], _form_source(asked, rows, place))


@blueprint.get("/reports/summary")
@login_required
def report_summary() -> ResponseReturnValue:
    """The summary of the reader's area for a meeting, as a page to print."""
    require("reports")
    found = _summary()
    return render_template(
        "reports_summary.html",
        summary=found,
        name=_area_name(),
        today=today(),
        dose_types=list(dict.fromkeys(line.dose_type for line in found.doses)),
    )


@blueprint.get("/reports/summary.<ending>")
@login_required
def report_summary_file(ending: str) -> ResponseReturnValue:
    """The summary as a file: goals, districts, communes, doses."""
    require("reports")
    found = _summary()
    sheets = [
        _goal_sheet(t("summary.goals"), found.goals, whole=True),
        _goal_sheet(t("summary.districts"), found.districts),
        _goal_sheet(t("summary.communes"), found.communes),
        _dose_sheet(found),
    ]
    return _file(f"tong-hop-{today().isoformat()}", ending, sheets, _source(found, t("summary.what")))


@blueprint.get("/reports/public.<ending>")
@login_required
def report_public_file(ending: str) -> ResponseReturnValue:
    """Figures that may be given to anyone: no person in them, small groups held back."""
    require("reports")
    found = _summary()
    columns = [
        Column(t("summary.column." + name)) for name in ("district", "commune", "age_group", "dose", "due_on")
    ] + [
        Column(t("summary.column.due"), "number"),
        Column(t("summary.column.covered"), "number"),
        Column(t("summary.column.percent"), "percent"),
        Column(t("summary.column.held_back")),
    ]
    rows: list[list[Any]] = []
    for line, open_ in publishable(found.communes):
        due, covered = line.figures.due, line.figures.covered
        told = [due, covered, covered / due if due else None, None]
        rows.append(
            [
                line.above, line.name, age_group(line.goal.age_group), dose_type(line.goal.dose_type),
                day(line.goal.due_on), *(told if open_ else [None, None, None, t("summary.held_back")]),
            ]
        )  # fmt: skip
    sheet = Sheet(t("summary.public"), (t("summary.public_title", place=_area_name()),), columns, rows)
    source = _source(found, t("summary.public_what"))
    return _file(f"cong-khai-{today().isoformat()}", ending, [sheet], source)


def _units() -> tuple[list[Unit], str]:
    district = request.args.get("district", "")
    units = [unit for unit in own_units() if not district or unit.district_id == district]
    if district and not units:
        raise Refused(fault("scope.hidden"))
    return units, district


def _area_name() -> str:
    roots = area().roots
    return roots[0].name if len(roots) == 1 else t("overview.my_area")


def _names() -> Names:
    return Names(campaign_name, vaccine_name, lambda source: t("report.from." + source))


def _summary() -> Summary:
    roots = area().roots
    if not roots:
        raise Refused(fault("scope.hidden"))
    seen = area()
    on_tree = [root for root in roots if root.id in seen.tree.nodes]
    return summary(connection(), seen.tree, on_tree, seen.visible, today())


def _goal_sheet(name: str, lines: tuple[GoalLine, ...], *, whole: bool = False) -> Sheet:
    names = ("age_group", "dose", "due_on") if whole else ("place", "above", "age_group", "dose", "due_on")
    columns = [Column(t("summary.column." + key), "day" if key == "due_on" else "text") for key in names] + [
        Column(t("summary.column." + key), "percent" if key == "percent" else "number")
        for key in ("planned", "people", "contraindicated", "due", "covered", "percent", "to_go", "days_left",
                    "needed")
    ]  # fmt: skip
    rows = []
    for line in lines:
        found, progress = line.figures, line.progress(today())
        where = [] if whole else [line.name, line.above]
        percent = found.covered / found.due if found.due else None
        rows.append(
            [
                *where, age_group(line.goal.age_group), dose_type(line.goal.dose_type), line.goal.due_on,
                line.planned, found.people, found.contraindicated, found.due, found.covered, percent,
                progress.to_go, progress.days_left, progress.needed_per_day,
            ]
        )  # fmt: skip
    title = (t("summary.title", place=_area_name()), name)
    return Sheet(name, title, columns, rows)


def _dose_sheet(found: Summary) -> Sheet:
    columns = [
        Column(t("summary.column.place")),
        Column(t("summary.column.dose")),
        Column(t("summary.column.by_residence"), "number"),
        Column(t("summary.column.by_site"), "number"),
    ]
    rows = [[line.name, dose_type(line.dose_type), line.by_residence, line.by_site] for line in found.doses]
    title = (t("summary.title", place=_area_name()), t("summary.doses"))
    return Sheet(t("summary.doses"), title, columns, rows)


def _form_source(asked: Asked, rows: list[FormRow], place: str) -> Source:
    plan = plan_of(asked.period)
    sources = {row.unit.id: row.source for row in rows}
    facts = [
        (t("source.what"), asked.layout.name),
        (t("source.status"), asked.layout.status),
        (t("source.place"), place),
        (t("source.period"), period_words(asked.period)),
        (t("source.as_of"), moment(current_settings().clock.now())),
        (t("source.plan"), f"{plan.document} ({day(plan.valid_from)})" if plan else "–"),
        (t("source.units"), number(len(sources))),
        *(
            (t("report.from." + source), number(sum(s == source for s in sources.values())))
            for source in dict.fromkeys(sources.values())
        ),
        *(
            (column.heading, _formula(column.indicator))
            for column in asked.layout.columns
            if column.indicator in asked.layout.counts
        ),
    ]
    return Source(t("source.name"), [*facts, _taken_by()])


def _source(found: Summary, what: str) -> Source:
    facts = [
        (t("source.what"), what),
        (t("source.place"), _area_name()),
        (t("source.as_of"), moment(found.as_of)),
        (t("source.made_at"), moment(current_settings().clock.now())),
        (t("source.denominator"), t("overview.denominator")),
    ]
    return Source(t("source.name"), [*facts, _taken_by()])


def _taken_by() -> tuple[str, str]:
    return t("source.taken_by"), f"{reader().full_name} ({role(reader().role)})"


def _formula(code: str) -> str:
    return in_language(INDICATORS[code], "formula")


def _file(name: str, ending: str, sheets: list[Sheet], source: Source) -> Response:
    """A file to take away; CSV holds all sheets one below the other."""
    if ending == "xlsx":
        data, content_type = workbook_bytes(sheets, source), XLSX_TYPE
    elif ending == "csv":
        data, content_type = csv_text(*sheets).encode(), CSV_TYPE
    else:
        raise Refused(fault("scope.hidden"))
    headers = {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    return Response(data, content_type=content_type, headers=headers)
