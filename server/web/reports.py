"""Reports: where the reports of a period stand, unit by unit, or those of one unit, period by period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.places.order import place_key
from server.reports.counting import count
from server.reports.standing import STATES, Sent, due_on, is_late, sent_reports, state_of
from server.reports.units import Unit
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.listing import Paging, Sorting
from server.web.reports_frame import (
    Asked,
    asked_in_address,
    campaign_name,
    campaigns,
    districts_of,
    known_layouts,
    lately,
    may_review,
    may_send,
    own_units,
    period_args,
    period_words,
    today,
)
from shared.reporting.drafts import draft
from shared.rules.periods import KINDS, Period

#: Periods shown to a reader of one unit.
PERIODS_SHOWN = 14


@dataclass(frozen=True, slots=True)
class Line:
    """A unit's report of a period. `missing` names the form's headings still blank (None: not looked at)."""

    unit: Unit
    period: Period
    sent: Sent | None
    state: str
    late: bool
    where: str
    missing: list[str] | None = None


_KEYS: dict[str, Callable[[Line], Any]] = {
    "unit": lambda line: place_key(line.unit.name),
    "district": lambda line: place_key(line.where),
    "state": lambda line: (STATES.index(line.state), not line.late, place_key(line.unit.name)),
    "sent": lambda line: line.sent and line.sent.sent_at,
    "period": lambda line: line.period.first,
}


@blueprint.get("/reports")
@login_required
def reports_home() -> ResponseReturnValue:
    """The reports of the reader's units: of one period, or of a single unit's last periods."""
    require("reports")
    asked = asked_in_address()
    units = own_units()
    if len(units) == 1:
        lines = _periods_of(units[0], asked)
    else:
        district = request.args.get("district", "")
        lines = _lines([u for u in units if not district or u.district_id == district], asked)
    state = request.args.get("state", "")
    wanted = [line for line in lines if not state or line.state == state or (state == "late" and line.late)]
    default = "period" if len(units) == 1 else "state"
    sorting = Sorting.from_address(_KEYS, default, descending=default == "period")
    paging = Paging.from_address(len(wanted))
    counted = Counter(line.state for line in lines)
    return render_template(
        "reports_home.html",
        lines=_with_missing(list(paging.of(sorting.apply(wanted, _KEYS))), asked),
        totals={name: counted[name] for name in STATES} | {"late": sum(line.late for line in lines)},
        state=state,
        single=len(units) == 1,
        district=request.args.get("district", ""),
        districts=districts_of(units),
        due=due_on(asked.period),
        waiting=sum(line.state in ("submitted", "answered") for line in lines) if may_review() else 0,
        sorting=sorting,
        **asked_words(asked),
        **paging.words(),
    )


def asked_words(asked: Asked) -> dict[str, Any]:
    """What the choice of form and period says on every page of reports."""
    return {
        "asked": asked,
        "args": period_args(asked),
        "layouts": known_layouts(),
        "kinds": KINDS,
        "campaign_choices": [(id_, campaign_name(id_)) for id_ in campaigns()],
        "period_words": period_words,
        "may_send": may_send(),
        "may_review": may_review(),
        "today": today(),
    }


def _lines(units: Sequence[Unit], asked: Asked) -> list[Line]:
    sent = sent_reports(connection(), units, asked.layout.code, [asked.period])
    return [_line(unit, asked.period, sent.get((unit.id, asked.period.key))) for unit in units]


def _periods_of(unit: Unit, asked: Asked) -> list[Line]:
    periods = lately(asked.period.kind, PERIODS_SHOWN)
    sent = sent_reports(connection(), [unit], asked.layout.code, periods)
    return [_line(unit, period, sent.get((unit.id, period.key))) for period in periods]


def _line(unit: Unit, period: Period, sent: Sent | None) -> Line:
    late = is_late(sent, period, today())
    where = area().tree.name(unit.district_id)
    return Line(unit, period, sent, state_of(sent), late, where)


def _with_missing(lines: list[Line], asked: Asked) -> list[Line]:
    """The lines of a page; for units that sent nothing, with the cells the records leave blank."""
    open_units = [line.unit for line in lines if line.sent is None and line.period == asked.period]
    counted = count(connection(), open_units, asked.period) if open_units else {}
    found = []
    for line in lines:
        missing = None
        if line.unit.id in counted and line.period == asked.period and line.sent is None:
            blank = draft(asked.layout, counted[line.unit.id], None).missing(asked.layout)
            missing = list(dict.fromkeys(asked.layout.heading_of(cell.indicator) for cell in blank))
        found.append(Line(line.unit, line.period, line.sent, line.state, line.late, line.where, missing))
    return found
