"""Keeping the cells of villages in step with their streams.

No delta arithmetic: a refresh counts a village again, so the order of what arrived cannot matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, and_, func, not_, or_, select

import shared.reference
from server.database import in_parts, insert_new, insert_rows, select_among
from server.indicators.areas import area_table
from server.indicators.counting import count_days, count_doses, count_people
from server.indicators.models import (
    CoverageCell,
    CoveredDay,
    DoseTally,
    GroupCell,
    OutreachCell,
    RefusalCell,
    VillageCount,
)
from server.indicators.outreach import count_outreach
from server.ledger.models import Stream
from server.places.models import Place
from server.plans.goals import Goal, every_goal
from shared.clock import Clock

_COUNT: Table = VillageCount.__table__  # type: ignore[assignment]
_COVERAGE: Table = CoverageCell.__table__  # type: ignore[assignment]
_DAY: Table = CoveredDay.__table__  # type: ignore[assignment]
_GROUP: Table = GroupCell.__table__  # type: ignore[assignment]
_TALLY: Table = DoseTally.__table__  # type: ignore[assignment]
_OUTREACH: Table = OutreachCell.__table__  # type: ignore[assignment]
_REFUSAL: Table = RefusalCell.__table__  # type: ignore[assignment]

#: Tables of cells.
CELLS = (_COVERAGE, _DAY, _GROUP, _TALLY, _OUTREACH, _REFUSAL)

#: Villages counted by one query.
TOGETHER = 200

#: Raised when what is counted changes, so that every village is counted again after an upgrade.
_COUNTED_AS = 1


def stale_villages(connection: Connection, villages: Collection[str] | None = None) -> list[str]:
    """Villages (of these, or all) whose cells lack something that arrived since, in the order of their ids."""
    heads = {row.id: row.head for row in connection.execute(select(Stream.id, Stream.head))}
    query = select(Place.id, Place.province_id).where(Place.level == "village")
    places = (
        connection.execute(query).all()
        if villages is None
        else select_among(connection, query, Place.id, villages)
    )
    counts = select(_COUNT.c.village_id, _COUNT.c.village_head, _COUNT.c.basis)
    rows = (
        connection.execute(counts)
        if villages is None
        else select_among(connection, counts, _COUNT.c.village_id, villages)
    )
    counted = {row.village_id: (row.village_head, row.basis) for row in rows}
    bases = {
        province: basis_of(every_goal(connection, province)) for province in {p.province_id for p in places}
    }
    return sorted(
        place.id
        for place in places
        if counted.get(place.id) != (heads.get(place.id, 0), bases[place.province_id])
    )


def stale_count(connection: Connection, province: str, villages: Collection[str]) -> int:
    """How many of these villages of a province are stale, without naming them: for pages."""
    if not villages:
        return 0
    told = area_table(connection, dict.fromkeys(villages, "all"))
    basis = basis_of(every_goal(connection, province))
    fresh = and_(_COUNT.c.basis == basis, _COUNT.c.village_head == func.coalesce(Stream.head, 0))
    query = (
        select(func.count())
        .select_from(told)
        .outerjoin(_COUNT, _COUNT.c.village_id == told.c.village_id)
        .outerjoin(Stream, Stream.id == told.c.village_id)
        .where(or_(_COUNT.c.village_id.is_(None), not_(fresh)))
    )
    return int(connection.scalar(query) or 0)


def counted_state(connection: Connection) -> tuple[Any, ...]:
    """Something that is another as soon as any village was counted again: heads only grow."""
    query = select(
        func.count(),
        func.sum(_COUNT.c.village_head),
        func.max(_COUNT.c.computed_at),
        func.min(_COUNT.c.basis),
        func.max(_COUNT.c.basis),
    )
    return tuple(connection.execute(query).one())


def basis_of(goals: Sequence[Goal]) -> str:
    """What else than its entries a village's figures depend on: the goals there are, and the reference data."""
    spelt = "|".join(goal.key for goal in goals)
    return hashlib.sha256(f"{_COUNTED_AS}|{_reference_digest()}|{spelt}".encode()).hexdigest()[:32]


@cache
def _reference_digest() -> str:
    """Age groups, dose rules and vaccines as installed."""
    folder = Path(shared.reference.__file__).parent
    files = [folder / f"{name}.csv" for name in ("age_groups", "dose_rules", "vaccines")]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def refresh(connection: Connection, villages: Sequence[str], clock: Clock) -> int:
    """Count these villages again; how many coverage cells were written. The caller commits.

    Heads are read before the people: a count can only be newer than it says, never older.
    """
    written = 0
    for part in in_parts(sorted(villages), TOGETHER):
        _lock(connection, part, clock)
        query = select(Place.id, Place.province_id)
        provinces = {row.id: row.province_id for row in select_among(connection, query, Place.id, part)}
        known = select_among(connection, select(Stream.id, Stream.head), Stream.id, part)
        heads = {row.id: row.head for row in known}
        for province in sorted(set(provinces.values())):
            inside = [village for village in part if provinces.get(village) == province]
            goals = every_goal(connection, province)
            written += _count(connection, inside, goals)
            counted = [
                {
                    "village_id": village,
                    "village_head": heads.get(village, 0),
                    "basis": basis_of(goals),
                    "computed_at": clock.now(),
                }
                for village in inside
            ]
            insert_rows(connection, _COUNT, counted, replace=("village_id",))
    return written


def _lock(connection: Connection, villages: Sequence[str], clock: Clock) -> None:
    """Two refreshes of a village wait for each other on its row, in the order of the ids."""
    blank = {"village_head": -1, "basis": "", "computed_at": clock.now()}
    insert_new(connection, _COUNT, [{"village_id": v, **blank} for v in villages], "village_id")
    rows = select(_COUNT.c.village_id).order_by(_COUNT.c.village_id).with_for_update()
    select_among(connection, rows, _COUNT.c.village_id, villages)


def _count(connection: Connection, villages: Sequence[str], goals: Sequence[Goal]) -> int:
    cells, groups = count_people(connection, villages, goals)
    outreach, refusals = count_outreach(connection, villages)
    rows = {
        _COVERAGE: cells,
        _DAY: count_days(connection, villages, goals),
        _GROUP: groups,
        _TALLY: count_doses(connection, villages),
        _OUTREACH: outreach,
        _REFUSAL: refusals,
    }
    for table, counted in rows.items():
        connection.execute(table.delete().where(table.c.village_id.in_(villages)))
        insert_rows(connection, table, counted)
    return len(cells)
