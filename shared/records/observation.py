"""The end of the observation after a dose: how the person was when they left (R039).

Every dose is followed by 30 minutes under the team's eyes. The observation begins with the dose, so only its end is
recorded; what happened during it is a `reaction`.
"""

from shared.fields import Choice, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.records.authors import VACCINATORS

RESULTS = {
    "well": ("Ổn định, cho về", "Well, sent home"),
    "reaction": ("Có phản ứng", "Had a reaction"),
    "left": ("Về sớm, chưa đủ thời gian", "Left early"),
    "on_paper": ("Đã theo dõi đủ, ghi lại từ giấy", "Observed in full, copied from paper"),
}


class ObservationBody(Body):
    """Fields of an observation's end; `minutes` is how long the phone knows it lasted, left out where it does not."""

    dose = Ref("Sau mũi tiêm", "After the dose", required=True)
    session = Ref("Buổi tiêm", "Session")
    result = Choice("Khi ra về", "On leaving", RESULTS, required=True)
    minutes = Whole("Số phút theo dõi", "Minutes observed", most=100_000)
    note = Text("Ghi chú", "Note", longest=300)


OBSERVATION = declare(
    Kind(
        "observation",
        version=1,
        nature="event",
        labels=("Theo dõi sau tiêm", "Observation after a dose"),
        schema=ObservationBody,
        authors=VACCINATORS,
        streams=("place", "home"),
    )
)
