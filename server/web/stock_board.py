"""The expiring stock board: every visible holding with what of it will be lost, narrowed by the address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import request

from server.accounts.session import language
from server.places.order import place_key
from server.redistribution.losing import Exposed, exposed_stock, rank
from server.settings import current_settings
from server.stock.counts import Counted, last_counts
from server.web.area import area, connection
from server.web.kept import kept_by_site, kept_stock
from shared.rules.need import UNUSABLE
from shared.text.folding import sort_key

BUCKETS = ("expired", "within_7", "within_30", "within_60", "later", "unknown")

#: What may be asked for of usability: what may be used, what may not and why.
USES = ("usable", "unusable", *UNUSABLE)

#: Days ahead that losses are told for: at least, unless asked otherwise, at most.
HORIZON = (7, 90, 365)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the board: a holding, what of it is lost, its site with the places above, its last count.

    `unused`: usable stock of an item that the site has not used at all lately. `dosed`: it counts in doses.
    """

    held: Exposed
    site_name: str
    where: str
    district: str | None
    counted: Counted | None
    unused: bool
    dosed: bool

    def losing(self, horizon: int) -> int:
        """Doses (units) of it lost within so many days."""
        left = self.held.stock.days_left
        return self.held.losing if left is not None and left <= horizon else 0


