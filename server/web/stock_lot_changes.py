"""What the province does with a lot: enter it, stop and free it, revise its terms, recall it everywhere at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.ledger.author import ServerAuthor
from server.settings import current_settings
from server.stock.catalogue import items_of
from server.stock.lots import LotInfo, lots_of
from server.stock.recalling import recalls_to_write
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.plans import provinces
from server.web.record_forms import asked, given, said
from server.web.stock_lots import lot_page, seen_lot
from server.web.texts import in_language, t
from server.web.writing import write
from shared.faults import Fault, Refused, fault
from shared.records import may_author

_NEW = ("item", "lot_number", "maker", "label_expiry", "expiry_precision")

#: Days a recalled lot has to be gone from a site unless the form says another day.
RECALL_DAYS = 7


@blueprint.route("/stock/lots/new", methods=["GET", "POST"])
@login_required
def stock_lot_new() -> ResponseReturnValue:
    """The form of a lot the catalogue does not have yet."""
    _writer()
    if request.method == "GET":
        return _new_form(request.args.to_dict())
    body = given("lot", _NEW, request.form)
    try:
        item = next((item for item in items_of(connection(), provinces()) if item.id == body["item"]), None)
        if item is None:
            raise Refused(fault("field.missing", "item"))
        twin = next(
            (lot for lot in lots_of(connection(), provinces())
             if lot.item_id == item.id and lot.lot_number.casefold() == str(body["lot_number"]).casefold()),
            None,
        )  # fmt: skip
        if twin:
            flash(t("lots.known"), "warn")
            return redirect(url_for("web.stock_lot", lot_id=twin.id))
        made = write(lambda author: author.write("lot", place=provinces()[0], body=body))
    except Refused as refused:
        return _new_form(body, said(refused.faults, "lot")), 422
    flash(t("lots.entered"), "good")
    return redirect(url_for("web.stock_lot", lot_id=made))


@blueprint.post("/stock/lots/<lot_id>/hold")
@login_required
def stock_lot_hold(lot_id: str) -> ResponseReturnValue:
    """Stop a lot by a document, or free it when `free` is sent."""
    _writer()
    lot = seen_lot(lot_id)
    document = request.form.get("document", "").strip()
    freed = "free" in request.form
    if not (freed or document):
        return lot_page(lot, [fault("field.missing", t("lots.document"))]), 422
    said_so = t("lots.freed", lot=lot.lot_number) if freed else t("lots.held", lot=lot.lot_number)
    return _changed(lot, {"hold": None if freed else document}, said_so)


@blueprint.post("/stock/lots/<lot_id>/revise")
@login_required
def stock_lot_revise(lot_id: str) -> ResponseReturnValue:
    """Add a revision of a term by a document, or take the one numbered `drop` back."""
    _writer()
    lot = seen_lot(lot_id)
    drop = request.form.get("drop", "")
    if drop.isdigit() and int(drop) < len(lot.revisions):
        kept = [one for number, one in enumerate(lot.revisions) if number != int(drop)]
        return _changed(lot, {"revisions": kept}, t("lots.unrevised", lot=lot.lot_number))
    added: list[dict[str, Any]] = given("lot", ["revisions"], request.form)["revisions"] or []
    if not added:
        return lot_page(lot, [fault("field.missing", t("lots.revision"))]), 422
    return _changed(
        lot, {"revisions": [*lot.revisions, *added]}, t("lots.revised", lot=lot.lot_number), added[0]
    )


@blueprint.post("/stock/lots/<lot_id>/recall")
@login_required
def stock_lot_recall(lot_id: str) -> ResponseReturnValue:
    """Stop a lot and recall it from every site in sight that holds some, all in one."""
    _writer()
    if not may_author(reader().role, "recall"):
        raise Refused(fault("permission.denied"))
    lot = seen_lot(lot_id)
    body = given("recall", ["deadline", "document", "reason"], request.form)
    if not body["document"]:
        return lot_page(lot, [fault("field.missing", t("lots.document"))]), 422
    today = current_settings().clock.today()
    body["deadline"] = body["deadline"] or (today + timedelta(days=RECALL_DAYS)).isoformat()

    def work(author: ServerAuthor) -> int:
        if not lot.hold:
            _edit(author, lot, {"hold": body["document"]})
        told = recalls_to_write(connection(), lot, area().sites())
        for site, vials in told:
            told_body = {
                "item": lot.item_id, "lot": lot.id, "vials": vials, "cause": "lot", "status": "approved", **body,
            }  # fmt: skip
            author.write("recall", place=site, body=told_body)
        return len(told)

    try:
        sites = write(work)
    except Refused as refused:
        return lot_page(lot, said(refused.faults, "recall")), 422
    flash(t("lots.recalled", sites=sites), "good")
    return redirect(url_for("web.stock_lot", lot_id=lot.id))


def _writer() -> None:
    require("stock")
    if not may_author(reader().role, "lot"):
        raise Refused(fault("permission.denied"))


def _changed(
    lot: LotInfo, body: Mapping[str, Any], words: str, typed: dict[str, Any] | None = None
) -> ResponseReturnValue:
    try:
        write(lambda author: _edit(author, lot, body))
    except Refused as refused:
        return lot_page(lot, said(refused.faults, "lot"), typed), 422
    flash(words, "good")
    return redirect(url_for("web.stock_lot", lot_id=lot.id))


def _edit(author: ServerAuthor, lot: LotInfo, body: Mapping[str, Any]) -> None:
    heads = author.heads("lot", lot.id)
    author.write("lot", place=lot.province_id, subject=lot.id, body=dict(body), based_on=heads)


def _new_form(values: Mapping[str, Any], faults: Sequence[Fault] = ()) -> str:
    items = [(item.id, in_language(item, "name")) for item in items_of(connection(), provinces())]
    return render_template(
        "stock_lot_new.html", fields=asked("lot", _NEW, values, {"item": items}), faults=faults
    )
