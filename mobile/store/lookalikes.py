"""Who on this phone may be the person being written down, or written down twice already (L18, R095)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mobile.store.persons import PERSON, judged, person_row
from mobile.store.views import PersonPage, PersonRow
from shared.faults import Refused, fault
from shared.rules.matching import Described, Likeness, block_key, compare, name_key
from shared.rules.pairs import pair_id
from shared.text.phones import normalise_phone

if TYPE_CHECKING:
    from mobile.store.store import Store
    from shared.entries import Entry

#: Shown at most: more would be no help at a door.
MOST_LOOKALIKES = 4
#: Years of birth told from memory are off by one as often as not.
YEARS_OFF = 1
#: A name of one word says nothing.
LEAST_WORDS = 2


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Somebody on the register, and how alike the two are."""

    row: PersonRow
    likeness: Likeness


def lookalikes(
    store: Store, values: Mapping[str, Any], head_name: str, but_for: Collection[str] = ()
) -> list[Lookalike]:
    """People who may be the one described by a form's `values` (fields of a person; unfinished ones count as not
    known), living in a household of `head_name`; the likeliest first, at most 4.

    Compared are those of one name (in any order, without accents) born within a year, and those with the same number.
    """
    described = _described(values, head_name)
    if described is None:
        return []
    keys = _keys(described)
    today = judged(store)
    marks = ",".join("?" * len(keys))
    rows = store.database.rows(
        f"{PERSON} WHERE (p.match_key IN ({marks}) OR (p.id_number IS NOT NULL AND p.id_number = ?))"
        " AND p.merged_into IS NULL",
        [*keys, described.id_number],
    )
    found = [
        Lookalike(person_row(row, today), compare(described, _recorded(row)))
        for row in rows
        if row["id"] not in but_for
    ]
    alike = [each for each in found if each.likeness.level != "no"]
    return sorted(alike, key=lambda each: (-each.likeness.score, each.row.id))[:MOST_LOOKALIKES]


def twins(store: Store, page: PersonPage) -> list[Lookalike]:
    """Records that may be of the same person as one on the register, but for those somebody decided about."""
    person = page.row.id
    decided = store.database.rows(
        "SELECT CASE person_a WHEN :id THEN person_b ELSE person_a END FROM same_person"
        " WHERE corrected_by IS NULL AND (person_a = :id OR person_b = :id)",
        {"id": person},
    )
    return lookalikes(store, page.values, page.row.head_name, [person, *(row[0] for row in decided)])


def decide(store: Store, one: str, other: str, verdict: Mapping[str, Any], draft: str | None = None) -> Entry:
    """Write whether two records are of one person (fields of `same_person`: verdict, keep, checked_by, note), at the
    village of the record kept. Nothing is deleted; the verdict can be taken back (L18).

    Raises Refused: phone.unknown_subject, identity.keep_missing, and the kind's own faults.
    """
    first, second = sorted((one, other))
    kept = verdict.get("keep") if verdict.get("verdict") == "same" else None
    row = store.database.row("SELECT village_id FROM person WHERE id = ?", (kept or first,))
    if row is None:
        raise Refused(fault("phone.unknown_subject"))
    return store.record(
        "same_person",
        subject=pair_id(first, second),
        place=row[0],
        body={**verdict, "person_a": first, "person_b": second, "keep": kept},
        draft=draft,
    )


def _keys(described: Described) -> list[str]:
    if len(name_key(described.full_name).split()) < LEAST_WORDS:
        return []
    year = described.birth_date.year
    years = range(max(year - YEARS_OFF, 1), min(year + YEARS_OFF, date.max.year) + 1)
    return [block_key(described.full_name, date(each, 1, 1)) for each in years]


def _described(values: Mapping[str, Any], head_name: str) -> Described | None:
    try:
        born = date.fromisoformat(values.get("birth_date") or "")
    except ValueError:
        return None
    name = str(values.get("full_name") or "").strip()
    return Described(name, born, head_name=head_name, **_rest(values)) if name else None


def _rest(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "birth_precision": values.get("birth_precision") or "day",
        "sex": values.get("sex") or "",
        "id_kind": values.get("id_kind") or "none",
        "id_number": str(values.get("id_number") or "").strip() or None,
        "phone": _phone(values.get("phone")),
        "guardian_name": values.get("guardian_name") or None,
        "guardian_phone": _phone(values.get("guardian_phone")),
    }


def _recorded(row: Any) -> Described:
    born = date.fromisoformat(row["birth_date"])
    return Described(row["full_name"], born, head_name=row["head_name"], **_rest(dict(row)))


def _phone(typed: Any) -> str | None:
    return normalise_phone(typed) or None if typed else None
