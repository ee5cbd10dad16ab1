"""A piece of equipment of a site: its condition, what it is used for, what is proposed for it (R052, R073)."""

from shared.fields import Choice, Day, Flag, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.records.authors import STOCK_KEEPERS

CONDITIONS = {
    "good": ("Dùng tốt", "In working order"),
    "unused": ("Chưa dùng", "Never used"),
    "repair": ("Cần sửa chữa", "Needs repair"),
    "broken": ("Hỏng", "Broken"),
}

SOLUTIONS = {
    "keep": ("Dùng tiếp", "Keep using"),
    "transfer": ("Điều chuyển", "Transfer"),
    "return": ("Trả lại", "Return"),
    "destroy": ("Hủy, thanh lý", "Destroy or write off"),
}


class EquipmentBody(Body):
    """Fields of a piece of equipment."""

    item = Ref("Mặt hàng", "Item", required=True)
    serial = Text("Số sê-ri, mã tài sản", "Serial or asset number", longest=80)
    pieces = Whole("Số lượng", "Pieces", least=1, most=100_000)
    received_on = Day("Ngày nhận", "Received on")
    funding = Text("Nguồn kinh phí", "Paid by")
    condition = Choice("Tình trạng", "Condition", CONDITIONS, required=True)
    in_use = Flag("Đang sử dụng", "In use")
    solution = Choice("Đề xuất xử lý", "Proposed solution", SOLUTIONS)
    plan_after = Text("Kế hoạch sử dụng sau dịch", "Plan for use after the outbreak", longest=300)
    decided = Choice("Cấp trên quyết định", "Decided above", SOLUTIONS)
    document = Text("Văn bản", "Document", longest=120)
    gone = Text("Không còn ở đây vì", "No longer here because", longest=200)
    note = Text("Ghi chú", "Note", longest=300)


EQUIPMENT = declare(
    Kind(
        "equipment",
        version=1,
        nature="register",
        labels=("Trang thiết bị", "Equipment"),
        schema=EquipmentBody,
        authors=STOCK_KEEPERS,
    )
)
