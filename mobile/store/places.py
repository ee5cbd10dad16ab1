"""Names and parents of places, from the place entries this phone holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.records.place import GROUP_LEVELS
from shared.text.folding import sort_key

if TYPE_CHECKING:
    from mobile.store.store import Store

SITES = ("station", "team", "store")


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place today. `parent` is its administrative parent; `code` "" when it has none."""

    id: str
    level: str
    name: str
    unit_type: str
    code: str
    parent: str | None


def places(store: Store, ids: Iterable[str]) -> dict[str, PlaceRow]:
    """The places among `ids` that this phone holds, by id, as they are today."""
    wanted = sorted(set(ids))
    marks = ",".join("?" * len(wanted))
    today = store.clock.today().isoformat()
    rows = store.database.rows(
        "SELECT p.id, p.level, v.name, v.unit_type, v.code, v.parent_id, v.valid_from <= ? AS begun,"
        " v.valid_to IS NULL OR v.valid_to >= ? AS lasts"
        " FROM place p JOIN place_version v ON v.place_id = p.id"
        f" WHERE p.id IN ({marks}) ORDER BY p.id, begun AND lasts, v.valid_from",
        [today, today, *wanted],
    )
    # The version in force comes last; before and after all versions the latest stands.
    return {
        row["id"]: PlaceRow(
            row["id"], row["level"], row["name"], row["unit_type"], row["code"] or "", row["parent_id"]
        )
        for row in rows
    }


def place(store: Store, place_id: str) -> PlaceRow | None:
    """One place, or None when this phone does not hold it."""
    return places(store, [place_id]).get(place_id)


def groups(store: Store) -> list[tuple[str, str]]:
    """(id, name) of the schools and special places this phone knows, by name."""
    marks = ",".join("?" * len(GROUP_LEVELS))
    rows = store.database.rows(f"SELECT id FROM place WHERE level IN ({marks})", list(GROUP_LEVELS))
    found = places(store, [row[0] for row in rows])
    return sorted(((each.id, each.name) for each in found.values()), key=lambda pair: sort_key(pair[1]))


def name(store: Store, place_id: str) -> str:
    """The place's name today, or "–"."""
    found = place(store, place_id)
    return found.name if found else "–"


def children(store: Store, parent_id: str, level: str | None = None) -> list[PlaceRow]:
    """Places under a parent today, of one level or all, sorted by name."""
    rows = store.database.rows(
        "SELECT DISTINCT place_id FROM place_version WHERE parent_id = ?", (parent_id,)
    )
    found = places(store, [row[0] for row in rows]).values()
    return sorted(
        (each for each in found if each.parent == parent_id and level in (None, each.level)),
        key=lambda each: sort_key(each.name),
    )


def my_villages(store: Store) -> list[PlaceRow]:
    """The villages whose streams this phone follows, sorted by name."""
    found = (each for each in places(store, store.followed).values() if each.level == "village")
    return sorted(found, key=lambda each: (sort_key(each.name), each.id))


def my_sites(store: Store) -> list[PlaceRow]:
    """The stations, teams and stores whose streams this phone follows, the user's own first."""
    identity = store.identity
    own = identity.site if identity else None
    found = (each for each in places(store, store.followed).values() if each.level in SITES)
    return sorted(found, key=lambda each: (each.id != own, sort_key(each.name), each.id))
