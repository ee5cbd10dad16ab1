"""Stock nearing expiry: every lot at every visible site, by its effective expiry."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.places.order import place_key
from server.settings import current_settings
from server.stock.counts import Counted, last_counts
from server.stock.expiring import ExpiringStock, expiring_stock
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.listing import Paging, Sorting
from server.web.texts import in_language
from shared.text.folding import sort_key

BUCKETS = ("expired", "within_7", "within_30", "within_60", "later", "unknown")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the page: the holding, its site with the places above, its last count, its rank by risk."""

    stock: ExpiringStock
    rank: int
    site_name: str
    where: str
    district: str | None
    counted: Counted | None


@dataclass(frozen=True, slots=True)
class Sum:
    """Vials and doses of some rows; what is below zero in the book counts as nothing usable."""

    vials: int
    doses: int

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Sum:
        """The sum of lines."""
        found = list(lines)
        return cls(
            sum(max(0, line.stock.vials) for line in found),
            sum(max(0, line.stock.doses or 0) for line in found),
        )


_KEYS: dict[str, Callable[[Line], Any]] = {
    "risk": lambda line: line.rank,
    "item": lambda line: (sort_key(line.stock.item_name_vi), line.stock.lot_number),
    "place": lambda line: (place_key(line.where), place_key(line.site_name)),
    "expiry": lambda line: line.stock.expiry,
    "vials": lambda line: line.stock.vials,
    "doses": lambda line: line.stock.doses,
    "counted": lambda line: line.counted and line.counted.as_of,
}


@blueprint.get("/stock/expiring")
@login_required
def stock_expiring() -> ResponseReturnValue:
    """A page of the list, narrowed by bucket, district and item from the address; sums are over the whole list."""
    require("stock")
    lines = _lines()
    district, item, bucket = (request.args.get(name, "") for name in ("district", "item", "bucket"))
    here = [
        line
        for line in lines
        if (not district or line.district == district) and (not item or line.stock.item_id == item)
    ]
    chosen = [name for name in BUCKETS if name in bucket.split(",")]
    shown = [line for line in here if not bucket or line.stock.bucket in chosen]
    sorting, paging = Sorting.from_address(_KEYS, "risk"), Paging.from_address(len(shown))
    return render_template(
        "stock_expiring.html",
        rows=paging.of(sorting.apply(shown, _KEYS)),
        shown=Sum.of(shown),
        totals={name: Sum.of(line for line in here if line.stock.bucket == name) for name in BUCKETS},
        buckets=BUCKETS,
        bucket=bucket,
        chosen=chosen,
        district=district,
        item=item,
        districts=_districts(lines),
        items=sorted(
            {(line.stock.item_id, in_language(line.stock, "item_name")) for line in lines}, key=lambda p: p[1]
        ),
        sorting=sorting,
        **paging.words(),
    )


def _lines() -> list[Line]:
    """Every visible holding, in the order of its risk: what is lost soonest, then most doses."""
    seen = area()
    stocks = expiring_stock(connection(), seen.sites(), current_settings().clock.today())
    counts = last_counts(connection(), [stock.holding_id for stock in stocks])
    lines = []
    for rank, stock in enumerate(stocks):
        district = seen.tree.up(stock.site_id, "district")
        lines.append(
            Line(
                stock,
                rank,
                seen.tree.name(stock.site_id),
                seen.where(stock.site_id),
                district.id if district else None,
                counts.get(stock.holding_id),
            )
        )
    return lines


def _districts(lines: Iterable[Line]) -> list[tuple[str, str]]:
    ids = {line.district for line in lines if line.district}
    return sorted(((id_, area().tree.name(id_)) for id_ in ids), key=lambda pair: place_key(pair[1]))
