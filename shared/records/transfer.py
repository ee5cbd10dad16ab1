"""A transfer of stock between two sites: order, decision, dispatch, receipt, settlement (R036, R038, R063, R081).

Five kinds of events about one subject, the transfer. Each names both sites, so that both hear of it. Goods that
somebody sends without an order have a dispatch only. What left the source and was neither accepted, rejected,
lost nor found back is in transit: `shared.rules.transfers` says so. A document is corrected by one that names it.
"""

from shared.fields import Choice, Code, Day, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body, Lines
from shared.records.authors import REVIEWERS, STOCK_KEEPERS
from shared.records.stock_movement import STATES
from shared.rules.transfers import (
    from_its_source,
    lines_once,
    settles_something,
    to_another_site,
    to_its_destination,
)

PURPOSES = {
    "supply": ("Cấp phát", "Supply"),
    "redistribution": ("Điều chuyển trước khi hết hạn", "Moved before it expires"),
    "recall": ("Thu hồi", "Recall"),
    "return": ("Trả lại", "Return"),
    "surplus": ("Điều chuyển hàng không dùng đến", "Surplus moved"),
}

DECISIONS = {
    "approved": ("Duyệt", "Approved"),
    "rejected": ("Không duyệt", "Rejected"),
    "cancelled": ("Hủy lệnh", "Cancelled"),
}

TRANSFER_KINDS = ("transfer_order", "transfer_decision", "dispatch", "receipt", "settlement")
SITES = ("source", "destination")


class TransferLine(Body):
    """One holding at the source, as the lot was kept there when it left."""

    lot = Ref("Lô", "Lot", required=True)
    state = Choice("Trạng thái bảo quản", "Storage state", STATES, required=True)
    thawed_on = Day("Ngày rã đông", "Thawed on")


class OrderLine(TransferLine):
    """Vials (units) to be sent of a holding."""

    vials = Whole("Số lọ (đơn vị)", "Vials (units)", least=1, most=1_000_000, required=True)


class DispatchLine(OrderLine):
    """Vials that left."""

    vvm = Whole("Nấc chỉ thị nhiệt độ", "Vial monitor stage", least=1, most=4)
    fefo_code = Code("Lý do không dùng lô hạn ngắn", "Why not the shortest-dated lot", codes="fefo_override")


class ReceiptLine(TransferLine):
    """Vials that came: accepted ones, and those rejected, which stay in quarantine where they are."""

    accepted = Whole("Số lọ nhận", "Vials accepted", most=1_000_000, required=True)
    rejected = Whole("Số lọ không nhận", "Vials rejected", most=1_000_000)
    vvm = Whole("Nấc chỉ thị nhiệt độ", "Vial monitor stage", least=1, most=4)
    why = Text("Lý do không nhận, thiếu", "Why rejected or short", longest=200)


class SettlementLine(TransferLine):
    """What became of vials that did not arrive: lost on the way, or found back at the source."""

    lost = Whole("Số lọ mất, hỏng", "Vials lost or spoilt", most=1_000_000)
    back = Whole("Số lọ còn ở nơi gửi", "Vials found at the source", most=1_000_000)


class _Sites(Body):
    source = Ref("Nơi gửi", "From", required=True)
    destination = Ref("Nơi nhận", "To", required=True)


class TransferOrderBody(_Sites):
    """Fields of an order. It lapses when nothing left by `dispatch_by`."""

    purpose = Choice("Mục đích", "Purpose", PURPOSES, required=True)
    lines = Lines("Các lô", "Lots", OrderLine, required=True, least=1)
    dispatch_by = Day("Gửi trước hết ngày", "To leave by", required=True)
    arrive_by = Day("Đến trước hết ngày", "To arrive by")
    document = Text("Số lệnh, văn bản", "Order number", longest=80)
    reason = Text("Căn cứ", "Why", longest=500)
    saves = Whole("Số liều dự kiến cứu được", "Doses expected to be saved", most=1_000_000)
    saves_from = Whole("… ít nhất", "… at least", most=1_000_000)
    saves_to = Whole("… nhiều nhất", "… at most", most=1_000_000)
    allocation = Ref("Cam kết, phân bổ", "Commitment or allocation")
    recall = Ref("Lệnh thu hồi", "Recall")
    proposal = Ref("Đề xuất của hệ thống", "Proposal")


