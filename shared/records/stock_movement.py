"""A movement of one lot at one site: signed whole vials (or units). Corrected only by its reversal (R081).

A change of state (thawed, opened, quarantined, released) goes out of one holding and into another in one entry, so
that a partial thaw splits a holding and nothing can be lost in between. Opened vials are counted in doses as well,
signed like the vials.
"""

from shared.fields import Choice, Code, Day, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.records.authors import STOCK_KEEPERS
from shared.rules.movements import changes_a_state, days_are_given, not_corrected, sign_fits_reason

STATES = {
    "frozen": ("Đông lạnh", "Frozen"),
    "chilled": ("Bảo quản 2–8 °C", "Kept at 2–8 °C"),
    "thawed": ("Đã rã đông", "Thawed"),
    "opened": ("Đã mở lọ", "Opened"),
    "quarantined": ("Biệt trữ", "Quarantined"),
}

REASONS = {
    "opening": ("Tồn đầu kỳ", "Opening stock"),
    "received": ("Nhập", "Received"),
    "issued": ("Xuất", "Issued"),
    "returned": ("Trả lại", "Returned"),
    "administered": ("Đã tiêm", "Administered"),
    "thawed": ("Rã đông", "Thawed"),
    "opened": ("Mở lọ", "Opened"),
    "quarantined": ("Đưa vào biệt trữ", "Put in quarantine"),
    "released": ("Đưa ra khỏi biệt trữ", "Released from quarantine"),
    "session_end": ("Hủy lọ mở cuối buổi", "Opened vial, session ended"),
    "six_hours": ("Hủy lọ mở quá giờ", "Opened vial, over time"),
    "open_days": ("Hủy lọ mở quá số ngày", "Opened vial, past its days"),
    "contaminated": ("Hủy lọ mở nghi nhiễm bẩn", "Opened vial, may be contaminated"),
    "expired": ("Hết hạn", "Expired"),
    "thaw_limit": ("Quá hạn rã đông", "Past the thaw limit"),
    "vvm": ("Chỉ thị nhiệt độ đổi màu", "Vial monitor changed"),
    "heat": ("Hỏng do nhiệt", "Heat damage"),
    "freeze": ("Hỏng do đông băng", "Freeze damage"),
    "broken": ("Vỡ", "Broken"),
    "lost": ("Mất", "Lost"),
    "theft": ("Mất trộm", "Theft"),
    "recalled": ("Thu hồi", "Recalled"),
    "found": ("Tìm thấy", "Found"),
    "data_entry": ("Sửa sai số liệu", "Entry corrected"),
    "unexplained": ("Chưa rõ nguyên nhân", "Unexplained"),
}


class StockMovementBody(Body):
    """Fields of a movement; the lot is the entry's subject, the site its place, the day its day."""

    state = Choice("Trạng thái bảo quản", "Storage state", STATES, required=True)
    thawed_on = Day("Ngày rã đông", "Thawed on")
    opened_on = Day("Ngày mở lọ", "Opened on")
    vials = Whole(
        "Số lọ (nhập +, xuất −)", "Vials (in +, out −)", least=-1_000_000, most=1_000_000, required=True
    )
    doses = Whole("Số liều trong lọ mở", "Doses in opened vials", least=-1_000_000, most=1_000_000)
    to_state = Choice("Chuyển sang trạng thái", "Into the state", STATES)
    to_thawed_on = Day("Ngày rã đông mới", "Thawed on, afterwards")
    to_opened_on = Day("Ngày mở lọ mới", "Opened on, afterwards")
    reason = Choice("Lý do", "Reason", REASONS, required=True)
    counterpart = Ref("Nơi giao, nhận", "From or to")
    document = Text("Số phiếu", "Document", longest=80)
    session = Ref("Buổi tiêm", "Session")
    reverses = Ref("Đảo lại phiếu", "Reverses")
    fefo_code = Code("Lý do không dùng lô hạn ngắn", "Why not the shortest-dated lot", codes="fefo_override")
    fefo_reason = Text("Ghi rõ lý do", "The reason in words", longest=120)
    vvm = Whole("Nấc chỉ thị nhiệt độ", "Vial monitor stage", least=1, most=4)
    note = Text("Ghi chú", "Note", longest=300)


STOCK_MOVEMENT = declare(
    Kind(
        "stock_movement",
        version=2,
        nature="event",
        labels=("Nhập, xuất kho", "Stock movement"),
        schema=StockMovementBody,
        authors=STOCK_KEEPERS,
        rules=(sign_fits_reason, changes_a_state, days_are_given, not_corrected),
    )
)
