"""The reader's own mail address, and whether the daily mail about alerts is wanted."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.alerts.addresses import address_of, keep_address
from server.database import db
from server.web import blueprint
from server.web.area import connection, require
from server.web.texts import t
from shared.faults import Refused


@blueprint.route("/stock/alerts/mail", methods=["GET", "POST"])
@login_required
def alert_mail() -> ResponseReturnValue:
    """The form; what is sent is kept for the reader alone."""
    require("stock")
    if request.method == "GET":
        address, wanted = address_of(connection(), reader().id)
        return render_template("alerts_mail.html", address=address, wanted=wanted, faults=[])
    address, wanted = request.form.get("address", "").strip(), "wanted" in request.form
    try:
        keep_address(connection(), reader().id, address, wanted=wanted)
    except Refused as refused:
        return render_template("alerts_mail.html", address=address, wanted=wanted, faults=refused.faults), 422
    db.session.commit()
    flash(t("alerts.mail_on") if wanted else t("alerts.mail_off"), "good")
    return redirect(url_for("web.alert_mail"))
