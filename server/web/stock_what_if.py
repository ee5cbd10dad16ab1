"""What if stock moved now: losses before and after, for days ahead and a load a trip that the reader chooses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.settings import current_settings
from server.stock.catalogue import items_of
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.kept import kept_stock
from server.web.plans import provinces
from server.web.stock_board import HORIZON, kinds, whole
from server.web.texts import in_language
from shared.faults import Refused, fault
from shared.text.folding import sort_key

if TYPE_CHECKING:
    from server.redistribution.recording import Weighed

#: Vials one trip carries: at least, unless asked otherwise (as many as there are), at most.
TRUCK = (20, 1000, 1000)


@dataclass(frozen=True, slots=True)
class Tried:
    """An item (None: all of them): doses expected to be lost as things are, by the simple rule, by the plan.

    `trips` are donor→receiver pairs of the plan.
    """

    item_id: str | None
    nothing: int
    greedy: int
    planned: int
    trips: int
    vials: int

    @property
    def saved(self) -> int:
        """Doses saved by the plan."""
        return self.nothing - self.planned


def weighs_province() -> str | None:
    """The province whose stock the reader may try moves on: one they see whole; None for others."""
    whole_ones = [province for province in provinces() if province in area().visible]
    return whole_ones[0] if len(whole_ones) == 1 else None


def tried_in(province: str) -> list[Tried]:
    """What the address asks to try, all items first; nothing is stored of it, and it is kept until stock moves."""
    horizon, truck = whole("horizon", HORIZON), whole("truck", TRUCK)
    return kept_stock(("what if", province, horizon, truck), lambda: _try(province, horizon, truck))


def _try(province: str, horizon: int, truck: int) -> list[Tried]:
    from server.redistribution.running import preview  # numpy and scipy take a second to load

    found = preview(
        connection(),
        province,
        area().tree,
        current_settings().clock.today(),
        horizon_days=horizon,
        truck_capacity_vials=truck if truck < TRUCK[2] else None,
        items=kinds().dosed,
    )
    lines = sorted((_tried(weighed) for weighed in found), key=lambda line: (-line.saved, -line.nothing))
    total = (
        sum(getattr(line, name) for line in lines)
        for name in ("nothing", "greedy", "planned", "trips", "vials")
    )
    return [Tried(None, *total), *(line for line in lines if line.nothing)]


def _tried(weighed: Weighed) -> Tried:
    plan = weighed.plan
    nothing, greedy, planned = (round(each.expired) for each in (plan.nothing, plan.greedy, plan.planned))
    return Tried(
        weighed.item_id, nothing, greedy, planned, plan.pairs, sum(move.vials for move in plan.moves)
    )


@blueprint.get("/stock/what-if")
@login_required
def stock_what_if() -> ResponseReturnValue:
    """The result by itself, as the board fetches it when a slider is let go."""
    require("stock")
    province = weighs_province()
    if province is None:
        raise Refused(fault("scope.hidden"))
    return render_template("stock_what_if_result.html", tried=tried_in(province), names=item_names())


def item_names() -> dict[str, str]:
    """Names of every item of the catalogue."""
    found = {item.id: in_language(item, "name") for item in items_of(connection(), provinces())}
    return dict(sorted(found.items(), key=lambda pair: sort_key(pair[1])))


def asked_to_try() -> bool:
    """Whether the page itself is to show a result: the form without scripts."""
    return request.args.get("try") == "1"
