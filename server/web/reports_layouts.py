"""The report forms: their columns, what fills each, and how sure the headings are."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.web import blueprint
from server.web.area import require
from server.web.reports_frame import known_layouts
from shared.reporting.indicators import INDICATORS


@blueprint.get("/reports/forms")
@login_required
def report_forms() -> ResponseReturnValue:
    """Every form of the province, column by column."""
    require("reports")
    return render_template("reports_forms.html", layouts=known_layouts(), indicators=INDICATORS)
