"""What every site holds: all sites side by side, and one site item by item and lot by lot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.places.order import place_key
from server.places.tree import Node
from server.redistribution.losing import Exposed, exposed_stock
from server.settings import current_settings
from server.stock.count_reviews import OVERDUE_DAYS, last_counted
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.kept import kept_by_site
from server.web.listing import Paging, Sorting
from server.web.stock_keeping import SITE_LEVELS, keeps, seen_site, stores_in_sight
from server.web.texts import in_language
from shared.rules.alerts import USED_OVER_DAYS
from shared.text.folding import sort_key


@dataclass(frozen=True, slots=True)
class Shelf:
    """All holdings of some items together. Amounts are doses of vaccines (`doses`) or units of one other item.

    `used` is what was used up in USED_OVER_DAYS; `losing` what of the usable will expire unused.
    """

    held: tuple[Exposed, ...]
    doses: bool

    @property
    def on_hand(self) -> int:
        """What stands there by the book."""
        return sum(each.amount for each in self.held)

    @property
    def usable(self) -> int:
        """What of it may be used."""
        return sum(each.usable for each in self.held)

    @property
    def losing(self) -> int:
        """What of it will expire unused."""
        return sum(each.losing for each in self.held)

    @property
    def vials(self) -> int:
        """Whole vials (units)."""
        return sum(each.stock.vials for each in self.held)

    @property
    def used(self) -> int:
        """What was used up lately, of each item once."""
        return sum({each.stock.item_id: each.used for each in self.held}.values())

    @property
    def negative(self) -> list[Exposed]:
        """Holdings the book has below zero."""
        return [each for each in self.held if each.stock.vials < 0]

    @property
    def days_of_stock(self) -> int | None:
        """How long the usable stock lasts at the rate of late; None when nothing was used."""
        return self.usable * USED_OVER_DAYS // self.used if self.used else None

    @property
    def why_not(self) -> list[tuple[str, int]]:
        """(why, amount) of what may not be used, most first."""
        found: dict[str, int] = {}
        for each in self.held:
            if each.unusable and each.amount:
                found[each.unusable] = found.get(each.unusable, 0) + each.amount
        return sorted(found.items(), key=lambda pair: -pair[1])


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A site with its vaccine, and how many other items it holds."""

    site: Node
    where: str
    district: str | None
    vaccine: Shelf
    others: int
    counted: date | None
    overdue: bool


_KEYS: dict[str, Callable[[SiteLine], Any]] = {
    "place": lambda line: (line.site.level != "store", place_key(line.where), place_key(line.site.name)),
    "on_hand": lambda line: line.vaccine.on_hand,
    "usable": lambda line: line.vaccine.usable,
    "losing": lambda line: line.vaccine.losing,
    "lasts": lambda line: line.vaccine.days_of_stock,
    "others": lambda line: line.others,
    "counted": lambda line: line.counted or date.min,
}


@blueprint.get("/stock/sites")
@login_required
def stock_sites() -> ResponseReturnValue:
    """Every visible site, narrowed by district, level and what is to be done there."""
    require("stock")
    lines = _site_lines()
    district, level, todo = (request.args.get(name, "") for name in ("district", "level", "todo"))
    here = [
        line
        for line in lines
        if (not district or line.district == district) and (not level or line.site.level == level)
    ]
    shown = [line for line in here if not todo or TODO.get(todo, _never)(line)]
    sorting, paging = Sorting.from_address(_KEYS, "place"), Paging.from_address(len(shown))
    tree = area().tree
    districts = sorted(
        {(line.district, tree.name(line.district)) for line in lines if line.district},
        key=lambda pair: place_key(pair[1]),
    )
    return render_template(
        "stock_sites.html",
        rows=paging.of(sorting.apply(shown, _KEYS)),
        total_of=_total(shown),
        todo=todo,
        todos={name: sum(1 for line in here if test(line)) for name, test in TODO.items()},
        everything=len(here),
        district=district,
        districts=districts,
        level=level,
        levels=[name for name in SITE_LEVELS if any(line.site.level == name for line in lines)],
        sorting=sorting,
        **paging.words(),
    )


@blueprint.get("/stock/sites/<site_id>")
@login_required
def stock_site(site_id: str) -> ResponseReturnValue:
    """One site: usable stock apart from stock on hand, what will be lost, the last count, every holding."""
    require("stock")
    site = seen_site(site_id)
    held = exposed_stock(
        connection(), [site.id], [site.id] if site.level == "store" else [], current_settings().clock.today()
    )
    shelves: dict[str, list[Exposed]] = {}
    for each in held:
        shelves.setdefault(each.stock.item_id, []).append(each)
    rows = [Shelf(tuple(found), found[0].stock.doses is not None) for found in shelves.values()]
    counted = last_counted(connection(), [site.id]).get(site.id)
    today = current_settings().clock.today()
    return render_template(
        "stock_site.html",
        site=site,
        shelves=sorted(
            rows, key=lambda shelf: (not shelf.doses, sort_key(in_language(shelf.held[0].stock, "item_name")))
        ),
        vaccine=Shelf(tuple(each for each in held if each.stock.doses is not None), True),
        held=sorted(
            held,
            key=lambda each: (
                each.stock.doses is None,
                each.stock.days_left is None,
                each.stock.days_left or 0,
            ),
        ),
        counted=counted,
        overdue=counted is None or (today - counted).days > OVERDUE_DAYS,
        may_keep=keeps(site),
        used_days=USED_OVER_DAYS,
        path=area().path(site.id)[:-1],
    )


def _site_lines() -> list[SiteLine]:
    """Every site in sight that holds or held something."""
    return list(kept_by_site("sites", _lines_of).values())


def _lines_of(sites: list[str]) -> dict[str, SiteLine]:
    today = current_settings().clock.today()
    held: dict[str, list[Exposed]] = {site: [] for site in sites}
    for each in exposed_stock(connection(), sites, stores_in_sight(), today):
        held[each.stock.site_id].append(each)
    counted = last_counted(connection(), sites)
    return {site: _line(site, found, counted.get(site), today) for site, found in held.items()}


def _line(site: str, held: list[Exposed], counted: date | None, today: date) -> SiteLine:
    seen = area()
    district = seen.tree.up(site, "district")
    vaccine = Shelf(tuple(each for each in held if each.stock.doses is not None), True)
    others = len({each.stock.item_id for each in held if each.stock.doses is None})
    late = counted is None or (today - counted).days > OVERDUE_DAYS
    return SiteLine(
        seen.tree.nodes[site], seen.where(site), district.id if district else None, vaccine, others, counted,
        late and bool(held),
    )  # fmt: skip


def _total(lines: Iterable[SiteLine]) -> Shelf:
    return Shelf(tuple(each for line in lines for each in line.vaccine.held), True)


def _never(_: SiteLine) -> bool:
    return False


#: What there is to do at a site, by the code in the address.
TODO: dict[str, Callable[[SiteLine], bool]] = {
    "losing": lambda line: line.vaccine.losing > 0,
    "negative": lambda line: bool(line.vaccine.negative),
    "overdue": lambda line: line.overdue,
    "empty": lambda line: not line.vaccine.usable,
}
