"""A closed period: every accepted cell of a district's units, frozen (R088). Nothing changes it afterwards; what
comes late makes a restatement.

It stands in the district's stream: desks read it, and no phone has to carry it.
"""

from shared.fields import Choice, Code, Day, Flag, Moment, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body, Lines
from shared.records.authors import REVIEWERS
from shared.records.report import PERIODS
from shared.rules.reports import period_is_whole

#: How a unit's report stood when the period was closed.
UNIT_STATES = {
    "accepted": ("Đã duyệt", "Accepted"),
    "submitted": ("Chờ duyệt", "To be reviewed"),
    "queried": ("Đang hỏi lại", "Queried"),
    "answered": ("Đã trả lời", "Answered"),
    "missing": ("Chưa có báo cáo", "No report"),
}


class FrozenCell(Body):
    """One cell as it was accepted; `counted` as the report has it."""

    indicator = Code("Chỉ tiêu", "Indicator", codes="indicators", required=True)
    value = Whole("Giá trị", "Value", most=100_000_000, required=True)
    counted = Whole("Máy đếm", "Counted", most=100_000_000)


class FrozenRow(Body):
    """One row of a unit."""

    campaign = Ref("Chiến dịch", "Campaign")
    vaccine = Code("Vắc xin", "Vaccine", codes="vaccines")
    cells = Lines("Các ô", "Cells", FrozenCell, required=True, most=80)


class FrozenUnit(Body):
    """One unit. Only an accepted report has rows; `report` is the entry that was accepted."""

    unit = Ref("Đơn vị", "Unit", required=True)
    state = Choice("Tình trạng", "State", UNIT_STATES, required=True)
    report = Ref("Bản báo cáo", "Report as sent")
    counted_at = Moment("Đếm lúc", "Counted at")
    nothing_held = Flag("Trong kỳ không tổ chức tiêm", "No vaccination in the period")
    rows = Lines("Các dòng", "Rows", FrozenRow, most=100)


class PeriodCloseBody(Body):
    """Fields of a closed period; its place is the district. `reason`: why it was closed with units missing."""

    form = Code("Mẫu", "Form", codes="report_forms", required=True)
    period = Choice("Kỳ báo cáo", "Period", PERIODS, required=True)
    first_on = Day("Từ ngày", "From", required=True)
    last_on = Day("Đến ngày", "To", required=True)
    campaign = Ref("Chiến dịch", "Campaign")
    plan_document = Text("Theo kế hoạch", "Under the plan", longest=120)
    plan_valid_from = Day("Kế hoạch có hiệu lực từ", "Plan valid from")
    as_of = Moment("Số liệu đến", "As of", required=True)
    reason = Text("Lý do chốt khi còn thiếu", "Why it is closed with units missing", longest=500)
    units = Lines("Các đơn vị", "Units", FrozenUnit, required=True, least=1, most=500)


PERIOD_CLOSE = declare(
    Kind(
        "period_close",
        version=1,
        nature="event",
        labels=("Chốt số liệu", "Closed period"),
        schema=PeriodCloseBody,
        authors=REVIEWERS,
        rules=(period_is_whole,),
    )
)
