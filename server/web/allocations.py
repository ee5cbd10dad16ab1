"""Allocations beside what really came: planned, issued, received, what differs, what is overdue (R048)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.places.order import place_key
from server.settings import current_settings
from server.stock.allocations import Planned, allocations
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.listing import Paging, Sorting
from server.web.need_area import sites_inside
from server.web.texts import in_language
from shared.records import may_author
from shared.text.folding import sort_key

#: States of an allocation, the most pressing first.
STATES = ("overdue", "partly", "waiting", "received", "withdrawn")


@dataclass(frozen=True, slots=True)
class District:
    """What was planned for a district (None: outside districts) and received, in doses of vaccine."""

    id: str | None
    lines: int
    planned: int
    received: int
    overdue: int


@blueprint.get("/stock/allocations")
@login_required
def allocation_list() -> ResponseReturnValue:
    """The list, narrowed by state and district from the address; sums by district are over the whole list."""
    require("stock")
    today = current_settings().clock.today()
    seen = area()
    every = allocations(connection(), seen.sites(), sites_inside())
    district, state = request.args.get("district", ""), request.args.get("state", "")
    here = [line for line in every if not district or district_of(line) == district]
    shown = [line for line in here if not state or line.state(today) == state]
    keys = _keys(today)
    sorting, paging = Sorting.from_address(keys, "state"), Paging.from_address(len(shown))
    counts = Counter(line.state(today) for line in here)
    return render_template(
        "allocations.html",
        rows=paging.of(sorting.apply(shown, keys)),
        counts={name: counts[name] for name in STATES},
        state=state,
        district=district,
        districts=_by_district(every, today),
        all=len(every),
        today=today,
        may_plan=may_author(reader().role, "allocation"),
        may_move=may_author(reader().role, "transfer_order"),
        place_name=seen.tree.name,
        where=seen.where,
        sorting=sorting,
        **paging.words(),
    )


def district_of(line: Planned) -> str | None:
    """The district of the receiving site."""
    node = area().tree.up(line.site_id, "district")
    return node.id if node else None


def _keys(today: date) -> dict[str, Callable[[Planned], Any]]:
    return {
        "state": lambda line: (STATES.index(line.state(today)), line.by_on),
        "site": lambda line: (place_key(area().tree.name(line.site_id)), line.by_on),
        "item": lambda line: (sort_key(in_language(line, "item_name")), line.by_on),
        "by": lambda line: line.by_on,
        "planned": lambda line: line.vials,
        "issued": lambda line: line.issued,
        "received": lambda line: line.received,
        "difference": lambda line: line.difference,
    }


def _by_district(every: Iterable[Planned], today: date) -> list[District]:
    groups: dict[str | None, list[Planned]] = {}
    for line in every:
        groups.setdefault(district_of(line), []).append(line)
    ordered = sorted(groups, key=lambda d: (d is not None, place_key(area().tree.name(d)) if d else ""))
    return [_district(district, groups[district], today) for district in ordered]


def _district(district: str | None, lines: Sequence[Planned], today: date) -> District:
    standing = [line for line in lines if line.withdrawn is None]
    return District(
        district,
        len(standing),
        sum(line.doses(line.vials) or 0 for line in standing),
        sum(line.doses(line.received) or 0 for line in standing),
        sum(line.state(today) == "overdue" for line in standing),
    )
