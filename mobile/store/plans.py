"""Targets of the plan and how far this phone's villages are, by the same formula as the province's coverage.

A goal is (campaign, age group, dose type, due day). Counted are people present whose age on the due day is
in the group; the contraindicated are taken off; for booster 1 only those are due whose interval has passed
by the due day, or who have it already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from mobile.store import places
from mobile.store.database import among
from shared.reference import DOSE_TYPES, age_groups
from shared.rules.ages import birth_window
from shared.rules.plans import in_force
from shared.rules.schedule import booster_threshold

if TYPE_CHECKING:
    from mobile.store.store import Store


@dataclass(frozen=True, slots=True)
class TargetProgress:
    """One goal over the villages of this phone: of `due` people `covered` have the dose. `days_left` < 0 is
    late.
    """

    campaign_id: str
    campaign_vi: str
    campaign_en: str
    age_group: str
    dose_type: str
    due_on: date
    document: str
    people: int
    due: int
    covered: int
    days_left: int

    @property
    def share(self) -> float | None:
        """covered ÷ due, or None when nobody is due."""
        return self.covered / self.due if self.due else None


def targets(store: Store, village: str | None = None) -> list[TargetProgress]:
    """Goals counted over one or all villages of this phone, earliest due day first."""
    villages = [village] if village else [each.id for each in places.my_villages(store)]
    campaigns = {row[0]: row[1:] for row in store.database.rows("SELECT id, name_vi, name_en FROM campaign")}
    today = store.clock.today()
    goals = {
        goal: document
        for goal, document in sorted(_goals(store, today).items())
        if goal[1] in age_groups() and goal[2] in DOSE_TYPES
    }  # what is left out is of a newer programme; its figures need a newer phone
    return [
        TargetProgress(
            campaign_id=campaign,
            campaign_vi=campaigns.get(campaign, ("", ""))[0],
            campaign_en=campaigns.get(campaign, ("", ""))[1],
            age_group=group,
            dose_type=dose_type,
            due_on=due_on,
            document=document,
            people=people,
            due=due,
            covered=covered,
            days_left=(due_on - today).days,
        )
        for ((due_on, group, dose_type, campaign), document), (people, due, covered) in zip(
            goals.items(), _counted(store, villages, list(goals)), strict=True
        )
    ]


#: (due day, age group, dose, campaign)
_Goal = tuple[date, str, str, str]


class _Target(NamedTuple):
    target_place_id: str
    age_group: str
    dose_type: str
    campaign_id: str
    due_on: date
    document: str
    valid_from: date
    status: str | None


def _goals(store: Store, today: date) -> dict[_Goal, str]:
    """(due day, age group, dose, campaign) → document, of the targets that apply today."""
    query = (
        "SELECT campaign_id, target_place_id, age_group, dose_type, due_on, document, valid_from, status"
        " FROM plan_target"
    )
    targets = [
        _Target(
            place, group, dose, campaign, date.fromisoformat(due), document, date.fromisoformat(start), status
        )
        for campaign, place, group, dose, due, document, start, status in store.database.rows(query)
    ]
    found: dict[_Goal, str] = {}
    for target in in_force(targets, today):
        goal = (target.due_on, target.age_group, target.dose_type, target.campaign_id)
        found[goal] = min(found.get(goal, target.document), target.document)
    return found


def _counted(store: Store, villages: list[str], goals: list[_Goal]) -> list[tuple[int, int, int]]:
    """(people, due, covered) of the villages for each goal: everybody is looked at once for all of them."""
    if not goals:
        return []
    sums, (marks, values) = [], among("v", villages)
    for number, (due_on, group, dose_type, _) in enumerate(goals):
        first, last = birth_window(age_groups()[group], due_on)
        values |= {f"first{number}": first.isoformat(), f"last{number}": last.isoformat()}
        has_it = f"i.{dose_type}_on IS NOT NULL"
        asked = f"p.birth_date BETWEEN :first{number} AND :last{number}"
        due = f"{asked} AND (p.contraindication IS NULL AND i.barred_on IS NULL OR {has_it})"
        if before := {"booster_1": "series_complete_on", "booster_2": "booster_1_on"}.get(dose_type):
            values[f"threshold{number}"] = booster_threshold(due_on, group, dose_type).isoformat()
            due += f" AND ({has_it} OR i.{before} <= :threshold{number})"
        sums += [f"count(*) FILTER (WHERE {each})" for each in (asked, due, f"{due} AND {has_it}")]
    [row] = store.database.rows(
        f"SELECT {', '.join(sums)} FROM person p LEFT JOIN immunisation i ON i.person_id = p.id"
        f" WHERE p.village_id IN ({marks}) AND p.residence IN ('permanent', 'temporary', 'staying')"
        " AND p.merged_into IS NULL",
        values,
    )
    return [tuple(row[at : at + 3]) for at in range(0, len(sums), 3)]
