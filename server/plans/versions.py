"""Versions of a campaign's plan, and what differs between two of them (R090, R091).

A version is a document with the day it is valid from. It may name a few communes only; what it does not name
stays as earlier versions have it. "The plan as of a version" is therefore all that applies once it is the newest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from server.places.tree import Tree
from server.plans.goals import Target, campaign_targets
from shared.rules.plans import in_force, version_of

#: (valid from, document): the greater one is the newer.
VersionKey = tuple[date, str]


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """A version: `targets` it has itself, and how many of them apply on the day asked about."""

    document: str
    valid_from: date
    targets: int
    applying: int

    @property
    def key(self) -> VersionKey:
        """What tells it from the others."""
        return self.valid_from, self.document


@dataclass(frozen=True, slots=True)
class Difference:
    """A goal at a place, with the people planned before and after; None where the plan does not name it."""

    place_id: str
    age_group: str
    dose_type: str
    due_on: date
    before: int | None
    after: int | None

    @property
    def sort(self) -> str:
        """added, removed or changed."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def more(self) -> int:
        """People planned more (negative: fewer) than before."""
        return (self.after or 0) - (self.before or 0)


@dataclass(slots=True)
class DistrictSum:
    """What differs in one district, in targets and people. Without a name: targets of the province itself."""

    district_id: str | None
    added: int = 0
    removed: int = 0
    changed: int = 0
    before: int = 0
    after: int = 0


def versions_of(targets: Iterable[Target], as_of: date) -> list[PlanVersion]:
    """Every version, the newest first, also those not valid yet."""
    known = list(targets)
    applying: dict[VersionKey, int] = {}
    for target in in_force(known, as_of):
        applying[version_of(target)] = applying.get(version_of(target), 0) + 1
    named: dict[VersionKey, int] = {}
    for target in known:
        named[version_of(target)] = named.get(version_of(target), 0) + 1
    return [
        PlanVersion(key[1], key[0], count, applying.get(key, 0))
        for key, count in sorted(named.items(), reverse=True)
    ]


def plan_version_of(connection: Connection, campaign: str, as_of: date) -> PlanVersion | None:
    """The newest version of a campaign's plan valid on a day; what a report states. None when there is none yet."""
    versions = versions_of(campaign_targets(connection, campaign), as_of)
    return next((version for version in versions if version.valid_from <= as_of), None)


def plan_at(targets: Iterable[Target], version: VersionKey) -> list[Target]:
    """What applies once `version` is the newest: its own targets, and earlier ones it does not replace."""
    return in_force([target for target in targets if version_of(target) <= version], version[0])


def differences(before: Sequence[Target], after: Sequence[Target]) -> list[Difference]:
    """Goals at places whose planned people differ, by place, age group, dose and day."""
    then, now = _people(before), _people(after)
    return [
        Difference(*key, then.get(key), now.get(key))
        for key in sorted({*then, *now})
        if then.get(key) != now.get(key)
    ]


def by_district(tree: Tree, found: Iterable[Difference]) -> list[DistrictSum]:
    """The differences added up by district, in the order they come."""
    sums: dict[str | None, DistrictSum] = {}
    for difference in found:
        district = tree.up(difference.place_id, "district")
        key = district.id if district else None
        row = sums.setdefault(key, DistrictSum(key))
        setattr(row, difference.sort, getattr(row, difference.sort) + 1)
        row.before += difference.before or 0
        row.after += difference.after or 0
    return list(sums.values())


def _people(targets: Iterable[Target]) -> dict[tuple[str, str, str, date], int]:
    people: dict[tuple[str, str, str, date], int] = {}
    for target in targets:
        key = (target.target_place_id, target.age_group, target.dose_type, target.due_on)
        people[key] = max(people.get(key, 0), target.planned_people)
    return people
