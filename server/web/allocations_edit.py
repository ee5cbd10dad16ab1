"""Writing an allocation by hand, changing it, withdrawing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.ledger.author import ServerAuthor
from server.places.order import place_key
from server.plans.campaigns import campaigns_of
from server.stock.allocations import Planned, allocations
from server.stock.catalogue import CatalogueLot, items_of, lots_of
from server.web import blueprint
from server.web.area import area, connection, require, seen_place
from server.web.plans import provinces
from server.web.record_forms import asked, given, said
from server.web.texts import in_language, t
from server.web.writing import write
from shared.faults import Fault, Refused, fault
from shared.records import may_author

#: What a new allocation says, and what of it may be changed later.
NEW = ("item", "lot", "source", "vials", "by_on", "document", "use_by", "weekly", "campaign", "reason")
CHANGED = ("vials", "by_on", "document", "use_by", "weekly", "reason", "withdrawn")

#: Places an allocation may come from.
_SOURCES = ("store", "district", "commune")


@blueprint.route("/stock/allocations/new", methods=["GET", "POST"])
@login_required
def allocation_new() -> ResponseReturnValue:
    """The form of an allocation; what the address says is filled in."""
    _writer()
    if request.method == "GET":
        return _new_form(request.args.to_dict(), request.args.get("site", ""))
    site, body = request.form.get("site", ""), given("allocation", NEW, request.form)
    try:
        if not site:
            raise Refused(fault("field.missing", t("allocations.site")))
        node = seen_place(site)
        if node.id not in area().sites():
            raise Refused(fault("scope.hidden"))
        if body["source"]:
            seen_place(body["source"])
        write(lambda author: author.write("allocation", place=node.id, body=body))
    except Refused as refused:
        return _new_form(body, site, said(refused.faults, "allocation")), 422
    flash(t("allocations.written", place=node.name), "good")
    return redirect(url_for("web.allocation_list"))


@blueprint.route("/stock/allocations/<allocation_id>", methods=["GET", "POST"])
@login_required
def allocation_edit(allocation_id: str) -> ResponseReturnValue:
    """Change an allocation, or withdraw it by saying why."""
    _writer()
    found = next((a for a in allocations(connection(), area().sites(), {}) if a.id == allocation_id), None)
    if found is None:
        raise Refused(fault("scope.hidden"))
    shown = {name: getattr(found, name) for name in CHANGED} | {"by_on": found.by_on.isoformat()}
    shown["use_by"] = found.use_by.isoformat() if found.use_by else None
    if request.method == "GET":
        return _edit_form(found, shown, ())
    body = given("allocation", CHANGED, request.form)
    changed = {name: value for name, value in body.items() if value != shown[name]}

    def work(author: ServerAuthor) -> None:
        heads = author.heads("allocation", found.id)
        author.write("allocation", place=found.site_id, subject=found.id, body=changed, based_on=heads)

    try:
        if changed:
            write(work)
    except Refused as refused:
        return _edit_form(found, body, said(refused.faults, "allocation")), 422
    flash(t("allocations.changed"), "good")
    return redirect(url_for("web.allocation_list"))


def _writer() -> None:
    require("stock")
    if not may_author(reader().role, "allocation"):
        raise Refused(fault("permission.denied"))


def _new_form(values: Mapping[str, Any], site: str, faults: Sequence[Fault] = ()) -> str:
    return render_template(
        "allocation_form.html",
        planned=None,
        sites=_named(area().sites()),
        site=site,
        fields=asked("allocation", NEW, values, _options()),
        faults=faults,
    )


def _edit_form(planned: Planned, values: Mapping[str, Any], faults: Sequence[Fault]) -> str:
    return render_template(
        "allocation_form.html",
        planned=planned,
        fields=asked("allocation", CHANGED, values, {}),
        faults=faults,
        place_name=area().tree.name,
        where=area().where,
    )


def _options() -> dict[str, list[tuple[str, str]]]:
    campaigns = campaigns_of(connection(), provinces())
    sources = [node.id for level in _SOURCES for node in area().at_level(level)]
    return {
        "item": [(item.id, in_language(item, "name")) for item in items_of(connection(), provinces())],
        "lot": [(lot.id, _lot(lot)) for lot in lots_of(connection(), provinces())],
        "source": _named(sources),
        "campaign": [(campaign.id, in_language(campaign, "name")) for campaign in campaigns],
    }


def _lot(lot: CatalogueLot) -> str:
    return f"{in_language(lot, 'name')}: {lot.lot_number}"


def _named(places: Sequence[str]) -> list[tuple[str, str]]:
    """(id, name with the places above), in their order; stores first."""
    tree = area().tree
    ordered = sorted(places, key=lambda p: (tree.nodes[p].level != "store", place_key(tree.name(p)), p))
    return [(p, ", ".join(filter(None, (tree.name(p), area().where(p))))) for p in ordered]
