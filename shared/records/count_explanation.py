"""Why a count differs from the book, lot by lot: movements that close the difference. The subject is the count."""

from shared.fields import Choice, Day, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body, Lines
from shared.records.authors import STOCK_KEEPERS
from shared.records.stock_movement import REASONS, STATES
from shared.rules.counts import explains_something, unexplained_is_signed

#: Reasons a difference may have: whatever was not written down when it happened.
EXPLANATIONS = {
    code: REASONS[code]
    for code in (
        "found", "administered", "received", "issued", "returned", "expired", "thaw_limit", "vvm", "heat", "freeze",
        "broken", "lost", "theft", "session_end", "six_hours", "open_days", "contaminated", "data_entry", "unexplained",
    )
}  # fmt: skip


class ExplanationLine(Body):
    """Signed vials (doses of an opened holding) that were missing in the book of one holding."""

    lot = Ref("Lô", "Lot", required=True)
    state = Choice("Trạng thái bảo quản", "Storage state", STATES, required=True)
    thawed_on = Day("Ngày rã đông", "Thawed on")
    opened_on = Day("Ngày mở lọ", "Opened on")
    vials = Whole(
        "Số lọ (+ thêm, − bớt)", "Vials (+ more, − fewer)", least=-1_000_000, most=1_000_000, required=True
    )
    doses = Whole("Số liều trong lọ mở", "Doses in opened vials", least=-1_000_000, most=1_000_000)
    reason = Choice("Lý do", "Reason", EXPLANATIONS, required=True)
    note = Text("Ghi chú", "Note", longest=300)


class CountExplanationBody(Body):
    """Fields of an explanation. What nobody can explain is signed by who answers for the site."""

    lines = Lines("Các lô", "Lots", ExplanationLine, required=True, least=1)
    signed_by = Text("Người phụ trách xác nhận", "Confirmed by the person in charge")


COUNT_EXPLANATION = declare(
    Kind(
        "count_explanation",
        version=1,
        nature="event",
        labels=("Giải trình chênh lệch kiểm kê", "Explanation of a count"),
        schema=CountExplanationBody,
        authors=STOCK_KEEPERS,
        rules=(explains_something, unexplained_is_signed),
    )
)
