"""Lots: the list, and one lot: where every vial of it is, by which terms it may be used, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from server.accounts.session import reader
from server.settings import current_settings
from server.stock.expiring import ExpiringStock, expiring_stock
from server.stock.lots import LotInfo, fate, lot_of, lots_of, on_the_way, whereabouts
from server.stock.transfer_models import Recall
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.kept import kept_stock
from server.web.listing import Paging, Sorting
from server.web.plans import provinces
from server.web.record_forms import asked
from server.web.texts import day, in_language
from shared.faults import Fault, Refused, fault
from shared.records import may_author
from shared.rules.expiry import last_day_of_lot
from shared.text.folding import search_key, sort_key


@dataclass(frozen=True, slots=True)
class LotLine:
    """A lot with what stands of it in sight: whole vials, sites, and the soonest effective expiry of a holding."""

    lot: LotInfo
    vials: int
    sites: int
    soonest: ExpiringStock | None

    @property
    def on_hold(self) -> bool:
        """Whether a document stops its use."""
        return bool(self.lot.hold)


_KEYS: dict[str, Callable[[LotLine], Any]] = {
    "item": lambda line: (line.lot.item_class != "vaccine", sort_key(line.lot.name_vi), line.lot.lot_number),
    "number": lambda line: line.lot.lot_number,
    "label": lambda line: line.lot.label_expiry,
    "soonest": lambda line: line.soonest and line.soonest.expiry,
    "vials": lambda line: line.vials,
    "sites": lambda line: line.sites,
}

#: Which lots the list shows, by the code in the address.
SHOWN: dict[str, Callable[[LotLine], bool]] = {
    "in_stock": lambda line: line.vials > 0,
    "hold": lambda line: line.on_hold,
    "revised": lambda line: bool(line.lot.revisions),
    "unknown": lambda line: line.lot.label_expiry is None and line.vials > 0,
}


@blueprint.get("/stock/lots")
@login_required
def stock_lots() -> ResponseReturnValue:
    """Every lot of the catalogue, narrowed by words, item and standing."""
    require("stock")
    lines = kept_stock("lots", _lines)
    words, item = search_key(request.args.get("q", "")).split(), request.args.get("item", "")
    show = request.args.get("show", "in_stock")
    here = [
        line
        for line in lines
        if (not item or line.lot.item_id == item)
        and all(word in search_key(line.lot.lot_number, line.lot.name_vi, line.lot.name_en) for word in words)
    ]
    shown = [line for line in here if show not in SHOWN or SHOWN[show](line)]
    sorting, paging = Sorting.from_address(_KEYS, "item"), Paging.from_address(len(shown))
    return render_template(
        "stock_lots.html",
        rows=paging.of(sorting.apply(shown, _KEYS)),
        counts={name: sum(1 for line in here if test(line)) for name, test in SHOWN.items()},
        everything=len(here),
        show=show if show in SHOWN else "all",
        item=item,
        items=sorted(
            {(line.lot.item_id, in_language(line.lot, "name")) for line in lines},
            key=lambda p: sort_key(p[1]),
        ),
        words=request.args.get("q", ""),
        may_write=may_author(reader().role, "lot"),
        sorting=sorting,
        **paging.words(),
    )


@blueprint.get("/stock/lots/<lot_id>")
@login_required
def stock_lot(lot_id: str) -> ResponseReturnValue:
    """One lot of the reader's province."""
    require("stock")
    return lot_page(seen_lot(lot_id))


def seen_lot(lot_id: str) -> LotInfo:
    """The lot, when the reader's province has it; otherwise it does not exist for them (404)."""
    lot = lot_of(connection(), lot_id, provinces())
    if lot is None:
        raise Refused(fault("scope.hidden"))
    return lot


def lot_page(lot: LotInfo, faults: list[Fault] | None = None, typed: dict[str, Any] | None = None) -> str:
    """The page of a lot; `faults` and what was `typed` of a form on it that was refused."""
    seen, today = area(), current_settings().clock.today()
    sites = seen.sites()
    held = whereabouts(connection(), lot, sites, today)
    ways = on_the_way(connection(), lot.id, sites)
    revision = asked("lot", ["revisions"], {"revisions": [typed] if typed else []}, {})[0].lines[0]
    return render_template(
        "stock_lot.html",
        lot=lot,
        held=held,
        ways=ways,
        fate=fate(connection(), lot.id, sites, ways),
        recalls=_recalls(lot),
        whole=sum(one.vials for one in held if one.vials > 0),
        holders=len({one.site_id for one in held if one.vials > 0}),
        last_day=last_day_of_lot(lot.label_expiry, lot.revisions),
        may_write=may_author(reader().role, "lot"),
        may_recall=may_author(reader().role, "lot") and may_author(reader().role, "recall"),
        revision=revision,
        faults=faults or [],
        place_name=seen.tree.name,
        where=seen.where,
        visible=seen.visible,
        iso_day=lambda text: day(date.fromisoformat(text)) if text else "–",
        today=today,
    )


def _lines() -> list[LotLine]:
    held: dict[str, list[ExpiringStock]] = {}
    for stock in expiring_stock(connection(), area().sites(), current_settings().clock.today()):
        if stock.vials > 0:
            held.setdefault(stock.lot_id, []).append(stock)  # the soonest to expire comes first
    return [
        LotLine(
            lot,
            sum(stock.vials for stock in held.get(lot.id, ())),
            len({stock.site_id for stock in held.get(lot.id, ())}),
            next(iter(held.get(lot.id, ())), None),
        )
        for lot in lots_of(connection(), provinces())
    ]


def _recalls(lot: LotInfo) -> list[Any]:
    """Recalls of the lot at sites in sight that were not withdrawn."""
    query = (
        select(Recall).where(Recall.lot_id == lot.id, Recall.status != "withdrawn").order_by(Recall.deadline)
    )
    found = connection().execute(query.with_only_columns(*Recall.__table__.c))
    return [row for row in found if row.site_id in area().visible]
