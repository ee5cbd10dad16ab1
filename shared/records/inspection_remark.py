"""What district or province found when they checked a place, and what they ask of it by when (R018)."""

from shared.fields import Day, Text
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.records.authors import OVERSIGHT


class InspectionRemarkBody(Body):
    """Fields of a remark on the place of the entry, checked on its day."""

    finding = Text("Nhận xét", "Finding", longest=2_000, form="long_text", required=True)
    ask = Text("Việc cần làm", "To be done", longest=1_000, form="long_text")
    due_on = Day("Hạn thực hiện", "To be done by")


INSPECTION_REMARK = declare(
    Kind(
        "inspection_remark",
        version=1,
        nature="event",
        labels=("Nhận xét kiểm tra", "Inspection remark"),
        schema=InspectionRemarkBody,
        authors=OVERSIGHT,
    )
)
