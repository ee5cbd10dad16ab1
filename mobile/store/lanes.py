"""The lanes of a village as its households' records spell them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.text.folding import place_sort_key, search_key

if TYPE_CHECKING:
    from mobile.store.store import Store


def lanes_of(store: Store, village: str) -> list[str]:
    """The lanes of a village, sorted; of spellings that differ only in accents, case or spaces the commonest."""
    rows = store.database.rows(
        "SELECT lane FROM household WHERE village_id = ? AND lane IS NOT NULL"
        " GROUP BY lane ORDER BY count(*) DESC, lane",
        (village,),
    )
    found: dict[str, str] = {}
    for row in rows:
        found.setdefault(search_key(row[0]), row[0])
    return sorted(found.values(), key=place_sort_key)


def same_lane(lanes: list[str], typed: str) -> str | None:
    """The lane of `lanes` that was typed in another spelling; None when it is new, or spelt alike."""
    wanted = search_key(typed)
    found = next((lane for lane in lanes if search_key(lane) == wanted), None)
    return found if wanted and found != typed else None
