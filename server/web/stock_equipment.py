"""The equipment register on pages (R052, R073): list, a new record, one record with its history and its form."""

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
from server.places.order import place_key
from server.stock.equipment import Equipped, equipment_of
from server.stock.models import Item
from server.web import blueprint
from server.web.area import area, connection, require, seen_place
from server.web.listing import Paging, Sorting
from server.web.plans import provinces
from server.web.record_forms import asked, given, said
from server.web.stock_leftovers import condition_words, solution_words
from server.web.stock_wastage import district_of
from server.web.texts import in_language, t
from server.web.writing import write
from shared.faults import Fault, Refused, fault
from shared.records import may_author
from shared.records.equipment import CONDITIONS
from shared.text.folding import sort_key

NEW = (
    "item", "serial", "pieces", "received_on", "funding", "condition", "in_use", "solution", "plan_after", "note",
)  # fmt: skip
CHANGED = (
    "serial", "pieces", "received_on", "funding", "condition", "in_use", "solution", "plan_after", "note", "gone",
)  # fmt: skip

#: What only who decides may fill in.
DECIDED = ("decided", "document")


@blueprint.get("/stock/equipment")
@login_required
def equipment_list() -> ResponseReturnValue:
    """The register, narrowed by condition, district and item."""
    require("stock")
    every = equipment_of(connection(), area().sites())
    wanted = {name: request.args.get(name, "") for name in ("condition", "district", "item")}
    here = [
        one
        for one in every
        if (not wanted["district"] or district_of(one.site_id) == wanted["district"])
        and (not wanted["item"] or one.item_id == wanted["item"])
    ]
    shown = [one for one in here if wanted["condition"] in ("", _condition(one))]
    sorting, paging = Sorting.from_address(_KEYS, "item"), Paging.from_address(len(shown))
    counts = Counter(_condition(one) for one in here)
    return render_template(
        "stock_equipment.html",
        rows=paging.of(sorting.apply(shown, _KEYS)),
        counts={name: counts[name] for name in (*CONDITIONS, "gone")},
        **wanted,
        items=sorted({(one.item_id, in_language(one, "item_name")) for one in every}, key=lambda p: p[1]),
        districts=sorted(area().at_level("district"), key=lambda node: place_key(node.name)),
        may_write=may_author(reader().role, "equipment"),
        condition_of=_condition,
        condition_words=_condition_words,
        solution_words=solution_words,
        place_name=area().tree.name,
        where=area().where,
        sorting=sorting,
        **paging.words(),
    )


@blueprint.route("/stock/equipment/new", methods=["GET", "POST"])
@login_required
def equipment_new() -> ResponseReturnValue:
    """The form of a new record."""
    _writer()
    if request.method == "GET":
        return _form(None, {"pieces": 1}, request.args.get("site", ""), ())
    site, body = request.form.get("site", ""), given("equipment", NEW, request.form)
    try:
        if not site:
            raise Refused(fault("field.missing", t("equipment.site")))
        if seen_place(site).id not in area().sites():
            raise Refused(fault("scope.hidden"))
        write(lambda author: author.write("equipment", place=site, body=body))
    except Refused as refused:
        return _form(None, body, site, said(refused.faults, "equipment")), 422
    flash(t("equipment.written"), "good")
    return redirect(url_for("web.equipment_list"))


@blueprint.route("/stock/equipment/<equipment_id>", methods=["GET", "POST"])
@login_required
def equipment_page(equipment_id: str) -> ResponseReturnValue:
    """One record; whoever keeps the site's stock changes it here. Refused: `scope.hidden`."""
    require("stock")
    found = next((one for one in equipment_of(connection(), area().sites()) if one.id == equipment_id), None)
    if found is None:
        raise Refused(fault("scope.hidden"))
    shown = {name: getattr(found, name) for name in (*CHANGED, *DECIDED)}
    shown["received_on"] = found.received_on.isoformat() if found.received_on else None
    if request.method == "GET":
        return _form(found, shown, found.site_id, ())
    _writer()
    body = given("equipment", _fields(), request.form)
    body["in_use"] = bool(body["in_use"])
    changed = {name: value for name, value in body.items() if value != shown[name]}

    def work(author: ServerAuthor) -> None:
        heads = author.heads("equipment", found.id)
        author.write("equipment", place=found.site_id, subject=found.id, body=changed, based_on=heads)

    try:
        if changed:
            write(work)
    except Refused as refused:
        return _form(found, body, found.site_id, said(refused.faults, "equipment")), 422
    flash(t("equipment.changed"), "good")
    return redirect(url_for("web.equipment_list"))


def _writer() -> None:
    require("stock")
    if not may_author(reader().role, "equipment"):
        raise Refused(fault("permission.denied"))


def _fields() -> tuple[str, ...]:
    """What the reader may change of a record."""
    return (*CHANGED, *DECIDED) if may_author(reader().role, "leftover_decision") else CHANGED


def _form(found: Equipped | None, values: Mapping[str, Any], site: str, faults: Sequence[Fault]) -> str:
    names = _fields() if found else NEW
    return render_template(
        "stock_equipment_form.html",
        found=found,
        fields=asked("equipment", names, values, {"item": _items()}),
        site=site,
        sites=_sites(),
        faults=faults,
        may_write=may_author(reader().role, "equipment"),
        condition_words=condition_words,
        solution_words=solution_words,
        place_name=area().tree.name,
        where=area().where,
    )


def _items() -> list[tuple[str, str]]:
    query = select(Item.id, Item.name_vi, Item.name_en).where(
        Item.province_id.in_(provinces()), Item.item_class == "equipment"
    )
    return sorted(((row.id, in_language(row, "name")) for row in connection().execute(query)), key=_by_name)


def _sites() -> list[tuple[str, str]]:
    tree = area().tree
    ordered = sorted(
        area().sites(), key=lambda p: (tree.nodes[p].level != "store", place_key(tree.name(p)), p)
    )
    return [(p, ", ".join(filter(None, (tree.name(p), area().where(p))))) for p in ordered]


def _by_name(pair: tuple[str, str]) -> tuple[Any, str]:
    return sort_key(pair[1]), pair[0]


def _condition(one: Equipped) -> str:
    return "gone" if one.gone else one.condition


def _condition_words(condition: str) -> str:
    return t("equipment.gone") if condition == "gone" else str(condition_words(condition))


_KEYS: dict[str, Callable[[Equipped], Any]] = {
    "item": lambda one: (sort_key(in_language(one, "item_name")), one.serial or ""),
    "site": lambda one: place_key(area().tree.name(one.site_id)),
    "pieces": lambda one: one.pieces,
    "received": lambda one: one.received_on,
    "condition": lambda one: [*CONDITIONS, "gone"].index(_condition(one)),
    "decided": lambda one: one.decided,
}
