"""Sessions of a site, their doses, and the vials opened for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mobile.store.project import shown_values

if TYPE_CHECKING:
    from mobile.store.store import Store


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A vaccination session held at a site, with how many doses this phone holds for it."""

    id: str
    site_id: str
    held_on: date
    session_type: str
    point_name: str
    closed: bool
    doses: int


_SESSION = """
SELECT s.*, (SELECT count(*) FROM dose d WHERE d.session_id = s.id AND d.corrected_by IS NULL) AS doses FROM
session s
"""


def sessions(store: Store, site: str | None = None, limit: int = 20) -> list[SessionRow]:
    """Recent sessions, newest first."""
    rows = store.database.rows(
        f"{_SESSION} WHERE :site IS NULL OR s.site_id = :site"
        " ORDER BY s.held_on DESC, s.id DESC LIMIT :limit",
        {"site": site, "limit": limit},
    )
    return [_session(row) for row in rows]


def session(store: Store, session_id: str) -> SessionRow | None:
    """One session, or None."""
    row = store.database.row(f"{_SESSION} WHERE s.id = ?", (session_id,))
    return _session(row) if row else None


def session_values(store: Store, session_id: str) -> dict[str, Any]:
    """The recorded fields of a session (villages, lots, team …); empty when this phone does not hold it."""
    shown = shown_values(store.database.connection, "session", session_id)
    return shown.values if shown else {}


def doses_by_lot(store: Store, session_id: str) -> dict[str, int]:
    """Doses of a session that no later entry corrects, by lot id."""
    rows = store.database.rows(
        "SELECT lot_id, count(*) FROM dose WHERE session_id = ? AND corrected_by IS NULL AND lot_id IS NOT NULL"
        " GROUP BY lot_id",
        (session_id,),
    )
    return {row[0]: row[1] for row in rows}


def opened_in(store: Store, session_id: str) -> dict[str, int]:
    """Vials recorded as opened during a session, by lot id; what was taken back does not count."""
    rows = store.database.rows(
        "SELECT m.lot_id, sum(m.vials) AS vials FROM stock_movement m WHERE m.session_id = ?"
        " AND m.reason = 'opened' AND m.state = 'opened' AND m.reverses_id IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM stock_movement r WHERE r.reverses_id = m.entry_id AND r.idle = 0) GROUP BY m.lot_id",
        (session_id,),
    )
    return {row["lot_id"]: row["vials"] for row in rows if row["vials"]}


def under_way(store: Store, site: str) -> SessionRow | None:
    """The session of a site held today and not ended, or None."""
    today = store.clock.today()
    return next((s for s in sessions(store, site, limit=5) if s.held_on == today and not s.closed), None)


def _session(row: Any) -> SessionRow:
    return SessionRow(
        id=row["id"],
        site_id=row["site_id"],
        held_on=date.fromisoformat(row["held_on"]),
        session_type=row["session_type"],
        point_name=row["point_name"] or "",
        closed=bool(row["closed"]),
        doses=row["doses"],
    )
