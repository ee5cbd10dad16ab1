"""A vaccination session of a fixed point or a mobile team. Opened by its first entry, closed by an edit."""

from shared.fields import Choice, Code, Flag, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body, Lines, Many
from shared.records.authors import VACCINATORS


class SessionLot(Body):
    """What happened to the vials of one lot taken to the session; whole vials."""

    lot = Ref("Lô", "Lot", required=True)
    vials_taken = Whole("Số lọ mang đi", "Vials taken", most=100_000, required=True)
    vials_opened = Whole("Số lọ đã mở", "Vials opened", most=100_000)
    vials_returned = Whole("Số lọ mang về", "Vials returned", most=100_000)
    vials_discarded = Whole("Số lọ hủy", "Vials discarded", most=100_000)
    doses_discarded = Whole("Số liều bỏ trong lọ mở", "Doses discarded of opened vials", most=1_000_000)
    fefo_code = Code("Lý do không dùng lô hạn ngắn", "Why not the shortest-dated lot", codes="fefo_override")


class SessionBody(Body):
    """Fields of a session; it is held on the entry's day at the entry's site. Waste not counted is left out,
    never 0 (R094).
    """

    session_type = Choice(
        "Hình thức",
        "Type",
        {
            "fixed": ("Điểm tiêm cố định", "Fixed point"),
            "mobile": ("Tiêm lưu động", "Mobile team"),
        },
        required=True,
    )
    point_name = Text("Điểm tiêm", "Vaccination point")
    villages = Many("Thôn, bản", "Villages", Ref("Thôn, bản", "Village", required=True))
    team = Many("Thành viên", "Members", Text("Họ và tên", "Full name", required=True), most=30)
    vehicle = Text("Phương tiện", "Vehicle", longest=80)
    cold_box = Text("Hòm lạnh, phích vắc xin", "Cold box or carrier", longest=80)
    lots = Lines("Vắc xin mang theo", "Vaccine taken out", SessionLot)
    closed = Flag("Đã kết thúc", "Closed")
    waste_vials = Whole("Vỏ lọ thải bỏ", "Empty vials as waste", most=100_000)
    waste_boxes = Whole("Hộp an toàn thải bỏ", "Safety boxes as waste", most=10_000)
    waste_to = Text("Rác thải y tế bàn giao cho", "Medical waste handed to")
    note = Text("Ghi chú", "Note", longest=500, form="long_text")


SESSION = declare(
    Kind(
        "session",
        version=3,
        nature="register",
        labels=("Buổi tiêm", "Session"),
        schema=SessionBody,
        authors=VACCINATORS,
    )
)
