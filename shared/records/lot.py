"""A lot of an item. No label expiry means unknown, which is not "never expires"."""

from shared.fields import Choice, Day, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body, Lines
from shared.records.authors import PROGRAMME
from shared.records.stock_movement import STATES
from shared.rules.expiry import revisions_are_whole


class ExpiryRevision(Body):
    """A document that changes a term of use of a lot for stock in one storage state.

    Without `term` it moves the label expiry to `expiry`; a thaw or opening limit gets `days` instead.
    """

    state = Choice("Trạng thái bảo quản", "Storage state", STATES, required=True)
    term = Choice(
        "Thời hạn được sửa",
        "Term revised",
        {
            "label": ("Hạn dùng trên nhãn", "Label expiry"),
            "thaw": ("Số ngày sau rã đông", "Days after thaw"),
            "open": ("Số ngày sau mở lọ", "Days after opening"),
        },
    )
    expiry = Day("Hạn dùng mới", "New expiry")
    days = Whole("Số ngày mới", "New number of days", least=1, most=1_000)
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
        version=2,
        nature="register",
        labels=("Lô", "Lot"),
        schema=LotBody,
        authors=PROGRAMME,
        rules=(revisions_are_whole,),
        reference=True,
    )
)
