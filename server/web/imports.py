"""Imports: upload, match the columns, preview with the faults of each row, confirm."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import language, reader
from server.interop.cdc_figures import CdcFigures
from server.interop.imports import Importer, Known, Preview, check
from server.interop.imports import write as write_preview
from server.interop.layouts import Mapping
from server.interop.mapping import header_row, mapping_for, remember
from server.interop.plan_targets import PlanTargets
from server.interop.population import PopulationFigures
from server.interop.report_layouts import ReportLayouts
from server.interop.tables import Lines, Table, csv_bytes, read_lines, table_at, xlsx_bytes
from server.interop.villages import Villages
from server.ledger.author import ServerAuthor
from server.settings import current_settings
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.texts import number, t
from server.web.writing import write
from shared.faults import Fault, Refused, fault
from shared.records import may_author

IMPORTERS: dict[str, Importer] = {
    i.layout.name: i for i in (Villages(), PopulationFigures(), PlanTargets(), CdcFigures(), ReportLayouts())
}
SHOWN_ROWS = 500

_ORDER = ("fault", "new", "changed", "same")
#: Content types of the files we give, by their endings.
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@blueprint.get("/imports")
@login_required
def imports_home() -> ResponseReturnValue:
    """The files the reader may import."""
    require("imports")
    return _home([])


@blueprint.get("/imports/<name>/template.<ending>")
@login_required
def import_template(name: str, ending: str) -> ResponseReturnValue:
    """An empty file with the right headings and one example row."""
    layout = _importer(name).layout
    if ending not in TYPES:
        raise Refused(fault("scope.hidden"))
    header = [column.heading(language()) for column in layout.columns]
    example = [[column.example for column in layout.columns]]
    data = csv_bytes(header, example) if ending == "csv" else xlsx_bytes(layout.name, header, example)
    disposition = f'attachment; filename="tungnha-{layout.name}.{ending}"'
    return Response(data, content_type=TYPES[ending], headers={"Content-Disposition": disposition})


@blueprint.post("/imports/<name>")
@login_required
def import_check(name: str) -> ResponseReturnValue:
    """Check an uploaded file and show what it would change; its headings are looked for and matched."""
    importer = _importer(name)
    upload = request.files.get("file")
    try:
        if upload is None or not upload.filename:
            raise Refused(fault("import.empty"))
        lines = read_lines(upload.filename, upload.read())
    except Refused as refused:
        return _home(refused.faults), max(f.explanation.status for f in refused.faults)
    row = header_row(importer.layout, lines)
    mapping = mapping_for(connection(), importer.layout, table_at(lines, row).header)
    return _preview(importer, _Carried(lines, row, mapping, upload.filename))


@blueprint.post("/imports/<name>/map")
@login_required
def import_map(name: str) -> ResponseReturnValue:
    """Check the file again with its columns matched by hand."""
    importer = _importer(name)
    return _preview(importer, _by_hand(importer))


@blueprint.post("/imports/<name>/write")
@login_required
def import_write(name: str) -> ResponseReturnValue:
    """Check the file again as it was shown, write what is sound, and remember how its columns were matched."""
    importer = _importer(name)
    carried = _as_shown(importer)
    table = carried.table

    def work(author: ServerAuthor) -> int:
        now = current_settings().clock.now()
        remember(connection(), importer.layout, table.header, carried.mapping, reader().id, now)
        return write_preview(check(importer, _known(), table, carried.mapping), author)

    written = write(work)
    flash(t("imports.written", count=number(written), filename=carried.filename), "good")
    return redirect(url_for("web.imports_home"))


@dataclass(frozen=True, slots=True)
class _Carried:
    """What goes along from one page of an import to the next: the file's lines, and how they are to be read."""

    lines: Lines
    header_row: int
    mapping: Mapping
    filename: str

    @property
    def table(self) -> Table:
        return table_at(self.lines, self.header_row)


def _importer(name: str) -> Importer:
    require("imports")
    importer = IMPORTERS.get(name)
    if importer is None:
        raise Refused(fault("scope.hidden"))
    if not may_author(reader().role, importer.layout.record_kind):
        raise Refused(fault("permission.denied"))
    return importer


def _known() -> Known:
    return Known(connection(), area().tree, area().visible)


def _home(faults: Any) -> str:
    role = reader().role
    layouts = [i.layout for i in IMPORTERS.values() if may_author(role, i.layout.record_kind)]
    return render_template("imports.html", layouts=layouts, faults=faults)


def _preview(importer: Importer, carried: _Carried) -> ResponseReturnValue:
    """The page of a file: how its columns are matched, then what it would change. 422 while a column is missing."""
    layout, table = importer.layout, carried.table
    missing = layout.missing(carried.mapping)
    faults: tuple[Fault, ...] = ()
    preview = Preview(layout, [])
    if missing:
        try:
            layout.rows(table, carried.mapping)
        except Refused as refused:
            faults = refused.faults
    else:
        preview = check(importer, _known(), table, carried.mapping)
    rows = sorted(preview.rows, key=lambda row: (_ORDER.index(row.action), row.number))
    page = render_template(
        "import_preview.html",
        layout=layout,
        rows=rows[:SHOWN_ROWS],
        total=len(rows),
        counts=preview.counts(),
        filename=carried.filename,
        header=table.header,
        example=next((row for row in table.rows if any(row)), ()),
        header_row=carried.header_row,
        mapping=carried.mapping,
        missing=missing,
        faults=faults,
        carried=json.dumps(carried.lines, ensure_ascii=False),
        matched=json.dumps(asdict(carried.mapping), ensure_ascii=False),
    )
    return page, 422 if missing else 200


def _as_shown(importer: Importer) -> _Carried:
    """The file as the page before showed it: what is written is what was looked at."""
    form = request.form
    try:
        told = json.loads(form["mapping"])
        mapping = Mapping(
            {str(name): int(index) for name, index in told["found"].items()},
            {str(name): str(text) for name, text in told["fixed"].items()},
        )
        return _sound(importer, int(form["shown_row"]), mapping)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused(fault("request.malformed")) from error


def _by_hand(importer: Importer) -> _Carried:
    """The file with its columns matched by hand: `column.<name>` is a position, `fixed.<name>` words for every row.

    Another heading row is matched by its own headings first.
    """
    form, names = request.form, [column.name for column in importer.layout.columns]
    try:
        row = int(form["header_row"])
        if form["header_row"] != form["shown_row"]:
            header = table_at(_lines(), row).header
            return _sound(importer, row, mapping_for(connection(), importer.layout, header))
        mapping = Mapping(
            {name: int(form[f"column.{name}"]) for name in names if form.get(f"column.{name}")},
            {name: form[f"fixed.{name}"].strip() for name in names if form.get(f"fixed.{name}", "").strip()},
        )
        return _sound(importer, row, mapping)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused(fault("request.malformed")) from error


def _lines() -> Lines:
    return tuple(tuple(str(cell) for cell in line) for line in json.loads(request.form["lines"]))


def _sound(importer: Importer, row: int, mapping: Mapping) -> _Carried:
    """What the page before carried along. Nothing in it is trusted: it is checked as if just uploaded."""
    lines = _lines()
    header = table_at(lines, row).header
    known = {column.name for column in importer.layout.columns}
    found = all(name in known and 0 <= index < len(header) for name, index in mapping.found.items())
    if not found or not set(mapping.fixed) <= known:
        raise ValueError(mapping)
    return _Carried(lines, row, mapping, request.form.get("filename", ""))
