"""What goes otherwise than planned at a place, reported with its reason (R090). The subject is the place."""

from shared.fields import Choice, Code, Day, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.permissions import STATION
from shared.records.authors import REVIEWERS
from shared.records.dose import DOSE_TYPES

REASONS = {
    "vaccine": ("Thiếu vắc xin, vật tư", "Vaccine or supplies lacking"),
    "people": ("Số người thực tế khác kế hoạch", "Other people than planned"),
    "absent": ("Nhiều người đi vắng", "Many people away"),
    "refusal": ("Nhiều người không đồng ý tiêm", "Many refuse"),
    "staff": ("Thiếu nhân lực", "Staff lacking"),
    "access": ("Đường sá, thời tiết", "Roads or weather"),
    "epidemic": ("Diễn biến dịch bệnh", "Course of the epidemic"),
    "order": ("Theo chỉ đạo mới", "A new instruction"),
    "other": ("Lý do khác", "Another reason"),
}


class PlanDeviationBody(Body):
    """Fields of a deviation. A goal it is about is named whole (age group, dose, due day), or not at all."""

    campaign = Ref("Chiến dịch", "Campaign", required=True)
    age_group = Code("Nhóm tuổi", "Age group", codes="age_groups")
    dose_type = Choice("Mũi", "Dose", DOSE_TYPES)
    due_on = Day("Hạn của chỉ tiêu", "Due day of the target")
    reason = Choice("Lý do", "Reason", REASONS, required=True)
    differs = Text(
        "Khác kế hoạch ở điểm nào",
        "What differs from the plan",
        longest=1000,
        required=True,
        form="long_text",
    )
    proposed = Text("Đề xuất điều chỉnh", "Change proposed", longest=1000, form="long_text")
    proposed_people = Whole("Số người đề xuất", "People proposed", most=10_000_000)
    proposed_due_on = Day("Hạn đề xuất", "Due day proposed")
    from_on = Day("Khác từ ngày", "Differs from", required=True)


PLAN_DEVIATION = declare(
    Kind(
        "plan_deviation",
        version=1,
        nature="event",
        labels=("Lệch kế hoạch", "Plan deviation"),
        schema=PlanDeviationBody,
        authors=REVIEWERS | {STATION},
    )
)
