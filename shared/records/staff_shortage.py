"""A unit lacks people: in which role, how many, where, since when. Sent before everything else (R026, R027)."""

from shared.fields import Choice, Day, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.permissions import DISTRICT_REVIEWER
from shared.records.authors import FIELD
from shared.records.station_profile import STAFF_ROLES


class StaffShortageBody(Body):
    """Fields of a shortage at the place of the entry."""

    role = Choice("Vị trí còn thiếu", "Role lacking", STAFF_ROLES, required=True)
    people = Whole("Số người thiếu", "People lacking", least=1, most=1_000, required=True)
    area = Text("Khu vực cần hỗ trợ", "Area that needs support", longest=200)
    from_on = Day("Cần từ ngày", "Needed from", required=True)
    reason = Text("Lý do", "Reason", longest=500, form="long_text", required=True)


STAFF_SHORTAGE = declare(
    Kind(
        "staff_shortage",
        version=1,
        nature="event",
        labels=("Báo thiếu nhân lực", "Staff shortage"),
        schema=StaffShortageBody,
        authors=FIELD | {DISTRICT_REVIEWER},
        urgent=lambda _: True,
    )
)
