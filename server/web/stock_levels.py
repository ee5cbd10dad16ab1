"""Reserves on pages (R074): what is below its reserve, and a form that sets the levels of one item at many sites."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.ledger.author import ServerAuthor
from server.places.order import place_key
from server.settings import current_settings
from server.stock.catalogue import items_of
from server.stock.levels import Level, levels
from server.web import blueprint
from server.web.area import area, connection, require, seen_place
from server.web.listing import Paging, Sorting
from server.web.plans import provinces
from server.web.record_forms import said
from server.web.stock_wastage import district_of
from server.web.texts import in_language, number, t
from server.web.writing import write
from shared.faults import Fault, Refused, fault
from shared.identifiers import named_id
from shared.records import may_author
from shared.text.folding import sort_key

STATES = ("below", "over", "kept", "none")

#: More sites than this are set district by district.
MOST_SITES = 80


@blueprint.get("/stock/levels")
@login_required
def level_list() -> ResponseReturnValue:
    """The list, narrowed by state, district and item; without a state, what a level was set for."""
    require("stock")
    asked = {name: request.args.get(name, "") for name in ("state", "district", "item")}
    every = levels(connection(), area().sites(), current_settings().clock.today())
    here = [
        level
        for level in every
        if (not asked["district"] or district_of(level.site_id) == asked["district"])
        and (not asked["item"] or level.item_id == asked["item"])
    ]
    counts = Counter(level.state for level in here)
    shown = [
        level
        for level in here
        if level.state == asked["state"] or (not asked["state"] and level.state != "none")
    ]
    sorting, paging = Sorting.from_address(_KEYS, "missing", descending=True), Paging.from_address(len(shown))
    return render_template(
        "stock_levels.html",
        rows=paging.of(sorting.apply(shown, _KEYS)),
        counts={state: counts[state] for state in STATES},
        **asked,
        districts=sorted(area().at_level("district"), key=lambda node: place_key(node.name)),
        items=sorted({(level.item_id, in_language(level, "item_name")) for level in every}, key=_by_name),
        may_set=may_author(reader().role, "stock_level"),
        place_name=area().tree.name,
        where=area().where,
        sorting=sorting,
        **paging.words(),
    )


@blueprint.route("/stock/levels/edit", methods=["GET", "POST"])
@login_required
def levels_edit() -> ResponseReturnValue:
    """The form: an item, then its sites with the least and the most of each; the same for all when asked."""
    require("stock")
    if not may_author(reader().role, "stock_level"):
        raise Refused(fault("permission.denied"))
    item, district = request.values.get("item", ""), request.values.get("district", "")
    if district:
        seen_place(district)
    known = [one for one in items_of(connection(), provinces()) if one.id == item]
    if request.method == "GET" or not known:
        return _form(item, district, known, ())
    sites = _sites(district)
    before = {one.site_id: one for one in _levels_of(item, sites)}
    try:
        changes = {site: wanted for site in sites if (wanted := _wanted(site)) != _own(before.get(site))}
        write(lambda author: _write(author, item, changes))
    except Refused as refused:
        return _form(item, district, known, said(refused.faults, "stock_level")), 422
    flash(t("levels.written", count=number(len(changes))), "good")
    return redirect(url_for("web.level_list", item=item, district=district or None))


def _write(author: ServerAuthor, item: str, changes: dict[str, tuple[int | None, int | None]]) -> None:
    document = request.form.get("document", "").strip() or None
    for site, (least, most) in changes.items():
        subject = named_id("stock_level", site, item)
        heads = author.heads("stock_level", subject)
        body: dict[str, Any] = {"least": least, "most": most, "document": document}
        if not heads:
            body["item"] = item
        author.write("stock_level", place=site, subject=subject, body=body, based_on=heads)


def _form(item: str, district: str, known: Sequence[Any], faults: Sequence[Fault]) -> str:
    sites = _sites(district) if known else []
    return render_template(
        "stock_levels_edit.html",
        faults=faults,
        item=item,
        district=district,
        known=known[0] if known else None,
        items=[(one.id, in_language(one, "name")) for one in items_of(connection(), provinces())],
        districts=sorted(area().at_level("district"), key=lambda node: place_key(node.name)),
        needs_district=not district and len(area().sites()) > MOST_SITES,
        sites=sites,
        levels={one.site_id: one for one in _levels_of(item, sites)},
        given=request.form,
        place_name=area().tree.name,
        where=area().where,
    )


def _sites(district: str) -> list[str]:
    """The sites a form shows: of the district, or all when they are few; stores first."""
    found = [site for site in area().sites() if not district or district_of(site) == district]
    if not district and len(found) > MOST_SITES:
        return []
    nodes = area().tree.nodes
    return sorted(found, key=lambda s: (nodes[s].level != "store", place_key(nodes[s].name), s))


def _levels_of(item: str, sites: Sequence[str]) -> list[Level]:
    found = levels(connection(), sites, current_settings().clock.today())
    return [one for one in found if one.item_id == item]


def _own(level: Level | None) -> tuple[int | None, int | None]:
    return (level.least, level.most) if level and level.own else (None, None)


def _wanted(site: str) -> tuple[int | None, int | None]:
    prefix = "all" if request.form.get("do") == "all" else site
    least, most = (_whole(request.form.get(f"{name}-{prefix}", "")) for name in ("least", "most"))
    if least is not None and most is not None and most < least:
        raise Refused(fault("field.out_of_range", t("levels.most")))
    return least, most


def _whole(text: str) -> int | None:
    plain = text.strip().replace(".", "")
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit() and len(plain) < 8):
        raise Refused(fault("field.not_whole", t("levels.least")))
    return int(plain)


def _by_name(pair: tuple[str, str]) -> tuple[Any, str]:
    return sort_key(pair[1]), pair[0]


_KEYS: dict[str, Callable[[Level], Any]] = {
    "site": lambda level: (place_key(area().tree.name(level.site_id)), sort_key(level.item_name_vi)),
    "item": lambda level: (sort_key(in_language(level, "item_name")), level.site_id),
    "usable": lambda level: level.usable,
    "least": lambda level: level.least,
    "missing": lambda level: (level.missing, level.missing / level.least if level.least else 0),
    "most": lambda level: level.most,
}
