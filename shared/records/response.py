"""An answer to a shortage, proposal, remark or reminder. The subject is the entry answered."""

from shared.fields import Choice, Text
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.records.authors import WORKING
from shared.rules.affairs import response_says_enough

#: The kinds that can be answered.
ANSWERED_KINDS = {
    "staff_shortage": ("Báo thiếu nhân lực", "Staff shortage"),
    "proposal": ("Kiến nghị", "Proposal"),
    "inspection_remark": ("Nhận xét kiểm tra", "Inspection remark"),
    "reminder": ("Đôn đốc", "Reminder"),
}

ACTIONS = {
    "acknowledged": ("Đã nhận", "Acknowledged"),
    "assigned": ("Đã điều người hỗ trợ", "Support assigned"),
    "answered": ("Đã trả lời", "Answered"),
    "done": ("Đã xong", "Done"),
    "rejected": ("Không chấp nhận", "Rejected"),
}


class ResponseBody(Body):
    """Fields of an answer. `support` says who is sent: needed when support is assigned."""

    of = Choice("Trả lời cho", "Answers a", ANSWERED_KINDS, required=True, form="hidden")
    action = Choice("Xử lý", "Action", ACTIONS, required=True)
    text = Text("Nội dung trả lời", "Answer", longest=2_000, form="long_text")
    support = Text("Lực lượng hỗ trợ", "Support assigned", longest=500)


RESPONSE = declare(
    Kind(
        "response",
        version=1,
        nature="event",
        labels=("Trả lời", "Response"),
        schema=ResponseBody,
        authors=WORKING,
        rules=(response_says_enough,),
    )
)
