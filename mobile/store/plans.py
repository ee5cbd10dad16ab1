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
    found = []
    for (due_on, group, dose_type, campaign), document in sorted(_goals(store, today).items()):
        if group not in age_groups() or dose_type not in DOSE_TYPES:
            continue  # of a newer programme; its figures need a newer phone
        name_vi, name_en = campaigns.get(campaign, ("", ""))
        people, due, covered = _counted(store, villages, group, dose_type, due_on)
        found.append(
            TargetProgress(
                campaign_id=campaign,
                campaign_vi=name_vi,
                campaign_en=name_en,
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


class _Target(NamedTuple):
    target_place_id: str
    age_group: str
    dose_type: str
    campaign_id: str
    due_on: date
    document: str
    valid_from: date
    status: str | None


def _goals(store: Store, today: date) -> dict[tuple[date, str, str, str], str]:
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
    found: dict[tuple[date, str, str, str], str] = {}
    for target in in_force(targets, today):
        goal = (target.due_on, target.age_group, target.dose_type, target.campaign_id)
        found[goal] = min(found.get(goal, target.document), target.document)
    return found


def _counted(
    store: Store, villages: list[str], group: str, dose_type: str, due_on: date
) -> tuple[int, int, int]:
    """(people, due, covered) of the villages."""
    first, last = birth_window(age_groups()[group], due_on)
    has_it = f"i.{dose_type}_on IS NOT NULL"
    due = f"(p.contraindication IS NULL AND i.barred_on IS NULL OR {has_it})"
    before = {"booster_1": "series_complete_on", "booster_2": "booster_1_on"}.get(dose_type)
    if before is not None:
        due += f" AND ({has_it} OR i.{before} <= :threshold)"
    marks = ",".join(f":v{number}" for number in range(len(villages)))
    row = store.database.row(
        f"SELECT count(*), coalesce(sum({due}), 0), coalesce(sum({due} AND {has_it}), 0) FROM person p"
        f" LEFT JOIN immunisation i ON i.person_id = p.id WHERE p.village_id IN ({marks})"
        " AND p.residence IN ('permanent', 'temporary', 'staying') AND p.merged_into IS NULL"
        " AND p.birth_date BETWEEN :first AND :last",
        {f"v{number}": each for number, each in enumerate(villages)}
        | {
            "first": first.isoformat(),
            "last": last.isoformat(),
            "threshold": booster_threshold(due_on, group, dose_type).isoformat() if before else None,
        },
    )
    return (row[0], row[1], row[2]) if row else (0, 0, 0)
