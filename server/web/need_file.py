"""Vaccine need as a file: needs by place and dose, vaccines, suggested shipments."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.redistribution.need import NeedTable
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
from server.web.area import area
from server.web.need import asked_table, shown_rows, wanted_words
from server.web.need_area import Divided
from server.web.texts import age_group, dose_type, in_language, moment, number, role, t, vaccine
from shared.faults import Refused, fault
from shared.rules.need import UNUSABLE


@blueprint.get("/stock/need.<ending>")
@login_required
def vaccine_need_file(ending: str) -> ResponseReturnValue:
    """What the page shows, as XLSX or CSV."""
    if ending not in ("xlsx", "csv"):
        raise Refused(fault("scope.hidden"))
    divided, table = asked_table()
    sheets = [_need_sheet(divided, table), _item_sheet(divided, table), _shipment_sheet(divided, table)]
    if ending == "xlsx":
        data, content_type = workbook_bytes(sheets, _source(divided, table)), XLSX_TYPE
    else:
        data, content_type = csv_text(*sheets).encode(), CSV_TYPE
    name = f"nhu-cau-vac-xin-{current_settings().clock.today().isoformat()}.{ending}"
    return Response(
        data, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _need_sheet(divided: Divided, table: NeedTable) -> Sheet:
    columns = [
        Column(t("need.part." + divided.level)),
        Column(t("summary.column.age_group")),
        Column(t("summary.column.dose")),
        Column(t("summary.column.due_on"), "day"),
        *(Column(t("need.column." + name), "number") for name in ("due", "covered")),
        Column(t("need.column.coverage"), "percent"),
        *(
            Column(t("need.column." + name), "number")
            for name in ("need", "on_hand", "promised", "shortage", "suggested", "missing")
        ),
        Column(t("need.column.vaccines")),
    ]
    rows = []
    for row in shown_rows(table):
        need, suggested = row.need, table.sent_to(*row.need.key)
        used = ", ".join(f"{vaccine(code)} {number(doses)}" for code, doses in sorted(row.own.items()))
        rows.append(
            [
                area().tree.name(need.place), age_group(need.age_group), dose_type(need.dose_type), need.due_on,
                need.due, need.covered, need.covered / need.due if need.due else None, need.people, row.on_hand,
                row.promised, row.shortage, suggested, row.shortage - suggested, used or None,
            ]
        )  # fmt: skip
    return Sheet(t("need.title"), (t("need.title"), _place_name(divided)), columns, rows)


def _item_sheet(divided: Divided, table: NeedTable) -> Sheet:
    names = ("in_parts", "in_stores", "coming", "for_goals", "promised_out", "left", "suggested")
    columns = [
        Column(t("need.column.vaccine")),
        *(Column(t("need.column." + name), "number") for name in names),
        *(Column(t("need.unusable." + reason), "number") for reason in UNUSABLE),
    ]
    rows = [
        [
            in_language(line.item, "name"),
            line.in_parts,
            line.in_stores,
            line.coming,
            line.for_goals,
            line.promised,
            line.left,
            line.suggested,
            *(line.unusable.get(reason, 0) for reason in UNUSABLE),
        ]
        for line in table.items
    ]
    return Sheet(t("need.vaccines"), (t("need.vaccines"), _place_name(divided)), columns, rows)


def _shipment_sheet(divided: Divided, table: NeedTable) -> Sheet:
    columns = [
        Column(t("need.column.from")),
        Column(t("need.column.to")),
        Column(t("need.column.vaccine")),
        Column(t("need.column.vials"), "number"),
        Column(t("need.column.doses"), "number"),
        Column(t("need.column.expiry"), "day"),
        Column(t("need.column.why")),
    ]
    names = {line.item.id: in_language(line.item, "name") for line in table.items}
    rows = [
        [
            area().tree.name(shipment.source),
            area().tree.name(shipment.place),
            names[shipment.item],
            shipment.vials,
            shipment.doses,
            shipment.expiry,
            "; ".join(wanted_words(table, shipment)),
        ]
        for shipment in table.shipments
    ]
    return Sheet(t("need.lines"), (t("need.lines"), t("need.rule"), _place_name(divided)), columns, rows)


def _place_name(divided: Divided) -> str:
    return divided.place.name if divided.place else t("overview.my_area")


def _source(divided: Divided, table: NeedTable) -> Source:
    facts = [
        (t("source.what"), t("need.lead")),
        (t("source.place"), _place_name(divided)),
        (t("source.as_of"), moment(table.computed_at)),
        (t("source.made_at"), moment(current_settings().clock.now())),
        (t("source.taken_by"), f"{reader().full_name} ({role(reader().role)})"),
        (t("need.column.on_hand"), t("need.on_hand_more")),
    ]
    return Source(t("source.name"), facts)
