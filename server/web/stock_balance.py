"""In, out and balance of a period (nhập – xuất – tồn), on a page and as a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.places.order import place_key
from server.places.tree import Node
from server.reports.workbook import Column, Sheet, Source
from server.stock.turnover import Measure, Named, Turnover, TurnoverKey, names_of, put_together, turnover
from server.web import blueprint
from server.web.area import area, connection, require, seen_place
from server.web.kept import kept_stock
from server.web.listing import Paging, Sorting
from server.web.stock_file import answer, source_facts
from server.web.stock_keeping import days_asked
from server.web.texts import day, in_language, t
from shared.faults import Refused, fault
from shared.rules.turnover import COLUMNS
from shared.text.folding import sort_key

#: What a row may be of.
LEVELS = ("site", "commune", "district", "province")

#: Days of a report unless the address says otherwise: a month.
MONTH = 30


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the report with its names; `lot_number` is empty where lots are added up."""

    found: Turnover
    named: Named
    place: str
    where: str
    lot_number: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for, and its rows."""

    place: Node | None
    first: date
    last: date
    level: str
    by_lot: bool
    measure: Measure
    item: str
    items: list[tuple[str, str]]
    rows: list[Row]

    @property
    def address(self) -> dict[str, str]:
        """The query by which the same is asked for."""
        found = {
            "from": self.first.isoformat(), "to": self.last.isoformat(), "by": self.level, "measure": self.measure,
            "place": self.place.id if self.place else "", "item": self.item, "lots": "1" if self.by_lot else "",
        }  # fmt: skip
        return {name: value for name, value in found.items() if value}

    @property
    def places(self) -> int:
        """How many places the rows are of."""
        return len({row.found.key.place for row in self.rows})

    @property
    def total(self) -> Turnover | None:
        """The sum, when it is of one item: vials of different items do not add up."""
        if len({row.found.key.item_id for row in self.rows}) != 1:
            return None
        total = Turnover(TurnoverKey("", self.rows[0].found.key.item_id, None))
        for row in self.rows:
            total.add(row.found)
        return total

    @property
    def columns(self) -> list[str]:
        """Columns to show: what a book began with only where one did."""
        begun = any(row.found.moved["started"] for row in self.rows)
        return [name for name in COLUMNS if name != "started" or begun]


def _shown(name: str, row: Row) -> Any:
    return row.found.shown(name)


_KEYS: dict[str, Callable[[Row], Any]] = {
    "place": lambda row: (place_key(row.where), place_key(row.place), _item_key(row)),
    "item": lambda row: (_item_key(row), place_key(row.place)),
    "opening": lambda row: row.found.opening,
    "closing": lambda row: row.found.closing,
    **{name: partial(_shown, name) for name in COLUMNS},
}


@blueprint.get("/stock/balance")
@login_required
def stock_balance() -> ResponseReturnValue:
    """The report of the days, places and items of the address."""
    asked = _asked()
    sorting, paging = Sorting.from_address(_KEYS, "item"), Paging.from_address(len(asked.rows))
    return render_template(
        "stock_balance.html",
        asked=asked,
        rows=paging.of(sorting.apply(asked.rows, _KEYS)),
        levels=_levels(),
        places=_places(),
        sorting=sorting,
        **paging.words(),
    )


@blueprint.get("/stock/balance.<ending>")
@login_required
def stock_balance_file(ending: str) -> ResponseReturnValue:
    """The same as XLSX or CSV, with every column."""
    if ending not in ("xlsx", "csv"):
        raise Refused(fault("scope.hidden"))
    asked = _asked()
    source = Source(t("source.name"), source_facts(t("balance.how")))
    return answer(_sheet(asked), source, "nhap-xuat-ton", ending)


def _asked() -> Asked:
    require("stock")
    wanted = request.args.get("place", "")
    place = seen_place(wanted) if wanted else None
    first, last = days_asked(MONTH)
    measure: Measure = "doses" if request.args.get("measure") == "doses" else "vials"
    levels = _levels()
    level = request.args.get("by", "")
    level = level if level in levels else levels[-1]
    by_lot = request.args.get("lots", "") == "1"
    seen = area()
    sites = [site for site in seen.sites() if place is None or place in seen.tree.path(site)]
    key = ("turnover", place.id if place else "", first, last, measure)
    rows = kept_stock(key, lambda: turnover(connection(), sites, first, last, measure))
    named = kept_stock(
        (*key, "names"), lambda: names_of(connection(), {row.key.lot_id or "" for row in rows} - {""})
    )
    items = {row.key.item_id: named[row.key.lot_id] for row in rows if row.key.lot_id in named}
    item = request.args.get("item", "")
    chosen = [row for row in rows if not item or row.key.item_id == item]
    together = put_together(chosen, lambda site: _above(site, level), by_lot=by_lot)
    return Asked(
        place, first, last, level, by_lot, measure, item,
        sorted(((id_, in_language(one, "item")) for id_, one in items.items()), key=lambda pair: sort_key(pair[1])),
        [_row(one, named.get(one.key.lot_id or "") or items[one.key.item_id]) for one in together],
    )  # fmt: skip


def _row(found: Turnover, named: Named) -> Row:
    seen = area()
    node = seen.tree.nodes[found.key.place]
    return Row(found, named, node.name, seen.where(node.id), named.lot_number if found.key.lot_id else "")


def _above(site: str, level: str) -> str:
    """The place of a level a site is added to; a store that stands above that level stays by itself."""
    found = area().tree.up(site, level) if level != "site" else None
    return found.id if found else site


def _levels() -> list[str]:
    """Levels of rows that make sense for this reader: a station adds nothing up to its district."""
    highest = {root.level for root in area().roots}
    if "province" in highest:
        return list(LEVELS)
    return list(LEVELS[:3]) if "district" in highest else list(LEVELS[:1])


def _places() -> list[tuple[str, str]]:
    """Districts the report may be narrowed to, or communes where the reader has one district."""
    seen = area()
    for level in ("district", "commune"):
        nodes = seen.at_level(level)
        if len(nodes) > 1:
            return sorted(((node.id, node.name) for node in nodes), key=lambda pair: place_key(pair[1]))
    return []


def _item_key(row: Row) -> tuple[bool, str, str]:
    return row.named.item_class != "vaccine", sort_key(row.named.item_vi), row.lot_number


def _sheet(asked: Asked) -> Sheet:
    heads = [t(f"balance.column.{name}") for name in COLUMNS]
    columns = [
        Column(t("column.place")), Column(t("balance.above")), Column(t("column.item")),
        *([Column(t("column.lot"))] if asked.by_lot else []), Column(t("balance.unit")),
        Column(t("balance.column.opening"), "number"), *(Column(head, "number") for head in heads),
        Column(t("balance.column.closing"), "number"),
    ]  # fmt: skip
    body = [_cells(asked, row) for row in sorted(asked.rows, key=_KEYS["item"])]
    total = asked.total
    last: list[Any] | None = None
    if total is not None:
        empty = [""] * (4 if asked.by_lot else 3)
        last = [t("balance.total"), *empty, *_amounts(total)]
    place = asked.place.name if asked.place else ", ".join(root.name for root in area().roots)
    return Sheet(
        t("balance.title"),
        [t("balance.title"), place, t("book.days", first=day(asked.first), last=day(asked.last))],
        columns,
        body,
        totals=last,
    )


def _cells(asked: Asked, row: Row) -> list[Any]:
    lot = [row.lot_number] if asked.by_lot else []
    return [
        row.place,
        row.where,
        in_language(row.named, "item"),
        *lot,
        _unit(asked, row),
        *_amounts(row.found),
    ]


def _amounts(found: Turnover) -> list[int]:
    return [found.opening, *(found.shown(name) for name in COLUMNS), found.closing]


def _unit(asked: Asked, row: Row) -> str:
    doses = asked.measure == "doses" and row.named.item_class == "vaccine"
    return t("balance.doses") if doses else in_language(row.named, "unit")
