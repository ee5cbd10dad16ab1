"""The report forms of a province: those that ship, and those it loaded itself."""

from __future__ import annotations

from sqlalchemy import Connection, select

from server.reports.models import ReportLayout
from shared.faults import Refused, fault
from shared.reporting.layouts import Layout, own_layout, shipped_layouts


def layouts(connection: Connection, province: str) -> dict[str, Layout]:
    """Code -> form, for a province; its own replaces one of the same code. Forms about single persons are left out."""
    found = {code: layout for code, layout in shipped_layouts().items() if layout.counts}
    own = select(ReportLayout).where(ReportLayout.province_id == province).order_by(ReportLayout.id)
    for row in connection.execute(own.with_only_columns(*ReportLayout.__table__.columns)):
        found[row.code] = own_layout(row._asdict())
    return found


def layout_of(connection: Connection, province: str, code: str) -> Layout:
    """One form. Raises Refused (`report.unknown_form`)."""
    found = layouts(connection, province).get(code)
    if found is None:
        raise Refused(fault("report.unknown_form", form=code))
    return found
