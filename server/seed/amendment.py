"""A later version of the plan for a few communes and one school, and the deviations that led to it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from server.places.models import Place
from server.plans.drafting import target_subject
from server.seed.affairs import Authors
from server.seed.catalogue import campaign_body
from server.seed.commune import Tally
from server.seed.land import Land
from server.seed.plan import SeedPlan
from server.seed.writing import Ids

#: The document of the later version, and how many days before the seed's day it is valid from.
AMENDMENT = "Công văn điều chỉnh chỉ tiêu tiêm chủng (dữ liệu mẫu)"
AMENDED_BEFORE = 3

#: Communes whose target the later version changes.
AMENDED = 3

#: Pupils of a school the later version names by itself.
PUPILS = 38

_DEVIATIONS = (
    ("people", "Nhiều người về quê làm nương sau kỳ nghỉ, số người có mặt khác với lúc lập kế hoạch.",
     "Điều chỉnh chỉ tiêu theo danh sách rà soát mới.", 6),
    ("access", "Đường vào hai bản bị sạt lở, tổ lưu động chưa vào được.",
     "Cho hoàn thành sau hạn một tuần.", 2),
)  # fmt: skip


def write_amendment(
    connection: Connection,
    authors: Authors,
    plan: SeedPlan,
    land: Land,
    tallies: Mapping[str, Tally],
    ids: Ids,
) -> None:
    """The deviations some days ago, then the version that follows the villages' lists (place id -> tally)."""
    campaign, _ = campaign_body(plan, land.unit.code)
    places = list(dict.fromkeys(commune.current for commune in land.communes))[:AMENDED]
    goal = {"age_group": "A18", "dose_type": "booster_1", "due_on": plan.due_on.isoformat()}
    for commune, (reason, differs, proposed, days) in zip(land.communes, _DEVIATIONS, strict=False):
        author = authors(f"tram.{commune.unit.code}", plan.morning())
        body = {
            "campaign": campaign,
            **goal,
            "reason": reason,
            "differs": differs,
            "proposed": proposed,
            "from_on": plan.day(-days - 1).isoformat(),
        }
        author.write(
            "plan_deviation", subject=commune.current, place=commune.current, body=body,
            occurred_on=plan.day(-days), entry_id=ids.new(),
        )  # fmt: skip
        author.flush()
    manager = authors("tinh", plan.morning())
    bodies: list[dict[str, Any]] = [
        {"target_place": place, **goal, "planned_people": tallies[place].groups["A18"]} for place in places
    ]
    query = select(Place.id).where(Place.level == "school").order_by(Place.id).limit(1)
    for school in connection.execute(query).scalars():
        teenagers = {"age_group": "A12_17", "dose_type": "primary_2", "due_on": plan.due_on.isoformat()}
        bodies.append({"target_place": school, **teenagers, "planned_people": PUPILS})
    version = {"document": AMENDMENT, "valid_from": plan.day(-AMENDED_BEFORE).isoformat()}
    for part in bodies:
        body = {"campaign": campaign, **part, **version}
        manager.write(
            "plan_target", place=land.id, subject=target_subject(body), body=body,
            occurred_on=plan.day(-AMENDED_BEFORE), entry_id=ids.new(),
        )  # fmt: skip
    manager.flush()
