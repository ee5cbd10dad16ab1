"""Sessions of a site, their doses, and the vials opened for them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mobile.store.project import shown_values
from shared.rules.sessions import unsettled

if TYPE_CHECKING:
    from mobile.store.store import Store


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A vaccination session held at a site, with how many doses this phone holds for it: `doses`, of which `mine` were
    recorded here. `opened_here` tells that this phone opened it.
    """

    id: str
    site_id: str
    held_on: date
    session_type: str
    point_name: str
    closed: bool
    doses: int
    mine: int
    opened_here: bool


_SESSION = """
SELECT s.*,
       (SELECT count(*) FROM dose d WHERE d.session_id = s.id AND d.corrected_by IS NULL) AS doses,
       (SELECT count(*) FROM dose d JOIN entry e ON e.id = d.id
        WHERE d.session_id = s.id AND d.corrected_by IS NULL AND e.origin = 'own') AS mine,
       (SELECT e.origin = 'own' FROM entry e WHERE e.subject = s.id AND e.kind = 'session' ORDER BY e.id LIMIT 1)
           AS opened_here
FROM session s
"""

#: Reasons of the movements by which doses of open vials leave the stock when a session closes.
_GONE = ("administered", "session_end", "six_hours", "open_days", "contaminated")

#: A movement of the session that stands: it was not taken back, nor is it what takes another back.
_STANDS = """
m.idle = 0 AND m.reverses_id IS NULL AND NOT EXISTS
(SELECT 1 FROM stock_movement r WHERE r.reverses_id = m.entry_id AND r.idle = 0)
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
        f" AND m.reason = 'opened' AND m.state = 'opened' AND {_STANDS} GROUP BY m.lot_id",
        (session_id,),
    )
    return {row["lot_id"]: row["vials"] for row in rows if row["vials"]}


def settled_in(store: Store, session_id: str) -> dict[str, int]:
    """Doses that left the stock as given when a session closed, by lot id, of lots used by the dose: 0 for one that
    doses were recorded of and none left. Empty before it closed.
    """
    found = session(store, session_id)
    if found is None or not found.closed:
        return {}
    rows = store.database.rows(
        "SELECT m.lot_id, m.state, -sum(CASE WHEN m.reason = 'administered' THEN m.doses ELSE 0 END) AS doses"
        f" FROM stock_movement m WHERE m.session_id = ? AND m.reason IN ('administered', 'opened') AND {_STANDS}"
        " GROUP BY m.lot_id, m.state",
        (session_id,),
    )
    # Of what is used up by the vial, and of sessions written before doses were, whole vials were administered.
    by_vial = {row["lot_id"] for row in rows if row["state"] != "opened" and row["doses"] == 0}
    by_vial -= {row["lot_id"] for row in rows if row["state"] == "opened"}
    none = dict.fromkeys(doses_by_lot(store, session_id), 0)
    settled = none | {row["lot_id"]: row["doses"] for row in rows if row["state"] == "opened"}
    return {lot: doses for lot, doses in settled.items() if lot not in by_vial}


def late(store: Store, session_id: str) -> dict[str, int]:
    """Lot -> doses recorded (or withdrawn, negative) since a session was closed, which its vials do not account for."""
    return unsettled(doses_by_lot(store, session_id), settled_in(store, session_id))


def moved_in_open(store: Store, session_id: str) -> dict[str, int]:
    """Lot -> doses that the movements of a session put into open vials, less those that they took out of them."""
    marks = ",".join("?" * len(_GONE))
    rows = store.database.rows(
        "SELECT m.lot_id, sum(m.doses) AS doses FROM stock_movement m WHERE m.session_id = ? AND m.state = 'opened'"
        f" AND m.reason IN ('opened', {marks}) AND {_STANDS} GROUP BY m.lot_id",
        (session_id, *_GONE),
    )
    return {row["lot_id"]: row["doses"] for row in rows}


def movements_of(store: Store, session_id: str) -> list[str]:
    """The entries by which vials of a session were opened, used up, thrown away or broke and that still stand."""
    rows = store.database.rows(
        f"SELECT DISTINCT m.entry_id FROM stock_movement m WHERE m.session_id = ? AND {_STANDS} ORDER BY m.entry_id",
        (session_id,),
    )
    return [row["entry_id"] for row in rows]


def not_ended(store: Store, site: str) -> list[SessionRow]:
    """Sessions of a site that were not ended, newest first: today's are under way, older ones were forgotten."""
    rows = store.database.rows(
        f"{_SESSION} WHERE s.site_id = ? AND NOT s.closed ORDER BY s.held_on DESC, s.id DESC", (site,)
    )
    return [_session(row) for row in rows]


def used_before(store: Store, site: str, field: str, most: int) -> list[str]:
    """What stood in a field of the last sessions of a site (point_name, vehicle, cold_box, or each name of the team),
    the newest first, each once.
    """
    rows = store.database.rows(
        "SELECT point_name, detail FROM session WHERE site_id = ? ORDER BY held_on DESC, id DESC LIMIT 30",
        (site,),
    )
    found: dict[str, None] = {}
    for row in rows:
        said = row["point_name"] if field == "point_name" else json.loads(row["detail"]).get(field)
        for one in said if isinstance(said, list) else [said]:
            if one:
                found[one] = None
    return list(found)[:most]


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
        mine=row["mine"],
        opened_here=bool(row["opened_here"]),
    )
