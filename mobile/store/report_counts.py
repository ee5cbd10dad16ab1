"""A unit's day counted from what this phone holds, by the same rules as on the pages (R001, R002)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mobile.store import places
from mobile.store.database import among
from shared.records.place import DOSE_SITES
from shared.reporting.counting import INDICATOR_OF, REFERRED, CampaignDays, Rows, UnitCount, campaign_on
from shared.rules.periods import Period

if TYPE_CHECKING:
    from mobile.store.store import Store


@dataclass(frozen=True, slots=True)
class _Inside:
    """The places of a unit: doses count at its `sites`, visits in its `villages`, reactions in all of it."""

    unit: str
    sites: tuple[str, ...]
    villages: tuple[str, ...]


def unit_of(store: Store) -> places.PlaceRow | None:
    """The reporting unit of the user's site: its commune; a team that stands above the communes reports itself."""
    identity = store.identity
    here = places.place(store, identity.site) if identity and identity.site else None
    if here is None:
        return None
    parent = places.place(store, here.parent) if here.parent else None
    if parent is not None and parent.level == "commune":
        return parent
    return here if here.level == "team" else None


def counted(store: Store, unit: str, period: Period) -> Rows:
    """The rows of a unit's report by the records this phone holds; None in a cell that they cannot tell."""
    campaigns = campaigns_of(store)
    count = UnitCount(period, lambda day: campaign_on(campaigns, day))
    between = {"first": period.first.isoformat(), "last": period.last.isoformat()}
    inside = _inside(store, unit)
    _doses(store, inside, count, between)
    _stock(store, inside, count, between)
    _reactions(store, inside, count, between)
    _contacts(store, inside, count, between)
    _vaccinated(store, inside, count, between)
    return count.rows()


def campaigns_of(store: Store) -> list[CampaignDays]:
    """The campaigns this phone knows."""
    rows = store.database.rows("SELECT id, starts_on, ends_on FROM campaign")
    return [
        CampaignDays(row[0], date.fromisoformat(row[1]), date.fromisoformat(row[2]) if row[2] else None)
        for row in rows
    ]


_GIVEN = "d.given_on BETWEEN :first AND :last AND d.corrected_by IS NULL AND d.from_certificate = 0"
_KEPT = "coalesce((SELECT p.merged_into FROM person p WHERE p.id = {person}), {person})"


def _doses(store: Store, inside: _Inside, count: UnitCount, between: dict[str, str]) -> None:
    marks, values = among("site", inside.sites)
    for row in store.database.rows(
        "SELECT d.given_on, d.vaccine, d.dose_type, d.at_home, count(*) FROM dose d"
        f" WHERE {_GIVEN} AND d.site_id IN ({marks}) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
        between | values,
    ):
        count.doses(date.fromisoformat(row[0]), row[1], row[2], bool(row[3]), row[4])


def _stock(store: Store, inside: _Inside, count: UnitCount, between: dict[str, str]) -> None:
    marks, values = among("site", inside.sites)
    for row in store.database.rows(
        "SELECT m.moved_on, m.reason, i.vaccine, sum(CASE WHEN m.state = 'opened' AND m.doses <> 0 THEN m.doses"
        " ELSE m.vials * coalesce(i.doses_per_vial, 1) END) FROM stock_movement m JOIN lot l ON l.id = m.lot_id"
        " JOIN item i ON i.id = l.item_id"
        f" WHERE m.moved_on BETWEEN :first AND :last AND m.idle = 0 AND m.site_id IN ({marks})"
        " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        between | values,
    ):
        count.moved(date.fromisoformat(row[0]), row[1], row[2], row[3])


def _reactions(store: Store, inside: _Inside, count: UnitCount, between: dict[str, str]) -> None:
    marks, values = among("place", (*inside.sites, *inside.villages, inside.unit))
    for row in store.database.rows(
        "SELECT r.onset_on, d.vaccine, r.severity FROM reaction r LEFT JOIN dose d ON d.id = r.dose_id"
        " WHERE r.onset_on BETWEEN :first AND :last AND r.corrected_by IS NULL"
        f" AND coalesce(d.site_id, r.place_id) IN ({marks}) ORDER BY r.id",
        between | values,
    ):
        count.reaction(date.fromisoformat(row[0]), row[1], row[2])


def _contacts(store: Store, inside: _Inside, count: UnitCount, between: dict[str, str]) -> None:
    marks, values = among("site", inside.sites)
    for row in store.database.rows(
        f"SELECT {_KEPT.format(person='s.person_id')}, s.screened_on, s.outcome, s.reason FROM screening s"
        " WHERE s.screened_on BETWEEN :first AND :last AND s.corrected_by IS NULL"
        f" AND s.site_id IN ({marks}) ORDER BY s.id",
        between | values,
    ):
        count.contact(row[0], date.fromisoformat(row[1]), row[2], row[3], screened=True)
    marks, values = among("village", inside.villages)
    standing = "v.visited_on BETWEEN :first AND :last AND v.corrected_by IS NULL"
    if store.database.row(
        f"SELECT 1 FROM visit v WHERE {standing} AND v.village_id IN ({marks}) LIMIT 1", between | values
    ):
        count.visited()
    asked = ", ".join(f"'{outcome}'" for outcome in INDICATOR_OF)
    for row in store.database.rows(
        f"SELECT {_KEPT.format(person='o.person_id')}, v.visited_on, o.outcome, o.reason FROM visit v"
        f" JOIN visit_outcome o ON o.visit_id = v.id WHERE {standing} AND v.village_id IN ({marks})"
        f" AND (o.outcome IN ({asked}) OR o.reason = :referred) ORDER BY v.id, o.person_id",
        between | values | {"referred": REFERRED},
    ):
        count.contact(row[0], date.fromisoformat(row[1]), row[2], row[3], screened=False)


def _vaccinated(store: Store, inside: _Inside, count: UnitCount, between: dict[str, str]) -> None:
    marks, values = among("site", inside.sites)
    for row in store.database.rows(
        f"SELECT DISTINCT {_KEPT.format(person='d.person_id')}, d.vaccine, d.given_on FROM dose d"
        f" WHERE {_GIVEN} AND d.site_id IN ({marks}) ORDER BY 1, 2, 3",
        between | values,
    ):
        count.vaccinated(row[0], row[1], [date.fromisoformat(row[2])])


def _inside(store: Store, unit: str) -> _Inside:
    here = places.place(store, unit)
    own = [here] if here is not None and here.level in DOSE_SITES else []
    found = own + _below(store, unit)
    return _Inside(
        unit,
        tuple(sorted(each.id for each in found if each.level in DOSE_SITES)),
        tuple(sorted(each.id for each in found if each.level == "village")),
    )


def _below(store: Store, parent: str) -> list[places.PlaceRow]:
    found, pending = [], [parent]
    while pending:
        inside = places.children(store, pending.pop())
        found += inside
        pending += [each.id for each in inside]
    return found
