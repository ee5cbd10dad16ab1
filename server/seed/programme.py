"""What the administrator writes: places, catalogue, campaign, and in the end targets and population figures."""

from collections.abc import Mapping
from random import Random
from typing import Any

from server.ledger.author import ServerAuthor
from server.seed.catalogue import PLAN, campaign_body, item_bodies, lot_bodies
from server.seed.commune import Tally
from server.seed.land import Land
from server.seed.places import place_bodies
from server.seed.plan import SeedPlan
from server.seed.writing import Ids
from shared.identifiers import named_id

POPULATION_SOURCE = "Dữ liệu mẫu sinh tự động / generated demo data"


def write_programme(author: ServerAuthor, plan: SeedPlan, land: Land, ids: Ids) -> None:
    """Places, items, lots and the campaign."""
    for kind, bodies in (
        ("place", place_bodies(land)),
        ("item", item_bodies()),
        ("lot", lot_bodies(plan)),
        ("campaign", [campaign_body(plan, land.unit.code)]),
    ):
        for subject, body in bodies:
            author.write(kind, place=land.id, subject=subject, body=body, entry_id=ids.new())
    author.flush()


def write_targets(
    author: ServerAuthor, plan: SeedPlan, land: Land, tallies: Mapping[str, Tally], ids: Ids
) -> None:
    """The plan's targets and a population return for every commune of the seed's day (place id -> tally)."""
    chance = Random(f"{plan.seed}/targets")
    campaign, _ = campaign_body(plan, land.unit.code)
    goals = (
        ("A12_17", "primary_2", plan.due_on, "đang triển khai"),
        ("A18", "booster_1", plan.due_on, "đang triển khai"),
        ("A05_11", "primary_1", plan.children_due_on, "chuẩn bị"),
    )
    for commune, tally in tallies.items():
        for age_group, dose_type, due_on, status in goals:
            body: dict[str, Any] = {
                "campaign": campaign,
                "target_place": commune,
                "age_group": age_group,
                "dose_type": dose_type,
                "due_on": due_on.isoformat(),
                "planned_people": _about(chance, tally.groups[age_group], 0.05),
                "document": PLAN,
                "valid_from": plan.day(-60).isoformat(),
                "status": status,
            }
            subject = named_id("demo", "plan_target", commune, age_group, dose_type)
            author.write("plan_target", place=land.id, subject=subject, body=body, entry_id=ids.new())
    for commune, tally in tallies.items():
        lines = [
            {
                "age_group": group,
                "opening": _about(chance, people, 0.06),
                "current": _about(chance, people, 0.02),
            }
            for group, people in tally.groups.items()
        ]
        body = {"period": str(plan.today.year), "source": POPULATION_SOURCE, "lines": lines}
        author.write(
            "population_return", place=commune, subject=commune, body=body, occurred_on=plan.day(-30),
            entry_id=ids.new(),
        )  # fmt: skip
    author.flush()


def _about(chance: Random, people: int, spread: float) -> int:
    return round(people * (1 + chance.uniform(-spread, spread)))
