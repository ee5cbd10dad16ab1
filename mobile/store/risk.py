"""What of a site's stock will expire before it can be used, worked out on the phone by the FEFO identity.

Amounts are doses for items that have doses, units for others.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from mobile.store.persons import HERE, judged
from mobile.store.project import openings_of
from mobile.store.stock import HoldingRow, LotRow, holdings, why_not
from shared.reference import age_groups, vaccines
from shared.rules.alerts import USED_OVER_DAYS
from shared.rules.at_risk import Demand, among, can_absorb, losses, steady_demand
from shared.rules.vaccine_choice import proposed_vaccines

if TYPE_CHECKING:
    from mobile.store.store import Store


@dataclass(frozen=True, slots=True)
class LotRisk:
    """A holding with what of it expires unused (None when it is not usable stock, or its expiry is not known)."""

    holding: HoldingRow
    amount: int
    at_risk: int | None


@dataclass(frozen=True, slots=True)
class ItemStock:
    """One item at a site: what is there, what of it is usable, and what will not be used in time.

    `used` in USED_OVER_DAYS days; `due` people it may be given to by the last expiry (None: nobody is ever due for it).
    """

    lot: LotRow
    on_hand: int
    usable_vials: int
    usable: int
    used: int
    due: int | None
    at_risk: int
    lots: tuple[LotRisk, ...]


def items(store: Store, site: str) -> list[ItemStock]:
    """Every item a site holds, the one with the shortest date first; its lots first-expired first."""
    held = holdings(store, site)
    order = {h.lot.item_id: at for at, h in reversed(list(enumerate(held)))}
    demands = _demands(store, site, [h.lot for h in held])
    found = []
    for _, group in groupby(sorted(held, key=lambda h: order[h.lot.item_id]), lambda h: h.lot.item_id):
        of_item = list(group)
        found.append(_item(of_item, demands[of_item[0].lot.item_id]))
    return found


def room_for(store: Store, site: str, lot: LotRow, expiry: date) -> int:
    """How many more doses (units) that expire on a day a site can use without any of its own expiring for it."""
    held = [h for h in holdings(store, site) if h.lot.item_id == lot.item_id]
    demand = _demands(store, site, [lot])[lot.item_id].by
    return can_absorb(_stock(held), demand, expiry)


def used_lately(store: Store, site: str) -> dict[str, int]:
    """Item -> what was used in USED_OVER_DAYS days, today among them: doses given, or units used and handed out."""
    rows = store.database.rows(
        "SELECT l.item_id,"
        " -sum(CASE WHEN i.doses_per_vial IS NULL THEN m.vials WHEN m.state = 'opened' THEN m.doses"
        "           ELSE m.vials * i.doses_per_vial END) AS used"
        " FROM stock_movement m JOIN lot l ON l.id = m.lot_id JOIN item i ON i.id = l.item_id"
        " WHERE m.site_id = :site AND m.idle = 0 AND m.moved_on > :since"
        " AND (m.reason = 'administered' OR (m.reason = 'issued' AND i.doses_per_vial IS NULL))"
        " GROUP BY l.item_id",
        {"site": site, "since": (store.clock.today() - timedelta(days=USED_OVER_DAYS)).isoformat()},
    )
    return {row["item_id"]: max(0, row["used"]) for row in rows}


@dataclass(frozen=True, slots=True)
class Waiting:
    """People whose next dose is known, with the vaccines of the catalogue it may be, counted together; `day` is the one
    they fall due on, today for who is due already.
    """

    fits: frozenset[str]
    day: date
    people: int


def waiting(store: Store) -> list[Waiting] | None:
    """Everybody who is due now or later; None on a phone that holds no register, where nobody can be counted."""
    today = judged(store)
    if not store.database.rows(f"SELECT 1 FROM person WHERE {HERE} LIMIT 1"):
        return None
    codes = [
        row[0] for row in store.database.rows("SELECT DISTINCT vaccine FROM item WHERE vaccine IS NOT NULL")
    ]
    openings = openings_of(store.database.connection)
    fitting: dict[tuple[str, int, str | None], frozenset[str]] = {}
    limits = _age_limits()
    found = []
    for row in store.database.rows(_WAITING, _today(today)):
        key = row["next_dose"], bisect_right(limits, row["months"]), row["last_vaccine"]
        if key not in fitting:
            born = date.fromisoformat(row["born"])
            fitting[key] = frozenset(proposed_vaccines(codes, key[0], born, key[2], today, openings))
        found.append(Waiting(fitting[key], date.fromisoformat(row["day"]), row["people"]))
    return found


def due_days(lots: Iterable[LotRow], people: Sequence[Waiting] | None) -> dict[str, list[date]]:
    """Item -> the days from which the people it may be given to are due, sorted; vaccines only."""
    found: dict[str, list[date]] = {}
    for lot in lots:
        if lot.vaccine and people is not None and lot.item_id not in found:
            found[lot.item_id] = sorted(
                day for each in people if lot.vaccine in each.fits for day in [each.day] * each.people
            )
    return found


def unserved(people: Sequence[Waiting] | None, usable: Collection[str], today: date) -> int:
    """People due by a day whom a vaccine of the catalogue fits, and none of the usable ones."""
    return sum(
        each.people
        for each in people or ()
        if each.day <= today and each.fits and each.fits.isdisjoint(usable)
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The demand of a site for one item, and what it comes from."""

    by: Demand
    used: int
    due_days: Sequence[date] | None


