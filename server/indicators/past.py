"""Figures of a past day, counted anew from the register as it was at the end of that day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

from server.database import in_parts
from server.indicators.counting import count_goals
from server.indicators.definitions import MEASURES, register_as_of
from server.indicators.figures import Figures
from server.indicators.refreshing import TOGETHER
from server.indicators.standings import Counted
from server.plans.goals import Goal


def as_of(day: date, goals: Sequence[Goal]) -> Counted:
    """What counts villages as of a day, for `standings`: by what is known now of that day."""

    def counted(connection: Connection, areas: Mapping[str, str]) -> dict[str, dict[Goal, Figures]]:
        register, found = register_as_of(day), dict[str, dict[Goal, Figures]]()
        for part in in_parts(sorted(areas), TOGETHER):
            for row in count_goals(connection, part, goals, register):
                goal = Goal(row["due_on"], row["age_group"], row["dose_type"], row["campaign_id"])
                inside = found.setdefault(areas[row["village_id"]], {})
                here = Figures(villages=1, **{name: row[name] for name in MEASURES})
                inside[goal] = inside.get(goal, Figures()) + here
        return found

    return counted
