"""A count of what stands in a site's fridge. It never changes a balance and never blocks (L25)."""

from shared.fields import Choice, Day, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body, Lines
from shared.records.authors import STOCK_KEEPERS
from shared.records.equipment import CONDITIONS, SOLUTIONS
from shared.records.stock_movement import STATES
from shared.rules.movements import counted_lots_once


class CountLine(Body):
    """One holding: null vials mean it was not counted, which is not zero."""

    lot = Ref("Lô", "Lot", required=True)
    state = Choice("Trạng thái bảo quản", "Storage state", STATES, required=True)
    thawed_on = Day("Ngày rã đông", "Thawed on")
    opened_on = Day("Ngày mở lọ", "Opened on")
    vials = Whole("Số lọ đếm được", "Vials counted", most=1_000_000)
    doses = Whole("Số liều còn trong lọ mở", "Doses left in opened vials", most=1_000_000)
    vvm = Whole("Nấc chỉ thị nhiệt độ", "Vial monitor stage", least=1, most=4)
    condition = Choice("Tình trạng", "Condition", CONDITIONS)
    solution = Choice("Đề xuất xử lý", "Proposed solution", SOLUTIONS)
    note = Text("Ghi chú", "Note", longest=300)


class StockCountBody(Body):
    """Fields of a count, as of the entry's day."""

    lines = Lines("Các lô", "Lots", CountLine, required=True, least=1)
    note = Text("Ghi chú", "Note", longest=500, form="long_text")


STOCK_COUNT = declare(
    Kind(
        "stock_count",
        version=2,
        nature="event",
        labels=("Kiểm kê", "Stock count"),
        schema=StockCountBody,
        authors=STOCK_KEEPERS,
        rules=(counted_lots_once,),
    )
)
