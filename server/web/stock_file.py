"""The expiring stock board as a file: the lots it shows, in its order."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.reports.workbook import CSV_TYPE, XLSX_TYPE, Column, Sheet, Source, csv_text, workbook_bytes
from server.settings import current_settings
from server.web import blueprint
from server.web.area import area, require
from server.web.stock import sorted_lines
from server.web.stock_board import Asked, Line, asked, board
from server.web.texts import in_language, moment, number, option, role, t
from shared.faults import Refused, fault


@blueprint.get("/stock/expiring.<ending>")
@login_required
def stock_expiring_file(ending: str) -> ResponseReturnValue:
    """What the board shows, every page of it, as XLSX or CSV."""
    require("stock")
    if ending not in ("xlsx", "csv"):
        raise Refused(fault("scope.hidden"))
    wanted = asked()
    lines, _ = sorted_lines(wanted, board(wanted).shown)
    sheet = _sheet(wanted, lines)
    return answer(sheet, _source(wanted), "ton-kho-can-han", ending)


def answer(sheet: Sheet, source: Source, name: str, ending: str) -> Response:
    """One sheet as a file of that ending; nothing in it is personal."""
    data = workbook_bytes([sheet], source) if ending == "xlsx" else csv_text(sheet).encode()
    day = current_settings().clock.today().isoformat()
    headers = {
        "Content-Disposition": f'attachment; filename="{name}-{day}.{ending}"',
        "Cache-Control": "no-store",
    }
    return Response(data, content_type=XLSX_TYPE if ending == "xlsx" else CSV_TYPE, headers=headers)


def source_facts(what: str) -> list[tuple[str, str]]:
    """What every file of stock says about itself."""
    roots = ", ".join(root.name for root in area().roots)
    return [
        (t("source.what"), what),
        (t("source.place"), roots),
        (t("source.made_at"), moment(current_settings().clock.now())),
        (t("source.taken_by"), f"{reader().full_name} ({role(reader().role)})"),
    ]


def _source(wanted: Asked) -> Source:
    how = t("board.how", days=number(wanted.horizon))
    return Source(t("source.name"), [*source_facts(t("stock.lead")), (t("column.losing"), how)])


def _sheet(wanted: Asked, lines: Sequence[Line]) -> Sheet:
    columns = [
        Column(t("column.item")),
        Column(t("column.lot")),
        Column(t("column.stock_state")),
        Column(t("column.site")),
        Column(t("board.where")),
        Column(t("column.expiry"), "day"),
        Column(t("board.days_left"), "number"),
        *(
            Column(t(f"column.{name}"), "number")
            for name in ("vials", "doses", "usable", "losing", "used_28")
        ),
        Column(t("board.not_usable")),
        Column(t("column.last_count"), "day"),
    ]
    total = board(wanted).total
    sums = [t("column.total"), *[None] * 6, total.vials, total.doses, total.usable, total.losing, *[None] * 3]
    title = (t("stock.title"), ", ".join(root.name for root in area().roots))
    return Sheet(t("stock.title"), title, columns, [_row(wanted, line) for line in lines], sums)


def _row(wanted: Asked, line: Line) -> list[object]:
    held, stock = line.held, line.held.stock
    return [
        in_language(stock, "item_name"),
        stock.lot_number,
        option("stock_movement", "state", stock.state),
        line.site_name,
        line.where,
        stock.expiry,
        stock.days_left,
        stock.vials,
        stock.doses,
        held.usable,
        line.losing(wanted.horizon),
        held.used,
        t(f"need.unusable.{held.unusable}") if held.unusable else None,
        line.counted and line.counted.as_of,
    ]
