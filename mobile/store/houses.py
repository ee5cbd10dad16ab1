"""How the houses of my villages stand in the door-to-door review (R060), by lane.

Counted as the server counts: a house is knocked at when someone went there; a person is answered for by an outcome
anyone recorded in the village they live in, at the door or at a health facility.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from mobile.store import places
from shared.rules.review import AT_THE_DOOR, house_state, is_to_knock
from shared.text.folding import place_sort_key

if TYPE_CHECKING:
    from mobile.store.store import Store

#: SQL: somebody a visit asks about (person p).
ASKED_ABOUT = "p.merged_into IS NULL AND p.residence NOT IN ('moved', 'deceased')"

_DOOR = ", ".join(f"'{kind}'" for kind in AT_THE_DOOR)

#: SQL: each house's visits that stand: whether one was at the door, the newest one's day and what it agreed on.
#: A bare column beside the one max() is that of the newest visit.
VISITED = f"""
SELECT household_id, sum(visit_type IN ({_DOOR})) AS knocked, revisit_on, visited_on, max(visited_on || id)
FROM visit WHERE corrected_by IS NULL {{which}} GROUP BY household_id
"""

#: SQL: whether person p has an outcome, in the record shown or in one merged into it.
_ANSWERED = """
EXISTS (SELECT 1 FROM visit_outcome o JOIN visit v ON v.id = o.visit_id
        WHERE o.person_id = p.id AND v.corrected_by IS NULL AND v.village_id = p.village_id)
OR EXISTS (SELECT 1 FROM person WHERE merged_into IS NOT NULL)
AND EXISTS (SELECT 1 FROM person r JOIN visit_outcome o ON o.person_id = r.id JOIN visit v ON v.id = o.visit_id
           WHERE r.merged_into = p.id AND v.corrected_by IS NULL AND v.village_id = p.village_id)
"""

#: SQL: the houses of the people without an outcome, each as often as there are such people.
UNANSWERED = f"SELECT p.household_id FROM person p WHERE {ASKED_ABOUT} {{which}} AND NOT ({_ANSWERED})"

#: So many people are looked at before a pause: while a sync writes they are all deciphered anew.
PIECE = 3_000
_PIECE = "AND p.rowid BETWEEN ? AND ?"

#: Of a house without a visit: whether somebody was at the door, and what the newest visit agreed on.
NOBODY = (0, None)


class House(NamedTuple):
    """A house in the review. `state`: one of shared.rules.review.HOUSE_STATES; `to_knock`: to be gone to by today;
    `revisit_on` what the newest visit agreed on.
    """

    id: str
    village_id: str
    lane: str
    state: str
    to_knock: bool
    revisit_on: date | None


@dataclass(frozen=True, slots=True)
class Lane:
    """The houses of one lane of a village; `name` is "" for those without a lane, which come last."""

    village_id: str
    name: str
    houses: tuple[House, ...]

    @property
    def to_knock(self) -> int:
        """Houses to go to by today."""
        return sum(house.to_knock for house in self.houses)


def houses(store: Store, village: str | None = None) -> list[House]:
    """Every house of my villages, or of one of them, each once: sorted by village, lane and head of household."""
    asking = looking(store, village)
    while True:
        try:
            next(asking)
        except StopIteration as whole:
            found: list[House] = whole.value
            return found


def looking(store: Store, village: str | None = None) -> Generator[None, None, list[House]]:
    """As `houses`, with a pause after each question to the store, for a screen that draws between them."""
    mine = [village] if village else [each.id for each in places.my_villages(store)]
    marks = ",".join("?" * len(mine))
    rows, today = store.database.rows, store.clock.today()
    # Of all villages everything is looked at in the order it lies in: an index would only lead there by detours.
    one, of_people = ("AND village_id = ?", "AND p.village_id = ?") if village else ("", _PIECE)
    told = mine if village else []
    visited = {row[0]: (row[1], row[2]) for row in rows(VISITED.format(which=one), told)}
    yield
    unanswered: Counter[str] = Counter()
    for piece in [mine] if village else _pieces(store):
        unanswered.update(row[0] for row in rows(UNANSWERED.format(which=of_people), piece))
        yield
    found = []
    for house_id, where, lane in rows(
        f"SELECT id, village_id, lane FROM household WHERE village_id IN ({marks}) ORDER BY sort_name, id",
        mine,
    ):
        knocked, agreed = visited.get(house_id, NOBODY)
        revisit_on = date.fromisoformat(agreed) if agreed else None
        state = house_state(bool(knocked), revisit_on, unanswered[house_id])
        to_knock = is_to_knock(state, revisit_on, today)
        found.append(House(house_id, where, lane or "", state, to_knock, revisit_on))
    order = {each: number for number, each in enumerate(mine)}
    return sorted(found, key=lambda house: (order[house.village_id], _lane_key(house.lane)))


def _pieces(store: Store) -> Iterator[tuple[int, int]]:
    """From which person to which, as they lie; one that was projected anew lies at the end."""
    after = 0
    while True:
        [last] = store.database.rows(
            "SELECT max(rowid) FROM (SELECT rowid FROM person NOT INDEXED WHERE rowid > ? ORDER BY rowid LIMIT ?)",
            (after, PIECE),
        )
        if last[0] is None:
            return
        yield after + 1, last[0]
        after = last[0]


def lanes(found: Iterable[House]) -> list[Lane]:
    """Houses in the order of `houses`, put together by lane; a lane written in another way is the same lane."""
    groups = groupby(found, lambda house: (house.village_id, _lane_key(house.lane)))
    return [
        Lane(village, first.lane, (first, *rest))
        for (village, _), group in groups
        for first, *rest in [tuple(group)]
    ]


def to_knock(found: Sequence[House]) -> list[House]:
    """Those to go to by today."""
    return [house for house in found if house.to_knock]


@lru_cache(maxsize=1 << 12)
def _lane_key(lane: str) -> tuple[bool, str]:
    key = place_sort_key(lane)
    return (not key, key)
