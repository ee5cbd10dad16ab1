"""A lot of an item. No label expiry means unknown, which is not "never expires"."""

from shared.fields import Choice, Day, Ref, Text
from shared.kinds import Kind, declare
from shared.lists import Body, Lines
from shared.records.authors import PROGRAMME
from shared.records.stock_movement import STATES


class ExpiryRevision(Body):
    """A document that moves the label expiry for stock in one storage state."""

    state = Choice("Trạng thái bảo quản", "Storage state", STATES, required=True)
    expiry = Day("Hạn dùng mới", "New expiry", required=True)
    document = Text("Văn bản", "Document", longest=120, required=True)


class LotBody(Body):
    """Fields of a lot."""

    item = Ref("Mặt hàng", "Item", required=True)
    lot_number = Text("Số lô", "Lot number", longest=40, required=True)
    maker = Text("Nhà sản xuất", "Maker")
    label_expiry = Day("Hạn dùng in trên nhãn", "Label expiry")
    expiry_precision = Choice(
        "Hạn dùng in đến", "Expiry printed to the", {"day": ("Ngày", "Day"), "month": ("Tháng", "Month")}
    )
    revisions = Lines("Gia hạn", "Expiry revisions", ExpiryRevision, most=20)
    hold = Text("Tạm dừng sử dụng theo", "On hold by", longest=120)


LOT = declare(
    Kind(
        "lot",
        version=1,
        nature="register",
        labels=("Lô", "Lot"),
        schema=LotBody,
        authors=PROGRAMME,
        reference=True,
    )
)
