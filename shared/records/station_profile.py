"""What a health station can do: its staff by role, cold chain, devices, and how hard its area is (R072, R046).

The subject is the station.
"""

from shared.fields import Choice, Day, Flag, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body, Lines
from shared.records.authors import OVERSIGHT, VACCINATORS

#: Roles of staff, for those at work and for those lacking.
STAFF_ROLES = {
    "doctor": ("Bác sĩ", "Doctor"),
    "assistant": ("Y sĩ", "Assistant doctor"),
    "nurse": ("Điều dưỡng", "Nurse"),
    "midwife": ("Hộ sinh", "Midwife"),
    "pharmacist": ("Dược", "Pharmacist"),
    "data": ("Nhập liệu", "Data entry"),
    "village_worker": ("Y tế thôn bản", "Village health worker"),
    "other": ("Khác", "Other"),
}


class StaffLine(Body):
    """How many work in one role."""

    role = Choice("Vị trí", "Role", STAFF_ROLES, required=True)
    people = Whole("Số người", "People", most=1_000, required=True)


class StationProfileBody(Body):
    """Fields of a station's profile. A figure not known is left out, never 0."""

    reviewed_on = Day("Ngày rà soát", "Reviewed on", required=True)
    staff = Lines("Nhân lực theo vị trí", "Staff by role", StaffLine, required=True, most=20)
    fridges = Whole("Tủ lạnh bảo quản vắc xin", "Vaccine refrigerators", most=1_000)
    cold_boxes = Whole("Hòm lạnh, phích vắc xin", "Cold boxes and carriers", most=1_000)
    tables = Whole("Bàn tiêm", "Vaccination tables", most=1_000)
    phones = Whole("Điện thoại, máy tính bảng", "Phones and tablets", most=1_000)
    computers = Whole("Máy tính", "Computers", most=1_000)
    difficult = Flag("Địa bàn khó khăn", "Difficult area")
    high_risk = Flag("Địa bàn nguy cơ cao", "High-risk area")
    note = Text("Ghi chú", "Note", longest=500, form="long_text")


STATION_PROFILE = declare(
    Kind(
        "station_profile",
        version=1,
        nature="register",
        labels=("Năng lực trạm y tế", "Station capacity"),
        schema=StationProfileBody,
        authors=VACCINATORS | OVERSIGHT,
    )
)
