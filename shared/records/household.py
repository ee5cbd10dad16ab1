"""A household: who lives behind one door. Its village is the envelope's place and does not change."""

from shared.fields import Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.records.authors import FIELD
from shared.rules.locations import LATITUDE_E6, LONGITUDE_E6


class HouseholdBody(Body):
    """Fields of a household."""

    head_name = Text("Chủ hộ", "Head of household", required=True)
    lane = Text("Ngõ, xóm", "Lane")
    address = Text("Số nhà, chỉ dẫn", "House number, directions", longest=200)
    phone = Text("Số điện thoại", "Phone number", longest=20)
    note = Text("Ghi chú", "Note", longest=500, form="long_text")
    lat_e6 = Whole("Vĩ độ (phần triệu độ)", "Latitude (millionths)", form="hidden", **LATITUDE_E6)
    lon_e6 = Whole("Kinh độ (phần triệu độ)", "Longitude (millionths)", form="hidden", **LONGITUDE_E6)


HOUSEHOLD = declare(
    Kind(
        "household",
        version=1,
        nature="register",
        labels=("Hộ gia đình", "Household"),
        schema=HouseholdBody,
        authors=FIELD,
    )
)
