"""A screening before a dose: what was asked and answered, and what whoever screens concludes (R024).

The day is the entry's, the place the site. The latest standing screening of a person holds until another.
"""

from shared.fields import Choice, Code, Day, Flag, Ref, Text
from shared.kinds import Kind, declare
from shared.lists import Body, Lines
from shared.records.authors import VACCINATORS
from shared.rules.screening import outcome_is_explained

OUTCOMES = {
    "eligible": ("Đủ điều kiện tiêm ngay", "Eligible now"),
    "caution": ("Thận trọng khi tiêm", "Vaccinate with caution"),
    "deferred": ("Trì hoãn", "Deferred"),
    "contraindicated": ("Chống chỉ định", "Contraindicated"),
}


class AnswerLine(Body):
    """One question of the form."""

    item = Code("Câu hỏi", "Question", codes="screening_items", required=True)
    yes = Flag("Có", "Yes", required=True)


class ScreeningBody(Body):
    """Fields of a screening."""

    outcome = Choice("Kết luận", "Conclusion", OUTCOMES, required=True)
    deferred_until = Day("Trì hoãn đến ngày", "Deferred until")
    reason = Code("Lý do", "Reason", codes="reasons")
    form = Code("Phiếu", "Form", codes="screening_forms")
    answers = Lines("Trả lời", "Answers", AnswerLine, most=60)
    session = Ref("Buổi tiêm", "Session")
    note = Text("Ghi chú", "Note", longest=300)


SCREENING = declare(
    Kind(
        "screening",
        version=1,
        nature="event",
        labels=("Khám sàng lọc", "Screening"),
        schema=ScreeningBody,
        authors=VACCINATORS,
        streams=("place", "home"),
        rules=(outcome_is_explained,),
    )
)
