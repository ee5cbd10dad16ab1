"""Targets of the plan and how far this phone's villages are, by the same formula as the province's coverage.

A goal is (campaign, age group, dose type, due day). Counted are people present whose age on the due day is
in the group; the contraindicated are taken off; for booster 1 only those are due whose interval has passed
by the due day, or who have it already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mobile.store import places
from shared.reference import DOSE_TYPES, age_groups
from shared.rules.ages import birth_window
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
    goals = store.database.rows(
        "SELECT t.campaign_id, c.name_vi, c.name_en, t.age_group, t.dose_type, t.due_on, min(t.document)"
        " FROM plan_target t LEFT JOIN campaign c ON c.id = t.campaign_id GROUP BY 1, 4, 5, 6"
        " ORDER BY t.due_on, t.age_group, t.dose_type"
    )
    today = store.clock.today()
    found = []
    for campaign, name_vi, name_en, group, dose_type, due_text, document in goals:
        if group not in age_groups() or dose_type not in DOSE_TYPES:
            continue  # of a newer programme; its figures need a newer phone
        due_on = date.fromisoformat(due_text)
        people, due, covered = _counted(store, villages, group, dose_type, due_on)
        found.append(
            TargetProgress(
                campaign_id=campaign,
                campaign_vi=name_vi or "",
                campaign_en=name_en or "",
                age_group=group,
                dose_type=dose_type,
                due_on=due_on,
                document=document,
                people=people,
                due=due,
                covered=covered,
                days_left=(due_on - today).days,
            )
        )
    return found


def _counted(
    store: Store, villages: list[str], group: str, dose_type: str, due_on: date
) -> tuple[int, int, int]:
    """(people, due, covered) of the villages."""
    first, last = birth_window(age_groups()[group], due_on)
    has_it = f"i.{dose_type}_on IS NOT NULL"
    due = "p.contraindication IS NULL"
    if dose_type == "booster_1":
        due += f" AND ({has_it} OR i.series_complete_on <= :threshold)"
    marks = ",".join(f":v{number}" for number in range(len(villages)))
    row = store.database.row(
        f"SELECT count(*), coalesce(sum({due}), 0), coalesce(sum({due} AND {has_it}), 0) FROM person p"
        f" LEFT JOIN immunisation i ON i.person_id = p.id WHERE p.village_id IN ({marks})"
        " AND p.residence IN ('permanent', 'temporary', 'staying') AND p.birth_date BETWEEN :first AND :last",
        {f"v{number}": each for number, each in enumerate(villages)}
        | {
            "first": first.isoformat(),
            "last": last.isoformat(),
            "threshold": booster_threshold(due_on).isoformat(),
        },
    )
    return (row[0], row[1], row[2]) if row else (0, 0, 0)
