"""A door-to-door visit (or a contact elsewhere) with an outcome for each member asked about (R060)."""

from shared.fields import Choice, Code, Day, Flag, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body, Lines
from shared.records.authors import FIELD
from shared.rules.locations import LATITUDE_E6, LONGITUDE_E6
from shared.rules.visits import each_member_once, refusal_has_reason

OUTCOMES = {
    "reviewed": ("Đã rà soát", "Reviewed"),
    "absent": ("Vắng nhà", "Not at home"),
    "hesitant": ("Còn do dự", "Hesitates"),
    "refused": ("Không đồng ý tiêm", "Refuses"),
    "deferred": ("Hoãn tiêm", "Deferred"),
    "contraindicated": ("Chống chỉ định", "Contraindicated"),
    "moved": ("Đã chuyển đi", "Moved away"),
    "deceased": ("Đã mất", "Deceased"),
}

#: R050: what a parent or guardian answers for a child.
CONSENT = {
    "agree": ("Đồng ý", "Agrees"),
    "decline": ("Không đồng ý", "Declines"),
    "considering": ("Đang cân nhắc", "Is considering"),
}


class OutcomeLine(Body):
    """What was found for one member."""

    person = Ref("Người dân", "Person", required=True)
    outcome = Choice("Kết quả", "Outcome", OUTCOMES, required=True)
    reason = Code("Lý do", "Reason", codes="reasons")
    appointment_on = Day("Hẹn tiêm ngày", "Appointment on")
    reached = Flag("Đã gặp phụ huynh, người giám hộ", "Parent or guardian was reached")
    consent = Choice("Ý kiến của phụ huynh", "Parent's answer", CONSENT)
    transport_need = Flag("Cần đưa đón đến điểm tiêm", "Needs transport to the vaccination point")
    note = Text("Ghi chú", "Note", longest=300)


class VisitBody(Body):
    """Fields of a visit."""

    visit_type = Choice(
        "Hình thức",
        "Type",
        {
            "door_to_door": ("Đi từng nhà", "Door to door"),
            "facility": ("Đến khám tại cơ sở y tế", "At a health facility"),
            "mop_up": ("Tiêm vét tại nhà", "Mop-up at home"),
        },
        required=True,
    )
    outcomes = Lines("Kết quả từng người", "Outcome of each person", OutcomeLine, required=True, least=1)
    revisit_on = Day("Hẹn thăm lại ngày", "Revisit on")
    communication = Choice(
        "Hình thức tuyên truyền",
        "Communication used",
        {
            "home": ("Nói chuyện tại nhà", "Talk at home"),
            "loudspeaker": ("Loa truyền thanh", "Loudspeaker"),
            "meeting": ("Họp bản", "Village meeting"),
            "message": ("Zalo, SMS", "Zalo or SMS"),
        },
    )
    note = Text("Ghi chú", "Note", longest=500, form="long_text")
    lat_e6 = Whole("Vĩ độ (phần triệu độ)", "Latitude (millionths)", form="hidden", **LATITUDE_E6)
    lon_e6 = Whole("Kinh độ (phần triệu độ)", "Longitude (millionths)", form="hidden", **LONGITUDE_E6)


VISIT = declare(
    Kind(
        "visit",
        version=1,
        nature="event",
        labels=("Lần thăm hộ", "Visit"),
        schema=VisitBody,
        authors=FIELD,
        rules=(each_member_once, refusal_has_reason),
    )
)
