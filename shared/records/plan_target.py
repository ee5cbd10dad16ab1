"""A plan target: place × age group × dose × due date, with the document that orders it (R057)."""

from shared.fields import Choice, Code, Day, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.records.authors import PROGRAMME
from shared.records.dose import DOSE_TYPES


class PlanTargetBody(Body):
    """Fields of a target."""

    campaign = Ref("Chiến dịch", "Campaign", required=True)
    target_place = Ref("Địa bàn", "Place", required=True)
    age_group = Code("Nhóm tuổi", "Age group", codes="age_groups", required=True)
    dose_type = Choice("Mũi", "Dose", DOSE_TYPES, required=True)
    due_on = Day("Hoàn thành trước hết ngày", "Due on", required=True)
    planned_people = Whole("Số người theo kế hoạch", "People planned", most=10_000_000, required=True)
    document = Text("Văn bản", "Document", longest=120, required=True)
    valid_from = Day("Có hiệu lực từ", "Valid from", required=True)
    status = Text("Tình trạng", "Status", longest=120)


PLAN_TARGET = declare(
    Kind(
        "plan_target",
        version=1,
        nature="register",
        labels=("Chỉ tiêu kế hoạch", "Plan target"),
        schema=PlanTargetBody,
        authors=PROGRAMME,
        reference=True,
    )
)
