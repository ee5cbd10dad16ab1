"""A scanned or typed code: to its lot, or what is doubtful about it (nothing stored is changed by looking)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.ledger.author import ServerAuthor
from server.stock.catalogue import items_of
from server.stock.lots import LotInfo, lots_of
from server.stock.scanned import matched
from server.web import blueprint
from server.web.area import connection, require
from server.web.plans import provinces
from server.web.texts import in_language, t
from server.web.writing import write
from shared.faults import Fault, Refused, fault
from shared.records import may_author
from shared.scanning import Match, expiry_to_keep, read_code


@dataclass(frozen=True, slots=True)
class Found:
    """What the page shows of a code: its match, the lots and items by name, what is wrong, what is doubtful."""

    match: Match
    lots: list[LotInfo]
    items: list[str]
    wrong: list[Fault]
    doubts: list[Fault]

    @property
    def other_item(self) -> bool:
        """Whether the number is that of a lot of another item."""
        return any(doubt.code == "scan.other_item" for doubt in self.doubts)


@blueprint.get("/stock/scan")
@login_required
def scan() -> ResponseReturnValue:
    """The field to scan into; a code that names one lot without a doubt leads straight to the lot."""
    require("stock")
    code = request.args.get("code", "")
    found = _found(code) if "code" in request.args else None
    if found and found.match.lot and not found.wrong and not found.doubts:
        return redirect(url_for("web.stock_lot", lot_id=found.match.lot.id))
    return render_template("scan.html", code=code, found=found, may_write=may_author(reader().role, "lot"))


@blueprint.post("/stock/scan/expiry")
@login_required
def scan_expiry() -> ResponseReturnValue:
    """Give a lot without a label expiry the one its code says; a stored one is never changed here."""
    require("stock")
    if not may_author(reader().role, "lot"):
        raise Refused(fault("permission.denied"))
    found = _found(request.form.get("code", ""))
    scanned = found.match.scanned
    if found.wrong or len(found.lots) != 1 or scanned.expiry is None:
        raise Refused(found.wrong or fault("scope.hidden"))
    (lot,) = found.lots
    kept = expiry_to_keep(lot.label_expiry, scanned)
    if kept is not None and kept != lot.label_expiry:
        body = {"label_expiry": kept.isoformat(), "expiry_precision": scanned.expiry_precision}

        def work(author: ServerAuthor) -> None:
            heads = author.heads("lot", lot.id)
            author.write("lot", place=lot.province_id, subject=lot.id, body=body, based_on=heads)

        write(work)
        flash(t("scan.expiry_kept"), "good")
    return redirect(url_for("web.stock_lot", lot_id=lot.id))


def _found(code: str) -> Found:
    match = matched(connection(), read_code(code), provinces())
    ids = {lot.id for lot in match.lots}
    lots = [lot for lot in lots_of(connection(), provinces()) if lot.id in ids]
    names = [
        in_language(item, "name") for item in items_of(connection(), provinces()) if item.id in match.items
    ]
    wrong = [found for found in match.doubts if found.explanation.severity == "refuse"]
    return Found(match, lots, names, wrong, [found for found in match.doubts if found not in wrong])
