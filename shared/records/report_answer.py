"""A unit's answer to a query about its report, when the figures stand as they were sent."""

from shared.fields import Ref, Text
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.permissions import DISTRICT_REVIEWER
from shared.records.authors import VACCINATORS


class ReportAnswerBody(Body):
    """Fields of an answer; its subject is the report."""

    report = Ref("Bản báo cáo", "Report as sent", required=True)
    review = Ref("Câu hỏi", "Query", required=True)
    text = Text("Trả lời", "Answer", longest=500, required=True, form="long_text")


REPORT_ANSWER = declare(
    Kind(
        "report_answer",
        version=1,
        nature="event",
        labels=("Trả lời câu hỏi về báo cáo", "Answer about a report"),
        schema=ReportAnswerBody,
        authors=VACCINATORS | {DISTRICT_REVIEWER},
    )
)
