"""Import of report forms: a row a column, so that a new form needs no release."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import select

from server.interop.imports import Change, Known, refuse_repeats
from server.interop.layouts import Column, Layout, Row, code, one_of, people, words
from server.reports.models import ReportLayout
from shared.faults import fault
from shared.identifiers import named_id
from shared.projections.stock import compact
from shared.reporting.indicators import INDICATORS

_INDICATORS = {name: (found.vi, found.en) for name, found in INDICATORS.items()}


def heading(text: str) -> str:
    """A heading as it is in the form: at most 300 characters."""
    if len(text) > 300:
        raise ValueError(text)
    return text


LAYOUT = Layout(
    "report_layout",
    "report_layout",
    (
        Column("form_code", "Mã mẫu", "Form code", "PL5_SYT", code),
        Column("form", "Tên mẫu", "Form name", "Mẫu 5 của Sở Y tế", words),
        Column("column_no", "Cột số", "Column number", "1", people),
        Column("column_vi", "Tiêu đề cột", "Heading", "Số tiêm được – Mũi 1", heading),
        Column("indicator", "Chỉ tiêu", "Indicator", "doses.primary_1", one_of(_INDICATORS)),
        Column("document", "Văn bản", "Document", "CV 123/SYT-NVY", words),
        Column("status", "Tình trạng", "Status", "confirmed", words, required=False),
    ),
)


class ReportLayouts:
    """The rows of one form code are one form; a form that stands is replaced whole."""

    layout = LAYOUT

    def plan(self, known: Known, rows: list[Row]) -> list[Change]:
        """One entry a form that is new or differs."""
        refuse_repeats(rows, lambda row: (row.values["form_code"], row.values["column_no"]))
        refuse_repeats(
            [row for row in rows if _holds_a_number(row)],
            lambda row: (row.values["form_code"], row.values["indicator"]),
        )
        forms: dict[str, list[Row]] = {}
        for row in rows:
            forms.setdefault(str(row.values.get("form_code")), []).append(row)
        province = _province(known)
        changes = []
        for form, lines in forms.items():
            if all(row.action != "fault" for row in lines) and _is_form(form, lines):
                changes += _change(known, province, form, lines)
        return changes


def _holds_a_number(row: Row) -> bool:
    """Whether the row's indicator is one that only one column of a form may show."""
    return row.action != "fault" and INDICATORS[row.values["indicator"]].sort == "count"


def _is_form(form: str, lines: list[Row]) -> bool:
    """A form names places and asks for something, in columns numbered from 1 without a gap."""
    indicators = [row.values["indicator"] for row in lines]
    numbers = sorted(row.values["column_no"] for row in lines)
    what = None
    if numbers != list(range(1, len(lines) + 1)):
        what = "cột phải đánh số liền từ 1 / columns are numbered from 1 without a gap"
    elif "place" not in indicators or not any(INDICATORS[name].sort == "count" for name in indicators):
        what = "cần cột địa phương và ít nhất một cột số / it needs a place column and one of figures"
    if what is None:
        return True
    for row in lines:
        row.refuse(fault("report.bad_layout", "column_no", form=form, what=what))
    return False


def _change(known: Known, province: str, form: str, lines: list[Row]) -> list[Change]:
    ordered = sorted(lines, key=lambda row: row.values["column_no"])
    first = ordered[0].values
    body: dict[str, Any] = {
        "code": form,
        "name": first["form"],
        "document": first["document"],
        "status": first.get("status") or "unverified",
        "columns": [
            {
                "number": row.values["column_no"],
                "heading": row.values["column_vi"],
                "indicator": row.values["indicator"],
            }
            for row in ordered
        ],
    }
    subject = named_id("report_layout", province, form)
    stands = known.connection.execute(
        select(ReportLayout.__table__).where(ReportLayout.id == subject)
    ).first()
    if stands is not None:
        same = (stands.name, stands.document, stands.status) == (
            body["name"],
            body["document"],
            body["status"],
        ) and orjson.loads(stands.columns) == orjson.loads(compact(body["columns"]))
        for row in lines:
            row.action = "same" if same else "changed"
        if same:
            return []
    return [Change("report_layout", subject, province, body, edit=stands is not None)]


def _province(known: Known) -> str:
    visible = (known.tree.nodes[place] for place in known.visible if place in known.tree.nodes)
    return next((node.province for node in visible), "")
