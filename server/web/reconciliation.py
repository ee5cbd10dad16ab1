"""Reconciliation with the provincial CDC: figures side by side, their difference, what was agreed (R003)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import language
from server.database import db
from server.ledger.inspect import history
from server.places.order import place_key
from server.reports import reconciling
from server.reports.reconciling import Compared
from server.reports.unit_figures import place_figures
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.listing import Paging, Sorting
from server.web.reports import asked_words
from server.web.reports_frame import (
    asked_in_address,
    author,
    may_review,
    own_units,
    period_words,
    require_author,
    vaccine_name,
)
from server.web.texts import t
from shared.faults import Refused, fault
from shared.records.reconciliation import STATES
from shared.reference import vaccines
from shared.reporting.indicators import COUNTS, INDICATORS
from shared.rules.periods import Period, period_of

_KEYS: dict[str, Callable[[Compared], Any]] = {
    "period": lambda c: (c.period.first, c.period.last),
    "unit": lambda c: place_key(area().tree.name(c.unit_id)),
    "difference": lambda c: abs(c.difference) if c.difference is not None else None,
    "state": lambda c: c.state,
}


@blueprint.get("/reports/reconciliation")
@login_required
def reconciliation() -> ResponseReturnValue:
    """Every figure compared with the CDC's in the reader's area, and a form for one more."""
    require("reports")
    places = _places()
    found = reconciling.reconciliations(connection(), places)
    state = request.args.get("state", "")
    shown = [c for c in found if not state or c.state == state]
    sorting = Sorting.from_address(_KEYS, "period", descending=True)
    paging = Paging.from_address(len(shown))
    counted = Counter(c.state for c in found)
    return render_template(
        "reconciliation.html",
        rows=paging.of(sorting.apply(shown, _KEYS)),
        totals={name: counted[name] for name in STATES},
        state=state,
        places=places,
        where=area().where,
        indicator_choices=[(code, indicator_name(code)) for code in COUNTS],
        vaccine_choices=[(code, vaccine_name(code)) for code in vaccines()],
        indicator_name=indicator_name,
        vaccine_name=vaccine_name,
        place_name=area().tree.name,
        sorting=sorting,
        **asked_words(asked_in_address()),
        **paging.words(),
    )


@blueprint.post("/reports/reconciliation")
@login_required
def compare_figure() -> ResponseReturnValue:
    """Enter the CDC's figure for a unit; the unit's own is what it last reported."""
    require("reports")
    require_author("reconciliation")
    place = request.form.get("place", "")
    if place not in _places():
        raise Refused(fault("scope.hidden"))
    period = _period(request.form.get("kind", ""), request.form.get("on", ""))
    indicator, vaccine = request.form.get("indicator", ""), request.form.get("vaccine") or None
    if indicator not in COUNTS or (vaccine and vaccine not in vaccines()):
        raise Refused(fault("field.not_option", "indicator"))
    own = place_figures(connection(), area().tree, place, period)
    hand = author()
    subject = reconciling.write(
        hand, place, period, indicator, vaccine,
        {
            "unit_value": own.get((indicator, vaccine or "")),
            "cdc_value": _whole("cdc_value"),
            "cdc_source": request.form.get("cdc_source", "").strip() or None,
            "state": "open",
        },
    )  # fmt: skip
    hand.flush()
    db.session.commit()
    return redirect(url_for("web.compared", subject=subject))


@blueprint.get("/reports/reconciliation/<subject>")
@login_required
def compared(subject: str) -> ResponseReturnValue:
    """One figure: both values, the difference, its reason, the agreed value, and everything written about it."""
    require("reports")
    return _page(_seen(subject))


@blueprint.post("/reports/reconciliation/<subject>")
@login_required
def agree(subject: str) -> ResponseReturnValue:
    """Keep what was filled in, and with `agree` state that the figure is agreed."""
    require("reports")
    require_author("reconciliation")
    found = _seen(subject)
    agreed = request.form.get("do") == "agree"
    figures = {
        "unit_value": _whole("unit_value"),
        "cdc_value": _whole("cdc_value"),
        "cdc_source": request.form.get("cdc_source", "").strip() or None,
        "reason": request.form.get("reason", "").strip() or None,
        "agreed_value": _whole("agreed_value"),
        "state": "agreed" if agreed else "open",
    }
    hand = author()
    try:
        reconciling.write(hand, found.unit_id, found.period, found.indicator, found.vaccine, figures)
        hand.flush()
    except Refused as refused:
        db.session.rollback()
        return _page(_seen(subject), faults=refused.faults, typed=figures), 422
    db.session.commit()
    flash(t("reconcile.agreed_done") if agreed else t("reconcile.saved"), "good")
    return redirect(url_for("web.compared", subject=subject))


def indicator_name(code: str) -> str:
    """An indicator's name in the reader's language."""
    found = INDICATORS[code]
    return found.en if language() == "en" else found.vi


def _page(found: Compared, faults: Any = (), typed: dict[str, Any] | None = None) -> str:
    own = place_figures(connection(), area().tree, found.unit_id, found.period)
    return render_template(
        "reconciliation_one.html",
        found=found,
        faults=faults,
        typed=typed or {},
        reported=own.get((found.indicator, found.vaccine or "")),
        history=history(connection(), found.id),
        indicator_name=indicator_name,
        vaccine_name=vaccine_name,
        place_name=area().tree.name,
        period_words=period_words,
        may_review=may_review(),
    )


def _places() -> list[str]:
    """Places whose figures the reader may compare: districts that lie in their area, and its units."""
    units = own_units()
    above = [node.id for level in ("province", "district") for node in area().at_level(level)]
    return [*above, *(unit.id for unit in units)]


def _period(kind: str, on: str) -> Period:
    """The period of a kind that holds a day. Raises Refused."""
    try:
        return period_of(kind, date.fromisoformat(on))
    except (ValueError, KeyError):
        raise Refused(fault("field.not_day", t("reconcile.on"))) from None


def _seen(subject: str) -> Compared:
    found = reconciling.one(connection(), subject)
    if found is None or found.unit_id not in _places():
        raise Refused(fault("scope.hidden"))
    return found


def _whole(name: str) -> int | None:
    text = "".join(request.form.get(name, "").split()).replace(".", "").replace(",", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise Refused(fault("report.bad_value", name))
    return int(text)
