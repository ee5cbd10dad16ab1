"""A community COVID-19 team (tổ COVID-19 cộng đồng) of a village: who is in it, and when the list was last checked.

The subject is the village: one roster a village, whoever began it (R040).
"""

from shared.fields import Day, Text
from shared.kinds import Kind, declare
from shared.lists import Body, Lines
from shared.records.authors import FIELD, OVERSIGHT


class MemberLine(Body):
    """One member and what they do for the team."""

    full_name = Text("Họ và tên", "Full name", required=True)
    phone = Text("Số điện thoại", "Phone number", longest=20)
    task = Text("Nhiệm vụ", "Task")


class TeamRosterBody(Body):
    """Fields of a roster."""

    reviewed_on = Day("Ngày rà soát danh sách", "List reviewed on", required=True)
    members = Lines("Thành viên", "Members", MemberLine, required=True, most=60)
    note = Text("Ghi chú", "Note", longest=500, form="long_text")


TEAM_ROSTER = declare(
    Kind(
        "team_roster",
        version=1,
        nature="register",
        labels=("Tổ COVID-19 cộng đồng", "Community team"),
        schema=TeamRosterBody,
        authors=FIELD | OVERSIGHT,
    )
)
