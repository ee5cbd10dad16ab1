"""What the national population database answered about a person's number, brought by a file (R053).

A later answer corrects the earlier one. What differs is told beside what is recorded and changes nothing:
the station decides.
"""

from shared.fields import Choice, Day, Text
from shared.kinds import Kind, declare
from shared.lists import Body, Many
from shared.records.authors import IDENTITY, PROGRAMME


class IdMatchBody(Body):
    """Fields of an answer."""

    answer = Choice(
        "Kết quả đối khớp",
        "Answer",
        {
            "matched": ("Khớp", "Matched"),
            "not_found": ("Không tìm thấy", "Not found"),
            "differs": ("Có thông tin khác", "Details differ"),
        },
        required=True,
    )
    id_number = Text("Số đã hỏi", "Number asked about", longest=20, required=True)
    differs = Many(
        "Thông tin khác",
        "What differs",
        Choice(
            "Thông tin",
            "Detail",
            {
                "full_name": ("Họ và tên", "Full name"),
                "birth_date": ("Ngày sinh", "Date of birth"),
                "sex": ("Giới tính", "Sex"),
            },
            required=True,
        ),
        most=3,
    )
    full_name = Text("Họ và tên theo CSDL dân cư", "Full name in the population database")
    birth_date = Day("Ngày sinh theo CSDL dân cư", "Date of birth in the population database")
    sex = Choice(
        "Giới tính theo CSDL dân cư",
        "Sex in the population database",
        {"male": ("Nam", "Male"), "female": ("Nữ", "Female")},
    )
    source = Text("Văn bản, tệp trả lời", "Document or file of the answer")


ID_MATCH = declare(
    Kind(
        "id_match",
        version=1,
        nature="event",
        labels=("Đối khớp CSDL dân cư", "Population database match"),
        schema=IdMatchBody,
        authors=IDENTITY | PROGRAMME,
        streams=("place", "home"),
    )
)
