"""Which languages a household speaks, as far as its register says."""

from __future__ import annotations

from mobile.store.store import Store


def spoken(store: Store, household: str) -> list[str]:
    """Codes of ethnic groups: languages recorded of the members, those of most first, then their ethnic groups."""
    rows = store.database.rows(
        "SELECT language AS code, 0 AS later, count(*) AS people FROM person"
        " WHERE household_id = :household AND merged_into IS NULL AND language IS NOT NULL GROUP BY language"
        " UNION ALL SELECT ethnic, 1, count(*) FROM person"
        " WHERE household_id = :household AND merged_into IS NULL AND ethnic IS NOT NULL GROUP BY ethnic"
        " ORDER BY later, people DESC, code",
        {"household": household},
    )
    return list(dict.fromkeys(row["code"] for row in rows))
