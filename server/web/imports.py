"""Imports: upload, preview with the faults of each row, confirm."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import language, reader
from server.database import db
from server.interop.imports import Importer, Known, Preview, check, write
from server.interop.plan_targets import PlanTargets
from server.interop.population import PopulationFigures
from server.interop.tables import Table, csv_bytes, read_table, xlsx_bytes
from server.interop.villages import Villages
from server.ledger.author import ServerAuthor
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.texts import number, t
from shared.faults import Refused, fault
from shared.records import may_author

IMPORTERS: dict[str, Importer] = {i.layout.name: i for i in (Villages(), PopulationFigures(), PlanTargets())}
SHOWN_ROWS = 500

_ORDER = ("fault", "new", "changed", "same")
_TYPES = {
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
    if ending not in _TYPES:
        raise Refused(fault("scope.hidden"))
    header = [column.heading(language()) for column in layout.columns]
    example = [[column.example for column in layout.columns]]
    data = csv_bytes(header, example) if ending == "csv" else xlsx_bytes(layout.name, header, example)
    disposition = f'attachment; filename="tungnha-{layout.name}.{ending}"'
    return Response(data, content_type=_TYPES[ending], headers={"Content-Disposition": disposition})


@blueprint.post("/imports/<name>")
@login_required
def import_check(name: str) -> ResponseReturnValue:
    """Check an uploaded file and show what it would change."""
    importer = _importer(name)
    upload = request.files.get("file")
    try:
        if upload is None or not upload.filename:
            raise Refused(fault("import.empty"))
        table = read_table(upload.filename, upload.read())
        preview = check(importer, _known(), table)
    except Refused as refused:
        return _home(refused.faults), max(f.explanation.status for f in refused.faults)
    return _preview(preview, table, upload.filename)


@blueprint.post("/imports/<name>/write")
@login_required
def import_write(name: str) -> ResponseReturnValue:
    """Check the file again as it was shown, and write what is sound."""
    importer = _importer(name)
    preview = check(importer, _known(), _carried(request.form.get("table", "")))
    author = ServerAuthor(connection(), reader(), current_settings().clock, PROJECTORS)
    written = write(preview, author)
    db.session.commit()
    flash(t("imports.written", count=number(written), filename=request.form.get("filename", "")), "good")
    return redirect(url_for("web.imports_home"))


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


def _preview(preview: Preview, table: Table, filename: str) -> str:
    rows = sorted(preview.rows, key=lambda row: (_ORDER.index(row.action), row.number))
    return render_template(
        "import_preview.html",
        layout=preview.layout,
        rows=rows[:SHOWN_ROWS],
        total=len(rows),
        counts=preview.counts(),
        filename=filename,
        carried=json.dumps([table.first_row, table.header, table.rows], ensure_ascii=False),
    )


def _carried(text: str) -> Table:
    """The table the preview carried along. Nothing in it is trusted: it is checked as if just uploaded."""
    try:
        first_row, header, rows = json.loads(text)
        table = Table(
            tuple(str(cell) for cell in header),
            tuple(tuple(str(cell) for cell in row) for row in rows),
            int(first_row),
        )
    except (ValueError, TypeError) as error:
        raise Refused(fault("request.malformed")) from error
    if any(len(row) != len(table.header) for row in table.rows):
        raise Refused(fault("request.malformed"))
    return table
