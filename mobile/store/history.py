"""What happened to a person, newest first and a window at a time (L20): every entry about them, and visits at home."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mobile.store import places
from mobile.store.views import Writer
from shared.kinds import VOID
from shared.reading import read_payload
from shared.rules.residence import PRESENT

if TYPE_CHECKING:
    from mobile.store.store import Store

#: Kinds of entries about a person.
ABOUT_PEOPLE = ("person", "dose", "screening", "reaction", "observation", VOID)


@dataclass(frozen=True, slots=True)
class Happening:
    """An entry about somebody. `body` as it was written (of a visit only the outcome of the person asked about, when
    one is). `edit`: it changed what was recorded. `withdrawn`: a later entry corrects or withdraws it.
    """

    id: str
    kind: str
    subject: str
    day: date
    by: Writer
    body: dict[str, Any]
    edit: bool
    withdrawn: bool


def history(store: Store, person: str, limit: int = 20) -> list[Happening]:
    """The newest `limit` entries about a person (and about records that were found to be the same person), with the
    outcomes of visits to their home and what was decided about lookalikes.
    """
    mine = "SELECT :person UNION SELECT id FROM person WHERE merged_into = :person"
    kinds = ",".join(f"'{kind}'" for kind in ABOUT_PEOPLE)
    rows = store.database.rows(
        f"SELECT * FROM (SELECT {_COLUMNS}, NULL AS outcome FROM entry e"
        f" WHERE e.subject IN ({mine}) AND e.kind IN ({kinds}) AND e.readable = 1"
        f" UNION ALL SELECT {_COLUMNS}, json_object('outcome', o.outcome, 'reason', o.reason, 'appointment_on',"
        " o.appointment_on, 'consent', o.consent, 'note', o.note) AS outcome"
        " FROM visit_outcome o JOIN entry e ON e.id = o.visit_id"
        f" WHERE o.person_id IN ({mine})"
        f" UNION ALL SELECT {_COLUMNS}, NULL AS outcome FROM same_person s JOIN entry e ON e.id = s.id"
        " WHERE s.person_a = :person OR s.person_b = :person)"
        " ORDER BY occurred_on DESC, recorded_at DESC, id DESC LIMIT :limit",
        {"person": person, "limit": limit},
    )
    return [_happening(store, row) for row in rows]


def happening(store: Store, entry: str) -> Happening | None:
    """One entry, or None when this phone does not hold it (or cannot read it)."""
    row = store.database.row(
        f"SELECT {_COLUMNS}, NULL AS outcome FROM entry e WHERE e.id = ? AND e.readable = 1", (entry,)
    )
    return _happening(store, row) if row else None


def last_position(store: Store, household: str) -> dict[str, int] | None:
    """Where a household stands, as lat_e6 and lon_e6: what was recorded last, of the house itself or at a visit."""
    for entry in store.entries_of(household):
        if entry.kind in ("household", "visit") and entry.body.get("lat_e6") is not None:
            return {name: entry.body[name] for name in ("lat_e6", "lon_e6")}
    return None


def former_residence(store: Store, person: str) -> str:
    """How somebody who is away lived here before: the newest residence written that means being present, permanent
    when none was.
    """
    written = (entry.body.get("residence") for entry in store.entries_of(person) if entry.kind == "person")
    return next((residence for residence in written if residence in PRESENT), PRESENT[0])


_COLUMNS = (
    "e.id, e.kind, e.subject, e.place, e.occurred_on, e.recorded_at, e.origin, e.payload,"
    " EXISTS (SELECT 1 FROM entry c WHERE c.corrects = e.id AND c.readable = 1"
    " AND coalesce(c.outcome, '') <> 'refused') AS withdrawn"
)


def _happening(store: Store, row: Any) -> Happening:
    entry = read_payload(bytes(row["payload"]))
    body = entry.body
    if row["outcome"]:
        body = {name: value for name, value in json.loads(row["outcome"]).items() if value is not None}
    return Happening(
        id=entry.id,
        kind=entry.kind,
        subject=entry.subject,
        day=entry.occurred_on,
        by=Writer(row["origin"] == "own", places.name(store, entry.place), entry.recorded_at),
        body=body,
        edit=entry.is_edit,
        withdrawn=bool(row["withdrawn"]),
    )
