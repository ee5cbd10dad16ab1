"""Coverage of every goal at the places of one level, on the day and in the hierarchy asked for (docs/figures.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select

from server.accounts.fleet import fleet
from server.database import select_among
from server.indicators.denominators import told_of
from server.indicators.figures import Figures, figures, total
from server.indicators.models import DoseTally
from server.indicators.past import as_of as counted_as_of
from server.indicators.sharing import Base, Shares
from server.indicators.timeliness import Heard, heard
from server.places.tree import Node, Tree
from server.plans.goals import Goal, goals_of
from server.plans.models import Campaign
from server.plans.versions import PlanVersion, plan_version_of
from shared.clock import stamp
from shared.records.place import DOSE_SITES
from shared.reference import age_groups

_TALLY: Table = DoseTally.__table__  # type: ignore[assignment]

#: The levels a report may be made at, the widest first.
LEVELS = ("province", "district", "commune", "village")

_NONE = Figures()


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One goal at one place; every column is explained in docs/figures.md.

    covered ≤ due ≤ people, in people. `doses_here` counts doses of the goal's sort given at sites of the place, of
    whoever lives wherever. A row of a site (mobile team, store) stands for doses given there where the site belongs
    to no place of the level; nobody lives there. `denominator` is None where it is not known, `percent` then too.
    """

    province: str
    district: str | None
    commune: str | None
    place: str
    code: str | None
    place_id: str
    campaign_id: str
    campaign: str
    plan_document: str | None
    plan_valid_from: date | None
    age_group: str
    dose_type: str
    due_on: date
    days_left: int
    people: int
    absent: int
    contraindicated: int
    not_due: int
    due: int
    covered: int
    doses_here: int | None
    planned: int | None
    denominator: int | None
    percent: float | None
    complete_through: str | None
    notes: str


@dataclass(frozen=True)
class Asked:
    """What a report is asked for. `tree` groups the villages; `own` is the tree of the day, `others` further ones in
    which returns and targets may have been told; `today` is the day of the cells.
    """

    tree: Tree
    own: Tree
    others: tuple[Tree, ...]
    level: str
    as_of: date
    now: datetime
    today: date
    denominator: str


def coverage_rows(connection: Connection, asked: Asked, province: Node) -> Iterator[CoverageRow]:
    """The rows of a province, place by place in the tree's order, goal by goal by due date."""
    goals = goals_of(connection, province.province, asked.as_of)
    made = _Province(connection, asked, province, goals)
    places = [province] if asked.level == "province" else list(asked.tree.below(province.id, asked.level))
    for place in places:
        for goal in goals:
            yield made.row(place, goal)
    for site in made.sites_outside:
        for goal in goals:
            if made.doses.get((site.id, goal.age_group, goal.dose_type)):
                yield made.site_row(site, goal)


