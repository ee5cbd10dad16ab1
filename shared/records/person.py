"""A person on a village's register. A move is an edit that carries `household`, written at the new village."""

from shared.fields import Choice, Code, Day, Flag, Ref, Text
from shared.kinds import Kind, declare
from shared.lists import Body, Many
from shared.records.authors import FIELD
from shared.rules.people import person_is_plausible

#: R066: eight vulnerable groups, several a person.
VULNERABLE = {
    "elderly": ("Người cao tuổi", "Elderly"),
    "chronic": ("Có bệnh nền", "Underlying disease"),
    "disabled": ("Người khuyết tật", "Disabled"),
    "pregnant": ("Phụ nữ mang thai", "Pregnant"),
    "alone": ("Không nơi nương tựa", "Without support"),
    "orphan": ("Trẻ mồ côi", "Orphan"),
    "minority": ("Đồng bào dân tộc thiểu số", "Ethnic minority"),
    "migrant": ("Lao động di cư", "Migrant worker"),
}

#: R013: counted apart; a temporarily absent person is not a refusal.
RESIDENCE = {
    "permanent": ("Thường trú", "Permanent resident"),
    "temporary": ("Tạm trú", "Temporary resident"),
    "staying": ("Lưu trú", "Staying"),
    "absent": ("Tạm vắng", "Temporarily absent"),
    "moved": ("Đã chuyển đi", "Moved away"),
    "deceased": ("Đã mất", "Deceased"),
}


class PersonBody(Body):
    """Fields of a person."""

    household = Ref("Hộ gia đình", "Household", required=True)
    full_name = Text("Họ và tên", "Full name", required=True)
    birth_date = Day("Ngày sinh", "Date of birth", required=True)
    birth_precision = Choice(
        "Biết ngày sinh đến",
        "Birth date known to the",
        {
            "day": ("Ngày, tháng, năm", "Day"),
            "month": ("Tháng, năm", "Month"),
            "year": ("Chỉ biết năm sinh", "Year only"),
        },
        required=True,
    )
    sex = Choice("Giới tính", "Sex", {"male": ("Nam", "Male"), "female": ("Nữ", "Female")}, required=True)
    id_kind = Choice(
        "Giấy tờ tùy thân",
        "Identity papers",
        {
            "none": ("Chưa có giấy tờ", "No papers yet"),
            "cccd": ("Căn cước công dân", "Citizen card (12 digits)"),
            "cmnd": ("Chứng minh nhân dân", "Old identity card (9 digits)"),
            "personal_code": ("Mã định danh cá nhân", "Personal identification code"),
        },
        required=True,
    )
    id_number = Text("Số giấy tờ", "Identity number", longest=20)
    residence = Choice("Tình trạng cư trú", "Residence", RESIDENCE, required=True)
    residence_since = Day("Từ ngày", "Since")
    came_on = Day("Ngày đến, trở về", "Arrived or returned on")
    came_from = Text("Từ nơi nào đến", "Came from", longest=80)
    relation = Text("Quan hệ với chủ hộ", "Relation to the head", longest=40)
    ethnic = Code("Dân tộc", "Ethnic group", codes="ethnic_groups")
    language = Code("Tiếng nói quen dùng", "Language spoken", codes="ethnic_groups")
    interpreter = Flag("Cần người phiên dịch", "Needs an interpreter")
    phone = Text("Số điện thoại", "Phone number", longest=20)
    guardian_name = Text("Người giám hộ", "Guardian")
    guardian_relation = Text("Quan hệ của người giám hộ", "Guardian is the child's", longest=40)
    guardian_phone = Text("Điện thoại người giám hộ", "Guardian's phone", longest=20)
    vulnerable = Many(
        "Nhóm dễ bị tổn thương",
        "Vulnerable groups",
        Choice("Nhóm", "Group", VULNERABLE, required=True),
        most=8,
    )
    cannot_come = Choice(
        "Không đến được điểm tiêm vì",
        "Cannot come because",
        {
            "old": ("Già yếu", "Old and frail"),
            "disabled": ("Khuyết tật", "Disabled"),
            "bedridden": ("Nằm liệt", "Bedridden"),
            "far": ("Ở xa", "Far away"),
        },
    )
    contraindication = Code("Chống chỉ định", "Contraindication", codes="reasons")
    covid_on = Day("Ngày mắc COVID-19", "COVID-19 infection on")
    group_place = Ref("Trường học, cơ sở", "School or institution")
    group_name = Text("Lớp, khu", "Class or section", longest=40)
    sms_allowed = Flag("Đồng ý nhận tin nhắn", "Agrees to receive messages")


PERSON = declare(
    Kind(
        "person",
        version=2,
        nature="register",
        labels=("Người dân", "Person"),
        schema=PersonBody,
        authors=FIELD,
        streams=("place", "home"),
        rules=(person_is_plausible,),
    )
)
