"""Transfers: what is on the way, what waits for somebody, and one transfer with the whole of its chain (R036, R063)."""

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
from server.stock.sending import flags_of
from server.stock.transfer_lines import Line
from server.stock.transfers import AWAITED, Standing, count_transfers, open_transfers, transfers
from server.stock.transit import Changed, changed_on_the_way
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.listing import Paging, Sorting
from server.web.texts import in_language
from server.web.transfers_frame import (
    STEP_OF,
    TURN,
    decider,
    flag_words,
    may,
    seen_transfer,
    steps,
    today,
    words,
)
from shared.records import may_author
from shared.records.transfer import PURPOSES
from shared.rules.transfers import STAGES
from shared.text.folding import sort_key

#: Tabs of the list, each with its stages; “open” is what somebody still has to act on.
GROUPS: dict[str, tuple[str, ...]] = {
    "open": tuple(AWAITED),
    "transit": ("dispatched", "partly"),
    "disputed": ("disputed",),
    "unconfirmed": ("unconfirmed",),
    "lapsed": ("lapsed",),
    "proposed": ("proposed",),
    "approved": ("approved",),
    "ended": ("closed", "rejected", "cancelled"),
}

#: Lots of a transfer named in its row of the list.
LOTS_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Sums:
    """What some transfers have between the sites, and how many of them are late."""

    vials: int
    doses: int
    late: int

    @classmethod
    def of(cls, found: Iterable[Standing]) -> Sums:
        """The sums of transfers."""
        listed = list(found)
        return cls(
            sum(one.in_transit for one in listed),
            sum(one.doses_in_transit for one in listed),
            sum(one.days_late(today()) > 0 for one in listed),
        )


@blueprint.get("/stock/transfers")
@login_required
def transfer_list() -> ResponseReturnValue:
    """The list, narrowed by group, site or district, item, purpose and lateness from the address."""
    require("stock")
    district, item, purpose = (request.args.get(name, "") for name in ("district", "item", "purpose"))
    late, group = bool(request.args.get("late")), request.args.get("group", "open")
    group = group if group in GROUPS else "open"
    read = transfers if group == "ended" else open_transfers  # what has ended grows for years
    every = read(connection(), area().sites(), today())
    total = count_transfers(connection(), area().sites())
    here = [
        one
        for one in every
        if (not district or district in _districts_of(one))
        and (not item or any(line.item_id == item for line in one.lines))
        and (not purpose or one.row.purpose == purpose)
        and (not late or one.days_late(today()) > 0)
    ]
    shown = [one for one in here if one.stage in GROUPS[group]]
    sorting, paging = Sorting.from_address(_KEYS, "stage"), Paging.from_address(len(shown))
    rows = paging.of(sorting.apply(shown, _KEYS))
    stages = Counter(one.stage for one in here)
    counts: dict[str, int | None] = {
        name: sum(stages[stage] for stage in held) for name, held in GROUPS.items()
    }
    if group != "ended":  # known without reading them only while nothing is narrowed
        counts["ended"] = None if len(here) < len(every) else total - len(every)
    return render_template(
        "transfers.html",
        rows=rows,
        counts=counts,
        sums=Sums.of(shown),
        every=total,
        group=group,
        district=district,
        item=item,
        purpose=purpose,
        late=late,
        districts=_districts(every),
        items=_items(every),
        purposes=PURPOSES,
        changed={key[0] for key in changed_on_the_way(connection(), rows)},
        lots_shown=LOTS_SHOWN,
        may_order=may_author(reader().role, "transfer_order"),
        sorting=sorting,
        **paging.words(),
        **words(),
    )


@blueprint.get("/stock/transfers/<transfer_id>")
@login_required
def transfer_page(transfer_id: str) -> ResponseReturnValue:
    """One transfer: its lines, its chain of documents, what to look at, and what the reader may do next."""
    one = seen_transfer(transfer_id)
    flags = (
        flags_of(connection(), one, today(), book=one.row.source_id in area().visible) if one.awaited else []
    )
    changed = changed_on_the_way(connection(), [one])
    return render_template(
        "transfer.html",
        one=one,
        steps=steps(one),
        decider=decider(one),
        turn=TURN.get(one.stage),
        flags=flag_words(flags),
        changed={(line.standing.lot, line.standing.state): found for line, found in _by_line(one, changed)},
        correctable=[d.id for d in one.documents if not d.idle and may(one, STEP_OF[d.kind])],
        step_of=STEP_OF,
        inside=area().visible.__contains__,
        **words(),
    )


def _by_line(
    one: Standing, changed: dict[tuple[str, str, str, date | None], Changed]
) -> Iterable[tuple[Line, Changed]]:
    for line in one.lines:
        told = line.standing
        found = changed.get((one.id, told.lot, told.state, told.thawed_on))
        if found is not None:
            yield line, found


def _districts_of(one: Standing) -> set[str]:
    nodes = (area().tree.up(site, "district") for site in (one.row.source_id, one.row.destination_id))
    return {node.id for node in nodes if node is not None}


def _districts(every: Sequence[Standing]) -> list[tuple[str, str]]:
    ids = {district for one in every for district in _districts_of(one)}
    return sorted(((id_, area().tree.name(id_)) for id_ in ids), key=lambda pair: place_key(pair[1]))


def _items(every: Sequence[Standing]) -> list[tuple[str, str]]:
    found = {
        (line.item_id, in_language(line, "item_name")) for one in every for line in one.lines if line.item_id
    }
    return sorted(found, key=lambda pair: (sort_key(pair[1]), pair[0]))


def _first_item(one: Standing) -> str:
    return min((sort_key(in_language(line, "item_name")) for line in one.lines), default="")


_KEYS: dict[str, Callable[[Standing], Any]] = {
    "stage": lambda one: (STAGES.index(one.stage), -one.days_late(today()), _moved(one)),
    "source": lambda one: (place_key(area().tree.name(one.row.source_id)), _moved(one)),
    "destination": lambda one: (place_key(area().tree.name(one.row.destination_id)), _moved(one)),
    "item": lambda one: (_first_item(one), _moved(one)),
    "days": lambda one: one.days_on_the_way(today()),
    "expiry": lambda one: one.first_expiry,
    "transit": lambda one: one.in_transit,
}


def _moved(one: Standing) -> date:
    return one.row.dispatched_on or one.row.ordered_on or one.row.received_on or date.min
