"""How a person stood on earlier days, so that a figure can be given as of a past day.

A day's state is the fold of what had happened by then (`occurred_on`), whenever it arrived: a late record
changes past figures in the open, as a restatement, and a move of May leaves April as it was.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from shared.entries import Entry
from shared.projections.people import person_row
from shared.projections.register import fold_register

Row = dict[str, Any]

#: What figures are counted from.
_COUNTED = ("village_id", "birth_date", "residence", "vulnerable", "contraindication")


def former_rows(entries: Sequence[Entry]) -> tuple[date, list[Row]]:
    """(the day since which the present state holds, the states before it) from all entries of one person.

    Days before the first entry have no state: the person was not on the register yet.
    """
    days = sorted({entry.occurred_on for entry in entries})
    if len(days) == 1:
        return days[0], []
    states: list[tuple[date, Row | None]] = []
    for day in days:
        row = person_row(fold_register([entry for entry in entries if entry.occurred_on <= day]))
        state = {name: row[name] for name in _COUNTED} if row else None
        if not states or states[-1][1] != state:
            states.append((day, state))
    person = entries[0].subject
    former = [
        {"person_id": person, "from_on": start, "until_on": following - timedelta(days=1), **state}
        for (start, state), (following, _) in pairwise(states)
        if state is not None
    ]
    return states[-1][0], former
