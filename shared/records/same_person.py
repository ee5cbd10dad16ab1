"""A verdict that two records are of one person, or of two. It is withdrawn by a `void` or corrected by another."""

from shared.fields import Choice, Ref, Text
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.records.authors import IDENTITY
from shared.rules.pairs import pair_is_named


class SamePersonBody(Body):
    """Fields of a verdict."""

    person_a = Ref("Hồ sơ thứ nhất", "First record", required=True)
    person_b = Ref("Hồ sơ thứ hai", "Second record", required=True)
    verdict = Choice(
        "Kết luận",
        "Verdict",
        {
            "same": ("Cùng một người", "One person"),
            "different": ("Hai người khác nhau", "Two people"),
        },
        required=True,
    )
    keep = Ref("Hồ sơ giữ lại", "Record kept")
    checked_by = Choice(
        "Căn cứ",
        "Checked by",
        {
            "papers": ("Đối chiếu giấy tờ", "Papers compared"),
            "met": ("Gặp người dân, gia đình", "The person or family was met"),
            "phone": ("Gọi điện xác minh", "A phone call"),
            "records": ("So hai hồ sơ", "The two records compared"),
        },
    )
    note = Text("Ghi chú", "Note", longest=300)


SAME_PERSON = declare(
    Kind(
        "same_person",
        version=1,
        nature="event",
        labels=("Xác định trùng lặp", "Same-person verdict"),
        schema=SamePersonBody,
        authors=IDENTITY,
        streams=("place", "home"),
        people=("person_a", "person_b"),
        together=("verdict", "same"),
        rules=(pair_is_named,),
    )
)