@dataclass
class _Province:
    """Everything rows are made from, read once a province."""

    connection: Connection
    asked: Asked
    province: Node
    goals: list[Goal]
    figures: dict[str, dict[Goal, Figures]] = field(init=False)
    doses: dict[tuple[str, str, str], int] = field(init=False)
    sites: dict[str, list[Node]] = field(init=False)
    sites_outside: list[Node] = field(init=False)
    versions: dict[str, PlanVersion | None] = field(init=False)
    campaigns: dict[str, str] = field(init=False)
    targets: dict[tuple[str, Goal], int] = field(init=False)
    planned: dict[Goal, Shares] = field(init=False)
    bases: dict[Goal, Shares] = field(init=False)
    heard: dict[str, Heard] = field(init=False)

    def __post_init__(self) -> None:
        asked, tree = self.asked, self.asked.tree
        villages = tree.villages(self.province.id)
        if asked.as_of >= asked.today:
            self.figures = figures(self.connection, villages)
        else:
            here = {village: village for village in villages}
            self.figures = counted_as_of(asked.as_of, self.goals)(self.connection, here)
        self.sites, self.sites_outside = {}, []
        for site in (node for node in tree.below(self.province.id) if node.level in DOSE_SITES):
            above = tree.up(site.id, asked.level)
            if above is None:
                self.sites_outside.append(site)
            else:
                self.sites.setdefault(above.id, []).append(site)
        self.doses = self._given([*self.sites_outside, *(s for found in self.sites.values() for s in found)])
        self.versions = {
            goal.campaign_id: plan_version_of(self.connection, goal.campaign_id, asked.as_of)
            for goal in self.goals
        }
        names = select(Campaign.id, Campaign.name_vi)
        rows = select_among(self.connection, names, Campaign.id, list(self.versions))
        self.campaigns = {row.id: row.name_vi for row in rows}
        self.targets = self._tell("plan")
        self.planned = self._shares(self.targets)
        self.bases = {} if asked.denominator == "enumerated" else self._shares(self._tell(asked.denominator))
        self.heard = self._phones()

    def row(self, place: Node, goal: Goal) -> CoverageRow:
        """The row of a place and a goal."""
        villages = self.asked.tree.villages(place.id)
        found = total(self.figures.get(village, {}) for village in villages).get(goal, _NONE)
        known = age_groups().get(goal.age_group)
        given: int | None = None
        if known is not None and not known.part_of:
            given = sum(
                self.doses.get((site.id, goal.age_group, goal.dose_type), 0)
                for site in self.sites.get(place.id, ())
            )
        planned, base = self._told(place, goal, "plan"), self._told(place, goal, self.asked.denominator)
        divisor = denominator_value(self.asked.denominator, found, base)
        return CoverageRow(
            **self._place(place),
            **self._goal(goal),
            people=found.people,
            absent=found.absent,
            contraindicated=found.contraindicated,
            not_due=found.not_due,
            due=found.due,
            covered=found.covered,
            doses_here=given,
            planned=planned.people,
            denominator=divisor,
            percent=round(100 * found.covered / divisor, 1) if divisor and divisor > 0 else None,
            complete_through=self._complete(place),
            notes=self._notes(base, divisor),
        )

    def site_row(self, site: Node, goal: Goal) -> CoverageRow:
        """The row of a site that belongs to no place of the level."""
        nobody: dict[str, Any] = dict.fromkeys(
            ("people", "absent", "contraindicated", "not_due", "due", "covered"), 0
        )
        return CoverageRow(
            **self._place(site), **self._goal(goal), **nobody,
            doses_here=self.doses[site.id, goal.age_group, goal.dose_type], planned=None, denominator=None,
            percent=None, complete_through=None, notes="chỉ tính mũi tiêm tại đây / doses given here only",
        )  # fmt: skip

    def _place(self, place: Node) -> dict[str, Any]:
        above = {node.level: node.name for node in self.asked.tree.path(place.id)}
        return {
            "province": above.get("province", self.province.name), "district": above.get("district"),
            "commune": above.get("commune"), "place": place.name, "code": place.code, "place_id": place.id,
        }  # fmt: skip

    def _goal(self, goal: Goal) -> dict[str, Any]:
        version = self.versions[goal.campaign_id]
        return {
            "campaign_id": goal.campaign_id, "campaign": self.campaigns[goal.campaign_id],
            "plan_document": version.document if version else None,
            "plan_valid_from": version.valid_from if version else None,
            "age_group": goal.age_group, "dose_type": goal.dose_type, "due_on": goal.due_on,
            "days_left": (goal.due_on - self.asked.as_of).days,
        }  # fmt: skip

    def _told(self, place: Node, goal: Goal, which: str) -> Base:
        """What was told of a place: for the plan its own target, or those of all its districts; else its communes'."""
        if which == "enumerated":
            return Base(None)
        if which == "plan":
            districts = self.asked.tree.children(place.id, "district") if place.level == "province" else []
            for parts in ([place], districts):
                own = [self.targets.get((part.id, goal)) for part in parts]
                known = [people for people in own if people is not None]
                if known and len(known) == len(own):
                    return Base(sum(known))
        shares = self.planned if which == "plan" else self.bases
        return shares[goal].of(self.asked.tree.villages(place.id))

    def _tell(self, which: str) -> dict[tuple[str, Goal], int]:
        return told_of(self.connection, self.province.province, self.goals, which, self.asked.as_of)

    def _shares(self, told: dict[tuple[str, Goal], int]) -> dict[Goal, Shares]:
        """What was told of communes, given to their villages; a village's commune is the one somebody told of."""
        villages = self.asked.tree.villages(self.province.id)
        above = {
            v: [found.id for tree in self._trees() if (found := tree.up(v, "commune")) is not None]
            for v in villages
        }
        shares = {}
        for goal in self.goals:
            units: dict[str, list[str]] = {}
            for village, communes in above.items():
                if communes:
                    unit = next((c for c in communes if (c, goal) in told), communes[0])
                    units.setdefault(unit, []).append(village)
            people = {v: found[goal].people for v, found in self.figures.items() if goal in found}
            shares[goal] = Shares(units, {unit: told.get((unit, goal)) for unit in units}, people)
        return shares

    def _trees(self) -> tuple[Tree, ...]:
        return (self.asked.tree, self.asked.own, *self.asked.others)

    def _given(self, sites: list[Node]) -> dict[tuple[str, str, str], int]:
        """(site, age group, dose) -> doses given there by the day."""
        keys = (_TALLY.c.site_id, _TALLY.c.age_group, _TALLY.c.dose_type)
        query = (
            select(*keys, func.sum(_TALLY.c.doses))
            .where(_TALLY.c.given_on <= self.asked.as_of)
            .group_by(*keys)
        )
        rows = select_among(self.connection, query, _TALLY.c.site_id, [site.id for site in sites])
        return {(row[0], row[1], row[2]): int(row[3]) for row in rows}

    def _phones(self) -> dict[str, Heard]:
        """Place -> what was heard of the phones of it and of everything in it, by the place they are told of."""
        places = {node.id for tree in self._trees() for node in tree.nodes.values()}
        return heard(fleet(self.connection, places, self.asked.now))

    def _complete(self, place: Node) -> str | None:
        """Up to when nothing of the place can be missing; None while a phone was never heard of, or there is none."""
        villages = set(self.asked.tree.villages(place.id))
        inside = {place.id, *(node.id for node in self.asked.tree.below(place.id))}
        inside |= {
            other for other in self.heard
            if other not in self.asked.tree.nodes and villages.intersection(self._villages_of(other))
        }  # fmt: skip
        together = sum((self.heard[other] for other in inside if other in self.heard), Heard())
        moment = together.complete_through
        return stamp(moment) if moment else None

    def _villages_of(self, place: str) -> list[str]:
        """Villages of a place of another day's tree."""
        return next((tree.villages(place) for tree in self._trees() if place in tree.nodes), [])

    def _notes(self, base: Base, divisor: int | None) -> str:
        notes = []
        if self.asked.denominator != "enumerated":
            if base.estimated:
                notes.append(
                    "ước tính: chia theo số người điều tra / estimated: shared out by people counted"
                )
            if base.missing:
                names = ", ".join(sorted({self._name(unit) for unit in base.missing}))
                notes.append(f"thiếu số của / not told by: {names}")
            if divisor is not None and divisor <= 0:
                notes.append(
                    "số dân không lớn hơn số chống chỉ định, chưa đến lịch / nobody is left to divide by"
                )
        return "; ".join(notes)

    def _name(self, place: str) -> str:
        return next((tree.nodes[place].name for tree in self._trees() if place in tree.nodes), place)


def denominator_value(which: str, found: Figures, base: Base) -> int | None:
    """What covered people are divided by: see `denominators`. May be 0 or less where a return is smaller than what
    is taken off it; None where it is not known.
    """
    if which == "enumerated":
        return found.due
    if base.people is None or which == "plan":
        return base.people
    return base.people - found.contraindicated - found.not_due
