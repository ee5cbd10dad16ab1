"""A recall (thu hồi, R037): stock a site is told to give back or pass on by a day; drafted by a rule, approved."""

from shared.fields import Choice, Day, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.records.authors import REVIEWERS


class RecallBody(Body):
    """Fields of a recall, written at the site that holds the stock. The transfer that carries it out names it."""

    item = Ref("Mặt hàng", "Item", required=True)
    lot = Ref("Lô", "Lot")
    vials = Whole("Số lọ (đơn vị)", "Vials (units)", least=1, most=1_000_000, required=True)
    deadline = Day("Chuyển đi trước hết ngày", "To be gone by", required=True)
    allocation = Ref("Cam kết", "Commitment")
    destination = Ref("Chuyển đến", "To")
    cause = Choice(
        "Lý do thu hồi",
        "Cause",
        {
            "commitment": ("Không dùng kịp theo cam kết", "Not used as committed"),
            "lot": ("Lô bị thu hồi theo văn bản", "The lot is recalled by a document"),
            "expiring": ("Sắp hết hạn, không kịp dùng", "Expires before it can be used"),
        },
        required=True,
    )
    status = Choice(
        "Tình trạng",
        "Status",
        {
            "drafted": ("Dự thảo", "Drafted"),
            "approved": ("Đã duyệt", "Approved"),
            "withdrawn": ("Bỏ", "Withdrawn"),
        },
        required=True,
    )
    document = Text("Văn bản", "Document", longest=120)
    reason = Text("Căn cứ", "Why", longest=300)


RECALL = declare(
    Kind(
        "recall",
        version=1,
        nature="register",
        labels=("Thu hồi", "Recall"),
        schema=RecallBody,
        authors=REVIEWERS,
    )
)
