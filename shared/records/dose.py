"""A dose given on the entry's day at the entry's site. One given too early is recorded and flagged, never dropped."""

from shared.fields import Choice, Code, Flag, Ref, Text
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.records.authors import VACCINATORS
from shared.rules.doses import lot_is_named

DOSE_TYPES = {
    "primary_1": ("Mũi 1", "Dose 1"),
    "primary_2": ("Mũi 2", "Dose 2"),
    "primary_3": ("Mũi 3 cơ bản (Abdala)", "Third primary dose (Abdala)"),
    "additional": ("Mũi bổ sung", "Additional dose"),
    "booster_1": ("Mũi 3 (nhắc lại lần 1)", "First booster (dose 3)"),
    "booster_2": ("Mũi 4 (nhắc lại lần 2)", "Second booster (dose 4)"),
}


class DoseBody(Body):
    """Fields of a dose."""

    vaccine = Code("Vắc xin", "Vaccine", codes="vaccines", required=True)
    dose_type = Choice("Mũi", "Dose", DOSE_TYPES, required=True)
    screening = Choice(
        "Khám sàng lọc",
        "Screening",
        {
            "eligible": ("Đủ điều kiện tiêm ngay", "Eligible now"),
            "caution": ("Thận trọng khi tiêm", "Vaccinate with caution"),
        },
        required=True,
    )
    session = Ref("Buổi tiêm", "Session")
    lot = Ref("Lô", "Lot")
    lot_number = Text("Số lô ghi tay", "Lot number as written", longest=40)
    fefo_code = Code("Lý do không dùng lô hạn ngắn", "Why not the shortest-dated lot", codes="fefo_override")
    at_home = Flag("Tiêm tại nhà", "Given at home")
    from_certificate = Flag("Ghi theo giấy xác nhận", "Taken from a certificate")
    note = Text("Ghi chú", "Note", longest=300)


DOSE = declare(
    Kind(
        "dose",
        version=2,
        nature="event",
        labels=("Mũi tiêm", "Dose"),
        schema=DoseBody,
        authors=VACCINATORS,
        streams=("place", "home"),
        rules=(lot_is_named,),
    )
)
