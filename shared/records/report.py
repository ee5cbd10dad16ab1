"""A unit's report of a period on a form: every cell with what was counted beside what is reported (R001).

One report a form, unit and period; sent again after a query, it is an edit.
"""

from shared.fields import Choice, Code, Day, Flag, Moment, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body, Lines
from shared.permissions import DISTRICT_REVIEWER
from shared.records.authors import VACCINATORS
from shared.rules.reports import correction_has_reason, each_cell_once, period_is_whole

PERIODS = {
    "day": ("Ngày", "Day"),
    "week": ("Tuần", "Week"),
    "month": ("Tháng", "Month"),
    "campaign": ("Cả chiến dịch", "Whole campaign"),
}


class ReportCell(Body):
    """One cell. `counted` is what the system counted; a value that differs has a reason."""

    indicator = Code("Chỉ tiêu", "Indicator", codes="indicators", required=True)
    value = Whole("Số báo cáo", "Reported", most=100_000_000, required=True)
    counted = Whole("Máy đếm", "Counted", most=100_000_000)
    reason = Text("Lý do sửa", "Why it differs", longest=300)


class ReportRow(Body):
    """One row: what was done with one vaccine in one campaign."""

    campaign = Ref("Chiến dịch", "Campaign")
    vaccine = Code("Vắc xin", "Vaccine", codes="vaccines")
    cells = Lines("Các ô", "Cells", ReportCell, required=True, most=80)
    note = Text("Ghi chú", "Note", longest=300)


class ReportBody(Body):
    """Fields of a report; it is of the entry's place. `counted_at` is the server's stamp of the count."""

    form = Code("Mẫu", "Form", codes="report_forms", required=True)
    period = Choice("Kỳ báo cáo", "Period", PERIODS, required=True)
    first_on = Day("Từ ngày", "From", required=True)
    last_on = Day("Đến ngày", "To", required=True)
    campaign = Ref("Chiến dịch", "Campaign")
    rows = Lines("Các dòng", "Rows", ReportRow, required=True, least=1, most=100)
    nothing_held = Flag("Trong kỳ không tổ chức tiêm", "No vaccination in the period")
    plan_document = Text("Theo kế hoạch", "Under the plan", longest=120)
    plan_valid_from = Day("Kế hoạch có hiệu lực từ", "Plan valid from")
    counted_at = Moment("Đếm lúc", "Counted at", required=True)


REPORT = declare(
    Kind(
        "report",
        version=1,
        nature="register",
        labels=("Báo cáo", "Report"),
        schema=ReportBody,
        authors=VACCINATORS | {DISTRICT_REVIEWER},
        rules=(period_is_whole, each_cell_once, correction_has_reason),
    )
)
