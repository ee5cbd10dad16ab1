"""What doses moved on a proposal became: given or expired, against doing nothing and the simple rule (R081)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.places.order import place_key
from server.redistribution.forecast_errors import ForecastError, forecast_errors
from server.redistribution.outcomes import MonthSum, Outcome, by_month, outcomes_in
from server.reports.workbook import Column, Sheet, Source
from server.settings import current_settings
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.listing import Paging, Sorting
from server.web.stock_board import kinds
from server.web.stock_file import answer, source_facts
from server.web.stock_what_if import item_names
from server.web.texts import in_language, t
from shared.faults import Refused, fault
from shared.text.folding import sort_key

#: How far back the page looks: a campaign and the months its lots last.
BACK = timedelta(days=365)

#: What is added up of moves, in doses.
_SUMMED = ("sent", "received", "used", "expired", "left", "saves", "saved", "saved_by_greedy")

_KEYS: dict[str, Callable[[Outcome], Any]] = {
    "left": lambda each: each.dispatched_on,
    "item": lambda each: (sort_key(in_language(each, "item_name")), each.lot_number),
    "from": lambda each: (place_key(area().tree.name(each.source_id)), each.transfer_id),
    **{name: attrgetter(name) for name in ("received", "used", "expired", "saved")},
}


@dataclass(frozen=True, slots=True)
class Sums:
    """Moves added up, in doses; `open` are lots whose fate is not settled yet."""

    moves: int
    open: int
    sent: int
    received: int
    used: int
    expired: int
    left: int
    saves: int
    saved: int
    saved_by_greedy: int

    @classmethod
    def of(cls, months: Iterable[MonthSum]) -> Sums:
        """The sum of months."""
        found = list(months)
        return cls(*(sum(getattr(each, name) for each in found) for name in ("moves", "open", *_SUMMED)))


@blueprint.get("/stock/outcomes")
@login_required
def stock_outcomes() -> ResponseReturnValue:
    """Moves between sites the reader sees, by month and one by one, and how far forecasts were off."""
    require("stock")
    item, found = request.args.get("item", ""), _outcomes()
    shown = [each for each in found if not item or each.item_id == item]
    sorting = Sorting.from_address(_KEYS, "left", descending=True)
    paging = Paging.from_address(len(shown))
    dosed = kinds().dosed
    months = by_month(each for each in shown if each.item_id in dosed or item)
    return render_template(
        "stock_outcomes.html",
        item=item,
        items=sorted(
            {(each.item_id, in_language(each, "item_name")) for each in found}, key=lambda p: sort_key(p[1])
        ),
        rows=paging.of(sorting.apply(shown, _KEYS)),
        months=months,
        total_sums=Sums.of(months),
        errors=_errors(),
        names=item_names(),
        place_name=area().tree.name,
        since=_since(),
        sorting=sorting,
        **paging.words(),
    )


@blueprint.get("/stock/outcomes.<ending>")
@login_required
def stock_outcomes_file(ending: str) -> ResponseReturnValue:
    """Every move with its outcome, as XLSX or CSV."""
    require("stock")
    if ending not in ("xlsx", "csv"):
        raise Refused(fault("scope.hidden"))
    sort, rows = _columns(), [_row(each) for each in _outcomes()]
    title = (t("outcomes.title"), ", ".join(root.name for root in area().roots))
    facts = [*source_facts(t("outcomes.lead")), (t("outcomes.saved"), t("outcomes.how"))]
    return answer(
        Sheet(t("outcomes.title"), title, sort, rows),
        Source(t("source.name"), facts),
        "ket-qua-dieu-chuyen",
        ending,
    )


def _since() -> date:
    return current_settings().clock.today() - BACK


def _outcomes() -> list[Outcome]:
    """Moves both of whose sites the reader sees: the figures are of both."""
    seen = area()
    found = outcomes_in(connection(), seen.sites(), since=_since())
    return [each for each in found if {each.source_id, each.destination_id} <= seen.visible]


def _errors() -> list[ForecastError]:
    found = forecast_errors(connection(), area().sites(), _since())
    return sorted(found, key=lambda each: (-each.used, each.item_id, each.horizon_days))


def _columns() -> list[Column]:
    return [
        Column(t("column.item")),
        Column(t("column.lot")),
        Column(t("moves.gives")),
        Column(t("moves.takes")),
        Column(t("outcomes.left_on"), "day"),
        Column(t("outcomes.received_on"), "day"),
        Column(t("column.expiry"), "day"),
        *(Column(t(f"outcomes.{name}"), "number") for name in _SUMMED),
        Column(t("outcomes.settled")),
    ]


def _row(each: Outcome) -> list[object]:
    name = area().tree.name
    return [
        in_language(each, "item_name"),
        each.lot_number,
        name(each.source_id),
        name(each.destination_id),
        each.dispatched_on,
        each.received_on,
        each.expires_on,
        *(getattr(each, field) for field in _SUMMED),
        t("outcomes.settled_yes" if each.settled else "outcomes.settled_no"),
    ]
