"""The catalogue on pages (R075): every item by class with its terms and their source; the programme's form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from server.accounts.session import reader
from server.ledger.author import ServerAuthor
from server.stock.models import Item
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.listing import Paging, Sorting
from server.web.plans import provinces
from server.web.record_forms import asked, given, said
from server.web.stock_leftovers import class_words
from server.web.texts import in_language, t
from server.web.writing import write
from shared.faults import Fault, Refused, fault
from shared.records import may_author
from shared.records.item import ITEM_CLASSES
from shared.reference import vaccines
from shared.text.folding import fold, sort_key

FIELDS = (
    "code", "name_vi", "name_en", "item_class", "unit_vi", "unit_en", "vaccine", "doses_per_vial", "pack_size",
    "thaw_days", "open_vial_rule", "open_vial_hours", "open_vial_days", "vvm_type", "diluent", "least", "warn_days",
    "gtin", "source", "status",
)  # fmt: skip


@blueprint.get("/stock/items")
@login_required
def item_list() -> ResponseReturnValue:
    """The catalogue, narrowed by class and by words of the name or code."""
    require("stock")
    every = _items()
    words, chosen = fold(request.args.get("q", "")), request.args.get("class", "")
    here = [one for one in every if not words or words in fold(f"{one.code} {one.name_vi} {one.name_en}")]
    shown = [one for one in here if not chosen or one.item_class == chosen]
    sorting, paging = Sorting.from_address(_KEYS, "class"), Paging.from_address(len(shown))
    counts = Counter(one.item_class for one in here)
    return render_template(
        "stock_items.html",
        rows=paging.of(sorting.apply(shown, _KEYS)),
        counts={name: counts[name] for name in ITEM_CLASSES},
        chosen=chosen,
        q=request.args.get("q", ""),
        class_words=class_words,
        may_write=may_author(reader().role, "item"),
        sorting=sorting,
        **paging.words(),
    )


@blueprint.route("/stock/items/new", methods=["GET", "POST"])
@login_required
def item_new() -> ResponseReturnValue:
    """The form of a new item."""
    _writer()
    if request.method == "GET":
        return _form(None, {}, ())
    body = given("item", FIELDS, request.form)
    try:
        if _taken(body["code"], None):
            raise Refused(fault("item.code_taken", taken=body["code"]))
        write(lambda author: author.write("item", place=_province(), body=body))
    except Refused as refused:
        return _form(None, body, said(refused.faults, "item")), 422
    flash(t("items.written", name=body["name_vi"]), "good")
    return redirect(url_for("web.item_list"))


@blueprint.route("/stock/items/<item_id>", methods=["GET", "POST"])
@login_required
def item_page(item_id: str) -> ResponseReturnValue:
    """One item with its terms; the programme changes it here. Refused: `scope.hidden`."""
    require("stock")
    found = next((one for one in _items() if one.id == item_id), None)
    if found is None:
        raise Refused(fault("scope.hidden"))
    shown = {name: getattr(found, "diluent_id" if name == "diluent" else name) for name in FIELDS}
    if request.method == "GET":
        return _form(found, shown, ())
    _writer()
    body = given("item", FIELDS, request.form)
    changed = {name: value for name, value in body.items() if value != shown[name]}

    def work(author: ServerAuthor) -> None:
        heads = author.heads("item", found.id)
        author.write("item", place=found.province_id, subject=found.id, body=changed, based_on=heads)

    try:
        if _taken(body["code"], found.id):
            raise Refused(fault("item.code_taken", taken=body["code"]))
        if changed:
            write(work)
    except Refused as refused:
        return _form(found, body, said(refused.faults, "item")), 422
    flash(t("items.changed"), "good")
    return redirect(url_for("web.item_list"))


def _writer() -> None:
    """Only who answers for the whole province writes its catalogue. Refused: `permission.denied`."""
    require("stock")
    if not may_author(reader().role, "item") or not _whole_provinces():
        raise Refused(fault("permission.denied"))


def _whole_provinces() -> list[str]:
    return [place for place in provinces() if place in area().visible]


def _province() -> str:
    return _whole_provinces()[0]


def _items() -> list[Any]:
    query = select(Item.__table__).where(Item.province_id.in_(provinces()))
    return list(connection().execute(query))


def _taken(code: str | None, item: str | None) -> bool:
    return any(one.code == code and one.id != item for one in _items())


def _form(found: Any, values: Mapping[str, Any], faults: Sequence[Fault]) -> str:
    diluents = [(one.id, in_language(one, "name")) for one in _items() if one.item_class == "diluent"]
    known = [(code, in_language(one, "name")) for code, one in vaccines().items()]
    return render_template(
        "stock_item_form.html",
        found=found,
        fields=asked("item", FIELDS, values, {"diluent": diluents, "vaccine": known}),
        faults=faults,
        may_write=may_author(reader().role, "item") and bool(_whole_provinces()),
    )


_KEYS: dict[str, Callable[[Any], Any]] = {
    "class": lambda one: (list(ITEM_CLASSES).index(one.item_class), sort_key(in_language(one, "name"))),
    "name": lambda one: sort_key(in_language(one, "name")),
    "code": lambda one: one.code,
    "doses": lambda one: one.doses_per_vial,
    "thaw": lambda one: one.thaw_days,
    "least": lambda one: one.least,
    "warn": lambda one: one.warn_days,
}
