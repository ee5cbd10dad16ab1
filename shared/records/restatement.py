"""What late records made of a closed period: each cell before and after, and the records that came late (R088).

It tells the whole difference to the frozen figures, so the latest one of a period is enough to know where it
stands; the earlier ones are its history.
"""

from shared.fields import Code, Moment, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body, Lines
from shared.permissions import ADMINISTRATOR
from shared.records.authors import REVIEWERS


class RestatedCell(Body):
    """A cell of a unit. A value that was not known, or is known no more, is left out."""

    unit = Ref("Đơn vị", "Unit", required=True)
    campaign = Ref("Chiến dịch", "Campaign")
    vaccine = Code("Vắc xin", "Vaccine", codes="vaccines")
    indicator = Code("Chỉ tiêu", "Indicator", codes="indicators", required=True)
    before = Whole("Số đã chốt", "As closed", most=100_000_000)
    after = Whole("Số mới", "Now", most=100_000_000)


class LateEntry(Body):
    """A record received after the figures were counted."""

    entry = Ref("Bản ghi", "Record", required=True)
    kind = Code("Loại bản ghi", "Kind of record", codes="kinds", required=True)
    received_at = Moment("Máy chủ nhận lúc", "Received at", required=True)


class RestatementBody(Body):
    """Fields of a restatement; its subject is the closed period. `late_count`: `late` names the first 500 only."""

    close = Ref("Lần chốt", "Close", required=True)
    counted_at = Moment("Đếm lúc", "Counted at", required=True)
    cells = Lines("Các ô thay đổi", "Changed cells", RestatedCell, required=True, most=5_000)
    late = Lines("Bản ghi đến muộn", "Late records", LateEntry, required=True, most=500)
    late_count = Whole("Số bản ghi đến muộn", "Late records in all", required=True)
    why = Text("Vì sao", "Why", longest=500, required=True)


RESTATEMENT = declare(
    Kind(
        "restatement",
        version=1,
        nature="event",
        labels=("Điều chỉnh số đã chốt", "Restatement"),
        schema=RestatementBody,
        authors=REVIEWERS | {ADMINISTRATOR},
    )
)
