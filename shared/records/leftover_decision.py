"""What is to become of stock left over at a site, decided by the level above (R052); the subject is named by site and
lot. What the site itself proposes stands in its counts. Equipment carries the decision in its own record.
"""

from shared.fields import Choice, Day, Ref, Text
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.records.authors import REVIEWERS
from shared.records.equipment import SOLUTIONS


class LeftoverDecisionBody(Body):
    """Fields of a decision."""

    lot = Ref("Lô", "Lot", required=True)
    decision = Choice("Quyết định", "Decision", SOLUTIONS, required=True)
    until = Day("Thực hiện trước hết ngày", "To be done by")
    document = Text("Văn bản", "Document", longest=120)
    reason = Text("Căn cứ", "Why", longest=300)


LEFTOVER_DECISION = declare(
    Kind(
        "leftover_decision",
        version=1,
        nature="register",
        labels=("Xử lý hàng tồn", "Decision on leftovers"),
        schema=LeftoverDecisionBody,
        authors=REVIEWERS,
    )
)
