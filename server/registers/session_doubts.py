"""Doubts about closed sessions: more doses than the opened vials hold, people whose observation nobody ended."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, select

from server.database import select_among
from server.registers.models import Dose, VaccinationSession
from server.registers.safety import Observation
from shared.faults import Fault
from shared.projections.stock import compact
from shared.rules.dose_doubts import session_doubts
from shared.rules.observation import all_observed

_DOSE: Table = Dose.__table__  # type: ignore[assignment]
_SESSION: Table = VaccinationSession.__table__  # type: ignore[assignment]
_OBSERVATION: Table = Observation.__table__  # type: ignore[assignment]


def of_sites(
    connection: Connection, sites: Sequence[str], doses_per_vial: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Rows of `session_doubt` for the closed sessions of these sites; `doses_per_vial` is by lot id."""
    by_lot, unended = _given(connection, sites), _unended(connection, sites)
    found = []
    for session in connection.execute(
        select(_SESSION).where(_SESSION.c.site_id.in_(sites), _SESSION.c.closed)
    ):
        lots = json.loads(session.detail).get("lots", ())
        doubts = session_doubts(lots, by_lot.get(session.id, {}), doses_per_vial)
        if session.id in unended and (fault := all_observed(*unended[session.id])):
            doubts.append((session.id, fault))
        found += [_row(session, about, fault) for about, fault in doubts]
    return found


def _row(session: Any, about: str, fault: Fault) -> dict[str, Any]:
    return {
        "session_id": session.id,
        "about_id": about,
        "code": fault.code,
        "site_id": session.site_id,
        "held_on": session.held_on,
        "params": compact(fault.params),
    }


def _given(connection: Connection, sites: Sequence[str]) -> dict[str, dict[str, int]]:
    """Session -> lot -> standing doses."""
    given = (
        select(_DOSE.c.session_id, _DOSE.c.lot_id, func.count().label("doses"))
        .where(_DOSE.c.site_id.in_(sites), _DOSE.c.corrected_by.is_(None))
        .where(_DOSE.c.session_id.is_not(None), _DOSE.c.lot_id.is_not(None))
        .group_by(_DOSE.c.session_id, _DOSE.c.lot_id)
    )
    found: dict[str, dict[str, int]] = {}
    for row in connection.execute(given):
        found.setdefault(row.session_id, {})[row.lot_id] = row.doses
    return found


def _unended(connection: Connection, sites: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Session -> (doses whose observation nobody ended, doses given there), where there are such doses.

    A site is asked from the day of its first observation on: before, it kept them on paper.
    """
    began = (
        select(_OBSERVATION.c.site_id, func.min(_OBSERVATION.c.ended_on).label("began_on"))
        .where(_OBSERVATION.c.site_id.in_(sites), _OBSERVATION.c.corrected_by.is_(None))
        .group_by(_OBSERVATION.c.site_id)
        .subquery()
    )
    ended = (
        select(1).where(_OBSERVATION.c.dose_id == _DOSE.c.id, _OBSERVATION.c.corrected_by.is_(None)).exists()
    )
    here = (
        select(_DOSE.c.id, _DOSE.c.session_id, ended.label("ended"))
        .join(_SESSION, _SESSION.c.id == _DOSE.c.session_id)
        .join(began, began.c.site_id == _DOSE.c.site_id)
        .where(_SESSION.c.closed, _SESSION.c.held_on >= began.c.began_on)
        .where(_DOSE.c.corrected_by.is_(None), ~_DOSE.c.from_certificate)
    )
    given: dict[str, int] = {}
    left: dict[str, str] = {}
    for row in connection.execute(here):
        given[row.session_id] = given.get(row.session_id, 0) + 1
        if not row.ended:
            left[row.id] = row.session_id
    for dose in _ended_before_correction(connection, left):
        del left[dose]
    found: dict[str, tuple[int, int]] = {}
    for session in left.values():
        found[session] = (found.get(session, (0, 0))[0] + 1, given[session])
    return found


def _ended_before_correction(connection: Connection, doses: Mapping[str, str]) -> set[str]:
    """Those of these doses that correct one whose observation was ended: it is the same injection."""
    found: set[str] = set()
    now = {dose: dose for dose in doses}
    while now:
        former = select_among(
            connection,
            select(_DOSE.c.id, _DOSE.c.corrected_by),
            _DOSE.c.corrected_by,
            sorted(now),
        )
        now = {row.id: now[row.corrected_by] for row in former}
        ended = select(_OBSERVATION.c.dose_id).where(_OBSERVATION.c.corrected_by.is_(None))
        found |= {
            now[row.dose_id] for row in select_among(connection, ended, _OBSERVATION.c.dose_id, sorted(now))
        }
    return found