class TransferDecisionBody(_Sites):
    """Fields of a decision; `lines` are the lots as approved, where they differ from what was proposed."""

    decision = Choice("Quyết định", "Decision", DECISIONS, required=True)
    lines = Lines("Các lô được duyệt", "Lots approved", OrderLine)
    dispatch_by = Day("Gửi trước hết ngày", "To leave by")
    document = Text("Văn bản", "Document", longest=80)
    reason = Text("Lý do", "Reason", longest=500)


class DispatchBody(_Sites):
    """Fields of a dispatch (phiếu xuất)."""

    lines = Lines("Các lô", "Lots", DispatchLine, required=True)
    document = Text("Số phiếu xuất", "Issue note", longest=80)
    cold_box = Text("Phích, hòm lạnh số", "Cold box", longest=80)
    celsius = Whole("Nhiệt độ khi gửi (°C)", "Temperature on leaving (°C)", least=-100, most=60)
    carrier = Text("Người vận chuyển", "Carried by", longest=120)
    expected_on = Day("Dự kiến đến ngày", "Expected on")
    note = Text("Ghi chú", "Note", longest=300)


class ReceiptBody(_Sites):
    """Fields of a receipt (phiếu nhập). `more` says whether anything is still to come."""

    lines = Lines("Các lô", "Lots", ReceiptLine, required=True)
    document = Text("Số phiếu nhập", "Receipt note", longest=80)
    celsius = Whole("Nhiệt độ khi nhận (°C)", "Temperature on arrival (°C)", least=-100, most=60)
    more = Choice(
        "Còn hàng sẽ đến",
        "More to come",
        {"yes": ("Còn chuyến sau", "Yes, later"), "no": ("Đã đến hết", "No, that is all")},
        required=True,
    )
    note = Text("Ghi chú", "Note", longest=300)


class SettlementBody(_Sites):
    """Fields of a settlement of what was disputed."""

    lines = Lines("Các lô", "Lots", SettlementLine, required=True)
    cause = Choice(
        "Nguyên nhân",
        "Cause",
        {
            "lost": ("Mất trên đường", "Lost on the way"),
            "broken": ("Vỡ, hỏng trên đường", "Broken on the way"),
            "heat": ("Hỏng do nhiệt", "Heat damage"),
            "theft": ("Mất trộm", "Theft"),
            "miscounted": ("Đếm nhầm khi gửi", "Miscounted when sent"),
        },
        required=True,
    )
    reason = Text("Kết luận", "Conclusion", longest=500, required=True)
    document = Text("Biên bản số", "Minutes number", longest=80)


TRANSFER_ORDER = declare(
    Kind(
        "transfer_order",
        version=1,
        nature="event",
        labels=("Lệnh điều chuyển", "Transfer order"),
        schema=TransferOrderBody,
        authors=STOCK_KEEPERS,
        sites=SITES,
        rules=(to_another_site, lines_once),
    )
)
TRANSFER_DECISION = declare(
    Kind(
        "transfer_decision",
        version=1,
        nature="event",
        labels=("Quyết định điều chuyển", "Transfer decision"),
        schema=TransferDecisionBody,
        authors=REVIEWERS,
        sites=SITES,
        rules=(to_another_site, lines_once),
    )
)
DISPATCH = declare(
    Kind(
        "dispatch",
        version=1,
        nature="event",
        labels=("Phiếu xuất", "Dispatch"),
        schema=DispatchBody,
        authors=STOCK_KEEPERS,
        sites=SITES,
        rules=(to_another_site, from_its_source, lines_once),
    )
)
RECEIPT = declare(
    Kind(
        "receipt",
        version=1,
        nature="event",
        labels=("Phiếu nhập", "Receipt"),
        schema=ReceiptBody,
        authors=STOCK_KEEPERS,
        sites=SITES,
        rules=(to_another_site, to_its_destination, lines_once),
    )
)
SETTLEMENT = declare(
    Kind(
        "settlement",
        version=1,
        nature="event",
        labels=("Xử lý chênh lệch giao nhận", "Settlement of a dispute"),
        schema=SettlementBody,
        authors=REVIEWERS,
        sites=SITES,
        rules=(to_another_site, lines_once, settles_something),
    )
)
