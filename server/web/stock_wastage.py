"""Wastage on pages: opened and unopened vials, by reason, item and place, what cannot be avoided, what looks odd."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.places.order import place_key
from server.settings import current_settings
from server.stock.anomalies import Anomaly, anomalies
from server.stock.catalogue import items_of
from server.stock.discards import discards
from server.stock.wastage import REASONS, REMAINDER, Sum, Wasted, wastage
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.kept import kept_stock
from server.web.listing import Paging, Sorting
from server.web.plans import provinces
from server.web.texts import in_language, number, option, percent_of, t
from shared.faults import Refused, fault

#: Days the page looks back unless asked otherwise, and at most.
USUAL_DAYS, MOST_DAYS = 90, 731


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address narrows the page to; empty is everything of the reader."""

    since: date
    until: date
    district: str
    item: str

    def holds(self, line: Wasted) -> bool:
        """Whether a line is asked for."""
        return (not self.item or line.item_id == self.item) and self.inside(line.site_id)

    def inside(self, site: str) -> bool:
        """Whether a site is in the district asked for."""
        return not self.district or district_of(site) == self.district


@dataclass(frozen=True, slots=True)
class Row:
    """A place (or item) with its sum."""

    id: str | None
    name: str
    where: str
    sum: Sum


@blueprint.get("/stock/wastage")
@login_required
def wastage_page() -> ResponseReturnValue:
    """The page of a period, narrowed by district and item; comparisons are with all sites in the reader's sight."""
    require("stock")
    asked = _asked()
    every = _every(asked)
    found = [line for line in every if asked.holds(line)]
    rows = _by_place(asked, found)
    sorting, paging = Sorting.from_address(_KEYS, "rate", descending=True), Paging.from_address(len(rows))
    names = {item.id: in_language(item, "name") for item in items_of(connection(), provinces())}
    return render_template(
        "stock_wastage.html",
        asked=asked,
        total_sum=Sum.of(found),
        rows=paging.of(sorting.apply(rows, _KEYS)),
        by_district=bool(not asked.district and len(area().at_level("district")) > 1),
        items=_by_item(found, names),
        odd=[one for one in _odd(asked) if asked.inside(one.site_id)],
        odd_words=odd_words,
        reason_words=reason_words,
        districts=sorted(area().at_level("district"), key=lambda node: place_key(node.name)),
        choices=sorted({(line.item_id, names.get(line.item_id, "–")) for line in every}, key=lambda p: p[1]),
        place_name=area().tree.name,
        where=area().where,
        sorting=sorting,
        **paging.words(),
    )


@blueprint.get("/stock/wastage/movements")
@login_required
def wastage_movements() -> ResponseReturnValue:
    """The records behind a figure: what was thrown away, one by one, newest first."""
    require("stock")
    asked = _asked()
    site, reason = request.args.get("site", ""), request.args.get("reason", "")
    if site and site not in area().sites():
        raise Refused(fault("scope.hidden"))
    sites = [one for one in ([site] if site else area().sites()) if asked.inside(one)]
    found = [
        one
        for one in discards(connection(), sites, asked.since, asked.until)
        if (not asked.item or one.item_id == asked.item) and (not reason or one.reason == reason)
    ]
    paging = Paging.from_address(len(found))
    return render_template(
        "stock_discards.html",
        asked=asked,
        site=site,
        reason=reason,
        reasons=[code for code in REASONS if code != REMAINDER],
        rows=paging.of(found),
        doses=sum(one.doses for one in found),
        reason_words=reason_words,
        place_name=area().tree.name,
        where=area().where,
        **paging.words(),
    )


def district_of(site: str) -> str | None:
    """The district of a site."""
    node = area().tree.up(site, "district")
    return node.id if node else None


def reason_words(reason: str) -> str:
    """A reason as people read it."""
    return t("wastage.remainder") if reason == REMAINDER else option("stock_movement", "reason", reason)


def odd_words(one: Anomaly) -> str:
    """What was seen, with its figures."""
    told: dict[str, str] = {
        name: number(value) for name, value in one.figures.items() if isinstance(value, int)
    }
    if "middle" in one.figures:
        told["rate"] = percent_of(one.figures["discarded"], one.figures["handled"])
        told["middle"] = percent_of(*one.figures["middle"])
    return t(f"wastage.odd.{one.kind}", **told)


def _asked() -> Asked:
    today = current_settings().clock.today()
    until = min(_day("to") or today, today)
    since = _day("from") or until - timedelta(days=USUAL_DAYS - 1)
    since = min(max(since, until - timedelta(days=MOST_DAYS)), until)
    return Asked(since, until, request.args.get("district", ""), request.args.get("item", ""))


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _every(asked: Asked) -> Sequence[Wasted]:
    sites, period = area().sites(), (asked.since, asked.until)
    return kept_stock(("wastage", *period), lambda: wastage(connection(), sites, *period))


def _odd(asked: Asked) -> Sequence[Anomaly]:
    sites, period = area().sites(), (asked.since, asked.until)
    return kept_stock(("anomalies", *period), lambda: anomalies(connection(), _every(asked), sites, *period))


def _by_place(asked: Asked, found: Collection[Wasted]) -> list[Row]:
    """By district while there are several, else by site."""
    tree, several = area().tree, not asked.district and len(area().at_level("district")) > 1
    groups: dict[str | None, list[Wasted]] = {}
    for line in found:
        groups.setdefault(district_of(line.site_id) if several else line.site_id, []).append(line)
    return [
        Row(
            place,
            tree.name(place) if place else t("allocations.outside"),
            "" if several or place is None else area().where(place),
            Sum.of(lines),
        )
        for place, lines in groups.items()
    ]


def _by_item(found: Collection[Wasted], names: dict[str, str]) -> list[Row]:
    groups: dict[str, list[Wasted]] = {}
    for line in found:
        groups.setdefault(line.item_id, []).append(line)
    rows = [Row(item, names.get(item, "–"), "", Sum.of(lines)) for item, lines in groups.items()]
    return sorted(rows, key=lambda row: (-row.sum.discarded, row.name))


def _rate(row: Row) -> float | None:
    return row.sum.discarded / row.sum.handled if row.sum.handled else None


_KEYS: dict[str, Callable[[Row], Any]] = {
    "place": lambda row: place_key(row.name),
    "used": lambda row: row.sum.used,
    "open": lambda row: row.sum.open,
    "unavoidable": lambda row: row.sum.unavoidable,
    "avoidable": lambda row: row.sum.avoidable,
    "closed": lambda row: row.sum.closed,
    "rate": _rate,
}
