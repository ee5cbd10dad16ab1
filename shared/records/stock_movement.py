"""A movement of one lot at one site: signed whole vials (or units). Corrected only by its reversal (R081)."""

from shared.fields import Choice, Day, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.records.authors import STOCK_KEEPERS
from shared.rules.movements import sign_fits_reason, thaw_is_dated

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
    "session_end": ("Hủy lọ mở cuối buổi", "Opened vial, session ended"),
    "six_hours": ("Hủy lọ mở quá giờ", "Opened vial, over time"),
    "expired": ("Hết hạn", "Expired"),
    "thaw_limit": ("Quá hạn rã đông", "Past the thaw limit"),
    "vvm": ("Chỉ thị nhiệt độ đổi màu", "Vial monitor changed"),
    "heat": ("Hỏng do nhiệt", "Heat damage"),
    "freeze": ("Hỏng do đông băng", "Freeze damage"),
    "broken": ("Vỡ", "Broken"),
    "lost": ("Mất", "Lost"),
    "recalled": ("Thu hồi", "Recalled"),
    "found": ("Tìm thấy", "Found"),
    "data_entry": ("Sửa sai số liệu", "Entry corrected"),
}


class StockMovementBody(Body):
    """Fields of a movement; the lot is the entry's subject, the site its place, the day its day."""

    state = Choice("Trạng thái bảo quản", "Storage state", STATES, required=True)
    thawed_on = Day("Ngày rã đông", "Thawed on")
    vials = Whole(
        "Số lọ (nhập +, xuất −)", "Vials (in +, out −)", least=-1_000_000, most=1_000_000, required=True
    )
    reason = Choice("Lý do", "Reason", REASONS, required=True)
    counterpart = Ref("Nơi giao, nhận", "From or to")
    document = Text("Số phiếu", "Document", longest=80)
    session = Ref("Buổi tiêm", "Session")
    reverses = Ref("Đảo lại phiếu", "Reverses")
    fefo_reason = Text("Lý do không dùng lô hạn ngắn", "Why not the shortest-dated lot", longest=120)


STOCK_MOVEMENT = declare(
    Kind(
        "stock_movement",
        version=1,
        nature="event",
        labels=("Nhập, xuất kho", "Stock movement"),
        schema=StockMovementBody,
        authors=STOCK_KEEPERS,
        rules=(sign_fits_reason, thaw_is_dated),
    )
)