def _item(held: Sequence[HoldingRow], wanted: _Wanted) -> ItemStock:
    usable = [h for h in held if _plannable(h)]
    lost = dict(zip((h.id for h in usable), losses(_stock(held), wanted.by), strict=True))
    last = max((h.expires_on for h in usable if h.expires_on), default=None)
    days = wanted.due_days
    return ItemStock(
        lot=held[0].lot,
        on_hand=sum(h.vials for h in held),
        usable_vials=sum(h.vials for h in usable),
        usable=sum(map(_amount, usable)),
        used=wanted.used,
        due=None if days is None or last is None else bisect_right(days, last),
        at_risk=sum(lost.values()),
        lots=tuple(LotRisk(h, _amount(h), lost.get(h.id)) for h in held),
    )


def _plannable(holding: HoldingRow) -> bool:
    return holding.vials > 0 and why_not(holding) is None


def _stock(held: Iterable[HoldingRow]) -> list[tuple[date, int]]:
    return [(h.expires_on, _amount(h)) for h in held if _plannable(h) and h.expires_on]


def _amount(holding: HoldingRow) -> int:
    return holding.vials if holding.doses is None else holding.doses


def _demands(store: Store, site: str, lots: Iterable[LotRow]) -> dict[str, _Wanted]:
    """The demand for each item: its use of the last days goes on, for as many as are due for it by then."""
    by_item = {lot.item_id: lot for lot in lots}
    used = used_lately(store, site)
    due = due_days(by_item.values(), waiting(store) if any(lot.vaccine for lot in by_item.values()) else None)
    today = store.clock.today()
    found = {}
    for item in by_item:
        use = used.get(item, 0)
        steady = steady_demand(use, USED_OVER_DAYS, today)
        days = due.get(item)
        by = steady if days is None else among(days, steady)
        found[item] = _Wanted(by, use, days)
    return found


@cache
def _age_limits() -> tuple[int, ...]:
    """The ages in months at which another vaccine or another opening may fit: between two of them all are alike."""
    groups = {month for group in age_groups().values() for month in (group.min_months, group.max_months)}
    licences = {v.min_age_years * 12 for v in vaccines().values()}
    licences |= {(v.max_age_years + 1) * 12 for v in vaccines().values() if v.max_age_years is not None}
    return tuple(sorted({month for month in groups | licences if month is not None}))


#: People of one age in complete months, by which vaccines and openings go, are read together.
_WAITING = f"""
SELECT next_dose, months, last_vaccine, day, min(birth_date) AS born, count(*) AS people FROM (
    SELECT p.next_dose, p.birth_date, i.last_vaccine, max(coalesce(p.due_on, ''), :today) AS day,
           (:year - substr(p.birth_date, 1, 4)) * 12 + :month - substr(p.birth_date, 6, 2)
               - (:day < CAST(substr(p.birth_date, 9, 2) AS INTEGER)) AS months
    FROM person p LEFT JOIN immunisation i ON i.person_id = p.id WHERE p.{HERE} AND p.next_dose IS NOT NULL)
GROUP BY next_dose, months, last_vaccine, day
"""


def _today(today: date) -> dict[str, str | int]:
    return {"today": today.isoformat(), "year": today.year, "month": today.month, "day": today.day}
