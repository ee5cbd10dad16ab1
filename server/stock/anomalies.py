"""Sites whose stock books somebody should look at: far more (or less) thrown away than elsewhere, doses that fit into
no vial, vials opened for nobody, vials thrown away before their day, many reversals, counts that always agree.

None of these is a fault by itself; each says what was seen, and the page leads to the records.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, case, distinct, func, select

from server.database import select_among, table_of
from server.registers.safety import SessionDoubt
from server.stock.counts import Counted, count_lines
from server.stock.models import Item, Lot, StockCount, StockMovement
from server.stock.wastage import Sum, Wasted
from shared.rules.expiry import ItemTerms, effective_expiry
from shared.rules.wastage import MANY_BEYOND_NEED, counts_too_alike, far_from_peers, too_many_reversals

_MOVEMENT = table_of(StockMovement)
_DOUBT = table_of(SessionDoubt)

#: Kinds of anomalies, the weightiest first.
KINDS = ("doses_exceed", "rate_high", "before_expiry", "beyond_need", "reversals", "counts_alike", "rate_low")


@dataclass(frozen=True, slots=True)
class Anomaly:
    """What was seen at a site; `figures` are the numbers its words need."""

    site_id: str
    kind: str
    figures: Mapping[str, Any]


def anomalies(
    connection: Connection, found: Iterable[Wasted], sites: Collection[str], since: date, until: date
) -> list[Anomaly]:
    """The anomalies of these sites in a period, the weightiest kind first. `found` is the sites' wastage then.

    Every site is compared with all the others of `found`.
    """
    seen = [
        *_rates(found),
        *_beyond_need(found),
        *_doses_exceed(connection, sites, since, until),
        *_before_expiry(connection, sites, since, until),
        *_reversals(connection, sites, since, until),
        *_counts_alike(connection, sites, since, until),
    ]
    wanted = set(sites)
    return sorted(
        (one for one in seen if one.site_id in wanted), key=lambda one: (KINDS.index(one.kind), one.site_id)
    )


def _by_site(found: Iterable[Wasted]) -> dict[str, list[Wasted]]:
    groups: dict[str, list[Wasted]] = {}
    for line in found:
        groups.setdefault(line.site_id, []).append(line)
    return groups


def _rates(found: Iterable[Wasted]) -> Iterable[Anomaly]:
    amounts = {}
    for site, lines in _by_site(found).items():
        total = Sum.of(lines)
        amounts[site] = total.discarded, total.used
    for far in far_from_peers(amounts):
        discarded, used = amounts[far.site]
        kind = "rate_high" if far.score > 0 else "rate_low"
        middle = far.middle.numerator, far.middle.denominator
        yield Anomaly(far.site, kind, {"discarded": discarded, "handled": discarded + used, "middle": middle})


def _beyond_need(found: Iterable[Wasted]) -> Iterable[Anomaly]:
    for site, lines in _by_site(found).items():
        vials = sum(line.beyond_need for line in lines)
        if vials >= MANY_BEYOND_NEED:
            yield Anomaly(
                site, "beyond_need", {"vials": vials, "sessions": sum(line.sessions for line in lines)}
            )


def _doses_exceed(
    connection: Connection, sites: Collection[str], since: date, until: date
) -> Iterable[Anomaly]:
    """Sessions with more doses recorded than their opened vials hold: the doubts found elsewhere, counted."""
    query = (
        select(_DOUBT.c.site_id, func.count(distinct(_DOUBT.c.session_id)).label("sessions"))
        .where(_DOUBT.c.code == "session.doses_exceed", _DOUBT.c.held_on >= since, _DOUBT.c.held_on <= until)
        .group_by(_DOUBT.c.site_id)
    )
    for row in select_among(connection, query, _DOUBT.c.site_id, sorted(sites)):
        yield Anomaly(row.site_id, "doses_exceed", {"sessions": row.sessions})


def _before_expiry(
    connection: Connection, sites: Collection[str], since: date, until: date
) -> Iterable[Anomaly]:
    """Vials destroyed as expired on a day on which they could still be used."""
    query = (
        select(
            _MOVEMENT.c.site_id, _MOVEMENT.c.vials, _MOVEMENT.c.moved_on, _MOVEMENT.c.state, _MOVEMENT.c.thawed_on,
            _MOVEMENT.c.opened_on, Lot.label_expiry, Lot.revisions, Item.thaw_days, Item.open_vial_hours,
            Item.open_vial_days, Item.open_vial_rule,
        )
        .join(Lot, Lot.id == _MOVEMENT.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(
            _MOVEMENT.c.reason.in_(["expired", "thaw_limit"]),
            _MOVEMENT.c.vials < 0,
            _MOVEMENT.c.reverses_id.is_(None),
            ~_MOVEMENT.c.idle,
            _MOVEMENT.c.moved_on >= since,
            _MOVEMENT.c.moved_on <= until,
        )
    )  # fmt: skip
    vials: dict[str, int] = {}
    for row in select_among(connection, query, _MOVEMENT.c.site_id, sorted(sites)):
        last_day = effective_expiry(
            row.label_expiry,
            ItemTerms(row.thaw_days, row.open_vial_hours, row.open_vial_days, row.open_vial_rule),
            state=row.state,
            revisions=orjson.loads(row.revisions),
            thawed_on=row.thawed_on,
            opened_on=row.opened_on,
        )
        if last_day is not None and row.moved_on <= last_day:
            vials[row.site_id] = vials.get(row.site_id, 0) - row.vials
    for site, amount in vials.items():
        yield Anomaly(site, "before_expiry", {"vials": amount})


def _reversals(connection: Connection, sites: Collection[str], since: date, until: date) -> Iterable[Anomaly]:
    entry = _MOVEMENT.c.entry_id
    query = (
        select(
            _MOVEMENT.c.site_id,
            func.count(distinct(case((_MOVEMENT.c.reverses_id.is_not(None), entry)))).label("reversals"),
            func.count(distinct(entry)).label("movements"),
        )
        .where(_MOVEMENT.c.moved_on >= since, _MOVEMENT.c.moved_on <= until)
        .group_by(_MOVEMENT.c.site_id)
    )
    for row in select_among(connection, query, _MOVEMENT.c.site_id, sorted(sites)):
        if too_many_reversals(row.reversals, row.movements):
            yield Anomaly(row.site_id, "reversals", {"reversals": row.reversals, "movements": row.movements})


def _counts_alike(
    connection: Connection, sites: Collection[str], since: date, until: date
) -> Iterable[Anomaly]:
    query = count_lines().where(StockCount.as_of >= since, StockCount.as_of <= until)
    counts: dict[str, set[str]] = {}
    lines: dict[str, list[int]] = {}
    for row in select_among(connection, query, StockCount.__table__.c.site_id, sorted(sites)):
        counted = Counted(*row)
        if counted.difference is not None:
            counts.setdefault(counted.site_id, set()).add(counted.count_id)
            lines.setdefault(counted.site_id, []).append(counted.difference)
    for site, differences in lines.items():
        if counts_too_alike(len(counts[site]), len(differences), sum(map(bool, differences))):
            yield Anomaly(site, "counts_alike", {"counts": len(counts[site]), "lines": len(differences)})