@dataclass(slots=True)
class Sum:
    """Rows, and of them: vials (units), doses on hand, doses that may be used, doses lost within the horizon, and of
    these the doses where nobody uses them.

    Items without doses count in vials only, so that boxes of masks do not add up with vaccine.
    """

    rows: int = 0
    vials: int = 0
    doses: int = 0
    usable: int = 0
    losing: int = 0
    unused: int = 0

    def add(self, line: Line, horizon: int) -> None:
        """Count a line in."""
        self.rows += 1
        self.vials += max(0, line.held.stock.vials)
        if line.dosed:
            losing = line.losing(horizon)
            self.doses += line.held.amount
            self.usable += line.held.usable
            self.losing += losing
            if line.unused:
                self.unused += losing

    @classmethod
    def of(cls, lines: Iterable[Line], horizon: int) -> Sum:
        """The sum of lines."""
        found = cls()
        for line in lines:
            found.add(line, horizon)
        return found


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; empty words ask for nothing. `horizon` in days."""

    district: str
    item: str
    state: str
    site: str
    use: str
    bucket: str
    warned: bool
    horizon: int

    @property
    def buckets(self) -> list[str]:
        """The buckets asked for, all of them when none is."""
        return [name for name in BUCKETS if not self.bucket or name in self.bucket.split(",")]

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return any((self.district, self.item, self.state, self.site, self.use, self.bucket, self.warned))

    def here(self, lines: Iterable[Line]) -> list[Line]:
        """The lines asked for in every bucket."""
        return [line for line in lines if self._fits(line)] if self.narrowed else list(lines)

    def shown(self, lines: Iterable[Line]) -> list[Line]:
        """Of these the lines of the buckets asked for."""
        if not self.bucket:
            return list(lines)
        wanted = set(self.buckets)
        return [line for line in lines if line.held.stock.bucket in wanted]

    def _fits(self, line: Line) -> bool:
        stock = line.held.stock
        return (
            (not self.district or line.district == self.district)
            and (not self.item or stock.item_id == self.item)
            and (not self.state or stock.state == self.state)
            and (not self.site or stock.site_id == self.site)
            and (not self.warned or line.held.warned)
            and self._usable(line)
        )

    def _usable(self, line: Line) -> bool:
        if self.use in UNUSABLE:
            return line.held.unusable == self.use
        return not self.use or (line.held.unusable is None) == (self.use == "usable")


def asked() -> Asked:
    """What the address asks for; what it says wrongly asks for nothing."""
    names = ("district", "item", "state", "site", "bucket")
    district, item, state, site, bucket = (request.args.get(name, "") for name in names)
    use = request.args.get("use", "")
    return Asked(
        district,
        item,
        state,
        site,
        use if use in USES else "",
        bucket,
        request.args.get("warned") == "1",
        whole("horizon", HORIZON),
    )


def whole(name: str, limits: tuple[int, int, int]) -> int:
    """A whole number from the address within its limits: (least, when not given, most)."""
    least, usual, most = limits
    given = request.args.get(name, "")
    return (
        max(least, min(int(given), most)) if given.isascii() and given.isdigit() and len(given) < 7 else usual
    )


def board_lines() -> Sequence[Line]:
    """Every visible holding, what is lost first on top; kept until stock moves."""
    return kept_stock("board", _lines)


@dataclass(frozen=True, slots=True)
class Board:
    """What the address asks for: the lines shown, by risk, their sum, and sums by bucket of the lines in any."""

    shown: Sequence[Line]
    total: Sum
    by_bucket: dict[str, Sum]

    def whole(self, name: str) -> int:
        """One figure of `Sum` over every bucket."""
        return sum(getattr(found, name) for found in self.by_bucket.values())


def board(wanted: Asked) -> Board:
    """The board narrowed; kept until stock moves."""
    return kept_stock(("board", wanted), lambda: _board(wanted))


def _board(wanted: Asked) -> Board:
    here = wanted.here(board_lines())
    by_bucket = {name: Sum() for name in BUCKETS}
    for line in here:
        by_bucket[line.held.stock.bucket].add(line, wanted.horizon)
    shown = wanted.shown(here)
    return Board(_by_risk(shown, wanted.horizon), Sum.of(shown, wanted.horizon), by_bucket)


def _by_risk(lines: Iterable[Line], horizon: int) -> Sequence[Line]:
    """What is lost within the horizon first, vaccine before supplies; the lines come in the order of all losses."""
    parts: tuple[list[Line], ...] = ([], [], [])
    for line in lines:
        parts[2 if not line.losing(horizon) else 0 if line.dosed else 1].append(line)
    return tuple(line for part in parts for line in part)


def _lines() -> tuple[Line, ...]:
    by_site = kept_by_site("board", _lines_of)
    return tuple(
        sorted((line for lines in by_site.values() for line in lines), key=lambda line: rank(line.held))
    )


def _lines_of(sites: list[str]) -> dict[str, list[Line]]:
    """Site -> its lines."""
    seen = area()
    stores = [site for site in sites if seen.tree.nodes[site].level == "store"]
    found = exposed_stock(connection(), sites, stores, current_settings().clock.today())
    counts = last_counts(connection(), [each.stock.holding_id for each in found])
    lines: dict[str, list[Line]] = {site: [] for site in sites}
    for each in found:
        site = each.stock.site_id
        district = seen.tree.up(site, "district")
        name, where = seen.tree.name(site), seen.where(site)
        counted = counts.get(each.stock.holding_id)
        unused, dosed = each.usable > 0 and not each.used, each.stock.doses is not None
        lines[site].append(Line(each, name, where, district.id if district else None, counted, unused, dosed))
    return lines


@dataclass(frozen=True, slots=True)
class Kinds:
    """What stands in the lines: item -> (Vietnamese, English) name, items counted in doses, districts, states."""

    items: dict[str, tuple[str, str]]
    dosed: frozenset[str]
    districts: tuple[tuple[str, str], ...]
    states: frozenset[str]


def kinds() -> Kinds:
    """What filters offer; kept until stock moves."""
    return kept_stock("board kinds", _kinds)


def _kinds() -> Kinds:
    stocks = [line.held.stock for line in board_lines()]
    districts = {line.district for line in board_lines() if line.district}
    named = ((district, area().tree.name(district)) for district in districts)
    return Kinds(
        {stock.item_id: (stock.item_name_vi, stock.item_name_en) for stock in stocks},
        frozenset(stock.item_id for stock in stocks if stock.doses is not None),
        tuple(sorted(named, key=lambda pair: place_key(pair[1]))),
        frozenset(stock.state for stock in stocks),
    )


def items_in_stock() -> list[tuple[str, str]]:
    """(id, name) of every item in stock, by name in the reader's language."""
    place = 1 if language() == "en" else 0
    return sorted(((id_, names[place]) for id_, names in kinds().items.items()), key=lambda p: sort_key(p[1]))
