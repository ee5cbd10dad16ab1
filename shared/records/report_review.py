"""What the level above says of a report: accepted, or a query about a cell. Written at the unit, so that its
phones hear of it.
"""

from shared.fields import Choice, Ref, Text
from shared.kinds import Kind, declare
from shared.lists import Body, Many
from shared.records.authors import REVIEWERS
from shared.rules.reports import query_has_words

VERDICTS = {"accepted": ("Đã duyệt", "Accepted"), "queried": ("Hỏi lại", "Queried")}


class ReportReviewBody(Body):
    """Fields of a review; its subject is the report. `about` names form, period and cell for whoever reads it on
    a phone, which knows no forms; `settles` are queries that need no answer any more.
    """

    report = Ref("Bản báo cáo", "Report as sent", required=True)
    verdict = Choice("Kết luận", "Verdict", VERDICTS, required=True)
    cell = Text("Ô hỏi", "Cell asked about", longest=120)
    about = Text("Về", "About", longest=600)
    text = Text("Nội dung", "Text", longest=500, form="long_text")
    settles = Many("Kết thúc các câu hỏi", "Settles queries", Ref("Câu hỏi", "Query", required=True))


REPORT_REVIEW = declare(
    Kind(
        "report_review",
        version=1,
        nature="event",
        labels=("Duyệt báo cáo", "Review of a report"),
        schema=ReportReviewBody,
        authors=REVIEWERS,
        rules=(query_has_words,),
    )
)
