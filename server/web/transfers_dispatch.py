"""Dispatches written on a page: for an order, or of goods nobody ordered; and their correction (R036)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.stock.sending import Key, Sendable, key_of, next_number, sendable, with_lines
from server.stock.transfer_lines import Document
from server.stock.transfers import Standing
from server.web import blueprint
from server.web.area import connection, require
from server.web.record_forms import asked, given, said
from server.web.texts import t
from server.web.transfers_choose import Chosen, chosen, first_vials
from server.web.transfers_frame import (
    asked_day,
    days_ahead,
    fefo_codes,
    flag_words,
    line_body,
    need_step,
    seen_transfer,
    today,
    typed_vials,
    words,
)
from server.web.writing import write
from shared.faults import Fault, Refused, fault
from shared.identifiers import new_id
from shared.records import may_author
from shared.rules.dispatching import ANY_LOT, checks, cold_box_missing, passed_over

FIELDS = ("document", "cold_box", "celsius", "carrier", "expected_on", "note")


@dataclass(frozen=True, slots=True)
class _Sent:
    """What a dispatch form is about: the transfer (None: goods nobody ordered), the sites, the holdings offered."""

    one: Standing | None
    source: str
    destination: str
    purpose: str
    held: Sequence[Sendable]
    ordered: Mapping[str, int]
    correcting: Document | None = None
    choice: Chosen | None = None


@blueprint.route("/stock/transfers/send", methods=["GET", "POST"])
@login_required
def transfer_send() -> ResponseReturnValue:
    """A dispatch of goods that nobody ordered: the sites first, then the lots."""
    require("stock")
    if not may_author(reader().role, "dispatch"):
        raise Refused(fault("permission.denied"))
    choice = chosen()
    if not choice.whole:
        return render_template("transfer_dispatch.html", form=None, chosen=choice, **words())
    held = sendable(connection(), choice.source, today())
    form = _Sent(None, choice.source, choice.destination, choice.purpose, held, {}, None, choice)
    return _answer(form, first_vials(choice, held), {})


@blueprint.route("/stock/transfers/<transfer_id>/dispatch", methods=["GET", "POST"])
@login_required
def transfer_dispatch(transfer_id: str) -> ResponseReturnValue:
    """The dispatch of an ordered transfer, or with `corrects` a dispatch written anew."""
    one = seen_transfer(transfer_id)
    correcting = need_step(one, "dispatch")
    back = _of_document(correcting)
    every = sendable(connection(), one.row.source_id, today(), apart=one.id, back=back)
    held = with_lines(every, one.lines)
    ordered = {h.name: line.standing.ordered for h in held for line in one.lines if key_of(line) == h.key}
    form = _Sent(one, one.row.source_id, one.row.destination_id, one.row.purpose, held, ordered, correcting)
    if correcting:
        return _answer(form, {h.name: back[h.key] for h in held if h.key in back}, correcting.detail)
    left = {h.name: max(0, ordered.get(h.name, 0) - _gone(one, h.key)) for h in held}
    return _answer(form, {name: vials for name, vials in left.items() if vials}, {})


def _answer(form: _Sent, vials: Mapping[str, int], body: Mapping[str, Any]) -> ResponseReturnValue:
    """The form, or what is written from it."""
    if request.method == "GET":
        number = next_number(connection(), "dispatch", form.source, today())
        usual = {"document": f"PX {number}/{today().year}", "expected_on": days_ahead(1)}
        told = {**body, "document": form.correcting.number} if form.correcting else usual
        return _form(form, vials, {}, told, form.correcting.written_on if form.correcting else today())
    body, day = given("dispatch", FIELDS, request.form), asked_day("written_on", today())
    codes = {h.name: request.form.get(f"fefo.{h.name}", "") for h in form.held}
    typed_in = {h.name: request.form.get(f"vials.{h.name}", "") for h in form.held}
    try:
        sent = typed_vials(form.held)
        if not sent and not form.correcting:
            raise Refused(fault("transfer.no_lines"))
        _need_codes(form, sent, codes)
        transfer_id = _write(form, sent, codes, body, min(day, today()))
    except Refused as refused:
        return _form(form, typed_in, codes, body, day, said(refused.faults, "dispatch")), 422
    flash(t("transfers.dispatched"), "good")
    for flag in flag_words(_more_than_held(form, sent)):
        flash(flag, "warn")
    return redirect(url_for("web.transfer_page", transfer_id=transfer_id))


def _need_codes(form: _Sent, sent: Mapping[str, int], codes: Mapping[str, str]) -> None:
    """Another lot than the shortest-dated one says why, unless the order named it."""
    if form.purpose in ANY_LOT:
        return
    names = {h.name: h.lot_number for h in form.held}
    over = passed_over([h.offered() for h in form.held], sent, {n for n, v in form.ordered.items() if v})
    known = dict(fefo_codes())
    missing = [(lot, older) for lot, older in over.items() if codes.get(lot) not in known]
    if missing:
        raise Refused(
            [
                fault("transfer.fefo_code_missing", lot=names[lot], older=names[older])
                for lot, older in missing
            ]
        )


def _more_than_held(form: _Sent, sent: Mapping[str, int]) -> list[Fault]:
    found = [flag for h in form.held if h.name in sent for flag in checks(h.sending(sent[h.name]), today())]
    return [flag for flag in found if flag.code == "transfer.more_than_held"]


def _write(
    form: _Sent, sent: Mapping[str, int], codes: Mapping[str, str], body: Mapping[str, Any], day: date
) -> str:
    lines = []
    for holding in form.held:
        if holding.name in sent:
            line = line_body(holding, sent[holding.name])
            stage, code = request.form.get(f"vvm.{holding.name}", ""), codes[holding.name]
            line |= {"vvm": int(stage)} if stage in ("1", "2", "3", "4") else {}
            line |= {"fefo_code": code} if code in dict(fefo_codes()) else {}
            lines.append(line)
    whole = {"source": form.source, "destination": form.destination, **body, "lines": lines}
    return write(
        lambda author: author.write(
            "dispatch",
            place=form.source,
            subject=form.one.id if form.one else new_id(),
            body=whole,
            occurred_on=day,
            recorded_on=today(),
            corrects=form.correcting.id if form.correcting else None,
        )
    )


def _form(
    form: _Sent,
    vials: Mapping[str, Any],
    codes: Mapping[str, str],
    body: Mapping[str, Any],
    day: date,
    faults: Sequence[Fault] = (),
) -> str:
    flags: list[Fault] = []
    for holding in form.held:
        count = vials.get(holding.name)
        if isinstance(count, str):
            count = int(count) if count.isascii() and count.isdigit() and len(count) < 9 else 0
        if count:
            flags += checks(holding.sending(count), today(), _arrival(body))
    if faults:  # said only once somebody tried to send without one
        flags += cold_box_missing(
            [h.item_class for h in form.held if vials.get(h.name)], body.get("cold_box")
        )
    return render_template(
        "transfer_dispatch.html",
        form=form,
        chosen=form.choice,
        vials=vials,
        codes=codes,
        fefo=fefo_codes(),
        monitors=_monitors(form.correcting),
        written_on=day,
        flags=flag_words(flags),
        fields=asked("dispatch", FIELDS, body, {}),
        faults=faults,
        **words(),
    )


def _arrival(body: Mapping[str, Any]) -> date | None:
    try:
        return date.fromisoformat(str(body.get("expected_on")))
    except ValueError:
        return None


def _of_document(document: Document | None) -> dict[Key, int]:
    """Vials by holding of a document that is corrected."""
    found: dict[Key, int] = {}
    for line in document.detail["lines"] if document else ():
        found[_key(line)] = found.get(_key(line), 0) + line["vials"]
    return found


def _monitors(document: Document | None) -> dict[str, int]:
    """Holding -> the stage of the monitor a document that is corrected said."""
    return {
        ".".join((line["lot"], line["state"], line.get("thawed_on") or "")): line.get("vvm")
        for line in (document.detail["lines"] if document else ())
    }


def _key(line: Mapping[str, Any]) -> Key:
    thawed = line.get("thawed_on")
    return line["lot"], line["state"], date.fromisoformat(thawed) if thawed else None


def _gone(one: Standing, key: Key) -> int:
    return sum(line.standing.dispatched for line in one.lines if key_of(line) == key)
