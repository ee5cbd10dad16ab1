"""The stock card of an item at a site (thẻ kho), on a page and as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.places.tree import Node
from server.reports.workbook import Column, Sheet, Source
from server.stock.card import Card, Line, items_moved, stock_card
from server.stock.catalogue import CatalogueItem, items_of
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.plans import provinces
from server.web.stock_file import answer, source_facts
from server.web.stock_keeping import days_asked, keeps, seen_site
from server.web.texts import day, in_language, number, option, t
from shared.faults import Refused, fault

#: Lines a page shows; what stands before is carried over, as on a new sheet of paper. The file has them all.
MOST_LINES = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose card is asked for, and of which days."""

    site: Node
    item: CatalogueItem
    items: list[CatalogueItem]
    first: date
    last: date
    holding: str
    card: Card


@blueprint.get("/stock/sites/<site_id>/card")
@login_required
def stock_card_page(site_id: str) -> ResponseReturnValue:
    """The card, narrowed to one holding when the address names it."""
    asked = _asked(site_id)
    carried, shown = asked.card.last(MOST_LINES)
    return render_template(
        "stock_card.html",
        asked=asked,
        card=asked.card,
        carried=carried,
        lines=shown,
        left_out=len(asked.card.lines) - len(shown),
        may_keep=keeps(asked.site),
        is_movement=lambda line: isinstance(line, Line),
        place_name=area().tree.name,
        path=area().path(asked.site.id)[:-1],
    )


@blueprint.get("/stock/sites/<site_id>/card.<ending>")
@login_required
def stock_card_file(site_id: str, ending: str) -> ResponseReturnValue:
    """The same as XLSX or CSV, every line of it."""
    asked = _asked(site_id)
    if ending not in ("xlsx", "csv"):
        raise Refused(fault("scope.hidden"))
    source = Source(t("source.name"), source_facts(t("book.card_how")))
    return answer(_sheet(asked), source, "the-kho", ending)


def _asked(site_id: str) -> Asked:
    require("stock")
    site = seen_site(site_id)
    known = items_moved(connection(), site.id)
    items = [item for item in items_of(connection(), provinces()) if item.id in known]
    wanted = request.args.get("item", "")
    item = next((item for item in items if item.id == wanted), None)
    if item is None and (wanted or not items):
        raise Refused(fault("scope.hidden"))
    first, last = days_asked()
    chosen, holding = item or items[0], request.args.get("holding", "")
    card = stock_card(connection(), site.id, chosen.id, first, last, holding)
    return Asked(site, chosen, items, first, last, holding, card)


def _sheet(asked: Asked) -> Sheet:
    card, name = asked.card, in_language(asked.item, "name")
    columns = [
        Column(t("column.day"), "day"), Column(t("book.document")), Column(t("book.what")), Column(t("column.lot")),
        Column(t("column.stock_state")), Column(t("book.counterpart")),
        Column(t("book.in"), "number"), Column(t("book.out"), "number"), Column(t("book.balance"), "number"),
        Column(t("book.held"), "number"), Column(t("book.remark")),
    ]  # fmt: skip
    opening = [asked.first, "", t("book.opening"), "", "", "", None, None, card.opening, None, ""]
    return Sheet(
        t("book.card"),
        [
            t("book.card_title", item=name),
            f"{asked.site.name}, {area().where(asked.site.id)}",
            t("book.days", first=day(asked.first), last=day(asked.last)),
        ],
        columns,
        [opening, *(_row(line) for line in card.lines)],
        totals=[t("book.total"), "", "", "", "", "", card.came, card.went, card.closing, None, ""],
    )


def _row(line: Any) -> list[Any]:
    if not isinstance(line, Line):
        counted = t("counts.not_counted") if line.vials is None else number(line.vials)
        words = t("book.counted_line", counted=counted, book=number(line.book))
        state = option("stock_movement", "state", line.state)
        off = t("counts.off", difference=f"{line.difference:+d}") if line.difference else ""
        return [line.as_of, "", words, line.lot_number, state, "", None, None, None, line.book, off]
    effect = 0 if line.idle else line.vials
    remark = "; ".join(filter(None, (line.note, _mark(line))))
    return [
        line.on, line.document or "", option("stock_movement", "reason", line.reason), line.holding.lot_number,
        option("stock_movement", "state", line.holding.state),
        area().tree.name(line.counterpart_id) if line.counterpart_id else "",
        max(0, effect) or None, max(0, -effect) or None, line.balance, line.held, remark,
    ]  # fmt: skip


def _mark(line: Line) -> str:
    """What is said of a line beside its note."""
    if line.idle:
        return t("book.idle")
    if line.reverses_id:
        return t("book.reversal")
    if line.reversed_by:
        return t("book.reversed")
    return t("book.below_zero") if line.negative else ""
