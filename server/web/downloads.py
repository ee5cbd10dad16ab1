"""Files with people in them: made, written down in the log, and only then sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from flask import Response

from server.accounts.exports import log_export
from server.accounts.session import reader
from server.database import db
from server.interop.tables import Cell, csv_bytes, xlsx_bytes
from server.places.tree import Node
from server.reports.workbook import Sheet, Source, csv_text, workbook_bytes
from server.settings import current_settings
from server.web.area import connection
from shared.faults import Refused, fault
from shared.text.folding import fold

#: Rows of one file made for a page; larger ones are for the command, which does not hold them in memory.
MOST_ROWS = 200_000

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def send_file(
    what: str, place: Node, header: Sequence[str], rows: Iterable[Sequence[Cell]], ending: str
) -> Response:
    """A CSV or XLSX file of a place, logged under `what`. Raises Refused (`export.too_large`, `scope.hidden`)."""
    if ending not in _TYPES:
        raise Refused(fault("scope.hidden"))
    found = list(islice(rows, MOST_ROWS + 1))
    if len(found) > MOST_ROWS:
        raise Refused(fault("export.too_large", most=MOST_ROWS))
    data = csv_bytes(list(header), found) if ending == "csv" else xlsx_bytes(what, list(header), found)
    log_export(connection(), reader().id, what, place.id, len(found), data, current_settings().clock)
    db.session.commit()
    name = f"tungnha-{what}-{fold(place.name).replace(' ', '-')}.{ending}"
    disposition = f'attachment; filename="{name}"'
    return Response(data, content_type=_TYPES[ending], headers={"Content-Disposition": disposition})


def send_sheet(what: str, place: Node | None, sheet: Sheet, source: Source, ending: str) -> Response:
    """A titled sheet about a place (None: all of the reader's), as people print it, or its table as CSV; logged."""
    if ending not in _TYPES:
        raise Refused(fault("scope.hidden"))
    data = workbook_bytes([sheet], source) if ending == "xlsx" else csv_text(sheet).encode()
    clock = current_settings().clock
    log_export(connection(), reader().id, what, place.id if place else None, len(sheet.rows), data, clock)
    db.session.commit()
    headers = {
        "Content-Disposition": f'attachment; filename="tungnha-{what}-{clock.today():%Y%m%d}.{ending}"',
        "Cache-Control": "no-store",
    }
    return Response(data, content_type=_TYPES[ending], headers=headers)
