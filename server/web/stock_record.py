"""A store's book written at a desk: what came, left, was thawed, set apart or discarded; and what is taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from server.accounts.session import language, reader
from server.ledger.author import ServerAuthor
from server.ledger.inspect import inspect
from server.places.tree import Node
from server.settings import current_settings
from server.stock.expiring import ExpiringStock, expiring_stock
from server.stock.lots import LotInfo, lots_of
from server.stock.models import Lot, StockBalance, StockMovement
from server.stock.postings import DEEDS, deed_of, movement_body, needs_a_reason, reasons_for
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.plans import provinces
from server.web.record_forms import given, said
from server.web.stock_keeping import kept_site, named_sites
from server.web.texts import in_language, t
from server.web.writing import write
from shared.entries import Entry
from shared.faults import Fault, Refused, fault
from shared.identifiers import holding_id
from shared.records import may_author
from shared.reference import reasons as coded_reasons
from shared.rules.reversals import mirrored

#: What the form of a movement says, as the entry names it; vials and doses are typed without a sign.
_FIELDS = (
    "state", "thawed_on", "vials", "doses", "to_state", "to_thawed_on", "reason", "counterpart", "document",
    "fefo_code", "fefo_reason", "vvm", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offered:
    """A holding as the form offers it."""

    stock: ExpiringStock
    reasons: list[str]


@blueprint.route("/stock/sites/<site_id>/record", methods=["GET", "POST"])
@login_required
def stock_record(site_id: str) -> ResponseReturnValue:
    """The form of a deed (`do` of the address), filled with what the address says; and what was sent."""
    require("stock")
    site = kept_site(site_id)
    name = request.args.get("do", "receive")
    if name not in DEEDS:
        raise Refused(fault("scope.hidden"))
    held = _held(site)
    if request.method == "GET":
        return _form(site, name, held, request.args.to_dict())
    try:
        lot, body = _posting(site, name, held)
        write(lambda author: _post(author, site, lot, body))
    except Refused as refused:
        return _form(site, name, held, request.form.to_dict(), said(refused.faults, "stock_movement")), 422
    flash(t("book.recorded"), "good")
    _warn_of(site, lot, body)
    return redirect(_card_of(site, lot))


@blueprint.route("/stock/movements/<movement_id>/reverse", methods=["GET", "POST"])
@login_required
def stock_reverse(movement_id: str) -> ResponseReturnValue:
    """What taking a movement back does, asked once more; then the form to record it right."""
    require("stock")
    rows = _movement(movement_id)
    site = kept_site(rows[0].site_id)
    found = inspect(connection(), movement_id)
    if found is None or found.entry.kind != "stock_movement" or rows[0].reverses_id:
        raise Refused(fault("stock.not_reversible"))
    entry = found.entry
    if request.method == "GET":
        return _reversal(site, entry, rows)
    body = mirrored(entry.body, movement_id, request.form.get("note", "").strip() or None)

    def work(author: ServerAuthor) -> None:
        if _is_reversed(movement_id):
            raise Refused(fault("stock.reversed_already"))
        author.write("stock_movement", place=site.id, subject=entry.subject, body=body)

    try:
        write(work)
    except Refused as refused:
        return _reversal(site, entry, rows, refused.faults), 422
    flash(t("book.reversed_done"), "good")
    name = deed_of(entry.body["reason"], entry.body["vials"])
    if "again" not in request.form or name is None:
        return redirect(_card_of(site, entry.subject))
    return redirect(url_for("web.stock_record", site_id=site.id, do=name, **_as_typed(entry)))


def _posting(site: Node, name: str, held: Sequence[ExpiringStock]) -> tuple[str, dict[str, Any]]:
    """(lot, body) of what was sent. Raises Refused: what is missing, not offered, or passes a shorter date over."""
    typed = given("stock_movement", _FIELDS, request.form)
    deed, chosen = DEEDS[name], request.form.get("holding", "")
    if not isinstance(typed["vials"], int):
        raise Refused(fault("field.missing", "vials"))
    if typed["counterpart"] and typed["counterpart"] not in {id_ for id_, _ in _counterparts(site)}:
        raise Refused(fault("scope.hidden"))
    if deed.comes_in:
        lot = next(
            (lot.id for lot in lots_of(connection(), provinces()) if lot.id == request.form.get("lot")), None
        )
        if lot is None:
            raise Refused(fault("field.missing", t("column.lot")))
        return lot, movement_body(name, None, typed)
    holding = next((one for one in held if one.holding_id == chosen and one.state in deed.states), None)
    if holding is None:
        raise Refused(fault("field.missing", t("book.holding")))
    if deed.by_expiry and not typed["fefo_code"] and needs_a_reason(held, holding, typed["vials"]):
        raise Refused(fault("stock.shorter_dated", "fefo_code"))
    return holding.lot_id, movement_body(name, holding, typed)


def _post(author: ServerAuthor, site: Node, lot: str, body: dict[str, Any]) -> None:
    today = current_settings().clock.today()
    author.write(
        "stock_movement",
        place=site.id,
        subject=lot,
        body=body,
        occurred_on=_day_of_form(today),
        recorded_on=today,
    )


def _day_of_form(today: date) -> date:
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        return today
    return min(day, today)


def _warn_of(site: Node, lot: str, body: Mapping[str, Any]) -> None:
    """Stored as it was told, and said: the book is below zero now."""
    held = holding_id(site.id, lot, body["state"], body.get("thawed_on"), body.get("opened_on"))
    vials = connection().scalar(select(StockBalance.vials).where(StockBalance.holding_id == held)) or 0
    if vials < 0:
        flash(fault("stock.negative", vials=vials).message(language()), "warn")


def _form(
    site: Node,
    name: str,
    held: Sequence[ExpiringStock],
    typed: Mapping[str, str],
    faults: Sequence[Fault] = (),
) -> str:
    deed = DEEDS[name]
    offered = [
        Offered(stock, reasons_for(name, stock.state))
        for stock in held
        if stock.state in deed.states and (stock.vials > 0 or stock.holding_id == typed.get("holding"))
    ]
    chosen = next((one for one in offered if one.stock.holding_id == typed.get("holding")), None)
    return render_template(
        "stock_record.html",
        site=site,
        name=name,
        names=list(DEEDS),
        deed=deed,
        typed=typed,
        offered=_by_item(offered),
        reasons=chosen.reasons if chosen else reasons_for(name, None),
        lots=_lots_by_item() if deed.comes_in else [],
        counterparts=_counterparts(site),
        fefo_reasons=[
            (code, in_language(one, "label")) for code, one in coded_reasons("fefo_override").items()
        ],
        asks_why=any(found.code == "stock.shorter_dated" for found in faults) or bool(typed.get("fefo_code")),
        may_add_lot=may_author(reader().role, "lot"),
        today=current_settings().clock.today(),
        faults=faults,
        path=area().path(site.id)[:-1],
    )


def _held(site: Node) -> list[ExpiringStock]:
    return expiring_stock(connection(), [site.id], current_settings().clock.today())


def _by_item(offered: Sequence[Offered]) -> list[tuple[str, list[Offered]]]:
    """Holdings by item, the shortest date first."""
    found: dict[str, list[Offered]] = {}
    for one in offered:
        found.setdefault(in_language(one.stock, "item_name"), []).append(one)
    return sorted(found.items())


def _lots_by_item() -> list[tuple[str, list[LotInfo]]]:
    found: dict[str, list[LotInfo]] = {}
    for lot in lots_of(connection(), provinces()):
        found.setdefault(in_language(lot, "name"), []).append(lot)
    return list(found.items())


def _counterparts(site: Node) -> list[tuple[str, str]]:
    """Sites in sight, and the stores above this one."""
    seen = area()
    above = {n.id for place in seen.tree.path(site.id)[:-1] for n in seen.tree.children(place.id, "store")}
    return named_sites(({*seen.sites()} | above) - {site.id})


def _movement(movement_id: str) -> list[Any]:
    """The rows of a movement at a site in sight; 404 when there is none."""
    query = (
        select(StockMovement.__table__, Lot.lot_number, Lot.item_id)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(StockMovement.entry_id == movement_id)
        .order_by(StockMovement.vials)
    )
    rows = list(connection().execute(query))
    if not rows or rows[0].site_id not in area().visible:
        raise Refused(fault("scope.hidden"))
    return rows


def _is_reversed(movement_id: str) -> bool:
    query = (
        select(StockMovement.id).where(StockMovement.reverses_id == movement_id, ~StockMovement.idle).limit(1)
    )
    return connection().scalar(query) is not None


def _reversal(site: Node, entry: Entry, rows: Sequence[Any], faults: Sequence[Fault] = ()) -> str:
    return render_template(
        "stock_reverse.html",
        site=site,
        entry=entry,
        rows=rows,
        again=deed_of(entry.body["reason"], entry.body["vials"]),
        already=_is_reversed(entry.id),
        item=next(iter({row.item_id for row in rows})),
        place_name=area().tree.name,
        faults=faults,
        path=area().path(site.id)[:-1],
    )


def _as_typed(entry: Entry) -> dict[str, Any]:
    """What the form is filled with to record a reversed movement right: the same again, to be changed."""
    body = entry.body
    found = {name: body[name] for name in _FIELDS if body.get(name) is not None}
    held = holding_id(entry.place, entry.subject, body["state"], body.get("thawed_on"), body.get("opened_on"))
    found |= {
        "vials": abs(body["vials"]), "lot": entry.subject, "holding": held, "day": entry.occurred_on.isoformat(),
    }  # fmt: skip
    if body.get("doses"):
        found["doses"] = abs(body["doses"])
    return {name: str(value) for name, value in found.items()}


def _card_of(site: Node, lot: str) -> str:
    item = connection().scalar(select(Lot.item_id).where(Lot.id == lot))
    return url_for("web.stock_card_page", site_id=site.id, item=item)
