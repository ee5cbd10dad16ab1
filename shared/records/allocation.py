"""An allocation: whole vials (or units) of an item planned for a site by a day, ordered by a document (R048).

It is written at the site that is to receive them. What really came are the site's receipts under the document. An
allocation that is not to be carried out any more is edited: `withdrawn` says why. With `use_by` it is a commitment
(cam kết): the site uses the vials by that day, `weekly` of them a week (R037).
"""

from shared.fields import Day, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.records.authors import REVIEWERS


class AllocationBody(Body):
    """Fields of an allocation; without a source it comes from outside the province."""

    item = Ref("Mặt hàng", "Item", required=True)
    source = Ref("Nơi xuất", "From")
    vials = Whole("Số lọ (đơn vị)", "Vials (units)", least=1, most=1_000_000, required=True)
    by_on = Day("Giao trước hết ngày", "To arrive by", required=True)
    document = Text("Văn bản, số phiếu", "Document", longest=80, required=True)
    lot = Ref("Lô", "Lot")
    use_by = Day("Cam kết dùng hết trước hết ngày", "Committed to use by")
    weekly = Whole("Kế hoạch dùng mỗi tuần (lọ)", "Planned use a week (vials)", most=1_000_000)
    campaign = Ref("Chiến dịch", "Campaign")
    reason = Text("Căn cứ phân bổ", "Why", longest=300)
    withdrawn = Text("Hủy phân bổ vì", "Withdrawn because", longest=300)


ALLOCATION = declare(
    Kind(
        "allocation",
        version=2,
        nature="register",
        labels=("Phân bổ", "Allocation"),
        schema=AllocationBody,
        authors=REVIEWERS,
    )
)
