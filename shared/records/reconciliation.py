"""A unit's figure beside that of the provincial CDC: difference, reason, agreed value (R003)."""

from shared.fields import Choice, Code, Day, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.records.authors import REVIEWERS
from shared.records.report import PERIODS
from shared.rules.reports import agreement_has_value, period_is_whole

STATES = {
    "open": ("Chưa thống nhất", "Not agreed yet"),
    "agreed": ("Đã thống nhất", "Agreed"),
}


class ReconciliationBody(Body):
    """Fields of a reconciliation; it is about the entry's place. Who agreed and when is in the entry itself."""

    indicator = Code("Chỉ tiêu", "Indicator", codes="indicators", required=True)
    vaccine = Code("Vắc xin", "Vaccine", codes="vaccines")
    period = Choice("Kỳ báo cáo", "Period", PERIODS, required=True)
    first_on = Day("Từ ngày", "From", required=True)
    last_on = Day("Đến ngày", "To", required=True)
    campaign = Ref("Chiến dịch", "Campaign")
    unit_value = Whole("Số của đơn vị", "Unit's figure", most=100_000_000)
    cdc_value = Whole("Số của CDC tỉnh", "Provincial CDC's figure", most=100_000_000)
    cdc_source = Text("Nguồn của số CDC", "Source of the CDC's figure", longest=200)
    reason = Text("Lý do chênh lệch", "Reason of the difference", longest=500, form="long_text")
    agreed_value = Whole("Số thống nhất", "Agreed value", most=100_000_000)
    state = Choice("Tình trạng", "State", STATES, required=True)


RECONCILIATION = declare(
    Kind(
        "reconciliation",
        version=1,
        nature="register",
        labels=("Đối chiếu với CDC tỉnh", "Reconciliation with the CDC"),
        schema=ReconciliationBody,
        authors=REVIEWERS,
        rules=(period_is_whole, agreement_has_value),
    )
)
