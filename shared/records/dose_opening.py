"""A dose opened to an age group from a day, by a document: mũi 4, a new age group, one more vaccine (R007, R061).

An opening may state its own interval; where it states none, the dose rules of the day hold. A mistake is an edit.
"""

from shared.fields import Choice, Code, Day, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body, Many
from shared.records.authors import PROGRAMME
from shared.records.dose import DOSE_TYPES
from shared.rules.openings import opening_holds_together


class DoseOpeningBody(Body):
    """Fields of an opening."""

    age_group = Code("Nhóm tuổi", "Age group", codes="age_groups", required=True)
    dose_type = Choice("Mũi", "Dose", DOSE_TYPES, required=True)
    vaccines = Many(
        "Chỉ các vắc xin", "Only these vaccines", Code("Vắc xin", "Vaccine", codes="vaccines", required=True)
    )
    opens_on = Day("Mở từ ngày", "Opens on", required=True)
    closes_on = Day("Đến hết ngày", "Last day")
    interval_days = Whole("Khoảng cách tối thiểu (ngày)", "Least interval (days)", most=3650)
    interval_months = Whole("Khoảng cách tối thiểu (tháng)", "Least interval (months)", most=120)
    covid_deferral_months = Whole(
        "Hoãn sau khi mắc COVID-19 (tháng)", "Wait after COVID-19 (months)", most=60
    )
    condition = Choice(
        "Chỉ dành cho",
        "Only for",
        {
            "immunosuppressed": ("Người suy giảm miễn dịch", "People with weak immunity"),
            "risk_group": ("Từ 50 tuổi hoặc suy giảm miễn dịch", "From 50 years, or weak immunity"),
        },
    )
    document = Text("Văn bản", "Document", longest=120, required=True)
    note = Text("Ghi chú", "Note", longest=300)


DOSE_OPENING = declare(
    Kind(
        "dose_opening",
        version=1,
        nature="register",
        labels=("Mở mũi tiêm", "Dose opened"),
        schema=DoseOpeningBody,
        authors=PROGRAMME,
        rules=(opening_holds_together,),
        reference=True,
    )
)
