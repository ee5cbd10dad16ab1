"""Vaccine need: what is still to be given, what there is for it, what lacks, and what could be sent (R029, R063)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.indicators.refreshing import stale_villages
from server.ledger.author import ServerAuthor
from server.places.order import place_key
from server.places.tree import Node
from server.redistribution.need import NeedTable, need_table
from server.settings import current_settings
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.listing import Paging, Sorting
from server.web.need_area import Divided, divided
from server.web.record_forms import given, said
from server.web.texts import age_group, dose_type, number, percent_of, t
from server.web.writing import write
from shared.faults import Fault, Refused, fault
from shared.records import may_author
from shared.rules.allocation import Shipment
from shared.rules.need import Covered


@dataclass(frozen=True, slots=True)
class Sum:
    """Needs of one dose (or of some rows) added up; `suggested` doses would be sent, `missing` are in no stock."""

    due_on: date | None
    due: int
    covered: int
    people: int
    on_hand: int
    promised: int
    shortage: int
    suggested: int

    @property
    def missing(self) -> int:
        """Doses to be asked for from above."""
        return self.shortage - self.suggested


@blueprint.get("/stock/need")
@login_required
def vaccine_need() -> ResponseReturnValue:
    """The page, for the reader's area or a place in it."""
    return _page(())


@blueprint.post("/stock/need/plan")
@login_required
def vaccine_need_plan() -> ResponseReturnValue:
    """Write the chosen suggestions as allocations, as they were shown; the page again when they changed meanwhile."""
    if not may_author(reader().role, "allocation"):
        raise Refused(fault("permission.denied"))
    parts, table = asked_table()
    chosen = request.form.getlist("line")
    shipments = [s for s in table.shipments if line_key(s) in chosen]
    body = given("allocation", ("by_on", "document"), request.form)
    try:
        if not chosen:
            raise Refused(fault("field.missing", t("need.lines")))
        if len(shipments) < len(set(chosen)):
            raise Refused(fault("allocation.changed"))
        write(lambda author: [_allocate(author, parts, table, shipment, body) for shipment in shipments])
    except Refused as refused:
        return _page(said(refused.faults, "allocation")), 422
    flash(t("need.planned", count=number(len(shipments))), "good")
    return redirect(url_for("web.allocation_list"))


def line_key(shipment: Shipment) -> str:
    """A suggestion in a form; another number of vials is another suggestion."""
    return f"{shipment.source}.{shipment.place}.{shipment.item}.{shipment.vials}"


def wanted_words(table: NeedTable, shipment: Shipment) -> list[str]:
    """Why it is suggested: for each dose the doses it brings and how many of its people are without one."""
    rows = {row.need.key: row for row in table.rows}
    found = []
    for group, dose, doses in shipment.wanted:
        row = rows[shipment.place, group, dose]
        share = percent_of(row.shortage, row.need.people)
        words = {"dose": dose_type(dose), "group": age_group(group), "doses": number(doses), "share": share}
        found.append(t("need.why", **words))
    return found


def sums_by_dose(table: NeedTable) -> dict[tuple[str, str], Sum]:
    """(age group, dose) -> the needs of all parts, the dose due first at the top."""
    doses: dict[tuple[str, str], list[Covered]] = {}
    for row in table.rows:
        doses.setdefault(row.need.dose, []).append(row)
    sums = {dose: summed(table, rows) for dose, rows in doses.items()}
    return dict(sorted(sums.items(), key=lambda pair: (pair[1].due_on or date.max, pair[0])))


def summed(table: NeedTable, rows: Iterable[Covered]) -> Sum:
    """Some rows together."""
    found = list(rows)
    return Sum(
        min((row.need.due_on for row in found), default=None),
        sum(row.need.due for row in found),
        sum(row.need.covered for row in found),
        sum(row.need.people for row in found),
        sum(row.on_hand for row in found),
        sum(row.promised for row in found),
        sum(row.shortage for row in found),
        sum(table.sent_to(*row.need.key) for row in found),
    )


def shown_rows(table: NeedTable) -> list[Covered]:
    """The rows the address asks for: of one dose, of one part, only what is short."""
    dose, part, short = (request.args.get(name, "") for name in ("dose", "part", "short"))
    return [
        row
        for row in table.rows
        if (not dose or ".".join(row.need.dose) == dose)
        and (not part or row.need.place == part)
        and (not short or row.shortage)
    ]


def asked_table() -> tuple[Divided, NeedTable]:
    """What the address asks for. Refused: `permission.denied`, `scope.hidden`."""
    require("stock")
    found, today = divided(), current_settings().clock.today()
    return found, need_table(connection(), found.province, found.parts, found.stores, found.inside, today)


_KEYS: dict[str, Callable[[Covered], Any]] = {
    "place": lambda row: (place_key(area().tree.name(row.need.place)), row.need.due_on, row.need.dose),
    "coverage": lambda row: row.need.covered / row.need.due if row.need.due else None,
    "need": lambda row: row.need.people,
    "on_hand": lambda row: row.on_hand,
    "promised": lambda row: row.promised,
    "shortage": lambda row: row.shortage,
}


def _page(faults: Sequence[Fault]) -> str:
    parts, table = asked_table()
    rows = shown_rows(table)
    sorting, paging = Sorting.from_address(_KEYS, "shortage", descending=True), Paging.from_address(len(rows))
    stood: dict[str, Any] = {"as_of": table.computed_at} if table.computed_at else {}
    villages = [village for part in parts.parts for village in part.villages]
    return render_template(
        "need.html",
        faults=faults,
        divided=parts,
        table=table,
        sums=sums_by_dose(table),
        items={line.item.id: line.item for line in table.items},
        places=_places(),
        rows=paging.of(sorting.apply(rows, _KEYS)),
        shown=summed(table, rows),
        dose=request.values.get("dose", ""),
        part=request.values.get("part", ""),
        short=request.values.get("short", ""),
        given=request.form,
        may_plan=may_author(reader().role, "allocation"),
        stale=len(stale_villages(connection(), villages)),
        today=current_settings().clock.today(),
        place_name=area().tree.name,
        line_key=line_key,
        wanted_words=wanted_words,
        sorting=sorting,
        **stood,
        **paging.words(),
    )


def _places() -> list[Node]:
    """The places the page can be opened for: the reader's own and the districts in sight."""
    roots = [root for root in area().roots if root.id in area().visible and root.level != "village"]
    districts = sorted(area().at_level("district"), key=lambda node: place_key(node.name))
    return list(dict.fromkeys([*roots, *districts]))


def _allocate(
    author: ServerAuthor, parts: Divided, table: NeedTable, shipment: Shipment, body: dict[str, Any]
) -> str:
    part = parts.part(shipment.place)
    if part is None or part.receives is None:
        raise Refused(fault("allocation.no_site", place=area().tree.name(shipment.place)))
    group, dose, _ = shipment.wanted[0]
    whole = {
        "item": shipment.item,
        "source": shipment.source,
        "vials": shipment.vials,
        "campaign": table.goals[shipment.place, group, dose].campaign_id,
        "reason": "; ".join(wanted_words(table, shipment))[:300],
        **body,
    }
    return author.write("allocation", place=part.receives, body=whole)
