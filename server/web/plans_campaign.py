"""A campaign as data: against which disease, by which document, from when (R055)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.web import blueprint
from server.web.plans import provinces
from server.web.record_forms import asked, given, said
from server.web.texts import t
from server.web.writing import write
from shared.faults import Fault, Refused, fault
from shared.kinds import KINDS
from shared.records import may_author

#: What is asked of a campaign.
FIELDS = tuple(KINDS["campaign"].schema.record_fields())


@blueprint.get("/plans/new")
@login_required
def campaign_new() -> ResponseReturnValue:
    """The form of a campaign."""
    _writer()
    return _form({}, ())


@blueprint.post("/plans/new")
@login_required
def campaign_write() -> ResponseReturnValue:
    """Write a campaign; the form again when something is wrong with it."""
    province = _writer()
    body = given("campaign", FIELDS, request.form)
    try:
        subject = write(lambda author: author.write("campaign", place=province, body=body))
    except Refused as refused:
        return _form(body, said(refused.faults, "campaign")), 422
    flash(t("campaign.written"), "good")
    return redirect(url_for("web.plan", campaign_id=subject))


def _writer() -> str:
    """The one province the reader sets campaigns for."""
    if not may_author(reader().role, "campaign") or len(provinces()) != 1:
        raise Refused(fault("permission.denied"))
    return provinces()[0]


def _form(body: dict[str, Any], faults: Sequence[Fault]) -> str:
    fields = asked("campaign", FIELDS, body, {})
    return render_template("plans_campaign_new.html", fields=fields, faults=faults)
